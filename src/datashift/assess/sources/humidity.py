"""Readings of dust that were taken in moist air (part of check K33)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datashift.assess.encoded import Encoded, Numbers, Whole, encode, numbers
from datashift.assess.evidence import Evidence
from datashift.assess.moments import moments
from datashift.assess.sources.hourly import HOUR, Readings
from datashift.language import N_
from datashift.model import Finding, Paradata

MOIST = 85
"""Per cent of relative humidity from which low-cost dust sensors count water as dust (domain.md, F22)."""

_LEAST = 0.01

_TEXT = N_(
    "In {moist} of {known} readings with a known humidity ({share} %), the air was moister than {limit} %. Low-cost "
    "sensors then take mist for dust, so such readings are too high."
)


def humid(evidence: Evidence, found: Readings) -> tuple[list[Finding], dict[str, Any]]:
    """Return the readings in moist air, and the facts for the dossier; nothing where no humidity is stated.

    `protocol.humidity` is a column beside each reading, or the word that marks rows of humidity in the column by which
    the recipe chooses its rows. Such rows are matched by the hour and by the place that the row names.
    """
    stated = evidence.recipe.protocol.humidity
    if stated is None:
        return [], {}
    level = evidence.value(stated)[found.place] if stated in evidence.columns else _matched(evidence, found, stated)
    known = ~np.isnan(level) & (level > 0) & (level <= 100)
    moist = known & (level > MOIST)
    if not known.any():
        return [], {"humidity_known": 0.0}
    facts: dict[str, Any] = {
        "humidity_known": 100 * float(known.mean()), "humid": 100 * float(moist.sum() / known.sum()),
    }  # fmt: skip
    if moist.sum() < _LEAST * known.sum():
        return [], facts
    told = {"moist": int(moist.sum()), "known": int(known.sum()), "share": facts["humid"], "limit": MOIST}
    # It is no fault of these readings alone, and leaving them out would leave out the nights: no rows are named.
    return [
        evidence.noticed("K33", "assess.moist-air", _TEXT, np.zeros(len(evidence.rows), dtype=np.bool_), **told)
    ], facts


def _matched(evidence: Evidence, found: Readings, word: str) -> Numbers:
    """Return for each reading the median humidity of its hour at its place, from the rows that were set aside."""
    recipe, aside = evidence.recipe, evidence.aside
    unknown = np.full(len(found.place), np.nan)
    place, entry = recipe.place.column, evidence.kit.readings
    if aside is None or entry is None or place not in evidence.columns:
        return unknown
    chosen = [choice.column for choice in recipe.rows if choice.column in aside.column_names]
    marks = [pc.equal(pc.utf8_trim_whitespace(aside[column].cast(pa.string())), word) for column in chosen]
    rows = next((aside.filter(mark) for mark in marks if pc.any(mark).as_py()), None)
    if rows is None:
        return unknown
    value = encode(rows[recipe.columns[entry.value].column])
    amount = numbers(value.texts)[value.codes]
    zone = Paradata(zone=recipe.period.zone)
    then, now = (moments(column, zone).local for column in (encode(rows[recipe.period.column]),
                                                           evidence.columns[str(recipe.period.column)]))  # fmt: skip
    spots = _numbered(encode(rows[place]), evidence.columns[str(place)])
    good = (amount > 0) & (amount <= 100) & ~np.isnat(then) & (spots[0] >= 0)
    if not good.any():
        return unknown
    first = int(then[good].astype(np.int64).min()) // HOUR
    keys = _keys(spots[0][good], then[good].astype(np.int64) // HOUR - first)
    asked = _keys(spots[1][found.place], now[found.place].astype(np.int64) // HOUR - first)
    order = np.lexsort((amount[good], keys))
    ordered, ranked = keys[order], amount[good][order]
    start, end = (np.searchsorted(ordered, asked, side=side) for side in ("left", "right"))
    some = end > start
    unknown[some] = ranked[(start[some] + end[some]) // 2]
    return unknown


def _numbered(one: Encoded, other: Encoded) -> tuple[Whole, Whole]:
    """Number the texts of two columns alike; a text that the second does not have is -1 in the first."""
    place = {text: k for k, text in enumerate(other.texts.to_pylist()) if text is not None}
    numbers_of_one = np.array([place.get(text, -1) for text in one.texts.to_pylist()], dtype=np.int64)
    return numbers_of_one[one.codes], other.codes.astype(np.int64)


def _keys(spot: Whole, hour: Whole) -> Whole:
    return np.asarray(spot * 10_000_000 + hour, dtype=np.int64)
