"""The map of figures: five classes of one hue, hatched where nobody counted, locked where too few answered."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from datashift.draw.maps import LEAST_AREAS, class_limits
from datashift.language import _
from datashift.numbers import THIN, said
from datashift.web.dashboard.charts.axis import SHARE
from datashift.web.dashboard.charts.marks import NOTHING

__all__ = ["LEAST_AREAS", "choropleth"]

Row = Mapping[str, Any]


def choropleth(shapes: Mapping[str, Any], rows: Sequence[Row], unit: str, *, said: str) -> SafeString:
    """Return the map of `rows` (with their area) over `shapes`; nothing for fewer than five figures.

    `shapes` are {"box": (x, y, width, height), "paths": {area id: SVG path}}. The map stands beside the chart that says
    the same in words, so `said` is all that those hear who listen.
    """
    paths, known = shapes["paths"], {row["area"]: row for row in rows}
    values = [float(row["value"]) for area, row in known.items() if area in paths and row.get("value") is not None]
    if len(values) < LEAST_AREAS:
        return NOTHING
    limits = class_limits(values, share=unit == SHARE)
    classes = {area: _class(known.get(area), limits) for area in paths}
    drawn = format_html_join("", '<path class="{}" d="{}"/>', ((classes[area], path) for area, path in paths.items()))
    key = ((_swatch(kind), word) for kind, word in _key(limits, unit, set(classes.values())))
    return format_html(
        '<figure class="map"><svg viewBox="{}" role="img" aria-label="{}">{}{}</svg>'
        '<ul class="legend">{}</ul></figure>',
        " ".join(f"{edge:g}" for edge in shapes["box"]), said, _HATCH, drawn,
        format_html_join("", "<li>{} {}</li>", key),
    )  # fmt: skip


_HATCH = SafeString(
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path class="hatching" d="M0 0V6"/></pattern><pattern id="dotted" width="6" height="6" '
    'patternUnits="userSpaceOnUse"><path class="hatching" d="M2 3h2"/></pattern></defs>'
)


def _class(row: Row | None, limits: Sequence[float]) -> str:
    if row is None or (row.get("value") is None and row.get("status") != "Q"):
        return "none"
    if row.get("value") is None:
        return "few"
    return f"c{min(5, max(1, bisect_right(limits, float(row['value']))))}"


def _swatch(kind: str) -> SafeString:
    return format_html(
        '<svg class="swatch" width="28" height="16" aria-hidden="true"><path class="{}" d="M1 1H27V15H1z"/></svg>', kind
    )


def _key(limits: Sequence[float], unit: str, states: set[str]) -> Iterator[tuple[str, str]]:
    decimals = max(len(f"{limit:.10g}".partition(".")[2]) for limit in limits)
    sign = f"{THIN}%" if unit == SHARE else ""
    for k, (low, high) in enumerate(pairwise(limits), 1):
        yield f"c{k}", _("{low} to {high}").format(low=said(low, decimals), high=said(high, decimals) + sign)
    if "few" in states:
        yield "few", _("too few answers to show")
    if "none" in states:
        yield "none", _("nobody counted")
