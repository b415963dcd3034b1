"""The traps of indicators 16.7.2, 16.5.1, 16.1.4, 16.9.1 and 4.1.1a: who is counted, who is not, and as what."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from datashift.estimation import Question, cells, estimate
from datashift.harmonise.derive import derive
from datashift.inputs import gather
from datashift.model import Design, Estimate
from datashift.pipeline import run
from datashift.standards.kits import asked_for, shipped_kit

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
VOICE = shipped_kit("responsive-decision-making")
BRIBES = shipped_kit("bribery-experience")
SAFE = shipped_kit("feeling-safe")
BIRTHS = shipped_kit("birth-registration")
LEARNING = shipped_kit("citizen-led-learning")
FIVE = ("not_at_all", "very_little", "some", "a_lot", "a_great_deal")


def derived(kit: Any, **answers: Any) -> dict[str, Any]:
    """Return what the kit derives from the answers of one respondent; what is not given was not answered."""
    asked = [name for name, concept in kit.concepts.items() if not concept.inputs]
    columns = {name: np.array([answers.get(name)], dtype=object) for name in asked}
    return {name: values[0] for name, values in derive(kit, columns, np.array([1.0], dtype=object)).items()}


def figure(kit: Any, measure: str, people: Sequence[Mapping[str, Any]]) -> Estimate:
    """Return one measure for respondents who all count the same."""
    names = list(kit.concepts)
    rows = [dict(person) | derived(kit, **person) for person in people]
    kinds = {name: pa.float64() if concept.kind == "number" else pa.string() for name, concept in kit.concepts.items()}
    table = pa.table(
        {name: pa.array([row.get(name) for row in rows], kinds[name]) for name in names}
        | {"area": ["ZZ"] * len(rows), "period": ["2024"] * len(rows), "stratum": ["all"] * len(rows)}
        | {"cluster": [str(k) for k in range(len(rows))], "weight": [1.0] * len(rows)}
    )
    wanted = [m for m in kit.measures if m.id == measure or m.id in kit.measure(measure).parts]
    measures = [m.model_copy(update={"breakdowns": ()}) for m in wanted]
    question = Question(kit, measures, Design(sampling_type="probability"), {}, "ZZ", {})
    return next(e for e in estimate(cells(table, measures), question) if e.measure == measure)


def people(**groups: tuple[int, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [answers for count, answers in groups.values() for _ in range(count)]


# --- 16.7.2 -------------------------------------------------------------------------------------------------------


def voices(say: int, influence: int) -> list[dict[str, str]]:
    """A hundred people, of whom so many gave a positive answer to each question; positive answers take turns."""
    return [
        {
            "say": FIVE[2 + k % 3] if k < say else FIVE[k % 2],
            "influence": FIVE[2 + k % 3] if k < influence else FIVE[k % 2],
        }
        for k in range(100)
    ]


def test_seventy_and_fifty_four_per_cent_give_sixty_two():
    asked = voices(70, 54)
    assert figure(VOICE, "IU_DMK_INCL", asked).value == pytest.approx(70)
    assert figure(VOICE, "IU_DMK_RESP", asked).value == pytest.approx(54)
    assert figure(VOICE, "IU_DMK_ICRS", asked).value == pytest.approx(62)


def test_some_is_a_positive_answer_and_very_little_is_not():
    for measure, item in (("IU_DMK_INCL", "say"), ("IU_DMK_RESP", "influence")):
        assert VOICE.measure(measure).numerator == {item: FIVE[2:]}
        assert VOICE.measure(measure).denominator == {item: FIVE}


@pytest.mark.parametrize("unknown", ["dont_know", "not_applicable", "refused"])
def test_whoever_cannot_say_leaves_one_share_and_stays_in_the_other(unknown):
    asked = [*voices(70, 54), *({"say": unknown, "influence": "some"} for _ in range(100))]
    assert figure(VOICE, "IU_DMK_INCL", asked).value == pytest.approx(70)
    assert figure(VOICE, "IU_DMK_INCL", asked).n == 100
    assert figure(VOICE, "IU_DMK_RESP", asked).value == pytest.approx(77)
    assert figure(VOICE, "IU_DMK_ICRS", asked).value == pytest.approx(73.5)


def test_voice_is_broken_down_by_sex_age_place_and_disability():
    for measure in VOICE.measures:
        assert {("sex",), ("age_group",), ("place",), ("difficulty",)} <= set(measure.breakdowns)


# --- 16.5.1 -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paid", "asked", "bribe"),
    [
        ("yes", "no", "yes"), ("no", "yes", "yes"), ("refused", "yes", "yes"), ("yes", "dont_know", "yes"),
        ("no", "no", "no"), ("no", "refused", "dont_know"), ("dont_know", "dont_know", "dont_know"),
        ("yes", None, "yes"), ("no", None, None), (None, None, None),
    ],
)  # fmt: skip
def test_a_bribe_is_one_that_was_paid_or_asked_for(paid, asked, bribe):
    assert derived(BRIBES, paid=paid, asked=asked)["bribe"] == bribe


def test_only_people_who_dealt_with_an_official_stand_in_the_denominator():
    asked = people(
        paid=(10, {"contact": "yes", "paid": "yes", "asked": "no"}),
        only_asked=(15, {"contact": "yes", "paid": "no", "asked": "yes"}),
        neither=(75, {"contact": "yes", "paid": "no", "asked": "no"}),
        silent=(7, {"contact": "yes", "paid": "refused", "asked": "no"}),
        no_contact=(100, {"contact": "no"}),
    )
    both = figure(BRIBES, "IU_COR_BRIB", asked)
    assert (both.value, both.n) == (pytest.approx(25), 100)
    assert figure(BRIBES, "BRIBE_PAID", asked).value == pytest.approx(10)
    assert figure(BRIBES, "OFFICIAL_CONTACT", asked).value == pytest.approx(100 * 107 / 207)


def test_bribery_is_asked_of_those_in_contact_and_needs_twenty_answers():
    assert BRIBES.concepts["paid"].asked_if == BRIBES.concepts["asked"].asked_if == {"contact": ("yes",)}
    assert BRIBES.disclosure.least_n == 20
    assert {"police", "courts", "tax_customs", "utilities", "permits", "health", "school", "elected", "other"} == {
        code for code, answer in BRIBES.concepts["paid_to"].codes.items() if not answer.unknown
    }


# --- 16.1.4 -------------------------------------------------------------------------------------------------------


def test_those_who_never_go_out_and_those_who_do_not_know_stay_in_the_denominator():
    asked = people(
        very_safe=(10, {"after_dark": "very_safe"}),
        safe=(30, {"after_dark": "safe"}),
        unsafe=(20, {"after_dark": "unsafe"}),
        very_unsafe=(10, {"after_dark": "very_unsafe"}),
        home=(20, {"after_dark": "never_out", "if_went_out": "unsafe"}),
        would=(5, {"after_dark": "never_out", "if_went_out": "safe"}),
        unsure=(5, {"after_dark": "dont_know"}),
        silent=(50, {"after_dark": "refused"}),
    )
    safe = figure(SAFE, "VC_SNS_WALN_DRK", asked)
    assert (safe.value, safe.n) == (pytest.approx(40), 100)
    assert figure(SAFE, "NEVER_OUT_ALONE", asked).value == pytest.approx(25)
    assert figure(SAFE, "SAFE_IF_OUT", asked).value == pytest.approx(45)


def test_only_those_who_never_go_out_are_asked_how_it_would_be():
    assert SAFE.concepts["if_went_out"].asked_if == {"after_dark": ("never_out",)}
    assert (SAFE.concepts["age"].least, SAFE.universe.people) == (18, True)


def test_the_question_says_after_dark_and_names_no_hour():
    question = SAFE.concepts["after_dark"].question
    assert "after dark" in question["en"]
    assert not any(character.isdigit() for text in question.values() for character in text)


# --- 16.9.1 -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("certificate", "registered", "known"),
    [
        ("seen", None, "certificate"), ("not_seen", None, "certificate"), ("none", "yes", "registered"),
        ("none", "no", "not_registered"), ("dont_know", "yes", "registered"), ("dont_know", "dont_know", "dont_know"),
        ("none", None, None), (None, None, None),
    ],
)  # fmt: skip
def test_a_birth_is_registered_with_a_certificate_or_by_the_carers_word(certificate, registered, known):
    assert derived(BIRTHS, certificate=certificate, registered=registered)["registration"] == known


def test_a_child_of_whom_it_is_not_known_counts_as_not_registered():
    asked = people(
        seen=(30, {"certificate": "seen"}),
        not_seen=(20, {"certificate": "not_seen"}),
        word=(10, {"certificate": "none", "registered": "yes"}),
        none=(30, {"certificate": "none", "registered": "no"}),
        unknown=(10, {"certificate": "none", "registered": "dont_know"}),
    )
    registered = figure(BIRTHS, "SG_REG_BRTH", asked)
    assert (registered.value, registered.n) == (pytest.approx(60), 100)
    assert figure(BIRTHS, "BIRTH_CERTIFICATE", asked).value == pytest.approx(50)


def test_only_children_of_0_to_59_months_are_meant():
    assert (BIRTHS.concepts["age_months"].least, BIRTHS.concepts["age_months"].most) == (0, 59)
    groups = [derived(BIRTHS, age_months=months)["age_group"] for months in (0.0, 11.0, 12.0, 59.0)]
    assert groups == ["m0_11", "m0_11", "m12_23", "m48_59"]


def test_the_kit_warns_against_one_series_with_the_civil_register():
    assert "never into one series or one average" in BIRTHS.relation_note["en"]
    assert asked_for(BIRTHS, BIRTHS.measure("SG_REG_BRTH")) == ("certificate", "registered")


# --- 4.1.1a -------------------------------------------------------------------------------------------------------


def pupil(grade: float, **answers: str) -> dict[str, Any]:
    return {"schooling": "in_school", "grade": grade} | answers


def test_a_story_counts_only_with_its_questions_and_only_in_grades_2_and_3():
    asked = [
        *(pupil(2.0, reading="story", understands="yes") for _ in range(20)),
        *(pupil(3.0, reading="story", understands="no") for _ in range(10)),
        *(pupil(3.0, reading="paragraph") for _ in range(50)),
        *(pupil(2.0, reading="not_tested") for _ in range(40)),
        *(pupil(4.0, reading="story", understands="yes") for _ in range(40)),
        *({"schooling": "never", "reading": "story", "understands": "yes"} for _ in range(40)),
    ]
    reads = figure(LEARNING, "READS_STORY_G23", asked)
    assert (reads.value, reads.n) == (pytest.approx(25), 80)


def test_numbers_count_from_subtraction_upwards():
    reached = LEARNING.measure("SUBTRACTS_G23").numerator["numeracy"]
    assert reached == ("subtraction", "multiplication", "division")
    asked = [pupil(2.0, numeracy=task) for task in ("addition", "subtraction", "division", "nothing", "not_tested")]
    found = figure(LEARNING, "SUBTRACTS_G23", asked)
    assert (found.value, found.n) == (pytest.approx(50), 4)


def test_mean_levels_hold_children_out_of_school_and_none_who_was_not_tested():
    asked = [
        pupil(5.0, reading="story", numeracy="division"),
        {"schooling": "never", "reading": "nothing", "numeracy": "counting"},
        {"schooling": "left", "reading": "word", "numeracy": "not_tested"},
        pupil(1.0, reading="not_tested", numeracy="numbers"),
    ]
    assert figure(LEARNING, "READING_LEVEL", asked).value == pytest.approx((4 + 0 + 2) / 3)
    assert figure(LEARNING, "NUMERACY_LEVEL", asked).value == pytest.approx((7 + 1 + 2) / 3)


def test_the_learning_kit_is_a_proxy_and_says_why():
    assert LEARNING.relation == "proxy"
    assert "does not replace it" in LEARNING.relation_note["en"]
    assert (LEARNING.concepts["age"].least, LEARNING.concepts["age"].most) == (6, 16)


# --- Uwezo: averages that somebody else formed --------------------------------------------------------------------


@pytest.fixture(scope="module")
def tanzania(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return run(gather(EXAMPLES / "uwezo-learning" / "recipe.toml", tmp_path_factory.mktemp("home")))


@pytest.mark.shared
def test_published_averages_get_no_margin_of_error(tanzania):
    assert tanzania.harmonised.rows_out == 42
    assert len(tanzania.estimates) == 2 * (1 + 21 + 2)
    for e in tanzania.estimates:
        assert (e.se, e.lower, e.upper, e.status) == (None, None, None, "U")
        assert e.reason


@pytest.mark.shared
def test_the_mean_of_a_region_is_the_plain_mean_of_its_two_averages(tanzania, shared):
    with (shared / "cgd/uwezo/TA11.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    found = {(e.measure, e.area_name): e for e in tanzania.estimates if not e.breakdown}
    for measure, column in (("MEAN_ENGLISH", "english"), ("MEAN_MATHS", "math")):
        assert found[measure, "the 21 regions of mainland Tanzania"].value == pytest.approx(
            fmean(float(row[column]) for row in rows)
        )
        here = [float(row[column]) for row in rows if row["region"] == "Dar Es Salaam"]
        assert found[measure, "Dar es Salaam"].value == pytest.approx(fmean(here))


@pytest.mark.shared
def test_regions_that_were_divided_in_2012_keep_their_extent_of_2011(tanzania):
    areas = {e.area_name: e.area for e in tanzania.estimates if not e.breakdown}
    assert {areas[name] for name in ("Mwanza", "Shinyanga", "Iringa", "Rukwa", "Kagera")} == {
        "TZ-18_TO2012", "TZ-22_TO2012", "TZ-04_TO2012", "TZ-20_TO2012", "TZ-05_TO2012"
    }  # fmt: skip


@pytest.mark.shared
def test_kenyas_provinces_of_2012_are_not_counties(shared, own_home):
    result = run(gather(EXAMPLES / "uwezo-learning" / "recipe-kenya-2012.toml", own_home))
    assert (result.harmonised.rows_in, result.harmonised.rows_out) == (16, 16)
    places = {e.area for e in result.estimates if not e.breakdown and e.area != "KE"}
    assert len(places) == 8
    assert {"KE-200", "KE-300", "KE-400", "KE-700"} <= places
