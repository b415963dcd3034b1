"""How a release is named by others: its producer, its permanent address, its citation."""

from __future__ import annotations

import re
from functools import cache

from django.conf import settings
from django.urls import reverse

from datashift.errors import BadRecipe
from datashift.language import _, current, label
from datashift.standards.areas import known_areas
from datashift.web.dashboard.models import Release
from datashift.web.frame.calendar import day


def producer(release: Release) -> str:
    """Return who made a release, for readers: an anonymous organisation is known by its short name alone."""
    return release.organisation.slug if release.organisation.anonymous else release.producer


def title(release: Release) -> str:
    """Return the title of a release in the current language."""
    return label(release.texts.get("title") or {"en": release.series})


def place(release: Release, area: str, name: str) -> str:
    """Return the name of a place in the current language where one is known, else the name that the release gives."""
    if area == release.whole and release.texts.get("place"):
        return label(release.texts["place"])
    return dict(_names(release.country).get(area, ())).get(current()) or name


def permanent(release: Release) -> str:
    """Return the address under which a release is always found."""
    return f"{settings.ORIGIN}{reverse('permanent', args=[release.pk])}"


def citation(release: Release) -> str:
    """Return the citation as text."""
    return _("{producer} ({year}). {title}. Release {number}, {day}. DataShift. {address}").format(
        producer=producer(release), year=release.released_at.year, title=title(release).rstrip("."),
        number=release.number, day=day(release.released_at), address=permanent(release),
    )  # fmt: skip


def bibtex(release: Release) -> str:
    """Return the citation for a bibliography program."""
    facts = {
        "author": f"{{{_plain(producer(release))}}}",
        "title": _plain(title(release)),
        "year": str(release.released_at.year),
        "month": str(release.released_at.month),
        "version": str(release.number),
        "publisher": "DataShift",
        "url": permanent(release),
        "note": f"SHA-256 {release.pk}",
    }
    key = re.sub(r"[^a-z0-9]+", "-", f"{release.series}-{release.number}".lower()).strip("-")
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in facts.items())
    return f"@dataset{{{key},\n{lines}}}"


@cache
def _names(country: str) -> dict[str, tuple[tuple[str, str], ...]]:
    try:
        return {area.id: area.names for area in known_areas(country).values()}
    except BadRecipe:
        return {}


def _plain(text: str) -> str:
    """Return a text without the signs that such programs read as commands."""
    return re.sub(r"[{}\\]", " ", text)
