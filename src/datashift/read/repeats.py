"""Rows of a repeat group get the columns of the row they belong to, as KoBo and ODK Central link them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from datashift.language import N_
from datashift.read.grid import ROW, Grid, Note

PARENT = "parent/"

MAIN_OF = N_("'{main}' was read. These repeat groups belong to it: {repeats}. sheet = 'NAME' reads one of them.")
JOINED = N_("Each row carries the columns of its row in '{parent}', under names that begin with 'parent/'.")
ALONE = N_("{count} rows name a row in '{parent}' that is not there. Their 'parent/' columns are empty.")

_LINKS = (("_parent_index", "_index"), ("PARENT_KEY", "KEY"))


def is_repeat(names: list[str]) -> bool:
    """Say whether a table with these columns is a repeat group of another table."""
    return any(link in names for link, _ in _LINKS)


def main_of(headers: Mapping[str, list[str]]) -> str | None:
    """Return the one table that is no repeat group while all others are, or None."""
    tops = [name for name, names in headers.items() if not is_repeat(names)]
    linked = bool(tops) and any(key in headers[tops[0]] for _, key in _LINKS)
    return tops[0] if len(tops) == 1 and len(headers) > 1 and linked else None


def with_parents(name: str, headers: Mapping[str, list[str]], read: Callable[[str], Grid]) -> Grid:
    """Read the table `name`, and where it is a repeat group add the columns of its parents under `parent/`.

    `headers` are the columns of all tables by name, `read` reads one of them.
    """
    return _joined(name, headers, read, frozenset())


def _joined(name: str, headers: Mapping[str, list[str]], read: Callable[[str], Grid], below: frozenset[str]) -> Grid:
    child = read(name)
    link, key = next(((link, key) for link, key in _LINKS if link in child.table.column_names), ("", ""))
    others = {other: names for other, names in headers.items() if other not in below | {name} and key in names}
    parent_name = _parent(child.table, link, others, read, key) if link else None
    if parent_name is None:
        return child
    parent = _joined(parent_name, headers, read, below | {name})
    places = pc.index_in(child.table[link], value_set=parent.table[key].combine_chunks())
    table = child.table
    for column in parent.table.column_names:
        if column != ROW:
            table = table.append_column(_free(PARENT + column, table), parent.table[column].take(places))
    notes: list[Note] = [(JOINED, {"parent": parent_name})]
    alone = places.null_count
    if alone:
        notes.append((ALONE, {"count": alone, "parent": parent_name}))
    return replace(child, table=table, notes=(*child.notes, *notes))


def _parent(
    child: pa.Table, link: str, others: Mapping[str, list[str]], read: Callable[[str], Grid], key: str
) -> str | None:
    if "_parent_table_name" in child.column_names and child.num_rows:
        stated = child["_parent_table_name"][0].as_py()
        if stated in others:
            return str(stated)
    if link == "_parent_index":
        return next((name for name, names in others.items() if not is_repeat(names)), None)
    matches = {name: _matches(child[link], read(name).table[key]) for name in others}
    best = max(matches, key=lambda name: matches[name], default=None)
    return best if best is not None and matches[best] else None


def _matches(links: Any, keys: Any) -> int:
    return int(pc.sum(pc.is_in(links, value_set=keys.combine_chunks())).as_py() or 0)


def _free(name: str, table: pa.Table) -> str:
    while name in table.column_names:
        name += " (2)"
    return name
