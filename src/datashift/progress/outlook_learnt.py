"""How far forecasts of official series went astray, and what follows for the next one: centre, spread and tails."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from scipy import special

from datashift.estimation.random_effects import Array
from datashift.progress.outlook_past import Past

FILE = "outlook_learnt.json"
PARTS = ("centre", "spread", "degrees")
KINDS = ("share", "positive", "other")
"""Shares are forecast on the logit scale, other values above 0 on the log scale, the rest as parts of its own size."""


FEW = 5
"""Below so many years known, the numbers learnt from histories as short hold."""


@dataclass(frozen=True)
class Numbers:
    """What hindcasts taught; `outlook_learnt.json` says from what and by which command.

    Centre: last value, moved towards the line by a part of the way (logit(part) = level + level_noise × log(scatter
    around the line / scatter of steps)), plus the damped pace (`damping` per year). Where steps scatter much, the pace
    counts less: by pace² / (pace² + doubt · variance of steps / years from first to last).
    Scatter: a variance over n − 2 degrees counts as if `prior_years` more years had the `typical` scatter.
    Spread²: floor² + (walk · steps · h^walk_growth)² + (line · scatter around the line)² +
    (pace · size of the pace · h^pace_growth)², for h years ahead, and the root of it times (1 + few_years / n).
    Tails: Student t with 1.5 + tails · (n / 5)^tails_years degrees of freedom.
    """

    level: float
    level_noise: float
    damping: float
    doubt: float
    prior_years: float
    typical: tuple[float, float, float]
    floor: tuple[float, float, float]
    walk: float
    walk_growth: float
    line: float
    pace: float
    pace_growth: float
    few_years: float
    tails: float
    tails_years: float

    def as_dict(self) -> dict[str, Any]:
        """Return the numbers by name, ready for JSON."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True)
class Learnt:
    """Numbers for series of fewer than FEW years, and for longer ones."""

    few: Numbers
    many: Numbers

    def as_dict(self) -> dict[str, Any]:
        """Return the numbers by name, ready for JSON."""
        return {"few": self.few.as_dict(), "many": self.many.as_dict()}


@dataclass(frozen=True)
class Forecast:
    """Student t distributions on the scale of each series: centre, spread (scale parameter), degrees of freedom."""

    centre: Array
    spread: Array
    degrees: Array

    def below(self, values: Array) -> Array:
        """Return the probability of a value up to `values` (on the scale of each series)."""
        return np.asarray(special.stdtr(self.degrees, (values - self.centre) / self.spread))

    def quantile(self, probability: float) -> Array:
        """Return the value that is not exceeded with `probability`."""
        return np.asarray(self.centre + self.spread * special.stdtrit(self.degrees, probability))


@cache
def learnt() -> Learnt:
    """Return the numbers that ship."""
    sets = facts()["numbers"]
    return Learnt(few=_numbers(sets["few"]), many=_numbers(sets["many"]))


def _numbers(read: dict[str, Any]) -> Numbers:
    given: dict[str, Any] = {name: tuple(x) if isinstance(x, list) else x for name, x in read.items()}
    return Numbers(**given)


@cache
def facts() -> dict[str, Any]:
    """Return the whole file: `numbers`, and from which data, on what day and by which command they were learnt."""
    text = files("datashift.progress").joinpath(FILE).read_text("utf-8")
    return dict(json.loads(text))


def forecast(seen: Past, ahead: Array, kinds: Array, by: Learnt | None = None) -> Forecast:
    """Forecast each series (row of `seen`) `ahead` years after its last one; kinds: places in KINDS.

    Sampling errors, where known, are taken out of the scatter and added to the spread in full: the centre is a weighted
    sum of the values, so its sampling variance is exact. The forecast is then of the true value of that year.
    """
    by = by or learnt()
    few, many = (forecast_by(numbers, seen, ahead, kinds) for numbers in (by.few, by.many))
    short = seen.count < FEW
    return Forecast(*(np.where(short, *(getattr(one, part) for one in (few, many))) for part in PARTS))


def forecast_by(by: Numbers, seen: Past, ahead: Array, kinds: Array) -> Forecast:
    """Forecast by one set of numbers; see `forecast`."""
    around, walk = _scatter(by, kinds, seen.count, seen.off_line), _scatter(by, kinds, seen.count, seen.steps)
    part = special.expit(by.level + by.level_noise * 0.5 * np.log(around / walk))
    trust = seen.pace**2 / (seen.pace**2 + by.doubt * walk / seen.span + 1e-12)
    years = trust * by.damping * (1 - by.damping**ahead) / (1 - by.damping)
    centre = seen.level + part * (seen.line - seen.level) + years * seen.pace
    drawn = np.zeros(len(centre))
    if seen.noise is not None:
        around = _scatter(by, kinds, seen.count, np.maximum(seen.off_line - _off_line_by_chance(seen), 0.0))
        walk = _scatter(by, kinds, seen.count, np.maximum(seen.steps - _steps_by_chance(seen), 0.0))
        drawn = (_of_centre(seen, part, years) ** 2 * seen.noise).sum(1)
    square = (
        np.asarray(by.floor)[kinds] ** 2
        + walk * (by.walk * ahead**by.walk_growth) ** 2
        + around * by.line**2
        + (by.pace * seen.pace * ahead**by.pace_growth) ** 2
    ) * (1 + by.few_years / seen.count) ** 2
    return Forecast(centre, np.sqrt(square + drawn), 1.5 + by.tails * (seen.count / 5) ** by.tails_years)


def _scatter(by: Numbers, kinds: Array, count: Array, squares: Array) -> Array:
    """Return the variance with the typical one mixed in: few years say little about their own scatter."""
    typical = np.asarray(by.typical)[kinds] ** 2
    return np.asarray((squares + by.prior_years * typical) / (count - 2 + by.prior_years))


def _of_centre(seen: Past, part: Array, years: Array) -> Array:
    """Return what each value adds to the centre."""
    of_level = (np.arange(seen.values.shape[1]) == (seen.count - 1)[:, None]).astype(float)
    part, years = part[:, None], years[:, None]
    return np.asarray(of_level + part * (seen.of_line - of_level) + years * seen.of_pace)


def _off_line_by_chance(seen: Past) -> Array:
    """Return the squares around the line that sampling errors alone bring: the trace of (1 − hat) · variances."""
    assert seen.noise is not None
    middle = np.where(seen.known, seen.years, 0.0).sum(1) / seen.count
    away = np.where(seen.known, seen.years - middle[:, None], 0.0)
    hat = 1 / seen.count[:, None] + away**2 / (away**2).sum(1, keepdims=True)
    return np.asarray((np.where(seen.known, 1 - hat, 0.0) * seen.noise).sum(1))


def _steps_by_chance(seen: Past) -> Array:
    """Return the squared steps that sampling errors alone bring, each divided by the years it took."""
    assert seen.noise is not None
    both = seen.known[:, 1:]
    gaps = np.where(both, np.diff(seen.years, axis=1), 1.0)
    total = (np.where(both, seen.noise[:, 1:] + seen.noise[:, :-1], 0.0) / gaps).sum(1)
    return np.asarray(total * np.maximum(seen.count - 2, 0) / np.maximum(seen.count - 1, 1))
