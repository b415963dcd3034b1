"""Questions as numbers per row: whether an answer was given, or the normal score of a number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import special

from datashift.assess.encoded import Encoded, Flags, Numbers, Whole, numbers
from datashift.assess.evidence import Evidence
from datashift.assess.questions import Question

MOST_ANSWERS, MOST_WHEN_LARGE = 4, 2
LARGE = 50_000
LEAST_GIVEN = 5
"""An answer that fewer gave, or that all but fewer gave, tells nothing about interviewers."""


class Item(NamedTuple):
    """One question per row: a main answer as 1 or 0 (`answer` is its text), or a number as its normal score ("")."""

    column: str
    answer: str
    given: int
    values: Numbers
    known: Flags


def items(evidence: Evidence, rows: Whole) -> Iterator[Item]:
    """Yield every question of these rows as one or more items: each main answer, or the number."""
    for question in evidence.questions:
        if question.kind == "text":
            continue
        encoded = evidence.columns[question.name]
        codes, known = encoded.codes[rows].astype(np.int64), ~evidence.missing(question.name)[rows]
        if question.kind == "number":
            yield from _number(question, encoded, codes, known)
        else:
            yield from _answers(question, encoded, codes, known)


def _number(question: Question, encoded: Encoded, codes: Whole, known: Flags) -> Iterator[Item]:
    values = numbers(encoded.texts)
    known = known & ~np.isnan(values)[codes]
    given = int(known.sum())
    if given >= 2 * LEAST_GIVEN:
        scores = normal_scores(values, np.bincount(codes[known], minlength=len(values)))
        yield Item(question.name, "", given, scores[codes], known)


def normal_scores(values: Numbers, counts: Whole) -> Numbers:
    """Return the normal score of the rank of each number that is given `counts` times (van der Waerden 1952).

    Scores do not change whatever is done to the scale, and no single number weighs much. 0 for what nobody gives.
    """
    scores = np.zeros(len(values))
    some = counts > 0
    _found, place = np.unique(values[some], return_inverse=True)
    times = np.bincount(place, counts[some])
    middle = np.cumsum(times) - (times - 1) / 2
    scores[some] = special.ndtri((middle - 0.5) / max(int(counts.sum()), 1))[place]
    return scores


def _answers(question: Question, encoded: Encoded, codes: Whole, known: Flags) -> Iterator[Item]:
    counts = np.bincount(codes[known], minlength=len(encoded.texts))
    whole, most = int(counts.sum()), MOST_WHEN_LARGE if len(codes) > LARGE else MOST_ANSWERS
    for answer, meant in _meanings(question, encoded, counts):
        given = int(counts[meant].sum())
        if most == 0:
            return
        if LEAST_GIVEN <= given <= whole - LEAST_GIVEN:
            most -= 1
            yield Item(question.name, answer, given, meant[codes].astype(np.float64), known)


def _meanings(question: Question, encoded: Encoded, counts: Whole) -> Iterator[tuple[str, Flags]]:
    """Yield the answers, the most frequent first, and which texts hold each; of two answers one says all."""
    if question.kind == "several":
        lists = pc.split_pattern(pc.fill_null(pc.utf8_trim_whitespace(encoded.texts), ""), " ")
        words = lists.flatten()
        parent = pc.list_parent_indices(lists).to_numpy()
        found = words.dictionary_encode()
        indices = found.indices.to_numpy()
        weight = np.bincount(indices, counts[parent], len(found.dictionary))
        for word in np.argsort(-weight, kind="stable"):
            meant = np.zeros(len(encoded.texts), dtype=np.bool_)
            meant[parent[indices == word]] = True
            yield str(found.dictionary[int(word)].as_py()), meant
        return
    given = [int(code) for code in np.argsort(-counts, kind="stable") if counts[code]]
    for code in given[: 1 if len(given) == 2 else None]:
        meant = np.zeros(len(encoded.texts), dtype=np.bool_)
        meant[code] = True
        yield _text(encoded.texts, code), meant


def _text(texts: pa.Array, code: int) -> str:
    return str(texts[code].as_py())
