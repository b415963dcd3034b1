"""Fieldwork drawn for the tests of interviewers: villages whose people resemble each other, and who asked them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from datashift.assess.evidence import Evidence
from datashift.assess.undeclared import undeclared
from datashift.model import Recipe

Columns = dict[str, Sequence[Any]]
KINDS = ("yesno", "five", "rare", "number")


def raw(columns: Mapping[str, Sequence[Any]]) -> pa.Table:
    """A raw table; the header is row 1."""
    count = len(next(iter(columns.values())))
    texts = {name: pa.array([str(value) for value in values], pa.string()) for name, values in columns.items()}
    return pa.table({"_row": pa.array(range(2, count + 2), pa.int64()), **texts})


def evidence(columns: Mapping[str, Sequence[Any]], again: Mapping[str, Any] | None = None, **protocol: Any) -> Evidence:
    """The evidence of a file that nobody has described; `again` are the columns of a file of back-checks."""
    table = raw(columns)
    recipe, kit, harmonised = undeclared(table, "fields.csv")
    if protocol:
        recipe = Recipe.model_validate({**recipe.model_dump(), "protocol": protocol})
    backchecks = raw(again) if again is not None else None
    return Evidence(table, harmonised, recipe, kit, date(2026, 1, 1), backchecks=backchecks)


def fieldwork(  # a form of any size, honest people, honest interviewers
    chance: np.random.Generator,
    n: int = 300,
    questions: int = 12,
    interviewers: int = 8,
    villages: int = 10,
    *,
    kinds: Sequence[str] = KINDS,
    apart: bool = False,
    alike: float = 0.6,
    by_day: float = 0.0,
    missing: float = 0.05,
) -> Columns:
    """Answers that go together, alike within a village (and on one day of one interviewer), whoever asks."""
    village = chance.integers(0, villages, n)
    who = village * interviewers // villages if apart else chance.integers(0, interviewers, n)
    day = chance.integers(1, 13, n)
    visit = np.unique((who * villages + village) * 20 + day, return_inverse=True)[1]
    columns: Columns = {
        "key": [f"k{i:05d}" for i in range(n)],
        "enumerator": [f"E{one}" for one in who],
        "village": [f"V{one}" for one in village],
        "start": [f"2024-03-{one:02d}T{i % 9 + 8:02d}:{i % 60:02d}:00" for i, one in enumerate(day)],
    }
    common = chance.normal(size=n)
    for question in range(questions):
        latent = 0.5 * common + 0.8 * chance.normal(size=n) + alike * chance.normal(size=villages)[village]
        latent += by_day * chance.normal(size=visit.max() + 1)[visit]
        answers = _said(kinds[question % len(kinds)], latent).astype(object)
        answers[chance.random(n) < missing] = ""
        columns[f"q{question}"] = answers
    return columns


def _said(kind: str, latent: Any) -> Any:
    if kind == "yesno":
        return np.where(latent > 0.2, "yes", "no")
    if kind == "rare":
        return np.where(latent > 1.5, "yes", "no")
    if kind == "five":
        return np.array(["a", "b", "c", "d", "e"])[np.digitize(latent, [-1, -0.3, 0.3, 1])]
    return np.round(np.exp(4 + 0.5 * latent)).astype(int).astype(str)
