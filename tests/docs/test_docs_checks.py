"""The page of the checks lists every check of the catalogue by its id, name and null, and no other."""

from __future__ import annotations

from typing import get_args

from pages import DOCS, rows

from datashift.assess.catalogue import CHECKS
from datashift.assess.checks import Null

JOINT = "K25"
"""It puts together what the others say about one interview, so it is no check of its own."""
LISTED = {row[0]: row for row in rows((DOCS / "reference" / "checks.md").read_text("utf-8")) if len(row) == 7}


def test_every_check_stands_there_by_its_id_name_and_null() -> None:
    said = {id_: (row[1], row[4]) for id_, row in LISTED.items() if id_ != JOINT}
    assert said == {check.id: (check.name, check.null) for check in CHECKS}
    assert sorted(LISTED, key=lambda id_: int(id_[1:])) == [f"K{n}" for n in range(1, 35)]


def test_every_row_says_what_it_looks_for_what_it_expects_what_it_needs_and_where_it_is_from() -> None:
    assert [id_ for id_, row in LISTED.items() if not all(row)] == []
    explained = {row[0] for row in rows((DOCS / "reference" / "checks.md").read_text("utf-8")) if len(row) == 2}
    assert {check.null for check in CHECKS} <= explained <= set(get_args(Null))
