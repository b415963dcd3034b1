"""Disclosure control, here and only here: which figures may be shown, and which texts may leave the house."""

from datashift.protect.amounts import Amounts
from datashift.protect.gate import gate
from datashift.protect.suppress import hide_small, protect
from datashift.standards.personal import scan

__all__ = ["Amounts", "gate", "hide_small", "protect", "scan"]
