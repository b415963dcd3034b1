import csv
import datetime as dt
import tempfile
from pathlib import Path

import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift.export.layout import Choice, Column, Layout, Sheet, Submission
from datashift.export.plan import Field
from datashift.export.sav import Variable, write_sav
from datashift.export.spss import spss_names


def _read(path):
    return pyreadstat.read_sav(path, output_format="dict", user_missing=True)


def test_questions_and_choices_have_labels_and_missing_codes_are_declared(household, family, written):
    path, told = written("spss", household, [family], language="en")
    values, known = _read(path / "Members.sav")
    assert list(values) == ["index", "parent_index", "id", "uuid", "sex", "age"]
    assert list(values["sex"]) == [1.0, -99.0]
    assert known.column_names_to_labels["sex"] == "Sex"
    assert known.variable_value_labels == {"sex": {1.0: "Female", 2.0: "Male", -99.0: "Not said"}}
    assert known.missing_ranges == {"sex": [{"lo": -99.0, "hi": -99.0}]}
    assert told.rows["Members"] == 2


def test_several_answers_are_columns_of_one_and_zero_beside_the_answer(household, family, written):
    path, _ = written("spss", household, [family], language="ne")
    values, known = _read(path / "Household.sav")
    assert list(values["water"]) == ["tap well", ""]
    assert list(values["water_tap"]) == [1.0, None]
    assert known.column_names_to_labels["water_well"] == "पानी: इनार"
    assert list(values["day"]) == [dt.date(2026, 2, 28), None]
    assert list(values["income"]) == [12.5, None]
    assert list(values["name"]) == ["सीता", "Ram"]


def test_a_list_says_which_variable_stands_for_which_question(household, family, written, table):
    path, _ = written("spss", household, [family])
    with (path / "variables.csv").open(encoding="utf-8", newline="") as stream:
        found = {(row["file"], row["variable"]): (row["path"], row["choice"]) for row in csv.DictReader(stream)}
    assert found["Household.sav", "name"] == ("person/name", "")
    assert found["Household.sav", "water_tap"] == ("water", "tap")
    assert found["Members.sav", "sex"] == ("members/sex", "")


def test_codes_that_are_words_keep_their_labels_however_long(written):
    choices = (Choice("no", {"": "No"}), Choice("a_code_longer_than_eight", {"": "Long"}), Choice("dk", {"": "?"}))
    column = Column("q", choices=choices, missing=("dk",))
    rows = [Submission((), '{"q": "a_code_longer_than_eight"}'), Submission((), '{"q": "dk"}')]
    path, _ = written("spss", Layout((Sheet("S", (column,)),)), [rows])
    values, known = _read(path / "S.sav")
    assert list(values["q"]) == ["a_code_longer_than_eight", "dk"]
    assert known.variable_value_labels["q"] == {"no": "No", "a_code_longer_than_eight": "Long", "dk": "?"}
    assert known.missing_ranges["q"] == [{"lo": "dk", "hi": "dk"}]


def test_a_code_that_the_form_does_not_have_makes_the_question_text_and_nothing_is_lost(household, sent, written):
    members = [{"members/sex": "1"}, {"members/sex": "other"}]
    path, _ = written("spss", household, [[sent(1, members=members)]])
    values, known = _read(path / "Members.sav")
    assert list(values["sex"]) == ["1", "other"]
    assert known.variable_value_labels["sex"]["1"] == "Female"
    assert known.missing_ranges["sex"] == [{"lo": "-99", "hi": "-99"}]


def test_a_text_longer_than_spss_holds_is_cut_between_signs_and_counted(household, sent, written):
    path, told = written("spss", household, [[sent(1, person__name="न" * 20_000), sent(2, person__name="x" * 32_767)]])
    first, second = _read(path / "Household.sav")[0]["name"]
    assert first == "न" * 10_920 + " […]"
    assert second == "x" * 32_767
    assert told.shortened == 1


@pytest.mark.parametrize(
    ("names", "made"),
    [
        (["a/age", "b/age", "c"], ["a.age", "b.age", "c"]),
        (["and", "TO", "1st", "_id", "..", "न/नाम"], ["v_and", "v_TO", "v_1st", "id", "v", "नाम"]),
        (["g/Age", "age"], ["g.Age", "age"]),
        (["a b", "a-b", "a$b"], ["a_b", "a_b_2", "a_b_3"]),
        (["a" * 57 + ":b"], ["a" * 57]),
    ],
)
def test_names_are_those_of_the_questions_made_valid(names, made):
    assert spss_names(tuple(Field(name, name) for name in names)) == made


@given(st.lists(st.text(min_size=1, max_size=90), min_size=1, max_size=30))
def test_every_name_is_valid_and_stands_once(names):
    made = spss_names(tuple(Field(name, name) for name in names))
    assert len({name.casefold() for name in made}) == len(names)
    assert all(len(name.encode()) <= 64 and name[0].isalpha() and name[-1] not in "._" for name in made)


NUMBERS = st.one_of(st.just(""), st.integers(-300, 300).map(str), st.floats(-1e15, 1e15).map(str))


@given(st.lists(st.tuples(NUMBERS, st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))))
@settings(max_examples=25)
def test_numbers_and_texts_of_any_width_come_back(rows):
    texts = [text.rstrip(" ") for _, text in rows]
    width = max([1, *(len(text.encode()) for text in texts)])
    for wide in (width, 30 * width):
        variables = [Variable("n", "decimal"), Variable("t", "string", wide), Variable("m", "decimal")]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.sav"
            write_sav(path, variables, ([n, text, n] for (n, _), text in zip(rows, texts, strict=True)), len(rows))
            values, known = _read(path)
        assert known.number_rows == len(rows)
        assert list(values["t"]) == texts
        for column in ("n", "m"):
            assert list(values[column]) == [float(n) if n else None for n, _ in rows]


@pytest.mark.parametrize("width", [1, 7, 8, 9, 252, 254, 255, 256, 257, 503, 504, 505, 510, 511, 765, 32_766, 32_767])
def test_a_text_may_have_any_width(width, tmp_path):
    variables = [Variable("a", "int"), Variable("t", "string", width, "Label"), Variable("b", "int")]
    full = "".join(chr(97 + place % 26) for place in range(width))
    write_sav(tmp_path / "x.sav", variables, [["1", full, "2"], ["3", "", "4"], ["5", "z", "6"]], 3)
    values, known = _read(tmp_path / "x.sav")
    assert [list(values[name]) for name in "atb"] == [[1.0, 3.0, 5.0], [full, "", "z"], [2.0, 4.0, 6.0]]
    assert known.column_names_to_labels["t"] == "Label"
