"""Interviews drawn in the tests: honest people of several kinds answering several kinds of form, and copies of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from datashift.assess.evidence import Evidence
from datashift.model import Harmonised
from tests.assess.conftest import AREAS, TODAY, kit, recipe, table


def independent(rng, rows, questions, answers):
    return rng.integers(0, answers, (rows, questions))


def skewed(rng, rows, questions, yes=0.15):
    return (rng.random((rows, questions)) < yes).astype(int)


def _from(rng, chances):
    """One answer per chance vector."""
    return (rng.random(chances.shape[:-1])[..., None] > chances.cumsum(axis=-1)[..., :-1]).sum(axis=-1)


def classes(rng, rows, questions, answers, kinds, alike=0.5):
    """People of several kinds; those of one kind answer much alike."""
    kind = rng.choice(kinds, rows, p=rng.dirichlet(np.full(kinds, 2.0)))
    return _from(rng, rng.dirichlet(np.full(answers, alike), (kinds, questions))[kind])


def villages(rng, rows, questions, answers, size=12, bond=2.0):
    """People of villages, who answer like their neighbours."""
    usual = rng.dirichlet(np.ones(answers), questions)
    many = max(rows // size, 2)
    chances = np.array([[rng.dirichlet(one * bond + 1e-3) for one in usual] for _village in range(many)])
    return _from(rng, chances[rng.integers(0, many, rows)])


def trait(rng, rows, questions, answers):
    """Poor and rich: one trait moves all answers."""
    lean = rng.normal(size=rows)[:, None] * rng.normal(0, 1, questions) + rng.normal(size=(rows, questions))
    return (lean[..., None] > np.sort(rng.normal(0, 1.2, (questions, answers - 1)), axis=1)[None]).sum(axis=-1)


def bound(rng, rows, questions, answers, each=4):
    """Four questions say the same thing."""
    return np.repeat(rng.integers(0, answers, (rows, questions // each)), each, axis=1)


def skipping(rng, rows, questions, answers, parts=8):
    """Parts of the form are asked only after a yes; -1: not asked."""
    sheets = rng.integers(0, answers, (rows, questions))
    each = questions // parts
    for part in range(parts):
        yes = rng.random(rows) < rng.uniform(0.2, 0.9)
        sheets[:, part * each] = yes
        sheets[~yes, part * each + 1 : (part + 1) * each] = -1
    return sheets


FORMS: dict[str, Any] = {
    "20 yes or no": lambda rng, rows: independent(rng, rows, 20, 2),
    "40 yes or no": lambda rng, rows: independent(rng, rows, 40, 2),
    "100 yes or no": lambda rng, rows: independent(rng, rows, 100, 2),
    "100 mostly no": lambda rng, rows: skewed(rng, rows, 100),
    "40 of five": lambda rng, rows: independent(rng, rows, 40, 5),
    "3 kinds of people": lambda rng, rows: classes(rng, rows, 60, 4, 3),
    "8 kinds, yes or no": lambda rng, rows: classes(rng, rows, 100, 2, 8, 0.3),
    "20 kinds": lambda rng, rows: classes(rng, rows, 80, 4, 20, 0.3),
    "villages": lambda rng, rows: villages(rng, rows, 60, 4),
    "rich and poor": lambda rng, rows: trait(rng, rows, 60, 4),
    "bound questions": lambda rng, rows: bound(rng, rows, 80, 3),
    "skipped parts": lambda rng, rows: skipping(rng, rows, 80, 3),
}


def copies(rng, sheets, changed, how_many=1):
    """The same with one interview copied over others, a share of its answers changed; and which those are."""
    sheets = sheets.copy()
    source, *others = rng.permutation(len(sheets))[: how_many + 1]
    for other in others:
        sheets[other] = sheets[source]
        answered = np.flatnonzero(sheets[other] >= 0)
        for question in rng.choice(answered, round(changed * len(answered)), replace=False):
            possible = sheets[:, question][
                (sheets[:, question] >= 0) & (sheets[:, question] != sheets[other, question])
            ]
            if len(possible):
                sheets[other, question] = rng.choice(possible)
    return sheets, np.array([source, *others])


def asked(sheets):
    """Sheets as the search for look-alikes takes them."""
    return [((sheets[:, k] + 1).astype(np.int32), sheets[:, k] >= 0) for k in range(sheets.shape[1])]


def evidence(columns: dict[str, Any], area: Any = None, **changes: Any) -> Evidence:
    """Columns under examination; every row is an observation in its area."""
    raw = table(columns)
    areas = ["XX-W"] * raw.num_rows if area is None else [f"XX-{one}" for one in area]
    texts = {name: pa.array([], pa.string()) for name in ("column", "code", "value", "text")}
    nothing = pa.table({"row": pa.array([], pa.int64()), **texts})
    taken = pa.table({"row": raw["_row"], "area": pa.array(areas, pa.string())})
    found = Harmonised(taken, nothing, raw.num_rows, raw.num_rows, 0)
    plain = {"place": {"country": "XX", "as_of": "2024-01-01", "column": "district"}, "columns": {}, "row_id": None}
    return Evidence(raw, found, recipe(**{**plain, **changes}), kit(), TODAY, AREAS)


def columns_of(sheets, **others):
    """Sheets as columns of text: a letter for each answer, no text where nothing was asked."""
    written = {f"q{k}": ["" if one < 0 else "abcdefgh"[one] for one in sheets[:, k]] for k in range(sheets.shape[1])}
    return {**written, **{name: [str(one) for one in values] for name, values in others.items()}}
