"""Files of a sample: the list, the record of the draw, the replacements, and the tables that are written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.errors import BadSample

if TYPE_CHECKING:
    import pyarrow as pa

    from datashift.sampling import Draw, Frame, Replacement

SAMPLE, RECORD = "sample.csv", "draw.json"
COLUMNS = ("unit", "size", "strata", "place", "order", "latitude", "longitude")


def table_at(path: Path, sheet: str | None = None) -> pa.Table:
    """Return a file as a table of texts. Raises Unreadable."""
    from datashift.read import read

    return read(path, sheet=sheet).table


def parts(text: str | None) -> list[str]:
    """Return what stands between commas."""
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def frame_at(path: Path, sheet: str | None, columns: dict[str, Any]) -> Frame:
    """Return a file as a frame, with its columns named as on the command line. Raises BadSample."""
    from datashift.sampling import frame_of

    named = dict(columns) | {name: parts(columns[name]) for name in ("strata", "order")}
    return frame_of(table_at(path, sheet), named.pop("unit"), **named)


def given(text: str) -> dict[str, int]:
    """Return numbers by stratum, written as North=8,South=12. Raises BadSample."""
    found = {}
    for part in parts(text):
        name, _sign, count = part.rpartition("=")
        if not count.strip().isdecimal():
            raise BadSample("sample.number", what=name or part, value=count, least=1)
        found[name.strip()] = int(count)
    return found


def recorded(path: Path) -> tuple[Draw, dict[str, Any]]:
    """Return the draw of a record, and how the columns of its list were named. Raises BadSample."""
    from datashift.sampling import read_record

    try:
        told = json.loads(path.read_text("utf-8"))
        record, columns = told["draw"], {name: told["columns"].get(name) for name in COLUMNS}
    except (AttributeError, KeyError, TypeError, ValueError) as problem:
        raise BadSample("sample.record", problem=f"{path.name}, {problem}"[:80]) from None
    return read_record(record), columns


def replacements_at(path: Path | None) -> list[Replacement]:
    """Return the replacements of a table; none where there is no file yet. Raises BadSample."""
    from datashift.sampling import Replacement
    from datashift.sampling.frame import cells

    if path is None or not path.exists():
        return []
    table = table_at(path)
    columns = [cells(table, name) for name in Replacement._fields]
    return [Replacement(*row) for row in zip(*columns, strict=True)]


def write_sample(drawn: Draw, columns: dict[str, Any], folder: Path) -> list[Path]:
    """Write the sample and its record; return the files. Raises BadSample where a record is there already."""
    from datashift.sampling import written

    path = folder / RECORD
    if path.exists():
        raise BadSample("sample.there", file=path)
    folder.mkdir(parents=True, exist_ok=True)
    record = {"columns": columns, "draw": written(drawn)}
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1), "utf-8")
    write_csv(drawn.table, folder / SAMPLE)
    return [folder / SAMPLE, path]


def write_csv(table: pa.Table, path: Path) -> None:
    """Write a table as CSV that no spreadsheet program runs as formulas."""
    from datashift.protect.microdata.leaving import as_csv

    path.write_bytes(as_csv({name: table[name].to_pylist() for name in table.column_names}))
