"""A list of proposals is decided on by a person: what is confirmed changes, nothing else does, nothing gets lost."""

from __future__ import annotations

import csv
import io

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift.errors import BadRedaction
from datashift.standards.personal_lists import COLUMNS, Decided, as_list, from_list
from datashift.standards.personal_tables import Proposal, propose_in, redact_in, redacted
from datashift.standards.personal_texts import MARKS, Span, redact

SHA = "a" * 64
TABLE = pa.table({"_row": [2, 3, 5], "note": ["Naitwa Juma Hamisi", None, "phone 0712 345 678 or 0713 345 678"]})


def lines(decisions: list[str], **changed: str) -> pa.Table:
    """Return the list of proposals on TABLE as it is read back, with decisions in their order."""
    found = list(csv.DictReader(io.StringIO(as_list(propose_in(TABLE), TABLE, SHA).decode("utf-8-sig"))))
    told = [one | {"decision": word} | changed for one, word in zip(found, decisions, strict=True)]
    return listed(told)


def listed(told: list[dict[str, str]]) -> pa.Table:
    columns = {name: pa.array([one.get(name) or None for one in told], pa.string()) for name in COLUMNS}
    return pa.table({"_row": list(range(2, len(told) + 2)), **columns})


def decided(table: pa.Table) -> Decided:
    return from_list(table, TABLE, proposals="p.csv", file="f.csv", sha256=SHA)


def test_each_line_is_sorted_by_its_decision_in_any_of_the_four_languages() -> None:
    for yes, no in (("yes", "no"), ("Sí", "NO"), (" ndiyo ", "hapana"), ("हो", "होइन"), ("redact", "keep")):
        found = decided(lines([yes, no, ""]))
        assert [one.row for one in (*found.confirmed, *found.kept, *found.open)] == [1, 3, 3]
        assert (len(found.confirmed), len(found.kept), len(found.open)) == (1, 1, 1)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"decision": "perhaps"}, "redact.decision"),
        ({"sha256": "b" * 64}, "redact.other-file"),
        ({"row": "4"}, "redact.line"),
        ({"start": "-1"}, "redact.line"),
        ({"end": "999"}, "redact.line"),
        ({"end": "0"}, "redact.line"),
        ({"kind": "weather"}, "redact.line"),
        ({"column": "nothing"}, "redact.line"),
        ({"start": "two"}, "redact.line"),
    ],
)
def test_a_line_that_fits_nothing_is_named(changed: dict[str, str], code: str) -> None:
    with pytest.raises(BadRedaction) as refused:
        decided(lines(["yes", "yes", "yes"], **changed))
    assert refused.value.code == code
    assert "0712" not in str(refused.value)


def test_a_line_taken_out_is_missed() -> None:
    whole = lines(["yes", "yes", "yes"])
    for gone in range(3):
        with pytest.raises(BadRedaction) as refused:
            decided(whole.filter(pa.array([number != gone for number in range(3)])))
        assert refused.value.facts["missing"] == 1


def test_a_table_of_something_else_is_no_list() -> None:
    with pytest.raises(BadRedaction) as refused:
        decided(TABLE)
    assert refused.value.code == "redact.not-a-list"


def test_a_line_may_be_added_for_what_was_not_seen() -> None:
    added = {"decision": "yes", "row": "2", "column": "note", "kind": "name", "start": "0", "end": "6"}
    found = decided(listed([*lines(["no", "no", "no"]).drop_columns("_row").to_pylist(), added]))
    assert redacted(TABLE, found.confirmed) == {("note", 1): "[name] Juma Hamisi"}


def test_words_that_a_spreadsheet_would_reckon_with_are_plain_words_there() -> None:
    table = pa.table({"_row": [2], "note": ["+254712345678"]})
    line = next(csv.DictReader(io.StringIO(as_list(propose_in(table), table, SHA).decode("utf-8-sig"))))
    assert line["words"] == "'+254712345678"


@st.composite
def a_table_and_spans(draw: st.DrawFn) -> tuple[pa.Table, list[Proposal]]:
    texts = draw(st.lists(st.none() | st.text(max_size=40), min_size=1, max_size=8))
    spans = []
    for row, text in enumerate(texts, 1):
        for _number in range(draw(st.integers(0, 3)) if text else 0):
            start = draw(st.integers(0, len(text or "") - 1))
            end = draw(st.integers(start + 1, len(text or "")))
            spans.append(Proposal("note", row, len(text or ""), Span(start, end, draw(st.sampled_from(list(MARKS))))))
    table = pa.table({"note": pa.array(texts, pa.string()), "other": pa.array(texts, pa.string())})
    return table, spans


@given(a_table_and_spans())
@settings(max_examples=300, deadline=None)
def test_nothing_outside_the_confirmed_stretches_ever_changes(given_: tuple[pa.Table, list[Proposal]]) -> None:
    table, spans = given_
    after = redact_in(table, spans)
    assert after["other"].equals(table["other"])
    for row, (before, now) in enumerate(zip(table["note"].to_pylist(), after["note"].to_pylist(), strict=True), 1):
        mine = [one.span for one in spans if one.row == row]
        if not mine:
            assert now == before
            continue
        covered = {place for span in mine for place in range(span.start, span.end)}
        assert without_marks(before, mine) == "".join(
            letter for place, letter in enumerate(before) if place not in covered
        )
        assert now == redact(before, mine)


def without_marks(text: str, spans: list[Span]) -> str:
    """Return a redacted text without its marks: each mark is known by a sign that no text has."""
    sign = "\U0010ffff"
    real = dict(MARKS)
    try:
        MARKS.update(dict.fromkeys(MARKS, sign))
        return redact(text.replace(sign, " "), spans).replace(sign, "")
    finally:
        MARKS.update(real)


@given(st.lists(st.sampled_from(["yes", "no", ""]), min_size=3, max_size=3))
@settings(max_examples=30, deadline=None)
def test_no_proposal_gets_lost_between_the_list_and_its_decisions(decisions: list[str]) -> None:
    found = decided(lines(decisions))
    assert sorted((*found.confirmed, *found.kept, *found.open), key=lambda one: (one.row, one.span)) == list(
        propose_in(TABLE)
    )
    assert [len(part) for part in (found.confirmed, found.kept, found.open)] == [
        decisions.count(word) for word in ("yes", "no", "")
    ]
