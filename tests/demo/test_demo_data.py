"""The demo is simulated, made again byte for byte, untidy as planned, and its sample leads back to the truth."""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from kits.textbook import Design, ratio
from shapely.geometry import Point, shape

from datashift.demo_data import survey, world
from datashift.demo_data.make import SEED, main, make
from datashift.demo_data.world import REGIONS
from datashift.language import LANGUAGES
from datashift.model import Recipe
from datashift.standards.areas import folded, known_areas, resolver
from datashift.standards.kits import check_together, kit_folder, parse_kit, parse_recipe

SHIPPED = Path(str(files("datashift").joinpath("demo_data")))
GENERATED = ("water_points.csv", "areas.csv", "boundaries.geojson", "population.csv", "official.csv", "truth.json")
STATES = {"functional", "functional needs repair", "non functional"}
IMPROVED = {"communal standpipe", "communal standpipe multiple", "hand pump", "improved spring"}


@cache
def recipe() -> Recipe:
    return parse_recipe((SHIPPED / "recipe.toml").read_text("utf-8"), "recipe.toml")


@cache
def rows() -> list[dict[str, str]]:
    text = (SHIPPED / "water_points.csv").read_bytes().decode("cp1252")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


@cache
def cleaned() -> list[dict[str, str]]:
    """The usable rows, tidied by hand rather than by the program: once each, with region, a known state and type."""
    ids = {folded(word): r.id for r in REGIONS for word in (r.name, *r.spellings)}
    kept: dict[str, dict[str, str]] = {}
    for row in rows():
        state, region = row["works"].lower(), ids.get(folded(row["region"]))
        if state in STATES and region and row["type"].lower() in IMPROVED:
            kept.setdefault(row["wp_id"], row | {"region": region, "works": state})
    return list(kept.values())


def figure(place: str) -> tuple[float, float]:
    """Share of improved points that work in `place`, and its standard error, in per cent."""
    here = [float(place in ("ZZ", row["region"])) for row in cleaned()]
    works = [h * (row["works"] == "functional") for h, row in zip(here, cleaned(), strict=True)]
    share, error = ratio(cleaned(), works, here, Design("weight", "region", "village"))
    return share * 100, error * 100


def truth() -> dict[str, dict[str, float]]:
    return json.loads((SHIPPED / "truth.json").read_text("utf-8"))["truth"]


def official() -> dict[str, tuple[float, float]]:
    read = csv.DictReader(io.StringIO((SHIPPED / "official.csv").read_text("utf-8")))
    return {row["region"]: (float(row["share"]), float(row["standard error"])) for row in read}


# --- made again ---------------------------------------------------------------------------------------------------


def test_the_script_makes_the_shipped_files_again_byte_for_byte(tmp_path):
    main([str(tmp_path)])
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert set(made) == {*GENERATED, "recipe.toml", "README.md"}
    for name, data in made.items():
        assert data == (SHIPPED / name).read_bytes(), name


def test_another_seed_gives_another_country(monkeypatch):
    monkeypatch.setattr("datashift.demo_data.make.SEED", SEED + 1)
    assert make()["truth.json"] != (SHIPPED / "truth.json").read_bytes()


def test_the_demo_is_small():
    assert sum(path.stat().st_size for path in SHIPPED.iterdir() if path.is_file()) < 250_000


def test_everything_says_that_it_is_simulated():
    assert recipe().simulated
    assert json.loads((SHIPPED / "truth.json").read_text("utf-8"))["simulated"] is True
    assert "does not exist" in (SHIPPED / "README.md").read_text("utf-8")
    assert "made-up country" in (SHIPPED / "areas.csv").read_text("utf-8")
    assert "made-up country" in (SHIPPED / "boundaries.geojson").read_text("utf-8")
    assert all("simulated" in row["collector"] for row in rows() if row["wp_id"])
    for text in (recipe().producer, recipe().margin["population"].source, recipe().official[0].source):
        assert "imulated" in text
    for label in (recipe().title, recipe().design.note, recipe().official[0].definition, *recipe().limits):
        assert tuple(label) == LANGUAGES
        assert "imulated" in label["en"]


# --- the recipe ---------------------------------------------------------------------------------------------------


def test_the_recipe_fits_the_kit_and_the_columns():
    kit = parse_kit((kit_folder(recipe().kit) / "kit.toml").read_text("utf-8"), "kit.toml")
    check_together(recipe(), kit)
    used = {column.column for column in recipe().columns.values()}
    used |= {recipe().place.column, recipe().place.latitude, recipe().place.longitude, recipe().period.column}
    used |= {recipe().design.weights, *recipe().design.named, recipe().row_id, *recipe().personal}
    assert set(rows()[0]) - used == {"country", "remark"}


def test_the_recipe_explains_every_answer_but_the_planned_ones():
    read = recipe()
    for column in read.columns.values():
        if column.codes:
            said = {row[column.column].strip() for row in rows()} - set(read.missing)
            left = {word for word in said if word.casefold() not in column.codes}
            assert left == (set(survey.NOT_IN_THE_LIST) if column.column == "works" else set())


def test_the_recipe_knows_every_place_but_the_planned_one():
    place = recipe().place
    areas = known_areas("ZZ", (SHIPPED / "areas.csv").read_text("utf-8"))
    resolve = resolver(areas, place.as_of, place.names)
    found = {name: resolve(name) for name in {row["region"] for row in rows()} - {"", "NA"}}
    assert [name for name, area in found.items() if area is None] == ["Qorbel"]
    assert {area.id for area in found.values() if area} == {region.id for region in REGIONS}
    assert len(found) > 3 * len(REGIONS)


# --- the mess -----------------------------------------------------------------------------------------------------


def test_the_file_is_neither_utf_8_nor_latin_1():
    data = (SHIPPED / "water_points.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")
    assert any(0x80 <= byte <= 0x9F for byte in data)


def test_the_planned_disorder_is_there():
    written = [row for row in rows() if any(row.values())]
    assert len(rows()) - len(written) == 1
    assert len(written) - len({tuple(row.items()) for row in written}) == 5
    assert len(written) - len({row["wp_id"] for row in written}) == 5
    once = list({row["wp_id"]: row for row in written}.values())
    assert sum((row["latitude"], row["longitude"]) == ("0", "0") for row in once) == 9
    assert sum(row["visited"] == "01/01/1970" for row in once) == 7
    assert {row["works"] for row in once} >= set(survey.NOT_IN_THE_LIST)
    assert {row["works"] for row in once} >= {"None", "NA", "-", "FUNCTIONAL", "Functional", "functional"}
    assert {row["country"] for row in written} == {"Tavelia"}
    assert rows()[6]["wp_id"] == "0007"
    assert Counter(row["people"] for row in once)["0"] > 30
    assert Counter(row["built"] for row in once)["0"] > 100


def test_coordinates_lie_in_their_region_but_for_the_planned_slips():
    shapes = json.loads((SHIPPED / "boundaries.geojson").read_text("utf-8"))["features"]
    ids = {region.name: region.id for region in REGIONS}
    land = {ids[feature["properties"]["name"]]: shape(feature["geometry"]) for feature in shapes}
    assert all(polygon.is_valid and polygon.exterior.is_ccw for polygon in land.values())
    assert sum(p.area for p in land.values()) == pytest.approx(union_area(list(land.values())), rel=1e-9)
    known = {folded(word): r.id for r in REGIONS for word in (r.name, *r.spellings)}
    swapped = elsewhere = 0
    for row in {row["wp_id"]: row for row in rows()}.values():
        here = known.get(folded(row["region"]))
        if here and row["latitude"] != "0":
            latitude, longitude = float(row["latitude"]), float(row["longitude"])
            if land[here].covers(Point(latitude, longitude)):
                swapped += 1
            elif not land[here].covers(Point(longitude, latitude)):
                elsewhere += 1
    assert (swapped, elsewhere) == (6, 4)


def union_area(polygons: list[object]) -> float:
    whole = polygons[0]
    for polygon in polygons[1:]:
        whole = whole.union(polygon)
    return whole.area


# --- sample and truth ---------------------------------------------------------------------------------------------


def test_the_sample_is_about_as_large_as_promised():
    once = {row["wp_id"]: row for row in rows() if row["wp_id"]}
    assert 1_100 <= len(once) <= 1_300
    assert len({row["village"] for row in once.values()}) == sum(region.drawn for region in REGIONS) == 150


def test_the_truth_is_counted_on_the_whole_country():
    country = world.build(np.random.RandomState(SEED))
    kinds = list(world.TYPES)
    for index, region in enumerate(REGIONS):
        counted = works = people = served = 0
        for i in np.flatnonzero(country.region == index):
            if kinds[country.type[i]] in IMPROVED:
                counted += 1
                people += int(country.people[i])
                works += int(country.state[i] == 0)
                served += int(country.people[i]) if country.state[i] == 0 else 0
        assert truth()["WP_FUNCTIONAL"][region.id] == pytest.approx(100 * works / counted, abs=1e-6)
        assert truth()["WP_FUNCTIONAL_PERSONS"][region.id] == pytest.approx(100 * served / people, abs=1e-6)
        population = world.population(country)[region.id]
        assert truth()["PERSONS_PER_WORKING_POINT"][region.id] == pytest.approx(population / works, abs=1e-6)


def test_plain_figures_come_near_the_truth_in_nearly_every_region():
    off = {place: (figure(place)[0] - true) / figure(place)[1] for place, true in truth()["WP_FUNCTIONAL"].items()}
    assert abs(off.pop("ZZ")) < 3
    assert len(off) == len(REGIONS)
    assert sum(abs(distance) < 3 for distance in off.values()) >= 7
    # Errors that are far too large would also come near; half of them should be within two thirds of one error.
    assert 2 <= sum(abs(distance) < 0.674 for distance in off.values()) <= 7


def test_the_draw_is_fair():
    """Over many draws the weights add up to the points there are, and the weighted share to the true one."""
    country = world.build(np.random.RandomState(SEED))
    rng = np.random.RandomState(7)
    points, shares = [], []
    for _ in range(60):
        sample = survey.draw(rng, country)
        counted = country.improved[sample.point]
        points.append(sample.weight.sum())
        working = sample.weight[counted & (country.state[sample.point] == 0)].sum()
        shares.append(100 * working / sample.weight[counted].sum())
    for drawn, true in ((points, len(country.region)), (shares, truth()["WP_FUNCTIONAL"]["ZZ"])):
        assert abs(np.mean(drawn) - true) < 3 * np.std(drawn, ddof=1) / math.sqrt(len(drawn))


# --- beside the official figures ----------------------------------------------------------------------------------


def test_the_official_figures_show_every_kind_of_comparison():
    names, stands = {region.name: region.id for region in REGIONS}, {}
    for name, (value, error) in official().items():
        share, own = figure(names[name])
        reach = 2 * math.hypot(own, error)
        low, high = share - value - reach, share - value + reach
        stands[name] = "gap" if low > 0 or high < 0 else "close" if low >= -10 and high <= 10 else "open"
    assert {name for name, verdict in stands.items() if verdict == "gap"} == {"Belmór", "Éstora"}
    assert {name for name, verdict in stands.items() if verdict == "close"} == {"Cérula"}
    assert {"Avânia", "Dunavê", "Fálgar"} <= {name for name, verdict in stands.items() if verdict == "open"}
    assert "Halvoë" not in stands


def test_the_gaps_that_show_are_true_gaps():
    names = {region.name: region.id for region in REGIONS}
    away = {name: abs(value - truth()["WP_FUNCTIONAL"][names[name]]) for name, (value, _error) in official().items()}
    assert away["Belmór"] > 20
    assert away["Éstora"] > 20
    assert away["Cérula"] < 1


def test_one_region_kept_its_name_and_changed_its_extent():
    areas = known_areas("ZZ", (SHIPPED / "areas.csv").read_text("utf-8"))
    now, then = resolver(areas, recipe().place.as_of), resolver(areas, recipe().official[0].as_of)
    assert now("Güenda").id == "ZZ-07"
    assert then("Güenda").id == "ZZ-07_TO2020"
    assert then("Halvoë") is None
    assert areas["ZZ-08"].predecessors == areas["ZZ-07"].predecessors == ("ZZ-07_TO2020",)
    assert areas["ZZ-07_TO2020"].valid_to == date(2019, 12, 31)
    assert all(now(name) == then(name) for name in official() if name != "Güenda")
