"""Every page can be reached, and what it links to is there."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pages import DOCS, ROOT, anchors, every_page, links, name

FORBIDDEN = ("/work/", "/home/", "/tmp", "file://", "localhost")


@pytest.mark.parametrize("page", every_page(), ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        target = urlsplit(link)
        if target.scheme:
            assert target.scheme in ("https", "mailto"), link
            continue
        goal = (page.parent / target.path).resolve() if target.path else page
        assert goal.exists(), f"{link} is not there"
        assert goal.is_relative_to(ROOT), f"{link} leaves the project"
        if target.fragment:
            assert target.fragment in anchors(goal), f"{link} has no such heading"


@pytest.mark.parametrize("page", every_page(), ids=name)
def test_no_page_names_a_path_of_a_machine(page: Path) -> None:
    text = page.read_text("utf-8")
    assert [word for word in FORBIDDEN if word in text] == []


def test_every_page_of_the_documentation_is_reached_from_the_readme() -> None:
    reached, queue = set(), [ROOT / "README.md"]
    while queue:
        page = queue.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        local = [urlsplit(link) for link in links(page)]
        queue += [(page.parent / link.path).resolve() for link in local if link.path and not link.scheme]
    lost = [name(page) for page in every_page() if page.is_relative_to(DOCS) and page not in reached]
    assert lost == []


def test_pictures_are_small_and_have_words_for_those_who_cannot_see_them() -> None:
    pictures = sorted((DOCS / "images").glob("*"))
    assert pictures
    for picture in pictures:
        assert picture.stat().st_size < 250_000, picture.name
    text = (ROOT / "README.md").read_text("utf-8")
    assert 'alt="' in text or "![" in text
    assert "![](" not in text
    assert 'alt=""' not in text
