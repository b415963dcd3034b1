"""What would have to be wrong: by hand, and in simulated worlds whose bias is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datashift.compare import Rules, compare, contest, contest_sentence
from datashift.language import LANGUAGES, speaking
from datashift.model import Benchmark, Comparison, Estimate, Measure

Citizen = Callable[..., Estimate]
Figure = Callable[..., Benchmark]


def test_the_contestation_of_a_share_by_hand(citizen: Citizen) -> None:
    found = contest(citizen(value=60.0, n=1000), 48.0, reach=4.0, population=100_000)
    assert found.shift == pytest.approx((-12, -8))
    assert found.wrong == pytest.approx((12, 8))
    assert found.missing == pytest.approx((100 * (1 - 48 / 60), 100 * (1 - 52 / 60)))
    assert found.odds == pytest.approx((1.5 / (48 / 52), 1.5 / (52 / 48)))
    # Meng (2018): rho = error / (sigma sqrt((1 - f) / f)).
    absent = np.sqrt((1 - 0.01) / 0.01)
    assert found.correlation == pytest.approx(
        (0.12 / (np.sqrt(0.48 * 0.52) * absent), 0.08 / (np.sqrt(0.52 * 0.48) * absent))
    )


def test_where_the_official_share_is_higher_all_the_missing_would_say_yes(citizen: Citizen) -> None:
    found = contest(citizen(value=40.0), 70.0)
    assert found.missing[0] == pytest.approx(50)  # 40 of 100 and 50 missing: (0.5 x 40 + 50) = 70
    assert found.odds[0] < 1
    assert found.correlation is None


@pytest.mark.parametrize(("value", "official"), [(100.0, 60.0), (0.0, 30.0), (40.0, 0.0), (40.0, 100.0)])
def test_at_the_ends_odds_are_not_defined_and_the_rest_is(citizen: Citizen, value: float, official: float) -> None:
    found = contest(citizen(value=value), official, population=10_000)
    assert found.odds is None
    assert found.wrong[0] == pytest.approx(abs(value - official))
    assert 0 <= found.missing[0] <= 100


@given(value=st.floats(0, 100), official=st.floats(0, 100), reach=st.floats(0, 50))
def test_what_chance_explains_never_has_to_be_wrong(
    citizen: Citizen, value: float, official: float, reach: float
) -> None:
    found = contest(citizen(value=value), official, reach=reach)
    for pair in (found.wrong, found.missing):
        assert 0 <= pair[1] <= pair[0] + 1e-9 <= 100 + 1e-6
    assert abs(found.shift[1]) == pytest.approx(max(0.0, abs(official - value) - reach), abs=1e-9)


def test_events_would_be_false_or_unseen(citizen: Citizen) -> None:
    more = contest(citizen(value=255.0, unit="PS"), 200.0, estimator="total")
    assert (more.wrong[0], more.missing) == (pytest.approx(100 * 55 / 255), None)
    less = contest(citizen(value=150.0, unit="PS"), 200.0, estimator="total", reach=10.0)
    assert (less.wrong, less.missing) == (None, pytest.approx((25.0, 100 * 40 / 190)))
    none = contest(citizen(value=0.0, unit="PS"), 3.0, estimator="total", reach=5.0)
    assert none.missing == (100.0, 0.0)


def test_a_mean_has_a_shift_and_with_its_population_a_correlation(citizen: Citizen) -> None:
    mean = citizen(value=22.0, se=0.5, n_eff=400.0, n=400, unit="UG_M3")
    found = contest(mean, 18.0, estimator="mean", population=400 * 101)
    assert (found.shift[0], found.wrong, found.odds) == (-4.0, None, None)
    assert found.correlation[0] == pytest.approx(4 / (10 * 10))


# --- known bias is recovered --------------------------------------------------------------------------------------

WORLDS = 2000


def volunteers(truth: np.ndarray, odds: float, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Worlds of 10,000 units: yes-units answer `odds` times as likely. Return shares, numbers and correlations."""
    rng = np.random.default_rng(11)
    people = 10_000
    yes = rng.binomial(people, truth)
    rate = size / people
    seen_yes = rng.binomial(yes, np.minimum(rate * odds, 1.0))
    seen_no = rng.binomial(people - yes, rate)
    n = seen_yes + seen_no
    share, true = seen_yes / n, yes / people
    f = n / people
    together = seen_yes / people - f * true  # covariance of being seen and of yes
    return share, n, together / np.sqrt(f * (1 - f) * true * (1 - true))


@pytest.mark.parametrize("odds", [1.5, 2.3, 4.0, 0.5])
def test_the_known_odds_of_being_seen_are_recovered(citizen: Citizen, odds: float) -> None:
    truth = np.random.default_rng(12).uniform(0.2, 0.8, WORLDS)
    share, n, _rho = volunteers(truth, odds, 500)
    found = [
        contest(citizen(value=100 * float(s), n=int(k)), 100 * float(t)).odds[0]
        for s, k, t in zip(share, n, truth, strict=True)
    ]
    assert np.median(found) == pytest.approx(odds, rel=0.03)


@pytest.mark.parametrize("odds", [1.0, 1.5, 4.0])
def test_the_known_data_defect_correlation_is_recovered_exactly(citizen: Citizen, odds: float) -> None:
    truth = np.random.default_rng(13).integers(2000, 8000, WORLDS) / 10_000
    rng = np.random.default_rng(14)
    yes = (truth * 10_000).round().astype(int)
    seen_yes, seen_no = rng.binomial(yes, min(0.05 * odds, 1.0)), rng.binomial(10_000 - yes, 0.05)
    n = seen_yes + seen_no
    f = n / 10_000
    known = (seen_yes / 10_000 - f * truth) / np.sqrt(f * (1 - f) * truth * (1 - truth))
    found = [
        contest(citizen(value=100 * y / k, n=int(k)), 100 * t, population=10_000.0).correlation[0]
        for y, k, t in zip(seen_yes, n, truth, strict=True)
    ]
    assert found == pytest.approx(list(known), abs=1e-9)


def test_volunteers_never_get_a_gap_but_hear_how_large_their_bias_would_be(
    citizen: Citizen, figure: Figure, working: dict[str, Measure]
) -> None:
    truth = np.random.default_rng(15).uniform(0.3, 0.6, WORLDS)
    share, n, _rho = volunteers(truth, 3.0, 400)
    estimates = [
        citizen(area=f"w{i}", area_name=f"World {i}", value=100 * float(s), se=2.0, n=int(k), sampling_type="volunteer")
        for i, (s, k) in enumerate(zip(share, n, strict=True))
    ]
    figures = [figure(area=f"w{i}", area_name=f"World {i}", value=100 * float(t)) for i, t in enumerate(truth)]
    rows = compare(estimates, figures, measures=working, areas={}, rules=Rules(population={"w0": 10_000.0}))
    assert {row.verdict for row in rows} == {"cannot_tell"}
    assert np.median([row.contest.odds[0] for row in rows]) == pytest.approx(3.0, rel=0.03)
    assert rows[0].contest.correlation[0] > 0
    assert rows[1].contest.correlation is None


# --- in words -----------------------------------------------------------------------------------------------------


def compared(citizen: Citizen, figure: Figure, measure: Measure, value: float, official: float) -> Comparison:
    row = compare([citizen(value=value)], [figure(value=official)], measures={"working": measure}, areas={})[0]
    assert row.contest is not None
    return row


def test_the_sentence_says_what_would_have_to_be_true(
    citizen: Citizen, figure: Figure, working: dict[str, Measure]
) -> None:
    above = replace(compared(citizen, figure, working["working"], 60.0, 40.0), contest=contest(citizen(), 40.0))
    assert contest_sentence(above) == (
        "For the official figure to be right, at least 20 in 100 answers must be wrong, all in one direction. "
        "Or “Working” would have to be 2.2 times as likely to be counted as the rest. "
        "Or 33 in 100 were not counted, and not one of them is “Working”."
    )
    below = replace(above, contest=contest(citizen(value=40.0), 60.0))
    assert "the rest would have to be 2.2 times as likely" in contest_sentence(below)
    assert "every one of them is “Working”" in contest_sentence(below)


def test_where_chance_is_enough_nothing_has_to_be_wrong(
    citizen: Citizen, figure: Figure, working: dict[str, Measure]
) -> None:
    row = compared(citizen, figure, working["working"], 61.0, 60.0)
    assert contest_sentence(row).startswith("Nothing would have to be wrong")
    assert contest_sentence(compared(citizen, figure, working["working"], 60.0, 60.0)) == ""


def test_events_and_means_have_words_of_their_own(citizen: Citizen, figure: Figure) -> None:
    events = Measure(id="working", label={"en": "Killings"}, finding={"en": ""}, estimator="total", unit="PS")
    row = compare(
        [citizen(value=255.0, unit="PS", se=None, sampling_type="event_registry")],
        [figure(value=200.0, unit="PS", se=None)],
        measures={"working": events}, areas={},
    )[0]  # fmt: skip
    assert "at least 22 in 100 of these events must be false or counted twice" in contest_sentence(row)
    missed = compare(
        [citizen(value=150.0, unit="PS", se=None, sampling_type="event_registry")],
        [figure(value=200.0, unit="PS", se=None)],
        measures={"working": events}, areas={},
    )[0]  # fmt: skip
    assert "citizens missed at least 25 in 100 of the events" in contest_sentence(missed)
    mean = events.model_copy(update={"estimator": "mean", "unit_label": {"en": "micrograms"}})
    row = compare(
        [citizen(value=40.0, unit="UG", sampling_type="sensor_network", se=None)],
        [figure(value=25.0, unit="UG", se=None)],
        measures={"working": mean}, areas={},
    )[0]  # fmt: skip
    assert contest_sentence(row).endswith("would have to be at least 15 micrograms lower.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_can_be_said_in_every_language(
    citizen: Citizen, figure: Figure, working: dict[str, Measure], language: str
) -> None:
    with speaking(language):
        for value in (80.0, 30.0, 60.5):
            assert "{" not in contest_sentence(compared(citizen, figure, working["working"], value, 60.0))


@pytest.mark.parametrize(("value", "official"), [(100.0, 120.0), (60.0, 120.0), (101.0, 60.0)])
def test_a_rate_above_a_hundred_is_contested_by_its_size_alone(citizen: Citizen, value: float, official: float) -> None:
    found = contest(citizen(value=value), official)
    assert (found.wrong, found.missing, found.odds) == (None, None, None)
    assert found.shift[0] == pytest.approx(official - value)


def test_the_error_of_the_official_figure_explains_a_part_for_volunteers_too(
    citizen: Citizen, figure: Figure, working: dict[str, Measure]
) -> None:
    def wrong(**official: object) -> float:
        asked = citizen(value=70.0, lower=66.0, upper=74.0, sampling_type="volunteer")
        [row] = compare([asked], [figure(value=50.0, **official)], measures=working, areas={})
        return row.contest.wrong[1]

    assert wrong(se=None) == pytest.approx(16)
    assert wrong(se=3.0) == pytest.approx(20 - math.hypot(4, 1.959964 * 3), abs=0.05)
    assert wrong(se=None, facts={"lower": 40.0, "upper": 56.0}) == pytest.approx(20 - math.hypot(4, 6))
    assert wrong(se=30.0) == 0
