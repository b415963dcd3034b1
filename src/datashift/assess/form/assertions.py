"""What must hold between the answers of one interview (check K6)."""

from __future__ import annotations

import difflib
import operator
import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from datashift.assess.checks import Outcome
from datashift.assess.encoded import Flags, Numbers, numbers
from datashift.assess.evidence import Evidence
from datashift.errors import BadRecipe
from datashift.language import N_
from datashift.model import Assertion, Bounds, Finding

_COMPARED = re.compile(r"^\s*(.+?)\s*(<=|>=|==|!=|<|>|=)\s*(.+?)\s*$")
_SIGNS = {
    "<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt, "=": operator.eq, "==": operator.eq,
    "!=": operator.ne,
}  # fmt: skip
_MISSING = "_U"

NO_RULES = N_("The recipe states no rules between answers. State them under [[protocol.rules]].")
_TEXT = N_("In {n} of {total} rows, the answers do not fit together: {why}. It was looked at in {asked} rows.")

Truth = npt.NDArray[np.int8]


def assertions(evidence: Evidence) -> Outcome:
    """K6: rows in which a rule of the protocol does not hold; a missing answer breaks no rule.

    Raises BadRecipe for a rule that names a column which is not in the file, or that cannot be read.
    """
    rules = evidence.recipe.protocol.rules
    if not rules:
        return Outcome(idle=NO_RULES)
    found = [_broken(evidence, rule, position) for position, rule in enumerate(rules, start=1)]
    return Outcome(tuple(one for one in found if one is not None), facts={"rules": len(rules)})


def _broken(evidence: Evidence, rule: Assertion, position: int) -> Finding | None:
    where: Flags = evidence.written.copy()
    for column, wanted in rule.when.items():
        where &= _holds(evidence, column, wanted) == 1
    truths = [_holds(evidence, column, wanted) for column, wanted in rule.columns.items()]
    truths += [_compared(evidence, rule.compare)] if rule.compare else []
    fails = np.logical_or.reduce([truth == 0 for truth in truths] or [np.zeros_like(where)])
    broken = where & fails
    if not broken.any():
        return None
    return evidence.noticed("K6", f"assess.rule-{position}", _TEXT, broken, why=rule.why, asked=int(where.sum()))


def _holds(evidence: Evidence, column: str, wanted: Bounds | tuple[str, ...]) -> Truth:
    """Say per row whether an answer is wanted: 1 yes, 0 no, -1 where it is missing."""
    encoded, absent = evidence.columns[_known(evidence, column)], evidence.missing(column)
    if isinstance(wanted, Bounds):
        inside, absent = _inside(evidence.value(column), wanted), np.isnan(evidence.value(column))
    else:
        plain = pc.fill_null(pc.utf8_trim_whitespace(encoded.texts), "")
        chosen = pc.is_in(plain, value_set=pa.array([word.strip() for word in wanted], pa.string()))
        inside = encoded.where(np.asarray(chosen.to_numpy(zero_copy_only=False), dtype=np.bool_))
    missing = 1 if not isinstance(wanted, Bounds) and _MISSING in wanted else -1
    return np.where(absent, missing, inside).astype(np.int8)


def _inside(values: Numbers, bounds: Bounds) -> Flags:
    inside = np.ones(len(values), dtype=np.bool_)
    limits = ((bounds.least, operator.ge), (bounds.most, operator.le), (bounds.above, operator.gt))
    for bound, test in (*limits, (bounds.below, operator.lt)):
        if bound is not None:
            inside &= test(values, bound)
    return inside


def _compared(evidence: Evidence, written: str) -> Truth:
    parts = _COMPARED.match(written)
    if parts is None:
        raise BadRecipe("recipe.bad-comparison", compare=written)
    left, sign, right = parts.groups()
    one, other = _side(evidence, left), _side(evidence, right)
    truth = _SIGNS[sign](one, other)
    return np.where(np.isnan(one) | np.isnan(other), -1, truth).astype(np.int8)


def _side(evidence: Evidence, written: str) -> Any:
    if written not in evidence.columns:
        stated = float(numbers(pa.array([written]))[0])
        if not np.isnan(stated):
            return np.full(len(evidence.rows), stated)
    return evidence.value(_known(evidence, written))


def _known(evidence: Evidence, column: str) -> str:
    if column not in evidence.columns:
        near = ", ".join(difflib.get_close_matches(column, list(evidence.columns), n=3, cutoff=0.4))
        file = evidence.recipe.source[0].file.rpartition("/")[2]
        raise BadRecipe("recipe.no-column", file=file, column=column, near=near or "–")
    return column
