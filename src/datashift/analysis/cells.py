"""Cells that are kept: new rows are added without looking at the old ones again, and other cells are merged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from datashift.analysis.asks import Ask
from datashift.analysis.estimates import Estimates, block_of
from datashift.analysis.survey import Survey
from datashift.analysis.tables import table_of
from datashift.analysis.units import Units, united
from datashift.analysis.verbs import DENSE_FROM, blocks_of
from datashift.analysis.verbs import survey as survey_
from datashift.engine import relation
from datashift.errors import BadQuestion
from datashift.estimation.dense import Dense, add, dense, finished, fits, grown, merged
from datashift.estimation.frame import Ints
from datashift.estimation.grouped import Axis, Grouped, with_gap
from datashift.model import Design


class Cells:
    """Mergeable cells of a survey, for some questions and breakdowns.

    `add` takes new rows (a day of submissions) and costs what these rows cost; `merge` takes the cells of another
    organisation. Both give what all rows together would give. Made by `cells`.
    """

    def __init__(
        self, survey: Survey, asks: Sequence[Ask], by: Sequence[str], *, margins: bool = False, deff: bool = True
    ) -> None:
        plain = not (survey.by_rows or survey.design.calibration or survey.design.replicates)
        if not plain or any(ask.kind == "quantile" for ask in asks):
            raise BadQuestion("question.cells-only")
        survey.partial = True
        self._deff = deff
        self.asks, self.by, self.margins = tuple(asks), tuple(by), margins
        self.design, self._condition, self._missing = survey.design, survey.condition, survey.missing
        self._units = survey.units
        grouped = survey.grouped(asks, by, deff=deff)
        self._levels = tuple(axis.levels for axis in grouped.axes)
        whole = tuple(range(len(self.by)))
        large = bool(whole) and (margins or len(grouped.unit) > DENSE_FROM) and fits(grouped, whole)
        self._dense = [_laid_out(grouped, k, ask, margins) for k, ask in enumerate(self.asks)] if large else []
        self._grouped = None if large else grouped
        if self._dense:
            self._levels = tuple(axis.levels for axis in self._dense[0].axes)

    def estimate(self) -> Estimates:
        """Return the estimates of all rows so far.   Errors: DesignError for a lonely stratum under the rule `fail`."""
        frame = self._units.frame.check()
        blocks = []
        for k, ask in enumerate(self.asks):
            if self._grouped is not None:
                blocks += blocks_of(replace(self._grouped, frame=frame), ask, f"f{k}", self.design, self.margins)
            else:
                at = Grouped(frame, np.zeros(0, dtype=np.int64), self._dense[k].axes, {})
                found = [block_of(at, (ask, f"f{k}"), one, self.design) for one in finished(self._dense[k])]
                blocks += [replace(block, source=None) for block in found]
        return Estimates(blocks, self.design)

    def add(self, source: Any, missing: Collection[str] = ()) -> None:
        """Add new rows: a file, a table in memory, or rows in an engine, with the same columns.

        Errors as of `survey`; nothing is added then.
        """
        words = tuple(missing) or self._missing
        survey = Survey(relation(table_of(source, missing=words)), self.design, "", words)
        survey.condition, survey.partial = self._condition, True
        grouped = survey.grouped(self.asks, self.by, deff=self._deff)
        if self._dense and self.margins:
            grouped = replace(grouped, axes=tuple(with_gap(axis) for axis in grouped.axes))
        levels = self._joined([axis.levels for axis in grouped.axes])
        units, place = united(self._units, survey.units)
        axes = tuple(_renumbered(axis, more) for axis, more in zip(grouped.axes, levels, strict=True))
        new = Grouped(units.frame, place[grouped.unit], axes, grouped.sums)
        for k, table in enumerate(self._dense):
            grown(table, units.frame, levels, new)
            add(table, new, f"f{k}")
            table.refresh(np.unique(units.frame.stratum[new.unit]))
        if self._grouped is not None:
            self._grouped = _concatenated(self._grouped, new)
        self._units, self._levels = units, levels

    def merge(self, other: Cells) -> None:
        """Add the cells of another survey with the same design, questions and breakdowns.

        Clusters with the same labels in both are the same clusters.   Errors: BadQuestion where the two do not fit.
        """
        if (other.asks, other.by, other.design, other.margins) != (self.asks, self.by, self.design, self.margins):
            raise BadQuestion("question.cells-differ")
        if (self._grouped is None or other._grouped is None) and other._levels != self._levels:
            raise BadQuestion("question.cells-differ")
        units, place = united(self._units, other._units)
        levels = self._joined(other._levels)
        if self._grouped is not None and other._grouped is not None:
            axes = tuple(_renumbered(axis, more) for axis, more in zip(other._grouped.axes, levels, strict=True))
            new = Grouped(units.frame, place[other._grouped.unit], axes, other._grouped.sums)
            self._grouped = _concatenated(self._grouped, new)
        else:
            self._merge_dense(other, units, place)
        self._units, self._levels = units, levels

    def _merge_dense(self, other: Cells, units: Units, place: Ints) -> None:
        """Merge where one of the two, or both, are laid out densely; the other is laid out first."""
        for one in (self, other):
            if one._grouped is not None:
                one._dense = [_laid_out(one._grouped, k, ask, one.margins) for k, ask in enumerate(one.asks)]
                one._grouped = None
        for mine, theirs in zip(self._dense, other._dense, strict=True):
            same = [a.levels == b.levels for a, b in zip(mine.axes, theirs.axes, strict=True)]
            if (mine.outer, mine.inner) != (theirs.outer, theirs.inner) or not all(same):
                raise BadQuestion("question.cells-differ")
            first = np.unique(theirs.frame.stratum, return_index=True)[1]
            codes = np.stack(np.unravel_index(theirs.outer_of, theirs.outer_shape)) if theirs.outer else None
            axes = list(mine.axes)
            for row, k in enumerate(mine.outer):
                axes[k] = Axis(axes[k].name, codes[row] if codes is not None else first, axes[k].levels)
            at = Grouped(units.frame, place[first], tuple(axes), {})
            grown(mine, units.frame, [axis.levels for axis in mine.axes], at)
            merged(mine, theirs, place)

    def _joined(self, levels: Sequence[Sequence[object]]) -> tuple[tuple[object, ...], ...]:
        """Append to the levels of each axis those that are new."""
        pairs = zip(self._levels, levels, strict=True)
        return tuple((*mine, *(level for level in theirs if level not in set(mine))) for mine, theirs in pairs)


def cells(
    source: Any, asks: Ask | Sequence[Ask], by: str | Sequence[str] = (), design: Design | None = None, **more: Any
) -> Cells:
    """Group a table to mergeable cells, to which rows and other cells can be added.

    In:  as `estimate`, with clusters in the design and no calibration, replicates or quantiles, which need all rows;
         `margins` for a cube.   Errors: BadQuestion, DesignError.
    """
    kept = {name: bool(more.pop(name)) for name in ("margins", "deff") if name in more}
    ready = source if isinstance(source, Survey) else survey_(source, design, **more)
    asked = (asks,) if isinstance(asks, Ask) else tuple(asks)
    return Cells(ready, asked, (by,) if isinstance(by, str) else tuple(by), **kept)


def _laid_out(grouped: Grouped, k: int, ask: Ask, margins: bool) -> Dense:
    whole = tuple(range(len(grouped.axes)))
    return dense(grouped, f"f{k}", whole, total=ask.kind == "total", margins=margins)


def _renumbered(axis: Axis, levels: Sequence[object]) -> Axis:
    place = {level: k for k, level in enumerate(levels)}
    numbers = np.array([*(place[level] for level in axis.levels), -1], dtype=np.int64)
    return Axis(axis.name, numbers[axis.codes], tuple(levels))


def _concatenated(old: Grouped, new: Grouped) -> Grouped:
    pairs = zip(old.axes, new.axes, strict=True)
    joined = tuple(Axis(b.name, np.concatenate([a.codes, b.codes]), b.levels) for a, b in pairs)
    sums = {
        figure: {name: np.concatenate([values, new.sums[figure][name]]) for name, values in each.items()}
        for figure, each in old.sums.items()
    }
    return Grouped(new.frame, np.concatenate([old.unit, new.unit]), joined, sums)
