"""What the browser form keeps on a phone: drafts, pictures, receipts; without room, without a store, at any clock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import page_rules
import pytest
from fill_pages import EVERYTHING
from fill_phone import Phone, photo, sent

pytestmark = pytest.mark.enable_socket


def test_a_draft_with_its_picture_outlives_the_tab_and_can_be_deleted(
    phone: Callable[..., Phone], tmp_path: Path
) -> None:
    one = phone(EVERYTHING)
    one.page.get_by_label("Your name").fill("Asha")
    one.page.get_by_label("A photo").set_input_files(photo(one.page, tmp_path, 40, 30))
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
    one.page.get_by_label("A photo").set_input_files(photo(one.page, tmp_path, 40, 30))
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
