"""Pulls from ODK Central; the answers are written after its documentation of OData (data document, filter, expand)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from made_up_network import Central, Network, answer

from datashift.errors import BadPull, PullUnavailable
from datashift.pull import Source, fetch, merge

TOKEN = "session-0123456789"


def source(**stated: Any) -> Source:
    told = {
        "kind": "odk-central",
        "address": "https://odk.example/",
        "project": "7",
        "form": "well check",
        "token": TOKEN,
    }
    return Source(**(told | stated))


def submission(number: int, updated: str | None = None, **answers: Any) -> dict[str, Any]:
    """A submission as OData gives it with `$expand=*`; invented."""
    children = [
        {"__id": f"child-{number}-{n}", "name": f"N{n}", "__Submissions-id": f"uuid:{number:03}"} for n in (1, 2)
    ]
    return {
        "__id": f"uuid:{number:03}",
        "__system": {"submissionDate": f"2026-02-{number:02}T08:00:00.000Z", "updatedAt": updated, "edits": 0},
        "meta": {"instanceID": f"uuid:{number:03}"}, "age": 25, "where": "POINT (36.8 -1.2 0)",
        "children": {"child": children, "child@odata.navigationLink": "Submissions('x')/children/child"},
    } | answers  # fmt: skip


def test_groups_become_columns_and_repeats_sheets_with_the_ids_of_central() -> None:
    pulled = fetch(source(), None, Network(Central([submission(3)])))
    [row] = merge(None, pulled).to_pylist()
    assert (row["_row_id"], row["age"], row["where"]) == ("uuid:003", "25", "POINT (36.8 -1.2 0)")
    assert not any("odata" in name for name in row)
    children = merge(None, pulled, "children/child").to_pylist()
    assert [(one["_row_id"], one["_parent_id"], one["_root_id"], one["name"]) for one in children] == [
        ("child-3-1", "uuid:003", "uuid:003", "N1"), ("child-3-2", "uuid:003", "uuid:003", "N2"),
    ]  # fmt: skip


@pytest.mark.parametrize("old", [False, True], ids=["skiptoken", "skip"])
def test_all_pages_are_read_and_the_link_never_leads_to_another_host(old: bool) -> None:
    network = Network(Central([submission(n) for n in range(1, 24)], most=5, old=old))
    pulled = fetch(source(), None, network)
    assert pulled.complete
    assert merge(None, pulled).num_rows == 23
    assert {address.split("/v1")[0] for address, _headers in network.asked} == {"https://odk.example"}


def test_the_second_pull_asks_for_what_changed_and_takes_over_edits() -> None:
    server = Central([submission(n) for n in range(1, 8)])
    first = fetch(source(), None, Network(server))
    assert first.state.since == "2026-03-02T09:50:00.000Z"
    server.records[2] = submission(3, updated="2026-03-02T11:00:00.000Z", age=30)
    server.records.append(
        submission(9) | {"__system": {"submissionDate": "2026-03-02T12:00:00.000Z", "updatedAt": None}}
    )
    network = Network(server)
    second = fetch(source(), first.state, network)
    assert second.counts == (1, 1, 0, 0)
    assert "__system%2FupdatedAt+ge+2026-03-02T09%3A50%3A00.000Z" in network.asked[0][0]
    table = merge(merge(None, first), second)
    assert dict(zip(table["_row_id"].to_pylist(), table["age"].to_pylist(), strict=True))["uuid:003"] == "30"
    assert merge(table, second).equals(table)


def test_a_deletion_shows_in_the_count_and_everything_is_read_again() -> None:
    server = Central([submission(n) for n in range(1, 8)])
    first = fetch(source(), None, Network(server))
    del server.records[4]
    second = fetch(source(), first.state, Network(server))
    assert second.gone == ("uuid:005",)
    assert second.counts == (0, 0, 1, 6)
    assert merge(merge(None, first), second).num_rows == 6


def test_a_sweep_that_broke_off_goes_on_and_forgets_a_mark_that_is_not_known_any_more() -> None:
    server = Central([submission(n) for n in range(1, 24)], most=5)
    whole = merge(None, fetch(source(), None, Network(server)))
    first = fetch(source(), None, Network(server, [None, None, *[500] * 5]))
    assert (first.complete, first.counts.new) == (False, 10)
    second = fetch(source(), first.state, Network(server))
    assert merge(merge(None, first), second).equals(whole)
    anew = fetch(source(), first.state, Network(server, [400]))
    assert anew.complete
    assert merge(merge(None, first), anew).equals(whole)


def test_pages_by_number_that_moved_are_not_taken_for_the_whole() -> None:
    server = Central([submission(n) for n in range(1, 12)], most=4, old=True)

    def moving(address: str, asked: Any, headers: Any) -> Any:
        given = server(address, asked, headers)
        server.records = [one for one in server.records if one["__id"] != "uuid:011"]
        return given

    first = fetch(source(), None, Network(moving))
    assert isinstance(first.problem, PullUnavailable)
    second = fetch(source(), first.state, Network(server))
    table = merge(merge(None, first), second)
    assert table["_row_id"].to_pylist() == [f"uuid:{n:03}" for n in range(1, 11)]


def test_fewer_rows_than_the_source_speaks_of_are_noticed() -> None:
    body = {"@odata.count": 9, "value": [submission(1)]}
    pulled = fetch(source(), None, Network(lambda *_asked: answer(body)))
    assert pulled.problem is not None
    assert pulled.problem.code == "pull.rows-missing"


def test_links_that_run_in_a_circle_end() -> None:
    link = "https://odk.example/v1?%24skiptoken=round"
    body = {"@odata.count": 9, "value": [submission(1)], "@odata.nextLink": link}
    pulled = fetch(source(), None, Network(lambda *_asked: answer(body)))
    assert pulled.problem is not None
    assert pulled.problem.code == "pull.no-progress"


@pytest.mark.parametrize(("token", "header"), [
    (TOKEN, f"Bearer {TOKEN}"),
    ("desk@example.org:pass", "Basic " + base64.b64encode(b"desk@example.org:pass").decode()),
])  # fmt: skip
def test_a_session_or_a_web_user_signs_in(token: str, header: str) -> None:
    network = Network(Central([submission(1)]))
    fetch(source(token=token), None, network)
    assert network.asked[0][1]["Authorization"] == header


def test_a_closed_form_is_said_without_the_token() -> None:
    with pytest.raises(BadPull, match="does not let us in") as caught:
        fetch(source(), None, Network(Central([]), [403]))
    assert TOKEN not in str(caught.value)
