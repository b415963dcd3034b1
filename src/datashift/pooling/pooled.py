"""What pooling gives: one answer per cell, what each source adds to it, and the log of what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

from datashift.pooling import wording
from datashift.pooling.source_bias import SourceBias

Agreement = Literal["agree", "differ", "cannot_tell", ""]
Notes: TypeAlias = tuple[tuple[str, Mapping[str, Any]], ...]
"""Codes with the facts that their texts name."""


@dataclass(frozen=True)
class SourceShare:
    """One source in a pooled figure, in the unit of the file.

    value, lower, upper: as stated, with the interval of its standard error.   corrected: value after the usual bias of
    its type was taken off (None: not corrected).   weight: per cent.   own, own_lower, own_upper: its true value as
    the pooled model sees it (BLUP).   without*: the pooled figure without it.   shift: how far that is from with it.
    basis: se, interval, or srs (n of a simple random sample).
    """

    source: str
    source_type: str
    row: int
    value: float
    lower: float
    upper: float
    basis: str
    n: float | None
    corrected: float | None
    weight: float
    own: float
    own_lower: float
    own_upper: float
    without: float | None
    without_lower: float | None
    without_upper: float | None
    shift: float | None


@dataclass(frozen=True)
class Decision:
    """One row of the table and whether it was pooled; `reason` is a code, `text` says it."""

    row: int
    source: str
    source_type: str
    cell: Mapping[str, str]
    pooled: bool
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Return the reason in the current language, with the repair."""
        return wording.reason(self.reason, self.facts)

    def as_dict(self) -> dict[str, Any]:
        """Return what happened, ready for JSON."""
        return {**asdict(self), "text": self.text}


@dataclass(frozen=True)
class Pooled:
    """The pooled figure of one cell, or why there is none.

    value, se, lower, upper, prediction_*: in the unit of the file; se by the delta method. None: not defined.
    prediction: where the true value of one more source would lie (prediction.py).   on_scale: estimate, se, df, tau2,
    its interval and standard error, and the prediction interval with t on k − 2: metafor's numbers.
    q, q_p, i2 (per cent), h2: how far the sources differ.
    agreement: agree, differ, cannot_tell.   status: A; U where the figure may be off as a whole; O where there is none.
    warnings, assumptions: codes with facts; `wording` says them.
    """

    cell: Mapping[str, str]
    unit: str
    scale: str
    level: float
    method: str
    status: str
    sources: tuple[SourceShare, ...] = ()
    decisions: tuple[Decision, ...] = ()
    value: float | None = None
    se: float | None = None
    lower: float | None = None
    upper: float | None = None
    prediction_lower: float | None = None
    prediction_upper: float | None = None
    on_scale: Mapping[str, float | None] = field(default_factory=dict)
    q: float | None = None
    q_p: float | None = None
    i2: float | None = None
    h2: float | None = None
    agreement: Agreement = ""
    warnings: Notes = ()
    assumptions: Notes = ()

    @property
    def k(self) -> int:
        """Return how many sources were pooled."""
        return len(self.sources)

    @property
    def name(self) -> str:
        """Return what the cell is, in one line."""
        return ", ".join(value for value in self.cell.values() if value)

    @property
    def decides(self) -> SourceShare | None:
        """Return the source without which the figure moves most."""
        moved = [source for source in self.sources if source.shift is not None]
        return max(moved, key=lambda source: abs(source.shift or 0.0), default=None)

    def sentence(self) -> str:
        """Return what is known, how sure, and what is not known, in the current language."""
        return wording.sentence(self)

    def as_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON; `sources` and the pooled figure are what a forest chart draws."""
        plain = {name: value for name, value in vars(self).items() if name not in ("decisions", "sources")}
        decides = self.decides
        return plain | {
            "k": self.k, "sentence": self.sentence(), "agreement_text": wording.agreement(self),
            "decides": decides.source if decides else None,
            "warnings": [{"code": c, "text": wording.warning(c, f), **f} for c, f in self.warnings],
            "assumptions": [{"code": c, "text": wording.assumption(c, f), **f} for c, f in self.assumptions],
            "sources": [asdict(source) for source in self.sources],
            "decisions": [decision.as_dict() for decision in self.decisions],
        }  # fmt: skip


@dataclass(frozen=True)
class Pool:
    """All cells of a table, and what was learnt about types of sources."""

    cells: tuple[Pooled, ...]
    biases: tuple[SourceBias, ...] = ()

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Return the log: every row of the table, in its order, and what became of it."""
        every = [decision for cell in self.cells for decision in cell.decisions]
        return tuple(sorted(every, key=lambda decision: decision.row))

    @property
    def method(self) -> str:
        """Return the method of the first cell that was pooled."""
        return next((cell.method for cell in self.cells if cell.value is not None), "")

    def sentence(self) -> str:
        """Return the finding in the current language: the only cell's, or how many figures there are."""
        return wording.finding(self)

    def as_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        return {
            "sentence": self.sentence(), "method": self.method, "cells": [cell.as_dict() for cell in self.cells],
            "source_types": [{**asdict(bias), "text": wording.bias(bias, self)} for bias in self.biases],
            "decisions": [decision.as_dict() for decision in self.decisions],
        }  # fmt: skip
