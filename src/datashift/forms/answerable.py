"""Which indicators can be computed from a form, which cannot, and the very question that would repair it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from datashift.errors import DataShiftError
from datashift.forms.matching import LIKELY, Match, matches
from datashift.forms.xlsform import Form, Question, read_form
from datashift.language import N_
from datashift.model import Bounds, Concept, Kit, Label, Measure
from datashift.standards.areas import folded
from datashift.standards.conditions import MISSING
from datashift.standards.kits import kit_folder

Verdict = Literal["can", "mapping", "cannot"]

VERDICTS: dict[str, str] = {
    "can": N_("can be computed as it is"),
    "mapping": N_("can be computed with the mapping stated below, once a person has confirmed it"),
    "cannot": N_("cannot be computed"),
}

DESIGN: dict[str, tuple[str, Label]] = {
    "area": ("area", {"en": "where (area)", "es": "dónde (zona)", "sw": "wapi (eneo)", "ne": "कहाँ (क्षेत्र)"}),
    "date": ("date", {"en": "when (date)", "es": "cuándo (fecha)", "sw": "lini (tarehe)", "ne": "कहिले (मिति)"}),
    "cluster": (
        "cluster",
        {"en": "cluster (village, block)", "es": "conglomerado (comunidad, manzana)", "sw": "kishada (kijiji, mtaa)",
         "ne": "समूह (गाउँ, टोल)"},
    ),
    "stratum": ("stratum", {"en": "stratum", "es": "estrato", "sw": "tabaka", "ne": "स्तर"}),
    "weight": ("weight", {"en": "weight", "es": "peso", "sw": "uzito", "ne": "भार"}),
}  # fmt: skip
"""What a design needs besides the answers, and how to call it."""

_NAMES: dict[str, tuple[str, ...]] = {
    "area": (
        "area", "region", "district", "county", "province", "department", "admin1", "admin2", "adm1", "adm2",
        "municipality", "ward", "state", "governorate", "provincia", "departamento", "mkoa", "wilaya", "jimbo", "kata",
        "जिल्ला", "प्रदेश", "पालिका", "neighbourhood", "neighborhood",
    ),
    "cluster": (
        "cluster", "village", "ea", "enumeration area", "psu", "block", "segment", "comunidad", "conglomerado",
        "kijiji", "mtaa", "गाउँ", "टोल", "neighbourhood", "neighborhood", "census area", "gps point interview",
    ),
    "stratum": ("stratum", "strata", "estrato", "tabaka"),
    "weight": ("weight", "sampling weight", "peso", "ponderador", "factor de expansion"),
}  # fmt: skip


@dataclass(frozen=True)
class Repair:
    """A question that the form lacks, as the kit asks it: type, label in the form's language, answers (code, label)."""

    concept: str
    type: str
    label: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Answerable:
    """Whether one measure of a kit can be computed from a form.

    matches: the questions it is computed from. repairs: what to add where a concept is not asked. absent: concept ->
    codes that the measure needs and the form has no answer for. undecided: concept -> answers of the form that the
    definition cannot place (a "well" that may or may not be protected). breakdowns: concepts it can be broken down by;
    without: those it cannot.
    """

    kit: str
    measure: str
    label: Label
    verdict: Verdict
    matches: tuple[Match, ...]
    repairs: tuple[Repair, ...] = ()
    absent: tuple[tuple[str, tuple[str, ...]], ...] = ()
    undecided: tuple[tuple[str, tuple[str, ...]], ...] = ()
    breakdowns: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    margin: str | None = None


def answerable(form: Form, kits: Iterable[Kit]) -> list[Answerable]:
    """Return for each measure of each kit whether the form can feed it, and what would repair it."""
    return [one for kit in kits for one in _of_kit(form, kit)]


def design_items(form: Form) -> dict[str, Question | None]:
    """Return which question says what a design needs: area, date, cluster, stratum, weight; None where none does."""
    found: dict[str, Question | None] = {
        "date": next((q for q in form.questions if q.kind == "date" and q.type in ("today", "start", "end")), None)
        or next((q for q in form.questions if q.kind == "date"), None)
    }
    for item, names in _NAMES.items():
        found[item] = _named(form, names)
    return {item: found[item] for item in DESIGN}


def _named(form: Form, names: tuple[str, ...]) -> Question | None:
    silent = ("note", "begin_group", "end_group", "begin_repeat", "end_repeat", "geopoint")
    asked = [question for question in form.questions if question.type not in silent]
    for name in map(folded, names):
        for question in asked:
            if folded(question.name) == name:
                return question
    words = {folded(name) for name in names}
    return next((q for q in asked if q.kind == "code" and words & set(folded(q.name).split())), None)


# --- one kit --------------------------------------------------------------------------------------------------------


def _of_kit(form: Form, kit: Kit) -> Iterator[Answerable]:
    found = matches(form, kit)
    measures = {measure.id: measure for measure in kit.measures}
    for measure in kit.measures:
        needed = _asked(_concepts(measure, measures), kit.concepts)
        lacking = [name for name in needed if name not in found]
        absent = _absent(measure, measures, kit, found)
        used = tuple(found[name] for name in needed if name in found)
        blocked = [name for name, (codes, all_of_them) in absent.items() if all_of_them]
        by = list(dict.fromkeys(name for names in measure.breakdowns for name in names if name != "area"))
        possible = [name for name in by if all(one in found for one in _asked({name}, kit.concepts))]
        verdict: Verdict = "cannot" if lacking or blocked else "can"
        if verdict == "can" and not all(match.exact for match in used):
            verdict = "mapping"
        yield Answerable(
            kit.id, measure.id, measure.label, verdict, used,
            repairs=tuple(repair(form, kit, name) for name in [*lacking, *blocked]),
            absent=tuple((name, codes) for name, (codes, _all) in absent.items()),
            undecided=tuple(_undecided(_all_concepts(measure, measures, kit), kit, found)),
            breakdowns=tuple(possible),
            without=tuple(name for name in by if name not in possible),
            margin=measure.margin,
        )  # fmt: skip


def _concepts(measure: Measure, measures: Mapping[str, Measure]) -> set[str]:
    if measure.parts:
        return {name for part in measure.parts for name in _concepts(measures[part], measures)}
    return {*measure.numerator, *measure.denominator, *filter(None, (measure.value, measure.per, measure.size))}


def _asked(names: Iterable[str], concepts: Mapping[str, Concept]) -> list[str]:
    """The concepts that a form must ask so that `names` are known, in the order of the kit."""
    wanted, open_ones = set[str](), list(names)
    while open_ones:
        name = open_ones.pop()
        inputs = concepts[name].inputs
        if not inputs:
            wanted.add(name)
        open_ones += [one for one in inputs if one not in wanted]
    return [name for name in concepts if name in wanted]


def _absent(
    measure: Measure, measures: Mapping[str, Measure], kit: Kit, found: Mapping[str, Match]
) -> dict[str, tuple[tuple[str, ...], bool]]:
    """Return concept -> (codes without an answer in the form, whether the measure is lost by that)."""
    told: dict[str, tuple[tuple[str, ...], bool]] = {}
    for part in [measures[name] for name in measure.parts] or [measure]:
        for name, wanted in (*part.numerator.items(), *part.denominator.items()):
            match = found.get(name)
            if match is None or not match.codes or isinstance(wanted, Bounds):
                continue
            codes = tuple(code for code in wanted if code in match.missing and code != MISSING)
            if codes:
                before, lost = told.get(name, ((), False))
                told[name] = (tuple(dict.fromkeys((*before, *codes))), lost or len(codes) == len(wanted))
    return told


def _all_concepts(measure: Measure, measures: Mapping[str, Measure], kit: Kit) -> list[str]:
    """The concepts of a measure and all those they are derived from."""
    found, open_ones = set[str](), list(_concepts(measure, measures))
    while open_ones:
        name = open_ones.pop()
        if name not in found:
            found.add(name)
            open_ones += kit.concepts[name].inputs
    return [name for name in kit.concepts if name in found]


def _undecided(names: Iterable[str], kit: Kit, found: Mapping[str, Match]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield concept -> answers of the form whose code no rule of a derived concept speaks of."""
    told: dict[str, dict[str, None]] = {}
    for rules in filter(None, (kit.concepts[name].rules for name in names)):
        for concept in {one for rule in rules for one in rule.when} & set(found):
            said = [rule.when.get(concept) for rule in rules]
            if any(wanted is None or isinstance(wanted, Bounds) for wanted in said):
                continue
            placed = {code for wanted in said if not isinstance(wanted, Bounds | None) for code in wanted}
            codes = found[concept].codes
            lost = [answer for answer, code in codes.items() if code not in placed and not _open(kit, concept, code)]
            told.setdefault(concept, {}).update(dict.fromkeys(lost))
    yield from ((concept, tuple(answers)) for concept, answers in told.items() if answers)


def _open(kit: Kit, concept: str, code: str) -> bool:
    return kit.concepts[concept].codes[code].unknown


# --- the repair -----------------------------------------------------------------------------------------------------


def repair(form: Form, kit: Kit, concept: str) -> Repair:
    """Return the question of the kit that asks `concept`, in the form's language where the kit speaks it."""
    said = kit.concepts[concept]
    language = form.language if form.language in said.label else "en"
    row = _kit_row(kit, concept)
    label = said.question or (row.labels if row else {}) or said.label
    kind = {"code": f"select_one {said.codelist or concept}", "text": "text"}.get(
        said.kind, row.type if row and row.kind == "number" else "integer"
    )
    choices = tuple((code, one.label.get(language) or one.label["en"]) for code, one in said.codes.items())
    return Repair(concept, kind, label.get(language) or label.get("en", concept), choices)


def _kit_row(kit: Kit, concept: str) -> Question | None:
    try:
        form = read_form(kit_folder(kit.id) / (kit.form or "form.md"))
    except DataShiftError:
        return None
    return next((question for question in form.questions if question.name == concept), None)


__all__ = ["DESIGN", "LIKELY", "VERDICTS", "Answerable", "Match", "Repair", "answerable", "design_items", "repair"]
