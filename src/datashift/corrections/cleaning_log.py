"""Cleaning logs of the kind that humanitarian surveys keep: each row becomes a line of a ledger, or is listed.

The columns are those of REACH and of the R package cleaningtools (uuid, question, issue, old_value, new_value,
change_type, reason); others are named by the user. Comments that people in the field wrote go into `details`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rapidfuzz import fuzz, process

from datashift.corrections.cells import Sheet
from datashift.corrections.entry import Change, Entry, LogRow, Note, Open, Remove
from datashift.corrections.multiple import find, words
from datashift.corrections.sameness import truth
from datashift.errors import BadCorrection
from datashift.language import N_, _
from datashift.model import Raw

ROLES: dict[str, tuple[str, ...]] = {
    "key": ("uuid", "x_uuid", "_uuid", "key", "instanceid", "meta_instanceid", "id", "submission_id"),
    "question": ("question", "questions", "question_name", "variable", "column", "field", "name"),
    "old": ("old_value", "old", "old_values", "original_value", "value_old", "before", "current_value"),
    "new": ("new_value", "new", "new_values", "corrected_value", "value_new", "after", "correct_value"),
    "action": ("change_type", "action", "type", "type_of_change", "changed", "decision"),
    "why": ("reason", "explanation", "justification", "why"),
    "question_raised": ("issue", "check_id", "check", "flag", "problem", "feedback"),
    "date": ("reported_date", "date", "date_of_change", "log_date", "day"),
}
"""What a log says, and the usual names of the column that says it."""

NEEDED = ("key", "question", "new")

ACTIONS: dict[str, str] = {
    **dict.fromkeys(("change_response", "change", "changed", "edit", "replace", "correct", "update"), "change"),
    **dict.fromkeys(("blank_response", "blank", "clear", "empty", "set_na", "remove_value", "delete_value"), "blank"),
    **dict.fromkeys(("remove_survey", "remove", "delete", "deletion", "drop", "exclude", "discard"), "remove"),
    **dict.fromkeys(("no_action", "no_change", "none", "keep", "checked", "confirmed", "no"), "note"),
}  # fmt: skip
"""The words of the column `action`, and what they mean here."""

ACTION_KINDS = ("change", "blank", "remove", "note")

NOT_UNDERSTOOD = {
    "no-key": N_("the row names no submission"),
    "no-action": N_("the action “{value}” is not known; say what it means with --action"),
    "no-new-value": N_("a change without a new value; write blank_response where the answer is to be emptied"),
    "no-question": N_("the change names no question"),
    "no-column": N_("the data have no column “{value}”; the nearest is {near}"),
}

_DAY = re.compile(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})")


@dataclass(frozen=True)
class NotUnderstood:
    """A row of the log that became no line: its row number in the log, a code of NOT_UNDERSTOOD, and facts."""

    row: int
    code: str
    facts: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """Return the reason in the current language."""
        return _(NOT_UNDERSTOOD[self.code]).format(**self.facts)


@dataclass(frozen=True)
class Imported:
    """A cleaning log as lines of a ledger: rows = entries + not_understood. `columns`: role -> its column."""

    first: Open
    entries: tuple[Entry, ...]
    not_understood: tuple[NotUnderstood, ...]
    rows: int
    columns: dict[str, str]


def take_log(
    log: Raw,
    data: Raw,
    key: str,
    *,
    who: str,
    stated: Mapping[str, str] | None = None,
    actions: Mapping[str, str] | None = None,
) -> Imported:
    """Read a cleaning log of the table `data`, whose rows are named by its column `key`.

    In: `who` made the corrections (a role); `stated` names columns of the log by role (see ROLES) where they are not
    found by their names; `actions` says what further words of its action column mean (change, blank, remove or note).
    Out: see Imported. An empty old value means that the log does not state it. New truth values are written as the
    column writes them. Raises BadCorrection where a needed column is not found.
    """
    if key not in data.table.column_names:
        raise BadCorrection("correction.no-column", column=key, known=", ".join(data.table.column_names[:40]))
    columns = columns_of(log, key, stated or {})
    reading = _Reading(
        log,
        Sheet(data.table, key),
        columns,
        who,
        ACTIONS | {_plain(word): kind for word, kind in (actions or {}).items()},
    )
    entries: list[Entry] = []
    refused: list[NotUnderstood] = []
    for row in log.table.to_pylist():
        taken = reading.entry(row, LogRow(sha256=log.origin.sha256, row=row["_row"]))
        if isinstance(taken, NotUnderstood):
            refused.append(taken)
        else:
            entries.append(taken)
    first = Open(who=who, key=key, source=data.origin.sha256, multiple=find(data.table))
    return Imported(first, tuple(entries), tuple(refused), log.table.num_rows, columns)


def columns_of(log: Raw, key: str, stated: Mapping[str, str]) -> dict[str, str]:
    """Return which column of the log plays which role: as stated, else by its name. Raises BadCorrection."""
    names = [name for name in log.table.column_names if name != "_row"]
    found = dict(stated)
    for role, column in stated.items():
        if role not in ROLES or column not in names:
            raise BadCorrection("correction.log-column", file=log.origin.file, role=role, known=", ".join(names))
    plain = {_plain(name): name for name in names if name not in found.values()}
    for role, usual in ROLES.items():
        wanted = (_plain(key), *usual) if role == "key" else usual
        hit = next((plain[name] for name in wanted if name in plain), None)
        if role not in found and hit is not None:
            found[role] = hit
            del plain[_plain(hit)]
    for role in NEEDED:
        if role not in found:
            raise BadCorrection("correction.log-column", file=log.origin.file, role=role, known=", ".join(names))
    return found


def _plain(name: str) -> str:
    # R writes the byte order mark at the start of a file as X.U.FEFF.
    bare = name.removeprefix("\ufeff").removeprefix("X.U.FEFF.").strip().lower()
    return re.sub(r"[^\w]+", "_", bare).strip("_") or bare


@dataclass
class _Reading:
    """One log being read."""

    log: Raw
    data: Sheet
    columns: dict[str, str]
    who: str
    actions: Mapping[str, str]
    day_first: bool | None = None

    def __post_init__(self) -> None:
        names = [name for name in self.data.table.column_names if name != "_row"]
        self.usual = {_plain(name): name for name in reversed(names)}
        if "date" in self.columns:
            self.day_first = _day_first(filter(None, self.log.table[self.columns["date"]].to_pylist()))

    def entry(self, row: dict[str, Any], source: LogRow) -> Entry | NotUnderstood:
        said = {role: (row[column] or "").strip() for role, column in self.columns.items()}
        action = self._action(said)
        if not said["key"]:
            return NotUnderstood(source.row, "no-key")
        line: dict[str, Any] = {"who": self.who, "why": said.get("why", ""), "log": source}
        line |= {"row": said["key"], "dated": self._date(said.get("date", "")), "details": self._details(row)}
        if action == "remove":
            return Remove(**line | {"why": line["why"] or said.get("question_raised", "")})
        column = self._column(said["question"])
        if action == "note":
            return Note(**line, column=column or said["question"] or None, question=said.get("question_raised", ""))
        if action not in ("change", "blank"):
            return NotUnderstood(source.row, "no-action", {"value": said.get("action", "")})
        if column is None:
            return self._no_column(source.row, said["question"])
        if action == "change" and not said["new"]:
            return NotUnderstood(source.row, "no-new-value")
        new = self._spelled(said["new"], column) if action == "change" else ""
        if new != said["new"]:
            line["details"] |= {self.columns["new"]: said["new"]} if said["new"] else {}
        line["why"] = line["why"] or said.get("question_raised", "")
        return Change(**line, column=column, old=said.get("old") or None, new=new)

    def _action(self, said: dict[str, str]) -> str:
        if said.get("action"):
            return self.actions.get(_plain(said["action"]), "")
        return "change" if said["new"] else "note"

    def _column(self, name: str) -> str | None:
        return name if name in self.data else self.usual.get(_plain(name))

    def _no_column(self, row: int, name: str) -> NotUnderstood:
        if not name:
            return NotUnderstood(row, "no-question")
        near = process.extractOne(name, list(self.usual.values()), scorer=fuzz.WRatio)
        return NotUnderstood(row, "no-column", {"value": name, "near": near[0] if near else "–"})

    def _spelled(self, new: str, column: str) -> str:
        """A truth value as the column writes it: the log says 1, the column says True."""
        values = [value for value in self.data.cells(column).values if value]
        if truth(new) is None or not values or any(truth(value) is None for value in values):
            return new
        return words(values)[0 if truth(new) else 1]

    def _details(self, row: dict[str, Any]) -> dict[str, str]:
        used = {column for role, column in self.columns.items() if role not in ("action", "question_raised")}
        return {name: value for name, value in row.items() if value and name not in used and name != "_row"}

    def _date(self, text: str) -> str:
        found = _DAY.fullmatch(text)
        if not found or (self.day_first is None and len(found[1]) < 4):
            return text
        first, second, third = (int(part) for part in found.groups())
        if len(found[1]) == 4:
            year, month, day = first, second, third
        else:
            year, month, day = (third, second, first) if self.day_first else (third, first, second)
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            return text


def _day_first(texts: Iterator[str]) -> bool | None:
    """Say whether dates such as 06/07/2021 begin with the day; None where no date of the column tells."""
    parts = [found.groups() for text in texts if (found := _DAY.fullmatch(text.strip()))]
    if any(int(first) > 12 for first, _second, _third in parts if len(first) < 4):
        return True
    return False if any(int(second) > 12 for _first, second, _third in parts) else None
