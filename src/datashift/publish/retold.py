"""Whether the dossier of a release tells the figures that the cells give."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from datashift.language import N_
from datashift.model import Estimate
from datashift.publish.sdmx_csv import number
from datashift.publish.tables import breakdown_text

OTHER_FIGURE = N_(
    "{member}: '{measure}' for {area} says {column} {found}; computed again it is {expected}. "
    "Either this or what it comes from was changed."
)
NO_FIGURE = N_("{member} tells of a figure that the cells do not give: '{measure}' for {area}.")
UNREADABLE = N_("{member} cannot be read.")

NUMBERS = ("value", "se", "lower", "upper", "n", "n_eff", "deff")


def figures_differ(member: str, data: bytes | None, estimates: Sequence[Estimate]) -> tuple[str, dict[str, Any]] | None:
    """Say where the figures in the dossier `data` first differ from `estimates`, as a template with its facts.

    None where they are the same, to nine digits, or where the release has no dossier.
    """
    if data is None:
        return None
    known = {(e.measure, e.area, e.period, breakdown_text(e.breakdown)): e for e in estimates}
    try:
        rows = [(row, known.get(_key(row))) for row in json.loads(data)["estimates"]["rows"]]
    except (ValueError, LookupError, TypeError):
        return UNREADABLE, {"member": member}
    for row, estimate in rows:
        facts = {"member": member, "measure": row["measure"], "area": row["area"]}
        if estimate is None:
            return NO_FIGURE, facts
        for column in NUMBERS:
            expected = number(getattr(estimate, column))
            if not _same(row.get(column), expected):
                return OTHER_FIGURE, {**facts, "column": column, "found": row.get(column), "expected": expected or "–"}
    return None


def _key(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return (row["measure"], row["area"], row["period"], row["group"])


def _same(found: Any, expected: str) -> bool:
    if found is None or not expected:
        return found is None and not expected
    return isinstance(found, int | float) and math.isclose(found, float(expected), rel_tol=1e-8, abs_tol=1e-9)
