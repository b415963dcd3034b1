"""All the answers that a measure can meet, and what two kits make of them.

A truth is one combination of answers. Each kit records of it what it asks, with the codes it has; a measure then says
whether the row counts and with which numbers. Two measures agree where they say the same of every truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt

from datashift.model import Bounds, Concept, Kit, Measure, When
from datashift.standards.conditions import Objects, all_hold, numbers

Derive = Callable[[Kit, Mapping[str, Objects], Objects], Mapping[str, Objects]]
"""How answers follow from other answers: kit, asked answers and weights -> derived answers (`harmonise.derive`)."""

MOST = 20_000
"""Up to so many combinations are tried one by one; of more, so many are drawn."""
COUNTS = ("total", "per_unit", "rate")


@dataclass(frozen=True)
class Side:
    """One kit with one of its measures, and what answers of the other kit are called here.

    `folds`: concept -> {code of the other kit: code here}.
    """

    kit: Kit
    measure: Measure
    folds: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def named(self) -> set[str]:
        """The concepts that the measure names."""
        m = self.measure
        return {*m.numerator, *m.denominator, *filter(None, (m.value, m.per, m.size))}

    @property
    def needed(self) -> set[str]:
        """All concepts on which the measure rests: named, and those from which these are worked out."""
        needed = self.named
        for name in reversed(self.kit.concepts):
            if name in needed and not self.kit.concepts[name].scale:
                needed |= self.kit.concepts[name].inputs
        return needed

    @property
    def basic(self) -> set[str]:
        """The needed concepts that are asked. A scale rests on all rows together, so it stands for itself here."""
        concepts = self.kit.concepts
        return {name for name in self.needed if not concepts[name].inputs or concepts[name].scale}

    @property
    def routed(self) -> set[str]:
        """The basic concepts, and those that decide of whom they are asked."""
        found, more = set(), self.basic
        while more:
            found |= more
            asked = {name for concept in more for name in self.kit.concepts[concept].asked_if}
            more = {name for n in asked for name in self._asked_below(n)} - found
        return found

    def _asked_below(self, name: str) -> set[str]:
        concept = self.kit.concepts[name]
        if not concept.inputs or concept.scale:
            return {name}
        return {below for source in concept.inputs for below in self._asked_below(source)}

    def conditions(self) -> Iterator[When]:
        """Yield every condition that decides about the measure, always in the same order."""
        yield dict(self.measure.numerator)
        yield dict(self.measure.denominator)
        for name in self.kit.concepts:
            if name in self.needed | self.routed:
                concept = self.kit.concepts[name]
                yield concept.asked_if
                yield dict(concept.count_of)
                yield from (rule.when for rule in concept.rules)


def uses(side: Side, concept: str, code: str) -> tuple[bool, ...]:
    """Say for each condition that names `concept` whether `code` meets it, and whether it is an unknown answer."""
    wanted = [when[concept] for when in side.conditions() if concept in when]
    met = [code in codes for codes in wanted if not isinstance(codes, Bounds)]
    return (*met, side.kit.concepts[concept].codes[code].unknown)


def truths(a: Side, b: Side) -> tuple[dict[str, Objects], bool]:
    """Return combinations of all answers that either measure can meet, and whether these are all there are.

    Answers that no condition tells apart stand for each other. Of a number there are the bounds that a condition of
    either kit names, a step to either side of them, and the ends of its range.
    """
    options = {name: _options(a, b, name) for name in sorted(a.routed | b.routed)}
    if np.prod([float(len(values)) for values in options.values()]) <= MOST:
        rows = list(product(*options.values()))
        return {name: _column([row[k] for row in rows]) for k, name in enumerate(options)}, True
    chance = Random(20_000)  # noqa: S311 - a sample of combinations, drawn the same way each time
    drawn: dict[str, list[Any]] = {name: [] for name in options}
    for row in range(MOST):
        for name, values in options.items():
            # In half of the rows everything is answered: else long questionnaires would hardly ever be complete.
            at_hand = [value for value in values if value is not None] if row % 2 else values
            drawn[name].append(at_hand[int(chance.random() * len(at_hand))])
    return {name: _column(values) for name, values in drawn.items()}, False


def _options(a: Side, b: Side, name: str) -> list[Any]:
    sides = [side for side in (a, b) if name in side.routed and name in side.kit.concepts]
    concepts = [side.kit.concepts[name] for side in sides]
    if concepts[0].kind == "number":
        return [*sorted({value for side in sides for value in _critical(side, name, concepts)}), None]
    if concepts[0].kind == "text":
        return ["x", None]
    seen: dict[tuple[Any, ...], str] = {}
    for code in dict.fromkeys(code for concept in concepts for code in concept.codes):
        told = tuple(uses(s, name, code) if code in s.kit.concepts[name].codes else None for s in sides)
        seen.setdefault(told, code)
    return [*seen.values(), None]


def _critical(side: Side, name: str, concepts: list[Concept]) -> Iterator[float]:
    step = 0.001 if any(concept.decimals for concept in concepts) else 1.0
    scaled = bool(side.kit.concepts[name].scale)
    ends = [(0.0, 1.0)] if scaled else [(c.least or 0.0, 1000.0 if c.most is None else c.most) for c in concepts]
    marks = {0.0, 1.0, *(end for pair in ends for end in pair)}
    for when in side.conditions():
        for asked, bounds in when.items():
            if isinstance(bounds, Bounds) and name in _sources(side.kit, asked):
                found = [bounds.least, bounds.most, bounds.above, bounds.below]
                marks |= {mark * side.kit.concepts[asked].divided_by for mark in found if mark is not None}
    least, most = min(low for low, _high in ends), max(high for _low, high in ends)
    # A whole number has no neighbours but the next ones.
    marks |= {float(np.floor(mark)) for mark in marks} if step == 1 else set()
    marks = {mark for mark in marks if step < 1 or mark == np.floor(mark)}
    for mark in marks:
        yield from (value for value in (mark - step, mark, mark + step) if least <= value <= most)


def _sources(kit: Kit, name: str) -> set[str]:
    concept = kit.concepts[name]
    return {name} | {source for below in concept.inputs for source in _sources(kit, below)}


def recorded(side: Side, truth: Mapping[str, Objects], derive: Derive) -> dict[str, Objects]:
    """Return what a kit records of truths (or of what another kit recorded): its questions, codes and ranges."""
    known: dict[str, Objects] = {}
    rows = len(next(iter(truth.values()), ()))
    for name, concept in side.kit.concepts.items():
        if name not in side.routed or name not in truth:
            continue
        values = _taken(concept, truth[name], side.folds.get(name, {}))
        if concept.asked_if:
            if not set(concept.asked_if) <= set(known):
                known |= derive(side.kit, known, _column([1.0] * rows))
            if set(concept.asked_if) <= set(known):
                values = _where(all_hold(concept.asked_if, known, rows) == 1, values)
        known[name] = values
    return known


def _taken(concept: Concept, values: Objects, folds: Mapping[str, str]) -> Objects:
    if concept.kind == "text" or concept.scale:
        return values
    if concept.kind == "number":
        found = numbers(values)
        with np.errstate(invalid="ignore"):
            low, high = (-np.inf if concept.least is None else concept.least), concept.most
            inside = (found >= low) & (found <= (np.inf if high is None else high))
        return _where(inside, values)
    return _column([folds.get(v, v if v in concept.codes else None) for v in values])


def figures(side: Side, answers: Mapping[str, Objects], derive: Derive) -> npt.NDArray[np.float64]:
    """Return for each row whether it counts, and its two numbers (as in `estimate.cells`): shape 3 × rows."""
    rows = len(next(iter(answers.values())))
    known = {**answers, **derive(side.kit, answers, _column([1.0] * rows))}
    m = side.measure
    used, hit = (all_hold(dict(when), known, rows) == 1 for when in (m.denominator, m.numerator))
    if m.estimator in COUNTS:
        used = used & hit
    for name in filter(None, (m.value, m.per, m.size)):
        used = used & np.array([value is not None for value in known[name]])
    one = np.ones(rows)
    size = numbers(known[m.size]) if m.size else one
    value = numbers(known[m.value]) if m.value else one
    y = np.where(hit, size, 0.0) if m.estimator == "proportion" else value * m.times
    x = size if m.estimator == "proportion" else numbers(known[m.per]) if m.per else one
    return np.where(used, np.array([one, y, x]), 0.0)


def _where(keep: npt.NDArray[np.bool_], values: Objects) -> Objects:
    kept = values.copy()
    kept[~keep] = None
    return kept


def _column(values: list[Any]) -> Objects:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found
