"""Forms written as tables in the test, filled in at a fixed hour."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from datashift.forms.xform import Instance, XForm, problems, read_xform
from datashift.forms.xform.evaluating import evaluate
from datashift.forms.xform.expressions import Place, read_expression
from datashift.forms.xform.making import as_xform
from datashift.forms.xform.values import text

NOW = datetime(2026, 3, 31, 14, 30, tzinfo=UTC)
AROUND: dict[str, Any] = {"now": NOW, "today": NOW.date(), "timezone": UTC}


@pytest.fixture(scope="session")
def read() -> Callable[[str], XForm]:
    """Read a form from Markdown tables."""

    def reader(tables: str) -> XForm:
        lines = "\n".join(line.strip() for line in tables.strip().splitlines())
        return read_xform(as_xform(lines.encode(), "form.md"))

    return reader


@pytest.fixture(scope="session")
def begin(read: Callable[[str], XForm]) -> Callable[..., Instance]:
    """Begin to fill in a form of Markdown tables that has no problems."""

    def beginner(tables: str, **around: Any) -> Instance:
        form = read(tables)
        assert [str(problem) for problem in problems(form)] == []
        return Instance(form, **(AROUND | around))

    return beginner


@pytest.fixture(scope="session")
def around() -> dict[str, Any]:
    """The hour, the day and the time zone of a filling-in."""
    return AROUND


@pytest.fixture(scope="session")
def worked_out(begin: Callable[..., Instance]) -> Callable[..., str]:
    """Return what an expression gives as text, in a form with two questions for text and two for numbers."""
    filled = begin("""
        | survey | type    | name | label |
        |        | text    | a    | A     |
        |        | text    | b    | B     |
        |        | integer | m    | M     |
        |        | decimal | n    | N     |
    """)

    def work(expression: str, **answers: str) -> str:
        for name in "abmn":
            filled.answer(f"/data/{name}", answers.get(name, ""))
        return text(evaluate(read_expression(expression, Place("/data/a")), filled, filled.root.at(["a"])[0]))

    return work
