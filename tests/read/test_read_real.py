"""The real files beside the project: each imports with the row count that its provenance states, or a coded error."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from datashift.errors import Unreadable
from datashift.read import read, sheets

pytestmark = pytest.mark.shared

FOLDERS = ("cgd", "margins", "official")
SEVERAL = {
    "cgd/irq_reach_kobo/form.xlsx": "read.choose-sheet",
    "margins/arg_indec/c2_proyecciones_prov_2010_2040.xls": "read.choose-sheet",
    "official/npl_census_2011/npl_census_2011_water_population_literacy.zip": "read.choose-table",
    "official/unsd_sdg/unsd_sdg_2020_ddf_raw_sample.zip": "read.choose-table",
}
NESTED = "margins/tza_census_2022/population_stats.json.gz"


def stated_rows(shared: Path) -> dict[str, int]:
    lines = (shared / "PROVENANCE.md").read_text(encoding="utf-8").splitlines()
    found = [re.match(r"\| (\S+) \| (\d+) \|", line) for line in lines]
    return {match[1]: int(match[2]) for match in found if match and match[1].startswith(FOLDERS)}


def test_every_plain_file_has_the_rows_that_its_provenance_states(shared: Path) -> None:
    stated = stated_rows(shared)
    assert len(stated) > 45
    assert stated["cgd/tza_waterpoints/tza_waterpoints_features.csv.zip"] == 59_400
    found = {name: read(shared / name).table.num_rows for name in stated if name not in {*SEVERAL, NESTED}}
    assert found == {name: rows for name, rows in stated.items() if name in found}


@pytest.mark.parametrize(("name", "code"), SEVERAL.items())
def test_a_file_of_several_tables_asks_for_one(shared: Path, name: str, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(shared / name)
    assert caught.value.code == code


def test_the_census_tables_of_all_districts_are_read_one_by_one(shared: Path) -> None:
    path = shared / "official/npl_census_2011/npl_census_2011_water_population_literacy.zip"
    assert len(sheets(path)) == 225
    assert sum(read(path, sheet=sheet).table.num_rows for sheet in sheets(path)) == 12_140


def test_both_sheets_of_the_form_are_read(shared: Path) -> None:
    path = shared / "cgd/irq_reach_kobo/form.xlsx"
    assert sheets(path) == ["survey", "choices", "settings"]
    assert [read(path, sheet=sheet).table.num_rows for sheet in ("survey", "choices")] == [235, 970]


def test_the_wards_below_regions_and_councils_are_read_with_their_parents(shared: Path) -> None:
    assert sheets(shared / NESTED) == ["regions", "regions/councils", "regions/councils/wards"]
    wards = read(shared / NESTED, sheet="regions/councils/wards").table
    assert wards.num_rows == 4295
    assert wards["parent/parent/region"].null_count == 0


def test_the_old_workbook_with_merged_headers_is_read(shared: Path) -> None:
    path = shared / "margins/arg_indec/c2_proyecciones_prov_2010_2040.xls"
    assert len(sheets(path)) == 25
    raw = read(path, sheet="02-CABA")
    assert raw.table.column_names[:4] == ["_row", "Edad", "2010 / Ambos sexos", "2010 / Varones"]
    total = raw.table.slice(1, 1).to_pylist()[0]
    assert (total["_row"], total["Edad"], total["2010 / Ambos sexos"]) == (6, "Total", "3028481")
    assert raw.table.num_rows == 166
    assert raw.table["_row"].to_pylist() == list(range(5, 171))


def test_the_register_of_water_points_keeps_none_beside_empty(shared: Path) -> None:
    table = read(shared / "cgd/tza_waterpoints/tza_waterpoints_features.csv.zip").table
    names = table["scheme_name"].to_pylist()
    assert (names.count(""), names.count("None"), names.count(None)) == (28_166, 644, 0)
    assert table["latitude"].to_pylist().count("-2e-08") == 1812


def test_the_register_is_read_in_under_one_and_a_half_seconds(shared: Path) -> None:
    path = shared / "cgd/tza_waterpoints/tza_waterpoints_features.csv.zip"
    seconds = []
    for _ in range(3):
        start = time.process_time()
        read(path)
        seconds.append(time.process_time() - start)
    assert min(seconds) < 1.5


def test_kobo_columns_keep_their_names_and_dummies(shared: Path) -> None:
    table = read(shared / "cgd/irq_reach_kobo/raw_data.csv.gz").table
    assert table.column_names[1] == "X.U.FEFF.start"
    assert {"X_uuid", "primary_livelihood", "primary_livelihood.savings"} <= set(table.column_names)
    assert table.num_columns == 349


def test_the_perception_survey_keeps_its_blank_row_and_its_62_columns(shared: Path) -> None:
    raw = read(shared / "cgd/npl_cfp_earthquake/cfp_round4_survey_2015.csv")
    assert raw.table.num_columns - 1 == 62
    assert raw.table.column("_row")[1400].as_py() == 1402
    assert not any(raw.table.slice(1400, 1).drop_columns(["_row"]).to_pylist()[0].values())


@pytest.mark.parametrize(
    ("name", "rows"), [("boundaries/ken_counties.geojson.gz", 48), ("boundaries/npl_districts77.geojson.gz", 77)]
)
def test_boundaries_are_read_as_a_table_of_shapes(shared: Path, name: str, rows: int) -> None:
    table = read(shared / name).table
    assert table.num_rows == rows
    assert all(text.startswith(("POLYGON (", "MULTIPOLYGON (")) for text in table["geometry"].to_pylist())
