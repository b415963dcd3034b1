"""A recipe whose design is calibrated, in stages and with a finite population: from its rows to a verified release."""

import csv
import shutil
from pathlib import Path

import pytest

import datashift as ds
from datashift.errors import DesignError
from datashift.inputs import gather
from datashift.pipeline import run
from datashift.release import check, publish
from datashift.standards.kits import kit_folder

CALIBRATION = """
[design.calibration]
kind = "raking"
source = "made up"
[[design.calibration.margins]]
variables = "place"
totals = {totals}

"""


def recipe_in(folder: Path, *, totals: str, stages: str) -> Path:
    """The example of a kit, with a second stage, the sizes of both stages, and known totals of town and country."""
    shutil.copytree(kit_folder("feeling-safe"), folder, dirs_exist_ok=True)
    rows = list(csv.DictReader((folder / "example.csv").read_text("utf-8-sig").splitlines()))
    rows = [row for row in rows if row["place"]]
    for number, row in enumerate(rows):
        row |= {"person": str(number), "clusters_there": "40", "people_there": "200"}
    with (folder / "example.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    path = folder / "recipe.toml"
    text = path.read_text("utf-8").replace('clusters = "cluster"\n', stages)
    before, limits, after = text.partition("[[limits]]")
    path.write_text(before + CALIBRATION.replace("{totals}", totals) + limits + after, "utf-8")
    return path


STAGES = 'clusters = ["cluster", "person"]\nfpc = ["clusters_there", "people_there"]\n'


@pytest.fixture
def result(tmp_path: Path, own_home: Path):
    return run(gather(recipe_in(tmp_path, totals="{ urban = 60000, rural = 50000 }", stages=STAGES), own_home))


def test_the_figures_are_those_of_the_quick_face_with_the_same_design(result, tmp_path: Path) -> None:
    places = ds.Calibration(margins={"place": {"urban": 60000, "rural": 50000}})
    design = ds.Design(
        weights="weight", strata="stratum", clusters=["cluster", "person"], calibration=places,
        fpc=["clusters_there", "people_there"],
    )  # fmt: skip
    rows = result.harmonised.observations
    rows = rows.rename_columns({"cluster_2": "person", "fpc_1": "clusters_there", "fpc_2": "people_there"})
    measure = next(m for m in result.setting.measures if m.estimator == "proportion" and len(m.numerator) == 1)
    concept, codes = next(iter(measure.numerator.items()))
    universe = " and ".join(f"{c} in ({', '.join(repr(v) for v in known)})" for c, known in measure.denominator.items())
    again = ds.estimate(rows, ds.proportion(concept, *codes), design=design, where=universe)[0]
    whole = next(e for e in result.estimates if e.measure == measure.id and e.area == "ZZ" and not e.breakdown)
    assert whole.value == pytest.approx(again.value, rel=1e-9)
    assert whole.se == pytest.approx(again.se, rel=1e-8)
    assert (whole.lower, whole.upper) == pytest.approx((again.lower, again.upper), rel=1e-8)
    assert whole.method == "taylor-2-stage; calibrated-raking; logit"


def test_the_release_can_be_recomputed_from_its_evidence(result, tmp_path: Path, own_home: Path) -> None:
    bundle = publish(result, tmp_path / "out", home=own_home)
    stages = check(bundle.parent / bundle.name, evidence=next((tmp_path / "out").rglob("evidence.zip")))
    assert {stage.status for stage in stages} == {"same"}


def test_what_the_interval_rests_on_is_said(result) -> None:
    assert "The interval" in result.uncertainty


def test_a_group_that_the_totals_do_not_name_is_refused(tmp_path: Path, own_home: Path) -> None:
    recipe = recipe_in(tmp_path, totals="{ urban = 60000 }", stages='clusters = "cluster"\n')
    with pytest.raises(DesignError) as refused:
        run(gather(recipe, own_home))
    assert refused.value.code == "calibrate.unknown-value"
    assert "rural" in str(refused.value)
