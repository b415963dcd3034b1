"""The verbs of the quick face: a table and a question in, estimates out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations
from typing import Any

from datashift.analysis.asks import Ask
from datashift.analysis.estimates import Block, Estimates, block_of
from datashift.analysis.quantiles import quantiles
from datashift.analysis.replicated import replicated
from datashift.analysis.survey import Survey
from datashift.analysis.tables import table_of
from datashift.engine import relation
from datashift.estimation.calibration import Calibrated
from datashift.estimation.dense import dense, finished, fits
from datashift.estimation.grouped import Grouped, estimated
from datashift.model import Design

DENSE_FROM = 50_000
"""From this many cells a breakdown goes the dense way, which is faster; below it the other is as fast and as exact."""


def survey(
    source: Any,
    design: Design | None = None,
    *,
    where: str = "",
    missing: Collection[str] = (),
    sheet: str | None = None,
    memory: str | None = None,
) -> Survey:
    """Get a table and its design ready, so that several questions read the units of the design only once.

    In:  a file, a table in memory, or rows in an engine (see tables.table_of and engine.relation); the design; a
         condition on the rows that are meant (the others stay in the design); words and codes that mean no answer;
         how much memory DuckDB may take, such as "1GB" (the rest is spilled to disk).
    Errors: Unreadable, BadQuestion, DesignError.
    """
    prepared = table_of(source, sheet=sheet, missing=missing)
    return Survey(relation(prepared, memory=memory), design or Design(), where, missing)


def estimate(
    source: Any,
    asks: Ask | Sequence[Ask],
    by: str | Sequence[str] = (),
    design: Design | None = None,
    *,
    margins: bool = False,
    deff: bool = True,
    **reading: Any,
) -> Estimates:
    """Estimate means, shares, totals, ratios or quantiles, with their uncertainty over the full design.

    In:  a survey, or what `survey` takes (`where`, `missing`, `sheet`, `memory` as there); the questions; the columns
         whose combinations are the domains; with `margins` also every coarser breakdown (a cube); `deff` false leaves
         out design effects, which cost one more sum per question.
    Out: Estimates, in the order of the questions; shares in per cent.   Method: see estimation.figures.
    R survey: svyby(~y, ~g, design, svymean), svyciprop, svytotal, svyratio, svyquantile.
    Errors: BadQuestion, DesignError; see `survey`.
    """
    ready = source if isinstance(source, Survey) else survey(source, design, **reading)
    asked = (asks,) if isinstance(asks, Ask) else tuple(asks)
    names = (by,) if isinstance(by, str) else tuple(by)
    blocks: dict[int, list[Block]] = {}
    plain = [k for k, ask in enumerate(asked) if ask.kind != "quantile"]
    if plain and ready.design.replicates is not None:
        found = replicated(ready, [asked[k] for k in plain], names, subsets(range(len(names)), margins))
        blocks |= dict(zip(plain, found, strict=True))
    elif plain:
        grouped = ready.grouped([asked[k] for k in plain], names, deff=deff)
        blocks |= {k: blocks_of(grouped, asked[k], f"f{i}", ready.design, margins) for i, k in enumerate(plain)}
    for k, ask in enumerate(asked):
        if ask.kind == "quantile":
            blocks[k] = [block for subset in subsets(names, margins) for block in quantiles(ready, ask, subset)]
    return Estimates([block for k in range(len(asked)) for block in blocks[k]], ready.design)


def cube(
    source: Any, asks: Ask | Sequence[Ask], by: Sequence[str], design: Design | None = None, **more: Any
) -> Estimates:
    """Estimate every combination of the columns `by` and all their margins, in one pass over the rows."""
    return estimate(source, asks, by, design, margins=True, **more)


def calibrate(source: Any, design: Design | None = None, **reading: Any) -> Calibrated:
    """Bring the weights to the known totals of the design, without estimating anything.

    In:  a survey, or what `survey` takes, with a design that has a calibration.
    Out: Calibrated: the factor of each cell of the margins (`g`), what was reached, what unequal weights cost. One pass
         over the rows groups them to the cells of the margins; everything else happens on these.
    Errors: BadQuestion without a calibration; DesignError where the margins do not fit or cannot be reached.
    """
    ready = source if isinstance(source, Survey) else survey(source, design, **reading)
    return ready.calibrated()


def blocks_of(grouped: Grouped, ask: Ask, figure: str, design: Design, margins: bool) -> list[Block]:
    """Estimate one question from cells: by all axes, or by every combination of them."""
    whole = tuple(range(len(grouped.axes)))
    total = ask.kind == "total"
    if (margins or len(grouped.unit) > DENSE_FROM) and whole and fits(grouped, whole):
        found = finished(dense(grouped, figure, whole, total=total, margins=margins))
        return [block_of(grouped, (ask, figure), one, design) for one in found]
    chosen = subsets(whole, margins)
    return [block_of(grouped, (ask, figure), (s, *estimated(grouped, figure, s, total=total)), design) for s in chosen]


def subsets(whole: Sequence[Any], margins: bool) -> list[tuple[Any, ...]]:
    """Return all combinations, the finest first; without margins the finest alone."""
    if not margins:
        return [tuple(whole)]
    return [chosen for size in range(len(whole), -1, -1) for chosen in combinations(whole, size)]
