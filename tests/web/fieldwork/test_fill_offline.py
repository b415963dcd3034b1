"""The browser form without a network: it says that it is ready when all of it is on the phone, and not before."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import page_rules
import pytest
from desk_forms import water
from django.test import Client
from fill_pages import EVERYTHING
from fill_phone import Phone, is_ready
from fill_site import FORM, STATIC, Site, accepted, served

from datashift.web.fieldwork.models import Form
from datashift.web.fieldwork.phones import add_enumerator
from datashift.web.people.models import Organisation, User

pytestmark = pytest.mark.enable_socket
NOT_YET = "Not yet ready for use without a network."
CANNOT_KEEP = """(part) => {
  const add = Cache.prototype.add;
  Cache.prototype.add = function (address) {
    return globalThis.mended || !String(address).includes(part) ? add.call(this, address) : Promise.reject(new Error());
  };
}"""


def reopened(one: Phone) -> None:
    """Close the page, and open it where nobody answers."""
    one.site.down = True
    one.page.close()
    one.page = one.open()


@pytest.mark.parametrize("part", ["/static/fill/fill.css", "/static/mark.svg", f"{FORM}media/a.png"])
def test_a_form_of_which_a_part_does_not_come_is_not_said_to_be_ready(phone: Callable[..., Phone], part: str) -> None:
    one = phone(broken={part})
    one.says(NOT_YET)
    assert one.page.get_by_text("Ready for use without a network.", exact=True).count() == 0
    assert page_rules.axe(one.page) == []
    one.site.broken.clear()
    one.page.evaluate("dispatchEvent(new Event('online'))")  # it is tried again
    is_ready(one)
    assert one.page.get_by_text(NOT_YET).count() == 0


@pytest.mark.parametrize("part", ["fill/evaluate.js", "fill/places.js", "site.css", "media/a.png", FORM])
def test_a_part_that_the_phone_could_not_keep_is_kept_the_next_time(phone: Callable[..., Phone], part: str) -> None:
    one = phone(EVERYTHING)
    is_ready(one)
    one.page.evaluate("caches.keys().then((all) => Promise.all(all.map((name) => caches.delete(name))))")
    one.page.add_init_script(f"({CANNOT_KEEP})({part!r})")
    one.page.reload()
    one.says(NOT_YET)
    one.page.evaluate("globalThis.mended = true; dispatchEvent(new Event('online'))")
    is_ready(one)
    reopened(one)
    one.page.get_by_label("Your name").wait_for()


def test_a_form_that_cannot_be_kept_on_the_phone_is_not_said_to_be_ready(phone: Callable[..., Phone]) -> None:
    one = phone()
    one.page.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); }")
    one.page.reload()
    one.says(NOT_YET)


def test_a_newer_page_of_which_a_part_does_not_come_leaves_the_one_before_whole(phone: Callable[..., Phone]) -> None:
    one = phone()
    is_ready(one)
    newer = '<link rel="stylesheet" href="/static/newer.css"></head>'
    one.site.page = one.site.page.replace("</head>", newer)
    one.site.broken.add("/static/newer.css")
    one.page.reload()
    one.says(NOT_YET)
    reopened(one)
    is_ready(one)
    assert one.page.locator("link[href='/static/newer.css']").count() == 0
    one.page.get_by_label("Who?").fill("Asha")
    one.site.down = False
    one.site.more["/static/newer.css"] = ("text/css", b"")
    one.site.broken.clear()
    one.page.reload()
    is_ready(one)
    reopened(one)
    assert one.page.locator("link[href='/static/newer.css']").count() == 1


def test_a_form_that_begins_with_words_of_consent_has_all_its_controls_without_a_network(
    phone: Callable[..., Phone],
) -> None:
    one = phone(EVERYTHING, consent="You need not answer.")
    is_ready(one)
    reopened(one)
    one.page.wait_for_selector("#fill:not([hidden])", state="attached")
    one.page.get_by_role("button", name="Begin").click()
    one.page.get_by_role("group", name="Where?").get_by_role("button", name="Take the position").wait_for()
    one.page.get_by_label("A photo").wait_for()


# --- the list of an enumerator's forms --------------------------------------------------------------------------------


@pytest.fixture
def enumerator(organisation: Organisation, person: Callable[..., User]) -> str:
    """Return the address under which an enumerator of two forms finds them."""
    forms = [water(organisation), water(organisation, "wells")]
    Form.objects.filter(form_id="wells").update(title="Wells")
    key = add_enumerator(organisation=organisation, name="Team 1", forms=forms, by=person("producer", organisation))
    return f"/en/fill/{key.code}/"


@pytest.fixture
def listed(enumerator: str, chromium: Any) -> Iterator[Phone]:
    """Give a phone that shows the real list, from a server that can be switched off."""
    site, client = Site(answers=[accepted()]), Client()
    for path in ("", "water/", "wells/", "water/form.json", "wells/form.json", "worker.js", "water/worker.js"):
        shown = client.get(f"{enumerator}{path}")
        assert shown.status_code == 200, path
        site.more[f"{enumerator}{path}"] = (shown["Content-Type"], shown.content)
    with served(site):
        one = Phone(chromium, site, start=enumerator)
        yield one
        one.context.close()
    assert one.wrong == []


def rows(one: Phone) -> list[str]:
    return [re.sub(r"\s+", " ", row) for row in one.page.locator("[data-form]").all_inner_texts()]


def test_the_list_of_forms_opens_without_a_network_and_says_what_waits(listed: Phone, enumerator: str) -> None:
    one = listed
    is_ready(one)
    assert rows(one) == ["Water", "Wells"]
    one.page.goto(f"{enumerator}water/")
    is_ready(one)
    one.site.down = True
    one.page.get_by_label("How many people live here?").fill("4")
    one.send()
    one.says("Answers that wait on this phone: 1")
    one.page.get_by_role("button", name="Fill in another one").click()
    one.page.get_by_label("How many people live here?").fill("5")
    one.wait_kept("drafts", 1)
    reopened(one)
    one.page.get_by_role("heading", name="Your forms").wait_for()
    one.says("Begun, but not sent: 1 · Ready for use without a network.")
    assert rows(one) == [
        "Water Answers that wait on this phone: 1 · Begun, but not sent: 1 · Ready for use without a network.", "Wells",
    ]  # fmt: skip
    assert page_rules.axe(one.page) + page_rules.shape(one.page) == []
    one.page.get_by_role("link", name="Water").click()
    one.page.get_by_role("button", name="Go on").wait_for()
    one.page.goto(enumerator)
    one.site.down = False
    one.page.evaluate("dispatchEvent(new Event('online'))")  # the list sends, too
    one.wait_posted(1)
    one.wait_kept("outbox", 0)
    one.says("Begun, but not sent: 1 · Ready for use")
    assert "wait on this phone" not in rows(one)[0]


def test_the_list_of_forms_weighs_at_most_60_kilobytes(enumerator: str) -> None:
    shown = Client().get(enumerator).content
    parts, seen = set(re.findall(r"/static/([\w./]+)", shown.decode())), set[str]()
    while parts - seen:
        name = (parts - seen).pop()
        seen.add(name)
        if name.endswith(".js"):
            parts |= {f"fill/{other}" for other in re.findall(r'"\./(\w+\.js)"', (STATIC / name).read_text("utf-8"))}
    assert {"fill/forms.js", "fill/outbox.js", "fill/keeping.js", "site.css"} <= parts
    sizes = {name: len(gzip.compress(Path(STATIC / name).read_bytes())) for name in parts} | {"page": len(shown)}
    assert sum(sizes.values()) <= 60_000, sizes


def test_nobody_gets_a_worker_under_an_address_that_is_not_known(enumerator: str) -> None:
    assert Client().get("/en/fill/unknown/worker.js").status_code == 404
    given = Client().get(f"{enumerator}worker.js")
    assert (given.status_code, given["Service-Worker-Allowed"]) == (200, enumerator)
