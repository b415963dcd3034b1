"""`datashift unseal`: opens sealed answers in an exported file, offline, with the key that the organisation keeps."""

from __future__ import annotations

import argparse
import codecs
import csv
import io
import json
import os
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from datashift.errors import CannotUnseal, DataShiftError
from datashift.language import N_, _
from datashift.layout import wrapped
from datashift.numbers import said

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

HELP = N_("open sealed answers in an exported file, with the key of the organisation")

MARKED = (".xml", ".kml", ".gpx", ".html", ".rels")
WRITTEN = (".json", ".geojson", ".jsonl", ".txt", ".md")
TABLES = (".csv", ".tsv")
ARCHIVES = (".zip", ".xlsx", ".ods")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_ID_COLUMNS = re.compile(r"(?i)(.*[-/:._])?instance_?id|key|parent_key|_uuid")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file, the key, and where the opened file goes."""
    parser.add_argument("file", type=Path, help=_("an exported file with sealed answers: CSV, XLSX or zip"))
    parser.add_argument("--key", type=Path, required=True, help=_("the file with the key"))
    parser.add_argument("--out", type=Path, help=_("the opened file; without it, it lies beside the sealed one"))


def run(options: argparse.Namespace) -> tuple[str, Callable[[], Any]]:
    """Write the file with opened answers, readable for its owner alone. Raises CannotUnseal, Unreadable."""
    from datashift.read.store import content
    from datashift.sealed import read_key

    unsealer = _Unsealer(read_key(content(options.key).decode("utf-8", "replace")))
    name, opened = unsealer.file(options.file.name, content(options.file))
    if not unsealer.counts:
        raise CannotUnseal("unseal.nothing", file=options.file.name)
    if not unsealer.counts["opened"]:
        raise CannotUnseal(next(iter(unsealer.counts)))
    path = Path(name)
    out = options.out or options.file.with_name(
        f"{path.stem}.opened{path.suffix}" if name == options.file.name else PurePath(name).name
    )
    _keep(out, opened)
    lines = [_("Opened: {count}.").format(count=said(unsealer.counts["opened"]))]
    for code, text in STILL_SEALED.items():
        if unsealer.counts[code]:
            lines.append(_(text).format(count=said(unsealer.counts[code])))
    lines += [_("Written: {file}. Everybody who has this file can read the answers.").format(file=out)]
    return "\n".join(map(wrapped, lines)), lambda: {"file": str(out), **dict(unsealer.counts)}


STILL_SEALED = {
    "unseal.other-key": N_("Sealed for another key, and still sealed: {count}."),
    "unseal.damaged": N_("Changed or cut off since they were sealed, and still sealed: {count}."),
    "unseal.elsewhere": N_("Sealed for another submission than the one of their row, and still sealed: {count}."),
}


class _Unsealer:
    """Opens what one key opens, and counts what it meets by what became of it."""

    def __init__(self, key: X25519PrivateKey) -> None:
        self.key = key
        self.counts: Counter[str] = Counter()
        self.misplaced: set[str] = set()

    def file(self, name: str, data: bytes) -> tuple[str, bytes]:
        """Return a file with opened answers, and its name: a sealed file gets its own back."""
        from datashift.sealed import is_sealed_file

        kind = PurePath(name).suffix.lower()
        if is_sealed_file(data):
            return self._sealed_file(name, data)
        if kind in ARCHIVES:
            return name, self._archive(name, data)
        if kind in TABLES:
            return name, self._table(name, data)
        if kind in MARKED:
            return name, self._replaced(data, lambda text: escape(_NO_XML.sub("", text)))
        if kind in WRITTEN:
            return name, self._replaced(data, lambda text: json.dumps(text, ensure_ascii=False)[1:-1])
        return name, data

    def _sealed_file(self, name: str, data: bytes) -> tuple[str, bytes]:
        from datashift.sealed import unseal_file

        try:
            own, opened = unseal_file(data, self.key)
        except CannotUnseal as problem:
            self.counts[problem.code] += 1
            return name, data
        self.counts["opened"] += 1
        return str(PurePath(name).with_name(PurePath(own.replace("\\", "/")).name or "file")), opened

    def _text(self, sealed: str) -> str:
        from datashift.sealed import unseal

        if sealed in self.misplaced:
            self.counts["unseal.elsewhere"] += 1
            return sealed
        try:
            text = unseal(sealed, self.key)
        except CannotUnseal as problem:
            self.counts[problem.code] += 1
            return sealed
        self.counts["opened"] += 1
        return text

    def _replaced(self, data: bytes, written: Callable[[str], str]) -> bytes:
        from datashift.sealed import SEALED

        pattern = re.compile(SEALED.pattern.encode())
        return pattern.sub(lambda found: written(self._text(found[0].decode())).encode(), data)

    def _table(self, name: str, data: bytes) -> bytes:
        from datashift.export.delimited import disarmed
        from datashift.sealed import SEALED

        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise CannotUnseal("unseal.kind", file=name) from None
        first = text.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        csv.field_size_limit(1 << 30)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        self.misplaced |= _misplaced(rows[0], rows[1:]) if rows else set()
        made = io.StringIO(newline="")
        table = csv.writer(made, delimiter=delimiter, lineterminator="\r\n" if first.endswith("\r") else "\n")
        # A file with this mark was made for spreadsheet programs, which carry out what begins like a formula.
        mark = data[:3] if data.startswith(codecs.BOM_UTF8) else b""
        for row in rows:
            opened = [SEALED.sub(lambda found: self._text(found[0]), cell) for cell in row]
            shown = disarmed(opened) if mark else opened
            table.writerow([old if new == old else safe for old, new, safe in zip(row, opened, shown, strict=True)])
        return mark + made.getvalue().encode()

    def _archive(self, name: str, data: bytes) -> bytes:
        if PurePath(name).suffix.lower() != ".zip":
            self._look_at_rows(name, data)
        made, taken = io.BytesIO(), set[str]()
        try:
            with (
                zipfile.ZipFile(io.BytesIO(data)) as sealed,
                zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened,
            ):
                for entry in sealed.infolist():
                    if not entry.is_dir():
                        own, part = self.file(entry.filename, sealed.read(entry))
                        opened.writestr(_free(own, taken), part)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
            raise CannotUnseal("unseal.kind", file=name) from None
        return made.getvalue()

    def _look_at_rows(self, name: str, data: bytes) -> None:
        """Find sealed answers that stand in the row of another submission; where rows cannot be read, none is found."""
        from datashift.read import read_bytes
        from datashift.read.formats import sheets

        try:
            for sheet in sheets(data, name):
                table = read_bytes(data, name, sheet=sheet).table
                rows = zip(*(map(_as_text, column.to_pylist()) for column in table.columns), strict=True)
                self.misplaced |= _misplaced(table.column_names, rows)
        except DataShiftError:
            return


def _as_text(cell: object) -> str:
    return "" if cell is None else str(cell)


def _misplaced(header: Sequence[str], rows: Iterable[Sequence[str]]) -> set[str]:
    """Return the sealed answers that belong to another submission than the one whose id stands in their row.

    Only ids of the usual form are compared: a row that is numbered otherwise says nothing about it.
    """
    from datashift.sealed import SEALED, where_of

    named = [at for at, name in enumerate(header) if _ID_COLUMNS.fullmatch(name.strip())]
    found: set[str] = set()
    for row in rows:
        ids = {one for at in named if at < len(row) for one in _UUID.findall(row[at].lower())}
        for cell in row if ids else ():
            for sealed in SEALED.finditer(cell):
                try:
                    instance = where_of(sealed[0]).instance
                except CannotUnseal:
                    continue  # it is told as damaged when it is opened
                if (own := _UUID.search(instance.lower())) and own[0] not in ids:
                    found.add(sealed[0])
    return found


def _free(name: str, taken: set[str]) -> str:
    path = PurePath(name)
    names = [name, *(str(path.with_name(f"{path.stem}-{number}{path.suffix}")) for number in range(2, len(taken) + 3))]
    free = next(one for one in names if one not in taken)
    taken.add(free)
    return free


def _keep(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read, and never over another one."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CannotUnseal("unseal.there", file=path.name) from None
    with os.fdopen(handle, "wb") as out:
        out.write(data)
