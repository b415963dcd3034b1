"""A damaged, cut off or wrong file is refused in plain words, and the store is as it was, to the last byte."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from datashift.errors import BadOfficial, DataShiftError, SourceUnavailable, Unreadable
from datashift.official import import_snapshot, observations, snapshots, time_series

GOOD = "SERIES,REF_AREA,SEX,TIME_PERIOD,OBS_VALUE,NATURE\n" + "".join(
    f"{series},{area},{sex},{year},{year - 1950}.5,C\n"
    for series in ("SI_POV", "SH_H2O")
    for area in ("KE", "NP")
    for sex in ("_T", "F")
    for year in range(2010, 2015)
)
QUOTED = 'SERIES,REF_AREA,TIME_PERIOD,OBS_VALUE,COMMENT_OBS\nA,KE,2019,1,plain\nA,KE,2020,2,"a note, long"\n'
XML = """\
<?xml version="1.0"?>
<m:StructureSpecificData xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message">
<m:DataSet><Series SERIES="A" REF_AREA="KE"><Obs TIME_PERIOD="2020" OBS_VALUE="5"/></Series></m:DataSet>
</m:StructureSpecificData>
"""


def everything_under(home: Path) -> dict[str, str]:
    return {str(p.relative_to(home)): sha256(p.read_bytes()).hexdigest() for p in home.rglob("*") if p.is_file()}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with one good snapshot."""
    import_snapshot(GOOD.encode(), "good.csv", tmp_path, source="Office", released="2023")
    return tmp_path


def refused(store: Path, data: bytes | str, name: str = "new.csv", **stated: Any) -> DataShiftError:
    """Import a bad file; give back its error after checking that the store did not change."""
    before = everything_under(store)
    with pytest.raises(DataShiftError) as caught:
        import_snapshot(
            data if isinstance(data, bytes) else data.encode(), name, store, source="Office", released="2024", **stated
        )
    assert everything_under(store) == before
    assert str(caught.value)
    return caught.value


def archive(name: str, text: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(name, text)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "official-import.empty"),
        (b" \n\n", "official-import.empty"),
        ("<!DOCTYPE html>\n<html><body>502 Bad Gateway</body></html>\n", "official-import.web-page"),
        (GOOD.replace("KE", "C\xf4te").encode("latin-1"), "official-import.encoding"),
        (GOOD.replace("KE", "K\0E"), "official-import.encoding"),
        ("name,age\nJo,5\n", "official-import.unknown-layout"),
        (GOOD.replace("SEX", "SERIES"), "official-import.same-column"),
        (GOOD + "SI_POV,KE,_T,2016\n", "official-import.columns-differ"),
        (GOOD + "SI_POV,KE,_T,2016,1,C,again\n", "official-import.columns-differ"),
        (GOOD + "\nSI_POV,KE,_T,2016,1,C\n", "official-import.no-year"),
        (GOOD + 'SI_POV,KE,_T,2016,1,"C\n', "official-import.unclosed-quote"),
        (GOOD.rstrip("\n"), "official-import.no-line-end"),
        (GOOD.replace(".5", " points"), "official-import.no-number"),
        (GOOD.replace("2012", "last year"), "official-import.no-year"),
        ("SERIES,REF_AREA,TIME_PERIOD,OBS_VALUE\n", "official-import.no-number"),
        ("ACTION,SERIES,REF_AREA,TIME_PERIOD,OBS_VALUE\nI,A,KE,2020,1\nD,A,KE,2021,2\n", "official-import.deletions"),
        (XML.replace("</m:DataSet>", ""), "official-import.xml-damaged"),
        (XML[: len(XML) // 2], "official-import.xml-damaged"),
        ('<!DOCTYPE a [<!ENTITY b "c">]>' + XML.partition("\n")[2], "official-import.xml-doctype"),
        ('{"Year": [2015], "Value": [1', "official-import.json-damaged"),
        ('{"Year": [2015, 2016], "Value": [1]}', "official-import.json-damaged"),
        ('{"anything": 1}', "official-import.unknown-layout"),
        (json.dumps([{"page": 1, "pages": 3, "total": 120}, [{"value": 1}]]), "official-import.pages"),
        (archive("readme.pdf", "x"), "official-import.packed"),
    ],
)
def test_a_bad_file_is_refused(store: Path, data: bytes | str, code: str) -> None:
    assert refused(store, data).code == code


def test_the_row_of_a_fault_is_named(store: Path) -> None:
    lines = GOOD.splitlines(keepends=True)
    cut = "".join([*lines[:7], lines[7].rpartition(",")[0] + "\n", *lines[8:]])
    error = refused(store, cut)
    assert (error.facts["row"], error.facts["found"], error.facts["expected"]) == (8, 5, 6)
    assert str(error).startswith("new.csv, row 8: 6 cells were expected, but there are 5.")
    assert refused(store, GOOD.replace(",2012,", ",then,", 1)).facts["row"] == 4
    assert refused(store, 'A,B\n1,"2\n3,4\n'.replace("A,B", "Year,Value")).facts["row"] == 2
    assert refused(store, XML.replace("</Series>", "")).facts["row"] == 3


@pytest.mark.parametrize("name", ["new.csv.gz", "new.zip"])
def test_a_packed_file_that_was_cut_off_is_refused(store: Path, name: str) -> None:
    whole = gzip.compress(GOOD.encode()) if name.endswith("gz") else archive("new.csv", GOOD)
    for length in (12, len(whole) // 2, len(whole) - 1):
        assert isinstance(refused(store, whole[:length], name), Unreadable)
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    assert isinstance(refused(store, bytes(flipped), name), DataShiftError)


def test_files_of_different_layouts_are_not_thrown_together(store: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as parts:
        parts.writestr("a.csv", GOOD)
        parts.writestr("indicator_1-1-1.csv", "Year,Value\n2015,1\n")
    assert refused(store, stream.getvalue(), "both.zip").code == "official-import.mixed"


def test_what_is_stated_is_checked(store: Path) -> None:
    assert refused(store, GOOD, layout="excel").code == "official-import.no-layout"
    assert refused(store, GOOD, layout="unsd").code == "official-import.missing-columns"
    assert refused(store, GOOD, retrieved="last May").code == "official-import.date"
    assert refused(store, GOOD, area="Atlantis").code == "official-import.no-place"
    assert refused(store, GOOD, area_as_of="2012").code == "official-import.date"


def test_a_last_row_without_line_end_is_taken_when_a_person_says_it_is_whole(store: Path) -> None:
    text = GOOD.rstrip("\n")
    error = refused(store, text)
    assert error.facts["end"].endswith("SH_H2O,NP,F,2014,64.5,C")
    done = import_snapshot(text.encode(), "new.csv", store, source="Office", released="2024", whole=True)
    assert done.snapshot.observations == 40
    packed = import_snapshot(gzip.compress(text.encode()), "n.csv.gz", store, source="Office", released="2025")
    assert packed.snapshot.observations == 40  # an archive has a checksum


def test_a_source_that_lost_a_fifth_of_its_figures_is_questioned(store: Path) -> None:
    lines = GOOD.splitlines(keepends=True)
    error = refused(store, "".join(lines[:22]))  # cut exactly at a line end
    assert (error.code, error.facts["before"], error.facts["after"]) == ("official-import.fewer", 40, 21)
    assert error.facts["snapshot"] == "office/2023"
    assert "figures of 1 series (SH_H2O)" in refused(store, "".join(lines[:30])).facts["gone"]
    elsewhere = "".join([*(line for line in lines if ",NP," not in line), "SI_POV,UG,_T,2010,1,C\n"])
    assert refused(store, elsewhere).facts["gone"] == "1 places (NP)"
    done = import_snapshot("".join(lines[:31]).encode(), "new.csv", store, source="Office", accept_fewer=True)
    assert (done.snapshot.observations, done.before and done.before.id) == (30, "office/2023")
    assert import_snapshot("".join(lines[:34]).encode(), "n.csv", store, source="Other").snapshot.observations == 33


def test_a_small_part_is_compared_with_what_the_whole_said_about_it(store: Path) -> None:
    lines = GOOD.splitlines(keepends=True)
    of_one = [lines[0], *(line for line in lines if line.startswith("SI_POV"))]
    done = import_snapshot("".join(of_one).encode(), "poverty.csv", store, source="Office", released="2024")
    assert (done.snapshot.part, done.before) == ("SI_POV", None)
    assert refused(store, "".join([lines[0], *lines[21:28]])).code == "official-import.fewer"


def test_an_older_release_may_come_in_later_and_have_less(store: Path) -> None:
    lines = GOOD.splitlines(keepends=True)
    done = import_snapshot("".join(lines[:30]).encode(), "old.csv", store, source="Office", released="2019")
    assert (done.new, done.before) == (True, None)
    assert set(observations(store)["released"].to_pylist()) == {"2023"}


# --- the store ------------------------------------------------------------------------------------------------------


def test_the_same_file_gives_the_same_snapshot(store: Path) -> None:
    before = everything_under(store)
    again = import_snapshot(GOOD.encode(), "renamed.csv", store, source="Office")
    assert (again.new, again.snapshot.id) == (False, "office/2023")
    assert everything_under(store) == before


def test_a_correction_of_what_was_stated_is_a_snapshot_of_its_own(store: Path) -> None:
    corrected = import_snapshot(GOOD.encode(), "good.csv", store, source="Office", released="2022", indicator="1.1.1")
    assert corrected.new
    assert [one.id for one in snapshots(store)] == ["office/2023", "office/2022"]
    assert set(observations(store)["snapshot"].to_pylist()) == {"office/2022"}


def test_the_original_bytes_lie_unchanged_beside_what_is_known(store: Path) -> None:
    [one] = snapshots(store)
    assert one.file.read_bytes() == GOOD.encode()
    assert (one.sha256, one.size) == (sha256(GOOD.encode()).hexdigest(), len(GOOD))
    assert {path.name for path in one.file.parent.iterdir()} == {"good.csv", "observations.parquet", "snapshot.json"}
    assert (one.released, one.retrieved, one.observations, one.series, one.areas) == ("2023", "", 40, 2, 2)


def test_a_date_that_nobody_knows_is_not_invented(tmp_path: Path) -> None:
    done = import_snapshot(GOOD.encode(), "good.csv", tmp_path)
    one = done.snapshot
    assert (one.released, one.retrieved, one.dated) == ("", "", one.imported[:10])
    assert set(observations(tmp_path)["released"].to_pylist()) == {""}
    assert {series.released for series in time_series(tmp_path)} == {one.id}


@pytest.mark.parametrize("file", ["observations.parquet", "good.csv", "snapshot.json"])
def test_a_kept_file_with_one_byte_changed_is_named_and_never_used(store: Path, file: str) -> None:
    [one] = snapshots(store)
    path = one.file.with_name(file)
    data = bytearray(path.read_bytes())
    data[0] ^= 0x04
    path.write_bytes(data)
    use = (lambda: import_snapshot(GOOD.encode(), file, store, source="Office")) if file == "good.csv" else (
        lambda: observations(store)
    )  # fmt: skip
    with pytest.raises(SourceUnavailable, match=file):
        use()


def test_figures_can_be_made_anew_from_the_original(store: Path) -> None:
    from datashift.official.importing import rebuild  # noqa: PLC0415 - repair only

    [one] = snapshots(store)
    before = observations(store)
    one.figures.unlink()
    with pytest.raises(SourceUnavailable):
        observations(store)
    assert rebuild(one, store).id == one.id
    assert observations(store) == before
    one.file.write_bytes(b"other")
    with pytest.raises(SourceUnavailable, match=r"good\.csv"):
        rebuild(one, store)


KILLED = """
import os, signal, sys
from pathlib import Path
from datashift.official import import_snapshot
home, file, moment = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
flush, seen = os.fsync, []
def killing(handle):
    seen.append(handle)
    if len(seen) == moment:
        os.kill(os.getpid(), signal.SIGKILL)
    flush(handle)
os.fsync = killing
import_snapshot(file.read_bytes(), file.name, home, source="Office", released="2024")
"""


@pytest.mark.parametrize("moment", [1, 3])
def test_a_run_that_is_killed_leaves_every_earlier_snapshot_alone(store: Path, tmp_path: Path, moment: int) -> None:
    file = tmp_path / "killed.csv"
    file.write_text(GOOD.replace("0.5", "1.5"))
    before = everything_under(store / "official" / "office" / "2023")
    done = subprocess.run([sys.executable, "-c", KILLED, str(store), str(file), str(moment)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert everything_under(store / "official" / "office" / "2023") == before
    assert [one.id for one in snapshots(store)] == ["office/2023"]
    again = import_snapshot(file.read_bytes(), "killed.csv", store, source="Office", released="2024")
    assert again.snapshot.id == "office/2024"


def test_what_a_killed_run_left_behind_is_cleared_a_day_later(store: Path) -> None:
    left = store / "official" / "office" / ".unfinished-x"
    left.mkdir()
    import_snapshot(GOOD.replace("0.5", "1.5").encode(), "a.csv", store, source="Office", released="2024")
    assert left.exists()
    os.utime(left, (0, 0))
    import_snapshot(GOOD.replace("0.5", "2.5").encode(), "b.csv", store, source="Office", released="2025")
    assert not left.exists()


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "official").write_text("a file where a folder should be")
    with pytest.raises(SourceUnavailable, match="Nothing can be written"):
        import_snapshot(GOOD.encode(), "good.csv", tmp_path)


def test_a_source_that_is_not_there_is_answered_with_those_that_are(store: Path) -> None:
    with pytest.raises(BadOfficial, match="Known are: Office"):
        observations(store, source="Elsewhere")
    with pytest.raises(BadOfficial, match="Known are: office/2023"):
        observations(store, snapshot="office/1999")


# --- hostile and odd files ------------------------------------------------------------------------------------------

SDMX = "SERIES,REF_AREA,TIME_PERIOD,OBS_VALUE"
OBSERVATION = {"dimensions": {"observation": [{"id": "TIME_PERIOD", "values": [{"id": "2020"}]}]}}
NO_TIME = {"dimensions": {"observation": [{"id": "SEX", "values": [{"id": "F"}]}]}}
FIGURE = [{"observations": {"0": [1.5]}}]


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        ('[{"page": 1, "pages": "x", "total": 1}, [{"value": 1}]]', "a.json", "json-damaged"),
        ('[{"page": 1, "pages": 1, "total": 1}, ["text"]]', "a.json", "json-damaged"),
        ('[{"page": 1, "pages": 1, "total": 4}, "text"]', "a.json", "json-damaged"),
        (json.dumps({"header": [1], "structure": OBSERVATION, "dataSets": FIGURE}), "a.json", "json-damaged"),
        (json.dumps({"structure": NO_TIME, "dataSets": FIGURE}), "a.json", "missing-columns"),
        (
            json.dumps({"structure": OBSERVATION, "dataSets": [{"action": "Delete", **FIGURE[0]}]}),
            "a.json",
            "deletions",
        ),
        (XML.replace('TIME_PERIOD="2020" ', ""), "a.xml", "missing-columns"),
        (XML.replace("<m:DataSet>", '<m:DataSet action="Delete">'), "a.xml", "deletions"),
        (XML.replace("<m:D", "<m:DataSetAction>Delete</m:DataSetAction><m:D", 1), "a.xml", "deletions"),
        ("<a>" * 200_000, "a.xml", "xml-damaged"),
        (f"{SDMX},TIME_PERIOD: Time\nA,KE,2015,1,2016\n", "a.csv", "same-column"),
        ("Year,year,Value\n2015,2016,1\n", "indicator_1-1-1.csv", "same-column"),
        ("geo_area,year,yy\n404,2015,1\n", "ddf--datapoints--xx--by--geo_area--year.csv", "missing-columns"),
        (f"{SDMX},UNIT_MULT\nA,KE,2015,1,--3\n", "a.csv", "no-number"),
        (f"{SDMX}\nA,KE,2015-garbage,1\n", "a.csv", "no-year"),
        (f"{SDMX}\nA,KE,0000,1\n", "a.csv", "no-year"),
        (f"{SDMX}\nA,KE,2016/2015,1\n", "a.csv", "no-year"),
        (f"{SDMX}\nA,KE,२०१५,1\n", "a.csv", "no-year"),
    ],
)
def test_odd_files_are_refused_and_never_end_in_a_traceback(store: Path, data: str, name: str, code: str) -> None:
    assert refused(store, data, name).code == f"official-import.{code}"


def test_a_release_on_a_day_that_does_not_exist_is_no_date(store: Path) -> None:
    with pytest.raises(BadOfficial, match="2023-02-31"):
        import_snapshot(QUOTED.encode(), "q.csv", store, source="Office", released="2023-02-31")


def test_another_layout_that_lacks_most_of_the_series_does_not_take_the_place_of_the_whole(store: Path) -> None:
    head = "SeriesCode,GeoAreaCode,GeoAreaName,TimePeriod,Value\n"
    rows = [f"NEW_{k},{area},X,2020,{k}.5\n" for k in range(50) for area in ("KE", "NP")]
    error = refused(store, "".join((head, *rows)))
    assert (error.code, error.facts["gone"]) == ("official-import.fewer", "2 series (SH_H2O, SI_POV)")


def test_a_date_that_the_file_contradicts_does_not_make_a_second_snapshot(tmp_path: Path) -> None:
    data = f"{SDMX},DATA_LAST_UPDATE\nA,KE,2020,1,2024-05-05\n".encode()
    first = import_snapshot(data, "a.csv", tmp_path, released="2023")
    again = import_snapshot(data, "a.csv", tmp_path, released="2023", layout="auto")
    assert (again.new, again.snapshot.id, first.snapshot.released) == (False, first.snapshot.id, "2024-05-05")


def test_two_runs_at_once_keep_the_same_file_once(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text(GOOD)
    words = [sys.executable, "-m", "datashift.cli", "official", "import", str(tmp_path / "good.csv")]
    home = {**os.environ, "DATASHIFT_HOME": str(tmp_path / "home")}
    runs = [subprocess.Popen([*words, "--source", "Office"], env=home, stdout=subprocess.PIPE) for _ in range(3)]
    assert [run.communicate(timeout=60)[0] != b"" and run.returncode for run in runs] == [0, 0, 0]
    assert len(snapshots(tmp_path / "home")) == 1


@pytest.mark.parametrize("note", ['{"source": "a", "file": "b", "sha256": "c", "layout": "unsd"}', "[]"])
def test_a_note_that_lacks_something_is_named(tmp_path: Path, note: str) -> None:
    folder = tmp_path / "official" / "a" / "2020"
    folder.mkdir(parents=True)
    (folder / "snapshot.json").write_text(note)
    with pytest.raises(SourceUnavailable) as caught:
        snapshots(tmp_path)
    assert caught.value.facts["file"] == str(folder / "snapshot.json")
