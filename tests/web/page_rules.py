"""What every page of the site is held against in a real browser: reflow, order, targets, keyboard, axe."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

Page = Any

SMALL = {"width": 320, "height": 256}
"""A phone of 320 px; and what is left of 1280 by 1024 when one enlarges four times."""
_HERE = Path(__file__).parent
_TOLD = """() => {
  const {expected, reached, wrong} = window.keyboard;
  const visited = reached.filter((one, k) => reached.indexOf(one) === k && one !== document.querySelector("main"));
  const name = (one) => "not reached: " + one.outerHTML.slice(0, 120);
  const missed = expected.filter((one) => !visited.includes(one)).map(name);
  const order = visited.filter((one) => expected.includes(one)).map((one) => expected.indexOf(one));
  const jumps = order.some((place, k) => k && place < order[k - 1]) ? ["not in the order of the page"] : [];
  return [...wrong, ...missed, ...jumps];
}"""


@cache
def _script(name: str) -> str:
    return (_HERE / name).read_text("utf-8")


def shape(page: Page) -> list[str]:
    """Return what is wrong with how a page is built: width, headings, language, title, size of what one hits."""
    found: list[str] = page.evaluate(_script("page_rules.js"))
    return found


def enlarged(page: Page) -> list[str]:
    """Return whether text of twice the size leaves the screen."""
    page.set_viewport_size({"width": 640, "height": 512})
    page.evaluate("document.documentElement.style.fontSize = '212.5%'")
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(SMALL)
    return [f"{wide} pixels wide with text of twice the size"] if wide > 640 else []


def keyboard(page: Page) -> list[str]:
    """Walk through a page with the Tab key; return what it does not reach, out of order, unseen or covered."""
    stops = page.evaluate(_script("page_keyboard.js"))
    for stop in range(3 * stops + 3):
        page.keyboard.press("Tab")
        # A field for a date is one thing to see and three stops of the key.
        if stop >= stops and not any("not reached" in one for one in page.evaluate(_TOLD)):
            break
    found: list[str] = page.evaluate(_TOLD)
    return found


def axe(page: Page) -> list[str]:
    """Return what axe finds."""
    asked = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    return [f"axe {one['id']}: {one['nodes'][0]['html'][:120]}" for one in asked.run(page).response["violations"]]
