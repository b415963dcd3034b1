"""Ages: whether they pile up on round numbers or in cycles, on a limit or in some groups (checks K22 and K23)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from datashift.assess.checks import Check, Outcome, discoveries
from datashift.assess.encoded import Numbers, Whole
from datashift.assess.evidence import Evidence
from datashift.assess.figures.rounding import areas, members, rounders
from datashift.assess.figures.smooth import Curve, excess, smoothed, standing_out
from datashift.assess.figures.tally import Tally, tally
from datashift.language import N_
from datashift.model import Finding, Subject

_OLDEST = 109
_LEAST = 50
_SPAN = 20
_BEND = 10.0
_FEW = 5
_RESAMPLED = 500

_ALLOWED = 0.05
"""Honest ages may be off a smooth curve by so much: cohorts differ."""

IDLE = N_(
    "No ages: name the column in the recipe, under [paradata] as age. "
    "At least 50 ages over 20 years are needed to tell habit from chance."
)
HEAPED = N_(
    "{share} per cent of the ages end in 0 or 5; smooth ages would give about {expected} %. "
    "Many people know their age only roughly: this tells about them, not about the interviewers. "
    "Use wide age groups."
)
ENDINGS = N_(
    "Ages that end in {often} are given more often than smooth ages would be, by {more} %. "
    "Many people know their age only roughly: this tells about them, not about the interviewers."
)
CYCLE = N_(
    "Ages repeat in a cycle of 12 years beyond what chance gives. "
    "Where years carry the names of animals, people count their age by them."
)
PEOPLE = N_(
    "Of {interviewers} interviewers, {unlike} bring more ages that end in 0 or 5 than colleagues in the same areas. "
    "They may work where ages are not known, or estimate them. Only those who lead them see who they are."
)
SOME = N_(
    "Some interviewers bring more ages that end in 0 or 5 than colleagues in the same areas. "
    "They may work where ages are not known, or estimate them. Only those who lead them see who they are."
)
ONE = N_(
    "{share} per cent of {answers} ages end in 0 or 5; colleagues have {expected} %. "
    "Perhaps ages are not known there: ask for a document or a year of birth."
)


class Ages(NamedTuple):
    """Ages in whole years: the column, per year how many, and per raw row the year (-1: none)."""

    column: str
    counts: Numbers
    rows: Whole


def ages(evidence: Evidence) -> Ages | None:
    """Return the ages of those who answered: the paradata column, or the concept of the kit that is called age."""
    column = evidence.recipe.paradata.age
    if column is None:
        named = [entry for concept, entry in evidence.recipe.columns.items() if concept.casefold() == "age"]
        column = named[0].column if named else None
    if column not in evidence.columns:
        return None
    given: Tally = tally(evidence, column)
    years = np.where((given.values >= 0) & (given.values <= _OLDEST), np.floor(given.values), -1).astype(np.int64)
    rows = np.append(years, -1)[given.rows]
    return Ages(column, np.bincount(rows[rows >= 0], minlength=_OLDEST + 1).astype(np.float64), rows)


def whipple(counts: Numbers, digits: tuple[int, ...] = (0, 5), first: int = 25, last: int = 60) -> float:
    """Return Whipple's index, 100 where no digit is preferred: of ages 23 to 62, for 0 and 5 (UN; DemoTools).

    The share of ages from `first` to `last` that end in the digits, over the share that they make up without habit.
    """
    years = np.arange(len(counts))
    inside = (years >= first - 2) & (years <= last + 2)
    hits = inside & (years >= first) & (years <= last) & np.isin(years % 10, digits)
    total = counts[inside].sum()
    return float(100 * 10 / len(digits) * counts[hits].sum() / total) if total else float("nan")


def myers(counts: Numbers, first: int = 23, last: int = 82) -> float:
    """Return Myers' blended index, 0 without habit, 90 where all ages end in one digit (DemoTools).

    Each digit is summed over ages without the last decade and without the first, with weights 1 to 10 and 9 to 0 in
    the order of the digits from `first` on, so that no digit gains from coming first.
    """
    tens = counts[first : last + 1].reshape(-1, 10)
    weight = np.arange(1, 11)
    blended = tens[:-1].sum(axis=0) * weight + tens[1:].sum(axis=0) * (10 - weight)
    total = blended.sum()
    return float(50 * np.abs(blended / total - 0.1).sum()) if total else float("nan")


def curve(counts: Numbers, endings: bool = False, every: float = _BEND) -> tuple[Curve, Whole] | None:
    """Return a smooth curve through ages and the years it is of, or None where ages are few or close together.

    `endings`: it follows the habit of last digits too.
    """
    if counts.sum() < _LEAST:
        return None
    share = np.cumsum(counts) / counts.sum()
    first, last = (int(np.searchsorted(share, at)) for at in (0.002, 0.995))
    if last - first < _SPAN:
        return None
    years = np.arange(first, last + 1)
    also = np.array([years % 10 == digit for digit in range(1, 10)], dtype=np.float64).T if endings else None
    return smoothed(counts[first : last + 1], every, also), years


def heaping(evidence: Evidence) -> Outcome:
    """K22: ages on round numbers and in cycles, in all and per interviewer.

    Against a smooth curve of ages (a score test), not by classes of an index: at 300 ages, honest ones have a Whipple
    index of 110 or more in one survey of five.
    """
    found = ages(evidence)
    drawn = curve(found.counts) if found else None
    if found is None or drawn is None:
        return Outcome(idle=IDLE)
    chance = evidence.chance("K22")
    whole = list(overall(found.counts, chance))
    names, people, expected = _members(evidence, found)
    p = np.concatenate([np.array([one[0] for one in whole]), people])
    rates, flagged = discoveries(p)
    tested = int((~np.isnan(p)).sum())
    where = np.zeros(len(evidence.rows), dtype=np.bool_)
    findings = [
        replace(evidence.noticed("K22", code, text, where, column=found.column, **facts), p_value=value,
                p_adjusted=float(rate), tested=tested)
        for (value, code, text, facts), rate, noticed in zip(whole, rates, flagged, strict=False) if noticed
    ]  # fmt: skip
    if any(one.code == "assess.ages-heaped" for one in findings):
        findings = [one for one in findings if one.code != "assess.age-endings"]
    unlike = np.flatnonzero(flagged[len(whole) :])
    if unlike.size:
        subjects = _subjects(evidence, found, names, unlike, np.stack([people, rates[len(whole) :], expected]))
        findings.append(_about(evidence, len(names), subjects, tested))
    return Outcome(tuple(findings), tested, facts=indices(found.counts, chance))


def indices(counts: Numbers, chance: np.random.Generator) -> dict[str, Any]:
    """Return Whipple's and Myers' index with 95 % intervals, from drawing as many ages again (bootstrap)."""
    told: dict[str, Any] = {"ages": int(counts.sum())}
    again = chance.multinomial(int(counts.sum()), counts / counts.sum(), _RESAMPLED).astype(np.float64)
    for name, index in (("whipple", whipple), ("myers", myers)):
        values = [index(one) for one in again]
        if not np.isnan(index(counts)) and not np.isnan(values).any():
            told[name] = round(index(counts), 1)
            told[f"{name}_interval"] = [round(float(one), 1) for one in np.quantile(values, [0.025, 0.975])]
    return told


def overall(counts: Numbers, chance: np.random.Generator) -> Iterator[tuple[float, str, str, dict[str, Any]]]:
    """Yield p value, code, text and facts: of endings in 0 and 5, of any ending, and of a cycle of twelve years."""
    drawn, followed = curve(counts), curve(counts, endings=True)
    if drawn is None or followed is None:
        return
    smooth, years = drawn
    round_ = (years % 5 == 0).astype(np.float64)
    shares = [100 * float(round_ @ part / part.sum()) for part in (smooth.counts, smooth.expected)]
    facts: dict[str, Any] = {"share": shares[0], "expected": shares[1]}
    yield excess(smooth, round_, _ALLOWED, chance), "assess.ages-heaped", HEAPED, facts
    endings = np.array([years % 10 == digit for digit in range(10)], dtype=np.float64).T
    over = (endings.T @ smooth.counts) / np.maximum(endings.T @ smooth.expected, 1e-9)
    facts = {"often": str(int(np.argmax(over))), "more": 100 * float(over.max() - 1)}
    yield standing_out(smooth, endings, _ALLOWED**2, chance), "assess.age-endings", ENDINGS, facts
    cycle = np.array([years % 12 == rest for rest in range(12)], dtype=np.float64).T
    yield standing_out(followed[0], cycle, _ALLOWED**2, chance), "assess.age-cycle", CYCLE, {}


def _members(evidence: Evidence, found: Ages) -> tuple[list[str], Numbers, Numbers]:
    """Return interviewers, how likely each has so many round ages (23 to 62), and the share of the others."""
    names, member = members(evidence)
    asked = (found.rows >= 23) & (found.rows <= 62) & (member >= 0)
    p, expected = np.full(len(names), np.nan), np.full(len(names), np.nan)
    if len(names) > 1 and asked.any():
        round_ = found.rows[asked] % 5 == 0
        each = rounders(round_, member[asked], areas(evidence)[asked])
        p[: len(each)] = each
        hits, size = (np.bincount(member[asked], weights=part, minlength=len(names)) for part in (round_, None))
        expected = (hits.sum() - hits) / np.maximum(size.sum() - size, 1)
    return names, p, 100 * expected


def _subjects(evidence: Evidence, found: Ages, names: list[str], unlike: Whole, told: Numbers) -> tuple[Subject, ...]:
    member = members(evidence)[1]
    subjects = []
    for one in unlike:
        mine = found.rows[(member == one) & (found.rows >= 23) & (found.rows <= 62)]
        p, rate, expected = (float(value) for value in told[:, one])
        facts: dict[str, Any] = {
            "share": 100 * float((mine % 5 == 0).mean()),
            "answers": len(mine),
            "expected": expected,
        }
        rows = evidence.numbers_of(member == one)
        subjects.append(Subject("enumerator", names[one], ONE, facts, rows, p, rate))
    return tuple(subjects)


def _about(evidence: Evidence, interviewers: int, subjects: tuple[Subject, ...], tested: int) -> Finding:
    told = interviewers >= _FEW
    rows = np.isin(evidence.rows, [row for one in subjects for row in one.rows]) & told
    facts = {"interviewers": interviewers, "unlike": len(subjects)} if told else {}
    finding = evidence.noticed("K22", "assess.ages-interviewers", PEOPLE if told else SOME, rows, **facts)
    best = min(subjects, key=lambda one: one.p_value or 0.0)
    return replace(finding, p_value=best.p_value, p_adjusted=best.p_adjusted, tested=tested, subjects=subjects)


CHECKS: tuple[Check, ...] = (
    Check(
        "K22",
        N_("Ages on round numbers"),
        N_("Ages that end in 0 or 5, or repeat in cycles, more often than smooth ages do; in all and by interviewer."),
        N_("A smooth curve through the ages; 5 % more is allowed. Interviewers are held against colleagues nearby."),
        "simulated",
        heaping,
    ),
)
