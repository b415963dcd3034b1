"""Submissions for SPSS: a .sav file for each sheet, with labels of questions and choices, and which codes mean missing.

Codes stay as they are stored: numbers where every code of a question is a whole number, texts otherwise. A question
with several answers has a column of 1 and 0 for each choice beside the answer itself.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from datashift.export.beside import file_names, gathered
from datashift.export.layout import Options, Rows, Written, said
from datashift.export.plan import FLAG, Field, Table, unique
from datashift.export.sav import MOST_BYTES, MOST_MISSING, Variable, write_sav
from datashift.export.signs import WHOLE, is_day, lettered, within
from datashift.export.spool import Spool, spooled

_MOST_NAME = 64
# What SPSS takes for words of its own language.
_WORDS = {"ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"}
_CUT = " […]"


def spss_options(options: Options) -> Options:
    """Return the options with which submissions are planned for SPSS: codes, and choices of several answers apart."""
    return Options(False, options.language, True, "/", options.states)


def write_spss(
    tables: tuple[Table, ...], rows: Rows, scratch: Path, path: Path, told: Written, *, language: str = ""
) -> None:
    """Write a .sav file for each sheet, and variables.csv: which variable stands for which question.

    A text above 32,767 bytes is cut, marked with […] and counted in `told`.
    """
    spools = spooled(tables, rows, scratch, told, _wanted)
    files = []
    with (scratch / "variables.csv").open("w", encoding="utf-8", newline="") as stream:
        listed = csv.writer(stream)
        listed.writerow(["file", "variable", "path", "choice"])
        for spool, name in zip(spools, file_names(table.sheet.name for table in tables), strict=True):
            files.append(scratch / f"{name}.sav")
            fields, names = spool.table.fields, spss_names(spool.table.fields)
            listed.writerows([files[-1].name, *_origin(one, name)] for one, name in zip(fields, names, strict=True))
            variables = [_variable(spool, place, name, language) for place, name in enumerate(names)]
            write_sav(files[-1], variables, _cells(spool, told), spool.count)
            spool.file.unlink()
    gathered([*files, scratch / "variables.csv"], scratch, path)


def spss_names(fields: tuple[Field, ...]) -> list[str]:
    """Return a valid name for each column, each once: letters, digits, _ and . up to 64 bytes, a letter first.

    It is the last part of the path, or the whole path where two questions end alike.
    """
    lasts = [_valid("_".join(filter(None, (_path(field).rsplit("/", 1)[-1], field.choice)))) for field in fields]
    often = Counter(last.casefold() for last in lasts)
    wholes = [_valid(".".join(filter(None, (_path(field).replace("/", "."), field.choice)))) for field in fields]
    names = [last if often[last.casefold()] == 1 else whole for last, whole in zip(lasts, wholes, strict=True)]
    # Six bytes are left for the number of a second one.
    return unique(within(name, _MOST_NAME - 6).rstrip("_.") for name in names)


def _path(field: Field) -> str:
    return field.column.name if field.column else field.name


def _valid(name: str) -> str:
    plain = lettered(name, "_.").strip("_.")
    if not plain or not plain[0].isalpha() or plain.upper() in _WORDS:
        plain = f"v_{plain}".strip("_.")
    return plain


def _origin(field: Field, name: str) -> list[str]:
    return [name, _path(field), field.choice]


def _wanted(field: Field) -> str:
    """Return the kind a column should have: choices whose codes are all whole numbers are numbers."""
    column = field.column
    if field.kind != FLAG and column and column.choices:
        codes = all(WHOLE.fullmatch(choice.name) for choice in column.choices)
        return "int" if codes and not column.multiple else "string"
    return field.kind


def _variable(spool: Spool, place: int, name: str, language: str) -> Variable:
    field, kind = spool.table.fields[place], spool.kinds[place]
    if field.column is None:
        return Variable(name, kind, max(1, spool.widths[place]))
    label = said(field.column.labels, language, field.name)
    if field.kind == FLAG:
        chosen = {choice.name: said(choice.labels, language, choice.name) for choice in field.column.choices}
        return Variable(name, kind, label=f"{label}: {chosen[field.choice]}")
    labels = {} if field.column.multiple else {
        choice.name: said(choice.labels, language, choice.name) for choice in field.column.choices
    }  # fmt: skip
    missing = tuple(code for code in field.column.missing if _fits(code, kind))[:MOST_MISSING]
    widest = max([1, spool.widths[place], *[len(code.encode()) for code in (*labels, *missing)]])
    return Variable(name, kind, min(widest, MOST_BYTES), label, labels, missing)


def _fits(code: str, kind: str) -> bool:
    return kind == "string" or bool(WHOLE.fullmatch(code) if kind != "date" else is_day(code))


def _cells(spool: Spool, told: Written) -> Iterator[list[str]]:
    """Yield the rows, each text within what SPSS holds."""
    long = [place for place, width in enumerate(spool.widths) if width > MOST_BYTES]
    for cells in spool:
        for place in long:
            if len(cells[place].encode()) > MOST_BYTES:
                cells[place] = within(cells[place], MOST_BYTES - len(_CUT.encode())) + _CUT
                told.shortened += 1
        yield cells
