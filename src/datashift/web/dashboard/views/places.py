"""Start, goals, indicators, places: where a reader begins."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt

from datashift.dossier.saying import SAMPLING
from datashift.language import current, label
from datashift.standards.periods import years
from datashift.web.dashboard import charts, citing, dossiers, gathered, reading, words
from datashift.web.frame.public import public

Facts = dict[str, Any]

_RANK = ("gap", "no_gap_seen", "cannot_tell", "official_hides_group", "official_stale", "not_comparable")


@public()
def start(request: HttpRequest) -> HttpResponse:
    """Show what citizens found lately, where nobody counts, and how to add what one knows."""
    first, others = gathered.countries()
    facts = {"first": first, "others": others, "lately": gathered.lately(), "uncounted": gathered.uncounted()}
    return _page(request, "start", facts)


@public()
def goals(request: HttpRequest) -> HttpResponse:
    """Show the seventeen goals: how much of each citizens counted, only officials did, and nobody did."""
    return _page(request, "goals", {"goals": gathered.board()})


@public()
def goal(request: HttpRequest, number: int) -> HttpResponse:
    """Show a goal: its indicators by country, who counted last and when."""
    found = gathered.goal(number)
    if found is None:
        raise Http404
    return _page(request, "goal", {"goal": found})


@public()
def indicator(request: HttpRequest, indicator: str) -> HttpResponse:
    """Show an indicator: the countries side by side, then the places inside them."""
    known, ledgers = reading.indicator(indicator), reading.ledgers(indicator=indicator)
    if known is None and not ledgers:
        raise Http404
    whole = [one for one in ledgers if one["area"] == one["country"]]
    inside = [one for one in ledgers if one["area"] != one["country"] and one["counted"]]
    seen = {one["country"] for one in ledgers}
    unseen = [one for one in gathered.countries()[0] if one["code"] not in seen]
    facts = {
        "indicator": known or _unlisted(indicator, ledgers[0]),
        "goal": _goal(indicator),
        "whole": gathered.by_unit(whole),
        "inside": gathered.by_unit(inside),
        "nobody": [one for one in unseen if indicator in gathered.counted_last(one["code"])],
        "unknown": [one for one in unseen if indicator not in gathered.counted_last(one["code"])],
    }
    return _page(request, "indicator", facts)


@public()
def ledger(request: HttpRequest, indicator: str, area: str) -> HttpResponse:
    """Show all that is known about an indicator in a place; that nobody counted it is also something known."""
    known, place = reading.indicator(indicator), reading.place(area)
    told = reading.ledger_of(indicator, area, current())
    if place is None or (known is None and told is None):
        raise Http404
    facts = {"place": place, "indicator": known, "trail": _trail(indicator, known, place)}
    if told is None:
        return _page(request, "ledger_empty", facts | gathered.nothing(indicator, place))
    facts |= {"indicator": known or _unlisted(indicator, told), "told": told}
    return _page(request, "ledger", facts | _opened(told, place))


@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[untyped-decorator]
@xframe_options_exempt
@public()
def embed(request: HttpRequest, indicator: str, area: str) -> HttpResponse:
    """Show the finding and its chart alone, for the pages of others."""
    told = reading.ledger_of(indicator, area, current())
    if told is None:
        raise Http404
    facts = {"told": told, "indicator": indicator, "area": area, "newest": next(iter(_releases(told)), None)}
    return _page(request, "embed", facts | _axis(told))


@public()
def place(request: HttpRequest, area: str) -> HttpResponse:
    """Show what is known in a place, who counted, and what nobody counts."""
    found = reading.place(area)
    if found is None:
        raise Http404
    country = found["country"]
    ledgers = reading.ledgers(area=area)
    last = gathered.counted_last(country)
    nobody = [code for code, one in last.items() if gathered.kind_of(one) == "nobody"]
    facts = {
        "place": found,
        "country": {"code": country, "name": reading.country_name(country)},
        "counted": [(one, gathered.listed([one])[0]) for one in ledgers if one["counted"]],
        "official": [one for one in ledgers if not one["counted"]],
        "children": gathered.children(found),
        "uncounted": [known for code in nobody if (known := reading.indicator(code))],
        "releases": list(reading.releases(country=country)) if country == area else [],
    }
    return _page(request, "place", facts)


# --- what the pages share ---------------------------------------------------------------------------------------------


def _page(request: HttpRequest, name: str, facts: Facts) -> HttpResponse:
    return render(request, f"dashboard/{name}.html", {"charts": charts, "producer": citing.producer, **facts})


def _goal(indicator: str) -> Facts | None:
    return next((one for one in reading.goals() if str(one["number"]) == indicator.partition(".")[0]), None)


def _unlisted(code: str, told: Facts) -> Facts:
    """A kit may stand for a target as a whole; then what its ledger is called is its name."""
    return {"code": code, "label": told["title"]}


def _trail(indicator: str, known: Facts | None, place: Facts) -> list[tuple[str, str]]:
    country = place["country"]
    found = [(label(reading.country_name(country)), reverse("place", args=[country]))]
    if place["id"] != country:
        found.append((label(place["name"]), reverse("place", args=[place["id"]])))
    name = f"{indicator} {label(known['label'])}" if known else indicator
    return [*found, (name, reverse("indicator", args=[indicator]))]


def _releases(told: Facts) -> list[Any]:
    return list(reading.releases(pk__in=told["releases"]))


def _axis(told: Facts) -> Facts:
    points = [point for one in told["series"] for point in one["points"]]
    target = told["target"]
    axis = charts.axis(points, told["unit"], target["value"] if target else None)
    return {"axis": axis, "target": target, "only": _only(told)}


def _only(told: Facts) -> Facts | None:
    """Return the one citizen figure with the official one beside it, where no more than these of one year are known."""
    shown = [(one["side"], point) for one in told["series"] for point in charts.shown(one)]
    if len(shown) > 2 or [side for side, _point in shown].count("citizen") != 1:
        return None
    sides = dict(shown)
    if len({point["year"] for point in sides.values()}) != 1 or len(sides) != len(shown):
        return None
    return {**sides["citizen"], "name": told["area_name"], "official": sides.get("official")}


def _opened(told: Facts, place: Facts) -> Facts:
    """Return what the page of a ledger shows beside what is told: its releases, its charts, its lead."""
    releases = _releases(told)
    citizen = [point for one in told["series"] if one["side"] == "citizen" for point in one["points"]]
    shown = sorted((p for p in citizen if p["value"] is not None), key=lambda p: p["year"])
    return {
        **_axis(told),
        "releases": releases,
        "newest": releases[0] if releases else None,
        "citation": citing.citation,
        "design": {one.pk: words.said_of(SAMPLING, one.sampling_type) for one in releases},
        "latest": shown[-1] if shown else None,
        "counted": dossiers.drawn(told.get("counted", ())),
        "figures": [row | {"made": gathered.made_of(row)} for row in told["measures"]],
        "lead": _lead(told["verdicts"]),
        "areas": gathered.parts(told),
        "groups": gathered.groups(told, releases),
        "missing": gathered.missing(told, place),
        "judged": [one for one in told["progress"] if one["text"]],
        "nature": charts.nature_word,
    }


def _lead(verdicts: list[Facts]) -> Facts | None:
    """Return the comparison that says most: of the latest citizen figure, a verdict before none."""
    order = {verdict: k for k, verdict in enumerate(_RANK)}
    said = [one for one in verdicts if one["word"]]
    return min(said, key=lambda v: (-years(v["period"])[1], order.get(v["verdict"], len(order))), default=None)
