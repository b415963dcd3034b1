"""The pages about forms: from a kit or a file to phones, without JavaScript; forms of others do not exist."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from made_forms import SURVEY, sheet

from datashift.web.fieldwork import phones, services
from datashift.web.fieldwork.models import Enumerator, Form, Submission
from datashift.web.people.models import Organisation, User
from datashift.web.standards.services import sync

pytestmark = pytest.mark.django_db
HOME = "/en/work/forms/"


@pytest.fixture
def producer(person: Callable[..., User], organisation: Organisation) -> User:
    sync()
    return person("producer", organisation)


@pytest.fixture
def client(producer: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(producer)


@pytest.fixture
def water(organisation: Organisation, producer: User) -> Form:
    return services.add_uploaded(organisation=organisation, file=sheet(form_id="water", version="1"), by=producer)


def sent(file: services.File) -> SimpleUploadedFile:
    return SimpleUploadedFile(file.name, file.data)


def page(client: Client, path: str, **asked: Any) -> str:
    answer = client.get(path, asked)
    assert answer.status_code == 200, path
    return answer.content.decode()


def plain(html: str) -> str:
    """Return what a page says, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&#34;", '"').split())


# --- making -----------------------------------------------------------------------------------------------------------


def test_a_form_is_made_from_a_kit_in_one_step(client: Client, organisation: Organisation) -> None:
    kits = page(client, f"{HOME}new/")
    assert kits.count('type="radio"') > 15
    asked = page(client, f"{HOME}new/kit/", kit="drinking-water-ladder")
    assert '<option value="TZ" selected>' in asked, "the country of the organisation"
    assert asked.count('name="place"') == 31
    made = client.post(
        f"{HOME}new/kit/",
        {"kit": "drinking-water-ladder", "organisation": organisation.pk, "country": "TZ", "language": ["sw", "en"],
         "place": ["TZ-02", "TZ-01"]},
    )  # fmt: skip
    form = Form.objects.get()
    assert made["Location"] == f"{HOME}{form.pk}/version/1/"
    shown = plain(page(client, made["Location"]))
    assert "Nobody has it yet" in shown
    assert "Publish this version" in shown
    assert client.post(made["Location"])["Location"] == f"{HOME}{form.pk}/"
    assert "Published: phones have it." in plain(page(client, f"{HOME}{form.pk}/"))


def test_all_places_of_a_kind_are_one_tick(client: Client, organisation: Organisation) -> None:
    said = {"kit": "feeling-safe", "organisation": organisation.pk, "country": "KE", "language": "en", "all": "county"}
    client.post(f"{HOME}new/kit/", said)
    assert Form.objects.get().versions.get().xform.count("<name>KE-") == 47


def test_a_country_without_a_list_asks_for_the_name(client: Client, organisation: Organisation) -> None:
    assert "The form asks for the name of the place" in page(client, f"{HOME}new/kit/", kit="feeling-safe", country="-")
    said = {"kit": "feeling-safe", "organisation": organisation.pk, "country": "", "language": "en"}
    assert client.post(f"{HOME}new/kit/", said).status_code == 302


def test_without_a_language_or_with_a_strange_place_nothing_is_made(client: Client, organisation: Organisation) -> None:
    said = {"kit": "feeling-safe", "organisation": organisation.pk, "country": "TZ"}
    answer = client.post(f"{HOME}new/kit/", said)
    assert (answer.status_code, "Choose at least one language" in answer.content.decode()) == (400, True)
    assert client.post(f"{HOME}new/kit/", said | {"language": "en", "place": "XX-1"}).status_code == 400
    assert client.get(f"{HOME}new/kit/", {"kit": "nothing"}).status_code == 400
    assert not Form.objects.exists()


def test_a_file_is_checked_and_kept(client: Client, organisation: Organisation) -> None:
    said = {"file": sent(sheet(form_id="water", version="1")), "organisation": organisation.pk}
    made = client.post(f"{HOME}new/file/", said)
    form = Form.objects.get()
    assert made["Location"] == f"{HOME}{form.pk}/version/1/"
    shown = plain(page(client, made["Location"]))
    assert "survey, row 4: any number can be entered for 'people'" in shown.replace("&#39;", "'")


def test_faults_are_told_with_sheet_row_and_repair(client: Client, organisation: Organisation) -> None:
    broken = sheet([*SURVEY, ("integer", "people", "Again?", "Tena?")])
    answer = client.post(f"{HOME}new/file/", {"file": sent(broken), "organisation": organisation.pk})
    assert answer.status_code == 400
    told = plain(answer.content.decode())
    assert "Faults in the form: 1." in told
    assert "survey, row 5" in told
    assert not Form.objects.exists()


@pytest.mark.parametrize("said", [{}, {"file": sheet(name="form.docx")}, {"file": services.File("f.xlsx", b"PK")}])
def test_what_is_no_form_is_answered_in_plain_words(
    said: dict[str, Any], client: Client, organisation: Organisation
) -> None:
    files = {name: sent(file) for name, file in said.items()}
    answer = client.post(f"{HOME}new/file/", {**files, "organisation": organisation.pk})
    assert answer.status_code == 400
    assert "fieldwork." in answer.content.decode()


# --- changing ---------------------------------------------------------------------------------------------------------


def test_a_change_is_shown_before_it_is_published(client: Client, water: Form, producer: User) -> None:
    first = services.publish_version(version=water.versions.get(), by=producer)
    Submission.objects.create(form=water, version=first, instance_id="uuid:1", digest="d")
    file = sheet(SURVEY[:3], form_id="water", version="2")
    made = client.post(f"{HOME}{water.pk}/add/", {"file": sent(file)})
    assert made["Location"] == f"{HOME}{water.pk}/version/2/"
    shown = plain(page(client, made["Location"]))
    assert "Not asked any more: “How many people live here?”. What was answered stays." in shown
    assert "Answers that came in while it was asked: 1" in shown
    assert services.current_version(water) == first
    client.post(made["Location"])
    current = services.current_version(water)
    assert current is not None
    assert current.number == 2


def test_a_version_that_cannot_be_is_told_why(client: Client, water: Form, producer: User) -> None:
    services.publish_version(version=water.versions.get(), by=producer)
    answer = client.post(f"{HOME}{water.pk}/add/", {"file": sent(sheet(SURVEY[:3], form_id="water", version="1"))})
    assert answer.status_code == 400
    assert "fieldwork.version-there" in answer.content.decode()


def test_files_are_added_and_missing_ones_hold_a_form_back(
    client: Client, organisation: Organisation, producer: User
) -> None:
    form = services.add_form(organisation=organisation, kit="feeling-safe", by=producer, listed=True)
    path = f"{HOME}{form.pk}/version/1/"
    assert "The form needs these files: sample.csv" in plain(page(client, path))
    assert client.post(path).status_code == 400
    bad = client.post(f"{path}media/", {"file": SimpleUploadedFile("x.html", b"<script>")})
    assert bad.status_code == 400
    client.post(f"{path}media/", {"file": SimpleUploadedFile("sample.csv", b"cluster,name,area\n")})
    assert "sample.csv" in page(client, path)
    assert client.post(path).status_code == 302


def test_the_workbook_can_be_taken(client: Client, water: Form) -> None:
    answer = client.get(f"{HOME}{water.pk}/version/1/form")
    assert answer.content == sheet(form_id="water", version="1").data
    assert answer["Content-Disposition"] == 'attachment; filename="form-1.xlsx"'


def test_translations_stand_side_by_side_and_gaps_are_marked(
    client: Client, organisation: Organisation, producer: User
) -> None:
    form = services.add_uploaded(
        organisation=organisation, file=sheet([*SURVEY[:3], ("integer", "people", "How many?", "")]), by=producer
    )
    shown = page(client, f"{HOME}{form.pk}/version/1/questions/")
    assert "Maji yanatoka wapi?" in shown
    assert "Kisima" in shown
    assert shown.count('class="gap"') == 1
    assert "texts that are missing: 1" in plain(shown)


def test_figures_that_can_be_computed_are_told(client: Client, organisation: Organisation, producer: User) -> None:
    form = services.add_form(organisation=organisation, kit="drinking-water-ladder", by=producer, places=["TZ-01"])
    shown = plain(page(client, f"{HOME}{form.pk}/version/1/figures/"))
    assert "Can be computed as it is" in shown
    assert "bribery" not in shown, "what a form has nothing for is not near"


def test_a_form_is_closed_opened_and_deleted(client: Client, water: Form, producer: User) -> None:
    path = f"{HOME}{water.pk}/"
    assert client.post(f"{path}stand/", {"act": "close"}, follow=True).status_code == 200
    water.refresh_from_db()
    assert water.state == "draft", "what was never published cannot be closed"
    services.publish_version(version=water.versions.get(), by=producer)
    for act, state in (("close", "closed"), ("reopen", "published"), ("take-back", "draft"), ("nonsense", "draft")):
        client.post(f"{path}stand/", {"act": act})
        water.refresh_from_db()
        assert water.state == state
    answer = client.post(f"{path}delete/", follow=True)
    assert "Phones may still hold answers" in plain(answer.content.decode())
    assert Form.objects.exists()


def test_a_draft_is_deleted_after_asking(client: Client, water: Form) -> None:
    assert "cannot be undone" in page(client, f"{HOME}{water.pk}/delete/")
    client.post(f"{HOME}{water.pk}/delete/")
    assert not Form.objects.exists()


def test_the_open_link_is_turned_on_and_off(client: Client, water: Form, producer: User) -> None:
    services.publish_version(version=water.versions.get(), by=producer)
    client.post(f"{HOME}{water.pk}/link/", {"on": "1"})
    water.refresh_from_db()
    assert water.open_link
    shown = page(client, f"{HOME}{water.pk}/")
    assert "End this link" in shown
    client.post(f"{HOME}{water.pk}/link/", {"on": ""})
    water.refresh_from_db()
    assert water.open_link is None


# --- phones -----------------------------------------------------------------------------------------------------------


def test_a_key_is_shown_once_with_picture_and_address(client: Client, water: Form, organisation: Organisation) -> None:
    said = {"name": "Team 1", "organisation": organisation.pk, "form": str(water.pk)}
    answer = client.post(f"{HOME}phones/new/", said)
    shown = answer.content.decode()
    made = Enumerator.objects.get()
    code = re.findall(r"/key/([\w-]+)<", shown)
    assert [phones.digest(one) for one in code] == [made.digest]
    assert '<path class="ink" d="M' in shown
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert [*made.forms.all()] == [water]
    for path in ("phones/", f"phones/{made.pk}/"):
        assert code[0] not in page(client, HOME + path)
    assert client.post(f"{HOME}phones/new/", said).status_code == 400, "sent twice, it makes no second phone"


def test_a_phone_is_given_other_forms_a_new_key_and_stopped(
    client: Client, water: Form, organisation: Organisation, producer: User
) -> None:
    made, code = phones.add_enumerator(organisation=organisation, name="Team 1", forms=[], by=producer)
    path = f"{HOME}phones/{made.pk}/"
    client.post(path, {"form": str(water.pk)})
    assert [*made.forms.all()] == [water]
    shown = client.post(f"{path}key/").content.decode()
    made.refresh_from_db()
    assert made.digest != phones.digest(code)
    assert code not in shown
    client.post(f"{path}stop/")
    made.refresh_from_db()
    assert made.stopped is not None
    assert "Stopped on" in page(client, f"{HOME}phones/")


# --- who may ----------------------------------------------------------------------------------------------------------


def test_forms_and_phones_of_others_do_not_exist(
    water: Form, organisation: Organisation, producer: User, person: Callable[..., User],
    signed_in: Callable[[User], Client],
) -> None:  # fmt: skip
    made, _code = phones.add_enumerator(organisation=organisation, name="Team 1", forms=[water], by=producer)
    other = Organisation.objects.create(slug="other", name="Other", country="KE")
    theirs = signed_in(person("producer", other))
    key = f"{HOME}{water.pk}/"
    gets = [key, f"{key}delete/", f"{key}add/", f"{key}version/1/", f"{key}version/1/questions/",
            f"{key}version/1/figures/", f"{key}version/1/form", f"{HOME}phones/{made.pk}/"]  # fmt: skip
    posts = [*gets[1:4], f"{key}stand/", f"{key}link/", f"{key}version/1/media/", f"{HOME}phones/{made.pk}/",
             f"{HOME}phones/{made.pk}/key/", f"{HOME}phones/{made.pk}/stop/"]  # fmt: skip
    before = Form.objects.values().get(), Enumerator.objects.values().get()
    assert {theirs.get(path).status_code for path in gets} == {404}
    assert {theirs.post(path).status_code for path in posts} == {404}
    assert (Form.objects.values().get(), Enumerator.objects.values().get()) == before
    assert "water" not in page(theirs, HOME)
    assert "Team 1" not in page(theirs, f"{HOME}phones/")
    # Naming another organisation, or a form of it, does not help.
    said = {"organisation": organisation.pk, "name": "Spy", "form": str(water.pk)}
    assert theirs.post(f"{HOME}phones/new/", said).status_code == 400
    theirs.post(f"{HOME}phones/new/", said | {"organisation": other.pk})
    assert not Enumerator.objects.get(name="Spy").forms.exists()
    file = {"file": sent(sheet()), "organisation": organisation.pk}
    assert theirs.post(f"{HOME}new/file/", file).status_code == 400
    assert Form.objects.count() == 1


@pytest.mark.parametrize("role", ["supervisor", "reviewer", "safety"])
def test_other_roles_of_the_house_do_not_manage_forms(
    role: str, water: Form, organisation: Organisation, person: Callable[..., User], signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(person(role, organisation))
    assert {client.get(path).status_code for path in (HOME, f"{HOME}{water.pk}/", f"{HOME}phones/")} == {403}


@pytest.mark.parametrize("language", ["es", "sw", "ne"])
def test_the_pages_stand_in_every_language(language: str, client: Client, water: Form) -> None:
    home = HOME.replace("/en/", f"/{language}/")
    for path in ("", "new/", f"{water.pk}/", f"{water.pk}/version/1/", f"{water.pk}/version/1/questions/", "phones/"):
        assert client.get(home + path).status_code == 200


def test_the_sample_is_reached_from_the_form_and_from_the_desk(client: Client, water: Form) -> None:
    for place in ("", "answers/"):
        assert f'href="{HOME}{water.pk}/sample/"' in page(client, f"{HOME}{water.pk}/{place}"), place
