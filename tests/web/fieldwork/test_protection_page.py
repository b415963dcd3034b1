"""The page on which an organisation decides how answers are protected: without a script, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from made_forms import sheet
from protected_forms import protected

from datashift import sealed
from datashift.web.fieldwork.models import Form, SealKey, Submission
from datashift.web.fieldwork.services import add_uploaded
from datashift.web.people.models import Organisation, User


@pytest.fixture
def client(person: Callable[..., User], signed_in: Callable[[User], Client], organisation: Organisation) -> Client:
    return signed_in(person("producer", organisation))


@pytest.fixture
def form(organisation: Organisation) -> Form:
    return protected(organisation)[0]


def address(form: Form, what: str = "") -> str:
    return f"/en/work/forms/{form.pk}/protection/{what}"


def sent(form: Form, **said: object) -> dict[str, object]:
    form.refresh_from_db()
    return {"seen": form.changed.isoformat(), "metres": "", "keep-days": "", "last-signs": "", **said}


def test_a_key_is_a_file_that_is_given_out_once_and_kept_by_no_cache(client: Client, form: Form) -> None:
    response = client.post(address(form, "key/"))
    assert response["Content-Disposition"].startswith('attachment; filename="seal-key-water-watch-')
    assert response["Cache-Control"] == "no-store"
    text = response.content.decode()
    private, kept = sealed.read_key(text), SealKey.objects.get()
    assert sealed.unseal(sealed.seal("a", kept.public, sealed.Where("", "", "")), private) == "a"
    assert client.get(address(form, "key/")).status_code == 405


def test_fields_are_sealed_once_the_last_signs_are_typed_back(client: Client, form: Form) -> None:
    text = client.post(address(form, "key/")).content.decode()
    refused = client.post(address(form), sent(form, sealed=["house/name"], metres="750"))
    assert refused.status_code == 400
    page = refused.content.decode()
    assert "There is no key for sealing yet" in page
    assert 'value="750"' in page
    assert 'value="house/name" checked' in page
    wrong = client.post(address(form), sent(form, sealed=["house/name"], **{"last-signs": "0000"}))
    assert wrong.status_code == 400
    assert "These are not the last four signs" in wrong.content.decode()
    done = client.post(address(form), sent(form, sealed=["house/name"], **{"last-signs": text.strip()[-4:].lower()}))
    assert done.status_code == 302
    form.refresh_from_db()
    assert "house/name" in form.sealed
    assert form.seal_key is not None
    page = client.get(address(form)).content.decode()
    assert page.count("It is worked out from a sealed answer") == 2


def test_distance_days_and_words_are_kept(client: Client, form: Form) -> None:
    said = sent(form, metres="500", language=["English (en)"], words=["May we ask?"], **{"keep-days": "90"})
    assert client.post(address(form), said).status_code == 302
    form.refresh_from_db()
    assert form.coarse == {"begin": 500, "gps": 500, "plot": 500}
    assert (form.keep_days, form.consent) == (90, {"English (en)": "May we ask?"})
    page = client.get(address(form)).content.decode()
    assert "May we ask?</textarea>" in page
    assert 'value="90"' in page


@pytest.mark.parametrize(("field", "text"), [("metres", "five"), ("metres", "1"), ("keep-days", "-3")])
def test_what_is_no_number_is_told_and_stays_in_the_field(client: Client, form: Form, field: str, text: str) -> None:
    response = client.post(address(form), sent(form, **{field: text}))
    assert response.status_code == 400
    assert f'value="{text}"' in response.content.decode()


def test_a_page_that_somebody_else_changed_meanwhile_is_shown_again(client: Client, form: Form) -> None:
    old = sent(form, metres="500")
    assert client.post(address(form), old).status_code == 302
    assert client.post(address(form), old | {"metres": ""}).status_code == 400


def test_a_sealed_field_that_no_version_has_any_more_stays_sealed(client: Client, organisation: Organisation) -> None:
    form, _key = protected(organisation, sealed_paths=("old/name",))
    Submission.objects.create(form=form, instance_id="uuid:1", digest="1")
    assert client.post(address(form), sent(form, sealed=["water"])).status_code == 302
    form.refresh_from_db()
    assert form.sealed == ["old/name", "water"]
    assert "Answers that came in already" in client.get(address(form)).content.decode()


def test_questions_that_seem_personal_are_proposed(
    client: Client, organisation: Organisation, person: Callable[..., User]
) -> None:
    survey = (("type", "name", "label::English (en)"), ("text", "tel", "Phone number of the respondent"),
              ("integer", "people", "How many people live in this household?"))  # fmt: skip
    form = add_uploaded(organisation=organisation, file=sheet(survey), by=person("producer", organisation))
    page = client.get(address(form)).content.decode()
    assert "It seems to ask for: a phone number" in page
    assert page.count("It seems to ask for") == 1


def test_people_of_other_houses_and_other_roles_find_no_such_page(
    form: Form, person: Callable[..., User], signed_in: Callable[[User], Client], organisation: Organisation
) -> None:
    other = Organisation.objects.create(slug="others", name="Others", country="KE")
    for user, status in ((person("producer", other), 404), (person("supervisor", organisation), 403)):
        for what in ("", "key/"):
            assert signed_in(user).post(address(form, what)).status_code == status
    assert not SealKey.objects.exists()
