"""How many equal rows honest people would write (check K2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import special

from datashift.assess.alike_chance import dependence, tails
from datashift.assess.alike_search import packed, tallies
from datashift.assess.encoded import Encoded, Flags, Whole

_LEAST = 13
"""Different rows below which there is no curve."""
_ROWS = 300
_AMONG = 20_000
_DOUBT = 4.0
"""The expected number is taken as known to half of itself: a gamma with this shape."""


def equal_by_chance(compared: Sequence[Encoded], repeats: Flags, chance: np.random.Generator) -> float:
    """Return how many rows repeat an earlier one by chance, where columns go together as they do here.

    Repeated rows are set aside. Each row that was repeated, and some that were not, are held against the different rows
    that are left: how many differ in so many cells, continued to none (see `alike_chance`). Among very few different
    rows, no more can be equal than are in the column with the most different answers.
    """
    rows = len(repeats)
    single = np.flatnonzero(~repeats)
    if len(single) < _LEAST:
        return _at_most(compared, single, rows)
    answers = [(one.codes, np.ones(rows, dtype=np.bool_)) for one in compared]
    sheets = packed(answers, rows)
    among = chance.choice(single, _AMONG, replace=False) if len(single) > _AMONG else single
    some = chance.choice(rows, min(rows, _ROWS), replace=False)
    again = np.flatnonzero(repeats)
    if len(again) > _ROWS:
        again = chance.choice(again, _ROWS, replace=False)
    bond = dependence(answers, sheets, some, among)
    either = np.concatenate([again, some])
    tally = tallies(sheets, either, among)
    curves = tails(tally, sheets.asked[either], bond)
    share = np.exp(np.max([curve.log_share(np.zeros(len(either))) for curve in curves], axis=0))
    repeated = float(repeats.sum()) * float(share[: len(again)].mean()) if len(again) else 0.0
    return (rows - 1) / 2 * (repeated + (rows - float(repeats.sum())) * float(share[len(again) :].mean()))


def _at_most(compared: Sequence[Encoded], single: Whole, rows: int) -> float:
    pairs = max(len(single) * (len(single) - 1), 1)
    shares = []
    for one in compared:
        counts = np.unique(one.codes[single], return_counts=True)[1]
        shares.append(float((counts * (counts - 1)).sum()) / pairs if len(single) > 1 else 1.0)
    return rows * (rows - 1) / 2 * min(shares)


def chance_of_copies(found: int, expected: float) -> float:
    """Return the chance of at least so many equal rows, as a Poisson count whose mean is known to about a half."""
    if found <= 0:
        return 1.0
    return float(special.betainc(found, _DOUBT, expected / (expected + _DOUBT)))
