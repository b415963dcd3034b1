"""What to supply next: the cheapest pieces of evidence and ratings that change what a profile says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from datashift.model.assessment import Item, Rating
from datashift.standards.profiles.evaluate import Given, Known, known_from, outcome, ratings_of, spans_of, ticked
from datashift.standards.profiles.records import Catalogue, Effort, Gate, Outcome, Profile, Score, Step, Tick
from datashift.standards.profiles.wording import step_sentence

HOURS: dict[Effort, float] = {"minutes": 0.3, "hours": 4.0, "days": 24.0, "round": 500.0}
"""Hours of work that each effort stands for: ours, to put pieces in an order."""

TRIES = 1500
"""How many combinations are tried at most; then the cheapest one found so far stands, which may not be the very one."""

SHOWN = 5


@dataclass(frozen=True)
class _Piece:
    """One thing that could be supplied: a piece of the catalogue, or a rating of at most `top`; `gain` of its own."""

    name: str
    effort: Effort
    gain: float
    rating: bool = False
    top: float = 1.0

    @property
    def hours(self) -> float:
        return HOURS[self.effort]


Pieces = Sequence[_Piece]


def next_best(
    profile: Profile, items: Mapping[str, Item], ratings: Mapping[str, Rating], catalogue: Catalogue
) -> list[Step]:
    """Return what to supply next; empty where nothing is missing. Raises BadProfile.

    First the cheapest that makes the profile's rule be met (or its next grade be reached), one piece or several. Then
    single pieces, those first that fill most for the effort. A rating is thought of as a good one; a step names the
    least score that does it.
    """
    known, given = known_from(items), ratings_of(profile, ratings)
    case = _Case(profile, known, given)
    missing = sorted(_missing(profile, known, given, catalogue), key=lambda piece: (piece.hours, -piece.gain))
    wanted = case.wanted(missing)
    sets = [_cheapest(missing, wanted)] if wanted else []
    sets += [[piece] for piece in sorted(missing, key=lambda piece: -piece.gain / piece.hours)]
    steps = [case.step(more, wanted) for n, more in enumerate(sets) if more not in sets[:n]]
    return [replace(step, sentence=step_sentence(profile, step)) for step in steps[:SHOWN]]


@dataclass(frozen=True)
class _Case:
    """A profile with what is known today, and what it would say with more."""

    profile: Profile
    known: Known
    given: Given

    def says(self, more: Pieces, score: float | None = None) -> tuple[Outcome, str]:
        """Return result and grade with `more`, each rating as high as it goes, or `score` at most."""
        pieces = {piece.name for piece in more if not piece.rating}
        rated = {piece.name: piece.top if score is None else min(score, piece.top) for piece in more if piece.rating}
        return outcome(
            self.profile,
            spans_of(self.profile, lambda name: name in pieces or self.known(name), {**self.given, **rated}),
        )

    def wanted(self, missing: Pieces) -> Callable[..., bool] | None:
        """Return what tells whether a set is enough for the rule, or for the next grade; None where no set is."""
        grades = ["", *(grade.id for grade in self.profile.rule.grades)] if self.profile.rule else []
        today = self.says(())

        def enough(more: Pieces, score: float | None = None) -> bool:
            result, grade = self.says(more, score)
            return result == "accepted" and (today[0] != "accepted" or grades.index(grade) > grades.index(today[1]))

        return enough if enough(missing) else None

    def step(self, more: Pieces, wanted: Callable[..., bool] | None) -> Step:
        """Return the step of supplying `more`: its ratings as low as will do, its effort that of its dearest piece."""
        tops = [piece.top for piece in more if piece.rating]
        scores = [float(score) for score in range(1, int(max(tops, default=0)) + 1)]
        least = next((score for score in scores if wanted and wanted(more, score)), None)
        result, grade = self.says(more, least)
        return Step(
            pieces=tuple(piece.name for piece in more if not piece.rating),
            ratings=tuple((p.name, p.top if least is None else min(least, p.top)) for p in more if p.rating),
            effort=max((piece.effort for piece in more), key=HOURS.__getitem__),
            result=result,
            grade=grade,
            changes=(result, grade) != self.says(()),
            sentence={},
        )


def _cheapest(missing: Pieces, wanted: Callable[[Pieces], bool]) -> list[_Piece]:
    """Return the cheapest set that is enough: a good one first, then every set that could be cheaper."""
    best = list(missing)
    for piece in reversed(missing):
        fewer = [other for other in best if other is not piece]
        best = fewer if wanted(fewer) else best
    waiting: list[tuple[int, list[_Piece]]] = [(0, [])]
    for _try in range(TRIES):
        if not waiting:
            break
        start, chosen = waiting.pop()
        if _hours(chosen) >= _hours(best):
            continue
        if wanted(chosen):
            best = chosen
        elif start < len(missing) and wanted([*chosen, *missing[start:]]):
            waiting += [(start + 1, chosen), (start + 1, [*chosen, missing[start]])]
    return best


def _hours(pieces: Pieces) -> float:
    return sum(piece.hours for piece in pieces)


def _missing(profile: Profile, known: Known, given: Given, catalogue: Catalogue) -> Iterator[_Piece]:
    """Yield what could be supplied and would count: pieces of boxes not ticked, and ratings that fell short."""
    gains: dict[str, float] = {}
    for box in _boxes(profile, given):
        lacking = [piece for piece in box.evidence if known(piece) is not True]
        if box.id in given or box.rated or not box.evidence:
            yield from _rating(box, 1.0, given)
        elif ticked(box, known, given) is not True:
            for piece in lacking:
                gains[piece] = gains.get(piece, 0.0) + 1 / len(lacking)
    for score in profile.criteria:
        if score.id in given or score.rated:
            yield from _rating(score, score.top, given)
    for piece, gain in gains.items():
        criterion = catalogue.by_id.get(piece)
        yield _Piece(piece, criterion.effort if criterion else "days", gain)


def _boxes(profile: Profile, given: Given) -> Iterator[Tick]:
    yield from profile.gates
    for score in profile.criteria:
        if score.id not in given:
            yield from score.boxes


def _rating(part: Gate | Tick | Score, top: float, given: Given) -> Iterator[_Piece]:
    """A rating that is missing takes hours; where one fell short, something must become better first."""
    if part.id not in given:
        yield _Piece(part.id, "hours", 1.0, rating=True, top=top)
    elif given[part.id] < top:
        yield _Piece(part.id, "days", 1 - given[part.id] / top, rating=True, top=top)
