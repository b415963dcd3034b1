"""Which columns an export has, and how an answer becomes the cells of its columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from datashift.errors import BadExport
from datashift.export.layout import Column, Layout, Options, Sheet, said
from datashift.export.signs import sound

INDEX, PARENT = "_index", "_parent_index"
FLAG = "flag"
"""The kind of a column that says with 1 or 0 whether a choice was taken."""
_KEPT = 5000


class Field(NamedTuple):
    """One column of a file: its name, its header, its kind (of `Column.kind`, or flag), the question, the choice."""

    name: str
    title: str
    kind: str = "string"
    column: Column | None = None
    choice: str = ""


class Cells(dict[str, tuple[str, ...]]):
    """From an answer to the cells it fills. What was worked out is kept for the next, up to some thousands."""

    def __init__(self, column: Column, labels: dict[str, str], flags: tuple[str, ...]) -> None:
        super().__init__()
        self.column, self.labels, self.flags = column, labels, flags

    def __missing__(self, answer: str) -> tuple[str, ...]:
        codes = answer.split() if self.column.multiple else [answer]
        shown = "; ".join(self.labels.get(code, code) for code in codes) if self.labels else answer
        cells = (shown, *("1" if flag in codes else "0" for flag in self.flags))
        if len(self) < _KEPT:
            self[answer] = cells
        return cells


class Spread(NamedTuple):
    """Where in a row an answer becomes other cells."""

    start: int
    stop: int
    cells: Cells


@dataclass(frozen=True)
class Table:
    """One sheet as it will be written. The first `lead` fields are about the row, the others are answers.

    `paths` has the path of each answer; `inner` the repeats directly inside, as {path: number of its table}.
    """

    sheet: Sheet
    fields: tuple[Field, ...]
    lead: int
    paths: tuple[str, ...]
    spreads: tuple[Spread, ...]
    inner: dict[str, int]


def planned(layout: Layout, options: Options) -> tuple[Table, ...]:
    """Return the tables to write, in the order of the sheets; names are unique in each.

    A layout with doubled names, or a sheet before its parent, is an error.
    """
    _checked(layout)
    places = {sheet.path: number for number, sheet in enumerate(layout.sheets)}
    inner: list[dict[str, int]] = [{} for _ in layout.sheets]
    for sheet in layout.sheets[1:]:
        inner[places[sheet.parent]][sheet.path] = places[sheet.path]
    return tuple(_table(layout, sheet, options, inner[places[sheet.path]]) for sheet in layout.sheets)


def keys(layout: Layout) -> tuple[int, ...]:
    """Return where in the fields of a submission those stand that tell which it is: they go into every sheet."""
    return tuple(place for place, name in enumerate(layout.meta) if name in ("_id", "_uuid"))


def unique(names: Iterable[str]) -> list[str]:
    """Return the names, each once whatever its case: a second Age becomes Age_2."""
    taken: set[str] = set()
    made = []
    for name in names:
        number, free = 1, name
        while free.casefold() in taken:
            number += 1
            free = f"{name}_{number}"
        taken.add(free.casefold())
        made.append(free)
    return made


def _checked(layout: Layout) -> None:
    seen: set[str] = set()
    names: set[str] = set()
    for number, sheet in enumerate(layout.sheets):
        if sheet.path in seen or sheet.name in names or (number == 0) != (sheet.path == ""):
            raise BadExport("export.layout", name=sheet.name)
        if number and sheet.parent not in seen:
            raise BadExport("export.parent", name=sheet.name, parent=sheet.parent or "—")
        seen.add(sheet.path)
        names.add(sheet.name)
        for name, times in Counter(column.name for column in sheet.columns).most_common(1):
            if times > 1:
                raise BadExport("export.layout", name=name)


def _table(layout: Layout, sheet: Sheet, options: Options, inner: dict[str, int]) -> Table:
    own = [layout.meta[place] for place in keys(layout)] if sheet.path else layout.meta
    numbers = [INDEX, PARENT] if sheet.path else [INDEX]
    lead = [*(Field(name, name, "int") for name in numbers), *(Field(name, name) for name in own)]
    fields, paths, spreads = list(lead), [], []
    for column in sheet.columns:
        found = _fields(column, options)
        labels = _labels(column, options)
        if labels or len(found) > 1:
            start = len(fields)
            flags = tuple(one.choice for one in found[1:])
            spreads.append(Spread(start, start + len(found), Cells(column, labels, flags)))
        fields += found
        paths += [column.name] * len(found)
    return Table(sheet, _named_apart(fields), len(lead), tuple(paths), tuple(spreads), inner)


def _fields(column: Column, options: Options) -> list[Field]:
    """Return the column of a question, and one for each choice where they are split."""
    name = column.name.replace("/", options.separator)
    title = said(column.labels, options.language, name) if options.labels else name
    kind = "string" if column.choices and options.labels else column.kind
    fields = [Field(name, title, kind, column)]
    if column.multiple and options.split:
        for choice in column.choices:
            label = said(choice.labels, options.language, choice.name) if options.labels else choice.name
            flagged = options.separator.join((name, choice.name))
            fields.append(Field(flagged, options.separator.join((title, label)), FLAG, column, choice.name))
    return fields


def _labels(column: Column, options: Options) -> dict[str, str]:
    if not options.labels:
        return {}
    return {choice.name: said(choice.labels, options.language, choice.name) for choice in column.choices}


def _named_apart(fields: list[Field]) -> tuple[Field, ...]:
    """Return the fields with unique names and headers; a header that stands twice tells the name of its question."""
    often = Counter(one.title.casefold() for one in fields)
    titles = [one.title if often[one.title.casefold()] < 2 else f"{one.title} ({one.name})" for one in fields]
    titles = [one.name if one.title == one.name else title for one, title in zip(fields, titles, strict=True)]
    names = unique(sound(one.name) for one in fields)
    titles = unique(map(sound, titles))
    return tuple(one._replace(name=name, title=title) for one, name, title in zip(fields, names, titles, strict=True))
