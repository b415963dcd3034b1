"""What a check is, what it gives, and how it asks chance: its null, its p values, its family."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from datashift.assess.encoded import Flags, Numbers
from datashift.assess.evidence import Evidence
from datashift.chance import LEVEL, adjusted
from datashift.model import Finding

Null = Literal["rule", "analytical", "simulated", "posterior"]
"""Against what a check holds the data: a rule that is broken or not, a distribution that is known, one that is drawn
for this form and this sample, or the probability of a model."""


@dataclass(frozen=True)
class Outcome:
    """What one check gave.

    findings  what it noticed; empty where it noticed nothing
    tested    how many questions it asked of chance, its family; 0 where it looked at every row by a rule
    idle      why it could not look, as an English template with `facts`; "" where it did
    facts     numbers that the dossier tells even where nothing was noticed (an intraclass correlation, a rate, …)
    signal    per raw row the p value of this check for this row, NaN where it says nothing about it (see K25)
    """

    findings: tuple[Finding, ...] = ()
    tested: int = 0
    idle: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    signal: Numbers | None = None


@dataclass(frozen=True)
class Check:
    """One check of the catalogue K1 to K34. `name`, `looks_for` and `expects` are English templates for people.

    `expects` says what is to be seen where nothing is wrong, and how that is known for this form and this sample.
    """

    id: str
    name: str
    looks_for: str
    expects: str
    null: Null
    run: Callable[[Evidence], Outcome]


def by_rule(*parts: Callable[[Evidence], Iterable[Finding]]) -> Callable[[Evidence], Outcome]:
    """Return a check that breaks or keeps a rule, from functions that yield findings."""

    def run(evidence: Evidence) -> Outcome:
        return Outcome(tuple(finding for part in parts for finding in part(evidence)))

    return run


def discoveries(p_values: Any, level: float = LEVEL) -> tuple[Numbers, Flags]:
    """Return the adjusted p values of a family (Benjamini & Hochberg 1995), and which are at most `level`.

    Where nothing is wrong, at least one is with a chance of `level` at most. NaN is no question and stays NaN.
    """
    p = np.asarray(p_values, dtype=np.float64)
    rates = np.full(p.shape, np.nan)
    asked = ~np.isnan(p)
    rates[asked] = adjusted(p[asked]) if asked.any() else []
    return rates, np.asarray(rates <= level, dtype=np.bool_)
