"""What is kept of kits: shipped versions are written down once, variants are added, and no version ever changes."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from hashlib import sha256

from django.db import transaction

from datashift.errors import BadRecipe
from datashift.errors.web import BadKit
from datashift.model import Kit
from datashift.standards.kits import known_kits, parse_kit, shipped_kit
from datashift.standards.personal_texts import require_none
from datashift.standards.structures.identifiers import name_id
from datashift.standards.variants import expanded, kit_text
from datashift.web.frame.models import bump
from datashift.web.people.models import Organisation, User
from datashift.web.people.services import record
from datashift.web.standards.models import KitVersion

MOST_BYTES = 500_000
"""The longest text of a kit; the longest that ships has 120 000 bytes."""

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_VERSION = re.compile(r"[0-9]+(\.[0-9]+){0,2}")
_MOST_DOTS = 300
"""A key of a thousand parts, a.a.a…, takes TOML minutes to read; no line of a kit has so many dots."""
_log = logging.getLogger("datashift.web")


def sync() -> None:
    """Write every shipped kit into the registry. Done again, it does nothing.

    A text that was changed under the same version is not taken: what was released with it must stay readable. The log
    says so, and the first text stays.
    """
    known = {(row.kit, row.version): row.digest for row in KitVersion.objects.only("kit", "version", "digest")}
    new = []
    for name in known_kits():
        text = kit_text(name)
        kit, digest = parsed(text), _digest(text)
        there = known.get((kit.id, kit.version))
        if there is None:
            new.append(_row(kit, text, shipped=True))
        elif there != digest:
            _log.error("kit", extra={"code": "kit.changed", "kind": f"{kit.id}@{kit.version}"})
    if new:
        with transaction.atomic():
            KitVersion.objects.bulk_create(new, ignore_conflicts=True)
            bump()


def add_variant(*, text: str, organisation: Organisation | None, by: User) -> KitVersion:
    """Add a national or local variant: a full kit that names its base, or a short text that says what differs.

    The same text again is the same version. Raises BadKit (kit.too-large, kit.too-deep, kit.no-base, kit.bad-id,
    kit.bad-version, kit.id-taken, kit.version-there), BadRecipe, with the field that is wrong, and PersonalWords.
    """
    kit, full = _variant(text)
    require_none(full, confirmed=True)  # words of a form are full of capitals: shapes alone are told apart there
    if kit.variant is None:
        raise BadKit("kit.no-base")
    base = kit_of(kit.variant.of)
    row = _row(kit, full, organisation=organisation, added_by=by, base=f"{base.id}@{base.version}")
    with transaction.atomic():
        _require_own_name(kit, organisation)
        there = KitVersion.objects.filter(kit=kit.id, version=kit.version).first()
        if there is not None:
            if there.digest == row.digest:
                return there
            raise BadKit("kit.version-there", kit=kit.id, version=kit.version)
        row.save()
        record("kit.added", f"{kit.id}@{kit.version}", by=by, organisation=organisation, base=row.base)
        bump()
    return row


def version_of(name: str) -> KitVersion:
    """Return a version by `kit@version`; without a version the newest. Raises BadKit (kit.unknown)."""
    kit, _at, version = name.partition("@")
    found = [row for row in KitVersion.objects.filter(kit=kit) if version in ("", row.version)]
    if not found:
        raise BadKit("kit.unknown", kit=name)
    return max(found, key=lambda row: order(row.version))


def newest() -> list[KitVersion]:
    """Return the newest version of each kit, by its name."""
    found: dict[str, KitVersion] = {}
    for row in KitVersion.objects.select_related("organisation"):
        if row.kit not in found or order(row.version) > order(found[row.kit].version):
            found[row.kit] = row
    return [found[name] for name in sorted(found)]


def kit_of(name: str) -> Kit:
    """Return the kit that `kit@version` names (without a version the newest), from the registry or as it ships.

    Raises BadKit (kit.unknown).
    """
    try:
        return parsed(version_of(name).text)
    except BadKit:
        # A path would lead out of the folder of kits.
        if not _ID.fullmatch(name.partition("@")[0]):
            raise
        try:
            return shipped_kit(name)
        except BadRecipe:
            raise BadKit("kit.unknown", kit=name) from None


@lru_cache(maxsize=128)
def parsed(text: str) -> Kit:
    """Return the kit of a text that was read before, made once."""
    return parse_kit(text, "kit.toml")


def order(version: str) -> tuple[int, ...]:
    """Return what versions are sorted by: 1.10 stands after 1.9."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _variant(text: str) -> tuple[Kit, str]:
    """Return the kit of a full text, or of one that says only what differs, with its full text."""
    if len(text.encode()) > MOST_BYTES:
        raise BadKit("kit.too-large", most=MOST_BYTES // 1000)
    if max((line.count(".") for line in text.splitlines()), default=0) > _MOST_DOTS:
        raise BadKit("kit.too-deep")
    try:
        return parse_kit(text, "kit.toml"), text
    except RecursionError:
        raise BadKit("kit.too-deep") from None
    except BadRecipe as problem:
        of = re.search(r'^\s*(?:variant\.)?of\s*=\s*"([^"]+)"', text, re.MULTILINE)
        if problem.code == "recipe.not-toml" or of is None:
            raise
        full = expanded(text, kit_of(of[1]))
        return parse_kit(full, "variant.toml"), full


def _require_own_name(kit: Kit, organisation: Organisation | None) -> None:
    """Raise BadKit where SDMX takes no such name or version, or where the name is that of somebody else's kit."""
    if not _ID.fullmatch(kit.id) or len(kit.id) > 80:
        raise BadKit("kit.bad-id", kit=kit.id[:80])
    if not _VERSION.fullmatch(kit.version) or len(kit.version) > 20:
        raise BadKit("kit.bad-version", version=kit.version[:20])
    own = organisation.pk if organisation else None
    for row in KitVersion.objects.only("kit", "shipped", "organisation"):
        # Two names that SDMX writes alike would share one data structure.
        if name_id(row.kit) == name_id(kit.id) and (row.shipped or row.kit != kit.id or row.organisation_id != own):
            raise BadKit("kit.id-taken", kit=kit.id)


def _row(
    kit: Kit, text: str, *, shipped: bool = False, organisation: Organisation | None = None,
    added_by: User | None = None, base: str = "",
) -> KitVersion:  # fmt: skip
    return KitVersion(
        kit=kit.id, version=kit.version, text=text, digest=_digest(text), shipped=shipped, organisation=organisation,
        added_by=added_by, base=base,
    )  # fmt: skip


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
