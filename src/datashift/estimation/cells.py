"""The one pass over the rows: observations → mergeable cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import ibis
import pyarrow as pa

from datashift import engine
from datashift.model import Calibration, Measure

UNKNOWN = "_U"
COUNTS = ("total", "per_unit", "rate")
"""Estimators that add up the rows of the numerator: whatever is not in it says nothing."""
SUMS = ("n", "positive", "missing", "sw", "sww", "sy", "sx", "syy", "syx", "sxx")
"""Per measure and cell: rows used, those with a weight above zero, rows in the universe without the value, and sums of
w, w², wy, wx, wyy, wyx, wxx."""
STAGES = ("cluster", *(f"cluster_{stage}" for stage in range(2, 10)))
"""The columns of the units: clusters, and the units drawn inside them at later stages."""
FPC = "fpc_"
MARGIN = "margin_"


def cells(observations: pa.Table, measures: Sequence[Measure], calibration: Calibration | None = None) -> pa.Table:
    """Group observations to mergeable cells.

    In:  observations as in model.Harmonised; the calibration of the design, where it has one.
    Out: one row per breakdowns × period × stratum × cluster (of every stage there is): `area`, `period`, the breakdown
         concepts of the measures, `stratum`, `cluster`, and per measure the columns `<measure>__<sum>` for each name in
         SUMS; with a finite population correction its smallest and largest value; with a calibration the margin
         columns, and of all rows how many have a weight, the sums of the weights and of their squares, and the largest.
    Rows outside a measure's denominator, or without its value, add zeros: they stay in the design.
    """
    stated = tuple(measure.model_dump_json() for measure in measures)
    margins = margin_columns(calibration)
    return engine.run(_query(observations.schema, stated, margins), observations=observations)


def margin_columns(calibration: Calibration | None) -> tuple[str, ...]:
    """Return the columns whose values tell the margin cell of a row, each once."""
    if calibration is None:
        return ()
    named = [name for margin in calibration.margins for name in margin.variables]
    return tuple(dict.fromkeys([*named, *calibration.numeric]))


@cache
def _query(schema: pa.Schema, stated: tuple[str, ...], margins: tuple[str, ...]) -> str:
    """Compile the pass for a schema and measures (as JSON, which can be a key): the checks ask it again and again."""
    measures = [Measure.model_validate_json(text) for text in stated]
    table = engine.unbound("observations", schema)
    keys = [table[name].fill_null(UNKNOWN).name(name) for name in _dimensions(measures)]
    keys += [table[name] for name in ("stratum", *STAGES) if name in schema.names]
    keys += [table[name].name(f"{MARGIN}{name}") for name in margins]
    sums: dict[str, Any] = shared_sums(
        {name: table[name] for name in schema.names if name.startswith(FPC)}, table["weight"] if margins else None
    )
    for measure in measures:
        # A mean of measures needs no sums of its own: those of its parts carry it.
        sums |= {} if measure.parts else _sums(table, measure)
    grouped = table.group_by(keys).agg(**sums).order_by([*_dimensions(measures), "stratum", "cluster"])
    return engine.compiled(grouped)


def shared_sums(fpc: Mapping[str, Any], weight: Any = None) -> dict[str, Any]:
    """Return what cells hold beside the measures: the ends of each `fpc` column; of all rows sums of `weight`."""
    ends = {f"{name}_{end}": how() for name, c in fpc.items() for end, how in (("low", c.min), ("high", c.max))}
    if weight is None:
        return ends
    return ends | {
        "all__rows": (weight > 0).sum().cast("float64"),
        "all__sw": weight.sum(),
        "all__sww": (weight * weight).sum(),
        "all__largest": weight.max(),
    }


def merge(parts: Sequence[pa.Table]) -> pa.Table:
    """Add up cells that were made apart (other days, other organisations) with the same measures."""
    stacked = pa.concat_tables(parts)
    keys = [name for name in stacked.column_names if "__" not in name]
    keys = [name for name in keys if not name.startswith(FPC)]
    how = {name: _how_merged(name) for name in stacked.column_names if name not in keys}
    merged = stacked.group_by(keys).aggregate(list(how.items()))
    merged = merged.rename_columns([*keys, *how])
    return merged.select(stacked.column_names).sort_by([(key, "ascending") for key in keys])


def _how_merged(name: str) -> str:
    if name.startswith(FPC):
        return "min" if name.endswith("_low") else "max"
    return "max" if name == "all__largest" else "sum"


def _dimensions(measures: Sequence[Measure]) -> list[str]:
    named = {name for measure in measures for breakdown in measure.breakdowns for name in breakdown}
    return ["area", "period", *sorted(named - {"area", "period"})]


def _sums(table: Any, measure: Measure) -> dict[str, Any]:
    used, missing, y, x = _parts(table, measure)
    w = table["weight"]
    terms = {
        # A cast, since engines type a bare 1.0 in their own ways (DuckDB: decimal).
        "n": used.cast("float64"),
        "positive": (used & (w > 0)).cast("float64"),
        "missing": missing.cast("float64"),
        "sw": used.ifelse(w, 0.0),
        "sww": used.ifelse(w * w, 0.0),
        "sy": w * y,
        "sx": w * x,
        "syy": w * y * y,
        "syx": w * y * x,
        "sxx": w * x * x,
    }
    return {f"{measure.id.lower()}__{name}": term.sum() for name, term in terms.items()}


def _parts(table: Any, measure: Measure) -> tuple[Any, Any, Any, Any]:
    universe = _chosen(table, measure.denominator)
    if measure.estimator in COUNTS:
        universe = universe & _chosen(table, measure.numerator)
    needed = [table[name] for name in (measure.value, measure.per, measure.size) if name]
    known = ibis.literal(True)
    for column in needed:
        known = known & column.notnull()
    used = universe & known
    size = table[measure.size].fill_null(0.0) if measure.size else ibis.literal(1.0)
    zero = ibis.literal(0.0)
    if measure.estimator == "proportion":
        y, x = _chosen(table, measure.numerator).ifelse(size, zero), size
    elif measure.estimator == "ratio":
        y, x = table[measure.value].fill_null(0.0), table[measure.per].fill_null(0.0)
    else:
        y = table[measure.value].fill_null(0.0) if measure.value else ibis.literal(1.0)
        x = ibis.literal(1.0) if measure.estimator == "mean" else zero
    return used, universe & ~known, used.ifelse(y, zero), used.ifelse(x, zero)


def _chosen(table: Any, selection: Mapping[str, Sequence[str]]) -> Any:
    # Without a selection every row is meant; it must still be a column, since a bare True cannot be summed.
    chosen = ibis.literal(True) if selection else table["weight"].notnull()
    for concept, codes in selection.items():
        chosen = chosen & table[concept].isin(list(codes)).fill_null(False)
    return chosen
