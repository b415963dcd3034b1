"""Shares on the scale they are pooled on, and back.

raw: p.   logit: log(p/(1 − p)).   arcsine: arcsin √p.   freeman-tukey: the double arcsine of Freeman & Tukey (1950),
with the inverse of Miller (1978). R: metafor::escalc with PR, PLO, PAS, PFT. Shares are 0 to 1 here.
The inverse of Freeman–Tukey depends on one n for all sources, and can mislead where they differ much in size
(Schwarzer and others 2019, doi 10.1002/jrsm.1348): prefer logit.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from datashift.errors import BadSources

Floats = npt.NDArray[np.float64]
Scale = Literal["raw", "logit", "arcsine", "freeman-tukey"]
SCALES: tuple[Scale, ...] = ("raw", "logit", "arcsine", "freeman-tukey")


def from_counts(yes: npt.ArrayLike, answers: npt.ArrayLike, scale: Scale) -> tuple[Floats, Floats]:
    """Return estimate and variance on `scale` of a number of yes among answers of a simple random sample.

    raw and logit: where nobody or everybody said yes, one half is added to yes and to no, for that source only
    (metafor: add = 1/2, to = "only0"). arcsine and freeman-tukey need no such help.
    """
    _known(scale)
    x, n = _floats(yes), _floats(answers)
    if scale == "arcsine":
        return np.arcsin(np.sqrt(x / n)), np.asarray(1 / (4 * n))
    if scale == "freeman-tukey":
        return freeman_tukey(x, n), np.asarray(1 / (4 * n + 2))
    half = np.where((x <= 0) | (x >= n), 0.5, 0.0)
    x, n = x + half, n + 2 * half
    p = x / n
    if scale == "raw":
        return p, p * (1 - p) / n
    return np.asarray(np.log(x / (n - x))), 1 / x + 1 / (n - x)


def from_error(share: npt.ArrayLike, error: npt.ArrayLike, scale: Scale) -> tuple[Floats, Floats]:
    """Return estimate and variance on `scale` of a share p with its standard error, by the delta method.

    freeman-tukey: as from n = p(1 − p)/se² answers. On other scales than raw p must lie between 0 and 1; at 0 and 1
    the variance is NaN, since a standard error says nothing there.
    """
    _known(scale)
    p, se = _floats(share), _floats(error)
    if scale == "raw":
        return p, se**2
    inside = p * (1 - p)
    inside = np.where(inside > 0, inside, np.nan)
    with np.errstate(divide="ignore"):
        if scale == "logit":
            return np.where(np.isnan(inside), np.nan, special.logit(p)), (se / inside) ** 2
        if scale == "arcsine":
            return np.arcsin(np.sqrt(p)), se**2 / (4 * inside)
        n = inside / se**2
        return freeman_tukey(p * n, n), 1 / (4 * n + 2)


def from_interval(
    share: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike, level: npt.ArrayLike, scale: Scale
) -> Floats:
    """Return the variance on `scale` of a figure with an interval at `level`, taken to be normal on that scale.

    logit: the ends are brought to the logit scale, where the usual intervals of shares are symmetric. Else: from half
    the width on the raw scale, by the delta method.
    """
    z = special.ndtri(1 - (1 - _floats(level)) / 2)
    low, high = _floats(lower), _floats(upper)
    if scale == "logit":
        with np.errstate(all="ignore"):
            half = (special.logit(high) - special.logit(low)) / 2
        return np.asarray(np.where(np.isfinite(half), (half / z) ** 2, np.nan))
    return from_error(share, (high - low) / (2 * z), scale)[1]


def back(pooled: npt.ArrayLike, scale: Scale, n: npt.ArrayLike = np.nan) -> Floats:
    """Return a value on `scale` as a share (raw: as it is). freeman-tukey: n is the harmonic mean of the sources' n.

    R: transf.ilogit, transf.iarcsin, transf.ipft.hm.
    """
    _known(scale)
    y, size = _floats(pooled), _floats(n)
    if scale == "raw":
        return y
    if scale == "logit":
        return np.asarray(special.expit(y))
    if scale == "arcsine":
        return np.asarray(np.sin(np.clip(y, 0.0, np.pi / 2)) ** 2)
    least, most = freeman_tukey(0.0, size), freeman_tukey(size, size)
    sine = np.sin(2 * np.clip(y, least, most))
    with np.errstate(invalid="ignore", divide="ignore"):
        root = np.sqrt(np.maximum(1 - (sine + (sine - 1 / sine) / size) ** 2, 0.0))
    p = 0.5 * (1 - np.sign(np.cos(2 * y)) * root)
    return np.where(y <= least, 0.0, np.where(y >= most, 1.0, p))


def slope(share: npt.ArrayLike, scale: Scale) -> Floats:
    """Return by how much a share moves when `scale` moves by one: for standard errors on the way back."""
    p = _floats(share)
    if scale == "raw":
        return np.ones_like(p)
    return np.asarray(p * (1 - p) if scale == "logit" else 2 * np.sqrt(p * (1 - p)))


def freeman_tukey(yes: npt.ArrayLike, answers: npt.ArrayLike) -> Floats:
    """Return the double arcsine of a number of yes among answers, halved as metafor does."""
    x, n = _floats(yes), _floats(answers)
    return np.asarray(0.5 * (np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1)))))


def _floats(values: npt.ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _known(scale: str) -> None:
    if scale not in SCALES:
        raise BadSources("pool.option", option="scale", value=scale, known=", ".join(SCALES))
