"""Whether one member of a field team writes round numbers, or some last digits, more often than the others do."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
from scipy import special, stats

from datashift.assess.encoded import Flags, Numbers, Whole
from datashift.assess.evidence import Evidence

_ENOUGH = 50
_FEWEST_ANSWERS = 10
_SPREAD = 1.0
_SEVERAL = 8
_HABITS = 1.25
_TAILS = 6
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


def rounders(round_: Flags, member: Whole, area: Whole, question: Whole | None = None) -> Numbers:
    """Return per member how likely so many round answers are, for all questions together or for the one that is most.

    round_, member, area, question: per answer. What a member has is held against what the others have, in the same
    areas and question, as far as places differ at all (see `_deviations`). Half is staked on all questions together,
    half on the single ones (Bonferroni): one who rounds one measure only is not lost among the others.
    """
    members = int(member.max()) + 1
    met = pa.array(area * members + member).dictionary_encode()
    cells, cell = met.dictionary.to_numpy(), met.indices.to_numpy()
    asked = np.zeros(len(member), dtype=np.int64) if question is None else question
    place = asked * len(cells) + cell
    many = (int(asked.max()) + 1, len(cells))
    size: Numbers = np.bincount(place, minlength=many[0] * many[1]).reshape(many).astype(np.float64)
    hits: Numbers = np.bincount(place, weights=round_, minlength=many[0] * many[1]).reshape(many).astype(np.float64)
    where, who = np.unique(cells // members, return_inverse=True)[1], cells % members
    parts = [_deviations(*one, where, who, members) for one in zip(hits, size, strict=True) if one[1].any()]
    over, variance, third, size = (np.array(part) for part in zip(*parts, strict=True))
    together = _likely(over.sum(axis=0), variance.sum(axis=0), third.sum(axis=0), size.sum(axis=0))
    if len(parts) == 1:
        return together
    single = np.array([_likely(*each) for each in zip(over, variance, third, size, strict=True)])
    return either(together, best_of(single))


def either(*p: Numbers) -> Numbers:
    """Return the least of some p values for the same, paid for by how many there are; NaN is not asked."""
    return best_of(np.array(p))


def best_of(p: Numbers) -> Numbers:
    """Return the least p value of each column, paid for by how many it has."""
    count = (~np.isnan(p)).sum(axis=0)
    least = np.where(np.isnan(p), 1.0, p).min(axis=0)
    return np.where(count > 0, np.minimum(least * np.maximum(count, 1), 1.0), np.nan)


def _likely(over: Numbers, variance: Numbers, third: Numbers, size: Numbers) -> Numbers:
    asked = (variance > _SPREAD) & (size >= _FEWEST_ANSWERS)
    p = np.full(len(over), np.nan)
    p[asked] = unlike_the_others(_normal(over[asked] - 0.5, variance[asked], third[asked]))
    return p


def _normal(over: Numbers, variance: Numbers, third: Numbers) -> Numbers:
    """Return the normal deviate with the tail of a skewed sum (Wilson & Hilferty 1931, for Pearson's third type)."""
    z = over / np.sqrt(variance)
    skew = np.maximum(third / variance**1.5, 1e-3)
    return np.asarray(6 / skew * (np.cbrt(np.maximum(skew * z / 2 + 1, 1e-6)) - 1) + skew / 6, dtype=np.float64)


def _deviations(hits: Numbers, size: Numbers, where: Whole, who: Whole, members: int) -> tuple[Numbers, ...]:
    """Return per member how many more round answers than expected, the variance and third moment of this, and answers.

    Expected is what the others have: their share in the area, drawn towards their share in all areas as far as areas
    are alike (beta-binomial, whose moments are used). How far areas differ is told by what different members have in
    the same area, so one member alone makes no area look different.
    """
    areas_ = int(where.max()) + 1
    in_area = [np.bincount(where, weights=part, minlength=areas_)[where] for part in (size, hits)]
    of_member = [np.bincount(who, weights=part, minlength=members) for part in (size, hits)]
    share = ((hits.sum() - of_member[1] + 0.5) / (size.sum() - of_member[0] + 1))[who]
    strength = _alike(hits, size, where, areas_)
    alpha = in_area[1] - hits + strength * share
    beta = in_area[0] - size - (in_area[1] - hits) + strength * (1 - share)
    both = alpha + beta
    mean = alpha / both
    variance = size * mean * (1 - mean) * (both + size) / (both + 1)
    third = variance * (1 - 2 * mean) * (both + 2 * size) / (both + 2)
    moments = (hits - size * mean, variance, third, size)
    return tuple(np.bincount(who, weights=part, minlength=members).astype(np.float64) for part in moments)


def _alike(hits: Numbers, size: Numbers, where: Whole, areas_: int) -> float:
    """Return how many answers the share of all areas is worth within one, against those of the area itself."""
    total, share = float(size.sum()), float(hits.sum() / size.sum())
    off = hits - size * share
    pairs, products = (
        float((np.bincount(where, weights=part, minlength=areas_) ** 2).sum() - (part**2).sum()) for part in (size, off)
    )
    alike = products / max(pairs * share * (1 - share), 1e-9) if pairs > 0 else 0.0
    return total if alike <= 1 / (1 + total) else max(1 / min(alike, 0.5) - 1, 1.0)


def unlike_the_others(z: Numbers) -> Numbers:
    """Return how likely each standardised deviation is so great, where members differ by more than chance anyway.

    With eight members or more, those between the outermost eighths say by how much they differ (Efron 2004); with four
    to seven, those of the others do, one member at a time. With fewer, nobody can tell: NaN.
    """
    count = len(z)
    if count >= _SEVERAL:
        middle, wide = (float(part[0, 0]) for part in _middle(z[None, :]))
        drawn = _by_chance(count, wide > _HABITS)
        place = np.searchsorted(drawn, (z - middle) / max(wide, 1.0))
        return np.asarray((1 + len(drawn) - place) / (1 + len(drawn)), dtype=np.float64)
    if count < _FEWEST:
        return np.full(count, np.nan)
    others = (z.sum() - z) / (count - 1)
    spread = np.array([max(1.0, float(np.std(np.delete(z, one), ddof=1))) for one in range(count)])
    return np.asarray(stats.t.sf((z - others) / (spread * np.sqrt(count / (count - 1))), count - 2), dtype=np.float64)


def _middle(z: Numbers) -> tuple[Numbers, Numbers]:
    """Return the middle and the width of the deviations in each row, without an eighth on either side."""
    count = z.shape[1]
    cut = max(1, count // 8)
    inner = np.sort(z, axis=1)[:, cut : count - cut]
    return inner.mean(axis=1, keepdims=True), inner.std(axis=1, keepdims=True) / _trimmed(cut / count)


def _trimmed(share: float) -> float:
    """Return the standard deviation of normal values without this share on either side."""
    bound = float(stats.norm.isf(share))
    return float(np.sqrt(1 - 2 * bound * stats.norm.pdf(bound) / (1 - 2 * share)))


@lru_cache(maxsize=64)
def _by_chance(count: int, habits: bool) -> Numbers:
    """Return, ascending, how far one of so many deviations stands from their middle, in widths of these.

    Chance gives normal ones; habits, where members differ far more than by chance, have longer tails: Student's t.
    """
    size = (max(200_000 // count, 2_000), count)
    chance = np.random.default_rng(count)
    drawn = chance.standard_t(_TAILS, size) if habits else chance.normal(size=size)
    middle, wide = _middle(drawn)
    return np.sort((drawn - middle) / wide, axis=None)


def digit_users(digit: Whole, member: Whole, question: Whole) -> Numbers:
    """Return per member how likely its last digits lie so far from those of the others in the same questions.

    digit, member, question: per answer, digits as 0 to `kinds` - 1. Chi-square with the covariance of answers dealt
    among members, added up over questions, and of each question; half is staked on either. NaN for members with fewer
    than 50 such answers.
    """
    together = _users(digit, member, question, int(member.max()) + 1)
    numbers = np.unique(question)
    if len(numbers) == 1:
        return together
    single = [_users(digit[own], member[own], np.zeros(own.sum(), dtype=np.int64), len(together))
              for one in numbers if (own := question == one).any()]  # fmt: skip
    return either(together, best_of(np.array(single)))


def _users(digit: Whole, member: Whole, question: Whole, members: int) -> Numbers:
    questions, kinds = (int(part.max()) + 1 for part in (question, digit))
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
    asked = size.sum(axis=0) >= _ENOUGH
    if asked.any():
        values, vectors = np.linalg.eigh(covariance[asked])
        real = values > 1e-8 * np.maximum(values[:, -1:], 1e-12)
        along = np.einsum("mab,ma->mb", vectors, over[asked])
        rank = real.sum(axis=1)
        squares = (np.where(real, along**2 / np.where(real, values, 1.0), 0.0)).sum(axis=1)
        p[asked] = np.where(rank > 0, special.chdtrc(np.maximum(rank, 1), squares), np.nan)
    return p
