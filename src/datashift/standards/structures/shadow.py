"""The shadow structure: the SDG data structure as it is, with what a citizen figure must say about itself on top.

DATASHIFT:SDG_SHADOW(1.0) has the fifteen dimensions of the SDG data structure in their order, then PRODUCER,
SOURCE_ID, KIT and MEASURE, then TIME_PERIOD. KIT and MEASURE are needed because SERIES says `_Z` wherever no global
series measures the same, and the key of a figure must still be its own. All attributes of the SDG structure are kept;
ours follow. Codelists are lists of our own with codes of the global ones, because they hold a part of the codes only,
under names in our words; the annotation CODES_FROM names the global list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from pysdmx.model import (
    Code,
    Codelist,
    Component,
    Components,
    Concept,
    ConceptScheme,
    Dataflow,
    DataStructureDefinition,
    DataType,
    ItemReference,
    Role,
)
from pysdmx.model.__base import MaintainableArtefact
from pysdmx.util import is_final

from datashift.model import Area, Label
from datashift.standards import areas as area_lists
from datashift.standards.structures.identifiers import AGENCY, checked_id
from datashift.standards.structures.layout import Answers, Part, answers, parts
from datashift.standards.structures.names import named

Structures = tuple[MaintainableArtefact, ...]
"""Concept schemes, codelists, data structures and dataflows, sorted by class, agency, id and version."""

VERSION = "1.0"
SCHEME = "CS_SDG_SHADOW"
SHADOW = "SDG_SHADOW"
FLOW = "DF_CITIZEN_FIGURES"
AREAS = "CL_REF_AREA"
SERIES = "CL_SERIES"
OFFICIAL = "IAEG-SDGs:SDG(1.14)"

_TITLE: Label = {
    "en": "Citizen figures beside the SDG figures",
    "es": "Cifras ciudadanas junto a las cifras de los ODS",
    "sw": "Takwimu za wananchi kando ya takwimu za SDG",
    "ne": "दिगो विकास लक्ष्यका अङ्कको छेउमा नागरिकका अङ्क",
}
_SCHEME_TITLE: Label = {
    "en": "Concepts of citizen figures",
    "es": "Conceptos de las cifras ciudadanas",
    "sw": "Dhana za takwimu za wananchi",
    "ne": "नागरिकका अङ्कका अवधारणा",
}


def shadow_structure(areas: Iterable[Area] | None = None, series: Iterable[str] = ()) -> Structures:
    """Return the shadow structure with all that it refers to.

    `areas` are the places of CL_REF_AREA (default: every area list that ships); `series` are codes of the global series
    list that CL_SERIES holds beside `_Z`. Raises BadStandard when SDMX does not take one of their ids.
    """
    lists = [*core_lists(), area_list(areas), series_list(SERIES, VERSION, series)]
    components = [component(part) for part in parts()]
    structure = data_structure(SHADOW, VERSION, _TITLE, components, {"FOLLOWS": OFFICIAL})
    return in_order([scheme(), *lists, structure, dataflow(FLOW, structure, _TITLE)])


def scheme() -> ConceptScheme:
    """Return the concepts of figures and of the rows behind them."""
    known = parts("SDG", "DATASHIFT", "ROW")
    concepts = tuple(
        Concept(id=part.id, dtype=DataType.STRING if part.coded else DataType(part.representation), **named(part.label))
        for part in known
    )
    return ConceptScheme(id=SCHEME, agency=AGENCY, version=VERSION, items=concepts, **named(_SCHEME_TITLE))


def core_lists() -> list[Codelist]:
    """Return every codelist of the shadow structure but those of areas and series."""
    return [_core_list(known) for name, known in answers().items() if name not in (AREAS, SERIES)]


def area_list(areas: Iterable[Area] | None = None) -> Codelist:
    """Return CL_REF_AREA: every place with the extent it had, its parent, and the codes that others give it."""
    if areas is None:
        areas = (area for country in area_lists.countries() for area in area_lists.known_areas(country).values())
    known = answers()[AREAS]
    items = [_area(area) for area in sorted(areas, key=lambda area: area.id)]
    return codelist(AREAS, VERSION, items, named(known.label))


def series_list(name: str, version: str, series: Iterable[str]) -> Codelist:
    """Return the list `name` of global series: `_Z` for none, and the codes of `series`."""
    known = answers()[SERIES]
    codes = {**known.codes, **{code: {"en": code} for code in sorted({checked_id(code) for code in series})}}
    return codelist(name, version, coded(codes), named(known.label, facts={"CODES_FROM": known.source}))


def coded(labels: Mapping[str, Label]) -> list[Code]:
    """Return the codes of a list, with their names in every language."""
    return [Code(id=code, **named(label)) for code, label in labels.items()]


def codelist(name: str, version: str, codes: Iterable[Code], texts: Mapping[str, Any]) -> Codelist:
    """Return a codelist of ours; `texts` is what `named` returns."""
    return Codelist(
        id=name, agency=AGENCY, version=version, is_final=is_final(version), items=tuple(codes), **texts
    )  # fmt: skip


def component(part: Part, enumeration: str | None = None) -> Component:
    """Return a component of the shadow structure, with another codelist (its URN) where `enumeration` names one.

    Attributes of a series hang on every dimension but time; `data_structure` fills that in.
    """
    listed = enumeration or (list_urn(part.representation, VERSION) if part.coded else None)
    return Component(
        id=part.id,
        required=part.required,
        role=Role(part.role),
        concept=concept_reference(SCHEME, VERSION, part.id),
        local_dtype=None if listed else DataType(part.representation),
        local_enum_ref=listed,
        attachment_level=part.attached or None,
    )


def data_structure(
    name: str, version: str, label: Label, components: Sequence[Component], facts: Mapping[str, str | None]
) -> DataStructureDefinition:
    """Return a data structure of these components: dimensions with time last, the measure, attributes."""
    time = [part for part in components if part.id == "TIME_PERIOD"]
    dimensions = [part for part in components if part.role == Role.DIMENSION and part.id != "TIME_PERIOD"]
    measures = [part for part in components if part.role == Role.MEASURE]
    attributes = [part for part in components if part.role == Role.ATTRIBUTE]
    series = ",".join(part.id for part in dimensions)
    attached = [_attached(part, series if part.attachment_level == "S" else "O") for part in attributes]
    return DataStructureDefinition(
        id=name,
        agency=AGENCY,
        version=version,
        is_final=is_final(version),
        components=Components([*dimensions, *time, *measures, *attached]),
        **named(label, facts=facts),
    )


def dataflow(name: str, structure: DataStructureDefinition, label: Label, description: Label | None = None) -> Dataflow:
    """Return the dataflow `name` of a data structure, with the same version."""
    urn = f"urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure={AGENCY}:{structure.id}({structure.version})"
    version, final = structure.version, is_final(structure.version)
    return Dataflow(id=name, agency=AGENCY, version=version, is_final=final, structure=urn, **named(label, description))


def concept_reference(scheme_id: str, version: str, concept: str) -> ItemReference:
    """Return the reference to a concept of one of our schemes."""
    return ItemReference(sdmx_type="Concept", agency=AGENCY, id=scheme_id, version=version, item_id=concept)


def list_urn(name: str, version: str) -> str:
    """Return the URN of a codelist of ours."""
    return f"urn:sdmx:org.sdmx.infomodel.codelist.Codelist={AGENCY}:{name}({version})"


def in_order(structures: Iterable[MaintainableArtefact]) -> Structures:
    """Return structures sorted by class, agency, id and version."""
    return tuple(sorted(structures, key=lambda structure: structure.short_urn))


def _core_list(known: Answers) -> Codelist:
    return codelist(known.id, VERSION, coded(known.codes), named(known.label, facts={"CODES_FROM": known.source}))


def _area(area: Area) -> Code:
    country = area_lists.world().get(area.id)
    facts = {
        "PARENT": area.parent,
        "VALID_FROM": _said(area.valid_from),
        "VALID_TO": _said(area.valid_to),
        "ISO_3166_1_ALPHA_3": country.aliases[0] if country else None,
        "M49": country.code if country else None,
        "ISO_3166_2": area.iso,
        "PCODE": area.pcode,
    }
    return Code(id=checked_id(area.id), **named({"en": area.name} | dict(area.names), facts=facts))


def _attached(part: Component, level: str) -> Component:
    return Component(
        id=part.id,
        required=part.required,
        role=part.role,
        concept=part.concept,
        local_dtype=part.local_dtype,
        local_enum_ref=part.local_enum_ref,
        attachment_level=level,
    )


def _said(day: date | None) -> str | None:
    return day.isoformat() if day else None
