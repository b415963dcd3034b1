"""Pulls from WPdx and openAQ; the answers are written after the documentation of SODA and of the API of openAQ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from made_up_network import Network, answer

from datashift.errors import BadPull
from datashift.pull import Source, fetch, merge

WPDX = Source(kind="wpdx", token="app-token-0123")
SENSOR = Source(kind="openaq", form="3917", token="aq-key-0123")


class Portal:
    """A Socrata dataset: `$limit`, `$offset`, `$order=:id`, `$where` on `:updated_at`, `count(*)`."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows

    def __call__(self, address: str, asked: Mapping[str, list[str]], headers: Mapping[str, str]) -> Any:
        since = asked["$where"][0].split("'")[1] if "$where" in asked else ""
        found = [row for row in self.rows if row[":updated_at"] >= since]
        if asked["$select"][0].startswith("count"):
            return answer([{"count": str(len(found))}])
        assert asked["$order"] == [":id"]
        start = int(asked["$offset"][0])
        return answer(found[start : start + int(asked["$limit"][0])])


def point(number: int, day: str = "2026-02-01", **cells: Any) -> dict[str, Any]:
    record = {":id": f"row-{number}", ":updated_at": f"{day}T00:00:00.000Z", "row_id": str(number), "status_id": "Yes"}
    return record | {"water_source": "Borehole", "lat_deg": "0.5"} | cells


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datashift.pull.open_data.PAGE", 4)
    monkeypatch.setattr("datashift.pull.open_data.OPENAQ_PAGE", 3)


def test_water_points_are_read_page_by_page_and_then_only_what_was_updated() -> None:
    server = Portal([point(n) for n in range(1, 11)])
    network = Network(server)
    first = fetch(WPDX, None, network)
    assert (first.counts.new, first.complete) == (10, True)
    assert network.asked[0][1]["X-App-Token"] == "app-token-0123"
    assert network.asked[0][0].startswith("https://data.waterpointdata.org/resource/eqje-vguj.json?")
    server.rows[4] = point(5, "2026-03-03", status_id="No")
    second = fetch(WPDX, first.state, Network(server))
    assert second.counts == (0, 1, 0, 0)
    table = merge(merge(None, first), second)
    assert table["_row_id"].to_pylist() == [str(n) for n in range(1, 11)]
    assert table["status_id"].to_pylist().count("No") == 1


def test_a_row_that_vanishes_while_we_read_stops_the_pull_and_the_next_one_mends_it() -> None:
    server = Portal([point(n) for n in range(1, 11)])

    def moving(address: str, asked: Any, headers: Any) -> Any:
        given = server(address, asked, headers)
        if asked.get("$offset") == ["4"]:
            server.rows = server.rows[1:]
        return given

    first = fetch(WPDX, None, Network(moving))
    assert not first.complete
    second = fetch(WPDX, first.state, Network(server), whole=True)
    assert merge(merge(None, first), second)["_row_id"].to_pylist() == [str(n) for n in range(2, 11)]


def test_a_key_that_the_user_names_tells_water_points_apart() -> None:
    of = Source(kind="wpdx", key=("wpdx_id",))
    pulled = fetch(of, None, Network(Portal([point(1, wpdx_id="6GCRMQ+3")])))
    assert merge(None, pulled)["_row_id"].to_pylist() == ["6GCRMQ+3"]
    with pytest.raises(BadPull, match="wpdx_id"):
        fetch(of, None, Network(Portal([point(1)])))


def measurement(hour: int, value: float = 12.0) -> dict[str, Any]:
    period = {"label": "raw", "datetimeFrom": {"utc": f"2026-03-01T{hour:02}:00:00Z"},
              "datetimeTo": {"utc": f"2026-03-01T{hour + 1:02}:00:00Z"}}  # fmt: skip
    return {"value": value, "parameter": {"id": 2, "name": "pm25", "units": "µg/m³"}, "period": period, "summary": None}


def test_measurements_are_known_by_sensor_and_period() -> None:
    hours = [measurement(n) for n in range(8)]

    def server(address: str, asked: Mapping[str, list[str]], headers: Mapping[str, str]) -> Any:
        assert "/v3/sensors/3917/measurements" in address
        assert headers["X-API-Key"] == "aq-key-0123"
        page = int(asked["page"][0])
        return answer({"meta": {"page": page, "found": ">3"}, "results": hours[3 * (page - 1) : 3 * page]})

    first = fetch(SENSOR, None, Network(server))
    assert first.counts.new == 8
    hours[7] = measurement(7, 99.5)
    hours.append(measurement(8))
    network = Network(server)
    second = fetch(SENSOR, first.state, network)
    assert (second.counts.new, second.counts.changed) == (1, 1)
    assert "datetime_from=2026-02-27" in network.asked[0][0]
    table = merge(merge(None, first), second)
    assert table.num_rows == 9
    assert table["value"].to_pylist()[7] == "99.5"


def test_a_measurement_without_a_time_could_be_counted_twice_and_is_refused() -> None:
    with pytest.raises(BadPull) as caught:
        fetch(SENSOR, None, Network(lambda *_asked: answer({"results": [{"value": 1}]})))
    assert caught.value.code == "pull.no-id"
