"""Sensors against their neighbours and their own past (check K33)."""

from __future__ import annotations

from datashift.assess.checks import Check

CHECKS: tuple[Check, ...] = ()
