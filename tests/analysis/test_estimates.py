"""Estimates explain themselves: rows, tables, JSON, covariance, contrasts, and the status of what is not known."""

import json

import numpy as np
import pyarrow as pa
import pytest

import datashift as ds
from datashift.analysis.cells import cells
from datashift.errors import BadQuestion
from datashift.estimation.wording import explained

TABLE = {
    "region": ["north"] * 6 + ["south"] * 6,
    "cluster": [1, 1, 2, 2, 3, 3] * 2,
    "w": [1.0, 2.0, 1.0, 1.0, 3.0, 1.0, 2.0, 2.0, 1.0, 1.0, 1.0, 4.0],
    "sex": ["f", "m"] * 6,
    "works": [1, 0, 1, 1, 0, 1, 0, 0, 1, 0, None, 0],
    "income": [5.0, 3.0, 8.0, 6.0, 4.0, 7.0, 2.0, 1.0, 5.0, 4.0, None, 3.0],
}
DESIGN = ds.Design(sampling_type="probability", weights="w", strata="region", clusters="cluster")
ASKS = [ds.proportion("works", 1), ds.mean("income")]


def test_estimates_are_a_sequence_in_the_order_of_questions_and_groups() -> None:
    found = ds.estimate(TABLE, ASKS, ["region", "sex"], DESIGN)
    assert len(found) == 8
    assert [one.measure for one in found] == ["proportion(works: 1)"] * 4 + ["mean(income)"] * 4
    assert found[0].breakdown == (("region", "north"), ("sex", "f"))
    assert found[-1] == found[7]
    assert found[1:3] == [found[1], found[2]]
    with pytest.raises(IndexError):
        found[8]


def test_shares_are_per_cent_and_say_so() -> None:
    share = ds.estimate(TABLE, ASKS, design=DESIGN)[0]
    works = sum(w for w, v in zip(TABLE["w"], TABLE["works"], strict=True) if v == 1)
    known = sum(w for w, v in zip(TABLE["w"], TABLE["works"], strict=True) if v is not None)
    assert (share.value, share.unit, share.n) == (pytest.approx(100 * works / known), "PT", 11)
    assert 0 <= share.lower < share.value < share.upper <= 100


def test_the_arrow_table_and_the_json_hold_the_same_numbers() -> None:
    found = ds.cube(TABLE, ASKS, ["region", "sex"], DESIGN)
    table, rows = found.to_arrow().to_pylist(), json.loads(json.dumps(found.as_dict()))["estimates"]
    assert len(table) == len(rows) == len(found) == 2 * 9
    for line, row in zip(table, rows, strict=True):
        assert {name: line[name] for name in ("region", "sex") if line[name]} == row["by"]
        for name in ("value", "se", "lower", "upper", "df", "deff"):
            assert line[name] == row[name]
        assert row["sentence"]


def test_a_sentence_names_the_group_the_interval_and_what_the_answers_are_worth() -> None:
    one = ds.estimate(TABLE, ASKS[1], "region", DESIGN)[0]
    assert explained(one).startswith("mean(income) (region north): ")
    assert "6 answers" in explained(one)
    assert len(ds.estimate(TABLE, ASKS[1], "region", DESIGN).sentences()) == 2


def test_a_table_for_people_names_margins_and_what_cannot_be_told() -> None:
    found = ds.estimate(TABLE, ds.mean("income"), ["region", "sex"], DESIGN, where="region == 'north'", margins=True)
    text = repr(found)
    assert "cannot tell" in text
    assert "all" in text
    assert "<table>" in found._repr_html_()
    assert "<script>" not in ds.estimate(TABLE | {"sex": ["<script>"] * 12}, ASKS[1], "sex", DESIGN)._repr_html_()


def test_the_diagonal_of_the_covariance_is_the_square_of_the_standard_errors() -> None:
    for ask in (*ASKS, ds.total("income"), ds.ratio("income", "works")):
        found = ds.estimate(TABLE, ask, "sex", DESIGN)
        assert np.diag(found.covariance()) == pytest.approx(np.square([one.se for one in found]), rel=1e-9)


def test_the_difference_of_groups_in_the_same_clusters_uses_their_covariance() -> None:
    found = ds.estimate(TABLE, ASKS, "sex", DESIGN)
    for block in range(2):
        spread = found.covariance(block)
        difference = found.difference("f", "m", block)
        one, other = found[2 * block], found[2 * block + 1]
        assert difference.value == pytest.approx(one.value - other.value)
        assert difference.se == pytest.approx((spread[0, 0] + spread[1, 1] - 2 * spread[0, 1]) ** 0.5)
        assert difference.interval[0] < difference.value < difference.interval[1]
    same = found.difference("f", "f")
    assert (same.value, same.se) == (0.0, 0.0)
    assert json.dumps(same.as_dict())


def test_a_group_without_a_figure_is_not_compared_as_if_it_were_0() -> None:
    found = ds.estimate(TABLE, ASKS[1], "sex", DESIGN, where="sex == 'f'")
    for compare in (found.difference, found.quotient):
        with pytest.raises(BadQuestion) as problem:
            compare("f", "m")
        assert problem.value.code == "question.no-figure"
    none = ds.estimate(TABLE | {"works": [0] * 12}, ASKS[0], "sex", DESIGN)
    with pytest.raises(BadQuestion) as problem:
        none.quotient("f", "m")
    assert problem.value.code == "question.over-nothing"


def test_the_contrast_of_two_groups_among_thousands_needs_their_covariance_only() -> None:
    draw, n = np.random.default_rng(2), 40_000
    table = {"g": np.arange(n) % 8000, "c": draw.integers(0, 60, n), "y": draw.normal(size=n)}
    found = ds.estimate(table, ds.mean("y"), "g", ds.Design(clusters="c"))
    assert len(found) == 8000
    far = found.difference(3, 7999)
    two = ds.estimate(table, ds.mean("y"), "g", ds.Design(clusters="c"), where="g in (3, 7999)")
    near = two.difference(3, 7999)
    assert (far.value, far.se) == pytest.approx((near.value, near.se))


def test_a_contrast_of_both_groups_by_their_weights_is_the_whole() -> None:
    by, whole = (
        ds.estimate(TABLE, ds.total("income"), "sex", DESIGN),
        ds.estimate(TABLE, ds.total("income"), (), DESIGN),
    )
    together = by.contrast({"f": 1.0, "m": 1.0})
    assert (together.value, together.se) == pytest.approx((whole[0].value, whole[0].se))


def test_a_quotient_of_totals_equals_the_ratio() -> None:
    table = TABLE | {"f": [float(s == "f") for s in TABLE["sex"]], "m": [float(s == "m") for s in TABLE["sex"]]}
    quotient = ds.estimate(table, ds.total(), "sex", DESIGN).quotient("f", "m")
    ratio = ds.estimate(table, ds.ratio("f", "m"), design=DESIGN)[0]
    assert (quotient.value, quotient.se) == pytest.approx((ratio.value, ratio.se))


def test_groups_of_several_columns_are_named_by_a_tuple_and_unknown_ones_refused() -> None:
    found = ds.estimate(TABLE, ASKS[1], ["region", "sex"], DESIGN)
    assert found.difference(("north", "f"), ("south", "m")).value == pytest.approx(found[0].value - found[3].value)
    with pytest.raises(BadQuestion) as problem:
        found.difference("north", "south")
    assert problem.value.code == "question.no-level"


def test_replicates_and_quantiles_keep_no_covariance_and_say_so() -> None:
    design = DESIGN.model_copy(update={"replicates": ds.Replicates(kind="jackknife")})
    for found in (
        ds.estimate(TABLE, ASKS[1], "sex", design),
        ds.estimate(TABLE, ds.quantile("income"), "sex", DESIGN),
    ):
        with pytest.raises(BadQuestion) as problem:
            found.difference("f", "m")
        assert problem.value.code == "question.no-covariance"


def test_degrees_of_the_design_make_intervals_of_domains_shorter() -> None:
    wide = ds.estimate(TABLE, ASKS[1], "region", DESIGN)[0]
    short = ds.estimate(TABLE, ASKS[1], "region", DESIGN.model_copy(update={"degrees": "design"}))[0]
    assert (wide.df, short.df) == (2, 4)
    assert wide.se == pytest.approx(short.se, rel=1e-12)
    assert short.upper - short.lower < wide.upper - wide.lower


def test_without_deff_the_rest_stays_the_same() -> None:
    with_it, without = (ds.estimate(TABLE, ASKS[1], "sex", DESIGN, deff=deff) for deff in (True, False))
    assert [(a.value, a.se) for a in with_it] == [(b.value, b.se) for b in without]
    assert with_it[0].n_eff == pytest.approx(with_it[0].n / with_it[0].deff)
    assert without[0].deff is None


def test_what_has_no_spread_of_its_own_shows_none() -> None:
    one = ds.estimate(TABLE, ASKS[1], design=DESIGN.model_copy(update={"sampling_type": "published_averages"}))[0]
    assert (one.se, one.lower, one.deff, one.status) == (None, None, None, "U")
    assert one.value is not None


@pytest.mark.parametrize("gaps", [(0.0, 0.3), (0.3, 0.0), (0.3, 0.3)])
@pytest.mark.parametrize("where", ["", "y > 5"])
def test_rows_without_a_breakdown_that_are_added_to_a_cube_count_in_its_margins(gaps: tuple, where: str) -> None:
    draw = np.random.default_rng(1)

    def days(n: int, gap: float) -> pa.Table:
        a = pa.array(draw.integers(0, 2, n), mask=draw.random(n) < gap)
        more = {"s": draw.integers(0, 3, n), "c": draw.integers(0, 4, n), "w": draw.choice([0.0, 1.0, 2.0], n)}
        return pa.table({**more, "a": a, "b": draw.integers(0, 3, n), "y": draw.normal(5, 1, n)})

    first, second = days(60, gaps[0]), days(30, gaps[1])
    design = ds.Design(weights="w", strata="s", clusters="c", lonely="certainty")
    kept = cells(first, ds.mean("y"), ("a", "b"), design, margins=True, where=where)
    kept.add(second)
    mine = kept.estimate().to_arrow()
    right = ds.cube(pa.concat_tables([first, second]), ds.mean("y"), ("a", "b"), design, where=where).to_arrow()
    assert mine.select(["a", "b"]).equals(right.select(["a", "b"]))
    for name in ("value", "se", "n", "df", "missing"):
        np.testing.assert_allclose(mine[name].to_numpy(), right[name].to_numpy(), rtol=1e-7, atol=1e-7)
