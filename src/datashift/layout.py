"""How text and tables look on a terminal: 80 columns, plain signs."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from textwrap import fill

WIDTH = 80


def wrapped(text: str, first: str = "", then: str | None = None) -> str:
    """Return `text` in lines of at most 80 columns; `first` and `then` stand before the first and the other lines."""
    more = first if then is None else then
    return fill(
        text, WIDTH, initial_indent=first, subsequent_indent=more, break_on_hyphens=False, break_long_words=False
    )


def grid(header: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
    """Return a plain table; `align` has one letter per column, l or r."""
    table = [list(header), *[list(row) for row in rows]]
    widths = [max(_cells(row[k]) for row in table) for k in range(len(header))]
    lines = [
        "  ".join(_padded(text, width, side) for text, width, side in zip(row, widths, align, strict=True)).rstrip()
        for row in table
    ]
    return "\n".join([lines[0], "  ".join("─" * width for width in widths), *lines[1:]])


def _cells(text: str) -> int:
    # Devanagari vowel signs and other marks take no place of their own on a terminal.
    return sum(unicodedata.category(c) not in ("Mn", "Me", "Cf") for c in text)


def _padded(text: str, width: int, side: str) -> str:
    blank = " " * (width - _cells(text))
    return text + blank if side == "l" else blank + text
