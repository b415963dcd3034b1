"""Areas borrow strength as the area-level model says, stay within bounds, and are refused where they cannot."""

import json

import numpy as np
import pytest

from datashift.errors import BadSeries, TooThin
from datashift.estimation.random_effects import fit
from datashift.pooling.areas import AreaModel, SmallAreas, small_areas
from datashift.pooling.benchmarking import benchmarked
from datashift.pooling.fay_herriot import fay_herriot

PER_CENT = AreaModel(bounds=(0.0, 100.0), unit="PT")


def _made(m: int = 20, seed: int = 1, spread: float = 0.5) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    covariate = chance.uniform(-1, 1, m)
    se = chance.uniform(0.2, 0.6, m)
    truth = 0.3 + covariate + spread * chance.normal(size=m)
    direct = 100 / (1 + np.exp(-(truth + se * chance.normal(size=m))))
    return [f"area {i}" for i in range(m)], direct, se * direct * (100 - direct) / 100, covariate


def _areas(model: AreaModel = PER_CENT, **changed: np.ndarray) -> SmallAreas:
    names, direct, se, covariate = _made()
    return small_areas(names, changed.get("direct", direct), changed.get("se", se), {"x": covariate}, model)


@pytest.mark.parametrize("method", ["reml", "ml", "moments"])
def test_intervals_cover_where_areas_differ_about_as_much_as_sampling_errors(method: str) -> None:
    chance, m, worlds = np.random.default_rng(7), 40, 2000
    x = np.column_stack([np.ones(m), chance.normal(size=m)])
    v = np.exp(chance.uniform(np.log(0.3), np.log(1.5), m))
    covered = 0.0
    for _world in range(worlds):
        truth = x @ [1.0, 1.0] + chance.normal(size=m)
        found = fay_herriot(truth + np.sqrt(v) * chance.normal(size=m), x, v, method)
        covered += float((np.abs(found.eblup - truth) < 1.959964 * np.sqrt(found.mse)).mean())
    assert 0.935 < covered / worlds < 0.965


def test_estimates_are_closer_to_the_truth_than_direct_ones() -> None:
    chance, m = np.random.default_rng(2), 60
    x, v = np.column_stack([np.ones(m), chance.normal(size=m)]), np.full(m, 1.0)
    truth = x @ [1.0, 1.0] + 0.6 * chance.normal(size=(300, m))
    direct = truth + chance.normal(size=(300, m))
    ours = np.array([fay_herriot(row, x, v).eblup for row in direct])
    assert ((ours - truth) ** 2).mean() < 0.4 * ((direct - truth) ** 2).mean()


def test_a_variance_of_zero_is_held_at_zero_while_the_model_is_fitted() -> None:
    v = np.full(12, 4.0)
    y = np.linspace(-0.5, 0.5, 12)
    for method in ("reml", "ml", "moments"):
        found = fay_herriot(y, np.ones((12, 1)), v, method)
        assert found.refvar == 0
        assert np.allclose(found.eblup, y.mean())
        assert (found.mse > 0).all()


def test_an_area_without_data_gets_the_pattern_and_the_whole_variance() -> None:
    names, direct, se, covariate = _made()
    direct[3] = se[3] = np.nan
    found = small_areas(names, direct, se, {"x": covariate}, PER_CENT)
    expected = found.beta @ [1.0, covariate[3]]
    assert found.kind[3] == "synthetic"
    assert found.own[3] == 0
    assert found.center[3] == pytest.approx(expected, rel=1e-12)
    assert found.center_mse[3] > found.refvar
    assert "no data of its own" in found.share_of(3)


def test_it_is_the_limit_of_an_area_with_a_huge_sampling_error() -> None:
    chance = np.random.default_rng(4)
    y, x, v = chance.normal(size=15), np.column_stack([np.ones(15), chance.normal(size=15)]), np.full(15, 0.3)
    without, nearly = v.copy(), v.copy()
    without[0], nearly[0] = np.inf, 1e12
    a, b = fay_herriot(y, x, without), fay_herriot(y, x, nearly)
    assert a.eblup[0] == pytest.approx(b.eblup[0], rel=1e-6)
    assert a.mse[0] == pytest.approx(b.mse[0], rel=1e-6)


def test_shares_and_their_intervals_stay_within_bounds() -> None:
    names, direct, se, covariate = _made()
    direct[:2], se[:2] = (99.5, 0.5), (0.9, 0.9)
    found = small_areas(names, direct, se, {"x": covariate}, PER_CENT)
    assert ((found.lower > 0) & (found.lower < found.estimates) & (found.estimates < found.upper)).all()
    assert (found.upper < 100).all()
    slope = found.estimates * (100 - found.estimates) / 100
    assert np.allclose(found.se, slope * np.sqrt(found.center_mse))


def test_a_direct_estimate_that_is_good_enough_is_kept_when_asked() -> None:
    kept = _areas(AreaModel(bounds=(0.0, 100.0), keep_cv=0.1))
    direct, se = _made()[1], _made()[2]
    good = se <= 0.1 * direct
    assert 0 < good.sum() < len(good)
    assert np.allclose(kept.estimates[good], direct[good])
    assert [kind == "direct" for kind in kept.kind] == good.tolist()
    assert "direct" not in _areas().kind
    narrow = _areas(AreaModel(bounds=(0.0, 100.0), keep_half_width=100.0))
    assert set(narrow.kind) == {"direct"}


@pytest.mark.parametrize("how", ["ratio", "difference", "odds", "auto"])
def test_benchmarked_areas_give_the_figure_of_the_level_above(how: str) -> None:
    found, population = _areas(), np.arange(1.0, 21.0)
    moved = benchmarked(found, 60.0, population, how)
    assert population @ moved.estimates / population.sum() == pytest.approx(60.0, abs=1e-9)
    assert ((moved.lower > 0) & (moved.upper < 100)).all()
    assert (moved.center_mse >= found.center_mse).all()
    assert moved.benchmark["before"] == pytest.approx(population @ found.estimates / population.sum())
    assert np.array_equal(np.argsort(moved.estimates), np.argsort(found.estimates))


def test_the_benchmark_adds_the_square_of_the_move_to_the_error() -> None:
    names, direct, se, covariate = _made()
    found = small_areas(names, direct, se, {"x": covariate})
    moved = benchmarked(found, float(found.estimates.mean()) + 2.0, np.ones(20), "difference")
    assert np.allclose(moved.mse, found.mse + 4.0)


def test_a_benchmark_is_refused_where_it_cannot_be() -> None:
    found = _areas()
    with pytest.raises(BadSeries, match="population"):
        benchmarked(found, 50.0, [0.0] * 20)
    with pytest.raises(BadSeries, match="between"):
        benchmarked(found, 120.0, [1.0] * 20)
    with pytest.raises(TooThin, match="odds"):
        benchmarked(found, 96.0, [1.0] * 20, "ratio")
    with pytest.raises(BadSeries, match="unit"):
        benchmarked(small_areas(*_made()[:3]), 50.0, [1.0] * 20, "odds")


def test_what_cannot_be_estimated_is_refused_with_the_areas_named() -> None:
    names, direct, se, covariate = _made()
    for wrong in (0.0, np.nan, -1.0):
        bad = se.copy()
        bad[4] = wrong
        with pytest.raises(TooThin, match="area 4") as refused:
            small_areas(names, direct, bad, {"x": covariate}, PER_CENT)
        assert refused.value.code == "smooth.no-error"
    with pytest.raises(TooThin, match="at least 5"):
        small_areas(names[:4], direct[:4], se[:4], {"x": covariate[:4]})
    with pytest.raises(TooThin, match="“twice”"):
        small_areas(names, direct, se, {"x": covariate, "twice": 1 + 2 * covariate})
    with pytest.raises(TooThin, match="“flat”"):
        small_areas(names, direct, se, {"flat": np.full(20, 3.0)})
    with pytest.raises(TooThin, match="area 0"):
        small_areas(names, direct, se, {"x": np.where(np.arange(20) == 0, np.nan, covariate)})
    with pytest.raises(TooThin, match="bound"):
        small_areas(names, np.where(np.arange(20) == 2, 100.0, direct), se, None, PER_CENT)


def test_a_far_away_area_and_thin_knowledge_are_named() -> None:
    names, direct, se, covariate = _made(9)
    assert any(
        "rough guess" in note for note in small_areas(names, direct, se, {"x": covariate}, PER_CENT).notes_said()
    )
    names, direct, se, covariate = _made(30, spread=0.1)
    direct[5], se[5] = 1.0, 0.1
    assert any("area 5" in note for note in small_areas(names, direct, se, {"x": covariate}, PER_CENT).notes_said())


def test_the_result_says_itself_and_is_ready_for_json() -> None:
    found = benchmarked(_areas(), 60.0, np.ones(20))
    told = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert told["sentence"].startswith("Of 20 areas, area ")
    assert told["areas"][0]["area"] == "area 0"
    assert "logit" in told["method"]
    assert "benchmarked (odds)" in told["method"]
    assert found.share_of(0).endswith("from the pattern of all areas.")


def test_years_beside_a_column_of_ones_cost_no_digits() -> None:
    chance = np.random.default_rng(0)
    years, v = np.arange(2010.0, 2026.0), np.full(16, 0.5)
    y = 3 * years + chance.normal(size=16)
    far = fit(y, np.column_stack([np.ones(16), years]), v)
    near = fit(y, np.column_stack([np.ones(16), years - 2018]), v)
    assert far.tau2 == pytest.approx(near.tau2, rel=1e-8)
    assert far.beta[1] == pytest.approx(near.beta[1], rel=1e-11)


def test_the_higher_of_two_peaks_of_the_likelihood_is_taken() -> None:
    y = np.array([0.0, 0.1, -0.1, 0.05, 9.0, -9.0, 8.0, -8.5])
    v = np.array([0.01, 0.01, 0.01, 0.01, 90.0, 90.0, 80.0, 85.0])
    found = fit(y, np.ones((8, 1)), v, "ml")
    grid = np.concatenate([[0.0], np.logspace(-8, 4, 4000)])
    w = 1 / (v + grid[:, None])
    mean = (w * y).sum(axis=1) / w.sum(axis=1)
    best = (0.5 * (np.log(w / (2 * np.pi)) - w * (y - mean[:, None]) ** 2).sum(axis=1)).max()
    assert found.loglike >= best - 1e-9
