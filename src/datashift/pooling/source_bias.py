"""How far a type of source is usually off, learnt where a survey drawn by chance stands beside it.

For each indicator and type: differences d = y − anchor, with the variance of both; d ~ N(β, ω² + v + v_anchor), a
random-effects mean over the cells (metafor::rma(d, v, method = "REML")). β is the mean bias, ω² the variance that
sources of this type add. The anchor's bias is 0 by definition: what surveys drawn by chance have in common with other
sources (who is in no frame, who never answers) is not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from datashift.pooling.arranged import Moved
from datashift.pooling.between import Floats, Ints
from datashift.pooling.meta import meta
from datashift.pooling.source_rows import Flags, Objects, SourceRows

ANCHOR = "probability"
LEAST_CELLS = 6
"""Fewest cells with an anchor beside the type: fewer say next to nothing about the spread ω."""


@dataclass(frozen=True)
class SourceBias:
    """What was learnt about a type of source for an indicator, on the scale of the pooling.

    bias, se: mean difference from the anchors and its standard error.   spread: ω.   pairs: figures it was learnt from.
    cells: in how many cells.   usual: mean of the anchors there.   learnt: whether there were enough.
    """

    indicator: str
    source_type: str
    bias: float
    se: float
    spread: float
    pairs: int
    cells: int
    usual: float
    learnt: bool
    least: int = LEAST_CELLS


def learn(rows: SourceRows, used: Flags) -> list[SourceBias]:
    """Learn the bias of each indicator and type of the rows that are `used`; anchors themselves have no entry."""
    kind = rows.texts["source_type"]
    anchors: Ints = np.flatnonzero(used & (kind == ANCHOR))
    weight, count = 1 / rows.v[anchors], len(rows.cells)
    total = np.bincount(rows.cell[anchors], weights=weight, minlength=count)
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = np.bincount(rows.cell[anchors], weights=weight * rows.y[anchors], minlength=count) / total
        spread = 1 / total
    about = indicators(rows)
    found = []
    pairs = dict.fromkeys(zip(about[used & (kind != ANCHOR)], kind[used & (kind != ANCHOR)], strict=True))
    for indicator, source_type in pairs:
        those = np.flatnonzero(used & (about == indicator) & (kind == source_type) & (total[rows.cell] > 0))
        found.append(_one(rows, those, (centre, spread), (indicator, source_type)))
    return found


def indicators(rows: SourceRows) -> Objects:
    """Return the indicator and measure of each row, as one text."""
    texts = [", ".join(cell[key] for key in ("indicator", "measure") if cell.get(key)) for cell in rows.cells]
    return np.array(texts, dtype=object)[rows.cell]


def _one(rows: SourceRows, those: Ints, anchor: tuple[Floats, Floats], name: tuple[str, str]) -> SourceBias:
    cell = rows.cell[those]
    cells = len(np.unique(cell))
    if cells < LEAST_CELLS:
        return SourceBias(*name, np.nan, np.nan, np.nan, len(those), cells, np.nan, learnt=False)
    difference, variance = rows.y[those] - anchor[0][cell], rows.v[those] + anchor[1][cell]
    fit = meta(difference, variance, test="z")
    weight = 1 / (variance + fit.tau2[0])
    # Sources of one cell share its anchor, so the standard error is that of clusters, if it is the larger one.
    by_cell = np.bincount(cell, weights=weight * (difference - fit.estimate[0]))
    clustered = np.sqrt((by_cell**2).sum() * cells / (cells - 1)) / weight.sum()
    return SourceBias(
        *name, float(fit.estimate[0]), max(float(fit.se[0]), float(clustered)), float(np.sqrt(fit.tau2[0])),
        len(those), cells, float(anchor[0][cell].mean()), learnt=True,
    )  # fmt: skip


def corrected(rows: SourceRows, learnt: Mapping[tuple[str, str], SourceBias]) -> Moved:
    """Shift and widen the sources whose bias was learnt: y − β, with v + ω² + se(β)²."""
    y, v = rows.y.copy(), rows.v.copy()
    common, degrees = np.zeros(len(y)), np.full(len(y), np.inf)
    about, kind = indicators(rows), rows.texts["source_type"]
    for (indicator, source_type), bias in learnt.items():
        those = (about == indicator) & (kind == source_type)
        y[those] -= bias.bias
        common[those] = bias.se**2
        v[those] += bias.spread**2 + bias.se**2
        degrees[those] = bias.cells - 1
    return Moved(y, v, common, degrees)
