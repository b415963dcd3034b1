"""A form with everything an export must carry, and readers that are not ours."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datashift.export.layout import Batches, Choice, Column, Layout, Options, Sheet, Submission, Written
from datashift.export.writing import write

META = ("_id", "_uuid", "_state")
SOURCES = (Choice("tap", {"en": "Tap", "ne": "धारा"}), Choice("well", {"en": "Well", "ne": "इनार"}))
SEXES = (Choice("1", {"en": "Female"}), Choice("2", {"en": "Male"}), Choice("-99", {"en": "Not said"}))


@pytest.fixture
def household() -> Layout:
    """Household, members in it, visits of each member: three sheets."""
    main = (
        Column("person/name", "string", {"en": "Name", "ne": "नाम"}),
        Column("age", "int", {"en": "Age"}),
        Column("income", "decimal"),
        Column("day", "date"),
        Column("water", "string", {"en": "Water from", "ne": "पानी"}, SOURCES, multiple=True),
        Column("place", "geopoint"),
        Column("way", "geotrace"),
        Column("field", "geoshape"),
    )
    members = (Column("members/sex", "string", {"en": "Sex"}, SEXES, missing=("-99",)), Column("members/age", "int"))
    visits = (Column("members/visits/why"),)
    return Layout(
        (
            Sheet("Household", main),
            Sheet("Members", members, "members"),
            Sheet("Visits", visits, "members/visits", "members"),
        ),
        META,
    )


@pytest.fixture
def sent() -> Callable[..., Submission]:
    """A submission with these answers."""

    def made(number: int = 1, state: str = "accepted", **answers: Any) -> Submission:
        named = {name.replace("__", "/"): value for name, value in answers.items()}
        return Submission((str(number), f"u{number}", state), json.dumps(named))

    return made


@pytest.fixture
def family(sent: Callable[..., Submission]) -> list[Submission]:
    """Two households: one with two members, of whom the first has two visits; one with a single answer."""
    visits = [{"members/visits/why": "fever"}, {"members/visits/why": "check"}]
    members = [
        {"members/sex": "1", "members/age": "30", "members/visits": visits},
        {"members/sex": "-99", "members/visits": []},
    ]
    full = sent(
        7, person__name="सीता", age="34", income="12.5", day="2026-02-28", water="tap well", members=members,
        place="27.7 85.3 1400 5", way="27.7 85.3 0 0; 27.8 85.4 0 0", field="0 0 0 0;0 1 0 0;1 1 0 0;0 0 0 0",
    )  # fmt: skip
    return [full, sent(8, "rejected", person__name="Ram")]


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., tuple[Path, Written]]:
    """Write, and return where, and what was told."""

    def made(kind: str, layout: Layout, batches: Batches, **options: Any) -> tuple[Path, Written]:
        path = tmp_path / {"xlsx": "out.xlsx", "geopackage": "out.gpkg"}.get(kind, "out")
        return path, write(kind, layout, batches, path, Options(**options))

    return made


@pytest.fixture(scope="session")
def table() -> Callable[[Path], list[list[str]]]:
    """All rows of a CSV file, header first, as the standard library reads them."""

    def read(path: Path) -> list[list[str]]:
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.reader(stream))

    return read
