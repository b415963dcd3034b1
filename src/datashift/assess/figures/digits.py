"""Last digits of numbers: which are written too often, in all and by one interviewer (check K21).

Also gathers the checks of ages (K22, K23) and of first digits (K24).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from datashift.assess.checks import Check, Outcome, discoveries
from datashift.assess.encoded import Numbers, Whole
from datashift.assess.evidence import Evidence
from datashift.assess.figures.ages import CHECKS as AGES
from datashift.assess.figures.benford import CHECKS as FIRST_DIGITS
from datashift.assess.figures.last_digits import OTHERS, ROUND, Digits, digits, preference, rounded, shares_of, uneven
from datashift.assess.figures.people import CHECKS as PERSONS
from datashift.assess.figures.rounding import areas, digit_users, members, rounders
from datashift.assess.figures.tally import number_questions, tally
from datashift.chance import LEVEL
from datashift.language import N_
from datashift.model import Finding, Subject

_MOST = 1_000_000
"""Of more answers than this, so many drawn at random tell enough about each interviewer."""

_LOOK = 50_000
_REPEATED = 0.3
"""Two questions with this share of equal last digits repeat each other."""

_STAKES = np.array([0.5, 0.25, 0.25])
"""What is staked, for each interviewer, on numbers that end in 0 or 5, on even ones, and on any others."""

_FEW = 5
"""With fewer interviewers, a number of them would point at one."""

IDLE = N_("No question has 50 numbers spread widely enough for their last digits to be left to chance.")
UNEVEN = N_(
    "In '{column}', the last digit {often} is written in {share} per cent of the answers that do not end in 0 or 5; "
    "chance gives about {expected} %. "
    "A unit such as a dozen can make this; so do numbers that nobody measured."
)
ROUNDED = N_(
    "In '{column}', {share} per cent of the numbers end in 0 or 5; chance gives about {expected} %. "
    "An instrument was read roughly, or the number was told and not measured."
)
PEOPLE = N_(
    "Of {interviewers} interviewers, {unlike} write other last digits than their colleagues do for the same questions. "
    "It may be the places where they worked. Only those who lead them see who they are."
)
SOME = N_(
    "Some interviewers write other last digits than their colleagues do for the same questions. "
    "It may be the places where they worked. Only those who lead them see who they are."
)
ONEROUNDS = N_(
    "{share} per cent of the numbers end in 0 or 5; with the same questions, {expected} per cent would be expected. "
    "People there may know their numbers less exactly, or the numbers were estimated."
)
ONE_PREFERS = N_(
    "Of {answers} numbers that do not end in 0 or 5, the last digit {often} has {share} %; "
    "colleagues have {expected} %. Ask how these numbers came about."
)


def last_digits(evidence: Evidence) -> Outcome:
    """K21: last digits, in all and per interviewer (after Mosimann, Wiseman & Edelman 1995; Beber & Scacco 2012)."""
    asked = [one for name in number_questions(evidence) if (one := digits(tally(evidence, name)))]
    if not asked:
        return Outcome(idle=IDLE)
    chance = evidence.chance("K21")
    each = np.array([[uneven(one, chance), rounded(one, chance)] for one in asked])
    people = _people(evidence, asked)
    people = _people(evidence, asked)
    p = np.concatenate([each.ravel(), _least(people[3])])
    rates, _flagged = discoveries(p)
    tested = int((~np.isnan(p)).sum())
    found = list(_questions(evidence, asked, each, rates[: each.size].reshape(each.shape), tested))
    subjects = _subjects(evidence, people, rates[each.size :])
    if subjects:
        found.append(about_people(evidence, "K21", len(people[0]), subjects, tested))
    scores = {one.tally.column: round(preference(one), 1) for one in asked}
    return Outcome(tuple(found), tested, facts={"digit_preference_score": scores})


def about_people(
    evidence: Evidence, check: str, interviewers: int, subjects: tuple[Subject, ...], tested: int
) -> Finding:
    """Return the public finding on interviewers, which singles out nobody."""
    told = interviewers >= _FEW
    rows = np.isin(evidence.rows, [row for one in subjects for row in one.rows]) & told
    facts = {"interviewers": interviewers, "unlike": len(subjects)} if told else {}
    finding = evidence.noticed(check, "assess.digits-interviewers", PEOPLE if told else SOME, rows, **facts)
    best = min(subjects, key=lambda one: one.p_value or 0.0)
    return replace(finding, p_value=best.p_value, p_adjusted=best.p_adjusted, tested=tested, subjects=subjects)


def _questions(evidence: Evidence, asked: list[Digits], p: Numbers, rates: Numbers, tested: int) -> Iterator[Finding]:
    for one, values, adjusted in zip(asked, p, rates, strict=True):
        if adjusted[0] <= LEVEL:
            shares = shares_of(one.digit, one.tally.counts, OTHERS)
            often = int(np.argmax(shares))
            facts = {"often": str(OTHERS[often]), "share": float(100 * shares[often]), "expected": 12.5}
            yield _told(evidence, one, "assess.last-digits", UNEVEN, facts, (values[0], adjusted[0], tested))
        if adjusted[1] <= LEVEL:
            facts = {"share": float(100 * one.shares[list(ROUND)].sum()), "expected": 20.0}
            yield _told(evidence, one, "assess.rounded-digits", ROUNDED, facts, (values[1], adjusted[1], tested))


def _told(
    evidence: Evidence, one: Digits, code: str, text: str, facts: dict[str, Any], chance: tuple[float, float, int]
) -> Finding:
    """The finding is about the whole question, so it names no rows."""
    nowhere = np.zeros(len(evidence.rows), dtype=np.bool_)
    score = round(preference(one), 1)
    told = evidence.noticed("K21", code, text, nowhere, column=one.tally.column, score=score, **facts)
    return replace(told, p_value=float(chance[0]), p_adjusted=float(chance[1]), tested=chance[2])


class _Answers(NamedTuple):
    """Last digits of all questions, one entry per answer: raw row, digit, interviewer, question, area."""

    row: Whole
    digit: Whole
    member: Whole
    question: Whole
    area: Whole


def _answers(evidence: Evidence, asked: list[Digits], member: Whole) -> _Answers:
    """Put the answers of all questions one below the other; questions that repeat another are left out."""
    place = areas(evidence)
    kept: list[Whole] = []
    parts = []
    for number, one in enumerate(asked):
        digit = np.where(member >= 0, one.rows, -1)
        some = digit[:: max(1, len(digit) // _LOOK)]
        if any(((some == other) & (some >= 0)).sum() > _REPEATED * (some >= 0).sum() for other in kept):
            continue
        kept.append(some)
        row = np.flatnonzero(digit >= 0)
        written = one.tally.rows[row]
        # What one interviewer writes again and again for one thing (an altitude, a price) counts once.
        same = pa.array(member[row] * len(one.tally.values) + written).dictionary_encode().indices.to_numpy()
        row = row[np.diff(np.maximum.accumulate(same), prepend=-1) > 0]
        about = np.full(len(row), number)
        parts.append(np.stack([row, digit[row], member[row], about, place[row]]))
    whole = np.concatenate(parts, axis=1) if parts else np.zeros((5, 0), dtype=np.int64)
    return _Answers(*whole)


def _people(evidence: Evidence, asked: list[Digits]) -> tuple[list[str], Whole, _Answers, Numbers]:
    """Return interviewers, per raw row which one, the answers, and per interviewer the p values that `_STAKES` names.

    Few and focused, so that one interviewer of many who rounds one measure of several is found: numbers that end in 0
    or 5; of the others, even ones, as a scale in steps of 2 gives; and the others in any way.
    """
    names, member = members(evidence)
    chosen = evidence.chance("K21/rows").random(len(member)) < _MOST / max(len(member) * len(asked), 1)
    found = _answers(evidence, asked, np.where(chosen, member, -1))
    p = np.full((len(names), len(_STAKES)), np.nan)
    if len(names) < 2 or not found.row.size:
        return names, member, found, p
    round_ = np.isin(found.digit, ROUND)
    _put(p[:, 0], rounders(round_, found.member, found.area, found.question))
    other = _Answers(*(part[~round_] for part in found))
    if other.row.size:
        _put(p[:, 1], rounders(other.digit % 2 == 0, other.member, other.area, other.question))
        _put(p[:, 2], digit_users(np.searchsorted(OTHERS, other.digit), other.member, other.question))
    return names, member, found, p


def _put(into: Numbers, p: Numbers) -> None:
    into[: len(p)] = p


def _least(p: Numbers) -> Numbers:
    """Return one p value for each interviewer: the least, each paid for by its stake."""
    paid = np.where(np.isnan(p), np.inf, p / _STAKES).min(axis=1, initial=np.inf)
    return np.where(np.isfinite(paid), np.minimum(paid, 1.0), np.nan)


def _subjects(
    evidence: Evidence, people: tuple[list[str], Whole, _Answers, Numbers], rates: Numbers
) -> tuple[Subject, ...]:
    names, member, found, p = people
    least, round_ = _least(p), np.isin(found.digit, ROUND)
    subjects = []
    for one in np.flatnonzero(rates <= LEVEL):
        own = found.member == one
        facts: dict[str, Any]
        if np.nanargmin(p[one] / _STAKES) == 0:
            text = ONEROUNDS
            facts = {"share": 100 * float(round_[own].mean()), "expected": 100 * float(round_[~own].mean())}
        else:
            text, ones = ONE_PREFERS, np.ones(len(found.digit), dtype=np.int64)
            mine, theirs = (shares_of(found.digit[flags], ones[flags], OTHERS) for flags in (own, ~own))
            often = int(np.argmax(mine - theirs))
            facts = {"answers": int((own & ~round_).sum()), "often": str(OTHERS[often]),
                     "share": 100 * float(mine[often]), "expected": 100 * float(theirs[often])}  # fmt: skip
        rows = evidence.numbers_of(member == one)
        subjects.append(Subject("enumerator", names[one], text, facts, rows, float(least[one]), float(rates[one])))
    return tuple(subjects)


CHECKS: tuple[Check, ...] = (
    Check(
        "K21",
        N_("Last digits"),
        N_("Last digits that are written more often than others, in all and by one interviewer."),
        N_(
            "Last digits of widely spread numbers are even. Rounding to 0 and 5 is human and only noticed for "
            "numbers with decimals. Interviewers are held against their colleagues, for the same questions."
        ),
        "simulated",
        last_digits,
    ),
    *AGES,
    *PERSONS,
    *FIRST_DIGITS,
)
