"""The engine's cells and estimates equal a slow, plain reading of the textbook, on surveys that Hypothesis invents."""

import math
from collections import defaultdict

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift.estimation import Question, cells, estimate, merge
from datashift.model import Concept, Design, Kit, Measure, Universe

LABEL = {"en": "x"}
MEASURES = (
    Measure(
        id="SHARE", label=LABEL, finding=LABEL, estimator="proportion", unit="1",
        numerator={"answer": ("yes",)}, denominator={"answer": ("yes", "no")}, breakdowns=(("group",),),
    ),
    *(
        Measure(
            id=name.upper(), label=LABEL, finding=LABEL, estimator=name, unit="1", value="size",
            per="people" if name == "ratio" else None, breakdowns=(("group",),),
        )
        for name in ("mean", "total", "ratio")
    ),
)  # fmt: skip
KIT = Kit(
    id="k", version="1", title=LABEL, description=LABEL, indicator="0", relation="local", relation_note=LABEL,
    universe=Universe(unit=LABEL, text=LABEL), measures=MEASURES,
    concepts={"size": Concept(label=LABEL, kind="number")},
)  # fmt: skip
NUMBERS = st.one_of(st.none(), st.integers(0, 50).map(float))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "stratum": st.sampled_from(["north", "south"]),
            "cluster": st.sampled_from(["1", "2", "3"]),
            "weight": st.sampled_from([0.0, 0.5, 1.0, 2.0, 7.25]),
            "group": st.sampled_from(["a", "b", None]),
            "answer": st.sampled_from(["yes", "no", "unknown", None]),
            "size": NUMBERS,
            "people": st.integers(1, 9).map(float),
        }
    ),
    min_size=2,
    max_size=40,
)


def _table(rows: list[dict]) -> pa.Table:
    kinds = {"weight": pa.float64(), "size": pa.float64(), "people": pa.float64()}
    data = {name: pa.array([row[name] for row in rows], kinds.get(name, pa.string())) for name in rows[0]}
    constant = {"area": ["X"] * len(rows), "period": ["2020"] * len(rows)}
    return pa.table({**constant, **data})


def _plain(rows: list[dict], measure: str, group: str | None) -> tuple[int, float | None, float | None]:
    """n, point and standard error, row by row: influence values, then the spread of cluster totals in each stratum."""

    def inside(row: dict) -> bool:
        known = row["answer"] in ("yes", "no") if measure == "SHARE" else row["size"] is not None
        return known and (group is None or row["group"] == group)

    def y(row: dict) -> float:
        return float(row["answer"] == "yes") if measure == "SHARE" else row["size"]

    def x(row: dict) -> float:
        return {"RATIO": row["people"], "TOTAL": 0.0}.get(measure, 1.0)

    used = [row for row in rows if inside(row)]
    top = sum(r["weight"] * y(r) for r in used)
    bottom = sum(r["weight"] * x(r) for r in used)
    if not used or (measure != "TOTAL" and bottom == 0):
        return len(used), None, None
    point = top if measure == "TOTAL" else top / bottom
    influence = [
        row["weight"] * (y(row) if measure == "TOTAL" else (y(row) - point * x(row)) / bottom) if inside(row) else 0.0
        for row in rows
    ]
    return len(used), point, math.sqrt(_spread(rows, influence))


def _spread(rows: list[dict], influence: list[float]) -> float:
    totals: dict[tuple[str, str], float] = defaultdict(float)
    for row, value in zip(rows, influence, strict=True):
        totals[row["stratum"], row["cluster"]] += value
    variance = 0.0
    for stratum in {key[0] for key in totals}:
        here = [value for key, value in totals.items() if key[0] == stratum]
        if len(here) > 1:
            mean = sum(here) / len(here)
            variance += len(here) / (len(here) - 1) * sum((value - mean) ** 2 for value in here)
    return variance


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_estimates_equal_the_plain_reading_of_the_textbook(rows: list[dict]) -> None:
    design = Design(sampling_type="probability", lonely="certainty")
    found = estimate(cells(_table(rows), MEASURES), Question(KIT, MEASURES, design, {}, "X", {}))
    for one in found:
        n, point, se = _plain(rows, one.measure, dict(one.breakdown).get("group"))
        assert one.n == n
        if point is None:
            assert one.value is None
        else:
            assert one.value == pytest.approx(point, rel=1e-9, abs=1e-12)
            assert one.se is None or one.se == pytest.approx(se, rel=1e-7, abs=1e-7 * (abs(point) + 1))


@settings(max_examples=25, deadline=None)
@given(ROWS, ROWS)
def test_merged_cells_equal_the_cells_of_the_union(one: list[dict], other: list[dict]) -> None:
    together = cells(_table(one + other), MEASURES)
    merged = merge([cells(_table(one), MEASURES), cells(_table(other), MEASURES)])
    assert merged.column_names == together.column_names
    for mine, theirs in zip(merged.to_pylist(), together.to_pylist(), strict=True):
        assert mine == pytest.approx(theirs)


@settings(max_examples=25, deadline=None)
@given(ROWS, ROWS)
def test_estimates_from_merged_cells_equal_those_of_the_union(one: list[dict], other: list[dict]) -> None:
    """Two organisations share strata and clusters; their cells are all that has to be exchanged."""
    question = Question(KIT, MEASURES, Design(sampling_type="probability", lonely="average"), {}, "X", {})
    whole = estimate(cells(_table(one + other), MEASURES), question)
    merged = estimate(merge([cells(_table(one), MEASURES), cells(_table(other), MEASURES)]), question)
    assert [e.key for e in merged] == [e.key for e in whole]
    for mine, right in zip(merged, whole, strict=True):
        assert (mine.n, mine.df, mine.status) == (right.n, right.df, right.status)
        for name in ("value", "se", "lower", "upper"):
            expected = getattr(right, name)
            same = expected if expected is None else pytest.approx(expected, rel=1e-7, abs=1e-5)
            assert getattr(mine, name) == same
