"""Forms for tests: sheets as rows of texts, written as a workbook."""

from __future__ import annotations

from collections.abc import Sequence

from datashift.forms.workbook import workbook
from datashift.web.fieldwork.kept import File

Rows = Sequence[Sequence[str]]

SURVEY: Rows = (
    ("type", "name", "label::English (en)", "label::Kiswahili (sw)"),
    ("today", "today", "", ""),
    ("select_one water", "source", "Where does the water come from?", "Maji yanatoka wapi?"),
    ("integer", "people", "How many people live here?", "Watu wangapi wanaishi hapa?"),
)
CHOICES: Rows = (
    ("list_name", "name", "label::English (en)", "label::Kiswahili (sw)"),
    ("water", "tap", "Tap", "Bomba"),
    ("water", "well", "Well", "Kisima"),
)


def sheet(survey: Rows = SURVEY, choices: Rows = CHOICES, name: str = "water.xlsx", **settings: str) -> File:
    """Return an XLSForm; settings are those of its sheet settings, such as version="1"."""
    sheets = {"survey": survey, "choices": choices}
    if settings:
        sheets["settings"] = (list(settings), list(settings.values()))
    return File(name, workbook(sheets))
