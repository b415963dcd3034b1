"""Numbers far from all others, and answers that are too frequent or too rare (checks K15 and K16)."""

from __future__ import annotations

from datashift.assess.checks import Check

CHECKS: tuple[Check, ...] = ()
