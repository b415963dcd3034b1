"""The road of the simulated water points, driven by the services and jobs alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from water_road import ASKED, DEMO, PLACE, quiet

from datashift.web.collection import services
from datashift.web.collection.models import Dataset
from datashift.web.collection.running import run
from datashift.web.collection.suggesting import suggest
from datashift.web.people.models import Organisation, User


@pytest.fixture
def producer(person: Callable[..., User], organisation: Organisation) -> User:
    return person("producer", organisation)


@pytest.fixture
def sent(producer: User, organisation: Organisation) -> Callable[..., Dataset]:
    """Send a file and take the road up to its suggestion: sent(bytes, name)."""

    def made(data: bytes, name: str = "answers.csv", country: str = "") -> Dataset:
        upload = services.receive(name=name, chunks=[data], organisation=organisation, by=producer)
        dataset = services.begin(upload=upload, by=producer, country=country)
        suggest(str(dataset.pk), quiet)
        dataset.refresh_from_db()
        return dataset

    return made


@pytest.fixture
def water(sent: Callable[..., Dataset]) -> Dataset:
    """The simulated water points, suggested."""
    return sent((DEMO / "water_points.csv").read_bytes(), "water_points.csv")


@pytest.fixture
def say(producer: User) -> Callable[..., Dataset]:
    """Answer a step: say(dataset, "kit", {…})."""

    def said(dataset: Dataset, step: str, answers: dict[str, Any] | None = None) -> Dataset:
        return services.answer(dataset=dataset, step=step, answers=answers or {}, version=dataset.version, by=producer)

    return said


@pytest.fixture
def asked(water: Dataset, say: Callable[..., Dataset]) -> Dataset:
    """The same, with everything said that a run needs."""
    for step, answers in {"rows": {"title": "Water points", "simulated": True, "row_id": "wp_id"}, "kit": {},
                          "columns": {}, "place": PLACE, "asked": ASKED}.items():  # fmt: skip
        water = say(water, step, answers)
    return water


@pytest.fixture
def worked_out(asked: Dataset, say: Callable[..., Dataset]) -> Dataset:
    """The same, with its result, read by its producer."""
    run(str(asked.pk), quiet)
    for step, answers in {"findings": {}, "result": {}, "who": {"licence": "", "for_office": False}}.items():
        asked = say(asked, step, answers)
    return asked
