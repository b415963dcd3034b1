"""Labels of cells become numbers: units, domains, strata, shares drawn, margin cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from datashift.errors import DesignError
from datashift.estimation.calibration import auxiliary, calibrate
from datashift.estimation.cells import FPC, MARGIN
from datashift.estimation.figures import Weighting
from datashift.estimation.frame import Floats, Ints
from datashift.model import Calibration


def encoded(table: pa.Table, names: Sequence[str]) -> tuple[Ints, list[tuple[str, ...]]]:
    """Number the distinct combinations of text columns; return the number per row and the combinations in order."""
    code = np.zeros(table.num_rows, dtype=np.int64)
    levels: list[list[str]] = []
    for name in names:
        column = table[name].combine_chunks().dictionary_encode()
        words = column.dictionary.to_pylist()
        order = np.argsort(np.array(words, dtype=object)) if words else np.zeros(0, dtype=np.int64)
        rank = np.empty(len(words), dtype=np.int64)
        rank[order] = np.arange(len(words))
        levels.append([words[k] for k in order])
        code = code * max(len(words), 1) + rank[column.indices.to_numpy(zero_copy_only=False)]
    distinct, inverse = np.unique(code, return_inverse=True)
    return inverse.astype(np.int64), [_decoded(int(value), levels) for value in distinct]


def _decoded(value: int, levels: list[list[str]]) -> tuple[str, ...]:
    words = []
    for level in reversed(levels):
        words.append(level[value % len(level)])
        value //= len(level)
    return tuple(reversed(words))


def shares_drawn(table: pa.Table, stratum: Ints, clusters: Sequence[Ints]) -> list[Floats]:
    """Return per stage with a finite population correction the share drawn, per row of cells.

    The columns `fpc_<stage>_low` and `_high` hold the smallest and largest value in the cell: the number of units in
    the population of the stratum (of the unit above), or the share drawn where all values are at most 1.
    Raises DesignError where the value differs within a stratum, or is smaller than the number drawn.
    """
    found: list[Floats] = []
    group = stratum
    for depth, unit in enumerate(clusters):
        if f"{FPC}{depth + 1}_low" not in table.column_names:
            break
        low, high = (table[f"{FPC}{depth + 1}_{end}"].to_numpy().astype(np.float64) for end in ("low", "high"))
        least, most = _per_group(np.minimum, group, low, np.inf), _per_group(np.maximum, group, high, -np.inf)
        if not np.all(np.isfinite(least)) or np.any(np.abs(most - least) > 1e-9 * np.abs(most)):
            raise DesignError("estimate.fpc-differs", stage=depth + 1)
        first = np.unique(unit, return_index=True)[1]
        drawn = np.bincount(group[first], minlength=least.size).astype(np.float64)
        shares = np.all(most <= 1)
        if np.any(most <= 0) or (not shares and np.any(drawn > most * (1 + 1e-9))):
            raise DesignError("estimate.fpc-small", stage=depth + 1)
        share = most if shares else drawn / most
        found.append(share[group])
        group = unit
    return found


def _per_group(how: np.ufunc, group: Ints, values: Floats, start: float) -> Floats:
    found = np.full(int(group.max()) + 1 if group.size else 0, start)
    how.at(found, group, values)
    return found


def weighting(table: pa.Table, unit: Ints, units: int, calibration: Calibration | None) -> Weighting | None:
    """Bring the weights of the cells to the totals of `calibration`; None without one.

    The cells hold, per margin variable, a column `margin_<name>`, and of all rows, used or not, the sums of the
    weights and of their squares and the largest one: `all__sw`, `all__sww`, `all__largest`, and the number
    of rows with weight, `all__rows`.
    Raises DesignError where the margins do not fit the rows or cannot be reached.
    """
    if calibration is None:
        return None
    names = [name for name in table.column_names if name.startswith(MARGIN)]
    of, combinations = encoded_any(table, names)
    count = len(combinations)
    rows, sw, sww = (
        np.bincount(of, _column(table, f"all__{name}"), minlength=count).astype(np.float64)
        for name in ("rows", "sw", "sww")
    )
    largest = _per_group(np.maximum, of, _column(table, "all__largest"), 0.0)
    values = {name.removeprefix(MARGIN): [key[k] for key in combinations] for k, name in enumerate(names)}
    aux = auxiliary(values, calibration)
    done = calibrate(sw, sww, largest, aux, calibration, rows)
    base = _column(table, "all__sw")
    per_unit = [np.bincount(unit, base * done.g[of] * aux.x[of, k], minlength=units) for k in range(aux.x.shape[1])]
    return Weighting(of, done.g, sw, aux, np.column_stack(per_unit).astype(np.float64), base, done)


def _column(table: pa.Table, name: str) -> Floats:
    column: Floats = table[name].to_numpy().astype(np.float64)
    return column


def encoded_any(table: pa.Table, names: Sequence[str]) -> tuple[Ints, list[tuple[object, ...]]]:
    """Number the distinct combinations of columns of any type, missing values included."""
    code = np.zeros(table.num_rows, dtype=np.int64)
    levels: list[list[object]] = []
    for name in names:
        column = table[name].combine_chunks().dictionary_encode(null_encoding="encode")
        levels.append(column.dictionary.to_pylist())
        code = code * max(len(levels[-1]), 1) + column.indices.to_numpy(zero_copy_only=False)
    distinct, inverse = np.unique(code, return_inverse=True)
    combinations: list[tuple[object, ...]] = []
    for value in distinct.tolist():
        parts = []
        for level in reversed(levels):
            parts.append(level[value % len(level)])
            value //= len(level)
        combinations.append(tuple(reversed(parts)))
    return inverse.astype(np.int64), combinations
