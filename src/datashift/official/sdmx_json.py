"""SDMX-JSON data messages (1.0 and 2.0)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from datashift.errors import BadOfficial
from datashift.official.arrays import encoded
from datashift.official.packed import Member
from datashift.official.schema import Cells, Setting
from datashift.official.sdmx_csv import cells_of

Json = Mapping[str, Any]


def is_message(document: Json) -> bool:
    """Say whether a JSON object is an SDMX data message."""
    return isinstance(_data(document).get("dataSets"), Sequence)


def sdmx_json(document: Json, member: Member, _setting: Setting) -> Cells:
    """Read the figures of an SDMX-JSON message. Raises BadOfficial where its parts do not fit together."""
    try:
        figures = [figure for each in _data(document)["dataSets"] for figure in _figures(each, _structure(document))]
        attributes = set(_ids(_structure(document).get("attributes", {})))
        prepared = str((document.get("meta") or document.get("header") or {}).get("prepared") or "")
        deleted = [each for each in _data(document)["dataSets"] if str(each.get("action")).lower() == "delete"]
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as problem:
        raise BadOfficial("official-import.json-damaged", file=member.name, row=1) from problem
    if deleted:
        raise BadOfficial("official-import.deletions", file=member.name, row=1)
    names = dict.fromkeys(name for figure in figures for name in figure)
    columns = {name: encoded([figure.get(name, "") for figure in figures]) for name in names if name != "OBS_VALUE"}
    columns["OBS_VALUE"] = pa.array([figure.get("OBS_VALUE", "") for figure in figures], pa.string())
    columns["_row"] = pa.array(range(1, len(figures) + 1), pa.int64())
    found = cells_of(columns, attributes, "")
    return Cells(
        found.columns, found.rows, found.breakdowns, found.attributes, released=prepared[:10] or found.released
    )


def _data(document: Json) -> Json:
    inner = document.get("data")
    return inner if isinstance(inner, Mapping) else document


def _structure(document: Json) -> Json:
    data = _data(document)
    found: Json = data.get("structure") or (data.get("structures") or [{}])[0]
    return found


def _ids(attributes: Json) -> Iterator[str]:
    for level in attributes.values():
        yield from (str(each["id"]) for each in level)


def _figures(dataset: Json, structure: Json) -> Iterator[dict[str, str]]:
    dimensions, attributes = structure["dimensions"], structure.get("attributes", {})
    whole = _coded(dimensions.get("dataSet", ()), range(len(dimensions.get("dataSet", ()))), fixed=True)
    flat = {"": {"observations": dataset["observations"]}} if "observations" in dataset else {}
    for key, series in (dataset.get("series") or flat).items():
        of_series = whole | _coded(dimensions.get("series", ()), key.split(":") if key else ())
        of_series |= _coded(attributes.get("series") or attributes.get("dimensionGroup", ()), series.get("attributes"))
        for place, cell in series["observations"].items():
            figure = of_series | _coded(dimensions["observation"], place.split(":"))
            figure |= _coded(attributes.get("observation", ()), cell[1:])
            yield figure | {"OBS_VALUE": "" if cell[0] is None else str(cell[0])}


def _coded(components: Sequence[Json], places: Sequence[Any] | None, fixed: bool = False) -> dict[str, str]:
    """Return the code of each component, found by its place in the component's list of values."""
    found = {}
    for component, place in zip(components, places or (), strict=False):
        if place is None:
            continue
        values = component.get("values") or ()
        at = 0 if fixed else place
        # A text of its own may stand where a place in the list is expected.
        coded = str(at).isdigit() and int(at) < len(values)
        value = values[int(at)] if coded else at
        found[component["id"]] = (
            str(value.get("id", value.get("name", ""))) if isinstance(value, Mapping) else str(value)
        )
    return found
