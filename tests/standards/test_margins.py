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


# --- a census of another day's areas --------------------------------------------------------------------------------

KE = known_areas("KE")


def counties() -> tuple[Margin, pa.Table]:
    counted = Margin.model_validate(
        {"source": "census", "file": "c.csv", "as_of": date(2019, 8, 24), "value": "value", "crosswalk": True}
    )
    rows = [("Kwale", "866820"), ("Mombasa", "1208333"), ("Nairobi", "4397073")]
    table = pa.table({"_row": [2, 3, 4], "area": [r[0] for r in rows], "value": [r[1] for r in rows]})
    return counted, table


def test_whole_areas_of_a_census_are_brought_to_the_areas_of_the_recipe() -> None:
    margin_, table = counties()
    found = totals(margin_, table, KE, file="r", day=date(2012, 6, 1))
    assert found == {"KE-300": 866820 + 1208333, "KE-30": 4397073}


def test_areas_of_the_same_day_stay_as_they_are() -> None:
    margin_, table = counties()
    assert set(totals(margin_, table, KE, file="r", day=date(2020, 1, 1))) == {"KE-19", "KE-28", "KE-30"}


def test_a_divided_area_has_no_known_total_in_its_parts() -> None:
    stated = {"source": "census", "file": "c.csv", "as_of": date(2009, 8, 24), "crosswalk": True}
    table = pa.table({"_row": [2], "area": ["Coast"], "value": ["3325307"]})
    with pytest.raises(BadRecipe, match="was divided among"):
        totals(Margin.model_validate(stated), table, KE, file="r", day=date(2019, 8, 24))
