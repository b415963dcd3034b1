"""Sources that asked the same people: the covariance of their figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

import numpy as np

from datashift.errors import BadSources
from datashift.pooling.between import Floats, Ints
from datashift.pooling.source_rows import SourceRows

_MOST = 0.99
"""Highest correlation: at 1 there would be nothing to weigh."""


def correlations(rows: SourceRows, used: Ints) -> Iterator[tuple[int, int, float]]:
    """Yield pairs of rows that share people, with the correlation of their figures.

    Stated shared answers (`shared_with`, `shared`): ρ = shared/√(n₁n₂). One `overlap` group without a number: the
    smaller source is taken to lie inside the larger one. In both cases ρ is at most the ratio of the smaller standard
    error to the larger, which is what a sample inside another one has; beyond it a source would count negatively.
    Errors: BadSources (pool.shared) where the statement cannot be.
    """
    inside: dict[tuple[int, str], list[int]] = defaultdict(list)
    named: dict[tuple[int, str], int] = {}
    for i in used.tolist():
        named[(int(rows.cell[i]), rows.texts["source"][i])] = i
        if rows.texts["overlap"][i]:
            inside[(int(rows.cell[i]), rows.texts["overlap"][i])].append(i)
    stated = {}
    for i in used[~np.isnan(rows.numbers["shared"][used])].tolist():
        other = named.get((int(rows.cell[i]), rows.texts["shared_with"][i]))
        if other is not None:
            stated[(min(i, other), max(i, other))] = _stated(rows, i, other)
        elif (rows.texts["source"][rows.cell == rows.cell[i]] != rows.texts["shared_with"][i]).all():
            _refuse(rows, i)
    for i, j in (pair for group in inside.values() for pair in combinations(sorted(group), 2)):
        stated.setdefault((i, j), 1.0)
    for (i, j), rho in stated.items():
        low, high = sorted((rows.v[i], rows.v[j]))
        yield i, j, min(rho, float(np.sqrt(low / high)), _MOST)


def _stated(rows: SourceRows, i: int, other: int) -> float:
    shared, n, m = rows.numbers["shared"][i], rows.numbers["n"][i], rows.numbers["n"][other]
    if i == other or not shared <= min(n, m):
        _refuse(rows, i)
    return float(shared / np.sqrt(n * m)) if shared else 0.0


def _refuse(rows: SourceRows, i: int) -> None:
    shared, other = rows.numbers["shared"][i], rows.texts["shared_with"][i]
    raise BadSources("pool.shared", row=int(rows.row[i]), shared=f"{shared:g}", other=other)


def checked(covariance: Floats, cells: list[str]) -> Floats:
    """Return covariances [cells, sources, sources]. Raises BadSources where shared answers contradict each other."""
    present = np.diagonal(covariance, axis1=1, axis2=2) > 0
    filled = covariance + np.where(present, 0.0, 1.0)[:, :, None] * np.eye(covariance.shape[1])
    scale = np.sqrt(np.diagonal(filled, axis1=1, axis2=2))
    least = np.linalg.eigvalsh(filled / scale[:, :, None] / scale[:, None, :]).min(axis=1)
    wrong = np.flatnonzero(least < 1e-9)
    if len(wrong):
        raise BadSources("pool.together", cell=cells[wrong[0]])
    return covariance
