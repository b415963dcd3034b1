"""Which layout a file has: seen from its content, or stated; and the figures in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from datashift.errors import BadOfficial
from datashift.official import delimited, jmp, open_sdg, sdmx_csv, sdmx_json, sdmx_ml, unsd, world_bank
from datashift.official.packed import Member
from datashift.official.schema import Cells, Setting

ReadTable = Callable[[pa.Table, Member, Setting], Cells]


@dataclass(frozen=True)
class _Tabular:
    """A layout of delimited text: the columns it is known by, and who reads it. any_of: at least one of these."""

    needs: frozenset[str]
    read: ReadTable
    any_of: frozenset[str] = frozenset()

    def fits(self, names: frozenset[str]) -> bool:
        return self.needs <= names and (not self.any_of or bool(self.any_of & names))


def _columns(text: str) -> frozenset[str]:
    return frozenset(text.split("|"))


TABULAR: dict[str, _Tabular] = {
    "unsd": _Tabular(_columns("SeriesCode|GeoAreaCode|TimePeriod|Value"), unsd.export),
    "unsd-stacked": _Tabular(_columns("series|geo_area|year|value"), unsd.stacked),
    "ddf": _Tabular(_columns("geo_area|year"), unsd.datapoints),
    "sdmx-csv": _Tabular(_columns("TIME_PERIOD|OBS_VALUE"), sdmx_csv.sdmx_csv),
    "jmp-region": _Tabular(_columns("iso3|region|var_type|var|main_source|year|value"), jmp.region),
    "jmp-quintile": _Tabular(_columns("iso3|residence|quintile|var_type|var|main_source|year|value"), jmp.quintile),
    "jmp-sources": _Tabular(_columns("iso3|source|type|year|varname|val|residence"), jmp.sources),
    "jmp-national": _Tabular(
        _columns("name|iso3|year"), jmp.national, _columns("wat_bas_n|san_bas_n|hyg_bas_n|wat_sm_n|san_sm_n")
    ),
    "world-bank": _Tabular(
        _columns("Country Name|Country Code"), world_bank.wide, _columns("Indicator Code|Series Code")
    ),
    "open-sdg": _Tabular(_columns("Year|Value"), open_sdg.indicator_csv),
}
"""Layouts of delimited text; the first that fits is taken."""

LAYOUTS = (*TABULAR, "sdmx-ml", "sdmx-json", "world-bank-json", "open-sdg-json")


def layout_of(member: Member) -> str:
    """Return the layout of a file, seen from its content. Raises BadOfficial for a web page and an unknown layout."""
    start = member.data[:2000].lstrip().lower()
    if start.startswith(b"<"):
        if b"<html" in start or b"<!doctype html" in start:
            raise BadOfficial("official-import.web-page", file=member.name)
        return "sdmx-ml"
    if start.startswith((b"{", b"[")):
        return _json_layout(_json(member), member)
    if unsd.series_of(member.name):
        return "ddf"
    body, _above = world_bank.body(member.data)
    names = _names(body, member.name)
    for layout, tabular in TABULAR.items():
        if layout != "ddf" and tabular.fits(names):
            return layout
    raise _unknown(member.name, ", ".join(sorted(names)[:8]))


def cells_in(member: Member, layout: str, setting: Setting) -> Cells:
    """Return the figures of a file whose layout is known. Raises BadOfficial for every fault of the file."""
    cells = _cells(member, layout, setting)
    lacking = [name for role, name in (("period", "TIME_PERIOD"), ("value", "OBS_VALUE")) if role not in cells.columns]
    if lacking and len(cells.rows):
        raise BadOfficial(
            "official-import.missing-columns", file=member.name, layout=layout, columns=", ".join(lacking)
        )
    return cells


def _cells(member: Member, layout: str, setting: Setting) -> Cells:
    if layout == "sdmx-ml":
        return sdmx_ml.sdmx_ml(member, setting)
    if layout in TABULAR:
        return _tabular(member, layout, setting)
    document = _json(member)
    if _json_layout(document, member) != layout:
        raise _unknown(member.name, "–")
    if layout == "world-bank-json":
        return world_bank.answer(document, member)
    read = sdmx_json.sdmx_json if layout == "sdmx-json" else open_sdg.indicator_json
    return read(document, member, setting)


def _tabular(member: Member, layout: str, setting: Setting) -> Cells:
    body, above = world_bank.body(member.data) if layout == "world-bank" else (member.data, 0)
    found = TABULAR[layout]
    names = _names(body, member.name)
    if not found.fits(names):
        lacking = ", ".join(sorted(found.needs - names) or sorted(found.any_of))
        raise BadOfficial("official-import.missing-columns", file=member.name, layout=layout, columns=lacking)
    table = delimited.table(body, member.name, skipped=above, whole=setting.whole or member.checked)
    known = {name: wanted for name in table.column_names for wanted in found.needs if _same(name, wanted)}
    for wanted in found.needs:
        if [known.get(name, name) for name in table.column_names].count(wanted) > 1:
            raise BadOfficial("official-import.same-column", file=member.name, column=wanted)
    return found.read(table.rename_columns([known.get(name, name) for name in table.column_names]), member, setting)


def _names(body: bytes, file: str) -> frozenset[str]:
    names = delimited.header(body, delimited.delimiter_of(body), file)
    wanted = {name for tabular in TABULAR.values() for name in (*tabular.needs, *tabular.any_of)}
    # Open SDG takes Year and year, Value and value; in SDMX-CSV a label may follow the id.
    plain = {name.partition(":")[0].strip() for name in names}
    return frozenset(plain | {one for one in wanted for name in plain if _same(name, one)})


def _same(name: str, wanted: str) -> bool:
    return wanted in ("Year", "Value") and name.lower() == wanted.lower()


def _json(member: Member) -> Any:
    try:
        # Numbers stay as they are written, so that nothing is rounded.
        return json.loads(member.data, parse_float=str, parse_int=str, parse_constant=str)
    except json.JSONDecodeError as problem:
        raise BadOfficial("official-import.json-damaged", file=member.name, row=problem.lineno) from problem
    except (RecursionError, ValueError) as problem:
        raise BadOfficial("official-import.json-damaged", file=member.name, row=1) from problem


def _json_layout(document: Any, member: Member) -> str:
    if isinstance(document, Sequence) and len(document) == 2 and isinstance(document[0], Mapping):
        if isinstance(document[1], Sequence | None) and {"page", "total"} <= document[0].keys():
            return "world-bank-json"
    elif isinstance(document, Mapping):
        if sdmx_json.is_message(document):
            return "sdmx-json"
        columns = document.get("data", document)
        if isinstance(columns, Mapping) and all(isinstance(column, list) for column in columns.values()):
            names = {str(name).lower() for name in columns}
            if {"year", "value"} <= names:
                return "open-sdg-json"
    raise _unknown(member.name, "–")


def _unknown(file: str, columns: str) -> BadOfficial:
    return BadOfficial("official-import.unknown-layout", file=file, columns=columns, known=", ".join(LAYOUTS))
