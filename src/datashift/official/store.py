"""Snapshots with their figures: which there are, which are current, and their rows."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from datashift.errors import BadOfficial, SourceUnavailable
from datashift.official.schema import FIGURES, Snapshot
from datashift.official.snapshots import NOTE, checked, notes

_GROUP = 50_000
"""Rows that lie together on the disk: a lookup reads only the groups in which something is wanted."""

Mask = Callable[[Mapping[str, Any]], Any]


def snapshots(home: Path) -> list[Snapshot]:
    """Return every snapshot whose figures were read, the newest of each source first. Raises SourceUnavailable."""
    found = [_noted(folder, note) for folder, note in notes(home / "official", "*/*") if "layout" in note]
    newest_first = sorted(found, key=lambda one: (one.dated, one.imported, one.id), reverse=True)
    return sorted(newest_first, key=lambda one: one.source)


def _noted(folder: Path, note: Mapping[str, Any]) -> Snapshot:
    try:
        return snapshot_of(folder, note)
    except (KeyError, TypeError, ValueError) as problem:
        raise SourceUnavailable("source.damaged", file=str(folder / NOTE), source=note["source"]) from problem


def snapshot_of(folder: Path, note: Mapping[str, Any]) -> Snapshot:
    """Return a snapshot from its folder and what was noted about it."""
    first, last = note["years"]
    return Snapshot(
        id=f"{folder.parent.name}/{folder.name}",
        source=note["source"],
        kind=note["kind"],
        part=note["part"],
        released=note["released"],
        retrieved=note["retrieved"],
        imported=note["imported"],
        file=folder / note["file"],
        sha256=note["sha256"],
        size=note["size"],
        layout=note["layout"],
        observations=note["observations"],
        not_numbers=note["not_numbers"],
        series=note["series"],
        areas=note["areas"],
        years=(first, last),
        titles=note["titles"],
        figures_sha256=note["figures_sha256"],
    )


def versions(home: Path, source: str = "") -> list[list[Snapshot]]:
    """Return the snapshots that are versions of the same data, the newest first.

    A file that was imported again because its date or its place was stated wrongly counts once, as stated last.
    Raises BadOfficial for a source that is not in the store.
    """
    kept = snapshots(home)
    chosen = [one for one in kept if source in ("", one.source, one.id.partition("/")[0])]
    if source and not chosen:
        known = ", ".join(dict.fromkeys(one.source for one in kept)) or "–"
        raise BadOfficial("official-import.no-snapshot", source=source, known=known)
    found: dict[tuple[str, str, str], list[Snapshot]] = {}
    for one in _as_stated_last(chosen):
        found.setdefault((one.source, one.kind, one.part), []).append(one)
    return list(found.values())


def _as_stated_last(kept: Iterable[Snapshot]) -> list[Snapshot]:
    chosen = list(kept)
    last: dict[tuple[str, str], str] = {}
    for one in sorted(chosen, key=lambda one: one.imported):
        last[one.source, one.sha256] = one.id
    return [one for one in chosen if last[one.source, one.sha256] == one.id]


def current(home: Path, source: str = "") -> list[Snapshot]:
    """Return the newest version of all data, newest first within a source."""
    newest = [same[0] for same in versions(home, source)]
    return sorted(newest, key=lambda one: (one.dated, one.imported, one.id), reverse=True)


def as_parquet(figures: pa.Table) -> bytes:
    """Return figures as the bytes of a Parquet file."""
    stream = io.BytesIO()
    pq.write_table(figures, stream, compression="zstd", row_group_size=_GROUP)
    return stream.getvalue()


def rows_of(snapshot: Snapshot, columns: Iterable[str] = (), mask: Mask | None = None) -> pa.Table:
    """Return the figures of a snapshot in the columns FIGURES, those for which `mask` says so.

    `mask` gets the `columns` it asked for, as text, and returns which rows are wanted. Raises SourceUnavailable when
    the kept figures were altered.
    """
    path = checked(snapshot.figures, snapshot.figures_sha256, snapshot.source)
    with pq.ParquetFile(path) as file:
        if mask is None:
            return file.read().cast(FIGURES)
        looked_at = file.read(columns=list(columns))
        wanted = _flags(mask({name: looked_at[name] for name in columns}), len(looked_at))
        groups = [group for group in range(file.num_row_groups) if wanted[group * _GROUP : (group + 1) * _GROUP].any()]
        if not groups:
            return FIGURES.empty_table()
        kept = np.concatenate([wanted[group * _GROUP : (group + 1) * _GROUP] for group in groups])
        return file.read_row_groups(groups).cast(FIGURES).filter(pa.array(kept))


def equal_to(column: Any, texts: Iterable[str]) -> Any:
    """Return which rows of a column have one of the texts."""
    return pc.is_in(column, value_set=pa.array(list(texts), pa.string()))


def _flags(wanted: Any, length: int) -> np.ndarray:
    flags = wanted.combine_chunks() if isinstance(wanted, pa.ChunkedArray) else wanted
    return np.asarray(flags.to_numpy(zero_copy_only=False), bool) if length else np.zeros(0, bool)
