"""Who reports how much, bursts of reports, and reports that confirm each other (checks K31 and K32)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow.compute as pc
from scipy.spatial import cKDTree

from datashift.assess.checks import Check, Outcome, discoveries
from datashift.assess.encoded import Encoded, Flags, Numbers, Whole
from datashift.assess.evidence import Evidence
from datashift.assess.groups import FEW, Groups, groups, subject, unlike_others
from datashift.assess.moments import Times, moments
from datashift.assess.place.travel import positioned
from datashift.assess.sources.bursts import WINDOWS, burst_p
from datashift.assess.sources.hourly import seen
from datashift.language import N_
from datashift.model import Finding

LARGE = 0.2
"""One contributor with a fifth of all reports, and three times a fair share, can move the answer alone."""

NEW_DAYS = 7
"""Who took part for the first time at most this many days before is new."""

NEAR_KM = 1.0
NEAR_DAYS = 1.0
"""Reports of one event: within a kilometre and a day."""

_DRAWS = 400
_CONFIRMING = 8
_MOST_ASKED = 20_000
_DAY = 86_400
_TOLD = 5
_LENGTH_OF_DATE = len("2024-03-09")

_LARGE = (
    N_(
        "{unlike} of {of} contributors each gave at least a fifth of all reports; together it is {share} %. Busy "
        "people are the strength of a crowd; see what the answer is without them."
    ),
    N_(
        "One contributor or more gave at least a fifth of all reports. Busy people are the strength of a crowd; see "
        "what the answer is without them."
    ),
)
_LARGE_ONE = N_(
    "This contributor gave {n} of all {total} reports ({share} %). Busy people are the strength of a crowd; see what "
    "the answer is without them."
)
_BURST = N_(
    "From {first}, {n} reports came in within {days} days, where about {expected} were to be expected. "
    "An event, a campaign or a batch that was sent late does this; so do people who agree to report the same."
)
_BURST_DAY = N_(
    "On {first}, {n} reports came in, where about {expected} were to be expected. "
    "An event, a campaign or a batch that was sent late does this; so do people who agree to report the same."
)
_NEW = N_(
    "From {first}, {n} reports came in within {days} days, where about {expected} were to be expected. The share by "
    "new people was {new} %, otherwise {usual} %. An event or a campaign brings new people too."
)


class _Reports(NamedTuple):
    """Reports by day: `day` per raw row (-1: not known), and the first of these days."""

    day: Whole
    first: np.datetime64


def concentration(evidence: Evidence) -> Outcome:
    """K31: how much few contributors gave, who can move the answer alone, and bursts beyond the rhythm of the crowd.

    That few people give much is how crowds are (Gini coefficient and shares with bootstrap intervals over
    contributors): it is told, and only who gave a fifth of all is noticed. Bursts are asked of chance: see `burst_p`.
    """
    by = groups(evidence, "contributor")
    told, facts = ((), {}) if by is None or not by.names else _by_contributor(evidence, by)
    busy, tested, days = _bursts(evidence, by)
    if by is None and not days:
        return Outcome(
            idle=N_("The recipe names no contributors, and these are not reports that people send when they like.")
        )
    return Outcome((*told, *busy), tested=tested, facts=facts)


def _by_contributor(evidence: Evidence, by: Groups) -> tuple[tuple[Finding, ...], dict[str, Any]]:
    counts = by.counts()
    total, people = int(counts.sum()), len(by.names)
    facts: dict[str, Any] = {"reports": total}
    if people >= FEW:
        facts |= {"contributors": people, **_shares(counts, evidence.chance("K31"))}
    large = np.flatnonzero((counts >= LARGE * total) & (counts * people >= 3 * total))
    if not len(large):
        return (), facts
    everything = np.ones(len(evidence.rows), dtype=np.bool_)
    singled = [
        subject(evidence, by, int(k), everything, _LARGE_ONE, total=total, share=100 * float(counts[k] / total))
        for k in large
    ]
    share = {"share": 100 * float(counts[large].sum() / total)} if people >= FEW else {}
    return (unlike_others(evidence, "K31", "assess.large-share", _LARGE, singled, people, **share),), facts


def _shares(counts: Whole, chance: np.random.Generator) -> dict[str, Any]:
    """Return the Gini coefficient and the share of the busiest tenth, each with its 95 % bootstrap interval."""
    people = len(counts)
    draws = min(_DRAWS, max(20_000_000 // people, 50))
    drawn = [_gini(counts[chance.integers(0, people, people)]) for _draw in range(draws)]
    values = np.array([_gini(counts), *drawn])
    (gini, tenth), (low, high) = values[0], np.quantile(values[1:], [0.025, 0.975], axis=0)
    return {
        "gini": float(gini), "gini_interval": [float(low[0]), float(high[0])],
        "busiest_tenth": 100 * float(tenth), "busiest_tenth_interval": [100 * float(low[1]), 100 * float(high[1])],
        "once": 100 * float((counts == 1).mean()),
    }  # fmt: skip


def _gini(counts: Whole) -> tuple[float, float]:
    ranked = np.sort(counts)
    people, total = len(ranked), ranked.sum()
    gini = (2 * (np.arange(1, people + 1) * ranked).sum() / total - (people + 1)) / people
    return float(gini), float(ranked[-max(people // 10, 1) :].sum() / total)


def _bursts(evidence: Evidence, by: Groups | None) -> tuple[tuple[Finding, ...], int, int]:
    """Return the bursts, how many questions were asked, and how many days there are."""
    reports = _by_day(evidence)
    if reports is None or evidence.kit.readings is not None or not _volunteered(evidence, by):
        return (), 0, 0
    counts = np.bincount(reports.day[reports.day >= 0])
    p, expected = burst_p(counts)
    rates, odd = discoveries(p)
    tested = int((~np.isnan(p)).sum())
    told: list[Finding] = []
    taken = np.zeros(len(counts), dtype=np.bool_)
    for row, start in sorted(np.argwhere(odd).tolist(), key=lambda at: (p[at[0], at[1]], at)):
        days = slice(start, start + WINDOWS[row])
        if not taken[days].any() and len(told) < _TOLD:
            taken[days] = True
            sure = (float(p[row, start]), float(rates[row, start]), tested)
            told.append(_burst(evidence, by, reports, (start, WINDOWS[row], float(expected[row, start])), sure))
    return tuple(told), tested, len(counts)


def _volunteered(evidence: Evidence, by: Groups | None) -> bool:
    """Say whether reports come when people send them; a survey comes in when its interviewers are sent out."""
    return by is not None or evidence.recipe.design.sampling_type in ("volunteer", "event_registry")


def _by_day(evidence: Evidence) -> _Reports | None:
    moment = _moment(evidence)
    if moment is None or np.isnat(moment[evidence.written]).all():
        return None
    day = moment.astype("datetime64[D]")
    known = ~np.isnat(day) & evidence.written
    number = np.where(known, day.astype(np.int64), -1)
    period = evidence.recipe.period
    low = int(np.datetime64(period.first, "D").astype(np.int64)) if period.first else int(np.min(number[known]))
    high = int(np.datetime64(period.last, "D").astype(np.int64)) if period.last else int(np.max(number[known]))
    inside = known & (number >= low) & (number <= high)
    if not inside.any() or number[inside].max() - number[inside].min() > 3660:
        return None
    first = int(number[inside].min())
    return _Reports(np.where(inside, number - first, -1), np.datetime64(first, "D"))


def _moment(evidence: Evidence) -> Times | None:
    for role in ("start", "submitted", "received", "end"):
        found = evidence.moments(role)
        if found is not None:
            return found.local
    if evidence.recipe.period.column not in evidence.columns:
        return None
    return seen(evidence)


def _burst(
    evidence: Evidence, by: Groups | None, reports: _Reports, window: tuple[int, int, float],
    sure: tuple[float, float, int],
) -> Finding:  # fmt: skip
    start, days, expected = window
    where: Flags = (reports.day >= start) & (reports.day < start + days)
    facts: dict[str, Any] = {"first": str(reports.first + start), "days": days, "expected": expected}
    text = _BURST if days > 1 else _BURST_DAY
    new = _new(evidence)
    if new is not None and (~np.isnan(new[where])).any():
        rest = (reports.day >= 0) & ~where
        facts |= {"new": 100 * float(np.nanmean(new[where])), "usual": 100 * float(np.nanmean(new[rest]))}
        text = _NEW
    if by is not None and len(by.names) >= FEW:
        facts["contributors"] = len(np.unique(by.of[where & (by.of >= 0)]))
    found = evidence.noticed("K31", "assess.burst", text, where, **facts)
    return Finding(
        found.check, found.code, found.text, found.facts, found.rows, (), sure[0], sure[1], sure[2]
    )  # fmt: skip


def _new(evidence: Evidence) -> Numbers | None:
    """Return per raw row whether the contributor was new (1 or 0), NaN where it is not known."""
    joined, moment = evidence.role("joined"), _moment(evidence)
    if joined is None or moment is None:
        return None
    plain = pc.utf8_trim_whitespace(joined.texts)
    whole = pc.if_else(
        pc.equal(pc.utf8_length(plain), _LENGTH_OF_DATE), pc.binary_join_element_wise(plain, "00:00", "T"), plain
    )
    since = moments(Encoded(joined.codes, whole), evidence.recipe.paradata).local
    apart = (moment - since).astype("timedelta64[s]")
    return np.where(np.isnat(apart), np.nan, apart.astype(np.float64) <= NEW_DAYS * _DAY)


def corroboration(evidence: Evidence) -> Outcome:
    """K32: what share of reports somebody else reported as well, within a kilometre and a day. Told, never noticed.

    Held against the same share where the days are shuffled among the reports, which says how much places alone do.
    """
    by, found = groups(evidence, "contributor"), positioned(evidence)
    moment = _moment(evidence)
    if by is None or found is None or moment is None:
        return Outcome(
            idle=N_("Reports confirm each other where it is known who reported, when, and at what position.")
        )
    point, usable = found
    place = np.flatnonzero(usable & (by.of >= 0) & ~np.isnat(moment))
    if len(place) < 2 or len(by.names) < FEW:
        return Outcome(idle=N_("With fewer than five contributors, nobody else could have confirmed a report."))
    chance = evidence.chance("K32")
    day = moment[place].astype("datetime64[s]").astype(np.float64) / _DAY
    flat = np.radians(point[place]) * 6371.0
    flat[:, 1] *= np.cos(np.radians(np.median(point[place, 0])))
    who = by.of[place]
    asked = np.arange(len(place))
    if len(asked) > _MOST_ASKED:
        asked = chance.choice(asked, _MOST_ASKED, replace=False)
    share, shuffled = (_confirmed(flat, days, who, asked) for days in (day, chance.permutation(day)))
    facts = {"located": len(place), "confirmed": 100 * share, "confirmed_by_place": 100 * shuffled}
    return Outcome(facts={**facts, "km": NEAR_KM, "days": NEAR_DAYS})


def _confirmed(flat: Numbers, day: Numbers, who: Whole, asked: Whole) -> float:
    """Return the share of reports that have another contributor's among the eight nearest in space and time."""
    cube = np.column_stack([flat / NEAR_KM, (day - day.min()) / NEAR_DAYS])
    near, nearest = cKDTree(cube).query(cube[asked], k=min(_CONFIRMING + 1, len(cube)), p=np.inf, workers=2)
    others = np.append(who, -1)[nearest]
    return float(((near <= 1.0) & (others >= 0) & (others != who[asked][:, None])).any(axis=1).mean())


CHECKS: tuple[Check, ...] = (
    Check(
        "K31",
        N_("Who reports how much, and when"),
        N_("Contributors who can move the answer alone, and days with far more reports than the days around them."),
        N_("Few people of a crowd give much, weeks have a rhythm, and days vary as those around them do."),
        "analytical",
        concentration,
    ),
    Check(
        "K32",
        N_("Reports that confirm each other"),
        N_("How many reports were also made by somebody else, within a kilometre and a day."),
        N_("Nothing is expected: the share is told beside the one that places alone would give."),
        "simulated",
        corroboration,
    ),
)
