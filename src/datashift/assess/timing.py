"""How long interviews took, at what hours, whether they overlap, and clocks (checks K11 to K14)."""

from __future__ import annotations

from datashift.assess.checks import Check, by_rule
from datashift.assess.dates import impossible_dates
from datashift.language import N_

CHECKS: tuple[Check, ...] = (
    Check(
        "K14",
        N_("Dates and clocks"),
        N_("Dates that are unreadable, still to come, older than any device, or outside the period."),
        N_("Every date lies in the period that is meant."),
        "rule",
        by_rule(impossible_dates),
    ),
)
