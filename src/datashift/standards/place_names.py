"""Names of places in messy data, matched to areas: found, or listed with what they may mean; never guessed.

The country is always part of the key: a list of areas belongs to one country. A name that only sounds alike is never
taken by itself; it becomes a match when a person has confirmed it. A name that belongs to an extent of another day is
listed as such, even where an area of that day sounds alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple

from rapidfuzz import fuzz, process

from datashift.errors import BadAreas
from datashift.language import N_, _
from datashift.model import Area
from datashift.standards.areas import ancestors, folded
from datashift.standards.place_words import Key, fits, key

Status = Literal["exact", "plain", "variant", "confirmed", "ambiguous", "other_extent", "candidates", "unknown"]

RESOLVED: tuple[Status, ...] = ("exact", "plain", "variant", "confirmed")

CLOSE = 75.0
"""The score (0 to 100) from which a similar name is called a candidate and not only the nearest."""

_SHOWN = 5

AMBIGUOUS = N_("{count} areas have this name on {date}.")
OTHER_DAY = N_("{area} had this name from {first} to {last}, not on {date}.")
OTHER_LEVEL = N_("On {date} this is the name of {area}, at another level.")
OTHER_PARENT = N_("On {date} this is the name of {area}, in another area than the row says.")
SIMILAR = N_("Similar names are listed; confirm the right one.")
NONE_CLOSE = N_("No name is close; the nearest are listed.")


class Candidate(NamedTuple):
    """An area that a name may mean: its id, its name, and how alike the names are (0 to 100)."""

    area: str
    name: str
    score: float


@dataclass(frozen=True)
class PlaceMatch:
    """What became of one name. `reason` is a template and `facts` its facts; `within` is the parent the row states."""

    name: str
    status: Status
    area: Area | None = None
    candidates: tuple[Candidate, ...] = ()
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    within: str = ""

    @property
    def resolved(self) -> bool:
        """Whether the name stands for one area."""
        return self.area is not None

    def said(self) -> str:
        """Return the reason in the current language."""
        return _(self.reason).format(**self.facts)


def match(
    names: Iterable[str],
    areas: Mapping[str, Area],
    day: date,
    *,
    level: int | None = None,
    confirmed: Mapping[str, str] | None = None,
    within: Sequence[str | None] | None = None,
) -> list[PlaceMatch]:
    """Match each distinct name to the area it meant on `day`.

    In:  names as they stand in the data; the areas of one country with all their extents; `level` if it is known;
    `confirmed` sends a name to an area's id, as place.names of a recipe does; `within` gives for each name the id of
    the area it lies in, where another column says so.
    Out: one PlaceMatch for each distinct name (and `within`), in order of first appearance, blank names left out.
    How: 1 as written; 2 without case, accents, blanks and signs; 3 without words such as "District", "Mkoa wa" or
    "Provincia de", with Urban and Mjini as one; each on the areas of that day only. What remains gets the most
    similar names as candidates.
    Raises BadAreas when a confirmed id is not an area of that day.
    """
    finder = _Finder(areas, day, level)
    sure = {
        folded(name) or name: _confirmed(name, area, areas, day) for name, area in (confirmed or {}).items() if area
    }
    pairs = dict.fromkeys(zip(names, within, strict=True) if within is not None else ((name, None) for name in names))
    found = []
    for name, parent in pairs:
        if not (name or "").strip():
            continue
        area = sure.get(folded(name) or name)
        found.append(PlaceMatch(name, "confirmed", area) if area else finder.find(name, parent))
    return found


def _confirmed(name: str, area: str, areas: Mapping[str, Area], day: date) -> Area:
    if area not in areas or not areas[area].valid_on(day):
        raise BadAreas("areas.bad-confirmed", name=name, area=area, date=day.isoformat())
    return areas[area]


class _Finder:
    """Areas of one country by name, ready for many look-ups on one day."""

    def __init__(self, areas: Mapping[str, Area], day: date, level: int | None) -> None:
        self.areas, self.day, self.level = areas, day, level
        self.by_text: dict[str, set[str]] = {}
        self.by_plain: dict[str, set[str]] = {}
        self.by_core: dict[str, list[tuple[Key, str]]] = {}
        self.similar: dict[tuple[str, str], str] = {}
        self.deep = level is None or any(a.level == level and a.valid_on(day) for a in areas.values())
        for area in areas.values():
            for name in dict.fromkeys((area.id, area.pcode, area.name, *area.aliases, *(n for _l, n in area.names))):
                if name:
                    self._enter(area, name)

    def _enter(self, area: Area, name: str) -> None:
        self.by_text.setdefault(name, set()).add(area.id)
        if name in (area.id, area.pcode):
            return  # a code that lost its signs could be another code
        self.by_plain.setdefault(_squeezed(name), set()).add(area.id)
        found = key(name)
        self.by_core.setdefault(found.core, []).append((found, area.id))
        if self._now(area) and self._at_level(area):
            self.similar[area.id, name] = found.core

    def _now(self, area: Area) -> bool:
        return area.valid_on(self.day)

    def _at_level(self, area: Area) -> bool:
        # Where a level has no list for the day, such as wards, the nearest names of the levels above are still shown.
        return area.level == self.level if self.level is not None and self.deep else area.level > 0

    def find(self, name: str, parent: str | None) -> PlaceMatch:
        """Return what `name` means, inside the area `parent` where one is stated."""
        stages: tuple[tuple[Status, Callable[[str], set[str]]], ...] = (
            ("exact", lambda n: self.by_text.get(n.strip(), set())),
            ("plain", lambda n: self.by_plain.get(_squeezed(n), set())),
            ("variant", self._by_words),
        )
        elsewhere: list[Area] = []
        for status, look_up in stages:
            hits = [self.areas[i] for i in sorted(look_up(name))]
            here = [a for a in hits if self._now(a) and (self.level is None or a.level == self.level)]
            inside = [a for a in here if parent is None or self._lies_in(a, parent)]
            if len(inside) == 1:
                return PlaceMatch(name, status, inside[0], within=parent or "")
            if inside:
                return self._ambiguous(name, inside, parent)
            elsewhere += [a for a in hits if a not in elsewhere]
            if elsewhere:
                break  # a fuller form of the name has a meaning; a looser one must not give it another
        return self._elsewhere(name, elsewhere, parent) if elsewhere else self._similar(name, parent)

    def _by_words(self, name: str) -> set[str]:
        wanted = key(name)
        entries = self.by_core.get(wanted.core, [])
        towns = {self._place(i) for k, i in entries if k.town == "urban"}
        return {i for k, i in entries if fits(wanted, k, self.areas[i].kind, beside_town=self._place(i) in towns)}

    def _place(self, area: str) -> tuple[int, str | None]:
        found = self.areas[area]
        return found.level, found.parent_on(self.day)

    def _lies_in(self, area: Area, parent: str) -> bool:
        return area.id == parent or parent in ancestors(area.id, self.areas, self.day)

    def _ambiguous(self, name: str, areas: list[Area], parent: str | None) -> PlaceMatch:
        candidates = tuple(Candidate(a.id, a.name, 100.0) for a in areas)
        facts = {"count": len(areas), "date": self.day.isoformat()}
        return PlaceMatch(name, "ambiguous", None, candidates, AMBIGUOUS, facts, parent or "")

    def _elsewhere(self, name: str, areas: list[Area], parent: str | None) -> PlaceMatch:
        now = [a for a in areas if self._now(a)]
        first = (now or areas)[0]
        facts: dict[str, Any] = {"area": f"{first.name} ({first.id})", "date": self.day.isoformat()}
        if now:
            at_level = self.level is None or first.level == self.level
            named = tuple(Candidate(a.id, a.name, 100.0) for a in now)
            more = tuple(c for c in self._nearest(name, parent) if c.area not in {a.id for a in now})
            reason = OTHER_PARENT if at_level else OTHER_LEVEL
            return PlaceMatch(name, "candidates", None, (named + more)[:_SHOWN], reason, facts, parent or "")
        facts |= {"first": str(first.valid_from or "…"), "last": str(first.valid_to or "…")}
        core = key(name).core
        related = [Candidate(a.id, a.name, round(_likeness(core, key(a.name).core), 1)) for a in self._related(areas)]
        namesakes = [Candidate(a.id, a.name, 100.0) for a in areas[:_SHOWN]]
        # Where the name is known, and only the day is wrong, a similar name would lead astray.
        candidates = tuple(sorted(related, key=lambda c: -c.score) or namesakes)
        return PlaceMatch(name, "other_extent", None, candidates, OTHER_DAY, facts, parent or "")

    def _related(self, areas: list[Area]) -> list[Area]:
        """Areas of the day from which these were cut, or which were cut from these."""
        older = {p for a in areas for p in a.predecessors}
        ids = {a.id for a in areas}
        return [a for a in self.areas.values() if self._now(a) and (a.id in older or ids & set(a.predecessors))]

    def _nearest(self, name: str, parent: str | None) -> tuple[Candidate, ...]:
        scored: dict[str, float] = {}
        found = process.extract(key(name).core, self.similar, scorer=_likeness, limit=4 * _SHOWN)
        for _core, score, (area, _name) in found:
            inside = parent is None or self._lies_in(self.areas[area], parent)
            # A namesake in another place is less likely than a near name in the stated one.
            scored[area] = max(scored.get(area, 0.0), score if inside else score / 2)
        ranked = sorted(scored.items(), key=lambda entry: (-entry[1], entry[0]))[:_SHOWN]
        return tuple(Candidate(area, self.areas[area].name, round(score, 1)) for area, score in ranked)

    def _similar(self, name: str, parent: str | None) -> PlaceMatch:
        nearest = self._nearest(name, parent)
        close = bool(nearest) and nearest[0].score >= CLOSE
        status: Status = "candidates" if close else "unknown"
        return PlaceMatch(name, status, None, nearest, SIMILAR if close else NONE_CLOSE, {}, parent or "")


def _squeezed(name: str) -> str:
    return folded(name).replace(" ", "")


def _likeness(one: str, other: str, **_options: Any) -> float:
    return max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other))
