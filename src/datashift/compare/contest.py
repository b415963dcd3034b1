"""What would have to be wrong for the official figure to be right: the contestation test.

It needs no assumption on how people were chosen, so it is for volunteers too: it says how large a bias would have to
be, and leaves it to the reader whether such a bias is likely.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from datashift.language import N_, _, label
from datashift.model import Comparison, Contest, Estimate
from datashift.numbers import said

COUNTED_EVENTS = ("total", "rate")
SHARES = ("proportion", "mean_of")

Pair = tuple[float, float]

CHANCE_ALONE = N_("Nothing would have to be wrong for the official figure to be right: chance can explain the rest.")
WRONG = N_("For the official figure to be right, at least {wrong} in 100 answers must be wrong, all in one direction.")
SEEN_MORE = N_("Or “{counted}” would have to be {odds} times as likely to be counted as the rest.")
SEEN_LESS = N_("Or the rest would have to be {odds} times as likely to be counted as “{counted}”.")
MISSED_NONE = N_("Or {missing} in 100 were not counted, and not one of them is “{counted}”.")
MISSED_ALL = N_("Or {missing} in 100 were not counted, and every one of them is “{counted}”.")
FALSE_EVENTS = N_(
    "For the official figure to be right, at least {wrong} in 100 of these events must be false or counted twice. "
    "If all are true, the official source misses at least that many."
)
UNSEEN_EVENTS = N_("If the official figure is right, citizens missed at least {missing} in 100 of the events.")
LOWER = N_("For the official figure to be right, this one would have to be at least {shift} {unit} lower.")
HIGHER = N_("For the official figure to be right, this one would have to be at least {shift} {unit} higher.")


def contest(
    estimate: Estimate,
    official: float,
    *,
    reach: float = 0.0,
    estimator: str = "proportion",
    population: float | None = None,
) -> Contest:
    """Return what would have to be true of a citizen figure for the official one to be right.

    In: the estimate (with a value) and the official value, in the same unit; `reach`, the distance from the difference
    to the end of its interval towards 0 (what chance can explain); the kind of figure; `population`, the number of all
    units that the answers stand for. Out: each number twice, for equality and so that the rest could be chance.

    Shares (p citizen, P official): wrong = |p - P|, all errors going one way. missing = 1 - P/p if p > P (all who are
    missing would be of the other kind), else (P - p)/(1 - p). odds = [p/(1-p)] / [P/(1-P)], the odds of being counted.
    correlation = Meng's (2018) data-defect correlation rho = (p - P) / (sigma sqrt((N - n)/n)), sigma that of the
    population if the official figure is right; for means the spread of the answers. It is for unweighted answers.
    Counts of events: wrong = share of the recorded events that would be false or counted twice; missing = share of
    the true number that citizens did not record.
    """
    value = estimate.value or 0.0
    shift = official - value
    left = math.copysign(max(abs(shift) - reach, 0.0), shift)
    goals = (official, value + left)
    # A rate of 110 per cent is no share: no number of wrong answers leads there.
    share = estimator in SHARES and estimate.unit == "PT" and 0 <= value <= 100 and 0 <= official <= 100
    found: dict[str, Any] = {"shift": (shift, left), "n": estimate.n, "population": population}
    if share:
        found |= _of_share(value / 100, (goals[0] / 100, goals[1] / 100))
    elif estimator in COUNTED_EVENTS and min(value, official) >= 0:
        found |= _of_events(value, goals)
    if population and population > estimate.n > 0 and (share or estimator == "mean"):
        found["correlation"] = _correlation(estimate, goals, share, population)
    return Contest(**found)


def by_chance(found: Contest) -> Contest:
    """Return a contestation of which chance explains all: nothing would have to be wrong."""
    settled = {"shift": 0.0, "wrong": 0.0, "missing": 0.0, "odds": 1.0, "correlation": 0.0}
    pairs = {name: getattr(found, name) for name in settled}
    changed: dict[str, Any] = {name: (pair[0], settled[name]) for name, pair in pairs.items() if pair}
    return replace(found, **changed)


def contest_sentence(comparison: Comparison) -> str:
    """Say in the current language what would have to be wrong for the official figure to be right; "" where unknown.

    "At least" is meant: the numbers are those after which the rest could be chance.
    """
    found = comparison.contest
    if found is None or not found.shift[0]:
        return ""
    if not found.shift[1]:
        return _(CHANCE_ALONE)
    facts = _facts(comparison, found)
    above = found.shift[0] < 0
    if found.odds or (found.wrong and found.missing):
        texts = [WRONG, *((SEEN_MORE if above else SEEN_LESS,) if found.odds else ())]
        texts += [MISSED_NONE if above else MISSED_ALL] if found.missing else []
    elif found.wrong or found.missing:
        texts = [FALSE_EVENTS if found.wrong else UNSEEN_EVENTS]
    else:
        texts = [LOWER if above else HIGHER]
    return " ".join(_(text).format(**facts) for text in texts)


def _of_share(p: float, goals: Pair) -> dict[str, Any]:
    found: dict[str, Any] = {"wrong": (100 * abs(p - goals[0]), 100 * abs(p - goals[1]))}
    found["missing"] = (_missing(p, goals[0]), _missing(p, goals[1]))
    if all(0 < x < 1 for x in (p, *goals)):
        odds = p / (1 - p)
        found["odds"] = (odds * (1 - goals[0]) / goals[0], odds * (1 - goals[1]) / goals[1])
    return found


def _missing(p: float, goal: float) -> float:
    if p == goal:
        return 0.0
    return 100 * (1 - goal / p if p > goal else (goal - p) / (1 - p))


def _of_events(value: float, goals: Pair) -> dict[str, Any]:
    if value > goals[0]:
        return {"wrong": (100 * (value - goals[0]) / value, 100 * (value - goals[1]) / value)}
    missing = (100 * (goal - value) / goal if goal > value else 0.0 for goal in goals)
    return {"missing": tuple(missing)} if value < goals[0] else {}


def _correlation(estimate: Estimate, goals: Pair, share: bool, population: float) -> Pair | None:
    value = estimate.value or 0.0
    odds_of_absence = (population - estimate.n) / estimate.n
    spreads = [_spread(estimate, goal, share) for goal in goals]
    if any(sd <= 0 for sd in spreads):
        return None
    first, second = ((value - g) / (sd * math.sqrt(odds_of_absence)) for g, sd in zip(goals, spreads, strict=True))
    return first, second


def _spread(estimate: Estimate, goal: float, share: bool) -> float:
    if share:
        return math.sqrt(max(goal * (100 - goal), 0.0))
    return (estimate.se or 0.0) * math.sqrt(estimate.n_eff or 0.0)


def _facts(comparison: Comparison, found: Contest) -> dict[str, str]:
    facts = {"shift": _digits(abs(found.shift[1])), "unit": _unit(comparison)}
    facts["counted"] = label(comparison.facts.get("counted", {"en": comparison.measure}))
    if found.wrong:
        facts["wrong"] = _digits(found.wrong[1])
    if found.missing:
        facts["missing"] = _digits(found.missing[1])
    if found.odds:
        odds = found.odds[1]
        facts["odds"] = _digits(max(odds, 1 / odds))
    return facts


def _unit(comparison: Comparison) -> str:
    if comparison.facts.get("unit_code") == "PT":
        return _("percentage points")
    return label(comparison.facts.get("unit", {"en": ""}))


def _digits(number: float) -> str:
    return said(number, 1 if number < 10 else 0)
