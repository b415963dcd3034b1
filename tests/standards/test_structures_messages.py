"""Structure messages: written validly in three formats, read back equal, and nothing broken or hostile gets through."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysdmx.model import Codelist, ConceptScheme, DataStructureDefinition
from structure_schemas import json_faults, xml_faults

from datashift.errors import BadStandard
from datashift.model import Area
from datashift.standards.structures import FORMATS, read_structures, shadow_structure, write_structures
from datashift.standards.structures.names import fact, label_of
from datashift.standards.structures.shadow import Structures

MOMENT = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)

REGISTRY = """<?xml version="1.0" encoding="UTF-8"?>
<!-- as a registry writes it -->
<mes:Structure xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:mes="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
 xmlns:str="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure"
 xmlns:com="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common">
<mes:Header><mes:ID>IREF000001</mes:ID><mes:Test>false</mes:Test><mes:Prepared>2023-08-20T04:35:29Z</mes:Prepared>
<mes:Sender id="Unknown"/><mes:Receiver id="not_supplied"/></mes:Header>
<mes:Structures>
<str:Codelists>
<str:Codelist urn="urn:sdmx:org.sdmx.infomodel.codelist.Codelist=IAEG-SDGs:CL_URBANISATION(1.10)"
 isExternalReference="false" agencyID="IAEG-SDGs" id="CL_URBANISATION" isFinal="true" version="1.10">
<com:Name xml:lang="fr">Degré</com:Name><com:Name xml:lang="en">Degree of urbanisation code list</com:Name>
<str:Code urn="urn:sdmx:org.sdmx.infomodel.codelist.Code=IAEG-SDGs:CL_URBANISATION(1.10)._T" id="_T">
<com:Name xml:lang="en">Total</com:Name><com:Description xml:lang="en">Total</com:Description></str:Code>
<str:Code urn="urn:sdmx:org.sdmx.infomodel.codelist.Code=IAEG-SDGs:CL_URBANISATION(1.10).U" id="U">
<com:Name xml:lang="en">Urban</com:Name></str:Code>
<str:Code urn="urn:sdmx:org.sdmx.infomodel.codelist.Code=IAEG-SDGs:CL_URBANISATION(1.10).CITY" id="CITY">
<com:Name xml:lang="en">City</com:Name><str:Parent><Ref id="U"/></str:Parent></str:Code>
</str:Codelist></str:Codelists>
<str:Concepts><str:ConceptScheme agencyID="IAEG-SDGs" id="SDG_CONCEPTS" isFinal="true" version="1.0">
<com:Name xml:lang="en">SDG Concept Scheme</com:Name>
<str:Concept id="URBANISATION"><com:Name xml:lang="en">Degree of urbanisation</com:Name></str:Concept>
<str:Concept id="TIME_PERIOD"><com:Name xml:lang="en">Time period</com:Name><str:CoreRepresentation>
<str:TextFormat textType="ObservationalTimePeriod"/></str:CoreRepresentation></str:Concept>
<str:Concept id="OBS_VALUE"><com:Name xml:lang="en">Observation value</com:Name></str:Concept>
</str:ConceptScheme></str:Concepts>
<str:DataStructures><str:DataStructure agencyID="IAEG-SDGs" id="SDG" isFinal="true" version="1.14">
<com:Name xml:lang="en">SDG DSD</com:Name><str:DataStructureComponents>
<str:DimensionList id="DimensionDescriptor"><str:Dimension id="URBANISATION" position="1"><str:ConceptIdentity>
<Ref maintainableParentID="SDG_CONCEPTS" package="conceptscheme" maintainableParentVersion="1.0" agencyID="IAEG-SDGs"
 id="URBANISATION" class="Concept"/></str:ConceptIdentity><str:LocalRepresentation><str:Enumeration>
<Ref package="codelist" agencyID="IAEG-SDGs" id="CL_URBANISATION" version="1.10" class="Codelist"/>
</str:Enumeration></str:LocalRepresentation></str:Dimension>
<str:TimeDimension id="TIME_PERIOD" position="2"><str:ConceptIdentity>
<Ref maintainableParentID="SDG_CONCEPTS" package="conceptscheme" maintainableParentVersion="1.0" agencyID="IAEG-SDGs"
 id="TIME_PERIOD" class="Concept"/></str:ConceptIdentity><str:LocalRepresentation>
<str:TextFormat textType="ObservationalTimePeriod"/></str:LocalRepresentation></str:TimeDimension></str:DimensionList>
<str:MeasureList id="MeasureDescriptor"><str:PrimaryMeasure id="OBS_VALUE"><str:ConceptIdentity>
<Ref maintainableParentID="SDG_CONCEPTS" package="conceptscheme" maintainableParentVersion="1.0" agencyID="IAEG-SDGs"
 id="OBS_VALUE" class="Concept"/></str:ConceptIdentity></str:PrimaryMeasure></str:MeasureList>
</str:DataStructureComponents></str:DataStructure></str:DataStructures>
</mes:Structures></mes:Structure>
"""
"""Part of the SDG data structure 1.14, in the form in which the global registry gives it out."""


@pytest.fixture(scope="module")
def shadow() -> Structures:
    return shadow_structure([Area("XX", "Éire <& 'co' \">", "XX", 0, names=(("ne", "माथि"),))], series=["SI_POV_DAY1"])


@pytest.fixture(scope="module")
def messages(shadow: Structures) -> dict[str, bytes]:
    return {format: write_structures(shadow, format, MOMENT) for format in FORMATS}


def refused(data: bytes, **facts: str) -> BadStandard:
    with pytest.raises(BadStandard) as found:
        read_structures(data, "some.xml")
    problem = found.value
    assert "some.xml" in str(problem)
    assert {name: str(problem.facts[name]) for name in facts} == facts
    return problem


# --- written and read back ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_read_back_equals_what_was_written(format: str, shadow: Structures, messages: dict[str, bytes]) -> None:
    assert read_structures(messages[format]) == shadow


@pytest.mark.parametrize("format", ["sdmx-ml-2.1", "sdmx-ml-3.0"])
def test_xml_follows_the_official_schema(format: str, messages: dict[str, bytes]) -> None:
    assert xml_faults(messages[format], format) == []


def test_json_follows_the_official_schema(messages: dict[str, bytes]) -> None:
    assert json_faults(messages["sdmx-json"]) == []


def test_the_schemas_would_find_a_fault(messages: dict[str, bytes]) -> None:
    broken = messages["sdmx-ml-3.0"].replace(b"str:Codelist ", b"str:Codelisted ")
    assert xml_faults(broken.replace(b"/str:Codelist>", b"/str:Codelisted>"), "sdmx-ml-3.0") != []
    assert json_faults(messages["sdmx-json"].replace(b'"agencyID"', b'"agency"')) != []


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_structures_give_the_same_bytes(format: str, shadow: Structures, messages: dict[str, bytes]) -> None:
    assert write_structures(shadow, format, MOMENT) == messages[format]
    later = write_structures(shadow, format, MOMENT.replace(year=2027))
    assert later.replace(b"2027-", b"2026-") == messages[format]


def test_all_three_formats_say_the_same(messages: dict[str, bytes]) -> None:
    first, second, third = (read_structures(data) for data in messages.values())
    assert first == second == third


def test_an_unknown_format_is_refused(shadow: Structures) -> None:
    with pytest.raises(BadStandard) as found:
        write_structures(shadow, "sdmx-edi")
    assert found.value.code == "standard.structure-format"


# --- what others write ----------------------------------------------------------------------------------------------


def test_a_message_of_the_global_registry_is_read() -> None:
    codes, concepts, structure = read_structures(REGISTRY.encode())
    assert isinstance(codes, Codelist)
    assert isinstance(concepts, ConceptScheme)
    assert isinstance(structure, DataStructureDefinition)
    assert [code.id for code in codes] == ["_T", "U", "CITY"]
    assert label_of(codes) == {"en": "Degree of urbanisation code list", "fr": "Degré"}
    assert [part.id for part in structure.components] == ["URBANISATION", "TIME_PERIOD", "OBS_VALUE"]
    assert structure.components["URBANISATION"].local_enum_ref.endswith("IAEG-SDGs:CL_URBANISATION(1.10)")
    assert structure.short_urn == "DataStructure=IAEG-SDGs:SDG(1.14)"


def test_what_the_registry_says_can_be_written_in_every_format() -> None:
    read = read_structures(REGISTRY.encode())
    for format in FORMATS:
        again = read_structures(write_structures(read, format))
        assert [s.short_urn for s in again] == [s.short_urn for s in read]
        assert [label_of(s) for s in again] == [label_of(s) for s in read]


@pytest.mark.parametrize("change", [
    lambda text: text.encode("utf-16"),
    lambda text: b"\xef\xbb\xbf" + text.encode(),
    lambda text: text.replace("mes:", "message:").replace("xmlns:mes", "xmlns:message").encode(),
    lambda text: text.replace('<?xml version="1.0" encoding="UTF-8"?>', "").encode(),
])  # fmt: skip
def test_other_ways_to_write_the_same_xml_are_read(change) -> None:
    text = REGISTRY.replace(' encoding="UTF-8"', "") if change is not None else REGISTRY
    assert read_structures(change(text)) == read_structures(REGISTRY.encode())


def test_json_without_a_schema_address_or_with_names_only_is_read(
    shadow: Structures, messages: dict[str, bytes]
) -> None:
    message = json.loads(messages["sdmx-json"])
    del message["meta"]["schema"]
    for listed in message["data"]["codelists"]:
        del listed["name"]
    assert read_structures(json.dumps(message).encode()) == shadow


def test_a_concept_in_another_file_stays_a_reference(shadow: Structures) -> None:
    alone = tuple(s for s in shadow if isinstance(s, DataStructureDefinition))
    for format in FORMATS:
        assert read_structures(write_structures(alone, format)) == alone


# --- broken and hostile ---------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_the_sample_messages_hold_figures_and_are_told_apart(shared: Path) -> None:
    archive = zipfile.ZipFile(shared / "reference" / "sdmx_sdg_samples.zip")
    assert len(archive.namelist()) == 4
    for name in archive.namelist():
        problem = refused(archive.read(name), structure="IAEG-SDGs:SDG(1.8)")
        assert problem.code == "standard.structure-data"


@pytest.mark.parametrize("data", [b"", b"   \n", b"\n\t "])
def test_an_empty_file_is_said_to_be_empty(data: bytes) -> None:
    assert refused(data).code == "standard.structure-empty"


@pytest.mark.parametrize("data", [
    b"FREQ,SEX\nA,_T\n", b"\x00\x01\x02", b"%PDF-1.7", b"[]", b"{}", b'{"meta": {}}', b'"text"', b"{\xff}",
    b"<!DOCTYPE html><html><body>Not found</body></html>", b"<html><head></head></html>", b"<a/>", b"<a><b/></a>",
    b'{"meta": 1, "data": 2}', b"PK\x03\x04", b"<a>" * 500 + b"</a>" * 500,
])  # fmt: skip
def test_what_is_no_structure_message_is_refused(data: bytes) -> None:
    assert refused(data).code == "standard.structure-not-sdmx"


def test_a_file_that_ends_inside_a_letter_is_said_to_be_damaged() -> None:
    assert refused('{"meta": "जिल्ला'.encode()[:-1]).code == "standard.structure-damaged"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_truncated_file_is_said_to_be_damaged(format: str, share: float, messages: dict[str, bytes]) -> None:
    data = messages[format]
    problem = refused(data[: int(len(data) * share)])
    assert problem.code == "standard.structure-damaged"
    assert problem.facts["row"] >= 1


BOMB = "<!DOCTYPE lolz [" + "".join(
    f'<!ENTITY l{k} "{f"&l{k - 1};" * 10 if k else "lol"}">' for k in range(10)
) + "]>"  # fmt: skip


@pytest.mark.parametrize("doctype", [
    BOMB,
    '<!DOCTYPE mes:Structure [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE mes:Structure SYSTEM "http://example.invalid/evil.dtd">',
    '<!DOCTYPE mes:Structure [<!ENTITY % p SYSTEM "http://example.invalid/p"> %p;]>',
])  # fmt: skip
def test_entities_are_refused_before_they_are_looked_at(doctype: str) -> None:
    text = REGISTRY.replace("<!-- as a registry writes it -->", doctype).replace(">Total<", ">&xxe;&l9;<", 1)
    assert refused(text.encode()).code == "standard.structure-doctype"


def test_a_schema_location_is_not_followed() -> None:
    located = REGISTRY.replace(
        "<mes:Structure ", '<mes:Structure xsi:schemaLocation="http://x.invalid/a http://x.invalid/a.xsd" '
    )
    assert read_structures(located.encode()) == read_structures(REGISTRY.encode())


def test_an_inclusion_stays_an_unknown_element() -> None:
    included = REGISTRY.replace(
        "<str:Codelists>",
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/><str:Codelists>',
    )
    assert refused(included.encode()).code == "standard.structure-not-valid"


def test_a_message_that_breaks_its_schema_says_where(messages: dict[str, bytes]) -> None:
    wrong = REGISTRY.replace('id="CITY"', 'identity="CITY"')
    problem = refused(wrong.encode())
    assert problem.code == "standard.structure-not-valid"
    assert "identity" in str(problem)
    message = json.loads(messages["sdmx-json"])
    message["data"]["codelists"][0]["codes"] = "none"
    assert refused(json.dumps(message).encode()).code == "standard.structure-not-valid"


@pytest.mark.parametrize("content", [
    {"codelists": 1}, {"codelists": [1]}, {"codelists": [{}]}, {"conceptSchemes": {"a": 1}}, {"conceptSchemes": [3]},
    {"conceptSchemes": [{"concepts": [1]}]}, {"dataStructures": [{"id": "A", "names": {"en": 3}}]},
    {"codelists": [{"id": "A", "annotations": "x", "names": {"es": "a"}}]},
])  # fmt: skip
def test_json_with_wrong_fields_gives_a_code(content: object) -> None:
    meta = {"id": "x", "prepared": "2026-01-01T00:00:00Z", "sender": {"id": "x"}}
    assert refused(json.dumps({"meta": meta, "data": content}).encode()).code == "standard.structure-not-valid"


@pytest.mark.parametrize("content", [{}, {"unknown": []}, {"codelists": []}])
def test_a_message_without_a_structure_says_so(content: object) -> None:
    meta = {"id": "x", "prepared": "2026-01-01T00:00:00Z", "sender": {"id": "x"}}
    assert refused(json.dumps({"meta": meta, "data": content}).encode()).code in {
        "standard.structure-none", "standard.structure-not-valid",
    }  # fmt: skip


def test_xml_without_a_structure_says_so() -> None:
    head, _structures, tail = REGISTRY.partition("<mes:Structures>")
    assert tail
    assert refused(f"{head}<mes:Structures/></mes:Structure>".encode()).code == "standard.structure-none"
    assert refused(f"{head}</mes:Structure>".encode()).code == "standard.structure-none"


def test_json_that_nests_too_deep_is_refused() -> None:
    assert refused(b'{"meta": ' + b"[" * 100_000 + b"]" * 100_000 + b"}").code == "standard.structure-not-sdmx"


def test_json_data_is_told_apart_from_a_structure() -> None:
    data = {"meta": {"schema": "https://json.sdmx.org/2.0.0/sdmx-json-data-schema.json"}, "data": {"dataSets": []}}
    assert refused(json.dumps(data).encode()).code == "standard.structure-data"


def test_an_old_version_is_named() -> None:
    old = REGISTRY.replace("v2_1", "v2_0")
    assert refused(old.encode(), version="SDMX-ML 2.0").code == "standard.structure-old-version"


def test_a_reference_that_leads_nowhere_is_not_followed() -> None:
    lost = REGISTRY.replace('id="CL_URBANISATION" version="1.10" class', 'id="CL_LOST" version="1.10" class')
    assert refused(lost.encode()).code == "standard.structure-not-valid"


def outcome(message: bytes) -> str:
    try:
        return f"read {len(read_structures(message, 'x'))}"
    except BadStandard as problem:
        return problem.code


SMALL = write_structures(read_structures(REGISTRY.encode()), "sdmx-ml-3.0", MOMENT)
SMALL_JSON = write_structures(read_structures(REGISTRY.encode()), "sdmx-json", MOMENT)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([SMALL, SMALL_JSON]), st.integers(0, 10**6), st.binary(min_size=1, max_size=6), st.integers(0, 40)
)
def test_no_damage_gives_a_traceback(message: bytes, place: int, put: bytes, cut: int) -> None:
    at = place % len(message)
    assert outcome(message[:at] + put + message[at + cut :]).startswith(("read", "standard.structure-"))


@settings(max_examples=40, deadline=None)
@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([
        "id", "name", "names", "annotations", "concepts", "codes", "agencyID", "version", "links", "type", "text",
    ]), inner, max_size=4), max_leaves=12,
), st.sampled_from(["codelists", "conceptSchemes", "dataStructures", "dataflows"]))  # fmt: skip
def test_no_json_gives_a_traceback(content: object, where: str) -> None:
    meta = {"id": "x", "prepared": "2026-01-01T00:00:00Z", "sender": {"id": "x"}}
    message = json.dumps({"meta": meta, "data": {where: content}}).encode()
    assert outcome(message).startswith(("read", "standard.structure-"))


# --- cost -----------------------------------------------------------------------------------------------------------


def test_the_names_of_columns_cost_no_sdmx_classes() -> None:
    code = "import datashift.standards.structures.identifiers, sys; print('pysdmx' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


def test_facts_that_are_not_there_are_none(shadow: Structures) -> None:
    assert fact(shadow[0], "NOTHING") is None
