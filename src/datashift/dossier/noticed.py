"""What the checks looked for, what they noticed, and what was done about it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

from datashift.assess import sentence
from datashift.dossier.saying import plain, words
from datashift.language import N_, in_all
from datashift.model import Checked, Finding, Label
from datashift.pipeline import Result

NOTHING = N_("It looked, and noticed nothing.")
NOTICED = N_("It noticed this many things: {n}.")
ASKED = N_("It asked chance {tested} questions; if nothing were wrong, 1 of 20 surveys would be noticed at most.")
OVERVIEW = N_(
    "Of {checks} kinds of checks, {looked} could look at these data. {noticed} of them noticed something; "
    "it is listed with its effect on the answer."
)
NULLS = {
    "rule": N_("That is a rule, kept or broken."),
    "analytical": N_("What chance gives was computed for this form and this sample."),
    "simulated": N_("What chance gives was drawn many times for this form and this sample."),
    "posterior": N_("A model gives the probability."),
}
"""Against what a check holds the data."""


def checks(result: Result) -> list[dict[str, Any]]:
    """Return every check with what it looks for, what is expected where nothing is wrong, and what became of it."""
    return [_checked(one) for one in result.assessment.checks]


def overview(result: Result) -> Label:
    """Say how many checks could look, and how many noticed something."""
    all_of_them = result.assessment.checks
    looked = [one for one in all_of_them if not one.idle]
    noticed = sum(one.noticed > 0 for one in looked)
    return words(OVERVIEW, checks=len(all_of_them), looked=len(looked), noticed=noticed)


def _checked(one: Checked) -> dict[str, Any]:
    state = "could_not_look" if one.idle else "noticed" if one.noticed else "nothing"
    if one.idle:
        text = words(one.idle, **one.facts)
    else:
        text = words(NOTICED, n=one.noticed) if one.noticed else words(NOTHING)
    return {
        "id": one.id,
        "name": words(one.name),
        "looks_for": words(one.looks_for),
        "expects": words(one.expects),
        "null": one.null,
        "null_words": words(NULLS.get(one.null, "")),
        "state": state,
        "text": text,
        "chance": words(ASKED, tested=one.tested) if one.tested else {},
        "tested": one.tested,
        "noticed": one.noticed,
        "facts": {name: _number(fact) for name, fact in one.facts.items() if _is_number(fact)},
    }


def findings(result: Result, explanations: Mapping[str, Label]) -> list[dict[str, Any]]:
    """Return what was noticed, the greatest effect first, each beside the producer's explanation where there is one.

    Neither rows nor subjects are told: who a finding singles out stays with those who supervise them.
    """
    shown = {e.measure for e in result.estimates if not e.breakdown and e.status != "Q"}
    return [_finding(one, shown, explanations.get(f"{one.check}/{one.code}", {})) for one in result.findings]


def _finding(one: Finding, shown: set[str], explained: Label) -> dict[str, Any]:
    effects = [
        {
            "measure": effect.measure,
            "with": plain(effect.with_rows) if effect.measure in shown else None,
            "without": plain(effect.without_rows) if effect.measure in shown else None,
            "unit": effect.unit,
        }
        for effect in one.effects
    ]
    return {
        "check": one.check,
        "code": one.code,
        "rows": len(one.rows),
        "text": in_all(partial(sentence, one)),
        "p_adjusted": plain(one.p_adjusted),
        "tested": one.tested,
        "effects": effects,
        "explanation": dict(explained),
    }


def _is_number(fact: Any) -> bool:
    return isinstance(fact, int | float) and not isinstance(fact, bool) and math.isfinite(fact)


def _number(fact: Any) -> float | int | None:
    return fact if isinstance(fact, int) else plain(fact)
