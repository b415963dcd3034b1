"""A kit in SDMX terms: its concepts, its codelists, the structure of its figures and that of the rows behind them.

DATASHIFT:DF_<KIT>(version) names the figures, SDG_SHADOW_<KIT> is their structure: the shadow structure with one more
dimension per breakdown that the SDG structure does not have. ROWS_<KIT> is the structure of the harmonised rows: the
measure is the row's weight, and every concept of the kit is an attribute of the row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pysdmx.model import (
    Code,
    Codelist,
    Component,
    Concept,
    ConceptScheme,
    DataStructureDefinition,
    DataType,
    ItemReference,
    Role,
)
from pysdmx.util import is_final

from datashift.errors import BadStandard
from datashift.model import Area, Kit, Label
from datashift.model import Code as KitCode
from datashift.standards.structures.identifiers import (
    AGENCY,
    EVERYBODY,
    code_ids,
    kit_breakdowns,
    name_id,
    name_ids,
)  # fmt: skip
from datashift.standards.structures.layout import answers, parts
from datashift.standards.structures.names import fact, label_of, named
from datashift.standards.structures.shadow import (
    AREAS,
    SCHEME,
    SERIES,
    SHADOW,
    VERSION,
    Structures,
    area_list,
    coded,
    codelist,
    component,
    concept_reference,
    core_lists,
    data_structure,
    dataflow,
    in_order,
    list_urn,
    scheme,
    series_list,
)  # fmt: skip

_TYPES = {"number": DataType.DOUBLE, "text": DataType.STRING, "code": DataType.STRING}
_SDG = {part.id: part for part in parts("SDG")}


def kit_structures(kit: Kit, areas: Iterable[Area] | None = None, series: Iterable[str] = ()) -> Structures:
    """Return all structures of `kit` with the common ones they refer to, so that one message holds everything.

    `areas` as in `shadow_structure`; `series` are further codes of global series that its figures may name.
    Raises BadStandard when SDMX does not take the kit's version, or the id of an area or a series.
    """
    if re.fullmatch(r"\d+(\.\d+){0,2}", kit.version) is None:
        raise BadStandard("standard.structure-version-of-kit", kit=kit.id, version=kit.version)
    lists = _concept_lists(kit)
    figures, own = _figures(kit, {*kit.series, *series})
    described = {"INDICATOR": kit.indicator, "RELATION": kit.relation, "KIT": f"{kit.id}@{kit.version}"}
    structure = data_structure(f"{SHADOW}_{name_id(kit.id)}", kit.version, kit.title, figures, described)
    rows = data_structure(f"ROWS_{name_id(kit.id)}", kit.version, kit.universe.unit, _rows(kit), described)
    flow = dataflow(f"DF_{name_id(kit.id)}", structure, kit.title, kit.description)
    common = [scheme(), *core_lists(), area_list(areas), series_list(SERIES, VERSION, ())]
    return in_order([*common, _scheme(kit), *lists.values(), *own, structure, rows, flow])


def kit_codes(structures: Structures, kit_id: str) -> dict[str, dict[str, Label]]:
    """Return the coded concepts of a kit with their codes and labels, as the kit itself writes them.

    Raises BadStandard when the structures hold no kit of that name.
    """
    found = {structure.id: structure for structure in structures}
    rows, concepts = found.get(f"ROWS_{name_id(kit_id)}"), found.get(_scheme_id(kit_id))
    if not isinstance(rows, DataStructureDefinition) or not isinstance(concepts, ConceptScheme):
        raise BadStandard("standard.structure-no-kit", kit=kit_id)
    lists = {list_urn(s.id, s.version): s for s in structures if isinstance(s, Codelist)}
    listed = {
        part.concept.item_id: part.local_enum_ref
        for part in rows.components
        if part.local_enum_ref and isinstance(part.concept, ItemReference)
    }
    return {
        fact(concept, "KIT_NAME") or concept.id.lower(): {
            fact(code, "KIT_CODE") or code.id: label_of(code) for code in lists[listed[concept.id]]
        }
        for concept in concepts.items
        if concept.id in listed
    }


def _scheme_id(kit_id: str) -> str:
    return f"CS_{name_id(kit_id)}"


def _scheme(kit: Kit) -> ConceptScheme:
    ids = name_ids(kit.concepts)
    items = tuple(
        Concept(
            id=ids[name],
            dtype=_TYPES[concept.kind],
            **named(concept.label, facts={"KIT_NAME": name if ids[name].lower() != name else None}),
        )
        for name, concept in kit.concepts.items()
    )
    titled = named(kit.title, kit.description, {"KIT": f"{kit.id}@{kit.version}"})
    final = is_final(kit.version)
    return ConceptScheme(
        id=_scheme_id(kit.id), agency=AGENCY, version=kit.version, is_final=final, items=items, **titled
    )  # fmt: skip


# --- codelists ------------------------------------------------------------------------------------------------------


def _list_id(kit: Kit, concept: str) -> str:
    shared = kit.concepts[concept].codelist
    return f"CL_{name_id(kit.id)}_{name_id(shared)}_LIST" if shared else f"CL_{name_id(kit.id)}_{name_id(concept)}"


def _concept_lists(kit: Kit) -> dict[str, Codelist]:
    lists: dict[str, Codelist] = {}
    for name, concept in kit.concepts.items():
        if concept.codes and _list_id(kit, name) not in lists:
            lists[_list_id(kit, name)] = _kit_list(kit, _list_id(kit, name), concept.label, concept.codes)
    return lists


def _kit_list(
    kit: Kit, name: str, label: Label, codes: Mapping[str, KitCode], ids: Mapping[str, str] | None = None
) -> Codelist:
    """Return a codelist of the kit; `ids` given, it is one for figures, with `_T` for everybody."""
    given = code_ids(codes) if ids is None else ids
    items = [
        Code(id=given[code], **named(answer.label, facts=_kept(code, given[code], answer)))
        for code, answer in codes.items()
    ]
    if ids is not None:
        items = [Code(id=EVERYBODY, **named(answers()["CL_SEX"].codes[EVERYBODY])), *items]
    return codelist(name, kit.version, items, named(label))


def _kept(code: str, given: str, answer: KitCode) -> dict[str, str | None]:
    return {"KIT_CODE": code if given != code else None, "UNKNOWN": "true" if answer.unknown else None}


# --- the structure of figures ---------------------------------------------------------------------------------------


def _figures(kit: Kit, series: set[str]) -> tuple[list[Component], list[Codelist]]:
    """Return the components of the kit's figures, and the codelists that only they have."""
    own = [_measure_list(kit)]
    others = {"MEASURE": list_urn(own[0].id, kit.version)}
    more: list[Component] = []
    if series:
        own.append(series_list(f"CL_{name_id(kit.id)}_GLOBAL", kit.version, series))
        others["SERIES"] = list_urn(own[-1].id, kit.version)
    units = {measure.unit: measure.unit_label for measure in kit.measures}
    if not set(units) <= set(answers()["CL_UNIT_MEASURE"].codes):
        named_units = {unit: answers()["CL_UNIT_MEASURE"].codes.get(unit, label) for unit, label in units.items()}
        name = f"CL_{name_id(kit.id)}_UNIT"
        own.append(codelist(name, kit.version, coded(named_units), named(answers()["CL_UNIT_MEASURE"].label)))
        others["UNIT_MEASURE"] = list_urn(name, kit.version)
    for concept, dimension in kit_breakdowns(kit).items():
        if dimension in _SDG and _fits(kit, concept, dimension):
            continue
        listed = _figure_list(kit, concept, dimension)
        own += [listed] if listed else []
        urn = list_urn(listed.id, kit.version) if listed else None
        if dimension in _SDG and urn:
            others[dimension] = urn
        elif dimension not in _SDG:
            more.append(_dimension(kit, concept, dimension, urn))
    known = [component(part, others.get(part.id)) for part in parts()]
    return [*known, *more], own


def _fits(kit: Kit, concept: str, dimension: str) -> bool:
    ids = code_ids(kit.concepts[concept].codes, dimension)
    return set(ids.values()) <= set(answers()[_SDG[dimension].representation].codes)


def _figure_list(kit: Kit, concept: str, dimension: str) -> Codelist | None:
    known = kit.concepts[concept]
    if not known.codes:
        return None
    ids = code_ids(known.codes, dimension)
    return _kit_list(kit, f"CL_{name_id(kit.id)}_BY_{dimension.removeprefix('BY_')}", known.label, known.codes, ids)


def _dimension(kit: Kit, concept: str, dimension: str, listed: str | None) -> Component:
    return Component(
        id=dimension,
        required=True,
        role=Role.DIMENSION,
        concept=concept_reference(_scheme_id(kit.id), kit.version, name_ids(kit.concepts)[concept]),
        local_dtype=None if listed else DataType.STRING,
        local_enum_ref=listed,
    )


def _measure_list(kit: Kit) -> Codelist:
    facts = {"INDICATOR": kit.indicator, "RELATION": kit.relation, "GLOBAL_SERIES": ", ".join(kit.series)}
    ids = code_ids(measure.id for measure in kit.measures)
    items = [
        Code(
            id=ids[measure.id],
            **named(measure.label, facts={"KIT_CODE": measure.id if ids[measure.id] != measure.id else None} | facts),
        )
        for measure in kit.measures
    ]
    return codelist(f"CL_{name_id(kit.id)}_SERIES", kit.version, items, named(kit.title, kit.relation_note, facts))


# --- the structure of rows ------------------------------------------------------------------------------------------


def _rows(kit: Kit) -> list[Component]:
    known = {part.id: part for part in parts("SDG", "DATASHIFT", "ROW")}
    found = [component(known[name]) for name in ("SOURCE_ID", "ROW", "TIME_PERIOD", "STRATUM", "CLUSTER")]
    # SDMX 2.1 knows one measure, and its id must be OBS_VALUE.
    weight = Component(
        id="OBS_VALUE", required=False, role=Role.MEASURE, concept=concept_reference(SCHEME, VERSION, "WEIGHT"),
        local_dtype=DataType.DOUBLE,
    )  # fmt: skip
    place = Component(
        id="REF_AREA", required=True, role=Role.ATTRIBUTE, concept=concept_reference(SCHEME, VERSION, "REF_AREA"),
        local_enum_ref=list_urn(AREAS, VERSION), attachment_level="O",
    )  # fmt: skip
    taken = {*(part.id for part in found), "OBS_VALUE", "REF_AREA"}
    ids = name_ids(kit.concepts)
    answered = [
        Component(
            id=f"BY_{ids[name]}" if ids[name] in taken else ids[name],
            required=False,
            role=Role.ATTRIBUTE,
            concept=concept_reference(_scheme_id(kit.id), kit.version, ids[name]),
            local_dtype=None if concept.codes else _TYPES[concept.kind],
            local_enum_ref=list_urn(_list_id(kit, name), kit.version) if concept.codes else None,
            attachment_level="O",
        )
        for name, concept in kit.concepts.items()
    ]
    return [*found, weight, place, *answered]
