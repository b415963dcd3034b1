"""The dossier as a page: it stands alone, says everything in words, and a producer's text is only text."""

from __future__ import annotations

import copy
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from datashift.dossier.blocks import bar, dot, period
from datashift.dossier.page import html
from datashift.dossier.view import view
from datashift.language import LANGUAGES, speaking

VOID = {"meta", "br", "circle", "path"}


class Outline(HTMLParser):
    """Tags with their attributes; whatever is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_in_every_language_closes_what_it_opens(simulated_dossier: dict[str, Any], language: str) -> None:
    page = Outline(html(simulated_dossier, language))
    assert not page.open
    assert ("html", {"lang": language}) in page.tags


def test_a_page_needs_nothing_but_itself(simulated_dossier: dict[str, Any]) -> None:
    text = html(simulated_dossier, "en")
    page = Outline(text)
    assert not {tag for tag, _attributes in page.tags} & {"script", "link", "img", "iframe", "object", "form"}
    assert not re.search(r"@import|url\((?!#)|src=", text)
    assert {a.get("href", "#")[:1] for _tag, a in page.tags if a.get("href")} == {"#"}


def test_every_section_can_be_reached_and_has_its_heading(simulated_dossier: dict[str, Any]) -> None:
    page = Outline(html(simulated_dossier, "en"))
    ids = [attributes["id"] for _tag, attributes in page.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    targets = {a["href"].removeprefix("#") for tag, a in page.tags if tag == "a" and a["href"]}
    assert targets <= set(ids)
    assert {"summary", "profiles", "design", "fieldwork", "coverage", "checks", "figures", "digests"} <= targets
    labelled = {attributes.get("aria-labelledby") for tag, attributes in page.tags if tag == "section"}
    assert labelled <= set(ids)


def test_every_table_has_a_caption_and_scopes(simulated_dossier: dict[str, Any]) -> None:
    tags = [tag for tag, _attributes in Outline(html(simulated_dossier, "en")).tags]
    assert tags.count("table") == tags.count("caption") > 3
    headers = [a for tag, a in Outline(html(simulated_dossier, "en")).tags if tag == "th"]
    assert {a.get("scope") for a in headers} == {"col", "row"}


def test_the_first_sections_are_the_summary_and_the_profiles(simulated_dossier: dict[str, Any]) -> None:
    sections = [section["id"] for section in view(simulated_dossier, "en")["sections"]]
    assert sections[:2] == ["summary", "profiles"]


def test_what_a_producer_writes_is_text_and_nothing_else(simulated_dossier: dict[str, Any]) -> None:
    evil = copy.deepcopy(simulated_dossier)
    nasty = "<script>alert(1)</script> & \"quoted\" 'too'"
    evil["head"]["title"] = {"en": nasty}
    evil["head"]["producer"] = nasty
    evil["design"]["note"] = {"en": nasty}
    evil["instrument"]["questions"][0]["column"] = nasty
    text = html(evil, "en", notes=[nasty])
    assert "<script" not in text
    assert text.count("&lt;script&gt;alert(1)") >= 5
    assert not Outline(text).open


def test_notes_stand_before_the_finding(simulated_dossier: dict[str, Any]) -> None:
    text = html(simulated_dossier, "en", notes=["This release was withdrawn."])
    assert text.index("This release was withdrawn.") < text.index('class="finding"')
    assert text.index("Simulated data") < text.index('class="finding"')


def test_the_numbers_of_a_picture_stand_beside_it(simulated_dossier: dict[str, Any]) -> None:
    figures = next(s for s in view(simulated_dossier, "en")["sections"] if s["id"] == "figures")
    rows = [row for block in figures["blocks"] if block["kind"] == "table" for row in block["rows"]]
    drawn = [row for row in rows if any(isinstance(cell, dict) for cell in row)]
    assert drawn
    for row in drawn:
        mark = next(cell for cell in row if isinstance(cell, dict))
        said = " ".join(cell for cell in row if isinstance(cell, str))
        assert f"{mark['value']:.0f}"[0] in said


def test_nepali_pages_use_nepali_digits(simulated_dossier: dict[str, Any]) -> None:
    figures = next(s for s in view(simulated_dossier, "ne")["sections"] if s["id"] == "figures")
    cells = [c for b in figures["blocks"] if b["kind"] == "table" for r in b["rows"] for c in r if isinstance(c, str)]
    assert any(re.search("[०-९]", cell) for cell in cells)
    assert not [cell for cell in cells if re.fullmatch(r"[0-9.,\u202f%]+", cell)]


@pytest.mark.parametrize(
    ("written", "english", "nepali"),
    [("2015", "2015", "२०१५"), ("2011-01-01/P3Y", "2011–2013", "२०११–२०१३"), ("odd/text", "odd/text", "odd/text")],
)
def test_a_period_is_said_in_years(written: str, english: str, nepali: str) -> None:
    assert period(written) == english
    with speaking("ne"):
        assert period(written) == nepali


def test_marks_keep_within_their_line(simulated_dossier: dict[str, Any]) -> None:
    odd = copy.deepcopy(simulated_dossier)
    for row in odd["estimates"]["rows"]:
        row.update(value=250.0, lower=-40.0, upper=None)
    assert "NaN" not in html(odd, "en")
    assert dot(None, None, None, (0.0, 1.0)) == "–"
    assert bar(None, 0.2, 1.0, "none")["expected"] == 0.2
