"""Rules of progress, and what is asked for: what does not fit."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError
from datashift.language import N_


class BadProgress(InputError):
    """A file of rules cannot be used, or what is asked for is not there or not enough."""

    texts: ClassVar[dict[str, str]] = {
        "progress.rules-file": N_("{file} is not a file of rules: {why}. Write it as TOML, as the manual shows."),
        "progress.rules-key": N_("{file} has “{key}”, which no method knows. The nearest names are: {near}."),
        "progress.rules-value": N_("{file}: “{key}” is {value}; it must be {wanted}."),
        "progress.direction": N_(
            "Nothing says which way is good. Give a target with --target, or a direction with --direction up or down."
        ),
        "progress.parity": N_(
            "This target is a ratio of 1 between two groups; a value of 0 or below is no such ratio. Check the values."
        ),
        "progress.nothing-asked": N_(
            "Name a file with --time and --value, or ask for official figures with --official, --indicator and --area."
        ),
        "progress.no-figures": N_(
            "No official figures of {what} are stored. Import them first (datashift official import), or name another "
            "indicator, series or area."
        ),
        "progress.option": N_("“{name}” is {value}; it must be {wanted}."),
        "progress.parts": N_("The parts of {indicator} aim at different things ({parts}). Choose one with --part."),
        "progress.no-aim": N_("The framework gives {indicator} no target and no direction. State them yourself."),
    }
