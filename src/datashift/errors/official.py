"""Official files that cannot be taken in, and official figures that are not in the store."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError
from datashift.language import N_


class BadOfficial(InputError):
    """An official file is damaged, cut off or of an unknown layout, or a question about the store has no answer."""

    texts: ClassVar[dict[str, str]] = {
        "official-import.empty": N_("{file} is empty. Download it again."),
        "official-import.web-page": N_(
            "{file} is a web page, not data; often it is the error message of a server. Open it in a browser to see "
            "what it says, then download the file again."
        ),
        "official-import.encoding": N_(
            "{file}, row {row}: the text is not UTF-8. Save the file as UTF-8, or download it again."
        ),
        "official-import.columns-differ": N_(
            "{file}, row {row}: {expected} cells were expected, but there are {found}. The file was cut off or changed "
            "there. Download it again."
        ),
        "official-import.unclosed-quote": N_(
            "{file}: the quote sign that begins a cell in row {row} is never closed. The file was cut off or changed "
            "there. Download it again."
        ),
        "official-import.no-line-end": N_(
            "{file}: the last row ({row}) has no line end, so it may have been cut off: …{end}. Compare it with where "
            "it came from. If it is whole, import again with --whole; if not, download it again."
        ),
        "official-import.unknown-layout": N_(
            "{file} has none of the known layouts. Its columns begin with: {columns}. Known are: {known}. Look at the "
            "file; if it is one of these, name it with --layout."
        ),
        "official-import.no-layout": N_("There is no layout '{layout}'. Use one of: {known}."),
        "official-import.missing-columns": N_(
            "{file} cannot be read as {layout}: these columns are missing: {columns}. Choose another --layout, or "
            "leave it out."
        ),
        "official-import.same-column": N_("{file} has two columns '{column}'. Download it again, or rename one."),
        "official-import.no-number": N_(
            "{file} has {rows} rows, but no value is a number (the first is '{value}'). Check that it is the right "
            "file, and that decimals are written with a point."
        ),
        "official-import.no-year": N_(
            "{file}, row {row}: '{text}' is not a year or a time period. Correct it at its source, or download the "
            "file again."
        ),
        "official-import.xml-damaged": N_(
            "{file}, row {row}: the XML breaks off or is broken there. Download it again."
        ),
        "official-import.xml-doctype": N_(
            "{file} has a document type, which SDMX never needs and which can do harm. It was not read. Get the file "
            "from its official address."
        ),
        "official-import.json-damaged": N_(
            "{file}, row {row}: the JSON breaks off or is broken there. Download it again."
        ),
        "official-import.pages": N_(
            "{file} holds {found} of {total} figures: it is page {page} of {pages}. Ask for all of them on one page "
            "(per_page={total}), and import that file."
        ),
        "official-import.deletions": N_(
            "{file}, row {row}: this row is an instruction to delete, so the file is an update and not the whole. Ask "
            "for the whole data set."
        ),
        "official-import.packed": N_("{file} is an archive without a data file in it. Look into it, and choose one."),
        "official-import.mixed": N_(
            "{file} holds files of different layouts: {files}. Unpack it, and import one file after the other."
        ),
        "official-import.fewer": N_(
            "{file} has {after} figures, but the snapshot before it ({snapshot}) has {before}. Not there any more: "
            "{gone}. A download that was cut off looks like this. Download it again; if the source really gave "
            "figures up, import with --accept-fewer; if it is another data set, give it a name of its own with "
            "--source."
        ),
        "official-import.date": N_(
            "'{text}' is not a date. Write it as 2024-03-15; a release may also be 2024 or 2024-03."
        ),
        "official-import.no-place": N_("'{text}' is not a place we know. Use a code such as KE, KEN or 404."),
        "official-import.no-snapshot": N_(
            "There is no official figure of '{source}' in the store. Known are: {known}. "
            "Import a file with: datashift official import FILE"
        ),
        "official-import.no-figure": N_(
            "No official figure in the store is about {asked}. See what is there with: datashift official list"
        ),
    }
