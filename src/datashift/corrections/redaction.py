"""A confirmed redaction as a line of the ledger. It says what stands there now, never what stood there before."""

from __future__ import annotations

from collections.abc import Iterable

from datashift.corrections.entry import Change
from datashift.standards.personal_texts import Span

WHY = "personal data"


def redaction(row: str, column: str, new: str, spans: Iterable[Span], *, who: str, when: str = "") -> Change:
    """Return the line that puts the redacted text `new` into a cell; the reason names the kinds of what was taken out.

    The ledger is kept beside the file that it was made for: what was there is found in the raw row, and only there.
    """
    kinds = ", ".join(sorted({span.kind for span in spans}))
    return Change(row=row, column=column, new=new, who=who, when=when, why=f"{WHY}: {kinds}")
