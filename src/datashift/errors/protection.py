"""Points, pictures and rows of people that cannot be made ready to leave."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError
from datashift.language import N_


class CannotProtect(InputError):
    """A picture, a point or a table of people cannot be made ready to leave the house."""

    texts: ClassVar[dict[str, str]] = {
        "picture.kind": N_(
            "{name} is no picture of a kind that can be cleaned. Nothing was taken from it. "
            "Save it as JPEG, PNG or WebP, and send it again."
        ),
        "picture.damaged": N_(
            "{name} begins as a picture of the kind {kind}, but is damaged or was cut off. Nothing was taken from it. "
            "Send the original again."
        ),
        "points.key": N_(
            "The secret key by which points are moved has {length} bytes, so it could be guessed. "
            "Give a key of at least {least} bytes."
        ),
        "points.lengths": N_(
            "The points have {points} positions, but '{field}' has {length} entries. Give one entry for each point."
        ),
        "points.resolutions": N_(
            "Hexagons come in sizes from 0 (largest) to 15. {coarsest} to {finest} is no such range. "
            "Give the larger hexagons first."
        ),
        "microdata.no-column": N_("The table has no column '{column}'. It has: {known}."),
        "microdata.few-rows": N_(
            "The table has {rows} rows, too few for {k} alike. Rows of so few people cannot be published one by one."
        ),
        "microdata.weight": N_(
            "The weights in '{column}' are not all numbers above zero. Correct them, or leave the weights out."
        ),
        "microdata.recode": N_(
            "'{column}' cannot be told coarser in this way: {missing} of its answers have no place in the new list. "
            "Give each answer a place."
        ),
    }
