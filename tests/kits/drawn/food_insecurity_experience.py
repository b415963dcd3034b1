"""People of 15 and more with eight yes-or-no answers on food.

The second opinion on the scale is formed here without matrices or Newton steps: chances by listing all 256 patterns of
answers, severities by proportional fitting, places by halving.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from chance import Chance, Place, segments
from textbook import Unit

from drawn.responsive_decision_making import interviewed

STANDARD = {
    "worried": -1.2230564, "unhealthy": -0.8471210, "few_foods": -1.1056616, "skipped": 0.3509848,
    "ate_less": -0.3117999, "ran_out": 0.5065051, "hungry": 0.7546138, "whole_day": 1.8755353,
}  # fmt: skip
BELOW = {25: "y15_24", 45: "y25_44", 65: "y45_64", 999: "y65"}


def places() -> list[Place]:
    return segments()


def rows(places: Sequence[Place], kit: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    yield from interviewed(places, kit, Chance(212), _shares)


def _shares(luck: float) -> dict[str, Any]:
    people = {
        "sex": {"female": 52, "male": 47, "another": 0.5, "refused": 0.5},
        "age": lambda chance, _row: str(15 + int(68 * chance.share() ** 1.4)),
    }
    return people | {item: _answer(item, luck) for item in STANDARD}


def _answer(item: str, luck: float) -> Any:
    def draw(chance: Chance, row: dict[str, str]) -> str:
        if chance.share() < 0.006:
            return chance.one_of({"dont_know": 2, "refused": 1})
        # A person's place comes from the age and the key, so that it is the same for all eight answers.
        own = ((int(row["age"]) * 7919 + int(row["KEY"][-4:]) * 104729) % 1000 + 0.5) / 1000
        place = 1.5 * math.log(own / (1 - own)) - 0.3 - 2 * luck
        return "yes" if chance.share() < 1 / (1 + math.exp(1.7 * STANDARD[item] - place)) else "no"

    return draw


def units(rows: Sequence[dict[str, str]]) -> list[Unit]:
    """Each person with eight clear answers counts with the probability that belongs to the number of yes."""
    people = [(row, [row[item] for item in STANDARD]) for row in rows]
    whole = {id(row): [float(a == "yes") for a in answers] for row, answers in people if set(answers) <= {"yes", "no"}}
    chances = _chances([(float(row["weight"]), whole[id(row)]) for row in rows if id(row) in whole])
    found = []
    for row in rows:
        figures = {}
        if id(row) in whole:
            score = int(sum(whole[id(row)]))
            figures = {measure: (chances[measure][score], 1.0) for measure in chances}
        age = row["age"]
        group = next(code for below, code in BELOW.items() if int(age) < below) if age else ""
        found.append(Unit(row | {"age_group": group}, figures))
    return found


def _chances(people: Sequence[tuple[float, Sequence[float]]]) -> dict[str, list[float]]:
    severity = _severities(people)
    places = [_place(severity, score) for score in (0.5, 1, 2, 3, 4, 5, 6, 7, 7.5)]
    errors = [_error(severity, place) for place in places]
    errors[8] = errors[0]
    common = list(range(8))
    standard = list(STANDARD.values())
    while True:
        slope = _spread([standard[i] for i in common]) / _spread([severity[i] for i in common])
        shift = _mean([standard[i] for i in common]) - slope * _mean([severity[i] for i in common])
        worst = max(common, key=lambda i: abs(shift + slope * severity[i] - standard[i]))
        if abs(shift + slope * severity[worst] - standard[worst]) < 0.35:
            break
        common.remove(worst)
    assert len(common) >= 4
    found = {}
    for measure, item in (("AG_PRD_FIESMS", "ate_less"), ("AG_PRD_FIESS", "whole_day")):
        limit = (STANDARD[item] - shift) / slope
        above = [math.erfc((limit - a) / e / math.sqrt(2)) / 2 for a, e in zip(places, errors, strict=True)]
        found[measure] = [0.0, *above[1:]]
    return found


def _severities(people: Sequence[tuple[float, Sequence[float]]]) -> list[float]:
    between = [(weight, answers) for weight, answers in people if 0 < sum(answers) < 8]
    assert len(between) >= 100
    said = [sum(weight * answers[i] for weight, answers in between) for i in range(8)]
    score = [sum(weight for weight, answers in between if sum(answers) == r) for r in range(9)]
    patterns = [[p for p in product((0, 1), repeat=8) if sum(p) == r] for r in range(9)]
    ease = [1.0] * 8
    for _round in range(1500):
        hoped = [0.0] * 8
        for r in range(1, 8):
            chances = [math.prod(e for e, yes in zip(ease, p, strict=True) if yes) for p in patterns[r]]
            over = score[r] / math.fsum(chances)
            for p, chance in zip(patterns[r], chances, strict=True):
                for i in range(8):
                    hoped[i] += p[i] * chance * over
        ease = [e * s / h for e, s, h in zip(ease, said, hoped, strict=True)]
        if max(abs(s / h - 1) for s, h in zip(said, hoped, strict=True)) < 1e-14:
            break
    found = [-math.log(e) for e in ease]
    return [b - _mean(found) for b in found]


def _place(severity: Sequence[float], score: float) -> float:
    low, high = -30.0, 30.0
    for _halving in range(120):
        middle = (low + high) / 2
        if math.fsum(1 / (1 + math.exp(b - middle)) for b in severity) < score:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _error(severity: Sequence[float], place: float) -> float:
    yes = [1 / (1 + math.exp(b - place)) for b in severity]
    return 1 / math.sqrt(math.fsum(p * (1 - p) for p in yes))


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _spread(values: Sequence[float]) -> float:
    return math.sqrt(math.fsum((value - _mean(values)) ** 2 for value in values))
