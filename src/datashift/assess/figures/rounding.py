"""Whether one member of a field team writes round numbers, or some last digits, more often than the others do."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
from scipy import stats

from datashift.assess.encoded import Flags, Numbers, Whole
from datashift.assess.evidence import Evidence

_ENOUGH = 50
_SEVERAL = 8
_FEWEST = 4


def members(evidence: Evidence) -> tuple[list[str], Whole]:
    """Return the names of the interviewers, and per raw row which one asked (-1: not told)."""
    encoded = evidence.role("enumerator")
    if encoded is None:
        return [], np.full(len(evidence.rows), -1)
    known = evidence.written & ~evidence.missing(evidence.recipe.paradata.enumerator or "")
    found, place = np.unique(encoded.codes[known], return_inverse=True)
    member = np.full(len(evidence.rows), -1)
    member[known] = place
    return [str(encoded.texts[int(code)].as_py()) for code in found], member


def areas(evidence: Evidence) -> Whole:
    """Return per raw row the number of its area, 0 where it is not known."""
    codes = pa.array(evidence.declared, pa.string()).dictionary_encode().indices
    return np.asarray(codes.to_numpy(zero_copy_only=False), dtype=np.int64)


def rounders(round_: Flags, member: Whole, stratum: Whole) -> Numbers:
    """Return per member how likely so many round answers are, were answers dealt among members within each stratum.

    round_, member, stratum: per answer. Mantel & Haenszel (1959): per stratum, such as an area and a question, the
    count of a member is hypergeometric; counts, means and variances are added up. Places differ in how people know
    their numbers, and interviewers work in different places: with eight members or more, the middle of the squared
    deviations says by how much members differ anyway (Efron 2004), and the deviations are divided by that.
    """
    members, strata = int(member.max()) + 1, int(stratum.max()) + 1
    cell = stratum * members + member
    size = np.bincount(cell, minlength=strata * members).reshape(strata, members).astype(np.float64)
    hits = np.bincount(cell, weights=round_, minlength=strata * members).reshape(strata, members)
    total, all_hits = size.sum(axis=1, keepdims=True), hits.sum(axis=1, keepdims=True)
    share = all_hits / np.maximum(total, 1)
    others = np.where(total > 1, (total - size) / np.maximum(total - 1, 1), 0.0)
    variance = (size * share * (1 - share) * others).sum(axis=0)
    over = hits.sum(axis=0) - (size * share).sum(axis=0)
    asked = (variance > 2) & (size.sum(axis=0) >= _ENOUGH / 2)
    z = np.where(asked, (over - 0.5) / np.sqrt(np.maximum(variance, 1e-9)), np.nan)
    p = np.full(members, np.nan)
    p[asked] = unlike_the_others(z[asked])
    return p


def unlike_the_others(z: Numbers) -> Numbers:
    """Return how likely each standardised deviation is so great, where members differ by more than chance anyway.

    With eight members or more, the middle half of the deviations says by how much they differ (Efron 2004); with four
    to seven, those of the others do, one member at a time. With fewer, nobody can tell: NaN.
    """
    count = len(z)
    if count >= _SEVERAL:
        drawn = _by_chance(count)
        place = np.searchsorted(drawn, _standing(z[None, :], 1.0)[0])
        return np.asarray((1 + len(drawn) - place) / (1 + len(drawn)), dtype=np.float64)
    if count < _FEWEST:
        return np.full(count, np.nan)
    others = (z.sum() - z) / (count - 1)
    spread = np.array([max(1.0, float(np.std(np.delete(z, one), ddof=1))) for one in range(count)])
    return np.asarray(stats.t.sf((z - others) / (spread * np.sqrt(count / (count - 1))), count - 2), dtype=np.float64)


def _standing(z: Numbers, least: float) -> Numbers:
    middle = np.median(z, axis=1, keepdims=True)
    wide = np.median(np.abs(z - middle), axis=1, keepdims=True) / stats.norm.ppf(0.75)
    return np.asarray((z - middle) / np.maximum(wide, least), dtype=np.float64)


@lru_cache(maxsize=64)
def _by_chance(count: int) -> Numbers:
    """Return, ascending, how far one of so many normal deviations stands from their middle, in widths of these."""
    drawn = np.random.default_rng(count).normal(size=(max(200_000 // count, 2_000), count))
    return np.sort(_standing(drawn, 1e-9), axis=None)


def digit_users(digit: Whole, member: Whole, question: Whole) -> Numbers:
    """Return per member how likely its last digits lie so far from those of the others in the same questions.

    digit, member, question: per answer, digits as 0 to `kinds` - 1. Chi-square with the covariance of answers dealt
    among members, added up over questions. NaN for members with fewer than 50 such answers.
    """
    members, questions, kinds = (int(part.max()) + 1 for part in (member, question, digit))
    cell = (question * members + member) * kinds + digit
    seen = np.bincount(cell, minlength=questions * members * kinds).reshape(questions, members, kinds).astype(float)
    size = seen.sum(axis=2)
    total = size.sum(axis=1)
    share = seen.sum(axis=1) / np.maximum(total, 1)[:, None]
    over = (seen - size[:, :, None] * share[:, None, :]).sum(axis=0)
    factor = size * (total[:, None] - size) / np.maximum(total - 1, 1)[:, None]
    spread = np.array([np.diag(one) - np.outer(one, one) for one in share])
    covariance = np.einsum("qm,qab->mab", factor, spread)
    p = np.full(members, np.nan)
    for one in np.flatnonzero(size.sum(axis=0) >= _ENOUGH):
        inverse = np.linalg.pinv(covariance[one], rcond=1e-8, hermitian=True)
        rank = int(np.linalg.matrix_rank(covariance[one], tol=1e-8 * max(float(covariance[one].max()), 1e-12)))
        if rank:
            p[one] = stats.chi2.sf(float(over[one] @ inverse @ over[one]), rank)
    return p
