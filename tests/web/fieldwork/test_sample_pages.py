"""The pages of a sample: from a list to units on phones, without JavaScript; samples of others do not exist."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import page_rules
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from made_forms import sheet
from test_samples import CHOICES, LISTED, PLAN, VILLAGES, came, villages

from datashift.cli import main
from datashift.errors import DataShiftError
from datashift.web.fieldwork import phones, samples, services
from datashift.web.fieldwork.models import Form, Sample
from datashift.web.jobs.services import fail, finish, take
from datashift.web.people.models import Organisation, User
from datashift.web.serving import kinds

PICTURES = os.environ.get("DATASHIFT_PICTURES")


@pytest.fixture
def producer(person: Callable[..., User], organisation: Organisation) -> User:
    return person("producer", organisation)


@pytest.fixture
def client(producer: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(producer)


@pytest.fixture
def form(organisation: Organisation, producer: User) -> Form:
    file = sheet(LISTED, CHOICES, form_id="water", version="1")
    return services.add_uploaded(organisation=organisation, file=file, by=producer)


@pytest.fixture
def home(form: Form) -> str:
    return f"/en/work/forms/{form.pk}/sample/"


def plain(answer: Any, status: int = 200) -> str:
    """Return what a page says, without its marks."""
    assert answer.status_code == status
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("&#34;", '"').split())


def worked() -> None:
    """Do what waits, as the worker does."""
    while (job := take("worker")) is not None:
        try:
            kinds()[job.kind](job.subject, lambda _stage: None)
        except DataShiftError as problem:
            fail(job, problem)
        else:
            finish(job)


def word_of(client: Client, home: str, text: str = VILLAGES) -> str:
    """Send a list; return the word by which the next pages name it."""
    answer = client.post(f"{home}new/", {"file": SimpleUploadedFile("villages.csv", text.encode())})
    assert answer.status_code == 302
    assert "What do the columns say?" in plain(client.get(answer["Location"]))
    return parse_qs(urlsplit(answer["Location"]).query)["list"][0]


def test_from_a_list_to_a_sample_that_proves_itself(client: Client, home: str, form: Form, tmp_path: Path) -> None:
    assert "No sample was drawn" in plain(client.get(home))
    word = word_of(client, home)
    said = {"list": word, "unit": "village", "strata": "region", "area": "area"}
    number = plain(client.get(f"{home}number/", said))
    assert "It has 20 units" in number
    assert "north: 10" in number
    asked = plain(client.get(f"{home}draw/", {**said, "n": "6", "reserve": "2"}))
    assert "To be drawn: 6. Reserves in each stratum: 2." in asked
    assert "Larger ones" not in asked, "there is no size"
    told = {**said, "n": "6", "reserve": "2", "method": "simple", "seed": "dice 6 1 4 2"}
    assert client.post(f"{home}draw/", told)["Location"] == home
    waits = client.get(home)
    assert waits["Refresh"]
    assert "The sample is being drawn" in plain(waits)
    worked()
    assert not client.get(home).has_header("Refresh")
    shown = plain(client.get(home))
    assert "dice 6 1 4 2" in shown
    assert "The sample is drawn" in shown
    assert Sample.objects.get().written["draw"]["plan"]["method"] == "simple"
    client.post(f"{home}proof/")
    assert "drawn once more" in plain(client.get(home))
    worked()
    assert "The draw is proved" in plain(client.get(home))
    for name in ("draw.json", "list"):
        (tmp_path / name).write_bytes(client.get(f"{home}file/{name}").content)
    assert main(["sample", "again", str(tmp_path / "draw.json"), str(tmp_path / "list")]) == 0
    rows = client.get(f"{home}file/sample.csv").content.decode().splitlines()
    assert (rows[0].split(",")[0], len(rows)) == ("name", 7)


def test_what_is_wrong_with_a_list_is_told_before_anything_is_drawn(client: Client, home: str) -> None:
    word = word_of(client, home, VILLAGES + "\nV01,north,3,Arusha")
    told = plain(client.get(f"{home}number/", {"list": word, "unit": "village"}), 400)
    assert "stands in the list 2 times" in told
    assert "What do the columns say?" in told
    short = word_of(client, home)
    few = {"list": short, "unit": "village", "n": "99", "method": "simple", "seed": "dice"}
    client.post(f"{home}draw/", few)
    worked()
    page = client.get(home)
    assert "99 are to be drawn" in plain(page)
    assert not page.has_header("Refresh"), "nothing happens any more"
    [change] = re.findall(r'href="([^"]*/columns/[^"]*)"', page.content.decode())
    assert 'name="n" value="99"' in client.get(html.unescape(change)).content.decode()
    seedless = {"list": short, "unit": "village", "n": "6", "method": "simple", "seed": " "}
    assert "A draw needs a seed" in plain(client.post(f"{home}draw/", seedless), 400)
    client.post(f"{home}draw/", few | {"n": "3"})
    worked()
    assert Sample.objects.get().written["draw"]["plan"]["n"] == 3, "what could not be drawn is forgotten"


def test_a_long_list_is_checked_by_the_worker_alone(client: Client, home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "LOOKED_AT", 10)
    word = word_of(client, home, "who\nNeema 0712 345 678\n" + "\n".join(f"A{n}" for n in range(30)) + "\nA3")
    monkeypatch.setattr(samples, "look", None)
    said = plain(client.get(f"{home}number/", {"list": word, "unit": "who"}))
    assert "32 rows. All of it is checked when the sample is drawn" in said
    assert "This list may tell who people are" in said
    told = {"list": word, "unit": "who", "n": "6", "method": "simple", "seed": "dice"}
    assert client.post(f"{home}draw/", told)["Location"] == home
    worked()
    page = client.get(home)
    assert "stands in the list 2 times" in plain(page)
    [change] = re.findall(r'href="([^"]*/columns/[^"]*)"', page.content.decode())
    assert "32" in plain(client.get(html.unescape(change).replace("/columns/", "/number/")))


def test_a_list_that_tells_who_people_are_is_warned_of(client: Client, home: str) -> None:
    word = word_of(client, home, "who\nNeema 0712 345 678\nA2\nA3")
    assert "This list may tell who people are" in plain(client.get(f"{home}number/", {"list": word, "unit": "who"}))


def test_a_word_that_nobody_signed_opens_no_list(client: Client, home: str, form: Form) -> None:
    assert client.get(f"{home}columns/", {"list": "nothing"}).status_code == 404
    word = word_of(client, home)
    other = services.add_uploaded(
        organisation=form.organisation, file=sheet(form_id="other", version="1"), by=User.objects.get()
    )  # fmt: skip
    assert client.get(f"/en/work/forms/{other.pk}/sample/columns/", {"list": word}).status_code == 404


def test_samples_of_others_do_not_exist(
    home: str, form: Form, producer: User, person: Callable[..., User], signed_in: Callable[[User], Client]
) -> None:
    sample = samples.draw_sample(form=form, file=villages(), columns={"unit": "village"}, plan=PLAN, by=producer)
    unit = sample.units.all()[0].pk
    stranger = signed_in(person("producer", Organisation.objects.create(slug="o", name="Others", country="KE")))
    for end in ("", "new/", "columns/", "number/", "draw/", "listing/", "assign/", f"unit/{unit}/", "file/draw.json"):
        assert stranger.get(home + end).status_code == 404, end
    assert stranger.post(f"{home}proof/").status_code == 404
    supervisor = signed_in(person("supervisor", form.organisation))
    assert "Draw another sample" not in plain(supervisor.get(home))
    assert supervisor.get(f"{home}new/").status_code in (302, 403)


def test_a_supervisor_deals_out_notes_and_replaces(client: Client, home: str, form: Form, producer: User) -> None:
    sample = samples.draw_sample(form=form, file=villages(), columns={"unit": "village"}, plan=PLAN, by=producer)
    phone = phones.add_enumerator(organisation=form.organisation, name="Team 1", forms=[], by=producer).enumerator
    assert client.post(f"{home}assign/", {"phone": phone.pk})["Location"] == home
    assert "Units that were given out: 6" in plain(client.get(home))
    one, other, *_rest = sample.units.filter(weight__gt=0)
    client.post(f"{home}unit/{one.pk}/", {"act": "outcome", "outcome": "refusal"})
    client.post(f"{home}unit/{other.pk}/", {"act": "replace", "reason": "not-safe"})
    assert "takes the place of" in plain(client.get(home))
    assert "it was not safe to go there" in plain(client.get(f"{home}unit/{other.pk}/"))
    assert "is not known as reason" in plain(
        client.post(f"{home}unit/{one.pk}/", {"act": "replace", "reason": "x"}), 400
    )
    assert "There is nobody" in plain(client.post(f"{home}assign/", {}), 400)


def test_places_are_listed_one_by_one(client: Client, home: str, form: Form, producer: User) -> None:
    plan = {**PLAN, "within": 2}
    sample = samples.draw_sample(form=form, file=villages(), columns={"unit": "village"}, plan=plan, by=producer)
    assert "Now write down every household" in plain(client.get(home))
    place = sample.units.filter(weight__gt=0)[0].name
    text = "place,unit\n" + "\n".join(f"{place},{n}" for n in range(1, 9))
    sent = {"file": SimpleUploadedFile("l.csv", text.encode()), "place": "place", "unit": "unit"}
    assert client.post(f"{home}listing/", sent)["Location"] == home
    assert f"{place}/" in plain(client.get(home))
    assert "sample.place-not-drawn" in plain(
        client.post(f"{home}listing/", sent | {"file": SimpleUploadedFile("l.csv", b"place,unit\nX,1")}), 400
    )
    record = json.loads(client.get(f"{home}file/draw.json").content)
    assert record["draw"]["listing"]["place"] == "place"


# --- in a browser -----------------------------------------------------------------------------------------------------


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def browser(
    chromium: Any, live_server: Any, producer: User, signed_in: Callable[[User], Client], request: Any
) -> Iterator[Any]:
    """A browser, with and without JavaScript, in which a producer is signed in."""
    request.getfixturevalue("monkeypatch").setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    context = chromium.new_context(
        java_script_enabled=request.param, base_url=live_server.url, viewport={"width": 360, "height": 800}, locale="en"
    )
    session = signed_in(producer).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.rules = request.param
    yield page
    context.close()


def looked_at(page: Any, name: str) -> None:
    """Hold a page against the rules at 360 and 1280 pixels; draw it where asked. The rules are scripts themselves."""
    page.wait_for_load_state("networkidle")  # a page without its style has another shape
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert page_rules.shape(page) + (page_rules.axe(page) if page.rules else []) == [], name
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"sample-{name}-{width}.png", full_page=True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.enable_socket
def test_a_sample_is_drawn_on_a_small_screen(browser: Any, home: str, form: Form, producer: User) -> None:
    page = browser
    phones.add_enumerator(organisation=form.organisation, name="Team 1", forms=[], by=producer)
    page.goto(f"{home}new/")
    looked_at(page, "new")
    page.set_input_files("#file", {"name": "v.csv", "mimeType": "text/csv", "buffer": VILLAGES.encode()})
    page.click("text=Go on")
    page.select_option("#unit", "village")
    page.select_option("#size", "households")
    page.check("input[name=strata][value=region]")
    looked_at(page, "columns")
    page.click("text=Check the list")
    page.fill("#n", "6")
    page.fill("#reserve", "1")
    looked_at(page, "number")
    page.click("button:has-text('Go on')")
    page.check("input[value=sampford]")
    page.fill("#seed", "dice 6 1 4 2 2 5, 3 March, Kisumu")
    looked_at(page, "draw")
    page.click("main button.first")
    looked_at(page, "waiting")
    worked()
    services.publish_version(version=form.versions.get(), by=producer)
    came(form, 1, Sample.objects.get().units.filter(weight__gt=0)[0].name)
    page.reload()
    assert "How far the work is" in page.text_content("main")
    looked_at(page, "drawn")
    page.click("table >> text=/^V\\d\\d$/ >> nth=1")
    looked_at(page, "unit")
    page.goto(f"{home}assign/")
    looked_at(page, "assign")
