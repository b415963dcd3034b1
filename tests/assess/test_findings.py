from __future__ import annotations

import json

import pytest

from datashift.assess import sentence
from datashift.assess.wording import TEXTS, change
from datashift.model import Effect, Finding


def broken_in_three_ways(survey):
    columns = survey.clean()
    columns["seen"][3] = "1970-01-01"
    columns["state"][8:12] = [""] * 4
    columns["lat"][20:30], columns["lon"][20:30] = ["0"] * 10, ["0"] * 10
    return columns


CODES = {1: "assess.date-clock", 4: "assess.missing", 10: "assess.zero-coordinates"}


def test_the_greatest_effect_on_the_answer_comes_first(survey):
    changes = {1: 0.4, 4: -2.5, 10: 0.0}
    found = survey.check(
        broken_in_three_ways(survey), effect=lambda rows: (Effect("SHARE", 70, 70 + changes[len(rows)], "PT"),)
    )
    assert [finding.code for finding in found] == [CODES[4], CODES[1], CODES[10]]
    assert sorted(survey.asked, key=len) == [(5,), (10, 11, 12, 13), tuple(range(22, 32))]


def test_the_same_effect_is_followed_by_the_number_of_rows(survey):
    found = survey.check(broken_in_three_ways(survey))
    assert [len(finding.rows) for finding in found] == [10, 4, 1]


def test_any_of_several_measures_decides(survey):
    def effect(rows):
        persons = 240.0 if len(rows) == 1 else 200.0
        return Effect("SHARE", 70.0, 69.0, "PT"), Effect("PER_POINT", 200.0, persons, "PS")

    found = survey.check(broken_in_three_ways(survey), effect=effect)
    assert found[0].code == CODES[1]
    assert "PER_POINT" in sentence(found[0])
    assert "from 200 PS to 240 PS" in sentence(found[0])


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        (Effect("A", 70.0, 68.5, "PT"), 1.5),
        (Effect("A", 200.0, 190.0, "PS"), 5.0),
        (Effect("A", None, 68.5, "PT"), 0.0),
        (Effect("A", 70.0, None, "PT"), float("inf")),
        (Effect("A", 0.0, 3.0, "PS"), float("inf")),
        (Effect("A", 0.0, 0.0, "PS"), 0.0),
    ],
)
def test_changes_are_points_of_shares_and_per_cent_of_other_figures(effect, expected):
    assert change(effect) == pytest.approx(expected)


def a_finding(*effects: Effect, counted: int = 1) -> Finding:
    measures = {"SHARE": {"label": {"en": "Wells that work", "es": "Pozos que funcionan"}, "unit": {"en": "%"}}}
    facts = {"n": 1500, "total": 59400, "column": "when", "counted": counted, "measures": measures}
    return Finding("K14", "assess.date-clock", TEXTS["assess.date-clock"], facts, (7,), effects)


@pytest.mark.parametrize(
    ("effects", "counted", "told"),
    [
        ((Effect("SHARE", 71.23, 70.38, "PT"),), 1, "moves 'Wells that work' from 71.2\u202f% to 70.4\u202f%."),
        ((Effect("SHARE", 71.23, 71.24, "PT"),), 1, "leaves 'Wells that work' at 71.2\u202f%."),
        ((Effect("SHARE", 71.23, None, "PT"),), 1, "nothing is left to tell 'Wells that work' from."),
        ((), 0, "None of these rows is part of the answer."),
        ((Effect("SHARE", None, None, "PT"),), 1, "as happens when a battery is changed."),
    ],
)
def test_the_effect_is_said_in_words(effects, counted, told):
    assert sentence(a_finding(*effects, counted=counted)).endswith(told)


def test_numbers_are_grouped_by_a_thin_space():
    assert sentence(a_finding()).startswith("In 1\u202f500 of 59\u202f400 rows, the date in 'when' is before 1980.")


def test_every_text_can_be_said(survey):
    facts = {
        "n": 3, "total": 10, "column": "c", "expected": 0, "share": 30.0, "value": "v", "columns": ["a", "b"],
        "concept": {"en": "State"}, "country": "XX", "date": "2024-01-01", "least": "0", "most": "9", "below": 1,
        "above": 2, "format": "%Y", "today": "2026-01-01", "first": "2024-01-01", "last": "2024-12-31", "km": 5,
        "located": 9, "few": 1, "sensors": 4, "period": "2024",
    }  # fmt: skip
    for code, text in TEXTS.items():
        said = sentence(Finding("K", code, text, facts, (2, 3, 4)))
        assert said[0].isupper()
        assert "{" not in said


def test_facts_can_be_written_as_json(survey):
    for finding in survey.check(broken_in_three_ways(survey)):
        assert json.loads(json.dumps(finding.facts)) == finding.facts


# --- personal data ----------------------------------------------------------------------------------------------------

NAME, PHONE, MAIL = "Zuhura Nyambizi", "+255 754 000 111", "zuhura@example.org"


def planted(survey):
    """A source in which a name, a phone number and an address stand wherever they can stand."""
    columns = survey.clean()
    for column in ("state", "persons", "district", "seen", "lat", "id"):
        columns[column][10:14] = [NAME] * 4
        columns[column][20:24] = [PHONE] * 4
        columns[column][30:34] = [MAIL] * 4
        columns[column][40] = "Shem Olale"
    columns["caretaker"][10:14] = [NAME] * 4
    columns["respondent"] = [NAME] * 200
    columns["phone"] = [PHONE] * 150 + ["unknown"] * 50
    columns["same"] = [PHONE] * 200
    rejects = []
    for row in (*range(12, 16), *range(22, 26), *range(32, 36), 42):
        values = {column: columns[column][row - 2] for column in ("state", "persons", "district")}
        rejects += [(row, "state", "harmonise.unknown-code", values["state"])]
        rejects += [(row, "persons", "harmonise.not-a-number", values["persons"])]
        rejects += [(row, "district", "harmonise.unknown-place", values["district"])]
    return columns, rejects


def test_names_phones_and_addresses_never_appear_in_a_finding(survey):
    columns, rejects = planted(survey)
    used = {"status": {"column": "state"}, "people": {"column": "persons"}, "remark": {"column": "respondent"}}
    found = survey.check(columns, rejects=rejects, columns=used)
    codes = {finding.code for finding in found}
    assert codes >= {
        "assess.unknown-code", "assess.not-a-number", "assess.unknown-place", "assess.constant", "assess.repeated-id",
        "assess.date-unreadable", "assess.no-coordinates", "assess.constant-unused",
    }  # fmt: skip
    for finding in found:
        told = sentence(finding) + json.dumps(finding.facts, ensure_ascii=False)
        for secret in ("Zuhura", "Nyambizi", "754", "example.org", "Olale"):
            assert secret not in told


def test_a_constant_phone_number_is_not_quoted_even_where_nothing_calls_it_personal(survey):
    columns = {**survey.clean(), "same": [PHONE] * 200}
    found = survey.only(columns, columns={"remark": {"column": "same"}, "status": {"column": "state"}})
    assert (found.code, found.facts.get("value")) == ("assess.constant", None)


@pytest.mark.parametrize("column", ["enumerator_name", "Nombre", "Contact person", "visited by"])
def test_a_column_about_people_is_never_quoted(survey, column):
    columns = {**survey.clean(), column: ["Team A"] * 200}
    used = {"remark": {"column": column}, "status": {"column": "state"}}
    found = survey.only(columns, columns=used, personal=["visited by"])
    assert (found.code, "Team A" in str(found)) == ("assess.constant", False)
