"""What a source is worth when who answers goes together with what they answer: the data-defect correlation of Meng.

Xiao-Li Meng (2018), Statistical paradises and paradoxes in big data (I), Annals of Applied Statistics 12(2):685-726,
doi 10.1214/18-AOAS1161SF. For every sample of n from a population of N, however it came about, with f = n/N:
sample mean − population mean = ρ · √((1−f)/f) · σ, where ρ is the correlation over the population between having
answered (0 or 1) and the answer, and σ the standard deviation in the population; σ = √(P(1−P)) for a share P.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from datashift.errors import DesignError
from datashift.language import N_, _
from datashift.numbers import said

Floats = npt.NDArray[np.float64]

WORTH = N_(
    "{n} answers are worth about as much as {worth} answers of people drawn by chance (effective sample size): who "
    "answered goes together with what they answered (data-defect correlation {rho}). This is measured against the "
    "official figure, and holds for this question only."
)
DESERVED = N_(
    "The answers alone say {value}. If who answered goes together with what they answered as much as was seen "
    "elsewhere (data-defect correlation up to {rho}), the truth lies between {lower} and {upper}. Whether it does so "
    "here cannot be tested."
)
LEAST_SEEN = 3
"""Fewest correlations from which a largest one is expected: below that the t quantile is more than 4."""


@dataclass(frozen=True)
class Defect:
    """The data-defect correlation of one or many figures with its interval, and the n that they are worth.

    All arrays have the shape of what was given. `worth_lower` and `worth_upper` belong to the largest and the smallest
    |ρ| inside the interval.
    """

    correlation: Floats
    lower: Floats
    upper: Floats
    n: Floats
    population: Floats
    worth: Floats
    worth_lower: Floats
    worth_upper: Floats
    confidence: float
    method: str = "data-defect correlation (Meng 2018); benchmark taken as the truth up to its own uncertainty"

    def sentence(self, cell: int = 0) -> str:
        """Say in the current language what the answers of one cell are worth."""
        n, worth, rho = (float(np.ravel(a)[cell]) for a in (self.n, self.worth, self.correlation))
        return _(WORTH).format(n=said(n), worth=said(worth), rho=said(rho, 4))

    def as_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        return _plain(self)


@dataclass(frozen=True)
class Deserved:
    """The interval of one or many figures that a data-defect correlation of at most ±`correlation` allows."""

    value: Floats
    lower: Floats
    upper: Floats
    correlation: Floats
    share: bool
    method: str = (
        "interval by the largest data-defect correlation seen elsewhere (Meng 2018); assumes no larger one here"
    )

    def sentence(self, cell: int = 0) -> str:
        """Say in the current language what the figure of one cell deserves."""
        scale, sign = (100.0, "\u202f%") if self.share else (1.0, "")
        value, lower, upper, rho = (
            float(np.ravel(a)[cell]) for a in (self.value, self.lower, self.upper, self.correlation)
        )
        figures = {
            name: said(figure * scale, 1) + sign
            for name, figure in (("value", value), ("lower", lower), ("upper", upper))
        }
        return _(DESERVED).format(rho=said(rho, 4), **figures)

    def as_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        return _plain(self)


def defect(
    mean: npt.ArrayLike, size: tuple[npt.ArrayLike, npt.ArrayLike], benchmark: npt.ArrayLike,
    benchmark_se: npt.ArrayLike = 0.0, *, sd: npt.ArrayLike | None = None, confidence: float = 0.95,
) -> Defect:  # fmt: skip
    """Measure the data-defect correlation of figures against benchmarks.

    In: `mean` of the source; `size` = (n, N): answers, and people in the population; `benchmark` with its standard
    error (0: a count). Without `sd` the figures are shares (0–1) and σ comes from the benchmark; else `sd` is the
    standard deviation in the population. Arrays are taken cell by cell.   Out: Defect.
    The identity is exact, so the benchmark is all that is uncertain: its interval (logit for shares, normal else) is
    carried through, which for shares is monotone: d/dP (p−P)/√(P(1−P)) < 0.
    Raises DesignError where n is not below N, or a benchmark share is 0 or 1.
    """
    n, population = _sizes(size)
    p, truth, se = (np.asarray(a, dtype=float) for a in (mean, benchmark, benchmark_se))
    z = float(special.ndtri(0.5 + confidence / 2))
    reach = np.sqrt(n / (population - n))  # √(f/(1−f))
    if sd is None:
        if np.any((truth <= 0) | (truth >= 1)):
            raise DesignError("ladder.benchmark-without-spread")
        half = z * se / (truth * (1 - truth))
        ends = [special.expit(special.logit(truth) + half), special.expit(special.logit(truth) - half)]
        rho, lower, upper = (reach * (p - t) / np.sqrt(t * (1 - t)) for t in (truth, *ends))
    else:
        sigma = np.asarray(sd, dtype=float)
        rho, lower, upper = (reach * (p - t) / sigma for t in (truth, truth + z * se, truth - z * se))
    largest = np.maximum(np.abs(lower), np.abs(upper))
    smallest = np.where(lower * upper <= 0, 0.0, np.minimum(np.abs(lower), np.abs(upper)))
    n, population = np.broadcast_arrays(n, population, rho)[:2]
    least, most = worth(largest, (n, population)), worth(smallest, (n, population))
    return Defect(rho, lower, upper, n, population, worth(rho, (n, population)), least, most, confidence)


def worth(correlation: npt.ArrayLike, size: tuple[npt.ArrayLike, npt.ArrayLike]) -> Floats:
    """Return the n of a simple random sample with the same mean squared error (effective sample size), never above n.

    In: a correlation whose square stands for E(ρ²); `size` = (n, N).   Meng 2018: n* = f/(1−f)/E(ρ²) and
    n_eff = n*/(1 + (n*−1)/N), which is the n_eff that solves ρ²(1−f)/f·σ² = (1−n_eff/N)/n_eff · σ²N/(N−1).
    """
    n, population = _sizes(size)
    rho = np.asarray(correlation, dtype=float)
    inverse = 1 / population + (1 - 1 / population) * rho**2 * (population - n) / n
    return np.asarray(np.minimum(n, 1 / inverse))


def largest_expected(correlations: npt.ArrayLike, confidence: float = 0.95) -> float:
    """Return the |ρ| that a source will not pass, with this confidence, learnt from the ρ of other questions or places.

    t quantile with k degrees of freedom times the root mean square of the k correlations: ρ is taken as normal around
    0. What the benchmarks' own uncertainty adds to the observed correlations is left in, so the result errs upwards.
    ρ is no constant of nature: it shrinks with N (Little 2023, doi 10.1162/99608f92.6b049957). Learn it from figures
    of similar N and f. Raises DesignError with fewer than three correlations.
    """
    seen = np.asarray(correlations, dtype=float)
    seen = seen[np.isfinite(seen)]
    if seen.size < LEAST_SEEN:
        raise DesignError("ladder.pairs", pairs=seen.size, least=LEAST_SEEN)
    return float(special.stdtrit(seen.size, 0.5 + confidence / 2) * np.sqrt(np.mean(seen**2)))


def deserved(
    mean: npt.ArrayLike, size: tuple[npt.ArrayLike, npt.ArrayLike], correlation: npt.ArrayLike,
    sd: npt.ArrayLike | None = None,
) -> Deserved:  # fmt: skip
    """Return the interval that a source deserves if |ρ| is at most `correlation` (from `largest_expected`).

    In: `mean` of the source, `size` = (n, N), `sd` as in `defect` (None: shares).   Out: Deserved.
    Means: mean ± |ρ|·σ·√((1−f)/f). Shares: every P with |p−P| ≤ |ρ|·√((1−f)/f)·√(P(1−P)), which is Wilson's interval
    with ρ²(1−f)/f in the place of z²/n. Chance is inside: the identity holds for the sample at hand.
    """
    n, population = _sizes(size)
    p, rho = (np.asarray(a, dtype=float) for a in (mean, correlation))
    k = rho**2 * (population - n) / n
    if sd is None:
        half = np.sqrt(k * p * (1 - p) + k**2 / 4)
        lower, upper = (p + k / 2 - half) / (1 + k), (p + k / 2 + half) / (1 + k)
    else:
        half = np.asarray(sd, dtype=float) * np.sqrt(k)
        lower, upper = p - half, p + half
    p, rho = np.broadcast_arrays(p, rho, lower)[:2]
    return Deserved(p, np.asarray(lower), np.asarray(upper), np.abs(rho), share=sd is None)


def _sizes(size: tuple[npt.ArrayLike, npt.ArrayLike]) -> tuple[Floats, Floats]:
    n, population = (np.asarray(a, dtype=float) for a in size)
    bad = np.argwhere(np.ravel(~((n > 0) & (n < population))))
    if bad.size:
        where = int(bad[0, 0])
        cells = np.broadcast_arrays(n, population)
        asked, people = (float(np.ravel(a)[where]) for a in cells)
        raise DesignError("ladder.n-above-population", n=said(asked), population=said(people))
    return n, population


def _plain(record: Any) -> dict[str, Any]:
    return {k: v.tolist() if isinstance(v, np.ndarray | np.generic) else v for k, v in vars(record).items()}
