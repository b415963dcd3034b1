"""Pulls from KoBo; the answers are written after the documentation of its API (data endpoint, page limits)."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest
from made_up_network import Kobo, Network, answer
from made_up_network import kobo_submission as submission

from datashift.errors import BadPull, DataShiftError, PullUnavailable
from datashift.pull import ROOT_ID, Pulled, Source, State, fetch, merge, read_state

TOKEN = "kobo-secret-0123456789"


def source(**stated: Any) -> Source:
    return Source(**({"kind": "kobo", "address": "https://kf.example", "form": "aXyz", "token": TOKEN} | stated))


def pulls(network: Network, times: int = 1, of: Source | None = None) -> tuple[list[Pulled], pa.Table]:
    """Pull, merge and keep the state (through its JSON), as a scheduled job does."""
    state, table, done = State(), None, []
    for _time in range(times):
        pulled = fetch(of or source(), state, network)
        table = merge(table, pulled)
        state = read_state(pulled.state.as_json(), "state.json")
        done.append(pulled)
    assert table is not None
    return done, table


def test_a_submission_becomes_a_row_and_its_repeats_rows_of_their_own() -> None:
    [pulled], table = pulls(Network(Kobo([submission(41)])))
    [row] = table.to_pylist()
    assert row["_row_id"] == "41"
    assert row["place/liters"] == "12.5"
    assert row["_geolocation"] == "[-1.5, 36.75]"
    assert row["_validation_status/uid"] == "approved"
    assert row["_tags"] is None
    assert set(pulled.sheets) == {"rows", "people", "people/visits"}
    people = pulled.sheets["people"].to_pylist()
    assert [(one["_row_id"], one["_parent_id"], one["people/name"]) for one in people] == [
        ("41/people[1]", "41", "A"), ("41/people[2]", "41", "B"),
    ]  # fmt: skip
    [visit] = pulled.sheets["people/visits"].to_pylist()
    assert (visit["_parent_id"], visit[ROOT_ID], visit["people/visits/day"]) == ("41/people[1]", "41", "1")
    assert all(str(kind) == "string" for sheet in pulled.sheets.values() for kind in sheet.schema.types)


def test_pages_smaller_than_asked_for_lose_nothing() -> None:
    network = Network(Kobo([submission(n) for n in range(1, 24)], most=5))
    [pulled], table = pulls(network)
    assert (table.num_rows, pulled.counts.new, len(network.asked)) == (23, 23, 5)
    assert table["_row_id"].to_pylist() == [str(n) for n in range(1, 24)]


def test_the_same_pull_twice_changes_nothing() -> None:
    server = Kobo([submission(n) for n in range(1, 8)])
    [first, second], table = pulls(Network(server), 2)
    assert (second.counts.new, second.counts.changed, second.counts.gone, second.counts.same) == (0, 0, 0, 7)
    assert merge(merge(None, first), second).equals(merge(None, first))
    assert table.num_rows == 7


def test_an_edited_submission_replaces_its_former_self_and_is_counted() -> None:
    server = Kobo([submission(n) for n in range(1, 4)])
    first = fetch(source(), None, Network(server))
    edited = submission(2, **{"place/works": "no", "meta/instanceID": "uuid:other", "people": [{"people/name": "C"}]})
    server.records = [server.records[0], edited, submission(9)]
    second = fetch(source(), first.state, Network(server))
    assert second.counts == (1, 1, 1, 1)
    assert second.gone == ("3",)
    rows, people = merge(None, first), merge(None, first, "people")
    rows, people = merge(rows, second), merge(people, second, "people")
    assert [(row["_row_id"], row["place/works"]) for row in rows.to_pylist()] == [
        ("1", "yes"),
        ("2", "no"),
        ("9", "yes"),
    ]
    assert [one["people/name"] for one in people.to_pylist()] == ["A", "B", "C", "A", "B"]


def test_a_repeat_that_was_emptied_by_an_edit_is_empty_afterwards() -> None:
    server = Kobo([submission(1)])
    first = fetch(source(), None, Network(server))
    server.records = [submission(1, people=[])]
    second = fetch(source(), first.state, Network(server))
    assert merge(merge(None, first, "people"), second, "people").num_rows == 0
    assert second.counts.changed == 1


def test_only_new_submissions_are_asked_for_where_that_is_wanted() -> None:
    server = Kobo([submission(n) for n in range(1, 6)])
    first = fetch(source(only_new=True), None, Network(server))
    server.records.append(submission(6))
    network = Network(server)
    second = fetch(source(only_new=True), first.state, network)
    assert second.counts == (1, 0, 0, 0)
    assert len(network.asked) == 1
    assert "%22%24gt%22%3A+5" in network.asked[0][0]
    assert merge(merge(None, first), second).num_rows == 6


@pytest.mark.parametrize("fault", [TimeoutError(), ConnectionError(), 500, 503, 429, "half"], ids=str)
def test_a_fault_in_the_middle_is_overcome_or_resumed_without_loss(fault: Any) -> None:
    server = Kobo([submission(n) for n in range(1, 24)], most=5)
    network = Network(server, [None, None, *[fault] * 5])
    first = fetch(source(), None, network)
    assert not first.complete
    assert isinstance(first.problem, PullUnavailable)
    assert first.counts.new == 10
    second = fetch(source(), read_state(first.state.as_json(), "s"), Network(server))
    assert second.complete
    table = merge(merge(None, first), second)
    assert table.equals(merge(None, fetch(source(), None, Network(server))).select(table.column_names))
    assert second.counts.gone == 0


def test_one_fault_is_overcome_with_patience(naps: list[float]) -> None:
    busy = answer({}, 429, retry_after="7")
    network = Network(Kobo([submission(1)]), [busy, TimeoutError(), 502])
    assert fetch(source(), None, network).counts.new == 1
    assert naps == [7.0, 2.0, 4.0]


def test_who_asks_us_to_wait_for_an_hour_is_left_alone(naps: list[float]) -> None:
    network = Network(Kobo([submission(1)]), [answer({}, 503, retry_after="3600")])
    with pytest.raises(PullUnavailable, match="503"):
        fetch(source(), None, network)
    assert naps == []


def test_a_server_that_repeats_its_page_is_noticed() -> None:
    page = {"count": 9, "results": [submission(1), submission(2)]}
    pulled = fetch(source(), None, Network(lambda *_asked: answer(page)))
    assert isinstance(pulled.problem, PullUnavailable)
    assert pulled.problem.code == "pull.no-progress"
    assert merge(None, pulled).num_rows == 2


def test_submissions_that_come_or_go_between_two_pages_shift_no_other() -> None:
    server = Kobo([submission(n) for n in range(1, 11)], most=4)

    def moving(address: str, asked: Any, headers: Any) -> Any:
        given = server(address, asked, headers)
        server.records = [one for one in server.records if one["_id"] != 2] + [submission(100 + len(server.records))]
        return given

    pulled = fetch(source(), None, Network(moving))
    assert {str(n) for n in range(3, 11)} <= set(merge(None, pulled)["_row_id"].to_pylist())
    again = fetch(source(), pulled.state, Network(server))
    assert "2" not in merge(merge(None, pulled), again)["_row_id"].to_pylist()


def test_names_that_we_use_ourselves_do_no_harm() -> None:
    record = {
        "_id": 7,
        "_row_id": "other",
        "rows": [{"_parent_id": "x", "n": 1}],
        "empty": [],
        "deep": {"a": {"b": None}},
    }
    pulled = fetch(source(), None, Network(Kobo([record])))
    assert merge(None, pulled)["_row_id"].to_pylist() == ["7"]
    assert pulled.sheets["rows (2)"].to_pylist() == [
        {"_row_id": "7/rows[1]", "_parent_id": "7", "_root_id": "7", "n": "1"}
    ]


def test_a_server_that_counts_all_and_not_what_is_left_is_read_to_its_end() -> None:
    server = Kobo([submission(n) for n in range(1, 13)], most=5)

    def counting(address: str, asked: Any, headers: Any) -> Any:
        body = json.loads(b"".join(server(address, asked, headers).chunks))
        return answer(body | {"count": 12})

    pulled = fetch(source(), None, Network(counting))
    assert (pulled.complete, pulled.counts.new) == (True, 12)


REFUSED = [
    (answer({"count": 2, "results": [{"_id": 2}, {"_id": 1}]}), "pull.not-data"),
    (answer({"detail": "Invalid token."}, 401), "pull.not-allowed"),
    (answer({}, 404), "pull.not-found"),
    (answer({}, 400), "pull.refused"),
    (answer(b"<!DOCTYPE html><html>Sign in</html>"), "pull.web-page"),
    (answer({"detail": "nothing"}), "pull.not-data"),
    (answer(b"hello"), "pull.not-data"),
    (answer({"count": 1, "results": ["x"]}), "pull.not-data"),
    (answer({"count": 1, "results": [{"a": 1}]}), "pull.no-id"),
    (answer({"count": 1, "results": [{"_id": "x"}]}), "pull.no-id"),
    (answer(b'{"count": 3, "results": [{"_id'), "pull.cut-off"),
    (answer({"count": 3, "results": []}), "pull.rows-missing"),
    (answer({}, 302, location="https://other.example/"), "pull.elsewhere"),
]


@pytest.mark.parametrize(("given", "code"), REFUSED, ids=[f"{n}-{code}" for n, (_a, code) in enumerate(REFUSED)])
def test_what_is_no_data_is_said_without_the_token(given: Any, code: str) -> None:
    body = b"".join(given.chunks)
    network = Network(lambda *_asked: given._replace(chunks=iter([body])))
    with pytest.raises(DataShiftError) as caught:
        fetch(source(), None, network)
    assert caught.value.code == code
    assert TOKEN not in str(caught.value) + repr(caught.value) + json.dumps(caught.value.as_dict())
    assert "query" not in str(caught.value)


def test_the_token_is_sent_and_stands_nowhere_else() -> None:
    of, network = source(), Network(Kobo([submission(1)]))
    pulled = fetch(of, None, network)
    assert network.asked[0][1]["Authorization"] == f"Token {TOKEN}"
    told = repr(of) + str(of) + of.model_dump_json() + pulled.state.as_json() + repr(pulled)
    assert TOKEN not in told
    assert all(TOKEN not in address for address, _headers in network.asked)


def test_a_state_of_another_source_is_not_used() -> None:
    pulled = fetch(source(), None, Network(Kobo([submission(1)])))
    with pytest.raises(BadPull, match="another source"):
        fetch(source(form="aOther"), pulled.state, Network(Kobo([])))
