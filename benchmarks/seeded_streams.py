"""How many broken sensors and bursts do the checks find, and how often do they speak where nothing is wrong?

Networks of honest dust sensors are drawn in which places differ, hours resemble each other, and hours are missing; one
sensor of each is broken. Crowds are drawn that have a weekly rhythm, moods of several days, and tire; one day of each
gets more. Beside K33 and K31 stand rules of thumb: a sensor whose mean is three standard deviations from that of the
others, or whose correlation with their median is below 0.5; a day three standard deviations above the mean. Each rule
stands there again at the threshold at which it speaks falsely in 5 of 100 honest worlds.

Run: .venv/bin/python benchmarks/seeded_streams.py [--worlds 100]
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from datashift.assess.checks import discoveries
from datashift.assess.sources.bursts import burst_p
from datashift.assess.sources.hourly import Hours
from datashift.assess.sources.neighbours import asked_in_turn, far_off

SENSORS, DAYS = 10, 90
BROKEN = 3
WEEK = np.array([1, 1, 1.1, 1, 1.3, 0.5, 0.2])

Draw = np.random.Generator
Statistic = Callable[[np.ndarray], np.ndarray]


# --- sensors ------------------------------------------------------------------------------------------------------


def network(rng: Draw) -> np.ndarray:
    """Hourly dust of honest sensors (µg/m³), NaN where an hour is missing."""
    hours = np.arange(24 * DAYS)
    shared = 0.4 * np.sin(hours * np.pi / 12) + _memory(rng, 0.95, 0.4, (1, len(hours)))[0]
    own = _memory(rng, 0.9, 0.3, (SENSORS, len(hours)))
    own += np.repeat(_memory(rng, 0.5, 0.15, (SENSORS, DAYS)), 24, axis=1)
    gain, level = np.exp(rng.normal(0, 0.2, (SENSORS, 1))), rng.normal(3.0, 0.5, (SENSORS, 1))
    dust = np.round(np.exp(level + gain * shared + own))
    dust[rng.random(dust.shape) < 0.1] = np.nan
    return dust


def _memory(rng: Draw, phi: float, spread: float, shape: tuple[int, int]) -> np.ndarray:
    steps = rng.normal(0, spread * np.sqrt(1 - phi**2), shape)
    found = np.empty(shape)
    found[:, 0] = rng.normal(0, spread, shape[0])
    for k in range(1, shape[1]):
        found[:, k] = phi * found[:, k - 1] + steps[:, k]
    return found


def drifting(rng: Draw, dust: np.ndarray) -> np.ndarray:
    """The sensor shows more and more, up to seven times as much."""
    return dust * np.exp(np.linspace(0, 2, len(dust)))


def flat(rng: Draw, dust: np.ndarray) -> np.ndarray:
    """The sensor hardly moves any more."""
    return np.round(65 + 0.15 * dust)


def indoors(rng: Draw, dust: np.ndarray) -> np.ndarray:
    """The sensor stands in a kitchen: it follows nobody."""
    return np.exp(3 + _memory(rng, 0.9, 0.5, (1, len(dust)))[0])


def offset(rng: Draw, dust: np.ndarray) -> np.ndarray:
    """The sensor shows 600 more than there is."""
    return dust + 600


SENSOR_KINDS = {"drifting": drifting, "flat": flat, "indoors": indoors, "600 too high": offset}


def k33(dust: np.ndarray) -> np.ndarray:
    """Return which sensors the check singles out."""
    everyone = np.arange(len(dust))
    others = tuple(np.delete(everyone, k) for k in everyone)
    hours = Hours(tuple(f"S{k}" for k in everyone), everyone, np.log(dust + 1), others)
    far = far_off(hours)[2]
    evidence: Any = SimpleNamespace(recipe=SimpleNamespace(protocol=SimpleNamespace(reference=())))
    none: Any = None
    return far | discoveries(asked_in_turn(evidence, none, hours, far).p)[1].any(axis=1)


def mean_apart(dust: np.ndarray) -> np.ndarray:
    """Return how many standard deviations of the others the mean of each lies from theirs."""
    means = np.nanmean(dust, axis=1)
    others = [np.delete(means, k) for k in range(len(means))]
    return np.array([abs(means[k] - rest.mean()) / rest.std(ddof=1) for k, rest in enumerate(others)])


def unlike_median(dust: np.ndarray) -> np.ndarray:
    """Return 1 − the correlation of each with the median of the others."""
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # hours that everybody misses
        for k in range(len(dust)):
            middle = np.nanmedian(np.delete(dust, k, axis=0), axis=0)
            both = np.isfinite(dust[k]) & np.isfinite(middle)
            found.append(1 - float(np.corrcoef(dust[k, both], middle[both])[0, 1]))
    return np.array(found)


# --- crowds -------------------------------------------------------------------------------------------------------


def crowd(rng: Draw) -> np.ndarray:
    """Reports by day of an honest crowd."""
    size, mood = float(np.exp(rng.uniform(np.log(4), np.log(60)))), _memory(rng, 0.7, 0.35, (1, DAYS))[0]
    tired = np.exp(-np.arange(DAYS) / rng.choice([25, 60, 1e9]))
    return rng.poisson(size * WEEK[(np.arange(DAYS) + rng.integers(7)) % 7] * np.exp(mood) * tired + 0.2)


def nine_times(rng: Draw, counts: np.ndarray) -> np.ndarray:
    """One day has nine times as many as usual."""
    counts = counts.copy()
    counts[45] += 8 * max(3, int(counts.mean()))
    return counts


def busy_week(rng: Draw, counts: np.ndarray) -> np.ndarray:
    """One week has five times as many as usual."""
    counts = counts.copy()
    counts[42:49] += rng.poisson(4 * max(3.0, float(counts.mean())), 7)
    return counts


CROWD_KINDS = {"one day, nine times": nine_times, "one week, five times": busy_week}


def k31(counts: np.ndarray) -> np.ndarray:
    """Return which days begin a burst."""
    odd = discoveries(burst_p(counts)[0].ravel())[1].reshape(3, -1)
    return np.array([odd[:, max(0, day - 6) : day + 1].any() for day in range(len(counts))])


def above_mean(counts: np.ndarray) -> np.ndarray:
    """Return how many standard deviations each day lies above the mean."""
    return (counts - counts.mean()) / counts.std()


# --- the run ------------------------------------------------------------------------------------------------------


def compare(
    title: str,
    world: Callable[[Draw], np.ndarray],
    kinds: dict[str, Callable[[Draw, np.ndarray], np.ndarray]],
    check: tuple[str, Statistic],
    rules: dict[str, tuple[Statistic, float]],
    worlds: int,
) -> None:
    """Print false alarms, and how often what was planted is found: rows are the check and the rules."""
    honest = [world(np.random.default_rng([1, k])) for k in range(worlds)]
    told: dict[str, Statistic] = {check[0]: check[1]}
    for name, (statistic, bound) in rules.items():
        fair = float(np.quantile([statistic(one).max() for one in honest], 0.95))
        told[name] = _above(statistic, bound)
        told[f"{name}, equal false alarm"] = _above(statistic, fair)
    print(f"\n{title}, {worlds} worlds each\n{'by':52}{'false alarm':>12}" + "".join(f"{kind:>22}" for kind in kinds))
    for name, speaks in told.items():
        false = np.mean([speaks(one).any() for one in honest])
        recalls = [np.mean([_found(world, plant, speaks, k) for k in range(worlds)]) for plant in kinds.values()]
        print(f"{name:52}{false:12.2f}" + "".join(f"{recall:22.2f}" for recall in recalls), flush=True)


def _above(statistic: Statistic, bound: float) -> Statistic:
    return lambda one: statistic(one) > bound


def _found(
    world: Callable[[Draw], np.ndarray], plant: Callable[[Draw, np.ndarray], np.ndarray], speaks: Statistic, k: int
) -> bool:
    rng = np.random.default_rng([2, k])
    one = world(rng)
    if one.ndim == 1:
        changed = plant(rng, one)
        return bool(speaks(changed)[changed != one].any())
    one[BROKEN] = plant(rng, one[BROKEN])
    return bool(speaks(one)[BROKEN])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=100)
    worlds = parser.parse_args().worlds
    sensor_rules = {"mean 3 SD from the others": (mean_apart, 3.0), "correlation below 0.5": (unlike_median, 0.5)}
    compare(f"{SENSORS} sensors, {DAYS} days", network, SENSOR_KINDS, ("K33", k33), sensor_rules, worlds)
    compare(f"Crowds, {DAYS} days", crowd, CROWD_KINDS, ("K31", k31), {"day 3 SD above the mean": (above_mean, 3.0)},
            worlds)  # fmt: skip


if __name__ == "__main__":
    main()
