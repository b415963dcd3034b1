"""How many are needed: published numbers."""

import pytest

from datashift.errors import BadSample
from datashift.sampling import deff_of_places, for_difference, for_share, margin_of


def test_the_usual_numbers() -> None:
    assert for_share(0.5, 0.05) == (385, 385)
    assert for_share(0.5, 0.03) == (1068, 1068)
    assert for_share(0.5, 0.05, deff=2, response=0.8) == (769, 962)


def test_the_example_of_cochran() -> None:
    """Sampling Techniques, 3rd edition, 4.4: z = 2, an island of 3,200: 400 without, 356 with the correction."""
    two = 0.954499736103642
    assert for_share(0.5, 0.05, confidence=two).answers == 400
    assert for_share(0.5, 0.05, confidence=two, population=3200).answers == 356


def test_a_whole_population_is_never_exceeded() -> None:
    assert for_share(0.5, 0.001, population=100).answers == 100
    assert margin_of(0.5, 100, population=100) == 0


def test_the_example_of_power_prop_test() -> None:
    """R, ?power.prop.test: p1 = .50, p2 = .75, power = .90 gives n = 76.7 in each group."""
    assert for_difference(0.5, 0.75, power=0.9).answers == 77
    assert for_difference(0.75, 0.5, power=0.9, deff=1.5).answers == 116


def test_the_margin_gives_back_the_number() -> None:
    assert margin_of(0.5, 1067) == pytest.approx(0.03, abs=1e-5)
    assert (
        margin_of(0.3, for_share(0.3, 0.04, deff=1.6, population=900).answers, deff=1.6, population=900) <= 0.04 * 1.01
    )


def test_neighbours_who_are_alike_cost_answers() -> None:
    assert deff_of_places(10, 0.05) == pytest.approx(1.45)
    assert deff_of_places(1, 0.7) == 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda: for_share(50, 0.05),
        lambda: for_share(0.5, 5),
        lambda: for_share(0.5, 0.05, deff=0),
        lambda: for_share(0.5, 0.05, response=0),
        lambda: for_share(0.5, 0.05, population=0),
        lambda: for_share(0.5, 0.05, confidence=95),
        lambda: for_difference(0.5, 0.5),
        lambda: margin_of(0.5, 0),
        lambda: margin_of(float("nan"), 10),
    ],
)
def test_what_cannot_be_is_told(ask: object) -> None:
    with pytest.raises(BadSample, match="Give a number above"):
        ask()
