"""Who counted what: official figures, releases of citizens and series brought to one table of counts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from datashift.coverage.arrays import pairing
from datashift.errors import BadRecipe
from datashift.language import label
from datashift.model import Benchmark, Breakdown, Estimate, Kit, Observation, TimeSeries
from datashift.publish import Released
from datashift.standards.framework import Framework
from datashift.standards.periods import years
from datashift.standards.structures.identifiers import code_ids, kit_breakdowns

COUNTED = pa.schema(
    [
        ("side", pa.string()),
        ("indicator", pa.string()),
        ("series", pa.string()),
        ("area", pa.string()),
        ("area_name", pa.string()),
        ("breakdown", pa.string()),
        ("year", pa.int64()),
        ("producer", pa.string()),
        ("nature", pa.string()),
        ("status", pa.string()),
        ("relation", pa.string()),
        ("value", pa.float64()),
        ("se", pa.float64()),
        ("unit", pa.string()),
    ]
)
"""One row per figure and year. side: citizen or official.   breakdown: "AGE=Y15T24;SEX=F", "" = everybody.
producer: who counted.   nature: SDMX NATURE of an official figure.   status: SDMX OBS_STATUS; Q = hidden.
relation: same, or how the figure stands to the indicator (proxy, component, local, different)."""

JMP: Mapping[str, tuple[str, str]] = {
    "wat_sm": ("6.1.1", "same"),
    "wat_bas": ("1.4.1", "same"),
    "wat_": ("6.1.1", "component"),
    "san_sm": ("6.2.1", "same"),
    "san_bas": ("1.4.1", "same"),
    "san_": ("6.2.1", "component"),
    "hyg_bas": ("6.2.1", "same"),
    "hyg_": ("6.2.1", "component"),
}
"""What the variables of WHO/UNICEF JMP are to the indicators, by how their names begin, the first that fits: safely
managed and handwashing are 6.1.1 and 6.2.1, basic services 1.4.1 (UN metadata of these), other steps a component."""

_Row = dict[str, Any]


def counted(
    official: pa.Table | None = None, releases: Iterable[Released] = (), series: Iterable[TimeSeries] = (),
    *, framework: Framework,
) -> pa.Table:  # fmt: skip
    """Return the table of counts (schema COUNTED) of everything that is given.

    In: official observations as `datashift.official.observations` gives them, releases as `publish.released` reads
    them, series as they are. A figure of several years counts in each of them. Left out are figures without a value
    (other than hidden ones) and those whose period is no period.
    """
    rows: list[_Row] = []
    for release in releases:
        rows += _of_release(release, framework)
    for one in series:
        rows += _of_series(one)
    told = pa.Table.from_pylist(rows, schema=COUNTED)
    return told if official is None else pa.concat_tables([_of_official(official), told])


# --- official observations --------------------------------------------------------------------------------------------


def _of_official(table: pa.Table) -> pa.Table:
    columns: dict[str, Any] = {"side": pa.repeat("official", table.num_rows)}
    columns["indicator"], columns["relation"] = _known_series(table)
    for field in COUNTED:
        if field.name in columns:
            continue
        column = table["source" if field.name == "producer" else field.name]
        text = pa.types.is_string(field.type)
        columns[field.name] = pc.fill_null(_plain(column), "") if text else column.cast(field.type)
    found = pa.table({field.name: columns[field.name] for field in COUNTED}, schema=COUNTED)
    return found.filter(pc.or_(pc.is_valid(found["value"]), pc.equal(found["status"], "Q")))


def _known_series(table: pa.Table) -> tuple[pa.Array, pa.Array]:
    """Return indicator and relation of every row: as stated, and for JMP as its variables are."""
    of_row, pairs = pairing(table, "indicator", "series")
    jmp = [next((meant for start, meant in JMP.items() if series.startswith(start)), None) for _given, series in pairs]
    known = [meant or (given, "same") for (given, _series), meant in zip(pairs, jmp, strict=True)]
    indicators, relations = (
        pa.array([meant[k] for meant in known], pa.string()).take(pa.array(of_row)) for k in (0, 1)
    )
    return indicators, relations


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if not pa.types.is_string(column.type) else column


# --- releases of citizens ---------------------------------------------------------------------------------------------


def _of_release(release: Released, framework: Framework) -> Iterator[_Row]:
    names = kit_breakdowns(release.kit)
    codes = {concept: code_ids(release.kit.concepts[concept].codes, name) for concept, name in names.items()}
    producer = release.recipe.producer or label(release.recipe.title)
    for estimate in release.estimates:
        group = _text((names.get(c, c), codes.get(c, {}).get(code, code)) for c, code in estimate.breakdown)
        yield from _estimate(estimate, group, producer, release.kit)
    for benchmark in release.official:
        yield from _benchmark(benchmark, release.kit, framework)


def _estimate(estimate: Estimate, group: str, producer: str, kit: Kit) -> Iterator[_Row]:
    if estimate.value is None and estimate.status != "Q":
        return
    row = {
        "side": "citizen", "indicator": kit.indicator, "series": estimate.measure, "area": estimate.area,
        "area_name": estimate.area_name, "breakdown": group, "producer": producer, "nature": "",
        "status": estimate.status, "relation": _relation(kit, estimate.measure),
        "value": estimate.value, "se": estimate.se, "unit": estimate.unit,
    }  # fmt: skip
    yield from _each_year(row, estimate.period)


def _relation(kit: Kit, measure: str) -> str:
    """Return how a measure stands to the indicator: as its kit does, if it is the series that the kit speaks of."""
    named = kit.series or (kit.measures[0].id,)
    return "component" if kit.relation == "same" and measure not in named else kit.relation


def _benchmark(figure: Benchmark, kit: Kit, framework: Framework) -> Iterator[_Row]:
    known = figure.series in framework.all_series
    if figure.refused or figure.area is None:
        return
    # What a recipe calls the same as its measure stands to the indicator as the measure does.
    relation = "same" if known else _relation(kit, figure.measure) if figure.relation == "same" else "different"
    row = {
        "side": "official", "indicator": "" if known else kit.indicator, "series": figure.series or figure.source,
        "area": figure.area, "area_name": figure.area_name, "breakdown": _text(figure.breakdown),
        "producer": figure.source, "nature": figure.nature, "status": "A", "relation": relation,
        "value": figure.value, "se": figure.se, "unit": figure.unit,
    }  # fmt: skip
    yield from _each_year(row, figure.period)


# --- series -----------------------------------------------------------------------------------------------------------


def _of_series(one: TimeSeries) -> Iterator[_Row]:
    row = {
        "side": one.side, "indicator": one.indicator, "series": one.series, "area": one.area,
        "area_name": one.area_name, "breakdown": _text(one.breakdown), "producer": one.producer,
        "relation": one.relation, "unit": one.unit,
    }  # fmt: skip
    for seen in one.observations:
        if seen.status == "Q" or math.isfinite(seen.value):
            yield from _each_year(row | _seen(seen), seen.period)


def _seen(one: Observation) -> _Row:
    return {"nature": one.nature, "status": one.status, "se": one.se,
            "value": one.value if math.isfinite(one.value) else None}  # fmt: skip


def _each_year(row: _Row, period: str) -> Iterator[_Row]:
    try:
        first, last = years(period)
    except BadRecipe:
        return
    yield from (row | {"year": year} for year in range(first, last + 1))


def _text(group: Breakdown | Iterable[tuple[str, str]]) -> str:
    return ";".join(f"{concept}={code}" for concept, code in sorted(group))
