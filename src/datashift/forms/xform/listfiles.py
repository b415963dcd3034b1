"""Lists that stand in files beside a form: CSV, XML, GeoJSON, as rows (column -> text)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from datashift.errors import BadXForm
from datashift.forms.xform.document import plain, read_xml
from datashift.forms.xform.model import Row


def file_rows(data: bytes) -> tuple[Row, ...]:
    """Return the rows of a CSV file in UTF-8, a byte order mark or not; of XML, the items below its root; of GeoJSON,
    its features. Raises BadXForm where XML or GeoJSON cannot be read.
    """
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"<":
        return tuple({plain(cell.tag): cell.text or "" for cell in item} for item in read_xml(data))
    text = data.decode("utf-8-sig", errors="replace")
    if start == b"{":
        return tuple(_features(text))
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return tuple({name.strip(): value or "" for name, value in row.items() if isinstance(name, str)} for row in rows)


def _features(text: str) -> Iterator[Row]:
    """Features as ODK Collect takes them: properties, the id of the feature itself, and the geometry as answers are."""
    try:
        read = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as problem:
        raise BadXForm("xform.not-xml", line=getattr(problem, "lineno", 1)) from problem
    features = read.get("features")
    for feature in features if isinstance(features, list) else ():
        if isinstance(feature, dict):
            told = feature.get("properties")
            own = {"id": feature["id"]} if "id" in feature else {}
            cells = {**(told if isinstance(told, dict) else {}), **own, "geometry": _geometry(feature.get("geometry"))}
            yield {name: _cell(value) for name, value in cells.items()}


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else ""


def _geometry(told: Any) -> str:
    """Return the positions of a geometry, `latitude longitude 0 0` each; of a polygon, those of its outer ring."""
    found = told.get("coordinates") if isinstance(told, dict) else None
    if not isinstance(found, list) or not found:
        return ""
    around = {"Point": [found], "LineString": found, "Polygon": found[0]}.get(str(told.get("type")), [])
    pairs = [one for one in around if isinstance(one, list) and len(one) > 1]
    return "; ".join(f"{_cell(latitude)} {_cell(longitude)} 0 0" for longitude, latitude, *_height in pairs)
