"""Interviews in which several checks see something (check K25)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from datashift.assess.checks import discoveries
from datashift.assess.encoded import Numbers
from datashift.assess.evidence import Evidence
from datashift.model import Suspect

_LEAST, _MOST = 1e-15, 0.99
"""A chance of 1, as counts give it, would outweigh any other check; so each is taken as 0.99 at most (Fang, Chang,
Park & Tseng 2023). That makes small chances no smaller."""
_SHOWN = 10_000


def interviews(evidence: Evidence, signals: Mapping[str, Numbers]) -> tuple[Suspect, ...]:
    """K25: return the 10,000 rows that are least likely by chance, the least likely first.

    In: per check its p values by raw row (NaN: says nothing about this row). The p values of a row are put together
    by their Cauchy combination (Liu & Xie 2020), which holds for small p values whatever their dependence.
    """
    if not signals:
        return ()
    p = np.array(list(signals.values()))
    asked = ~np.isnan(p)
    angle = np.where(asked, np.tan((0.5 - np.clip(p, _LEAST, _MOST)) * np.pi), 0.0)
    count = asked.sum(axis=0)
    rows = np.flatnonzero(count)
    together = 0.5 - np.arctan(angle[:, rows].sum(axis=0) / count[rows]) / np.pi
    rates, _found = discoveries(together)
    names = list(signals)
    order = np.argsort(together, kind="stable")[:_SHOWN]
    return tuple(
        Suspect(
            int(evidence.rows[rows[k]]),
            float(together[k]),
            float(rates[k]),
            tuple(name for name, value in zip(names, p[:, rows[k]], strict=True) if value <= 0.05),
        )
        for k in order
    )
