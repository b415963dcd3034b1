"""Citizen figures beside official ones: dated snapshots, a difference only where the concept is the same, a verdict."""

from datashift.compare.official import benchmarks
from datashift.compare.periods import years
from datashift.compare.snapshots import keep_snapshot, list_snapshots
from datashift.compare.verdict import compare, uncovered
from datashift.compare.wording import reason, verdict_word

__all__ = [
    "benchmarks",
    "compare",
    "keep_snapshot",
    "list_snapshots",
    "reason",
    "uncovered",
    "verdict_word",
    "years",
]
