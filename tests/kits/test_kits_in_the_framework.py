"""Kits speak of indicators, series and custodians that the SDG framework knows."""

import pytest

from datashift.standards.framework import framework
from datashift.standards.kits import known_kits, shipped_kit

FRAMEWORK = framework()


def test_there_are_at_least_sixteen_kits() -> None:
    assert len(known_kits()) >= 16


@pytest.mark.parametrize("name", known_kits())
def test_a_kit_stands_beside_an_indicator_of_the_framework(name: str) -> None:
    assert FRAMEWORK.entry(shipped_kit(name).indicator).level == "indicator"


@pytest.mark.parametrize("name", known_kits())
def test_the_series_of_a_kit_are_series_of_its_indicator(name: str) -> None:
    kit = shipped_kit(name)
    related = {series.code for series in FRAMEWORK.series_of(kit.indicator)}
    for code in kit.series:
        assert FRAMEWORK.series(code).code == code
    if kit.relation == "same" and kit.series:
        assert set(kit.series) & related


@pytest.mark.parametrize("name", known_kits())
def test_the_custodian_of_a_kit_is_that_of_its_indicator_and_its_rule_is_told(name: str) -> None:
    kit = shipped_kit(name)
    assert kit.custodian is not None
    assert set(kit.custodian.agency) & set(FRAMEWORK.entry(kit.indicator).custodian)
    assert len(kit.custodian.rule["en"]) > 40
