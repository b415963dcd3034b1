"""Disclosure control, here and only here: which figures may be shown, and which texts may leave the house."""

from datashift.protect.gate import gate
from datashift.protect.scan import scan
from datashift.protect.suppress import hide_small, protect

__all__ = ["gate", "hide_small", "protect", "scan"]
