"""The dossier of a release as a page and as files: what the bundle holds, and what people said to it since."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.test import Client
from released_demo import Made
from site_reader import read, weight

from datashift.commands.publish import typeset
from datashift.commands.serve import _ask_for_dossiers
from datashift.language import LANGUAGES, label, speaking
from datashift.standards.profiles import shipped_profile
from datashift.standards.profiles.files import profile_text
from datashift.web.collection.models import Note, Review
from datashift.web.dashboard import dossiers, printing, reading, refreshing, services
from datashift.web.dashboard.models import Rating, Release
from datashift.web.frame.models import bump
from datashift.web.jobs.models import Job
from datashift.web.jobs.services import seen
from datashift.web.people.models import Organisation, User
from datashift.web.standards.profiles import add_profile, sync_profiles

pytestmark = pytest.mark.django_db
HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)>"&'


def page_of(release: Release, language: str = "en") -> Any:
    return read(Client(), f"/{language}/release/{release.pk}/dossier/")


def quiet(_text: str) -> None:
    """A worker that nobody listens to."""


def own_profile(title: str, *, version: str = "1.0.0", country: str = "") -> str:
    """An office's own profile: one of those that ship under another name."""
    text = profile_text("ons")
    text = re.sub(r'(?m)^id = "ons"', 'id = "office-own"', text)
    text = re.sub(r"(?m)^version = .*", f'version = "{version}"', text, count=1)
    return re.sub(r'(?ms)^title = \{.*?\}|^title\.en = ".*?"', f'title = {{ en = "{title}" }}', text, count=1)


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Typesetting takes seconds: one test does it, the others look at what is laid down and when."""
    monkeypatch.setattr(printing, "pdf", lambda told, language, notes=(): f"%PDF {language} {notes}".encode())


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_every_section_of_the_dossier_in_the_language_of_the_reader(
    released: Release, language: str
) -> None:
    page, told = page_of(released, language), dossiers.today(released)
    assert told is not None
    with speaking(language):
        shown = dossiers.page(told)
    assert page.status == 200
    assert page.inline == []
    assert "<script" not in page.html
    assert len(shown["sections"]) >= 10
    for one in shown["sections"]:
        assert f'<section id="{one["id"]}"' in page.html
        assert str(one["drawn"]) in page.html
    assert label(told["summary"]["finding"], language) in page.html.replace("&#39;", "'")


def test_the_page_stays_light(released: Release) -> None:
    for language in ("en", "ne"):
        assert weight(Client(), page_of(released, language)) < 50_000
    assert (Path(dossiers.__file__).parents[1] / "static" / "dossier.css").stat().st_size < 4000


def test_every_headline_figure_leads_to_its_making(released: Release) -> None:
    page = page_of(released)
    wholes = released.figures.filter(area=released.whole, breakdown="").exclude(value=None)
    assert sorted(page.numbers) == sorted(float(f"{one.value:.10g}") for one in wholes)
    for one in wholes:
        assert f"/en/release/{released.pk}/figure/{one.measure}/{one.area}/?period={one.period}" in page.html


def test_without_a_dossier_in_the_bundle_the_page_says_so(released: Release, site: Path) -> None:
    path = site / "releases" / released.pk / "release.zip"
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name != "dossier.json"}
    with ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    page = page_of(released)
    assert page.status == 200
    assert "before dossiers were part of one" in page.html
    assert f"/en/release/{released.pk}/" in page.links
    assert not dossiers.fresh(released)


def test_what_the_producer_says_stands_beside_the_finding_and_is_only_text(
    demo_made: Made, organisation: Organisation
) -> None:
    first = demo_made.told["findings"][0]
    notes = [{"check": first["check"], "code": first["code"], "decision": "explained", "text": HOSTILE}]
    release = services.publish_folder(
        demo_made.folder, organisation=organisation, told=demo_made.told | {"notes": notes}
    )
    page = page_of(release)
    assert "<script" not in page.html
    assert "<img" not in page.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.html
    assert page.inline == []


def test_an_office_s_own_profile_is_read_in_its_country_alone(released: Release, person: Callable[..., User]) -> None:
    sync_profiles()
    add_profile(text=own_profile("What we ask"), by=person("office", None, "ZZ"))
    assert "What we ask" in page_of(released).html
    elsewhere = own_profile("What they ask").replace("office-own", "other-own")
    add_profile(text=elsewhere, by=person("office", None, "KE"))
    assert "What they ask" not in page_of(released).html


def test_the_newest_version_of_a_profile_is_read(released: Release, person: Callable[..., User]) -> None:
    sync_profiles()
    office = person("office", None, "ZZ")
    add_profile(text=own_profile("Before"), by=office)
    add_profile(text=own_profile("Since then", version="1.10.0"), by=office)
    html = page_of(released).html
    assert "Since then" in html
    assert "Before<" not in html


def test_read_today_says_what_the_bundle_says_where_nobody_said_anything(released: Release) -> None:
    told = dossiers.today(released)
    with ZipFile(settings.HOME / "releases" / released.pk / "release.zip") as archive:
        bundled = json.loads(archive.read("dossier.json"))
    assert told is not None
    assert json.loads(json.dumps(told["profiles"])) == bundled["profiles"]
    assert json.loads(json.dumps(told["next"])) == bundled["next"]
    assert told["summary"] == bundled["summary"]


def test_a_withdrawn_release_shows_no_dossier_and_gives_no_file(
    released: Release, printed: None, person: Callable[..., User], django_capture_on_commit_callbacks: Any
) -> None:
    printing.dossier(released.pk, quiet)
    assert dossiers.taken(released)
    with django_capture_on_commit_callbacks(execute=True):
        services.withdraw(release=released, why="Two regions were swapped.", by=person("safety"))
    page = page_of(released)
    assert "Two regions were swapped." in page.html
    assert page.numbers == []
    assert "<section" not in page.html
    assert Client().get(f"/dossier/{released.pk}/en.pdf").status_code == 410
    assert not dossiers.folder_of(released.pk).exists()
    printing.dossier(released.pk, quiet)
    assert not dossiers.folder_of(released.pk).exists()


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_release_asks_for_its_files_and_the_page_says_that_they_are_being_made(released: Release) -> None:
    assert Job.objects.filter(kind="dossier", subject=released.pk, state="waiting").count() == 1
    seen("a worker")
    assert "are being made" in page_of(released).html
    assert Client().get(f"/dossier/{released.pk}/en.pdf").status_code == 404


def test_the_page_says_that_nobody_works_and_no_cache_keeps_that(released: Release) -> None:
    address = f"/en/release/{released.pk}/dossier/"
    assert "starts it with datashift work" in page_of(released).html
    assert Client().get(address)["Cache-Control"] == "no-store"
    seen("a worker")
    assert "are being made" in page_of(released).html
    released.refresh_from_db()
    dossiers.folder_of(released.pk).mkdir(parents=True)
    (dossiers.folder_of(released.pk) / dossiers.STAMP).write_text(dossiers.stamp(released), "utf-8")
    assert "are being made" not in page_of(released).html
    assert Client().get(address)["Cache-Control"] == "no-cache"


def test_where_typesetting_did_not_succeed_the_page_says_so_and_what_to_do(
    released: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_told: Any, **_more: Any) -> bytes:
        raise ValueError("a letter of Interviewer-77 has no shape")

    monkeypatch.setattr(printing, "pdf", broken)
    said, [job] = typeset(released), Job.objects.filter(kind="dossier")
    assert (job.state, job.error["code"]) == ("failed", "site.unexpected")
    assert "The dossier could not be made" in said
    assert str(job.pk) in said
    seen("a worker")
    html = page_of(released).html
    assert "Typesetting did not succeed" in html
    assert "datashift serve" in html
    assert "site.unexpected" in html
    assert "Interviewer-77" not in html + said


def test_a_site_that_starts_asks_for_what_is_not_of_today(released: Release, printed: None) -> None:
    Job.objects.all().delete()
    _ask_for_dossiers()
    assert [(one.kind, one.subject) for one in Job.objects.all()] == [("dossier", "")]
    Job.objects.all().delete()
    printing.dossier(released.pk, quiet)
    _ask_for_dossiers()
    assert not Job.objects.exists()


def test_whoever_publishes_on_the_machine_makes_the_dossier_without_a_worker(released: Release, printed: None) -> None:
    assert typeset(released) == ""
    assert dossiers.fresh(released)
    assert f"/dossier/{released.pk}/ne.pdf" in page_of(released).links
    before = Job.objects.count()
    assert typeset(released) == ""
    assert Job.objects.count() == before


def test_html_and_pdf_come_in_four_languages_with_one_click(released: Release) -> None:
    printing.dossier(released.pk, quiet)
    page = page_of(released)
    assert "are being made" not in page.html
    assert f"/file/{released.pk}/dossier.json" in page.links
    for language in LANGUAGES:
        for kind, begins, mime in (("pdf", b"%PDF-1.7", "application/pdf"), ("html", b"<!doctype html>", "text/html")):
            address = f"/dossier/{released.pk}/{language}.{kind}"
            assert address in page.links
            answer = Client().get(address)
            data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
            assert data.startswith(begins)
            assert answer["Content-Type"].startswith(mime)
            assert "sandbox" in answer["Content-Security-Policy"]
            again = Client().get(address, headers={"If-None-Match": answer["ETag"]})
            assert again.status_code == 304


def test_files_are_made_again_when_people_say_something_and_stay_otherwise(released: Release, printed: None) -> None:
    printing.dossier(released.pk, quiet)
    before = {path.name: path.stat().st_mtime_ns for path in dossiers.folder_of(released.pk).iterdir()}
    printing.dossier(released.pk, quiet)
    assert before == {path.name: path.stat().st_mtime_ns for path in dossiers.folder_of(released.pk).iterdir()}
    criterion = shipped_profile("ons").criteria[0].id
    Rating.objects.create(
        release=released, profile="ons", version=shipped_profile("ons").version, criterion=criterion, score=2,
        why="Told in full.", country="ZZ",
    )  # fmt: skip
    bump()
    assert not dossiers.fresh(released)
    seen("a worker")
    assert "being made again" in page_of(released).html
    printing.dossier(released.pk, quiet)
    assert dossiers.fresh(released)
    assert "Told in full." in (dossiers.folder_of(released.pk) / "en.html").read_text("utf-8")


def test_asked_about_all_only_those_are_made_again_that_are_not_of_today(released: Release, printed: None) -> None:
    Job.objects.all().delete()
    printing.dossier("", quiet)
    assert Job.objects.filter(kind="dossier", subject=released.pk).exists()
    Job.objects.all().delete()
    printing.dossier(released.pk, quiet)
    printing.dossier("", quiet)
    assert not Job.objects.exists()


def test_a_replaced_release_says_so_in_its_files(released: Release, printed: None) -> None:
    former = Release.objects.get(pk=released.pk)
    former.pk, former.number, former.superseded_by = "f" * 64, 0, released
    former.save(force_insert=True)
    with speaking("en"):
        assert "A newer release replaced this one" in dossiers.first_words(former, "en")[0]
    assert len(dossiers.first_words(released, "ne")) == 1


@pytest.mark.parametrize("name", ["en.json", "fr.pdf", "../en.pdf", "made-of", ".en.pdf.1", "en.pdf/x", "%2e%2e"])
def test_only_the_files_of_a_dossier_are_given_out(released: Release, printed: None, name: str) -> None:
    printing.dossier(released.pk, quiet)
    assert Client().get(f"/dossier/{released.pk}/{name}").status_code == 404


# --- ledger and desk --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_an_indicator_shows_who_was_counted_and_what_would_tell_more(
    released: Release, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "draw_cards", lambda *_: None)
    refreshing.refresh("ZZ", quiet)
    told, dossier = reading.ledger_of("6.1.1", "ZZ", language), dossiers.today(released)
    assert told is not None
    assert dossier is not None
    html = Client().get(f"/{language}/indicator/6.1.1/ZZ/").content.decode()
    assert label(dossier["coverage"]["sentence"], language) in html
    assert "<svg" in html[html.index('<div class="dossier">') :]
    assert told["next"] == label(dossier["summary"]["next"], language)
    behind = [one for one in dossier["coverage"]["left_behind"] if one["side"] == "behind"]
    assert behind
    assert label(behind[0]["sentence"], language) in html
    assert f"/{language}/release/{released.pk}/dossier/#coverage" in html.replace('"#', "#")
    part = reading.ledger_of("6.1.1", "ZZ-02", language)
    assert part is not None
    assert "counted" not in part
    assert len(gzip.compress(html.encode())) < 25_000


def test_a_ledger_made_before_has_no_dossier_and_still_opens(
    released: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "draw_cards", lambda *_: None)
    monkeypatch.setattr(dossiers, "today", lambda _release: None)
    refreshing.refresh("ZZ", quiet)
    assert Client().get("/en/indicator/6.1.1/ZZ/").status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_reviews_reads_the_dossier_of_the_draft(
    language: str,
    asked: Callable[..., Review],
    person: Callable[..., User],
    organisation: Organisation,
    signed_in: Callable[[User], Client],
) -> None:
    review = asked(person("producer", organisation))
    finding = review.run.told["findings"][0]
    Note.objects.create(
        dataset=review.run.dataset, check_id=finding["check"], code=finding["code"], text="We asked again."
    )
    html = signed_in(person("reviewer", organisation)).get(f"/{language}/work/review/{review.pk}/").content.decode()
    with ZipFile(settings.HOME / review.run.folder / "release.zip") as archive:
        dossier = json.loads(archive.read("dossier.json"))
    assert label(dossier["coverage"]["sentence"], language) in html
    for one in dossier["profiles"]:
        assert label(one["title"], language) in html.replace("&#39;", "'")
    assert 'id="next"' in html
