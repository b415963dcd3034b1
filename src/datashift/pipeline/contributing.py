"""The rows behind figures of amounts, as the rules about few contributors ask for them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datashift.estimation.cells import COUNTS, UNKNOWN
from datashift.model import Measure
from datashift.pipeline.setting import Setting
from datashift.protect import Amounts


def contributing(setting: Setting, observations: pa.Table) -> dict[tuple[str, str], Amounts]:
    """Return the rows behind each measure of amounts and period; {} where the kit does not ask for few contributors."""
    rule = setting.kit.disclosure
    if rule.dominance_k is None and rule.p_percent is None:
        return {}
    return {key: rows for measure in setting.measures if measure.value for key, rows in _rows(measure, observations)}


def _rows(measure: Measure, observations: pa.Table) -> Iterator[tuple[tuple[str, str], Amounts]]:
    used = observations.filter(_counts(measure, observations))
    amount = pc.multiply(used["weight"], used[measure.value]).to_numpy(zero_copy_only=False)
    named = sorted({name for breakdown in measure.breakdowns for name in breakdown} - {"area", "period"})
    area, period = (pc.fill_null(used[name], UNKNOWN).to_pylist() for name in ("area", "period"))
    groups = {name: pc.fill_null(used[name], UNKNOWN).to_pylist() for name in named}
    for one in sorted(set(period)):
        of = [row for row, own in enumerate(period) if own == one]
        told = {name: [codes[row] for row in of] for name, codes in groups.items()}
        yield (measure.id, one), Amounts([area[row] for row in of], told, np.asarray(amount[of], dtype=float))


def _counts(measure: Measure, observations: pa.Table) -> pa.ChunkedArray:
    """Return which rows count for a measure: those of its denominator (and numerator, where it counts) with a value."""
    chosen = pc.is_valid(observations[measure.value])
    selections = [measure.denominator, *([measure.numerator] if measure.estimator in COUNTS else [])]
    for selection in selections:
        for concept, codes in selection.items():
            chosen = pc.and_(chosen, pc.fill_null(pc.is_in(observations[concept], value_set=pa.array(codes)), False))
    return chosen
