"""Names in several languages on SDMX classes that hold one.

A class of pysdmx has one `name` and one `description`. The English text goes there; the other languages wait in
annotations of the types below, one per language, whose id is the language. `languages` turns them into real
multilingual names when a message is written, and back when one is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pysdmx.model import Annotation

from datashift.model import Label

NAME = "NAME_IN"
DESCRIPTION = "DESCRIPTION_IN"


def named(
    names: Label, descriptions: Label | None = None, facts: Mapping[str, str | None] | None = None
) -> dict[str, Any]:
    """Return `name`, `description` and `annotations` for an SDMX class; `facts` are annotations by type."""
    described = descriptions or {}
    annotations = [Annotation(type=kind, text=text) for kind, text in (facts or {}).items() if text]
    annotations += _others(NAME, names) + _others(DESCRIPTION, described)
    return {
        "name": _first(names),
        "description": _first(described) or None,
        "annotations": tuple(annotations),
    }


def label_of(artefact: Any) -> Label:
    """Return the name of an SDMX class in every language it has."""
    others = {note.id: note.text for note in artefact.annotations if note.type == NAME and note.id and note.text}
    return {"en": artefact.name or artefact.id, **others}


def fact(artefact: Any, kind: str) -> str | None:
    """Return the text of the annotation of the type `kind`; None where there is none."""
    return next((note.text for note in artefact.annotations if note.type == kind), None)


def _first(texts: Label) -> str:
    return texts.get("en") or next(iter(texts.values()), "")


def _others(kind: str, texts: Label) -> list[Annotation]:
    return [Annotation(id=language, type=kind, text=text) for language, text in texts.items() if language != "en"]
