"""Small official files, areas and figures for the tests of comparison."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from scipy.special import stdtrit

from datashift.model import Area, Benchmark, Estimate, Measure


@pytest.fixture(scope="session")
def citizen() -> Callable[..., Estimate]:
    """A citizen figure: 60 % (se 2, 30 degrees of freedom) from a probability sample of 2012 in the area north."""

    def estimate(**stated: Any) -> Estimate:
        given: dict[str, Any] = {
            "kit": "water-points", "measure": "working", "area": "north", "area_name": "North", "period": "2012",
            "value": 60.0, "se": 2.0, "lower": 55.9, "upper": 64.0, "n": 900, "n_eff": 600.0, "deff": 1.5, "df": 30.0,
            "unit": "PT", "status": "A", "method": "design-based", "sampling_type": "probability",
        }  # fmt: skip
        if stated.keys() & {"value", "se", "df"} and not stated.keys() & {"lower", "upper"}:
            given |= dict(zip(("lower", "upper"), _limits(**{**given, **stated}), strict=True))
        return Estimate(**(given | stated))

    return estimate


def _limits(value: float, se: float | None, df: float | None, **_other: Any) -> tuple[float | None, float | None]:
    """Return value ± t·se."""
    if se is None or (df is not None and df < 1):
        return None, None
    half = float(stdtrit(math.inf if df is None else df, 0.975)) * se
    return value - half, value + half


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
