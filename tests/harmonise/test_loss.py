"""What was lost between the answers and the codes is said as shares, for all rows and for each area."""

import numpy as np
import pytest
from test_rows import GOOD, KIT, raw, recipe, run

from datashift.harmonise.loss import mapped
from datashift.model import Kit, Loss

COUNTING = Kit.model_validate(
    KIT.model_dump()
    | {
        "measures": [
            {"id": "WORKS", "label": {"en": "x"}, "finding": {"en": "x"}, "estimator": "proportion",
             "numerator": {"works": ["yes"]}, "denominator": {"works": ["yes", "no"]}},
            {"id": "PEOPLE", "label": {"en": "x"}, "finding": {"en": "x"}, "estimator": "mean", "value": "people"},
        ],
    }
)  # fmt: skip


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch):
    import test_rows  # noqa: PLC0415  its kit is replaced by one with measures

    monkeypatch.setattr(test_rows, "KIT", COUNTING)
    return lambda *rows, **more: run(raw(*rows), recipe(**more)).losses


def row(state: str, where: str = "North", users: str = "1") -> tuple[str, ...]:
    return ("1", where, state, users, "2020-05-01")


def test_nothing_is_lost_where_every_answer_has_a_code_of_its_own(lost) -> None:
    assert lost(GOOD, row("broken"))["WORKS", ""] == Loss(0.0, 0.0, 0.0)


def test_an_answer_sent_to_nothing_has_no_code_but_a_missing_one_is_no_answer(lost) -> None:
    assert lost(row("ok"), row("??"), row("NA"), row(""))["WORKS", ""] == Loss(0.25, 0.0, 0.0)


def test_an_unknown_answer_has_no_code_and_its_row_is_rejected(lost) -> None:
    assert lost(row("ok"), row("purple"))["WORKS", ""] == Loss(0.5, 0.0, 0.5)


def test_answers_that_share_a_code_are_many_to_one_but_spellings_of_one_word_are_not(lost) -> None:
    codes = {"works": {"column": "state", "codes": {"ok": "yes", "fine": "yes", "broken": "no"}}}
    found = lost(row("ok"), row("fine"), row("broken"), row(" BROKEN "), columns=codes)
    assert found["WORKS", ""] == Loss(0.0, 0.5, 0.0)


def test_each_area_has_its_own_loss(lost) -> None:
    found = lost(row("ok"), row("ok"), row("??", "South"), row("ok", "South"))
    assert (found["WORKS", "N"].unmapped, found["WORKS", "S"].unmapped) == (0.0, 0.5)


def test_a_measure_answers_only_for_the_concepts_it_needs(lost) -> None:
    found = lost(row("??", users="many"), row("ok"))
    assert found["WORKS", ""] == Loss(0.5, 0.0, 0.5)
    assert found["PEOPLE", ""] == Loss(0.5, 0.0, 0.5)
    assert lost(row("??"), row("ok"))["PEOPLE", ""] == Loss(0.0, 0.0, 0.0)


def test_rows_that_are_not_meant_are_no_loss(lost) -> None:
    choice = [{"column": "id", "without": ["9"], "why": {"en": "a total"}}]
    found = lost(row("ok"), ("9", "North", "purple", "1", "2020-05-01"), rows=choice)
    assert found["WORKS", ""] == Loss(0.0, 0.0, 0.0)


def test_no_rows_have_no_loss() -> None:
    nothing = np.empty(0, dtype=object)
    found = mapped(nothing, nothing, np.zeros(0, dtype=bool), {""})
    assert (found.without_code.size, found.shared.size) == (0, 0)
