"""Interviews in which several checks see something (check K25)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from datashift.assess.checks import discoveries
from datashift.assess.encoded import Numbers
from datashift.assess.evidence import Evidence
from datashift.model import Suspect

_LEAST = 1e-15


def interviews(evidence: Evidence, signals: Mapping[str, Numbers]) -> tuple[Suspect, ...]:
    """K25: return every row that a check has a p value for, the least likely by chance first.

    In: per check its p values by raw row (NaN: says nothing about this row). The p values of a row are put together
    by their Cauchy combination (Liu & Xie 2020), which holds for small p values whatever their dependence.
    """
    if not signals:
        return ()
    p = np.array(list(signals.values()))
    asked = ~np.isnan(p)
    angle = np.where(asked, np.tan((0.5 - np.clip(p, _LEAST, 1 - _LEAST)) * np.pi), 0.0)
    count = asked.sum(axis=0)
    rows = np.flatnonzero(count)
    together = 0.5 - np.arctan(angle[:, rows].sum(axis=0) / count[rows]) / np.pi
    rates, _found = discoveries(together)
    names = list(signals)
    order = np.argsort(together, kind="stable")
    return tuple(
        Suspect(
            int(evidence.rows[rows[k]]),
            float(together[k]),
            float(rates[k]),
            tuple(name for name, value in zip(names, p[:, rows[k]], strict=True) if value <= 0.05),
        )
        for k in order
    )
