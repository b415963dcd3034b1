"""A robot answers at random: what must hold for every form and every order of answers."""

import random
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from datashift.forms.xform import Instance, XForm, problems, read_submission, read_xform
from datashift.forms.xform.filling import work_out_all
from datashift.forms.xform.making import as_xform
from datashift.forms.xform.model import GROUPS, SILENT

MIXED = """
    | survey  | type                | name  | label        | relevant                  | calculation | repeat_count | choice_filter |
    |         | integer             | n     | N            |                           |             |              |               |
    |         | select_multiple c   | pick  | Pick         | ${n} != 2                 |             |              |               |
    |         | begin_group         | g     | G            | selected(${pick}, 'a')    |             |              |               |
    |         | text                | t     | T            | ${n} > 1                  |             |              |               |
    |         | begin_repeat        | r     | R            |                           |             | ${n}         |               |
    |         | integer             | age   | Age          |                           |             |              |               |
    |         | select_one c        | one   | One          | ${age} > 1                |             |              | name != ${t}  |
    |         | calculate           | pos   |              |                           | position(..) * 10 + coalesce(${age}, 0) | | |
    |         | end_repeat          |       |              |                           |             |              |               |
    |         | end_group           |       |              |                           |             |              |               |
    |         | calculate           | sum   |              |                           | sum(${pos}) |              |               |
    |         | begin_repeat        | free  | Free         | ${sum} < 40               |             |              |               |
    |         | decimal             | x     | X            | position(..) < 3          |             |              |               |
    |         | calculate           | peers |              |                           | join(',', ${x}) | |          |               |
    |         | end_repeat          |       |              |                           |             |              |               |
    |         | calculate           | many  |              |                           | count(${free}) + count(${x}) | |  |          |
    |         | note                | told  | ${many}      | ${many} > 2               |             |              |               |
    | choices | list_name | name | label |
    |         | c         | a    | A     |
    |         | c         | b    | B     |
    |         | c         | 1    | One   |
"""  # noqa: E501 – a table


@pytest.fixture(scope="module")
def mixed(read: Callable[[str], XForm]) -> XForm:
    form = read(MIXED)
    assert problems(form) == []
    return form


@settings(max_examples=80)
@given(some.randoms(use_true_random=False))
def test_working_out_bit_by_bit_is_working_out_from_scratch(mixed: XForm, around: Any, chance: random.Random) -> None:
    filling = Instance(mixed, **around)
    for _step in range(12):
        _act(filling, chance)
    _all_holds(filling, around)


def _act(filling: Instance, chance: random.Random) -> None:
    kind = chance.random()
    free = len(filling.root.children["free"])
    if kind < 0.15:
        filling.add("/data/free")
    elif kind < 0.25 and free:
        filling.remove("/data/free", chance.randint(1, free))
    else:
        paths = [node.path for node in filling.root.below() if _answerable(node)]
        filling.answer(chance.choice(paths), chance.choice(["", "0", "1", "2", "3", "a", "a b", "1.5"]))


def _answerable(node: Any) -> bool:
    return node.field.kind not in GROUPS | SILENT | {"note"}


def _all_holds(filling: Instance, around: Any) -> None:
    before = list(filling.answers())
    work_out_all(filling.form, filling.graph, filling, filling.root)
    assert list(filling.answers()) == before
    sent = ElementTree.fromstring(filling.as_xml())
    asked = [(path, told) for path, told, relevant in before if relevant]
    leaves = [leaf.text or "" for leaf in sent.iter() if not len(leaf) and leaf.tag not in _empty_groups(filling)]
    assert leaves == [told for _path, told in asked]
    told = read_submission(filling.form, filling.as_xml())
    assert told.unknown == ()
    assert sorted(_leaves(told.answers)) == sorted(told for _path, told in asked)
    again = Instance.of_draft(filling.form, filling.as_xml(draft=True), **around)
    assert list(again.answers()) == before
    assert again.as_xml() == filling.as_xml()
    shown = {entry.path for entry in filling.questions()}
    assert all(filling.relevant(path) for path in shown)
    assert all(filling.relevant(fault.path) for fault in filling.faults())


def _empty_groups(filling: Instance) -> set[str]:
    return {field.name for field in filling.form.fields if field.kind in GROUPS} | {filling.form.root.strip("/")}


def _leaves(answers: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for told in answers.values():
        found += [told] if isinstance(told, str) else [leaf for one in told for leaf in _leaves(one)]
    return found


# --- a real form: 235 questions, two languages, one from right to left ----------------------------------------------


@pytest.fixture(scope="module")
def reach(shared: Any) -> XForm:
    return read_xform(as_xform((shared / "cgd/irq_reach_kobo/form.xlsx").read_bytes()))


@pytest.mark.shared
def test_a_real_form_of_235_questions_is_read_whole_and_filled_by_a_robot(reach: XForm, around: Any) -> None:
    assert problems(reach) == []
    assert reach.languages == ("English (en)", "Arabic (ar)")
    for seed in range(5):
        chance = random.Random(seed)
        filling = Instance(reach, **around)
        for _round in range(2):
            for path in [entry.path for entry in filling.questions() if entry.field.kind != "note"]:
                filling.answer(path, _some_answer(filling, path, chance))
        _all_holds(filling, around)
        assert all(filling.said(entry.path) for entry in filling.questions())
        filling.speak("Arabic (ar)")
        assert "الأحمر" in filling.said("/data/consent_remote")
        assert all(filling.said(entry.path) for entry in filling.questions())


def _some_answer(filling: Instance, path: str, chance: random.Random) -> str:
    kind = filling.form.field(path).kind
    offered = [choice.code for choice in filling.choices(path)]
    if kind == "select_multiple":
        return " ".join(chance.sample(offered, min(2, len(offered))))
    other = {"integer": "20", "decimal": "2.5", "date": "2020-01-31", "geopoint": "36.4 42.4 0 5", "text": "x"}
    return chance.choice(offered or [other[kind]])
