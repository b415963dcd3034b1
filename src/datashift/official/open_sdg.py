"""Open SDG sites and sdg-build: the CSV of an indicator, and the JSON that a site publishes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from datashift.errors import BadOfficial
from datashift.official.arrays import constant, encoded, mapped
from datashift.official.codes import code_of, concept_of, nature_of, period_of, unit_of, unused
from datashift.official.packed import Member
from datashift.official.schema import Cells, Setting

OPEN_SDG = "Open SDG"

_ROLES = {
    "year": "period", "value": "value", "series": "series", "units": "unit", "unit measure": "unit",
    "unit multiplier": "unit_mult", "geocode": "area_code", "observation status": "status", "nature": "nature",
    "upper bound": "upper", "lower bound": "lower", "standard error": "se", "comments": "footnote",
    "source details": "source_detail", "source detail": "source_detail", "footnote": "footnote",
}  # fmt: skip
"""Columns with a meaning of their own, in any spelling; every other column is a breakdown."""

_INDICATOR = re.compile(r"(?:indicator_)?(\d+)-(\w+)-(\w+)\.(?:csv|json)", re.IGNORECASE)


def indicator_csv(table: pa.Table, member: Member, setting: Setting) -> Cells:
    """Read the table of an indicator (columns Year, …, Value; the file is named indicator_1-1-1.csv)."""
    roles: dict[str, str] = {}
    for name in table.column_names:
        role = _ROLES.get(re.sub(r"[_\s]+", " ", name.strip().lower()))
        if role and role not in roles:
            roles[role] = name
    columns = {role: encoded(table[name]) if role != "value" else table[name] for role, name in roles.items()}
    columns["period"] = mapped(columns["period"], period_of)
    indicator = setting.indicator or indicator_of(member.name)
    columns["indicator"] = constant(indicator, len(table))
    columns.setdefault("series", constant(indicator, len(table)))
    columns["series"] = mapped(columns["series"], lambda text: text.strip() or indicator)
    columns |= {"unit": mapped(columns["unit"], unit_of)} if "unit" in columns else {}
    columns |= {"nature": mapped(columns["nature"], nature_of)} if "nature" in columns else {}
    breakdowns: dict[str, pa.Array] = {}
    for name in table.column_names:
        if name not in roles.values() and name != "_row":
            concept = concept_of(name)
            codes = mapped(encoded(table[name]), lambda text, c=concept: code_of(c, text))  # type: ignore[misc]
            breakdowns[unused(concept, breakdowns)] = codes
    return Cells(columns, table["_row"], breakdowns, source=OPEN_SDG)


def indicator_json(document: Mapping[str, Any], member: Member, setting: Setting) -> Cells:
    """Read the JSON of an indicator: a list per column, alone or under `data`. Raises BadOfficial for uneven lists."""
    columns = document.get("data", document)
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1:
        raise BadOfficial("official-import.json-damaged", file=member.name, row=1)
    texts = {name: pa.array([_text(each) for each in column], pa.string()) for name, column in columns.items()}
    rows = pa.array(range(1, lengths.pop() + 1), pa.int64())
    return indicator_csv(pa.table({**texts, "_row": rows}), member, setting)


def indicator_of(file: str) -> str:
    """Return the indicator that a file name speaks of: indicator_1-1-1.csv is 1.1.1. "" for another name."""
    found = _INDICATOR.fullmatch(file)
    return ".".join(found.groups()) if found else ""


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)
