"""Readings of sensors by the hour, and what the sensors around each one show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from datashift.assess.encoded import Flags, Numbers, Whole
from datashift.assess.evidence import Evidence
from datashift.assess.moments import Times, moments
from datashift.assess.quoting import personal
from datashift.model import Paradata
from datashift.standards.moments import clock

HOUR = 3600
MOST_SENSORS = 500
"""Only this many sensors, those with the most hours, are held against each other."""

_NEIGHBOURS = 8
"""The others of a sensor: the nearest ones, where positions are known, else all."""
_LEAST_HOURS = 48
_LONGEST = 24 * 366 * 3
"""Three years: a clock that is further off than this from the middle spoils no table."""


class Readings(NamedTuple):
    """Every reading that can be used, by sensor and moment: its position in the raw table, its value and more.

    `sensor` numbers the `names`; `second` is local, counted from an arbitrary midnight.
    """

    place: Whole
    sensor: Whole
    second: Whole
    value: Numbers
    names: tuple[str, ...]


@dataclass(frozen=True)
class Hours:
    """Sensors by hours, from midnight to midnight: `level` is the logarithm of the mean of the hour, NaN without one.

    `names` and `sensor` (numbers in `Readings`) tell whose rows these are; `others` are the numbers of the rows that
    each one is held against.
    """

    names: tuple[str, ...]
    sensor: Whole
    level: Numbers
    others: tuple[Whole, ...]


def readings(evidence: Evidence) -> Readings | None:
    """Return the usable readings, ordered by sensor and moment; None where there are none.

    Usable is what has a sensor, a moment, and a value that the kit thinks possible.
    """
    rule, columns = evidence.kit.readings, evidence.recipe.columns
    names = [columns[name].column for name in (rule.sensor, rule.value) if name in columns] if rule else []
    if rule is None or len(names) < 2 or not {*names, evidence.recipe.period.column or ""} <= set(evidence.columns):
        return None
    entry, concept = columns[rule.value], evidence.kit.concepts[rule.value]
    value = evidence.value(entry.column, entry.decimal) * entry.factor
    least = -np.inf if concept.least is None else concept.least
    most = np.inf if concept.most is None else concept.most
    second = read_seconds(evidence)
    encoded = evidence.columns[names[0]]
    usable = evidence.written & ~evidence.missing(names[0]) & (second >= 0) & (value >= least) & (value <= most)
    place = np.flatnonzero(usable)
    if not len(place):
        return None
    codes, sensor = np.unique(encoded.codes[place], return_inverse=True)
    order = np.lexsort((second[place], sensor))
    private = personal(names[0], evidence.recipe.personal)
    texts = [str(encoded.texts[int(code)].as_py()).strip() for code in codes]
    told = tuple(f"#{k + 1}" if private else text for k, text in enumerate(texts))
    return Readings(place[order], sensor[order].astype(np.int64), second[place][order], value[place][order], told)


def read_seconds(evidence: Evidence) -> Whole:
    """Return for each raw row the local second of its reading, from the midnight before the first; -1 without one."""
    local = seen(evidence)
    known = ~np.isnat(local)
    moment = local.astype("datetime64[s]").astype(np.int64)
    if known.any():
        known &= np.abs(moment - int(np.median(moment[known]))) < _LONGEST * HOUR
    found = np.full(len(local), -1, dtype=np.int64)
    if known.any():
        found[known] = moment[known] - moment[known].min() // (24 * HOUR) * 24 * HOUR
    return found


def seen(evidence: Evidence) -> Times:
    """Return the local moment of each raw row by the recipe's column of the period, NaT where it cannot be read."""
    period = evidence.recipe.period
    encoded = evidence.columns[period.column or ""]
    if period.format.startswith("%Y-%m-%dT%H:%M"):  # a hundred times as fast as one text after the other
        local = moments(encoded, Paradata(zone=period.zone)).local
        if np.isnat(local).mean() < 0.5:
            return local
    read = clock(period)
    found = [read(text or "") for text in encoded.texts.to_pylist()]
    return np.array([one or "NaT" for one in found], dtype="datetime64[s]")[encoded.codes]


def hourly(evidence: Evidence, found: Readings) -> Hours | None:
    """Return the hours of all sensors with at least two days of them; None with fewer than three such sensors."""
    hour = found.second // HOUR
    start = np.flatnonzero((np.diff(found.sensor, prepend=-1) != 0) | (np.diff(hour, prepend=-1) != 0))
    mean = np.add.reduceat(found.value, start) / np.diff(np.append(start, len(hour)))
    owner, slot = found.sensor[start], hour[start]
    count = np.bincount(owner, minlength=len(found.names))
    chosen = np.argsort(-count, kind="stable")[:MOST_SENSORS]
    chosen = np.sort(chosen[count[chosen] >= _LEAST_HOURS])
    if len(chosen) < 3:
        return None
    row = np.full(len(found.names), -1, dtype=np.int64)
    row[chosen] = np.arange(len(chosen))
    level = np.full((len(chosen), 24 * (int(hour.max()) // 24 + 1)), np.nan)
    kept = row[owner] >= 0
    level[row[owner[kept]], slot[kept]] = mean[kept]
    floor = 0.05 * max(float(np.median(np.abs(found.value))), 1e-6)
    low = min(float(np.nanmin(level)), 0.0)
    names = tuple(found.names[k] for k in chosen)
    return Hours(names, chosen, np.log(level - low + floor), _others(evidence, found, chosen))


def _others(evidence: Evidence, found: Readings, chosen: Whole) -> tuple[Whole, ...]:
    count = len(chosen)
    everyone = np.arange(count)
    where = positions(evidence, found, chosen)
    if count <= _NEIGHBOURS + 1 or where is None:
        return tuple(np.delete(everyone, k) for k in everyone)
    apart = kilometres(where[:, None], where[None])
    np.fill_diagonal(apart, -1.0)
    return tuple(np.argsort(row, kind="stable")[1 : _NEIGHBOURS + 1] for row in apart)


def positions(evidence: Evidence, found: Readings, chosen: Whole) -> Numbers | None:
    """Return latitude and longitude of each chosen sensor, in degrees; None where one of them is not known."""
    place = evidence.recipe.place
    if place.latitude not in evidence.columns or place.longitude not in evidence.columns:
        return None
    rows = found.place[np.searchsorted(found.sensor, chosen)]
    pair = np.array([evidence.value(str(name))[rows] for name in (place.latitude, place.longitude)]).T
    return None if np.isnan(pair).any() else pair


def kilometres(one: Numbers, other: Numbers) -> Numbers:
    """Return the distance between points (latitude, longitude in degrees, last axis) along the sphere, in km."""
    a, b = np.radians(one), np.radians(other)
    half = np.sin((b - a) / 2) ** 2
    chord = half[..., 0] + np.cos(a[..., 0]) * np.cos(b[..., 0]) * half[..., 1]
    return np.asarray(2 * 6371.0 * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0))))


def around(hours: Hours, sensor: int, without: Flags) -> Numbers:
    """Return the median level of the others of a sensor in each hour, NaN in hours in which fewer than two speak."""
    others = hours.others[sensor]
    others = others[~without[others]]
    if len(others) < 2:
        return np.full(hours.level.shape[1], np.nan)
    ranked = np.sort(hours.level[others], axis=0)  # NaN comes last
    count = (~np.isnan(ranked)).sum(axis=0)
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, len(others) - 1)
    middle = (np.take_along_axis(ranked, low[None], 0) + np.take_along_axis(ranked, high[None], 0))[0] / 2
    return np.where(count >= 2, middle, np.nan)
