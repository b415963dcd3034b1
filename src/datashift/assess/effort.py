"""The effort behind counts along a transect or a patrol (check K34)."""

from __future__ import annotations

from datashift.assess.checks import Check

CHECKS: tuple[Check, ...] = ()
