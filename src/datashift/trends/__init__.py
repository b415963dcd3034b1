"""A series of years → where it stands in the target year, by every usual method side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Unpack

import numpy as np

from datashift.language import _
from datashift.trends.lines import Line, lines
from datashift.trends.measures import (
    FirstLast,
    Growth,
    MannKendall,
    TheilSen,
    first_last,
    growth,
    mann_kendall,
    theil_sen,
)
from datashift.trends.series import Aim, Series, series
from datashift.trends.wording import NOTES, WHY, growth_sentence, headline, verdict

__all__ = ["Aim", "FirstLast", "Growth", "Line", "MannKendall", "Series", "TheilSen", "Trend", "trend"]


@dataclass(frozen=True)
class Trend:
    """A series and all that the methods say about it; numbers in the unit of the values.

    first: name of the line shown first; `why` says why.   pace: mean change per year on that line, first to last year.
    reached: year in which that line meets the target, or comes within a point of a target of 0 or 100 %; None: no
    target, never, or only beyond the year 2200.
    """

    series: Series
    lines: dict[str, Line]
    theil_sen: TheilSen
    mann_kendall: MannKendall
    growth: Growth
    first_last: FirstLast
    first: str
    pace: float
    reached: float | None
    note_codes: tuple[str, ...]

    @property
    def line(self) -> Line:
        """Return the line shown first."""
        return self.lines[self.first]

    @property
    def verdict(self) -> str:
        """Return met, reaches, unclear, slow, away, plain (no interval) or "" (no target); see `wording.verdict`."""
        return verdict(self.series, self.line)

    @property
    def why(self) -> str:
        """Say why this line is shown first."""
        return _(WHY[self.first])

    @property
    def method(self) -> str:
        """Return the method of the line shown first and its assumptions, in short."""
        line = self.line
        errors = "sampling errors known" if self.first.startswith("meta") else "years alike"
        careful = ", Knapp-Hartung max(1, q)" if line.careful_pi else ""
        return (
            f"{self.first} ({line.scale} scale{careful}, df {line.degrees}); assumes that the pace stays as it was, "
            f"{errors}, years independent of each other"
        )

    @property
    def notes(self) -> list[str]:
        """Return what a reader should know beside the figures, in the current language."""
        return [_(NOTES[code]) for code in self.note_codes]

    def sentence(self) -> str:
        """Say the finding: the value in the target year at this pace, how sure, and the target."""
        return headline(self.series, self.line)

    def growth_sentence(self) -> str:
        """Say the growth rates: so far, needed from the first year, needed from now; or why there are none."""
        return growth_sentence(self.series, self.growth)

    def as_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        s = self.series
        return {
            "sentence": self.sentence(), "verdict": self.verdict, "first": self.first, "why": self.why,
            "method": self.method,
            "notes": self.notes, "target": s.target, "target_year": s.target_year, "direction": s.direction,
            "unit": s.unit, "bounds": s.bounds, "pace": self.pace, "reached": self.reached,
            "observed": [
                {"year": float(t), "value": float(y), "se": None if s.se is None else float(s.se[i])}
                for i, (t, y) in enumerate(zip(s.years, s.values, strict=True))
            ],
            "lines": {name: line.as_dict() for name, line in self.lines.items()},
            "theil_sen": asdict(self.theil_sen), "mann_kendall": asdict(self.mann_kendall),
            "growth": asdict(self.growth), "first_last": asdict(self.first_last),
        }  # fmt: skip


def trend(
    years: Sequence[float], values: Sequence[float], se: Sequence[float] | None = None, **aim: Unpack[Aim]
) -> Trend:
    """Fit all trends of a series and bring them to the target year (2030).

    In:  years and values (pairs with NaN are left out; gaps do no harm), se (sampling errors, one per value), and by
         name: target, target_year, lower, upper, unit ("PT" for per cent), direction ("up", "down"), confidence.
    Out: every method side by side. Shown first: on the logit scale for shares, on the log scale for other values above
         0, else on the plain scale; with `se` a meta-regression, without a least-squares line.
    Two years give a line without an interval. Raises BadSeries and TooThin as `series` says.
    """
    data = series(years, values, se, aim)
    fitted = lines(data)
    kind = "meta_regression" if data.se is not None and len(data.years) > 2 else "ols"
    first = kind if data.scale == "raw" else f"{kind}_{data.scale}"
    line = fitted[first]
    back, (start, slope) = data.back(line.scale), line.coefficients
    begin, end = float(data.years[0]), float(data.years[-1])
    return Trend(
        series=data, lines=fitted, theil_sen=theil_sen(data), mann_kendall=mann_kendall(data), growth=growth(data),
        first_last=first_last(data), first=first,
        pace=(back(start + slope * end) - back(start + slope * begin)) / (end - begin),
        reached=_reached(data, line), note_codes=_notes(data),
    )  # fmt: skip


def _reached(data: Series, line: Line) -> float | None:
    start, slope = line.coefficients
    if data.goal is None or slope == 0:
        return None
    year = (float(data.to(line.scale, data.goal)) - start) / slope
    return year if np.isfinite(year) and data.years[0] <= year <= 2200 else None


def _notes(data: Series) -> tuple[str, ...]:
    first, last = float(data.years[0]), float(data.years[-1])
    told = {
        "two-years": len(data.years) == 2,
        "few-years": 2 < len(data.years) < 5,
        "read-as-share": data.assumed_share,
        "at-bound": data.bounds is not None and data.scale == "raw",
        "near-bound": data.goal != data.target,
        "far": data.target_year - last > last - first,
        "past": data.target_year <= last,
        "zero": bool((data.values[[0, -1]] <= 0).any() or (data.target is not None and data.target <= 0)),
    }
    return tuple(code for code, so in told.items() if so)
