"""What is collected for a ledger: from the store, from releases, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from datashift.errors import BadLedger, NothingKnown
from datashift.ledger import Asked, chart, collect, from_releases
from datashift.ledger import collecting as room
from datashift.model import Area, Benchmark, Comparison, Estimate
from datashift.official import import_snapshot
from datashift.publish import Released
from datashift.standards.kits import parse_kit, parse_recipe

ROOT = Path(__file__).resolve().parents[2]

BASE = "series,geo_area,geo_area_name,nature,units,year,value,age,sex,location\n"
SAFE = BASE + "".join(
    f"SH_H2O_SAFE,834,United Republic of Tanzania,e,percent,{year},{value},,,allarea\n"
    f"SH_H2O_SAFE,834,United Republic of Tanzania,e,percent,{year},{value + 20},,,urban\n"
    for year, value in ((2010, 20.0), (2015, 22.5), (2017, 24.0))
)


def stored(home: Path, text: str = SAFE, released: str = "2020") -> None:
    import_snapshot(text.encode(), "unsd.csv", home, released=released)


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> Released:
    """The recipe of the Tanzanian water points with made-up figures, found wherever a release is asked for."""
    kit = parse_kit((ROOT / "src/datashift/kits/water-point-functionality/kit.toml").read_text("utf-8"), "kit.toml")
    recipe = parse_recipe((ROOT / "examples/tza-waterpoints/recipe.toml").read_text("utf-8"), "recipe.toml")
    given = Released(recipe, kit, (estimate(),), (), "2026-11-23", "a" * 64)
    monkeypatch.setattr(room, "released", lambda _path: given)
    return given


def estimate(**changes) -> Estimate:
    given = {
        "kit": "water-point-functionality@1.0.0", "measure": "WP_FUNCTIONAL", "area": "TZ_MAINLAND",
        "area_name": "Mainland Tanzania", "period": "2011-01-01/P3Y", "value": 56.0, "se": 1.0, "lower": 54.0,
        "upper": 58.0, "n": 50000, "n_eff": 2000.0, "deff": 25.0, "df": 1900.0, "unit": "PT", "status": "A",
        "method": "ratio", "sampling_type": "facility_register",
    }  # fmt: skip
    return Estimate(**(given | changes))


BUNDLE = [Path("release.zip")]
TANZANIA = Asked("6.1.1", "TZ")


# --- the store --------------------------------------------------------------------------------------------------------


def test_official_series_are_found_by_indicator_place_and_group(own_home):
    stored(own_home)
    (everybody,) = collect(TANZANIA, [], own_home).series
    assert [one.value for one in everybody.observations] == [20.0, 22.5, 24.0]
    (towns,) = collect(Asked("6.1.1", "TZ", breakdown=(("URBANISATION", "U"),)), [], own_home).series
    assert towns.observations[-1].value == 44.0


def test_a_series_that_its_source_does_not_name_is_named_by_its_indicator(own_home):
    stored(own_home)
    (series,) = collect(TANZANIA, [], own_home).series
    assert series.title["en"] == "People using safe drinking water, SH_H2O_SAFE"
    assert series.title["ne"].endswith(", SH_H2O_SAFE")


def test_revisions_come_with_their_series(own_home):
    stored(own_home, released="2019")
    stored(own_home, SAFE.replace(",2017,24.0,", ",2017,24.5,"), released="2020")
    found = from_releases(TANZANIA, [], own_home)
    assert [(r.period, r.before, r.after) for r in found.revisions] == [("2017", 24.0, 24.5)]
    assert found.rows()[-1].marks == "revised: 24 before"
    assert "1 figures were changed since an earlier release of the same source." in found.sentences()


def test_the_target_is_that_of_the_framework_unless_one_is_stated(own_home):
    stored(own_home)
    found = from_releases(TANZANIA, [], own_home)
    assert found.target is not None
    assert (found.target.value, found.target.year, found.target.direction) == (100.0, 2030, "up")
    assert [k for k, _judged in found.progress] == [0]


def test_nothing_known_names_the_groups_that_are(own_home):
    stored(own_home, "".join(line for line in SAFE.splitlines(True) if "allarea" not in line))
    with pytest.raises(NothingKnown, match="--group URBANISATION=U"):
        collect(TANZANIA, [], own_home)


def test_nothing_known_names_other_places_then_other_indicators(own_home):
    stored(own_home)
    with pytest.raises(NothingKnown, match=r"6\.1\.1 TZ"):
        collect(Asked("6.1.1", "KE"), [], own_home)
    with pytest.raises(NothingKnown, match=r"6\.1\.1 TZ"):
        collect(Asked("3.1.1", "TZ"), [], own_home)


def test_nothing_known_in_an_empty_store_says_how_to_begin(own_home):
    with pytest.raises(NothingKnown, match="datashift official import"):
        collect(TANZANIA, [], own_home)


BASIC = SAFE.replace("SH_H2O_SAFE", "SP_ACS_BSRVH2O")
TWO = BASIC + BASIC.replace("SP_ACS_BSRVH2O", "SP_ACS_BSRVSAN").partition("\n")[2]


def test_several_series_of_one_source_are_listed_not_mixed(own_home):
    stored(own_home, TWO)
    with pytest.raises(BadLedger, match="SP_ACS_BSRVH2O, SP_ACS_BSRVSAN"):
        collect(Asked("1.4.1", "TZ"), [], own_home)


def test_several_series_stand_side_by_side_when_they_are_named(own_home):
    stored(own_home, TWO)
    both = ("SP_ACS_BSRVH2O", "SP_ACS_BSRVSAN")
    assert {one.series for one in collect(Asked("1.4.1", "TZ", series=both), [], own_home).series} == set(both)
    (one,) = collect(Asked("1.4.1", "TZ", series=both[:1]), [], own_home).series
    assert one.series == "SP_ACS_BSRVH2O"


# --- releases ---------------------------------------------------------------------------------------------------------


def test_a_proxy_stands_beside_the_indicator_and_is_never_judged_as_the_same(own_home, release):
    stored(own_home)
    found = from_releases(TANZANIA, BUNDLE, own_home)
    citizens, official = found.series
    assert (citizens.side, citizens.relation, official.side) == ("citizen", "proxy", "official")
    assert all(c.difference is None and c.verdict == "not_comparable" for c in found.comparisons)
    assert any("does not measure it" in note for note in found.notes)
    drawn = chart(found)
    assert 'class="gap"' not in drawn.svg
    assert 'class="unknown"' not in drawn.svg
    assert "cannot be compared" in drawn.svg
    assert "This stands beside indicator 6.1.1 but does not measure it." in drawn.svg


def test_what_was_counted_in_another_extent_is_shown_under_its_own_name(own_home, release):
    stored(own_home)
    found = from_releases(TANZANIA, BUNDLE, own_home)
    assert found.comparisons == ()
    assert "What citizens counted is Mainland Tanzania, not the whole of Tanzania." in " ".join(found.notes)
    assert found.area_name == "United Republic of Tanzania"


def test_the_headline_of_a_release_is_taken_and_the_others_are_named(own_home, release):
    found = from_releases(TANZANIA, BUNDLE, own_home)
    assert [series.series for series in found.series] == ["WP_FUNCTIONAL"]
    assert any("WP_FUNCTIONAL_OR_REPAIR" in note for note in found.notes)


def test_a_release_of_another_indicator_is_left_aside(own_home, release):
    with pytest.raises(NothingKnown, match=r"6\.1\.1"):
        collect(Asked("3.1.1", "TZ"), BUNDLE, own_home)


def test_figures_of_another_unit_are_refused_on_one_page(own_home, release, monkeypatch):
    people = Released(release.recipe, release.kit, (estimate(unit="PERSONS"),), (), "2026-11-23", "a" * 64)
    monkeypatch.setattr(room, "released", lambda _path: people)
    stored(own_home)
    with pytest.raises(BadLedger, match="PERSONS: WP_FUNCTIONAL"):
        collect(TANZANIA, BUNDLE, own_home)


def same(release: Released, monkeypatch: pytest.MonkeyPatch, *estimates: Estimate, **more) -> None:
    """Let the release measure the indicator itself."""
    kit = release.kit.model_copy(update={"relation": "same"})
    given = Released(release.recipe, kit, estimates, (), "2026-11-23", "a" * 64, **more)
    monkeypatch.setattr(room, "released", lambda _path: given)


CHANCE = {"sampling_type": "probability", "area": "TZ", "area_name": "Tanzania", "period": "2017"}


def test_a_release_of_the_same_concept_is_compared_with_the_stored_series(own_home, release, monkeypatch):
    stored(own_home)
    same(release, monkeypatch, estimate(**CHANCE))
    found = from_releases(TANZANIA, BUNDLE, own_home)
    (compared,) = found.comparisons
    assert compared.official is not None
    assert (compared.official.series, compared.official.period, compared.official.value) == (
        "SH_H2O_SAFE",
        "2017",
        24.0,
    )
    assert compared.difference == pytest.approx(32.0)


def test_a_figure_that_officials_do_not_show_for_the_group_is_told_so(own_home, release, monkeypatch):
    stored(own_home)
    same(release, monkeypatch, estimate(**CHANCE, breakdown=(("SEX", "F"),)))
    found = from_releases(Asked("6.1.1", "TZ", breakdown=(("SEX", "F"),)), BUNDLE, own_home)
    assert [c.verdict for c in found.comparisons] == ["official_hides_group"]
    assert "the official figures do not show this group" in found.sentence()


def figure(period: str, value: float) -> Benchmark:
    return Benchmark(
        measure="WP_FUNCTIONAL", source="A survey", released="2018", retrieved="", series="SH_H2O_SAFE", area="TZ",
        area_name="Tanzania", period=period, value=value, unit="PT", nature="C", relation="same",
        definition={"en": "Safe water"}, difference={}, se=1.5,
    )  # fmt: skip


def test_official_figures_of_the_release_stand_on_the_page_too(own_home, release, monkeypatch):
    same(release, monkeypatch, estimate(**CHANCE), official=(figure("2012", 20.0), figure("2017", 25.0)))
    found = from_releases(TANZANIA, BUNDLE, own_home)
    assert [(s.producer, len(s.observations)) for s in found.series if s.side == "official"] == [("A survey", 2)]
    assert found.rows()[-1].lower == pytest.approx(25 - 1.959964 * 1.5)


def test_what_the_store_has_already_is_not_drawn_twice(own_home, release, monkeypatch):
    stored(own_home)
    same(release, monkeypatch, estimate(**CHANCE), official=(figure("2015", 22.5), figure("2017", 24.0)))
    found = from_releases(TANZANIA, BUNDLE, own_home)
    assert [len(s.observations) for s in found.series if s.side == "official"] == [3]


def test_that_there_is_no_official_figure_is_not_said_where_the_store_has_one(own_home, release, monkeypatch):
    stored(own_home)
    none = Comparison(
        measure="WP_FUNCTIONAL", area="TZ", area_name="Tanzania", period="2017", breakdown=(), value=56.0, lower=54.0,
        upper=58.0, official=None, verdict="no_official_figure", difference=None, difference_lower=None,
        difference_upper=None, reason="None.", facts={"said": True},
    )  # fmt: skip
    kit = release.kit.model_copy(update={"relation": "same"})
    given = Released(release.recipe, kit, (estimate(**CHANCE),), (none,), "2026-11-23", "a" * 64)
    monkeypatch.setattr(room, "released", lambda _path: given)
    assert all(c.official for c in from_releases(TANZANIA, BUNDLE, own_home).comparisons)


def test_areas_come_from_the_list_of_the_country():
    assert isinstance(room._areas("TZ-18_TO2012")["TZ-18_TO2012"], Area)
