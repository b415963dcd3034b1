"""Citizen figures beside official ones: a difference only where the concept is the same, and a verdict."""

from datashift.compare.verdict import compare, uncovered
from datashift.compare.wording import reason, verdict_word

__all__ = ["compare", "reason", "uncovered", "verdict_word"]
