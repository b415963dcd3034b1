"""How many answers chance lets two interviews share, in this form and this sample (checks K2 and K17).

Honest people resemble each other: they live in one village, are equally poor, skip the same questions. So nothing is
assumed about people. Each interview is held against all others, as they are: how many share so many of its answers, how
many one more, and so on. Up to its nearest few this is seen; beyond, it is continued as a binomial count of unlike
answers that passes through two seen points, with a variance for answers that go together. A copy lies far beyond where
that curve ends. The idea is that of thresholds and tails (Pickands 1975; Coles 2001, ch. 4), the anchor at the k-th
nearest that of Hill (1975); the inflation by what the sample itself shows is genomic control (Devlin & Roeder 1999).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy import special

from datashift.assess.alike.search import Packed, shared
from datashift.assess.encoded import Codes, Flags, Numbers, Whole

Answers = Sequence[tuple[Codes, Flags]]

LEAST_ROWS = 25
"""Among fewer interviews there is no body of pairs to hold one pair against."""
_NEAREST, _NEAR, _FAR, _APART = 3, 12, 48, 3
"""Points of the curve: the k-th nearest and the one `_APART` times as far down the order."""
_HALVINGS = 45
_SHRINK = 60.0
_TAKEN = (0.5, 0.75, 0.8)
"""Quantiles of an honest majority, by which the chances of the sample are held against what they should be."""
_FIRST, _SECOND = 0.2, 0.6
_MANY, _LEAST_SINGLE = 0.15, 20
"""Of interviews that have a twin. From so many on, quantiles above the median would be those of copies."""


class Tails(NamedTuple):
    """For each interview the curve of the others by how many answers differ; see `tails`.

    share   of the others, how many lie within `unlike` unlike answers
    trials, chance   of the binomial count of unlike answers, in units of `scale` answers that go together
    """

    share: Numbers
    unlike: Numbers
    trials: Numbers
    chance: Numbers
    scale: Numbers

    def log_share(self, unlike: Any) -> Numbers:
        """Return the log of the share of others with at most so many unlike answers, continued beyond what is seen."""
        nearer = _log_within(unlike / self.scale, self.trials, self.chance)
        seen = _log_within(self.unlike / self.scale, self.trials, self.chance)
        share: Numbers = np.minimum(np.log(self.share) + np.minimum(nearer - seen, 0.0), 0.0)
        return share

    def log_p(self, unlike: Any, rows: int) -> Numbers:
        """Return the log of the chance that any of `rows` - 1 others has at most so many unlike answers."""
        one = self.log_share(unlike) + np.log(rows - 1)
        several = np.log(-np.expm1(-np.exp(np.clip(one, -18.0, 5.0))))
        chance: Numbers = np.where(one < -18.0, one, several)
        return chance


def tails(tally: Whole, asked: Whole, dependence: float) -> list[Tails]:
    """Return curves through the 3rd and 9th nearest, the 12th and 36th, the 48th and 144th or what is nearer of few.

    In: per interview how many others share 0, 1, 2, … of its answers; how many it gave; see `dependence`.
    A copied pair stands out from the nearest few; many copies of one interview only from those further off.
    """
    others = tally.sum(axis=1)
    least = int(others.min()) if len(others) else 0
    counts = {k for k in (_NEAREST, _NEAR, min(least // 5, _FAR)) if k >= _NEAREST and 4 * k <= least}
    scale, trials = _spread(tally, asked, dependence)
    within = np.cumsum(tally[:, ::-1], axis=1)
    return [_through(within, asked, others, k, scale, trials) for k in sorted(counts)]


def dependence(answers: Answers, packed: Packed, pick: Whole, among: Whole) -> float:
    """Return how many times the variance of unlike answers exceeds that of questions that have no bond.

    Seen among interviews that are near each other, so that only bonds within a village or a kind of people count: the
    2nd to 7th nearest of each of `pick`; the nearest may be a copy. Covariances within three standard errors are noise.
    """
    left, right = _near_pairs(packed, pick, among)
    unlike = np.empty((len(left), len(answers)))
    for k, (codes, given) in enumerate(answers):
        differ = np.where(given[left], codes[left] != codes[right], np.nan)
        known = ~np.isnan(differ)
        unlike[:, k] = np.where(known, differ - (differ[known].mean() if known.any() else 0.0), 0.0)
    if not len(unlike):
        return 1.0
    unlike -= unlike.mean(axis=1, keepdims=True)  # some pairs are nearer than others, copies above all: that is no bond
    together = unlike.T @ unlike / len(unlike)
    alone = np.diag(together).copy()
    if alone.sum() <= 0:
        return 1.0
    both = np.outer(alone, alone)
    together += both / alone.sum()  # each pair has its sum taken away, which draws the others down
    bound = np.where(together > 3 * np.sqrt(3 * both / len(unlike)), together, 0.0)
    np.fill_diagonal(bound, 0.0)
    return 1.0 + float(bound.sum() / alone.sum())


def inflation(log_p: Numbers, twins: float) -> float:
    """Return by how much the logs of honest chances are too low here: 1 where the curve describes this sample.

    `twins` is the share of interviews that have a twin in all answers.
    """
    if not len(log_p):
        return 1.0
    taken = _TAKEN if twins < _MANY else _TAKEN[:1]
    return max(1.0, *(float(np.quantile(-log_p, q)) / -float(np.log1p(-q)) for q in taken))


class Nearest(NamedTuple):
    """The curve of all interviews by how unlike their nearest is; see `nearest`."""

    within: Numbers
    share: float
    trials: float
    chance: float
    scale: float

    def log_p(self, unlike: Numbers) -> Numbers:
        """Return the log of the chance that the nearest of an interview is at most so unlike."""
        if not len(self.within):
            return np.zeros(len(unlike))
        edge = self.within[-1]
        nearer = _log_within(unlike / self.scale, self.trials, self.chance)
        seen = _log_within(edge / self.scale, self.trials, self.chance)
        low = np.log(self.share) + np.minimum(nearer - seen, 0.0)
        return np.where(unlike < edge, np.minimum(low, 0.0), 0.0)


def nearest(unlike: Numbers, questions: float, scale: float) -> Nearest:
    """Return the curve of the nearest of all interviews, through the nearest fifth and three fifths of them.

    A small group of people who are much alike has its nearest no nearer than a large one; a copy has. Where so many
    have a twin that it would end at twins, the curve goes through those that have none: in a short form, where people
    are equal by chance, it still tells that many are.
    """
    rows, ordered = len(unlike), np.sort(unlike)
    single = ordered[ordered > 0]
    if rows and len(single) >= _LEAST_SINGLE and 1 - len(single) / rows >= _MANY:
        ordered = single
    known = len(ordered)
    edge = ordered[max(int(_FIRST * known), 3) - 1]
    beyond = max(ordered[min(max(int(_SECOND * known), 5), known) - 1], edge + 1)
    inner, outer = int((ordered <= edge).sum()), int((ordered <= beyond).sum())
    if outer <= inner or edge <= 0:
        return Nearest(np.zeros(0), 1.0, 1.0, 0.5, 1.0)
    trials = np.array([questions / scale])
    chance = _steep(np.log(np.array([outer / inner])), np.array([beyond / scale]), np.array([edge / scale]), trials)
    return Nearest(ordered[:inner], inner / rows, float(trials[0]), float(chance[0]), scale)


def _through(within: Whole, asked: Whole, others: Whole, k: int, scale: Numbers, trials: Numbers) -> Tails:
    edge, inner = _level(within, asked, k)
    beyond, _outer = _level(within, asked, min(_APART * k, int(others.min()) // 2))
    beyond = np.maximum(beyond, edge + 1)
    place = np.clip(within.shape[1] - 1 - (asked - beyond), 0, within.shape[1] - 1)
    outer = np.maximum(np.take_along_axis(within, place[:, None], axis=1)[:, 0], inner)
    steep = np.log(outer / inner) - 0.5 * np.sqrt(1 / inner - 1 / outer)  # half a standard error to the safe side
    chance = _steep(np.maximum(steep, 0.0), beyond / scale, edge / scale, trials)
    log_share = np.log(inner / others)
    too_much = log_share - _log_within(edge / scale, trials, chance) > 0  # the curve would hold more than all others
    chance = np.where(too_much, np.minimum(_passing(log_share, edge / scale, trials), chance), chance)
    return Tails(inner / others, edge.astype(np.float64), trials, chance, scale)


def _level(within: Whole, asked: Whole, count: int) -> tuple[Whole, Whole]:
    """Return how many unlike answers the `count`-th nearest has, and how many have no more."""
    place = (within >= count).argmax(axis=1)
    return asked - (within.shape[1] - 1 - place), np.take_along_axis(within, place[:, None], axis=1)[:, 0]


def _spread(tally: Whole, asked: Whole, dependence: float) -> tuple[Numbers, Numbers]:
    """Return how many answers go together, and how many independent questions that leaves, per interview."""
    count = np.maximum(tally.sum(axis=1), 2)
    number = np.arange(tally.shape[1])
    mean = (tally @ number) / count
    variance = np.maximum((tally @ number**2) / count - mean**2, 0.0) * count / (count - 1)
    unlike = np.clip(asked - mean, 1e-9, np.maximum(asked - 1e-9, 1e-9))
    binomial = np.maximum(unlike * (1 - unlike / np.maximum(asked, 1)), 1e-9)
    ratio = variance / binomial
    ratio = np.clip((_SHRINK * ratio.mean() + count * ratio) / (_SHRINK + count), 0.05, None)
    scale = np.clip(ratio, 1.0, max(dependence, 1.0))
    fewer = np.where(ratio < 1, unlike / np.maximum(1 - ratio * binomial / unlike, 1e-3), asked / scale)
    return scale, np.maximum(fewer, 1.0)


def _log_within(unlike: Any, trials: Any, chance: Any) -> Numbers:
    """Return the log of the chance of at most `unlike` among `trials`, neither of which need be whole."""
    few = np.minimum(unlike, trials - 1e-9)
    direct = special.betainc(np.maximum(trials - few, 1e-9), few + 1, 1 - chance)
    choose = special.gammaln(trials + 1) - special.gammaln(few + 1) - special.gammaln(trials - few + 1)
    leading = choose + few * np.log(chance) + (trials - few) * np.log1p(-chance)
    found: Numbers = np.where(direct < 1e-280, leading, np.log(np.maximum(direct, 1e-300)))
    return found


def _steep(steep: Numbers, beyond: Numbers, edge: Numbers, trials: Numbers) -> Numbers:
    """Return the chance at which the curve rises by `steep` (a log) from `edge` to `beyond`."""
    low, high = np.full(len(steep), 1e-6), np.full(len(steep), 1 - 1e-6)
    for _halving in range(_HALVINGS):
        middle = (low + high) / 2
        gentle = _log_within(beyond, trials, middle) - _log_within(edge, trials, middle) < steep
        low, high = np.where(gentle, middle, low), np.where(gentle, high, middle)
    return low


def _passing(log_share: Numbers, edge: Numbers, trials: Numbers) -> Numbers:
    """Return the chance at which the curve alone holds `log_share` of all up to `edge`."""
    low, high = np.full(len(edge), 1e-6), np.full(len(edge), 1 - 1e-6)
    for _halving in range(_HALVINGS):
        middle = (low + high) / 2
        enough = _log_within(edge, trials, middle) >= log_share
        low, high = np.where(enough, middle, low), np.where(enough, high, middle)
    return low


def _near_pairs(packed: Packed, pick: Whole, among: Whole) -> tuple[Whole, Whole]:
    first, last = 1, 7
    if len(among) <= last + 1:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    lefts, rights = [], []
    those = packed.of(among)
    for start in range(0, len(pick), 64):
        here = pick[start : start + 64]
        alike = shared(packed.of(here), those).astype(np.int32)
        alike[here[:, None] == among[None, :]] = -1
        order = np.argpartition(-alike, last, axis=1)[:, :last]
        near = np.take_along_axis(order, np.argsort(-np.take_along_axis(alike, order, axis=1), axis=1), axis=1)
        rights.append(among[near[:, first:]].ravel())
        lefts.append(np.repeat(here, last - first))
    return np.concatenate(lefts), np.concatenate(rights)
