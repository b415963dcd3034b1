"""Official files read as benchmarks: one record per figure, with source, dates, series, nature and stated concept."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from datashift.errors import BadRecipe
from datashift.language import N_
from datashift.model import Area, Benchmark, Breakdown, Group, Official
from datashift.official.chosen import (
    Figure,
    column,
    from_columns,
    group_of,
    matching,
    near_spellings,
    need,
    stated_error,
)
from datashift.official.codes import code_of, concept_of
from datashift.official.importing import read_figures
from datashift.official.reading import breakdown_of
from datashift.official.schema import Setting

UNKNOWN_PLACE = N_(
    "The place '{name}' of {source} is not in the area list of {country} for {date}, or stands there more than once."
)

_UNSD_OWN = ("series", "geo_area", "geo_area_name", "nature", "units", "year", "value", "observation_status", "_row")


def benchmarks(spec: Official, raw: pa.Table, resolve: Callable[[str], Area | None]) -> list[Benchmark]:
    """Read the official figures that `spec` chooses from the table `raw`, one Benchmark per measure and figure.

    In: `raw`, all columns text (read gives it); `resolve`, which finds the area that a place name meant on
    `spec.as_of`, or None. Out: benchmarks in the unit of `spec`; the area is None, with the reason in `refused`, where
    the place is not known. `spec.select` names columns and the text they must have after trimming, without regard to
    case; "a|b" means either. The facts count rows that carry no number or no date, and hold the stated `repair`.

    jmp-region     select iso3, main_source, var. Per cent of the population by region and survey.
    jmp-national   select iso3, column. Columns of the wide file; nature E (JMP fits them to several surveys).
    unsd           select geo_area (M49); series = the series code. NATURE from the file. A breakdown that `select`
                   does not bring down to one word becomes the group of the figure.
    series         any file that can be imported as official, as `series_table` gives it; series = the series code.
    table          columns area, value (of), period, nature; without area the figures are the country's.
    event-register columns date, format, area; counts rows by year. Years are those found in the whole register.

    Every reader but the last takes the columns se, df, lower, upper (they go into the facts), source_detail and
    footnote. Values may be sums of columns: see `chosen.from_columns`.

    Raises BadRecipe when a column or an entry is missing, when no row or no number is chosen, when two different
    figures stand for one place, time, group and nature, and when a different concept comes without its difference.
    """
    if spec.relation == "different" and not any(spec.difference.values()):
        raise BadRecipe("official.no-difference", file=spec.file, source=spec.source)
    found = cache(resolve)
    figures = list(_single(spec, _READERS[spec.reader](spec, raw), found))
    return [_benchmark(spec, measure, figure, found(figure.place)) for measure in spec.measures for figure in figures]


def series_table(data: bytes, name: str) -> pa.Table:
    """Return the figures of a file that `datashift official import` understands as text, for the reader `series`.

    Out: the columns of `schema.FIGURES`, `_row`, and `_place`: our id of the place where its code is known, else its
    name. Only the areas that ship are known here, so that a release gives the same figures on every machine.
    Raises BadOfficial and Unreadable.
    """
    # No file lies below the null device: the store of this machine must not be asked.
    found = read_figures(data, name, Setting(home=Path(os.devnull))).table
    texts = {column: pc.fill_null(pc.cast(found[column], pa.string()), "") for column in found.column_names}
    place = pc.if_else(pc.equal(texts["area"], ""), texts["area_name"], texts["area"])
    return pa.table({**texts, "_place": place, "_row": found["row"]})


def _benchmark(spec: Official, measure: str, figure: Figure, area: Area | None) -> Benchmark:
    place = {"name": figure.place, "source": spec.source, "country": spec.country, "date": spec.as_of.isoformat()}
    repair = {"repair": dict(spec.repair)} if spec.repair else {}
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
        facts={"select": dict(spec.select), **figure.facts, **repair, **({} if area else place)},
        breakdown=figure.breakdown,
        stated=spec.stated if figure.se is not None else "",
        source_detail=figure.source_detail,
        footnote=figure.footnote,
    )


# --- readers ------------------------------------------------------------------------------------------------------


def _jmp_region(spec: Official, raw: pa.Table) -> list[Figure]:
    need(spec, spec.select, "iso3", "main_source", "var")
    return from_columns(spec, raw, {**spec.columns, "area": "region", "value": "value", "period": "year"})


def _jmp_national(spec: Official, raw: pa.Table) -> list[Figure]:
    need(spec, spec.select, "iso3", "column")
    columns = {**spec.columns, "area": "name", "value": spec.select["column"], "period": "year"}
    figures = from_columns(spec, raw, columns, select={k: v for k, v in spec.select.items() if k != "column"})
    return [replace(f, nature=spec.nature or "E", facts={**f.facts, "modelled": True}) for f in figures]


def _unsd(spec: Official, raw: pa.Table) -> list[Figure]:
    need(spec, spec.select, "geo_area")
    columns = {**spec.columns, "area": "geo_area_name", "value": "value", "period": "year", "nature": "nature"}
    select = {"series": spec.series, **spec.select}
    figures = from_columns(spec, raw, columns, select=select, groups=_unsd_groups(spec, raw, select))
    _check_unit(spec, {f.row.get("units", "") for f in figures}, "percent")
    return figures


def _check_unit(spec: Official, found: set[str], percent: str) -> None:
    """Raise BadRecipe where figures in per cent and others are taken for each other; no unit is not checked."""
    units = found - {""}
    if any((unit.lower() == percent.lower()) != (spec.unit == "PT") for unit in units):
        raise BadRecipe("official.other-unit", file=spec.file, found=", ".join(sorted(units)), stated=spec.unit)


def _unsd_groups(spec: Official, raw: pa.Table, select: Mapping[str, str]) -> dict[str, Group]:
    """Return the columns that split the chosen figures into groups, by their concept in the SDG data structure."""
    rows = raw.filter(matching(spec, raw, select))
    settled = {name for name, words in select.items() if "|" not in words}
    settled |= {group.column for group in spec.breakdowns.values()}
    groups = {}
    for name in raw.column_names:
        words = {} if name in settled or name in _UNSD_OWN else dict.fromkeys(column(spec, rows, name))
        concept = concept_of(name)
        codes = {word: code_of(concept, word, ddf=True) for word in words}
        if any(codes.values()):
            groups[concept] = Group(column=name, codes=codes)
    return groups


def _series(spec: Official, raw: pa.Table) -> list[Figure]:
    columns = {
        "area": "_place", "value": "value", "period": "period", "se": "se", "lower": "lower", "upper": "upper",
        "nature": "nature", "source_detail": "source_detail", "footnote": "footnote",
    }  # fmt: skip
    figures = from_columns(spec, raw, columns, select={"series": spec.series, **spec.select})
    _check_unit(spec, {f.row["unit"] for f in figures}, "PT")
    stated = stated_error(spec)
    return [
        replace(
            f,
            se=stated if f.se is None else f.se,
            breakdown=group_of({**spec.breakdown, **dict(breakdown_of(f.row["breakdown"]))}),
            source_detail=f.source_detail or spec.source_detail,
            footnote=f.footnote or spec.footnote,
        )
        for f in figures
    ]


def _table(spec: Official, raw: pa.Table) -> list[Figure]:
    need(spec, spec.columns, "value")
    return from_columns(spec, raw, spec.columns)


def _event_register(spec: Official, raw: pa.Table) -> list[Figure]:
    need(spec, spec.columns, "date")
    every_year = _years(spec, column(spec, raw, spec.columns["date"]))
    chosen = matching(spec, raw, spec.select)
    rows = raw.filter(chosen)
    places = column(spec, rows, spec.columns["area"]) if "area" in spec.columns else [spec.country] * rows.num_rows
    seen = [year for year, keep in zip(every_year, chosen.to_pylist(), strict=True) if keep]
    counts = Counter(zip(places, seen, strict=True))
    facts = {
        "rows": rows.num_rows,
        "left_out": raw.num_rows - rows.num_rows,
        "dated": sum(year is not None for year in seen),
        "undated": sum(year is None for year in seen),
        "spellings": near_spellings(spec, raw),
    }
    return [
        Figure(
            place,
            str(year),
            float(counts[place, year]),
            facts=facts,
            se=stated_error(spec),
            breakdown=group_of(spec.breakdown),
            source_detail=spec.source_detail,
            footnote=spec.footnote,
        )
        for place in sorted(set(places))
        for year in sorted({year for year in every_year if year is not None})
    ]


_READERS: dict[str, Callable[[Official, pa.Table], list[Figure]]] = {
    "jmp-region": _jmp_region,
    "jmp-national": _jmp_national,
    "unsd": _unsd,
    "series": _series,
    "table": _table,
    "event-register": _event_register,
}


# --- one figure, and its year ---------------------------------------------------------------------------------------


def _single(spec: Official, figures: list[Figure], found: Callable[[str], Area | None]) -> Iterator[Figure]:
    together: dict[tuple[str, str, Breakdown, str], list[Figure]] = {}
    for figure in figures:
        area = found(figure.place)
        place = area.id if area else figure.place
        together.setdefault((place, figure.period, figure.breakdown, figure.nature.upper()), []).append(figure)
    for (_area, period, _group, _nature), same in together.items():
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
