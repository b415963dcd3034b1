"""What the evidence does not carry cannot be claimed; what it carries has the verb that it carries."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datashift.claims import (
    STRENGTH,
    Beside,
    Claim,
    Course,
    Difference,
    Judgement,
    Ranking,
    Several,
    Standing,
    Subject,
    claim,
    licensed,
)
from datashift.claims import (
    course as as_course,
)
from datashift.claims.words import BLAME, CAUSE, FUTURE, PROOF, found, plain
from datashift.compare import verdict_word
from datashift.errors import NotLicensed
from datashift.language import speaking
from datashift.model import BY_CHANCE, SAMPLING_TYPES, Benchmark, Comparison, Contest, Target
from datashift.progress import progress

Make = Callable[..., Any]


def kinds(evidence: Any) -> dict[str, str]:
    return {made.kind: made.grade for made in licensed(evidence)}


# --- levels ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sampling", SAMPLING_TYPES)
def test_only_those_drawn_by_chance_or_all_of_an_area_speak_of_everybody(level: Make, sampling: str) -> None:
    made = claim("level", level(sampling_type=sampling))
    everybody = sampling in ("probability", "small_area_census")
    assert ("of the improved water points in Hilltop" in made.sentence()) == everybody
    named = re.search("visited|answered|sensor|register|published averages|became known", made.sentence())
    assert bool(named) != everybody
    assert made.sentence().startswith("Citizen data show") == everybody
    assert bool(made.caveats()) != everybody


def test_a_level_says_figure_place_time_and_interval(level: Make) -> None:
    made = claim("level", level())
    assert made.sentence() == (
        "Citizen data show: About 6 in 10 (59\u202f%) of the improved water points in Hilltop worked in 2024 "
        "(55\u202f% to 63\u202f%)."
    )
    assert {(n.text, n.where) for n in made.numbers} == {
        ("6 in 10 (59\u202f%)", "estimate.value"), ("55\u202f%", "estimate.lower"), ("63\u202f%", "estimate.upper"),
        ("2024", "estimate.period"),
    }  # fmt: skip


def test_volunteers_speak_of_those_who_answered(level: Make, water: Subject) -> None:
    made = claim("level", level(subject=replace(water, rows="people"), sampling_type="volunteer"))
    assert made.sentence().startswith(
        "Among the people who answered in Hilltop, 2024 (answers: 640), it is about 6 in 10"
    )
    assert made.caveats() == ["It speaks of those who were counted, not of everybody."]


def test_events_that_became_known_are_a_lower_bound(level: Make, water: Subject) -> None:
    subject = replace(water, unit="PS", unit_label={"en": "events"}, counted=True)
    made = claim("level", level(subject=subject, sampling_type="event_registry", value=317.0, lower=None, upper=None))
    assert (
        made.sentence() == "At least 317\u00a0events became known in Hilltop, 2024: “Improved water points that work”."
    )
    assert "lower bound" in made.caveats()[0]


@pytest.mark.parametrize("status", ["Q", "O"])
def test_a_hidden_or_refused_figure_licenses_only_why(level: Make, status: str) -> None:
    hidden = level(value=None, status=status, reason="Only {n} answers.", facts={"n": 3})
    assert kinds(hidden) == {"unknown": "cannot tell"}
    assert claim("unknown", hidden).caveats() == ["The figure is not shown. Only 3 answers."]
    with pytest.raises(NotLicensed, match=r"“level”. The figure is not shown. Only 3 answers.") as refused:
        claim("level", hidden)
    assert (refused.value.code, refused.value.exit_code) == ("claim.not-licensed", 3)


def test_a_value_that_stands_beside_the_status_hidden_is_not_said(level: Make) -> None:
    assert kinds(level(status="Q")) == {"unknown": "cannot tell"}


def test_an_unreliable_figure_is_only_suggested_and_says_so(level: Make) -> None:
    made = claim("level", level(status="U"))
    assert made.grade == "suggests"
    assert made.caveats()[0] == "It may lie anywhere between 55\u202f% and 63\u202f%."
    assert "low reliability" in made.caveats()[1]
    assert claim("level", level(status="U", sampling_type="volunteer")).grade == "suggests"


def test_without_an_interval_nothing_is_shown(level: Make) -> None:
    made = claim("level", level(lower=None, upper=None))
    assert (made.grade, "No interval is known" in made.caveats()[0]) == ("suggests", True)


def test_made_up_data_say_so_first_and_limits_come_last(level: Make, water: Subject) -> None:
    told = replace(water, simulated=True, limits=({"en": "Private taps are not in it."},))
    caveats = claim("level", level(subject=told)).caveats()
    assert caveats == ["Simulated data: this is about no real place.", "Limit: Private taps are not in it."]


@pytest.mark.parametrize(
    ("value", "words"),
    [(59.2, "6 in 10"), (3.0, "3 in 100"), (97.4, "97 in 100"), (50.0, "5 in 10"), (0.3, ""), (100.0, ""), (0.0, "")],
)
def test_shares_are_also_said_in_people(level: Make, value: float, words: str) -> None:
    sentence = claim("level", level(value=value, lower=value, upper=value)).sentence()
    assert (f"About {words} (" in sentence) if words else (" in 10" not in sentence)


# --- beside an official figure ----------------------------------------------------------------------------------------


def test_a_gap_with_all_conditions_is_shown_with_both_figures_and_the_count(beside: Make) -> None:
    made = claim("gap", beside())
    assert made.grade == "shows"
    assert made.sentence() == (
        "Citizen data for Hilltop, 2024, show 13\u00a0percentage points less than the official figure (National "
        "Bureau), between 8 and 17: “Improved water points that work”."
    )
    assert made.caveats() == [
        "Citizen figure, 2024: about 6 in 10 (59\u202f%). Official figure, 2024 (National Bureau): 72\u202f%.",
        "It is one of 12 comparisons with this source; a gap was seen in 4 of them.",
        "This does not say which of the two is right, nor why they differ.",
    ]


def test_a_gap_upwards_is_said_the_other_way_round(beside: Make) -> None:
    up = beside(official={"value": 46.4}, difference=12.8, difference_lower=8.3, difference_upper=17.3)
    assert "show 13\u00a0percentage points more than" in claim("gap", up).sentence()


WEAKER: list[tuple[dict[str, Any], str]] = [
    ({"official": {"nature": "E"}}, "was estimated by National Bureau"),
    ({"official": {"nature": "M"}}, "comes from a model of National Bureau"),
    ({"official": {"nature": ""}}, "estimated or modelled is not stated"),
    ({"official": {"stated": "Smith 2019, design effect 2"}}, "the one used here is from: Smith 2019"),
    ({"official": {"se": None}}, "publishes no uncertainty"),
    ({"official": {"period": "2022"}}, "The official figure is for 2022, the citizen figure for 2024."),
    ({"evidence": {"sampling_type": ""}}, "How those who were counted were chosen is not stated."),
    ({"evidence": {"status": "U"}}, "low reliability"),
    ({"evidence": {"among": None}}, "How many comparisons were made together is not stated."),
    ({"p_adjusted": None}, "How many comparisons were made together is not stated."),
    ({"p_adjusted": 0.07}, "may come about by chance"),
]


@pytest.mark.parametrize(("change", "why"), WEAKER)
def test_a_gap_that_lacks_one_condition_is_suggested_and_says_which(
    beside: Make, change: dict[str, Any], why: str
) -> None:
    made = claim("gap", beside(**change))
    assert made.grade == "suggests"
    assert "suggest 13\u00a0percentage points less" in made.sentence()
    assert any(why in caveat for caveat in made.caveats())


REFUSED: list[dict[str, Any]] = [
    {"verdict": verdict}
    for verdict in (
        "no_gap_seen", "cannot_tell", "not_comparable", "no_official_figure", "official_stale", "official_hides_group",
    )
] + [
    {"official": {"relation": "proxy"}},
    {"official": {"unit": "PS"}},
    {"difference_upper": 1.0},
    {"difference": -20.0},
    {"difference": 12.8, "difference_lower": 8.3, "difference_upper": 17.3},
    {"difference_lower": None},
    {"difference_lower": float("nan")},
    {"value": None},
    {"p_adjusted": 0.2},
    {"p_adjusted": float("nan")},
    {"evidence": {"status": "Q"}},
    *({"evidence": {"sampling_type": kind}} for kind in SAMPLING_TYPES if kind not in BY_CHANCE),
]  # fmt: skip


@pytest.mark.parametrize("change", REFUSED, ids=str)
def test_a_gap_is_refused_when_the_verdict_or_its_numbers_do_not_carry_it(beside: Make, change: dict[str, Any]) -> None:
    with pytest.raises(NotLicensed):
        claim("gap", beside(**change))
    assert "gap" not in kinds(beside(**change))


def test_a_gap_smaller_than_what_matters_is_consistent(beside: Make, water: Subject) -> None:
    small = replace(beside(), subject=replace(water, relevant=20.0))
    assert kinds(small)["no_gap"] == "is consistent with"
    with pytest.raises(NotLicensed, match=r"one below 20.percentage points does not matter here"):
        claim("gap", small)


def test_no_gap_needs_an_interval_within_what_does_not_matter(beside: Make) -> None:
    near = {"official": {"value": 60.2}, "difference": -1.0}
    seen = beside(**near, verdict="no_gap_seen", difference_lower=-5.0, difference_upper=3.0, contest=None)
    assert kinds(seen) == {"no_gap": "is consistent with"}
    assert claim("no_gap", seen).caveats()[1] == (
        "The difference lies between −5 and 3; one below 10\u00a0percentage points does not matter here."
    )
    wide = beside(**near, verdict="no_gap_seen", difference_lower=-15.0, difference_upper=13.0, contest=None)
    assert kinds(wide) == {}
    open_question = replace(wide.comparison, verdict="cannot_tell", reason="The interval is wide.")
    assert kinds(replace(wide, comparison=open_question)) == {"unknown": "cannot tell"}


def test_different_concepts_stand_side_by_side_without_a_difference(beside: Make) -> None:
    other = beside(
        official={"relation": "different", "unit": "PS"}, verdict="not_comparable", difference=None,
        difference_lower=None, difference_upper=None, contest=None, reason="The two measure different things.",
    )  # fmt: skip
    assert kinds(other) == {"not_comparable": "cannot be compared"}
    assert claim("not_comparable", other).caveats()[1] == "The two measure different things."
    assert "12.8" not in str(claim("not_comparable", other).as_dict())


def test_what_would_have_to_be_wrong_can_be_said_for_volunteers_too(beside: Make) -> None:
    given = beside(verdict="cannot_tell", p_value=None, p_adjusted=None, evidence={"sampling_type": "volunteer"})
    assert kinds(given) == {"contest": "is consistent with", "unknown": "cannot tell"}
    made = claim("contest", given)
    assert "only if at least 20\u202f% of the answers are wrong, all in one direction" in made.sentence()
    assert "For both figures to be equal, it would have to be 31\u202f%." in made.caveats()
    by_chance = beside(contest=Contest(shift=(2.0, 0.0), wrong=(5.0, 0.0)))
    assert "contest" not in kinds(by_chance)
    among_many = beside(verdict="cannot_tell", p_adjusted=0.07)
    assert "contest" not in kinds(among_many)


def test_a_count_is_contested_by_events_that_never_became_known(beside: Make, water: Subject) -> None:
    contest = Contest(shift=(-120.0, -80.0), missing=(27.0, 18.0))
    given = beside(official={"unit": "PS"}, verdict="cannot_tell", contest=contest)
    given = replace(given, subject=replace(water, unit="PS", unit_label={"en": "events"}))
    assert "18\u202f% of the true number never became known" in claim("contest", given).sentence()
    shift = replace(given, comparison=replace(given.comparison, contest=Contest(shift=(-120.0, -80.0))))
    assert "off by at least 80\u00a0events" in claim("contest", shift).sentence()


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [("no_official_figure", "no_official"), ("official_stale", "stale"), ("official_hides_group", "hidden_group")],
)
def test_what_official_sources_leave_out_is_suggested_never_shown(beside: Make, verdict: str, kind: str) -> None:
    given = beside(verdict=verdict, contest=None, difference=None, difference_lower=None, difference_upper=None)
    if kind == "no_official":
        given = replace(given, comparison=replace(given.comparison, official=None))
    assert kinds(given) == {kind: "suggests"}


def test_a_stated_bias_lets_those_who_chose_themselves_suggest_at_most(beside: Make) -> None:
    made = claim("gap", beside(facts={"bias_sd": 2.0}, evidence={"sampling_type": "volunteer"}))
    assert made.grade == "suggests"
    assert "It speaks of those who were counted, not of everybody." in made.caveats()
    assert "The interval reckons with a bias that was stated, not measured." in made.caveats()


def test_a_bare_comparison_suggests_at_most(beside: Make) -> None:
    assert claim("gap", beside().comparison).grade == "suggests"


def test_no_claim_is_stronger_than_the_verdict_word(beside: Make) -> None:
    for change in [{}, *(change for change, _why in WEAKER), *REFUSED]:
        given = beside(**change)
        word = verdict_word(given.comparison)
        if word in STRENGTH:
            for grade in kinds(given).values():
                assert grade == "is consistent with" or STRENGTH.index(grade) <= STRENGTH.index(word)


# --- several areas ----------------------------------------------------------------------------------------------------


def several(beside: Make, *verdicts: str) -> Several:
    rows = []
    for number, verdict in enumerate(verdicts):
        wide = {"difference": -1.0, "difference_lower": -16.0, "difference_upper": 14.0, "official": {"value": 60.2}}
        change = {"gap": {}, "cannot_tell": wide, "not_comparable": {"official": {"relation": "different"}}}[verdict]
        rows.append(beside(verdict=verdict, area=f"ZZ-{number}", **change))
    return Several(rows[0].subject, tuple(rows))


def test_gaps_are_counted_among_all_that_were_compared(beside: Make) -> None:
    made = claim("how_many_areas", several(beside, "gap", "cannot_tell", "cannot_tell", "not_comparable"))
    assert made.sentence() == (
        "Of 3 areas compared with National Bureau, 2024, citizen data show a gap in 1 (1 lower, 0 higher): "
        "“Improved water points that work”."
    )
    assert made.caveats()[0] == "Consistent with the official figure: 0. Cannot tell: 2. Cannot be compared: 1."


def test_a_count_is_as_sure_as_its_least_sure_gap(beside: Make) -> None:
    rows = several(beside, "gap", "gap", "cannot_tell").comparisons
    modelled = beside(official={"nature": "M"}, area="ZZ-9")
    assert claim("how_many_areas", Several(rows[0].subject, (*rows, modelled))).grade == "suggests"


def test_no_gap_anywhere_is_not_agreement(beside: Make) -> None:
    made = claim("how_many_areas", several(beside, "cannot_tell", "cannot_tell"))
    assert (made.grade, "cannot tell a gap in any" in made.sentence()) == ("cannot tell", True)
    with pytest.raises(NotLicensed):
        claim("how_many_areas", several(beside, "not_comparable", "not_comparable", "gap"))


def test_a_rank_is_refused_where_intervals_overlap(level: Make, water: Subject) -> None:
    def table(*spans: tuple[float, float, float]) -> Ranking:
        rows = [
            level(area=f"ZZ-{i}", area_name=f"Ward {i}", value=v, lower=a, upper=b) for i, (v, a, b) in enumerate(spans)
        ]
        return Ranking(water, tuple(rows))

    apart = table((80.0, 75.0, 85.0), (60.0, 55.0, 65.0), (58.0, 53.0, 63.0))
    assert kinds(apart) == {"highest": "suggests"}
    assert "highest figure in Ward 0, 2024 (80\u202f%)" in claim("highest", apart).sentence()
    with pytest.raises(NotLicensed, match="intervals overlap"):
        claim("lowest", apart)
    assert kinds(table((80.0, 75.0, 85.0), (76.0, 70.0, 81.0))) == {}
    volunteers = replace(
        apart, levels=tuple(replace(r, estimate=replace(r.estimate, sampling_type="volunteer")) for r in apart.levels)
    )
    with pytest.raises(NotLicensed, match="not drawn by chance"):
        claim("highest", volunteers)


# --- differences, progress, who counted -------------------------------------------------------------------------------


def test_a_difference_is_shown_only_among_all_that_were_looked_at(rise: Difference) -> None:
    made = claim("difference", rise)
    assert made.sentence() == (
        "Citizen data, 2020–2024, show 12\u00a0percentage points more for Hilltop (2024) than for Hilltop (2020), "
        "between 7 and 17: “Improved water points that work”."
    )
    picked = replace(rise, p=0.004, family=40)
    assert claim("difference", picked).grade == "suggests"
    assert claim("difference", picked).caveats()[0] == "It is one of 40 differences that were looked at together."


@pytest.mark.parametrize(
    "change",
    [{"p": 0.2}, {"lower": -1.0}, {"sampling_type": "volunteer"}, {"sampling_type": ""}, {"difference": 3.0},
     {"p": float("nan")}, {"family": 0}, {"second_value": float("nan")}],
    ids=str,
)  # fmt: skip
def test_a_difference_that_does_not_hold_is_refused(rise: Difference, change: dict[str, Any]) -> None:
    with pytest.raises(NotLicensed):
        claim("difference", replace(rise, **change))


def test_a_small_difference_is_consistent_with_none(rise: Difference, water: Subject) -> None:
    small = replace(rise, subject=replace(water, relevant=20.0))
    assert kinds(small) == {"no_difference": "is consistent with"}
    unclear = replace(rise, difference=2.3, second_value=61.5, lower=-12.0, upper=16.6, p=0.7)
    assert kinds(unclear) == {"unknown": "cannot tell"}


def course(water: Subject, *labels: tuple[int, float | None], reached: float | None = 0.95) -> Course:
    judged = tuple(Judgement(f"method {i}", tone, probability) for i, (tone, probability) in enumerate(labels))
    return Course(water, "Tavelia", "2015/2024", judged, target=100.0, reached=reached)


@pytest.mark.parametrize(
    ("labels", "licence"),
    [
        (((1, 0.97), (1, 0.93)), {"on_track": "suggests"}),
        (((1, 0.97), (1, 0.7)), {"on_track": "is consistent with"}),
        (((1, 0.97), (1, None)), {"on_track": "is consistent with"}),
        (((0, 0.95), (-1, 0.99)), {"off_track": "suggests"}),
        (((1, 0.97), (0, 0.93)), {"unknown": "cannot tell"}),
        (((1, 0.99),), {"unknown": "cannot tell"}),
        ((), {"unknown": "cannot tell"}),
    ],
)
def test_progress_is_never_shown_and_needs_methods_that_agree(
    water: Subject, labels: tuple[tuple[int, float | None], ...], licence: dict[str, str]
) -> None:
    on = bool(labels) and labels[0][0] > 0
    assert kinds(course(water, *labels, reached=0.95 if on else 0.02)) == licence


@pytest.mark.parametrize("reached", [None, 0.6])
def test_labels_alone_suggest_nothing_about_the_target(water: Subject, reached: float | None) -> None:
    assert kinds(course(water, (1, 0.97), (1, 0.93), reached=reached)) == {"on_track": "is consistent with"}
    assert kinds(course(water, (-1, 0.97), (-1, 0.93), reached=reached)) == {"off_track": "is consistent with"}


def test_progress_says_how_many_methods_and_what_they_suppose(water: Subject) -> None:
    made = claim("off_track", course(water, (0, 0.95), (-1, 0.99), reached=0.02))
    assert made.sentence() == (
        "The figures for Tavelia, 2015–2024, suggest: not on track for 2030. It is about “Improved water points "
        "that work”."
    )
    assert made.caveats() == [
        "Of 2 methods that can judge this, 2 say so.",
        "The target is 100\u202f% in 2030.",
        "The methods suppose that the pace stays as it was. Nobody knows that.",
    ]


@pytest.mark.parametrize("what", ["nobody", "no_official", "stale", "hidden_group"])
def test_who_counted_licenses_its_own_kind_only(water: Subject, what: Any) -> None:
    given = Standing(water, what, "Hilltop", "2024", "2014", {"en": "women"}, ("UNSD, October 2020",))
    assert kinds(given) == {what: "suggests"}
    assert licensed(given)[0].caveats() == ["Looked at: UNSD, October 2020."]


def test_a_group_that_nobody_counts_is_named(water: Subject) -> None:
    women = {"en": "women"}
    assert (
        "for Hilltop (women), 2024"
        in licensed(Standing(water, "no_official", "Hilltop", "2024", group=women))[0].sentence()
    )
    hidden = licensed(Standing(water, "hidden_group", "Hilltop", "2024", "2014", women))[0]
    assert "figures for Hilltop do not speak of this group (women)" in hidden.sentence()


def test_a_stale_figure_has_a_year(water: Subject) -> None:
    assert kinds(Standing(water, "stale", "Hilltop", "2024")) == {}


# --- no way around ----------------------------------------------------------------------------------------------------


def test_a_claim_cannot_be_built_copied_or_changed_into_a_stronger_one(beside: Make) -> None:
    weak, strong = beside(official={"nature": "M"}), beside(verdict="cannot_tell")
    made = claim("gap", weak)
    with pytest.raises(NotLicensed):
        Claim("gap", strong)
    with pytest.raises(NotLicensed):
        replace(made, evidence=strong)
    with pytest.raises(NotLicensed):
        replace(made, kind="no_gap")
    with pytest.raises(TypeError):
        replace(made, grade="shows")
    with pytest.raises(TypeError):
        Claim("gap", weak, "shows")  # type: ignore[call-arg]
    with pytest.raises((FrozenInstanceError, TypeError)):
        made.grade = "shows"  # type: ignore[misc]
    for name in ("grade", "sentence", "verb"):
        with pytest.raises(AttributeError):
            object.__setattr__(made, name, lambda: "shows")
    with pytest.raises(TypeError):
        type("Stronger", (Claim,), {"grade": "shows"})
    for twin in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made)), replace(made)):
        assert (twin, twin.grade, twin.sentence()) == (made, "suggests", made.sentence())


def test_evidence_changed_behind_the_back_takes_the_licence_away(beside: Make) -> None:
    made = claim("gap", beside())
    object.__setattr__(made, "evidence", beside(verdict="cannot_tell"))
    with pytest.raises(NotLicensed):
        made.sentence()


@pytest.mark.parametrize("kind", ["causes", "predicts", "blames", "proves", ""])
def test_there_is_no_kind_for_causes_blame_or_the_future(beside: Make, kind: str) -> None:
    with pytest.raises(NotLicensed) as refused:
        claim(kind, beside())
    assert refused.value.code == "claim.unknown-kind"
    assert "how_many_areas" in str(refused.value)


def test_a_kind_needs_its_own_evidence(beside: Make, level: Make) -> None:
    with pytest.raises(NotLicensed, match="needs other evidence"):
        claim("gap", level())
    with pytest.raises(NotLicensed, match="needs other evidence"):
        claim("how_many_areas", beside())


@pytest.mark.parametrize("language", ["en", "es", "sw", "ne"])
def test_no_sentence_proves_accuses_explains_or_foretells(
    beside: Make, level: Make, rise: Difference, water: Subject, language: str
) -> None:
    evidence: list[Any] = [
        level(), level(sampling_type="volunteer"), level(sampling_type="sensor_network"), level(status="U"),
        beside(), *(beside(**change) for change, _why in WEAKER), beside(verdict="cannot_tell"), rise,
        several(beside, "gap", "cannot_tell"), course(water, (1, 0.97), (1, 0.93)), course(water, (0, 0.9), (0, 0.9)),
        course(water), *(Standing(water, what, "Hilltop", "2024", "2014") for what in ("nobody", "stale")),
    ]  # fmt: skip
    with speaking(language):
        for one in evidence:
            for made in licensed(one):
                said = plain(" ".join((made.sentence(), *made.caveats()))).replace("answers are wrong", "")
                assert [found(each, said) for each in (PROOF, CAUSE, BLAME, FUTURE)] == [[], [], [], []], said


# --- any comparison at all --------------------------------------------------------------------------------------------

NUMBER = st.one_of(st.none(), st.floats(-200, 200, allow_nan=False), st.sampled_from([float("nan"), 0.0, 59.2]))
VERDICTS = [
    "gap", "no_gap_seen", "cannot_tell", "not_comparable", "no_official_figure", "official_stale",
    "official_hides_group",
]  # fmt: skip


@st.composite
def comparisons(draw: st.DrawFn) -> Beside:
    value, official = draw(st.floats(0, 100)), draw(st.floats(0, 100))
    middle = draw(st.one_of(st.just(value - official), st.floats(-100, 100)))
    half = draw(st.floats(0, 30))
    figure = Benchmark(
        measure="m", source="Office", released="2024", retrieved="", series="S", area="A", area_name="Hilltop",
        period=draw(st.sampled_from(["2024", "2023", "2020/2024", "2010"])), value=official,
        unit=draw(st.sampled_from(["PT", "PT", "PT", "PS"])),
        nature=draw(st.sampled_from(["C", "C", "CA", "E", "M", ""])),
        relation=draw(st.sampled_from(["same", "same", "same", "different"])), definition={}, difference={},
        se=draw(st.sampled_from([1.0, 1.0, None])), stated=draw(st.sampled_from(["", "", "Somebody"])),
    )  # fmt: skip
    pair = st.tuples(st.floats(0, 100), st.floats(0, 100))
    comparison = Comparison(
        measure="m", area="A", area_name="Hilltop", period="2024", breakdown=(),
        value=draw(st.one_of(st.just(value), NUMBER)), lower=draw(NUMBER), upper=draw(NUMBER),
        official=draw(st.sampled_from([figure, figure, figure, None])),
        verdict=draw(st.sampled_from(VERDICTS)), difference=draw(st.one_of(st.just(middle), NUMBER)),
        difference_lower=draw(st.one_of(st.just(middle - half), NUMBER)),
        difference_upper=draw(st.one_of(st.just(middle + half), NUMBER)), reason="",
        p_adjusted=draw(st.sampled_from([None, 0.001, 0.04, 0.06, 0.5])),
        contest=draw(st.one_of(st.none(), st.builds(Contest, shift=pair, wrong=st.one_of(st.none(), pair)))),
    )  # fmt: skip
    relevant = draw(st.sampled_from([None, 5.0, 10.0]))
    return Beside(
        Subject({"en": "Share"}, relevant=relevant), comparison,
        draw(st.sampled_from(["probability", "volunteer", ""])),
        draw(st.sampled_from(["A", "A", "U", "Q"])), draw(st.sampled_from([None, (1, 1), (12, 4)])),
    )  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(comparisons())
def test_no_comparison_shows_anything_without_every_condition(given_evidence: Beside) -> None:
    c = given_evidence.comparison
    for made in licensed(given_evidence):
        said = made.sentence()
        assert (" show " in said) == (made.grade == "shows") == ("shows" in (made.verb,))
        if made.grade in ("shows", "suggests") and made.kind == "gap":
            assert c.official is not None
            assert c.verdict == "gap"
            assert c.official.relation == "same"
            assert given_evidence.sampling_type != "volunteer"
            assert c.difference_lower is not None
            assert c.difference_upper is not None
            assert c.difference_lower > 0 or c.difference_upper < 0
        if made.grade == "shows":
            assert c.official is not None
            assert (c.official.se, c.official.stated, c.official.nature in ("C", "CA")) == (1.0, "", True)
            assert c.official.period in ("2024", "2020/2024")
            assert (given_evidence.sampling_type, given_evidence.status) == ("probability", "A")
            assert c.p_adjusted is not None
            assert c.p_adjusted <= 0.05
            assert given_evidence.among is not None


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(comparisons(), st.sampled_from(["en", "es", "sw", "ne"]))
def test_no_sentence_has_a_number_that_is_not_in_its_evidence(given_evidence: Beside, language: str) -> None:
    c = given_evidence.comparison
    official = c.official
    known = [c.value, c.difference, c.difference_lower, c.difference_upper, given_evidence.subject.relevant]
    known += [official.value] if official else []
    known += [n for pair in (c.contest.shift, c.contest.wrong or ()) for n in pair] if c.contest else []
    known += list(given_evidence.among or ())
    values = {abs(n) for n in known if n is not None}
    with speaking(language):
        for made in licensed(given_evidence):
            for number in made.numbers:
                assert number.where.endswith("period") or abs(number.value) in values, number
            said = plain(" ".join((made.sentence(), *made.caveats())))
            for number in sorted(made.numbers, key=lambda number: -len(number.text)):
                said = said.replace(plain(number.text), "")
            assert not re.search(r"\d", said), said


def test_progress_of_a_series_becomes_evidence(water: Subject) -> None:
    years = [float(year) for year in range(2012, 2025)]
    slow = progress(
        (years, [40.0 + 0.2 * i for i in range(13)], [1.0] * 13), Target(100.0, 2030, "up", "test"), unit="PT"
    )
    evidence = as_course(slow, water, "Tavelia")
    assert evidence.period == "2012/2024"
    assert len(evidence.judgements) >= 2
    assert evidence.reached is not None
    assert evidence.reached < 0.1
    [made] = licensed(evidence)
    assert made.kind == "off_track"
    assert "Tavelia, 2012–2024" in made.sentence()
