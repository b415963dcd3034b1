"""What may not leave, and what came back changed."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError
from datashift.language import N_


class Disclosive(InputError):
    """An output would show something about a person, or too few answers."""

    texts: ClassVar[dict[str, str]] = {
        "protect.personal": N_(
            "The output {output} would carry personal data ({kind}) in '{field}'. Nothing was written. "
            "Leave that field out of the recipe's breakdowns."
        ),
        "protect.personal-shape": N_(
            "The output {output} would carry what looks like personal data ({kinds}) in line {line}. "
            "Nothing was written. Take it out of the recipe, the kit or the place names, and run again."
        ),
        "protect.personal-value": N_(
            "The output {output} would carry a value of a personal column, beginning with '{start}', in line {line}. "
            "Nothing was written. If it is a public word, such as a place name, use it in the recipe; "
            "if not, leave its column out."
        ),
        "protect.cells": N_(
            "The table of cells would carry the column '{column}', which is neither a breakdown nor a sum. "
            "Nothing was written. Leave it out of the kit's breakdowns."
        ),
    }


class Tampered(InputError):
    """A bundle differs from what its own parts give."""

    texts: ClassVar[dict[str, str]] = {
        "verify.not-there": N_("{file} is not there, or may not be read. Check the name and the folder."),
        "verify.no-dossier": N_(
            "{file} holds no dossier: an earlier version made it. Run its recipe again, or ask its producer to."
        ),
        "verify.not-a-bundle": N_(
            "{file} cannot be opened as a release bundle: it was cut off on its way, or another program packed it. "
            "Get it again from where it was published."
        ),
    }
