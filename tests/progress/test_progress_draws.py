"""The years drawn again: within bounds, as wide as the errors say, and the probability of a label is right."""

import numpy as np
import pytest
from scipy import stats

from datashift.model import Target
from datashift.progress import progress
from datashift.progress.draws import draw
from datashift.progress.label import Remark
from datashift.trends.series import Aim, series


def test_shares_stay_within_their_bounds_and_errors_are_met() -> None:
    data = series([2015, 2018, 2020], [97.0, 98.0, 99.0], [1.0, 0.8, 0.5], Aim(unit="PT"))
    drawn = draw(data, 20_000, 1)
    assert isinstance(drawn, np.ndarray)
    assert drawn.shape == (20_000, 3)
    assert ((drawn > 0) & (drawn < 100)).all()
    assert np.median(drawn, axis=0) == pytest.approx([97, 98, 99], abs=0.05)


def test_the_same_seed_gives_the_same_draws() -> None:
    data = series([2015, 2018, 2020], [10.0, 12.0, 15.0], None, Aim(unit="U"))
    assert (draw(data, 100, 7) == draw(data, 100, 7)).all()
    assert (draw(data, 100, 7) != draw(data, 100, 8)).any()


def test_without_errors_the_scatter_around_the_line_stands_in() -> None:
    rng = np.random.default_rng(3)
    years = np.arange(2000, 2021)
    values = -5 + 0.3 * (years - 2010) + rng.normal(0, 2.0, len(years))
    data = series(years, values, None, Aim(unit="U"))
    drawn = draw(data, 20_000, 1)
    assert isinstance(drawn, np.ndarray)
    fit = stats.linregress(years, values)
    sigma2 = ((values - fit.intercept - fit.slope * years) ** 2).sum() / 19
    # The mean of a scaled inverse chi-square: degrees / (degrees − 2).
    assert drawn.var(axis=0).mean() == pytest.approx(sigma2 * 19 / 17, rel=0.05)


@pytest.mark.parametrize(
    ("years", "values", "code"),
    [([2015, 2020], [1.0, 2.0], "two-years"), ([2015, 2016, 2017], [5.0, 5.0, 5.0], "on-a-line")],
)
def test_where_nothing_tells_the_uncertainty_nothing_is_drawn(years: list, values: list, code: str) -> None:
    found = draw(series(years, values, None, Aim(unit="U")), 100, 1)
    assert isinstance(found, Remark)
    assert found.code == code


def test_the_probability_of_a_label_is_that_of_the_normal_distribution() -> None:
    # SDSN on an unbounded scale through 0: on track where the last value is 20 or more above the base.
    years, values, se = [2014, 2015, 2020], [-1.0, 0.0, 18.0], [2.0, 1e-9, 4.0]
    found = progress((years, values, se), Target(60, 2030, "up", "x"), unit="U", draws=40_000)["sdsn"]
    assert found.probabilities["on_track_or_maintaining"] == pytest.approx(stats.norm.sf(20, 18, 4), abs=0.01)
    assert found.probabilities["decreasing"] == pytest.approx(stats.norm.cdf(0, 18, 4), abs=0.001)


def test_errors_for_some_years_only_are_set_aside_and_told() -> None:
    columns = ([2015, 2018, 2020, 2021], [40.0, 45.0, 44.0, 50.0], [1.0, float("nan"), 1.0, 1.0])
    found = progress(columns, Target(100, 2030, "up", "x"), unit="PT", draws=200)
    assert found.se is None
    assert {"se-partly", "scatter"} <= {note.code for note in found.notes}


def test_labels_are_right_as_often_as_their_probability_says() -> None:
    """In simulated worlds the label of the true values is known: probabilities beat labels taken as certain."""
    rng = np.random.default_rng(11)
    target = Target(95, 2030, "up", "x")
    years = np.array([2010, 2013, 2015, 2017, 2020, 2023])
    given, right, sure, certain = [], [], [], []
    for _world in range(150):
        level = rng.normal(0, 0.8) + rng.normal(0.05, 0.06) * (years - 2015) + rng.normal(0, 0.05, 6).cumsum()
        true = 100 / (1 + np.exp(-level))
        se = np.full(6, rng.uniform(0.7, 3))
        seen = np.clip(true + rng.normal(0, se), 0.2, 99.8)
        found = progress((years, seen, se), target, unit="PT", draws=1000)["open-sdg"]
        wanted = progress((years, true, None), target, unit="PT", draws=1)["open-sdg"].code
        given.append(found.probability)
        right.append(found.code == wanted)
        sure.append(sum((chance - (label == wanted)) ** 2 for label, chance in found.probabilities.items()))
        certain.append(2.0 * (found.code != wanted))
    assert np.mean(given) == pytest.approx(np.mean(right), abs=0.08)
    assert np.mean(sure) < 0.85 * np.mean(certain)
