"""ds.estimate answers as a slow, plain reading of the textbook does, in every engine, to questions of Hypothesis."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from plain_survey import Answer, Ask, Lonely, Plan, Row, answer, label, variance
from scipy import stats

import datashift as ds
from datashift import engine
from datashift.errors import DesignError

SCHEMA = pa.schema(
    [
        ("Stratum", pa.string()),
        ("zone", pa.int64()),
        ("psu", pa.int64()),  # 1, 2, … in every stratum
        ("household", pa.string()),
        ("w", pa.float64()),
        ("W", pa.float64()),  # differs from the weight in case only
        ("group", pa.string()),
        ("Sex", pa.string()),
        ("age", pa.int32()),
        ("income (US$)", pa.float64()),
        ("kids", pa.int64()),
        ("works", pa.int64()),
        ("status", pa.string()),
    ]
)
ROW = st.fixed_dictionaries(
    {
        "Stratum": st.sampled_from(["north", "पूर्व", "NA "]),
        "zone": st.sampled_from([1, 2]),
        "psu": st.integers(1, 3),
        "household": st.sampled_from(["a", "b", "c"]),
        "w": st.sampled_from([0.0, 0.5, 1.0, 2.0, 7.25]),
        "W": st.just(99.0),
        "group": st.sampled_from(["x", "y", None, "n/a"]),
        "Sex": st.sampled_from(["f", "m"]),
        "age": st.sampled_from([15, 40, None]),
        "income (US$)": st.one_of(
            st.none(), st.integers(-20, 50).map(float), st.floats(-1e4, 1e4).map(lambda value: round(value, 3))
        ),
        "kids": st.sampled_from([0, 1, 2, 5, None]),
        "works": st.sampled_from([0, 1, None]),
        "status": st.sampled_from(["functional", "broken", "unknown", None]),
    }
)
ROWS = st.lists(ROW, min_size=2, max_size=30)
ASKS = {
    "mean": (ds.mean("income (US$)"), Ask("income (US$)")),
    "total": (ds.total("income (US$)"), Ask("income (US$)", total=True)),
    "people": (ds.total(), Ask("_one", total=True)),
    "ratio": (ds.ratio("income (US$)", "kids"), Ask("income (US$)", "kids")),
    "share": (ds.proportion("works"), Ask("works")),
    "status": (ds.proportion("status", "functional"), Ask("_functional")),
}
WHERES: dict[str, Callable[[Row], bool]] = {
    "": lambda _row: True,
    "Sex == 'f'": lambda row: row["Sex"] == "f",
    "kids >= 1 and age is not missing": lambda row: (row["kids"] or 0) >= 1 and row["age"] is not None,
    "group in ('x')": lambda row: row["group"] == "x",
}
PLANS = [
    Plan(),
    Plan(weight=None, stages=(("psu",),)),
    Plan(strata=("Stratum",)),
    Plan(strata=("Stratum",), fpc=("_rows",)),
    Plan(strata=("Stratum",), stages=(("psu",),)),
    Plan(strata=("Stratum", "zone"), stages=(("psu",),)),
    Plan(strata=("Stratum",), stages=(("zone", "psu"),)),
    Plan(strata=("Stratum",), stages=(("psu",),), fpc=("_psus",)),
    Plan(strata=("Stratum",), stages=(("psu",),), fpc=("_psu_share",)),
    Plan(strata=("Stratum",), stages=(("psu",), ("household",)), fpc=("_psus",)),
    Plan(strata=("Stratum",), stages=(("psu",), ("household",)), fpc=("_psus", "_households")),
    Plan(strata=("Stratum",), stages=(("psu",), ("household",), ("Sex",)), fpc=("_psu_share", "_households")),
]
LEVELS = {"group": ("x", "y"), "Sex": ("f", "m"), "age": (15, 40)}


@dataclass(frozen=True)
class Question:
    """What is asked of a table, in words that both sides understand."""

    kinds: tuple[str, ...]
    by: tuple[str, ...]
    where: str
    plan: Plan
    kind: str = ""


QUESTIONS = st.builds(
    Question,
    st.lists(st.sampled_from(sorted(ASKS)), min_size=1, max_size=2, unique=True).map(tuple),
    st.lists(st.sampled_from(sorted(LEVELS)), max_size=2, unique=True).map(tuple),
    st.sampled_from(sorted(WHERES)),
    st.builds(
        lambda plan, lonely: replace(plan, lonely=lonely),
        st.sampled_from(PLANS),
        st.sampled_from(["fail", "certainty", "certainty", "average", "adjust"]),
    ),
)


def dressed(rows: list[Row], extra: tuple[int, int] = (2, 1)) -> list[Row]:
    """Add the columns that follow from the others: population sizes of strata and of clusters, and 0/1 columns.

    `extra`: units of the population that were not drawn, per stratum and per cluster; with 0 it is a census.
    """
    psus: dict[str, set] = defaultdict(set)
    households: dict[tuple, set] = defaultdict(set)
    for row in rows:
        psus[row["Stratum"]].add(row["psu"])
        households[row["Stratum"], row["psu"]].add(row["household"])
    size = Counter(row["Stratum"] for row in rows)
    found = []
    for row in rows:
        # The first stratum is drawn whole where nothing is left to draw; it must not look like a share.
        left = extra[0] if row["Stratum"] != "north" else max(extra[0] - 2, 0)
        drawn, inside = len(psus[row["Stratum"]]), len(households[row["Stratum"], row["psu"]])
        status = row["status"]
        found.append(
            row
            | {
                "_one": 1.0,
                "_functional": None if status is None else float(status == "functional"),
                "_rows": float(size[row["Stratum"]] + left + 1),
                "_psus": float(drawn + left) + (0.0 if drawn + left > 1 else 1.0),
                "_psu_share": drawn / (drawn + left),
                "_households": float(inside + extra[1] + 1),
            }
        )
    return found


DERIVED = ("_rows", "_psus", "_psu_share", "_households")


def table_of(rows: list[Row]) -> pa.Table:
    schema = pa.schema([*SCHEMA, *(pa.field(name.strip("_") + "_n", pa.float64()) for name in DERIVED)])
    columns = [pa.array([row[field.name] for row in rows], field.type) for field in SCHEMA]
    return pa.table(
        [*columns, *(pa.array([row[name] for row in rows], pa.float64()) for name in DERIVED)], schema=schema
    )


def design_of(plan: Plan, **more: Any) -> ds.Design:
    return ds.Design(
        weights=plan.weight,
        strata=plan.strata,
        clusters=plan.stages,
        fpc=[name.strip("_") + "_n" for name in plan.fpc],
        lonely=plan.lonely,
        **more,
    )


def groups_of(rows: list[Row], by: tuple[str, ...]) -> list[tuple]:
    """The combinations of levels that occur, in order; `n/a` means missing."""
    keys = {label(row, by) for row in rows}
    return sorted(key for key in keys if all(level in LEVELS[name] for level, name in zip(key, by, strict=True)))


def plain(rows: list[Row], question: Question) -> list[tuple[str, dict[str, str], Answer]]:
    found = []
    for kind in question.kinds:
        for key in groups_of(rows, question.by):

            def inside(row: Row, key: tuple = key) -> bool:
                return WHERES[question.where](row) and label(row, question.by) == key

            by = dict(zip(question.by, map(str, key), strict=True))
            found.append((kind, by, answer(rows, ASKS[kind][1], question.plan, inside)))
    return found


def asked(source: Any, question: Question, **design: Any) -> list[dict[str, Any]]:
    asks = [ASKS[kind][0] for kind in question.kinds]
    by = question.by
    found = ds.estimate(source, asks, by, design_of(question.plan, **design), where=question.where)
    return list(found.as_dict()["estimates"])


def agree(found: list[dict[str, Any]], right: list[tuple[str, dict[str, str], Answer]]) -> None:
    assert [row["by"] for row in found] == [by for _kind, by, _answer in right]
    for mine, (kind, _by, theirs) in zip(found, right, strict=True):
        times = 100.0 if mine["unit"] == "PT" else 1.0
        assert (mine["n"], mine["n_positive_weight"], mine["n_missing"], mine["df"]) == (
            theirs.n, theirs.positive, theirs.missing, theirs.df,
        )  # fmt: skip
        if theirs.value is None:
            assert (mine["value"], mine["status"]) == (None, "O")
            continue
        assert mine["value"] == pytest.approx(theirs.value * times, rel=1e-9, abs=1e-9)
        se, rounding = math.sqrt(max(theirs.variance, 0.0)) * times, 2e-7 * (abs(theirs.value) * times + 1)
        assert mine["se"] == pytest.approx(se, rel=1e-7, abs=rounding), kind
        if kind in ("mean", "total", "ratio", "people") and theirs.df >= 1:
            half = stats.t.ppf(0.975, theirs.df) * mine["se"]
            assert [mine["lower"], mine["upper"]] == pytest.approx([mine["value"] - half, mine["value"] + half])
        if mine["deff"] is not None and theirs.simple and se > 100 * rounding:
            assert mine["deff"] == pytest.approx(theirs.variance / theirs.simple, rel=1e-6)


def refused(rows: list[Row], question: Question) -> list | None:
    """The plain answer, or None where it refuses."""
    try:
        variance(rows, [0.0] * len(rows), question.plan)  # a design is refused even where nobody is asked for
        return plain(rows, question)
    except Lonely:
        return None


# --- against the textbook ---------------------------------------------------------------------------------------------


@settings(max_examples=250, deadline=None)
@given(rows=ROWS, question=QUESTIONS, extra=st.sampled_from([(2, 1), (0, 0), (5, 0)]))
def test_estimates_equal_the_plain_reading(rows: list[Row], question: Question, extra: tuple[int, int]) -> None:
    rows = dressed(rows, extra)
    right = refused(rows, question)
    if right is None:
        with pytest.raises(DesignError, match=r"one (cluster|unit)"):
            asked(table_of(rows), question)
    else:
        agree(asked(table_of(rows), question), right)


MARGINS = st.sampled_from([(("Sex",),), (("Sex",), ("zone",)), (("Sex", "zone"),), (("zone",), ("Sex",), ("psu",))])


@settings(max_examples=120, deadline=None)
@given(
    rows=ROWS, question=QUESTIONS, names=MARGINS, kind=st.sampled_from(["linear", "raking", "poststratify"]),
    wanted=st.randoms(use_true_random=False),
)  # fmt: skip
def test_calibrated_estimates_equal_the_plain_reading(
    rows: list[Row], question: Question, names: tuple, kind: str, wanted: Any
) -> None:
    rows = dressed([row | {"w": row["w"] or 3.0} for row in rows])
    names = names[:1] if kind == "poststratify" else names
    # Totals that can be reached: those that other positive weights have.
    other = [row["w"] * wanted.uniform(0.7, 1.4) for row in rows]
    margins: dict[tuple, dict[tuple, float]] = {}
    for margin in names:
        totals: dict[tuple, float] = defaultdict(float)
        for row, weight in zip(rows, other, strict=True):
            totals[label(row, margin)] += weight
        margins[margin] = dict(totals)
    question = replace(question, plan=replace(question.plan, weight="w", margins=margins, kind=kind))
    right = refused(rows, question)
    assume(right is not None)
    stated = ds.Calibration(
        kind=kind, margins=[{"variables": name, "totals": totals} for name, totals in margins.items()]
    )
    agree(asked(table_of(rows), question, calibration=stated), right)


@settings(max_examples=80, deadline=None)
@given(rows=ROWS, question=QUESTIONS)
def test_a_cube_equals_the_estimates_of_each_breakdown(rows: list[Row], question: Question) -> None:
    rows = dressed(rows)
    by = tuple(sorted(LEVELS))
    asks = [ASKS[kind][0] for kind in question.kinds]
    design = design_of(replace(question.plan, lonely="average" if question.plan.lonely == "fail" else "certainty"))
    prepared = ds.survey(table_of(rows), design, where=question.where)
    whole = ds.cube(prepared, asks, by)
    apart = {}
    for size in range(len(by) + 1):
        for subset in combinations(by, size):
            for block in ds.estimate(prepared, asks, subset).blocks:
                for k in range(len(block.value)):
                    apart[block.label, block.key(k)] = [block.value[k], block.se[k], block.n[k], block.df[k]]
    together = {
        (block.label, block.key(k)): [block.value[k], block.se[k], block.n[k], block.df[k]]
        for block in whole.blocks
        for k in range(len(block.value))
    }
    assert together.keys() == apart.keys()
    for key, numbers in apart.items():
        assert together[key] == pytest.approx(numbers, rel=1e-7, abs=1e-3, nan_ok=True), key


# --- against each other -----------------------------------------------------------------------------------------------


@pytest.fixture
def stored(database: str) -> Callable[[pa.Table], engine.Relation]:
    """Write a table into the database, and read it there."""
    dbapi = pytest.importorskip("adbc_driver_postgresql.dbapi")

    def store(table: pa.Table) -> engine.Relation:
        with dbapi.connect(database, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute('drop table if exists "The Survey"')
            cursor.adbc_ingest("The Survey", table, mode="create")
        return engine.postgres(database, '"The Survey"')

    return store


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, question=QUESTIONS)
def test_estimates_in_postgresql_equal_the_plain_reading(
    stored: Callable[[pa.Table], engine.Relation], rows: list[Row], question: Question
) -> None:
    rows = dressed(rows)
    right = refused(rows, question)
    assume(right is not None)
    agree(asked(stored(table_of(rows)), question), right)


@pytest.mark.allow_hosts(["127.0.0.1"])
@settings(max_examples=5, deadline=None)
@given(rows=ROWS, question=QUESTIONS)
def test_estimates_in_spark_equal_the_plain_reading(spark: Any, rows: list[Row], question: Question) -> None:
    rows = dressed(rows)
    question = replace(question, plan=replace(question.plan, lonely="average"))
    agree(asked(spark.createDataFrame(table_of(rows)), question), plain(rows, question))


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_spark_gives_the_estimates_of_duckdb_on_a_million_rows(spark: Any, tmp_path: Any) -> None:
    draw, n = np.random.default_rng(20261122), 1_000_000
    cluster = draw.integers(0, 2000, n)
    survey = pa.table(
        {
            "stratum": (cluster % 40).astype(np.int32),
            "cluster": cluster.astype(np.int32),
            "region": np.array(["north", "south", "east", "west"])[cluster % 4],
            "sex": np.array(["female", "male"])[draw.integers(0, 2, n)],
            "w": draw.gamma(2.0, 50.0, n),
            "income": draw.normal(1e4, 3e3, n) + cluster % 17,
            "water": pa.array(draw.integers(0, 2, n), mask=draw.random(n) < 0.05),
        }
    )
    path = tmp_path / "survey.parquet"
    pq.write_table(survey, path)
    design = ds.Design(weights="w", strata="stratum", clusters="cluster")
    asks = [ds.mean("income"), ds.proportion("water", 1), ds.total("income"), ds.ratio("income", "water")]
    here, there = (
        ds.cube(source, asks, ("region", "sex"), design, where="income > 5000").to_arrow()
        for source in (str(path), spark.read.parquet(str(path)))
    )
    assert here.num_rows == 4 * 15
    assert here.drop_columns(["n"]).schema == there.drop_columns(["n"]).schema
    for name in here.column_names:
        if name in ("figure", "region", "sex"):
            assert here[name].equals(there[name])
        else:
            np.testing.assert_allclose(there[name].to_numpy(), here[name].to_numpy(), rtol=1e-9)
