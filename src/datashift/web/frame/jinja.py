"""The templates: Jinja2 with our own catalogue, our own numbers, and nothing that a page does not need."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import override
from jinja2 import Environment, StrictUndefined

from datashift.language import _, current, label
from datashift.numbers import amount, in_digits, said
from datashift.web.frame.calendar import day, year


def environment(**options: Any) -> Environment:
    """Return the environment of the templates. A name that is not there is a fault, not an empty text."""
    made = Environment(**(options | {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}))  # noqa: S701 - Django's backend asks for autoescape
    made.globals |= {
        "_": _, "label": label, "language": current, "languages": settings.LANGUAGES, "messages": get_messages,
        "static": static, "url": url, "in_language": in_language, "origin": settings.ORIGIN,
    }  # fmt: skip
    made.filters |= {"said": said, "digits": in_digits, "amount": amount, "label": label}
    made.filters |= {"day": day, "year": year}
    return made


def url(name: str, *args: Any, **named: Any) -> str:
    """Return the address of a page in the current language."""
    return reverse(name, args=args or None, kwargs=named or None)


def in_language(path: str, language: str) -> str:
    """Return the address of the same page in another language; that of the start page where there is none."""
    head, _slash, rest = path.lstrip("/").partition("/")
    if head in dict(settings.LANGUAGES):
        return f"/{language}/{rest}"
    with override(language):
        return reverse("start")
