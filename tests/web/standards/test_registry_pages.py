"""The registry can be read by everybody: complete without JavaScript, small, in four languages, and true."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from datashift.forms.xlsform import read_form
from datashift.standards.kits import known_kits, shipped_kit
from datashift.web.people.models import User
from datashift.web.standards.models import KitVersion
from datashift.web.standards.services import add_variant, sync

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "es", "sw", "ne")
STYLES = Path(__file__).parents[3] / "src" / "datashift" / "web" / "static"
VARIANT = """
id = "drinking-water-dry-north"
version = "1.0.0"
title.en = "Drinking-water ladder of the dry north"
variant.of = "drinking-water-ladder@1.0.0"
concepts.service_level.rules.4.when.minutes.most = 45
concepts.service_level.rules.5.when.minutes.above = 45
"""
PAGES = ["", "concepts/", "codelists/", "areas/", "areas/TZ/", "areas/KE/", "areas/NP/", "areas/AR/",
         *(f"kits/{kit}/" for kit in known_kits())]  # fmt: skip


@pytest.fixture(autouse=True)
def registry(db: None) -> None:
    sync()


def page(path: str, language: str = "en") -> str:
    answer = Client().get(f"/{language}/registry/{path}")
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def words(path: str, language: str = "en") -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page(path, language)).split())


@pytest.fixture
def variant(person: Callable[..., User]) -> KitVersion:
    return add_variant(text=VARIANT, organisation=None, by=person("editor"))


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_small_whole_and_has_one_heading_in_every_language(path: str) -> None:
    styles = sum(len(gzip.compress((STYLES / name).read_bytes())) for name in ("site.css", "registry.css"))
    for language in LANGUAGES:
        text = page(path, language)
        assert len(gzip.compress(text.encode())) + styles <= 50_000, (path, language)
        assert f'<html lang="{language}"' in text
        assert len(re.findall(r"<h1[ >]", text)) == 1
        assert "<script" not in text
        assert ' style="' not in text
        ids = re.findall(r'\bid="([^"]+)"', text)
        assert len(ids) == len(set(ids))
        missing = set(re.findall(r'href="#([^"]+)"', text)) - set(ids)
        assert missing == set()


def test_all_kits_stand_under_their_goals() -> None:
    text = page("")
    for name in known_kits():
        assert f"/en/registry/kits/{name}/" in text
    assert text.index('id="goal-6"') < text.index("kits/sanitation-ladder/") < text.index('id="goal-11"')


def test_a_kit_says_its_questions_in_four_languages_side_by_side() -> None:
    kit, text = shipped_kit("handwashing-facility"), page("kits/handwashing-facility/")
    for name, concept in kit.concepts.items():
        assert f'id="concept-{name}"' in text
        for language, question in concept.question.items():
            assert f'<li lang="{language}">{question}</li>' in text.replace("&#39;", "'").replace("&#34;", '"')


def test_a_figure_is_told_in_words() -> None:
    text = words("kits/water-point-functionality/")
    assert "A share: of all that are meant, the part that counts." in text
    assert "What counts (numerator)" in text
    assert "Does it work?" in text or "works" in text
    assert "It stands in for the global indicator." in text


def test_what_is_named_in_conditions_are_answers_and_not_codes() -> None:
    kit = shipped_kit("water-point-functionality")
    text = words("kits/water-point-functionality/")
    measure = kit.measures[0]
    for concept, codes in measure.numerator.items():
        labels = [kit.concepts[concept].codes[code].label["en"] for code in codes]
        name = kit.concepts[concept].label["en"]
        assert f"{name}{' ' if name.endswith('?') else ': '}{' · '.join(labels)}" in text


def test_the_form_of_a_kit_opens_as_a_form(tmp_path: Path, site: Path) -> None:
    answer = Client().get("/registry/kit/beach-litter/1.0.0/form.xlsx")
    assert answer.status_code == 200
    assert "survey" in zipfile.ZipFile(io.BytesIO(answer.content)).read("xl/workbook.xml").decode()
    path = tmp_path / "form.xlsx"
    path.write_bytes(answer.content)
    asked = {question.name for question in read_form(path).questions}
    kit = shipped_kit("beach-litter")
    assert {name for name, concept in kit.concepts.items() if concept.question} <= asked
    assert len(list((site / "cache" / "forms").iterdir())) == 1


def test_a_variant_has_a_form_of_its_own(variant: KitVersion) -> None:
    answer = Client().get("/registry/kit/drinking-water-dry-north/1.0.0/form.xlsx")
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"


def test_the_text_of_a_kit_is_that_which_is_kept() -> None:
    answer = Client().get("/registry/kit/beach-litter/1.0.0/kit.toml")
    assert answer.content.decode() == KitVersion.objects.get(kit="beach-litter").text


@pytest.mark.parametrize(
    "path",
    ["/registry/kit/beach-litter/9.9/kit.toml", "/registry/kit/beach-litter/1.0.0/secret.key",
     "/registry/list/XX.csv", "/registry/list/TZ.txt", "/registry/list/TZ-other.csv", "/en/registry/kits/nothing/",
     "/en/registry/areas/XX/", "/en/registry/differences/beach-litter@1.0.0/sanitation-ladder@1.0.0/"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(path: str) -> None:
    assert Client().get(path).status_code == 404


def test_a_variant_and_its_base_lead_to_each_other(variant: KitVersion) -> None:
    there, back = page("kits/drinking-water-ladder/"), page("kits/drinking-water-dry-north/")
    assert "/en/registry/kits/drinking-water-dry-north/1.0.0/" in there
    assert "differences/drinking-water-ladder@1.0.0/drinking-water-dry-north@1.0.0/" in back


def test_differences_are_told_figure_by_figure_in_every_language(variant: KitVersion) -> None:
    path = "differences/drinking-water-ladder@1.0.0/drinking-water-dry-north@1.0.0/"
    text = words(path)
    assert "adjustable" in text
    assert "30 became 45" in text
    assert len({words(path, language) for language in LANGUAGES}) == 4


def test_the_regions_that_tanzania_divided_in_2012_are_told_right() -> None:
    text = page("areas/TZ/")
    block = text[text.index('id="since-2012-03-02"') : text.index('id="since-2003-01-01"')]
    found = {
        match[1]: re.findall(r'<a href="#([^"]+)">', match[2])
        for match in re.finditer(r'<li id="([^"]+)">(.*?)(?=<li id=|</ul>\s*$|\Z)', block, re.DOTALL)
    }
    assert found == {
        "TZ-04_TO2012": ["TZ-04", "TZ-29"],
        "TZ-05_TO2012": ["TZ-05", "TZ-27"],
        "TZ-18_TO2012": ["TZ-18", "TZ-27", "TZ-30"],
        "TZ-20_TO2012": ["TZ-20", "TZ-28"],
        "TZ-22_TO2012": ["TZ-22", "TZ-30", "TZ-27"],
    }
    told = words("areas/TZ/")
    # 941 238 of 1 643 335 people of Iringa stayed there: census of 2012.
    assert "until 1 March 2012 Iringa TZ-04 : 57 % of its people" in told.replace("\u202f", " ").replace("\u2009", " ")
    assert "2 March 2012" in told


def test_days_are_those_of_the_readers_calendar() -> None:
    assert "२०६८" in words("areas/TZ/", "ne")


def test_area_lists_and_crosswalks_can_be_taken() -> None:
    areas = list(csv.DictReader(io.StringIO(Client().get("/registry/list/TZ.csv").content.decode())))
    cut = list(csv.DictReader(io.StringIO(Client().get("/registry/list/TZ-crosswalk.csv").content.decode())))
    assert {"TZ-22_TO2012", "TZ-27"} <= {row["id"] for row in areas}
    assert {row["from_id"] for row in cut} >= {"TZ-22_TO2012"}


def test_only_editors_add_variants(person: Callable[..., User], signed_in: Callable[[User], Client]) -> None:
    assert Client().get("/en/registry/add/").status_code == 302
    for role in ("reviewer", "safety", "administrator"):
        assert signed_in(person(role)).get("/en/registry/add/").status_code == 403
    assert signed_in(person("editor")).get("/en/registry/add/").status_code == 200


def test_a_variant_is_added_through_the_page(person: Callable[..., User], signed_in: Callable[[User], Client]) -> None:
    client = signed_in(person("editor"))
    answer = client.post("/en/registry/add/", {"text": VARIANT})
    assert (answer.status_code, answer["Location"]) == (302, "/en/registry/kits/drinking-water-dry-north/1.0.0/")
    file = io.BytesIO(VARIANT.replace("1.0.0", "1.1.0", 1).encode())
    assert client.post("/en/registry/add/", {"file": file}).status_code == 302
    assert "1.1.0" in page("kits/drinking-water-dry-north/")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"text": ""}, "Choose a file, or paste a text."),
        ({"text": VARIANT.replace("drinking-water-ladder@1.0.0", "no-such-kit")}, "kit.unknown"),
        ({"text": "id = "}, "recipe.not-toml"),
    ],
)
def test_what_is_wrong_is_said_and_the_text_stays(
    person: Callable[..., User], signed_in: Callable[[User], Client], sent: dict[str, Any], said: str
) -> None:
    answer = signed_in(person("editor")).post("/en/registry/add/", sent)
    assert answer.status_code == 400
    told = answer.content.decode().replace("&quot;", '"').replace("&#34;", '"')
    assert said in told
    assert sent["text"].strip() in told


def test_a_file_that_is_no_text_is_told_so(person: Callable[..., User], signed_in: Callable[[User], Client]) -> None:
    answer = signed_in(person("editor")).post("/en/registry/add/", {"file": io.BytesIO(b"\xff\xfe\x00x")})
    assert (answer.status_code, "UTF-8" in answer.content.decode()) == (400, True)
