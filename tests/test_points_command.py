"""`datashift points`: public things stand where they are, people are moved or counted, and the key is for ever."""

from __future__ import annotations

import csv
import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from datashift.cli import main
from datashift.standards.kits import kit_folder

DEMO = Path(__file__).resolve().parents[1] / "src" / "datashift" / "demo_data" / "recipe.toml"
TANZANIA = Path(__file__).resolve().parents[1] / "examples" / "tza-waterpoints" / "recipe.toml"
MIDDLE = {"ZZ-01": (-23.0, -29.5), "ZZ-02": (-21.0, -29.5), "ZZ-03": (-19.0, -29.5)}

Asked = Callable[..., tuple[int, str, str]]


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str]) -> Asked:
    """Run the command; return its exit code, its output and its error code."""

    def run(*words: str | Path) -> tuple[int, str, str]:
        code = main(["points", *map(str, words), "--language", "en"])
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return code, " ".join(told.out.split()), told.err.rpartition("[")[2].strip().rstrip("]")

    return run


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """The example on bribes, with a position for each person somewhere in the middle of their area."""
    folder = tmp_path / "people"
    shutil.copytree(kit_folder("bribery-experience"), folder)
    shutil.copy(DEMO.parent / "boundaries.geojson", folder)
    shutil.copy(DEMO.parent / "areas.csv", folder)
    chance = np.random.default_rng(4)
    rows = rows_of(folder / "example.csv")
    for row in rows:
        x, y = MIDDLE[row["area"]]
        row |= {"lon": f"{x + chance.uniform(-0.3, 0.3):.5f}", "lat": f"{y + chance.uniform(-0.3, 0.3):.5f}"}
    write(folder / "example.csv", rows)
    recipe = folder / "recipe.toml"
    where = 'column = "area"\nlatitude = "lat"\nlongitude = "lon"\n'
    borders = '\n[place.boundaries]\nfile = "boundaries.geojson"\nname = "name"\nas_of = 2024-06-30\n\n[period]'
    text = recipe.read_text("utf-8").replace('column = "area"\n', where, 1).replace("\n[period]", borders, 1)
    recipe.write_text(text, "utf-8")
    return recipe


def write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        lines = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        lines.writeheader()
        lines.writerows(rows)


def kilometres(x: float, y: float, u: float, v: float) -> float:
    return 111.2 * math.hypot((x - u) * math.cos(math.radians(y)), y - v)


def test_public_water_points_stand_where_they_are_with_their_answers(
    asked: Asked, tmp_path: Path, own_home: Path
) -> None:
    code, out, _problem = asked(DEMO, "--out", tmp_path / "out")
    assert code == 0
    assert "These points are exact" in out
    rows = rows_of(tmp_path / "out" / "points.csv")
    assert {"status", "technology", "area_name"} <= set(rows[0])
    assert not {"collector", "phone"} & set(rows[0])
    assert not (own_home / "points.key").exists()
    features = json.loads((tmp_path / "out" / "points.geojson").read_text("utf-8"))["features"]
    assert len(features) == len(rows)


def test_people_are_moved_by_default_and_never_exact(
    asked: Asked, people: Path, tmp_path: Path, own_home: Path
) -> None:
    assert asked(people, "--as", "exact", "--out", tmp_path / "out")[2] == "points.not-so-open"
    assert not (tmp_path / "out").exists()
    code, out, _problem = asked(people, "--out", tmp_path / "out", "--towns", "place=urban")
    assert code == 0
    assert "elsewhere up to 5 km" in out
    rows = rows_of(tmp_path / "out" / "points.csv")
    assert list(rows[0]) == ["longitude", "latitude", "area", "area_name"], "no answer stands beside a person's point"
    told = json.loads((tmp_path / "out" / "about.json").read_text("utf-8"))
    assert told["displacement_km"] == {"urban": 2.0, "rural": 5.0, "far": 10.0, "far_share": 0.01}
    key = (own_home / "points.key").read_bytes()
    assert told["key"] not in key.hex()
    truth = {(row["lon"], row["lat"]) for row in rows_of(people.parent / "example.csv")}
    assert not truth & {(row["longitude"], row["latitude"]) for row in rows}
    nearest = [
        min(kilometres(float(row["longitude"]), float(row["latitude"]), float(x), float(y)) for x, y in truth)
        for row in rows
    ]
    assert max(nearest) <= 10.1


def test_a_second_release_moves_every_point_to_the_same_place(asked: Asked, people: Path, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        assert asked(people, "--out", tmp_path / folder)[0] == 0
    one, two = ((tmp_path / folder / "points.csv").read_bytes() for folder in ("one", "two"))
    assert one == two


def test_what_is_one_place_stays_so_through_all_releases(asked: Asked, people: Path, tmp_path: Path) -> None:
    # Else the same house would be drawn anew, and two draws of it tell more than one.
    assert asked(people, "--out", tmp_path / "one")[0] == 0
    assert asked(people, "--out", tmp_path / "two", "--place", "area")[2] == "points.way-other"
    assert asked(people, "--out", tmp_path / "two")[0] == 0


def test_without_its_key_a_data_set_is_not_released_again(
    asked: Asked, people: Path, tmp_path: Path, own_home: Path
) -> None:
    asked(people, "--out", tmp_path / "one")
    (own_home / "points.key").unlink()
    assert asked(people, "--out", tmp_path / "two")[2] == "points.key-gone"
    (own_home / "points-moved.jsonl").unlink()
    assert asked(people, "--out", tmp_path / "one")[2] == "points.key-other", "the page of the release knows its key"
    assert not (tmp_path / "two").exists()


def test_people_in_hexagons_leave_no_few_beside_the_areas(asked: Asked, people: Path, tmp_path: Path) -> None:
    code, out, _problem = asked(people, "--as", "hexagons", "--out", tmp_path / "out")
    assert code == 0
    assert "hexagons, which end at the borders of areas" in out
    rows = rows_of(tmp_path / "out" / "points.csv")
    assert min(int(row["count"]) for row in rows) >= 10
    for area in MIDDLE:
        rest = 64 - sum(int(row["count"]) for row in rows if row["area"] == area)
        assert rest == 0 or rest >= 10


def test_an_area_with_hidden_figures_shows_neither_points_nor_hexagons(
    asked: Asked, people: Path, tmp_path: Path
) -> None:
    """ZZ-03 has few answers, and another area is hidden for its sake: to show that one's points would tell both."""
    example = people.parent / "example.csv"
    rows = rows_of(example)
    few = {row["cluster"]: row for row in rows if row["area"] == "ZZ-03"}
    write(example, [row for row in rows if row["area"] != "ZZ-03"] + list(few.values()))
    for way in ("moved", "hexagons"):
        assert asked(people, "--as", way, "--out", tmp_path / way)[0] == 0
        assert len({row["area"] for row in rows_of(tmp_path / way / "points.csv")}) == 1


def test_a_recipe_that_asks_for_hexagons_is_obeyed(asked: Asked, people: Path, tmp_path: Path) -> None:
    people.write_text(people.read_text("utf-8") + '\n[disclosure]\npoints = "hexagons"\nleast_n = 12\n', "utf-8")
    assert asked(people, "--as", "moved", "--out", tmp_path / "out")[2] == "points.not-so-open"
    assert asked(people, "--out", tmp_path / "out")[0] == 0
    assert min(int(row["count"]) for row in rows_of(tmp_path / "out" / "points.csv")) >= 12


# --- bad input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (('latitude = "lat"\nlongitude = "lon"\n', ""), "points.no-columns"),
        (('longitude = "lon"', 'longitude = "lng"'), "recipe.no-column"),
        (('longitude = "lon"', 'longitude = "lat"'), "points.none"),
        (("[place.boundaries]", "[place.boundaries.names]\n[[limits]]\n"), "recipe.bad-field"),
    ],
)
def test_a_recipe_without_usable_positions_is_said_in_words(
    asked: Asked, people: Path, tmp_path: Path, change: tuple[str, str], code: str
) -> None:
    people.write_text(people.read_text("utf-8").replace(*change), "utf-8")
    assert asked(people, "--out", tmp_path / "out")[2] == code
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("position", [("", ""), ("0", "0"), ("12.5", "55.0"), ("abc", "def"), ("999", "999")])
def test_points_nowhere_or_in_the_sea_give_no_file(
    asked: Asked, people: Path, tmp_path: Path, position: tuple[str, str]
) -> None:
    example = people.parent / "example.csv"
    write(example, [row | {"lon": position[0], "lat": position[1]} for row in rows_of(example)])
    code, _out, problem = asked(people, "--out", tmp_path / "out")
    assert code in (2, 3)
    assert problem in ("points.none", "estimate.no-rows")
    assert not (tmp_path / "out").exists()


def test_an_empty_file_is_said_in_words(asked: Asked, people: Path, tmp_path: Path) -> None:
    (people.parent / "example.csv").write_text("", "utf-8")
    assert asked(people, "--out", tmp_path / "out")[2] == "read.empty"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--towns", "urban"), "points.setting"), (("--towns", "plaice=urban"), "microdata.no-column"),
        (("--place", "house"), "microdata.no-column"), (("--as", "hexagons", "--finest", "3"), "points.resolutions"),
    ],
)  # fmt: skip
def test_words_that_mean_nothing_are_refused(
    asked: Asked, people: Path, tmp_path: Path, words: tuple[str, ...], code: str
) -> None:
    assert asked(people, *words, "--out", tmp_path / "out")[::2] == (2, code)


def test_everybody_at_one_place_moves_as_one(asked: Asked, people: Path, tmp_path: Path) -> None:
    example = people.parent / "example.csv"
    rows = [row | dict(zip(("lon", "lat"), map(str, MIDDLE[row["area"]]), strict=True)) for row in rows_of(example)]
    write(example, rows)
    code, out, _problem = asked(people, "--out", tmp_path / "out")
    assert code == 0
    assert "189 rows stand at a place at which another row stands as well." in out
    assert len({(row["longitude"], row["latitude"]) for row in rows_of(tmp_path / "out" / "points.csv")}) == 3


def test_tanzanian_water_points_at_sea_are_left_out(asked: Asked, tmp_path: Path, shared: Path) -> None:
    assert shared.is_dir()
    code, out, _problem = asked(TANZANIA, "--out", tmp_path / "out")
    assert code == 0
    assert "57533 of 59369 rows are told as points." in out
    assert "1812 rows have no position and are left out." in out
