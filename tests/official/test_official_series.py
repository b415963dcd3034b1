"""Official figures come back as series, chosen by nobody but the question, and revisions between releases are shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from datashift.model import Revision
from datashift.official import breakdown_of, changes, import_snapshot, observations, revisions, snapshots, time_series
from datashift.official.codes import code_of, concept_of, period_of, places, year_of

HEAD = "SERIES,REF_AREA,SEX,TIME_PERIOD,OBS_VALUE,NATURE,UNIT_MEASURE,SOURCE_DETAIL\n"


def keep(home: Path, *lines: str, **stated: Any) -> str:
    text = HEAD + "".join(f"{line}\n" for line in lines)
    return import_snapshot(text.encode(), "file.csv", home, **({"source": "Office"} | stated)).snapshot.id


def test_a_series_has_its_years_in_order_with_all_that_travels_along(tmp_path: Path) -> None:
    keep(tmp_path, "A,KE,F,2019,2,C,PT,Census", "A,KE,F,2015,1,E,PT,DHS", "B,KE,_T,2015,9,,NUMBER,", released="2024-05")
    first, second = time_series(tmp_path)
    assert (first.series, first.area, first.area_name, first.breakdown) == ("A", "KE", "Kenya", (("SEX", "F"),))
    assert [(o.period, o.value, o.nature, o.source) for o in first.observations] == [
        ("2015", 1.0, "E", "DHS"), ("2019", 2.0, "C", "Census"),
    ]  # fmt: skip
    assert (first.side, first.unit, first.producer, first.released) == ("official", "PT", "Office", "2024-05")
    assert (second.unit, second.breakdown) == ("NUMBER", ())


def test_two_figures_for_one_year_are_two_series_told_apart_by_nature(tmp_path: Path) -> None:
    keep(tmp_path, "A,KE,_T,2015,1,C,PT,", "A,KE,_T,2015,2,M,PT,", "A,KE,_T,2016,3,M,PT,")
    found = {one.title["en"]: [o.value for o in one.observations] for one in time_series(tmp_path)}
    assert found == {"A (nature C)": [1.0], "A (nature M)": [2.0, 3.0]}


def test_then_by_source_and_at_last_by_turn(tmp_path: Path) -> None:
    keep(tmp_path, "A,KE,_T,2015,1,C,PT,DHS", "A,KE,_T,2015,2,C,PT,MICS", "A,KE,_T,2015,3,C,PT,MICS")
    found = {one.title["en"]: [o.value for o in one.observations] for one in time_series(tmp_path)}
    assert found == {
        "A (source: DHS)": [1.0], "A (source: MICS #1)": [2.0], "A (source: MICS #2)": [3.0],
    }  # fmt: skip


def test_a_figure_that_is_printed_twice_is_one(tmp_path: Path) -> None:
    keep(tmp_path, "A,KE,_T,2015,1,C,PT,DHS", "A,KE,_T,2015,1.0,C,PT,MICS")
    assert [len(one.observations) for one in time_series(tmp_path)] == [1]
    assert len(observations(tmp_path)) == 2


def test_texts_stay_rows_and_are_no_points_of_a_series(tmp_path: Path) -> None:
    keep(tmp_path, "A,KE,_T,2015,<5,C,PT,", "A,KE,_T,2016,7,C,PT,")
    assert [row["value_text"] for row in observations(tmp_path).to_pylist()] == ["<5", "7"]
    assert [[o.period for o in one.observations] for one in time_series(tmp_path)] == [["2016"]]


def test_questions_go_by_series_place_indicator_and_source(tmp_path: Path) -> None:
    keep(tmp_path, "A,KE,_T,2015,1,,,", "B,404,_T,2015,2,,,", "A,NPL,_T,2015,3,,,", "SP_ACS_BSRVH2O,1,_T,2015,4,,,")
    keep(tmp_path, "A,KE,_T,2015,5,,,", source="Bureau", indicator="16.1.1")

    def values(**asked: str) -> list[float]:
        return sorted(observations(tmp_path, **asked)["value"].to_pylist())

    assert values() == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert values(area="KE") == [1.0, 2.0, 5.0]
    assert values(series="A", area="NP") == [3.0]
    assert values(area="M49:1") == [4.0]
    assert values(indicator="1.4.1") == [4.0]  # the framework knows which indicator the series is of
    assert values(indicator="16.1.1") == [5.0]
    assert values(source="Bureau") == values(source="bureau") == [5.0]
    assert values(series="none") == []
    assert set(observations(tmp_path, series="SP_ACS_BSRVH2O")["indicator"].to_pylist()) == {"1.4.1"}


def test_only_the_newest_release_answers_unless_another_is_named(tmp_path: Path) -> None:
    old = keep(tmp_path, "A,KE,_T,2015,1,,,", "A,NP,_T,2015,2,,,", released="2020")
    keep(tmp_path, "A,KE,_T,2015,1.5,,,", "A,NP,_T,2015,2,,,", released="2021")
    assert observations(tmp_path, area="KE")["value"].to_pylist() == [1.5]
    assert observations(tmp_path, area="KE", snapshot=old)["value"].to_pylist() == [1.0]


def test_a_newer_extract_speaks_for_its_part_and_the_whole_for_the_rest(tmp_path: Path) -> None:
    keep(tmp_path, "A,KE,_T,2015,1,,,", "A,NP,_T,2015,2,,,", "B,KE,_T,2015,3,,,", released="2020")
    keep(tmp_path, "A,KE,_T,2015,9,,,", released="2024")
    found = {(row["series"], row["area"]): row["value"] for row in observations(tmp_path).to_pylist()}
    assert found == {("A", "KE"): 9.0, ("A", "NP"): 2.0, ("B", "KE"): 3.0}
    assert [one.part for one in snapshots(tmp_path)] == ["A KE", ""]


# --- revisions ------------------------------------------------------------------------------------------------------


def test_added_removed_changed_and_reclassified_figures_are_told_apart(tmp_path: Path) -> None:
    lines = [
        "A,KE,F,2015,1,C,PT,",
        "A,KE,F,2016,2,C,PT,",
        "A,KE,_T,2016,3,C,PT,",
        "B,NP,_T,2016,4,,,",
        "B,NP,_T,2017,N,,,",
    ]
    old = keep(tmp_path, *lines, released="2020")
    new = keep(
        tmp_path, "A,KE,F,2015,1.0,C,PT,", "A,KE,F,2016,2.5,C,PT,", "A,KE,_T,2016,3,M,PT,", "B,NP,_T,2018,5,,,",
        "B,NP,_T,2017,N,,,", released="2021",
    )  # fmt: skip
    everybody, women, gone, added = revisions(tmp_path, source="Office")
    assert women == Revision(
        "A", "KE", "", (("SEX", "F"),), "2016", 2.0, 2.5, old, new, before_nature="C", after_nature="C"
    )
    assert (everybody.before, everybody.after, everybody.before_nature, everybody.after_nature) == (3.0, 3.0, "C", "M")
    assert (gone.period, gone.before, gone.after) == ("2016", 4.0, None)
    assert (added.period, added.before, added.after) == ("2018", None, 5.0)
    [counts] = changes(tmp_path, source="Office")
    assert (counts.added, counts.removed, counts.changed, counts.reclassified, counts.same) == (1, 1, 1, 1, 2)
    assert [one.series for one in revisions(tmp_path, source="office", series="A")] == ["A", "A"]
    assert revisions(tmp_path, source="Office", area="NP") == [gone, added]


def test_a_text_in_place_of_a_number_is_a_revision(tmp_path: Path) -> None:
    keep(tmp_path, "A,KE,_T,2015,4,,,", "A,KE,_T,2016,<5,,,", "B,KE,_T,2016,1,,,", released="2020")
    keep(tmp_path, "A,KE,_T,2015,<5,,,", "A,KE,_T,2016,<5,,,", "B,KE,_T,2016,1,,,", released="2021")
    keep(tmp_path, "A,KE,_T,2015,<5,,,", "A,KE,_T,2016,<4,,,", "B,KE,_T,2016,1,,,", released="2022")
    assert [each.changed for each in changes(tmp_path, source="Office")] == [1, 1]


def test_several_figures_for_one_year_are_matched_by_nature_before_they_are_compared(tmp_path: Path) -> None:
    keep(tmp_path, "A,KE,_T,2015,1,C,PT,", "A,KE,_T,2015,2,M,PT,", "A,KE,_T,2016,5,C,PT,", released="2020")
    keep(tmp_path, "A,KE,_T,2015,2,M,PT,", "A,KE,_T,2015,1.2,C,PT,", "A,KE,_T,2016,5,E,PT,", released="2021")
    found = revisions(tmp_path, source="Office")
    assert [(one.period, one.before, one.after, one.before_nature, one.after_nature) for one in found] == [
        ("2015", 1.0, 1.2, "C", "C"), ("2016", 5.0, 5.0, "C", "E"),
    ]  # fmt: skip


def test_a_source_that_comes_in_once_was_not_revised(tmp_path: Path) -> None:
    keep(tmp_path, "A,KE,_T,2015,1,,,")
    assert revisions(tmp_path, source="Office") == []


# --- words as codes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "text", "ddf", "found"),
    [
        ("Sex", "FEMALE", False, ("SEX", "F")), ("sex", "bothsex", True, ("SEX", "")),
        ("SEX", "_T", False, ("SEX", "")),
        ("Age", "15-24", False, ("AGE", "Y15T24")), ("age", "15_24", True, ("AGE", "Y15T24")),
        ("age", "15", True, ("AGE", "Y_GE15")), ("Age", "15", False, ("AGE", "15")),
        ("Age", "15+", False, ("AGE", "Y_GE15")), ("Age", "<5Y", False, ("AGE", "Y0T4")),
        ("age", "lt1y", True, ("AGE", "Y0")), ("age", "lt1m", True, ("AGE", "M0")),
        ("age", "lt_45y", True, ("AGE", "Y0T45")), ("age", "m36t59", True, ("AGE", "M36T59")),
        ("AGE", "Y_GE65", False, ("AGE", "Y_GE65")), ("age", "u", True, ("AGE", "_U")),
        ("Location", "ALLAREA", False, ("URBANISATION", "")), ("location", "rural", True, ("URBANISATION", "R")),
        ("Quantile", "B40", False, ("INCOME_WEALTH_QUANTILE", "B40")),
        ("quantile", "t", True, ("INCOME_WEALTH_QUANTILE", "")),
        ("Type of product", "WOD", False, ("PRODUCT", "WOD")),
        ("Type of skill", "SKILL_MATH", False, ("TYPE_OF_SKILL", "SKILL_MATH")),
        ("Ethnic group", "a;b=c", False, ("ETHNIC_GROUP", "a,b:c")), ("sex", "a;b=c", True, ("SEX", "A,B:C")),
    ],
)  # fmt: skip
def test_breakdowns_are_codes_of_the_sdg_structure_where_that_is_sure(
    column: str, text: str, ddf: bool, found: tuple[str, str]
) -> None:
    assert (concept_of(column), code_of(concept_of(column), text, ddf)) == found


@pytest.mark.parametrize(
    ("code", "area"),
    [
        ("404", "KE"), ("KE", "KE"), ("ken", "KE"), ("032", "AR"), ("32", "AR"), ("1", "M49:1"), ("202", "M49:202"),
        ("WLD", "M49:1"), ("SSF", ""), ("KE-30", "KE-30"), ("KE_30", "KE-30"), ("NP01", "NP-P1"), ("ZZ", ""), ("", ""),
    ],
)  # fmt: skip
def test_place_codes_of_every_kind_are_our_ids(tmp_path: Path, code: str, area: str) -> None:
    assert places(tmp_path)(code) == area


@pytest.mark.parametrize(
    ("text", "period", "year"),
    [
        ("2016", "2016", 2016), ("2016.0", "2016", 2016),
        ("2014/15", "2014/2015", 2015), ("2014-15", "2014/2015", 2015),
        ("2011-12", "2011-12", 2011), ("2016-Q2", "2016-Q2", 2016), ("2014-2016", "2014-2016", 2016),
        ("2014-07-01/P1Y", "2014-07-01/P1Y", 2014), ("2015Q1", "2015-Q1", 2015), ("2015M3", "2015-M03", 2015),
        ("2015.00", "2015", 2015), ("2005-06-30/2008-06-29", "2005-06-30/2008-06-29", 2008),
        ("soon", "soon", None), ("16", "16", None),
    ],
)  # fmt: skip
def test_periods_are_read_as_sdmx_writes_them(text: str, period: str, year: int | None) -> None:
    assert (period_of(text), year_of(period)) == (period, year)


def test_a_breakdown_is_concepts_and_codes() -> None:
    assert breakdown_of("") == ()
    assert breakdown_of("AGE=Y15T24;SEX=F") == (("AGE", "Y15T24"), ("SEX", "F"))


def test_a_place_that_was_renamed_is_the_same_place(tmp_path: Path) -> None:
    head = "SERIES,REF_AREA,REF_AREA_NAME,TIME_PERIOD,OBS_VALUE\n"
    for released, rows in (
        ("2021", "A,792,Turkey,2015,1\nA,792,Turkey,2016,2\nA,404,Kenya,2016,2\n"),
        ("2022", "A,792,Türkiye,2015,1\nA,792,Türkiye,2016,2.5\nA,404,Kenya,2016,2\n"),
        ("2023", "A,792,Türkiye,2015,1\nA,792,Türkiye,2016,3\n"),
    ):
        import_snapshot(f"{head}{rows}".encode(), "a.csv", tmp_path, source="T", released=released)
    [one] = changes(tmp_path, source="T")
    assert (one.added, one.removed, one.changed, one.same) == (0, 0, 1, 2)
    import_snapshot(f"{head}A,792,Turkey,2016,4\nA,792,Turkey,2017,4\n".encode(), "a.csv", tmp_path, source="T",
                    released="2024")  # fmt: skip
    found = {(row["area"], row["period"], row["value"]) for row in observations(tmp_path).to_pylist()}
    assert found == {("TR", "2016", 4.0), ("TR", "2017", 4.0), ("KE", "2016", 2.0)}


def test_regions_that_bear_the_code_of_their_country_stay_apart(tmp_path: Path) -> None:
    head = "SERIES,REF_AREA,REF_AREA_NAME,TIME_PERIOD,OBS_VALUE\n"
    for released, rows in (
        ("2021", "A,KE,North,2015,1\nA,KE,South,2015,2\n"),
        ("2022", "A,KE,South,2015,2\nA,KE,N,2015,1\n"),
    ):
        import_snapshot(f"{head}{rows}".encode(), "a.csv", tmp_path, source="T", released=released)
    [one] = changes(tmp_path, source="T")
    assert (one.added, one.removed, one.changed, one.same) == (1, 1, 0, 1)
