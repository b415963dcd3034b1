"""On what ground answers of people are used, and for how long: what they were told, and how they said yes."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from datashift.model.record import Label, Record

Basis = Literal["consent", "public-interest", "legal-duty", "no-people"]
Channel = Literal["spoken", "written", "form", "phone", "online", "other"]


class Consent(Record):
    """The ground on which answers are used (`basis`), what people were told (`text`, its `version`, in force from
    `since`), how they said yes (`channel`), and until when their rows are kept (`until`).

    `version_column` and `time_column` hold version and time of each answer, where the file tells them; whether consent
    was given is told by the column `consent` of the paradata. Without people there is nobody to ask.
    """

    basis: Basis
    text: Label = Field(default_factory=dict)
    version: str = ""
    since: date | None = None
    channel: Channel | None = None
    version_column: str | None = None
    time_column: str | None = None
    until: date | None = None

    @model_validator(mode="after")
    def _says_to_what(self) -> Consent:
        if self.basis == "consent" and not self.text:
            raise ValueError("text: state what people said yes to")
        return self
