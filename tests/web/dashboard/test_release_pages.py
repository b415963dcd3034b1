"""The pages of a release: complete, exact to the last digit, and never more than what is public."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from hashlib import sha256
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from site_reader import read

from datashift.language import speaking
from datashift.web.dashboard import opening
from datashift.web.dashboard.members import opened
from datashift.web.dashboard.models import Release
from datashift.web.frame.models import bump

pytestmark = pytest.mark.django_db


def page_of(release: Release, name: str = "release", *more: str, language: str = "en") -> str:
    with override(language):
        return reverse(name, args=[release.pk, *more])


def withdrawn(release: Release) -> Release:
    release.withdrawn_at, release.withdrawn_why = datetime(2026, 2, 1, tzinfo=UTC), "Two regions were swapped."
    release.save()
    bump()
    return release


@pytest.mark.parametrize("language", ["en", "es", "sw", "ne"])
@pytest.mark.parametrize("name", ["release", "dossier"])
def test_every_page_of_a_release_opens_in_every_language(released: Release, name: str, language: str) -> None:
    page = read(Client(), page_of(released, name, language=language))
    assert page.status == 200
    assert released.texts["title"][language] in page.html.replace("&#39;", "'")
    assert page.inline == []


def test_the_page_of_a_release_tells_who_how_and_what_to_take(released: Release) -> None:
    page = read(Client(), page_of(released))
    assert released.texts["finding"]["en"] in page.html
    for told in ("water-point-functionality", "1.0.0", "CC0-1.0", "datashift verify release.zip", f"/r/{released.pk}",
                 "BibTeX", "@dataset{", "iframe"):  # fmt: skip
        assert told in page.html
    assert f"/file/{released.pk}/release.zip" in page.links
    assert f"/file/{released.pk}/estimates.csv" in page.links
    assert not [link for link in page.links if "evidence" in link]


def test_each_number_on_the_page_is_a_published_one(released: Release) -> None:
    published = {f"{v:.10g}" for v in released.figures.exclude(value=None).values_list("value", flat=True)}
    published |= {f"{b.official['value']:.10g}" for b in released.beside.exclude(official={})}
    for measure in released.measures:
        page = read(Client(), page_of(released) + f"?measure={measure['id']}")
        assert page.numbers
        assert {f"{number:.10g}" for number in page.numbers} <= published


def test_every_figure_opens_down_to_the_bundle(released: Release) -> None:
    figure = released.figures.filter(breakdown="", area=released.whole).first()
    page = read(Client(), page_of(released, "figure", figure.measure, figure.area))
    assert page.status == 200
    steps = re.findall(r'<li id="(\w+)">', page.html)
    assert [step for step in steps if step != "beside"] == ["value", "method", "cells", "recipe", "checks", "bundle"]
    assert f"{figure.value:.10g}" in {f"{number:.10g}" for number in page.numbers}
    assert "“works”" in page.html
    assert "non functional" in page.html, "the line of the recipe that decides"


def test_the_totals_on_the_page_of_a_figure_give_the_figure(released: Release) -> None:
    bundle = opened(released.pk)
    assert bundle is not None
    for figure in released.figures.filter(measure="WP_FUNCTIONAL", breakdown="").exclude(value=None):
        cells = opening.cells_of(bundle, figure, released.whole)
        assert cells is not None
        assert sum(row["n"] for row in cells["rows"]) == cells["total"]["n"] == figure.n
        assert cells["gives"] == pytest.approx(figure.value, rel=1e-8)


def test_a_hidden_figure_opens_without_its_totals(released: Release) -> None:
    figure = released.figures.filter(measure="WP_FUNCTIONAL", breakdown="").exclude(value=None).last()
    figure.value, figure.status, figure.reason = None, "Q", {"en": "Too few answers."}
    bundle = opened(released.pk)
    assert bundle is not None
    assert opening.cells_of(bundle, figure, released.whole) is None


def test_a_group_of_a_figure_is_found_by_its_address(released: Release) -> None:
    figure = released.figures.exclude(breakdown="").exclude(value=None).first()
    page = read(Client(), page_of(released, "figure", figure.measure, figure.area) + f"?group={figure.breakdown}")
    assert page.numbers[0] == pytest.approx(figure.value, rel=1e-9)


@pytest.mark.parametrize("more", [("NO_MEASURE", "ZZ"), ("WP_FUNCTIONAL", "nowhere")])
def test_a_figure_that_is_not_there_is_not_found(released: Release, more: tuple[str, str]) -> None:
    assert Client().get(page_of(released, "figure", *more)).status_code == 404


def test_the_dossier_names_every_question_and_every_public_file(released: Release) -> None:
    page = read(Client(), page_of(released, "dossier"))
    bundle = opened(released.pk)
    assert bundle is not None
    assert all(member.digest in page.html for member in bundle.members.values())
    asked = opening.questions(bundle.kit)
    assert asked
    assert all(one["name"] in page.html or one["question"] in page.html for one in asked)
    assert bundle.manifest["evidence_seal"] in page.html


def test_a_withdrawn_release_says_why_and_shows_no_figure_and_gives_no_file(released: Release) -> None:
    withdrawn(released)
    for name in ("release", "dossier"):
        page = read(Client(), page_of(released, name))
        assert (page.status, page.numbers) == (200, [])
        assert "Two regions were swapped." in page.html
        assert "1 February 2026" in page.html
    assert read(Client(), page_of(released, "figure", "WP_FUNCTIONAL", "ZZ")).numbers == []
    assert Client().get(f"/file/{released.pk}/release.zip").status_code == 410


def test_a_replaced_release_points_to_what_replaced_it(released: Release) -> None:
    former = Release.objects.get(pk=released.pk)
    former.pk, former.number, former.superseded_by = "f" * 64, 0, released
    former.save(force_insert=True)
    page = read(Client(), page_of(former))
    assert page_of(released) in page.links
    assert "replaced" in page.html


@pytest.mark.parametrize(("asks", "language"), [("sw", "sw"), ("fr", "en")])
def test_the_permanent_address_leads_to_the_page_in_the_language_of_the_reader(
    released: Release, asks: str, language: str
) -> None:
    answer = Client().get(f"/r/{released.pk}", headers={"accept-language": asks})
    assert (answer.status_code, answer["Location"]) == (302, f"/{language}/release/{released.pk}/")


def test_every_public_file_comes_with_the_bytes_of_the_manifest(released: Release) -> None:
    path = settings.HOME / "releases" / released.pk / "release.zip"
    with ZipFile(path) as archive:
        listed = json.loads(archive.read("manifest.json"))["archives"]["release.zip"]
    for name, member in listed.items():
        answer = Client().get(f"/file/{released.pk}/{name}")
        body = b"".join(answer)  # type: ignore[arg-type]
        assert sha256(body).hexdigest() == member["sha256"]
        assert int(answer["Content-Length"]) == len(body) == member["bytes"]
        assert answer["ETag"] == f'"{member["sha256"]}"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "public, max-age=3600"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "script" not in answer["Content-Security-Policy"]
    whole = Client().get(f"/file/{released.pk}/release.zip")
    assert b"".join(whole) == path.read_bytes()  # type: ignore[arg-type]
    assert whole["Content-Disposition"].startswith("attachment")


def test_a_file_that_did_not_change_is_not_sent_again(released: Release) -> None:
    first = Client().get(f"/file/{released.pk}/recipe.toml")
    first.close()
    etag = first["ETag"]
    again = Client().get(f"/file/{released.pk}/recipe.toml", headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name",
    ["evidence.zip", "private/evidence.zip", "../evidence.zip", "observations.parquet", "rejects.csv", "raw/01-x.csv",
     "findings-rows.json", "../../site.sqlite3", "charts/", "%2e%2e/secret.key", "charts/../recipe.toml"],
)  # fmt: skip
def test_nothing_but_what_the_manifest_lists_as_public_is_given_out(released: Release, name: str) -> None:
    assert Client().get(f"/file/{released.pk}/{name}").status_code == 404


@pytest.mark.parametrize("release", ["..", "0" * 64, "%2e%2e"])
def test_a_release_that_is_not_there_has_neither_page_nor_file(db: None, release: str) -> None:
    assert Client().get(f"/file/{release}/release.zip").status_code == 404
    assert Client().get(f"/en/release/{release}/").status_code == 404
    assert Client().get(f"/r/{release}").status_code == 404


def test_only_reading_is_possible(released: Release) -> None:
    for address in (f"/file/{released.pk}/recipe.toml", f"/r/{released.pk}", page_of(released)):
        assert Client().post(address).status_code == 405


def test_the_card_is_there_once_it_was_made(released: Release) -> None:
    assert Client().get(f"/card/{released.pk}-en.png").status_code == 404
    assert Client().get(f"/card/{released.pk}/en.png").status_code == 404
    folder = settings.HOME / "cards"
    folder.mkdir()
    (folder / f"{released.pk}-en.png").write_bytes(b"\x89PNG")
    answer = Client().get(f"/card/{released.pk}/en.png")
    assert (answer.status_code, answer["Content-Type"], b"".join(answer)) == (200, "image/png", b"\x89PNG")  # type: ignore[arg-type]
    assert Client().get(f"/card/{released.pk}/fr.png").status_code == 404


def test_an_anonymous_organisation_is_known_by_its_short_name_alone(released: Release) -> None:
    released.organisation.anonymous = True
    released.organisation.save()
    bump()
    page = read(Client(), page_of(released))
    assert "Water Watch" not in page.html
    assert "water-watch" in page.html


def test_a_release_without_its_file_still_has_its_pages(released: Release) -> None:
    (settings.HOME / "releases" / released.pk / "release.zip").unlink()
    for name, more in (("release", ()), ("dossier", ()), ("figure", ("WP_FUNCTIONAL", "ZZ"))):
        page = read(Client(), page_of(released, name, *more))
        assert page.status == 200
        assert "not in this store" in page.html
    assert Client().get(f"/file/{released.pk}/release.zip").status_code == 404


def test_nepali_readers_get_their_own_calendar(released: Release) -> None:
    released.released_at = datetime(2026, 11, 23, tzinfo=UTC)
    released.save()
    bump()
    with speaking("ne"):
        assert "२०८३ मंसिर ७ (२३ नोभेम्बर २०२६)" in read(Client(), page_of(released, language="ne")).html
