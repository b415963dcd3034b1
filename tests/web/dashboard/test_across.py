"""Pages across places: comparison, coverage, search, organisations, methods."""

from __future__ import annotations

import gzip
import re
import time
from typing import Any

import pytest
from django.test import Client
from site_reader import read

from datashift.web.dashboard import differing, reading
from datashift.web.dashboard.models import Coverage, Figure, Release
from datashift.web.dashboard.searching import _kept, build, search
from datashift.web.dashboard.words import WHO
from datashift.web.frame.models import bump
from datashift.web.people.models import Organisation

pytestmark = pytest.mark.django_db

LANGUAGES = ["en", "es", "sw", "ne"]


def figure(release: Release, area: str = "ZZ-01", **facts: Any) -> Figure:
    known = {"value": 50.0, "se": 2.0, "lower": 46.0, "upper": 54.0, "unit": "PT", "status": "A", "period": "2024",
             "measure": "WP_FUNCTIONAL", "area_name": area, "year": 2024, "n": 600}  # fmt: skip
    return Figure(release=release, area=area, **(known | facts))


@pytest.fixture
def sample(released: Release) -> Release:
    """The demo as if its points had been drawn by chance."""
    released.sampling_type = "probability"
    released.save()
    return released


# --- two places -------------------------------------------------------------------------------------------------------


def test_places_whose_intervals_lie_far_apart_are_shown_to_differ(sample: Release) -> None:
    high, low = figure(sample), figure(sample, "ZZ-02", value=30.0, lower=26.0, upper=34.0)
    (pair,) = differing.pairs([low, high])
    assert (pair.one, pair.word) == (high, "shows")
    assert pair.difference == 20
    # The distances of the limits, added as squares.
    assert (pair.lower, pair.upper) == pytest.approx((20 - 32**0.5, 20 + 32**0.5))
    assert "20 percentage points" in pair.reason


def test_a_difference_that_may_be_nothing_cannot_be_told(sample: Release) -> None:
    (pair,) = differing.pairs([figure(sample), figure(sample, "ZZ-02", value=47.0, lower=43.0, upper=62.0)])
    assert pair.word == "cannot tell"
    assert pair.lower is not None
    assert pair.lower < 0 < (pair.upper or 0)


def test_a_difference_smaller_than_what_matters_is_said_to_be_consistent(sample: Release) -> None:
    close = {"lower": 49.5, "upper": 50.5, "se": 0.25}
    (pair,) = differing.pairs([figure(sample, **close), figure(sample, "ZZ-02", **(close | {"value": 50.2}))])
    assert pair.word == "is consistent with"


def test_another_year_weakens_the_word(sample: Release) -> None:
    low = figure(sample, "ZZ-02", value=30.0, lower=26.0, upper=34.0, period="2022", year=2022)
    assert differing.pairs([figure(sample), low])[0].word == "suggests"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"unit": "PS"}, "different units"),
        ({"period": "2010", "year": 2010}, "14 years lie between them"),
        ({"area": "ZZ", "area_name": "Tavelia"}, "lies inside Tavelia"),
        ({"kit_version": "2.0.0"}, "different kits"),
        ({"simulated": False}, "simulated"),
    ],
)
def test_what_counts_another_thing_is_not_set_against_it(sample: Release, change: dict[str, Any], says: str) -> None:
    other = Release.objects.get(pk=sample.pk)
    for name in ("kit_version", "simulated"):
        setattr(other, name, change.pop(name, getattr(other, name)))
    area = change.pop("area", "ZZ-02")
    (pair,) = differing.pairs([figure(sample), figure(other, area, **({"value": 20.0} | change))])
    assert pair.word == "cannot be compared, because …"
    assert says in pair.reason
    assert (pair.difference, pair.lower) == (None, None)


def test_answers_that_were_not_drawn_by_chance_cannot_tell(released: Release) -> None:
    released.sampling_type = "volunteer"
    (pair,) = differing.pairs([figure(released), figure(released, "ZZ-02", value=10.0, lower=9.0, upper=11.0)])
    assert pair.word == "cannot tell"
    assert "They differ by 40 percentage points. Not all answers were drawn by chance" in pair.reason


@pytest.mark.parametrize("unsure", [{"se": None, "lower": None, "upper": None}, {"se": 0.0}])
def test_a_figure_without_uncertainty_cannot_tell(sample: Release, unsure: dict[str, Any]) -> None:
    (pair,) = differing.pairs([figure(sample), figure(sample, "ZZ-02", **({"value": 10.0} | unsure))])
    assert pair.word == "cannot tell"
    assert "is not known" in pair.reason


def test_one_of_many_comparisons_may_look_like_a_difference_by_chance(sample: Release) -> None:
    top = figure(sample, "ZZ-01", value=56.0, lower=52.0, upper=60.0)
    others = [figure(sample, f"ZZ-{k}", value=50.0, lower=46.0, upper=54.0) for k in range(10, 14)]
    last = figure(sample, "ZZ-20", value=50.0 - 0.1, lower=46.0, upper=53.9)
    alone = differing.pairs([top, others[0]])[0]
    among = differing.pairs([top, *others, last])
    assert alone.word == "shows"
    assert len(among) == 5
    crowd = [figure(sample, f"ZZ-{k}", value=55.0, lower=51.0, upper=59.0) for k in range(30, 41)]
    many = differing.pairs([top, others[0], *crowd])
    assert next(pair for pair in many if pair.other is others[0]).word == "cannot tell"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_comparison_shows_something_before_anything_is_chosen(released: Release, language: str) -> None:
    page = read(Client(), f"/{language}/compare/")
    assert page.status == 200
    assert len(page.numbers) >= 3
    assert "<select" in page.html
    assert page.inline == []


def test_the_comparison_shows_the_places_that_were_ticked(released: Release) -> None:
    query = "?indicator=6.1.1&measure=WP_FUNCTIONAL_OR_REPAIR&place=ZZ-02&place=ZZ-04&place=nowhere"
    page = read(Client(), f"/en/compare/{query}")
    values = dict(reading.figures(measure="WP_FUNCTIONAL_OR_REPAIR", breakdown="").values_list("area", "value"))
    assert sorted(page.numbers) == pytest.approx(sorted([values["ZZ-02"], values["ZZ-04"]]), rel=1e-9)


@pytest.mark.parametrize("query", ["?indicator=<script>", "?place=x&place=y", "?measure=%00", "?indicator=99.9.9"])
def test_the_comparison_survives_what_makes_no_sense(released: Release, query: str) -> None:
    page = read(Client(), f"/en/compare/{query}")
    assert page.status == 200
    assert "<script>" not in page.html


def test_without_a_figure_the_comparison_says_so(db: None) -> None:
    assert "nothing to compare yet" in read(Client(), "/en/compare/").html


# --- who counted what -------------------------------------------------------------------------------------------------


def told(count: int = 200, years: tuple[int, int] = (2012, 2026)) -> dict[str, Any]:
    """A country in which every kind of cell is somewhere."""
    kinds = ("both", "citizens", "official", "part", "hidden", "modelled", "nobody")
    known = reading.indicators()[:count]
    rows = []
    for k, one in enumerate(known):
        span = range(years[0], years[1] + 1)
        cells = [{"year": y, "who": kinds[(k * 7 + y * (k % 5)) % 7] if k % 3 else "nobody"} for y in span]
        cells = [cell | {"citizen": "", "official": ""} for cell in cells]
        last = max((c["year"] for c in cells if c["who"] not in ("nobody", "modelled")), default=None)
        rows.append({"code": one["code"], "label": one["label"], "cells": cells, "last": last})
    gap = {"indicator": known[0]["code"], "area": "ZZ", "group": "", "sentence": {"en": "Nobody counted it."}}
    return {
        "years": list(years), "indicators": rows, "uncounted": [row["code"] for row in rows if row["last"] is None],
        "gaps": [gap] * 30, "areas": [], "groups": [], "finding": {"en": "Much is empty."}, "producers": ["A", "B"],
    }  # fmt: skip


@pytest.fixture
def counted(db: None) -> Coverage:
    made = Coverage.objects.create(country="ZZ", told=told())
    bump()
    return made


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_matrix_of_two_hundred_indicators_is_light(counted: Coverage, language: str) -> None:
    page = read(Client(), f"/{language}/coverage/ZZ/")
    assert page.status == 200
    assert len(gzip.compress(page.html.encode(), 6)) < 44 * 1024
    assert page.inline == []


def test_every_kind_of_cell_has_a_shape_and_words(counted: Coverage) -> None:
    html = read(Client(), "/en/coverage/ZZ/").html
    for kind, words in WHO.items():
        assert re.search(rf'class="w w-{kind}"[^>]*><span>{words}</span>', html), kind


def test_every_row_of_the_matrix_has_as_many_years_as_its_head(counted: Coverage) -> None:
    html = read(Client(), "/en/coverage/ZZ/").html
    rows = re.findall(r'<tr><th scope="row">.*?</tr>', html, re.S)
    assert len(rows) == 200
    for row in rows:
        spans = [int(span or 1) for span in re.findall(r'<td(?: colspan="(\d+)")?>', row)]
        assert sum(spans) == 15


def test_empty_rings_lead_to_what_is_known(counted: Coverage) -> None:
    page = read(Client(), "/en/coverage/ZZ/")
    code = counted.told["uncounted"][0]
    assert page.links.count(f"/en/indicator/{code}/ZZ/") >= 2
    assert "What nobody counted" in page.html


def test_a_goal_can_be_chosen(counted: Coverage) -> None:
    page = read(Client(), "/en/coverage/ZZ/?goal=6")
    codes = re.findall(r'<th scope="row"><a [^>]*>([\w.]+)</a>', page.html)
    assert codes
    assert all(code.startswith("6.") for code in codes)


@pytest.mark.parametrize("goal", ["x", "99", "-1", "6'"])
def test_a_goal_that_is_none_shows_all(counted: Coverage, goal: str) -> None:
    assert read(Client(), f"/en/coverage/ZZ/?goal={goal}").html.count('<tr><th scope="row">') == 200


def test_a_country_nobody_looked_at_says_so_instead_of_a_matrix(db: None) -> None:
    assert "no figure by citizens was released here" in read(Client(), "/en/coverage/TZ/").html
    assert Client().get("/en/coverage/nowhere/").status_code == 404
    page = read(Client(), "/en/coverage/")
    assert "Not looked at yet" in page.html


def test_the_overview_says_how_much_nobody_counted_of_what_was_looked_at(counted: Coverage) -> None:
    Coverage.objects.create(country="KE", told=counted.told)
    page = read(Client(), "/en/coverage/")
    assert "/en/coverage/KE/" in page.links
    assert counted.told["finding"]["en"] in page.html
    assert "We can only tell for the sources we look at." in page.html


def test_of_a_made_up_country_it_is_not_said_that_nobody_counts(counted: Coverage) -> None:
    assert "/en/coverage/ZZ/" not in read(Client(), "/en/coverage/").links


# --- search -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("Kenya", "/en/place/KE/"),
        ("kenia", "/en/place/KE/"),
        ("Tanzanai", "/en/place/TZ/"),
        ("6.1.1", "/en/indicator/6.1.1/"),
        ("drinking water", "/en/indicator/6.1.1/"),
        ("drinkng watter", "/en/indicator/6.1.1/"),
        ("morogoro", "/en/place/TZ-16/"),
        ("mrogoro", "/en/place/TZ-16/"),
        ("Cordoba", "/en/place/AR-X/"),
        ("नेपाल", "/en/place/NP/"),
        ("Water Watch", "/en/organisations/water-watch/"),
        ("tavelia", "/en/release/"),
        ("what we refuse", "/en/methods/#refuse"),
        ("Goal 6", "/en/goals/6/"),
    ],
)
def test_what_is_asked_for_is_found(released: Release, asked: str, leads_to: str) -> None:
    page = read(Client(), f"/en/search/?q={asked}")
    assert page.status == 200
    hits = re.findall(r'<ul class="hits">(.*?)</ul>', page.html, re.S)
    links = [link for part in hits for link in re.findall(r'href="([^"]+)"', part)]
    assert any(link.startswith(leads_to) for link in links)


def test_the_best_hit_comes_first(released: Release) -> None:
    hits = search("Kenya")
    assert next(iter(hits.values()))[0].address.endswith("/place/KE/")
    assert next(iter(search("6.1.1").values()))[0].name.startswith("6.1.1 ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_in_any_language_is_found_in_its_own_words(released: Release, language: str) -> None:
    known = reading.indicator("6.1.1")
    assert known is not None
    page = read(Client(), f"/{language}/search/?q={known['label'][language][:40]}")
    assert f"/{language}/indicator/6.1.1/" in page.links


@pytest.mark.parametrize("asked", ["<script>alert(1)</script>", '"><b>', "x" * 5000, "%00", "   ", "🙂", "' OR 1=1"])
def test_a_strange_question_is_shown_as_text(released: Release, asked: str) -> None:
    answer = Client().get("/en/search/", {"q": asked})
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content
    assert b'"><b>' not in answer.content


def test_nothing_found_says_where_else_to_look(released: Release) -> None:
    page = read(Client(), "/en/search/?q=qqqqzzzz")
    assert "Nothing is known here by that name" in page.html
    assert "/en/place/KE/" in page.links


def test_an_anonymous_organisation_is_not_found_by_its_name(released: Release) -> None:
    Organisation.objects.filter(slug="water-watch").update(anonymous=True, name="Hidden Friends")
    bump()
    _kept.indexes.clear()
    page = read(Client(), "/en/search/?q=Hidden Friends")
    assert "water-watch" not in page.html
    assert "/en/organisations/water-watch/" in read(Client(), "/en/search/?q=water-watch").links


def test_search_is_quick(released: Release) -> None:
    started = time.process_time()
    build()
    built = time.process_time() - started
    search("warm up")
    started = time.process_time()
    for asked in ("drinkng watter", "Kilimanjaro", "buenos aires", "ghorka", "women"):
        search(asked)
    assert built < 5
    assert (time.process_time() - started) / 5 < 0.5


# --- who and how ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["organisations/", "organisations/water-watch/", "methods/", "data/", "coverage/"])
def test_every_page_opens_in_every_language(released: Release, path: str, language: str) -> None:
    page = read(Client(), f"/{language}/{path}")
    assert (page.status, page.inline) == (200, [])


def test_an_organisation_shows_what_it_released_and_where(released: Release) -> None:
    page = read(Client(), "/en/organisations/water-watch/")
    assert f"/en/release/{released.pk}/" in page.links
    assert "/en/indicator/6.1.1/" in page.links
    assert "/en/place/ZZ/" in page.links


def test_an_anonymous_organisation_shows_its_short_name_alone(released: Release) -> None:
    Organisation.objects.filter(slug="water-watch").update(
        anonymous=True, about="We are the Hidden Friends.", website="https://hidden.example"
    )
    bump()
    for path in ("organisations/", "organisations/water-watch/"):
        html = read(Client(), f"/en/{path}").html
        assert "water-watch" in html
        assert "chose not to give its name" in html
        assert "Water Watch" not in html
        assert "Friends" not in html
        assert "hidden.example" not in html


def test_an_organisation_without_a_release_has_no_page(organisation: Organisation) -> None:
    assert Client().get("/en/organisations/water-watch/").status_code == 404
    assert "Nobody released anything yet" in read(Client(), "/en/organisations/").html


def test_methods_say_what_each_word_needs(db: None) -> None:
    page = read(Client(), "/en/methods/")
    for word in ("shows", "suggests", "is consistent with", "cannot tell", "cannot be compared, because …"):
        assert f'<dt class="word">{word}</dt>' in page.html
    anchors = {link for link in page.links if link.startswith("#")} - {"#main"}
    assert all(f'id="{anchor[1:]}"' in page.html for anchor in anchors)


def test_the_addresses_for_machines_can_be_copied_and_answer(released: Release) -> None:
    html = read(Client(), "/en/data/").html.replace("&amp;", "&")
    addresses = re.findall(r'"http://localhost:8000(/(?:api|sdmx|file)/[^"]*)"', html)
    assert len(addresses) >= 6
    for address in addresses:
        if "/ledger/" not in address:  # made by the worker
            answer = Client().get(address)
            answer.close()
            assert answer.status_code == 200, address
