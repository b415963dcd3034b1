"""What is released, replaced and withdrawn. Files are laid down first, then one transaction makes them public."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from datashift.errors.web import NotAllowed
from datashift.language import _
from datashift.standards.personal import scan
from datashift.standards.personal_texts import require_none
from datashift.web.collection.models import Dataset, Review, Run
from datashift.web.collection.services import mark_released
from datashift.web.collection.still_open import StillOpen, still_open
from datashift.web.dashboard import dossiers
from datashift.web.dashboard.bundles import Bundle, keep, opened
from datashift.web.dashboard.models import Beside, Figure, Ledger, Release
from datashift.web.dashboard.rows import besides_of, facts_of, figures_of
from datashift.web.frame.models import bump
from datashift.web.jobs.services import enqueue
from datashift.web.people.models import Organisation, User
from datashift.web.people.services import record

_AT_ONCE = 500
LONGEST_WHY = 300


def release(*, review: Review, by: User, comment: str = "", despite: str = "") -> Release:
    """Make the run under review public, if `by` is not who asked for it. Released twice, it is one release.

    Where something is open before it may be public, `despite` says why it is released nevertheless, by somebody who
    read what; it is kept with the release. Raises NotAllowed (review.own, review.decided, release.stopped,
    release.open, release.reason-personal, release.known, release.names-producer) and Tampered.
    """
    if review.asked_by_id == by.pk:
        raise NotAllowed("review.own")
    run = review.run
    review.refresh_from_db(fields=["decision"])
    if review.decision not in (Review.Decision.OPEN, Review.Decision.RELEASED):
        raise NotAllowed("review.decided")
    bundle = opened(settings.HOME / run.folder)
    _require_unnamed(bundle, run.dataset.organisation)
    why = " ".join(despite.split())[:LONGEST_WHY]
    left = still_open(run, bundle.members["recipe.toml"].decode())
    if review.decision == Review.Decision.OPEN:
        _require_settled(left, why)
    keep(bundle, settings.HOME)
    with transaction.atomic():
        review = Review.objects.select_for_update().get(pk=review.pk)
        if review.decision == Review.Decision.RELEASED:
            return Release.objects.get(pk=bundle.said.id)
        mark_released(review=review, by=by, comment=comment)
        told = {**run.told, "notes": notes_of(run.dataset)}
        made = _published(bundle, told, run.dataset.organisation, run, by)
        if left:
            _released_nevertheless(made, left, why, by)
        return made


def publish_folder(
    folder: Path, *, organisation: Organisation, told: Mapping[str, Any], by: User | None = None
) -> Release:
    """Make the bundle in a folder of this machine public. Raises NotAllowed (release.known,
    release.names-producer) and Tampered.

    `told` is what the run tells in four languages (see `collection.models.Run`); what it lacks is said in the language
    of the bundle.
    """
    bundle = opened(folder)
    _require_unnamed(bundle, organisation)
    keep(bundle, settings.HOME)
    with transaction.atomic():
        return _published(bundle, told, organisation, None, by)


def withdraw(*, release: Release, why: str, by: User | None, confirmed: bool = False) -> Release:
    """Take the figures of a release out of every page; its own page stays and says why.

    Raises NotAllowed, and PersonalWords where the reason tells about a person (see `require_none`).
    """
    if not why.strip():
        raise NotAllowed("release.why")
    require_none(why, confirmed=confirmed or by is None)
    with transaction.atomic():
        found = Release.objects.select_for_update().get(pk=release.pk)
        if found.withdrawn_at is None:
            found.withdrawn_at, found.withdrawn_why = timezone.now(), why.strip()
            found.save(update_fields=["withdrawn_at", "withdrawn_why"])
            _no_longer_current(found)
            # Pages of ledgers were made with its figures: they are made again without.
            Ledger.objects.filter(country=found.country, indicator=found.indicator).delete()
            _told_of(found, "release.withdrawn", by)
            transaction.on_commit(partial(_forget_pictures, found.pk))
    return found


def _published(
    bundle: Bundle, told: Mapping[str, Any], organisation: Organisation, run: Run | None, by: User | None
) -> Release:
    # The row of the organisation is held, so that two releases of one series cannot take the same number.
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    known = Release.objects.filter(pk=bundle.said.id).first()
    if known is not None:
        return _again(known, organisation)
    facts = facts_of(bundle, told)
    before = Release.objects.filter(organisation=organisation, series=facts["series"])
    number = 1 + (before.aggregate(last=Max("number"))["last"] or 0)
    made = Release.objects.create(
        id=bundle.said.id, organisation=organisation, run=run, number=number, released_at=timezone.now(),
        released_by=by, **facts,
    )  # fmt: skip
    Figure.objects.bulk_create(figures_of(bundle, told, made), batch_size=_AT_ONCE)
    Beside.objects.bulk_create(besides_of(bundle, told, made), batch_size=_AT_ONCE)
    for former in before.filter(superseded_by=None).exclude(pk=made.pk):
        former.superseded_by = made
        former.save(update_fields=["superseded_by"])
        _no_longer_current(former)
        enqueue("dossier", former.pk)
    _told_of(made, "release.published", by)
    enqueue("dossier", made.pk)
    return made


def _require_unnamed(bundle: Bundle, organisation: Organisation) -> None:
    """The files of a release never change, so an anonymous producer is not named in them from the start."""
    if organisation.anonymous and bundle.said.recipe.producer != organisation.slug:
        raise NotAllowed("release.names-producer", slug=organisation.slug)


def _require_settled(left: Sequence[StillOpen], why: str) -> None:
    """What is open must have been read by who releases it nevertheless; nobody waves through what stops a release."""
    if stops := [one for one in left if one.stop]:
        raise NotAllowed("release.stopped", what=" ".join(f"{one.told()} {one.repair}" for one in stops))
    if left and not why:
        raise NotAllowed("release.open", what=" ".join(one.told() for one in left))
    if kinds := scan(why):
        raise NotAllowed("release.reason-personal", kinds=", ".join(_(kind) for kind in kinds))


def _released_nevertheless(made: Release, left: Sequence[StillOpen], why: str, by: User) -> None:
    """Keep with a release what was open, who released it, when and why. The record has no words, which may name."""
    told = [{"code": one.code, "text": one.text, "cases": list(one.cases)} for one in left]
    made.despite = {"by": by.pk, "at": timezone.now().isoformat(timespec="seconds"), "why": why, "open": told}
    made.save(update_fields=["despite"])
    open_then = [one.code for one in left]
    record("release.nevertheless", made.pk, by=by, organisation=made.organisation, open=open_then)


def _again(known: Release, organisation: Organisation) -> Release:
    """The same bytes are the same release; what was withdrawn or replaced does not come back by the back door."""
    if known.organisation_id != organisation.pk or known.withdrawn_at or known.superseded_by_id:
        raise NotAllowed("release.known", release=known.pk[:12])
    return known


def _no_longer_current(release: Release) -> None:
    release.figures.filter(current=True).update(current=False)
    release.beside.filter(current=True).update(current=False)


def _told_of(release: Release, verb: str, by: User | None) -> None:
    """Record it, show it, and have the pages made again that rest on it."""
    record(verb, release.pk, by=by, organisation=release.organisation, series=release.series, number=release.number)
    bump()
    enqueue("refresh", release.country)


def _forget_pictures(release: str) -> None:
    """Take away what was made of a release for taking along: its cards, and its dossier."""
    dossiers.forget(release)
    for card in (settings.HOME / "cards").glob(f"{release}-*.png"):
        card.unlink(missing_ok=True)


def notes_of(dataset: Dataset) -> list[dict[str, str]]:
    """Return what a producer says to findings, as it is published beside them."""
    told = dataset.notes.order_by("pk")
    return [{"check": n.check_id, "code": n.code, "decision": n.decision, "text": n.text} for n in told]
