"""Positions that were made up, are wide, coarse, or cannot be reached in time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from datashift.assess import sentence, subject_sentence

DEGREE_KM = 111.2
PARADATA = {"start": "begun", "end": "done", "enumerator": "who", "accuracy": "radius", "mocked": "mock"}


def walked(survey: Any, people: int = 6, n: int = 200) -> dict[str, list[Any]]:
    """A survey in which everybody walks from house to house, half an hour each."""
    columns = survey.clean(n)
    draw = np.random.default_rng(3)
    who = np.arange(n) % people
    step = np.arange(n) // people
    columns["who"] = [f"P{k}" for k in who]
    start = np.datetime64("2024-03-04T08:00:00") + step * np.timedelta64(40, "m")
    columns["begun"] = [f"{one}" for one in start]
    columns["done"] = [f"{one}" for one in start + np.timedelta64(30, "m")]
    lat, lon = (-3.9 + 0.07 * who + draw.normal(0, 5e-4, n), 30.4 + draw.normal(0, 5e-4, n))
    columns["lat"], columns["lon"] = ([f"{v:.7f}" for v in axis] for axis in (lat, lon))
    columns["district"] = ["XX-W"] * n
    columns["radius"] = [f"{v:.1f}" for v in draw.uniform(3, 9, n)]
    columns["mock"] = ["false"] * n
    return columns


def found(survey: Any, columns: dict[str, list[Any]], **changes: Any) -> dict[str, Any]:
    told = survey.check(columns, paradata={**PARADATA, **changes.pop("paradata", {})}, **changes)
    return {one.code: one for one in told if one.check == "K26"}


def moved(columns: dict[str, list[Any]], row: int, km: float) -> None:
    columns["lat"][row] = f"{float(columns['lat'][row]) + km / DEGREE_KM:.7f}"


def test_people_who_walk_from_house_to_house_are_left_alone(survey):
    assert found(survey, walked(survey), protocol={"accuracy": 20}) == {}


def test_positions_that_an_app_made_up_are_found(survey):
    columns = walked(survey)
    columns["mock"][7], columns["mock"][9] = "TRUE", "1"
    told = found(survey, columns)
    assert list(told) == ["assess.mocked"]
    assert told["assess.mocked"].rows == (9, 11)


def test_positions_wider_than_agreed_are_found(survey):
    columns = walked(survey)
    columns["radius"][3], columns["radius"][4], columns["radius"][5] = "20", "20.5", "n/a"
    told = found(survey, columns, protocol={"accuracy": 20})
    assert told["assess.wide"].rows == (6,)
    assert told["assess.wide"].facts["known"] == 199
    assert "assess.wide" not in found(survey, columns)


def test_a_jump_there_and_back_is_one_row(survey):
    columns = walked(survey)
    moved(columns, 60, 50)
    told = found(survey, columns)
    assert list(told) == ["assess.jump"]
    assert told["assess.jump"].rows == (62,)


def test_a_way_that_is_too_long_for_the_time_is_told_of_its_interviewer(survey):
    columns = walked(survey)
    for row in range(60, 200, 6):
        moved(columns, row, 40)
    told = found(survey, columns)["assess.too-fast"]
    assert told.rows == (62,)
    assert "P0" not in sentence(told)
    assert [(one.kind, one.name, one.rows) for one in told.subjects] == [("enumerator", "P0", (62,))]
    assert "{" not in subject_sentence(told.subjects[0])


@pytest.mark.parametrize(("km", "expected"), [(20, False), (30, True)])
def test_the_greatest_speed_is_that_of_the_protocol(survey, km, expected):
    columns = walked(survey)
    for row in range(60, 200, 6):
        moved(columns, row, km)
    assert ("assess.too-fast" in found(survey, columns, protocol={"speed": 150})) is expected  # 10 minutes and one


def test_with_few_interviewers_no_row_and_no_number_of_them_is_public(survey):
    columns = walked(survey, people=3)
    for row in range(60, 200, 3):
        moved(columns, row, 40)
    told = found(survey, columns)["assess.too-fast"]
    assert told.rows == ()
    assert "n" not in told.facts
    assert len(told.subjects) == 1


def test_devices_stand_in_for_interviewers(survey):
    columns = walked(survey)
    moved(columns, 60, 50)
    told = found(survey, columns, paradata={"enumerator": None, "device": "who"})
    assert list(told) == ["assess.jump"]


def test_coarse_positions_among_fine_ones_are_found(survey):
    columns = walked(survey)
    for row in range(20, 28):
        columns["lat"][row], columns["lon"][row] = "-3.512", "30.401"
    told = found(survey, columns)
    assert told["assess.coarse-position"].rows == tuple(range(22, 30))


def test_moments_that_cannot_be_read_are_passed_over(survey):
    columns = walked(survey)
    moved(columns, 60, 50)
    assert "assess.jump" not in found(survey, {**columns, "begun": ["noon"] * 200, "done": [""] * 200})
