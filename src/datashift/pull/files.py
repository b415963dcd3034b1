"""Files that other systems export become sheets with ids that last: KoBo, ODK Central, Ushahidi, sensors, any table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

import pyarrow as pa

from datashift.errors import BadPull, Unreadable
from datashift.pull.rows import Sheets, compared, digests, identified, sheet_name
from datashift.pull.source import Kind
from datashift.pull.state import MAIN, PARENT_ID, ROOT_ID, ROW_ID, Pulled, State
from datashift.read import formats, read_bytes
from datashift.read.grid import ROW
from datashift.read.repeats import PARENT, is_repeat, main_of

KEYS: Mapping[Kind, tuple[tuple[str, ...], ...]] = {
    "kobo": (("_id",), ("X_id",), ("_uuid",), ("X_uuid",)),
    "odk-central": (("KEY",),),
    "ushahidi": (("Serial",), ("#",)),
    "wpdx": (("row_id",), (":id",)),
    "sensors": (("timestamp", "sensor_id", "value_type"),),
    "openaq": (("datetime", "sensors_id", "parameter"), ("datetime", "location_id", "parameter")),
}
"""What tells rows apart in the files of each system, best first."""

_OURS = (ROW, ROW_ID, PARENT_ID, ROOT_ID)
_MOVING = ("_index", "X_index", "_parent_index", "_parent_table_name")
"""Columns that KoBo counts anew in every export. Ids of rows say the same, and stay."""


def read_in(
    data: bytes, name: str, kind: Kind, known: State | None = None, key: Sequence[str] = (), *, whole: bool = False
) -> Pulled:
    """Take in a file that a system exported, as if it had been pulled.

    In: bytes of the file called `name`; the system; what is known of earlier files; columns that tell rows apart, where
    they are not those of the system; `whole` says that the file holds every record, so that others are gone.
    Out: as of `fetch`. A file without anything that tells its rows apart is always taken as a whole.
    Raises Unreadable and BadPull.
    """
    known = known or State()
    sheets, keyed = sheets_in(data, name, kind, key)
    found = digests(sheets)
    everything = whole or not keyed
    gone = tuple(one for one in known.rows if one not in found) if everything else ()
    rows = dict(found) if everything else {**known.rows, **found}
    state = State(known.of, rows, known.since, files=known.files)
    return Pulled(sheets, state, compared(known, found, gone), gone, everything, everything)


def sheets_in(data: bytes, name: str, kind: Kind, key: Sequence[str] = ()) -> tuple[Sheets, bool]:
    """Return the sheets of a file, and whether something tells its rows apart. Raises Unreadable and BadPull."""
    tables = _tables(data, name)
    main = _main(tables)
    chosen = tuple(key) or _known_key(tables[main], kind)
    sheets = {MAIN: _still(identified(tables[main], chosen, sure=bool(key)))}
    repeats = {other: found for other, found in tables.items() if is_repeat(found.column_names)}
    if "KEY" in tables[main].column_names:
        sheets |= {_short(other, main): _central_repeat(found, sheets[MAIN], name) for other, found in repeats.items()}
    elif repeats:
        sheets |= _kobo_repeats(tables, main, sheets[MAIN], repeats, name)
    return sheets, bool(chosen)


def _tables(data: bytes, name: str) -> Sheets:
    """Read every table of a file that has repeats, else the one table."""
    names = formats.sheets(data, name) if data else []
    wanted = names if len(names) > 1 else [None]
    tables: Sheets = {}
    for sheet in wanted:
        try:
            found = read_bytes(data, name, sheet=sheet).table
        except Unreadable as problem:
            # A sheet without a table, such as one with settings, is no fault of a workbook that has others.
            if len(wanted) == 1 or problem.code not in ("read.empty", "read.no-table"):
                raise
            continue
        own = [name for name in found.column_names if name not in _OURS and not name.startswith(PARENT)]
        tables[sheet or MAIN] = found.select(own)
    if not tables:
        raise Unreadable("read.empty", file=name)
    return tables


def _main(tables: Sheets) -> str:
    headers = {name: found.column_names for name, found in tables.items()}
    return main_of(headers) or next((name for name in tables if not is_repeat(headers[name])), next(iter(tables)))


def _known_key(found: pa.Table, kind: Kind) -> tuple[str, ...]:
    names = set(found.column_names)
    return next((key for key in KEYS.get(kind, ()) if names.issuperset(key)), ())


def _still(found: pa.Table) -> pa.Table:
    return found.drop_columns([name for name in _MOVING if name in found.column_names])


def _short(name: str, main: str) -> str:
    stem, above = PurePosixPath(name).stem, PurePosixPath(main).stem
    return sheet_name(stem.removeprefix(f"{above}-") or stem)


def _central_repeat(found: pa.Table, first: pa.Table, file: str) -> pa.Table:
    """The keys of ODK Central are paths: uuid:…/group/repeat[2]. Their first part is the submission."""
    keyed = identified(found, ("KEY",), sure=False)
    parents = found["PARENT_KEY"].to_pylist()
    roots = [(parent or "").split("/", 1)[0] for parent in parents]
    alone = set(roots) - set(first[ROW_ID].to_pylist())
    if alone:
        raise BadPull("pull.not-data", address=file, problem=f"PARENT_KEY {min(alone)}")
    ids = pa.table(
        [keyed[ROW_ID], *(pa.array(one, pa.string()) for one in (parents, roots))], [ROW_ID, PARENT_ID, ROOT_ID]
    )
    return _beside(ids, keyed.drop_columns([ROW_ID]))


def _beside(ids: pa.Table, cells: pa.Table) -> pa.Table:
    for name in cells.column_names:
        ids = ids.append_column(name, cells[name])
    return ids


def _kobo_repeats(tables: Sheets, main: str, first: pa.Table, repeats: Sheets, file: str) -> Sheets:
    """Link rows by the numbers of the export, and name them by their record and their place in it."""
    own = next((name for name in ("_index", "X_index") if name in tables[main].column_names), None)
    if own is None:
        raise BadPull("pull.no-key", column="_index", columns=", ".join(tables[main].column_names[:40]))
    ids = first[ROW_ID].to_pylist()
    places = {(main, index): (one, one) for one, index in zip(ids, tables[main][own].to_pylist(), strict=True)}
    done: Sheets = {}
    waiting = dict(repeats)
    while waiting:
        ready = [name for name, found in waiting.items() if _parents(found, main)[0][0] not in waiting]
        if not ready:
            raise BadPull("pull.not-data", address=file, problem="_parent_table_name")
        for name in ready:
            done[sheet_name(name)] = _kobo_repeat(name, waiting.pop(name), places, main, file)
    return done


def _parents(found: pa.Table, main: str) -> list[tuple[str, str]]:
    indexes = found["_parent_index"].to_pylist()
    named = "_parent_table_name" in found.column_names
    names = found["_parent_table_name"].to_pylist() if named else [main] * len(indexes)
    return list(zip(names, indexes, strict=True)) or [(main, "")]


def _kobo_repeat(
    name: str, found: pa.Table, places: dict[tuple[str, str], tuple[str, str]], main: str, file: str
) -> pa.Table:
    times: dict[str, int] = defaultdict(int)
    rows: list[tuple[str, str, str]] = []
    own = found["_index"].to_pylist() if "_index" in found.column_names else [None] * found.num_rows
    for index, place in zip(own, _parents(found, main), strict=bool(found.num_rows)):
        if place not in places:
            raise BadPull("pull.not-data", address=file, problem=f"_parent_index {place[1]}")
        parent, root = places[place]
        times[parent] += 1
        one = f"{parent}/{name.rsplit('/', 1)[-1]}[{times[parent]}]"
        rows.append((one, parent, root))
        places[name, index] = (one, root)
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    ids = [pa.array(cells, pa.string()) for cells in columns]
    return _beside(pa.table(ids, names=[ROW_ID, PARENT_ID, ROOT_ID]), _still(found))
