"""Scores that reviewers and statistics offices give a release by a profile: who may, and how they are kept."""

from __future__ import annotations

import math
from collections.abc import Mapping
from hashlib import sha256

from django.db import transaction
from django.db.models import Q, QuerySet

from datashift.errors import BadProfile, BadRating, NotAllowed
from datashift.language import label
from datashift.standards.personal_texts import require_none
from datashift.standards.profiles import Profile
from datashift.web.collection.models import Review, Run
from datashift.web.dashboard.models import Rating, Release
from datashift.web.frame.models import bump
from datashift.web.jobs.services import enqueue
from datashift.web.people.models import Role, User
from datashift.web.people.roles import may
from datashift.web.people.services import record
from datashift.web.standards.profiles import parsed_profile, profile_row

LONGEST = 2000

Said = Mapping[str, tuple[str, str]]
"""By gate, criterion or box: the score as it was chosen ("" takes a former one back), and why."""


def refusal(release: Release, by: User) -> str:
    """Return the code that says why a person may not score a release; "" where they may.

    Reviewers of its organisation or of the whole site may, and the statistics office of its country; but nobody who
    had a part in it: who sent the file, made or asked for the draft, released it, or is a producer of its organisation.
    """
    if release.withdrawn_at is not None:
        return "rating.withdrawn"
    if not _as_office(release, by) and not may(by, "review", release.organisation):
        return "rating.elsewhere"
    return "rating.own" if _had_a_part(release, by) else ""


def given(release: Release, profile: Profile, by: User) -> QuerySet[Rating]:
    """Return the scores that a person gave a release by this version of a profile."""
    return release.ratings.filter(profile=profile.id, version=profile.version, by=by).order_by("criterion")


def seen(release: Release, profile: Profile, by: User) -> str:
    """Return a digest of what a page to score on shows, by which one filled in on an old page is known."""
    own = [(one.criterion, one.score, one.why) for one in given(release, profile, by)]
    return sha256(repr((profile.version, own)).encode()).hexdigest()


def rate(*, release: Release, profile: str, said: Said, page: str, by: User, confirmed: bool = False) -> int:
    """Keep the scores of a person, in the place of their former ones; return how many changed.

    `page` is what `seen` gave the page on which they were filled in. Either all are kept or none. Raises NotAllowed,
    BadRating, BadProfile where the registry has no such profile, and PersonalWords where a reason tells about a person
    (see `require_none`).
    """
    with transaction.atomic():
        found = Release.objects.select_for_update().select_related("organisation").get(pk=release.pk)
        if why_not := refusal(found, by):
            raise NotAllowed(why_not)
        asked = profile_asked(profile)
        if page != seen(found, asked, by):
            raise BadRating("rating.old-page")
        former = {one.criterion: one for one in given(found, asked, by)}
        scores = {name: _score(asked, name, one, former.get(name)) for name, one in said.items() if name in asked.tops}
        known = {one.why for one in former.values()}
        reasons = [one[1] for one in scores.values() if one is not None and one[1] not in known]
        require_none(*reasons, confirmed=confirmed)
        changed = [_keep(found, asked, name, one, former.get(name), by) for name, one in scores.items()]
        if any(changed):
            bump()
            enqueue("dossier", found.pk)
            enqueue("refresh", found.country)  # what would help most next stands on the pages of its ledgers
    return sum(changed)


def profile_asked(profile: str) -> Profile:
    """Return the newest version of a profile in the registry. Raises BadProfile."""
    row = profile_row(profile)
    if row is None:
        raise BadProfile("profile.unknown", profile=profile, known="")
    return parsed_profile(row.text)


def names_of(profile: Profile) -> dict[str, str]:
    """Return what each gate, criterion and box of a profile is called, in the current language."""
    parts = {one.id: label(one.label) for one in profile.parts}
    return parts | {tick.id: label(tick.label) for score in profile.criteria for tick in score.ticks}


def choices(profile: Profile, name: str) -> list[int]:
    """Return the scores to choose from; none where the scale is long or broken, and a number is written instead."""
    top = profile.tops[name]
    return list(range(int(top) + 1)) if top.is_integer() and top <= 10 else []


# --- inside -----------------------------------------------------------------------------------------------------------


def _as_office(release: Release, by: User) -> bool:
    return any(one.role == Role.OFFICE and one.country == release.country for one in by.memberships.all())


def _had_a_part(release: Release, by: User) -> bool:
    if release.released_by_id == by.pk:
        return True
    if by.memberships.filter(role=Role.PRODUCER, organisation=release.organisation_id).exists():
        return True
    if release.run_id is None:
        return False
    sent = Q(dataset__created_by=by) | Q(dataset__upload__by=by)
    asked = Review.objects.filter(Q(asked_by=by) | Q(decided_by=by), run=release.run_id)
    return asked.exists() or Run.objects.filter(sent, pk=release.run_id).exists()


def _score(profile: Profile, name: str, said: tuple[str, str], former: Rating | None) -> tuple[float, str] | None:
    """Return a score with its reason; None where none is given. Raises BadRating."""
    named, most = names_of(profile)[name], profile.tops[name]
    score, why = said[0], said[1].strip()[:LONGEST]
    if not score.strip():
        if why and (former is None or former.why != why):
            raise BadRating("rating.no-score", criterion=named)
        return None
    try:
        number = float(score.replace(",", "."))
    except ValueError:
        number = math.nan
    scale = choices(profile, name)
    if not 0 <= number <= most or (scale and number not in scale):
        raise BadRating("rating.no-scale", criterion=named, most=f"{most:g}")
    if not why:
        raise BadRating("rating.no-why", criterion=named)
    return number, why


def _keep(
    release: Release, profile: Profile, name: str, score: tuple[float, str] | None, former: Rating | None, by: User
) -> bool:
    facts: dict[str, str | float] = {"profile": f"{profile.id}@{profile.version}", "criterion": name}
    facts |= {"before": former.score} if former else {}
    if score is None:
        if former is None:
            return False
        former.delete()
        record("rating-withdrawn", release.pk, by=by, organisation=release.organisation, **facts)
        return True
    if former and (former.score, former.why) == score:
        return False
    Rating.objects.update_or_create(
        release=release, profile=profile.id, version=profile.version, criterion=name, by=by,
        defaults={"score": score[0], "why": score[1], "country": release.country if _as_office(release, by) else ""},
    )  # fmt: skip
    record("rated", release.pk, by=by, organisation=release.organisation, score=score[0], **facts)
    return True
