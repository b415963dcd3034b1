"""People who volunteered, corrected with a survey drawn by chance that knows the same things about people.

Chen, Li & Wu (2020), Doubly robust inference with nonprobability survey samples, JASA 115(532):2011-2021, doi
10.1080/01621459.2019.1677241. Volunteers A have outcome y and covariates x; the survey B has x and design weights d.

participation   logit π = x'θ by pseudo-likelihood: Σ_A x = Σ_B d π x.
outcome         m = z'β (linear) or logit m = z'β, fitted to the volunteers by Σ_A z(y − m) = 0.
ipw             μ = Σ_A y/π / Σ_A 1/π
mass-imputation μ = Σ_B d m / Σ_B d
doubly-robust   μ = Σ_A (y − m)/π / Σ_A 1/π + Σ_B d m / Σ_B d: right when either model is.

Variance: influence of every row with both models estimated (stacked estimating equations, so that it also holds when
only one model is right): Σ_A (1−π)u² for the volunteers (independent, each with their own π; with groups: between
groups), and Σ_h n_h/(n_h−1) Σ_i (v_hi − v̄_h)² between the ultimate clusters of the survey. A and B are taken as
drawn independently. Interval: t with Satterthwaite's degrees of freedom, on the logit scale for shares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from datashift.errors import DesignError
from datashift.language import N_, _
from datashift.numbers import amount, said
from datashift.pooling.overlap import LEAST, MOST_UNCOVERED, Shared, Survey, Volunteers, percent, shared

__all__ = ["Corrected", "Models", "Survey", "Volunteers", "corrected"]

Floats = npt.NDArray[np.float64]
Method = Literal["doubly-robust", "ipw", "mass-imputation"]

NEXT_TO_NEVER = 0.01
"""Participation below this part of the mean participation counts as none."""
UNBALANCED = 0.1
"""Standardised difference after weighting above which it is said (Austin 2009, doi 10.1002/sim.3697)."""

RESTS_ON: dict[Method, str] = {
    "doubly-robust": N_(
        "The interval holds only if people with the same {covariates} answer alike, whether they took part or not, and "
        "if one of two models is right: who took part, or how answers depend on {covariates}."
    ),
    "ipw": N_(
        "The interval holds only if people with the same {covariates} answer alike, whether they took part or not, and "
        "if the model of who took part is right."
    ),
    "mass-imputation": N_(
        "The interval holds only if people with the same {covariates} answer alike, whether they took part or not, and "
        "if the model of how answers depend on {covariates} is right."
    ),
}
SENTENCE = N_(
    "{figure}, after correction for who took part, by a survey drawn by chance. There is no margin of sampling error. "
    "{rests_on} Nothing in these data can test that."
)
STILL_APART = N_("After weighting, those who took part still differ from the population in: {columns}.")
PARTLY_COVERED = N_("Nobody who took part is like {share} of the population ({cells}).")


@dataclass(frozen=True)
class Models:
    """What is fitted: method, kind of outcome model, and the covariates of each model (empty: all the others)."""

    method: Method = "doubly-robust"
    outcome: Literal["linear", "logistic"] = "linear"
    participation_on: tuple[str, ...] = ()
    outcome_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class Corrected:
    """One corrected mean or share (0–1), with what it rests on.

    `n_effective`: Kish's n of the weights 1/π.   `balance`: per column the difference of volunteers and population, in
    standard deviations of the population, before and after weighting.   `uncovered`: share of the population without
    a volunteer like it.   `left_out`: volunteers with a gap.   `uncorrected`: plain mean.
    `warnings`: (template, facts).
    """

    value: float
    se: float
    lower: float
    upper: float
    df: float
    n: int
    n_effective: float
    confidence: float
    models: Models
    covariates: tuple[str, ...]
    balance: dict[str, tuple[float, float]]
    uncovered: float
    left_out: int
    uncorrected: float
    warnings: tuple[tuple[str, dict[str, Any]], ...] = ()

    @property
    def method(self) -> str:
        """Name the method and what it assumes, for machines."""
        return (
            f"{self.models.method} (Chen, Li & Wu 2020): logistic participation, {self.models.outcome} outcome; "
            f"assumes no selection on the outcome given {', '.join(self.covariates)}"
        )

    def sentence(self) -> str:
        """Say in the current language what is known, how sure, and what cannot be tested."""
        share = self.models.outcome == "logistic"
        scale = 100.0 if share else 1.0
        figure = amount(self.value * scale, self.lower * scale, self.upper * scale, "PT" if share else "")
        rests_on = _(RESTS_ON[self.models.method]).format(covariates=", ".join(self.covariates))
        return " ".join([_(SENTENCE).format(figure=figure, rests_on=rests_on), *self.warned()])

    def warned(self) -> list[str]:
        """Say the warnings in the current language."""
        return [_(text).format(**facts) for text, facts in self.warnings]

    def as_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        plain = {name: value for name, value in vars(self).items() if name != "models"}
        told = {"method": self.method, "warnings": self.warned(), "sentence": self.sentence()}
        return {**plain, "models": vars(self.models), **told}


def corrected(
    volunteers: Volunteers, survey: Survey, models: Models | None = None, confidence: float = 0.95
) -> Corrected:
    """Estimate the population mean of the volunteers' outcome with the help of a survey that has their covariates.

    Raises DesignError (ladder.*): other universes, no shared covariates, nobody like a part of the population,
    fewer than 30 effective answers, weights that are no totals, covariates that say the same, an outcome that cannot
    be modelled; estimate.lonely-stratum for a stratum of the survey with one cluster.
    """
    models = models or Models()
    names = tuple(dict.fromkeys((*models.participation_on, *models.outcome_on)))
    if not models.participation_on or not models.outcome_on:
        names = tuple(volunteers.covariates)
    both = shared(volunteers, survey, names)
    part = _participation(both, models)
    fit = _outcome(both, models)
    value, ours, theirs = _mean(both, part, fit, models)
    spread = [_among(ours, both.groups, part.ours), _between(theirs, survey.strata, survey.clusters)]
    variance = sum(v for v, _df in spread)
    df = variance**2 / sum(v**2 / df for v, df in spread)
    lower, upper = _interval(value, variance, df, models, confidence)
    weights = 1 / part.ours
    before, after = both.apart(np.ones_like(weights)), both.apart(weights)
    return Corrected(
        value=value, se=float(np.sqrt(variance)), lower=lower, upper=upper, df=df, n=both.outcome.size,
        n_effective=_kish(weights), confidence=confidence, models=models, covariates=names,
        balance={label: (before[label], after[label]) for label in before}, uncovered=both.uncovered,
        left_out=both.left_out, uncorrected=float(both.outcome.mean()), warnings=_warnings(both, after),
    )  # fmt: skip


def _warnings(both: Shared, after: dict[str, float]) -> tuple[tuple[str, dict[str, Any]], ...]:
    found: list[tuple[str, dict[str, Any]]] = []
    apart = [label for label, difference in after.items() if abs(difference) > UNBALANCED]
    if apart:
        found.append((STILL_APART, {"columns": ", ".join(apart)}))
    if both.uncovered > 0:
        found.append((PARTLY_COVERED, {"share": percent(both.uncovered), "cells": both.cells}))
    return tuple(found)


def _kish(weights: Floats) -> float:
    return float(weights.sum() ** 2 / (weights**2).sum())


# --- the two models -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fit:
    """A fitted model: predictions and columns for both samples, and the inverse information of its coefficients."""

    ours: Floats
    theirs: Floats
    our_columns: Floats
    their_columns: Floats
    inverse: Floats

    def slopes(self, logistic: bool) -> tuple[Floats, Floats]:
        """Return the derivative of both predictions by the linear predictor."""
        if not logistic:
            return np.ones_like(self.ours), np.ones_like(self.theirs)
        return self.ours * (1 - self.ours), self.theirs * (1 - self.theirs)


def _participation(both: Shared, models: Models) -> _Fit:
    ours, theirs = both.matrices(models.participation_on)
    labels = ", ".join(models.participation_on or both.covariates)
    gram = theirs.T @ (both.weights[:, None] * theirs) / both.weights.sum()
    if np.linalg.matrix_rank(gram, tol=1e-9, hermitian=True) < gram.shape[0]:
        raise DesignError("ladder.covariates-say-the-same", columns=labels)
    solved = _logistic(theirs, both.weights, ours.sum(axis=0))
    if solved is None:
        raise DesignError("ladder.apart", columns=labels)
    theta, inverse = solved
    fit = _Fit(special.expit(ours @ theta), special.expit(theirs @ theta), ours, theirs, inverse)
    never = fit.theirs < NEXT_TO_NEVER * both.outcome.size / both.weights.sum()
    share = float(both.weights[never].sum() / both.weights.sum())
    if share > MOST_UNCOVERED:
        raise DesignError("ladder.no-overlap", share=percent(share), cells=labels)
    worth = _kish(1 / fit.ours)
    if worth < LEAST:
        raise DesignError("ladder.few", n=said(worth), least=LEAST)
    return fit


def _outcome(both: Shared, models: Models) -> _Fit:
    ours, theirs = both.matrices(models.outcome_on)
    y, gram = both.outcome, ours.T @ ours
    known = np.linalg.matrix_rank(gram / y.size, tol=1e-9, hermitian=True) == gram.shape[0] < y.size
    if np.ptp(y) == 0 or not known:
        raise DesignError("ladder.no-outcome-model", n=said(y.size))
    if models.outcome == "linear":
        inverse = np.asarray(np.linalg.inv(gram), dtype=float)
        beta = inverse @ (ours.T @ y)
        return _Fit(ours @ beta, theirs @ beta, ours, theirs, inverse)
    solved = _logistic(ours, np.ones(y.size), ours.T @ y) if np.all((y == 0) | (y == 1)) else None
    if solved is None:
        raise DesignError("ladder.no-outcome-model", n=said(y.size))
    beta, inverse = solved
    return _Fit(special.expit(ours @ beta), special.expit(theirs @ beta), ours, theirs, inverse)


def _logistic(columns: Floats, weights: Floats, target: Floats) -> tuple[Floats, Floats] | None:
    """Solve Σ w·expit(x'c)·x = target by Newton's method; return c and the inverse information, None without an answer.

    The log-likelihood is concave, so steps are halved until it rises. Where groups are separated it has no maximum.
    """
    c = np.zeros(columns.shape[1])
    c[0] = special.logit(target[0] / weights.sum())
    best = -np.inf
    step = np.zeros_like(c)
    for _turn in range(60):
        linear = columns @ c
        height = float(target @ c - weights @ np.logaddexp(0, linear))
        if height < best - 1e-9 * abs(best):
            step = step / 2
            c = c - step
            continue
        best = height
        p = special.expit(linear)
        information = columns.T @ ((weights * p * (1 - p))[:, None] * columns)
        if np.linalg.cond(information) > 1e12:
            return None
        step = np.linalg.solve(information, target - columns.T @ (weights * p))
        if np.abs(step).max() < 1e-8:
            return c + step, np.linalg.inv(information)
        c = c + step
    return None


# --- mean and variance ----------------------------------------------------------------------------------------------


def _mean(both: Shared, part: _Fit, fit: _Fit, models: Models) -> tuple[float, Floats, Floats]:
    """Return the mean and what every volunteer and every survey row adds to its error (influence)."""
    w, d, y = 1 / part.ours, both.weights, both.outcome
    ours, theirs = fit.slopes(models.outcome == "logistic")
    observed = y if models.method == "ipw" else y - fit.ours
    weighted = float(w @ observed / w.sum()) if models.method != "mass-imputation" else 0.0
    predicted = float(d @ fit.theirs / d.sum()) if models.method != "ipw" else 0.0
    first, second = np.zeros_like(y), np.zeros_like(d)
    on_outcome = np.zeros(fit.inverse.shape[0])
    if models.method != "mass-imputation":
        apart = w * (observed - weighted) / w.sum()
        # How the mean moves with θ: d(1/π)/dθ = −(1−π)/π·x.
        turn = part.inverse @ (-(apart * (1 - part.ours)) @ part.our_columns)
        first += apart + part.our_columns @ turn
        second -= d * part.theirs * (part.their_columns @ turn)
    if models.method != "ipw":
        second += d * (fit.theirs - predicted) / d.sum()
        on_outcome += (d * theirs) @ fit.their_columns / d.sum()
    if models.method == "doubly-robust":
        on_outcome -= (w * ours) @ fit.our_columns / w.sum()
    first += (y - fit.ours) * (fit.our_columns @ (fit.inverse @ on_outcome))
    return weighted + predicted, first, second


def _among(influence: Floats, groups: npt.NDArray[Any] | None, participation: Floats) -> tuple[float, float]:
    """Return variance and degrees of freedom of the volunteers: each on their own, or by the groups they came with."""
    if groups is not None:
        return _between(influence, None, groups)
    return float((1 - participation) @ influence**2), float(influence.size - 1)


def _between(influence: Floats, strata: npt.ArrayLike | None, clusters: npt.ArrayLike | None) -> tuple[float, float]:
    """Return variance and degrees of freedom of a sum between ultimate clusters, with replacement, in strata."""
    size = influence.size
    names, stratum = np.unique(np.zeros(size) if strata is None else np.asarray(strata), return_inverse=True)
    unit = np.arange(size) if clusters is None else np.unique(np.asarray(clusters), return_inverse=True)[1]
    pairs, where = np.unique(stratum * size + unit, return_inverse=True)
    total, of = np.bincount(where, influence), pairs // size
    count = np.bincount(of, minlength=names.size)
    if np.any(count == 1):
        raise DesignError("estimate.lonely-stratum", stratum=names[np.argmax(count == 1)])
    mean = np.bincount(of, total) / count
    factor = count / (count - 1)
    return float(factor[of] @ (total - mean[of]) ** 2), float(pairs.size - names.size)


def _interval(value: float, variance: float, df: float, models: Models, confidence: float) -> tuple[float, float]:
    half = float(special.stdtrit(df, 0.5 + confidence / 2) * np.sqrt(variance))
    if models.outcome == "linear":
        return value - half, value + half
    if not 0 < value < 1:
        raise DesignError("ladder.outside-bounds", value=said(value * 100, 1))
    wide, center = half / (value * (1 - value)), special.logit(value)
    return float(special.expit(center - wide)), float(special.expit(center + wide))
