"""The fieldwork against its plan: versions of the form, targets, remarks (checks K3, K9 and K10)."""

from __future__ import annotations

from datashift.assess.checks import Check
from datashift.assess.plan import outdated_forms, progress, remarks
from datashift.language import N_

CHECKS: tuple[Check, ...] = (
    Check(
        "K3",
        N_("Version of the form"),
        N_("Interviews with an earlier version of the form than was in force on that day."),
        N_("Everybody asks with the version of the form that is in force."),
        "rule",
        outdated_forms,
    ),
    Check(
        "K9",
        N_("What was to be counted"),
        N_("Groups with fewer interviews than were planned, and sensors that measured on too few days of the period."),
        N_("What was planned is there."),
        "rule",
        progress,
    ),
    Check(
        "K10",
        N_("Remarks of the field team"),
        N_("Interviews on which the field team left a remark."),
        N_("Remarks are read before anything else is judged."),
        "rule",
        remarks,
    ),
)
