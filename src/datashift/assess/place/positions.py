"""Coordinates that cannot be right, or that contradict the place a row names (check K26)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from datashift.assess.checks import Check, by_rule
from datashift.assess.encoded import Flags, Numbers, Whole, numbers
from datashift.assess.evidence import Evidence
from datashift.assess.form.structure import later
from datashift.assess.place import clumps
from datashift.assess.place.land import Land, flattened, same_place, within
from datashift.assess.place.travel import coarse, made_up, too_fast, too_wide
from datashift.assess.quoting import OFTEN
from datashift.language import N_
from datashift.model import Finding

AT_SEA_KM = 5
"""Coasts and lakes are drawn coarsely, and wells stand at the shore."""

AT_BORDER_KM = 2
"""Borders are drawn coarsely, and villages lie across them."""

_ZERO = 1e-4
_SHOWN = 3


class _Points(NamedTuple):
    """Coordinates in degrees per raw row, and which of them can be placed on a map."""

    latitude: Numbers
    longitude: Numbers
    unread: Flags
    zero: Flags
    beyond: Flags

    @property
    def usable(self) -> Flags:
        return ~(self.unread | self.zero | self.beyond)


def impossible_places(evidence: Evidence) -> Iterator[Finding]:
    """K26: no coordinates, 0/0, off the map, changed places, outside the country, outside the area named, repeated.

    Each row is told once among the first five. The area is compared only for points in the country, with a tolerance
    at borders, and knows from which areas one was cut.
    """
    points = _points(evidence)
    if points is None:
        return
    swapped = outside = np.zeros(len(evidence.rows), dtype=np.bool_)
    land = flattened(evidence.polygons)
    part = np.full(len(evidence.rows), -1, dtype=np.int64)
    if land is not None:
        part, swapped, outside = _on_land(points, land, evidence.written)
    kinds: tuple[tuple[str, Flags, dict[str, Any]], ...] = (
        ("assess.no-coordinates", points.unread, {}),
        ("assess.zero-coordinates", points.zero, {}),
        ("assess.swapped", swapped, {}),
        ("assess.outside-world", points.beyond & ~swapped, {}),
        ("assess.outside-country", outside, {"km": AT_SEA_KM}),
    )
    for code, where, facts in kinds:
        if (where & evidence.written).any():
            yield _told(evidence, code, where & evidence.written, facts)
    located = points.usable & ~swapped & ~outside & evidence.written
    if land is not None:
        yield from _other_area(evidence, points, land, part, located)
    yield from _same_coordinates(evidence, points, located)


def _points(evidence: Evidence) -> _Points | None:
    place = evidence.recipe.place
    if place.latitude not in evidence.columns or place.longitude not in evidence.columns:
        return None
    latitude, longitude = (_degrees(evidence, str(column)) for column in (place.latitude, place.longitude))
    unread = np.isnan(latitude) | np.isnan(longitude)
    zero = (np.abs(latitude) < _ZERO) & (np.abs(longitude) < _ZERO)
    beyond = (np.abs(latitude) > 90) | (np.abs(longitude) > 180)
    return _Points(latitude, longitude, unread, zero, beyond)


def _degrees(evidence: Evidence, column: str) -> Numbers:
    encoded = evidence.columns[column]
    degrees: Numbers = numbers(encoded.texts)[encoded.codes]
    return np.where(evidence.missing(column), np.nan, degrees)


def _on_land(points: _Points, land: Land, written: Flags) -> tuple[Whole, Flags, Flags]:
    """Return the part of the land each point lies in, and which points lie outside: swapped ones and others."""
    part = np.full(len(written), -1, dtype=np.int64)
    asked = np.flatnonzero(points.usable & written)
    east, north = land.plane(points.longitude[asked], points.latitude[asked])
    part[asked] = land.inside(east, north)
    afloat = part[asked] < 0
    stray = np.zeros(len(written), dtype=np.bool_)
    stray[asked[afloat]] = ~land.near(east[afloat], north[afloat], AT_SEA_KM)
    stray |= points.beyond & written
    places = np.flatnonzero(stray)
    east, north = land.plane(points.latitude[places], points.longitude[places])
    swapped = np.zeros(len(written), dtype=np.bool_)
    swapped[places] = land.near(east, north, AT_SEA_KM)
    return part, swapped, stray & ~swapped & ~points.beyond


def _told(evidence: Evidence, code: str, where: Flags, facts: dict[str, Any]) -> Finding:
    """Add how many rows and which areas they name; small groups are not named."""
    named = Counter(area for area in evidence.declared[where] if area)
    often = [[_name(evidence, area), n] for area, n in named.most_common(_SHOWN) if n >= OFTEN]
    share = 100 * float(where.sum()) / evidence.total
    return evidence.found("K26", code, where, share=share, named=often, **facts)


def _other_area(evidence: Evidence, points: _Points, land: Land, part: Whole, located: Flags) -> Iterator[Finding]:
    owners = np.array([*land.owners, ""], dtype=object)[part]
    far = np.zeros(len(located), dtype=np.bool_)
    asked = np.zeros(len(located), dtype=np.bool_)
    for area in dict.fromkeys(evidence.declared[located]):
        fitting = {owner for owner in set(land.owners) if area and same_place(area, owner, evidence.areas)}
        if not fitting:  # an area without a polygon cannot be compared
            continue
        of_area = located & (evidence.declared == area)
        asked |= of_area
        places = np.flatnonzero(of_area & ~np.isin(owners.astype(str), sorted(fitting)))
        if len(places):
            polygons = land.of(fitting)
            for chosen, km in ((places[part[places] >= 0], AT_BORDER_KM), (places[part[places] < 0], AT_SEA_KM)):
                east, north = land.plane(points.longitude[chosen], points.latitude[chosen])
                far[chosen] = ~within(polygons, east, north, km)
    if far.any():
        pairs = Counter((area, owner) for area, owner in zip(evidence.declared[far], owners[far], strict=True) if owner)
        often = [
            [_name(evidence, area), _name(evidence, owner), n]
            for (area, owner), n in pairs.most_common(_SHOWN)
            if n >= OFTEN
        ]
        facts = {"located": int(asked.sum()), "share": 100 * float(far.sum() / asked.sum()), "km": AT_BORDER_KM}
        yield evidence.found("K26", "assess.other-area", far, **facts, pairs=often)


def _same_coordinates(evidence: Evidence, points: _Points, located: Flags) -> Iterator[Finding]:
    """Rounded coordinates meet by chance or by intent, and a sensor stays where it is: neither is told."""
    if evidence.recipe.design.sampling_type == "sensor_network":
        return
    fine = located & (_finer_than_100_m(points.latitude) | _finer_than_100_m(points.longitude))
    places = np.flatnonzero(fine)
    pairs = points.longitude[places] + 1j * points.latitude[places]
    repeats = np.zeros(len(located), dtype=np.bool_)
    repeats[places] = later(pairs)
    if repeats.any():
        _spots, counts = np.unique(pairs, return_counts=True)
        facts = {"located": int(located.sum()), "spots": int((counts > 1).sum()), "most": int(counts.max())}
        yield evidence.found("K26", "assess.same-coordinates", repeats, **facts)


def _finer_than_100_m(degrees: Numbers) -> Flags:
    return np.asarray(np.abs(degrees * 1000 - np.round(degrees * 1000)) > 1e-6, dtype=np.bool_)


def _name(evidence: Evidence, area: str) -> str:
    return evidence.areas[area].name if area in evidence.areas else area


CHECKS: tuple[Check, ...] = (
    Check(
        "K26",
        N_("Positions that cannot be right"),
        N_(
            "Positions that are missing, in the sea, in another area than the one named, the same to the metre, made "
            "up, or too far from the one before."
        ),
        N_("A position lies in the area that the row names, and can be reached in time."),
        "rule",
        by_rule(impossible_places, made_up, too_wide, coarse, too_fast),
    ),
    *clumps.CHECKS,
)
