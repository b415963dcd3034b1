"""Faults of a survey sheet: names, types, lists, groups, references, expressions, and labels in every language."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from pyxform.question_type_dictionary import QUESTION_TYPE_DICT
from rapidfuzz import fuzz, process

from datashift.forms.problem import Problem
from datashift.forms.xlsform import METADATA, Form, Question

_NAME = re.compile(r"[^\W\d][\w.-]*")
_REFERENCE = re.compile(r"\$\{([^}]*)\}")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_OPENING = {"begin_group": "end_group", "begin_repeat": "end_repeat"}
_CLOSING = {"end_group": "begin_group", "end_repeat": "begin_repeat"}
_SELECTS = ("select_one", "select_multiple", "rank")
_FROM_FILE = ("select_one_from_file", "select_multiple_from_file", "select_one_external")
_EXPRESSIONS = ("relevant", "constraint", "calculation", "choice_filter", "required", "repeat_count", "default")
_COLUMNS = (
    "type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message", "calculation",
    "choice_filter", "appearance", "default", "read_only", "parameters", "repeat_count", "required_message",
    "guidance_hint", "trigger", "image", "audio", "video", "big-image", "media", "body", "bind", "instance",
    "autoplay", "note", "save_to", "list_name",
)  # fmt: skip
_KNOWN = frozenset({*QUESTION_TYPE_DICT, *_OPENING, *_CLOSING, *_SELECTS, *_FROM_FILE, *METADATA,
                    "file", "range", "hidden", "audit", "background-audio", "start-geopoint", "csv-external",
                    "xml-external", "osm", "trigger", "acknowledge", "username", "email"})  # fmt: skip


def survey_faults(form: Form) -> Iterator[Problem]:
    """Yield what is wrong on the survey sheet."""
    yield from _misspelled_columns(form)
    for question in form.questions:
        yield from _of_one(question, form)
    yield from _names(form)
    yield from _groups(form)
    yield from _references(form)


def labels_missing(form: Form) -> Iterator[Problem]:
    """Yield the questions without a label, and those without it in a language that the form has."""
    for question in form.questions:
        silent = question.type in METADATA or question.type in ("calculate", "hidden", *_CLOSING)
        if silent or (question.type.startswith(("begin_", "csv-", "xml-")) and not question.labels):
            continue
        if not question.labels and not question.hints:
            yield _problem("fault", "form.no-label", question)
        elif question.labels:
            for language in form.languages:
                if language not in question.labels:
                    yield _problem("warning", "form.no-translation", question, language=form.languages[language] or "–")


# --- one row --------------------------------------------------------------------------------------------------------


def _of_one(question: Question, form: Form) -> Iterator[Problem]:
    yield from _of_type(question, form)
    for column in _EXPRESSIONS:
        if _unbalanced(question.cells.get(column, "")):
            yield _problem("fault", "form.unbalanced", question, column=column)
    limited = bool(question.cells.get("constraint"))
    if limited and not any(column.startswith("constraint_message") for column in question.cells):
        yield _problem("hint", "form.no-message", question)
    if question.type in ("integer", "decimal") and not limited:
        yield _problem("hint", "form.no-constraint", question)


def _of_type(question: Question, form: Form) -> Iterator[Problem]:
    if not question.type:
        yield _problem("fault", "form.no-type", question)
    elif question.type not in _KNOWN:
        near = _near(question.type.split(" ")[0], sorted(_KNOWN))
        yield _problem("fault", "form.unknown-type", question, type=question.type, near=near)
    elif question.type in _SELECTS:
        yield from _list(question, form)
    elif question.type in _FROM_FILE and not question.list_name:
        yield _problem("fault", "form.no-list-name", question, type=question.type)
    elif question.type == "calculate" and not {"calculation", "calculate", "default"} & set(question.cells):
        yield _problem("fault", "form.no-calculation", question)


def _list(question: Question, form: Form) -> Iterator[Problem]:
    if not question.list_name:
        yield _problem("fault", "form.no-list-name", question, type=question.type)
    elif question.list_name not in form.choices and not question.list_name.startswith("${"):
        near = _near(question.list_name, sorted(filter(None, form.choices)))
        yield _problem("fault", "form.no-list", question, list=question.list_name, near=near)


def _unbalanced(text: str) -> bool:
    bare = _QUOTED.sub("", text)
    return "'" in bare or '"' in bare or bare.count("(") != bare.count(")")


# --- names ----------------------------------------------------------------------------------------------------------


def _names(form: Form) -> Iterator[Problem]:
    taken = {question.name for question in form.questions}
    first: dict[tuple[tuple[str, ...], str], Question] = {}
    anywhere: dict[str, Question] = {}
    for question in form.questions:
        if question.type in _CLOSING:
            continue
        if not question.name:
            if question.type not in ("note", "") and question.type not in METADATA:
                yield _problem("fault", "form.no-name", question)
            continue
        if not _NAME.fullmatch(question.name):
            yield _problem("fault", "form.bad-name", question, rename=_plain_name(question.name, taken))
        yield from _repeated(question, first, anywhere, taken)


def _repeated(
    question: Question,
    first: dict[tuple[tuple[str, ...], str], Question],
    anywhere: dict[str, Question],
    taken: set[str],
) -> Iterator[Problem]:
    beside = first.setdefault((question.within, question.name), question)
    before = anywhere.setdefault(question.name, question)
    alike = anywhere.setdefault(question.name.casefold(), question)
    if beside is not question:
        yield _problem("fault", "form.repeated-name", question, first=beside.row, rename=_free(question.name, taken))
    elif before is not question:
        yield _problem("warning", "form.name-elsewhere", question, first=before.row, rename=_free(question.name, taken))
    elif alike is not question and alike.name != question.name:
        facts = {"other": alike.name, "first": alike.row}
        yield _problem("warning", "form.name-case", question, rename=_free(question.name, taken), **facts)


def _free(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    taken.add(f"{name}_{number}")
    return f"{name}_{number}"


def _plain_name(name: str, taken: set[str]) -> str:
    plain = re.sub(r"[^\w.-]+", "_", name.strip()).strip("_.-")
    plain = plain if _NAME.fullmatch(plain) else f"q_{plain}".rstrip("_")
    if plain in taken:
        return _free(plain, taken)
    taken.add(plain)
    return plain


# --- groups, references, columns ------------------------------------------------------------------------------------


def _groups(form: Form) -> Iterator[Problem]:
    stack: list[Question] = []
    for question in form.questions:
        if question.type in _OPENING:
            stack.append(question)
        elif question.type in _CLOSING:
            if not stack or stack[-1].type != _CLOSING[question.type]:
                opened = f"{stack[-1].type} {stack[-1].name}, row {stack[-1].row}" if stack else "–"
                yield _problem("fault", "form.unopened", question, type=question.type, opened=opened)
            elif question.name and question.name != stack[-1].name:
                yield _problem("hint", "form.end-name", question, begin=stack[-1].name, first=stack[-1].row)
            if stack:
                stack.pop()
    for question in stack:
        yield _problem("fault", "form.unclosed", question, type=question.type, end=_OPENING[question.type])


def _references(form: Form) -> Iterator[Problem]:
    count = Counter(question.name for question in form.questions if question.type not in _CLOSING)
    named: dict[tuple[int, str], set[str]] = defaultdict(set)
    for question in form.questions:
        for column, text in question.cells.items():
            for reference in _REFERENCE.findall(text):
                named[question.row, reference.partition("#")[2] or reference].add(column)
        for (row, reference), columns in list(named.items()):
            wanted = reference.strip()
            if row == question.row and not count[wanted]:
                near = _near(wanted, sorted(filter(None, count)))
                columns_said = ", ".join(sorted(columns))
                yield _problem("fault", "form.unknown-reference", question, reference=reference, near=near,
                               column=columns_said)  # fmt: skip


def _misspelled_columns(form: Form) -> Iterator[Problem]:
    for sheet, known in (("survey", _COLUMNS), ("choices", ("list_name", "name", "label", "image", "value"))):
        for header in form.headers.get(sheet, ()):
            part = header.partition("::")[0]
            near = process.extractOne(part, known, scorer=fuzz.ratio, score_cutoff=80)
            # The choices sheet may have columns of its own, for filters.
            if part and part not in known and near:
                yield Problem("warning", "form.column-name", sheet, 1, header, {"near": near[0]})


def _near(text: str, known: list[str]) -> str:
    found = process.extract(text, known, scorer=fuzz.WRatio, limit=3, score_cutoff=65)
    return ", ".join(hit[0] for hit in found) or "–"


def _problem(level: str, code: str, question: Question, rename: str = "", **facts: object) -> Problem:
    if rename:
        facts["rename"] = rename
    return Problem(level, code, "survey", question.row, question.name or "–", facts, rename)  # type: ignore[arg-type]
