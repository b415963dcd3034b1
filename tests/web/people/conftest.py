"""People in tests: nobody is throttled for what a test before them did, and letters can be read."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import transaction


@pytest.fixture(autouse=True)
def nobody_is_throttled_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def letters(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Return the letters that were sent so far, the oldest first. A test stores nothing for good, so none waits."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr(transaction, "on_commit", lambda done, **_: done())
    mail.outbox = []
    return lambda: [f"{one.to[0]}\n{one.subject}\n{one.body}" for one in mail.outbox]
