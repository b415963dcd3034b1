"""Claims: what the evidence does not carry cannot be said."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import DesignError
from datashift.language import N_


class NotLicensed(DesignError):
    """The evidence does not carry the claim."""

    texts: ClassVar[dict[str, str]] = {
        "claim.not-licensed": N_("The evidence does not carry a claim of the kind “{kind}”. {why}"),
        "claim.unknown-kind": N_("There is no kind of claim “{kind}”. Known kinds: {known}."),
        "claim.nothing-there": N_(
            "The release has nothing on {what}. It has the measures {measures} and the areas {areas}."
        ),
    }
