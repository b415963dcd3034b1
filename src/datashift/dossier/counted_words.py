"""Who was counted and who was not, in words: the sentence, and the note on the method."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from datashift.assess.reached.representation import Share
from datashift.dossier.people import RATED, Known, Shown, group_label, per_cent, sentences, short
from datashift.dossier.saying import words
from datashift.language import N_, label
from datashift.model import Label
from datashift.pipeline import Result

MOST_NAMED = 12
NO_PEOPLE = N_(
    "Nobody stated how many people live in these areas and groups. So nobody can say who was counted and who was not."
)
NOTHING_SHARED = N_("The people that are known are not split by anything that the answers tell.")
FEW = N_("{group}: {answers} of the answers, {people} of the people.")
ALL_COUNTED = N_("No group is surely counted too seldom for its number of people.")
NOBODY = N_("Nobody was counted: {names}.")
FEW_POINTS = N_("{group}: {answers} of what is listed, {people} of the people.")
POINTS = N_(
    "What is listed here are not people. A low ratio means few for the people of an area, or a list with holes; the "
    "numbers cannot tell which."
)
UNRATED = {
    "averages": N_(
        "Every row is an average. How many people stand behind it was not published, so nobody can say who was counted."
    ),
    "sensors": N_("Sensors stand where somebody put them. They measure what is around them, and count no people."),
    "events": N_("Events come to people unevenly. Their share says nothing about who was counted."),
}
"""Why answers of a kind cannot be held against a number of people."""

PLANNED = N_("The plan gave every area its number of answers, whatever its number of people.")
WEIGHTED = N_("Weights bring the areas back to their number of people; they bring no other group back.")
METHOD = N_(
    "A ratio of 1: a group has as many answers as its number of people asks for. Few is surely below 1 and at most "
    "0.8; many is surely above 1 and at least 1.25; counted is surely not below 0.8. All groups together are one "
    "family of questions: where nothing is wrong, chance alone names a group in 1 of 20 surveys."
)
METHOD_POINTS = N_(
    "A ratio of 1: as much is listed as the number of people asks for. Few is surely below 1 and at most 0.8; many is "
    "surely above 1 and at least 1.25; counted is surely not below 0.8. All areas together are one family of "
    "questions: where nothing is wrong, chance alone names an area in 1 of 20 lists."
)
CHANCE = N_("The intervals reckon with chance only, not with why people were asked or answered.")


def sentence(result: Result, shared: Known, held: Sequence[Shown]) -> Label:
    """Say who was counted least for their number, and where nobody was; or why nobody can say."""
    if shared.unit not in RATED:
        return short(words(UNRATED[shared.unit]))
    if not held:
        return short(words(NOTHING_SHARED if shared.pairs else NO_PEOPLE))
    seen = _warned(result, held)
    few = _least(seen)
    if shared.unit == "points" and seen:
        least = min(few or seen, key=lambda one: one.ratio)
        return sentences(_said(result, shared, FEW_POINTS, least), words(POINTS))
    parts = [_said(result, shared, FEW, one) for one in few[:3]] or [words(ALL_COUNTED)]
    single = [table for table, _hidden in held if len(table.by) == 1]
    none = [group_label(result, shared, one.group) for table in single for one in table.shares if one.n == 0]
    parts += [nobody(none)] if none else []
    parts += [words(PLANNED)] if _planned(held) else []
    return sentences(*parts, *([words(WEIGHTED)] if _weighted(result, held) else []))


def nobody(groups: Sequence[Label]) -> Label:
    """Say among which groups nobody was counted."""
    more = ", …" if len(groups) > MOST_NAMED else ""
    return words(NOBODY, names=lambda: ", ".join(label(name) for name in groups[:MOST_NAMED]) + more)


def note(shared: Known, held: Sequence[Shown]) -> Label:
    """Say what a ratio is, when it is few, and what the intervals do not tell."""
    if not held or shared.unit not in RATED:
        return {}
    return sentences(words(METHOD_POINTS if shared.unit == "points" else METHOD), words(CHANCE))


def _warned(result: Result, held: Sequence[Shown]) -> list[Share]:
    """Return the rows of one column that need a warning: not those whose number was planned and is weighted back."""
    weighted = _weighted(result, held)
    tables = [(t, hidden) for t, hidden in held if len(t.by) == 1 and not (weighted and t.way == "planned")]
    return [one for table, hidden in tables for k, one in enumerate(table.shares) if k not in hidden]


def _least(seen: Sequence[Share]) -> list[Share]:
    return sorted((one for one in seen if one.state == "few"), key=lambda one: one.ratio)


def _planned(held: Sequence[Shown]) -> bool:
    return any(table.way == "planned" for table, _hidden in held)


def _weighted(result: Result, held: Sequence[Shown]) -> bool:
    return _planned(held) and result.setting.recipe.design.weight_margin is not None


def _said(result: Result, shared: Known, template: str, one: Share) -> Label:
    answers, people = (partial(per_cent, number) for number in (one.share, one.share_people))
    return words(template, group=group_label(result, shared, one.group), answers=answers, people=people)
