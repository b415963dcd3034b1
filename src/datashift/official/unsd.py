"""The UNSD Global SDG Indicators Database: its CSV export, and DDF copies of it (one file per series, or stacked)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from functools import partial

import pyarrow as pa

from datashift.errors import BadOfficial
from datashift.official.arrays import constant, counted, encoded, mapped
from datashift.official.codes import code_of, concept_of, nature_of, unit_of, unused
from datashift.official.packed import Member
from datashift.official.schema import Cells, Setting

UNSD = "UNSD SDG database"

EXPORT = {
    "Indicator": "indicator", "SeriesCode": "series", "GeoAreaCode": "area_code", "GeoAreaName": "area_name",
    "TimePeriod": "period", "Value": "value", "UpperBound": "upper", "LowerBound": "lower", "Source": "source_detail",
    "FootNote": "footnote", "Nature": "nature", "Units": "unit", "Observation Status": "status",
}  # fmt: skip
"""Columns of the CSV export, and what they are."""

_BESIDE = {
    "Time_Detail": "TIME_DETAIL", "TimeCoverage": "TIME_COVERAGE", "BasePeriod": "BASE_PER",
    "GeoInfoUrl": "GEO_INFO_URL", "Reporting Type": "REPORTING_TYPE", "Freq": "FREQ",
}  # fmt: skip
_REPEATED = frozenset({"Goal", "Target", "SeriesDescription", "_row"})
_DDF = {
    "geo_area": "area_code", "geo_area_name": "area_name", "year": "period", "value": "value", "nature": "nature",
    "units": "unit", "observation_status": "status", "series": "series",
}  # fmt: skip
_DATAPOINTS = re.compile(r"ddf--datapoints--([a-z0-9_]+)--by--.+\.csv", re.IGNORECASE)


def export(table: pa.Table, _member: Member, _setting: Setting) -> Cells:
    """Read the CSV export of the database (columns SeriesCode, GeoAreaCode, TimePeriod, Value, …)."""
    names = {_plain(name): name for name in table.column_names}
    roles = {role: names[_plain(column)] for column, role in EXPORT.items() if _plain(column) in names}
    beside = {names[_plain(column)]: name for column, name in _BESIDE.items() if _plain(column) in names}
    taken = {*roles.values(), *beside, *_REPEATED}
    columns = {role: encoded(table[name]) if role != "value" else table[name] for role, name in roles.items()}
    columns |= {"unit": mapped(columns["unit"], unit_of)} if "unit" in columns else {}
    columns |= {"nature": mapped(columns["nature"], nature_of)} if "nature" in columns else {}
    return Cells(
        columns=columns,
        rows=table["_row"],
        breakdowns=_breakdowns(table, [name for name in table.column_names if name not in taken]),
        attributes={name: encoded(table[column]) for column, name in beside.items()},
        titles=titles(table, "SeriesCode", "SeriesDescription"),
        source=UNSD,
    )


def stacked(table: pa.Table, _member: Member, _setting: Setting) -> Cells:
    """Read DDF data points of many series in one table (columns series, geo_area, year, value, …)."""
    roles = {role: name for name, role in _DDF.items() if name in table.column_names}
    columns = {role: encoded(table[name]) if role != "value" else table[name] for role, name in roles.items()}
    columns["series"] = mapped(columns["series"], str.upper)
    columns |= {"unit": mapped(columns["unit"], partial(unit_of, ddf=True))} if "unit" in columns else {}
    columns |= {"nature": mapped(columns["nature"], nature_of)} if "nature" in columns else {}
    columns |= {"status": mapped(columns["status"], str.upper)} if "status" in columns else {}
    dimensions = [name for name in table.column_names if name not in _DDF and name != "_row"]
    return Cells(columns, table["_row"], _breakdowns(table, dimensions, ddf=True), source=UNSD)


def datapoints(table: pa.Table, member: Member, setting: Setting) -> Cells:
    """Read one DDF file of data points: the series is in its name and heads the column of its values.

    Raises BadOfficial where there is no such column.
    """
    series = series_of(member.name) or table.column_names[-2]
    values = next((name for name in table.column_names if name.lower() == series.lower()), "")
    if not values:
        raise BadOfficial("official-import.missing-columns", file=member.name, layout="ddf", columns=series)
    renamed = table.rename_columns(["value" if name == values else name for name in table.column_names])
    whole = renamed.append_column("series", constant(series, len(table)))
    return stacked(whole.set_column(whole.column_names.index("value"), "value", whole["value"].cast(pa.string())),
                   member, setting)  # fmt: skip


def series_of(file: str) -> str:
    """Return the series that the name of a DDF data point file speaks of, "" for another file."""
    found = _DATAPOINTS.fullmatch(file)
    return found[1] if found else ""


def with_concepts(cells: Cells, beside: Iterable[Member]) -> Cells:
    """Return the figures of a DDF data set with what its list of concepts and its list of places say about them."""
    concepts: dict[str, dict[str, str]] = {}
    names: dict[str, str] = {}
    for member in beside:
        rows = list(csv.DictReader(io.StringIO(member.data.decode("utf-8-sig", "replace"), newline="")))
        if "--concepts--continuous" in member.name:
            concepts |= {(row.get("concept") or "").upper(): row for row in rows}
        elif "--entities--geo_area" in member.name:
            names |= {row.get("geo_area") or "": row.get("name") or "" for row in rows}
    series = cells.columns["series"]
    columns = dict(cells.columns)
    columns["indicator"] = mapped(series, lambda code: concepts.get(code, {}).get("indicator") or "")
    columns["area_name"] = mapped(columns["area_code"], lambda code: names.get(code, ""))
    described = {code: concepts.get(code, {}).get("description") or "" for code in series.dictionary.to_pylist()}
    return Cells(columns, cells.rows, cells.breakdowns, cells.attributes, _filled(described), source=cells.source)


def titles(table: pa.Table, code: str, text: str) -> dict[str, str]:
    """Return what a table calls its codes, where it has a column for that."""
    if code not in table.column_names or text not in table.column_names:
        return {}
    return _filled({pair[0]: pair[1] for pair in counted(table, (code, text))})


def _filled(texts: Mapping[str, str]) -> dict[str, str]:
    return {code: text.strip() for code, text in texts.items() if text.strip()}


def _breakdowns(table: pa.Table, names: Iterable[str], ddf: bool = False) -> dict[str, pa.Array]:
    found: dict[str, pa.Array] = {}
    for name in names:
        concept = concept_of(name)
        codes = mapped(encoded(table[name]), lambda text, concept=concept: code_of(concept, text, ddf))  # type: ignore[misc]
        found[unused(concept, found)] = codes
    return found


def _plain(name: str) -> str:
    # The export writes [Reporting Type], Reporting Type or Reporting_Type, as tools pass it on.
    return re.sub(r"[^a-z]", "", name.lower())
