"""Small made-up series, comparisons and revisions for the tests of the ledger."""

from __future__ import annotations

import math
from typing import Any

from datashift.model import Benchmark, Comparison, Contest, Observation, Revision, Target, TimeSeries

TARGET = Target(100, 2030, "up", "made up")


def observations(table: str) -> tuple[Observation, ...]:
    """Read lines of: period | value | se | lower | upper | nature | status | footnote; the last ones may be missing."""
    found = []
    for line in table.strip().splitlines():
        period, value, se, lower, upper, nature, status, footnote = ([c.strip() for c in line.split("|")] + [""] * 8)[
            :8
        ]
        found.append(
            Observation(
                period, number(value) if value else math.nan, number(se), number(lower), number(upper), nature=nature,
                status=status or "A", footnote=footnote,
            )
        )  # fmt: skip
    return tuple(found)


def number(text: str) -> float | None:
    return float(text) if text else None


def official(table: str, **changes: Any) -> TimeSeries:
    given = {
        "side": "official", "indicator": "1.4.1", "series": "WAT", "title": {"en": "Basic water", "ne": "आधारभूत पानी"},
        "producer": "Joint programme", "released": "2021", "area": "KE", "area_name": "Kenya", "unit": "PT",
        "observations": observations(table),
    }  # fmt: skip
    return TimeSeries(**(given | changes))


def citizens(table: str, **changes: Any) -> TimeSeries:
    given = {"side": "citizen", "series": "BASIC", "title": {"en": "Homes with basic water"}, "producer": "A network",
             "released": "2026", "sampling_type": "probability"}  # fmt: skip
    return official(table, **(given | changes))


def benchmark(series: TimeSeries, one: Observation, **changes: Any) -> Benchmark:
    given = {
        "measure": "BASIC", "source": series.producer, "released": series.released, "retrieved": "",
        "series": series.series, "area": series.area, "area_name": series.area_name, "period": one.period,
        "value": one.value, "unit": series.unit, "nature": one.nature, "relation": "same", "definition": series.title,
        "difference": {}, "se": one.se,
    }  # fmt: skip
    return Benchmark(**(given | changes))


def comparison(verdict: str, one: Observation, other: Benchmark | None, **changes: Any) -> Comparison:
    apart = verdict in ("gap", "no_gap_seen", "cannot_tell") and other is not None
    difference = one.value - other.value if apart and other else None
    given = {
        "measure": "BASIC", "area": "KE", "area_name": "Kenya", "period": one.period, "breakdown": (),
        "value": one.value, "lower": one.lower, "upper": one.upper, "official": other, "verdict": verdict,
        "difference": difference, "difference_lower": None, "difference_upper": None,
        "reason": f"Because it is {verdict}. More follows.", "facts": {"said": True, "unit_code": "PT"},
        "contest": Contest((5.0, 3.0), (5.0, 3.0), (9.0, 4.0), (1.2, 1.1)) if apart else None,
    }  # fmt: skip
    return Comparison(**(given | changes))


def revision(period: str, before: float | None, after: float | None, **changes: Any) -> Revision:
    given = {"series": "WAT", "area": "KE", "area_name": "Kenya", "breakdown": (), "period": period, "before": before,
             "after": after, "before_snapshot": "2020", "after_snapshot": "2021"}  # fmt: skip
    return Revision(**(given | changes))
