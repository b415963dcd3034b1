"""Official figures without uncertainty: what is published, what is stated, and what stays unknown."""

from __future__ import annotations

import csv
import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from datashift.compare import compare, reason, verdict_word
from datashift.compare.stated import SURVEYS, with_error
from datashift.model import Benchmark, Comparison, Estimate, Measure

Citizen = Callable[..., Estimate]
Figure = Callable[..., Benchmark]


@pytest.fixture(scope="session")
def beside(working: dict[str, Measure]) -> Callable[[Estimate, Benchmark], Comparison]:
    def one(estimate: Estimate, official: Benchmark) -> Comparison:
        return compare([estimate], [official], measures=working, areas={})[0]

    return one


Beside = Callable[[Estimate, Benchmark], Comparison]


def test_published_limits_go_before_a_standard_error(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    row = beside(citizen(value=72.0), figure(se=None, facts={"lower": 40.0, "upper": 70.0}))
    assert row.verdict == "gap"
    assert row.difference_lower < 12 - 10  # on this side the official limit is 10 away
    assert row.difference_upper > 12 + 20
    assert verdict_word(row) == "shows"


def test_published_limits_of_another_level_are_brought_to_ours(
    beside: Beside, citizen: Citizen, figure: Figure
) -> None:
    known = {"se": 0.0, "df": None, "lower": 72.0, "upper": 72.0, "value": 72.0}
    row = beside(citizen(**known), figure(se=None, facts={"lower": 55.0, "upper": 65.0, "confidence": 0.8}))
    assert row.difference_lower == pytest.approx(12 - 5 * 1.959964 / 1.281552, abs=1e-4)


def test_an_estimate_of_basic_water_takes_the_spread_of_surveys_and_only_suggests(
    beside: Beside, citizen: Citizen, figure: Figure
) -> None:
    row = beside(citizen(value=90.0), figure(se=None, nature="E", series="wat_bas_n"))
    assert (row.official.se, row.official.stated) == (4.31, SURVEYS)
    assert (row.verdict, verdict_word(row)) == ("gap", "suggests")
    assert "publishes no uncertainty; the one used here is stated: how far surveys" in reason(row)


@pytest.mark.parametrize(
    ("stated", "sd"),
    [({"series": "wat_bas_u"}, 3.5), ({"series": "SP_ACS_BSRVH2O"}, 4.31),
     ({"series": "SP_ACS_BSRVH2O", "breakdown": (("URBANISATION", "R"),)}, 4.37),
     ({"series": "SP_ACS_BSRVH2O", "facts": {"select": {"location": "ALLAREA"}}}, 4.31),
     ({"series": "san_od_r"}, 3.79)],
)  # fmt: skip
def test_town_and_countryside_have_their_own_spread(figure: Figure, stated: dict[str, object], sd: float) -> None:
    assert with_error(figure(se=None, nature="E", **stated)).se == sd


@pytest.mark.parametrize(
    "stated",
    [{"nature": "C"}, {"series": "wat_sm_n"}, {"series": "SH_H2O_SAFE"}, {"series": "hyg_bas_n"}, {"unit": "NUMBER"},
     {"breakdown": (("SEX", "F"),)}, {"facts": {"lower": 50.0, "upper": 60.0}},
     {"facts": {"select": {"location": "slum"}}}],
)  # fmt: skip
def test_nothing_is_stated_where_nothing_is_known(figure: Figure, stated: dict[str, object]) -> None:
    given = {"se": None, "nature": "E", "series": "SP_ACS_BSRVH2O", **stated}
    assert with_error(figure(**given)).se is None


def test_a_published_error_is_never_replaced(figure: Figure) -> None:
    assert with_error(figure(se=1.0, nature="E", series="wat_bas_n")).stated == ""


def test_a_survey_in_which_all_say_yes_is_not_certain(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    row = beside(citizen(value=90.0), figure(value=100.0, se=0.0))
    assert (row.verdict, row.p_value) == ("cannot_tell", None)
    assert "state it in the recipe" in reason(row)


def test_a_stated_bias_lets_volunteers_suggest_but_never_show(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    plain = beside(citizen(value=90.0, sampling_type="volunteer"), figure())
    assert plain.verdict == "cannot_tell"
    row = beside(citizen(value=90.0, sampling_type="volunteer", facts={"bias_sd": 6.0}), figure())
    assert (row.verdict, verdict_word(row)) == ("gap", "suggests")
    assert row.difference_lower < 30 - 1.96 * 6
    assert "reckons with a bias of about 6 percentage points" in reason(row)
    assert beside(citizen(value=70.0, sampling_type="volunteer", facts={"bias_sd": 6.0}), figure()).verdict != "gap"


# --- where the shipped numbers come from ----------------------------------------------------------------------------

SERVICES = {
    "wat_imp": ("Water", "imp", ("wat_bas", "wat_lim")),
    "wat_pip": ("Water", "pip", ("wat_pip",)),
    "wat_sur": ("Water", "sur", ("wat_sur",)),
    "san_imp": ("Sanitation", "imp", ("san_bas", "san_lim")),
    "san_od": ("Sanitation", "od", ("san_od",)),
    "san_lat": ("Sanitation", "lat", ("san_lat",)),
    "san_sep": ("Sanitation", "sep", ("san_sep",)),
    "san_sew": ("Sanitation", "sew", ("san_sew",)),
}
PLACES = {"National": "n", "Urban": "u", "Rural": "r"}


def fitted(folder: Path) -> dict[tuple[str, int], dict[str, float]]:
    lines: dict[tuple[str, int], dict[str, float]] = defaultdict(dict)
    for name in ("water", "sanitation"):
        for row in csv.DictReader((folder / f"jmp_wld_{name}.csv").read_text("utf-8").splitlines()):
            numbers = {k: float(v) for k, v in row.items() if v and k.startswith(("wat_", "san_", "prop_u"))}
            lines[row["iso3"], int(float(row["year"]))] |= numbers
    return lines


def distances(folder: Path, service: str) -> Iterator[tuple[str, float]]:
    """Yield how far each survey lies from the JMP estimate of its year: place (n, u, r) and percentage points."""
    sector, var, parts = SERVICES[service]
    lines = fitted(folder)
    surveys: dict[tuple[str, int, str, str], dict[str, float]] = defaultdict(dict)
    for row in csv.DictReader((folder / "jmp_household_watsan_sources.csv").read_text("utf-8").splitlines()):
        if (row["sector"], row["var"]) == (sector, var):
            key = (row["iso3"], int(float(row["year"])), row["source"], row["type"])
            surveys[key][PLACES[row["residence"]]] = float(row["val"])
    for (country, year, *_source), shares in surveys.items():
        line = lines.get((country, year), {})
        if line and {"u", "r"} <= set(shares):
            town = line["prop_u"] / 100
            shares.setdefault("n", shares["u"] * town + shares["r"] * (1 - town))
        for place, share in shares.items():
            if all(f"{part}_{place}" in line for part in parts):
                yield place, abs(share - sum(line[f"{part}_{place}"] for part in parts))


@pytest.mark.shared
@pytest.mark.parametrize("service", SERVICES)
def test_the_shipped_spread_of_surveys_is_what_the_jmp_files_give(shared: Path, service: str) -> None:
    text = files("datashift.compare").joinpath("survey_spread.csv").read_text("utf-8")
    shipped = {row["place"]: row for row in csv.DictReader(text.splitlines()) if service in row["series"].split()}
    found: dict[str, list[float]] = defaultdict(list)
    for place, away in distances(shared / "official/jmp", service):
        found[{"n": "_T", "u": "U", "r": "R"}[place]].append(away)
    assert set(found) == set(shipped) == {"_T", "U", "R"}
    for place, row in shipped.items():
        assert len(found[place]) == int(row["surveys"]) >= 20
        assert 1.4826 * statistics.median(found[place]) == pytest.approx(float(row["sd"]), abs=0.006)


@pytest.mark.parametrize(
    "stated", [{"se": math.nan}, {"se": -3.0}, {"se": None, "facts": {"lower": math.nan, "upper": 52.0}}]
)
def test_an_uncertainty_that_is_no_number_is_none(
    beside: Beside, citizen: Citizen, figure: Figure, stated: dict[str, object]
) -> None:
    row = beside(citizen(), figure(value=40.0, **stated))
    assert (row.verdict, row.p_value, row.difference_lower) == ("cannot_tell", None, None)
    assert "states no uncertainty" in reason(row)


def test_limits_in_the_wrong_order_are_no_certainty(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    swapped = figure(se=None, facts={"lower": 66.0, "upper": 50.0})
    right = figure(se=None, facts={"lower": 50.0, "upper": 66.0})
    assert beside(citizen(), swapped).difference_lower == beside(citizen(), right).difference_lower


def test_a_figure_that_is_no_number_is_no_figure(beside: Beside, citizen: Citizen, figure: Figure) -> None:
    assert beside(citizen(), figure(value=math.nan)).verdict == "no_official_figure"
