"""The dense way gives what the sparse way gives: points, variances, degrees of freedom, counts, for all margins."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift.estimation.dense import add, dense, finished, fits
from datashift.estimation.frame import Frame
from datashift.estimation.grouped import Axis, Grouped, estimated

SUMS = ("n", "positive", "missing", "sw", "sy", "sx", "syy", "syx", "sxx")


def cells(draw: np.random.Generator, count: int, lonely: str, shift: float = 0.0) -> Grouped:
    """Cells of a survey of 4 strata with 3 clusters each; the first axis has one level per stratum."""
    stratum = np.repeat(np.arange(4), 3)
    shares = [np.repeat([0.0, 0.5, 1.0, 0.1], 3)]
    frame = Frame(stratum, [np.arange(12)], shares, lonely)
    unit = draw.integers(0, 12, count)
    outer = Axis("region", (unit // 3) % 2, ("east", "west"))
    axes = (outer, *(Axis(name, draw.integers(0, 3, count), (1, 2, 3)) for name in ("age", "wealth")))
    n = draw.integers(0, 3, count).astype(float)
    w, y, x = draw.choice([0.0, 1.0, 2.5], count), draw.normal(5, 3, count) + shift, draw.integers(1, 4, count)
    sums = {"n": n, "positive": n * (w > 0), "missing": draw.integers(0, 2, count).astype(float), "sw": n * w}
    sums |= {"sy": n * w * y, "sx": n * w * x, "syy": n * w * y**2, "syx": n * w * y * x, "sxx": n * w * x**2}
    return Grouped(frame, unit, axes, {"f0": sums, "f1": sums | dict.fromkeys(("sx", "syx", "sxx"), np.zeros(count))})


def same(grouped: Grouped, figure: str, *, total: bool, margins: bool) -> None:
    whole = (0, 1, 2)
    assert fits(grouped, whole)
    found = {s: (f, keys) for s, f, keys in finished(dense(grouped, figure, whole, total=total, margins=margins))}
    subsets = [s for size in range(4) for s in combinations(whole, size)] if margins else [whole]
    assert sorted(found) == sorted(subsets)
    for subset in subsets:
        mine, keys = found[subset]
        theirs, right = estimated(grouped, figure, subset, total=total)
        listed = theirs.n + theirs.missing > 0  # cells of no row at all are only made here
        assert keys.tolist() == right[listed].tolist()
        for name in ("n", "positive", "missing", "df"):
            assert getattr(mine, name).tolist() == getattr(theirs, name)[listed].tolist()
        for name in ("point", "sw", "simple"):
            np.testing.assert_allclose(getattr(mine, name), getattr(theirs, name)[listed], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(np.sqrt(mine.variance), np.sqrt(theirs.variance[listed]), rtol=1e-7, atol=1e-5)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1), count=st.integers(1, 80),
    lonely=st.sampled_from(["certainty", "average", "adjust"]), total=st.booleans(), margins=st.booleans(),
)  # fmt: skip
def test_dense_equals_sparse(seed: int, count: int, lonely: str, total: bool, margins: bool) -> None:
    grouped = cells(np.random.default_rng(seed), count, lonely)
    same(grouped, "f1" if total else "f0", total=total, margins=margins)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 80), total=st.booleans(), margins=st.booleans())
def test_rows_without_a_breakdown_belong_to_the_margins_over_it(
    seed: int, count: int, total: bool, margins: bool
) -> None:
    draw = np.random.default_rng(seed)
    grouped = cells(draw, count, "certainty")
    gaps = tuple(Axis(a.name, np.where(draw.random(count) < 0.3, -1, a.codes), a.levels) for a in grouped.axes)
    same(_changed(grouped, axes=gaps), "f1" if total else "f0", total=total, margins=margins)


def test_large_values_with_a_small_spread_keep_it() -> None:
    """1e9 ± 3: without taking the mean off before squaring nothing of the spread would be left."""
    grouped = cells(np.random.default_rng(7), 400, "certainty", shift=1e9)
    sums = grouped.sums["f0"]
    mean = Grouped(grouped.frame, grouped.unit, grouped.axes, {"f0": sums | {"sx": sums["sw"]}})
    near = {**sums, "sx": sums["sw"], "sy": sums["sy"] - 1e9 * sums["sw"]}
    plain = Grouped(grouped.frame, grouped.unit, grouped.axes, {"f0": near})
    far, close = (finished(dense(g, "f0", (0, 1, 2), total=False, margins=True)) for g in (mean, plain))
    for (_s, one, _k), (_t, other, _l) in zip(far, close, strict=True):
        np.testing.assert_allclose(np.sqrt(one.variance), np.sqrt(other.variance), rtol=1e-4, atol=1e-5)


def test_cells_that_are_added_later_count_as_if_they_had_been_there() -> None:
    draw = np.random.default_rng(11)
    whole = cells(draw, 300, "certainty")
    parts = []
    for chosen in (slice(0, 200), slice(200, 300)):
        axes = tuple(Axis(a.name, a.codes[chosen], a.levels) for a in whole.axes)
        sums = {f: {name: values[chosen] for name, values in each.items()} for f, each in whole.sums.items()}
        parts.append(Grouped(whole.frame, whole.unit[chosen], axes, sums))
    for figure, total in (("f0", False), ("f1", True)):
        table = dense(parts[0], figure, (0, 1, 2), total=total, margins=True)
        add(table, parts[1], figure)
        table.refresh(np.unique(parts[1].unit // 3))
        right = finished(dense(whole, figure, (0, 1, 2), total=total, margins=True))
        for (_s, one, keys), (_t, other, expected) in zip(finished(table), right, strict=True):
            assert keys.tolist() == expected.tolist()
            np.testing.assert_allclose(one.point, other.point, rtol=1e-9)
            np.testing.assert_allclose(np.sqrt(one.variance), np.sqrt(other.variance), rtol=1e-7, atol=1e-6)


def _changed(grouped: Grouped, **more: Any) -> Grouped:
    stated = {"frame": grouped.frame, "unit": grouped.unit, "axes": grouped.axes, "sums": grouped.sums}
    return Grouped(**(stated | more))


def test_the_dense_way_is_not_taken_where_it_would_be_wrong() -> None:
    grouped = cells(np.random.default_rng(3), 60, "certainty")
    assert fits(grouped, (0, 1, 2))
    two = Frame(np.repeat(np.arange(4), 3), [np.arange(12) // 1, np.arange(12)], [np.full(12, 0.5)], "certainty")
    assert not fits(_changed(grouped, frame=two), (0, 1, 2))
    alone = Frame(np.array([*np.repeat(np.arange(3), 3), 3, 3, 4]), [np.arange(12)], [], "adjust")
    assert not fits(_changed(grouped, frame=alone), (0, 1, 2))


@pytest.mark.parametrize("margins", [True, False])
def test_rows_without_a_breakdown_are_left_out_of_its_groups(margins: bool) -> None:
    grouped = cells(np.random.default_rng(5), 90, "certainty")
    gap = Axis("age", np.where(np.arange(90) % 5 == 0, -1, grouped.axes[1].codes), grouped.axes[1].levels)
    found = _changed(grouped, axes=(grouped.axes[0], gap, grouped.axes[2]))
    table, keys = estimated(found, "f0", (1,), total=False)
    assert keys.ravel().tolist() == [0, 1, 2]
    assert table.n.sum() == found.sums["f0"]["n"][gap.codes >= 0].sum()
    whole, _keys = estimated(found, "f0", (), total=False)
    assert whole.n[0] == found.sums["f0"]["n"].sum()
    if not margins:
        same_groups = finished(dense(found, "f0", (1,), total=False, margins=False))[0][1]
        np.testing.assert_allclose(same_groups.point, table.point)
