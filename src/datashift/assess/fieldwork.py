"""The fieldwork against its plan: versions of the form, targets, remarks (checks K3, K9 and K10)."""

from __future__ import annotations

from datashift.assess.checks import Check, by_rule
from datashift.assess.coverage import few_days
from datashift.language import N_

CHECKS: tuple[Check, ...] = (
    Check(
        "K9",
        N_("What was to be counted"),
        N_("Sensors that measured on too few days of the period."),
        N_("What was planned is there."),
        "rule",
        by_rule(few_days),
    ),
)
