"""Readings that stand still, lie at an upper end, or jump for a moment (part of check K33)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from datashift.assess.encoded import Flags, Whole
from datashift.assess.evidence import Evidence
from datashift.assess.sources.hourly import HOUR, Readings
from datashift.language import N_
from datashift.model import Finding, Subject

STILL_HOURS = 6
"""Still air at night lasts a few hours, and cheap sensors write whole numbers."""

_STILL_READINGS = 30
_GAP_HOURS = 2
_HIGHEST = 10
_DIFFERENT = 20
_SPIKE = 4.0

_STUCK = N_(
    "In {n} of {total} readings, {odd} sensors show the very same value for six hours or longer: {names}. "
    "They may hang, or their air stood still."
)
_STUCK_ONE = N_("Sensor {sensor} shows the very same value for {hours} hours on end, in {n} readings in all.")
_CAPPED = N_(
    "In {n} of {total} readings, {odd} sensors show their highest value again and again: {names}. "
    "The true value was probably higher."
)
_CAPPED_ONE = N_(
    "Sensor {sensor} shows its highest value, {most}, in {n} readings. The true value was probably higher."
)


def stuck(evidence: Evidence, found: Readings) -> Iterator[Finding]:
    """Yield readings that repeat one value for six hours and thirty readings, without a gap (the flat line test of
    QARTOD, in hours because the rate of readings differs)."""
    hold = (
        (np.diff(found.sensor, prepend=-1) != 0)
        | (np.diff(found.value, prepend=np.nan) != 0)
        | (np.diff(found.second, prepend=0) > _GAP_HOURS * HOUR)
    )
    start = np.flatnonzero(hold)
    end = np.append(start[1:], len(hold))
    hours = (found.second[end - 1] - found.second[start]) / HOUR
    long = (hours >= STILL_HOURS) & (end - start >= _STILL_READINGS)
    if not long.any():
        return
    within = np.zeros(len(hold), dtype=np.bool_)
    for k in np.flatnonzero(long):
        within[start[k] : end[k]] = True
    longest = np.zeros(len(found.names))
    np.maximum.at(longest, found.sensor[start[long]], hours[long])
    facts = {k: {"hours": float(longest[k])} for k in np.unique(found.sensor[within])}
    yield _told(evidence, found, within, ("assess.sensor-stuck", _STUCK, _STUCK_ONE), facts)


def saturated(evidence: Evidence, found: Readings) -> Iterator[Finding]:
    """Yield readings at an upper end: the highest value of a sensor, many times as often as those just below it."""
    within = np.zeros(len(found.place), dtype=np.bool_)
    facts: dict[int, dict[str, float]] = {}
    start = np.flatnonzero(np.diff(found.sensor, prepend=-1))
    for one, other in zip(start, np.append(start[1:], len(found.place)), strict=True):
        values, counts = np.unique(found.value[one:other], return_counts=True)
        if len(values) >= _DIFFERENT and counts[-1] >= max(_HIGHEST, 0.01 * (other - one), 5 * counts[-4:-1].mean()):
            within[one:other] = found.value[one:other] == values[-1]
            facts[int(found.sensor[one])] = {"most": float(values[-1])}
    if facts:
        yield _told(evidence, found, within, ("assess.sensor-capped", _CAPPED, _CAPPED_ONE), facts)


def spikes(found: Readings) -> int:
    """Return how many single readings are four times both their neighbours and the sensor's middle (told, not judged).

    A fire, a bus or a broom beside the sensor does this too.
    """
    value, same = found.value, np.diff(found.sensor) == 0
    if len(value) < 3:
        return 0
    near = np.diff(found.second) <= HOUR
    around = same[:-1] & same[1:] & near[:-1] & near[1:]
    middle = _middles(found)[found.sensor[1:-1]]
    high = (value[1:-1] > _SPIKE * np.maximum(value[:-2], value[2:])) & (value[1:-1] > _SPIKE * middle)
    return int((around & high).sum())


def _middles(found: Readings) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    start = np.flatnonzero(np.diff(found.sensor, prepend=-1))
    ends = np.append(start[1:], len(found.place))
    return np.array([np.median(found.value[one:other]) for one, other in zip(start, ends, strict=True)])


def _told(
    evidence: Evidence, found: Readings, within: Flags, says: tuple[str, str, str], facts: dict[int, dict[str, float]]
) -> Finding:
    code, public, private = says
    subjects = []
    for sensor, known in facts.items():
        rows = evidence.numbers_of(_flags(evidence, found.place[within & (found.sensor == sensor)]))
        name = found.names[sensor]
        subjects.append(Subject("sensor", name, private, {"sensor": name, "n": len(rows), **known}, rows))
    told = evidence.noticed(
        "K33", code, public, _flags(evidence, found.place[within]),
        odd=len(subjects), names=[one.name for one in subjects][:20],
    )  # fmt: skip
    return Finding(told.check, told.code, told.text, told.facts, told.rows, subjects=tuple(subjects))


def _flags(evidence: Evidence, places: Whole) -> Flags:
    flags = np.zeros(len(evidence.rows), dtype=np.bool_)
    flags[places] = True
    return flags
