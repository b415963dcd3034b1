from datetime import date

import pytest

from datashift.errors import BadStandard
from datashift.language import LANGUAGES
from datashift.legal import Tick, countries_with_a_gate, legal_of, open_items, parse_legal

ITEM = """
country = "TZ"
read = 2026-01-01
[[items]]
id = "one"
law = "An Act"
first_hand = true
sources = ["https://example.org/act"]
text = { en = "a", es = "b", sw = "c", ne = "d" }
question = { en = "a", es = "b", sw = "c", ne = "d" }
"""


@pytest.mark.parametrize("country", ["AR", "KE", "NP", "TZ"])
def test_each_country_has_its_laws_of_statistics_and_of_personal_data_in_four_languages(country):
    legal = legal_of(country)
    assert legal is not None
    assert len(legal.items) >= 4
    for item in legal.items:
        assert all(item.text[language] and item.question[language] for language in LANGUAGES)
        assert all(source.startswith("http") for source in item.sources)
    names = {item.id for item in legal.items}
    assert names & {"data-protection", "privacy"}
    assert names & {"statistics-approval", "official-statistics", "statistics-permission", "who-may-publish"}


def test_no_item_that_ships_claims_that_a_lawyer_confirmed_it():
    found = [item for country in countries_with_a_gate() for item in legal_of(country).items]
    assert found
    assert all(item.confirmed is None for item in found)


def test_a_country_nobody_read_about_has_no_list_and_nothing_to_tick():
    assert legal_of("FR") is None
    assert open_items(None, ()) == ()


def test_an_item_is_open_until_it_is_ticked_in_this_reading_of_the_file():
    legal = legal_of("KE")
    first = legal.items[0]
    old = Tick(first.id, "2020-01-01", 1, "2026-11-23T10:00:00")
    now = Tick(first.id, legal.read.isoformat(), 1, "2026-11-23T10:00:00")
    assert open_items(legal, [old]) == legal.items
    assert open_items(legal, [now]) == legal.items[1:]
    assert open_items(legal, [{"item": first.id, "read": legal.read.isoformat()}]) == legal.items[1:]


def test_who_confirmed_an_item_stands_with_the_day():
    whole = ITEM.replace("law =", 'confirmed_by = "A lawyer"\nconfirmed_on = 2026-02-03\nlaw =')
    confirmed = parse_legal(whole, "x.toml").items[0].confirmed
    assert (confirmed.by, confirmed.on) == ("A lawyer", date(2026, 2, 3))


@pytest.mark.parametrize(
    ("was", "becomes", "field"),
    [
        ('ne = "d" }\nquestion', 'ne = "" }\nquestion', "items.0.text"),
        ('["https://example.org/act"]', "[]", "items.0.sources"),
        ('"https://example.org/act"', '"somebody told me"', "items.0.sources.0"),
        ("law =", 'confirmed_by = "A lawyer"\nlaw =', "items.0"),
        ('country = "TZ"', 'country = "Tanzania"', "country"),
        ("read = 2026-01-01", "", "read"),
        ("first_hand = true", "", "items.0.first_hand"),
        ('id = "one"', "id = ", "TOML"),
    ],
)
def test_a_list_that_lacks_a_language_a_source_or_a_day_is_refused(was, becomes, field):
    with pytest.raises(BadStandard) as refused:
        parse_legal(ITEM.replace(was, becomes), "x.toml")
    assert refused.value.code == "standard.legal"
    assert refused.value.facts["field"] == field


def test_the_same_item_twice_is_refused():
    with pytest.raises(BadStandard):
        parse_legal(ITEM + ITEM[ITEM.index("[[items]]") :], "x.toml")
