"""The form on one page, in a real browser: nothing is lost and nothing doubled, whatever the network, the phone or the
server does; everybody can use it; and it is small.
"""

from __future__ import annotations

import base64
import json
import re
import struct
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import page_rules
import pytest
from django.core.management import call_command
from fill_pages import EVERYTHING, SHORT, TWENTY, form, page, site_of
from fill_site import FORM, STATIC, Site, accepted, refused, served

from datashift.forms.xform import Instance, read_submission, read_xform
from datashift.forms.xform.making import as_xform

pytestmark = pytest.mark.enable_socket
Page = Any
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
_NOW = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Africa/Nairobi"))
HOTEL = "<html><body>Welcome to our network. Please sign in.</body></html>"
TYPED = {
    "Your name": "Asha <&>", "Your story": "one\ntwo", "How many?": "12", "Litres": "2,5", "Which day?": "2026-11-23",
    "Which month?": "2026-05", "At what time?": "06:30", "When exactly?": "2026-11-23T06:30", "A code": "4006",
    "The roof": "tin", "Name of the child": "Juma",
}  # fmt: skip


class Phone:
    """A browser with what it keeps, and the site that it asks."""

    def __init__(self, chromium: Any, site: Site, **more: Any) -> None:
        self.site = site
        self.context = chromium.new_context(
            base_url=site.base,
            viewport={"width": 360, "height": 740},
            locale="en",
            timezone_id="Africa/Nairobi",
            **more,
        )
        self.wrong: list[str] = []
        self.page = self.open()

    def open(self) -> Page:
        """Open the form in another tab."""
        page = self.context.new_page()
        page.set_default_timeout(8000)
        page.on("pageerror", lambda problem: self.wrong.append(str(problem)))
        page.on("console", lambda said: self.wrong.append(said.text) if "Content Security" in said.text else None)
        page.goto(FORM)
        return page

    def fill(self, who: str = "Asha", people: str = "4") -> None:
        self.page.get_by_label("Who?").fill(who)
        self.page.get_by_label("How many people live here?").fill(people)

    def send(self) -> None:
        self.page.get_by_role("button", name="Send", exact=True).click()

    def heading(self, words: str) -> None:
        self.page.get_by_role("heading", name=words).wait_for()

    def says(self, words: str) -> None:
        self.page.get_by_text(words).first.wait_for()

    def kept(self, store: str) -> list[dict[str, Any]]:
        """Return what lies in a store of the phone."""
        found: list[dict[str, Any]] = self.page.evaluate(
            """async (store) => {
              const { openPhone, read } = await import("/static/fill/queue.js");
              const phone = await openPhone();
              const found = (await read(phone, store)).map(({ blob, ...one }) => ({ ...one, size: blob?.size }));
              phone.close();
              return found;
            }""",
            store,
        )
        return found

    def wait_kept(self, store: str, count: int) -> None:
        """Wait until so much lies in a store."""
        end = time.monotonic() + 8
        while len(self.kept(store)) != count:
            assert time.monotonic() < end, f"{len(self.kept(store))} in {store}"
            time.sleep(0.05)

    def wait_posted(self, count: int) -> None:
        end = time.monotonic() + 8
        while len(self.site.posted) < count:
            assert time.monotonic() < end, f"{len(self.site.posted)} came"
            self.page.wait_for_timeout(50)


@pytest.fixture
def phone(chromium: Any) -> Iterator[Callable[..., Phone]]:
    """Give a phone on which a form is open: phone(SHORT, answers=[accepted()])."""
    made: list[Phone] = []
    running: list[Any] = []

    def one(text: str = SHORT, answers: list[Any] | None = None, consent: str = "", **more: Any) -> Phone:
        site = site_of(text, consent)
        site.media["a.png"] = PIXEL
        site.answers = answers or [accepted()]
        running.append(served(site))
        running[-1].__enter__()
        made.append(Phone(chromium, site, **more))
        return made[-1]

    yield one
    for each in made:
        each.context.close()
    for each in running:
        each.__exit__(None, None, None)
    assert [one.wrong for one in made if one.wrong] == []


def sent(site: Site, number: int = -1) -> dict[str, str]:
    """Return the answers of a submission that came."""
    xml = read_xform(as_xform(SHORT.encode(), "form.md"))
    return read_submission(xml, site.posted[number]["xml_submission_file"]).answers


def worker_keeps(one: Phone) -> None:
    """Wait until the worker has the page with all its parts."""
    one.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    # Asked too early, caches.open() would make a cache of its own that stays the first.
    count = "caches.keys().then(async ([name]) => (name ? (await (await caches.open(name)).keys()).length : 0))"
    end = time.monotonic() + 8
    while one.page.evaluate(count) < 15:
        assert time.monotonic() < end
        one.page.wait_for_timeout(50)


# --- sent, and sent once ----------------------------------------------------------------------------------------------


def test_what_was_answered_arrives_and_a_receipt_is_shown(phone: Callable[..., Phone]) -> None:
    one = phone()
    one.fill()
    one.page.get_by_label("No", exact=True).check()
    one.page.get_by_label("Why not?").fill("The pump\nbroke")
    one.send()
    one.heading("Sent. Thank you.")
    assert one.page.locator(".done .receipt").inner_text() == "1234-5678-9012"
    answers = sent(one.site)
    assert (answers["who"], answers["people"], answers["water"], answers["why"]) == (
        "Asha",
        "4",
        "no",
        "The pump\nbroke",
    )
    assert answers["start"].endswith("+03:00")
    assert one.kept("drafts") == one.kept("outbox") == one.kept("files") == []
    (kept,) = one.kept("sent")
    assert kept["receipt"] == "1234-5678-9012"
    assert "Asha" not in json.dumps(kept)
    assert "Cookie" not in one.site.headers[0]


def test_the_log_tells_how_long_each_question_took_and_what_was_changed_only_where_asked(
    phone: Callable[..., Phone],
) -> None:
    one = phone()
    one.fill()
    one.page.get_by_label("Yes", exact=True).check()
    one.send()
    one.heading("Sent. Thank you.")
    first, *rows = one.site.posted[0]["audit.csv"].decode().splitlines()
    assert first == "event,node,start,end"
    events = [row.split(",") for row in rows]
    assert [row[0] for row in events][:2] == ["form start", "question"]
    assert [row[1] for row in events if row[0] == "question"] == ["/data/who", "/data/people", "/data/water"]
    assert all(int(end or start) >= int(start) > 1.6e12 for _event, _node, start, end in events)
    assert "Asha" not in "".join(rows)
    assert b"<audit>audit.csv</audit>" in one.site.posted[0]["xml_submission_file"]


def test_an_answer_filled_in_without_a_network_waits_and_is_sent_once_there_is_one(
    phone: Callable[..., Phone],
) -> None:
    one = phone()
    one.says("Who?")
    worker_keeps(one)
    one.fill("before the cut")
    one.wait_kept("drafts", 1)
    one.site.down = True
    one.page.reload()  # the page itself comes from the phone
    one.page.get_by_role("button", name="Go on").click()
    assert one.page.get_by_label("Who?").input_value() == "before the cut"
    one.send()
    one.says("Kept on this phone. It is sent as soon as there is a network.")
    one.says("Answers that wait on this phone: 1")
    assert page_rules.axe(one.page) == []
    assert one.site.posted == []
    one.site.down = False
    one.page.evaluate("dispatchEvent(new Event('online'))")
    one.wait_kept("outbox", 0)
    assert len(one.site.posted) == 1
    assert sent(one.site)["who"] == "before the cut"
    assert [kept["receipt"] for kept in one.kept("sent")] == ["1234-5678-9012"]


def test_the_line_is_cut_after_the_server_has_it_and_the_same_answer_is_sent_again(
    phone: Callable[..., Phone],
) -> None:
    one = phone(answers=[accepted(), accepted("9999-0000-1111", "repeat")])
    one.site.lost = 1
    one.fill()
    one.send()
    one.wait_posted(1)
    one.page.evaluate("dispatchEvent(new Event('online'))")
    one.wait_kept("outbox", 0)
    first, second = (posted["xml_submission_file"] for posted in one.site.posted)
    assert first == second
    one.says("9999-0000-1111")


def test_an_answer_leaves_the_phone_only_when_the_server_says_that_it_has_it(phone: Callable[..., Phone]) -> None:
    one = phone()
    one.site.answers = [(200, HOTEL), (201, HOTEL), (201, "{}"), (503, "{}"), (404, HOTEL), (429, "{}"), (302, HOTEL)]
    one.fill()
    one.send()
    one.says("Answers that wait on this phone: 1")
    for count in range(2, 8):
        one.page.get_by_role("button", name="Send now").click()
        one.wait_posted(count)
        assert len(one.kept("outbox")) == 1
    one.site.answers = [accepted()]
    one.page.evaluate("dispatchEvent(new Event('online'))")
    one.wait_kept("outbox", 0)
    one.heading("Sent. Thank you.")  # also where it was the worker who sent it


def test_what_the_server_does_not_take_is_kept_and_told(phone: Callable[..., Phone]) -> None:
    one = phone(answers=[refused("submission.other-form", "This is from another form."), accepted()])
    one.fill()
    one.send()
    one.heading("The site did not take it. It is kept on this phone.")
    one.says("This is from another form.")
    assert page_rules.axe(one.page) == []
    one.page.reload()
    one.says("This is from another form.")
    assert len(one.site.posted) == 1  # it is not sent again and again
    with one.page.expect_download() as saved:
        one.page.get_by_role("button", name="Save it as a file").click()
    assert b"<who>Asha</who>" in Path(saved.value.path()).read_bytes()
    one.page.get_by_role("button", name="Delete").click()
    assert page_rules.axe(one.page) == []
    one.page.get_by_role("dialog").get_by_role("button", name="Keep").click()
    assert len(one.kept("outbox")) == 1
    one.page.get_by_role("button", name="Try again").click()
    one.wait_kept("outbox", 0)


def test_three_tabs_that_send_at_once_send_each_answer_once(phone: Callable[..., Phone]) -> None:
    one = phone()
    one.says("Who?")
    one.site.down = True
    for number in range(3):
        one.fill(f"person {number}")
        one.send()
        one.says(f"Answers that wait on this phone: {number + 1}")
        if number < 2:
            one.page.get_by_role("button", name="Fill in another one").click()
    one.site.down = False
    others = [one.open(), one.open()]
    for tab in (one.page, *others):
        tab.evaluate("dispatchEvent(new Event('online'))")
    one.wait_kept("outbox", 0)
    one.page.wait_for_timeout(200)
    assert sorted(sent(one.site, n)["who"] for n in range(len(one.site.posted))) == [f"person {n}" for n in range(3)]


def test_an_answer_that_is_open_in_one_tab_is_not_opened_in_another(phone: Callable[..., Phone]) -> None:
    one = phone()
    one.fill()
    one.wait_kept("drafts", 1)
    other = one.open()
    other.get_by_role("button", name="Go on").click()
    other.get_by_text("These answers are open in another tab of this browser.").wait_for()
    assert other.get_by_label("Who?").count() == 0


# --- drafts, room, clocks ---------------------------------------------------------------------------------------------


def test_a_draft_with_its_picture_outlives_the_tab_and_can_be_deleted(
    phone: Callable[..., Phone], tmp_path: Path
) -> None:
    one = phone(EVERYTHING)
    one.page.get_by_label("Your name").fill("Asha")
    one.page.get_by_label("A photo").set_input_files(_photo(one.page, tmp_path, 40, 30))
    one.says("Taken,")
    one.page.get_by_role("button", name="Add: Child").click()
    one.page.get_by_role("region", name="Child 2").get_by_label("Name of the child").fill("Second")
    one.wait_kept("drafts", 1)
    one.page.wait_for_timeout(400)
    one.page.close(run_before_unload=False)
    one.page = one.open()
    one.says("Begun, but not sent")
    assert page_rules.axe(one.page) == []
    one.page.get_by_role("button", name="Go on").click()
    assert one.page.get_by_label("Your name").input_value() == "Asha"
    assert one.page.get_by_role("region", name="Child 2").get_by_label("Name of the child").input_value() == "Second"
    one.says("Taken,")
    one.page.get_by_role("button", name="Keep it for later").click()
    one.page.get_by_role("button", name="Delete").click()
    one.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    one.wait_kept("drafts", 0)
    assert one.kept("files") == []


def test_a_phone_without_room_is_told_and_the_answer_is_sent_at_once(phone: Callable[..., Phone]) -> None:
    one = phone()
    one.says("Who?")
    one.page.evaluate("""() => { IDBObjectStore.prototype.put = () => {
      throw new DOMException("full", "QuotaExceededError");
    }; }""")
    one.fill()
    one.says("This phone has no room left.")
    assert page_rules.axe(one.page) == []
    one.site.down = True
    one.send()
    one.says("This phone has no room, and there is no network.")
    assert one.page.get_by_label("Who?").input_value() == "Asha"
    one.site.down = False
    one.send()
    one.heading("Sent. Thank you.")
    assert sent(one.site)["who"] == "Asha"


def test_little_room_is_told_before_anything_is_lost(phone: Callable[..., Phone], tmp_path: Path) -> None:
    one = phone(EVERYTHING)
    one.says("Your name")
    one.page.add_init_script("navigator.storage.estimate = async () => ({ quota: 1e6, usage: 9e5 })")
    one.page.reload()
    one.says("This phone has little room left.")
    one.page.get_by_label("A photo").set_input_files(_photo(one.page, tmp_path, 40, 30))
    one.says("This phone has no room for that file.")
    assert one.kept("files") == []


def test_a_browser_that_keeps_nothing_still_sends(phone: Callable[..., Phone]) -> None:
    one = phone()
    one.page.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); }")
    one.page.reload()
    one.says("This browser keeps nothing.")
    one.fill()
    one.send()
    one.heading("Sent. Thank you.")
    assert len(one.site.posted) == 1


def test_a_clock_that_stands_at_1970_stops_nobody(phone: Callable[..., Phone]) -> None:
    one = phone()
    one.page.clock.install(time=0)
    one.page.reload()
    one.fill()
    one.page.clock.run_for(1000)
    one.send()
    one.page.clock.run_for(1000)
    one.heading("Sent. Thank you.")
    assert sent(one.site)["start"].startswith("1970-01-01T03:0")


def test_the_list_of_what_was_sent_can_be_wiped_and_asks_first(phone: Callable[..., Phone]) -> None:
    one = phone()
    one.fill()
    one.send()
    one.heading("Sent. Thank you.")
    one.page.get_by_text("Sent from this phone").click()
    assert page_rules.axe(one.page) == []
    one.page.get_by_role("button", name="Wipe this list").click()
    one.page.get_by_role("dialog").get_by_role("button", name="Keep").click()
    assert len(one.kept("sent")) == 1
    one.page.get_by_role("button", name="Wipe this list").click()
    one.page.get_by_role("dialog").get_by_role("button", name="Wipe").click()
    one.wait_kept("sent", 0)


# --- questions --------------------------------------------------------------------------------------------------------


def test_nothing_is_sent_before_it_fits_and_each_fault_is_found_by_a_link(phone: Callable[..., Phone]) -> None:
    one = phone()
    one.page.get_by_label("How many people live here?").fill("40")
    one.page.get_by_label("How many people live here?").blur()
    one.says("From 1 to 29")
    one.send()
    one.heading("Please look at these again: 2")
    assert page_rules.axe(one.page) + page_rules.shape(one.page) == []
    assert one.page.evaluate("document.activeElement.matches('.notice.error')")
    one.page.get_by_role("link", name="How many people live here?: From 1 to 29").click()
    assert one.page.evaluate("document.activeElement.value") == "40"
    described = "document.getElementById(document.activeElement.getAttribute('aria-describedby')).textContent"
    assert one.page.evaluate(described) == "From 1 to 29"
    one.fill()
    one.send()
    one.heading("Sent. Thank you.")


def test_the_language_changes_without_loss_and_is_written_from_right_to_left(phone: Callable[..., Phone]) -> None:
    one = phone()
    one.fill("Asha")
    one.page.get_by_label("Language of the questions").select_option("العربية (ar)")
    one.says("هل لديكم ماء يا Asha؟")
    assert one.page.locator(".form").get_attribute("dir") == "rtl"
    assert one.page.get_by_label("من؟").input_value() == "Asha"
    assert one.page.locator("legend span").first.get_attribute("lang") == "ar"
    assert page_rules.axe(one.page) + page_rules.shape(one.page) == []
    one.page.get_by_label("كم شخصًا يعيش هنا؟").fill("١٢")
    one.send()
    one.heading("Sent. Thank you.")
    assert (sent(one.site)["who"], sent(one.site)["people"]) == ("Asha", "12")


def test_every_kind_of_question_can_be_answered_and_means_what_the_server_means(
    phone: Callable[..., Phone], tmp_path: Path
) -> None:
    one = phone(
        EVERYTHING, permissions=["geolocation"], geolocation={"latitude": -6.8, "longitude": 39.28, "accuracy": 4}
    )
    one.says("Your name")
    page = one.page
    for label, text in TYPED.items():
        page.get_by_label(label).fill(text)
    page.get_by_role("textbox", name="From 0 to 100").fill("55")
    group = lambda name: page.get_by_role("group", name=name)  # noqa: E731 - a short name for what stands below
    group("From one to five").get_by_label("3").check()
    group("One colour").get_by_label("Blue").check()
    page.get_by_label("A colour from the menu").select_option("green")
    group("Several colours").get_by_label("Green").check()
    group("Several colours").get_by_label("Red").check()
    group("A place").get_by_label("Find in the list").fill("place 17")
    assert group("A place").get_by_role("radio").count() == 1
    group("A place").get_by_label("Place 17").check()
    group("Which first?").get_by_role("button", name="Up: Blue").click()
    group("Do you agree?").get_by_label("Yes").check()
    group("Where?").get_by_role("button", name="Take the position").click()
    group("Where?").get_by_text("-6.80000, 39.28000").wait_for()
    for _point in range(2):
        group("Which way?").get_by_role("button", name="Add the point where I am").click()
        group("Which way?").get_by_role("listitem").nth(_point).wait_for()
    group("Which field?").get_by_text("Write the position by hand").click()
    for latitude in ("1", "2", "2.5"):
        group("Which field?").get_by_label("Latitude").fill(latitude)
        group("Which field?").get_by_label("Longitude").fill("40")
        group("Which field?").get_by_role("button", name="Use these").click()
    _add_files(page, tmp_path)
    assert page_rules.axe(page) == []
    one.send()
    one.heading("Sent. Thank you.")
    _as_the_server_means(one.site.posted[0])


def _add_files(page: Page, folder: Path) -> None:
    page.get_by_label("A photo").set_input_files(_photo(page, folder, 3000, 2000))
    page.get_by_text("The picture was made smaller").wait_for()
    for label, name in {"A sound": "a.mp3", "A film": "a.mp4", "A paper": "Secret name.pdf"}.items():
        (folder / name).write_bytes(b"bytes of a file")
        page.get_by_label(label).set_input_files(folder / name)


def _as_the_server_means(posted: dict[str, bytes]) -> None:
    """Hold what was sent against what the server makes of the same answers."""
    xml = posted.pop("xml_submission_file")
    read = read_xform(as_xform(EVERYTHING.encode(), "form.md"))
    told = read_submission(read, xml)
    one = Instance.of_draft(read, xml, now=_NOW, today=_NOW.date(), timezone=_NOW.tzinfo)
    assert one.faults() == []
    assert one.as_xml() == xml
    answers = told.answers
    assert (answers["litres"], answers["month"], answers["fine"], answers["order"]) == (
        "2.5",
        "2026-05-01",
        "OK",
        "blue red green",
    )
    assert (answers["hour"], answers["moment"]) == ("06:30:00.000+03:00", "2026-11-23T06:30:00.000+03:00")
    assert (answers["few"], answers["many"], answers["several"], answers["place"]) == ("3", "55", "red green", "p17")
    assert answers["spot"] == "-6.8 39.28 0 4"
    assert answers["field"] == "1 40 0 0;2 40 0 0;2.5 40 0 0;1 40 0 0"
    assert answers["house/child"] == [{"called": "Juma"}]
    assert {name for name in posted if not re.fullmatch(r"\d+-[0-9a-z]+\.(jpg|mp3|mp4|pdf)", name)} == set()
    assert len(posted) == 4


def test_a_picture_is_made_small_on_the_phone_and_loses_what_it_tells_beside_the_picture(
    phone: Callable[..., Phone], tmp_path: Path
) -> None:
    one = phone(EVERYTHING)
    one.page.get_by_label("Your name").fill("Asha")
    one.page.get_by_label("Name of the child").fill("Juma")
    source = _photo(one.page, tmp_path, 4000, 1000)
    assert b"Exif" in source.read_bytes()
    one.page.get_by_label("A photo").set_input_files(source)
    one.says("The picture was made smaller")
    (tmp_path / "no.jpg").write_bytes(b"no picture")
    one.page.get_by_label("A photo").set_input_files(tmp_path / "no.jpg")
    one.says("This picture cannot be read here.")  # the one before stays
    one.send()
    one.heading("Sent. Thank you.")
    (name,) = (name for name in one.site.posted[0] if name.endswith(".jpg"))
    picture = one.site.posted[0][name]
    assert (_size(source.read_bytes()), _size(picture)) == ((4000, 1000), (1600, 400))
    assert b"Exif" not in picture
    assert b"camera" not in picture


def test_a_better_position_takes_the_place_of_a_worse_one(phone: Callable[..., Phone]) -> None:
    one = phone(EVERYTHING)
    one.page.add_init_script("""Object.defineProperty(navigator, "geolocation", { value: {
      watchPosition(tell) { globalThis.stand = (latitude, longitude, accuracy) =>
        tell({ coords: { latitude, longitude, altitude: null, accuracy } }); return 1; },
      clearWatch() { globalThis.stand = () => null; },
    } })""")
    one.page.reload()
    where = one.page.get_by_role("group", name="Where?")
    where.get_by_role("button", name="Take the position").click()
    for reading, told in (((1, 2, 80), "Known to 80"), ((1.5, 2.5, 20), "Known to 20"), ((9, 9, 500), "Known to 20")):
        one.page.evaluate("(reading) => stand(...reading)", list(reading))
        where.get_by_text(told).wait_for()
    one.page.evaluate("stand(1.6, 2.6, 3)")
    where.get_by_role("button", name="Take the position").wait_for()
    one.page.evaluate("stand(7, 7, 1)")
    assert "1.60000, 2.60000 (± 3" in where.inner_text()


def test_a_position_that_the_phone_does_not_tell_can_be_written_by_hand(phone: Callable[..., Phone]) -> None:
    one = phone(EVERYTHING)
    where = one.page.get_by_role("group", name="Where?")
    where.get_by_role("button", name="Take the position").click()
    where.get_by_text("The phone does not tell its position here.").wait_for()
    where.get_by_text("Write the position by hand").click()
    where.get_by_label("Latitude").fill("95")
    where.get_by_role("button", name="Use these").click()
    where.get_by_text("Write degrees, such as").wait_for()
    assert page_rules.axe(one.page) == []


def test_what_cannot_be_drawn_leads_to_the_pages_without_script(phone: Callable[..., Phone], chromium: Any) -> None:
    told = form(SHORT)
    told["program"]["fields"][2]["kind"] = "hologram"
    site = Site(page=page(told), told=told)
    with served(site):
        context = chromium.new_context(base_url=site.base)
        one = context.new_page()
        one.goto(FORM)
        one.get_by_role("link", name="Use the pages without script").click()
        one.get_by_role("button", name="Begin").wait_for()
        assert one.locator("#fill").is_hidden()
        context.close()


def test_the_words_of_consent_come_first_and_go_along(phone: Callable[..., Phone]) -> None:
    one = phone(consent="You need not answer.")
    one.says("You need not answer.")
    one.page.wait_for_selector("#fill:not([hidden])", state="attached")
    assert one.page.get_by_label("Who?").count() == 0
    one.page.get_by_role("button", name="Begin").click()
    one.fill()
    one.send()
    one.heading("Sent. Thank you.")
    assert one.site.headers[0]["path"] == f"{FORM}submission?consent=d1gest"


# --- small, and for everybody -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [SHORT, EVERYTHING], ids=["short", "everything"])
def test_the_form_is_for_everybody(phone: Callable[..., Phone], text: str) -> None:
    one = phone(text)
    one.page.wait_for_selector(".question")
    one.page.set_viewport_size(page_rules.SMALL)
    found = page_rules.shape(one.page) + page_rules.enlarged(one.page) + page_rules.axe(one.page)
    # Of radio buttons with one name the Tab key reaches one alone: the arrows reach the others.
    assert found == []


@pytest.fixture
def collected(site: Path, settings: Any) -> Path:
    """The static files as the site serves them."""
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "datashift.web.frame.static.StaticFiles"}}
    settings.STATICFILES_DIRS = [STATIC]
    call_command("collectstatic", verbosity=0, interactive=False, skip_checks=True)
    return Path(settings.STATIC_ROOT)


def named(folder: Path, text: str) -> tuple[dict[str, Any], str]:
    """Return a form, and its page with the names that static files have on the site."""
    told = form(text)
    names = json.loads((folder / "staticfiles.json").read_text("utf-8"))["paths"]
    return told, re.sub(r"/static/([\w./]+)", lambda one: f"/static/{names[one[1]]}", page(told))


def test_the_first_question_is_there_within_three_seconds_at_30_kilobytes_a_second(
    collected: Path, chromium: Any
) -> None:
    told, shown = named(collected, TWENTY)
    with served(Site(page=shown, told=told, static=collected, compressed=True)) as site:
        # Other tests take from the machine what a phone has for itself: the best of eight counts.
        took = min(_until_first_question(chromium, site.base) for _try in range(8))
    assert took < 3000, took


def _until_first_question(chromium: Any, base: str) -> float:
    """Return the milliseconds until the first question is there, for somebody who was never here before."""
    context = chromium.new_context(base_url=base, service_workers="block")
    page = context.new_page()
    slow = context.new_cdp_session(page)
    slow.send("Network.enable")
    line = {"offline": False, "latency": 40, "downloadThroughput": 30_000, "uploadThroughput": 30_000}
    slow.send("Network.emulateNetworkConditions", line)
    page.goto(FORM, wait_until="commit")
    page.get_by_label("Who?").wait_for()
    took: float = page.evaluate("performance.now()")
    context.close()
    return took


def test_every_word_of_the_script_stands_in_the_template() -> None:
    scripts = {path.name: path.read_text("utf-8") for path in (STATIC / "fill").glob("*.js")}
    listed = re.search(r"WORDS = \[(.*?)\]", scripts["fill.js"], re.DOTALL)
    assert listed
    template = (STATIC.parent / "templates/fieldwork/fill_words.html").read_text("utf-8")
    there = set(re.findall(r'^"(\w+)": _\(', template, re.MULTILINE))
    assert set(re.findall(r'"(\w+)"', listed[1])) == there
    used = {word for text in scripts.values() for word in re.findall(r"\bwords\.(\w+)", text)} - {"split", "includes"}
    assert used <= there


# --- helpers ----------------------------------------------------------------------------------------------------------


def _photo(page: Page, folder: Path, width: int, height: int) -> Path:
    """Write a picture that also tells which camera took it (EXIF: an APP1 segment with the tag Make)."""
    told: str = page.evaluate(
        """async ([width, height]) => {
          const canvas = Object.assign(document.createElement("canvas"), { width, height });
          const pen = canvas.getContext("2d");
          for (let k = 0; k < 400; k += 1) {
            pen.fillStyle = `hsl(${k * 7} 80% 50%)`;
            pen.fillRect((k * 37) % width, (k * 53) % height, width / 9, height / 9);
          }
          return canvas.toDataURL("image/jpeg", 0.95).split(",")[1];
        }""",
        [width, height],
    )
    plain = base64.b64decode(told)
    maker = b"a camera with a name\0"
    head = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 0x010F, 2, len(maker), 26) + b"\0" * 4 + maker
    path = folder / f"p{width}.jpg"
    path.write_bytes(plain[:2] + b"\xff\xe1" + struct.pack(">H", len(head) + 2) + head + plain[2:])
    return path


def _size(jpeg: bytes) -> tuple[int, int]:
    """Return width and height of a JPEG: they stand in its first frame header."""
    found = re.search(rb"\xff[\xc0\xc2]..\x08(..)(..)", jpeg, re.DOTALL)
    assert found
    return int.from_bytes(found[2], "big"), int.from_bytes(found[1], "big")
