"""The shadow structure: the SDG dimensions unchanged, ours on top, and never a national reporting type."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pysdmx.model import Codelist, DataStructureDefinition

from datashift.errors import BadStandard
from datashift.language import LANGUAGES
from datashift.model import SAMPLING_TYPES, Area, Measure
from datashift.standards.areas import countries, known_areas
from datashift.standards.structures import citizen_only, shadow_structure
from datashift.standards.structures.identifiers import code_ids, dimension, is_code_id, name_id, name_ids
from datashift.standards.structures.layout import age_label, answers, parts
from datashift.standards.structures.names import fact, label_of
from datashift.standards.structures.shadow import Structures

GLOBAL = [
    "FREQ", "REPORTING_TYPE", "SERIES", "REF_AREA", "SEX", "AGE", "URBANISATION", "INCOME_WEALTH_QUANTILE",
    "EDUCATION_LEV", "OCCUPATION", "CUST_BREAKDOWN", "COMPOSITE_BREAKDOWN", "DISABILITY_STATUS", "ACTIVITY", "PRODUCT",
]  # fmt: skip
GLOBAL_ATTRIBUTES = [
    "OBS_STATUS", "UNIT_MULT", "UNIT_MEASURE", "BASE_PER", "NATURE", "TIME_DETAIL", "COMMENT_OBS", "TIME_COVERAGE",
    "UPPER_BOUND", "LOWER_BOUND", "SOURCE_DETAIL", "COMMENT_TS", "GEO_INFO_URL", "GEO_INFO_TYPE", "CUST_BREAKDOWN_LB",
    "DATA_LAST_UPDATE",
]  # fmt: skip
"""Columns of DF_SDG_GLH 1.24."""

OWN = {
    "SAMPLING_TYPE", "ESTIMATOR", "N_OBS", "N_EFF", "DEFF", "BIAS_SD", "ASSESSMENT_PROFILE", "ASSESSMENT_RESULT",
    "ENGAGEMENT_LEVEL", "REVISION", "LEGAL_STATUS", "LOSS_UNMAPPED", "LOSS_MANY_TO_ONE", "LOSS_REJECTED",
}  # fmt: skip


@pytest.fixture(scope="module")
def shadow() -> Structures:
    return shadow_structure()


def structure_of(structures: Structures) -> DataStructureDefinition:
    [found] = [s for s in structures if isinstance(s, DataStructureDefinition)]
    return found


def lists_of(structures: Structures) -> dict[str, Codelist]:
    return {s.id: s for s in structures if isinstance(s, Codelist)}


def test_the_sdg_dimensions_stand_first_and_unchanged(shadow: Structures) -> None:
    dimensions = [part.id for part in structure_of(shadow).components.dimensions]
    assert dimensions == [*GLOBAL, "PRODUCER", "SOURCE_ID", "KIT", "MEASURE", "TIME_PERIOD"]


def test_the_sdg_attributes_are_all_kept_and_ours_follow(shadow: Structures) -> None:
    attributes = [part.id for part in structure_of(shadow).components.attributes]
    assert attributes[: len(GLOBAL_ATTRIBUTES)] == GLOBAL_ATTRIBUTES
    assert set(attributes[len(GLOBAL_ATTRIBUTES) :]) >= OWN
    assert [part.id for part in structure_of(shadow).components.measures] == ["OBS_VALUE"]


def test_ids_and_versions_are_the_documented_ones(shadow: Structures) -> None:
    named = {s.short_urn for s in shadow if not isinstance(s, Codelist)}
    assert named == {
        "DataStructure=DATASHIFT:SDG_SHADOW(1.0)", "Dataflow=DATASHIFT:DF_CITIZEN_FIGURES(1.0)",
        "ConceptScheme=DATASHIFT:CS_SDG_SHADOW(1.0)",
    }  # fmt: skip
    assert all(s.short_urn.startswith("Codelist=DATASHIFT:CL_") for s in shadow if isinstance(s, Codelist))


def test_every_reference_leads_somewhere(shadow: Structures) -> None:
    urns = {f"urn:sdmx:org.sdmx.infomodel.codelist.{s.short_urn}" for s in shadow if isinstance(s, Codelist)}
    [scheme] = [s for s in shadow if s.id == "CS_SDG_SHADOW"]
    concepts = {concept.id for concept in scheme}
    for part in structure_of(shadow).components:
        assert part.concept.item_id in concepts
        assert part.local_enum_ref is None or part.local_enum_ref in urns
    assert {part.representation for part in parts() if part.coded} == set(lists_of(shadow))


def test_every_name_is_said_in_four_languages(shadow: Structures) -> None:
    for structure in shadow:
        assert set(label_of(structure)) == set(LANGUAGES), structure.id
        if structure.id not in {"CL_REF_AREA", "DF_CITIZEN_FIGURES", "SDG_SHADOW"}:
            for item in structure.items:
                assert set(label_of(item)) == set(LANGUAGES), (structure.id, item.id)


def test_every_id_is_one_that_sdmx_takes(shadow: Structures) -> None:
    for structure in shadow:
        assert re.fullmatch(r"[A-Z][A-Z0-9_]*", structure.id)
        for item in getattr(structure, "items", None) or ():
            assert is_code_id(item.id)


# --- the reporting type ---------------------------------------------------------------------------------------------


def test_the_only_reporting_type_is_citizen(shadow: Structures) -> None:
    assert [code.id for code in lists_of(shadow)["CL_REPORTING_TYPE"]] == ["C"]


@pytest.mark.parametrize("code", ["N", "R", "G", "", "c", " C", "CN"])
def test_any_other_reporting_type_is_refused(code: str) -> None:
    assert citizen_only("C") == "C"
    with pytest.raises(BadStandard) as refused:
        citizen_only(code)
    assert refused.value.code == "standard.structure-reporting-type"


# --- codelists ------------------------------------------------------------------------------------------------------


def test_codelists_hold_what_the_program_writes(shadow: Structures) -> None:
    lists = {name: {code.id for code in found} for name, found in lists_of(shadow).items()}
    assert lists["CL_SAMPLING_TYPE"] == set(SAMPLING_TYPES)
    estimators = Measure.model_fields["estimator"].annotation
    assert lists["CL_ESTIMATOR"] == set(estimators.__args__)  # type: ignore[union-attr]
    assert lists["CL_OBS_STATUS"] >= {"A", "U", "Q", "O"}
    assert lists["CL_FREQ"] >= {"A", "S", "Q", "M", "W", "D", "_O"}


def test_every_breakdown_of_the_sdg_structure_knows_everybody(shadow: Structures) -> None:
    lists = lists_of(shadow)
    for part in structure_of(shadow).components.dimensions[4:15]:
        assert "_T" in lists[part.local_enum_ref.rpartition(":")[2].partition("(")[0]], part.id


def test_borrowed_lists_say_where_their_codes_are_from(shadow: Structures) -> None:
    sources = {name: fact(found, "CODES_FROM") for name, found in lists_of(shadow).items()}
    assert sources["CL_SEX"] == "IAEG-SDGs:CL_SEX(1.1)"
    assert {name for name, source in sources.items() if source is None} == {
        "CL_REPORTING_TYPE", "CL_REF_AREA", "CL_SAMPLING_TYPE", "CL_ESTIMATOR", "CL_ASSESSMENT_RESULT",
        "CL_ENGAGEMENT_LEVEL", "CL_LEGAL_STATUS",
    }  # fmt: skip


def test_areas_carry_their_other_codes_and_their_dates(shadow: Structures) -> None:
    areas = lists_of(shadow)["CL_REF_AREA"]
    kenya = areas["KE"]
    assert (fact(kenya, "ISO_3166_1_ALPHA_3"), fact(kenya, "M49")) == ("KEN", "404")
    small = area_list_of(
        Area("XX-1", "Up", "XX", 1, "XX", date(2012, 1, 1), pcode="XX001", iso="XX-1", names=(("ne", "माथि"),))
    )
    assert label_of(small["XX-1"]) == {"en": "Up", "ne": "माथि"}
    facts = {kind: fact(small["XX-1"], kind) for kind in ("PARENT", "VALID_FROM", "VALID_TO", "PCODE", "ISO_3166_2")}
    assert facts == {
        "PARENT": "XX", "VALID_FROM": "2012-01-01", "VALID_TO": None, "PCODE": "XX001", "ISO_3166_2": "XX-1",
    }  # fmt: skip


def area_list_of(*areas: Area) -> Codelist:
    return lists_of(shadow_structure(areas))["CL_REF_AREA"]


def test_every_shipped_area_has_an_id_that_sdmx_takes(shadow: Structures) -> None:
    shipped = {area for country in countries() for area in known_areas(country)}
    assert {code.id for code in lists_of(shadow)["CL_REF_AREA"]} == shipped


def test_an_id_that_sdmx_does_not_take_is_named_not_dropped() -> None:
    with pytest.raises(BadStandard) as area:
        area_list_of(Area("XX 1", "Up", "XX", 1))
    with pytest.raises(BadStandard) as series:
        shadow_structure((), series=["improved water points"])
    assert (area.value.code, area.value.facts["code"]) == ("standard.structure-code", "XX 1")
    assert series.value.facts["code"] == "improved water points"


@pytest.mark.parametrize(
    ("code", "english", "nepali"),
    [
        ("Y15T24", "15 to 24 years", "१५ देखि २४ वर्ष"), ("Y_GE65", "65 years and over", "६५ वर्ष र माथि"),
        ("Y0", "Under 1 year", "१ वर्षमुनि"), ("Y30", "30 years", "३० वर्ष"),
        ("M36T59", "36 to 59 months", "३६ देखि ५९ महिना"), ("M0", "Under 1 month", "१ महिनामुनि"),
    ],
)  # fmt: skip
def test_age_codes_say_their_span(code: str, english: str, nepali: str) -> None:
    assert code in answers()["CL_AGE"].codes
    assert (age_label(code)["en"], age_label(code)["ne"]) == (english, nepali)


# --- ids ------------------------------------------------------------------------------------------------------------


def test_answers_of_kits_get_the_sdg_code_that_says_the_same() -> None:
    assert code_ids(["female", "male", "another", "refused"], "SEX") == {
        "female": "F", "male": "M", "another": "_O", "refused": "_N",
    }  # fmt: skip
    assert code_ids(["urban", "rural"], "URBANISATION") == {"urban": "U", "rural": "R"}
    assert code_ids(["15_24", "25-34", "65_plus", "age_5_to_9"], "AGE") == {
        "15_24": "Y15T24", "25-34": "Y25T34", "65_plus": "Y_GE65", "age_5_to_9": "Y5T9",
    }  # fmt: skip
    assert code_ids(["hand_pump"]) == {"hand_pump": "hand_pump"}


def test_two_answers_never_merge_into_one_code() -> None:
    assert code_ids(["unknown", "dont_know"], "SEX") == {"unknown": "_U", "dont_know": "dont_know"}
    assert len(set(code_ids(["é", "ö", "a b", "a_b"]).values())) == 4
    assert name_ids(["é", "ö"]) == {"é": "X_", "ö": "X__2"}


def test_ids_are_made_of_capitals() -> None:
    assert name_id("water-point-functionality") == "WATER_POINT_FUNCTIONALITY"
    assert name_id("16-6-2") == "X16_6_2"


def test_a_place_is_town_and_countryside_only_if_its_answers_say_so() -> None:
    assert dimension("place", ["urban", "rural"]) == "URBANISATION"
    assert dimension("place", ["home", "school"]) == "PLACE"
    assert dimension("sex_of_head", ["female", "male"]) == "SEX_OF_HEAD"
    assert dimension("reporting_type") == "BY_REPORTING_TYPE"


# --- beside the official samples ------------------------------------------------------------------------------------


@pytest.mark.shared
def test_an_official_message_names_our_dimensions_and_codes(shared: Path, shadow: Structures) -> None:
    archive = zipfile.ZipFile(shared / "reference" / "sdmx_sdg_samples.zip")
    names = [
        name for name in archive.namelist() if "specific" in name and name.startswith("tests/assets/data/sdmx/str")
    ]
    [series, *_more] = [
        element for element in ElementTree.fromstring(archive.read(names[0])).iter() if element.tag == "Series"
    ]
    [observation, *_others] = list(series)
    structure = structure_of(shadow).components
    assert list(series.attrib)[:15] == [part.id for part in structure.dimensions[:15]]
    lists = lists_of(shadow)
    foreign = {"REPORTING_TYPE": "N", "REF_AREA": "826", "SERIES": "SI_POV_DAY1"}
    for name, value in {**series.attrib, **observation.attrib}.items():
        part = structure[name]
        assert part is not None
        if part.local_enum_ref and name not in foreign:
            assert value in lists[part.local_enum_ref.rpartition(":")[2].partition("(")[0]], name
    assert {name: series.attrib[name] for name in foreign} == foreign
