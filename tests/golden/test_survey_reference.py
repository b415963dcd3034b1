"""Estimates equal those of R survey 4.5 on published and made surveys."""

import csv
import json
from pathlib import Path

import pyarrow as pa
import pytest

from datashift.estimation import Question, cells, estimate, share_interval
from datashift.model import Concept, Design, Kit, Measure, Universe

LABEL = {"en": "x"}
CASES = [
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


def _measure(case: dict) -> Measure:
    ask = case["estimate"]
    named = {
        "mean": {"value": "value"},
        "total": {"value": "value"},
        "ratio": {"value": "value", "per": "per"},
        "proportion": {"numerator": {"answer": ("1",)}, "denominator": {"answer": ("0", "1")}},
    }[ask["estimator"]]
    if ask["where"]:
        named["denominator"] = {**named.get("denominator", {}), "inside": ("yes",)}
    by = tuple(_column(name) for name in ask.get("by") or ())
    return Measure(
        id="M",
        label=LABEL,
        finding=LABEL,
        estimator=ask["estimator"],
        unit="1",
        breakdowns=(by,) if by else (),
        **named,
    )


def _inside(row: dict[str, str]) -> str:
    return "yes" if float(row["wealth"]) <= 2 and row["sex"] == "female" else "no"


def _observations(case: dict, folder: Path) -> pa.Table:
    with (folder / "data" / case["data"]).open(encoding="utf-8") as stream:
        rows = [{k: ("" if v == "NA" else v) for k, v in row.items()} for row in csv.DictReader(stream)]
    design, ask = case["design"], case["estimate"]
    first = (design.get("ids") or [None])[0]
    number = [float(r[ask["variable"]]) if r.get(ask["variable"]) else None for r in rows]
    columns = {
        "area": ["X"] * len(rows),
        "period": ["2020"] * len(rows),
        "weight": [1.0 if design["weights"] == "w" else float(r[design["weights"]]) for r in rows],
        "stratum": ["/".join(r[s] for s in design.get("strata", [])) for r in rows],
        "cluster": [r[first] if first else str(i) for i, r in enumerate(rows)],
        "value": pa.array(number, pa.float64()),
        "answer": pa.array([None if v is None else str(int(v)) for v in number], pa.string()),
        "inside": [_inside(r) if ask["where"] else "yes" for r in rows],
    }
    if ask["denominator"]:
        columns["per"] = [float(r[ask["denominator"]]) for r in rows]
    for name in ask.get("by") or ():
        columns[_column(name)] = [r[name] for r in rows]
    return pa.table(columns)


@pytest.mark.shared
@pytest.mark.parametrize("name", CASES)
def test_estimates_equal_r_survey(name: str, reference: Path) -> None:
    book = json.loads((reference / "survey_reference.json").read_text("utf-8"))
    case = next(c for c in book["cases"] if c["id"] == name)
    measure = _measure(case)
    concepts = {"value": Concept(label=LABEL, kind="number")}
    kit = Kit(
        id="k", version="1", title=LABEL, description=LABEL, indicator="0", relation="local", relation_note=LABEL,
        universe=Universe(unit=LABEL, text=LABEL), concepts=concepts, measures=(measure,),
    )  # fmt: skip
    question = Question(kit, (measure,), Design(sampling_type="probability"), {}, "X", {})
    found = estimate(cells(_observations(case, reference), (measure,)), question)
    by = [_column(name) for name in case["estimate"].get("by") or []]
    ours = {tuple(sorted(e.breakdown)): e for e in found if len(e.breakdown) == len(by)}
    for theirs in case["results"]:
        mine = ours[tuple(sorted((_column(k), str(v)) for k, v in (theirs["key"] or {}).items()))]
        assert mine.n == theirs["n"]
        assert mine.value == pytest.approx(theirs["estimate"], rel=1e-9)
        _same_spread(mine, theirs, name)


def _same_spread(mine, theirs, name) -> None:
    if theirs["df_domain"] < 1:
        assert mine.se is None
        assert mine.status == "U"
        return
    assert mine.df == theirs["df_domain"]
    assert mine.se == pytest.approx(theirs["se"], rel=1e-8, abs=1e-6 * abs(theirs["estimate"]))
    if mine.deff is not None and name.startswith("synA") and "ratio" not in name:
        # R compares with sampling without replacement from N = the sum of the weights.
        assert mine.deff / (1 - theirs["n"] / theirs["sum_weights"]) == pytest.approx(theirs["deff"], rel=1e-6)
    if "prop" in name or "cube" in name or "where" in name:
        _same_share_intervals(mine, theirs)
    else:
        assert [mine.lower, mine.upper] == pytest.approx(theirs["ci_t_df_domain"], rel=1e-6)


def _same_share_intervals(mine, theirs) -> None:
    expected, kg = theirs.get("ci_xlogit"), theirs["ci_kg_truncated"]
    if expected and None not in expected:
        assert [mine.lower, mine.upper] == pytest.approx(expected, rel=1e-6)
    else:
        assert [mine.lower, mine.upper] == pytest.approx(kg[:2], rel=1e-6, abs=1e-9)
    korn = share_interval(mine.value, mine.se, mine.n, mine.df, 0.025, "korn-graubard")
    assert list(korn) == pytest.approx(kg[:2], rel=1e-6, abs=1e-9)
