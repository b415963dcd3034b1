"""What the documentation of XLSForm and ODK promises means the same in the browser as on the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from documented_forms import ANSWERS, ASKED, EXAMPLES, EXPRESSIONS, PATTERNS, SUBJECTS, Example, calculations, put
from fill_robot import IN_BROWSER, NOW, Robot
from fill_site import Site, served

from datashift.forms.xform import Instance, XForm, as_program, read_xform, with_files
from datashift.forms.xform.evaluating import evaluate
from datashift.forms.xform.expressions import Place, read_expression
from datashift.forms.xform.functions import FUNCTIONS
from datashift.forms.xform.making import as_xform
from datashift.forms.xform.values import text

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def page(chromium: Any) -> Iterator[Any]:
    """A browser whose clock stands in Kathmandu."""
    with served(Site()) as site:
        context = chromium.new_context(base_url=site.base, timezone_id="Asia/Kathmandu", locale="en")
        page = context.new_page()
        page.goto("/blank")
        yield page
        context.close()


def read(tables: str, files: dict[str, str]) -> XForm:
    lines = "\n".join(line.strip() for line in tables.strip().splitlines())
    form = read_xform(as_xform(lines.encode(), "form.md"))
    return with_files(form, {name: told.encode() for name, told in files.items()})


def both(page: Any, example: Example) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the server and the browser say after the same steps."""
    robot = Robot(read(example.form, dict(example.files)), 0)
    robot.instance = Instance(robot.form, now=NOW, today=NOW.date(), timezone=NOW.tzinfo, last_saved=example.saved)
    for step in example.steps:
        robot._do(step)
    robot.instance.finish(NOW)
    order = {"steps": example.steps, "id": robot.instance.instance_id, "saved": dict(example.saved)}
    told = {"program": as_program(robot.form), "orders": [order], "now": NOW.timestamp() * 1000}
    [found] = json.loads(page.evaluate(IN_BROWSER, json.dumps(told)))
    return robot.told(), found


@pytest.mark.parametrize("section", EXPRESSIONS)
def test_an_expression_of_the_documentation_gives_the_same_in_the_browser(page: Any, section: str) -> None:
    expressions = EXPRESSIONS[section]
    ours, theirs = both(page, Example(section, calculations(expressions), put(**ANSWERS)))
    answers = {path: told for path, told, _asked in theirs["answers"]}
    assert [(told, answers[f"/data/c{k}"]) for k, (told, _expected) in enumerate(expressions)] == expressions
    assert theirs == ours


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.section)
def test_a_worked_example_of_the_documentation_means_the_same_in_the_browser(page: Any, example: Example) -> None:
    ours, theirs = both(page, example)
    assert theirs == ours


# --- any call of any function -----------------------------------------------------------------------------------------

TEXTS = [
    "''", "'a'", "'a b  c'", "' 12 '", "'-0.5'", "'1e3'", "'.5'", "'7.'", "'NaN'", "'true'", "'TRUE'", "'😀é'",
    "'नेपाल'",
    "'५५'", "'a\u00a0b'", "'\ufeff1'",
    "'2026-03-31'", "'2026-02-30'", "'1960-01-01'", "'2026-03-31T23:30:00.5Z'", "'24:00'",
    "'06:30'", "'1 2 3 4;5 6'", "'91 0'", "'%Y-%m-%d'", "'%H:%M %b %a'",
    "'\\d+'", "'[a-z ]+'", "'\\p{L}*'", "'aGk='", "'hex'",
]  # fmt: skip
NUMBERS = ["0", "1", "2", "-1", "0.5", "-2.5", "2.675", "1 div 3", "0.1 + 0.2", "1 div 0", "-1 div 0", "0 div 0",
           "1000000", "20543.25", "-800.5", "123456789.123", "0.0000001", "3000000"]  # fmt: skip
OTHERS = [
    "true()",
    "false()",
    "/data/nowhere",
    "/data/i | /data/d",
    *(f"/data/{name}" for name in (*ANSWERS, "e", "none")),
]
SIGNS = ["+", "-", "*", "div", "mod", "=", "!=", "<", "<=", ">", ">=", "and", "or"]
NOT_ALIKE = {"random", "uuid", "digest"}
LAST_DIGITS = {"exp", "exp10", "pow", "log", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sqrt",
               "distance", "area"}  # fmt: skip
"""Two libraries of mathematics may differ in the last of 17 digits: rounded to nine places."""


def made_up(chance: Random, depth: int) -> str:
    """Return an expression made up by chance."""
    if not depth or chance.random() < 0.25:
        return chance.choice(chance.choice((TEXTS, NUMBERS, OTHERS)))
    if chance.random() < 0.3:
        return f"({made_up(chance, depth - 1)} {chance.choice(SIGNS)} {made_up(chance, depth - 1)})"
    name = chance.choice(sorted({*FUNCTIONS} - NOT_ALIKE))
    _work, least, most = FUNCTIONS[name]
    count = chance.randint(least, min(most, least + 2))
    call = f"{name}({', '.join(made_up(chance, depth - 1) for _argument in range(count))})"
    return f"round({call}, 9)" if name in LAST_DIGITS else call


EVALUATED = """async (asked) => {
  const { program, answers, asts, now } = JSON.parse(asked);
  const { Model } = await import("/static/fill/model.js");
  const { evaluate } = await import("/static/fill/evaluate.js");
  const { text } = await import("/static/fill/values.js");
  const model = new Model(program, { now: () => new Date(now) });
  for (const [name, value] of Object.entries(answers)) model.answer(model.at(`/data/${name}`), value);
  return JSON.stringify(asts.map((ast) => text(evaluate(ast, model, model.at("/data/t")))));
}"""


def test_any_call_of_any_function_gives_the_same_in_the_browser(page: Any) -> None:
    chance = Random(20261123)
    form = read(ASKED, {})
    filling = Instance(form, now=NOW, today=NOW.date(), timezone=NOW.tzinfo)
    for name, answer in ANSWERS.items():
        filling.answer(f"/data/{name}", answer)
    asked = [read_expression(made_up(chance, 3), Place("/data/t")) for _number in range(5000)]
    asked = [one for one in asked if one.ast is not None]
    [node] = filling.root.at(["t"])
    ours = [text(evaluate(one, filling, node)) for one in asked]
    told = {
        "program": as_program(form),
        "answers": ANSWERS,
        "asts": [one.ast for one in asked],
        "now": NOW.timestamp() * 1000,
    }
    theirs = json.loads(page.evaluate(EVALUATED, json.dumps(told)))
    assert len(asked) > 4500
    differ = [f"{one.text}: {a!r} {b!r}" for one, a, b in zip(asked, ours, theirs, strict=True) if a != b]
    assert not differ, "\n".join(differ[:20])


def test_a_pattern_fits_the_same_in_the_browser(page: Any) -> None:
    form = read(ASKED, {})
    asked = [read_expression(f'regex(/data/t, "{pattern}")', Place("/data/t")) for pattern in PATTERNS]
    told = {"program": as_program(form), "asts": [one.ast for one in asked], "now": NOW.timestamp() * 1000}
    fits: dict[str, list[str]] = {pattern: [] for pattern in PATTERNS}
    for subject in SUBJECTS:
        found = json.loads(page.evaluate(EVALUATED, json.dumps(told | {"answers": {"t": subject}})))
        for pattern, said in zip(PATTERNS, found, strict=True):
            fits[pattern] += [subject] if said == "true" else []
    assert fits == {pattern: [one for one in SUBJECTS if one in expected] for pattern, expected in PATTERNS.items()}
