"""One sentence per column, in the language of who reads it."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from datashift.language import speaking
from datashift.web.collection.models import Dataset
from datashift.web.collection.sentences import concepts, sentences


def test_every_column_has_one_sentence_what_is_used_first(water: Dataset) -> None:
    found = sentences(water)
    assert sorted(one.number for one in found) == list(range(16))
    assert [one.use for one in found[:5]] == ["concept"] * 5
    status = next(one for one in found if one.column == "works")
    assert status.text == (
        "Column “works” tells us: “Does it work?”. We read “functional” as “It works”. "
        "Other answers that are read: 11. Answers not known yet: 4."
    )
    assert {one.value: one.code for one in status.answers}["wroks"] == "functional"
    assert sorted(one.value for one in status.answers if not one.known) == ["2", "ask chief", "locked", "see photo"]
    assert dict(status.choices)["non_functional"]


def test_an_answer_that_was_said_to_be_missing_is_known(water: Dataset, say: Callable[..., Dataset]) -> None:
    say(water, "rows")
    water.refresh_from_db()
    water = say(water, "kit")
    codes = {"functional": "functional", "non functional": "non_functional", "functional needs repair": "needs_repair",
             "2": "", "locked": "non_functional"}  # fmt: skip
    said = {"status": {"column": "works", "codes": codes}, "technology": {"column": "type", "codes": {}}}
    water = say(water, "columns", {"columns": said, "personal": ["phone"]})
    status = next(one for one in sentences(water) if one.column == "works")
    known = {one.value: one.known for one in status.answers}
    assert known["2"]
    assert known["locked"]
    assert not known["see photo"]
    assert {one.column: one.use for one in sentences(water)}["collector"] == ""


def test_sentences_and_reasons_speak_the_language_of_the_reader(water: Dataset) -> None:
    said = {}
    for language in ("en", "es", "sw", "ne"):
        with speaking(language):
            one = next(one for one in sentences(water) if one.column == "people")
            said[language] = one.reason, one.concept_label
    assert len(set(said.values())) == 4


def test_people_and_parts_of_the_design_are_named_as_such(water: Dataset) -> None:
    uses = {one.column: one.use for one in sentences(water)}
    assert uses["phone"] == uses["collector"] == "personal"
    assert uses["weight"] == "weight"
    assert uses["village"] == "cluster"
    assert uses["visited"] == "date"


def test_only_what_is_asked_can_be_chosen(water: Dataset) -> None:
    names = [name for name, _label in concepts(water)]
    assert "status" in names
    assert len(names) == len(set(names))


def test_sentences_ask_the_database_nothing(water: Dataset) -> None:
    with CaptureQueriesContext(connection) as seen:
        sentences(water)
    assert not seen.captured_queries
