"""Answers without consent, and people who are too young to give it."""

from __future__ import annotations

import pytest
from interviews import codes, look

from datashift.assess import sentence
from datashift.assess.form.consent import consent


def asked(agreed, age=None, answer=None, **changes):
    rows = len(agreed)
    cells = {
        "id": [str(k) for k in range(rows)],
        "village": ["V1"] * rows,
        "ok": list(agreed),
        "water": ["piped"] * rows,
        "q": list(answer or ["yes"] * rows),
        "age": list(age or ["40"] * rows),
    }
    if answer:
        cells["water"] = [None if one is None else "piped" for one in answer]
    return look(consent, cells, paradata={"consent": "ok", "age": "age"}, **changes)


def test_answers_without_consent_are_told_by_kind():
    found = {one.code: one.rows for one in asked(["yes", None, "no", "Yes ", "YES"]).findings}
    assert found == {"assess.consent-missing": (3,), "assess.consent-not-given": (4,)}


def test_a_refusal_without_answers_is_in_order():
    assert asked(["yes", "no", None], answer=["yes", None, None]).findings == ()


def test_the_words_of_consent_come_from_the_protocol():
    assert codes(asked(["si", "no"], protocol={"consent": ["Sí"]})) == ["consent-not-given"]
    assert codes(asked(["1", "1", "1"])) == ["consent-not-given"]
    assert "“1”" in sentence(asked(["1", "1", "1"]).findings[0])


def test_words_about_consent_that_one_person_wrote_are_not_quoted():
    found = asked(["yes", "Amina said maybe"]).findings[0]
    assert "Amina" not in sentence(found)


def test_minors_are_those_below_eighteen_where_nothing_was_agreed():
    outcome = asked(["yes"] * 4, age=["17", "18", None, "-1"])
    assert codes(outcome) == ["minors"]
    assert outcome.findings[0].rows == (2,)
    assert "least_age" in sentence(outcome.findings[0])


@pytest.mark.parametrize(("least", "found"), [(15, []), (17, []), (17.5, ["too-young"]), (21, ["too-young"])])
def test_the_least_age_may_be_agreed(least, found):
    assert codes(asked(["yes"], age=["17"], protocol={"least_age": least})) == found


def test_without_columns_for_consent_or_age_it_says_so():
    assert look(consent, {"id": ["1"], "village": ["V1"]}, paradata={}).idle.endswith(".")


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Call me: 0712 345 678", "phone"), ("escribe a ana@example.org", "e-mail"), ("मेरो फोन ९८४-१२३४५६७", "phone"),
        ("the well at -6.81234, 39.27891", "coordinates"), ("DNI 30.123.456", "id number"),
    ],
)  # fmt: skip
def test_words_that_give_somebody_away_are_told_and_never_quoted(words, kind):
    remarks = [f"The pump has been broken for {k} months and {k + 7} weeks" for k in range(59)]
    cells = {"id": [str(k) for k in range(60)], "village": ["V1"] * 60, "remark": [*remarks, words]}
    (found,) = look(consent, cells, paradata={}).findings
    assert (found.code, found.rows) == ("assess.personal-words", (61,))
    assert kind in sentence(found)
    assert not any(part in sentence(found) for part in words.split() if any(sign.isdigit() for sign in part))


def test_ordinary_words_with_figures_give_nobody_away():
    remarks = [f"{k} of 1200 houses, since 2019; cost 3 000 000 shillings in {k} wards" for k in range(60)]
    cells = {"id": [str(k) for k in range(60)], "village": ["V1"] * 60, "remark": remarks}
    assert look(consent, cells, paradata={}).findings == ()
