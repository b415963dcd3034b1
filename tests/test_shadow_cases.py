"""Real citizen figures beside official ones: what may be compared, what may not, and that numbers are plain counts.

No citizen figure at hand has an official one of the same concept. Where two official sources say the same thing of the
same place and year, a verdict other than "cannot be compared" is reached on real data: Kenya's census and JMP.
"""

from __future__ import annotations

import csv
import io
import math
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from datashift import cli, pipeline
from datashift.compare import compare, reason
from datashift.estimation import cells
from datashift.inputs import gather
from datashift.language import LANGUAGES, speaking
from datashift.model import Benchmark, Comparison, Estimate, Measure, Official
from datashift.official import benchmarks
from datashift.pipeline import comparisons, estimates, observations, official_figures, raw_table, set_up
from datashift.standards.areas import known_areas, resolver
from datashift.standards.crosswalks import convert_rates, crosswalk, pieces
from datashift.standards.kits import parse_recipe

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
CASES = [
    "arg-femicides", "ken-kwale-water-quality", "ken-nairobi-air", "npl-citizen-perception", "npl-rural-water-points",
    "tza-waterpoints",
]  # fmt: skip
BESIDE = [case for case in CASES if case != "npl-citizen-perception"]
CHANGED = {"Iringa", "Kagera", "Mwanza", "Rukwa", "Shinyanga"}
IMPROVED = (
    "Pipedintodwelling", "Pipedtoyard/Plot", "Publictap/Standpipe", "Borehole/TubeWell", "ProtectedWell",
    "ProtectedSpring", "Rain/Harvestedwater", "Bottledwater", "WaterVendor",
)  # fmt: skip

ROUNDING = 0.05 / math.sqrt(3) * math.sqrt(len(IMPROVED))
"""A census has no sampling error; what is left is that each part of the sum was rounded to 0.1."""

Rows = list[dict[str, str]]
PlainRows = Callable[[Path], Rows]
AsRaw = Callable[[Rows], pa.Table]
Spec = Callable[..., Official]

pytestmark = pytest.mark.shared


@dataclass(frozen=True)
class Case:
    """What a recipe gives: its citizen figures, the official ones, and both beside each other."""

    recipe: Any
    found: list[Estimate]
    official: list[Benchmark]
    compared: list[Comparison]

    def beside(self, source: str) -> list[Comparison]:
        return [c for c in self.compared if c.official and source in c.official.source]


@pytest.fixture(scope="module")
def case(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Case]:
    """Run a recipe as far as its comparisons, without checks and charts; each recipe once."""
    home, known = tmp_path_factory.mktemp("home"), dict[str, Case]()

    def run(name: str) -> Case:
        if name not in known:
            setting = set_up(gather(EXAMPLES / name / "recipe.toml", home))
            grouped = cells(observations(setting, raw_table(setting)[0]).observations, setting.measures)
            found, official = estimates(setting, grouped), official_figures(setting)
            known[name] = Case(setting.recipe, found, official, comparisons(setting, found, official))
        return known[name]

    return run


# --- all cases ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_a_different_concept_carries_no_gap(name: str, case: Callable[[str], Case]) -> None:
    different = [c for c in case(name).compared if c.official and c.official.relation == "different"]
    assert bool(different) == (name in BESIDE)
    for comparison in different:
        assert comparison.verdict == "not_comparable"
        assert (comparison.difference, comparison.difference_lower, comparison.difference_upper) == (None, None, None)
        assert (comparison.probability, comparison.p_value, comparison.contest) == (None, None, None)


@pytest.mark.parametrize("name", CASES)
def test_no_citizen_figure_at_hand_has_an_official_one_of_the_same_concept(
    name: str, case: Callable[[str], Case]
) -> None:
    assert {entry.relation for entry in case(name).recipe.official} <= {"different"}
    assert {c.verdict for c in case(name).compared} <= {"not_comparable", "no_official_figure"}


@pytest.mark.parametrize("name", BESIDE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_difference_and_the_repair_are_said_in_every_language(
    name: str, language: str, case: Callable[[str], Case]
) -> None:
    for entry in case(name).recipe.official:
        for said in (entry.definition, entry.difference, entry.repair):
            assert said[language].strip()
            assert not set("{}") & set(said[language])
        others = [other for other in LANGUAGES if other != language]
        assert all(entry.difference[language] != entry.difference[other] for other in others)
    with speaking(language):
        for comparison in case(name).compared:
            if comparison.official and comparison.official.area == comparison.area:
                assert comparison.official.difference[language] in reason(comparison)
            assert not set("{}") & set(reason(comparison))


@pytest.mark.parametrize("name", BESIDE)
def test_every_official_figure_knows_its_repair(name: str, case: Callable[[str], Case]) -> None:
    assert case(name).official
    for figure in case(name).official:
        assert set(figure.facts["repair"]) == set(LANGUAGES)


@pytest.mark.parametrize("name", ["arg-femicides", "npl-rural-water-points"])
def test_a_case_runs_and_is_verified(
    name: str, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pipeline, "drawings", lambda *_: [])
    assert cli.main(["run", str(EXAMPLES / name / "recipe.toml"), "--out", str(tmp_path / "out"), "--quiet"]) == 0
    assert cli.main(["verify", str(tmp_path / "out" / "release.zip"), "--quiet"]) == 0
    assert "DIFFERS" not in capsys.readouterr().out


def test_a_suggested_recipe_still_parses(tmp_path: Path, own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = EXAMPLES.parent / "src" / "datashift" / "kits" / "water-point-functionality" / "example.csv"
    assert (
        cli.main(["suggest", str(source), "--kit", "water-point-functionality", "--out", str(tmp_path / "r.toml")]) == 0
    )
    recipe = parse_recipe((tmp_path / "r.toml").read_text("utf-8"), "r.toml")
    assert recipe.official == ()


# --- Tanzania -------------------------------------------------------------------------------------------------------


def test_the_five_regions_that_were_cut_are_refused_with_the_date_and_what_was_cut(case: Callable[[str], Case]) -> None:
    later = {c.area_name: c for c in case("tza-waterpoints").beside("Malaria Indicator Survey 2011")}
    refused = {name for name, c in later.items() if c.official and c.official.area != c.area}
    assert refused == CHANGED
    for name in sorted(CHANGED):
        assert later[name].verdict == "not_comparable"
        assert later[name].facts["date"] == "2012-03-02"
        assert later[name].difference is None
    assert {name: later[name].facts["cut"] for name in sorted(CHANGED)} == {
        "Iringa": ["Njombe"], "Kagera": ["Geita"], "Mwanza": ["Geita", "Simiyu"], "Rukwa": ["Katavi"],
        "Shinyanga": ["Geita", "Simiyu"],
    }  # fmt: skip


def test_the_survey_before_the_cut_has_all_regions_of_the_register(case: Callable[[str], Case]) -> None:
    earlier = case("tza-waterpoints").beside("Demographic and Health Survey 2010")
    assert len(earlier) == 21
    assert all(c.official and c.official.area == c.area for c in earlier)
    assert {c.area_name for c in earlier} >= CHANGED


def test_tanzanias_official_figures_are_those_of_the_files(
    case: Callable[[str], Case], shared: Path, plain_rows: PlainRows
) -> None:
    rows = plain_rows(shared / "official/jmp/jmp_inequality_water_region.csv")
    for survey, source in (("DHS10", "Demographic and Health Survey 2010"), ("AIS12", "Malaria Indicator Survey 2011")):
        plain = Counter(
            {
                r["region"]: float(r["value"])
                for r in rows
                if (r["iso3"], r["main_source"], r["var"]) == ("TZA", survey, "imp")
            }
        )
        mine = {b.area_name: b.value for b in case("tza-waterpoints").official if source in b.source}
        assert sorted(mine.values()) == sorted(plain.values())


# --- Argentina ------------------------------------------------------------------------------------------------------


def test_argentinas_four_sources_give_the_plain_counts_of_their_files(
    case: Callable[[str], Case], shared: Path, plain_rows: PlainRows
) -> None:
    quoted = plain_rows(shared / "cgd/arg_femicides/femicide_counts_ngo_vs_official.csv")
    events = plain_rows(shared / "official/arg_femicides/femicidios_ministerio_justicia_2012_2016.csv")
    homicides = plain_rows(shared / "official/unsd_sdg/unsd_sdg_2020_pilot.csv.gz")
    argentina = case("arg-femicides")

    ngo = {e.period: e.value for e in argentina.found if e.value is not None}
    assert ngo == {r["year"]: float(r["victims"]) for r in quoted if r["source_type"] == "NGO"}
    assert sum(value for year, value in ngo.items() if year <= "2015" and value) == 2094

    by_source = {
        source: {b.period: b.value for b in argentina.official if source in b.source}
        for source in ("Corte Suprema", "Ministerio", "UNSD")
    }
    assert by_source["Corte Suprema"] == {
        r["year"]: float(r["victims"]) for r in quoted if r["source_type"] == "official"
    }
    years = Counter(r["fecha_hecho"].strip()[-4:] for r in events if r["fecha_hecho"].strip()[-4:].isdigit())
    assert by_source["Ministerio"] == dict(years)
    assert by_source["UNSD"] == {
        r["year"]: float(r["value"])
        for r in homicides
        if (r["series"], r["geo_area"], r["sex"]) == ("VC_IHR_PSRCN", "32", "female")
    }


def test_four_counts_of_one_year_stand_side_by_side_and_none_is_subtracted(case: Callable[[str], Case]) -> None:
    year = [c for c in case("arg-femicides").compared if c.period == "2014" and c.official]
    assert {c.value for c in year} == {277}
    assert sorted(c.official.value for c in year if c.official) == [217, 225, 427.20526]
    assert {c.difference for c in year} == {None}


# --- Nairobi --------------------------------------------------------------------------------------------------------


def test_the_one_official_value_for_nairobis_air_is_for_all_towns_of_kenya(
    case: Callable[[str], Case], shared: Path, plain_rows: PlainRows
) -> None:
    rows = plain_rows(shared / "official/unsd_sdg/unsd_sdg_2020_pilot.csv.gz")
    plain = [r for r in rows if (r["series"], r["geo_area"]) == ("EN_ATM_PM25", "404")]
    assert {(r["location"], r["year"], r["cities"]) for r in plain} == {("allarea", "2016", ""), ("urban", "2016", "")}
    [figure] = case("ken-nairobi-air").official
    assert [figure.value] == [float(r["value"]) for r in plain if r["location"] == "urban"]
    [beside] = case("ken-nairobi-air").beside("UNSD")
    assert (beside.area, beside.verdict, beside.difference) == ("KE-30", "not_comparable", None)


def test_no_site_of_the_sensors_has_an_official_figure(case: Callable[[str], Case]) -> None:
    sites = [c for c in case("ken-nairobi-air").compared if c.area != "KE-30" and c.measure == "PM25_MEAN"]
    assert len(sites) == 5
    assert {(c.verdict, c.official) for c in sites} == {("no_official_figure", None)}


# --- Nepal ----------------------------------------------------------------------------------------------------------


def census_of_nepal(shared: Path) -> dict[str, dict[str, int]]:
    """Households by source of drinking water for each of the 75 districts, from their TOTAL rows."""
    [file] = (shared / "official/npl_census_2011").glob("*.zip")
    found = {}
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            if name.endswith("DRINKING_WATER_SOURCE.csv"):
                rows = list(csv.DictReader(io.TextIOWrapper(archive.open(name), "utf-8-sig")))
                [total] = [row for row in rows if row["VDC/MUNICIPALITY"].strip() == "TOTAL"]
                found[name.split("/")[-2]] = {k: int(v) for k, v in total.items() if k != "VDC/MUNICIPALITY"}
    return found


def test_the_census_numbers_of_nepals_recipe_are_those_of_the_district_tables(
    shared: Path, plain_rows: PlainRows
) -> None:
    census = census_of_nepal(shared)
    assert len(census) == 75
    for row in plain_rows(EXAMPLES / "npl-rural-water-points" / "census-2011.csv"):
        assert {k: int(v) for k, v in row.items() if k != "district"} == census[row["district"]]


def test_nepals_households_by_source_are_shares_of_those_that_stated_one(
    case: Callable[[str], Case], shared: Path
) -> None:
    census = census_of_nepal(shared)
    mine = {b.area_name: b.value for b in case("npl-rural-water-points").official if "Census" in b.source}
    for area, district in (("Sindhuli", "Sindhuli"), ("Chitawan", "Chitwan"), ("Baglung", "Baglung")):
        counts = census[district]
        improved = sum(counts[kind] for kind in ("TAP_PIPED", "TUBEWELL", "COVERED_WELL"))
        stated = sum(counts.values()) - counts["NOT_STATED"]
        assert mine[area] == pytest.approx(100 * improved / stated, abs=1e-12)


def test_nothing_official_asks_whether_problems_were_addressed(case: Callable[[str], Case]) -> None:
    nepal = case("npl-citizen-perception")
    assert nepal.official == []
    assert {c.verdict for c in nepal.compared} <= {"no_official_figure"}


# --- Kenya: official against official -------------------------------------------------------------------------------


def census_of_kenya(official: Spec, **stated: Any) -> Official:
    entry: dict[str, Any] = {
        "file": "V4_T2.15.csv", "source": "KNBS census 2019", "released": "2019", "series": "V4_T2.15", "country": "KE",
        "as_of": date(2019, 8, 24), "period": "2019", "std_error": ROUNDING, "stated": "rounding of nine parts to 0.1",
        "columns": {"area": "County", "value": " + ".join(IMPROVED)}, "select": {"AdminArea": "County"},
    }  # fmt: skip
    return official(**(entry | stated))


def kenya(spec: Official, rows: Rows, as_raw: AsRaw) -> list[Benchmark]:
    return benchmarks(spec, as_raw(rows), resolver(known_areas("KE"), spec.as_of))


@pytest.fixture(scope="module")
def census_rows(shared: Path, plain_rows: PlainRows) -> Rows:
    return plain_rows(shared / "official/ken_census_2019/V4_T2.15.csv")


def nation(official: Spec, rows: Rows, as_raw: AsRaw, of: Iterable[str] = IMPROVED) -> list[Benchmark]:
    """All Kenya, its countryside and its towns, from the three rows of the census table that are no county."""
    spec = census_of_kenya(
        official,
        select={"SubCounty": "KENYA|RURAL|URBAN", "AdminArea": "xxx"},
        columns={"value": " + ".join(of)},
        breakdowns={"URBANISATION": {"column": "SubCounty", "codes": {"KENYA": "_T", "RURAL": "R", "URBAN": "U"}}},
    )
    return kenya(spec, rows, as_raw)


def test_kenyas_census_gives_the_improved_share_of_every_county(
    census_rows: Rows, official: Spec, as_raw: AsRaw
) -> None:
    found = {b.area_name: b for b in kenya(census_of_kenya(official), census_rows, as_raw)}
    assert len(found) == len({b.area for b in found.values()}) == 47
    assert not any(b.refused or "without" in b.facts for b in found.values())
    for row in (r for r in census_rows if r["AdminArea"] == "County"):
        plain = sum(round(10 * float(row[kind])) for kind in IMPROVED) / 10
        mine = next(
            b for b in found.values() if b.area == resolver(known_areas("KE"), date(2019, 8, 24))(row["County"]).id
        )
        assert mine.value == pytest.approx(plain, abs=1e-9)
    assert found["Nairobi"].value == 99.6
    assert found["Kwale"].value == 59.1


def test_parts_of_a_sub_county_that_the_census_leaves_empty_are_no_zeros(
    census_rows: Rows, official: Spec, as_raw: AsRaw
) -> None:
    spec = census_of_kenya(
        official, select={"AdminArea": "SubCounty"}, columns={"area": "SubCounty", "value": " + ".join(IMPROVED)}
    )
    rows = [r for r in census_rows if r["AdminArea"] == "SubCounty"]
    whole = [r for r in rows if all(r[kind] for kind in IMPROVED)]
    found = kenya(spec, rows, as_raw)
    assert len(found) == len(whole) < len(rows)
    assert found[0].facts["not_numbers"] == len(rows) - len(whole)
    assert found[0].facts["without"] == {
        kind: sum(not r[kind] for r in rows) for kind in IMPROVED if any(not r[kind] for r in rows)
    }


@pytest.mark.parametrize(
    ("variable", "kinds"),
    [
        ("imp", IMPROVED),
        ("pip", ("Pipedintodwelling", "Pipedtoyard/Plot", "Publictap/Standpipe")),
        ("sur", ("Pond", "Dam/Lake", "Stream/River")),
    ],
)
def test_jmp_holds_the_very_figures_of_the_census_and_counts_water_vendors_as_improved(
    variable: str, kinds: tuple[str, ...], census_rows: Rows, shared: Path, plain_rows: PlainRows, official: Spec,
    as_raw: AsRaw,
) -> None:  # fmt: skip
    census = {b.breakdown: b.value for b in nation(official, census_rows, as_raw, kinds)}
    spec = official(
        source="WHO/UNICEF JMP, country file of Kenya", country="KE", as_of=date(2019, 8, 24),
        columns={"value": "val", "period": "year"},
        select={"iso3": "KEN", "source": "CEN", "year": "2019.0", "varname": f"w_{variable}_r|w_{variable}_u"},
        breakdowns={"URBANISATION": {"column": "residence", "codes": {"Rural": "R", "Urban": "U", "National": "_T"}}},
    )  # fmt: skip
    jmp = kenya(spec, plain_rows(shared / "official/jmp/jmp_household_watsan_sources.csv"), as_raw)
    assert {b.breakdown for b in jmp} == {(("URBANISATION", "R"),), (("URBANISATION", "U"),)}
    for figure in jmp:
        assert figure.value == pytest.approx(census[figure.breakdown], abs=1e-9)


def as_estimate(figure: Benchmark, measure: Measure) -> Estimate:
    """An official figure in the place of the citizen one, so that two official sources can be held together."""
    return Estimate(
        kit="official", measure=measure.id, area=figure.area or "", area_name=figure.area_name, period=figure.period,
        value=figure.value, se=figure.se, lower=figure.value, upper=figure.value, n=1, n_eff=None, deff=None, df=None,
        unit=figure.unit, status="A", method="as published", sampling_type="small_area_census",
        breakdown=figure.breakdown,
    )  # fmt: skip


WATER = Measure.model_validate(
    {"id": "working", "label": {"en": "Improved water"}, "finding": {"en": "-"}, "estimator": "proportion",
     "numerator": {}, "denominator": {}, "unit_label": {"en": "%"}, "relevant_difference": 2.0}
)  # fmt: skip


def held_together(one: Benchmark, other: Benchmark) -> Comparison:
    [found] = compare([as_estimate(one, WATER)], [other], measures={WATER.id: WATER}, areas=known_areas("KE"))
    return found


def jmp_national(official: Spec, column: str, **stated: Any) -> Official:
    entry: dict[str, Any] = {
        "reader": "jmp-national", "source": "WHO/UNICEF JMP", "released": "2021", "series": column, "country": "KE",
        "as_of": date(2019, 8, 24), "columns": {}, "select": {"iso3": "KEN", "column": column},
    }  # fmt: skip
    return official(**(entry | stated))


@pytest.mark.parametrize(("code", "variable"), [("U", "w_imp_u"), ("R", "w_imp_r")])
def test_the_same_figure_in_two_official_sources_shows_no_gap(
    code: str, variable: str, census_rows: Rows, shared: Path, plain_rows: PlainRows, official: Spec, as_raw: AsRaw
) -> None:
    [census] = [b for b in nation(official, census_rows, as_raw) if b.breakdown == (("URBANISATION", code),)]
    spec = official(
        source="WHO/UNICEF JMP, country file of Kenya", country="KE", as_of=date(2019, 8, 24), std_error=ROUNDING,
        stated="rounding of nine parts to 0.1", columns={"value": "val", "period": "year"},
        select={"iso3": "KEN", "source": "CEN", "year": "2019.0", "varname": variable},
        breakdown={"URBANISATION": code},
    )  # fmt: skip
    [jmp] = kenya(spec, plain_rows(shared / "official/jmp/jmp_household_watsan_sources.csv"), as_raw)
    found = held_together(census, jmp)
    assert found.verdict == "no_gap_seen"
    assert found.difference == pytest.approx(0, abs=1e-9)


def test_two_releases_of_one_series_without_uncertainty_leave_the_question_open(
    shared: Path, plain_rows: PlainRows, official: Spec, as_raw: AsRaw
) -> None:
    unsd = official(
        reader="unsd", source="UNSD", series="SP_ACS_BSRVH2O", country="KE", as_of=date(2019, 8, 24), columns={},
        select={"geo_area": "404", "location": "allarea"},
    )  # fmt: skip
    earlier = {
        b.period: b for b in kenya(unsd, plain_rows(shared / "official/unsd_sdg/unsd_sdg_2020_pilot.csv.gz"), as_raw)
    }
    rows = plain_rows(shared / "official/jmp/jmp_wld_water.csv")
    later = {b.period: b for b in kenya(jmp_national(official, "wat_bas_n"), rows, as_raw)}
    found = held_together(earlier["2017"], later["2017"])
    assert found.verdict == "cannot_tell"
    assert found.difference == pytest.approx(58.91633 - 59.5841516560988)
    assert max(abs(earlier[y].value - later[y].value) for y in earlier) < 0.9


def test_households_are_not_people_so_the_census_and_jmps_estimate_carry_no_gap(
    census_rows: Rows, shared: Path, plain_rows: PlainRows, official: Spec, as_raw: AsRaw
) -> None:
    [census] = [b for b in nation(official, census_rows, as_raw) if not b.breakdown]
    spec = jmp_national(
        official, "wat_bas_n + wat_lim_n", relation="different",
        difference={"en": "JMP counts people and fits a line through all surveys; the census counts households."},
    )  # fmt: skip
    jmp = {b.period: b for b in kenya(spec, plain_rows(shared / "official/jmp/jmp_wld_water.csv"), as_raw)}
    assert (census.value, round(jmp["2019"].value, 2)) == (73.3, 70.35)
    found = held_together(census, jmp["2019"])
    assert (found.verdict, found.difference) == ("not_comparable", None)


def test_once_the_census_counts_people_too_the_two_can_be_compared_and_the_answer_is_open(
    census_rows: Rows, shared: Path, plain_rows: PlainRows, official: Spec, as_raw: AsRaw
) -> None:
    shares = {b.area: b for b in kenya(census_of_kenya(official), census_rows, as_raw)}
    resolve = resolver(known_areas("KE"), date(2019, 8, 24))
    households = {
        resolve(r["County"]).id: float(r["ConventionalHouseholds"]) for r in census_rows if r["AdminArea"] == "County"
    }
    people = people_of_kenya(plain_rows(shared / "margins/ken_census_2019/V1_T2.2.csv"))
    assert set(shares) == set(households) == set(people)
    by_household, by_person = (
        sum(shares[a].value * size[a] for a in shares) / sum(size.values()) for size in (households, people)
    )
    assert (round(by_household, 1), round(by_person, 1)) == (73.3, 70.4)

    rows = plain_rows(shared / "official/jmp/jmp_wld_water.csv")
    jmp = {
        b.period: b for b in kenya(jmp_national(official, "wat_bas_n + wat_lim_n", series="wat_imp_n"), rows, as_raw)
    }
    nation_by_person = replace(shares["KE-30"], area="KE", area_name="Kenya", value=by_person)
    found = held_together(nation_by_person, jmp["2019"])
    assert found.verdict == "cannot_tell"
    assert found.difference == pytest.approx(0.1, abs=0.05)
    assert found.difference_lower < -2 < 2 < found.difference_upper


def test_the_page_on_kenya_shows_the_figures_of_both_sources(
    census_rows: Rows, shared: Path, plain_rows: PlainRows, official: Spec, as_raw: AsRaw
) -> None:
    page = (EXAMPLES.parent / "docs" / "cases" / "kenya.md").read_text("utf-8")
    census = {
        dict(b.breakdown).get("URBANISATION", "n").lower(): b.value for b in nation(official, census_rows, as_raw)
    }
    rows = plain_rows(shared / "official/jmp/jmp_wld_water.csv")
    estimate = {}
    for place in "run":
        spec = jmp_national(official, f"wat_bas_{place} + wat_lim_{place}")
        [estimate[place]] = [b.value for b in kenya(spec, rows, as_raw) if b.period == "2019"]
    for name, place, kept in (("Countryside", "r", census["r"]), ("Towns", "u", census["u"]), ("Kenya", "n", None)):
        middle = "–" if kept is None else f"{kept:.1f}"
        assert f"| {name} | {census[place]:.1f} | {middle} | {estimate[place]:.1f} |" in page


def people_of_kenya(rows: Rows) -> dict[str, float]:
    resolve = resolver(known_areas("KE"), date(2019, 8, 24))
    found = {}
    for row in rows:
        # The table writes some names without their blank, such as WestPokot.
        spaced = "".join(
            f" {c}" if c.isupper() and i and row["County"][i - 1].islower() else c for i, c in enumerate(row["County"])
        )
        area = resolve(row["County"].strip()) or resolve(spaced.strip())
        if area and area.level == 1:
            found[area.id] = float(row["Total"])
    return found


def test_kenyas_counties_come_together_to_the_provinces_of_the_surveys(
    census_rows: Rows, shared: Path, plain_rows: PlainRows, official: Spec, as_raw: AsRaw
) -> None:
    areas, days = known_areas("KE"), (date(2019, 8, 24), date(2012, 6, 30))
    weighted = {
        b.area: (b.value, float(r["ConventionalHouseholds"]))
        for b in kenya(census_of_kenya(official), census_rows, as_raw)
        for r in census_rows
        if r["AdminArea"] == "County" and resolver(areas, days[0])(r["County"]).id == b.area
    }
    provinces = convert_rates(weighted, crosswalk(weighted, areas, days, pieces("KE")))
    spec = official(
        reader="jmp-region", source="WHO/UNICEF JMP", series="imp", country="KE", as_of=days[1], columns={},
        select={"iso3": "KEN", "main_source": "MIS15", "var": "imp"},
    )  # fmt: skip
    survey = {
        b.area: b for b in kenya(spec, plain_rows(shared / "official/jmp/jmp_inequality_water_region.csv"), as_raw)
    }
    assert set(survey) == set(provinces)
    assert len(survey) == 8
    assert round(provinces["KE-30"][0], 1) == 99.6
    assert round(survey["KE-30"].value, 1) == 98.4
