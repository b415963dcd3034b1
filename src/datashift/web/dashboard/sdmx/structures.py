"""Structures as SDMX messages: made once for what the registry holds, and kept as files of the store."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version as installed
from typing import Any

from django.conf import settings

from datashift.errors.web import BadQuery
from datashift.standards import structures
from datashift.standards.structures.identifiers import AGENCY
from datashift.web.dashboard.sdmx.flows import kits
from datashift.web.standards.services import order, parsed

KINDS = {
    "dataflow": ("Dataflow",),
    "datastructure": ("DataStructure",),
    "codelist": ("Codelist",),
    "conceptscheme": ("ConceptScheme",),
    "structure": ("Dataflow", "DataStructure", "Codelist", "ConceptScheme"),
}
REFERENCES = ("none", "children", "descendants", "all", "parents", "parentsandsiblings")
_BELOW = {
    "Dataflow": ("DataStructure",),
    "DataStructure": ("Codelist", "ConceptScheme"),
    "Codelist": (),
    "ConceptScheme": (),
}
_ANY = ("all", "*")
_NEWEST = ("latest", "+", "~")
_PREPARED = datetime(2026, 1, 1, tzinfo=UTC)
"""The same structures give the same bytes, so no message knows the hour."""

Found = dict[str, Any]
"""Structures by their short URN."""


def message(kind: str, agency: str, name: str, version: str, references: str, format: str) -> bytes:
    """Return the structure message that a question asks for. Raises BadQuery (query.not-there)."""
    texts = kits()
    key = sha256(
        "\n".join(
            [installed("datashift"), kind, agency, name, version, references, format, *sorted(texts.values())]
        ).encode()
    )
    path = settings.HOME / "cache" / "sdmx" / key.hexdigest()
    if path.is_file():
        return path.read_bytes()
    chosen = _chosen(kind, agency, name, version, tuple(sorted(texts.values())))
    if not chosen:
        raise BadQuery("query.not-there", name=f"{kind} {agency}:{name}({version})"[:160])
    every = _every(tuple(sorted(texts.values())))
    made = structures.write_structures(tuple(_with_references(chosen, references, every).values()), format, _PREPARED)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_bytes(made)
    temporary.rename(path)
    return made


@lru_cache(maxsize=1)
def _every(texts: tuple[str, ...]) -> Found:
    """Return all structures of these kits and of the shadow structure, by their short URN."""
    global_series = {code for text in texts for code in parsed(text).series}
    found = {s.short_urn: s for text in texts for s in structures.kit_structures(parsed(text))}
    return found | {s.short_urn: s for s in structures.shadow_structure(series=global_series)}


def _chosen(kind: str, agency: str, name: str, version: str, texts: tuple[str, ...]) -> Found:
    if agency not in (AGENCY, *_ANY):
        return {}
    same = {
        urn: s
        for urn, s in _every(texts).items()
        if urn.partition("=")[0] in KINDS[kind] and (name in _ANY or s.id in name.split("+"))
    }
    if version in _NEWEST:
        newest: dict[str, tuple[int, ...]] = {}
        for s in same.values():
            newest[s.id] = max(newest.get(s.id, ()), order(s.version))
        return {urn: s for urn, s in same.items() if order(s.version) == newest[s.id]}
    return {urn: s for urn, s in same.items() if version in (*_ANY, s.version)}


def _with_references(chosen: Found, references: str, every: Found) -> Found:
    found = dict(chosen)
    if references in ("parents", "parentsandsiblings", "all"):
        found |= _parents(chosen, every)
    if references == "parentsandsiblings":
        found |= _children(found, every)
    if references == "children":
        found |= _children(chosen, every)
    if references in ("descendants", "all"):
        found |= _children(found, every)
        found |= _children(found, every)
    return found


def _children(of: Found, every: Found) -> Found:
    return {urn: every[urn] for structure in of.values() for urn in _named(structure) if urn in every}


def _parents(of: Found, every: Found) -> Found:
    return {urn: s for urn, s in every.items() if any(named in of for named in _named(s))}


def _named(structure: Any) -> Iterable[str]:
    """Return the short URNs of what a structure rests on."""
    if structure.short_urn.startswith("Dataflow="):
        yield _short(str(structure.structure))
    for part in getattr(structure, "components", None) or ():
        if part.local_enum_ref:
            yield _short(part.local_enum_ref)
        concept = part.concept
        yield f"ConceptScheme={concept.agency}:{concept.id}({concept.version})"


def _short(urn: str) -> str:
    """Return class, agency, id and version of a URN, without the package before them."""
    head, _sign, rest = urn.partition("=")
    return f"{head.rpartition('.')[2]}={rest}"
