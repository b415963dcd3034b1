"""Questions that an analyst asks of a table: the columns named, the condition on the rows, the numbers to work with."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError
from datashift.language import N_


class BadQuestion(InputError):
    """A question to a table names something that is not there, or cannot be read."""

    texts: ClassVar[dict[str, str]] = {
        "question.condition-empty": N_(
            "The condition is empty. Write for example: sex == 'female' and age >= 15. Leave it out to use all rows."
        ),
        "question.condition-sign": N_(
            "The condition “{text}” cannot be read at sign {position}: “{found}” means nothing there. Text stands in "
            "quotes, an unusual column name between backticks (`). Comparisons are == != < <= > >=, in (…), is missing."
        ),
        "question.condition-quote": N_(
            "The condition “{text}” opens a quote {found} at sign {position} and never closes it. Close it."
        ),
        "question.condition-expected": N_(
            "The condition “{text}” cannot be read at sign {position}: “{found}” stands where {expected} should stand."
        ),
        "question.condition-breaks-off": N_("The condition “{text}” breaks off; at its end {expected} is missing."),
        "question.condition-deep": N_(
            "The condition has more than {most} parentheses or “not” inside each other. Write it more simply; a list "
            "of values can be written as: column in ('a', 'b')."
        ),
        "question.condition-no-column": N_(
            "The condition “{text}” compares two values at sign {position}, but no column. Text in quotes is a value; "
            "write a column name without quotes, or between backticks (`)."
        ),
        "question.no-column": N_("There is no column “{column}”. The nearest names are: {near}."),
        "question.not-a-number": N_(
            "The column “{column}” holds numbers, and “{value}” is not one. Compare it with a number."
        ),
        "question.not-yes-no": N_(
            "The column “{column}” holds true and false, and “{value}” is neither. Write: {column} == true."
        ),
        "question.not-a-date": N_(
            "The column “{column}” holds dates, and “{value}” is not one. Write a date such as '2024-03-31' "
            "or '2024-03'."
        ),
        "question.no-order": N_(
            "“{value}” has no order that every database agrees on. Compare by < or > with a number or with a date such "
            "as '2024-03-31'; name texts one by one with: in ('a', 'b')."
        ),
        "question.not-numbers": N_(
            "{count} values of the column “{column}” are text and no number, for example {examples}. If they mean that "
            "no answer was given, say so for each: --missing WORD. Otherwise correct them, or choose another column."
        ),
        "question.memory-text": N_(
            "“{memory}” is no amount of memory to work in. Write for example 500MB, 4GB or 1.5GB; at least 100MB."
        ),
        "question.memory-small": N_(
            "The question needs more than the memory allowed ({memory}), or more room on the disk for what does not "
            "fit. Allow more, for example DATASHIFT_MEMORY=8GB, or ask for fewer breakdowns at once."
        ),
        "question.probability": N_("{value} is no probability. Quantiles are asked for between 0 and 1, such as 0.5."),
        "question.rule": N_("There is no rule “{rule}” for quantiles. The rules are: {known}."),
        "question.code-not-a-number": N_(
            "The column “{column}” holds numbers, but {codes} names a text. Name the numbers that count."
        ),
        "question.not-0-1": N_(
            "{count} values of “{column}” are neither 0 nor 1. Say which values count: --proportion {column}=VALUE"
        ),
        "question.no-driver": N_(
            "What speaks with {engine} is not installed. Install it with: pip install 'datashift[{extra}]'"
        ),
        "question.cells-only": N_(
            "Cells that are added to later need clusters in the design, and take no quantiles, calibration or "
            "replicates: those need all rows. Use estimate for them."
        ),
        "question.cells-differ": N_(
            "These cells do not fit together: they must come from the same questions, breakdowns, levels and design. "
            "Make both with the same call, or estimate from all rows."
        ),
        "question.no-covariance": N_("The covariance of {figure} is not kept here. Ask with linearisation, not cells."),
        "question.no-level": N_("There is no group “{level}” among those by {by}."),
        "question.no-table": N_(
            "An object of the kind {kind} is no table. Give the path of a file, an Arrow, pandas or Polars table, "
            "columns by name, or a list of rows."
        ),
    }
