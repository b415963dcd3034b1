"""Sensors against the others around them, and against their own past (check K33)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from datashift.assess.checks import Check, Outcome, discoveries
from datashift.assess.encoded import Flags, Numbers, Whole
from datashift.assess.evidence import Evidence
from datashift.assess.sources.hourly import Hours, Readings, hourly, readings
from datashift.assess.sources.humidity import humid
from datashift.assess.sources.neighbours import ASKED, Asked, asked_in_turn, far_off
from datashift.assess.sources.steady import saturated, spikes, stuck
from datashift.language import N_
from datashift.model import Finding, Subject

TEXTS: Mapping[str, tuple[str, str]] = {
    "flat": (
        N_(
            "{odd} of {sensors} sensors hardly move while the others rise and fall: {names}. Their share of all "
            "readings is {share} %. A sensor may stand in a room, be dirty or be worn out."
        ),
        N_(
            "Sensor {sensor} swings {times} times less within a day than the others. Its share of all readings is "
            "{share} %. It may stand in a room, be dirty or be worn out."
        ),
    ),
    "unlike": (
        N_(
            "{odd} of {sensors} sensors do not rise and fall with the others: {names}. Their share of all readings is "
            "{share} %. Something close by may be stronger than the air of the town, or the sensor is worn out."
        ),
        N_(
            "When the others double within a day, sensor {sensor} changes by {rise} %. Its share of all readings is "
            "{share} %. Something close by may be stronger than the air of the town, or the sensor is worn out."
        ),
    ),
    "drift": (
        N_(
            "{odd} of {sensors} sensors move away from the others in the course of time: {names}. Their share of all "
            "readings is {share} %. Dust in a sensor does this, and so does a new road, fire or place."
        ),
        N_(
            "Sensor {sensor} read {first} times what the others read at first, and {last} times at last. Its share of "
            "all readings is {share} %. Dust in a sensor does this, and so does a new road, fire or place."
        ),
    ),
    "level": (
        N_(
            "{odd} of {sensors} sensors read far above or below all others, all the time: {names}. Their share of all "
            "readings is {share} %. The place may be like no other, or the sensor has to be set right."
        ),
        N_(
            "Sensor {sensor} reads {ratio} times what the others read. Its share of all readings is {share} %. The "
            "place may be like no other, or the sensor has to be set right."
        ),
    ),
    "far": (
        N_(
            "{odd} of {sensors} sensors showed five times more than any other, or five times less, on many days: "
            "{names}. Their share of all readings is {share} %. A fire nearby does this for a day; for weeks, a sensor "
            "that is broken does."
        ),
        N_(
            "On {days} of {compared} days, sensor {sensor} showed five times more than any other, or five times less. "
            "Its share of all readings is {share} %. A fire nearby does this for a day; for weeks, a sensor that is "
            "broken does."
        ),
    ),
    "reference": (
        N_(
            "{odd} of {sensors} sensors read otherwise than the reference sensor beside them: {names}. Their share of "
            "all readings is {share} %. Set them right by the reference."
        ),
        N_(
            "Sensor {sensor} reads {ratio} times what the reference sensor beside it reads. Its share of all readings "
            "is {share} %. Set it right by the reference."
        ),
    ),
}  # fmt: skip
"""What is said in public of all such sensors, and of one of them."""

_NAMED = 20
_TOLD = 30


def odd_sensors(evidence: Evidence) -> Outcome:
    """K33: sensors that hardly move, do not follow the others, drift, stand apart; stuck, capped and moist readings.

    Within a day, the logarithms of hourly means are held against the median of up to eight sensors around. Four
    questions for each sensor, and a fifth beside a reference; all are one family. What is found is taken out of what
    the others are held against, the clearest first, so that one broken sensor does not make its neighbours look odd.
    """
    if evidence.kit.readings is None:
        return Outcome(idle=N_("The data are not readings of sensors."))
    found = readings(evidence)
    if found is None:
        return Outcome(idle=N_("No row has a sensor, a moment and a reading that can be used."))
    wet, moist = humid(evidence, found)
    ruled = [*stuck(evidence, found), *saturated(evidence, found), *wet]
    facts = {"sensors": _table(found), "spikes": spikes(found), **moist}
    hours = hourly(evidence, found)
    if hours is None:
        why = N_("Sensors are held against each other where at least three have two days of readings.")
        return Outcome(tuple(ruled), idle="" if ruled else why, facts=facts)
    far = far_off(hours)
    ruled += _far_told(evidence, found, hours, far)
    asked = asked_in_turn(evidence, found, hours, far[2])
    rates, odd = discoveries(asked.p)
    told = [_told(evidence, found, hours, (asked, rates), k, odd[:, k]) for k in range(len(ASKED)) if odd[:, k].any()]
    return Outcome((*ruled, *told), tested=int((~np.isnan(asked.p)).sum()), facts=facts)


def _far_told(evidence: Evidence, found: Readings, hours: Hours, far: tuple[Whole, Whole, Flags]) -> list[Finding]:
    off, compared, many = far
    if not many.any():
        return []
    facts = {int(k): {"days": int(off[k]), "compared": int(compared[k])} for k in np.flatnonzero(many)}
    return [_finding(evidence, found, hours, "far", facts)]


def _told(
    evidence: Evidence, found: Readings, hours: Hours, judged: tuple[Asked, Numbers], question: int, odd: Flags
) -> Finding:
    asked, rates = judged
    p, q = asked.p[:, question], rates[:, question]
    facts = {int(k): _facts(asked, int(k)) for k in np.flatnonzero(odd)}
    told = _finding(evidence, found, hours, ASKED[question], facts)
    subjects = tuple(
        replace(one, p_value=float(p[k]), p_adjusted=float(q[k]))
        for one, k in zip(told.subjects, np.flatnonzero(odd), strict=True)
    )
    tested = int((~np.isnan(asked.p)).sum())
    least, rate = float(p[odd].min()), float(q[odd].min())
    return replace(told, p_value=least, p_adjusted=rate, tested=tested, subjects=subjects)


def _finding(
    evidence: Evidence, found: Readings, hours: Hours, code: str, facts: Mapping[int, Mapping[str, Any]]
) -> Finding:
    """Return the finding about some sensors, each a subject with its facts; all their rows are the finding's."""
    public, private = TEXTS[code]
    subjects, where = [], np.zeros(len(evidence.rows), dtype=np.bool_)
    for k, known in facts.items():
        of_sensor = np.zeros(len(evidence.rows), dtype=np.bool_)
        of_sensor[found.place[found.sensor == hours.sensor[k]]] = True
        where |= of_sensor
        told = {"sensor": hours.names[k], "share": 100 * float(of_sensor.sum()) / len(found.place), **known}
        subjects.append(Subject("sensor", hours.names[k], private, told, evidence.numbers_of(of_sensor)))
    names = [one.name for one in subjects][:_NAMED]
    share = 100 * float(where.sum()) / len(found.place)
    public_facts = {"odd": len(subjects), "sensors": len(hours.names), "names": names, "share": share}
    return replace(
        evidence.noticed("K33", f"assess.sensor-{code}", public, where, **public_facts), subjects=tuple(subjects)
    )


def _facts(asked: Asked, sensor: int) -> dict[str, Any]:
    rise = 100 * (2 ** float(asked.rise[sensor]) - 1)
    told = {
        "times": float(asked.swing[sensor]), "rise": rise, "ratio": float(asked.ratio[sensor]),
        "first": float(asked.first[sensor]), "last": float(asked.last[sensor]),
    }  # fmt: skip
    return {name: value if np.isfinite(value) else "–" for name, value in told.items()}


def _table(found: Readings) -> list[dict[str, Any]]:
    """Return for the sensors with the most readings their number, their middle, and the share of missing hours."""
    hour = found.second // 3600
    start = np.flatnonzero(np.diff(found.sensor, prepend=-1))
    end = np.append(start[1:], len(found.place))
    seen = np.add.reduceat((np.diff(hour, prepend=-1) != 0) | (np.diff(found.sensor, prepend=-1) != 0), start)
    span = hour[end - 1] - hour[start] + 1
    order = np.argsort(start - end, kind="stable")[:_TOLD]
    return [
        {
            "name": found.names[found.sensor[start[k]]], "readings": int(end[k] - start[k]),
            "share": 100 * float(end[k] - start[k]) / len(found.place),
            "median": float(np.median(found.value[start[k] : end[k]])),
            "missing_hours": 100 * float(1 - seen[k] / span[k]),
        }
        for k in order
    ]  # fmt: skip


CHECKS: tuple[Check, ...] = (
    Check(
        "K33",
        N_("Sensors beside each other"),
        N_("Sensors that hang, hardly move, drift, or show something else than the sensors around them."),
        N_("Sensors of one town rise and fall together, each at its own level, and a day resembles the day before."),
        "analytical",
        odd_sensors,
    ),
)
