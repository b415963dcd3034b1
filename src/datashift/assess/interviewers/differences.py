"""What differs from one interviewer to another, and what was asked again (checks K19, K20, K28 and K29)."""

from __future__ import annotations

from collections.abc import Sequence
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
    unit_scores,
)
from datashift.assess.interviewers.exchange import Answers, chances
from datashift.assess.interviewers.items import Item, items
from datashift.assess.interviewers.leanings import Column, Form, Leaning, beyond_habits, column, form_of
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
_OF_PEOPLE = 0.75  # of the level; questions that depend on all interviewers need less of it

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
SOME_DIFFER = N_(
    "Some interviewers bring in other answers than their colleagues at the same places. They may read out questions in "
    "their own words, or people may answer them more freely."
)
SOME_DIFFER_OF = N_(
    "Interviewers who bring in other answers than their colleagues at the same places: {m} of {k}. They may read out "
    "questions in their own words, or people may answer them more freely."
)
LEANS = N_(
    "In '{column}' and questions like it, {share} per cent of the answers in {interviews} interviews are '{value}'; at "
    "the same places others have {others} per cent. Questions like this: {questions}. Ask how these questions were put."
)
LEANS_TO_ONE = N_(
    "In '{column}' and questions like it, {interviews} interviews have one answer more often than others have it at "
    "the same places. Questions like this: {questions}. Ask how these questions were put."
)
SHARE_DIFFERS = N_(
    "In '{column}', {share} per cent of the answers in {interviews} interviews are '{value}'; at the same places "
    "others have {others} per cent. Questions that differ: {differing}. Ask how these questions were put."
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
    compared, looked, form = _look(evidence, assigned)
    if form is None:
        return Outcome(idle=NO_QUESTIONS)
    facts = _facts(assigned, looked)
    members = compared.units.members

    def chances_of(left: Sequence[Contrast | None]) -> Sequence[Numbers]:
        return beyond_habits(form, left, members)

    # Questions and people are two families that share the level; where one speaks, the other has all of it (Holm 1979).
    singled = singled_out(compared, [one.contrast for one in looked], chances_of)
    first = min((one.rate for one in singled), default=1.0) <= _OF_PEOPLE * LEVEL
    depends = min(one.q for one in looked) <= (LEVEL if first else (1 - _OF_PEOPLE) * LEVEL)
    if not first and not depends:
        return Outcome(tested=len(looked) + members, facts=facts)
    singled = [one for one in singled if one.rate <= (LEVEL if depends else _OF_PEOPLE * LEVEL)]
    subjects = tuple(_subject(evidence, assigned, looked, form.leanings, one) for one in singled)
    return Outcome(
        (_finding(evidence, assigned, looked, subjects, LEVEL if depends else 0.0),), len(looked) + members, facts=facts
    )


def _look(evidence: Evidence, assigned: Assignment) -> tuple[Comparison, list[_Looked], Form | None]:
    """Return every item that can be compared, with its chance, and how they go together."""
    chance = evidence.chance("K20")
    compared = comparison(assigned, chance)
    small = len(assigned.rows) <= _KEPT
    kept, contrasts, answers, columns = [], [], [], list[Column]()
    for item in items(evidence, assigned.rows):
        scored = None if assigned.unit is None else unit_scores(compared, item.values, item.known)
        one = contrast(compared, item.values, item.known, scored)
        if one is not None:
            answers += [Answers(item.values, item.known)] if small else []
            kept.append(item if small else item._replace(values=_NOTHING, known=_NOTHING.astype(bool)))
            contrasts.append(one)
            columns.append(column(compared, item, scored))
    p = chances(compared, contrasts, answers if small else None, chance)
    rates, _found = discoveries(p)
    looked = [
        _Looked(item, one, share_between(one), float(chance_of), float(rate))
        for item, one, chance_of, rate in zip(kept, contrasts, p, rates, strict=True)
    ]
    return compared, looked, form_of(evidence, kept, columns, chance) if kept else None


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


def _finding(
    evidence: Evidence, assigned: Assignment, looked: list[_Looked], subjects: tuple[Subject, ...], level: float
) -> Finding:
    told = [one for one in looked if one.q <= level]
    if not told:
        return _of_people(evidence, assigned, looked, subjects)
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


def _of_people(
    evidence: Evidence, assigned: Assignment, looked: list[_Looked], subjects: tuple[Subject, ...]
) -> Finding:
    """Return the finding where single interviewers differ, and no question by itself."""
    enough = assigned.facts["interviewers"] >= FEW
    where = _of_all(evidence, subjects) if enough else np.zeros(len(evidence.rows), dtype=np.bool_)
    facts = {"k": assigned.facts["interviewers"], "m": len(subjects)} if enough else {}
    text = SOME_DIFFER_OF if enough else SOME_DIFFER
    found = evidence.noticed("K20", "assess.interviewers-differ", text, where, **facts)
    first = subjects[0]  # the clearest comes first
    tested = len(looked) + assigned.facts["compared"]
    return replace(found, p_value=first.p_value, p_adjusted=first.p_adjusted, tested=tested, subjects=subjects)


def _of_all(evidence: Evidence, subjects: tuple[Subject, ...]) -> Flags:
    """Return the rows of these interviewers; none where they are most of all, since then it is not about them."""
    where = np.isin(evidence.rows, [row for one in subjects for row in one.rows])
    return where if 2 * where.sum() <= evidence.total else np.zeros(len(where), dtype=np.bool_)


def _subject(
    evidence: Evidence, assigned: Assignment, looked: list[_Looked], leanings: Sequence[Leaning], singled: Singled
) -> Subject:
    first = int(singled.told[0]) - len(looked)
    said = _differs(evidence, looked, singled) if first < 0 else _leans(evidence, looked, leanings[first], singled)
    text, facts = said
    columns = {looked[index].item.column for index in singled.told.tolist() if index < len(looked)}
    rows = assigned.of(singled.member)
    numbers_of = tuple(np.sort(evidence.rows[rows]).tolist())
    facts = {"interviews": len(rows), "differing": len(columns), **facts}
    return Subject("enumerator", assigned.names[singled.member], text, facts, numbers_of, singled.p, singled.rate)


def _differs(evidence: Evidence, looked: list[_Looked], singled: Singled) -> tuple[str, dict[str, Any]]:
    """Return what is said of an interviewer who differs in one question, most of all."""
    member, one = singled.member, looked[int(singled.told[0])]
    measured, likely = predicted(singled.contrast, one.share)
    facts: dict[str, Any] = {
        "column": one.item.column, "effect": float(measured[member]), "likely_effect": float(likely[member]),
    }  # fmt: skip
    if not one.item.answer:
        return HIGHER if measured[member] > 0 else LOWER, facts
    share = float(one.contrast.mean[member])
    facts |= {"share": 100 * share, "others": 100 * min(max(share - float(measured[member]), 0.0), 1.0)}
    quotable = evidence.may_quote(one.item.column, one.item.answer, one.item.given)
    facts |= {"value": one.item.answer} if quotable else {}
    return SHARE_DIFFERS if quotable else ANSWERS_DIFFER, facts


def _leans(evidence: Evidence, looked: list[_Looked], lean: Leaning, singled: Singled) -> tuple[str, dict[str, Any]]:
    """Return what is said of an interviewer who leans towards one answer in several questions."""
    member, over = singled.member, [looked[at] for at in lean.of.tolist()]
    measured = np.array([predicted(one.contrast, one.share)[0][member] for one in over]) * lean.sign
    mean = np.array([one.contrast.mean[member] for one in over])
    share = float(np.where(lean.sign > 0, mean, 1 - mean).mean())
    most = over[int(np.nanargmax(measured))].item
    facts: dict[str, Any] = {
        "column": most.column, "questions": len(over), "share": 100 * share,
        "others": 100 * float(np.clip(share - float(measured.mean()), 0.0, 1.0)), "effect": float(measured.mean()),
    }  # fmt: skip
    given = [one.item.given if sign > 0 else int(one.contrast.sums.rows[0].sum()) - one.item.given
             for one, sign in zip(over, lean.sign, strict=True)]  # fmt: skip
    quotable = all(evidence.may_quote(one.item.column, lean.answer, many)
                   for one, many in zip(over, given, strict=True))  # fmt: skip
    facts |= {"value": lean.answer} if quotable else {}
    return LEANS if quotable else LEANS_TO_ONE, facts


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
