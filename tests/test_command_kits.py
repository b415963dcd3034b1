"""datashift kits: list, show, form, compare."""

import argparse
import io
import json
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from datashift.commands import kits
from datashift.errors import BadRecipe
from datashift.forms.workbook import form_workbook, tables, workbook
from datashift.language import LANGUAGES, speaking
from datashift.standards.kits import kit_folder, known_kits, shipped_kit

KITS = Path(kit_folder("water-point-functionality")).parent


def told(*words: str) -> tuple[str, object]:
    parser = argparse.ArgumentParser()
    kits.arguments(parser)
    text, data = kits.run(parser.parse_args(words))
    return text, json.loads(json.dumps(data()))


def test_without_a_word_the_kits_are_listed_with_their_figures():
    text, data = told()
    assert [kit["id"] for kit in data] == known_kits()
    assert "water-point-functionality 1.0.0  6.1.1" in text
    assert "WP_FUNCTIONAL" in text


@pytest.mark.parametrize("name", known_kits())
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_kit_is_shown_in_every_language_with_figures_questions_and_custodian(name, language):
    kit = shipped_kit(name)
    with speaking(language):
        text, data = told("show", name)
    assert all(measure.id in text for measure in kit.measures)
    assert all(f"  {concept}  " in text for concept in kit.concepts)
    assert kit.title[language] in text
    assert not kit.custodian or kit.custodian.agency[0] in text
    assert data["id"] == name


@pytest.mark.parametrize("name", known_kits())
def test_the_workbook_of_a_form_converts_to_the_same_questions(name, tmp_path):
    out = tmp_path / "forms" / "form.xlsx"
    text, data = told("form", name, "--out", str(out))
    assert str(out) in text
    assert data == {"kit": f"{name}@1.0.0", "form": str(out)}
    written = (KITS / name / "form.md").read_text("utf-8")
    ours, plain = convert(out), convert(written, file_type=".md")
    assert ours.warnings == plain.warnings == []
    body = "<bind"
    assert ours.xform.count(body) == plain.xform.count(body)
    assert f'id="{name}"' in ours.xform
    assert 'version="1.0.0"' in ours.xform
    found = openpyxl.load_workbook(out)
    for sheet, rows in tables(written).items():
        cells = [["" if cell is None else cell for cell in row] for row in found[sheet].values]
        assert cells == [row + [""] * (len(cells[0]) - len(row)) for row in rows]


def test_a_form_is_the_same_bytes_every_time_and_plain_markdown_where_wanted(tmp_path):
    kit, form = shipped_kit("drinking-water-ladder"), (KITS / "drinking-water-ladder" / "form.md").read_text("utf-8")
    assert form_workbook(kit, form) == form_workbook(kit, form)
    told("form", "drinking-water-ladder", "--out", str(tmp_path / "form.md"))
    assert (tmp_path / "form.md").read_text("utf-8") == form
    with pytest.raises(BadRecipe, match=r"\.xlsx or \.md"):
        told("form", "drinking-water-ladder", "--out", str(tmp_path / "form.pdf"))


CELLS = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")).map(str.strip)


@given(st.lists(st.lists(CELLS.filter(bool), min_size=1, max_size=30), min_size=1, max_size=4))
def test_every_text_comes_back_from_a_workbook(rows):
    sheet = openpyxl.load_workbook(io.BytesIO(workbook({"survey": rows})))["survey"]
    found = [["" if cell is None else cell for cell in row] for row in sheet.values]
    assert [row[: len(given)] for row, given in zip(found, rows, strict=True)] == rows


@pytest.fixture
def folder(tmp_path):
    text = """
    id = "drinking-water-ladder-45"
    version = "1.0.0"
    title.en = "Drinking water, 45 minutes"
    [variant]
    of = "drinking-water-ladder@1.0.0"
    decided_by = "Made-up ministry of water"
    why.en = "In the dry north nobody reaches a source within 30 minutes."
    [concepts.service_level.rules]
    4 = { when = { minutes = { most = 45 } } }
    5 = { when = { minutes = { above = 45 } } }
    """
    (tmp_path / "variant.toml").write_text(text, "utf-8")
    return tmp_path


def test_a_variant_is_shown_and_asked_like_a_kit(folder, tmp_path):
    text, _data = told("show", str(folder))
    assert "A variant of drinking-water-ladder@1.0.0, decided by Made-up ministry of water" in text
    told("form", str(folder), "--out", str(tmp_path / "form.xlsx"))
    assert 'id="drinking-water-ladder-45"' in convert(tmp_path / "form.xlsx").xform


def test_a_variant_is_classed_against_its_kit_with_reasons(folder):
    text, data = told("compare", "drinking-water-ladder", str(folder))
    assert "WATER_LIMITED: adjustable" in text
    assert "WATER_IMPROVED: identical" in text
    assert "30 became 45" in text
    assert data["measures"]["WATER_AT_LEAST_BASIC"]["kind"] == "adjustable"
    assert [change["before"] for change in data["changes"] if change["where"].startswith("concepts")] == ["30", "30"]


def test_a_kit_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(BadRecipe, match="water-point-functionality"):
        told("compare", "water-point-functionality", "nothing")
