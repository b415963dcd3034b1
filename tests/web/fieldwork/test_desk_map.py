"""The map of answers: every answer in one cell, none finer than the form allows, none that was deleted."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from desk_forms import answered, water
from django.test import Client
from django.utils import timezone

from datashift.web.fieldwork import deciding, mapping
from datashift.web.fieldwork.mapping import Window, cells, map_answers, whole
from datashift.web.fieldwork.models import Form, Submission
from datashift.web.fieldwork.spots import Mapped, Spot
from datashift.web.fieldwork.withdrawing import withdraw_submission
from datashift.web.people.models import Organisation, User

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(hours=1)


@pytest.fixture
def form(organisation: Organisation) -> Form:
    return water(organisation)


def counted(form: Form) -> None:
    map_answers(str(form.pk), lambda _stage: None)


def scattered(form: Form, many: int = 60) -> list[Submission]:
    drawn = random.Random(5)
    return [
        answered(form, n, latitude=drawn.uniform(-8, 3), longitude=drawn.uniform(-2, 9), arrived=LONG_AGO)
        for n in range(many)
    ]


@pytest.mark.parametrize("size", [9, 6, 4, 3, 1, -1, -3, -6])
def test_a_window_counts_the_same_before_and_after_the_job(form: Form, size: int) -> None:
    drawn = random.Random(5)
    for n in range(40):
        spread = 2.0**size / 5
        answered(form, n, latitude=-2 + drawn.gauss(0, spread) % 1, longitude=drawn.gauss(0, spread), arrived=LONG_AGO)
    window = Window(-2.0, 0.0, size)
    live = cells(form, window)
    counted(form)
    kept = cells(form, window)
    assert sorted(kept) == sorted(live)
    south, north = min(c.latitude for c in kept) - kept[0].width / 2, max(c.latitude for c in kept) + kept[0].width / 2
    west, east = min(c.longitude for c in kept) - kept[0].width / 2, max(c.longitude for c in kept) + kept[0].width / 2
    inside = Submission.objects.filter(
        latitude__gte=south, latitude__lt=north, longitude__gte=west, longitude__lt=east
    ).count()
    assert sum(c.answers for c in kept) == inside


def test_all_answers_lie_in_the_first_window_and_are_counted_once(form: Form) -> None:
    scattered(form)
    first = whole(form)
    assert first is not None
    assert sum(one.answers for one in cells(form, first)) == 60
    counted(form)
    counted(form)
    answered(form, "new", latitude=1.0, longitude=1.0)
    assert sum(one.answers for one in cells(form, first)) == 61, "what came since is there at once"
    assert sum(Spot.objects.filter(level=0).values_list("answers", flat=True)) == 60


def test_what_came_within_the_last_minute_is_left_for_the_next_time(form: Form) -> None:
    answered(form, 1)
    counted(form)
    assert not Spot.objects.exists()
    assert not Mapped.objects.get().upto


def test_a_withdrawn_answer_leaves_no_cell(form: Form) -> None:
    found = scattered(form, 3)
    counted(form)
    for one in found:
        withdraw_submission(submission=one, by=None)
    assert not Spot.objects.exists()
    assert whole(form) is None


def test_a_corrected_position_moves_on_the_map(form: Form, person: Callable[..., User]) -> None:
    one = answered(form, 1, arrived=LONG_AGO)
    counted(form)
    by = person("supervisor", form.organisation)
    deciding.correct(submission=one, place="spot", after="-3.5 37.25", why="The first was the office.", by=by)
    assert list(Spot.objects.filter(level=0).values_list("y", "x", "answers")) == [(-4, 37, 1)]


def test_windows_are_no_finer_than_the_form_allows(form: Form) -> None:
    assert mapping.finest(form) == mapping.NARROWEST
    form.coarse = {"spot": 5000}
    window = Window(0, 0, mapping.finest(form))
    assert 5000 <= window.width / mapping.ACROSS * 111_320 < 10_000


def test_the_map_is_drawn_with_a_table_and_moves_by_links(
    form: Form, person: Callable[..., User], organisation: Organisation, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(person("supervisor", organisation))
    at = f"/en/work/forms/{form.pk}/answers/map/"
    assert "No answer has a position" in client.get(at).content.decode()
    scattered(form)
    shown = client.get(at).content.decode()
    assert shown.count("<circle cx") >= 25
    assert "Answers in this window: 60" in shown
    assert client.get(f"{at}?size=3&at=-3.0,4.0").status_code == 200
    for nonsense in (
        "?size=x&at=1,2",
        "?size=99&at=nan,inf",
        "?size=99&at=91,5",
        "?size=3&at=90,180",
        "?size=-9&at=0,0",
    ):
        assert client.get(at + nonsense).status_code == 200
