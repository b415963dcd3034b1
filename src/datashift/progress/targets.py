"""Targets of an indicator from the SDG framework, as values where a number is wanted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from datashift.model import Target, TimeSeries
from datashift.progress.case import BASE_YEAR, SHARES
from datashift.standards.framework import Aim, Framework, framework
from datashift.standards.periods import years as years_of

YEAR = 2030
RELATIVE = ("reduce_by", "reduce_rest_by", "multiply_by")
BASES = {"3.3.5": 2010}
"""Indicators whose reduction counts from another year (WHO's road map: 90 % below 2010)."""

COUNTS = frozenset({"NUMBER", "NUM_TH", "NUM_M", "T"})
"""Units of totals: a target for a rate says nothing about them, since the population changes too."""

PARTS = {
    "EN_HAZ_TREATV": "b", "EN_HAZ_TRTDISV": "b", "EN_HAZ_TRTDISR": "b", "AG_FOOD_WST": "b", "AG_FOOD_WST_PC": "b",
    "ER_MTN_DGRDP": "b", "ER_MTN_DGRDA": "b", "SP_GNP_WNOWNS": "b",
}  # fmt: skip
"""Series of a later part of their indicator; the others are taken for the first one."""

OWN_AIMS: dict[str, tuple[Literal["up", "down", ""], str]] = {
    "SH_SAN_DEFECT": ("down", "at_most 0 PT"),  # open defecation, beside the toilets that all are to have
    "SH_ACS_UNHC": ("up", "at_least 100 IX"),  # an index from 0 to 100
    "SG_DSR_LGRGSR": ("up", "at_least 0.75 IX"),  # a score from 0 to 1
    "EN_EWT_RCYV": ("up", ""), "EN_EWT_RCYPCAP": ("up", ""), "EN_EWT_RCYR": ("up", ""),  # recycled, not made
    "SD_MDP_ANDI": ("down", ""),  # how poor the poor are; to be halved is how many they are
    "ER_MRN_MPA": ("up", ""),  # of key areas; the 10 % of the target are of the sea
    "TX_EXP_GBMRCH": ("up", ""), "TX_EXP_GBSVR": ("up", ""),  # to double: what the poorest countries have together
    "TX_IMP_GBMRCH": ("", ""), "TX_IMP_GBSVR": ("", ""),  # imports; the target speaks of exports
}  # fmt: skip
"""Series that aim at something else than their indicator: which way is good, and the rule, "" where there is none."""

_WAYS: dict[str, Literal["up", "down", ""]] = {"up": "up", "down": "down"}


def target_of(
    indicator: str, series: str = "", framework: Framework | None = None, observed: TimeSeries | None = None
) -> list[Target]:
    """Return the targets of an indicator, one per part; empty where the framework has none.

    In:  indicator code; the series code; `observed`, whose unit and group decide what fits, and from whose base year
         (2015 or the first later one) "halve" and "double" become values. With a series only the parts that may be
         meant are left: that of its age group, else the whole.
    Out: `rule` holds rule, number and unit ("reduce_by 50 PT"), and the part after " / ". Without a number, or with
         one in another unit than the series, `value` is None and the direction stands alone.
    Raises BadStandard for an unknown indicator.
    """
    known = framework or _framework()
    entry = known.entry(indicator)
    code = series or (observed.series if observed else "")
    if code in OWN_AIMS:
        way, rule = OWN_AIMS[code]
        return [Target(float(rule.split()[1]) if rule else None, YEAR, way, "own", rule)]
    unit = observed.unit if observed else known.all_series[code].unit if code in known.all_series else ""
    targets = [_target(aim, unit) for aim in _meant(entry.aims, code, observed)]
    if observed is None:
        return targets
    years, values = of_series(observed)
    base = BASES.get(indicator, BASE_YEAR)
    return [resolved(one, years, values, base) if fits(one.rule, unit, entry.unit) else one for one in targets]


def fits(rule: str, unit: str, own: str = "") -> bool:
    """Say whether the number of a rule can be held against figures in `unit`; `own`: the unit of the indicator.

    An unknown unit is taken to fit, and 0 is 0 in each. A change in per cent fits any unit, but not totals where the
    indicator is no total itself.
    """
    words, unit = rule.partition("/")[0].split(), unit.upper()
    if not unit or len(words) < 2 or float(words[1]) == 0:
        return True
    if words[0] in RELATIVE:
        shares = words[0] != "reduce_rest_by" or unit in SHARES
        return shares and (unit not in COUNTS or own.upper() in COUNTS)
    wanted = words[2].upper() if len(words) > 2 else ""
    if wanted == "RO":  # a ratio of groups has many names for its unit
        return unit not in SHARES | COUNTS
    return not wanted or unit == wanted or {unit, wanted} <= SHARES or {unit, wanted} == {"IX", "SCORE"}


def unit_of(indicator: str) -> str:
    """Return the unit of an indicator, "" where it is not known."""
    entry = _framework().entries.get(indicator)
    return entry.unit if entry else ""


def one_of(targets: Sequence[Target]) -> Target | None:
    """Return the target that the parts have in common: the only one, or a direction; None where they differ."""
    if len({(target.value, target.rule.partition("/")[0], target.direction) for target in targets}) == 1:
        return targets[0]
    ways = {target.direction for target in targets}
    return replace(targets[0], value=None, rule="") if len(ways) == 1 else None


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


def _meant(aims: Sequence[Aim], code: str, observed: TimeSeries | None) -> Sequence[Aim]:
    """Return the aims that a series may be judged by; all of them where nothing is known of it."""
    if not code and observed is None:
        return aims
    age = dict(observed.breakdown).get("AGE", "") if observed else ""
    span = re.fullmatch(r"Y(\d+)T(\d+)", age)
    named = {PARTS.get(code, ""), f"{span[1]}-{span[2]}" if span else ""} - {""}
    part = [aim for aim in aims if aim.part in named]
    lettered = [aim for aim in aims if aim.part == "a"]  # the first part, where the others are named above
    return part or [aim for aim in aims if not aim.part] or (lettered if code else []) or aims


def _target(aim: Aim, unit: str) -> Target:
    words = [aim.rule, f"{aim.target:g}", aim.unit] if aim.rule and aim.target is not None else []
    rule = " ".join(word for word in words if word)
    numeric = bool(rule) and aim.rule not in RELATIVE and fits(rule, unit)
    return Target(
        value=aim.target if numeric else None, year=aim.by or YEAR, direction=_WAYS.get(aim.direction, ""),
        source=aim.source, rule=f"{rule} / {aim.part}".strip() if aim.part else rule,
    )  # fmt: skip


def _framework() -> Framework:
    return framework()
