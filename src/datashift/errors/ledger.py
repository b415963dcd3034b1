"""The shadow ledger: what cannot be put on one page."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import DesignError, InputError
from datashift.language import N_


class BadLedger(InputError):
    """What is asked for is not one thing, or contradicts itself."""

    texts: ClassVar[dict[str, str]] = {
        "ledger.several": N_(
            "{indicator} has several series for {area}: {series}. Choose with --series; name several to see them side "
            "by side."
        ),
        "ledger.units": N_(
            "These series have different units: {units}. One page holds one unit. Choose with --series."
        ),
        "ledger.group": N_("“{group}” is not a group. Write a concept and a code, such as SEX=F."),
        "ledger.files": N_(
            "The chart ({chart}) ends in .svg or .png, and its text stands beside it as .txt. Give the table ({table}) "
            "another name."
        ),
        "ledger.target": N_("A target needs a number and a year. Give both --target and --target-year."),
    }


class NothingKnown(DesignError):
    """Nobody counted, or what was counted is not at hand."""

    texts: ClassVar[dict[str, str]] = {
        "ledger.nothing": N_(
            "Nothing is known about {indicator} in {area}. Near by is: {near}. Name a release with --release, or "
            "import official figures first (datashift official import)."
        ),
        "ledger.hidden": N_(
            "For {indicator} in {area} there are entries, and none of them shows a number. Source: {sources}. They "
            "stay in the store as they were published."
        ),
    }
