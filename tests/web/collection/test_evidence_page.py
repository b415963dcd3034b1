"""A producer states what no file can tell; it travels with the recipe into the dossier, and nothing typed is lost."""

from __future__ import annotations

import tomllib
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from water_road import quiet

from datashift.web.collection import stating
from datashift.web.collection.models import Dataset
from datashift.web.collection.recipes import STATED, beside
from datashift.web.collection.running import run
from datashift.web.collection.steps import fitting_run, latest_run, next_step
from datashift.web.people.models import Organisation, User

pytestmark = pytest.mark.django_db


def told(dataset: Dataset, **said: str) -> dict[str, str]:
    fields = {f"{one.id}-state": "" for one in stating.statable()}
    return {**fields, **said, "version": str(dataset.version)}


def test_what_is_stated_stands_in_the_dossier_of_the_next_result(
    worked_out: Dataset, producer: User, signed_in: Callable[[User], Client]
) -> None:
    client, address = signed_in(producer), reverse("evidence", args=[worked_out.pk])
    page = client.get(address).content.decode()
    assert "Funder and interests disclosed" in page
    sent = told(worked_out, **{"I2-state": "met", "I2-text": "The village paid for it.",
                               "I2-link": "https://example.org/budget", "I2-day": "2024-05-31"})  # fmt: skip
    assert client.post(address, sent).status_code == 302
    worked_out.refresh_from_db()
    assert tomllib.loads(worked_out.recipe)["stated"]["file"] == STATED
    assert "The village paid for it." in beside(worked_out)[STATED]
    assert fitting_run(worked_out) is None
    run(str(worked_out.pk), quiet)
    worked_out.refresh_from_db()
    items = {one["criterion"]: one for one in stating.dossier_of(latest_run(worked_out))["items"]}
    assert (items["I2"]["state"], items["I2"]["basis"]) == ("met", "stated")
    assert items["I1"]["state"] == "unknown"
    assert next_step(worked_out).name == "review"


def test_saving_the_same_again_makes_nothing_anew(
    worked_out: Dataset, producer: User, signed_in: Callable[[User], Client]
) -> None:
    client, address = signed_in(producer), reverse("evidence", args=[worked_out.pk])
    client.post(address, told(worked_out, **{"I2-state": "not_met"}))
    worked_out.refresh_from_db()
    before = worked_out.version
    client.post(address, told(worked_out, **{"I2-state": "not_met"}))
    worked_out.refresh_from_db()
    assert worked_out.version == before


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"I2-state": "met"}, "nothing shows it"),
        ({"I2-state": "met", "I2-text": "x", "I2-link": "javascript:alert(1)"}, "not an address"),
        ({"I2-state": "met", "I2-text": "x", "I2-day": "yesterday"}, "not a date"),
        ({"version": "1", "I2-state": "met", "I2-text": "x"}, "after you opened the page"),
    ],
)
def test_what_cannot_be_kept_is_said_and_stays_in_its_field(
    worked_out: Dataset, producer: User, signed_in: Callable[[User], Client], said: dict[str, str], words: str
) -> None:
    sent = {**told(worked_out), "I1-state": "met", "I1-text": "Registered as no. 7.", **said}
    answer = signed_in(producer).post(reverse("evidence", args=[worked_out.pk]), sent)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert words in page
    assert "Registered as no. 7." in page
    worked_out.refresh_from_db()
    assert "evidence" not in worked_out.answers


def test_nobody_from_elsewhere_sees_or_states(
    worked_out: Dataset, person: Callable[..., User], organisation: Organisation, signed_in: Callable[[User], Client]
) -> None:
    other = Organisation.objects.create(slug="other", name="Other")
    address = reverse("evidence", args=[worked_out.pk])
    assert signed_in(person("producer", other)).get(address).status_code == 404
    reviewer = signed_in(person("reviewer", organisation))
    assert reviewer.get(address).status_code == 200
    assert reviewer.post(address, told(worked_out)).status_code == 404
