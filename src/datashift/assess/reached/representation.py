"""Who was counted and who was not: shares of the answers against shares of the people (criteria C1 and C5).

The share of a group among the answers over its share of the people is 1 where a group was counted as often as its
number asks for. `share_limits` says what chance does to it. All groups of all margins are one family: a state holds at
a false discovery rate of 5 % (Benjamini & Hochberg 1995).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np
import pyarrow as pa

from datashift.assess.reached.share_limits import Floats, Grouped, Way, grouped, limits
from datashift.chance import LEVEL, adjusted
from datashift.standards.margins import people_by

State = Literal["counted", "few", "none", "many", "cannot_tell"]

FEW, MANY = 0.8, 1.25
"""Below four fifths of its share of the people a group is counted too seldom; above five fourths too often. The four
fifths are those of the Uniform Guidelines on Employee Selection Procedures (1978); no chance makes them right."""


@dataclass(frozen=True)
class Share:
    """One group: how many people and answers it has, and what becomes of its share.

    group: concepts with their codes, `area` among them.   share, weighted: of the answers, as they came and as they
    are weighted; share_people: of the people.   ratio: share over share_people, with its interval; None where nobody
    was counted, or nothing is known of chance.   expected: answers that its number of people asks for.
    """

    group: tuple[tuple[str, str], ...]
    people: float
    share_people: float
    n: int
    share: float
    weighted: float
    ratio: float
    ratio_weighted: float
    lower: float | None
    upper: float | None
    expected: float
    p_value: float | None
    p_adjusted: float | None
    state: State


@dataclass(frozen=True)
class Held:
    """One margin held against the answers, by one or two columns.

    within: the shares are those inside each area (who was counted there), not of everything.   n: answers whose group
    is known; unknown: answers that do not say.   way: where the intervals come from.
    """

    margin: str
    by: tuple[str, ...]
    within: bool
    way: Way
    n: int
    unknown: int
    shares: tuple[Share, ...]


def representation(known: Mapping[str, tuple[pa.Table, pa.Table]], level: float = 0.95) -> list[Held]:
    """Hold the answers against what is known of the people, by every column and pair of columns that both know.

    In:  by margin the people, as `standards.margins.populations` gives them, of the areas that are meant; and the
         answers with `area`, `weight`, optionally `stratum` and `cluster`, and concepts by the same names and codes.
    Out: per margin the columns one by one, then in pairs; pairs with `area` inside each area. Every group that has
         people is there, also where nobody was counted. An answer without a group counts in none.
    """
    found = [
        held
        for name, (people, answers) in known.items()
        for by in _splits(people, answers)
        for held in _held(name, by, people, answers, level)
    ]
    return _judged(found)


def worth(weights: Floats) -> tuple[float | None, float | None]:
    """Return how many answers drawn one by one the weighted ones are worth, and Kish's (1965) design effect of weights.

    n_eff = (Σw)² / Σw², deff = n / n_eff, of the answers with a weight above zero.
    """
    w = weights[weights > 0]
    if not w.size:
        return None, None
    effective = float(w.sum() ** 2 / (w * w).sum())
    return effective, w.size / effective


def _splits(people: pa.Table, answers: pa.Table) -> Iterator[tuple[str, ...]]:
    both = [name for name in people.column_names if name != "people" and name in answers.column_names]
    yield from ((name,) for name in both)
    yield from combinations(both, 2)


def _held(name: str, by: tuple[str, ...], table: pa.Table, answers: pa.Table, level: float) -> Iterator[Held]:
    people = {key: number for key, number in people_by(table, by).items() if number > 0}
    if len({key[-1] for key in people}) < 2:
        return  # one group alone has a share of 1, whatever was counted
    within = by[0] == "area" and len(by) > 1
    if within and len({key[0] for key in people}) < 2:
        return  # the same as without the area
    rows = grouped(by, people, within, answers)
    if rows.n:
        way, *found = limits(rows, answers, level)
        yield Held(name, by, within, way, rows.n, rows.unknown, tuple(_shares(rows, by, *found)))


def _shares(rows: Grouped, by: Sequence[str], lower: Floats, upper: Floats, p: Floats) -> Iterator[Share]:
    n, w = rows.counts(), rows.counts(rows.weight)
    base, of_people = rows.of_whole(n), rows.people / rows.of_whole(rows.people)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(base > 0, n / base, 0.0)
        weighted = np.where(rows.of_whole(w) > 0, w / rows.of_whole(w), 0.0)
    for k, key in enumerate(rows.keys):
        yield Share(
            group=tuple(zip(by, key, strict=True)),
            people=float(rows.people[k]),
            share_people=float(of_people[k]),
            n=int(n[k]),
            share=float(share[k]),
            weighted=float(weighted[k]),
            ratio=float(share[k] / of_people[k]),
            ratio_weighted=float(weighted[k] / of_people[k]),
            lower=_or_none(lower[k] / of_people[k]),
            upper=_or_none(upper[k] / of_people[k]),
            expected=float(base[k] * of_people[k]),
            p_value=_or_none(p[k]),
            p_adjusted=None,
            state="none" if n[k] == 0 else "cannot_tell",
        )


def _or_none(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None


# --- states -----------------------------------------------------------------------------------------------------------


def _judged(found: Sequence[Held]) -> list[Held]:
    """Give every group its state, all of them one family."""
    asked = [(i, k) for i, held in enumerate(found) for k, one in enumerate(held.shares) if one.p_value is not None]
    rates = dict(zip(asked, adjusted([found[i].shares[k].p_value or 0.0 for i, k in asked]), strict=True))
    return [
        replace(held, shares=tuple(_state(one, rates.get((i, k))) for k, one in enumerate(held.shares)))
        for i, held in enumerate(found)
    ]


def _state(one: Share, rate: float | None) -> Share:
    """Few and many must be sure and far from 1; counted is who is surely not few. Without chance the ratio decides."""
    if one.n == 0:
        return replace(one, p_adjusted=rate, state="none")
    state: State = "cannot_tell"
    sure = rate is None or rate <= LEVEL
    if sure and one.ratio <= FEW:
        state = "few"
    elif sure and one.ratio >= MANY:
        state = "many"
    elif one.lower is None or one.lower >= FEW:
        state = "counted"
    return replace(one, p_adjusted=rate, state=state)
