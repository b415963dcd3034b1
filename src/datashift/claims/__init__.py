"""Sentences that the evidence licenses, in four languages; what it does not carry cannot be said."""

from datashift.claims.check import check
from datashift.claims.claim import KINDS, Claim, claim, licensed, strongest_first
from datashift.claims.evidence import (
    Beside,
    Course,
    Difference,
    Evidence,
    Judgement,
    Level,
    Ranking,
    Several,
    Standing,
    Subject,
    course,
    evidence_of,
    group_label,
    rankings,
    subject,
    tables,
    together,
)
from datashift.claims.figures import Number
from datashift.claims.problem import NOT_PROOF, Problem
from datashift.claims.wording import STRENGTH, Grade

__all__ = [
    "KINDS",
    "NOT_PROOF",
    "STRENGTH",
    "Beside",
    "Claim",
    "Course",
    "Difference",
    "Evidence",
    "Grade",
    "Judgement",
    "Level",
    "Number",
    "Problem",
    "Ranking",
    "Several",
    "Standing",
    "Subject",
    "check",
    "claim",
    "course",
    "evidence_of",
    "group_label",
    "licensed",
    "rankings",
    "strongest_first",
    "subject",
    "tables",
    "together",
]
