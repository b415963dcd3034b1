"""XML from strangers, read safely: no DOCTYPE (so no entities), and bounds on bytes, elements and depth."""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from datashift.errors import BadXForm

BYTES = 20_000_000
ELEMENTS = 500_000
DEPTH = 60

XFORMS = "{http://www.w3.org/2002/xforms}"
XHTML = "{http://www.w3.org/1999/xhtml}"
JAVAROSA = "{http://openrosa.org/javarosa}"
OPENROSA = "{http://openrosa.org/xforms}"
ODK = "{http://www.opendatakit.org/xforms}"

_NAMESPACE = re.compile(r"^\{[^}]*\}")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class _Builder(ElementTree.TreeBuilder):
    """Builds the tree, and stops at the first thing that no form needs."""

    def __init__(self) -> None:
        super().__init__()
        self.elements = 0
        self.depth = 0

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        self.elements += 1
        self.depth += 1
        if self.elements > ELEMENTS:
            raise BadXForm("xform.too-many", most=ELEMENTS)
        if self.depth > DEPTH:
            raise BadXForm("xform.too-deep", most=DEPTH)
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        self.depth -= 1
        return super().end(tag)

    def doctype(self, *_stated: object) -> None:
        raise BadXForm("xform.doctype")


def read_xml(xml: bytes) -> Element:
    """Return the root of `xml`. Raises BadXForm where it is no XML, has a DOCTYPE, or is too large or too deep."""
    if len(xml) > BYTES:
        raise BadXForm("xform.too-large", most=BYTES)
    parser = ElementTree.XMLParser(target=_Builder())  # noqa: S314 – a DOCTYPE is refused, so nothing can expand
    try:
        parser.feed(xml)
        root: Element = parser.close()
    except ElementTree.ParseError as problem:
        raise BadXForm("xform.not-xml", line=problem.position[0]) from problem
    except (ValueError, LookupError) as problem:  # an encoding that nobody knows
        raise BadXForm("xform.not-xml", line=1) from problem
    return root


def plain(tag: str) -> str:
    """Return the name of an element or attribute without its namespace."""
    return _NAMESPACE.sub("", tag)


def clean(text: str) -> str:
    """Return `text` without signs that XML cannot hold."""
    return _NO_XML.sub("", text)
