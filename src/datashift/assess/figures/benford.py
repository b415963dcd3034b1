"""First digits of amounts that span several orders of magnitude (check K24)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy import stats

from datashift.assess.checks import Check, Outcome, discoveries
from datashift.assess.encoded import Numbers
from datashift.assess.evidence import Evidence
from datashift.assess.figures.tally import Tally, number_questions, tally
from datashift.language import N_
from datashift.standards.areas import folded

_LEAST = 100
_ORDERS = 3.0
_ALLOWED = 0.1
_FITTED = 30
_AMOUNT = re.compile(
    r"(?<![a-z])(amounts?|prices?|costs?|incomes?|revenues?|spend|spent|spending|expens[a-z]*|expenditures?|pay|paid|"
    r"payments?|fees?|salary|salaries|wages?|budgets?|debts?|loans?|savings?|sales|money|cash|tsh|monto|precio|costo|"
    r"ingresos?|gastos?|pagos?|salario|bei|gharama|mapato|malipo|kiasi)(?![a-z])"
)

IDLE = N_(
    "No question is an amount that spans three orders of magnitude, "
    "with 100 answers of three digits or more. Nothing is known of the first digits of other numbers."
)
FIRST = N_(
    "In '{column}', {share} per cent of {answers} amounts begin with {digit}; at most {expected} per cent would be "
    "expected. This is weak evidence: prices and limits can do it, and invented interviews were not found by it before."
)

BENFORD = np.log10(1 + 1 / np.arange(1, 10))
"""The shares of the first digits of numbers spread over many orders of magnitude (Newcomb 1881; Benford 1938)."""


def first_digits(evidence: Evidence) -> Outcome:
    """K24: first digits of amounts, against Benford's law, a lognormal, or a curve in each order, whichever is nearest.

    A weak check: in the Survey of Consumer Finances of 2004 it did not single out the interviewers who were known to
    have invented interviews. Amounts that are written with fewer than three digits are rounded, and rounding prefers 1,
    2 and 5: only the others are looked at.
    """
    named = [name for name in number_questions(evidence) if _amount(evidence, name)]
    asked = [one for name in named if (one := amounts(tally(evidence, name)))]
    if not asked:
        return Outcome(idle=IDLE)
    p = [unlike_any(one) for one in asked]
    rates, flagged = discoveries(p)
    nowhere = np.zeros(len(evidence.rows), dtype=np.bool_)
    findings = []
    for one, value, rate, noticed in zip(asked, p, rates, flagged, strict=True):
        if noticed:
            observed, most = _shares(one), np.max(expectations(one), axis=0)
            digit = int(np.argmax(observed - most))
            facts = {"digit": str(digit + 1), "share": 100 * float(observed[digit]), "answers": one.total,
                     "expected": 100 * float(most[digit])}  # fmt: skip
            found = evidence.noticed("K24", "assess.first-digits", FIRST, nowhere, column=one.column, **facts)
            findings.append(replace(found, p_value=value, p_adjusted=float(rate), tested=len(p)))
    return Outcome(tuple(findings), len(p))


def amounts(found: Tally) -> Tally | None:
    """Return the amounts with three digits or more, or None where they are few or span fewer than three orders."""
    kept = found.of(found.values > 0)
    if kept.total < _LEAST:
        return None
    low, high = kept.quantile(np.array([0.01, 0.99]))
    scaled = kept.values / 10.0 ** (np.floor(np.log10(kept.values)) - 1)
    exact = kept.of(np.abs(scaled - np.round(scaled)) > 1e-9)
    return exact if high >= 10**_ORDERS * low and exact.total >= _LEAST else None


def unlike_any(one: Tally) -> float:
    """Return the p value of the first digits under the null that fits them best.

    Chi-square, noncentral: each share may be off by a tenth of itself, for no law is exact.
    """
    observed, n = _shares(one), one.total
    distances = [n * float(((observed - null) ** 2 / null).sum()) for null in expectations(one)]
    return float(stats.ncx2.sf(min(distances), 8, n * _ALLOWED**2))


def expectations(one: Tally) -> Numbers:
    """Return the shares of the first digits by Benford, by a lognormal, and by a curve in each order."""
    logs = np.log10(one.values)
    middle = float(logs @ one.counts / one.total)
    spread = max(float(np.sqrt((logs - middle) ** 2 @ one.counts / one.total)), 0.1)
    edges = np.arange(np.floor(logs.min()), np.ceil(logs.max()) + 1)[:, None] + np.log10(np.arange(1, 11))
    lognormal = np.diff(stats.norm.cdf((edges - middle) / spread), axis=1).sum(axis=0)
    expected = np.array([_within(decade) for decade in _decades(one, edges)]).sum(axis=0)
    return np.array([BENFORD, lognormal / lognormal.sum(), expected / expected.sum()])


def _decades(one: Tally, edges: Numbers) -> Iterator[Numbers]:
    logs = np.log10(one.values) + 1e-12
    for bounds in edges:
        yield np.histogram(logs, bins=bounds, weights=one.counts)[0].astype(np.float64)


def _within(counts: Numbers) -> Numbers:
    """Fit the first digits of one order of magnitude by a bell or a slope in the logarithm (three terms, Poisson)."""
    if counts.sum() < _FITTED:
        return np.asarray(counts.sum() * BENFORD, dtype=np.float64)
    middle = np.log10(np.arange(1, 10) + 0.5)
    columns = np.stack([np.ones(9), middle, middle**2], axis=1)
    line = np.log(counts.sum() * BENFORD)
    for _round in range(30):
        expected = np.exp(line)
        working = line - np.log(BENFORD) + (counts - expected) / expected
        weighted = columns.T * expected
        line = np.log(BENFORD) + columns @ np.linalg.solve(weighted @ columns + 1e-6 * np.eye(3), weighted @ working)
    return np.asarray(np.exp(line), dtype=np.float64)


def _shares(one: Tally) -> Numbers:
    first = (one.values / 10.0 ** np.floor(np.log10(one.values)) + 1e-9).astype(np.int64)
    return np.asarray(np.bincount(first, weights=one.counts, minlength=10)[1:10] / one.total, dtype=np.float64)


def _amount(evidence: Evidence, column: str) -> bool:
    """Say whether a question is about money, by its name or by that of its concept."""
    concept = evidence.concept_of(column)
    named = [column, concept or "", *(evidence.kit.concepts[concept].label.values() if concept else ())]
    return any(_AMOUNT.search(folded(name)) for name in named)


CHECKS: tuple[Check, ...] = (
    Check(
        "K24",
        N_("First digits of amounts"),
        N_("Amounts that begin with some digits far too often. A weak check, of amounts only."),
        N_("Benford's law, a lognormal or a smooth curve, whichever is nearest, give or take 10 %."),
        "analytical",
        first_digits,
    ),
)
