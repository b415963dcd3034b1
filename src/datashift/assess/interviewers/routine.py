"""Interviewers whose interviews are more alike, more complete or shorter than those of others (check K19)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import special

from datashift.assess.checks import Outcome
from datashift.assess.encoded import Encoded, Flags, Numbers, Whole, numbers
from datashift.assess.evidence import Evidence
from datashift.assess.interviewers.assignments import Assignment, assignment
from datashift.assess.interviewers.effects import Comparison, Contrast, comparison, contrast
from datashift.assess.interviewers.items import normal_scores
from datashift.assess.interviewers.leanings import standings
from datashift.assess.interviewers.singling import Singled, singled_out
from datashift.language import N_
from datashift.model import Finding, Subject

FEW = 5
_LEAST_QUESTIONS = 5
_LEAST_HABITS = 3
_LOOKED_AT = 5000  # rows in which gate questions are looked for
_CLOSED, _OPEN = 0.98, 0.7
_LEAST_CLOSING = 20

NO_SCORE = N_(
    "The form has too few questions, no gaps and no questions that are skipped, so there is nothing by which "
    "interviewers could be compared."
)

_PUBLIC = {
    "usual": N_(
        "Some interviewers bring in more usual answers than others at the same places: their interviews differ less "
        "from one another. People in one street may live alike, and some answers may be made up in a hurry."
    ),
    "complete": N_(
        "Some interviewers have hardly any gaps where others at the same places have some. They may be patient, or "
        "answers that nobody gave may have been filled in."
    ),
    "skipping": N_(
        "Some interviewers are led past more questions than others at the same places, by answers after which the form "
        "skips. That may be true of the people they met, or it shortens the interview."
    ),
}
_PUBLIC_OF = {
    "usual": N_(
        "Interviewers with more usual answers than others at the same places: {m} of {k}. Their interviews differ less "
        "from one another. People in one street may live alike, and some answers may be made up in a hurry."
    ),
    "complete": N_(
        "Interviewers with hardly any gaps where others at the same places have some: {m} of {k}. They may be patient, "
        "or answers that nobody gave may have been filled in."
    ),
    "skipping": N_(
        "Interviewers led past more questions than others at the same places, by answers after which the form skips: "
        "{m} of {k}. That may be true of the people they met, or it shortens the interview."
    ),
}
_PRIVATE = {
    "usual": N_(
        "The answers of {interviews} interviews are more usual than those of others at the same places. Listen to a "
        "recording, or ask some of these people again."
    ),
    "complete": N_(
        "In {interviews} interviews, {own} per cent of the answers are missing; at the same places others have "
        "{others} %. Ask what was done when somebody did not know."
    ),
    "skipping": N_(
        "In {interviews} interviews, the form skipped {own} questions on average; at the same places others have "
        "{others}. Look at the answers that lead past questions."
    ),
}


class Scores(NamedTuple):
    """Per row of the assignment: how usual the answers are, the share of gaps, and how many questions were skipped."""

    usual: Numbers
    complete: Numbers
    skipping: Numbers


def routine(evidence: Evidence) -> Outcome:
    """K19: interviewers with little variety, no gaps, or many skipped questions, beside others at the same places.

    Each interview gets three scores: the mean surprise of its answers (minus the logarithm of how often each is given,
    as in Shannon 1948), its share of gaps, and the number of questions that its answers close. Interviewers' sums are
    compared as in K20, on the side that is suspect. Little variety and few gaps are signs of invented interviews after
    Schäfer, Schräpler, Müller & Wagner (2005) and Bredl, Winker & Kötschau (2012); so are skips.
    """
    assigned = assignment(evidence)
    if isinstance(assigned, str):
        return Outcome(idle=assigned, facts={"column": evidence.recipe.paradata.enumerator or ""})
    compared = comparison(assigned, evidence.chance("K19"))
    found = scores(evidence, assigned.rows)
    looked = {
        name: contrast(compared, np.nan_to_num(score), ~np.isnan(score)) for name, score in found._asdict().items()
    }
    asked = {name: one for name, one in looked.items() if one is not None}
    if not asked:
        return Outcome(idle=NO_SCORE)
    names = list(asked)
    members = compared.units.members
    singled = singled_out(
        compared,
        list(asked.values()),
        lambda left: [np.array([_chance(*one, members) for one in zip(names, left, strict=True)])],
    )
    tested = sum(int((one.variance > 0).sum()) for one in asked.values())
    findings = []
    for index, name in enumerate(names):
        told = [one for one in singled if index in one.told]
        if told:
            findings.append(_finding(evidence, compared, name, getattr(found, name), told, tested))
    return Outcome(tuple(findings), tested, facts=assigned.facts)


_SIDES = {"usual": -1.0, "complete": -1.0, "skipping": 1.0}


def _chance(name: str, one: Contrast | None, members: int) -> Numbers:
    """Return per interviewer the chance of a score as far on the side that is suspect, beyond the others' habits."""
    z = _SIDES[name] * standings(one, members)
    known = ~np.isnan(z)
    many = int(known.sum())
    if many < _LEAST_HABITS:
        return np.asarray(special.ndtr(-z), dtype=np.float64)
    # How far the others lie apart, with Student's tail: they are few.
    others = (np.nansum(z**2) - z**2) / (many - 1)
    wider = z / np.sqrt(np.maximum(others, 1.0))
    return np.asarray(np.maximum(special.ndtr(-z), special.stdtr(many - 1, -wider)), dtype=np.float64)


def scores(evidence: Evidence, rows: Whole) -> Scores:
    """Return the three scores of each of these rows; NaN where a score says nothing."""
    surprise, answered, gaps, asked, skipped = (np.zeros(len(rows)) for _score in range(5))
    gates = _gates(evidence, rows)
    shut = {target for closing in gates.values() for target in closing}
    compared = 0
    for question in evidence.questions:
        encoded = evidence.columns[question.name]
        missing = evidence.missing(question.name)[rows]
        closed = _closed(evidence, gates, question.name, rows) if question.name in shut else None
        refused = _refused(evidence, encoded)[encoded.codes[rows]]
        open_here = np.ones(len(rows), dtype=np.bool_) if closed is None else ~closed
        gaps += (missing | refused) & open_here
        asked += open_here
        if closed is not None:
            skipped += closed
        if question.kind in ("choice", "number"):
            known = ~missing & ~refused
            surprise += _surprise(
                _whole(evidence, question.name, rows), numbers(encoded.texts), known, kind=question.kind
            )
            answered += known
            compared += 1
    usual = np.where(answered >= _LEAST_QUESTIONS, surprise / np.maximum(answered, 1), np.nan)
    return Scores(
        usual if compared >= _LEAST_QUESTIONS else np.full(len(rows), np.nan),
        np.where(asked > 0, gaps / np.maximum(asked, 1), np.nan) if gaps.any() else np.full(len(rows), np.nan),
        skipped if shut else np.full(len(rows), np.nan),
    )


def _refused(evidence: Evidence, encoded: Encoded) -> Flags:
    """Return which texts mean "don't know" or "no wish to answer"."""
    words = evidence.recipe.protocol.refused
    return np.asarray(pc.fill_null(pc.is_in(encoded.texts, value_set=pa.array(words, pa.string())), False))


def _surprise(codes: Whole, values: Numbers, known: Flags, *, kind: str) -> Numbers:
    """Return how unusual each answer is, 0 on average: minus the logarithm of its share, or a squared normal score."""
    counts = np.bincount(codes[known], minlength=len(values))
    if kind == "number":
        counts = np.where(np.isnan(values), 0, counts)
        by_text = np.where(counts > 0, (normal_scores(values, counts) ** 2 - 1) / 2, 0.0)
    else:
        shares = counts / max(int(counts.sum()), 1)
        bits = np.where(counts > 0, -np.log(np.maximum(shares, 1e-12)), 0.0)
        by_text = bits - float((shares * bits).sum())
    return np.where(known, by_text[codes], 0.0)


# --- questions that close others -------------------------------------------------------------------------------------


Gates = dict[tuple[str, int], frozenset[str]]
"""By question and the code of an answer: the questions that this answer closes."""


def _gates(evidence: Evidence, rows: Whole) -> Gates:
    """Return the answers after which other questions have no answer, while they have one after the other answers."""
    some = rows[:: max(len(rows) // _LOOKED_AT, 1)]
    names = [question.name for question in evidence.questions]
    if not names:
        return {}
    blank = np.array([evidence.missing(name)[some] for name in names], dtype=np.float64).T
    share = blank.mean(axis=0)
    able = np.flatnonzero((share > 0.02) & (share < 0.98))
    found: Gates = {}
    for question in evidence.questions if len(able) else ():
        if question.kind == "choice":
            known = ~evidence.missing(question.name)[some]
            for code, closing in _closing(_whole(evidence, question.name, some), known, blank[:, able]):
                targets = frozenset(names[able[index]] for index in closing) - {question.name}
                if targets:
                    found[question.name, code] = targets
    return found


def _whole(evidence: Evidence, name: str, rows: Whole) -> Whole:
    return evidence.columns[name].codes[rows].astype(np.int64)


def _closing(codes: Whole, known: Flags, blank: Numbers) -> Iterator[tuple[int, Whole]]:
    for code in np.unique(codes[known]):
        here, others = known & (codes == code), known & (codes != code)
        if min(here.sum(), others.sum()) >= _LEAST_CLOSING:
            closing = (blank[here].mean(axis=0) >= _CLOSED) & (blank[others].mean(axis=0) <= _OPEN)
            if closing.any():
                yield int(code), np.flatnonzero(closing)


def _closed(evidence: Evidence, gates: Gates, name: str, rows: Whole) -> Flags:
    """Return in which rows an answer closes the question `name`."""
    closed = np.zeros(len(rows), dtype=np.bool_)
    for (gate, code), targets in gates.items():
        if name in targets:
            closed |= evidence.columns[gate].codes[rows] == code
    return closed


# --- what is said ----------------------------------------------------------------------------------------------------


def _finding(
    evidence: Evidence, compared: Comparison, name: str, score: Numbers, told: list[Singled], tested: int
) -> Finding:
    assigned = compared.assigned
    subjects = tuple(_subject(evidence, assigned, name, score, one) for one in told)
    enough = assigned.facts["interviewers"] >= FEW
    rows = [row for one in subjects for row in one.rows] if enough else []
    facts: dict[str, Any] = {"k": assigned.facts["interviewers"], "m": len(subjects)} if enough else {}
    text = (_PUBLIC_OF if enough else _PUBLIC)[name]
    found = evidence.noticed("K19", f"assess.{name}", text, np.isin(evidence.rows, rows), **facts)
    first = min(told, key=lambda one: one.p)
    return replace(found, p_value=first.p, p_adjusted=first.rate, tested=tested, subjects=subjects)


def _subject(evidence: Evidence, assigned: Assignment, name: str, score: Numbers, singled: Singled) -> Subject:
    rows = assigned.of(singled.member)
    facts: dict[str, Any] = {"interviews": len(rows)}
    if name != "usual":
        own, others = _beside(assigned, score, singled.member)
        times = 100 if name == "complete" else 1
        facts |= {"own": times * own, "others": times * others}
    numbers_of = tuple(np.sort(evidence.rows[rows]).tolist())
    text, who = _PRIVATE[name], assigned.names[singled.member]
    return Subject("enumerator", who, text, facts, numbers_of, singled.p, singled.rate)


def _beside(assigned: Assignment, score: Numbers, member: int) -> tuple[float, float]:
    """Return the mean score of one interviewer, and of the others at the places of theirs."""
    known = ~np.isnan(score)
    own, rest = known & (assigned.member == member), known & (assigned.member != member)
    weight = np.bincount(assigned.stratum[own], minlength=assigned.strata).astype(np.float64)
    count = np.bincount(assigned.stratum[rest], minlength=assigned.strata)
    total = np.bincount(assigned.stratum[rest], score[rest], assigned.strata)
    met = count > 0
    mean = float(np.average((total / np.maximum(count, 1))[met], weights=weight[met])) if weight[met].sum() else 0.0
    return float(score[own].mean()), mean
