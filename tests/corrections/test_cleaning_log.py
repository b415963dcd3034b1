"""Cleaning logs become ledgers: every row is a line or is listed, and the real one rebuilds its clean file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest
from drawn_rows import raw_of

from datashift.corrections import (
    Change,
    Compared,
    Imported,
    Ledger,
    Note,
    Open,
    Remove,
    Replayed,
    compare,
    create,
    replay,
    take_log,
)  # fmt: skip
from datashift.errors import BadCorrection
from datashift.model import Raw
from datashift.read import read

LOG = """
uuid | question | issue   | old_value | new_value | change_type     | reason  | date       | comment of the officer
a    | litres   | outlier | 24        | 4         | change_response | mistake | 06/07/2021 | asked again
a    | litres   | outlier | 4         | –         | blank_response  | –       | 31/07/2021 | –
b    | –        | short   | –         | –         | remove_survey   | –       | –          | –
c    | litres   | outlier | 70000     | –         | no_action       | –       | –          | correct
d    | sources.tap | –    | 0         | 1         | change_response | –       | –          | –
d    | Village  | –       | –         | Ifakara   | change_response | –       | –          | –
"""


def taken(log: str, wells: Raw, **facts: object) -> Imported:
    return take_log(raw_of(log), wells, "id", who="data officer", **facts)  # type: ignore[arg-type]


def test_every_row_becomes_a_line_with_all_that_it_says(wells: Raw) -> None:
    told = taken(LOG, wells)
    assert told.not_understood == ()
    assert [type(entry) for entry in told.entries] == [Change, Change, Remove, Note, Change, Change]
    one = told.entries[0]
    assert isinstance(one, Change)
    assert (one.row, one.column, one.old, one.new, one.why) == ("a", "litres", "24", "4", "mistake")
    assert one.dated == "2021-07-06"
    assert one.details == {
        "issue": "outlier",
        "change_type": "change_response",
        "comment of the officer": "asked again",
    }
    assert one.log is not None
    assert one.log.row == 2


def test_the_log_does_its_work_on_the_rows(wells: Raw, path: Path) -> None:
    told = taken(LOG, wells)
    done = replay(wells, create(path, told.first, told.entries))
    assert done.table["litres"].to_pylist() == ["", "70000", "12"]
    assert done.table["village"].to_pylist() == ["Kidato", "Ifakara", "Ifakara"]
    assert done.conflicts == ()


def test_truth_values_are_written_as_the_column_writes_them(wells: Raw) -> None:
    entry = taken(LOG, wells).entries[4]
    assert isinstance(entry, Change)
    assert (entry.new, entry.details["new_value"]) == ("True", "1")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("–  | litres | – | 24 | 4 | change_response | – | – | –", "no-key"),
        ("a  | litres | – | 24 | 4 | burn it         | – | – | –", "no-action"),
        ("a  | litres | – | 24 | – | change_response | – | – | –", "no-new-value"),
        ("a  | –      | – | 24 | 4 | change_response | – | – | –", "no-question"),
        ("a  | liters | – | 24 | 4 | change_response | – | – | –", "no-column"),
    ],
)
def test_rows_that_are_not_understood_are_listed_with_the_reason(wells: Raw, row: str, code: str) -> None:
    told = taken(LOG.strip() + "\n" + row, wells)
    assert [(one.row, one.code) for one in told.not_understood] == [(8, code)]
    assert told.not_understood[0].text()
    assert len(told.entries) + len(told.not_understood) == told.rows == 7


def test_further_words_and_columns_are_stated(wells: Raw) -> None:
    log = "who is it | what | now | verdict\na | litres | 4 | Do Change"
    with pytest.raises(BadCorrection) as told:
        taken(log, wells)
    assert told.value.code == "correction.log-column"
    stated = {"key": "who is it", "question": "what", "new": "now", "action": "verdict"}
    imported = taken(log, wells, stated=stated, actions={"do change": "change"})
    assert [entry.kind for entry in imported.entries] == ["change"]


def test_a_log_without_actions_changes_where_it_has_a_new_value(wells: Raw) -> None:
    told = taken("uuid | question | new_value\na | litres | 4\nb | litres | –", wells)
    assert [entry.kind for entry in told.entries] == ["change", "note"]


@pytest.mark.parametrize(
    ("days", "dated"),
    [
        (("06/07/2021", "31/07/2021"), ["2021-07-06", "2021-07-31"]),
        (("06/07/2021", "07/31/2021"), ["2021-06-07", "2021-07-31"]),
        (("06/07/2021", "07/08/2021"), ["06/07/2021", "07/08/2021"]),
        (("2021-07-06", "soon"), ["2021-07-06", "soon"]),
        (("31/02/2021", "1/2/2021"), ["31/02/2021", "2021-02-01"]),
    ],
)
def test_days_are_read_only_where_the_column_tells_their_order(
    wells: Raw, days: tuple[str, str], dated: list[str]
) -> None:
    told = taken("uuid|question|new_value|date\n" + "\n".join(f"a|litres|4|{day}" for day in days), wells)
    assert [entry.dated for entry in told.entries] == dated


# --- differences ----------------------------------------------------------------------------------------------------


def test_each_kind_of_difference_has_its_name(wells: Raw) -> None:
    clean = raw_of(
        """
        id | village | litres | sources  | sources.tap | sources.well | region
        a  | KIDATO  | 24.0   | tap well | 1           | 1            | x
        b  | –       | 19     | tap well | True        | True         | x
        c  | Ifakara | 70000  | tap      | True        | False        | y
        e  | Ifakara | 1      | –        | –           | –            | y
        """
    )
    told = compare(wells.table, clean, "id")
    assert told.by_kind() == {
        "value": 2, "emptied": 1, "filled": 1, "follows": 3, "number": 1, "truth": 1, "case": 1,
        "row-gone": 1, "row-new": 1, "column-gone": 1, "column-new": 1,
    }  # fmt: skip
    assert (told.rows, told.columns, told.cells, told.agreeing) == (3, 5, 15, 5)
    assert all(difference.text() for difference in told.differences)


def test_a_removed_row_that_the_clean_file_keeps_is_told_apart(wells: Raw, path: Path) -> None:
    done = replay(wells, create(path, Open(who="r", key="id"), [Remove(who="r", row="a")]))
    assert compare(done, wells, "id").by_kind() == {"row-kept": 1}


def test_keys_that_repeat_cannot_be_compared(wells: Raw) -> None:
    told = compare(wells.table, Raw(pa.concat_tables([wells.table, wells.table.slice(0, 1)]), wells.origin), "id")
    assert (told.by_kind(), told.rows) == ({"repeated-key": 1}, 3)


# --- the real survey ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reach(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Raw, Raw, Imported, Ledger, Replayed]:
    folder = shared / "cgd" / "irq_reach_kobo"
    raw, log, clean = (read(folder / f"{name}.csv.gz") for name in ("raw_data", "cleaning_log", "clean_data"))
    told = take_log(log, raw, "X_uuid", who="data officer")
    ledger = create(tmp_path_factory.mktemp("reach") / "corrections.jsonl", told.first, told.entries)
    return raw, clean, told, ledger, replay(raw, ledger)


@pytest.mark.shared
def test_the_real_log_is_understood_to_the_last_row(
    reach: tuple[Raw, Raw, Imported, Ledger, Replayed],
) -> None:
    _raw, _clean, told, ledger, _done = reach
    assert Counter(entry.kind for entry in told.entries) == {"change": 51, "remove": 55, "note": 620}
    assert (told.not_understood, told.rows) == ((), 726)
    assert len(ledger.open.multiple) == 19


@pytest.mark.shared
def test_the_ledger_rebuilds_the_real_clean_file_from_raw_and_log(
    reach: tuple[Raw, Raw, Imported, Ledger, Replayed],
) -> None:
    raw, clean, _told, _ledger, done = reach
    assert (raw.table.num_rows, done.table.num_rows, len(done.removed)) == (632, 578, 54)
    assert (len(done.applied), len(done.already), len(done.conflicts)) == (103, 3, 0)
    found: Compared = compare(done, clean, "X_uuid")
    assert (found.rows, found.columns, found.cells, found.agreeing) == (578, 347, 200_566, 199_759)
    # No cell has another value: what is left is how numbers and truth values are written, and two added columns.
    assert found.by_kind() == {"number": 799, "truth": 8, "column-new": 2}
    columns = Counter(difference.column for difference in found.differences)
    assert columns == {
        "tot_expenses": 577, "connection_fees_amount": 222, "spend_tap": 8,
        "water_sector": 1, "socio_eco_division": 1,
    }  # fmt: skip


@pytest.mark.shared
def test_the_real_log_leaves_four_answers_that_disagree_with_their_question(
    reach: tuple[Raw, Raw, Imported, Ledger, Replayed],
) -> None:
    assert {name for _row, name in reach[4].loose} == {
        "water_sources.borehole", "treat_drink_water_how.filter", "treat_drink_water_how.expose_sunlight",
    }  # fmt: skip
    assert len(reach[4].loose) == 4


@pytest.mark.shared
def test_a_real_correction_that_is_left_out_shows_as_a_difference(
    reach: tuple[Raw, Raw, Imported, Ledger, Replayed], path: Path
) -> None:
    raw, clean, told, _ledger, _done = reach
    fewer = [e for e in told.entries if not (isinstance(e, Change) and e.column == "return_date")]
    found = compare(replay(raw, create(path, told.first, fewer)), clean, "X_uuid").by_kind()
    assert found["value"] + found["emptied"] == sum(
        isinstance(entry, Change) and entry.column == "return_date" for entry in told.entries
    )
