"""The words beside a comparison are fixed and graded."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest

from datashift.compare import compare, reason, verdict_word, wording
from datashift.language import LANGUAGES, speaking
from datashift.model import SAMPLING_TYPES, Benchmark, Comparison, Estimate, Measure, Verdict

Citizen = Callable[..., Estimate]
Figure = Callable[..., Benchmark]


@pytest.fixture(scope="session")
def beside(working: dict[str, Measure]) -> Callable[[Estimate, Benchmark], Comparison]:
    def one(estimate: Estimate, official: Benchmark) -> Comparison:
        return compare([estimate], [official], measures=working, areas={})[0]

    return one


Beside = Callable[[Estimate, Benchmark], Comparison]


def test_every_verdict_has_its_fixed_word() -> None:
    assert {verdict: verdict_word(verdict) for verdict in get_args(Verdict)} == {
        "gap": "shows",
        "no_gap_seen": "is consistent with",
        "cannot_tell": "cannot tell",
        "not_comparable": "cannot be compared, because …",
        "no_official_figure": "no official figure",
        "official_stale": "official figure too old",
        "official_hides_group": "official figure hides the group",
    }


@pytest.mark.parametrize(
    ("stated", "word"),
    [({}, "shows"), ({"nature": "E"}, "suggests"), ({"nature": "M"}, "suggests"), ({"period": "2011"}, "suggests")],
)
def test_a_gap_against_an_estimated_or_older_figure_only_suggests(
    beside: Beside, citizen: Citizen, figure: Figure, stated: dict[str, str], word: str
) -> None:
    row = beside(citizen(value=90.0), figure(**stated))
    assert row.verdict == "gap"
    assert verdict_word(row) == word
    assert verdict_word(beside(citizen(se=1.0), figure(**stated, se=0.5))) == "is consistent with"


def test_a_comparison_with_an_estimated_figure_says_so(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    for nature, words in (("E", "was estimated by Simulated office"), ("M", "comes from a model of Simulated office")):
        for relation in ("same", "different"):
            assert words in reason(beside(citizen(), figure(nature=nature, relation=relation)))
    assert "estimated" not in reason(beside(citizen(), figure(nature="C")))


def test_the_reason_names_both_years_where_they_differ(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    said = reason(beside(citizen(period="2011-01-01/P3Y"), figure(period="2010")))
    assert said.endswith("The official figure is for 2010, the citizen figure for 2011–2013.")
    assert "The official figure is for" not in reason(beside(citizen(), figure()))


def test_events_without_a_date_are_said(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    counted = figure(unit="NUMBER", facts={"undated": 3, "rows": 771})
    row = beside(citizen(unit="NUMBER", value=255.0, sampling_type="event_registry"), counted)
    assert reason(row).endswith("In the official register 3 of 771 events have no date. They are in no year.")


def test_a_stated_difference_is_read_in_the_language_of_the_reader(
    beside: Beside, citizen: Citizen, figure: Figure
) -> None:
    row = beside(citizen(), figure(relation="different", difference={"en": "Homes.", "es": "Hogares."}))
    with speaking("es"):
        assert "Hogares." in reason(row)
    with speaking("sw"):
        assert "Homes." in reason(row)


def test_a_repair_that_the_source_states_goes_before_the_general_one(
    beside: Beside, citizen: Citizen, figure: Figure
) -> None:
    stated = {"repair": {"en": "Count homes with the household kit."}}
    row = beside(citizen(), figure(relation="different", difference={"en": "Homes."}, facts=stated))
    assert reason(row) == "The two figures measure different things. Homes. Count homes with the household kit."


def test_every_reason_that_forbids_a_comparison_says_what_would_allow_it() -> None:
    forbidding = (
        wording.DIFFERENT, wording.OTHER_UNIT, wording.EXTENT, wording.EXTENT_ONLY, wording.NAMESAKE, wording.STALE,
        wording.TOO_FAR, wording.HIDES, wording.NO_OFFICIAL_ERROR,
    )  # fmt: skip
    assert set(forbidding) == set(wording._REPAIRS)


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.9, "about 9 in 10"), (0.52, "about 5 in 10"), (0.97, "about 97 in 100"), (0.996, "more than 99 in 100"),
     (0.05, "about 5 in 100"), (0.001, "less than 1 in 100")],
)  # fmt: skip
def test_probabilities_are_said_as_so_many_in_ten(probability: float, words: str) -> None:
    assert wording._chance(probability) == words


def test_a_stated_uncertainty_never_shows_and_is_named(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    row = beside(citizen(value=90.0), figure(stated="the office, by letter"))
    assert (row.verdict, verdict_word(row)) == ("gap", "suggests")
    assert "the one used here is stated: the office, by letter." in reason(row)


def test_every_sampling_type_but_the_drawn_ones_has_words() -> None:
    assert set(SAMPLING_TYPES) - set(wording._SAMPLING) == {"probability", "small_area_census"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_reasons_can_be_said_in_every_language(beside: Beside, citizen: Citizen, figure: Figure, language: str) -> None:
    with speaking(language):
        for official in (
            figure(),
            figure(se=None),
            figure(relation="different"),
            figure(unit="X"),
            figure(period="1990"),
        ):
            said = reason(beside(citizen(), official))
            assert said
            assert "{" not in said


@pytest.mark.parametrize(
    ("number", "text"),
    [(12.0, "12"), (7.46, "7.5"), (-0.034, "−0.034"), (0.0, "0"), (-3.26, "−3.3"), (1234567.8, "1\u202f234\u202f568"),
     (123.4, "123"), (0.5, "0.50"), (-1e-12, "0")],
)  # fmt: skip
def test_numbers_are_written_as_precisely_as_intervals_allow(number: float, text: str) -> None:
    assert wording._figure(number) == text
