"""The questions of the browser form: each kind can be answered, by everybody, and means what the server means."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import page_rules
import pytest
from fill_pages import EVERYTHING, SHORT, form, page
from fill_phone import Phone, photo, sent
from fill_site import FORM, Site, served

from datashift.forms.xform import Instance, read_submission, read_xform
from datashift.forms.xform.making import as_xform

pytestmark = pytest.mark.enable_socket

Page = Any
_NOW = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Africa/Nairobi"))
TYPED = {
    "Your name": "Asha <&>", "Your story": "one\ntwo", "How many?": "12", "Litres": "2,5", "Which day?": "2026-11-23",
    "Which month?": "2026-05", "At what time?": "06:30", "When exactly?": "2026-11-23T06:30", "A code": "4006",
    "The roof": "tin", "Name of the child": "Juma",
}  # fmt: skip


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
    page.get_by_label("A photo").set_input_files(photo(page, folder, 3000, 2000))
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
    source = photo(one.page, tmp_path, 4000, 1000)
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


BEGUN = """
| survey | type | name | label | required | trigger |
| | start-geopoint | begun_at | | | |
| | background-geopoint | typed_at | | | ${who} |
| | text | who | Who? | yes | |
| settings | form_title | form_id | version |
| | Begun | begun | 1 |
"""


def test_where_a_form_is_begun_is_noted_once_the_browser_may_tell(phone: Callable[..., Phone]) -> None:
    here = {"latitude": -6.8, "longitude": 39.28, "accuracy": 4}
    one = phone(BEGUN, permissions=["geolocation"], geolocation=here)
    one.says("This form notes where it is begun.")
    assert page_rules.axe(one.page) == []
    one.page.get_by_label("Who?").fill("Asha")
    one.wait_kept("drafts", 1)
    one.page.wait_for_function("""async () => {
      const { openPhone, read } = await import("/static/fill/queue.js");
      const phone = await openPhone();
      const [draft] = await read(phone, "drafts");
      phone.close();
      return JSON.stringify(draft?.state ?? "").includes("39.28");
    }""")
    one.context.set_geolocation({"latitude": 1, "longitude": 1, "accuracy": 1})
    one.page.reload()
    one.page.get_by_role("button", name="Go on").click()  # begun already, so it is not asked again
    assert one.page.get_by_text("This form notes where it is begun.").count() == 0
    one.send()
    one.heading("Sent. Thank you.")
    answers = read_submission(read_xform(as_xform(BEGUN.encode(), "b.md")), one.site.posted[0]["xml_submission_file"])
    assert (answers.answers["begun_at"], answers.answers["typed_at"]) == ("-6.8 39.28 0 4", "")


def test_a_form_is_filled_in_all_the_same_where_the_browser_may_not_tell(phone: Callable[..., Phone]) -> None:
    one = phone(BEGUN)
    one.page.get_by_label("Who?").fill("Asha")
    one.send()
    one.heading("Sent. Thank you.")
    assert b"<begun_at/>" in one.site.posted[0]["xml_submission_file"]


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


def _size(jpeg: bytes) -> tuple[int, int]:
    """Return width and height of a JPEG: they stand in its first frame header."""
    found = re.search(rb"\xff[\xc0\xc2]..\x08(..)(..)", jpeg, re.DOTALL)
    assert found
    return int.from_bytes(found[2], "big"), int.from_bytes(found[1], "big")
