"""The frame: languages, headers, health, limits."""

import pytest
from django.test import Client

from datashift.web.frame.middleware import counts

pytestmark = pytest.mark.django_db


def test_the_bare_address_leads_to_the_language_of_the_browser() -> None:
    answer = Client().get("/", headers={"accept-language": "sw,en;q=0.5"})
    assert (answer.status_code, answer["Location"], "Accept-Language" in answer["Vary"]) == (302, "/sw/", True)


def test_every_answer_forbids_what_is_not_ours() -> None:
    answer = Client().get("/en/nowhere/")
    assert answer.status_code == 404
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"


def test_an_address_that_asks_too_often_is_told_to_wait(settings: object) -> None:
    settings.RATE_LIMITS = dict.fromkeys(("page", "api", "write", "sign-in"), (3, 60))  # type: ignore[attr-defined]
    client = Client()
    answers = [client.get("/robots.txt").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]


def test_health_says_that_no_worker_is_there() -> None:
    answer = Client().get("/health")
    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "database": True, "worker": False, "space": True}


def test_behind_a_proxy_visitors_are_told_apart_by_what_it_says(settings: object) -> None:
    settings.RATE_LIMITS = dict.fromkeys(("page", "api", "write", "sign-in"), (1, 60))  # type: ignore[attr-defined]
    asked = ["10.0.0.1", "10.0.0.2", "forged, 10.0.0.1"]

    def answers(behind: bool) -> list[int]:
        counts.seen.clear()
        settings.BEHIND_PROXY = behind  # type: ignore[attr-defined]
        return [Client().get("/robots.txt", headers={"x-forwarded-for": one}).status_code for one in asked]

    assert answers(True) == [200, 200, 429]
    assert answers(False) == [200, 429, 429]
