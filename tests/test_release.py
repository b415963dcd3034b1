"""Verification trusts the evidence, not what the bundle says of it."""

import json
from pathlib import Path

import pytest

from datashift.estimation import cells
from datashift.inputs import gather
from datashift.pipeline import comparisons, estimates, observations, official_figures, raw_table, set_up
from datashift.publish import Given
from datashift.release import MARGINS, OFFICIAL, Again

RECIPE = Path(__file__).resolve().parents[1] / "src" / "datashift" / "demo_data" / "recipe.toml"


@pytest.fixture
def road(own_home: Path):
    inputs = gather(RECIPE, own_home)
    setting = set_up(inputs)
    grouped = cells(observations(setting, raw_table(setting)[0]).observations, setting.measures)
    return inputs, setting, grouped, estimates(setting, grouped)


def given(road, *, evidence: bool) -> Given:
    """A bundle whose derived tables were forged: no people anywhere, no official figures."""
    inputs, setting, _cells, _found = road
    forged = {MARGINS: json.dumps({"population": {}}).encode(), OFFICIAL: b"[]"}
    raw = tuple(inputs.files.items()) if evidence else ()
    public = {**forged, "areas.csv": inputs.files["areas.csv"]}
    return Given(setting.recipe, inputs.recipe_text, setting.kit, inputs.kit_text, raw, public, "2026-01-01")


def test_forged_margins_do_not_change_what_the_evidence_gives(road) -> None:
    _inputs, _setting, grouped, honest = road
    assert Again().estimates(given(road, evidence=True), grouped) == honest
    assert Again().estimates(given(road, evidence=False), grouped) != honest


def test_forged_official_figures_do_not_change_what_the_evidence_gives(road) -> None:
    _inputs, setting, _cells, honest = road
    expected = comparisons(setting, honest, official_figures(setting))
    again = Again().comparisons(given(road, evidence=True), honest)
    assert again is not None
    assert [comparison for comparison, _reason in again] == expected
    assert any(comparison.official for comparison in expected)
