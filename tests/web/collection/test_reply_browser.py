"""A person replies in a real browser: the page that hides its link from others must still send its form."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from datashift.web.collection import concerns
from datashift.web.collection.models import Dataset
from datashift.web.collection.steps import latest_run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]
FOUND = {
    "check_id": "K20", "code": "assess.interviewer", "kind": "enumerator", "subject": "One of six",
    "text": {"en": "In these interviews more pumps work than in others nearby."}, "rows": [5, 9], "effects": [],
    "weight": 1.0,
}  # fmt: skip


def test_a_reply_is_sent_from_a_browser_without_javascript(
    worked_out: Dataset, chromium: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    run = latest_run(worked_out)
    assert run is not None
    concerns.keep(run, [FOUND], before=None)
    concern = run.concerns.get()
    page = chromium.new_context(base_url=live_server.url, java_script_enabled=False).new_page()
    page.goto(reverse("reply", args=[concern.token]))
    page.fill("textarea", "All pumps there are new.")
    page.click("button.first")
    page.wait_for_selector("text=Your reply is saved.")
    concern.refresh_from_db()
    assert (concern.appeal, concern.appeal_text) == ("open", "All pumps there are new.")
    page.context.close()
