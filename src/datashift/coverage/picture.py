"""The coverage matrix as charts that can be printed, each with its twins."""

from __future__ import annotations

from datashift.coverage import wording
from datashift.coverage.matrix import Coverage
from datashift.coverage.view import WHOLE, Seen, View
from datashift.draw import Cell, MatrixRow, Words, look, who_counted
from datashift.language import _, current
from datashift.model import Chart
from datashift.numbers import THIN, in_digits, said

ROWS = 26
"""Rows on one page: with head and foot about as high as a sheet of A4."""

WIDE, NARROW = 18, 14
"""Columns on one page: of full width, and on a phone."""

_YEAR_ROOM = 46  # pixels that four digits need


def pictures(coverage: Coverage, view: View, *, width: int = 720, rows: int = ROWS) -> tuple[Chart, ...]:
    """Return the charts of a picture, `rows` indicators on each, in the current language.

    In: `width` in pixels, 360 for a phone. Out: one chart or more, as rows and columns need; every one has the text of
    the whole picture, and the table of its own cells: who counted, in words, with the year where years are not across.
    """
    codes, count = list(view.rows), len(view.columns)
    most = WIDE if width >= look.WIDTH else NARROW
    pages = [codes[k : k + rows] for k in range(0, len(codes), rows)] or [[]]
    spans = [range(k, min(k + most, count)) for k in range(0, count, most)]
    sheets = [(page, span) for page in pages for span in spans]
    return tuple(_chart(coverage, view, sheet, (k, len(sheets)), width) for k, sheet in enumerate(sheets, 1))


def _chart(coverage: Coverage, view: View, sheet: tuple[list[str], range], page: tuple[int, int], width: int) -> Chart:
    codes, span = sheet
    columns = [wording.column_name(coverage, view, view.columns[k]) for k in span]
    return who_counted(
        [_row(coverage, view, code, span) for code in codes],
        _thinned(columns, width) if view.across == "years" else columns,
        words=_words(coverage, view, *page),
        text=wording.sentences(coverage, view),
        table=_table(coverage, view, codes, span),
        width=width,
    )


def _row(coverage: Coverage, view: View, code: str, span: range) -> MatrixRow:
    asked = [cell for cell in view.rows[code] if cell]
    total = f"{said(sum(cell.who in WHOLE for cell in asked))}{THIN}/{THIN}{said(len(asked))}"
    return MatrixRow(wording.indicator_name(coverage, code), tuple(_cell(view.rows[code][k]) for k in span), total)


def _cell(cell: Seen | None) -> Cell | None:
    return Cell(cell.citizen, cell.official) if cell else None  # type: ignore[arg-type]


def _thinned(years: list[str], width: int) -> list[str]:
    """Leave names out, so that those that stay have room beside one another; the last year stays."""
    room = (width - 24) / len(years) if width < look.WIDTH else 26.0
    # On a phone the last name has to move inwards, towards the one before.
    every = max(1, -(-(_YEAR_ROOM + (12 if width < look.WIDTH else 0)) // int(room)))
    return [name if (len(years) - 1 - k) % every == 0 else "" for k, name in enumerate(years)]


def _words(coverage: Coverage, view: View, page: int, pages: int) -> Words:
    subtitle = wording.subtitle(coverage, view)
    where = view.area or view.across
    number = f" · {said(page)} / {said(pages)}" if pages > 1 else ""
    return Words(
        name=f"coverage-{view.across}-{where}-{page}", title=wording.finding(coverage, view),
        subtitle=subtitle + number, foot=wording.foot(view), unit="", value_label="", language=current(),
    )  # fmt: skip


def _table(coverage: Coverage, view: View, codes: list[str], span: range) -> tuple[tuple[str, ...], ...]:
    header = (_("Indicator"), *(wording.column_name(coverage, view, view.columns[k]) for k in span))
    years = view.across != "years"
    body = [
        (wording.indicator_name(coverage, code), *(_told(view.rows[code][k], years) for k in span)) for code in codes
    ]
    return (header, *body)


def _told(cell: Seen | None, year: bool) -> str:
    if cell is None:
        return ""
    text = _(wording.WHO[cell.who])
    return f"{text}, {in_digits(str(cell.last))}" if year and cell.last else text
