"""What chance does to the shares of groups among answers: effective answers, exact limits, p values.

Where a design has clusters: variance between ultimate clusters within strata; the effective n of Korn & Graubard (1998)
with six tenths of the degrees of freedom, as few clusters tell little of how much they vary; Clopper & Pearson (1934)
with it. Without clusters: Clopper & Pearson with the answers as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy import special

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Way = Literal["design", "exact", "planned"]
"""How the limits came about: from clusters, exactly, or not at all, as the plan set the numbers."""

CAREFUL = 0.6
BLOCK = 4_000_000
_JOIN = "\x1f"


@dataclass(frozen=True)
class Grouped:
    """Answers by group. cell, base: [answers used] the number of the group, and of the whole that it is a share of.

    keys, people, whole: [groups] the group, its people, and the number of its whole.   used: [all answers] which.
    """

    cell: Ints
    base: Ints
    used: npt.NDArray[np.bool_]
    weight: Floats
    keys: list[tuple[str, ...]]
    people: Floats
    whole: Ints
    unknown: int

    @property
    def n(self) -> int:
        return int(self.cell.size)

    def counts(self, weights: Floats | None = None) -> Floats:
        """Return per group the (weighted) answers."""
        return np.bincount(self.cell, weights, minlength=len(self.keys)).astype(np.float64)

    def of_whole(self, values: Floats) -> Floats:
        """Return per group the sum of `values` over the groups of its whole."""
        return np.bincount(self.whole, values, minlength=int(self.whole.max()) + 1)[self.whole].astype(np.float64)


def grouped(
    by: Sequence[str], people: Mapping[tuple[str, ...], float], within: bool, observations: pa.Table
) -> Grouped:
    """Sort the answers into the groups of `people` by the columns `by`; `within`: as shares of the first of these."""
    keys = sorted(people)
    columns = [observations[name] for name in by]
    joined = columns[0] if len(by) == 1 else pc.binary_join_element_wise(*columns, _JOIN)
    places = pc.index_in(joined, value_set=pa.array([_JOIN.join(key) for key in keys]))
    cell = np.asarray(pc.fill_null(places, -1).to_numpy(), dtype=np.int64)
    used = cell >= 0
    firsts = sorted({key[0] for key in keys})
    whole = np.array([firsts.index(key[0]) if within else 0 for key in keys], dtype=np.int64)
    weight = np.asarray(pc.fill_null(observations["weight"], 0.0).to_numpy(), dtype=np.float64)
    return Grouped(
        cell[used], whole[cell[used]], used, weight[used], keys, np.array([people[key] for key in keys]), whole,
        int((~used).sum()),
    )  # fmt: skip


# --- chance -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Units:
    """Clusters: [answers used] the cluster; [clusters] the stratum; [clusters] how many there are in the stratum."""

    cluster: Ints
    stratum: Ints
    size: Floats


def _clusters(observations: pa.Table, rows: Grouped) -> _Units | None:
    """Number the clusters of the answers; None where every answer stands for itself and nothing was set beforehand."""
    names = [name for name in ("stratum", "cluster") if name in observations.column_names]
    if "cluster" not in names:
        return None
    columns = [pc.fill_null(observations[name], "").filter(pa.array(rows.used)) for name in names]
    strata = columns[0] if len(names) == 2 else pa.chunked_array([pa.array([""] * rows.n)])
    units = pc.binary_join_element_wise(strata, columns[-1], _JOIN).combine_chunks().dictionary_encode()
    of_cluster = np.asarray(units.indices.to_numpy(), dtype=np.int64)
    first = np.unique(of_cluster, return_index=True)[1]
    coded = strata.combine_chunks().dictionary_encode()
    stratum = np.asarray(coded.indices.to_numpy(), dtype=np.int64)[first]
    if len(first) < 2 or (len(first) == rows.n and len(coded.dictionary) == 1):
        return None
    return _Units(of_cluster, stratum, np.bincount(stratum)[stratum].astype(np.float64))


def limits(rows: Grouped, observations: pa.Table, level: float) -> tuple[Way, Floats, Floats, Floats]:
    """Return how the limits of each group's share were formed, the limits, and the p value of its share of the people.

    NaN where the plan set the share, or there is no answer at all.
    """
    units = _clusters(observations, rows)
    n, base = rows.counts(), rows.of_whole(rows.counts())
    expected = rows.people / rows.of_whole(rows.people)
    share = np.divide(n, base, out=np.full(len(n), np.nan), where=base > 0)
    effective, planned = base.copy(), np.zeros(len(n), dtype=np.bool_)
    if units is not None:
        variance, df = _variances(rows, units, share)
        planned = _planned(rows, units)
        effective = _effective(share, variance, base, df, level)
    lower, upper = _clopper_pearson(share, effective, (1 - level) / 2)
    p = _two_sided(share, effective, expected)
    for values in (lower, upper, p):
        values[planned | (base == 0)] = np.nan
    if planned[n > 0].all():
        return "planned", lower, upper, p
    return "exact" if units is None else "design", lower, upper, p


def _planned(rows: Grouped, units: _Units) -> npt.NDArray[np.bool_]:
    """Say of which groups the plan set the number: those that are made of whole strata, where there are several."""
    strata = int(units.stratum.max()) + 1
    both = np.unique(np.column_stack([units.stratum[units.cluster], rows.cell]), axis=0)
    split = np.bincount(both[:, 0], minlength=strata) > 1
    found = rows.counts() > 0
    found[both[split[both[:, 0]], 1]] = False
    return found & (strata > 1)


def _variances(rows: Grouped, units: _Units, share: Floats) -> tuple[Floats, Floats]:
    """Variance of each share between ultimate clusters within strata, and its degrees of freedom.

    A stratum of one cluster adds its distance from the mean of all clusters, which is 0.
    """
    clusters, k = len(units.stratum), len(rows.keys)
    of_whole = np.zeros((clusters, int(rows.whole.max()) + 1))
    np.add.at(of_whole, (units.cluster, rows.base), 1.0)
    strata = int(units.stratum.max()) + 1
    factor = np.where(units.size > 1, units.size / np.maximum(units.size - 1, 1), 1.0)
    variance, base = np.zeros(k), of_whole.sum(axis=0)
    step = max(BLOCK // clusters, 1)
    for start in range(0, k, step):
        part = np.arange(start, min(start + step, k))
        here = (rows.cell >= part[0]) & (rows.cell <= part[-1])
        z = np.zeros((clusters, len(part)))
        np.add.at(z, (units.cluster[here], rows.cell[here] - start), 1.0)
        wholes = rows.whole[part]
        z = (z - of_whole[:, wholes] * np.nan_to_num(share[part])) / np.maximum(base[wholes], 1)
        sums = np.zeros((strata, len(part)))
        np.add.at(sums, units.stratum, z)
        mean = np.where(units.size[:, None] > 1, sums[units.stratum] / units.size[:, None], 0.0)
        variance[part] = (factor[:, None] * (z - mean) ** 2).sum(axis=0)
    there = of_whole > 0
    per_stratum = np.zeros((strata, there.shape[1]))
    np.add.at(per_stratum, units.stratum, there.astype(np.float64))
    df = there.sum(axis=0) - (per_stratum > 0).sum(axis=0)
    return variance, np.maximum(df.astype(np.float64), 1.0)[rows.whole]


def _effective(share: Floats, variance: Floats, n: Floats, df: Floats, level: float) -> Floats:
    """Return how many answers drawn one by one each share is worth, never more than there are.

    Degrees of freedom: six tenths of those of the clusters, and of the answers of the rarer kind. Where nobody or
    everybody is of the group, each cluster counts as one answer.
    """
    settled = ~((variance > 0) & (share > 0) & (share < 1))
    worth_of = np.where(settled, 1.0, share * (1 - share)) / np.where(settled, 1.0, variance)
    rarer = np.minimum(worth_of, n) * np.minimum(share, 1 - share)
    counted = np.maximum(CAREFUL * np.minimum(df, np.where(settled, df, rarer)), 1.0)
    tail = (1 + level) / 2
    inflation = special.stdtrit(np.maximum(n - 1, 1), tail) / special.stdtrit(counted, tail)
    found: Floats = np.where(settled, np.minimum(df + 1, n), np.minimum(worth_of * inflation**2, n))
    return np.nan_to_num(found)


def _clopper_pearson(p: Floats, n: Floats, tail: float) -> tuple[Floats, Floats]:
    x = p * n
    some, less = x > 1e-12, x < n - 1e-12
    lower = special.betaincinv(np.where(some, x, 1.0), np.where(some, n - x + 1, 1.0), tail)
    upper = special.betaincinv(np.where(less, x + 1, 1.0), np.where(less, n - x, 1.0), 1 - tail)
    return np.where(some, lower, 0.0), np.where(less, upper, 1.0)


def _two_sided(p: Floats, n: Floats, expected: Floats) -> Floats:
    """Return twice the smaller tail of the binomial distribution of n answers, which need not be whole."""
    x = p * n
    below = 1 - special.betainc(x + 1, np.maximum(n - x, 1e-12), expected)
    above = np.where(x > 1e-12, special.betainc(np.maximum(x, 1e-12), n - x + 1, expected), 1.0)
    return np.asarray(np.minimum(1.0, 2 * np.minimum(below, above)))
