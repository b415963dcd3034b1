"""Names, concepts, labels and remarks of the methods, in words."""

from __future__ import annotations

from collections.abc import Mapping

from datashift.language import N_, _
from datashift.numbers import THIN, in_digits, said

NAMES = {
    "open-sdg": N_("Open SDG"),
    "un-chart": N_("UN Progress Chart"),
    "un-five": N_("UN five classes"),
    "escap": N_("ESCAP anticipated"),
    "escap-status": N_("ESCAP so far"),
    "sdsn": N_("SDSN arrows"),
    "trend": N_("Trend"),
}

CONCEPTS = {
    "open-sdg": N_("The growth per year so far against the growth per year needed, from the first and last year only."),
    "un-chart": N_("How much of the change needed is there in 2030, if growth goes on as between two years."),
    "un-five": N_("How much of the change needed is there in 2030, in five classes."),
    "escap": N_("How much of the change needed is expected by 2030, from all years, recent ones counting more."),
    "escap-status": N_("How much of the way from the base year to the target lies behind, whatever the pace."),
    "sdsn": N_("The yearly step so far against the equal yearly steps needed, from the first and last year only."),
    "trend": N_("Where a line through all years leads in 2030, and how sure that is."),
}

LABELS = {
    "target_achieved": N_("Target achieved"),
    "substantial_progress": N_("On track"),
    "moderate_progress": N_("Progress made, acceleration needed"),
    "limited_progress": N_("Limited progress"),
    "deterioration": N_("Deterioration"),
    "on_track_or_met": N_("On track or target met"),
    "fair_progress": N_("Fair progress, acceleration needed"),
    "stagnation_or_regression": N_("Stagnation or regression"),
    "on_track": N_("On track"),
    "moderate": N_("Moderate progress"),
    "marginal": N_("Marginal progress"),
    "stagnation": N_("Stagnation"),
    "regression": N_("Regression"),
    "maintain": N_("Maintain"),
    "accelerate": N_("Accelerate"),
    "reverse": N_("Reverse the trend"),
    "on_track_or_maintaining": N_("On track or maintaining"),
    "moderately_improving": N_("Moderately improving"),
    "stagnating": N_("Stagnating"),
    "decreasing": N_("Decreasing"),
    "met": N_("met"),
    "reaches": N_("will be met"),
    "unclear": N_("cannot be told"),
    "slow": N_("too slow"),
    "away": N_("leads away"),
    "plain": N_("no interval"),
    "right_way": N_("the right way"),
    "wrong_way": N_("the wrong way"),
    "reached": N_("target reached"),
    "missed": N_("target missed"),
}

REMARKS = {
    # why a method gives no label
    "growth-rate": N_("The figure is a growth rate itself; a growth rate of it makes no sense. Use the level instead."),
    "one-year-since": N_("Two years from {base_year} on are needed, and there are fewer."),
    "target-year-past": N_("The target year {target_year} does not lie after the years that the rule needs."),
    "below-floor": N_("Below {target} the rule gives no label: there, less is not clearly better."),
    "below-25": N_("Below a quarter of the budget the rule gives no label."),
    "zero-base": N_("The base year is 0, and no growth rate starts at 0; the rule names nothing in its place."),
    "sign-change": N_("From {base} to {now} the sign changes, and no growth rate leads there."),
    "base-beyond": N_(
        "The base year ({base}) was already beyond the target ({target}), and the value has fallen back since: the "
        "share of this rule would call that progress."
    ),
    "no-target": N_("This method needs a target value."),
    "nothing-to-go": N_("The base year stood at the target ({target}) and the value has left it: no way is left."),
    "weights-unknown": N_(
        "The weights of the years are not published where they can be read. State them in a file of rules, table "
        "{table}, with their source."
    ),
    "cutoffs-unknown": N_(
        "The cut-offs are not published where they can be read. State them in a file of rules, table {table}, with "
        "their source."
    ),
    "two-sided": N_("The target is to be met exactly; a line tells of one side only."),
    "undefined": N_("The growth needed or the growth seen is not defined for these figures."),
    # why there are no probabilities
    "two-years": N_("Two years and no standard errors: nothing says how sure they are, so no probabilities."),
    "on-a-line": N_("All years lie exactly on a line: nothing says how sure they are, so no probabilities."),
    # what a reader should know
    "se-partly": N_("Standard errors are known for some years only, so the scatter of all years stands in for them."),
    "bounds-read": N_("Published bounds were read as intervals of 95 %; where they are of 90 %, errors are larger."),
    "scatter": N_("No standard errors are known: how uncertain a year is was read from the scatter around its line."),
    "zero-rounds": N_(
        "No forecast above 0 ever is 0: for the trend and the outlook, what rounds to 0 counts as the target reached."
    ),
    "modelled": N_(
        "The figures are estimates of a model, which are smoother than what they stand for: the probabilities claim to "
        "know too much."
    ),
    "break": N_("Method or extent changed in {period}: {reason} The rules do not see that."),
    "relative-target": N_("The target is relative ({rule}) and stands at {target} here."),
    "other-unit": N_(
        "The target of the framework ({rule}) is of another unit than these figures ({unit}), so only the direction is "
        "used."
    ),
    "no-share": N_("Some figures are below 0 or above 100 %, so they are not read as shares and have no bounds."),
    "global-target": N_("The target is the world’s; a country may have set another one."),
    "shape-parity": N_("Too much is as bad as too little here: the larger of value and 1/value is judged, best is 1."),
    "shape-around": N_("Too much is as bad as too little here: the distance from {target} is judged."),
    "shape-floor": N_("The target {target} is to be met, not passed."),
    "no-cutoffs-status": N_("A number without a label: by now {due} of 10 are due at an even pace."),
    "no-cutoffs-escap": N_("A number without a label: the cut-offs are not published where they can be read."),
    "green-is-target": N_("SDSN measures against its own green threshold; the target stands in for it."),
    "half-is-judgement": N_("That “moderately improving” begins at {moderate} of the pace needed is our reading."),
    # defects of rules that look at two years
    "end-points": N_("Only {first} and {last} count; the figures between them ({between}) change nothing."),
    "no-uncertainty": N_("The rule takes every figure as certain. Drawn again, {often} have the same label."),
    "uncertainty-unknown": N_("The rule takes every figure as certain, and nothing here says how certain they are."),
    "last-year-dropped": N_("Without {last}, the label is “{label}”."),
    "base-year-moved": N_("With {base_year} as base year, the label is “{label}”."),
    "last-year-steady": N_("Without {last}, the label stays the same."),
    "base-year-steady": N_("With {base_year} as base year, the label stays the same."),
    "zero-target": N_(
        "The target 0 is replaced by 0.001, since no growth rate leads to 0. With 0.01 the label is “{label}”, and the "
        "pace so far is {number} of the pace needed instead of {was}."
    ),
    "zero-base-replaced": N_("The base value 0 is replaced by 0.001. With 0.01 the label is “{label}”."),
    "zero-now": N_("The last value is 0, which the rule reads as a fall of 100 % a year."),
    "gaps": N_("No figure for {years}: the rule fills them with even growth."),
    "base-year": N_("The base year is {base}, not {base_year}, so that less time is judged than 15 years."),
    "achieved-but-worse": N_("The target counts as achieved, but the last year is worse than the one before."),
    "achieved-no-trend": N_("The target counts as achieved at {now}; where the figures go plays no part."),
    "near-limit": N_("Near its limit ({limit}) the cut-offs shrink to {scaling} of their size."),
    "beyond-bound": N_("At this growth the value would be {then} in {year}, beyond what is possible ({bound})."),
    "sign-between": N_("Years between the ends have another sign; the rule does not see them."),
    "exact-target": N_("Only a value of exactly {target} counts as achieved."),
}

PARTS = {"number", "was", "scaling", "moderate"}
"""Facts that are parts of 1 and are said as per cent; `often` is a probability."""


def name(method: str) -> str:
    """Return the name of a method."""
    return _(NAMES[method])


def concept(method: str) -> str:
    """Say what a method takes progress to be."""
    return _(CONCEPTS[method])


def label_text(code: str) -> str:
    """Return a label in words, "" for none."""
    return _(LABELS[code]) if code else ""


def remark(code: str, facts: Mapping[str, object]) -> str:
    """Say a remark with its facts."""
    return _(REMARKS[code]).format(**{key: _fact(key, value) for key, value in facts.items()})


def _fact(key: str, value: object) -> str:
    if key == "label":
        return label_text(str(value)) or _("no label")
    if isinstance(value, tuple):
        return ", ".join(year(entry) for entry in value)
    if not isinstance(value, int | float):
        return str(value)
    if key == "often":
        return chance(value)
    if key in PARTS:
        return percent(value)
    return year(value) if key in YEARS else plain(value)


MOST = 10.0

YEARS = {"first", "last", "base_year", "target_year", "year"}


def year(value: float) -> str:
    """Return a year as people write it."""
    return in_digits(f"{float(value):.10g}")


def percent(part: float) -> str:
    """Return a part of 1 as per cent; beyond ten times 100 % in either direction only that it is beyond."""
    if abs(part) > MOST:
        return f"{'>' if part > 0 else '<'} {said(100 * MOST if part > 0 else -100 * MOST)}{THIN}%"
    decimals = 0 if abs(part) >= 0.1 or part == 0 else 1
    return said(100 * part, decimals) + f"{THIN}%"


def plain(value: float) -> str:
    """Return a number with three digits that count."""
    if value == 0 or float(value).is_integer():
        return said(value)
    size = abs(value)
    return said(value, 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 else 4)


def chance(probability: float) -> str:
    """Return a probability as per cent, never as certain: "< 1 %", "37 %", "> 99 %"."""
    if probability < 0.01:
        return f"< {said(1)}{THIN}%"
    return f"> {said(99)}{THIN}%" if probability > 0.99 else percent(probability)


def in_ten(probability: float) -> str:
    """Say a probability as people read it: "less than 1 in 20", "about 3 in 10", "more than 19 in 20"."""
    if probability < 0.05:
        return _("less than 1 in 20")
    if probability > 0.95:
        return _("more than 19 in 20")
    return _("about {n} in 10").format(n=said(max(1, min(9, round(10 * probability)))))


def number(kind: str, value: float | None, target: bool) -> str:
    """Return the number behind a label, short."""
    if value is None:
        return "–"
    if kind == "value":
        return plain(value)
    if kind == "status":
        return f"{said(value, 1)} / {said(10)}"
    if target:
        return percent(value)
    return said(100 * value, 1) + f"{THIN}%" + _(" a year")
