"""Every country is a place, by its code or its name in four languages, also where no list of its own ships."""

import csv
import io

import pytest

from datashift.errors import BadRecipe
from datashift.standards.areas import countries, country_named, known_areas, world


@pytest.mark.parametrize(
    ("name", "code"),
    [("Kenya", "KE"), ("नेपाल", "NP"), ("Alemania", "DE"), ("Ujerumani", "DE"), ("ECUADOR", "EC"), ("tza", "TZ"),
     ("Cote D_ivoire", "CI"), ("United Republic of Tanzania", "TZ")],
)  # fmt: skip
def test_a_country_is_known_by_its_names_and_codes(name: str, code: str) -> None:
    assert country_named(name) == code


def test_a_word_that_is_no_country_is_none() -> None:
    assert country_named("EMPTY") is None


def test_a_country_without_a_list_has_itself_as_its_one_area() -> None:
    assert "IQ" not in countries()
    assert list(known_areas("IQ")) == ["IQ"]
    assert known_areas("IQ")["IQ"].level == 0


def test_what_is_no_country_has_no_areas() -> None:
    with pytest.raises(BadRecipe, match="no area list ships for QQ"):
        known_areas("QQ")


@pytest.mark.shared
def test_the_codes_are_those_of_the_list_of_the_united_nations(shared) -> None:
    text = (shared / "reference/ocha_countries_territories_taxonomy.csv").read_text("utf-8")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["ID"].isdigit()]
    theirs = {
        row["ISO 3166-1 Alpha 2-Codes"]: (row["ISO 3166-1 Alpha 3-Codes"], row["m49 numerical code"].zfill(3))
        for row in rows
        if row["ISO 3166-1 Alpha 2-Codes"] and row["m49 numerical code"] and row["Deprecated"] != "Y"
    }
    ours = {code: (area.aliases[0], area.code) for code, area in world().items()}
    assert len(ours) == 249
    assert {code: ours.get(code) for code in theirs} == theirs
