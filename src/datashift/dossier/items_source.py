"""What recipe and kit tell of a source: who keeps it, what it is good for, how it was drawn, how old, how to get it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from datashift.dossier.saying import RELATIONS, SAMPLING, words
from datashift.dossier.seen import Fact, Seen, fact, told, within
from datashift.language import LANGUAGES, N_, in_all
from datashift.model import BY_CHANCE
from datashift.model.assessment import State
from datashift.pipeline import uncertainty_sentence
from datashift.standards.profiles import Criterion

OPEN = re.compile(
    r"(?i)\b(?:cc0|cc[ -]by(?:[ -]sa)?(?![ -]n[cd])|public domain|pddl|odc[ -]by|odbl|open data commons|"
    r"open government licen[cs]e|ogl|mit|apache[ -]2|eupl|dl-de|etalab)\b"
)
"""Licences under which anybody may use and change what is licensed."""

NOT_STATED = re.compile(r"(?i)\b(?:none|no licen[cs]e|not (?:stated|known)|unknown|to be confirmed|unclear)\b")

CONCEPTS: Mapping[str, State] = {"same": "met", "proxy": "partly", "component": "partly", "local": "not_met"}
"""What it means that a kit measures the same as its indicator, a part of it, or something near."""

LISTED = ("small_area_census", "event_registry", "facility_register")
"""Ways in which everything that is known is listed: nothing is drawn, so there are no chances of being drawn."""

ROUNDS = N_(
    "There are {count} rounds with dates, from {first} to {last}. Whether the next one is paid for is not known."
)
ONE_ROUND = N_("So far there is one round ({period}).")
LEDGER = N_("Corrections in a ledger, each with its reason: {count}.")
NO_LEDGER = N_("The recipe names no ledger of corrections: changes made before are not written down.")
INDICATOR = N_("It is for indicator {indicator}, by the kit {kit}. Its custodian: {agency}.")
NO_CUSTODIAN = N_("It is for {indicator}, by the kit {kit}. The kit names no custodian.")
NO_SERIES = N_("The recipe names no official series, so nobody can see whether it fills a gap.")
FILLS = N_("For {count} of {all} figures there is no official one for the same place, group or time.")
OTHER_CONCEPT = N_("The {all} official figures beside it measure something else, so none tells what this tells.")
NO_GAP = N_("All {all} figures have an official one beside them.")
WEIGHTS = N_("The column “{column}” says for how many each row stands.")
MARGIN = N_("The answers are brought to known totals: {totals}.")
NOTHING_DRAWN = N_("Everything that is known is listed. Nothing was drawn, so there are no chances to weight by.")
NO_WEIGHTS = N_("Every row counts the same: neither chances of being chosen nor known totals are named.")
ASKED_AGAIN = N_("Interviews were asked again. The recipe does not tell of training and supervision.")
NO_TRAINING = N_("The recipe does not tell of training, supervision or interviews asked again.")
DIGESTS = N_("Recipe, kit and files ({count}) are named by their digests. Anybody with them gets the same figures.")
LAG = N_("From the last day of the fieldwork ({last}) to the release it took {months} months.")
AGE = N_("The answers are {years} years old, counted from the middle of the fieldwork.")
NO_DATE = N_("The dates of the fieldwork are not known.")
REPEATED = N_("There are figures for {count} rounds, from {first} to {last}.")
DATES = N_("The answers are from {first} to {last}.")
PERIOD = N_("The answers are for {period}; the days are not stated.")
LICENCE = N_("The licence is: {licence}")
NO_LICENCE = N_("No licence is stated.")
CODEBOOK = N_("The release describes every column and code in kit.toml and datapackage.json.")
SUMMARY = N_("The findings are said in {languages}. Read by a native speaker: {reviewed}.")
EXPORT = N_("The release holds the figures as SDMX-CSV, described by a data package.")
LIMITS = N_("Limits that the release states: {count}.")
NO_LIMITS = N_("The recipe states no limits.")


def institution(seen: Seen, criterion: Criterion) -> Fact | None:
    """I6: whether there are several dated rounds."""
    rounds = seen.rounds
    if len(rounds) < 2:
        return fact("not_met", "period", ONE_ROUND, period=rounds[0]) if rounds else None
    return fact("partly", "period", ROUNDS, count=len(rounds), first=rounds[0], last=rounds[-1])


def changes(seen: Seen, criterion: Criterion) -> Fact:
    """I7: whether changes are written down."""
    done = seen.result.corrected
    if done is None:
        return fact("not_met", "corrections", NO_LEDGER)
    return fact("met", "corrections", LEDGER, count=len(done.applied) + len(done.already))


def indicator(seen: Seen, criterion: Criterion) -> Fact:
    """R1: the indicator, and by whose text."""
    kit = seen.kit
    named = f"{kit.id} {kit.version}"
    if kit.custodian is None:
        return fact("partly", "kit", NO_CUSTODIAN, indicator=kit.indicator, kit=named)
    agency = ", ".join(kit.custodian.agency)
    return fact("met", "kit", INDICATOR, indicator=kit.indicator, kit=named, agency=agency)


def concept(seen: Seen, criterion: Criterion) -> Fact:
    """R2: whether it measures the same."""
    relation = seen.kit.relation
    return told(CONCEPTS[relation], "kit", words(RELATIONS[relation]))


def gap(seen: Seen, criterion: Criterion) -> Fact | None:
    """R3: whether there are figures without an official one beside them."""
    verdicts = [comparison.verdict for comparison in seen.result.comparisons]
    if not verdicts:
        return fact("unknown", "official", NO_SERIES) if not seen.recipe.official else None
    alone = sum(one in ("no_official_figure", "official_stale", "official_hides_group") for one in verdicts)
    if alone:
        return fact("met", "comparison.csv", FILLS, count=alone, all=len(verdicts))
    if set(verdicts) == {"not_comparable"}:
        return fact("partly", "comparison.csv", OTHER_CONCEPT, all=len(verdicts))
    return fact("not_met", "comparison.csv", NO_GAP, all=len(verdicts))


def design(seen: Seen, criterion: Criterion) -> Fact:
    """M1: whether it is declared how people or places were chosen."""
    kind = seen.recipe.design.sampling_type
    return told("not_met" if kind == "undocumented" else "met", "design", words(SAMPLING[kind]))


def chances(seen: Seen, criterion: Criterion) -> Fact:
    """M3: weights, or known totals."""
    drawn = seen.recipe.design
    margin = seen.recipe.margin.get(drawn.weight_margin or "")
    source = drawn.calibration.source if drawn.calibration else margin.source if margin else ""
    if drawn.calibration or margin:
        return fact("met", "design", MARGIN, totals=source or drawn.weight_margin or "–")
    if drawn.weights:
        return fact("met" if drawn.sampling_type in BY_CHANCE else "partly", "design", WEIGHTS, column=drawn.weights)
    if drawn.sampling_type in LISTED:
        return fact("not_applicable", "design", NOTHING_DRAWN)
    return fact("not_met", "design", NO_WEIGHTS)


def supervision(seen: Seen, criterion: Criterion) -> Fact:
    """M6: interviews asked again; the rest is for people to state."""
    if seen.recipe.protocol.backchecks:
        return fact("partly", "protocol", ASKED_AGAIN)
    return fact("unknown", "recipe", NO_TRAINING)


def again(seen: Seen, criterion: Criterion) -> Fact:
    """M7: whether it can be computed again."""
    return fact("met", "manifest.json", DIGESTS, count=len(seen.setting.inputs.files))


def lag(seen: Seen, criterion: Criterion) -> Fact:
    """T1: the time from the last day of the fieldwork to the release."""
    days = seen.days
    if days is None:
        return fact("unknown", "period", NO_DATE)
    passed = max(0, (seen.created - days[1]).days)
    return fact(within(criterion, passed), "period", LAG, last=days[1].isoformat(), months=round(passed / 30.44))


def frequency(seen: Seen, criterion: Criterion) -> Fact | None:
    """T2: how often it was repeated."""
    rounds = seen.rounds
    if len(rounds) < 2:
        return fact("not_met", "period", ONE_ROUND, period=rounds[0]) if rounds else None
    return fact("met", "period", REPEATED, count=len(rounds), first=rounds[0], last=rounds[-1])


def age(seen: Seen, criterion: Criterion) -> Fact:
    """T3: how old the answers are."""
    days = seen.days
    if days is None:
        return fact("unknown", "period", NO_DATE)
    middle = days[0] + timedelta(days=(days[1] - days[0]).days // 2)
    passed = max(0, (seen.created - middle).days)
    return fact(within(criterion, passed), "period", AGE, years=round(passed / 365.25, 1))


def dates(seen: Seen, criterion: Criterion) -> Fact | None:
    """T5: whether the days of the fieldwork are told."""
    period = seen.recipe.period
    if period.first and period.last:
        return fact("met", "period", DATES, first=period.first.isoformat(), last=period.last.isoformat())
    return fact("partly", "period", PERIOD, period=", ".join(seen.rounds)) if seen.rounds else None


def margins(seen: Seen, criterion: Criterion) -> Fact:
    """A4: what the intervals rest on. The program never writes a margin of error that has neither draw nor model."""
    return told("met", "estimates.csv", in_all(partial(uncertainty_sentence, seen.recipe)))


def limits(seen: Seen, criterion: Criterion) -> Fact:
    """A5: whether limits are stated."""
    count = len(seen.recipe.limits)
    return fact("met", "limits", LIMITS, count=count) if count else fact("not_met", "limits", NO_LIMITS)


def licence(seen: Seen, criterion: Criterion) -> Fact:
    """X1: the licence, and whether it is an open one that we know."""
    stated = seen.recipe.licence.strip()
    if not stated:
        return fact("not_met", "recipe", NO_LICENCE)
    if NOT_STATED.search(stated):
        return fact("not_met", "recipe", LICENCE, licence=stated)
    return fact("met" if OPEN.search(stated) else "partly", "recipe", LICENCE, licence=stated)


def codebook(seen: Seen, criterion: Criterion) -> Fact:
    """X2: the release describes its columns and codes."""
    return fact("met", "datapackage.json", CODEBOOK)


def summary(seen: Seen, criterion: Criterion) -> Fact:
    """X3: in which languages the findings are said, and which of them a native speaker read."""
    reviewed = [language for language in LANGUAGES if language in seen.kit.reviewed]
    state: State = "met" if len(reviewed) == len(LANGUAGES) else "partly"
    languages = ", ".join(LANGUAGES)
    return fact(state, "kit", SUMMARY, languages=languages, reviewed=", ".join(reviewed) or "–")


def export(seen: Seen, criterion: Criterion) -> Fact:
    """X4: the figures for machines."""
    return fact("met", "estimates.csv", EXPORT)


FACTS: Mapping[str, Callable[[Seen, Criterion], Fact | None]] = {
    "I6": institution, "I7": changes,
    "R1": indicator, "R2": concept, "R3": gap,
    "M1": design, "M3": chances, "M6": supervision, "M7": again,
    "T1": lag, "T2": frequency, "T3": age, "T5": dates,
    "A4": margins, "A5": limits,
    "X1": licence, "X2": codebook, "X3": summary, "X4": export,
}  # fmt: skip
"""What tells of each criterion."""
