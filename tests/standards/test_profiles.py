"""Profiles, the catalogue and statements as files: what ships, what an office may write, and how a fault is told."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datashift.commands import profiles as command
from datashift.errors import BadProfile
from datashift.language import LANGUAGES, speaking
from datashift.model import Item, Rating
from datashift.standards.profiles import (
    catalogue,
    evaluate,
    known_profiles,
    next_best,
    parse_profile,
    profiles_for,
    reading_as_dict,
    shipped_profile,
    statements_of,
)

SMALL = """
id = "office"
version = "1"
owner = "Office"
title.en = "What we ask"
about.en = "One gate, one criterion."
[[gates]]
id = "safe"
label.en = "Safe"
evidence = ["S1", "S2", "S3"]
enough = 2
[[criteria]]
id = "access"
label.en = "Access"
most = 3
points = [0, 1, 3]
[[criteria.ticks]]
id = "licence"
label.en = "Licence"
evidence = ["X1"]
[[criteria.ticks]]
id = "format"
label.en = "Format"
evidence = ["X4"]
[rule]
least_total = 3
"""


def known(**states: str) -> dict[str, Item]:
    return {name: Item(name, state, "stated", {"en": "seen"}) for name, state in states.items()}  # type: ignore[arg-type]


def told(*words: str) -> tuple[str, object]:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    text, data = command.run(parser.parse_args(words))
    return text, json.loads(json.dumps(data()))


# --- what ships -----------------------------------------------------------------------------------------------------


def test_the_catalogue_has_every_criterion_of_the_specification_in_four_languages() -> None:
    numbers = {"I": 7, "R": 4, "M": 8, "C": 7, "T": 5, "A": 6, "H": 6, "X": 4, "S": 5}
    expected = [f"{letter}{k}" for letter, count in numbers.items() for k in range(1, count + 1)]
    assert [criterion.id for criterion in catalogue().criteria] == expected
    for criterion in catalogue().criteria:
        assert criterion.group in catalogue().groups
        for texts in (criterion.label, criterion.asks, criterion.supply):
            assert set(texts) == set(LANGUAGES)
            assert all(texts.values())


@pytest.mark.parametrize("name", known_profiles())
def test_a_profile_that_ships_speaks_four_languages_and_says_where_it_is_from(name: str) -> None:
    profile = shipped_profile(name)
    labels = [profile.title, profile.about, profile.unseen]
    labels += [part.label for part in (*profile.gates, *profile.criteria)]
    labels += [part.asks for part in (*profile.gates, *profile.criteria) if part.asks]
    labels += [tick.label for score in profile.criteria for tick in score.ticks]
    assert all(set(texts) == set(LANGUAGES) and all(texts.values()) for texts in labels)
    assert profile.sources
    assert profile.reviewed == ("en",)


def test_kesqaf_is_empty_since_its_text_was_not_seen() -> None:
    profile = shipped_profile("kesqaf")
    assert (profile.gates, profile.criteria, profile.rule) == ((), (), None)
    assert evaluate(profile, {}, {}).result == "described"
    assert next_best(profile, {}, {}, catalogue()) == []


def test_a_profile_for_one_indicator_is_offered_to_its_kits_only() -> None:
    assert "jmp" in [profile.id for profile in profiles_for("drinking-water-ladder")]
    other = [profile.id for profile in profiles_for("feeling-safe")]
    assert not {"jmp", "beach-litter", "unesco-4.1.1a"} & set(other)
    assert {"ons", "statcan"} <= set(other)


def test_the_engagement_map_asks_of_six_stages_who_of_four_took_part() -> None:
    profile = shipped_profile("copenhagen")
    assert [len(score.ticks) for score in profile.criteria] == [4] * 6
    found = evaluate(profile, {}, {"design-community": Rating(score=1), "design-state": Rating(score=0)})
    assert [box.state for box in found.criteria[0].boxes] == ["ticked", "open", "not_ticked", "open"]
    assert found.result == "described"


def test_the_joint_programme_tells_the_database_from_the_estimates() -> None:
    profile = shipped_profile("jmp")
    fifth, most, agrees = Rating(score=1), Rating(score=1), Rating(score=1)
    only = {"a-fifth": fifth, "four-fifths": Rating(score=0), "agrees": agrees}
    assert (evaluate(profile, {}, only).result, evaluate(profile, {}, only).grade) == ("accepted", "database")
    whole = {"a-fifth": fifth, "four-fifths": most, "agrees": agrees}
    assert evaluate(profile, {}, whole).grade == "estimates"
    assert evaluate(profile, {}, {"a-fifth": Rating(score=0)}).result == "not_accepted"


def test_the_web_reads_profiles_without_the_heavy_libraries() -> None:
    code = (
        "import sys, datashift.standards.profiles as p; p.evaluate(p.shipped_profile('ons'), {}, {}); "
        "print([m for m in ('duckdb', 'ibis', 'scipy', 'vl_convert', 'shapely', 'django') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- what an office writes ------------------------------------------------------------------------------------------


def test_a_gate_may_be_satisfied_with_some_of_its_evidence() -> None:
    profile = parse_profile(SMALL, "office.toml")
    states = {
        ("met", "met", "not_met"): "passed",
        ("met", "not_applicable", "not_met"): "passed",
        ("met", "partly", "not_met"): "failed",
        ("met", "unknown", "not_met"): "open",
    }
    for (one, two, three), state in states.items():
        assert evaluate(profile, known(S1=one, S2=two, S3=three), {}).gates[0].state == state


def test_a_person_decides_against_the_evidence_and_that_is_said() -> None:
    profile = parse_profile(SMALL, "office.toml")
    found = evaluate(profile, known(S1="met", S2="met"), {"safe": Rating(score=0, why={"en": "A village is named."})})
    assert found.gates[0].state == "failed"
    assert found.gates[0].why["en"] == "A person said no. A village is named."


def test_boxes_give_the_points_that_the_profile_states() -> None:
    profile = parse_profile(SMALL, "office.toml")
    scores = [
        evaluate(profile, known(X1=one, X4=two), {}).criteria[0].score
        for one, two in (("not_met", "not_met"), ("met", "not_met"), ("met", "met"), ("met", "unknown"))
    ]
    assert scores == [0, 1, 3, None]


FAULTS = {
    "not toml": ("id = ", "profile.not-toml"),
    "no field": ('id = "x"', "profile.bad-field"),
    "unknown field": (SMALL + "\ntrust = 1\n", "profile.bad-field"),
    "unknown evidence": (SMALL.replace('"X1"', '"Z9"'), "profile.no-criterion"),
    "no English": (SMALL.replace('title.en = "What we ask"', 'title.es = "Lo que pedimos"'), "profile.no-english"),
    "an id twice": (SMALL.replace('id = "format"', 'id = "licence"'), "profile.bad-field"),
    "too few points": (SMALL.replace("[0, 1, 3]", "[0, 3]"), "profile.bad-field"),
    "points that fall": (SMALL.replace("[0, 1, 3]", "[1, 0, 3]"), "profile.bad-field"),
    "points that are no number": (SMALL.replace("[0, 1, 3]", "[0, nan, 3]"), "profile.bad-field"),
    "nothing to score": (SMALL + '\n[[criteria]]\nid = "z"\nlabel.en = "z"\n', "profile.bad-field"),
    "rated without a scale": (SMALL + '\n[[criteria]]\nid = "z"\nrated = true\nlabel.en = "z"\n', "profile.bad-field"),
    "an id that leaves its folder": (SMALL.replace('id = "office"', 'id = "../office"'), "profile.bad-field"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_profile_gets_a_coded_answer(fault: str) -> None:
    text, code = FAULTS[fault]
    with pytest.raises(BadProfile) as problem:
        parse_profile(text, "office.toml")
    assert problem.value.code == code
    assert "office.toml" in str(problem.value)


@given(st.text(max_size=200))
def test_no_text_at_all_makes_a_profile_crash(text: str) -> None:
    with pytest.raises(BadProfile):  # no text of this length is a whole profile
        parse_profile(text, "any.toml")


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "{a=" * 100_000])
def test_a_text_that_is_nested_beyond_measure_gets_a_coded_answer(text: str) -> None:
    with pytest.raises(BadProfile, match="any"):
        parse_profile(text, "any.toml")


@pytest.mark.parametrize(("name", "score"), [("nothing", 1), ("access", 4), ("access", -1), ("access", float("nan"))])
def test_a_rating_outside_the_profile_or_its_scale_is_refused(name: str, score: float) -> None:
    profile = parse_profile(SMALL, "office.toml")
    with pytest.raises(BadProfile, match=r"Give a number|Rate one of"):
        evaluate(profile, {}, {name: Rating(score=score)})


# --- what people state ----------------------------------------------------------------------------------------------


def test_a_statement_needs_what_shows_it() -> None:
    shown = statements_of('[statements.I1]\nstate = "met"\nlink = "https://example.org/register"\n', "stated.toml")
    assert shown.statements["I1"].state == "met"
    with pytest.raises(BadProfile, match="nothing shows it"):
        statements_of('[statements.I1]\nstate = "met"\n', "stated.toml")
    assert statements_of('[statements.I1]\nstate = "not_met"\n', "stated.toml").statements["I1"].state == "not_met"


def test_a_statement_on_nothing_is_refused() -> None:
    with pytest.raises(BadProfile, match="Z9"):
        statements_of('[statements.Z9]\nstate = "not_met"\n', "stated.toml")


# --- what is told ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", known_profiles())
def test_a_reading_is_told_as_plain_data_with_labels(name: str) -> None:
    profile = shipped_profile(name)
    items = known(**dict.fromkeys(profile.pieces[::2], "met"))
    data = reading_as_dict(evaluate(profile, items, {}), next_best(profile, items, {}, catalogue()))
    assert json.loads(json.dumps(data)) == data
    assert {"id", "title", "owner", "sources", "version", "result", "grade", "sentence", "total", "mean"} <= set(data)
    assert len(data["next"]) <= 5
    for part in (data, *data["gates"], *data["criteria"], *data["next"]):
        assert set(part.get("sentence") or part["why"]) == set(LANGUAGES)


def test_the_sentence_says_what_stands_against_the_rule() -> None:
    profile = shipped_profile("statcan")
    states = dict.fromkeys(profile.pieces, "met") | {"S1": "not_met", "X1": "not_met", "X4": "not_met"}
    found = evaluate(profile, known(**states), {})
    assert found.result == "not_accepted"
    assert "Not passed: Confidentiality." in found.sentence["en"]
    assert "Scored zero: Accessibility and clarity." in found.sentence["en"]


def test_the_command_lists_shows_and_checks(tmp_path: Path) -> None:
    text, data = told()
    assert [one["id"] for one in data] == known_profiles()  # type: ignore[attr-defined,index]
    assert "The mean score is above 1.5." in text
    own = tmp_path / "office.toml"
    own.write_text(SMALL, "utf-8")
    text, data = told("check", str(own))
    assert "office.toml can be used." in text
    assert "Some texts are missing in: es, sw, ne." in text
    assert "2 of these" in told("show", str(own))[0]
    with pytest.raises(BadProfile, match="Known are"):
        told("show", "nothing")
    own.write_bytes(b'id = "\xff"')
    with pytest.raises(BadProfile, match="UTF-8"):
        told("check", str(own))


def test_the_page_about_profiles_shows_what_the_program_does() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "profiles.md").read_text("utf-8")
    printed = told()[0].splitlines()
    shown = page.split("```console")[1].split("```")[0].splitlines()[2:]
    assert [line for line in shown if line and line != "…" and line not in printed] == []
    own = parse_profile(page.split("## Write a profile")[1].split("```toml")[1].split("```")[0], "own.toml")
    assert [len(score.boxes) for score in own.criteria] == [3, 2]
    stated = statements_of(page.split("## State what")[1].split("```toml")[1].split("```")[0], "stated.toml")
    assert set(stated.statements) == {"I1", "I4"}
    for criterion in catalogue().criteria:
        if criterion.partly is not None and criterion.id != "C1":
            assert f"| {criterion.id} " in page, criterion.id


@pytest.mark.parametrize("name", known_profiles())
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_profile_is_shown_in_every_language_within_80_columns(name: str, language: str) -> None:
    with speaking(language):
        text, _data = told("show", name)
    assert shipped_profile(name).title[language] in text
    long = [line.split() for line in text.splitlines() if len(line) > 80]
    assert language == "ne" or all(len(words) == 1 for words in long)  # Devanagari signs take fewer cells
