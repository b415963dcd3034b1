"""How many equal rows honest people would write (check K2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import special

from datashift.assess.alike_chance import dependence, tails
from datashift.assess.alike_search import packed, tallies
from datashift.assess.encoded import Encoded, Flags, Numbers, Whole

_LEAST = 13
"""Different rows below which there is no curve."""
_ROWS = 200
_AMONG = 10_000
_DOUBT = 4.0
"""The expected number is taken as known to half of itself: a gamma with this shape."""


def equal_by_chance(compared: Sequence[Encoded], repeats: Flags, apart: float, chance: np.random.Generator) -> float:
    """Return how many rows repeat an earlier one by chance: `apart` if columns are, or more as they go together here.

    Repeated rows are set aside. Each row that was repeated, and some that were not, are held against the different rows
    that are left: how many differ in so many cells, continued to none (see `alike_chance`). No more can be equal than
    share the cell that fewest share: where one column is measured anew for each row, chance makes no copies.
    """
    rows = len(repeats)
    single = np.flatnonzero(~repeats)
    most = _share_the_rarest(compared, single)
    total = float(most.sum()) / 2
    possible = np.flatnonzero(most > 0)
    if len(single) < _LEAST or not len(possible):
        return min(total, apart) if len(single) >= _LEAST else total
    again = _some(possible[repeats[possible]], chance)
    once = _some(possible[~repeats[possible]], chance)
    either = np.concatenate([again, once])
    answers = [(one.codes, np.ones(rows, dtype=np.bool_)) for one in compared]
    sheets = packed(answers, rows)
    among = chance.choice(single, _AMONG, replace=False) if len(single) > _AMONG else single
    curves = tails(tallies(sheets, either, among), sheets.asked[either], dependence(answers, sheets, either, among))
    share = np.exp(np.max([curve.log_share(np.zeros(len(either))) for curve in curves], axis=0))
    equal = np.minimum(share * (rows - 1), most[either])
    repeated = float(repeats[possible].sum()) * float(equal[: len(again)].mean()) if len(again) else 0.0
    others = float((~repeats[possible]).sum()) * float(equal[len(again) :].mean()) if len(once) else 0.0
    return min(total, max((repeated + others) / 2, apart))


def _share_the_rarest(compared: Sequence[Encoded], single: Whole) -> Numbers:
    """Return for each row how many of the different rows, but itself, share its cell that fewest share."""
    most = np.full(len(compared[0].codes), np.inf)
    for one in compared:
        counts = np.bincount(one.codes[single], minlength=int(one.codes.max(initial=0)) + 1)
        np.minimum(most, counts[one.codes], out=most)
    # A row that repeats another has that other among the different rows.
    return np.maximum(most - 1, 0.0) if len(single) else np.zeros(len(most))


def _some(rows: Whole, chance: np.random.Generator) -> Whole:
    return rows if len(rows) <= _ROWS else chance.choice(rows, _ROWS, replace=False)


def chance_of_copies(found: int, expected: float) -> float:
    """Return the chance of at least so many equal rows, as a Poisson count whose mean is known to about a half."""
    if found <= 0:
        return 1.0
    return float(special.betainc(found, _DOUBT, expected / (expected + _DOUBT)))
