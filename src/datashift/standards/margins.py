"""Known totals per area and group, such as census populations, brought to the geography of a recipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from datashift.errors import BadRecipe
from datashift.language import _
from datashift.model import Area, Group, Margin
from datashift.standards.ages import Band, band, common, without_overlap
from datashift.standards.areas import ancestors, resolver
from datashift.standards.crosswalks import crosswalk, pieces
from datashift.standards.structures.identifiers import EVERYBODY, code_ids

UNKNOWN = "_U"
"""People of whom the census does not say which group they belong to: they count in the total and in no group."""

MORE_THAN_ALL = 1.01
"""Groups may miss people of the total (nobody's sex stated, institutions). Beyond this share they count some twice."""

NEARLY_ALL = 0.9
"""From this share of the cells on it is no accident that one row is the sum of the others: a census has misprints."""

Key = tuple[str, ...]
"""A code per concept of the margin's groups; "" means everybody."""
Cells = dict[str, dict[Key, float]]
"""People by area and group."""


def totals(
    margin: Margin, raw: pa.Table | None, areas: dict[str, Area], *, file: str, day: date | None = None
) -> dict[str, float]:
    """Return the totals of `margin` by area id.

    In:  raw is the all-text table of the margin's file, or None where the recipe states the totals; `day` is the date
         of the recipe's areas, to which a margin with `crosswalk` is brought.
    A name that no area had on the margin's date, or that `regroup` leaves open, raises BadRecipe: a total that goes
    to nobody would make everyone else's share too large. Where the file splits its totals into groups, an area's row
    for everybody is its total; without one its groups are added up, each person once.
    """
    if raw is None:
        return dict(margin.totals)
    cells = _cells(margin, raw, areas, file)
    found = {area: _total(area, groups, file) for area, groups in cells.items()}
    return _brought(found, areas, (margin.as_of, day), file) if margin.crosswalk and day else found


def populations(
    margin: Margin, raw: pa.Table | None, areas: dict[str, Area], *, file: str, day: date | None = None
) -> pa.Table:
    """Return the people by area and group: columns `area`, one per concept of `margin.groups`, and `people`.

    In: as for `totals`. Codes are those of SDMX (F, Y15T24, U); null stands for everybody. Where a file has single
    years of age beside their bands, the single years stay. Areas that hold other areas of the same file are left out:
    they are sums. Ask the table with `people_by`, which takes nobody twice.
    """
    concepts, across = list(margin.groups), margin.crosswalk and raw is not None
    everybody = tuple("" for _name in concepts)
    stated: Cells = {area: {everybody: total} for area, total in margin.totals.items()}
    cells = stated if raw is None else _cells(margin, raw, areas, file)
    keys = sorted({key for groups in cells.values() for key in groups})
    found: list[tuple[str, Key, float]] = []
    for key in keys:
        here = {area: groups[key] for area, groups in cells.items() if key in groups}
        moved = _brought(here, areas, (margin.as_of, day), file) if across and day else here
        sums = _above(moved, areas, day or margin.as_of)
        found += [(area, key, people) for area, people in moved.items() if area not in sums]
    columns = {name: [key[k] or None for _area, key, _people in found] for k, name in enumerate(concepts)}
    return pa.table({
        "area": pa.array([area for area, _key, _people in found], pa.string()),
        **{name: pa.array(codes, pa.string()) for name, codes in columns.items()},
        "people": pa.array([people for _area, _key, people in found], pa.float64()),
    })  # fmt: skip


def people_by(table: pa.Table, wanted: Sequence[str]) -> dict[Key, float]:
    """Return the people of each group of the columns `wanted` (`area` or concepts), each person once.

    In: a table of `populations`. Of the ways in which it splits its people, the one with the fewest columns besides
    those wanted is added up. Empty where it does not split them so. People of unknown group are in none.
    """
    concepts = [name for name in table.column_names if name not in ("area", "people")]
    asked = frozenset(wanted) - {"area"}
    rows = table.to_pylist()
    split = [frozenset(name for name in concepts if row[name] is not None) for row in rows]
    fitting = sorted({way for way in split if way >= asked}, key=lambda way: (len(way), sorted(way)))
    found: dict[Key, float] = {}
    for row, way in zip(rows, split, strict=True):
        key = tuple(row[name] or "" for name in wanted)
        if fitting and way == fitting[0] and UNKNOWN not in key:
            found[key] = found.get(key, 0.0) + row["people"]
    return found


def fold_ages(table: pa.Table, own: Iterable[str], *, file: str, name: str) -> tuple[pa.Table, dict[str, str]]:
    """Fold the ages of a table of `populations`, and those of the answers, to bands that both know.

    In: the codes of the answers' ages (15_24, Y_GE55, 17).   Out: the table with people of these ages only, and the
    band of each of the answers' codes. Raises BadRecipe where fewer than two bands can be formed.
    """
    people = {code: found for code in filter(None, pc.unique(table["AGE"]).to_pylist()) if (found := band(code))}
    answers = {code: found for code in own if (found := band(code))}
    bands = common(list(people.values()), list(answers.values()))
    if len(bands) < 2:
        theirs, ours = (", ".join(list(codes)[:12]) or "–" for codes in (people, answers))
        raise BadRecipe("recipe.margin-bands", file=file, margin=name, people=theirs, answers=ours)
    concepts = [column for column in table.column_names if column not in ("area", "people", "AGE")]
    rows = table.to_pylist()
    aged = {tuple(row[c] is None for c in concepts) for row in rows if row["AGE"] is not None}
    kept = []
    for row in rows:
        if row["AGE"] is None:
            # A total holds people of other ages too: the sum over the ages takes its place.
            kept += [] if tuple(row[c] is None for c in concepts) in aged else [row]
        elif row["AGE"] in people and (span := _span(people[row["AGE"]], bands)):
            kept.append({**row, "AGE": span})
    folded = {code: span for code, found in answers.items() if (span := _span(found, bands))}
    return pa.Table.from_pylist(kept, schema=table.schema), folded


def _span(found: Band, bands: Sequence[Band]) -> str:
    return next((span.code for span in bands if found.within(span)), "")


# --- rows -----------------------------------------------------------------------------------------------------------


def _cells(margin: Margin, raw: pa.Table, areas: dict[str, Area], file: str) -> Cells:
    """Read the rows that are meant: people by area and group, each cell added up from its rows."""
    wide = _wide(margin)
    narrow = {name: group for name, group in margin.groups.items() if group.column}
    needed = [margin.area, *filter(None, (margin.part,)), *margin.select, *(wide or {margin.value: ""})]
    for column in (*needed, *(group.column for group in narrow.values())):
        if column not in raw.column_names:
            near = ", ".join(raw.column_names[1:])
            raise BadRecipe("recipe.no-column", file=file, column=column, near=near)
    for column, value in margin.select.items():
        raw = raw.filter(pc.equal(pc.fill_null(raw[column], ""), value))
    codes = {name: _codes(name, group, raw, file) for name, group in narrow.items()}
    homes = _homes(margin, raw, areas, file)
    several: dict[str, dict[Key, list[float]]] = {}
    for home, row in zip(homes, raw.to_pylist(), strict=True):
        key = {name: codes[name][_word(row[group.column])] for name, group in narrow.items()}
        if home is None or None in key.values():
            continue
        for column, code in (wide or {margin.value: ""}).items():
            if margin.groups and not _word(row[column]):
                continue  # tables leave a cell empty where nobody of a group lives
            full = tuple(code if name not in narrow else str(key[name]) for name in margin.groups)
            several.setdefault(home, {}).setdefault(full, []).append(_number(row[column], file))
    _refuse_doubled(several, file)
    return {area: {key: sum(values) for key, values in groups.items()} for area, groups in several.items()}


def _wide(margin: Margin) -> dict[str, str]:
    """Return the columns in which groups stand side by side (Male, Female), with their codes."""
    sides = [(name, group) for name, group in margin.groups.items() if not group.column]
    if len(sides) > 1:
        problem = _("only one of the groups may stand in columns side by side")
        raise BadRecipe("recipe.bad-field", file="recipe.toml", field="margin.groups", problem=problem)
    return {word: _code(name, code) for name, group in sides for word, code in group.codes.items()}


def _homes(margin: Margin, raw: pa.Table, areas: dict[str, Area], file: str) -> Iterator[str | None]:
    """Yield the area of each row, or None for a row that does not count."""
    resolve = resolver(areas, margin.as_of, margin.names)
    parts = raw[margin.part].to_pylist() if margin.part else [""] * raw.num_rows
    for name, part in zip(raw[margin.area].to_pylist(), parts, strict=True):
        rule = margin.regroup.get(name)
        # A row without a part is the area's own total: it counts where the area stays whole.
        if margin.part and bool(rule) == (not part):
            yield None
            continue
        area = rule.get(part, rule.get("*")) if rule else _id(resolve(name))
        if area is None or area not in areas:
            problem = _("“{place}” belongs to no known area").format(place=" / ".join(filter(None, (name, part))))
            raise BadRecipe("recipe.bad-field", file=file, field="margin", problem=problem)
        yield area


def _codes(concept: str, group: Group, raw: pa.Table, file: str) -> dict[str, str | None]:
    """Return the code of each word of a column; "" for everybody, None for bands that narrower ones make up."""
    words = sorted({_word(text) for text in raw[group.column].to_pylist()})
    codes = {word: _code(concept, group.codes.get(word, word)) for word in words}
    unnamed = [word for word in words if group.codes and word not in group.codes and codes[word] not in ("", UNKNOWN)]
    if concept != "AGE":
        if unnamed:
            raise _no_code(concept, group, unnamed[0], file)
        return dict(codes)
    bands: dict[str, Band] = {}
    for word, code in codes.items():
        if code not in ("", UNKNOWN):
            found = band(code)
            if found is None:
                raise _no_code(concept, group, word, file)
            bands[word] = found
    kept, odd = without_overlap(bands.values())
    if odd is not None:
        word = next(word for word, found in bands.items() if found == odd)
        raise BadRecipe("recipe.margin-ages", file=file, column=group.column, value=word)
    sums: dict[str, str | None] = {word: None for word, found in bands.items() if found not in kept}
    return {word: bands[word].code if word in bands else code for word, code in codes.items()} | sums


def _no_code(concept: str, group: Group, word: str, file: str) -> BadRecipe:
    known = ", ".join(dict.fromkeys(group.codes.values())) or "–"
    return BadRecipe("recipe.margin-code", file=file, column=group.column, value=word, concept=concept, known=known)


def _code(concept: str, written: str) -> str:
    """Return the SDMX code of what a file or a recipe writes; "" for everybody."""
    code = written.strip()
    if code in ("", EVERYBODY):
        return ""
    return code if concept == "AGE" else code_ids([code], concept)[code]


def _word(text: str | None) -> str:
    return (text or "").strip()


# --- each person once -----------------------------------------------------------------------------------------------


def _refuse_doubled(several: Mapping[str, Mapping[Key, Sequence[float]]], file: str) -> None:
    """Refuse a file in which one row is the sum of the others, (nearly) wherever an area and group has several."""
    rows = [(area, v) for area, groups in several.items() for v in groups.values() if len(v) > 1 and max(v) > 0]
    doubled = [(area, values) for area, values in rows if abs(2 * max(values) - sum(values)) < 0.5]
    if doubled and len(doubled) >= NEARLY_ALL * len(rows):
        area, values = max(doubled, key=lambda pair: len(pair[1]))
        raise BadRecipe("recipe.margin-doubled", file=file, area=area, rows=len(values) - 1, total=f"{max(values):g}")


def _total(area: str, groups: Mapping[Key, float], file: str) -> float:
    """Return the people of an area: of the coarsest way in which they are split. A finer one may not hold more."""
    ways: dict[Key, float] = {}
    for key, people in groups.items():
        way = tuple("x" if code else "" for code in key)
        ways[way] = ways.get(way, 0.0) + people
    coarsest = min(ways, key=lambda way: (way.count("x"), way))
    finest = max(ways.values())
    if finest > MORE_THAN_ALL * ways[coarsest]:
        rows = sum(tuple("x" if code else "" for code in key) != coarsest for key in groups)
        raise BadRecipe("recipe.margin-doubled", file=file, area=area, rows=rows, total=f"{ways[coarsest]:g}")
    return ways[coarsest]


def _above(found: Mapping[str, float], areas: dict[str, Area], day: date) -> set[str]:
    """Return the areas of which the same file also has parts."""
    return {above for area in found if area in areas for above in ancestors(area, areas, day)} & found.keys()


def _brought(found: dict[str, float], areas: dict[str, Area], days: tuple[date, date], file: str) -> dict[str, float]:
    """Bring totals to the areas of another day. Whole areas only: a divided one has no known total in its parts."""
    country = next(iter(areas.values())).country
    links = crosswalk(found, areas, days, pieces(country))
    brought: dict[str, float] = {}
    for area, total in found.items():
        if len(links[area]) != 1:
            problem = _("{area} was divided among {others}; use regroup, or totals of the parts").format(
                area=area, others=", ".join(link.to for link in links[area])
            )
            raise BadRecipe("recipe.bad-field", file=file, field="margin.crosswalk", problem=problem)
        brought[links[area][0].to] = brought.get(links[area][0].to, 0.0) + total
    return brought


def _number(text: str | None, file: str) -> float:
    try:
        return float((text or "").strip())
    except ValueError as problem:
        raise BadRecipe("recipe.bad-field", file=file, field="margin", problem=problem) from problem


def _id(area: Area | None) -> str | None:
    return area.id if area else None
