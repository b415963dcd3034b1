"""The value axis of a chart: round numbers, and where on it a figure stands, in per cent of its width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from datashift.draw.numbers import ticks
from datashift.numbers import THIN, said

Figure = Mapping[str, Any]

SHARE = "PT"
_STRETCH = 1.5  # how far intervals may push the end of the axis beyond the last figure


@dataclass(frozen=True)
class Axis:
    """Evenly spaced round numbers, and the unit they are in (PT = per cent)."""

    ticks: tuple[float, ...]
    unit: str = ""

    @property
    def steps(self) -> int:
        """Return how many steps the axis has."""
        return len(self.ticks) - 1

    def at(self, value: float) -> float:
        """Return where `value` stands, in per cent; what lies beyond an end stands at the end."""
        low, high = self.ticks[0], self.ticks[-1]
        return round(100 * min(1.0, max(0.0, (value - low) / (high - low))), 2)

    @property
    def words(self) -> list[str]:
        """Return the round numbers as the reader writes them."""
        decimals = max(len(f"{tick:.10g}".partition(".")[2]) for tick in self.ticks)
        sign = f"{THIN}%" if self.unit == SHARE else ""
        return [said(tick, decimals) + sign for tick in self.ticks]


def axis(figures: Iterable[Figure | None], unit: str = "", *more: float | None) -> Axis:
    """Return an axis for figures with `value`, `lower` and `upper`, their `official` ones, and `more` values.

    Shares stand on 0 to 100; other units on an axis from 0 that one very wide interval cannot stretch.
    """
    found = list(_with_official(figures))
    values = [float(v) for v in (*(one.get("value") for one in found), *more) if v is not None]
    bounds = [float(one[key]) for one in found for key in ("lower", "upper") if one.get(key) is not None]
    if unit == SHARE and max(values, default=0.0) <= 100 and min(values, default=0.0) >= 0:
        return Axis((0, 25, 50, 75, 100), unit)
    most, least = max(values, default=1.0), min([0.0, *values])
    widest, lowest = max([most, *bounds]), min([least, *bounds])
    most = widest if widest <= _STRETCH * most else most
    least = lowest if values and min(values) < 0 else least
    found_ticks = ticks(least, max(most, least), 4)
    return Axis(tuple(found_ticks) if len(found_ticks) > 1 else (least, least + 1), unit)


def _with_official(figures: Iterable[Figure | None]) -> Iterator[Figure]:
    for one in figures:
        if one:
            yield one
            yield from _with_official([one.get("official")])
