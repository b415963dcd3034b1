"""World Bank figures: the CSV of an indicator, tables of DataBank, and the JSON answer of the API."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from datashift.errors import BadOfficial
from datashift.official.arrays import encoded, mapped
from datashift.official.packed import Member
from datashift.official.schema import Cells, Setting
from datashift.official.unsd import titles
from datashift.official.wide import melted

WORLD_BANK = "World Bank"

_YEAR = re.compile(r"(\d{4})(?: \[YR\d{4}\])?")
_UPDATED = re.compile(rb'"?Last Updated(?: Date)?"?\s*[,:]\s*"?(\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4})')
_NOTES = re.compile(rb'(?:\r?\n)+"?Data from database:[^\n]*(?:\r?\n)+"?Last Updated:[^\n]*\s*\Z')
_HEADER = re.compile(rb'^"?Country Name"?,', re.MULTILINE)
_NO_FIGURE = ".."


def body(data: bytes) -> tuple[bytes, int]:
    """Return the table of a World Bank CSV without the lines above and below it, and how many lines stood above."""
    start = _HEADER.search(data, 0, 4096)
    above = start.start() if start else 0
    notes = _NOTES.search(data, max(0, len(data) - 4096))
    return (data[above : notes.start()] + b"\n" if notes else data[above:]), data.count(b"\n", 0, above)


def updated(data: bytes) -> str:
    """Return the day that a World Bank CSV says it was last updated, as ISO 8601; "" where it does not say."""
    found = _UPDATED.search(data[:4096]) or _UPDATED.search(data[-4096:])
    if not found:
        return ""
    day = found[1].decode()
    return day if "-" in day else f"{day[6:]}-{day[:2]}-{day[3:5]}"


def wide(table: pa.Table, member: Member, _setting: Setting) -> Cells:
    """Read a table with one column per year (columns Country Name, Country Code, Indicator Code or Series Code)."""
    kind = "Indicator" if "Indicator Code" in table.column_names else "Series"
    years = [name for name in table.column_names if _YEAR.fullmatch(name)]
    long = melted(table, years)
    filled = pa.array([text != _NO_FIGURE for text in long["value"].to_pylist()], pa.bool_())
    long = {name: column.filter(filled) for name, column in long.items()}
    series = encoded(long[f"{kind} Code"])
    named = titles(table, f"{kind} Code", f"{kind} Name")
    return Cells(
        columns={
            "series": series,
            "area_code": encoded(long["Country Code"]),
            "area_name": encoded(long["Country Name"]),
            "period": mapped(encoded(long["name"]), lambda name: name[:4]),
            "value": long["value"],
            "unit": mapped(series, lambda code: _unit(named.get(code, ""))),
        },
        rows=long["_row"],
        breakdowns={},
        titles=named,
        released=updated(member.data),
        source=WORLD_BANK,
    )


def answer(document: Sequence[Any], member: Member) -> Cells:
    """Read the JSON answer of the API: a page, then its figures. Raises BadOfficial where it is one page of several,
    or no such answer.
    """
    page, figures = document
    try:
        kept = [figure for figure in figures or () if figure.get("value") is not None]
        several = int(page.get("pages") or 1) > 1 or int(page.get("total") or 0) != len(figures or ())
    except (AttributeError, TypeError, ValueError) as problem:
        raise BadOfficial("official-import.json-damaged", file=member.name, row=1) from problem
    if several:
        facts = {name: page.get(name) for name in ("page", "pages", "total")}
        raise BadOfficial("official-import.pages", file=member.name, found=len(figures or ()), **facts)
    named = {_inside(figure, "indicator", "id"): _inside(figure, "indicator", "value") for figure in kept}
    series = encoded([_inside(figure, "indicator", "id") for figure in kept])
    codes = [str(figure.get("countryiso3code") or _inside(figure, "country", "id")) for figure in kept]
    units = [str(figure.get("unit") or "") for figure in kept]
    return Cells(
        columns={
            "series": series,
            "area_code": encoded(codes),
            "area_name": encoded([_inside(figure, "country", "value") for figure in kept]),
            "period": encoded([str(figure.get("date") or "") for figure in kept]),
            "value": pa.array([str(figure["value"]) for figure in kept], pa.string()),
            "unit": encoded(units) if any(units) else mapped(series, lambda code: _unit(named.get(code, ""))),
            "status": encoded([str(figure.get("obs_status") or "") for figure in kept]),
        },
        rows=pa.array(range(1, len(kept) + 1), pa.int64()),
        breakdowns={},
        titles=named,
        released=str(page.get("lastupdated") or ""),
        source=WORLD_BANK,
    )


def _inside(figure: Mapping[str, Any], name: str, part: str) -> str:
    found = figure.get(name)
    return str(found.get(part) or "") if isinstance(found, Mapping) else ""


def _unit(title: str) -> str:
    return "PT" if "(% of" in title or "(%)" in title else ""
