"""Which interviews have an answer sheet so like another that chance does not explain it (check K17)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from datashift.assess.alike.candidates import found_alike
from datashift.assess.alike.chance import Answers, Tails, dependence, inflation, nearest, tails
from datashift.assess.alike.search import Packed, most_shared, packed, tallies
from datashift.assess.encoded import Flags, Numbers, Whole

ALL_PAIRS = 20_000
"""Up to so many interviews every pair is compared; beyond, those that a search proposes."""
_PAIRS = 4e8
_TAKEN = 2_000
_AMONG = 50_000
_PICKED = 400
_CHANGED = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3)


class Likeness(NamedTuple):
    """How like its nearest each interview is, and what chance gives.

    most     the most answers that it shares with another;   asked: the answers that it gives
    log_p    of sharing so many, NaN where it was not held against chance
    relative    how many answers its nearest has otherwise, as a share of how many the others usually have
    told     by how much of a copy is changed (0, 0.05, …): the share of interviews in which it would stand out
    all_pairs   whether every pair was compared
    """

    packed: Packed
    most: Whole
    asked: Whole
    log_p: Numbers
    relative: Numbers
    told: dict[float, float]
    all_pairs: bool

    @property
    def p(self) -> Numbers:
        """Return the chances; 1 where there is none, NaN where nothing was answered."""
        known = np.where(np.isnan(self.log_p), 0.0, np.minimum(self.log_p, 0.0))
        chances: Numbers = np.where(self.asked > 0, np.exp(known), np.nan)
        return chances


def likeness(
    answers: Answers, groups: Whole | None, chance: np.random.Generator, all_pairs: int = ALL_PAIRS
) -> Likeness:
    """Return how like its nearest each interview is, and the chance of that in this form and sample.

    In: questions, each as the number of the answer and whether there is one; who asked, if known; random numbers.
    An interview stands out only where it does so twice: its nearest is too near beside its own neighbours (the people
    most like it), and too near beside the nearest of everybody else. The first protects groups of people who are alike,
    the second people who are of a rare kind. Where there are very many interviews, only the most alike are held
    against chance, beside a sample that shows what is usual.
    """
    rows = len(answers[0][0])
    sheets = packed(answers, rows)
    everything = rows <= all_pairs
    most = most_shared(sheets) if everything else found_alike(answers, sheets, groups, chance)
    unlike = _usually_unlike(answers, rows)
    asked = sheets.asked
    relative = np.where(asked > 0, (asked - most) / np.maximum(unlike, 1e-9), np.inf)
    looked, among, sample = _looked(relative, rows, chance)
    pick = chance.choice(rows, min(_PICKED, rows), replace=False)
    bond = dependence(answers, sheets, pick, among[:20_000])
    curves = tails(tallies(sheets, looked, among), asked[looked], bond)
    answered = asked > 0
    usual = float(unlike[answered].mean()) if answered.any() else 1.0
    whole = nearest(relative[answered] * usual, float(asked[answered].mean()) if answered.any() else 1.0, bond)
    twins = float((most[answered] == asked[answered]).mean()) if answered.any() else 0.0
    inflated = [inflation(curve.log_p(asked[looked] - most[looked], rows)[sample], twins) for curve in curves]

    def log_p(differ: Numbers) -> Numbers:
        near = _together(curves, inflated, differ, rows)
        return np.maximum(near, whole.log_p(differ / np.maximum(unlike[looked], 1e-9) * usual))

    found = np.full(rows, np.nan)
    found[looked] = log_p((asked - most)[looked].astype(np.float64))
    found[~answered] = np.nan
    return Likeness(sheets, most, asked, found, relative, _told(log_p, asked[looked], sample, rows), everything)


def groups_of(likeness: Likeness, left: Whole, right: Whole) -> Whole:
    """Return for each interview the lowest number in its group of pairs (its own number where it is in no pair)."""
    group = np.arange(len(likeness.asked))
    while True:
        lower = np.minimum(group[left], group[right])
        before = group.copy()
        np.minimum.at(group, left, lower)
        np.minimum.at(group, right, lower)
        group = group[group]
        if (group == before).all():
            return group


def _together(curves: list[Tails], inflated: list[float], differ: Numbers, rows: int) -> Numbers:
    """The least of several chances is taken, so each counts as many times as there are."""
    if not curves:
        return np.zeros(len(differ))
    each = [curve.log_p(differ, rows) / by for curve, by in zip(curves, inflated, strict=True)]
    least: Numbers = np.minimum(np.min(each, axis=0) + np.log(len(each)), 0.0)
    return least


def _usually_unlike(answers: Answers, rows: int) -> Numbers:
    """Return how many of its answers the others have otherwise, on average, for each interview."""
    unlike = np.zeros(rows)
    for codes, given in answers:
        counts = np.bincount(codes[given])
        same = (counts[np.minimum(codes, len(counts) - 1)] - 1) / max(rows - 1, 1) if len(counts) else 0.0
        unlike += np.where(given, 1 - same, 0.0)
    return unlike


def _looked(relative: Numbers, rows: int, chance: np.random.Generator) -> tuple[Whole, Whole, Flags]:
    """Return which interviews are held against which others, and which of them are a sample of all."""
    everyone = np.arange(rows)
    if rows * rows <= _PAIRS:
        return everyone, everyone, np.ones(rows, dtype=np.bool_)
    among = everyone if rows <= _AMONG else np.sort(chance.choice(rows, _AMONG, replace=False))
    size = int(np.clip(_PAIRS / len(among) / 2, 300, _TAKEN))
    sample = chance.choice(rows, size, replace=False)
    closest = np.argpartition(relative, size)[:size]
    looked = np.union1d(sample, closest)
    return looked, among, np.isin(looked, sample)


def _told(log_p: object, asked: Whole, sample: Flags, rows: int) -> dict[float, float]:
    enough = np.log(0.05 * 2 / rows / 2)
    return {
        changed: float((log_p(np.ceil(changed * asked))[sample] <= enough).mean())  # type: ignore[operator]
        for changed in _CHANGED
    }
