"""Interviews that lie closer together than the places where people live (check K27)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from datashift.assess.apart import apart_p, rate_p
from datashift.assess.checks import Check, Outcome, discoveries
from datashift.assess.encoded import Flags, Numbers, Whole
from datashift.assess.evidence import Evidence
from datashift.assess.groups import FEW, Groups, broken_rule, days, groups, places, subject, unlike_others
from datashift.assess.place.travel import positioned
from datashift.language import N_
from datashift.model import Finding

LEAST_INTERVIEWERS = 8
"""With fewer, nobody knows how much villages differ."""

LEAST_POSITIONS = 10
"""Fewer positions of one interviewer say nothing about where they went."""

_CELL = 5
_NOISE_KM = 0.003
_HONEST = 0.3
"""Interviewers differ by a third in how close together they find people, whatever the others in the data say."""
_KM = 111.2
_LINE_POINTS = 8
_LINE_KM = 0.5
_LINE_OFF_KM = 0.001

_CLOSE = (
    N_(
        "Of {of} interviewers, {unlike} have positions much closer together than others in the same area. "
        "A clinic, a market or one big house does this too; so does noting positions afterwards in one place."
    ),
    N_(
        "Some interviews lie much closer together than others in the same area. "
        "A clinic, a market or one big house does this too; so does noting positions afterwards in one place."
    ),
)
_CLOSE_ONE = N_(
    "From one interview to the nearest other it is {metres} metres as a rule, with other interviewers in the same "
    "areas {others} metres. A clinic, a market or one big house does this too."
)
_COPIED = (
    N_(
        "Of {of} interviewers, {unlike} have many more positions than others that are the same to the metre as the one "
        "before. A satellite position differs by some metres each time. A phone that keeps its last one does this too."
    ),
    N_(
        "Some interviewers have many more positions than others that are the same to the metre as the one before. "
        "A satellite position differs by some metres each time. A phone that keeps its last one does this too."
    ),
)
_COPIED_ONE = N_(
    "In {same} of {pairs} interviews, the position is the same to the metre as the one before. "
    "A satellite position differs by some metres each time. A phone that keeps its last one does this too."
)
_LINE = (
    N_(
        "In {n} of {total} rows, the positions of one interviewer's day lie on a straight line to the metre. "
        "Houses along a road lie within some ten metres of a line."
    ),
    N_(
        "The positions of some days lie on a straight line to the metre. "
        "Houses along a road lie within some ten metres of a line."
    ),
    N_(
        "In {n} of {own} interviews, the positions of the day lie on a straight line to the metre. "
        "Houses along a road lie within some ten metres of a line."
    ),
)


class _Located(NamedTuple):
    """Interviews with a position: place in the raw table, interviewer, latitude and longitude."""

    place: Whole
    who: Whole
    point: Numbers
    by: Groups


def clumps(evidence: Evidence) -> Outcome:
    """K27: interviewers whose positions lie closer together, or repeat more exactly, than those of others; lines.

    Closeness: the logarithm of the distance to the nearest own interview, beside that of other interviewers in the same
    area (else of all), one figure per interviewer, held against those of the others (`apart_p`).
    Exactness: how many positions are the same to the metre as the one before (`rate_p`).
    """
    located = _located(evidence)
    if located is None:
        return Outcome(idle=N_("Positions are compared where the recipe names them and who asked."))
    lines = tuple(straight_lines(evidence, located))
    many = np.bincount(located.who, minlength=len(located.by.names)) >= LEAST_POSITIONS
    if many.sum() < LEAST_INTERVIEWERS:
        why = N_("With fewer than {least} interviewers of ten positions each, nobody knows how much villages differ.")
        return Outcome(lines, idle="" if lines else why, facts={"least": LEAST_INTERVIEWERS})
    nearest = _nearest(located)
    own, others = _beside(evidence, located, nearest, many)
    close = apart_p(own - others, _HONEST)[0]
    same, pairs = _copies(evidence, located)
    copied = rate_p(same, np.where(many, pairs, 0))
    rates, odd = discoveries(np.array([close, copied]))
    metres = 1000 * np.exp(np.array([own, others]))
    tested = int((~np.isnan(close)).sum() + (~np.isnan(copied)).sum())
    told = []
    everything = np.ones(len(evidence.rows), dtype=np.bool_)
    said: tuple[tuple[str, tuple[str, str], str], ...] = (
        ("assess.clump", _CLOSE, _CLOSE_ONE),
        ("assess.same-spot", _COPIED, _COPIED_ONE),
    )
    facts = {"metres": metres[0], "others": metres[1], "same": same, "pairs": pairs}
    for (code, texts, one), p, q, flags in zip(said, (close, copied), rates, odd, strict=True):
        if flags.any():
            singled = [
                subject(
                    evidence, located.by, int(k), everything, one, p_value=float(p[k]), p_adjusted=float(q[k]),
                    **{name: values[k].item() for name, values in facts.items()},
                )
                for k in np.flatnonzero(flags)
            ]  # fmt: skip
            told.append(unlike_others(evidence, "K27", code, texts, singled, len(located.by.names), tested=tested))
    middle = {"nearest_metres": float(1000 * np.exp(np.nanmedian(own)))} if len(located.by.names) >= FEW else {}
    return Outcome((*lines, *told), tested=tested, facts=middle)


def straight_lines(evidence: Evidence, located: _Located) -> Iterator[Finding]:
    """Yield days of one interviewer with at least eight positions on a line of 500 m, off it by at most a metre."""
    day = days(evidence)
    if day is None:
        return
    _keys, of = np.unique(located.who * (int(day.max(initial=0)) + 1) + day[located.place], return_inverse=True)
    count = np.bincount(of)
    flat = _flat(located.point)
    centred = flat - np.array([np.bincount(of, axis) / count for axis in flat.T]).T[of]
    xx, yy, xy = (np.bincount(of, a * b) / count for a, b in ((centred.T[0], centred.T[0]), (centred.T[1],) * 2,
                                                              (centred.T[0], centred.T[1])))  # fmt: skip
    half, root = (xx + yy) / 2, np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    line = (
        (count >= _LINE_POINTS) & (np.sqrt(np.maximum(half - root, 0)) <= _LINE_OFF_KM)
        & (np.sqrt(12 * (half + root)) >= _LINE_KM)
    )  # fmt: skip
    for k in np.flatnonzero(line):
        line[k] = len(np.unique(located.point[of == k], axis=0)) >= _LINE_POINTS
    if line.any():
        where = np.zeros(len(evidence.rows), dtype=np.bool_)
        where[located.place[line[of]]] = True
        yield broken_rule(evidence, "K27", "assess.line", _LINE, located.by, where)


def _located(evidence: Evidence) -> _Located | None:
    found, by = positioned(evidence), groups(evidence, "enumerator") or groups(evidence, "device")
    if found is None or by is None or evidence.recipe.design.sampling_type == "sensor_network":
        return None
    point, usable = found
    place = np.flatnonzero(usable & (by.of >= 0))
    return _Located(place, by.of[place], point[place], by) if len(place) else None


def _flat(point: Numbers) -> Numbers:
    """Return positions as kilometres north and east, right near the middle latitude."""
    shrink = np.cos(np.radians(np.median(point[:, 0])))
    return np.asarray((point - np.median(point, axis=0)) * np.array([_KM, _KM * shrink]))


def _nearest(located: _Located) -> Numbers:
    """Return the logarithm of the distance to the nearest other interview of the same interviewer, in km."""
    flat, nearest = _flat(located.point), np.full(len(located.place), np.nan)
    order = np.argsort(located.who, kind="stable")
    bounds = np.searchsorted(located.who[order], np.arange(len(located.by.names) + 1))
    for start, end in pairwise(bounds):
        if end - start >= LEAST_POSITIONS:
            own = order[start:end]
            nearest[own] = cKDTree(flat[own]).query(flat[own], k=2)[0][:, 1]
    return np.asarray(np.log(np.maximum(nearest, _NOISE_KM)))


def _beside(evidence: Evidence, located: _Located, nearest: Numbers, many: Flags) -> tuple[Numbers, Numbers]:
    """Return for each interviewer the mean of `nearest`, and what others have in the same areas (else everywhere)."""
    known = places(evidence)
    area = np.zeros(len(located.place), dtype=np.int64) if known is None else np.maximum(known[located.place], 0)
    width = int(area.max(initial=0)) + 1
    asked = ~np.isnan(nearest)
    cells, of = np.unique(located.who[asked] * width + area[asked], return_inverse=True)
    count = np.bincount(of)
    mean = np.bincount(of, nearest[asked]) / count
    who, where = cells // width, cells % width
    counted = count >= _CELL
    in_area = np.bincount(where[counted], minlength=width)
    total = np.bincount(where[counted], mean[counted], minlength=width)
    rest = in_area[where] - counted
    others = np.where(rest > 0, (total[where] - np.where(counted, mean, 0.0)) / np.maximum(rest, 1), np.nan)
    overall = np.nanmean(mean[counted]) if counted.any() else np.nan
    others = np.where(np.isnan(others), overall, others)
    people = len(located.by.names)
    size = np.maximum(np.bincount(who, count, minlength=people), 1)
    pair = [np.bincount(who, count * value, minlength=people) / size for value in (mean, others)]
    own, beside = (np.where(many, value, np.nan) for value in pair)
    return own, beside


def _copies(evidence: Evidence, located: _Located) -> tuple[Whole, Whole]:
    """Return for each interviewer how many interviews have the spot of the one before, of how many that have one."""
    begun = evidence.moments("start") or evidence.moments("end")
    moment = located.place if begun is None else begun.sure[located.place].astype(np.int64)
    order = np.lexsort((located.place, moment, located.who))
    who, spot = located.who[order], np.round(located.point[order], 5)
    follows = np.diff(who) == 0
    same = follows & (spot[1:] == spot[:-1]).all(axis=1)
    people = len(located.by.names)
    same_of, all_of = (np.bincount(who[1:][flags], minlength=people).astype(np.int64) for flags in (same, follows))
    return same_of, all_of


CHECKS: tuple[Check, ...] = (
    Check(
        "K27",
        N_("Positions close together"),
        N_("Interviewers whose positions lie closer together, or repeat more exactly, than those of others there."),
        N_("In one area, interviewers find people at similar distances, and a satellite position differs each time."),
        "analytical",
        clumps,
    ),
)
