"""An XLSForm as plain records: its questions and choices with sheet, row, name and the labels in each language.

Read from a workbook (XLSX, XLS, ODS), from a zip of CSV files called survey and choices, or from Markdown tables whose
first column names the sheet, as the forms of the kits are written. Nothing is judged here: see lint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from datashift.errors import BadForm, Unreadable
from datashift.read import read_bytes
from datashift.read.formats import sheets as sheets_of
from datashift.read.store import content

SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm")
METADATA = frozenset((
    "start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username", "email", "audit",
    "start-geopoint", "background-audio",
))  # fmt: skip

_OLD_SPELLINGS = {
    "select1": "select_one", "select one": "select_one", "select one from": "select_one",
    "add select one prompt using": "select_one", "select all that apply": "select_multiple",
    "select all that apply from": "select_multiple", "select multiple": "select_multiple",
    "add select multiple prompt using": "select_multiple", "select one from file": "select_one_from_file",
    "select multiple from file": "select_multiple_from_file", "begin group": "begin_group", "end group": "end_group",
    "begin repeat": "begin_repeat", "end repeat": "end_repeat", "begin lgroup": "begin_repeat",
    "end lgroup": "end_repeat", "location": "geopoint", "gps": "geopoint", "string": "text", "int": "integer",
    "photo": "image", "date time": "datetime", "datetime": "datetime", "start time": "start", "end time": "end",
    "device id": "deviceid", "phone number": "phonenumber", "sim id": "simserial", "imei": "deviceid",
}  # fmt: skip
_WITH_LIST = (
    "select_one", "select_multiple", "rank", "select_one_external", "select_one_from_file",
    "select_multiple_from_file",
)  # fmt: skip
_LANGUAGES = {
    "english": "en", "español": "es", "spanish": "es", "espanol": "es", "castellano": "es", "swahili": "sw",
    "kiswahili": "sw", "nepali": "ne", "नेपाली": "ne", "french": "fr", "français": "fr", "arabic": "ar",
    "العربية": "ar", "portuguese": "pt", "português": "pt",
}  # fmt: skip
_IN_BRACKETS = re.compile(r"\(([A-Za-z]{2,3})(?:[-_][\w-]+)?\)\s*$")
_BAR = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Question:
    """One row of the survey sheet: `type` without its list (select_one, integer, begin_group …), and all its cells.

    labels and hints: language code -> text ("" where the column names no language). within: the names of the groups
    and repeats around it.
    """

    row: int
    type: str
    name: str
    labels: dict[str, str] = field(default_factory=dict)
    hints: dict[str, str] = field(default_factory=dict)
    list_name: str = ""
    within: tuple[str, ...] = ()
    cells: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """How it is answered: code, number, text, date, place, or "" where nobody answers it."""
        return _KINDS.get(self.type, "")


@dataclass(frozen=True)
class Choice:
    """One row of the choices sheet."""

    row: int
    list_name: str
    name: str
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """A form. languages: code -> name as the form writes it, in the order of the columns; rows: sheet -> its rows
    with their numbers (the line of the file, for Markdown)."""

    name: str
    questions: tuple[Question, ...]
    choices: dict[str, tuple[Choice, ...]]
    languages: dict[str, str]
    settings: dict[str, str]
    rows: dict[str, tuple[tuple[int, dict[str, str]], ...]]
    headers: dict[str, tuple[str, ...]]

    @property
    def language(self) -> str:
        """The code of the form's own language: the one its settings name, else its first."""
        stated = language_code(self.settings.get("default_language", ""))
        return stated if stated in self.languages else next(iter(self.languages), "")


_KINDS = {
    "select_one": "code", "select_multiple": "code", "select_one_external": "code", "select_one_from_file": "code",
    "select_multiple_from_file": "code", "rank": "code", "integer": "number", "decimal": "number", "range": "number",
    "percentage": "number", "text": "text", "barcode": "text", "calculate": "any", "hidden": "any",
    "date": "date", "datetime": "date", "time": "date", "today": "date", "start": "date", "end": "date",
    "geopoint": "place", "geotrace": "place", "geoshape": "place", "start-geopoint": "place",
}  # fmt: skip


def read_form(source: Path | bytes, name: str = "") -> Form:
    """Read a form from a file or from the bytes of a file called `name`.

    Raises Unreadable where the file cannot be opened, BadForm where it has no survey sheet with type and name.
    """
    data = source if isinstance(source, bytes) else content(source)
    file = name or (source.name if isinstance(source, Path) else "form")
    tables = _markdown(data, file) if PurePath(file).suffix.lower() in (".md", ".markdown") else _workbook(data, file)
    if "survey" not in tables:
        raise BadForm("form.no-survey", file=file, sheets=", ".join(tables) or "–")
    for column in ("type", "name"):
        if column not in tables["survey"].header:
            known = ", ".join(tables["survey"].header)
            raise BadForm("form.no-column", file=file, sheet="survey", column=column, known=known)
    return _form(file, tables)


def language_code(text: str) -> str:
    """Return the code of a language as forms write it: "English (en)", "en", "Kiswahili"; else the text itself."""
    plain = text.strip()
    if found := _IN_BRACKETS.search(plain):
        return found[1].lower()
    return _LANGUAGES.get(plain.lower(), plain.lower())


@dataclass(frozen=True)
class _Table:
    header: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]


# --- the sheets -----------------------------------------------------------------------------------------------------


def _workbook(data: bytes, file: str) -> dict[str, _Table]:
    if not data:
        raise Unreadable("read.empty", file=file)
    tables, names = {}, sheets_of(data, file)
    if not names:
        read_bytes(data, file)  # says why a file is no table at all
    for sheet in names:
        plain = PurePath(sheet).stem.strip().lower()
        if plain in SHEETS and plain not in tables:
            try:
                table = read_bytes(data, file, sheet=sheet, header_row=1).table
            except Unreadable as problem:
                if problem.code not in ("read.empty-sheet", "read.empty", "read.header-row"):
                    raise
                continue
            header = tuple(_header(name) for name in table.column_names[1:])
            rows = [(row.pop("_row"), row) for row in table.to_pylist()]
            tables[plain] = _Table(header, tuple((number, _filled(header, row.values())) for number, row in rows))
    return tables


def _markdown(data: bytes, file: str) -> dict[str, _Table]:
    tables: dict[str, list[tuple[int, list[str]]]] = {}
    sheet = ""
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
        text = line.strip()
        if not text.startswith("|") or set(text) <= set("|-: "):
            continue
        first, *cells = [cell.strip().replace("\\|", "|") for cell in _BAR.split(text.strip("|"))]
        sheet = first.lower() or sheet
        if first and not any(cells):  # the name of the sheet in a row of its own
            continue
        tables.setdefault(sheet, []).append((number, cells))
    made = {}
    for name, lines in tables.items():
        if name in SHEETS:
            header = tuple(_header(cell) for cell in lines[0][1])
            made[name] = _Table(header, tuple((number, _filled(header, cells)) for number, cells in lines[1:]))
    return made


def _header(name: str) -> str:
    """Column names in one spelling: `list name` and `label:English` are old ones."""
    plain = re.sub(r"\s*:{1,2}\s*", "::", name.strip()) if not name.strip().lower().startswith("jr:") else name.strip()
    first, sign, language = plain.partition("::")
    return {"list name": "list_name", "caption": "label"}.get(first.lower(), first.lower()) + sign + language


def _filled(header: tuple[str, ...], cells: object) -> dict[str, str]:
    pairs = zip(header, cells, strict=False)  # type: ignore[call-overload]
    return {name: " ".join(str(cell).split()) if name in ("type", "name", "list_name") else str(cell).strip()
            for name, cell in pairs if cell is not None and str(cell).strip()}  # fmt: skip


# --- the records ----------------------------------------------------------------------------------------------------


def _form(file: str, tables: dict[str, _Table]) -> Form:
    choices: dict[str, list[Choice]] = {}
    for row, cells in tables["choices"].rows if "choices" in tables else ():
        if cells:
            choice = Choice(row, cells.get("list_name", ""), cells.get("name", cells.get("value", "")), _said(cells))
            choices.setdefault(choice.list_name, []).append(choice)
    settings = next((cells for _row, cells in tables["settings"].rows if cells), {}) if "settings" in tables else {}
    return Form(
        file, tuple(_questions(tables["survey"])), {name: tuple(found) for name, found in choices.items()},
        _spoken(tables), settings, {name: table.rows for name, table in tables.items()},
        {name: table.header for name, table in tables.items()},
    )  # fmt: skip


def _spoken(tables: dict[str, _Table]) -> dict[str, str]:
    found: dict[str, str] = {}
    for sheet in ("survey", "choices"):
        for name in tables[sheet].header if sheet in tables else ():
            part, _sign, language = name.partition("::")
            if part == "label":
                found.setdefault(language_code(language), language)
    return found


def _questions(table: _Table) -> Iterator[Question]:
    within: tuple[str, ...] = ()
    for row, cells in table.rows:
        if not cells:
            continue
        kind, listed = _type(cells.get("type", ""))
        if kind in ("end_group", "end_repeat"):
            within = within[:-1]
        yield Question(
            row, kind, cells.get("name", ""), _said(cells), _said(cells, "hint"), listed, within, cells
        )  # fmt: skip
        if kind in ("begin_group", "begin_repeat"):
            within = (*within, cells.get("name", ""))


def _type(text: str) -> tuple[str, str]:
    """Part a type into its plain name and its list: "select one water or_other" -> ("select_one", "water")."""
    plain = " ".join(text.split())
    if plain.lower() in _OLD_SPELLINGS:
        return _OLD_SPELLINGS[plain.lower()], ""
    for old in sorted((*_OLD_SPELLINGS, *_WITH_LIST), key=len, reverse=True):
        kind = _OLD_SPELLINGS.get(old, old)
        if kind in _WITH_LIST and plain.lower().startswith(old + " "):
            listed = re.sub(r"\s+or[_ ]other$|\s+or specify other$", "", plain[len(old) + 1 :].strip())
            return kind, listed
    return plain.lower() if plain.lower() in _KINDS or plain.lower() in METADATA else plain, ""


def _said(cells: dict[str, str], part: str = "label") -> dict[str, str]:
    found = {}
    for name, text in cells.items():
        first, _sign, language = name.partition("::")
        if first == part:
            found[language_code(language)] = text
    return found
