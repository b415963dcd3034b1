"""A name means a place on a date, never a name alone."""

from datetime import date

import pytest

from datashift.errors import BadRecipe
from datashift.standards.areas import countries, folded, known_areas, resolver

TZ = known_areas("TZ")
BEFORE, AFTER = date(2011, 6, 30), date(2013, 1, 1)
CHANGED = ("Iringa", "Kagera", "Mwanza", "Rukwa", "Shinyanga")


@pytest.mark.parametrize("name", CHANGED)
def test_the_five_regions_that_changed_in_2012_are_two_places_each(name: str) -> None:
    old, new = resolver(TZ, BEFORE)(name), resolver(TZ, AFTER)(name)
    assert old.name == new.name == name
    assert old.id != new.id
    assert old.id in new.predecessors


def test_a_region_that_did_not_exist_yet_is_not_found() -> None:
    assert resolver(TZ, BEFORE)("Geita") is None
    assert resolver(TZ, AFTER)("Geita").predecessors == ("TZ-18_TO2012", "TZ-22_TO2012", "TZ-05_TO2012")


@pytest.mark.parametrize(("day", "mainland"), [(BEFORE, 21), (AFTER, 25), (date(2017, 1, 1), 26)])
def test_mainland_tanzania_has_21_then_25_then_26_regions(day: date, mainland: int) -> None:
    zanzibar = {"TZ-06", "TZ-07", "TZ-10", "TZ-11", "TZ-15"}
    regions = [a for a in TZ.values() if a.level == 1 and a.valid_on(day) and a.id not in zanzibar]
    assert len(regions) == mainland


@pytest.mark.parametrize("spelling", ["dar-es-salaam", "DAR ES SALAAM", " Dar Es Salam ", "Dar"])
def test_spellings_are_matched_without_case_hyphens_and_blanks(spelling: str) -> None:
    assert resolver(TZ, BEFORE)(spelling).id == "TZ-02"


def test_a_recipe_can_rename_a_spelling_and_an_unknown_name_stays_unknown() -> None:
    resolve = resolver(TZ, BEFORE, {"Mzizima": "Dar es Salaam"})
    assert resolve("mzizima").id == "TZ-02"
    assert resolve("Atlantis") is None


def test_accents_fall_away_and_devanagari_vowel_signs_stay() -> None:
    assert folded("Tucumán – Sur") == "tucuman sur"
    assert folded("पानी") != folded("पन")


@pytest.mark.parametrize("country", countries())
def test_every_list_has_its_country_and_no_dangling_parent_or_predecessor(country: str) -> None:
    areas = known_areas(country)
    assert areas[country].level == 0
    for area in areas.values():
        assert area.parent is None or area.parent in areas
        assert set(area.predecessors) <= set(areas)
        assert all(c.isascii() and (c.isalnum() or c in "-_") for c in area.id)


@pytest.mark.parametrize("country", countries())
def test_no_name_means_two_places_on_one_day(country: str) -> None:
    areas = known_areas(country)
    days = {date(2000, 1, 1), date(2026, 1, 1)} | {a.valid_from for a in areas.values() if a.valid_from}
    for day in days:
        resolve = resolver(areas, day)
        assert all(resolve(a.name) == a for a in areas.values() if a.valid_on(day))


def test_a_country_without_a_list_asks_for_one() -> None:
    with pytest.raises(BadRecipe, match="no area list ships for QQ"):
        known_areas("QQ")
