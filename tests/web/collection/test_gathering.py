from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from made_forms import sheet
from water_road import ASKED, DEMO, PLACE, quiet

from datashift.dossier.saying import method
from datashift.errors import BadFieldwork
from datashift.forms.xform.making import as_xform
from datashift.web.collection import services
from datashift.web.collection.gathering import _sample_names, _shares, ask, gather
from datashift.web.collection.models import Dataset, Gathering, Receipt
from datashift.web.collection.recipes import _design
from datashift.web.collection.running import run
from datashift.web.collection.steps import latest_run
from datashift.web.fieldwork import samples
from datashift.web.fieldwork.kept import File
from datashift.web.fieldwork.models import Content, Correction, Form, FormVersion, Sample, Submission, Unit
from datashift.web.fieldwork.withdrawing import give_receipt, withdraw_submission
from datashift.web.jobs.models import Job
from datashift.web.people.models import Organisation, User


@pytest.fixture
def producer(person: Callable[..., User], organisation: Organisation) -> User:
    return person("producer", organisation)


@pytest.fixture
def form(organisation: Organisation) -> Form:
    made = Form.objects.create(
        organisation=organisation, form_id="water", title="Water", country="TZ", state=Form.State.PUBLISHED
    )
    file = sheet(form_id="water", version="1")
    xform = as_xform(file.data, file.name).decode()
    FormVersion.objects.create(form=made, number=1, version="1", xform=xform, published=timezone.now())
    return made


def answered(form: Form, number: int, state: str = "received", **more: Any) -> Submission:
    made = Submission.objects.create(
        form=form, version=form.versions.get(), instance_id=f"uuid:{number}", digest=str(number), state=state, **more
    )
    told = json.dumps({"source": "well" if number % 2 else "tap", "people": str(number)})
    Content.objects.create(submission=made, xml=zlib.compress(b"<data/>"), answers=told)
    return made


def file_of(form: Form) -> list[str]:
    dataset = Gathering.objects.get(form=form).dataset
    assert dataset is not None
    return (settings.HOME / "raw" / dataset.upload.sha256).read_text("utf-8").splitlines()


def put_together(form: Form, by: User, *states: str) -> list[str]:
    ask(form=form, states=states, by=by)
    gather(str(form.pk), lambda _stage: None)
    return file_of(form)


def test_a_data_set_has_a_row_for_each_answer_that_counts(form: Form, producer: User) -> None:
    for number, state in enumerate(("received", "approved", "rejected", "has-issues")):
        answered(form, number, state)
    answered(form, 9, first=Submission.objects.get(instance_id="uuid:0"))
    lines = put_together(form, producer)
    assert lines == ["instanceID,today,source,people", "uuid:0,,tap,0", "uuid:1,,well,1", "uuid:3,,well,3"]
    assert put_together(form, producer, "approved")[1:] == ["uuid:1,,well,1"]


def test_an_edit_on_the_phone_takes_the_place_of_what_it_edits(form: Form, producer: User) -> None:
    former = answered(form, 1)
    answered(form, 2, replaces=former)
    assert put_together(form, producer)[1:] == ["uuid:2,,tap,2"]


def test_corrections_stand_in_the_file(form: Form, producer: User) -> None:
    one = answered(form, 1)
    Correction.objects.create(submission=one, path="people", before="1", after="11", why="a slip", by=producer)
    assert put_together(form, producer)[1:] == ["uuid:1,,well,11"]


def test_sealed_answers_are_left_out(form: Form, producer: User) -> None:
    answered(form, 1)
    Form.objects.update(sealed=["people"])
    assert put_together(Form.objects.get(), producer)[0] == "instanceID,today,source"


def test_weights_of_the_sample_come_along(form: Form, producer: User) -> None:
    sample = Sample.objects.create(form=form, written={})
    unit = Unit.objects.create(sample=sample, name="V1", stratum="north", chance=0.1, weight=10.0, order=1)
    answered(form, 1, unit=unit)
    answered(form, 2)
    assert put_together(form, producer) == [
        "instanceID,today,source,people,weight,stratum,cluster", "uuid:1,,well,1,10.0,north,V1", "uuid:2,,tap,2,,,",
    ]  # fmt: skip


def test_how_people_were_chosen_is_said_where_the_sample_says_it_of_every_row(form: Form, producer: User) -> None:
    sample = Sample.objects.create(form=form, written={})
    unit = Unit.objects.create(sample=sample, name="V1", stratum="north", chance=0.1, weight=10.0, order=1)
    answered(form, 1, unit=unit)
    put_together(form, producer)
    dataset = Gathering.objects.get().dataset
    assert dataset is not None
    design = {"sampling_type": "probability", "weights": "weight", "strata": ["stratum"], "clusters": ["cluster"]}
    assert dataset.answers["asked"] == design
    answered(form, 2)
    Gathering.objects.all().delete()
    dataset.delete()
    put_together(form, producer)
    again = Gathering.objects.get().dataset
    assert again is not None
    assert "asked" not in again.answers, "who knows how the other was chosen must say it"


HOMES = "home,village\n" + "\n".join(f"V{village}-{home},V{village}" for village in range(6) for home in range(8))


def drawn_in_places(form: Form, by: User) -> list[Unit]:
    """Draw three of six villages and four of eight households in each; return the households, by village."""
    plan = {"n": 3, "seed": "dice", "within": 4}
    file = File("homes.csv", HOMES.encode())
    made = samples.draw_sample(form=form, file=file, columns={"unit": "home", "place": "village"}, plan=plan, by=by)
    return list(made.units.order_by("cluster", "order"))


def test_stages_and_shares_of_who_answered_come_along_and_stand_in_the_recipe(form: Form, producer: User) -> None:
    units = drawn_in_places(form, producer)
    for number, unit in enumerate(units[:11]):  # one of twelve does not answer
        answered(form, number, unit=unit)
    header, *lines = [line.split(",") for line in put_together(form, producer)]
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    assert {row["weight"] for row in rows} == {"4.0"}
    assert {row["share_1"] for row in rows} == {"0.5"}
    assert {(row["cluster"], row["share_2"]) for row in rows} == {
        (unit.cluster, "0.375" if unit.cluster == units[11].cluster else "0.5") for unit in units
    }  # fmt: skip
    assert [row["unit"] for row in rows] == [str(unit.pk) for unit in units[:11]], "a number, and no code"
    dataset = Gathering.objects.get().dataset
    assert dataset is not None
    design = _design({"sampling_type": ""}, dataset.answers["asked"])
    assert (design["clusters"], design["fpc"]) == ([["cluster"], ["unit"]], ["share_1", "share_2"])


def test_put_together_anew_the_shares_are_those_of_now(form: Form, producer: User) -> None:
    units = drawn_in_places(form, producer)
    for number, unit in enumerate(units[:11]):
        answered(form, number, unit=unit)
    put_together(form, producer)
    dataset = Gathering.objects.get().dataset
    assert dataset is not None
    answered(form, 11)
    put_together(form, producer)
    dataset.refresh_from_db()
    assert "fpc" not in dataset.answers["asked"], "the unit of the last answer is not known"
    Submission.objects.filter(unit=None).update(unit=units[11])
    assert "0.5,0.5" in put_together(form, producer)[-1].replace(str(units[11].pk), "")
    dataset.refresh_from_db()
    assert dataset.answers["asked"]["fpc"] == ["share_1", "share_2"]
    dataset.answers["asked"]["weights"] = "people"
    dataset.save()
    answered(form, 12, unit=units[0])
    put_together(form, producer)
    dataset.refresh_from_db()
    assert "fpc" not in dataset.answers["asked"], "somebody said that people were asked in another way"


def test_where_the_form_asks_one_of_several_people_the_first_stage_counts_as_drawn_from_very_many(
    form: Form, producer: User
) -> None:
    units = drawn_in_places(form, producer)
    shares = _shares(units, selects=True)
    assert {told[1:] for told in shares.values()} == {("1e-09", "0.5")}


def test_stages_of_the_sample_stay_until_somebody_says_that_people_were_asked_otherwise(
    form: Form, producer: User
) -> None:
    for number, unit in enumerate(drawn_in_places(form, producer)):
        answered(form, number, unit=unit)
    put_together(form, producer)
    dataset = Gathering.objects.get().dataset
    assert dataset is not None
    said = {"sampling_type": "probability", "weights": "weight", "strata": [], "clusters": ["cluster"], "note": "Dry."}
    assert services._tidied(dataset, "asked", said)["fpc"] == ["share_1", "share_2"]
    assert "fpc" not in services._tidied(dataset, "asked", said | {"clusters": []})


def test_stages_and_shares_are_counted_in_the_figures(
    sent: Callable[..., Dataset], say: Callable[..., Dataset]
) -> None:
    lines = (DEMO / "water_points.csv").read_text("latin-1").splitlines()
    told = [f"{line};{number};0.5;0.4" for number, line in enumerate(lines[1:])]
    dataset = sent("\n".join([f"{lines[0]};unit;share_1;share_2", *told]).encode("latin-1"), "water_points.csv")
    asked = ASKED | {"units": ["unit"], "fpc": ["share_1", "share_2"]}
    for step, answers in {"rows": {"title": "Water", "row_id": "wp_id"}, "kit": {}, "columns": {}, "place": PLACE,
                          "asked": asked}.items():  # fmt: skip
        dataset = say(dataset, step, answers)
    run(str(dataset.pk), quiet)
    made = latest_run(dataset)
    assert made is not None
    assert all(method("taylor-2-stage") in one["method"]["en"] for one in made.told["estimates"])


def test_questions_that_are_called_like_columns_of_the_sample_keep_their_names() -> None:
    named = _sample_names(["g/weight", "people"])
    assert named == ["sample_weight", "stratum", "cluster", "unit", "share_1", "share_2"]


def test_the_kit_of_the_form_need_not_be_guessed(form: Form, producer: User) -> None:
    Form.objects.update(kit="basic-water@1.0.0")
    answered(form, 1)
    put_together(Form.objects.get(), producer)
    dataset = Gathering.objects.get().dataset
    assert dataset is not None
    assert dataset.answers["kit"]["kit"] == "basic-water@1.0.0"
    assert Job.objects.filter(kind="suggest", subject=str(dataset.pk)).exists()


def test_put_together_anew_it_is_the_same_data_set(form: Form, producer: User) -> None:
    answered(form, 1)
    put_together(form, producer)
    first = Gathering.objects.get().dataset
    answered(form, 2)
    assert len(put_together(form, producer)) == 3
    assert Gathering.objects.get().dataset == first


def test_a_receipt_of_an_answer_is_one_of_its_row(form: Form, producer: User) -> None:
    answered(form, 1)
    give_receipt(answered(form, 2))
    put_together(form, producer)
    assert Receipt.objects.get().place == 1
    put_together(form, producer)
    assert Receipt.objects.get().place == 1


def test_an_answer_that_was_withdrawn_leaves_the_data_set(form: Form, producer: User) -> None:
    for number in range(3):
        answered(form, number)
    put_together(form, producer)
    withdraw_submission(submission=Submission.objects.get(instance_id="uuid:1"), by=producer)
    assert Job.objects.filter(kind="gather", subject=str(form.pk), state="waiting").exists()
    gather(str(form.pk), lambda _stage: None)
    dataset = Gathering.objects.get().dataset
    assert dataset is not None
    assert dataset.screening
    assert [one.place for one in dataset.withdrawals.all()] == [1]


def test_nothing_is_put_together_of_nothing(form: Form, producer: User) -> None:
    answered(form, 1, "rejected")
    with pytest.raises(BadFieldwork, match="nothing to put together"):
        ask(form=form, states=[], by=producer)


def test_the_page_asks_waits_and_leads_on(form: Form, producer: User, signed_in: Callable[[User], Client]) -> None:
    answered(form, 1)
    client, address = signed_in(producer), f"/en/work/forms/{form.pk}/gather/"
    assert "received, nobody decided yet (1)" in client.get(address).content.decode()
    client.post(address, {"state": ["received"]})
    assert client.get(address)["Refresh"]
    gather(str(form.pk), lambda _stage: None)
    Job.objects.filter(kind="gather").update(state="done")
    dataset = Gathering.objects.get().dataset
    assert dataset is not None
    assert str(dataset.pk) in client.get(address).content.decode()


def test_the_form_of_others_does_not_exist(form: Form, person: Any, signed_in: Callable[[User], Client]) -> None:
    other = Organisation.objects.create(slug="other", name="Other")
    assert signed_in(person("producer", other)).get(f"/en/work/forms/{form.pk}/gather/").status_code == 404
