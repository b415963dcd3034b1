"""The table and the map of a million answers: how long pages take, beside an OFFSET and a map of all rows.

    .venv/bin/python benchmarks/desk.py [answers] [folder]

A database of SQLite is filled in a folder (kept where one is named), pages are asked through Django from the request to
the whole answer, and the same questions are asked in the naive way in the same run. Times in milliseconds.
"""

# ruff: noqa: PLC0415 - Django is set up first

from __future__ import annotations

import logging
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROUNDS = 15
STATES = ("received", "received", "received", "approved", "approved", "has-issues", "rejected")
BATCH = 10_000


def main() -> None:
    """Fill, ask, and print."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as passing:
        home = Path(sys.argv[2] if len(sys.argv) > 2 else passing)
        home.mkdir(parents=True, exist_ok=True)
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        from datashift.web import serving

        serving.get_ready(home)
        logging.disable(logging.INFO)
        from datashift.web.fieldwork.models import Form, Submission

        if Submission.objects.count() < many:
            begun = time.perf_counter()
            _fill(many)
            print(f"filled {many:,} answers in {time.perf_counter() - begun:.0f} s")
        _ask(Form.objects.get(form_id="benchmark"))


def _fill(many: int) -> None:
    from django.db import transaction
    from django.utils import timezone

    from datashift.web.fieldwork.mapping import map_answers
    from datashift.web.fieldwork.models import Content, Enumerator, Form, FormVersion, Submission
    from datashift.web.people.models import Membership, Organisation, User

    house = Organisation.objects.create(slug="benchmark", name="Benchmark")
    one = User.objects.create_user("desk@example.org", "a long password")
    Membership.objects.create(user=one, role="supervisor", organisation=house)
    form = Form.objects.create(organisation=house, form_id="benchmark", title="Benchmark", state="published")
    version = FormVersion.objects.create(
        form=form, number=1, version="1", xform=_xform(), languages=["en"], published=timezone.now()
    )
    people = [Enumerator.objects.create(organisation=house, name=f"Team {n}", digest=str(n)) for n in range(50)]
    drawn = random.Random(16)
    towns = [(drawn.uniform(-11, -1), drawn.uniform(29.5, 40)) for _ in range(400)]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for first in range(0, many, BATCH):
        rows = []
        for number in range(first, min(first + BATCH, many)):
            y, x = towns[number % 400]
            rows.append(Submission(
                form=form, version=version, said_version="1", digest=str(number),
                instance_id=f"uuid:{number * 2654435761 % 2**32:08x}-{number}",
                enumerator=people[drawn.randrange(50)], state=STATES[drawn.randrange(7)],
                complete=drawn.random() > 0.001, arrived=start + timedelta(seconds=10 * number),
                latitude=y + drawn.gauss(0, 0.05), longitude=x + drawn.gauss(0, 0.05),
            ))  # fmt: skip
        with transaction.atomic():
            Submission.objects.bulk_create(rows, batch_size=2_000)
            Content.objects.bulk_create(
                (
                    Content(submission=row, xml=b"x", answers=f'{{"source": "well", "people": "{row.pk}"}}')
                    for row in rows
                ),
                batch_size=5_000,
            )
    begun = time.perf_counter()
    map_answers(str(form.pk), lambda _stage: None)
    print(f"cells of the map counted in {time.perf_counter() - begun:.0f} s")


def _xform() -> str:
    return (
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>B'
        '</h:title><model><instance><data id="benchmark" version="1"><source/><people/><meta><instanceID/></meta>'
        "</data>"
        '</instance><bind nodeset="/data/source" type="string"/><bind nodeset="/data/people" type="int"/></model>'
        '</h:head><h:body><input ref="/data/source"><label>Source</label></input><input ref="/data/people">'
        "<label>People</label></input></h:body></h:html>"
    )


# --- asked ------------------------------------------------------------------------------------------------------------


def _ask(form: object) -> None:
    from django.db.models import Max, Min
    from django.test import Client
    from django.urls import reverse

    from datashift.web.fieldwork.models import Enumerator, Submission
    from datashift.web.people.models import User

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(email="desk@example.org"))
    table, drawn = reverse("form-desk", args=[form.pk]), reverse("form-map", args=[form.pk])  # type: ignore[attr-defined]
    ends = Submission.objects.aggregate(low=Min("pk"), high=Max("pk"))
    who = Enumerator.objects.order_by("pk").last()
    deep, random_ = ends["low"] + 200, random.Random(3)
    asked = {
        "first page": "",
        "deepest page": f"?before={deep}",
        "one state, deep": f"?state=rejected&before={deep}",
        "one enumerator, deep": f"?enumerator={who.pk}&before={deep + 5000}",  # type: ignore[union-attr]
        "enumerator and state": f"?enumerator={who.pk}&state=has-issues",  # type: ignore[union-attr]
        "one day": "?day=2026-02-14",
        "one day and state": "?day=2026-02-14&state=approved",
        "not complete": "?only=incomplete",
        "same id, other content": "?only=other",
        "an id": "?text=0000",
    }
    for name, query in asked.items():
        _told(f"table: {name}", lambda query=query: _page(client, table + query))  # type: ignore[misc]
    windows = {size: [f"?size={size}&at={random_.uniform(-9, -3):.4f},{random_.uniform(31, 38):.4f}" for _ in range(9)]
               for size in (9, 4, 2, 0, -2, -5)}  # fmt: skip
    _told("map: all", lambda: _page(client, drawn))
    for size, places in windows.items():
        _told(f"map: {2.0**size:g}° wide", lambda places=places: _page(client, drawn + random_.choice(places)))  # type: ignore[misc]
    print("\nthe naive way, in the same run (database alone, without a page)")
    found = Submission.objects.filter(form=form)
    far = found.count() - 100
    _told("OFFSET: deepest page", lambda: list(found.order_by("-pk").values_list("pk")[far : far + 50]), 5)
    _told("OFFSET: count of all for page numbers", lambda: found.count(), 5)
    _told("map: all rows to Python", lambda: list(found.values_list("latitude", "longitude").iterator()), 3)


def _page(client: object, address: str) -> None:
    answer = client.get(address)  # type: ignore[attr-defined]
    assert answer.status_code == 200, (address, answer.status_code)


def _told(name: str, ask: Callable[[], object], rounds: int = ROUNDS) -> None:
    ask()
    times = []
    for _round in range(rounds):
        begun = time.perf_counter()
        ask()
        times.append(1000 * (time.perf_counter() - begun))
    worst = statistics.quantiles(times, n=20, method="inclusive")[-1]
    print(f"{name:48} p50 {statistics.median(times):8.0f}   p95 {worst:8.0f}", flush=True)


if __name__ == "__main__":
    main()
