"""What a survey saw of the made-up country: a two-stage sample, written down as untidily as real files are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from datashift.demo_data.world import REGIONS, STATES, TYPES, Floats, Ints, World

POINTS_PER_VILLAGE = 8

MANAGERS = (
    ("water committee", 30), ("Water Committee", 10), ("VWC", 8), ("user-group", 8), ("Municipality", 10),
    ("private operator", 9), ("Company", 3), ("School", 5), ("health facility", 3), ("None", 6), ("-", 4), ("NA", 4),
)  # fmt: skip
REMARKS = (
    "pump handle “loose”", "spare parts missing – committee told", "fee 2 € a month", "people say it’s salty in May",
    "next to the café", "tap stolen … twice",
)  # fmt: skip
NO_STATE = (("unknown", 5), ("None", 3), ("NA", 3), ("-", 3))
NOT_IN_THE_LIST = ("see photo", "2", "wroks", "functional?", "locked", "ask chief")


@dataclass(frozen=True)
class Sample:
    """The points that were drawn, and what each stands for: (villages / drawn) × (points / visited)."""

    point: Ints
    weight: Floats


def draw(rng: np.random.RandomState, world: World) -> Sample:
    """Draw villages in each region by chance without replacement, then up to eight water points in each village."""
    points: list[Ints] = []
    weights: list[Floats] = []
    for i, region in enumerate(REGIONS):
        villages = np.unique(world.village[world.region == i])
        for village in np.sort(rng.permutation(villages)[: region.drawn]):
            there = np.flatnonzero(world.village == village)
            visited = rng.permutation(there)[:POINTS_PER_VILLAGE]
            points.append(np.sort(visited))
            weights.append(np.full(len(visited), len(villages) / region.drawn * len(there) / len(visited)))
    return Sample(np.concatenate(points), np.concatenate(weights))


def rows(rng: np.random.RandomState, world: World, sample: Sample) -> list[dict[str, str]]:
    """Write the sample down with spelling variants and missing words, in the order of the ids."""
    kinds = list(TYPES)
    order = rng.permutation(len(sample.point))
    written = []
    for number, k in enumerate(order, start=1):
        point = int(sample.point[k])
        day = rng.randint(0, 90)
        collector = rng.randint(1, 13)
        written.append(
            {
                "wp_id": f"{number:04d}",
                "country": "Tavelia",
                "region": _region(rng, int(world.region[point])),
                "village": f"{world.village[point]:04d}",
                "visited": f"{1 + day % 30:02d}/{4 + day // 30:02d}/2024",
                "latitude": f"{world.latitude[point]:.6f}",
                "longitude": f"{world.longitude[point]:.6f}",
                "type": _cased(rng, kinds[world.type[point]]),
                "works": _state(rng, int(world.state[point])),
                "managed by": _chosen(rng, MANAGERS),
                "people": _people(rng, world, point),
                "built": str(world.built[point]) if rng.random_sample() < 0.8 else "0",
                "weight": f"{sample.weight[k]:.4f}",
                "collector": f"Collector {collector:02d} (simulated)",
                "phone": f"000 0000 {collector:02d}",
                "remark": REMARKS[rng.randint(len(REMARKS))] if rng.random_sample() < 0.05 else "",
            }
        )
    return written


def spoil(rng: np.random.RandomState, written: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Add what real files bring: odd coordinates, dates and states, unknown places, repeated rows, an empty row."""
    spoilt = [dict(row) for row in written]
    chosen = iter(rng.permutation(len(spoilt)).tolist())
    for _ in range(9):
        spoilt[next(chosen)] |= {"latitude": "0", "longitude": "0"}
    for _ in range(6):
        row = spoilt[next(chosen)]
        row["latitude"], row["longitude"] = row["longitude"], row["latitude"]
    for _ in range(4):
        # A slip of the finger puts these two regions further south.
        row = spoilt[next(chosen)]
        row["latitude"] = f"{float(row['latitude']) + (3 if float(row['latitude']) < -31 else -3):.6f}"
    for _ in range(7):
        spoilt[next(chosen)]["visited"] = "01/01/1970"
    for state in NOT_IN_THE_LIST:
        spoilt[next(chosen)]["works"] = state
    for region in ("Qorbel", "Qorbel", "NA"):
        spoilt[next(chosen)]["region"] = region
    spoilt[700:700] = [dict.fromkeys(spoilt[0], "")]
    for k in sorted(next(chosen) for _ in range(5)):
        spoilt.append(dict(spoilt[k] if k < 700 else spoilt[k + 1]))
    return spoilt


def _region(rng: np.random.RandomState, region: int) -> str:
    known = REGIONS[region]
    return known.name if rng.random_sample() < 0.75 else known.spellings[rng.randint(len(known.spellings))]


def _state(rng: np.random.RandomState, state: int) -> str:
    return _chosen(rng, NO_STATE) if rng.random_sample() < 0.03 else _cased(rng, STATES[state])


def _people(rng: np.random.RandomState, world: World, point: int) -> str:
    if rng.random_sample() < REGIONS[world.region[point]].counted:
        return str(world.people[point])
    return ("0", "0", "NA")[rng.randint(3)]


def _cased(rng: np.random.RandomState, words: str) -> str:
    chance = rng.random_sample()
    if chance < 0.15:
        return words.capitalize()
    return words.upper() if chance < 0.22 else words


def _chosen(rng: np.random.RandomState, options: Sequence[tuple[str, int]]) -> str:
    left = rng.random_sample() * sum(share for _option, share in options)
    for option, share in options:
        left -= share
        if left < 0:
            return option
    return options[-1][0]
