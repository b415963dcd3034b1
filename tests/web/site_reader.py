"""A reader who follows every link of the public site, without JavaScript."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit
from zipfile import BadZipFile, ZipFile

import pyarrow.parquet as pq
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import URLPattern, get_resolver

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Page:
    """One page as it came: its address, view, text, links, what it loads, and the published numbers on it."""

    path: str
    view: str
    status: int
    html: str
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    sign_in: bool = False


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.page.inline += [name for name in given if name.startswith("on") or name == "style"]
        if tag == "a" and "href" in given:
            self.page.links.append(given["href"])
        if tag == "data":
            self.page.numbers.append(float(given["value"]))
        if tag == "link" and given.get("rel", "") in ("stylesheet", "icon", "manifest"):
            self.page.loads.append(given["href"])
        if tag in ("img", "script", "iframe", "object", "source") and (given.get("src") or given.get("srcset")):
            self.page.loads.append(given.get("src") or given["srcset"].split()[0])
        if tag in ("script", "style") and "src" not in given and given.get("type") != "application/json":
            self.page.inline.append(tag)


def read(client: Client, path: str) -> Page:
    """Ask for a page and read it."""
    answer = client.get(path)
    match = answer.resolver_match
    page = Page(path, match.view_name if match else "", answer.status_code, "")
    page.sign_in = "/account/login" in answer.get("Location", "")
    if answer.get("Content-Type", "").startswith("text/html") and not answer.streaming:
        page.html = answer.content.decode()
        _Reader(page).feed(page.html)
    return page


def crawl(client: Client, start: str, most: int = 400, each: int = 12) -> Iterator[Page]:
    """Yield every page that can be reached from `start` in its language; at most `each` of one view."""
    language = start.split("/")[1]
    seen, waiting = {start}, [start]
    counted: dict[str, int] = {}
    while waiting and len(seen) < 20 * most:
        page = read(client, waiting.pop(0))
        counted[page.view] = counted.get(page.view, 0) + 1
        if counted[page.view] > each or page.sign_in:
            continue
        yield page
        for link in page.links:
            target = urldefrag(urljoin(page.path, link)).url
            parts = urlsplit(target)
            public = parts.path.startswith(f"/{language}/") and not parts.path.startswith(
                (f"/{language}/work/", f"/{language}/account/", f"/{language}/withdraw/")
            )
            if not parts.netloc and public and target not in seen:
                seen.add(target)
                waiting.append(target)


def weight(client: Client, page: Page) -> int:
    """Return how many bytes the page and all it loads take on the wire, compressed."""
    return len(gzip.compress(page.html.encode(), 6)) + sum(_weight(client, address) for address in set(page.loads))


def _weight(client: Client, address: str) -> int:
    if address.startswith("/static/"):
        found = finders.find(address.removeprefix("/static/"))
        assert found, address
        with open(str(found), "rb") as stream:
            return len(gzip.compress(stream.read(), 6))
    answer = client.get(address)
    assert answer.status_code == 200, address
    return len(b"".join(answer.streaming_content) if answer.streaming else answer.content)


# --- every address, and what comes out of it --------------------------------------------------------------------------


def routes(patterns: Any = None, before: str = "") -> Iterator[tuple[str, str, Any]]:
    """Yield every address of the site: its route, its name, its view."""
    for one in patterns if patterns is not None else get_resolver().url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route, one.name or "", one.callback
        else:
            yield from routes(one.url_patterns, route)


def arguments(route: str) -> list[str]:
    """Return the names of what a route asks for, in their order."""
    return re.findall(r"(?<!P)<(?:\w+:)?(\w+)>", route)


def filled(route: str, words: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the addresses of a route with every word for each of its arguments."""
    made = [route]
    for name in arguments(route):
        made = [
            re.sub(rf"<(?:\w+:)?{name}>", lambda _found, word=word: word, one, count=1)
            for one in made
            for word in words[name]
        ]
    return ["/" + one for one in made]


def body(answer: Any) -> bytes:
    """Return what an answer holds; a file is read to its end."""
    return b"".join(answer) if answer.streaming else bytes(answer.content)


def found_in(data: bytes, words: Sequence[str], name: str = "") -> Iterator[tuple[str, str]]:
    """Yield each word that stands in bytes or in what is packed in them, and where."""
    text = data.decode("utf-8", "replace").casefold()
    if data[:4] == b"PAR1":
        text = str(pq.read_table(io.BytesIO(data)).to_pylist()).casefold()
    yield from ((name, one) for one in words if one.casefold() in text)
    if data[:2] == b"PK":
        try:
            with ZipFile(io.BytesIO(data)) as parts:
                for part in parts.namelist():
                    yield from found_in(parts.read(part), words, f"{name}/{part}")
        except BadZipFile:
            return
