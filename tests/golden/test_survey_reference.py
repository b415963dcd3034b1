"""Estimates equal those of R survey 4.5 on published and made surveys: all 72 cases with all their results.

What differs, and why:
- deff: R compares with sampling without replacement from N = the sum of the weights, we with replacement; the factor
  1 − n/N lies between them.
- The interval `asin` of R folds back where an angle leaves 0 to 90°; ours ends at 0 and 100 % there.
- The interval `likelihood` of R reads the profile from a spline through few points, ours is solved; they are within
  2e-5, but for two lower ends that R's spline does not reach (see SPLINE).
- At 0 and 100 % and without a spread R's `mean` gives an interval of no width; ours is Clopper–Pearson's.
- Cases of the type rake_ipf: R's rake() computes its standard errors with ten sweeps of unweighted cell means. There
  only weights and estimates are compared; the standard errors are in the cases of the type raking.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

import datashift as ds
from datashift.analysis.tables import table_of
from datashift.estimation import Question, cells, estimate, share_interval
from datashift.model import Concept, Design, Kit, Measure, Universe

SHARED = Path(__file__).resolve().parents[3] / "shared" / "reference" / "survey_reference.json"
BOOK = json.loads(SHARED.read_text("utf-8")) if SHARED.is_file() else {"cases": []}
CASES = {case["id"]: case for case in BOOK["cases"]}
PLAIN = [name for name, case in CASES.items() if case["estimate"]["estimator"] != "quantile"]
QUANTILES = [name for name, case in CASES.items() if case["estimate"]["estimator"] == "quantile"]
SHARES = [name for name, case in CASES.items() if case["estimate"]["estimator"] == "proportion"]
INTERVALS = {
    "ci_xlogit": "logit",
    "ci_logit": "logit",
    "ci_beta": "beta",
    "ci_wilson": "wilson",
    "ci_asin": "arcsine",
    "ci_likelihood": "likelihood",
    "ci_kg_truncated": "korn-graubard",
    "ci_t_df_domain": "t",
}
SPLINE = [("Coast", "urban", "female", "yes"), ("North", "urban", "male", "yes"), ("West", "rural", "male", "yes")]
"""Cells with few degrees of freedom, in which R's likelihood interval has no lower end that can be used, or none."""


# --- the cases as we ask them -----------------------------------------------------------------------------------------


@cache
def rows(data: str, derived: tuple[tuple[str, str], ...]) -> pa.Table:
    table = table_of(SHARED.parent / "data" / data)
    made = {
        "as.integer(sch.wide == 'Yes')": lambda: pc.equal(table["sch.wide"], "Yes").cast(pa.int64()),
        "as.integer(api00 > 700)": lambda: pc.greater(table["api00"], 700).cast(pa.int64()),
        "rep(1,6)": lambda: pa.array([1.0] * 6),
    }
    for name, expression in derived:
        table = table.append_column(name, made[expression]())
    return table


def ask(stated: dict[str, Any]) -> Any:
    variable = stated["variable"]
    if stated["estimator"] == "ratio":
        return ds.ratio(variable, stated["denominator"])
    if stated["estimator"] == "quantile":
        return ds.quantile(variable, *np.atleast_1d(stated["probs"]).tolist(), rule=stated["qrule"])
    return {"mean": ds.mean, "total": ds.total, "proportion": ds.proportion}[stated["estimator"]](variable)


def margin(stated: dict[str, Any]) -> dict[str, Any]:
    names = stated["variables"]
    return {"variables": names, "totals": {tuple(row[n] for n in names): row["total"] for row in stated["totals"]}}


def design(stated: dict[str, Any], **more: Any) -> ds.Design:
    if known := stated.get("calibration"):
        more["calibration"] = ds.Calibration(
            kind={"rake_ipf": "raking"}.get(known["type"], known["type"]),
            margins=[margin(one) for one in known["margins"]],
            numeric={one["variable"]: one["total"] for one in known.get("numeric") or []},
            bounds=known.get("bounds"),
        )
    named = {"strata": stated.get("strata"), "clusters": stated.get("ids"), "fpc": stated.get("fpc")}
    return ds.Design(weights=stated["weights"], **{name: value for name, value in named.items() if value}, **more)


def found(case: dict[str, Any], **more: Any) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Pair each of our rows with the result of R; shares stand as 0–1."""
    stated = case["estimate"]
    table = rows(case["data"], tuple((case["design"].get("derive") or {}).items()))
    where = (stated["where"] or "").replace(" & ", " and ")
    answer = ds.estimate(table, ask(stated), stated.get("by") or (), design(case["design"], **more), where=where)
    ours = answer.as_dict()["estimates"]
    keys = [{name: str(value) for name, value in (one["key"] or {}).items()} for one in case["results"]]
    probabilities = len(np.atleast_1d(stated.get("probs", 0)))
    assert [row["by"] for row in ours] == keys * probabilities
    for row in ours:
        for name in ("value", "se", "lower", "upper"):
            row[name] = row[name] / 100 if row["unit"] == "PT" and row[name] is not None else row[name]
    return list(zip(ours, case["results"] * probabilities, strict=True))


@pytest.mark.shared
def test_every_case_of_the_reference_is_there() -> None:
    if not BOOK["cases"]:
        pytest.skip("the reference folder ../shared/reference is not beside the project")
    assert (len(PLAIN), len(QUANTILES)) == (68, 4)
    assert sum(len(case["results"]) for case in CASES.values()) == 246


@pytest.mark.shared
@pytest.mark.parametrize("name", PLAIN)
def test_points_spreads_and_counts_equal_r_survey(name: str) -> None:
    case = CASES[name]
    for mine, theirs in found(case):
        assert mine["value"] == pytest.approx(theirs["estimate"], rel=1e-9)
        for ours, r in (("n", "n"), ("n_positive_weight",) * 2, ("n_missing",) * 2, ("df", "df_domain")):
            assert mine[ours] == theirs[r]
        assert mine["df_design"] == theirs["df_design"]
        assert mine["sum_weights"] == pytest.approx(theirs["sum_weights"], rel=1e-9)
        if case.get("se_comparable", True):
            _same_spread(mine, theirs)


def _same_spread(mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    nothing = 1e-6 * abs(theirs["estimate"])
    assert mine["se"] == pytest.approx(theirs["se"], rel=1e-8, abs=nothing)
    assert mine["se"] ** 2 == pytest.approx(theirs["variance"], rel=2e-8, abs=nothing**2)
    if mine["deff"] is not None:
        without = 1 - theirs["n_positive_weight"] / theirs["sum_weights"]
        # crowd and scd come with weights of 1, and nobody is left to be drawn: R has no finite value.
        ours = mine["deff"] / without if without else None
        assert ours == (theirs["deff"] if ours is None else pytest.approx(theirs["deff"], rel=1e-8))
    else:
        assert theirs["deff"] is None or theirs["se"] <= nothing


@pytest.mark.shared
@pytest.mark.parametrize("degrees", ["domain", "design"])
@pytest.mark.parametrize("name", sorted(set(PLAIN) - set(SHARES)))
def test_t_intervals_equal_r_survey(name: str, degrees: Any) -> None:
    case = CASES[name]
    for mine, theirs in found(case, degrees=degrees):
        if case.get("se_comparable", True):
            assert [mine["lower"], mine["upper"]] == pytest.approx(theirs[f"ci_t_df_{degrees}"], rel=1e-6)
        else:
            assert mine["lower"] < mine["value"] < mine["upper"]


@pytest.mark.shared
@pytest.mark.parametrize("theirs", INTERVALS)
@pytest.mark.parametrize("name", SHARES)
def test_intervals_of_shares_equal_r_survey(name: str, theirs: str) -> None:
    for mine, result in found(CASES[name], interval=INTERVALS[theirs]):
        ours, exact = [mine["lower"], mine["upper"]], result["ci_kg_truncated"][:2]
        expected = result.get(theirs)
        if result["se"] < 1e-6:  # 0 and 100 %: R prints what is left of a fit that did not converge, or nothing
            assert ours == pytest.approx(exact, rel=1e-6, abs=1e-9)
        elif theirs == "ci_asin":
            assert ours == pytest.approx(_unfolded(result, expected), rel=1e-6, abs=1e-12)
        elif theirs == "ci_likelihood" and tuple(result["key"].values()) in SPLINE:
            assert (expected[0] or 0) < ours[0] < result["estimate"] < ours[1]
            assert ours[1] == pytest.approx(expected[1] or ours[1], abs=2e-5)
        elif theirs == "ci_likelihood":
            assert ours == pytest.approx(expected, rel=1e-6, abs=2e-5)
        else:
            assert ours == pytest.approx(expected[:2], rel=1e-6, abs=1e-9)


def _unfolded(result: dict[str, Any], expected: list[float]) -> list[float]:
    """R's interval, ended where its angle leaves 0 to 90° (the half width follows from its t interval)."""
    p = result["estimate"]
    angle = np.arcsin(np.sqrt(p))
    half = (result["ci_t_df_domain"][1] - p) / (2 * np.sqrt(p * (1 - p)))
    return [0.0 if angle < half else expected[0], 1.0 if angle + half > np.pi / 2 else expected[1]]


@pytest.mark.shared
@pytest.mark.parametrize("name", SHARES)
def test_the_t_interval_of_shares_takes_the_degrees_of_the_design_where_asked(name: str) -> None:
    for mine, theirs in found(CASES[name], interval="t", degrees="design"):
        expected = theirs["ci_t_df_design"] if theirs["se"] > 1e-6 else theirs["ci_kg_truncated"][:2]
        assert [mine["lower"], mine["upper"]] == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.shared
@pytest.mark.parametrize("name", QUANTILES)
def test_quantiles_equal_r_survey(name: str) -> None:
    case = CASES[name]
    for k, (mine, theirs) in enumerate(found(case, degrees="design")):
        p = k // len(case["results"])
        for ours, r in (("value", "estimate"), ("se", "se"), ("lower", "ci_low"), ("upper", "ci_high")):
            assert mine[ours] == pytest.approx(np.atleast_1d(theirs[r])[p], rel=1e-8)


@pytest.mark.shared
@pytest.mark.parametrize("kind", BOOK.get("calibrated_weights", {}))
def test_calibrated_weights_equal_those_of_r(kind: str) -> None:
    theirs = BOOK["calibrated_weights"][kind]
    stated = {**CASES["synA-wr-prop-water"]["design"], "calibration": theirs["calibration"]}
    survey = ds.survey(rows("synthetic_a.csv", ()), design(stated))
    weighting = survey.grouped([ds.total()], (), each=True).weighting
    weights = weighting.base * weighting.g[weighting.of]
    assert weights.sum() == pytest.approx(theirs["sum"], rel=1e-9)
    assert (weights**2).sum() == pytest.approx(theirs["sum_sq"], rel=1e-9)
    assert weighting.done.spread == pytest.approx((theirs["min_g"], theirs["max_g"]), rel=1e-8)
    assert weights[:40] == pytest.approx(np.array(theirs["first40"]), rel=1e-8)


# --- the same through the kits of the pipeline ------------------------------------------------------------------------

LABEL = {"en": "x"}
KITS = [
    "apistrat-nofpc-mean",
    "apisrs-total-nofpc",
    "fpc-mean-nofpc",
    "crowd-ratio",
    "scd-ratio",
    "synA-wr-prop-water",
    "synA-wr-prop-water-by-region",
    "synA-wr-prop-water-by-sex-age",
    "synA-wr-mean-minutes-by-area",
    "synA-wr-total-income-by-disability",
    "synA-wr-ratio-enrolment-by-wealth",
    "synA-cube-region-area-sex-disab",
    "synA-where",
]


def _column(name: str) -> str:
    return "by_" + name.replace(".", "_")


def _measure(case: dict[str, Any]) -> Measure:
    stated = case["estimate"]
    named: dict[str, Any] = {
        "mean": {"value": "value"},
        "total": {"value": "value"},
        "ratio": {"value": "value", "per": "per"},
        "proportion": {"numerator": {"answer": ("1",)}, "denominator": {"answer": ("0", "1")}},
    }[stated["estimator"]]
    if stated["where"]:
        named["denominator"] = {**named.get("denominator", {}), "inside": ("yes",)}
    by = tuple(_column(name) for name in stated.get("by") or ())
    return Measure(
        id="M",
        label=LABEL,
        finding=LABEL,
        estimator=stated["estimator"],
        unit="1",
        breakdowns=(by,) if by else (),
        **named,
    )


def _observations(case: dict[str, Any]) -> pa.Table:
    stated, ask_ = case["design"], case["estimate"]
    table = rows(case["data"], tuple((stated.get("derive") or {}).items()))
    count = table.num_rows
    text = {name: table[name].cast(pa.string()).to_pylist() for name in table.column_names}
    first = (stated.get("ids") or [None])[0]
    value = table[ask_["variable"]].cast(pa.float64())
    inside = ["yes"] * count
    if ask_["where"]:
        chosen = zip(table["wealth"].to_pylist(), text["sex"], strict=True)
        inside = ["yes" if wealth <= 2 and sex == "female" else "no" for wealth, sex in chosen]
    columns = {
        "area": ["X"] * count,
        "period": ["2020"] * count,
        "weight": table[stated["weights"]].cast(pa.float64()),
        "stratum": ["/".join(parts) for parts in zip(*(text[s] for s in stated.get("strata", [])), strict=True)]
        or [""] * count,
        "cluster": text[first] if first else [str(i) for i in range(count)],
        "value": value,
        "answer": pa.array([None if v is None else str(int(v)) for v in value.to_pylist()], pa.string()),
        "inside": inside,
    }
    if ask_["denominator"]:
        columns["per"] = table[ask_["denominator"]].cast(pa.float64())
    return pa.table(columns | {_column(name): text[name] for name in ask_.get("by") or ()})


@pytest.mark.shared
@pytest.mark.parametrize("name", KITS)
def test_the_figures_of_a_kit_equal_r_survey(name: str, reference: Path) -> None:
    assert reference.is_dir()
    case = CASES[name]
    measure = _measure(case)
    concepts = {"value": Concept(label=LABEL, kind="number")}
    kit = Kit(
        id="k", version="1", title=LABEL, description=LABEL, indicator="0", relation="local", relation_note=LABEL,
        universe=Universe(unit=LABEL, text=LABEL), concepts=concepts, measures=(measure,),
    )  # fmt: skip
    question = Question(kit, (measure,), Design(sampling_type="probability"), {}, "X", {})
    estimates = estimate(cells(_observations(case), (measure,)), question)
    by = [_column(name) for name in case["estimate"].get("by") or []]
    ours = {tuple(sorted(e.breakdown)): e for e in estimates if len(e.breakdown) == len(by)}
    for theirs in case["results"]:
        mine = ours[tuple(sorted((_column(k), str(v)) for k, v in (theirs["key"] or {}).items()))]
        assert mine.n == theirs["n"]
        assert mine.value == pytest.approx(theirs["estimate"], rel=1e-9)
        _same_spread_of_a_kit(mine, theirs, name)


def _same_spread_of_a_kit(mine: Any, theirs: dict[str, Any], name: str) -> None:
    if theirs["df_domain"] < 1:
        assert mine.se is None
        assert mine.status == "U"
        return
    assert mine.df == theirs["df_domain"]
    assert mine.se == pytest.approx(theirs["se"], rel=1e-8, abs=1e-6 * abs(theirs["estimate"]))
    if "prop" in name or "cube" in name or "where" in name:
        _same_intervals_of_a_kit(mine, theirs)
    else:
        assert [mine.lower, mine.upper] == pytest.approx(theirs["ci_t_df_domain"], rel=1e-6)


def _same_intervals_of_a_kit(mine: Any, theirs: dict[str, Any]) -> None:
    expected, kg = theirs.get("ci_xlogit"), theirs["ci_kg_truncated"]
    if expected and None not in expected:
        assert [mine.lower, mine.upper] == pytest.approx(expected, rel=1e-6)
    else:
        assert [mine.lower, mine.upper] == pytest.approx(kg[:2], rel=1e-6, abs=1e-9)
    korn = share_interval(mine.value, mine.se, mine.n, mine.df, 0.025, "korn-graubard")
    assert list(korn) == pytest.approx(kg[:2], rel=1e-6, abs=1e-9)
