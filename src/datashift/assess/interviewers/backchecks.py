"""Interviews that somebody asked again: whose answers and which questions do not hold (check K28)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np
from scipy import stats

from datashift.assess.checks import Outcome, discoveries
from datashift.assess.encoded import Flags, Numbers, Whole
from datashift.assess.evidence import Evidence
from datashift.assess.interviewers.assignments import interviewers
from datashift.assess.interviewers.effects import tail
from datashift.assess.interviewers.reinterviews import Again, Twice, matched, stability
from datashift.language import N_
from datashift.model import Finding, Subject

FEW = 5
MUCH = 0.10
"""A share of differing answers that is surely above this is told whatever it is compared with. A judgement of ours."""

_LEAST = 5

OFTEN_WRONG = N_(
    "In {interviews} interviews that were asked again, {share} per cent of the answers that cannot change are not the "
    "same ({lower} to {upper} %), most of all in '{column}'. The wrong person may have been met the second time, or "
    "answers were not asked the first time."
)
HARD = N_(
    "Asked again, '{column}' has another answer in {share} per cent of {interviews} interviews ({lower} to {upper} %), "
    "more than the other questions of its kind. The question may be unclear, or hard to ask."
)
MOVED = N_(
    "Asked again, '{column}' has other answers in {share} per cent of {interviews} interviews, and they moved in one "
    "direction. Things may have changed in between, or the question is put in two ways."
)
SOME = N_(
    "Asked again, the answers of some interviewers differ more often than those of others. They may have met harder "
    "cases, or need more training."
)
SOME_OF = N_(
    "Asked again, the answers of some interviewers differ more often than those of others: {m} of {k}. They may have "
    "met harder cases, or need more training."
)
PERSON = N_(
    "Of {answers} answers that were asked again, {share} per cent differ ({lower} to {upper} %); all interviewers "
    "together have {overall} %. Look at these interviews together with the interviewer."
)


def back_checks(evidence: Evidence) -> Outcome:
    """K28: answers that are not the same when somebody asks again, by the types of questions of IPA.

    Type 1 cannot change, type 2 is hard to ask: error rates by question and by interviewer, each beside the others in
    the same interviews (an exchange within interviews; Mantel & Haenszel 1959). Type 3 may change: whether answers
    moved in one direction (sign test), with the agreement beyond chance (Cohen 1960) and the simple response variance
    (Hansen, Hurwitz & Pritzker 1964) as facts. Limits of rates: Wilson (1927).
    """
    again = matched(evidence)
    if not isinstance(again, Again):
        return again
    fixed = [one for one in again.questions if one.kind in (1, 2)]
    questions = [_beside_others(one, [other for other in fixed if other.kind == one.kind]) for one in fixed]
    moved = [(one, _direction(one)) for one in again.questions if one.kind == 3]
    people = list(_people(evidence, again, fixed))
    p = np.array([*questions, *(chance for _one, chance in moved), *(chance for *_who, chance in people)], dtype=float)
    rates, flags = discoveries(p)
    told = [_hard(evidence, again, one, HARD, (p[i], rates[i])) for i, one in enumerate(fixed) if flags[i]]
    at = len(fixed)
    told += [
        _hard(evidence, again, one, MOVED, (p[at + i], rates[at + i]))
        for i, (one, _chance) in enumerate(moved)
        if flags[at + i]
    ]
    at += len(moved)
    told += _interviewers(evidence, again, fixed, people, (p[at:], rates[at:], flags[at:]))
    tested = int((~np.isnan(p)).sum())
    findings = [*_much(evidence, again, fixed), *(replace(one, tested=tested) for one in told)]
    return Outcome(tuple(findings), tested, facts=_facts(again))


# --- chances ---------------------------------------------------------------------------------------------------------


def _beside_others(one: Twice, same: list[Twice]) -> float:
    """Return the chance that as many answers of a question differ, when slips fall on all questions of this kind alike.

    A slip shows in a question as often as the answers of two people differ there: seldom where nearly everybody says
    the same. The differences of each interview fall on its questions in that proportion. NaN with fewer than five
    interviews, or with no other question.
    """
    asked = np.sum([other.both for other in same], axis=0)
    wrong = np.sum([other.differs for other in same], axis=0)
    shown = np.sum([other.both * other.by_chance for other in same], axis=0)
    compared = one.both & (asked > 1) & (shown > 0)
    if compared.sum() < _LEAST or one.by_chance <= 0:
        return float("nan")
    share = np.minimum(wrong[compared] * one.by_chance / shown[compared], 1.0)
    variance = float((share * (1 - share)).sum())
    if variance <= 0:
        return 1.0
    third = float((share * (1 - share) * (1 - 2 * share)).sum())
    above = float(one.differs[compared].sum()) - float(share.sum()) - 0.5
    return float(tail(-above / sqrt(variance), -third / variance**1.5))


def _direction(one: Twice) -> float:
    """Return the chance that as many of the differences go one way (sign test; McNemar 1947 for two answers)."""
    changed = one.differs
    if not one.number and len(np.unique(np.concatenate([one.first[changed], one.second[changed]]))) > 2:
        return float("nan")
    if changed.sum() < _LEAST:
        return float("nan")
    return float(stats.binomtest(int((one.second > one.first)[changed].sum()), int(changed.sum())).pvalue)


def _people(evidence: Evidence, again: Again, fixed: list[Twice]) -> Iterator[tuple[str, Flags, float]]:
    """Yield each interviewer, the interviews of theirs that were asked again, and the chance of as many differences.

    Interviews are exchanged between interviewers, each as a whole: answers of one interview differ together.
    """
    if not fixed:
        return
    asked = np.sum([one.both for one in fixed], axis=0).astype(np.float64)
    wrong = np.sum([one.differs for one in fixed], axis=0).astype(np.float64)
    used = asked > 0
    left = np.where(used, wrong - asked * wrong.sum() / max(asked.sum(), 1), 0.0)
    many = int(used.sum())
    square, cube = float((left**2).sum()), float((left**3).sum())
    place = np.full(len(evidence.rows), -1, dtype=np.int64)
    place[again.rows] = np.arange(len(again.rows))
    for name, rows in interviewers(evidence):
        own = np.zeros(len(again.rows), dtype=np.bool_)
        own[place[rows][place[rows] >= 0]] = True
        own &= used
        k = int(own.sum())
        if 2 <= k < many and many > 2 and square > 0:
            variance = k * (many - k) * square / (many * (many - 1))
            third = k * (many - k) * (many - 2 * k) * cube / (many * (many - 1) * (many - 2))
            above = float(left[own].sum()) - 0.5
            yield name, own, float(tail(-above / sqrt(variance), -third / variance**1.5))


# --- what is said ----------------------------------------------------------------------------------------------------


def wilson(count: float, whole: float) -> tuple[float, float]:
    """Return the 95 % limits of a share (Wilson 1927), in per cent."""
    if whole <= 0:
        return 0.0, 100.0
    z2, share = stats.norm.ppf(0.975) ** 2, count / whole
    middle, half = share + z2 / (2 * whole), sqrt(z2 * (share * (1 - share) / whole + z2 / (4 * whole**2)))
    return 100 * float((middle - half) / (1 + z2 / whole)), 100 * float((middle + half) / (1 + z2 / whole))


def _rate(differs: float, both: float, worth: float | None = None) -> dict[str, float]:
    """Return a share in per cent with its limits; `worth` is the number of independent answers, where it is less."""
    share = differs / both if both else 0.0
    base = both if worth is None else worth
    lower, upper = wilson(share * base, base)
    return {"share": 100 * share, "lower": lower, "upper": upper}


def _worth(fixed: list[Twice]) -> float:
    """Return how many independent answers these are worth: those of one interview differ together (Kish 1965)."""
    asked = np.sum([one.both for one in fixed], axis=0).astype(np.float64)
    wrong = np.sum([one.differs for one in fixed], axis=0).astype(np.float64)
    whole, interviews = float(asked.sum()), float((asked > 0).sum())
    share = float(wrong.sum()) / whole
    if interviews < 2 or not 0 < share < 1:
        return interviews
    spread = float(((wrong - share * asked) ** 2).sum()) * interviews / (interviews - 1)
    return min(max(whole * share * (1 - share) * whole / max(spread, 1e-9), 1.0), whole)


def _much(evidence: Evidence, again: Again, fixed: list[Twice]) -> Iterator[Finding]:
    """Tell where answers that cannot change surely differ in more than one of ten."""
    first = [one for one in fixed if one.kind == 1]
    both = float(sum(one.both.sum() for one in first))
    if not both:
        return
    rate = _rate(float(sum(one.differs.sum() for one in first)), both, _worth(first))
    if rate["lower"] > 100 * MUCH:
        most = max(first, key=lambda one: one.differs.sum() / max(one.both.sum(), 1))
        wrong = np.logical_or.reduce([one.differs for one in first])
        facts = {"interviews": len(again.rows), "column": most.column, **rate}
        yield evidence.noticed("K28", "assess.asked-again", OFTEN_WRONG, _where(evidence, again.rows[wrong]), **facts)


def _hard(evidence: Evidence, again: Again, one: Twice, text: str, chance: tuple[float, float]) -> Finding:
    facts = {"column": one.column, "interviews": int(one.both.sum()), **_rate(one.differs.sum(), one.both.sum())}
    code = "assess.asked-again-question" if text == HARD else "assess.asked-again-moved"
    found = evidence.noticed("K28", code, text, _where(evidence, again.rows[one.differs]), **facts)
    return replace(found, p_value=float(chance[0]), p_adjusted=float(chance[1]))


def _where(evidence: Evidence, rows: Whole) -> Flags:
    flags = np.zeros(len(evidence.rows), dtype=np.bool_)
    flags[rows] = True
    return flags


def _interviewers(
    evidence: Evidence, again: Again, fixed: list[Twice], people: list[tuple[str, Flags, float]],
    chance: tuple[Numbers, Numbers, Flags],
) -> Iterator[Finding]:  # fmt: skip
    p, rates, flags = chance
    if not flags.any():
        return
    overall = 100 * sum(one.differs.sum() for one in fixed) / max(sum(one.both.sum() for one in fixed), 1)
    subjects = []
    for index in np.flatnonzero(flags)[np.argsort(p[flags], kind="stable")].tolist():
        name, own, _chance = people[index]
        both = float(sum((one.both & own).sum() for one in fixed))
        rate = _rate(float(sum((one.differs & own).sum() for one in fixed)), both)
        facts = {"answers": int(both), "overall": float(overall), **rate}
        rows = evidence.numbers_of(_where(evidence, again.rows[own]))
        subjects.append(Subject("enumerator", name, PERSON, facts, rows, float(p[index]), float(rates[index])))
    many = sum(1 for _one in interviewers(evidence))
    enough = many >= FEW
    told: dict[str, Any] = {"k": many, "m": len(subjects)} if enough else {}
    where = np.isin(evidence.rows, [row for one in subjects for row in one.rows] if enough else [])
    found = evidence.noticed("K28", "assess.asked-again-interviewers", SOME_OF if enough else SOME, where, **told)
    yield replace(found, p_value=float(p[flags].min()), p_adjusted=float(rates[flags].min()), subjects=tuple(subjects))


def _facts(again: Again) -> dict[str, Any]:
    """What the dossier tells: rates by kind of question with their limits, and how stable each question is."""
    by_kind: dict[str, Any] = {}
    for kind in (1, 2, 3):
        same = [one for one in again.questions if one.kind == kind]
        both = float(sum(one.both.sum() for one in same))
        if both:
            by_kind[str(kind)] = _rate(float(sum(one.differs.sum() for one in same)), both, _worth(same))
    return {
        "interviews": len(again.rows), "by_kind": by_kind,
        "by_question": [
            {"column": one.column, "kind": one.kind, "interviews": int(one.both.sum()),
             **_rate(one.differs.sum(), one.both.sum()), **stability(one)}
            for one in again.questions
        ],
    }  # fmt: skip
