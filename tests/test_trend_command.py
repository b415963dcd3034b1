"""The commands trend and smooth: what people read, what machines read, and how bad input is told."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from datashift.commands import smooth, trend
from datashift.errors import BadSeries, DataShiftError, TooThin

WATER = "year,share,se\n2015,48,2\n2016,50,1.8\n2018,53,2\n2019,55,1.5\n2021,56,2.2\n2023,60,1.6\n2024,61.5,1.4\n"
COUNTIES = "county,value,se,piped,population\n" + "".join(
    f"C{i},{40 + 3 * i + (i * 7) % 5},{2 + i % 3},{10 + 5 * i - i % 4},{1000 + 100 * i}\n" for i in range(12)
)

Ask = Callable[..., tuple[str, dict]]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Run a command on a table of text; return what people and what machines get."""

    def run(module: object, text: str, *words: str) -> tuple[str, dict]:
        path = tmp_path / "table.csv"
        path.write_text(text, "utf-8")
        parser = argparse.ArgumentParser()
        module.arguments(parser)
        told, data = module.run(parser.parse_args([str(path), *words]))
        return told, json.loads(json.dumps(data(), allow_nan=False))

    return run


def test_the_first_line_says_the_finding(ask: Ask) -> None:
    text, data = ask(trend, WATER, "--time", "year", "--value", "share", "--target", "100", "--unit", "PT")
    assert (
        text.splitlines()[0]
        == "At this pace about 69\u202f% by 2030 (67 to 72). The target is 100\u202f%; this pace is"
    )
    assert max(map(len, text.splitlines())) <= 80
    assert data["lines"]["ols_logit"]["at_target"] == pytest.approx(69.21319500332)
    assert data["growth"]["ratio"] == pytest.approx(0.556750187253811)


def test_standard_errors_and_another_year(ask: Ask) -> None:
    words = ("--time", "year", "--value", "share", "--se", "se", "--unit", "PT", "--target-year", "2027")
    text, data = ask(trend, WATER, *words)
    assert "by 2027" in text
    assert data["first"] == "meta_regression_logit"
    assert "logit scale, errors known" in text


def test_series_are_parted_by_columns_and_a_thin_one_is_named(ask: Ask) -> None:
    rows = [
        f"{a},{y},{50 + b * (y - 2014) + y % 3}" for a, b in (("North", 3), ("East", -1)) for y in range(2014, 2024)
    ]
    table = "\n".join(["area,year,v", *rows, "West,2020,40"]) + "\n"
    words = ("--time", "year", "--value", "v", "--by", "area", "--target", "60", "--unit", "PT")
    text, data = ask(trend, table, *words)
    assert text.startswith("2 series. Target met, or at this pace met by 2030: 1.")
    assert "West: " in text
    assert [one["verdict"] for one in data["series"]] == ["met", "away"]
    assert data["refused"][0]["by"] == {"area": "West"}
    assert data["refused"][0]["code"] == "trend.one-year"


@pytest.mark.parametrize(
    ("times", "years"),
    [
        (["2015", "2016", "2018"], [2015, 2016, 2018]),
        (["2015-01", "2015-07", "2016-01"], [2014.54, 2015.04, 2015.54]),
        (["2015-07-02", "2016-07-02", "2017-07-02"], [2015.0, 2016.0, 2017.0]),
        (["2015.5", "2016.5", "2017.5"], [2015.5, 2016.5, 2017.5]),
    ],
)
def test_years_and_dates_are_understood(times: list[str], years: list[float], ask: Ask) -> None:
    table = "t,v\n" + "".join(f"{t},{k + 1}\n" for k, t in enumerate(times))
    _text, data = ask(trend, table, "--time", "t", "--value", "v")
    assert [one["year"] for one in data["observed"]] == pytest.approx(years, abs=0.01)


def test_decimal_commas_and_per_cent_signs_are_understood(ask: Ask) -> None:
    table = 'year;v\n2015;48,5 %\n2016;50\n2018;"53,25"\n2019;n/a\n'
    _text, data = ask(trend, table, "--time", "year", "--value", "v", "--unit", "PT")
    assert [one["value"] for one in data["observed"]] == [48.5, 50, 53.25]


@pytest.mark.parametrize(
    ("table", "words", "code"),
    [
        (WATER, ("--time", "yeer", "--value", "share"), "trend.no-column"),
        (WATER.replace("53", "many"), ("--time", "year", "--value", "share"), "trend.not-a-number"),
        (WATER.replace("2018", "2017/18"), ("--time", "year", "--value", "share"), "trend.not-a-year"),
        (WATER.replace("2018", "2018-13"), ("--time", "year", "--value", "share"), "trend.not-a-year"),
        (WATER + "2024,61,1\n", ("--time", "year", "--value", "share"), "trend.year-twice"),
        (WATER.replace("1.8", ""), ("--time", "year", "--value", "share", "--se", "se"), "trend.no-error"),
        ("year,share\n2015,1,234\n", ("--time", "year", "--value", "share"), None),
        ("year,share\n2015,40\n", ("--time", "year", "--value", "share"), "trend.one-year"),
        ("year,share\n", ("--time", "year", "--value", "share"), None),
        ("year,share\n", ("--time", "year", "--value", "share", "--by", "year"), None),
    ],
)
def test_bad_input_is_told_and_never_a_traceback(table: str, words: tuple, code: str | None, ask: Ask) -> None:
    with pytest.raises(DataShiftError) as refused:
        ask(trend, table, *words)
    assert code is None or refused.value.code == code
    assert str(refused.value)


def test_areas_are_smoothed_and_brought_to_the_level_above(ask: Ask) -> None:
    words = ("--area", "county", "--value", "value", "--se", "se", "--covariates", "piped", "--unit", "PT")
    text, data = ask(smooth, COUNTIES, *words, "--benchmark", "60", "--population", "population")
    assert text.startswith("Of 12 areas, C0 is lowest with ")
    assert max(map(len, text.splitlines())) <= 80
    shares = [1000 + 100 * i for i in range(12)]
    mean = sum(n * one["estimate"] for n, one in zip(shares, data["areas"], strict=True)) / sum(shares)
    assert mean == pytest.approx(60)
    assert data["model"]["coefficients"]["piped"]["estimate"] > 0
    assert "now 60.00" in text


def test_an_area_with_empty_cells_is_estimated_from_the_others(ask: Ask) -> None:
    table = COUNTIES + "Gap,,,40,900\n"
    text, data = ask(smooth, table, "--area", "county", "--value", "value", "--se", "se", "--covariates", "piped")
    assert data["areas"][-1]["kind"] == "synthetic"
    assert data["areas"][-1]["direct"] is None
    assert "no data" in text


@pytest.mark.parametrize(
    ("table", "more", "error", "code"),
    [
        (COUNTIES + "C3,40,2,9,900\n", (), BadSeries, "smooth.area-twice"),
        (COUNTIES, ("--benchmark", "50"), BadSeries, "smooth.no-population"),
        (COUNTIES.replace(",2,10,", ",0,10,"), (), TooThin, "smooth.no-error"),
        ("\n".join(COUNTIES.splitlines()[:4]) + "\n", (), TooThin, "smooth.few-areas"),
        (COUNTIES.replace(",2,10,", ",x,10,"), (), BadSeries, "trend.not-a-number"),
    ],
)
def test_areas_that_cannot_be_smoothed_are_told(table: str, more: tuple, error: type, code: str, ask: Ask) -> None:
    with pytest.raises(error) as refused:
        ask(smooth, table, "--area", "county", "--value", "value", "--se", "se", *more)
    assert refused.value.code == code


@pytest.mark.parametrize(("page", "module"), [("trends", trend), ("small-areas", smooth)])
def test_the_reference_page_shows_what_the_command_prints(page: str, module: object, ask: Ask) -> None:
    text = (Path(__file__).parents[1] / "docs" / "reference" / f"{page}.md").read_text("utf-8")
    table = text.split("```csv\n")[1].split("```")[0]
    command, _line_end, shown = text.split("```console\n$ datashift ")[1].split("```")[0].partition("\n")
    printed, _data = ask(module, table, *command.split()[2:])
    assert shown.strip() == printed.strip()
    parser = argparse.ArgumentParser()
    module.arguments(parser)
    for option in parser.format_usage().split():
        if option.strip("[]").startswith("--"):
            assert f"`{option.strip('[]')}`" in text
