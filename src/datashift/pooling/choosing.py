"""Which figures of a cell may be pooled, and why the others may not."""

from __future__ import annotations

import numpy as np

from datashift.errors import BadSources
from datashift.pooling.between import Ints
from datashift.pooling.source_rows import Flags, Objects, SourceRows

LEAST_ANSWERS = 30
"""Fewest effective answers of a figure that is pooled."""


def reasons(rows: SourceRows, period: str | None = None) -> Objects:
    """Return for each row why it is left out ("" = pooled), the first reason that applies.

    In: the rows; the period that is asked for, if one is.
    time, lower-bound, averages, no-value, no-uncertainty, few, definition, no-common-definition, register, duplicate;
    alone: nothing is left to pool it with.
    Errors: BadSources (pool.source-twice) where one source has two figures in a cell.
    """
    kind = rows.texts["source_type"]
    found = np.full(len(kind), "", dtype=object)
    _mark(found, (rows.texts["period"] != period) if period is not None else np.zeros(len(kind), bool), "time")
    _mark(found, kind == "event_registry", "lower-bound")
    _mark(found, kind == "published_averages", "averages")
    _mark(found, np.isnan(rows.numbers["value"]), "no-value")
    _mark(found, rows.basis == "", "no-uncertainty")
    _mark(found, rows.answers < LEAST_ANSWERS, "few")
    _other_definitions(rows, found)
    register = kind == "facility_register"
    surveyed = np.bincount(rows.cell[(found == "") & ~register], minlength=len(rows.cells)) > 0
    _mark(found, register & surveyed[rows.cell], "register")
    _duplicates(rows, found)
    _twice(rows, found)
    left = np.bincount(rows.cell[found == ""], minlength=len(rows.cells))
    _mark(found, left[rows.cell] == 1, "alone")
    return found


def _mark(found: Objects, where: Flags, reason: str) -> None:
    found[where & (found == "")] = reason


def definitions(rows: SourceRows) -> Objects:
    """Return what each row is about: universe and definition in one text, "" where neither is stated."""
    universe, definition = (rows.texts[name] for name in ("universe", "definition"))
    both = [", ".join(filter(None, pair)) for pair in zip(universe, definition, strict=True)]
    return np.array(both, dtype=object)


def _other_definitions(rows: SourceRows, found: Objects) -> None:
    """Keep in each cell the definition of the surveys drawn by chance, else that of most sources; none on a tie."""
    said = definitions(rows)
    _names, code = np.unique([text.casefold() for text in said], return_inverse=True)
    use = np.flatnonzero((found == "") & (said != ""))
    if not len(use):
        return
    width = int(code.max()) + 1
    pairs, of = np.unique(rows.cell[use] * width + code[use], return_inverse=True)
    surveys = np.bincount(of, weights=rows.texts["source_type"][use] == "probability")
    votes = surveys * (len(said) + 1) + np.bincount(of)
    order = np.lexsort((votes, pairs // width))
    cell = (pairs // width)[order]
    last = np.append(cell[1:] != cell[:-1], True)
    tied = np.zeros(len(order), bool)
    tied[1:] = (cell[1:] == cell[:-1]) & (votes[order][1:] == votes[order][:-1])
    chosen = np.full(len(rows.cells), -1)
    chosen[cell[last]] = np.where(tied[last], -2, pairs[order][last] % width)
    _mark(found, (said != "") & (chosen[rows.cell] == -2), "no-common-definition")
    _mark(found, (said != "") & (chosen[rows.cell] >= 0) & (code != chosen[rows.cell]), "definition")


def _duplicates(rows: SourceRows, found: Objects) -> None:
    """Count once what is the same figure: same value and variance, and the same people or the same n."""
    use: Ints = np.flatnonzero(found == "")
    people = rows.texts["overlap"][use]
    n = rows.numbers["n"][use]
    known = (people != "") | ~np.isnan(n)
    use, people, n = use[known], people[known], n[known]
    if not len(use):
        return
    group = np.unique(people.astype(str), return_inverse=True)[1]
    columns = (np.nan_to_num(n, nan=-1.0), rows.v[use], rows.y[use], group, rows.cell[use])
    order = np.lexsort(columns)
    same = np.all([column[order][1:] == column[order][:-1] for column in columns], axis=0)
    found[use[order[1:][same]]] = "duplicate"


def _twice(rows: SourceRows, found: Objects) -> None:
    use: Ints = np.flatnonzero(found == "")
    name = np.unique(rows.texts["source"][use].astype(str), return_inverse=True)[1]
    order = np.lexsort((use, name, rows.cell[use]))
    same = (name[order][1:] == name[order][:-1]) & (rows.cell[use][order][1:] == rows.cell[use][order][:-1])
    if same.any():
        first, second = use[order[:-1][same][0]], use[order[1:][same][0]]
        raise BadSources(
            "pool.source-twice", row=int(rows.row[first]), other=int(rows.row[second]),
            source=rows.texts["source"][first], cell=", ".join(rows.cells[rows.cell[first]].values()),
        )  # fmt: skip
