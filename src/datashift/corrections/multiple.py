"""Questions with several answers: one column holds the codes parted by blanks, and one 0/1 column stands for each code.

KoBo and ODK write both (`water_sources` = "tap well", `water_sources.tap` = 1; also with `/`), and say by it the same
thing twice. When the first is corrected, the others follow; when one of those is corrected alone, the two disagree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from datashift.corrections.cells import Sheet
from datashift.corrections.sameness import truth

SIGNS = (".", "/")
_AGREE = 0.95
_WORDS = (("True", "False"), ("TRUE", "FALSE"), ("true", "false"), ("1", "0"), ("1.0", "0.0"))


def find(table: pa.Table) -> dict[str, str]:
    """Return the columns of several answers with the sign before the code in the names of their 0/1 columns.

    In: a table of text. A column counts when it has such columns, these hold truth values only, and they agree with it
    in 95 of 100 filled cells.
    """
    names = set(table.column_names)
    found: dict[str, str] = {}
    for name in table.column_names:
        for sign in SIGNS:
            parent = name.rpartition(sign)[0]
            if parent in names and parent not in found and _agrees(table, parent, sign):
                found[parent] = sign
    return found


def codes_of(names: Sequence[str], parent: str, sign: str) -> dict[str, str]:
    """Return the 0/1 columns of `parent`: column name -> code."""
    start = parent + sign
    return {name: name[len(start) :] for name in names if name.startswith(start) and len(name) > len(start)}


def parent_of(column: str, multiple: dict[str, str]) -> str | None:
    """Return the column of several answers that the 0/1 column `column` belongs to, if any."""
    return next((p for p, sign in multiple.items() if column.startswith(p + sign)), None)


def follow(sheet: Sheet, parent: str, sign: str, answer: str) -> Iterator[tuple[str, str | None]]:
    """Yield what the 0/1 columns of `parent` hold where it holds `answer`: (column, value as it is spelled there)."""
    given = set(answer.split())
    children = codes_of(sheet.table.column_names, parent, sign)
    yes, no = words([value for column in children for value in sheet.cells(column).values if value])
    for column, code in children.items():
        yield column, (yes if code in given else no) if answer else sheet.cells(column).blank()


def words(values: Sequence[str]) -> tuple[str, str]:
    """Return how yes and no are written among `values`: ("True", "False"), ("1", "0") and so on."""
    seen = Counter(values)
    return max(_WORDS, key=lambda pair: (seen[pair[0]] + seen[pair[1]], pair == ("1", "0")))


def _agrees(table: pa.Table, parent: str, sign: str) -> bool:
    answers = table[parent].combine_chunks().dictionary_encode()
    sets = [set(answer.split()) for answer in answers.dictionary.to_pylist()]
    filled = equal = 0
    for column, code in codes_of(table.column_names, parent, sign).items():
        cells = table[column].combine_chunks().dictionary_encode()
        values = [truth(value) if value else None for value in cells.dictionary.to_pylist()]
        if any(value is None for value, text in zip(values, cells.dictionary.to_pylist(), strict=True) if text):
            return False
        expected = np.asarray([code in given for given in sets] + [False])[_indices(answers)]
        stated = np.asarray([value is True for value in values] + [False])[_indices(cells)]
        known = np.asarray([value is not None for value in values] + [False])[_indices(cells)]
        filled += int(known.sum())
        equal += int((known & (expected == stated)).sum())
    return filled > 0 and equal >= _AGREE * filled


def _indices(coded: pa.DictionaryArray) -> np.ndarray:
    # A null cell points behind the last value.
    return np.asarray(coded.indices.fill_null(len(coded.dictionary)).to_numpy(zero_copy_only=False), dtype=np.int64)
