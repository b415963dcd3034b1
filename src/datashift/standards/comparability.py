"""How far the figures of two kits can stand beside each other: computed from what differs, never stated.

identical       every combination of answers counts alike in both
comparable      alike, once finer answers of one kit are put together as the other one has them
adjustable      they count otherwise, but the answers of one kit are enough to apply the rule of the other
not_comparable  nothing in the answers can bring them together: other people, another question, another formula, or an
                answer that one of them does not have
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from datashift.language import N_, _, label
from datashift.model import Concept, Kit, Measure
from datashift.standards.answer_space import Derive, Side, figures, recorded, truths, uses
from datashift.standards.conditions import Objects
from datashift.standards.differences import Change, difference, sentence

Figures = npt.NDArray[np.float64]
Kind = Literal["identical", "comparable", "adjustable", "not_comparable"]
KINDS: tuple[Kind, ...] = ("identical", "comparable", "adjustable", "not_comparable")
"""From the nearest to the farthest."""
KIND_WORDS = {
    "identical": N_("identical"),
    "comparable": N_("comparable"),
    "adjustable": N_("adjustable"),
    "not_comparable": N_("not comparable"),
}


@dataclass(frozen=True)
class Comparability:
    """The class of one measure, with the reasons in the current language."""

    kind: Kind
    reasons: tuple[str, ...]


def comparability(a: Kit, b: Kit, derive: Derive) -> dict[str, Comparability]:
    """Return the class of every measure of two kits, by its id; measures are paired by their ids.

    In:  two kits; `derive` works answers out of others (harmonise.derive).
    Method: the answers that either measure can meet are crossed (see `truths`; more than 20 000 combinations are
    sampled), each kit records what it asks, and the measures are evaluated. Two kits that ask in other English words,
    of other people, or form the figure otherwise are not comparable, since no computation can say what that does.
    """
    changes = difference(a, b)
    measures = [{m.id: m for m in kit.measures} for kit in (a, b)]
    found: dict[str, Comparability] = {}
    for name in dict.fromkeys((*measures[0], *measures[1])):
        if name in measures[0] and name in measures[1]:
            one, other = Side(a, measures[0][name]), Side(b, measures[1][name])
            if not (one.measure.parts or other.measure.parts):
                found[name] = _compared(one, other, changes, derive)
        else:
            only = a.id if name in measures[0] else b.id
            found[name] = Comparability("not_comparable", (_("Only {kit} has this figure.").format(kit=only),))
    means = {name: (measures[0][name], measures[1][name]) for name in measures[0] if name not in found}
    return found | {name: _of_parts(*pair, found) for name, pair in means.items()}


def _of_parts(a: Measure, b: Measure, found: Mapping[str, Comparability]) -> Comparability:
    """A mean of shares is as comparable as the worst of them; of other shares, it can be formed anew."""
    if a.estimator != b.estimator:
        return Comparability("not_comparable", (_("The figure is formed otherwise."),))
    kinds = {part: found[part].kind if part in found else "not_comparable" for part in (*a.parts, *b.parts)}
    worst: Kind = max(kinds.values(), key=KINDS.index)
    if set(a.parts) != set(b.parts) and worst != "not_comparable":
        text = _("It is a mean of other shares, each of which both kits have; form the mean of the same ones.")
        return Comparability("adjustable", (text,))
    text = _("It is a mean of shares; the farthest of them is {part}: {kind}.")
    part = next(part for part, kind in kinds.items() if kind == worst)
    return Comparability(worst, (text.format(part=part, kind=_(KIND_WORDS[worst])),))


def _compared(a: Side, b: Side, changes: Sequence[Change], derive: Derive) -> Comparability:
    about = [change for change in changes if _bears_on(change, a, b)]
    barriers = [*_barriers(a, b), *_questions(a, b)]
    if not barriers:
        a, b, told, barriers = _folded(a, b, derive)
    if barriers:
        return Comparability("not_comparable", tuple(barriers))
    truth, complete = truths(a, b)
    there, here = recorded(a, truth, derive), recorded(b, truth, derive)
    usual, other = figures(a, there, derive), figures(b, here, derive)
    apart = np.flatnonzero(~np.isclose(usual, other, equal_nan=True).all(axis=0))
    rules = _other_rules(a, b)
    if not apart.size and not rules:
        kind: Kind = "comparable" if told else "identical"
        return Comparability(kind, (*told, *_nothing_else(changes, about, len(next(iter(truth.values()))), complete)))
    ways = list(_ways(a, b, truth, derive))
    example = _example(truth, apart, (a, usual), (b, other))
    reasons = (*rules, *(sentence(change) for change in about), *example, *told)
    if ways:
        return Comparability("adjustable", (*reasons, *ways))
    lost = _("What one kit recorded is not enough to apply the rule of the other.")
    return Comparability("not_comparable", (*reasons, lost))


# --- what no computation can bring together -----------------------------------------------------------------------


def _barriers(a: Side, b: Side) -> Iterator[str]:
    one, other = a.kit.universe, b.kit.universe
    if _plain(one.unit) != _plain(other.unit) or _plain(one.text) != _plain(other.text) or one.people != other.people:
        yield _("Another universe: “{before}” became “{after}”.").format(
            before=label(one.text), after=label(other.text)
        )
    if bool(one.eligible) != bool(other.eligible):
        yield _("One asks one person of a household, the other one asks otherwise.")
    if a.measure.estimator != b.measure.estimator:
        yield _("The figure is formed otherwise: {before} became {after}.").format(
            before=a.measure.estimator, after=b.measure.estimator
        )
    if (a.measure.unit, a.measure.margin) != (b.measure.unit, b.measure.margin):
        yield _("The figure has another unit, or is set against another total.")
    asked = [
        {name for name, concept in side.kit.concepts.items() if not concept.inputs or concept.scale} for side in (a, b)
    ]
    if not a.basic <= asked[1] and not b.basic <= asked[0]:
        missing = [label(a.kit.concepts[name].label) for name in sorted(a.basic - asked[1])]
        beside = [label(b.kit.concepts[name].label) for name in sorted(b.basic - asked[0])]
        text = _("They ask for other things: {before} here, {after} there.")
        yield text.format(before=", ".join(missing), after=", ".join(beside))


def _questions(a: Side, b: Side) -> Iterator[str]:
    for name in sorted((a.needed | a.routed) & (b.needed | b.routed)):
        one, other = a.kit.concepts[name], b.kit.concepts[name]
        said = label(one.label)
        if one.kind != other.kind or _plain(one.unit) != _plain(other.unit) or bool(one.inputs) != bool(other.inputs):
            yield _("“{concept}” is recorded in another way or unit.").format(concept=said)
        elif _plain(one.question) != _plain(other.question):
            text = _(
                "“{concept}” is asked in other words: “{before}” became “{after}”. Whether people understand the same "
                "cannot be computed."
            )
            yield text.format(concept=said, before=label(one.question, "en"), after=label(other.question, "en"))
        if _items(one) != _items(other):
            yield _("The scale of “{concept}” has other items.").format(concept=said)


def _plain(text: Mapping[str, str]) -> str:
    """English is the language of reference: only another wording there may be another meaning."""
    words = label(text, "en").casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in words).split())


def _items(concept: Concept) -> tuple[object, ...]:
    return (set(concept.scale.items), concept.scale.yes, concept.scale.no) if concept.scale else ()


# --- finer answers ------------------------------------------------------------------------------------------------


def _folded(a: Side, b: Side, derive: Derive) -> tuple[Side, Side, list[str], list[str]]:
    """Find for each answer that only one kit has the answer of the other kit that it is a part of.

    It is one that meets the same conditions, or at least counts alike whatever else was answered: then it makes no
    difference which of the two somebody gave.
    Out: both sides with their folds, what was folded, and answers for which there is none.
    """
    told: list[str] = []
    barriers: list[str] = []
    folds: list[dict[str, dict[str, str]]] = [{}, {}]
    for name in sorted(a.routed & b.routed):
        for side, into, at in ((a, b, 1), (b, a, 0)):
            codes, known = side.kit.concepts[name].codes, into.kit.concepts[name].codes
            for code in (code for code in codes if code not in known):
                same = _alike(side, into, name, code) or _counts_alike(side, into, name, code, derive)
                facts = {"concept": label(codes[code].label), "kit": side.kit.id, "other": into.kit.id}
                if same is None:
                    text = _("Only {kit} has the answer “{concept}”, and no answer that both have counts like it.")
                    barriers.append(text.format(**facts))
                else:
                    folds[at].setdefault(name, {})[code] = same
                    text = _("The answer “{concept}” of {kit} counts like “{same}” of {other}.")
                    told.append(text.format(**facts, same=label(known[same].label)))
    return replace(a, folds=folds[0]), replace(b, folds=folds[1]), told, barriers


def _alike(side: Side, into: Side, name: str, code: str) -> str | None:
    own, known = side.kit.concepts[name].codes, into.kit.concepts[name].codes
    wanted = uses(side, name, code)
    common = [other for other in known if other in own and uses(side, name, other) == wanted]
    renamed = [other for other in known if other not in own and uses(into, name, other) == wanted]
    return next(iter((*common, *renamed)), None)


def _counts_alike(side: Side, into: Side, name: str, code: str, derive: Derive) -> str | None:
    own = side.kit.concepts[name].codes
    truth, _complete = truths(side, side)
    wanted = _figures_with(side, truth, name, code, derive)
    for other in into.kit.concepts[name].codes:
        common = other in own and own[other].unknown == own[code].unknown
        if common and np.array_equal(_figures_with(side, truth, name, other, derive), wanted, equal_nan=True):
            return other
    return None


def _figures_with(side: Side, truth: Mapping[str, Objects], name: str, code: str, derive: Derive) -> Figures:
    given = np.full_like(truth[name], code)
    return figures(side, recorded(side, {**truth, name: given}, derive), derive)


# --- another rule on the same answers -----------------------------------------------------------------------------


def _other_rules(a: Side, b: Side) -> list[str]:
    """Rules that work on all rows together, and so cannot be tried on single combinations."""
    reasons = []
    if a.kit.readings != b.kit.readings:
        reasons.append(_("Readings become a day by another rule; the raw readings are kept."))
    for name in sorted(a.basic & b.basic):
        if a.kit.concepts[name].scale != b.kit.concepts[name].scale:
            text = _("The scale of “{concept}” has another threshold or other severities.")
            reasons.append(text.format(concept=label(a.kit.concepts[name].label)))
    return reasons


def _ways(a: Side, b: Side, truth: Mapping[str, Objects], derive: Derive) -> Iterator[str]:
    """Say in which direction a figure can be computed again: the rule of one on what the other recorded."""
    found = [(rule, data) for rule, data in ((a, b), (b, a)) if _applies(rule, data, truth, derive)]
    asked = {label(rule.kit.concepts[name].label) for rule, _data in found for name in rule.basic}
    facts = {"rule": found[0][0].kit.id, "data": found[0][1].kit.id, "asked": ", ".join(sorted(asked))} if found else {}
    if len(found) == 2:
        yield _("Compute again: the rule of either kit can be applied to the answers of the other ({asked}).").format(
            **facts
        )
    elif found:
        text = _("Compute again: apply the rule of {rule} to the answers collected with {data} ({asked}).")
        yield text.format(**facts)


def _applies(rule: Side, data: Side, truth: Mapping[str, Objects], derive: Derive) -> bool:
    """Say whether the rule of one kit gives, on what the other recorded, what it would have given on its own."""
    held = recorded(data, truth, derive)
    if not rule.basic <= set(held):
        return False
    aimed = figures(rule, recorded(rule, truth, derive), derive)
    return bool(np.isclose(figures(rule, recorded(rule, held, derive), derive), aimed, equal_nan=True).all())


Seen = tuple[Side, Figures]


def _example(truth: Mapping[str, Objects], apart: npt.NDArray[np.int64], a: Seen, b: Seen) -> Iterator[str]:
    """Describe one combination that counts otherwise, if possible one where everything is answered."""
    if not apart.size:
        return
    row = min(apart.tolist(), key=lambda i: (sum(values[i] is None for values in truth.values()), i))
    answers = []
    for name, values in truth.items():
        concept = (a[0].kit.concepts.get(name) or b[0].kit.concepts[name]).model_copy()
        codes = {**b[0].kit.concepts.get(name, concept).codes, **concept.codes}
        value = values[row]
        said = _("no answer") if value is None else label(codes[value].label) if value in codes else f"{value:g}"
        answers.append(f"{label(concept.label)}: {said}")
    text = _("For example ({answers}): {before} by {kit}, {after} by {other}.")
    counts = [_counted(seen[:, row]) for _side, seen in (a, b)]
    facts = {"before": counts[0], "after": counts[1], "kit": a[0].kit.id, "other": b[0].kit.id}
    yield text.format(answers="; ".join(answers), **facts)


def _counted(figure: Figures) -> str:
    used, y, x = (float(value) for value in figure)
    if not used:
        return _("left out")
    return _("counted as {y} of {x}").format(y=f"{y:g}", x=f"{x:g}")


# --- reasons ------------------------------------------------------------------------------------------------------


def _bears_on(change: Change, a: Side, b: Side) -> bool:
    """Say whether an entry decides about the measure: not a word, but a rule, an answer or a number."""
    section, _dot, rest = change.where.partition(".")
    words = rest.split(".")
    if section == "measures":
        return words[0] == a.measure.id and change.formal
    concepts = section == "concepts" and words[0] in a.needed | b.needed | a.routed | b.routed
    return change.formal and (concepts or section == "readings")


def _nothing_else(changes: Sequence[Change], about: Sequence[Change], rows: int, complete: bool) -> Iterator[str]:
    if not changes:
        yield _("Nothing differs.")
    elif not about:
        yield _("Nothing that differs touches this figure.")
    elif complete:
        yield _("All {rows} combinations of answers count alike.").format(rows=rows)
    else:
        yield _("{rows} combinations of answers, drawn from all of them, count alike.").format(rows=rows)
