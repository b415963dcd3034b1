"""What every official figure looks like in the store, whatever file it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow as pa

FIGURES = pa.schema(
    [
        ("indicator", pa.string()), ("series", pa.string()), ("area", pa.string()), ("area_code", pa.string()),
        ("area_name", pa.string()), ("period", pa.string()), ("year", pa.int32()), ("value", pa.float64()),
        ("value_text", pa.string()), ("unit", pa.string()), ("unit_mult", pa.string()), ("nature", pa.string()),
        ("status", pa.string()), ("se", pa.float64()), ("lower", pa.float64()), ("upper", pa.float64()),
        ("source_detail", pa.string()), ("footnote", pa.string()), ("breakdown", pa.string()), ("row", pa.int64()),
        ("attributes", pa.string()),
    ]
)  # fmt: skip
"""The columns that a snapshot keeps."""

OFFICIAL = pa.schema([("source", pa.string()), ("snapshot", pa.string()), ("released", pa.string()), *FIGURES])
"""The columns that a reader gets: those of the snapshot, and which snapshot it is."""


@dataclass(frozen=True)
class Setting:
    """What is known about a file besides its bytes; "" and None = not stated.

    area: our id of the place that figures without a place code are about.   as_of: the day whose areas place names
    mean, else the middle of the year of each figure.   whole: the last row is whole although it has no line end.
    """

    home: Path
    indicator: str = ""
    area: str = ""
    as_of: date | None = None
    whole: bool = False


@dataclass(frozen=True)
class Cells:
    """What a layout found in a file, still as text.

    columns: dictionary arrays of equal length by role: indicator, series, area (our id), area_code, area_name, period,
    value, unit, unit_mult, nature, status, se, lower, upper, source_detail, footnote; a role that is missing is empty
    everywhere.   rows: where each figure stood, 1 = first row of the file.   breakdowns: by concept, codes as ours.
    attributes: what else stands beside a figure.   titles: series -> what the source calls it.   released: the date
    that the file states.   source: who made it.   kind: which table of the source it is, where there are several.
    """

    columns: Mapping[str, pa.Array]
    rows: pa.Array
    breakdowns: Mapping[str, pa.Array]
    attributes: Mapping[str, pa.Array] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    released: str = ""
    source: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Snapshot:
    """One version of an official data set in the store.

    id: <source>/<folder>.   kind: which table of the source it is, where there are several.   part: what the file is
    limited to, such as SI_POV_DAY1 or KE. Two snapshots of the same source, kind and part are versions of the same
    data.   released, retrieved: as stated, "" where not known.   imported:
    when it was taken in.   observations, not_numbers: rows, and how many of them carry a text instead of a number.
    series, areas: how many.   years: first and last.   file: the original, unchanged.
    """

    id: str
    source: str
    kind: str
    part: str
    released: str
    retrieved: str
    imported: str
    file: Path
    sha256: str
    size: int
    layout: str
    observations: int
    not_numbers: int
    series: int
    areas: int
    years: tuple[int, int]
    titles: Mapping[str, str]
    figures_sha256: str

    @property
    def dated(self) -> str:
        """The date to show: of the release, else of the download, else of the import."""
        return self.released or self.retrieved or self.imported[:10]

    @property
    def figures(self) -> Path:
        """Where its figures lie as Parquet."""
        return self.file.parent / "observations.parquet"
