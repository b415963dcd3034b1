"""What the pages of a dossier are made of: blocks in one language, ready for HTML, for typst, or for anything else.

A block is plain data with a `kind`:

text      a paragraph: `text`, and its `role` (plain, lead or small)
heading   a heading below that of the section: `text`
list      `items`: texts
facts     `rows`: [term, text]
cards     `items`: {title, state, lines: [[term, text]]}; `state` is a word, "" where there is none; `brief` cards are
          many, and need little room
table     `caption`, `head`, `rows`, `align` (one letter per column: l left, r right, c code); a cell is a text or a
          mark; the first cell names the row
map       areas in one frame, `viewbox` (left, top, width, height): `areas`: {path, at, state, title}, where `state` is
          counted, few, many, none, hidden or cannot_tell; `legend`: [state, text]; `caption`; `said` is the text for
          whoever listens

A mark is a small picture in a cell. The numbers that it shows stand beside it in the same row:

dot       `value` with its interval `lower` to `upper`, on a line from `least` to `most`
bar       the share that was to be `expected` (hollow) above the `share` that came (filled), from 0 to `most`; `state`
          is counted, few, many, none, hidden or cannot_tell
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from datashift.errors import DataShiftError
from datashift.numbers import THIN, in_digits, places, said
from datashift.standards.periods import years

Block = dict[str, Any]
Cell = str | dict[str, Any]
NONE = "–"


def text(words: str, role: str = "plain") -> list[Block]:
    """Return a paragraph; nothing where there are no words."""
    return [{"kind": "text", "text": words, "role": role}] if words else []


def heading(words: str) -> list[Block]:
    """Return a heading within a section."""
    return [{"kind": "heading", "text": words}]


def listed(items: Iterable[str]) -> list[Block]:
    """Return a list of texts; nothing where it is empty."""
    known = [item for item in items if item]
    return [{"kind": "list", "items": known}] if known else []


def facts(rows: Iterable[tuple[str, str]]) -> list[Block]:
    """Return terms with their texts; a term without a text is left out."""
    known = [[term, words] for term, words in rows if words]
    return [{"kind": "facts", "rows": known}] if known else []


def card(title: str, state: str, lines: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return one card: a title, a word for its state, and terms with their texts."""
    return {"title": title, "state": state, "lines": [[term, words] for term, words in lines if words]}


def cards(items: Iterable[dict[str, Any]], *, brief: bool = False) -> list[Block]:
    """Return cards one below the other; nothing where there are none."""
    known = list(items)
    return [{"kind": "cards", "items": known, "brief": brief}] if known else []


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[Cell]], align: str) -> list[Block]:
    """Return a table with its caption; nothing where it has no rows."""
    known = [list(row) for row in rows]
    return [{"kind": "table", "caption": caption, "head": list(head), "rows": known, "align": align}] if known else []


def areas(
    viewbox: Sequence[int], shown: Iterable[dict[str, Any]], caption: str, legend: Iterable[tuple[str, str]], said: str
) -> list[Block]:
    """Return a map with its legend; nothing where it has no areas."""
    known = list(shown)
    words = {"caption": caption, "legend": [list(row) for row in legend], "said": said}
    return [{"kind": "map", "viewbox": list(viewbox), "areas": known, **words}] if known else []


def dot(value: float | None, lower: float | None, upper: float | None, scale: tuple[float, float]) -> Cell:
    """Return a figure with its interval as a mark on a line; a dash where there is no figure."""
    if value is None:
        return NONE
    least, most = scale
    return {"mark": "dot", "value": value, "lower": lower, "upper": upper, "least": least, "most": most}


def bar(share: float | None, expected: float | None, most: float, state: str) -> Cell:
    """Return the share of a group among those who answered, above its share among those who are meant."""
    return {"mark": "bar", "share": share, "expected": expected, "most": most, "state": state}


def per_cent(share: float | None, decimals: int = 0) -> str:
    """Say a share of 0 to 1 as per cent."""
    return NONE if share is None else f"{said(100 * share, decimals)}{THIN}%"


def figure(value: float | None, lower: float | None, upper: float | None, unit: str = "") -> str:
    """Say a figure without its interval, as precise as the interval allows."""
    if value is None:
        return NONE
    return said(value, places(value, lower, upper)) + (f"{THIN}%" if unit == "PT" else "")


def period(written: str) -> str:
    """Say an SDMX time period as the year or years it covers; another text as it stands."""
    if "/" not in written:
        return in_digits(written)
    try:
        first, last = years(written)
    except DataShiftError:
        return in_digits(written)
    return in_digits(str(first) if first == last else f"{first}–{last}")
