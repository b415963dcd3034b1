"""Raw table + recipe → observations in the concepts of a kit; every row that does not arrive is explained."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz, process

from datashift.errors import BadRecipe, LostRows
from datashift.harmonise.columns import by_value, concepts, is_none, moments, number, periods, places, text_of
from datashift.harmonise.derive import derive
from datashift.harmonise.loss import losses
from datashift.harmonise.problems import REJECTS, Mask, Problems, not_meant, taken_out
from datashift.harmonise.readings import days, require_readings
from datashift.model import Area, Column, Harmonised, Kit, Raw, Recipe
from datashift.standards.conditions import Objects

Ints = npt.NDArray[np.int64]
JOINER = " / "


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
    require_readings(recipe, kit)
    meant, set_aside = _meant(raw, recipe)
    table = raw.filter(pa.array(meant)) if not meant.all() else raw
    problems = Problems(_empty_rows(table))
    problems.add_empty_rows()
    columns, mapping = concepts(table, recipe, kit, problems)
    columns |= places(table, recipe, resolve, problems)
    seen = moments(table, recipe, problems)
    columns["period"] = periods(seen, recipe.period)
    _repeated_ids(table, recipe, problems)
    columns["weight"] = _weights(table, recipe, columns["area"], margins, problems)
    first, columns_of_first, of_row = _observed(kit, recipe, columns, seen, problems)
    if recipe.design.weight_margin:
        columns_of_first["weight"] = _shared_out(columns_of_first["area"], margins[recipe.design.weight_margin])
    answers = {name: columns_of_first[name] for name in recipe.columns}
    columns_of_first |= derive(kit, answers, columns_of_first["weight"])
    rows, rejected = table["_row"].to_numpy(), problems.rows
    rejects = [problems.table(rows, recipe), set_aside, taken_out(removed or {})]
    result = Harmonised(
        observations=_observations(table, recipe, kit, columns_of_first, first),
        rejects=pa.concat_tables(rejects).sort_by([("row", "ascending"), ("column", "ascending")]),
        rows_in=raw.num_rows + len(removed or {}),
        rows_out=int((~rejected).sum()),
        rows_explained=int(rejected.sum()) + int((~meant).sum()) + len(removed or {}),
        losses=losses(kit, columns["area"], rejected, mapping),
        readings=_readings(rows, first, of_row) if kit.readings else None,
    )
    _balance([*raw["_row"].to_pylist(), *(removed or {})], result)
    return result


def _observed(
    kit: Kit, recipe: Recipe, columns: Mapping[str, Objects], seen: Objects, problems: Problems
) -> tuple[Ints, dict[str, Objects], Ints]:
    """Say which rows give observations: the first row of each, their columns, and the observation of each row or -1.

    Where several readings make one observation, its first row speaks for all but the value.
    """
    if kit.readings is None:
        kept = ~problems.rows
        of_row = np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int64)
        first = np.flatnonzero(kept)
        return first, {name: values[first] for name, values in columns.items()}, of_row
    found = days(kit, kit.readings, recipe, columns, seen, problems)
    chosen = {name: values[found.first] for name, values in columns.items()}
    return found.first, chosen | {kit.readings.value: found.mean.astype(object)}, found.of_row


def _readings(rows: Ints, first: Ints, of_row: Ints) -> pa.Table:
    used = of_row >= 0
    return pa.table({"row": rows[used], "observation": rows[first][of_row[used]]})


def _meant(raw: pa.Table, recipe: Recipe) -> tuple[Mask, pa.Table]:
    """Say which rows the recipe's choices of rows mean, and list the others with the reason."""
    meant = np.ones(raw.num_rows, dtype=bool)
    aside = []
    empty = _empty_rows(raw) if recipe.rows else np.zeros(0, dtype=bool)
    for choice in recipe.rows:
        values = pc.utf8_trim_whitespace(pc.fill_null(raw[choice.column], ""))
        named = pc.is_in(values, value_set=pa.array(choice.only or choice.without, pa.string())).to_numpy()
        left = meant & ~empty & (named if choice.without else ~named)
        aside.append(not_meant(raw.filter(pa.array(left)), choice.column, recipe, why=choice.why))
        meant &= ~left
    return meant, pa.concat_tables(aside) if aside else REJECTS.empty_table()


def _balance(rows: Iterable[int], result: Harmonised) -> None:
    """Hold the finished tables against the raw rows, by row number: each row is in exactly one of them.

    Where several rows make an observation, each observation must have its rows, too.
    """
    observed = result.observations["row"].to_numpy()
    out = observed if result.readings is None else result.readings["row"].to_numpy()
    behind = observed if result.readings is None else np.unique(result.readings["observation"].to_numpy())
    explained = np.unique(result.rejects["row"].to_numpy())
    together = np.sort(np.concatenate([out, explained]))
    whole = np.sort(np.fromiter(rows, dtype=np.int64))
    if not (np.array_equal(together, whole) and np.array_equal(np.sort(observed), np.sort(behind))):
        counts = {"rows_in": whole.size, "rows_out": out.size, "rows_explained": explained.size}
        raise LostRows("harmonise.lost-rows", **counts)


# --- one concern each ---------------------------------------------------------------------------------------------


def _repeated_ids(raw: pa.Table, recipe: Recipe, problems: Problems) -> None:
    if recipe.row_id is None:
        return
    values = text_of(raw, recipe.row_id)
    _distinct, first, inverse = np.unique(values.astype(str), return_index=True, return_inverse=True)
    repeated = (first[inverse] != np.arange(len(values))) & ~np.isin(values.astype(str), list(recipe.missing))
    rows = raw["_row"].to_numpy()
    for i in np.flatnonzero(repeated):
        alone = np.zeros(len(values), dtype=bool)
        alone[i] = True
        problems.add(alone, recipe.row_id, "harmonise.repeated-id", values, first=int(rows[first[inverse[i]]]))


def _empty_rows(raw: pa.Table) -> Mask:
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
    problems: Problems,
) -> Objects:
    """Return the weight of each row, 1 where the recipe names none; a margin is shared out over observations later."""
    design = recipe.design
    if design.weights:
        values = text_of(raw, design.weights)
        weights, wrong = by_value(values, partial(number, column=Column(column=design.weights), missing=set()))
        below = np.array([w is not None and w < 0 for w in weights], dtype=bool)
        problems.add(wrong | below, design.weights, "harmonise.bad-weight", values)
        return weights
    ones = np.full(raw.num_rows, 1.0, dtype=object)
    if design.weight_margin:
        known = np.isin(area.astype(str), list(margins[design.weight_margin])) & ~is_none(area)
        blank = np.full(raw.num_rows, "", dtype=object)
        problems.add(~known & ~problems.rows, recipe.place.column or "", "harmonise.bad-weight", blank)
    return ones


def _shared_out(area: Objects, totals: Mapping[str, float]) -> Objects:
    """Share each area's total out over its observations."""
    names, counts = np.unique(area.astype(str), return_counts=True)
    share = {name: totals[name] / count for name, count in zip(names, counts, strict=True)}
    return np.array([share[a] for a in area], dtype=object)


# --- tables -----------------------------------------------------------------------------------------------------------


def _observations(raw: pa.Table, recipe: Recipe, kit: Kit, columns: Mapping[str, Objects], first: Ints) -> pa.Table:
    """Build the observations from their columns; `first` are the indices of the rows that they stand for."""
    grouped = {name for name in (*recipe.design.named, *recipe.design.fpc) if name in raw.column_names}
    raw = raw.select(["_row", *sorted(grouped)]).take(pa.array(first))
    numeric = {"weight", "latitude", "longitude"}
    answers = [name for name in columns if name in kit.concepts]
    numeric |= {name for name in answers if kit.concepts[name].kind == "number"}
    data: dict[str, pa.Array] = {"row": raw["_row"].combine_chunks()}
    data["stratum"] = _grouping(raw, columns, recipe.design.strata, recipe, alone=True)
    stages = recipe.design.clusters[: recipe.design.stages] or ((),)
    for depth, named in enumerate(stages):
        data[f"cluster_{depth + 1}" if depth else "cluster"] = _grouping(raw, columns, named, recipe, alone=False)
    for depth, name in enumerate(recipe.design.fpc):
        data[f"fpc_{depth + 1}"] = pa.array([_number(text) for text in raw[name].to_pylist()], pa.float64())
    for name, values in columns.items():
        data[name] = pa.array(values, pa.float64() if name in numeric else pa.string(), from_pandas=False)
    for name in ("latitude", "longitude"):
        data.setdefault(name, pa.nulls(len(first), pa.float64()))
    units = [name for name in data if name.startswith(("cluster", "fpc_"))]
    order = ["row", "area", "period", "weight", "stratum", *units, "latitude", "longitude"]
    return pa.table({name: data[name] for name in [*order, *answers]})


def _number(text: str | None) -> float | None:
    try:
        return float((text or "").replace(",", ""))
    except ValueError:
        return None


def _grouping(
    raw: pa.Table, columns: Mapping[str, Objects], names: Sequence[str], recipe: Recipe, *, alone: bool
) -> pa.Array:
    """Join the columns that name a stratum or cluster to one text; without any, all are one, or each row its own.

    A row by itself bears the id of the recipe too, so that rows of two sources stay apart when their cells are merged.
    """
    if not names:
        rows = pc.cast(raw["_row"], pa.string()).combine_chunks()
        own = pc.binary_join_element_wise(recipe.id, rows, "/")
        return pa.array([""] * raw.num_rows, pa.string()) if alone else own
    parts = [pa.array(columns["area"], pa.string()) if name == "area" else raw[name].combine_chunks() for name in names]
    return pc.binary_join_element_wise(*parts, JOINER, null_handling="replace", null_replacement="")


def _require_columns(raw: pa.Table, recipe: Recipe) -> None:
    named: list[str | None] = [column.column for column in recipe.columns.values()]
    named += [recipe.place.column, recipe.place.latitude, recipe.place.longitude, recipe.period.column]
    named += [choice.column for choice in recipe.rows]
    named += [recipe.row_id, recipe.design.weights, *recipe.design.named, *recipe.design.fpc]
    for name in filter(None, named):
        if name not in raw.column_names and name != "area":
            raise _no_column(name, raw, recipe.source[0].file.rsplit("/", 1)[-1])


def _no_column(name: str, raw: pa.Table, file: str) -> BadRecipe:
    near = [match for match, _score, _i in process.extract(name, raw.column_names, scorer=fuzz.WRatio, limit=3)]
    return BadRecipe("recipe.no-column", file=file, column=name, near=", ".join(near))
