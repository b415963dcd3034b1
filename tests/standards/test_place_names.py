"""A name is found, or listed with what it may mean; it is never guessed."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from place_columns import COLUMNS, PlaceColumn

from datashift.errors import BadAreas
from datashift.language import speaking
from datashift.model import Area
from datashift.standards.areas import areas_at_hand, folded, import_list, known_areas
from datashift.standards.place_names import PlaceMatch, match
from datashift.standards.place_words import key

TZ, NP, KE, AR = (known_areas(country) for country in ("TZ", "NP", "KE", "AR"))
BEFORE, AFTER = date(2011, 6, 30), date(2013, 6, 30)


def found(name: str, areas: dict[str, Area], day: date, level: int | None = None) -> PlaceMatch:
    (result,) = match([name], areas, day, level=level)
    return result


@pytest.mark.parametrize(
    ("name", "areas", "day", "area"),
    [
        ("Mwanza", TZ, BEFORE, "TZ-18_TO2012"),
        ("Mwanza", TZ, AFTER, "TZ-18"),
        ("Mkoa wa Arusha", TZ, AFTER, "TZ-01"),
        ("ARUSHA REGION", TZ, AFTER, "TZ-01"),
        ("dar-es-salaam", TZ, AFTER, "TZ-02"),
        ("Coast", TZ, AFTER, "TZ-19"),
        ("kavre", NP, BEFORE, "NP0324"),
        ("काभ्रे", NP, BEFORE, "NP0324"),
        ("झापा जिल्ला", NP, AFTER, "NP0104"),
        ("बागमती", NP, BEFORE, "NP-BA"),
        ("बागमती प्रदेश", NP, date(2021, 1, 1), "NP-P3"),
        ("Sindhupalchowk", NP, AFTER, "NP0323"),
        ("PROVINCE NO. 5", NP, date(2019, 1, 1), "NP-P5"),
        ("Province V", NP, date(2019, 1, 1), "NP-P5"),
        ("Province Five", NP, date(2019, 1, 1), "NP-P5"),
        ("SUDOORPASCHIM PROVINCE", NP, date(2019, 1, 1), "NP-P7"),
        ("Far Western Development Region", NP, BEFORE, "NP-5"),
        ("Riftvalley", KE, BEFORE, "KE-700"),
        ("Mkoa wa Bonde la Ufa", KE, BEFORE, "KE-700"),
        ("Murang’a", KE, AFTER, "KE-29"),
        ("MURANGA COUNTY", KE, AFTER, "KE-29"),
        ("Tharaka - Nithi", KE, AFTER, "KE-41"),
        ("Elgeyo/Marakwet", KE, AFTER, "KE-05"),
        ("TanaRiver   ", KE, AFTER, "KE-40"),
        ("Kaunti ya Mombasa", KE, AFTER, "KE-28"),
        ("Nairobi", KE, BEFORE, "KE-30"),
        ("Nairobi City County", KE, AFTER, "KE-30"),
        ("C.A.B.A.", AR, AFTER, "AR-C"),
        ("Capital Federal", AR, AFTER, "AR-C"),
        ("Provincia de Buenos Aires", AR, AFTER, "AR-B"),
        ("cordoba", AR, AFTER, "AR-X"),
        ("Tierra del Fuego, Antártida e Islas del Atlántico Sur", AR, AFTER, "AR-V"),
    ],
)
def test_known_spellings_in_four_languages_and_two_scripts_are_found(
    name: str, areas: dict[str, Area], day: date, area: str
) -> None:
    assert found(name, areas, day).area == areas[area]


@pytest.mark.parametrize("name", ["Geita", "Mkoa wa Geita", "GEITA REGION"])
def test_a_region_that_did_not_exist_yet_is_listed_with_the_regions_it_came_from(name: str) -> None:
    result = found(name, TZ, BEFORE)
    assert (result.status, result.area) == ("other_extent", None)
    assert {"TZ-18_TO2012", "TZ-22_TO2012", "TZ-05_TO2012"} <= {c.area for c in result.candidates}
    assert result.said() == "Geita (TZ-27) had this name from 2012-03-02 to …, not on 2011-06-30."


def test_a_district_that_was_divided_is_listed_with_its_two_parts() -> None:
    result = found("Nawalparasi", NP, date(2019, 1, 1))
    assert result.status == "other_extent"
    assert [c.area for c in result.candidates[:2]] == ["NP0447", "NP0547"]


def test_a_province_is_not_taken_for_a_zone_of_the_same_name() -> None:
    assert found("Lumbini", NP, BEFORE).area == NP["NP-LU"]
    assert found("Lumbini Province", NP, BEFORE).status == "other_extent"
    assert found("Nyanza Province", KE, AFTER).status == "other_extent"


@given(st.sampled_from([*TZ.values(), *NP.values(), *KE.values()]), st.dates(date(1990, 1, 1), date(2030, 1, 1)))
def test_no_spelling_of_a_name_is_matched_across_a_change_of_extent(area: Area, day: date) -> None:
    areas = {"TZ": TZ, "NP": NP, "KE": KE}[area.country]
    names = [
        area.name,
        area.name.upper(),
        f"{area.name} {area.kind}",
        *area.aliases,
        *(name for _l, name in area.names),
    ]
    for result in match(names, areas, day):
        assert result.area is None or result.area.valid_on(day)


@pytest.mark.parametrize(("areas", "country"), [(TZ, "TZ"), (NP, "NP"), (KE, "KE"), (AR, "AR")])
def test_every_name_of_every_list_finds_its_own_area_on_each_day_of_change(
    areas: dict[str, Area], country: str
) -> None:
    changes = {a.valid_from for a in areas.values() if a.valid_from} | {date(2000, 1, 1)}
    for day in changes | {day - timedelta(days=1) for day in changes}:
        for area in areas.values():
            if area.valid_on(day) and area.level:
                names = [area.id, area.name, *area.aliases, *(name for _language, name in area.names)]
                wrong = [m for m in match(names, areas, day) if m.area != area]
                assert wrong == [], (country, day, area.id)


def test_a_similar_name_is_a_candidate_until_a_person_confirms_it() -> None:
    (guess,) = match(["Mwnza"], TZ, AFTER)
    assert (guess.status, guess.area, guess.candidates[0].area) == ("candidates", None, "TZ-18")
    (sure,) = match(["Mwnza"], TZ, AFTER, confirmed={"mwnza": "TZ-18"})
    assert (sure.status, sure.area) == ("confirmed", TZ["TZ-18"])


def test_a_confirmed_area_of_another_day_is_refused() -> None:
    with pytest.raises(BadAreas, match=r"'TZ-18_TO2012', which is no area of this list on 2013-06-30"):
        match(["Mwnza"], TZ, AFTER, confirmed={"Mwnza": "TZ-18_TO2012"})


def test_a_name_of_two_areas_is_listed_with_both_and_found_by_the_area_it_lies_in() -> None:
    areas = AR | {
        "A1": Area("A1", "San Martín", "AR", 2, "AR-M", kind="department"),
        "A2": Area("A2", "San Martín", "AR", 2, "AR-J", kind="department"),
    }
    result = found("san martin", areas, AFTER)
    assert (result.status, {c.area for c in result.candidates}) == ("ambiguous", {"A1", "A2"})
    inside = match(["San Martín", "San Martín"], areas, AFTER, within=["AR-M", "AR-J"])
    assert [m.area.id for m in inside if m.area] == ["A1", "A2"]
    (elsewhere,) = match(["San Martín"], areas, AFTER, within=["AR-B"])
    assert (elsewhere.status, elsewhere.reason[:20]) == ("candidates", "On {date} this is th")


def test_a_town_and_the_district_around_it_are_two_places() -> None:
    areas = TZ | {
        "D1": Area("D1", "Arusha", "TZ", 2, "TZ-01", kind="district"),
        "D2": Area("D2", "Arusha Urban", "TZ", 2, "TZ-01", kind="district"),
        "D3": Area("D3", "Tanga Urban", "TZ", 2, "TZ-25", kind="district"),
    }
    names = {"Arusha": "D1", "Arusha Vijijini": "D1", "Arusha District Council": "D1", "Manispaa ya Arusha": "D2"}
    assert {m.name: m.area.id for m in match(names, areas, AFTER, level=2) if m.area} == names
    assert not found("Tanga Rural", areas, AFTER, 2).resolved  # no plain Tanga stands beside the town
    assert not found("Tanga", areas, AFTER, 2).resolved


def test_a_name_at_another_level_is_said_and_not_taken() -> None:
    result = found("Bhojpur", NP, BEFORE, 1)
    assert (result.status, result.candidates[0].area) == ("candidates", "NP0110")
    assert "at another level" in result.said()


def test_codes_match_only_as_written() -> None:
    assert found("TZ-01", TZ, AFTER).area == TZ["TZ-01"]  # Arusha in ISO 3166-2
    assert found("TZ01", TZ, AFTER).area == TZ["TZ-03"]  # Dodoma in OCHA's list
    assert found("KE030", KE, AFTER).area == KE["KE-01"]


def test_reasons_are_said_in_the_language_of_the_reader_with_every_fact() -> None:
    for language in ("en", "es", "sw", "ne"):
        with speaking(language):
            for name in ("Geita", "Qqq", "Mwnza"):
                assert "{" not in found(name, TZ, BEFORE).said()


@given(st.text(max_size=30))
def test_any_text_is_matched_without_a_fault(text: str) -> None:
    for result in match([text], KE, AFTER):
        assert result.resolved or result.candidates
    assert key(text).core or not folded(text)


def test_blank_names_are_left_out_and_names_come_once_in_their_order() -> None:
    assert [m.name for m in match(["Tanga", "", " ", "Mara", "Tanga"], TZ, AFTER)] == ["Tanga", "Mara"]


# --- all place columns of the real data -----------------------------------------------------------------------------


@cache
def _listed(path: Path, country: str, since: date | None, home: Path) -> dict[str, Area]:
    if country != "NP":
        import_list(path.read_bytes(), path.name, home, country=country, valid_from=since)
    return areas_at_hand(country, home)


@pytest.mark.shared
@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.what)
def test_all_names_of_the_real_data_are_resolved_or_listed_with_candidates(
    column: PlaceColumn, shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.getbasetemp() / "areas"
    areas = _listed(shared / "reference/ocha_global_pcodes_adm1_adm2.csv.gz", column.country, column.since, home)
    matches = match(column.names(shared), areas, column.day, level=column.level)
    assert [m.name for m in matches if not m.resolved and not m.candidates] == []
    assert (len(matches), sum(m.resolved for m in matches)) == (column.distinct, column.resolved)


def test_the_page_gives_the_figures_of_all_place_columns() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "reference" / "areas.md"
    table = page.read_text("utf-8").partition("## How many names are found")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line[:1] == "|"]
    assert rows[2:] == [[c.what, c.day.isoformat(), f"{c.distinct}", f"{c.resolved}"] for c in COLUMNS]
