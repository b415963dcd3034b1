"""Samples of forms: drawn once, kept with their proof, given to phones, and worked off by rule."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from hashlib import md5
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone
from made_forms import sheet

from datashift.errors import AgainstDesign, BadFieldwork, BadSample
from datashift.web.fieldwork import (
    deciding,
    drawing_samples,
    erasing,
    linking,
    phones,
    sampled,
    samples,
    services,
    withdrawing,
)
from datashift.web.fieldwork.kept import File, fetched
from datashift.web.fieldwork.linking import asked_in
from datashift.web.fieldwork.models import Form, Sample, Submission, Unit
from datashift.web.fieldwork.receiving import receive
from datashift.web.people.models import Event, Organisation, User

pytestmark = pytest.mark.django_db

LISTED = (
    ("type", "name", "label", "parameters", "calculation"),
    ("select_one_from_file sample.csv", "cluster", "Which household?", "value=cluster, label=name", ""),
    ("calculate", "weight", "", "", "pulldata('sample', 'weight', 'cluster', ${cluster})"),
    ("select_one water", "source", "Where does the water come from?", "", ""),
    ("select_one consent", "consent", "May we ask?", "", ""),
)
CHOICES = (
    ("list_name", "name", "label"), ("water", "tap", "Tap"), ("water", "well", "Well"), ("consent", "yes", "Yes"),
    ("consent", "no", "No"),
)  # fmt: skip
VILLAGES = "village,region,households,area\n" + "\n".join(
    f"V{n:02},{'north' if n % 2 else 'south'},{40 + 7 * n},{'Arusha' if n % 2 else 'Dodoma'}" for n in range(1, 21)
)
PLAN = {"n": 6, "seed": "dice 6 1 4 2", "reserve": 2}
COLUMNS = {"unit": "village", "strata": ["region"], "area": "area"}


@pytest.fixture
def producer(person: Callable[..., User], organisation: Organisation) -> User:
    return person("producer", organisation)


@pytest.fixture
def form(organisation: Organisation, producer: User) -> Form:
    file = sheet(LISTED, CHOICES, form_id="water", version="1")
    return services.add_uploaded(organisation=organisation, file=file, by=producer)


def villages(text: str = VILLAGES) -> File:
    return File("villages.csv", text.encode())


def drawn(form: Form, by: User, **plan: Any) -> Sample:
    return samples.draw_sample(form=form, file=villages(), columns=COLUMNS, plan={**PLAN, **plan}, by=by)


def on_phones(form: Form) -> list[dict[str, str]]:
    """Return what phones get as sample.csv."""
    media = form.versions.get().media.get(name="sample.csv")
    return list(csv.DictReader(io.StringIO(fetched(media.sha256).decode())))


def came(form: Form, number: int, unit: str, consent: str = "yes", edits: str = "") -> Submission:
    edits = edits and f"<deprecatedID>{edits}</deprecatedID>"
    xml = f"""<data id="water" version="1"><cluster>{unit}</cluster><weight/><source>tap</source>
    <consent>{consent}</consent><meta><instanceID>uuid:{number}</instanceID>{edits}</meta></data>"""
    found = receive(form.organisation, xml.encode()).submission
    assert found is not None
    return found


# --- drawn ------------------------------------------------------------------------------------------------------------


def test_chances_and_weights_are_known_by_construction(form: Form, producer: User) -> None:
    sample = drawn(form, producer)
    used = sample.units.filter(weight__gt=0)
    assert used.count() == 6
    assert sum(one.weight for one in used) == pytest.approx(20)
    assert {(one.stratum, one.chance, one.weight) for one in used} == {("north", 0.3, 1 / 0.3), ("south", 0.3, 1 / 0.3)}
    assert all(one.cluster == one.name for one in used)
    assert sample.units.filter(reserve=True, weight=0).count() == 4
    samples.proved(sample)


def test_phones_are_offered_the_units_in_use_with_their_area(form: Form, producer: User) -> None:
    assert services.missing_media(form.versions.get()) == ["sample.csv"]
    sample = drawn(form, producer)
    services.publish_version(version=form.versions.get(), by=producer)
    rows = on_phones(form)
    assert {row["cluster"] for row in rows} == {one.name for one in sample.units.filter(weight__gt=0)}
    assert {row["area"] for row in rows} <= {"TZ-01", "TZ-03"}
    assert {float(row["weight"]) for row in rows} == {1 / 0.3}


def test_a_record_that_was_changed_proves_nothing(form: Form, producer: User) -> None:
    sample = drawn(form, producer)
    sample.written["draw"]["rows"][0]["chance"] = 0.5
    with pytest.raises(BadSample, match="changed after it was written"):
        samples.proved(sample)


def test_nobody_draws_again_once_answers_are_here(form: Form, producer: User) -> None:
    sample = drawn(form, producer)
    again = drawn(form, producer, seed="another")
    assert Sample.objects.count() == 2, "the first draw stays for everybody to see"
    assert again != sample
    services.publish_version(version=form.versions.get(), by=producer)
    came(form, 1, on_phones(form)[0]["cluster"])
    with pytest.raises(BadFieldwork, match="visited already"):
        drawn(form, producer, seed="a third")


def test_a_worker_that_was_killed_draws_the_very_same_sample(
    form: Form, producer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand = drawn(form, producer)
    asked = samples.ask_for(form=form, file=villages(), said=samples.Said(COLUMNS, PLAN), by=producer)
    assert samples.first_of(form) == by_hand, "until it is drawn, the one before counts"
    with monkeypatch.context() as killed:
        killed.setattr(samples, "to_phones", lambda _form: sys.exit())
        with pytest.raises(SystemExit):
            drawing_samples.draw_sample(str(asked.pk), str)
    assert not asked.units.exists(), "as a whole or not at all"
    drawing_samples.draw_sample(str(asked.pk), str)
    drawing_samples.draw_sample(str(asked.pk), str)
    asked.refresh_from_db()
    assert asked.written == by_hand.written
    known = ("name", "stratum", "weight", "order", "reserve")
    assert list(asked.units.values_list(*known)) == list(by_hand.units.values_list(*known))
    assert Event.objects.filter(verb="sample-drawn").count() == 2


def test_who_asks_for_another_sample_forgets_the_one_that_is_not_drawn(form: Form, producer: User) -> None:
    first = samples.ask_for(form=form, file=villages(), said=samples.Said(COLUMNS, PLAN), by=producer)
    second = samples.ask_for(form=form, file=villages(), said=samples.Said(COLUMNS, PLAN | {"n": 4}), by=producer)
    for one in (first, second):
        drawing_samples.draw_sample(str(one.pk), str)
    assert [one.written["draw"]["plan"]["n"] for one in Sample.objects.all()] == [4]


def test_a_sample_that_was_asked_for_before_an_answer_came_is_not_drawn_after_it(
    form: Form, sample: Sample, producer: User
) -> None:
    asked = samples.ask_for(form=form, file=villages(), said=samples.Said(COLUMNS, PLAN), by=producer)
    came(form, 1, sample.units.filter(weight__gt=0)[0].name)
    with pytest.raises(BadFieldwork, match="visited already"):
        drawing_samples.draw_sample(str(asked.pk), str)
    assert samples.in_use(form) == sample


def test_a_list_with_a_unit_twice_keeps_nothing(form: Form, producer: User) -> None:
    file = villages(VILLAGES + "\nV01,north,40,Arusha")
    with pytest.raises(BadSample, match="stands in the list 2 times"):
        samples.draw_sample(form=form, file=file, columns=COLUMNS, plan=PLAN, by=producer)
    assert not Sample.objects.exists()


def test_names_of_people_in_a_list_are_noticed() -> None:
    table = samples.table_of(File("list.csv", b"unit,who\n1,call 0712 345 678\n2,empty"))
    assert samples.personal_in(table, ["unit", "who", "not there"]) == {"who": 1}


# --- two stages -------------------------------------------------------------------------------------------------------


def listing(*places: str, count: int = 10) -> File:
    lines = [f"{place},{number}" for place in places for number in range(1, count + 1)]
    return File("listing.csv", "\n".join(["village,number", *lines]).encode())


def listed(sample: Sample, file: File, by: User) -> Sample:
    return samples.list_places(sample=sample, file=file, columns={"place": "village", "unit": "number"}, by=by)


def test_households_are_drawn_in_each_place_as_its_list_comes(form: Form, producer: User) -> None:
    columns = COLUMNS | {"size": "households"}
    plan = PLAN | {"method": "sampford", "within": 4, "within_reserve": 1}
    places = samples.draw_sample(form=form, file=villages(), columns=columns, plan=plan, by=producer)
    assert samples.in_use(form) is None, "nobody is asked before there is a list"
    first, second, *_rest = places.units.filter(weight__gt=0)
    homes = listed(places, listing(first.name), producer)
    before = dict(homes.units.values_list("name", "weight"))
    again = listed(places, listing(second.name), producer)
    assert again.pk == homes.pk
    after = dict(again.units.values_list("name", "weight"))
    assert before.items() <= after.items(), "what was drawn in a place stays as it is"
    one = again.units.filter(name__startswith=f"{second.name}/", weight__gt=0).first()
    assert one is not None
    assert one.weight == pytest.approx(second.weight * 10 / 4)
    assert (one.cluster, one.stratum) == (second.name, second.stratum)
    assert {row["area"] for row in on_phones(form)} <= {"TZ-01", "TZ-03"}
    samples.proved(Sample.objects.get(pk=again.pk))
    with pytest.raises(BadFieldwork, match="from another list"):
        listed(places, listing(first.name, count=11), producer)
    with pytest.raises(BadFieldwork, match="Households were drawn"):
        sampled.replace_unit(unit=first, reason="not-safe", by=producer)


# --- in the field -----------------------------------------------------------------------------------------------------


@pytest.fixture
def sample(form: Form, producer: User) -> Sample:
    made = drawn(form, producer)
    services.publish_version(version=form.versions.get(), by=producer)
    return made


def test_an_answer_finds_its_unit_and_completes_it(form: Form, sample: Sample) -> None:
    first, second, *_rest = sample.units.filter(weight__gt=0)
    assert came(form, 1, first.name).unit == first
    came(form, 2, second.name, consent="no")
    outcomes = dict(sample.units.values_list("name", "outcome"))
    assert (outcomes[first.name], outcomes[second.name]) == ("completed", "refusal")
    came(form, 3, first.name, consent="no")
    assert Unit.objects.get(pk=first.pk).outcome == "completed", "an answer stays an answer"


def outcome_of(unit: Unit) -> str:
    return Unit.objects.get(pk=unit.pk).outcome


def decided(one: Submission, state: str, by: User) -> None:
    deciding.decide(form=one.form, keys=[one.pk], state=state, by=by, why="asked the neighbour")


def test_a_unit_whose_answer_is_rejected_is_open_again_until_that_is_taken_back(
    form: Form, sample: Sample, producer: User
) -> None:
    unit = sample.units.filter(weight__gt=0)[0]
    one = came(form, 1, unit.name)
    decided(one, "rejected", producer)
    assert outcome_of(unit) == ""
    assert sampled.progress_of(sample, "stratum")[-1]["completed"] == 0
    decided(one, "received", producer)
    assert outcome_of(unit) == "completed"


def test_a_unit_whose_answer_is_withdrawn_says_what_the_others_say(form: Form, sample: Sample, producer: User) -> None:
    unit = sample.units.filter(weight__gt=0)[0]
    came(form, 1, unit.name, consent="no")
    one = came(form, 2, unit.name)
    withdrawing.withdraw_submission(submission=one, by=producer)
    assert outcome_of(unit) == "refusal"


def test_an_answer_whose_time_is_over_was_an_answer_all_the_same(form: Form, sample: Sample) -> None:
    unit = sample.units.filter(weight__gt=0)[0]
    erasing.erase([came(form, 1, unit.name)], erased=timezone.now())
    linking.refresh([unit.pk])
    assert outcome_of(unit) == "completed"


def test_an_edit_that_names_another_unit_opens_the_first(form: Form, sample: Sample) -> None:
    first, second, *_rest = sample.units.filter(weight__gt=0)
    came(form, 1, first.name)
    came(form, 2, second.name, edits="uuid:1")
    assert (outcome_of(first), outcome_of(second)) == ("", "completed")


def test_what_a_supervisor_noted_holds_until_somebody_goes_there_again(
    form: Form, sample: Sample, producer: User
) -> None:
    unit = sample.units.filter(weight__gt=0)[0]
    visit = came(form, 1, unit.name, consent="no")
    sampled.note_outcome(unit=unit, outcome="", by=producer)
    assert outcome_of(unit) == "", "the supervisor sends somebody there again"
    decided(visit, "approved", producer)
    assert outcome_of(unit) == ""
    later = came(form, 2, unit.name, consent="no")
    assert outcome_of(unit) == "refusal"
    sampled.note_outcome(unit=unit, outcome="not-eligible", by=producer)
    decided(later, "rejected", producer)
    assert outcome_of(unit) == "not-eligible"
    came(form, 3, unit.name)
    assert outcome_of(unit) == "completed"


def test_a_reserve_that_was_asked_too_early_is_not_asked_twice(form: Form, sample: Sample, producer: User) -> None:
    unit = sample.units.filter(weight__gt=0, stratum="north")[0]
    reserve = sample.units.get(reserve=True, stratum="north", order=1)
    came(form, 1, reserve.name)
    assert outcome_of(reserve) == ""
    sampled.replace_unit(unit=unit, reason="refusal", by=producer)
    assert outcome_of(reserve) == "completed"


@pytest.mark.parametrize("named", ["", "V99", "' OR 1=1", "x" * 5000])
def test_an_answer_that_names_no_unit_is_taken_all_the_same(form: Form, sample: Sample, named: str) -> None:
    assert came(form, 1, named).unit is None
    assert sampled.odd(sample).nowhere == 1


def test_the_question_that_chose_from_the_list_names_the_unit(form: Form) -> None:
    assert asked_in(form.versions.get().xform)[::2] == (("cluster",), "consent")
    own = sheet((("type", "name", "label"), ("text", "sample_id", "Number"), ("text", "outcome", "Outcome")))
    made = services.add_uploaded(organisation=form.organisation, file=own, by=form.created_by)  # type: ignore[arg-type]
    assert asked_in(made.versions.get().xform)[:2] == (("sample_id",), "outcome")


def test_a_unit_is_replaced_by_the_next_reserve_and_by_no_other(form: Form, sample: Sample, producer: User) -> None:
    unit = sample.units.filter(weight__gt=0, stratum="north").first()
    assert unit is not None
    reserve = sampled.replace_unit(unit=unit, reason="not-safe", by=producer)
    assert (reserve.stratum, reserve.order, reserve.weight, reserve.replaces) == ("north", 1, 1 / 0.3, unit)
    named = {row["cluster"] for row in on_phones(form)}
    assert reserve.name in named
    assert unit.name not in named
    assert sum(sample.units.values_list("weight", flat=True)) == pytest.approx(20)
    with pytest.raises(AgainstDesign, match="replaced already"):
        sampled.replace_unit(unit=unit, reason="refusal", by=producer)
    assert came(form, 1, unit.name).unit == unit
    assert sampled.odd(sample).out_of_use == 1, "an answer of a unit out of use has the weight 0, and is told"
    last = sampled.replace_unit(unit=reserve, reason="refusal", by=producer)
    assert last.order == 2
    with pytest.raises(AgainstDesign, match="no reserve left"):
        sampled.replace_unit(unit=last, reason="refusal", by=producer)
    assert sampled.progress_of(sample, "stratum")[-1]["planned"] == 6


def test_who_answered_is_not_replaced(form: Form, sample: Sample, producer: User) -> None:
    unit = sample.units.filter(weight__gt=0).first()
    assert unit is not None
    came(form, 1, unit.name)
    with pytest.raises(AgainstDesign, match="has an answer"):
        sampled.replace_unit(unit=unit, reason="refusal", by=producer)
    with pytest.raises(BadFieldwork, match="has an answer"):
        sampled.note_outcome(unit=unit, outcome="refusal", by=producer)


def test_progress_counts_answers_refusals_and_what_is_open(form: Form, sample: Sample, producer: User) -> None:
    units = list(sample.units.filter(weight__gt=0))
    for number, unit in enumerate(units[:3]):
        came(form, number, unit.name)
    sampled.note_outcome(unit=units[3], outcome="non-contact", by=producer)
    everything = sampled.progress_of(sample, "stratum")[-1]
    told = [everything[name] for name in ("planned", "completed", "non-contact", "open", "rr1", "rr1_least")]
    assert told == [6, 3, 1, 2, 0.75, 0.5]
    reserve = sample.units.filter(reserve=True).first()
    assert reserve is not None
    with pytest.raises(AgainstDesign, match="not in use"):
        sampled.note_outcome(unit=reserve, outcome="refusal", by=producer)


def test_work_is_dealt_out_evenly_to_phones_that_then_have_the_form(form: Form, sample: Sample, producer: User) -> None:
    made = [
        phones.add_enumerator(organisation=form.organisation, name=name, forms=[], by=producer).enumerator
        for name in ("Team 1", "Team 2", "Team 3")
    ]
    assert sampled.give_out(form=form, teams=dict.fromkeys(made, ""), by=producer) == 6
    assert [one.units.count() for one in made] == [2, 2, 2]
    assert form.enumerators.count() == 3
    assert {row["enumerator"]: row["issued"] for row in sampled.progress_of(sample, "enumerator")[:-1]} == {
        "Team 1": 2, "Team 2": 2, "Team 3": 2,
    }  # fmt: skip
    with pytest.raises(BadSample, match="nobody to give"):
        sampled.give_out(form=form, teams={}, by=producer)


# --- whose units ------------------------------------------------------------------------------------------------------


def units_at(client: Client, code: str, form: Form) -> tuple[set[str], str]:
    """Return the units that a phone gets by OpenRosa, and the hash that the manifest tells of them."""
    listed = ElementTree.fromstring(client.get(f"/key/{code}/formList").content)
    manifest = next(one.text for one in listed.iter() if one.tag.endswith("manifestUrl"))
    told = {one.tag.rpartition("}")[2]: one.text for one in ElementTree.fromstring(client.get(manifest).content).iter()}
    data = b"".join(client.get(told["downloadUrl"]).streaming_content)
    assert told["hash"] == f"md5:{md5(data, usedforsecurity=False).hexdigest()}"
    return {row["cluster"] for row in csv.DictReader(io.StringIO(data.decode()))}, told["hash"]


def units_in_browser(client: Client, address: str) -> set[str]:
    """Return the units that the browser form offers, held against the file that it may ask for."""
    program = json.loads(client.get(f"{address}form.json").content)
    rows = {one["cluster"] for one in program["program"]["lists"]["sample"]}
    text = client.get(program["media"]["sample.csv"]).content.decode()
    assert {row["cluster"] for row in csv.DictReader(io.StringIO(text))} == rows
    return rows


def test_a_phone_gets_the_units_that_it_was_given_and_no_others(
    form: Form, sample: Sample, producer: User, client: Client
) -> None:
    keys = [
        phones.add_enumerator(organisation=form.organisation, name=name, forms=[form], by=producer)
        for name in ("Team 1", "Team 2", "Team 3")
    ]
    used = {one.name for one in sample.units.filter(weight__gt=0)}
    before, mark = units_at(client, keys[0].code, form)
    assert before == used, "as long as nothing was given out, everybody sees all of it"
    sampled.give_out(form=form, teams={one.enumerator: "" for one in keys[:2]}, by=producer)
    mine = [{one.name for one in key.enumerator.units.all()} for key in keys]
    for key, own in zip(keys, mine, strict=True):
        got, now = units_at(client, key.code, form)
        assert got == own
        assert now != mark, "a phone sees by the hash that it has another list"
        assert units_in_browser(client, f"/en/fill/{key.code}/water/") == own
    assert mine[0] | mine[1] == used
    assert mine[2] == set(), "all was given to others"
    unit = sample.units.filter(name__in=mine[0], stratum="north")[0]
    reserve = sampled.replace_unit(unit=unit, reason="not-safe", by=producer)
    assert units_at(client, keys[0].code, form)[0] == mine[0] - {unit.name} | {reserve.name}
    assert units_in_browser(client, f"/en/fill/{keys[0].code}/water/") == mine[0] - {unit.name} | {reserve.name}


def test_an_open_link_tells_nobody_who_was_drawn(form: Form, sample: Sample, producer: User, client: Client) -> None:
    open_ = phones.open_link(form=Form.objects.get(), by=producer, on=True)
    assert units_in_browser(client, f"/en/fill/{open_.open_link}/") == set()


def test_a_list_that_was_added_by_hand_goes_to_every_phone(form: Form, producer: User, client: Client) -> None:
    file = File("sample.csv", b"name,label,cluster,weight\nV1,V1,V1,2\n")
    services.add_media(version=form.versions.get(), file=file, by=producer)
    services.publish_version(version=form.versions.get(), by=producer)
    key = phones.add_enumerator(organisation=form.organisation, name="Team 1", forms=[form], by=producer)
    assert units_at(client, key.code, form)[0] == units_in_browser(client, f"/en/fill/{key.code}/water/") == {"V1"}
