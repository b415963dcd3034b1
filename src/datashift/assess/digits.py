"""Last digits, ages, the two sexes, and first digits (checks K21 to K24)."""

from __future__ import annotations

from datashift.assess.checks import Check

CHECKS: tuple[Check, ...] = ()
