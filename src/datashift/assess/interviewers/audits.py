"""Recordings and photos that somebody listened to or looked at (check K29)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow.compute as pc

from datashift.assess.checks import Outcome, discoveries
from datashift.assess.encoded import Flags, Whole
from datashift.assess.evidence import Evidence
from datashift.assess.interviewers.assignments import Assignment, interviewers, places_of
from datashift.assess.interviewers.effects import comparison, contrast
from datashift.assess.interviewers.exchange import Answers, chances
from datashift.language import N_
from datashift.model import Finding, Subject

FEW = 5
_NO = ("no", "n", "false", "0", "none", "hapana", "la", "not audited", "pending", "होइन", "छैन", "f")
_MOST_GROUPS = 0.5

NO_AUDITS = N_(
    "It is not known whether anybody listened to recordings or looked at photos. Do so for a share that is drawn by "
    "chance, and name the column under [protocol] audited."
)
TOO_FEW = N_(
    "{audited} of {total} interviews ({share} %) were listened to or looked at; {meant} per cent were agreed. Draw the "
    "rest by chance from those that are left."
)
NOBODY_LOOKED = N_("None of the {total} interviews was listened to or looked at. Draw some by chance.")
NEVER = N_(
    "Some interviewers have many interviews, and not one was listened to or looked at. Take the next ones from theirs."
)
NEVER_OF = N_(
    "Interviewers with many interviews of which not one was listened to or looked at: {m} of {k}. Take the next ones "
    "from theirs."
)
NEVER_ONE = N_("None of {interviews} interviews was listened to or looked at, where {share} per cent of all were.")
NOT_DRAWN = {
    "interviewer": N_(
        "Interviews were not listened to or looked at as if drawn by chance: some interviewers have far more than "
        "others. What is found there does not speak of all interviews."
    ),
    "place": N_(
        "Interviews were not listened to or looked at as if drawn by chance: some places have far more than others. "
        "What is found there does not speak of all interviews."
    ),
    "week": N_(
        "Interviews were not listened to or looked at as if drawn by chance: some weeks have far more than others. "
        "What is found there does not speak of all interviews."
    ),
}


def audits(evidence: Evidence) -> Outcome:
    """K29: the share of interviews that was audited, whose were never, and whether they look drawn by chance.

    The share is held against what was agreed. An interviewer without any is told where chance would hardly leave them
    out: hypergeometric, as for a simple random sample. Whether interviewers, places and weeks were audited alike is
    asked of a random exchange of the audits (a chi-squared test of independence, see `exchange`); more even than by
    chance, as in a stratified draw, is as it should be.
    """
    column = evidence.recipe.protocol.audited
    if column is None or column not in evidence.columns:
        return Outcome(idle=NO_AUDITS)
    audited = _audited(evidence, column)
    total, count = evidence.total, int(audited.sum())
    facts = {"audited": count, "total": total, "share": 100 * count / max(total, 1)}
    meant = evidence.recipe.protocol.audit_share
    if total == 0 or count == 0:
        nowhere = np.zeros(len(evidence.rows), dtype=np.bool_)
        nobody = evidence.noticed("K29", "assess.nobody-audited", NOBODY_LOOKED, nowhere)
        return Outcome((nobody,) if total else (), facts=facts)
    findings = list(_too_few(evidence, audited, facts, meant))
    groups = list(_groups(evidence))
    p = [_alike(evidence, audited, group) for _name, group in groups]
    people = list(_never(evidence, audited, count))
    rates, flags = discoveries([*p, *(chance for *_who, chance in people)])
    asked = int((~np.isnan([*p, *(chance for *_who, chance in people)])).sum())
    for index, (name, _group) in enumerate(groups):
        if flags[index]:
            nowhere = np.zeros(len(evidence.rows), dtype=np.bool_)
            found = evidence.noticed("K29", f"assess.audits-by-{name}", NOT_DRAWN[name], nowhere, **facts)
            findings.append(replace(found, p_value=p[index], p_adjusted=float(rates[index]), tested=asked))
    left_out = [
        (*one, float(rate)) for one, rate, flag in zip(people, rates[len(p) :], flags[len(p) :], strict=True) if flag
    ]
    findings += [_left_out(evidence, left_out, asked, facts)] if left_out else []
    return Outcome(tuple(findings), asked, facts=facts)


def _audited(evidence: Evidence, column: str) -> Flags:
    """Return which rows were audited: what says neither no nor nothing, such as a day, a name or yes."""
    encoded = evidence.columns[column]
    plain = pc.utf8_lower(pc.utf8_trim_whitespace(pc.fill_null(encoded.texts, "")))
    no = np.isin(np.array(plain.to_pylist(), dtype=np.str_), _NO)
    return np.asarray(evidence.written & ~evidence.missing(column) & ~encoded.where(no), dtype=np.bool_)


def _too_few(evidence: Evidence, audited: Flags, facts: dict[str, Any], meant: float | None) -> Iterator[Finding]:
    if meant is not None and facts["share"] < meant:
        nowhere = np.zeros(len(audited), dtype=np.bool_)
        meant = int(meant) if meant == int(meant) else meant
        yield evidence.noticed("K29", "assess.few-audited", TOO_FEW, nowhere, **facts, meant=meant)


def _groups(evidence: Evidence) -> Iterator[tuple[str, Whole]]:
    """Yield by what the interviews are grouped: who asked, where, and in which week; -1 where that is not known."""
    encoded = evidence.role("enumerator")
    if encoded is not None:
        known = evidence.written & ~evidence.missing(str(evidence.recipe.paradata.enumerator))
        yield "interviewer", np.where(known, encoded.codes, -1).astype(np.int64)
    places = places_of(evidence)
    if places:
        yield "place", np.where(evidence.written, places[0], -1)
    moments = evidence.moments("start")
    if moments is not None:
        day = moments.local.astype("datetime64[D]").astype(np.int64)
        yield "week", np.where(np.isnat(moments.local) | ~evidence.written, -1, np.where(day < 0, 0, day) // 7)


def _alike(evidence: Evidence, audited: Flags, group: Whole) -> float:
    """Return the chance of groups that are audited as unequally, when audits fall at random; NaN with one group."""
    rows = np.flatnonzero(group >= 0)
    member = np.unique(group[rows], return_inverse=True)[1] if len(rows) else np.zeros(0, dtype=np.int64)
    groups = int(member.max(initial=-1)) + 1
    if groups < 2 or groups > _MOST_GROUPS * len(rows):
        return float("nan")
    chance = evidence.chance("K29")
    assigned = Assignment(("",) * groups, rows, member, np.zeros(len(rows), dtype=np.int64), None, group, {})
    compared = comparison(assigned, chance)
    answers = Answers(audited[rows].astype(np.float64), np.ones(len(rows), dtype=np.bool_))
    one = contrast(compared, *answers)
    return float("nan") if one is None else float(chances(compared, [one], [answers], chance)[0])


def _never(evidence: Evidence, audited: Flags, count: int) -> Iterator[tuple[str, Whole, float]]:
    """Yield each interviewer, their rows, and the chance of none in a random sample of this size; 1 where there are."""
    total = evidence.total
    for name, own in interviewers(evidence):
        left = np.maximum(total - count - np.arange(len(own), dtype=np.float64), 0.0)
        chance = float(np.prod(left / (total - np.arange(len(left), dtype=np.float64))))
        yield name, own, 1.0 if audited[own].any() else chance


def _left_out(
    evidence: Evidence, people: list[tuple[str, Whole, float, float]], asked: int, facts: dict[str, Any]
) -> Finding:
    subjects = tuple(
        Subject("enumerator", name, NEVER_ONE, {"interviews": len(own), "share": facts["share"]},
                tuple(np.sort(evidence.rows[own]).tolist()), chance, rate)
        for name, own, chance, rate in people
    )  # fmt: skip
    many = sum(1 for _one in interviewers(evidence))
    told: dict[str, Any] = {"k": many, "m": len(subjects)} if many >= FEW else {}
    # An interview that nobody listened to is not in doubt: no rows, and so no effect.
    nowhere = np.zeros(len(evidence.rows), dtype=np.bool_)
    found = evidence.noticed("K29", "assess.never-audited", NEVER_OF if told else NEVER, nowhere, **told)
    chance, rate = min((chance, rate) for *_who, chance, rate in people)
    return replace(found, p_value=chance, p_adjusted=rate, tested=asked, subjects=subjects)
