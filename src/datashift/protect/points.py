"""Points of people on a map: moved by chance as the DHS does it, the same way in every release."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from datashift.errors import CannotProtect
from datashift.language import N_
from datashift.model import Kit

LEAST_KEY = 16
"""Bytes of the secret key of a site: with fewer, somebody who knows one true point could try all keys."""

EXACT = N_("These points are exact: they show public things, and the kit says that their places may be known.")
MOVED = N_(
    "Each point was moved in a random direction. In towns it moved up to {urban} km, elsewhere up to {rural} km, and "
    "{share} per cent of the points elsewhere up to {far} km. Every distance up to the limit is equally likely."
)
INSIDE = N_(
    "No point left the area that is reported. Where it would have, it was drawn again: {again} of {places} places."
)
LEFT_OUT = N_("{count} points are left out, because no place near enough inside their area was found.")

_EARTH = 6371.0088
_TRIES = 200

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Displacement:
    """How far points are moved, in kilometres: the rule of the DHS (Burgert et al. 2013) unless stated otherwise.

    Angle and distance are drawn apart, each uniformly, so points lie denser near the true place than at the rim.
    """

    urban: float = 2.0
    rural: float = 5.0
    far: float = 10.0
    far_share: float = 0.01

    def share_within(self, distance: float, *, urban: bool) -> float:
        """Return the probability that a point was moved by at most `distance` km, before any boundary is looked at."""
        if urban:
            return min(max(distance / self.urban, 0.0), 1.0)
        near, far = (min(max(distance / limit, 0.0), 1.0) for limit in (self.rural, self.far))
        return (1 - self.far_share) * near + self.far_share * far

    def density(self, distance: float, *, urban: bool) -> float:
        """Return the probability per square kilometre at `distance` km (above 0) from a true place.

        With it users can weigh where a point may truly lie: the true place has the same density around the point.
        """
        parts = [(1.0, self.urban)] if urban else [(1 - self.far_share, self.rural), (self.far_share, self.far)]
        per_km = sum(share / limit for share, limit in parts if distance <= limit)
        return per_km / (2 * math.pi * distance)


@dataclass(frozen=True)
class Points:
    """Places in degrees (WGS84), one entry per point.

    `urban`: in a town.   `area`: the area that is reported, "" where none is.   `place`: what stands at the same place
    through all releases (a cluster, a household); without it a place is its position to four decimals (11 m).
    """

    longitude: Numbers
    latitude: Numbers
    urban: Flags
    area: Sequence[str] = ()
    place: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Refuse columns of different lengths."""
        for name in ("latitude", "urban", "area", "place"):
            length = len(getattr(self, name))
            if length != len(self.longitude) and (length or name not in ("area", "place")):
                raise CannotProtect("points.lengths", points=len(self.longitude), field=name, length=length)

    def some(self, rows: npt.NDArray[np.intp]) -> Points:
        """Return the points of `rows`, in this order."""

        def of(column: Sequence[str]) -> list[str]:
            return [column[row] for row in rows.tolist()] if len(column) else []

        return Points(self.longitude[rows], self.latitude[rows], self.urban[rows], of(self.area), of(self.place))


@dataclass(frozen=True)
class Moved:
    """Places as they may leave (NaN where a point is left out), how many were drawn again, and what to say of them.

    `said`: sentences with their facts, ready to be translated; they state the distribution, never a single point.
    """

    longitude: Numbers
    latitude: Numbers
    again: int
    left_out: int
    said: tuple[tuple[str, dict[str, str]], ...]


def for_release(
    points: Points,
    kit: Kit,
    *,
    key: bytes,
    outlines: Mapping[str, BaseGeometry],
    rule: Displacement | None = None,
) -> Moved:
    """Return the points as they may leave: exact where `kit` says so of public things, else moved as `displaced` does.

    Exact points are rounded to five decimals (1 m).
    """
    if not kit.universe.exact_points:
        return displaced(points, key=key, outlines=outlines, rule=rule)
    return Moved(points.longitude.round(5), points.latitude.round(5), 0, 0, ((EXACT, {}),))


def displaced(
    points: Points, *, key: bytes, outlines: Mapping[str, BaseGeometry], rule: Displacement | None = None
) -> Moved:
    """Move each point by a random angle and distance, and never out of the area that is reported with it.

    In:  `key`, secret and kept by the site for ever; `outlines`: area id -> its polygon, for each area of a point.
    Out: all points of one place lie on one point, to five decimals (1 m). While key, place, `urban` and rule stay, and
         the outline too, a place is moved the same way in every release, so releases cannot be averaged.
    A point is left out where its position or the outline of its area is missing, and where no draw of 200 came to lie
    inside. In a small area it cannot move far: that area is what protects it. Raises CannotProtect (points.key).
    """
    if len(key) < LEAST_KEY:
        raise CannotProtect("points.key", length=len(key), least=LEAST_KEY)
    rule = rule or Displacement()
    places = _places(points, rule)
    moved = np.full((len(places.names), 2), np.nan)
    waiting = np.flatnonzero(places.usable(outlines))
    again = 0
    for draw in range(_TRIES):
        there = _drawn(places, waiting, hashlib.blake2b(key).digest(), rule, draw)
        good = _inside(there, places.area[waiting], outlines)
        moved[waiting[good]] = there[good]
        waiting = waiting[~good]
        again = again if draw else waiting.size
        if not waiting.size:
            break
    released = moved[places.of]
    left_out = int(np.isnan(released[:, 0]).sum())
    said = _said(rule, again, len(places.names), left_out)
    return Moved(released[:, 0], released[:, 1], again, left_out, said)


@dataclass(frozen=True)
class _Places:
    """Each place once: what its draws hang on, where it is, its area; and which place each point belongs to."""

    names: list[str]
    longitude: Numbers
    latitude: Numbers
    urban: Flags
    area: npt.NDArray[np.object_]
    of: npt.NDArray[np.intp]

    def usable(self, outlines: Mapping[str, BaseGeometry]) -> Flags:
        known = np.array([area == "" or area in outlines for area in self.area], dtype=bool)
        return known & (np.abs(self.longitude) <= 180) & (np.abs(self.latitude) <= 90)  # NaN is neither


def _places(points: Points, rule: Displacement) -> _Places:
    # A place without a name is its rounded position; a place with one is the mean of its points, in whatever order.
    longitude, latitude = points.longitude, points.latitude
    if not len(points.place):
        longitude, latitude = longitude.round(4) + 0.0, latitude.round(4) + 0.0
    called = (
        points.place if len(points.place) else [f"{x:.4f} {y:.4f}" for x, y in zip(longitude, latitude, strict=True)]
    )
    areas = points.area if len(points.area) else [""] * len(called)
    number: dict[tuple[str, bool, str], int] = {}
    keys = zip(called, points.urban.tolist(), areas, strict=True)
    of = np.fromiter((number.setdefault(key, len(number)) for key in keys), dtype=np.intp, count=len(called))
    count = np.bincount(of, minlength=len(number))
    limits = {True: f"{rule.urban:g}", False: f"{rule.rural:g} {rule.far:g} {rule.far_share:g}"}
    return _Places(
        names=[f"{limits[urban]}\x1f{name}" for name, urban, _area in number],
        longitude=np.bincount(of, longitude, minlength=len(number)) / count,
        latitude=np.bincount(of, latitude, minlength=len(number)) / count,
        urban=np.array([urban for _name, urban, _area in number], dtype=bool),
        area=np.array([area for _name, _urban, area in number], dtype=object),
        of=of,
    )


def _drawn(places: _Places, which: npt.NDArray[np.intp], key: bytes, rule: Displacement, draw: int) -> Numbers:
    """Return one draw for each of the places `which`: longitude and latitude, on a sphere."""
    chance = _chance([places.names[k] for k in which], key, draw)
    limit = np.where(chance[:, 2] < rule.far_share, rule.far, rule.rural)
    limit = np.where(places.urban[which], rule.urban, limit)
    distance = chance[:, 1] * (limit - 0.001) / _EARTH  # a metre less, for the rounding below
    angle = chance[:, 0] * 2 * np.pi
    x, y = np.radians(places.longitude[which]), np.radians(places.latitude[which])
    sine = np.sin(y) * np.cos(distance) + np.cos(y) * np.sin(distance) * np.cos(angle)
    across = np.sin(angle) * np.sin(distance) * np.cos(y)
    moved = x + np.arctan2(across, np.cos(distance) - np.sin(y) * sine)
    longitude = (np.degrees(moved) + 180) % 360 - 180
    return np.column_stack([longitude, np.degrees(np.arcsin(np.clip(sine, -1, 1)))]).round(5)


def _chance(names: Sequence[str], key: bytes, draw: int) -> Numbers:
    """Return three numbers in [0, 1) per name, which nobody can foretell without the key."""
    told = b"".join(
        hashlib.blake2b(f"{name}\x1f{draw}".encode(), key=key, digest_size=24, person=b"datashift-points").digest()
        for name in names
    )
    whole = np.frombuffer(told, dtype="<u8").reshape(-1, 3) >> np.uint64(11)
    return whole.astype(np.float64) * 2.0**-53


def _inside(there: Numbers, area: npt.NDArray[np.object_], outlines: Mapping[str, BaseGeometry]) -> Flags:
    good: Flags = np.asarray(area == "", dtype=bool)
    for name in set(area[~good]):
        own = np.flatnonzero(area == name)
        shapely.prepare(outlines[name])
        good[own] = shapely.contains_xy(outlines[name], there[own, 0], there[own, 1])
    return good


def _said(rule: Displacement, again: int, places: int, left_out: int) -> tuple[tuple[str, dict[str, str]], ...]:
    facts = {"urban": f"{rule.urban:g}", "rural": f"{rule.rural:g}", "far": f"{rule.far:g}"}
    said = [(MOVED, {**facts, "share": f"{100 * rule.far_share:g}"})]
    said.append((INSIDE, {"again": str(again), "places": str(places)}))
    if left_out:
        said.append((LEFT_OUT, {"count": str(left_out)}))
    return tuple(said)
