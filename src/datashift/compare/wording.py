"""What is said beside a comparison: fixed, graded verdict words, and the reason in plain sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from datashift.language import N_, _, label
from datashift.model import Comparison, Verdict
from datashift.numbers import amount, in_digits, said
from datashift.standards.periods import years, years_apart

HIGHER = N_(
    "The citizen figure is {size} {unit} higher than the official one (between {lower} and {upper}). "
    "Chance alone does not explain that."
)
LOWER = N_(
    "The citizen figure is {size} {unit} lower than the official one (between {lower} and {upper}). "
    "Chance alone does not explain that."
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
AMONG = N_(
    "The difference may lie anywhere between {lower} and {upper} {unit}. That leaves out 0, but it is one of {count} "
    "comparisons. One of so many can look like this by chance."
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
STALE = N_(
    "The newest official figure is for {official_period}, {years_apart} years before the citizen figure. "
    "Too much can change in that time."
)
HIDES = N_("The official source gives one figure for everybody, {official_figure}, and none for this group.")
DIFFERENT = N_("The two figures measure different things. {stated}")
OTHER_UNIT = N_("The two figures have different units: {unit_code} and {official_unit}.")
EXTENT = N_(
    "{area} kept its name and changed its extent on {date}. Cut from it: {cut}. "
    "The official figure is for the other extent."
)
EXTENT_ONLY = N_("{area} kept its name and changed its extent on {date}. The official figure is for the other extent.")
NAMESAKE = N_("The official figure is for another place of the name {area} ({official_area}).")
NO_FIGURE = N_("No official figure for this place is at hand.")
NO_FIGURE_THEN = N_("No official figure for this place and time is at hand.")
NO_FIGURE_GROUP = N_("No official figure for this place and group is at hand.")

_PERCENTAGE_POINTS = N_("percentage points")

_WORDS: dict[str, str] = {
    "gap": N_("shows"),
    "weaker gap": N_("suggests"),
    "no_gap_seen": N_("is consistent with"),
    "cannot_tell": N_("cannot tell"),
    "not_comparable": N_("cannot be compared, because …"),
    "no_official_figure": N_("no official figure"),
    "official_stale": N_("official figure too old"),
    "official_hides_group": N_("official figure hides the group"),
}

_SAME_EXTENT = N_("To compare them, take figures for the same extent, or bring one across with a crosswalk of areas.")
_REPAIRS: dict[str, str] = {
    DIFFERENT: N_("To compare them, both must count the same thing: take the kit or the official series that does."),
    OTHER_UNIT: N_("To compare them, bring both to the same unit."),
    EXTENT: _SAME_EXTENT,
    EXTENT_ONLY: _SAME_EXTENT,
    NAMESAKE: N_("To compare them, say in the recipe which place is meant."),
    STALE: N_("To compare them, a newer official figure is needed."),
    TOO_FAR: N_("To compare them, take figures for the same years."),
    HIDES: N_("To compare them, an official figure for this group is needed."),
    NO_OFFICIAL_ERROR: N_("If its size is known, state it in the recipe (std_error) and where it is from (stated)."),
}
"""What would make a comparison possible, by the reason that forbids it."""

_POSITIONS: dict[str, str] = {
    "inside": N_("It lies within the interval of this group."),
    "below": N_("The whole interval of this group lies below it."),
    "above": N_("The whole interval of this group lies above it."),
}

_MORE_THAN = N_("The probability that the two truly differ by more than {relevant} {unit} is {chance}.")
_TRULY_HIGHER = N_("The probability that the citizen figure is truly higher is {chance}.")
_TRULY_LOWER = N_("The probability that the citizen figure is truly lower is {chance}.")
_ABOUT, _OVER, _UNDER = N_("about {k} in {n}"), N_("more than 99 in 100"), N_("less than 1 in 100")
_STATED = N_("The official source publishes no uncertainty; the one used here is stated: {stated}.")
CERTAIN = 0.05
"""Adjusted p value beyond which a gap only suggests, whatever confidence the recipe chose."""

_BIAS = N_("The interval also reckons with a bias of about {bias_sd} {unit}.")

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

COUNTED = ("C", "CA")
"""SDMX NATURE of figures that a country counted or surveyed, as it gave them or adjusted."""

_NATURE: dict[str, str] = {
    "E": N_("The official figure was estimated by {source}. It is not a direct result of a count or a survey."),
    "M": N_("The official figure comes from a model of {source}. It is not a direct result of a count or a survey."),
}
_UNDATED = N_("In the official register {undated} of {rows} events have no date. They are in no year.")
_APART = N_("The official figure is for {official_period}, the citizen figure for {period}.")


def verdict_word(verdict: Verdict | Comparison) -> str:
    """Return the fixed word for a verdict, in the current language.

    Given a whole comparison, a gap "suggests" instead of "shows" where the official figure is not known to come from a
    count or a survey (NATURE other than C and CA), stands for another year, or has an uncertainty that is stated, not
    published; and where the citizen figure rests on a stated bias or has low reliability (status other than A). No
    interval covers these. It also only suggests where the adjusted p value is above CERTAIN.
    """
    if not isinstance(verdict, Comparison):
        return _(_WORDS[verdict])
    word = _WORDS["weaker gap" if verdict.verdict == "gap" and _leans(verdict) else verdict.verdict]
    return _(word)


def reason(comparison: Comparison) -> str:
    """Return why the verdict is what it is, in the current language: a sentence or two, then what else to know.

    Further sentences say how likely a difference is that matters, what would make a comparison possible, and when the
    official figure is estimated or modelled, stands for another year, has a stated uncertainty, or leaves out events
    without a date. The reason of a comparison read back from a release stands as it was said.
    """
    facts = comparison.facts
    first = _(comparison.reason).format(**_spoken(facts))
    if facts.get("said"):
        return first
    more = (_position(comparison), probability_sentence(comparison), _repair(comparison))
    return " ".join(filter(None, (first, *more, *_about_the_official(comparison))))


def probability_sentence(comparison: Comparison) -> str:
    """Say in the current language how likely it is that the two truly differ; "" where nothing is known of it."""
    chance = comparison.probability
    # Of a comparison that was picked out from many it would say too much: it knows nothing of the others.
    if chance is None or comparison.difference is None or comparison.reason == AMONG:
        return ""
    signed = _TRULY_HIGHER if comparison.difference >= 0 else _TRULY_LOWER
    text = _MORE_THAN if "agreed" in comparison.facts else signed
    spoken = _spoken(comparison.facts)
    return _(text).format(relevant=spoken.get("agreed"), unit=spoken.get("unit"), chance=_chance(chance))


def _position(comparison: Comparison) -> str:
    where = comparison.facts.get("position")
    return _(_POSITIONS[where]) if where in _POSITIONS else ""


def _repair(comparison: Comparison) -> str:
    official = comparison.official
    own = official.facts.get("repair") if official is not None and comparison.reason == DIFFERENT else None
    if own:
        return label(own)
    return _(_REPAIRS[comparison.reason]) if comparison.reason in _REPAIRS else ""


def _about_the_official(comparison: Comparison) -> list[str]:
    official, facts = comparison.official, comparison.facts
    if official is None:
        return []
    found = []
    if comparison.reason not in (TOO_FAR, STALE) and facts.get("years_apart"):
        found.append(_(_APART).format(**_spoken(facts)))
    if official.nature in _NATURE:
        found.append(_(_NATURE[official.nature]).format(source=official.source))
    if official.stated and comparison.p_value is not None:
        found.append(_(_STATED).format(stated=_(official.stated)))
    if "bias_sd" in facts:
        found.append(_(_BIAS).format(**_spoken(facts)))
    if official.facts.get("undated"):
        found.append(_(_UNDATED).format(**_spoken(official.facts)))
    return found


def _chance(probability: float) -> str:
    if probability > 0.99:
        return _(_OVER)
    if probability < 0.01:
        return _(_UNDER)
    n = 10 if 0.095 < probability < 0.905 else 100
    return _(_ABOUT).format(k=said(probability * n), n=said(n))


def _leans(comparison: Comparison) -> bool:
    official = comparison.official
    if official is None:
        return False
    apart = years_apart(official.period, comparison.period) > 0
    uncertain = bool(official.stated) or "bias_sd" in comparison.facts or comparison.facts.get("status", "A") != "A"
    return apart or official.nature not in COUNTED or uncertain or (comparison.p_adjusted or 0.0) > CERTAIN


def _spoken(facts: Mapping[str, Any]) -> dict[str, Any]:
    spoken = {name: _said(fact) for name, fact in facts.items()}
    for name in ("period", "official_period"):
        if "/" in str(facts.get(name, "")):
            spoken[name] = "–".join(str(year) for year in sorted(set(years(facts[name]))))
        if name in spoken:
            spoken[name] = in_digits(str(spoken[name]))
    if facts.get("unit_code") == "PT":
        spoken["unit"] = _(_PERCENTAGE_POINTS)
    if "official_value" in facts:
        spoken["official_figure"] = amount(facts["official_value"], None, None, facts.get("unit_code", ""))
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
