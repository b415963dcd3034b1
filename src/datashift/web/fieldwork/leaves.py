"""The single answers of a submission, in its XML and as JSON: one function looks at each and says what stands there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from xml.etree import ElementTree
from xml.parsers import expat
from xml.sax.saxutils import escape

from datashift.errors import BadXForm


class Leaf(NamedTuple):
    """One answer. `path`: its field, without the root ("house/person/name"). `place`: the same with the number of the
    repeat behind each name that came before ("house/person[2]/name"; the first has none).
    """

    path: str
    place: str
    text: str


Change = Callable[[Leaf], str]
"""What stands in place of an answer: the same text where nothing changes."""


def plain_path(path: str) -> str:
    """Return a path without slashes around it and without the numbers of repeats."""
    return re.sub(r"\[\d+\]", "", path).strip("/")


def under(path: str, roots: frozenset[str]) -> bool:
    """Say whether a field is one of `roots`, or lies in a group that is."""
    return any(path == root or path.startswith(f"{root}/") for root in roots)


# --- XML --------------------------------------------------------------------------------------------------------------


@dataclass
class _Open:
    """An element that has begun: where its content begins, what it holds, how often each name came in it."""

    path: str
    place: str
    begin: int = -1
    text: str = ""
    leaf: bool = True
    names: Counter[str] = field(default_factory=Counter)


class _Reader:
    """Finds the answers with the bytes between which they stand."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.open: list[_Open] = []
        self.found: list[tuple[int, int, Leaf]] = []
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.CommentHandler = self._other
        self.parser.ProcessingInstructionHandler = self._other
        self.parser.StartCdataSectionHandler = self._other
        self.parser.StartDoctypeDeclHandler = self._doctype

    def _other(self, *_said: str) -> None:
        if self.open and self.open[-1].begin < 0:
            self.open[-1].begin = self.parser.CurrentByteIndex

    def _start(self, name: str, _attributes: object) -> None:
        if not self.open:
            self.open.append(_Open("", ""))
            return
        around, own = self.open[-1], name.rpartition(":")[2]
        around.leaf = False
        around.names[own] += 1
        number = f"[{around.names[own]}]" if around.names[own] > 1 else ""
        self.open.append(_Open(f"{around.path}/{own}".strip("/"), f"{around.place}/{own}{number}".strip("/")))

    def _characters(self, text: str) -> None:
        if self.open:
            self._other()
            self.open[-1].text += text

    def _end(self, _name: str) -> None:
        ended = self.open.pop()
        if ended.leaf and ended.begin >= 0 and ended.path:
            leaf = Leaf(ended.path, ended.place, ended.text)
            self.found.append((ended.begin, self.parser.CurrentByteIndex, leaf))

    def _doctype(self, *_stated: object) -> None:
        raise BadXForm("xform.doctype")


def _found(xml: bytes) -> list[tuple[int, int, Leaf]]:
    reader = _Reader()
    try:
        reader.parser.Parse(xml, True)
    except expat.ExpatError as problem:
        raise BadXForm("xform.not-xml", line=problem.lineno) from problem
    return reader.found


def leaves(xml: bytes) -> Iterator[Leaf]:
    """Yield each answer that is not empty. Raises BadXForm where this is no XML, or has a DOCTYPE."""
    return (leaf for _begin, _end, leaf in _found(xml))


def rewritten(xml: bytes, change: Change) -> bytes:
    """Return the XML with other answers; every byte beside them stays as it came. Raises BadXForm."""
    if b"\0" in xml[:4] or xml[:2] in (b"\xff\xfe", b"\xfe\xff"):  # two bytes a sign: written anew in the usual way
        _found(xml)  # refuses a DOCTYPE
        xml = ElementTree.tostring(ElementTree.fromstring(xml), "utf-8")  # noqa: S314
    parts, at = [], 0
    for begin, end, leaf in _found(xml):
        if (text := change(leaf)) != leaf.text:
            parts += [xml[at:begin], escape(text).encode("ascii", "xmlcharrefreplace")]
            at = end
    return b"".join([*parts, xml[at:]])


# --- as JSON ----------------------------------------------------------------------------------------------------------


def rewritten_answers(answers: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """Return answers {path: text, repeat path: [{…}]} with other texts."""
    return _rows(answers, change, Leaf("", "", ""))


def _rows(answers: Mapping[str, Any], change: Change, around: Leaf) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, said in answers.items():
        inner = plain_path(name).removeprefix(f"{around.path}/")
        path, place = f"{around.path}/{inner}".strip("/"), f"{around.place}/{inner}".strip("/")
        if isinstance(said, list):
            made[name] = [
                _rows(row, change, Leaf(path, place + (f"[{number}]" if number > 1 else ""), ""))
                for number, row in enumerate(said, start=1)
            ]
        elif said in (None, ""):
            made[name] = said
        else:
            text = change(Leaf(path, place, str(said)))
            made[name] = said if text == str(said) else text
    return made
