"""The SDG framework as versioned data: counts, facts with a source each, labels, series, and lists given by a user."""

from __future__ import annotations

import csv
import gzip
import io
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest

from datashift.errors import BadStandard
from datashift.language import LANGUAGES, speaking
from datashift.standards.framework import BREAKDOWNS, framework, versions
from datashift.standards.framework.flat import read_flat
from datashift.standards.framework.tables import labels, level, listed, note, order, table, valid

OFFICIAL = {"2017": (244, 232), "2020": (247, 231), "2024": (248, 231), "2025": (251, 234)}


def official_texts(shared: Path, language: str) -> dict[str, str]:
    archive = zipfile.ZipFile(shared / "reference" / "sdg_translations_goals_targets_indicators.zip")
    found: dict[str, str] = {}
    for part in ("global_goals", "global_targets", "global_indicators"):
        name = f"translations/{language}/{part}.yml"
        found |= read_flat(archive.read(name).decode("utf-8"), name)
    return {key.removesuffix("-title").replace("-", "."): text for key, text in found.items() if key.endswith("-title")}


def open_sdg_aims(shared: Path) -> list[dict[str, str]]:
    with (shared / "reference" / "opensdg_targets_2025-10.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def code_of(text: str) -> str:
    with pytest.raises(BadStandard) as caught:
        raise_for(text)
    return caught.value.code


def raise_for(text: str) -> None:
    code, version = text.split("@")
    framework(version).entry(code)


# --- counts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", OFFICIAL)
def test_each_version_has_as_many_goals_targets_and_indicators_as_the_official_count_says(version: str) -> None:
    counts = framework(version).counts()
    stated = versions()[version]
    assert (counts["goals"], counts["targets"]) == (17, 169)
    assert (counts["indicators"], counts["unique"]) == OFFICIAL[version]
    assert stated.listed in (None, counts["indicators"])
    assert stated.unique == counts["unique"]


def test_only_the_version_of_2025_is_said_to_be_incomplete() -> None:
    assert [name for name, version in versions().items() if not version.complete] == ["2025"]
    assert framework().version.name == "2025"


@pytest.mark.shared
def test_every_code_of_the_real_translations_is_known_or_explained(shared: Path) -> None:
    texts = official_texts(shared, "en")
    here = framework("2024").entries
    dead = {code for code in texts if code not in here}
    assert dead == {"1.a.3", "8.9.2", "11.c.1", "13.3.2", "17.6.2"}
    assert all(framework("2017").entry(code) for code in dead)
    assert set(here) - set(texts) == {"11.5.3"}


@pytest.mark.shared
def test_every_code_of_the_real_list_of_targets_is_known(shared: Path) -> None:
    here = framework("2025").entries
    codes = {row["code"] for row in open_sdg_aims(shared)}
    assert {code for code in codes if code not in here} == set()
    # Not in the list: one row is labelled 17.1.1, one is inside another, one was too new for it.
    assert {c for c, e in here.items() if e.level == "indicator"} - codes == {"17.1.2", "3.3.4", "11.c.1"}


@pytest.mark.shared
def test_indicators_with_the_same_official_text_are_linked_as_repeats(shared: Path) -> None:
    by_text: dict[str, set[str]] = {}
    for code, text in official_texts(shared, "en").items():
        if level(code) == "indicator" and code in framework("2024").entries:
            by_text.setdefault(text, set()).add(code)
    groups = {frozenset(codes) for codes in by_text.values() if len(codes) > 1}
    ours = {
        frozenset((entry.code, *entry.same_as)) for entry in framework("2024").entries.values() if entry.same_as
    } - {frozenset(("13.2.1", "13.b.1"))}  # the one repeat with a slight amendment
    assert ours == groups
    assert len(ours) == 12


@pytest.mark.parametrize("version", OFFICIAL)
def test_repeats_point_at_each_other(version: str) -> None:
    entries = framework(version).entries
    for entry in entries.values():
        for other in entry.same_as:
            assert {entry.code, *entry.same_as} == {other, *entries[other].same_as}


def test_codes_stand_in_their_official_order_below_their_parents() -> None:
    found = framework("2024")
    codes = [code for code, entry in found.entries.items() if entry.level == "goal"]
    assert codes == [str(number) for number in range(1, 18)]
    assert [entry.code for entry in found.children("16")][-4:] == ["16.9", "16.10", "16.a", "16.b"]
    assert [entry.code for entry in found.children("16.10")] == ["16.10.1", "16.10.2"]
    assert found.children("6.1.1") == ()
    assert sum(len(found.children(code)) for code in codes) == 169


# --- what is not there ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("6.1.1@1999", "standard.framework-version"),
        ("6.1.9@2024", "standard.framework-code"),
        ("water@2024", "standard.framework-code"),
        ("2.2.4@2024", "standard.framework-other-version"),
        ("13.3.2@2025", "standard.framework-other-version"),
    ],
)
def test_what_does_not_exist_is_refused_with_its_code(asked: str, code: str) -> None:
    assert code_of(asked) == code


def test_a_code_of_another_version_is_told_with_the_versions_that_have_it() -> None:
    with pytest.raises(BadStandard, match="2017, 2025"):
        framework("2020").entry("8.9.2")


# --- facts and their sources ----------------------------------------------------------------------------------------


def sources_in(name: str, columns: Iterable[str] = ("source",)) -> set[str]:
    return {key for row in table(name) for column in columns for key in listed(row[column])}


@pytest.mark.parametrize("name", ["indicators", "goals_and_targets", "changes", "aims", "series", "versions"])
def test_every_row_names_sources_that_are_described(name: str) -> None:
    known = {row["key"] for row in table("sources")}
    assert all(row["source"] for row in table(name))
    assert sources_in(name) <= known


def test_every_source_is_used() -> None:
    names = ("indicators", "goals_and_targets", "changes", "aims", "series", "versions")
    assert {row["key"] for row in table("sources")} == set().union(*(sources_in(name) for name in names))


def test_what_is_not_confirmed_says_why() -> None:
    for name in ("indicators", "changes"):
        unsure = [row for row in table(name) if row["confirmed"] == "no"]
        assert unsure
        assert all(row["note"] for row in unsure)


def test_the_codes_of_2025_that_nobody_confirmed_are_marked() -> None:
    found = framework("2025")
    marked = {entry.code for entry in found.entries.values() if not entry.confirmed}
    assert {"11.c.1", "4.6.1", "3.b.3"} <= marked
    assert not {"2.2.4", "8.9.2", "6.1.1"} & marked
    assert all(entry.confirmed for entry in framework("2024").entries.values())


def test_a_code_that_came_back_has_another_meaning() -> None:
    before, after = framework("2017").entry("8.9.2"), framework("2025").entry("8.9.2")
    assert before.label != after.label
    assert (before.valid_to, after.valid_from) == ("2020-03", "2025-03")
    assert before.custodian == ()
    assert after.custodian == ("UNWTO",)


def test_no_spans_of_one_code_overlap() -> None:
    spans: dict[str, list[tuple[str, str]]] = {}
    for row in table("indicators"):
        spans.setdefault(row["code"], []).append((row["valid_from"], row["valid_to"] or "9999"))
    for found in spans.values():
        found.sort()
        assert all(first[1] <= second[0] for first, second in pairwise(found))


def test_tiers_are_known_or_empty_and_dated_where_known() -> None:
    for row in table("indicators"):
        assert row["tier"] in ("", "1", "2", "1/2")
        assert bool(row["tier"]) == bool(row["tier_as_of"])
    assert framework().entry("17.18.1").tier_as_of == "2024-11"


def test_an_aim_has_a_rule_a_unit_a_year_and_an_origin_where_it_has_a_number() -> None:
    rules = {"at_least", "at_most", "equal", "reduce_by", "reduce_rest_by", "multiply_by"}
    for row in table("aims"):
        assert row["direction"] in ("up", "down", "none")
        if row["target"]:
            assert row["rule"] in rules
            assert row["unit"]
            assert row["by"] in ("2020", "2025", "2030")
            assert row["origin"] in ("target", "convention")
            assert float(row["target"]) >= 0
        else:
            assert (row["rule"], row["unit"], row["by"], row["origin"]) == ("", "", "", "")


@pytest.mark.parametrize("version", ["2020", "2024", "2025"])
def test_every_indicator_has_an_aim_or_stands_for_an_older_meaning(version: str) -> None:
    without = {entry.code for entry in framework(version).entries.values() if not entry.aims}
    assert {code for code in without if level(code) == "indicator"} <= ({"17.3.1"} if version == "2020" else set())


@pytest.mark.parametrize(
    ("code", "direction"),
    [("10.a.1", "up"), ("14.3.1", "up"), ("8.8.2", "down"), ("11.1.1", "down"), ("16.1.4", "up"), ("17.1.2", "up")],
)
def test_doubtful_rows_of_the_list_of_targets_are_settled_with_a_reason(code: str, direction: str) -> None:
    (aim,) = framework("2024").entry(code).aims
    assert aim.direction == direction
    assert aim.note


def test_aims_in_parts_keep_their_parts_apart() -> None:
    aims = {aim.part: aim for aim in framework("2024").entry("17.2.1").aims}
    assert {part: aim.target for part, aim in aims.items()} == {"all developing countries": 0.7, "LDC": 0.2}
    assert framework("2024").entry("12.4.2").direction == ""
    assert framework("2024").entry("6.1.1").aims[0].target == 100


@pytest.mark.shared
def test_directions_agree_with_the_published_list_except_where_a_note_says_so(shared: Path) -> None:
    words = {"Increase": "up", "Decrease": "down"}
    found = framework("2025")
    earlier = framework("2024")
    for row in open_sdg_aims(shared):
        said = words.get(row["target_or_direction"].strip())
        entry = (earlier if row["code"] in ("4.6.1", "3.b.3") else found).entry(row["code"])
        if said and entry.direction != said:
            assert "corrected" in entry.aims[0].note, entry.code


# --- labels ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", OFFICIAL)
def test_every_entry_has_a_short_label_in_all_four_languages(version: str) -> None:
    for entry in framework(version).entries.values():
        assert set(entry.label) == set(LANGUAGES)
        for text in entry.label.values():
            assert 1 <= len(text.split()) <= 9, (entry.code, text)
            assert text == " ".join(text.split())


def test_labels_are_short() -> None:
    counts = [len(text.split()) for entry in framework("2024").entries.values() for text in entry.label.values()]
    assert sum(counts) / len(counts) < 6


@pytest.mark.parametrize("version", OFFICIAL)
def test_repeats_share_their_label(version: str) -> None:
    entries = framework(version).entries
    for entry in entries.values():
        for other in set(entry.same_as) - {"13.b.1", "13.2.1"}:
            assert entries[other].label == entry.label


@pytest.mark.parametrize("language", LANGUAGES)
def test_different_indicators_have_different_labels(language: str) -> None:
    seen: dict[str, str] = {}
    for entry in framework("2024").entries.values():
        if entry.level == "indicator":
            other = seen.setdefault(entry.label[language], entry.code)
            assert other == entry.code or other in entry.same_as or entry.code in framework("2024").entry(other).same_as


@pytest.mark.shared
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_label_of_five_words_or_more_is_an_official_text(language: str, shared: Path) -> None:
    official = {" ".join(text.lower().split()).rstrip(".") for text in official_texts(shared, language).values()}
    ours = {e.label[language].lower() for version in OFFICIAL for e in framework(version).entries.values()}
    assert {text for text in ours if len(text.split()) >= 5 and text in official} == set()


@pytest.mark.shared
def test_no_official_text_ships(shared: Path) -> None:
    cells = {cell for name in ("indicators", "aims", "series", "changes", "labels", "notes") for row in table(name)
             for cell in row.values()}  # fmt: skip
    official = {text for text in official_texts(shared, "en").values() if len(text.split()) >= 5}
    assert not cells & official


def test_labels_of_an_earlier_meaning_end_when_it_ended() -> None:
    assert labels("2020-02")["1.a.1"] != labels("2020-03")["1.a.1"]
    assert labels("2022-02")["11.5.2"] != labels("2022-03")["11.5.2"] == labels("2022-03")["1.5.2"]


def test_every_note_is_said_in_four_languages() -> None:
    notes = {row["note"] for name in ("versions", "indicators", "changes", "aims", "series") for row in table(name)}
    assert notes - {""} == {row["en"] for row in table("notes")}
    assert all(row[language] for row in table("notes") for language in LANGUAGES)
    with speaking("es"):
        assert note("constraints not seen") == "restricciones no vistas"
        assert note("something else") == "something else"


# --- series ---------------------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_series_and_their_indicators_agree_with_the_global_database(shared: Path) -> None:
    archive = zipfile.ZipFile(shared / "official" / "unsd_sdg" / "unsd_sdg_2020_ddf_raw_sample.zip")
    text = archive.read("ddf--concepts--continuous.csv").decode("utf-8")
    real = {row["name"]: set(row["indicator"].split(", ")) for row in csv.DictReader(io.StringIO(text))}
    ours = framework("2024").all_series
    shared_codes = set(ours) & set(real)
    assert len(shared_codes) >= 45
    assert all(set(ours[code].indicators) == real[code] for code in shared_codes)


@pytest.mark.shared
def test_breakdowns_that_were_filled_are_those_of_the_pilot_data(shared: Path) -> None:
    columns = {"sex": "SEX", "age": "AGE", "location": "URBANISATION", "quantile": "INCOME_WEALTH_QUANTILE"}
    totals = {"bothsex", "allage", "allarea", "notspec", ""}
    seen: dict[str, set[str]] = {}
    with gzip.open(shared / "official" / "unsd_sdg" / "unsd_sdg_2020_pilot.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found = seen.setdefault(row["series"], set())
            found |= {name for column, name in columns.items() if row[column] not in totals}
    checked = 0
    for series in framework("2024").all_series.values():
        if series.filled is not None:
            assert {name for name in series.filled if name in columns.values()} == seen[series.code], series.code
            checked += 1
    assert checked >= 40


def test_what_was_filled_is_always_admitted() -> None:
    for series in framework("2024").all_series.values():
        if series.admits is not None and series.filled is not None:
            assert set(series.filled) <= set(series.admits), series.code


def test_a_series_admits_breakdowns_and_codes() -> None:
    found = framework()
    assert found.admits("SH_H2O_SAFE", "URBANISATION") is True
    assert found.admits("EN_ATM_PM25", "SEX") is False
    assert found.admits("AG_LND_FRST", "URBANISATION") is False
    assert found.admits("VC_VAW_MARR", "SEX=F") is True
    assert found.admits("VC_VAW_MARR", "SEX=M") is False
    assert found.admits("SH_H2O_SAFE", "SEX=M") is True
    assert found.admits("AG_PRD_FIESMSI", "SEX") is True  # filled, though no list of constraints names it
    assert found.admits("AG_PRD_FIESMSI", "URBANISATION") is None
    assert found.admits("VC_SNS_WALN_DRK", "SEX") is None


@pytest.mark.parametrize(
    ("series", "breakdown", "code"),
    [
        ("SH_H2O_SAVE", "SEX", "standard.framework-series"),
        ("SH_H2O_SAFE", "COLOUR", "standard.framework-breakdown"),
    ],
)
def test_questions_about_what_is_not_there_are_refused(series: str, breakdown: str, code: str) -> None:
    with pytest.raises(BadStandard) as caught:
        framework().admits(series, breakdown)
    assert caught.value.code == code


def test_breakdowns_are_dimensions_of_the_structure() -> None:
    for series in framework().all_series.values():
        assert set(series.admits or ()) <= set(BREAKDOWNS)
        assert set(series.filled or ()) <= set(BREAKDOWNS)


def test_a_series_belongs_to_the_meaning_of_a_code_not_to_the_code() -> None:
    assert [series.code for series in framework("2025").series_of("8.9.2")] == ["ST_EMP_TRSMN"]
    assert framework("2017").series_of("8.9.2") == ()
    assert {series.code for series in framework().series_of("16.6.2")} >= {"SP_PSR_SATIS_HLTH", "SP_PSR_OSATIS_GOV"}


def test_every_series_that_ships_belongs_to_an_indicator() -> None:
    assert all(series.indicators for series in framework("2025").all_series.values())


# --- a newer list ---------------------------------------------------------------------------------------------------


def listed_file(tmp_path: Path, text: str, name: str = "review-2026.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def test_a_newer_list_replaces_the_indicators_and_says_where_it_is_from(tmp_path: Path) -> None:
    path = listed_file(tmp_path, "code,direction,en,custodian\n6.1.1,,,\n1.4.9,up,Homes with a tap,UN-Habitat\n")
    found = framework(data=path)
    assert found.version.name == "review-2026"
    assert found.origin.startswith("review-2026.csv (SHA-256 ")
    assert found.counts() | {"series": 0} == {"goals": 17, "targets": 169, "indicators": 2, "unique": 2, "series": 0}
    assert found.entry("1.4.9").label == {"en": "Homes with a tap"}
    assert found.entry("1.4.9").custodian == ("UN-Habitat",)
    assert found.entry("1.4.9").direction == "up"
    assert found.entry("6.1.1").tier == "1"
    assert found.entry("6.1.1").aims == ()
    assert found.origin in found.entry("6.1.1").source


def test_a_column_that_a_newer_list_does_not_have_is_taken_from_the_newest_version(tmp_path: Path) -> None:
    found = framework("2026", listed_file(tmp_path, "code\n7.b.1\n12.a.1\n"))
    assert found.version.name == "2026"
    assert found.entry("7.b.1").same_as == ("12.a.1",)
    assert found.entry("7.b.1").aims == framework().entry("7.b.1").aims
    assert found.entry("7.b.1").confirmed


@pytest.mark.parametrize(
    ("text", "code", "fact"),
    [
        ("indicator\n6.1.1\n", "standard.framework-no-column", "indicator"),
        ("", "standard.framework-no-column", "–"),
        ("code\n", "standard.framework-row", "row 1"),
        ("code\n6.1.1\n6.1\n", "standard.framework-row", "row 3"),
        ("code\n18.1.1\n", "standard.framework-row", "row 2"),
        ("code\n6.1.1\n6.1.1\n", "standard.framework-row", "twice"),
        ("code\n6.d.1\n", "standard.framework-row", "6.d"),
        ("code,direction\n6.1.1,upwards\n", "standard.framework-row", "upwards"),
        ("code,same_as\n6.1.1,6.2.1\n", "standard.framework-row", "6.2.1"),
    ],
)
def test_a_broken_list_is_refused_with_its_row(text: str, code: str, fact: str, tmp_path: Path) -> None:
    with pytest.raises(BadStandard, match=fact) as caught:
        framework(data=listed_file(tmp_path, text))
    assert caught.value.code == code


def test_a_list_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("code,en\n6.1.1,año\n".encode("latin-1"))
    with pytest.raises(BadStandard) as caught:
        framework(data=path)
    assert caught.value.code == "standard.framework-not-text"


# --- the tables -----------------------------------------------------------------------------------------------------


def test_codes_are_told_apart() -> None:
    assert [level(code) for code in ("6", "6.1", "6.b", "6.1.1", "16.10.2", "6.b.1")] == [
        "goal", "target", "target", "indicator", "indicator", "indicator",
    ]  # fmt: skip
    assert [level(code) for code in ("", "0", "18", "6.", "6.1.1.1", "6.e", "6.1.0", "a", "06")] == [None] * 9


def test_codes_sort_as_in_the_official_list() -> None:
    codes = ["16.b", "16.10", "16.9", "16.a", "2.1", "16.1"]
    assert sorted(codes, key=order) == ["2.1", "16.1", "16.9", "16.10", "16.a", "16.b"]


def test_a_row_holds_from_its_month_and_not_in_the_month_it_ends() -> None:
    rows = ({"valid_from": "2020-03", "valid_to": "2022-03"},)
    assert [len(valid(rows, month)) for month in ("2020-02", "2020-03", "2022-02", "2022-03")] == [0, 1, 1, 0]


def test_loading_is_fast_and_needs_no_heavy_library() -> None:
    program = (
        "import time, sys; import datashift.errors, csv, hashlib, json, difflib, dataclasses, importlib.resources\n"
        "begun = time.perf_counter()\n"
        "from datashift.standards.framework import framework\n"
        "framework('2024')\n"
        "print(time.perf_counter() - begun, [m for m in ('pyarrow', 'pydantic', 'pysdmx') if m in sys.modules])"
    )
    runs = [subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True) for _ in "123"]
    seconds, heavy = zip(*(run.stdout.split(" ", 1) for run in runs), strict=True)
    assert set(heavy) == {"[]\n"}
    # 0.06 s on an idle machine; the least of three, with room for a busy one.
    assert min(map(float, seconds)) < 0.25
