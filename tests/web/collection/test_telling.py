"""What a run tells: in four languages, the same numbers as its bundle, and nothing about a single person."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from water_road import DEMO

from datashift.dossier.saying import EXPLAINED
from datashift.inputs import gather
from datashift.language import LANGUAGES, speaking
from datashift.pipeline import Result
from datashift.pipeline import run as work_out
from datashift.publish.released import released
from datashift.release import publish
from datashift.web.collection.telling import told


@dataclass(frozen=True)
class Telling:
    """The simulated demo, run and told."""

    result: Result
    bundle: Path
    told: dict[str, Any]


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Telling:
    folder = tmp_path_factory.mktemp("telling")
    with speaking("en"):
        result = work_out(gather(DEMO / "recipe.toml", folder / "home"))
        bundle = publish(result, folder / "out", home=folder / "home")
    return Telling(result, bundle, told(result, bundle))


def labels(value: Any) -> list[dict[str, str]]:
    """Every label somewhere inside."""
    if isinstance(value, dict):
        return [value] if "en" in value else [one for part in value.values() for one in labels(part)]
    return [one for part in value for one in labels(part)] if isinstance(value, list) else []


def test_every_sentence_is_said_in_all_four_languages(telling: Telling) -> None:
    found = labels(telling.told)
    assert len(found) > 100
    assert all(set(label) == set(LANGUAGES) and all(label.values()) for label in found)
    for name in ("finding", "uncertainty"):
        assert len(set(telling.told[name].values())) == 4
    for one in telling.told["findings"]:
        assert len(set(one["text"].values())) == 4
    for one in telling.told["comparisons"]:
        assert len(set(one["word"].values())) == 4
        assert len(set(one["reason"].values())) == 4


def test_the_headline_names_the_place_in_the_language_of_the_sentence(telling: Telling) -> None:
    finding = telling.told["finding"]
    assert "Tavelia (made-up country)" in finding["en"]
    assert "Tavelia (nchi ya kubuniwa)" in finding["sw"]
    assert "टाभेलिया" in finding["ne"]


def test_the_language_of_who_asks_changes_nothing(telling: Telling) -> None:
    with speaking("ne"):
        assert told(telling.result, telling.bundle) == telling.told


def test_every_number_is_that_of_the_bundle(telling: Telling) -> None:
    said = released(telling.bundle)
    with (telling.bundle.parent / "estimates.csv").open(encoding="utf-8", newline="") as stream:
        published = [row["OBS_VALUE"] for row in csv.DictReader(stream)]
    assert [float(text) if text else None for text in published] == [e["value"] for e in telling.told["estimates"]]
    assert said.id == telling.told["bundle_id"]
    compared = [(c["measure"], c["area"], c["verdict"], c["difference"]) for c in telling.told["comparisons"]]
    assert compared == [(c.measure, c.area, c.verdict, c.difference) for c in said.comparisons]
    assert all(c["official"]["source"] for c in telling.told["comparisons"] if c["official"])
    assert telling.told["charts"] == [chart.name for chart in telling.result.charts]


def test_rows_in_are_rows_used_and_rows_explained(telling: Telling) -> None:
    found = telling.told
    rejected = set(telling.result.harmonised.rejects["row"].to_pylist())
    assert found["rows_in"] == found["rows_used"] + len(rejected)
    assert sum(one["rows"] for one in found["explained"]) >= len(rejected)
    assert all(set(one["first_rows"]) <= rejected for one in found["explained"])
    assert {one["code"] for one in found["explained"]} <= set(EXPLAINED)


def test_nothing_told_names_a_person_or_a_telephone(telling: Telling) -> None:
    with (DEMO / "water_points.csv").open(encoding="cp1252", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    people = {row[column] for row in rows for column in ("collector", "phone") if len(row[column]) > 3}
    text = json.dumps(telling.told, ensure_ascii=False)
    assert len(people) > 5
    assert not [one for one in people if one in text]


def test_a_result_without_a_bundle_is_told_all_the_same(telling: Telling) -> None:
    found = told(telling.result)
    assert found["bundle_id"] == ""
    assert {**found, "bundle_id": telling.told["bundle_id"]} == telling.told


def test_methods_are_said_in_words(telling: Telling) -> None:
    one = telling.told["estimates"][0]
    assert one["method_id"] == "taylor-ultimate-cluster; logit"
    assert one["method"]["en"].startswith("How much groups of answers differ")
    assert one["method"]["en"].endswith("The kind of interval is logit.")
