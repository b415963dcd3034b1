"""Coverage: what is asked of the matrix, and the table of people."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError
from datashift.language import N_


class BadCoverage(InputError):
    """What is asked of the coverage matrix contradicts itself, or a table of people cannot be used."""

    texts: ClassVar[dict[str, str]] = {
        "coverage.years": N_("The first year ({first}) is after the last ({last}). Turn them round."),
        "coverage.span": N_("{first} to {last} are more than {most} years. Ask for fewer with --from and --to."),
        "coverage.group": N_("“{group}” is no group that is looked for. Known are: {known}."),
        "coverage.area": N_("No area is called “{area}”. Give its id (KE, NP-P1) or the name of a country."),
        "coverage.no-area": N_(
            "No country has a figure yet, so it is not known where to look. Name one, such as --area KE, import "
            "official figures, or give releases with --release."
        ),
        "coverage.column": N_(
            "{file} has no column “{column}”. A table of people has the columns area and people, and may have group; "
            "it has: {known}."
        ),
        "coverage.people": N_(
            "{file}, row {row}: “{value}” is no number of people. Write it with digits alone, and above 0."
        ),
        "coverage.survey": N_("A survey needs one interview or more, and a design effect above 0."),
    }
