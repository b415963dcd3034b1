"""Assessment profiles: what a statistics office asks of data, as files, and what the evidence answers today."""

from datashift.standards.profiles.evaluate import evaluate
from datashift.standards.profiles.files import (
    catalogue,
    known_profiles,
    parse_profile,
    profiles_for,
    shipped_profile,
    statements_of,
)
from datashift.standards.profiles.nextbest import next_best
from datashift.standards.profiles.records import (
    BoxReading,
    Catalogue,
    Criterion,
    Gate,
    GateReading,
    Grade,
    Profile,
    Reading,
    Rule,
    Score,
    ScoreReading,
    Step,
    Tick,
)
from datashift.standards.profiles.wording import reading_as_dict

__all__ = [
    "BoxReading",
    "Catalogue",
    "Criterion",
    "Gate",
    "GateReading",
    "Grade",
    "Profile",
    "Reading",
    "Rule",
    "Score",
    "ScoreReading",
    "Step",
    "Tick",
    "catalogue",
    "evaluate",
    "known_profiles",
    "next_best",
    "parse_profile",
    "profiles_for",
    "reading_as_dict",
    "shipped_profile",
    "statements_of",
]
