"""XML from strangers, and submissions as records."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from datashift.errors import BadXForm
from datashift.forms.xform import Instance, as_program, problems, read_submission, read_xform
from datashift.forms.xform.document import clean

SENT = b"""<?xml version='1.0'?>
<data id="f" version="2" xmlns:orx="http://openrosa.org/xforms">
  <g><a>x</a><b/></g><r><n>1</n></r><r><n>2</n><deep><m>3</m></deep></r><r/>
  <orx:meta><orx:instanceID>uuid:1</orx:instanceID><orx:deprecatedID>uuid:0</orx:deprecatedID></orx:meta>
</data>"""


def test_a_submission_is_read_without_its_form() -> None:
    told = read_submission(None, SENT)
    assert (told.form_id, told.version, told.instance_id, told.deprecated_id) == ("f", "2", "uuid:1", "uuid:0")
    assert told.answers["g/a"] == "x"
    assert told.answers["g/b"] == ""
    assert told.answers["r"] == [{"n": "1"}, {"n": "2", "deep/m": "3"}, {}]


def test_what_the_form_does_not_know_is_kept_and_told(begin: Callable[..., Instance]) -> None:
    filling = begin("| survey | type | name | label |\n| | text | a | A |\n| | image | p | P |\n")
    filling.answer("/data/p", "one.jpg")
    sent = filling.as_xml().replace(b"<a/>", b"<a>1</a><new><b>2</b></new>")
    told = read_submission(filling.form, sent)
    assert told.answers["new/b"] == "2"
    assert told.unknown == ("/data/new", "/data/new/b")
    assert told.media == ("one.jpg",)


@pytest.mark.parametrize("xml", [
    b"", b"text", b"<data", b"<data/>", b"\xff\xfe\x00", b"<?xml version='1.0' encoding='nothing'?><a/>",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]><a id='1'>&b;</a>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]><a id='1'>&b;</a>".encode("utf-16"),
    b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a id='1'/>",
    b"<a id='1'>" + b"<b>" * 100 + b"</b>" * 100 + b"</a>",
])  # fmt: skip
def test_what_is_no_submission_is_refused_in_words(xml: bytes) -> None:
    with pytest.raises(BadXForm):
        read_submission(None, xml)
    with pytest.raises(BadXForm):
        read_xform(xml)


@given(some.binary(max_size=200) | some.text(max_size=100).map(lambda text: f"<a id='1'>{text}</a>".encode()))
def test_any_bytes_are_a_submission_or_refused(data: bytes) -> None:
    told = ""
    try:
        told = read_submission(None, data).form_id
    except BadXForm as refused:
        told = str(refused)
    assert told


@given(some.text(max_size=60))
def test_any_answer_comes_back_as_it_was(begin: Callable[..., Instance], answer: str) -> None:
    filling = begin("| survey | type | name | label |\n| | text | a | A |\n")
    filling.answer("/data/a", answer)
    told = read_submission(filling.form, filling.as_xml()).answers["a"]
    assert told == clean(answer)
    assert len(clean(answer)) == sum(sign in "\t\n\r" or _fits_in_xml(sign) for sign in answer)


def _fits_in_xml(sign: str) -> bool:
    code = ord(sign)
    return code >= 32 and code != 127 and not 0xD800 <= code < 0xE000 and code not in (0xFFFE, 0xFFFF)


def test_a_program_is_json_and_holds_every_field_with_its_expressions(begin: Callable[..., Instance]) -> None:
    form = begin("""
        | survey  | type         | name | label      | relevant  | calculation  | choice_filter | default |
        |         | integer      | n    | How many   |           |              |               |         |
        |         | begin_repeat | r    | R          |           |              |               |         |
        |         | text         | x    | X of ${n}  | ${n} > 1  |              |               | now()   |
        |         | end_repeat   |      |            |           |              |               |         |
        |         | calculate    | c    |            |           | count(${x})  |               |         |
        |         | select_one l | s    | S          |           |              | k = ${n}      |         |
        | choices | list_name | name | label | k |
        |         | l         | a    | A     | 1 |
    """).form
    program = json.loads(json.dumps(as_program(form)))
    fields = {field["path"]: field for field in program["fields"]}
    assert list(fields) == [field.path for field in form.fields]
    n = ["form", 1, [["data"], ["n"]]]
    assert fields["/data/r/x"]["relevant"] == ["op", ">", n, ["number", 1.0]]
    assert fields["/data/r/x"]["label"] == {"": ["X of ", n]}
    assert fields["/data/c"]["calculation"] == ["call", "count", [["form", 1, [["data"], ["r"], ["x"]]]]]
    test = ["op", "=", ["item", [["k"]]], n]
    assert fields["/data/s"]["choices"]["nodes"] == ["list", "l", [["item", test]]]
    assert program["lists"]["l"][0]["name"] == "a"
    assert ["relevant", "/data/r/x", 1] in program["readers"]["/data/n"]
    assert ["calculation", "/data/c", 1] in program["readers"]["/data/r/x"]
    order = [tuple(vertex) for vertex in program["order"]]
    assert order.index(("relevant", "/data/r/x")) < order.index(("calculation", "/data/c"))
    assert {action["target"] for action in program["actions"]} == {"/data/r/x"}


BY_HAND = b"""<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
  xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms">
  <h:head><h:title>By hand</h:title><model>
    <itext><translation lang="en" default=""><text id="/q/sex/1:label"><value>Man</value>
      <value form="image">jr://images/man.png</value></text></translation></itext>
    <instance><q xmlns="http://example.org/q" id="hand" orx:version="4"><g><sex/></g><n>3</n><pic/><snd/><x/>
      <orx:meta><orx:instanceID/></orx:meta></q></instance>
    <bind nodeset="/q/g/sex" type="select1"/><bind nodeset="/q/n" type="xsd:int" readonly="true()"/>
    <bind id="there" nodeset="/q/x" type="string"/><bind nodeset="/q/meta/instanceID" jr:preload="uid"/>
    <setvalue bind="there" event="odk-instance-first-load">fixed</setvalue>
  </model></h:head>
  <h:body><group><label>Only words</label>
    <select1 ref="/q/g/sex"><label>Sex</label>
      <item><label ref="jr:itext('/q/sex/1:label')"/><value>m</value></item>
      <item><label>Woman of <output value="/q/n"/></label><value>f</value></item></select1></group>
    <input ref="/q/n"><label>N</label></input><upload ref="/q/pic" mediatype="image/*"><label>P</label></upload>
    <upload ref="/q/snd" mediatype="audio/*"><label>S</label></upload><input ref="/q/x"><label>X</label></input>
  </h:body></h:html>"""


def test_a_form_written_by_hand_is_read_as_well(around: Any) -> None:
    form = read_xform(BY_HAND)
    assert problems(form) == []
    assert {field.path: field.kind for field in form.fields if field.kind != "group"} == {
        "/q/g/sex": "select_one", "/q/n": "integer", "/q/pic": "image", "/q/snd": "audio", "/q/x": "text",
        "/q/meta/instanceID": "instanceID",
    }  # fmt: skip
    filling = Instance(form, **around)
    assert [(choice.code, choice.label) for choice in filling.choices("/q/g/sex")] == [
        ("m", "Man"),
        ("f", "Woman of 3"),
    ]
    assert filling.choices("/q/g/sex")[0].media == {"image": "man.png"}
    assert filling.value("/q/x") == "fixed"
    assert filling.readonly("/q/n")
    told = read_submission(form, filling.as_xml())
    assert (told.form_id, told.version, told.unknown) == ("hand", "4", ())
    assert told.instance_id == filling.instance_id
    assert b'xmlns="http://example.org/q"' in filling.as_xml()
    assert as_program(form)["namespace"] == "http://example.org/q"
    assert as_program(form)["texts"]["/q/sex/1:label"][""] == {"en": ["Man"]}


def test_a_form_that_lacks_a_part_is_told() -> None:
    for part, told in ((b"model", "model"), (b"h:body", "body"), (b"instance", "instance")):
        broken = BY_HAND.replace(b"<" + part + b">", b"<other>").replace(b"</" + part + b">", b"</other>")
        with pytest.raises(BadXForm, match=told):
            read_xform(broken)
