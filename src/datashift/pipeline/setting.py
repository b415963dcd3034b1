"""What recipe, kit and files say before the first row is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from datashift.errors import BadRecipe
from datashift.estimation import Question
from datashift.harmonise import join
from datashift.inputs import Inputs, bare_name
from datashift.language import label
from datashift.model import (
    Area,
    Boundaries,
    Kit,
    Measure,
    Origin,
    Place,
    Raw,
    Recipe,
)
from datashift.read import read_bytes
from datashift.standards.areas import known_areas, resolver
from datashift.standards.kits import check_together, chosen_measures, parse_kit, parse_recipe
from datashift.standards.margins import totals
from datashift.standards.shapes import polygons


@dataclass(frozen=True)
class Setting:
    """What recipe, kit and files say before the first row is looked at.

    table: the rows of a file.   land: the polygons of the boundaries, by area id.   outlines: the outline of every area
    by its id, in the geography of the recipe: later areas go back to what they were cut from; empty where the
    boundaries are not at hand. Each is read when it is first asked for, and once.
    """

    inputs: Inputs
    recipe: Recipe
    kit: Kit
    measures: tuple[Measure, ...]
    areas: Mapping[str, Area]
    margins: Mapping[str, Mapping[str, float]]
    table: Callable[[str], Raw]
    land: Callable[[], dict[str, list[Any]]]
    outlines: Callable[[], dict[str, BaseGeometry]]


def set_up(inputs: Inputs, margins: Mapping[str, Mapping[str, float]] | None = None) -> Setting:
    """Parse recipe and kit, and load areas and margins (unless `margins` are given). Raises BadRecipe."""
    recipe = parse_recipe(inputs.recipe_text, "recipe.toml")
    # The one place where the stricter of kit and recipe is put in force: whatever asks for the rule asks this kit.
    kit = recipe.disclosure.on(parse_kit(inputs.kit_text, "kit.toml"))
    check_together(recipe, kit)
    place = recipe.place
    listed = inputs.files[bare_name(place.areas)].decode("utf-8-sig", "replace") if place.areas else None
    areas = known_areas(place.country, listed)
    _require_areas(recipe, areas)
    if place.whole:
        whole = place.whole
        areas[whole.id] = Area(whole.id, label(whole.name), place.country, level=0)

    @cache
    def table(reference: str) -> Raw:
        name = bare_name(reference)
        options = next((s for s in recipe.source if s.file == reference), None)
        chosen = options.model_dump(include={"sheet", "header_row", "encoding", "delimiter"}) if options else {}
        raw: Raw = read_bytes(inputs.files[name], name, **chosen)
        return raw

    if margins is None:
        margins = {
            name: totals(
                margin, table(margin.file).table if margin.file else None, areas, file="recipe.toml", day=place.as_of
            )
            for name, margin in recipe.margin.items()
        }
    land = cache(partial(_by_area_id, inputs, place.boundaries, areas))
    outlines = cache(partial(_outlines, inputs, place, areas, land))
    return Setting(inputs, recipe, kit, chosen_measures(recipe, kit), areas, margins, table, land, outlines)


def _require_areas(recipe: Recipe, areas: Mapping[str, Area]) -> None:
    place = recipe.place
    resolve = resolver(areas, place.as_of)
    for name, sent_to in [*place.names.items(), *([("", place.area)] if place.area else [])]:
        if resolve(sent_to) is None:
            day = place.as_of.isoformat()
            raise BadRecipe("recipe.no-area", name=name, area=sent_to, country=place.country, date=day)


def raw_table(setting: Setting) -> tuple[pa.Table, tuple[Origin, ...]]:
    """Read the sources and join them; return one raw table and where its parts come from."""
    sources = setting.recipe.source
    raws = [setting.table(source.file) for source in sources]
    others = [(raw, source.join or "") for raw, source in zip(raws[1:], sources[1:], strict=True)]
    return join(raws[0], others), tuple(raw.origin for raw in raws)


def question(setting: Setting) -> Question:
    """Return what the estimator asks of the cells of this setting."""
    design, areas = setting.recipe.design, setting.areas
    return Question(setting.kit, setting.measures, design, areas, whole_area(setting), setting.margins)


def whole_area(setting: Setting) -> str:
    """Return the id of the area that all rows together stand for."""
    place = setting.recipe.place
    return place.whole.id if place.whole else (place.area or place.country)


def _by_area_id(
    inputs: Inputs, boundaries: Boundaries | None, areas: Mapping[str, Area]
) -> dict[str, list[BaseGeometry]]:
    name = bare_name(boundaries.file) if boundaries else ""
    if boundaries is None or name not in inputs.files:
        return {}
    resolve = resolver(areas, boundaries.as_of, boundaries.names)
    found: dict[str, list[BaseGeometry]] = {}
    for place, shapes in polygons(inputs.files[name], boundaries.name, file=name).items():
        area = resolve(place)
        if area:
            found.setdefault(area.id, []).extend(shapes)
    return found


def _outlines(
    inputs: Inputs, place: Place, areas: Mapping[str, Area], land: Callable[[], dict[str, list[Any]]]
) -> dict[str, BaseGeometry]:
    pieces: dict[str, list[BaseGeometry]] = {}
    for area_id, shapes in land().items():
        home = _before(areas[area_id], place.as_of)
        if home:
            pieces.setdefault(home, []).extend(shapes)
    if place.parts and bare_name(place.parts.file) in inputs.files:
        name, sent_to = bare_name(place.parts.file), place.parts.names
        for part, shapes in polygons(inputs.files[name], place.parts.name, file=name, only=sent_to).items():
            pieces.setdefault(sent_to[part], []).extend(shapes)
    return {area: shapely.union_all(shapes) for area, shapes in pieces.items()}


def _before(area: Area, day: Any) -> str | None:
    if area.valid_on(day):
        return area.id
    # An area cut from several older ones belongs to none of them as a whole.
    return area.predecessors[0] if len(area.predecessors) == 1 else None
