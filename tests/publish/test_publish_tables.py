"""Comparison, findings, rejects, and the Data Package that describes them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import replace

import pytest

from datashift.publish import Release, comparison_csv, datapackage, estimates_csv, findings_json, rejects_csv
from datashift.publish.bundle import public_members
from datashift.publish.datapackage import COLUMNS
from datashift.publish.tables import dense_json_bytes


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def test_a_comparison_has_source_date_verdict_and_reason(release):
    same, _other = rows_of(comparison_csv(release))
    assert same["SOURCE"] == "Office of Numbers (simulated)"
    assert (same["RELEASED"], same["RETRIEVED"], same["NATURE"]) == ("2023", "2026-11-22", "C")
    assert (same["OFFICIAL_VALUE"], same["VERDICT"], same["REASON"]) == ("60.5", "gap", "Higher.")
    assert float(same["DIFFERENCE"]) == pytest.approx(float(same["VALUE"]) - 60.5)


def test_different_concepts_have_no_difference(release):
    _same, other = rows_of(comparison_csv(release))
    assert (other["VALUE"] != "", other["OFFICIAL_VALUE"]) == (True, "70")
    assert other["DIFFERENCE"] + other["DIFFERENCE_LOWER"] + other["DIFFERENCE_UPPER"] == ""
    assert other["VERDICT"] == "not_comparable"


def test_a_figure_hidden_in_the_estimates_is_hidden_beside_the_official_one(release):
    hidden = [replace(e, status="Q") if e.area == "XX" else e for e in release.estimates]
    for row in rows_of(comparison_csv(replace(release, estimates=hidden))):
        assert row["VALUE"] + row["LOWER_BOUND"] + row["UPPER_BOUND"] + row["DIFFERENCE"] == ""


def test_a_comparison_without_official_figure_keeps_its_citizen_side(release):
    alone = replace(release.comparisons[0], official=None, verdict="no_official_figure", difference=None)
    (row,) = rows_of(comparison_csv(replace(release, comparisons=[alone], comparison_reasons=["None at hand."])))
    assert (row["VALUE"] != "", row["OFFICIAL_VALUE"], row["REASON"]) == (True, "", "None at hand.")


def test_row_numbers_of_findings_are_private(release):
    public = json.loads(findings_json(release))["findings"][0]
    assert public == {
        "check": "no-place",
        "code": "assess.no-place",
        "n_rows": 1,
        "sentence": "In 1 row the place is missing.",
        "p_value": None,
        "p_adjusted": None,
        "tested": 0,
        "effects": [{"measure": "WORKS", "with_rows": 66.66666667, "without_rows": 66.0, "unit": "PT"}],
    }
    assert json.loads(findings_json(release, private=True))["findings"][0]["rows"] == [92]


def test_an_effect_on_a_hidden_figure_has_no_numbers(release):
    hidden = [replace(e, status="Q") for e in release.estimates]
    effect = json.loads(findings_json(replace(release, estimates=hidden)))["findings"][0]["effects"][0]
    assert (effect["with_rows"], effect["without_rows"]) == (None, None)


def test_rejects_keep_row_and_code_and_run_no_formula(release):
    (row,) = rows_of(rejects_csv(release))
    assert (row["row"], row["code"], row["value"]) == ("92", "harmonise.no-place", "'=HYPERLINK(1)")


# --- Data Package ---------------------------------------------------------------------------------------------------


def test_every_column_of_every_table_is_described_with_its_type(release):
    package = json.loads(datapackage(release))
    files = public_members(release)
    assert [resource["path"] for resource in package["resources"]][:2] == ["estimates.csv", "comparison.csv"]
    for resource in package["resources"]:
        data = files[resource["path"]]
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        assert resource["bytes"] == len(data)
        header, *rows = csv.reader(io.StringIO(data.decode(), newline=""))
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == header
        for field, *cells in zip(fields, *rows, strict=True):
            for cell in filter(None, cells):
                check = {"number": float, "integer": int, "string": str, "boolean": ("true", "false").index}
                check[field["type"]](cell)


def test_the_columns_of_estimates_and_comparison_have_words(release):
    for data in (estimates_csv(release), comparison_csv(release)):
        header = next(csv.reader(io.StringIO(data.decode())))
        assert set(header) - set(COLUMNS) <= {"SEX", "AGE", "URBANISATION", "KIND"}


def test_the_package_names_sources_licence_and_that_it_is_simulated(release):
    package = json.loads(datapackage(release))
    assert package["profile"] == "tabular-data-package"
    assert package["licenses"] == [{"name": "CC-BY-4.0", "title": "CC BY 4.0"}]
    assert [source["title"].split(" ")[0] for source in package["sources"]] == ["points.csv", "Office"]
    assert package["simulated"] is True
    assert package["description"].startswith("Simulated data")


def test_a_release_without_licence_claims_none(release):
    open_ended: Release = replace(release, recipe=release.recipe.model_copy(update={"licence": ""}))
    assert "licenses" not in json.loads(datapackage(open_ended))


def test_dense_json_holds_the_same_and_a_plain_record_takes_one_line():
    told = {
        "label": {"en": "Water", "ne": "पानी"},
        "rows": [{"n": 3, "lower": None}, {"at": [1, 2], "none": []}],
        "x": "",
    }
    text = dense_json_bytes(told)
    assert json.loads(text) == told
    assert ' "label": {"en": "Water", "ne": "पानी"},\n' in text.decode()
    assert '{"n": 3, "lower": null}' in text.decode()
    with pytest.raises(ValueError, match="JSON"):
        dense_json_bytes({"n": float("nan")})
