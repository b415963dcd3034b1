"""The rules of the Office for National Statistics and of Statistics Canada, on every combination, against an oracle."""

from __future__ import annotations

import random
from itertools import product

import pytest

from datashift.model import Item, Rating
from datashift.standards.profiles import Profile, catalogue, evaluate, next_best, parse_profile, shipped_profile
from datashift.standards.profiles.evaluate import outcome, spans_of
from datashift.standards.profiles.nextbest import HOURS

ONS_GATES = ("ethics", "transparency", "need")
ONS_SCORES = ("relevance", "methods", "coverage", "timeliness", "quality")
STATCAN_GATES = ("benefit", "fairness", "transparency", "privacy", "confidentiality")
STATCAN_BOXES = {
    "accuracy": ("missing", "validation", "assurance"),
    "timeliness": ("timely", "regular", "planned"),
    "accessibility": ("easy-access", "easy-format"),
    "interpretability": ("method-described", "definitions", "reference-period"),
    "coherence": ("standard-concepts", "comparable", "breaks"),
}


def known(**states: str) -> dict[str, Item]:
    return {name: Item(name, state, "stated", {"en": "seen"}) for name, state in states.items()}  # type: ignore[arg-type]


def rated(given: dict[str, float]) -> dict[str, Rating]:
    return {name: Rating(score=score) for name, score in given.items()}


def ons_oracle(gates: tuple[int, ...], scores: tuple[int, ...]) -> str:
    """As the ONS wrote it: pass the gates, then a mean above 1.5 and no 0."""
    if not all(gates) or 0 in scores:
        return "not_accepted"
    return "accepted" if 2 * sum(scores) > 15 else "not_accepted"


def statcan_oracle(gates: tuple[int, ...], ticked: tuple[int, ...]) -> tuple[str, str]:
    """As the tool computes it: a score per dimension, the third 3 where both boxes are ticked; 10, and 13 for high."""
    scores = [3 if k == 2 and count == 2 else count for k, count in enumerate(ticked)]
    total = sum(scores)
    if not all(gates) or min(scores) == 0 or total < 10:
        return "not_accepted", ""
    return "accepted", "high" if total >= 13 else "medium"


def test_the_rule_of_the_ons_holds_on_all_8192_combinations() -> None:
    profile, wrong = shipped_profile("ons"), []
    for gates in product((0, 1), repeat=3):
        for scores in product(range(4), repeat=5):
            given = dict(zip((*ONS_GATES, *ONS_SCORES), map(float, (*gates, *scores)), strict=True))
            if outcome(profile, spans_of(profile, {}.get, given))[0] != ons_oracle(gates, scores):
                wrong.append((gates, scores))
    assert not wrong


def test_the_rule_of_statistics_canada_holds_on_all_combinations() -> None:
    profile, seen, accepted = shipped_profile("statcan"), 0, 0
    for gates in product((0, 1), repeat=5):
        for ticked in product(*(range(len(boxes) + 1) for boxes in STATCAN_BOXES.values())):
            given = {name: float(state) for name, state in zip(STATCAN_GATES, gates, strict=True)}
            for boxes, count in zip(STATCAN_BOXES.values(), ticked, strict=True):
                given |= {box: float(k < count) for k, box in enumerate(boxes)}
            found = outcome(profile, spans_of(profile, {}.get, given))
            assert found == statcan_oracle(gates, ticked), (gates, ticked)
            seen, accepted = seen + 1, accepted + (found[0] == "accepted")
    assert seen == 32 * 768
    assert 0 < accepted < seen / 32


@pytest.mark.parametrize("seed", range(20))
def test_a_reading_says_what_the_rule_says(seed: int) -> None:
    draw = random.Random(seed)
    gates, scores = tuple(draw.choices((0, 1), (1, 4), k=3)), tuple(draw.choices(range(4), (1, 4, 4, 4), k=5))
    given = rated(dict(zip((*ONS_GATES, *ONS_SCORES), map(float, (*gates, *scores)), strict=True)))
    found = evaluate(shipped_profile("ons"), {}, given)
    assert found.result == ons_oracle(gates, scores)
    assert found.total == sum(scores)
    assert found.mean == sum(scores) / 5
    assert [gate.state for gate in found.gates] == [("failed", "passed")[state] for state in gates]


def test_a_mean_of_exactly_one_and_a_half_is_not_above_it() -> None:
    half = parse_profile(
        """id = "half"
version = "1"
owner = "office"
title.en = "Half"
about.en = "Half"
[[criteria]]
id = "a"
most = 3
rated = true
label.en = "a"
[[criteria]]
id = "b"
most = 3
rated = true
label.en = "b"
[rule]
above_mean = 1.5
""",
        "half.toml",
    )
    assert evaluate(half, {}, rated({"a": 1, "b": 2})).result == "not_accepted"
    assert evaluate(half, {}, rated({"a": 2, "b": 2})).result == "accepted"
    assert evaluate(half, {}, rated({"a": 1.4, "b": 1.6})).result == "not_accepted"


def test_one_piece_of_evidence_changes_one_cell() -> None:
    """Statistics Canada: of 5 gates and 14 boxes, taking away what feeds one alone changes that one."""
    profile = shipped_profile("statcan")
    everything = dict.fromkeys(profile.pieces, "met")
    whole = _cells(profile, everything)
    assert set(whole.values()) == {"passed", "ticked"}
    users: dict[str, list[str]] = {}
    for part in (*profile.gates, *(box for score in profile.criteria for box in score.boxes)):
        for piece in part.evidence:
            users.setdefault(piece, []).append(part.id)
    for piece, parts in users.items():
        cells = _cells(profile, {**everything, piece: "not_met"})
        assert [name for name in whole if cells[name] != whole[name]] == [n for n in whole if n in parts], piece
    assert {len(parts) for piece, parts in users.items() if piece not in ("I4", "M1", "X2")} == {1}


def test_one_rating_changes_one_cell_of_the_ons() -> None:
    profile = shipped_profile("ons")
    given = dict.fromkeys((*ONS_GATES, *ONS_SCORES), 1.0)
    before = evaluate(profile, {}, rated(given))
    for name in ONS_SCORES:
        after = evaluate(profile, {}, rated({**given, name: 3.0}))
        assert [a.id for a, b in zip(after.criteria, before.criteria, strict=True) if a != b] == [name]
        assert after.gates == before.gates


def _cells(profile: Profile, states: dict[str, str]) -> dict[str, str]:
    found = evaluate(profile, known(**states), {})
    return {g.id: g.state for g in found.gates} | {b.id: b.state for s in found.criteria for b in s.boxes}


# --- what is missing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(60))
def test_nobody_can_tell_exactly_where_what_is_missing_decides(seed: int) -> None:
    """Against all completions of the open pieces: one result in all of them, or “cannot tell”."""
    draw = random.Random(seed)
    profile = shipped_profile("statcan")
    states = {piece: draw.choices(("met", "not_met", "partly"), (12, 1, 1))[0] for piece in profile.pieces}
    missing = draw.sample(sorted(states), draw.randint(0, 7))
    at_hand = {piece: state for piece, state in states.items() if piece not in missing}
    completions = {
        evaluate_fast(profile, at_hand | dict(zip(missing, choice, strict=True)))
        for choice in product(("met", "not_met"), repeat=len(missing))
    }
    results = {result for result, _grade in completions}
    found = evaluate(profile, known(**at_hand), {})
    assert found.result == (results.pop() if len(results) == 1 else "cannot_tell")
    if found.grade:
        assert completions == {(found.result, found.grade)}


def evaluate_fast(profile: Profile, states: dict[str, str]) -> tuple[str, str]:
    there = {piece: state in ("met", "not_applicable") for piece, state in states.items()}
    return outcome(profile, spans_of(profile, there.get, {}))


@pytest.mark.parametrize("seed", range(25))
def test_the_next_best_evidence_is_the_cheapest_that_changes_the_result(seed: int) -> None:
    """Against every subset of what is missing, on profiles small enough to try them all."""
    draw = random.Random(seed)
    profile = _invented(draw)
    states = {piece: draw.choice(("met", "not_met", "unknown", "unknown")) for piece in profile.pieces}
    items = known(**states)
    steps = next_best(profile, items, {}, catalogue())
    missing = sorted(piece for piece, state in states.items() if state != "met")
    enough = [
        chosen
        for mask in product((0, 1), repeat=len(missing))
        for chosen in [[piece for piece, taken in zip(missing, mask, strict=True) if taken]]
        if evaluate_fast(profile, {**_decided(states), **dict.fromkeys(chosen, "met")})[0] == "accepted"
    ]
    if evaluate(profile, items, {}).result == "accepted" or not enough:
        assert not any(step.result == "accepted" and step.changes for step in steps)
        return
    assert steps[0].result == "accepted"
    assert _hours(steps[0].pieces) == pytest.approx(min(_hours(chosen) for chosen in enough))


def _decided(states: dict[str, str]) -> dict[str, str]:
    return {piece: state for piece, state in states.items() if state != "unknown"}


def _hours(pieces: list[str] | tuple[str, ...]) -> float:
    return sum(HOURS[catalogue().by_id[piece].effort] for piece in pieces)


def _invented(draw: random.Random) -> Profile:
    """A profile of two gates and three criteria over ten pieces of the catalogue, some shared."""
    pieces = draw.sample(sorted(catalogue().by_id), 10)
    lines = ['id = "invented"\nversion = "1"\nowner = "office"\ntitle.en = "x"\nabout.en = "x"']
    for k in range(2):
        lines.append(f'[[gates]]\nid = "g{k}"\nlabel.en = "g"\nevidence = {draw.sample(pieces, draw.randint(1, 2))}')
    for k in range(3):
        lines.append(f'[[criteria]]\nid = "c{k}"\nmost = 3\nlabel.en = "c"\nevidence = {draw.sample(pieces, 3)}')
    lines.append(f"[rule]\nno_zero = true\nleast_total = {draw.randint(3, 8)}")
    return parse_profile("\n".join(lines), "invented.toml")


def test_a_rating_is_asked_for_with_the_least_score_that_does_it() -> None:
    given = rated(dict.fromkeys(ONS_GATES, 1.0) | {"relevance": 1.0, "methods": 1.0, "coverage": 1.0})
    first = next_best(shipped_profile("ons"), {}, given, catalogue())[0]
    assert dict(first.ratings) == {"timeliness": 3.0, "quality": 3.0}
    assert (first.result, first.effort) == ("accepted", "hours")


def test_what_is_accepted_is_shown_the_way_to_the_next_grade() -> None:
    profile = shipped_profile("statcan")
    states = dict.fromkeys(profile.pieces, "met") | {"T2": "not_met", "T4": "not_met", "M6": "not_met", "R2": "not_met"}
    assert evaluate(profile, known(**states), {}).grade == "medium"
    steps = next_best(profile, known(**states), {}, catalogue())
    assert (steps[0].pieces, steps[0].grade) == (("T4", "M6"), "high")


def test_where_all_is_there_nothing_is_asked() -> None:
    profile = shipped_profile("statcan")
    assert next_best(profile, known(**dict.fromkeys(profile.pieces, "met")), {}, catalogue()) == []
