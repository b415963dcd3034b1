"""Counts brought from the areas of one day to the areas of another: totals kept, the uncertainty of a split added.

A crosswalk file has one row for each piece of ground: the part of the old area `from_id` that lies in the new area
`to_id`, and how many people (households, km²) were in it. Forward, a piece's share is its part of the old area;
backward, its part of the new one. Where an area has one piece only, the whole goes over, and nothing is uncertain.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from datashift.errors import BadAreas
from datashift.language import _
from datashift.model import Area
from datashift.standards.areas import ancestors

Of = Literal["population", "households", "area"]
Counted = Literal["people", "things"]

COLUMNS = ("from_id", "to_id", "weight", "of", "year", "source")

CONCENTRATION: dict[Counted, float] = {"people": 60.0, "things": 3.0}
"""How near the shares of a count are to those of the population, as the concentration of a Dirichlet distribution.

Measured on splits whose truth is known: counts of people (by sex, by age from 5, by reading and writing) of the 14
zones of Nepal over their districts in 2011 give 60 and more; households by source of water 2 to 8; the water points of
the five regions that Tanzania divided in 2012 give 11. The lowest values that are not oddities are taken.
"""


class Piece(NamedTuple):
    """The ground that an old and a new area share: how much of `of` is on it, in which year, and who says so."""

    before: str
    after: str
    weight: float
    of: str
    year: str
    source: str


class Link(NamedTuple):
    """A part of an area that goes to another: its share, and whether no judgement is in it (all of it goes there)."""

    to: str
    share: Fraction
    exact: bool


@dataclass(frozen=True)
class Brought:
    """A count in its new area.

    se: standard error of the whole; split_se: the part of it that comes from splits (0 where only whole areas came).
    parts: the areas it came from.
    """

    value: float
    se: float
    split_se: float
    parts: tuple[str, ...]


Crosswalk = dict[str, tuple[Link, ...]]


@cache
def pieces(country: str) -> tuple[Piece, ...]:
    """Return the pieces that ship for `country`; none where no extent of the country is known to have changed."""
    source = files("datashift.standards").joinpath("areas_data", "crosswalks", f"{country}.csv")
    return tuple(read_pieces(source.read_text("utf-8"), f"{country}.csv")) if source.is_file() else ()


def read_pieces(text: str, file: str) -> list[Piece]:
    """Read a crosswalk file. Raises BadAreas with the line where a column is missing or a weight is no number."""
    found = []
    for line, row in enumerate(csv.DictReader(io.StringIO(text)), 2):
        try:
            weight = float(row["weight"])
            if not (weight >= 0 and math.isfinite(weight)):
                raise ValueError(_("a weight is a number of zero or more"))
            found.append(Piece(row["from_id"], row["to_id"], weight, row["of"], row["year"], row["source"]))
        except (KeyError, TypeError) as problem:
            missing = _("the columns are {columns}").format(columns=", ".join(COLUMNS))
            raise BadAreas("areas.bad-crosswalk", file=file, row=line, problem=missing) from problem
        except ValueError as problem:
            raise BadAreas("areas.bad-crosswalk", file=file, row=line, problem=problem) from problem
    return found


def crosswalk(
    ids: Iterable[str],
    areas: Mapping[str, Area],
    days: tuple[date, date],
    known: Sequence[Piece],
    *,
    of: str = "population",
    kind: str | None = None,
) -> Crosswalk:
    """Return where each area of the first day lies on the second.

    In:  ids of areas that were valid on days[0]; all areas of the country; the pieces; which weights; `kind` adds the
    new areas up to those of this kind that hold them, such as "province".
    Out: id -> links whose shares add up to exactly one.
    Raises BadAreas where an area ended (or did not exist yet) and no weights say where its parts went.
    """
    found: Crosswalk = {}
    for area in ids:
        there: dict[str, Fraction] = {}
        for link, share in _follow(area, areas, days, known, of).items():
            home = _up(link, areas, days[1], kind) if kind else link
            there[home] = there.get(home, Fraction(0)) + share
        found[area] = tuple(Link(to, share, share == 1) for to, share in sorted(there.items()))
    return found


def convert(
    totals: Mapping[str, float | tuple[float, float | None]],
    links: Crosswalk,
    *,
    counted: Counted = "things",
    concentration: float | None = None,
) -> dict[str, Brought]:
    """Bring counts to other areas; what goes in comes out, to the last person.

    In:  area id -> count, or (count, its standard error; None for a full count); links from `crosswalk`.
    Out: area id -> Brought. Whole counts stay whole: each area's parts are rounded by largest remainder, so that they
    add up to it.
    Uncertainty: the true shares of what is counted are taken as Dirichlet around the shares of the weights, with
    `concentration` (default: by what is `counted`): var(share) = share (1 - share) / (concentration + 1). A part's
    variance is share² var + count² var(share) + var · var(share); different old areas are independent. The spread is a
    judgement from other splits, not a property of these data; areas that go over whole add none.
    Raises KeyError for an area without links.
    """
    strength = CONCENTRATION[counted] if concentration is None else concentration
    values: dict[str, list[float]] = {}
    variances: dict[str, list[tuple[float, float]]] = {}
    parts: dict[str, list[str]] = {}
    for area, total in totals.items():
        count, se = total if isinstance(total, tuple) else (total, None)
        shares = links[area]
        for link, part in zip(shares, _parts(count, shares), strict=True):
            share = float(link.share)
            spread = 0.0 if link.exact else share * (1 - share) / (strength + 1)
            own = (se or 0.0) ** 2
            values.setdefault(link.to, []).append(part)
            variances.setdefault(link.to, []).append((share**2 * own, (count**2 + own) * spread))
            parts.setdefault(link.to, []).append(area)
    return {
        to: Brought(
            value=_sum(values[to]),
            se=math.sqrt(math.fsum(a + b for a, b in variances[to])),
            split_se=math.sqrt(math.fsum(b for _a, b in variances[to])),
            parts=tuple(parts[to]),
        )
        for to in sorted(values)
    }


def convert_rates(rates: Mapping[str, tuple[float, float]], links: Crosswalk) -> dict[str, tuple[float, float]]:
    """Bring rates or means to other areas by their denominators: area id -> (rate, denominator), in and out.

    Each part of an area is taken to have the area's rate, which nobody has measured; only where whole areas come
    together is the result a fact.
    """
    above: dict[str, list[float]] = {}
    below: dict[str, list[float]] = {}
    for area, (rate, per) in rates.items():
        for link in links[area]:
            above.setdefault(link.to, []).append(rate * per * float(link.share))
            below.setdefault(link.to, []).append(per * float(link.share))
    sums = {to: (math.fsum(above[to]), math.fsum(below[to])) for to in sorted(above)}
    return {to: (top / bottom if bottom else math.nan, bottom) for to, (top, bottom) in sums.items()}


# --- where an area went ---------------------------------------------------------------------------------------------


def _follow(
    area: str, areas: Mapping[str, Area], days: tuple[date, date], known: Sequence[Piece], of: str
) -> dict[str, Fraction]:
    """Return the shares of `area` in the areas of days[1], through as many changes as lie between."""
    here, after = areas[area], days[1]
    if here.valid_on(after):
        return {area: Fraction(1)}
    ended = here.valid_to is not None and here.valid_to < after
    steps = _ahead(here, areas, known, of) if ended else _back(here, known, of)
    found: dict[str, Fraction] = {}
    for near, share in steps.items():
        if near not in areas or near == area:
            continue
        for far, rest in _follow(near, areas, days, known, of).items():
            found[far] = found.get(far, Fraction(0)) + share * rest
    if sum(found.values()) != 1:
        before, later = (day.isoformat() for day in days)
        raise BadAreas("areas.no-crosswalk", area=area, before=before, after=later)
    return found


def _ahead(here: Area, areas: Mapping[str, Area], known: Sequence[Piece], of: str) -> dict[str, Fraction]:
    heirs = [area.id for area in areas.values() if here.id in area.predecessors]
    own = [piece for piece in known if piece.before == here.id]
    if not own and len(heirs) == 1:
        return {heirs[0]: Fraction(1)}
    return _shares([(piece.after, piece) for piece in own], here.id, of)


def _back(here: Area, known: Sequence[Piece], of: str) -> dict[str, Fraction]:
    if len(here.predecessors) == 1:
        return {here.predecessors[0]: Fraction(1)}
    own = [piece for piece in known if piece.after == here.id and piece.before in here.predecessors]
    return _shares([(piece.before, piece) for piece in own], here.id, of)


def _shares(own: list[tuple[str, Piece]], area: str, of: str) -> dict[str, Fraction]:
    if len({to for to, _piece in own}) == 1:
        return {own[0][0]: Fraction(1)}
    weights = {to: Fraction(piece.weight) for to, piece in own if piece.of == of}
    whole = sum(weights.values())
    if own and not whole:
        kinds = ", ".join(sorted({piece.of for _to, piece in own}))
        raise BadAreas("areas.no-crosswalk-kind", area=area, of=of, known=kinds)
    return {to: weight / whole for to, weight in weights.items()}


def _up(area: str, areas: Mapping[str, Area], day: date, kind: str) -> str:
    for home in (area, *ancestors(area, areas, day)):
        if areas[home].kind == kind:
            return home
    raise BadAreas("areas.not-in-kind", area=area, kind=kind, known=", ".join(sorted({a.kind for a in areas.values()})))


# --- whole numbers --------------------------------------------------------------------------------------------------


def _parts(count: float, links: Sequence[Link]) -> list[float]:
    if not float(count).is_integer():
        return [float(Fraction(count) * link.share) for link in links]
    exact = [int(count) * link.share for link in links]
    whole = [math.floor(part) for part in exact]
    # What rounding down leaves goes to the largest remainders; ties go by the order of ids.
    order = sorted(range(len(links)), key=lambda i: (whole[i] - exact[i], links[i].to))
    for i in order[: int(count) - sum(whole)]:
        whole[i] += 1
    return [float(part) if isinstance(count, float) else part for part in whole]


def _sum(values: list[float]) -> float:
    return sum(values) if all(isinstance(value, int) for value in values) else math.fsum(values)
