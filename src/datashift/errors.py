"""Every failure a user can meet, sorted by who can help.

DataShiftError
├── InputError             the sender can fix it (exit 2)
│   ├── Unreadable         read.*        the file, its encoding, its sheet, its table
│   ├── BadRecipe          recipe.*      the recipe or the kit says something that cannot be done
│   ├── BadForm            form.*        an XLSForm has a fault, with sheet, row and name
│   ├── BadCorrection      correction.*  a correction, a rule or a cleaning log cannot be applied
│   ├── BadStandard        standard.*    a framework file or an SDMX structure file cannot be taken
│   ├── BadAreas           areas.*       a list of areas, a crosswalk or a table to be brought across
│   ├── BadRow             harmonise.*   one value of one row; collected as a reject, never raised alone
│   ├── LostRows           harmonise.*   rows in and rows out do not balance: our fault, nothing is published
│   ├── Disclosive         protect.*     an output would show what must not be shown
│   └── Tampered           verify.*      a bundle differs from what its own parts give
├── DesignError            the data cannot answer the question (exit 3)
└── SourceUnavailable      a source is not there now; try again later (exit 4)

An error carries a code and facts, never a finished sentence: `str(error)` says it in the current language.
"""

from __future__ import annotations

from typing import Any, ClassVar

from datashift.language import N_, _


class DataShiftError(Exception):
    """A failure with a code, facts, and a repair in plain words.

    Raise it with the code of an entry in `texts` and the facts that its text names.
    """

    exit_code: ClassVar[int] = 1
    texts: ClassVar[dict[str, str]] = {}

    def __init__(self, code: str, /, **facts: Any) -> None:
        if code not in self.texts:
            raise KeyError(f"{type(self).__name__} has no text for the code {code}")
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return _(self.texts[self.code]).format(**self.facts)

    def as_dict(self) -> dict[str, Any]:
        """Return code, text in the current language and facts, ready for JSON."""
        return {"code": self.code, "text": str(self), "facts": {k: str(v) for k, v in self.facts.items()}}


class InputError(DataShiftError):
    """The sender can fix it."""

    exit_code = 2


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
        "recipe.no-margin": N_("The recipe needs the margin '{margin}', which it does not declare. Add it."),
        "recipe.join": N_(
            "{file} does not join one to one on '{column}': {missing} rows have no partner and {repeated} keys repeat. "
            "Choose a column that names each row once in both files."
        ),
        "recipe.digest": N_(
            "{file} has the SHA-256 {found}, the recipe expects {expected}. It is another version of the file: "
            "get the right one, or review the recipe and state the new digest."
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


class BadCorrection(InputError):
    """A correction, a rule or a cleaning log cannot be applied."""

    texts: ClassVar[dict[str, str]] = {
        "correction.exists": N_("{file} is there already. Name a new file, or add lines to the one that is there."),
        "correction.other-key": N_(
            "{file} names its rows by the column '{key}', not by '{stated}'. State that column, or begin a new ledger."
        ),
        "correction.torn": N_(
            "{file}, line {line}: the last line was cut off while it was written (a crash, a full disk). All lines "
            "before it are whole. Set it aside with: datashift corrections repair {file}"
        ),
        "correction.edited": N_(
            "{file}, line {line}: the line is not as it was written, its checksum differs. Take the ledger from a "
            "copy. To correct a correction, add a line that undoes it."
        ),
        "correction.broken-chain": N_(
            "{file}, line {line}: this line does not follow the one before it. A line was taken out, put in or moved. "
            "Take the ledger from a copy."
        ),
        "correction.not-a-ledger": N_(
            "{file} is not a ledger of corrections: its first line, and only that, must say which column names a row. "
            "Begin one with: datashift corrections import, or add."
        ),
        "correction.bad-line": N_("{file}, line {line}: {field}: {problem}. Correct what is to be written there."),
        "correction.no-such-line": N_(
            "{file}: line {line} cannot be undone from there, since no earlier line has this number. "
            "See the numbers with: datashift corrections list {file}"
        ),
        "correction.who": N_(
            "'{who}' looks like an e-mail address or a telephone number. Say who corrected with a role, such as "
            "data officer, or with a code."
        ),
        "correction.no-column": N_("The table has no column '{column}'. Its columns begin with: {known}."),
        "correction.not-text": N_(
            "The column '{column}' is of the type {type}; corrections are replayed on text as it came. Read the file "
            "with datashift, which keeps every cell as text."
        ),
        "correction.not-a-number": N_(
            "The condition on '{column}' compares with '{value}', which is not a number. Write a number with a decimal "
            "point, or use = for a text."
        ),
        "correction.condition": N_(
            "'{text}' cannot be read. Write column=value, column!=value, column<number or column>number; several "
            "values of one column are parted by |."
        ),
        "correction.log-column": N_(
            "{file}: no column of the log says '{role}'. Its columns are: {known}. State it with: --column {role}=NAME"
        ),
        "correction.half": N_("Not all is said. State one of these as well: {needed}."),
        "correction.meaning": N_("'{text}' cannot be read. Write {form}, where the right side is one of: {known}."),
    }


class BadStandard(InputError):
    """A framework file or a structure file cannot be taken."""

    texts: ClassVar[dict[str, str]] = {
        "standard.framework-version": N_("There is no framework version '{version}'. Known are: {known}."),
        "standard.framework-code": N_(
            "'{code}' is no goal, target or indicator of the framework version {version}. The nearest codes are: "
            "{near}."
        ),
        "standard.framework-other-version": N_(
            "{code} is not in the framework version {version}. It is in: {known}. Choose one of these with --version."
        ),
        "standard.framework-series": N_(
            "There is no series '{series}' at hand. The nearest are: {near}. Series of the global database come in "
            "with: "
            "datashift standards import FILE"
        ),
        "standard.framework-breakdown": N_("'{breakdown}' is not a breakdown. Use one of: {known}."),
        "standard.framework-not-same": N_(
            "{code} of {from_version} cannot be carried over to {to_version}: {reason}. Keep the version with the "
            "figure."
        ),
        "standard.framework-not-known": N_(
            "Whether {code} means the same in {from_version} and {to_version} is not confirmed: {reason}. Look it up "
            "in "
            "the official list."
        ),
        "standard.framework-no-column": N_(
            "{file}: the list of indicators has no column '{column}'. Its columns are: {known}."
        ),
        "standard.framework-row": N_("{file}, row {row}: {problem}. Correct that row."),
        "standard.framework-not-text": N_("{file} is not UTF-8 text. Save it again as UTF-8."),
        "standard.framework-too-large": N_("{file} is larger than {most}, which no file of this kind is."),
        "standard.framework-kind": N_(
            "{file} is not a file that official texts can be taken from. Known are: translations of goals, targets and "
            "indicators (YAML or ZIP), DDF concepts, the Open SDG list of targets (CSV), and SDMX structure messages."
        ),
        "standard.framework-yaml": N_(
            "{file}, line {row}: {problem}. Only plain lines of the form “key: text” are read."
        ),
        "standard.framework-language": N_(
            "Nothing says which language {file} is in. Put it into a folder with the name of the language, such as es, "
            "or name it with --texts."
        ),
        "standard.framework-nothing": N_(
            "Nothing could be taken from {file}: {reasons}. Check that it is the right file and language."
        ),
        "standard.framework-store": N_(
            "{file} in the store was changed or cut off. Delete it and import its source again."
        ),
        "standard.structure-empty": N_("The file {file} is empty. Check that it was saved or downloaded completely."),
        "standard.structure-too-large": N_("{file} is larger than {most}: no structure file is. Check what it is."),
        "standard.structure-not-sdmx": N_(
            "{file} is not an SDMX structure message. Save the structure as SDMX-ML 2.1, SDMX-ML 3.0 or SDMX-JSON 2.0."
        ),
        "standard.structure-none": N_("{file} is a structure message without a structure. Ask its source for another."),
        "standard.structure-damaged": N_(
            "{file}, line {row}: the file breaks off or has a wrong sign there. Download or export it again."
        ),
        "standard.structure-doctype": N_(
            "{file} carries a document type (DOCTYPE), which SDMX never needs and which can make a program fetch other "
            "files. Nothing was read. Get the file from its source again, or take out that line."
        ),
        "standard.structure-data": N_(
            "{file} holds figures, not a structure; they follow the structure {structure}. "
            "Get the structure message from the same source."
        ),
        "standard.structure-old-version": N_(
            "{file} is in a version of SDMX that is not read ({version}). "
            "Export it as SDMX-ML 2.1, SDMX-ML 3.0 or SDMX-JSON 2.0."
        ),
        "standard.structure-not-valid": N_(
            "{file} does not follow the schema of its SDMX version: {problem}. Ask its source for a valid file."
        ),
        "standard.structure-format": N_("'{format}' is not a format for structures. Use one of: {known}."),
        "standard.structure-reporting-type": N_(
            "Citizen data never carry the reporting type '{code}', which belongs to official data. Use '{own}'."
        ),
        "standard.structure-code": N_(
            "SDMX does not take '{code}' as the id of an area or a series. Use only A-Z, a-z, 0-9, _, -, @ and $."
        ),
        "standard.structure-version-of-kit": N_(
            "The kit {kit} has the version '{version}'. SDMX needs numbers with points, such as 1.0.0. "
            "Correct the version in kit.toml."
        ),
        "standard.structure-no-kit": N_("There is no kit '{kit}' in these structures. Check its name."),
    }


class BadAreas(InputError):
    """A list of areas, a crosswalk, or a table that is to be brought across."""

    texts: ClassVar[dict[str, str]] = {
        "areas.not-a-list": N_(
            "{file} is not a list of areas. It needs the columns id, name, country, level, parent, valid_from, "
            "valid_to, aliases and predecessors, or the layout of OCHA's global P-code list."
        ),
        "areas.dangling": N_(
            "{file}: the area '{area}' names '{other}', which is in no list. Add that area, or correct the id."
        ),
        "areas.bad-country": N_("'{country}' is no code of a country. Use the two capital letters of ISO 3166-1."),
        "areas.no-list": N_(
            "There is no list of the areas of {country}. Lists at hand: {known}. Import one with "
            "'datashift areas import FILE --country {country}'."
        ),
        "areas.no-country": N_("{file} has no areas of {country}. It has: {known}."),
        "areas.no-column": N_("{file} has no column '{column}'. The nearest names are: {near}."),
        "areas.no-match": N_(
            "{file}: {count} names mean no known area on {date}: {names}. Run 'datashift areas match', confirm what is "
            "right, and name the confirmed list with --confirmed."
        ),
        "areas.bad-confirmed": N_(
            "The confirmed list sends '{name}' to '{area}', which is no area of this list on {date}. Use the id of an "
            "area that had this extent on that day."
        ),
        "areas.no-crosswalk": N_(
            "No crosswalk is known that brings '{area}' from {before} to {after}. Count in the areas of {before}, or "
            "bring a crosswalk file with the columns from_id, to_id, weight, of, year and source (--crosswalk)."
        ),
        "areas.no-crosswalk-kind": N_("The crosswalk has no weights of the kind '{of}' for '{area}'. It has: {known}."),
        "areas.not-in-kind": N_(
            "'{area}' lies in no area of the kind '{kind}' on that day. The kinds of this country are: {known}."
        ),
        "areas.bad-crosswalk": N_("{file}, line {row}: {problem}. Correct the crosswalk file."),
        "areas.needs-denominator": N_(
            "The column '{column}' looks like a rate or a mean, and these cannot be split or added up. Bring counts, "
            "or "
            "name the column with the denominators (--per)."
        ),
        "areas.nested": N_(
            "{file} counts both '{area}' and '{inside}', which lies in it: the people there would count twice. Leave "
            "out the rows of totals, or choose one level (--level)."
        ),
        "areas.not-a-count": N_("{file}, row {row}: '{value}' is not a count of zero or more. Correct that cell."),
        "areas.no-shape": N_(
            "No polygon could be tied to an area of that day. The names in the file begin with: {names}. Choose "
            "another property (--name), another day (--as-of) or another level (--level)."
        ),
        "areas.bad-date": N_("'{text}' is not a date. Write it as year-month-day, such as 2012-08-26."),
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


class Disclosive(InputError):
    """An output would show something about a person, or too few answers."""

    texts: ClassVar[dict[str, str]] = {
        "protect.personal": N_(
            "The output {output} would carry personal data ({kind}) in '{field}'. Nothing was written. "
            "Leave that field out of the recipe's breakdowns."
        ),
        "protect.personal-shape": N_(
            "The output {output} would carry what looks like personal data ({kinds}) in line {line}. "
            "Nothing was written. Take it out of the recipe, the kit or the place names, and run again."
        ),
        "protect.personal-value": N_(
            "The output {output} would carry a value of a personal column, beginning with '{start}', in line {line}. "
            "Nothing was written. If it is a public word, such as a place name, use it in the recipe; "
            "if not, leave its column out."
        ),
        "protect.cells": N_(
            "The table of cells would carry the column '{column}', which is neither a breakdown nor a sum. "
            "Nothing was written. Leave it out of the kit's breakdowns."
        ),
    }


class Tampered(InputError):
    """A bundle differs from what its own parts give."""

    texts: ClassVar[dict[str, str]] = {
        "verify.not-there": N_("{file} is not there, or may not be read. Check the name and the folder."),
        "verify.not-a-bundle": N_(
            "{file} cannot be opened as a release bundle: it was cut off on its way, or another program packed it. "
            "Get it again from where it was published."
        ),
    }


class DesignError(DataShiftError):
    """The data cannot answer the question."""

    exit_code = 3
    texts: ClassVar[dict[str, str]] = {
        "estimate.lonely-stratum": N_(
            "The stratum {stratum} has one cluster only, so its spread is unknown. Join it with a neighbouring "
            "stratum, or choose a rule (lonely = adjust, average or certainty) in the recipe."
        ),
        "scale.few": N_(
            "Only {n} people with complete answers said yes to some but not all questions of the scale; at least "
            "{least} are needed to tell how severe each question is here. Ask more people."
        ),
        "scale.one-sided": N_(
            "Everybody who said yes to some but not all questions gave the same answer to {items}, so the scale cannot "
            "be brought to the global standard. Ask more people."
        ),
        "scale.not-common": N_(
            "Only {common} of {items} questions are as severe here, relative to each other, as on the global standard; "
            "at least {least} are needed. The figure would not be comparable. Check the wording and the translation "
            "of: {unique}."
        ),
        "estimate.no-rows": N_("No row is left to estimate from: {explained} rows of {rows_in} are explained."),
    }


class SourceUnavailable(DataShiftError):
    """A source is not there now."""

    exit_code = 4
    texts: ClassVar[dict[str, str]] = {
        "source.not-at-hand": N_(
            "{file} is not beside the recipe and not in the store. Get it from {address} (SHA-256 {sha256}), "
            "or run: datashift demo --download"
        ),
        "source.download": N_("{address} could not be fetched: {problem}. Try again later."),
        "source.no-store": N_(
            "Nothing can be written to {folder}: {problem}. Free some space or choose another folder."
        ),
        "source.damaged": N_(
            "{file} was changed after it was stored: it no longer fits what was noted about it. "
            "Move its folder away and fetch {source} again."
        ),
    }
