"""Interviews in which one or several checks see something (check K25)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from datashift.assess.checks import discoveries
from datashift.assess.encoded import Flags, Numbers
from datashift.assess.evidence import Evidence
from datashift.model import Finding, Suspect

_LEAST, _MOST = 1e-15, 0.5
"""What one check does not see says nothing against what another one sees, and a chance of 1 would outweigh it: each is
taken as a half at most (truncated as by Fang, Chang, Park & Tseng 2023, who take 0.99). Small chances stay as small."""
_SHOWN = 10_000
_OF_INTERVIEWS = frozenset({"K2", "K5", "K6", "K11", "K12", "K13", "K14", "K15", "K17", "K18", "K26", "K27", "K30"})
"""Checks whose findings are about what was done in single interviews, not about a column, a plan or a form."""
_USUAL = 0.2
"""A finding about more interviews than this is a matter of the form or the plan, not of single interviews."""


class _Seen(NamedTuple):
    """What one check or finding says: p values by raw row (NaN: nothing), and which rows a finding tells of."""

    check: str
    p: Numbers
    told: Flags


def interviews(
    evidence: Evidence, signals: Mapping[str, Numbers], findings: Iterable[Finding] = ()
) -> tuple[Suspect, ...]:
    """K25: return the 10,000 rows that somebody should look at first.

    In: per check its p values by raw row (NaN: says nothing about this row), and what was found. Of a finding about
    single interviews, or about who did them, its rows have the share of such rows as their p value where the check has
    no p values for rows; the others say nothing by it. All are put together by their Cauchy combination (Liu & Xie
    2020), which holds for small p values whatever their dependence.
    Order: what a finding tells of that few share, or is noticed at 5 %, and then the rest; the least likely first.
    """
    nothing = np.zeros(len(evidence.rows), dtype=np.bool_)
    seen = [_Seen(name, p, nothing) for name, p in signals.items()]
    seen += [one for finding in findings if (one := _of_finding(evidence, finding, finding.check in signals))]
    if not seen:
        return ()
    p = np.array([one.p for one in seen])
    asked = ~np.isnan(p)
    angle = np.where(asked, np.tan((0.5 - np.clip(p, _LEAST, _MOST)) * np.pi), 0.0)
    count = asked.sum(axis=0)
    rows = np.flatnonzero(count)
    together = 0.5 - np.arctan(angle[:, rows].sum(axis=0) / count[rows]) / np.pi
    rates, found = discoveries(together)
    told = np.array([one.told for one in seen])[:, rows]
    first = found | told.any(axis=0)
    order = np.lexsort((together, ~first))[:_SHOWN]
    names = np.array([one.check for one in seen])
    return tuple(
        Suspect(
            int(evidence.rows[rows[k]]), float(together[k]), float(rates[k]),
            tuple(dict.fromkeys(names[(p[:, rows[k]] <= 0.05) | told[:, k]].tolist())),
            tuple(dict.fromkeys(names[told[:, k]].tolist())),
        )
        for k in order
    )  # fmt: skip


def _of_finding(evidence: Evidence, finding: Finding, has_signal: bool) -> _Seen | None:
    own = finding.rows if finding.check in _OF_INTERVIEWS else ()
    people = [one.rows for one in finding.subjects if one.private]
    flagged = np.zeros(len(evidence.rows), dtype=np.bool_)
    for rows in (own, *people):
        flagged[evidence.positions(rows)] = True
    if not flagged.any():
        return None
    share = float(flagged.sum()) / max(evidence.total, 1)
    p = np.full(len(flagged), np.nan) if has_signal else np.where(flagged, share, 0.5)
    return _Seen(finding.check, p, flagged & (share <= _USUAL))
