"""The form on one page, in a real browser: nothing is lost and nothing doubled, whatever network or server do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import page_rules
import pytest
from fill_phone import Phone, is_ready, sent
from fill_site import FORM, accepted, refused

pytestmark = pytest.mark.enable_socket

HOTEL = "<html><body>Welcome to our network. Please sign in.</body></html>"


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
    is_ready(one)
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
    one.page.wait_for_timeout(500)  # while one try lasts there is no other
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


def test_what_waits_under_an_old_key_is_sent_under_the_new_one(phone: Callable[..., Phone]) -> None:
    one = phone(answers=[refused("submission.no-key", "This address is not known here.", 404), accepted()])
    one.fill()
    one.send()
    one.says("This address is not known here.")
    fresh = "/en/fill/fresh/"
    for path, kind in (("", "text/html; charset=utf-8"), ("form.json", "application/json")):
        one.site.more[fresh + path] = (kind, one.site.get(FORM + path)[2].replace(FORM.encode(), fresh.encode()))
    one.page.goto(fresh)
    one.page.get_by_role("button", name="Send it by this link").click()
    one.wait_kept("outbox", 0)
    assert [told["path"] for told in one.site.headers] == [f"{FORM}submission", f"{fresh}submission"]


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
