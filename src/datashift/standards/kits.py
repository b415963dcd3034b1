"""Kits and recipes: read from TOML, checked field by field, and against each other."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from datashift.errors import BadRecipe
from datashift.language import _
from datashift.model import Bounds, Kit, Measure, Recipe, When
from datashift.standards.conditions import MISSING

R = TypeVar("R", bound=BaseModel)


def kit_folder(name: str, beside: Path | None = None) -> Path:
    """Return the folder of a kit: `./…` is taken from `beside`, a bare name from the kits that ship.

    The folder holds `kit.toml`, or `variant.toml` (see `standards.variants`, whose `kit_text` gives the text of both).
    `name` may carry a version (`water-point-functionality@1.0.0`), which must then be the kit's own. Raises BadRecipe.
    """
    bare, _at, version = name.partition("@")
    shipped = Path(str(files("datashift").joinpath("kits")))
    folder = (beside / bare).resolve() if bare.startswith(".") and beside is not None else shipped / Path(bare).name
    text = next((path for path in (folder / "kit.toml", folder / "variant.toml") if path.is_file()), None)
    if text is None or (version and _stated_version(text) != version):
        raise BadRecipe("recipe.no-kit", kit=name, known=", ".join(known_kits()))
    return folder


def _stated_version(path: Path) -> object:
    try:
        return tomllib.loads(path.read_text("utf-8")).get("version")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise BadRecipe("recipe.not-toml", file=path.name, problem=problem) from problem


def known_kits() -> list[str]:
    """Return the ids of the kits that ship, sorted."""
    folder = Path(str(files("datashift").joinpath("kits")))
    return sorted(path.parent.name for path in folder.glob("*/kit.toml"))


def shipped_kit(name: str) -> Kit:
    """Return the kit called `name` that ships with the program. Raises BadRecipe."""
    return parse_kit((kit_folder(name) / "kit.toml").read_text("utf-8"), "kit.toml")


def parse_kit(text: str, file: str) -> Kit:
    """Return the kit that the TOML `text` describes; `file` names it in errors. Raises BadRecipe."""
    kit = _parse(Kit, text, file)
    _check_derived(kit, file)
    for measure in kit.measures:
        for concept, codes in [*measure.numerator.items(), *measure.denominator.items()]:
            _require_codes(kit, concept, codes)
        for concept in filter(None, (measure.value, measure.per, measure.size)):
            _require_concept(kit, concept)
        if not set(measure.parts) <= {m.id for m in kit.measures if m.estimator == "proportion"}:
            raise BadRecipe(
                "recipe.bad-field", file=file, field=f"measures.{measure.id}.parts", problem=_("not all are shares")
            )
    return kit


def _check_derived(kit: Kit, file: str) -> None:
    """Raise BadRecipe where a rule names a concept that is not above it, or a code that there is not."""
    above: set[str] = set()
    for name, concept in kit.concepts.items():
        counted: When = dict(concept.count_of.items())
        conditions = [concept.asked_if, counted, *(rule.when for rule in concept.rules)]
        for unknown in sorted((concept.inputs | set(concept.asked_if)) - above):
            _require_concept(kit, unknown)
            problem = _("{concept} must stand above {name}").format(concept=unknown, name=name)
            raise BadRecipe("recipe.bad-field", file=file, field=f"concepts.{name}", problem=problem)
        for when in conditions:
            for source, wanted in when.items():
                if not isinstance(wanted, Bounds):
                    _require_codes(kit, source, tuple(code for code in wanted if code != MISSING))
        _require_codes(kit, name, tuple(rule.code for rule in concept.rules if rule.code))
        above.add(name)


def parse_recipe(text: str, file: str) -> Recipe:
    """Return the recipe that the TOML `text` describes; `file` names it in errors. Raises BadRecipe."""
    return _parse(Recipe, text, file)


def check_together(recipe: Recipe, kit: Kit) -> None:
    """Raise BadRecipe where the recipe names a concept, code, measure or margin that does not exist.

    Also where it calls an answer missing that the kit counts, and does not say for its column which of the two it is.
    """
    for name, column in recipe.columns.items():
        _require_concept(kit, name)
        if kit.concepts[name].kind == "code":
            _require_codes(kit, name, tuple(filter(None, column.codes.values())))
            _require_one_meaning(recipe, kit, name)
    measures = {measure.id: measure for measure in kit.measures}
    known = at_hand(kit, recipe.columns)
    problem = next(filter(None, (_lack(wanted, measures, recipe, known) for wanted in recipe.measures)), "")
    if not recipe.measures and not any(_fed(measure, recipe, measures, known) for measure in kit.measures):
        problem = _("no measure of the kit {kit} can be formed from these columns").format(kit=kit.id)
    if problem:
        raise BadRecipe("recipe.bad-field", file=recipe.id, field="measures", problem=problem)
    margins = [recipe.design.weight_margin, *(measures[wanted].margin for wanted in recipe.measures)]
    for margin in filter(None, margins):
        if margin not in recipe.margin:
            raise BadRecipe("recipe.no-margin", margin=margin)


def _lack(wanted: str, measures: Mapping[str, Measure], recipe: Recipe, known: Collection[str]) -> str:
    """Say what a measure that the recipe asks for lacks; empty when nothing."""
    if wanted not in measures:
        return _("{measure} is not one of: {known}").format(measure=wanted, known=", ".join(measures))
    parts = set(measures[wanted].parts) - set(recipe.measures)
    columns = _needed(measures[wanted], measures) - set(known)
    if parts or columns:
        needed = sorted(parts | {f"[columns.{name}]" for name in columns})
        return _("{measure} needs {needed}").format(measure=wanted, needed=", ".join(needed))
    return ""


def chosen_measures(recipe: Recipe, kit: Kit) -> tuple[Measure, ...]:
    """Return the measures the recipe asks for, or all of the kit that its columns and margins can feed.

    Breakdowns by a concept without a column fall away; so does that by area, where all rows are of one area.
    """
    measures = {measure.id: measure for measure in kit.measures}
    known = at_hand(kit, {*(["area"] if recipe.place.column else []), *recipe.columns})
    asked = [measures[name] for name in recipe.measures] or [
        m for m in kit.measures if _fed(m, recipe, measures, known)
    ]
    return tuple(
        measure.model_copy(update={"breakdowns": tuple(b for b in measure.breakdowns if set(b) <= known)})
        for measure in asked
    )


def at_hand(kit: Kit, columns: Collection[str]) -> set[str]:
    """Return the concepts that are known where `columns` are: these, and all that can be derived from them."""
    known = set(columns)
    for name, concept in kit.concepts.items():
        if concept.inputs and concept.inputs <= known:
            known.add(name)
    return known


def asked_for(kit: Kit, measure: Measure) -> tuple[str, ...]:
    """Return the asked concepts that a measure needs, in the order of the kit; derived ones are followed back."""
    measures = {m.id: m for m in kit.measures}
    needed = _needed(measure, measures)
    for name in reversed(kit.concepts):
        if name in needed and kit.concepts[name].inputs:
            needed = (needed - {name}) | kit.concepts[name].inputs
    return tuple(name for name in kit.concepts if name in needed)


def _fed(measure: Measure, recipe: Recipe, measures: Mapping[str, Measure], known: Collection[str]) -> bool:
    columns = _needed(measure, measures) <= set(known)
    return columns and (measure.margin is None or measure.margin in recipe.margin)


def _needed(measure: Measure, measures: Mapping[str, Measure]) -> set[str]:
    if measure.parts:
        return {concept for part in measure.parts for concept in _needed(measures[part], measures)}
    return {*measure.numerator, *measure.denominator, *filter(None, (measure.value, measure.per, measure.size))}


def _require_concept(kit: Kit, concept: str) -> None:
    if concept not in kit.concepts:
        raise BadRecipe("recipe.no-concept", kit=kit.id, concept=concept, known=", ".join(kit.concepts))


def _require_codes(kit: Kit, concept: str, codes: tuple[str, ...]) -> None:
    _require_concept(kit, concept)
    for code in codes:
        if code not in kit.concepts[concept].codes:
            known = ", ".join(kit.concepts[concept].codes)
            raise BadRecipe("recipe.no-code", value=code, code=code, concept=concept, known=known)


def _require_one_meaning(recipe: Recipe, kit: Kit, concept: str) -> None:
    """A word for missing in all columns, meant for another one, would lose these answers and nobody would see it."""
    column = recipe.columns[concept]
    for word in recipe.missing:
        if word in kit.concepts[concept].codes and word not in (*column.codes, *column.missing):
            raise BadRecipe("recipe.missing-code", word=word, concept=concept, column=column.column)


def _parse(record: type[R], text: str, file: str) -> R:
    try:
        return record.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as problem:
        raise BadRecipe("recipe.not-toml", file=file, problem=problem) from problem
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "?"
        raise BadRecipe("recipe.bad-field", file=file, field=where, problem=first["msg"]) from problem
    except (RecursionError, ValueError) as problem:  # thousands of brackets, or of digits in one number
        raise BadRecipe("recipe.not-toml", file=file, problem=problem) from problem
