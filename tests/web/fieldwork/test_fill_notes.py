"""A note that must be put right stands in the way: on one page with a script, and page by page without one."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import page_rules
import pytest
from django.test import Client
from django.utils import timezone
from fill_phone import Phone

from datashift.forms.xform.making import as_xform
from datashift.web.fieldwork.models import Form, FormVersion, Submission
from datashift.web.people.models import Organisation

SHARES = """
| survey | type | name | label | relevant | required | required_message |
| | integer | a | First share | | | |
| | integer | b | Second share | | | |
| | note | sum | Both must be 100 together | ${a} + ${b} != 100 | true() | Correct the shares. |
| settings | form_title | form_id | version |
| | Shares | shares | 1 |
"""


@pytest.mark.enable_socket
def test_on_one_page_nothing_is_sent_before_the_answers_under_a_note_are_right(phone: Callable[..., Phone]) -> None:
    one = phone(SHARES)
    one.page.get_by_label("First share").fill("60")
    one.page.get_by_label("Second share").fill("30")
    one.says("Both must be 100 together")
    one.send()
    one.heading("Please look at these again: 1")
    assert page_rules.axe(one.page) + page_rules.shape(one.page) == []
    one.page.get_by_role("link", name="Both must be 100 together: Correct the shares.").click()
    assert one.page.evaluate("document.activeElement.dataset.path") == "/data/sum"
    assert one.site.posted == []
    one.page.get_by_label("Second share").fill("40")
    one.send()
    one.wait_posted(1)


def answer(client: Client, at: str, path: str, value: str) -> str:
    """Answer one page; return where it goes on."""
    return client.post(at, {path: value, "do": "next"} if path else {"do": "next"}).headers["Location"]


@pytest.mark.django_db
def test_page_by_page_the_note_is_told_where_it_stands_and_at_the_end(organisation: Organisation) -> None:
    form = Form.objects.create(
        organisation=organisation, form_id="shares", title="Shares", country="TZ", state=Form.State.PUBLISHED,
        open_link="open-to-all",
    )  # fmt: skip
    xform = as_xform(SHARES.encode(), "form.md").decode()
    FormVersion.objects.create(form=form, number=1, version="1", xform=xform, published=timezone.now())
    client = Client()
    first = client.post("/en/fill/open-to-all/").headers["Location"]
    at = answer(client, answer(client, first, "/data/a", "60"), "/data/b", "30")
    assert parse_qs(urlsplit(at).query)["at"] == ["/data/sum"]
    told = client.get(answer(client, at, "", ""))
    assert told.status_code == 400
    assert "Correct the shares." in told.content.decode()
    check = f"{urlsplit(at).path}check/"
    page = client.get(check).content.decode()
    assert "Both must be 100 together" in page
    assert "Correct the shares." in page
    assert client.post(check).status_code == 400
    assert not Submission.objects.exists()
    answer(client, f"{urlsplit(at).path}?at=/data/b", "/data/b", "40")
    assert client.post(check).status_code == 200
    assert Submission.objects.count() == 1
