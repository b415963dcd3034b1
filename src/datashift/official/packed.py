"""Files inside files: an official download may come as gzip, or as a ZIP of one or many files."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from datashift.errors import BadOfficial, Unreadable
from datashift.read.limits import BROKEN, MOST_BYTES, gunzipped, member

_DATA = (".csv", ".tsv", ".txt", ".xml", ".json")
_BESIDE = ("metadata_", "readme", "licence", "license", "datapackage.json")


@dataclass(frozen=True)
class Member:
    """One file with its bytes unpacked. checked: its archive has a checksum, so it cannot have been cut off."""

    name: str
    data: bytes
    checked: bool = False


def members(data: bytes, file: str) -> list[Member]:
    """Return the data files in `data`: itself, what is in a gzip file, or all data files of a ZIP, by name.

    Descriptions that stand beside the data (readme, licence, datapackage.json, the Metadata_ files of the World Bank)
    are left out. Raises Unreadable for a damaged archive, BadOfficial for one without a data file.
    """
    if data.startswith(b"\x1f\x8b"):
        return [Member(file.removesuffix(".gz"), gunzipped(data, file), True)]
    if not data.startswith(b"PK\x03\x04") and not data.startswith(b"PK\x05\x06"):
        return [Member(file, data)]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            found = _unpacked(parts, file)
    except BROKEN as problem:
        raise Unreadable("read.damaged", file=file) from problem
    if not found:
        raise BadOfficial("official-import.packed", file=file)
    return found


def _unpacked(parts: zipfile.ZipFile, file: str) -> list[Member]:
    found: list[Member] = []
    taken = 0
    for entry in sorted(parts.infolist(), key=lambda entry: entry.filename):
        if not _is_data(entry):
            continue
        content = member(parts, entry, file, taken)
        taken += len(content)
        if taken > MOST_BYTES:
            raise Unreadable("read.unfolds", file=file, most=f"{MOST_BYTES >> 20} MB")
        name = PurePosixPath(entry.filename).name
        packed = content.startswith(b"\x1f\x8b")
        found.append(Member(name.removesuffix(".gz"), gunzipped(content, name) if packed else content, True))
    return found


def _is_data(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename.lower())
    hidden = "__macosx" in path.parts or path.name.startswith(".")
    named = path.name.removesuffix(".gz").endswith(_DATA)
    return not entry.is_dir() and not hidden and named and not path.name.startswith(_BESIDE)
