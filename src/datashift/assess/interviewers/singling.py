"""Which interviewers differ from the others, over all questions at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from datashift.assess.checks import discoveries
from datashift.assess.encoded import Numbers, Whole
from datashift.assess.interviewers.effects import Comparison, Contrast, without
from datashift.chance import LEVEL

_WORK = 2e6
_FEWEST, _MOST = 3, 20  # rounds


class Singled(NamedTuple):
    """One interviewer who differs: their chance over all questions, adjusted among interviewers, and by question.

    told      the questions in which they differ, the clearest first
    contrast  the clearest of these, over those interviewers who were not found before
    """

    member: int
    p: float
    rate: float
    chances: Numbers
    told: Whole
    contrast: Contrast


Families = Sequence[Numbers]
"""Chances by interviewer: in the first family a row for each question, in others a row for several together."""


def singled_out(
    compared: Comparison, asked: Sequence[Contrast], chances_of: Callable[[Sequence[Contrast | None]], Families]
) -> list[Singled]:
    """Return the interviewers who differ from the others in any of the questions, the clearest first.

    Each has one chance over all rows of a family (Simes 1986) and over families (Bonferroni), and interviewers are told
    at a false discovery rate, stepping down from the clearest: so it is names that are seldom wrong, not questions.
    Whoever is found is left out before the next ones are looked for, since they move the mean of their places, and with
    it everybody else. The questions of whoever is told are chosen at the rate that this leaves (Benjamini & Bogomolov
    2014).
    """
    members = compared.units.members
    found: dict[int, tuple[float, float, Numbers, list[Contrast | None]]] = {}
    left: list[Contrast | None] = list(asked)
    rounds = int(np.clip(_WORK / max(len(asked) * len(compared.units.of_member), 1), _FEWEST, _MOST))
    at_once = 1 if members <= rounds else -(-members // rounds)
    worst, sizes = 0.0, list[int]()
    while len(found) < members:
        families = [one for one in chances_of(left) if len(one)]
        p, sizes = np.concatenate(families), [len(one) for one in families]
        whole = _over(families)
        whole[list(found)] = np.nan
        passed = 0
        for member in np.argsort(whole, kind="stable")[:at_once].tolist():
            rate = whole[member] * members / (len(found) + 1)
            if not rate <= LEVEL:
                break
            worst = max(worst, float(rate))
            found[member] = (float(whole[member]), worst, p[:, member], left)
            passed += 1
        if passed < at_once:
            break
        left = [without(compared, one, list(found)) for one in asked]
    share = LEVEL * len(found) / max(members, 1)
    singled = []
    for member, (p_value, rate, chances, over) in found.items():
        told = _told(chances, sizes, share)
        one = next((index for index in told.tolist() if index < len(asked)), None)
        clearest = over[one if one is not None else int(np.nanargmin(chances[: len(asked)]))]
        assert clearest is not None
        singled.append(Singled(member, p_value, rate, chances, told, clearest))
    return singled


def _over(families: Families) -> Numbers:
    """Return per interviewer the chance over all families."""
    each = np.array([simes(one) for one in families])
    least = np.where(np.isnan(each), np.inf, each).min(axis=0)
    return np.asarray(np.where(np.isinf(least), np.nan, np.minimum(least * len(families), 1.0)))


def simes(p: Numbers) -> Numbers:
    """Return per column the chance that any of its questions is as it is (Simes 1986); NaN where none was asked."""
    ordered = np.sort(p, axis=0)
    asked = (~np.isnan(p)).sum(axis=0)
    scaled = ordered * asked[None, :] / np.arange(1, len(p) + 1)[:, None]
    return np.asarray(np.where(asked > 0, np.min(np.where(np.isnan(scaled), np.inf, scaled), axis=0), np.nan))


def _told(p: Numbers, sizes: Sequence[int], level: float) -> Whole:
    parts = np.split(p, np.cumsum(sizes)[:-1])
    rates = np.concatenate([len(parts) * discoveries(part)[0] for part in parts])
    order = np.argsort(p, kind="stable")
    return np.asarray(order[rates[order] <= level + 1e-12], dtype=np.int64)
