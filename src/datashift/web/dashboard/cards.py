"""The picture that goes along when a release is shared: its finding, large enough to read on a phone."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from datashift.draw import letters, look, picture
from datashift.language import LANGUAGES, N_, _, label, speaking
from datashift.numbers import THIN, amount, in_digits
from datashift.web.dashboard import reading
from datashift.web.dashboard.ledger_telling import Rows
from datashift.web.dashboard.models import Beside, Figure, Release

WIDTH, HEIGHT = 1200, 630

SIMULATED = N_("Simulated data: they say nothing about any real place.")
CITIZENS = N_("Citizens: {figure}")
OFFICIAL = N_("Official: {figure} ({source})")
BY = N_("Counted by {producer}")

_EDGE = 64
_ROOM = WIDTH - 2 * _EDGE
_SIZES = (58, 52, 46, 40, 35, 30, 26)
_TALLEST = 270
_AXIS = 500
_SMALL, _NAME = 27, 32


def draw_cards(release: Release, home: Path) -> list[Path]:
    """Draw the card of a release in every language, where it is not there yet; return the files."""
    rows: Rows | None = None
    files = []
    for language in LANGUAGES:
        path = home / "cards" / f"{release.pk}-{language}.png"
        if not path.is_file():
            rows = rows or Rows.of(release)
            with speaking(language):
                _write(path, picture(card(release, rows)))
        files.append(path)
    return files


def card(release: Release, rows: Rows) -> str:
    """Return the card of a release as SVG, in the current language."""
    finding = label(release.texts["finding"]) or label(release.texts["title"])
    parts = [*_head(release), *_finding(finding), *_strip(release, rows), *_foot(release)]
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    paper = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{look.PAPER}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{paper}{"".join(parts)}</svg>'


def _head(release: Release) -> Iterator[str]:
    known = reading.indicator(release.indicator)
    place = label(release.texts["place"]) or label(reading.country_name(release.country))
    about = [place, in_digits(release.indicator), label(known["label"]) if known else ""]
    text = letters.wrapped(" · ".join(filter(None, about)), _ROOM - 300, _SMALL)
    yield _text(text[0] + ("…" if len(text) > 1 else ""), (_EDGE, 92), _SMALL, look.QUIET)
    right = WIDTH - _EDGE
    yield _text("DataShift", (right, 92), _NAME, look.TEXT, bold=True, anchor="end")
    left = right - letters.shaped("DataShift", bold=True).advance * _NAME - 20
    yield f'<circle cx="{left - 34:.0f}" cy="81" r="11" fill="{look.CITIZEN}"/>'
    yield _diamond(left - 8, 81, 12)


def _finding(text: str) -> Iterator[str]:
    size, lines = _SIZES[-1], [text]
    for size in _SIZES:
        lines = letters.balanced(text, _ROOM / letters.BOLD_SLACK * 1.1, size, bold=True)
        if len(lines) * size * 1.32 <= _TALLEST:
            break
    for k, line in enumerate(lines):
        yield _text(line, (_EDGE, 168 + size * (0.8 + 1.32 * k)), size, look.TEXT, bold=True)


def _foot(release: Release) -> Iterator[str]:
    warning = _(SIMULATED) if release.simulated else _(BY).format(producer=release.producer)
    line = letters.wrapped(warning, _ROOM, _SMALL)[0]
    yield _text(line, (_EDGE, HEIGHT - 34), _SMALL, look.CITIZEN_TEXT if release.simulated else look.QUIET)


# --- citizens and officials on one line -------------------------------------------------------------------------------


def _strip(release: Release, rows: Rows) -> Iterator[str]:
    """Draw the figure with its interval, and the official one where both measure the same; for shares only."""
    figure = _whole(release, rows)
    if figure is None or figure.value is None or figure.unit != "PT":
        return
    official = _same(rows.beside_of(figure))
    yield f'<path d="M{_EDGE} {_AXIS}H{WIDTH - _EDGE}" stroke="{look.AXIS}" stroke-width="2"/>'
    for value, text, anchor in ((0, "0", "start"), (100, f"100{THIN}%", "end")):
        yield _text(in_digits(text), (_at(value), _AXIS + 36), 22, look.QUIET, anchor=anchor)
    texts = [_(CITIZENS).format(figure=amount(figure.value, figure.lower, figure.upper, "PT"))]
    if figure.lower is not None and figure.upper is not None:
        span = f"M{_at(figure.lower):.1f} {_AXIS}H{_at(figure.upper):.1f}"
        yield f'<path d="{span}" stroke="{look.CITIZEN}" stroke-width="9"/>'
    yield f'<circle cx="{_at(figure.value):.1f}" cy="{_AXIS}" r="15" fill="{look.CITIZEN}"/>'
    if official is not None:
        yield _diamond(_at(official["value"]), _AXIS, 17)
        texts.append(_(OFFICIAL).format(figure=amount(official["value"], None, None, "PT"), source=official["source"]))
    yield from _named(texts)


def _named(texts: Sequence[str]) -> Iterator[str]:
    line = letters.wrapped("   ".join(texts), _ROOM, 25)
    yield _text(line[0] + ("…" if len(line) > 1 else ""), (WIDTH / 2, _AXIS + 36), 25, look.TEXT, anchor="middle")


def _whole(release: Release, rows: Rows) -> Figure | None:
    found = rows.everybody(area=release.whole, measure=release.measures[0]["id"])
    return found[0] if found else None


def _same(beside: Beside | None) -> dict[str, float] | None:
    """Return an official figure of the same concept, in per cent; what measures something else stays off the line."""
    official = beside.official if beside else None
    return official if official and official["relation"] == "same" and official["unit"] == "PT" else None


def _at(value: float) -> float:
    return _EDGE + _ROOM * max(0.0, min(100.0, value)) / 100


# --- shapes -----------------------------------------------------------------------------------------------------------


def _text(
    text: str, at: tuple[float, float], size: float, ink: str, *, bold: bool = False, anchor: str = "start"
) -> str:
    x, y = at
    weight = ' font-weight="bold"' if bold else ""
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}px" fill="{ink}" text-anchor="{anchor}"'
    return f"<text {place}{weight}>{escape(letters.writable(text))}</text>"


def _diamond(x: float, y: float, r: float) -> str:
    path = f"M{x:.1f} {y - r}l{r} {r}l{-r} {r}l{-r} {-r}z"
    return f'<path d="{path}" fill="{look.PAPER}" stroke="{look.OFFICIAL}" stroke-width="4"/>'


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_bytes(data)
    temporary.replace(path)
