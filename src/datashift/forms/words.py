"""The words of a form for the columns of its export, so that answers in codes can be understood."""

from __future__ import annotations

import re
from collections.abc import Iterable

from datashift.forms.xlsform import Form
from datashift.harmonise import FormWords


def words_of(form: Form, columns: Iterable[str]) -> FormWords:
    """Return the questions and the labels of the choices for each column that `form` asks.

    A column belongs to the question whose name it bears, alone or after its groups (`group/question`).
    """
    questions = {question.name.casefold(): question for question in form.questions if question.name and question.kind}
    labels: dict[str, tuple[str, ...]] = {}
    choices: dict[str, dict[str, tuple[str, ...]]] = {}
    for column in columns:
        question = questions.get(column.casefold()) or questions.get(re.split(r"[/.:]", column)[-1].casefold())
        if question is None:
            continue
        labels[column] = tuple(text for text in question.labels.values() if text)
        listed = form.choices.get(question.list_name, ())
        choices[column] = {choice.name: tuple(text for text in choice.labels.values() if text) for choice in listed}
    return FormWords(labels, choices)
