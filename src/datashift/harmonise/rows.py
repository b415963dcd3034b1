"""Raw table + recipe → observations in the concepts of a kit; every row that does not arrive is explained.

Each column is translated by its distinct values, so that a million rows cost as little thought as their codelist.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz, process

from datashift.errors import BadRecipe, BadRow, LostRows
from datashift.harmonise.derive import derive
from datashift.harmonise.loss import Mapped, losses, mapped
from datashift.language import label
from datashift.model import Area, Column, Concept, Harmonised, Kit, Label, Period, Raw, Recipe

Objects = npt.NDArray[np.object_]
JOINER = " / "
ROW = "\0"
REJECTS = pa.schema([("row", pa.int64()), *((name, pa.string()) for name in ("column", "code", "value", "text"))])
_PLAIN = {
    ".": re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"),
    ",": re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?"),
}
"""How a number may be written with each decimal sign. Where that is the comma, 12.5 is no number: read as 125 it would
be wrong, and nobody would see it."""


@dataclass
class _Problems:
    """What stands against single rows: parallel lists of row index, column, code, value and facts.

    An empty row has no place, no date and no answer either; one line that says so is enough.
    """

    empty: npt.NDArray[np.bool_]
    index: list[int] = field(default_factory=list)
    column: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    value: list[str] = field(default_factory=list)
    facts: list[dict[str, Any]] = field(default_factory=list)

    def add(self, where: npt.NDArray[np.bool_], column: str, code: str, values: Objects, **facts: Any) -> None:
        for i in np.flatnonzero(where & ~self.empty):
            self._note(int(i), column, code, values[i], facts)

    def add_empty_rows(self) -> None:
        for i in np.flatnonzero(self.empty):
            self._note(int(i), "", "harmonise.empty-row", "", {})

    def _note(self, i: int, column: str, code: str, value: object, facts: dict[str, Any]) -> None:
        self.index.append(i)
        self.column.append(column)
        self.code.append(code)
        self.value.append("" if value is None else str(value))
        self.facts.append(facts)


def join(first: Raw, others: Sequence[tuple[Raw, str]]) -> pa.Table:
    """Join the other sources to the first one to one on a column; return one raw table with the first one's `_row`.

    Columns that both have keep the first one's. Raises BadRecipe where a key repeats or has no partner.
    """
    table = first.table
    for other, key in others:
        for raw in (table, other.table):
            if key not in raw.column_names:
                raise _no_column(key, raw, other.origin.file)
        keys = table[key].combine_chunks()
        where = pc.index_in(keys, value_set=other.table[key].combine_chunks())
        repeated = other.table.num_rows - pc.count_distinct(other.table[key]).as_py()
        repeated += table.num_rows - pc.count_distinct(keys).as_py()
        missing = where.null_count + max(other.table.num_rows - table.num_rows, 0)
        if missing or repeated:
            raise BadRecipe("recipe.join", file=other.origin.file, column=key, missing=missing, repeated=repeated)
        partner = other.table.take(where)
        for name in partner.column_names:
            if name not in table.column_names:
                table = table.append_column(name, partner[name])
    return table


def harmonise(
    raw: pa.Table,
    recipe: Recipe,
    kit: Kit,
    *,
    resolve: Callable[[str], Area | None],
    margins: Mapping[str, Mapping[str, float]],
    removed: Mapping[int, str] | None = None,
) -> Harmonised:
    """Turn raw rows into observations.

    In:  raw as in model.Raw (all text, `_row`); recipe and kit; `resolve` finds the area a place name means at the
         recipe's date; `margins` are known totals by name and area id, for weights that share them out; `removed` are
         rows that a correction took out of `raw`, by row number with the reason.
    Out: Harmonised. A row with a value that the recipe does not explain is a reject, with one line per such value.
    Raises BadRecipe for a column that is not there, LostRows when the rows do not balance (a fault of ours).
    """
    _require_columns(raw, recipe)
    meant, set_aside = _meant(raw, recipe)
    table = raw.filter(pa.array(meant)) if not meant.all() else raw
    problems = _Problems(_empty_rows(table))
    problems.add_empty_rows()
    columns, mapping = _concepts(table, recipe, kit, problems)
    columns |= _places(table, recipe, resolve, problems)
    columns["period"] = _periods(table, recipe.period, recipe.missing, problems)
    _repeated_ids(table, recipe, problems)
    rejected = np.zeros(table.num_rows, dtype=bool)
    rejected[problems.index] = True
    columns["weight"] = _weights(table, recipe, columns["area"], margins, problems)
    rejected[problems.index] = True
    columns |= derive(kit, {name: columns[name] for name in recipe.columns}, columns["weight"])
    rejects = [_rejects(table, problems, recipe), set_aside, _taken_out(removed or {})]
    result = Harmonised(
        observations=_observations(table, recipe, kit, columns, ~rejected),
        rejects=pa.concat_tables(rejects).sort_by([("row", "ascending"), ("column", "ascending")]),
        rows_in=raw.num_rows + len(removed or {}),
        rows_out=int((~rejected).sum()),
        rows_explained=int(rejected.sum()) + int((~meant).sum()) + len(removed or {}),
        losses=losses(kit, recipe, columns["area"], rejected, mapping),
    )
    _balance([*raw["_row"].to_pylist(), *(removed or {})], result)
    return result


def _meant(raw: pa.Table, recipe: Recipe) -> tuple[npt.NDArray[np.bool_], pa.Table]:
    """Say which rows the recipe's choices of rows mean, and list the others with the reason."""
    meant = np.ones(raw.num_rows, dtype=bool)
    aside = []
    empty = _empty_rows(raw) if recipe.rows else np.zeros(0, dtype=bool)
    for choice in recipe.rows:
        values = pc.utf8_trim_whitespace(pc.fill_null(raw[choice.column], ""))
        named = pc.is_in(values, value_set=pa.array(choice.only or choice.without, pa.string())).to_numpy()
        left = meant & ~empty & (named if choice.without else ~named)
        aside.append(
            _explained(raw.filter(pa.array(left)), choice.column, "harmonise.not-meant", recipe, why=choice.why)
        )
        meant &= ~left
    return meant, pa.concat_tables(aside) if aside else REJECTS.empty_table()


def _taken_out(removed: Mapping[int, str]) -> pa.Table:
    rows = sorted(removed)
    texts = [str(BadRow("harmonise.removed", row=row, why=removed[row])) for row in rows]
    blank = [""] * len(rows)
    codes = ["harmonise.removed"] * len(rows)
    return pa.table([rows, blank, codes, blank, texts], schema=REJECTS)


def _explained(raw: pa.Table, column: str, code: str, recipe: Recipe, why: Label) -> pa.Table:
    """List all rows of `raw` with one code; the text is said once for each value."""
    values = pc.fill_null(raw[column], "").to_pylist()
    rows = raw["_row"].to_pylist()
    facts = {"why": label(why)}
    said = {value: _told(code, column, value, facts, recipe) for value in set(values)}
    texts = [said[value].replace(ROW, str(row)) for value, row in zip(values, rows, strict=True)]
    return pa.table([rows, [column] * len(rows), [code] * len(rows), values, texts], schema=REJECTS)


def _balance(rows: Sequence[int], result: Harmonised) -> None:
    """Hold the two finished tables against the raw rows, by row number: each row is in exactly one of them."""
    out = result.observations["row"].to_numpy()
    explained = np.unique(result.rejects["row"].to_numpy())
    together = np.sort(np.concatenate([out, explained]))
    if not np.array_equal(together, np.sort(np.array(rows, dtype=np.int64))):
        counts = {"rows_in": len(rows), "rows_out": out.size, "rows_explained": explained.size}
        raise LostRows("harmonise.lost-rows", **counts)


# --- one concern each ---------------------------------------------------------------------------------------------


def _concepts(
    raw: pa.Table, recipe: Recipe, kit: Kit, problems: _Problems
) -> tuple[dict[str, Objects], dict[str, Mapped]]:
    translated, mapping = {}, {}
    for name, column in recipe.columns.items():
        concept = kit.concepts[name]
        missing = {*recipe.missing, *column.missing}
        values = _text(raw, column.column)
        if concept.kind == "code":
            found, wrong = _by_value(values, partial(_code, column=column, concept=concept, missing=missing))
            problems.add(wrong, column.column, "harmonise.unknown-code", values, concept=label(concept.label))
        elif concept.kind == "number":
            found, wrong = _by_value(values, partial(_number, column=column, missing=missing))
            problems.add(wrong, column.column, "harmonise.not-a-number", values)
        else:
            found, wrong = _by_value(values, partial(_words, missing=missing))
        translated[name] = found
        mapping[name] = mapped(values, found, wrong, missing, coded=concept.kind == "code")
    return translated, mapping


def _code(value: str, column: Column, concept: Concept, missing: set[str]) -> tuple[str | None, bool]:
    """Find the code of a value: as the recipe says, else missing, else the code's own name. Never a guess."""
    for spelling in (value, value.strip(), value.strip().casefold()):
        if spelling in column.codes:
            return column.codes[spelling] or None, False
    stripped = value.strip()
    if value in missing or stripped in missing:
        return None, False
    if column.match == "part":
        for word, code in column.codes.items():
            if re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", stripped.casefold()):
                return code or None, False
    return (stripped, False) if stripped in concept.codes else (None, True)


def _words(value: str, missing: set[str]) -> tuple[str | None, bool]:
    return (None if value.strip() in missing else value.strip()), False


def _number(value: str, column: Column, missing: set[str]) -> tuple[float | None, bool]:
    stripped = value.strip()
    if value in missing or stripped in missing:
        return None, False
    if not _PLAIN[column.decimal].fullmatch(stripped):
        return None, True
    number = float(stripped.replace(".", "").replace(",", ".") if column.decimal == "," else stripped)
    if not np.isfinite(number):
        return None, True
    # A recipe that calls 0 unknown means 0.0 as well.
    return (None if number in _numbers(frozenset(missing)) else number * column.factor), False


@cache
def _numbers(words: frozenset[str]) -> frozenset[float]:
    plain = (word for word in words if word.replace(".", "", 1).replace("-", "", 1).isdigit())
    return frozenset(float(word) for word in plain)


def _places(
    raw: pa.Table, recipe: Recipe, resolve: Callable[[str], Area | None], problems: _Problems
) -> dict[str, Objects]:
    place = recipe.place
    if place.column is None:
        area = np.full(raw.num_rows, place.area or place.country, dtype=object)
    else:
        values = _text(raw, place.column)
        missing = set(recipe.missing)

        def find(value: str) -> tuple[str | None, bool]:
            if value.strip() in missing:
                return None, False
            known = resolve(value)
            return (known.id, False) if known else (None, True)

        area, wrong = _by_value(values, find)
        day = place.as_of.isoformat()
        problems.add(wrong, place.column, "harmonise.unknown-place", values, country=place.country, date=day)
        problems.add(_is_none(area) & ~wrong, place.column, "harmonise.no-place", values)
    found = {"area": area}
    for name, column in (("latitude", place.latitude), ("longitude", place.longitude)):
        if column:
            # A coordinate that cannot be read is a finding of the checks, not a reason to lose the answer.
            found[name], _wrong = _by_value(
                _text(raw, column), partial(_number, column=Column(column=column), missing=set(recipe.missing))
            )
    return found


def _periods(raw: pa.Table, period: Period, missing: Sequence[str], problems: _Problems) -> Objects:
    if period.column is None:
        return np.full(raw.num_rows, period.label, dtype=object)
    values = _text(raw, period.column)
    absent = set(missing)

    def day_of(value: str) -> tuple[date | None, bool]:
        if value.strip() in absent:
            return None, False
        try:
            # Only the calendar day counts here, so a time zone would be noise.
            return datetime.strptime(value.strip(), period.format).date(), False  # noqa: DTZ007
        except ValueError:
            return None, True

    days, wrong = _by_value(values, day_of)
    problems.add(wrong, period.column, "harmonise.not-a-date", values, format=period.format)
    problems.add(_is_none(days) & ~wrong, period.column, "harmonise.no-date", values)
    first, last = period.first or date.min, period.last or date.max
    outside = np.array([day is not None and not first <= day <= last for day in days], dtype=bool)
    problems.add(outside, period.column, "harmonise.outside-period", values, first=first, last=last)
    if period.by == "whole":
        return np.full(raw.num_rows, period.label, dtype=object)
    return np.array([None if day is None else str(day.year) for day in days], dtype=object)


def _repeated_ids(raw: pa.Table, recipe: Recipe, problems: _Problems) -> None:
    if recipe.row_id is None:
        return
    values = _text(raw, recipe.row_id)
    _distinct, first, inverse = np.unique(values.astype(str), return_index=True, return_inverse=True)
    repeated = (first[inverse] != np.arange(len(values))) & ~np.isin(values.astype(str), list(recipe.missing))
    rows = raw["_row"].to_numpy()
    for i in np.flatnonzero(repeated):
        alone = np.zeros(len(values), dtype=bool)
        alone[i] = True
        problems.add(alone, recipe.row_id, "harmonise.repeated-id", values, first=int(rows[first[inverse[i]]]))


def _empty_rows(raw: pa.Table) -> npt.NDArray[np.bool_]:
    empty = np.ones(raw.num_rows, dtype=bool)
    for name in raw.column_names:
        if name != "_row" and empty.any():
            blank = pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(raw[name])), 0)
            empty &= pc.fill_null(blank, True).to_numpy(zero_copy_only=False).astype(bool)
    return empty


def _weights(
    raw: pa.Table,
    recipe: Recipe,
    area: Objects,
    margins: Mapping[str, Mapping[str, float]],
    problems: _Problems,
) -> Objects:
    design = recipe.design
    if design.weights:
        values = _text(raw, design.weights)
        weights, wrong = _by_value(values, partial(_number, column=Column(column=design.weights), missing=set()))
        below = np.array([w is not None and w < 0 for w in weights], dtype=bool)
        problems.add(wrong | below, design.weights, "harmonise.bad-weight", values)
        return weights
    if design.weight_margin:
        good = np.ones(raw.num_rows, dtype=bool)
        good[problems.index] = False
        names, counts = np.unique(area[good].astype(str), return_counts=True)
        totals = margins[design.weight_margin]
        share = {name: totals[name] / count for name, count in zip(names, counts, strict=True) if name in totals}
        weights = np.array([share.get(a) for a in area], dtype=object)
        problems.add(_is_none(weights) & good, recipe.place.column or "", "harmonise.bad-weight", weights)
        return weights
    return np.full(raw.num_rows, 1.0, dtype=object)


# --- tables -----------------------------------------------------------------------------------------------------------


def _observations(
    raw: pa.Table, recipe: Recipe, kit: Kit, columns: Mapping[str, Objects], kept: npt.NDArray[np.bool_]
) -> pa.Table:
    numbers = {"weight", "latitude", "longitude"}
    concepts = [name for name in columns if name in kit.concepts]
    numbers |= {name for name in concepts if kit.concepts[name].kind == "number"}
    data: dict[str, pa.Array] = {"row": raw["_row"].combine_chunks().filter(pa.array(kept))}
    data["stratum"] = _grouping(raw, columns, recipe.design.strata, kept, alone="")
    data["cluster"] = _grouping(raw, columns, recipe.design.clusters, kept, alone=None)
    for name, values in columns.items():
        kind = pa.float64() if name in numbers else pa.string()
        data[name] = pa.array(values[kept], kind, from_pandas=False)
    for name in ("latitude", "longitude"):
        data.setdefault(name, pa.nulls(int(kept.sum()), pa.float64()))
    order = ["row", "area", "period", "weight", "stratum", "cluster", "latitude", "longitude"]
    return pa.table({name: data[name] for name in [*order, *concepts]})


def _grouping(
    raw: pa.Table,
    columns: Mapping[str, Objects],
    names: Sequence[str],
    kept: npt.NDArray[np.bool_],
    alone: str | None,
) -> pa.Array:
    """Join the columns that name a stratum or cluster to one text; without any, all are one, or each row its own."""
    if not names:
        rows = pc.cast(raw["_row"], pa.string()).combine_chunks()
        return (rows if alone is None else pa.array([alone] * raw.num_rows, pa.string())).filter(pa.array(kept))
    parts = [pa.array(columns["area"], pa.string()) if name == "area" else raw[name].combine_chunks() for name in names]
    joined = pc.binary_join_element_wise(*parts, JOINER, null_handling="replace", null_replacement="")
    return joined.filter(pa.array(kept))


def _rejects(raw: pa.Table, problems: _Problems, recipe: Recipe) -> pa.Table:
    rows = raw["_row"].to_numpy()[problems.index] if problems.index else np.zeros(0, dtype=np.int64)
    said: dict[tuple[Any, ...], str] = {}
    texts = []
    for row, column, code, value, facts in zip(
        rows, problems.column, problems.code, problems.value, problems.facts, strict=True
    ):
        key = (column, code, value, id(facts))
        if key not in said:
            said[key] = _told(code, column, value, facts, recipe)
        texts.append(said[key].replace(ROW, str(row)))
    return pa.table([rows, problems.column, problems.code, problems.value, texts], schema=REJECTS)


def _told(code: str, column: str, value: str, facts: Mapping[str, Any], recipe: Recipe) -> str:
    """Say what stands against a value, with ROW where the number of the row belongs."""
    shown = "…" if column in recipe.personal else value
    return str(BadRow(code, row=ROW, column=column, value=shown, **facts))


# --- columns ----------------------------------------------------------------------------------------------------------


def _text(raw: pa.Table, name: str) -> Objects:
    values: Objects = pc.fill_null(raw[name], "").to_numpy(zero_copy_only=False).astype(object)
    return values


def _by_value(values: Objects, translate: Callable[[str], tuple[Any, bool]]) -> tuple[Objects, npt.NDArray[np.bool_]]:
    """Apply `translate` to the distinct values; return the results and where they could not be translated."""
    encoded = pa.array(values, pa.string()).dictionary_encode()
    answers = [translate(value) for value in encoded.dictionary.to_pylist()]
    found = np.empty(len(answers), dtype=object)
    found[:] = [answer for answer, _wrong in answers]
    wrong = np.array([w for _answer, w in answers], dtype=bool)
    index = encoded.indices.to_numpy(zero_copy_only=False)
    return (found[index], wrong[index]) if len(answers) else (np.empty(0, dtype=object), np.zeros(0, dtype=bool))


def _is_none(values: Objects) -> npt.NDArray[np.bool_]:
    return np.array([value is None for value in values], dtype=bool)


def _require_columns(raw: pa.Table, recipe: Recipe) -> None:
    named: list[str | None] = [column.column for column in recipe.columns.values()]
    named += [recipe.place.column, recipe.place.latitude, recipe.place.longitude, recipe.period.column]
    named += [choice.column for choice in recipe.rows]
    named += [recipe.row_id, recipe.design.weights, *recipe.design.strata, *recipe.design.clusters]
    for name in filter(None, named):
        if name not in raw.column_names and name != "area":
            raise _no_column(name, raw, recipe.source[0].file.rsplit("/", 1)[-1])


def _no_column(name: str, raw: pa.Table, file: str) -> BadRecipe:
    near = [match for match, _score, _i in process.extract(name, raw.column_names, scorer=fuzz.WRatio, limit=3)]
    return BadRecipe("recipe.no-column", file=file, column=name, near=", ".join(near))
