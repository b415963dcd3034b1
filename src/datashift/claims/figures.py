"""The numbers in a claim: how they are said, and where in the evidence each stands."""

from __future__ import annotations

import math
from dataclasses import dataclass

from datashift.claims import wording
from datashift.claims.evidence import Subject
from datashift.language import N_, _, label
from datashift.numbers import THIN, in_digits, places, said
from datashift.standards.periods import years

PERCENTAGE_POINTS = N_("percentage points")


@dataclass(frozen=True)
class Number:
    """A number as it is said, its value (per cent for shares), and the field of the evidence it comes from."""

    text: str
    value: float
    where: str

    def __str__(self) -> str:
        return self.text


Interval = tuple[float | None, float | None]


def known(number: float | None) -> bool:
    """Say whether there is a number that can be said."""
    return number is not None and math.isfinite(number)


def level(subject: Subject, value: float, interval: Interval, where: str) -> Number:
    """Return a figure as precise as its interval allows: "6 in 10 (59 %)" for shares, else with its unit."""
    if subject.unit == "PT":
        return Number(_in_many(value, _with_unit(subject, value, _places(value, interval))), value, where)
    return Number(_with_unit(subject, value, _places(value, interval)), value, where)


def plain(subject: Subject, value: float, interval: Interval, where: str) -> Number:
    """Return a figure with its unit and without "in 10": a bound, or a figure of somebody else."""
    return Number(_with_unit(subject, value, _places(value, interval)), value, where)


def bounds(subject: Subject, value: float, interval: tuple[float, float], where: str) -> tuple[Number, Number]:
    """Return both ends of the interval of a figure; shares have their per cent sign. `where`: "record.{}"."""
    decimals = _places(value, interval)
    sign = f"{THIN}%" if subject.unit == "PT" else ""
    low, high = (Number(said(end, decimals) + sign, end, where.format(name)) for end, name in _ends(interval))
    return low, high


def reach(value: float, interval: tuple[float, float], where: str) -> tuple[Number, Number]:
    """Return both ends of the size of a difference, the nearer to 0 first, without unit."""
    decimals = _places(value, interval)
    ends = _ends(interval) if value >= 0 else [(-end, name) for end, name in reversed(_ends(interval))]
    low, high = (Number(said(end, decimals), end, where.format(name)) for end, name in ends)
    return low, high


def _ends(interval: tuple[float, float]) -> list[tuple[float, str]]:
    return [(interval[0], "lower"), (interval[1], "upper")]


def difference(subject: Subject, value: float, interval: Interval, where: str) -> Number:
    """Return the size of a difference with its unit, such as "12 percentage points"."""
    unit = _(PERCENTAGE_POINTS) if subject.unit == "PT" else label(subject.unit_label)
    text = said(abs(value), _places(value, interval))
    return Number(f"{text}\u00a0{unit}" if unit else text, abs(value), where)


def share(value: float, where: str) -> Number:
    """Return a share of answers or of the true number, in per cent: whole from 10 on, two digits below."""
    decimals = 0 if value >= 10 else 1
    return Number(f"{said(value, decimals)}{THIN}%", value, where)


def count(value: float, where: str) -> Number:
    """Return a number of answers, areas or methods."""
    return Number(said(value), value, where)


def period(text: str, where: str) -> Number:
    """Return a period as years in the reader's digits; its value is the first year."""
    first, last = years(text)
    shown = text if "/" not in text else "–".join(dict.fromkeys((str(first), str(last))))
    return Number(in_digits(shown), float(first), where)


def _places(value: float, interval: Interval) -> int:
    low, high = (end if known(end) else None for end in interval)
    return places(value, low, high)


def _with_unit(subject: Subject, value: float, decimals: int) -> str:
    if subject.unit == "PT":
        return f"{said(value, decimals)}{THIN}%"
    unit = label(subject.unit_label)
    return f"{said(value, decimals)}\u00a0{unit}" if unit else said(value, decimals)


def _in_many(value: float, shown: str) -> str:
    whole = 10 if 7.5 <= value <= 92.5 else 100
    part = round(value * whole / 100)
    if not 0 < part < whole:
        return shown
    return _(wording.IN_MANY).format(part=said(part), whole=said(whole), share=shown)
