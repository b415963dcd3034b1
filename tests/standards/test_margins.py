"""Census totals come to the recipe's geography whole, or not at all."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from datashift.errors import BadRecipe
from datashift.inputs import gather
from datashift.model import Margin
from datashift.pipeline import set_up
from datashift.read import read_bytes
from datashift.standards.areas import known_areas
from datashift.standards.margins import fold_ages, people_by, populations, totals

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


# --- groups ---------------------------------------------------------------------------------------------------------


def split(groups: dict, rows: list[tuple[str, ...]], names: tuple[str, ...], **more: object) -> tuple[Margin, pa.Table]:
    stated = {"source": "census", "file": "c.csv", "as_of": date(2019, 8, 24), "value": "value", "groups": groups}
    table = pa.table({name: [row[k] for row in rows] for k, name in enumerate(names)})
    return Margin.model_validate({**stated, **more}), table


SEX = {"SEX": {"column": "sex", "codes": {"women": "F", "men": "M", "all": "_T"}}}
TALL = ("area", "sex", "value")


def test_groups_beside_their_total_give_the_total_once_and_the_groups_as_they_are() -> None:
    rows = [("Kwale", "all", "100"), ("Kwale", "women", "52"), ("Kwale", "men", "48")]
    stated, table = split(SEX, rows, TALL)
    assert totals(stated, table, KE, file="r") == {"KE-19": 100}
    people = populations(stated, table, KE, file="r")
    assert people_by(people, ["SEX"]) == {("F",): 52, ("M",): 48}
    assert people_by(people, []) == {(): 100}
    assert people_by(people, ["area"]) == {("KE-19",): 100}


def test_groups_without_a_total_are_added_up() -> None:
    stated, table = split(SEX, [("Kwale", "women", "52"), ("Kwale", "men", "48")], TALL)
    assert totals(stated, table, KE, file="r") == {"KE-19": 100}
    assert people_by(populations(stated, table, KE, file="r"), ["area"]) == {("KE-19",): 100}


def test_groups_that_stand_in_columns_side_by_side_are_read_from_their_names() -> None:
    wide = {"SEX": {"column": "", "codes": {"Male": "M", "Female": "F", "Total": "_T"}}}
    stated, table = split(wide, [("Kwale", "48", "52", "100")], ("area", "Male", "Female", "Total"))
    assert totals(stated, table, KE, file="r") == {"KE-19": 100}
    assert people_by(populations(stated, table, KE, file="r"), ["SEX"]) == {("F",): 52, ("M",): 48}


def test_groups_that_hold_more_than_their_total_are_refused() -> None:
    rows = [("Kwale", "all", "100"), ("Kwale", "women", "70"), ("Kwale", "men", "48")]
    stated, table = split(SEX, rows, TALL)
    with pytest.raises(BadRecipe) as refused:
        totals(stated, table, KE, file="r")
    assert refused.value.code == "recipe.margin-doubled"


def test_a_total_among_the_rows_of_its_parts_is_refused_and_not_added() -> None:
    rows = [("Kwale", "women", n) for n in ("30", "10", "20")] + [("Kwale", "men", n) for n in ("27", "12", "15")]
    stated, table = split(SEX, rows, TALL)
    with pytest.raises(BadRecipe) as refused:
        totals(stated, table, KE, file="r")
    assert refused.value.code == "recipe.margin-doubled"
    assert "select" in str(refused.value)


def test_a_word_without_a_code_is_refused_with_the_codes_there_are() -> None:
    stated, table = split(SEX, [("Kwale", "intersex", "1"), ("Kwale", "men", "48")], TALL)
    with pytest.raises(BadRecipe, match=r"intersex.*SEX.*F, M, _T") as refused:
        totals(stated, table, KE, file="r")
    assert refused.value.code == "recipe.margin-code"


def test_people_of_unknown_group_are_in_the_total_and_in_no_group() -> None:
    groups = {"AGE": {"column": "age", "codes": {"not stated": "_U"}}}
    rows = [("Kwale", "0-14", "60"), ("Kwale", "15+", "39"), ("Kwale", "not stated", "1")]
    stated, table = split(groups, rows, ("area", "age", "value"))
    assert totals(stated, table, KE, file="r") == {"KE-19": 100}
    assert people_by(populations(stated, table, KE, file="r"), ["AGE"]) == {("Y0T14",): 60, ("Y_GE15",): 39}


def test_single_years_beside_their_bands_count_once() -> None:
    rows = [("Kwale", age, n) for age, n in (("0", "5"), ("1", "4"), ("0 - 1", "9"), ("2+", "91"), ("all", "100"))]
    stated, table = split({"AGE": {"column": "age", "codes": {"all": "_T"}}}, rows, ("area", "age", "value"))
    assert people_by(populations(stated, table, KE, file="r"), ["AGE"]) == {("Y0",): 5, ("Y1",): 4, ("Y_GE2",): 91}
    assert totals(stated, table, KE, file="r") == {"KE-19": 100}


def test_ages_that_overlap_by_a_misprint_are_refused() -> None:
    rows = [("Kwale", age, "5") for age in ("5-9", "9-14", "15+")]
    stated, table = split({"AGE": {"column": "age"}}, rows, ("area", "age", "value"))
    with pytest.raises(BadRecipe) as refused:
        totals(stated, table, KE, file="r")
    assert refused.value.code == "recipe.margin-ages"


def test_the_row_of_the_country_is_no_area_beside_its_counties() -> None:
    rows = [("Kenya", "all", "100"), ("Kwale", "all", "60"), ("Mombasa", "all", "40")]
    stated, table = split(SEX, rows, TALL)
    assert people_by(populations(stated, table, KE, file="r"), ["area"]) == {("KE-19",): 60, ("KE-28",): 40}


def aged(*rows: tuple[str | None, float]) -> pa.Table:
    ages = pa.array([age for age, _n in rows], pa.string())
    return pa.table({"area": ["KE-19"] * len(rows), "AGE": ages, "people": [n for _age, n in rows]})


def test_ages_are_folded_to_bands_that_census_and_answers_share_and_others_are_left_out() -> None:
    people = aged((None, 100.0), ("Y0T14", 40.0), ("Y15T24", 25.0), ("Y25T64", 30.0), ("Y_GE65", 5.0))
    folded, answers = fold_ages(people, ["15_24", "25_39", "40_54", "55_plus"], file="r", name="ages")
    assert people_by(folded, ["AGE"]) == {("Y15T24",): 25, ("Y_GE25",): 35}
    assert people_by(folded, ["area"]) == {("KE-19",): 60}
    assert answers == {"15_24": "Y15T24", "25_39": "Y_GE25", "40_54": "Y_GE25", "55_plus": "Y_GE25"}


def test_ages_without_a_common_band_are_refused_with_a_way_out() -> None:
    with pytest.raises(BadRecipe, match="narrower ages") as refused:
        fold_ages(aged(("Y0T19", 40.0), ("Y_GE20", 60.0)), ["15_24", "25_plus"], file="r", name="ages")
    assert refused.value.code == "recipe.margin-bands"


@pytest.mark.shared
def test_kenyas_people_by_county_sex_and_single_year_add_up_to_the_census(shared) -> None:
    file = shared / "margins" / "ken_census_2019" / "V3_T2.3.csv.gz"
    raw = read_bytes(file.read_bytes(), file.name).table
    groups = {
        "SEX": {"column": "", "codes": {"Male": "M", "Female": "F", "Total": "_T"}},
        "AGE": {"column": "Age", "codes": {"Total": "_T", "Not Stated": "_U"}},
    }
    stated = {"source": "census", "file": file.name, "area": "County", "as_of": date(2019, 8, 24), "groups": groups}
    with pytest.raises(BadRecipe) as refused:
        totals(Margin.model_validate(stated), raw, KE, file="r")
    assert refused.value.code == "recipe.margin-doubled"
    people = populations(Margin.model_validate({**stated, "select": {"SubCounty": "ALL"}}), raw, KE, file="r")
    assert people_by(people, []) == {(): 47_562_772}
    assert people_by(people, ["SEX"]) == {("F",): 24_014_716, ("M",): 23_548_056}
    assert len(people_by(people, ["area"])) == 47
    assert len(people_by(people, ["AGE"])) == 101
