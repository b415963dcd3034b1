"""`datashift pull`: data of another system into a file of ours, again and again, without doubling a row."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.language import N_, _
from datashift.layout import wrapped
from datashift.numbers import said

if TYPE_CHECKING:
    import pyarrow as pa

    from datashift.pull import Pulled, State

HELP = N_("pull data from KoBo, ODK Central, Ushahidi, WPdx, sensors, a shared sheet or any table at an address")

Told = tuple[str, Callable[[], Any], int]

UNAVAILABLE = 4
"""The exit code of a pull that broke off; what came is kept."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the source, where its rows go, and what is done beside the usual."""
    parser.add_argument("source", type=Path, help=_("the source (TOML), see the page on pulling data"))
    parser.add_argument("--out", type=Path, help=_("the file with the rows (CSV); without it beside the source"))
    parser.add_argument("--file", type=Path, help=_("take in this exported file instead of asking the network"))
    parser.add_argument("--whole", action="store_true", help=_("read everything again, which also shows what is gone"))
    parser.add_argument("--accept-fewer", action="store_true", help=_("take it although many rows are gone"))
    parser.add_argument("--private", action="store_true", help=_("allow addresses inside your own network"))


def run(options: argparse.Namespace) -> Told:
    """Pull once: rows first, then the note on what is known. Raises BadPull, PullUnavailable and Unreadable."""
    from datashift.errors import BadPull
    from datashift.pull import door, fetch, parse_source, read_in

    try:
        source = parse_source(options.source.read_text("utf-8-sig"), options.source.name)
    except UnicodeDecodeError:
        raise BadPull("pull.not-toml", file=options.source.name, problem=_("it is not UTF-8 text")) from None
    out = options.out or options.source.with_suffix(".csv")
    known = _known(out)
    if options.file:
        data = options.file.read_bytes()
        pulled = read_in(data, options.file.name, source.kind, known, source.key, whole=options.whole)
    else:
        pulled = fetch(source, known, door(private=options.private), whole=options.whole)
    files = _kept(pulled, out, accept_fewer=options.accept_fewer)
    _write(_note(out), [pulled.state.as_json()])
    return _told(pulled, files), lambda: _as_data(pulled, files), 0 if pulled.complete else UNAVAILABLE


def _note(out: Path) -> Path:
    return out.with_name(f"{out.name}.pull.json")


def _known(out: Path) -> State:
    """Return what is known of earlier pulls; nothing where the rows themselves are not there any more."""
    from datashift.pull import State, read_state

    note = _note(out)
    return read_state(note.read_text("utf-8"), note.name) if note.is_file() and out.is_file() else State()


def _sheet_file(out: Path, sheet: str) -> Path:
    from datashift.pull import MAIN

    if sheet == MAIN:
        return out
    # Two sheets never share a file: every sign that is not kept as it is has a code of its own.
    told = "".join(
        "." if sign == "/" else sign if sign.isalnum() or sign in "-_" else f"%{ord(sign):X}" for sign in sheet
    )
    return out.with_name(f"{out.stem}.{told}{out.suffix}")


def _kept(pulled: Pulled, out: Path, *, accept_fewer: bool) -> dict[str, tuple[Path, int]]:
    """Merge every sheet with its file, then write all of them. Out: file and number of rows of each sheet."""
    from datashift.pull import MAIN, merge

    found = {MAIN, *pulled.sheets}
    tables: dict[str, tuple[Path, pa.Table]] = {}
    for sheet in (MAIN, *sorted(found - {MAIN})):
        path = _sheet_file(out, sheet)
        tables[sheet] = (path, merge(_before(path), pulled, sheet, accept_fewer=accept_fewer))
    for path, before in _others(out, {path for path, _table in tables.values()}):
        # A repeat that nobody filled in this time: rows of records that changed or are gone go here as well.
        tables[path.name] = (path, merge(before, pulled, path.name))
    for path, table in tables.values():
        _save(table, path)
    return {sheet: (path, table.num_rows) for sheet, (path, table) in tables.items()}


def _others(out: Path, known: set[Path]) -> Iterable[tuple[Path, pa.Table]]:
    from datashift.pull import ROOT_ID

    for path in sorted(out.parent.glob(f"{out.stem}.*{out.suffix}")):
        if path not in known and path != out:
            before = _before(path)
            if before is not None and ROOT_ID in before.column_names:
                yield path, before


def _before(path: Path) -> pa.Table | None:
    from datashift.errors import BadPull
    from datashift.pull import ROW_ID
    from datashift.read import read

    if not path.is_file():
        return None
    # The delimiter is ours: a file with one column must not be taken for one with another delimiter.
    table = read(path, encoding="utf-8", delimiter=",", header_row=1).table.drop_columns(["_row"])
    if ROW_ID not in table.column_names:
        raise BadPull("pull.not-before", file=path.name, column=ROW_ID)
    return table


def _save(table: pa.Table, path: Path) -> None:
    import csv
    import io

    lines = io.StringIO()
    written = csv.writer(lines, lineterminator="\n")
    written.writerow(table.column_names)
    written.writerows(zip(*(column.to_pylist() for column in table.columns), strict=True))
    _write(path, [lines.getvalue()])


def _write(path: Path, texts: Iterable[str]) -> None:
    """Write a file that only its owner may read; the former one stays whole until the new one is."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
        out.writelines(texts)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)


def _told(pulled: Pulled, files: Mapping[str, tuple[Path, int]]) -> str:
    counts = pulled.counts
    lines = [
        _("New: {new}. Changed: {changed}. Gone from the source: {gone}. As before: {same}.").format(
            new=said(counts.new), changed=said(counts.changed), gone=said(counts.gone), same=said(counts.same)
        ),
        *(_("{file}: {rows} rows").format(file=path, rows=said(rows)) for path, rows in files.values()),
    ]
    if pulled.problem is not None:
        lines += [
            _("The pull broke off. What came is kept, and the next pull goes on from there."),
            str(pulled.problem),
        ]
    return "\n".join(map(wrapped, lines))


def _as_data(pulled: Pulled, files: Mapping[str, tuple[Path, int]]) -> dict[str, Any]:
    return {
        **pulled.counts._asdict(),
        "gone_ids": list(pulled.gone),
        "complete": pulled.complete,
        "problem": pulled.problem.as_dict() if pulled.problem else None,
        "files": {sheet: {"file": str(path), "rows": rows} for sheet, (path, rows) in files.items()},
    }
