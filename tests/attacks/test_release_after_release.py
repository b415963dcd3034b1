"""Two releases of the same answers: the recipe of the second names the first, and nobody learns from the difference."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from marked_people import as_csv, rows
from people_recipe import RECIPE, folder_of

from datashift.errors import BadRecipe
from datashift.inputs import gather
from datashift.pipeline import Result, run
from datashift.publish import released
from datashift.release import check, publish
from datashift.terminal import report

NAMED = RECIPE.replace("\n[columns]", '\n[[earlier]]\nfile = "first.zip"\n\n[columns]')


def second(where: Path, home: Path, gone: int, recipe: str = NAMED) -> Result:
    """Release all answers; then run without `gone` of the women of Avânia, after that release."""
    first = run(gather(folder_of(where / "first"), home))
    publish(first, where / "out", home=home)
    left = [one for one in rows() if not (one["region"] == "Avânia" and one["sex"] == "female")]
    women = [one for one in rows() if one["region"] == "Avânia" and one["sex"] == "female"]
    path = folder_of(where / "second", as_csv([*left, *women[gone:]]), recipe)
    (path.parent / "first.zip").write_bytes((where / "out" / "release.zip").read_bytes())
    return run(gather(path, home))


def _cell(result: Result, area: str, **group: str) -> list[str]:
    found = [e for e in result.estimates if e.area_name == area and dict(e.breakdown) == group]
    return sorted({e.status for e in found})


def test_what_few_left_is_hidden_in_the_second_release_and_says_why(tmp_path: Path, own_home: Path) -> None:
    alone = second(tmp_path / "a", own_home, 3, RECIPE)
    assert _cell(alone, "Avânia") == ["A"]
    after = second(tmp_path / "b", own_home, 3)
    assert _cell(after, "Avânia") == ["Q"]
    reasons = {e.reason for e in after.estimates if e.area_name == "Avânia" and not e.breakdown}
    assert any("earlier release" in reason for reason in reasons)
    assert after.since.changed == 3
    assert after.since.hidden
    told = report(after, Path("out"), Path("out/release.zip"))
    assert "came or went since the release before: 3." in " ".join(told.split())


def test_what_many_left_is_shown_again(tmp_path: Path, own_home: Path) -> None:
    after = second(tmp_path, own_home, 40)
    assert _cell(after, "Avânia") == ["A"]
    assert after.since.changed is None


def test_what_was_hidden_stays_hidden_and_the_bundle_proves_itself(tmp_path: Path, own_home: Path) -> None:
    after = second(tmp_path, own_home, 3)
    out = publish(after, tmp_path / "again", home=own_home).parent
    assert {stage.status for stage in check(out / "release.zip")} == {"same"}
    first = {e.key for e in released(tmp_path / "out").estimates if e.status == "Q"}
    now = {e.key for e in released(out).estimates if e.status == "Q"}
    assert first
    assert first <= now
    with ZipFile(out / "release.zip") as archive:
        told = json.loads(archive.read("inputs/earlier.json"))
    assert {one["n"] for one in told if one["status"] == "Q"} == {0}


def test_a_file_that_is_no_release_is_refused_in_plain_words(tmp_path: Path, own_home: Path) -> None:
    for name, data in {"first.zip": b"no archive", "first.csv": b"a,b\n1,2\n", "first.json": b"[{}]"}.items():
        path = folder_of(tmp_path / name, recipe=NAMED.replace("first.zip", name))
        (path.parent / name).write_bytes(data)
        with pytest.raises(BadRecipe) as refused:
            run(gather(path, own_home))
        assert refused.value.code == "recipe.earlier"
