"""The dossier on paper: tagged, in its language, and whatever a producer writes is only text."""

from __future__ import annotations

import copy
import json
import re
from importlib.resources import files
from typing import Any

import pytest
import typst

from datashift.dossier import print as paper
from datashift.dossier.print import pdf
from datashift.dossier.view import view
from datashift.language import LANGUAGES

NASTY = '#eval("1") *bold* _it_ $x$ [link] \\ <label> @ref `raw` // no /* end */ #{ panic() }'


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tagged_pdf_in_every_language(simulated_dossier: dict[str, Any], language: str) -> None:
    made = pdf(simulated_dossier, language)
    assert made.startswith(b"%PDF-1.7")
    assert f"/Lang({language})".encode() in made.replace(b"/Lang (", b"/Lang(")
    for needed in (b"/StructTreeRoot", b"/MarkInfo", b"pdfuaid:part", b"<dc:title>", b"/DisplayDocTitle true"):
        assert needed in made, needed


def test_headings_tables_and_lists_are_tagged(simulated_dossier: dict[str, Any]) -> None:
    roles = re.findall(rb"/S\s*/(\w+)", pdf(simulated_dossier, "en"))
    page = view(simulated_dossier, "en")
    tables = sum(block["kind"] == "table" for section in page["sections"] for block in section["blocks"])
    assert roles.count(b"Table") == tables > 3
    assert roles.count(b"H1") == len(page["sections"])
    assert {b"Title", b"H2", b"L", b"TH", b"TD", b"Caption"} <= set(roles)


def test_the_same_dossier_gives_the_same_bytes(simulated_dossier: dict[str, Any]) -> None:
    assert pdf(simulated_dossier, "ne") == pdf(copy.deepcopy(simulated_dossier), "ne")


def test_the_day_is_that_of_the_release(simulated_dossier: dict[str, Any]) -> None:
    assert b"D:20261122" in pdf(simulated_dossier, "en")


def evil(dossier: dict[str, Any], text: str) -> dict[str, Any]:
    changed = copy.deepcopy(dossier)
    changed["head"]["title"] = {"en": text}
    changed["head"]["producer"] = text
    changed["design"]["note"] = {"en": text}
    changed["instrument"]["questions"][0]["column"] = text
    changed["limits"] = changed["summary"]["not_told"] = [{"en": text}]
    return changed


def test_what_a_producer_writes_is_never_markup(simulated_dossier: dict[str, Any]) -> None:
    changed = evil(simulated_dossier, NASTY)
    made = pdf(changed, "en", notes=[NASTY])
    assert made.startswith(b"%PDF")
    title = re.search(rb"<rdf:li xml:lang=\"x-default\">(.*?)</rdf:li>", made)
    assert title is not None
    assert b'#eval("1") *bold* _it_ $x$ [link]' in title[1].replace(b"&quot;", b'"')
    said = typst.query(
        files("datashift.dossier").joinpath("print.typ").read_bytes(),
        "figure",
        field="caption",
        sys_inputs={"dossier": paper._data(view(changed, "en"))},
    )
    assert len(json.loads(said)) > 3


def test_a_letter_that_no_font_has_does_not_stop_the_paper(simulated_dossier: dict[str, Any]) -> None:
    made = pdf(evil(simulated_dossier, "水 \U0001f600 \U000f0000 नेपाल \x07 bell"), "en")
    assert made.startswith(b"%PDF")


def test_letters_that_cannot_be_shown_are_marked_and_all_others_stay() -> None:
    assert paper._showable("पानी água 水 – 71\u202f%") == "पानी água \ufffd – 71\u202f%"


def test_other_faults_of_typst_are_not_hidden(
    simulated_dossier: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: Any, **_options: Any) -> bytes:
        raise typst.TypstError("unexpected argument")

    monkeypatch.setattr(paper, "_typeset", broken)
    with pytest.raises(typst.TypstError, match="unexpected"):
        pdf(simulated_dossier, "en")
