"""Real series of the UN database (release of 2020): labels that make sense, and disagreements that are explained."""

import csv
import gzip
from pathlib import Path

import pytest

from datashift.model import Target
from datashift.progress import Progress, progress, target_of

pytestmark = pytest.mark.shared

COUNTRIES = {"KE": "404", "TZ": "834", "NP": "524", "AR": "32"}
SERIES = {
    "SH_DYN_MORT": ("3.2.1", "", {"sex": "bothsex"}),
    "SH_STA_MMR": ("3.1.1", "", {}),
    "SP_ACS_BSRVH2O": ("1.4.1", "PT", {"location": "allarea"}),
}


@pytest.fixture(scope="module")
def rows(shared: Path) -> list[dict[str, str]]:
    path = shared / "official" / "unsd_sdg" / "unsd_sdg_2020_pilot.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return [row for row in csv.DictReader(stream) if row["series"] in SERIES]


def judged(rows: list[dict[str, str]], code: str, country: str) -> Progress:
    indicator, unit, group = SERIES[code]
    chosen = [
        row for row in rows
        if row["series"] == code and row["geo_area"] == COUNTRIES[country] and group.items() <= row.items()
    ]  # fmt: skip
    columns = ([float(row["year"]) for row in chosen], [float(row["value"]) for row in chosen], None)
    target: Target = target_of(indicator, code)[0]
    smooth = any(row["nature"] in ("e", "m") for row in chosen)
    return progress(columns, target, unit=unit, indicator=indicator, code=code, smooth=smooth)


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("code", SERIES)
def test_every_method_but_those_without_published_cut_offs_gives_a_label(
    rows: list[dict[str, str]], code: str, country: str
) -> None:
    found = judged(rows, code, country)
    silent = {label.method for label in found.labels if not label.code}
    assert silent == {"un-five", "escap", "escap-status"}
    assert 0 <= found.reached["outlook"] <= 1
    for label in found.labels:
        if label.probabilities:
            assert sum(label.probabilities.values()) == pytest.approx(1)


def test_deaths_of_children_in_argentina_have_met_the_target_and_in_kenya_fall_too_slowly(
    rows: list[dict[str, str]],
) -> None:
    argentina = judged(rows, "SH_DYN_MORT", "AR")
    assert {label.tone for label in argentina.labels if label.tone is not None} == {1}
    kenya = judged(rows, "SH_DYN_MORT", "KE")
    assert kenya["open-sdg"].code == "moderate_progress"
    # 49.1 in 2015 and 43.2 in 2019; 25 wanted.
    first, last = kenya.values[kenya.years.index(2015)], kenya.values[-1]
    assert kenya["open-sdg"].number == pytest.approx((1 - (last / first) ** (1 / 4)) / (1 - (25 / first) ** (1 / 15)))
    assert "modelled" in {note.code for note in kenya.notes}


def test_water_in_argentina_is_met_for_the_un_chart_and_not_for_open_sdg(rows: list[dict[str, str]]) -> None:
    found = judged(rows, "SP_ACS_BSRVH2O", "AR")
    assert found.values[-1] > 99
    assert found["un-chart"].code == "on_track_or_met"
    assert found["open-sdg"].code == "limited_progress"
    assert "count a target that is met today, or nearly, as done" in found.agreement


def test_maternal_deaths_in_nepal_fall_fast_between_two_years_but_not_over_all(rows: list[dict[str, str]]) -> None:
    found = judged(rows, "SH_STA_MMR", "NP")
    assert found["open-sdg"].code == "substantial_progress"
    assert found["trend"].code == "slow"
    assert "look at different years" in found.agreement
