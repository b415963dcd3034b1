"""Assessment profiles: their files, statements and ratings."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError
from datashift.language import N_


class BadProfile(InputError):
    """A profile, a file of statements, or a rating that cannot be taken."""

    texts: ClassVar[dict[str, str]] = {
        "profile.unknown": N_("There is no profile “{profile}”. Known are: {known}. An own one is a file."),
        "profile.not-utf8": N_("{file} is not UTF-8 text. Save it again as UTF-8."),
        "profile.not-toml": N_("{file} is not TOML: {problem}. Correct that line; texts stand between quotes."),
        "profile.bad-field": N_("{file}, {field}: {problem}. Correct that entry."),
        "profile.no-criterion": N_(
            "{file}: there is no criterion “{criterion}” in the catalogue. Use one of: {known}."
        ),
        "profile.no-english": N_(
            "{file}: the title, the text about, and each label of a gate or criterion need English (en). Add it."
        ),
        "profile.nothing-shown": N_(
            "{file}: “{criterion}” is said to be met, but nothing shows it. Add a text that says how, or a link."
        ),
        "profile.rating-of-nothing": N_(
            "The profile {profile} has no “{criterion}” that could be rated. Rate one of: {known}."
        ),
        "profile.rating": N_("“{criterion}” was given {score}. Give a number from 0 to {most}."),
        "profile.too-large": N_("The text of a profile may have {most} kB at most. Take out what it does not need."),
        "profile.bad-version": N_("“{version}” cannot be a version. Write up to three numbers with dots: 1.0.0"),
        "profile.id-taken": N_("Somebody else's profile has the name {profile}. Choose another short name."),
        "profile.version-there": N_(
            "{profile} {version} is there with another text, and a version never changes. Give it a new version."
        ),
    }
