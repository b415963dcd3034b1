"""Faults of the choices sheet: lists without a name, answers that repeat, names that several answers cannot carry."""

from __future__ import annotations

from collections.abc import Iterator

from datashift.forms.problem import Level, Problem
from datashift.forms.xlsform import Choice, Form

_YES = ("yes", "true", "true()", "1")


def list_faults(form: Form) -> Iterator[Problem]:
    """Yield what is wrong on the choices sheet, and labels that are missing in a language of the form."""
    repeated = form.settings.get("allow_choice_duplicates", "").lower() in _YES
    several = {question.list_name for question in form.questions if question.type in ("select_multiple", "rank")}
    used = {question.list_name for question in form.questions if question.list_name}
    for name, choices in form.choices.items():
        if not name:
            yield from (_problem("fault", "form.choice-no-list", choice) for choice in choices)
            continue
        if name not in used and not any(listed.startswith("${") for listed in used):
            yield Problem("hint", "form.unused-list", "choices", choices[0].row, name)
        yield from _answers(choices, form, repeated=repeated, several=name in several)


def _answers(choices: tuple[Choice, ...], form: Form, *, repeated: bool, several: bool) -> Iterator[Problem]:
    first: dict[str, Choice] = {}
    for choice in choices:
        if not choice.name:
            yield _problem("fault", "form.choice-no-name", choice)
            continue
        before = first.setdefault(choice.name, choice)
        if before is not choice and not repeated:
            yield _problem("fault", "form.choice-repeated", choice, first=before.row, list=choice.list_name)
        if " " in choice.name:
            level: Level = "fault" if several else "warning"
            yield _problem(level, "form.choice-blank", choice, rename="_".join(choice.name.split()))
        if not choice.labels:
            yield _problem("warning", "form.choice-no-label", choice)
        else:
            for language, said in form.languages.items():
                if language not in choice.labels:
                    yield _problem("warning", "form.choice-no-translation", choice, language=said or "–")


def _problem(level: Level, code: str, choice: Choice, rename: str = "", **facts: object) -> Problem:
    if rename:
        facts["rename"] = rename
    return Problem(level, code, "choices", choice.row, choice.name or "–", facts, rename)
