"""Forms: XLSForms as plain records, what is wrong with them, and which indicators they can feed."""

from datashift.forms.answerable import Answerable, Repair, answerable, design_items
from datashift.forms.lint import lint
from datashift.forms.matching import Match
from datashift.forms.problem import Problem
from datashift.forms.xlsform import Choice, Form, Question, read_form

__all__ = [
    "Answerable", "Choice", "Form", "Match", "Problem", "Question", "Repair", "answerable", "design_items", "lint",
    "read_form",
]  # fmt: skip
