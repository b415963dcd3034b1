"""What is said beside a comparison: fixed, graded verdict words, and the reason in plain sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from datashift.language import N_, _, label
from datashift.model import Benchmark, Comparison, Verdict
from datashift.numbers import in_digits, said
from datashift.standards.periods import years, years_apart

HIGHER = N_(
    "The citizen figure is {size} {unit} higher than the official one (between {lower} and {upper}). "
    "Chance alone does not explain that."
)
LOWER = N_(
    "The citizen figure is {size} {unit} lower than the official one (between {lower} and {upper}). "
    "Chance alone does not explain that."
)
SMALL_HIGHER = N_(
    "The citizen figure is {size} {unit} higher than the official one (between {lower} and {upper}). "
    "Chance alone does not explain that, but it is less than the {relevant} {unit} that matter here."
)
SMALL_LOWER = N_(
    "The citizen figure is {size} {unit} lower than the official one (between {lower} and {upper}). "
    "Chance alone does not explain that, but it is less than the {relevant} {unit} that matter here."
)
CLOSE = N_(
    "The two figures differ by {lower} to {upper} {unit}. A difference of less than {relevant} does not matter here."
)
WIDE = N_(
    "The difference may lie anywhere between {lower} and {upper} {unit}. "
    "A difference of {relevant} would matter, and it cannot be ruled out."
)
NO_MEASURE = N_(
    "The difference may lie anywhere between {lower} and {upper} {unit}. Nothing is agreed on how much would matter."
)
NO_OFFICIAL_ERROR = N_(
    "The citizen figure differs by {difference} {unit}. The official source states no uncertainty, "
    "so how much of this is chance is unknown."
)
NO_CITIZEN_ERROR = N_(
    "The citizen figure differs by {difference} {unit}. Its own uncertainty is unknown, "
    "so how much of this is chance is unknown."
)
SELECTION = N_(
    "The citizen figure differs by {difference} {unit}. It comes from {sampling}, not from a sample drawn by chance: "
    "its interval does not cover who was left out."
)
NOT_SHOWN = N_("There is no citizen figure to compare. {why}")
TOO_FAR = N_(
    "The official figure is for {official_period}, {years_apart} years away. Too much can change in that time."
)
DIFFERENT = N_("The two figures measure different things. {stated}")
OTHER_UNIT = N_("The two figures have different units: {unit_code} and {official_unit}.")
EXTENT = N_(
    "{area} kept its name and changed its extent on {date}. Cut from it: {cut}. "
    "The official figure is for the other extent."
)
EXTENT_ONLY = N_("{area} kept its name and changed its extent on {date}. The official figure is for the other extent.")
NAMESAKE = N_("The official figure is for another place of the name {area} ({official_area}).")
NO_FIGURE = N_("No official figure for this place is at hand.")

_PERCENTAGE_POINTS = N_("percentage points")

_WORDS: dict[str, str] = {
    "gap": N_("shows"),
    "weaker gap": N_("suggests"),
    "no_gap_seen": N_("is consistent with"),
    "cannot_tell": N_("cannot tell"),
    "not_comparable": N_("cannot be compared, because …"),
    "no_official_figure": N_("no official figure"),
}

_SAMPLING: dict[str, str] = {
    "quota": N_("a quota sample"),
    "snowball": N_("people who named each other"),
    "rds": N_("people who brought each other"),
    "volunteer": N_("volunteers"),
    "sensor_network": N_("sensors that stand where somebody put them"),
    "event_registry": N_("a register of known events"),
    "facility_register": N_("a register of facilities"),
    "published_averages": N_("averages that somebody published"),
    "undocumented": N_("a source that does not say how it chose"),
}

_NATURE: dict[str, str] = {
    "E": N_("The official figure was estimated by {source}. It is not a direct result of a count or a survey."),
    "M": N_("The official figure comes from a model of {source}. It is not a direct result of a count or a survey."),
}
_UNDATED = N_("In the official register {undated} of {rows} events have no date. They are in no year.")
_APART = N_("The official figure is for {official_period}, the citizen figure for {period}.")


def verdict_word(verdict: Verdict | Comparison) -> str:
    """Return the fixed word for a verdict, in the current language.

    Given a whole comparison, a gap "suggests" instead of "shows" where the official figure was estimated or modelled
    (NATURE E or M) or stands for another year: no interval covers these.
    """
    if not isinstance(verdict, Comparison):
        return _(_WORDS[verdict])
    weaker = verdict.verdict == "gap" and verdict.official is not None and _leans(verdict.official, verdict.period)
    word = _WORDS["weaker gap" if weaker else verdict.verdict]
    return _(word)


def reason(comparison: Comparison) -> str:
    """Return why the verdict is what it is, in the current language: a sentence or two, then what else to know.

    Says in further sentences when the official figure is estimated or modelled, stands for another year, or leaves
    out events without a date.
    """
    facts = comparison.facts
    sentences = [_(comparison.reason).format(**_spoken(facts))]
    official = comparison.official
    if official is None:
        return sentences[0]
    if comparison.reason != TOO_FAR and facts.get("years_apart"):
        sentences.append(_(_APART).format(**_spoken(facts)))
    if official.nature in _NATURE:
        sentences.append(_(_NATURE[official.nature]).format(source=official.source))
    if official.facts.get("undated"):
        sentences.append(_(_UNDATED).format(**_spoken(official.facts)))
    return " ".join(sentences)


def _leans(official: Benchmark, period: str) -> bool:
    return official.nature in _NATURE or years_apart(official.period, period) > 0


def _spoken(facts: Mapping[str, Any]) -> dict[str, Any]:
    spoken = {name: _said(fact) for name, fact in facts.items()}
    for name in ("period", "official_period"):
        if "/" in str(facts.get(name, "")):
            spoken[name] = "–".join(str(year) for year in sorted(set(years(facts[name]))))
        if name in spoken:
            spoken[name] = in_digits(str(spoken[name]))
    if facts.get("unit_code") == "PT":
        spoken["unit"] = _(_PERCENTAGE_POINTS)
    if "sampling" in facts:
        spoken["sampling"] = _(_SAMPLING.get(facts["sampling"], _SAMPLING["undocumented"]))
    if "why" in facts:
        why = facts["why"]
        spoken["why"] = _(why).format(**_spoken(facts.get("why_facts", {})))
    return spoken


def _said(fact: Any) -> Any:
    if isinstance(fact, float):
        return _figure(fact)
    if isinstance(fact, dict) and "en" in fact:
        return label(fact)
    return ", ".join(fact) if isinstance(fact, list | tuple) and all(isinstance(f, str) for f in fact) else fact


def _figure(number: float) -> str:
    # One decimal is what the intervals of surveys bear: none from 100 on, two digits below 1.
    size = abs(number)
    if size >= 100 or number == round(number):
        decimals = 0
    else:
        decimals = 1 if size >= 1 else min(6, 1 - math.floor(math.log10(size)))
    return said(number, decimals) if round(number, decimals) else said(0)
