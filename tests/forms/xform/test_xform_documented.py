"""What the documentation of XLSForm and ODK promises, on the server."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from documented_forms import ANSWERS, BEYOND, EXAMPLES, EXPRESSIONS, HASHES, Example, calculations

from datashift.errors import BadXForm
from datashift.forms.xform import Instance, XForm, file_rows, problems, with_files
from datashift.forms.xform.evaluating import SPECIAL
from datashift.forms.xform.functions import FUNCTIONS

Read = Callable[[str], XForm]

ZONE = ZoneInfo("Asia/Kathmandu")
NOW = datetime(2026, 11, 23, 14, 5, 6, 789000, tzinfo=ZONE)
AROUND: dict[str, Any] = {"now": NOW, "today": NOW.date(), "timezone": ZONE}


def found(read: Read, expressions: list[tuple[str, str]]) -> list[tuple[str, str]]:
    form = read(calculations(expressions))
    assert [str(one) for one in problems(form)] == []
    filling = Instance(form, **AROUND)
    for name, answer in ANSWERS.items():
        filling.answer(f"/data/{name}", answer)
    return [(told, filling.value(f"/data/c{k}")) for k, (told, _expected) in enumerate(expressions)]


@pytest.mark.parametrize("section", EXPRESSIONS)
def test_expressions_of_the_documentation_give_what_it_says(read: Read, section: str) -> None:
    assert found(read, EXPRESSIONS[section]) == EXPRESSIONS[section]


def test_hashes_are_those_that_everybody_gets(read: Read) -> None:
    assert found(read, HASHES) == HASHES


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.section)
def test_worked_examples_of_the_documentation_come_to_what_it_says(read: Read, example: Example) -> None:
    form = with_files(read(example.form), {name: text.encode() for name, text in example.files.items()})
    assert [str(one) for one in problems(form)] == []
    filling = Instance(form, last_saved=example.saved, **AROUND)
    for step in example.steps:
        act(filling, step)
    filling.finish(NOW)
    assert {path: filling.value(path) for path in example.told} == example.told
    assert {path: filling.relevant(path) for path in example.asked} == example.asked
    assert {path: [one.code for one in filling.choices(path)] for path in example.offered} == example.offered
    assert {path: filling.said(path) for path in example.said} == example.said
    assert {fault.path: fault.code for fault in filling.faults()} == example.faults


def act(filling: Instance, step: tuple[str, ...]) -> None:
    match step:
        case ("answer", path, value):
            filling.answer(path, value)
        case ("add", parent, name):
            filling.add(f"{parent}/{name}")
        case ("remove", path, number):
            filling.remove(path, int(number))
        case ("speak", language):
            filling.speak(language)


@pytest.mark.parametrize(("what", "row", "code"), BEYOND, ids=lambda told: told if ":" in told else "")
def test_what_is_not_read_is_said(read: Read, what: str, row: str, code: str) -> None:
    form = read(f"""
        | survey | type | name | label | calculation | appearance | choice_filter | trigger |
        | | text | a | A | |
        | | begin_repeat | r | R | |
        | | text | x | X | |
        | | end_repeat | | | |
        | | xml-external | houses | | |
        {row}
        | choices | list_name | name | label |
        | | c | a | A |
        | external_choices | list_name | name | label | k |
        | | c | a | A | x |
        | osm | list_name | name | label |
        | | c | a | A |
    """)
    assert code in {one.code for one in problems(form)}


@pytest.mark.parametrize(("told", "geometry"), [
    ('{"type": "Point", "coordinates": [85.30, 27.7, 1300]}', "27.7 85.30 0 0"),
    ('{"type": "LineString", "coordinates": [[0, 1], [2, 3]]}', "1 0 0 0; 3 2 0 0"),
    ('{"type": "Polygon", "coordinates": []}', ""), ('{"type": "MultiPoint", "coordinates": [[0, 1]]}', ""),
    ('{"type": ["Point"], "coordinates": "x"}', ""), ("null", ""), ('"somewhere"', ""),
])  # fmt: skip
def test_a_geometry_of_a_file_is_written_as_answers_are(told: str, geometry: str) -> None:
    text = f'\ufeff{{"features": [{{"id": 7, "properties": {{"id": 1, "open": true}}, "geometry": {told}}}, 5]}}'
    assert file_rows(text.encode()) == ({"id": "7", "open": "true", "geometry": geometry},)


def test_a_file_that_is_no_geojson_is_refused() -> None:
    with pytest.raises(BadXForm):
        file_rows(b'{"features": [')
    assert file_rows(b'{"features": 3}') == ()


def test_every_function_has_an_example() -> None:
    shown = " ".join(told for section in EXPRESSIONS.values() for told, _expected in section)
    shown += " ".join(told for told, _expected in HASHES) + " ".join(example.form for example in EXAMPLES)
    ours = {"exp10", "thousands-sep", "substring", "jr:itext", "property", "version"}
    """Beyond the documentation, or nothing that an XLSForm can call."""
    called = set(re.findall(r"([a-z][\w:-]*)\(", shown))
    assert {*FUNCTIONS, *SPECIAL} - called - ours == set()


def test_what_the_page_claims_is_what_the_examples_show() -> None:
    page = (Path(__file__).parents[3] / "docs/reference/xforms.md").read_text(encoding="utf-8")
    assert all(section in page for section in EXPRESSIONS)
