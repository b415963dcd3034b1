"""Calibrated weights equal R's, reach their totals within their bounds, or say which totals they cannot reach."""

import csv
import json
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift.errors import DesignError
from datashift.estimation.calibration import auxiliary, calibrate, coefficients
from datashift.model import Calibration

KINDS = ["post", "ipf", "lin", "rak", "logit", "linb", "num"]


def stated(reference: dict) -> Calibration:
    """A calibration as the reference file writes it."""
    margins = {
        tuple(margin["variables"]): {
            tuple(str(total[name]) for name in margin["variables"]): total["total"] for total in margin["totals"]
        }
        for margin in reference["margins"]
    }
    kind = reference["type"].replace("rake_ipf", "raking")
    numeric = {item["variable"]: item["total"] for item in reference.get("numeric", [])}
    return Calibration(kind=kind, margins=margins, numeric=numeric, bounds=reference.get("bounds"))


class Survey:
    """Rows of a survey, in the margin cells of a calibration."""

    def __init__(self, rows: list[dict[str, str]], weight: np.ndarray, calibration: Calibration) -> None:
        names = [name for margin in calibration.margins for name in margin.variables]
        keys = [tuple([row[n] for n in names] + [float(row[n]) for n in calibration.numeric]) for row in rows]
        cells = sorted(set(keys))
        self.weight, self.of = weight, np.array([cells.index(key) for key in keys])
        columns = [*names, *calibration.numeric]
        self.values = {name: [cell[k] for cell in cells] for k, name in enumerate(columns)}
        self.aux = auxiliary(self.values, calibration)
        self.sw = np.bincount(self.of, weight)
        sums = (self.sw, np.bincount(self.of, weight**2), self.largest(), self.aux, calibration)
        self.done = calibrate(*sums, np.bincount(self.of, weight > 0).astype(float))
        self.weights = weight * self.done.g[self.of]

    def largest(self) -> np.ndarray:
        found = np.zeros(len(self.sw))
        np.maximum.at(found, self.of, self.weight)
        return found


@pytest.fixture(scope="module")
def rows(request: pytest.FixtureRequest) -> list[dict[str, str]]:
    folder = request.getfixturevalue("reference")
    return list(csv.DictReader((folder / "data" / "synthetic_a.csv").read_text().splitlines()))


@pytest.fixture(scope="module")
def results(request: pytest.FixtureRequest) -> dict:
    return json.loads((request.getfixturevalue("reference") / "survey_reference.json").read_text())


@pytest.mark.shared
@pytest.mark.parametrize("kind", KINDS)
def test_calibrated_weights_equal_those_of_r_survey(kind: str, rows: list[dict], results: dict) -> None:
    theirs = results["calibrated_weights"][kind]
    mine = Survey(rows, np.array([float(row["weight"]) for row in rows]), stated(theirs["calibration"]))
    assert mine.weights.sum() == pytest.approx(theirs["sum"], rel=1e-9)
    assert (mine.weights**2).sum() == pytest.approx(theirs["sum_sq"], rel=1e-9)
    assert mine.done.spread == pytest.approx((theirs["min_g"], theirs["max_g"]), rel=1e-9)
    assert mine.weights[:40] == pytest.approx(theirs["first40"], rel=1e-9)
    n = len(rows)
    assert mine.done.kish == pytest.approx(n * theirs["sum_sq"] / theirs["sum"] ** 2, rel=1e-9)
    for total in mine.done.reached:
        assert total.after == pytest.approx(total.wanted, rel=1e-12)


@pytest.mark.shared
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "ipf"])
def test_residuals_of_the_regression_give_the_standard_error_of_r_survey(
    kind: str, rows: list[dict], results: dict
) -> None:
    theirs = next(case for case in results["cases"] if case["id"] == f"synA-cal-{kind}-prop")["results"][0]
    mine = Survey(
        rows,
        np.array([float(row["weight"]) for row in rows]),
        stated(results["calibrated_weights"][kind]["calibration"]),
    )
    answered = np.array([row["safe_water"] not in ("", "NA") for row in rows])
    y = np.array([float(row["safe_water"]) if ok else 0.0 for row, ok in zip(rows, answered, strict=True)])
    whole = mine.weights @ answered
    mean = mine.weights @ y / whole
    z = np.where(answered, (y - mean) / whole, 0.0)
    beta = coefficients(mine.sw, mine.aux, np.bincount(mine.of, mine.weight * z)[:, None])
    residual = mine.weights * (z - (mine.aux.x @ beta)[mine.of, 0])
    strata = np.unique([row["stratum"] for row in rows], return_inverse=True)[1]
    _, unit = np.unique([f"{row['stratum']}|{row['psu']}" for row in rows], return_inverse=True)
    totals, home = np.bincount(unit, residual), strata[np.unique(unit, return_index=True)[1]]
    size, centre = np.bincount(home), np.bincount(home, totals) / np.bincount(home)
    variance = np.sum((size / (size - 1))[home] * (totals - centre[home]) ** 2)
    assert mean == pytest.approx(theirs["estimate"], rel=1e-9)
    assert np.sqrt(variance) == pytest.approx(theirs["se"], rel=1e-8)


def made(seed: int, kind: str, strength: float, **more: object) -> tuple[tuple, Calibration]:
    """Margin cells of 5 × 4 × 2 categories whose totals are those of unequally grown weights."""
    chance = np.random.default_rng(seed)
    sizes = {"a": 5, "b": 4, "c": 2}
    grid = np.array(np.meshgrid(*[np.arange(size) for size in sizes.values()], indexing="ij")).reshape(3, -1)
    values = {name: [str(k) for k in column] for name, column in zip(sizes, grid, strict=True)}
    n = grid.shape[1]
    sw = chance.gamma(2, 50, n)
    grown = sw * np.exp(chance.uniform(-strength, strength, n))
    margins = {
        name: {str(k): float(grown[grid[j] == k].sum()) for k in range(size)}
        for j, (name, size) in enumerate(sizes.items())
    }
    calibration = Calibration(kind=kind, margins=margins, **more)
    return (values, sw, sw**2 / 10 * 1.1, sw / 10 * 1.5, np.full(n, 10.0)), calibration


def run(cells: tuple, calibration: Calibration) -> tuple:
    values, sw, sww, largest, count = cells
    aux = auxiliary(values, calibration)
    return aux, calibrate(sw, sww, largest, aux, calibration, count)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["raking", "linear", "logit"]), st.floats(0.05, 0.6))
def test_all_totals_are_reached_and_factors_keep_to_their_bounds(seed: int, kind: str, strength: float) -> None:
    # The weights that the totals were made of lie within these bounds, so a solution exists.
    bounds = (float(np.exp(-strength)) - 1e-3, float(np.exp(strength)) + 1e-3)
    cells, calibration = made(seed, kind, strength, bounds=bounds)
    _, done = run(cells, calibration)
    for total in done.reached:
        assert total.after == pytest.approx(total.wanted, rel=1e-9)
    assert done.spread[0] >= bounds[0] * (1 - 1e-9)
    assert done.spread[1] <= bounds[1] * (1 + 1e-9)
    assert done.kish >= 1


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["raking", "linear"]), st.sampled_from([1.2, 2.0, 3.0, 5.0]))
def test_a_cap_on_the_weights_is_kept_together_with_the_totals_or_refused(seed: int, kind: str, trim: float) -> None:
    cells, calibration = made(seed, kind, 0.4, trim=trim)
    try:
        aux, done = run(cells, calibration)
    except DesignError as error:
        refusal = error
    else:
        refusal = None
    if refusal:
        assert refusal.code == "calibrate.trim-not-reached"
        assert "wanted" in str(refusal)
        return
    mean = sum(calibration.margins[0].totals.values()) / cells[4].sum()
    assert np.max(done.g * cells[3]) <= trim * mean * (1 + 1e-9)
    assert aux.x.T @ (cells[1] * done.g) == pytest.approx(aux.totals, rel=1e-9)


def test_raking_is_iterative_proportional_fitting() -> None:
    cells, calibration = made(3, "raking", 0.5)
    aux, done = run(cells, calibration)
    weights = cells[1].copy()
    for _ in range(200):
        for start, stop in ((0, 5), (5, 9), (9, 11)):
            x, totals = aux.x[:, start:stop], aux.totals[start:stop]
            weights *= x @ (totals / (x.T @ weights))
    assert cells[1] * done.g == pytest.approx(weights, rel=1e-9)


def test_cells_without_weight_keep_a_factor_of_one_and_change_nothing() -> None:
    cells, calibration = made(4, "raking", 0.3)
    _, done = run(cells, calibration)
    values = {name: [*column, "0"] for name, column in cells[0].items()}
    more = tuple(np.append(column, 0.0) for column in cells[1:])
    _, again = run((values, *more), calibration)
    assert again.g[-1] == 1
    assert again.g[:-1] == pytest.approx(done.g, rel=1e-12)
    assert again.kish == pytest.approx(done.kish)


def test_weights_of_any_scale_are_raked_to_the_population() -> None:
    cells, calibration = made(5, "raking", 0.3)
    _, done = run(cells, calibration)
    for scale in (1e-9, 1e9):
        _, other = run((cells[0], cells[1] * scale, cells[2] * scale**2, cells[3] * scale, cells[4]), calibration)
        assert other.g * scale == pytest.approx(done.g, rel=1e-9)


def one(kind: str = "raking", **more: object) -> Calibration:
    return Calibration(kind=kind, margins={"sex": {"female": 60.0, "male": 40.0}}, **more)


def asked(calibration: Calibration, values: dict, weights: list[float]) -> str:
    """The code of the refusal."""
    sw = np.array(weights)
    with pytest.raises(DesignError) as caught:
        calibrate(sw, sw**2, sw, auxiliary(values, calibration), calibration, np.ones(len(sw)))
    assert "{" not in str(caught.value)
    return caught.value.code


def test_what_does_not_fit_the_totals_is_refused_by_name() -> None:
    both = {"sex": ["female", "male"]}
    assert asked(one(), {"sex": ["female", None]}, [1, 1]) == "calibrate.missing-value"
    assert asked(one(), {"sex": ["female", "other"]}, [1, 1]) == "calibrate.unknown-value"
    assert asked(one(), {"sex": ["female", "female"]}, [1, 1]) == "calibrate.empty-category"
    assert asked(one(), both, [0, 0]) == "calibrate.no-weight"
    assert asked(one(), both, [1, 0]) == "calibrate.empty-category"
    unequal = Calibration(margins={"sex": {"female": 60, "male": 40}, "age": {"old": 50, "young": 60}})
    assert asked(unequal, {**both, "age": ["old", "young"]}, [1, 1]) == "calibrate.different-sums"
    below = Calibration(margins={"sex": {"female": 60, "male": -1}})
    assert asked(below, both, [1, 1]) == "calibrate.not-a-total"


def test_bounds_that_cannot_be_kept_are_refused_with_the_totals_they_stand_against() -> None:
    both = {"sex": ["female", "male"]}
    for kind in ("raking", "linear", "logit", "poststratify"):
        calibration = one(kind, bounds=(0.9, 1.1))
        sw = np.array([50.0, 50.0])
        with pytest.raises(DesignError) as caught:
            calibrate(sw, sw, sw / 10, auxiliary(both, calibration), calibration, np.full(2, 10.0))
        assert caught.value.code == "calibrate.not-reached"
        assert "sex = female: 60 wanted, 55 possible" in str(caught.value)
    assert asked(one(bounds=(0.5, 3), trim=1.1), both, [50, 500]) == "calibrate.trim-against-bounds"


def test_totals_that_contradict_each_other_are_refused() -> None:
    crossed = {"sex": {"f": 60, "m": 40}, ("sex", "age"): {("f", "o"): 30, ("f", "y"): 20, ("m", "o"): 50}}
    values = {"sex": ["f", "f", "m"], "age": ["o", "y", "o"]}
    for kind in ("raking", "linear"):
        calibration = Calibration(kind=kind, margins=crossed)
        assert asked(calibration, values, [1, 1, 1]) == "calibrate.contradiction"


def test_totals_that_leave_nothing_to_a_cell_are_reached_by_weights_near_zero() -> None:
    # All 60 women must be young and all 40 men old: the third cell can only count for nothing.
    margins = {"sex": {"f": 60, "m": 40}, "age": {"o": 40, "y": 60}}
    values = {"sex": ["f", "f", "m"], "age": ["o", "y", "o"]}
    for kind, near in (("raking", 1e-4), ("linear", 1e-9)):
        calibration = Calibration(kind=kind, margins=margins)
        done = calibrate(np.ones(3), np.ones(3), np.ones(3), auxiliary(values, calibration), calibration, np.ones(3))
        assert done.g == pytest.approx([0, 60, 40], abs=near)


def test_a_category_of_which_nobody_is_left_counts_for_nothing() -> None:
    calibration = Calibration(margins={"sex": {"f": 60, "m": 40}, "age": {"old": 0, "young": 100}})
    values = {"sex": ["f", "f", "m"], "age": ["old", "young", "young"]}
    sw = np.array([5.0, 10, 10])
    done = calibrate(sw, sw**2, sw, auxiliary(values, calibration), calibration, np.ones(3))
    assert done.g * sw == pytest.approx([0, 60, 40])


def test_margins_that_differ_by_rounding_count_as_equal() -> None:
    calibration = Calibration(margins={"sex": {"f": 60, "m": 40}, "age": {"o": 50.00001, "y": 50}})
    values = {"sex": ["f", "f", "m", "m"], "age": ["o", "y", "o", "y"]}
    sw = np.ones(4)
    done = calibrate(sw, sw, sw, auxiliary(values, calibration), calibration, sw)
    assert done.g.sum() == pytest.approx(100, rel=1e-12)


def test_twelve_hundred_cells_and_four_margins_take_less_than_twenty_milliseconds() -> None:
    chance = np.random.default_rng(1)
    sizes = (20, 6, 5, 2)
    grid = np.array(np.meshgrid(*[np.arange(size) for size in sizes], indexing="ij")).reshape(4, -1)
    values = {f"v{j}": [str(k) for k in column] for j, column in enumerate(grid)}
    sw = chance.gamma(2, 50, 1200)
    grown = sw * np.exp(chance.normal(0, 0.7, 1200))
    margins = {f"v{j}": {str(k): grown[grid[j] == k].sum() for k in range(size)} for j, size in enumerate(sizes)}
    calibration, rows = Calibration(margins=margins), np.full(1200, 10.0)
    taken = []
    for _ in range(20):
        start = time.thread_time()  # what this thread computes, whatever else the machine does
        calibrate(sw, sw**2, sw, auxiliary(values, calibration), calibration, rows)
        taken.append(time.thread_time() - start)
    assert min(taken) < 0.02


def test_the_diagnostics_can_be_said_and_written() -> None:
    cells, calibration = made(6, "raking", 0.3)
    _, done = run(cells, calibration)
    assert "11 known totals" in done.sentence()
    assert json.loads(json.dumps(done.as_dict()))["reached"][0]["variable"] == "a"
    assert done.method.startswith("calibration to 11 totals")
