"""What pyxform, the converter behind KoBo and ODK, says about a form: a second opinion, never a crash."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from datashift.forms.problem import Problem
from datashift.forms.xlsform import SHEETS, Form

_ROW = re.compile(r"\[row\s*:\s*(\d+)\]")
_SHEET = re.compile(r"'(survey|choices|settings|entities|external_choices)' sheet")
_VALUE = re.compile(r"(?:'name' value|named?|value) '([^']*)'")


def converted(form: Form) -> Iterator[Problem]:
    """Convert the form with pyxform and yield its error as a fault, and its warnings, with sheet and row if it says."""
    yield from conversion(form)[1]


def conversion(form: Form) -> tuple[str, list[Problem]]:
    """Convert the form with pyxform: the XForm ("" where it is refused), and what the converter says about it."""
    warnings: list[str] = []
    xml, found = "", []
    try:
        xml = convert(_definition(form), warnings=warnings, form_name="data").xform
    except PyXFormError as problem:
        found.append(_told("fault", "form.rejected", form, str(problem)))
    except Exception as problem:  # noqa: BLE001 – a converter that stumbles is a fact about the form, not our end
        found.append(_told("fault", "form.rejected", form, f"{type(problem).__name__}: {problem}"))
    return xml, found + [_told("warning", "form.converter-warns", form, text) for text in warnings]


def _definition(form: Form) -> dict[str, Any]:
    made: dict[str, Any] = {"sheet_names": list(form.rows), "fallback_form_name": "form"}
    for sheet in SHEETS:
        if sheet in form.rows:
            made[sheet] = [dict(cells) for _row, cells in form.rows[sheet]]
            used = {name for _row, cells in form.rows[sheet] for name in cells}
            made[f"{sheet}_header"] = [{name: None for name in form.headers[sheet] if name or name in used}]
    return made


def _told(level: Any, code: str, form: Form, text: str) -> Problem:
    plain = " ".join(text.split())
    sheet = found[1] if (found := _SHEET.search(plain)) else "survey"
    name = found[1] if (found := _VALUE.search(plain)) else "–"
    row = _own_row(form, sheet, int(found[1])) if (found := _ROW.search(plain)) else 0
    code = code if row else f"{code}-whole"
    said = _ROW.sub("", plain).replace("Learn more:", "").strip()
    return Problem(level, code, sheet, row, name, {"said": said})


def _own_row(form: Form, sheet: str, number: int) -> int:
    """pyxform counts the rows below the header from 2; the form may count otherwise (lines of a Markdown file)."""
    rows = form.rows.get(sheet, ())
    return rows[number - 2][0] if 2 <= number < len(rows) + 2 else number
