"""Finding things by name, code or what they are about: forgiving of accents, case and small slips of the fingers."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse
from rapidfuzz import fuzz, process

from datashift.language import N_, _, current, label
from datashift.numbers import said
from datashift.standards.areas import countries as listed_countries
from datashift.standards.areas import kind_label, known_areas
from datashift.standards.areas.names import folded
from datashift.web.dashboard import citing, reading
from datashift.web.dashboard.models import Figure, Ledger, Release
from datashift.web.dashboard.words import METHODS
from datashift.web.frame.models import current as revision
from datashift.web.people.models import Organisation
from datashift.web.standards.models import KitVersion

GROUPS = {
    "places": N_("Places"), "indicators": N_("Indicators"), "goals": N_("Goals"), "releases": N_("Releases"),
    "organisations": N_("Organisations"), "kits": N_("Kits"), "methods": N_("Methods"),
}  # fmt: skip
MOST = 12
"""Hits that are shown of a group."""
LONGEST = 80
"""Signs of a question that are read."""

_NEAR, _SHORT, _SLIP = 74, 4, 30


@dataclass(frozen=True)
class Hit:
    """One thing that can be found: its group, name, a sentence, and where it is."""

    group: str
    name: str
    told: str
    address: str


@dataclass(frozen=True)
class Index:
    """All that can be found in one language: things, the names (folded) under which each is known, and their words."""

    hits: tuple[Hit, ...]
    names: tuple[str, ...]
    of: tuple[int, ...]
    words: tuple[str, ...]


class _Kept:
    """One index per language, of the current revision."""

    def __init__(self) -> None:
        self.indexes: dict[str, tuple[int, Index]] = {}
        self.lock = threading.Lock()

    def get(self) -> Index:
        number, language = revision(), current()
        with self.lock:
            made = self.indexes.get(language)
            if made is None or made[0] != number:
                made = self.indexes[language] = (number, build())
        return made[1]


_kept = _Kept()


def search(question: str) -> dict[str, list[Hit]]:
    """Return what answers a question, by group, the nearest first; nothing for an empty one."""
    asked = folded(question[:LONGEST])
    if not asked:
        return {}
    index = _kept.get()
    scores = _scored(asked, index)
    meant = " ".join(_nearest(word, index) for word in asked.split())
    if meant != asked:
        for thing, score in _scored(meant, index).items():
            scores[thing] = max(scores.get(thing, 0.0), score - _SLIP)
    best = sorted(scores, key=lambda thing: (-scores[thing], thing))
    found: dict[str, list[Hit]] = {}
    for thing in best:
        hit = index.hits[thing]
        found.setdefault(hit.group, []).append(hit)
    return {group: found[group][:MOST] for group in _order(found, index, best)}


def build() -> Index:
    """Read everything that can be found, in the current language."""
    hits: list[Hit] = []
    names: dict[tuple[int, str], None] = {}
    for hit, known in _things():
        hits.append(hit)
        names |= dict.fromkeys((len(hits) - 1, name) for name in (folded(one) for one in (hit.name, *known)) if name)
    words = sorted({word for _k, name in names for word in name.split()})
    return Index(tuple(hits), tuple(name for _k, name in names), tuple(k for k, _name in names), tuple(words))


def _scored(asked: str, index: Index) -> dict[int, float]:
    """Score names that are what was asked, begin with it, or have words that begin with each of its words."""
    words = asked.split()
    scores: dict[int, float] = {}
    for name, thing in zip(index.names, index.of, strict=True):
        if asked == name:
            score = 100.0
        elif name.startswith(asked):
            score = 92.0 - min(10, len(name) - len(asked)) / 10
        elif all(f" {word}" in f" {name}" for word in words):
            score = 85.0 - min(20, len(name) - len(asked)) / 10
        else:
            continue
        scores[thing] = max(scores.get(thing, 0.0), score)
    return scores


def _nearest(word: str, index: Index) -> str:
    """Return the known word that is likely meant: the word itself if a name has it or begins with it."""
    if len(word) < _SHORT or any(known.startswith(word) for known in index.words):
        return word
    found = process.extractOne(word, index.words, scorer=fuzz.ratio, score_cutoff=_NEAR)
    return str(found[0]) if found else word


def _order(found: dict[str, list[Hit]], index: Index, best: list[int]) -> list[str]:
    """Return the groups, that of the best hit first."""
    first = {group: next(k for k, thing in enumerate(best) if index.hits[thing].group == group) for group in found}
    return sorted(found, key=lambda group: first[group])


# --- what can be found ------------------------------------------------------------------------------------------------

Thing = tuple[Hit, Iterable[str]]


def _things() -> Iterator[Thing]:
    yield from _countries()
    yield from _places()
    yield from _framework()
    yield from _releases()
    yield from _organisations()
    yield from _kits()
    for anchor, title, told in METHODS:
        yield Hit("methods", _(title), _(told), f"{reverse('methods')}#{anchor}"), ()


def _countries() -> Iterator[Thing]:
    for one in reading.countries():
        names = one["name"]
        told = _("A country with {figures} figures by citizens.").format(figures=said(one["figures"]))
        yield Hit("places", label(names), told, reverse("place", args=[one["code"]])), (*names.values(), one["code"])


def _places() -> Iterator[Thing]:
    seen = {one["code"] for one in reading.countries()}
    for country in listed_countries():
        told = label(reading.country_name(country))
        for area in known_areas(country).values():
            if area.id not in seen:
                seen.add(area.id)
                until = _("until {year}").format(year=area.valid_to.year) if area.valid_to else ""
                own = dict(area.names).get(current()) or area.name
                parts = ", ".join(filter(None, (kind_label(area.kind), told, until)))
                hit = Hit("places", own, parts, reverse("place", args=[area.id]))
                yield hit, (area.name, *area.aliases, *(text for _l, text in area.names), area.id)
    counted = Figure.objects.filter(current=True).values_list("area", "area_name", "country").distinct()
    others = Ledger.objects.values_list("area", "area_name", "country").distinct()
    for area_id, name, country in (*counted, *others):
        if area_id not in seen:
            seen.add(area_id)
            told = label(reading.country_name(country))
            yield Hit("places", name, told, reverse("place", args=[area_id])), (area_id,)


def _framework() -> Iterator[Thing]:
    goals = {goal["number"]: goal for goal in reading.goals()}
    by_code = Ledger.objects.filter(counted=True).values_list("indicator")
    counted = dict(by_code.annotate(n=Count("area", distinct=True)))
    for one in reading.indicators():
        code, places = one["code"], counted.get(one["code"], 0)
        told = label(goals[one["goal"]]["label"])
        if places:
            told = _("Citizens counted this in {n} places.").format(n=said(places))
        hit = Hit("indicators", f"{code} {label(one['label'])}", told, reverse("indicator", args=[code]))
        yield hit, (code, label(one["label"]), one["label"].get("en", ""))
    for number, goal in goals.items():
        name = _("Goal {number}: {label}").format(number=said(number), label=label(goal["label"]))
        told = _("{n} targets").format(n=said(len(goal["targets"])))
        hit = Hit("goals", name, told, reverse("goal", args=[number]))
        yield hit, (label(goal["label"]), f"SDG {number}", str(number))


def _releases() -> Iterator[Thing]:
    for one in Release.objects.filter(withdrawn_at=None, superseded_by=None).select_related("organisation"):
        told = label(one.texts["finding"]) if one.texts.get("finding") else citing.producer(one)
        hit = Hit("releases", citing.title(one), told, reverse("release", args=[one.pk]))
        yield hit, (one.series, one.kit, one.indicator, citing.producer(one), one.pk)


def _organisations() -> Iterator[Thing]:
    standing = Count("releases", filter=Q(releases__withdrawn_at=None))
    for one in Organisation.objects.annotate(n=standing).filter(n__gt=0):
        told = _("{n} releases").format(n=said(one.n))
        yield Hit("organisations", str(one), told, reverse("organisation", args=[one.slug])), (one.slug,)


def _kits() -> Iterator[Thing]:
    latest = {one.kit: one for one in KitVersion.objects.order_by("added", "pk")}
    for one in latest.values():
        stated = tomllib.loads(one.text)
        title = stated.get("title", one.kit)
        told = _("A kit for the indicator {indicator}.").format(indicator=stated.get("indicator", "–"))
        names = title.values() if isinstance(title, dict) else ()
        yield Hit("kits", label(title), told, reverse("registry-kit", args=[one.kit])), (one.kit, *names)
