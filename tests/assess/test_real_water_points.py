"""The mess that is known of the Tanzanian register of water points is found, row for row."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pytest

from datashift.assess import assess, sentence
from datashift.model import Effect, Finding, Harmonised, Kit, Recipe
from datashift.standards.areas import known_areas, resolver
from datashift.standards.shapes import polygons

pytestmark = pytest.mark.shared

RECIPE = Recipe.model_validate({
    "id": "tza", "title": {"en": "Water points"}, "kit": "water", "producer": "Taarifa", "row_id": "id",
    "missing": ["", "None"], "personal": ["funder", "installer", "wpt_name", "subvillage"],
    "source": [{"file": "features.csv"}, {"file": "labels.csv", "join": "id"}],
    "columns": {
        "status": {"column": "status_group"}, "technology": {"column": "waterpoint_type"},
        "population": {"column": "population"}, "management": {"column": "scheme_management"},
    },
    "place": {"country": "TZ", "as_of": "2011-06-30", "column": "region",
              "latitude": "latitude", "longitude": "longitude"},
    "period": {"label": "2011-01-01/P3Y", "column": "date_recorded", "first": "2010-01-01"},
    "design": {"sampling_type": "facility_register", "clusters": ["region", "ward"]},
})  # fmt: skip

KIT = Kit.model_validate({
    "id": "water", "version": "1", "title": {"en": "-"}, "description": {"en": "-"}, "indicator": "6.1.1",
    "relation": "proxy", "relation_note": {"en": "-"}, "universe": {"unit": {"en": "-"}, "text": {"en": "-"}},
    "concepts": {
        "status": {"label": {"en": "State"}}, "technology": {"label": {"en": "Technology"}},
        "population": {"label": {"en": "Population"}, "kind": "number", "least": 0},
        "management": {"label": {"en": "Managed by"}, "kind": "text"},
    },
    "measures": [{"id": "WORKS", "label": {"en": "Water points that work"}, "finding": {"en": "-"},
                  "estimator": "proportion", "numerator": {"status": "functional"}}],
})  # fmt: skip


def read(content: bytes) -> pa.Table:
    header = content.split(b"\n", 1)[0].decode().strip().replace('"', "").split(",")
    text = pa.csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False)
    return pa.csv.read_csv(io.BytesIO(content), convert_options=text)


@pytest.fixture(scope="module")
def raw(shared: Path) -> pa.Table:
    folder = shared / "cgd" / "tza_waterpoints"
    with zipfile.ZipFile(folder / "tza_waterpoints_features.csv.zip") as archive:
        features = read(archive.read("train_features.csv"))
    labels = read((folder / "tza_waterpoints_labels.csv").read_bytes())
    assert features["id"].equals(labels["id"])
    rows = pa.array(range(2, features.num_rows + 2), pa.int64())
    return features.add_column(0, "_row", rows).append_column("status_group", labels["status_group"]).combine_chunks()


@pytest.fixture(scope="module")
def regions(shared: Path) -> dict[str, list[Any]]:
    """The regions of August 2012 by area id."""
    now = resolver(known_areas("TZ"), date(2012, 8, 26))
    drawn = polygons(shared / "boundaries" / "tza_regions_2012.topojson", "Region_Nam")
    return {area.id: several for name, several in drawn.items() if (area := now(name)) is not None}


def check(raw: pa.Table, recipe: Recipe, regions: dict[str, list[Any]]) -> dict[str, Finding]:
    """Take every row as an observation, under the region it names with the extent of 2011, and run the checks."""
    then = resolver(known_areas("TZ"), date(2011, 6, 30))
    ids = {name: area.id for name in pc.unique(raw["region"]).to_pylist() if (area := then(name)) is not None}
    observations = pa.table({
        "row": raw["_row"], "area": pa.array([ids[name] for name in raw["region"].to_pylist()]),
        "population": pc.cast(raw["population"], pa.float64()),
    })  # fmt: skip
    empty = {name: pa.array([], pa.string()) for name in ("column", "code", "value", "text")}
    rejects = pa.table({"row": pa.array([], pa.int64()), **empty})
    taken = Harmonised(observations, rejects, raw.num_rows, raw.num_rows, 0)

    def effect(rows: tuple[int, ...]) -> tuple[Effect, ...]:
        return (Effect("WORKS", 54.3, 54.3 + len(rows) / 59400, "PT"),)

    found = assess(
        raw, taken, recipe, KIT, effect=effect, areas=known_areas("TZ"), polygons=regions, today=date(2026, 1, 1)
    ).findings
    return {finding.code: finding for finding in found}


@pytest.fixture(scope="module")
def found(raw: pa.Table, regions: dict[str, list[Any]]) -> dict[str, Finding]:
    return check(raw, RECIPE, regions)


def test_the_points_at_zero_are_found_with_the_regions_they_name(raw, found):
    at_zero = found["assess.zero-coordinates"]
    assert len(at_zero.rows) == 1812
    assert at_zero.facts["named"] == [["Shinyanga", 1005], ["Mwanza", 807]]
    by_hand = pc.equal(raw["longitude"], "0.0")
    assert at_zero.rows == tuple(raw.filter(by_hand)["_row"].to_pylist())


def test_the_repeats_of_the_same_coordinates_are_found(found):
    assert len(found["assess.same-coordinates"].rows) == 69


def test_the_rows_before_2010_are_found(raw, found):
    by_hand = raw.filter(pc.less(raw["date_recorded"], "2010"))["_row"].to_pylist()
    assert found["assess.date-before"].rows == tuple(by_hand)
    assert len(by_hand) == 31


def test_the_rows_that_are_identical_except_for_the_id_are_found(raw, regions, found):
    features_only = RECIPE.model_copy(update={"columns": {k: v for k, v in RECIPE.columns.items() if k != "status"}})
    copies = check(raw.drop_columns(["status_group"]), features_only, regions)["assess.copy"].rows
    assert len(copies) == 37
    # One of them is in another state than its twin, so it is no copy once the second file has joined.
    assert set(found["assess.copy"].rows) < set(copies)
    assert len(found["assess.copy"].rows) == 36


def test_missing_answers_and_unexplained_zeros_are_found(found):
    assert found["assess.missing"].facts["column"] == "scheme_management"
    assert len(found["assess.missing"].rows) == 3878
    assert (found["assess.placeholder"].facts["column"], found["assess.placeholder"].facts["value"]) == (
        "population",
        "0",
    )
    assert len(found["assess.placeholder"].rows) == 21381


def test_regions_that_were_divided_later_still_hold_their_points(raw, regions, found):
    """With borders of 2012 and names of 2011, few points are out of place; without history, thousands would be."""
    strays = found["assess.other-area"]
    assert strays.facts["located"] == 59400 - 1812
    assert 30 <= len(strays.rows) <= 70
    assert strays.facts["pairs"][0][:2] == ["Tanga", "Morogoro"]
    without_history = {**regions}
    for divided in ("TZ-18", "TZ-22", "TZ-05", "TZ-20", "TZ-04"):
        without_history[f"{divided}_TO2012"] = without_history.pop(divided)
    for cut_off in ("TZ-27", "TZ-28", "TZ-29", "TZ-30"):
        without_history[f"X{cut_off}"] = without_history.pop(cut_off)
    assert len(check(raw, RECIPE, without_history)["assess.other-area"].rows) > 2000


def test_nothing_else_is_found_and_no_personal_text_is_quoted(found):
    assert set(found) == {
        "assess.zero-coordinates", "assess.same-coordinates", "assess.date-before", "assess.copy", "assess.missing",
        "assess.placeholder", "assess.other-area", "assess.constant-unused", "assess.far",
    }  # fmt: skip
    told = " ".join(sentence(finding) + str(finding.facts) for finding in found.values())
    assert found["assess.far"].facts["column"] == "amount_tsh"  # 25,000 and more, where most are below 2,190
    assert "recorded_by" in told
    assert "GeoData" not in told
