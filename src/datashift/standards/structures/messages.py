"""Structures as SDMX-ML 2.1, SDMX-ML 3.0 and SDMX-JSON 2.0 structure messages, and back.

Written with pysdmx; names in further languages are added, and empty lists that the SDMX-JSON schema forbids are taken
out. Read: told apart, held against the official schema (SDMX-ML 2.1, 3.0, 3.1 and SDMX-JSON 2.0, 2.1, all of which come
with the program), then read with pysdmx. Nothing is fetched: no document type, no schema location, no link is followed.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

from pysdmx.errors import PysdmxError
from pysdmx.io import write_sdmx
from pysdmx.io.format import Format
from pysdmx.io.json.sdmxjson2.messages.core import JsonAnnotation
from pysdmx.io.json.sdmxjson2.reader.structure import read as read_json
from pysdmx.io.xml.sdmx21.reader.structure import read as read_21
from pysdmx.io.xml.sdmx30.reader.structure import read as read_30
from pysdmx.io.xml.sdmx31.reader.structure import read as read_31
from pysdmx.model import (
    Component,
    Components,
    Concept,
    ConceptScheme,
    Dataflow,
    DataStructureDefinition,
    ItemReference,
    Organisation,
    Role,
)
from pysdmx.model.__base import AnnotableArtefact, MaintainableArtefact
from pysdmx.model.message import Header
from pysdmx.util import parse_item_urn

from datashift.errors import BadStandard
from datashift.standards.structures.identifiers import AGENCY
from datashift.standards.structures.languages import gather_json, gather_xml, spread_json, spread_xml
from datashift.standards.structures.markup import (
    check_size,
    followed,
    json_tree,
    xml_kind,
    xml_text,
    xml_tree,
)  # fmt: skip
from datashift.standards.structures.shadow import Structures, in_order

S = TypeVar("S", bound=AnnotableArtefact)

FORMATS = {
    "sdmx-ml-2.1": Format.STRUCTURE_SDMX_ML_2_1,
    "sdmx-ml-3.0": Format.STRUCTURE_SDMX_ML_3_0,
    "sdmx-json": Format.STRUCTURE_SDMX_JSON_2_0_0,
}
_READERS: dict[str, Callable[..., Iterable[Any]]] = {"2.1": read_21, "3.0": read_30, "3.1": read_31}
_DATA = ("GenericData", "StructureSpecificData", "GenericTimeSeriesData", "StructureSpecificTimeSeriesData")
_JSON_SCHEMA = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/develop/structure-message/tools/schemas/2.0.0/"
    "sdmx-json-structure-schema.json"
)
# What a message that passes its schema can still make pysdmx stumble over.
_STUMBLES = (PysdmxError, LookupError, TypeError, ValueError, AttributeError, SyntaxError, RecursionError)


def write_structures(structures: Structures, format: str, prepared: datetime | None = None) -> bytes:
    """Return `structures` as a structure message in UTF-8; `prepared` (default: now) is the only part that changes.

    `format` is one of sdmx-ml-2.1, sdmx-ml-3.0, sdmx-json. Raises BadStandard for any other.
    """
    if format not in FORMATS:
        raise BadStandard("standard.structure-format", format=format, known=", ".join(FORMATS))
    moment = (prepared or datetime.now(UTC)).replace(microsecond=0)
    header = Header(id=f"{AGENCY}_STRUCTURES", prepared=moment, sender=Organisation(id=AGENCY))
    text = str(write_sdmx(list(structures), FORMATS[format], header=header))
    if format == "sdmx-json":
        message = json.loads(text)
        spread_json(message)
        for structure in message["data"].get("dataStructures", []):
            structure["dataStructureComponents"].pop("groups", None)
        return json.dumps(message, ensure_ascii=False, indent=1).encode()
    root = xml_tree(text.encode(), "")
    spread_xml(root)
    return xml_text(root).encode()


def read_structures(data: bytes, file: str = "") -> Structures:
    """Return what a structure message holds; `file` names it in errors.

    Components point to their concepts and codelists and do not hold them, so that what is read equals what was written.
    Raises BadStandard for anything that is not a valid structure message.
    """
    check_size(data, file)
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start in (b"{", b"["):
        found = _json(data, file)
    elif start == b"<" or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        found = _xml(data, file)
    else:
        raise BadStandard("standard.structure-not-sdmx", file=file)
    if not found:
        raise BadStandard("standard.structure-none", file=file)
    return in_order(found)


def _xml(data: bytes, file: str) -> list[MaintainableArtefact]:
    if b"<html" in data[:2000].lower() or data[:20].lower().lstrip().startswith(b"<!doctype html"):
        raise BadStandard("standard.structure-not-sdmx", file=file)
    root = xml_tree(data, file)
    name, version = xml_kind(root)
    if version and name in _DATA:
        raise BadStandard("standard.structure-data", file=file, structure=followed(root) or "?")
    if not version or name != "Structure":
        raise BadStandard("standard.structure-not-sdmx", file=file)
    if version not in _READERS:
        raise BadStandard("standard.structure-old-version", file=file, version=f"SDMX-ML {version}")
    gather_xml(root)
    return _read(_READERS[version], xml_text(root), file)


def _json(data: bytes, file: str) -> list[MaintainableArtefact]:
    message = json_tree(data, file)
    meta = message.get("meta")
    schema = str(meta.get("schema", "")) if isinstance(meta, dict) else ""
    content = message.get("data")
    if "data-schema" in schema or (isinstance(content, dict) and "dataSets" in content):
        raise BadStandard("standard.structure-data", file=file, structure="?")
    if not isinstance(meta, dict) or not isinstance(content, dict):
        raise BadStandard("standard.structure-not-sdmx", file=file)
    if "structure-schema.json" not in schema or not ("2.0" in schema or "2.1" in schema):
        if schema:
            raise BadStandard("standard.structure-old-version", file=file, version=schema)
        meta["schema"] = _JSON_SCHEMA
    gather_json(message)
    _say_urns(content)
    found = _read(lambda text: read_json(text).structures, json.dumps(message, ensure_ascii=False), file)
    return [
        _annotated(structure, content) if isinstance(structure, ConceptScheme) else structure for structure in found
    ]


def _read(reader: Callable[[str], Iterable[Any] | None], text: str, file: str) -> list[MaintainableArtefact]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # times without a zone: allowed by SDMX, and of no use here
            return [_by_reference(structure) for structure in reader(text) or ()]
    except _STUMBLES as problem:
        said = getattr(problem, "description", None) or getattr(problem, "title", None) or type(problem).__name__
        first = str(said).splitlines()[0][:300]
        raise BadStandard("standard.structure-not-valid", file=file, problem=first) from problem


def _say_urns(content: dict[str, Any]) -> None:
    """Let every concept say its own URN, so that a component can point to it once pysdmx has resolved the reference."""
    schemes = content.get("conceptSchemes")
    for scheme in schemes if isinstance(schemes, list) else ():
        if isinstance(scheme, dict) and isinstance(scheme.get("concepts"), list):
            name = f"{scheme.get('agencyID')}:{scheme.get('id')}({scheme.get('version', '1.0')})"
            for concept in scheme["concepts"]:
                if isinstance(concept, dict) and "links" not in concept:
                    urn = f"urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept={name}.{concept.get('id')}"
                    concept["links"] = [{"rel": "self", "urn": urn}]


def _annotated(scheme: ConceptScheme, content: dict[str, Any]) -> MaintainableArtefact:
    """Return the scheme with the annotations of its concepts, which pysdmx writes to SDMX-JSON but does not read."""
    key = (scheme.agency, scheme.id, scheme.version)
    same = (s for s in content["conceptSchemes"] if (s["agencyID"], s["id"], s.get("version", "1.0")) == key)
    concepts: list[dict[str, Any]] = next((s.get("concepts", []) for s in same), [])
    notes = {concept["id"]: concept.get("annotations", []) for concept in concepts}
    items = [
        _changed(
            concept,
            urn=None,
            annotations=tuple(JsonAnnotation(**_known(note)).to_model() for note in notes[concept.id]),
        )
        for concept in scheme.items
    ]
    return _changed(scheme, items=tuple(items))


def _known(note: dict[str, Any]) -> dict[str, Any]:
    return {field: note[field] for field in ("id", "title", "type", "value", "text") if field in note}


# --- by reference ---------------------------------------------------------------------------------------------------


def _by_reference(structure: MaintainableArtefact) -> MaintainableArtefact:
    if isinstance(structure, DataStructureDefinition):
        components = Components([_referring(part) for part in structure.components])
        return _changed(structure, components=components, groups=structure.groups or None)
    if isinstance(structure, Dataflow) and structure.structure is not None:
        return _changed(structure, structure=_structure_urn(structure.structure))
    return structure


def _changed(structure: S, /, **changes: Any) -> S:
    fields = {name: getattr(structure, name) for name in structure.__struct_fields__}
    return type(structure)(**{**fields, **changes})


def _referring(part: Component) -> Component:
    concept = part.concept
    if isinstance(concept, Concept):
        concept = _reference(concept)
    # SDMX 2.1 cannot say whether the measure must be there.
    required = part.required and part.role != Role.MEASURE
    coded = part.local_enum_ref is not None
    return Component(
        id=part.id,
        required=required,
        role=part.role,
        concept=concept,
        local_dtype=None if coded else part.local_dtype,
        local_facets=part.local_facets,
        local_enum_ref=part.local_enum_ref,
        attachment_level=part.attachment_level,
        array_def=part.array_def,
    )


def _reference(concept: Concept) -> Concept | ItemReference:
    found = parse_item_urn(concept.urn) if concept.urn else None
    return found if isinstance(found, ItemReference) else concept


def _structure_urn(structure: str | DataStructureDefinition) -> str:
    short = structure.short_urn if isinstance(structure, DataStructureDefinition) else structure
    return short if short.startswith("urn:") else f"urn:sdmx:org.sdmx.infomodel.datastructure.{short}"
