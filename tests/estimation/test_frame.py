"""The frame of units: variance stage by stage, rules for lonely strata, degrees of freedom, covariance."""

import numpy as np
import pytest
from scipy import sparse

from datashift.errors import DesignError
from datashift.estimation.frame import Frame

STRATUM = np.array([0, 0, 0, 1, 1, 2])
UNITS = np.arange(6)
VALUES = np.array([[1.0, 2.0], [4.0, 0.0], [-2.0, 1.0], [10.0, 3.0], [6.0, 3.0], [5.0, 7.0]])


def frame(lonely: str = "certainty", shares: list | None = None, **more: object) -> Frame:
    return Frame(STRATUM, [UNITS], shares or [], lonely, ["a", "b", "c"], **more)


def by_hand(column: int) -> float:
    one, two = VALUES[:3, column], VALUES[3:5, column]
    return 3 * one.var(ddof=1) + 2 * two.var(ddof=1)


def test_the_variance_is_the_spread_of_units_within_strata() -> None:
    assert frame().variance(VALUES) == pytest.approx([by_hand(0), by_hand(1)])


def test_dense_and_sparse_influences_have_the_same_variance() -> None:
    for lonely in ("certainty", "average", "adjust"):
        made = frame(lonely)
        assert made.variance(sparse.csr_array(VALUES)) == pytest.approx(made.variance(VALUES), rel=1e-12)


@pytest.mark.parametrize("lonely", ["certainty", "average", "adjust"])
@pytest.mark.parametrize("shares", [[], [np.array([0.5, 0.5, 0.5, 1.0, 1.0, 0.25])]])
def test_the_diagonal_of_the_covariance_is_the_variance(lonely: str, shares: list) -> None:
    made = frame(lonely, shares)
    covariance = made.covariance(VALUES)
    assert np.diag(covariance) == pytest.approx(made.variance(VALUES), rel=1e-12)
    assert covariance == pytest.approx(covariance.T)
    both = made.variance(VALUES.sum(axis=1, keepdims=True))
    assert covariance.sum() == pytest.approx(both[0], rel=1e-12)


def test_average_gives_a_lonely_stratum_the_mean_of_the_others() -> None:
    assert frame("average").variance(VALUES)[0] == pytest.approx(by_hand(0) * 3 / 2)


def test_adjust_sets_a_lonely_cluster_against_the_mean_of_all() -> None:
    assert frame("adjust").variance(VALUES)[0] == pytest.approx(by_hand(0) + (5 - 24 / 6) ** 2)


def test_a_census_stratum_adds_nothing_and_is_not_lonely() -> None:
    made = frame("fail", [np.array([0.5, 0.5, 0.5, 1.0, 1.0, 1.0])])
    made.check()
    assert made.variance(VALUES)[0] == pytest.approx(0.5 * 3 * VALUES[:3, 0].var(ddof=1))


def test_fail_names_the_lonely_stratum() -> None:
    with pytest.raises(DesignError, match="c") as problem:
        frame("fail").check()
    assert problem.value.code == "estimate.lonely-stratum"


def test_two_stages_add_what_is_inside_the_clusters_times_the_share_drawn() -> None:
    cluster, unit = np.array([0, 0, 1, 1, 2, 2]), np.arange(6)
    values = np.array([1.0, 3.0, 5.0, 4.0, 0.0, 8.0])
    shares = [np.full(6, 0.25), np.full(6, 0.5)]
    made = Frame(np.zeros(6, dtype=np.int64), [cluster, unit], shares, "fail")
    made.check()
    totals = values.reshape(3, 2).sum(axis=1)
    between = 0.75 * 3 * totals.var(ddof=1)
    inside = 0.25 * 0.5 * 2 * values.reshape(3, 2).var(axis=1, ddof=1).sum()
    assert made.variance(values[:, None])[0] == pytest.approx(between + inside)
    assert made.covariance(values[:, None])[0, 0] == pytest.approx(between + inside)


def test_rounding_is_not_taken_for_spread() -> None:
    equal = np.array([[0.1 + 0.2], [0.3], [0.3], [1 / 3], [1 / 3], [0.0]])
    assert frame().variance(equal)[0] == 0.0


def test_degrees_of_freedom_count_clusters_and_strata_with_an_answer() -> None:
    present = np.array([[1.0, 1], [2, 0], [0, 0], [1, 1], [1, 0], [0, 0]])
    assert frame().degrees(present).tolist() == [2, 0]
    assert frame().degrees(sparse.csr_array(present)).tolist() == [2, 0]
    assert frame().total_degrees == 3
    assert frame(weighted=np.array([1.0, 0, 1, 1, 1, 1])).total_degrees == 2
