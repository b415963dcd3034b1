"""Reading a profile: which gates are passed, which scores follow, and whether its rule is met.

What is missing is taken at its worst and at its best: where both give the same, that is the result; else nobody can
tell yet. That is exact, since more evidence never lowers a score.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from datashift.errors import BadProfile
from datashift.model.assessment import Item, Rating
from datashift.standards.profiles import wording
from datashift.standards.profiles.records import (
    BoxReading,
    BoxState,
    Gate,
    GateReading,
    GateState,
    Outcome,
    Profile,
    Reading,
    Rule,
    Score,
    ScoreReading,
    Tick,
)

Known = Callable[[str], bool | None]
"""Whether a piece of evidence is there: yes, no, or not known."""

Given = Mapping[str, float]
"""The ratings that people gave, by the id of a gate, a criterion or a box."""

GATE_STATES: dict[bool | None, GateState] = {True: "passed", False: "failed", None: "open"}
BOX_STATES: dict[bool | None, BoxState] = {True: "ticked", False: "not_ticked", None: "open"}


@dataclass(frozen=True)
class Spans:
    """What is sure about a profile: each gate (None = open), and the lowest and highest score of each criterion."""

    gates: tuple[bool | None, ...]
    lowest: tuple[float, ...]
    highest: tuple[float, ...]


def evaluate(profile: Profile, items: Mapping[str, Item], ratings: Mapping[str, Rating]) -> Reading:
    """Return what `profile` says of `items` (by criterion of the catalogue) and `ratings` (by id of the profile).

    Raises BadProfile where a rating is for something that the profile does not have, or lies outside its scale.
    """
    given = ratings_of(profile, ratings)
    known = known_from(items)
    spans = spans_of(profile, known, given)
    result, grade = outcome(profile, spans)
    gates = tuple(
        GateReading(gate.id, gate.label, GATE_STATES[state], gate.evidence, why, gate.rated)
        for gate, state in zip(profile.gates, spans.gates, strict=True)
        for why in [wording.why_gate(gate, state, known, ratings.get(gate.id))]
    )
    criteria = tuple(
        _criterion(score, (low, high), known, ratings)
        for score, low, high in zip(profile.criteria, spans.lowest, spans.highest, strict=True)
    )
    sure = bool(criteria) and spans.lowest == spans.highest
    total = sum(spans.lowest) if sure else None
    mean = total / len(criteria) if total is not None else None
    sentence = wording.sentence(profile, result, grade, gates, criteria)
    return Reading(profile, result, grade, gates, criteria, total, mean, sentence)


def _criterion(score: Score, span: tuple[float, float], known: Known, ratings: Mapping[str, Rating]) -> ScoreReading:
    given = {name: rating.score for name, rating in ratings.items()}
    states = [(box, ticked(box, known, given)) for box in score.boxes]
    boxes = tuple(
        BoxReading(box.id, box.label or wording.name_of(box.evidence[0]), BOX_STATES[state], box.evidence)
        for box, state in states
    )
    low, high = span
    why = wording.why_score(score, span, boxes, ratings.get(score.id))
    sure = low if low == high else None
    return ScoreReading(score.id, score.label, sure, low, high, score.top, score.pieces, why, boxes, score.rated)


# --- the rule -----------------------------------------------------------------------------------------------------


def ratings_of(profile: Profile, ratings: Mapping[str, Rating]) -> dict[str, float]:
    """Return the scores by id. Raises BadProfile where one is for nothing, or outside its scale."""
    tops = profile.tops
    for name, rating in ratings.items():
        if name not in tops:
            raise BadProfile("profile.rating-of-nothing", profile=profile.id, criterion=name, known=", ".join(tops))
        if not 0 <= rating.score <= tops[name]:
            raise BadProfile("profile.rating", criterion=name, score=rating.score, most=f"{tops[name]:g}")
    return {name: rating.score for name, rating in ratings.items()}


def known_from(items: Mapping[str, Item]) -> Known:
    """Return whether each piece of evidence is there: met, or not asked of these data; a part of it is not enough."""
    met = {name: item.state in ("met", "not_applicable") for name, item in items.items() if item.state != "unknown"}
    return met.get


def spans_of(profile: Profile, known: Known, given: Given) -> Spans:
    """Return what is sure about each gate and criterion."""
    spans = [_span(score, known, given) for score in profile.criteria]
    return Spans(
        tuple(ticked(gate, known, given) for gate in profile.gates),
        tuple(low for low, _high in spans),
        tuple(high for _low, high in spans),
    )


def outcome(profile: Profile, spans: Spans) -> tuple[Outcome, str]:
    """Return the result of the profile's rule and its grade, from what is sure."""
    rule = profile.rule
    if rule is None:
        return "described", ""
    worst = met(rule, all(gate is True for gate in spans.gates), spans.lowest)
    best = met(rule, all(gate is not False for gate in spans.gates), spans.highest)
    if worst != best:
        return "cannot_tell", ""
    if not worst:
        return "not_accepted", ""
    low, high = grade_of(rule, spans.lowest), grade_of(rule, spans.highest)
    return "accepted", low if low == high else ""


def met(rule: Rule, gates: bool, scores: tuple[float, ...]) -> bool:
    """Say whether a rule is met by gates that are all passed or not, and by scores."""
    return (
        gates
        and not (rule.no_zero and 0 in scores)
        and (rule.above_mean is None or _above(sum(scores), rule.above_mean * len(scores)))
        and (rule.least_total is None or not _above(rule.least_total, sum(scores)))
    )


def grade_of(rule: Rule, scores: tuple[float, ...]) -> str:
    """Return the id of the last grade that the scores reach, "" where there is none."""
    reached = [grade for grade in rule.grades if _reaches(grade.least_total, grade.above_mean, scores)]
    return reached[-1].id if reached else ""


def _reaches(least_total: float | None, above_mean: float | None, scores: tuple[float, ...]) -> bool:
    bounds = Rule(least_total=least_total, above_mean=above_mean)
    return met(bounds, True, scores)


def _above(one: float, other: float) -> bool:
    """Say whether `one` is greater, leaving rounding of the twelfth digit aside."""
    return one - other > 1e-9


def ticked(box: Tick | Gate, known: Known, given: Given) -> bool | None:
    """Say whether a gate is passed or a box ticked; None where what is missing could decide it."""
    if box.id in given:
        return given[box.id] > 0
    if box.rated or not box.evidence:
        return None
    states = [known(piece) for piece in box.evidence]
    enough = box.enough or len(states)
    if states.count(True) >= enough:
        return True
    return None if states.count(True) + states.count(None) >= enough else False


def _span(score: Score, known: Known, given: Given) -> tuple[float, float]:
    if score.id in given:
        return given[score.id], given[score.id]
    if score.rated or not score.boxes:
        return 0.0, score.top
    states = [ticked(box, known, given) for box in score.boxes]
    return score.worth(states.count(True)), score.worth(len(states) - states.count(False))
