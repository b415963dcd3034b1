"""What every failure has: a code, facts, and a text in the current language."""

from __future__ import annotations

from typing import Any, ClassVar

from datashift.language import N_, _


class DataShiftError(Exception):
    """A failure with a code, facts, and a repair in plain words.

    Raise it with the code of an entry in `texts` and the facts that its text names.
    """

    exit_code: ClassVar[int] = 1
    texts: ClassVar[dict[str, str]] = {}

    def __init__(self, code: str, /, **facts: Any) -> None:
        if code not in self.texts:
            raise KeyError(f"{type(self).__name__} has no text for the code {code}")
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return _(self.texts[self.code]).format(**self.facts)

    def as_dict(self) -> dict[str, Any]:
        """Return code, text in the current language and facts, ready for JSON."""
        return {"code": self.code, "text": str(self), "facts": {k: str(v) for k, v in self.facts.items()}}


class InputError(DataShiftError):
    """The sender can fix it."""

    exit_code = 2


class DesignError(DataShiftError):
    """The data cannot answer the question."""

    exit_code = 3
    texts: ClassVar[dict[str, str]] = {
        "estimate.lonely-stratum": N_(
            "The stratum {stratum} has one cluster only, so its spread is unknown. Join it with a neighbouring "
            "stratum, or choose a rule (lonely = adjust, average or certainty) in the recipe."
        ),
        "scale.few": N_(
            "Only {n} people with complete answers said yes to some but not all questions of the scale; at least "
            "{least} are needed to tell how severe each question is here. Ask more people."
        ),
        "scale.one-sided": N_(
            "Everybody who said yes to some but not all questions gave the same answer to {items}, so the scale cannot "
            "be brought to the global standard. Ask more people."
        ),
        "scale.not-common": N_(
            "Only {common} of {items} questions are as severe here, relative to each other, as on the global standard; "
            "at least {least} are needed. The figure would not be comparable. Check the wording and the translation "
            "of: {unique}."
        ),
        "estimate.no-rows": N_("No row is left to estimate from: {explained} rows of {rows_in} are explained."),
    }


class SourceUnavailable(DataShiftError):
    """A source is not there now."""

    exit_code = 4
    texts: ClassVar[dict[str, str]] = {
        "source.not-at-hand": N_(
            "{file} is not beside the recipe and not in the store. Get it from {address} (SHA-256 {sha256}), "
            "or run: datashift demo --download"
        ),
        "source.download": N_("{address} could not be fetched: {problem}. Try again later."),
        "source.no-store": N_(
            "Nothing can be written to {folder}: {problem}. Free some space or choose another folder."
        ),
        "source.damaged": N_(
            "{file} was changed after it was stored: it no longer fits what was noted about it. "
            "Move its folder away and fetch {source} again."
        ),
    }
