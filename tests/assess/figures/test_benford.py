from __future__ import annotations

import numpy as np
import pytest

from datashift.assess.figures.benford import BENFORD, amounts, unlike_any
from datashift.assess.wording import sentence
from tests.assess.figures.test_outliers import tallied

HONEST = {
    "lognormal": lambda draw, n: np.round(draw.lognormal(9, 2, n)),
    "even in the logarithm": lambda draw, n: 10 ** draw.uniform(2, 6, n),
    "pareto": lambda draw, n: np.round(100 * (draw.pareto(0.6, n) + 1)),
    "rounded to 50": lambda draw, n: np.round(draw.lognormal(9, 1.8, n) / 50) * 50,
    "rounded to 1,000 or 100": lambda draw, n: np.where(draw.random(n) < 0.6, np.round(draw.lognormal(9, 2, n), -3),
                                                        np.round(draw.lognormal(9, 2, n), -2)),
}  # fmt: skip


def test_the_law_is_that_of_benford():
    assert BENFORD[0] == pytest.approx(0.30103, abs=1e-5)
    assert BENFORD[8] == pytest.approx(0.04576, abs=1e-5)
    assert BENFORD.sum() == pytest.approx(1)


@pytest.mark.parametrize("shape", HONEST)
def test_honest_amounts_are_left_alone(shape):
    draw, p = np.random.default_rng(1), []
    for n, surveys in ((400, 30), (3_000, 15), (30_000, 4)):
        for _survey in range(surveys):
            found = amounts(tallied(HONEST[shape](draw, n)))
            p += [unlike_any(found)] if found else []
    assert len(p) >= 4
    assert (np.array(p) <= 0.05).sum() <= 0.05 * len(p) + 2


def test_amounts_that_begin_alike_are_found():
    draw = np.random.default_rng(2)
    invented = draw.integers(1, 10, 800) * 10.0 ** draw.integers(3, 7, 800) * draw.uniform(1, 1.1, 800)
    invented[:300] = 7 * 10.0 ** draw.integers(3, 7, 300) * draw.uniform(1, 1.1, 300)
    assert unlike_any(amounts(tallied(np.round(invented)))) < 0.001


@pytest.mark.parametrize("values", [
    lambda draw: draw.normal(500, 100, 500),  # one order of magnitude
    lambda draw: np.round(draw.lognormal(9, 2, 500), -5),  # rounded to one digit
    lambda draw: draw.lognormal(9, 2, 50),  # few
])  # fmt: skip
def test_other_numbers_are_not_asked(values):
    assert amounts(tallied(values(np.random.default_rng(3)))) is None


def test_only_money_is_asked(survey):
    draw = np.random.default_rng(4)
    columns = survey.clean(600)
    invented = np.round(draw.choice([2, 7, 8], 600) * 10.0 ** draw.integers(3, 7, 600) * draw.uniform(1, 1.12, 600))
    texts = [f"{one:.0f}" for one in invented]
    assert not [one for one in survey.check({**columns, "steps": texts}) if one.check == "K24"]
    (found,) = [one for one in survey.check({**columns, "income": texts}) if one.check == "K24"]
    assert "weak evidence" in sentence(found)
    assert found.rows == ()
