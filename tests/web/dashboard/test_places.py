"""Pages where a reader begins: start, goals, indicators, ledgers, places, embeds."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from datashift.language import LANGUAGES
from datashift.web.dashboard import gathered, reading, refreshing
from datashift.web.dashboard.models import Coverage, Ledger, Release
from datashift.web.frame.models import bump

pytestmark = pytest.mark.django_db

STATIC = Path(gathered.__file__).parents[1] / "static"
COMMON = ("site.css", "charts.css", "mark.svg")
EMBED = "/en/embed/6.1.1/ZZ-02/"


@pytest.fixture
def made(released: Release, monkeypatch: pytest.MonkeyPatch) -> Release:
    monkeypatch.setattr(refreshing, "draw_cards", lambda *_: None)  # no page here shows one
    refreshing.refresh("ZZ", lambda _text: None)
    return released


def page(path: str, status: int = 200) -> str:
    answer = Client().get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def numbers(html: str) -> list[float]:
    return [float(value) for value in re.findall(r'<data value="([^"]+)"', html)]


def heading(html: str) -> str:
    found = re.findall(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)
    assert len(found) == 1
    return str(found[0])


def weight(html: str, *files: str) -> int:
    return sum(len(gzip.compress(one, 6)) for one in (html.encode(), *((STATIC / f).read_bytes() for f in files)))


# --- start ------------------------------------------------------------------------------------------------------------


def test_an_empty_site_says_so_and_leads_on() -> None:
    html = page("/en/")
    for country in gathered.FIRST:
        assert f'href="/en/place/{country}/"' in html
    assert "Nothing is published yet." in html
    assert 'role="search"' in html
    assert html.count('href="/en/work/"') >= 2


def test_the_start_page_tells_the_finding_with_its_figure_and_that_it_is_made_up(made: Release) -> None:
    html = page("/en/")
    figure = made.figures.get(area="ZZ", measure="WP_FUNCTIONAL", breakdown="")
    assert made.texts["finding"]["en"] in html
    assert numbers(html) == [float(f"{figure.value:.10g}")]
    assert "These figures are made up" in html
    assert 'href="/en/indicator/6.1.1/ZZ/"' in html


def test_where_nobody_counts_is_told_of_real_countries_only(made: Release) -> None:
    cells = [{"year": 2020, "who": "officials", "citizen": "", "official": "measured"}]
    told = {"years": [2015, 2026], "indicators": [{"code": "6.1.1", "cells": cells}, {"code": "3.2.1", "cells": []}]}
    Coverage.objects.create(country="KE", told=told)
    assert [(one["code"], one["kinds"]) for one in gathered.uncounted()] == [("KE", ["official", "nobody"])]
    assert "nobody counted 1 of 2 indicators" in page("/en/")


# --- goals and indicators ---------------------------------------------------------------------------------------------


def test_every_goal_counts_its_indicators_once(made: Release) -> None:
    board = gathered.board()
    assert [one["number"] for one in board] == list(range(1, 18))
    assert sum(len(one["kinds"]) + one["unseen"] for one in board) == len(reading.indicators())
    water = board[5]
    assert water["kinds"][0] == "citizen"
    assert page("/en/goals/").count('<li class="pair">') == 17


def test_a_goal_says_who_counted_last_and_rings_lead_to_the_gap(made: Release) -> None:
    Ledger.objects.create(
        indicator="6.1.1", area="KE", area_name="Kenya", country="KE",
        short={
            "finding": {}, "title": {}, "word": {}, "unit": "PT", "simulated": False, "citizen": None,
            "official": {"value": 61.0, "lower": None, "upper": None, "nature": "M", "period": "2020", "source": "JMP"},
        },
    )  # fmt: skip
    cells = [{"year": 2019, "who": "nobody", "citizen": "", "official": ""}]
    Coverage.objects.create(country="KE", told={"indicators": [{"code": "6.2.1", "cells": cells}]})
    html = page("/en/goals/6/")
    counted, ring = (html[html.index(f'href="/en/indicator/{code}/KE/"') :][:400] for code in ("6.1.1", "6.2.1"))
    assert "official modelled" in counted
    assert "2020" in counted
    assert 'class="empty"' in ring
    assert "nobody counted: Kenya" in ring
    assert "not looked at yet: Kenya" in html


@pytest.mark.parametrize(
    "path", ["goals/18/", "goals/0/", "indicator/99.9.9/", "indicator/6.1.1/nowhere/", "place/X9/"]
)
def test_what_does_not_exist_is_not_found(path: str) -> None:
    page(f"/en/{path}", 404)


def test_an_indicator_puts_countries_side_by_side_and_made_up_ones_apart(made: Release) -> None:
    html = page("/en/indicator/6.1.1/")
    assert heading(html) == "6.1.1 People using safe drinking water"
    assert html.index("These figures are made up") < html.index('href="/en/indicator/6.1.1/ZZ/"')
    for country in gathered.FIRST:
        assert f'href="/en/indicator/6.1.1/{country}/"' in html
    shown = [value for row in reading.ledgers(indicator="6.1.1") for value in _values(row)]
    assert sorted(numbers(html)) == sorted(float(f"{value:.10g}") for value in shown)


def _values(row: dict[str, Any]) -> list[float]:
    sides = (row["citizen"], row["official"])
    return [one["value"] for one in sides if one and one["value"] is not None]


def test_an_indicator_that_is_known_and_not_counted_invites(made: Release) -> None:
    html = page("/en/indicator/3.2.1/")
    assert "No figure is here yet, from nobody." in html
    assert "help to fill this gap" in html


def test_where_nobody_looked_it_is_not_said_that_nobody_counted(made: Release) -> None:
    unseen = page("/en/indicator/3.2.1/")
    assert "Nobody counted this here" not in unseen
    assert "Not looked at yet" in unseen
    Coverage.objects.create(country="KE", told={"indicators": [{"code": "3.2.1", "cells": []}]})
    bump()
    assert "Nobody counted this here" in page("/en/indicator/3.2.1/")


def test_what_is_hidden_is_locked_in_lists_too_and_never_said_to_be_uncounted() -> None:
    hidden = {"measure": "M", "status": "Q", "reason": {"en": "Too few."}}
    common = {"finding": {}, "title": {}, "word": {}, "unit": "PT", "simulated": False, "official": None}
    where = {"indicator": "6.1.1", "area": "ZZ-09", "area_name": "Here", "country": "ZZ"}
    (row,) = gathered.listed([{**common, **where, "citizen": None, "hidden": hidden}])
    assert (row["value"], row["status"], row["reason"]) == (None, "Q", "Too few.")


def test_a_part_of_which_officials_tell_is_not_said_to_be_counted_by_nobody() -> None:
    told = {"areas": [{"id": "KE-14", "cells": [{"indicator": "6.1.1", "who": "official", "last": 2015}]}],
            "indicators": [{"code": "6.1.1", "cells": []}]}  # fmt: skip
    Coverage.objects.create(country="KE", told=told)
    assert "Nobody counted" not in page("/en/indicator/6.1.1/KE-14/")
    assert "Nobody counted" in page("/en/indicator/6.1.1/KE-03/")


# --- the ledger -------------------------------------------------------------------------------------------------------


def test_the_title_of_a_ledger_is_its_finding(made: Release) -> None:
    for language in LANGUAGES:
        told = reading.ledger_of("6.1.1", "ZZ-02", language)
        assert told is not None
        html = page(f"/{language}/indicator/6.1.1/ZZ-02/")
        assert heading(html) == told["finding"]
        assert f"<title>{told['finding']} · DataShift</title>" in html
        assert f'property="og:title" content="{told["finding"]}"' in html


def test_every_number_of_a_ledger_is_one_of_its_record(made: Release) -> None:
    told = reading.ledger_of("6.1.1", "ZZ", "en")
    assert told is not None
    points = [point["value"] for one in told["series"] for point in one["points"]]
    rows = [*told["areas"], *told["groups"], *told["measures"]]
    official = [row["official"]["value"] for row in told["areas"] if row["official"]]
    known = {f"{v:.10g}" for v in (*points, *official, *(row["value"] for row in rows)) if v is not None}
    html = page("/en/indicator/6.1.1/ZZ/")
    assert {f"{value:.10g}" for value in numbers(html)} == known


def test_a_ledger_answers_every_question_in_its_order(made: Release) -> None:
    html = page("/en/indicator/6.1.1/ZZ-02/")
    asked = ["<h2>Is there a gap?", "How sure are we?", "Who was counted, who was not?", "Where the figures come from",
             "Take it with you", "How this was made"]  # fmt: skip
    places = [html.index(question) for question in asked]
    assert places == sorted(places)
    verdict = made.beside.get(area="ZZ-02", breakdown="")
    assert f'<span class="word">{verdict.word["en"]}</span>' in html
    assert verdict.reason["en"] in html


def test_a_ledger_leads_to_the_making_of_every_figure_and_to_all_ways_to_take_it(made: Release) -> None:
    html = page("/en/indicator/6.1.1/ZZ/")
    for measure in ("WP_FUNCTIONAL", "WP_FUNCTIONAL_OR_REPAIR"):
        assert f'href="/en/release/{made.pk}/figure/{measure}/ZZ/?period=2024"' in html
    assert f'href="/en/release/{made.pk}/figure/WP_FUNCTIONAL/ZZ-03/?period=2024"' in html
    assert "/api/v1/figures?indicator=6.1.1&amp;area=ZZ&amp;format=csv" in html
    assert "&lt;iframe src=" in html
    assert f"/en/release/{made.pk}/dossier/" in html
    assert f"/card/{made.pk}/en.png" in html


def test_areas_stand_on_a_map_and_in_a_table_hidden_ones_last(made: Release) -> None:
    html = page("/en/indicator/6.1.1/ZZ/")
    assert '<figure class="map">' in html
    table = html[html.index("By area, the highest first") :]
    table = table[: table.index("</table>")]
    names = re.findall(r'<th scope="row"[^>]*>([^<]+)', table)
    told = reading.ledger_of("6.1.1", "ZZ", "en")
    assert told is not None
    shown = sorted((row for row in told["areas"] if row["value"] is not None), key=lambda row: -row["value"])
    hidden = sorted(row["area_name"] for row in told["areas"] if row["value"] is None)
    assert names[1:] == [*(row["area_name"] for row in shown), *hidden]


def test_groups_stand_apart_by_what_makes_them_groups(made: Release) -> None:
    told = reading.ledger_of("6.1.1", "ZZ", "en")
    assert told is not None
    kinds = {gathered.kind_of_group(row) for row in told["groups"]}
    assert len(gathered.groups(told, [made])) == len(kinds)
    assert page("/en/indicator/6.1.1/ZZ/").count("<h2>By group: ") == len(kinds)


def test_where_nobody_counted_the_page_says_so_and_helps() -> None:
    Coverage.objects.create(country="KE", told={"indicators": [{"code": "3.2.1", "cells": []}], "uncounted": ["3.2.1"]})
    html = page("/en/indicator/3.2.1/KE/")
    assert heading(html).startswith("Nobody counted this in Kenya")
    assert 'href="/en/work/"' in html
    assert 'href="/en/coverage/KE/"' in html
    assert heading(page("/en/indicator/3.2.1/NP/")).startswith("No figure for Nepal yet")


def test_the_nearest_places_are_real_ones_of_the_same_country_first() -> None:
    for country, area, simulated in (
        ("TZ", "TZ-02", False),
        ("TZ", "TZ", False),
        ("KE", "KE-30", False),
        ("ZZ", "ZZ", True),
    ):
        short = {"finding": {}, "title": {}, "word": {}, "unit": "PT", "simulated": simulated}
        Ledger.objects.create(
            indicator="3.2.1", area=area, area_name=area, country=country, counted=True,
            short={**short, "citizen": None, "official": None},
        )  # fmt: skip
    near = gathered.near("3.2.1", {"id": "KE-01", "country": "KE"})
    assert [one["area"] for one in near] == ["KE-30", "TZ", "TZ-02"]


def test_a_release_whose_page_is_not_made_yet_is_not_called_a_gap(released: Release) -> None:
    html = page("/en/indicator/6.1.1/ZZ-02/")
    assert heading(html).startswith("This page is being made")
    assert f'href="/en/release/{released.pk}/"' in html
    assert "obody counted" not in heading(html)


# --- places -----------------------------------------------------------------------------------------------------------


def test_a_place_tells_what_is_known_and_names_its_parts(made: Release) -> None:
    html = page("/en/place/ZZ/")
    told = reading.ledger_of("6.1.1", "ZZ", "en")
    assert told is not None
    assert told["finding"] in html
    for area in made.figures.filter(breakdown="").exclude(area="ZZ").values_list("area", flat=True).distinct():
        assert f'href="/en/place/{area}/"' in html
    assert f'href="/en/release/{made.pk}/"' in html
    assert 'href="/en/compare/"' in html


def test_a_part_that_was_counted_in_former_borders_is_still_found() -> None:
    Ledger.objects.create(
        indicator="6.1.1", area="TZ-04_TO2012", area_name="Iringa", country="TZ", counted=True,
        short={"finding": {}, "title": {}, "word": {}, "unit": "PT", "simulated": False, "citizen": None,
               "official": None},
    )  # fmt: skip
    html = page("/en/place/TZ/")
    assert 'href="/en/place/TZ-04_TO2012/"' in html
    assert "in its borders until 2012" in html


def test_nepali_pages_write_nepali_digits(made: Release) -> None:
    html = page("/ne/indicator/6.1.1/ZZ/")
    table = html[html.index('<table class="dots') : html.index("</table>")]
    words = re.sub(r"<[^>]*>", " ", table)
    assert re.search("[०-९]", words)
    assert not re.search("[0-9]", words)


# --- embed and what all pages share -----------------------------------------------------------------------------------


def test_an_embed_may_be_framed_anywhere_and_no_other_page_may(made: Release) -> None:
    for _again in range(2):  # the second is the kept page
        answer = Client().get(EMBED)
        assert answer.status_code == 200
        assert "X-Frame-Options" not in answer
        policy = answer["Content-Security-Policy"]
        assert "frame-ancestors *" in policy
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
    other = Client().get("/en/indicator/6.1.1/ZZ-02/")
    assert other["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in other["Content-Security-Policy"]


def test_an_embed_is_tiny_and_leads_back(made: Release) -> None:
    html = page(EMBED)
    assert weight(html, "embed.css") < 5 * 1024
    assert "<script" not in html
    assert " style=" not in html
    assert 'href="/en/indicator/6.1.1/ZZ-02/" target="_top"' in html
    assert "These figures are made up." in html
    page("/en/embed/3.2.1/KE/", 404)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_light_and_knows_its_other_languages(made: Release, language: str) -> None:
    paths = ["", "goals/", "goals/6/", "indicator/6.1.1/", "indicator/6.1.1/ZZ/", "indicator/6.1.1/ZZ-02/",
             "indicator/3.2.1/KE/", "place/ZZ/", "place/KE/"]  # fmt: skip
    for path in paths:
        html = page(f"/{language}/{path}")
        heading(html)
        assert weight(html, *COMMON) < 25 * 1024, path
        assert f'rel="canonical" href="http://localhost:8000/{language}/{path}"' in html
        others = re.findall(r'<link rel="alternate" hreflang="(\w\w)"', html)
        assert others == list(LANGUAGES)
        assert " style=" not in html
        assert "<script" not in html


def test_a_page_is_made_again_when_something_public_changes() -> None:
    client = Client()
    before = client.get("/en/place/KE/")
    Ledger.objects.create(
        indicator="6.1.1", area="KE", area_name="Kenya", country="KE", counted=True,
        short={"finding": {"en": "Found."}, "title": {"en": "Water"}, "word": {}, "unit": "PT", "simulated": False,
               "citizen": None, "official": None},
    )  # fmt: skip
    assert client.get("/en/place/KE/")["ETag"] == before["ETag"]
    bump()
    assert "Found." in client.get("/en/place/KE/").content.decode()


@pytest.mark.shared
def test_tanzania_is_shown_with_its_regions_and_no_gap_between_different_concepts(
    real_release: Callable[[str], Release],
) -> None:
    release = real_release("tza-waterpoints")
    refreshing.refresh("TZ", lambda _text: None)
    html = page(f"/en/indicator/6.1.1/{release.whole}/")
    assert "cannot be compared, because …" in html
    assert 'class="gap"' not in html
    assert 'class="unsure"' not in html
    assert '<figure class="map">' in html
    regions = release.figures.filter(measure="WP_FUNCTIONAL", breakdown="").exclude(area=release.whole)
    shown = set(numbers(html))
    assert {float(f"{one.value:.10g}") for one in regions if one.value is not None} <= shown
    assert weight(html, *COMMON) < 25 * 1024
    links = re.findall(r'href="(/en/release/[^"]*)"', page("/en/indicator/6.1.1/") + html + page("/en/place/TZ/"))
    assert any(f"/figure/WP_FUNCTIONAL/{release.whole}/" in link for link in links)
    for link in set(links[:5]):
        page(link.replace("&amp;", "&"))
