"""Redactions: a person confirms each, or keeps what stands there, and may stop and go on another day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from datashift.errors import BadUpload
from datashift.language import _
from datashift.standards.personal_texts import KIND_WORDS, MARKS, require_none
from datashift.web.collection import passages
from datashift.web.collection.models import Dataset, Passage
from datashift.web.collection.passages import Words, is_looked, open_words, spans_of, text_columns
from datashift.web.collection.recipes import rebuild
from datashift.web.collection.services import locked
from datashift.web.collection.steps import fitting_run, ready, suggested
from datashift.web.jobs.services import enqueue
from datashift.web.people.models import User
from datashift.web.people.services import record

Facts = dict[str, Any]

AT_ONCE = 50
"""Texts on one page."""
CHOICES = ("redact", "keep")


# --- what a page shows ------------------------------------------------------------------------------------------------


def columns_of(dataset: Dataset) -> list[Facts]:
    """Return the columns of free text: how many texts each has, how many look personal and are open, of what kinds.

    A column that was said to name people since never leaves, so nothing is to be decided on it.
    """
    if not is_looked(dataset):
        return []
    free = text_columns(dataset)
    found: dict[str, Facts] = {
        name: {"name": name, "texts": count, "personal": 0, "open": 0, "kinds": Counter()}
        for name, count in dataset.looked["texts"]
    }
    for column, spans, at in dataset.passages.values_list("column", "spans", "at"):
        one = found[column]
        one["personal"] += 1
        one["open"] += at is None
        one["kinds"].update({kind for _start, _end, kind in spans})
    return [
        {
            **one,
            "number": number,
            "kinds": [(_(KIND_WORDS[kind]), count) for kind, count in sorted(one["kinds"].items())],
        }
        for number, one in enumerate(found.values())
        if one["name"] in free
    ]


def shown(passage: Passage) -> Facts:
    """Return a text in pieces, each with what would stand in its place, if anything, and the choices for each."""
    pieces: list[Facts] = []
    behind, stretches = 0, []
    for number, span in enumerate(spans_of(passage)):
        words = passage.text[span.start : span.end]
        pieces += [{"text": passage.text[behind : span.start], "mark": ""}, {"text": words, "mark": span.mark}]
        stays = passage.at is not None and number in passage.kept
        stretches.append({"number": number, "kind": _(KIND_WORDS[span.kind]), "words": words,
                          "mark": MARKS[span.kind], "choice": CHOICES[stays]})  # fmt: skip
        behind = span.end
    pieces.append({"text": passage.text[behind:], "mark": ""})
    return {"key": passage.pk, "row": passage.row, "pieces": pieces, "stretches": stretches, "decided": passage.at}


# --- what is decided --------------------------------------------------------------------------------------------------


def decide(*, dataset: Dataset, said: Mapping[int, Sequence[str]], by: User) -> int:
    """Keep what a person decided: by the number of a passage, "redact" or "keep" for each stretch in its order.

    What is confirmed takes effect in the next run. Returns on how many texts was decided. Raises BadUpload where a
    passage is not there any more, something was left open, or a review is open; nothing is kept then.
    """
    with transaction.atomic():
        found = _changeable(dataset)
        known = found.passages.in_bulk(said)
        if not is_looked(found) or len(known) != len(said):
            raise BadUpload("upload.old-page")
        counts: dict[str, Counter[str]] = {choice: Counter() for choice in CHOICES}
        for key, choices in said.items():
            passage = known[key]
            _must_be_decided(passage, choices)
            passage.kept = [number for number, choice in enumerate(choices) if choice == "keep"]
            passage.by, passage.at = by, timezone.now()
            for choice, (_start, _end, kind) in zip(choices, passage.spans, strict=True):
                counts[choice][kind] += 1
        Passage.objects.bulk_update(known.values(), ["kept", "by", "at"])
        if known:
            made_anew(found)
            _record("redacted", found, by, texts=len(known), **{name: dict(one) for name, one in counts.items()})
    return len(known)


def decide_words(*, dataset: Dataset, key: str, known: str, names_stay: bool, by: User) -> Dataset:
    """Put what is proposed in the place of words of the producer; with `names_stay` a name or an address may be public.

    `known` is the digest of the words that were seen. Raises BadUpload where they are others by now, and PersonalWords
    where what is proposed would leave something that nobody may publish: then only its producer can write it anew.
    """
    with transaction.atomic():
        found = _changeable(dataset)
        words = next((one for one in open_words(found) if one.key == key and one.digest == known), None)
        if words is None:
            raise BadUpload("upload.old-page")
        text = words.proposed(names_stay=names_stay)
        require_none(text, confirmed=True)
        if names_stay:
            told = {"by": by.pk, "at": timezone.now().isoformat(timespec="seconds")}
            public = {**found.answers.get(passages.KEPT, {}), passages.digest(text): told}
            found.answers = {**found.answers, passages.KEPT: public}
        _put(found, words, text)
        found.version += 1
        found.save()
        made_anew(found)
        kinds = Counter(span.kind for span in words.spans)
        _record("words-decided", found, by, place=key.partition(".")[0], kinds=dict(kinds), names_stay=names_stay)
    return found


def look_again(*, dataset: Dataset) -> None:
    """Ask that the texts be searched once more, such as after another column was said to name people or not."""
    with transaction.atomic():
        found = _changeable(dataset)
        found.looked = {}
        found.save(update_fields=["looked"])
        enqueue("look", str(found.pk))


def made_anew(dataset: Dataset) -> None:
    """Make the recipe with its ledger anew. Where that changes it the figures are made again: called under a lock."""
    before = dataset.recipe
    if dataset.state == Dataset.State.IN_REVIEW or not suggested(dataset):
        return
    rebuild(dataset)
    if dataset.recipe == before:
        return
    dataset.state = Dataset.State.DRAFT if dataset.state == Dataset.State.RELEASED else dataset.state
    dataset.version += 1
    dataset.save()
    if ready(dataset) and fitting_run(dataset) is None:
        enqueue("run", str(dataset.pk))


def _changeable(dataset: Dataset) -> Dataset:
    found = locked(dataset)
    if found.state == Dataset.State.IN_REVIEW:
        raise BadUpload("upload.in-review")
    return found


def _must_be_decided(passage: Passage, choices: Sequence[str]) -> None:
    strange = [one for one in choices if one not in CHOICES]
    if strange or len(choices) != len(passage.spans):
        raise BadUpload("upload.no-choice", value=(strange or [""])[0])


def _put(dataset: Dataset, words: Words, text: str) -> None:
    """Put words where others stood: on the step where they were said, in the language in which they were."""
    place, *path = words.key.split(".")
    if place == "finding":
        dataset.notes.filter(pk=path[0]).update(text=text)
        return
    if place == "title":
        dataset.title = text[:200]
    steps = {"title": ["rows", "title"], "note": ["asked", "note"], "limits": ["asked", "limits"],
             "whole": ["place", "whole"], "consent": ["consent", "text", *path],
             "evidence": ["evidence", *path[:1], "text", *path[1:]]}  # fmt: skip
    dataset.answers = _with(dataset.answers, steps[place], text) if _said(dataset, place) else dataset.answers


def _said(dataset: Dataset, place: str) -> bool:
    return place != "title" or "rows" in dataset.answers


def _with(said: Mapping[str, Any], path: Sequence[str], text: str) -> dict[str, Any]:
    """Return what was said with another text at the end of a path; nothing else differs."""
    first, *rest = path
    return {**said, first: _with(said[first], rest, text) if rest else text}


def _record(verb: str, dataset: Dataset, by: User, **facts: Any) -> None:
    record(verb, f"dataset:{dataset.pk}", by=by, organisation=dataset.organisation, **facts)
