"""Lint: all that is wrong with a form or could be better, the faults first, in the order of the sheets."""

from __future__ import annotations

from datashift.forms.care import hints
from datashift.forms.conversion import converted
from datashift.forms.faults import labels_missing, survey_faults
from datashift.forms.lists import list_faults
from datashift.forms.problem import Problem
from datashift.forms.xlsform import Form

_LEVELS = ("fault", "warning", "hint")
_SHEETS = ("survey", "choices", "settings")


def lint(form: Form) -> list[Problem]:
    """Return the problems of a form: faults, warnings, hints; each with sheet, row, name and repair.

    The form is checked here, and converted with pyxform as KoBo and ODK do. What pyxform says about a row that is
    named here already is left out.
    """
    own = [*survey_faults(form), *labels_missing(form), *list_faults(form), *hints(form)]
    faulty = {(problem.sheet, problem.row) for problem in own if problem.level != "hint"}
    faults = any(problem.level == "fault" for problem in own)
    second = [problem for problem in converted(form) if not _known(problem, faulty, faults)]
    return sorted([*own, *second], key=_order)


def _known(problem: Problem, faulty: set[tuple[str, int]], faults: bool) -> bool:
    # An error without a row, where faults with rows are named, would only say them again in harder words.
    return (problem.sheet, problem.row) in faulty or (problem.level == "fault" and not problem.row and faults)


def _order(problem: Problem) -> tuple[int, int, int]:
    sheet = _SHEETS.index(problem.sheet) if problem.sheet in _SHEETS else len(_SHEETS)
    return _LEVELS.index(problem.level), sheet, problem.row
