"""What is kept of assessment profiles: shipped ones are written down once, offices add theirs, no version changes."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from hashlib import sha256

from django.db import transaction

from datashift.errors import BadProfile
from datashift.standards.personal_texts import require_none
from datashift.standards.profiles import Profile, known_profiles, parse_profile, shipped_profile
from datashift.standards.profiles.files import profile_text
from datashift.web.frame.models import bump
from datashift.web.jobs.services import enqueue
from datashift.web.people.models import User
from datashift.web.people.roles import ACTS
from datashift.web.people.services import record
from datashift.web.standards.models import ProfileVersion
from datashift.web.standards.services import order

MOST_BYTES = 200_000
_VERSION = re.compile(r"[0-9]+(\.[0-9]+){0,2}")
_log = logging.getLogger("datashift.web")


def sync_profiles() -> None:
    """Write every shipped profile into the registry. Done again, it does nothing; a text once there stays."""
    known = {(row.profile, row.version): row.digest for row in ProfileVersion.objects.only("profile", "version")}
    new = []
    for name in known_profiles():
        profile, text = shipped_profile(name), profile_text(name)
        there = known.get((profile.id, profile.version))
        if there is None:
            new.append(_row(profile, text))
        elif there != _digest(text):
            _log.error("profile", extra={"code": "profile.changed", "kind": f"{profile.id}@{profile.version}"})
    if new:
        with transaction.atomic():
            ProfileVersion.objects.bulk_create(new, ignore_conflicts=True)
            bump()
            if known:
                enqueue("dossier", "")  # every dossier is read by the newest profiles


def add_profile(*, text: str, by: User, base: str = "") -> ProfileVersion:
    """Add a version of a profile. The same text again is the same version.

    Raises BadProfile: where the text is no profile, where its name is that of another office or of one that ships, or
    where this version is there with another text. Raises PersonalWords where everybody would read a phone or the like.
    """
    if len(text.encode()) > MOST_BYTES:
        raise BadProfile("profile.too-large", most=MOST_BYTES // 1000)
    profile = parse_profile(text, "profile.toml")
    require_none(text, confirmed=True)  # titles are full of capitals: shapes alone are told apart there
    if not _VERSION.fullmatch(profile.version) or len(profile.version) > 20:
        raise BadProfile("profile.bad-version", version=profile.version[:20])
    country = country_of(by)
    with transaction.atomic():
        for row in ProfileVersion.objects.select_for_update().filter(profile=profile.id):
            if row.shipped or row.country != country:
                raise BadProfile("profile.id-taken", profile=profile.id)
            if row.version == profile.version:
                if row.digest == _digest(text):
                    return row
                raise BadProfile("profile.version-there", profile=profile.id, version=profile.version)
        made = _row(profile, text, shipped=False, country=country, added_by=by, base=base)
        made.save()
        record("profile.added", f"{profile.id}@{profile.version}", by=by, base=base)
        bump()
        enqueue("dossier", "")
    return made


def profile_row(profile: str, version: str = "") -> ProfileVersion | None:
    """Return a version of a profile, without a version the newest; None where there is none."""
    found = [row for row in ProfileVersion.objects.filter(profile=profile) if version in ("", row.version)]
    return max(found, key=lambda row: order(row.version), default=None)


def newest_profiles() -> list[ProfileVersion]:
    """Return the newest version of each profile, by its name."""
    found: dict[str, ProfileVersion] = {}
    for row in ProfileVersion.objects.all():
        if row.profile not in found or order(row.version) > order(found[row.profile].version):
            found[row.profile] = row
    return [found[name] for name in sorted(found)]


@lru_cache(maxsize=64)
def parsed_profile(text: str) -> Profile:
    """Return the profile of a text that was read before, made once."""
    return parse_profile(text, "profile.toml")


def country_of(by: User) -> str:
    """Return the country of the statistics office for which a person writes; "" for an editor."""
    held = by.memberships.filter(role__in=ACTS["edit-profiles"]).order_by("pk")
    return next((one.country for one in held if one.country), "")


def _row(
    profile: Profile, text: str, *, shipped: bool = True, country: str = "", added_by: User | None = None,
    base: str = "",
) -> ProfileVersion:  # fmt: skip
    return ProfileVersion(
        profile=profile.id, version=profile.version, text=text, digest=_digest(text), shipped=shipped, country=country,
        added_by=added_by, base=base,
    )  # fmt: skip


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
