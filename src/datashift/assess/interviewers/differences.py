"""What differs from one interviewer to another, and what was asked again (checks K19, K20, K28 and K29)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from datashift.assess.checks import Check, Outcome, discoveries
from datashift.assess.encoded import Flags, Numbers
from datashift.assess.evidence import Evidence
from datashift.assess.interviewers.assignments import Assignment, assignment
from datashift.assess.interviewers.audits import audits
from datashift.assess.interviewers.backchecks import back_checks
from datashift.assess.interviewers.effects import (
    Comparison,
    Contrast,
    comparison,
    contrast,
    either,
)
from datashift.assess.interviewers.exchange import Answers, chances
from datashift.assess.interviewers.items import Item, items
from datashift.assess.interviewers.routine import routine
from datashift.assess.interviewers.singling import Singled, singled_out
from datashift.assess.interviewers.variance import Share, design_effect, predicted, share_between
from datashift.chance import LEVEL
from datashift.language import N_
from datashift.model import Finding, Subject

FEW = 5
"""With fewer interviewers than this, a number of them points at persons."""

_KEPT = 50_000  # rows up to which answers are kept, to be exchanged at random
_TOLD = 20

DEPENDS = N_(
    "The answers to {few} of {questions} questions depend on who asked, most of all in '{column}': {rho} per cent of "
    "what differs lies between interviewers ({lower} to {upper} %). A question may be read out in different ways, or "
    "people may answer one interviewer more freely than another."
)
DEPENDS_ON_SOME = N_(
    "The answers to {few} of {questions} questions depend on who asked, most of all in '{column}': {rho} per cent of "
    "what differs lies between interviewers ({lower} to {upper} %). Interviewers who differ from the others at the "
    "same places: {m} of {k}. A question may be read out in different ways, or people may answer one interviewer more "
    "freely."
)
SHARE_DIFFERS = N_(
    "In '{column}', {share} per cent of the answers in {interviews} interviews are '{value}'; at the same places "
    "others have {others} %. Questions that differ: {differing}. Ask how these questions were put."
)
ANSWERS_DIFFER = N_(
    "In '{column}', {share} per cent of the answers in {interviews} interviews are the same; at the same places others "
    "have {others} %. Questions that differ: {differing}. Ask how these questions were put."
)
HIGHER = N_(
    "In '{column}', the numbers of {interviews} interviews are higher than those of others at the same places. "
    "Questions that differ: {differing}. Ask how these questions were put."
)
LOWER = N_(
    "In '{column}', the numbers of {interviews} interviews are lower than those of others at the same places. "
    "Questions that differ: {differing}. Ask how these questions were put."
)
NO_QUESTIONS = N_("No question has answers that can be compared between interviewers.")


class _Looked(NamedTuple):
    """One item over the interviewers, with its chance and how much of the variance lies between them."""

    item: Item
    contrast: Contrast
    share: Share
    p: float
    q: float


def interviewer_effects(evidence: Evidence) -> Outcome:
    """K20: questions whose answers depend on who asked, by interviewers who worked at the same places.

    Each main answer (as a share) and each number (as normal scores) is a question asked of chance: a random effect of
    the interviewer, tested by its score (Lin 1997) against a random exchange of interviewers within places. Shares of
    variance are those of O'Muircheartaigh & Campanelli (1998); the design effect is Kish's (1962).
    """
    assigned = assignment(evidence)
    if isinstance(assigned, str):
        return Outcome(idle=assigned, facts={"column": evidence.recipe.paradata.enumerator or ""})
    compared, looked = _look(evidence, assigned)
    if not looked:
        return Outcome(idle=NO_QUESTIONS)
    facts = _facts(assigned, looked)
    if not any(one.q <= LEVEL for one in looked):
        return Outcome(tested=len(looked), facts=facts)
    singled = singled_out(compared, [one.contrast for one in looked], lambda _index, one: either(one))
    subjects = tuple(_subject(evidence, assigned, looked, one) for one in singled)
    return Outcome((_finding(evidence, assigned, looked, subjects),), len(looked), facts=facts)


def _look(evidence: Evidence, assigned: Assignment) -> tuple[Comparison, list[_Looked]]:
    """Return every item that can be compared, with its chance."""
    chance = evidence.chance("K20")
    compared = comparison(assigned, chance)
    small = len(assigned.rows) <= _KEPT
    kept, contrasts, answers = [], [], []
    for item in items(evidence, assigned.rows):
        one = contrast(compared, item.values, item.known)
        if one is not None:
            answers += [Answers(item.values, item.known)] if small else []
            kept.append(item if small else item._replace(values=_NOTHING, known=_NOTHING.astype(bool)))
            contrasts.append(one)
    p = chances(compared, contrasts, answers if small else None, chance)
    rates, _found = discoveries(p)
    return compared, [
        _Looked(item, one, share_between(one), float(chance_of), float(rate))
        for item, one, chance_of, rate in zip(kept, contrasts, p, rates, strict=True)
    ]


_NOTHING = np.empty(0)


def _facts(assigned: Assignment, looked: list[_Looked]) -> dict[str, Any]:
    """What the dossier tells: the share of variance between interviewers by question, and what it costs."""
    interviews = np.bincount(assigned.member).astype(np.float64)
    by_question: dict[str, _Looked] = {}
    for one in sorted(looked, key=lambda one: one.p):
        by_question.setdefault(one.item.column, one)
    shares = sorted(one.share.rho for one in by_question.values())
    middle = shares[len(shares) // 2]
    return {
        **assigned.facts, "questions": len(by_question), "places": assigned.strata,
        "rho": 100 * middle, "design_effect": design_effect(middle, interviews),
        "by_question": [_row(one, interviews) for one in list(by_question.values())[:_TOLD]],
    }  # fmt: skip


def _row(one: _Looked, interviews: Numbers) -> dict[str, Any]:
    return {
        "column": one.item.column, "rho": one.share.rho, "lower": one.share.lower, "upper": one.share.upper,
        "design_effect": design_effect(one.share.rho, interviews), "p_value": one.p, "p_adjusted": one.q,
    }  # fmt: skip


def _finding(evidence: Evidence, assigned: Assignment, looked: list[_Looked], subjects: tuple[Subject, ...]) -> Finding:
    told = [one for one in looked if one.q <= LEVEL]
    most = max(told, key=lambda one: (-one.p, one.share.rho))
    columns = {one.item.column for one in told}
    enough = assigned.facts["interviewers"] >= FEW and bool(subjects)
    where = _of_all(evidence, subjects) if enough else np.zeros(len(evidence.rows), dtype=np.bool_)
    facts: dict[str, Any] = {
        "few": len(columns), "questions": len({one.item.column for one in looked}), "column": most.item.column,
        "rho": 100 * most.share.rho, "lower": 100 * most.share.lower, "upper": 100 * most.share.upper,
        "design_effect": design_effect(most.share.rho, np.bincount(assigned.member).astype(np.float64)),
    }  # fmt: skip
    if enough:
        facts |= {"k": assigned.facts["interviewers"], "m": len(subjects)}
    text, code = (DEPENDS_ON_SOME if enough else DEPENDS), "assess.interviewer-effect"
    found = evidence.noticed("K20", code, text, where, **facts)
    return replace(found, p_value=most.p, p_adjusted=most.q, tested=len(looked), subjects=subjects)


def _of_all(evidence: Evidence, subjects: tuple[Subject, ...]) -> Flags:
    """Return the rows of these interviewers; none where they are most of all, since then it is not about them."""
    where = np.isin(evidence.rows, [row for one in subjects for row in one.rows])
    return where if 2 * where.sum() <= evidence.total else np.zeros(len(where), dtype=np.bool_)


def _subject(evidence: Evidence, assigned: Assignment, looked: list[_Looked], singled: Singled) -> Subject:
    member, one = singled.member, looked[int(singled.told[0])]
    measured, likely = predicted(singled.contrast, one.share)
    rows = assigned.of(member)
    columns = {looked[index].item.column for index in singled.told.tolist()}
    facts: dict[str, Any] = {
        "column": one.item.column, "interviews": len(rows), "effect": float(measured[member]),
        "likely_effect": float(likely[member]), "differing": len(columns),
    }  # fmt: skip
    if not one.item.answer:
        text = HIGHER if measured[member] > 0 else LOWER
    else:
        share = float(one.contrast.mean[member])
        facts |= {"share": 100 * share, "others": 100 * min(max(share - float(measured[member]), 0.0), 1.0)}
        quotable = evidence.may_quote(one.item.column, one.item.answer, one.item.given)
        text = SHARE_DIFFERS if quotable else ANSWERS_DIFFER
        facts |= {"value": one.item.answer} if quotable else {}
    numbers_of = tuple(np.sort(evidence.rows[rows]).tolist())
    return Subject("enumerator", assigned.names[member], text, facts, numbers_of, singled.p, singled.rate)


CHECKS: tuple[Check, ...] = (
    Check(
        "K19",
        N_("Interviews without variety"),
        N_("Interviewers whose interviews are more usual, more complete or shorter than those of others."),
        N_("Interviewers at the same places have as much variety, as many gaps and as many skipped questions."),
        "analytical",
        routine,
    ),
    Check(
        "K20",
        N_("Who asked"),
        N_("Questions whose answers depend on which interviewer asked them."),
        N_("Interviewers at the same places get the same answers, as when they are exchanged at random."),
        "simulated",
        interviewer_effects,
    ),
    Check(
        "K28",
        N_("Asked again"),
        N_("Questions and interviewers whose answers are not the same when somebody asks again."),
        N_("Differences fall on all questions of a kind, and on all interviewers, as if by chance."),
        "analytical",
        back_checks,
    ),
    Check(
        "K29",
        N_("Recordings and photos"),
        N_("How many interviews somebody listened to or looked at, whose never were, and how they were chosen."),
        N_("As many as agreed, drawn by chance."),
        "simulated",
        audits,
    ),
)
