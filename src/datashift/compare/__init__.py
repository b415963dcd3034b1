"""Citizen figures beside official ones: a difference only where the concept is the same, and a verdict."""

from datashift.compare.contest import SHARES, contest, contest_sentence
from datashift.compare.matching import group_of, series_of, uncovered
from datashift.compare.pairs import Rules, careful_limits, published
from datashift.compare.uncertainty import Known, apart
from datashift.compare.verdict import compare
from datashift.compare.wording import COUNTED, probability_sentence, reason, verdict_word

__all__ = [
    "COUNTED",
    "SHARES",
    "Known",
    "Rules",
    "apart",
    "careful_limits",
    "compare",
    "contest",
    "contest_sentence",
    "group_of",
    "probability_sentence",
    "published",
    "reason",
    "series_of",
    "uncovered",
    "verdict_word",
]
