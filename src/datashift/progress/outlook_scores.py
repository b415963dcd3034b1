"""Were the forecasts right? Scores of distributions and probabilities once the outcome is known.

Coverage, probability integral transform and reliability: Gneiting, Balabdaoui & Raftery (2007), JRSS B 69, 243-268.
CRPS of Student's t: Jordan, Krüger & Lerch (2019), Journal of Statistical Software 90(12). Brier score: Brier (1950),
over all classes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from datashift.estimation.random_effects import Array

EDGES = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])


@dataclass(frozen=True)
class Mean:
    """A weighted mean with its 95 % interval, from drawing the clusters anew."""

    value: float
    lower: float
    upper: float


def crps(outcomes: Array, centre: Array, spread: Array, degrees: Array) -> Array:
    """Return the continuous ranked probability score of Student t forecasts (0 is best, in the unit of the scale)."""
    away = (outcomes - centre) / spread
    density = np.exp(
        special.gammaln((degrees + 1) / 2) - special.gammaln(degrees / 2)
        - 0.5 * np.log(degrees * np.pi) - (degrees + 1) / 2 * np.log1p(away**2 / degrees)
    )  # fmt: skip
    logs = special.betaln(0.5, degrees - 0.5) - 2 * special.betaln(0.5, degrees / 2)
    rest = 2 * np.sqrt(degrees) / (degrees - 1) * np.exp(logs)
    of_density = 2 * density * (degrees + away**2) / (degrees - 1)
    return np.asarray(spread * (away * (2 * special.stdtr(degrees, away) - 1) + of_density - rest))


def covered(below: Array, confidence: float) -> Array:
    """Return whether an interval with equal tails held the outcome; below: probability given to less than it."""
    return np.asarray(np.abs(below - 0.5) <= confidence / 2)


def brier(probabilities: Array, outcomes: Array) -> Array:
    """Return the score of each forecast over all classes, 0 (sure and right) to 2; rows × classes, place of outcome."""
    happened = np.arange(probabilities.shape[1]) == outcomes[:, None]
    return np.asarray(((probabilities - happened) ** 2).sum(1))


def log_score(probabilities: Array, outcomes: Array, least: float = 1e-3) -> Array:
    """Return −log of the probability given to what happened; never below `least`, so that one surprise stays finite."""
    given = probabilities[np.arange(len(outcomes)), outcomes]
    return np.asarray(-np.log(np.maximum(given, least)))


def mean(values: Array, weights: Array, clusters: Array, draws: int = 1000, seed: int = 1) -> Mean:
    """Return the weighted mean and its interval; whole clusters are drawn, since what is in one is alike."""
    of = np.unique(clusters, return_inverse=True)[1]
    above, under = np.bincount(of, weights * values), np.bincount(of, weights)
    counts = np.random.default_rng(seed).multinomial(len(under), np.full(len(under), 1 / len(under)), draws)
    total = counts @ under
    drawn = (counts @ above)[total > 0] / total[total > 0]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Mean(float(above.sum() / under.sum()), float(low), float(high))


def reliability(
    probabilities: Array, outcomes: Array, weights: Array, clusters: Array
) -> list[tuple[float, float, float, Mean, int]]:
    """Return per tenth of probability: its ends, the mean that was said, how often it happened, and the count.

    Every class of every forecast is one statement.
    """
    classes = probabilities.shape[1]
    said = probabilities.ravel()
    happened = (np.arange(classes) == outcomes[:, None]).ravel().astype(float)
    weight, cluster = np.repeat(weights, classes), np.repeat(clusters, classes)
    place = np.minimum((said * 10).astype(int), 9)
    rows = []
    for tenth in np.unique(place):
        here = place == tenth
        told = float(np.average(said[here], weights=weight[here]))
        rows.append((float(EDGES[tenth]), float(EDGES[tenth + 1]), told,
                     mean(happened[here], weight[here], cluster[here]), int(here.sum())))  # fmt: skip
    return rows
