"""Official files become benchmarks: nothing guessed, nothing dropped in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift.errors import BadRecipe
from datashift.model import Area, Official
from datashift.official import benchmarks, series_table
from datashift.standards.areas import known_areas, resolver

Spec = Callable[..., Official]
AsRaw = Callable[[list[dict[str, str]]], pa.Table]
PlainRows = Callable[[Path], list[dict[str, str]]]

KNOWN = {
    "North": Area("north", "North", "XX", 1),
    "XX": Area("XX", "Exland", "XX", 0),
    "N.": Area("north", "North", "XX", 1),
}


def resolve(name: str) -> Area | None:
    return KNOWN.get(name)


def table(as_raw: AsRaw, header: str, *lines: str) -> pa.Table:
    return as_raw([dict(zip(header.split(","), line.split(","), strict=True)) for line in lines])


# --- any table ------------------------------------------------------------------------------------------------------


def test_a_benchmark_carries_source_dates_series_nature_and_concept(as_raw: AsRaw, official: Spec) -> None:
    spec = official(
        retrieved=date(2026, 11, 22), nature="ca", relation="different", difference={"en": "Homes, not points"},
        columns={"area": "place", "value": "v", "period": "year", "se": "error", "df": "df"},
    )  # fmt: skip
    [one] = benchmarks(spec, table(as_raw, "place,v,year,error,df", "North,61.5,2010.0,1.25,12"), resolve)
    assert (one.source, one.released, one.retrieved, one.series) == ("Simulated office", "2012", "2026-11-22", "W1")
    assert (one.area, one.area_name, one.period, one.value, one.unit) == ("north", "North", "2010", 61.5, "PT")
    assert (one.nature, one.relation, one.se, one.facts["df"]) == ("CA", "different", 1.25, 12.0)
    assert (one.definition, one.difference) == ({"en": "Points that work"}, {"en": "Homes, not points"})
    assert one.refused == ""


def test_one_entry_may_serve_several_measures(as_raw: AsRaw, official: Spec) -> None:
    found = benchmarks(official(measures=("a", "b")), table(as_raw, "place,v,year", "North,1,2010"), resolve)
    assert [b.measure for b in found] == ["a", "b"]


def test_an_unknown_place_is_kept_without_area_and_with_the_reason(as_raw: AsRaw, official: Spec) -> None:
    [one] = benchmarks(official(), table(as_raw, "place,v,year", "Nowhere,61.5,2010"), resolve)
    assert (one.area, one.area_name, one.value) == (None, "Nowhere", 61.5)
    assert one.refused.format(**one.facts) == (
        "The place 'Nowhere' of Simulated office is not in the area list of XX for 2012-06-01, "
        "or stands there more than once."
    )


def test_without_a_place_column_the_figure_is_the_country_s(as_raw: AsRaw, official: Spec) -> None:
    spec = official(columns={"value": "v"}, period="2011/2013", std_error=0.5)
    [one] = benchmarks(spec, table(as_raw, "v", "7"), resolve)
    assert (one.area, one.period, one.se) == ("XX", "2011/2013", 0.5)


def test_values_that_are_not_numbers_are_counted(as_raw: AsRaw, official: Spec) -> None:
    rows = table(
        as_raw, "place,v,year", "North,<5,2009", "North,nan,2010", "North,,2011", "North,1e1,2012", "North,1_0,2013"
    )
    found = benchmarks(official(), rows, resolve)
    assert [(b.period, b.value) for b in found] == [("2012", 10.0)]
    assert (found[0].facts["chosen"], found[0].facts["not_numbers"]) == (5, 4)


def test_select_trims_ignores_case_and_may_name_two_words(as_raw: AsRaw, official: Spec) -> None:
    rows = table(as_raw, "place,v,year,kind", "North,1,2010, Good ", "North,2,2011,fine", "North,3,2012,goodish")
    assert [b.value for b in benchmarks(official(select={"kind": "good"}), rows, resolve)] == [1.0]
    assert [b.value for b in benchmarks(official(select={"kind": "GOOD|fine"}), rows, resolve)] == [1.0, 2.0]


def test_a_missing_cell_is_an_empty_text(official: Spec) -> None:
    rows = pa.table({"place": ["North", "North"], "v": pa.array([None, "4"]), "year": ["2010", "2011"]})
    assert [b.value for b in benchmarks(official(), rows, resolve)] == [4.0]


def test_two_figures_for_one_place_and_time_are_refused_with_the_columns_that_differ(
    as_raw: AsRaw, official: Spec
) -> None:
    rows = table(as_raw, "place,v,year,sex,age", "North,1,2010,F,all", "North,2,2010,M,all")
    with pytest.raises(BadRecipe, match="2 different official figures for North in 2010") as caught:
        benchmarks(official(columns={"area": "place", "value": "v", "period": "year"}), rows, resolve)
    assert caught.value.facts["columns"] in ("v, sex", "sex")


def test_two_spellings_of_one_place_count_as_one_place(as_raw: AsRaw, official: Spec) -> None:
    with pytest.raises(BadRecipe, match="different official figures"):
        benchmarks(official(), table(as_raw, "place,v,year", "North,1,2010", "N.,2,2010"), resolve)
    same = benchmarks(official(), table(as_raw, "place,v,year", "North,1,2010", "N.,1,2010"), resolve)
    assert len(same) == 1


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ({"columns": {"area": "place", "value": "w", "period": "year"}}, "official.no-column"),
        ({"columns": {"area": "place", "value": "_row", "period": "year"}}, "official.no-column"),
        ({"columns": {"area": "place", "period": "year"}}, "official.no-entry"),
        ({"select": {"sex": "F"}}, "official.no-column"),
        ({"select": {"place": "South"}}, "official.no-row"),
        ({"columns": {"area": "place", "value": "place", "period": "year"}}, "official.no-number"),
        ({"columns": {"area": "place", "value": "v"}}, "official.no-period"),
        ({"columns": {"area": "place", "value": "v", "period": "place"}}, "official.not-a-period"),
        ({"std_error": "error"}, "official.no-column"),
        ({"relation": "different"}, "official.no-difference"),
        ({"relation": "different", "difference": {"en": ""}}, "official.no-difference"),
        ({"columns": {"area": "place", "value": "v + w", "period": "year"}}, "official.no-column"),
        ({"columns": {"area": "place", "value": "v", "of": "w", "period": "year"}}, "official.no-column"),
        ({"breakdowns": {"SEX": {"column": "sex"}}}, "official.no-column"),
        ({"breakdowns": {"SEX": {"column": "place", "codes": {"South": "F"}}}}, "official.no-code"),
        ({"reader": "jmp-region"}, "official.no-entry"),
        ({"reader": "jmp-national"}, "official.no-entry"),
        ({"reader": "unsd"}, "official.no-entry"),
        ({"reader": "event-register"}, "official.no-entry"),
        ({"reader": "event-register", "columns": {"date": "v"}}, "official.no-date"),
    ],
)
def test_what_cannot_be_read_names_the_file_and_the_repair(
    as_raw: AsRaw, official: Spec, stated: dict[str, object], code: str
) -> None:
    with pytest.raises(BadRecipe) as caught:
        benchmarks(official(**stated), table(as_raw, "place,v,year", "North,1,2010"), resolve)
    assert caught.value.code == code
    assert "{" not in str(caught.value)
    assert code == "official.not-a-period" or "figures.csv" in str(caught.value)


def test_an_empty_official_table_is_said_to_hold_nothing(official: Spec) -> None:
    empty = pa.table({name: pa.array([], pa.string()) for name in ("place", "v", "year")})
    with pytest.raises(BadRecipe, match="no row"):
        benchmarks(official(), empty, resolve)


# --- sums, shares, groups, and what travels along -------------------------------------------------------------------


def test_a_figure_may_be_the_sum_of_columns(as_raw: AsRaw, official: Spec) -> None:
    rows = table(as_raw, "place,tap,deep well,year", "North,1.8,4.0,2019", "XX,0.1,0.2,2019")
    spec = official(columns={"area": "place", "value": "tap + deep well", "period": "year"})
    assert [(b.area, b.value) for b in benchmarks(spec, rows, resolve)] == [("north", 5.8), ("XX", 0.3)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 1000), min_size=1, max_size=9))
def test_a_sum_of_parts_rounded_to_tenths_has_no_noise_behind_it(
    as_raw: AsRaw, official: Spec, tenths: list[int]
) -> None:
    names = [f"part {i}" for i in range(len(tenths))]
    row = {"year": "2019"} | {name: str(t / 10) for name, t in zip(names, tenths, strict=True)}
    spec = official(columns={"value": " + ".join(names), "period": "year"})
    [one] = benchmarks(spec, as_raw([row]), resolve)
    assert one.value == sum(tenths) / 10


def test_a_column_whose_name_has_a_plus_sign_is_one_column(as_raw: AsRaw, official: Spec) -> None:
    rows = table(as_raw, "place,a + b,year", "North,7,2019")
    spec = official(columns={"area": "place", "value": "a + b", "period": "year"})
    assert [b.value for b in benchmarks(spec, rows, resolve)] == [7.0]


def test_a_missing_part_of_a_sum_is_no_zero(as_raw: AsRaw, official: Spec) -> None:
    rows = table(as_raw, "place,tap,well,year", "North,60,,2019", "XX,60,n/a,2019", "North,60,10,2018")
    spec = official(columns={"area": "place", "value": "tap + well", "period": "year"})
    [one] = benchmarks(spec, rows, resolve)
    assert (one.value, one.period) == (70.0, "2018")
    assert (one.facts["chosen"], one.facts["not_numbers"], one.facts["without"]) == (3, 2, {"well": 2})


def test_a_share_is_one_sum_in_per_cent_of_another(as_raw: AsRaw, official: Spec) -> None:
    rows = table(as_raw, "place,tap,well,pond,year", "North,30,15,5,2011", "XX,0,0,0,2011")
    spec = official(columns={"area": "place", "value": "tap + well", "of": "tap + well + pond", "period": "year"})
    [one] = benchmarks(spec, rows, resolve)
    assert (one.area, one.value) == ("north", 90.0)
    assert one.facts["not_numbers"] == 1  # nobody lives where nothing was counted, so there is no share


def test_figures_for_a_group_are_marked_as_such(as_raw: AsRaw, official: Spec) -> None:
    rows = table(as_raw, "place,v,year", "North,1,2019")
    [one] = benchmarks(official(breakdown={"URBANISATION": "R", "SEX": "_T"}), rows, resolve)
    assert one.breakdown == (("URBANISATION", "R"),)


def test_columns_may_say_which_group_a_figure_is_for(as_raw: AsRaw, official: Spec) -> None:
    rows = table(as_raw, "who,age,v,year", "KENYA,15-24,1,2019", "Urban,,2,2019", "URBAN,15-24,3,2019")
    codes = {"Kenya": "_T", "urban": "U", "rural": "R"}
    spec = official(
        columns={"value": "v", "period": "year"},
        breakdowns={"URBANISATION": {"column": "who", "codes": codes}, "AGE": {"column": "age"}},
    )
    assert {b.value: b.breakdown for b in benchmarks(spec, rows, resolve)} == {
        1.0: (("AGE", "15-24"),),
        2.0: (("URBANISATION", "U"),),
        3.0: (("AGE", "15-24"), ("URBANISATION", "U")),
    }


def test_two_figures_for_one_group_are_still_refused(as_raw: AsRaw, official: Spec) -> None:
    rows = table(as_raw, "place,sex,v,year", "North,F,1,2019", "North,F,2,2019")
    with pytest.raises(BadRecipe, match="2 different official figures"):
        benchmarks(official(breakdowns={"SEX": {"column": "sex"}}), rows, resolve)


def test_an_error_that_is_not_published_says_where_it_comes_from(as_raw: AsRaw, official: Spec) -> None:
    rows = table(as_raw, "place,v,year,low,high", "North,50,2019,45,56")
    columns = {"area": "place", "value": "v", "period": "year", "lower": "low", "upper": "high"}
    [one] = benchmarks(official(columns=columns, std_error=2.0, stated="spread of the surveys"), rows, resolve)
    assert (one.se, one.stated, one.facts["lower"], one.facts["upper"]) == (2.0, "spread of the surveys", 45.0, 56.0)
    [plain] = benchmarks(official(columns=columns, stated="spread of the surveys"), rows, resolve)
    assert (plain.se, plain.stated) == (None, "")


def test_source_and_footnote_travel_with_each_figure(as_raw: AsRaw, official: Spec) -> None:
    rows = table(as_raw, "place,v,year,origin,note", "North,50,2019,MICS 2019,Wet season")
    columns = {"area": "place", "value": "v", "period": "year", "source_detail": "origin", "footnote": "note"}
    [one] = benchmarks(official(columns=columns), rows, resolve)
    assert (one.source_detail, one.footnote) == ("MICS 2019", "Wet season")
    [same] = benchmarks(official(source_detail="A census", footnote="Households"), rows, resolve)
    assert (same.source_detail, same.footnote) == ("A census", "Households")


def test_a_column_for_something_unknown_is_a_slip_of_the_pen(official: Spec) -> None:
    with pytest.raises(ValueError, match="perid: not one of area, value, of, period"):
        official(columns={"value": "v", "perid": "year"})


# --- UNSD -----------------------------------------------------------------------------------------------------------

UNSD = "series,geo_area,geo_area_name,nature,units,year,value,location"


def test_each_nature_of_a_year_is_kept_and_upper_case(as_raw: AsRaw, official: Spec) -> None:
    rows = table(as_raw, UNSD, "W1,32,XX,c,percent,2010,50,allarea", "W1,32,XX,e,percent,2010,52,allarea")
    found = benchmarks(official(reader="unsd", select={"geo_area": "032"}), rows, resolve)
    assert [(b.nature, b.value, b.area) for b in found] == [("C", 50.0, "XX"), ("E", 52.0, "XX")]


def test_m49_codes_match_with_and_without_leading_zeros(as_raw: AsRaw, official: Spec) -> None:
    rows = table(as_raw, UNSD, "W1,032,XX,c,percent,2010,50,allarea", "W1,320,XX,c,percent,2010,9,allarea")
    found = benchmarks(official(reader="unsd", select={"geo_area": "32"}), rows, resolve)
    assert [b.value for b in found] == [50.0]


def test_a_unit_that_differs_from_the_recipe_is_refused(as_raw: AsRaw, official: Spec) -> None:
    rows = table(as_raw, UNSD, "W1,32,XX,c,number,2010,50,allarea")
    with pytest.raises(BadRecipe, match="gives its figures in number; the recipe says PT"):
        benchmarks(official(reader="unsd", select={"geo_area": "32"}), rows, resolve)
    assert benchmarks(official(reader="unsd", select={"geo_area": "32"}, unit="NUMBER"), rows, resolve)[0].value == 50


# --- any file that can be imported ----------------------------------------------------------------------------------

SDMX = """\
STRUCTURE,STRUCTURE_ID,ACTION,SERIES,REF_AREA,SEX,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,NATURE,LOWER_BOUND,UPPER_BOUND,\
COMMENT_OBS
dataflow,IAEG-SDGs:DF_SDG_GLH(1.24),I,W1,404,_T,2019,61.5,PT,E,58,65,Wet season
dataflow,IAEG-SDGs:DF_SDG_GLH(1.24),I,W1,404,F,2019,60,PT,C,,,
dataflow,IAEG-SDGs:DF_SDG_GLH(1.24),I,W1,834,_T,2019,40,PT,E,,,
dataflow,IAEG-SDGs:DF_SDG_GLH(1.24),I,W2,404,_T,2019,7,NUMBER,C,,,
"""


def test_a_series_is_read_from_any_file_that_can_be_imported(official: Spec) -> None:
    raw = series_table(SDMX.encode(), "figures.csv")
    spec = official(reader="series", columns={}, country="KE", as_of=date(2019, 8, 24), select={"area": "KE"})
    everybody, women = sorted(benchmarks(spec, raw, resolver(known_areas("KE"), spec.as_of)), key=lambda b: b.breakdown)
    assert (everybody.area, everybody.value, everybody.nature, everybody.breakdown) == ("KE", 61.5, "E", ())
    assert (everybody.facts["lower"], everybody.facts["upper"]) == (58.0, 65.0)
    assert (women.value, women.nature, women.breakdown) == (60.0, "C", (("SEX", "F"),))


def test_a_series_of_another_unit_is_refused(official: Spec) -> None:
    spec = official(reader="series", series="W2", columns={}, country="KE", as_of=date(2019, 8, 24))
    with pytest.raises(BadRecipe, match="gives its figures in NUMBER; the recipe says PT"):
        benchmarks(spec, series_table(SDMX.encode(), "figures.csv"), resolver(known_areas("KE"), spec.as_of))


@pytest.mark.shared
def test_both_readers_give_the_same_figures_of_the_un_file(
    shared: Path, as_raw: AsRaw, plain_rows: PlainRows, official: Spec
) -> None:
    file = shared / "official/unsd_sdg/unsd_sdg_2020_pilot.csv.gz"
    tanzania = resolver(known_areas("TZ"), date(2012, 6, 1))
    stated = {"columns": {}, "series": "SP_ACS_BSRVH2O", "country": "TZ"}
    one = benchmarks(official(**stated, reader="unsd", select={"geo_area": "834"}), as_raw(plain_rows(file)), tanzania)
    raw = series_table(file.read_bytes(), file.name)
    other = benchmarks(official(**stated, reader="series", select={"area": "TZ"}), raw, tanzania)
    both = [{(b.area, b.period, b.nature, b.breakdown): b.value for b in found} for found in (one, other)]
    assert both[0] == both[1]
    assert len(both[0]) == 54


# --- event registers ------------------------------------------------------------------------------------------------


def events(as_raw: AsRaw) -> pa.Table:
    return table(
        as_raw, "day,kind,place",
        "2/9/2014,Main ,North", "12/31/2014,Main,N.", "1/1/2015,Linked,North", "3/4/2015,Linkeed,Else",
        "Unknown,Main,North", "2/30/2015,Main,North", ",Linked,Else",
    )  # fmt: skip


def register(official: Spec, **stated: object) -> Official:
    columns = {"date": "day", "format": "%m/%d/%Y"} | dict(stated.pop("columns", {}))  # type: ignore[call-overload]
    return official(reader="event-register", unit="NUMBER", columns=columns, **stated)


def test_events_are_counted_by_year_and_those_without_a_date_are_stated(as_raw: AsRaw, official: Spec) -> None:
    found = benchmarks(register(official), events(as_raw), resolve)
    assert [(b.area, b.period, b.value, b.unit) for b in found] == [
        ("XX", "2014", 2, "NUMBER"),
        ("XX", "2015", 2, "NUMBER"),
    ]
    facts = found[0].facts
    assert (facts["rows"], facts["dated"], facts["undated"], facts["left_out"]) == (7, 4, 3, 0)
    assert sum(b.value for b in found) + facts["undated"] == 7


def test_a_year_without_a_chosen_event_counts_zero(as_raw: AsRaw, official: Spec) -> None:
    found = benchmarks(register(official, select={"kind": "main"}), events(as_raw), resolve)
    assert [(b.period, b.value) for b in found] == [("2014", 2), ("2015", 0)]
    assert (found[0].facts["undated"], found[0].facts["left_out"]) == (2, 3)


def test_a_misspelt_kind_is_left_out_but_shown(as_raw: AsRaw, official: Spec) -> None:
    linked = benchmarks(register(official, select={"kind": "Linked"}), events(as_raw), resolve)
    assert linked[0].facts["spellings"] == {"Linkeed": 1}
    both = benchmarks(register(official, select={"kind": "Linked|Linkeed"}), events(as_raw), resolve)
    assert (both[0].facts["spellings"], sum(b.value for b in both)) == ({}, 2)


def test_two_spellings_of_a_place_add_their_events_up(as_raw: AsRaw, official: Spec) -> None:
    found = benchmarks(register(official, columns={"area": "place"}), events(as_raw), resolve)
    assert {(b.area, b.area_name, b.period): b.value for b in found} == {
        ("north", "North", "2014"): 2, ("north", "North", "2015"): 1,
        (None, "Else", "2014"): 0, (None, "Else", "2015"): 1,
    }  # fmt: skip


# --- the real files -------------------------------------------------------------------------------------------------


def jmp_regions(official: Spec, survey: str, day: date) -> Official:
    return official(
        reader="jmp-region", country="TZ", as_of=day, series="Improved drinking water", columns={},
        select={"iso3": "TZA", "main_source": survey, "var": "imp"},
        relation="different", difference={"en": "JMP counts people, the register counts water points."},
    )  # fmt: skip


@pytest.mark.shared
@pytest.mark.parametrize(
    ("survey", "day", "regions"), [("DHS10", date(2010, 6, 1), 26), ("AIS12", date(2012, 6, 1), 30)]
)
def test_every_jmp_region_of_a_survey_is_read_and_placed(
    shared: Path, as_raw: AsRaw, plain_rows: PlainRows, official: Spec, survey: str, day: date, regions: int
) -> None:
    rows = plain_rows(shared / "official/jmp/jmp_inequality_water_region.csv")
    found = benchmarks(jmp_regions(official, survey, day), as_raw(rows), resolver(known_areas("TZ"), day))
    plain = [r for r in rows if (r["iso3"], r["main_source"], r["var"]) == ("TZA", survey, "imp")]
    assert len(found) == len(plain) == len({b.area for b in found}) == regions
    assert [b.value for b in found] == [float(r["value"]) for r in plain]
    assert {b.period for b in found} == {str(int(float(plain[0]["year"])))}
    assert not [b.area_name for b in found if b.refused]


@pytest.mark.shared
def test_a_jmp_region_means_the_extent_of_its_survey(
    shared: Path, as_raw: AsRaw, plain_rows: PlainRows, official: Spec
) -> None:
    raw = as_raw(plain_rows(shared / "official/jmp/jmp_inequality_water_region.csv"))
    ids = {}
    for survey, day in (("DHS10", date(2010, 6, 1)), ("AIS12", date(2012, 6, 1))):
        found = benchmarks(jmp_regions(official, survey, day), raw, resolver(known_areas("TZ"), day))
        ids[survey] = {b.area_name: b.area for b in found}
    changed = {name for name in ids["DHS10"] if ids["DHS10"][name] != ids["AIS12"].get(name)}
    assert changed == {"Iringa", "Kagera", "Mwanza", "Rukwa", "Shinyanga"}
    assert set(ids["AIS12"]) - set(ids["DHS10"]) == {"Geita", "Katavi", "Njombe", "Simiyu"}


@pytest.mark.shared
def test_the_jmp_national_series_is_marked_as_estimated(
    shared: Path, as_raw: AsRaw, plain_rows: PlainRows, official: Spec
) -> None:
    rows = plain_rows(shared / "official/jmp/jmp_wld_water.csv")
    spec = official(reader="jmp-national", columns={}, select={"iso3": "TZA", "column": "wat_bas_n"}, country="TZ")
    found = benchmarks(spec, as_raw(rows), resolver(known_areas("TZ"), date(2012, 6, 1)))
    assert {(b.area, b.nature, b.facts["modelled"]) for b in found} == {("TZ", "E", True)}
    plain = {str(int(float(r["year"]))): float(r["wat_bas_n"]) for r in rows if r["iso3"] == "TZA"}
    assert {b.period: b.value for b in found} == plain
    assert plain["2012"] == pytest.approx(47.50186551100562)


@pytest.mark.shared
def test_the_unsd_series_of_tanzania_is_read(
    shared: Path, as_raw: AsRaw, plain_rows: PlainRows, official: Spec
) -> None:
    rows = plain_rows(shared / "official/unsd_sdg/unsd_sdg_2020_pilot.csv.gz")
    raw, tanzania = as_raw(rows), resolver(known_areas("TZ"), date(2012, 6, 1))
    series = {"reader": "unsd", "columns": {}, "series": "SP_ACS_BSRVH2O", "country": "TZ"}
    found = benchmarks(official(**series, select={"geo_area": "834", "location": "allarea"}), raw, tanzania)
    assert [b.period for b in found] == [str(year) for year in range(2000, 2018)]
    assert {(b.area, b.nature) for b in found} == {("TZ", "E")}
    plain = {
        r["year"]: float(r["value"])
        for r in rows
        if (r["series"], r["geo_area"], r["location"]) == ("SP_ACS_BSRVH2O", "834", "allarea")
    }
    assert {b.period: b.value for b in found} == plain
    assert plain["2012"] == 47.32437
    assert {b.breakdown for b in found} == {()}
    groups = benchmarks(official(**series, select={"geo_area": "834"}), raw, tanzania)
    assert Counter(b.breakdown for b in groups) == {
        (): 18, (("URBANISATION", "R"),): 18, (("URBANISATION", "U"),): 18,
    }  # fmt: skip
    assert [b for b in groups if not b.breakdown] == [
        replace(b, facts=b.facts | {"select": {"geo_area": "834"}, "chosen": 54}) for b in found
    ]


@pytest.mark.shared
def test_the_femicide_register_gives_yearly_counts_and_states_what_has_no_date(
    shared: Path, as_raw: AsRaw, plain_rows: PlainRows, official: Spec
) -> None:
    rows = plain_rows(shared / "official/arg_femicides/femicidios_ministerio_justicia_2012_2016.csv")
    argentina = resolver(known_areas("AR"), date(2016, 1, 1))
    stated = {
        "reader": "event-register", "unit": "NUMBER", "country": "AR",
        "columns": {"date": "fecha_hecho", "format": "%m/%d/%Y"},
    }  # fmt: skip
    everyone = benchmarks(official(**stated), as_raw(rows), argentina)
    assert {b.period: b.value for b in everyone} == {"2012": 4, "2013": 158, "2014": 217, "2015": 212, "2016": 177}
    assert {b.period: b.value for b in everyone} == Counter(
        r["fecha_hecho"].rpartition("/")[2] for r in rows if "/" in r["fecha_hecho"]
    )
    assert sum(b.value for b in everyone) + everyone[0].facts["undated"] == 771
    assert {b.area for b in everyone} == {"AR"}

    principal = benchmarks(official(**stated, select={"tipo_victima": "Principal"}), as_raw(rows), argentina)
    facts = principal[0].facts
    assert facts["rows"] == facts["dated"] + facts["undated"] == 708
    assert sum(b.value for b in principal) == 705
    linked = benchmarks(official(**stated, select={"tipo_victima": "Vinculado"}), as_raw(rows), argentina)
    assert linked[0].facts["spellings"] == {"Vincualado": 2}


@pytest.mark.shared
def test_the_thirteen_counts_of_the_organisation_and_the_court_are_told_apart(
    shared: Path, as_raw: AsRaw, plain_rows: PlainRows, official: Spec
) -> None:
    rows = plain_rows(shared / "cgd/arg_femicides/femicide_counts_ngo_vs_official.csv")
    argentina = resolver(known_areas("AR"), date(2016, 1, 1))
    stated = {
        "country": "AR", "unit": "NUMBER", "columns": {"area": "country", "value": "victims", "period": "year"}
    }  # fmt: skip
    both = {
        kind: benchmarks(official(**stated, select={"source_type": kind}), as_raw(rows), argentina)
        for kind in ("NGO", "official")
    }
    assert (len(both["NGO"]), len(both["official"]), len(rows)) == (9, 4, 13)
    assert sum(b.value for b in both["NGO"] if int(b.period) <= 2015) == 2094
    assert {b.period: b.value for b in both["official"]} == {"2014": 225, "2015": 235, "2016": 254, "2019": 268}
    with pytest.raises(BadRecipe, match="2 different official figures for AR in 2014"):
        benchmarks(official(**stated), as_raw(rows), argentina)


def test_a_file_with_some_figures_in_per_cent_and_some_not_is_refused() -> None:
    text = "SERIES,REF_AREA,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE\nA,KE,2015,1,PT\nA,KE,2016,2,NUMBER\n"
    spec = Official(
        file="a.csv", reader="series", source="S", released="2020", measures=("m",), series="A", relation="same",
        definition={"en": "d"}, country="KE", as_of=date(2020, 1, 1),
    )  # fmt: skip
    with pytest.raises(BadRecipe) as caught:
        benchmarks(spec, series_table(text.encode(), "a.csv"), resolve)
    assert (caught.value.code, caught.value.facts["found"]) == ("official.other-unit", "NUMBER, PT")


def test_numbers_that_no_computer_can_hold_are_counted_as_none(as_raw: AsRaw, official: Spec) -> None:
    rows = table(as_raw, "place,v,year,w", "North,1,2009,1e-400", "North,9e307,2010,1e-300", "North,1e999,2011,1",
                 "North,1,2012,4")  # fmt: skip
    spec = official(columns={"area": "place", "value": "v", "of": "w", "period": "year"})
    [one] = benchmarks(spec, rows, resolve)
    assert (one.period, one.value, one.facts["not_numbers"]) == ("2012", 25.0, 3)
