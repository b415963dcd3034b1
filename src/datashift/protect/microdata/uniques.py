"""Who is alike in a table, who is the only one of a kind, and by how few answers (SUDA2)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from datashift.errors import CannotProtect

Codes = npt.NDArray[np.int64]
"""One row per person, one column per question: the number of the answer, 0 where there is none."""

Whole = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


class Uniques(NamedTuple):
    """What makes rows unique: per row its score and the size of its smallest unique set (0: none); per column its part.

    `parts`: the share of all scores in which a column takes part; they add up to more than 1, since sets share scores.
    """

    score: Numbers
    fewest: Whole
    parts: Numbers


def coded(table: pa.Table, columns: Sequence[str]) -> Codes:
    """Return the answers of `columns` as numbers; a missing answer is an answer like any other, with the number 0."""
    if unknown := [name for name in columns if name not in table.column_names]:
        raise CannotProtect("microdata.no-column", column=unknown[0], known=", ".join(table.column_names))
    codes = np.zeros((table.num_rows, len(columns)), dtype=np.int64)
    for k, name in enumerate(columns):
        encoded = texts(table, name).dictionary_encode()
        codes[:, k] = np.asarray(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)) + 1
    return codes


def texts(table: pa.Table, column: str) -> pa.Array:
    """Return a column as texts, null where there is no answer."""
    whole = table.column(column).cast(pa.string())
    return pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], pa.string())


def kinds(codes: Codes) -> Whole:
    """Return the same number for rows that are the same in all columns of `codes`."""
    together = np.zeros(len(codes), dtype=np.int64)
    for column in codes.T:
        answers = int(column.max(initial=0)) + 1
        together = together * answers + column
        if together.max(initial=0) >= 8 * len(codes):
            together = np.unique(together, return_inverse=True)[1].astype(np.int64)
    return together


def alike(codes: Codes) -> Whole:
    """Return for each row how many rows are the same as it, itself included."""
    own = kinds(codes)
    counts: Whole = np.bincount(own)[own].astype(np.int64) if len(own) else own
    return counts


def special_uniques(codes: Codes, most: int = 3) -> Uniques:
    """Return which rows are unique by few answers, with their SUDA scores.

    A set of columns is a minimal sample unique of a row where the row is the only one with these answers, and not the
    only one with any fewer of them (Elliot, Manning & Ford 2002). Sets of up to `most` columns are looked for. Each set
    of size s scores the product of (columns − i) for i from s to M, M being the smaller of `most` and columns − 1
    (Elliot, Manning, Mayes, Gurd & Bane 2005); a row's score is the sum over its sets.
    """
    rows, columns = codes.shape
    score, fewest, parts = np.zeros(rows), np.zeros(rows, dtype=np.int64), np.zeros(columns)
    limit = min(most, columns - 1)
    below: dict[tuple[int, ...], npt.NDArray[np.bool_]] = {}
    for size in range(1, min(most, columns) + 1):
        worth = math.prod(columns - i for i in range(size, limit + 1))
        own: dict[tuple[int, ...], npt.NDArray[np.bool_]] = {}
        for chosen in combinations(range(columns), size):
            own[chosen] = alike(codes[:, chosen]) == 1
            minimal = own[chosen].copy()
            for smaller in combinations(chosen, size - 1) if size > 1 else ():
                minimal &= ~below[smaller]
            score[minimal] += worth
            fewest[minimal & (fewest == 0)] = size
            parts[list(chosen)] += worth * int(minimal.sum())
        below = own
    total = score.sum()
    return Uniques(score, fewest, parts / total if total else parts)
