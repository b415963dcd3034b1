"""What pages are made of: ledgers, coverage, outlines, cards, and the questions that find them."""

from __future__ import annotations

import gzip
import re
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datashift.language import LANGUAGES
from datashift.web.dashboard import reading, refreshing, services
from datashift.web.dashboard.models import Coverage, Ledger, Release, Shape
from datashift.web.frame.models import current
from datashift.web.people.models import User

CHANGED = {"Iringa", "Kagera", "Mwanza", "Rukwa", "Shinyanga"}


def refresh(country: str) -> list[str]:
    heard: list[str] = []
    refreshing.refresh(country, heard.append)
    return heard


@pytest.fixture
def made(released: Release) -> Release:
    refresh("ZZ")
    return released


# --- ledgers ------------------------------------------------------------------------------------------------------


def test_every_place_that_was_counted_has_a_ledger_in_four_languages(made: Release) -> None:
    counted = set(made.figures.filter(breakdown="").values_list("area", flat=True))
    assert {row["area"] for row in reading.ledgers(country="ZZ", counted=True)} == counted
    for area in counted:
        told = {language: reading.ledger_of("6.1.1", area, language) for language in LANGUAGES}
        assert all(one and one["finding"] and one["releases"] == [made.pk] for one in told.values())
        assert len({one["finding"] for one in told.values() if one}) == len(LANGUAGES)


def test_a_ledger_says_what_the_bundle_says(made: Release) -> None:
    told = reading.ledger_of("6.1.1", "ZZ-02", "sw")
    assert told is not None
    figure = made.figures.get(area="ZZ-02", measure="WP_FUNCTIONAL", breakdown="")
    citizen, official = told["series"]
    point = citizen["points"][0]
    assert (point["value"], point["lower"], point["n"]) == (figure.value, figure.lower, figure.n)
    beside = made.beside.get(area="ZZ-02", breakdown="")
    assert (official["side"], official["points"][0]["value"]) == ("official", beside.official["value"])
    verdict = told["verdicts"][0]
    assert (verdict["word"], verdict["reason"]) == (beside.word["sw"], beside.reason["sw"])
    assert verdict["difference"] == beside.difference


def test_the_ledger_of_the_whole_lists_its_places_the_highest_first(made: Release) -> None:
    told = reading.ledger_of("6.1.1", "ZZ", "ne")
    assert told is not None
    values = [row["value"] for row in told["areas"]]
    assert len(values) == 8
    shown = [value for value in values if value is not None]
    assert shown == sorted(shown, reverse=True) == values[: len(shown)]
    assert {m["measure"] for m in told["measures"]} == {m["id"] for m in made.measures}
    assert all(row["group"] and "=" not in row["group"] for row in told["groups"])
    assert told["simulated"]


def test_a_refresh_done_twice_leaves_the_same(made: Release) -> None:
    before = {(one.indicator, one.area): one.told for one in Ledger.objects.all()}
    paths = list(Shape.objects.order_by("area").values_list("area", "path"))
    number = current()
    refresh("ZZ")
    assert {(one.indicator, one.area): one.told for one in Ledger.objects.all()} == before
    assert list(Shape.objects.order_by("area").values_list("area", "path")) == paths
    assert current() > number


def test_withdrawn_figures_leave_the_ledgers_before_and_after_the_next_refresh(
    made: Release, person: Callable[..., User]
) -> None:
    services.withdraw(release=made, why="Counted twice.", by=person("safety"))
    assert reading.ledger_of("6.1.1", "ZZ", "en") is None
    refresh("ZZ")
    assert reading.ledgers(country="ZZ") == []


def test_a_release_withdrawn_while_ledgers_are_made_is_not_shown(
    released: Release, person: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = refreshing.ledgers_of

    def slow(*given: Any) -> list[Ledger]:
        made = list(real(*given))
        services.withdraw(release=released, why="Counted twice.", by=person("safety"))
        return made

    monkeypatch.setattr(refreshing, "ledgers_of", slow)
    refresh("ZZ")
    assert not Ledger.objects.exists()


@pytest.mark.shared
def test_tanzania_different_concepts_carry_no_difference_and_changed_regions_no_figure(
    real_release: Callable[[str], Release],
) -> None:
    release = real_release("tza-waterpoints")
    refresh("TZ")
    for language in LANGUAGES:
        told = reading.ledger_of("6.1.1", "TZ", language)
        assert told is not None
        assert len(told["areas"]) == 21
        assert all(row["difference"] is None and row["word"] and row["verdict_reason"] for row in told["areas"])
        assert {row["area_name"] for row in told["areas"] if row["official"] is None} == CHANGED
        assert all(one["difference"] is None and one["contest"] == "" for one in told["verdicts"])
    region = reading.ledger_of("6.1.1", "TZ-04_TO2012", "ne")
    assert region is not None
    reasons = release.beside.filter(area="TZ-04_TO2012").values_list("reason__ne", flat=True)
    assert {one["reason"] for one in region["verdicts"]} == set(reasons)


@pytest.mark.shared
def test_tanzania_is_refreshed_in_seconds(real_release: Callable[[str], Release]) -> None:
    real_release("tza-waterpoints")
    started = time.perf_counter()
    refresh("TZ")
    assert time.perf_counter() - started < 20


# --- coverage -----------------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_coverage_tells_who_counted_and_where_the_gaps_are(real_release: Callable[[str], Release]) -> None:
    release = real_release("tza-waterpoints")
    refresh("TZ")
    told = reading.coverage_of("TZ")
    assert told is not None
    water = next(one for one in told["indicators"] if one["code"] == "6.1.1")
    assert len(water["cells"]) == told["years"][1] - told["years"][0] + 1
    assert set(told["finding"]) == set(LANGUAGES)
    assert told["uncounted"]
    assert all(set(gap["sentence"]) == set(LANGUAGES) for gap in told["gaps"])
    assert {row["id"] for row in told["areas"]} >= set(
        release.figures.exclude(area=release.whole).values_list("area", flat=True)
    )


def test_coverage_of_a_made_up_country_has_no_country_to_speak_of(made: Release) -> None:
    assert Coverage.objects.filter(country="ZZ").exists()
    told = reading.coverage_of("ZZ")
    assert told is not None
    assert told["indicators"]


# --- outlines and cards -------------------------------------------------------------------------------------------


def points_of(path: str) -> set[tuple[int, int]]:
    """Return all points of a path of ours: whole numbers, each ring a start and steps."""
    found = set()
    for ring in filter(None, path.split("z")):
        start, steps = ring.removeprefix("M").split("l", 1)
        x, y = (int(n) for n in start.split(",")) if "," in start else (int(n) for n in re.findall(r"-?\d+", start))
        found.add((x, y))
        numbers = [int(n) for n in re.findall(r"-?\d+", steps)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            found.add((x, y))
    return found


def test_outlines_share_their_borders_and_lie_in_their_frame(made: Release) -> None:
    shapes = reading.shapes_of(made.pk)
    assert shapes is not None
    assert set(shapes["paths"]) == {f"ZZ-0{k}" for k in range(1, 9)}
    west, north, width, height = shapes["box"]
    corners = {area: points_of(path) for area, path in shapes["paths"].items()}
    for points in corners.values():
        assert all(west <= x <= west + width and north <= y <= north + height for x, y in points)
    touching = sum(bool(corners[one] & corners[other]) for one in corners for other in corners if one < other)
    assert touching >= 7


@pytest.mark.shared
@pytest.mark.parametrize("example", ["tza-waterpoints", "npl-citizen-perception"])
def test_the_outlines_of_a_real_map_weigh_little(example: str, real_release: Callable[[str], Release]) -> None:
    release = real_release(example)
    refreshing._shapes(release)
    shapes = reading.shapes_of(release.pk)
    assert shapes is not None
    assert len(gzip.compress("".join(shapes["paths"].values()).encode())) <= 12_500
    inside = set(release.figures.exclude(area=release.whole).filter(breakdown="").values_list("area", flat=True))
    assert inside <= set(shapes["paths"])


def test_a_card_in_every_language_is_small(made: Release, site: Path) -> None:
    for language in LANGUAGES:
        data = (site / "cards" / f"{made.pk}-{language}.png").read_bytes()
        assert data.startswith(b"\x89PNG")
        assert struct.unpack(">II", data[16:24]) == (1200, 630)
        assert len(data) < 60_000


# --- questions ----------------------------------------------------------------------------------------------------


def test_what_is_known_of_places(made: Release) -> None:
    country = reading.place("ZZ")
    assert country is not None
    assert country["name"]["sw"] == "Tavelia (nchi ya kubuniwa)"
    assert [child["id"] for child in country["children"]] == [f"ZZ-0{k}" for k in range(1, 9)]
    inner = reading.place("ZZ-03")
    assert inner is not None
    assert (inner["name"], inner["parent"], inner["country"]) == ({"en": "Cérula"}, "ZZ", "ZZ")
    assert reading.place("ZZ-99") is None
    assert reading.place("../etc") is None
    kenya = reading.place("KE")
    assert kenya is not None
    assert len(kenya["children"]) == 47


def test_countries_with_lists_are_there_before_anything_is_known(made: Release) -> None:
    found = {row["code"]: row for row in reading.countries()}
    assert {"AR", "KE", "NP", "TZ", "ZZ"} <= found.keys()
    assert (found["ZZ"]["releases"], found["ZZ"]["figures"]) == (1, 44)
    assert found["NP"]["figures"] == 0
    assert set(found["NP"]["name"]) == set(LANGUAGES)


def test_indicators_are_those_of_the_framework() -> None:
    water = reading.indicator("6.1.1")
    assert water is not None
    assert (water["goal"], water["target"]) == (6, "6.1")
    assert reading.indicator("1.5") is not None
    assert reading.indicator("99.9.9") is None
    assert len(reading.goals()) == 17
    assert len(reading.indicators()) > 230
