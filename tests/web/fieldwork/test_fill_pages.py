from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from made_forms import sheet

from datashift.forms.xform.making import as_xform
from datashift.web.fieldwork import drafts
from datashift.web.fieldwork.answers import current
from datashift.web.fieldwork.models import Draft, Form, FormVersion, Submission
from datashift.web.fieldwork.phones import add_enumerator
from datashift.web.people.models import Organisation

EN, SW = "label::English (en)", "label::Kiswahili (sw)"
SURVEY = (
    ("type", "name", EN, SW, "required", "relevant", "constraint"),
    ("select_one yes_no", "water", "Is there water?", "Kuna maji?", "yes", "", ""),
    ("integer", "litres", "How many litres?", "Lita ngapi?", "", "${water}='y'", ". > 0"),
    ("geopoint", "place", "Where?", "Wapi?", "", "", ""),
    ("begin repeat", "person", "Person", "Mtu", "", "", ""),
    ("text", "name", "Name?", "Jina?", "", "", ""),
    ("end repeat", "", "", "", "", "", ""),
    ("image", "photo", "A picture", "Picha", "", "", ""),
)
CHOICES = (("list_name", "name", EN, SW), ("yes_no", "y", "Yes", "Ndiyo"), ("yes_no", "n", "No", "Hapana"))
JPEG = (
    b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00secret-place"[:20]
    + b"\xff\xdb\x00C\x00" + bytes(64) + b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"
    + b"\xff\xc4\x00\x14\x00\x01" + bytes(15) + b"\x00" + b"\xff\xda\x00\x08\x01\x01\x00\x00?\x00\x7f\xff\xd9"
)  # fmt: skip


@pytest.fixture
def form(organisation: Organisation) -> Form:
    made = Form.objects.create(
        organisation=organisation, form_id="water", title="Water", country="TZ", state=Form.State.PUBLISHED,
        open_link="open-to-all",
    )  # fmt: skip
    file = sheet(SURVEY, CHOICES, form_id="water", version="1", default_language="English (en)")
    xform = as_xform(file.data, file.name).decode()
    FormVersion.objects.create(form=made, number=1, version="1", xform=xform, published=timezone.now())
    return made


class Walk:
    """Somebody who fills a form in without a script."""

    def __init__(self, address: str = "/en/fill/open-to-all/") -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.at = self.client.post(address).headers["Location"]

    def answer(self, do: str = "next", **said: Any) -> int:
        body = {f"/data/{name}".replace("__", "#"): value for name, value in said.items()} | {"do": do}
        response = self.client.post(self.at, body)
        if response.status_code == 302:
            self.at = response.headers["Location"]
        return response.status_code

    @property
    def path(self) -> str:
        return parse_qs(urlsplit(self.at).query).get("at", [""])[0]

    def page(self) -> str:
        return self.client.get(self.at).content.decode()


def _to_the_end(walk: Walk) -> None:
    walk.answer(water="y")
    walk.answer(litres="१२")
    walk.answer(place__latitude="-6,8", place__longitude="39.28")
    assert walk.path == "/data/person[1]/name"
    walk.answer(**{"person[1]/name": "Asha"})
    walk.answer(do="add")
    walk.answer(**{"person[2]/name": "Juma"})
    walk.answer(do="add")
    walk.at = walk.at.partition("?")[0] + "?at=/data/person"
    walk.answer(do="remove")  # it was one too many
    walk.answer()


def test_a_form_is_filled_in_page_by_page_and_arrives_once(form: Form) -> None:
    walk = Walk()
    assert "Is there water?" in walk.page()
    _to_the_end(walk)
    assert walk.answer(photo=SimpleUploadedFile("p.jpg", JPEG, "image/jpeg")) == 302
    assert walk.at.endswith("/check/")
    page = walk.page()
    assert "Yes" in page
    assert "-6.8 39.28 0 0" in page
    sent = walk.client.post(walk.at)
    assert sent.status_code == 200
    again = walk.client.post(walk.at).content.decode()
    number = re.search(r'class="receipt"><b>([\d ]+)</b>', sent.content.decode())
    assert number is not None
    assert number[1] in again  # whoever lost the reply finds the receipt at the same address
    [found] = Submission.objects.all()
    assert found.channel == "browser"
    told = current(found)
    assert (told["water"], told["litres"], told["place"]) == ("y", "12", "-6.8 39.28 0 0")
    assert told["person"] == [{"person/name": "Asha"}, {"person/name": "Juma"}]
    [file] = found.attachments.all()
    assert file.name == told["photo"]
    assert found.complete


def test_a_question_that_must_be_answered_is_told_on_its_page(form: Form) -> None:
    walk = Walk()
    assert walk.answer() == 302
    response = walk.client.get(walk.at)
    assert response.status_code == 400
    assert 'aria-invalid="true"' in response.content.decode()


def test_what_does_not_fit_is_kept_as_it_was_typed(form: Form) -> None:
    walk = Walk()
    walk.answer(water="y")
    walk.answer(litres="many")
    assert walk.path == "/data/litres"
    assert 'value="many"' in walk.page()


def test_a_question_that_is_not_asked_is_passed_by(form: Form) -> None:
    walk = Walk()
    walk.answer(water="n")
    assert walk.path == "/data/place"


def test_the_language_of_the_page_is_that_of_the_questions(form: Form) -> None:
    assert "Kuna maji?" in Walk("/sw/fill/open-to-all/").page()


def test_nothing_of_a_draft_can_be_read_in_the_database(form: Form) -> None:
    walk = Walk()
    walk.answer(water="y")
    walk.answer(litres="987654")
    [draft] = Draft.objects.all()
    assert "987654" not in draft.state
    assert "/data/" not in draft.state
    assert drafts.known("another key") is None


def test_no_cookie_is_set_and_nobody_else_opens_a_draft(form: Form, organisation: Organisation) -> None:
    walk = Walk()
    assert not walk.client.cookies
    other = Form.objects.create(
        organisation=organisation, form_id="other", title="Other", state=Form.State.PUBLISHED, open_link="another"
    )
    FormVersion.objects.create(
        form=other, number=1, version="1", xform=form.versions.get().xform, published=timezone.now()
    )
    assert Client().get(walk.at.replace("open-to-all", "another")).status_code == 404


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_a_form_that_is_not_given_out_cannot_be_begun(form: Form, state: str) -> None:
    Form.objects.update(state=state)
    assert Client().get("/en/fill/open-to-all/").status_code == 404


def test_what_was_begun_before_a_form_was_closed_still_arrives(form: Form) -> None:
    walk = Walk()
    walk.answer(water="n")
    Form.objects.update(state=Form.State.CLOSED)
    check = walk.client.get(walk.at.partition("?")[0] + "check/")
    assert check.status_code == 200
    assert walk.client.post(walk.at.partition("?")[0] + "check/").status_code == 200
    assert Submission.objects.count() == 1


def test_an_enumerator_sees_only_forms_of_hers_and_is_noted(
    form: Form, organisation: Organisation, person: Callable[..., Any]
) -> None:
    key = add_enumerator(organisation=organisation, name="Team 1", forms=[form], by=person("producer", organisation))
    page = Client().get(f"/en/fill/{key.code}/").content.decode()
    assert f"/en/fill/{key.code}/water/" in page
    walk = Walk(f"/en/fill/{key.code}/water/")
    walk.answer(water="n")
    walk.client.post(walk.at.partition("?")[0] + "check/")
    assert Submission.objects.get().enumerator == key.enumerator
    assert Client().get(f"/en/fill/{key.code}/another/").status_code == 404


def test_the_program_is_sent_once(form: Form) -> None:
    client = Client()
    first = client.get("/sw/fill/open-to-all/form.json")
    told = first.json()
    assert told["program"]["id"] == "water"
    assert told["form_id"] == "water"
    same = client.get("/sw/fill/open-to-all/form.json", headers={"If-None-Match": first["ETag"]})
    assert (same.status_code, same.content) == (304, b"")


def test_a_script_sends_and_sends_again_without_doubling(form: Form) -> None:
    xml = b'<data id="water" version="1"><water>n</water><meta><instanceID>uuid:1</instanceID></meta></data>'
    answers = [
        Client(enforce_csrf_checks=True).post(
            "/en/fill/open-to-all/submission", {"xml_submission_file": SimpleUploadedFile("s.xml", xml, "text/xml")}
        )
        for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [201, 202]
    assert [one.json()["state"] for one in answers] == ["new", "repeat"]
    assert Submission.objects.count() == 1


def test_what_is_no_submission_is_told_as_json(form: Form) -> None:
    body = {"xml_submission_file": SimpleUploadedFile("s.xml", b"<data", "text/xml")}
    response = Client().post("/en/fill/open-to-all/submission", body)
    assert response.status_code == 400
    assert response.json()["error"]["code"].startswith("submission.")


def test_answers_with_large_pictures_are_taken_with_and_without_a_script(form: Form) -> None:
    large = JPEG[:20] + bytes(3 << 20)
    xml = b'<data id="water" version="1"><photo>p.bin</photo><meta><instanceID>uuid:2</instanceID></meta></data>'
    body = {"xml_submission_file": SimpleUploadedFile("s.xml", xml), "p.bin": SimpleUploadedFile("p.bin", large)}
    assert Client().post("/en/fill/open-to-all/submission", body).status_code == 201
    walk = Walk()
    walk.answer(water="n")
    walk.at = walk.at.partition("?")[0] + "?at=/data/photo"
    assert walk.answer(photo=SimpleUploadedFile("p.bin", large)) == 302
    assert walk.at.endswith("/check/")
    assert Client().post("/en/fill/no-such-link/", {"x": SimpleUploadedFile("p.bin", large)}).status_code == 404


def test_what_broke_off_while_it_was_sent_is_sent_again_and_stored_once(
    form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = Walk()
    walk.answer(water="n")
    address = walk.at.partition("?")[0] + "check/"
    save = drafts.save
    monkeypatch.setattr(drafts, "save", lambda *_what: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        walk.client.post(address)
    assert Submission.objects.count() == 1
    monkeypatch.setattr(drafts, "save", save)
    assert walk.client.post(address).status_code == 200
    assert Submission.objects.count() == 1
