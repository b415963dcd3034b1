"""What a run looks like on a terminal: the finding first, tables of 80 columns, then how sure it is and what is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

from datashift.assess import sentence
from datashift.compare import contest_sentence, reason, verdict_word
from datashift.demo import Shown
from datashift.harmonise import Suggestion
from datashift.language import N_, _, label
from datashift.layout import grid, wrapped
from datashift.model import Comparison, Estimate, Loss, Measure, Origin, Raw
from datashift.numbers import THIN, amount, said
from datashift.pipeline import Result, finding_sentence, whole_area
from datashift.publish import StageResult

FINDINGS_SHOWN = 12
POOR_FIT = 0.15

STAGE_WORDS = {
    "same": N_("the same"),
    "differs": N_("DIFFERS"),
    "digest only": N_("its bytes are the same"),
    "absent": N_("not in this bundle"),
}


def report(result: Result, out: Path, bundle: Path) -> str:
    """Return the whole report of a run in the current language."""
    setting = result.setting
    parts = []
    if setting.recipe.simulated:
        parts.append(wrapped(_("SIMULATED DATA: a made-up country, so that you can see what each stage does.")))
    for measure in setting.measures:
        parts.append(wrapped(_first_line(result, measure)))
    parts += ["", _balance(result), *_notes(result.origins), "", _findings(result)]
    for measure in setting.measures:
        parts += ["", _measure(result, measure)]
    parts += [*_losses(result), "", _comparison(result), "", wrapped(result.uncertainty)]
    if warning := result.since.warning:
        parts.append(wrapped(" ".join(warning)))
    if setting.recipe.design.note:
        parts.append(wrapped(_("How the rows came about: {text}").format(text=label(setting.recipe.design.note))))
    parts.append(
        wrapped(
            _("Beside SDG {indicator}: {text}").format(
                indicator=setting.kit.indicator, text=label(setting.kit.relation_note)
            )
        )
    )
    parts += [wrapped(_("Limit: {text}").format(text=label(limit))) for limit in setting.recipe.limits]
    if setting.inputs.absent:
        parts.append(wrapped(_("Not at hand, so left out: {files}.").format(files=", ".join(setting.inputs.absent))))
    parts += ["", _("Figures, charts and bundle: {folder}").format(folder=out)]
    parts.append(_("Check it any time, offline: datashift verify {bundle}").format(bundle=bundle))
    return "\n".join(parts)


def as_json(result: Result, bundle: Path) -> dict[str, Any]:
    """Return the whole result for machines. Rows and rejected values stay in the private evidence."""
    harmonised = result.harmonised
    return {
        "recipe": result.setting.recipe.id,
        "kit": f"{result.setting.kit.id}@{result.setting.kit.version}",
        "simulated": result.setting.recipe.simulated,
        "bundle": str(bundle),
        "rows": {
            "in": harmonised.rows_in,
            "out": harmonised.rows_out,
            "explained": harmonised.rows_explained,
            "by_code": dict(Counter(harmonised.rejects["code"].to_pylist())),
        },
        "findings": [
            {"check": f.check, "code": f.code, "rows": len(f.rows), "text": sentence(f)}
            | {"effects": [asdict(effect) for effect in f.effects]}
            for f in result.findings
        ],
        "estimates": [asdict(estimate) for estimate in result.estimates],
        "comparisons": [
            asdict(c) | {"reason": reason(c), "verdict_word": verdict_word(c), "contest_sentence": contest_sentence(c)}
            for c in result.comparisons
        ],
        "uncovered": [asdict(benchmark) for benchmark in result.uncovered],
        "uncertainty": result.uncertainty,
        "design": label(result.setting.recipe.design.note),
        "relation": {"indicator": result.setting.kit.indicator, "kind": result.setting.kit.relation}
        | {"note": label(result.setting.kit.relation_note)},
        "since": {"changed": result.since.changed, "hidden": len(result.since.hidden)},
        "limits": [label(limit) for limit in result.setting.recipe.limits],
        "absent": list(result.setting.inputs.absent),
    }


def demonstration(shown: Shown, out: Path) -> str:
    """Return the report of the demo, and for simulated data how near the truth it came."""
    lines = [shown.what, "", report(shown.result, out, shown.bundle)]
    if shown.truth:
        lines += ["", _truth(shown)]
    return "\n".join(lines)


def verification(stages: Sequence[StageResult]) -> str:
    """Return one line per stage of a bundle: the same, differs, digest only or absent."""
    broken = [stage for stage in stages if stage.status == "differs"]
    first = (
        _("Something differs, first at the stage: {stage}.").format(stage=_(broken[0].stage))
        if broken
        else _("Everything that was computed again is the same.")
    )
    rows = [[_(stage.stage), _(STAGE_WORDS[stage.status])] for stage in stages]
    details: dict[str, list[str]] = {}
    for stage in stages:
        details.setdefault(stage.detail, []).append(_(stage.stage))
    notes = [wrapped(f"{', '.join(names)}: {detail}") for detail, names in details.items()]
    return "\n".join([wrapped(first), "", grid([_("stage"), _("result")], rows, "ll"), "", *notes])


def suggestion(raw: Raw, found: Suggestion, out: Path | None) -> str:
    """Return a suggestion as one sentence per column, and the recipe text unless it was written to a file."""
    rows, poor = raw.table.num_rows, found.confidence < POOR_FIT
    lines = [
        wrapped(
            _(
                "{file}: {rows} rows, {columns} columns. The kit that fits best is {kit}. How well: {confidence}."
            ).format(
                file=raw.origin.file, rows=said(rows), columns=raw.table.num_columns - 1, kit=found.kit,
                confidence=f"{found.confidence:.0%}",
            )
        ),
        *([wrapped(_("No kit at hand fits well. A kit of your own can stand beside the recipe."))] if poor else []),
        *_notes([raw.origin]),
        "",
    ]  # fmt: skip
    for guess in found.guesses:
        text = _("Column “{column}” looks like {role}: {reason}. How sure: {confidence}.")
        lines.append(
            wrapped(
                text.format(
                    column=guess.column, role=guess.role, reason=guess.reason, confidence=f"{guess.confidence:.0%}"
                )
            )
        )
    written = _("The recipe to confirm is in {file}.").format(file=out) if out else found.recipe
    return "\n".join([*lines, "", written])


def suggestion_json(found: Suggestion) -> dict[str, Any]:
    """Return a suggestion for machines."""
    return asdict(found)


# --- the parts of a report ------------------------------------------------------------------------------------------


def _first_line(result: Result, measure: Measure) -> str:
    whole = next(
        (e for e in result.estimates if e.measure == measure.id and e.area == whole_area(result.setting)), None
    )
    if whole is not None and whole.value is None:
        return f"{label(measure.label)}: " + _(whole.reason).format(**whole.facts)
    return finding_sentence(result.setting, measure, whole)


def _balance(result: Result) -> str:
    h = result.harmonised
    text = _("{rows_in} rows came in: {rows_out} are used, {rows_explained} are explained.").format(
        rows_in=said(h.rows_in), rows_out=said(h.rows_out), rows_explained=said(h.rows_explained)
    )
    counts = Counter(h.rejects["code"].to_pylist()).most_common()
    return "\n".join([text, *(f"  {said(count)}  {code}" for code, count in counts), *_corrections(result)])


def _corrections(result: Result) -> list[str]:
    done = result.corrected
    if done is None:
        return []
    text = _(
        "Corrections: {lines} lines of the ledger changed {cells} cells and took out {rows} rows; {conflicts} could "
        "not be applied, because the row says something else."
    )
    cells = sum(len(touched) for touched in done.effects.values())
    facts = {"lines": len(done.applied), "cells": cells, "rows": len(done.removed), "conflicts": len(done.conflicts)}
    return [wrapped(text.format(**{name: said(count) for name, count in facts.items()}))]


def _notes(origins: Iterable[Origin]) -> list[str]:
    """What reading the files noticed: names that repeat, an encoding that had to be guessed, another format."""
    return [wrapped(f"{o.file}: {_(text).format(**facts)}") for o in origins for text, facts in o.notes]


def _findings(result: Result) -> str:
    lines = [_("What was noticed, by what it does to the answer:")]
    for finding in result.findings[:FINDINGS_SHOWN]:
        lines.append(wrapped(f"{finding.check}  {sentence(finding)}", "  ", "    "))
    more = len(result.findings) - FINDINGS_SHOWN
    return "\n".join(
        [*lines, *([_("  … and {n} more, in findings.json of the bundle").format(n=said(more))] if more > 0 else [])]
    )


def _measure(result: Result, measure: Measure) -> str:
    whole = whole_area(result.setting)
    rows = [e for e in result.estimates if e.measure == measure.id and not e.breakdown]
    rows.sort(key=lambda e: (e.period, e.area != whole, -(e.value if e.value is not None else -1), e.area_name))
    several = len({e.period for e in rows}) > 1
    # A long unit stands above the table, so that the table keeps to the width of a terminal.
    share = measure.unit == "PT"
    header = [_("area"), *([_("time")] if several else []), "%" if share else _("value"), _("interval")]
    header += [_("n"), _("worth"), _("deff")]
    body = [[e.area_name, *([e.period] if several else []), *_figures(e)] for e in rows]
    title = label(measure.label) if share else f"{label(measure.label)} ({label(measure.unit_label)})"
    table = grid(header, body, "l" + "l" * several + "rrrrr")
    return "\n".join([wrapped(title), table, *_reasons(rows), *_groups(result, measure)])


def _losses(result: Result) -> list[str]:
    """What was lost between the answers and the codes, where anything was; measures that lost the same share a line."""
    whole = whole_area(result.setting)
    spoken: dict[Loss, list[str]] = {}
    for measure in result.setting.measures:
        loss = next((e.loss for e in result.estimates if e.measure == measure.id and e.area == whole and e.loss), None)
        if loss is not None and any(astuple(loss)):
            spoken.setdefault(loss, []).append(label(measure.label))
    text = _(
        "On the way to the kit's codes: {unmapped} of the rows have an answer without a code, {many_to_one} an answer "
        "that shares its code with others, {rejected} could not be used."
    )
    lines = []
    for loss, measures in spoken.items():
        shares = {name: f"{said(100 * s, 1 if 0 < s < 0.1 else 0)}{THIN}%" for name, s in asdict(loss).items()}
        names = f"{'; '.join(measures)}: " if len(spoken) > 1 else ""
        lines.append(wrapped(names + text.format(**shares)))
    return ["", *lines] if lines else []


def _groups(result: Result, measure: Measure) -> list[str]:
    """One line per breakdown of the whole: the groups with their figures, the highest first."""
    concepts = result.setting.kit.concepts
    spoken: dict[str, list[tuple[float, str]]] = {}
    for e in result.estimates:
        if e.measure == measure.id and len(e.breakdown) == 1 and e.area == whole_area(result.setting):
            ((name, code),) = e.breakdown
            figure = _("too few answers") if e.value is None else amount(e.value, e.lower, e.upper, e.unit)
            text = f"{label(concepts[name].codes[code].label)} {figure}"
            spoken.setdefault(label(concepts[name].label), []).append((-(e.value or 0.0), text))
    return [wrapped(f"{name}: {'; '.join(text for _value, text in sorted(rows))}") for name, rows in spoken.items()]


def _figures(e: Estimate) -> list[str]:
    if e.value is None:
        return ["–", "–", said(e.n) if e.status != "Q" else "–", "–", "–"]
    full = amount(e.value, e.lower, e.upper, "")
    value, _bracket, interval = full.partition(" (")
    worth = "–" if e.n_eff is None else said(e.n_eff)
    return [value, interval.rstrip(")") or "–", said(e.n), worth, "–" if e.deff is None else said(e.deff, 1)]


def _reasons(rows: Sequence[Estimate]) -> list[str]:
    spoken: dict[str, list[str]] = {}
    for e in rows:
        if e.reason:
            spoken.setdefault(_(e.reason).format(**e.facts), []).append(e.area_name)
    return [
        # What is true of every row needs no names.
        wrapped(text if len(names) == len(rows) > 1 else f"{', '.join(dict.fromkeys(names))}: {text}")
        for text, names in spoken.items()
    ]


def _comparison(result: Result) -> str:
    seen = [c for c in result.comparisons if c.official is not None]
    if not seen:
        return _("There is no official figure to stand beside these.")
    lines = []
    measures = {measure.id: measure for measure in result.setting.measures}
    series: dict[tuple[str, str, str], list[Comparison]] = {}
    for c in seen:
        if c.official is not None:
            series.setdefault((c.measure, c.official.source, c.official.series), []).append(c)
    for (measure, source, _name), rows in series.items():
        title = _("“{measure}” beside {source}").format(measure=label(measures[measure].label), source=source)
        totals, groups = [c for c in rows if not c.breakdown], [c for c in rows if c.breakdown]
        lines += ["", wrapped(title), *([_side(totals, whole_area(result.setting))] if totals else [])]
        lines += [wrapped(_by_groups(result, groups))] if groups else []
    return "\n".join([*lines, *_unplaced(result)]).lstrip("\n")


def _unplaced(result: Result) -> list[str]:
    """Official figures whose place no list of areas knows: they are named, and stand beside nothing."""
    places: dict[str, list[str]] = {}
    for figure in result.uncovered:
        if figure.refused:
            places.setdefault(figure.source, []).append(figure.area_name)
    text = _("Official figures of {source} that no area could be found for: {names}.")
    return [
        wrapped(text.format(source=source, names=", ".join(dict.fromkeys(names)))) for source, names in places.items()
    ]


def _side(group: Sequence[Comparison], whole: str) -> str:
    header = [_("area"), _("citizen"), _("official"), _("year"), _("difference"), _("verdict")]
    rows = [[c.area_name, *_pair(c), verdict_word(c).split(",")[0]] for c in group]
    spoken: dict[str, list[str]] = {}
    for c in group:
        # What would have to be wrong is said where one figure stands for all; for each area it is in the files.
        telling = contest_sentence(c) if c.area == whole or len(group) == 1 else ""
        spoken.setdefault(" ".join(filter(None, (reason(c), telling))), []).append(c.area_name)
    notes = [wrapped(text if len(names) > 3 else f"{', '.join(names)}: {text}") for text, names in spoken.items()]
    return "\n".join([grid(header, rows, "lrrrrl"), *notes])


def _by_groups(result: Result, rows: Sequence[Comparison]) -> str:
    """One sentence on the groups: how many have which verdict, and which of them show a gap."""
    counted = Counter(verdict_word(c).split(",")[0] for c in rows)
    parts = [f"{said(n)} {word}" for word, n in counted.most_common()]
    found = [f"{c.area_name}, {_group(result, c)} ({verdict_word(c)})" for c in rows if c.verdict == "gap"]
    text = _("By groups: {counts}.").format(counts="; ".join(parts))
    return " ".join([text, *([_("Gaps: {names}.").format(names="; ".join(found))] if found else [])])


def _group(result: Result, c: Comparison) -> str:
    concepts = result.setting.kit.concepts
    return ", ".join(label(concepts[name].codes[code].label) for name, code in c.breakdown)


def _pair(c: Comparison) -> list[str]:
    assert c.official is not None
    citizen = "–" if c.value is None else said(c.value, 1)
    # A figure of another extent is not this place's figure; printing it in the row would compare by name.
    official = said(c.official.value, 1) if c.official.area == c.area else "–"
    apart = "–" if c.difference is None else said(c.difference, 1)
    if c.difference is not None and c.difference_lower is not None and c.difference_upper is not None:
        apart += f" ({said(c.difference_lower, 1)} … {said(c.difference_upper, 1)})"
    return [citizen, official, c.official.period, apart]


def _truth(shown: Shown) -> str:
    tables, inside, count = [], 0, 0
    for measure in shown.result.setting.measures:
        rows = []
        for e in shown.result.estimates:
            true = shown.truth.get((e.measure, e.area))
            if e.measure != measure.id or true is None or e.lower is None or e.upper is None or e.breakdown:
                continue
            holds = e.lower <= true <= e.upper
            inside, count = inside + holds, count + 1
            value, span = amount(e.value or 0.0, e.lower, e.upper, "").rstrip(")").split(" (")
            rows.append([e.area_name, said(true, 1), value, span, _("yes") if holds else _("no")])
        header = [_("area"), _("truth"), _("estimate"), _("interval"), _("holds it")]
        tables += ["", label(measure.label), grid(header, rows, "lrrrl")]
    first = _("How near the truth: {inside} of {all} intervals hold the true value of the simulated country.")
    return "\n".join([wrapped(first.format(inside=inside, all=count)), *tables])


# --- plain text -----------------------------------------------------------------------------------------------------
