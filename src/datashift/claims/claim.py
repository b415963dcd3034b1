"""A claim: what may be said, how strongly, and what must stand with it. It cannot be had without its evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from datashift.claims import gaps, levels, others, wording
from datashift.claims.evidence import (
    Beside,
    Course,
    Difference,
    Evidence,
    Level,
    Ranking,
    Several,
    Standing,
    Subject,
    tables,
    together,
)
from datashift.claims.figures import Number
from datashift.claims.licence import Licence, Said, refused, with_limits
from datashift.claims.wording import Grade
from datashift.errors import NotLicensed
from datashift.language import _
from datashift.model import Comparison, Estimate

RULES: dict[str, tuple[tuple[type, Callable[[str, Any], Licence]], ...]] = {
    "how_many_areas": ((Several, others.how_many_areas),),
    "gap": ((Beside, gaps.gap),),
    "difference": ((Difference, others.difference),),
    "highest": ((Ranking, levels.highest),),
    "lowest": ((Ranking, levels.lowest),),
    "on_track": ((Course, others.on_track),),
    "off_track": ((Course, others.off_track),),
    "no_gap": ((Beside, gaps.no_gap),),
    "no_difference": ((Difference, others.same),),
    "level": ((Level, levels.level),),
    "contest": ((Beside, gaps.contest),),
    "nobody": ((Standing, others.standing),),
    "no_official": ((Standing, others.standing), (Beside, others.standing)),
    "stale": ((Standing, others.standing), (Beside, others.standing)),
    "hidden_group": ((Standing, others.standing), (Beside, others.standing)),
    "unknown": (
        (Level, levels.unknown),
        (Beside, gaps.unknown),
        (Difference, others.difference_unknown),
        (Course, others.track_unknown),
    ),
    "not_comparable": ((Beside, gaps.not_comparable),),
}
"""Kinds of claims, and what each may rest on."""

KINDS = tuple(RULES)

Given = Evidence | Estimate | Comparison | Sequence[Comparison]


@dataclass(frozen=True, slots=True)
class Claim:
    """A kind of claim and its evidence; everything else follows from these two whenever it is asked for.

    So no claim can be stronger than its evidence, however it was built or copied. Raises NotLicensed
    (claim.not-licensed, claim.unknown-kind) when it is built without a licence.
    """

    kind: str
    evidence: Evidence

    def __init_subclass__(cls) -> None:
        raise TypeError("a claim says what its evidence carries; there is no other kind of claim")

    def __post_init__(self) -> None:
        _licence(self.kind, self.evidence)

    @property
    def grade(self) -> Grade:
        """Return how strongly it may be said; see `wording.STRENGTH`."""
        return _licence(self.kind, self.evidence).grade

    @property
    def verb(self) -> str:
        """Return the word for the grade in the current language."""
        return _(wording.WORDS[self.grade])

    def sentence(self) -> str:
        """Return what may be said, in the current language."""
        return _spoken(_licence(self.kind, self.evidence).sentence)

    def caveats(self) -> list[str]:
        """Return the sentences that must stand with it, in the current language."""
        return list(dict.fromkeys(_spoken(caveat) for caveat in _licence(self.kind, self.evidence).caveats))

    @property
    def numbers(self) -> list[Number]:
        """Return every number in the sentence and its caveats, with the field of the evidence it comes from."""
        licence = _licence(self.kind, self.evidence)
        found: dict[Number, None] = {}
        for said in (licence.sentence, *licence.caveats):
            text = str(said)
            found |= {fact: None for fact in said.facts.values() if isinstance(fact, Number) and fact.text in text}
        return list(found)

    def as_dict(self) -> dict[str, Any]:
        """Return everything in the current language, ready for JSON."""
        return {
            "kind": self.kind,
            "grade": self.grade,
            "verb": self.verb,
            "sentence": self.sentence(),
            "caveats": self.caveats(),
            "numbers": [{"text": n.text, "value": n.value, "where": n.where} for n in self.numbers],
        }


def claim(kind: str, evidence: Given, subject: Subject | None = None) -> Claim:
    """Return the claim of that kind, with the verb that the evidence carries.

    In: one of KINDS; evidence, or an estimate, a comparison or a list of comparisons as they are. Of these three only
    the code of the measure is known unless a subject is stated, and of a comparison neither how its figure came about
    nor how many were made, so that it suggests at most.
    Raises NotLicensed: the evidence does not carry it (claim.not-licensed), or there is no such kind.
    """
    return Claim(kind, _evidence(evidence, subject)[0])


def licensed(evidence: Given, subject: Subject | None = None) -> list[Claim]:
    """Return all claims that the evidence carries, the strongest first; for a list of comparisons, of all together."""
    found = [made for one in _evidence(evidence, subject) for kind in KINDS for made in _tried(kind, one)]
    return strongest_first(found)


def strongest_first(found: Iterable[Claim]) -> list[Claim]:
    """Return claims by their grade, the strongest first; those of one grade by their kind, as in KINDS."""
    return sorted(found, key=lambda made: (-wording.STRENGTH.index(made.grade), KINDS.index(made.kind)))


def _tried(kind: str, evidence: Evidence) -> list[Claim]:
    try:
        return [Claim(kind, evidence)]
    except NotLicensed:
        return []


def _evidence(given: Given, subject: Subject | None) -> list[Evidence]:
    if isinstance(given, Estimate):
        return [Level(subject or _bare(given.measure, given.unit), given)]
    if isinstance(given, Comparison):
        known = subject or _bare(given.measure, given.official.unit if given.official else "")
        return [Beside(known, given, given.facts.get("sampling", ""))]
    if isinstance(given, Sequence):
        measures = {c.measure: subject or _bare(c.measure, c.official.unit if c.official else "") for c in given}
        rows = together(given, measures)
        return [*tables(rows), *rows]
    return [given]


def _bare(measure: str, unit: str) -> Subject:
    return Subject({"en": measure}, unit=unit)


def _licence(kind: str, evidence: Evidence) -> Licence:
    if kind not in RULES:
        raise NotLicensed("claim.unknown-kind", kind=kind, known=", ".join(KINDS))
    for wanted, rule in RULES[kind]:
        if isinstance(evidence, wanted):
            return with_limits(evidence.subject, rule(kind, evidence))
    raise refused(kind, wording.OTHER_KIND)


def _spoken(said: Said) -> str:
    # Whatever a template leaves before its full stop, such as a name that ends with one, is not said twice.
    return str(said).strip()
