"""Who asked where: interviewers are compared where several of them worked, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from datashift.assess.encoded import Flags, Numbers, Whole, numbers
from datashift.assess.evidence import Evidence
from datashift.language import N_

LEAST = 2
"""Fewer interviewers cannot be compared."""

MOST = 100_000
"""Rows beyond this tell hardly more about interviewers, and take long."""

_SHARED = 0.5
_CELL = 0.01  # degrees, about a kilometre: the size of a village
_VILLAGE = 2 * _CELL
_LOOKED_AT = 20_000  # rows by which the size of a place is judged
_MOST_OF_ROWS = 0.5

NOBODY = N_("No column says who asked. Name it as 'enumerator' in the paradata.")
ALONE = N_("All answers were asked by one interviewer, so there is nobody to compare with.")
EACH_ONE = N_("Nearly every answer has an interviewer of its own in '{column}', so they cannot be compared.")
PLACES_OF_THEIR_OWN = N_(
    "Each interviewer worked in places of their own, so what is due to the place and what is due to the interviewer "
    "cannot be told apart. Send at least two interviewers to each place."
)


@dataclass(frozen=True)
class Assignment:
    """Rows whose interviewers can be compared, with who asked, where, and what may be exchanged under honesty.

    rows      positions in the raw table; of a very large one as many as `MOST`, drawn by chance
    member    per row the interviewer, a position in `names`
    stratum   per row the place within which interviewers are compared: at least two of them worked in each
    unit      per row what was drawn as one: answers of one interviewer at one smaller place, or on one day, resemble
              each other also where everybody is honest. None where each row is a draw of its own
    asked_by  per row of the raw table the interviewer, -1 where nobody is named or compared
    """

    names: tuple[str, ...]
    rows: Whole
    member: Whole
    stratum: Whole
    unit: Whole | None
    asked_by: Whole
    facts: dict[str, Any]

    @property
    def strata(self) -> int:
        """The number of places."""
        return int(self.stratum.max()) + 1 if len(self.stratum) else 0

    def of(self, member: int) -> Whole:
        """Return the positions in the raw table of all rows of one interviewer."""
        return np.flatnonzero(self.asked_by == member)


def assignment(evidence: Evidence, role: str = "enumerator") -> Assignment | str:
    """Return who asked where; or why interviewers cannot be compared, as an English template.

    The place is the finest one in which interviewers still meet: a cluster of the design, the place that rows name, or
    a grid cell of the coordinates where these are larger than a village. What is next finer than that, or the day where
    nothing is, makes the units.
    """
    found: Assignment | str = evidence.once(f"assignment {role}", lambda: _assignment(evidence, role))
    return found


def _assignment(evidence: Evidence, role: str) -> Assignment | str:
    encoded = evidence.role(role)
    if encoded is None:
        return NOBODY
    present = evidence.written & ~evidence.missing(str(getattr(evidence.recipe.paradata, role)))
    rows = np.flatnonzero(present)
    member, codes = coded(encoded.codes[rows])
    if len(codes) < LEAST:
        return ALONE
    if len(codes) > _MOST_OF_ROWS * len(rows):
        return EACH_ONE
    names = tuple(str(encoded.texts[int(code)].as_py()) for code in codes)
    asked_by = np.full(len(present), -1, dtype=np.int64)
    asked_by[rows] = member
    if len(rows) > MOST:
        drawn = np.sort(evidence.chance(f"assignment {role}").choice(len(rows), MOST, replace=False))
        rows, member = rows[drawn], member[drawn]
    places = [place[rows] for place in places_of(evidence)]
    found = _where_they_meet(member, places)
    if found is None:
        return PLACES_OF_THEIR_OWN
    level, stratum = found
    finer = places[level:]
    unit = _joined(member, finer[0]) if finer else _days(evidence, rows, member)
    return _kept(names, asked_by, rows, member, stratum, None if unit is None else _joined(stratum, unit))


def interviewers(evidence: Evidence) -> Iterator[tuple[str, Whole]]:
    """Yield each interviewer and the positions of their rows, without a look at all rows for each."""
    encoded = evidence.role("enumerator")
    if encoded is None:
        return
    rows = np.flatnonzero(evidence.written & ~evidence.missing(str(evidence.recipe.paradata.enumerator)))
    rows = rows[np.argsort(encoded.codes[rows], kind="stable")]
    codes, first = np.unique(encoded.codes[rows], return_index=True)
    for code, own in zip(codes.tolist(), np.split(rows, first[1:]) if len(codes) else (), strict=True):
        yield str(encoded.texts[code].as_py()), own


def places_of(evidence: Evidence) -> list[Whole]:
    """Return what is known of where each row was asked, from coarse to fine, each level within the one before."""
    recipe, found = evidence.recipe, []
    levels: list[Whole] = [coded(evidence.declared)[0]]
    named = [recipe.place.column, *(name for stage in recipe.design.clusters[:1] for name in stage)]
    levels += [evidence.columns[name].codes.astype(np.int64) for name in named if name in evidence.columns]
    before = np.zeros(len(evidence.rows), dtype=np.int64)
    for level in levels:
        joined = _joined(before, level)
        if joined.max(initial=0) > before.max(initial=0):
            found.append(joined)
            before = joined
    cells = _cells(evidence, before)
    return found if cells is None else [*found, _joined(before, cells)]


def _cells(evidence: Evidence, named: Whole) -> Whole | None:
    """A grid over the coordinates; None where fewer than half of the rows have any, or places are villages anyway.

    A village that is cut up leaves few answers side by side, and so hardly anything to compare.
    """
    place = evidence.recipe.place
    if place.latitude not in evidence.columns or place.longitude not in evidence.columns:
        return None
    degrees = [_degrees(evidence, str(name)) for name in (place.latitude, place.longitude)]
    known = ~(np.isnan(degrees[0]) | np.isnan(degrees[1])) & ((degrees[0] != 0) | (degrees[1] != 0))
    if known.sum() < _MOST_OF_ROWS * max(evidence.total, 1):
        return None
    if _reach(named[known], [one[known] for one in degrees]) <= _VILLAGE:
        return None
    grid = [np.where(known, np.floor(np.where(known, one, 0.0) / _CELL), -(10**6)).astype(np.int64) for one in degrees]
    return _joined(*grid)


def _reach(place: Whole, degrees: Sequence[Numbers]) -> float:
    """Return how far most answers lie from the middle of their place, in degrees: a median beside medians."""
    some = slice(None, None, max(len(place) // _LOOKED_AT, 1))
    at = coded(place[some])[0]
    count, far = np.bincount(at), np.zeros(len(at))
    for one in degrees:
        ordered = one[some][np.lexsort((one[some], at))]
        middle = ordered[np.cumsum(count) - count + count // 2]
        far = np.maximum(far, np.abs(one[some] - middle[at]))
    return float(np.median(far))


def _degrees(evidence: Evidence, column: str) -> Any:
    encoded = evidence.columns[column]
    return np.where(evidence.missing(column), np.nan, numbers(encoded.texts)[encoded.codes])


def _days(evidence: Evidence, rows: Whole, member: Whole) -> Whole | None:
    """Per row the interviewer's day, None where no start is known."""
    moments = evidence.moments("start") or evidence.moments("end")
    if moments is None:
        return None
    day = moments.local[rows].astype("datetime64[D]")
    if np.isnat(day).mean() > _MOST_OF_ROWS:
        return None
    return _joined(member, coded(day.astype(np.int64))[0])


def _where_they_meet(member: Whole, places: Sequence[Whole]) -> tuple[int, Whole] | None:
    """Return the finest level of places in which at least half of the rows share theirs with another interviewer.

    The level is the number of levels that it takes: 0 where no place is known and all rows are one.
    """
    for level in range(len(places), 0, -1):
        if _meeting(member, places[level - 1]).mean() >= _SHARED:
            return level, places[level - 1]
    return None if places else (0, np.zeros(len(member), dtype=np.int64))


def _meeting(member: Whole, stratum: Whole) -> Flags:
    """Return which rows lie in a stratum with at least two interviewers."""
    pairs = coded(_pair(stratum, member))[1]
    several = np.bincount(pairs // (int(member.max(initial=0)) + 1), minlength=int(stratum.max(initial=0)) + 1) >= LEAST
    return np.asarray(several[stratum], dtype=np.bool_)


def _kept(
    names: tuple[str, ...], asked_by: Whole, rows: Whole, member: Whole, stratum: Whole, unit: Whole | None
) -> Assignment | str:
    keep = _meeting(member, stratum)
    (kept, compared), (place, places) = coded(member[keep]), coded(stratum[keep])
    units = None if unit is None else coded(unit[keep])[0]
    if units is not None and units.max() + 1 <= len(compared) + len(places) - 1:
        return PLACES_OF_THEIR_OWN
    facts = {"interviewers": len(names), "compared": len(compared), "interviews": int(keep.sum())}
    position = np.full(len(names) + 1, -1, dtype=np.int64)
    position[compared] = np.arange(len(compared))
    return Assignment(
        tuple(names[code] for code in compared), rows[keep], kept, place, units, position[asked_by], facts
    )  # fmt: skip


def _pair(first: Whole, second: Whole) -> Whole:
    return first * (int(second.max(initial=0)) + 1) + second


def _joined(first: Whole, *others: Whole) -> Whole:
    """Return one code for each combination that occurs."""
    for other in others:
        first = coded(_pair(coded(first)[0], coded(other)[0]))[0]
    return first


def coded(values: Any) -> tuple[Whole, Any]:
    """Return a code for each value, from 0 without gaps in the order in which they appear, and the value of each code.

    By hashing: for a million rows that takes a twentieth of the time of sorting.
    """
    encoded = pa.array(values).dictionary_encode()
    return encoded.indices.to_numpy().astype(np.int64), encoded.dictionary.to_numpy(zero_copy_only=False)
