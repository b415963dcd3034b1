"""Real citizen figures on the pages: what must not be compared is not compared, and nothing says more than is known."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from datashift.official import import_snapshot
from datashift.web.dashboard import reading, refreshing
from datashift.web.dashboard.models import Release
from datashift.web.standards.services import sync

pytestmark = [pytest.mark.django_db, pytest.mark.shared]

CHANGED = {"Iringa", "Kagera", "Mwanza", "Rukwa", "Shinyanga"}
BARRED = "cannot be compared, because …"
NUMBER = re.compile(r'<data value="([^"]+)"')
DIFFERENCES = ("difference", "difference_lower", "difference_upper", "probability", "p_adjusted", "contest")
IMPROVED = (
    "Pipedintodwelling", "Pipedtoyard/Plot", "Publictap/Standpipe", "Borehole/TubeWell", "ProtectedWell",
    "ProtectedSpring", "Rain/Harvestedwater", "Bottledwater", "WaterVendor",
)  # fmt: skip

Real = Callable[[str], Release]
Row = dict[str, Any]


@pytest.fixture
def refreshed(real_release: Real, monkeypatch: pytest.MonkeyPatch) -> Real:
    monkeypatch.setattr(refreshing, "draw_cards", lambda *_: None)

    def one(example: str) -> Release:
        release = real_release(example)
        refreshing.refresh(release.country, lambda _text: None)
        return release

    return one


def page(path: str) -> str:
    answer = Client().get(f"/en/{path}")
    assert answer.status_code == 200, path
    return answer.content.decode()


def text(path: str) -> str:
    """Return what a page says, without its marks, in one line."""
    return plain(page(path))


def plain(markup: str) -> str:
    """Return what is said between the marks of a page, in one line."""
    main = markup.partition("<main")[2].partition("</main>")[0]
    bare = html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", " ", main, flags=re.DOTALL)))
    return " ".join(bare.split())


def api(path: str) -> Any:
    return json.loads(Client().get(f"/api/v1/{path}").content)


def barred(release: Release) -> list[Row]:
    """Return all comparisons of a release, of which none may carry a difference."""
    found = list(api(f"comparisons?release={release.pk}&limit=1000")["items"])
    different = [one for one in found if one["official"]]
    assert different
    for one in different:
        assert one["verdict"] == "not_comparable"
        assert one["word"] == BARRED
        assert one["reason"]
        assert all(one[name] is None for name in DIFFERENCES)
    return found


def speaks_of_no_gap(*paths: str) -> None:
    """No page of different concepts shows a gap, a bridge between the two marks, or says by how much they differ."""
    for path in paths:
        markup = page(path)
        assert 'class="gap"' not in markup
        assert 'class="unsure"' not in markup
        assert 'class="contest"' not in markup
        # Groups may be set against all together: those are figures of one concept.
        told = plain(re.sub(r'(?s)<div class="dossier">.*?dossier/#coverage"', "", markup))
        for phrase in ("shows a gap", "suggests a gap", "no gap", "percentage points"):
            assert phrase not in told, (path, phrase)


def row_of(path: str, name: str, caption: str) -> str:
    table = page(path).partition(caption)[2].partition("</table>")[0]
    return next(row for row in table.split("</tr>") if re.search(rf">{name}<", row))


# --- Tanzania ---------------------------------------------------------------------------------------------------------


def test_tanzanias_changed_regions_are_refused_everywhere_and_nothing_is_subtracted(refreshed: Real) -> None:
    sync()
    release = refreshed("tza-waterpoints")
    found = barred(release)
    ledger = f"indicator/6.1.1/{release.whole}/"
    moved = [one for one in found if one["area_name"] in CHANGED and one["official"]["area"] != one["area"]]
    assert {one["area_name"] for one in moved} == CHANGED
    for one in moved:
        assert one["reason"] not in ("", None)
        row = row_of(ledger, one["area_name"], "By area, the highest first")
        official = f"{one['official']['value']:.10g}"
        assert official not in NUMBER.findall(row)
        assert len(NUMBER.findall(row)) == 1
        for shown in (page(f"indicator/6.1.1/{one['area']}/"), page(f"embed/6.1.1/{one['area']}/")):
            assert official not in NUMBER.findall(shown), one["area_name"]
    told = api("ledger/6.1.1/TZ")["told"]
    assert {row["area_name"] for row in told["areas"] if row["official"] is None} == CHANGED
    assert all(row["difference"] is None and row["verdict_reason"] for row in told["areas"])
    speaks_of_no_gap(ledger, "indicator/6.1.1/", "indicator/6.1.1/TZ/", f"release/{release.pk}/", "place/TZ/", "")


def test_sdmx_holds_no_official_figure_of_a_changed_region(refreshed: Real) -> None:
    sync()
    release = refreshed("tza-waterpoints")
    flow = "DF_WATER_POINT_FUNCTIONALITY"
    answer = Client().get(f"/sdmx/2.1/data/{flow}", headers={"accept": "application/vnd.sdmx.data+csv;version=2.0.0"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    own = {f"{one.value:.10g}" for one in release.figures.exclude(value=None)}
    assert len(rows) == release.figure_count
    assert {row["OBS_VALUE"] for row in rows} - {""} == own
    assert {row["PRODUCER"] for row in rows} == {release.producer}


def test_a_region_that_only_officials_speak_of_is_not_said_to_be_counted_by_nobody(
    refreshed: Real, shared: Path, site: Path
) -> None:
    file = shared / "official" / "jmp" / "jmp_inequality_water_region.csv"
    import_snapshot(file.read_bytes(), file.name, site, source="WHO/UNICEF JMP", released="2021")
    refreshed("tza-waterpoints")
    told = reading.coverage_of("TZ")
    assert told is not None
    counted = set(reading.figures(country="TZ").values_list("area", flat=True))
    officially = [
        area["id"]
        for area in told["areas"]
        if area["id"] not in counted and any(c["indicator"] == "6.1.1" and c["who"] != "nobody" for c in area["cells"])
    ]
    for area in officially[:3]:
        assert "Nobody counted" not in text(f"indicator/6.1.1/{area}/")
        assert "from citizens or from officials" not in text(f"indicator/6.1.1/{area}/")


# --- Kenya ------------------------------------------------------------------------------------------------------------


def test_nairobis_air_stands_beside_the_one_national_value_with_unit_month_and_hidden_sites(refreshed: Real) -> None:
    release = refreshed("ken-nairobi-air")
    (one,) = [c for c in barred(release) if c["official"] and c["measure"] == "PM25_MEAN"]
    assert (one["official"]["period"], one["official"]["nature"]) == ("2016", "E")
    assert one["official"]["value"] == pytest.approx(25.78, abs=0.01)
    ledger = text("indicator/11.6.2/KE/")
    assert "for all towns of Kenya" in ledger
    assert "February 2023" in ledger
    start = text("")
    assert "40 (10 to 210) µg/m³" in start
    speaks_of_no_gap("indicator/11.6.2/KE/", f"release/{release.pk}/", "indicator/11.6.2/", "")
    hidden = release.figures.filter(status="Q", measure="PM25_MEAN")
    assert hidden.count() == 3
    for figure in hidden:
        row = row_of("indicator/11.6.2/", figure.area_name, "The latest figure of each place")
        assert "nobody counted" not in row
        assert "fewer than 10" in row
        opened = text(f"release/{release.pk}/figure/PM25_MEAN/{figure.area}/")
        assert "Answers 0" not in opened
        assert "cells.parquet" not in opened
        assert NUMBER.findall(page(f"release/{release.pk}/figure/PM25_MEAN/{figure.area}/")) == []


def test_the_national_value_is_drawn_as_modelled_and_a_stretch_of_land_is_not_called_the_country(
    refreshed: Real,
) -> None:
    refreshed("ken-nairobi-air")
    refreshed("ken-kwale-water-quality")
    sources = page("indicator/11.6.2/KE/").partition("Where the figures come from")[2].partition("</ul>")[0]
    assert sources.count('class="official modelled"') == 1
    assert 'class="official"' not in sources
    kenya = row_of("indicator/6.1.1/", "Kenya", "The latest figure of each country")
    assert "groundwater points in southern Kwale" in kenya
    assert "2023-02" not in page("indicator/11.6.2/KE/").partition('class="twin"')[2].partition("</table>")[0]


def census(shared: Path) -> bytes:
    """Return what the census of 2019 says of improved water in Kenya as a plain table with SDMX names."""
    with (shared / "official" / "ken_census_2019" / "V4_T2.15.csv").open(encoding="utf-8") as file:
        whole = next(row for row in csv.DictReader(file) if row["SubCounty"] == "KENYA")
    share = sum(round(10 * float(whole[kind])) for kind in IMPROVED) / 10
    head = "SERIES,REF_AREA,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,NATURE,COMMENT_OBS"
    return f"{head}\nCENSUS_IMPROVED,404,2019,{share:g},PT,C,Per cent of conventional households.\n".encode()


def test_of_two_official_sources_in_kenya_one_is_drawn_the_other_is_named_and_neither_is_subtracted(
    shared: Path, site: Path
) -> None:
    jmp = shared / "official" / "jmp" / "jmp_wld_water.csv"
    import_snapshot(jmp.read_bytes(), jmp.name, site, source="WHO/UNICEF JMP", released="2021")
    stated = {"source": "KNBS census 2019", "released": "2019", "indicator": "1.4.1"}
    import_snapshot(census(shared), "census.csv", site, **stated)
    refreshing.refresh("KE", lambda _text: None)
    told = api("ledger/1.4.1/KE")["told"]
    drawn = {one["code"] for one in told["series"]}
    assert drawn | set(told["official_left"]) >= {"wat_bas", "CENSUS_IMPROVED"}
    assert not drawn & set(told["official_left"])
    assert told["verdicts"] == []
    shown = text("indicator/1.4.1/KE/")
    assert "Other official series on this indicator are at hand here, and not drawn: " in shown
    assert all(code in shown for code in told["official_left"])
    speaks_of_no_gap("indicator/1.4.1/KE/")


# --- Nepal and Argentina ----------------------------------------------------------------------------------------------


def test_nepals_water_points_stand_beside_the_census_that_counts_something_else(refreshed: Real) -> None:
    release = refreshed("npl-rural-water-points")
    barred(release)
    speaks_of_no_gap(f"indicator/6.1.1/{release.whole}/", f"release/{release.pk}/", "indicator/6.1.1/", "place/NP/")
    nepal = row_of("indicator/6.1.1/", "Nepal", "The latest figure of each country")
    assert "three districts of Nepal" in nepal
    for row in page("indicator/6.1.1/").split("</tr>"):
        assert not re.search(r"([\d.]+) % \(\1 to \1\)", " ".join(re.sub(r"<[^>]+>", "", row).split()))


def test_what_nepals_citizens_think_has_no_official_figure_and_the_page_says_so(refreshed: Real) -> None:
    release = refreshed("npl-citizen-perception")
    assert {one["official"] for one in api(f"comparisons?release={release.pk}&limit=1000")["items"]} <= {None}
    assert "No official figure for this was at hand." in text(f"release/{release.pk}/")


def test_argentinas_three_sources_keep_their_definitions_and_are_not_subtracted(refreshed: Real) -> None:
    release = refreshed("arg-femicides")
    barred(release)
    ledger = text("indicator/16.1.1/AR/")
    for source in ("La Casa del Encuentro", "Corte Suprema de Justicia", "Ministerio de Justicia"):
        assert source in ledger
    for definition in ("Victims in court cases classed as femicide", "main and linked victims", "whatever the reason"):
        assert definition in ledger
    assert ledger.count("It measures something else:") == 4
    speaks_of_no_gap("indicator/16.1.1/AR/", f"release/{release.pk}/", "place/AR/")
    assert "290 victims" in ledger


def test_the_page_of_a_release_opens_at_its_latest_figure_and_not_at_a_year_without_one(refreshed: Real) -> None:
    release = refreshed("arg-femicides")
    opened = page(f"release/{release.pk}/").partition('id="figures"')[2].partition("</section>")[0]
    assert NUMBER.findall(opened) == ["290"]
    assert "/figure/FEMICIDES/AR/?period=2016" in page("indicator/16.1.1/AR/")


def test_columns_of_the_design_are_named_and_not_spelled(refreshed: Real) -> None:
    release = refreshed("ken-nairobi-air")
    assert "<code>sensor_id</code>" in page(f"release/{release.pk}/figure/PM25_MEAN/{release.whole}/")
    assert "<dd>sensor_id</dd>" in page(f"release/{release.pk}/dossier/")
