"""What a run knows of the people behind its answers: census margins and answers in the same areas, groups and codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from datashift.assess.reached.representation import Held, Share
from datashift.dossier.saying import joined, plain, words
from datashift.errors import BadRecipe
from datashift.language import N_, in_all, label
from datashift.model import Breakdown, Estimate, Kit, Label, Recipe
from datashift.numbers import THIN, said
from datashift.pipeline import Result, Setting, whole_area
from datashift.protect import protect
from datashift.standards.ages import band
from datashift.standards.areas import ancestors, area_label
from datashift.standards.margins import UNKNOWN, fold_ages, people_by, populations
from datashift.standards.structures.identifiers import code_ids, dimension

Unit = Literal["people", "points", "sensors", "averages", "events"]
"""What one answer is: only people (and the households they live in) can be held against a census as a share."""

RATED: tuple[Unit, ...] = ("people", "points")
"""Units of which the share can be held against that of the people."""

OTHERS = N_("{by}: the census also counts {people} people for whom the form has no answer.")
AREA = N_("Area")
BETWEEN, OVER, EXACTLY = N_("{first} to {last} years"), N_("{first} years and over"), N_("{first} years")


Shown = tuple[Held, frozenset[int]]
"""What was held against the people, and which of its rows are hidden."""


@dataclass(frozen=True)
class Known:
    """Margins and answers that can be held against each other.

    pairs: by margin the people and the answers.   concepts: SDMX name of each concept of the answers -> the kit's.
    codes: by SDMX name and code the kit's code.   refused: margins that cannot be used, with what to do.
    """

    unit: Unit
    pairs: Mapping[str, tuple[pa.Table, pa.Table]]
    concepts: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]
    refused: tuple[Label, ...] = ()


def unit_of(kit: Kit, recipe: Recipe) -> Unit:
    """Say what one answer is."""
    if recipe.design.sampling_type == "published_averages":
        return "averages"
    if recipe.design.sampling_type == "event_registry":
        return "events"
    if kit.readings is not None:
        return "sensors"
    return "points" if kit.universe.public_infrastructure else "people"


def known(result: Result) -> Known:
    """Bring the margins of a run, and its answers, to the same areas and codes. A margin that resists is told of."""
    setting = result.setting
    answers, concepts, codes = _answers(result)
    unit = unit_of(setting.kit, setting.recipe)
    shared = Known(unit, {}, concepts, codes)
    pairs, refused = {}, []
    for name, margin in setting.recipe.margin.items():
        raw = setting.table(margin.file).table if margin.file else None
        day = setting.recipe.place.as_of
        try:
            people = populations(margin, raw, dict(setting.areas), file="recipe.toml", day=day)
            own = answers
            if "AGE" in people.column_names and "AGE" in concepts:
                people, own = _of_common_ages(people, answers, codes["AGE"], name)
        except BadRecipe as problem:
            refused.append(in_all(partial(str, problem)))
            continue
        people = people.filter(pc.is_in(people["area"], value_set=pa.array(_meant(setting, people), pa.string())))
        people, others = _of_known_codes(people, shared)
        refused += [words(OTHERS, by=concept_label(result, shared, by), people=n) for by, n in others.items()]
        pairs[name] = (people, _brought_up(own, people, setting))
    return replace(shared, pairs=pairs, refused=tuple(refused))


def group_label(result: Result, shared: Known, group: tuple[tuple[str, str], ...]) -> Label:
    """Name a group in all languages: its place, and the words of the kit for its codes."""
    parts = [_named(result, shared, concept, code) for concept, code in group]
    return parts[0] if len(parts) == 1 else in_all(lambda: " · ".join(label(part) for part in parts))


def concept_label(result: Result, shared: Known, concept: str) -> Label:
    """Name a column of groups in all languages."""
    own = shared.concepts.get(concept)
    return dict(result.setting.kit.concepts[own].label) if own else words(AREA)


def _named(result: Result, shared: Known, concept: str, code: str) -> Label:
    if concept == "area":
        found = result.setting.areas.get(code)
        return in_all(partial(area_label, found)) if found else {"en": code}
    own = shared.codes.get(concept, {}).get(code)
    stated = result.setting.kit.concepts[shared.concepts[concept]].codes
    if own in stated:
        return dict(stated[own].label)
    ages = band(code) if concept == "AGE" else None
    if ages is None:
        return {"en": code}
    last = "" if ages.end == float("inf") else str(int(ages.end) - 1)
    template = OVER if not last else EXACTLY if last == str(ages.first) else BETWEEN
    return words(template, first=ages.first, last=int(last or 0))


def short(told: Label) -> Label:
    """Return a label without the languages that say the same as English."""
    return {language: text for language, text in told.items() if language == "en" or text != told.get("en")}


def sentences(*labels: Label) -> Label:
    """Return labels one after the other, without the languages that say the same as English."""
    return short(joined(*labels))


def brief(number: float | None) -> float | None:
    """Return a number with five digits: more than any interval here bears."""
    return None if number is None else plain(float(f"{number:.5g}"))


def per_cent(share: float) -> str:
    """Say a share of 0 to 1 as per cent in the current language; with a decimal where it is small."""
    return said(100 * share, 0 if share >= 0.095 or share == 0 else 1) + f"{THIN}%"


# --- the disclosure gate ----------------------------------------------------------------------------------------------


def through_gate(result: Result, held: Sequence[Held]) -> list[Shown]:
    """Send the numbers of answers of all tables through the disclosure gate; say which rows it hides.

    The figures stand beside the tables, and count the same answers: what they hide no table shows.
    """
    setting, whole = result.setting, whole_area(result.setting)
    cells = [cell(result, table, one) for table in held for one in table.shares]
    parents: dict[str, str | None] = {area.id: area.parent for area in setting.areas.values()}
    parents |= dict.fromkeys((one.area for one in cells), whole)
    parents[whole] = None
    gated = iter(protect(cells, setting.kit, area_parents=parents, beside=_beside(result, cells)))
    return [
        (table, frozenset([k for k, one in enumerate(islice(gated, len(table.shares))) if one.status == "Q"]))
        for table in held
    ]


def _beside(result: Result, cells: Sequence[Estimate]) -> list[Estimate]:
    """Return each cell as the figures of its place print it: shown where one tells nearly its number, or hidden."""
    kit = result.setting.kit
    named = {name: (dimension(name, one.codes), code_ids(one.codes, dimension(name, one.codes)))
             for name, one in kit.concepts.items()}  # fmt: skip
    figures: dict[tuple[str, Breakdown], dict[str, list[Estimate]]] = {}
    for one in result.estimates:
        group = tuple(sorted((named[name][0], named[name][1].get(code, code)) for name, code in one.breakdown))
        figures.setdefault((one.area, group), {}).setdefault(one.measure, []).append(one)
    found = []
    for one in cells:
        printed = [_of_all_periods(one, given) for given in figures.get((one.area, one.breakdown), {}).values()]
        near = [x for x in printed if x.status != "Q" and abs(x.n - one.n) < kit.disclosure.least_n]
        found += [*near, *(x for x in printed if x.status == "Q")][:1]
    return found


def _of_all_periods(cell: Estimate, figures: Sequence[Estimate]) -> Estimate:
    hidden = any(one.status == "Q" for one in figures)
    return replace(cell, status="Q" if hidden else "A", n=0 if hidden else sum(one.n for one in figures))


def without_hidden(held: Sequence[Shown]) -> list[Held]:
    """Return the tables for whoever reckons with them: a hidden row is one of which nothing can be told."""

    def seen(one: Share) -> Share:
        return replace(one, share=one.share_people, weighted=one.share_people, state="cannot_tell")

    return [
        replace(table, shares=tuple(seen(one) if k in hidden else one for k, one in enumerate(table.shares)))
        for table, hidden in held
    ]


def cell(result: Result, held: Held, one: Share) -> Estimate:
    """Write a row as the gate knows it: a cell of so many answers."""
    group, whole = dict(one.group), whole_area(result.setting)
    area = group.pop("area", whole)
    return Estimate(
        kit=result.setting.kit.id, measure=held.margin, area=area, area_name=area, period="", value=one.share, se=None,
        lower=None, upper=None, n=one.n, n_eff=None, deff=None, df=None, unit="", status="A", method="",
        sampling_type="", breakdown=tuple(sorted(group.items())),
    )  # fmt: skip


# --- answers ----------------------------------------------------------------------------------------------------------


def _answers(result: Result) -> tuple[pa.Table, dict[str, str], dict[str, dict[str, str]]]:
    """Return the observations with their coded concepts under SDMX names and codes; what is unknown is missing."""
    kit, table = result.setting.kit, result.harmonised.observations
    design = [name for name in ("area", "weight", "stratum", "cluster") if name in table.column_names]
    found = table.select(design)
    concepts: dict[str, str] = {}
    codes: dict[str, dict[str, str]] = {}
    for name, concept in kit.concepts.items():
        shared = dimension(name, concept.codes)
        if name not in table.column_names or shared in concepts or not concept.codes:
            continue
        ids = {code: sdmx for code, sdmx in code_ids(concept.codes, shared).items() if not concept.codes[code].unknown}
        concepts[shared], codes[shared] = name, {sdmx: code for code, sdmx in ids.items()}
        found = found.append_column(shared, _replaced(table[name], ids))
    return found, concepts, codes


def _replaced(column: pa.ChunkedArray, codes: Mapping[str, str]) -> pa.ChunkedArray:
    """Return the codes in the place of what stands in the column; what has none becomes missing."""
    where = pc.index_in(column, value_set=pa.array(list(codes), pa.string()))
    return pc.take(pa.array(list(codes.values()), pa.string()), where)


def _of_known_codes(people: pa.Table, shared: Known) -> tuple[pa.Table, dict[str, int]]:
    """Leave out people of codes that no answer can have; return how many, by concept."""
    others = {}
    for concept in set(people.column_names) & set(shared.concepts) - {"AGE"}:
        known_codes = {*shared.codes[concept], UNKNOWN}
        sizes = {code: n for (code,), n in people_by(people, (concept,)).items() if code not in known_codes}
        if sizes:
            others[concept] = round(sum(sizes.values()))
            there = pc.is_in(people[concept], value_set=pa.array(list(sizes), pa.string()))
            people = people.filter(pc.invert(there))
    return people, others


def _of_common_ages(
    people: pa.Table, answers: pa.Table, codes: Mapping[str, str], name: str
) -> tuple[pa.Table, pa.Table]:
    people, folded = fold_ages(people, codes, file="recipe.toml", name=name)
    place = answers.column_names.index("AGE")
    return people, answers.set_column(place, "AGE", _replaced(answers["AGE"], folded))


# --- places -----------------------------------------------------------------------------------------------------------


def _meant(setting: Setting, people: pa.Table) -> list[str]:
    """Return the areas of a margin that lie in the area that all rows together stand for."""
    areas: list[str] = pc.unique(people["area"]).to_pylist()
    whole, day = whole_area(setting), setting.recipe.place.as_of
    if setting.recipe.place.whole:
        return areas
    inside = [area for area in areas if area == whole or whole in ancestors(area, dict(setting.areas), day)]
    return inside or [area for area in areas if area in ancestors(whole, dict(setting.areas), day)]


def _brought_up(answers: pa.Table, people: pa.Table, setting: Setting) -> pa.Table:
    """Send each answer to the area of the margin that it lies in; an answer from elsewhere keeps its own."""
    there = set(people["area"].to_pylist())
    areas, day = dict(setting.areas), setting.recipe.place.as_of
    homes = {}
    for own in pc.unique(answers["area"]).drop_null().to_pylist():
        above = (area for area in (own, *(ancestors(own, areas, day) if own in areas else ())) if area in there)
        homes[own] = next(above, own)
    return answers.set_column(answers.column_names.index("area"), "area", _replaced(answers["area"], homes))
