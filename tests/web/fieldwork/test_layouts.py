"""Versions of a form become one table: no value is lost, none is put on another, whatever changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datashift.export.layout import Layout
from datashift.forms.xform.model import Field, XForm
from datashift.web.fieldwork.layouts import Merged, leaves, merged, widened

KINDS = ("text", "integer", "select_one")
NAMES = ("a", "b", "c")


def form(*fields: Field) -> XForm:
    return XForm("f", "1", "F", "/data", "", (), "", fields)


def asked(path: str, kind: str = "text", **more: Any) -> Field:
    return Field(path=f"/data/{path}", name=path.rpartition("/")[2], kind=kind, **more)


def columns(found: Merged, sheet: str = "") -> list[str]:
    return next([c.name for c in one.columns] for one in found.layout.sheets if one.path == sheet)


# --- the rules --------------------------------------------------------------------------------------------------------


def test_the_same_path_and_kind_is_the_same_column() -> None:
    found = merged([(1, form(asked("age", "integer"))), (2, form(asked("age", "integer"), asked("sex")))])
    assert columns(found) == ["age", "sex"]
    assert found.placed(1, {"age": "7"}) == {"age": "7"}


def test_a_question_that_is_gone_keeps_its_column_behind_the_others() -> None:
    found = merged([(1, form(asked("old"), asked("age"))), (2, form(asked("age"), asked("new")))])
    assert columns(found) == ["age", "new", "old"]


def test_another_kind_is_another_column_named_by_its_version() -> None:
    found = merged([(1, form(asked("age"))), (2, form(asked("age"))), (3, form(asked("age", "integer")))])
    assert columns(found) == ["age", "age.v2"]
    assert [found.placed(n, {"age": "x"}) for n in (1, 2, 3)] == [{"age.v2": "x"}, {"age.v2": "x"}, {"age": "x"}]


def test_a_question_that_is_asked_as_before_again_has_its_column_back() -> None:
    found = merged([(1, form(asked("age"))), (2, form(asked("age", "integer"))), (3, form(asked("age")))])
    assert columns(found) == ["age", "age.v2"]
    assert [found.placed(n, {"age": "x"}) for n in (1, 2, 3)] == [{"age": "x"}, {"age.v2": "x"}, {"age": "x"}]


def test_a_question_that_moved_to_another_group_is_the_same_column() -> None:
    found = merged([(1, form(asked("age"))), (2, form(asked("g", "group"), asked("g/age")))])
    assert columns(found) == ["g/age"]
    assert found.placed(1, {"age": "7"}) == {"g/age": "7"}


def test_a_name_that_could_be_two_questions_is_never_matched() -> None:
    old = form(asked("age"))
    new = form(asked("g", "group"), asked("g/age"), asked("h", "group"), asked("h/age"))
    found = merged([(1, old), (2, new)])
    assert columns(found) == ["g/age", "h/age", "age"]


def test_what_moves_into_a_repeat_is_another_column() -> None:
    found = merged([(1, form(asked("age"))), (2, form(asked("child", "repeat"), asked("child/age")))])
    assert [(one.path, one.parent, [c.name for c in one.columns]) for one in found.layout.sheets] == [
        ("", "", ["age"]), ("child", "", ["child/age"]),
    ]  # fmt: skip


def test_a_repeat_that_was_a_question_has_both() -> None:
    found = merged([(1, form(asked("child"))), (2, form(asked("child", "repeat"), asked("child/age")))])
    assert columns(found) == ["child.v1"]
    assert found.placed(1, {"child": "Asha"}) == {"child.v1": "Asha"}
    assert found.placed(2, {"child": [{"child/age": "3"}]}) == {"child": [{"child/age": "3"}]}


def test_a_repeat_that_moved_takes_its_rows_along() -> None:
    new = form(asked("g", "group"), asked("g/child", "repeat"), asked("g/child/age"))
    found = merged([(1, form(asked("child", "repeat"), asked("child/age"))), (2, new)])
    assert columns(found, "g/child") == ["g/child/age"]
    assert found.placed(1, {"child": [{"child/age": "3"}]}) == {"g/child": [{"g/child/age": "3"}]}


def test_what_no_version_knows_gets_a_column_of_text() -> None:
    found = merged([(1, form(asked("age"), asked("child", "repeat"), asked("child/age")))])
    more: list[dict[str, Any]] = [{"age": "1", "x": "2", "child": [{"child/y": "3"}]}, {"child": "text"}]
    wide = widened(found, more)
    assert columns(wide) == ["age", "x", "child_"]
    assert columns(wide, "child") == ["child/age", "child/y"]
    assert [found.placed(None, one) for one in more] == [more[0], {"child_": "text"}]


# --- whatever changed -------------------------------------------------------------------------------------------------


@st.composite
def forms(draw: st.DrawFn) -> XForm:
    """A form of groups, repeats and questions, with few names, so that versions of it meet each other in all ways."""
    made: list[Field] = []

    def below(path: str, deep: int) -> None:
        for name in draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True)):
            kind = draw(st.sampled_from((*KINDS, "group", "repeat") if deep < 3 else KINDS))
            inner = f"{path}{name}"
            made.append(asked(inner, kind))
            if kind in ("group", "repeat"):
                below(f"{inner}/", deep + 1)

    below("", 0)
    return form(*made)


def filled(version: XForm, tokens: Iterator[int], repeat: str = "") -> dict[str, Any]:
    """Answers with another value in each question, two rows in each repeat."""
    answers: dict[str, Any] = {}
    repeats = [one.path.removeprefix("/data/") for one in version.fields if one.kind == "repeat"]
    for one in version.fields:
        bare = one.path.removeprefix("/data/")
        around = [name for name in repeats if bare.startswith(f"{name}/")]
        if max(around, key=len, default="") != repeat or one.kind == "group":
            continue
        rows = [filled(version, tokens, bare) for _ in range(2)] if one.kind == "repeat" else []
        answers[bare] = rows if one.kind == "repeat" else str(next(tokens))
    return answers


def values(answers: Any) -> list[str]:
    if isinstance(answers, list):
        return [value for one in answers for value in values(one)]
    if isinstance(answers, dict):
        return [value for one in answers.values() for value in values(one)]
    return [answers]


def in_columns(layout: Layout, answers: dict[str, Any], path: str = "") -> list[str]:
    """What an export writes of answers: the values in columns of the layout, sheet by sheet."""
    sheet = next(one for one in layout.sheets if one.path == path)
    found = [answers[column.name] for column in sheet.columns if isinstance(answers.get(column.name), str)]
    for inner in layout.sheets[1:]:
        if inner.parent == path:
            for row in answers.get(inner.path, ()):
                found += in_columns(layout, row, inner.path)
    return found


@given(st.lists(forms(), min_size=1, max_size=4))
def test_no_value_of_any_version_is_lost(versions: list[XForm]) -> None:
    found = merged(enumerate(versions, 1))
    for number, version in enumerate(versions, 1):
        answers = filled(version, count())
        placed = found.placed(number, answers)
        assert sorted(in_columns(found.layout, placed)) == sorted(values(answers))
    for sheet in found.layout.sheets:
        names = [column.name for column in sheet.columns]
        assert len(set(names)) == len(names)


@given(st.lists(forms(), min_size=1, max_size=3))
def test_a_question_keeps_its_path_as_name_in_the_last_version(versions: list[XForm]) -> None:
    found = merged(enumerate(versions, 1))
    last = found.names[len(versions)]
    assert set(leaves(versions[-1])) <= {path for path, name in last.items() if path == name}


ANSWERS = st.recursive(
    st.dictionaries(st.sampled_from(("a", "b", "a/b", "c", "a_")), st.text("xyz", min_size=1), max_size=4),
    lambda inner: st.dictionaries(
        st.sampled_from(("a", "b", "a/b")), st.one_of(st.text("xyz", min_size=1), st.lists(inner, max_size=2)),
        max_size=3,
    ),
    max_leaves=4,
)  # fmt: skip


@given(forms(), ANSWERS, st.sampled_from([None, 1, 7]))
def test_no_value_of_an_unknown_version_is_lost(version: XForm, answers: dict[str, Any], number: int | None) -> None:
    found = merged([(1, version)])
    placed = found.placed(number, answers)
    wide = widened(found, [answers]) if number != 1 else found
    kept = [json.loads(one) if one.startswith("[") else one for one in values(placed)]
    assert sorted(values(kept)) == sorted(values(answers))
    if number is None:
        shown = [json.loads(one) if one.startswith("[") else one for one in in_columns(wide.layout, placed)]
        assert sorted(values(shown)) == sorted(values(answers))


def test_what_is_worked_out_in_a_text_is_not_shown_as_known() -> None:
    told = merged([(1, form(asked("age", label={"English (en)": ("How old is ", "she?")})))])
    assert told.layout.sheets[0].columns[0].labels == {"en": "How old is she?"}


@pytest.mark.parametrize("number", [1, None])
def test_nothing_unknown_takes_the_place_of_an_answer(number: int | None) -> None:
    found = merged([(1, form(asked("age"))), (2, form(asked("g", "group"), asked("g/age")))])
    placed = found.placed(number, {"g/age": "unknown", "age": "known"})
    assert sorted(placed.values()) == ["known", "unknown"]
    assert placed["g/age"] == ("known" if number else "unknown")
