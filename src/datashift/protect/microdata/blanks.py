"""Single cells left blank until nobody stands out (local suppression)."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt

from datashift.errors import CannotProtect
from datashift.protect.microdata.uniques import Codes, alike, kinds

Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]

_MOST = 4
"""Columns that are left blank together, before a row is left blank altogether."""


def blanks(codes: Codes, k: int) -> Flags:
    """Return which cells to leave blank, so that each row has `k` − 1 others that read the same, blanks included.

    A blank counts as an answer of its own: a row with a blank is not taken for alike to a row with an answer there,
    since somebody who knows that person would still tell the two apart. So rows that stand out are left blank in the
    same columns as others that stand out, fewest columns first; and where few others are needed, rows of large groups
    lend themselves. Greedy: not the fewest cells there could be, but always enough. Raises CannotProtect
    (microdata.few-rows) where the table has fewer than `k` rows.
    """
    rows, columns = codes.shape
    if 0 < rows < k:
        raise CannotProtect("microdata.few-rows", rows=rows, k=k)
    work = _Work(codes, k)
    for size in range(1, min(columns, _MOST + 1)):
        for lending in (False, True):
            if work.waiting.size and not (lending and k * size > columns):
                work.try_all(size, lending)
    work.blank_whole_rows()
    return work.blank


class _Work:
    """Rows that still stand out, what is blank so far, and how many rows each group could lend."""

    def __init__(self, codes: Codes, k: int) -> None:
        self.codes, self.k = codes, k
        self.blank: Flags = np.zeros(codes.shape, dtype=bool)
        same = alike(codes)
        self.waiting: Rows = np.flatnonzero(same < k)
        self.group = np.unique(kinds(codes), return_inverse=True)[1]
        self.room = np.maximum(np.bincount(self.group) - k, 0) if len(codes) else np.zeros(0, dtype=np.intp)
        lenders = np.flatnonzero(same > k)
        self.lenders: Rows = np.random.default_rng(0).permutation(lenders)  # whoever lends is drawn, the same each time

    def try_all(self, size: int, lending: bool) -> None:
        """Leave blank each choice of `size` columns, the one that helps most rows first."""
        choices = list(combinations(range(self.codes.shape[1]), size))
        helped = [self._helped(self._masked(self.waiting, choice)).sum() for choice in choices]
        for n in np.argsort(helped, kind="stable")[::-1]:
            if not self.waiting.size:
                return
            if lending:
                self._with_lent(choices[n])
            elif helped[n]:
                self._settle(self.waiting[self._helped(self._masked(self.waiting, choices[n]))], choices[n])

    def blank_whole_rows(self) -> None:
        """Leave the last rows blank altogether, with others where they are too few."""
        everything = tuple(range(self.codes.shape[1]))
        missing = self.k - self.waiting.size
        if self.waiting.size and missing > 0:
            lent = self._lend(self.lenders, missing)
            if lent.size < missing:
                # Nobody can be spared: the smallest group that reads the same goes with them.
                shown = np.where(self.blank, 0, self.codes)
                settled = np.setdiff1d(np.arange(len(shown)), self.waiting)
                names = kinds(shown)
                smallest = settled[np.argmin(alike(shown)[settled])]
                lent = settled[names[settled] == names[smallest]]
            self._settle(lent, everything)
        self._settle(self.waiting, everything)

    def _masked(self, rows: Rows, choice: tuple[int, ...]) -> Codes:
        masked = self.codes[rows]
        masked[:, list(choice)] = 0
        return masked

    def _helped(self, masked: Codes) -> Flags:
        return alike(masked) >= self.k

    def _settle(self, rows: Rows, choice: tuple[int, ...]) -> None:
        self.blank[np.ix_(rows, np.array(choice, dtype=np.intp))] = True
        settled = np.zeros(len(self.codes), dtype=bool)
        settled[rows] = True
        self.waiting, self.lenders = self.waiting[~settled[self.waiting]], self.lenders[~settled[self.lenders]]

    def _with_lent(self, choice: tuple[int, ...]) -> None:
        """Let rows of large groups be left blank in `choice` beside rows that stand out, where there are enough."""
        both = np.concatenate([self.waiting, self.lenders])
        names = kinds(self._masked(both, choice))
        ours, theirs = names[: self.waiting.size], names[self.waiting.size :]
        order = np.argsort(theirs, kind="stable")
        first = np.searchsorted(theirs[order], ours, "left")
        last = np.searchsorted(theirs[order], ours, "right")
        done: list[Rows] = []
        for name in np.unique(ours[last > first]):
            own = np.flatnonzero(ours == name)
            candidates = self.lenders[order[first[own[0]] : last[own[0]]]]
            lent = self._lend(candidates, max(self.k - own.size, 0))
            if own.size + lent.size >= self.k:
                done += [self.waiting[own], lent]
        if done:
            self._settle(np.concatenate(done), choice)

    def _lend(self, candidates: Rows, wanted: int) -> Rows:
        """Return `wanted` rows whose groups can spare them, or none where there are not enough."""
        room = self.room.copy()
        lent: list[int] = []
        for row in candidates:
            if len(lent) == wanted:
                break
            if room[self.group[row]] > 0:
                room[self.group[row]] -= 1
                lent.append(int(row))
        if len(lent) < wanted:
            return np.empty(0, dtype=np.intp)
        self.room = room
        return np.array(lent, dtype=np.intp)
