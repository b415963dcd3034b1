"""The columns of a file: one sentence each, and the page on which one of them is read differently."""

from __future__ import annotations

import tomllib
from typing import Any

from django.http import Http404, QueryDict

from datashift.web.collection import forms
from datashift.web.collection.models import Dataset
from datashift.web.collection.sentences import Sentence, concepts, sentences

Facts = dict[str, Any]

USED = ("concept", "perhaps")
ELSEWHERE = ("place", "country", "date", "latitude", "longitude", "weight", "stratum", "cluster", "id")
KEPT = ("column", "codes", "missing", "factor", "decimal")


def all_columns(dataset: Dataset) -> Facts:
    """Return the columns in groups: what answers the question, what is about people, what other steps ask, the rest."""
    found = sentences(dataset)
    settled = "columns" in dataset.answers
    return {
        "used": [one for one in found if one.use == "concept"],
        "perhaps": [one for one in found if one.use == "perhaps"],
        "people": [one for one in found if one.use == "personal"],
        "elsewhere": [one for one in found if one.use in ELSEWHERE],
        "unused": [one for one in found if not one.use],
        "settled": settled,
        "missing": ", ".join(word for word in tomllib.loads(dataset.recipe)["missing"] if word),
    }


def one_column(dataset: Dataset, number: int, sent: QueryDict | None = None) -> Facts:
    """Return one column with what it may say and, where its answers are known, what each of them may mean."""
    found = _sentence(dataset, number)
    recipe = tomllib.loads(dataset.recipe)
    stated = recipe["columns"].get(found.concept, {}) if found.use == "concept" else {}
    chosen = {answer.value: answer.code if answer.known else "?" for answer in found.answers}
    now = {
        "concept": found.concept if found.use == "concept" else "",
        "personal": found.column in recipe["personal"],
        "factor": f"{stated.get('factor', 1):g}",
        "missing": ", ".join(stated.get("missing", [])),
        "codes": chosen,
    }
    if sent is not None:
        now |= {"concept": sent.get("concept", ""), "personal": "personal" in sent,
                "factor": sent.get("factor", "1"), "missing": sent.get("missing", ""),
                "codes": chosen | dict(forms.pairs(sent, "answer", "code"))}  # fmt: skip
    others = {one.concept: one.column for one in sentences(dataset) if one.use == "concept" and one.number != number}
    return {"sentence": found, "concepts": concepts(dataset), "others": others, "now": now}


def as_they_stand(dataset: Dataset, sent: QueryDict) -> Facts:
    """Return the answer that all columns are read as they stand; words for no answer may be changed."""
    said = _current(dataset)
    if "missing" in sent:
        said["missing"] = ["", *forms.words(sent.get("missing", ""))]
    return said


def with_column(dataset: Dataset, number: int, sent: QueryDict) -> Facts:
    """Return the answer for all columns in which one is read as was said now."""
    found, said = _sentence(dataset, number), _current(dataset)
    columns = {name: one for name, one in said["columns"].items() if one["column"] != found.column}
    concept = sent.get("concept", "")
    if concept:
        before = said["columns"].get(concept, {}) if concept == found.concept else {}
        columns[concept] = {**before, **forms.one_column(sent), "column": found.column}
    personal = [name for name in said["personal"] if name != found.column]
    return {**said, "columns": columns, "personal": [*personal, found.column] if "personal" in sent else personal}


def _current(dataset: Dataset) -> Facts:
    recipe = tomllib.loads(dataset.recipe)
    columns = {concept: {name: one[name] for name in KEPT if name in one} for concept, one in recipe["columns"].items()}
    return {"columns": columns, "personal": recipe["personal"], "missing": recipe["missing"]}


def _sentence(dataset: Dataset, number: int) -> Sentence:
    found = next((one for one in sentences(dataset) if one.number == number), None)
    if found is None:
        raise Http404
    return found
