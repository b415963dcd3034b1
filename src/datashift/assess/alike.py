"""Interviews that look alike, and answers in a straight line (checks K17 and K18)."""

from __future__ import annotations

from datashift.assess.checks import Check

CHECKS: tuple[Check, ...] = ()
