"""Cut-offs and weights that are not published where they could be read: stated by the user, never invented."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any

from datashift.errors import BadProgress

FOLLOWS = ("code", "document")
MEASURES = ("change", "growth")
WEIGHTS = ("inverse-distance", "equal")


@dataclass(frozen=True)
class Rules:
    """What may be stated; an empty field is not known, and the method that needs it says so.

    follow: where Open SDG's program and its document differ, which is followed.   five: the four cut-offs of the UN's
    five classes, the highest first.   five_measure: held against the extrapolated change ("change") or the ratio of
    growth rates ("growth").   weights: of the years in ESCAP's regression: "inverse-distance" ((T − first year) /
    (T − year), with T the target year) or "equal".   maintain, accelerate: least share of the progress needed that is
    expected.   green: SDSN's green threshold in the unit of the values (else the target stands in).   moderate: least
    share of the pace needed for "moderately improving".   sources: where each was read, by name of the field.
    """

    follow: str = "code"
    five: tuple[float, ...] = ()
    five_measure: str = ""
    weights: str = ""
    maintain: float | None = None
    accelerate: float | None = None
    green: float | None = None
    moderate: float = 0.5
    sources: Mapping[str, str] = field(default_factory=dict)


_FIELDS = {
    ("open-sdg", "follow"): "follow",
    ("un-five", "cutoffs"): "five",
    ("un-five", "measure"): "five_measure",
    ("escap", "weights"): "weights",
    ("escap", "maintain"): "maintain",
    ("escap", "accelerate"): "accelerate",
    ("sdsn", "green"): "green",
    ("sdsn", "moderate"): "moderate",
}
CUTS = "[a, b, c, d], a > b > c > d"
_WORDS = {"follow": FOLLOWS, "five_measure": MEASURES, "weights": WEIGHTS}


def read_rules(path: Path) -> Rules:
    """Return the rules in a TOML file: tables [open-sdg], [un-five], [escap], [sdsn], each with its `source`.

    Raises BadProgress: not TOML, a name that no method knows, a value of the wrong kind.
    """
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as why:
        raise BadProgress("progress.rules-file", file=path.name, why=str(why)) from None
    found: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for table, entries in told.items():
        if not isinstance(entries, dict) or table not in {known for known, _name in _FIELDS}:
            raise _unknown(path, table)
        for key, value in entries.items():
            if key == "source":
                sources[table] = str(value)
                continue
            if (table, key) not in _FIELDS:
                raise _unknown(path, f"{table}.{key}")
            name = _FIELDS[table, key]
            found[name] = _checked(path, f"{table}.{key}", name, value)
    rules = replace(Rules(), **found, sources=sources)
    _complete(path, rules)
    return rules


def _complete(path: Path, rules: Rules) -> None:
    """Raise BadProgress where one entry is of no use without another, or against it."""
    lacking = {
        "un-five.measure": (rules.five and not rules.five_measure, " | ".join(MEASURES)),
        "un-five.cutoffs": (rules.five_measure and not rules.five, CUTS),
        "escap.maintain": (rules.accelerate is not None and rules.maintain is None, "0.5"),
        "escap.accelerate": (rules.maintain is not None and rules.accelerate is None, "0.5"),
    }
    for key, (missing, wanted) in lacking.items():
        if missing:
            raise BadProgress("progress.rules-value", file=path.name, key=key, value="–", wanted=wanted)
    if rules.maintain is not None and rules.accelerate is not None and rules.accelerate > rules.maintain:
        raise BadProgress(
            "progress.rules-value", file=path.name, key="escap.accelerate", value=f"{rules.accelerate:g}",
            wanted=f"≤ {rules.maintain:g} (escap.maintain)",
        )  # fmt: skip


def _unknown(path: Path, key: str) -> BadProgress:
    known = [f"{table}.{name}" for table, name in _FIELDS] + [f"{table}.source" for table in ("un-five", "escap")]
    near = ", ".join(get_close_matches(key, known, 3, 0.0))
    return BadProgress("progress.rules-key", file=path.name, key=key, near=near)


def _checked(path: Path, key: str, name: str, value: Any) -> Any:
    if name in _WORDS:
        right, wanted = value in _WORDS[name], " | ".join(_WORDS[name])
    elif name == "five":
        right, wanted = _falling(value), CUTS
        value = tuple(float(cut) for cut in value) if right else value
    elif name == "moderate":
        right, wanted = _number(value) and 0 <= value <= 1, "0 … 1"
    else:
        right, wanted = _number(value), "0.5"
    if not right:
        raise BadProgress("progress.rules-value", file=path.name, key=key, value=str(value), wanted=wanted)
    return value


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _falling(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 4 or not all(_number(cut) for cut in value):
        return False
    return all(a > b for a, b in pairwise(value))
