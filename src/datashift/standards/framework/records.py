"""Frozen records of the SDG framework: a version, its goals, targets and indicators, their aims, series and changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from datashift.errors import BadStandard

if TYPE_CHECKING:
    from datashift.model import Label

Level = Literal["goal", "target", "indicator"]
Kind = Literal["refined", "revised", "replaced", "moved", "split", "added", "deleted"]

BREAKDOWNS = (
    "SEX", "AGE", "URBANISATION", "INCOME_WEALTH_QUANTILE", "EDUCATION_LEV", "OCCUPATION",
    "COMPOSITE_BREAKDOWN", "DISABILITY_STATUS", "ACTIVITY", "PRODUCT",
)  # fmt: skip
"""The dimensions of the SDG data structure by which a series can be broken down."""


@dataclass(frozen=True)
class Version:
    """A state of the framework.

    `as_of` is a month (2020-03). `listed` and `unique` are the official counts of indicators, None where not known.
    `complete` is False where parts of the official list are not confirmed.
    """

    name: str
    as_of: str
    listed: int | None
    unique: int | None
    complete: bool
    source: str
    note: str = ""


@dataclass(frozen=True)
class Aim:
    """Where an indicator should go: `up`, `down` or `none`, and the number wanted where there is one.

    `part` is a part of the indicator, or the group it speaks of. `rule` says how `target` (in `unit`) is meant:
    at_least, at_most, equal, reduce_by (per cent of the start), reduce_rest_by (per cent of what is missing to 100) or
    multiply_by. `origin` is `target` where the text of the target asks for it, `convention` where others chose it.
    """

    part: str
    direction: str
    rule: str = ""
    target: float | None = None
    unit: str = ""
    by: int | None = None
    origin: str = ""
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Entry:
    """One goal, target or indicator, valid from a month and until (not including) another; empty = without end.

    Empty `tier`, `custodian` and `unit` mean: not known. `same_as` are the codes that repeat the same text.
    """

    code: str
    level: Level
    parent: str
    valid_from: str
    valid_to: str
    label: Label
    confirmed: bool
    source: str
    same_as: tuple[str, ...] = ()
    unsd_code: str = ""
    tier: str = ""
    tier_as_of: str = ""
    custodian: tuple[str, ...] = ()
    unit: str = ""
    aims: tuple[Aim, ...] = ()
    note: str = ""

    @property
    def direction(self) -> str:
        """The desired direction, empty where its parts differ or nothing is known."""
        found = {aim.direction for aim in self.aims}
        return found.pop() if len(found) == 1 else ""


@dataclass(frozen=True)
class Change:
    """What one review did with one code; an empty code stands for: did not exist."""

    from_code: str
    to_code: str
    from_version: str
    to_version: str
    kind: Kind
    confirmed: bool
    source: str
    note: str = ""


@dataclass(frozen=True)
class Series:
    """A series of the global database.

    `version` is the framework version that the codes of its `indicators` are from.
    `admits` maps each breakdown that it admits to the codes allowed, an empty tuple meaning all; None = not known.
    `filled` are the breakdowns that had figures in the database of 2020; None = the series was not in it.
    """

    code: str
    indicators: tuple[str, ...]
    version: str
    unit: str
    admits: Mapping[str, tuple[str, ...]] | None
    filled: tuple[str, ...] | None
    source: str
    note: str = ""


def missing(code: str, version: str, codes: Collection[str], elsewhere: Mapping[str, tuple[str, ...]]) -> BadStandard:
    """Return the error for a code that `version` lacks: it names the versions that have it, else the nearest codes."""
    others = elsewhere.get(code, ())
    if others:
        return BadStandard("standard.framework-other-version", code=code, version=version, known=", ".join(others))
    near = ", ".join(get_close_matches(code, codes, 3, 0)) or "–"
    return BadStandard("standard.framework-code", code=code, version=version, near=near)


@dataclass(frozen=True)
class Framework:
    """The framework in one version: every entry by code, in their official order, and the series at hand.

    `origin` is empty for the data that ship, else the file they came from.
    """

    version: Version
    entries: Mapping[str, Entry]
    all_series: Mapping[str, Series]
    elsewhere: Mapping[str, tuple[str, ...]]
    origin: str = ""

    def entry(self, code: str) -> Entry:
        """Return the goal, target or indicator `code`. Raises BadStandard, naming the versions that have it."""
        found = self.entries.get(code.strip())
        if found is None:
            raise missing(code.strip(), self.version.name, self.entries, self.elsewhere)
        return found

    def children(self, code: str) -> tuple[Entry, ...]:
        """Return the targets of a goal or the indicators of a target; nothing for an indicator."""
        return self._children.get(self.entry(code).code, ())

    def series(self, code: str) -> Series:
        """Return the series `code`. Raises BadStandard when it is not at hand."""
        found = self.all_series.get(code.strip())
        if found is None:
            near = ", ".join(get_close_matches(code, self.all_series, 3, 0)) or "–"
            raise BadStandard("standard.framework-series", series=code, near=near)
        return found

    def series_of(self, code: str) -> tuple[Series, ...]:
        """Return the series at hand that belong to the indicator `code`."""
        wanted = self.entry(code).code
        return tuple(series for series in self.all_series.values() if wanted in series.indicators)

    def admits(self, series: str, breakdown: str) -> bool | None:
        """Return whether a series admits a breakdown, such as SEX or SEX=F; None where nobody has said so yet.

        Raises BadStandard for a series that is not at hand and for what is not a breakdown.
        """
        name, _equals, value = breakdown.partition("=")
        if name not in BREAKDOWNS:
            raise BadStandard("standard.framework-breakdown", breakdown=breakdown, known=", ".join(BREAKDOWNS))
        found = self.series(series)
        if found.admits is None:
            # What was once published is admitted; what was not may still be.
            return True if found.filled and name in found.filled and not value else None
        codes = found.admits.get(name)
        return codes is not None and (not value or not codes or value in codes)

    def counts(self) -> dict[str, int]:
        """Return how many goals, targets and indicators there are, and how many indicators without repeats."""
        levels = Counter(entry.level for entry in self.entries.values())
        unique = {
            frozenset((entry.code, *entry.same_as)) for entry in self.entries.values() if entry.level == "indicator"
        }
        return {
            "goals": levels["goal"],
            "targets": levels["target"],
            "indicators": levels["indicator"],
            "unique": len(unique),
            "series": len(self.all_series),
        }

    @cached_property
    def _children(self) -> dict[str, tuple[Entry, ...]]:
        found: dict[str, list[Entry]] = {}
        for entry in self.entries.values():
            found.setdefault(entry.parent, []).append(entry)
        return {parent: tuple(entries) for parent, entries in found.items()}
