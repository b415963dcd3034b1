"""`datashift assess`: what automated checks notice in a file or a recipe, and what somebody should look at first."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.commands import home
from datashift.language import N_, _
from datashift.layout import wrapped
from datashift.numbers import said

if TYPE_CHECKING:
    from datashift.assess import Entry
    from datashift.model import Assessment, Checked, Effect, Finding, Subject

HELP = N_("look for what is unusual in a file or a recipe: what to look at first, and what could not be looked at")

TOP = 12

_NAMED = {
    "enumerator": N_("Interviewer {name}"), "device": N_("Device {name}"), "contributor": N_("Contributor {name}"),
    "sensor": N_("Sensor {name}"), "place": N_("Place {name}"),
}  # fmt: skip


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is asked: the file or recipe, how much to show, and whether persons may be shown."""
    parser.add_argument("file", type=Path, help=_("a file with answers in any format that is read, or a recipe (TOML)"))
    parser.add_argument("--sheet", help=_("the sheet of a workbook or the table of an archive"))
    parser.add_argument("--top", type=int, default=TOP, metavar="N", help=_("how many things to show (default: 12)"))
    parser.add_argument(
        "--supervisor", action="store_true", help=_("show single interviewers and interviews too; this is private")
    )


@dataclass(frozen=True)
class _Case:
    """What was assessed: its name, how many answers it has, and whether a recipe describes it."""

    name: str
    rows: int
    columns: int
    described: bool
    assessment: Assessment


def run(options: argparse.Namespace) -> tuple[str, Callable[[], Any]]:
    """Check a file or a recipe. Out: text for people, and a function with the data for machines."""
    case = _by_recipe(options.file) if options.file.suffix.lower() == ".toml" else _by_file(options)
    options.top = max(options.top, 0)
    return "\n".join(_report(case, options)), lambda: _for_json(_data(case, supervisor=options.supervisor))


def _by_recipe(path: Path) -> _Case:
    from datashift.inputs import gather
    from datashift.pipeline import run as through_the_pipeline

    # Charts are of no use here: each drawing is left undrawn.
    result = through_the_pipeline(gather(path, home()), draw=lambda _drawing: lambda: None)
    counted, recipe = result.harmonised, result.setting.recipe
    return _Case(recipe.id, counted.rows_in, len(recipe.columns), True, result.assessment)


def _by_file(options: argparse.Namespace) -> _Case:
    from datashift.assess import assess
    from datashift.assess.undeclared import undeclared
    from datashift.read import read

    raw = read(options.file, sheet=options.sheet).table
    recipe, kit, harmonised = undeclared(raw, options.file.name)
    found = assess(raw, harmonised, recipe, kit, effect=lambda _rows: (), areas={})
    return _Case(options.file.name, raw.num_rows, raw.num_columns - 1, False, found)


# --- for people -----------------------------------------------------------------------------------------------------


def _report(case: _Case, options: argparse.Namespace) -> list[str]:
    """Return the report, part by part; what a dossier or a profile says of the same case is one more part."""
    parts = [
        _first(case),
        _queue(case, options),
        _interviews(case, options.top) if options.supervisor else [],
        _looked(case.assessment.checks),
        _could_not_look(case.assessment.checks),
        _next_step(case),
    ]
    return [line for part in parts if part for line in ("", *part)][1:]


def _first(case: _Case) -> list[str]:
    from datashift.assess import change

    found = case.assessment.findings
    facts = {"n": said(len(found)), "rows": said(case.rows)}
    if not found:
        return [wrapped(_("Nothing to look at in {rows} answers.").format(**facts))]
    if len(found) == 1:
        text = _("One thing to look at in {rows} answers.").format(**facts)
    else:
        text = _("{n} things to look at in {rows} answers.").format(**facts)
    moving = max(((change(e), e, f) for f in found for e in f.effects), key=lambda one: one[0], default=None)
    if moving is not None and moving[0] > 0:
        text += " " + _greatest(moving[1], moving[2])
    return [wrapped(text)]


def _greatest(effect: Effect, finding: Finding) -> str:
    from datashift.language import label

    known = finding.facts.get("measures", {}).get(effect.measure, {})
    name, unit = label(known.get("label", effect.measure)), "%" if effect.unit == "PT" else label(known.get("unit", ""))
    before = f"{said(effect.with_rows or 0.0, 1)} {unit}".strip()
    if effect.without_rows is None:
        return _("Without the rows of the greatest, nothing is left to tell “{measure}” from.").format(measure=name)
    after = f"{said(effect.without_rows, 1)} {unit}".strip()
    text = _("The greatest moves “{measure}” from {before} to {after}.")
    return text.format(measure=name, before=before, after=after)


def _queue(case: _Case, options: argparse.Namespace) -> list[str]:
    from datashift.assess import queue

    entries = queue(case.assessment.findings)
    shown = [entry for entry in entries if options.supervisor or not entry.private]
    if not entries:
        return []
    lines = [_("What to look at first:")]
    lines += [wrapped(f"{entry.finding.check}  {_entry(entry)}", "  ", "    ") for entry in shown[: options.top]]
    more, kept = max(len(shown) - options.top, 0), len(entries) - len(shown)
    lines += [wrapped(_("… and {n} more; --top shows more of them.").format(n=said(more)), "  ")] if more else []
    if kept:
        text = _("What concerns single interviewers, devices or contributors is for their supervisor: --supervisor.")
        lines.append(wrapped(text, "  "))
    return lines


def _entry(entry: Entry) -> str:
    from datashift.assess import sentence, subject_sentence

    if entry.subject is None:
        return sentence(entry.finding)
    return f"{_(_NAMED[entry.subject.kind]).format(name=entry.subject.name)}: {subject_sentence(entry.subject)}"


def _interviews(case: _Case, top: int) -> list[str]:
    """The interviews that a finding tells of, or that several checks see; those that chance would give are left out."""
    told = [one for one in case.assessment.interviews if one.noticed][:top]
    lines = [_("Interviews to look at first (private):")]
    lines += ["  " + _("row {row}: {checks}").format(row=said(one.row), checks=", ".join(one.checks)) for one in told]
    return lines if told else [wrapped(_("No single interview stands out by several checks together."))]


def _looked(checks: Sequence[Checked]) -> list[str]:
    lines = [_("What was checked:")]
    for check in checks:
        if not check.idle:
            result = _("nothing noticed") if not check.noticed else _("noticed: {n}").format(n=said(check.noticed))
            asked = _(" (questions asked of chance: {n})").format(n=said(check.tested)) if check.tested else ""
            lines.append(wrapped(f"{check.id}  {_(check.name)}: {result}{asked}", "  ", "    "))
    return lines if len(lines) > 1 else []


def _could_not_look(checks: Sequence[Checked]) -> list[str]:
    idle = [check for check in checks if check.idle]
    lines = [_("What could not be looked at, and why:")]
    lines += [wrapped(f"{check.id}  {_(check.name)}: {_idle(check)}", "  ", "    ") for check in idle]
    return lines if idle else []


def _idle(check: Checked) -> str:
    return _(check.idle).format(**{name: _plain(fact) for name, fact in check.facts.items()})


def _plain(fact: Any) -> str:
    return said(fact, 0 if isinstance(fact, int) else 1) if isinstance(fact, int | float) else str(fact)


def _next_step(case: _Case) -> list[str]:
    if case.described:
        return []
    text = _("Nobody has described this file, so nothing is known about figures. To begin: datashift suggest {file}")
    return [wrapped(text.format(file=case.name))]


# --- for machines ---------------------------------------------------------------------------------------------------


def _data(case: _Case, *, supervisor: bool) -> dict[str, Any]:
    """Return all that is known. What concerns one person is left out unless a supervisor asks."""
    assessment = case.assessment
    findings = assessment.findings
    found: dict[str, Any] = {
        "source": {"name": case.name, "rows": case.rows, "columns": case.columns, "described": case.described},
        "checks": [_check(check) for check in assessment.checks],
        "findings": [_finding(finding, supervisor=supervisor) for finding in findings],
        "queue": list(_ranked(findings, supervisor=supervisor)),
    }
    if supervisor:
        found["interviews"] = [asdict(one) for one in assessment.interviews]
    return found


def _check(check: Checked) -> dict[str, Any]:
    words = {name: _(getattr(check, name)) for name in ("name", "looks_for", "expects")}
    return asdict(check) | words | {"idle": _idle(check) if check.idle else "", "looked": not check.idle}


def _finding(finding: Finding, *, supervisor: bool) -> dict[str, Any]:
    from datashift.assess import sentence

    open_to_all = supervisor or not any(one.private for one in finding.subjects)
    return {
        "check": finding.check, "code": finding.code, "text": sentence(finding),
        "facts": {name: fact for name, fact in finding.facts.items() if name != "measures"},
        "p_value": finding.p_value, "p_adjusted": finding.p_adjusted, "strength": finding.strength,
        "tested": finding.tested, "rows_count": len(finding.rows),
        "rows": list(finding.rows) if open_to_all else None,
        "effects": [asdict(effect) for effect in finding.effects],
        "subjects": [_subject(one) for one in finding.subjects if supervisor or not one.private],
    }  # fmt: skip


def _subject(subject: Subject) -> dict[str, Any]:
    from datashift.assess import subject_sentence

    return asdict(subject) | {"text": subject_sentence(subject), "private": subject.private}


def _ranked(findings: Iterable[Finding], *, supervisor: bool) -> Iterable[dict[str, Any]]:
    from datashift.assess import queue

    for entry in queue(findings):
        if supervisor or not entry.private:
            subject = {"subject": entry.subject.name, "kind": entry.subject.kind} if entry.subject else {}
            told = {"check": entry.finding.check, "code": entry.finding.code, "text": _entry(entry)}
            yield told | {"weight": entry.weight} | subject


def _for_json(fact: Any) -> Any:
    """Return `fact` with numbers as JSON has them: what is not finite is null."""
    if isinstance(fact, Mapping):
        return {str(name): _for_json(value) for name, value in fact.items()}
    if isinstance(fact, list | tuple):
        return [_for_json(value) for value in fact]
    if isinstance(fact, float):
        return float(fact) if math.isfinite(fact) else None
    return int(fact) if isinstance(fact, Integral) and not isinstance(fact, bool) else fact
