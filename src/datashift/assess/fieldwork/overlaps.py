"""Interviews of one interviewer, or on one device, at the same time (check K13)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from datashift.assess.checks import Outcome
from datashift.assess.encoded import Flags, Numbers, Whole
from datashift.assess.evidence import Evidence
from datashift.assess.groups import Groups, broken_rule, groups, places
from datashift.assess.moments import passed
from datashift.language import N_
from datashift.model import Finding

_DAY = 86_400.0
_WALK = 60.0
"""Nobody goes from one area to another within a minute."""

NO_TIMES = N_(
    "The recipe names no column with the begin and the end of an interview. Name them under [paradata] start and end."
)
NOBODY = N_(
    "The recipe names no column that says who asked, or on which device. "
    "Name one under [paradata] enumerator or device."
)
_TEXTS = {
    "enumerator": N_(
        "In {n} of {total} rows, an interview runs at the same time as another one of the same interviewer. "
        "Forms that are left open and finished together later look so too."
    ),
    "device": N_(
        "In {n} of {total} rows, an interview runs at the same time as another one on the same device. "
        "Forms that are left open and finished together later look so too, and so does a clock that was set back."
    ),
}
_FEW = {
    "enumerator": N_(
        "Some interviews run at the same time as another one of the same interviewer. "
        "Forms that are left open and finished together later look so too."
    ),
    "device": N_(
        "Some interviews run at the same time as another one on the same device. "
        "Forms that are left open and finished together later look so too, and so does a clock that was set back."
    ),
}
_ONE = N_(
    "{n} of {own} interviews run at the same time as another one. Ask whether forms were left open and finished later."
)
_GAPS = N_(
    "In {n} of {total} rows, an interview begins within a minute of the last one of the same interviewer, in another "
    "area. The form may have been opened before the way, or the area may be wrong."
)
_FEW_GAPS = N_(
    "Some interviews begin within a minute of the last one of the same interviewer, in another area. "
    "The form may have been opened before the way, or the area may be wrong."
)
_ONE_GAP = N_("{n} of {own} interviews begin within a minute of the last one, in another area.")


class _Order(NamedTuple):
    """Interviews of one group after the other, by their begin; `rows` are positions in the raw table."""

    rows: Whole
    of: Whole
    start: Numbers
    end: Numbers


def overlaps(evidence: Evidence) -> Outcome:
    """K13: interviews of one interviewer or one device that run at the same time, or begin before one can be there.

    Begin and end are held against each other as time that passed, so that no change of the clock disturbs. Forms that
    stayed open for more than a day are left out: they say nothing of the time of the interview.
    """
    start, end = evidence.moments("start"), evidence.moments("end")
    if start is None or end is None:
        return Outcome(idle=NO_TIMES)
    known = [one for one in (groups(evidence, "enumerator"), groups(evidence, "device")) if one is not None]
    if not known:
        return Outcome(idle=NOBODY)
    length = passed(end, start)
    lasts = (length > 0) & (length <= _DAY)
    found: list[Finding] = []
    facts, seen = {}, np.zeros(len(length), dtype=np.bool_)
    for by in known:
        ordered = _ordered(by, start.sure.astype("datetime64[s]").astype(np.int64), length, lasts)
        where = _at_once(ordered, len(length))
        facts[f"overlapping_{by.kind}"] = int(where.sum())
        if (where & ~seen).any():
            texts = (_TEXTS[by.kind], _FEW[by.kind], _ONE)
            found.append(broken_rule(evidence, "K13", f"assess.overlap-{by.kind}", texts, by, where))
        seen |= where
        if by.kind == "enumerator":
            found += _too_near(evidence, by, ordered)
    return Outcome(tuple(found), facts=facts)


def _ordered(by: Groups, start: Whole, length: Numbers, lasts: Flags) -> _Order:
    rows = np.flatnonzero(lasts & (by.of >= 0))
    rows = rows[np.lexsort((start[rows], by.of[rows]))]
    begin = start[rows].astype(np.float64)
    return _Order(rows, by.of[rows], begin, begin + length[rows])


def _at_once(order: _Order, rows: int) -> Flags:
    """Say which interviews share some time with another one of their group."""
    found = np.zeros(rows, dtype=np.bool_)
    if len(order.rows) < 2:
        return found
    same = order.of[1:] == order.of[:-1]
    # One time line with the groups one after the other: the latest end so far never reaches into the next group.
    shift = order.of * (order.end.max() - order.start.min() + 1.0)
    latest = np.maximum.accumulate(order.end + shift)
    found[order.rows[1:]] |= same & (order.start[1:] + shift[1:] < latest[:-1])
    found[order.rows[:-1]] |= same & (order.end[:-1] > order.start[1:])
    return found


def _too_near(evidence: Evidence, by: Groups, order: _Order) -> Iterator[Finding]:
    place = places(evidence)
    if place is None or len(order.rows) < 2:
        return
    where = np.zeros(len(evidence.rows), dtype=np.bool_)
    gap, here = order.start[1:] - order.end[:-1], place[order.rows]
    near = (order.of[1:] == order.of[:-1]) & (gap >= 0) & (gap < _WALK) & (here[1:] != here[:-1])
    where[order.rows[1:]] = near
    if where.any():
        yield broken_rule(evidence, "K13", "assess.too-near", (_GAPS, _FEW_GAPS, _ONE_GAP), by, where)
