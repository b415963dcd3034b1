"""The frame: what would give somebody no chance or two is told before anything is drawn."""

import random

import pyarrow as pa
import pytest

from datashift.errors import BadSample
from datashift.sampling import frame_of, places_of

ROWS = {
    "id": ["b", "a", "c", "d"],
    "region": ["North", "North", "South", "South"],
    "kind": ["town", "land", "town", "town"],
    "households": ["120", "80", "40.5", "7"],
    "lat": ["-1.2", "-1.3", "0", "2"],
    "lon": ["36.8", "36.9", "37", "38"],
}


def changed(**columns: list[str | None]) -> pa.Table:
    return pa.table(ROWS | columns)


def test_a_frame_is_sorted_and_knows_its_strata() -> None:
    frame = frame_of(pa.table(ROWS), "id", size="households", strata=("region", "kind"))
    assert frame.table["unit"].to_pylist() == ["a", "b", "c", "d"]
    assert frame.table["size"].to_pylist() == [80.0, 120.0, 40.5, 7.0]
    assert frame.strata == {"North / land": 1, "North / town": 1, "South / town": 2}


def test_the_digest_is_that_of_the_list_and_not_of_its_order() -> None:
    table = pa.table(ROWS)
    rows = list(range(4))
    random.Random(7).shuffle(rows)
    first, second = (frame_of(t, "id", size="households", strata=("region",)) for t in (table, table.take(rows)))
    assert first.digest == second.digest
    assert first.digest != frame_of(changed(households=["121", "80", "40.5", "7"]), "id", size="households").digest


@pytest.mark.parametrize(
    ("columns", "named", "code", "told"),
    [
        ({"id": ["a", "a", "c", "d"]}, {}, "sample.unit-twice", "“a” stands in the list 2 times"),
        ({"id": ["a", None, "c", "d"]}, {}, "sample.no-unit", "Row 2"),
        ({"households": ["1", "", "3", "4"]}, {"size": "households"}, "sample.size", "“a” has the size “”"),
        ({"households": ["1", "-2", "3", "4"]}, {"size": "households"}, "sample.size", "-2"),
        ({"households": ["1", "0", "3", "4"]}, {"size": "households"}, "sample.size", "above 0"),
        ({"households": ["1", "nan", "3", "inf"]}, {"size": "households"}, "sample.size", "nan"),
        ({"region": ["North", " ", "S", "S"]}, {"strata": ("region",)}, "sample.no-stratum", "“a”"),
        ({"lat": ["91", "0", "0", "0"]}, {"latitude": "lat", "longitude": "lon"}, "sample.position", "“91”"),
        ({"lon": ["x", "0", "0", "0"]}, {"latitude": "lat", "longitude": "lon"}, "sample.position", "“x”"),
        ({}, {"size": "people"}, "sample.no-column", "households"),
    ],
)
def test_a_fault_of_the_list_is_told(columns: dict, named: dict, code: str, told: str) -> None:
    with pytest.raises(BadSample) as problem:
        frame_of(changed(**columns), "id", **named)
    assert problem.value.code == code
    assert told in str(problem.value)


def test_a_list_without_rows_is_told() -> None:
    with pytest.raises(BadSample, match="no rows"):
        frame_of(pa.table({"id": pa.array([], pa.string())}), "id")


def test_households_are_gathered_to_places_with_their_number() -> None:
    table = pa.table({"hh": ["1", "2", "3"], "village": ["x", "y", "x"], "region": ["N", "S", "N"], "at": [1.0, 2, 3]})
    frame = frame_of(table, "hh", place="village", strata=("region",), latitude="at", longitude="at")
    places = places_of(frame).table
    assert places["unit"].to_pylist() == ["x", "y"]
    assert places["size"].to_pylist() == [2, 1]
    assert places["stratum"].to_pylist() == ["N", "S"]
    assert places["latitude"].to_pylist() == [2.0, 2.0]


def test_a_place_in_two_strata_is_told() -> None:
    table = pa.table({"hh": ["1", "2"], "village": ["x", "x"], "region": ["N", "S"]})
    with pytest.raises(BadSample, match="lies in two strata: N, S"):
        places_of(frame_of(table, "hh", place="village", strata=("region",)))
