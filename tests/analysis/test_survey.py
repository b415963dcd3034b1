"""Designs with traps give the numbers of R: lonely strata, a census stratum, weights of zero, gaps, restarting labels.

The literal numbers were made with R 4.2.2, package survey 4.1-1 (svydesign, svymean, svytotal, svyratio, svyciprop,
svychisq, svyttest, svyquantile, postStratify). Totals under the rule `adjust` are not from there: that release sets a
lonely cluster against 0; release 4.5 sets it against the mean of all clusters, as is done here.
"""

import math
from typing import Any

import pyarrow as pa
import pytest

import datashift as ds
from datashift.analysis.association import association
from datashift.errors import BadQuestion, DesignError

NAMES = ("st", "psu", "hh", "w", "g", "y", "x", "b", "n1", "n2", "f1", "zone")
THIRD, SIXTH = 1 / 3, 1 / 6
ROWS: list[tuple[Any, ...]] = [
    ("north", 1, 1, 2.5, "a", -3.5, 1, 1, 9, 4, THIRD, 1),
    ("north", 1, 2, 2.5, "b", 10.0, 2, 0, 9, 4, THIRD, 1),
    ("north", 2, 1, 1.0, "a", 4.0, None, 1, 9, 5, THIRD, 1),
    ("north", 2, 1, 1.0, "a", 7.25, 3, 1, 9, 5, THIRD, 1),
    ("north", 2, 3, 0.0, "b", 100.0, 1, 0, 9, 5, THIRD, 1),  # a weight of zero
    ("north", 3, 1, 4.0, "b", None, 2, None, 9, 3, THIRD, 1),  # a cluster without answers
    ("south", 1, 1, 3.0, "a", 12.0, 1, 1, 2, 6, 1.0, 2),  # both of two clusters were drawn
    ("south", 1, 2, 3.0, "a", -1.0, 2, 0, 2, 6, 1.0, 2),
    ("south", 2, 1, 1.5, "b", 0.5, 4, 0, 2, 2, 1.0, 2),
    ("south", 2, 2, 1.5, "b", 8.0, 1, 1, 2, 2, 1.0, 2),
    ("west", 1, 1, 5.0, "c", 20.0, 5, 1, 6, 8, SIXTH, 3),  # one cluster of six
    ("west", 1, 2, 2.0, "a", 6.0, 1, 1, 6, 8, SIXTH, 3),
]
TABLE = pa.table({name: [row[k] for row in ROWS] for k, name in enumerate(NAMES)})
TWO = TABLE.slice(0, 10)
"""Without the lonely stratum."""
ASKS = [ds.mean("y"), ds.total("y"), ds.ratio("y", "x"), ds.mean("b")]
DESIGNS: dict[str, dict[str, Any]] = {
    "wr": {"clusters": "psu"},
    "fpc1": {"clusters": "psu", "fpc": ["n1"]},
    "share": {"clusters": "psu", "fpc": ["f1"]},
    "fpc2": {"clusters": ["psu", "hh"], "fpc": ["n1", "n2"]},
}
POINTS = (8.054347826086957, 185.25, 3.3564814814814814, 0.69565217391304346)
ERRORS = {
    ("certainty", "wr"): (0.97147254789332627, 24.857091543460992, 0.31748602807844961, 0.065470318565402363),
    ("certainty", "fpc1"): (0.78094553939533407, 11.770372409854613, 0.1194604510913722, 0.04922804032762193),
    ("certainty", "share"): (0.78094553939533407, 11.770372409854613, 0.1194604510913722, 0.04922804032762193),
    ("certainty", "fpc2"): (1.9640358759814183, 48.329058719021894, 0.77913704303259601, 0.12677438819848891),
    ("average", "wr"): (1.1898060207300714, 30.443595385565089, 0.38883938462756718, 0.080184436891350089),
    ("average", "fpc1"): (0.95645904421057359, 14.415703243338497, 0.14630857480828385, 0.060291789919913283),
    ("average", "share"): (0.95645904421057359, 14.415703243338497, 0.14630857480828385, 0.060291789919913283),
    ("adjust", "wr"): (2.6060800289526602, None, 0.50742625651695217, 0.11342942631758184),
    ("adjust", "fpc1"): (2.3416065227028269, None, 0.38057958763326005, 0.097843208276805566),
    ("adjust", "share"): (2.3416065227028269, None, 0.38057958763326005, 0.097843208276805566),
    ("adjust", "fpc2"): (2.9547727651724847, None, 0.85885071751365816, 0.15238647890971674),
}


def design(kind: str, **more: Any) -> ds.Design:
    return ds.Design(weights="w", strata="st", **DESIGNS[kind], **more)


@pytest.mark.parametrize(("rule", "kind"), ERRORS)
def test_each_rule_for_lonely_strata_equals_r(rule: Any, kind: str) -> None:
    found = ds.estimate(TABLE, ASKS, design=design(kind, lonely=rule))
    for one, point, se in zip(found, POINTS, ERRORS[rule, kind], strict=True):
        assert one.value == pytest.approx(point, rel=1e-12)
        assert se is None or one.se == pytest.approx(se, rel=1e-12)
        assert one.df == 2


def test_under_adjust_a_lonely_cluster_is_set_against_the_mean_of_all_clusters() -> None:
    totals = {("north", 1): 16.25, ("north", 2): 11.25, ("north", 3): 0.0}
    totals |= {("south", 1): 33.0, ("south", 2): 12.75, ("west", 1): 112.0}
    mean = math.fsum(totals.values()) / len(totals)
    spread = ERRORS["certainty", "wr"][1] ** 2 + (112.0 - mean) ** 2
    assert ds.estimate(TABLE, ds.total("y"), design=design("wr", lonely="adjust"))[0].se == pytest.approx(spread**0.5)
    within = ERRORS["certainty", "fpc1"][1] ** 2 + (1 - SIXTH) * (112.0 - mean) ** 2
    assert ds.estimate(TABLE, ds.total("y"), design=design("fpc1", lonely="adjust"))[0].se == pytest.approx(within**0.5)


@pytest.mark.parametrize("kind", DESIGNS)
def test_a_lonely_stratum_is_refused_by_name_where_no_rule_is_stated(kind: str) -> None:
    with pytest.raises(DesignError, match="west") as problem:
        ds.estimate(TABLE, ASKS, design=design(kind))
    assert problem.value.exit_code == 3


def test_a_unit_alone_at_a_later_stage_is_refused_and_a_census_is_not() -> None:
    with pytest.raises(DesignError) as problem:
        ds.estimate(TWO, ASKS, design=design("fpc2"))
    assert problem.value.code == "estimate.lonely-unit"
    south = TWO.slice(6)
    assert ds.estimate(south, ds.mean("y"), design=design("fpc1"))[0].se == 0.0


def test_domains_with_one_cluster_and_with_weights_of_zero_equal_r() -> None:
    rows = ds.estimate(TABLE, ASKS, "g", design("wr", lonely="certainty")).as_dict()["estimates"]
    assert [row["by"]["g"] for row in rows] == ["a", "b", "c"] * 4
    for row, (point, se) in zip((*rows[:6], *rows[9:]), DOMAINS, strict=True):
        assert row["value"] == pytest.approx(point, rel=1e-12)
        assert row["se"] == pytest.approx(se, rel=1e-12)
    assert [row["df"] for row in rows[:3]] == [1, 0, 0]
    assert [(row["n"], row["n_positive_weight"], row["n_missing"]) for row in rows[:3]] == [
        (6, 6, 0), (4, 3, 1), (1, 1, 0),
    ]  # fmt: skip
    assert rows[2]["status"] == "U"
    assert rows[2]["lower"] is None


DOMAINS = (
    # mean y by a, b, c; total y; mean b: point and standard error
    (3.8, 1.8190766888726815),
    (6.863636363636364, 2.0161309050360243),
    (20.0, 0.0),
    (47.5, 37.29024671412084),
    (37.75, 28.06354396721839),
    (100.0, 0.0),
    (0.76, 0.13232686802006613),
    (0.2727272727272727, 0.17531573087269772),
    (1.0, 0.0),
)


def test_intervals_of_shares_by_domain_equal_svyciprop() -> None:
    plan = {"weights": "w", "strata": "zone", "clusters": "psu"}
    logit = ds.estimate(TWO, ds.proportion("b"), "g", ds.Design(**plan))
    beta = ds.estimate(TWO, ds.proportion("b"), "g", ds.Design(**plan, interval="beta"))
    assert (logit[0].value, logit[0].se) == pytest.approx((71.428571428571419, 13.740823045390577), rel=1e-12)
    ends = (0.00048117362338769807, 0.99992298109030497), (3.7749382177209314e-05, 0.99999999999124467)
    for found, (lower, upper) in zip((logit, beta), ends, strict=True):
        assert (found[0].lower, found[0].upper) == pytest.approx((100 * lower, 100 * upper), rel=1e-9)
        # Two clusters in two strata: there is a standard error, and no degree of freedom for an interval.
        assert (found[1].value, found[1].df, found[1].lower) == (pytest.approx(27.272727272727271), 0, None)


def test_association_covariance_and_difference_equal_r() -> None:
    survey = ds.survey(TWO, ds.Design(weights="w", strata="zone", clusters="psu"))
    tested = association(survey, "b", "g")
    assert (tested.statistic, tested.ndf, tested.ddf) == pytest.approx((5.3850975753576851, 1, 3), rel=1e-9)
    assert tested.p_value == pytest.approx(0.10302947297640631, rel=1e-9)
    by = ds.estimate(survey, ds.mean("y"), "g")
    expected = [5.0333233066469232, -0.91404537021419952, -0.91404537021419952, 4.0647838262413778]
    assert by.covariance().ravel() == pytest.approx(expected, rel=1e-9)


def test_poststratified_figures_equal_r() -> None:
    """R's numbers are those without the row of weight zero, to which its postStratify gives a residual."""
    known = ds.Calibration(kind="poststratify", margins={"zone": {1: 30, 2: 12}})
    plan = ds.Design(weights="w", strata="zone", clusters="psu", calibration=known)
    mean, whole = ds.estimate(TWO, [ds.mean("y"), ds.total("y")], design=plan)
    assert (mean.value, mean.se) == pytest.approx((4.3742690058479532, 0.61109571629173509), rel=1e-9)
    assert (whole.value, whole.se) == pytest.approx((136, 41.867217078903714), rel=1e-9)


# --- what is read, and what is refused --------------------------------------------------------------------------------


def test_a_condition_leaves_the_design_whole() -> None:
    """Rows outside stay as zeros; cutting them out would make the spread smaller and strata lonely."""
    chosen = ds.estimate(TWO, ds.total("y"), design=design("wr"), where="psu == 1")[0]
    assert chosen.value == pytest.approx(2.5 * -3.5 + 2.5 * 10 + 3 * 12 - 3)
    north, south = (16.25**2 - 16.25**2 / 3) * 3 / 2, (33.0**2 - 33.0**2 / 2) * 2
    assert chosen.se == pytest.approx((north + south) ** 0.5)
    with pytest.raises(DesignError):
        ds.estimate(TWO.filter(pa.array([row[1] == 1 for row in ROWS[:10]])), ds.total("y"), design=design("wr"))


def test_a_group_that_the_condition_empties_is_listed_without_a_figure() -> None:
    for cube in (False, True):
        found = ds.estimate(TWO, ds.mean("y"), "g", design("wr"), where="g == 'a'", margins=cube)
        shown = {one.breakdown: (one.value is None, one.n, one.status) for one in found}
        assert shown[(("g", "a"),)] == (False, 5, "A")
        assert shown[(("g", "b"),)] == (True, 0, "O")


def test_labels_of_clusters_may_restart_and_strata_may_be_text_or_numbers() -> None:
    by_text = ds.estimate(TWO, ASKS, design=design("wr"))
    by_number = ds.estimate(TWO, ASKS, design=ds.Design(weights="w", strata="zone", clusters="psu"))
    own = TWO.append_column("own", pa.array([f"{row[0]}-{row[1]}" for row in ROWS[:10]]))
    by_own = ds.estimate(own, ASKS, design=ds.Design(weights="w", strata="st", clusters="own"))
    for one, two, three in zip(by_text, by_number, by_own, strict=True):
        assert (one.value, one.se, one.df) == (two.value, two.se, two.df) == (three.value, three.se, three.df)


def test_a_stratum_of_two_columns_is_their_combination() -> None:
    both = ds.estimate(TWO, ASKS, design=ds.Design(weights="w", strata=["zone", "st"], clusters="psu"))
    one = ds.estimate(TWO, ASKS, design=design("wr"))
    assert [e.se for e in both] == pytest.approx([e.se for e in one])


def test_one_row_gives_a_value_and_no_interval() -> None:
    row = {"w": [2.0], "y": [-4.0]}
    with pytest.raises(DesignError):
        ds.estimate(row, ds.mean("y"), design=ds.Design(weights="w"))
    one = ds.estimate(row, ds.mean("y"), design=ds.Design(weights="w", lonely="certainty"))[0]
    assert (one.value, one.n, one.df, one.lower, one.status) == (-4.0, 1, 0, None, "U")


def test_a_domain_whose_weights_are_all_zero_has_no_figure() -> None:
    table = {"w": [1.0, 1.0, 0.0, 0.0], "g": ["a", "a", "b", "b"], "y": [1.0, 2.0, 3.0, 4.0]}
    for asks in (ds.mean("y"), ds.total("y"), ds.proportion("y", 3)):
        a, b = ds.estimate(table, asks, "g", ds.Design(weights="w"))
        assert a.value is not None
        assert (b.value, b.se, b.n, b.status) == (None, None, 2, "O")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"w": [1.0, None, 1.0]}, "estimate.no-weight"),
        ({"w": [1.0, -1.0, 1.0]}, "estimate.negative-weight"),
        ({"s": ["a", None, "a"]}, "estimate.no-unit"),
        ({"c": ["1", None, "2"]}, "estimate.no-unit"),
        ({"N": [4.0, 5.0, 4.0]}, "estimate.fpc-differs"),
        ({"N": [2.0, 2.0, 2.0]}, "estimate.fpc-small"),
    ],
)
@pytest.mark.parametrize("clustered", [True, False])
def test_gaps_and_contradictions_in_the_design_are_refused(change: dict, code: str, clustered: bool) -> None:
    table = {"w": [1.0, 1.0, 1.0], "s": ["a", "a", "a"], "c": ["1", "3", "2"], "N": [9.0] * 3, "y": [1, 2, 3]} | change
    if "c" in change and not clustered:
        return
    more = {"clusters": "c"} if clustered else {}
    with pytest.raises(DesignError) as problem:
        ds.estimate(table, ds.mean("y"), design=ds.Design(weights="w", strata="s", fpc=["N"], **more))
    assert problem.value.code == code


def test_an_unknown_column_is_refused_with_the_nearest_names() -> None:
    with pytest.raises(BadQuestion, match="income"):
        ds.estimate({"income": [1, 2], "kids": [1, 2]}, ds.mean("incom"))
    with pytest.raises(BadQuestion):
        ds.estimate({"y": [0, 1, 2]}, ds.proportion("y"))
    with pytest.raises(BadQuestion):
        ds.estimate({"y": [0, 1, 2]}, ds.proportion("y", "yes"))


def test_words_and_codes_for_missing_are_missing_everywhere() -> None:
    table = {"y": ["1", "99", "3", "n/a", "5"], "g": ["a", "a", "b", "99", "b"]}
    found = ds.estimate(table, ds.mean("y"), "g", missing=("99",)).as_dict()["estimates"]
    assert [(row["by"]["g"], row["value"], row["n"], row["n_missing"]) for row in found] == [
        ("a", 1.0, 1, 1), ("b", 4.0, 2, 0),
    ]  # fmt: skip
