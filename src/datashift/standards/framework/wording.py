"""What the framework, one of its entries, a conversion and an import say on a terminal, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from datashift.language import N_, _, label
from datashift.layout import wrapped
from datashift.numbers import THIN, said
from datashift.standards.framework.changes import Conversion, still_means, told
from datashift.standards.framework.official import Holding, Text
from datashift.standards.framework.records import Aim, Change, Entry, Framework, Series
from datashift.standards.framework.tables import listed as parts_of
from datashift.standards.framework.tables import note, table, versions

if TYPE_CHECKING:
    from datashift.standards.framework.imports import Imported

LEFT_SHOWN = 12

TIERS = {"1": "I", "2": "II", "3": "III", "1/2": "I / II"}
DIRECTIONS = {"up": N_("should go up"), "down": N_("should go down"), "none": N_("no direction")}
RULES = {
    "at_least": N_("at least {number} by {year}"),
    "at_most": N_("at most {number} by {year}"),
    "equal": N_("as near as possible to {number} by {year}"),
    "reduce_by": N_("{number} less than at the start by {year}"),
    "reduce_rest_by": N_("what is missing to 100 less by {number} by {year}"),
    "multiply_by": N_("{number} times the start by {year}"),
}
ORIGINS = {"target": N_("the target asks for it"), "convention": N_("a convention, not in the target")}
LEVELS = {"goal": N_("goal"), "target": N_("target"), "indicator": N_("indicator")}


def listed(found: Framework, known: Sequence[str], held: Sequence[Holding]) -> Iterator[str]:
    """Yield the lines about a loaded framework and the official texts at hand."""
    counts = {name: said(number) for name, number in found.counts().items()}
    version = found.version
    yield wrapped(
        _(
            "SDG framework {version}: {goals} goals, {targets} targets, {indicators} indicators ({unique} without "
            "repeats), {series} series at hand."
        ).format(version=version.name, **counts)
    )
    if version.note:
        yield wrapped(_("It stands for: {note}").format(note=note(version.note)))
    unsure = [entry.code for entry in found.entries.values() if not entry.confirmed]
    if unsure:
        yield wrapped(_("Not confirmed: {codes}").format(codes=", ".join(unsure)))
    if found.origin:
        yield wrapped(_("Loaded from: {file}").format(file=found.origin))
    yield wrapped(_("Versions: {known}").format(known=", ".join(known)))
    if not held:
        yield wrapped(_("No official texts are at hand. Take them from a file: datashift standards import FILE"))
    for file, taken in dict.fromkeys((holding.file, holding.taken) for holding in held):
        texts = [f"{h.language} {said(len(h.texts))}" for h in sorted(held, key=lambda h: h.language) if h.file == file]
        line = _("Official texts from {file}, imported {date}: {texts}")
        yield wrapped(line.format(file=file, date=taken, texts=", ".join(texts)))


def shown(
    entry: Entry, found: Framework, texts: Sequence[Text], steps: Sequence[Change], kits: Sequence[str]
) -> Iterator[str]:
    """Yield the lines about one goal, target or indicator."""
    yield wrapped(f"{entry.code}  {label(entry.label)}")
    yield _field(_("framework"), found.version.name)
    if not entry.confirmed:
        yield _field(_("not confirmed"), _("this code or its meaning was not seen in an official list"))
    yield from _official(texts)
    for parent in parents(entry, found):
        yield _field(_(LEVELS[parent.level]), f"{parent.code}  {label(parent.label)}")
    for child in found.children(entry.code):
        yield _field(_(LEVELS[child.level]), f"{child.code}  {label(child.label)}")
    if entry.level == "indicator":
        yield from _facts(entry)
        yield from (_field(_("series"), text) for text in map(_series_line, found.series_of(entry.code)))
        yield from (_field(_("change"), text) for text in map(_step, steps))
        if not steps and not found.origin:
            yield _field(_("change"), _("none in the versions at hand"))
        yield _field(_("kits"), ", ".join(kits) or _("none"))
    yield from _sources(entry.source, *(aim.source for aim in entry.aims))


def series_shown(series: Series, texts: Sequence[Text]) -> Iterator[str]:
    """Yield the lines about one series."""
    yield wrapped(_series_line(series))
    yield from _official(texts)
    yield _field(_("indicator"), ", ".join(series.indicators))
    yield from _sources(series.source)


def converted(found: Conversion) -> Iterator[str]:
    """Yield the lines about a code that was carried to another version."""
    line = _("{code} of {from_version} is {to_code} of {to_version}.")
    yield wrapped(
        line.format(
            code=found.code, from_version=found.from_version, to_code=found.to_code, to_version=found.to_version
        )
    )
    if not found.steps:
        yield _("Nothing changed.")
    yield from (_field(step.to_version, told(step)) for step in found.steps)


def imported(found: Imported) -> Iterator[str]:
    """Yield the lines about what an import took and left."""
    languages = ", ".join(f"{language} {said(count)}" for language, count in found.taken.items())
    yield wrapped(_("Taken from {file}: {texts} texts.").format(file=found.file, texts=said(sum(found.taken.values()))))
    yield _field(_("languages"), languages)
    if found.links:
        yield _field(_("series"), said(found.links))
    yield _field(_("framework"), found.version)
    yield _field("SHA-256", found.sha256)
    for reason, count in list(found.left.items())[:LEFT_SHOWN]:
        yield _field(_("left out"), f"{said(count)} × {reason}")
    if len(found.left) > LEFT_SHOWN:
        yield _field(_("left out"), _("{count} more reasons, see --json").format(count=len(found.left) - LEFT_SHOWN))


def applicable(entry: Entry, texts: Sequence[Text], found: Framework) -> list[Text]:
    """Return the official texts that still speak of this entry: those of another meaning of its code fall away."""
    if entry.level != "indicator":
        return list(texts)
    to = found.version.name if found.version.name in versions() else list(versions())[-1]
    return [text for text in texts if still_means(entry.code, text.version, to)]


def in_language(texts: Sequence[Text], language: str) -> list[Text]:
    """Return the texts in `language`, else the English ones."""
    return [t for t in texts if t.language == language] or [t for t in texts if t.language == "en"]


def parents(entry: Entry, found: Framework) -> list[Entry]:
    """Return the goal and the target above an entry."""
    above = []
    while entry.parent:
        entry = found.entry(entry.parent)
        above.append(entry)
    return above[::-1]


def _step(step: Change) -> str:
    line = _("{from_version} to {to_version}: {change}")
    if step.from_code and step.to_code and step.from_code != step.to_code:
        line = _("{from_version} to {to_version}, {from_code} to {to_code}: {change}")
    text = line.format(
        from_version=step.from_version,
        to_version=step.to_version,
        from_code=step.from_code,
        to_code=step.to_code,
        change=told(step),
    )
    return text if step.confirmed else _("{text}. Not confirmed.").format(text=text)


def _official(texts: Sequence[Text]) -> Iterator[str]:
    for text in texts:
        name = _("official text ({language})") if text.kind != "aims" else _("aim, as the source says it ({language})")
        origin = _("{source}; of the framework {version}, {file}, imported {date}").format(
            source=text.source, version=text.version, file=text.file, date=text.taken
        )
        yield _field(name.format(language=text.language), f"{text.text} [{origin}]")


def _facts(entry: Entry) -> Iterator[str]:
    unknown = _("not known")
    yield _field(_("same text under"), ", ".join(entry.same_as) or "–")
    tier = TIERS.get(entry.tier, entry.tier)
    yield _field(_("tier"), _("{tier} (in {month})").format(tier=tier, month=entry.tier_as_of) if tier else unknown)
    yield _field(_("custodian"), ", ".join(entry.custodian) or unknown)
    yield _field(_("unit"), entry.unit or unknown)
    for aim in entry.aims:
        yield _field(_("aim"), _aim(aim))
    if not entry.aims:
        yield _field(_("aim"), unknown)
    if entry.note:
        yield _field(_("note"), note(entry.note))


def _aim(aim: Aim) -> str:
    text = _(DIRECTIONS[aim.direction])
    if aim.target is not None:
        decimals = 0 if float(aim.target).is_integer() else len(str(aim.target).partition(".")[2])
        unit = {"PT": f"{THIN}%", "times": ""}.get(aim.unit, f" {aim.unit}")
        number = f"{said(aim.target, decimals)}{unit}"
        text += ": " + _(RULES[aim.rule]).format(number=number, year=aim.by) + f" ({_(ORIGINS[aim.origin])})"
    if aim.part:
        text = f"{aim.part}: {text}"
    return f"{text}. {note(aim.note)}" if aim.note else text


def _series_line(series: Series) -> str:
    unknown = _("not known")
    admits = unknown
    if series.admits is not None:
        admits = ", ".join(f"{name}={'/'.join(codes)}" if codes else name for name, codes in series.admits.items())
    filled = unknown if series.filled is None else ", ".join(series.filled) or _("none")
    line = _("{code} ({unit}); breakdowns admitted: {admits}; filled in 2020: {filled}")
    text = line.format(code=series.code, unit=series.unit or unknown, admits=admits or _("none"), filled=filled)
    return f"{text}. {note(series.note)}" if series.note else text


def _sources(*cells: str) -> Iterator[str]:
    known = {row["key"]: row for row in table("sources")}
    for key in dict.fromkeys(part for cell in cells for part in parts_of(cell)):
        row = known.get(key)
        yield _field(_("source"), (row["where"] or row["what"]) if row else key)


def _field(name: str, text: str) -> str:
    return wrapped(f"{name}: {text}", "", "    ")
