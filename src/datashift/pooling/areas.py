"""Small areas: direct estimates of areas and what the areas share → estimates that borrow strength (Fay–Herriot).

Needs no answers of single people, only the direct estimates with their standard errors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import numpy as np
from scipy import special

from datashift.errors import TooThin
from datashift.estimation.random_effects import Array, Method
from datashift.language import N_, _
from datashift.numbers import amount, said
from datashift.pooling.fay_herriot import FayHerriot, fay_herriot

EXTRA_AREAS = 3
"""There must be this many more areas with a direct estimate than coefficients."""
FEW_DEGREES = 15
"""Below this many areas beyond the coefficients, the variance between areas is a rough guess."""
FAR = 3.0
"""A direct estimate so many standard deviations from what the model expects is named."""

Kind = Literal["model", "synthetic", "direct"]

NOTES = {
    "few": N_(
        "Only {areas} areas with a direct estimate: how much areas differ is a rough guess, so the intervals are too "
        "narrow rather than too wide."
    ),
    "no-difference": N_(
        "The direct estimates differ no more than sampling errors do, so all areas come from the common pattern. "
        "The intervals are too narrow rather than too wide."
    ),
    "hardly-known": N_(
        "How much areas differ is smaller than its own uncertainty, so the intervals are too narrow rather than too "
        "wide."
    ),
    "far": N_("Unlike the others: {areas}. Look at these direct estimates; the model pulls them towards the pattern."),
}


@dataclass(frozen=True)
class AreaModel:
    """How areas are to be modelled.

    bounds: lowest and highest possible value, (0, 1) for shares, (0, 100) for per cent: the model then works on the
    logit scale, and no estimate or interval leaves the bounds. None: on the scale of the values.
    keep_cv, keep_half_width: an area whose direct estimate has at most this coefficient of variation, or half this
    width of interval, keeps its direct estimate: a model is only for areas that cannot speak for themselves.
    """

    method: Method = "reml"
    bounds: tuple[float, float] | None = None
    keep_cv: float | None = None
    keep_half_width: float | None = None
    confidence: float = 0.95
    unit: str = ""


@dataclass(frozen=True)
class SmallAreas:
    """Estimates of areas that borrow from each other. All numbers are in the unit of the values; NaN = none.

    kind: model, synthetic (no direct estimate) or direct (kept).   own: share of the estimate that is the area's own.
    center, center_mse: estimate and MSE on the scale of the model (logit where the model has bounds).
    mse, se: the MSE on the scale of the values; with bounds by the delta method, dθ/dη = (θ − L)(U − θ)/(U − L).
    The interval is formed on the scale of the model and brought back, so it need not be symmetric.
    """

    names: tuple[str, ...]
    direct: Array
    direct_se: Array
    estimates: Array
    mse: Array
    lower: Array
    upper: Array
    own: Array
    distance: Array
    kind: tuple[Kind, ...]
    center: Array
    center_mse: Array
    covariates: tuple[str, ...]
    beta: Array
    beta_se: Array
    refvar: float
    loglike: float
    model: AreaModel
    notes: tuple[tuple[str, dict[str, Any]], ...] = ()
    benchmark: Mapping[str, Any] = field(default_factory=dict)

    @property
    def se(self) -> Array:
        """Return the root mean squared errors."""
        return np.sqrt(self.mse)

    @property
    def method(self) -> str:
        """Return method and assumptions in short."""
        scale = "logit" if self.model.bounds else "raw"
        benchmark = f"; benchmarked ({self.benchmark['how']})" if self.benchmark else ""
        return (
            f"Fay-Herriot EBLUP ({self.model.method}, {scale} scale), second-order MSE{benchmark}; assumes known "
            "sampling variances, independent sampling errors, and normal area effects"
        )

    def notes_said(self) -> list[str]:
        """Return what a reader should know beside the figures, in the current language."""
        return [_(NOTES[code]).format(**facts) for code, facts in self.notes]

    def share_of(self, i: int) -> str:
        """Say in one sentence how much area `i` borrows."""
        facts = {"area": self.names[i], "own": _percent(self.own[i]), "rest": _percent(1 - self.own[i])}
        text = {
            "direct": _("{area} keeps its own direct estimate."),
            "synthetic": _("{area} has no data of its own: all of its estimate comes from the pattern of the others."),
            "model": _("{area}: {own} of the estimate is its own data, {rest} comes from the pattern of all areas."),
        }[self.kind[i]]
        return text.format(**facts)

    def sentence(self) -> str:
        """Say the finding in one sentence: from where to where the areas reach, how sure, what is borrowed."""
        low, high = int(np.argmin(self.estimates)), int(np.argmax(self.estimates))
        text = _(
            "Of {areas} areas, {lowest} is lowest with {low} and {highest} highest with {high}; half of the areas take "
            "at least {borrowed} of their estimate from the pattern of all areas."
        )
        return text.format(
            areas=said(len(self.names)), lowest=self.names[low], low=self._amount(low), highest=self.names[high],
            high=self._amount(high), borrowed=_percent(1 - float(np.median(self.own))),
        )  # fmt: skip

    def _amount(self, i: int) -> str:
        return amount(float(self.estimates[i]), float(self.lower[i]), float(self.upper[i]), self.model.unit)

    def as_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        return {
            "sentence": self.sentence(), "method": self.method, "notes": self.notes_said(),
            "model": asdict(self.model) | {"refvar": self.refvar, "loglike": self.loglike, "coefficients": {
                name: {"estimate": float(b), "se": float(s)}
                for name, b, s in zip(("(intercept)", *self.covariates), self.beta, self.beta_se, strict=True)
            }},
            "benchmark": dict(self.benchmark), "areas": [self._area(i) for i in range(len(self.names))],
        }  # fmt: skip

    def _area(self, i: int) -> dict[str, Any]:
        numbers = {
            "direct": self.direct, "direct_se": self.direct_se, "estimate": self.estimates, "se": self.se,
            "mse": self.mse, "lower": self.lower, "upper": self.upper, "own": self.own, "distance": self.distance,
        }  # fmt: skip
        found = {key: float(column[i]) if np.isfinite(column[i]) else None for key, column in numbers.items()}
        return {"area": self.names[i], "kind": self.kind[i], **found}


def small_areas(
    names: Sequence[str],
    direct: Sequence[float] | Array,
    se: Sequence[float] | Array,
    covariates: Mapping[str, Sequence[float] | Array] | None = None,
    model: AreaModel | None = None,
) -> SmallAreas:
    """Estimate areas from direct estimates, standard errors and covariates known for every area.

    In:  direct, se (one per area; NaN in both: the area has no direct estimate), covariates (name → one per area).
    Raises TooThin: too few areas, a standard error that is missing or 0, a covariate that is missing or adds nothing
    to the others, a share at its bound (no logit).
    """
    model = model or AreaModel()
    columns = {name: np.asarray(column, float) for name, column in (covariates or {}).items()}
    y, s = np.asarray(direct, float), np.asarray(se, float)
    x = _checked(names, y, s, columns)
    eta, variance = _on_scale(names, y, s, model)
    fitted = fay_herriot(eta, x, variance, model.method)
    kept = _kept(y, s, model)
    center = np.where(kept, eta, fitted.eblup)
    mse = np.where(kept, variance, fitted.mse)
    kinds = np.where(kept, "direct", np.where(np.isfinite(variance), "model", "synthetic"))
    raw = SmallAreas(
        names=tuple(names), direct=y, direct_se=s, estimates=y, mse=mse, lower=y, upper=y,
        own=np.where(kept, 1.0, fitted.own), distance=fitted.distance, kind=tuple(kinds.tolist()), center=center,
        center_mse=mse, covariates=tuple(columns), beta=fitted.beta, beta_se=fitted.beta_se, refvar=fitted.refvar,
        loglike=fitted.loglike, model=model, notes=_notes(names, fitted, len(y[np.isfinite(y)])),
    )  # fmt: skip
    return brought_back(raw, center, mse)


def brought_back(areas: SmallAreas, center: Array, mse: Array) -> SmallAreas:
    """Return the areas with the estimates `center` and their MSE, both on the scale of the model, and intervals."""
    half = float(special.ndtri(0.5 + areas.model.confidence / 2)) * np.sqrt(mse)
    estimates, lower, upper = (back(points, areas.model.bounds) for points in (center, center - half, center + half))
    slope = np.ones_like(estimates)
    if areas.model.bounds:
        low, high = areas.model.bounds
        slope = (estimates - low) * (high - estimates) / (high - low)
    return replace(
        areas, estimates=estimates, mse=slope**2 * mse, lower=lower, upper=upper, center=center, center_mse=mse
    )


def back(points: Array, bounds: tuple[float, float] | None) -> Array:
    """Bring points from the scale of the model to the scale of the values."""
    return points if bounds is None else bounds[0] + (bounds[1] - bounds[0]) * special.expit(points)


def _checked(names: Sequence[str], y: Array, s: Array, columns: Mapping[str, Array]) -> Array:
    lonely = np.isfinite(y) & ~(np.isfinite(s) & (s > 0))
    if lonely.any():
        raise TooThin("smooth.no-error", areas=_named(names, lonely), count=int(lonely.sum()))
    for name, column in columns.items():
        if not np.isfinite(column).all():
            raise TooThin("smooth.no-covariate", covariate=name, areas=_named(names, ~np.isfinite(column)))
    x = np.column_stack([np.ones(len(y)), *columns.values()])
    known = np.isfinite(y)
    least = x.shape[1] + EXTRA_AREAS
    if known.sum() < least:
        raise TooThin("smooth.few-areas", areas=int(known.sum()), least=least, covariates=len(columns))
    scaled = (x / np.maximum(np.abs(x[known]).max(axis=0), 1e-300))[known]
    for k, name in enumerate(columns, start=1):
        if np.linalg.matrix_rank(scaled[:, : k + 1], tol=1e-9 * np.sqrt(len(scaled))) <= k:
            raise TooThin("smooth.same-covariate", covariate=name)
    return x


def _on_scale(names: Sequence[str], y: Array, s: Array, model: AreaModel) -> tuple[Array, Array]:
    variance = np.where(np.isfinite(y), s**2, np.inf)
    if model.bounds is None:
        return y, variance
    low, high = model.bounds
    outside = (y <= low) | (y >= high)
    if outside.any():
        raise TooThin("smooth.at-bound", areas=_named(names, outside), low=low, high=high)
    slope = (high - low) / ((y - low) * (high - y))
    return special.logit((y - low) / (high - low)), np.where(np.isfinite(y), slope**2 * s**2, np.inf)


def _kept(y: Array, s: Array, model: AreaModel) -> np.ndarray[Any, np.dtype[np.bool_]]:
    kept = np.zeros(len(y), bool)
    if model.keep_cv is not None:
        kept |= s <= model.keep_cv * np.abs(y)
    if model.keep_half_width is not None:
        kept |= special.ndtri(0.5 + model.confidence / 2) * s <= model.keep_half_width
    return kept


def _notes(names: Sequence[str], fitted: FayHerriot, areas: int) -> tuple[tuple[str, dict[str, Any]], ...]:
    found: list[tuple[str, dict[str, Any]]] = []
    if areas - len(fitted.beta) < FEW_DEGREES:
        found.append(("few", {"areas": areas}))
    if fitted.refvar == 0:
        found.append(("no-difference", {}))
    elif fitted.refvar < fitted.refvar_se:
        found.append(("hardly-known", {}))
    far = np.abs(np.nan_to_num(fitted.distance)) > FAR
    if far.any():
        found.append(("far", {"areas": _named(names, far)}))
    return tuple(found)


def _named(names: Sequence[str], chosen: Any, most: int = 8) -> str:
    named = [str(name) for name, yes in zip(names, chosen, strict=True) if yes]
    return ", ".join(named[:most]) + (" …" if len(named) > most else "")


def _percent(share: float) -> str:
    return f"{said(100 * share)} %"
