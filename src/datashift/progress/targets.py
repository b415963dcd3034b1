"""Targets of an indicator from the SDG framework, as values where a number is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from datashift.model import Target, TimeSeries
from datashift.progress.case import BASE_YEAR
from datashift.standards.framework import Aim, Framework, framework
from datashift.standards.periods import years as years_of

YEAR = 2030
RELATIVE = ("reduce_by", "reduce_rest_by", "multiply_by")
BASES = {"3.3.5": 2010}
"""Indicators whose reduction counts from another year (WHO's road map: 90 % below 2010)."""

_WAYS: dict[str, Literal["up", "down", ""]] = {"up": "up", "down": "down"}


def target_of(
    indicator: str, series: str = "", framework: Framework | None = None, observed: TimeSeries | None = None
) -> list[Target]:
    """Return the targets of an indicator, one per part; empty where the framework has none.

    In:  indicator code; the series code, whose unit decides whether a number fits; `observed`, from whose base year
         (2015 or the first later one) "halve" and "double" become values.
    Out: `rule` holds rule, number and unit ("reduce_by 50 PT"), and the part after " / ". Without a number, or with
         one in another unit than the series, `value` is None and the direction stands alone.
    Raises BadStandard for an unknown indicator or series.
    """
    known = framework or _framework()
    entry = known.entry(indicator)
    unit = known.series(series).unit if series and series in known.all_series else ""
    targets = [_target(aim, unit) for aim in entry.aims]
    if observed is None:
        return targets
    years, values = of_series(observed)
    return [resolved(target, years, values, BASES.get(indicator, BASE_YEAR)) for target in targets]


def resolved(target: Target, years: Sequence[float], values: Sequence[float], base_year: int = BASE_YEAR) -> Target:
    """Turn "reduce by 50 %" and the like into a value, from the base year or the first later one with a value."""
    words = target.rule.split()
    if target.value is not None or not words or words[0] not in RELATIVE:
        return target
    since = sorted((year, value) for year, value in zip(years, values, strict=True) if year >= base_year)
    if not since:
        return target
    start, part = since[0][1], float(words[1])
    ways = {
        "reduce_by": start * (1 - part / 100),
        "reduce_rest_by": 100 - (100 - start) * (1 - part / 100),
        "multiply_by": start * part,
    }
    return replace(target, value=ways[words[0]])


def of_series(series: TimeSeries) -> tuple[list[float], list[float]]:
    """Return the years (the first of a span) and values of a series, in the order of time."""
    pairs = sorted((float(years_of(seen.period)[0]), seen.value) for seen in series.observations)
    return [year for year, _value in pairs], [value for _year, value in pairs]


def _target(aim: Aim, unit: str) -> Target:
    numeric = aim.target is not None and aim.rule and aim.rule not in RELATIVE and _fits(aim, unit)
    words = [aim.rule, f"{aim.target:g}", aim.unit] if aim.rule and aim.target is not None else []
    rule = " ".join(word for word in words if word)
    return Target(
        value=aim.target if numeric else None, year=aim.by or YEAR, direction=_WAYS.get(aim.direction, ""),
        source=aim.source, rule=f"{rule} / {aim.part}".strip() if aim.part else rule,
    )  # fmt: skip


def _fits(aim: Aim, unit: str) -> bool:
    # A ratio of groups has many names for its unit, and 0 is 0 in each.
    if not unit or aim.unit in ("", "RO") or aim.target == 0:
        return True
    return aim.unit.upper() == {"PERCENT": "PT", "%": "PT"}.get(unit.upper(), unit.upper())


def _framework() -> Framework:
    return framework()
