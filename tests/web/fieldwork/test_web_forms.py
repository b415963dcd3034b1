"""ODK Web Forms on the site: for what our own form cannot work out, as an offer, and as another client of what we say.

The program is built from its packages as `make web-forms` does it; where that is not possible, the tests of it are
skipped.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from fill_phone import photo
from made_forms import sheet

from datashift.forms.xform.making import as_xform
from datashift.web.fieldwork.answers import current
from datashift.web.fieldwork.kept import fetched, kept
from datashift.web.fieldwork.models import ConsentText, Form, FormVersion, Media, Submission
from datashift.web.people.models import Organisation

ROOT = Path(__file__).parents[3]
SURVEY = (
    ("type", "name", "label", "required", "relevant", "constraint", "calculation"),
    ("end", "end", "", "", "", "", ""),
    ("text", "who", "Who collects the water?", "yes", "", "", ""),
    ("select_one yes_no", "water", "Is there water today?", "", "", "", ""),
    ("integer", "litres", "How many litres?", "", "${water}='y'", ". > 0", ""),
    ("calculate", "inside", "", "", "", "", "geofence('0.5 0.5', '0 0;0 1;1 1;1 0;0 0')"),
)
FROM_FILE = (
    SURVEY[0],
    ("select_one_from_file villages.csv", "village", "Which village?", "yes", "", "", ""),
    ("image", "tap", "A picture of the tap", "", "", "", ""),
    SURVEY[-1],
)
VILLAGES = "name,label\nv1,Kwale\nv2,नेपालगञ्ज\n".encode()
CHOICES = (("list_name", "name", "label"), ("yes_no", "y", "Yes"), ("yes_no", "n", "No"))
START, PAGE = "/en/fill/open-to-all/", "/en/fill/open-to-all/web-forms"


def _form(organisation: Organisation, survey: Any = SURVEY) -> Form:
    made = Form.objects.create(
        organisation=organisation, form_id="water", title="Water", country="TZ", state=Form.State.PUBLISHED,
        open_link="open-to-all",
    )  # fmt: skip
    file = sheet(survey, CHOICES, form_id="water", version="1", title="Water")
    xform = as_xform(file.data, file.name).decode()
    FormVersion.objects.create(form=made, number=1, version="1", xform=xform, published=timezone.now())
    return made


@pytest.fixture
def form(organisation: Organisation) -> Form:
    return _form(organisation)


@pytest.fixture
def stand_in(settings: Any, tmp_path: Path) -> Path:
    """A program of two parts, as the builder leaves them; it does nothing."""
    settings.WEB_FORMS = tmp_path
    (tmp_path / "manifest.json").write_text(
        '{"main.js": {"file": "main-abcd1234.js", "imports": ["_engine"]}, "_engine": {"file": "engine-abcd1234.js"}}'
    )
    for name, size in (("main-abcd1234.js", 1_100_000), ("engine-abcd1234.js", 100_000)):
        (tmp_path / name).write_text("// nothing")
        (tmp_path / f"{name}.gz").write_bytes(b"\x1f\x8b" + bytes(size))
    return tmp_path


def _words(page: str) -> str:
    response = Client().get(page)
    return re.sub(r"\s+", " ", response.content.decode())


# --- what is offered --------------------------------------------------------------------------------------------------


def test_without_the_program_the_start_page_says_what_is_not_asked_here_and_names_odk_collect(
    form: Form, settings: Any, tmp_path: Path
) -> None:
    settings.WEB_FORMS = tmp_path
    page = _words(START)
    assert "/data/inside: nothing here knows “geofence()”" in page
    assert "Use ODK Collect" in page
    assert "web-forms" not in page


def test_without_the_program_its_own_page_says_what_to_do(form: Form, settings: Any, tmp_path: Path) -> None:
    settings.WEB_FORMS = tmp_path
    response = Client().get(PAGE)
    assert response.status_code == 503
    assert "Use ODK Collect, or ask who runs the site to set it up." in response.content.decode()
    assert "<script" not in response.content.decode()


def test_the_start_page_offers_the_program_with_its_size(form: Form, stand_in: Path) -> None:
    page = _words(START)
    assert f'href="{PAGE}"' in page
    assert "1.2 MB" in page
    assert "cannot do this either" not in page


def test_what_the_program_cannot_do_either_is_said_and_nothing_is_offered(
    organisation: Organisation, stand_in: Path
) -> None:
    _form(organisation, (*SURVEY, ("calculate", "more", "", "", "", "", "of-another-program(1)")))
    page = _words(START)
    assert page.count("ODK Web Forms cannot do this either.") == 1
    assert f'href="{PAGE}"' not in page


def test_a_form_that_is_filled_in_here_is_not_sent_elsewhere(organisation: Organisation, stand_in: Path) -> None:
    _form(organisation, SURVEY[:5])
    assert "ODK Web Forms" not in _words(START)


def test_a_question_that_the_program_shows_as_a_line_of_text_is_named(
    organisation: Organisation, stand_in: Path
) -> None:
    _form(organisation, (*SURVEY, ("barcode", "tag", "The tag", "", "", "", "")))
    assert "Shown as a line of text here: /data/tag." in _words(PAGE)


def test_nobody_sees_the_form_before_the_words_of_consent(form: Form, stand_in: Path) -> None:
    form.consent = {"en": "We ask about water."}
    form.save()
    page = _words(PAGE)
    assert "We ask about water." in page
    assert "data-submission" not in page
    found = re.search(r'name="consent" value="(\w+)"', page)
    assert found is not None
    agreed = _words(f"{PAGE}?consent={found[1]}")
    assert f'data-submission="{START}submission?consent={found[1]}"' in agreed
    assert ConsentText.objects.filter(digest=found[1]).exists()


def test_only_the_page_of_the_program_lets_its_styles_in(form: Form, stand_in: Path) -> None:
    policy = Client().get(PAGE)["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "connect-src 'self'" in policy
    assert "'unsafe-eval'" not in policy
    assert "unsafe" not in Client().get(START)["Content-Security-Policy"]


def test_parts_have_names_for_good_and_nothing_else_is_given_out(form: Form, stand_in: Path) -> None:
    (stand_in / "secret.js").write_text("secret")
    place = "/en/fill/web-forms/"
    packed = Client().get(f"{place}main-abcd1234.js", headers={"Accept-Encoding": "gzip, br"})
    assert (packed["Content-Encoding"], packed["Content-Type"]) == ("gzip", "text/javascript; charset=utf-8")
    assert "immutable" in packed["Cache-Control"]
    assert Client().get(f"{place}main-abcd1234.js").content == b"// nothing"
    for name in ("secret.js", "manifest.json", "..%2Fsecret.key", "gone-abcd1234.js", "main-abcd1234.js.gz"):
        assert Client().get(place + name).status_code == 404


def test_the_form_is_given_out_as_it_was_published(form: Form) -> None:
    response = Client().get(f"{START}form.xml")
    assert response.content.decode() == FormVersion.objects.get().xform
    assert response["Content-Type"].startswith("text/xml")
    assert Client().get("/en/fill/of-nobody/form.xml").status_code == 404


# --- the program itself, in a browser ---------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ODK Web Forms, built from the packages that webforms/package-lock.json names."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        pytest.skip("no node and npm on this machine")
    place = tmp_path_factory.mktemp("web-forms")
    work, photo = place / "webforms", Path("src/datashift/web/static/fill/photo.js")
    shutil.copytree(ROOT / "webforms", work, ignore=shutil.ignore_patterns("node_modules"))
    (place / photo).parent.mkdir(parents=True)
    shutil.copy(ROOT / photo, place / photo)
    got = _run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", at=work)
    if got.returncode:
        pytest.skip(f"the packages of ODK Web Forms cannot be had here: {got.stderr.strip()[-300:]}")
    built = _run(npm, "run", "build", at=work, DATASHIFT_WEB_FORMS=str(place / "built"))
    assert built.returncode == 0, built.stdout + built.stderr
    return place / "built"


def _run(*words: str, at: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=at, env=os.environ | more, capture_output=True, text=True, timeout=120)


def _cut(route: Any) -> None:
    """Let the answers arrive, and lose the reply."""
    assert route.fetch().status == 201
    route.abort()


@pytest.fixture
def page(chromium: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A small screen in front of the site."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    context = chromium.new_context(base_url=live_server.url, locale="en", viewport={"width": 360, "height": 740})
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    yield opened
    context.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.enable_socket
def test_a_form_that_ours_cannot_work_out_is_filled_in_and_arrives_once(
    program: Path, page: Any, live_server: Any, settings: Any, form: Form
) -> None:
    settings.WEB_FORMS = program
    asked: list[str] = []
    posts: list[int] = []
    wrong: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.on("response", lambda one: posts.append(one.status) if one.request.method == "POST" else None)
    page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
    page.on("pageerror", lambda problem: wrong.append(str(problem)))
    page.goto(START)
    page.get_by_role("link", name="Fill it in with ODK Web Forms").click()
    page.locator(".question-container", has_text="Who collects the water?").get_by_role("textbox").fill("Asha")
    page.get_by_text("Yes", exact=True).click()
    page.locator(".question-container", has_text="How many litres?").get_by_role("spinbutton").press_sequentially("40")
    if pictures := os.environ.get("DATASHIFT_PICTURES"):
        page.screenshot(path=f"{pictures}/web-forms-360.png", full_page=True)
    page.route("**/submission*", _cut, times=1)
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("Sent. Thank you.").wait_for()
    page.get_by_role("link", name="Fill in another one").wait_for()
    assert posts == [202]  # it was there already
    [found] = Submission.objects.all()
    told = current(found)
    assert (told["who"], told["water"], told["litres"], told["inside"]) == ("Asha", "y", "40", "true")
    assert (found.channel, found.complete, found.version.version) == ("browser", True, "1")
    assert page.get_by_text("Your receipt:").count() == 1
    local = (live_server.url, "data:", f"blob:{live_server.url}")
    assert [one for one in asked if not one.startswith(local)] == []
    assert wrong == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.enable_socket
def test_a_list_from_a_file_is_shown_and_a_photo_arrives_small_and_without_what_it_tells_beside(
    program: Path, page: Any, settings: Any, organisation: Organisation, tmp_path: Path
) -> None:
    settings.WEB_FORMS = program
    form = _form(organisation, FROM_FILE)
    said = {"md5": md5(VILLAGES, usedforsecurity=False).hexdigest(), "size": len(VILLAGES)}
    Media.objects.create(version=form.versions.get(), name="villages.csv", sha256=kept(VILLAGES), **said)
    page.goto(PAGE)
    taken = photo(page, tmp_path, 2400, 1800)
    page.get_by_text("नेपालगञ्ज", exact=True).click()
    page.locator("input[type=file]").first.set_input_files(taken)
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Sent. Thank you.").wait_for()
    [found] = Submission.objects.all()
    told = current(found)
    [file] = found.attachments.all()
    assert (told["village"], told["tap"], found.complete) == ("v2", file.name, True)
    data = fetched(file.sha256)
    assert re.search(rb"\xff\xc0..\x08\x04\xb0\x06\x40", data, re.DOTALL)  # 1200 by 1600
    assert b"a camera" in taken.read_bytes()
    assert b"a camera" not in data
