"""How long interviews took, at what hours, whether they overlap, and clocks (checks K11 to K14)."""

from __future__ import annotations

from datashift.assess.checks import Check
from datashift.assess.fieldwork.clocks import clocks
from datashift.assess.fieldwork.durations import durations
from datashift.assess.fieldwork.hours import unusual_hours
from datashift.assess.fieldwork.overlaps import overlaps
from datashift.language import N_

CHECKS: tuple[Check, ...] = (
    Check(
        "K11",
        N_("How long interviews took"),
        N_("Interviews that are far too short or too long, and interviewers whose pace differs or changes."),
        N_(
            "Interviews take as long as others with as many answers. The tail of all lengths says what chance gives; "
            "interviewers differ from each other by habit, and only more than that is noticed."
        ),
        "analytical",
        durations,
    ),
    Check(
        "K12",
        N_("Hours of the day"),
        N_("Interviews at night, and interviewers who ask at other hours than everybody else."),
        N_("People are asked in the hours that were agreed, and interviewers ask at hours at which others ask too."),
        "analytical",
        unusual_hours,
    ),
    Check(
        "K13",
        N_("Interviews at the same time"),
        N_("Interviews of one interviewer or on one device that run at the same time, or follow too fast elsewhere."),
        N_("Nobody asks two households at the same time, or is in two places within a minute."),
        "rule",
        overlaps,
    ),
    Check(
        "K14",
        N_("Dates and clocks"),
        N_(
            "Dates that are unreadable, still to come, older than any device, or outside the period. "
            "Clocks of devices that contradict themselves or the server."
        ),
        N_(
            "Every date lies in the period that is meant. An interview begins, ends, is sent and arrives in this order."
        ),
        "rule",
        clocks,
    ),
)
