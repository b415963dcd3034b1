"""How many: the size of a sample for a margin of error or a difference, before anything is drawn."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

from datashift.errors import BadSample


class Size(NamedTuple):
    """How many answers are needed, and how many units to draw so that as many answer; of a difference, per group."""

    answers: int
    drawn: int


def for_share(
    share: float,
    margin: float,
    *,
    deff: float = 1.0,
    population: int | None = None,
    confidence: float = 0.95,
    response: float = 1.0,
) -> Size:
    """Return the answers needed for a margin of error of a share, both as parts of 1 (0.05 is 5 points).

    n0 = deff · z² p (1 − p) / margin²; in a population of N, n = n0 / (1 + (n0 − 1) / N) (Cochran 1977, section 4.4).
    `response` is the part of those drawn who are expected to answer.
    """
    _between("share", share, 0, 1)
    _between("margin", margin, 0, 1)
    wanted = _positive("deff", deff) * (_z(confidence) / margin) ** 2 * share * (1 - share)
    if population is not None:
        wanted /= 1 + (wanted - 1) / _positive("population", population)
    return _size(wanted, response)


def for_difference(
    first: float,
    second: float,
    *,
    power: float = 0.8,
    deff: float = 1.0,
    confidence: float = 0.95,
    response: float = 1.0,
) -> Size:
    """Return the answers needed in each of two groups so that a difference of two shares is seen.

    It is then seen in `power` of all samples, by a two-sided test (Fleiss 1981; R: power.prop.test, times deff).
    """
    _between("first", first, 0, 1)
    _between("second", second, 0, 1)
    if first == second:
        raise BadSample("sample.share", what="second", value=second, low=first, high=1)
    _between("power", power, 0, 1)
    mean = (first + second) / 2
    apart = _z(confidence) * math.sqrt(2 * mean * (1 - mean))
    apart += NormalDist().inv_cdf(power) * math.sqrt(first * (1 - first) + second * (1 - second))
    return _size(_positive("deff", deff) * (apart / (first - second)) ** 2, response)


def margin_of(
    share: float, answers: int, *, deff: float = 1.0, population: int | None = None, confidence: float = 0.95
) -> float:
    """Return the margin of error (as a part of 1) of a share that `answers` will give."""
    _between("share", share, 0, 1)
    square = _positive("deff", deff) * share * (1 - share) / _positive("answers", answers)
    if population is not None and population > 1:
        square *= max(0.0, population - answers) / (population - 1)
    return _z(confidence) * math.sqrt(square)


def deff_of_places(within: float, alike: float) -> float:
    """Return the design effect of drawing `within` units per place: 1 + (within − 1) · alike (Kish 1965).

    `alike` is the correlation of answers in one place: 0 where neighbours are strangers, 1 where all answer the same.
    """
    return 1 + (_positive("within", within) - 1) * alike


def _size(wanted: float, response: float) -> Size:
    if response != 1:
        _between("response", response, 0, 1)
    answers = math.ceil(wanted - 1e-9)
    return Size(answers, math.ceil(answers / response - 1e-9))


def _z(confidence: float) -> float:
    _between("confidence", confidence, 0, 1)
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _between(what: str, value: float, low: float, high: float) -> None:
    if not low < value < high:
        raise BadSample("sample.share", what=what, value=value, low=low, high=high)


def _positive(what: str, value: float) -> float:
    if not value > 0:
        raise BadSample("sample.share", what=what, value=value, low=0, high="∞")
    return value
