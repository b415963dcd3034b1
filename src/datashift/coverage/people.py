"""How many people an area or a group has, from a table that the user names."""

from __future__ import annotations

import pyarrow as pa

from datashift.coverage.groups import GROUPS
from datashift.errors import BadCoverage
from datashift.standards.areas import country_named


def people_of_table(table: pa.Table, file: str) -> dict[tuple[str, str], float]:
    """Return the people by area id and group.

    In: a table of text with the columns area (id, or the name of a country), people, and group where it has one ("" or
    SEX=F, URBANISATION=R …). Raises BadCoverage.
    """
    names = [name for name in table.column_names if name != "_row"]
    for column in ("area", "people"):
        if column not in names:
            raise BadCoverage("coverage.column", file=file, column=column, known=", ".join(names))
    groups = table["group"].to_pylist() if "group" in names else [""] * table.num_rows
    found: dict[tuple[str, str], float] = {}
    cells = zip(table["area"].to_pylist(), groups, table["people"].to_pylist(), strict=True)
    for k, (area, group, people) in enumerate(cells):
        if (group or "") not in GROUPS:
            raise BadCoverage("coverage.group", group=group, known=", ".join(filter(None, GROUPS)))
        name = (area or "").strip()
        row = table["_row"][k].as_py() if "_row" in table.column_names else k + 2
        found[country_named(name) or name, group or ""] = _number(people or "", file, row)
    return found


def _number(text: str, file: str, row: int) -> float:
    plain = "".join(text.split())
    try:
        number = float(plain)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise BadCoverage("coverage.people", file=file, row=row, value=text[:40])
    return number
