"""How many planted errors do the checks find, and how often do they speak where nothing is wrong?

Clean surveys are drawn in which honest people answer: households of a village resemble each other, there are kinds of
households, answers hang together, interviewers share villages, days have hours. Into them errors of one kind at a time
are planted. Beside each check stands the rule that is published for the same purpose, at its published threshold, and
again at the threshold at which it speaks falsely as seldom as ours may (95th percentile of its own statistic over the
clean surveys): recall at equal false alarm. All in the same run, on the same surveys.

Run: .venv/bin/python benchmarks/seeded_errors.py [--clean 60] [--planted 20] [--sizes 25,100,400,1600] [--rows 600]
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pyarrow as pa

from datashift.assess import assess
from datashift.model import Area, Assessment, Effect, Harmonised, Kit, Recipe

YES_NO, FIVE, THREE = ("yes", "no"), ("1", "2", "3", "4", "5"), ("a", "b", "c")
CHOICES = 30
ALL_PAIRS = 5_000
"""Percent-match compares all pairs, which takes hours for more interviews."""
GRID = [f"q{k}" for k in range(20, 28)]
NUMBERS = ("income", "distance", "hours", "weight")
TODAY = date(2026, 6, 30)

Columns = dict[str, np.ndarray]


@dataclass(frozen=True)
class World:
    """A survey: its columns (texts as a file has them), and the rows that an error was planted in.

    `beside` are rows that belong to an error without being wrong, such as those that were copied: no check is blamed
    for them, and none is praised.
    """

    columns: Columns
    planted: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    beside: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def n(self) -> int:
        return len(self.columns["id"])


# --- honest surveys -----------------------------------------------------------------------------------------------


def honest(rng: np.random.Generator, n: int) -> World:
    """A survey in which nobody did anything wrong."""
    villages, people = max(1, n // 25), max(2, min(40, n // 30), n // 400)
    village = np.sort(rng.integers(0, villages, n))
    # Every village is visited by up to three interviewers; each works through it in turn.
    team = rng.integers(0, people, (villages, 3))
    enumerator = team[village, rng.integers(0, 3, n)]
    columns: Columns = {
        "id": np.array([f"hh-{7 * i:06d}" for i in range(n)]),
        "village": np.char.add("v", village.astype(str)),
        "enumerator": np.char.add("e", enumerator.astype(str)),
        **_times(rng, n, enumerator, village),
        **_places(rng, n, village),
        **_people(rng, n),
        **_answers(rng, n, village),
    }
    return World(columns)


def _times(rng: np.random.Generator, n: int, enumerator: np.ndarray, village: np.ndarray) -> Columns:
    """Interviews of each person follow each other, about eight a day between 8 and 17 h; a new village, a new day."""
    start = np.zeros(n, dtype="datetime64[s]")
    minutes = np.exp(rng.normal(np.log(25), 0.3, n))
    gaps = np.exp(rng.normal(np.log(20), 0.5, n))
    for person in np.unique(enumerator):
        own = np.flatnonzero(enumerator == person)
        clock, day, at = 8.0 * 60 + rng.uniform(0, 40), 0, -1
        for row in own[np.argsort(village[own], kind="stable")]:
            if clock + minutes[row] > 17 * 60 or village[row] not in (at, -1):
                clock, day = 8.0 * 60 + rng.uniform(0, 40), day + 1
            at = int(village[row])
            start[row] = np.datetime64("2026-03-02T00:00:00") + np.timedelta64(int((day * 1440 + clock) * 60), "s")
            clock += minutes[row] + gaps[row]
    end = start + (minutes * 60).astype("timedelta64[s]")
    sent = end + (np.exp(rng.normal(np.log(180), 0.8, n)) * 60).astype("timedelta64[s]")
    written = {"start": start, "end": end, "submitted": sent}
    return {name: np.char.add(moments.astype(str), "+03:00") for name, moments in written.items()}


def _places(rng: np.random.Generator, n: int, village: np.ndarray) -> Columns:
    """Houses stand around the middle of their village, some closely together; positions have an error of metres."""
    middles = np.column_stack([rng.uniform(30.1, 31.9, village.max() + 1), rng.uniform(-3.9, -3.1, village.max() + 1)])
    spread = rng.gamma(2.0, 0.004, n)
    angle = rng.uniform(0, 2 * np.pi, n)
    east = middles[village, 0] + spread * np.cos(angle) + rng.normal(0, 3e-5, n)
    north = middles[village, 1] + spread * np.sin(angle) + rng.normal(0, 3e-5, n)
    metres = np.round(rng.gamma(4.0, 1.5, n) + 2, 1)
    return {"lon": _texts(east, 7), "lat": _texts(north, 7), "accuracy": _texts(metres, 1)}


def _people(rng: np.random.Generator, n: int) -> Columns:
    age = np.clip(np.round(18 + rng.gamma(2.2, 10.0, n)), 18, 97).astype(int)
    return {"age": age.astype(str), "sex": rng.choice(["female", "male"], n, p=[0.53, 0.47])}


def _answers(rng: np.random.Generator, n: int, village: np.ndarray) -> Columns:
    """Three kinds of households, villages with a level of their own, and questions that hang together."""
    kind = rng.choice(3, n, p=[0.5, 0.35, 0.15])
    level = rng.normal(0, 0.4, village.max() + 1)[village] + rng.normal(0, 0.7, n)
    found: Columns = {}
    for k in range(CHOICES):
        lean = rng.normal(0, 0.8, 3)[kind] + rng.uniform(0.2, 1.0) * level
        if k % 3 == 0:
            found[f"q{k}"] = np.where(rng.logistic(0, 1, n) < lean + rng.normal(0.4, 0.8), *YES_NO)
        elif f"q{k}" in GRID or k % 3 == 1:
            cuts = np.sort(rng.normal(0, 1.6, 4))
            found[f"q{k}"] = np.array(FIVE)[np.searchsorted(cuts, lean + rng.logistic(0, 1, n))]
        else:
            found[f"q{k}"] = rng.choice(THREE, n, p=rng.dirichlet([2, 2, 2]))
    found["income"] = np.round(np.exp(rng.normal(8 + 0.3 * level, 0.8, n)) / 10).astype(int).astype(str)
    found["distance"] = np.round(rng.exponential(900, n)).astype(int).astype(str)
    found["hours"] = rng.poisson(14 + 2 * kind).astype(str)
    found["weight"] = _texts(rng.normal(61, 11, n), 1)
    return found


def _texts(values: np.ndarray, decimals: int) -> np.ndarray:
    return np.array([f"{value:.{decimals}f}" for value in values])


# --- errors that are planted --------------------------------------------------------------------------------------


def _with(world: World, rows: np.ndarray, **columns: np.ndarray) -> World:
    changed = {name: values.copy().astype(object) for name, values in world.columns.items()}
    for name, values in columns.items():
        changed[name][rows] = values
    return World({name: values.astype(str) for name, values in changed.items()}, rows)


def _of_one(rng: np.random.Generator, world: World, share: float = 1.0) -> np.ndarray:
    """The rows of one interviewer with an ordinary load, or a share of them."""
    names, counts = np.unique(world.columns["enumerator"], return_counts=True)
    able = names[counts >= np.median(counts)]
    rows = np.flatnonzero(world.columns["enumerator"] == rng.choice(able))
    return np.sort(rng.choice(rows, max(3, int(share * len(rows))), replace=False))


def copied(changed: float) -> Callable[[np.random.Generator, World], World]:
    """An interviewer copies ten interviews of others into own ones and changes a share of the answers."""

    def plant(rng: np.random.Generator, world: World) -> World:
        rows = rng.choice(_of_one(rng, world), 10, replace=True)
        rows = np.unique(rows)
        models = rng.choice(np.setdiff1d(np.arange(world.n), rows), len(rows), replace=False)
        questions = [*(f"q{k}" for k in range(CHOICES)), *NUMBERS]
        new = {}
        for name in questions:
            values = world.columns[name][models].copy()
            other = rng.random(len(rows)) < changed
            values[other] = rng.choice(world.columns[name], int(other.sum()))
            new[name] = values
        return replace(_with(world, rows, **new), beside=models)

    return plant


def invented(rng: np.random.Generator, world: World) -> World:
    """One interviewer makes interviews up: the usual answer to most questions, quickly, with round numbers."""
    rows = _of_one(rng, world, 0.8)
    new = {}
    for k in range(CHOICES):
        values, counts = np.unique(world.columns[f"q{k}"], return_counts=True)
        usual = values[counts.argmax()]
        new[f"q{k}"] = np.where(rng.random(len(rows)) < 0.75, usual, rng.choice(world.columns[f"q{k}"], len(rows)))
    new["income"] = (np.round(rng.normal(300, 40, len(rows)) / 50) * 50).astype(int).astype(str)
    return _with(world, rows, **new)


def shifted_digits(rng: np.random.Generator, world: World) -> World:
    """One weight in fifty slips by a decimal place."""
    rows = rng.choice(world.n, max(1, world.n // 50), replace=False)
    return _with(world, rows, weight=_texts(10 * world.columns["weight"][rows].astype(float), 1))


def preferred_digits(rng: np.random.Generator, world: World) -> World:
    """One interviewer writes weights that end in 0 or 5 in seven of ten interviews."""
    rows = _of_one(rng, world)
    values = world.columns["weight"][rows].astype(float)
    heaped = np.where(rng.random(len(rows)) < 0.7, np.round(values * 2) / 2, values)
    return _with(world, rows, weight=_texts(heaped, 1))


def heaped_ages(rng: np.random.Generator, world: World) -> World:
    """Half of all ages are rounded to 0 or 5."""
    rows = rng.choice(world.n, world.n // 2, replace=False)
    ages = world.columns["age"][rows].astype(int)
    return _with(world, rows, age=(5 * np.round(ages / 5)).astype(int).astype(str))


def same_position(rng: np.random.Generator, world: World) -> World:
    """One interviewer takes every position of a day or more at one spot."""
    rows = _of_one(rng, world, 0.6)
    return _with(world, rows, lat=np.repeat(world.columns["lat"][rows[0]], len(rows)),
                 lon=np.repeat(world.columns["lon"][rows[0]], len(rows)))  # fmt: skip


def moved_position(rng: np.random.Generator, world: World) -> World:
    """One position in fifty lies in another village far away."""
    rows = rng.choice(world.n, max(1, world.n // 50), replace=False)
    return _with(world, rows, lon=_texts(world.columns["lon"][rows].astype(float) + 0.9, 7))


def reset_clock(rng: np.random.Generator, world: World) -> World:
    """A device loses its battery: its interviews begin and end in January 1970."""
    rows = _of_one(rng, world, 0.3)
    gone = np.timedelta64(20514, "D")
    new = {}
    for name in ("start", "end"):
        moments = np.char.partition(world.columns[name][rows], "+")[:, 0].astype("datetime64[s]") - gone
        new[name] = np.char.add(moments.astype(str), "+03:00")
    return _with(world, rows, **new)


def rushed(rng: np.random.Generator, world: World) -> World:
    """One interviewer needs four minutes instead of twenty-five in half of the interviews."""
    rows = _of_one(rng, world, 0.5)
    start = np.char.partition(world.columns["start"][rows], "+")[:, 0].astype("datetime64[s]")
    end = start + rng.integers(180, 300, len(rows)).astype("timedelta64[s]")
    return _with(world, rows, end=np.char.add(end.astype(str), "+03:00"))


def overlapping(rng: np.random.Generator, world: World) -> World:
    """Some interviews begin while the one before is still going on."""
    rows = _of_one(rng, world, 0.3)
    start = np.char.partition(world.columns["start"][rows], "+")[:, 0].astype("datetime64[s]")
    minutes = np.timedelta64(45 * 60, "s")
    end = np.char.partition(world.columns["end"][rows], "+")[:, 0].astype("datetime64[s]")
    return _with(world, rows, start=np.char.add((start - minutes).astype(str), "+03:00"),
                 end=np.char.add(end.astype(str), "+03:00"))  # fmt: skip


def straight_lines(rng: np.random.Generator, world: World) -> World:
    """One interviewer ticks one answer down the whole grid in half of the interviews."""
    rows = _of_one(rng, world, 0.5)
    return _with(world, rows, **{name: np.repeat("3", len(rows)) for name in GRID})


def too_alike(rng: np.random.Generator, world: World) -> World:
    """One interviewer leads people to yes in a third of the yes-or-no questions."""
    rows = _of_one(rng, world)
    names = [f"q{k}" for k in range(0, CHOICES, 3)][:4]
    new = {n: np.where(rng.random(len(rows)) < 0.6, "yes", world.columns[n][rows]) for n in names}
    return _with(world, rows, **new)


def sent_twice(rng: np.random.Generator, world: World) -> World:
    """Some interviews were sent twice, with another id."""
    rows = np.sort(rng.choice(np.arange(1, world.n), max(1, world.n // 100), replace=False))
    new = {name: values[rows - 1] for name, values in world.columns.items() if name != "id"}
    return replace(_with(world, rows, **new), beside=rows - 1)


KINDS: dict[str, tuple[Callable[[np.random.Generator, World], World], tuple[str, ...]]] = {
    "copied, 5 % changed": (copied(0.05), ("K17",)),
    "copied, 10 % changed": (copied(0.10), ("K17",)),
    "copied, 20 % changed": (copied(0.20), ("K17",)),
    "copied, 30 % changed": (copied(0.30), ("K17",)),
    "invented by one interviewer": (invented, ("K17", "K19", "K20")),
    "led to yes by one interviewer": (too_alike, ("K20",)),
    "straight lines": (straight_lines, ("K18", "K19", "K20")),
    "decimal slips": (shifted_digits, ("K15",)),
    "preferred digits, one interviewer": (preferred_digits, ("K21",)),
    "heaped ages": (heaped_ages, ("K22",)),
    "positions at one spot": (same_position, ("K26", "K27")),
    "positions far off": (moved_position, ("K26",)),
    "clocks reset": (reset_clock, ("K14",)),
    "rushed interviews": (rushed, ("K11",)),
    "overlapping interviews": (overlapping, ("K13",)),
    "sent twice": (sent_twice, ("K2",)),
}


# --- our checks ---------------------------------------------------------------------------------------------------

KIT = Kit.model_validate({
    "id": "simulated", "version": "1", "title": {"en": "Simulated"}, "description": {"en": "-"}, "indicator": "6.1.1",
    "relation": "local", "relation_note": {"en": "-"}, "universe": {"unit": {"en": "-"}, "text": {"en": "-"}},
    "concepts": {"q0": {"label": {"en": "q0"}, "codes": {code: {"label": {"en": code}} for code in YES_NO}}},
    "measures": [{"id": "SHARE", "label": {"en": "Yes"}, "finding": {"en": "-"}, "estimator": "proportion",
                  "numerator": {"q0": "yes"}}],
})  # fmt: skip
RECIPE = Recipe.model_validate({
    "id": "seeded", "title": {"en": "Seeded"}, "kit": "simulated", "producer": "a benchmark", "row_id": "id",
    "simulated": True, "source": [{"file": "seeded.csv"}], "columns": {"q0": {"column": "q0"}},
    "place": {"country": "XX", "as_of": "2026-01-01", "column": "village", "latitude": "lat", "longitude": "lon"},
    "period": {"label": "2026"}, "design": {"sampling_type": "probability"},
    "paradata": {"enumerator": "enumerator", "start": "start", "end": "end", "submitted": "submitted", "age": "age",
                 "sex": "sex", "accuracy": "accuracy"},
    "protocol": {"grids": [GRID]},
})  # fmt: skip


def assessed(world: World) -> Assessment:
    """All checks on a survey."""
    rows = pa.array(range(2, world.n + 2), pa.int64())
    raw = pa.table({"_row": rows, **{name: pa.array(values.tolist()) for name, values in world.columns.items()}})
    villages = {name: Area(name, name, "XX", 1) for name in set(world.columns["village"])}
    observations = pa.table({"row": rows, "area": raw["village"], "q0": raw["q0"]})
    nothing = pa.table({"row": pa.array([], pa.int64())} | dict.fromkeys(("column", "code", "value", "text"),
                                                                        pa.array([], pa.string())))  # fmt: skip
    yes = world.columns["q0"] == "yes"

    def effect(left_out: tuple[int, ...]) -> tuple[Effect, ...]:
        kept = np.ones(world.n, dtype=bool)
        kept[np.array(left_out, dtype=np.int64) - 2] = False
        after = 100 * float(yes[kept].mean()) if kept.any() else None
        return (Effect("SHARE", 100 * float(yes.mean()), after, "PT"),)

    taken = Harmonised(observations, nothing, world.n, world.n, 0)
    return assess(raw, taken, RECIPE, KIT, effect=effect, areas=villages, today=TODAY)


def flagged(found: Assessment, check: str, n: int) -> set[int]:
    """Rows (from 0) that a check points to, by itself or through the interviewers that it singles out.

    Heaping of ages (K22) is about all of them, as Whipple's index is.
    """
    rows: set[int] = set()
    for finding in found.findings:
        if finding.check == check:
            singled = [one.rows for one in finding.subjects]
            if check == "K22" and not singled:
                return set(range(n))
            rows |= {row - 2 for several in (singled or [finding.rows]) for row in several}
    return rows


# --- published rules ----------------------------------------------------------------------------------------------


def match_statistic(world: World) -> np.ndarray:
    """Greatest share of identical answers with any other interview (Kuriakose & Robbins 2016)."""
    columns = [np.unique(world.columns[name], return_inverse=True)[1] for name in _questions()]
    codes = np.column_stack(columns).astype(np.int16)
    best = np.zeros(world.n)
    for at in range(0, world.n, 200):
        block = (codes[at : at + 200, None, :] == codes[None, :, :]).mean(axis=2)
        block[np.arange(len(block)), at + np.arange(len(block))] = 0
        best[at : at + 200] = block.max(axis=1)
    return best


def digit_statistic(world: World) -> np.ndarray:
    """Digit preference score of each interviewer's weights, given to each of the rows (WHO MONICA, SMART)."""
    last = np.array([int(text[-1]) for text in world.columns["weight"]])
    return _by_interviewer(world, lambda own: _score(last[own]))


def _score(digits: np.ndarray) -> float:
    counts = np.bincount(digits, minlength=10)
    chi2 = float(((counts - counts.mean()) ** 2 / counts.mean()).sum())
    return 100 * np.sqrt(chi2 / (counts.sum() * 9))


def whipple_statistic(world: World) -> np.ndarray:
    """Whipple's index of all ages from 23 to 62 (100 = no heaping), given to every row."""
    ages = world.columns["age"].astype(int)
    inside = (ages >= 23) & (ages <= 62)
    index = 500 * float(((ages % 5 == 0) & inside).sum()) / max(int(inside.sum()), 1)
    return np.full(world.n, index)


def sd_statistic(world: World) -> np.ndarray:
    """Greatest distance of a number from its mean, in standard deviations, over all number questions."""
    far = [np.abs(x - x.mean()) / x.std() for x in (world.columns[name].astype(float) for name in NUMBERS)]
    return np.max(far, axis=0)


def iqr_statistic(world: World) -> np.ndarray:
    """Greatest distance of a number beyond its quartiles, in interquartile ranges."""
    found = []
    for name in NUMBERS:
        x = world.columns[name].astype(float)
        low, high = np.quantile(x, [0.25, 0.75])
        found.append(np.maximum(low - x, x - high) / (high - low))
    return np.max(found, axis=0)


def minutes_statistic(world: World) -> np.ndarray:
    """How far an interview is below the mean length, in standard deviations of all lengths."""
    ends, starts = (np.char.partition(world.columns[n], "+")[:, 0].astype("datetime64[s]") for n in ("end", "start"))
    minutes = (ends - starts).astype(float) / 60
    return (minutes.mean() - minutes) / minutes.std()


def _questions() -> list[str]:
    return [*(f"q{k}" for k in range(CHOICES)), *NUMBERS]


def _by_interviewer(world: World, of: Callable[[np.ndarray], float]) -> np.ndarray:
    found = np.zeros(world.n)
    for name in np.unique(world.columns["enumerator"]):
        own = world.columns["enumerator"] == name
        found[own] = of(own)
    return found


RULES: dict[str, tuple[Callable[[World], np.ndarray], float, str]] = {
    "percent-match ≥ 85 %": (match_statistic, 0.85, "K17"),
    "digit preference ≥ 20": (digit_statistic, 20.0, "K21"),
    "Whipple ≥ 110": (whipple_statistic, 110.0, "K22"),
    "3 SD": (sd_statistic, 3.0, "K15"),
    "1.5 IQR": (iqr_statistic, 1.5, "K15"),
    "length 3 SD below": (minutes_statistic, 3.0, "K11"),
}


# --- the run ------------------------------------------------------------------------------------------------------


def clean_runs(sizes: list[int], runs: int) -> None:
    """Print how often each check and each rule speaks where nothing is wrong."""
    print(f"False alarms in {runs} clean surveys of each size (share of surveys in which it speaks)\n")
    spoken: dict[str, Counter[int]] = {}
    for size in sizes:
        for k in range(runs):
            world = honest(np.random.default_rng([1, size, k]), size)
            for name in {*(one.check for one in assessed(world).findings), *_speaking(world)}:
                spoken.setdefault(name, Counter())[size] += 1
    print(f"{'':28}" + "".join(f"{f'n={size}':>10}" for size in sizes))
    for name, counts in sorted(spoken.items(), key=lambda one: (one[0] in RULES, one[0])):
        print(f"{name:28}" + "".join(f"{counts[size] / runs:10.2f}" for size in sizes))
    print("Checks that are not listed never spoke.\n")


def _speaking(world: World) -> list[str]:
    able = {name: rule for name, rule in RULES.items() if world.n <= ALL_PAIRS or rule[0] is not match_statistic}
    return [name for name, (statistic, bound, _check) in able.items() if statistic(world).max() >= bound]


def fair_bounds(runs: int, n: int) -> dict[str, float]:
    """Return for each rule the threshold at which it speaks falsely in 5 of 100 clean surveys of this size."""
    worlds = [honest(np.random.default_rng([3, n, k]), n) for k in range(runs)]
    return {
        name: float(np.quantile([statistic(world).max() for world in worlds], 0.95))
        for name, (statistic, _bound, _check) in RULES.items()
    }


def planted_runs(runs: int, n: int, fair: dict[str, float]) -> None:
    """Print recall and precision of checks, of the queue, and of the published rules, for each kind of error."""
    print(f"Recall and precision, {runs} surveys of {n} interviews for each kind (mean over surveys)\n")
    print(f"{'planted':34}{'by':26}{'recall':>8}{'precision':>11}{'recall at equal false alarm':>29}")
    for kind, (plant, checks) in KINDS.items():
        scores: dict[str, list[tuple[float, float, float]]] = {}
        for k in range(runs):
            rng = np.random.default_rng([2, n, k])
            for name, found in _scored(plant(rng, honest(rng, n)), checks, fair):
                scores.setdefault(name, []).append(found)
        for number, (name, values) in enumerate(scores.items()):
            recall, precision, equal = np.array(values).T
            shown = ["–" if np.isnan(v).all() else f"{np.nanmean(v):.2f}" for v in (recall, precision, equal)]
            print(f"{kind if not number else '':34}{name:26}{shown[0]:>8}{shown[1]:>11}{shown[2]:>29}")


def _scored(
    world: World, checks: tuple[str, ...], fair: dict[str, float]
) -> Iterator[tuple[str, tuple[float, float, float]]]:
    found = assessed(world)
    own = {check: flagged(found, check, world.n) for check in checks}
    own |= {"any of these": set().union(*own.values())} if len(checks) > 1 else {}
    beside = set(world.beside.tolist()) - set(world.planted.tolist())
    first = [one.row - 2 for one in found.interviews if one.row - 2 not in beside]
    own["queue, first as many"] = set(first[: len(world.planted)])
    for name, rows in own.items():
        recall, precision = _hits(rows, world)
        yield name, (recall, precision, recall if name in checks else np.nan)
    for name, (statistic, bound, check) in RULES.items():
        if check in checks:
            values = statistic(world)
            equal = _hits(set(np.flatnonzero(values > fair[name]).tolist()), world)[0]
            yield name, (*_hits(set(np.flatnonzero(values >= bound).tolist()), world), equal)


def _hits(rows: set[int], world: World) -> tuple[float, float]:
    truth, beside = set(world.planted.tolist()), set(world.beside.tolist())
    both, counted = len(rows & truth), len(rows - (beside - truth))
    return both / max(len(truth), 1), both / counted if counted else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clean", type=int, default=60, help="clean surveys of each size")
    parser.add_argument("--planted", type=int, default=20, help="surveys for each kind of error")
    parser.add_argument("--sizes", default="25,100,400,1600")
    parser.add_argument("--rows", type=int, default=600, help="interviews of a survey with errors")
    options = parser.parse_args()
    clean_runs([int(size) for size in options.sizes.split(",")], options.clean)
    planted_runs(options.planted, options.rows, fair_bounds(options.clean, options.rows))


if __name__ == "__main__":
    main()
