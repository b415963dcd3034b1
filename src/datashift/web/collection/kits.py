"""Kits as the road offers them: those that ship, and national or local variants of the registry."""

from __future__ import annotations

from functools import cache

from datashift.errors import BadRecipe
from datashift.model import Kit
from datashift.standards.kits import known_kits, parse_kit, shipped_kit
from datashift.web.standards.models import KitVersion


def at_hand() -> list[Kit]:
    """Return the kits that may be chosen: all that ship, and the newest version of every other one."""
    newest = {row.kit: row for row in KitVersion.objects.filter(shipped=False).order_by("added", "pk")}
    own = [parse_kit(row.text, "kit.toml") for row in newest.values() if row.kit not in known_kits()]
    return [_shipped(name) for name in known_kits()] + own


def kit_named(name: str) -> Kit:
    """Return the kit that `id` or `id@version` names. Raises BadRecipe (recipe.no-kit)."""
    text = own_text(name)
    return parse_kit(text, "kit.toml") if text else _shipped(name.partition("@")[0])


def full_name(name: str) -> str:
    """Return `id@version` of a kit, whose version may be missing in `name`. Raises BadRecipe."""
    kit = kit_named(name)
    return f"{kit.id}@{kit.version}"


def own_text(name: str) -> str:
    """Return the text of a kit that does not ship in this version; "" for one that does. Raises BadRecipe."""
    bare, _at, version = name.partition("@")
    if bare in known_kits() and version in ("", _shipped(bare).version):
        return ""
    found = KitVersion.objects.filter(kit=bare).order_by("-added", "-pk")
    row = (found.filter(version=version) if version else found).first()
    if row is None:
        raise BadRecipe("recipe.no-kit", kit=name, known=", ".join(kit.id for kit in at_hand()))
    return row.text


@cache
def _shipped(name: str) -> Kit:
    return shipped_kit(name)
