"""Census totals come to the recipe's geography whole, or not at all."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from datashift.errors import BadRecipe
from datashift.inputs import gather
from datashift.model import Margin
from datashift.pipeline import set_up
from datashift.standards.areas import known_areas
from datashift.standards.margins import totals

TZ = known_areas("TZ")
NAMES = ("Region", "District", "Both_Sexes")


def margin(**more: object) -> Margin:
    base = {"source": "census", "area": "Region", "part": "District", "value": "Both_Sexes", "as_of": date(2012, 8, 26)}
    return Margin.model_validate({**base, **more})


def census(*rows: tuple[str, str, str]) -> pa.Table:
    return pa.table({name: [row[k] for row in rows] for k, name in enumerate(NAMES)})


def test_parts_of_a_new_region_go_back_to_the_regions_they_came_from() -> None:
    rule = {"Geita": {"Geita": "TZ-18_TO2012", "*": "TZ-05_TO2012"}}
    rows = census(("Geita", "", "30"), ("Geita", "Geita", "10"), ("Geita", "Chato", "20"), ("Tanga", "", "5"))
    assert totals(margin(regroup=rule), rows, TZ, file="r") == {"TZ-18_TO2012": 10, "TZ-05_TO2012": 20, "TZ-25": 5}


@pytest.mark.parametrize("rule", [{}, {"Atlantis": {"North": "TZ-18_TO2012"}}, {"Atlantis": {"*": "TZ-99"}}])
def test_a_total_that_belongs_to_nobody_stops_the_run(rule: dict) -> None:
    with pytest.raises(BadRecipe, match="Atlantis"):
        totals(margin(regroup=rule), census(("Atlantis", "", "1"), ("Atlantis", "South", "1")), TZ, file="r")


@pytest.mark.shared
def test_the_21_old_regions_of_tanzania_keep_every_person_of_the_census(shared, own_home) -> None:
    recipe = Path(__file__).resolve().parents[2] / "examples" / "tza-waterpoints" / "recipe.toml"
    found = set_up(gather(recipe, own_home)).margins["population"]
    assert len(found) == 21
    assert sum(found.values()) == 43_613_568
