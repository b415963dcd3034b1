"""The registry for readers: what is measured and how, what differs, and which places there are and were."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from datashift.errors.web import BadKit
from datashift.harmonise.derive import derive
from datashift.language import _, label
from datashift.model import Area, Kit
from datashift.standards import areas as lists
from datashift.standards.comparability import KIND_WORDS, comparability
from datashift.standards.crosswalks import pieces
from datashift.standards.differences import difference, sentence
from datashift.standards.framework import framework
from datashift.standards.structures.identifiers import AGENCY, flow_id, name_id
from datashift.web.frame.public import public
from datashift.web.people.models import Organisation
from datashift.web.standards import words
from datashift.web.standards.models import KitVersion
from datashift.web.standards.services import newest, order, parsed, version_of


@public()
def registry(request: HttpRequest) -> HttpResponse:
    """Show what the registry holds: kits by goal, lists, places."""
    rows = newest()
    goals = framework().entries
    by_goal: dict[int, list[tuple[KitVersion, Kit]]] = {}
    for row in rows:
        kit = parsed(row.text)
        by_goal.setdefault(int(kit.indicator.partition(".")[0]), []).append((row, kit))
    told = {
        "goals": [(number, goals[str(number)].label, by_goal[number]) for number in sorted(by_goal)],
        "kits": len(rows),
        "concepts": len({name for row in rows for name in parsed(row.text).concepts}),
        "codelists": len(words.answer_lists(parsed(row.text) for row in rows)),
        "countries": [_country(code) for code in lists.countries()],
        "framework": framework().version,
        "name": lists.area_label,
    }
    return render(request, "standards/registry.html", told)


@public()
def kit(request: HttpRequest, kit: str, version: str = "") -> HttpResponse:
    """Show a version of a kit: what it measures, what it asks, and how its figures are formed."""
    row = _row(f"{kit}@{version}" if version else kit)
    read = parsed(row.text)
    versions = sorted(KitVersion.objects.filter(kit=kit), key=lambda one: order(one.version), reverse=True)
    told = {
        "row": row,
        "kit": read,
        "address": f"{row.kit}@{row.version}",
        "formed": words.formed(read),
        "questions": [
            (name, concept, list(words.conditions(read, concept.asked_if)), words.derived(read, concept))
            for name, concept in read.concepts.items()
        ],
        "first": _first_uses(read),
        "kinds": words.KINDS,
        "relation": _(words.RELATIONS[read.relation]),
        "indicator": framework().entries.get(read.indicator),
        "versions": list(zip(versions, [*versions[1:], None], strict=True)),
        "variants": KitVersion.objects.filter(base__startswith=f"{kit}@").order_by("kit", "pk"),
        "users": _users(row),
        "flow": flow_id(read),
        "structure": [AGENCY, f"DF_{name_id(read.id)}", read.version],
    }
    return render(request, "standards/kit.html", told)


@public()
def differences(request: HttpRequest, first: str, second: str) -> HttpResponse:
    """Show what differs between two versions, or between a variant and its base, and what that does to figures."""
    a, b = _row(first), _row(second)
    if _family(a) != _family(b):
        raise Http404
    one, other = parsed(a.text), parsed(b.text)
    found = comparability(one, other, derive)
    labels = {m.id: m.label for m in (*one.measures, *other.measures)}
    told = {
        "first": a,
        "second": b,
        "measures": [(labels[name], name, result, _(KIND_WORDS[result.kind])) for name, result in found.items()],
        "changes": [sentence(change) for change in difference(one, other)],
    }
    return render(request, "standards/differences.html", told)


@public()
def concepts(request: HttpRequest) -> HttpResponse:
    """Show every concept and the kits that have it."""
    found: dict[str, list[tuple[Kit, Any]]] = {}
    for row in newest():
        read = parsed(row.text)
        for name, concept in read.concepts.items():
            found.setdefault(name, []).append((read, concept))
    ordered = sorted(found.items(), key=lambda one: label(one[1][0][1].label).casefold())
    return render(request, "standards/concepts.html", {"concepts": ordered, "kinds": words.KINDS})


@public()
def codelists(request: HttpRequest) -> HttpResponse:
    """Show every list of answers, and where it is used."""
    return render(request, "standards/codelists.html", {"lists": words.answer_lists(parsed(r.text) for r in newest())})


@public()
def countries(request: HttpRequest) -> HttpResponse:
    """Show the countries whose places are known."""
    found = [_country(code) for code in lists.countries()]
    return render(request, "standards/countries.html", {"countries": found, "name": lists.area_label})


@public()
def areas(request: HttpRequest, country: str) -> HttpResponse:
    """Show the places of a country: those of today, and what was cut from what."""
    if country not in lists.countries():
        raise Http404
    known = lists.known_areas(country)
    today = timezone.localdate()
    kinds: dict[str, list[Area]] = {}
    for area in known.values():
        if area.level and area.valid_on(today):
            kinds.setdefault(area.kind, []).append(area)
    told = {
        "country": lists.world()[country],
        "kinds": [(lists.kind_label(kind), found) for kind, found in kinds.items()],
        "changes": words.moved(known, pieces(country)),
        "known": known,
        "name": lists.area_label,
        "crosswalk": bool(pieces(country)),
    }
    return render(request, "standards/areas.html", told)


# --- what is asked ----------------------------------------------------------------------------------------------------


def _row(name: str) -> KitVersion:
    try:
        return version_of(name)
    except BadKit:
        raise Http404 from None


def _family(row: KitVersion) -> str:
    """Return the kit from which a version descends; only kin are held against each other."""
    seen = {row.kit}
    while row.base and row.base.partition("@")[0] not in seen:
        row = _row(row.base)
        seen.add(row.kit)
    return row.kit


def _first_uses(kit: Kit) -> dict[str, str]:
    """Return the concept that shows each shared list of answers; the others lead there."""
    found: dict[str, str] = {}
    for name, concept in kit.concepts.items():
        if concept.codelist:
            found.setdefault(concept.codelist, name)
    return found


def _users(row: KitVersion) -> list[Organisation]:
    """Return the organisations with a figure made with this version that stands."""
    stands = Q(
        releases__kit=row.kit, releases__kit_version=row.version, releases__withdrawn_at=None,
        releases__superseded_by=None,
    )  # fmt: skip
    found = Organisation.objects.annotate(made=Count("releases", filter=stands)).filter(made__gt=0)
    return sorted(found, key=str)


def _country(code: str) -> dict[str, Any]:
    found = lists.known_areas(code)
    now = sum(1 for area in found.values() if area.level and area.valid_on(timezone.localdate()))
    ended = sum(1 for area in found.values() if area.valid_to)
    return {"area": lists.world()[code], "now": now, "ended": ended, "crosswalk": bool(pieces(code))}
