"""The coverage matrix: what fills a cell, what fills it in part, and what does not."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from datashift.coverage import CELLS, COUNTED, STEMS, Coverage, counted, matrix
from datashift.errors import BadCoverage, BadStandard
from datashift.model import Observation, TimeSeries
from datashift.standards.framework import framework

BLANK: dict[str, Any] = {
    "side": "official", "indicator": "6.1.1", "series": "SH_H2O_SAFE", "area": "KE", "area_name": "Kenya",
    "breakdown": "", "year": 2017, "producer": "UNSD", "nature": "C", "status": "A", "relation": "same",
    "value": 50.0, "se": None, "unit": "PT",
}  # fmt: skip


def counts(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist([BLANK | row for row in rows], schema=COUNTED)


def covered(*rows: dict[str, Any], **asked: Any) -> Coverage:
    given = {"years": (2015, 2020), "areas": ["KE"], "indicators": ["6.1.1"], **asked}
    return matrix(counts(*rows), framework(), **given)


def cell(coverage: Coverage, *, year: int = 2017, group: str = "", **where: str) -> dict[str, Any]:
    wanted = {"year": year, "group": group, **where}
    [found] = [row for row in coverage.cells.to_pylist() if all(row[k] == v for k, v in wanted.items())]
    return found


def citizens(**changes: Any) -> dict[str, Any]:
    return {"side": "citizen", "nature": "", "producer": "A group", "series": "SAFE", **changes}


def test_every_cell_that_could_be_filled_is_there_and_the_empty_ones_say_nobody():
    coverage = covered({}, areas=["KE", "TZ"])
    assert coverage.cells.schema == CELLS
    assert coverage.stems.schema == STEMS
    assert set(coverage.groups) >= {"", "SEX=F", "SEX=M", "URBANISATION=R", "INCOME_WEALTH_QUANTILE=Q1"}
    assert coverage.cells.num_rows == len(coverage.groups) * 2 * 6
    assert [row for row in coverage.cells.to_pylist() if row["who"] != "nobody"] == [cell(coverage, area="KE")]


@pytest.mark.parametrize(
    ("rows", "citizen", "official", "who"),
    [
        ([{}], "", "measured", "official"),
        ([{"nature": "CA"}], "", "measured", "official"),
        ([{"nature": "G"}], "", "measured", "official"),
        ([{"nature": "NOTSPEC"}], "", "unstated", "official"),
        ([{"nature": "e"}], "", "modelled", "modelled"),
        ([{"nature": "M"}], "", "modelled", "modelled"),
        ([{"status": "Q", "value": None}], "", "hidden", "hidden"),
        ([citizens()], "counted", "", "citizens"),
        ([citizens(), {}], "counted", "measured", "both"),
        ([citizens(), {"nature": "M"}], "counted", "modelled", "citizens"),
        ([citizens(relation="proxy")], "part", "", "part"),
        ([citizens(relation="component")], "part", "", "part"),
        ([citizens(relation="local")], "part", "", "part"),
        ([citizens(status="Q", value=None)], "hidden", "", "hidden"),
        ([citizens(area="KE-30", area_name="Nairobi")], "part", "", "part"),
        ([{"area": "KE-30", "nature": "M"}], "", "", "nobody"),
        ([{"relation": "different"}], "", "part", "part"),
    ],
)
def test_a_cell_shows_who_counted_it_and_how(rows: list[dict[str, Any]], citizen: str, official: str, who: str) -> None:
    found = cell(covered(*rows))
    assert (found["citizen"], found["official"], found["who"]) == (citizen, official, who)


def test_women_and_men_make_everybody_but_women_alone_do_not():
    women = {"breakdown": "SEX=F"}
    both = covered(women, {"breakdown": "SEX=M"})
    assert [cell(both, group=group)["official"] for group in ("", "SEX=F", "SEX=M")] == ["measured"] * 3
    alone = covered(women, {"breakdown": "", "year": 2015}, {"breakdown": "SEX=M", "year": 2015})
    assert [cell(alone, group=group)["official"] for group in ("", "SEX=F", "SEX=M")] == ["part", "measured", ""]


def test_two_slices_of_a_year_of_two_series_make_no_whole():
    other = {"series": "OTHER", "breakdown": "SEX=M"}
    coverage = covered(
        {"breakdown": "SEX=F"}, other, {"breakdown": "", "year": 2015}, other | {"breakdown": "", "year": 2015}
    )
    assert cell(coverage)["official"] == "part"


def test_what_belongs_to_the_definition_of_a_series_is_no_group():
    adults = covered({"breakdown": "AGE=Y_GE15"}, {"breakdown": "AGE=Y_GE15;SEX=F"}, {"breakdown": "AGE=Y_GE15;SEX=M"})
    assert cell(adults)["official"] == "measured"
    assert cell(adults, group="SEX=F")["official"] == "measured"
    assert cell(adults, group="AGE")["official"] == ""


def test_ages_of_women_tell_of_women_and_of_ages():
    rows = [{"breakdown": f"AGE={age};SEX={sex}"} for age in ("Y15T24", "Y25T49") for sex in "FM"]
    coverage = covered(*rows)
    assert [cell(coverage, group=group)["official"] for group in ("", "SEX=F", "AGE")] == ["measured"] * 3


def test_products_part_the_subject_and_not_the_people():
    assert cell(covered({"breakdown": "PRODUCT=MAZ"}, {"breakdown": "PRODUCT=RIC"}))["official"] == "measured"


def test_a_series_that_the_framework_knows_counts_without_a_stated_indicator():
    coverage = covered({"indicator": ""}, {"indicator": "", "series": "XX_NEW"})
    assert cell(coverage)["official"] == "measured"
    assert coverage.unplaced == {"XX_NEW": 1}


def test_a_code_that_repeats_another_is_counted_with_it():
    twins = framework().entry("1.5.1").same_as
    coverage = covered({"indicator": "1.5.1", "series": "VC_DSR_MTMP"}, indicators=["1.5.1", *twins])
    assert "13.1.1" in twins
    assert {cell(coverage, indicator=code)["official"] for code in ("1.5.1", *twins)} == {"measured"}


def test_the_last_years_are_told_apart_and_reach_back_before_the_first_year():
    coverage = covered({"year": 2009}, {"year": 2018, "nature": "M"}, citizens(year=2012, relation="proxy"))
    [stem] = [row for row in coverage.stems.to_pylist() if row["group"] == ""]
    assert [stem[name] for name in ("citizen", "official", "part", "modelled")] == [None, 2009, 2012, 2018]


def test_what_comes_after_the_last_year_is_not_seen():
    coverage = covered({"year": 2021}, years=(2015, 2020))
    assert set(coverage.cells["who"].to_pylist()) == {"nobody"}
    assert coverage.stems["official"].null_count == coverage.stems.num_rows


def test_producers_are_named_once_each_and_sorted():
    coverage = covered({}, {"series": "OTHER"}, citizens())
    assert cell(coverage)["producers"] == ["A group", "UNSD"]
    assert cell(coverage, year=2018)["producers"] == []


def test_countries_are_found_and_regions_of_the_world_are_none():
    coverage = covered({}, {"area": "M49:1"}, {"area": "NP0113"}, {"area": "AUDITED"}, areas=[])
    assert dict(coverage.areas) == {"KE": "Kenya"}


def test_a_series_record_counts_in_every_year_of_its_periods():
    series = TimeSeries(
        side="official", indicator="6.1.1", series="X", title={"en": "x"}, producer="An office", released="2020",
        area="KE", area_name="Kenya", unit="PT", breakdown=(("SEX", "F"),),
        observations=(Observation("2015/2016", 10.0, nature="C"), Observation("soon", 11.0)),
    )  # fmt: skip
    table = counted(None, (), [series], framework=framework())
    assert table.schema == COUNTED
    assert table.select(["year", "breakdown", "value"]).to_pylist() == [
        {"year": 2015, "breakdown": "SEX=F", "value": 10.0}, {"year": 2016, "breakdown": "SEX=F", "value": 10.0},
    ]  # fmt: skip


def test_nothing_at_hand_gives_an_empty_matrix():
    coverage = matrix(COUNTED.empty_table(), framework(), areas=["KE"], years=(2020, 2021))
    assert set(coverage.cells["who"].to_pylist()) == {"nobody"}
    assert "6.1.1" in coverage.indicators


def test_years_groups_and_indicators_that_cannot_be_are_refused():
    for asked, code in (({"years": (2020, 2015)}, "coverage.years"), ({"groups": ["SEX=X"]}, "coverage.group")):
        with pytest.raises(BadCoverage) as refused:
            covered({}, **asked)
        assert refused.value.code == code
        assert "{" not in str(refused.value)
    with pytest.raises(BadStandard):
        covered({}, indicators=["6.9.9"])


def test_hundreds_of_thousands_of_figures_take_a_second():
    rng = np.random.default_rng(1)
    n, fw = 300_000, framework()
    choices = {
        "series": list(fw.all_series),
        "area": ["KE", "TZ", "NP", "AR", "KE-30", "M49:1"],
        "breakdown": ["", "SEX=F", "SEX=M", "URBANISATION=R", "AGE=Y15T24;SEX=F"],
        "nature": ["C", "E", "M"],
    }
    columns = {name: pa.array(texts).take(rng.integers(0, len(texts), n)) for name, texts in choices.items()}
    columns |= {
        name: pa.repeat(str(BLANK[name]), n) for name in ("side", "area_name", "producer", "status", "relation")
    }
    columns |= {"indicator": pa.repeat("", n), "unit": pa.repeat("PT", n), "se": pa.nulls(n, pa.float64())}
    columns |= {"year": pa.array(rng.integers(2000, 2024, n)), "value": pa.array(rng.random(n))}
    table = pa.table({field.name: columns[field.name] for field in COUNTED}, schema=COUNTED)
    start = time.perf_counter()
    coverage = matrix(table, fw, years=(2015, 2023))
    assert time.perf_counter() - start < 10  # one second on an idle core
    assert cell(coverage, indicator="6.1.1", area="KE")["official"] == "measured"


def test_a_series_about_women_alone_tells_of_women_and_its_ages_of_a_part_of_them():
    ages = [{"breakdown": f"AGE={age};SEX=F", "year": year} for age, year in (("A", 2015), ("B", 2015), ("A", 2016))]
    coverage = covered({"breakdown": "SEX=F"}, *ages)
    assert [cell(coverage, group=group)["official"] for group in ("", "SEX=F", "SEX=M")] == ["measured"] * 2 + [""]
    assert [cell(coverage, group="SEX=F", year=year)["official"] for year in (2015, 2016)] == ["measured", "part"]


def test_a_matrix_of_thousands_of_years_is_refused():
    with pytest.raises(BadCoverage) as refused:
        covered({}, years=(0, 99999))
    assert refused.value.code == "coverage.span"


def test_a_series_record_without_a_number_is_no_count_unless_it_is_hidden():
    seen = (Observation("2015", float("nan"), status="Q"), Observation("2016", float("nan"), status="O"))
    series = TimeSeries(
        side="citizen", indicator="6.1.1", series="X", title={"en": "x"}, producer="A group", released="2020",
        area="KE", area_name="Kenya", unit="PT", observations=seen,
    )  # fmt: skip
    found = counted(None, (), [series], framework=framework()).to_pylist()
    assert [(row["year"], row["status"], row["value"]) for row in found] == [(2015, "Q", None)]
