"""Corrections, standards and lists of areas."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError
from datashift.language import N_


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
        "standard.legal": N_(
            "{file}: {field}: {problem}. A list of laws needs a source, a day and four languages for each item."
        ),
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
