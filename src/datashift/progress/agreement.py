"""Why methods differ: their concepts of progress, not their arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

from datashift.language import N_, _
from datashift.progress import wording
from datashift.progress.label import Label

SAID = {
    "none": N_("No method can give a label."),
    "one": N_("Only one method can give a label: {names}."),
    "same": N_("All {n} methods that give a label point the same way."),
    "level": N_(
        "They differ because they ask different things: {level} count a target that is met today, or nearly, as done; "
        "{pace} do not."
    ),
    "ends": N_(
        "They differ because they look at different years: {ends} at the first and the last year only, {all} at all "
        "years."
    ),
    "measure": N_(
        "They differ because they measure pace differently: {growth} by growth in per cent, {steps} by equal yearly "
        "steps."
    ),
    "cuts": N_(
        "They differ in names, not in what they see: {low} to {high} of what is needed. Open SDG says “limited” "
        "up to 60 %, SDSN “stagnating” up to 50 %, the UN chart “fair” from 10 to 95 %."
    ),
    "limit": N_(
        "They differ because Open SDG lowers its cut-offs near the limit of what is possible, the UN chart does not."
    ),
    "growth": N_(
        "They differ in what growth they call enough: Open SDG 1.5 % a year, the UN chart 2 %; below 0.5 % the UN "
        "chart calls it stagnation, Open SDG limited progress."
    ),
    "several": N_("They differ because each takes progress to be something else: see the line under each name."),
}

CLOSE = 0.2
"""Parts of the pace needed that differ by less than this are called the same."""
NEAR_LIMIT = 0.995

GROWTH = ("open-sdg", "un-chart", "un-five")


def agreement(labels: Sequence[Label], met: bool) -> tuple[str, str]:
    """Return why methods differ, or that they agree: a code and a sentence in the current language.

    In: the labels, and whether the last year has met the target.
    """
    judged = [label for label in labels if label.tone is not None]
    code = _code(judged, met)
    pace = [label for label in judged if label.tone is not None and label.tone < 1]
    facts = {
        "n": str(len(judged)),
        "names": _names(judged),
        "level": _names([label for label in judged if label.tone == 1]),
        "pace": _names(pace),
        "ends": _names([label for label in judged if label.looks == "ends"]),
        "all": _names([label for label in judged if label.looks == "all"]),
        "growth": _names([label for label in judged if label.method in GROWTH]),
        "steps": _names([label for label in judged if label.method == "sdsn"]),
    }
    if code == "cuts":
        shares = _shares(judged)
        facts |= {"low": wording.percent(min(shares)), "high": wording.percent(max(shares))}
    return code, _(SAID[code]).format(**facts)


def _code(judged: Sequence[Label], met: bool) -> str:
    if len(judged) < 2:
        return "one" if judged else "none"
    if len({label.tone for label in judged}) == 1:
        return "same"
    if met:
        return "level"
    shares = _shares(judged)
    ends = {label.tone for label in judged if label.looks == "ends"}
    every = {label.tone for label in judged if label.looks == "all"}
    if len(ends) == 1 and len(every) == 1:
        return "ends"
    if any(label.kind == "growth" for label in judged) and len(ends) > 1:
        return "limit" if any(label.more.get("scaling", 1.0) < NEAR_LIMIT for label in judged) else "growth"
    if len(shares) > 1 and max(shares) - min(shares) <= CLOSE:
        return "cuts"
    growth = {label.tone for label in judged if label.method in GROWTH}
    steps = {label.tone for label in judged if label.method == "sdsn"}
    return "measure" if len(growth) == 1 and steps and steps != growth else "several"


def _shares(judged: Sequence[Label]) -> list[float]:
    """Return what the rules of two years measured: parts of the pace or of the change needed."""
    kinds = ("ratio", "change")
    return [label.number for label in judged if label.number is not None and label.kind in kinds]


def _names(labels: Sequence[Label]) -> str:
    return ", ".join(wording.name(label.method) for label in labels)
