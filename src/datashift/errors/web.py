"""What can go wrong on the site: uploads, steps of the road, reviews, releases, people."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import DesignError, InputError
from datashift.language import N_


class BadUpload(InputError):
    """A file, or an answer on the road from a file to a figure, that the sender can correct."""

    texts: ClassVar[dict[str, str]] = {
        "upload.empty": N_("The file {file} is empty. Choose the file again."),
    }


class NotAllowed(DesignError):
    """An act that a rule of the house forbids, whoever asks."""

    texts: ClassVar[dict[str, str]] = {
        "review.own": N_("Somebody else must decide: you asked for this review."),
    }
