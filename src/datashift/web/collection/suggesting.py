"""The job `suggest`: reads an upload and keeps all that pages need to ask about it, so that no page reads the file."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.db import transaction

from datashift.errors import BadRecipe, BadUpload, DataShiftError
from datashift.harmonise import Suggestion
from datashift.harmonise import suggest as suggested_for
from datashift.language import LANGUAGES, N_, speaking
from datashift.model import Kit, Raw
from datashift.read import read_bytes, sheets
from datashift.read.store import content
from datashift.standards.areas import countries, folded, known_areas
from datashift.standards.personal_tables import counted, propose_in
from datashift.web.collection.kits import at_hand, kit_named
from datashift.web.collection.models import Dataset
from datashift.web.collection.recipes import rebuild
from datashift.web.collection.screening import comes_back, follow
from datashift.web.collection.steps import fitting_run, ready, suggested, wanted
from datashift.web.jobs.services import enqueue
from datashift.web.people.services import record

READING, LOOKING = N_("reading the file"), N_("looking at every column")
MOST_VALUES = 400
"""So many different answers of a column are kept; a column with more names things one by one."""
SEARCHED = 20_000
"""Rows whose texts are searched for personal data when a file comes in; what leaves is searched again, all of it."""
FEW = 60
PLACES = frozenset((
    "region", "district", "province", "state", "county", "municipality", "city", "town", "village", "ward", "division",
    "department", "departamento", "provincia", "distrito", "municipio", "ciudad", "comunidad", "barrio", "mkoa",
    "wilaya", "kata", "kijiji", "mtaa", "जिल्ला", "प्रदेश", "नगरपालिका", "गाउँपालिका", "वडा", "गाउँ",
))  # fmt: skip
"""Words after which “name” is that of a place, and of nobody."""


def suggest(subject: str, progress: Callable[[str], None]) -> None:
    """Read the upload of a dataset (`subject` is its id) and keep a suggestion, unless it has the one it wants.

    Raises the coded error of the reader where the file cannot be read; upload and answers stay as they are.
    """
    dataset = Dataset.objects.select_related("organisation", "upload").filter(pk=subject).first()
    if dataset is None or dataset.screening or dataset.erased or suggested(dataset):
        return
    asked = wanted(dataset)
    progress(READING)
    path = settings.HOME / "raw" / dataset.upload.sha256
    try:
        raw = read_bytes(content(path), dataset.upload.name, **asked["reading"])
    except DataShiftError:
        _keep_sheets(dataset, path)
        raise
    if raw.table.num_rows == 0:
        raise BadUpload("upload.no-rows", file=dataset.upload.name)
    follow(dataset, raw.table)
    if comes_back(dataset, raw.table):
        return
    progress(LOOKING)
    found = facts(raw, asked, dataset.country) | {"sheets": _sheets(path)}
    _keep(dataset, asked, found)


def facts(raw: Raw, asked: Mapping[str, Any], country: str) -> dict[str, Any]:
    """Return a suggestion as plain facts, with reasons in four languages.

    kit (id@version), confidence, kits: [{kit, confidence}], rows, first_row (its number),
    columns: [{name, distinct, empty, values: [[answer, rows]]}],   personal: [column],
    texts: {column: {kind of personal data: rows}}, seen in the first SEARCHED rows of free texts,
    guesses: [{column, role, concept, used, fact, confidence, reason: label, values: {answer: code}, sure: {answer:
               0–1}, open: [[answer, rows]], zeros, highest}]. `concept` says whether the role is one of the kit; else
               it is place, country, date, id, latitude, longitude, weight, stratum, cluster or personal, and `fact` the
               country or the format of the date.
    notes: [[template, facts]], sheet, format, encoding, delimiter, reading, recipe (TOML).
    """
    kits = [kit_named(asked["kit"])] if asked["kit"] else at_hand()
    spoken = {}
    for language in LANGUAGES:
        with speaking(language):
            spoken[language] = _found(raw, kits, country)
    first = spoken["en"]
    kit = next(one for one in kits if one.id == first.kit)
    personal = _personal(first)
    columns = _columns(raw.table, personal)
    ranked = first.kits if not asked["kit"] else ()
    return {
        "kit": f"{kit.id}@{kit.version}",
        "confidence": first.confidence,
        "kits": [{"kit": name, "confidence": chance} for name, chance in ranked],
        "rows": raw.table.num_rows,
        "first_row": int(raw.table["_row"][0].as_py()),
        "columns": columns,
        "personal": personal,
        "texts": counted(propose_in(raw.table.slice(0, SEARCHED), _texts_in(columns, personal))),
        "guesses": [
            one
            for one in _guesses(spoken, kit, {one["name"]: dict(one["values"]) for one in columns})
            if one["role"] != "personal" or one["column"] in personal
        ],
        "notes": [[text, {k: str(v) for k, v in told.items()}] for text, told in raw.origin.notes],
        "sheet": raw.origin.sheet,
        "format": raw.origin.format,
        "encoding": raw.origin.encoding,
        "delimiter": raw.origin.delimiter,
        "reading": dict(asked["reading"]),
        "recipe": first.recipe,
    }


def _found(raw: Raw, kits: list[Kit], country: str) -> Suggestion:
    areas = {code: known_areas(code) for code in countries()}
    return suggested_for(raw, kits, areas, None, country)


def _personal(found: Suggestion) -> list[str]:
    """The columns that may name people: not those whose name, or whose answers, are of places."""
    places = [guess.column for guess in found.guesses if guess.role.startswith("place ")]
    named = [guess.column for guess in found.guesses if guess.role == "personal" and guess.column not in places]
    return [column for column in named if not PLACES & set(folded(column).split())]


def _texts_in(columns: list[dict[str, Any]], personal: list[str]) -> list[str]:
    """The columns of free texts: those with too many answers to be listed."""
    return [one["name"] for one in columns if not one["values"] and one["distinct"] and one["name"] not in personal]


def _columns(table: pa.Table, personal: list[str]) -> list[dict[str, Any]]:
    """The columns with their answers, the most frequent first; none of those that may name people, or single things."""
    found = []
    for name in table.column_names:
        if name == "_row":
            continue
        counts = {one["values"]: one["counts"] for one in pc.value_counts(pc.fill_null(table[name], "")).to_pylist()}
        empty = sum(counts.pop(word, 0) for word in [word for word in counts if not word.strip()])
        few = len(counts) <= FEW or len(counts) <= min(MOST_VALUES, table.num_rows // 2)
        shown = few and name not in personal
        values = sorted(counts.items(), key=lambda one: (-one[1], one[0])) if shown else []
        found.append({"name": name, "distinct": len(counts), "empty": empty, "values": [list(one) for one in values]})
    return found


def _guesses(
    spoken: Mapping[str, Suggestion], kit: Kit, answers: Mapping[str, Mapping[str, int]]
) -> list[dict[str, Any]]:
    first = spoken["en"]
    used = tomllib.loads(first.recipe).get("columns", {})
    found = []
    for number, guess in enumerate(first.guesses):
        concept = guess.role in kit.concepts
        role, _blank, fact = (guess.role, "", "") if concept or guess.role == "row id" else guess.role.partition(" ")
        found.append(
            {
                "column": guess.column, "role": "id" if role == "row id" else role, "fact": fact, "concept": concept,
                "used": not concept or guess.role in used, "confidence": guess.confidence,
                "reason": {language: one.guesses[number].reason for language, one in spoken.items()},
                "values": dict(guess.values), "sure": dict(guess.sure),
                "open": [[value, answers[guess.column].get(value, 0)] for value in guess.open_values],
                "zeros": guess.zeros, "highest": guess.highest if math.isfinite(guess.highest) else None,
            }
        )  # fmt: skip
    return found


def _keep(dataset: Dataset, asked: Mapping[str, Any], found: dict[str, Any]) -> None:
    """Keep a suggestion, where it is still wanted; whoever wanted another one meanwhile has asked for it."""
    with transaction.atomic():
        now = _locked(dataset)
        if now is None or now.screening or (now.upload_id, wanted(now)) != (dataset.upload_id, asked):
            return
        # Which kits fit was told when none was chosen yet.
        now.suggestion = found | {"kits": found["kits"] or now.suggestion.get("kits", [])}
        rows = now.answers.get("rows", {})
        if rows.get("row_id") and rows["row_id"] not in [one["name"] for one in found["columns"]]:
            now.answers = {**now.answers, "rows": {**rows, "row_id": ""}}
        _rebuild(now)
        now.version += 1
        now.save()
        if ready(now) and fitting_run(now) is None:
            enqueue("run", str(now.pk))
        enqueue("look", str(now.pk))
        record("suggest", f"dataset:{now.pk}", by=None, organisation=now.organisation, kit=found["kit"])


def _rebuild(dataset: Dataset) -> None:
    """Make the recipe from the new suggestion. Where a corrected file has other columns, what does not fit any more
    is asked again, so that nobody is stuck.
    """
    try:
        rebuild(dataset)
    except (BadUpload, BadRecipe):
        kept = ("rows", "kit", "who", "consent")
        dataset.answers = {name: one for name, one in dataset.answers.items() if name in kept}
        rebuild(dataset)


def _keep_sheets(dataset: Dataset, path: Path) -> None:
    """Of a file that could not be read, keep which sheets it has: one of them may be the one that is meant."""
    names = _sheets(path)
    with transaction.atomic():
        now = _locked(dataset)
        if now is not None:
            now.suggestion = {**now.suggestion, "sheets": names}
            now.save(update_fields=["suggestion"])


def _locked(dataset: Dataset) -> Dataset | None:
    found = Dataset.objects.select_for_update(of=("self",)).select_related("organisation", "upload")
    return found.filter(pk=dataset.pk).first()


def _sheets(path: Path) -> list[str]:
    try:
        return sheets(path)
    except DataShiftError:
        return []
