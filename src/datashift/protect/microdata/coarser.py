"""Answers told coarser: ages in bands, areas one level up, rare answers together."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from datashift.errors import CannotProtect
from datashift.protect.microdata.uniques import texts

How = Literal["bands", "areas", "rare"]

OTHER = "_O"
"""The code of SDMX for other answers, put together."""


@dataclass(frozen=True)
class Recode:
    """A column told coarser: each answer that occurs, and the answer that takes its place."""

    column: str
    how: How
    to: Mapping[str, str]
    width: float | None = None


def bands(column: str, answers: Iterable[str | None], width: float, *, least: int) -> Recode:
    """Return numbers in bands of `width`; bands at either end with fewer than `least` rows are joined with the next.

    What is no number stays as it is. Bands read 20–24 for whole numbers in bands of a whole width, else 1.5–<2; <20 and
    ≥65 at the ends.
    """
    written = Counter(answer for answer in answers if answer is not None)
    value = {answer: number for answer in written if (number := _number(answer)) is not None}
    of = {answer: math.floor(number / width) for answer, number in value.items()}
    size: Counter[int] = Counter()
    for answer, band in of.items():
        size[band] += written[answer]
    order = sorted(size)
    if not order:
        return Recode(column, "bands", {word: word for word in sorted(written)}, width)
    low, high = _end(order, size, least), _end(order[::-1], size, least)
    whole = float(width).is_integer() and all(number.is_integer() for number in value.values())
    name = {band: _band(band, width, whole) for band in order}
    if low < high:
        name |= {band: f"<{(low + 1) * width:g}" for band in order if band <= low and low != order[0]}
        name |= {band: f"≥{high * width:g}" for band in order if band >= high and high != order[-1]}
    return Recode(column, "bands", {word: name[of[word]] if word in of else word for word in sorted(written)}, width)


def _number(answer: str) -> float | None:
    try:
        number = float(answer)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _end(order: Sequence[int], size: Mapping[int, int], least: int) -> int:
    seen = 0
    for band in order:
        seen += size[band]
        if seen >= least:
            return band
    return order[-1]


def _band(band: int, width: float, whole: bool) -> str:
    first, end = band * width, (band + 1) * width
    if whole:
        return f"{first:.0f}–{end - 1:.0f}" if width > 1 else f"{first:.0f}"
    return f"{first:g}–<{end:g}"


def one_level_up(column: str, answers: Iterable[str | None], parents: Mapping[str, str | None]) -> Recode:
    """Return areas as the areas they lie in; an area that lies in none stays as it is."""
    known = {answer for answer in answers if answer is not None}
    return Recode(column, "areas", {area: parents.get(area) or area for area in sorted(known)})


def rare_together(column: str, answers: Iterable[str | None], *, least: int) -> Recode:
    """Return the answers with the rarest put together until `least` rows have them, two answers at least."""
    count = Counter(answer for answer in answers if answer is not None)
    order = sorted(count, key=lambda answer: (count[answer], answer))
    joined: list[str] = []
    many = 0
    for answer in order:
        if (not joined and count[answer] >= least) or (len(joined) > 1 and many >= least):
            break
        joined.append(answer)
        many += count[answer]
    return Recode(column, "rare", {answer: OTHER if answer in joined else answer for answer in sorted(count)})


def applied(table: pa.Table, recodes: Iterable[Recode]) -> pa.Table:
    """Return the table with its answers told coarser, one recode after the other.

    Raises CannotProtect (microdata.recode) where an answer has no place in the new list.
    """
    for recode in recodes:
        encoded = texts(table, recode.column).dictionary_encode()
        words = encoded.dictionary.to_pylist()
        if missing := [word for word in words if word not in recode.to]:
            raise CannotProtect("microdata.recode", column=recode.column, missing=len(missing))
        told = pa.array([recode.to[word] for word in words], pa.string()).take(encoded.indices)
        table = table.set_column(table.column_names.index(recode.column), recode.column, told)
    return table


def offers(
    table: pa.Table, columns: Sequence[str], areas: Mapping[str, Mapping[str, str | None]], least: int
) -> list[Recode]:
    """Return the ways in which each column could be told coarser: those that change something and leave two answers."""
    found: list[Recode] = []
    for column in columns:
        answers = texts(table, column).to_pylist()
        if column in areas:
            found.append(one_level_up(column, answers, areas[column]))
        elif widths := _widths(answers):
            found += [bands(column, answers, width, least=least) for width in widths]
        else:
            shares = (least, table.num_rows // 100, table.num_rows // 20)
            found += [rare_together(column, answers, least=many) for many in shares if many >= least]
    return [one for one in found if 1 < len({*one.to.values()}) < len(one.to)]


def _widths(answers: Sequence[str | None]) -> list[float]:
    """Return round widths of bands for numbers with more than eight different answers: for ages 5, 10 and 20."""
    known = {answer for answer in answers if answer is not None}
    numbers = {number for answer in known if (number := _number(answer)) is not None}
    if len(numbers) <= 8 or len(numbers) < len(known):
        return []
    span = max(numbers) - min(numbers)
    return sorted({_round(span / parts) for parts in (16, 8, 4, 3)})


def _round(number: float) -> float:
    """Return the number of the series 1, 2, 5, 10, 20 … that is nearest by ratio."""
    power = 10.0 ** math.floor(math.log10(number))
    return power * min((1.0, 2.0, 5.0, 10.0), key=lambda step: abs(math.log(number / power / step)))
