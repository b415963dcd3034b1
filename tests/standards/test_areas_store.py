"""Lists are imported once into the store; a recipe never sees them unless it names them."""

from __future__ import annotations

import gzip
import hashlib
from contextlib import suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datashift.errors import BadAreas, SourceUnavailable
from datashift.model import Area
from datashift.standards.areas import (
    PUBLIC,
    areas_at_hand,
    export,
    fetch,
    import_list,
    imported,
    known_areas,
    list_path,
    parse,
)

HEADER = "Location,Admin Level,P-Code,Name,Parent P-Code,Valid from date\n"
OCHA = """Location,Admin Level,P-Code,Name,Parent P-Code,Valid from date
#country+code,#geo+admin_level,#adm+code,#adm+name,#adm+code+parent,#date+start
KEN,1,KE001,Mombasa,KEN,2019-10-31
KEN,2,KE001001,Changamwe ,KE001,2019-10-31
KEN,2,KE001002,Jomvu,KE001,2019-10-31
BDI,1,BDI001,Bubanza,BDI,2020-01-01
"""


def test_ocha_s_list_goes_below_the_areas_that_ship(own_home: Path) -> None:
    found = import_list(OCHA.encode(), "codes.csv", own_home, country="KE")
    assert {area.id for area in found["KE"]} == {"KE001001", "KE001002"}
    areas = areas_at_hand("KE", own_home)
    assert areas["KE001001"] == Area(
        "KE001001", "Changamwe", "KE", 2, "KE-28", date(2019, 10, 31), pcode="KE001001", kind="constituency"
    )  # fmt: skip
    assert set(known_areas("KE")) < set(areas)


def test_a_person_can_state_since_when_the_extents_are_as_listed(own_home: Path) -> None:
    import_list(OCHA.encode(), "codes.csv", own_home, country="KE", valid_from=date(2013, 3, 4))
    assert areas_at_hand("KE", own_home)["KE001001"].valid_from == date(2013, 3, 4)


def test_a_country_that_does_not_ship_is_imported_with_itself_at_the_top(own_home: Path) -> None:
    import_list(gzip.compress(OCHA.encode()), "codes.csv.gz", own_home)
    assert imported(own_home) == ["BI", "KE"]
    areas = areas_at_hand("BI", own_home)
    assert (areas["BI"].level, areas["BDI001"].parent) == (0, "BI")


def test_a_recipe_does_not_see_the_store(own_home: Path) -> None:
    before = known_areas("KE")
    import_list(OCHA.encode(), "codes.csv", own_home)
    assert known_areas("KE") == before


def test_what_is_exported_can_be_named_in_a_recipe_and_gives_the_same_areas(own_home: Path) -> None:
    import_list(OCHA.encode(), "codes.csv", own_home)
    assert known_areas("KE", export("KE", own_home)) == areas_at_hand("KE", own_home)


def test_a_list_in_our_own_layout_is_imported(own_home: Path) -> None:
    text = export("KE", None) + "KE-W1,Port Reitz,KE,3,KE-28,,,,,ward,,,,,\n"
    found = import_list(text.encode("utf-8-sig"), "wards.csv", own_home)
    assert parse(text)["KE-W1"] in found["KE"]
    assert areas_at_hand("KE", own_home)["KE-W1"].kind == "ward"


def test_a_list_of_own_areas_may_lean_on_those_that_ship(own_home: Path) -> None:
    head = "id,name,country,level,parent,valid_from,valid_to,aliases,predecessors\n"
    import_list((head + "W1,Port Reitz,KE,3,KE-28,,,,\n").encode(), "wards.csv", own_home)
    assert areas_at_hand("KE", own_home)["W1"].parent == "KE-28"
    with pytest.raises(BadAreas, match="the area 'W2' names 'KE-99', which is in no list"):
        import_list((head + "W2,Nowhere,KE,3,KE-99,,,,\n").encode(), "wards.csv", own_home)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"\x1f\x8bxx", b"id,name\nA,B\n"])
def test_a_file_that_is_no_list_is_refused_in_plain_words(content: bytes, own_home: Path) -> None:
    with pytest.raises(BadAreas, match="is not a list of areas"):
        import_list(content, "x.csv", own_home)
    assert imported(own_home) == []


def test_a_country_that_is_not_in_the_list_is_said(own_home: Path) -> None:
    with pytest.raises(BadAreas, match=r"codes\.csv has no areas of QQ\. It has: –"):
        import_list(OCHA.encode(), "codes.csv", own_home, country="QQ")


@pytest.mark.parametrize("code", ["../../x", "", "ken", "ÄÖ"])
def test_a_list_never_writes_outside_the_store(code: str, own_home: Path) -> None:
    text = f"id,name,country,level,parent,valid_from,valid_to,aliases,predecessors\nA,A,{code},0,,,,,\n"
    with pytest.raises(BadAreas, match="is no code of a country"):
        import_list(text.encode(), "x.csv", own_home)
    assert not own_home.exists()


@pytest.mark.shared
def test_the_whole_list_of_ocha_is_imported(shared: Path, own_home: Path) -> None:
    path = shared / "reference/ocha_global_pcodes_adm1_adm2.csv.gz"
    found = import_list(path.read_bytes(), path.name, own_home)
    assert {code: len(found[code]) for code in ("KE", "TZ", "NP", "AR")} == {"KE": 290, "TZ": 170, "NP": 0, "AR": 525}
    assert len(found) == 156
    for code in imported(own_home):
        assert areas_at_hand(code, own_home)[code].level == 0


# --- what is fetched ------------------------------------------------------------------------------------------------


def test_what_cannot_ship_is_fetched_by_address_and_digest(own_home: Path) -> None:
    asked: list[dict[str, object]] = []
    found = fetch("TZ", own_home, lambda text: None, lambda **options: asked.append(options) or "")
    assert [source.file for source, _path in found] == [
        "ocha_global_pcodes_adm1_adm2.csv", "tza_regions_2012.topojson", "tza_districts_2012.topojson",
    ]  # fmt: skip
    assert all(str(a["url"]).startswith("https://raw.githubusercontent.com/") for a in asked)
    assert all(a["known_hash"] == f"sha256:{a['fname']}" for a in asked)


def test_an_address_that_gives_another_file_is_said(own_home: Path) -> None:
    def get(**_options: object) -> str:
        raise ValueError("SHA256 hash of downloaded file does not match")

    with pytest.raises(SourceUnavailable, match="hash of downloaded file"):
        fetch("KE", own_home, lambda text: None, get)


@pytest.mark.shared
def test_the_digests_are_those_of_the_files_beside_the_project(shared: Path) -> None:
    at_hand = {path.name.removesuffix(".gz"): path for path in shared.glob("*/*")}
    for source in PUBLIC:
        path = at_hand[source.file]
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        assert hashlib.sha256(content).hexdigest() == source.sha256


def test_the_store_keeps_one_list_a_country(own_home: Path) -> None:
    import_list(OCHA.encode(), "codes.csv", own_home)
    assert list_path(own_home, "KE").read_text("utf-8").count("\n") == 3


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: (HEADER + text).encode("utf-8", "replace")))
def test_any_bytes_are_a_list_or_refused(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        found: dict[str, list[Area]] = {}
        with suppress(BadAreas):
            found = import_list(content, "x.csv", Path(folder))
        assert imported(Path(folder)) == sorted(code for code, areas in found.items() if areas)


def test_a_country_without_any_list_is_told_how_to_import_one(own_home: Path) -> None:
    with pytest.raises(BadAreas, match=r"no list of the areas of QQ\. Lists at hand: AR, KE, NP, TZ\. Import one"):
        areas_at_hand("QQ", own_home)
