"""A release is what its own parts give, or the stage where it is not is named."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from datashift.errors import Tampered
from datashift.protect import gate
from datashift.publish import verify, write_release
from datashift.publish.archive import pack, unpack
from datashift.publish.bundle import STAGES, checksums, manifest_id, stage_of
from datashift.publish.content import content_digest

free = partial(gate, personal_values=None)
PUBLIC = (
    "charts/works-by-area.csv", "charts/works-by-area.png", "charts/works-by-area.svg", "charts/works-by-area.txt",
    "cells.parquet", "comparison.csv", "datapackage.json", "estimates.csv", "findings.json", "inputs/margin.csv",
    "kit.toml", "manifest.json", "manifest.sha256", "recipe.toml",
)  # fmt: skip
EVIDENCE = (
    "cells.parquet", "findings-rows.json", "manifest.json", "manifest.sha256", "observations.parquet",
    "raw/01-points.csv", "rejects.csv",
)  # fmt: skip


@pytest.fixture(scope="module")
def written(release, tmp_path_factory) -> tuple[bytes, bytes]:
    """The bytes of a bundle and of its evidence."""
    folder = tmp_path_factory.mktemp("release")
    bundle = write_release(replace(release, inputs=(("margin.csv", b"area,value\nA,5\n"),)), folder, gate=free)
    return bundle.read_bytes(), (folder / "private" / "evidence.zip").read_bytes()


def put(folder: Path, bundle: bytes, evidence: bytes | None) -> Path:
    path = folder / "release.zip"
    path.write_bytes(bundle)
    if evidence is not None:
        (folder / "private").mkdir(exist_ok=True)
        (folder / "private" / "evidence.zip").write_bytes(evidence)
    return path


def statuses(path: Path, road, **options) -> dict[str, str]:
    results = verify(path, recompute=road, **options)
    assert [result.stage for result in results] == list(STAGES)
    assert all(result.detail for result in results)
    return {result.stage: result.status for result in results}


def differing(found: Mapping[str, str]) -> set[str]:
    return {stage for stage, status in found.items() if status == "differs"}


def opened(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- what an untouched release says ---------------------------------------------------------------------------------


def test_an_untouched_release_is_the_same_at_every_stage(written, road, tmp_path):
    assert set(opened(written[0])) == set(PUBLIC)
    assert set(opened(written[1])) == set(EVIDENCE)
    assert statuses(put(tmp_path, *written), road) == dict.fromkeys(STAGES, "same")


def test_without_evidence_a_stranger_computes_from_the_cells(written, road, tmp_path):
    found = statuses(put(tmp_path, written[0], None), road)
    assert found == {
        "raw": "absent", "recipe": "same", "observations": "absent", "cells": "digest only", "estimates": "same",
        "charts": "same", "manifest": "same",
    }  # fmt: skip


def test_without_cells_only_digests_speak(release, road, tmp_path):
    universe = release.kit.universe.model_copy(update={"public_infrastructure": False})
    people = replace(release, kit=release.kit.model_copy(update={"universe": universe}))
    bundle = write_release(people, tmp_path, gate=free)
    (tmp_path / "private" / "evidence.zip").unlink()
    found = statuses(bundle, road)
    assert (found["cells"], found["estimates"], found["charts"]) == ("absent", "digest only", "digest only")
    assert not differing(found)


def test_evidence_may_lie_elsewhere(written, road, tmp_path):
    path = put(tmp_path, written[0], None)
    elsewhere = tmp_path / "safe.zip"
    elsewhere.write_bytes(written[1])
    assert statuses(path, road, evidence=elsewhere)["raw"] == "same"


def test_what_cannot_be_drawn_here_has_its_digest_only(written, road, tmp_path):
    found = statuses(put(tmp_path, *written), replace(road, can_draw=False, official_at_hand=False))
    assert found["charts"] == "digest only"
    assert not differing(found)


def test_other_sums_in_the_last_digits_are_the_same(written, road, tmp_path):
    class OtherMachine(type(road)):
        def cells(self, given, observations):
            cells = super().cells(given, observations)
            noisy = pc.multiply(cells["works__sy"], 1 + 3e-15)
            return cells.set_column(cells.column_names.index("works__sy"), "works__sy", noisy)

    assert statuses(put(tmp_path, *written), OtherMachine()) == dict.fromkeys(STAGES, "same")


# --- one byte -------------------------------------------------------------------------------------------------------


def regions(data: bytes) -> dict[str, list[int]]:
    """Return offsets to flip, by member: in its content, in its header (marks, sizes, name), in its directory entry."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
    places: dict[str, list[int]] = {}
    directory = len(data) - 22 - sum(46 + len(entry.filename.encode()) for entry in entries)
    for entry in entries:
        name = len(entry.filename.encode())
        start = entry.header_offset + 30 + name
        size = entry.file_size
        places[entry.filename] = [start, start + size // 3, start + size // 2, start + size - 1]
        places[entry.filename] += [entry.header_offset + byte for byte in (0, 8, 14, 18, 26, 28, 30)]
        places[entry.filename] += [directory + byte for byte in (0, 10, 16, 20, 28, 30, 42, 46)]
        directory += 46 + name
    return places


@pytest.mark.parametrize("member", PUBLIC)
def test_one_flipped_byte_in_the_bundle_names_its_stage(written, road, tmp_path, member):
    for offset in regions(written[0])[member]:
        flipped = flip(written[0], offset)
        with_evidence = differing(statuses(put(tmp_path, flipped, written[1]), road))
        assert with_evidence == {stage_of(member)}, f"{member} at {offset}"
    (tmp_path / "private" / "evidence.zip").unlink()
    for offset in regions(written[0])[member][:4]:
        alone = differing(statuses(put(tmp_path, flip(written[0], offset), None), road))
        assert alone == {stage_of(member)}, f"{member} at {offset}, without evidence"


@pytest.mark.parametrize("member", EVIDENCE)
def test_one_flipped_byte_in_the_evidence_names_its_stage(written, road, tmp_path, member):
    for offset in regions(written[1])[member]:
        found = differing(statuses(put(tmp_path, written[0], flip(written[1], offset)), road))
        assert found == {stage_of(member)}, f"{member} at {offset}"


def test_one_flipped_byte_at_the_end_of_the_packing_names_the_manifest(written, road, tmp_path):
    for offset in range(len(written[0]) - 22, len(written[0])):
        found = differing(statuses(put(tmp_path, flip(written[0], offset), written[1]), road))
        assert found == {"manifest"}, offset


def test_no_byte_of_an_archive_is_without_owner():
    whole = {"a.csv": b"a,b\n1,2\n", "charts/b.txt": b"About 7 in 10.", "raw/c.zip": pack({"PK": b"PK\x01\x02" * 3})}
    whole |= {"manifest.json": json.dumps(list(whole)).encode(), "manifest.sha256": b"0" * 64}
    packed = pack(whole)
    for offset in range(len(packed)):
        unpacked = unpack(flip(packed, offset), "release.zip")
        assert set(unpacked.members) == set(whole), offset
        changed = {name for name in whole if unpacked.members[name] != whole[name]}
        assert len(unpacked.damaged) == 1, offset
        assert changed <= set(unpacked.damaged), offset


def test_every_byte_of_the_manifest_counts(written, road, tmp_path):
    start = regions(written[0])["manifest.json"][0]
    size = len(opened(written[0])["manifest.json"])
    for offset in range(start, start + size, 97):
        for evidence in (written[1], None):
            (tmp_path / "private" / "evidence.zip").unlink(missing_ok=True)
            found = differing(statuses(put(tmp_path, flip(written[0], offset, 1), evidence), road))
            assert found == {"manifest"}, offset


def flip(data: bytes, offset: int, bit: int = 0x10) -> bytes:
    changed = bytearray(data)
    changed[offset] ^= bit
    return bytes(changed)


# --- members changed together with their digests --------------------------------------------------------------------


def forged(written: tuple[bytes, bytes], member: str, change: Callable[[bytes], bytes]) -> tuple[bytes, bytes]:
    """Return bundle and evidence with a changed member, and every digest of them made to fit."""
    archives = {"release.zip": opened(written[0]), "evidence.zip": opened(written[1])}
    manifest = json.loads(archives["release.zip"]["manifest.json"])
    for role, members in archives.items():
        if member in members:
            data = members[member] = change(members[member])
            if member in manifest["archives"][role]:
                manifest["archives"][role][member] |= {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
            if stage_of(member) in manifest["contents"] and member.endswith(".parquet"):
                manifest["contents"][stage_of(member)] = content_digest(pq.read_table(io.BytesIO(data)))
    sealed = {n: d for n, d in archives["evidence.zip"].items() if n not in ("manifest.json", "manifest.sha256")}
    manifest["evidence_seal"] = hashlib.sha256(checksums(sealed)).hexdigest()
    manifest["id"] = manifest_id(manifest)
    for members in archives.values():
        members["manifest.json"] = (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()
        members["manifest.sha256"] = checksums(members)
    return pack(archives["release.zip"]), pack(archives["evidence.zip"])


def more_works(data: bytes) -> bytes:
    table = pq.read_table(io.BytesIO(data))
    at = table.column_names.index("works__sy")
    return parquet(table.set_column(at, "works__sy", pc.multiply(table["works__sy"], 1.01)))


def parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def instead(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new)

    return change


@pytest.mark.parametrize(
    ("member", "change", "stage"),
    [
        ("estimates.csv", instead(b"SIMULATED", b"SIMULATED"), None),
        ("estimates.csv", instead(b"Area A,2024,", b"Area A,2024,1"), "estimates"),
        ("estimates.csv", instead(b"Nobody, this is simulated", b"A statistics office"), "estimates"),
        ("estimates.csv", instead(b",Q,", b",A,"), "estimates"),
        ("estimates.csv", lambda data: data[: data.rindex(b"dataflow")], "estimates"),
        ("comparison.csv", instead(b"60.5", b"40.5"), "estimates"),
        ("cells.parquet", more_works, "estimates"),
        ("charts/works-by-area.csv", instead(b"Area A,", b"Area A,1"), "charts"),
        ("charts/works-by-area.txt", instead(b"7 in 10", b"9 in 10"), "charts"),
        ("charts/works-by-area.svg", instead(b"Area B", b"Area Z"), "charts"),
        ("charts/works-by-area.png", instead(b"PNG", b"GNP"), "charts"),
        ("recipe.toml", instead(b'id = "made-up"', b'id = = "made-up"'), "recipe"),
    ],
)
def test_a_stranger_sees_a_member_that_was_changed_with_its_digest(written, road, tmp_path, member, change, stage):
    bundle, _evidence = forged(written, member, change)
    assert differing(statuses(put(tmp_path, bundle, None), road)) == ({stage} if stage else set())


@pytest.mark.parametrize(
    ("member", "change", "stage"),
    [
        ("raw/01-points.csv", lambda data: data.replace(b",yes,", b",no,", 3), "observations"),
        ("observations.parquet", lambda data: turned(data), "observations"),
        ("cells.parquet", lambda data: more_works(data), "cells"),
        ("estimates.csv", lambda data: data.replace(b"Area A,2024,", b"Area A,2024,1"), "estimates"),
        ("charts/works-by-area.csv", lambda data: data.replace(b"Area A,", b"Area A,1"), "charts"),
    ],
)
def test_with_evidence_the_stage_that_was_changed_with_every_digest_is_named(
    written, road, tmp_path, member, change, stage
):
    found = statuses(put(tmp_path, *forged(written, member, change)), road)
    assert differing(found) == {stage}
    assert {found[other] for other in STAGES if other != stage} == {"same"}


def turned(data: bytes) -> bytes:
    table = pq.read_table(io.BytesIO(data))
    works = pc.if_else(pc.equal(table["area"], "A"), "yes", table["works"])
    return parquet(table.set_column(table.column_names.index("works"), "works", works))


def test_a_table_that_says_something_else_than_the_manifest_says_is_named(written, road, tmp_path):
    bundle, _evidence = forged(written, "cells.parquet", lambda data: data)
    members = opened(bundle)
    manifest = json.loads(members["manifest.json"])
    manifest["contents"]["cells"] = "0" * 64
    manifest["id"] = manifest_id(manifest)
    members["manifest.json"] = json.dumps(manifest).encode()
    bundle = pack({**members, "manifest.sha256": checksums(members)})
    assert differing(statuses(put(tmp_path, bundle, None), road)) == {"cells"}


def test_comparisons_must_agree_with_the_estimates_even_without_the_official_file(written, road, tmp_path):
    here = replace(road, official_at_hand=False)
    for old, new in ((b"60.5", b"40.5"), (b"Area XX,2024,,PT,6", b"Area XX,2024,,PT,7")):
        bundle, _evidence = forged(written, "comparison.csv", instead(old, new))
        assert differing(statuses(put(tmp_path, bundle, None), here)) == {"estimates"}


def test_what_the_bundle_says_the_evidence_must_say_too(written, road, tmp_path):
    bundle, _evidence = forged(written, "findings.json", instead(b"1 row", b"0 rows"))
    assert not differing(statuses(put(tmp_path, bundle, None), road)), "nothing in the bundle contradicts it"
    assert differing(statuses(put(tmp_path, bundle, written[1]), road)) == {"observations", "manifest"}


def test_raw_bytes_that_the_recipe_does_not_expect_are_named(release, road, tmp_path):
    digest = hashlib.sha256(release.raw[0][1]).hexdigest()
    text = release.recipe_text.replace('file = "points.csv"', f'file = "points.csv"\nsha256 = "{digest}"')
    bundle = write_release(replace(release, recipe_text=text), tmp_path, gate=free).read_bytes()
    evidence = (tmp_path / "private" / "evidence.zip").read_bytes()
    changed = forged((bundle, evidence), "raw/01-points.csv", lambda data: data.replace(b",yes,", b",no,", 3))
    assert differing(statuses(put(tmp_path, *changed), road)) == {"raw"}


# --- what is no bundle ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x05\x06" + bytes(18), b"<html>not found</html>" * 9, bytes(1000), pack({"a.txt": b"a"})],
    ids=["empty", "empty zip", "html", "zeros", "another zip"],
)
def test_what_is_no_bundle_is_refused_with_a_code(road, tmp_path, data):
    path = put(tmp_path, data, None)
    with pytest.raises(Tampered) as caught:
        verify(path, recompute=road)
    assert caught.value.code == "verify.not-a-bundle"
    assert "release.zip" in str(caught.value)


def test_a_bundle_that_was_cut_off_is_refused(written, road, tmp_path):
    for size in (10, 1000, len(written[0]) - 1):
        with pytest.raises(Tampered):
            verify(put(tmp_path, written[0][:size], None), recompute=road)


def test_a_bundle_that_is_not_there_is_refused(road, tmp_path):
    with pytest.raises(Tampered) as caught:
        verify(tmp_path / "none.zip", recompute=road)
    assert (caught.value.code, "none.zip" in str(caught.value)) == ("verify.not-there", True)


def test_evidence_of_another_release_is_seen(written, release, road, tmp_path):
    other = write_release(replace(release, created="2026-11-23"), tmp_path / "other", gate=free)
    evidence = (other.parent / "private" / "evidence.zip").read_bytes()
    assert "manifest" in differing(statuses(put(tmp_path, written[0], evidence), road))
