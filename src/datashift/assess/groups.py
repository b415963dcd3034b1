"""Who did an interview, where and when: rows in groups, and what may be said of a group in public."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow.compute as pc

from datashift.assess.encoded import Flags, Whole
from datashift.assess.evidence import Evidence
from datashift.model import Finding, Subject

_TABLE = 20_000_000

FEW = 5
"""Below this number of interviewers, devices or contributors, one of them is easily recognised."""

Kind = Literal["enumerator", "device", "contributor"]


class Groups(NamedTuple):
    """Rows by interviewer, device or contributor: the names, and per raw row the position in them (-1: none named)."""

    kind: Kind
    names: tuple[str, ...]
    of: Whole

    def counts(self, where: Flags | None = None) -> Whole:
        """Return how many rows each group has, or how many of those that `where` marks."""
        chosen = self.of >= 0 if where is None else (self.of >= 0) & where
        return np.bincount(self.of[chosen], minlength=len(self.names)).astype(np.int64)


def groups(evidence: Evidence, kind: Kind) -> Groups | None:
    """Return the rows by interviewer, device or contributor; None where the recipe names no such column."""
    encoded = evidence.role(kind)
    if encoded is None:
        return None
    present = evidence.written & ~evidence.missing(getattr(evidence.recipe.paradata, kind))
    plain = [str(text or "").strip() for text in encoded.texts.to_pylist()]
    names, same = np.unique(np.array([*plain, ""], dtype=str), return_inverse=True)
    position = np.where(present, same[:-1][encoded.codes] if len(plain) else 0, -1)
    kept = np.unique(position[position >= 0])
    return Groups(kind, tuple(str(names[k]) for k in kept), dense(position))


def crossed(*codes: Whole) -> Whole:
    """Return one number per row for each combination of `codes`, from 0 on without gaps; -1 where one of them is."""
    total = dense(codes[0])
    for one in codes[1:]:
        width = int(one.max(initial=0)) + 1
        total = dense(np.where((total < 0) | (one < 0), -1, total * width + one))
    return total


def dense(codes: Whole) -> Whole:
    """Return numbers from 0 on without gaps for the different numbers of `codes`, in their order; -1 stays."""
    most = int(codes.max(initial=-1))
    found, named = np.full(len(codes), -1, dtype=np.int64), codes >= 0
    if most > _TABLE:  # too many for a table of all numbers
        found[named] = np.unique(codes[named], return_inverse=True)[1]
        return found
    seen = np.zeros(most + 1, dtype=np.bool_)
    seen[codes[named]] = True
    found[named] = (np.cumsum(seen) - 1)[codes[named]]
    return found


def places(evidence: Evidence) -> Whole | None:
    """Return the smallest part of the country that the recipe knows, as a number per row: strata, else the place."""
    recipe = evidence.recipe
    strata = [name for name in recipe.design.strata if name in evidence.columns]
    place = [recipe.place.column] if recipe.place.column in evidence.columns else []
    codes = [evidence.columns[str(name)].codes.astype(np.int64) for name in strata or place]
    return crossed(*codes) if codes else None


def visits(evidence: Evidence) -> Whole:
    """Return what binds interviews together, as a number per row: the group drawn, else the day, else nothing."""
    stages = evidence.recipe.design.clusters
    first = [name for name in (stages[0] if stages else ()) if name in evidence.columns]
    if first:
        return crossed(*(evidence.columns[name].codes.astype(np.int64) for name in first))
    day = days(evidence)
    return np.arange(len(evidence.rows)) if day is None else day


def days(evidence: Evidence) -> Whole | None:
    """Return the day of each interview as a number: when it began, else the date of the recipe; None without both."""
    start = evidence.moments("start")
    if start is not None:
        day = start.local.astype("datetime64[D]")
        known = ~np.isnat(day)
        first = day[known].min() if known.any() else np.datetime64(0, "D")
        return np.where(known, (day - first).astype(np.int64) + 1, 0)
    column = evidence.recipe.period.column
    if column is None or column not in evidence.columns:
        return None
    encoded = evidence.columns[column]
    texts = pc.fill_null(pc.utf8_slice_codeunits(encoded.texts, 0, 10), "").to_numpy(zero_copy_only=False)
    return np.unique(texts.astype(str), return_inverse=True)[1].astype(np.int64)[encoded.codes]


def subject(evidence: Evidence, by: Groups, k: int, where: Flags, text: str, **facts: Any) -> Subject:
    """Return what is said of one group: its rows among those that `where` marks, and how many it has in all.

    p_value and p_adjusted may be given among the facts.
    """
    p = {name: facts.pop(name) for name in ("p_value", "p_adjusted") if name in facts}
    rows = evidence.numbers_of(where & (by.of == k))
    told = {"n": len(rows), "own": int((by.of == k).sum()), **facts}
    return Subject(by.kind, by.names[k], text, told, rows, **p)


def subjects(evidence: Evidence, by: Groups, where: Flags, text: str) -> tuple[Subject, ...]:
    """Return every group with rows that `where` marks, those with most rows first."""
    counts = by.counts(where)
    order = [int(k) for k in np.argsort(-counts, kind="stable") if counts[k]]
    return tuple(subject(evidence, by, k, where, text) for k in order)


def broken_rule(
    evidence: Evidence,
    check: str,
    code: str,
    texts: tuple[str, str, str],
    by: Groups | None,
    where: Flags,
    **facts: Any,
) -> Finding:
    """Return the finding about rows that break a rule, with the people that they belong to as subjects.

    `texts` are the English templates for many people, for fewer than FEW (no number, no rows), and of one of them.
    """
    many, few, one = texts
    if by is None:
        return evidence.noticed(check, code, many, where, **facts)
    told = subjects(evidence, by, where, one)
    if len(by.names) >= FEW:
        return replace(evidence.noticed(check, code, many, where, **facts), subjects=told)
    return Finding(check, code, few, {"total": evidence.total, **facts}, (), subjects=told)


def unlike_others(
    evidence: Evidence, check: str, code: str, texts: tuple[str, str], told: Iterable[Subject], of: int, **facts: Any
) -> Finding:
    """Return the public finding about people that differ: how many of how many, or only that there are some.

    `texts` are the English templates for at least FEW of them and for fewer. Below FEW it has no rows and no number.
    """
    singled = tuple(told)
    p = [one.p_value for one in singled if one.p_value is not None]
    q = [one.p_adjusted for one in singled if one.p_adjusted is not None]
    many = of >= FEW
    rows = tuple(sorted({row for one in singled for row in one.rows})) if many else ()
    numbers = {"unlike": len(singled), "of": of, "n": len(rows)} if many else {}
    return Finding(
        check, code, texts[0 if many else 1], {**numbers, "total": evidence.total, **facts}, rows,
        p_value=min(p, default=None), p_adjusted=min(q, default=None), tested=facts.pop("tested", 0), subjects=singled,
    )  # fmt: skip
