"""Forms: made from a kit or a workbook, published, changed, closed; no act loses an answer or gives out a fault."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from made_forms import CHOICES, SURVEY, sheet

from datashift.errors import BadFieldwork, BadForm, Unreadable
from datashift.errors.web import BadKit
from datashift.forms.xform.reading import read_xform
from datashift.standards.kits import known_kits
from datashift.web.fieldwork import services
from datashift.web.fieldwork.models import Form, FormVersion, Submission
from datashift.web.people.models import Event, Organisation, User
from datashift.web.standards.services import sync

pytestmark = pytest.mark.django_db


@pytest.fixture
def producer(person: Callable[..., User], organisation: Organisation) -> User:
    sync()
    return person("producer", organisation)


@pytest.fixture
def water(organisation: Organisation, producer: User) -> Form:
    return services.add_uploaded(organisation=organisation, file=sheet(form_id="water", version="1"), by=producer)


def draft(form: Form) -> FormVersion:
    found = services.draft_version(form)
    assert found is not None
    return found


def refused(code: str) -> pytest.RaisesContext[BadFieldwork]:
    return pytest.raises(BadFieldwork, check=lambda problem: problem.code == f"fieldwork.{code}")


def answered(form: Form) -> Submission:
    return Submission.objects.create(
        form=form, version=services.current_version(form), instance_id="uuid:1", digest="d"
    )


# --- from a kit -------------------------------------------------------------------------------------------------------


def test_a_kit_becomes_a_form_that_needs_no_file(organisation: Organisation, producer: User) -> None:
    form = services.add_form(
        organisation=organisation, kit="drinking-water-ladder", by=producer, places=["TZ-01", "TZ-02"],
        languages=["sw", "en"],
    )  # fmt: skip
    version = draft(form)
    assert (form.state, form.form_id, form.country) == ("draft", "drinking-water-ladder", "TZ")
    assert form.kit == f"drinking-water-ladder@{version.version}"
    assert version.languages == ["Kiswahili (sw)", "English (en)"]
    assert services.missing_media(version) == []
    read = read_xform(version.xform.encode())
    assert (read.id, read.version, read.default_language) == (form.form_id, version.version, "Kiswahili (sw)")
    kinds = {field.name: field.kind for field in read.fields}
    assert (kinds["area"], kinds["cluster"], kinds["source"]) == ("select_one", "text", "select_one")
    assert not {"stratum", "weight"} & set(kinds), "nothing is looked up in a list that nobody has"
    assert [row["name"] for row in read.lists["area"]] == ["TZ-01", "TZ-02"]


def test_with_a_sampling_list_the_form_waits_for_it(organisation: Organisation, producer: User) -> None:
    form = services.add_form(
        organisation=organisation, kit="drinking-water-ladder", by=producer, places=["TZ-01"], listed=True
    )
    assert services.missing_media(draft(form)) == ["sample.csv"]
    with refused("missing-media"):
        services.publish_version(version=draft(form), by=producer)
    rows = b"cluster,name,area,stratum,weight\nk1,Kijiji,TZ-01,rural,10\n"
    services.add_media(version=draft(form), file=services.File("sample.csv", rows), by=producer)
    services.publish_version(version=draft(form), by=producer)
    form.refresh_from_db()
    assert form.state == "published"


def test_every_kit_makes_a_form_in_every_language(organisation: Organisation, producer: User) -> None:
    for kit in known_kits():
        form = services.add_form(
            organisation=organisation, kit=kit, by=producer, places=["NP-1"], languages=["ne", "es"]
        )
        assert services.missing_media(draft(form)) == []
        assert draft(form).languages == ["नेपाली (ne)", "Español (es)"]


def test_the_same_kit_again_is_another_form(organisation: Organisation, producer: User) -> None:
    made = [services.add_form(organisation=organisation, kit="feeling-safe", by=producer) for _ in range(2)]
    assert [form.form_id for form in made] == ["feeling-safe", "feeling-safe-2"]
    assert 'id="feeling-safe-2"' in draft(made[1]).xform


def test_what_is_no_kit_no_place_and_no_language_makes_no_form(organisation: Organisation, producer: User) -> None:
    with pytest.raises(BadKit):
        services.add_form(organisation=organisation, kit="nothing", by=producer)
    with refused("no-place"):
        services.add_form(organisation=organisation, kit="feeling-safe", by=producer, places=["TZ-99"])
    with refused("no-place"):
        services.add_form(organisation=organisation, kit="feeling-safe", by=producer, places=["../x"])
    with refused("no-language"):
        services.add_form(organisation=organisation, kit="feeling-safe", by=producer, languages=["xx"])
    assert not Form.objects.exists()


# --- from a workbook --------------------------------------------------------------------------------------------------


def test_a_workbook_becomes_a_draft_and_is_kept_as_it_came(water: Form, site: Path) -> None:
    version = draft(water)
    assert (water.form_id, water.title, water.state, version.version) == ("water", "water", "draft", "1")
    assert (site / "raw" / version.source_sha256).read_bytes() == sheet(form_id="water", version="1").data
    assert services.source(version).name == "water.xlsx"
    assert version.published is None
    assert Event.objects.filter(verb="form-added", subject=f"form:{water.pk}").exists()


def test_what_a_workbook_does_not_say_is_added(organisation: Organisation, producer: User) -> None:
    form = services.add_uploaded(organisation=organisation, file=sheet(name="Maji safi.xlsx"), by=producer)
    assert (form.form_id, form.title, draft(form).version) == ("maji-safi", "Maji safi", "1")
    read = read_xform(draft(form).xform.encode())
    assert (read.id, read.version, read.title) == ("maji-safi", "1", "Maji safi")


def test_a_form_with_faults_is_not_kept(organisation: Organisation, producer: User) -> None:
    broken = sheet([*SURVEY, ("integer", "people", "Again?", "Tena?")])
    with refused("faults"):
        services.add_uploaded(organisation=organisation, file=broken, by=producer)
    assert not Form.objects.exists()


def test_a_form_id_stands_for_one_form_of_an_organisation(
    water: Form, organisation: Organisation, producer: User
) -> None:
    with refused("form-there"):
        services.add_uploaded(organisation=organisation, file=sheet(form_id="water"), by=producer)
    other = Organisation.objects.create(slug="other", name="Other")
    services.add_uploaded(organisation=other, file=sheet(form_id="water"), by=producer)
    assert Form.objects.filter(form_id="water").count() == 2


@pytest.mark.parametrize(
    ("said", "code"),
    [({"public_key": "MIIB"}, "encrypted"), ({"submission_url": "https://elsewhere.example"}, "sends-elsewhere"),
     ({"form_id": "a b\n<c>"}, "bad-form-id"), ({"version": "9" * 81}, "long-version")],
)  # fmt: skip
def test_settings_that_would_lose_answers_are_refused(
    said: dict[str, str], code: str, organisation: Organisation, producer: User
) -> None:
    with refused(code):
        services.add_uploaded(organisation=organisation, file=sheet(**said), by=producer)


def zipped(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [("f.xlsx", b"", "no-file"), ("f.docx", b"PK", "not-a-workbook"), ("f.xlsx", b"PK no zip", "not-a-workbook"),
     ("f.xlsx", b"x" * (5 * 2**20 + 1), "file-too-large"),
     ("f.xlsx", zipped(**{"xl/sheet.xml": b"0" * (61 * 2**20)}), "file-too-large"),
     ("f.xlsm", zipped(**{"xl/vbaProject.bin": b"x"}), "not-a-workbook"),
     ("f.xlsx", zipped(**{"xl/vbaProject.bin": b"x"}), "macros"),
     ("f.xls", b"\xd0\xcf" + "_VBA_PROJECT".encode("utf-16-le"), "macros")],
    ids=["empty", "document", "no-zip", "large", "bomb", "xlsm", "macros", "old-macros"],
)  # fmt: skip
def test_files_that_are_no_form_or_would_do_harm_are_refused(
    name: str, data: bytes, code: str, organisation: Organisation, producer: User
) -> None:
    with refused(code):
        services.add_uploaded(organisation=organisation, file=services.File(name, data), by=producer)


def test_a_workbook_without_a_form_is_refused(organisation: Organisation, producer: User) -> None:
    with pytest.raises((BadForm, Unreadable)):
        services.add_uploaded(
            organisation=organisation, file=services.File("f.xls", b"\xd0\xcf\x11\xe0 no workbook"), by=producer
        )
    with pytest.raises(BadForm, match="survey"):
        services.add_uploaded(organisation=organisation, file=sheet([("a", "b"), ("1", "2")]), by=producer)


def test_a_form_beyond_bounds_is_refused(organisation: Organisation, producer: User) -> None:
    deep = [("type", "name", "label"), *(("begin_group", f"g{n}", "G") for n in range(22))]
    with refused("form-too-large"):
        services.add_uploaded(organisation=organisation, file=sheet(deep), by=producer)
    many = [("type", "name", "label"), *(("text", f"q{n}", "Q") for n in range(3001))]
    with refused("form-too-large"):
        services.add_uploaded(organisation=organisation, file=sheet(many), by=producer)


# --- versions and states ----------------------------------------------------------------------------------------------


def test_a_version_that_is_not_published_is_replaced(water: Form, producer: User) -> None:
    first = draft(water)
    services.add_media(version=first, file=services.File("tap.png", b"png"), by=producer)
    changed = sheet([*SURVEY, ("text", "remark", "Remark?", "Maoni?")], form_id="water", version="1")
    second = services.add_version(form=water, file=changed, by=producer)
    assert (second.pk, second.number) == (first.pk, 1)
    assert "remark" in second.xform
    assert [one.name for one in second.media.all()] == ["tap.png"]


def test_what_was_published_never_changes(water: Form, producer: User) -> None:
    first = services.publish_version(version=draft(water), by=producer)
    assert services.current_version(water) == first
    changed = [*SURVEY, ("text", "remark", "Remark?", "Maoni?")]
    with refused("version-there"):
        services.add_version(form=water, file=sheet(changed, form_id="water", version="1"), by=producer)
    with refused("nothing-changed"):
        services.add_version(form=water, file=sheet(form_id="water", version="1"), by=producer)
    with refused("published"):
        services.add_media(version=first, file=services.File("tap.png", b"png"), by=producer)
    second = services.add_version(form=water, file=sheet(changed, form_id="water", version="2"), by=producer)
    assert (second.number, services.current_version(water)) == (2, first), "phones keep the one before until it is out"
    services.publish_version(version=second, by=producer)
    assert services.current_version(water) == second
    first.refresh_from_db()
    assert "remark" not in first.xform


def test_a_version_without_a_name_gets_its_number(water: Form, producer: User) -> None:
    services.publish_version(version=draft(water), by=producer)
    services.publish_version(
        version=services.add_version(form=water, file=sheet(version="2"), by=producer), by=producer
    )
    made = services.add_version(form=water, file=sheet([*SURVEY, ("text", "x", "X", "X")]), by=producer)
    assert (made.number, made.version) == (3, "3")


def test_the_files_of_a_form_stay_with_its_next_version(water: Form, producer: User) -> None:
    first = draft(water)
    services.add_media(version=first, file=services.File("tap.png", b"png"), by=producer)
    services.publish_version(version=first, by=producer)
    second = services.add_version(form=water, file=sheet([*SURVEY, ("text", "x", "X", "X")]), by=producer)
    assert [(one.name, one.size) for one in second.media.all()] == [("tap.png", 3)]
    services.add_media(version=second, file=services.File("tap.png", b"another"), by=producer)
    assert [one.size for one in second.media.all()] == [7]
    assert [one.size for one in first.media.all()] == [3]


def test_a_file_of_another_form_is_no_version(water: Form, producer: User) -> None:
    with refused("other-form"):
        services.add_version(form=water, file=sheet(form_id="latrines", version="2"), by=producer)


def test_a_form_is_given_out_closed_and_opened_again(water: Form, producer: User) -> None:
    with refused("not-published"):
        services.close_form(form=water, by=producer)
    services.publish_version(version=draft(water), by=producer)
    assert services.close_form(form=water, by=producer).state == "closed"
    with refused("closed"):
        services.take_back(form=water, by=producer)
    later = services.add_version(form=water, file=sheet([*SURVEY, ("text", "x", "X", "X")]), by=producer)
    with refused("closed"):
        services.publish_version(version=later, by=producer)
    assert services.reopen_form(form=water, by=producer).state == "published"
    assert services.take_back(form=water, by=producer).state == "draft"
    verbs = list(Event.objects.filter(subject=f"form:{water.pk}").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["form-added", "form-published", "form-closed", "form-version-added", "form-reopened",
                     "form-taken-back"]  # fmt: skip


def test_no_form_with_answers_is_taken_back_or_deleted(water: Form, producer: User) -> None:
    services.publish_version(version=draft(water), by=producer)
    answered(water)
    for act in (services.take_back, services.delete_form):
        with refused("has-answers"):
            act(form=water, by=producer)
    assert Submission.objects.count() == 1


def test_a_form_that_phones_had_is_never_deleted(water: Form, producer: User) -> None:
    services.publish_version(version=draft(water), by=producer)
    services.take_back(form=water, by=producer)
    with refused("was-published"):
        services.delete_form(form=water, by=producer)


def test_a_draft_that_nobody_had_is_deleted(water: Form, producer: User) -> None:
    services.delete_form(form=water, by=producer)
    assert not Form.objects.exists()
    assert Event.objects.filter(verb="form-deleted").exists()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [("", b"x", "media-name"), (".hidden.csv", b"x", "media-name"), ("a.html", b"x", "media-kind"),
     ("a.svg", b"x", "media-kind"), ("a.csv", b"", "no-file"), ("a.csv", b"x" * (20 * 2**20 + 1), "file-too-large"),
     ("a\nb.csv", b"x", "media-name")],
)  # fmt: skip
def test_files_that_phones_do_not_need_are_refused(
    name: str, data: bytes, code: str, water: Form, producer: User
) -> None:
    with refused(code):
        services.add_media(version=draft(water), file=services.File(name, data), by=producer)


def test_a_file_keeps_its_bare_name(water: Form, producer: User) -> None:
    made = services.add_media(version=draft(water), file=services.File("..\\..\\areas.csv", b"id\n"), by=producer)
    assert (made.name, made.size) == ("areas.csv", 3)


def test_choices_are_those_of_the_workbook(water: Form) -> None:
    read = read_xform(draft(water).xform.encode())
    assert [row["name"] for row in read.lists["water"]] == [row[1] for row in CHOICES[1:]]
