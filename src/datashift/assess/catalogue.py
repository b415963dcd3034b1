"""Every check, in the order of the catalogue."""

from __future__ import annotations

from datashift.assess.alike import sheets
from datashift.assess.checks import Check
from datashift.assess.fieldwork import plan, timing
from datashift.assess.figures import digits, outliers
from datashift.assess.form import answers, structure, values
from datashift.assess.interviewers import differences
from datashift.assess.place import positions
from datashift.assess.sources import contributors, effort, sensors

_ROOMS = (
    structure, values, plan, answers, timing, outliers, sheets, differences, digits, positions, contributors, sensors,
    effort,
)  # fmt: skip

CHECKS: tuple[Check, ...] = tuple(
    sorted((check for room in _ROOMS for check in room.CHECKS), key=lambda check: int(check.id[1:]))
)
