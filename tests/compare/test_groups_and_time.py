"""Groups beside groups, totals that hide them, figures that are too old, and many comparisons at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from datashift.compare import Rules, compare, contest_sentence, reason, uncovered, verdict_word
from datashift.compare.matching import group_of
from datashift.model import Area, Benchmark, Comparison, Estimate, Measure

Citizen = Callable[..., Estimate]
Figure = Callable[..., Benchmark]
WOMEN = (("sex", "female"),)


@pytest.fixture(scope="session")
def rows(working: dict[str, Measure], places: dict[str, Area]) -> Callable[..., list[Comparison]]:
    def all_of(estimates: list[Estimate], figures: list[Benchmark], **rules: object) -> list[Comparison]:
        found = compare(estimates, figures, measures=working, areas=places, rules=Rules(**rules))
        assert all("{" not in reason(row) for row in found)
        return found

    return all_of


Rows = Callable[..., list[Comparison]]


# --- groups -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("official", [(("SEX", "F"),), (("sex", "female"),), (("AGE", "_T"), ("SEX", "F"))])
def test_a_group_stands_beside_the_official_figure_of_the_same_group(
    rows: Rows, citizen: Citizen, figure: Figure, official: tuple[tuple[str, str], ...]
) -> None:
    figures = [figure(value=50.0), figure(value=40.0, breakdown=official), figure(breakdown=(("SEX", "M"),))]
    total, women = rows([citizen(), citizen(value=72.0, breakdown=WOMEN)], figures)
    assert (total.difference, women.difference, women.verdict) == (10.0, 32.0, "gap")
    assert women.official.breakdown == official


def test_groups_of_kits_and_official_files_are_brought_to_the_same_names() -> None:
    assert group_of((("residence", "urban"), ("age_group", "15-24"))) == (("AGE", "Y15T24"), ("URBANISATION", "U"))
    assert group_of((("AGE", "Y15T24"), ("URBANISATION", "U"))) == (("AGE", "Y15T24"), ("URBANISATION", "U"))
    assert group_of((("EDUCATION_LEV", "ISCED11_1"),)) == (("EDUCATION_LEV", "ISCED11_1"),)
    assert group_of((("SEX", "_T"),)) == group_of(()) == ()


@pytest.mark.parametrize(
    ("value", "words"),
    [(60.0, "It lies within the interval of this group."), (80.0, "The whole interval of this group lies above it."),
     (40.0, "The whole interval of this group lies below it.")],
)  # fmt: skip
def test_an_official_total_hides_a_group_and_says_where_it_lies(
    rows: Rows, citizen: Citizen, figure: Figure, value: float, words: str
) -> None:
    [row] = rows([citizen(value=value, breakdown=WOMEN)], [figure()])
    assert (row.verdict, row.difference, row.contest, row.p_value) == ("official_hides_group", None, None, None)
    assert verdict_word(row) == "official figure hides the group"
    assert reason(row).startswith("The official source gives one figure for everybody, 60\u202f%, and none for this")
    assert words in reason(row)


def test_of_volunteers_it_is_not_said_where_the_total_lies(rows: Rows, citizen: Citizen, figure: Figure) -> None:
    [row] = rows([citizen(value=80.0, breakdown=WOMEN, sampling_type="volunteer")], [figure()])
    assert row.verdict == "official_hides_group"
    assert "interval" not in reason(row)


@pytest.mark.parametrize(
    ("stated", "verdict"),
    [({"relation": "different", "difference": {"en": "Homes."}}, "not_comparable"),
     ({"unit": "NUMBER"}, "not_comparable"), ({"period": "2001"}, "official_stale"),
     ({"breakdown": (("SEX", "M"),)}, "no_official_figure"),
     ({"area": "newtown"}, "no_official_figure")],
)  # fmt: skip
def test_what_bars_a_total_bars_a_group_too(
    rows: Rows, citizen: Citizen, figure: Figure, stated: dict[str, object], verdict: str
) -> None:
    [row] = rows([citizen(breakdown=WOMEN)], [figure(**stated)])
    assert (row.verdict, row.difference) == (verdict, None)


def test_an_official_group_is_no_figure_for_everybody(rows: Rows, citizen: Citizen, figure: Figure) -> None:
    [row] = rows([citizen()], [figure(breakdown=(("SEX", "F"),))])
    assert row.verdict == "no_official_figure"
    assert uncovered([], [figure(breakdown=(("SEX", "F"),))]) == []


# --- time ---------------------------------------------------------------------------------------------------------


def test_an_official_figure_that_ended_more_than_five_years_before_is_too_old(
    rows: Rows, citizen: Citizen, figure: Figure
) -> None:
    [near] = rows([citizen(value=90.0)], [figure(period="2007")])
    assert (near.verdict, near.facts["years_apart"]) == ("gap", 5)
    [far] = rows([citizen(value=90.0)], [figure(period="2006"), figure(period="1999")])
    assert (far.verdict, far.difference, far.contest) == ("official_stale", None, None)
    assert reason(far) == (
        "The newest official figure is for 2006, 6 years before the citizen figure. Too much can change in that time. "
        "To compare them, a newer official figure is needed."
    )
    [longer] = rows([citizen(value=90.0)], [figure(period="2006")], stale_after=6)
    assert longer.verdict == "gap"


def test_an_official_figure_of_a_later_time_is_not_too_old(rows: Rows, citizen: Citizen, figure: Figure) -> None:
    [row] = rows([citizen(value=90.0)], [figure(period="2018")])
    assert (row.verdict, row.difference) == ("cannot_tell", None)
    assert reason(row).startswith("The official figure is for 2018, 6 years away.")


def test_a_newer_figure_near_by_goes_before_one_that_is_too_old(rows: Rows, citizen: Citizen, figure: Figure) -> None:
    [row] = rows([citizen()], [figure(period="2000"), figure(period="2013"), figure(period="2016")])
    assert row.official.period == "2013"
    [past] = rows([citizen()], [figure(period="2010"), figure(period="2013")])
    assert past.official.period == "2010"


def test_year_by_year_each_stands_beside_its_own_until_the_series_is_too_old(
    rows: Rows, citizen: Citizen, figure: Figure
) -> None:
    years = [citizen(period=str(year)) for year in (2010, 2012, 2013, 2018)]
    found = rows(years, [figure(period="2010"), figure(period="2012")], same_year=True)
    assert [(r.period, r.official and r.official.period) for r in found] == [
        ("2010", "2010"), ("2012", "2012"), ("2013", None), ("2018", "2012"),
    ]  # fmt: skip
    assert [r.verdict for r in found[2:]] == ["no_official_figure", "official_stale"]
    assert reason(found[2]) == "No official figure for this place and time is at hand."


# --- many comparisons ---------------------------------------------------------------------------------------------


def test_one_of_many_comparisons_needs_more_than_a_single_one(rows: Rows, citizen: Citizen, figure: Figure) -> None:
    wards = [citizen(area=f"w{i}", value=60.0) for i in range(20)]
    figures = [figure(area=f"w{i}", period="2012") for i in range(20)]
    [alone] = rows([citizen(value=65.5)], [figure()])
    assert (alone.verdict, alone.p_value) == ("gap", alone.p_adjusted)
    found = rows([citizen(value=65.5), *wards], [figure(), *figures])
    assert (found[0].verdict, found[0].p_value) == ("cannot_tell", alone.p_value)
    assert found[0].p_adjusted == pytest.approx(21 * alone.p_value)
    assert "it is one of 21 comparisons" in reason(found[0])
    assert (found[0].contest.wrong[0], found[0].contest.wrong[1]) == (pytest.approx(5.5), 0)
    assert contest_sentence(found[0]).startswith("Nothing would have to be wrong")
    assert "probability" not in reason(found[0])
    sure = rows([citizen(value=80.0), *wards], [figure(), *figures])
    assert sure[0].verdict == "gap"


def test_families_are_one_measure_and_one_series(rows: Rows, citizen: Citizen, figure: Figure) -> None:
    wards = [citizen(area=f"w{i}", value=60.0) for i in range(20)]
    other = [figure(area=f"w{i}", series="W2") for i in range(20)]
    found = rows([citizen(value=65.5), *wards], [figure(), *other])
    assert (found[0].verdict, found[0].p_adjusted) == ("gap", found[0].p_value)


def test_small_differences_are_no_gap_however_many_there_are(rows: Rows, citizen: Citizen, figure: Figure) -> None:
    precise = {"se": 0.4, "df": 400.0, "n": 15_000}
    wards = [citizen(area=f"w{i}", value=60.0, **precise) for i in range(20)]
    figures = [figure(area=f"w{i}", se=0.2) for i in range(20)]
    found = rows([citizen(value=61.0, **precise), *wards], [figure(se=0.2), *figures])
    assert Counter(row.verdict for row in found) == {"no_gap_seen": 21}
