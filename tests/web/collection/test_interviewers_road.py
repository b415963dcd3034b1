"""From a file with the names of interviewers to what supervisors see: the names come nowhere else."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from water_road import ASKED, DEMO, PLACE, quiet

from datashift.web.collection.models import Dataset
from datashift.web.collection.running import run
from datashift.web.collection.steps import latest_run
from datashift.web.jobs.models import Job
from datashift.web.people.models import Event, Organisation, User

pytestmark = pytest.mark.django_db
BUSY = "Zebedia Qorro"
OTHERS = ("Wynifred Xulu", "Thaddeus Yego", "Ottoline Juma", "Barnabas Ziwa", "Cosima Akech")
ROWS = 240


def with_interviewers() -> bytes:
    """The simulated water points, seen by six people; one of them saw all her points within the same minutes."""
    lines = (DEMO / "water_points.csv").read_text("latin-1").splitlines()[: ROWS + 1]
    names = [BUSY if number % 6 == 0 else OTHERS[number % 6 - 1] for number in range(ROWS)]
    made = [f"{lines[0]};enumerator;start;end"]
    for number, (line, name) in enumerate(zip(lines[1:], names, strict=True)):
        day = "2024-05-20" if name == BUSY else f"2024-05-{1 + number // 6 % 18:02}"
        hour = 9 if name == BUSY else 8 + number // 6 // 18
        made.append(f"{line};{name};{day}T{hour:02}:00:00;{day}T{hour:02}:{20 + number % 30}:00")
    return "\n".join(made).encode("latin-1")


@pytest.fixture
def asked_by_name(sent: Callable[..., Dataset], say: Callable[..., Dataset]) -> Dataset:
    found = sent(with_interviewers(), "water_points.csv")
    for step, answers in {"rows": {"title": "Water points", "simulated": True, "row_id": "wp_id"}, "kit": {},
                          "columns": {}, "place": PLACE, "asked": ASKED}.items():  # fmt: skip
        found = say(found, step, answers)
    run(str(found.pk), quiet)
    return say(say(found, "findings"), "result")


def test_a_name_is_for_supervisors_and_stands_in_no_page_file_or_record_of_others(
    asked_by_name: Dataset, organisation: Organisation, person: Callable[..., User], producer: User,
    signed_in: Callable[[User], Client],
) -> None:  # fmt: skip
    names = (BUSY, *OTHERS)
    assert tomllib.loads(asked_by_name.recipe)["paradata"]["enumerator"] == "enumerator"
    made = latest_run(asked_by_name)
    assert made is not None
    concern = made.concerns.get(check_id="K13", subject=BUSY)
    found = next(one for one in made.told["findings"] if one["code"] == concern.code)
    assert (found["rows"] > 0, found["first_rows"]) == (True, [])
    everything = [json.dumps(made.told), asked_by_name.recipe, *map(str, Event.objects.values_list("facts", "subject"))]
    everything += [str(one.error) for one in Job.objects.all()]
    with ZipFile(settings.HOME / made.folder / "release.zip") as bundle:
        everything += [bundle.read(name).decode("utf-8", "replace") for name in bundle.namelist()]
    with ZipFile(settings.HOME / made.folder / "private" / "evidence.zip") as evidence:
        rows = json.loads(evidence.read("findings-rows.json"))["findings"]
    assert next(one["rows"] for one in rows if one["code"] == concern.code) == []
    pages = [reverse("work"), reverse("evidence", args=[asked_by_name.pk])]
    pages += [reverse("step", args=[asked_by_name.pk, step]) for step in ("findings", "result", "review")]
    everything += [signed_in(producer).get(page, follow=True).content.decode() for page in pages]
    for text in everything:
        assert not any(name in text for name in names)
    desk = signed_in(person("supervisor", organisation))
    assert BUSY in desk.get(reverse("interviewers", args=[asked_by_name.pk])).content.decode()
