"""What differs from one interviewer to another, and what was asked again (checks K19, K20, K28 and K29)."""

from __future__ import annotations

from datashift.assess.checks import Check

CHECKS: tuple[Check, ...] = ()
