"""The design: how the rows of a source were drawn, and what they are weighted to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from datashift.model.record import Label, Names, Record, SamplingType

Lonely = Literal["fail", "adjust", "average", "certainty"]
"""What a stratum with one cluster adds to the variance: a refusal, its distance from the mean of all clusters, the mean
of the other strata, or nothing (R survey: fail, adjust, average, certainty)."""

IntervalKind = Literal["logit", "korn-graubard", "beta", "wilson", "arcsine", "likelihood", "t"]
"""Intervals of a share. R survey: `logit` and `xlogit`, `beta`, `asin`, `likelihood`, `mean`; `korn-graubard` is `beta`
with an effective n never above n, and Clopper–Pearson at 0 and 100 %."""


def _as_stages(value: Any) -> Any:
    stages = (value,) if isinstance(value, str) else value
    return tuple((stage,) if isinstance(stage, str) else tuple(stage) for stage in stages)


def _as_keys(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {"|".join(map(str, key)) if isinstance(key, tuple) else str(key): total for key, total in value.items()}


Stages = Annotated[tuple[tuple[str, ...], ...], BeforeValidator(_as_stages)]


class Totals(Record):
    """Known totals of the population by the values of `variables`.

    The keys of `totals` are values; where there are several variables, their values joined by `|` (or, in Python, a
    tuple of them).
    """

    variables: Names
    totals: Annotated[dict[str, float], BeforeValidator(_as_keys)]


def _as_margins(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple({"variables": variables, "totals": totals} for variables, totals in value.items())
    return value


class Calibration(Record):
    """Bring the weights to known totals: of groups (`margins`), and of numbers (`numeric`: column and its total).

    poststratify: one margin.   raking: exponential distance (R: calibrate(calfun = "raking"); weights as rake()).
    linear: regression (GREG), `bounds` on the factor optional.   logit: factor between `bounds` (Deville & Särndal).
    trim: no weight above this many times the mean weight; margins and cap are reached together, or it is refused.
    source: where the totals come from.
    In Python, margins may be given as {"sex": {"female": 106000, …}, ("area", "age"): {("urban", "15-24"): …}}.
    """

    kind: Literal["poststratify", "raking", "linear", "logit"] = "raking"
    margins: Annotated[tuple[Totals, ...], BeforeValidator(_as_margins)] = ()
    numeric: dict[str, float] = Field(default_factory=dict)
    bounds: tuple[float, float] | None = None
    trim: float | None = None
    source: str = ""

    @model_validator(mode="after")
    def _can_be_done(self) -> Calibration:
        if not self.margins and not self.numeric:
            raise ValueError("state at least one margin")
        if self.kind == "poststratify" and (len(self.margins) != 1 or self.numeric):
            raise ValueError("poststratify takes one margin; join its variables, or choose raking")
        if self.kind == "logit" and self.bounds is None:
            raise ValueError("logit needs bounds, such as [0.4, 2.5]")
        if self.bounds and not 0 <= self.bounds[0] < 1 < self.bounds[1]:
            raise ValueError("bounds must hold 1 between them")
        return self


class Replicates(Record):
    """Variance from replicates instead of linearisation: made here from the design, or weights that come with the file.

    kind: jackknife (JKn), brr (two clusters per stratum; with `rho` Fay's), bootstrap (Rao–Wu, n_h − 1 clusters drawn),
    or weights (`columns` of complete replicate weights, with `scale` and `rscales` as the producer gives them).
    mse: squares around the full estimate instead of the mean of the replicates.
    """

    kind: Literal["jackknife", "brr", "bootstrap", "weights"]
    columns: Names = ()
    scale: float | None = None
    rscales: tuple[float, ...] = ()
    rho: float = 0.0
    count: int = 500
    seed: int = 1
    mse: bool = False

    @model_validator(mode="after")
    def _has_its_columns(self) -> Replicates:
        if (self.kind == "weights") != bool(self.columns):
            raise ValueError("columns belong to the kind weights, and only to it")
        if not 0 <= self.rho < 1:
            raise ValueError("rho lies between 0 and 1")
        return self


class Design(Record):
    """How the rows were drawn: sampling type, weights, strata, clusters, and the rule for lonely strata.

    `weights` names a column; `weight_margin` names a margin whose area totals are shared out over the area's rows.
    `strata`: columns that together name the stratum.   `clusters`: one entry per stage, each a column or several that
    together name the cluster ([["region", "ward"]] is one stage of two columns); labels may restart in every stratum.
    `fpc`: per stage the column with the number of clusters in the population of the stratum, or the share drawn (all
    values at most 1). Without it the first stage is all that counts (ultimate clusters, drawn with replacement).
    `degrees`: clusters − strata of those with an answer in the domain, or of the whole design.
    """

    sampling_type: SamplingType = "undocumented"
    note: Label = Field(default_factory=dict)
    weights: str | None = None
    weight_margin: str | None = None
    strata: Names = ()
    clusters: Stages = ()
    fpc: Names = ()
    lonely: Lonely = "fail"
    calibration: Calibration | None = None
    replicates: Replicates | None = None
    confidence: float = Field(default=0.95, gt=0, lt=1)
    interval: IntervalKind = "logit"
    degrees: Literal["domain", "design"] = "domain"

    @property
    def stages(self) -> int:
        """Return how many stages count: without a finite population correction the first; else one more than it has."""
        return min(len(self.clusters), len(self.fpc) + 1) if self.fpc else min(len(self.clusters), 1)

    @model_validator(mode="after")
    def _has_stages_for_its_fpc(self) -> Design:
        if len(self.fpc) > max(len(self.clusters), 1):
            raise ValueError("fpc has more stages than clusters: name the unit of every stage")
        return self

    @property
    def named(self) -> tuple[str, ...]:
        """Return the columns that strata and clusters name."""
        return (*self.strata, *(name for stage in self.clusters for name in stage))
