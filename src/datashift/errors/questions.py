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
        "question.one-level": N_(
            "All rows that are meant have the same “{column}”, so nothing can be said about what it has to do with "
            "another column. Choose a column with at least two values, or a wider condition."
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
        "question.no-calibration": N_("The design has no known totals. Add a calibration with at least one margin."),
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
        "question.no-figure": N_(
            "The group “{level}” has no figure here, so it cannot be compared. Choose another group, or "
            "a wider condition."
        ),
        "question.over-nothing": N_(
            "The figure of “{level}” is 0, so nothing can be divided by it. Ask for a difference."
        ),
        "question.nothing-asked": N_(
            "Say what is to be estimated: --mean COLUMN, --proportion COLUMN=CODE, --total, --ratio A/B or "
            "--quantile COLUMN. Each may be given several times."
        ),
        "question.ratio": N_(
            "“{text}” is no ratio of two columns. Write --ratio A/B. A column whose name holds a slash stands between "
            "backticks: --ratio '`a/b`/c'."
        ),
        "question.backtick": N_(
            "“{text}” opens a backtick (`) and never closes it. A name between backticks may hold any sign; a backtick "
            "inside it is written twice."
        ),
        "question.empty-name": N_(
            "In “{text}” a name or code is empty. Write names with commas between them; a name that holds a sign such "
            "as , = / : or + stands between backticks: '`income, monthly`'."
        ),
        "question.number-list": N_(
            "{option} takes numbers with commas between them and a point before decimals, such as {example}; “{text}” "
            "is not that."
        ),
        "question.level": N_("{level} is no level of an interval. It lies between 0 and 1: 0.95 means 95 per cent."),
        "question.difference": N_(
            "“{text}” does not name two groups. Write --difference A,B; a name with a comma stands between backticks."
        ),
        "question.difference-by": N_(
            "A difference is taken between two groups of one column. Give --by once, with one column."
        ),
        "question.fpc-stages": N_(
            "--fpc names {fpc} stages, but --clusters names {stages}. Name the units of each stage in --clusters, in "
            "the same order."
        ),
        "question.rho": N_("{rho} is no coefficient of Fay. It lies between 0 and 1 (1 excluded), such as 0.3."),
        "question.replicates-both": N_(
            "--replicates makes replicates from the design, --replicate-weights takes those of the file. Choose one."
        ),
        "question.no-replicates": N_(
            "{count} columns fit “{pattern}”; replicate weights are at least two columns. In a pattern * stands for "
            "any signs, and capital letters matter: --replicate-weights 'rep_*'."
        ),
        "question.needs-option": N_("{option} has a meaning only together with {needed}. Add that, or leave it out."),
        "question.trim": N_(
            "No weight can be kept below {trim} times the mean weight. Give a number above 1, such as --trim 5."
        ),
        "question.design": N_("This design contradicts itself: {problem}."),
        "question.calibration": N_("These known totals cannot be used: {problem}."),
        "question.margins-columns": N_(
            "{file}: known totals are a table with the columns variable, category and total, one row for each "
            "category. Found here: {found}. Name the columns so."
        ),
        "question.margins-empty": N_("{file} holds no known totals. Add a row with variable, category and total."),
        "question.margins-number": N_(
            "{file}, row {row}: “{value}” is no total of {variable}. Write a plain number with a point before "
            "decimals, such as 106000 or 0.52."
        ),
        "question.margins-cells": N_(
            "{file}, row {row} has more cells than the header. A comma inside a number or a name parts it in two: "
            "write 106000 without comma, and names with a comma between double quotes."
        ),
        "question.margins-twice": N_(
            "{file}, row {row}: {variable} = {category} has a total already. Leave one of the two rows out."
        ),
        "question.margins-joint": N_(
            "{file}, row {row}: “{category}” does not name one category of each variable of “{variable}”. Joint totals "
            "are written region|sex and North|female; a row without a category is the total of one column of numbers."
        ),
        "question.margins-mixed": N_(
            "{file}: {variable} has rows with and without a category. With categories it is a group, without one a "
            "column of numbers. Leave out one of the two."
        ),
        "question.margins-toml": N_("{file} is no TOML that can be read: {problem}. Correct it there."),
        "question.no-table": N_(
            "An object of the kind {kind} is no table. Give the path of a file, an Arrow, pandas or Polars table, "
            "columns by name, or a list of rows."
        ),
    }
