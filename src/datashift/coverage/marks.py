"""What a cell can show, as bits that add up, and the words of the tables for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datashift.coverage.arrays import Integers, codes

CITIZEN, CITIZEN_PART, CITIZEN_HIDDEN, MEASURED, UNSTATED, MODELLED, PART, HIDDEN = (1 << k for k in range(8))
COUNTED = CITIZEN | MEASURED | UNSTATED
SOMEBODY = COUNTED | CITIZEN_PART | PART | CITIZEN_HIDDEN | HIDDEN
"""Somebody counted: at least a part, or a figure that is hidden. A modelled value alone is no count."""

MODELLED_NATURES = ("E", "M", "ESTIMATED", "MODELLED", "MODELED")
MEASURED_NATURES = ("C", "CA", "G")
"""SDMX NATURE of the SDG data: C country data, CA adjusted for comparison, G monitoring data that only the agency
collects, from the country; E estimated and M modelled by the agency where the country has no figure."""

_WHOLE = np.array([CITIZEN, CITIZEN_HIDDEN, MEASURED, UNSTATED, MODELLED, HIDDEN], np.int64)
_PART = np.array([CITIZEN_PART, CITIZEN_HIDDEN, PART, PART, 0, HIDDEN], np.int64)
_IS_HIDDEN = np.array([False, True, False, False, False, True])


def kinds(counts: pa.Table) -> Integers:
    """Return for each count what it is: 0 citizen, 1 hidden, 2 measured, 3 not stated, 4 modelled, 5 hidden."""
    side, sides = codes(counts["side"])
    nature, natures = codes(pc.utf8_upper(counts["nature"]))
    official = np.array([2 if n in MEASURED_NATURES else 4 if n in MODELLED_NATURES else 3 for n in natures], np.int64)
    citizen = np.isin(side, [k for k, name in enumerate(sides) if name == "citizen"])
    hidden = pc.equal(counts["status"], "Q").to_numpy(zero_copy_only=False).astype(bool)
    seen = official[nature] if len(official) else np.zeros(0, np.int64)
    return np.where(citizen, np.where(hidden, 1, 0), np.where(hidden, 5, seen)).astype(np.int64)


def bits(kind: Integers, whole: Any) -> Integers:
    """Return what each count shows of its cell: the whole of it, or a part."""
    return np.asarray(np.where(whole, _WHOLE[kind], _PART[kind]), np.int64)


def is_hidden(kind: Integers) -> Any:
    """Say of each count whether its value is hidden."""
    return _IS_HIDDEN[kind]


def citizen_state(bit: int) -> str:
    """Return what citizens did in a cell: counted, part, hidden or ""."""
    return "counted" if bit & CITIZEN else "part" if bit & CITIZEN_PART else "hidden" if bit & CITIZEN_HIDDEN else ""


def official_state(bit: int) -> str:
    """Return what there is officially in a cell: measured, unstated, part, modelled, hidden or "".

    A part that was counted tells more than a modelled value of the whole.
    """
    order = {"measured": MEASURED, "unstated": UNSTATED, "part": PART, "modelled": MODELLED, "hidden": HIDDEN}
    return next((state for state, mask in order.items() if bit & mask), "")


def who(bit: int) -> str:
    """Return who counted a cell: both, citizens, official, part, hidden, modelled or nobody."""
    if bit & CITIZEN and bit & (MEASURED | UNSTATED):
        return "both"
    order = {
        "citizens": CITIZEN, "official": MEASURED | UNSTATED, "part": CITIZEN_PART | PART,
        "hidden": CITIZEN_HIDDEN | HIDDEN, "modelled": MODELLED,
    }  # fmt: skip
    return next((state for state, mask in order.items() if bit & mask), "nobody")


def states(bit: Integers, say: Callable[[int], str]) -> pa.Array:
    """Return `say` of every cell as a column of text."""
    found, position = np.unique(bit, return_inverse=True)
    return pa.array([say(int(one)) for one in found], pa.string()).take(pa.array(position))
