"""Short forms for tests, in Swahili and Nepali."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from datashift.forms.messages import SMS, Room, Setting
from datashift.forms.workbook import workbook
from datashift.forms.xform import XForm, read_xform
from datashift.forms.xform.making import as_xform

Rows = Sequence[Sequence[str]]
EN, SW, NE = "label::English (en)", "label::Kiswahili (sw)", "label::नेपाली (ne)"
SURVEY: Rows = (
    ("type", "name", EN, SW, NE, "required", "relevant", "constraint", "constraint_message::English (en)",
     "constraint_message::Kiswahili (sw)", "constraint_message::नेपाली (ne)"),
    ("select_one source", "source", "Where is water from?", "Maji yanatoka wapi?", "पानी कहाँबाट आउँछ?", "yes"),
    ("integer", "litres", "How many litres?", "Lita ngapi?", "कति लिटर?", "yes", "${source}!='none'",
     ". >= 0 and . < 1000",
     "0 to 999", "0 hadi 999", "० देखि ९९९"),
    ("select_multiple use", "use", "What for?", "Kwa nini?", "के को लागि?"),
    ("text", "note", "Anything else?", "Kingine?", "अरू केही?"),
)  # fmt: skip
CHOICES: Rows = (
    ("list_name", "name", EN, SW, NE),
    ("source", "tap", "Tap", "Bomba", "धारा"),
    ("source", "well", "Well", "Kisima", "इनार"),
    ("source", "none", "None", "Hakuna", "छैन"),
    ("use", "drink", "Drinking", "Kunywa", "पिउन"),
    ("use", "wash", "Washing", "Kufua", "धुन"),
    ("use", "farm", "Farming", "Kilimo", "खेती"),
)
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def made(survey: Rows = SURVEY, choices: Rows = CHOICES, **settings: str) -> bytes:
    """Return a form as XML."""
    told = {"form_id": "water", "version": "1", "form_title": "Maji", "default_language": "English (en)"} | settings
    width = max(map(len, survey))
    rows = [(*row, *[""] * (width - len(row))) for row in survey]
    sheets = {"survey": rows, "choices": choices, "settings": (list(told), list(told.values()))}
    return as_xform(workbook(sheets), "water.xlsx")


def short_form(survey: Rows = SURVEY, choices: Rows = CHOICES) -> XForm:
    """Return a form."""
    return read_xform(made(survey, choices))


def setting(room: Room = SMS) -> Setting:
    """Return a setting in which no words of consent are said."""
    return Setting(NOW, UTC, room)
