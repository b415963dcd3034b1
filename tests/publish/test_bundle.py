"""What is written, where, and that the same release gives the same bytes."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import subprocess
import zipfile
from dataclasses import replace
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from datashift.errors import Disclosive
from datashift.language import speaking
from datashift.protect import gate
from datashift.publish import write_release
from datashift.publish.archive import pack, unpack

keepers = partial(gate, personal_values=lambda: [f"Keeper Testperson {index}" for index in range(91)])


def names(path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def test_the_files_are_where_they_are_said_to_be(release, tmp_path):
    bundle = write_release(release, tmp_path / "out", gate=keepers, home=tmp_path / "home")
    files = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file())
    charts = [f"charts/works-by-area.{kind}" for kind in ("csv", "png", "svg", "txt")]
    tables = ["comparison.csv", "datapackage.json", "estimates.csv"]
    assert files == sorted([*charts, *tables, "private/evidence.zip", "release.zip"])
    assert bundle == tmp_path / "out" / "release.zip"
    manifest = json.loads(zipfile.ZipFile(bundle).read("manifest.json"))
    kept = tmp_path / "home" / "releases" / f"{manifest['id']}.zip"
    assert kept.read_bytes() == bundle.read_bytes()


def test_charts_of_an_earlier_release_do_not_stay_beside_the_new_figures(release, tmp_path):
    (tmp_path / "charts").mkdir()
    (tmp_path / "charts" / "of-last-year.svg").write_text("<svg/>")
    (tmp_path / "charts" / "notes.md").write_text("the reader's own")
    write_release(release, tmp_path, gate=keepers)
    assert not (tmp_path / "charts" / "of-last-year.svg").exists()
    assert (tmp_path / "charts" / "notes.md").exists()


def test_rows_about_single_things_stay_in_the_evidence(release, tmp_path):
    bundle = write_release(release, tmp_path, gate=keepers)
    private = names(tmp_path / "private" / "evidence.zip")
    assert {"raw/01-points.csv", "observations.parquet", "rejects.csv", "findings-rows.json"} <= set(private)
    assert not {"observations.parquet", "rejects.csv", "findings-rows.json"} & set(names(bundle))
    assert not [name for name in names(bundle) if name.startswith("raw/")]
    assert b"Testperson" not in bundle.read_bytes()
    assert stat.S_IMODE((tmp_path / "private").stat().st_mode) == 0o700


def test_cells_are_public_for_infrastructure_only(release, tmp_path):
    write_release(release, tmp_path / "points", gate=keepers)
    assert "cells.parquet" in names(tmp_path / "points" / "release.zip")
    universe = release.kit.universe.model_copy(update={"public_infrastructure": False})
    people = replace(release, kit=release.kit.model_copy(update={"universe": universe}))
    write_release(people, tmp_path / "people", gate=keepers)
    assert "cells.parquet" not in names(tmp_path / "people" / "release.zip")
    assert "cells.parquet" in names(tmp_path / "people" / "private" / "evidence.zip")


def test_public_cells_hold_breakdowns_and_sums_with_nameless_clusters(release, tmp_path):
    bundle = write_release(release, tmp_path, gate=keepers)
    table = pq.read_table(io.BytesIO(zipfile.ZipFile(bundle).read("cells.parquet")))
    assert set(table.column_names) == {
        "area", "period", "kind", "stratum", "cluster", "works__n", "works__sw", "works__sy"
    }  # fmt: skip
    assert all(label.startswith("c") and len(label) == 14 for label in table["cluster"].to_pylist())
    assert len(set(table["cluster"].to_pylist())) == len(set(release.cells["cluster"].to_pylist()))


@pytest.mark.parametrize("column", ["keeper", "latitude", "weight"])
def test_cells_with_any_other_column_are_refused(release, tmp_path, column):
    extra = release.cells.append_column(column, pa.array(["1"] * release.cells.num_rows))
    with pytest.raises(Disclosive) as caught:
        write_release(replace(release, cells=extra), tmp_path, gate=keepers)
    assert caught.value.facts["column"] == column


def test_nothing_is_written_when_the_gate_refuses(release, tmp_path):
    leaky = replace(release, finding_sentences=["Most often: Keeper Testperson 7."])
    with pytest.raises(Disclosive) as caught:
        write_release(leaky, tmp_path / "out", gate=keepers)
    assert caught.value.facts["output"] == "findings.json"
    assert not (tmp_path / "out").exists()


def test_words_of_recipe_kit_and_places_pass_the_gate(release, tmp_path):
    words = ["Area A", "pump", "Office of Numbers (simulated)", "Water points of a made-up country"]
    write_release(release, tmp_path, gate=partial(gate, personal_values=lambda: words))


def test_the_same_release_gives_the_same_bytes(release, tmp_path):
    for folder in ("one", "two"):
        write_release(release, tmp_path / folder, gate=keepers)
    for name in ("release.zip", "private/evidence.zip", "estimates.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_rows_in_another_order_give_the_same_bytes(release, tmp_path):
    harmonised = release.harmonised
    turned = harmonised.observations.take(list(range(harmonised.observations.num_rows))[::-1])
    other = replace(
        release,
        cells=release.cells.take(list(range(release.cells.num_rows))[::-1]),
        harmonised=replace(harmonised, observations=turned),
    )
    one = write_release(release, tmp_path / "one", gate=keepers).read_bytes()
    assert write_release(other, tmp_path / "two", gate=keepers).read_bytes() == one
    evidence = [(tmp_path / folder / "private" / "evidence.zip").read_bytes() for folder in ("one", "two")]
    assert evidence[0] == evidence[1]


def test_the_manifest_names_stage_and_digest_of_each_member(release, tmp_path):
    bundle = write_release(release, tmp_path, gate=keepers)
    manifest = json.loads(zipfile.ZipFile(bundle).read("manifest.json"))
    for archive, path in (("release.zip", bundle), ("evidence.zip", tmp_path / "private" / "evidence.zip")):
        listed = manifest["archives"][archive]
        assert set(listed) == set(names(path)) - {
            "manifest.json",
            "manifest.sha256",
            "rejects.csv",
            "findings-rows.json",
        }
        for name, entry in listed.items():
            assert entry["sha256"] == hashlib.sha256(zipfile.ZipFile(path).read(name)).hexdigest()
    stages = {name: entry["stage"] for members in manifest["archives"].values() for name, entry in members.items()}
    assert stages["raw/01-points.csv"] == "raw"
    assert stages["kit.toml"] == "recipe"
    assert stages["charts/works-by-area.svg"] == "charts"
    assert set(stages.values()) == {"raw", "recipe", "observations", "cells", "estimates", "charts", "manifest"}
    assert manifest["rows"] == {"in": 91, "out": 90, "explained": 1}
    assert manifest["made_with"]["datashift"] == "0.1.0"
    body = json.dumps(
        {k: v for k, v in manifest.items() if k != "id"}, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    assert manifest["id"] == hashlib.sha256(body.encode()).hexdigest()


def test_no_digest_of_short_private_files_is_public(release, tmp_path):
    bundle = write_release(release, tmp_path, gate=keepers)
    private = zipfile.ZipFile(tmp_path / "private" / "evidence.zip")
    for name in ("rejects.csv", "findings-rows.json"):
        assert hashlib.sha256(private.read(name)).hexdigest().encode() not in bundle.read_bytes()


def test_the_checksums_are_those_of_sha256sum(release, tmp_path):
    bundle = write_release(release, tmp_path, gate=keepers)
    zipfile.ZipFile(bundle).extractall(tmp_path / "open")
    done = subprocess.run(["sha256sum", "--check", "--strict", "manifest.sha256"], cwd=tmp_path / "open", check=False)
    assert done.returncode == 0


def test_public_inputs_travel_with_the_bundle(release, tmp_path):
    margin = ("../margin.csv", b"area,value\r\nA,5\r\n")
    bundle = write_release(replace(release, inputs=(margin,)), tmp_path, gate=keepers)
    assert zipfile.ZipFile(bundle).read("inputs/margin.csv") == b"area,value\r\nA,5\r\n"


def test_the_language_of_the_release_is_kept(release, tmp_path):
    with speaking("es"):
        bundle = write_release(release, tmp_path, gate=keepers)
    assert json.loads(zipfile.ZipFile(bundle).read("manifest.json"))["language"] == "es"


def test_what_is_packed_comes_out_again():
    members = {"manifest.json": '"b/c.csv" "déjà.txt"'.encode(), "b/c.csv": b"", "déjà.txt": b"PK\x01\x02" * 9}
    unpacked = unpack(pack(members), "x.zip")
    assert (unpacked.members, unpacked.damaged) == (members, ())
    with zipfile.ZipFile(io.BytesIO(pack(members))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == members
