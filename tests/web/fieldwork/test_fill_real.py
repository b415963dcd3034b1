"""The script on the real pages of the site: filled in with the network cut in the middle, sent once, and small."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import page_rules
import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from fill_pages import TWENTY

from datashift.forms.xform.making import as_xform
from datashift.web.fieldwork.answers import current
from datashift.web.fieldwork.models import Form, FormVersion, Submission
from datashift.web.people.models import Organisation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]
ADDRESS = "/en/fill/open-to-all/"


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser driver keeps a loop running in this thread; the database is asked in between."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def form(organisation: Organisation) -> Form:
    made = Form.objects.create(
        organisation=organisation, form_id="water", title="Water", country="TZ", state=Form.State.PUBLISHED,
        open_link="open-to-all",
    )  # fmt: skip
    xform = as_xform(TWENTY.encode(), "water.md").decode()
    languages = ["English (en)", "العربية (ar)"]
    FormVersion.objects.create(
        form=made, number=1, version="1", xform=xform, languages=languages, published=timezone.now()
    )
    return made


@pytest.fixture
def page(form: Form, chromium: Any, live_server: Any) -> Iterator[Any]:
    context = chromium.new_context(
        base_url=live_server.url, viewport={"width": 360, "height": 740}, locale="en",
        service_workers="block",
    )  # fmt: skip
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(ADDRESS)
    yield page
    page.goto("about:blank")  # nothing asks any more when the server ends
    context.close()


def test_a_form_is_filled_in_on_the_real_page_with_the_network_cut_in_the_middle(page: Any, form: Form) -> None:
    page.get_by_label("Who?").fill("Asha")
    assert page_rules.axe(page) == []
    page.context.set_offline(True)
    page.get_by_label("How many people live here?").fill("4")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("Answers that wait on this phone: 1").wait_for()
    assert Submission.objects.count() == 0
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.get_by_role("heading", name="Sent. Thank you.").wait_for()
    code = page.locator(".done .receipt").inner_text()
    (submission,) = Submission.objects.all()
    assert (submission.channel, submission.form, submission.complete) == ("browser", form, True)
    answers = current(submission)
    assert (answers["who"], answers["people"]) == ("Asha", "4")
    assert submission.attachments.get().name == "audit.csv"
    assert len(re.sub(r"\D", "", code)) >= 8


def test_the_real_page_of_a_form_of_twenty_questions_weighs_at_most_60_kilobytes(
    form: Form, site: Path, settings: Any
) -> None:
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "datashift.web.frame.static.StaticFiles"}}
    call_command("collectstatic", verbosity=0, interactive=False, skip_checks=True)
    client, asked = Client(), {"HTTP_ACCEPT_ENCODING": "gzip"}
    shown = client.get(ADDRESS, **asked)
    told = client.get(f"{ADDRESS}form.json", **asked)
    names = json.loads((Path(settings.STATIC_ROOT) / "staticfiles.json").read_text("utf-8"))["paths"]
    html = client.get(ADDRESS).content.decode()
    wanted = set(re.findall(r"/static/([\w./]+)", html))
    wanted |= {real for name, real in names.items() if name.startswith("fill/") and name != "fill/forms.js"}
    sizes = {name: _wire(Path(settings.STATIC_ROOT) / name) for name in wanted}
    sizes |= {"page": len(shown.content), "form.json": len(told.content)}
    assert len(sizes) > 20
    assert sum(size for name, size in sizes.items() if name.endswith(".js")) <= 45_000, sizes
    assert sum(sizes.values()) <= 60_000, sizes


def test_a_form_that_is_known_is_not_sent_again(form: Form) -> None:
    client = Client()
    first = client.get(f"{ADDRESS}form.json", HTTP_ACCEPT_ENCODING="gzip")
    again = client.get(f"{ADDRESS}form.json", HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH=first["ETag"])
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


def _wire(path: Path) -> int:
    zipped = path.with_name(f"{path.name}.gz")
    return (zipped if zipped.exists() else path).stat().st_size
