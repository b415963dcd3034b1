"""Every layout of official files is recognised from its content and read into the same columns."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from datashift.official import LAYOUTS, OFFICIAL, import_snapshot, observations

Row = dict[str, Any]


def rows(home: Path, text: str | bytes, name: str = "file.csv", **stated: Any) -> list[Row]:
    """What the store gives back of a file, in the order of the file."""
    data = text if isinstance(text, bytes) else text.encode()
    import_snapshot(data, name, home, **stated)
    table = observations(home)
    assert table.schema == OFFICIAL
    return sorted(table.to_pylist(), key=lambda row: row["row"])


def zipped(files: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, text in files.items():
            parts.writestr(name, text)
    return stream.getvalue()


UNSD = """\
Goal,Target,Indicator,SeriesCode,SeriesDescription,GeoAreaCode,GeoAreaName,TimePeriod,Value,Time_Detail,TimeCoverage,\
UpperBound,LowerBound,BasePeriod,Source,GeoInfoUrl,FootNote,Age,Location,Nature,Reporting Type,Sex,Units
3,3.2,3.2.1,SH_DYN_MORT,Under-five mortality rate,404,Kenya,2015,46.5,2015,,50.1,43.2,,IGME 2019,,"Rates, per year",\
<5Y,ALLAREA,E,G,BOTHSEX,PER_1000_LIVE_BIRTHS
3,3.2,3.2.1,SH_DYN_MORT,Under-five mortality rate,404,Kenya,2015,43.1,2015,,,,,,,,<5Y,ALLAREA,C,G,FEMALE,\
PER_1000_LIVE_BIRTHS
1,1.1,1.1.1,SI_POV_DAY1,Poverty,202,Sub-Saharan Africa,2012,<2.5,,,,,,,,,15-24,URBAN,NA,R,MALE,PERCENT
"""


def test_the_export_of_the_unsd_database_keeps_nature_source_bounds_and_footnote(tmp_path: Path) -> None:
    one, female, poverty = rows(tmp_path, UNSD)
    assert one == {
        "source": "UNSD SDG database", "snapshot": one["snapshot"], "released": "", "indicator": "3.2.1",
        "series": "SH_DYN_MORT", "area": "KE", "area_code": "404", "area_name": "Kenya", "period": "2015",
        "year": 2015, "value": 46.5, "value_text": "46.5", "unit": "PER_1000_LIVE_BIRTHS", "unit_mult": "",
        "nature": "E", "status": "", "se": None, "lower": 43.2, "upper": 50.1, "source_detail": "IGME 2019",
        "footnote": "Rates, per year", "breakdown": "AGE=Y0T4", "row": 2,
        "attributes": "REPORTING_TYPE=G;TIME_DETAIL=2015",
    }  # fmt: skip
    assert (female["breakdown"], female["nature"], female["lower"]) == ("AGE=Y0T4;SEX=F", "C", None)
    assert (poverty["area"], poverty["value"], poverty["value_text"], poverty["unit"]) == (
        "M49:202",
        None,
        "<2.5",
        "PT",
    )
    assert (poverty["breakdown"], poverty["nature"]) == ("AGE=Y15T24;SEX=M;URBANISATION=U", "")


def test_data_points_of_one_series_in_a_zip_take_indicator_and_names_from_the_lists_beside_them(tmp_path: Path) -> None:
    files = {
        "ddf--datapoints--sh_h2o_safe--by--geo_area--location--nature--units--year.csv": (
            "geo_area,location,nature,units,year,sh_h2o_safe\n404,urban,e,percent,2015,51.2\n1,allarea,e,percent,2015,70\n"
        ),
        "ddf--concepts--continuous.csv": (
            "concept,concept_type,description,goal,indicator,name,target\n"
            "sh_h2o_safe,measure,Safely managed drinking water,6,6.1.1,SH_H2O_SAFE,6.1\n"
        ),
        "ddf--entities--geo_area.csv": "geo_area,name\n404,Kenya\n1,World\n",
        "datapackage.json": "{}",
    }
    kenya, world = rows(tmp_path, zipped(files), "unsd.zip")
    assert (kenya["series"], kenya["indicator"], kenya["area"], kenya["area_name"]) == (
        "SH_H2O_SAFE", "6.1.1", "KE", "Kenya",
    )  # fmt: skip
    assert (kenya["breakdown"], kenya["nature"], kenya["unit"], kenya["value"]) == ("URBANISATION=U", "E", "PT", 51.2)
    assert (world["area"], world["breakdown"]) == ("M49:1", "")


SDMX_1 = """\
DATAFLOW,FREQ,REPORTING_TYPE,SERIES,REF_AREA,SEX,AGE,CUST_BREAKDOWN,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MULT,\
UNIT_MEASURE,NATURE,COMMENT_OBS,UPPER_BOUND,LOWER_BOUND,SOURCE_DETAIL,COMMENT_TS,DATA_LAST_UPDATE
IAEG-SDGs:DF_SDG_GLH(1.24),A,G,SL_TLF_UEM,834,F,Y15T24,_T,2020,2.5,A,3,NUMBER,M,Revised,2.75,2.25,ILO,Modelled,\
2026-03-24T00:00:00
IAEG-SDGs:DF_SDG_GLH(1.24),A,N,SL_TLF_UEM,TZA,_T,_T,C01,2021-03,,O,0,PT,_X,,,,,,2026-02-01T00:00:00
"""


def test_sdmx_csv_1_scales_by_its_multiplier_and_keeps_rows_without_a_figure(tmp_path: Path) -> None:
    one, missing = rows(tmp_path, SDMX_1)
    assert (one["source"], one["released"]) == ("IAEG-SDGs:DF_SDG_GLH", "2026-03-24")
    assert (one["value"], one["lower"], one["upper"], one["unit_mult"]) == (2500.0, 2250.0, 2750.0, "3")
    assert (one["value_text"], one["footnote"], one["source_detail"]) == ("2.5", "Revised · Modelled", "ILO")
    assert (one["area"], one["breakdown"], one["attributes"]) == ("TZ", "AGE=Y15T24;SEX=F", "FREQ=A;REPORTING_TYPE=G")
    assert (missing["value"], missing["status"], missing["nature"]) == (None, "O", "")
    assert (missing["area"], missing["year"], missing["breakdown"]) == ("TZ", 2021, "CUST_BREAKDOWN=C01")


def test_sdmx_csv_2_with_labels_behind_the_codes_is_read_by_its_codes(tmp_path: Path) -> None:
    text = (
        "STRUCTURE,STRUCTURE_ID,ACTION,SERIES:Series,REF_AREA:Area,SEX:Sex,TIME_PERIOD:Time,OBS_VALUE:Value,NATURE:Nature\n"
        "dataflow,UN:FLOW(1.0): A flow,I,SI_POV: Poverty,KE: Kenya,F: Female,2020,5.5,C: Country\n"
    )
    [one] = rows(tmp_path, text)
    assert (one["source"], one["series"], one["area"], one["breakdown"]) == ("UN:FLOW", "SI_POV", "KE", "SEX=F")
    assert (one["value"], one["nature"]) == (5.5, "C")


def test_plain_columns_of_the_sdg_structure_need_no_envelope(tmp_path: Path) -> None:
    [one] = rows(
        tmp_path, "SERIES,REF_AREA,URBANISATION,TIME_PERIOD,OBS_VALUE\nA,KE-30,R,2019/2020,7\n", indicator="6.1.1"
    )
    assert (one["area"], one["indicator"], one["breakdown"], one["year"]) == ("KE-30", "6.1.1", "URBANISATION=R", 2020)


def test_sdmx_json_is_read_with_attributes_of_series_and_figures(tmp_path: Path) -> None:
    message = {
        "meta": {"prepared": "2024-05-06T07:08:09Z"},
        "data": {
            "dataSets": [
                {"series": {"0:1": {"attributes": [0], "observations": {"0": [12.50, 0], "1": [None, None]}}}}
            ],
            "structures": [{
                "dimensions": {
                    "series": [
                        {"id": "SERIES", "values": [{"id": "SI_POV"}]},
                        {"id": "REF_AREA", "values": [{"id": "KE"}, {"id": "NP"}]},
                    ],
                    "observation": [{"id": "TIME_PERIOD", "values": [{"id": "2019"}, {"id": "2020"}]}],
                },
                "attributes": {
                    "series": [{"id": "UNIT_MEASURE", "values": [{"id": "PT"}]}],
                    "observation": [{"id": "NATURE", "values": [{"id": "C"}]}],
                },
            }],
        },
    }  # fmt: skip
    one, missing = rows(tmp_path, json.dumps(message), "message.json")
    assert (one["area"], one["period"], one["value"], one["value_text"]) == ("NP", "2019", 12.5, "12.5")
    assert (one["unit"], one["nature"], one["released"]) == ("PT", "C", "2024-05-06")
    assert (missing["period"], missing["value"], missing["nature"]) == ("2020", None, "")


WORLD_BANK = """\
"Data Source","World Development Indicators",

"Last Updated Date","2024-03-28",

"Country Name","Country Code","Indicator Name","Indicator Code","2020","2021","2022",
"Kenya","KEN","Access to electricity (% of population)","EG.ELC.ACCS.ZS","71.5","","76.5",
"Sub-Saharan Africa","SSF","Access to electricity (% of population)","EG.ELC.ACCS.ZS","48.2","50.6","",
"World","WLD","Access to electricity (% of population)","EG.ELC.ACCS.ZS","90.2","","",
"""


def test_the_csv_of_the_world_bank_has_a_date_and_one_column_per_year(tmp_path: Path) -> None:
    found = rows(tmp_path, WORLD_BANK)
    assert [(r["area"], r["year"], r["value"], r["row"]) for r in found] == [
        ("KE", 2020, 71.5, 6), ("KE", 2022, 76.5, 6), ("", 2020, 48.2, 7), ("", 2021, 50.6, 7),
        ("M49:1", 2020, 90.2, 8),
    ]  # fmt: skip
    assert {(r["released"], r["unit"], r["series"]) for r in found} == {("2024-03-28", "PT", "EG.ELC.ACCS.ZS")}


def test_the_zip_of_the_world_bank_leaves_its_descriptions_aside(tmp_path: Path) -> None:
    beside = {"Metadata_Country_API_X.csv": "a,b\n", "Metadata_Indicator_API_X.csv": "a,b\n"}
    assert len(rows(tmp_path, zipped({"API_EG.ELC_DS2.csv": WORLD_BANK, **beside}), "API.zip")) == 5


def test_a_table_of_databank_carries_its_date_below(tmp_path: Path) -> None:
    text = (
        "Country Name,Country Code,Series Name,Series Code,2020 [YR2020],2021 [YR2021]\n"
        "Nepal,NPL,Mortality,SH.DYN.MORT,28.2,..\n\n\n\n"
        "Data from database: World Development Indicators\nLast Updated: 06/28/2024\n"
    )
    [one] = rows(tmp_path, text)
    assert (one["area"], one["value"], one["released"], one["unit"]) == ("NP", 28.2, "2024-06-28", "")


def test_the_answer_of_the_world_bank_api_is_taken_when_it_is_whole(tmp_path: Path) -> None:
    figure = {
        "indicator": {"id": "SP.POP.TOTL", "value": "Population, total"}, "country": {"id": "KE", "value": "Kenya"},
        "countryiso3code": "KEN", "date": "2020", "value": 51985780, "unit": "", "obs_status": "", "decimal": 0,
    }  # fmt: skip
    page = {"page": 1, "pages": 1, "per_page": 50, "total": 2, "lastupdated": "2024-06-28"}
    answer = json.dumps([page, [figure, figure | {"date": "2021", "value": None}]])
    [one] = rows(tmp_path, answer, "answer.json")
    assert (one["area"], one["period"], one["value"], one["released"]) == ("KE", "2020", 51985780.0, "2024-06-28")


OPEN = """\
Year,Sex,Units,Series,GeoCode,Value
2015,,Percent,Poor,,12
2015,Female,Percent,Poor,,14
2015,,Percent,Poor,KE-30,9
"""


def test_an_indicator_of_an_open_sdg_site_is_named_by_its_file(tmp_path: Path) -> None:
    whole, female, nairobi = rows(tmp_path, OPEN, "indicator_1-1-1.csv", area="KEN", source="KNBS")
    assert (whole["indicator"], whole["series"], whole["area"], whole["unit"]) == ("1.1.1", "Poor", "KE", "PT")
    assert (female["breakdown"], female["area"], nairobi["area"]) == ("SEX=F", "KE", "KE-30")


def test_a_zip_of_open_sdg_indicators_is_one_snapshot_that_names_the_file_of_each_row(tmp_path: Path) -> None:
    files = {"data/indicator_1-1-1.csv": OPEN, "data/indicator_3-2-1.csv": "Year,Value\n2016,44\n"}
    found = rows(tmp_path, zipped(files), "site.zip")
    assert Counter(row["indicator"] for row in found) == {"1.1.1": 3, "3.2.1": 1}
    assert {row["attributes"] for row in found} == {"FILE=indicator_1-1-1.csv", "FILE=indicator_3-2-1.csv"}


@pytest.mark.parametrize("under_data", [True, False])
def test_the_json_that_an_open_sdg_site_publishes_is_read_like_its_table(tmp_path: Path, under_data: bool) -> None:
    columns = {"Year": [2015, 2016], "Location": ["Rural", None], "Value": [1.50, "<5"]}
    document = {"data": columns, "edges": {}} if under_data else columns
    one, other = rows(tmp_path, json.dumps(document), "6-1-1.json")
    assert (one["indicator"], one["breakdown"], one["value"]) == ("6.1.1", "URBANISATION=R", 1.5)
    assert (other["period"], other["breakdown"], other["value"], other["value_text"]) == ("2016", "", None, "<5")


def test_gzip_and_byte_order_marks_and_semicolons_change_nothing(tmp_path: Path) -> None:
    plain = rows(tmp_path / "a", OPEN, "indicator_1-1-1.csv")
    others = [
        (gzip.compress(OPEN.encode()), "indicator_1-1-1.csv.gz"),
        (OPEN.encode("utf-8-sig"), "indicator_1-1-1.csv"),
        (OPEN.encode("utf-16"), "indicator_1-1-1.csv"),
        (OPEN.replace(",", ";").replace("\n", "\r\n").encode(), "indicator_1-1-1.csv"),
    ]
    for number, (data, name) in enumerate(others):
        assert [r | {"snapshot": ""} for r in rows(tmp_path / str(number), data, name)] == [
            r | {"snapshot": ""} for r in plain
        ]


def test_a_layout_may_be_stated_where_two_fit(tmp_path: Path) -> None:
    text = "Year,Value,TIME_PERIOD,OBS_VALUE\n2001,1,2015,9\n"
    assert rows(tmp_path / "a", text)[0]["value"] == 9.0
    assert rows(tmp_path / "b", text, layout="open-sdg")[0]["value"] == 1.0
    assert "open-sdg" in LAYOUTS


# --- real files -----------------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_the_pilot_extract_of_the_unsd_database_comes_in_whole(tmp_path: Path, shared: Path) -> None:
    path = shared / "official" / "unsd_sdg" / "unsd_sdg_2020_pilot.csv.gz"
    done = import_snapshot(path.read_bytes(), path.name, tmp_path, released="2020-10")
    snapshot = done.snapshot
    assert (snapshot.observations, snapshot.not_numbers, snapshot.series, snapshot.areas) == (56_043, 66, 438, 12)
    assert (snapshot.layout, snapshot.years, done.without_place) == ("unsd-stacked", (1974, 2020), 0)
    table = observations(tmp_path)
    texts = Counter(row["value_text"] for row in table.filter(table["value"].is_null()).to_pylist())
    assert texts == {"<5": 26, "N": 20, ">95": 18, "NV": 1, "<2.5": 1}
    natures = Counter(table["nature"].to_pylist())
    assert natures == {"E": 30446, "C": 10026, "": 6110, "M": 5066, "G": 2386, "CA": 1978, "N": 31}
    assert Counter(table["area"].to_pylist())["KE"] == 5415


@pytest.mark.shared
def test_figures_stand_in_the_store_as_a_plain_reader_sees_them(tmp_path: Path, shared: Path, plain_rows: Any) -> None:
    path = shared / "official" / "unsd_sdg" / "unsd_sdg_2020_pilot.csv.gz"
    import_snapshot(path.read_bytes(), path.name, tmp_path)
    plain = plain_rows(path)
    for row in observations(tmp_path, area="NP").to_pylist()[::50]:
        other = plain[row["row"] - 2]
        assert (row["series"], row["area_code"], row["value_text"], row["period"]) == (
            other["series"], other["geo_area"], other["value"], other["year"],
        )  # fmt: skip
        assert row["value"] is None or row["value"] == float(other["value"])


@pytest.mark.shared
def test_the_untouched_ddf_files_say_which_indicator_each_series_is_of(tmp_path: Path, shared: Path) -> None:
    path = shared / "official" / "unsd_sdg" / "unsd_sdg_2020_ddf_raw_sample.zip"
    done = import_snapshot(path.read_bytes(), path.name, tmp_path)
    assert (done.snapshot.observations, done.snapshot.series, done.without_place) == (25_301, 5, 0)
    table = observations(tmp_path, series="SH_H2O_SAFE", area="KE")
    assert set(table["indicator"].to_pylist()) == {"6.1.1"}


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "figures", "without_place"),
    [
        ("jmp_household_watsan_sources", 1040, 0), ("jmp_inequality_sanitation_region", 1901, 310),
        ("jmp_inequality_water_region", 2041, 320), ("jmp_inequality_water_source", 2205, 0),
        ("jmp_wld_hygiene", 542, 0), ("jmp_wld_sanitation", 3205, 0), ("jmp_wld_water", 2527, 0),
    ],
)  # fmt: skip
def test_every_jmp_file_comes_in(tmp_path: Path, shared: Path, name: str, figures: int, without_place: int) -> None:
    path = shared / "official" / "jmp" / f"{name}.csv"
    done = import_snapshot(path.read_bytes(), path.name, tmp_path, released="2021-07")
    assert (done.snapshot.observations, done.without_place) == (figures, without_place)


@pytest.mark.shared
def test_a_region_of_a_survey_is_the_area_of_that_year(tmp_path: Path, shared: Path) -> None:
    path = shared / "official" / "jmp" / "jmp_inequality_water_region.csv"
    import_snapshot(path.read_bytes(), path.name, tmp_path)
    table = observations(tmp_path, series="wat_bas").to_pylist()
    shinyanga = {row["period"]: row["area"] for row in table if row["area_name"] == "Shinyanga"}
    assert (shinyanga["2010"], shinyanga["2016"]) == ("TZ-22_TO2012", "TZ-22")  # split in March 2012
    kenya = {row["area"] for row in table if row["area_name"] == "Coast" and row["period"] == "2014"}
    assert kenya == {""}  # the provinces ended in 2013


@pytest.mark.shared
def test_jmp_and_unsd_tell_nearly_the_same_about_the_series_that_are_the_same(tmp_path: Path, shared: Path) -> None:
    official = shared / "official"
    for path in (official / "unsd_sdg" / "unsd_sdg_2020_pilot.csv.gz", official / "jmp" / "jmp_wld_water.csv"):
        import_snapshot(path.read_bytes(), path.name, tmp_path)

    def nepal(series: str) -> dict[tuple[str, str], float]:
        rows = observations(tmp_path, series=series, area="NP").to_pylist()
        return {(row["period"], row["breakdown"]): row["value"] for row in rows}

    for ours, theirs in (("wat_sm", "SH_H2O_SAFE"), ("wat_bas", "SP_ACS_BSRVH2O")):
        jmp, unsd = nepal(ours), nepal(theirs)
        apart = [abs(jmp[key] - unsd[key]) for key in unsd]
        # Two releases, a year apart: about the same level, by place and year.
        assert len(apart) >= 54
        assert sorted(apart)[len(apart) // 2] < 8


@pytest.mark.shared
def test_the_sdmx_ml_samples_are_read_in_both_shapes(tmp_path: Path, shared: Path) -> None:
    path = shared / "reference" / "sdmx_sdg_samples.zip"
    done = import_snapshot(path.read_bytes(), path.name, tmp_path)
    assert (done.snapshot.observations, done.snapshot.released, done.snapshot.layout) == (24, "2022-05-28", "sdmx-ml")
    table = observations(tmp_path).to_pylist()
    poverty = {(r["series"], r["period"], r["breakdown"]): r["value"] for r in table if r["series"] == "SI_POV_DAY1"}
    assert poverty["SI_POV_DAY1", "2020", ""] == 100.0
    assert poverty["SI_POV_DAY1", "2021", "SEX=F"] == 80.0
    assert {row["area"] for row in table} == {"GB"}


# --- nothing is lost ------------------------------------------------------------------------------------------------


def kept(home: Path, text: str | bytes, name: str = "a.csv") -> list[dict[str, Any]]:
    data = text if isinstance(text, bytes) else text.encode()
    return observations(home, snapshot=import_snapshot(data, name, home).snapshot.id).to_pylist()


def test_breakdowns_that_share_a_concept_or_have_no_latin_letters_are_all_kept(tmp_path: Path) -> None:
    rows = kept(tmp_path, "Year,लिङ्ग,उमेर,क्षेत्र,Value\n2015,a,b,c,1\n2015,a,x,c,2\n", "indicator_1-1-1.csv")
    assert [row["breakdown"] for row in rows] == ["X=a;X_2=b;X_3=c", "X=a;X_2=x;X_3=c"]
    head = "SeriesCode,GeoAreaCode,TimePeriod,Value,Sex,sex,SEX\n"
    [row] = kept(tmp_path, f"{head}A,404,2015,1,FEMALE,x,y\n")
    assert row["breakdown"] == "SEX=F;SEX_2=x;SEX_3=y"


def test_columns_in_words_of_a_plain_table_are_breakdowns(tmp_path: Path) -> None:
    [row] = kept(tmp_path, "SERIES,Sex,REF_AREA,TIME_PERIOD,OBS_VALUE,Age group\nA,Female,KE,2015,1,15-24\n")
    assert (row["area"], row["breakdown"]) == ("KE", "AGE=Y15T24;SEX=F")


def test_columns_in_small_letters_are_components(tmp_path: Path) -> None:
    head = "DATAFLOW,LAST UPDATE,freq,unit,sex,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
    [row] = kept(tmp_path, f"{head}X:Y(1.0),14/03/24 23:00:00,A,PC,F,AR,2015,1.5,p\n")
    assert (row["area"], row["breakdown"]) == ("AR", "SEX=F")


def test_words_beside_all_codes_are_left_out(tmp_path: Path) -> None:
    head = "REF_AREA,Reference area,SEX,Sex,TIME_PERIOD,Time period,OBS_VALUE,Observation value\n"
    [row] = kept(tmp_path, f"{head}KE,Kenya,F,Female,2015,,1.5,\n")
    assert (row["area_name"], row["breakdown"], row["attributes"]) == ("Kenya", "SEX=F", "")


def test_columns_named_like_ours_and_columns_without_a_name_harm_nothing(tmp_path: Path) -> None:
    [row] = kept(tmp_path, "SeriesCode,GeoAreaCode,TimePeriod,Value,_row,_5,\nA,404,2015,1,7,8,9\n")
    assert (row["row"], row["breakdown"]) == (2, "ROW_4=7;X5=8;X6=9")


@pytest.mark.parametrize(
    ("power", "value"), [("3", 2500), ("3.0", 2500), ("+3", 2500), ("Thousands", 2500), ("_Z", 2.5), ("400", None)]
)
def test_a_figure_is_scaled_by_what_its_multiplier_means_and_is_none_where_nobody_can_tell(
    tmp_path: Path, power: str, value: float | None
) -> None:
    rows = kept(tmp_path, f"SERIES,REF_AREA,TIME_PERIOD,OBS_VALUE,UNIT_MULT\nA,KE,2015,2.5,{power}\nA,KE,2016,1,\n")
    assert [row["value"] for row in rows] == [value, 1]


def test_a_number_too_large_for_one_is_a_text(tmp_path: Path) -> None:
    rows = kept(tmp_path, "SERIES,REF_AREA,TIME_PERIOD,OBS_VALUE\nA,KE,2015,1e999\nA,KE,2016,-1\n")
    assert [(row["value"], row["value_text"]) for row in rows] == [(None, "1e999"), (-1.0, "-1")]


def test_sdmx_ml_in_utf_16_is_read(tmp_path: Path) -> None:
    text = (
        "<?xml version='1.0' encoding='UTF-16'?><m><S><Series A='é' SERIES='A'><Obs TIME_PERIOD='2016' OBS_VALUE='2'/>"
    )
    [row] = kept(tmp_path, f"{text}</Series></S></m>".encode("utf-16"), "a.xml")
    assert (row["period"], row["value"], row["breakdown"]) == ("2016", 2.0, "A=é")


def test_jmp_surveys_need_no_labels(tmp_path: Path) -> None:
    [row] = kept(tmp_path, "iso3,region,var_type,var,main_source,year,value\nKEN,Nairobi,Water,bas,DHS,2014,1\n")
    assert (row["area"], row["series"]) == ("KE-30", "wat_bas")
