"""What a profile says, in sentences: labels in all four languages, built from what was read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from datashift.language import N_, _, in_all, label
from datashift.model.assessment import Rating
from datashift.model.record import Label
from datashift.numbers import said
from datashift.standards.profiles.files import catalogue
from datashift.standards.profiles.records import (
    BoxReading,
    Gate,
    GateReading,
    Outcome,
    Profile,
    Reading,
    Score,
    ScoreReading,
    Step,
)

if TYPE_CHECKING:
    from datashift.standards.profiles.evaluate import Known

RESULTS: dict[Outcome, str] = {
    "accepted": N_("meets the rule"),
    "not_accepted": N_("does not meet the rule"),
    "cannot_tell": N_("cannot tell yet"),
    "described": N_("described, without a rule"),
}
EFFORTS = {
    "minutes": N_("minutes"),
    "hours": N_("hours"),
    "days": N_("days"),
    "round": N_("the next round of fieldwork"),
}
_SENTENCES: dict[Outcome, str] = {
    "accepted": N_("Today these data meet the rule of {owner}."),
    "not_accepted": N_("Today these data do not meet the rule of {owner}."),
    "cannot_tell": N_("Nobody can tell yet whether these data meet the rule of {owner}."),
    "described": N_("No rule of {owner} stands here, so this only describes."),
}
_GATE_WHY = {
    True: N_("All that is needed is there: {names}."),
    False: N_("Not there: {names}."),
    None: N_("Not known yet: {names}."),
}
_OPEN = N_("Not known yet: {names}.")
_MISSING = N_("Not there: {names}.")
_NO_GATE = N_("Not passed: {names}.")
_ZERO = N_("Scored zero: {names}.")
_TOTAL = N_("The scores add up to {total} of {most}.")
_LEAST = N_("The rule asks for at least {least} in all.")
_ABOVE = N_("The mean score is {mean}; the rule asks for more than {bound}.")
_GRADE = N_("Grade: {grade}.")
_TICKED = N_("{ticked} of {boxes} boxes are ticked.")
_EMPTY = N_("No criteria stand in it yet.")
_PERSON_YES = N_("A person said yes.")
_PERSON_NO = N_("A person said no.")
_PERSON_GAVE = N_("A person gave {score} of {most}.")
_PERSON_OPEN = N_("Only a person can say this, and nobody has yet.")
_BESIDE = N_("Known beside it: {names}.")
_SUPPLY = N_("Supply: {names}.")
_RATE = N_("Ask a person to judge: {names}.")
_RATE_LEAST = N_("{name} (at least {least} of {most})")
_COSTS = N_("It takes {effort}.")
_SLOWEST = N_("The slowest of it takes {effort}.")
_THEN = N_("Then the result would be: {result}.")
_THEN_GRADE = N_("Then the result would be: {result}, grade {grade}.")
_FILLS = N_("It would fill a gap.")
_RAISES = N_("It would fill a gap, but not change the result alone.")


def _in_words(template: str) -> Label:
    return in_all(lambda: _(template))


def name_of(piece: str) -> Label:
    """Return the name of a criterion of the catalogue; its id where it is not there."""
    criterion = catalogue().by_id.get(piece)
    return criterion.label if criterion else {"en": piece}


def listed(names: Iterable[Label]) -> str:
    """Return names in the current language, in one line."""
    return "; ".join(label(name) for name in names)


def why_gate(gate: Gate, state: bool | None, known: Known, rating: Rating | None) -> Label:
    """Say why a gate is passed, not passed or open."""

    def say() -> str:
        if rating is not None:
            return _joined(_(_PERSON_YES if state else _PERSON_NO), label(rating.why))
        if gate.rated or not gate.evidence:
            return _joined(_(_PERSON_OPEN), *_beside(gate.evidence, known))
        wanted = [piece for piece in gate.evidence if known(piece) is state]
        return _(_GATE_WHY[state]).format(names=listed(map(name_of, wanted)))

    return in_all(say)


def why_score(score: Score, span: tuple[float, float], boxes: Sequence[BoxReading], rating: Rating | None) -> Label:
    """Say where a score comes from, or what it waits for."""

    def say() -> str:
        if rating is not None:
            gave = _(_PERSON_GAVE).format(score=_plain(rating.score), most=_plain(score.top))
            level = score.levels.get(f"{rating.score:g}", {})
            return _joined(gave, label(level), label(rating.why))
        if not boxes:
            return _(_PERSON_OPEN)
        ticked = sum(box.state == "ticked" for box in boxes)
        parts = [_(_TICKED).format(ticked=said(ticked), boxes=said(len(boxes)))]
        for state, text in (("not_ticked", _MISSING), ("open", _OPEN)):
            names = [box.label for box in boxes if box.state == state]
            parts += [_(text).format(names=listed(names))] if names else []
        return _joined(*parts)

    return in_all(say)


def sentence(
    profile: Profile, result: Outcome, grade: str, gates: Sequence[GateReading], criteria: Sequence[ScoreReading]
) -> Label:
    """Say what a profile says of the data, and what decides it."""

    def say() -> str:
        parts = [_(_SENTENCES[result]).format(owner=profile.owner)]
        grades = {one.id: one.label for one in profile.rule.grades} if profile.rule else {}
        parts += [_(_GRADE).format(grade=label(grades[grade]))] if grade else []
        parts += _decides(profile, result, gates, criteria)
        return _joined(*parts)

    return in_all(say)


def _decides(
    profile: Profile, result: Outcome, gates: Sequence[GateReading], criteria: Sequence[ScoreReading]
) -> list[str]:
    """What stands against the rule, or is open; the scores where they count."""
    if not gates and not criteria:
        return [_(_EMPTY)]
    failed = [gate.label for gate in gates if gate.state == "failed"]
    parts = [_(_NO_GATE).format(names=listed(failed))] if failed else []
    if result == "cannot_tell" or result == "described":
        waits = [gate.label for gate in gates if gate.state == "open"]
        waits += [score.label for score in criteria if score.score is None]
        parts += [_(_OPEN).format(names=listed(waits))] if waits else []
    return parts + _bounds(profile, result, criteria)


def _bounds(profile: Profile, result: Outcome, criteria: Sequence[ScoreReading]) -> list[str]:
    """The scores beside the bounds of the rule, where these are what counts."""
    rule, scores = profile.rule, [score.score for score in criteria]
    if rule is None or not scores:
        return []
    zero = [score.label for score in criteria if score.score == 0]
    parts = [_(_ZERO).format(names=listed(zero))] if rule.no_zero and zero else []
    known = [score for score in scores if score is not None]
    if len(known) < len(scores):
        return parts
    if rule.above_mean is not None:
        mean = said(sum(known) / len(known), 2)
        parts.append(_(_ABOVE).format(mean=mean, bound=_plain(rule.above_mean)))
    if rule.least_total is not None:
        parts.append(_(_TOTAL).format(total=_plain(sum(known)), most=_plain(sum(s.most for s in criteria))))
        parts += [_(_LEAST).format(least=_plain(rule.least_total))] if result == "not_accepted" else []
    return parts


def step_sentence(profile: Profile, step: Step) -> Label:
    """Say what to supply next, what it costs, and what it would change."""
    parts = {part.id: part.label for part in profile.parts}
    parts |= {tick.id: tick.label for score in profile.criteria for tick in score.ticks}
    tops, gates = profile.tops, {gate.id for gate in profile.gates}

    def rated(name: str, least: float) -> str:
        if name in gates or tops[name] == 1:
            return label(parts[name])
        return _(_RATE_LEAST).format(name=label(parts[name]), least=_plain(least), most=_plain(tops[name]))

    def say() -> str:
        told = [_(_SUPPLY).format(names=listed(map(name_of, step.pieces)))] if step.pieces else []
        named = "; ".join(rated(name, least) for name, least in step.ratings)
        told += [_(_RATE).format(names=named)] if named else []
        costs = _SLOWEST if len(step.pieces) + len(step.ratings) > 1 else _COSTS
        told.append(_(costs).format(effort=_(EFFORTS[step.effort])))
        return _joined(*told, _then(profile, step))

    return in_all(say)


def _then(profile: Profile, step: Step) -> str:
    if not step.changes:
        return _(_RAISES) if profile.rule else _(_FILLS)
    if not step.grade or profile.rule is None:
        return _(_THEN).format(result=_(RESULTS[step.result]))
    grade = next(one.label for one in profile.rule.grades if one.id == step.grade)
    return _(_THEN_GRADE).format(result=_(RESULTS[step.result]), grade=label(grade))


def _beside(pieces: Sequence[str], known: Known) -> list[str]:
    """What is known beside a judgement that only a person can give."""
    there = [piece for piece in pieces if known(piece)]
    return [_(_BESIDE).format(names=listed(map(name_of, there)))] if there else []


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _plain(number: float) -> str:
    return said(number, 0 if number == round(number) else 2)


def reading_as_dict(reading: Reading, steps: Sequence[Step] = ()) -> dict[str, Any]:
    """Return a reading and what to supply next, ready for JSON; a label is {language: text}.

    id, version, title: label, owner, about: label, sources, unseen: label, reviewed, result, result_label: label,
    grade, grade_label: label, sentence: label, total, mean
    gates     [{id, label, state, items, why: label, rated}]
    criteria  [{id, label, score, lowest, highest, most, items, why: label, rated, boxes: [{id, label, state, items}]}]
    next      [{pieces, ratings: {id: least score}, effort, effort_label: label, result, grade, changes,
              sentence: label}]
    """
    profile = reading.profile
    grades = {one.id: one.label for one in profile.rule.grades} if profile.rule else {}
    return {
        "id": profile.id, "version": profile.version, "title": profile.title, "owner": profile.owner,
        "about": profile.about, "sources": list(profile.sources), "unseen": profile.unseen,
        "reviewed": list(profile.reviewed), "result": reading.result,
        "result_label": _in_words(RESULTS[reading.result]), "grade": reading.grade,
        "grade_label": grades.get(reading.grade, {}), "sentence": reading.sentence,
        "total": reading.total, "mean": reading.mean,
        "gates": [_plainly(gate) for gate in reading.gates],
        "criteria": [
            _plainly(score) | {"boxes": [_plainly(box) for box in score.boxes]} for score in reading.criteria
        ],
        "next": [
            _plainly(step) | {"ratings": dict(step.ratings), "effort_label": _in_words(EFFORTS[step.effort])}
            for step in steps
        ],
    }  # fmt: skip


def _plainly(record: GateReading | ScoreReading | BoxReading | Step) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(record).items()}
