"""How sure a suggestion is. What is said at 90 % should be right in about 90 % of cases.

A concept is one of the columns, or none of them: a multinomial logit with one score per column (a weighted sum of the
features of `evidence`) and the score 0 for none (McFadden, Conditional logit analysis, 1974). So a second column that
fits nearly as well takes confidence away from the first. A kit is chosen among the kits, or none, in the same way.
The weights in confidence.json are fitted, and their calibration measured on data sets that they were not fitted to, by
benchmarks/suggestion_corpus.py.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from datashift.harmonise.suggestion.evidence import Evidence, Floats
from datashift.model import Kit
from datashift.standards.kits import asked_for

KIT_FEATURES = ("fit", "evidence", "own")
"""fit: mean confidence over the concepts of the kit's best measure.  evidence: log of 1 + the sum of its confidences,
each over the number of kits that have a concept of this name (sex and age speak for no kit).  own: the greatest of
these."""


def chances(evidence: Evidence, weights: dict[str, Any] | None = None) -> Floats:
    """Return the probability that a concept (row) is a column (column of the array); rows sum to at most 1."""
    stated = weights or fitted()
    scores = np.empty(evidence.features.shape[:2])
    for kind, rows in (("coded", evidence.coded), ("other", ~evidence.coded)):
        scores[rows] = evidence.features[rows] @ np.array(stated[kind]["weights"]) + stated[kind]["bias"]
    return with_none(scores)


def with_none(scores: Floats) -> Floats:
    """Return the probabilities of the columns of each row, where one more column stands for none with the score 0."""
    top = np.maximum(scores.max(axis=1, initial=0.0), 0.0)[:, None]
    odds = np.exp(scores - top)
    return np.asarray(odds / (odds.sum(axis=1, keepdims=True) + np.exp(-top)), dtype=np.float64)


def kit_features(kit: Kit, evidence: Evidence, found: Floats) -> list[float]:
    """Return what speaks for a kit, given the chances of its concepts."""
    best = {name: float(found[row].max(initial=0.0)) for row, (k, name) in enumerate(evidence.concepts) if k == kit.id}
    needs = [[best.get(name, 0.0) for name in asked_for(kit, measure)] for measure in kit.measures]
    fit = max((sum(chance) / len(chance) for chance in needs if chance), default=0.0)
    kits = Counter(name for _kit, name in evidence.concepts)
    own = [chance / kits[name] for name, chance in best.items()]
    return [fit, float(np.log1p(sum(own))), max(own, default=0.0)]


def kit_chances(features: Sequence[Sequence[float]], weights: dict[str, Any] | None = None) -> Floats:
    """Return the probability of each kit from its features."""
    stated = (weights or fitted())["kit"]
    scores = np.array(features, dtype=np.float64) @ np.array(stated["weights"]) + stated["bias"]
    return np.asarray(with_none(scores[None, :])[0], dtype=np.float64)


def of_way(way: str) -> float:
    """Return how often an answer found in this way means the code that it was taken for."""
    return float(fitted()["ways"][way])


def of_role(role: str) -> float:
    """Return how often a column found for this role (date, place, weight, …) has it."""
    return float(fitted()["roles"][role])


@cache
def fitted() -> dict[str, Any]:
    """Return the fitted weights."""
    text = files("datashift.harmonise.suggestion").joinpath("confidence.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
