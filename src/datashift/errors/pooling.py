"""Figures of several sources that are to be pooled."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError
from datashift.language import N_


class BadSources(InputError):
    """A table of sources cannot be pooled as it is, or an option contradicts it."""

    texts: ClassVar[dict[str, str]] = {
        "pool.no-spread": N_(
            "{count} figures have a variance of 0 or below. A figure without uncertainty cannot be weighted against "
            "others. Give its standard error, or leave it out."
        ),
        "pool.option": N_("The option '{option}' cannot be '{value}'. Use one of: {known}."),
        "pool.level": N_("The level cannot be {value}. Give a number between 0 and 1, such as 0.95."),
        "pool.moderators": N_(
            "{columns} moderators cannot be fitted to {sources} figures. There must be more figures than moderators, "
            "all must be known, and no two moderators may say the same."
        ),
        "pool.no-column": N_(
            "The table has no column '{column}'. Its columns are: {known}. If another column says it, name it with: "
            "--column {column}=NAME"
        ),
        "pool.same-column": N_("The table has two columns '{column}'. Rename one of them."),
        "pool.not-a-number": N_(
            "Row {row}, column '{column}': '{value}' is not a number. Write it with a decimal point and no other sign, "
            "or leave it empty."
        ),
        "pool.not-a-share": N_(
            "Row {row}: the value {value} cannot be a share. Shares lie between 0 and {most}. State the unit with "
            "--unit: percent, share or number."
        ),
        "pool.unit": N_(
            "The scale {scale} is for shares. State the unit of the values with --unit percent or --unit share, or "
            "choose --scale raw."
        ),
        "pool.source-type": N_("Row {row}: '{value}' is not a type of source. Use one of: {known}."),
        "pool.no-source": N_("Row {row}: the source has no name. Give each source a name."),
        "pool.source-twice": N_(
            "Rows {row} and {other}: the source “{source}” has two figures for the same cell ({cell}). If they are of "
            "two groups, name the column that tells them apart with --by. Otherwise keep one."
        ),
        "pool.negative": N_("Row {row}, column '{column}': {value} is below 0, which cannot be. Correct it."),
        "pool.interval": N_(
            "Row {row}: the value {value} does not lie between its lower end {lower} and its upper end {upper}. "
            "Correct that row."
        ),
        "pool.shared": N_(
            "Row {row}: {shared} shared answers with “{other}” cannot be: that source is not in the same cell, its "
            "number of answers (n) is not stated, or it is smaller. Correct it, or leave it empty."
        ),
        "pool.together": N_(
            "In the cell {cell} the stated shared answers contradict each other. Check the numbers of shared answers."
        ),
        "pool.method-together": N_(
            "The method {method} is not defined for sources that share people. Use one of: {known}."
        ),
        "pool.empty": N_("The table has no rows. Check that it is the right file."),
    }
