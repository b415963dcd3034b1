"""Pull: data of other systems as tables, fetched anew without doubling what came before."""

from __future__ import annotations

from dataclasses import replace

from datashift.errors import BadPull
from datashift.pull.addresses import days_at, sheet_address, table_at
from datashift.pull.central import reading as central
from datashift.pull.door import Answer, Get, door
from datashift.pull.files import read_in
from datashift.pull.kobo import reading as kobo
from datashift.pull.merging import merge
from datashift.pull.open_data import openaq, wpdx
from datashift.pull.source import Kind, Source, parse_source
from datashift.pull.state import MAIN, PARENT_ID, ROOT_ID, ROW_ID, Counts, Pulled, State, read_state
from datashift.pull.sweep import Reading, swept

__all__ = [
    "MAIN",
    "PARENT_ID",
    "ROOT_ID",
    "ROW_ID",
    "Answer",
    "Counts",
    "Get",
    "Kind",
    "Pulled",
    "Source",
    "State",
    "door",
    "fetch",
    "merge",
    "parse_source",
    "read_in",
    "read_state",
    "sheet_address",
]


def fetch(source: Source, known: State | None = None, get: Get | None = None, *, whole: bool = False) -> Pulled:
    """Pull a source: everything the first time, then what is new or changed.

    In: the source; the state after the pull before (None for the first); the door to the network (without it one that
    refuses private networks); `whole` reads everything again, which also finds what is gone.
    Out: tables by sheet, the new state, counts, and ids that are gone. Where it broke off after the first page, what
    came is there with the reason in `problem`. Merge it, keep the table, and only then keep the state: in this order
    nothing is lost or doubled, wherever it stops. Raises BadPull and PullUnavailable, and Unreadable for files; then
    nothing changed.
    """
    known = known or State()
    if known.of and known.of != source.mark:
        raise BadPull("pull.other-source")
    known = replace(known, of=source.mark)
    get = get or door()
    if "{" in source.address:
        return days_at(source, known, get)
    reading = _reading(source, known, get)
    if reading is None:
        return table_at(source, replace(known, files={}) if whole else known, get)
    return swept(reading, known, whole=whole)


def _reading(source: Source, known: State, get: Get) -> Reading | None:
    """Return how a source with pages is read; None for a table at an address."""
    if source.kind == "kobo":
        return kobo(source, known, get)
    if source.kind == "odk-central":
        return central(source, get)
    if source.kind == "wpdx":
        return wpdx(source, get)
    return openaq(source, get) if source.asks_openaq else None
