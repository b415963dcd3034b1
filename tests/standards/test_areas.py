"""A name means a place on a date, never a name alone."""

import csv
import gzip
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from datashift.errors import BadRecipe
from datashift.language import speaking
from datashift.model import Area
from datashift.standards.areas import (
    ancestors,
    area_label,
    as_csv,
    countries,
    folded,
    kind_label,
    known_areas,
    parse,
    resolver,
)
from datashift.standards.areas.kinds import KINDS

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


NP, KE, AR = (known_areas(country) for country in ("NP", "KE", "AR"))


def kinds(areas: dict[str, Area], day: date) -> Counter[str]:
    return Counter(area.kind for area in areas.values() if area.valid_on(day) and area.level)


def test_kenya_has_eight_provinces_until_the_county_governments_and_then_47_counties() -> None:
    # Nairobi was a province and is a county with the same extent: one area.
    assert kinds(KE, date(2013, 3, 3)) == {"province": 7, "county": 1}
    assert kinds(KE, date(2013, 3, 4)) == {"county": 47}


def test_nepal_has_5_development_regions_14_zones_and_75_districts_then_7_provinces_and_77() -> None:
    assert kinds(NP, date(2015, 9, 19)) == {"development region": 5, "zone": 14, "district": 75}
    assert kinds(NP, date(2015, 9, 20)) == {"province": 7, "district": 75}
    assert kinds(NP, date(2017, 1, 1)) == {"province": 7, "district": 77}


def test_argentina_has_23_provinces_and_a_city_with_the_codes_of_its_statistical_office() -> None:
    assert kinds(AR, date(2020, 1, 1)) == {"province": 23, "autonomous city": 1}
    assert (AR["AR-C"].code, AR["AR-B"].code, AR["AR-V"].code) == ("02", "06", "94")


def test_a_district_of_nepal_lies_in_a_zone_first_and_in_a_province_later() -> None:
    kathmandu = NP["NP0327"]
    assert kathmandu.parent_on(date(2015, 9, 19)) == "NP-BA"
    assert kathmandu.parent_on(date(2015, 9, 20)) == kathmandu.parent == "NP-P3"
    assert NP["NP-BA"].parent == "NP-1"
    assert list(ancestors("NP0327", NP, date(2011, 1, 1))) == ["NP-BA", "NP-1", "NP"]


def test_iso_codes_and_the_numbers_of_the_counties_are_two_different_orders() -> None:
    baringo, mombasa = KE["KE-01"], KE["KE-28"]
    assert (baringo.name, baringo.iso, baringo.code, baringo.pcode) == ("Baringo", "KE-01", "30", "KE030")
    assert (mombasa.name, mombasa.iso, mombasa.code, mombasa.pcode) == ("Mombasa", "KE-28", "1", "KE001")


@pytest.mark.parametrize("country", countries())
def test_a_list_written_out_and_read_again_is_the_same_list(country: str) -> None:
    areas = known_areas(country)
    assert parse(as_csv(areas.values())) == areas


def test_a_list_of_the_old_layout_is_still_read() -> None:
    text = "id,name,country,level,parent,valid_from,valid_to,aliases,predecessors\nZZ,Zed,ZZ,0,,,,Zee|Zet,\n"
    assert known_areas("ZZ", text) == {"ZZ": Area("ZZ", "Zed", "ZZ", 0, aliases=("Zee", "Zet"))}


@pytest.mark.parametrize("country", countries())
def test_codes_are_given_once(country: str) -> None:
    now = [area for area in known_areas(country).values() if area.valid_to is None]
    for codes in ([a.iso for a in now], [a.pcode for a in now], [(a.kind, a.code) for a in now if a.code]):
        given = [code for code in codes if code]
        assert len(given) == len(set(given))


@pytest.mark.shared
@pytest.mark.parametrize("country", countries())
def test_the_p_codes_are_those_of_ocha(country: str, shared: Path) -> None:
    with gzip.open(shared / "reference/ocha_global_pcodes_adm1_adm2.csv.gz", "rt", encoding="utf-8") as stream:
        listed = {row["P-Code"]: row for row in csv.DictReader(stream) if row["P-Code"].startswith(country)}
    areas = known_areas(country)
    level_1 = {code for code, row in listed.items() if row["Admin Level"] == "1"}
    mine = {area.pcode: area for area in areas.values() if area.pcode}
    assert {area.pcode for area in mine.values() if area.level == 1} == level_1
    resolve = resolver(areas, date(2024, 6, 1))
    for code, area in mine.items():
        assert resolve(listed[code]["Name"]) == area
        if area.level == 2:
            assert areas[area.parent].pcode == listed[code]["Parent P-Code"]


def test_every_kind_has_a_word_in_four_languages_and_names_follow_the_reader() -> None:
    for country in countries():
        for kind in {area.kind for area in known_areas(country).values()}:
            assert set(KINDS[kind]) == {"en", "es", "sw", "ne"}
    with speaking("ne"):
        assert (area_label(NP["NP0104"]), kind_label("district")) == ("झापा", "जिल्ला")
    with speaking("sw"):
        assert (area_label(KE["KE-300"]), kind_label("county")) == ("Pwani", "kaunti")
    assert area_label(NP["NP0447"]) == "Nawalparasi East"
