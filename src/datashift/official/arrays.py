"""Columns with few different texts: changed, joined and counted by their texts, not row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_MOST = 1 << 40


def encoded(texts: Any) -> pa.Array:
    """Return texts as a dictionary array without gaps; None becomes ""."""
    array = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    array = array if isinstance(array, pa.Array) else pa.array(array, pa.string())
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], pa.string())
    if not pa.types.is_dictionary(array.type):
        array = array.fill_null("").dictionary_encode()
    return array


def constant(text: str, length: int) -> pa.Array:
    """Return `length` times the same text."""
    return pa.DictionaryArray.from_arrays(np.zeros(length, np.int32), pa.array([text], pa.string()))


def mapped(column: pa.Array, change: Callable[[str], str]) -> pa.Array:
    """Return the column with each of its texts changed; each different text is looked at once."""
    changed = pa.array([change(text) for text in column.dictionary.to_pylist()], pa.string()).dictionary_encode()
    return pa.DictionaryArray.from_arrays(changed.indices.take(column.indices), changed.dictionary)


def numbers(column: pa.Array) -> np.ndarray:
    """Return which text each row has, as its place in the column's dictionary."""
    return np.asarray(column.indices.to_numpy(zero_copy_only=False), np.int64)


def ids(columns: Sequence[pa.Array], length: int) -> tuple[np.ndarray, np.ndarray]:
    """Return an id for each different row of `columns`, and for each id a row that has it.

    Out: ids of all rows (0, 1, …), and the first row of each id.
    """
    key = np.zeros(length, np.int64)
    size = 1
    for column in columns:
        key = key * max(1, len(column.dictionary)) + numbers(column)
        size *= max(1, len(column.dictionary))
        if size > _MOST:
            _first, key = np.unique(key, return_inverse=True)
            size = int(key.max(initial=0)) + 1
    _values, first, found = np.unique(key, return_index=True, return_inverse=True)
    return found, first


def combined(columns: Sequence[pa.Array], join: Callable[..., str]) -> pa.Array:
    """Return one text for each row, made by `join` of its texts in `columns`; each different row is looked at once."""
    found, first = ids(columns, len(columns[0]))
    texts = (column.take(pa.array(first)).to_pylist() for column in columns)
    joint = pa.array([join(*row) for row in zip(*texts, strict=True)], pa.string()).dictionary_encode()
    return pa.DictionaryArray.from_arrays(joint.indices.take(pa.array(found)), joint.dictionary)


def telling_names(codes: pa.Array, names: pa.Array, version: np.ndarray) -> pa.Array:
    """Return the names of places, and "" where the code alone tells the place: where no version has two names for it.

    So a country that is renamed stays the same place, and regions that bear the code of their country stay apart.
    """
    code, versions = numbers(codes), int(version.max(initial=0)) + 1
    pair, _first = ids([codes, names], len(codes))
    of_version = code * versions + version
    _each, first = np.unique(pair * versions + version, return_index=True)
    each, count = np.unique(of_version[first], return_counts=True)
    several = np.isin(code, each[count > 1] // versions)
    needed = pc.or_(pa.array(several), pc.equal(codes.cast(pa.string()), ""))
    return encoded(pc.if_else(needed, names.cast(pa.string()), ""))


def counted(table: pa.Table, names: Sequence[str]) -> dict[tuple[str, ...], int]:
    """Return every different row of some text columns, sorted, with the number of rows that have it."""
    columns = [encoded(table[name]) for name in names]
    found, first = ids(columns, len(table))
    rows = zip(*(column.take(pa.array(first)).to_pylist() for column in columns), strict=True)
    return dict(sorted(zip(rows, np.bincount(found).tolist(), strict=True)))


def joined(parts: Iterable[tuple[str, pa.Array]], length: int) -> pa.Array:
    """Return "NAME=text;NAME=text" of the named columns, sorted by name; an empty text leaves its name out."""
    filled = [(name, column) for name, column in sorted(parts, key=_name) if any(column.dictionary.to_pylist())]
    if not filled:
        return constant("", length)
    named = [mapped(column, lambda text, name=name: f"{name}={text}" if text else "") for name, column in filled]  # type: ignore[misc]
    return combined(named, lambda *texts: ";".join(filter(None, texts)))


def _name(part: tuple[str, pa.Array]) -> str:
    return part[0]


def ranks(column: pa.Array) -> np.ndarray:
    """Return for each row the place of its text in alphabetical order."""
    texts = column.dictionary.to_pylist()
    place = np.empty(len(texts), np.int64)
    place[sorted(range(len(texts)), key=texts.__getitem__)] = np.arange(len(texts))
    return np.asarray(place[numbers(column)])
