"""Where water, toilets and handwashing are easily counted wrong: each trap of the definitions is a claim here."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from simulate import KITS

from datashift.estimation import cells, estimate
from datashift.harmonise.derive import derive
from datashift.inputs import gather
from datashift.model import Kit
from datashift.pipeline import observations, question, raw_table, set_up
from datashift.read import read_bytes
from datashift.standards.areas import folded
from datashift.standards.kits import parse_kit

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
LADDER, QUALITY, TOILETS, HANDS = (
    parse_kit((KITS / name / "kit.toml").read_text("utf-8"), "kit.toml")
    for name in ("drinking-water-ladder", "drinking-water-quality", "sanitation-ladder", "handwashing-facility")
)


def derived(kit: Kit, concept: str, **answers: object) -> object:
    """What the kit derives for one row; concepts that are not named were not answered."""
    asked = {name: None for name, c in kit.concepts.items() if not c.inputs} | answers
    columns = {name: np.array([value], dtype=object) for name, value in asked.items()}
    return derive(kit, columns, np.array([1.0], dtype=object))[concept][0]


def water(source: str | None, place: str | None = None, minutes: float | None = None) -> object:
    return derived(LADDER, "service_level", source=source, source_location=place, minutes=minutes)


def spellings(kit: Kit, concept: str) -> dict[str, str]:
    codes = kit.concepts[concept].codes
    return {folded(word): code for code, answer in codes.items() for word in (code, *answer.synonyms)}


# --- the drinking-water ladder --------------------------------------------------------------------------------------


def test_sources_that_the_dhs_calls_improved_are_improved_and_no_others():
    numbers = spellings(LADDER, "source")
    improved = {number for number, source in numbers.items() if number.isdigit() and kind(source) == "improved"}
    # 10 is the heading of the piped sources; 91 and 92 are bottled and sachet water of MICS.
    assert improved == {"10", "11", "12", "15", "21", "31", "41", "51", "61", "62", "65", "73", "91", "92"}
    assert {numbers[number] for number in ("30", "32", "40", "42", "96")} == {
        source for source in LADDER.concepts["source"].codes if kind(source) == "unimproved"
    }


def kind(source: str) -> object:
    return derived(LADDER, "source_class", source=source)


@pytest.mark.parametrize("source", ["well", "spring", "other"])
def test_a_source_that_nobody_calls_protected_is_unimproved(source):
    assert water(source, "yard") == "unimproved"


def test_surface_water_is_split_off_from_the_unimproved_sources():
    assert water("surface_water") == "surface"
    assert spellings(LADDER, "source")["43"] == spellings(LADDER, "source")["81"] == "surface_water"


def test_numbers_that_mean_other_sources_in_dhs_and_mics_are_no_spellings():
    assert not {"13", "14", "71", "72"} & set(spellings(LADDER, "source"))
    assert not {"31", "41", "51"} & set(spellings(TOILETS, "facility"))


@pytest.mark.parametrize(
    ("minutes", "level"),
    [(0, "basic"), (1, "basic"), (30, "basic"), (31, "limited"), (900, "limited"), (996, "basic"), (998, "limited")],
)
def test_half_an_hour_is_basic_and_who_does_not_know_the_time_has_limited_water(minutes, level):
    assert water("borehole", "elsewhere", minutes) == level
    assert water("borehole", None, minutes) == level


def test_a_time_that_was_not_asked_leaves_the_level_open():
    assert water("borehole", "elsewhere") is None
    assert water("dont_know", "elsewhere", 10) is None


def test_water_at_home_or_delivered_is_basic_whatever_the_time():
    assert [water("tanker", "delivered"), water("borehole", "yard"), water("piped_yard")] == ["basic"] * 3
    assert derived(LADDER, "on_premises", source="tanker", source_location="delivered") == "yes"
    assert derived(LADDER, "on_premises", source="tanker", source_location="elsewhere") == "no"


def test_water_that_was_not_tested_is_neither_clean_nor_dirty():
    assert derived(LADDER, "e_coli_class") is None
    counts = (0, 1, 10, 11, 100, 101)
    classes = [derived(LADDER, "e_coli_class", e_coli=float(n)) for n in counts]
    assert classes == ["none", "low", "low", "medium", "medium", "high"]


def test_no_figure_claims_to_be_safely_managed():
    for kit in (LADDER, TOILETS):
        assert kit.relation == "component"
        assert not [measure.id for measure in kit.measures if "SAFELY_MANAGED" in measure.id]


def test_the_joint_figure_counts_only_households_whose_three_answers_are_known():
    joint = LADDER.measure("ALL_THREE_TOGETHER")
    assert set(joint.numerator) == set(joint.denominator) == {"source_class", "on_premises", "enough", "e_coli_class"}


def test_household_figures_count_people():
    for kit in (LADDER, TOILETS, HANDS):
        assert {measure.size for measure in kit.measures} == {"household_size"}


# --- the sanitation ladder ------------------------------------------------------------------------------------------


def toilet(facility: str, shared: str | None = "no") -> object:
    return derived(TOILETS, "service_level", facility=facility, shared=shared)


def test_a_shared_improved_toilet_is_limited_and_a_shared_bad_one_stays_unimproved():
    assert (toilet("pit_with_slab"), toilet("pit_with_slab", "yes")) == ("basic", "limited")
    assert toilet("hanging", "yes") == "unimproved"
    assert toilet("flush_sewer", "dont_know") is None


def test_flush_to_an_unknown_place_is_improved_and_flush_to_a_drain_is_not():
    assert (toilet("flush_unknown"), toilet("flush_elsewhere"), toilet("other")) == (
        "basic",
        "unimproved",
        "unimproved",
    )


def test_without_a_toilet_there_is_nothing_to_share():
    assert toilet("none", None) == "open_defecation"


def test_a_pit_that_leaks_does_not_keep_what_is_in_it():
    def contents(emptying: str, overflows: str) -> object:
        return derived(TOILETS, "contents", emptying=emptying, overflows=overflows)

    assert (contents("never", "no"), contents("never", "yes")) == ("kept_on_plot", "not_kept")
    assert (contents("buried", "no"), contents("open", "no")) == ("kept_on_plot", "not_kept")
    assert contents("never", "dont_know") is None


# --- handwashing ----------------------------------------------------------------------------------------------------


def hands(facility: str, water: str | None = None, cleaning: str | None = None) -> object:
    return derived(HANDS, "service_level", facility=facility, water=water, cleaning=cleaning)


def test_water_without_soap_and_soap_without_water_are_limited():
    assert hands("fixed", "yes", "soap") == hands("mobile", "yes", "soap") == "basic"
    assert hands("fixed", "yes", "nothing") == hands("fixed", "no", "soap") == "limited"


def test_ash_and_sand_are_no_soap():
    assert hands("mobile", "yes", "ash_or_sand") == "limited"


def test_homes_that_could_not_be_seen_stay_outside():
    assert hands("none") == "no_facility"
    assert hands("no_permission") is hands("not_seen") is None


# --- water quality --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chemical", "value"), [("fluoride", 1.5), ("arsenic", 10), ("nitrate", 50), ("manganese", 0.08)]
)
def test_the_guideline_value_itself_is_still_within(chemical, value):
    assert derived(QUALITY, f"{chemical}_class", **{chemical: float(value)}) == "within"
    assert derived(QUALITY, f"{chemical}_class", **{chemical: value * 1.01}) == "above"
    assert derived(QUALITY, f"{chemical}_class") is None


def test_several_chemicals_are_judged_only_where_all_were_tested():
    both, four = QUALITY.measure("PRIORITY_CHEMICALS_WITHIN"), QUALITY.measure("ALL_CHEMICALS_WITHIN")
    assert set(both.denominator) == {"fluoride_class", "arsenic_class"}
    assert set(both.denominator) < set(four.denominator) == set(four.numerator)
    assert all(codes == ("within", "above") for codes in four.denominator.values())


# --- the confirmed recipes ------------------------------------------------------------------------------------------


def figures(example: str, home: Path) -> dict[str, tuple[float, int]]:
    setting = set_up(gather(EXAMPLES / example / "recipe.toml", home))
    found = observations(setting, raw_table(setting)[0]).observations
    told = estimate(cells(found, setting.measures), question(setting))
    return {one.measure: (one.value, one.n) for one in told if not one.breakdown}


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.mark.shared
def test_every_answer_of_the_reach_form_on_water_is_a_known_spelling(shared: Path):
    form = read_bytes((shared / "cgd/irq_reach_kobo/form.xlsx").read_bytes(), "form.xlsx", sheet="choices").table
    known = {**spellings(LADDER, "source"), **spellings(LADDER, "enough")}
    asked = ("water_sources", "access_water_enough")
    names = [row["name"] for row in form.to_pylist() if row["list_name"] in asked]
    assert len(names) == 16
    assert [name for name in names if folded(name) not in known] == []
    assert (known["piped"], known["tap"], known["well"], known["trucking"]) == ("piped", "public_tap", "well", "tanker")


@pytest.mark.shared
def test_the_figures_of_tal_afar_equal_a_plain_count_of_people(shared: Path, own_home: Path):
    rows = rows_of(gzip.decompress((shared / "cgd/irq_reach_kobo/raw_data.csv.gz").read_bytes()))
    people = [float(row["num_hh_member"]) for row in rows]
    enough = [row["access_water_enough"] in ("just_enough", "sufficient", "more_than_sufficient") for row in rows]
    told = figures("irq-reach-water", own_home)
    share = 100 * sum(n for n, yes in zip(people, enough, strict=True) if yes) / sum(people)
    assert told["IMPROVED_AVAILABLE"] == (pytest.approx(share), 632)
    assert told["WATER_IMPROVED"] == (100.0, 632)
    assert told["IMPROVED_ON_PREMISES"][1] == 632 - sum(row["water_source_drinking"] == "bottled" for row in rows)


@pytest.mark.shared
def test_the_sample_frame_of_tal_afar_counts_interviews_and_not_households(shared: Path):
    clean = rows_of(gzip.decompress((shared / "cgd/irq_reach_kobo/clean_data.csv.gz").read_bytes()))
    frame = rows_of((shared / "cgd/irq_reach_kobo/sample_frame.csv").read_bytes())
    planned = {row["Neighbourhood"]: int(row["Total.no.of.HH"]) for row in frame}
    assert Counter(row["neighbourhood"] for row in clean) == planned


@pytest.mark.shared
def test_the_figures_of_kwale_equal_a_plain_count_of_samples(shared: Path, own_home: Path):
    rows = rows_of((shared / "cgd/ken_kwale_water_quality/water_samples.csv").read_bytes())
    told = figures("ken-kwale-water-quality", own_home)
    highest = {"FLUORIDE": ("F", 1.5), "ARSENIC": ("As", 10), "NITRATE": ("NO3", 50), "MANGANESE": ("Mn", 80)}
    for name, (column, limit) in highest.items():
        tested = [row[column] for row in rows if row["geology"] != "SW" and row[column] != "NA"]
        # Ten stands for "below the limit of quantification" where the laboratory reports fluoride.
        values = [float(value) for value in tested if (column, float(value)) != ("F", 10.0)]
        share = 100 * sum(value <= limit for value in values) / len(values)
        assert told[f"{name}_WITHIN"] == (pytest.approx(share), len(values))
    assert told["ALL_CHEMICALS_WITHIN"][0] == pytest.approx(78.26, abs=0.01)


def test_no_recipe_reads_a_stand_in_for_below_the_limit_as_fluoride():
    text = (EXAMPLES / "ken-kwale-water-quality" / "recipe.toml").read_text("utf-8")
    assert re.search(r'\[columns\.fluoride\]\ncolumn = "F"\nmissing = \["10"\]', text)
