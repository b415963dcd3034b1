"""How the figures came about: who and what is meant, how it was drawn, and what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from datashift.dossier.saying import RELATIONS, SAMPLING, words
from datashift.language import N_, in_all
from datashift.model import Concept, Kit, Label, Recipe
from datashift.pipeline import Setting, uncertainty_sentence, whole_area
from datashift.standards.areas import area_label

NO_FRAME = N_("Nobody stated the list from which people or things were drawn (the frame), nor its date.")
SHARED_OUT = N_("The answers of each area share its known total ({margin}) between them.")
COLUMN = N_("The column “{column}” says for how many each row stands.")
ALIKE = N_("Every row counts the same.")
CALIBRATED = N_("The weights were then brought to known totals ({kind}): {totals}.")
NONE_STATED = N_("None are stated.")


def head(setting: Setting, created: str) -> dict[str, Any]:
    """Return what the dossier is about: the source, its indicator, its place and its time.

    `release` is "": the id of a release is the digest of all its files, and the dossier is one of them.
    """
    recipe, kit = setting.recipe, setting.kit
    return {
        "title": dict(recipe.title),
        "producer": recipe.producer,
        "indicator": kit.indicator,
        "kit": f"{kit.id}@{kit.version}",
        "kit_title": dict(kit.title),
        "measure": dict(setting.measures[0].label),
        "relation": kit.relation,
        "relation_words": words(RELATIONS[kit.relation]),
        "relation_note": dict(kit.relation_note),
        "place": place(setting),
        "country": recipe.place.country,
        "period": recipe.period.label or "",
        "created": created,
        "licence": recipe.licence,
        "simulated": recipe.simulated,
        "release": "",
    }


def place(setting: Setting) -> Label:
    """Return the name of the area that all rows together stand for."""
    whole = whole_area(setting)
    named = setting.recipe.place.whole
    if named:
        return dict(named.name)
    return in_all(partial(area_label, setting.areas[whole])) if whole in setting.areas else {"en": whole}


def design(setting: Setting, frame: Label) -> dict[str, Any]:
    """Return how the rows were drawn and weighted. `frame` is what somebody stated about the list they come from."""
    recipe, drawn = setting.recipe, setting.recipe.design
    return {
        "sampling_type": drawn.sampling_type,
        "words": words(SAMPLING[drawn.sampling_type]),
        "note": dict(drawn.note),
        "unit": dict(setting.kit.universe.unit),
        "meant": dict(setting.kit.universe.text),
        "frame": frame or words(NO_FRAME),
        "strata": list(drawn.strata),
        "clusters": [list(stage) for stage in drawn.clusters],
        "fpc": list(drawn.fpc),
        "lonely": drawn.lonely,
        "weights": _weights(recipe),
        "margins": [_margin(setting, name) for name in recipe.margin],
        "interval": drawn.interval,
        "confidence": drawn.confidence,
        "degrees": drawn.degrees,
        "uncertainty": in_all(lambda: uncertainty_sentence(recipe)),
        "chosen_rows": [
            {"column": rows.column, "only": list(rows.only), "without": list(rows.without), "why": dict(rows.why)}
            for rows in recipe.rows
        ],
    }


def _weights(recipe: Recipe) -> Label:
    drawn = recipe.design
    known = words(ALIKE)
    if drawn.weights:
        known = words(COLUMN, column=drawn.weights)
    elif drawn.weight_margin:
        known = words(SHARED_OUT, margin=drawn.weight_margin)
    if drawn.calibration is None:
        return known
    named = [" × ".join(totals.variables) for totals in drawn.calibration.margins] + list(drawn.calibration.numeric)
    more = words(CALIBRATED, kind=drawn.calibration.kind, totals=", ".join(named))
    return {language: f"{text} {more[language]}" for language, text in known.items()}


def _margin(setting: Setting, name: str) -> dict[str, Any]:
    margin = setting.recipe.margin[name]
    return {
        "name": name,
        "source": margin.source,
        "as_of": margin.as_of.isoformat(),
        "url": margin.url or "",
        "areas": len(setting.margins.get(name, {})),
    }


def instrument(setting: Setting, form: str = "") -> dict[str, Any]:
    """Return what was asked: the kit, its concepts with their answers, and the measures formed from them."""
    recipe, kit = setting.recipe, setting.kit
    return {
        "kit": f"{kit.id}@{kit.version}",
        "title": dict(kit.title),
        "description": dict(kit.description),
        "form": kit.form or form,
        "reviewed": list(kit.reviewed),
        "sources": list(kit.sources),
        "variant_of": kit.variant.of if kit.variant else "",
        "questions": [_question(kit.concepts[name], column.column) for name, column in recipe.columns.items()
                      if name in kit.concepts],
        "derived": [dict(kit.concepts[name].label) for name in _derived(kit, recipe.columns)],
        "measures": [
            {"id": one.id, "label": dict(one.label), "estimator": one.estimator, "unit": one.unit,
             "unit_label": dict(one.unit_label), "desired": one.desired,
             "relevant_difference": one.relevant_difference}
            for one in setting.measures
        ],
    }  # fmt: skip


def _question(concept: Concept, column: str) -> dict[str, Any]:
    return {
        "column": column,
        "label": dict(concept.label),
        "question": dict(concept.question),
        "kind": concept.kind,
        "answers": [dict(code.label) for code in concept.codes.values()],
        "unit": dict(concept.unit),
    }


def _derived(kit: Kit, columns: Mapping[str, Any]) -> list[str]:
    """The concepts that follow from others by rules."""
    return [name for name, concept in kit.concepts.items() if concept.inputs and name not in columns]
