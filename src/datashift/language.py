"""Words for people: which of the four languages is spoken, and where its text is found."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "es", "sw", "ne")

_current: ContextVar[str] = ContextVar("language", default="en")


def N_(message: str) -> str:
    """Mark `message` for the catalogues and return it as it is; it is translated where it is shown."""
    return message


def _(message: str) -> str:
    """Return `message` (English, as written in the code) in the current language."""
    return _catalogue(_current.get()).gettext(message) if message else ""


def current() -> str:
    """Return the code of the current language: en, es, sw or ne."""
    return _current.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak `language` inside the block; anything unknown falls back to English."""
    token = _current.set(language if language in LANGUAGES else "en")
    try:
        yield
    finally:
        _current.reset(token)


def label(texts: Mapping[str, str] | str, language: str | None = None) -> str:
    """Return the text of a label {language: text} in `language` (default: the current one), else English."""
    if isinstance(texts, str):
        return texts
    wanted = language or _current.get()
    return texts.get(wanted) or texts.get("en") or next(iter(texts.values()), "")


def in_all(say: Callable[[], str]) -> dict[str, str]:
    """Return what `say` says in each of the languages, as a label; {} where it says nothing."""
    said = {}
    for language in LANGUAGES:
        with speaking(language):
            said[language] = say()
    return said if any(said.values()) else {}


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    path = files("datashift").joinpath("locale", language, "LC_MESSAGES", "datashift.mo")
    if language == "en" or not path.is_file():
        return gettext.NullTranslations()
    with path.open("rb") as stream:
        return gettext.GNUTranslations(stream)
