"""The effort behind counts along a transect, a patrol or a clean-up (check K34)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from datashift.assess.apart import tail_p
from datashift.assess.checks import Check, Outcome, discoveries
from datashift.assess.encoded import Flags, Numbers
from datashift.assess.evidence import Evidence
from datashift.language import N_
from datashift.model import Bounds, Finding

_MISSING = N_(
    "In {n} of {total} rows ({share} %), the effort in '{column}' is missing. Without it, a count cannot be compared: "
    "ten pieces in an hour are not ten in a day."
)
_OUTSIDE = N_(
    "In {n} of {known} rows with a known effort, '{column}' is outside what was agreed: {below} below, {above} above."
)
_MUCH = N_(
    "In {n} of {known} rows, '{value}' is far higher for its '{column}' than in all others. "
    "A slip of a key, a storm that washed much ashore, or a total of several counts may be why."
)


def effort(evidence: Evidence) -> Outcome:
    """K34: effort that is missing or outside what was agreed, and counts that are far too many for their effort.

    The logarithm of count per effort is held against the tail that the others have (`tail_p`).
    """
    stated = {name: bounds for name, bounds in evidence.recipe.protocol.effort.items() if name in evidence.columns}
    if not stated:
        return Outcome(idle=N_("The recipe does not say which columns hold the effort (minutes, metres, people)."))
    found = list(_kept(evidence, stated))
    asked = [(name, counted, _per(evidence, name, counted)) for name in stated for counted in _counts(evidence)]
    asked = [one for one in asked if (~np.isnan(one[2])).any()]
    p = np.array([tail_p(rate) for _name, _counted, rate in asked]).reshape(len(asked), -1)
    rates, odd = discoveries(p)
    tested = int((~np.isnan(p)).sum())
    for k in np.flatnonzero(odd.any(axis=1)):
        name, counted, rate = asked[k]
        facts = {"column": name, "value": counted, "known": int((~np.isnan(rate)).sum())}
        told = evidence.noticed("K34", "assess.much-for-effort", _MUCH, odd[k], **facts)
        sure = float(np.nanmin(p[k])), float(np.nanmin(rates[k]))
        found.append(Finding(told.check, told.code, told.text, told.facts, told.rows, (), *sure, tested))
    return Outcome(tuple(found), tested=tested, facts=_facts(evidence, stated))


def _kept(evidence: Evidence, stated: dict[str, Bounds]) -> Iterator[Finding]:
    for name, bounds in stated.items():
        amount = evidence.value(name)
        unknown = np.isnan(amount) & evidence.written
        if unknown.any():
            share = 100 * float(unknown.sum()) / max(evidence.total, 1)
            yield evidence.noticed("K34", "assess.no-effort", _MISSING, unknown, column=name, share=share)
        below, above = _beyond(amount, bounds)
        where = (below | above) & evidence.written
        if where.any():
            facts = {"known": int((~np.isnan(amount) & evidence.written).sum()), "column": name}
            counts = {"below": int((below & where).sum()), "above": int((above & where).sum())}
            yield evidence.noticed("K34", "assess.effort-outside", _OUTSIDE, where, **facts, **counts)


def _beyond(amount: Numbers, bounds: Bounds) -> tuple[Flags, Flags]:
    """Return which amounts lie below the bounds, and which above; NaN lies nowhere."""
    nowhere = np.zeros(len(amount), dtype=np.bool_)
    below = nowhere if bounds.least is None else amount < bounds.least
    above = nowhere if bounds.most is None else amount > bounds.most
    below = below if bounds.above is None else below | (amount <= bounds.above)
    above = above if bounds.below is None else above | (amount >= bounds.below)
    return below, above


def _counts(evidence: Evidence) -> list[str]:
    """Return the columns of number concepts that are counted; a column of effort is none."""
    columns = evidence.recipe.columns
    numbers = [name for name, concept in evidence.kit.concepts.items() if concept.kind == "number" and name in columns]
    found = dict.fromkeys(columns[name].column for name in numbers)
    return [name for name in found if name in evidence.columns and name not in evidence.recipe.protocol.effort]


def _per(evidence: Evidence, name: str, counted: str) -> Numbers:
    """Return the logarithm of count per effort, NaN where either is not known or the effort is nothing."""
    amount, count = evidence.value(name), evidence.value(counted)
    usable = (amount > 0) & (count >= 0) & evidence.written
    found = np.full(len(amount), np.nan)
    found[usable] = np.log(count[usable] + 0.5) - np.log(amount[usable])
    return found


def _facts(evidence: Evidence, stated: dict[str, Bounds]) -> dict[str, float]:
    middles = {}
    for name in stated:
        amount = evidence.value(name)
        if (~np.isnan(amount)).any():
            middles[f"median {name}"] = float(np.nanmedian(amount))
    return middles


CHECKS: tuple[Check, ...] = (
    Check(
        "K34",
        N_("Effort behind counts"),
        N_("Effort that is missing or outside what was agreed, and counts that are far too many for it."),
        N_("Effort is written down and as agreed; counts per effort have a tail that the others show."),
        "analytical",
        effort,
    ),
)
