"""The review queue: what somebody should look at first."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from datashift.assess.wording import change
from datashift.model import Effect, Finding, Subject


@dataclass(frozen=True)
class Entry:
    """One entry of the queue: a finding, or one subject of it. `weight` is its effect on the answer × its strength.

    The effect is the largest change over all measures: points of a share, per cent of another figure. A subject that is
    a person is private: see `model.Subject`.
    """

    finding: Finding
    subject: Subject | None
    weight: float

    @property
    def private(self) -> bool:
        """Say whether it is about a person."""
        return self.subject is not None and self.subject.private


def queue(findings: Iterable[Finding]) -> list[Entry]:
    """Return findings and their subjects, the greatest effect × strength first; what has no effect comes last."""
    entries = [
        Entry(finding, one, _weight(one.effects if one else finding.effects, _strength(finding, one)))
        for finding in findings
        for one in (None, *finding.subjects)
    ]
    return sorted(entries, key=lambda entry: (-entry.weight, -_strength(entry.finding, entry.subject)))


def _strength(finding: Finding, subject: Subject | None) -> float:
    if subject is None or subject.p_adjusted is None:
        return finding.strength
    return 1.0 - subject.p_adjusted


def _weight(effects: Iterable[Effect], strength: float) -> float:
    """A figure that vanishes without these rows goes before every other."""
    moved = max((change(effect) for effect in effects), default=0.0)
    return math.inf if math.isinf(moved) else moved * strength
