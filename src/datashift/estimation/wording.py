"""What the interval of a design means in plain words, and what it does not cover."""

from __future__ import annotations

from datashift.language import N_, _
from datashift.model import Design, Estimate
from datashift.numbers import amount, in_digits, said

UNCERTAINTY = {
    "probability": N_(
        "The interval is the {level} margin of error of a probability sample: of many samples drawn in this way, "
        "{level} would give an interval that holds the true value."
    ),
    "small_area_census": N_(
        "Everybody in the area was asked. The interval shows how much the answer varies between groups; "
        "it speaks of this area alone."
    ),
    "facility_register": N_(
        "This is a register, not a sample: there is no margin of error. The interval shows how much the figure varies "
        "between {clusters}, as if these had been drawn by chance. It does not cover what the register leaves out."
    ),
    "event_registry": N_(
        "This is a count of events that became known: a lower bound, without a margin of error. Events that nobody "
        "reported are missing."
    ),
    "published_averages": N_(
        "These are averages that somebody published, not answers. How far the answers behind them differ is not known, "
        "so there is no interval, and small differences mean nothing."
    ),
    "sensor_network": N_(
        "Sensors stand where somebody put them: there is no margin of error. The interval shows how much the readings "
        "vary between places."
    ),
    "other": N_(
        "The answers were not drawn by chance: there is no margin of sampling error. The interval shows how much the "
        "figure varies between {clusters}, on the assumption that those who answered are like those who did not. "
        "Nothing inside these data can test that."
    ),
}
"""What the interval means, by sampling type (AAPOR guidance on reporting precision for non-probability samples)."""


def uncertainty(design: Design, clusters: str | None = None) -> str:
    """Say in the current language what the interval of this design means, and what it does not cover."""
    template = UNCERTAINTY.get(design.sampling_type, UNCERTAINTY["other"])
    level = f"{in_digits(format(design.confidence * 100, 'g'))} %"
    groups = _("the groups of the column “{column}”").format(column=clusters) if clusters else _("single answers")
    return _(template).format(level=level, clusters=groups)


KNOWN = N_("{figure}{group}: {amount}. {n} answers, worth as much as {worth} drawn one by one.")
PLAIN = N_("{figure}{group}: {amount}. {n} answers.")
UNKNOWN = N_("{figure}{group}: cannot tell. {reason}")


def explained(estimate: Estimate) -> str:
    """Say an estimate in one plain sentence, in the current language: the figure, how sure, from how many answers."""
    named = ", ".join(f"{name} {level}" for name, level in estimate.breakdown)
    group = f" ({named})" if named else ""
    reason = _(estimate.reason).format(**estimate.facts) if estimate.reason else ""
    if estimate.value is None:
        return _(UNKNOWN).format(figure=estimate.measure, group=group, reason=reason)
    shown = amount(estimate.value, estimate.lower, estimate.upper, estimate.unit)
    template = PLAIN if estimate.n_eff is None else KNOWN
    worth = "" if estimate.n_eff is None else said(estimate.n_eff)
    text = _(template).format(figure=estimate.measure, group=group, amount=shown, n=said(estimate.n), worth=worth)
    return f"{text} {reason}" if reason else text
