"""Readings of sensors → one observation per sensor, area and day, by the completeness rule of the kit.

Daily means of hourly means, each with enough behind it: 40 CFR part 50, appendix N, 3.0(c) (a day counts with 75 % of
its hours, that is 18) and Directive 2008/50/EC, annex VII A.2 (an hour counts with 75 % of its values). The readings
are taken as they are sent: nothing is corrected for humidity or against a reference instrument.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from datashift.errors import BadRecipe
from datashift.harmonise.columns import is_none
from datashift.harmonise.problems import Mask, Problems
from datashift.language import label
from datashift.model import Kit, Readings, Recipe
from datashift.standards.conditions import Floats, Objects, numbers

Ints = npt.NDArray[np.int64]
HOUR = 3_600_000_000
DAY = 24


@dataclass(frozen=True)
class Days:
    """Complete days: the daily mean, the index of the first row of each (ascending), and of each row its day or -1."""

    mean: Floats
    first: Ints
    of_row: Ints


def require_readings(recipe: Recipe, kit: Kit) -> None:
    """Raise BadRecipe where a kit of readings lacks the sensor, the value or the time in the recipe."""
    if kit.readings is None:
        return
    lacking = [f"[columns.{name}]" for name in (kit.readings.sensor, kit.readings.value) if name not in recipe.columns]
    lacking += [] if recipe.period.column else ["[period] column"]
    if lacking:
        raise BadRecipe("recipe.no-readings", kit=kit.id, needed=", ".join(lacking))


def days(
    kit: Kit, rule: Readings, recipe: Recipe, columns: Mapping[str, Objects], seen: Objects, problems: Problems
) -> Days:
    """Form the complete days of each sensor and area.

    In:  columns by name with one object per row (the sensor, its value, the area), the local moment of each row, and
         what stands against rows so far: such rows do not count.
    Out: Days. Every row that does not count after all is added to `problems`: readings that are missing or outside what
         the kit says a sensor can meet, incomplete hours, and incomplete days.
    """
    _rule_out(kit, rule, recipe, columns, problems)
    counted = np.flatnonzero(~problems.rows)
    value = numbers(columns[rule.value][counted])
    hour = seen[counted].astype("datetime64[us]").astype(np.int64) // HOUR
    sensor, place = _numbered(columns[rule.sensor][counted]), _numbered(columns["area"][counted])
    slot_of, (slot_sensor, slot_place, slot_hour) = _groups(sensor, place, hour)
    count = np.bincount(slot_of, minlength=len(slot_hour))
    full_hour = count >= rule.least_of_hour * _usual(count, slot_sensor)
    day_of_slot, _keys = _groups(slot_sensor, slot_place, slot_hour // DAY)
    hours = np.bincount(day_of_slot, full_hour)
    mean = np.bincount(slot_of, value, len(slot_hour)) / count
    total = np.bincount(day_of_slot, np.where(full_hour, mean, 0.0))
    full_day = hours >= max(rule.least_hours, 1)
    short_hour, short_day = ~full_hour[slot_of], (full_hour & ~full_day[day_of_slot])[slot_of]
    _explain(rule, recipe, columns, problems, (counted[short_hour], counted[short_day]))
    used = ~(short_hour | short_day)
    day, start, of_used = np.unique(day_of_slot[slot_of[used]], return_index=True, return_inverse=True)
    order = np.argsort(start)
    of_row = np.full(len(seen), -1, dtype=np.int64)
    of_row[counted[used]] = np.argsort(order)[of_used]
    return Days((total[day] / hours[day])[order], counted[used][start[order]], of_row)


def _rule_out(kit: Kit, rule: Readings, recipe: Recipe, columns: Mapping[str, Objects], problems: Problems) -> None:
    concept, values = kit.concepts[rule.value], columns[rule.value]
    column, found = recipe.columns[rule.value].column, numbers(values)
    absent = np.isnan(found) | is_none(columns[rule.sensor])
    problems.add(absent & ~problems.rows, column, "harmonise.no-reading", values)
    least = -np.inf if concept.least is None else concept.least
    most = np.inf if concept.most is None else concept.most
    facts = {"least": f"{least:g}", "most": f"{most:g}", "unit": label(concept.unit) if concept.unit else ""}
    problems.add((found < least) | (found > most), column, "harmonise.implausible-reading", values, **facts)


def _usual(count: Ints, sensor: Ints) -> Floats:
    """Return for each hour the median number of readings of its sensor over the hours with any."""
    order = np.lexsort((count, sensor))
    _sensors, start, size = np.unique(sensor[order], return_index=True, return_counts=True)
    ranked = count[order]
    median = (ranked[start + (size - 1) // 2] + ranked[start + size // 2]) / 2
    return np.asarray(median[sensor], dtype=np.float64)


def _explain(
    rule: Readings, recipe: Recipe, columns: Mapping[str, Objects], problems: Problems, short: tuple[Ints, Ints]
) -> None:
    column, values = recipe.columns[rule.value].column, columns[rule.value]
    facts: tuple[dict[str, object], ...] = ({"share": f"{100 * rule.least_of_hour:g}"}, {"hours": rule.least_hours})
    for code, rows, said in zip(("harmonise.incomplete-hour", "harmonise.incomplete-day"), short, facts, strict=True):
        where: Mask = np.zeros(len(values), dtype=bool)
        where[rows] = True
        problems.add(where, column, code, values, **said)


def _numbered(values: Objects) -> Ints:
    indices = pa.array([str(value) for value in values], pa.string()).dictionary_encode().indices
    return np.asarray(indices.to_numpy(zero_copy_only=False), dtype=np.int64)


def _groups(*keys: Ints) -> tuple[Ints, tuple[Ints, ...]]:
    """Number the distinct combinations of `keys`; return the number of each entry, and the keys of each number."""
    code = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        low = key.min(initial=0)
        code = code * (key.max(initial=0) - low + 1) + key - low
    _codes, first, group = np.unique(code, return_index=True, return_inverse=True)
    return group.astype(np.int64), tuple(key[first] for key in keys)
