"""Known totals per area, such as census populations, brought to the geography of a recipe."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from datashift.errors import BadRecipe
from datashift.language import _
from datashift.model import Area, Margin
from datashift.standards.areas import resolver
from datashift.standards.crosswalks import crosswalk, pieces


def totals(
    margin: Margin, raw: pa.Table | None, areas: dict[str, Area], *, file: str, day: date | None = None
) -> dict[str, float]:
    """Return the totals of `margin` by area id.

    In:  raw is the all-text table of the margin's file, or None where the recipe states the totals; `day` is the date
         of the recipe's areas, to which a margin with `crosswalk` is brought.
    A name that no area had on the margin's date, or that `regroup` leaves open, raises BadRecipe: a total that goes
    to nobody would make everyone else's share too large.
    """
    if raw is None:
        return dict(margin.totals)
    for column in (margin.area, margin.value, *filter(None, (margin.part,)), *margin.select):
        if column not in raw.column_names:
            near = ", ".join(raw.column_names[1:])
            raise BadRecipe("recipe.no-column", file=file, column=column, near=near)
    for column, value in margin.select.items():
        raw = raw.filter(pc.equal(pc.fill_null(raw[column], ""), value))
    resolve = resolver(areas, margin.as_of, margin.names)
    found: dict[str, float] = {}
    parts = raw[margin.part].to_pylist() if margin.part else [""] * raw.num_rows
    for name, part, value in zip(raw[margin.area].to_pylist(), parts, raw[margin.value].to_pylist(), strict=True):
        rule = margin.regroup.get(name)
        # A row without a part is the area's own total: it counts where the area stays whole.
        if margin.part and bool(rule) == (not part):
            continue
        area = rule.get(part, rule.get("*")) if rule else _id(resolve(name))
        if area is None or area not in areas:
            problem = _("“{place}” belongs to no known area").format(place=" / ".join(filter(None, (name, part))))
            raise BadRecipe("recipe.bad-field", file=file, field="margin", problem=problem)
        found[area] = found.get(area, 0.0) + _number(value, file)
    return _brought(found, areas, (margin.as_of, day), file) if margin.crosswalk and day else found


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
