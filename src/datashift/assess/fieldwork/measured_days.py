"""Whether sensors measured enough of the time that their mean speaks of (check K9)."""

from __future__ import annotations

import re
from calendar import isleap, monthrange
from collections.abc import Iterator

import numpy as np

from datashift.assess.evidence import Evidence
from datashift.model import Finding, Period
from datashift.standards.moments import clock


def few_days(evidence: Evidence) -> Iterator[Finding]:
    """K9: sensors with complete days on less than the share of the period that the kit asks for.

    It concerns the figure as a whole, so `rows` is empty and there is no effect. Silent where the kit is not about
    readings, or the recipe does not say how long its period is.
    """
    rule, period = evidence.kit.readings, evidence.recipe.period
    if rule is None or period.column is None or rule.sensor not in evidence.harmonised.observations.column_names:
        return
    measured: dict[tuple[str, str], set[object]] = {}
    read = clock(period)
    written = evidence.raw.filter(np.isin(evidence.rows, evidence.observations)).select(["_row", period.column])
    texts = dict(zip(*(written[name].to_pylist() for name in written.column_names), strict=True))
    for line in evidence.harmonised.observations.select(["row", rule.sensor, "period"]).to_pylist():
        moment = read(texts.get(line["row"]) or "")
        if moment is not None:
            measured.setdefault((line[rule.sensor], line["period"]), set()).add(moment.date())
    shares = {key: len(days) / whole for key, days in measured.items() if (whole := length(key[1], period))}
    few = [share for share in shares.values() if share < rule.least_of_days]
    if few:
        nowhere = np.zeros(len(evidence.rows), dtype=np.bool_)
        facts = {"few": len(few), "sensors": len(shares), "least": round(100 * rule.least_of_days)}
        yield evidence.found(
            "K9", "assess.few-days", nowhere, **facts, period=", ".join(sorted({p for _s, p in shares}))
        )


def length(label: str, period: Period) -> int:
    """Return the number of days of a period: a year (2023), a month (2023-02), or from the recipe's first to last day.

    0 where none of these is known.
    """
    if re.fullmatch(r"\d{4}", label):
        return 366 if isleap(int(label)) else 365
    if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", label):
        return monthrange(int(label[:4]), int(label[5:]))[1]
    return (period.last - period.first).days + 1 if period.first and period.last else 0
