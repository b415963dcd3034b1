"""`datashift kits`: the indicator kits at hand, what is in one, its form, and how two of them compare."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.commands import add_verbs
from datashift.language import LANGUAGES, N_, _, label
from datashift.layout import wrapped

if TYPE_CHECKING:
    from datashift.model import Concept, Kit, Measure

HELP = N_("list the indicator kits at hand, show one, write its form, compare two")
ESTIMATORS = {
    "proportion": N_("a share"),
    "mean": N_("a mean"),
    "ratio": N_("a total over another total"),
    "total": N_("a total"),
    "per_unit": N_("people per unit"),
    "rate": N_("a rate: what was counted, over the population"),
    "mean_of": N_("the mean of several shares"),
}
RELATIONS = {
    "same": N_("measures the same"),
    "proxy": N_("stands in for it"),
    "component": N_("measures a part of it"),
    "local": N_("a local figure"),
}

Told = tuple[str, Callable[[], Any]]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the commands show, form and compare; without one, the kits are listed."""
    made = add_verbs(parser, {verb: text for verb, (_run, text) in VERBS.items()})
    for verb in ("show", "form"):
        made[verb].add_argument("kit", help=_("the id of a kit, or the folder of a kit or variant"))
    made["form"].add_argument("--out", type=Path, required=True, help=_("the form to write: .xlsx or .md"))
    for side in ("first", "second"):
        made["compare"].add_argument(side, help=_("the id of a kit, or the folder of a kit or variant"))


def run(options: argparse.Namespace) -> Told:
    """Run one of the commands; return the text for people and a function for the JSON. Raises BadRecipe."""
    return VERBS[options.verb][0](options) if options.verb else _list()


def _list() -> Told:
    from datashift.standards.kits import known_kits, shipped_kit

    kits = [shipped_kit(name) for name in known_kits()]
    lines = []
    for kit in kits:
        lines.append(f"{kit.id} {kit.version}  {kit.indicator}  {label(kit.title)}")
        lines += [f"    {measure.id}  {label(measure.label)}" for measure in kit.measures]
    return "\n".join(lines), lambda: [kit.model_dump(mode="json") for kit in kits]


def _show(options: argparse.Namespace) -> Told:
    kit = _kit(options.kit)
    return "\n".join(_described(kit)), lambda: kit.model_dump(mode="json")


def _form(options: argparse.Namespace) -> Told:
    from datashift.errors import BadRecipe
    from datashift.forms.compose import compose
    from datashift.forms.workbook import form_workbook
    from datashift.standards.kits import kit_folder

    kit, out = _kit(options.kit), options.out
    if out.suffix not in (".xlsx", ".md"):
        problem = _("a form is written as .xlsx or .md")
        raise BadRecipe("recipe.bad-field", file=out.name, field="--out", problem=problem)
    written = kit_folder(*_where(options.kit)) / "form.md"
    form = written.read_text("utf-8") if written.is_file() else compose(kit)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(form_workbook(kit, form) if out.suffix == ".xlsx" else form.encode("utf-8"))
    lines = [_("The form is in {file}.").format(file=out)]
    if kit.reviewed != LANGUAGES:
        missing = ", ".join(language for language in LANGUAGES if language not in kit.reviewed)
        lines.append(_("Not yet reviewed by native speakers: {languages}.").format(languages=missing))
    lines.append(_("Attach two media files: areas.csv (places) and sample.csv (the sampling list)."))
    return "\n".join(lines), lambda: {"kit": f"{kit.id}@{kit.version}", "form": str(out)}


def _compare(options: argparse.Namespace) -> Told:
    from datashift.harmonise.derive import derive
    from datashift.standards.comparability import KIND_WORDS, comparability
    from datashift.standards.differences import difference, sentence

    a, b = _kit(options.first), _kit(options.second)
    found, changes = comparability(a, b, derive), difference(a, b)
    lines = [_("{first} beside {second}").format(first=f"{a.id} {a.version}", second=f"{b.id} {b.version}")]
    for name, told in found.items():
        lines += ["", f"{name}: {_(KIND_WORDS[told.kind])}", *(wrapped(reason, "  ") for reason in told.reasons)]
    lines += ["", _("{count} entries differ:").format(count=len(changes)) if changes else _("No entry differs.")]
    lines += [wrapped(sentence(change), "  ") for change in changes]
    return "\n".join(lines), lambda: {
        "first": f"{a.id}@{a.version}",
        "second": f"{b.id}@{b.version}",
        "measures": {name: asdict(told) for name, told in found.items()},
        "changes": [asdict(change) for change in changes],
    }


def _where(name: str) -> tuple[str, Path | None]:
    """A folder is taken as it is; anything else is the id of a kit that ships."""
    return (".", Path(name)) if Path(name).is_dir() else (name, None)


def _kit(name: str) -> Kit:
    from datashift.standards.kits import parse_kit
    from datashift.standards.variants import kit_text

    return parse_kit(kit_text(*_where(name)), "kit.toml")


# --- one kit ------------------------------------------------------------------------------------------------------


def _described(kit: Kit) -> Iterator[str]:
    yield f"{kit.id} {kit.version}  {label(kit.title)}"
    yield wrapped(label(kit.description))
    if kit.variant:
        text = _("A variant of {of}, decided by {who}: {why}")
        who = kit.variant.decided_by or "?"
        yield wrapped(text.format(of=kit.variant.of, who=who, why=label(kit.variant.why)))
    relation = _(RELATIONS[kit.relation])
    yield from ["", _("Beside SDG {indicator}: {text}").format(indicator=kit.indicator, text=relation)]
    yield wrapped(label(kit.relation_note), "  ")
    yield from ["", _("One row is: {unit}").format(unit=label(kit.universe.unit))]
    yield wrapped(label(kit.universe.text), "  ")
    if kit.custodian:
        agencies = ", ".join(kit.custodian.agency)
        yield from ["", _("When {agency} takes up figures of others").format(agency=agencies)]
        yield wrapped(label(kit.custodian.rule), "  ")
    yield from ["", _("Figures")]
    for measure in kit.measures:
        yield from _measure(kit, measure)
    yield from ["", _("Questions and answers")]
    for name, concept in kit.concepts.items():
        yield from _concept(name, concept)
    yield from ["", _("Sources"), *(wrapped(source, "  ") for source in kit.sources)]


def _measure(kit: Kit, measure: Measure) -> Iterator[str]:
    from datashift.standards.kits import asked_for

    yield f"  {measure.id}  {label(measure.label)} ({label(measure.unit_label)})"
    asked = ", ".join(asked_for(kit, measure)) or "–"
    yield wrapped(_("{kind}; it needs: {asked}").format(kind=_(ESTIMATORS[measure.estimator]), asked=asked), "    ")


def _concept(name: str, concept: Concept) -> Iterator[str]:
    from datashift.numbers import places, said

    derived = _("worked out from: {concepts}").format(concepts=", ".join(sorted(concept.inputs)))
    yield wrapped(f"{name}  {label(concept.label)}" + (f" ({derived})" if concept.inputs else ""), "  ")
    if concept.codes:
        yield wrapped(", ".join(f"{code} ({label(answer.label)})" for code, answer in concept.codes.items()), "    ")
    elif concept.kind == "number":
        ends = ["…" if end is None else said(end, places(end, None, None)) for end in (concept.least, concept.most)]
        unit = f" {label(concept.unit)}" if concept.unit else ""
        yield "    " + _("a number from {least} to {most}").format(least=ends[0], most=ends[1]) + unit


VERBS: dict[str, tuple[Callable[[argparse.Namespace], Told], str]] = {
    "show": (_show, N_("what is in a kit: figures, questions, whom it speaks of, the custodian's rule")),
    "form": (_form, N_("write the form of a kit as XLSForm, for KoBo or ODK")),
    "compare": (_compare, N_("say for each figure how far two kits, or a kit and a variant, are comparable")),
}
