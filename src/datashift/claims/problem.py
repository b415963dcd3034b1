"""What a check finds in a sentence, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from datashift.claims.wording import WORDS, Grade
from datashift.language import N_, _

NOT_PROOF = N_(
    "Nothing was found. This does not mean that the sentence is true: only numbers, known words and missing parts are "
    "looked at."
)
TEXTS = {
    "number": N_("“{found}” is not a number of this evidence."),
    "sharp": N_("“{found}” is sharper than its interval bears."),
    "year": N_("The evidence does not speak of the year {found}."),
    "proof": N_("“{found}” is stronger than any figure. The word that the evidence carries: {verb}."),
    "verb": N_("“{found}” is stronger than this evidence. The word that it carries: {verb}."),
    "plain": N_("Said without a verb of its own, it sounds certain. The word that the evidence carries: {verb}."),
    "everybody": N_(
        "It sounds like everybody, but only some were counted. Say who: those who answered, or were visited."
    ),
    "cause": N_("“{found}” names a cause. Figures of this kind know no causes."),
    "blame": N_("“{found}” accuses. No figure can do that."),
    "future": N_("“{found}” speaks of the future. The evidence ends before."),
    "direction": N_("“{found}” is the wrong way round."),
    "rank": N_("“{found}” ranks. The intervals do not carry an order."),
    "change": N_("“{found}” speaks of a change. No difference between years is among the evidence."),
    "place": N_("The place is missing."),
    "period": N_("The time is missing."),
    "unsure": N_("How sure it is, is missing: say “about”, or give the interval."),
    "who": N_("Who counted is missing."),
    "among": N_("How many were compared is missing: one place picked out of many says little."),
}


@dataclass(frozen=True)
class Problem:
    """Something that the evidence does not carry, or that is missing: its code, the words found, and what instead."""

    code: str
    found: str
    instead: str = ""
    grade: Grade = "cannot tell"

    @property
    def text(self) -> str:
        """Return what is the matter, in the current language."""
        return _(TEXTS[self.code]).format(found=self.found, verb=_(WORDS[self.grade]))

    def as_dict(self) -> dict[str, Any]:
        """Return everything in the current language, ready for JSON."""
        return {"code": self.code, "found": self.found, "text": self.text, "instead": self.instead}
