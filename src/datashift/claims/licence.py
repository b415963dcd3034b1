"""Which claims the evidence carries, and with which verb: one rule per kind, worked out anew whenever it is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from datashift.claims import wording
from datashift.claims.evidence import Evidence, Subject
from datashift.claims.figures import Number
from datashift.claims.wording import Grade
from datashift.errors import NotLicensed
from datashift.language import _, label

CERTAIN = 0.05
"""Probability up to which a result is not ascribed to chance, over all that was compared together."""

Fact = str | Number


@dataclass(frozen=True)
class Said:
    """A sentence: its English template and what stands in it, in the current language."""

    template: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def __str__(self) -> str:
        return _(self.template).format(**self.facts)


@dataclass(frozen=True)
class Licence:
    """What may be said, and how strongly; `caveats` must stand with it."""

    grade: Grade
    sentence: Said
    caveats: tuple[Said, ...] = ()


Rule = Callable[[str, Evidence], Licence]


def refused(kind: str, why: str, **facts: Fact) -> NotLicensed:
    """Return the refusal of a claim, with the reason in the current language."""
    return NotLicensed("claim.not-licensed", kind=kind, why=_(why).format(**facts).strip())


def about(subject: Subject) -> dict[str, Fact]:
    """Return the fact that every sentence needs: what is measured."""
    return {"measure": label(subject.label)}


def place(name: str, group: Mapping[str, str]) -> str:
    """Return a place, with the group in brackets where the figure is for one."""
    return f"{name} ({label(group)})" if group else name


def with_limits(subject: Subject, licence: Licence) -> Licence:
    """Add what belongs to every claim on a subject: that the data are made up, and the limits its producer states."""
    first = (Said(wording.SIMULATED),) if subject.simulated else ()
    last = tuple(Said(wording.LIMIT, {"text": label(limit)}) for limit in subject.limits)
    return Licence(licence.grade, licence.sentence, (*first, *licence.caveats, *last))


def weaker(one: Grade, other: Grade) -> Grade:
    """Return the weaker of two grades."""
    return min(one, other, key=wording.STRENGTH.index)
