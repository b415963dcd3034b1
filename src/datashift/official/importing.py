"""An official file comes in: read whole, compared with the version before it, kept; or refused, and nothing changes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypedDict, Unpack

import pyarrow as pa
import pyarrow.compute as pc

from datashift.errors import BadOfficial
from datashift.official import unsd
from datashift.official.arrays import counted
from datashift.official.codes import places
from datashift.official.delimited import plain_text
from datashift.official.layouts import LAYOUTS, cells_in, layout_of
from datashift.official.packed import Member, members
from datashift.official.schema import Cells, Setting, Snapshot
from datashift.official.shaping import figures, part_of, together
from datashift.official.shrinking import check_not_fewer
from datashift.official.snapshots import alone, checked, keep_folder, note_bytes, notes, safe_name, shelf_of, write
from datashift.official.store import as_parquet, snapshot_of, snapshots

AUTO = "auto"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_REST = {4: "-01-01", 7: "-01"}
"""What a year and a month lack to be a day."""
_LEAST_SERIES = "SDMX"


class Stated(TypedDict, total=False):
    """What a person says about a file. source: the name of the data set.   released, retrieved: dates (2024-03).
    layout: one of LAYOUTS, or auto.   indicator: the SDG code of figures that name none.   area: the place of figures
    that name none.   area_as_of: the day whose areas the names of places mean.   accept_fewer: the source really gave
    figures up.   whole: the last row is whole although it has no line end.
    """

    source: str
    released: str
    retrieved: str
    layout: str
    indicator: str
    area: str
    area_as_of: str
    accept_fewer: bool
    whole: bool


@dataclass(frozen=True)
class Imported:
    """A file that came in.

    new: False where the same file was there already.   before: the version before it, if any.   rest: where the file is
    about a part only, the snapshot that answers for everything else.   without_place: rows whose place is not ours.
    """

    snapshot: Snapshot
    new: bool
    before: Snapshot | None
    without_place: int
    rest: Snapshot | None = None


@dataclass(frozen=True)
class Read:
    """What was read from a file, before it is kept."""

    table: pa.Table
    layout: str
    source: str
    released: str
    kind: str
    part: str
    titles: Mapping[str, str]


def import_snapshot(data: bytes, name: str, home: Path, **stated: Unpack[Stated]) -> Imported:
    """Keep an official file and its figures as a snapshot in the store `home`.

    In: the bytes of the file, packed or not, and its name; what a person says about it (see Stated). The date of
    release is what the file says, else what is stated; where neither is known it stays empty, and the day of the import
    is kept. The same bytes with nothing stated differently give the same snapshot again.
    Raises BadOfficial and Unreadable when the file is damaged, cut off, of an unknown layout or without a number, or
    has less than 80 % of the figures of the version before it; the store is then as it was.
    """
    _check_dates(stated)
    digest = hashlib.sha256(data).hexdigest()
    known = _same(home, digest, stated)
    if known is not None:
        return known
    read = read_figures(data, name, _setting(home, stated), stated.get("layout") or AUTO)
    note = _note(read, digest, stated, (safe_name(name), len(data)))
    with alone(home):
        return _same(home, digest, stated) or _kept(read.table, data, note, stated, home)


def _kept(table: pa.Table, data: bytes, note: dict[str, Any], stated: Stated, home: Path) -> Imported:
    draft = snapshot_of(shelf_of(home, note["source"]) / "new", note)
    before = _before(draft, snapshots(home))
    check_not_fewer(table, draft, snapshots(home), accepted=stated.get("accept_fewer", False))
    parquet = as_parquet(table)
    note["figures_sha256"] = hashlib.sha256(parquet).hexdigest()
    folder = keep_folder(shelf_of(home, note["source"]), {note["file"]: data, "observations.parquet": parquet}, note)
    new = snapshot_of(folder, note)
    return Imported(new, True, before, _count(table, "area", ""), _rest(new, snapshots(home)))


def read_figures(data: bytes, name: str, setting: Setting, layout: str = AUTO) -> Read:
    """Return the figures of an official file without keeping anything. Raises BadOfficial and Unreadable."""
    if layout != AUTO and layout not in LAYOUTS:
        raise BadOfficial("official-import.no-layout", layout=layout, known=", ".join((AUTO, *LAYOUTS)))
    parts = [replace(part, data=plain_text(part.data, part.name)) for part in members(data, name)]
    beside = [part for part in parts if part.name.startswith("ddf--") and not unsd.series_of(part.name)]
    parts = [part for part in parts if part not in beside] or parts
    kinds = {part.name: layout if layout != AUTO else layout_of(part) for part in parts}
    if len(set(kinds.values())) > 1:
        shown = ", ".join(f"{file} ({kind})" for file, kind in list(kinds.items())[:4])
        raise BadOfficial("official-import.mixed", file=name, files=shown)
    found = [cells_in(part, kinds[part.name], setting) for part in parts]
    if beside and set(kinds.values()) == {"ddf"}:
        found = [unsd.with_concepts(cells, beside) for cells in found]
    return _together(found, parts, kinds[parts[0].name], setting)


def rebuild(snapshot: Snapshot, home: Path) -> Snapshot:
    """Make the figures of a snapshot anew from its original file. Raises SourceUnavailable when that was altered."""
    data = checked(snapshot.file, snapshot.sha256, snapshot.source).read_bytes()
    (note,) = [note for folder, note in notes(snapshot.file.parent.parent, "*") if folder == snapshot.file.parent]
    read = read_figures(data, note["file"], _setting(home, note["stated"]), note["layout"])
    parquet = as_parquet(read.table)
    note["figures_sha256"] = hashlib.sha256(parquet).hexdigest()
    for path, content in ((snapshot.figures, parquet), (snapshot.file.parent / "snapshot.json", note_bytes(note))):
        unfinished = path.with_name(f".{path.name}")
        write(unfinished, content)
        unfinished.replace(path)
    return snapshot_of(snapshot.file.parent, note)


def _together(found: list[Cells], parts: list[Member], layout: str, setting: Setting) -> Read:
    several = len(parts) > 1
    tables = [
        _with_file(figures(cells, part.name, setting), part.name if several else "")
        for cells, part in zip(found, parts, strict=True)
    ]
    table = together(tables)
    sources = list(dict.fromkeys(cells.source for cells in found if cells.source))
    kinds = list(dict.fromkeys(cells.kind for cells in found if cells.kind))
    titles: dict[str, str] = {}
    for cells in found:
        titles |= cells.titles
    return Read(
        table=table,
        layout=layout,
        source=sources[0] if len(sources) == 1 else _LEAST_SERIES,
        released=max((cells.released for cells in found), default=""),
        kind=", ".join(kinds),
        part=part_of(table),
        titles=titles,
    )


def _with_file(table: pa.Table, file: str) -> pa.Table:
    """Say in the attributes which file of an archive each row is in, so that its row number can be found."""
    if not file:
        return table
    own = table["attributes"]
    text = pc.binary_join_element_wise(own, pa.scalar(f"FILE={file}"), ";")
    at = table.column_names.index("attributes")
    return table.set_column(at, "attributes", pc.utf8_ltrim(text, ";"))


def _setting(home: Path, stated: Mapping[str, Any]) -> Setting:
    area = stated.get("area", "")
    known = places(home)(area) if area else ""
    if area and not known:
        raise BadOfficial("official-import.no-place", text=area)
    as_of = stated.get("area_as_of", "")
    return Setting(
        home=home,
        indicator=stated.get("indicator", ""),
        area=known,
        as_of=_day(as_of, as_of) if as_of else None,
        whole=bool(stated.get("whole", False)),
    )


def _check_dates(stated: Stated) -> None:
    for text in (stated.get("released", ""), stated.get("retrieved", "")):
        if text:
            _day(f"{text}{_REST.get(len(text), '')}", text)


def _day(text: str, stated: str) -> date:
    if not _DATE.fullmatch(text):
        raise BadOfficial("official-import.date", text=stated)
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise BadOfficial("official-import.date", text=stated) from problem


def _same(home: Path, digest: str, stated: Stated) -> Imported | None:
    """Return the same file as it was taken in before, unless a person now says something else about it."""
    for folder, note in notes(home / "official", "*/*"):
        if note["sha256"] != digest or "layout" not in note:
            continue
        said = {
            "layout": AUTO,
            "source": note["source"],
            "released": note["released"],
            "retrieved": note["retrieved"],
            **note["stated"],
        }
        if all(said.get(key, "") == value for key, value in stated.items() if value and key not in _NOT_ABOUT):
            checked(folder / note["file"], digest, note["source"])
            known = snapshot_of(folder, note)
            return Imported(known, False, _before(known, snapshots(home)), 0)
    return None


_NOT_ABOUT = ("accept_fewer", "whole")
_NOTED = ("released", "layout", "indicator", "area", "area_as_of", "whole")


def _note(read: Read, digest: str, stated: Stated, file: tuple[str, int]) -> dict[str, Any]:
    name, size = file
    ends = pc.min_max(read.table["year"]).as_py()
    return {
        "source": stated.get("source") or read.source,
        "kind": read.kind,
        "part": read.part,
        "file": name,
        "released": read.released or stated.get("released", ""),
        "retrieved": stated.get("retrieved", ""),
        "imported": datetime.now(UTC).isoformat(timespec="microseconds"),
        "sha256": digest,
        "size": size,
        "layout": read.layout,
        "stated": {key: value for key, value in stated.items() if value and key in _NOTED},
        "observations": len(read.table),
        "not_numbers": read.table["value"].null_count,
        "series": len(pc.unique(read.table["series"])),
        "areas": len(counted(read.table, ("area_code", "area_name"))),
        "years": [ends["min"], ends["max"]],
        "titles": dict(sorted(read.titles.items())),
        "figures_sha256": "",
    }


def _before(one: Snapshot, kept: list[Snapshot]) -> Snapshot | None:
    """Return the version just before a snapshot, which may be older than others that are there already."""
    same = [
        each for each in kept
        if (each.source, each.kind, each.part) == (one.source, one.kind, one.part) and each.sha256 != one.sha256
        and (each.dated, each.imported) < (one.dated, one.imported)
    ]  # fmt: skip
    return same[0] if same else None


def _rest(new: Snapshot, kept: list[Snapshot]) -> Snapshot | None:
    others = [each for each in kept if (each.source, each.kind) == (new.source, new.kind) and each.part != new.part]
    return others[0] if others and new.part else None


def _count(table: pa.Table, column: str, text: str) -> int:
    return int(pc.sum(pc.equal(table[column], text)).as_py() or 0)
