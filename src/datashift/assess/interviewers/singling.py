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


def singled_out(
    compared: Comparison, asked: Sequence[Contrast], chance_of: Callable[[int, Contrast], Numbers]
) -> list[Singled]:
    """Return the interviewers who differ from the others in any of the questions, the clearest first.

    Each has one chance over all questions (Simes 1986), and interviewers are told at a false discovery rate, stepping
    down from the clearest: so it is names that are seldom wrong, not questions. Whoever is found is left out before the
    next ones are looked for, since they move the mean of their places, and with it everybody else. The questions of
    whoever is told are chosen at the rate that this leaves (Benjamini & Bogomolov 2014).
    """
    members = compared.units.members
    found: dict[int, tuple[float, float, Numbers, list[Contrast | None]]] = {}
    left: list[Contrast | None] = list(asked)
    rounds = int(np.clip(_WORK / max(len(asked) * len(compared.units.of_member), 1), _FEWEST, _MOST))
    at_once = 1 if members <= rounds else -(-members // rounds)
    worst = 0.0
    while len(found) < members:
        p = np.array([_chances(chance_of, index, one, members) for index, one in enumerate(left)])
        p[:, list(found)] = np.nan
        whole = simes(p)
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
        told = _told(chances, share)
        clearest = over[int(told[0])]
        assert clearest is not None
        singled.append(Singled(member, p_value, rate, chances, told, clearest))
    return singled


def _chances(chance_of: Callable[[int, Contrast], Numbers], index: int, one: Contrast | None, members: int) -> Numbers:
    return np.full(members, np.nan) if one is None else chance_of(index, one)


def simes(p: Numbers) -> Numbers:
    """Return per column the chance that any of its questions is as it is (Simes 1986); NaN where none was asked."""
    ordered = np.sort(p, axis=0)
    asked = (~np.isnan(p)).sum(axis=0)
    scaled = ordered * asked[None, :] / np.arange(1, len(p) + 1)[:, None]
    return np.asarray(np.where(asked > 0, np.min(np.where(np.isnan(scaled), np.inf, scaled), axis=0), np.nan))


def _told(p: Numbers, level: float) -> Whole:
    rates, _flags = discoveries(p)
    order = np.argsort(p, kind="stable")
    return np.asarray(order[rates[order] <= level + 1e-12], dtype=np.int64)
