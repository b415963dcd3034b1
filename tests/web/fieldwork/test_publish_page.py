"""Publishing a version: what is protected and would come unprotected is seen before, not noted after."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from desk_forms import water
from django.test import Client
from protected_forms import XFORM, protected

from datashift.forms.xform.making import as_xform
from datashift.web.fieldwork.models import Form, FormVersion
from datashift.web.people.models import Organisation, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(person: Callable[..., User], signed_in: Callable[[User], Client], organisation: Organisation) -> Client:
    return signed_in(person("producer", organisation))


@pytest.fixture
def form(organisation: Organisation) -> Form:
    return protected(organisation, sealed_paths=("house/name",), coarse={"gps": 500})[0]


def newer(form: Form, xform: str) -> str:
    """Add a version that is not published; return the address of its page."""
    FormVersion.objects.create(form=form, number=2, version="2", xform=xform)
    return f"/en/work/forms/{form.pk}/version/2/"


def test_a_sealed_question_under_another_name_is_seen_before_the_version_is_published(
    client: Client, form: Form
) -> None:
    renamed = XFORM.replace("<name/>", "<full_name/>").replace("/data/house/name", "/data/house/full_name")
    address = newer(form, renamed)
    page = client.get(address).content.decode()
    assert '<code class="data">house/name</code>' in page
    assert '<code class="data">gps</code>' not in page, "what is still there is not listed"
    assert client.post(address)["Location"] == f"{address}#publish"
    assert form.versions.get(number=2).published is None
    assert client.post(address, {"seen": "1"}).status_code == 302
    assert form.versions.get(number=2).published is not None


def test_a_version_that_keeps_every_protected_question_is_published_at_once(client: Client, form: Form) -> None:
    address = newer(form, XFORM)
    assert 'name="seen"' not in client.get(address).content.decode()
    client.post(address)
    assert form.versions.get(number=2).published is not None


RECORDED = b"""
| survey | type | name | label |
| | background-audio | tape | |
| | start-geopoint | begun_at | |
| | deviceid | machine | |
| | text | who | Who? |
| settings | form_title | form_id | version |
| | Homes | homes | 2 |
"""


def test_the_designer_is_told_what_stays_blank_in_the_browser_form(client: Client, organisation: Organisation) -> None:
    form = water(organisation, "homes")
    home = f"/en/work/forms/{form.pk}/"
    for address in (home, f"{home}version/1/"):
        assert "Not in the browser form" not in client.get(address).content.decode()
    newer(form, as_xform(RECORDED, "homes.md").decode())
    page = client.get(f"{home}version/2/").content.decode()
    assert "Not in the browser form:" in page
    assert re.findall(r'<code class="data">(tape|machine|begun_at|who)</code>', page) == ["tape", "machine"]
    client.post(f"{home}version/2/", {"seen": "1"})
    assert "Not in the browser form:" in client.get(home).content.decode()
