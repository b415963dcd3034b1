"""The browser form is small, for everybody, and says all its words in the language of the page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import page_rules
import pytest
from django.core.management import call_command
from fill_pages import EVERYTHING, SHORT, TWENTY, form, page
from fill_phone import Phone
from fill_site import FORM, STATIC, Site, served

pytestmark = pytest.mark.enable_socket


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
