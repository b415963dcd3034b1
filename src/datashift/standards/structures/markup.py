"""XML and JSON from strangers: read without ever reaching out, and told apart before anything is believed.

A document type is refused before it is looked at: SDMX needs none, and it is the door for entity bombs and for files
fetched from elsewhere. Tags keep their prefixes, so that what is written back is what was read.
"""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder, indent, tostring
from xml.parsers import expat

from datashift.errors import BadStandard

MOST_BYTES = 200_000_000
MOST_DEEP = 100
_MESSAGE = re.compile(r"http://www\.sdmx\.org/resources/sdmxml/schemas/v(\d+_\d+)/message", re.IGNORECASE)
_STRUCTURE_URN = re.compile(r"=([^=]+:[^=]+\([^)]*\))$")


def check_size(data: bytes, file: str) -> None:
    """Raise BadStandard when there is nothing, or more than a structure file can be."""
    if not data.strip():
        raise BadStandard("standard.structure-empty", file=file)
    if len(data) > MOST_BYTES:
        raise BadStandard("standard.structure-too-large", file=file, most=f"{MOST_BYTES // 1_000_000} MB")


def xml_tree(data: bytes, file: str) -> Element:
    """Return the elements of an XML document, with tags as written. Raises BadStandard."""
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEEP:
            raise BadStandard("standard.structure-not-sdmx", file=file)
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_: Any) -> None:
        raise BadStandard("standard.structure-doctype", file=file)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as problem:
        row = getattr(problem, "lineno", 1)
        raise BadStandard("standard.structure-damaged", file=file, row=row) from problem
    return builder.close()


def xml_text(root: Element) -> str:
    """Return the document of `root`, indented, with the namespace of the message first among the attributes."""
    indent(root, " ")
    root.attrib = dict(sorted(root.attrib.items(), key=lambda pair: _MESSAGE.search(pair[1]) is None))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def xml_kind(root: Element) -> tuple[str, str]:
    """Return the root's bare name and the SDMX-ML version of its namespace (such as 2.1); "" where there is none."""
    prefix, _colon, name = root.tag.rpartition(":")
    space = root.attrib.get(f"xmlns:{prefix}" if prefix else "xmlns", "")
    found = _MESSAGE.fullmatch(space)
    return name, found[1].replace("_", ".") if found else ""


def followed(root: Element) -> str:
    """Return the structure that a data message says it follows, such as IAEG-SDGs:SDG(1.8); "" where it says none."""
    for element in root.iter():
        keys = element.attrib
        if element.tag.rpartition(":")[2] == "Ref" and {"agencyID", "id"} <= set(keys):
            return f"{keys['agencyID']}:{keys['id']}({keys.get('version', '1.0')})"
        urn = _STRUCTURE_URN.search((element.text or "").strip())
        if urn:
            return urn[1]
    return ""


def json_tree(data: bytes, file: str) -> dict[str, Any]:
    """Return the object that a JSON document is. Raises BadStandard."""
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as problem:
        raise BadStandard("standard.structure-damaged", file=file, row=problem.lineno) from problem
    except UnicodeDecodeError as problem:
        # A file that was cut off may end inside a letter.
        cut = problem.reason == "unexpected end of data"
        code = "standard.structure-damaged" if cut else "standard.structure-not-sdmx"
        raise BadStandard(code, file=file, **({"row": data.count(b"\n") + 1} if cut else {})) from problem
    except (RecursionError, ValueError) as problem:
        raise BadStandard("standard.structure-not-sdmx", file=file) from problem
    if not isinstance(found, dict):
        raise BadStandard("standard.structure-not-sdmx", file=file)
    return found
