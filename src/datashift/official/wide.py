"""Tables with one column per year or per measure, made long."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from datashift.official.arrays import encoded


def melted(table: pa.Table, wide: Sequence[str]) -> dict[str, pa.Array]:
    """Return the filled cells of the `wide` columns, row by row.

    Out: `value` (text), `name` (the column it stood in) and all other columns, by name; a column that is itself called
    name comes as `country`.
    """
    texts = [encoded(table[column]).cast(pa.string()).to_numpy(zero_copy_only=False) for column in wide]
    grid = np.column_stack(texts) if texts else np.empty((len(table), 0), object)
    row, column = np.nonzero(grid != "")
    at = pa.array(row)
    kept = {
        "country" if name == "name" else name: table[name].combine_chunks().take(at)
        for name in sorted(table.column_names, key="name".__eq__) if name not in wide
    }  # fmt: skip
    return {
        **kept,
        "value": pa.array(grid[row, column].tolist(), pa.string()),
        "name": pa.DictionaryArray.from_arrays(column.astype(np.int32), pa.array(list(wide), pa.string())),
    }
