"""Who reports how much, bursts of reports, and reports that confirm each other (checks K31 and K32)."""

from __future__ import annotations

from datashift.assess.checks import Check

CHECKS: tuple[Check, ...] = ()
