"""A suggestion names kit, columns, values, place and time with reasons, and is a recipe that can be run."""

import pyarrow as pa
import pytest

from datashift.harmonise import suggest
from datashift.model import Origin, Raw
from datashift.read import read
from datashift.standards.areas import countries, known_areas
from datashift.standards.kits import known_kits, parse_recipe, shipped_kit

KITS = [shipped_kit(name) for name in known_kits()]
AREAS = {country: known_areas(country) for country in countries()}


def found_in(columns: dict[str, list[str]]):
    size = len(next(iter(columns.values())))
    table = pa.table({"_row": list(range(2, 2 + size)), **columns})
    return suggest(Raw(table, Origin("puntos de agua.csv", "0" * 64, 1, "csv")), KITS, AREAS)


MESSY = {
    "ID": [f"00{i}" for i in range(20)],
    "Mkoa": ["Iringa", "Mwanza", "Mbeya", "Lindi"] * 5,
    "Hali ya kituo": ["Inafanya kazi", "Haifanyi kazi", "Kinahitaji ukarabati", "-"] * 5,
    "aina ya kituo": ["Bomba la umma", "Pampu ya mkono", "Bomba la umma", "sijui kabisa hiki"] * 5,
    "tarehe": ["03/05/2019", "21/05/2019", "30/06/2019", "01/07/2019"] * 5,
    "Jina": ["Asha", "Juma", "Neema", "Baraka"] * 5,
}


def test_a_swahili_file_is_recognised_by_names_and_values() -> None:
    found = found_in(MESSY)
    roles = {guess.role: guess.column for guess in found.guesses}
    assert found.kit == "water-point-functionality"
    assert roles["status"] == "Hali ya kituo"
    assert roles["technology"] == "aina ya kituo"
    assert roles["place TZ"] == "Mkoa"
    assert roles["date %d/%m/%Y"] == "tarehe"
    assert roles["personal"] == "Jina"
    assert roles["row id"] == "ID"


def test_a_value_that_is_not_known_is_left_open_and_never_guessed() -> None:
    guess = next(g for g in found_in(MESSY).guesses if g.role == "technology")
    assert guess.open_values == ("sijui kabisa hiki",)
    assert guess.values == {"Bomba la umma": "public_standpipe", "Pampu ya mkono": "hand_pump"}


def test_missing_words_are_suggested_and_the_text_is_a_recipe() -> None:
    recipe = parse_recipe(found_in(MESSY).recipe, "suggested.toml")
    assert "-" in recipe.missing
    assert recipe.row_id == "ID"
    assert recipe.columns["status"].codes["Haifanyi kazi"] == "non_functional"


def test_every_suggestion_says_why() -> None:
    for guess in found_in(MESSY).guesses:
        assert guess.reason
        assert 0 < guess.confidence <= 1


def test_metres_of_a_grid_are_not_taken_for_degrees() -> None:
    columns = {"estado": ["funciona", "averiado"] * 5, "x": ["560123.5", "560200"] * 5, "y": ["-3.5", "-4,1"] * 5}
    roles = {guess.role: guess.column for guess in found_in(columns).guesses}
    assert not {"longitude", "latitude"} & set(roles)


def test_names_with_quotes_and_line_ends_still_give_a_recipe() -> None:
    odd = {'estado "actual"\n': ["funciona", "averiado"] * 5, "tipo\\de punto de agua": ["bomba manual"] * 10}
    assert parse_recipe(found_in(odd).recipe, "suggested.toml").kit == "water-point-functionality"


@pytest.mark.shared
def test_the_tanzanian_register_is_recognised(shared) -> None:
    raw = read(shared / "cgd/tza_waterpoints/tza_waterpoints_features.csv.zip")
    roles = {guess.role: guess.column for guess in suggest(raw, KITS, AREAS).guesses}
    expected = {"technology": "waterpoint_type", "place TZ": "region", "latitude": "latitude", "longitude": "longitude"}
    assert expected.items() <= roles.items()
    assert roles["date %Y-%m-%d"] == "date_recorded"
