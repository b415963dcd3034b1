"""Known totals per area, such as census populations, brought to the geography of a recipe."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from datashift.errors import BadRecipe
from datashift.language import _
from datashift.model import Area, Margin
from datashift.standards.areas import resolver


def totals(margin: Margin, raw: pa.Table | None, areas: dict[str, Area], *, file: str) -> dict[str, float]:
    """Return the totals of `margin` by area id.

    In:  raw is the all-text table of the margin's file, or None where the recipe states the totals.
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
    return found


def _number(text: str | None, file: str) -> float:
    try:
        return float((text or "").strip())
    except ValueError as problem:
        raise BadRecipe("recipe.bad-field", file=file, field="margin", problem=problem) from problem


def _id(area: Area | None) -> str | None:
    return area.id if area else None
