"""Tables at an address: CSV, shared sheets, daily archives; the answers are written after their public descriptions."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from made_up_network import Network, answer

from datashift.errors import BadPull, PullUnavailable
from datashift.pull import Source, fetch, merge, read_state, sheet_address

SHEET = "1aBcDeFgHiJkLmNoPqRsTuVwXyZ012345"
CSV = Source(kind="csv", address="https://data.example/points.csv?key=geheim", key=("id",))


def given(text: str, tag: str = '"1"') -> Any:
    """A server with one file that knows If-None-Match."""

    def server(address: str, asked: Any, headers: Mapping[str, str]) -> Any:
        same = headers.get("If-None-Match") == tag
        return answer(b"", 304, etag=tag) if same else answer(text.encode(), etag=tag)

    return server


def test_a_file_that_has_not_changed_is_not_read_again() -> None:
    first = fetch(CSV, None, Network(given("id,v\n1,a\n2,b\n")))
    table = merge(None, first)
    assert table.to_pylist() == [{"_row_id": "1", "id": "1", "v": "a"}, {"_row_id": "2", "id": "2", "v": "b"}]
    second = fetch(CSV, read_state(first.state.as_json(), "s"), Network(given("id,v\n1,a\n2,b\n")))
    assert second.counts == (0, 0, 0, 2)
    assert second.sheets == {}
    assert merge(table, second) is table


def test_edited_added_and_deleted_rows_are_told_apart_by_the_key() -> None:
    first = fetch(CSV, None, Network(given("id,v\n1,a\n2,b\n3,c\n")))
    second = fetch(CSV, first.state, Network(given("id,v\n3,c\n2,B\n4,d\n", '"2"')))
    assert (second.counts, second.gone) == ((1, 1, 1, 1), ("1",))
    assert merge(merge(None, first), second)["v"].to_pylist() == ["c", "B", "d"]


def test_a_sheet_without_a_key_is_taken_as_a_whole_and_equal_rows_are_all_kept() -> None:
    of = Source(kind="sheet", address=f"https://docs.google.com/spreadsheets/d/{SHEET}/edit#gid=12")
    network = Network(given("place,n\nA,1\nA,1\nB,2\n"))
    first = fetch(of, None, network)
    assert network.asked[0][0] == f"https://docs.google.com/spreadsheets/d/{SHEET}/export?format=csv&gid=12"
    assert merge(None, first)["place"].to_pylist() == ["A", "A", "B"]
    second = fetch(of, first.state, Network(given("place,n\nA,1\nB,3\nA,1\n", '"2"')))
    assert second.counts == (1, 0, 1, 2)
    assert merge(merge(None, first), second)["n"].to_pylist() == ["1", "3", "1"]


@pytest.mark.parametrize(("address", "export"), [
    (f"https://docs.google.com/spreadsheets/d/{SHEET}/edit?gid=7#gid=9", "/export?format=csv&gid=7"),
    (f"https://docs.google.com/spreadsheets/d/{SHEET}/edit?usp=sharing", "/export?format=csv&gid=0"),
    (f"https://docs.google.com/spreadsheets/d/{SHEET}", "/export?format=csv&gid=0"),
    (f"https://docs.google.com/spreadsheets/d/e/{SHEET}/pubhtml?gid=3", "/pub?output=csv&single=true&gid=3"),
])  # fmt: skip
def test_the_address_of_a_sheet_becomes_that_of_its_table(address: str, export: str) -> None:
    assert sheet_address(address).endswith(export)
    assert sheet_address(sheet_address(address)).split("?")[0] == sheet_address(address).split("?")[0]


def test_other_addresses_stay_as_they_are() -> None:
    for address in ("https://data.example/a.csv", f"https://docs.google.com.evil.example/spreadsheets/d/{SHEET}/edit"):
        assert sheet_address(address) == address


def test_a_sheet_that_is_not_shared_gives_a_page_to_sign_in() -> None:
    of = Source(kind="sheet", address=f"https://docs.google.com/spreadsheets/d/{SHEET}/edit")
    moved = answer(b"", 307, location="https://accounts.google.com/signin?continue=secret")
    page = answer(b"\n<!doctype html><html>Sign in</html>")
    with pytest.raises(BadPull) as caught:
        fetch(of, None, Network(given(""), [moved, page]))
    assert caught.value.code == "pull.web-page"
    assert "secret" not in str(caught.value)


def test_a_redirect_is_followed_where_no_token_is_at_stake_and_refused_where_one_is() -> None:
    moved = answer(b"", 302, location="https://files.example/points.csv")
    network = Network(given("id,v\n1,a\n"), [moved])
    assert fetch(CSV, None, network).counts.new == 1
    assert network.asked[1][0] == "https://files.example/points.csv"
    signed = CSV.model_copy(update={"token": Source(kind="csv", address="https://a.example", token="tok-1").token})
    network = Network(given("id,v\n1,a\n"), [answer(b"", 302, location="https://files.example/points.csv")])
    with pytest.raises(BadPull) as caught:
        fetch(signed, None, network)
    assert caught.value.code == "pull.elsewhere"
    assert len(network.asked) == 1


@pytest.mark.parametrize(
    "location", ["http://files.example/a.csv", "file:///etc/passwd", "https://u:p@files.example/a"]
)
def test_a_redirect_cannot_lead_to_an_unsafe_address(location: str) -> None:
    with pytest.raises(BadPull) as caught:
        fetch(CSV, None, Network(given(""), [answer(b"", 302, location=location)]))
    assert caught.value.code in ("pull.address", "pull.password-in-address")


@pytest.mark.parametrize(
    "address", ["http://data.example/a.csv", "ftp://data.example/a.csv", "data.example", "https://"]
)
def test_an_address_has_to_be_encrypted(address: str) -> None:
    with pytest.raises(BadPull) as caught:
        fetch(Source(kind="csv", address=address), None, Network(given("a\n1\n")))
    assert caught.value.code == "pull.address"


def test_a_password_in_an_address_is_not_repeated() -> None:
    with pytest.raises(BadPull) as caught:
        fetch(Source(kind="csv", address="https://me:geheim@data.example/a.csv"), None, Network(given("a\n1\n")))
    assert caught.value.code == "pull.password-in-address"
    assert "geheim" not in str(caught.value)


def test_what_stands_behind_the_question_mark_is_never_shown() -> None:
    with pytest.raises(PullUnavailable) as caught:
        fetch(CSV, None, Network(given(""), [TimeoutError("https://data.example/?key=geheim")] * 5))
    assert "geheim" not in str(caught.value)
    assert "took too long" in str(caught.value)


def test_an_answer_that_is_shorter_than_it_said_is_asked_for_again() -> None:
    short = answer(b"id,v\n1,a\n", content_length="400")
    assert fetch(CSV, None, Network(given("id,v\n1,a\n2,b\n"), [short])).counts.new == 2
    with pytest.raises(PullUnavailable, match="broke off"):
        fetch(CSV, None, Network(lambda *_asked: answer(b"id\n1\n", content_length="400")))


def test_an_endless_answer_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datashift.pull.asking.MOST_BYTES", 1 << 20)
    with pytest.raises(BadPull) as caught:
        fetch(CSV, None, Network(lambda *_asked: answer(b"x" * (2 << 20))))
    assert caught.value.code == "pull.too-large"


def test_a_key_that_does_not_tell_rows_apart_is_refused() -> None:
    with pytest.raises(BadPull) as caught:
        fetch(CSV, None, Network(given("id,v\n1,a\n1,b\n")))
    assert (caught.value.code, caught.value.facts["count"]) == ("pull.key-repeats", 1)
    with pytest.raises(BadPull, match="no column id"):
        fetch(CSV, None, Network(given("v,w\n1,a\n")))


def test_a_table_that_came_from_a_pull_gets_ids_of_its_own() -> None:
    table = merge(None, fetch(CSV, None, Network(given("_row_id,id,v\nx,1,a\nx,2,b\n"))))
    assert table.to_pylist() == [{"_row_id": "1", "id": "1", "v": "a"}, {"_row_id": "2", "id": "2", "v": "b"}]


# --- archives with a file for each day --------------------------------------------------------------------------------

ARCHIVE = "https://openaq-data-archive.s3.amazonaws.com/records/csv.gz/locationid=2178/year={year}/month={month}/"
DAYS = Source(
    kind="openaq", address=f"{ARCHIVE}location-2178-{{year}}{{month}}{{day}}.csv.gz", since=date(2022, 5, 1),
    until=date(2022, 5, 4),
)  # fmt: skip


def archive(files: Mapping[str, str]) -> Any:
    def server(address: str, asked: Any, headers: Mapping[str, str]) -> Any:
        text = files.get(urlsplit(address).path.rsplit("-", 1)[-1].removesuffix(".csv.gz"))
        return answer(b"", 404) if text is None else answer(gzip.compress(text.encode()))

    return server


def day(number: int, value: str = "11.5") -> str:
    head = '"location_id","sensors_id","location","datetime","lat","lon","parameter","units","value"\n'
    return head + f'2178,3917,"Del Norte","2022-05-{number:02}T01:00:00-06:00",35.1,-106.5,"pm25","ug/m3",{value}\n'


def test_daily_files_are_read_once_and_a_day_without_one_is_no_fault() -> None:
    network = Network(archive({"20220501": day(1), "20220503": day(3)}))
    first = fetch(DAYS, None, network)
    assert (first.counts.new, len(network.asked)) == (2, 4)
    assert "year=2022/month=05/location-2178-20220503.csv.gz" in network.asked[2][0]
    again = Network(archive({"20220501": day(1, "99")}))
    second = fetch(DAYS, read_state(first.state.as_json(), "s"), again)
    assert again.asked == []
    assert merge(merge(None, first), second).equals(merge(None, first))


def test_an_archive_that_breaks_off_goes_on_where_it_was() -> None:
    files = {f"2022050{n}": day(n) for n in range(1, 5)}
    first = fetch(DAYS, None, Network(archive(files), [None, None, *[500] * 5]))
    assert (first.complete, first.counts.new) == (False, 2)
    network = Network(archive(files))
    second = fetch(DAYS, first.state, network)
    assert len(network.asked) == 2
    assert merge(merge(None, first), second).equals(merge(None, fetch(DAYS, None, Network(archive(files)))))


def test_a_sensors_africa_file_with_semicolons_is_read() -> None:
    text = "sensor_id;sensor_type;location;lat;lon;timestamp;value_type;value\n"
    text += "158;pms5003;33;-1.255;36.693;2023-02-01T00:00:35.980314+00:00;P2;73.4\n" * 2
    of = Source(kind="sensors", address="https://open.example/february_2023_sensor_data_archive.csv")
    table = merge(None, fetch(of, None, Network(given(text))))
    ids = table["_row_id"].to_pylist()
    assert ids[0] == "2023-02-01T00:00:35.980314+00:00/158/P2"
    assert ids[1] == f"{ids[0]}#2"
