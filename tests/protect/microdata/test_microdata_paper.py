"""A plan on paper: people read it, change it and confirm it; what leaves is what they confirmed."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_people import PARENTS, a_survey

from datashift.errors import CannotProtect
from datashift.protect.microdata import Aim, Paper, Plan, Recode, doubts, files, leaving, parsed, propose, written
from datashift.protect.microdata.leaving import FINE, IF_KNOWN, TEXTS

AIM = Aim(("age", "sex", "district"), k=5, sensitive=("bribe",), weight="weight")


def planned(table: pa.Table, others: tuple[str, ...] = (), aim: Aim = AIM) -> tuple[Paper, Plan]:
    plan = propose(table, aim, areas={"district": PARENTS})
    return Paper("made up", aim, others, tuple(step.recode for step in plan.steps)), plan


@pytest.fixture(scope="module")
def survey() -> pa.Table:
    return a_survey(2000)


def test_a_plan_comes_back_from_its_file_as_it_was(survey: pa.Table) -> None:
    paper, plan = planned(survey, ("school",))
    sealed = paper.sealed(survey, by='Asha "A." Mwangi\\', on="2026-11-23")
    for one in (paper, sealed):
        assert parsed(written(one, plan), "plan.toml", survey) == one


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), min_size=1, max_size=5), st.text(max_size=12))
def test_answers_of_every_kind_survive_the_file(to: dict[str, str], name: str) -> None:
    table = pa.table({"a": list(to) * 5})
    aim = Aim(("a",), k=5)
    paper = Paper("x", aim, (), (Recode("a", "rare", to),)).sealed(table, by=name, on="2026-11-23")
    assert parsed(written(paper, propose(table, aim, chosen=paper.recodes)), "plan.toml", table) == paper


def test_the_file_says_in_plain_words_what_it_does(survey: pa.Table) -> None:
    text = written(*planned(survey))
    assert "# Tell 'age' in bands" in text
    assert "# What others may know of a person" in text
    assert tomllib.loads(text)["known"] == ["age", "sex", "district"]


def test_a_width_without_a_list_gives_bands_of_this_width(survey: pa.Table) -> None:
    paper, plan = planned(survey)
    head = written(replace(paper, recodes=()), plan)
    changed = parsed(f'{head}\n[[coarser]]\ncolumn = "age"\nhow = "bands"\nwidth = 30\n', "plan.toml", survey)
    assert changed.recodes is not None
    assert changed.recodes[0].to["35"] == "30–59"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("k = 5", "k = 2"), "microdata.too-few-alike"),
        (("k = 5", ""), "microdata.plan"),
        (("k = 5", "k = true"), "microdata.plan"),
        (("k = 5", "k = ["), "microdata.plan"),
        (("known = [", "known = [1, "), "microdata.plan"),
        (("plan/1", "plan/2"), "microdata.plan"),
        (('how = "bands"', 'how = "magic"'), "microdata.plan"),
        (('column = "age"', 'column = "aeg"'), "microdata.no-column"),
        (("width = ", "width = -"), "microdata.plan"),
    ],
)
def test_a_plan_that_cannot_be_read_is_refused_in_words(survey: pa.Table, change: tuple[str, str], said: str) -> None:
    text = written(*planned(survey))
    assert change[0] in text
    broken = text.replace(*change)
    if change[0] == "width = ":
        broken = broken.split("[coarser.to]")[0]
    with pytest.raises(CannotProtect) as problem:
        parsed(broken, "plan.toml", survey)
    assert problem.value.code == said


def test_the_seal_holds_for_this_plan_and_these_rows_alone(survey: pa.Table) -> None:
    paper, _plan = planned(survey)
    others = [
        replace(paper, aim=replace(paper.aim, k=4)),
        replace(paper, others=("school",)),
        replace(paper, recodes=paper.recodes[:-1] if paper.recodes else ()),
        replace(paper, of="other"),
    ]
    assert len({paper.seal(survey), *(one.seal(survey) for one in others)}) == 5
    assert paper.seal(survey) != paper.seal(survey.slice(1))
    assert paper.seal(survey) == paper.seal(survey.append_column("new", survey["school"]))


def test_what_leaves_are_the_columns_of_the_plan_in_no_order_that_tells(survey: pa.Table) -> None:
    paper, plan = planned(survey, ("school",))
    out = leaving(survey, paper, plan).rows
    assert out.column_names == ["age", "sex", "district", "bribe", "school", "weight"]
    lines = [tuple(str(value or "") for value in row.values()) for row in out.to_pylist()]
    turned = leaving(survey.take(np.arange(survey.num_rows)[::-1]), *planned(survey.take(list(range(1999, -1, -1)))))
    assert turned.rows.num_rows == len(lines)
    shown = Counter(line[:3] for line in lines)
    assert min(shown.values()) >= 5


def test_a_weight_does_not_tell_the_place_that_was_told_coarser() -> None:
    """The attack: each district has a weight of its own, and the attacker knows which."""
    district = np.repeat(np.arange(25), 40)
    table = pa.table({"district": [f"D{k}" for k in district], "bribe": ["yes", "no"] * 500, "weight": 10.0 + district})
    aim = Aim(("district",), k=60, sensitive=("bribe",), weight="weight")
    plan = propose(table, aim, areas={"district": PARENTS}, blank_share=0)
    paper = Paper("x", aim, (), tuple(step.recode for step in plan.steps))
    out = leaving(table, paper, plan).rows
    pairs = {(row["district"], row["weight"]) for row in out.to_pylist()}
    assert len(pairs) == len({place for place, _weight in pairs}), "one weight in each place that is told"
    assert sum(float(row["weight"]) for row in out.to_pylist()) == pytest.approx(
        float(sum(table["weight"].to_pylist()))
    )


def test_a_plan_with_which_somebody_still_stands_out_lets_nothing_leave(survey: pa.Table) -> None:
    paper, plan = planned(survey)
    with pytest.raises(CannotProtect, match="alike to fewer than 5"):
        leaving(survey, paper, replace(plan, after=plan.before))


def test_the_pages_say_what_was_done_by_whom_and_what_it_costs(survey: pa.Table) -> None:
    paper, plan = planned(survey)
    paper = paper.sealed(survey, by="Asha Mwangi", on="2026-11-23")
    made = files(paper, plan, leaving(survey, paper, plan))
    told = json.loads(made["about.json"])
    assert told["confirmed"] == {"by": "Asha Mwangi", "on": "2026-11-23"}
    assert told["k"] == {"asked": 5, "before": 1, "after": plan.after.smallest}
    assert set(told["l"]) == {"bribe"}
    assert {one["column"] for one in told["coarser"]} == {step.recode.column for step in plan.steps}
    assert all(abs(one["before"] - one["after"]) < 5 for one in told["shares"])
    text = made["about.txt"].decode()
    assert "Asha Mwangi confirmed the plan on 2026-11-23." in text
    assert "per cent answered 'yes' to 'bribe'" in text
    assert made["rows.csv"].decode().count("\n") == survey.num_rows + 1


def test_columns_that_leave_unprotected_are_doubted() -> None:
    chance = np.random.default_rng(2)
    table = pa.table(
        {
            "sex": chance.choice(["F", "M"], 200),
            "village": [f"V{k}" for k in chance.integers(0, 60, 200)],
            "remark": [f"Mrs. Amina Otieno called from +254712345{k:03}" for k in range(200)],
        }
    )
    aim = Aim(("sex",))
    paper, plan = planned(table, ("village", "remark"), aim)
    told = {(text, facts["column"]) for text, facts in doubts(table, paper, plan)}
    assert told == {(IF_KNOWN, "village"), (IF_KNOWN, "remark"), (FINE, "remark"), (TEXTS, "remark")}
    assert doubts(table, *planned(table, (), aim)) == ()


def test_texts_that_look_personal_are_counted_by_rows_however_often_they_repeat() -> None:
    table = pa.table({"sex": ["F", "M"] * 100, "remark": ["Call +254712345678", "", "the well is dry", ""] * 50})
    told = doubts(table, *planned(table, ("remark",), Aim(("sex",))))
    assert [facts["count"] for text, facts in told if text == TEXTS] == ["50"]
