"""Readings become hours and days by the completeness rule; every reading is used or explained."""

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift.assess.fieldwork.measured_days import length
from datashift.errors import BadRecipe, LostRows
from datashift.harmonise import harmonise
from datashift.harmonise import rows as harmonise_rows
from datashift.inputs import gather
from datashift.model import Area, Kit, Period, Recipe
from datashift.pipeline import run as run_all
from datashift.standards.moments import clock

LABEL = {"en": "x"}
KIT = Kit.model_validate(
    {
        "id": "air", "version": "1", "title": LABEL, "description": LABEL, "indicator": "11.6.2", "relation": "proxy",
        "relation_note": LABEL, "universe": {"unit": LABEL, "text": LABEL}, "measures": [],
        "readings": {"sensor": "sensor", "value": "dust", "least_hours": 18, "least_of_hour": 0.75},
        "concepts": {
            "sensor": {"label": LABEL, "kind": "text"},
            "dust": {"label": LABEL, "kind": "number", "least": 0, "most": 999.9, "unit": {"en": "µg/m³"}},
            "much": {
                "label": LABEL, "codes": {"yes": {"label": LABEL}, "no": {"label": LABEL}},
                "rules": [{"code": "yes", "when": {"dust": {"above": 15}}}, {"code": "no"}],
            },
        },
    }
)  # fmt: skip
AREAS = {"north": Area("N", "North", "ZZ", 1), "south": Area("S", "South", "ZZ", 1)}
FORMAT = "%Y-%m-%dT%H:%M:%S%z"


def recipe(**more: object) -> Recipe:
    base = {
        "id": "r", "title": LABEL, "kit": "air", "producer": "p", "source": [{"file": "readings.csv"}],
        "columns": {"sensor": {"column": "device"}, "dust": {"column": "pm"}},
        "place": {"country": "ZZ", "as_of": date(2020, 1, 1), "column": "where"},
        "period": {"label": "2024", "column": "time", "format": FORMAT, "zone": "Africa/Nairobi"},
        "design": {"sampling_type": "sensor_network", "clusters": ["device"]},
    }  # fmt: skip
    return Recipe.model_validate({**base, **more})


Reading = tuple[str, str, str, str]
START = datetime(2024, 3, 1)  # noqa: DTZ001 - midnight in Nairobi, written as UTC below


def hour(sensor: str, number: int, values: list[float], where: str = "North") -> list[Reading]:
    """Readings of one hour, counted from midnight in Nairobi, spread evenly over it."""
    start = START - timedelta(hours=3) + timedelta(hours=number)
    each = timedelta(minutes=60 / max(len(values), 1))
    return [
        (sensor, where, f"{(start + k * each).isoformat(timespec='seconds')}+00:00", str(v))
        for k, v in enumerate(values)
    ]


def day(sensor: str, hours: int = 24, value: float = 10.0, each: int = 4, first: int = 0) -> list[Reading]:
    return [reading for k in range(first, first + hours) for reading in hour(sensor, k, [value] * each)]


def raw(readings: list[Reading]) -> pa.Table:
    names = ("device", "where", "time", "pm")
    data = {name: pa.array([r[k] for r in readings], pa.string()) for k, name in enumerate(names)}
    return pa.table({"_row": pa.array(range(2, 2 + len(readings)), pa.int64()), **data})


def run(readings: list[Reading], chosen: Recipe | None = None, margins: dict | None = None, kit: Kit = KIT):
    return harmonise(
        raw(readings), chosen or recipe(), kit, resolve=lambda name: AREAS.get(name.lower()), margins=margins or {}
    )


def codes(found) -> Counter[str]:
    return Counter(found.rejects["code"].to_pylist())


# --- hours and days -------------------------------------------------------------------------------------------------


def test_a_day_is_the_mean_of_the_means_of_its_hours() -> None:
    readings = [r for k in range(24) for r in hour("a", k, [10.0] * 4 if k < 12 else [40.0, 40.0, 10.0])]
    found = run(readings)
    assert found.observations["dust"].to_pylist() == [pytest.approx((12 * 10 + 12 * 30) / 24)]
    assert found.observations["much"].to_pylist() == ["yes"]
    assert (found.rows_in, found.rows_out, found.rows_explained) == (84, 84, 0)


def test_an_hour_needs_three_quarters_of_the_readings_that_its_sensor_usually_gives() -> None:
    usual = day("a", hours=23)
    assert codes(run([*usual, *hour("a", 23, [500.0] * 3)])) == {}
    short = run([*usual, *hour("a", 23, [500.0] * 2)])
    assert codes(short) == {"harmonise.incomplete-hour": 2}
    assert short.observations["dust"].to_pylist() == [10.0]


def test_what_is_usual_is_the_sensors_own() -> None:
    found = run([*day("fast", each=60), *day("slow", each=1)])
    assert found.observations["sensor"].to_pylist() == ["fast", "slow"]
    assert found.rows_explained == 0


@pytest.mark.parametrize(("hours", "days"), [(17, 0), (18, 1), (24, 1)])
def test_a_day_needs_eighteen_complete_hours(hours: int, days: int) -> None:
    found = run(day("a", hours))
    assert found.observations.num_rows == days
    assert codes(found) == ({} if days else {"harmonise.incomplete-day": 4 * hours})


def test_a_day_is_that_of_the_place_and_not_of_greenwich() -> None:
    # 21:00 UTC is midnight in Nairobi: these 24 hours are one local day, but no day of Greenwich has 18 of them.
    readings = [r for k in range(6) for r in hour("a", k, [10.0])] + [
        r for k in range(6, 24) for r in hour("a", k, [20.0])
    ]
    assert run(readings).observations.num_rows == 1
    shifted = day("a", hours=24, first=-9)
    assert codes(run(shifted)) == {"harmonise.incomplete-day": 96}


def test_a_time_without_offset_is_local_already() -> None:
    readings = [(s, w, time[:19], v) for s, w, time, v in day("a")]
    plain = recipe(period={"label": "2024", "column": "time", "format": "%Y-%m-%dT%H:%M:%S", "zone": "Africa/Nairobi"})
    # As written, the day of Nairobi begins at 21:00 of the day before.
    assert run(readings, plain).observations.num_rows == 1
    assert run(readings, plain).rows_out == 84


def test_the_period_of_the_recipe_counts_in_local_days() -> None:
    within = recipe(
        period={
            "label": "2024", "column": "time", "format": FORMAT, "zone": "Africa/Nairobi",
            "first": date(2024, 3, 1), "last": date(2024, 3, 1),
        }
    )  # fmt: skip
    found = run([*day("a"), *day("a", hours=2, first=24)], within)
    assert (found.observations.num_rows, codes(found)) == (1, {"harmonise.outside-period": 8})


def test_a_sensor_that_moved_to_another_area_has_a_day_in_each_or_none() -> None:
    moved = [r for k in range(24) for r in hour("a", k, [10.0] * 4, where="North" if k < 18 else "South")]
    found = run(moved)
    assert found.observations["area"].to_pylist() == ["N"]
    assert codes(found) == {"harmonise.incomplete-day": 24}


# --- single readings ------------------------------------------------------------------------------------------------


def test_readings_that_a_sensor_cannot_have_met_are_rejected_one_by_one() -> None:
    readings = day("a")
    readings[5], readings[50] = (*readings[5][:3], "1000"), (*readings[50][:3], "-0.1")
    found = run(readings)
    assert codes(found) == {"harmonise.implausible-reading": 2}
    assert found.observations["dust"].to_pylist() == [10.0]
    assert "outside 0 to 999.9 µg/m³" in found.rejects["text"][0].as_py()


def test_a_reading_without_a_value_or_a_sensor_is_explained() -> None:
    readings = day("a")
    readings[5], readings[50] = (*readings[5][:3], ""), ("", *readings[50][1:])
    assert codes(run(readings)) == {"harmonise.no-reading": 2}


def test_readings_with_other_problems_do_not_count_in_their_hour() -> None:
    readings = day("a")
    readings[0], readings[1] = ("a", "Nowhere", *readings[0][2:]), (*readings[1][:2], "yesterday", "1")
    found = run(readings)
    expected = {"harmonise.unknown-place": 1, "harmonise.not-a-date": 1, "harmonise.incomplete-hour": 2}
    assert codes(found) == expected
    assert found.rows_out == 92


# --- what an observation is -----------------------------------------------------------------------------------------


def test_an_observation_is_named_after_its_first_reading_and_knows_all_of_them() -> None:
    readings = [r for pair in zip(day("a"), day("b", value=30.0), strict=True) for r in pair]
    found = run(readings)
    assert found.observations.select(["row", "sensor", "dust", "cluster"]).to_pylist() == [
        {"row": 2, "sensor": "a", "dust": 10.0, "cluster": "a"},
        {"row": 3, "sensor": "b", "dust": 30.0, "cluster": "b"},
    ]
    behind = Counter(found.readings["observation"].to_pylist())
    assert behind == {2: 96, 3: 96}
    assert sorted(found.readings["row"].to_pylist()) == list(range(2, 194))


def test_a_population_is_shared_out_over_the_days_and_not_over_the_readings() -> None:
    weighted = recipe(
        design={"sampling_type": "sensor_network", "weight_margin": "people"},
        margin={"people": {"source": "census", "as_of": date(2020, 1, 1), "totals": {}}},
    )
    south = [(s, "South", *rest) for s, _w, *rest in day("c")]
    found = run([*day("a", each=60), *day("b"), *south], weighted, {"people": {"N": 900.0, "S": 100.0}})
    assert found.observations["weight"].to_pylist() == [450.0, 450.0, 100.0]
    alone = run([*day("a"), *south], weighted, {"people": {"N": 900.0}})
    assert codes(alone) == {"harmonise.bad-weight": 96}


def test_a_day_that_would_be_lost_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    real = harmonise_rows._observations
    monkeypatch.setattr(harmonise_rows, "_observations", lambda *a: real(*a).slice(1))
    with pytest.raises(LostRows):
        run([*day("a"), *day("b")])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", ""]),
            st.sampled_from(["North", "South", ""]),
            st.integers(0, 48 * 4).map(lambda k: f"{(START + timedelta(minutes=15 * k)).isoformat()}+00:00"),
            st.sampled_from(["1", "7.5", "2000", "", "x"]),
        ),
        max_size=60,
    ),
    st.integers(0, 3),
)
def test_every_reading_is_used_or_explained(readings: list[Reading], least: int) -> None:
    rule = KIT.readings.model_copy(update={"least_hours": least})
    found = run(readings, kit=KIT.model_copy(update={"readings": rule}))
    explained = set(found.rejects["row"].to_pylist())
    used = found.readings["row"].to_pylist()
    assert sorted([*used, *explained]) == list(range(2, 2 + len(readings)))
    assert (found.rows_out, found.rows_explained) == (len(used), len(explained))
    assert set(found.readings["observation"].to_pylist()) == set(found.observations["row"].to_pylist())


# --- recipes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Africa/Nowhere", "", "../etc/passwd", "Africa"])
def test_a_zone_that_is_not_known_is_named_with_the_repair(zone: str) -> None:
    with pytest.raises(BadRecipe, match="tzdata") as problem:
        clock(Period(label="2024", column="t", zone=zone or " "))
    assert problem.value.code == "recipe.no-zone"


def test_a_recipe_without_sensor_or_time_is_refused() -> None:
    with pytest.raises(BadRecipe, match=r"\[columns.sensor\], \[period\] column") as problem:
        run(day("a"), recipe(columns={"dust": {"column": "pm"}}, period={"label": "2024"}))
    assert problem.value.code == "recipe.no-readings"


@pytest.mark.parametrize(
    ("form", "text", "moment"),
    [
        (FORMAT, "2024-03-01T00:00:00+00:00", datetime(2024, 3, 1, 3)),  # noqa: DTZ001
        (FORMAT, "2024-03-01T00:00:00.250000Z", datetime(2024, 3, 1, 3, 0, 0, 250000)),  # noqa: DTZ001
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2024-03-01T00:00:00-03:00", datetime(2024, 3, 1, 6)),  # noqa: DTZ001
        ("%Y-%m-%dT%H:%M:%S.000Z", "2024-03-01T00:00:00.000Z", datetime(2024, 3, 1)),  # noqa: DTZ001
        ("%d/%m/%Y %H:%M", "01/03/2024 05:30", datetime(2024, 3, 1, 5, 30)),  # noqa: DTZ001
        (FORMAT, "2024-03-01T00:00:00", None),
        (FORMAT, "2024-03-01", None),
        (FORMAT, "9999-12-31T23:59:59+00:00", None),
        (FORMAT, "soon", None),
    ],
)
def test_moments_are_brought_to_the_clock_of_the_place(form: str, text: str, moment: datetime | None) -> None:
    assert clock(Period(label="2024", column="t", format=form, zone="Africa/Nairobi"))(text) == moment


@pytest.mark.parametrize(
    ("label", "days"), [("2024", 366), ("2023", 365), ("2023-02", 28), ("2023-13", 31), ("2023/2024", 31)]
)
def test_the_length_of_a_period_is_that_of_its_label_or_of_its_dates(label: str, days: int) -> None:
    period = Period(label=label, column="t", first=date(2024, 5, 1), last=date(2024, 5, 31))
    assert length(label, period) == days
    assert length("sometime", Period(label="x", column="t")) == 0


# --- a real network -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def nairobi(shared: Path, tmp_path_factory: pytest.TempPathFactory):
    recipe_file = Path(__file__).resolve().parents[2] / "examples" / "ken-nairobi-air" / "recipe.toml"
    return run_all(gather(recipe_file, tmp_path_factory.mktemp("home")))


@pytest.mark.shared
def test_nairobis_440898_readings_balance(nairobi) -> None:
    h = nairobi.harmonised
    assert (h.rows_in, h.rows_out, h.rows_explained, h.observations.num_rows) == (440_898, 54_058, 386_840, 67)
    assert codes(h) == {
        "harmonise.not-meant": 349_737, "harmonise.incomplete-day": 32_945, "harmonise.incomplete-hour": 3_698,
        "harmonise.outside-period": 460,
    }  # fmt: skip


@pytest.mark.shared
def test_nairobis_days_equal_a_plain_count_of_the_file(nairobi, shared: Path) -> None:
    table = pq.read_table(shared / "cgd/ken_nairobi_air/february_2023_sensor_data_archive.parquet")
    hours: dict[tuple[int, datetime], list[float]] = {}
    for row in table.select(["sensor_id", "timestamp", "value_type", "value"]).to_pylist():
        local = datetime.fromisoformat(row["timestamp"]) + timedelta(hours=3)
        if row["value_type"] == "P2" and local.month == 2:
            hours.setdefault((row["sensor_id"], local.replace(minute=0, second=0, microsecond=0)), []).append(
                row["value"]
            )
    usual = {
        sensor: np.median([len(values) for (s, _h), values in hours.items() if s == sensor])
        for sensor in {s for s, _h in hours}
    }
    days: dict[tuple[int, date], list[float]] = {}
    for (sensor, moment), values in hours.items():
        if len(values) >= 0.75 * usual[sensor]:
            days.setdefault((sensor, moment.date()), []).append(sum(values) / len(values))
    expected = sorted((str(s), sum(means) / len(means)) for (s, _d), means in days.items() if len(means) >= 18)
    observed = nairobi.harmonised.observations
    found = sorted(zip(observed["sensor"].to_pylist(), observed["pm25"].to_pylist(), strict=True))
    assert [sensor for sensor, _mean in found] == [sensor for sensor, _mean in expected]
    assert [mean for _s, mean in found] == pytest.approx([mean for _s, mean in expected], rel=1e-12)
    mean = next(e for e in nairobi.estimates if (e.measure, e.area, e.breakdown) == ("PM25_MEAN", "KE-30", ()))
    assert mean.value == pytest.approx(sum(m for _s, m in expected) / len(expected), rel=1e-9)
    assert mean.n == 67


@pytest.mark.shared
def test_a_mean_of_few_days_is_not_called_that_of_the_month(nairobi) -> None:
    few = next(f for f in nairobi.findings if f.code == "assess.few-days")
    assert (few.facts["few"], few.facts["sensors"], few.facts["period"]) == (3, 5, "2023-02")
    assert few.effects == ()
