"""What the shadow ledger holds: everything about one indicator and one place."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from string import ascii_uppercase
from typing import Any

from datashift.compare import reason, verdict_word
from datashift.ledger import sentences, table
from datashift.ledger.table import Row
from datashift.model import Breakdown, Comparison, Label, Revision, Target, TimeSeries
from datashift.progress import Progress


@dataclass(frozen=True)
class Apart:
    """Two official series in the latest year that both have: their places among the series, the year, both values."""

    one: int
    other: int
    year: int
    value: float
    other_value: float

    @property
    def difference(self) -> float:
        """Return the first minus the second, in the unit of the ledger."""
        return self.value - self.other_value


@dataclass(frozen=True)
class Ledger:
    """All that is known about an indicator in a place, in one unit; citizen series first.

    comparisons: citizen figures beside official ones.   apart: official series beside each other.   progress: (place
    of the series, what the methods say).   notes: what else the reader must know, in the language it was made in.
    simulated: the citizen figures are made up.
    """

    indicator: str
    title: Label
    area: str
    area_name: str
    breakdown: Breakdown
    unit: str
    series: tuple[TimeSeries, ...]
    target: Target | None
    comparisons: tuple[Comparison, ...]
    apart: tuple[Apart, ...]
    revisions: tuple[Revision, ...]
    progress: tuple[tuple[int, Progress], ...]
    notes: tuple[str, ...] = ()
    simulated: bool = False

    @property
    def tags(self) -> tuple[str, ...]:
        """Return a letter for each series of a side that has several, "" for the only one of its side."""
        sides = [one.side for one in self.series]
        letters = iter(ascii_uppercase * (1 + len(sides) // 26))
        return tuple(next(letters) if sides.count(side) > 1 else "" for side in sides)

    @property
    def lead(self) -> Comparison | None:
        """Return the comparison that says most: a verdict before none, then the latest citizen figure."""
        return sentences.lead(self.comparisons)

    def sentence(self) -> str:
        """Return the finding in one or two sentences, in the current language."""
        return sentences.finding(self)

    def sentences(self) -> list[str]:
        """Return the finding, its reason, what the official sources say of each other, what would have to be wrong,
        progress, and what is not known: at most six short texts in the current language.
        """
        return sentences.told(self)

    def rows(self) -> list[Row]:
        """Return the table: one row per figure, series by series, in the order of time."""
        return table.rows(self)

    def as_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON; a figure that is not shown has the value null."""
        return {
            "indicator": self.indicator, "title": self.title, "area": self.area, "area_name": self.area_name,
            "breakdown": dict(self.breakdown), "unit": self.unit, "finding": self.sentence(),
            "sentences": self.sentences(), "target": None if self.target is None else asdict(self.target),
            "series": [{"tag": tag, **_plain(asdict(s))} for tag, s in zip(self.tags, self.series, strict=True)],
            "comparisons": [
                _plain(asdict(c)) | {"reason": reason(c), "verdict_word": verdict_word(c)} for c in self.comparisons
            ],
            "official_apart": [asdict(pair) | {"difference": pair.difference} for pair in self.apart],
            "revisions": [asdict(revision) for revision in self.revisions],
            "progress": [{"series": k, **found.as_dict()} for k, found in self.progress],
            "rows": [_plain(asdict(row)) for row in self.rows()], "notes": list(self.notes),
            "simulated": self.simulated,
        }  # fmt: skip


def _plain(value: Any) -> Any:
    """Return records as JSON can hold them: null for what is not a number."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
