"""Official files read as benchmarks: one record per figure, with source, dates, series, nature and stated concept."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz

from datashift.errors import BadRecipe
from datashift.language import N_
from datashift.model import Area, Benchmark, Official
from datashift.standards.periods import years

UNKNOWN_PLACE = N_("The place '{name}' of {source} is not in the area list of {country} for {date}.")

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_LIKE = 85  # per cent of letters two spellings share before they are shown as possibly the same


@dataclass(frozen=True)
class _Figure:
    """One official figure before its place is matched; `row` is the line it stood on."""

    place: str
    period: str
    value: float
    se: float | None = None
    nature: str = ""
    row: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


def benchmarks(spec: Official, raw: pa.Table, resolve: Callable[[str], Area | None]) -> list[Benchmark]:
    """Read the official figures that `spec` chooses from the table `raw`, one Benchmark per measure and figure.

    In: `raw`, all columns text (read gives it); `resolve`, which finds the area that a place name meant on
    `spec.as_of`, or None. Out: benchmarks in the unit of `spec`; the area is None, with the reason in `refused`, where
    the place is not known. `spec.select` names columns and the text they must have after trimming, without regard to
    case; "a|b" means either. Rows that carry no number or no date are counted in the facts.

    jmp-region     select iso3, main_source, var. Per cent of the population by region and survey.
    jmp-national   select iso3, column. One column of the wide file; nature E (JMP fits it to several surveys).
    unsd           select geo_area (M49) and the breakdowns; series = the series code. NATURE from the file.
    table          columns area, value, period, se, df, nature; without area the figures are the country's.
    event-register columns date, format, area; counts rows by year. Years are those found in the whole register.

    Raises BadRecipe when a column or an entry is missing, when no row or no number is chosen, when two different
    figures stand for one place, time and nature, and when a different concept comes without its stated difference.
    """
    if spec.relation == "different" and not any(spec.difference.values()):
        raise BadRecipe("official.no-difference", file=spec.file, source=spec.source)
    found = cache(resolve)
    figures = list(_single(spec, _READERS[spec.reader](spec, raw), found))
    return [_benchmark(spec, measure, figure, found(figure.place)) for measure in spec.measures for figure in figures]


def _benchmark(spec: Official, measure: str, figure: _Figure, area: Area | None) -> Benchmark:
    place = {"name": figure.place, "source": spec.source, "country": spec.country, "date": spec.as_of.isoformat()}
    return Benchmark(
        measure=measure,
        source=spec.source,
        released=spec.released,
        retrieved=spec.retrieved.isoformat() if spec.retrieved else "",
        series=spec.series,
        area=area.id if area else None,
        area_name=area.name if area else figure.place,
        period=figure.period,
        value=figure.value,
        unit=spec.unit,
        nature=(figure.nature or spec.nature).upper(),
        relation=spec.relation,
        definition=spec.definition,
        difference=spec.difference,
        se=figure.se,
        refused="" if area else UNKNOWN_PLACE,
        facts={"select": dict(spec.select), **figure.facts, **({} if area else place)},
    )


# --- readers ------------------------------------------------------------------------------------------------------


def _jmp_region(spec: Official, raw: pa.Table) -> list[_Figure]:
    _need(spec, spec.select, "iso3", "main_source", "var")
    return _from_columns(spec, raw, {"area": "region", "value": "value", "period": "year"})


def _jmp_national(spec: Official, raw: pa.Table) -> list[_Figure]:
    _need(spec, spec.select, "iso3", "column")
    columns = {"area": "name", "value": spec.select["column"], "period": "year"}
    figures = _from_columns(spec, raw, columns, select={k: v for k, v in spec.select.items() if k != "column"})
    return [replace(f, nature=spec.nature or "E", facts={**f.facts, "modelled": True}) for f in figures]


def _unsd(spec: Official, raw: pa.Table) -> list[_Figure]:
    _need(spec, spec.select, "geo_area")
    columns = {"area": "geo_area_name", "value": "value", "period": "year", "nature": "nature"}
    figures = _from_columns(spec, raw, columns, select={"series": spec.series, **spec.select})
    units = {f.row.get("units", "") for f in figures}
    if units != {""} and ("percent" in units) != (spec.unit == "PT"):
        raise BadRecipe("official.other-unit", file=spec.file, found=", ".join(sorted(units)), stated=spec.unit)
    return figures


def _table(spec: Official, raw: pa.Table) -> list[_Figure]:
    _need(spec, spec.columns, "value")
    return _from_columns(spec, raw, spec.columns)


def _event_register(spec: Official, raw: pa.Table) -> list[_Figure]:
    _need(spec, spec.columns, "date")
    every_year = _years(spec, _column(spec, raw, spec.columns["date"]))
    chosen = _matching(spec, raw, spec.select)
    rows = raw.filter(chosen)
    places = _column(spec, rows, spec.columns["area"]) if "area" in spec.columns else [spec.country] * rows.num_rows
    seen = [year for year, keep in zip(every_year, chosen.to_pylist(), strict=True) if keep]
    counts = Counter(zip(places, seen, strict=True))
    facts = {
        "rows": rows.num_rows,
        "left_out": raw.num_rows - rows.num_rows,
        "dated": sum(year is not None for year in seen),
        "undated": sum(year is None for year in seen),
        "spellings": _near_spellings(spec, raw),
    }
    return [
        _Figure(place, str(year), float(counts[place, year]), facts=facts, se=_stated(spec))
        for place in sorted(set(places))
        for year in sorted({year for year in every_year if year is not None})
    ]


_READERS: dict[str, Callable[[Official, pa.Table], list[_Figure]]] = {
    "jmp-region": _jmp_region,
    "jmp-national": _jmp_national,
    "unsd": _unsd,
    "table": _table,
    "event-register": _event_register,
}


# --- rows and columns ---------------------------------------------------------------------------------------------


def _from_columns(
    spec: Official, raw: pa.Table, columns: dict[str, str], select: dict[str, str] | None = None
) -> list[_Figure]:
    rows = raw.filter(_matching(spec, raw, spec.select if select is None else select))
    cells = {name: _column(spec, rows, name) for name in rows.column_names if name != "_row"}
    read = {part: _column(spec, rows, name) for part, name in _with_error(spec, columns).items()}
    numbers = [_number(text) for text in read["value"]]
    if all(number is None for number in numbers):
        raise BadRecipe("official.no-number", file=spec.file, rows=len(numbers), value=read["value"][0])
    facts = {"chosen": len(numbers), "not_numbers": numbers.count(None)}
    return [
        _Figure(
            place=read["area"][i] if "area" in read else spec.country,
            period=_period(spec, read["period"][i] if "period" in read else ""),
            value=value,
            se=_number(read["se"][i]) if "se" in read else _stated(spec),
            nature=read["nature"][i] if "nature" in read else "",
            row={name: column[i] for name, column in cells.items()},
            facts={**facts, "df": _number(read["df"][i])} if "df" in read else facts,
        )
        for i, value in enumerate(numbers)
        if value is not None
    ]


def _with_error(spec: Official, columns: dict[str, str]) -> dict[str, str]:
    known = {k: v for k, v in columns.items() if k in ("area", "value", "period", "se", "df", "nature")}
    return known | {"se": spec.std_error} if isinstance(spec.std_error, str) else known


def _stated(spec: Official) -> float | None:
    return float(spec.std_error) if isinstance(spec.std_error, int | float) else None


def _single(spec: Official, figures: list[_Figure], found: Callable[[str], Area | None]) -> Iterator[_Figure]:
    together: dict[tuple[str, str, str], list[_Figure]] = {}
    for figure in figures:
        area = found(figure.place)
        place = area.id if area else figure.place
        together.setdefault((place, figure.period, figure.nature.upper()), []).append(figure)
    for (_area, period, _nature), same in together.items():
        if spec.reader == "event-register":
            # Two spellings of one place hold different events: the counts add up.
            yield replace(same[0], value=sum(figure.value for figure in same))
            continue
        if len({figure.value for figure in same}) > 1:
            differing = [c for c in same[0].row if c != "value" and len({figure.row[c] for figure in same}) > 1]
            raise BadRecipe(
                "official.several",
                file=spec.file, count=len(same), place=same[0].place, period=period, columns=", ".join(differing),
            )  # fmt: skip
        yield same[0]


def _matching(spec: Official, raw: pa.Table, select: dict[str, str]) -> pa.ChunkedArray | pa.Array:
    chosen: Any = pa.array([True] * raw.num_rows, pa.bool_())
    for name, wanted in select.items():
        _column(spec, raw, name, rows=False)
        cells = pc.utf8_lower(pc.utf8_trim_whitespace(pc.fill_null(raw[name], "")))
        # M49 codes come with and without their leading zeros.
        plain = pc.utf8_ltrim(cells, "0") if name == "geo_area" else cells
        words = [w.strip().lower().lstrip("0" if name == "geo_area" else "") for w in wanted.split("|")]
        chosen = pc.and_(chosen, pc.is_in(plain, value_set=pa.array(words, pa.string())))
    if not pc.any(chosen).as_py():
        asked = ", ".join(f"{name} = {wanted}" for name, wanted in select.items())
        raise BadRecipe("official.no-row", file=spec.file, select=asked or "*")
    return chosen


def _column(spec: Official, table: pa.Table, name: str, rows: bool = True) -> list[str]:
    if name not in table.column_names or name == "_row":
        known = ", ".join(c for c in table.column_names if c != "_row")
        raise BadRecipe("official.no-column", file=spec.file, column=name, known=known)
    return [(cell or "").strip() for cell in table[name].to_pylist()] if rows else []


def _need(spec: Official, given: dict[str, str], *entries: str) -> None:
    for entry in entries:
        if entry not in given:
            raise BadRecipe("official.no-entry", file=spec.file, reader=spec.reader, entry=entry)


def _near_spellings(spec: Official, raw: pa.Table) -> dict[str, int]:
    # A misspelt word is not chosen; it is shown with its rows so that a person can add it to the recipe.
    near: dict[str, int] = {}
    for name, wanted in spec.select.items():
        words = {word.strip().lower() for word in wanted.split("|")}
        for text, rows in Counter(_column(spec, raw, name)).items():
            plain = text.lower()
            if plain not in words and any(fuzz.ratio(plain, word) >= _LIKE for word in words):
                near[text] = rows
    return near


# --- cells --------------------------------------------------------------------------------------------------------


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None


def _period(spec: Official, text: str) -> str:
    if spec.period or not text:
        if not spec.period:
            raise BadRecipe("official.no-period", file=spec.file)
        return spec.period
    period = text.removesuffix(".0")
    years(period)
    return period


def _years(spec: Official, cells: list[str]) -> list[int | None]:
    form = spec.columns.get("format", "%Y-%m-%d")
    read = cache(_year)
    found = [read(cell, form) for cell in cells]
    if not any(found):
        raise BadRecipe("official.no-date", file=spec.file, column=spec.columns["date"], format=form)
    return found


def _year(text: str, form: str) -> int | None:
    try:
        return time.strptime(text, form).tm_year
    except ValueError:
        return None
