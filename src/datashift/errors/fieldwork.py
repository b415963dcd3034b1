"""What can go wrong while an answer is on its way from a phone to the disk. Until it is there, the phone keeps it."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError, SourceUnavailable
from datashift.language import N_


class BadSubmission(InputError):
    """What came is not a filled-in form, or came without a key that is known. Whoever sent it still has it."""

    texts: ClassVar[dict[str, str]] = {
        "submission.no-key": N_(
            "This address is not known here. Your answers stay on the phone. Ask your supervisor for a new code and "
            "scan it, then send again."
        ),
        "submission.no-form": N_("This form is not given out any more. Fetch the list of forms again."),
        "submission.too-large": N_(
            "This is larger than {most} MB. It stays on the phone. Send smaller pictures or a shorter film."
        ),
        "submission.too-many-files": N_("There are more than {most} files in one piece. Send them in several pieces."),
        "submission.cut-off": N_("Only a part of it arrived. It stays on the phone. Send it again."),
        "submission.no-parts": N_("This is not how a filled-in form is sent. Send it with an app for OpenRosa forms."),
        "submission.no-xml": N_("The part xml_submission_file is missing, so there are no answers in it."),
        "submission.not-a-form": N_("This is not a filled-in form: {why}"),
    }


class NotKept(SourceUnavailable):
    """The disk is full or the database does not answer. Nothing was acknowledged, so nothing is lost."""

    texts: ClassVar[dict[str, str]] = {
        "submission.not-kept": N_(
            "Answers cannot be stored just now. Yours are not lost: they stay on the phone. Send them again later."
        ),
    }
