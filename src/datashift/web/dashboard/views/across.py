"""Across places and indicators: comparison, coverage, search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from datashift.language import _, label
from datashift.standards.areas import world
from datashift.web.dashboard import charts, citing, differing, reading
from datashift.web.dashboard.models import Figure
from datashift.web.dashboard.searching import GROUPS, LONGEST
from datashift.web.dashboard.searching import search as found_for
from datashift.web.dashboard.words import WHO
from datashift.web.frame.calendar import year
from datashift.web.frame.public import public

Facts = dict[str, Any]

MOST_PLACES = 12
YEARS = 15
GAPS = 15


# --- places beside each other -----------------------------------------------------------------------------------------


@public("indicator", "measure", "place")
def compare(request: HttpRequest) -> HttpResponse:
    """Show places beside each other, and say of which it can be said that they truly differ."""
    counted = reading.figures(breakdown="").exclude(value=None)
    known = Counter(counted.values_list("indicator", flat=True))
    wanted = request.GET.get("indicator", "")
    code = wanted if wanted in known else max(known, key=lambda one: (known[one], one), default="")
    offered = _offered(code)
    measure = next((m for m in offered if m == request.GET.get("measure")), next(iter(offered), ""))
    rows = offered.get(measure, {})
    ticked = [area for area in dict.fromkeys(request.GET.getlist("place")) if area in rows][:MOST_PLACES]
    chosen = ticked or _telling(rows)
    shown = [rows[area] for area in chosen]
    facts = {
        "indicators": [(one, _indicator_name(one)) for one in sorted(known, key=_in_order)], "indicator": code,
        "measures": [(one, _measure(rows_of)["label"]) for one, rows_of in offered.items()], "measure": measure,
        "places": _by_country(rows), "chosen": set(chosen), "ticked": bool(ticked),
        "shown": _beside(shown), "pairs": differing.pairs(shown), "unit": _measure(rows) if rows else {},
        "most": MOST_PLACES, "one_release": len({row.release_id for row in shown}) == 1 and len(shown) > 1,
    }  # fmt: skip
    return render(request, "dashboard/compare.html", facts)


def _offered(code: str) -> dict[str, dict[str, Figure]]:
    """Return for each measure of an indicator its latest figure in every place, the measure of most places first."""
    rows = reading.figures(indicator=code, breakdown="").exclude(value=None).select_related("release")
    found: dict[str, dict[str, Figure]] = {}
    for row in rows.order_by("year", "release__released_at", "pk"):
        found.setdefault(row.measure, {})[row.area] = row
    stated = [next(iter(places.values())).release.measures for places in found.values()]
    headline = {one["id"]: k for measures in stated for k, one in enumerate(measures)}
    return dict(sorted(found.items(), key=lambda pair: (-len(pair[1]), headline.get(pair[0], 99))))


def _telling(rows: dict[str, Figure]) -> list[str]:
    """Choose places that tell most at once: whole countries if there are several, else greatest, middle and least."""
    real = {area: row for area, row in rows.items() if not row.release.simulated}
    rows = real or rows
    whole = [area for area, row in rows.items() if area == row.release.whole]
    if len(whole) > 1:
        return sorted(whole, key=lambda area: -(rows[area].value or 0))[:MOST_PLACES]
    parts = sorted((a for a in rows if a not in whole), key=lambda area: -(rows[area].value or 0))
    return list(dict.fromkeys([parts[0], parts[len(parts) // 2], parts[-1]])) if parts else whole


def _by_country(rows: dict[str, Figure]) -> list[tuple[str, list[tuple[str, Figure]]]]:
    ordered = sorted(rows.values(), key=lambda row: (row.country, row.area != row.release.whole, row.area_name))
    return [
        (
            label(reading.country_name(country)),
            [(citing.place(one.release, one.area, one.area_name), one) for one in group],
        )
        for country, group in groupby(ordered, key=lambda row: row.country)
    ]


def _beside(shown: Sequence[Figure]) -> Any:
    if not shown:
        return ""
    rows = [
        {
            "name": f"{citing.place(row.release, row.area, row.area_name)}, {year(row.period)}",
            "value": row.value, "lower": row.lower, "upper": row.upper, "status": row.status,
            "href": reverse("ledger", args=[row.indicator, row.area]),
            "made": reverse("figure", args=[row.release_id, row.measure, row.area], query={"period": row.period}),
        }
        for row in shown
    ]  # fmt: skip
    unit = shown[0].unit
    measure = next((one for one in shown[0].release.measures if one["id"] == shown[0].measure), None)
    return charts.dots(rows, charts.axis(rows, unit), caption=label(measure["label"]) if measure else shown[0].measure)


def _measure(rows: dict[str, Figure]) -> Facts:
    one = next(iter(rows.values()))
    stated = next((m for m in one.release.measures if m["id"] == one.measure), {"label": one.measure, "unit_label": ""})
    return {"label": label(stated["label"]), "unit": one.unit, "unit_label": label(stated["unit_label"])}


def _indicator_name(code: str) -> str:
    known = reading.indicator(code)
    return f"{code} {label(known['label'])}" if known else code


def _in_order(code: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (999, part) for part in code.split(".")]


# --- who counted what -------------------------------------------------------------------------------------------------


@public()
def coverage(request: HttpRequest) -> HttpResponse:
    """Show for every country how much nobody counted."""
    # Of a made-up country there is nothing to count: its coverage says nothing about the world.
    found = [(one, reading.coverage_of(one["code"])) for one in reading.countries() if one["code"] in world()]
    rows = [_in_short(one, told) for one, told in found if told]
    rows.sort(key=lambda row: -row["uncounted"])
    unknown = [one for one, told in found if not told]
    return render(request, "dashboard/coverage.html", {"rows": rows, "unknown": unknown})


@public("goal")
def coverage_of(request: HttpRequest, country: str) -> HttpResponse:
    """Show who counted what in a country, what nobody did, and where one more count would tell most."""
    told = reading.coverage_of(country)
    if told is None:
        if country not in {one["code"] for one in reading.countries()}:
            raise Http404
        name = label(reading.country_name(country))
        return render(request, "dashboard/coverage_none.html", {"country": country, "name": name})
    goals = sorted({_goal(one["code"]) for one in told["indicators"]})
    asked = request.GET.get("goal", "")
    goal = int(asked) if asked.isdigit() and int(asked) in goals else 0
    shown = [one for one in told["indicators"] if goal in (0, _goal(one["code"]))]
    years = list(range(max(told["years"][0], told["years"][1] - YEARS + 1), told["years"][1] + 1))
    named = {one["number"]: label(one["label"]) for one in reading.goals()}
    nobody = set(told["uncounted"])
    facts = {
        "country": country, "name": label(reading.country_name(country)), "told": told, "goal": goal,
        "goals": [(number, named.get(number, "")) for number in goals], "years": years, "who": WHO,
        "groups": [
            (number, named.get(number, ""), [_line(one, years) for one in rows])
            for number, rows in groupby(shown, key=lambda one: _goal(one["code"]))
        ],
        "uncounted": [one for one in shown if one["code"] in nobody], "all": len(shown),
        "gaps": [one for one in told.get("gaps", ()) if goal in (0, _goal(one["indicator"]))][:GAPS],
    }  # fmt: skip
    return render(request, "dashboard/coverage_of.html", facts)


def _goal(code: str) -> int:
    head = code.partition(".")[0]
    return int(head) if head.isdigit() else 99


def _in_short(country: Facts, told: Facts) -> Facts:
    codes = [one["code"] for one in told["indicators"]]
    return {
        "code": country["code"], "name": label(country["name"]), "uncounted": len(told["uncounted"]),
        "all": len(codes), "finding": label(told["finding"]) if told.get("finding") else "",
    }  # fmt: skip


def _line(one: Facts, years: Sequence[int]) -> Facts:
    """Return the row of an indicator: a cell for each year that somebody counted, one for each run of empty years."""
    known = {cell["year"]: cell["who"] for cell in one["cells"]}
    runs = [
        {"who": who, "years": [year for year, _who in run]}
        for (who, _apart), run in groupby(
            ((year, known.get(year, "")) for year in years),
            key=lambda cell: (cell[1], 0 if cell[1] in ("nobody", "modelled", "") else cell[0]),
        )
    ]
    return {"code": one["code"], "label": label(one["label"]), "runs": runs, "last": one.get("last")}


# --- search -----------------------------------------------------------------------------------------------------------


@public("q")
def search(request: HttpRequest) -> HttpResponse:
    """Show what answers a question, in groups, the nearest first."""
    question = " ".join(request.GET.get("q", "").split())[:LONGEST]
    found = found_for(question)
    facts = {
        "question": question,
        "found": [(_(GROUPS[group]), hits) for group, hits in found.items()],
        "count": sum(len(hits) for hits in found.values()),
        "countries": reading.countries(),
    }
    return render(request, "dashboard/search.html", facts)
