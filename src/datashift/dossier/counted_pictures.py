"""Who was counted, as pictures: the ratios of groups in one chart, and of areas as a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from datashift.assess.reached.representation import FEW, MANY, Held, Share, representation
from datashift.dossier.counted_words import finding, least_area
from datashift.dossier.people import RATED, Known, Shown, cell, group_label, known, short, through_gate
from datashift.dossier.saying import in_all
from datashift.draw import Words, area_map
from datashift.draw.counted import who_was_counted
from datashift.draw.counted_rows import Ratio, text
from datashift.language import N_, _, current, label
from datashift.model import Chart, Estimate, Label
from datashift.pipeline import Result, outlines
from datashift.standards.areas import area_label

FOOT = N_("Answers: {producer}. People: {sources}. Chance only: the intervals do not say why people answered.")
SUBTITLE = N_("Who was counted, who was not · {title}")
UNIT = N_("share of the answers over share of the people")
MOST_ROWS = 40
CLASSES = (0.5, FEW, MANY, 2.0)
"""Limits between the classes of the map: half, few, many, twice."""


def pictures(result: Result, width: int = 720) -> list[Chart]:
    """Draw the groups that were counted, and where areas have outlines a map of them, in the current language.

    The map has the share of the answers over that of the people by area; areas where nobody was counted are hatched.
    """
    shared = known(result)
    if shared.unit not in RATED:
        return []
    held = through_gate(result, representation(shared.pairs))
    drawn = [chart(result, shared, held, width), map_of(result, shared, held)]
    return [one for one in drawn if one is not None]


def chart(result: Result, shared: Known, held: Sequence[Shown], width: int = 720, *, png: bool = True) -> Chart | None:
    """Draw every table of one column in one chart; None where answers are not held against people."""
    rows = _rows(result, shared, held) if shared.unit in RATED else []
    if not rows:
        return None
    return who_was_counted(rows, words=_words(result, shared, held, "who-was-counted"), width=width, png=png)


def told(result: Result, shared: Known, held: Sequence[Shown]) -> Label:
    """Return the text of the chart in all languages."""
    return short(in_all(lambda: text(_rows(result, shared, held))))


def _rows(result: Result, shared: Known, held: Sequence[Shown]) -> list[Ratio]:
    """Return the rows of the chart: groups of people first, then areas, each from the least counted on."""
    single = sorted((pair for pair in held if len(pair[0].by) == 1), key=lambda pair: pair[0].by == ("area",))
    return [
        _ratio(label(group_label(result, shared, one.group)), one, k in hidden)
        for table, hidden in single
        for k, one in sorted(enumerate(table.shares), key=lambda pair: pair[1].ratio)
    ][:MOST_ROWS]


def _ratio(name: str, one: Share, hidden: bool) -> Ratio:
    if hidden:
        return Ratio(name, one.share_people, None, None, None, None, "hidden")
    return Ratio(name, one.share_people, one.share, one.ratio, one.lower, one.upper, one.state)


def _words(result: Result, shared: Known, held: Sequence[Shown], name: str) -> Words:
    recipe = result.setting.recipe
    sources = dict.fromkeys(recipe.margin[table.margin].source for table, _hidden in held)
    return Words(
        name=name,
        title=label(finding(result, shared, held)),
        subtitle=_(SUBTITLE).format(title=label(recipe.title)),
        foot=_(FOOT).format(producer=recipe.producer, sources="; ".join(sources)),
        unit=_(UNIT),
        value_label=_(UNIT),
        simulated=recipe.simulated,
        language=current(),
    )


def map_of(result: Result, shared: Known, held: Sequence[Shown]) -> Chart | None:
    """Draw the ratio of each area on a map; None for fewer than five areas, or where no outlines are at hand."""
    found = next(((table, hidden) for table, hidden in held if table.by == ("area",)), None)
    if found is None:
        return None
    table, hidden = found
    figures = [_mapped(result, table, one, k in hidden) for k, one in enumerate(table.shares) if one.n]
    meant = {dict(one.group)["area"] for one in table.shares}
    shapes = {area: shape for area, shape in outlines(result.setting).items() if area in meant}
    if not shapes:
        return None
    title = label(least_area(result, shared, table, hidden))
    words = replace(_words(result, shared, [found], "who-was-counted-map"), title=title)
    return area_map(figures, shapes, words=words, inner=CLASSES)


def _mapped(result: Result, table: Held, one: Share, hidden: bool) -> Estimate:
    figure = cell(result, table, one)
    found = result.setting.areas.get(figure.area)
    value, status = (None, "Q") if hidden else (one.ratio, "A")
    return replace(figure, area_name=area_label(found) if found else figure.area, value=value, status=status)
