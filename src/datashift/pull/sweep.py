"""Page after page until the end: what came is kept when it breaks off, and the next pull goes on from there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from datashift.errors import BadPull, DataShiftError, PullUnavailable
from datashift.pull.rows import Fields, compared, digests, sheets_of
from datashift.pull.state import Pulled, State

_STALE = ("pull.refused", "pull.not-found", "pull.rows-missing")


class Page(NamedTuple):
    """One page: records by id, where the next page is ("" at the end), how many there are, and when it was said.

    `moment` is from when on changes have to be asked for next time; `total` is None where nobody says it.
    `lasting` says that the place means the same tomorrow, whatever comes and goes meanwhile.
    """

    records: dict[str, Fields]
    cursor: str
    total: int | None = None
    moment: str = ""
    lasting: bool = True


Pages = Callable[[str, str], Iterator[Page]]
"""Pages of a source: in `since` ("" = everything) and `cursor` ("" = from the start), out page after page."""


@dataclass(frozen=True)
class Reading:
    """How a source is read: its pages, the column with the id of repeats, and how many records it says there are.

    `start` is the cursor at which a pull that wants only new records begins.
    """

    pages: Pages
    address: str
    own_id: str = ""
    counted: Callable[[], int] | None = None
    start: str = ""
    knows_changes: bool = True


def swept(reading: Reading, known: State, *, whole: bool) -> Pulled:
    """Read a source to its end, or go on with a sweep that broke off.

    Everything is read where nothing is known yet, where `whole` asks for it, or where the source cannot say what
    changed; else what changed since the last time. Where the source then counts other than we do, everything is read
    after all: something was deleted, or we missed something. Raises what the first page raises; what a later page
    raises stands in `problem`.
    """
    goes_on = bool(known.cursor) and (known.whole or not whole)
    everything = known.whole if goes_on else _all(reading, known, whole=whole)
    begun = known if goes_on else replace(known, cursor=reading.start if not everything else "", seen=(), began="")
    begun = replace(begun, whole=everything)
    try:
        pulled = _sweep(reading, begun, known, resumed=goes_on)
    except DataShiftError as problem:
        if not goes_on or problem.code not in _STALE:
            raise
        # The place where the last pull stopped is not known there any more: begin anew.
        return swept(reading, replace(known, cursor="", seen=(), began=""), whole=everything)
    if not pulled.complete or everything or reading.counted is None:
        return pulled
    return _recounted(reading, known, pulled)


def _all(reading: Reading, known: State, *, whole: bool) -> bool:
    if whole or not known.rows:
        return True
    return not reading.start if not reading.knows_changes else not known.since


def _recounted(reading: Reading, known: State, pulled: Pulled) -> Pulled:
    """Compare the number of records with that of the source; read everything where they differ."""
    assert reading.counted is not None
    try:
        if reading.counted() == len(pulled.state.rows):
            return pulled
        again = swept(reading, replace(pulled.state, cursor="", seen=(), began=""), whole=True)
    except DataShiftError as problem:
        return replace(pulled, problem=problem)
    # The second sweep was counted against the first; what is told is the difference to what was known before.
    found = again.state.rows
    gone = tuple(one for one in known.rows if one not in found)
    counts = compared(known, found, gone) if again.complete else again.counts
    return replace(again, counts=counts, gone=gone if again.complete else ())


def _sweep(reading: Reading, begun: State, known: State, *, resumed: bool) -> Pulled:
    records: dict[str, Fields] = {}
    least: int | None = None
    state, problem = begun, None
    places = {begun.cursor} - {""}
    lasting = True
    try:
        for page in reading.pages("" if begun.whole else known.since, begun.cursor):
            if page.cursor in places:
                raise PullUnavailable("pull.no-progress", address=reading.address)
            places |= {page.cursor} - {""}
            lasting = page.lasting
            records |= page.records
            least = page.total if least is None or page.total is None else min(least, page.total)
            state = replace(state, cursor=page.cursor, began=state.began or page.moment)
        found = len(records.keys() | set(begun.seen))
        if least is not None and found < least and (begun.whole or not resumed):
            lasting = False
            raise PullUnavailable("pull.rows-missing", address=reading.address, total=least, found=found)
    except DataShiftError as fault:
        if not records:
            raise
        problem = fault
        state = state if lasting else replace(state, cursor="")
    return _result(reading, records, state, known, problem)


def _result(
    reading: Reading, records: Mapping[str, Fields], state: State, known: State, problem: DataShiftError | None
) -> Pulled:
    sheets = sheets_of(records, reading.own_id)
    found = digests(sheets)
    seen = {*state.seen, *found}
    gone: tuple[str, ...] = ()
    rows = {**known.rows, **found}
    if problem is None:
        if state.whole:
            gone = tuple(one for one in known.rows if one not in seen)
            rows = {one: told for one, told in rows.items() if one in seen}
        state = replace(state, since=state.began, cursor="", seen=(), began="", whole=False, rows=rows)
    else:
        # A sweep of changes needs no list of what it saw: nothing can be told gone by it.
        keeps = bool(state.cursor) and state.whole
        state = replace(state, rows=rows, seen=tuple(sorted(seen)) if keeps else ())
    return Pulled(sheets, state, compared(known, found, gone), gone, problem is None, problem=problem)


def fields(record: Any, address: str) -> Fields:
    """Return a record as it stands on a page. Raises BadPull where it is none."""
    if not isinstance(record, dict):
        raise BadPull("pull.not-data", address=address, problem=type(record).__name__)
    return record


def listed(whole: Any, key: str, address: str) -> list[Fields]:
    """Return the records that stand under `key` of an answer; "" where the answer is the list. Raises BadPull."""
    found = whole if not key else whole.get(key) if isinstance(whole, dict) else None
    if not isinstance(found, list):
        raise BadPull("pull.not-data", address=address, problem=key or "[]")
    return [fields(record, address) for record in found]


def by_id(records: list[Fields], column: str, address: str) -> dict[str, Fields]:
    """Return records by their id; the later of two with one id counts. Raises BadPull where one has none."""
    found: dict[str, Fields] = {}
    for record in records:
        one = record.get(column)
        if one is None or one == "" or isinstance(one, dict | list | bool):
            raise BadPull("pull.no-id", address=address, column=column)
        found[str(one)] = record
    return found
