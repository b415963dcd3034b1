from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from made_up_network import Kobo, Network, kobo_submission

from datashift.web.collection.models import Dataset, Pulling
from datashift.web.collection.pulling import pull
from datashift.web.jobs.models import Job
from datashift.web.people.models import Organisation, User

PAGES = "/en/work/sources/"
TOKEN = "a-token-that-nobody-may-see"
SAID = {
    "kind": "kobo", "title": "Wells", "address": "https://kf.example.org", "form": "aXyz", "token": TOKEN,
    "country": "TZ", "often": "day",
}  # fmt: skip


@pytest.fixture
def kobo(monkeypatch: pytest.MonkeyPatch) -> Kobo:
    made = Kobo([kobo_submission(number, people=[]) for number in range(1, 31)])
    monkeypatch.setattr("datashift.web.collection.pulling.door", lambda: Network(made))
    monkeypatch.setattr("datashift.pull.asking.sleep", lambda _seconds: None)
    return made


@pytest.fixture
def client(producer: User, signed_in: Callable[[User], Client], kobo: Kobo) -> Client:
    return signed_in(producer)


@pytest.fixture
def added(client: Client, organisation: Organisation) -> Pulling:
    client.post(f"{PAGES}new/", SAID | {"organisation": organisation.pk})
    return Pulling.objects.get()


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def worked_off(source: Pulling) -> None:
    pull(str(source.pk), lambda _stage: None)
    Job.objects.filter(kind="pull").delete()


def test_the_way_leads_from_a_new_file_to_a_source(client: Client) -> None:
    assert PAGES in page(client, "/en/work/new/")
    assert f"{PAGES}new/" in page(client, PAGES)
    assert 'value="odk-central"' in page(client, f"{PAGES}new/")
    asked = page(client, f"{PAGES}new/?kind=odk-central")
    assert all(f'name="{name}"' in asked for name in ("title", "address", "project", "form", "token", "often"))


@pytest.mark.parametrize("kind", ["kobo", "odk-central", "sheet", "csv", "ushahidi", "wpdx", "openaq", "sensors"])
def test_every_kind_of_source_has_its_questions(client: Client, kind: str) -> None:
    assert "Keep it and fetch it now" in page(client, f"{PAGES}new/?kind={kind}")


def test_a_source_is_kept_fetched_and_told(client: Client, added: Pulling) -> None:
    here = f"{PAGES}{added.pk}/"
    assert client.get(here)["Refresh"]
    worked_off(added)
    told = page(client, here)
    assert "30 new, 0 changed, 0 gone" in told
    assert f"/en/work/{Dataset.objects.get().pk}/" in told
    assert "30 new, 0 changed, 0 gone" in page(client, PAGES)


def test_a_token_is_on_no_page(client: Client, added: Pulling) -> None:
    for address in (PAGES, f"{PAGES}{added.pk}/", f"{PAGES}{added.pk}/change/", f"{PAGES}{added.pk}/delete/"):
        assert TOKEN not in client.get(address).content.decode()
        assert added.token not in client.get(address).content.decode()
    refused = client.post(f"{PAGES}new/", SAID | {"address": "nowhere", "organisation": added.organisation.pk})
    assert refused.status_code == 400
    assert TOKEN not in refused.content.decode()
    assert "pull.address" in refused.content.decode()


def test_what_is_wrong_is_told_in_words_and_fewer_rows_can_be_accepted(
    client: Client, added: Pulling, kobo: Kobo
) -> None:
    worked_off(added)
    del kobo.records[10:]
    worked_off(added)
    here = f"{PAGES}{added.pk}/"
    assert "10 rows would be left of 30" in page(client, here)
    client.post(here, {"act": "fewer"})
    assert Job.objects.filter(kind="pull", subject=str(added.pk)).exists()
    worked_off(added)
    assert "0 new, 0 changed, 20 gone" in page(client, here)


def test_a_source_is_changed_stopped_and_deleted(client: Client, added: Pulling) -> None:
    worked_off(added)
    here = f"{PAGES}{added.pk}/"
    assert 'name="address"' not in page(client, f"{here}change/")
    client.post(f"{here}change/", {"title": "Wells of the north", "often": "week", "token": ""})
    assert "It is fetched every week." in page(client, here)
    client.post(here, {"act": "stop"})
    assert "nothing is fetched" in page(client, here)
    assert "Fetch it now" not in page(client, here)
    client.post(here, {"act": "go-on"})
    client.post(f"{here}delete/")
    assert not Pulling.objects.exists()
    assert Dataset.objects.count() == 1


def test_a_source_is_for_its_organisation_alone(
    added: Pulling, person: Callable[..., User], signed_in: Callable[[User], Client]
) -> None:
    other = Organisation.objects.create(slug="others", name="Others")
    stranger = signed_in(person("producer", other))
    assert "Wells" not in page(stranger, PAGES)
    for end in ("", "change/", "delete/"):
        assert stranger.get(f"{PAGES}{added.pk}/{end}").status_code == 404
        assert stranger.post(f"{PAGES}{added.pk}/{end}", SAID).status_code == 404
    refused: Any = stranger.post(f"{PAGES}new/", SAID | {"organisation": added.organisation.pk})
    assert refused.status_code == 400
    assert Pulling.objects.count() == 1
