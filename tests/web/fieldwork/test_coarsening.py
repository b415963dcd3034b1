"""Positions are told no finer than a form promises, wherever they stand, and the same each time."""

from __future__ import annotations

import json
import math
import re

from hypothesis import given
from hypothesis import strategies as st
from protected_forms import LATITUDE, LONGITUDE, as_answers, homes, protected

from datashift.web.fieldwork.coarsening import LEAST, MOST, coarse_positions, snapped
from datashift.web.fieldwork.leaves import leaves
from datashift.web.people.models import Organisation

METRES = st.integers(LEAST, MOST)
LATITUDES, LONGITUDES = st.floats(-89, 89), st.floats(-180, 180)
ALL = {"begin": 1000, "gps": 1000, "plot": 1000}


@given(LATITUDES, LONGITUDES, METRES)
def test_a_middle_stays_where_it_is(latitude: float, longitude: float, metres: int) -> None:
    once = snapped(latitude, longitude, metres)
    assert snapped(*once, metres) == once


@given(LATITUDES, LONGITUDES, METRES)
def test_no_position_moves_farther_than_half_a_diagonal(latitude: float, longitude: float, metres: int) -> None:
    y, x = snapped(latitude, longitude, metres)
    north = (y - latitude) * 111_320
    east = (x - longitude) * 111_320 * math.cos(math.radians(y))
    assert abs(north) <= metres / 2 + 0.2
    assert abs(east) <= metres / 2 + 0.2


@given(st.floats(-70, 70), st.floats(-179, 179), st.integers(100, 5000), st.randoms())
def test_a_thousand_visits_tell_no_more_than_one(
    latitude: float, longitude: float, metres: int, chance: object
) -> None:
    # A position that is measured again lies some metres away: by grid, all measures give the cells that meet there.
    near = [(latitude + 1e-5 * (k % 7 - 3), longitude + 1e-5 * (k % 5 - 2)) for k in range(60)]
    assert len({snapped(*one, metres) for one in near}) <= 6


def test_positions_lines_and_the_start_are_coarse_and_lose_altitude_and_accuracy(organisation: Organisation) -> None:
    form, _key = protected(organisation, coarse=ALL)
    xml, answers = coarse_positions(form, homes(), as_answers())
    y, x = snapped(float(LATITUDE), float(LONGITUDE), 1000)
    assert answers["gps"] == f"{y:.6f} {x:.6f}"
    assert answers["begin"] == answers["gps"]
    assert re.fullmatch(r"(-?\d+\.\d{6} -?\d+\.\d{6};?){3}", answers["plot"])
    assert answers["plot"].split(";")[0] == answers["plot"].split(";")[-1] == answers["gps"]
    told = {leaf.place: leaf.text for leaf in leaves(xml)}
    assert told["gps"] == answers["gps"]
    assert told["plot"] == answers["plot"]


def test_what_the_form_made_of_a_position_is_as_coarse(organisation: Organisation) -> None:
    form, _key = protected(organisation, coarse=ALL)
    xml, answers = coarse_positions(form, homes(), as_answers())
    y, _x = snapped(float(LATITUDE), float(LONGITUDE), 1000)
    assert answers["latitude"] == f"{y:.6f}"
    assert answers["meta/instanceName"] == f"Wanjiku Otieno {y:.6f}"
    for fine in ("-6.7923", "-6.7921", "-6.7924", "39.20832", "39.2084", "12.5", "4.8"):
        assert fine not in json.dumps(answers)
        assert fine.encode() not in xml


def test_other_numbers_stay(organisation: Organisation) -> None:
    form, _key = protected(organisation, coarse=ALL)
    said = as_answers() | {"water": "36.6 39.2083 -6.7 0.0001 12.3456"}
    assert coarse_positions(form, homes(), said)[1]["water"].endswith("-6.7 0.0001 12.3456")
    assert coarse_positions(form, homes(), said)[1]["water"].startswith("36.6 ")


def test_what_cannot_be_read_as_a_position_is_taken_out(organisation: Organisation) -> None:
    form, _key = protected(organisation, coarse={"gps": 1000})
    for text in ("somewhere near -6.792354", "nan nan", "99 200", "-6,792354 39,208328"):
        assert coarse_positions(form, homes(), {"gps": text})[1]["gps"] == ""
    form.coarse = {}
    assert coarse_positions(form, homes(), as_answers()) == (homes(), as_answers())
