"""A kit is sound: it validates, speaks four languages, its form gives its codes, its example its expected answer."""

from __future__ import annotations

import json
import math
import re
import string
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from chance import holds
from pyxform.xls2xform import convert
from simulate import KITS, drawn_kits, files
from textbook import expected, rows_of

from datashift.forms.compose import compose
from datashift.language import LANGUAGES
from datashift.model import Kit, Recipe
from datashift.standards.areas import folded, known_areas
from datashift.standards.kits import check_together, chosen_measures, known_kits, parse_kit, parse_recipe

NAMES = known_kits()
COUNTED_UNKNOWNS: dict[str, set[str]] = {
    "birth-registration": {"registration"},
    "feeling-safe": {"after_dark"},
    "events-register": {"event_type"},
}
"""Concepts whose "don't know" counts: by the definition of the indicator, or since an event of unknown kind is one."""
WITHOUT_INTERVAL = {"events-register"}
"""Kits of lower bounds: where nothing was drawn there is no interval, and a sentence may not promise one."""
HEADINGS = {"en": "English (en)", "es": "Español (es)", "sw": "Kiswahili (sw)", "ne": "नेपाली (ne)"}
XFORMS = "{http://www.w3.org/2002/xforms}"

pytestmark = pytest.mark.parametrize("name", NAMES)


def kit_of(name: str) -> Kit:
    return parse_kit((KITS / name / "kit.toml").read_text("utf-8"), "kit.toml")


def recipe_of(name: str) -> Recipe:
    return parse_recipe((KITS / name / "recipe.toml").read_text("utf-8"), "recipe.toml")


def asked_of(kit: Kit) -> list[str]:
    return [name for name, concept in kit.concepts.items() if not concept.inputs]


def example_of(name: str) -> list[dict[str, str]]:
    return rows_of((KITS / name / "example.csv").read_text("utf-8"))


def sheets(name: str) -> dict[str, list[dict[str, str]]]:
    """The tables of form.md: sheet → rows, each a mapping of heading → cell."""
    found: dict[str, list[dict[str, str]]] = {}
    for line in (KITS / name / "form.md").read_text("utf-8").splitlines():
        if line.startswith("|") and not line.startswith("|---"):
            sheet, *cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            if sheet:
                headings, rows = cells, found.setdefault(sheet, [])
            else:
                rows.append(dict(zip(headings, cells, strict=True)))
    return found


def labels(record: Any) -> Iterator[dict[str, str]]:
    """Every label in a kit or a recipe, however deep."""
    if isinstance(record, dict):
        if set(record) & set(LANGUAGES):
            yield record
        for value in record.values():
            yield from labels(value)
    elif isinstance(record, list | tuple):
        for value in record:
            yield from labels(value)


# --- the kit ------------------------------------------------------------------------------------------------------


def test_a_kit_validates_and_is_named_after_its_folder(name):
    kit = kit_of(name)
    assert (kit.id, kit.version, kit.form) == (name, "1.0.0", "form.md")
    assert kit.reviewed == ("en",)
    assert all(re.fullmatch("[a-z][a-z0-9_]*", word) for word in kit.concepts)
    assert all(re.fullmatch("[a-z][a-z0-9_]*", code) for concept in kit.concepts.values() for code in concept.codes)
    assert len({measure.id for measure in kit.measures}) == len(kit.measures)
    assert all((concept.kind == "code") == bool(concept.codes) for concept in kit.concepts.values())


def test_every_label_has_all_four_languages(name):
    for record in (kit_of(name), recipe_of(name)):
        found = list(labels(record.model_dump()))
        assert len(found) >= 3
        for label in found:
            assert tuple(label) == LANGUAGES, label
            assert all(text == text.strip() != "" for text in label.values()), label


def test_every_finding_names_value_interval_place_and_time_in_every_language(name):
    for measure in kit_of(name).measures:
        for language, text in measure.finding.items():
            fields = {field for _text, field, _spec, _conversion in string.Formatter().parse(text) if field}
            interval = set() if name in WITHOUT_INTERVAL else {"lower", "upper"}
            assert fields == {"value", "area", "period"} | interval, (measure.id, language)


def test_no_spelling_means_two_codes(name):
    for concept, record in kit_of(name).concepts.items():
        meant: dict[str, str] = {}
        for code, answer in record.codes.items():
            for spelling in {folded(word) for word in (code, *answer.synonyms, *answer.label.values())}:
                # One language may say two answers alike only if these are one answer.
                assert meant.setdefault(spelling, code) == code, (concept, spelling)


def test_unknown_answers_stay_outside_every_share(name):
    kit = kit_of(name)
    for measure in kit.measures:
        for selection in (measure.numerator, measure.denominator):
            for concept, codes in selection.items():
                unknown = [code for code in codes if kit.concepts[concept].codes[code].unknown]
                assert not unknown or concept in COUNTED_UNKNOWNS.get(name, ()), measure.id
        if measure.estimator == "proportion":
            for concept, codes in measure.numerator.items():
                counted = set(measure.denominator.get(concept, kit.concepts[concept].codes))
                assert set(codes) < counted, measure.id


def test_answers_on_one_scale_are_the_same_in_every_concept(name):
    scales: dict[frozenset[str], Any] = {}
    for concept, record in kit_of(name).concepts.items():
        if record.codes:
            written = [(code, answer) for code, answer in record.codes.items()]
            assert scales.setdefault(frozenset(record.codes), written) == written, concept


# --- the form -----------------------------------------------------------------------------------------------------


def test_the_form_converts_without_a_warning_and_asks_for_every_concept(name):
    warnings: list[str] = []
    form = convert((KITS / name / "form.md").read_text("utf-8"), warnings=warnings, file_type=".md")
    assert warnings == []
    assert form.warnings == []
    asked = {bind.get("nodeset") for bind in ElementTree.fromstring(form.xform).iter(f"{XFORMS}bind")}
    assert {f"/data/{concept}" for concept in asked_of(kit_of(name))} <= asked
    assert {f"/data/{column}" for column in ("today", "area", "cluster", "stratum", "weight")} <= asked


def test_no_text_of_the_form_lacks_a_translation(name):
    form = convert((KITS / name / "form.md").read_text("utf-8"), file_type=".md")
    spoken = {
        translation.get("lang"): {text.get("id"): "".join(text.itertext()).strip() for text in translation}
        for translation in ElementTree.fromstring(form.xform).iter(f"{XFORMS}translation")
    }
    assert set(spoken) == set(HEADINGS.values())
    for texts in spoken.values():
        assert set(texts) == set(spoken[HEADINGS["en"]])
        assert not [key for key, text in texts.items() if text in ("", "-")]


def test_every_choice_list_equals_the_codelist_of_its_concept(name):
    kit, form = kit_of(name), sheets(name)
    offered: dict[str, dict[str, dict[str, str]]] = {}
    for row in form["choices"]:
        texts = {language: row[f"label::{heading}"] for language, heading in HEADINGS.items()}
        offered.setdefault(row["list_name"], {})[row["name"]] = texts
    asked = {row["name"]: row["type"] for row in form["survey"]}
    for concept in asked_of(kit):
        record = kit.concepts[concept]
        kind, _blank, choices = asked[concept].partition(" ")
        if record.kind == "number":
            assert kind == ("decimal" if record.decimals else "integer"), concept
        elif record.kind == "text":
            assert kind == "text", concept
        else:
            assert kind == "select_one", concept
            listed = {code: answer.label for code, answer in record.codes.items()}
            assert list(offered[choices].items()) == list(listed.items()), concept
    beside = {row["name"] for row in form["survey"] if row["type"].startswith("select_one ")} - set(kit.concepts)
    assert beside <= {"consent"}


def test_every_question_speaks_all_four_languages_or_none(name):
    for row in sheets(name)["survey"]:
        for part in ("label", "hint", "constraint_message"):
            said = [bool(row.get(f"{part}::{heading}")) for heading in HEADINGS.values()]
            assert len(set(said)) == 1, row["name"]
        assert bool(row.get("constraint")) == bool(row.get("constraint_message::English (en)")), row["name"]


def test_a_form_says_where_its_answers_begin_and_end(name):
    rows = {row["name"]: row for row in sheets(name)["survey"]}
    kit = kit_of(name)
    for concept in asked_of(kit):
        if kit.concepts[concept].kind == "number":
            assert rows[concept]["constraint"], concept


def test_the_form_of_a_drawn_kit_is_composed_from_its_questions(name):
    if name in drawn_kits():
        assert (KITS / name / "form.md").read_text("utf-8") == compose(kit_of(name))
    else:
        assert name in ("public-service-satisfaction", "water-point-functionality")


# --- the example --------------------------------------------------------------------------------------------------


def test_the_recipe_reads_every_concept_of_the_kit_from_a_column_of_its_name(name):
    kit, recipe = kit_of(name), recipe_of(name)
    check_together(recipe, kit)
    assert recipe.simulated
    assert recipe.kit == f"{kit.id}@{kit.version}"
    assert {concept: column.column for concept, column in recipe.columns.items()} == {c: c for c in asked_of(kit)}
    assert not [column for column in recipe.columns.values() if column.codes]
    assert chosen_measures(recipe, kit) == kit.measures


def test_the_example_has_the_columns_of_the_form_and_only_known_answers(name):
    kit, rows = kit_of(name), example_of(name)
    assert 40 <= len(rows) <= (4000 if kit.readings else 200)
    questions = [row["name"] for row in sheets(name)["survey"]]
    position = [f"location-{part}" for part in ("Latitude", "Longitude", "Altitude", "Accuracy")]
    columns = [part for q in questions for part in (position if q == "location" else [q])]
    assert list(rows[0]) == ["SubmissionDate", *columns, "KEY"]
    for concept in asked_of(kit):
        record = kit.concepts[concept]
        given = {row[concept] for row in rows} - {""}
        assert len(given) > 1, concept
        if record.kind == "code":
            assert given <= set(record.codes), concept
        elif record.kind == "number":
            most = math.inf if record.most is None else record.most
            assert all(record.least <= float(number) <= most for number in given), concept


def test_the_example_follows_its_sampling_list(name):
    drawn = {row["cluster"]: row for row in rows_of((KITS / name / "sample.csv").read_text("utf-8"))}
    areas = known_areas("ZZ", (KITS / name / "areas.csv").read_text("utf-8"))
    rows = example_of(name)
    assert {row["cluster"] for row in rows} == set(drawn)
    for row in rows:
        place = drawn[row["cluster"]]
        assert (row["area"], row["stratum"]) == (place["area"], place["stratum"])
        assert areas[row["area"]].level == 1
        assert float(row["weight"]) == float(place["weight"]) * int(row.get("adults") or row.get("eligible") or 1)


def test_the_example_keeps_to_the_routing_of_the_form(name):
    kit = kit_of(name)
    for concept in asked_of(kit):
        conditions = kit.concepts[concept].model_dump(exclude_none=True)["asked_if"]
        for row in example_of(name) if conditions else ():
            meant = row.get("consent", "yes") == "yes" and all(
                holds(row[c], wanted) for c, wanted in conditions.items()
            )
            assert meant or not row[concept], (row["KEY"], concept)
            assert not meant or row[concept] or kit.concepts[concept].kind != "code", (row["KEY"], concept)
    routed = [
        (row["name"], row["relevant"])
        for row in sheets(name)["survey"]
        if row.get("relevant") and name not in drawn_kits()
    ]
    for question, condition in routed:
        asked, wanted = re.fullmatch(r"\$\{(\w+)\} = '(\w+)'", condition).groups()
        for row in example_of(name):
            assert bool(row[question]) == (row[asked] == wanted), (row["KEY"], question)


def test_the_example_says_that_it_is_simulated(name):
    assert all(row["KEY"].startswith("uuid:simulated-") for row in example_of(name))
    assert "simulated" in recipe_of(name).title["en"].lower()
    assert "made-up" in (KITS / name / "areas.csv").read_text("utf-8")


def test_the_files_of_the_example_are_drawn_again_byte_for_byte(name):
    for path, text in files([name]).items():
        assert (KITS / path).read_bytes() == text.encode("utf-8"), path


def test_the_expected_answers_equal_the_textbook(name):
    assert (KITS / name / "expected.json").read_text("utf-8") == expected(KITS / name, drawn_kits().get(name))


def test_the_expected_answers_hold_every_measure_for_the_whole_and_for_each_area(name):
    told = json.loads((KITS / name / "expected.json").read_text("utf-8"))
    assert told["simulated"] is True
    found = {(line["measure"], line["area"]) for line in told["estimates"] if not line["breakdown"]}
    areas = {"ZZ", "ZZ-01", "ZZ-02", "ZZ-03"}
    assert {area for _measure, area in found} == areas
    assert {measure for measure, area in found if area == "ZZ"} == {measure.id for measure in kit_of(name).measures}
    if name not in drawn_kits():
        assert len(found) == len(areas) * len(kit_of(name).measures)
    refused = {(line["measure"], line["area"]) for line in told["estimates"] if line["value"] is None}
    assert refused == ({("WP_FUNCTIONAL_PERSONS", "ZZ-03")} if name == "water-point-functionality" else set())
