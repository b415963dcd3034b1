"""Letters as they will be seen: measured, broken into lines, and drawn as outlines where a renderer cannot shape them.

The fonts are Noto Sans and Noto Sans Devanagari (SIL Open Font License, see fonts/OFL.txt).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from itertools import groupby
from typing import Any

SLACK, BOLD_SLACK = 1.14, 1.2
"""Readers see the text in a font of their own, which may be this much wider than ours (DejaVu Sans is)."""

_SUBSETS = ("devanagari-latin", "devanagari-devanagari", "devanagari-latin-ext", "latin")
_THIN = {"\u2009": 0.2, "\u202f": 0.2, "\u200b": 0.0}  # blanks that the fonts lack, in em
_UNKNOWN = 0.6  # em; room for a letter that no font of ours has


@dataclass(frozen=True)
class Glyph:
    """One shaped glyph: its outline in font units (empty for a blank), and where its origin stands, in em."""

    outline: str
    x: float
    y: float
    scale: float


@dataclass(frozen=True)
class Shaped:
    """A line of text after shaping. `complete` says that our fonts have every letter of it."""

    glyphs: tuple[Glyph, ...]
    advance: float
    complete: bool


def width(text: str, size: float, bold: bool = False) -> float:
    """Return the room in pixels that `text` needs at `size`, in the widest font a reader is likely to have."""
    return shaped(text, bold).advance * size * (BOLD_SLACK if bold else SLACK)


def wrapped(text: str, room: float, size: float, bold: bool = False, most: int = 1000) -> list[str]:
    """Break `text` between words into lines of at most `room` pixels and `most` characters.

    A word longer than a line is broken between letters, never inside a letter with its signs. Line breaks stay.
    """
    return [line for paragraph in text.splitlines() for line in _lines(paragraph, room, size, bold, most)]


def writable(text: str) -> str:
    """Return `text` without the control characters that no drawing may contain."""
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs") and c not in "\ufffe\uffff")


def balanced(text: str, room: float, size: float, bold: bool = False, most: int = 1000) -> list[str]:
    """Break `text` like `wrapped`, into as few lines, but of lengths as even as can be."""
    lines = wrapped(text, room, size, bold, most)
    if len(lines) < 2:
        return lines
    narrow, wide = room / len(lines), room
    while wide - narrow > 4:
        middle = (narrow + wide) / 2
        narrow, wide = (
            (narrow, middle) if len(wrapped(text, middle, size, bold, most)) <= len(lines) else (middle, wide)
        )
    return wrapped(text, wide, size, bold, most)


def has_letter(letter: str) -> bool:
    """Say whether one of our fonts has this letter, or it is a blank."""
    return letter.isspace() or letter in _THIN or _subset(letter, False) is not None


def _lines(paragraph: str, room: float, size: float, bold: bool, most: int) -> list[str]:
    def fits(text: str) -> bool:
        return len(text) <= most and width(text, size, bold) <= room

    lines: list[str] = []
    # Thin and no-break blanks hold their neighbours together: only the plain blank breaks a line.
    for word in filter(None, paragraph.split(" ")):
        if lines and fits(f"{lines[-1]} {word}"):
            lines[-1] = f"{lines[-1]} {word}"
        elif fits(word):
            lines.append(word)
        else:
            lines.append("")
            for letter in _letters(word):
                if lines[-1] and not fits(lines[-1] + letter):
                    lines.append("")
                lines[-1] += letter
    return lines


def _letters(word: str) -> list[str]:
    """Split a word into letters, each with the vowel signs and marks that belong to it."""
    found: list[str] = []
    for character in word:
        joins = unicodedata.category(character).startswith("M") or character in "\u200c\u200d"
        after_virama = found and found[-1][-1] in "\u094d\u200d"
        if found and (joins or after_virama):
            found[-1] += character
        else:
            found.append(character)
    return found


@lru_cache(maxsize=4096)
def shaped(text: str, bold: bool = False) -> Shaped:
    """Shape one line of `text` with the font that has its letters, part by part, left to right."""
    glyphs: list[Glyph] = []
    pen, complete = 0.0, True
    for subset, part in groupby(text, key=lambda letter: _subset(letter, bold)):
        letters = "".join(part)
        if subset is None:
            pen += sum(_THIN.get(letter, _UNKNOWN) for letter in letters)
            complete = complete and all(letter in _THIN for letter in letters)
            continue
        run = _run(subset, bold, letters)
        glyphs.extend(Glyph(g.outline, g.x + pen, g.y, g.scale) for g in run.glyphs)
        pen += run.advance
    return Shaped(tuple(glyphs), pen, complete)


def _run(subset: str, bold: bool, letters: str) -> Shaped:
    import uharfbuzz as hb  # noqa: PLC0415 - heavy, and only needed when a chart is drawn

    font = _font(subset, bold)
    buffer = hb.Buffer()
    buffer.add_str(letters)
    buffer.guess_segment_properties()
    hb.shape(font, buffer)
    scale = 1 / font.face.upem
    pen, glyphs = 0.0, []
    for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        outline = _outline(subset, bold, info.codepoint)
        glyphs.append(Glyph(outline, (pen + at.x_offset) * scale, at.y_offset * scale, scale))
        pen += at.x_advance
    return Shaped(tuple(glyphs), pen * scale, True)


@cache
def _outline(subset: str, bold: bool, glyph: int) -> str:
    from fontTools.pens.svgPathPen import SVGPathPen  # noqa: PLC0415 - only needed when a chart is drawn

    pen = SVGPathPen(None)
    _font(subset, bold).draw_glyph_with_pen(glyph, pen)
    return str(pen.getCommands())


@lru_cache(maxsize=8192)
def _subset(letter: str, bold: bool) -> str | None:
    # The Devanagari files repeat a few Latin signs; the Latin file comes first so that a line keeps one look. The last
    # file is Noto Sans itself, for signs that the others lack (µ, ², ³).
    return next((s for s in _SUBSETS if _font(s, bold).get_nominal_glyph(ord(letter))), None)


@cache
def _font(subset: str, bold: bool) -> Any:
    import uharfbuzz as hb  # noqa: PLC0415 - heavy, and only needed when a chart is drawn

    return hb.Font(hb.Face(font_file(subset, bold)))


@cache
def font_file(subset: str, bold: bool) -> bytes:
    """Return one of our fonts as a plain TrueType file, for programs that cannot read its compressed wrapper."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - only needed when something is drawn

    name = f"noto-sans-{subset}-{700 if bold else 400}-normal.woff"
    packed = TTFont(BytesIO(files("datashift").joinpath("fonts", name).read_bytes()), recalcTimestamp=False)
    packed.flavor = None
    plain = BytesIO()
    packed.save(plain)
    return plain.getvalue()
