"""Sentences of the dossier as labels: the same facts said in all four languages."""

from __future__ import annotations

import math
from typing import Any

from datashift.language import N_, _, in_all, label
from datashift.model import Label
from datashift.numbers import said
from datashift.publish.sdmx_csv import number

SAMPLING = {
    "probability": N_("People or things were drawn by chance (probability sample)."),
    "quota": N_("People were chosen until every group was full (quota sample)."),
    "snowball": N_("People named others, who were asked in turn (snowball sample)."),
    "rds": N_("People brought each other, and it was noted who brought whom (respondent-driven sample)."),
    "small_area_census": N_("Everybody in the area was asked (small-area census)."),
    "volunteer": N_("Whoever wanted to take part did (volunteers)."),
    "sensor_network": N_("Sensors stand where somebody put them (sensor network)."),
    "event_registry": N_("Events are listed as they become known (event register)."),
    "facility_register": N_("All places of a kind that somebody listed (facility register)."),
    "published_averages": N_("Averages that somebody published, not single answers (published averages)."),
    "undocumented": N_("Nobody wrote down how the answers were chosen (undocumented)."),
}
"""How the answers came about, by sampling type."""

RELATIONS = {
    "same": N_("It measures the same as the indicator."),
    "proxy": N_("It stands beside the indicator but does not measure it."),
    "component": N_("It measures a part of the indicator."),
    "local": N_("It measures something of local importance, near the indicator."),
}
"""How a kit stands to its indicator."""

EXPLAINED = {
    "harmonise.unknown-code": N_("The answer is not in the list of answers."),
    "harmonise.unknown-place": N_("The place is not in the list of places."),
    "harmonise.no-place": N_("The place is missing."),
    "harmonise.not-a-number": N_("A number was expected, and something else is there."),
    "harmonise.not-a-date": N_("The date cannot be read."),
    "harmonise.no-date": N_("The date is missing."),
    "harmonise.outside-period": N_("The date lies outside the time that is meant."),
    "harmonise.bad-weight": N_("The weight is missing or below zero."),
    "harmonise.empty-row": N_("The row is empty."),
    "harmonise.not-meant": N_("The recipe does not mean this row."),
    "harmonise.removed": N_("A correction took this row out."),
    "harmonise.no-reading": N_("The reading or its sensor is missing."),
    "harmonise.implausible-reading": N_("The sensor cannot have measured this value."),
    "harmonise.incomplete-hour": N_("The hour has too few readings."),
    "harmonise.incomplete-day": N_("The day has too few complete hours."),
    "harmonise.repeated-id": N_("The same id stands in an earlier row."),
}
"""Why rows could not be used, without what is in them."""

SPREAD = N_("How much groups of answers differ tells how sure the figure is (Taylor linearisation).")
STAGES = N_("The draw had {stages} stages, and each of them counts.")
CALIBRATED = N_("The weights were brought to known totals (calibration: {kind}).")
INTERVAL = N_("The kind of interval is {kind}.")


def words(template: str, /, **facts: Any) -> Label:
    """Return an English template as a label, each number in the digits of its language; {} where it is empty.

    Facts that are functions are asked in each language.
    """

    def say() -> str:
        return _(template).format(**{name: _fact(fact) for name, fact in facts.items()})

    return in_all(say) if template else {}


def joined(*labels: Label) -> Label:
    """Return labels one after the other, as one."""
    known = [one for one in labels if one]
    return in_all(lambda: " ".join(label(one) for one in known))


def method(name: str) -> str:
    """Say in the current language how a figure and its interval came about; one we have no words for is named."""
    first, *more = name.split("; ")
    if not first.startswith("taylor-"):
        return name
    parts = [_(SPREAD)]
    stages = first.removeprefix("taylor-").removesuffix("-stage")
    parts += [_(STAGES).format(stages=stages)] if stages.isdigit() else []
    for part in more:
        kind = part.removeprefix("calibrated-")
        parts.append(_(CALIBRATED if kind != part else INTERVAL).format(kind=kind))
    return " ".join(parts)


def plain(value: float | None) -> float | None:
    """Return a number as it is published, with ten digits; what is none, None."""
    text = number(value) if value is not None and math.isfinite(value) else ""
    return float(text) if text else None


def _fact(fact: Any) -> str:
    if callable(fact):
        return str(fact())
    if isinstance(fact, bool | str):
        return str(fact)
    if isinstance(fact, dict):
        return label(fact)
    if isinstance(fact, list | tuple):
        return ", ".join(map(_fact, fact))
    return said(fact, 0 if isinstance(fact, int) or abs(fact) >= 100 else 1)
