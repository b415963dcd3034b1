"""A suggestion names kit, columns, values, place and time with reasons, and is a recipe that can be run."""

import runpy
from pathlib import Path

import pyarrow as pa
import pytest

from datashift.harmonise import suggest
from datashift.harmonise.suggestion.confidence import fitted
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


def test_a_word_for_missing_that_is_an_answer_of_the_kit_is_that_answer() -> None:
    columns = {
        "facility": ["fixed", "none", "mobile", "none"] * 5,
        "water": ["yes", "", "छैन", ""] * 5,
        "cleaning": ["soap", "", "nothing", ""] * 5,
        "remark": ["", "null", "-", "broken"] * 5,
    }
    found = found_in(columns)
    recipe = parse_recipe(found.recipe, "suggested.toml")
    assert found.kit == "handwashing-facility"
    assert recipe.columns["facility"].codes["none"] == "none"
    assert recipe.columns["water"].codes["छैन"] == "no"
    assert set(recipe.missing) == {"", "null", "-"}


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


# --- the recipe runs as it is ---------------------------------------------------------------------------------------


def recipe_in(columns: dict[str, list[str]], **more: str):
    size = len(next(iter(columns.values())))
    table = pa.table({"_row": list(range(2, 2 + size)), **columns})
    found = suggest(Raw(table, Origin("f.csv", "0" * 64, 1, "csv")), KITS, AREAS, **more)
    return parse_recipe(found.recipe, "suggested.toml"), found


def test_a_column_in_another_unit_is_a_comment_that_says_why() -> None:
    columns = {"F": ["0.2", "1.7"] * 20, "NO3": ["3", "60"] * 20, "Mn": ["12", "1157"] * 20}
    recipe, found = recipe_in(columns, country="KE")
    assert {"fluoride", "nitrate"} <= set(recipe.columns)
    assert "manganese" not in recipe.columns
    assert '# column = "Mn"' in found.recipe
    assert "more than 100 is not expected" in found.recipe
    assert "The kit counts in mg/L" in found.recipe


def test_without_a_column_of_places_all_rows_are_of_the_country() -> None:
    recipe, _found = recipe_in({"F": ["0.2", "1.7"] * 20}, country="IQ")
    assert (recipe.place.country, recipe.place.area, recipe.place.column) == ("IQ", "IQ", None)


def test_only_the_rows_of_one_country_are_meant_where_the_file_has_several() -> None:
    columns = {**MESSY, "Nchi": ["Tanzania"] * 16 + ["Uganda"] * 4}
    columns["Mkoa"] = [*MESSY["Mkoa"][:16], "Gulu", "Lira", "Arua", "Soroti"]
    recipe, _found = recipe_in(columns)
    assert (recipe.place.country, recipe.place.column) == ("TZ", "Mkoa")
    assert [(choice.column, choice.only) for choice in recipe.rows] == [("Nchi", ("Tanzania",))]


def test_names_that_are_areas_of_several_countries_say_little_about_which_is_meant() -> None:
    _recipe, found = recipe_in({**MESSY, "Mkoa": ["Central", "Eastern", "Western", "Central"] * 5})
    places = [guess for guess in found.guesses if guess.role.startswith("place")]
    assert all(guess.confidence < 0.7 for guess in places)


def test_yes_and_no_are_no_countries() -> None:
    _recipe, found = recipe_in({**MESSY, "received": ["yes", "no", "no", "no"] * 5})
    assert not [guess for guess in found.guesses if guess.role.startswith("country")]


def test_one_slip_in_a_date_does_not_stretch_the_period() -> None:
    columns = {name: values * 10 for name, values in MESSY.items()}
    columns["tarehe"] = ["01/01/1970", *columns["tarehe"][1:]]
    recipe, _found = recipe_in(columns)
    assert recipe.period.label == "2019"


def test_an_opposite_is_never_taken_for_a_slip_of_the_pen() -> None:
    wells = ["unprotected well", "unprotcted well", "protected well", "protectd well"] * 5
    columns = {**MESSY, "aina ya kituo": wells}
    guess = next(g for g in recipe_in(columns)[1].guesses if g.role == "technology")
    assert guess.values["protectd well"] == "protected_well"
    assert guess.values.get("unprotcted well", "unprotected_well") == "unprotected_well"
    assert guess.values["unprotected well"] == "unprotected_well"


def test_the_weakest_ways_of_understanding_an_answer_are_said_to_be_unsure() -> None:
    columns = {**MESSY, "Hali ya kituo": ["Inafanya kazi", "inafanya kzi", "Haifanyi kazi", "-"] * 5}
    guess = next(g for g in recipe_in(columns)[1].guesses if g.role == "status")
    assert guess.values["inafanya kzi"] == "functional"
    assert guess.sure["inafanya kzi"] < guess.sure["Inafanya kazi"]


def test_the_ledger_of_corrections_is_written_into_the_recipe() -> None:
    recipe, _found = recipe_in(MESSY, corrections="corrections.jsonl")
    assert recipe.corrections is not None
    assert recipe.corrections.file == "corrections.jsonl"


def test_a_weight_is_a_comment_because_a_wrong_one_is_worse_than_none() -> None:
    recipe, found = recipe_in({**MESSY, "sampling_weight": ["1.5", "2.5"] * 10})
    assert recipe.design.weights is None
    assert '# weights = "sampling_weight"' in found.recipe


# --- real files -----------------------------------------------------------------------------------------------------

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.shared
def test_on_the_real_files_what_is_said_to_be_sure_is_right_and_most_is_found(shared: Path) -> None:
    corpus = runpy.run_path(str(ROOT / "benchmarks" / "suggestion_corpus.py"))
    kits = [shipped_kit(name) for name in known_kits()]
    scores = [corpus["judge"](corpus["seen"](case, kits), fitted(), AREAS) for case in corpus["real_cases"]()]
    assert len(scores) >= 10
    assert sum(s.found for s in scores) >= 0.8 * sum(s.columns for s in scores)
    assert sum(s.values for s in scores) >= 0.9 * sum(s.coded for s in scores)
    sure = [hit for s in scores for confidence, hit in s.pairs if confidence >= 0.95]
    assert len(sure) >= 15
    assert sum(sure) >= 0.95 * len(sure)
    unsure = [hit for s in scores for confidence, hit in s.pairs if confidence < 0.5]
    assert sum(unsure) <= 0.5 * len(unsure)
