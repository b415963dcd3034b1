"""Texts that look personal: those of the file, and the words of its producer. What was decided, and what is open.

Nothing here is ever part of a release or of the record: there stand numbers. What is confirmed becomes lines of the
ledger of corrections that lies beside the recipe, so that the file stays as it came.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from datashift.corrections import Change, redaction
from datashift.errors import PersonalWords
from datashift.language import N_
from datashift.standards.personal import scan
from datashift.standards.personal_texts import Span, in_words, propose, redact
from datashift.web.collection.models import Dataset, Passage
from datashift.web.collection.steps import wanted

KEPT = "words"
"""Where `Dataset.answers` holds which words may be public: {digest of the text: {by, at}}."""

# --- texts of the file ------------------------------------------------------------------------------------------------


def text_columns(dataset: Dataset) -> list[str]:
    """Return the columns of free text: neither personal, which never leave, nor read as an answer, a place or a time.

    A text is free where there are too many to be listed, or where every tenth has three words or more.
    """
    suggestion = dataset.suggestion
    recipe = tomllib.loads(dataset.recipe or suggestion.get("recipe", ""))
    used = {*suggestion.get("personal", ()), *recipe.get("personal", ()), *_used(recipe)}
    return [one["name"] for one in suggestion.get("columns", ()) if one["name"] not in used and _free(one)]


def _free(column: Mapping[str, Any]) -> bool:
    texts = [text for text, _rows in column["values"]]
    long = sum(len([word for word in text.split() if word[0].isalpha()]) > 2 for text in texts)
    return 10 * long > len(texts) if texts else bool(column["distinct"])


def _used(recipe: Mapping[str, Any]) -> Iterator[str]:
    yield from (one["column"] for one in recipe.get("columns", {}).values())
    place, period, design = (recipe.get(name, {}) for name in ("place", "period", "design"))
    yield from (place.get(name, "") for name in ("column", "latitude", "longitude"))
    yield from (recipe.get("row_id", ""), period.get("column", ""), design.get("weights", ""))
    yield from design.get("strata", ())
    yield from (name for stage in design.get("clusters", ()) for name in stage)
    yield from design.get("fpc", ())


def file_of(dataset: Dataset) -> dict[str, Any]:
    """Return what names the file that a data set has now, and how it is read."""
    return {"upload": dataset.upload_id, "reading": wanted(dataset)["reading"]}


def is_looked(dataset: Dataset) -> bool:
    """Say whether the texts of the file that a data set has now were searched."""
    return not dataset.screening and dataset.looked.get("file") == file_of(dataset)


def spans_of(passage: Passage) -> list[Span]:
    """Return the stretches of a text that look personal, in their order."""
    return [Span(start, end, kind) for start, end, kind in passage.spans]


def confirmed_of(passage: Passage) -> list[Span]:
    """Return those that are to be redacted."""
    return [span for number, span in enumerate(spans_of(passage)) if number not in passage.kept]


def redactions(dataset: Dataset) -> list[Change]:
    """Return the confirmed redactions of the file as lines of its ledger, the same whenever they are asked for."""
    if not is_looked(dataset):
        return []
    made = []
    for one in dataset.passages.exclude(at=None).order_by("column", "place"):
        if one.at is not None and (spans := confirmed_of(one)):
            when = one.at.replace(microsecond=0).isoformat()
            made.append(redaction(str(one.row), one.column, redact(one.text, spans), spans, who="producer", when=when))
    return made


# --- the words of a producer ------------------------------------------------------------------------------------------

PLACES = {
    "title": N_("The title"),
    "note": N_("How people were asked"),
    "limits": N_("Limits"),
    "whole": N_("The part of the country"),
    "consent": N_("What people were told"),
    "evidence": N_("Evidence"),
    "finding": N_("Explanation of a finding"),
}
"""The words that everybody reads, by the first part of their key."""


@dataclass(frozen=True)
class Words:
    """Words of a producer that look personal. `sharp`: a phone, e-mail, id or coordinates, which may never stay."""

    key: str
    text: str
    spans: tuple[Span, ...]
    sharp: bool

    @property
    def place(self) -> str:
        """Where they stand, to be translated."""
        return PLACES[self.key.partition(".")[0]]

    @property
    def kinds(self) -> set[str]:
        """What they seem to hold."""
        return {*scan(self.text), *(span.kind for span in self.spans)}

    @property
    def digest(self) -> str:
        """By what the same words are known again."""
        return digest(self.text)

    def proposed(self, *, names_stay: bool = False) -> str:
        """Return the words without what looks personal; or only without what may never stay."""
        return redact(self.text, [one for one in self.spans if not names_stay or scan(self.text[one.start : one.end])])


def digest(text: str) -> str:
    """Return by what words are known again."""
    return sha256(text.encode()).hexdigest()


def open_words(dataset: Dataset) -> list[Words]:
    """Return the words of a producer that look personal and of which nobody said that they may be public."""
    public = dataset.answers.get(KEPT, {})
    found = []
    for key, text in _own_words(dataset):
        sharp, spans = bool(scan(text)), propose(text)
        if sharp or (spans and digest(text) not in public):
            found.append(Words(key, text, spans, sharp))
    return found


def kinds_of_words(dataset: Dataset) -> set[str]:
    """Return what the words of a producer seem to hold of which nobody said that they may be public."""
    return {kind for one in open_words(dataset) for kind in one.kinds}


def require_decided(dataset: Dataset) -> None:
    """Raise PersonalWords where words that are about to be public look personal, and nobody decided on them."""
    if kinds := kinds_of_words(dataset):
        raise PersonalWords("words.of-dataset", kinds=in_words(kinds))


def _own_words(dataset: Dataset) -> Iterator[tuple[str, str]]:
    said = dataset.answers
    yield "title", dataset.title
    yield "note", str(said.get("asked", {}).get("note") or "")
    yield "limits", str(said.get("asked", {}).get("limits") or "")
    yield "whole", str(said.get("place", {}).get("whole") or "")
    for language, text in said.get("consent", {}).get("text", {}).items():
        yield f"consent.{language}", text
    for criterion, one in said.get("evidence", {}).items():
        for language, text in (one.get("text") or {}).items():
            yield f"evidence.{criterion}.{language}", text
    for note in dataset.notes.order_by("pk"):
        yield f"finding.{note.pk}", note.text
