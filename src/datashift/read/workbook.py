"""Workbooks (XLSX, XLSM, XLSB, XLS, ODS): which sheet, where its header stands, and each cell as text."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import python_calamine as calamine

from datashift.errors import Unreadable
from datashift.language import N_
from datashift.read.cells import column_of, shown
from datashift.read.grid import MOST_COLUMNS, Grid, Note, Options, assemble, listed
from datashift.read.header import SAMPLE, Merge, header
from datashift.read.inside import Inside, look_inside
from datashift.read.near import no_such_sheet
from datashift.read.repeats import MAIN_OF, is_repeat, main_of, with_parents

MACROS = N_("The workbook carries macros. Only its cells were read; nothing was run.")
CHOSEN = N_("The sheet '{sheet}' was read, by far the largest. The other sheets are: {others}.")
ERRORS = N_("{count} cells show a sign such as #DIV/0! or #N/A instead of a value. They were kept as that text.")
MERGED = N_("{count} merged areas lie below the header. Only the first cell of each holds the value.")
BLANK_END = N_("{count} blank rows at the end of the sheet were left out.")

_BY_FAR = 10


def table(data: bytes, file: str, options: Options) -> Grid:
    """Read one sheet of a workbook.

    Without a sheet name this is the only visible sheet that is filled, the main table of an export with repeat
    groups, or the first sheet where it is at least ten times as large as any other; else the error names the sheets.
    """
    inside = look_inside(data, file)
    with _opened(data, file) as book:
        load = cache(book.get_sheet_by_name)
        chosen, notes = _choice(book, load, options.sheet, file)
        names = [chosen, *_visible(book)] if is_repeat(_first_names(load(chosen))) else [chosen]
        headers = {name: _first_names(load(name)) for name in dict.fromkeys(names)}
        grid = with_parents(chosen, headers, lambda name: _sheet(load(name), inside, options, file, name))
    if inside.macros:
        notes.append((MACROS, {}))
    return Grid(grid.table, inside.format, "", "", chosen, grid.header_row, (*notes, *grid.notes))


def sheets(data: bytes, file: str) -> list[str]:
    """Return the names of the visible sheets of a workbook."""
    look_inside(data, file)
    with _opened(data, file) as book:
        return _visible(book)


@contextmanager
def _opened(data: bytes, file: str) -> Iterator[Any]:
    """Open a workbook; whatever the reader says about a broken one becomes our error.

    The reader is Rust: on some broken files it panics, which arrives as a BaseException of its own.
    """
    try:
        with calamine.load_workbook(io.BytesIO(data)) as book:
            yield book
    except calamine.PasswordError as problem:
        raise Unreadable("read.locked", file=file) from problem
    except calamine.CalamineError as problem:
        raise Unreadable("read.damaged", file=file) from problem
    except BaseException as problem:
        if type(problem).__name__ == "PanicException":
            raise Unreadable("read.damaged", file=file) from problem
        raise


def _visible(book: Any) -> list[str]:
    return [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet and sheet.visible == calamine.SheetVisibleEnum.Visible
    ]


def _first_names(sheet: Any) -> list[str]:
    rows = sheet.to_python(skip_empty_area=False, nrows=1)
    return [shown(cell) for cell in rows[0]] if rows else []


def _choice(book: Any, load: Callable[[str], Any], stated: str | None, file: str) -> tuple[str, list[Note]]:
    names = _visible(book)
    if stated is not None:
        if stated not in book.sheet_names:
            raise no_such_sheet(file, stated, names)
        return stated, []
    sizes = {name: _size(load(name)) for name in names}
    filled = [name for name in names if sizes[name]]
    if not filled:
        raise Unreadable("read.empty", file=file)
    if len(filled) == 1:
        return filled[0], []
    main = main_of({name: _first_names(load(name)) for name in filled})
    if main:
        return main, [(MAIN_OF, {"main": main, "repeats": listed(name for name in filled if name != main)})]
    others = filled[1:]
    if sizes[filled[0]] >= _BY_FAR * max(sizes[name] for name in others):
        return filled[0], [(CHOSEN, {"sheet": filled[0], "others": listed(others)})]
    raise Unreadable("read.choose-sheet", file=file, sheets=listed(filled, most=40))


def _size(sheet: Any) -> int:
    return int(sheet.height * sheet.width)


def _sheet(sheet: Any, inside: Inside, options: Options, file: str, name: str) -> Grid:
    if sheet.total_width > MOST_COLUMNS:
        raise Unreadable("read.too-many-columns", file=file, columns=sheet.total_width, most=MOST_COLUMNS)
    rows = sheet.to_python(skip_empty_area=False)
    notes: list[Note] = []
    _show_errors(rows, inside.errors.get(name, {}), notes)
    _without_blank_end(rows, notes)
    if not rows:
        raise Unreadable("read.empty-sheet", file=file, sheet=name)
    merges: Sequence[Merge] = sheet.merged_cell_ranges or ()
    top = [[shown(cell) for cell in row] for row in rows[: max(SAMPLE, (options.header_row or 0) + 2)]]
    found = header(top, file, options.header_row, merges)
    below = sum(1 for (first, _), _ in merges if first > found.last)
    if below:
        notes.append((MERGED, {"count": below}))
    body = rows[found.last + 1 :]
    columns = [column_of(cells) for cells in zip(*body, strict=True)] if body else [column_of([])] * len(found.names)
    start = found.last + 2
    result, name_notes = assemble(found.names, columns, range(start, start + len(body)), file)
    return Grid(result, inside.format, header_row=found.last + 1, notes=(*notes, *found.notes, *name_notes))


def _show_errors(rows: list[list[Any]], errors: dict[tuple[int, int], str], notes: list[Note]) -> None:
    count = 0
    for (row, place), text in errors.items():
        if row < len(rows) and place < len(rows[row]) and rows[row][place] == "":
            rows[row][place] = text
            count += 1
    if count:
        notes.append((ERRORS, {"count": count}))


def _without_blank_end(rows: list[list[Any]], notes: list[Note]) -> None:
    count = 0
    while rows and not any(cell != "" for cell in rows[-1]):
        rows.pop()
        count += 1
    if count and rows:
        notes.append((BLANK_END, {"count": count}))
