"""What a run tells about each criterion: nothing is met without a fact, and what people state stays theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from datashift.dossier.items import FACTS, items, statements_for
from datashift.errors import BadProfile
from datashift.inputs import gather
from datashift.language import LANGUAGES
from datashift.model import (
    BackChecks,
    Caution,
    Checked,
    Comparison,
    Consent,
    Finding,
    Item,
    Stated,
    Statement,
    Statements,
)
from datashift.pipeline import Result, run
from datashift.standards.kits import kit_folder
from datashift.standards.profiles import catalogue, evaluate, shipped_profile

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
DAY = "2025-03-31"


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    recipe = kit_folder("drinking-water-ladder") / "recipe.toml"
    return run(gather(recipe, tmp_path_factory.mktemp("home")))


def known(result: Result, stated: Statements | None = None, created: str = DAY) -> dict[str, Item]:
    return items(result, stated or Statements(), created=created)


def with_recipe(result: Result, **changed: object) -> Result:
    recipe = result.setting.recipe.model_copy(update=changed)
    return replace(result, setting=replace(result.setting, recipe=recipe))


def test_every_criterion_has_an_item_in_four_languages(result: Result) -> None:
    found = known(result)
    assert list(found) == [criterion.id for criterion in catalogue().criteria]
    for item in found.values():
        assert set(item.text) == set(LANGUAGES), item.criterion
        assert "{" not in item.text["en"], item.criterion


def test_every_automatic_criterion_has_what_tells_of_it_and_no_other_has() -> None:
    automatic = {criterion.id for criterion in catalogue().criteria if criterion.basis == "automatic"}
    lifting = {criterion.id for criterion in catalogue().criteria if criterion.lifts}
    assert automatic <= set(FACTS)
    assert set(FACTS) - automatic == {"I4", "I5", "S4"} <= lifting


def test_what_the_recipe_says_of_consent_and_care_is_told_and_a_statement_says_the_rest(result: Result) -> None:
    agreed = Consent(basis="consent", text={"en": "We ask because …"}, version="2", channel="spoken",
                     until=date(2026, 12, 31))  # fmt: skip
    found = known(with_recipe(result, consent=agreed, disclosure=Caution(least_n=20, microdata=False)))
    assert [(found[name].state, found[name].basis) for name in ("I4", "I5", "S4")] == [
        ("partly", "stated"), ("partly", "stated"), ("met", "stated")
    ]  # fmt: skip
    assert "text 2, spoken" in found["I4"].text["en"]
    assert "until 2026-12-31" in found["I5"].text["en"]
    assert "stay inside" in found["S4"].text["en"]
    said = Statements(statements={"I5": Statement(state="met", text={"en": "Write to us."})})
    assert known(with_recipe(result, consent=agreed), said)["I5"].state == "met"
    nobody = known(with_recipe(result, consent=Consent(basis="no-people")))
    assert [nobody[name].state for name in ("I4", "I5")] == ["not_applicable"] * 2
    law = known(with_recipe(result, consent=Consent(basis="legal-duty")))
    assert (law["I4"].state, law["I5"].state) == ("not_met", "partly")


def test_nothing_is_met_that_only_people_can_state(result: Result) -> None:
    found = known(result)
    for criterion in catalogue().criteria:
        if criterion.basis != "automatic":
            assert found[criterion.id].state == "unknown", criterion.id
        elif found[criterion.id].state in ("met", "partly"):
            assert found[criterion.id].source, criterion.id


def test_the_facts_of_a_probability_sample_are_told(result: Result) -> None:
    found = known(result)
    states = {
        name: found[name].state for name in ("M1", "M3", "M7", "T1", "T2", "H1", "H4", "X1", "X4", "S2", "A4", "T5")
    }
    assert states == {
        "M1": "met", "M3": "met", "M7": "met", "T1": "met", "T2": "not_met", "H1": "met", "H4": "not_applicable",
        "X1": "met", "X4": "met", "S2": "met", "A4": "met", "T5": "met",
    }  # fmt: skip
    assert found["M3"].text["en"] == "The column “weight” says for how many each row stands."
    assert "3 months" in found["T1"].text["en"]


@pytest.mark.parametrize(
    ("created", "state"),
    [("2025-01-01", "met"), ("2025-12-31", "met"), ("2026-01-01", "partly"), ("2029-01-01", "not_met")],
)
def test_the_lag_is_counted_from_the_last_day_of_the_fieldwork(result: Result, created: str, state: str) -> None:
    assert known(result, created=created)["T1"].state == state


@pytest.mark.parametrize(
    ("licence", "state"),
    [
        ("", "not_met"), ("CC-BY-4.0", "met"), ("CC BY-SA 4.0", "met"), ("CC BY-NC 4.0", "partly"), ("ODbL 1.0", "met"),
        ("none stated in the file; to be confirmed", "not_met"), ("may be used in schools", "partly"), ("MIT", "met"),
        ("permitted for members", "partly"),
    ],
)  # fmt: skip
def test_only_a_licence_that_lets_anybody_use_it_is_met(result: Result, licence: str, state: str) -> None:
    assert known(with_recipe(result, licence=licence))["X1"].state == state


def test_an_undocumented_design_is_not_a_declared_one(result: Result) -> None:
    design = result.setting.recipe.design.model_copy(update={"sampling_type": "undocumented"})
    found = known(with_recipe(result, design=design))
    assert (found["M1"].state, found["M3"].state) == ("not_met", "partly")


def test_a_register_draws_nothing_so_it_needs_no_chances(result: Result) -> None:
    design = result.setting.recipe.design.model_copy(update={"sampling_type": "facility_register", "weights": None})
    assert known(with_recipe(result, design=design))["M3"].state == "not_applicable"


def test_findings_are_answered_one_by_one(result: Result) -> None:
    finding = Finding("K2", "assess.copy", "x", {}, ())
    both = replace(result.assessment, findings=[finding, replace(finding, check="K26", code="assess.zero-coordinates")])
    two = replace(result, assessment=both)
    answer = {"en": "Two phones sent the same interviews."}
    states = [
        known(two, Statements(explanations=dict.fromkeys(answered, answer)))["A6"].state
        for answered in ([], ["K2/assess.copy"], ["K2/assess.copy", "K26/assess.zero-coordinates"])
    ]
    assert states == ["not_met", "partly", "met"]
    nothing = replace(result, assessment=replace(result.assessment, findings=[]))
    assert known(nothing)["A6"].state == "met"


def test_checks_that_could_not_look_are_told_and_none_is_not_enough(result: Result) -> None:
    idle = Checked("K3", "versions", "", "", "rule", idle="no version")
    none = replace(result, assessment=replace(result.assessment, checks=(idle,)))
    assert known(none)["A1"].state == "not_met"
    assert known(none)["H2"].state == "unknown"
    one = replace(result, assessment=replace(result.assessment, checks=(idle, replace(idle, id="K1", idle=""))))
    assert known(one)["A1"].state == "met"
    assert "1 of 2 checks" in known(one)["A1"].text["en"]


@pytest.mark.parametrize(("share", "state"), [(3.2, "met"), (9.0, "partly"), (40.0, "not_met"), (None, "partly")])
def test_answers_that_cannot_change_and_differed_are_told(result: Result, share: float | None, state: str) -> None:
    facts = {"by_kind": {} if share is None else {"1": {"share": share}}}
    check = Checked("K28", "asked again", "", "", "rule", facts=facts)
    asked = BackChecks(file="again.csv", id="KEY", kinds={"source": 1})
    protocol = result.setting.recipe.protocol.model_copy(update={"backchecks": asked})
    again = replace(with_recipe(result, protocol=protocol), assessment=replace(result.assessment, checks=(check,)))
    assert known(again)["A2"].state == state
    assert known(again)["M6"].state == "partly"
    assert known(result)["A2"].state == "unknown"


def test_a_gap_of_official_figures_is_seen_only_where_some_are_named(result: Result) -> None:
    assert known(result)["R3"].state == "unknown"
    verdicts = {"no_official_figure": "met", "not_comparable": "partly", "gap": "not_met"}
    for verdict, state in verdicts.items():
        one = Comparison("m", "a", "A", "2024", (), 1.0, None, None, None, verdict, None, None, None, "")  # type: ignore[arg-type]
        assert known(replace(result, comparisons=[one]))["R3"].state == state


# --- what people state ----------------------------------------------------------------------------------------------


def test_a_statement_fills_what_the_run_cannot_know(result: Result) -> None:
    stated = Statements(
        statements={
            "I1": Statement(
                state="met", text={"en": "Registered association."}, day=date(2025, 1, 2), by="data officer"
            ),
            "H3": Statement(state="met", link="https://example.org/form"),
        }
    )
    found = known(result, stated)
    assert (found["I1"].state, found["I1"].basis, found["I1"].day) == ("met", "stated", "2025-01-02")
    assert (found["H3"].state, found["H3"].source) == ("met", "https://example.org/form")
    assert "data officer" not in str(found["I1"])


def test_a_statement_never_hides_what_the_run_found(result: Result) -> None:
    claim = Statement(state="met", text={"en": "We are on time."})
    stated = Statements(statements={"T1": claim, "X1": claim, "M1": claim, "T2": claim})
    design = result.setting.recipe.design.model_copy(update={"sampling_type": "undocumented"})
    found = known(with_recipe(result, design=design, licence=""), stated, "2035-01-01")
    assert [found[name].state for name in ("T1", "X1", "M1")] == ["not_met"] * 3
    assert (found["T2"].state, found["T2"].basis) == ("met", "stated")  # other rounds are not in this file


def test_a_statement_may_say_no(result: Result) -> None:
    stated = Statements(statements={"I4": Statement(state="not_met", text={"en": "Nobody reviewed it."})})
    assert known(result, stated)["I4"].state == "not_met"


def test_the_file_of_statements_is_read_from_the_recipe(result: Result) -> None:
    text = '[statements.I1]\nstate = "met"\nlink = "https://example.org"\n[ratings.ons.relevance]\nscore = 2\n'
    assert statements_for(result) == Statements()
    stated = statements_for(_with_file(result, text.encode()))
    assert stated.statements["I1"].state == "met"
    assert stated.ratings["ons"]["relevance"].score == 2
    with pytest.raises(BadProfile, match="UTF-8"):
        statements_for(_with_file(result, b"\xff\xfe\x00"))


def _with_file(result: Result, data: bytes) -> Result:
    changed = with_recipe(result, stated=Stated(file="evidence/stated.toml"))
    inputs = replace(changed.setting.inputs, files={**changed.setting.inputs.files, "stated.toml": data})
    return replace(changed, setting=replace(changed.setting, inputs=inputs))


# --- real files -----------------------------------------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.parametrize(
    ("example", "least"), [("npl-citizen-perception", 0.8), ("npl-rural-water-points", 0.8), ("irq-reach-water", 0.8)]
)
def test_most_automatic_criteria_are_filled_on_real_files(
    example: str, least: float, shared: Path, own_home: Path
) -> None:
    found = known(run(gather(EXAMPLES / example / "recipe.toml", own_home)), created="2026-11-22")
    automatic = [criterion.id for criterion in catalogue().criteria if criterion.basis == "automatic"]
    filled = [name for name in automatic if found[name].state != "unknown"]
    assert len(filled) >= least * len(automatic), set(automatic) - set(filled)
    assert evaluate(shipped_profile("statcan"), found, {}).result != "accepted"
