"""Estimates as SDMX-CSV: columns, units, what is hidden, and never a national reporting type."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pysdmx.io import get_datasets, read_sdmx

from datashift.model import Area, Estimate, Kit, Loss
from datashift.publish import Release, estimates_csv, rounded
from datashift.publish.sdmx_csv import REPORTING_TYPE, csv_bytes, estimate_rows, number
from datashift.standards.kits import known_kits, shipped_kit
from datashift.standards.structures import kit_structures, write_structures

DEMANDED = {
    "KIT", "MEASURE", "REF_AREA", "REF_AREA_NAME", "TIME_PERIOD", "OBS_VALUE", "UNIT_MEASURE", "STD_ERROR",
    "LOWER_BOUND", "UPPER_BOUND", "N_OBS", "N_EFF", "DEFF", "OBS_STATUS", "METHOD", "SAMPLING_TYPE",
}  # fmt: skip


def rows_of(release: Release) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(estimates_csv(release).decode(), newline="")))


def only(release: Release, *estimates: Estimate) -> Release:
    return replace(release, estimates=list(estimates))


def test_the_columns_that_are_demanded_are_there(release):
    header = estimates_csv(release).decode().splitlines()[0].split(",")
    assert set(header) >= DEMANDED
    assert header[:7] == ["STRUCTURE", "STRUCTURE_ID", "ACTION", "FREQ", "REPORTING_TYPE", "SERIES", "REF_AREA"]
    assert len(header) == len(set(header))


def test_pysdmx_reads_it_back(release, tmp_path):
    path = tmp_path / "estimates.csv"
    path.write_bytes(estimates_csv(release))
    (dataset,) = read_sdmx(path).get_datasets()
    assert dataset.short_urn == "Dataflow=DATASHIFT:DF_MADE_UP_WATER(1.0.0)"
    values = dict(zip(dataset.data["REF_AREA"] + dataset.data["KIND"], dataset.data["OBS_VALUE"], strict=True))
    expected = {e.area + dict(e.breakdown).get("kind", "_T"): number(e.value) or "NaN" for e in release.estimates}
    assert {key: value or "NaN" for key, value in values.items()} == expected


def test_values_are_in_the_unit_that_the_row_names(release):
    whole = release.estimates[0]
    share, persons = rows_of(only(release, whole, replace(whole, unit="NUMBER", value=325.0)))
    assert (share["UNIT_MEASURE"], share["UNIT_MULT"]) == ("PT", "0")
    assert float(share["OBS_VALUE"]) == pytest.approx(whole.value)
    assert float(share["OBS_VALUE"]) > 1, "a share is per cent, never a fraction"
    assert (persons["UNIT_MEASURE"], persons["OBS_VALUE"]) == ("NUMBER", "325")


def test_a_hidden_figure_has_neither_value_nor_n_but_a_reason(release):
    (row,) = [row for row in rows_of(release) if row["OBS_STATUS"] == "Q"]
    numbers = ("OBS_VALUE", "STD_ERROR", "LOWER_BOUND", "UPPER_BOUND", "N_OBS", "N_EFF", "DEFF", "DF")
    assert [row[name] for name in numbers] == [""] * 8
    assert row["REF_AREA"] == "C"
    assert row["REASON"].startswith("Not shown: fewer than 10")


def test_a_hidden_figure_stays_hidden_even_if_its_numbers_were_left_in(release):
    (row,) = rows_of(only(release, replace(release.estimates[0], status="Q")))
    assert row["OBS_VALUE"] + row["N_OBS"] + row["LOWER_BOUND"] + row["DEFF"] == ""


def test_breakdowns_have_their_dimensions_and_t_means_everybody(release):
    rows = rows_of(release)
    assert {row["KIND"] for row in rows} == {"_T", "pump", "spring"}
    assert {row["SEX"] + row["AGE"] + row["URBANISATION"] for row in rows} == {"_T_T_T"}
    by_sex = replace(release.estimates[0], breakdown=(("sex", "F"), ("age_group", "Y15T24")))
    (row,) = rows_of(only(release, by_sex))
    assert (row["SEX"], row["AGE"]) == ("F", "Y15T24")


@pytest.mark.parametrize(
    ("period", "frequency"),
    [("2024", "A"), ("2024-Q1", "Q"), ("2024-03", "M"), ("2011/2013", "_O"), ("2024-03-01", "D")],
)
def test_the_frequency_follows_the_period(release, period, frequency):
    (row,) = rows_of(only(release, replace(release.estimates[0], period=period)))
    assert (row["TIME_PERIOD"], row["FREQ"]) == (period, frequency)


def test_the_official_series_is_named_only_where_the_concept_is_the_same(release):
    assert {row["SERIES"] for row in rows_of(release)} == {"_Z"}, "the kit is a proxy"
    same = replace(release, kit=release.kit.model_copy(update={"relation": "same"}))
    assert {row["SERIES"] for row in rows_of(same)} == {"SH_H2O_MADEUP"}
    (official,) = release.recipe.official
    words = release.recipe.model_copy(update={"official": (official.model_copy(update={"series": "points, all"}),)})
    assert {row["SERIES"] for row in rows_of(replace(same, recipe=words))} == {"_Z"}, "words are no code"


# --- the structure --------------------------------------------------------------------------------------------------

NOT_WRITTEN = {
    "BASE_PER", "NATURE", "TIME_DETAIL", "COMMENT_OBS", "TIME_COVERAGE", "SOURCE_DETAIL", "COMMENT_TS", "GEO_INFO_URL",
    "GEO_INFO_TYPE", "CUST_BREAKDOWN_LB", "DATA_LAST_UPDATE",
}  # fmt: skip
"""Attributes of the SDG structure that need not be there, and that no citizen figure has."""

TECHNICAL = {"STRUCTURE", "STRUCTURE_ID", "ACTION"}


def one_of_each(kit: Kit) -> list[Estimate]:
    """A figure per measure, and one per code of every breakdown."""
    first = Estimate(
        kit=f"{kit.id}@{kit.version}", measure="", area="XX", area_name="Land", period="2024", value=1.0, se=0.1,
        lower=0.5, upper=1.5, n=20, n_eff=10.0, deff=2.0, df=5.0, unit="", status="A", method="m",
        sampling_type="probability", loss=Loss(0.125, 0.25, 0.5),
    )  # fmt: skip
    found = []
    for measure in kit.measures:
        found.append(replace(first, measure=measure.id, unit=measure.unit))
        for concepts in measure.breakdowns:
            for concept in set(concepts) & set(kit.concepts):
                codes = kit.concepts[concept].codes
                found += [replace(found[-1], breakdown=((concept, code),), status="U") for code in codes]
    return found


@pytest.mark.parametrize("name", known_kits())
def test_the_columns_are_the_components_of_the_structure(release, name):
    kit = shipped_kit(name)
    header, rows = estimate_rows(release.recipe, kit, one_of_each(kit))
    structures = kit_structures(kit, [Area("XX", "Land", "XX", 0)])
    [figures] = [s for s in structures if s.id.startswith("SDG_SHADOW_")]
    parts = {part.id: part for part in figures.components}
    assert set(header) - TECHNICAL == set(parts) - NOT_WRITTEN
    assert not any(parts[name].required for name in NOT_WRITTEN)
    flows = {s.short_urn.removeprefix("Dataflow=") for s in structures if s.short_urn.startswith("Dataflow=")}
    assert {row[header.index("STRUCTURE_ID")] for row in rows} == flows


@pytest.mark.parametrize("name", known_kits())
def test_every_code_in_a_coded_column_is_in_its_codelist(release, name):
    kit = shipped_kit(name)
    header, rows = estimate_rows(release.recipe, kit, one_of_each(kit))
    structures = kit_structures(kit, [Area("XX", "Land", "XX", 0)])
    [figures] = [s for s in structures if s.id.startswith("SDG_SHADOW_")]
    lists = {f"urn:sdmx:org.sdmx.infomodel.codelist.{s.short_urn}": {code.id for code in s.items}
             for s in structures if s.short_urn.startswith("Codelist=")}  # fmt: skip
    coded = [part for part in figures.components if part.local_enum_ref and part.id in header]
    assert len(coded) > 15
    for part in coded:
        used = {row[header.index(part.id)] for row in rows} - {""}
        assert used <= lists[part.local_enum_ref], part.id


@pytest.mark.parametrize("name", known_kits())
def test_every_figure_has_a_key_of_its_own(release, name):
    kit = shipped_kit(name)
    estimates = one_of_each(kit)
    header, rows = estimate_rows(release.recipe, kit, estimates)
    [figures] = [s for s in kit_structures(kit, ()) if s.id.startswith("SDG_SHADOW_")]
    places = [header.index(part.id) for part in figures.components.dimensions]
    assert len({tuple(row[place] for place in places) for row in rows}) == len({e.key for e in estimates})


def test_another_program_reads_the_figures_with_their_structure(release, tmp_path):
    kit = shipped_kit("water-point-functionality")
    header, rows = estimate_rows(release.recipe, kit, one_of_each(kit))
    (tmp_path / "estimates.csv").write_bytes(csv_bytes(header, rows))
    structures = write_structures(kit_structures(kit, [Area("XX", "Land", "XX", 0)]), "sdmx-ml-3.0")
    (tmp_path / "structures.xml").write_bytes(structures)
    (dataset,) = get_datasets(tmp_path / "estimates.csv", tmp_path / "structures.xml")
    assert dataset.structure.components["TECHNOLOGY"].enumeration["hand_pump"].name == "Hand pump or rope pump"
    assert len(dataset.data) == len(rows)


def test_losses_are_per_cent_and_hidden_with_the_figure(release):
    lost = replace(release.estimates[0], loss=Loss(unmapped=0.125, many_to_one=1 / 3, rejected=0.0))
    shown, hidden, unknown = rows_of(only(release, lost, replace(lost, status="Q"), release.estimates[0]))
    names = ("LOSS_UNMAPPED", "LOSS_MANY_TO_ONE", "LOSS_REJECTED")
    assert [shown[name] for name in names] == ["12.5", "33.33333333", "0"]
    assert [hidden[name] for name in names] == [unknown[name] for name in names] == ["", "", ""]


def test_answers_that_a_global_list_knows_have_its_code(release):
    kit = shipped_kit("public-service-satisfaction")
    woman = replace(release.estimates[0], measure="HEALTH_ACCESS", breakdown=(("sex", "female"),))
    town = replace(woman, breakdown=(("place", "urban"),))
    poorest = replace(woman, breakdown=(("income_quintile", "q1"),))
    header, rows = estimate_rows(release.recipe, kit, [woman, town, poorest])
    assert [row[header.index("SEX")] for row in rows] == ["F", "_T", "_T"]
    assert [row[header.index("URBANISATION")] for row in rows] == ["_T", "U", "_T"]
    assert [row[header.index("INCOME_WEALTH_QUANTILE")] for row in rows] == ["_T", "_T", "Q1"]


# --- the reporting type ---------------------------------------------------------------------------------------------


def test_the_reporting_type_is_citizen(release):
    assert REPORTING_TYPE == "C"
    assert {row["REPORTING_TYPE"] for row in rows_of(release)} == {"C"}


words = st.one_of(
    st.just("N"), st.sampled_from(["REPORTING_TYPE", "reporting_type", "Reporting type"]), st.text(max_size=8)
)


@given(words, words, words, words, words, st.lists(st.tuples(words, words), max_size=3))
def test_no_content_can_make_it_national(release, area, period, unit, status, method, breakdown):
    strange = replace(
        release.estimates[0], area=area, area_name=area, period=period, unit=unit, status=status, method=method,
        sampling_type=method, kit=area, measure=unit, breakdown=tuple(breakdown),
    )  # fmt: skip
    recipe = release.recipe.model_copy(update={"producer": area, "title": {"en": period}})
    table = list(
        csv.reader(io.StringIO(estimates_csv(replace(only(release, strange), recipe=recipe)).decode(), newline=""))
    )
    assert table[0].count("REPORTING_TYPE") == 1
    assert [row[table[0].index("REPORTING_TYPE")] for row in table[1:]] == ["C"]


def test_a_concept_called_reporting_type_gets_a_column_of_its_own(release):
    (row,) = rows_of(only(release, replace(release.estimates[0], breakdown=(("reporting_type", "N"),))))
    assert (row["REPORTING_TYPE"], row["BY_REPORTING_TYPE"]) == ("C", "N")


# --- numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (71.2, "71.2"), (0.1 + 0.2, "0.3"), (200 / 3, "66.66666667"), (325.0, "325"), (-0.0, "0"), (None, ""),
        (float("nan"), ""), (float("inf"), ""), (1234567890123.0, "1234567890000"), (1e-7, "1e-07"), (1e22, "1e+22"),
    ],
)  # fmt: skip
def test_numbers_have_ten_digits_in_their_shortest_form(value, text):
    assert number(value) == text


@given(st.floats(1e-6, 1e12))
def test_sums_in_another_order_give_the_same_text(value):
    assert number(value) == number(float(number(value)))


def test_rounded_estimates_say_what_the_file_says(release):
    assert estimates_csv(replace(release, estimates=rounded(release.estimates))) == estimates_csv(release)
    assert rounded(release.estimates)[0].value == float(number(release.estimates[0].value))
