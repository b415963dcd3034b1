"""A difference only where place, concept and unit are the same; a verdict only where uncertainty licenses it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datashift.compare import compare, reason, uncovered, verdict_word
from datashift.model import SAMPLING_TYPES, Area, Benchmark, Comparison, Estimate, Measure, Official
from datashift.official import benchmarks
from datashift.standards.areas import known_areas, resolver

Citizen = Callable[..., Estimate]
Figure = Callable[..., Benchmark]
Measures = dict[str, Measure]
Places = dict[str, Area]


@pytest.fixture(scope="session")
def beside(working: Measures, places: Places) -> Callable[..., Comparison]:
    """Compare one citizen figure with one official figure."""

    def one(estimate: Estimate, *official: Benchmark) -> Comparison:
        [row] = compare([estimate], official, measures=working, areas=places)
        assert "{" not in reason(row)
        return row

    return one


Beside = Callable[..., Comparison]


# --- the verdicts ---------------------------------------------------------------------------------------------------


def test_a_gap_is_seen_when_the_interval_leaves_out_zero(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    row = beside(citizen(value=72.0), figure())
    assert (row.verdict, row.difference) == ("gap", 12.0)
    # By hand: n_eff = .72 x .28 / .0004 = 504, of which 439.8 count with 18 degrees of freedom: 67.5 to 76.1.
    # The official limits are 58.0 and 62.0.
    assert (row.difference_lower, row.difference_upper) == pytest.approx((7.1, 16.6), abs=0.1)
    assert row.p_value == row.p_adjusted < 0.001
    assert reason(row) == (
        "The citizen figure is 12 percentage points higher than the official one (between 7.1 and 16.6). "
        "Chance alone does not explain that. "
        "The probability that the two truly differ by more than 5 percentage points is more than 99 in 100."
    )
    assert "lower than" in reason(beside(citizen(value=48.0), figure()))


def test_no_gap_is_seen_when_the_whole_interval_is_too_small_to_matter(
    beside: Beside, citizen: Citizen, figure: Figure
) -> None:
    row = beside(citizen(value=60.3, se=1.5), figure())
    assert row.verdict == "no_gap_seen"
    assert -5 <= row.difference_lower < 0 < row.difference_upper <= 5
    assert "less than 5 does not matter" in reason(row)


def test_nothing_can_be_told_from_an_interval_that_holds_both(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    row = beside(citizen(se=8.0), figure())
    assert (row.verdict, row.difference) == ("cannot_tell", 0.0)
    assert "cannot be ruled out" in reason(row)


def test_a_certain_difference_that_does_not_matter_is_no_gap_and_says_how_large_it_is(
    beside: Beside, citizen: Citizen, figure: Figure
) -> None:
    for value in (61.0, 59.0):
        row = beside(citizen(value=value, se=0.1), figure(se=0.1))
        assert row.verdict == "no_gap_seen"
        assert (row.difference_lower or 0.0) * (row.difference_upper or 0.0) > 0
        assert "A difference of less than 5 does not matter here" in reason(row)


def test_without_an_agreed_relevant_difference_no_gap_is_never_said(
    citizen: Citizen, figure: Figure, places: Places, working: Measures
) -> None:
    silent = {"working": working["working"].model_copy(update={"relevant_difference": None})}
    for measures in (silent, {}):
        [row] = compare([citizen(se=0.01)], [figure(se=0.01)], measures=measures, areas=places)
        assert row.verdict == "cannot_tell"
        assert "Nothing is agreed" in reason(row)


def test_an_official_source_without_uncertainty_never_gives_a_gap(
    beside: Beside, citizen: Citizen, figure: Figure
) -> None:
    row = beside(citizen(value=99.0, se=0.1), figure(se=None))
    assert (row.verdict, row.difference, row.difference_lower) == ("cannot_tell", 39.0, None)
    assert "states no uncertainty" in reason(row)


@pytest.mark.parametrize("sampling", [s for s in SAMPLING_TYPES if s not in ("probability", "small_area_census")])
def test_answers_not_drawn_by_chance_never_give_more_than_cannot_tell(
    beside: Beside, citizen: Citizen, figure: Figure, sampling: str
) -> None:
    for value in (60.0, 99.0):
        row = beside(citizen(value=value, se=0.1, sampling_type=sampling), figure())
        assert row.verdict == "cannot_tell"
        assert (row.difference, row.facts["difference"]) == (value - 60, value - 60)
        assert (row.difference_lower, row.difference_upper) == (None, None)
        assert "does not cover who was left out" in reason(row)


def test_a_census_of_a_small_area_counts_as_drawn_by_chance(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    counted = citizen(value=72.0, se=0.0, lower=72.0, upper=72.0, df=None, sampling_type="small_area_census")
    row = beside(counted, figure())
    assert row.verdict == "gap"
    assert row.difference_lower == pytest.approx(12 - 1.959964)


@pytest.mark.parametrize("stated", [{"se": None}, {"df": 0.0}])
def test_a_citizen_figure_of_unknown_uncertainty_tells_nothing(
    beside: Beside, citizen: Citizen, figure: Figure, stated: dict[str, float | None]
) -> None:
    row = beside(citizen(value=99.0, **stated), figure())
    assert (row.verdict, row.difference, row.difference_lower) == ("cannot_tell", 39.0, None)
    assert "Its own uncertainty is unknown" in reason(row)


def test_a_suppressed_figure_gives_no_difference_and_says_why(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    hidden = citizen().suppressed("Only {n} answers: too few to show.", n=4)
    row = beside(hidden, figure())
    assert (row.verdict, row.value, row.difference) == ("cannot_tell", None, None)
    assert "difference" not in row.facts
    assert reason(row) == "There is no citizen figure to compare. Only 4 answers: too few to show."


def test_all_points_working_is_not_taken_for_certainty(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    # 12 of 12 work: the linearised standard error is 0, the exact interval starts at 73.5.
    row = beside(citizen(value=100.0, se=0.0, lower=73.5, upper=100.0, df=11.0), figure(value=90.0))
    assert (row.verdict, row.difference) == ("cannot_tell", 10.0)
    assert row.difference_lower < 10 - 26


def test_official_degrees_of_freedom_widen_the_interval_where_stated(
    beside: Beside, citizen: Citizen, figure: Figure
) -> None:
    large = beside(citizen(), figure(se=3.0))
    small = beside(citizen(), figure(se=3.0, facts={"df": 3.0}))
    assert small.difference_upper > large.difference_upper


# --- what may not be compared ---------------------------------------------------------------------------------------


def test_another_concept_stands_beside_without_a_difference(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    row = beside(citizen(value=99.0), figure(relation="different", difference={"en": "Homes, not points."}))
    assert (row.verdict, row.difference, row.official.value) == ("not_comparable", None, 60.0)
    assert reason(row) == (
        "The two figures measure different things. Homes, not points. "
        "To compare them, both must count the same thing: take the kit or the official series that does."
    )
    assert row.contest is None


def test_another_unit_is_not_compared(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    row = beside(citizen(), figure(unit="NUMBER"))
    assert (row.verdict, row.difference) == ("not_comparable", None)
    assert (
        reason(row)
        == "The two figures have different units: PT and NUMBER. To compare them, bring both to the same unit."
    )


@given(
    value=st.floats(0, 100),
    official_value=st.floats(0, 100),
    se=st.one_of(st.none(), st.floats(0, 20)),
    sampling=st.sampled_from(SAMPLING_TYPES),
    period=st.sampled_from(["1999", "2012", "2011-01-01/P3Y"]),
    shown=st.booleans(),
)
def test_another_concept_never_yields_a_difference(
    citizen: Citizen, figure: Figure, working: Measures, places: Places,
    value: float, official_value: float, se: float | None, sampling: str, period: str, shown: bool,
) -> None:  # fmt: skip
    estimate = citizen(value=value, se=se, sampling_type=sampling, period=period)
    estimate = estimate if shown else estimate.suppressed("Too few.")
    other = figure(value=official_value, se=se, relation="different", difference={"en": "Homes."})
    [row] = compare([estimate], [other], measures=working, areas=places)
    assert row.verdict == "not_comparable"
    assert (row.difference, row.difference_lower, row.difference_upper) == (None, None, None)
    assert "difference" not in row.facts


# --- places ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("here", "there"), [("lake-old", "lake"), ("lake", "lake-old")])
def test_a_place_that_changed_its_extent_is_refused_in_both_directions(
    beside: Beside, citizen: Citizen, figure: Figure, here: str, there: str
) -> None:
    row = beside(citizen(area=here, area_name="Lakeside"), figure(area=there, area_name="LÁKESIDE"))
    assert (row.verdict, row.difference, row.official.area) == ("not_comparable", None, there)
    assert reason(row) == (
        "Lakeside kept its name and changed its extent on 2012-03-02. Cut from it: Newtown. "
        "The official figure is for the other extent. "
        "To compare them, take figures for the same extent, or bring one across with a crosswalk of areas."
    )


def test_a_namesake_elsewhere_is_refused_and_another_level_is_no_figure(citizen: Citizen, figure: Figure) -> None:
    places = {
        "a": Area("a", "Kati", "XX", 2, "r1"),
        "b": Area("b", "Kati", "XX", 2, "r2"),
        "c": Area("c", "Kati", "XX", 3, "r2"),
    }
    here = citizen(area="a", area_name="Kati")
    for areas in (places, {}):
        [row] = compare([here], [figure(area="b", area_name="Kati")], measures={}, areas=areas)
        assert (row.verdict, row.difference) == ("not_comparable", None)
        assert "another place of the name Kati (b)" in reason(row)
    [row] = compare([here], [figure(area="c", area_name="Kati")], measures={}, areas=places)
    assert row.verdict == "no_official_figure"


@given(
    days=st.lists(st.dates(date(1950, 1, 1), date(2020, 1, 1)), min_size=1, max_size=4, unique=True),
    chosen=st.tuples(st.integers(0, 4), st.integers(0, 4)),
    gap=st.floats(0, 40),
    spelling=st.sampled_from(["Lakeside", "LAKESIDE", "Lákeside", " lake-side ", "Lake side"]),
)
def test_a_changed_extent_is_never_matched_by_name(
    citizen: Citizen, figure: Figure, working: Measures,
    days: list[date], chosen: tuple[int, int], gap: float, spelling: str,
) -> None:  # fmt: skip
    bounds = [None, *sorted(days), None]
    name = "Lake side" if " " in spelling.strip() or "-" in spelling else "Lakeside"
    areas = {
        f"x{i}": Area(
            f"x{i}", name, "XX", 1, valid_from=bounds[i], predecessors=(f"x{i - 1}",) if i else (),
            valid_to=date.fromordinal(until.toordinal() - 1) if (until := bounds[i + 1]) else None,
        )
        for i in range(len(days) + 1)
    }  # fmt: skip
    here, there = (min(i, len(days)) for i in chosen)
    estimate = citizen(area=f"x{here}", area_name=name, value=50 + gap)
    [row] = compare([estimate], [figure(area=f"x{there}", area_name=spelling)], measures=working, areas=areas)
    if here == there:
        assert row.difference == estimate.value - 60
    else:
        assert (row.verdict, row.difference, row.difference_lower) == ("not_comparable", None, None)
        assert "changed its extent on" in reason(row)


def test_a_place_without_any_official_figure_says_so_once(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    for official in ([], [figure(area="newtown", area_name="Newtown")], [figure(measure="other")]):
        row = beside(citizen(), *official)
        assert (row.verdict, row.official) == ("no_official_figure", None)
        assert reason(row) == "No official figure for this place is at hand."


def test_an_official_place_that_was_not_matched_is_never_matched_by_its_name(
    beside: Beside, citizen: Citizen, figure: Figure
) -> None:
    assert beside(citizen(), figure(area=None, refused="unknown")).verdict == "no_official_figure"


def test_official_places_without_a_citizen_figure_are_listed_with_their_latest(
    citizen: Citizen, figure: Figure
) -> None:
    unmatched = figure(area=None, area_name="Nowhere", refused="unknown")
    latest = figure(area="south", period="2012")
    listed = [figure(), figure(area="south", period="2010"), latest, unmatched, figure(measure="other")]
    only_women = citizen(area="south", breakdown=(("sex", "female"),))
    assert uncovered([citizen(), only_women], listed) == [latest, unmatched, figure(measure="other")]


# --- time and series ------------------------------------------------------------------------------------------------


def test_the_latest_figure_that_does_not_end_later_is_chosen(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    series = [figure(period=year) for year in ("2005", "2010", "2014")]
    assert beside(citizen(period="2011-01-01/P3Y"), *series).official.period == "2010"
    assert beside(citizen(period="2014"), *series).official.period == "2014"
    row = beside(citizen(period="2003"), *series)
    assert (row.official.period, row.facts["years_apart"]) == ("2005", 2)


def test_each_series_and_each_nature_gets_its_own_row(citizen: Citizen, figure: Figure, working: Measures) -> None:
    figures = [
        figure(nature="C", value=40.0), figure(nature="E", value=61.0), figure(nature="E", period="2010"),
        figure(series="W2"), figure(facts={"select": {"main_source": "AIS12"}}),
    ]  # fmt: skip
    rows = compare([citizen()], figures, measures=working, areas={})
    assert [(r.official.series, r.official.nature, r.official.period) for r in rows] == [
        ("W1", "C", "2012"), ("W1", "E", "2012"), ("W2", "C", "2012"), ("W1", "C", "2012"),
    ]  # fmt: skip


# --- the real case --------------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_five_tanzanian_regions_are_refused_for_2012_and_the_new_ones_are_listed(
    shared: Path,
    as_raw: Callable[[list[dict[str, str]]], pa.Table],
    plain_rows: Callable[[Path], list[dict[str, str]]],
    official: Callable[..., Official],
    citizen: Citizen,
    working: Measures,
) -> None:
    areas = known_areas("TZ")
    raw = as_raw(plain_rows(shared / "official/jmp/jmp_inequality_water_region.csv"))
    survey = official(
        reader="jmp-region", country="TZ", as_of=date(2012, 6, 1), columns={}, std_error=2.0,
        select={"iso3": "TZA", "main_source": "AIS12", "var": "imp"},
    )  # fmt: skip
    figures = benchmarks(survey, raw, resolver(areas, survey.as_of))
    before = [a for a in areas.values() if a.level == 1 and a.valid_on(date(2011, 6, 1))]
    estimates = [citizen(area=a.id, area_name=a.name, period="2011-01-01/P3Y") for a in before]
    rows = {row.area_name: row for row in compare(estimates, figures, measures=working, areas=areas)}
    refused = {name: row for name, row in rows.items() if row.verdict == "not_comparable"}
    assert len(rows) == 26
    assert set(refused) == {"Iringa", "Kagera", "Mwanza", "Rukwa", "Shinyanga"}
    assert "Cut from it: Geita, Simiyu." in reason(refused["Mwanza"])
    assert all(row.difference is None for row in refused.values())
    assert all(row.difference is not None for name, row in rows.items() if name not in refused)
    listed = {b.area_name for b in uncovered(estimates, figures)}
    assert listed == {"Geita", "Katavi", "Njombe", "Simiyu"} | set(refused)


def test_comparisons_are_plain_records_that_can_be_replaced(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    row = beside(citizen(value=72.0), figure())
    assert verdict_word(replace(row, verdict="cannot_tell")) == "cannot tell"


def test_one_cluster_whose_answers_agree_tells_nothing(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    row = beside(citizen(value=100.0, se=0.0, lower=None, upper=None, df=0.0, n=1), figure(value=50.0))
    assert (row.verdict, row.p_value, row.difference) == ("cannot_tell", None, 50.0)
    assert "Its own uncertainty is unknown" in reason(row)


def test_a_relevant_difference_of_nothing_is_none_agreed(citizen: Citizen, figure: Figure, working: Measures) -> None:
    nothing = {"working": working["working"].model_copy(update={"relevant_difference": 0.0})}
    [row] = compare([citizen()], [figure()], measures=nothing, areas={})
    assert row.probability < 0.9
    assert "Nothing is agreed on how much would matter" in reason(row)


def test_a_figure_of_the_same_time_goes_before_an_older_one(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    row = beside(citizen(), figure(period="2010"), figure(period="2011/2013"))
    assert row.official.period == "2011/2013"
