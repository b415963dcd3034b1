"""Answers against each other and against the rules of the form (checks K6, K7, K8 and K30)."""

from __future__ import annotations

from datashift.assess.checks import Check

CHECKS: tuple[Check, ...] = ()
