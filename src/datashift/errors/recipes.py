"""Recipes, kits, and single rows."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError
from datashift.language import N_


class BadRecipe(InputError):
    """A recipe or a kit asks for something that cannot be done."""

    texts: ClassVar[dict[str, str]] = {
        "recipe.not-toml": N_("{file} cannot be read as TOML: {problem}. Correct that line and run again."),
        "recipe.bad-field": N_("{file}: {field}: {problem}. Correct the recipe and run again."),
        "recipe.no-column": N_(
            "{file}: the recipe names the column '{column}', which the data do not have. "
            "The nearest names are: {near}. Correct the recipe."
        ),
        "recipe.no-kit": N_("There is no kit '{kit}'. The kits at hand are: {known}."),
        "recipe.no-concept": N_("The kit {kit} has no concept '{concept}'. It knows: {known}."),
        "recipe.no-code": N_(
            "The recipe sends '{value}' to the code '{code}', which {concept} does not have. It knows: {known}."
        ),
        "recipe.missing-code": N_(
            "The recipe calls '{word}' missing in all columns, and {concept} counts '{word}' as an answer. Say which "
            'it is in the column "{column}": under [columns.{concept}.codes], write "{word}" = "" where it is missing, '
            'or "{word}" = "{word}" where it is the answer.'
        ),
        "recipe.no-area": N_(
            "The recipe sends the place '{name}' to the area '{area}', which is not in the area list of {country} "
            "for {date}. Use one of its ids."
        ),
        "recipe.no-zone": N_(
            "'{zone}' under [period] zone is no time zone known here. Write an IANA name such as Africa/Nairobi; if it "
            "is one, this machine lacks the list of time zones: install the package tzdata."
        ),
        "recipe.no-readings": N_(
            "The kit {kit} is about readings of sensors. State {needed} in the recipe: each reading needs its sensor, "
            "its value and its time."
        ),
        "recipe.bad-comparison": N_(
            "'{compare}' under [[protocol.rules]] compare cannot be read. Write two columns, or a column and a number, "
            "with <, <=, =, !=, >= or > between them: children <= household_size."
        ),
        "recipe.no-margin": N_("The recipe needs the margin '{margin}', which it does not declare. Add it."),
        "recipe.margin-code": N_(
            "{file}: '{value}' in the column '{column}' is sent to no code of {concept}. The codes there are: {known}. "
            "Add it under groups, codes: `_T` for everybody, `_U` where the group is unknown."
        ),
        "recipe.margin-ages": N_(
            "{file}: the ages '{value}' in the column '{column}' overlap others without being made of them. "
            "Correct the word, or send it to the right ages under groups, codes."
        ),
        "recipe.margin-bands": N_(
            "{file}: the ages of the margin '{margin}' ({people}) and of the answers ({answers}) cannot be brought to "
            "common bands. Take a table with narrower ages, or ask for ages that begin where the census begins a band."
        ),
        "recipe.margin-doubled": N_(
            "{file}: {rows} rows of {area} hold people who are already in a total of {total}. Choose rows under "
            "select, or send the total to `_T` under groups, codes, so that nobody counts twice."
        ),
        "recipe.join": N_(
            "{file} does not join one to one on '{column}': {missing} rows have no partner and {repeated} keys repeat. "
            "Choose a column that names each row once in both files."
        ),
        "recipe.digest": N_(
            "{file} has the SHA-256 {found}, the recipe expects {expected}. It is another version of the file: "
            "get the right one, or review the recipe and state the new digest."
        ),
        "recipe.earlier": N_(
            "{file} does not say what was released before. Name the release.zip of the earlier release under "
            "[[earlier]], or the estimates.csv that lies in it."
        ),
        "recipe.names-clash": N_("The names {names} differ only in upper and lower case. Rename one of them."),
        "official.no-column": N_(
            "{file}: the official file has no column '{column}'. Its columns are: {known}. "
            "Correct the recipe under [[official]]."
        ),
        "official.no-entry": N_(
            "{file}: the reader {reader} needs '{entry}' under [[official]]. Add it to the recipe."
        ),
        "official.no-row": N_(
            "{file}: no row of the official file has {select}. Check these words under [[official]], select."
        ),
        "official.no-number": N_(
            "{file}: none of the {rows} official figures chosen is a number (for example '{value}'). "
            "Choose other rows under [[official]], select."
        ),
        "official.no-code": N_(
            "{file}: '{value}' in the column '{column}' is sent to no code of {concept}. Add it under [[official]], "
            "breakdowns, or leave these rows out under select."
        ),
        "official.several": N_(
            "{file}: {count} different official figures for {place} in {period}. Say which one is meant under "
            "[[official]], select. They differ in: {columns}."
        ),
        "official.no-period": N_(
            "{file}: nothing says which time the official figures stand for. Add a period under [[official]]."
        ),
        "official.not-a-period": N_(
            "'{period}' is not a time that can be read. Write it as 2012, 2012-03, 2011/2013 or 2011-01-01/P3Y."
        ),
        "official.no-date": N_(
            "{file}: no date in the column '{column}' has the form {format}. Correct the form under [[official]]."
        ),
        "official.no-difference": N_(
            "{file}: the recipe says that {source} measures something different, but not what differs. "
            "State the difference in one sentence."
        ),
        "official.other-unit": N_("{file} gives its figures in {found}; the recipe says {stated}. Correct the unit."),
        "official.digest": N_(
            "{file} has the SHA-256 {found}, the recipe expects {stated}. It is another version of the official file: "
            "get the right one, or look at the new one and state its digest."
        ),
    }


class BadRow(InputError):
    """One value of one row cannot be used; the row is listed among the rejects with this text."""

    texts: ClassVar[dict[str, str]] = {
        "harmonise.unknown-code": N_(
            "Row {row}: '{value}' is not in the list “{concept}”. Correct the answer or add it to the recipe."
        ),
        "harmonise.unknown-place": N_(
            "Row {row}: the place '{value}' is not in the area list of {country} for {date}. "
            "Add it to the recipe under [place.names]."
        ),
        "harmonise.no-place": N_("Row {row}: the place is missing. Complete the row."),
        "harmonise.not-a-number": N_("Row {row}: '{value}' in {column} is not a number. Correct it."),
        "harmonise.not-a-date": N_("Row {row}: '{value}' in {column} is not a date of the form {format}. Correct it."),
        "harmonise.no-date": N_("Row {row}: the date in {column} is missing. Complete the row."),
        "harmonise.outside-period": N_(
            "Row {row}: the date {value} lies outside the period {first} to {last} of this recipe."
        ),
        "harmonise.bad-weight": N_("Row {row}: the weight '{value}' is missing or below zero. Correct it."),
        "harmonise.empty-row": N_("Row {row} is empty."),
        "harmonise.not-meant": N_("Row {row}: '{value}' in {column} is not meant by this recipe: {why}"),
        "harmonise.removed": N_("Row {row} was taken out by a correction: {why}"),
        "harmonise.no-reading": N_("Row {row}: the reading or its sensor is missing. Nothing can be formed from it."),
        "harmonise.implausible-reading": N_(
            "Row {row}: the reading {value} lies outside {least} to {most} {unit}, which the sensor cannot have met. "
            "It does not count."
        ),
        "harmonise.incomplete-hour": N_(
            "Row {row}: this sensor sent fewer than {share} per cent of its usual readings in this hour, so the hour "
            "does not count."
        ),
        "harmonise.incomplete-day": N_(
            "Row {row}: this sensor has fewer than {hours} complete hours on this day, so the day does not count."
        ),
        "harmonise.repeated-id": N_("Row {row}: the id '{value}' was already used by row {first}."),
    }


class LostRows(InputError):
    """Rows in and rows out do not balance; nothing is published."""

    texts: ClassVar[dict[str, str]] = {
        "harmonise.lost-rows": N_(
            "{rows_in} rows came in, {rows_out} went out and {rows_explained} are explained: the sums differ. "
            "This is a fault of the program; nothing was published. Please report it."
        ),
    }
