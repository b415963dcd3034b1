"""Numbers far from all others, and numbers that are given far too often or never (checks K15 and K16)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from datashift.assess.checks import Check, Outcome, discoveries
from datashift.assess.encoded import Flags, Numbers
from datashift.assess.evidence import Evidence
from datashift.assess.figures.far_out import RARE, Question, most, question
from datashift.assess.figures.spikes import CHECKS as SPIKES
from datashift.assess.figures.tally import Tally, number_questions, tally
from datashift.assess.quoting import stands_for_no_number
from datashift.chance import LEVEL
from datashift.language import N_
from datashift.model import Finding

_SHOWN = 5
_HOME = (0.1, 0.9)
"""A number is home where the middle eight tenths of all lie."""

IDLE = N_("No question has 54 numbers other than zero, so nobody can say which is far from the others.")

FAR = N_(
    "In {n} of {answers} answers, '{column}' is far from all others, even if such numbers are rare by nature. "
    "Most lie between {least} and {most}. It may be true; ask, or look at the form."
)
DIVIDED = N_(
    "In {n} of {answers} answers, '{column}' is far from all others; most lie between {least} and {most}. "
    "Divided by {factor}, {slips} of them would lie among the others: "
    "perhaps a digit, a decimal sign or a unit slipped."
)
MULTIPLIED = N_(
    "In {n} of {answers} answers, '{column}' is far from all others; most lie between {least} and {most}. "
    "Multiplied by {factor}, {slips} of them would lie among the others: "
    "perhaps a digit, a decimal sign or a unit slipped."
)
NOT_KNOWN = N_(
    "In {n} of {answers} answers, '{column}' is far from all others; most lie between {least} and {most}. "
    "{value} often stands for 'not known': if so here, add it to the missing values of the recipe."
)


def far_numbers(evidence: Evidence) -> Outcome:
    """K15: numbers that no shape of honest data explains (see `far_out`, whose rules stand against masking too)."""
    asked = [one for name in number_questions(evidence) if (one := question(_possible(evidence, name)))]
    if not asked:
        return Outcome(idle=IDLE)
    p = np.array([[one.above.total, one.below.total] for one in asked])
    rates = discoveries(p.ravel())[0].reshape(p.shape)
    reached = LEVEL * (rates <= LEVEL).sum() / p.size
    found = []
    for one, values, adjusted in zip(asked, p, rates, strict=True):
        marked = _marked(one, adjusted <= LEVEL, reached)
        if marked.any():
            best = int(np.argmin(values))
            finding = _told(evidence, one.tally, marked)
            found.append(replace(finding, p_value=float(values[best]), p_adjusted=float(adjusted[best]), tested=p.size))
    return Outcome(tuple(found), p.size, signal=_signal(evidence, asked))


def _possible(evidence: Evidence, column: str) -> Tally:
    """Return the numbers of a question that the kit holds possible; the others are noticed by K5."""
    every = tally(evidence, column)
    name = evidence.concept_of(column)
    if name is None:
        return every
    concept, values = evidence.kit.concepts[name], every.values * evidence.recipe.columns[name].factor
    least, most_ = (
        -np.inf if concept.least is None else concept.least,
        np.inf if concept.most is None else concept.most,
    )
    inside = (values >= least) & (values <= most_)
    return every if inside.all() else every.of(inside)


def _marked(one: Question, sides: Flags, reached: float) -> Flags:
    """Return which different numbers are too far: on each side noticed, the likeliest count.

    Or the largest that is too far as well, with a gap below it as wide: the innermost slip weakens the count that holds
    it, though the others are far off.
    """
    marked = np.zeros(len(one.tally.values), dtype=np.bool_)
    below = np.cumsum(one.tally.counts)
    for noticed, side, inner in (
        (sides[0], one.above, below[-1] - below),
        (sides[1], one.below, below - one.tally.counts),
    ):
        if noticed:
            able = (side.at <= most(one.tally.total)) & (side.paid <= reached) & (side.kind <= RARE)
            marked |= inner < side.at[able & (side.gap >= side.gap[np.argmin(side.paid)])].max()
    return marked


def _told(evidence: Evidence, kept: Tally, marked: Flags) -> Finding:
    others = kept.of(~marked)
    low, high = (float(value) for value in others.quantile(np.array(_HOME)))
    text, facts = _explained(kept, marked, low, high)
    where = np.append(marked, False)[kept.rows]
    quoted = [
        [f"{value:.10g}", int(count)]
        for value, count in zip(kept.values[marked], kept.counts[marked], strict=True)
        if evidence.may_quote(kept.column, f"{value:.10g}", int(count))
    ]
    told = {
        "column": kept.column,
        "answers": kept.total,
        "least": _plainly(low),
        "most": _plainly(high),
        "values": quoted[:_SHOWN],
    }
    code = "assess.far" if text is FAR else "assess.far-unknown" if text is NOT_KNOWN else "assess.far-slip"
    return evidence.noticed("K15", code, text, where, **told, **facts)


def _plainly(value: float) -> float | int:
    """Return three digits of a number, whole from 100 on."""
    short = float(f"{value:.3g}")
    return int(short) if abs(short) >= 100 else short


def _explained(kept: Tally, marked: Flags, low: float, high: float) -> tuple[str, dict[str, Any]]:
    """Say which factor of ten brings most of the far numbers home, where home is narrow enough that only one can."""
    values, counts = kept.values[marked], kept.counts[marked]
    stands = [value for value in values if stands_for_no_number(f"{value:.10g}")]
    if stands and 2 * counts[np.isin(values, stands)].sum() > counts.sum():
        return NOT_KNOWN, {"value": f"{stands[0]:.10g}"}
    if low <= 0 or high >= 10 * low:
        return FAR, {}
    home = {power: int(counts[(values >= low * 10.0**power) & (values <= high * 10.0**power)].sum())
            for power in (1, 2, 3, 6, -1, -2, -3, -6)}  # fmt: skip
    power = max(home, key=lambda one: home[one])
    if 2 * home[power] < counts.sum():
        return FAR, {}
    return (DIVIDED if power > 0 else MULTIPLIED), {"factor": 10 ** abs(power), "slips": home[power]}


def _signal(evidence: Evidence, asked: list[Question]) -> Numbers:
    """Per row the least p value of its numbers, paid for by how many questions it answered; NaN where none."""
    least, answered = np.ones(len(evidence.rows)), np.zeros(len(evidence.rows))
    for one in asked:
        answered += one.tally.rows >= 0
        p = np.append(_each(one), 1.0)
        if p.min() < LEVEL:
            least = np.minimum(least, p[one.tally.rows])
    return np.where(answered > 0, np.minimum(least * np.maximum(answered, 1), 1.0), np.nan)


def _each(one: Question) -> Numbers:
    """Return how likely each different number is on its own.

    The r outermost take the p value that r lie so far, times r over n, 2 for the sides, and the sum of 1 / r
    over all n: then no more than a share u of honest numbers has at most u, whatever the dependence between ranks.
    A side whose far numbers are a group of their own says nothing of single ones.
    """
    n = one.tally.total
    paid = 2 * (1 + np.log(n)) / n
    below = np.cumsum(one.tally.counts)
    p = np.ones(len(one.tally.values))
    for side, rank in ((one.above, below[-1] - below + one.tally.counts), (one.below, below)):
        if side.total >= 1:
            continue
        # Ranks count from the outside; a number takes the p value of the first count that holds it.
        place = np.searchsorted(side.at, rank)
        inside = place < len(side.at)
        counts, odds = np.append(side.at, 0), np.append(np.maximum(side.p, side.kind), 1.0)
        p = np.where(inside, np.minimum(p, paid * odds[place] * counts[place]), p)
    return p


CHECKS: tuple[Check, ...] = (
    Check(
        "K15",
        N_("Numbers far from all others"),
        N_("Numbers so far from the others that no shape of honest answers explains them; slips by 10, 100 or 1,000."),
        N_(
            "As far as numbers of any usual shape reach, even or skewed, for so many answers. "
            "Each question is asked on both sides."
        ),
        "simulated",
        far_numbers,
    ),
    *SPIKES,
)
