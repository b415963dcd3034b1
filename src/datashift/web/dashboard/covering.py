"""The coverage of a country as its page shows it: who counted what, in which year, where, for whom; and the gaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from datashift import official
from datashift.coverage import Coverage, Gap, View, counted, gaps, group_label, matrix, view, wording
from datashift.coverage.told import country_of
from datashift.coverage.view import EMPTY, Seen
from datashift.language import LANGUAGES, N_, _, label, speaking
from datashift.model import Label
from datashift.numbers import in_digits, said
from datashift.publish import Released
from datashift.standards.areas import known_areas, world
from datashift.standards.framework import framework
from datashift.standards.kits import shipped_kit

GAPS_SHOWN = 60

NEVER = N_("{indicator}, {group}: nobody has counted it in {area}.")
OLD = N_("{indicator}, {group}: last counted in {area} in {year}.")
CHANCE = N_("{interviews} interviews would change what is said of it with a chance of {chance}.")
WITH_KIT = N_("A kit to count it is at hand: {kit}.")

_INTERVIEWS = 400


def coverage_told(country: str, releases: Sequence[Released], home: Path) -> dict[str, Any]:
    """Return who counted what in a country. Texts are labels; cells carry codes that pages have words for.

    years [first, last]; finding and sentences as labels; indicators [{code, label, cells [{year, who, citizen,
    official}], last}]; uncounted [code]; areas and groups [{id, label, cells [{indicator, who, last}]}]; gaps
    [{indicator, area, group, kit, last, chance, sentence}].
    """
    known = framework(store=home)
    counts = counted(official.observations(home), releases, framework=known)
    whole = matrix(counts, known, areas=[country])
    years = view(whole, "years", area=country)
    inside = _inside(country, counts["area"].to_pylist())
    parts = matrix(counts, known, areas=inside) if inside else None
    return {
        "years": list(whole.years),
        "finding": _in_all(lambda: wording.finding(whole, years)),
        "modelled": _in_all(lambda: wording.modelled(years)),
        "sentences": _in_all(lambda: wording.sentences(whole, years)),
        "indicators": [_indicator(whole, code, cells) for code, cells in years.rows.items()],
        "uncounted": list(years.uncounted),
        "areas": _across(parts, view(parts, "areas")) if parts else [],
        "groups": _across(whole, view(whole, "groups", area=country)),
        "gaps": [_gap(whole, one) for one in gaps(whole)[:GAPS_SHOWN]],
        "producers": list(years.producers),
    }


def _inside(country: str, areas: Sequence[str]) -> list[str]:
    """Return the places inside a country that somebody speaks of."""
    known = known_areas(country) if country in world() else {}
    return sorted({area for area in areas if area != country and (country_of(area) == country or area in known)})


def _indicator(coverage: Coverage, code: str, cells: Sequence[Seen | None]) -> dict[str, Any]:
    first = coverage.years[0]
    shown = [
        {"year": first + k, "who": cell.who, "citizen": cell.citizen, "official": cell.official}
        for k, cell in enumerate(cells)
        if cell
    ]
    return {
        "code": code,
        "label": dict(coverage.framework.entry(code).label),
        "cells": shown,
        "last": max((one.last for one in cells if one and one.last), default=None),
    }


def _across(coverage: Coverage, seen: View) -> list[dict[str, Any]]:
    """Return the columns of a picture, each with the indicators that somebody counted in one of them."""
    some = {code: cells for code, cells in seen.rows.items() if any(c and c.who not in EMPTY for c in cells)}
    return [
        {
            "id": column,
            "label": _in_all(partial(wording.column_name, coverage, seen, column)),
            "cells": [
                {"indicator": code, "who": cell.who, "last": cell.last}
                for code, cells in some.items()
                if (cell := cells[k]) is not None
            ],
        }
        for k, column in enumerate(seen.columns)
    ]


def _gap(coverage: Coverage, gap: Gap) -> dict[str, Any]:
    return {
        "indicator": gap.indicator, "label": dict(coverage.framework.entry(gap.indicator).label), "area": gap.area,
        "area_name": gap.area_name, "group": gap.group, "group_label": _in_all(lambda: group_label(gap.group)),
        "kit": gap.kit, "last": gap.last, "by": gap.by, "modelled": gap.modelled, "chance": gap.chance,
        "sentence": _in_all(lambda: _sentence(coverage, gap)),
    }  # fmt: skip


def _sentence(coverage: Coverage, gap: Gap) -> str:
    facts = {
        "indicator": wording.indicator_name(coverage, gap.indicator), "group": group_label(gap.group),
        "area": wording.area_name(coverage, gap.area), "year": in_digits(str(gap.last or "")),
    }  # fmt: skip
    texts = [_(OLD if gap.last else NEVER).format(**facts)]
    if gap.chance is not None and gap.why != "never":
        texts.append(_(CHANCE).format(interviews=said(_INTERVIEWS), chance=wording.chance_said(gap)))
    if gap.kit:
        texts.append(_(WITH_KIT).format(kit=label(_title(gap.kit))))
    return " ".join(texts)


@cache
def _title(kit: str) -> Label:
    return shipped_kit(kit).title


def _in_all(say: Callable[[], str]) -> Label:
    found: dict[str, str] = {}
    for language in LANGUAGES:
        with speaking(language):
            found[language] = say()
    return found if any(found.values()) else {}
