"""Pages for everybody: kept compressed, never mixed up, never more than the memory allows."""

from __future__ import annotations

import gzip

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from datashift.language import _, speaking
from datashift.web.frame import public as frame
from datashift.web.frame.models import bump, current

pytestmark = pytest.mark.django_db
make = RequestFactory()


@pytest.fixture
def counted() -> tuple[list[str], object]:
    """A public view that notes each time it is really asked."""
    asked: list[str] = []

    @frame.public("q")
    def view(request: HttpRequest) -> HttpResponse:
        asked.append(request.GET.get("q", ""))
        return HttpResponse(f"{_('Search')} {request.GET.get('q', '')} {sorted(request.GET)} {'x' * 500}")

    bump()
    return asked, view


def test_a_page_is_made_once_per_language_and_named_parameter(counted: tuple[list[str], object]) -> None:
    asked, view = counted
    for address in ("/a?q=1", "/a?q=1&utm=2", "/a?q=1", "/a?q=2"):
        view(make.get(address))  # type: ignore[operator]
    assert asked == ["1", "2"]
    with speaking("es"):
        spanish = view(make.get("/a?q=1")).content  # type: ignore[operator]
    assert asked == ["1", "2", "1"]
    assert spanish != view(make.get("/a?q=1")).content  # type: ignore[operator]


def test_a_parameter_that_is_not_named_never_reaches_the_view(counted: tuple[list[str], object]) -> None:
    _asked, view = counted
    assert b"['q']" in view(make.get("/a?q=1&secret=2")).content  # type: ignore[operator]


def test_compressed_and_plain_say_the_same_under_different_etags(counted: tuple[list[str], object]) -> None:
    _asked, view = counted
    plain = view(make.get("/a"))  # type: ignore[operator]
    zipped = view(make.get("/a", headers={"accept-encoding": "gzip, br"}))  # type: ignore[operator]
    assert gzip.decompress(zipped.content) == plain.content
    assert zipped["ETag"] != plain["ETag"]
    again = view(make.get("/a", headers={"accept-encoding": "gzip", "if-none-match": f"W/{zipped['ETag']}"}))  # type: ignore[operator]
    assert again.status_code == 304


def test_a_new_revision_makes_every_page_anew(counted: tuple[list[str], object]) -> None:
    asked, view = counted
    view(make.get("/a"))  # type: ignore[operator]
    before = current()
    bump()
    assert current() == before + 1
    view(make.get("/a"))  # type: ignore[operator]
    assert asked == ["", ""]


def test_nothing_can_be_posted_to_a_public_page(counted: tuple[list[str], object]) -> None:
    asked, view = counted
    assert view(make.post("/a")).status_code == 405  # type: ignore[operator]
    assert asked == []


def test_kept_pages_never_take_more_memory_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "MOST_BYTES", 80_000)
    kept = frame._Kept()
    kept.get(("x",), 1)
    for k in range(100):
        kept.put((str(k),), 1, frame.Page(200, b"p" * 3000, b"z" * 1000, '"e"', ()))
    assert kept.bytes == sum(page.size for page in kept.pages.values()) <= 80_000
    assert ("99",) in kept.pages
