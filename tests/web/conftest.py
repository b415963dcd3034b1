"""The site in tests: a store and a database of its own, people with roles, and a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from site_in_tests import emptied_between_tests, static_folder  # noqa: F401 - fixtures for every test

from datashift.web.frame import models as revision
from datashift.web.frame import public
from datashift.web.frame.middleware import counts
from datashift.web.people.models import Membership, Organisation, Role, User


@pytest.fixture(autouse=True)
def site(own_home: Path, settings: Any) -> Path:
    """Every test has its own store; nothing is remembered from the test before."""
    own_home.mkdir(parents=True, exist_ok=True)
    settings.HOME = own_home
    settings.STATIC_ROOT = own_home / "static"
    (own_home / "static").mkdir()
    settings.EMAIL_FILE_PATH = own_home / "mail"
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, (100_000, 60))
    settings.SECRET_KEY = "a key for tests"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    revision._seen.clear()
    public._kept.revision = -1
    counts.seen.clear()
    translation.activate("en")  # the test before may have asked for a page in another language
    return own_home


@pytest.fixture
def organisation(db: None) -> Organisation:
    return Organisation.objects.create(slug="water-watch", name="Water Watch", country="TZ")


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Make a person with a role: person("producer", organisation)."""
    numbers = count(1)

    def made(role: str = "", organisation: Organisation | None = None, country: str = "") -> User:
        one = User.objects.create_user(f"{role or 'nobody'}{next(numbers)}@example.org", "a long password")
        if role:
            Membership.objects.create(user=one, role=Role(role), organisation=organisation, country=country)
        return one

    return made


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """Return a client in which a person is signed in."""

    def made(user: User) -> Client:
        client = Client()
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        return client

    return made


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A real browser that asks nobody but the machine it runs on."""
    sync_api = pytest.importorskip("playwright.sync_api")
    binary = next((p for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(p).exists()), None)
    if binary is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
             "--disable-background-networking", "--disable-component-update"]  # fmt: skip
    # The driver keeps a loop running in this thread, and Django would refuse every later question to the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=binary, args=flags)
        yield browser
        browser.close()
