"""SDMX-ML data messages, generic and structure-specific (2.1 and 3.0), read as a stream.

Nothing is ever fetched and no entity is expanded: a document type is refused before it is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

import pyarrow as pa

from datashift.errors import BadOfficial
from datashift.official.arrays import encoded
from datashift.official.packed import Member
from datashift.official.schema import Cells, Setting
from datashift.official.sdmx_csv import cells_of

_CARRIERS = frozenset({"SeriesKey", "ObsKey", "Attributes", "GroupKey"})
_DEEPEST = 100


@dataclass
class _Message:
    """What was read so far: the parts of each figure by component, which are attributes, and the header."""

    columns: dict[str, list[str]] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)
    attributes: set[str] = field(default_factory=set)
    prepared: str = ""
    flow: str = ""
    time: str = "TIME_PERIOD"
    deletion: int = 0

    def add(self, figure: dict[str, str], line: int) -> None:
        for name, value in figure.items():
            column = self.columns.setdefault(name, [])
            column.extend([""] * (len(self.lines) - len(column)))
            column.append(value)
        self.lines.append(line)


def sdmx_ml(member: Member, _setting: Setting) -> Cells:
    """Read an SDMX-ML data message. Raises BadOfficial where it breaks off, has a document type, or deletes."""
    message = _Message()
    reader = _Reader(message)
    parser = expat.ParserCreate("utf-8")  # the text is UTF-8 by now, whatever its first line says
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text

    def refuse(*_: Any) -> None:
        raise BadOfficial("official-import.xml-doctype", file=member.name)

    parser.StartDoctypeDeclHandler = refuse
    reader.line = lambda: parser.CurrentLineNumber
    try:
        parser.Parse(member.data, True)
    except (expat.ExpatError, ValueError, LookupError) as problem:
        row = getattr(problem, "lineno", 1)
        raise BadOfficial("official-import.xml-damaged", file=member.name, row=row) from problem
    if message.deletion:
        raise BadOfficial("official-import.deletions", file=member.name, row=message.deletion)
    length = len(message.lines)
    for column in message.columns.values():
        column.extend([""] * (length - len(column)))
    columns = {name: encoded(column) for name, column in message.columns.items() if name != "OBS_VALUE"}
    columns["OBS_VALUE"] = pa.array(message.columns.get("OBS_VALUE", [""] * length), pa.string())
    columns["_row"] = pa.array(message.lines, pa.int64())
    found = cells_of(columns, message.attributes, message.flow)
    return Cells(
        found.columns, found.rows, found.breakdowns, found.attributes,
        released=message.prepared[:10] or found.released, source=found.source,
    )  # fmt: skip


class _Reader:
    """The handlers of the parser: one series at a time, in both shapes of the message."""

    def __init__(self, message: _Message) -> None:
        self.message = message
        self.line: Callable[[], int] = int
        self.open: list[str] = []
        self.series: dict[str, str] = {}
        self.figure: dict[str, str] = {}
        self.words: list[str] = []
        self.began = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        self.open.append(name)
        if len(self.open) > _DEEPEST:
            raise ValueError("deeper than any SDMX message")
        self.words = []
        if "delete" in (text.lower() for key, text in attributes.items() if key.rpartition(":")[2] == "action"):
            self._delete()
        if name == "Series":
            self.series = _own(attributes)
        elif name == "Obs":
            self.figure, self.began = _own(attributes), self.line()
        elif name == "Structure":
            self.message.time = attributes.get("dimensionAtObservation", "") or self.message.time
        elif name == "Ref" and not self.message.flow and "agencyID" in attributes and "id" in attributes:
            self.message.flow = f"{attributes['agencyID']}:{attributes['id']}"
        elif "Obs" in self.open or "Series" in self.open:
            self._generic(name, attributes)

    def _generic(self, name: str, attributes: dict[str, str]) -> None:
        inside = self.figure if "Obs" in self.open else self.series
        if name == "ObsDimension":
            inside[attributes.get("id") or self.message.time] = attributes.get("value", "")
        elif name == "ObsValue":
            inside["OBS_VALUE"] = attributes.get("value", "")
        elif name == "Value" and self.open[-2] in _CARRIERS:
            inside[attributes.get("id", "")] = attributes.get("value", "")
            if self.open[-2] == "Attributes":
                self.message.attributes.add(attributes.get("id", ""))

    def text(self, words: str) -> None:
        self.words.append(words)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        self.open.pop()
        if name == "Obs":
            self.message.add({**self.series, **self.figure}, self.began)
        elif name == "Series":
            self.series = {}
        elif name == "Prepared":
            self.message.prepared = "".join(self.words).strip()
        elif name == "DataSetAction" and "".join(self.words).strip().lower() == "delete":
            self._delete()

    def _delete(self) -> None:
        self.message.deletion = self.message.deletion or self.line()


def _own(attributes: dict[str, str]) -> dict[str, str]:
    # What bears a prefix (xsi:type, ss:action) is about the message, not about the figure.
    return {name: value for name, value in attributes.items() if ":" not in name}
