"""Strangers, curious colleagues and clever files: what they try, and what they get."""

from __future__ import annotations

import gzip
import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt
from django.db import DatabaseError, connection, transaction
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver, reverse

from datashift.errors import NotAllowed
from datashift.errors.web import BadKit
from datashift.web.collection.models import Dataset, Review, Run, Upload
from datashift.web.dashboard import services
from datashift.web.dashboard.models import Coverage, Figure, Release
from datashift.web.dashboard.refreshing import refresh
from datashift.web.frame import public
from datashift.web.frame.logs import Json
from datashift.web.frame.middleware import _address
from datashift.web.people import services as people
from datashift.web.people.models import Organisation, User
from datashift.web.standards.models import KitVersion
from datashift.web.standards.services import add_variant, sync

pytestmark = pytest.mark.django_db
LOGIN = "/en/account/login/"
BOUNDARY = "multipart/form-data; boundary=x"


# --- what is too large, or no path ------------------------------------------------------------------------------------


def _sent(client: Client, path: str, size: int) -> int:
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + b"1" * size + b"\r\n--x--"
    return int(client.generic("POST", path, body, content_type=BOUNDARY).status_code)


def test_a_stranger_cannot_fill_the_disk_with_files(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def written(*_args: Any, **_named: Any) -> None:
        raise AssertionError("a file of a stranger was taken in")

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryFileUploadHandler.new_file", written)
    monkeypatch.setattr("django.core.files.uploadhandler.MemoryFileUploadHandler.new_file", written)
    client = Client(enforce_csrf_checks=True)
    client.get(LOGIN)
    for path in (LOGIN, "/en/work/new/", "/en/account/password/reset/", "/en/"):
        assert _sent(client, path, 2 * 2**20) == 413


def test_who_is_signed_in_sends_a_file_up_to_the_limit_and_no_further(
    person: Callable[..., User], organisation: Organisation, signed_in: Callable[[User], Client], settings: Any
) -> None:
    settings.UPLOAD_LIMIT = 3 * 2**20
    client = signed_in(person("producer", organisation))
    assert _sent(client, "/en/work/new/", 2 * 2**20) == 400  # no organisation was chosen: the page itself answered
    assert _sent(client, "/en/work/new/", 5 * 2**20) == 413


def test_a_sign_that_databases_refuse_is_no_path() -> None:
    for path in ("/en/release/%00/", "/en/place/T%00/", "/en/organisations/%00", "/file/%00/release.zip", "/r/%00"):
        assert Client().get(path).status_code == 404


def test_long_questions_do_not_fill_the_memory(released: Release) -> None:
    for n in range(3):
        Client().get("/api/v1/organisations?format=json", headers={"Accept": f"text/x{n}" + "y" * 50_000})
        Client().get(f"/en/search/?q={n}{'z' * 50_000}")
    assert public._kept.pages
    assert max(len(key) for key in public._kept.pages) == 64


def test_all_addresses_of_one_network_are_one_visitor(settings: Any) -> None:
    def known(address: str, **more: str) -> str:
        return _address(RequestFactory().get("/", REMOTE_ADDR=address, **more))  # type: ignore[arg-type]

    assert known("2001:db8:1:2::1") == known("2001:db8:1:2:ffff::9") != known("2001:db8:1:3::1")
    assert known("203.0.113.7") == known("::ffff:203.0.113.7") == "203.0.113.7"
    assert known("203.0.113.7", HTTP_X_FORWARDED_FOR="9.9.9.9") == "203.0.113.7"
    settings.BEHIND_PROXY = True
    assert known("10.0.0.1", HTTP_X_FORWARDED_FOR="9.9.9.9, 203.0.113.8") == "203.0.113.8"
    assert known("10.0.0.1", HTTP_X_FORWARDED_FOR="nonsense") == "nonsense"


# --- what proves who somebody is, and what was done -------------------------------------------------------------------


def test_a_copy_of_the_database_opens_no_account_with_an_app(person: Callable[..., User], settings: Any) -> None:
    one, secret = person("editor"), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(one, secret)
    kept = Authenticator.objects.get(user=one)
    assert secret not in json.dumps(kept.data)
    assert decrypt(kept.data["secret"]) == secret
    before, settings.SECRET_KEY = settings.SECRET_KEY, "another key"
    with pytest.raises(NotAllowed, match="key of this site was changed"):
        decrypt(kept.data["secret"])
    settings.SECRET_KEY_FALLBACKS = [before]
    assert decrypt(kept.data["secret"]) == secret


def test_no_row_of_the_record_is_replaced_by_another(person: Callable[..., User]) -> None:
    event = people.record("released", "R1", by=person("reviewer"))
    if connection.vendor != "sqlite":
        return
    columns = "(id, at, verb, subject, facts) VALUES (%s, '2020-01-01', 'nothing', '', '{}')"
    for words in ("INSERT OR REPLACE", "REPLACE"):
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{words} INTO people_event {columns}", [event.pk])
    event.refresh_from_db()
    assert event.verb == "released"


def test_a_page_that_says_what_did_not_work_is_kept_by_no_cache(
    person: Callable[..., User], organisation: Organisation, signed_in: Callable[[User], Client]
) -> None:
    boss = person("administrator")
    membership = boss.memberships.get()
    answer = signed_in(boss).post(reverse("people-take", args=[membership.pk]))
    assert (answer.status_code, answer["Cache-Control"]) == (409, "no-store")


# --- an organisation that gives no name -------------------------------------------------------------------------------


def test_a_bundle_that_names_an_anonymous_producer_is_never_public(demo_made: Any, site: Path) -> None:
    hidden = people.add_organisation(name="Hidden Friends", by=None, anonymous=True)
    with pytest.raises(NotAllowed, match=hidden.slug) as refused:
        services.publish_folder(demo_made.folder, organisation=hidden, told=demo_made.told)
    assert refused.value.code == "release.names-producer"
    assert not Release.objects.exists()
    assert not (site / "releases").exists()


def test_nobody_is_promised_a_secret_that_published_files_tell(released: Release, person: Callable[..., User]) -> None:
    boss, house = person("administrator"), released.organisation
    with pytest.raises(NotAllowed, match="Take these releases back first"):
        people.change_organisation(organisation=house, anonymous=True, by=boss)
    house.refresh_from_db()
    assert not house.anonymous
    services.withdraw(release=released, why="It names us.", by=boss)
    people.change_organisation(organisation=house, anonymous=True, by=boss)
    told = Client().get(f"/api/v1/releases/{released.pk}").json()
    assert told["producer"] == told["organisation"] == house.slug
    refresh("ZZ", lambda _stage: None)
    name = released.producer
    assert [path for path, body in _everything(released) if name in body] == []


def test_the_country_of_an_anonymous_organisation_is_not_told(released: Release) -> None:
    Organisation.objects.update(anonymous=True)
    assert Client().get("/api/v1/organisations").json()["items"][0]["country"] == ""


# --- what an office may read ------------------------------------------------------------------------------------------


def test_an_office_no_longer_reads_what_was_taken_back(
    organisation: Organisation, person: Callable[..., User], signed_in: Callable[[User], Client]
) -> None:
    owner = person("producer", organisation)
    upload = Upload.objects.create(sha256="a" * 64, name="a.csv", size=3, organisation=organisation, by=owner)
    made = Dataset.objects.create(
        organisation=organisation, upload=upload, title="Wells", country="TZ", state="in-review", created_by=owner
    )
    told = {"rows_in": 1, "rows_used": 1, "explained": [], "findings": [], "estimates": [], "measures": [],
            "finding": {"en": "Wells work."}, "comparisons": [], "limits": [], "uncertainty": {"en": ""}, "charts": [],
            "bundle_id": "none", "simulated": False}  # fmt: skip
    run = Run.objects.create(dataset=made, number=1, recipe="", folder="nowhere", told=told)
    review = Review.objects.create(run=run, asked_by=owner, for_office=True)
    office = signed_in(person("office", country="TZ"))
    assert office.get(f"/en/work/review/{review.pk}/").status_code == 200
    Review.objects.update(decision="withdrawn", decided_by=owner)
    assert office.get(f"/en/work/review/{review.pk}/").status_code == 404


# --- what was taken back ----------------------------------------------------------------------------------------------


def _routes(patterns: Any = None, before: str = "") -> Iterator[tuple[str, Any]]:
    for one in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(one, URLPattern):
            yield before + str(one.pattern), one.callback
        else:
            yield from _routes(one.url_patterns, before + str(one.pattern))


def _everything(release: Release) -> Iterator[tuple[str, str]]:
    """Yield every public page and answer that could speak of a release, in each language, with its text."""
    fills = {"release": release.pk, "indicator": release.indicator, "area": "ZZ", "country": "ZZ", "number": "6",
             "slug": release.organisation.slug, "measure": "WP_FUNCTIONAL", "language": "en",
             "name": "estimates.csv", "kit": release.kit, "version": release.kit_version,
             "named": "all", "kind": "dataflow"}  # fmt: skip
    paths = []
    for route, view in _routes():
        open_to_all = getattr(view, "is_public", False) or route.startswith(("file/", "card/", "api/", "sdmx/"))
        if open_to_all and not route.endswith(("openapi.json", "docs")):
            path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(fills.get(found[1], "all")), route)
            spoken = [path.replace("/en/", f"/{one}/", 1) for one in ("en", "es", "sw", "ne")]
            paths += spoken if path.startswith("/en/") else [path]
    paths += [f"/en/indicator/{release.indicator}/ZZ-0{n}/" for n in range(1, 9)]
    paths += [f"/en/place/ZZ-0{n}/" for n in range(1, 9)]
    paths += [f"/api/v1/{what}?{how}" for what in ("figures", "comparisons") for how in ("limit=1000", "format=csv",
              f"release={release.pk}")]  # fmt: skip
    paths += [f"/sdmx/2.1/data/DF_{release.kit.upper().replace('-', '_')}?format={one}" for one in ("csv", "xml")]
    paths += [f"/file/{release.pk}/{name}" for name in ("release.zip", "recipe.toml", "findings.json")]
    paths += ["/api/v1/releases?state=all", f"/en/search/?q={release.indicator}", "/en/search/?q=ZZ", "/en/compare/?"
              f"indicator={release.indicator}", f"/en/release/{release.pk}/?measure=WP_FUNCTIONAL"]  # fmt: skip
    for path in dict.fromkeys(paths):
        answer = Client().get(path, headers={"Accept-Encoding": "gzip"})
        body = b"".join(answer) if answer.streaming else answer.content
        body = gzip.decompress(body) if answer.get("Content-Encoding") == "gzip" else body
        yield path, body.decode("utf-8", "replace")


def _numbers(release: Release) -> set[str]:
    rows = Figure.objects.filter(release=release).exclude(value=None)
    found = {f"{value:.10g}" for row in rows for value in (row.value, row.lower, row.upper) if value}
    return {number for number in found if len(number) > 6}


def test_no_address_shows_a_number_of_a_release_that_was_taken_back(
    released: Release, person: Callable[..., User], caplog: pytest.LogCaptureFixture
) -> None:
    refresh("ZZ", lambda _stage: None)
    numbers = _numbers(released)
    shown = [path for path, body in _everything(released) if any(number in body for number in numbers)]
    assert len(shown) > 20  # before, they are everywhere, and every page is kept in memory
    services.withdraw(release=released, why="Somebody could be known by it.", by=person("administrator"))
    # The worker has not come yet: nothing waits for it.
    assert [path for path, body in _everything(released) if any(number in body for number in numbers)] == []
    refresh("ZZ", lambda _stage: None)
    assert [path for path, body in _everything(released) if any(number in body for number in numbers)] == []
    assert Coverage.objects.exists()


def test_a_file_of_a_release_leaves_caches_soon_after_it_is_taken_back(released: Release) -> None:
    answer = Client().get(f"/file/{released.pk}/estimates.csv")
    assert b"".join(answer)
    assert answer["Cache-Control"] == "public, max-age=3600"


def test_a_public_bundle_holds_nothing_private(released: Release, site: Path) -> None:
    with ZipFile(site / "releases" / released.pk / "release.zip") as archive:
        names = archive.namelist()
    assert "estimates.csv" in names
    assert not [name for name in names if re.search("evidence|raw|private|reject|answers", name)]


# --- what is written into pages ---------------------------------------------------------------------------------------

EVIL = '<script>alert(1)</script><img src=x onerror=alert(2)>\\" onmouseover=\\"alert(3)'


def test_no_word_of_a_kit_becomes_a_script(person: Callable[..., User]) -> None:
    sync()
    text = KitVersion.objects.get(kit="water-point-functionality").text
    text = re.sub(r'^id = "[^"]*"', 'id = "evil-points"', text, count=1, flags=re.MULTILINE)
    text = re.sub(r'(\ben = )"', lambda found: f'{found[1]}"{EVIL} ', text)
    base = KitVersion.objects.get(kit="water-point-functionality")
    text += f'\n[variant]\nof = "{base.kit}@{base.version}"\n' if "[variant]" not in text else ""
    row = add_variant(text=text, organisation=None, by=person("editor"))
    assert "<script>" in row.text
    for path in ("/en/registry/", f"/en/registry/kits/{row.kit}/", "/en/registry/concepts/", "/en/registry/codelists/",
                 f"/en/registry/differences/{base.kit}@{base.version}/{row.kit}@{row.version}/",
                 "/en/search/?q=evil", "/en/search/?q=script"):  # fmt: skip
        page = Client().get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
        assert "<img src=x" not in page.content.decode()
        assert 'onmouseover="' not in page.content.decode()


def test_versions_are_written_with_the_digits_of_ascii(person: Callable[..., User]) -> None:
    sync()
    base = KitVersion.objects.get(kit="water-point-functionality")
    text = re.sub(r'^id = "[^"]*"', 'id = "other-points"', base.text, count=1, flags=re.MULTILINE)
    text = re.sub(r'^version = "[^"]*"', 'version = "१.०"', text, count=1, flags=re.MULTILINE)
    with pytest.raises(BadKit, match="cannot be a version"):
        add_variant(text=text + f'\n[variant]\nof = "{base.kit}@{base.version}"\n', organisation=None,
                    by=person("editor"))  # fmt: skip


@pytest.mark.parametrize("text", ["a = " + "[" * 200_000, "a = " + "{b=" * 100_000, "a" + ".a" * 200_000 + " = 1",
                                  "[" + "a." * 100_000 + "a]\nb=1"])  # fmt: skip
def test_a_text_that_is_nested_without_end_is_refused_in_words(
    text: str, person: Callable[..., User], signed_in: Callable[[User], Client]
) -> None:
    answer = signed_in(person("editor")).post("/en/registry/add/", {"text": text})
    assert answer.status_code == 400
    assert b"Traceback" not in answer.content


# --- what the log says ------------------------------------------------------------------------------------------------


def test_an_exception_tells_the_log_its_kind_and_nothing_that_it_quotes(
    person: Callable[..., User], signed_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []

    class Heard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(Json().format(record))

    def broken(*_args: Any, **_named: Any) -> None:
        raise ValueError("Amina Juma amina@example.org 0712345678")

    monkeypatch.setattr("datashift.web.people.services.change_account", broken)
    heard = Heard()
    logging.getLogger().addHandler(heard)
    logging.getLogger("datashift").addHandler(heard)
    try:
        client = signed_in(person("editor"))
        client.raise_request_exception = False
        answer = client.post("/en/account/?q=secret-question", {"name": "Amina", "language": "en"})
    finally:
        logging.getLogger().removeHandler(heard)
        logging.getLogger("datashift").removeHandler(heard)
    assert answer.status_code == 500
    assert answer["Content-Security-Policy"]
    assert lines
    for said in ("Amina", "amina@", "0712345678", "secret-question", "127.0.0.1"):
        assert said not in "\n".join(lines) + answer.content.decode()
