"""Which columns are answers, and of what kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datashift.assess.encoded import Encoded, Whole, numbers
from datashift.assess.quoting import personal

if TYPE_CHECKING:
    from datashift.assess.evidence import Evidence

Kind = Literal["choice", "several", "number", "text"]

MOST_CHOICES = 40
"""A question with more different answers than this is no choice from a list."""
_OF_ALL = 0.3
_LOOK = 1000


class Question(NamedTuple):
    """A column that holds answers: one from a list, several from a list, a number, or words."""

    name: str
    kind: Kind


def questions(evidence: Evidence) -> tuple[Question, ...]:
    """Return the columns that are answers, in their order, with their kind.

    Left out: paradata, place, date, ids, weights, strata, personal data, what survey tools write by themselves, columns
    without any answer, and those that repeat the answers of a question with several (`a.x`, `a/x` beside `a`).
    """
    recipe = evidence.recipe
    place, period, design = recipe.place, recipe.period, recipe.design
    others = {
        place.column, place.latitude, place.longitude, period.column, design.weights, recipe.row_id, *design.named,
        *recipe.paradata.columns, *(source.join for source in recipe.source), *recipe.protocol.effort,
        recipe.protocol.audited,
    }  # fmt: skip
    names = recipe.protocol.questions or evidence.columns
    parents = set(evidence.columns)
    found = []
    for name in names:
        encoded = evidence.columns.get(name)
        written = name.startswith("_") or name.rpartition("/")[2].startswith("_") or name.startswith("X_")
        if encoded is None or (not recipe.protocol.questions and (written or name in others)):
            continue
        if personal(name, recipe.personal) or _part(name, parents):
            continue
        kind = _kind(evidence, name, encoded)
        if kind is not None:
            found.append(Question(name, kind))
    return tuple(found)


def _part(name: str, parents: set[str]) -> bool:
    return any(name.rpartition(sign)[0] in parents for sign in (".", "/") if sign in name)


def _kind(evidence: Evidence, name: str, encoded: Encoded) -> Kind | None:
    given = ~evidence.missing(name) & evidence.written
    counts = np.bincount(encoded.codes[given], minlength=len(encoded.texts))
    known, answered = counts > 0, int(counts.sum())
    if answered == 0:
        return None
    parsed = numbers(encoded.texts)
    numeric = counts[known & ~np.isnan(parsed)].sum() > 0.95 * answered
    different = int(known.sum())
    if numeric and different > 12:
        return "number"
    if different <= MOST_CHOICES and (different <= 12 or different < _OF_ALL * answered):
        return "choice"
    return "several" if _several(encoded.texts.filter(known), different) else "text"


def _several(texts: pa.Array, different: int) -> bool:
    """Say whether all texts are put together from a few words, each of them at most once."""
    for part in (texts.slice(0, _LOOK), texts):  # free words give themselves away at once, and there may be a million
        words = pc.split_pattern(pc.utf8_trim_whitespace(part), " ")
        known = pc.count_distinct(words.flatten()).as_py()
        if known > MOST_CHOICES or pc.max(pc.list_value_length(words)).as_py() > known:
            return False
    return bool(known < different)


def answered(evidence: Evidence) -> Whole:
    """Return per raw row how many questions have an answer."""
    count = np.zeros(len(evidence.rows), dtype=np.int64)
    for question in evidence.questions:
        count += ~evidence.missing(question.name) & evidence.written
    return count
