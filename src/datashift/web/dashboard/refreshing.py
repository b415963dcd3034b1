"""The job that makes a country's pages again: ledgers, coverage, outlines of maps, and share cards.

It runs in the worker, which may know the whole program; the web process reads what it wrote.
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from datashift.language import N_
from datashift.publish import Released, released
from datashift.publish.bundle import PUBLIC
from datashift.web.dashboard import reading
from datashift.web.dashboard.cards import draw_cards
from datashift.web.dashboard.covering import coverage_told
from datashift.web.dashboard.ledgers import ledgers_of, read
from datashift.web.dashboard.models import Coverage, Ledger, Release, Shape
from datashift.web.dashboard.shapes import shapes_in
from datashift.web.frame.models import bump
from datashift.web.jobs.services import Progress

FIELDS = ["area_name", "country", "counted", "made", "short", "told"]

_AT_ONCE = 100


def refresh(subject: str, progress: Progress) -> None:
    """Make ledgers, coverage, outlines and cards of a country again. Done twice, it leaves the same."""
    known = {one: said for one in reading.releases(country=subject) if (said := _said(one)) is not None}
    progress(N_("Putting citizen and official figures side by side"))
    _ledgers(subject, known)
    bump()
    progress(N_("Drawing maps"))
    for one in known:
        _shapes(one)
    progress(N_("Looking where nobody counts"))
    _coverage(subject, known)
    bump()
    progress(N_("Drawing pictures to share"))
    for one in known:
        draw_cards(one, settings.HOME)
    bump()


def _said(release: Release) -> Released | None:
    """Return what a release says; None where its files are not here, as in a store that was made for a test."""
    path = settings.HOME / "releases" / release.pk / PUBLIC
    return released(path) if path.is_file() else None


def _ledgers(country: str, known: dict[Release, Released]) -> None:
    reads = [read(release, said) for release, said in known.items()]
    made = list(ledgers_of(country, reads, settings.HOME))
    with transaction.atomic():
        # A release may have been withdrawn meanwhile: what rests on it is not shown; its own job comes next.
        standing = set(reading.releases(country=country).values_list("pk", flat=True))
        kept = [one for one in made if standing.issuperset(one.told["en"]["releases"])]
        Ledger.objects.bulk_create(
            kept, batch_size=_AT_ONCE, update_conflicts=True, unique_fields=["indicator", "area"], update_fields=FIELDS
        )
        here = {(one.indicator, one.area) for one in kept}
        old = Ledger.objects.filter(country=country).values_list("pk", "indicator", "area")
        gone = [pk for pk, indicator, area in old if (indicator, area) not in here]
        Ledger.objects.filter(pk__in=gone).delete()


def _coverage(country: str, known: dict[Release, Released]) -> None:
    told = coverage_told(country, list(known.values()), settings.HOME)
    Coverage.objects.update_or_create(country=country, defaults={"told": told})


def _shapes(release: Release) -> None:
    """Outlines never change: they are made once for a release."""
    if Shape.objects.filter(map=release.pk).exists():
        return
    made = shapes_in(release.pk, settings.HOME)
    Shape.objects.bulk_create(made, batch_size=_AT_ONCE, ignore_conflicts=True)
