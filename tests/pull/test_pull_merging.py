"""Whatever breaks off, whatever changes meanwhile: after a complete pull the table is what the source holds."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_network import Central, Kobo, Network, kobo_submission
from test_pull_central import source as central
from test_pull_central import submission as central_submission
from test_pull_kobo import source as kobo

from datashift.errors import BadPull, DataShiftError
from datashift.pull import Pulled, State, fetch, merge, read_state

FAULTS = st.lists(st.sampled_from([None, None, 500, 503, TimeoutError(), "half"]), max_size=14)


def said(table: pa.Table) -> list[dict[str, Any]]:
    """Rows without empty cells: which columns there are depends on what was there once."""
    return [{name: cell for name, cell in row.items() if cell is not None} for row in table.to_pylist()]


class Job:
    """What a scheduled job does: pull, merge, keep the tables, then the state. It may end before that."""

    def __init__(self, of: Any, server: Any) -> None:
        self.of, self.server = of, server
        self.state, self.tables = State(), {"rows": None}

    def go(self, faults: list[Any], *, ended: bool = False) -> Pulled | None:
        try:
            pulled = fetch(self.of, self.state, Network(self.server, list(faults)))
        except DataShiftError:
            return None
        for sheet in dict.fromkeys([*self.tables, *pulled.sheets]):
            self.tables[sheet] = merge(self.tables.get(sheet), pulled, sheet, accept_fewer=True)
        if not ended:
            self.state = read_state(pulled.state.as_json(), "state.json")
        return pulled


STEPS = st.lists(
    st.tuples(FAULTS, st.booleans(), st.sampled_from(["nothing", "add", "edit", "delete"]), st.integers(0, 30)),
    max_size=6,
)


def changed(records: list[dict[str, Any]], what: str, which: int, make: Any, step: int) -> list[dict[str, Any]]:
    if what == "add":
        return [*records, make(40 + 31 * step + which)]
    place = which % max(len(records), 1)
    if what == "delete":
        return records[:place] + records[place + 1 :]
    if what == "edit" and records:
        return [*records[:place], records[place] | {"note": str(which)}, *records[place + 1 :]]
    return records


@settings(max_examples=30)
@given(STEPS)
def test_any_interleaving_of_pages_faults_and_changes_ends_in_what_kobo_holds(steps: Any) -> None:
    server = Kobo([kobo_submission(n) for n in range(1, 12)], most=3)
    job = Job(kobo(), server)
    for step, (faults, ended, what, which) in enumerate(steps):
        job.go(faults, ended=ended)
        server.records = changed(server.records, what, which, kobo_submission, step)
    # The sweep that broke off ends, and one more sees what changed behind its back.
    job.go([])
    last = job.go([])
    fresh = fetch(kobo(), None, Network(server))
    assert last is not None
    for sheet in ("rows", "people", "people/visits"):
        assert said(job.tables[sheet]) == said(merge(None, fresh, sheet))
    assert dict(job.state.rows) == dict(fresh.state.rows)
    again = job.go([])
    assert again is not None
    assert again.counts == (0, 0, 0, len(server.records))


@settings(max_examples=30)
@given(STEPS, st.booleans(), st.booleans())
def test_any_interleaving_ends_in_what_central_holds(steps: Any, old: bool, strict: bool) -> None:
    server = Central([central_submission(n) for n in range(1, 12)], most=3, old=old)
    server.strict = strict
    job = Job(central(), server)
    later = "2026-03-02T10:00:01.000Z"

    def make(number: int) -> dict[str, Any]:
        return central_submission(number) | {"__system": {"submissionDate": later + str(number), "updatedAt": None}}

    for step, (faults, ended, what, which) in enumerate(steps):
        job.go(faults, ended=ended)
        records = changed(server.records, what, which, make, step)
        edited = {"submissionDate": "2026-02-01T00:00:00.000Z", "updatedAt": later}
        server.records = [one | ({"__system": edited} if "note" in one else {}) for one in records]
    job.go([])
    last = job.go([])
    fresh = fetch(central(), None, Network(server))
    assert last is not None
    for sheet in ("rows", "children/child"):
        assert said(job.tables[sheet]) == said(merge(None, fresh, sheet))


@given(st.lists(st.tuples(st.integers(0, 9), st.text("ab", max_size=2)), max_size=12))
def test_merging_is_idempotent(rows: list[tuple[int, str]]) -> None:
    first = pa.table({"_row_id": ["1", "20", "3"], "v": ["x", None, "z"]})
    new = {str(number): text for number, text in rows}
    table = pa.table({"_row_id": pa.array(new, pa.string()), "w": pa.array(new.values(), pa.string())})
    pulled = Pulled({"rows": table}, State(), (0, 0, 0, 0), gone=("3",))  # type: ignore[arg-type]
    once = merge(first, pulled)
    assert merge(once, pulled).equals(once)
    assert set(once["_row_id"].to_pylist()) == {"1", "20", *new} | ({"3"} & set(new))


def test_a_pull_that_would_leave_much_less_is_asked_about_first() -> None:
    before = pa.table({"_row_id": [str(n) for n in range(100)]})
    gone = tuple(str(n) for n in range(11))
    pulled = Pulled({}, State(), (0, 0, 11, 0), gone=gone)  # type: ignore[arg-type]
    with pytest.raises(BadPull) as caught:
        merge(before, pulled)
    assert caught.value.facts == {"before": 100, "after": 89}
    assert merge(before, pulled, accept_fewer=True).num_rows == 89


def test_a_table_that_is_from_no_pull_is_not_overwritten() -> None:
    pulled = Pulled({}, State(), (0, 0, 1, 0), gone=("1",))  # type: ignore[arg-type]
    with pytest.raises(BadPull, match="not from a pull"):
        merge(pa.table({"a": ["1"]}), pulled)
