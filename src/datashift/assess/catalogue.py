"""Every check, in the order of the catalogue."""

from __future__ import annotations

from datashift.assess import (
    alike,
    answers,
    contributors,
    digits,
    effort,
    fieldwork,
    interviewers,
    outliers,
    place,
    sensors,
    structure,
    timing,
    values,
)
from datashift.assess.checks import Check

CHECKS: tuple[Check, ...] = tuple(
    sorted(
        (
            check
            for room in (
                structure, values, fieldwork, answers, timing, outliers, alike, interviewers, digits, place,
                contributors, sensors, effort,
            )
            for check in room.CHECKS
        ),
        key=lambda check: int(check.id[1:]),
    )
)  # fmt: skip
