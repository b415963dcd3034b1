"""Files of the WHO/UNICEF Joint Monitoring Programme (JMP): world file, surveys by region and by wealth, data points.

Series are named like the columns of the world file without their place: wat_bas, san_od, hyg_bas. The figures of the
world file are estimates of JMP (NATURE E: lines fitted to several surveys); those of surveys are the country's, sorted
into the ladder by JMP (NATURE CA).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache

import pyarrow as pa

from datashift.errors import BadAreas
from datashift.official.arrays import combined, constant, counted, encoded, mapped
from datashift.official.codes import code_of, period_of, places, year_of
from datashift.official.packed import Member
from datashift.official.schema import Cells, Setting
from datashift.official.wide import melted
from datashift.standards.areas import areas_at_hand, resolver

JMP = "WHO/UNICEF JMP"
INDICATORS = {
    "wat_sm": "6.1.1", "san_sm": "6.2.1", "hyg_bas": "6.2.1", "san_od": "6.2.1", "wat_bas": "1.4.1",
    "san_bas": "1.4.1",
}  # fmt: skip
"""The series that are those of an SDG indicator: safely managed water and sanitation, basic hygiene, open defecation,
and the two basic services of 1.4.1 (UNSD: SH_H2O_SAFE, SH_SAN_SAFE, SH_SAN_HNDWSH, SH_SAN_DEFECT, SP_ACS_BSRVH2O,
SP_ACS_BSRVSAN)."""

_WIDE = re.compile(r"(pop|(?:arc_)?(?:wat|san|hyg)_[a-z0-9_]+?)_([nru])|(prop_u)")
_RESIDENCE = {"n": "", "r": "R", "u": "U"}
_SECTORS = {"w": "wat", "s": "san", "h": "hyg"}
_SECTOR_OF_VAR = {"imp_springs": "wat", "imp_lat": "san"}


def national(table: pa.Table, _member: Member, _setting: Setting) -> Cells:
    """Read a world file: one row per country and year, one column per service level and residence."""
    wanted = [name for name in table.column_names if _WIDE.fullmatch(name)]
    long = melted(table, wanted)
    parts = {name: _WIDE.fullmatch(name) for name in wanted}

    def of(name: str, group: int) -> str:
        part = parts.get(name)
        return (part[group] or "") if part else ""

    series = mapped(long["name"], lambda name: of(name, 3) or of(name, 1))
    return Cells(
        columns={
            "series": series,
            "indicator": mapped(series, lambda code: INDICATORS.get(code, "")),
            "area_code": encoded(long["iso3"]),
            "area_name": encoded(long["country"]),
            "period": mapped(encoded(long["year"]), period_of),
            "value": long["value"],
            "unit": mapped(series, _unit),
            "unit_mult": mapped(series, lambda code: "3" if code == "pop" else ""),
            "nature": mapped(series, lambda code: "E" if code[:3] in ("wat", "san", "hyg") else ""),
        },
        rows=long["_row"],
        breakdowns={"URBANISATION": mapped(long["name"], lambda name: _RESIDENCE.get(of(name, 2), ""))},
        source=JMP,
        kind=f"national {_sectors(series)}",
    )


def region(table: pa.Table, _member: Member, setting: Setting) -> Cells:
    """Read surveys by region (columns iso3, region, var, main_source, year, value)."""
    columns, rows = _survey(table)
    columns["area_name"] = mapped(encoded(table["region"]), lambda name: " ".join(name.split()))
    columns["area"] = _regions(columns["area_code"], columns["area_name"], columns["period"], setting)
    return Cells(columns, rows, {}, titles=_titles(table, columns["series"]), source=JMP,
                 kind=f"regions {_sectors(columns['series'])}")  # fmt: skip


def quintile(table: pa.Table, _member: Member, _setting: Setting) -> Cells:
    """Read surveys by wealth and residence (columns iso3, residence, quintile, var, main_source, year, value)."""
    columns, rows = _survey(table)
    breakdowns = {
        "URBANISATION": mapped(encoded(table["residence"]), lambda text: code_of("URBANISATION", text)),
        "INCOME_WEALTH_QUANTILE": mapped(
            encoded(table["quintile"]), lambda text: code_of("INCOME_WEALTH_QUANTILE", text)
        ),
    }
    return Cells(columns, rows, breakdowns, titles=_titles(table, columns["series"]), source=JMP,
                 kind=f"wealth {_sectors(columns['series'])}")  # fmt: skip


def sources(table: pa.Table, _member: Member, _setting: Setting) -> Cells:
    """Read the data points of the country files (columns iso3, source, type, year, varname, val, residence)."""
    series = mapped(encoded(table["varname"]), _of_data_point)
    return Cells(
        columns={
            "series": series,
            "area_code": encoded(table["iso3"]),
            "period": mapped(encoded(table["year"]), period_of),
            "value": encoded(table["val"]).cast(pa.string()),
            "unit": mapped(series, _unit),
            "nature": constant("CA", len(table)),
            "source_detail": combined(
                [encoded(table["source"]), encoded(table["type"])], lambda survey, kind: f"{survey} ({kind})"
            ),
        },
        rows=table["_row"],
        breakdowns={"URBANISATION": mapped(encoded(table["residence"]), lambda text: code_of("URBANISATION", text))},
        source=JMP,
        kind=f"surveys {_sectors(series)}",
    )


def _of_data_point(name: str) -> str:
    """Return the series of a data point: w_imp_u is wat_imp."""
    sector, joint, rest = name.partition("_")
    return f"{_SECTORS.get(sector, sector)}_{re.sub('_[nru]$', '', rest)}" if joint else name


def _survey(table: pa.Table) -> tuple[dict[str, pa.Array], pa.Array]:
    kinds, steps = encoded(table["var_type"]), encoded(table["var"])
    usual = "san" if any("anitation" in kind for kind in kinds.dictionary.to_pylist()) else "wat"
    series = combined([kinds, steps], lambda kind, step: f"{_sector(kind, step, usual)}_{step}")
    columns = {
        "series": series,
        "area_code": encoded(table["iso3"]),
        "period": mapped(encoded(table["year"]), period_of),
        "value": table["value"],
        "unit": mapped(series, _unit),
        "nature": constant("CA", len(table)),
        "source_detail": encoded(table["main_source"]),
    }
    return columns, table["_row"]


def _sector(kind: str, step: str, usual: str) -> str:
    if "anitation" in kind:
        return "san"
    return "wat" if "ater" in kind else _SECTOR_OF_VAR.get(step, usual)


def _sectors(series: pa.Array) -> str:
    codes = {code.removeprefix("arc_")[:3] for code in series.dictionary.to_pylist()}
    return "+".join(sector for sector in ("wat", "san", "hyg") if sector in codes)


def _unit(series: str) -> str:
    if series == "pop":
        return "NUMBER"
    # Yearly change (arc_) is in points, not a share.
    return "PT" if series[:4] in ("wat_", "san_", "hyg_") or series == "prop_u" else ""


def _titles(table: pa.Table, series: pa.Array) -> dict[str, str]:
    if "var_label" not in table.column_names:
        return {}
    kinds, labels = encoded(table["var_type"]), encoded(table["var_label"])
    rows = counted(pa.table({"series": series, "kind": kinds, "label": labels}), ("series", "kind", "label"))
    return {code: f"{kind}: {text}" for code, kind, text in rows}


def _regions(country: pa.Array, name: pa.Array, period: pa.Array, setting: Setting) -> pa.Array:
    """Return the areas that the names of regions meant in the year of the survey, "" where that is not certain."""
    code = places(setting.home)
    meant: Callable[[str, date], Callable[[str], str]] = cache(lambda of, day: _resolver(of, day, setting))

    def area(iso3: str, place: str, when: str) -> str:
        year = year_of(when)
        day = setting.as_of or (date(year, 7, 1) if year else None)
        return meant(code(iso3), day)(place) if day and code(iso3) else ""

    return combined([country, name, period], area)


def _resolver(country: str, day: date, setting: Setting) -> Callable[[str], str]:
    try:
        resolve = resolver(areas_at_hand(country, setting.home), day)
    except BadAreas:
        return lambda name: ""

    def area(name: str) -> str:
        known = resolve(name)
        return known.id if known else ""

    return area
