"""Filling in: relevance, calculations, repeats, choices, messages, drafts, pages."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from datashift.errors import BadForm, BadXForm
from datashift.forms.xform import Instance, XForm, problems, read_submission, read_xform, with_files
from datashift.forms.xform.making import as_xform

Begin = Callable[..., Instance]
Read = Callable[[str], XForm]

HOUSEHOLD = """
    | survey | type         | name  | label          | relevant  | calculation                 | repeat_count |
    |        | integer      | size  | How many?      |           |                             |              |
    |        | begin_repeat | hh    | Member         |           |                             | ${size}      |
    |        | text         | who   | Name           |           |                             |              |
    |        | integer      | age   | Age of ${who}  |           |                             |              |
    |        | text         | work  | Work           | ${age}>14 |                             |              |
    |        | calculate    | place |                |           | position(..)                |              |
    |        | end_repeat   |       |                |           |                             |              |
    |        | calculate    | total |                |           | sum(${age})                 |              |
    |        | calculate    | many  |                |           | count(${hh})                |              |
    |        | calculate    | first |                |           | indexed-repeat(${who}, ${hh}, 1) |         |
    |        | calculate    | adult |                |           | count-non-empty(${work})    |              |
"""
FREE = HOUSEHOLD.replace("${size}     ", "            ")


def test_a_question_is_asked_when_its_condition_holds_and_its_answer_comes_back(begin: Begin) -> None:
    filling = begin("""
        | survey | type        | name | label | relevant      | calculation     |
        |        | integer     | age  | Age   |               |                 |
        |        | begin_group | g    | Group | ${age} >= 18  |                 |
        |        | text        | job  | Job   |               |                 |
        |        | text        | boss | Boss  | ${job} != ''  |                 |
        |        | end_group   |      |       |               |                 |
        |        | calculate   | said |       |               | concat('[', ${job}, ']') |
    """)
    assert not filling.relevant("/data/g/job")
    filling.answer("/data/age", "30")
    filling.answer("/data/g/job", "Baker")
    assert filling.relevant("/data/g/boss")
    assert filling.value("/data/said") == "[Baker]"
    filling.answer("/data/age", "3")
    assert not filling.relevant("/data/g/boss")
    assert filling.value("/data/said") == "[]"
    assert b"Baker" not in filling.as_xml()
    assert b"Baker" in filling.as_xml(draft=True)
    filling.answer("/data/age", "30")
    assert (filling.value("/data/g/job"), filling.value("/data/said")) == ("Baker", "[Baker]")


def test_a_count_gives_as_many_as_it_says_and_a_slip_loses_nobody(begin: Begin) -> None:
    filling = begin(HOUSEHOLD)
    filling.answer("/data/size", "3")
    for number, age in enumerate((40, 10, 20), 1):
        filling.answer(f"/data/hh[{number}]/who", f"P{number}")
        filling.answer(f"/data/hh[{number}]/age", str(age))
    assert [filling.value(f"/data/{name}") for name in ("total", "many", "first")] == ["70", "3", "P1"]
    filling.answer("/data/size", "1")
    assert [filling.value(f"/data/{name}") for name in ("total", "many")] == ["40", "1"]
    assert b"P3" not in filling.as_xml()
    assert b"P3" in filling.as_xml(draft=True)
    filling.answer("/data/size", "3")
    assert filling.value("/data/hh[3]/who") == "P3"
    assert filling.value("/data/total") == "70"
    with pytest.raises(BadXForm, match="follows from other answers"):
        filling.remove("/data/hh", 1)


def test_instances_are_added_and_removed_and_know_their_places(begin: Begin) -> None:
    filling = begin(FREE)
    assert filling.value("/data/many") == "1"
    assert filling.add("/data/hh") == "/data/hh[2]"
    filling.add("/data/hh")
    for number in (1, 2, 3):
        filling.answer(f"/data/hh[{number}]/who", f"P{number}")
        filling.answer(f"/data/hh[{number}]/age", str(number * 10))
        filling.answer(f"/data/hh[{number}]/work", "some")
    assert filling.said("/data/hh[2]/age") == "Age of P2"
    assert [filling.value(f"/data/hh[{n}]/place") for n in (1, 2, 3)] == ["1", "2", "3"]
    assert filling.value("/data/adult") == "2"
    filling.remove("/data/hh", 1)
    assert [filling.value(f"/data/hh[{n}]/place") for n in (1, 2)] == ["1", "2"]
    assert [filling.value(f"/data/{name}") for name in ("total", "many", "first")] == ["50", "2", "P2"]
    filling.remove("/data/hh", 1)
    filling.remove("/data/hh", 1)
    assert filling.value("/data/many") == "0"
    assert [(page.kind, page.path, page.count) for page in filling.pages()][-1] == ("repeat", "/data/hh", 0)
    assert filling.add("/data/hh") == "/data/hh[1]"


def test_a_form_cannot_repeat_without_end(begin: Begin) -> None:
    filling = begin(HOUSEHOLD)
    filling.answer("/data/size", "1000000000")
    assert filling.value("/data/many") == "500"
    assert "xform.many-repeats" in {fault.code for fault in filling.faults()}


def test_repeats_inside_repeats_count_their_own(begin: Begin) -> None:
    filling = begin("""
        | survey | type         | name | label | calculation    |
        |        | begin_repeat | hh   | House |                |
        |        | begin_repeat | kid  | Child |                |
        |        | integer      | age  | Age   |                |
        |        | end_repeat   |      |       |                |
        |        | calculate    | kids |       | count(${kid})  |
        |        | calculate    | sum  |       | sum(${age})    |
        |        | end_repeat   |      |       |                |
        |        | calculate    | all  |       | sum(${age})    |
    """)
    filling.add("/data/hh")
    filling.add("/data/hh[2]/kid")
    for path, age in (("/data/hh[1]/kid[1]", 1), ("/data/hh[2]/kid[1]", 2), ("/data/hh[2]/kid[2]", 4)):
        filling.answer(f"{path}/age", str(age))
    assert [filling.value(f"/data/hh[{n}]/kids") for n in (1, 2)] == ["1", "2"]
    assert [filling.value(f"/data/hh[{n}]/sum") for n in (1, 2)] == ["1", "6"]
    assert filling.value("/data/all") == "7"
    told = read_submission(filling.form, filling.as_xml()).answers
    assert [[kid["age"] for kid in house["kid"]] for house in told["hh"]] == [["1"], ["2", "4"]]


CITIES = """
    | survey  | type            | name  | label::English (en) | label::Español (es) | choice_filter     | calculation |
    |         | select_one reg  | reg   | Region              | Región              |                   |             |
    |         | select_one city | city  | City                | Ciudad              | reg = ${reg}      |             |
    |         | select_multiple city | more | More            | Más                 |                   |             |
    |         | calculate       | named |                     |                     |                   | jr:choice-name(${city}, '${city}') |
    |         | note            | told  | You said ${named}.  | Dijo ${named}.      |                   |             |
    | choices | list_name | name | label::English (en) | label::Español (es) | reg |
    |         | reg       | n    | North               | Norte               |     |
    |         | reg       | s    | South               | Sur                 |     |
    |         | city      | a    | Port                | Puerto              | n   |
    |         | city      | b    | Hill                | Cerro               | s   |
    | settings | form_title | form_id | version | default_language |
    |          | Cities     | cities  | 7       | English (en)     |
"""  # noqa: E501 – a table


def test_choices_follow_earlier_answers_and_a_choice_that_went_is_told(begin: Begin) -> None:
    filling = begin(CITIES)
    assert filling.choices("/data/city") == []
    filling.answer("/data/reg", "n")
    assert [(choice.code, choice.label) for choice in filling.choices("/data/city")] == [("a", "Port")]
    filling.answer("/data/city", "a")
    assert filling.faults() == []
    filling.answer("/data/reg", "s")
    assert [(fault.path, fault.code) for fault in filling.faults()] == [("/data/city", "xform.not-offered")]
    filling.answer("/data/more", "a z")
    assert len(filling.faults("/data/more")) == 1


def test_the_language_changes_labels_choices_outputs_and_names(begin: Begin) -> None:
    filling = begin(CITIES)
    filling.answer("/data/reg", "n")
    filling.answer("/data/city", "a")
    assert filling.said("/data/told") == "You said Port."
    filling.speak("Español (es)")
    assert filling.said("/data/told") == "Dijo Puerto."
    assert [choice.label for choice in filling.choices("/data/reg")] == ["Norte", "Sur"]
    assert filling.value("/data/named") == "Puerto"


def test_lists_from_files_and_pulldata_are_read_and_a_missing_file_is_told(read: Read, around: Any) -> None:
    form = read("""
        | survey | type                          | name   | label | calculation | choice_filter | parameters |
        |        | select_one_from_file area.csv | area   | Area  |             | level > 0     | value=id, label=name |
        |        | calculate                     | weight |       | pulldata('frame', 'weight', 'area', ${area}) * 2 | | |
    """)  # noqa: E501
    assert {problem.code for problem in problems(form)} == {"xform.no-list"}
    files = {"area.csv": "\ufeffid,name,level\n1,Land,0\n2,Öst,1\n".encode(), "frame.csv": b"area,weight\n2,1.5\n"}
    form = with_files(form, files)
    assert problems(form) == []
    filling = Instance(form, **around)
    assert [(choice.code, choice.label) for choice in filling.choices("/data/area")] == [("2", "Öst")]
    assert filling.value("/data/weight") == ""
    filling.answer("/data/area", "2")
    assert filling.value("/data/weight") == "3"


def test_choices_can_come_from_repeats_and_be_shuffled_the_same_way_each_time(begin: Begin) -> None:
    filling = begin("""
        | survey  | type              | name | label | parameters                |
        |         | begin_repeat      | hh   | House |                           |
        |         | text              | who  | Who   |                           |
        |         | end_repeat        |      |       |                           |
        |         | select_one ${who} | head | Head  |                           |
        |         | rank x            | best | Best  | randomize=true, seed=42   |
        |         | rank x            | own  | Best  | randomize=true            |
        | choices | list_name | name | label |
        |         | x         | a    | A     |
        |         | x         | b    | B     |
        |         | x         | c    | C     |
        |         | x         | d    | D     |
    """)
    filling.add("/data/hh")
    filling.answer("/data/hh[2]/who", "Ann")
    assert [choice.code for choice in filling.choices("/data/head")] == ["Ann"]
    assert [choice.code for choice in filling.choices("/data/best")] == ["d", "c", "b", "a"]
    assert filling.choices("/data/own") == filling.choices("/data/own")


def test_what_does_not_fit_is_told_in_the_words_of_the_form_or_ours(begin: Begin) -> None:
    filling = begin("""
        | survey | type     | name | label | required | required_message | constraint    | constraint_message | parameters |
        |        | integer  | age  | Age   | yes      | Needed!          | . < 120       | Too old!           |            |
        |        | decimal  | w    | W     | ${age}>1 |                  | . > ${age}    |                    |            |
        |        | date     | d    | D     |          |                  | . <= today()  |                    |            |
        |        | time     | t    | T     |          |                  |               |                    |            |
        |        | dateTime | dt   | DT    |          |                  |               |                    |            |
        |        | geopoint | g    | G     |          |                  |               |                    |            |
        |        | range    | r    | R     |          |                  |               |                    | start=1 end=5 step=1 |
    """)  # noqa: E501
    assert [(fault.path, fault.text) for fault in filling.faults()] == [("/data/age", "Needed!")]
    bad = {"age": "200", "w": "x", "d": "2026-02-30", "t": "25:00", "dt": "2026-03-31", "g": "91 0", "r": "6"}
    for name, value in bad.items():
        filling.answer(f"/data/{name}", value)
    told = {fault.path: (fault.code, fault.text) for fault in filling.faults()}
    assert told["/data/age"] == ("xform.constraint", "Too old!")
    assert [told[f"/data/{name}"][0] for name in ("w", "d", "t", "dt", "g", "r")] == [
        "xform.a-number", "xform.a-date", "xform.a-time", "xform.a-moment", "xform.a-place", "xform.between",
    ]  # fmt: skip
    good = {"age": "20", "w": "50.5", "d": "2026-03-31", "t": "23:59", "g": "1 2 0 0", "r": "5"}
    for name, value in (good | {"dt": "2026-03-31T10:00:00.000+01:00"}).items():
        filling.answer(f"/data/{name}", value)
    assert filling.faults() == []
    filling.answer("/data/d", "2026-04-01")
    assert [fault.code for fault in filling.faults()] == ["xform.constraint"]
    filling.answer("/data/w", "")
    assert filling.required("/data/w")
    assert filling.fault("/data/w") is not None


def test_dynamic_defaults_and_triggers_set_once_and_can_be_changed(begin: Begin) -> None:
    filling = begin("""
        | survey | type     | name  | label | default          | calculation     | trigger |
        |        | date     | d     | D     | today()          |                 |         |
        |        | text     | plain | P     | hello            |                 |         |
        |        | text     | saved | S     | ${last-saved#plain} |              |         |
        |        | integer  | n     | N     |                  |                 |         |
        |        | dateTime | when  | When  |                  | now()           | ${n}    |
        |        | begin_repeat | r | R     |                  |                 |         |
        |        | text     | x     | X     | concat('x', ${plain}) |            |         |
        |        | end_repeat |     |       |                  |                 |         |
    """, last_saved={"/data/plain": "before"})  # fmt: skip
    assert [filling.value(f"/data/{name}") for name in ("d", "plain", "saved", "when")] == [
        "2026-03-31", "hello", "before", "",
    ]  # fmt: skip
    filling.answer("/data/d", "2026-01-01")
    filling.answer("/data/plain", "bye")
    assert filling.add("/data/r") == "/data/r[2]"
    assert (filling.value("/data/r[1]/x"), filling.value("/data/r[2]/x")) == ("xhello", "xbye")
    filling.answer("/data/n", "1")
    assert filling.value("/data/when") == "2026-03-31T14:30:00.000+00:00"
    assert filling.value("/data/d") == "2026-01-01"


def test_a_draft_goes_on_where_it_stopped_and_chance_does_not_change(begin: Begin, around: Any) -> None:
    filling = begin(HOUSEHOLD + "    |  | calculate | luck | | | random() | |\n    |  | start | start | | | | |\n")
    filling.answer("/data/size", "2")
    filling.answer("/data/hh[2]/who", "  Zoë & <Co>\r\n")
    draft = filling.as_xml(draft=True)
    later = around | {"now": around["now"] + timedelta(days=3)}
    again = Instance.of_draft(filling.form, draft, **later)
    assert list(again.answers()) == list(filling.answers())
    assert again.instance_id == filling.instance_id
    assert again.value("/data/hh[2]/who") == "  Zoë & <Co>\r\n"


def test_a_mended_submission_names_the_one_it_replaces(begin: Begin, around: Any) -> None:
    filling = begin(CITIES)
    sent = filling.as_xml()
    mended = Instance.of_draft(filling.form, sent, edit=True, **around)
    told = read_submission(filling.form, mended.as_xml())
    assert told.deprecated_id == filling.instance_id
    assert told.instance_id == mended.instance_id != filling.instance_id
    with pytest.raises(BadXForm, match="are from the form"):
        Instance.of_draft(filling.form, sent.replace(b'id="cities"', b'id="towns"'), **around)


def test_metadata_is_what_the_device_knows_and_when_it_was(begin: Begin) -> None:
    filling = begin("""
        | survey | type     | name  | label | default |
        |        | start    | start |       |         |
        |        | end      | end   |       |         |
        |        | today    | today |       |         |
        |        | deviceid | dev   |       |         |
        |        | username | user  |       |         |
        |        | hidden   | h     |       | 7       |
        | settings | instance_name | version |
        |          | concat('at ', ${today}) | 9 |
    """, known={"deviceid": "phone-1"})  # fmt: skip
    filling.finish(datetime(2026, 3, 31, 15, tzinfo=UTC))
    told = read_submission(filling.form, filling.as_xml())
    assert told.answers["start"] == "2026-03-31T14:30:00.000+00:00"
    assert told.answers["end"] == "2026-03-31T15:00:00.000+00:00"
    assert (told.answers["dev"], told.answers["user"], told.answers["h"]) == ("phone-1", "", "7")
    assert (told.instance_name, told.version) == ("at 2026-03-31", "9")
    assert told.instance_id == filling.instance_id
    assert set(filling.form.metadata) >= {"start", "end", "today", "deviceid", "instanceID", "instanceName"}


def test_a_page_shows_one_question_but_a_field_list_shows_all_of_a_group(begin: Begin) -> None:
    filling = begin("""
        | survey | type        | name | label | appearance | relevant   |
        |        | text        | a    | A     |            |            |
        |        | begin_group | g    | G     | field-list |            |
        |        | text        | b    | B     |            |            |
        |        | text        | c    | C     |            | ${b} = '1' |
        |        | end_group   |      |       |            |            |
        |        | begin_group | h    | H     |            |            |
        |        | text        | d    | D     |            |            |
        |        | end_group   |      |       |            |            |
    """)
    assert [(page.kind, page.path) for page in filling.pages()] == [
        ("question", "/data/a"), ("list", "/data/g"), ("question", "/data/h/d"),
    ]  # fmt: skip
    assert filling.pages()[2].within == ("/data/h",)
    filling.answer("/data/g/b", "1")
    assert [entry.path for entry in filling.questions()] == ["/data/a", "/data/g/b", "/data/g/c", "/data/h/d"]


def test_only_questions_take_answers(begin: Begin) -> None:
    filling = begin(HOUSEHOLD)
    for path in ("/data/total", "/data", "/data/nowhere", "/data/hh[9]/who", "data/size[0]", "/x"):
        with pytest.raises(BadXForm):
            filling.answer(path, "1")
    with pytest.raises(BadXForm, match="no question"):
        filling.add("/data/size")


def test_what_we_cannot_do_is_told_by_name(read: Read) -> None:
    form = read("""
        | survey | type      | name | label | calculation        | relevant |
        |        | calculate | a    |       | geofence(1, 2)     |          |
        |        | text      | b    | B     |                    | ${c} = 1 |
        |        | text      | c    | C     |                    | ${b} = 1 |
        |        | calculate | d    |       | substr('a')        |          |
    """)
    told = [str(problem) for problem in problems(form)]
    assert any("geofence()" in text for text in told)
    assert any("substr()" in text for text in told)
    assert any("depends on itself" in text for text in told)


def test_a_form_that_the_converter_refuses_is_told_with_its_row() -> None:
    with pytest.raises(BadForm, match="converter"):
        as_xform(b"| survey | type | name | label |\n| | text | a b | A |\n", "form.md")


def test_questions_that_only_other_programs_draw_are_told(read: Read) -> None:
    xml = as_xform(b"| survey | type | name | label |\n| | text | a | A |\n", "form.md")
    form = read_xform(xml.replace(b'type="string"', b'type="retina"', 1))
    assert [problem.code for problem in problems(form)] == ["xform.kind"]
