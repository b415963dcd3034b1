"""The map of answers: drawn here, without a script and without pictures from elsewhere, with a table beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from datashift.language import _
from datashift.web.fieldwork import mapping
from datashift.web.fieldwork.mapping import Cell, Window
from datashift.web.fieldwork.models import Form
from datashift.web.fieldwork.views.access import the_form
from datashift.web.people.roles import needs

ACROSS, DOWN = 640, 480
LISTED = 25
_STEPS = (1, 2, 5)


@require_safe
@needs("fieldwork")
def answers_map(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show where answers come from, in a window that links make smaller, larger, or move."""
    form = the_form(request, key, "fieldwork")
    window = _asked(request, form) or mapping.whole(form)
    if window is None:
        return render(request, "fieldwork/desk_map.html", {"form": form, "window": None})
    cells = mapping.cells(form, window)
    here = reverse("form-map", args=[form.pk])
    facts = {
        "form": form, "window": window, "count": sum(one.answers for one in cells), "drawn": _drawn(cells, window),
        "listed": [(one, _place(one), here + _query(form, one.latitude, one.longitude, window.size - 2))
                   for one in cells[:LISTED]],
        "left_out": max(0, len(cells) - LISTED), "moves": [(words, here + end) for words, end in _moves(form, window)],
        "whole": here, "metres": max([float(one) for one in form.coarse.values()], default=0.0),
    }  # fmt: skip
    return render(request, "fieldwork/desk_map.html", facts)


def _asked(request: HttpRequest, form: Form) -> Window | None:
    latitude, _comma, longitude = request.GET.get("at", "").partition(",")
    try:
        y, x, size = float(latitude), float(longitude), int(request.GET.get("size", ""))
    except ValueError:
        return None
    if not (abs(y) <= 90 and abs(x) <= 180):
        return None
    return Window(y, x, min(max(size, mapping.finest(form)), mapping.WIDEST))


def _moves(form: Form, window: Window) -> Iterator[tuple[str, str]]:
    """Yield the words of links and the ends of their addresses."""
    y, x, size = window
    up, across = window.height / 2, window.width / 2
    if size > mapping.finest(form):
        yield _("Closer"), _query(form, y, x, size - 1)
    if size < mapping.WIDEST:
        yield _("Farther"), _query(form, y, x, size + 1)
    yield _("North"), _query(form, min(y + up, 90), x, size)
    yield _("South"), _query(form, max(y - up, -90), x, size)
    yield _("West"), _query(form, y, max(x - across, -180), size)
    yield _("East"), _query(form, y, min(x + across, 180), size)


def _query(form: Form, latitude: float, longitude: float, size: int) -> str:
    least = min(max(size, mapping.finest(form)), mapping.WIDEST)
    return f"?size={least}&at={latitude:.5f},{longitude:.5f}"


def _place(one: Cell) -> str:
    decimals = max(0, math.ceil(-math.log10(one.width)) + 1)
    return f"{one.latitude:.{decimals}f}, {one.longitude:.{decimals}f}"


def _drawn(cells: list[Cell], window: Window) -> SafeString:
    """Return the map as SVG: lines of the grid of degrees, and a circle for each cell, its area by the answers."""
    most = max([one.answers for one in cells], default=1)
    widest = ACROSS / mapping.ACROSS * 0.75

    def circles() -> Iterator[tuple[str, str, str, int]]:
        for one in cells:
            x, y = _on_page(window, one.latitude, one.longitude)
            yield f"{x:.1f}", f"{y:.1f}", f"{max(2.5, widest * math.sqrt(one.answers / most)):.1f}", one.answers

    text = _("A map of the answers. The table below says the same.")
    return format_html(
        '<svg class="answers-map" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>', ACROSS, DOWN, text,
        _grid(window),
        format_html_join("", '<circle cx="{}" cy="{}" r="{}"><title>{}</title></circle>', circles()),
    )  # fmt: skip


def _grid(window: Window) -> SafeString:
    step = _step(window.width / 4)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    lines = []
    for degree in islice(_degrees(window.longitude - window.width / 2, step), 12):
        x, _y = _on_page(window, window.latitude, degree)
        if 0 <= x <= ACROSS:
            lines.append((f"M{x:.1f} 0V{DOWN}", f"{x + 4:.1f}", str(DOWN - 6), f"{degree:.{decimals}f}°"))
    for degree in islice(_degrees(window.latitude - window.height / 2, step), 12):
        _x, y = _on_page(window, degree, window.longitude)
        if 20 <= y <= DOWN - 30:
            lines.append((f"M0 {y:.1f}H{ACROSS}", "4", f"{y - 4:.1f}", f"{degree:.{decimals}f}°"))
    return format_html_join("", '<path d="{}"/><text x="{}" y="{}">{}</text>', lines)


def _degrees(start: float, step: float) -> Iterator[float]:
    first = math.ceil(start / step)
    while True:
        yield first * step
        first += 1


def _step(wish: float) -> float:
    """Return a round number of degrees near to what is wished."""
    power = 10.0 ** math.floor(math.log10(wish))
    return next((n * power for n in _STEPS if n * power >= wish), 10 * power)


def _on_page(window: Window, latitude: float, longitude: float) -> tuple[float, float]:
    x = (longitude - window.longitude) / window.width + 0.5
    y = 0.5 - (latitude - window.latitude) / window.height
    return x * ACROSS, y * DOWN
