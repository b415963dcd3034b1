"""Every kit in SDMX terms: valid, complete, and back to the kit's own words."""

from __future__ import annotations

import json
from functools import cache

import pytest
from lxml import etree
from pysdmx.model import Codelist, ConceptScheme, DataStructureDefinition
from structure_schemas import json_faults, xml_faults

from datashift.errors import BadStandard
from datashift.model import Kit
from datashift.standards.kits import known_kits, parse_kit, shipped_kit
from datashift.standards.structures import FORMATS, kit_codes, kit_structures, read_structures, write_structures
from datashift.standards.structures.identifiers import code_ids, kit_breakdowns
from datashift.standards.structures.names import fact, label_of
from datashift.standards.structures.shadow import Structures

MADE_UP = """\
id = "made-up"
version = "1.2.0"
title = { en = "Made up", ne = "बनावटी" }
description = { en = "A kit for this test" }
indicator = "16.6.2"
relation = "component"
relation_note = { en = "A part of it" }
series = ["IU_COR_BRIB"]

[universe]
unit = { en = "a person" }
text = { en = "persons" }

[concepts.sex]
label = { en = "Sex" }
codes = { female = { label = { en = "woman" } }, male = { label = { en = "man" } }, x = { label = { en = "x" } } }

[concepts.place]
label = { en = "Place" }
codes = { urban = { label = { en = "town" } }, rural = { label = { en = "land" } } }

[concepts."Größe"]
label = { en = "Size" }
codes = { "très grand" = { label = { en = "big" } }, "trés grand" = { label = { en = "large" } } }

[concepts.method]
label = { en = "Way of asking" }
codes = { phone = { label = { en = "phone" } }, home = { label = { en = "home" } } }

[concepts.users]
label = { en = "Users" }
kind = "number"

[[measures]]
id = "HAPPY"
label = { en = "Happy" }
finding = { en = "{value}" }
estimator = "proportion"
unit = "PS"
unit_label = { en = "people" }
numerator = { sex = ["female"] }
breakdowns = [["area"], ["sex"], ["place"], ["Größe"], ["method"]]
"""


@cache
def structures_of(name: str) -> Structures:
    return kit_structures(shipped_kit(name), areas=())


@pytest.fixture(scope="module")
def made_up() -> Kit:
    return parse_kit(MADE_UP, "kit.toml")


@pytest.fixture(scope="module")
def structures(made_up: Kit) -> Structures:
    return kit_structures(made_up, areas=())


def figures_of(structures: Structures, name: str) -> DataStructureDefinition:
    [found] = [s for s in structures if isinstance(s, DataStructureDefinition) and s.id == name]
    return found


@pytest.mark.parametrize("name", known_kits())
@pytest.mark.parametrize("format", FORMATS)
def test_every_kit_is_written_validly_and_read_back_equal(name: str, format: str) -> None:
    data = write_structures(structures_of(name), format)
    assert (json_faults(data) if format == "sdmx-json" else xml_faults(data, format)) == []
    assert read_structures(data) == structures_of(name)


@pytest.mark.parametrize("name", known_kits())
def test_every_kit_gets_its_codes_and_labels_back(name: str) -> None:
    kit = shipped_kit(name)
    coded = {concept: known for concept, known in kit.concepts.items() if known.codes}
    back = kit_codes(read_structures(write_structures(structures_of(name), "sdmx-json")), kit.id)
    assert back == {
        concept: {code: answer.label for code, answer in known.codes.items()} for concept, known in coded.items()
    }


@pytest.mark.parametrize("name", known_kits())
def test_every_code_a_figure_may_have_is_in_the_list_of_its_dimension(name: str) -> None:
    kit = shipped_kit(name)
    found = {s.short_urn: s for s in structures_of(name) if isinstance(s, Codelist)}
    [flow] = [s for s in structures_of(name) if s.id.startswith("DF_")]
    [figures] = [s for s in structures_of(name) if isinstance(s, DataStructureDefinition) and s.id.startswith("SDG_")]
    assert flow.structure is not None
    assert flow.structure.endswith(figures.short_urn)
    for concept, dimension in kit_breakdowns(kit).items():
        urn = figures.components[dimension].local_enum_ref
        if kit.concepts[concept].codes:
            allowed = {code.id for code in found[urn.removeprefix("urn:sdmx:org.sdmx.infomodel.codelist.")]}
            assert allowed >= {"_T", *code_ids(kit.concepts[concept].codes, dimension).values()}, concept
    units = figures.components["UNIT_MEASURE"].local_enum_ref.removeprefix("urn:sdmx:org.sdmx.infomodel.codelist.")
    assert {code.id for code in found[units]} >= {measure.unit for measure in kit.measures}


def test_measures_are_codes_of_a_series_list_that_says_how_they_relate(structures: Structures) -> None:
    [listed] = [s for s in structures if s.id == "CL_MADE_UP_SERIES"]
    [happy] = listed.items
    assert (happy.id, fact(happy, "RELATION"), fact(happy, "INDICATOR")) == ("HAPPY", "component", "16.6.2")
    assert fact(happy, "GLOBAL_SERIES") == "IU_COR_BRIB"
    [world] = [s for s in structures if s.id == "CL_MADE_UP_GLOBAL"]
    assert [code.id for code in world] == ["_Z", "IU_COR_BRIB"]


def test_breakdowns_the_sdg_structure_knows_use_its_dimensions(structures: Structures) -> None:
    figures = figures_of(structures, "SDG_SHADOW_MADE_UP")
    assert figures.components["URBANISATION"].local_enum_ref.endswith("DATASHIFT:CL_URBANISATION(1.0)")
    assert [part.id for part in figures.components.dimensions][-4:] == [
        "MEASURE", "GR_SSE", "BY_METHOD", "TIME_PERIOD",
    ]  # fmt: skip


def test_an_answer_the_global_list_lacks_gets_a_list_of_the_kit(structures: Structures) -> None:
    figures = figures_of(structures, "SDG_SHADOW_MADE_UP")
    assert figures.components["SEX"].local_enum_ref.endswith("DATASHIFT:CL_MADE_UP_BY_SEX(1.2.0)")
    [listed] = [s for s in structures if s.id == "CL_MADE_UP_BY_SEX"]
    assert [(code.id, fact(code, "KIT_CODE")) for code in listed] == [
        ("_T", None), ("F", "female"), ("M", "male"), ("x", None),
    ]  # fmt: skip
    assert figures.components["UNIT_MEASURE"].local_enum_ref.endswith("CL_MADE_UP_UNIT(1.2.0)")


def test_names_that_sdmx_cannot_hold_come_back_as_they_were(made_up: Kit, structures: Structures) -> None:
    for format in FORMATS:
        back = kit_codes(read_structures(write_structures(structures, format)), "made-up")
        assert list(back) == ["sex", "place", "Größe", "method"]
        assert list(back["Größe"]) == ["très grand", "trés grand"]


def test_the_rows_of_a_kit_have_every_concept_as_an_attribute(made_up: Kit, structures: Structures) -> None:
    rows = figures_of(structures, "ROWS_MADE_UP")
    assert [part.id for part in rows.components.dimensions] == ["SOURCE_ID", "ROW", "TIME_PERIOD"]
    [weight] = rows.components.measures
    assert (weight.id, weight.concept.item_id) == ("OBS_VALUE", "WEIGHT")
    assert {"SEX", "PLACE", "METHOD", "USERS"} < {part.id for part in rows.components.attributes}
    [scheme] = [s for s in structures if isinstance(s, ConceptScheme) and s.id == "CS_MADE_UP"]
    assert len(scheme) == len(made_up.concepts)
    assert label_of(scheme) == {"en": "Made up", "ne": "बनावटी"}


def test_a_kit_without_breakdowns_by_area_only_has_the_dimensions_of_the_shadow(made_up: Kit) -> None:
    plain = made_up.model_copy(
        update={"measures": tuple(m.model_copy(update={"breakdowns": (("area",),)}) for m in made_up.measures)}
    )
    figures = figures_of(kit_structures(plain, areas=()), "SDG_SHADOW_MADE_UP")
    assert len(figures.components.dimensions) == 20


def test_a_version_that_sdmx_does_not_know_is_refused(made_up: Kit) -> None:
    with pytest.raises(BadStandard) as refused:
        kit_structures(made_up.model_copy(update={"version": "2024-draft"}))
    assert refused.value.code == "standard.structure-version-of-kit"


def test_a_kit_that_is_not_there_is_named(structures: Structures) -> None:
    with pytest.raises(BadStandard) as refused:
        kit_codes(structures, "another-kit")
    assert refused.value.code == "standard.structure-no-kit"


def test_names_stand_in_the_message_as_international_names(structures: Structures) -> None:
    for format in ("sdmx-ml-2.1", "sdmx-ml-3.0"):
        text = write_structures(structures, format)
        said = etree.fromstring(text).xpath(
            "//*[local-name()='ConceptScheme'][@id='CS_MADE_UP']/*[local-name()='Name']"
        )
        assert {name.get("{http://www.w3.org/XML/1998/namespace}lang"): name.text for name in said} == {
            "en": "Made up", "ne": "बनावटी",
        }  # fmt: skip
        assert b"NAME_IN" not in text
    message = json.loads(write_structures(structures, "sdmx-json"))
    [found] = [s for s in message["data"]["conceptSchemes"] if s["id"] == "CS_MADE_UP"]
    assert (found["name"], found["names"]) == ("Made up", {"en": "Made up", "ne": "बनावटी"})
