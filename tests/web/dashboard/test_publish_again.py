"""`datashift publish` a second time: figures of people are held against what was released before, or not published."""

from __future__ import annotations

from pathlib import Path

import pytest
from marked_people import as_csv, rows
from people_recipe import RECIPE, folder_of

from datashift.commands.publish import _require_many, put_up
from datashift.errors import NotAllowed
from datashift.inputs import gather
from datashift.pipeline import Result, run
from datashift.web.dashboard.models import Release

pytestmark = pytest.mark.django_db


def again(folder: Path, gone: int, recipe: str = RECIPE, first: Path | None = None) -> Result:
    path = folder_of(folder, as_csv(rows()[gone:]), recipe)
    if first is not None:
        (path.parent / "first.zip").write_bytes(first.read_bytes())
    return run(gather(path, folder / "store"))


def test_a_second_release_that_does_not_name_the_first_is_refused(site: Path, tmp_path: Path) -> None:
    first = again(tmp_path / "a", 0)
    released = put_up(first, site, "People First")
    assert put_up(first, site, "People First") == released
    with pytest.raises(NotAllowed) as refused:
        put_up(again(tmp_path / "b", 40), site, "People First")
    assert refused.value.code == "release.no-earlier"
    assert Release.objects.count() == 1
    named = RECIPE.replace("\n[columns]", '\n[[earlier]]\nfile = "first.zip"\n\n[columns]')
    bundle = site / "releases" / released.pk / "release.zip"
    second = put_up(again(tmp_path / "c", 40, named, bundle), site, "People First")
    assert second.number == 2


def test_few_more_answers_are_not_published_without_saying_so(site: Path, tmp_path: Path) -> None:
    released = put_up(again(tmp_path / "a", 0), site, "People First")
    named = RECIPE.replace("\n[columns]", '\n[[earlier]]\nfile = "first.zip"\n\n[columns]')
    bundle = site / "releases" / released.pk / "release.zip"
    with pytest.raises(NotAllowed) as refused:
        _require_many(again(tmp_path / "b", 3, named, bundle))
    assert (refused.value.code, refused.value.facts["changed"]) == ("release.few-since", 3)
    _require_many(again(tmp_path / "c", 40, named, bundle))
