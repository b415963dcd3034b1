"""Replicates equal R's, half samples are balanced, and what does not fit a design is refused."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from datashift.errors import DesignError
from datashift.estimation.hadamard import hadamard
from datashift.estimation.replicates import Scales, covariance, multipliers, scales, variance
from datashift.model import Replicates

JACKKNIFE = Replicates(kind="jackknife")


def taylor(stratum: np.ndarray, totals: np.ndarray, left: np.ndarray | float = 1.0) -> float:
    """The linearised variance of a sum of the totals of first-stage units."""
    size, whole = np.bincount(stratum), np.bincount(stratum, totals)
    away = (totals - (whole / size)[stratum]) ** 2
    return float(np.sum(left * (size / np.maximum(size - 1, 1))[stratum] * away))


def replicated(factors: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Totals of y and ratios y / x in every replicate."""
    return np.column_stack([factors.T @ y, (factors.T @ y) / (factors.T @ x)])


@pytest.fixture(scope="module")
def given(request: pytest.FixtureRequest) -> dict:
    return json.loads((request.getfixturevalue("reference") / "survey_reference.json").read_text())["replicate"]


def rows(reference: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((reference / "data" / name).read_text().splitlines()))


def column(table: list[dict], name: str) -> np.ndarray:
    return np.array([np.nan if row[name] in ("", "NA") else float(row[name]) for row in table])


@pytest.mark.shared
def test_replicate_weights_of_a_file_give_the_standard_errors_of_r_survey(reference: Path, given: dict) -> None:
    theirs, table = given["JKn"], rows(reference, "synthetic_a.csv")
    weights = np.loadtxt(reference / "data" / theirs["weights"], delimiter=",", skiprows=1)
    full_weights, water = column(table, "weight"), column(table, "safe_water")
    known, y = ~np.isnan(water), np.nan_to_num(water)
    region = np.array([row["region"] for row in table])
    domains = np.column_stack([known, *[known & (region == name) for name in theirs["by_region"]["region"]]]).astype(
        float
    )
    theta = (weights.T @ (domains * y[:, None])) / (weights.T @ domains)
    full = (full_weights @ (domains * y[:, None])) / (full_weights @ domains)
    made = scales(Replicates(kind="weights", columns=("r1",), rscales=tuple(theirs["rscales"])), weights.shape[1])
    assert made.scale == theirs["scale"]
    found = np.sqrt(variance(theta, full, made))
    assert full[0] == pytest.approx(theirs["mean_safe_water"]["estimate"], rel=1e-9)
    assert found[0] == pytest.approx(theirs["mean_safe_water"]["se"], rel=1e-8)
    assert found[1:] == pytest.approx(theirs["by_region"]["se"], rel=1e-8)
    around_full = np.sqrt(variance(theta, full, made, mse=True))
    assert around_full[0] == pytest.approx(theirs["mean_safe_water"]["se_mse_true"], rel=1e-8)
    kids, enrolled = column(table, "kids"), column(table, "enrolled")
    ratio = ((weights.T @ enrolled) / (weights.T @ kids))[:, None]
    whole = np.array([full_weights @ enrolled / (full_weights @ kids)])
    assert np.sqrt(variance(ratio, whole, made))[0] == pytest.approx(theirs["ratio_enrolled_kids"]["se"], rel=1e-8)


@pytest.mark.shared
def test_a_jackknife_made_here_equals_the_one_that_r_wrote_to_the_file(reference: Path, given: dict) -> None:
    theirs, table = given["JKn"], rows(reference, "synthetic_a.csv")
    water, weight = column(table, "safe_water"), column(table, "weight")
    stratum = np.array([row["stratum"] for row in table])
    unit_names, unit = np.unique(
        [f"{s}|{row['psu']}" for s, row in zip(stratum, table, strict=True)], return_inverse=True
    )
    strata = np.unique([name.split("|")[0] for name in unit_names], return_inverse=True)[1]
    made = multipliers(strata, None, JACKKNIFE, "fail")
    assert made.degrees == theirs["df"]
    assert sorted(made.rscales) == pytest.approx(sorted(theirs["rscales"]), rel=1e-12)
    y, x = np.bincount(unit, weight * np.nan_to_num(water)), np.bincount(unit, weight * ~np.isnan(water))
    theta, full = replicated(made.factors, y, x), np.array([y.sum(), y.sum() / x.sum()])
    assert np.sqrt(variance(theta, full, made))[1] == pytest.approx(theirs["mean_safe_water"]["se"], rel=1e-8)
    around = np.sqrt(variance(theta, full, made, mse=True))[1]
    assert around == pytest.approx(theirs["mean_safe_water"]["se_mse_true"], rel=1e-8)
    assert variance(theta, full, made)[0] == pytest.approx(taylor(strata, y), rel=1e-10)


@pytest.mark.shared
def test_half_samples_that_came_with_a_file_equal_r_survey(reference: Path, given: dict) -> None:
    theirs, table = given["BRR_scd"], rows(reference, "scd.csv")
    factors = np.array(theirs["repweights"], dtype=float)
    alive, arrests = column(table, "alive"), column(table, "arrests")
    theta = replicated(factors, alive, arrests)
    full = np.array([alive.sum(), alive.sum() / arrests.sum()])
    found = np.sqrt(variance(theta, full, Scales(0.25, np.ones(4))))
    assert full == pytest.approx([theirs["total_alive"]["estimate"], theirs["ratio"]["estimate"]], rel=1e-9)
    assert found == pytest.approx([theirs["total_alive"]["se"], theirs["ratio"]["se"]], rel=1e-8)
    strata = np.array([0, 0, 1, 1, 2, 2])
    made = multipliers(strata, None, Replicates(kind="brr"), "fail")
    mine = np.sqrt(variance(replicated(made.factors, alive, arrests), full, made))
    assert made.factors.shape == factors.shape
    assert mine[0] == pytest.approx(theirs["total_alive"]["se"], rel=1e-8)


SMALL = np.array([0, 0, 0, 1, 1, 2, 3, 3, 3, 3])
WEIGHT = np.array([3, 3, 2, 5, 4, 7, 2, 2, 1, 3.0])
Y = WEIGHT * np.array([1, 4, 2, 7, 9, 3, 2, 8, 5, 5])
ALONE = {
    ("certainty", False): (15.3839743456191, 0.434299137952413),
    ("certainty", True): (15.3839743456191, 0.434305386514269),
    ("average", False): (16.2161327992516, 0.457791487259101),
    ("average", True): (16.2161327992516, 0.457798073821622),
    ("adjust", False): (23.8663116826487, 0.585272433193107),
    ("adjust", True): (24.7133567125148, 0.601932172782207),
}
"""R survey 4.1: as.svrepdesign(design, type = "JKn", mse = …) of the ten units above, under options(survey.lonely.psu):
standard errors of svytotal and svymean."""


@pytest.mark.parametrize(("lonely", "mse"), ALONE)
def test_lonely_strata_are_jackknifed_as_in_r(lonely: str, mse: bool) -> None:
    made = multipliers(SMALL, None, JACKKNIFE, lonely)
    full = np.array([Y.sum(), Y.sum() / WEIGHT.sum()])
    found = np.sqrt(variance(replicated(made.factors, Y, WEIGHT), full, made, mse=mse))
    assert found == pytest.approx(ALONE[lonely, mse], rel=1e-9)


def test_a_jackknife_takes_account_of_the_share_drawn_and_leaves_a_census_alone() -> None:
    fpc = np.array([9, 9, 9, 20, 20, 30, 4, 4, 4, 4.0])
    share = np.array([3 / 9, 3 / 9, 3 / 9, 0.1, 0.1, 1 / 30, 1, 1, 1, 1])
    for given_fpc in (fpc, share):
        made = multipliers(SMALL, given_fpc, JACKKNIFE, "certainty")
        full = np.array([Y.sum(), Y.sum() / WEIGHT.sum()])
        found = np.sqrt(variance(replicated(made.factors, Y, WEIGHT), full, made))
        # R survey 4.1 with fpc = ~N and lonely.psu = "certainty"
        assert found == pytest.approx((7.04035983928852, 0.265646842903043), rel=1e-9)
        assert np.all(made.factors[SMALL == 3] == 1)


@pytest.mark.parametrize("strata", [1, 2, 3, 7, 12, 37, 51, 91, 200])
@pytest.mark.parametrize("rho", [0.0, 0.3])
def test_balanced_half_samples_give_the_linearised_variance_of_totals(strata: int, rho: float) -> None:
    chance = np.random.default_rng(strata)
    stratum = chance.permutation(np.repeat(np.arange(strata), 2))
    y = chance.gamma(2, 10, 2 * strata)
    made = multipliers(stratum, None, Replicates(kind="brr", rho=rho), "fail")
    theta, full = (made.factors.T @ y)[:, None], np.array([y.sum()])
    for mse in (False, True):
        assert variance(theta, full, made, mse=mse)[0] == pytest.approx(taylor(stratum, y), rel=1e-9)
    assert made.factors.mean(axis=1) == pytest.approx(np.ones(2 * strata))
    assert set(np.round(np.unique(made.factors), 9)) == {rho, round(2 - rho, 9)}
    assert made.factors.shape[1] <= strata + 12


@pytest.mark.parametrize("least", [*range(1, 70), 92, 100, 181, 204, 428])
def test_rows_of_hadamard_matrices_are_orthogonal(least: int) -> None:
    made = hadamard(least)
    assert len(made) >= least
    assert np.array_equal(made @ made.T, len(made) * np.eye(len(made)))
    assert np.all(made[0] == 1)


def test_a_bootstrap_comes_near_the_linearised_variance_and_repeats_with_its_seed() -> None:
    chance = np.random.default_rng(1)
    stratum = np.repeat(np.arange(12), [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
    y = chance.gamma(2, 10, len(stratum))
    left = np.where(stratum < 6, 0.5, 0.9)
    size = np.bincount(stratum)[stratum]
    for fpc, expected in ((None, taylor(stratum, y)), (size / (1 - left), taylor(stratum, y, left))):
        made = multipliers(stratum, fpc, Replicates(kind="bootstrap", count=20_000, seed=3), "fail")
        found = variance((made.factors.T @ y)[:, None], np.array([y.sum()]), made)[0]
        assert found == pytest.approx(expected, rel=0.05)  # five times the Monte Carlo error of a variance, √(2/20000)
        assert made.factors.mean(axis=1) == pytest.approx(np.ones(len(stratum)), abs=0.05)
        assert np.all(made.factors >= 0)
    one, same, other = (
        multipliers(stratum, None, Replicates(kind="bootstrap", count=50, seed=seed), "fail").factors
        for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_units_of_a_stratum_are_drawn_one_fewer_than_there_are() -> None:
    made = multipliers(np.array([1, 0, 1, 0, 1]), None, Replicates(kind="bootstrap", count=100), "fail")
    for stratum, size in ((0, 2), (1, 3)):
        times = made.factors[np.array([1, 0, 1, 0, 1]) == stratum] * (size - 1) / size
        assert times.sum(axis=0) == pytest.approx(np.full(100, size - 1.0))


def test_empty_replicates_are_left_out_estimate_by_estimate() -> None:
    theta = np.array([[1.0, 5.0], [np.nan, 7.0], [3.0, 6.0], [2.0, np.nan]])
    made = Scales(0.5, np.array([1.0, 2.0, 1.0, 0.0]))
    # R: svrVar(c(1, NA, 3, 2), 0.5, c(1, 2, 1, 0)) centres at the mean of those with rscales above 0
    assert variance(theta, np.array([2.0, 6.0]), made) == pytest.approx([1.0, 1.5])
    assert np.isnan(variance(np.full((3, 1), np.nan), np.zeros(1), Scales(1.0, np.ones(3)))[0])


def test_a_covariance_has_the_variances_on_its_diagonal() -> None:
    made = multipliers(np.repeat(np.arange(4), 3), None, JACKKNIFE, "fail")
    y = np.random.default_rng(2).normal(10, 2, (12, 3))
    theta, full = made.factors.T @ y, y.sum(axis=0)
    found = covariance(theta, full, made)
    assert np.diag(found) == pytest.approx(variance(theta, full, made))
    contrast = np.array([1.0, -1.0, 0.5])
    assert contrast @ found @ contrast == pytest.approx(variance((theta @ contrast)[:, None], full, made)[0])
    empty = covariance(np.column_stack([theta, np.full(len(theta), np.nan)]), np.append(full, 0), made)
    assert empty[:3, :3] == pytest.approx(found)
    assert np.isnan(empty[3]).all()


@pytest.mark.parametrize(
    ("stratum", "fpc", "kind", "lonely", "code"),
    [
        ([0, 0, 1], None, "jackknife", "fail", "replicates.lonely-stratum"),
        ([0, 0, 1], None, "bootstrap", "adjust", "replicates.lonely-rule"),
        ([0, 0, 1, 1, 1], None, "brr", "fail", "replicates.not-two"),
        ([0, 0, 1, 1], [4, 4, 4, 4], "brr", "fail", "replicates.fpc"),
        ([0] * 8000, None, "jackknife", "fail", "replicates.too-many"),
    ],
)
def test_what_does_not_fit_the_design_is_refused(
    stratum: list[int], fpc: list[int] | None, kind: str, lonely: str, code: str
) -> None:
    units = None if fpc is None else np.array(fpc, dtype=float)
    with pytest.raises(DesignError) as caught:
        multipliers(np.array(stratum), units, Replicates(kind=kind), lonely, ("north", "south"))
    assert caught.value.code == code
    assert "{" not in str(caught.value)
    assert caught.value.facts.get("stratum", "south") == "south"


def test_weights_of_a_file_need_to_say_how_they_were_made() -> None:
    def stated(**more: object) -> Scales:
        return scales(Replicates(kind="weights", columns=("r1", "r2"), **more), 2)

    assert stated(scale=0.5).rscales == pytest.approx([1, 1])
    assert stated(rho=0.5).scale == pytest.approx(2.0)
    assert stated(rscales=(0.5,)).rscales == pytest.approx([0.5, 0.5])
    for more, code in (({}, "replicates.scale-unknown"), ({"rscales": (1.0,) * 3}, "replicates.rscales-differ")):
        with pytest.raises(DesignError) as caught:
            stated(**more)
        assert caught.value.code == code
