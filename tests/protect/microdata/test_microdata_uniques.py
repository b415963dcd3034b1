"""Who is alike, who is unique, and by how few answers: against plain counting and a published example."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift.errors import CannotProtect
from datashift.protect.microdata import alike, special_uniques
from datashift.protect.microdata.uniques import coded

tables = st.integers(1, 5).flatmap(
    lambda columns: st.lists(st.lists(st.integers(0, 3), min_size=columns, max_size=columns), min_size=1, max_size=25)
)


def by_hand(rows: list[list[int]], most: int) -> tuple[list[float], list[int]]:
    """Every subset of every row, counted one by one."""
    columns = len(rows[0])
    limit = min(most, columns - 1)

    def alone(row: list[int], chosen: tuple[int, ...]) -> bool:
        return sum(all(other[c] == row[c] for c in chosen) for other in rows) == 1

    scores, fewest = [], []
    for row in rows:
        minimal = [
            chosen
            for size in range(1, min(most, columns) + 1)
            for chosen in combinations(range(columns), size)
            if alone(row, chosen)
            and not any(alone(row, part) for less in range(1, size) for part in combinations(chosen, less))
        ]
        scores.append(sum(math.prod(columns - i for i in range(len(one), limit + 1)) for one in minimal))
        fewest.append(min((len(one) for one in minimal), default=0))
    return scores, fewest


@settings(max_examples=150, deadline=None)
@given(tables, st.integers(1, 4))
def test_scores_are_those_of_counting_every_subset(rows: list[list[int]], most: int) -> None:
    found = special_uniques(np.array(rows), most)
    scores, fewest = by_hand(rows, most)
    assert found.score.tolist() == scores
    assert found.fewest.tolist() == fewest


@settings(max_examples=150, deadline=None)
@given(tables)
def test_groups_are_those_of_plain_counting(rows: list[list[int]]) -> None:
    count = Counter(map(tuple, rows))
    assert alike(np.array(rows)).tolist() == [count[tuple(row)] for row in rows]


def test_many_columns_with_many_answers_are_still_told_apart() -> None:
    rows = np.random.default_rng(1).integers(0, 2**20, (500, 12))
    rows[250:] = rows[:250]
    assert (alike(rows) == 2).all()


# The example of the International Household Survey Network, "Statistical Disclosure Control for Microdata: A Practice
# Guide" (Benschop, Machingauta & Welch), chapter on measuring risk, with sets of up to three answers.
PUBLISHED = [
    ("urban", "female", "secondary incomplete", "employed", 0),
    ("urban", "female", "secondary incomplete", "employed", 0),
    ("urban", "female", "primary incomplete", "none", 6),
    ("urban", "male", "secondary complete", "employed", 0),
    ("rural", "female", "secondary complete", "unemployed", 12),
    ("urban", "male", "secondary complete", "employed", 0),
    ("urban", "female", "primary complete", "none", 6),
    ("urban", "male", "post-secondary", "unemployed", 10),
    ("urban", "female", "secondary incomplete", "none", 0),
    ("urban", "female", "secondary incomplete", "none", 0),
]


def test_a_published_example_scores_as_published() -> None:
    columns = dict(zip("abcd", map(list, list(zip(*PUBLISHED, strict=True))[:4]), strict=True))
    codes = coded(pa.table(columns), list("abcd"))
    found = special_uniques(codes)
    assert found.score.tolist() == [row[4] for row in PUBLISHED]
    assert alike(codes).tolist() == [2, 2, 1, 2, 1, 2, 1, 1, 2, 2]
    assert found.fewest.tolist() == [0, 0, 1, 0, 1, 0, 1, 1, 0, 0]


def test_a_missing_answer_is_an_answer_of_its_own() -> None:
    codes = coded(pa.table({"a": ["x", None, None], "b": [1, 1, 1]}), ["a", "b"])
    assert alike(codes).tolist() == [1, 2, 2]


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(CannotProtect, match="no column 'age'"):
        coded(pa.table({"a": ["x"]}), ["age"])


def test_no_rows_and_no_columns_are_no_trouble() -> None:
    assert special_uniques(np.zeros((0, 3), dtype=np.int64)).score.size == 0
    assert alike(np.zeros((3, 0), dtype=np.int64)).tolist() == [3, 3, 3]
