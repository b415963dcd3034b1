"""Bands of ages: read from the words of a census or a form, kept from overlapping, and folded to what both know."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple


class Band(NamedTuple):
    """Ages in full years from `first` up to but not including `end` (infinity where the band is open)."""

    first: int
    end: float

    @property
    def code(self) -> str:
        """Return the SDMX code of the band: Y15T24, Y_GE65, Y17."""
        if math.isinf(self.end):
            return f"Y_GE{self.first}"
        return f"Y{self.first}" if self.end == self.first + 1 else f"Y{self.first}T{int(self.end) - 1}"

    def within(self, other: Band) -> bool:
        """Say whether all ages of the band are ages of `other`."""
        return other.first <= self.first and self.end <= other.end


_SPAN = re.compile(r"(?:age[sd]?|y)?[ _]*(\d{1,3})[ _]*(?:-|–|_|to|t)[ _]*(\d{1,3})(?: *years?(?: old)?)?")
_OVER = re.compile(r"(?:age[sd]?|y)?[ _]*(?:ge|>=|≥)?[ _]*(\d{1,3})[ _]*(?:\+|plus|and[ _](?:over|above|older))?")
_UNDER = re.compile(r"(?:age[sd]?|y)?[ _]*(?:lt|<|under|below)[ _]*(\d{1,3})(?: *years?(?: old)?)?")
_OPEN = re.compile(r"ge|>=|≥|\+|plus|and[ _](?:over|above|older)")


def band(word: str) -> Band | None:
    """Return the band that a word means (0 - 4, 15_24, Y15T24, 17, 65+, Y_GE65, under 5), or None where it means none.

    From 200 years on the upper end is open: Y65T999.
    """
    text = re.sub(r" *years?(?: old)?", "", word.strip().lower())
    if found := _UNDER.fullmatch(text):
        return Band(0, int(found[1])) if int(found[1]) else None
    if found := _SPAN.fullmatch(text):
        first, last = int(found[1]), int(found[2])
        return Band(first, math.inf if last >= 200 else last + 1) if first <= last else None
    if found := _OVER.fullmatch(text):
        first = int(found[1])
        return Band(first, math.inf if _OPEN.search(text) else first + 1)
    return None


def without_overlap(bands: Iterable[Band]) -> tuple[list[Band], Band | None]:
    """Return the narrowest bands that do not overlap, and the first one that overlaps them without being made of them.

    A census table often has single years, bands of five years and their sums in one column: the single years stay.
    """
    kept: list[Band] = []
    for one in sorted(set(bands), key=lambda b: (b.end - b.first, b.first)):
        inside = [other for other in kept if other.first < one.end and one.first < other.end]
        if not inside:
            kept.append(one)
        elif not _made_of(one, inside):
            return sorted(kept), one
    return sorted(kept), None


def common(some: Sequence[Band], others: Sequence[Band]) -> list[Band]:
    """Return the narrowest bands to which both can be folded: those between the ages at which both begin a new one.

    Only ages that both know count. Empty where they share no such band.
    """
    cuts = sorted(_cuts(some) & _cuts(others))
    spans = [Band(int(first), end) for first, end in pairwise(cuts)]
    return [span for span in spans if _filled(span, some) and _filled(span, others)]


def _cuts(bands: Sequence[Band]) -> set[float]:
    return {float(edge) for one in bands for edge in one}


def _filled(span: Band, bands: Sequence[Band]) -> bool:
    return _made_of(span, [one for one in bands if one.within(span)])


def _made_of(span: Band, parts: Sequence[Band]) -> bool:
    """Say whether the parts lie in the span and leave no age of it out."""
    at: float = span.first
    for one in sorted(parts):
        if one.first != at or not one.within(span):
            return False
        at = one.end
    return at == span.end
