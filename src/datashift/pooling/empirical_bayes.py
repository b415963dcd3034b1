"""Areas × sources: counts from surveys and other sources → one share per area, by empirical Bayes.

Logistic model: logit p = mean + what is particular to the area + bias of the source type + what is particular to this
type in this area. Probability surveys are the anchor: they have no bias and nothing particular beside their sampling
error. The bias of the other types is learnt where they meet the anchor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy import special

from datashift.errors import TooThin
from datashift.estimation.random_effects import Array
from datashift.language import _
from datashift.numbers import amount, said
from datashift.pooling.laplace import Table, at_modes, spreads

LEAST_AREAS = 8
"""Fewer areas than this cannot show how much areas differ."""
LEAST_SHARED = 3
"""A source type must meet the anchor in this many areas, or its bias is a guess."""


@dataclass(frozen=True)
class PooledAreas:
    """One share per area (0 to 1) with its interval.

    shares, lower, upper: brought back from the logit scale, where center and center_se are.
    own: which part of the uncertainty without the area's data these have removed (0: all comes from the others).
    biases: by source type, bias and standard error on the logit scale.
    sd_area, sd_source: standard deviations (logit) of areas, and of source types in an area beyond their bias.
    """

    areas: tuple[str, ...]
    shares: Array
    lower: Array
    upper: Array
    center: Array
    center_se: Array
    own: Array
    biases: dict[str, tuple[float, float]]
    anchor: tuple[str, ...]
    sd_area: float
    sd_source: float
    confidence: float

    @property
    def method(self) -> str:
        """Return method and assumptions in short."""
        return (
            "empirical Bayes logistic pooling of areas and sources (Laplace, restricted likelihood averaged over the "
            f"standard deviations; anchor: {', '.join(self.anchor)}); assumes effective counts binomial, areas and "
            "source deviations normal on the logit scale, sources independent"
        )

    def bias_sentence(self, kind: str) -> str:
        """Say in points what the bias of a source type does to a share in the middle of the areas."""
        bias, se = self.biases[kind]
        middle = float(np.median(self.center))
        ends = [100 * float(special.expit(middle + bias + z * se) - special.expit(middle)) for z in (0.0, -1.96, 1.96)]
        text = _("{kind} lies about {points} points off ({lower} to {upper}) where shares are around {share} %.")
        return text.format(
            kind=kind, points=said(ends[0], 1), lower=said(ends[1], 1), upper=said(ends[2], 1),
            share=said(100 * float(special.expit(middle))),
        )  # fmt: skip

    def sentence(self) -> str:
        """Say the finding in one sentence: from where to where the areas reach, how sure, what is borrowed."""
        low, high = int(np.argmin(self.shares)), int(np.argmax(self.shares))
        text = _(
            "Of {areas} areas, {lowest} is lowest with {low} and {highest} highest with {high}; sources that were not "
            "drawn by chance were corrected for their bias as far as probability surveys show it."
        )
        return text.format(
            areas=said(len(self.areas)), lowest=self.areas[low], low=self._amount(low), highest=self.areas[high],
            high=self._amount(high),
        )  # fmt: skip

    def _amount(self, i: int) -> str:
        value, lower, upper = (100 * float(column[i]) for column in (self.shares, self.lower, self.upper))
        return amount(value, lower, upper, "PT")

    def as_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        plain = {key: v.tolist() if isinstance(v, np.ndarray) else v for key, v in asdict(self).items()}
        return {"sentence": self.sentence(), "method": self.method, **plain}


def pool_areas(
    areas: Sequence[str],
    kinds: Sequence[str],
    shares: Sequence[float],
    n_effective: Sequence[float],
    anchor: Sequence[str] = ("probability",),
    confidence: float = 0.95,
) -> PooledAreas:
    """Pool shares of areas from several source types.

    In:  one entry per area and source: area, source type, share (0 to 1), effective number of answers (for a plain
         count the answers themselves; for a survey n / design effect). An entry with 0 answers adds an area without
         data. anchor: the types without bias. Two sources of one type in an area are added up.
    Method: Laplace approximation at the mode of all effects (penalised IRLS), fixed effects integrated out as in
    restricted likelihood; both standard deviations are averaged over their likelihood on a grid that is drawn in
    around it, so an area's interval knows that they are estimated too.
    Raises TooThin: too few areas, no anchor, a type that does not meet the anchor, a share or number out of range.
    """
    p, n = np.asarray(shares, float), np.asarray(n_effective, float)
    bad = ~((n >= 0) & np.isfinite(n)) | ((n > 0) & ~((p >= 0) & (p <= 1)))
    if bad.any():
        raise TooThin("smooth.not-a-count", areas=", ".join(str(areas[i]) for i in np.flatnonzero(bad)[:8]))
    table, names, types = _table(areas, kinds, np.where(n > 0, p, 0.0), n, anchor)
    _check(table, names, types, [kind for kind in types if kind in anchor])
    grid, weight = _averaged(table)
    found = at_modes(table, grid)
    center = weight @ found.center
    variance = weight @ (found.variance + (found.center - center) ** 2)
    bias = weight @ found.bias
    bias_variance = weight @ (found.bias_variance + (found.bias - bias) ** 2)
    sds = weight @ grid
    half = float(special.ndtri(0.5 + confidence / 2)) * np.sqrt(variance)
    others = [kind for kind in types if kind not in anchor]
    before = sds[0] ** 2 + float(weight @ found.mean_variance)
    return PooledAreas(
        areas=tuple(names), shares=special.expit(center), lower=special.expit(center - half),
        upper=special.expit(center + half), center=center, center_se=np.sqrt(variance),
        own=np.clip(1 - variance / before, 0.0, 1.0) if before > 0 else np.zeros(len(names)),
        biases={k: (float(b), float(np.sqrt(v))) for k, b, v in zip(others, bias, bias_variance, strict=True)},
        anchor=tuple(kind for kind in types if kind in anchor), sd_area=float(sds[0]), sd_source=float(sds[1]),
        confidence=confidence,
    )  # fmt: skip


def _table(
    areas: Sequence[str], kinds: Sequence[str], p: Array, n: Array, anchor: Sequence[str]
) -> tuple[Table, list[str], list[str]]:
    names, types = list(dict.fromkeys(areas)), list(dict.fromkeys(kinds))
    row = np.array([{name: i for i, name in enumerate(names)}[area] for area in areas])
    column = np.array([{kind: i for i, kind in enumerate(types)}[kind] for kind in kinds])
    hits, answers = np.zeros((len(names), len(types))), np.zeros((len(names), len(types)))
    np.add.at(hits, (row, column), p * n)
    np.add.at(answers, (row, column), n)
    return Table(hits, answers, np.array([kind not in anchor for kind in types])), names, types


def _check(table: Table, names: Sequence[str], types: Sequence[str], anchors: Sequence[str]) -> None:
    anchored = table.answers[:, ~table.biased].sum(axis=1) > 0
    if not anchors or not anchored.any():
        raise TooThin("smooth.no-anchor", kinds=", ".join(types))
    with_data = int((table.answers.sum(axis=1) > 0).sum())
    if with_data < LEAST_AREAS:
        raise TooThin("smooth.few-pooled", areas=with_data, least=LEAST_AREAS)
    for kind, column, biased in zip(types, table.answers.T, table.biased, strict=True):
        shared = int(((column > 0) & anchored).sum())
        if biased and shared < LEAST_SHARED:
            raise TooThin("smooth.no-meeting", kind=kind, shared=shared, least=LEAST_SHARED)


def _averaged(table: Table) -> tuple[Array, Array]:
    """Return pairs of standard deviations (g × 2) and their weights, on a grid drawn in around the likelihood."""
    several = bool(table.biased.any())
    low, high, points = np.zeros(2), np.array([3.0, 2.0 if several else 0.0]), (13, 11 if several else 1)
    for _round in range(4):
        axes = [np.linspace(a, b, k) for a, b, k in zip(low, high, points, strict=True)]
        grid = spreads(axes)
        log = at_modes(table, grid).loglike.reshape(points)
        near = log > log.max() - 7
        used = [np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))]
        low = np.array([axis[max(k[0] - 1, 0)] for axis, k in zip(axes, used, strict=True)])
        high = np.array([axis[min(k[-1] + 1, len(axis) - 1)] for axis, k in zip(axes, used, strict=True)])
        if all(len(k) >= size // 2 for k, size in zip(used, points, strict=True)):
            break
    weight = np.exp(log - log.max()).ravel()
    return grid, weight / weight.sum()
