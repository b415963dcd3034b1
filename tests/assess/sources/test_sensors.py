"""Sensors are held against each other: honest networks stay quiet, broken sensors are named with what they do."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from datashift.assess import sentence, subject_sentence
from datashift.assess.apart import apart_p, rate_p, tail_p
from datashift.assess.checks import discoveries
from datashift.assess.evidence import Evidence
from datashift.assess.sources.hourly import Hours
from datashift.assess.sources.neighbours import ASKED, asked_in_turn, far_off
from datashift.assess.sources.sensors import odd_sensors
from datashift.assess.sources.series import above_p, trend_p
from datashift.harmonise import harmonise
from datashift.inputs import gather
from datashift.model import Area, Harmonised, Kit, Recipe
from datashift.pipeline import run

LABEL = {"en": "x"}
KIT = Kit.model_validate({
    "id": "air", "version": "1", "title": LABEL, "description": LABEL, "indicator": "11.6.2", "relation": "proxy",
    "relation_note": LABEL, "universe": {"unit": LABEL, "text": LABEL}, "measures": [],
    "readings": {"sensor": "sensor", "value": "dust"},
    "concepts": {"sensor": {"label": LABEL, "kind": "text"},
                 "dust": {"label": LABEL, "kind": "number", "least": 0, "most": 999.9}},
})  # fmt: skip
AREA = Area("N", "North", "ZZ", 1)


def recipe(**more: Any) -> Recipe:
    return Recipe.model_validate({
        "id": "r", "title": LABEL, "kit": "air", "producer": "p", "source": [{"file": "readings.csv"}],
        "columns": {"sensor": {"column": "device"}, "dust": {"column": "pm"}},
        "place": {"country": "ZZ", "as_of": date(2020, 1, 1), "column": "where", "latitude": "lat", "longitude": "lon"},
        "period": {"label": "2024", "column": "time", "format": "%Y-%m-%dT%H:%M:%S%z", "zone": "Africa/Nairobi"},
        "design": {"sampling_type": "sensor_network", "clusters": ["device"]}, **more,
    })  # fmt: skip


def memory(draw: np.random.Generator, phi: float, spread: float, shape: tuple[int, ...]) -> np.ndarray:
    """A series in which each value resembles the one before."""
    steps = draw.normal(0, spread * np.sqrt(1 - phi**2), shape)
    found = np.empty(shape)
    found[..., 0] = draw.normal(0, spread, shape[:-1])
    for k in range(1, shape[-1]):
        found[..., k] = phi * found[..., k - 1] + steps[..., k]
    return found


def town(seed: int, sensors: int = 8, days: int = 30) -> np.ndarray:
    """Hourly dust of honest sensors: places differ, days and hours resemble each other, hours are missing."""
    draw = np.random.default_rng(seed)
    hours = np.arange(24 * days)
    shared = 0.4 * np.sin(hours * np.pi / 12) + memory(draw, 0.95, 0.4, (24 * days,))
    gain = np.exp(draw.normal(0, 0.2, (sensors, 1)))
    phase = draw.integers(-2, 3, sensors)
    own = memory(draw, 0.9, 0.3, (sensors, 24 * days)) + np.repeat(memory(draw, 0.5, 0.15, (sensors, days)), 24, axis=1)
    level = draw.normal(3.0, 0.5, (sensors, 1))
    moved = np.array([np.roll(shared, k) for k in phase])
    dust = np.round(np.exp(level + gain * moved + own))
    dust[draw.random(dust.shape) < 0.1] = np.nan
    for k in np.flatnonzero(draw.random(sensors) < 0.3):
        dust[k, : draw.integers(0, 12 * days)] = np.nan
    return dust


def hours_of(dust: np.ndarray) -> Hours:
    everyone = np.arange(len(dust))
    return Hours(
        tuple(f"S{k}" for k in everyone), everyone, np.log(dust + 1), tuple(np.delete(everyone, k) for k in everyone)
    )


def asked(dust: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which sensors are far, and which are odd by which question."""
    hours = hours_of(dust)
    far = far_off(hours)[2]
    evidence: Any = SimpleNamespace(recipe=SimpleNamespace(protocol=SimpleNamespace(reference=())))
    none: Any = None
    return far, discoveries(asked_in_turn(evidence, none, hours, far).p)[1]


@pytest.mark.parametrize(("sensors", "days"), [(5, 30), (8, 45), (20, 28)])
def test_an_honest_network_is_left_alone(sensors, days):
    false = 0
    for seed in range(100):
        far, odd = asked(town(seed, sensors, days))
        false += bool(far.any() or odd.any())
    assert false <= 9  # 5 of 100 are expected at most; 9 leaves room for the luck of these draws


def broken(kind: str, seed: int) -> np.ndarray:
    days = {"unlike": 90, "drift": 90}.get(kind, 30)
    dust = town(seed, days=days)
    bad = dust[3]
    draw = np.random.default_rng(seed + 1000)
    if kind == "flat":
        dust[3] = np.round(65 + 0.15 * bad)
    if kind == "unlike":
        dust[3] = np.exp(3 + memory(draw, 0.9, 0.5, bad.shape))
    if kind == "drift":
        dust[3] = bad * np.exp(2.0 * np.linspace(0, 1, len(bad)))
    if kind == "far":
        dust[3] = bad + 600
    return dust


@pytest.mark.parametrize("kind", ["flat", "unlike", "drift", "far"])
def test_a_broken_sensor_is_singled_out_and_its_neighbours_are_not(kind):
    hit = others = 0
    for seed in range(20):
        far, odd = asked(broken(kind, seed))
        hit += bool(far[3] if kind == "far" else odd[3, ASKED.index(kind)])
        others += bool(np.delete(far, 3).any() or np.delete(odd, 3, axis=0).any())
    assert hit >= 15, hit
    assert others <= 3, others


# --- from the raw rows to words ---------------------------------------------------------------------------------------


def rows(dust: np.ndarray, **more: list[str]) -> pa.Table:
    """One reading an hour of each sensor, as raw rows: local midnight of Nairobi is 21:00 in UTC."""
    sensors, hours = dust.shape
    start = datetime(2024, 2, 29, 21, 0, 0)  # noqa: DTZ001 - the offset is written behind it
    cells = [
        (f"S{k}", f"{-1.2 - k / 100}", "36.8", f"{(start + timedelta(hours=h)).isoformat()}+00:00", f"{dust[k, h]:g}")
        for k in range(sensors)
        for h in range(hours)
        if not np.isnan(dust[k, h])
    ]
    columns = dict(zip(("device", "lat", "lon", "time", "pm"), zip(*cells, strict=True), strict=True))
    columns["where"] = ["North"] * len(cells)
    return pa.table({
        "_row": pa.array(range(2, len(cells) + 2), pa.int64()),
        **{name: pa.array(values, pa.string()) for name, values in {**columns, **more}.items()},
    })  # fmt: skip


def evidence(raw: pa.Table, chosen: Recipe | None = None, aside: pa.Table | None = None) -> Evidence:
    stated = chosen or recipe()
    found = harmonise(raw, stated, KIT, resolve=lambda name: AREA, margins={})
    return Evidence(raw, found, stated, KIT, date(2024, 12, 31), {"N": AREA}, {}, aside)


def test_what_is_said_of_a_sensor_names_it_with_its_rows():
    dust = town(4)
    dust[3] = np.round(65 + 0.1 * dust[3])
    raw = rows(dust)
    outcome = odd_sensors(evidence(raw))
    flat = next(one for one in outcome.findings if one.code == "assess.sensor-flat")
    own = tuple(
        row for row, name in zip(raw["_row"].to_pylist(), raw["device"].to_pylist(), strict=True) if name == "S3"
    )
    assert flat.rows == own
    assert flat.p_adjusted <= 0.05
    assert flat.tested == outcome.tested > 20
    assert [(one.kind, one.name, one.private) for one in flat.subjects] == [("sensor", "S3", False)]
    assert "S3" in sentence(flat)
    assert "{" not in sentence(flat) + subject_sentence(flat.subjects[0])
    assert len(outcome.facts["sensors"]) == 8


def test_a_sensor_beside_a_reference_is_held_against_it():
    dust = town(2, sensors=6)
    dust[4] = dust[3] * 2.5
    raw = rows(dust)
    near = pa.array(
        [
            "-1.23" if one == "S4" else lat
            for one, lat in zip(raw["device"].to_pylist(), raw["lat"].to_pylist(), strict=True)
        ]
    )
    raw = raw.set_column(raw.column_names.index("lat"), "lat", near)
    found = odd_sensors(evidence(raw, recipe(protocol={"reference": ["S3"]}))).findings
    told = next(one for one in found if one.code == "assess.sensor-reference")
    assert [one.name for one in told.subjects] == ["S4"]
    assert told.subjects[0].facts["ratio"] == pytest.approx(2.5, rel=0.1)
    assert not any(one.code == "assess.sensor-reference" for one in odd_sensors(evidence(raw)).findings)


def test_a_value_that_stands_still_is_told_with_its_hours():
    dust = town(5, sensors=4)
    dust[1, 200:240] = 17
    found = {one.code: one for one in odd_sensors(evidence(rows(dust))).findings}
    stuck = found["assess.sensor-stuck"]
    assert (stuck.facts["names"], len(stuck.rows)) == (["S1"], 40)
    assert stuck.subjects[0].facts["hours"] == 39
    assert "{" not in sentence(stuck) + subject_sentence(stuck.subjects[0])


def test_a_highest_value_that_comes_again_and_again_is_told():
    dust = town(6, sensors=4)
    dust[2] = np.minimum(dust[2], np.nanquantile(dust[2], 0.9))
    found = {one.code: one for one in odd_sensors(evidence(rows(dust))).findings}
    capped = found["assess.sensor-capped"]
    assert capped.facts["names"] == ["S2"]
    assert len(capped.rows) == (dust[2] == np.nanmax(dust[2])).sum()
    assert "{" not in sentence(capped) + subject_sentence(capped.subjects[0])


def test_moist_air_is_read_from_a_column_or_from_rows_set_aside():
    dust = town(7, sensors=4)
    raw = rows(dust)
    hour = [int(text[11:13]) for text in raw["time"].to_pylist()]
    wet = ["95" if h < 6 else "40" for h in hour]
    beside = raw.append_column("rh", pa.array(wet))
    column = odd_sensors(evidence(beside, recipe(protocol={"humidity": "rh"})))
    chosen = recipe(
        rows=[{"column": "kind", "only": ["P2"], "why": LABEL}], protocol={"humidity": "humidity"}
    )  # fmt: skip
    marked = raw.append_column("kind", pa.array(["P2"] * raw.num_rows))
    aside = marked.set_column(marked.column_names.index("pm"), "pm", pa.array(wet)).set_column(
        marked.column_names.index("kind"), "kind", pa.array(["humidity"] * raw.num_rows)
    )
    by_rows = odd_sensors(evidence(marked, chosen, aside))
    for outcome in (column, by_rows):
        told = next(one for one in outcome.findings if one.code == "assess.moist-air")
        assert told.facts["moist"] == sum(one == "95" for one in wet)
        assert told.facts["known"] == raw.num_rows
        assert told.rows == ()
        assert "{" not in sentence(told)
    assert not any(one.code == "assess.moist-air" for one in odd_sensors(evidence(raw)).findings)


@pytest.mark.parametrize(
    ("sensors", "hours"), [(1, 400), (2, 400), (3, 30), (3, 60)],
)  # fmt: skip
def test_hardly_any_reading_is_passed_over(sensors, hours):
    outcome = odd_sensors(evidence(rows(town(1, sensors=sensors, days=20)[:, :hours] + 0)))
    assert outcome.findings == ()


def test_readings_that_say_nothing_do_no_harm():
    dust = np.full((4, 72), 5.0)
    codes = {one.code for one in odd_sensors(evidence(rows(dust))).findings}
    assert codes <= {"assess.sensor-stuck"}
    raw = rows(dust)
    lost = raw.set_column(raw.column_names.index("time"), "time", pa.array(["soon"] * raw.num_rows))
    assert "No row" in odd_sensors(evidence(lost)).idle


# --- Nairobi ----------------------------------------------------------------------------------------------------------


def month(shared: Path, name: str) -> Evidence:
    """The readings of PM2.5 of one month, without the rows that harmonising takes minutes to explain."""
    table = pq.read_table(shared / f"cgd/ken_nairobi_air/{name}_sensor_data_archive.parquet")
    table = table.filter(pc.equal(table["value_type"], "P2"))
    names = {"device": "sensor_id", "lat": "lat", "lon": "lon", "time": "timestamp", "pm": "value", "where": "location"}
    raw = pa.table({
        "_row": pa.array(range(2, table.num_rows + 2), pa.int64()),
        **{ours: table[theirs].cast(pa.string()) for ours, theirs in names.items()},
    })  # fmt: skip
    nothing = {name: pa.array([], pa.string()) for name in ("column", "code", "value", "text")}
    rejects = pa.table({"row": pa.array([], pa.int64()), **nothing})
    found = Harmonised(pa.table({"row": raw["_row"], "area": raw["where"]}), rejects, raw.num_rows, raw.num_rows, 0)
    return Evidence(raw, found, recipe(), KIT, date(2024, 12, 31), {}, {})


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "code", "share"),
    [("february_2023", "assess.sensor-flat", 17.3), ("september_2020", "assess.sensor-far", 53.2)],
)
def test_the_broken_sensor_of_nairobi_is_singled_out_and_no_other(shared, name, code, share):
    outcome = odd_sensors(month(shared, name))
    told = {one.code: one for one in outcome.findings}
    assert {name for one in outcome.findings for name in one.facts["names"]} == {"158"}
    assert told[code].facts["share"] == pytest.approx(share, abs=0.1)


@pytest.mark.shared
def test_without_the_broken_sensor_the_air_of_february_is_three_times_as_clean(shared, tmp_path):
    recipe_file = Path(__file__).resolve().parents[3] / "examples" / "ken-nairobi-air" / "recipe.toml"
    found = {one.code: one for one in run(gather(recipe_file, tmp_path)).findings if one.check == "K33"}
    assert {"assess.sensor-flat", "assess.moist-air"} <= set(found)
    effect = next(one for one in found["assess.sensor-flat"].effects if one.measure == "PM25_MEAN")
    assert (round(effect.with_rows, 1), round(effect.without_rows, 1)) == (40.4, 12.4)
    assert found["assess.moist-air"].effects == ()


# --- how sure it is --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phi", [0.0, 0.5])
@pytest.mark.parametrize("days", [21, 30, 90])
def test_days_that_resemble_the_day_before_are_no_trend(phi, days):
    draw = np.random.default_rng(8)
    series = memory(draw, phi, 1.0, (600, days))
    trend = np.array([trend_p(one) for one in series])
    above = np.array([above_p(one) for one in series])
    for p in (trend, above):
        assert (p <= 0.05).mean() <= 0.075
        assert (p <= 0.005).mean() <= 0.015


def test_a_trend_is_seen():
    draw = np.random.default_rng(9)
    found = [trend_p(memory(draw, 0.5, 1.0, (60,)) + np.linspace(0, 4, 60)) for _draw in range(50)]
    assert np.mean(np.array(found) <= 0.05) >= 0.8


@pytest.mark.parametrize("heavy", [False, True])
def test_an_honest_tail_gives_no_discovery(heavy):
    draw = np.random.default_rng(10)
    false = sum(
        bool(discoveries(tail_p(draw.exponential(0.5, n) if heavy else draw.normal(0, 1, n)))[1].any())
        for n in (50, 300, 3000)
        for _draw in range(100)
    )
    assert false <= 24  # of 300: at most 15 are expected


def test_rates_of_people_who_differ_are_no_discovery_and_one_far_off_is():
    false = hit = 0
    for seed in range(100):
        draw = np.random.default_rng(seed)
        tries = draw.integers(20, 900, 25)
        hits = draw.binomial(tries, draw.beta(1, 8, 25))
        false += bool(discoveries(rate_p(hits, tries))[1].any())
        hits[0] = tries[0] * 0.9
        hit += bool(discoveries(rate_p(hits, tries))[1][0])
    assert false <= 9
    assert hit >= 90


def test_standing_apart_has_the_p_value_of_the_deleted_residual():
    draw = np.random.default_rng(11)
    p = np.array([2 * np.minimum(*apart_p(draw.normal(0, 1, 6))) for _draw in range(500)])
    assert np.abs((p <= 0.05).mean() - 0.05) < 0.015
    assert np.isnan(apart_p(np.array([1.0, 2.0, 3.0, 9.0]))[0]).all()
