"""Small official files, areas and figures for the tests of comparison."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from datashift.model import Area, Benchmark, Estimate, Measure, Official


@pytest.fixture(scope="session")
def plain_rows() -> Callable[[Path], list[dict[str, str]]]:
    """Read a CSV file with nothing but the standard library, as a second opinion."""

    def read(path: Path) -> list[dict[str, str]]:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream))

    return read


@pytest.fixture(scope="session")
def as_raw() -> Callable[[list[dict[str, str]]], pa.Table]:
    """An all-text table as `read` gives it, with the row numbers a spreadsheet would show."""

    def table(rows: list[dict[str, str]]) -> pa.Table:
        columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in rows[0]}
        return pa.table({"_row": pa.array(range(2, len(rows) + 2), pa.int64()), **columns})

    return table


@pytest.fixture(scope="session")
def official() -> Callable[..., Official]:
    """A recipe's [[official]] entry; what the test does not state is unremarkable."""

    def spec(**stated: Any) -> Official:
        entry: dict[str, Any] = {
            "file": "figures.csv", "reader": "table", "source": "Simulated office", "released": "2012",
            "measures": ("working",), "series": "W1", "relation": "same", "definition": {"en": "Points that work"},
            "country": "XX", "as_of": date(2012, 6, 1), "columns": {"area": "place", "value": "v", "period": "year"},
        }  # fmt: skip
        return Official(**(entry | stated))

    return spec


@pytest.fixture(scope="session")
def citizen() -> Callable[..., Estimate]:
    """A citizen figure: 60 % (se 2, 30 degrees of freedom) from a probability sample of 2012 in the area north."""

    def estimate(**stated: Any) -> Estimate:
        given: dict[str, Any] = {
            "kit": "water-points", "measure": "working", "area": "north", "area_name": "North", "period": "2012",
            "value": 60.0, "se": 2.0, "lower": 55.9, "upper": 64.0, "n": 900, "n_eff": 600.0, "deff": 1.5, "df": 30.0,
            "unit": "PT", "status": "A", "method": "design-based", "sampling_type": "probability",
        }  # fmt: skip
        return Estimate(**(given | stated))

    return estimate


@pytest.fixture(scope="session")
def figure() -> Callable[..., Benchmark]:
    """An official figure: 60 % (se 1) of 2012 for the area north, of the same concept."""

    def benchmark(**stated: Any) -> Benchmark:
        given: dict[str, Any] = {
            "measure": "working", "source": "Simulated office", "released": "2013", "retrieved": "2013-05-01",
            "series": "W1", "area": "north", "area_name": "North", "period": "2012", "value": 60.0, "unit": "PT",
            "nature": "C", "relation": "same", "definition": {"en": "Points that work"}, "difference": {}, "se": 1.0,
        }  # fmt: skip
        return Benchmark(**(given | stated))

    return benchmark


@pytest.fixture(scope="session")
def working() -> dict[str, Measure]:
    """The measure `working`; five percentage points matter."""
    measure = Measure(
        id="working", label={"en": "Working"}, finding={"en": "work"}, estimator="proportion", relevant_difference=5.0
    )
    return {"working": measure}


@pytest.fixture(scope="session")
def places() -> dict[str, Area]:
    """North never changed; Lakeside kept its name in 2012, when Newtown was cut from it."""
    return {
        "north": Area("north", "North", "XX", 1, "XX"),
        "lake-old": Area("lake-old", "Lákeside", "XX", 1, "XX", valid_to=date(2012, 3, 1)),
        "lake": Area("lake", "LAKESIDE", "XX", 1, "XX", valid_from=date(2012, 3, 2), predecessors=("lake-old",)),
        "newtown": Area("newtown", "Newtown", "XX", 1, "XX", valid_from=date(2012, 3, 2), predecessors=("lake-old",)),
    }
