"""A recipe may ask for more care than its kit, never for less; run, release and recomputation keep to the same rule."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

import datashift.demo_data
from datashift.errors import BadRecipe
from datashift.inputs import gather
from datashift.model import Caution, Kit
from datashift.pipeline import Result, run, set_up
from datashift.protect.suppress import FEW_COUNTED
from datashift.publish import released
from datashift.release import check, publish
from datashift.standards.kits import known_kits, parse_recipe, shipped_kit

DEMO = Path(datashift.demo_data.__file__).parent
LEAST = 60


def stated(folder: Path, rule: str) -> Path:
    """Return the demo's recipe with a rule of its own, beside its files."""
    shutil.copytree(DEMO, folder)
    recipe = folder / "recipe.toml"
    recipe.write_text(f"{recipe.read_text('utf-8')}\n[disclosure]\n{rule}\n", "utf-8")
    return recipe


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return run(gather(DEMO / "recipe.toml", tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def careful(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    folder = tmp_path_factory.mktemp("careful")
    result = run(gather(stated(folder / "demo", f"least_n = {LEAST}\nmicrodata = false"), folder / "home"))
    publish(result, folder / "out", home=folder / "home", created="2026-01-31")
    return result, folder / "out"


def test_a_stricter_number_hides_more_and_the_reason_names_it(plain: Result, careful: tuple[Result, Path]) -> None:
    result, _out = careful
    now = {e.key: e for e in result.estimates}
    more = [now[e.key] for e in plain.estimates if e.value is not None and e.n < LEAST]
    assert more, "the demo has figures that only the stricter rule hides"
    assert all(
        e.value is None and e.n == 0 and (e.reason, dict(e.facts)) == (FEW_COUNTED, {"least_n": LEAST}) for e in more
    )
    assert all(now[e.key].value == e.value for e in plain.estimates if e.n >= LEAST)


def test_the_bundle_read_back_and_computed_again_keeps_to_the_same_number(
    careful: tuple[Result, Path], tmp_path: Path
) -> None:
    bundle = careful[1] / "release.zip"
    alone = Path(shutil.copy(bundle, tmp_path / "release.zip"))
    for found, estimates in ((check(bundle), "same"), (check(alone), "digest only")):
        assert {one.stage: one.status for one in found}["estimates"] == estimates
        assert [one for one in found if one.status == "differs"] == []
    assert released(bundle).kit.disclosure.least_n == LEAST


def test_a_recipe_without_microdata_keeps_even_the_cells_of_public_things_private(
    plain: Result, careful: tuple[Result, Path], tmp_path: Path
) -> None:
    publish(plain, tmp_path / "out", home=tmp_path / "home", created="2026-01-31")
    held = [set(zipfile.ZipFile(out / "release.zip").namelist()) for out in (tmp_path / "out", careful[1])]
    assert ["cells.parquet" in names for names in held] == [True, False]
    assert "cells.parquet" in zipfile.ZipFile(careful[1] / "private" / "evidence.zip").namelist()


@pytest.mark.parametrize("name", known_kits())
def test_no_recipe_makes_the_rule_of_a_kit_looser(name: str) -> None:
    kit = shipped_kit(name)
    assert Caution().on(kit) == kit
    loose = Caution(least_n=1, least_effective_n=0.5, round_to=1, points="exact", microdata=True)
    assert loose.on(kit) == kit


@pytest.mark.parametrize(("field", "value"), [("least_n", 500), ("least_effective_n", 50.0), ("round_to", 25)])
def test_each_number_of_the_rule_becomes_the_stricter_one(field: str, value: float) -> None:
    kit = shipped_kit("water-point-functionality")
    rule = Caution.model_validate({field: value}).on(kit).disclosure
    expected = kit.disclosure.model_copy(update={field: value})
    assert rule == expected


@pytest.mark.parametrize(("points", "exact"), [("exact", True), ("moved", False), ("hexagons", False)])
def test_exact_points_that_a_kit_allows_can_be_forbidden(points: str, exact: bool) -> None:
    kit = shipped_kit("water-point-functionality")
    exactly: Kit = kit.model_copy(update={"universe": kit.universe.model_copy(update={"exact_points": True})})
    assert Caution.model_validate({"points": points}).on(exactly).universe.exact_points is exact


def test_the_rule_holds_before_the_first_row_is_read(own_home: Path, tmp_path: Path) -> None:
    recipe = stated(tmp_path / "demo", "round_to = 5\ndelay = 30")
    setting = set_up(gather(recipe, own_home))
    assert setting.kit.disclosure.round_to == 5
    assert setting.recipe.disclosure.delay == 30


@pytest.mark.parametrize("rule", ["least_n = 0", "round_to = -1", 'points = "roughly"', "delay = 9999", "least = 20"])
def test_what_is_no_rule_is_refused_by_the_name_of_its_field(rule: str, tmp_path: Path) -> None:
    text = stated(tmp_path / "demo", rule).read_text("utf-8")
    with pytest.raises(BadRecipe) as refused:
        parse_recipe(text, "recipe.toml")
    assert f"disclosure.{rule.partition(' ')[0]}" in str(refused.value)
