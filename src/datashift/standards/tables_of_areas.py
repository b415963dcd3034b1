"""What a table of counts by area must be before its counts may be brought elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from datashift.errors import BadAreas
from datashift.model import Area
from datashift.standards.areas import ancestors, folded

_NUMBER = re.compile(r"\d+(\.\d*)?|\.\d+")
_RATES = {
    "en": (
        "rate",
        "rates",
        "share",
        "percent",
        "percentage",
        "pct",
        "proportion",
        "ratio",
        "mean",
        "average",
        "median",
    ),
    "es": ("tasa", "porcentaje", "proporcion", "razon", "media", "promedio", "mediana"),
    "sw": ("asilimia", "kiwango", "wastani"),
    "ne": ("प्रतिशत", "दर", "अनुपात", "औसत"),
}
_RATE_WORDS = frozenset(folded(word) for words in _RATES.values() for word in words)


def rate_like(column: str, cells: Iterable[str]) -> bool:
    """Say whether a column looks like rates or means: by its name, by a per cent sign, or by fractions up to one."""
    words = set(folded(column.replace("_", " ")).split())
    texts = [cell for cell in cells if cell]
    if "%" in column or any("%" in cell for cell in texts) or words & _RATE_WORDS:
        return True
    numbers = [float(text) for text in texts if _NUMBER.fullmatch(text)]
    return any(not n.is_integer() for n in numbers) and all(0 <= n <= 1 for n in numbers)


def number(text: str, file: str, row: int) -> float:
    """Return a cell as a count: a whole number as int, so that it stays whole. Raises BadAreas with the row."""
    plain = "".join(text.split())
    if not _NUMBER.fullmatch(plain):
        raise BadAreas("areas.not-a-count", file=file, row=row, value=text)
    value = float(plain)
    return int(value) if value.is_integer() else value


def nested(ids: Iterable[str], areas: Mapping[str, Area], day: date, file: str) -> None:
    """Raise BadAreas where one area of the table lies in another of it, such as a row of totals."""
    given = set(ids)
    for area in sorted(given):
        for above in ancestors(area, areas, day):
            if above in given:
                raise BadAreas("areas.nested", file=file, area=areas[above].name, inside=areas[area].name)
