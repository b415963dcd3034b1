"""Names in several languages, inside a message: from annotations to real multilingual names, and back.

SDMX-ML says them as one `Name` element per `xml:lang`, SDMX-JSON as `names`. pysdmx writes and reads one language only
(English, else the first). So what `names` left in annotations is turned into such names after writing, and back before
reading. The same is done for descriptions. Both ways keep every other part of a message as it is.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from datashift.standards.structures.names import DESCRIPTION, NAME

_ELEMENTS = {NAME: "Name", DESCRIPTION: "Description"}
_FIELDS = {NAME: ("name", "names"), DESCRIPTION: ("description", "descriptions")}
_LANG = "xml:lang"


def spread_xml(root: Element) -> None:
    """Turn language annotations into `Name` and `Description` elements, everywhere below `root` (raw prefixed tags)."""
    for element in list(root.iter()):
        notes = _child(element, "Annotations")
        if notes is None:
            continue
        for kind, tag in _ELEMENTS.items():
            first = _child(element, tag)
            if first is not None:
                place = list(element).index(first) + 1
                for note in [note for note in notes if _text(note, "AnnotationType") == kind]:
                    said = Element(first.tag, {_LANG: note.get("id", "en")})
                    said.text, said.tail = _text(note, "AnnotationText"), first.tail
                    element.insert(place, said)
                    place += 1
                    notes.remove(note)
        if len(notes) == 0:
            element.remove(notes)


def gather_xml(root: Element) -> None:
    """Turn further languages of `Name` and `Description` into annotations, everywhere below `root`."""
    for element in list(root.iter()):
        for kind, tag in _ELEMENTS.items():
            said = [child for child in element if _local(child) == tag]
            kept = next((name for name in said if name.get(_LANG, "en") == "en"), said[0] if said else None)
            for other in said:
                if other.get(_LANG, "en") != "en":
                    prefix = other.tag.removesuffix(tag)
                    _notes(element, prefix).append(_note(prefix, kind, other))
                if other is not kept:
                    element.remove(other)


def spread_json(node: Any) -> None:
    """Turn language annotations into `names` and `descriptions`, everywhere in a decoded JSON message."""
    for record in _records(node):
        notes = record.get("annotations", [])
        for kind, (one, many) in _FIELDS.items():
            others = {note["id"]: note["text"] for note in notes if note.get("type") == kind}
            if others and one in record:
                record[many] = {"en": record[one], **others}
        kept = [note for note in notes if note.get("type") not in _FIELDS]
        if kept:
            record["annotations"] = kept
        elif "annotations" in record:
            del record["annotations"]


def gather_json(node: Any) -> None:
    """Turn `names` and `descriptions` into language annotations, everywhere in a decoded JSON message."""
    for record in _records(node):
        for kind, (one, many) in _FIELDS.items():
            texts = record.get(many)
            if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()) or not texts:
                continue
            del record[many]
            record[one] = texts.get("en") or record.get(one) or next(iter(texts.values()))
            notes = [{"id": lang, "type": kind, "text": text} for lang, text in texts.items() if lang != "en"]
            if notes and isinstance(record.get("annotations", []), list):
                record["annotations"] = [*record.get("annotations", []), *notes]


def _records(node: Any) -> list[dict[str, Any]]:
    found, open_ = [], [node]
    while open_:
        here = open_.pop()
        if isinstance(here, dict):
            found.append(here)
            open_ += here.values()
        elif isinstance(here, list):
            open_ += here
    return found


def _local(element: Element) -> str:
    return element.tag.rpartition(":")[2]


def _child(element: Element, tag: str) -> Element | None:
    return next((child for child in element if _local(child) == tag), None)


def _text(note: Element, tag: str) -> str:
    child = _child(note, tag)
    return (child.text or "") if child is not None else ""


def _notes(element: Element, prefix: str) -> Element:
    found = _child(element, "Annotations")
    if found is None:
        found = Element(f"{prefix}Annotations")
        element.insert(0, found)
    return found


def _note(prefix: str, kind: str, name: Element) -> Element:
    note = Element(f"{prefix}Annotation", {"id": name.get(_LANG, "en")})
    for tag, text in (("AnnotationType", kind), ("AnnotationText", name.text or "")):
        part = Element(f"{prefix}{tag}", {_LANG: "en"} if tag == "AnnotationText" else {})
        part.text = text
        note.append(part)
    return note
