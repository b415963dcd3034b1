"""Who leans towards one answer over many questions, beyond the habits that all interviewers have (for check K20)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from datashift.assess.encoded import Numbers, Whole
from datashift.assess.evidence import Evidence
from datashift.assess.interviewers.effects import Comparison, Contrast, Scored, pearson, tails
from datashift.assess.interviewers.items import Item

LEAST = 3
"""Fewer questions with the same list of answers do not make a leaning."""

_DRAWS, _SURE, _WORK = 20_000, 25, 2e7
_MOST_ROWS = 20_000
_STEPS, _NEWTON = 40, 8
_LEAST_ITEMS = 10


class Leaning(NamedTuple):
    """Items that hold one answer, by position, of questions with two answers or with more.

    `sign` is -1 where an item counts the other answer of two.
    """

    answer: str
    two: bool
    sign: Numbers
    of: Whole


class Form(NamedTuple):
    """How the items of a form go together: the middle of their mean squares, and of the sums of each leaning, drawn
    from interviewers without habits.
    """

    usual: float
    leanings: tuple[Leaning, ...]
    drawn: tuple[Numbers, ...]


Column = npt.NDArray[np.float32]
"""An item by row or unit, less its mean in each place, for as many rows as it takes to know how items go together."""


def column(compared: Comparison, item: Item, scored: Scored | None) -> Column:
    """Return what is needed of an item to know how it goes together with others."""
    values, known = (item.values, item.known) if scored is None else (scored.value, scored.there)
    stratum, filled = compared.units.stratum, np.where(known, values, 0.0)
    centre = np.bincount(stratum, filled) / np.maximum(np.bincount(stratum, known), 1)
    some = slice(None, None, max(len(stratum) // _MOST_ROWS, 1))
    return np.where(known[some], filled[some] - centre[stratum[some]], 0.0).astype(np.float32)


def form_of(evidence: Evidence, found: Sequence[Item], columns: Sequence[Column], chance: np.random.Generator) -> Form:
    """Return how these items go together within places, and the answers that several questions share."""
    values = np.stack(columns, axis=1).astype(np.float64)
    scale = np.sqrt((values**2).sum(axis=0))
    together = (values.T @ values) / np.maximum(np.outer(scale, scale), 1e-12)
    np.fill_diagonal(together, 1.0)
    roots, sides = np.linalg.eigh(together)
    draws = int(np.clip(_WORK / len(found), 1000, _DRAWS))
    z = chance.normal(size=(draws, len(found))) @ (sides * np.sqrt(np.maximum(roots, 0.0))).T
    leanings = tuple(_leanings(evidence, found))
    drawn = tuple(np.sort(_sum(z[:, one.of], one.sign)) for one in leanings)
    return Form(float(np.median((z**2).mean(axis=1))), leanings, drawn)


def _given(evidence: Evidence, item: Item) -> tuple[str, ...]:
    """Return the answers that a question has, none where it has a number."""
    if not item.answer:
        return ()
    encoded = evidence.columns[item.column]
    counts = np.bincount(encoded.codes[~evidence.missing(item.column) & evidence.written], minlength=1)
    return tuple(str(encoded.texts[int(code)].as_py()) for code in np.flatnonzero(counts))


def _leanings(evidence: Evidence, found: Sequence[Item]) -> Iterator[Leaning]:
    """Yield each answer that several questions share, apart for questions with two answers and with more."""
    signs: dict[tuple[bool, str], dict[int, float]] = {}
    for at, item in enumerate(found):
        given = _given(evidence, item)
        two = len(given) == 2
        for answer in given if two else (item.answer,) if item.answer else ():
            signs.setdefault((not two, answer), {})[at] = 1.0 if answer == item.answer else -1.0
    for (more, answer), sign in sorted(signs.items()):
        if len(sign) >= LEAST:
            yield Leaning(answer, not more, np.array(list(sign.values())), np.array(list(sign)))


def _sum(z: Numbers, sign: Numbers) -> Numbers:
    """Return the sum of squares of what points in one direction: few strong signs count, and so do many weak ones."""
    return np.asarray((np.maximum(z * sign, 0.0) ** 2).sum(axis=-1), dtype=np.float64)


def standings(one: Contrast | None, members: int) -> Numbers:
    """Return per interviewer how far from the others, as a normal score that errs on the side of chance."""
    if one is None:
        return np.full(members, np.nan)
    low, high = tails(one)
    side = -special.ndtri(np.clip(np.fmin(low, high), 1e-300, 0.5))
    return np.asarray(np.where(np.isnan(low), np.nan, np.where(low < high, -side, side)), dtype=np.float64)


def steadied(over: Sequence[Contrast | None]) -> list[Contrast | None]:
    """Return the items with a variance of units that borrows from all others (Smyth 2004).

    Villages have few units, so each item alone tells little of how much these vary. How differently they vary from
    item to item tells how much may be borrowed: all where that is chance alone, little where some depend on the day.
    """
    able = [one for one in over if one is not None and np.isfinite(one.free).any()]
    if len(able) < _LEAST_ITEMS:
        return list(over)
    free = np.array([np.median(one.free[np.isfinite(one.free)]) for one in able])
    logs = np.array([np.log(np.median((one.apart / one.room)[np.isfinite(one.free)])) for one in able])
    logs += np.log(free / 2) - special.digamma(free / 2)
    beyond = float(logs.var(ddof=1) - special.polygamma(1, free / 2).mean())
    borrowed = 2 * _trigamma_inverse(beyond) if beyond > 0 else np.inf
    shift = special.digamma(borrowed / 2) - np.log(borrowed / 2) if np.isfinite(borrowed) else 0.0
    usual = float(np.exp(logs.mean() + shift))
    return [None if one is None else _steadied(one, usual, borrowed) for one in over]


def _steadied(one: Contrast, usual: float, borrowed: float) -> Contrast:
    own = np.isfinite(one.free)
    free = np.where(own, one.free, 0.0)
    weight = free / (free + borrowed) if np.isfinite(borrowed) else np.zeros_like(free)
    apart = weight * one.apart + (1 - weight) * usual * one.room
    return one._replace(apart=np.where(own, apart, one.apart), free=np.where(own, free + borrowed, one.free))


def _trigamma_inverse(value: float) -> float:
    """Return where the trigamma function has this value, by Newton's method (Smyth 2004, appendix)."""
    x = 0.5 + 1 / value
    for _step in range(_NEWTON):
        trigamma = float(special.polygamma(1, x))
        x += trigamma * (1 - trigamma / value) / float(special.polygamma(2, x))
    return x


def beyond_habits(form: Form, over: Sequence[Contrast | None], members: int) -> list[Numbers]:
    """Return per item, and per leaning of each kind of question, the chance of each interviewer.

    Every interviewer has habits: how far most of them lie apart over all questions is no news of one. That spread is a
    variance that grows with the number of interviews, so that half of the interviewers lie within what it and chance
    make half the time (a median, so that one who invents answers does not widen it).
    """
    over = steadied(over)
    z = np.array([standings(one, members) for one in over])
    worth = np.array([_worth(one, members) for one in over])
    z /= np.sqrt(1 + _habit(z, worth, form.usual) * worth)
    items = np.where(np.isnan(z), np.nan, 2 * special.ndtr(-np.abs(z)))
    families = [items, *(items[:0] for _kind in (True, False))]
    for one, drawn in zip(form.leanings, form.drawn, strict=True):
        chance = _chance(_sum(np.nan_to_num(z[one.of]).T, one.sign), drawn)
        at = 1 if one.two else 2
        families[at] = np.vstack([families[at], chance])
    return families


def _worth(one: Contrast | None, members: int) -> Numbers:
    """Return how much of the variance of each standing an effect with the variance of the answers makes."""
    if one is None:
        return np.full(members, np.nan)
    return np.asarray(one.spread * one.weight**2 / np.maximum(one.apart, 1e-9), dtype=np.float64)


def _habit(z: Numbers, worth: Numbers, usual: float) -> float:
    """Return the share of the variance that habits make, from the middle one of all interviewers."""
    some = ~np.isnan(z).all(axis=0)
    z, worth = z[:, some], worth[:, some]

    def middle(share: float) -> float:
        return float(np.median(np.nanmean(z**2 / (1 + share * worth), axis=0)))

    low, high = 0.0, 1.0
    if not some.any() or middle(low) <= usual:
        return 0.0
    for _step in range(_STEPS):
        half = (low + high) / 2
        low, high = (half, high) if middle(half) > usual else (low, half)
    return high


def _chance(sums: Numbers, drawn: Numbers) -> Numbers:
    """Return the chance of sums as great: counted, and beyond what draws can tell the tail with their moments."""
    beyond = len(drawn) - np.searchsorted(drawn, sums - 1e-9)
    mean, spread = float(drawn.mean()), max(float(drawn.std()), 1e-9)
    skew = float((((drawn - mean) / spread) ** 3).mean())
    counted = (1 + beyond) / (1 + len(drawn))
    fitted = pearson(-(sums - mean) / spread, np.full(len(sums), -max(skew, 0.0)))
    return np.asarray(np.where(beyond >= _SURE, counted, np.minimum(np.maximum(fitted, beyond / len(drawn)), counted)))
