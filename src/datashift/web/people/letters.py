"""Letters of the site: short, in the language of who reads them, sent when what they tell of is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import override

from datashift.language import speaking


@contextmanager
def reading(language: str) -> Iterator[None]:
    """Speak the language of the reader, in our texts and in those of the parts we use."""
    with speaking(language), override(language):
        yield


def post(to: str, subject: str, *paragraphs: str) -> None:
    """Send a letter once what was done is stored. A mail server that is away never undoes what was done."""
    text = "\n\n".join([*paragraphs, "DataShift · " + settings.ORIGIN])
    transaction.on_commit(
        lambda: send_mail(settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + subject, text, None, [to]), robust=True
    )
