"""Which columns of a source take part, under which name and type, whatever the engine."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import pyarrow as pa

from datashift.errors import Unreadable

LONGEST = 48
"""Characters of an internal name: PostgreSQL cuts names after 63, and endings such as `__sxx` must fit."""

_KEPT = (pa.bool_(), pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint64(), pa.date32())
_SIGNED = {pa.uint8(): pa.int16(), pa.uint16(): pa.int32(), pa.uint32(): pa.int64(), pa.date64(): pa.date32()}


def internal_names(columns: Sequence[str], source: str) -> dict[str, str]:
    """Give every column a lower snake case name that is unique without regard to case; good names stay as they are.

    Engines differ in how they tell `w` from `W`: one of them mixed the two up without a word. Raises Unreadable where
    two columns of `source` have exactly the same name, since nobody could say which is meant.
    """
    names: dict[str, str] = {name: name for name in columns if _is_internal(name)}
    taken = set(names)
    for column in columns:
        if column not in names:
            names[column] = _free(_snake(column), taken)
            taken.add(names[column])
    if len(names) < len(columns):
        twice = next(name for name in columns if list(columns).count(name) > 1)
        raise Unreadable("read.repeated-column", file=source, column=twice)
    return {column: names[column] for column in columns}


def offered(kind: pa.DataType) -> pa.DataType | None:
    """Return the type in which a column of type `kind` takes part, or None where it cannot.

    Integers keep their width, since narrow keys group faster; unsigned ones become the next signed, since a difference
    of them would wrap or fail. All other numbers become float64: sums of float32 lose digits, decimals overflow.
    """
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if kind in _KEPT:
        return kind
    if kind in _SIGNED:
        return _SIGNED[kind]
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return pa.float64()
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", tz="UTC" if kind.tz else None)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    # A column without any value has no type of its own; as a number it can still be asked for a mean.
    return pa.int32() if pa.types.is_null(kind) else None


def _is_internal(name: str) -> bool:
    return len(name) <= LONGEST and re.fullmatch(r"[a-z_][a-z0-9_]*", name) is not None


def _snake(column: str) -> str:
    """Write `column` in lower snake case of plain letters, without accents: `Año (2020)` → `ano_2020`."""
    plain = unicodedata.normalize("NFKD", column).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    name = words if not words[:1].isdigit() else f"c_{words}"
    return name[:LONGEST].rstrip("_") or "column"


def _free(name: str, taken: set[str]) -> str:
    number = 2
    free = name
    while free in taken:
        free = f"{name[: LONGEST - 8]}_{number}"
        number += 1
    return free
