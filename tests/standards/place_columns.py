"""The place columns of the real data sets, as names with their country and day; the test and the page share them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from datashift.standards.shapes import polygons


class PlaceColumn(NamedTuple):
    """One column of one data set: what it holds, how to read it, whose places, and how many names are found."""

    what: str
    names: Callable[[Path], Iterable[str]]
    country: str
    day: date
    level: int | None
    distinct: int
    resolved: int
    since: date | None = None
    """Since when the imported areas below level 1 have their extents; None: since the date in OCHA's list."""


CENSUS_2012 = date(2012, 3, 2)
"""OCHA's districts of Tanzania are those of the census of 2012: a person states that, the list does not."""


def in_csv(path: str, column: str, **where: str) -> Callable[[Path], list[str]]:
    def names(shared: Path) -> list[str]:
        with (shared / path).open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        return [row[column] for row in rows if all(row[key].startswith(value) for key, value in where.items())]

    return names


def in_zip(path: str, column: str) -> Callable[[Path], list[str]]:
    def names(shared: Path) -> list[str]:
        with zipfile.ZipFile(shared / path) as archive, archive.open(archive.namelist()[0]) as stream:
            return [row[column] for row in csv.DictReader(io.TextIOWrapper(stream, "utf-8"))]

    return names


def in_shapes(path: str, name: str) -> Callable[[Path], list[str]]:
    return lambda shared: list(polygons(shared / "boundaries" / path, name))


def _all(*readers: Callable[[Path], Iterable[str]]) -> Callable[[Path], list[str]]:
    return lambda shared: [name for reader in readers for name in reader(shared)]


def _folders(shared: Path) -> list[str]:
    path = shared / "official/npl_census_2011/npl_census_2011_water_population_literacy.zip"
    with zipfile.ZipFile(path) as archive:
        return [name.split("/")[1] for name in archive.namelist() if name.count("/") > 1]


def _census_2012(part: str) -> Callable[[Path], list[str]]:
    def names(shared: Path) -> list[str]:
        rows: list[dict[str, Any]] = json.loads(
            (shared / "margins/tza_census_2012/population_novillages.json").read_bytes()
        )
        return [row[part] for row in rows]

    return names


def _census_2022(shared: Path) -> list[str]:
    path = shared / "margins/tza_census_2022/population_stats.json.gz"
    return [region["region"] for region in json.loads(gzip.decompress(path.read_bytes()))["regions"]]


def _councils(shared: Path) -> list[str]:
    path = shared / "margins/tza_census_2022/population_stats.json.gz"
    regions = json.loads(gzip.decompress(path.read_bytes()))["regions"]
    return [f"{c['name']} {c['type'].replace('_', ' ')}" for region in regions for c in region["councils"]]


_WATER = "official/jmp/jmp_inequality_water_region.csv"
_TZA = "cgd/tza_waterpoints/tza_waterpoints_features.csv.zip"
_CFP = "cgd/npl_cfp_earthquake/cfp_round4_survey_2015.csv"
_NPL_UGA = "cgd/waterpoints_npl_uga/rwpfunctionality_nepal_uganda.csv"
_KEN = "margins/ken_census_2019/"
_UWEZO_KE = _all(*(in_csv(f"cgd/uwezo/{file}.csv", "region") for file in ("KE10", "KE11", "KE12", "archive_KE")))
_UWEZO_TZ = _all(*(in_csv(f"cgd/uwezo/{file}.csv", "region") for file in ("TA10", "TA11", "TA12", "archive_TA")))
_COUNTIES = _all(
    in_csv(_KEN + "V1_T2.2.csv", "County"), in_csv(_KEN + "V1_T2.3.csv", "County"),
    in_csv(_KEN + "V1_T2.5.csv", "County"), in_csv("official/ken_census_2019/V4_T2.15.csv", "County"),
    in_csv("official/ken_census_2019/CountyGPS.csv", "County"),
)  # fmt: skip


def jmp(country: str, survey: str) -> Callable[[Path], list[str]]:
    return in_csv(_WATER, "region", iso3=country, main_source=survey)


COLUMNS = (
    PlaceColumn("water points TZ: region", in_zip(_TZA, "region"), "TZ", date(2011, 6, 30), 1, 21, 21),
    PlaceColumn("water points TZ: lga", in_zip(_TZA, "lga"), "TZ", date(2012, 8, 26), 2, 125, 0),
    PlaceColumn(
        "water points TZ: lga, extents stated", in_zip(_TZA, "lga"), "TZ", date(2012, 8, 26), 2, 125, 122, CENSUS_2012
    ),
    PlaceColumn("water points TZ: ward", in_zip(_TZA, "ward"), "TZ", date(2012, 8, 26), 3, 2092, 0),
    PlaceColumn("earthquake survey NP: District", in_csv(_CFP, "District"), "NP", date(2015, 6, 30), 2, 14, 14),
    PlaceColumn(
        "water points NP: admin1", in_csv(_NPL_UGA, "admin1", country="Nepal"), "NP", date(2014, 6, 30), 1, 2, 2
    ),
    PlaceColumn(
        "water points NP: admin2", in_csv(_NPL_UGA, "admin2", country="Nepal"), "NP", date(2014, 6, 30), 1, 3, 3
    ),
    PlaceColumn(
        "water points NP: admin3", in_csv(_NPL_UGA, "admin3", country="Nepal"), "NP", date(2014, 6, 30), 2, 3, 3
    ),
    PlaceColumn(
        "water points UG: admin1", in_csv(_NPL_UGA, "admin1", country="Uganda"), "UG", date(2021, 1, 1), 1, 1, 1
    ),
    PlaceColumn(
        "water points UG: admin2", in_csv(_NPL_UGA, "admin2", country="Uganda"), "UG", date(2021, 1, 1), 2, 2, 2
    ),
    PlaceColumn(
        "water points UG: admin3", in_csv(_NPL_UGA, "admin3", country="Uganda"), "UG", date(2021, 1, 1), 3, 13, 0
    ),
    PlaceColumn("Uwezo KE: region", _UWEZO_KE, "KE", date(2011, 6, 30), 1, 9, 9),
    PlaceColumn("Uwezo TZ: region", _UWEZO_TZ, "TZ", date(2011, 6, 30), 1, 21, 21),
    PlaceColumn(
        "Kwale KE: localization", in_csv("cgd/ken_kwale_water_quality/water_samples.csv", "localization"),
        "KE", date(2016, 6, 30), 3, 71, 0,
    ),
    PlaceColumn("JMP KE, every survey", jmp("KEN", ""), "KE", date(2009, 1, 1), 1, 17, 17),
    PlaceColumn("JMP NP, DHS 2006", jmp("NPL", "DHS06"), "NP", date(2006, 6, 30), 1, 5, 5),
    PlaceColumn("JMP NP, DHS 2011", jmp("NPL", "DHS11"), "NP", date(2011, 6, 30), 1, 3, 0),
    PlaceColumn("JMP NP, MICS 2014", jmp("NPL", "MICS14"), "NP", date(2014, 6, 30), 1, 15, 0),
    PlaceColumn("JMP NP, DHS 2016", jmp("NPL", "DHS16"), "NP", date(2016, 6, 30), 1, 7, 7),
    PlaceColumn("JMP NP, MICS 2019", jmp("NPL", "MICS19"), "NP", date(2019, 6, 30), 1, 7, 7),
    PlaceColumn("JMP TZ, DHS 2005", jmp("TZA", "DHS05"), "TZ", date(2004, 12, 31), 1, 26, 26),
    PlaceColumn("JMP TZ, AIS 2008", jmp("TZA", "AIS08"), "TZ", date(2007, 12, 31), 1, 26, 21),
    PlaceColumn("JMP TZ, DHS 2010", jmp("TZA", "DHS10"), "TZ", date(2010, 6, 30), 1, 26, 26),
    PlaceColumn("JMP TZ, AIS 2012", jmp("TZA", "AIS12"), "TZ", date(2012, 8, 26), 1, 30, 30),
    PlaceColumn("JMP TZ, DHS 2016", jmp("TZA", "DHS16"), "TZ", date(2015, 12, 31), 1, 30, 30),
    PlaceColumn("JMP TZ, MIS 2017", jmp("TZA", "MIS17"), "TZ", date(2017, 11, 30), 1, 31, 31),
    PlaceColumn("census KE 2019: county, five tables", _COUNTIES, "KE", date(2019, 8, 25), 1, 191, 188),
    PlaceColumn(
        "census KE 2019: sub-county, table 2.5", in_csv(_KEN + "V1_T2.5.csv", "SubCounty", AdminArea="SubCounty"),
        "KE", date(2019, 12, 31), 2, 333, 182,
    ),
    PlaceColumn(
        "census KE 2019: sub-county, table 2.15",
        in_csv("official/ken_census_2019/V4_T2.15.csv", "SubCounty", AdminArea="SubCounty"),
        "KE", date(2019, 12, 31), 2, 340, 183,
    ),
    PlaceColumn("census NP 2011: folders of districts", _folders, "NP", date(2011, 6, 22), 2, 75, 75),
    PlaceColumn("census TZ 2012: Region", _census_2012("Region"), "TZ", date(2012, 8, 26), 1, 25, 25),
    PlaceColumn(
        "census TZ 2012: District", _census_2012("District"), "TZ", date(2012, 8, 26), 2, 159, 154, CENSUS_2012
    ),
    PlaceColumn("census TZ 2022: region", _census_2022, "TZ", date(2022, 8, 23), 1, 31, 31),
    PlaceColumn("census TZ 2022: council", _councils, "TZ", date(2022, 8, 23), 2, 194, 152),
    PlaceColumn(
        "INDEC AR: prov_nombre", in_csv("margins/arg_indec/cod_pcias_arg.csv", "prov_nombre"),
        "AR", date(2018, 7, 1), 1, 24, 24,
    ),
    PlaceColumn(
        "INDEC AR: projections", in_csv("margins/arg_indec/arg_proy_2005_2018_ge5.csv", "prov_nombre"),
        "AR", date(2018, 7, 1), 1, 24, 24,
    ),
    PlaceColumn(
        "femicides AR: lugar_hecho",
        in_csv("official/arg_femicides/femicidios_ministerio_justicia_2012_2016.csv", "lugar_hecho"),
        "AR", date(2014, 1, 1), 1, 29, 29,
    ),
    PlaceColumn(
        "boundaries KE, counties", in_shapes("ken_counties.geojson.gz", "COUNTY_NAM"), "KE", date(2019, 1, 1), 1, 47, 47
    ),
    PlaceColumn(
        "boundaries KE, Natural Earth", in_shapes("ne_ken_admin1.topo.json", "name"), "KE", date(2009, 1, 1), 1, 8, 8
    ),
    PlaceColumn(
        "boundaries AR, Natural Earth", in_shapes("ne_arg_admin1.topo.json", "name"), "AR", date(2014, 1, 1), 1, 24, 24
    ),
    PlaceColumn(
        "boundaries NP, Natural Earth", in_shapes("ne_npl_admin1.topo.json", "name"), "NP", date(2014, 1, 1), 1, 14, 13
    ),
    PlaceColumn(
        "boundaries NP, 77 districts", in_shapes("npl_districts77.geojson.gz", "DISTRICT"),
        "NP", date(2019, 1, 1), 2, 77, 77,
    ),
    PlaceColumn(
        "boundaries TZ, Natural Earth", in_shapes("ne_tza_admin1.topo.json", "name"), "TZ", date(2013, 1, 1), 1, 30, 30
    ),
    PlaceColumn(
        "boundaries TZ, regions 2012", in_shapes("tza_regions_2012.topojson", "Region_Nam"),
        "TZ", date(2012, 8, 26), 1, 30, 30,
    ),
    PlaceColumn(
        "boundaries TZ, districts 2012", in_shapes("tza_districts_2012.topojson.gz", "District_N"),
        "TZ", date(2012, 8, 26), 2, 169, 169, CENSUS_2012,
    ),
)  # fmt: skip
