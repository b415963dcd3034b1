"""How much lies between interviewers: the share of the variance, each one's effect, and what it costs a figure."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats

from datashift.assess.encoded import Numbers
from datashift.assess.interviewers.effects import Contrast


class Share(NamedTuple):
    """The share of the variance that lies between interviewers (intraclass correlation), with its 95 % limits."""

    rho: float
    lower: float
    upper: float
    variance: float


def share_between(one: Contrast) -> Share:
    """Return the intraclass correlation of a question, from q by the method of moments.

    Limits: q is about scaled chi-squared for any correlation, so those of its mean are those of chi-squared.
    """
    ratio = one.q / (one.expected * one.within)
    limits = [ratio, *(ratio * one.df / float(stats.chi2.ppf(level, one.df)) for level in (0.975, 0.025))]
    base = one.within * one.expected / max(one.information, 1e-12)
    rho, lower, upper = (_rho(base * (limit - 1), one.spread) for limit in limits)
    return Share(rho, lower, upper, max(base * (ratio - 1), 0.0))


def _rho(variance: float, spread: float) -> float:
    variance = max(variance, 0.0)
    return variance / (variance + spread) if variance + spread > 0 else 0.0


def predicted(one: Contrast, share: Share) -> tuple[Numbers, Numbers]:
    """Return per interviewer the effect as measured, and its best linear prediction (Henderson 1975)."""
    safe = np.where(np.abs(one.weight) > 1e-9, one.weight, np.inf)
    measured = one.total / safe
    noise = one.within * one.variance / safe**2
    whole = share.variance + noise
    return measured, measured * np.divide(share.variance, whole, out=np.zeros_like(whole), where=whole > 0)


def design_effect(rho: float, interviews: Numbers) -> float:
    """Return by how much interviewers increase the variance of a figure: 1 + (m − 1) ρ (Kish 1962).

    m is the mean number of interviews, each interviewer counted by theirs.
    """
    whole = float(interviews.sum())
    return 1 + (float((interviews**2).sum()) / whole - 1) * rho if whole > 0 else 1.0
