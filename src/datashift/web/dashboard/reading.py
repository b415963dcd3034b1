"""What pages and machines ask: plain, fast questions to what is public. Nothing here writes or computes figures."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db.models import Count, QuerySet, Sum

from datashift.errors import BadRecipe
from datashift.language import LANGUAGES
from datashift.model import Area, Label
from datashift.standards.areas import countries as shipped_countries
from datashift.standards.areas import known_areas, world
from datashift.standards.areas.kinds import KINDS
from datashift.standards.framework import Entry, framework
from datashift.web.dashboard.models import Beside, Coverage, Figure, Ledger, Release, Shape


def releases(**filters: Any) -> QuerySet[Release]:
    """Return the releases that stand: neither replaced nor withdrawn, the newest first."""
    found = Release.objects.filter(superseded_by=None, withdrawn_at=None, **filters)
    return found.select_related("organisation")


def figures(**filters: Any) -> QuerySet[Figure]:
    """Return the figures that stand; `breakdown=""` are those for everybody."""
    return Figure.objects.filter(current=True, **filters)


def beside(**filters: Any) -> QuerySet[Beside]:
    """Return the comparisons that stand."""
    return Beside.objects.filter(current=True, **filters)


def ledger_of(indicator: str, area: str, language: str) -> dict[str, Any] | None:
    """Return all that is known about an indicator in a place, told in a language; None where there is nothing yet."""
    told = Ledger.objects.filter(indicator=indicator, area=area).values_list(f"told__{language}", flat=True).first()
    return dict(told) if told else None


def ledgers(**filters: Any) -> list[dict[str, Any]]:
    """Return what lists of ledgers show: indicator, area, area_name, country, counted, and all of `short`."""
    names = ("indicator", "area", "area_name", "country", "counted", "short")
    found = Ledger.objects.filter(**filters).order_by("indicator", "area").values(*names)
    return [row.pop("short") | row for row in found]


def coverage_of(country: str) -> dict[str, Any] | None:
    """Return who counted what in a country; None where nobody looked yet."""
    told = Coverage.objects.filter(country=country).values_list("told", flat=True).first()
    return dict(told) if told else None


def shapes_of(release: str) -> dict[str, Any] | None:
    """Return the outlines for the maps of a release: {"box": (x, y, width, height), "paths": {area: path}}."""
    found = list(Shape.objects.filter(map=release).order_by("area").values_list("area", "path", "box"))
    if not found:
        return None
    box = tuple(float(part) for part in found[0][2].split())
    return {"box": box, "paths": {area: path for area, path, _box in found}}


# --- the framework ----------------------------------------------------------------------------------------------------


@cache
def indicators() -> tuple[dict[str, Any], ...]:
    """Return every indicator of the framework: code, label, goal, target."""
    return tuple(_entry(e) for e in framework().entries.values() if e.level == "indicator")


@cache
def goals() -> tuple[dict[str, Any], ...]:
    """Return the goals with their targets: number, label, targets [{code, label}]."""
    entries = framework().entries.values()
    return tuple(
        {
            "number": int(goal.code),
            "label": dict(goal.label),
            "targets": [{"code": e.code, "label": dict(e.label)} for e in entries if e.parent == goal.code],
        }
        for goal in entries
        if goal.level == "goal"
    )


def indicator(code: str) -> dict[str, Any] | None:
    """Return an indicator by its code: code, label, goal, target; None where the framework does not know it.

    A target is found too: what is local may be told of a whole target.
    """
    entry = framework().entries.get(code)
    return _entry(entry) if entry is not None and entry.level != "goal" else None


def _entry(entry: Entry) -> dict[str, Any]:
    target = entry.code if entry.level == "target" else entry.parent
    return {"code": entry.code, "label": dict(entry.label), "goal": int(entry.code.partition(".")[0]), "target": target}


# --- places -----------------------------------------------------------------------------------------------------------


def countries() -> list[dict[str, Any]]:
    """Return the countries of which something is known: code, name, how many releases and figures stand there."""
    counted = releases().order_by().values_list("country").annotate(Count("pk"), Sum("figure_count"))
    found = {country: {"releases": many, "figures": figures or 0} for country, many, figures in counted}
    seen = {*found, *Coverage.objects.values_list("country", flat=True), *shipped_countries()}
    none = {"releases": 0, "figures": 0}
    return [{"code": code, "name": country_name(code), **found.get(code, none)} for code in sorted(seen)]


def country_name(code: str) -> Label:
    """Return the name of a country; of one that is no country of the world, the name its releases give."""
    if code in world():
        return _name(world()[code])
    named = releases(country=code, whole=code).values_list("texts__place", flat=True).first()
    return dict(named) if named else {"en": code}


def place(area: str) -> dict[str, Any] | None:
    """Return what a place is: id, name, country, parent, children, kind, until; None where nobody knows it.

    children [{id, name, until, listed}] are its parts of today, and those that ledgers know; `until` is the last year
    of an extent that is no more, `listed` says whether our lists of areas have it. A place that only releases know has
    the name they give it.
    """
    country = area[:2]
    known = _known(country) if country in world() else {}
    if area in known:
        own = known[area]
        kind: Label = KINDS.get(own.kind, {"en": own.kind} if own.kind else {})
        told = {"id": area, "name": _name(own), "country": own.country, "parent": own.parent, "kind": kind}
        return told | {"until": _until(own), "children": _children(area, known)}
    seen = (
        figures(area=area).values_list("area_name", "country").first()
        or Ledger.objects.filter(area=area).values_list("area_name", "country").first()
    )
    if seen is None:
        return None
    whole = releases(country=seen[1], whole=area).values_list("texts__place", flat=True).first()
    told = {"id": area, "name": dict(whole) if whole else {"en": seen[0]}, "country": seen[1], "until": None}
    top = area == seen[1]
    more = {"parent": None if top else seen[1], "kind": KINDS["country"] if top else {}}
    return told | more | {"children": _children(area, {}) if top else []}


def _children(area: str, known: dict[str, Area]) -> list[dict[str, Any]]:
    today = datetime.now(UTC).date()
    parts: dict[str, tuple[Label, int | None]] = {
        a.id: (_name(a), None) for a in known.values() if a.parent == area and a.valid_on(today)
    }
    if len(area) == 2:
        others = Ledger.objects.filter(country=area, counted=True).exclude(area__in=[area, *parts])
        for one, name in others.values_list("area", "area_name").distinct():
            parts[one] = (_name(known[one]), _until(known[one])) if one in known else ({"en": name}, None)
    return [
        {"id": one, "name": name, "until": until, "listed": one in known}
        for one, (name, until) in sorted(parts.items())
    ]


def _until(area: Area) -> int | None:
    """Return the last year in which an area had its extent; None while it has it."""
    return area.valid_to.year if area.valid_to and area.valid_to < datetime.now(UTC).date() else None


@cache
def _known(country: str) -> dict[str, Area]:
    try:
        return known_areas(country)
    except BadRecipe:
        return {}


def _name(area: Area) -> Label:
    names = {"en": area.name, **dict(area.names)}
    return {language: names[language] for language in LANGUAGES if names.get(language)}
