"""What a series may be in a later year: a distribution as wide as forecasts of official series have been wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypedDict, Unpack

import numpy as np
from scipy import special

from datashift.estimation.random_effects import Array
from datashift.language import N_, _
from datashift.progress.outlook_learnt import KINDS, facts, forecast
from datashift.progress.outlook_past import past
from datashift.trends.series import Aim, Direction, Scale, Series, series
from datashift.trends.wording import decimals_of, figure, span, year_said

EDGE = 0.005
"""A share of 0 or 100 % has no logit: where one is among the values, all move this part of the range inwards."""

NORMAL = 1e9
"""Degrees of freedom at which Student's t is a normal distribution; what is observed has sampling errors only."""

NOTES = {
    "two-years": N_("Two years only: nothing tells how much this series scatters, so others speak for it."),
    "beyond-history": N_("{ahead} years ahead is further than history could judge ({longest})."),
    "at-bound": N_("A value lies at the bound of what is possible; later ones may stay there."),
    "no-size": N_("All values are 0, so the unit itself stands in for the size of a change."),
    "observed": N_("The year is not after the years observed: only sampling errors are left."),
}


class Options(TypedDict, total=False):
    """What may be said about a series; everything may be left out.

    year: to be forecast (2030).   lower, upper: bounds of what is possible.   unit: PT for per cent (bounds 0 and 100).
    confidence: of the interval (0.95).
    """

    year: float
    lower: float | None
    upper: float | None
    unit: str
    confidence: float


@dataclass(frozen=True)
class Basis:
    """What the distribution rests on: years given, years ahead, and the history its spread was learnt from."""

    years: int
    ahead: float
    series: int
    indicators: int
    forecasts: int
    longest: float
    source: str


@dataclass(frozen=True)
class Outlook:
    """The distribution of the value in `year`: Student t on `scale`, with the bounds as its ends.

    value: median.   lower, upper: interval of `confidence` with equal tails.   All in the unit of the values.
    centre, spread, degrees: of the t distribution on the scale; `spread` 0: observed.   edge: see EDGE.   size: what
    values on the plain scale are divided by.   limits: lowest and highest value possible.
    """

    year: float
    value: float
    lower: float
    upper: float
    confidence: float
    scale: Scale
    centre: float
    spread: float
    degrees: float
    edge: float
    size: float
    limits: tuple[float, float]
    series: Series
    basis: Basis
    note_codes: tuple[str, ...]

    @property
    def method(self) -> str:
        """Return the method and its assumptions, in short."""
        return (
            f"damped line on the {self.scale} scale, Student t (df {self.degrees:.1f}); spread from "
            f"{self.basis.forecasts} forecasts of {self.basis.series} official series ({self.basis.source}); assumes "
            f"that the years to come surprise as those did"
        )

    @property
    def notes(self) -> list[str]:
        """Return what a reader should know beside the figures, in the current language."""
        told = {"ahead": year_said(self.basis.ahead), "longest": year_said(self.basis.longest)}
        return [_(NOTES[code]).format(**told) for code in self.note_codes]

    def probability_beyond(self, value: float, direction: Direction) -> float:
        """Return the probability of `value` or more ("up"), or of `value` or less ("down")."""
        return 1 - self._below(value, True) if direction == "up" else self._below(value, False)

    def probabilities(self, classes: Mapping[str, tuple[float | None, float | None]]) -> dict[str, float]:
        """Return the probability of each class: from its first value (included) to its second; None: without end."""
        ends = {name: (-np.inf if low is None else low, np.inf if high is None else high)
                for name, (low, high) in classes.items()}  # fmt: skip
        return {
            name: max(0.0, (1.0 if high == np.inf else self._below(high, True)) - self._below(low, True))
            for name, (low, high) in ends.items()
        }

    def draws(self, count: int, seed: int) -> Array:
        """Return `count` values that the year may bring, in the unit of the values."""
        chance = np.random.default_rng(seed).standard_t(self.degrees, count)
        return _back(self, self.centre + self.spread * chance)

    def sentence(self) -> str:
        """Say the value of the year and how sure that is."""
        interval = (self.lower, self.upper)
        decimals = decimals_of(self.series, self.value, interval)
        low, high = span(self.series, interval, decimals)
        text = _("By {year} about {value} ({lower} to {upper}), if the years to come surprise no more than the past.")
        value = figure(self.series, self.value, decimals)
        return text.format(year=year_said(self.year), value=value, lower=low, upper=high)

    def as_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        return {
            "sentence": self.sentence(), "year": self.year, "value": self.value, "lower": self.lower,
            "upper": self.upper, "confidence": self.confidence, "method": self.method, "notes": self.notes,
            "scale": self.scale, "centre": self.centre, "spread": self.spread, "degrees": self.degrees,
            "basis": asdict(self.basis),
        }  # fmt: skip

    def _below(self, value: float, strictly: bool) -> float:
        """Return the probability of a value below `value`; what would pass a bound stands at the bound."""
        low, high = self.limits
        if value < low or (strictly and value <= low):
            return 0.0
        if value > high or (not strictly and value >= high):
            return 1.0
        if self.spread == 0:
            return float(self.value < value or (not strictly and self.value == value))
        at = float(_to(self.series, self.scale, np.asarray(value, float), self.edge, self.size)[0])
        return float(special.stdtr(self.degrees, (at - self.centre) / self.spread))


def outlook(
    years: Sequence[float], values: Sequence[float], se: Sequence[float] | None = None, **options: Unpack[Options]
) -> Outlook:
    """Return the distribution of the value in a later year, as wide as the errors of such forecasts have been.

    In:  years and values (pairs with NaN are left out; gaps do no harm), se (sampling errors, one per value), and by
         name: year (2030), lower, upper, unit ("PT" for per cent), confidence (0.95).
    Out: the last value, moved on by the damped pace of the years, on the logit scale for shares, on the log scale for
         other values above 0, else on the plain one. Its spread was learnt by hindcast on official series; two years
         have one as well, which others' history tells. A year that is not after the last has its observed value.
    Raises BadSeries and TooThin as `datashift.trends.series` says.
    """
    year, confidence = float(options.get("year", 2030)), options.get("confidence", 0.95)
    aim = Aim(target_year=year, confidence=confidence, unit=options.get("unit", ""),
              lower=options.get("lower"), upper=options.get("upper"))  # fmt: skip
    data = series(years, values, se, aim)
    scale, edge, size, codes = _reading(data)
    z, errors = _to(data, scale, data.values, edge, size), _errors(data, scale, edge, size)
    ahead = year - float(data.years[-1])
    if ahead > 0:
        seen = past(data.years[None, :], z[None, :], None if errors is None else errors[None, :])
        kind = np.array([KINDS.index({"logit": "share", "log": "positive", "raw": "other"}[scale])])
        found = forecast(seen, np.array([ahead]), kind)
        centre, spread, degrees = (float(part[0]) for part in (found.centre, found.spread, found.degrees))
    else:
        centre, degrees = float(np.interp(year, data.years, z)), NORMAL
        spread = 0.0 if errors is None else float(np.interp(year, data.years, errors))
    learnt = facts()
    plain = Outlook(
        year=year, value=0.0, lower=0.0, upper=0.0, confidence=confidence, scale=scale, centre=centre, spread=spread,
        degrees=degrees, edge=edge, size=size, limits=_limits(data, options), series=data,
        basis=Basis(len(z), ahead, learnt["series"], learnt["indicators"], learnt["forecasts"], learnt["longest"],
                    learnt["source"]),
        note_codes=_notes(data, ahead, learnt["longest"], codes),
    )  # fmt: skip
    half = spread * float(special.stdtrit(degrees, 0.5 + confidence / 2)) if spread else 0.0
    lower, value, upper = (float(x) for x in _back(plain, centre + half * np.array([-1.0, 0.0, 1.0])))
    return Outlook(**{**vars(plain), "value": value, "lower": lower, "upper": upper})


def _reading(data: Series) -> tuple[Scale, float, float, tuple[str, ...]]:
    """Return scale, edge, size and notes: a share at its bound keeps the logit scale, moved inwards a little."""
    if data.bounds and data.scale == "raw":
        return "logit", EDGE, 1.0, ("at-bound",)
    if data.scale != "raw":
        return data.scale, 0.0, 1.0, ()
    size = float(np.sqrt((data.values**2).mean()))
    return "raw", 0.0, size or 1.0, () if size else ("no-size",)


def _to(data: Series, scale: Scale, values: Array, edge: float, size: float) -> Array:
    if scale == "raw":
        return np.atleast_1d(values) / size
    if edge:
        low, high = data.bounds or (0.0, 1.0)
        return np.atleast_1d(special.logit(edge + (1 - 2 * edge) * (values - low) / (high - low)))
    return np.atleast_1d(data.to(scale, values))


def _back(found: Outlook, points: Array) -> Array:
    """Bring points on the scale to the unit of the values, within the bounds."""
    if found.scale == "log":
        values = np.exp(np.minimum(points, 700.0))
    elif found.scale == "raw":
        values = points * found.size
    else:
        low, high = found.series.bounds or (0.0, 1.0)
        values = low + (high - low) * (special.expit(points) - found.edge) / (1 - 2 * found.edge)
    return np.asarray(np.clip(values, *found.limits))


def _limits(data: Series, options: Options) -> tuple[float, float]:
    """Return the bounds; where only one is stated, the other is open."""
    low, high = data.bounds or (options.get("lower"), options.get("upper"))
    return -np.inf if low is None else low, np.inf if high is None else high


def _errors(data: Series, scale: Scale, edge: float, size: float) -> Array | None:
    """Return the sampling errors on the scale, by the delta method."""
    if data.se is None:
        return None
    if scale == "raw":
        return np.asarray(data.se / size)
    if not edge:
        return data.errors_on(scale)
    low, high = data.bounds or (0.0, 1.0)
    share = edge + (1 - 2 * edge) * (data.values - low) / (high - low)
    return np.asarray(data.se / (high - low) * (1 - 2 * edge) / (share * (1 - share)))


def _notes(data: Series, ahead: float, longest: float, codes: tuple[str, ...]) -> tuple[str, ...]:
    told = {
        "two-years": len(data.years) == 2 and ahead > 0,
        "beyond-history": ahead > longest,
        "observed": ahead <= 0,
    }
    return tuple(code for code, so in told.items() if so) + codes
