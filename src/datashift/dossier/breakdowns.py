"""By which groups a figure should be told: present or missing, why, and what would bring it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pyarrow.compute as pc

from datashift.coverage.groups import PEOPLE, group_label
from datashift.dossier.people import Known, short
from datashift.dossier.saying import words
from datashift.errors import BadStandard
from datashift.language import N_, in_all
from datashift.model import Kit, Label
from datashift.pipeline import Result
from datashift.standards.framework import framework
from datashift.standards.structures.identifiers import dimension

Why = Literal["", "not_asked", "not_told", "too_few"]

AREAS = N_("Areas")
WHY: Mapping[Why, str] = {
    "not_asked": N_("{group}: nobody was asked."),
    "not_told": N_("{group}: it was asked, and no figure is split by it."),
    "too_few": N_("{group}: too few answers in its groups to show a figure for two of them."),
}
REPAIR: Mapping[str, str] = {
    "kit": N_("The kit has the question: ask it, or name its column in the recipe."),
    "not_asked": N_("One more question in the form would do: add it to the kit."),
    "not_told": N_("Add it to the breakdowns of the measure in the kit; nobody needs to be asked again."),
    "too_few": N_("Ask at least {least_n} in each group, beginning with the smallest."),
}
PLAIN: Mapping[str, Label] = {
    "SEX": {"en": "Women and men", "es": "Mujeres y hombres", "sw": "Wanawake na wanaume", "ne": "महिला र पुरुष"},
    "URBANISATION": {
        "en": "Towns and countryside", "es": "Ciudad y campo", "sw": "Mijini na vijijini", "ne": "सहर र गाउँ",
    },
    "AGE": {"en": "Age", "es": "Edad", "sw": "Umri", "ne": "उमेर"},
    "DISABILITY_STATUS": {"en": "Disability", "es": "Discapacidad", "sw": "Ulemavu", "ne": "अपाङ्गता"},
    "EDUCATION_LEV": {"en": "Schooling", "es": "Educación", "sw": "Elimu", "ne": "शिक्षा"},
    "OCCUPATION": {"en": "Occupation", "es": "Ocupación", "sw": "Kazi", "ne": "पेशा"},
    "INCOME_WEALTH_QUANTILE": {
        "en": "Poor and rich", "es": "Pobres y ricos", "sw": "Maskini na matajiri", "ne": "गरिब र धनी",
    },
}  # fmt: skip


def breakdowns(result: Result, shared: Known) -> list[dict[str, Any]]:
    """Return every group by which the first measure should be told, and whether it is.

    Asked for by the kit (its breakdowns and its benchmarks), or by the official series of the indicator, which have
    figures for these groups of people. Things (water points, events) have no sex: there only the kit asks.
    """
    setting = result.setting
    wanted = _by_kit(setting.kit, set(setting.recipe.columns))
    if shared.unit in ("people", "averages"):
        for concept in _officially(setting.kit):
            wanted.setdefault(concept, "official")
    if pc.count_distinct(result.harmonised.observations["area"]).as_py() < 2:
        wanted.pop("area", None)  # all answers are from one place: there is nothing to split
    return [_told(result, shared, concept, source) for concept, source in wanted.items()]


def _by_kit(kit: Kit, columns: set[str]) -> dict[str, str]:
    """Return the dimensions of the kit's breakdowns and benchmarks, by who asks."""
    named = {name: "kit" for measure in kit.measures for parts in measure.breakdowns for name in parts}
    named |= {name: "kit" for name in kit.benchmarks if kit.concepts[name].kind == "code"}
    return {"area" if name == "area" else dimension(name, _codes(kit, name)): who for name, who in named.items()}


def _codes(kit: Kit, name: str) -> tuple[str, ...]:
    return tuple(kit.concepts[name].codes) if name in kit.concepts else ()


def _officially(kit: Kit) -> list[str]:
    """Return the groups of people for which official series of the indicator have figures."""
    try:
        series = framework().series_of(kit.indicator)
    except BadStandard:
        return []
    filled = {name for one in series for name in one.filled or ()}
    return sorted(filled & PEOPLE)


def _told(result: Result, shared: Known, concept: str, source: str) -> dict[str, Any]:
    kit = result.setting.kit
    own = next((name for name in kit.concepts if dimension(name, _codes(kit, name)) == concept), None)
    rows = [e for e in result.estimates if e.measure == result.setting.measures[0].id]
    parts = [e for e in rows if (concept == "area" and not e.breakdown) or _of(e.breakdown, own)]
    shown = sum(e.value is not None for e in parts)
    why: Why = ""
    if shown < 2:
        asked = concept == "area" or (own is not None and concept in shared.concepts)
        why = "too_few" if parts and asked else "not_told" if asked else "not_asked"
    repair = "kit" if why == "not_asked" and own is not None else why
    named = dict(kit.concepts[own].label) if own else PLAIN.get(concept) or in_all(lambda: group_label(concept))
    if concept == "area":
        named = words(AREAS)
    return {
        "concept": concept,
        "label": short(named),
        "source": source,
        "state": "missing" if why else "present",
        "why": short(words(WHY[why], group=named)) if why else {},
        "repair": short(words(REPAIR[repair], least_n=kit.disclosure.least_n)) if why else {},
    }


def _of(breakdown: tuple[tuple[str, str], ...], own: str | None) -> bool:
    return len(breakdown) == 1 and breakdown[0][0] == own
