"""Durations, hours, overlaps and clocks: honest fieldwork is left in peace, and what was planted is found."""

from __future__ import annotations

import numpy as np
import pytest
from interviews import FIRST, codes, drawn, evidence, look, mine, moved, written

from datashift.assess import sentence, subject_sentence
from datashift.assess.checks import discoveries
from datashift.assess.fieldwork.clocks import change_at, clocks
from datashift.assess.fieldwork.durations import durations
from datashift.assess.fieldwork.hours import ranks, unusual_hours
from datashift.assess.fieldwork.overlaps import overlaps
from datashift.assess.fieldwork.paces import shares_p
from datashift.assess.fieldwork.tails import above, below
from datashift.assess.fieldwork.timing import CHECKS
from datashift.assess.unlike import habits, unlike

EACH = [durations, unusual_hours, overlaps, clocks]


def plain(**paradata):
    """A recipe without a place, for cells that have none."""
    return {"paradata": paradata, "place": {"country": "XX", "as_of": "2024-01-01", "area": "XX"}}


# --- honest fieldwork -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [25, 120, 600])
def test_honest_fieldwork_is_seldom_noticed(n):
    noticed = {run.__name__: 0 for run in EACH}
    for seed in range(60):
        found = evidence(drawn(n, people=6 if n < 200 else 12, seed=seed))
        for run in EACH:
            noticed[run.__name__] += bool(run(found).findings)
    assert all(times <= 6 for times in noticed.values()), noticed  # 5 % of 60 is 3; more than 6 has a chance of 3 %


@pytest.mark.parametrize(
    "kind", ["lognormal", "gamma", "weibull", "exponential", "heavy", "left open", "short forms", "long forms"]
)
@pytest.mark.parametrize("n", [25, 100, 1000])
def test_tails_speak_falsely_in_at_most_one_of_twenty(kind, n):
    chance = np.random.default_rng(n)
    draw = {
        "lognormal": lambda: chance.normal(0, 0.3, n),
        "gamma": lambda: np.log(chance.gamma(4, 1, n)),
        "weibull": lambda: np.log(chance.weibull(2, n)),
        "exponential": lambda: np.log(chance.exponential(1, n)),
        "heavy": lambda: 0.3 * chance.standard_t(4, n),
        "short forms": lambda: chance.normal(0, 0.3, n) + np.log(0.4) * (chance.random(n) < 0.2),
        "long forms": lambda: chance.normal(0, 0.3, n) + np.log(0.4) * (chance.random(n) < 0.8),
        "left open": lambda: chance.normal(0, 0.15, n) + (chance.random(n) < 0.15) * chance.exponential(0.8, n),
    }[kind]
    false = 0
    for _times in range(200):
        times = draw()
        false += discoveries(np.concatenate([below(times), above(times)]))[1].any()
    assert false / 200 <= 0.05


@pytest.mark.parametrize(("n", "hurried"), [(100, 5), (100, 25), (600, 15), (600, 120)])
def test_short_times_do_not_hide_each_other(n, hurried):
    chance = np.random.default_rng(n + hurried)
    for _times in range(10):
        times = np.log(25) + chance.normal(0, 0.25, n)
        times[:hurried] = np.log(chance.uniform(3, 4, hurried))
        p = below(times)
        found = discoveries(p, 0.01)[1]
        assert found[:hurried].all()
        assert p[:hurried].max() < 0.001
        assert found[hurried:].sum() <= 1


def test_times_written_in_steps_are_no_discovery():
    chance = np.random.default_rng(9)
    for step in (1, 5, 10):
        minutes = np.maximum(step, step * np.round(np.exp(chance.normal(np.log(25), 0.3, (100, 200))) / step))
        assert sum(discoveries(below(np.log(one)))[1].any() for one in minutes) <= 9  # 5 % of 100, and chance
    assert (below(np.zeros(40)) == 1).all()


@pytest.mark.parametrize(("shape", "level"), [((0.9, 8.1), 0.05), ((0.4, 3.6), 0.00625)])
def test_shares_that_honest_interviewers_differ_by_are_no_discovery(shape, level):
    chance, false = np.random.default_rng(8), 0
    for _times in range(300):
        tries = 1 + chance.poisson(30, 12)
        false += discoveries(shares_p(chance.binomial(tries, chance.beta(*shape, 12)), tries), level)[1].any()
    assert false / 300 <= 0.05
    hits, tries = np.zeros(20, dtype=np.int64), np.full(20, 30)
    hits[3] = 15
    assert shares_p(hits, tries)[3] < 0.0005
    assert np.isnan(shares_p(hits[:4], tries[:4])).all()


@pytest.mark.parametrize("people", [5, 12, 40])
def test_habits_are_no_discovery(people):
    chance = np.random.default_rng(people)
    false = sum(
        discoveries(habits(chance.normal(3, 0.4, people), np.full(people, 0.01))[0])[1].any() for _times in range(300)
    )
    assert false / 300 <= 0.07  # the level is met exactly, so 300 draws may give 0.05 and a little


@pytest.mark.parametrize("villages", [0.0, 0.7])
@pytest.mark.parametrize("nested", [False, True])
def test_people_of_one_village_resemble_each_other_and_nobody_is_noticed_for_it(villages, nested):
    chance, false = np.random.default_rng(4), 0
    for _times in range(200):
        of = np.sort(chance.integers(0, 10, 300))
        visit = of * 100 + chance.integers(0, 6, 300)
        place = of % 5 if nested else visit % 5
        score = chance.normal(0, villages, 1100)[visit] + chance.normal(0, 0.5, 5)[place] + chance.normal(0, 1, 300)
        false += bool(discoveries(unlike(score, of, 10, visit, place).either)[1].any())
    assert false / 200 <= 0.05


def test_row_p_values_are_uniform_or_larger():
    chances = [look(durations, drawn(300, seed=seed)).signal for seed in range(20)]
    for level in (0.01, 0.05, 0.2):
        assert np.nanmean(np.array(chances) <= level) <= level * 1.15
    for level in (0.01, 0.05, 0.2):
        hours = np.array([look(unusual_hours, drawn(300, seed=seed)).signal for seed in range(10)])
        assert np.nanmean(hours <= level) <= level


# --- durations --------------------------------------------------------------------------------------------------------


def test_interviews_of_a_minute_are_found():
    cells = drawn(300)
    rows = np.arange(10, 300, 60)
    cells["end"] = [
        moved([b], [0], 60)[0] if k in rows else e
        for k, (b, e) in enumerate(zip(cells["begin"], cells["end"], strict=True))
    ]
    outcome = look(durations, cells)
    [short] = [one for one in outcome.findings if one.code == "assess.time-short"]
    assert short.rows == tuple(rows + 2)
    assert short.p_adjusted <= 0.05
    assert short.facts["most"] == 1.0
    assert (outcome.signal[rows] < 0.001).all()
    assert outcome.tested >= 600


def test_an_interviewer_who_takes_a_third_of_the_time_is_singled_out_and_nobody_else():
    cells = drawn(400, people=10)
    rows = mine(cells, "E3")
    cells["end"] = moved(cells["begin"], range(400), lengths(cells))
    cells["end"] = moved(cells["end"], rows, -2 * lengths(cells)[rows] / 3)
    [found] = [one for one in look(durations, cells).findings if one.code == "assess.time-pace"]
    assert [one.name for one in found.subjects] == ["E3"]
    assert found.subjects[0].rows == tuple(rows + 2)
    assert found.subjects[0].private
    assert found.facts["unlike"] == 1
    assert found.facts["of"] == 10
    assert "E3" not in sentence(found)
    assert 0.2 <= found.subjects[0].facts["times"] <= 0.5


@pytest.mark.parametrize(("n", "people"), [(100, 3), (600, 20)])
def test_half_of_ones_interviews_in_a_hurry_are_found_and_no_other(n, people):
    cells = drawn(n, people=people)
    own = mine(cells, "E1")
    rows = own[::2]
    seconds = np.random.default_rng(2).integers(180, 300, len(rows))
    ends = moved(cells["begin"], rows, seconds)
    cells["end"] = [ends[k] if k in set(rows.tolist()) else text for k, text in enumerate(cells["end"])]
    outcome = look(durations, cells)
    [short] = [one for one in outcome.findings if one.code == "assess.time-short"]
    assert set(short.rows) == set((rows + 2).tolist())
    assert outcome.signal[rows].max() < 0.001
    hasty = [one for one in outcome.findings if one.code == "assess.time-hasty"]
    assert [person.name for one in hasty for person in one.subjects] == (["E1"] if people > 4 else [])
    for one in hasty:
        assert set(one.subjects[0].rows) <= set((rows + 2).tolist())
        assert one.subjects[0].facts["n"] >= len(rows) - 2
        assert "E1" not in sentence(one)
        assert subject_sentence(one.subjects[0])


def test_who_leaves_forms_open_has_no_short_ones_for_it():
    cells = drawn(400, people=10)
    rows = mine(cells, "E4")[::2]
    cells["end"] = moved(cells["end"], rows, 5 * 3600)
    assert not {"time-short", "time-hasty"} & set(codes(look(durations, cells)))


def lengths(cells):
    begin, end = (np.array([np.datetime64(str(text)[:19]) for text in cells[name]]) for name in ("begin", "end"))
    return (end - begin).astype(float)


def test_whoever_becomes_ever_faster_is_singled_out():
    cells = drawn(800, people=10)
    rows = mine(cells, "E5")
    faster = np.exp(-1.6 * np.arange(len(rows)) / len(rows))
    cells["end"] = moved(cells["begin"], range(800), lengths(cells) * np.where(np.isin(np.arange(800), rows), 0, 1))
    cells["end"] = moved(cells["end"], rows, lengths(drawn(800, people=10))[rows] * faster)
    found = [one for one in look(durations, cells).findings if one.code == "assess.time-drift"]
    assert [one.name for one in found[0].subjects] == ["E5"]
    assert found[0].subjects[0].facts["times"] < 0.5


def test_more_answers_may_take_more_time():
    cells = drawn(300, questions=12, habit=0.02)
    few = np.arange(0, 300, 5)
    for q in range(1, 12):
        cells[f"q{q}"] = [None if k in set(few.tolist()) else text for k, text in enumerate(cells[f"q{q}"])]
    cells["end"] = moved(cells["begin"], range(300), lengths(cells) * np.where(np.isin(np.arange(300), few), 0.1, 1.0))
    assert "time-short" not in codes(look(durations, cells))


def test_the_length_agreed_is_a_rule():
    outcome = look(durations, drawn(100), protocol={"minutes": {"least": 20, "most": 60}})
    [found] = [one for one in outcome.findings if one.code == "assess.minutes"]
    minutes = lengths(drawn(100)) / 60
    assert found.rows == tuple(np.flatnonzero((minutes < 20) | (minutes > 60)) + 2)
    assert found.p_value is None
    assert found.facts["below"] + found.facts["above"] == len(found.rows)


def test_forms_left_open_for_days_are_told_apart_and_do_not_count():
    cells = drawn(100)
    cells["end"] = moved(cells["end"], [4, 50], 3 * 86_400)
    outcome = look(durations, cells)
    assert codes(outcome) == ["left-open"]
    assert outcome.findings[0].rows == (6, 52)
    assert np.isnan(outcome.signal[[4, 50]]).all()


def test_a_column_of_seconds_and_seconds_by_question_will_do():
    cells = drawn(200)
    chance = np.random.default_rng(5)
    cells["length"] = [f"{v:.0f}" for v in lengths(cells)]
    for q in range(3):
        cells[f"t{q}"] = [f"{v:.2f}" for v in np.exp(chance.normal(2, 0.4, 200))]
        cells[f"t{q}"][20] = "0.02"
    cells["length"][7] = "9"
    paradata = {"seconds": "length", "question_seconds": {f"q{q}": f"t{q}" for q in range(3)}, "enumerator": "who"}
    found = {one.code: one.rows for one in look(durations, cells, paradata=paradata).findings}
    assert found == {"assess.time-short": (9,), "assess.time-quick": (22,)}


# --- hours ------------------------------------------------------------------------------------------------------------


def test_interviews_at_night_break_the_rule():
    cells = drawn(100)
    rows = [int(mine(cells, who)[0]) for who in ("E1", "E5")]
    cells["begin"] = moved(cells["begin"], rows, 14 * 3600)
    [found] = look(unusual_hours, cells, protocol={"hours": (7, 20)}).findings
    assert (found.code, found.rows) == ("assess.outside-hours", tuple(row + 2 for row in rows))
    assert found.facts["first"] == "7:00"


def test_hours_may_reach_over_midnight():
    cells = drawn(60)
    cells["begin"] = written(FIRST + (np.arange(60) * 1_440).astype("timedelta64[s]") + np.timedelta64(12, "h"))
    outside = look(unusual_hours, cells, protocol={"hours": (18, 2)}).findings[0]
    assert outside.rows == tuple(
        k + 2
        for k in range(60)
        if not (20 * 3600 + k * 1440) % 86_400 >= 18 * 3600 and not (20 * 3600 + k * 1440) % 86_400 < 2 * 3600
    )


def test_who_asks_when_nobody_else_does_is_singled_out():
    cells = drawn(400, people=10)
    rows = mine(cells, "E2")
    for name in ("begin", "end"):
        cells[name] = moved(cells[name], rows, 12 * 3600)
    [found] = look(unusual_hours, cells).findings
    assert [one.name for one in found.subjects] == ["E2"]
    assert "E2" not in sentence(found)
    assert found.p_adjusted <= 0.05
    assert subject_sentence(found.subjects[0])


def test_world_time_tells_no_hour_of_the_day():
    cells = drawn(50)
    cells["begin"] = [text.replace("+03:00", "Z") for text in cells["begin"]]
    assert "zone" in look(unusual_hours, cells).idle
    assert look(unusual_hours, cells, paradata={"start": "begin", "zone": "Africa/Nairobi"}).idle == ""


def test_ranks_of_equal_values_are_the_greater_ones():
    np.testing.assert_allclose(ranks(np.array([1.0, 3.0, 3.0, np.nan])), [1.0, 2 / 3, 2 / 3, np.nan])


# --- overlaps ---------------------------------------------------------------------------------------------------------


def brute(who, start, end):
    found = set()
    for i in range(len(who)):
        for j in range(i):
            if who[i] == who[j] and start[i] < end[j] and start[j] < end[i]:
                found |= {i, j}
    return found


@pytest.mark.parametrize("seed", range(8))
def test_overlaps_are_exactly_those_of_all_pairs(seed):
    chance = np.random.default_rng(seed)
    n = 120
    who = [f"E{k}" for k in chance.integers(0, 7, n)]
    start = chance.integers(0, 400_000, n)
    end = start + chance.choice([0, 600, 1800, 1800, 60_000], n)
    cells = {
        "who": who,
        "q": ["yes"] * n,
        "begin": written(FIRST + start.astype("timedelta64[s]")),
        "end": written(FIRST + end.astype("timedelta64[s]")),
    }
    outcome = look(overlaps, cells, **plain(start="begin", end="end", enumerator="who"), row_id=None)
    lasting = [k for k in range(n) if end[k] > start[k]]
    expected = {lasting[k] for k in brute([who[k] for k in lasting], start[lasting], end[lasting])}
    rows = next((one.rows for one in outcome.findings if one.code == "assess.overlap-enumerator"), ())
    assert rows == tuple(sorted(k + 2 for k in expected))


def test_interviews_that_touch_do_not_overlap():
    cells = {
        "who": ["E1", "E1"],
        "q": ["yes", "no"],
        "begin": ["2024-01-01T10:00", "2024-01-01T10:30"],
        "end": ["2024-01-01T10:30", "2024-01-01T11:00"],
    }
    assert look(overlaps, cells, **plain(start="begin", end="end", enumerator="who"), row_id=None).findings == ()


def test_with_few_interviewers_the_public_finding_has_no_number_and_no_rows():
    cells = drawn(60, people=3)
    cells["end"] = moved(cells["end"], [0], 2 * 3600)
    [found] = look(overlaps, cells).findings
    assert found.rows == ()
    assert "n" not in found.facts
    assert found.subjects[0].rows == (2, 3)
    assert not any(character.isdigit() for character in sentence(found))


def test_device_and_interviewer_are_not_told_twice():
    cells = drawn(200)
    cells["end"] = moved(cells["end"], [0], 2 * 3600)
    assert codes(look(overlaps, cells)) == ["overlap-enumerator"]
    cells["device"] = [f"D{k % 7}" for k in range(200)]
    assert "overlap-device" in codes(look(overlaps, cells))


def test_nobody_is_in_two_areas_within_a_minute():
    cells = drawn(200)
    cells["village"][0], cells["village"][1] = "V1", "V2"
    cells["end"][0] = moved(cells["begin"], [1], -20)[1]
    assert codes(look(overlaps, cells)) == ["too-near"]
    assert look(overlaps, cells).findings[0].rows == (3,)
    cells["village"][0] = "V2"
    assert codes(look(overlaps, cells)) == []


# --- clocks -----------------------------------------------------------------------------------------------------------


def test_moments_in_the_wrong_order_are_told_by_kind():
    cells = drawn(300)
    cells["end"] = moved(cells["begin"], range(300), lengths(cells) * np.where(np.arange(300) == 5, -1, 1))
    cells["sent"] = moved(cells["sent"], [20, 21], -86_400)
    cells["got"] = moved(cells["got"], [20, 21, 40], [-86_400, -86_400, -7200])
    found = {one.code: one.rows for one in look(clocks, cells).findings}
    assert found == {"assess.backwards": (7,), "assess.sent-early": (22, 23), "assess.received-early": (42,)}


def test_a_clock_that_lost_its_battery_is_told_and_no_row_dropped():
    cells = drawn(100)
    for row, moment in ((3, "1970-01-01T00:10:00"), (4, "2000-01-03T05:00:00"), (5, "2031-01-01T00:00:00")):
        cells["begin"][row] = f"{moment}+03:00"
        cells["end"][row] = f"{moment[:11]}09:00:00+03:00"
    found = {one.code: one.rows for one in look(clocks, cells).findings}
    assert found["assess.reset"] == (5, 6)
    assert found["assess.ahead"] == (7,)


def test_a_clock_twelve_hours_slow_is_found_with_its_repair():
    cells = drawn(500, people=9)
    rows = mine(cells, "D4", "device")
    for name in ("begin", "end"):
        cells[name] = moved(cells[name], rows, -12 * 3600)
    [found] = [one for one in look(clocks, cells).findings if one.code == "assess.clock-slow"]
    [device] = found.subjects
    assert (device.name, device.facts["shift"]) == ("D4", 12.0)
    assert "repairs" in device.text
    assert device.rows == tuple(rows + 2)
    assert "D4" not in sentence(found)


def test_a_clock_set_back_from_one_day_on_is_found_from_that_day_on():
    cells = drawn(900, people=8, per_day=4)
    rows = mine(cells, "D2", "device")
    late = rows[len(rows) // 2 // 4 * 4 :]
    for name in ("begin", "end"):
        cells[name] = moved(cells[name], late, -5 * 3600)
    [found] = [one for one in look(clocks, cells).findings if one.code == "assess.clock-changed"]
    assert [one.name for one in found.subjects] == ["D2"]
    assert set(found.subjects[0].rows) >= set(late[4:] + 2)


def test_arrival_without_offset_is_read_as_it_contradicts_least():
    cells = drawn(200)
    cells["got"] = [str(np.datetime64(text[:19]) - np.timedelta64(3, "h")) for text in cells["got"]]
    paradata = {"start": "begin", "end": "end", "received": "got", "device": "device"}
    assert look(clocks, cells, paradata=paradata).findings == ()
    cells["got"] = [str(np.datetime64(text) + np.timedelta64(3, "h")) for text in cells["got"]]
    assert look(clocks, cells, paradata=paradata).findings == ()


def test_a_change_needs_all_later_days_to_be_later():
    assert change_at(np.array([10.0, 20.0, 9000.0, 9100.0])) == 2
    assert change_at(np.array([10.0, 9000.0, 20.0, 9100.0])) == 0
    assert change_at(np.array([10.0, 20.0, 30.0])) == 0


# --- odd data, texts, speed -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_without_paradata_a_check_says_what_it_needs(check):
    outcome = look(check.run, {"id": ["1"], "q": ["yes"]}, **plain())
    assert outcome.findings == ()
    assert outcome.idle or check.id == "K14"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
@pytest.mark.parametrize("n", [0, 1, 2, 7])
def test_odd_data_never_stop_a_check(check, n):
    cells = drawn(max(n, 1), people=2)
    small = {name: values[:n] for name, values in cells.items()}
    empty = {name: [None] * n for name in cells}
    same = {name: [values[0]] * n for name, values in cells.items()}
    odd = {name: ["??"] * n for name in cells}
    for table in (small, empty, same, odd):
        assert look(check.run, table).tested >= 0


@pytest.mark.parametrize("rows", [100, 300])
def test_one_value_everywhere_never_stops_a_check(rows):
    cells = drawn(rows)
    constant = {**cells, "begin": [cells["begin"][0]] * rows, "end": [cells["end"][0]] * rows}
    for check in CHECKS:
        assert look(check.run, constant).tested >= 0
