"""Who answered, by age and sex, where no census is needed to tell that something is off (check K23)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from datashift.assess.checks import Check, Outcome, discoveries
from datashift.assess.encoded import Numbers
from datashift.assess.evidence import Evidence
from datashift.assess.figures.ages import IDLE, Ages, ages, curve
from datashift.assess.figures.smooth import excess, standing_out
from datashift.language import N_
from datashift.model import Finding

_LEAST = 300
_WIDE = 10.0
_BEND = 25.0
_ALLOWED = 0.15
"""Five-year groups of honest people may be off a smooth curve by so much: cohorts differ, through births and moves."""

LIMIT = N_(
    "{n} people are exactly {age}, the least age of those who may answer; the ages after it give about {expected}. "
    "Perhaps some were younger."
)
GROUPS = N_(
    "People of {less} years are fewer, and people of {more} years more, than the ages around them lead to expect. "
    "Migration or war can do this; so can a choice of people who are easy to meet."
)


def age_groups(evidence: Evidence) -> Outcome:
    """K23: ages on the limit of who may answer, and five-year groups out of line, beyond the habit of last digits."""
    found = ages(evidence)
    if found is None or curve(found.counts) is None:
        return Outcome(idle=IDLE, facts=sexes(evidence))
    chance = evidence.chance("K23")
    asked = [one for one in (_limit(evidence, found, chance), _groups(evidence, found, chance)) if one]
    rates, flagged = discoveries([p for p, _finding in asked])
    findings = tuple(
        replace(finding, p_value=p, p_adjusted=float(rate), tested=len(asked))
        for (p, finding), rate, noticed in zip(asked, rates, flagged, strict=True)
        if noticed
    )
    starts = range(0, len(found.counts), 5)
    groups = {f"{start}-{start + 4}": int(found.counts[start : start + 5].sum()) for start in starts}
    facts = {"by_age": {name: count for name, count in groups.items() if count}, **sexes(evidence)}
    return Outcome(findings, len(asked), facts=facts)


def sexes(evidence: Evidence) -> dict[str, Any]:
    """Return how many of each sex answered, as they are written. No test: a survey may be of women, or of heads."""
    column = evidence.recipe.paradata.sex
    if column not in evidence.columns:
        return {}
    encoded = evidence.columns[column]
    given = evidence.written & ~evidence.missing(column)
    counts = np.bincount(encoded.codes[given], minlength=len(encoded.texts))
    often = [place for place in np.argsort(-counts)[:5] if counts[place]]
    texts = [(str(encoded.texts[int(place)].as_py()), int(counts[place])) for place in often]
    return {"by_sex": {text: count for text, count in texts if evidence.may_quote(column, text, count)}}


def _limit(evidence: Evidence, found: Ages, chance: np.random.Generator) -> tuple[float, Finding] | None:
    """Whether the least age of the protocol is given more often than a curve through all ages follows."""
    least = evidence.recipe.protocol.least_age
    from_least = found.counts.copy()
    from_least[: int(least or 0)] = 0
    drawn = curve(from_least, endings=True, every=_BEND) if least is not None else None
    if least is None or drawn is None or int(least) not in drawn[1]:
        return None
    smooth, years = drawn
    at = (years == int(least)).astype(np.float64)
    facts = {"age": str(int(least)), "expected": round(float(at @ smooth.expected))}
    finding = evidence.noticed("K23", "assess.age-limit", LIMIT, found.rows == int(least), **facts)
    return excess(smooth, at, 2 * _ALLOWED, chance), finding


def _groups(evidence: Evidence, found: Ages, chance: np.random.Generator) -> tuple[float, Finding] | None:
    drawn = curve(found.counts, endings=True, every=_BEND)
    if drawn is None or found.counts.sum() < _LEAST or _spread(found.counts) < _WIDE:
        return None
    smooth, years = drawn
    starts = np.unique(years // 5)
    groups = np.array([years // 5 == start for start in starts], dtype=np.float64).T
    over = groups.T @ (smooth.counts - smooth.expected)
    less, more = (f"{5 * start}–{5 * start + 4}" for start in (starts[np.argmin(over)], starts[np.argmax(over)]))
    nowhere = np.zeros(len(evidence.rows), dtype=np.bool_)
    finding = evidence.noticed("K23", "assess.age-groups", GROUPS, nowhere, less=less, more=more)
    return standing_out(smooth, groups, _ALLOWED**2, chance), finding


def _spread(counts: Numbers) -> float:
    years, share = np.arange(len(counts)), counts / counts.sum()
    return float(np.sqrt(share @ (years - share @ years) ** 2))


CHECKS: tuple[Check, ...] = (
    Check(
        "K23",
        N_("Ages and sexes of those who answered"),
        N_("Ages that pile up on the least age allowed, and five-year groups out of line with the ages around them."),
        N_("Ages run smoothly; groups may be off by 15 %, for cohorts differ. The sexes are told and not judged."),
        "simulated",
        age_groups,
    ),
)
