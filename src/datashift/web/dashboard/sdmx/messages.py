"""SDMX messages: figures as SDMX-CSV 1.0 and 2.0 and as SDMX-ML 2.1, and the message that says what went wrong.

SDMX-ML is structure-specific data with all dimensions at the observation. What a figure does not have is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from datashift.publish.sdmx_csv import csv_bytes
from datashift.standards.structures.identifiers import AGENCY
from datashift.web.dashboard.sdmx.data import VALUE, Row, attributes
from datashift.web.dashboard.sdmx.flows import TIME, Flow

DETAILS = ("full", "dataonly", "nodata", "serieskeysonly")
_SPACE = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_URN = "urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure="
# What XML 1.0 cannot hold at all.
_NO_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def columns(flow: Flow, detail: str) -> list[str]:
    """Return the components that an answer holds, in the order of the data structure."""
    observed = {"full": [TIME, VALUE, *attributes()], "dataonly": [TIME, VALUE], "nodata": [TIME, *attributes()]}
    return [*flow.dimensions, *observed.get(detail, [])]


def as_csv(flow: Flow, rows: Sequence[Row], detail: str, version: str) -> bytes:
    """Return figures as SDMX-CSV of the version 1.0 or 2.0."""
    names = columns(flow, detail)
    first = {"1.0": {"DATAFLOW": flow.name}, "2.0": {"STRUCTURE": "dataflow", "STRUCTURE_ID": flow.name, "ACTION": "I"}}
    head = first[version]
    # Of series keys, each is there once.
    cells = dict.fromkeys((*head.values(), *(row[name] for name in names)) for row in rows)
    return csv_bytes([*head, *names], cells)


def as_xml(flow: Flow, rows: Sequence[Row], detail: str, prepared: datetime) -> bytes:
    """Return figures as an SDMX-ML 2.1 structure-specific data message."""
    names = columns(flow, detail)
    name, version = flow.structure, flow.kit.version
    space = f"{_URN}{AGENCY}:{name}({version}):ObsLevelDim:AllDimensions"
    head = (
        f'{_HEAD}<mes:StructureSpecificData xmlns:mes="{_SPACE}/message" xmlns:com="{_SPACE}/common" '
        f'xmlns:ss="{_SPACE}/data/structurespecific" xmlns:ns1={quoteattr(space)} '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f"<mes:Header><mes:ID>{flow.id}</mes:ID><mes:Test>false</mes:Test>"
        f"<mes:Prepared>{prepared.replace(microsecond=0).isoformat()}</mes:Prepared>"
        f'<mes:Sender id="{AGENCY}"/>'
        f'<mes:Structure structureID="{name}" namespace={quoteattr(space)} dimensionAtObservation="AllDimensions">'
        f'<com:Structure><Ref agencyID="{AGENCY}" id="{name}" version="{version}" class="DataStructure" '
        'package="datastructure"/></com:Structure></mes:Structure>'
        "<mes:DataSetAction>Information</mes:DataSetAction></mes:Header>\n"
        f'<mes:DataSet ss:structureRef="{name}" xsi:type="ns1:DataSetType" ss:dataScope="DataStructure" '
        'ss:action="Information">\n'
    )
    body = "".join(f"<Obs {_attributes(names, row)}/>\n" for row in rows)
    return f"{head}{body}</mes:DataSet>\n</mes:StructureSpecificData>\n".encode()


def as_problem(code: int, text: str) -> bytes:
    """Return the SDMX message that says why there is no answer."""
    said = escape(text.translate(_NO_XML))
    return (
        f'{_HEAD}<mes:Error xmlns:mes="{_SPACE}/message" xmlns:com="{_SPACE}/common">'
        f'<mes:ErrorMessage code="{code}"><com:Text xml:lang="en">{said}</com:Text></mes:ErrorMessage></mes:Error>\n'
    ).encode()


def _attributes(names: Iterable[str], row: Row) -> str:
    return " ".join(f"{name}={quoteattr(row[name].translate(_NO_XML))}" for name in names if row[name])
