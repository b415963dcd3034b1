"""Who was counted and who was not: the answers beside the people, as plain data for the dossier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from datashift.assess.reached.representation import Held, Share, representation
from datashift.dossier.area_map import area_map
from datashift.dossier.breakdowns import breakdowns
from datashift.dossier.counted_words import nobody, note, sentence
from datashift.dossier.left_behind import left_behind
from datashift.dossier.people import (
    RATED,
    Known,
    Shown,
    brief,
    concept_label,
    group_label,
    known,
    sentences,
    short,
    through_gate,
)
from datashift.dossier.reach import numbers, reached
from datashift.dossier.saying import words
from datashift.language import N_, in_all, label
from datashift.model import Label
from datashift.pipeline import Result

TITLE, TITLE_POINTS = N_("{by}: answers beside people"), N_("{by}: what is listed beside people")
WITHIN = N_("{by}, inside each area: answers beside people")
REPAIR = N_("State how many people there are by area and group ([margin] in the recipe): a census table is enough.")


def counted(result: Result, shared: Known | None = None, held: Sequence[Shown] | None = None) -> dict[str, Any]:
    """Return who was counted and who was not, ready for JSON; labels are {language: text}, shares go from 0 to 1.

    `shared` and `held` are what `known` and `through_gate` say, where that was formed already.

    unit         what one answer is: people, points, sensors, averages or events; only the first two have ratios
    map          the ratio of each area with its outline (see `area_map`); None where there is none to draw
    tables       each column and pair of columns that both the census and the answers know, the least counted first;
                 a row that is hidden tells of its people only
    missing      what is not known or not split, each with its cheapest repair
    left_behind  groups by their distance to all together
    space        how far over the land the answers reach; numbers: what they are worth, and what was not answered
    """
    shared = known(result) if shared is None else shared
    held = through_gate(result, representation(shared.pairs)) if held is None else held
    tables = [_table(result, shared, table, hidden) for table, hidden in held]
    wanted = breakdowns(result, shared)
    return {
        "unit": shared.unit,
        "sentence": sentence(result, shared, held),
        "map": area_map(result, shared, held),
        "tables": tables,
        "missing": _missing(shared, tables, wanted),
        "breakdowns": wanted,
        "left_behind": left_behind(result, shared),
        "space": reached(result, shared),
        "numbers": numbers(result),
        "note": note(shared, held),
    }


# --- tables -----------------------------------------------------------------------------------------------------------


def _table(result: Result, shared: Known, held: Held, hidden: frozenset[int]) -> dict[str, Any]:
    by = [concept_label(result, shared, name) for name in held.by]
    named = by[-1] if held.within else in_all(lambda: " × ".join(label(one) for one in by))
    title = WITHIN if held.within else TITLE_POINTS if shared.unit == "points" else TITLE
    margin = result.setting.recipe.margin[held.margin]
    rows = [_row(result, shared, one, k in hidden) for k, one in enumerate(held.shares)]
    return {
        "title": short(words(title, by=named)),
        "source": margin.source,
        "as_of": margin.as_of.isoformat(),
        "by": list(held.by),
        "within": held.within,
        "way": held.way,
        "unknown": held.unknown,
        "rows": sorted(rows, key=lambda row: (row["ratio"] is None, row["ratio"] or 0.0)),
    }


def _row(result: Result, shared: Known, one: Share, hidden: bool) -> dict[str, Any]:
    """Return a row; a hidden one, and one whose answers are no people, without the numbers of the answers."""
    rated = shared.unit in RATED and not hidden
    names = {"share": "share", "share_weighted": "weighted", "ratio": "ratio", "ratio_weighted": "ratio_weighted",
             "lower": "lower", "upper": "upper", "p_adjusted": "p_adjusted"}  # fmt: skip
    shown = {name: brief(getattr(one, field)) if rated else None for name, field in names.items()}
    if shared.unit == "points":
        shown["people_each"] = brief(one.people / one.n) if one.n and rated else None
    return {
        "group": short(group_label(result, shared, one.group)),
        "people": round(one.people),
        "share_people": brief(one.share_people),
        "n": None if hidden else one.n,
        **shown,
        "state": _state(shared, one, hidden),
        "hidden": hidden,
    }


def _state(shared: Known, one: Share, hidden: bool) -> str:
    if hidden:
        return "hidden"
    return one.state if shared.unit in RATED or one.state == "none" else "cannot_tell"


def _missing(shared: Known, tables: Iterable[dict[str, Any]], wanted: Iterable[dict[str, Any]]) -> list[Label]:
    """Say what is not known and what is not split, each with the cheapest repair; and where nobody was counted."""
    found = list(shared.refused)
    found += [words(REPAIR)] if not shared.pairs and shared.unit in RATED else []
    found += [sentences(one["why"], one["repair"]) for one in wanted if one["state"] == "missing"]
    none = [row["group"] for table in tables for row in table["rows"] if row["state"] == "none"]
    found += [nobody(none)] if none else []
    return [short(one) for one in found]
