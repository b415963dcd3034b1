"""A condition on rows reads like R and SQL, and chooses the same rows as a plain evaluation does."""

import csv
import datetime
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from datashift import engine
from datashift.analysis import syntax
from datashift.analysis.conditions import parse
from datashift.analysis.syntax import Column, Compare, In, Joined, Missing, Not, Part
from datashift.analysis.tables import MISSING, table_of
from datashift.errors import BadQuestion

ROWS = pa.table(
    {
        "row": [0, 1, 2, 3, 4],
        "comp_imp": ["Yes", "No", None, "Yes", "NA"],
        "meals": [10, 60, 70, None, 51],
        "score": ["3", "007", " 12.5 ", "many", ""],
        "urban": pa.array([True, False, None, True, False]),
        "day": ["2024-03-31", "2024-04-01", "unknown", None, "2023-12-31T10:00"],
        "seen": pa.array(
            [datetime.date(2024, 3, 31), None, datetime.date(2024, 4, 1), None, datetime.date(2020, 1, 1)]
        ),
    }
)
NAMES = {"comp.imp": "comp_imp", "meals": "meals", "score": "score", "urban": "urban", "day": "day"} | {
    "seen on": "seen", "आयु": "meals"
}  # fmt: skip


def chosen(text: str, missing: tuple[str, ...] = ()) -> list[int]:
    """Return which of ROWS, counted from 0, a condition chooses."""
    rows = engine.relation(ROWS)
    found = rows.table.filter(parse(text).expression(rows.table, NAMES, missing)).select("row").order_by("row")
    return list(rows.collect(found)["row"].to_pylist())


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("comp.imp == 'Yes' & meals > 50", []),
        ("comp.imp == 'Yes' | meals > 50", [0, 1, 2, 3, 4]),
        ("comp.imp != 'Yes'", [1]),
        ("! comp.imp == 'Yes'", [1]),
        ("not (comp.imp = 'Yes' and meals > 50)", [0, 1]),
        ("meals > 50 and meals <= 60 or meals == 10", [0, 1, 4]),
        ("meals == 10 || meals > 50 && meals <= 60", [0, 1, 4]),
        ("50 < meals", [1, 2, 4]),
        ("meals < 52.5", [0, 4]),
        ("meals == '60'", [1]),
        ("`आयु` >= 70", [2]),
        ("आयु >= 70", [2]),
        ("comp.imp IN (“Yes”, 'No')", [0, 1, 3]),
        ("comp.imp not in ('Yes')", [1]),
        ("meals in (10, 51, '60')", [0, 1, 4]),
        ("comp.imp is missing", [2, 4]),
        ("comp.imp is not missing", [0, 1, 3]),
        ("meals is missing", [3]),
        ("score is missing", [4]),
        ("score == '007'", [1]),
        ("score == 7", [1]),
        ("score in (3, '007')", [0, 1]),
        ("score > 6", [1, 2]),
        ("score > '6'", [1, 2]),
        ("score < meals", [0, 1, 2]),
        ("not score > 6", [0]),
        ("urban == true", [0, 3]),
        ("urban != true", [1, 4]),
        ("urban == 'TRUE'", [0, 3]),
        ("urban == 1", [0, 3]),
        ("urban is missing", [2]),
        ("day >= '2024-04'", [1]),
        ("day <= '2024-03-31'", [0, 4]),
        ("'2024' == day", []),
        ("`seen on` >= '2024-03-31'", [0, 2]),
        ("`seen on` == '2024-03'", [0]),
        ("`seen on` in ('2024-03-31', '2020-01')", [0, 4]),
        ("`seen on` is missing", [1, 3]),
        ("`seen on` == day", [0]),
        ("score == comp.imp", []),
        ("comp.imp == comp.imp", [0, 1, 3]),
    ],
)
def test_a_condition_chooses_the_rows_that_it_says(text: str, rows: list[int]) -> None:
    assert chosen(text) == rows


@pytest.mark.shared
def test_schools_of_a_real_survey_are_chosen_as_by_hand(shared: Path) -> None:
    file = shared.parent / "reference" / "data" / "apistrat.csv"
    with file.open(newline="") as stream:
        by_hand = [row for row in csv.DictReader(stream) if row["comp.imp"] == "Yes" and float(row["meals"]) > 50]
    rows = engine.relation(table_of(file))
    condition = parse("comp.imp == 'Yes' & meals > 50").expression(rows.table, rows.names)
    found = rows.collect(rows.table.filter(condition).select("cds"))["cds"].to_pylist()
    assert sorted(found) == sorted(row["cds"] for row in by_hand)
    assert found


def test_more_words_for_missing_are_unknown_as_texts_and_as_numbers() -> None:
    assert chosen("meals < 60", ("10",)) == [4]
    assert chosen("comp.imp is missing", ("no",)) == [1, 2, 4]
    assert chosen("score > 0", ("7.0",)) == [0, 2]


def test_long_whole_numbers_keep_their_last_digit() -> None:
    rows = pa.table({"id": [9007199254740992, 9007199254740993]})
    table = engine.unbound("answers", rows.schema)
    query = engine.compiled(table.filter(parse("id == 9007199254740993").expression(table, {"id": "id"})))
    assert engine.run(query, answers=rows)["id"].to_pylist() == [9007199254740993]


def test_columns_are_named_once_in_their_order() -> None:
    assert parse("b > 1 and (a == 'x' or not b in (2, 3)) and `c d` is missing and 1 < e").columns == (
        "b", "a", "c d", "e",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("  ", "question.condition-empty", "Leave it out"),
        ("meals >", "question.condition-breaks-off", "a column or a value"),
        ("meals > 50 comp.imp == 'Yes'", "question.condition-expected", "sign 12: “comp.imp” stands where “and”"),
        ("meals 50", "question.condition-expected", "sign 7: “50” stands where a comparison"),
        ("meals in 50", "question.condition-expected", "“(” should stand"),
        ("meals in ()", "question.condition-expected", "a value should stand"),
        ("meals is 3", "question.condition-expected", "“missing” should stand"),
        ("(meals > 50", "question.condition-breaks-off", "“)”"),
        ("meals > 50)", "question.condition-expected", "sign 11"),
        ("'meals' > 50", "question.condition-no-column", "without quotes"),
        ("comp.imp == 'Yes", "question.condition-quote", "sign 13"),
        ("meals > 50; drop table x", "question.condition-sign", "sign 11: “; drop table”"),
        ("f(meals) > 2", "question.condition-expected", "sign 2: “(”"),
        ("meals + 1 > 2", "question.condition-sign", "sign 7"),
        ("meals > 1" + "0" * 400, "question.condition-sign", "sign 9"),
        ("(" * 2000 + "meals > 1", "question.condition-deep", "40"),
        ("not " * 2000 + "meals > 1", "question.condition-deep", "40"),
        ("50", "question.condition-breaks-off", "a comparison"),
        ("meels > 50", "question.no-column", "meals"),
        ("COMP.IMP == 'Yes'", "question.no-column", "comp.imp"),
        ("meals == 'many'", "question.not-a-number", "“many” is not one"),
        ("meals in (1, 'many')", "question.not-a-number", "“many” is not one"),
        ("urban == 'city'", "question.not-yes-no", "urban == true"),
        ("`seen on` > 2020", "question.not-a-date", "2024-03-31"),
        ("`seen on` > meals", "question.not-a-date", "2024-03-31"),
        ("comp.imp > 'No'", "question.no-order", "in ('a', 'b')"),
    ],
)
def test_what_cannot_be_asked_is_said_with_its_place(text: str, code: str, said: str) -> None:
    with pytest.raises(BadQuestion, match=re.escape(said)) as caught:
        chosen(text)
    assert caught.value.code == code


def written(part: Part) -> str:
    """Write a condition down; the opposite of reading."""
    if isinstance(part, Joined):
        return "(" + f" {part.word} ".join(written(one) for one in part.parts) + ")"
    if isinstance(part, Not):
        return f"not ({written(part.part)})"
    if isinstance(part, Missing):
        return f"{side(part.column)} is missing"
    if isinstance(part, In):
        return f"{side(part.column)} in ({', '.join(side(value) for value in part.values)})"
    return f"{side(part.left)} {part.operator} {side(part.right)}"


def side(value: Any) -> str:
    if isinstance(value, Column):
        return "`" + value.name.replace("`", "``") + "`"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value).lower() if isinstance(value, bool) else repr(value)


TEXTS, NUMBERS = ["a", "b", "T"], ["n", "m"]
numbers = st.integers(-3, 3) | st.sampled_from([0.5, -1.5, 1e-9, 2.25e10])
words = st.sampled_from(["x", "it's", "", "NA", "Ünïcode नेपाली", "7", " 7"])
comparisons = st.one_of(
    st.builds(Compare, st.sampled_from(TEXTS).map(Column), st.sampled_from(["==", "!="]), words),
    st.builds(
        Compare, st.sampled_from(NUMBERS + TEXTS).map(Column), st.sampled_from(sorted(syntax.COMPARISONS)), numbers
    ),
    st.builds(Compare, numbers, st.sampled_from(sorted(syntax.COMPARISONS)), st.sampled_from(NUMBERS).map(Column)),
    st.builds(
        Compare, st.sampled_from(NUMBERS).map(Column), st.sampled_from(["<", ">="]), st.sampled_from(TEXTS).map(Column)
    ),
    st.builds(Missing, st.sampled_from(NUMBERS + TEXTS).map(Column)),
    st.builds(In, st.sampled_from(TEXTS).map(Column), st.lists(words | numbers, min_size=1, max_size=3).map(tuple)),
)
parts = st.recursive(
    comparisons,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(Joined, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=8,
)
rows = st.fixed_dictionaries(
    {"a": st.none() | words, "b": st.none() | words, "T": st.none() | st.sampled_from(["1", "-2.5", "x"])}
    | {"n": st.none() | st.integers(-3, 3), "m": st.none() | st.sampled_from([0.5, -1.5, 2.0])}
)


def as_number(value: Any) -> float | None:
    if isinstance(value, str):
        return float(value) if re.fullmatch(r"\s*[+-]?\d+(\.\d*)?\s*", value) else None
    return value


def truth(part: Part, row: Mapping[str, Any]) -> bool | None:
    """Say whether a row fulfils a condition; None where that is unknown. Kleene's logic, row by row."""
    if isinstance(part, Joined):
        found = [truth(one, row) for one in part.parts]
        decides = part.word == "or"
        return decides if decides in found else None if None in found else not decides
    if isinstance(part, Not):
        inner = truth(part.part, row)
        return None if inner is None else not inner
    if isinstance(part, Missing):
        return known(row[part.column.name]) is None
    if isinstance(part, In):
        return truth(Joined("or", tuple(Compare(part.column, "==", value) for value in part.values)), row)
    left, right = (known(row[one.name]) if isinstance(one, Column) else one for one in (part.left, part.right))
    if not (isinstance(left, str) and isinstance(right, str)):
        left, right = as_number(left), as_number(right)
    if left is None or right is None:
        return None
    return {
        "==": left == right, "!=": left != right,
        "<": part.operator == "<" and left < right, "<=": part.operator == "<=" and left <= right,
        ">": part.operator == ">" and left > right, ">=": part.operator == ">=" and left >= right,
    }[part.operator]  # fmt: skip


def known(value: Any) -> Any:
    return None if isinstance(value, str) and value.strip().lower() in MISSING else value


@given(parts)
def test_what_is_written_is_read_back_the_same(part: Part) -> None:
    assert syntax.parse(written(part)) == part


@settings(max_examples=60, deadline=None)
@given(parts, st.lists(rows, min_size=1, max_size=12))
@example(Not(In(Column("a"), ("x", 7))), [{"a": "NA", "b": None, "T": None, "n": None, "m": None}])
def test_the_engine_chooses_what_a_plain_evaluation_chooses(part: Part, found: list[dict[str, Any]]) -> None:
    kinds = {"a": pa.string(), "b": pa.string(), "t": pa.string(), "n": pa.int64(), "m": pa.float64()}
    names = {name: name.lower() for name in (*TEXTS, *NUMBERS)}
    data = pa.table({names[name]: pa.array([row[name] for row in found], kinds[names[name]]) for name in names})
    table = engine.unbound("answers", data.schema)
    query = engine.compiled(table.select(chosen=parse(written(part)).expression(table, names)))
    assert engine.run(query, answers=data)["chosen"].to_pylist() == [truth(part, row) is True for row in found]


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    try:
        condition = parse(text)
    except BadQuestion as problem:
        found = problem.code
    else:
        found = "" if condition.columns else "a condition without a column"
    assert found == "" or found.startswith("question.condition-")
