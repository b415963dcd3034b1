"""Why an export could not be written."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError
from datashift.language import N_


class BadExport(InputError):
    """Submissions cannot be written in this way; another format or another choice can."""

    texts: ClassVar[dict[str, str]] = {
        "export.kind": N_("There is no export called “{kind}”. Choose one of: {kinds}."),
        "export.answers": N_(
            "The answers of the submission {submission} cannot be read: they are damaged in the store. Look at this "
            "submission first. Nothing was written."
        ),
        "export.meta": N_(
            "The submission {submission} has {given} fields about itself, but {expected} are expected. Nothing was "
            "written."
        ),
        "export.no-states": N_(
            "Only submissions in some states are asked for, but no column says in which state a submission is. Add "
            "the column _state, or take all submissions."
        ),
        "export.layout": N_(
            "The form has two sheets or two columns with the same name: {name}. Give each a name of its own."
        ),
        "export.parent": N_(
            "The sheet {name} belongs to {parent}, which comes after it or is not there. Put it after its parent."
        ),
        "export.columns": N_(
            "The sheet {name} has {columns} columns; this format holds {most}. Choose CSV, or leave the choices of a "
            "question in one column."
        ),
        "export.not-written": N_(
            "The file could not be written: {problem}. Make room on the disk and start again. Nothing was left behind."
        ),
    }
