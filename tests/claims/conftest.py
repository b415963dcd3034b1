"""Evidence for the tests of claims: one good case of each kind, to be weakened in a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from datashift.claims import Beside, Difference, Level, Subject
from datashift.model import Benchmark, Comparison, Contest, Estimate


@pytest.fixture(scope="session")
def water() -> Subject:
    """Improved water points that work; ten percentage points matter."""
    label = {
        "en": "Improved water points that work",
        "es": "Puntos de agua mejorados que funcionan",
        "sw": "Vituo vya maji vilivyoboreshwa vinavyofanya kazi",
        "ne": "चल्ने सुधारिएका पानी लिने ठाउँ",
    }
    finding = {"en": "About {value} of the improved water points in {area} worked in {period} ({lower} to {upper})."}
    return Subject(label, unit_label={"en": "%"}, finding=finding, relevant=10.0, rows="places")


@pytest.fixture(scope="session")
def level(water: Subject) -> Callable[..., Level]:
    """59.2 % (55.4 to 62.8) of 640 points in Hilltop in 2024, from a probability sample."""

    def made(subject: Subject = water, **stated: Any) -> Level:
        given: dict[str, Any] = {
            "kit": "water-points@1", "measure": "working", "area": "ZZ-1", "area_name": "Hilltop", "period": "2024",
            "value": 59.2, "se": 1.9, "lower": 55.4, "upper": 62.8, "n": 640, "n_eff": 500.0, "deff": 1.3, "df": 40.0,
            "unit": "PT", "status": "A", "method": "design-based", "sampling_type": "probability",
        }  # fmt: skip
        return Level(subject, Estimate(**(given | stated)))

    return made


@pytest.fixture(scope="session")
def beside(water: Subject) -> Callable[..., Beside]:
    """59.2 % beside official 72 % of the same concept and year: 12.8 points less (8.3 to 17.3), one of 12 compared.

    `official` takes changes of the official figure, `evidence` of what is known about the comparison.
    """

    def made(official: dict[str, Any] | None = None, evidence: dict[str, Any] | None = None, **stated: Any) -> Beside:
        figure = Benchmark(
            measure="working", source="National Bureau", released="2024", retrieved="2025-01-01", series="W1",
            area="ZZ-1", area_name="Hilltop", period="2024", value=72.0, unit="PT", nature="C", relation="same",
            definition={}, difference={}, se=1.2,
        )  # fmt: skip
        given: dict[str, Any] = {
            "measure": "working", "area": "ZZ-1", "area_name": "Hilltop", "period": "2024", "breakdown": (),
            "value": 59.2, "lower": 55.4, "upper": 62.8, "official": replace(figure, **(official or {})),
            "verdict": "gap", "difference": -12.8, "difference_lower": -17.3, "difference_upper": -8.3,
            "reason": "", "facts": {}, "probability": 0.999, "p_value": 0.0001, "p_adjusted": 0.0004,
            "contest": Contest(shift=(12.8, 8.3), wrong=(31.4, 20.3), missing=(45.7, 29.6), n=640),
        }  # fmt: skip
        known = {"sampling_type": "probability", "status": "A", "among": (12, 4)}
        return Beside(water, Comparison(**(given | stated)), **(known | (evidence or {})))

    return made


@pytest.fixture(scope="session")
def rise(water: Subject) -> Difference:
    """From 59.2 % in 2020 to 71.5 % in 2024 in Hilltop; one difference, looked at alone."""
    return Difference(
        subject=water, across="years", first="2020", second="2024", first_value=59.2, second_value=71.5,
        difference=12.3, lower=7.1, upper=17.4, p=0.00001, family=1, place="Hilltop", sampling_type="probability",
    )  # fmt: skip
