"""Answers that follow from other answers: service ladders, counts, sums, probabilities on a scale.

The rules are data of the kit. A missing answer is never read as a no: where a rule cannot be decided, neither is the
answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from datashift.harmonise.scale import probabilities
from datashift.model import Concept, Kit, Rule
from datashift.standards.conditions import MISSING, Floats, Objects, all_hold, is_one_of, numbers


def derive(kit: Kit, columns: Mapping[str, Objects], weights: Objects) -> dict[str, Objects]:
    """Return the derived concepts of `kit` whose inputs are all at hand.

    In:  the asked concepts by name, one object per row: code or number, None where missing; `weights` likewise.
    Out: the derived concepts in the same form, in the order of the kit.
    """
    known = dict(columns)
    derived: dict[str, Objects] = {}
    for name, concept in kit.concepts.items():
        if concept.inputs and name not in known and concept.inputs <= set(known):
            derived[name] = known[name] = _derived(concept, kit, known, weights)
    return derived


def _derived(concept: Concept, kit: Kit, known: Mapping[str, Objects], weights: Objects) -> Objects:
    if concept.rules:
        return _by_rules(concept.rules, known, len(weights))
    if concept.count_of:
        return _counted(concept, kit, known)
    if concept.scale:
        return probabilities(concept.scale, known, weights)
    combine = np.sum if concept.sum_of else np.prod
    factors = np.array([numbers(known[name]) for name in (concept.sum_of or concept.product_of)])
    return _objects(combine(factors, axis=0) / concept.divided_by)


def _by_rules(rules: Sequence[Rule], known: Mapping[str, Objects], rows: int) -> Objects:
    found = np.full(rows, None, dtype=object)
    undecided = np.ones(rows, dtype=bool)
    for rule in rules:
        truth = all_hold(rule.when, known, rows)
        here = undecided & (truth == 1)
        found[here] = _given(rule, known, rows)[here]
        undecided &= truth == 0
    return found


def _given(rule: Rule, known: Mapping[str, Objects], rows: int) -> Objects:
    if isinstance(rule.value, str):
        sign = -1.0 if rule.value.startswith("-") else 1.0
        return _objects(sign * numbers(known[rule.value.lstrip("-")]))
    return np.full(rows, rule.code if rule.value is None else float(rule.value), dtype=object)


def _counted(concept: Concept, kit: Kit, known: Mapping[str, Objects]) -> Objects:
    counts = np.zeros(len(next(iter(known.values()))))
    for name, codes in concept.count_of.items():
        unknown = [MISSING, *(code for code, answer in kit.concepts[name].codes.items() if answer.unknown)]
        hit = is_one_of(known[name], codes).astype(float)
        # Someone who does not know has not said no.
        counts += np.where(is_one_of(known[name], unknown) == 1, np.nan, hit)
    return _objects(counts)


def _objects(values: Floats) -> Objects:
    found = values.astype(object)
    found[np.isnan(values)] = None
    return found
