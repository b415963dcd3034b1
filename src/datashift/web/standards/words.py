"""Kits in words: how a figure is formed, who is asked what, and what changed hands between areas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from datashift.language import N_, _, label
from datashift.model import Area, Bounds, Concept, Kit, Label, Measure, When
from datashift.numbers import THIN, in_digits, said
from datashift.standards.conditions import MISSING
from datashift.standards.crosswalks import Piece

ESTIMATORS = {
    "proportion": N_("A share: of all that are meant, the part that counts."),
    "mean": N_("The mean of “{value}”."),
    "ratio": N_("The total of “{value}” over the total of “{per}”."),
    "total": N_("How many there are in all."),
    "per_unit": N_("The people of the area, divided by what counts."),
    "rate": N_("What counts, for every {times} people of the area."),
    "mean_of": N_("The plain mean of these shares: {parts}."),
}
RELATIONS = {
    "same": N_("It measures the same as the global indicator."),
    "proxy": N_("It stands in for the global indicator."),
    "component": N_("It measures a part of the global indicator."),
    "local": N_("It is a local figure."),
}
KINDS = {"code": N_("one answer of a list"), "number": N_("a number"), "text": N_("a short text")}


@dataclass(frozen=True)
class Formed:
    """A measure in words: how it is formed, what counts, out of what, and by what it is shown."""

    measure: Measure
    how: str
    counts: list[str]
    among: list[str]
    by: list[str]


@dataclass(frozen=True)
class Moved:
    """What became of an area: the areas that have its ground, each with the share of it that is known."""

    area: Area
    parts: list[tuple[Area, str]]
    sources: list[str]


# --- kits -------------------------------------------------------------------------------------------------------------


def formed(kit: Kit) -> list[Formed]:
    """Return the measures of a kit in words of the current language."""
    names = {measure.id: label(measure.label) for measure in kit.measures}
    return [
        Formed(
            measure=m,
            how=_how(kit, m, names),
            counts=list(conditions(kit, m.numerator)),
            among=list(conditions(kit, m.denominator)),
            by=[" × ".join(concept_name(kit, name) for name in by) for by in m.breakdowns],
        )
        for m in kit.measures
    ]


def _how(kit: Kit, measure: Measure, names: Mapping[str, str]) -> str:
    if measure.estimator == "total" and measure.value:
        return _("The total of “{value}”.").format(value=concept_name(kit, measure.value))
    return _(ESTIMATORS[measure.estimator]).format(
        value=concept_name(kit, measure.value or ""),
        per=concept_name(kit, measure.per or ""),
        times=said(measure.times),
        parts=", ".join(names[part] for part in measure.parts),
    )


def concept_name(kit: Kit, name: str) -> str:
    """Return what a concept of a kit is called; the area is one of every kit."""
    return label(kit.concepts[name].label) if name in kit.concepts else _("area") if name == "area" else name


def conditions(kit: Kit, when: Mapping[str, Iterable[str]] | When) -> Iterator[str]:
    """Say each condition: a concept with the answers, or the numbers, that meet it."""
    for name, wanted in when.items():
        concept = kit.concepts.get(name)
        shown = bounds(wanted) if isinstance(wanted, Bounds) else _answers(concept, wanted)
        named = concept_name(kit, name)
        yield f"{named} {shown}" if named.endswith("?") else f"{named}: {shown}"


def _answers(concept: Concept | None, codes: Iterable[str]) -> str:
    known = concept.codes if concept else {}
    named = (
        label(known[code].label) if code in known else _("no answer") if code == MISSING else code for code in codes
    )
    return " · ".join(named)


def bounds(wanted: Bounds) -> str:
    """Say a range of numbers."""
    signs = (("≥", wanted.least), (">", wanted.above), ("≤", wanted.most), ("<", wanted.below))
    return ", ".join(f"{sign} {in_digits(f'{bound:.10g}')}" for sign, bound in signs if bound is not None)


def derived(kit: Kit, concept: Concept) -> str:
    """Say what an answer follows from; "" for one that is asked."""
    if not concept.inputs:
        return ""
    names = (concept_name(kit, name) for name in kit.concepts if name in concept.inputs)
    return _("Worked out from: {concepts}").format(concepts=", ".join(names))


def answer_lists(kits: Iterable[Kit]) -> list[tuple[Label, dict[str, Label], list[tuple[str, str]]]]:
    """Return every list of answers once: its name, its answers, and (kit, concept) where it is used."""
    found: dict[tuple[tuple[str, str], ...], tuple[Label, dict[str, Label], list[tuple[str, str]]]] = {}
    for kit in kits:
        for name, concept in kit.concepts.items():
            if concept.codes:
                key = tuple((code, answer.label["en"]) for code, answer in concept.codes.items())
                answers = {code: answer.label for code, answer in concept.codes.items()}
                found.setdefault(key, (concept.label, answers, []))[2].append((kit.id, name))
    return sorted(found.values(), key=lambda one: label(one[0]).casefold())


# --- areas ------------------------------------------------------------------------------------------------------------


def moved(known: Mapping[str, Area], pieces: Iterable[Piece]) -> dict[date, list[Moved]]:
    """Return what became of every area whose extent ended, by the first day of the new extent, the last day first."""
    kept, found = list(pieces), dict[date, list[Moved]]()
    for area in sorted(known.values(), key=lambda area: area.name):
        one = _moved(area, known, [piece for piece in kept if piece.before == area.id]) if area.valid_to else None
        if one and one.parts and area.valid_to:
            found.setdefault(area.valid_to + timedelta(days=1), []).append(one)
    return dict(sorted(found.items(), reverse=True))


def _moved(area: Area, known: Mapping[str, Area], own: list[Piece]) -> Moved:
    people = {piece.after: piece.weight for piece in own if piece.of == "population"}
    whole = sum(people.values())
    heirs = [other for other in known.values() if area.id in other.predecessors or other.id in people]
    parts = [(heir, _share(people.get(heir.id), whole)) for heir in heirs]
    parts.sort(key=lambda part: -people.get(part[0].id, 0.0))
    years = sorted({f"{piece.source} ({in_digits(piece.year)})" for piece in own if piece.of == "population"})
    return Moved(area, parts, years)


def _share(weight: float | None, whole: float) -> str:
    if weight is None or not whole:
        return ""
    percent = 100 * weight / whole
    return _("{share} of its people").format(share=f"{said(percent, 0 if 1 <= percent <= 99 else 1)}{THIN}%")
