"""A withdrawn answer is nowhere: in no page, file, row of the database or part of the store, today and later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client
from site_reader import arguments, body, filled, found_in, routes
from water_road import ASKED, DEMO, PLACE, quiet

from datashift.release import check
from datashift.web.collection import receipts, services
from datashift.web.collection.models import Concern, Dataset, Review
from datashift.web.collection.steps import fitting_run
from datashift.web.dashboard import dossiers, withdrawing
from datashift.web.dashboard import services as releasing
from datashift.web.dashboard.models import Release
from datashift.web.jobs.models import Job
from datashift.web.jobs.worker import work_off
from datashift.web.people.models import Organisation, User
from datashift.web.serving import kinds

pytestmark = pytest.mark.django_db(transaction=True)

MARKER = "QZMARKER77"
PLACE_OF_IT = 5
JOBS = ("screen", "suggest", "run", "reconsider")
Say = Callable[..., Dataset]


def marked_file(columns: tuple[int, ...] = (0, 3, 9, 13, 14, 15)) -> bytes:
    """Return the simulated water points, one of which has the marker in these columns; 8 is one that a recipe names."""
    lines = (DEMO / "water_points.csv").read_bytes().splitlines()
    cells = lines[1 + PLACE_OF_IT].split(b";")
    for column in columns:
        cells[column] = MARKER.encode() if column == 8 else f"{MARKER} {column}".encode()
    lines[1 + PLACE_OF_IT] = b";".join(cells)
    return b"\n".join(lines)


@pytest.fixture
def reviewer(person: Callable[..., User], organisation: Organisation) -> User:
    return person("reviewer", organisation)


@pytest.fixture
def release_of(sent: Callable[..., Dataset], say: Say, producer: User, reviewer: User) -> Callable[[bytes], Dataset]:
    """Take a file the whole road: release_of(bytes)."""

    def made(data: bytes) -> Dataset:
        water = sent(data, "water_points.csv")
        for step, answers in {"rows": {"title": "Water points", "simulated": True, "row_id": "wp_id"}, "kit": {},
                              "columns": {}, "place": PLACE, "asked": ASKED}.items():  # fmt: skip
            water = say(water, step, answers)
        work_off(kinds(*JOBS))
        return released_again(water, say, producer, reviewer)

    return made


def released_again(water: Dataset, say: Say, producer: User, reviewer: User) -> Dataset:
    water.refresh_from_db()
    for step, answers in {"findings": {}, "result": {}, "who": {"licence": "", "for_office": False}}.items():
        water = say(water, step, answers)
    review = services.ask_for_review(dataset=water, for_office=True, by=producer)
    releasing.release(review=review, by=reviewer, despite="They are simulated.")
    water.refresh_from_db()
    return water


# --- where a marker could be ------------------------------------------------------------------------------------------


def in_store(home: Path) -> list[str]:
    files = (path for path in home.rglob("*") if path.is_file() and not path.name.startswith("site.sqlite3"))
    return [
        where for path in files for where, _word in found_in(path.read_bytes(), [MARKER], str(path.relative_to(home)))
    ]


def in_database() -> list[str]:
    return [
        f"{model._meta.label}:{row.get('id', '')}"
        for model in apps.get_models()
        for row in model._default_manager.values()
        if MARKER in str(row)
    ]


def every_path(dataset: Dataset) -> list[str]:
    """Return every address of the site, filled with all that there is about a data set and its releases."""
    runs = [run.pk for run in dataset.runs.all()]
    words: dict[str, list[str]] = {
        "key": [str(dataset.pk)], "release": [one.pk for one in Release.objects.all()],
        "what": ["upload", "recipe", "bundle", "evidence"],
        "number": ["0", "1", "2", "3"], "review": [str(one.pk) for one in Review.objects.all()],
        "concern": [str(one.pk) for one in Concern.objects.filter(run__in=runs)][:5] or ["1"],
        "token": [one.token for one in Concern.objects.filter(run__in=runs)][:5] or ["none"],
        "indicator": ["6.1.1"], "area": ["ZZ", "ZZ-PART", "ZZ-01", "ZZ-02"], "country": ["ZZ"],
        "language": ["en"], "slug": [dataset.organisation.slug], "job": [str(job.pk) for job in Job.objects.all()],
    }  # fmt: skip
    words["measure"] = [one["id"] for release in Release.objects.all() for one in release.measures]
    steps = ["file", "rows", "kit", "columns", "place", "asked", "findings", "result", "who", "review"]
    files = ["release.zip", "estimates.csv", "comparison.csv", "datapackage.json", "findings.json", "recipe.toml",
             "kit.toml", "cells.parquet", "manifest.json", "dossier.json", "en.html", "en.pdf"]  # fmt: skip
    paths = []
    for route, _name, _view in routes():
        usual = steps if "step/" in route else files
        known = {name: words.get(name, usual if name == "name" else ["none"]) for name in arguments(route)}
        paths += filled(route, known) if "account/" not in route else []
    return list(dict.fromkeys(paths))


def in_pages(dataset: Dataset, clients: list[Client]) -> list[tuple[str, str]]:
    found = []
    for path in every_path(dataset):
        for client in clients:
            found += [(path, where) for where, _word in found_in(body(client.get(path)), [MARKER])]
    return found


@pytest.fixture
def everybody(
    producer: User, reviewer: User, person: Callable[..., User], organisation: Organisation,
    signed_in: Callable[[User], Client],
) -> list[Client]:  # fmt: skip
    others = [person(role, organisation) for role in ("supervisor", "safety")]
    clients = [Client(), *(signed_in(one) for one in (producer, reviewer, *others, person("administrator")))]
    for one in clients:
        one.raise_request_exception = False
    return clients


# --- claims -----------------------------------------------------------------------------------------------------------


def test_nothing_shows_an_answer_that_was_withdrawn_by_its_receipt(
    release_of: Callable[[bytes], Dataset], say: Say, producer: User, reviewer: User, everybody: list[Client],
    site: Path, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    out = release_of(marked_file((0, 3, 13, 14, 15)))
    assert in_store(site), "the marker is found where it is"
    assert any("/file/upload" in path for path, _where in in_pages(out, everybody[1:2]))
    first = Release.objects.get()
    code = receipts.give(dataset=out, by=producer)[PLACE_OF_IT][1]
    before = {figure.pk: figure.value for figure in first.figures.all()}

    assert Client().post("/en/withdraw/", {"code": f" {code} "}).status_code == 200
    assert in_pages(out, everybody) == [], "from the first moment on"
    work_off(kinds(*JOBS))
    assert (in_store(site), in_database(), in_pages(out, everybody)) == ([], [], [])

    out = released_again(out, say, producer, reviewer)
    assert (in_store(site), in_database(), in_pages(out, everybody)) == ([], [], [])
    second, run = Release.objects.get(superseded_by=None), fitting_run(out)
    assert run is not None
    assert second.rows_in == first.rows_in
    assert second.rows_used == first.rows_used - 1
    removed = [one["rows"] for one in second.texts["explained"] if one["code"] == "harmonise.removed"]
    assert removed == [1]
    assert {stage.status for stage in check(site / run.folder / "release.zip")} == {"same"}

    first.refresh_from_db()
    assert (first.answers_withdrawn, second.answers_withdrawn, first.withdrawn_at) == (1, 0, None)
    assert {figure.pk: figure.value for figure in first.figures.all()} == before
    assert "Answers withdrawn since: 1." in Client().get(f"/en/release/{first.pk}/").content.decode()
    assert "answers withdrawn since: 1" in Client().get(f"/en/release/{second.pk}/").content.decode()
    assert "Answers withdrawn since: 1." in dossiers.first_words(first, "en")[1]
    assert Client().get(f"/api/v1/releases/{first.pk}").json()["answers_withdrawn"] == 1
    assert MARKER not in caplog.text
    assert code.replace(" ", "") not in caplog.text.replace(" ", "")


def test_a_release_that_names_what_only_the_withdrawn_answer_held_is_taken_back(
    release_of: Callable[[bytes], Dataset], producer: User, everybody: list[Client], site: Path
) -> None:
    out = release_of(marked_file((0, 8, 9)))
    first = Release.objects.get()
    withdrawing.of_row(dataset=out, row=2 + PLACE_OF_IT, by=producer)
    assert {path for path, _where in in_pages(out, everybody) if first.pk not in path} == set()
    work_off(kinds(*JOBS))
    assert (in_store(site), in_database(), in_pages(out, everybody)) == ([], [], [])
    first.refresh_from_db()
    assert first.withdrawn_at is not None
    assert first.withdrawn_why
    assert Client().get(f"/file/{first.pk}/release.zip").status_code == 410


def test_a_release_whose_figures_would_now_be_hidden_is_taken_back(
    release_of: Callable[[bytes], Dataset], producer: User
) -> None:
    out = release_of((DEMO / "water_points.csv").read_bytes())
    withdrawing.of_row(dataset=out, row=9, by=producer)
    work_off(kinds("screen", "suggest", "run"))
    out.refresh_from_db()
    run = fitting_run(out)
    assert run is not None
    shown = next(one for one in run.told["estimates"] if one["value"] is not None)
    withdrawing.reconsider(str(out.pk), quiet)
    assert Release.objects.get().withdrawn_at is None
    shown["status"] = "Q"
    run.save()
    withdrawing.reconsider(str(out.pk), quiet)
    assert Release.objects.get().withdrawn_at is not None
