"""Hadamard matrices: which half of the units each balanced replicate takes."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def hadamard(least: int) -> Ints:
    """Return the smallest constructible matrix H of 1 and −1 with at least `least` rows and H H' = order · I.

    The first row is all ones. Built by doubling (Sylvester 1867) and from squares modulo a prime (Paley 1933): with
    these, none up to 1,000 rows is more than 11 rows larger than needed.
    """
    order = 1 if least <= 1 else 2 if least == 2 else (least + 3) // 4 * 4
    while (made := _made(order)) is None:
        order += 4
    turned: Ints = made * made[0]  # turns the signs of columns, so that the first row is all ones
    return turned


@cache
def _made(order: int) -> Ints | None:
    if order == 1:
        return np.ones((1, 1), dtype=np.int64)
    if order == 2 or order % 4 == 0:
        for build in (_first, _second, _doubled):
            made = build(order)
            if made is not None:
                return made
    return None


def _doubled(order: int) -> Ints | None:
    half = _made(order // 2)
    return None if half is None else np.kron(np.array([[1, 1], [1, -1]]), half)


def _first(order: int) -> Ints | None:
    """Paley's first construction: order = q + 1, q a prime that leaves 3 when divided by 4."""
    q = order - 1
    if q % 4 != 3 or not _prime(q):
        return None
    made = np.ones((order, order), dtype=np.int64)
    made[1:, 0] = -1
    made[1:, 1:] = _squares(q) + np.eye(q, dtype=np.int64)
    return made


def _second(order: int) -> Ints | None:
    """Paley's second construction: order = 2 (q + 1), q a prime that leaves 1 when divided by 4."""
    q = order // 2 - 1
    if q % 4 != 1 or not _prime(q):
        return None
    core = np.ones((q + 1, q + 1), dtype=np.int64)
    core[0, 0] = 0
    core[1:, 1:] = _squares(q)
    within, on_diagonal = np.array([[1, 1], [1, -1]]), np.array([[1, -1], [-1, -1]])
    made: Ints = np.kron(core, within) + np.kron(np.eye(q + 1, dtype=np.int64), on_diagonal)
    return made


def _squares(q: int) -> Ints:
    """Return the matrix of quadratic residues: 1 where j − i is a square modulo q, −1 where not, 0 where i = j."""
    sign = np.full(q, -1, dtype=np.int64)
    sign[np.arange(1, q) ** 2 % q] = 1
    sign[0] = 0
    place = np.arange(q)
    squares: Ints = sign[(place[None, :] - place[:, None]) % q]
    return squares


def _prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))
