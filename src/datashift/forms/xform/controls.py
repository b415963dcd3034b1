"""The body of a form: which control asks for which node, and what kind of question that makes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from datashift.forms.xform.document import JAVAROSA, ODK, OPENROSA, plain

_BY_TYPE = {
    "string": "text", "int": "integer", "integer": "integer", "decimal": "decimal", "date": "date", "time": "time",
    "dateTime": "dateTime", "geopoint": "geopoint", "geotrace": "geotrace", "geoshape": "geoshape",
    "barcode": "barcode", "boolean": "text", "select1": "text", "select": "text",
}  # fmt: skip
_BY_CONTROL = {
    "select1": "select_one", "select": "select_multiple", "rank": "rank", "range": "range", "trigger": "acknowledge",
    "secret": "text",
}  # fmt: skip
_CONTROLS = frozenset((*_BY_CONTROL, "input", "upload"))
_NOT_PARAMETERS = frozenset(("ref", "bind", "appearance", "mediatype", "query", "nodeset"))


@dataclass(frozen=True)
class Control:
    """What stands in the body for one node: the element with its label, and the repeat inside it, if it repeats."""

    tag: str
    element: Element
    repeat: Element | None = None


def controls(body: Element) -> dict[str, Control]:
    """Return the controls by the path they are for."""
    return dict(_walk(body))


def _walk(parent: Element) -> Iterator[tuple[str, Control]]:
    for element in parent:
        tag = plain(element.tag)
        path = (element.get("ref") or element.get("nodeset") or "").strip()
        if tag == "repeat":
            holder = parent if plain(parent.tag) == "group" else element
            yield path, Control("group", holder, element)
            yield from _walk(element)
        elif tag == "group":
            inner = [child for child in element if plain(child.tag) == "repeat"]
            if path and not any(child.get("nodeset") == path for child in inner):
                yield path, Control("group", element)
            yield from _walk(element)
        elif tag in _CONTROLS and path:
            yield path, Control(tag, element)


def kind_of(control: Control | None, bind: Element, holds: bool, path: str) -> str:
    """Return the kind of a node: by its control, else by what fills it in."""
    if control is None:
        return "group" if holds else _unseen(bind, path)
    if control.tag == "group":
        return "repeat" if control.repeat is not None else "group"
    if control.tag == "upload":
        family = control.element.get("mediatype", "").partition("/")[0]
        return family if family in ("image", "audio", "video", "osm") else "file"
    if control.tag != "input":
        return _BY_CONTROL[control.tag]
    kind = bind.get("type", "string").removeprefix("xsd:")
    still = bind.get("readonly", "").strip() == "true()"
    if control.element.get("query"):
        return "select_one_external"
    return "note" if still and kind == "string" else _BY_TYPE.get(kind, kind)


def _unseen(bind: Element, path: str) -> str:
    given, detail = bind.get(f"{JAVAROSA}preload", ""), bind.get(f"{JAVAROSA}preloadParams", "")
    if given == "uid" or path.endswith("/meta/instanceID"):
        return "instanceID"
    if given in ("timestamp", "date", "property"):
        return detail.replace("phone number", "phonenumber") or "hidden"
    if path.endswith("/meta/audit"):
        return "audit"
    if bind.get("type") == "geopoint":
        return "start-geopoint"
    if bind.get("type") == "binary":
        return "background-audio"
    return "calculate" if bind.get("calculate") else "hidden"


def parameters(control: Control | None, bind: Element) -> Mapping[str, str]:
    """Return the parameters of a question: of a range, an image, a position."""
    stated = [(name, text) for name, text in bind.attrib.items() if name.startswith((OPENROSA, ODK))]
    if control is not None:
        stated += [(name, text) for name, text in control.element.attrib.items() if name not in _NOT_PARAMETERS]
    return {plain(name): text for name, text in stated if plain(name) not in ("saveIncomplete",)}
