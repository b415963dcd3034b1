"""A phone with the browser form open on it, the site that it asks, and pictures that it takes."""

from __future__ import annotations

import base64
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fill_pages import SHORT, site_of
from fill_site import FORM, Site, accepted, served

from datashift.forms.xform import read_submission, read_xform
from datashift.forms.xform.making import as_xform

Page = Any

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


class Phone:
    """A browser with what it keeps, and the site that it asks."""

    def __init__(self, chromium: Any, site: Site, start: str = FORM, **more: Any) -> None:
        self.site, self.start = site, start
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
        """Open another tab."""
        page = self.context.new_page()
        page.set_default_timeout(8000)
        page.on("pageerror", lambda problem: self.wrong.append(str(problem)))
        page.on("console", lambda said: self.wrong.append(said.text) if "Content Security" in said.text else None)
        page.goto(self.start)
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

    def one(text: str = SHORT, *, consent: str = "", broken: Iterable[str] = (), **more: Any) -> Phone:
        site = site_of(text, consent)
        site.broken = set(broken)
        site.media["a.png"] = PIXEL
        site.answers = more.pop("answers", [accepted()])
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


def is_ready(one: Phone) -> None:
    """Wait until the page says that it works without a network."""
    one.page.get_by_text("Ready for use without a network.", exact=True).first.wait_for()


def photo(page: Page, folder: Path, width: int, height: int) -> Path:
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
