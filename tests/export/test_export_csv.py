import zipfile

import pytest

from datashift.errors import BadExport
from datashift.export.delimited import disarmed
from datashift.export.layout import Choice, Column, Layout, Options, Sheet, Submission
from datashift.export.writing import write


def test_every_sheet_is_a_file_and_rows_know_their_parents(household, family, written, table):
    path, told = written("csv", household, [family])
    main, members, visits = (table(path / f"{name}.csv") for name in ("Household", "Members", "Visits"))
    assert main[0][:6] == ["_index", "_id", "_uuid", "_state", "person/name", "age"]
    assert main[1][:9] == ["1", "7", "u7", "accepted", "सीता", "34", "12.5", "2026-02-28", "tap well"]
    assert members == [
        ["_index", "_parent_index", "_id", "_uuid", "members/sex", "members/age"],
        ["1", "1", "7", "u7", "1", "30"],
        ["2", "1", "7", "u7", "-99", ""],
    ]
    assert visits[1:] == [["1", "1", "7", "u7", "fever"], ["2", "1", "7", "u7", "check"]]
    assert told.rows == {"Household": 2, "Members": 2, "Visits": 2}


def test_labels_are_in_the_language_asked_for_or_in_one_there_is(household, family, written, table):
    path, _ = written("csv", household, [family], labels=True, language="ne")
    header, row = table(path / "Household.csv")[:2]
    assert header[4:9] == ["नाम", "Age", "income", "day", "पानी"]
    assert row[8] == "धारा; इनार"
    assert table(path / "Members.csv")[2][4] == "Not said"


def test_several_answers_are_split_and_what_was_not_asked_is_blank_not_zero(household, sent, written, table):
    rows = [sent(1, water="well"), sent(2), sent(3, water="well rain")]
    path, _ = written("csv", household, [rows], split=True, separator=".")
    header, *found = table(path / "Household.csv")
    assert header[8:11] == ["water", "water.tap", "water.well"]
    assert header[4] == "person.name"
    assert [row[8:11] for row in found] == [["well", "0", "1"], ["", "", ""], ["well rain", "0", "1"]]


def test_only_submissions_in_the_given_states_leave(household, family, written, table):
    path, told = written("csv", household, [family], states=frozenset({"rejected"}))
    assert [row[1] for row in table(path / "Household.csv")[1:]] == ["8"]
    assert told.rows["Members"] == 0


def test_states_without_a_column_of_states_are_told(tmp_path):
    layout = Layout((Sheet("S", (Column("a"),)),), ("_id",))
    with pytest.raises(BadExport) as raised:
        write("csv", layout, [[Submission(("1",), "{}")]], tmp_path / "x", Options(states=frozenset({"accepted"})))
    assert raised.value.code == "export.no-states"


def test_a_column_that_is_not_in_the_layout_never_leaves_and_is_told_by_name(household, sent, written):
    path, told = written("csv", household, [[sent(1, phone="0700 123 456", members=[{"members/secret": "X1"}])]])
    assert told.left_out == {"phone", "members/secret"}
    content = b"".join(one.read_bytes() for one in path.iterdir())
    assert b"0700" not in content
    assert b"X1" not in content


def test_numbers_of_json_stay_as_they_are_written(household, written, table):
    raw = Submission(("1", "u", ""), '{"person/name": 12345678901234567890, "income": 1.10, "age": null, "day": true}')
    path, _ = written("csv", household, [[raw]])
    assert table(path / "Household.csv")[1][4:8] == ["12345678901234567890", "", "1.10", "true"]


def test_half_a_sign_is_replaced_and_counted_and_a_whole_emoji_stays(household, written, table):
    halves = Submission(("1", "u", ""), '{"person/name": "\\ud83d \\ud83d\\ude00 \\u0000"}')
    path, told = written("csv", household, [[halves]])
    assert table(path / "Household.csv")[1][4] == "\ufffd 😀 \0"
    assert told.mended == 1


@pytest.mark.parametrize("damaged", ["", "[1]", "{", '"text"', "{" * 3, "[" * 100_000, '{"members": "x"}', "NaN"])
def test_a_damaged_record_is_named_and_nothing_is_left(household, tmp_path, damaged):
    with pytest.raises(BadExport) as raised:
        write("csv", household, [[Submission(("12", "u", ""), damaged)]], tmp_path / "out")
    assert raised.value.code == "export.answers"
    assert raised.value.facts["submission"] == "12"
    assert [one.name for one in tmp_path.iterdir() if one.name != "datashift-home"] == []


def test_fields_about_the_submission_must_be_complete(household, tmp_path):
    with pytest.raises(BadExport) as raised:
        write("csv", household, [[Submission(("12",), "{}")]], tmp_path / "out")
    assert (raised.value.code, raised.value.facts["given"]) == ("export.meta", 1)


def test_formulas_are_disarmed_for_spreadsheets_and_exact_for_machines(household, sent, written, table):
    said = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "-5", "+255700", "-1.5", "x=1"]
    rows = [sent(number, person__name=text) for number, text in enumerate(said)]
    exact, _ = written("csv", household, [rows])
    assert [row[4] for row in table(exact / "Household.csv")[1:]] == said
    safe, _ = written("csv", household, [rows], for_spreadsheets=True)
    found = table(safe / "Household.csv")
    assert found[0][0] == "\ufeff_index"
    assert [row[4] for row in found[1:]] == [*(f"'{text}" for text in said[:7]), *said[7:]]


def test_a_header_is_disarmed_too():
    assert disarmed(["=HYPERLINK(1)", "name"]) == ["'=HYPERLINK(1)", "name"]


def test_labels_that_stand_twice_tell_their_question_apart(written, table):
    same = {"en": "How old?"}
    columns = (Column("a/age", "int", same), Column("b/age", "int", same), Column("c", labels={"en": "a/age"}))
    path, _ = written("csv", Layout((Sheet("S", columns),)), [[Submission((), "{}")]], labels=True)
    header = table(path / "S.csv")[0]
    assert header == ["_index", "How old? (a/age)", "How old? (b/age)", "a/age"]


def test_names_that_become_the_same_by_the_separator_stay_apart(written, table):
    columns = (Column("a/b"), Column("a_b"), Column("_index"), Column("A/B"))
    path, _ = written("csv", Layout((Sheet("S", columns),)), [[Submission((), '{"a_b": "x"}')]], separator="_")
    assert table(path / "S.csv") == [["_index", "a_b", "a_b_2", "_index_2", "A_B_3"], ["1", "", "x", "", ""]]


def test_a_path_that_ends_with_zip_is_a_zip(household, family, tmp_path):
    write("csv", household, [family], tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.namelist() == ["Household.csv", "Members.csv", "Visits.csv"]
        assert archive.testzip() is None


def test_hostile_sheet_names_stay_inside_the_folder(written, tmp_path):
    layout = Layout((Sheet("../../etc", (Column("a"),)), Sheet("..", (Column("r/b"),), "r")))
    path, _ = written("csv", layout, [[Submission((), "{}")]])
    assert sorted(one.name for one in path.iterdir()) == ["etc.csv", "sheet.csv"]


@pytest.mark.parametrize(
    ("sheets", "code"),
    [
        ((Sheet("S", (Column("a"), Column("a"))),), "export.layout"),
        ((Sheet("S", ()), Sheet("S", (), "r")), "export.layout"),
        ((Sheet("S", ()), Sheet("T", (), "")), "export.layout"),
        ((Sheet("S", ()), Sheet("T", (), "r/q", "r")), "export.parent"),
    ],
)
def test_a_layout_that_contradicts_itself_is_refused(sheets, code, tmp_path):
    with pytest.raises(BadExport) as raised:
        write("csv", Layout(sheets), [], tmp_path / "out")
    assert raised.value.code == code


def test_a_choice_that_the_form_does_not_know_stays_as_it_is(household, sent, written, table):
    path, _ = written("csv", household, [[sent(1, water="tap river")]], labels=True, language="en")
    assert table(path / "Household.csv")[1][8] == "Tap; river"


def test_a_choice_label_without_language_is_taken(written, table):
    column = Column("a", choices=(Choice("y", {"": "Yes"}), Choice("n", {})))
    rows = [Submission((), '{"a": "y"}'), Submission((), '{"a": "n"}')]
    path, _ = written("csv", Layout((Sheet("S", (column,)),)), [rows], labels=True, language="sw")
    assert [row[1] for row in table(path / "S.csv")[1:]] == ["Yes", "n"]


def test_a_sheet_keeps_its_name_in_scripts_with_vowel_signs(written):
    layout = Layout((Sheet("घरको सर्वेक्षण", (Column("a"),)),))
    path, _ = written("csv", layout, [[Submission((), "{}")]])
    assert [one.name for one in path.iterdir()] == ["घरको_सर्वेक्षण.csv"]
