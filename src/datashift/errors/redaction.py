"""What can go wrong where personal data in texts are proposed, decided and redacted."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError
from datashift.language import N_


class PersonalWords(InputError):
    """Words that everybody would read, and that seem to tell about a person. The words themselves are never quoted."""

    texts: ClassVar[dict[str, str]] = {
        "words.personal": N_("Everybody would read these words, and they seem to hold: {kinds}. Take that out."),
        "words.to-confirm": N_(
            "Everybody would read these words, and they seem to hold: {kinds}. Take it out, or say that it may be "
            "public."
        ),
        "words.of-dataset": N_(
            "Words of yours that everybody would read seem to hold: {kinds}. Open “Personal data in texts” and decide "
            "on them first."
        ),
    }


class BadRedaction(InputError):
    """A list of proposals that does not fit its file, or on which something is not decided."""

    texts: ClassVar[dict[str, str]] = {
        "redact.there": N_("{file} is there already: nothing is written over files or decisions. Choose another name."),
        "redact.no-column": N_("{file} has no text column '{column}'. It has: {columns}"),
        "redact.not-a-list": N_(
            "{file} is no list of proposals: the column '{column}' is missing. Make one with "
            "datashift redact FILE --out proposals.csv"
        ),
        "redact.other-file": N_(
            "{file} is not the file for which {proposals} was made: it changed. Make the proposals again."
        ),
        "redact.other-ledger": N_("{ledger} was begun for another file than {file}. Name another one with --ledger."),
        "redact.lines-missing": N_(
            "{missing} of {count} lines are missing in {proposals}. Put them back; where the words stay as they are, "
            "write no."
        ),
        "redact.line": N_(
            "Row {row} of {proposals} names no stretch of a text in {file}. Write row, column, start, end and kind "
            "as the other lines have them."
        ),
        "redact.decision": N_("Row {row} of {proposals}: a decision is yes or no, or empty while it is open."),
        "redact.undecided": N_(
            "{count} lines of {proposals} have no decision. Write yes or no in each, or say --undecided redact or "
            "--undecided keep."
        ),
    }
