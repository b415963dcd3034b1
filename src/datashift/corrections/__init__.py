"""Corrections: an append-only ledger of who changed what and why, replayed on raw rows that nobody touches."""

from datashift.corrections.cleaning_log import ACTION_KINDS, Imported, NotUnderstood, columns_of, take_log
from datashift.corrections.compare import KINDS, Compared, Difference, compare
from datashift.corrections.entry import Change, Condition, Entry, LogRow, Note, Open, Remove, Rule, Undo, condition
from datashift.corrections.ledger import Ledger, append, create, parse, read, repair, text
from datashift.corrections.multiple import find as find_multiple
from datashift.corrections.redaction import redaction
from datashift.corrections.replay import Conflict, Replayed, Touched, replay

__all__ = [
    "ACTION_KINDS", "KINDS", "Change", "Compared", "Condition", "Conflict", "Difference", "Entry", "Imported",
    "Ledger", "LogRow", "NotUnderstood", "Note", "Open", "Remove", "Replayed", "Rule", "Touched", "Undo", "append",
    "columns_of", "compare", "condition", "create", "find_multiple", "parse", "read", "redaction", "repair", "replay",
    "take_log", "text",
]  # fmt: skip
