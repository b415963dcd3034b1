"""What the check of a form says on a terminal, in the reader's language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from datashift.forms.answerable import DESIGN, VERDICTS, Answerable, Match, Repair
from datashift.forms.problem import Problem
from datashift.forms.xlsform import Form, Question
from datashift.language import N_, _, label
from datashift.layout import wrapped
from datashift.model import Kit
from datashift.numbers import said

SHOWN = 8

LEVELS = {"fault": N_("Faults"), "warning": N_("Warnings"), "hint": N_("Hints")}


def overview(form: Form, problems: Sequence[Problem]) -> Iterator[str]:
    """Yield what the form holds, and its problems: the faults all, of the others a few of each kind."""
    answers = sum(map(len, form.choices.values()))
    text = _("{file}: {rows} rows on the survey sheet, {answers} answers in {lists} lists; languages: {languages}.")
    yield _wrapped(
        text.format(
            file=form.name, rows=said(len(form.questions)), answers=said(answers), lists=said(len(form.choices)),
            languages=", ".join(filter(None, form.languages.values())) or "–",
        )
    )  # fmt: skip
    count = Counter(problem.level for problem in problems)
    yield _("{faults} faults, {warnings} warnings, {hints} hints.").format(
        faults=said(count["fault"]), warnings=said(count["warning"]), hints=said(count["hint"])
    )
    for level, title in LEVELS.items():
        of_level = [problem for problem in problems if problem.level == level]
        if of_level:
            yield ""
            yield _(title)
            yield from _few(of_level, everything=level == "fault")


def _few(problems: Sequence[Problem], *, everything: bool) -> Iterator[str]:
    for code, group in groupby(sorted(problems, key=lambda problem: problem.code), key=lambda problem: problem.code):
        found = list(group)
        shown = found if everything else found[: SHOWN // 2]
        yield from (_wrapped(f"{problem.text()} [{code}]", 2) for problem in shown)
        if len(found) > len(shown):
            yield _("  … and {n} more of this kind (see --json)").format(n=said(len(found) - len(shown)))


def design(items: Mapping[str, Question | None]) -> Iterator[str]:
    """Yield which question says what a design needs."""
    found = [f"{label(DESIGN[item][1])} = {question.name}" for item, question in items.items() if question]
    lacking = [label(DESIGN[item][1]) for item, question in items.items() if question is None]
    if found:
        yield _wrapped(_("For the design of the sample: {found}.").format(found=", ".join(found)))
    if lacking:
        text = _("No question says: {lacking}. They may come from the sampling list instead.")
        yield _wrapped(text.format(lacking=", ".join(lacking)))


def indicators(results: Sequence[Answerable], kits: Mapping[str, Kit], *, everything: bool) -> Iterator[str]:
    """Yield, kit by kit, what can be computed, with which mapping, and which questions would repair the rest.

    Kits of which the form asks hardly anything are only named, unless `everything` is wanted.
    """
    strange = []
    for name, group in groupby(results, key=lambda one: one.kit):
        measures = list(group)
        if everything or _touches(measures):
            yield ""
            yield from _kit(kits[name], measures)
        else:
            strange.append(name)
    if strange:
        yield ""
        yield _wrapped(_("The form asks too little for any measure of: {kits}.").format(kits=", ".join(strange)))


def _touches(measures: Sequence[Answerable]) -> bool:
    """Whether the form asks at least half of what one measure of the kit needs."""
    return any(one.verdict != "cannot" or len(one.matches) > len(one.repairs) for one in measures)


def _kit(kit: Kit, measures: Sequence[Answerable]) -> Iterator[str]:
    yield _wrapped(f"{label(kit.title)} ({kit.id})")
    for verdict, words in VERDICTS.items():
        of_verdict = [one for one in measures if one.verdict == verdict]
        if of_verdict:
            yield f"  {_(words)}:"
            for one in of_verdict:
                lacking = ", ".join(dict.fromkeys(repair.concept for repair in one.repairs))
                more = _(" (missing: {lacking})").format(lacking=lacking) if lacking else ""
                yield _wrapped(f"{label(one.label)}{more}", 4)
    used = {match.concept: match for one in measures for match in one.matches if one.verdict != "can"}
    lines = [line for match in used.values() for line in _match(match, measures)]
    if lines:
        yield "  " + _("Questions to confirm:")
        yield from lines
    repairs = {repair.concept: repair for one in measures for repair in one.repairs}
    if repairs:
        yield "  " + _("Questions to add:")
        yield from (_repair(repair) for repair in repairs.values())
    yield from _breakdowns(measures)


def _match(match: Match, measures: Sequence[Answerable]) -> Iterator[str]:
    text = _("{concept} = {name} (row {row}), alike: {confidence}")
    sure = f"{min(match.confidence, 0.99):.0%}"
    line = text.format(concept=match.concept, name=match.question.name, row=match.question.row, confidence=sure)
    renamed = ", ".join(f"{answer} → {code}" for answer, code in match.codes.items() if answer != code)
    yield _wrapped(f"{line}: {renamed}" if renamed else line, 4)
    if match.unmapped:
        yield _wrapped(_("answers that are no code of the kit: {names}").format(names=", ".join(match.unmapped)), 6)
    for concept, answers in {pair for one in measures for pair in one.undecided}:
        if concept == match.concept:
            text = _("answers that the definition cannot place: {names}. Ask more exactly, as the kit does.")
            yield _wrapped(text.format(names=", ".join(answers)), 6)
    absent = {
        code: None for one in measures for concept, codes in one.absent if concept == match.concept for code in codes
    }
    if absent:
        yield _wrapped(_("no answer in the form for: {codes}").format(codes=", ".join(absent)), 6)


def _repair(repair: Repair) -> str:
    answers = "; ".join(f"{code} = {text}" for code, text in repair.choices)
    line = f"{repair.type}  {repair.concept}  “{repair.label}”"
    return _wrapped(f"{line} {answers}" if answers else line, 4)


def _breakdowns(measures: Iterable[Answerable]) -> Iterator[str]:
    without = {name: None for one in measures if one.verdict != "cannot" for name in one.without}
    if without:
        yield _wrapped(_("No breakdown by: {names}.").format(names=", ".join(without)), 2)


def _wrapped(text: str, indent: int = 0) -> str:
    blank = " " * indent
    return wrapped(text, blank, blank + ("  " if indent else ""))
