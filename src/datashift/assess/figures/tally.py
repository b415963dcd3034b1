"""The numbers of one question: each different one once, with how often it was given."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from datashift.assess.encoded import Numbers, Whole, numbers
from datashift.assess.evidence import Evidence
from datashift.standards.areas import folded

_COORDINATE = re.compile(r"(?<![a-z])(lat|lon|lng|latitude|longitude|latitud|longitud)(?![a-z])")


class Tally(NamedTuple):
    """The different numbers in a column, ascending, how often each was given, and per raw row which one (-1: none)."""

    column: str
    values: Numbers
    counts: Whole
    rows: Whole

    @property
    def total(self) -> int:
        """How many numbers were given."""
        return int(self.counts.sum())

    def of(self, keep: np.ndarray) -> Tally:
        """Return the part of the numbers that `keep` marks."""
        index = np.where(keep, np.cumsum(keep) - 1, -1)
        return Tally(self.column, self.values[keep], self.counts[keep], np.append(index, -1)[self.rows])

    def quantile(self, share: float | Numbers) -> Numbers:
        """Return the number below which this share lies; equal numbers are spread towards their neighbours."""
        middle = (np.cumsum(self.counts) - self.counts / 2) / max(self.total, 1)
        return np.asarray(np.interp(share, middle, self.values), dtype=np.float64)


def tally(evidence: Evidence, column: str) -> Tally:
    """Return the numbers of a column, read with the decimal sign that the recipe names for it."""
    encoded = evidence.columns[column]
    entry = next((one for one in evidence.recipe.columns.values() if one.column == column), None)
    read = numbers(encoded.texts, entry.decimal if entry else ".")
    given = evidence.written & ~evidence.missing(column)
    finite = np.isfinite(read)
    values, place = np.unique(read[finite], return_inverse=True)
    of_text = np.full(len(read) + 1, -1, dtype=np.int64)
    of_text[:-1][finite] = place
    rows = np.where(given, of_text[encoded.codes], -1)
    counts = np.bincount(rows[rows >= 0], minlength=len(values)).astype(np.int64)
    whole = Tally(column, values, counts, rows)
    return whole if counts.all() else whole.of(counts > 0)


def number_questions(evidence: Evidence) -> list[str]:
    """Return the questions that are answered with a number: neither coordinates nor the readings of a sensor."""
    rule = evidence.kit.readings
    entry = evidence.recipe.columns.get(rule.value) if rule else None
    left = {entry.column} if entry else set()
    named = [one.name for one in evidence.questions if one.kind == "number" and one.name not in left]
    return [name for name in named if not _COORDINATE.search(folded(name))]
