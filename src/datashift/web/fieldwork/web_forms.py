"""ODK Web Forms, a program of others, as `make web-forms` built it: for what our own form cannot ask or work out.

Source of what it can do: the feature table of @getodk/web-forms 0.22 and its code.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from django.conf import settings

from datashift.errors import BadXForm
from datashift.forms.xform import XForm

FUNCTIONS = frozenset(("geofence", "id", "lang", "local-name", "name", "namespace-uri"))
"""What its expressions know, and ours do not."""
PLAIN = frozenset(("barcode", "dateTime"))
"""Kinds of questions that it shows as a line of text."""
_PART = re.compile(r"[A-Za-z0-9_-]+-[A-Za-z0-9_-]{8}\.(js|css)")
_KINDS = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}


class Bundle(NamedTuple):
    """What a page needs. entry: name of the script to begin with; styles: names; size: bytes on the wire."""

    entry: str
    styles: tuple[str, ...]
    size: int

    @property
    def megabytes(self) -> float:
        """The size in megabytes, to one place."""
        return round(self.size / 1e6, 1)


class Part(NamedTuple):
    """A file of the program. packed: whether `data` is compressed with gzip."""

    data: bytes
    kind: str
    packed: bool


def bundle() -> Bundle | None:
    """Return the program as it was built; None where it was not."""
    try:
        told = json.loads((settings.WEB_FORMS / "manifest.json").read_text("utf-8"))
        needed = _needed(told, "main.js")
        size = sum((settings.WEB_FORMS / f"{name}.gz").stat().st_size for name in needed)
        return Bundle(told["main.js"]["file"], tuple(name for name in needed if name.endswith(".css")), size)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _needed(told: dict[str, Any], key: str) -> list[str]:
    """Return the files that are loaded with an entry of the list of parts, each once."""
    one = told[key]
    inside = [name for more in one.get("imports", ()) for name in _needed(told, more)]
    return list(dict.fromkeys([one["file"], *one.get("css", ()), *inside]))


def part(name: str, *, packed: bool) -> Part | None:
    """Return a file of the program; None where there is none. Only names that change with their bytes are known."""
    known = _PART.fullmatch(name)
    if known is None:
        return None
    for file, is_packed in ((f"{name}.gz", True), (name, False)) if packed else ((name, False),):
        try:
            return Part((settings.WEB_FORMS / file).read_bytes(), _KINDS[known[1]], is_packed)
        except OSError:
            continue
    return None


def beyond(problem: BadXForm) -> bool:
    """Whether ODK Web Forms cannot do either what we cannot."""
    if problem.code == "xform.function":
        return problem.facts["name"] not in FUNCTIONS
    return problem.code != "xform.expression"


def plain(form: XForm) -> list[str]:
    """Return the paths of the questions that ODK Web Forms shows as a line of text."""
    return [field.path for field in form.fields if field.kind in PLAIN]
