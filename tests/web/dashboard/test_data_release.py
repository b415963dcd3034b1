"""Figures in the database are those of the bundle, and nothing is public that should not be."""

from __future__ import annotations

import csv
import io
import json
import shutil
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from released_demo import DEMO, Made, made

from datashift.errors import Tampered
from datashift.errors.web import NotAllowed
from datashift.language import LANGUAGES
from datashift.web.collection.models import Dataset, Review
from datashift.web.dashboard import bundles, reading, services
from datashift.web.dashboard.models import Beside, Figure, Release
from datashift.web.frame.models import current
from datashift.web.jobs.models import Job
from datashift.web.people.models import Event, Organisation, User

CHANGED = {"Iringa", "Kagera", "Mwanza", "Rukwa", "Shinyanga"}
NUMBERS = {"value": "OBS_VALUE", "se": "STD_ERROR", "lower": "LOWER_BOUND", "upper": "UPPER_BOUND", "n_eff": "N_EFF",
           "deff": "DEFF", "df": "DF"}  # fmt: skip
DESPITE = "The country is made up."
DIMENSIONS = ("SEX", "AGE", "TECHNOLOGY", "MANAGEMENT")

Asked = Callable[..., Review]
People = Callable[..., User]


def rows(folder: Path, member: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(folder / "release.zip") as bundle:
        return list(csv.DictReader(io.StringIO(bundle.read(member).decode(), newline="")))


def number(text: str) -> float | None:
    return float(text) if text else None


def group(row: dict[str, str]) -> str:
    return ";".join(sorted(f"{name}={row[name]}" for name in DIMENSIONS if row.get(name, "_T") != "_T"))


def compare_with_bundle(folder: Path, release: Release) -> None:
    """Every figure and comparison in the database is the one in the bundle, to the last digit."""
    estimates = {(r["MEASURE"], r["REF_AREA"], r["TIME_PERIOD"], group(r)): r for r in rows(folder, "estimates.csv")}
    figures = {(f.measure, f.area, f.period, f.breakdown): f for f in release.figures.all()}
    assert figures.keys() == estimates.keys()
    for key, row in estimates.items():
        found = figures[key]
        assert {name: getattr(found, name) for name in NUMBERS} == {n: number(row[c]) for n, c in NUMBERS.items()}
        assert (found.n, found.unit, found.status) == (int(row["N_OBS"] or 0), row["UNIT_MEASURE"], row["OBS_STATUS"])
        assert (found.area_name, found.method) == (row["REF_AREA_NAME"], row["METHOD"])
        assert found.reason.get("en", "") == row["REASON"]
    comparisons = rows(folder, "comparison.csv")
    besides = list(release.beside.order_by("pk"))
    assert len(besides) == len(comparisons)
    for row, one in zip(comparisons, besides, strict=True):
        assert (one.measure, one.area, one.period) == (row["MEASURE"], row["REF_AREA"], row["TIME_PERIOD"])
        assert bool(one.breakdown) == bool(row["BREAKDOWN"])
        assert (one.official.get("source", ""), one.official.get("series", "")) == (row["SOURCE"], row["SERIES"])
        assert (one.verdict, one.reason["en"]) == (row["VERDICT"], row["REASON"])
        for name, column in (("value", "VALUE"), ("lower", "LOWER_BOUND"), ("difference", "DIFFERENCE"),
                             ("probability", "PROBABILITY"), ("p_adjusted", "P_ADJUSTED")):  # fmt: skip
            assert getattr(one, name) == number(row[column])
        assert one.official.get("value") == number(row["OFFICIAL_VALUE"])


# --- what is published --------------------------------------------------------------------------------------------


def test_every_figure_and_comparison_is_that_of_the_bundle(released: Release, demo_made: Made) -> None:
    compare_with_bundle(demo_made.folder, released)
    assert released.figure_count == 44 == reading.figures(country="ZZ").count()
    assert {r.status for r in released.figures.filter(value=None)} <= {"Q", "O"}


@pytest.mark.shared
@pytest.mark.parametrize("example", ["tza-waterpoints", "arg-femicides", "npl-rural-water-points", "ken-nairobi-air"])
def test_real_figures_are_those_of_their_bundle(
    example: str, real_release: Callable[[str], Release], real_made: Callable[[str], Made]
) -> None:
    compare_with_bundle(real_made(example).folder, real_release(example))


def test_sentences_stand_in_four_languages(released: Release) -> None:
    compared = released.beside.exclude(official={})
    assert compared.count() > 5
    for one in compared:
        assert all(one.word[language] and one.reason[language] for language in LANGUAGES)
    assert set(released.texts["finding"]) == set(LANGUAGES)
    assert released.texts["finding"]["sw"] != released.texts["finding"]["en"]
    assert all(set(finding["text"]) == set(LANGUAGES) for finding in released.texts["findings"])
    hidden = released.figures.exclude(reason={}).first()
    assert hidden is not None
    assert set(hidden.reason) == set(LANGUAGES)


def test_what_is_told_of_rows_never_leaves_the_draft(released: Release) -> None:
    told = json.dumps([released.texts, released.measures])
    assert "first_rows" not in told
    with zipfile.ZipFile(reading_bundle(released)) as bundle:
        published = json.loads(bundle.read("findings.json"))["findings"]
    assert {(f["check"], f["code"], f["rows"]) for f in released.texts["findings"]} == {
        (f["check"], f["code"], f["n_rows"]) for f in published
    }


def reading_bundle(release: Release) -> Path:
    return Path(settings.HOME / "releases" / release.pk / "release.zip")


def test_the_files_are_those_of_the_bundle_and_the_evidence_lies_apart(
    released: Release, demo_made: Made, site: Path
) -> None:
    folder = site / "releases" / released.pk
    with zipfile.ZipFile(demo_made.folder / "release.zip") as bundle:
        for name in ("estimates.csv", "comparison.csv", "datapackage.json", "charts/wp_functional-map.svg"):
            assert (folder / name).read_bytes() == bundle.read(name)
    assert not list(folder.rglob("evidence*"))
    assert (site / "evidence" / released.pk / "evidence.zip").is_file()
    assert (site / "evidence" / released.pk).stat().st_mode & 0o077 == 0


def test_a_bundle_with_one_changed_byte_is_not_published(
    demo_made: Made, tmp_path: Path, organisation: Organisation
) -> None:
    folder = Path(shutil.copytree(demo_made.folder, tmp_path / "draft"))
    path = folder / "release.zip"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(Tampered):
        services.publish_folder(folder, organisation=organisation, told={})
    assert not Release.objects.exists()


def test_without_telling_the_words_of_the_bundle_stand(demo_made: Made, organisation: Organisation) -> None:
    release = services.publish_folder(demo_made.folder, organisation=organisation, told={})
    one = release.beside.exclude(official={}).first()
    assert one is not None
    assert set(one.reason) == {"en"}


@pytest.mark.shared
def test_changed_regions_are_not_compared_and_different_concepts_carry_no_gap(
    real_release: Callable[[str], Release],
) -> None:
    release = real_release("tza-waterpoints")
    inside = [one for one in release.beside.all() if one.area != release.whole]
    moved = {one.area_name: one for one in inside if one.official["area"] != one.area}
    assert moved.keys() == CHANGED
    assert all("changed its extent on 2012-03-02" in one.reason["en"] for one in moved.values())
    for one in release.beside.all():
        assert one.verdict == "not_comparable"
        assert (one.difference, one.difference_lower, one.probability, one.contest) == (None, None, None, {})


# --- one review, one release --------------------------------------------------------------------------------------


def test_another_person_releases_and_it_is_public_at_once(
    asked: Asked, person: People, organisation: Organisation, demo_made: Made
) -> None:
    review = asked(person("producer", organisation))
    before = current()
    reviewer = person("reviewer", organisation)
    release = services.release(review=review, by=reviewer, comment="Read it all.", despite=DESPITE)
    compare_with_bundle(demo_made.folder, release)
    assert current() > before
    review.refresh_from_db()
    assert (review.decision, review.comment) == ("released", "Read it all.")
    assert Dataset.objects.get().state == "released"
    assert Job.objects.filter(kind="refresh", subject="ZZ", state="waiting").count() == 1
    assert Event.objects.filter(verb="release.published", subject=release.pk).count() == 1


def test_nobody_releases_what_they_asked_for(asked: Asked, person: People, organisation: Organisation) -> None:
    both = person("producer", organisation)
    review = asked(both)
    with pytest.raises(NotAllowed) as refused:
        services.release(review=review, by=both)
    assert refused.value.code == "review.own"
    assert not Release.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(decision="released", decided_by=both)


def test_approved_twice_is_one_release(asked: Asked, person: People, organisation: Organisation) -> None:
    review, reviewer = asked(person("producer", organisation)), person("reviewer", organisation)
    first = services.release(review=review, by=reviewer, despite=DESPITE)
    assert services.release(review=review, by=reviewer, despite=DESPITE) == first
    assert (Release.objects.count(), Figure.objects.count()) == (1, 44)
    assert Event.objects.filter(verb="release.published").count() == 1


def test_what_was_sent_back_is_not_released(asked: Asked, person: People, organisation: Organisation) -> None:
    review, reviewer = asked(person("producer", organisation)), person("reviewer", organisation)
    Review.objects.filter(pk=review.pk).update(decision="returned", decided_by=reviewer)
    with pytest.raises(NotAllowed) as refused:
        services.release(review=review, by=reviewer, despite=DESPITE)
    assert refused.value.code == "review.decided"
    assert not Release.objects.exists()


def test_explanations_are_published_beside_the_findings(
    asked: Asked, person: People, organisation: Organisation
) -> None:
    producer = person("producer", organisation)
    review = asked(producer)
    finding = review.run.told["findings"][0]
    review.run.dataset.notes.create(check_id=finding["check"], code=finding["code"], text="Asked later.", by=producer)
    release = services.release(review=review, by=person("reviewer", organisation), despite=DESPITE)
    expected = {"check": finding["check"], "code": finding["code"], "decision": "explained", "text": "Asked later."}
    assert release.texts["notes"] == [expected]


@pytest.mark.parametrize("at", ["Figure", "mark_released", "record"])
def test_a_kill_after_the_files_leaves_nothing_visible_and_a_second_try_works(
    at: str, asked: Asked, person: People, organisation: Organisation, monkeypatch: pytest.MonkeyPatch, site: Path
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_args: Any, **_named: Any) -> None:
        raise Killed

    review, reviewer = asked(person("producer", organisation)), person("reviewer", organisation)
    with monkeypatch.context() as patched:
        if at == "Figure":
            patched.setattr(Figure.objects, "bulk_create", killed)
        else:
            patched.setattr(services, at, killed)
        with pytest.raises(Killed):
            services.release(review=review, by=reviewer, despite=DESPITE)
    assert not Release.objects.exists()
    assert not Figure.objects.exists()
    review.refresh_from_db()
    assert review.decision == "open"
    release = services.release(review=review, by=reviewer, despite=DESPITE)
    assert reading.figures().count() == 44
    assert [path.name for path in (site / "releases").iterdir()] == [release.pk]


# --- replaced and withdrawn ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def second(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The demo of the same series, with one measure less: another release."""
    folder = tmp_path_factory.mktemp("second")
    shutil.copytree(DEMO.parent, folder / "data")
    recipe = folder / "data" / "recipe.toml"
    text = recipe.read_text("utf-8")
    recipe.write_text(text.replace(', "PERSONS_PER_WORKING_POINT"]', "]"), "utf-8")
    return made(recipe, folder)


def test_a_new_release_of_the_series_replaces_the_former(released: Release, second: Made) -> None:
    new = services.publish_folder(second.folder, organisation=released.organisation, told=second.told)
    released.refresh_from_db()
    assert (new.number, released.superseded_by) == (2, new)
    assert list(reading.releases()) == [new]
    assert set(reading.figures().values_list("release", flat=True)) == {new.pk}
    assert set(reading.beside().values_list("release", flat=True)) == {new.pk}
    assert released.figures.count() == 44
    with pytest.raises(NotAllowed) as refused:
        services.publish_folder(second.folder, organisation=other(), told=second.told)
    assert refused.value.code == "release.known"


def test_a_copy_that_was_cut_off_is_made_again(
    demo_made: Made, organisation: Organisation, monkeypatch: pytest.MonkeyPatch, site: Path
) -> None:
    def cut_off(*_args: Any) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr(bundles.os, "fsync", cut_off)
        with pytest.raises(OSError, match="no space"):
            services.publish_folder(demo_made.folder, organisation=organisation, told={})
    assert not Release.objects.exists()
    release = services.publish_folder(demo_made.folder, organisation=organisation, told=demo_made.told)
    assert [path.name for path in (site / "releases").iterdir()] == [release.pk]
    assert [path.name for path in (site / "evidence").iterdir()] == [release.pk]


def other() -> Organisation:
    return Organisation.objects.create(slug="other", name="Other")


def test_two_organisations_may_use_the_same_name_for_a_series(released: Release, second: Made) -> None:
    new = services.publish_folder(second.folder, organisation=other(), told=second.told)
    assert new.number == 1
    assert set(reading.releases()) == {released, new}


def test_published_again_it_is_the_same_release(released: Release, demo_made: Made) -> None:
    again = services.publish_folder(demo_made.folder, organisation=released.organisation, told=demo_made.told)
    assert again == released
    assert Figure.objects.count() == 44


def test_withdrawn_figures_are_gone_and_the_page_says_why(
    released: Release, person: People, demo_made: Made, site: Path, django_capture_on_commit_callbacks: Any
) -> None:
    (site / "cards").mkdir()
    card = site / "cards" / f"{released.pk}-en.png"
    card.write_bytes(b"")
    with django_capture_on_commit_callbacks(execute=True):
        services.withdraw(release=released, why=" It names a village. ", by=person("safety"))
    assert not reading.figures().exists()
    assert not reading.beside().exists()
    assert not reading.releases().exists()
    assert not card.exists()
    released.refresh_from_db()
    assert released.withdrawn_at is not None
    assert released.withdrawn_why == "It names a village."
    assert Event.objects.filter(verb="release.withdrawn", subject=released.pk).count() == 1
    with pytest.raises(NotAllowed) as refused:
        services.publish_folder(demo_made.folder, organisation=released.organisation, told=demo_made.told)
    assert refused.value.code == "release.known"


def test_withdrawing_needs_a_reason(released: Release, person: People) -> None:
    with pytest.raises(NotAllowed) as refused:
        services.withdraw(release=released, why="  ", by=person("safety"))
    assert refused.value.code == "release.why"
    assert reading.figures().exists()


def test_a_release_of_thousands_of_figures_takes_less_than_two_seconds(
    demo_made: Made, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = bundles.opened

    def grown(folder: Path) -> Any:
        found = real(folder)
        many = [replace(e, area=f"{e.area}-{k}") for k in range(75) for e in found.said.estimates]
        return replace(found, said=replace(found.said, estimates=tuple(many)))

    monkeypatch.setattr(services, "opened", grown)
    # Time of this process alone: how busy the machine is besides says nothing of us.
    started = time.process_time()
    release = services.publish_folder(demo_made.folder, organisation=organisation, told=demo_made.told)
    assert time.process_time() - started < 2
    assert release.figures.count() == Figure.objects.count() == 3300
    assert Beside.objects.count() == 17
