"""Charts that can be printed: a table becomes Vega-Lite, then SVG and PNG, each with a text and a table twin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from datashift.draw import few_colours, render, twins
from datashift.draw.dots import ledger
from datashift.draw.look import WIDTH
from datashift.draw.maps import choropleth
from datashift.draw.matrix import Cell, MatrixRow, matrix
from datashift.draw.page import Spec
from datashift.draw.rows import differences, rows_of_comparisons, rows_of_estimates
from datashift.draw.timeline import time_chart
from datashift.draw.timeline_records import Timeline
from datashift.draw.words import Words
from datashift.language import speaking
from datashift.model import Chart, Comparison, Estimate

__all__ = [
    "Cell",
    "MatrixRow",
    "Words",
    "area_map",
    "beside_official",
    "by_area",
    "get_ready",
    "over_time",
    "picture",
    "who_counted",
]


def get_ready() -> None:
    """Start the renderer, which takes half a second the first time, before the first chart is asked for."""
    render.start()


def by_area(estimates: Sequence[Estimate], *, words: Words) -> Chart:
    """Draw one measure by area: a dot with its interval for each, the highest first.

    In: estimates of one measure, in their unit (PT = per cent); the area `words.overall`, when there, leads the rows.
    Out: the chart in `words.language`. Areas that were suppressed or refused stand at the bottom, hatched, with words
    in place of a figure. Shares stand on an axis from 0 to 100, other figures from 0. One area at several periods
    becomes one row per period, in their order.
    """
    with speaking(words.language):
        rows = rows_of_estimates(estimates, words)
        return _chart(ledger(rows, words), words, twins.text(rows, words), twins.table(rows, words))


def beside_official(comparisons: Sequence[Comparison], *, words: Words) -> Chart:
    """Draw citizen figures and the official figures beside them on one axis.

    In: comparisons of one measure; several with the same area and period share a row. Out: the chart. An official
    figure of another extent or unit is not drawn: the row says "cannot be compared". Where the concept differs, the
    stated difference stands below the subtitle. A line joins the two figures only where the verdict is a gap.
    """
    with speaking(words.language):
        rows = rows_of_comparisons(comparisons, words)
        notes = differences(comparisons)
        text = twins.text(rows, words, different=bool(notes))
        return _chart(ledger(rows, words, notes), words, text, twins.table_beside(rows, words))


def area_map(estimates: Sequence[Estimate], shapes: Mapping[str, Any], *, words: Words) -> Chart | None:
    """Draw a map of one measure by area in five classes; None where fewer than five areas have a figure and a shape.

    In: estimates of one measure and period; `shapes`: area id -> GeoJSON geometry in degrees (WGS84), a shapely
    geometry, or a sequence of these, which are united. Out: the chart. Areas without a figure are hatched: a lock
    marks too few answers, an empty ring a place where nobody counted. The table twin lists every area with a row.
    """
    with speaking(words.language):
        rows = rows_of_estimates(estimates, words)
        spec = choropleth(rows, shapes, words)
        text = twins.text(rows, words, uncounted=len(shapes.keys() - {row.area for row in rows}))
        return _chart(spec, words, text, twins.table(rows, words)) if spec else None


def over_time(drawn: Timeline, *, words: Words, width: float = WIDTH) -> Chart:
    """Draw series over the years on one axis, on a page of `width` pixels (360 for a phone).

    In: the series with their intervals, breaks and earlier values, verdicts, target, and what methods of progress say;
    texts in `words.language`. Out: the chart. Citizen figures are filled circles on a solid line, official ones hollow
    diamonds on a dashed line. Shares stand on an axis from 0 to 100. Its twins are those of `drawn`.
    """
    with speaking(words.language):
        return _chart(time_chart(drawn, words, width), words, drawn.text, drawn.table)


def who_counted(
    rows: Sequence[MatrixRow], columns: Sequence[str], *, words: Words, text: str, table: twins.Table, width: int = 0
) -> Chart:
    """Draw who counted what: one row per indicator, one column per year, area or group, a mark in every cell.

    In: rows with as many cells as there are columns; `text` and `table`, the twins, in `words.language`; `width` of the
    page in pixels (default 720; 360 for a phone, with the names above their cells). Out: the chart.
    """
    with speaking(words.language):
        return _chart(matrix(rows, columns, words, width or WIDTH), words, text, table)


def picture(svg: str) -> bytes:
    """Return an SVG of text and plain shapes as a small PNG, pixel by pixel, its letters drawn with our own fonts."""
    return few_colours.of_png(render.png(svg, scale=1))


def _chart(spec: Spec, words: Words, text: str, table: twins.Table) -> Chart:
    description = f"{words.title.strip().rstrip('.।')}. {text}"
    svg = render.svg(spec, name=words.name, description=description, language=words.language)
    return Chart(name=words.name, svg=svg, png=render.png(svg), text=text, table=table)
