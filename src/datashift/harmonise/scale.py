"""Probabilities on a Rasch scale, brought to a common standard (such as the Food Insecurity Experience Scale).

Method: Cafiero, Viviani and Nord, Measurement 116 (2018), doi:10.1016/j.measurement.2017.10.065, as their R package
RM.weights 2.0 carries it out with its defaults (RM.w, equating.fun); the code here is our own. Weighted conditional
maximum likelihood gives the severities, maximum likelihood the respondents' place and its error by raw score. The
probabilities are then taken as known: their own uncertainty is not in the standard errors of a design.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np

from datashift.errors import DesignError
from datashift.harmonise.problems import Mask
from datashift.model import Scale
from datashift.standards.conditions import Floats, Objects, is_one_of, numbers

CLOSE = 1e-13
STEPS = 200
EXTREME = 0.5
"""How far from the lowest or highest raw score, which have no place on the scale, the score is that stands for them."""


@dataclass(frozen=True)
class Rasch:
    """A fitted scale with k items. Severities have the mean 0; `place` and `error` are by raw score from 0 to k."""

    severity: Floats
    place: Floats
    error: Floats


@dataclass(frozen=True)
class Equated:
    """The way to the standard, standard = shift + slope * severity, and the items on which it rests."""

    slope: float
    shift: float
    common: Mask


def probabilities(scale: Scale, columns: Mapping[str, Objects], weights: Objects) -> Objects:
    """Return for each row the probability (0 to 1) of lying above the scale's threshold; None for an incomplete row.

    In:  the answers by item and the weights, one object per row (None where missing). Rows without a weight above 0 do
         not take part in the fit.
    Raises DesignError where the answers are too few, say nothing about an item, or do not fit the standard.
    """
    answers = np.array([_answer(columns[item], scale) for item in scale.items])
    complete = ~np.isnan(answers).any(axis=0)
    weight = np.nan_to_num(numbers(weights))
    fitted = complete & (weight > 0)
    _require_enough(scale, answers[:, fitted].T)
    chance = by_score(scale, fit(*counted(answers[:, fitted].T, weight[fitted])))
    found = np.full(len(weights), None, dtype=object)
    found[complete] = chance[answers[:, complete].sum(axis=0).astype(int)]
    return found


def by_score(scale: Scale, rasch: Rasch) -> Floats:
    """Return the probability of lying above the threshold for each raw score, 0 for the lowest one.

    P(r) = 1 - Phi((threshold - place(r)) / error(r)), with the threshold of the standard brought to the fitted scale.
    Raises DesignError where the severities do not fit the standard.
    """
    standard = np.array(list(scale.items.values()))
    way = equate(rasch.severity, standard, scale)
    threshold = (scale.items[scale.threshold] - way.shift) / way.slope
    chance = np.array([upper_tail((threshold - a) / e) for a, e in zip(rasch.place, rasch.error, strict=True)])
    chance[0] = 0.0
    return chance


def _answer(values: Objects, scale: Scale) -> Floats:
    found = np.full(len(values), np.nan)
    found[is_one_of(values, scale.yes) == 1] = 1.0
    found[is_one_of(values, scale.no) == 1] = 0.0
    return found


def _require_enough(scale: Scale, answers: Floats) -> None:
    score = answers.sum(axis=1)
    between = answers[(score > 0) & (score < len(scale.items))]
    if len(between) < scale.least_n:
        raise DesignError("scale.few", n=len(between), least=scale.least_n)
    shares = between.mean(axis=0)
    alike = [item for item, share in zip(scale.items, shares, strict=True) if share in (0.0, 1.0)]
    if alike:
        raise DesignError("scale.one-sided", items=", ".join(alike))


# --- the Rasch model ------------------------------------------------------------------------------------------------


def symmetric(terms: Floats) -> Floats:
    """Return the elementary symmetric functions of `terms`, of order 0 to their number."""
    found = np.zeros(len(terms) + 1)
    found[0] = 1.0
    for count, term in enumerate(terms, 1):
        found[1 : count + 1] += term * found[:count].copy()
    return found


def counted(answers: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return all that the model needs to know: weighted yes answers by item, weighted people by raw score (0 to k).

    In: answers (respondents by items, 1 yes and 0 no) and weights. Only those between the lowest and the highest score
    count; the others say nothing of one item beside another.
    """
    items = answers.shape[1]
    score = answers.sum(axis=1).astype(int)
    between = (score > 0) & (score < items)
    people = np.bincount(score[between], weight[between], minlength=items + 1).astype(np.float64)
    return weight[between] @ answers[between], people


def fit(yes: Floats, people: Floats) -> Rasch:
    """Fit a Rasch model by weighted conditional maximum likelihood to what `counted` returns.

    Every item must have a yes and a no.
    """
    items = len(yes)
    severity = _severities(yes, people)
    aims = np.array([EXTREME, *range(1, items), items - EXTREME])
    place = np.array([_place(severity, aim) for aim in aims])
    error = np.array([1 / sqrt(_information(severity, a)) for a in place])
    # RM.weights 2.0 gives both ends the error of the lower one, and so do the figures published with it.
    error[-1] = error[0]
    return Rasch(severity, place, error)


def log_likelihood(severity: Floats, yes: Floats, people: Floats) -> float:
    """Return the conditional log-likelihood of severities, given what `counted` returns."""
    gamma = symmetric(np.exp(-severity))
    return float(-yes @ severity - people @ np.log(gamma))


def _severities(yes: Floats, people: Floats) -> Floats:
    """Climb the conditional likelihood by Newton's method from the logits of the items' shares."""
    share = yes / people.sum()
    severity = np.log(1 - share) - np.log(share)
    severity -= severity.mean()
    for _step in range(STEPS):
        slope, bend = _derivatives(severity, yes, people)
        # The likelihood knows no zero point: the bend is flat along a common shift, which lstsq leaves out.
        step = np.linalg.lstsq(bend, slope, rcond=1e-10)[0]
        before = log_likelihood(severity, yes, people)
        while log_likelihood(severity + step, yes, people) < before - 1e-9 * abs(before):
            step = step / 2
        severity = severity + step
        if np.abs(step).max() < CLOSE * max(1.0, float(np.abs(severity).max())):
            break
    return np.asarray(severity - severity.mean(), dtype=np.float64)


def _derivatives(severity: Floats, yes: Floats, people: Floats) -> tuple[Floats, Floats]:
    """Return the gradient of the log-likelihood and its curvature (minus the second derivatives)."""
    items, terms = len(severity), np.exp(-severity)
    gamma = symmetric(terms)
    one = np.zeros((items, items + 1))
    both = np.zeros((items, items, items + 1))
    for i in range(items):
        one[i, 1:] = terms[i] * symmetric(np.delete(terms, i)) / gamma[1:]
        both[i, i] = one[i]
        for j in range(i):
            both[i, j, 2:] = both[j, i, 2:] = terms[i] * terms[j] * symmetric(np.delete(terms, [i, j])) / gamma[2:]
    return one @ people - yes, (both - one[:, None] * one[None]) @ people


def _place(severity: Floats, score: float) -> float:
    """Return where a respondent with this raw score most likely stands: the expected score equals it."""
    low, high = float(severity.min()) - 20, float(severity.max()) + 20
    a = float(severity.mean())
    for _step in range(STEPS):
        expected = float((1 / (1 + np.exp(severity - a))).sum())
        low, high = (a, high) if expected < score else (low, a)
        ahead = a + (score - expected) / _information(severity, a)
        # Newton's step, or the middle where that would leave what is known of the answer.
        ahead = ahead if low <= ahead <= high else (low + high) / 2
        if abs(ahead - a) < CLOSE * max(1.0, abs(a)):
            return ahead
        a = ahead
    return a


def _information(severity: Floats, a: float) -> float:
    yes = 1 / (1 + np.exp(severity - a))
    return float((yes * (1 - yes)).sum())


# --- the standard ---------------------------------------------------------------------------------------------------


def equate(severity: Floats, standard: Floats, scale: Scale) -> Equated:
    """Bring severities to the standard, by mean and standard deviation of the common items.

    All items are common at first. As long as one of these differs by the tolerance or more, the one that differs most
    is set aside and the rest is brought to the standard again. Raises DesignError where too few are left.
    """
    common = np.ones(len(severity), dtype=bool)
    while True:
        slope = float(standard[common].std() / severity[common].std())
        shift = float(standard[common].mean() - slope * severity[common].mean())
        apart = np.where(common, np.abs(shift + slope * severity - standard), 0.0)
        if apart.max() < scale.tolerance:
            return Equated(slope, shift, common)
        common[int(apart.argmax())] = False
        if common.sum() < scale.least_common:
            unique = ", ".join(item for item, kept in zip(scale.items, common, strict=True) if not kept)
            facts = {"common": int(common.sum()), "items": len(severity), "least": scale.least_common}
            raise DesignError("scale.not-common", **facts, unique=unique)


def upper_tail(z: float) -> float:
    """Return the probability that a standard normal number is above `z`."""
    return erfc(z / sqrt(2)) / 2
