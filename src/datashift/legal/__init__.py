"""What must be considered before figures of a country are published, and what could go wrong with a data set."""

from datashift.legal.gate import (
    NOT_CONFIRMED,
    Confirmed,
    Item,
    Legal,
    Tick,
    countries_with_a_gate,
    legal_of,
    open_items,
    parse_legal,
)
from datashift.legal.threats import Answer, Defaults, Question, Reason, defaults, questions

__all__ = [
    "NOT_CONFIRMED", "Answer", "Confirmed", "Defaults", "Item", "Legal", "Question", "Reason", "Tick",
    "countries_with_a_gate", "defaults", "legal_of", "open_items", "parse_legal", "questions",
]  # fmt: skip
