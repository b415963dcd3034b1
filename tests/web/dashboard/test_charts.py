"""Charts of the public pages: what they draw is what they say, and no mark is told by its colour alone."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from datashift.language import speaking
from datashift.web.dashboard import charts
from datashift.web.dashboard.charts.timeline import HIGH, Frame

STYLE = Path(charts.__file__).parents[2] / "static" / "charts.css"
VOID = {"br", "img", "input", "link", "meta"}


def row(name: str, value: float | None, **more: Any) -> dict[str, Any]:
    """A row of a chart; its interval is three to each side."""
    told = {"name": name, "value": value, "status": "A" if value is not None else "Q", "period": "2024"}
    sides = {} if value is None else {"lower": value - 3, "upper": value + 3}
    return {**told, **sides, **more}


def official(value: float, nature: str = "C", **more: Any) -> dict[str, Any]:
    return {
        "value": value,
        "lower": None,
        "upper": None,
        "nature": nature,
        "source": "Census",
        "period": "2024",
        **more,
    }


def one_series(side: str, values: dict[int, float | None], **more: Any) -> dict[str, Any]:
    points = [
        {"period": str(year), "year": year, "value": value, "lower": None, "upper": None, "nature": "", "status": "A"}
        for year, value in values.items()
    ]
    told = {"tag": "", "side": side, "producer": f"The {side}", "title": "Working points", "breaks": []}
    return {**told, "points": points, **more}


class Tree(HTMLParser):
    """Reads a page and refuses one whose tags do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.attributes += [name for name, _value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.attributes += [name for name, _value in attrs]


def numbers(html: str) -> list[float]:
    return [float(value) for value in re.findall(r'<data value="([^"]+)"', html)]


# --- axis -------------------------------------------------------------------------------------------------------------


def test_shares_stand_on_nought_to_a_hundred() -> None:
    axis = charts.axis([row("a", 71.2), row("b", 12)], "PT")
    assert (axis.ticks, axis.at(0), axis.at(25), axis.at(100)) == ((0, 25, 50, 75, 100), 0, 25, 100)


def test_other_units_begin_at_nought_and_hold_the_official_figure() -> None:
    axis = charts.axis([row("a", 38, official=official(94))], "UG_M3")
    assert axis.ticks[0] == 0
    assert axis.ticks[-1] >= 94
    assert len({round(b - a, 9) for a, b in zip(axis.ticks, axis.ticks[1:], strict=False)}) == 1


def test_one_wide_interval_does_not_press_the_others_together() -> None:
    axis = charts.axis([row("a", 10), row("b", 12, lower=1, upper=900)])
    assert axis.ticks[-1] <= 20
    assert axis.at(900) == 100


@pytest.mark.parametrize("figures", [[], [row("hidden", None)], [row("nothing", 0)]])
def test_an_axis_has_room_even_for_nothing(figures: list[dict[str, Any]]) -> None:
    axis = charts.axis(figures)
    assert axis.ticks[-1] > axis.ticks[0]
    assert 0 <= axis.at(0) <= 100


def test_figures_below_nought_have_a_place() -> None:
    axis = charts.axis([row("a", -4, lower=-9, upper=1), row("b", 6)])
    assert axis.ticks[0] <= -9
    assert axis.at(-4) < axis.at(6)


# --- figures and marks ------------------------------------------------------------------------------------------------


def test_a_figure_keeps_its_exact_value() -> None:
    assert charts.figure(71.2345678901, 66.1, 76.4, "PT") == (
        '<data value="71.23456789"><b>71\u202f%</b> (66 to 76)</data>'
    )
    assert charts.figure(None) == "–"


def test_a_figure_is_written_in_the_digits_of_the_reader() -> None:
    with speaking("ne"):
        told = charts.figure(71.2, 66, 76, "PT")
    assert '<data value="71.2">' in told
    assert "७१" in told
    assert "66" not in told


def test_who_counted_is_told_by_shape_not_by_colour() -> None:
    shapes = {kind: re.sub(r'class="[^"]*"', "", charts.mark(kind)) for kind in ("citizen", "official", "hidden")}
    assert len(set(shapes.values())) == 3
    assert "modelled" in charts.mark("modelled")
    assert 'class="empty"' in charts.mark("nobody")


def test_a_tally_has_one_mark_for_each_and_fits_a_small_phone() -> None:
    drawn = charts.tally(["citizen"] * 2 + ["official"] * 3 + ["nobody"] * 33)
    assert (drawn.count('class="citizen"'), drawn.count('class="empty"')) == (2, 33)
    assert 'width="288" height="48"' in drawn


# --- dots -------------------------------------------------------------------------------------------------------------

ROWS = [
    row("Middle", 50.0, official=official(61.5, "M"), verdict="gap", word="shows", verdict_reason="By much."),
    row("<b>High</b>", 80.0, official=official(79), verdict="no_gap_seen", word="is consistent with"),
    row("Hidden", None, reason="Fewer than ten answers."),
    row("Low", 20.0, official=official(28), verdict="cannot_tell", word="cannot tell", verdict_reason="Too wide."),
    row("Nobody", None, status="O"),
]


def dotted(rows: list[dict[str, Any]]) -> str:
    return charts.dots(rows, charts.axis(rows, "PT"), caption="Working points")


def test_rows_are_sorted_by_value_and_what_is_not_shown_comes_last() -> None:
    html = dotted(ROWS)
    Tree(html)
    names = re.findall(r'<th scope="row"[^>]*>([^<]*)', html)
    assert names == ["&lt;b&gt;High&lt;/b&gt;", "Middle", "Low", "Hidden", "Nobody"]


def test_the_chart_is_its_own_table() -> None:
    html = dotted(ROWS)
    assert numbers(html) == [80, 79, 50, 61.5, 20, 28]
    assert html.count('<svg class="chart" ') == len(ROWS)
    assert html.count('class="citizen" cx=') == 3
    assert 'cx="80.0%"' in html
    assert '<svg x="61.5%"' in html


def test_a_hidden_figure_has_a_lock_and_a_reason_and_one_nobody_counted_a_ring() -> None:
    html = dotted(ROWS)
    hidden, nobody = html[html.index("Hidden") :].split("<tr", 1)
    assert 'class="lock"' in hidden
    assert "Fewer than ten answers." in hidden
    assert 'class="empty"' in nobody
    assert "nobody counted" in nobody
    assert numbers(hidden + nobody) == []


def test_a_modelled_official_figure_says_so_in_shape_and_word() -> None:
    html = dotted(ROWS)
    middle = html[html.index("Middle") : html.index("Low")]
    assert middle.count("official modelled") == 2
    assert ">modelled<" in middle
    assert "modelled" not in html[html.index("Low") :]


def test_a_gap_is_bridged_and_what_cannot_be_told_is_hatched() -> None:
    html = dotted(ROWS)
    assert re.search(r'class="gap" x1="50.0%" y1="[\d.]+" x2="61.5%"', html)
    assert re.search(r'class="unsure" x1="20.0%" y1="[\d.]+" x2="28.0%"', html)
    assert html.count('class="gap"') == html.count('class="unsure"') == 1


def test_the_verdict_words_stand_with_their_reasons() -> None:
    html = dotted(ROWS)
    assert "<summary>shows</summary>By much." in html
    assert "<summary>cannot tell</summary>Too wide." in html
    assert "is consistent with" in html


def test_a_verdict_on_all_rows_is_said_once() -> None:
    same = {"word": "cannot be compared, because …", "verdict_reason": "They count other things."}
    html = dotted([row(name, 40.0 + k, official=official(30), **same) for k, name in enumerate("abc")])
    assert html.count("They count other things.") == 1
    assert 'class="say"' not in html


def test_figures_of_different_times_say_their_time() -> None:
    rows = [row("a", 40.0), row("b", 50.0, period="2019", official=official(44, period="2012"))]
    html = dotted(rows)
    assert [year in html for year in ("2024", "2019", "2012")] == [True] * 3
    assert "2024" not in dotted(rows[:1])


def test_a_figure_leads_to_how_it_was_made_and_a_place_to_its_page() -> None:
    html = dotted([row("Here", 40.0, href="/en/place/X/", made="/en/release/1/figure/M/X/")])
    assert '<a href="/en/place/X/">Here</a>' in html
    assert '<a href="/en/release/1/figure/M/X/"><data value="40">' in html


def test_a_full_count_has_no_interval_and_a_missing_citizen_figure_is_no_missing_count() -> None:
    assert "(" not in charts.figure(92.55, 92.55, 92.55, "PT")
    html = dotted([row("a", None, official=official(44), status="", reason="")])
    assert "no figures from citizens yet" in html
    assert "nobody counted" not in html


# --- timeline ---------------------------------------------------------------------------------------------------------


def test_citizens_are_solid_circles_and_officials_dashed_diamonds_on_one_axis() -> None:
    series = [one_series("citizen", {2012: 50.0, 2016: 60.0}), one_series("official", {2010: 40.0, 2020: 70.0})]
    html = charts.timeline(series, charts.axis([], "PT"), {"value": 100, "year": 2030}, said="It grew.")
    Tree(html)
    plot = html[: html.index("<ul")]
    assert plot.count('<circle class="citizen"') == plot.count('<path class="official"') == 2
    assert plot.count('class="citizen-line path"') == plot.count('class="official-line path"') == 1
    assert 'role="img" aria-label="It grew."' in plot
    assert 'class="target"' in plot
    assert 'cx="10.0%"' in plot  # 2012 between 2010 and the target of 2030
    assert f'cy="{HIGH / 2}"' in plot


def test_every_point_of_the_chart_is_in_its_table() -> None:
    series = [
        one_series("citizen", {2012: 50.5, 2016: None}, tag="A"),
        one_series("citizen", {2013: 61.25}, tag="B"),
        one_series("official", {2010: 40.125}),
    ]
    series[0]["points"][-1]["status"] = "Q"
    html = charts.timeline(series, charts.axis([], "PT"), said="x")
    assert sorted(numbers(html)) == [40.125, 50.5, 61.25]
    assert 'class="lock"' in html
    assert "Too few answers to show." in html
    for tag in ("A", "B"):
        assert f"<b>{tag}</b>" in html


def test_a_break_is_drawn_and_explained() -> None:
    broken = one_series("official", {2010: 40.0, 2012: 50.0}, breaks=[{"period": "2012", "why": "another question"}])
    html = charts.timeline([broken], charts.axis([], "PT"), said="x")
    assert html.count('class="break"') == 1
    assert "another question" in html


def test_a_single_year_stands_in_the_middle_and_no_year_is_no_chart() -> None:
    assert 'cx="50.0%"' in charts.timeline([one_series("citizen", {2012: 50.0})], charts.axis([], "PT"), said="x")
    assert charts.timeline([one_series("citizen", {2012: None})], charts.axis([], "PT"), said="x") == ""


@pytest.mark.parametrize(("first", "last"), [(2000, 2030), (2019, 2021), (1974, 2030), (2011, 2016), (1900, 2030)])
def test_the_years_below_the_plot_fit_a_phone(first: int, last: int) -> None:
    years = Frame(charts.axis([], "PT"), first, last).years
    assert 1 <= len(years) <= 7
    assert all(first <= year <= last for year in years)


# --- map --------------------------------------------------------------------------------------------------------------


def shapes(count: int) -> dict[str, Any]:
    return {"box": (0.0, 0.0, 100.0, 50.0), "paths": {f"A{k}": f"M{k} 0h9v9z" for k in range(count)}}


def test_a_map_needs_five_areas() -> None:
    rows = [row(f"A{k}", 10.0 * k, area=f"A{k}") for k in range(4)]
    assert charts.choropleth(shapes(4), rows, "PT", said="Map") == ""


def test_a_map_has_five_classes_hatches_what_nobody_counted_and_marks_what_is_hidden() -> None:
    rows = [row(f"A{k}", 10.0 + 16 * k, area=f"A{k}") for k in range(6)]
    rows.append(row("A6", None, area="A6"))
    html = charts.choropleth(shapes(8), rows, "PT", said="Map")
    Tree(html)
    drawn = re.findall(r'<path class="(\w+)" d="M\d 0h', html)
    assert drawn[0] == "c1"
    assert drawn[5:] == ["c5", "few", "none"]
    assert [word in html for word in ("too few answers to show", "nobody counted")] == [True, True]
    assert 'viewBox="0 0 100 50"' in html
    assert 'role="img" aria-label="Map"' in html


# --- all of them ------------------------------------------------------------------------------------------------------


def test_no_chart_needs_a_script_or_an_inline_style() -> None:
    axis = charts.axis(ROWS, "PT")
    rows = [row(f"A{k}", 10.0 * k, area=f"A{k}") for k in range(6)]
    html = dotted(ROWS) + charts.strip(ROWS[0], axis) + charts.choropleth(shapes(6), rows, "PT", said="m")
    html += charts.timeline([one_series("citizen", {2012: 50.0, 2013: 51.0})], axis, said="x")
    found = Tree(html).attributes
    assert "style" not in found
    assert not [name for name in found if name.startswith("on")]
    assert "<script" not in html
    assert "http" not in html


def test_a_strip_is_said_to_those_who_listen() -> None:
    assert 'aria-label="50\u202f% (47 to 53)"' in charts.strip(ROWS[0], charts.axis(ROWS, "PT"))


def test_the_style_of_the_charts_is_small() -> None:
    assert STYLE.stat().st_size <= 6000


def test_an_interval_that_goes_on_beyond_the_axis_ends_in_an_arrow() -> None:
    wide = row("a", 40.0, lower=10, upper=210)
    axis = charts.axis([wide])
    assert axis.ticks[-1] < 210
    assert charts.interval_cell(wide, axis).count("rotate(0)") == 1
    assert "rotate" not in charts.interval_cell(row("b", 20.0), axis)
    series = one_series("citizen", {2023: 40.0})
    series["points"][0] |= {"lower": 10, "upper": 210}
    assert charts.timeline([series], axis, said="x").count("rotate(-90)") == 1


def test_a_unit_is_said_in_words() -> None:
    assert (charts.unit_word("PT"), charts.unit_word("HA"), charts.unit_word("NO_SUCH")) == ("%", "Hectares", "NO_SUCH")
