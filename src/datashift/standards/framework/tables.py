"""The tables of the framework that ship, and lists of the same layout that a user gives."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from datashift.errors import BadStandard
from datashift.language import LANGUAGES, _, label
from datashift.standards.framework.records import Level, Version

if TYPE_CHECKING:
    from datashift.model import Label

Row = Mapping[str, str]

_CODE = re.compile(r"([1-9]|1[0-7])(\.([1-9]|1[0-9]|[a-d]))?(\.[1-9])?")


@cache
def table(name: str) -> tuple[Row, ...]:
    """Return the rows of one of the tables that ship, such as `indicators`."""
    text = files("datashift.standards").joinpath("framework_data", f"{name}.csv").read_text("utf-8")
    return tuple(csv.DictReader(io.StringIO(text)))


def given(data: bytes, file: str) -> tuple[Row, ...]:
    """Return the rows of a list of indicators given by a user; `file` names it in errors.

    Raises BadStandard where it is not UTF-8, has no column `code`, or a code is not one or comes twice.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadStandard("standard.framework-not-text", file=file) from problem
    try:
        return tuple(_checked(csv.DictReader(io.StringIO(text), restkey=""), file))
    except csv.Error as problem:
        raise BadStandard("standard.framework-row", file=file, row=1, problem=problem) from problem


def _checked(reader: csv.DictReader[str], file: str) -> list[Row]:
    known = [name for name in (reader.fieldnames or []) if name]
    if "code" not in known:
        raise BadStandard("standard.framework-no-column", file=file, column="code", known=", ".join(known) or "–")
    seen: set[str] = set()
    rows: list[Row] = []
    for row in reader:
        code = (row["code"] or "").strip()
        fault = ""
        if level(code) != "indicator":
            fault = _("'{code}' is not the code of an indicator, such as 6.1.1").format(code=code)
        elif code in seen:
            fault = _("the code {code} comes twice").format(code=code)
        if fault:
            raise BadStandard("standard.framework-row", file=file, row=reader.line_num, problem=fault)
        seen.add(code)
        rows.append({name: (row[name] or "").strip() for name in known} | {"code": code})
    if not rows:
        raise BadStandard("standard.framework-row", file=file, row=1, problem=_("there is no indicator in it"))
    return rows


@cache
def versions() -> dict[str, Version]:
    """Return the versions that ship, oldest first."""
    return {
        row["version"]: Version(
            name=row["version"],
            as_of=row["as_of"],
            listed=int(row["listed"]) if row["listed"] else None,
            unique=int(row["unique"]) if row["unique"] else None,
            complete=row["complete"] == "yes",
            source=row["source"],
            note=row["note"],
        )
        for row in table("versions")
    }


@cache
def versions_of() -> dict[str, tuple[str, ...]]:
    """Return for every code of an indicator the versions that have it."""
    found: dict[str, list[str]] = {}
    for name, version in versions().items():
        for row in valid(table("indicators"), version.as_of):
            found.setdefault(row["code"], []).append(name)
    return {code: tuple(names) for code, names in found.items()}


def level(code: str) -> Level | None:
    """Return what a code stands for: 6 a goal, 6.1 a target, 6.1.1 an indicator; None where it is none of them."""
    found = _CODE.fullmatch(code)
    if found is None or (found[4] and not found[2]):
        return None
    return "indicator" if found[4] else "target" if found[2] else "goal"


def order(code: str) -> list[tuple[int, str]]:
    """Return a key that sorts codes as the official list does: numbers before letters, 10 after 9."""
    return [(int(part), "") if part.isdigit() else (99, part) for part in code.split(".")]


def valid(rows: Iterable[Row], month: str) -> list[Row]:
    """Return the rows that hold in `month`: begun by then, and not ended yet."""
    return [row for row in rows if row["valid_from"] <= month and not ("" < row["valid_to"] <= month)]


@cache
def labels(month: str) -> dict[str, Label]:
    """Return our own short labels of every code as it was meant in `month`."""
    found: dict[str, Row] = {}
    for row in table("labels"):
        # Of several meanings of one code, the one that ended first after the month is the right one.
        if not row["until"] or row["until"] > month:
            kept = found.get(row["code"])
            if kept is None or (row["until"] or "9") < (kept["until"] or "9"):
                found[row["code"]] = row
    return {code: {language: row[language] for language in LANGUAGES} for code, row in found.items()}


def note(text: str) -> str:
    """Return a note of these tables in the current language."""
    return label(_notes().get(text, text))


@cache
def _notes() -> dict[str, Label]:
    return {row["en"]: dict(row) for row in table("notes")}


def listed(cell: str) -> tuple[str, ...]:
    """Return the parts of a cell that are separated by semicolons."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())
