"""One call for every export. It is loaded by jobs only, since some formats bring large libraries along."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path

from datashift.errors import BadExport
from datashift.export.beside import beside
from datashift.export.delimited import write_csv
from datashift.export.geopackage import write_geopackage
from datashift.export.geoparquet import write_geoparquet
from datashift.export.layout import Batches, Layout, Options, Rows, Written
from datashift.export.plan import Table, planned
from datashift.export.rows import rows
from datashift.export.spss import spss_options, write_spss
from datashift.export.workbook import write_xlsx

_Writer = Callable[[tuple[Table, ...], Rows, Path, Path, Written], None]

KINDS = ("csv", "xlsx", "spss", "geopackage", "geoparquet")
"""What `write` takes."""


def write(kind: str, layout: Layout, batches: Batches, path: Path, options: Options | None = None) -> Written:
    """Write submissions to `path` as one of KINDS, and return what was written.

    CSV, SPSS and GeoParquet are a file for each sheet: in a zip where `path` ends with .zip, in a folder otherwise. The
    others are one file. Memory does not grow with the number of submissions. The file is at `path` only when it is
    whole, and what stood there before is replaced by it; whatever goes wrong, nothing else is left.
    """
    if kind not in KINDS:
        raise BadExport("export.kind", kind=kind, kinds=", ".join(KINDS))
    options = options or Options()
    if kind == "spss":
        options = spss_options(options)
    tables = planned(layout, options)
    told = Written({sheet.name: 0 for sheet in layout.sheets})
    found = rows(tables, layout, batches, options, told)
    try:
        with beside(path) as scratch:
            _writer(kind, options)(tables, found, scratch, path, told)
    except (OSError, sqlite3.Error) as problem:
        raise BadExport("export.not-written", problem=getattr(problem, "strerror", None) or problem) from problem
    return told


def _writer(kind: str, options: Options) -> _Writer:
    writers: dict[str, _Writer] = {
        "csv": partial(write_csv, for_spreadsheets=options.for_spreadsheets),
        "xlsx": write_xlsx,
        "spss": partial(write_spss, language=options.language),
        "geopackage": write_geopackage,
        "geoparquet": write_geoparquet,
    }
    return writers[kind]
