"""Grids of questions that are all answered the same way (check K18)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from scipy import special

from datashift.assess.apart import rate_p
from datashift.assess.checks import Outcome, discoveries
from datashift.assess.encoded import Flags, Numbers, Whole
from datashift.assess.evidence import Evidence
from datashift.language import N_
from datashift.model import Finding, Subject

LEAST = 4
"""Fewer questions are no grid."""
_SCALE = 3
_OVERLAP = 0.75
_FEW = 5
_MANY = 2500.0
"""Above this variance of a number of lines, the normal distribution stands for the draw."""
_EFFICIENCY = 0.37
"""Of a median of squares beside a variance (Rousseeuw & Croux 1993): so much fewer degrees of freedom."""

STRAIGHT_OF = N_(
    "Of {k} interviewers, {m} have many more interviews with one answer to a whole grid than their colleagues in the "
    "same area. Content people answer alike too; so do tired ones, and people who are asked too fast."
)
STRAIGHT = N_(
    "Some interviewers have many more interviews with one answer to a whole grid than their colleagues in the same "
    "area. Content people answer alike too; so do tired ones, and people who are asked too fast."
)
ONE = N_(
    "In {straight} of {interviews} interviews of this interviewer, a whole grid has one answer; as their colleagues "
    "in the same area work, it would be about {expected}. A village of one mind can explain it."
)
NO_GRID = N_(
    "No four neighbouring questions share a list of three or more answers. Name them in the recipe under [protocol] "
    "as grids, if there are any."
)
NO_INTERVIEWERS = N_(
    "{straight} of {rows} interviews have one answer to a whole grid. Without the interviewers nobody can say whether "
    "these are people or a habit; name their column under [paradata]."
)
ALONE = N_("No interviewer shares an area with a colleague, so nobody can be held against another.")


class _Lines(NamedTuple):
    """Which interviews answered a grid, which in one straight line, and over how many answers."""

    asked: Flags
    straight: Flags
    length: Whole


def straight_lines(evidence: Evidence) -> Outcome:
    """K18: interviewers with more interviews that give one answer to a whole grid than their colleagues have.

    A grid is named in the recipe, or four or more neighbouring questions with one list of three or more answers. Who
    answers in a straight line may mean it (Schonlau & Toepoel 2015): so nothing is said of one interview. How many each
    interviewer has is held against a draw without return from the interviews of the same area (hypergeometric, exact
    over the areas), and against how far the others differ from each other here, as honest ones in villages of one mind
    do (beta-binomial, `rate_p`): the greater chance counts. The signal of one interview is its rank in its area, by the
    length of its line.
    """
    grids = grids_of(evidence)
    if not grids:
        return Outcome(idle=NO_GRID)
    lines = _lines(evidence, grids)
    area = np.unique(evidence.declared.astype(str), return_inverse=True)[1]
    rows, straight = int(lines.asked.sum()), int(lines.straight.sum())
    facts: dict[str, Any] = {"rows": rows, "straight": straight, "grids": len(grids)}
    signal = _ranks(lines, area)
    encoded, column = evidence.role("enumerator"), evidence.recipe.paradata.enumerator
    if encoded is None or column is None:
        return Outcome(idle=NO_INTERVIEWERS, facts=facts, signal=signal)
    among = lines.asked & ~evidence.missing(column)
    codes, whose = np.unique(encoded.codes[among], return_inverse=True)
    expected, p = excess(lines.straight[among], whose, area[among], len(codes))
    if np.isnan(p).all():
        return Outcome(idle=ALONE, facts=facts, signal=signal)
    tested = int((~np.isnan(p)).sum())
    rates, flags = discoveries(p)
    if not flags.any():
        return Outcome((), tested, "", facts, signal)
    subjects = []
    for one in np.flatnonzero(flags)[np.argsort(p[flags], kind="stable")]:
        mine = among & (encoded.codes == codes[one])
        told = {
            "straight": int((mine & lines.straight).sum()), "interviews": int(mine.sum()),
            "expected": float(expected[one]),
        }  # fmt: skip
        subjects.append(
            Subject("enumerator", str(encoded.texts[int(codes[one])].as_py()), ONE, told,
                    evidence.numbers_of(mine & lines.straight), float(p[one]), float(rates[one]))
        )  # fmt: skip
    found = _finding(evidence, len(codes), tuple(subjects))
    found = replace(found, p_value=float(p[flags].min()), p_adjusted=float(rates[flags].min()), tested=tested)
    return Outcome((found,), tested, "", facts, signal)


def grids_of(evidence: Evidence) -> list[tuple[str, ...]]:
    """Return the grids of the recipe, or runs of neighbouring questions that share a list of answers."""
    named = [tuple(name for name in grid if name in evidence.columns) for grid in evidence.recipe.protocol.grids]
    if named:
        return [grid for grid in named if len(grid) >= LEAST]
    choices = [question.name for question in evidence.questions if question.kind == "choice"]
    lists = {name: _answers(evidence, name) for name in choices}
    found: list[list[str]] = [choices[:1]]
    for before, after in pairwise(choices):
        if _share_a_list(lists[before], lists[after]):
            found[-1].append(after)
        else:
            found.append([after])
    return [tuple(run) for run in found if len(run) >= LEAST]


def _answers(evidence: Evidence, name: str) -> frozenset[str]:
    encoded = evidence.columns[name]
    given = np.unique(encoded.codes[~evidence.missing(name) & evidence.written])
    return frozenset(str(encoded.texts[int(code)].as_py()) for code in given)


def _share_a_list(first: frozenset[str], second: frozenset[str]) -> bool:
    both, either = len(first & second), len(first | second)
    return both >= _SCALE and both >= _OVERLAP * either


def _lines(evidence: Evidence, grids: Iterable[tuple[str, ...]]) -> _Lines:
    rows = len(evidence.rows)
    asked = np.zeros(rows, dtype=np.bool_)
    straight, length = asked.copy(), np.zeros(rows, dtype=np.int64)
    for grid in grids:
        numbers: dict[str, int] = {}
        count = np.zeros(rows, dtype=np.int64)
        low, high = np.full(rows, np.iinfo(np.int32).max), np.full(rows, -1)
        for name in grid:
            encoded = evidence.columns[name]
            one_list = np.array([numbers.setdefault(str(text), len(numbers)) for text in encoded.texts.to_pylist()])
            given = ~evidence.missing(name) & evidence.written
            code = one_list[encoded.codes] if len(one_list) else np.zeros(rows, dtype=np.int64)
            count += given
            low = np.where(given, np.minimum(low, code), low)
            high = np.where(given, np.maximum(high, code), high)
        whole = count >= LEAST
        asked |= whole
        same = whole & (low == high)
        straight |= same
        length += np.where(same, count, 0)
    return _Lines(asked, straight, length)


def _ranks(lines: _Lines, area: Whole) -> Numbers:
    """Return per interview the share of those of its area whose straight lines are as long or longer."""
    signal = np.full(len(area), np.nan)
    order = np.lexsort((-lines.length, area))
    order = order[lines.asked[order]]
    if not len(order):
        return signal
    key = np.stack([area[order], lines.length[order]])
    group_start = np.flatnonzero(np.r_[True, key[0, 1:] != key[0, :-1]])
    size = np.diff(np.r_[group_start, len(order)])
    tie_end = np.flatnonzero(np.r_[(key[:, 1:] != key[:, :-1]).any(axis=0), True])
    place = tie_end[np.searchsorted(tie_end, np.arange(len(order)))] + 1
    group = np.repeat(np.arange(len(size)), size)
    signal[order] = (place - group_start[group]) / size[group]
    return signal


def excess(straight: Flags, whose: Whole, area: Whole, people: int) -> tuple[Numbers, Numbers]:
    """Return how many marked interviews each interviewer would have as colleagues work, and the chance of so many.

    In: per interview whether it is marked, whose it is, and its area. Marked are those with a straight line (K18), or
    those that are most like another (K17).
    """
    areas = int(area.max(initial=-1)) + 1
    counts = np.bincount(area, minlength=areas)
    lines = np.bincount(area, weights=straight, minlength=areas).astype(np.int64)
    cell = np.bincount(whose * areas + area, minlength=people * areas).reshape(people, areas)
    mine = np.bincount(whose, weights=straight, minlength=people).astype(np.int64)
    shared = (cell > 0) & (cell < counts)
    size, rest = np.maximum(counts, 2), np.maximum(counts - 1, 1)
    mean = cell * lines / np.maximum(counts, 1)
    variance = np.where(shared, mean * (counts - lines) / size * (counts - cell) / rest, 0.0)
    expected, spread = mean.sum(axis=1), variance.sum(axis=1)
    asked = (spread > 0) & (shared.sum(axis=1) > 0)
    p = np.full(people, np.nan)
    if not asked.any():
        return expected, p
    differing = _differing(mine, cell.sum(axis=1), (mine - expected) / np.sqrt(np.maximum(spread, 1e-12)), asked)
    for one in np.flatnonzero(asked):
        if mine[one] <= expected[one]:
            p[one] = 1.0
            continue
        if spread[one] > _MANY:
            drawn = float(special.ndtr((expected[one] - mine[one]) / np.sqrt(spread[one])))
        else:
            drawn = _at_least(int(mine[one]), cell[one], lines, counts)
        p[one] = min(1.0, max(drawn, float(differing[one])))
    return expected, p


def _differing(mine: Whole, interviews: Whole, z: Numbers, asked: Flags) -> Numbers:
    """Return for each interviewer the chance of so many lines, as far as interviewers differ from each other here.

    Only the others say how far: one who stands out takes the lines of an area away from its colleagues, and would
    make them differ. With fewer than four others nobody can be left out of it.
    """
    p = rate_p(mine, interviews)
    if not np.isnan(p).all():
        return p
    wider = max(1.0, float(np.median(z[asked] ** 2)) / 0.4549)  # the median of a chi-square with one degree
    freedom = max(_EFFICIENCY * (int(asked.sum()) - 1), 1.0)
    return np.asarray(1 - special.stdtr(freedom, z / np.sqrt(wider))) if wider > 1 else np.zeros(len(z))


def _at_least(mine: int, drawn: Whole, lines: Whole, counts: Whole) -> float:
    """Return the chance of at least `mine` lines among those drawn from each area without return."""
    chances = np.ones(1)
    there = (drawn > 0) & (lines > 0)
    for some, marked, total in zip(drawn[there], lines[there], counts[there], strict=True):
        k = np.arange(min(some, marked) + 1)
        possible = (some - k) <= (total - marked)
        ways = _choose(marked, k) + _choose(total - marked, np.where(possible, some - k, 0)) - _choose(total, some)
        chances = np.convolve(chances, np.where(possible, np.exp(ways), 0.0))
    return float(min(1.0, chances[mine:].sum())) if mine < len(chances) else float(mine <= 0)


def _choose(total: Any, some: Any) -> Any:
    return special.gammaln(total + 1.0) - special.gammaln(some + 1.0) - special.gammaln(total - some + 1.0)


def _finding(evidence: Evidence, people: int, subjects: tuple[Subject, ...]) -> Finding:
    enough = people >= _FEW
    facts = {"k": people, "m": len(subjects)} if enough else {}
    rows = np.isin(evidence.rows, [row for one in subjects for row in one.rows] if enough else [])
    found = evidence.noticed("K18", "assess.straight-lines", STRAIGHT_OF if enough else STRAIGHT, rows, **facts)
    return replace(found, subjects=subjects)
