"""What stands in the way of a decision or a correction at the desk of fieldwork."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError
from datashift.language import N_


class BadDecision(InputError):
    """What was decided or corrected at the desk of fieldwork cannot stand so. Nothing was changed."""

    texts: ClassVar[dict[str, str]] = {
        "desk.none-chosen": N_("Choose at least one answer."),
        "desk.too-many": N_("Decide on up to {most} answers at a time."),
        "desk.no-state": N_("Say what becomes of the answers."),
        "desk.no-reason": N_("Say why, so that others can understand it later."),
        "desk.too-long": N_("This is longer than {most} letters. Say it in fewer words."),
        "desk.gone": N_("The answers were deleted. There is nothing to decide on any more."),
        "desk.no-field": N_("The form has no question here that could be corrected. Open the page again."),
        "desk.sealed": N_("This answer is sealed. Nobody can correct it here."),
        "desk.same": N_("This is what stands there already."),
        "desk.does-not-fit": N_("This does not fit the question: {why}"),
        "desk.no-words": N_("Write something first."),
        "desk.no-form": N_("Choose a form that is published or closed."),
        "desk.still-stray": N_("The form does not take it. Publish the form first."),
        "desk.not-another": N_("Choose an answer to the same form that somebody else got."),
        "desk.export-kind": N_("Choose one of the kinds of files."),
    }
