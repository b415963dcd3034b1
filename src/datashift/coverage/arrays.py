"""Columns of text as whole numbers, so that a million figures are placed in seconds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def codes(column: pa.ChunkedArray) -> tuple[Integers, list[str]]:
    """Return for each row the position of its text among the distinct texts, and these texts; null counts as ""."""
    encoded = pc.fill_null(column.cast(pa.string()), "").combine_chunks().dictionary_encode()
    return encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), encoded.dictionary.to_pylist()


def combined(*columns: Integers) -> Integers:
    """Return for each row the position of its combination of whole numbers among the distinct combinations."""
    key = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        # Positions of distinct combinations stay below the number of rows, so that the product cannot overflow.
        key = key * (int(column.max(initial=0)) + 1) + column
        key = np.unique(key, return_inverse=True)[1].astype(np.int64)
    return key


def pairing(table: pa.Table, *names: str) -> tuple[Integers, list[tuple[str, ...]]]:
    """Return for each row the position of its combination of texts in the columns, and the combinations."""
    columns = [codes(table[name]) for name in names]
    if len(columns) == 1:
        return columns[0][0], [(text,) for text in columns[0][1]]
    of_row = combined(*(code for code, _texts in columns))
    first = np.unique(of_row, return_index=True)[1]
    return of_row, [tuple(texts[code[row]] for code, texts in columns) for row in first]


def spread(index: Integers, lists: Sequence[Sequence[int]]) -> tuple[Integers, Integers]:
    """Return each row as often as the list at its `index` has values: the positions of the rows, and the values."""
    sizes = np.array([len(values) for values in lists], np.int64)
    flat = np.array([value for values in lists for value in values], np.int64)
    times = sizes[index]
    rows = np.repeat(np.arange(len(index)), times)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(times) - times, times)
    return rows, flat[(np.cumsum(sizes) - sizes)[index][rows] + within]
