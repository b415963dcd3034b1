"""Interviews that look alike, and answers in a straight line (checks K17 and K18)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from scipy import special

from datashift.assess.alike.chance import LEAST_ROWS, Answers
from datashift.assess.alike.lines import excess, straight_lines
from datashift.assess.alike.pairs import Likeness, groups_of, likeness
from datashift.assess.alike.search import partners
from datashift.assess.checks import Check, Outcome, discoveries
from datashift.assess.encoded import Flags, Numbers, Whole
from datashift.assess.evidence import Evidence
from datashift.language import N_
from datashift.model import Finding, Subject

FEW = 5
"""With fewer interviewers, a count of them would point at one."""
_TELLABLE = 0.1
_SHOWN = 20
_MAJORITY, _TELLING = 50.0, 10
"""Per cent of equal interviews from which no majority is left, and questions below which they are no wonder."""
_LOW = 0.05
_PARTS = 2
"""Half of the level belongs to the interviews, half to the interviewers, who are asked in two ways. Where they are not
known, their half stays unused: where one trait moves all answers, honest interviews need it."""
_BY_COPIES, _BY_CLOSENESS = 4, 4 / 3
"""A quarter of their half for copies, whose chances are least; three quarters for closeness, which few can show."""
_CLOSEST, _MOST_CLOSEST = 0.1, 0.2
"""The interviews closest to another: about as many as an interviewer has, between these shares of all."""

ALIKE = N_(
    "In {n} of {total} interviews, almost all answers repeat another interview: {share} per cent of them, where the "
    "two most alike usually share {usual} per cent. They form {groups} groups. They may have been sent twice or "
    "copied, or come from one household."
)
SOME_OF = N_(
    "Of {k} interviewers, {m} have more interviews that look alike than chance and their other interviews explain. "
    "Neighbours and one household can answer alike too."
)
SOME = N_(
    "Some interviewers have more interviews that look alike than chance and their other interviews explain. "
    "Neighbours and one household can answer alike too."
)
ONE = N_(
    "In {alike} of {interviews} interviews of this interviewer, the answers are closer to another of the same "
    "interviewer than chance explains; about {expected} would be usual. Interviews sent twice, one household or "
    "neighbours can explain it."
)
CLOSE = N_(
    "{alike} of {interviews} interviews of this interviewer are closer to another interview than nine in ten of the "
    "others are. About {expected} would be usual. People who live much alike can explain it."
)
TOO_FEW = N_("There are {rows} interviews. With {least} or more, interviews can be held against each other.")
NO_QUESTIONS = N_("There are fewer than two columns with answers to choose from. More questions would let it look.")
TOO_SHORT = N_(
    "With {questions} questions and {rows} interviews, even two equal interviews can come from two people. "
    "More questions, or questions with more answers, would let it look."
)

MOSTLY_EQUAL = N_(
    "Of the interviews, {equal} per cent are equal to another in all answers, so there is no majority to hold them "
    "against. Look at them yourself: they may have been copied."
)


def alike(evidence: Evidence) -> Outcome:
    """K17: interviews that share more answers with another one than chance explains in this form and this sample.

    The measure is that of Kuriakose & Robbins (2016), the greatest share of equal answers with any other interview, but
    not their 85 per cent: how near honest people come depends on the form and on who they are (Simmons, Mercer,
    Schwarzer & Courtney 2016). See `likeness` for what it is held against. Equal answers are counted where both gave
    one, so what the form skipped never makes two people alike; an interview is held against chance by the answers it
    gave itself. Where one stands out, the others of its interviewer are held against each other's chances alone, a
    smaller family that is opened only then (hierarchical testing, Yekutieli 2008).

    Interviewers are asked about in two ways. By the chances of their interviews whose nearest is their own too: by the
    least of them (Simes 1986) and by how many are low, where a pair counts once. And by how many of the interviews that
    come closest to any other are theirs, beside colleagues in the same area (see `excess`): who writes down the usual
    answers makes many interviews that are somewhat alike, none of them a copy.
    """
    where = np.flatnonzero(evidence.written)
    answers = answers_of(evidence, where)
    if len(where) < LEAST_ROWS:
        return Outcome(idle=TOO_FEW, facts={"rows": len(where), "least": LEAST_ROWS})
    if len(answers) < 2:
        return Outcome(idle=NO_QUESTIONS)
    who = interviewers(evidence, where)
    found = likeness(answers, None if who is None else who[1], evidence.chance("K17"))
    facts = _facts(found, len(answers))
    p = found.p
    rates, flags = discoveries(np.minimum(p * _PARTS, 1.0))
    flags = flags if who is None else _beside(flags, p * _PARTS, who[1])
    low = np.flatnonzero((p <= 0.05) | flags)
    left, right, _same = partners(found.packed, low, np.arange(len(where)), found.most[low])
    if found.told[0.0] < _TELLABLE and not flags.any():
        idle = MOSTLY_EQUAL if facts["equal"] >= _MAJORITY and len(answers) >= _TELLING else TOO_SHORT
        return Outcome(idle=idle, facts={**facts, "rows": len(where)})
    tested = int((~np.isnan(p)).sum())
    findings = []
    if flags.any():
        findings.append(_pairs(evidence, where, found, (p, rates, flags), (left, right)))
    if who is not None:
        tested += len(who[0])
        findings += _people(evidence, where, who, _own(p, who[1], left, right), found)
    signal = np.full(len(evidence.rows), np.nan)
    signal[where] = p
    return Outcome(tuple(replace(one, tested=tested) for one in findings), tested, "", facts, signal)


def answers_of(evidence: Evidence, where: Whole) -> Answers:
    """Return the questions to choose from, of several and with numbers, as numbers of answers; no constant ones."""
    answers = []
    everyone = len(where) == len(evidence.rows)
    for question in evidence.questions:
        if question.kind == "text":
            continue
        codes, given = evidence.columns[question.name].codes, ~evidence.missing(question.name)
        if not everyone:
            codes, given = codes[where], given[where]
        if given.any() and codes[given].min() != codes[given].max():
            answers.append((codes, given))
    return answers


def interviewers(evidence: Evidence, where: Whole) -> tuple[list[str], Whole] | None:
    """Return the names of the interviewers, and whose each interview is (-1: nobody's); None without a column."""
    encoded, column = evidence.role("enumerator"), evidence.recipe.paradata.enumerator
    if encoded is None or column is None:
        return None
    known = ~evidence.missing(column)[where]
    codes, whose = np.unique(encoded.codes[where][known], return_inverse=True)
    if len(codes) < 2:
        return None
    everyone = np.full(len(where), -1, dtype=np.int64)
    everyone[known] = whose
    return [str(encoded.texts[int(code)].as_py()) for code in codes], everyone


def _facts(found: Likeness, questions: int) -> dict[str, Any]:
    asked = np.maximum(found.asked, 1)
    usual = 100 * float(np.median((found.most / asked)[found.asked > 0])) if (found.asked > 0).any() else 0.0
    changed = [100 * share for share, told in found.told.items() if told >= 0.5]
    equal = (found.most == found.asked)[found.asked > 0]
    return {
        "equal": 100 * float(equal.mean()) if len(equal) else 0.0,
        "questions": questions, "usual": usual, "changed": max(changed, default=-1.0), "all_pairs": found.all_pairs,
        "comparable": 100 * found.told[0.0],
    }  # fmt: skip


def _pairs(
    evidence: Evidence,
    where: Whole,
    found: Likeness,
    told: tuple[Numbers, Numbers, Flags],
    links: tuple[Whole, Whole],
) -> Finding:
    p, rates, flags = told
    of_flagged = flags[links[0]]
    left, right = links[0][of_flagged], links[1][of_flagged]
    group = groups_of(found, left, right)
    among = np.union1d(left, right)
    rows = np.zeros(len(evidence.rows), dtype=np.bool_)
    rows[where[among]] = True
    numbers = evidence.rows[where]
    together = [np.sort(numbers[among[group[among] == one]])[:_SHOWN] for one in np.unique(group[among])[:_SHOWN]]
    facts = {
        "share": 100 * float(np.median(found.most[flags] / found.asked[flags])),
        "usual": 100 * float(np.median((found.most / np.maximum(found.asked, 1))[found.asked > 0])),
        "groups": len(np.unique(group[among])),
        "alike_rows": [" + ".join(str(row) for row in one) for one in together],
    }
    finding = evidence.noticed("K17", "assess.alike", ALIKE, rows, **facts)
    return replace(finding, p_value=float(np.nanmin(p)), p_adjusted=float(np.nanmin(rates)))


def _beside(flags: Flags, p: Numbers, whose: Whole) -> Flags:
    """Return which interviews stand out, those included that do so among the interviews of one who has such."""
    more = flags.copy()
    for one in np.unique(whose[flags & (whose >= 0)]):
        mine = np.flatnonzero(whose == one)
        more[mine] |= discoveries(np.minimum(p[mine], 1.0))[1]
    return more


def _own(p: Numbers, whose: Whole, left: Whole, right: Whole) -> Numbers:
    """Return the chances of the interviews whose nearest is of the same interviewer; 1 for others."""
    own = np.zeros(len(p), dtype=np.bool_)
    own[left[(whose[left] == whose[right]) & (whose[left] >= 0)]] = True
    return np.where(own | np.isnan(p), p, 1.0)


def _closest(found: Likeness, among: Flags, share: float) -> Flags:
    """Return which interviews are as close to another as this share of those `among`, beside what others share."""
    near = np.where(found.asked > 0, found.relative, np.inf)
    bound = np.quantile(near[among], share, method="lower") if among.any() else -1.0
    return np.asarray((near <= bound) & np.isfinite(near), dtype=np.bool_)


def _people(
    evidence: Evidence, where: Whole, who: tuple[list[str], Whole], held: Numbers, found: Likeness
) -> list[Finding]:
    names, whose = who
    copied = np.array([_of_one(held[whose == one]) for one in range(len(names))])
    known = np.flatnonzero(whose >= 0)
    share = float(np.clip(1 / len(names), _CLOSEST, _MOST_CLOSEST))
    closest = _closest(found, whose >= 0, share)
    area = np.unique(evidence.declared[where[known]].astype(str), return_inverse=True)[1]
    _expected, close = excess(closest[known], whose[known], area, len(names))
    chances = np.minimum(np.fmin(_BY_COPIES * copied, _BY_CLOSENESS * close), 1.0)
    rates, flags = discoveries(np.minimum(chances * _PARTS, 1.0))
    if not flags.any():
        return []
    subjects = []
    for one in np.flatnonzero(flags)[np.argsort(chances[flags], kind="stable")]:
        mine = whose == one
        by_copies = not close[one] < copied[one]
        rows = np.zeros(len(evidence.rows), dtype=np.bool_)
        level = _LOW if by_copies else _CLOSEST
        rows[where[mine & ((held <= _LOW) if by_copies else _closest(found, ~mine, _CLOSEST))]] = True
        facts = {"alike": int(rows.sum()), "interviews": int(mine.sum()), "expected": level * float(mine.sum())}
        subjects.append(
            Subject("enumerator", names[one], ONE if by_copies else CLOSE, facts, evidence.numbers_of(rows),
                    float(chances[one]), float(rates[one]))
        )  # fmt: skip
    enough = len(names) >= FEW
    facts = {"k": len(names), "m": len(subjects)} if enough else {}
    marked = np.isin(evidence.rows, [row for one in subjects for row in one.rows] if enough else [])
    finding = evidence.noticed("K17", "assess.alike-interviewers", SOME_OF if enough else SOME, marked, **facts)
    return [
        replace(finding, p_value=float(chances[flags].min()), p_adjusted=float(rates[flags].min()),
                subjects=tuple(subjects))
    ]  # fmt: skip


def _of_one(p: Numbers) -> float:
    """Return the chance of such low values, by the least of them and by how many are at most 0.05."""
    known = np.sort(p[~np.isnan(p)])
    count = len(known)
    if not count:
        return np.nan
    least = float((known * count / np.arange(1, count + 1)).min())
    pairs, low = max(count // 2, 1), int((known <= 0.05).sum()) // 2
    many = float(special.bdtrc(low - 1, pairs, 0.05)) if low else 1.0
    return min(1.0, 2 * min(least, many))


CHECKS: tuple[Check, ...] = (
    Check(
        "K17",
        N_("Interviews that look alike"),
        N_("Interviews whose answers almost all repeat another interview."),
        N_(
            "As near as the people of this sample come to each other in this form. Each interview is held against its "
            "own neighbours and against everybody else; no fixed share of equal answers is used."
        ),
        "analytical",
        alike,
    ),
    Check(
        "K18",
        N_("Answers in a straight line"),
        N_("Interviews that give one and the same answer to all questions of a grid."),
        N_(
            "Content people answer alike too, so no single interview is judged. Interviewers are held against their "
            "colleagues in the same area."
        ),
        "analytical",
        straight_lines,
    ),
)
