"""Estimates whose variance comes from replicates: made from the design, or weights that came with the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from datashift.analysis.asks import Ask
from datashift.analysis.estimates import Block, block_of
from datashift.analysis.keys import Keys, dimension, packed
from datashift.analysis.survey import Survey
from datashift.analysis.tables import check_numbers
from datashift.estimation.calibration import calibrate
from datashift.estimation.figures import Rows
from datashift.estimation.frame import Floats, Ints
from datashift.estimation.grouped import Grouped, domains, estimated
from datashift.estimation.replicates import Multipliers, Scales, multipliers, scales, variance
from datashift.model import Calibration, Replicates

MOST_FOR_RANK = 20_000_000
"""Up to this many replicate weights their rank is found, which gives the degrees of freedom."""

Theta = Callable[[int, tuple[int, ...], Rows], tuple[Floats, Floats]]
"""Gives Y and X of every replicate in every domain, [replicates, domains] each, for a question, axes and cells."""


@dataclass(frozen=True)
class _Way:
    """How replicates of this survey come about: their scales, their degrees of freedom (None: those of the domains)."""

    scales: Scales
    degrees: float | None
    theta: Theta


def replicated(
    survey: Survey, asks: Sequence[Ask], by: Sequence[str], subsets: Sequence[tuple[int, ...]]
) -> list[list[Block]]:
    """Estimate with replicate weights.   Out: per question its blocks, one per subset of the breakdowns `by`.

    Points are those of the full weights; variances are scale · Σ rscales (θ_r − centre)² over the replicates (R survey:
    svrepdesign, as.svrepdesign). With a calibration each replicate that is made here is calibrated again; weights of a
    file are taken as they are.
    """
    stated = survey.design.replicates
    assert stated is not None
    grouped = survey.grouped(asks, by)
    way = _of_file(survey, asks, by, stated) if stated.kind == "weights" else _made(grouped, survey, stated)
    return [[_block(survey, grouped, (k, ask), s, way) for s in subsets] for k, ask in enumerate(asks)]


def _block(survey: Survey, grouped: Grouped, asked: tuple[int, Ask], subset: tuple[int, ...], way: _Way) -> Block:
    k, ask = asked
    total = ask.kind == "total"
    found, keys = estimated(grouped, f"f{k}", subset, total=total)
    rows, _levels = grouped.rows(f"f{k}", subset)
    y, x = way.theta(k, subset, rows)
    theta = y if total else np.divide(y, x, out=np.full(y.shape, np.nan), where=x != 0)
    stated = survey.design.replicates
    spread = variance(theta, found.point, way.scales, mse=stated is not None and stated.mse)
    df = found.df if way.degrees is None else np.full(len(found.df), way.degrees)
    block = block_of(grouped, (ask, f"f{k}"), (subset, replace(found, variance=spread, df=df), keys), survey.design)
    kind = "" if stated is None else stated.kind
    degrees = block.design_df if way.degrees is None else way.degrees
    method = block.method.replace("taylor; ultimate-cluster", f"replicates-{kind}")
    return replace(block, method=method, design_df=degrees, source=None)


# --- made from the design ---------------------------------------------------------------------------------------------


def _made(grouped: Grouped, survey: Survey, stated: Replicates) -> _Way:
    frame = grouped.frame
    stage = frame.stages[0]
    stratum = stage.members.tocsc().indices.astype(np.int64)
    shares = 1 - stage.left[stratum]
    made = multipliers(stratum, shares if np.any(shares > 0) else None, stated, frame.lonely, frame.names)
    gather = sparse.identity(frame.units, format="csr") if stage.gather is None else stage.gather
    first = gather.tocsc().indices  # the first-stage unit of each lowest unit
    calibrated = _recalibrated(grouped, made, first, survey.design.calibration)

    def theta(k: int, _subset: tuple[int, ...], rows: Rows) -> tuple[Floats, Floats]:
        inside = rows.domain >= 0
        unit, domain = first[rows.unit[inside]], rows.domain[inside]
        parts = []
        for name in ("sy", "sx"):
            values = rows.sums[name][inside]
            if calibrated is None:
                per_unit = sparse.csr_array((values, (unit, domain)), (made.factors.shape[0], rows.count))
                parts.append(np.asarray((per_unit.T @ made.factors).T))
            else:
                of = grouped.weighting.of[inside] if grouped.weighting else domain
                columns = [
                    np.bincount(domain, values * made.factors[unit, r] * g[of], minlength=rows.count)
                    for r, g in enumerate(calibrated)
                ]
                parts.append(np.array(columns, dtype=np.float64))
        return parts[0], parts[1]

    return _Way(made, None, theta)


def _recalibrated(
    grouped: Grouped, made: Multipliers, first: Ints, calibration: Calibration | None
) -> list[Floats] | None:
    """Return the factors [margin cells] of every replicate; None without a calibration."""
    weighting = grouped.weighting
    if weighting is None or calibration is None:
        return None
    cells = len(weighting.g)
    loose = calibration.model_copy(update={"trim": None})
    found = []
    for r in range(made.factors.shape[1]):
        weights = weighting.base * made.factors[first[grouped.unit], r]
        sw = np.bincount(weighting.of, weights, minlength=cells).astype(np.float64)
        found.append(calibrate(sw, sw, np.ones(cells), weighting.aux, loose, (sw > 0).astype(np.float64)).g)
    return found


# --- weights of the file ----------------------------------------------------------------------------------------------


def _of_file(survey: Survey, asks: Sequence[Ask], by: Sequence[str], stated: Replicates) -> _Way:
    survey.require(stated.columns)
    check_numbers(survey.relation, stated.columns, survey.missing)
    columns = [survey.number(name) for name in stated.columns]
    sums: dict[str, Any] = {}
    for k, ask in enumerate(asks):
        for r, column in enumerate(columns):
            y, x = survey.weighted_parts(ask, column)
            sums |= {f"y{k}__{r}": y.sum(), f"x{k}__{r}": x.sum()}
    keys = {f"by_{k}": survey.column(name) for k, name in enumerate(by)}
    found = packed(survey.relation, survey.extents(c.get_name() for c in keys.values()), keys, sums)
    axes = tuple(dimension(name, found, f"by_{k}", survey.missing) for k, name in enumerate(by))

    def theta(k: int, subset: tuple[int, ...], rows: Rows) -> tuple[Floats, Floats]:
        domain, _levels = domains([axes[a] for a in subset], found.rows)
        return _summed(found, f"y{k}", domain, rows.count), _summed(found, f"x{k}", domain, rows.count)

    known = bool(survey.design.clusters)
    return _Way(scales(stated, len(columns)), None if known else _degrees(survey, stated), theta)


def _summed(found: Keys, start: str, domain: Ints, count: int) -> Floats:
    inside = domain >= 0
    names = [name for name in found.sums if name.startswith(f"{start}__")]
    columns = [np.bincount(domain[inside], found.sums[name][inside], minlength=count) for name in names]
    return np.array(columns, dtype=np.float64)


def _degrees(survey: Survey, stated: Replicates) -> float:
    """Return the rank of the replicate weights − 1 (R: degf); for very many the number of replicates − 1."""
    table = survey.relation.table
    rows = survey.relation.collect(table.agg(n=table.count()))["n"][0].as_py()
    if rows * len(stated.columns) > MOST_FOR_RANK:
        return float(len(stated.columns) - 1)
    found = survey.relation.collect(table.select(**{f"r{k}": survey.number(n) for k, n in enumerate(stated.columns)}))
    matrix = np.column_stack([column.to_numpy() for column in found.columns])
    return float(np.linalg.matrix_rank(np.nan_to_num(matrix)) - 1)
