"""On official series of the past, the outlook's intervals and probabilities are right; the growth-rate classes are not.

A smaller version of benchmarks/hindcast.py: a few areas and breakdowns of every series code.
"""

import importlib.util
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy import special

from datashift.model import Target
from datashift.progress import un_chart
from datashift.progress.case import case
from datashift.progress.outlook import outlook
from datashift.progress.outlook_scores import brier, covered, crps, log_score, mean, reliability

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def hindcast():
    where = Path(__file__).parents[2] / "benchmarks" / "hindcast.py"
    spec = importlib.util.spec_from_file_location("hindcast", where)
    module = importlib.util.module_from_spec(spec)
    sys.modules["hindcast"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["hindcast"]


@pytest.fixture(scope="module")
def everything(hindcast):
    if not hindcast.DATA.is_dir():
        pytest.skip("the real data folder ../shared/data is not beside the project")
    return hindcast.pilot()


@pytest.fixture(scope="module")
def series(everything):
    """Return at most three series of each code."""
    seen, few = Counter(), []
    for one in everything[0]:
        seen[one.code] += 1
        if seen[one.code] <= 3:
            few.append(one)
    return few


@pytest.fixture(scope="module")
def rows(hindcast, series):
    return hindcast.hindcasts(series)


@pytest.fixture(scope="module")
def by(hindcast, rows):
    return hindcast.crossed(rows, count=2500, rounds=25)


def test_every_observation_is_used_or_its_absence_explained(everything):
    series, left = everything
    assert len(series) == 2591
    assert left == {
        "observations that are not numbers": 66,
        "series with fewer than 8 years": 4270,
        "series that never change": 32,
        "series of steps: values that come back again and again": 73,
    }


def test_no_forecast_saw_the_half_of_the_targets_that_judges_it(rows):
    halves = {half: set(rows.target[rows.half == half]) for half in (0, 1)}
    assert not halves[0] & halves[1]
    assert min(map(len, halves.values())) > 30


def test_held_out_intervals_hold_what_they_promise(hindcast, rows, by):
    found = hindcast.told(rows, by)
    below = hindcast.below(rows, found)
    for here, bands in (
        (rows.ahead > 0, {0.5: (0.44, 0.56), 0.8: (0.74, 0.85), 0.95: (0.91, 0.97)}),
        (hindcast.complete(rows), {0.5: (0.43, 0.56), 0.8: (0.74, 0.85), 0.95: (0.92, 0.975)}),
        (hindcast.complete(rows) & (rows.ahead >= 8), {0.5: (0.38, 0.58), 0.8: (0.70, 0.86), 0.95: (0.90, 0.98)}),
    ):
        for promised, (least, most) in bands.items():
            share = mean(covered(below[here], promised).astype(float), rows.weights[here], rows.target[here], 200)
            assert least < share.value < most, (promised, share)


def test_the_straight_line_promises_too_much_and_the_outlook_is_sharper(hindcast, rows, by):
    here = hindcast.complete(rows)
    line = hindcast.straight(rows)
    held = covered(hindcast.below(rows, line), 0.95)[here]
    assert np.average(held, weights=rows.weights[here]) < 0.8
    some = rows.rows(np.flatnonzero(here))
    own = hindcast.part_of(hindcast.told(rows, by), here)
    for rival in (line, hindcast.walk(rows)):
        assert hindcast.crps_ratio(some, own, hindcast.part_of(rival, here)).upper < 1


def test_probabilities_of_labels_beat_the_growth_rate_classes_and_mean_what_they_say(hindcast, series, by):
    asked = hindcast.labels(series)
    weights, targets = asked.rows.weights, asked.rows.target
    chances = hindcast.chances(asked, hindcast.told(asked.rows, by))
    assert chances.sum(1) == pytest.approx(1)
    own = brier(chances, asked.outcome)
    for rival in (np.eye(3)[asked.so_far], hindcast.frequencies(asked, asked.so_far), hindcast.frequencies(asked)):
        assert mean(own - brier(rival, asked.outcome), weights, targets).upper < 0
    assert np.average(own, weights=weights) < 0.28
    assert np.average(log_score(chances, asked.outcome), weights=weights) < 0.5
    apart = [(said - happened.value, happened) for _l, _h, said, happened, _n in
             reliability(chances, asked.outcome, weights, targets)]  # fmt: skip
    assert max(abs(gap) for gap, _ in apart) < 0.12


def test_the_benchmark_forecasts_what_outlook_says(hindcast, series, rows):
    full = np.flatnonzero(hindcast.complete(rows))
    shipped = hindcast.forecast(rows.seen, rows.ahead, rows.kinds)
    for code in ("SP_ACS_BSRVH2O", "SH_STA_MMR", "NY_GDP_PCAP"):
        one = next(one for one in series if one.code == code)
        here = next(i for i in full if rows.code[i] == code)
        kept = one.years <= rows.seen.last[here]
        year = rows.seen.last[here] + rows.ahead[here]
        alone = outlook(one.years[kept], one.values[kept], year=year, unit="PT" if one.share else "x")
        assert (alone.centre, alone.spread) == pytest.approx((shipped.centre[here], shipped.spread[here]))


def test_the_growth_rate_class_is_that_of_the_un_chart_method(hindcast, series):
    """The rival in the benchmark and the method that users see must be one rule."""
    compared = 0
    for one in series:
        end = float(one.years[-1])
        base = np.flatnonzero(one.years == end - hindcast.SPAN)
        if one.sign != -1 or one.share or not len(base) or one.values.min() <= 0:
            continue
        now = np.flatnonzero(one.years <= end - 7)
        start = float(one.values[base[0]])
        judged = {rule: so_far for rule, _cuts, _came, so_far in hindcast.judged(one, start, now)}
        target = Target(value=start / 2, year=int(end), direction="down", source="halfway")
        asked = case(one.years[now], one.values[now], None, target, {"base_year": int(end) - hindcast.SPAN})
        if un_chart.refuses(asked) is None:
            [place] = un_chart.judge(asked, asked.values[None, :]).code
            assert place == judged["halfway"], one.code
            compared += 1
    assert compared > 20


def test_the_score_of_a_distribution_is_the_integral_it_stands_for():
    points = np.linspace(-400, 400, 800_001)
    for outcome, degrees in ((0.3, 3.0), (-2.0, 8.0), (5.0, 2.0)):
        centre, spread = 0.5, 1.7
        from_below = special.stdtr(degrees, (points - centre) / spread)
        integral = np.trapezoid((from_below - (points >= outcome)) ** 2, points)
        one = crps(*(np.array([x]) for x in (outcome, centre, spread, degrees)))
        assert one[0] == pytest.approx(integral, rel=2e-3)


def test_the_brier_score_is_0_for_sure_and_right_and_2_for_sure_and_wrong():
    chances = np.array([[1.0, 0, 0], [0, 1.0, 0], [1 / 3, 1 / 3, 1 / 3]])
    assert brier(chances, np.array([0, 0, 2])) == pytest.approx([0, 2, 2 / 3])
