"""Interviews in which one or several checks see something (check K25)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from datashift.assess.checks import discoveries
from datashift.assess.encoded import Flags, Numbers
from datashift.assess.evidence import Evidence
from datashift.model import Finding, Suspect

_LEAST, _MOST = 1e-15, 0.99
"""A chance of 1, as counts give it, would outweigh any other check; so each is taken as 0.99 at most (Fang, Chang,
Park & Tseng 2023). That makes small chances no smaller."""
_SHOWN = 10_000
_OF_INTERVIEWS = frozenset({"K2", "K5", "K6", "K11", "K12", "K13", "K14", "K26", "K27", "K30"})
"""Checks whose rules are about what one interviewer did in one interview, not about a column, a plan or a form."""
_USUAL = 0.2
"""A rule that more interviews break than this is a matter of the form or the plan, not of single interviews."""


class _Seen(NamedTuple):
    """What one check says: p values by raw row (NaN: nothing), and which rows break its rule."""

    check: str
    p: Numbers
    broken: Flags


def interviews(
    evidence: Evidence, signals: Mapping[str, Numbers], findings: Iterable[Finding] = ()
) -> tuple[Suspect, ...]:
    """K25: return the 10,000 rows that somebody should look at first.

    In: per check its p values by raw row (NaN: says nothing about this row), and what was found. Three things are said
    of a row: its p values; that it breaks a rule, which is as unusual as the share of rows that do; and that it belongs
    to an interviewer or a device that stands out. They are put together by their Cauchy
    combination (Liu & Xie 2020), which holds for small p values whatever their dependence.
    Order: what breaks a rule that few break, or is noticed at 5 %, and then the rest; the least likely first.
    """
    seen = [
        *(_Seen(name, p, np.zeros(len(p), dtype=np.bool_)) for name, p in signals.items()),
        *_by_rules(evidence, findings),
        *_by_subjects(evidence, findings),
    ]
    if not seen:
        return ()
    p = np.array([one.p for one in seen])
    asked = ~np.isnan(p)
    angle = np.where(asked, np.tan((0.5 - np.clip(p, _LEAST, _MOST)) * np.pi), 0.0)
    count = asked.sum(axis=0)
    rows = np.flatnonzero(count)
    together = 0.5 - np.arctan(angle[:, rows].sum(axis=0) / count[rows]) / np.pi
    rates, found = discoveries(together)
    broken = np.array([one.broken for one in seen])[:, rows]
    first = found | broken.any(axis=0)
    order = np.lexsort((together, ~first))[:_SHOWN]
    names = np.array([one.check for one in seen])
    return tuple(
        Suspect(
            int(evidence.rows[rows[k]]), float(together[k]), float(rates[k]),
            tuple(dict.fromkeys(names[(p[:, rows[k]] <= 0.05) | broken[:, k]].tolist())),
            tuple(dict.fromkeys(names[broken[:, k]].tolist())),
        )
        for k in order
    )  # fmt: skip


def _by_rules(evidence: Evidence, findings: Iterable[Finding]) -> list[_Seen]:
    """Rows that break a rule have the share of rows that break it as their p value; the others say nothing by it."""
    seen = []
    for one in findings:
        if one.check in _OF_INTERVIEWS and one.rows and (one.p_value is None or one.check == "K2"):
            flagged = np.zeros(len(evidence.rows), dtype=np.bool_)
            flagged[evidence.positions(one.rows)] = True
            share = float(flagged.sum()) / max(evidence.total, 1)
            seen.append(_Seen(one.check, np.where(flagged, share, 0.5), flagged & (share <= _USUAL)))
    return seen


def _by_subjects(evidence: Evidence, findings: Iterable[Finding]) -> list[_Seen]:
    """Rows of one who stands out have the adjusted p value of this one, and no less than the share of such rows.

    Where most interviewers stand out, that says little of one interview. The other rows say nothing by it.
    """
    seen = []
    for finding in findings:
        p = np.full(len(evidence.rows), 0.5)
        for one in finding.subjects:
            if one.private and one.p_adjusted is not None:
                here = evidence.positions(one.rows)
                p[here] = np.minimum(p[here], one.p_adjusted)
        share = float((p < 0.5).sum()) / max(evidence.total, 1)
        if share:
            seen.append(_Seen(finding.check, np.maximum(p, min(share, 0.5)), np.zeros(len(p), dtype=np.bool_)))
    return seen
