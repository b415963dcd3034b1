"""Files that cannot be read."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError
from datashift.language import N_


class Unreadable(InputError):
    """A file cannot be read as a table."""

    texts: ClassVar[dict[str, str]] = {
        "read.not-found": N_("The file {file} is not there. Check the name and the folder."),
        "read.is-a-folder": N_("{file} is a folder. Name the file in it that holds the table."),
        "read.no-access": N_(
            "{file} cannot be opened: {problem}. Close it in other programs and check who may read it."
        ),
        "read.empty": N_("The file {file} is empty. Check that it was saved or downloaded completely."),
        "read.empty-sheet": N_("{file}: the sheet '{sheet}' has no filled cell. Choose another sheet."),
        "read.damaged": N_(
            "{file} is cut off or damaged and cannot be opened. Download or copy it again from where it came."
        ),
        "read.locked": N_("{file} is protected by a password. Save it again without one."),
        "read.unfolds": N_(
            "{file} unfolds to more than {most}, which is too much for one table. Unpack it, and split it or save it "
            "as Parquet."
        ),
        "read.no-table": N_("{file} is a {kind} file and holds no table. Save the table as CSV or XLSX."),
        "read.not-text": N_(
            "{file} is neither text nor a kind of table that can be read. Save the table as CSV or XLSX."
        ),
        "read.web-page": N_(
            "{file} is a web page with {tables} tables in it, not a workbook. Open it in a spreadsheet program and "
            "save the one table you need as XLSX or CSV."
        ),
        "read.not-records": N_(
            "{file} is JSON, but not a list of records. Save it as a list of records, as GeoJSON, or as CSV."
        ),
        "read.bad-json": N_(
            "{file}, line {row}: the JSON breaks off or has a wrong sign there. Correct that line or export it again."
        ),
        "read.wrong-encoding": N_(
            "{file}, line {row}: the text does not fit the encoding {encoding}. Leave the encoding out, so that it is "
            "found, or state the right one."
        ),
        "read.unknown-encoding": N_(
            "{file}: there is no encoding called '{encoding}'. Examples: utf-8, cp1252, utf-16."
        ),
        "read.no-encoding": N_(
            "{file}, line {row}: the encoding of the text could not be found. State it (for example cp1252), or save "
            "the file as CSV UTF-8."
        ),
        "read.damaged-text": N_(
            "{file}, line {row}: nearly all of the text is UTF-8, but the byte {byte} there is not. Correct that cell, "
            "or state another encoding."
        ),
        "read.unclosed-quote": N_(
            "{file}, row {row}: a quote sign is opened and not closed as it should be, so the rows below it cannot be "
            "told apart. Close it, or remove it."
        ),
        "read.bad-delimiter": N_("{file}: '{delimiter}' cannot part cells. State one sign, such as , or ; or a tab."),
        "read.mixed-delimiters": N_(
            "{file}, row {row}: the cells are parted by {other}, but the header parts them by {delimiter}. Save the "
            "file again with one sign only."
        ),
        "read.no-header": N_(
            "{file}, row {row}: there are only numbers where the names of the columns should be. Add a row with names "
            "above the data, or state the row of the header."
        ),
        "read.header-row": N_(
            "{file}: row {row} is stated as the header, but there is no filled row at that place. Count the rows again."
        ),
        "read.sheet-not-found": N_("{file} has no sheet or table '{sheet}'. The nearest names are: {near}."),
        "read.no-sheets": N_("{file} holds one table and no sheets. Leave out the sheet '{sheet}'."),
        "read.choose-sheet": N_("{file} has several filled sheets. Choose one with sheet = its name: {sheets}."),
        "read.choose-table": N_("{file} holds several tables. Choose one with sheet = its name: {tables}."),
        "read.no-tables": N_(
            "{file} holds no table that can be read, only: {kinds}. Put a CSV, XLSX or another table into it."
        ),
        "read.too-many-columns": N_(
            "{file} has {columns} columns; at most {most} can be read. Check the delimiter, or split the table."
        ),
        "read.too-many-cells": N_("{file} has more than {most} cells. Split it into smaller files."),
        "read.far-cell": N_(
            "{file}, sheet '{sheet}': the cell {cell} lies so far out that the sheet would fill the memory. Delete the "
            "empty rows and columns up to it, or save the sheet as CSV."
        ),
        "read.bad-line": N_(
            "{file}, line {row}: the line cannot be parted into cells like the header, or it is not UTF-8 text. "
            "Correct that line, or save the file again as CSV UTF-8."
        ),
        "read.repeated-column": N_("{file} has two columns called '{column}'. Rename one of them."),
        "read.not-an-address": N_(
            "{file} is not an address where files can be read. Known are s3://, gs:// and abfss://."
        ),
        "read.no-such-table": N_(
            "The database has no table {table}, or you may not see it. Name it with its schema, as in survey.answers."
        ),
        "read.not-lazy": N_(
            "{file} cannot be read piece by piece; Parquet and CSV files can. Save the table in one of these formats."
        ),
        "shapes.not-geo": N_(
            "{file} cannot be read as GeoJSON or TopoJSON. Save the boundaries in one of these two formats."
        ),
        "shapes.no-name": N_(
            "{file} has no polygons with the property '{name}'. Its properties are: {known}. "
            "Name one of them in the recipe."
        ),
        "shapes.not-degrees": N_(
            "The coordinates in {file} are not degrees: one corner is at {x}, {y}. "
            "Save the boundaries in longitude and latitude (WGS84)."
        ),
    }


class BadForm(InputError):
    """An XLSForm cannot be read, or has a fault."""

    texts: ClassVar[dict[str, str]] = {
        "form.no-survey": N_(
            "{file} has no sheet called survey, so it is not an XLSForm. Its sheets are: {sheets}. Rename the sheet "
            "with the questions to survey."
        ),
        "form.no-column": N_(
            "{file}, sheet {sheet}: there is no column '{column}'. Its columns are: {known}. Add it in the first row."
        ),
        "form.repeated-name": N_(
            "{sheet}, row {row}: the name '{name}' is already used in row {first}. KoBo and ODK refuse such a form, "
            "since both answers would go into one column. Rename this one, for example to '{rename}'."
        ),
        "form.name-elsewhere": N_(
            "{sheet}, row {row}: the name '{name}' is also used in row {first}, in another group. In an export without "
            "group names the two columns cannot be told apart. Rename this one, for example to '{rename}'."
        ),
        "form.name-case": N_(
            "{sheet}, row {row}: '{name}' differs from '{other}' (row {first}) only in capital letters, which many "
            "programs do not tell apart. Rename it, for example to '{rename}'."
        ),
        "form.no-name": N_("{sheet}, row {row}: the question has no name. Give it a short one, such as water_source."),
        "form.bad-name": N_(
            "{sheet}, row {row}: the name '{name}' cannot be used. A name begins with a letter and has letters, "
            "digits, _ , - and . only. Rename it, for example to '{rename}'."
        ),
        "form.no-type": N_("{sheet}, row {row}: '{name}' has no type. Write one, such as text or select_one yes_no."),
        "form.unknown-type": N_(
            "{sheet}, row {row}: '{name}' has the type '{type}', which does not exist. The nearest are: {near}."
        ),
        "form.no-list-name": N_(
            "{sheet}, row {row}: '{name}' has the type {type} but names no list. Write the list after the type, such "
            "as select_one yes_no."
        ),
        "form.no-list": N_(
            "{sheet}, row {row}: '{name}' uses the list '{list}', which the sheet choices does not have. The nearest "
            "are: {near}. Correct the name of the list, or add the list."
        ),
        "form.no-calculation": N_(
            "{sheet}, row {row}: '{name}' is to be calculated, but the column calculation is empty. Fill it in."
        ),
        "form.unbalanced": N_(
            "{sheet}, row {row}: in the column {column} of '{name}', brackets or quote signs do not come in pairs. "
            "Close or remove the odd one."
        ),
        "form.unknown-reference": N_(
            "{sheet}, row {row}: '{name}' refers to '{reference}' (column {column}), but no question has this name. "
            "The nearest are: {near}. Correct the reference."
        ),
        "form.unopened": N_(
            "{sheet}, row {row}: {type} ends something that is not open there (open: {opened}). Remove this row, or "
            "put the row that begins it above."
        ),
        "form.unclosed": N_(
            "{sheet}, row {row}: {type} '{name}' is never closed. Add a row with the type {end} where it ends."
        ),
        "form.end-name": N_(
            "{sheet}, row {row}: this end is named '{name}', but it closes '{begin}' of row {first}. Check that the "
            "group ends where it should."
        ),
        "form.column-name": N_(
            "{sheet}: the column '{name}' is not known and will be left out. If '{near}' is meant, rename it."
        ),
        "form.no-label": N_("{sheet}, row {row}: '{name}' has no label. Write the question as people should hear it."),
        "form.no-translation": N_("{sheet}, row {row}: '{name}' has no label in {language}. Translate it."),
        "form.no-message": N_(
            "{sheet}, row {row}: '{name}' has a constraint but no message. Say in constraint_message what is allowed."
        ),
        "form.no-constraint": N_(
            "{sheet}, row {row}: any number can be entered for '{name}'. Add a constraint, such as . >= 0 and "
            ". <= 120, to catch slips of the finger."
        ),
        "form.choice-no-list": N_(
            "{sheet}, row {row}: the answer '{name}' belongs to no list. Fill in the column list_name."
        ),
        "form.choice-no-name": N_("{sheet}, row {row}: an answer has no name. Give it a short one, such as tap."),
        "form.choice-repeated": N_(
            "{sheet}, row {row}: the answer '{name}' stands already in row {first} of the list '{list}'. Remove or "
            "rename it; two answers with one name cannot be told apart."
        ),
        "form.choice-blank": N_(
            "{sheet}, row {row}: the answer '{name}' has a blank in its name; where several answers can be chosen, it "
            "would be read as two. Rename it, for example to '{rename}'."
        ),
        "form.choice-no-label": N_("{sheet}, row {row}: the answer '{name}' has no label. Write it."),
        "form.choice-no-translation": N_(
            "{sheet}, row {row}: the answer '{name}' has no label in {language}. Translate it."
        ),
        "form.unused-list": N_("{sheet}, row {row}: no question uses the list '{name}'. Use it or remove it."),
        "form.default-language": N_(
            "{sheet}: the default language '{name}' is not one of the languages of the labels ({known}). Write it in "
            "the same way."
        ),
        "form.no-version": N_(
            "{sheet}: the form states no {name}. Number its versions, so that answers to an older one are told apart."
        ),
        "form.no-time": N_(
            "{sheet}: nothing says when a row was collected. Add a row with the type today, so that figures can be "
            "given for a period."
        ),
        "form.no-consent": N_(
            "{sheet}: people are asked, but there is no question for their consent. Add one at the beginning: what "
            "the data are for, that answering is free, and that they may stop at any time."
        ),
        "form.home-position": N_(
            "{sheet}, row {row}: '{name}' takes the position of a home or a person, which can identify them. Ask for "
            "the village instead, or keep the position apart and publish areas only."
        ),
        "form.audit-position": N_(
            "{sheet}, row {row}: '{name}' records where the interviewer goes. This is personal: tell interviewers, and "
            "leave the location out where it is not needed."
        ),
        "form.device": N_(
            "{sheet}, row {row}: {type} ('{name}') records who collects the data. This is personal: remove it, or "
            "replace it with a code that only the organisation can read."
        ),
        "form.personal-name": N_(
            "{sheet}, row {row}: '{name}' asks for the name of a person. Figures do not need it. Remove it, or use a "
            "code and keep the list of names apart."
        ),
        "form.personal-phone": N_(
            "{sheet}, row {row}: '{name}' asks for a telephone number. Figures do not need it. Remove it, or keep it "
            "in a form of its own, for calling back only."
        ),
        "form.personal-e-mail": N_(
            "{sheet}, row {row}: '{name}' asks for an e-mail address. Figures do not need it. Remove it, or keep it in "
            "a form of its own."
        ),
        "form.personal-id": N_(
            "{sheet}, row {row}: '{name}' asks for the number of a document of a person. Figures do not need it. "
            "Remove it, or use a code of your own."
        ),
        "form.rejected": N_(
            "{sheet}, row {row}: the converter of KoBo and ODK refuses the form, and says: {said} Correct '{name}' "
            "there."
        ),
        "form.rejected-whole": N_(
            "The converter of KoBo and ODK refuses the form, and says: {said} Correct that and check again."
        ),
        "form.converter-warns-whole": N_("The converter of KoBo and ODK warns: {said}"),
        "form.converter-warns": N_("{sheet}, row {row} ({name}): the converter of KoBo and ODK warns: {said}"),
        "form.no-kit": N_("There is no kit '{kit}'. The kits at hand are: {known}."),
    }
