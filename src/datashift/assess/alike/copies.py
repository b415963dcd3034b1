"""How many equal rows honest people would write (check K2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import special

from datashift.assess.alike.chance import dependence, tails
from datashift.assess.alike.search import packed, tallies
from datashift.assess.encoded import Encoded, Flags, Numbers, Whole

_LEAST, _FEWEST = 13, 5
"""Different rows below which there is no curve, and below which nothing can be seen."""
_ANEW = 0.5
_ROWS = 200
_AMONG = 10_000
_DOUBT = 4.0
"""The expected number is taken as known to half of itself: a gamma with this shape."""


def too_many(compared: Sequence[Encoded], repeats: Flags, chance: np.random.Generator) -> tuple[float, float]:
    """Return the chance of so many equal rows, and how many chance gives at most.

    Were the columns independent, pairs of equal rows would be about n(n-1)/2 times the product of each column's share
    of equal pairs; as they go together, there may be more, and the greater number counts. Two questions are asked, so
    the smaller chance counts twice. Of rows whose cell in a column that is measured anew for each row (coordinates, a
    time) only their twin shares: are there any. Of the others: are there more than rows come near each other here.
    """
    single = np.flatnonzero(~repeats)
    if len(single) < _FEWEST:
        return 1.0, float(repeats.sum())
    shared, anew = _sharing(compared, single)
    sure = repeats & anew
    others = repeats & ~anew
    expected = np.inf
    if others.any() and len(single) >= _LEAST:
        expected = max(
            _near(compared, repeats, shared, chance), _apart(compared, np.arange(len(repeats)), len(repeats))
        )
    by_twins = _apart(compared, single, len(repeats))
    chances = chance_of_copies(int(sure.sum()), by_twins), chance_of_copies(int(others.sum()), expected)
    return min(1.0, 2 * min(chances)), min(expected, float(others.sum()))


def chance_of_copies(found: int, expected: float) -> float:
    """Return the chance of at least so many equal rows, as a Poisson count whose mean is known to about a half."""
    if found <= 0 or np.isinf(expected):
        return 1.0
    return float(special.betainc(found, _DOUBT, expected / (expected + _DOUBT)))


def _apart(compared: Sequence[Encoded], among: Whole, rows: int) -> float:
    """Return how many of `rows` would be equal if columns were independent, with the shares of equal pairs `among`."""
    pairs = max(len(among) * (len(among) - 1), 1)
    expected = rows * (rows - 1) / 2
    for one in compared:
        counts = np.bincount(one.codes[among]).astype(np.float64)
        expected *= float((counts * (counts - 1)).sum()) / pairs
    return expected


def _near(compared: Sequence[Encoded], repeats: Flags, shared: Numbers, chance: np.random.Generator) -> float:
    """Return how many rows repeat an earlier one by chance, where columns go together as they do here.

    Repeated rows are set aside. Each row that was repeated, and some that were not, are held against the different rows
    that are left: how many differ in so many cells, continued to none (see `alike_chance`). No more can be equal than
    share the cell that fewest share.
    """
    rows, single = len(repeats), np.flatnonzero(~repeats)
    again = _some(np.flatnonzero((shared > 0) & repeats), chance)
    once = _some(np.flatnonzero((shared > 0) & ~repeats), chance)
    either = np.concatenate([again, once])
    if not len(either):
        return 0.0
    answers = [(one.codes, np.ones(rows, dtype=np.bool_)) for one in compared]
    sheets = packed(answers, rows)
    among = chance.choice(single, _AMONG, replace=False) if len(single) > _AMONG else single
    curves = tails(tallies(sheets, either, among), sheets.asked[either], dependence(answers, sheets, either, among))
    share = np.exp(np.max([curve.log_share(np.zeros(len(either))) for curve in curves], axis=0))
    equal = np.minimum(share * (rows - 1), shared[either])
    expected = 0.0
    for part, all_of in ((equal[: len(again)], repeats), (equal[len(again) :], ~repeats)):
        expected += float(((shared > 0) & all_of).sum()) * float(part.mean()) / 2 if len(part) else 0.0
    return expected


def _sharing(compared: Sequence[Encoded], single: Whole) -> tuple[Numbers, Flags]:
    """Return for each row how many of the different rows, but one, share its cell that fewest share; and for which
    rows that is none in a column where most rows have a cell of their own.
    """
    rows = len(compared[0].codes)
    shared, anew = np.full(rows, np.inf), np.zeros(rows, dtype=np.bool_)
    for one in compared:
        counts = np.bincount(one.codes[single], minlength=int(one.codes.max(initial=0)) + 1)
        mine = np.maximum(counts[one.codes] - 1, 0)
        np.minimum(shared, mine, out=shared)
        if (mine[single] == 0).mean() >= _ANEW:
            anew |= mine == 0
    return shared, anew


def _some(rows: Whole, chance: np.random.Generator) -> Whole:
    return rows if len(rows) <= _ROWS else chance.choice(rows, _ROWS, replace=False)
