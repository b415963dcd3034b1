"""A file that nobody has described is looked at by every check that needs no kit."""

from __future__ import annotations

import json

import numpy as np
import pytest
from fields import fieldwork, raw

from datashift.assess import assess, sentence
from datashift.assess.catalogue import CHECKS
from datashift.assess.undeclared import undeclared
from datashift.read import read


def looked(columns):
    table = raw(columns)
    recipe, kit, harmonised = undeclared(table, "file.csv")
    return assess(table, harmonised, recipe, kit, effect=lambda _rows: (), areas={})


def test_what_the_names_tell_becomes_a_bare_recipe():
    columns = {
        "_uuid": [f"u{i}" for i in range(40)], "today": ["2024-05-01", "2024-05-02"] * 20,
        "enumerator": ["A", "B"] * 20, "district": ["North"] * 20 + ["South"] * 20, "village": ["one", "two"] * 20,
        "_gps_latitude": [f"{-3.1 - i / 100}" for i in range(40)],
        "_gps_longitude": [f"{31.1 + i / 100}" for i in range(40)], "water": ["yes", "no"] * 20,
    }  # fmt: skip
    recipe, kit, harmonised = undeclared(raw(columns), "wells 2024.csv")
    assert (recipe.row_id, recipe.period.column, recipe.place.column) == ("_uuid", "today", "village")
    assert (recipe.place.latitude, recipe.place.longitude) == ("_gps_latitude", "_gps_longitude")
    assert recipe.paradata.enumerator == "enumerator"
    assert recipe.id == "wells-2024"
    assert kit.measures == ()
    # Two villages of the same name in two districts are two places.
    assert set(harmonised.observations["area"].to_pylist()) == {
        "North / one", "North / two", "South / one", "South / two",
    }  # fmt: skip


def test_every_row_is_kept_and_an_empty_one_is_told():
    columns = {"a": ["x", "", "y"], "b": ["1", "  ", ""]}
    _recipe, _kit, harmonised = undeclared(raw(columns), "f.csv")
    assert (harmonised.rows_in, harmonised.rows_out, harmonised.rows_explained) == (3, 2, 1)
    assert harmonised.observations["row"].to_pylist() == [2, 4]
    assert harmonised.rejects["row"].to_pylist() == [3]


def test_all_checks_look_or_say_why_not():
    found = looked(fieldwork(np.random.default_rng(1), n=150))
    assert [check.id for check in found.checks] == [check.id for check in CHECKS]
    for check in found.checks:
        assert not check.idle or check.idle[0].isupper()
    for finding in found.findings:
        assert "{" not in sentence(finding)
        assert json.dumps(finding.facts, default=float)


@pytest.mark.parametrize(
    "columns",
    [
        {"a": []},
        {"a": ["1"]},
        {"a": [""] * 30, "b": [""] * 30},
        {"a": ["same"] * 30, "id": ["1"] * 30},
        {"start": ["2024-01-01T10:00:00Z"] * 30, "end": ["nonsense"] * 30, "enumerator": ["A", "B"] * 15},
        {"latitude": ["x"] * 30, "longitude": ["y"] * 30, "age": ["-5"] * 30},
        {"देशान्तर": ["31"] * 30, "": ["?"] * 30},
    ],
    ids=["no rows", "one row", "all empty", "all the same", "odd times", "odd places", "odd names"],
)
def test_odd_files_give_an_assessment_and_no_traceback(columns):
    assert len(looked(columns).checks) == len(CHECKS)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("cgd/npl_cfp_earthquake/cfp_round4_survey_2015.csv", "Ward_"),
        ("cgd/irq_reach_kobo/raw_data.csv.gz", "neighbourhood"),
        ("cgd/brand_audit/plastics_2019.csv", None),
    ],
)
def test_real_files_are_described_well_enough(shared, file, place):
    table = read(shared / file).table
    recipe, _kit, harmonised = undeclared(table, file.rpartition("/")[2])
    assert recipe.place.column == place
    assert harmonised.rows_in == table.num_rows == harmonised.rows_out + harmonised.rows_explained
