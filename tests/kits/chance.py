"""What all drawn examples share: a made-up country, its sampling lists, and draws from uniform numbers.

The draws use only `random.Random.random`, whose numbers are the same in every version of Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

AREAS = """id,name,country,level,parent,valid_from,valid_to,aliases,predecessors
ZZ,Tavelia (made-up country),ZZ,0,,,,Tavelia,
ZZ-01,Avânia,ZZ,1,ZZ,,,,
ZZ-02,Belmór,ZZ,1,ZZ,,,,
ZZ-03,Cérula,ZZ,1,ZZ,,,,
"""
NAMES = {"ZZ-01": "Avânia", "ZZ-02": "Belmór", "ZZ-03": "Cérula"}
CORNERS = {"ZZ-01": (-29.5, -24.0), "ZZ-02": (-29.5, -22.0), "ZZ-03": (-29.5, -20.0)}


@dataclass(frozen=True)
class Place:
    """A drawn cluster with its area, stratum and weight."""

    cluster: str
    name: str
    area: str
    stratum: str
    weight: str


class Chance:
    """Draws that use nothing but uniform numbers."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def share(self) -> float:
        return self._random.random()

    def number(self, least: int, most: int) -> int:
        return least + int(self.share() * (most - least + 1))

    def one_of(self, options: dict[str, float]) -> str:
        left = self.share() * sum(options.values())
        for option, share in options.items():
            left -= share
            if left < 0:
                return option
        return option


Shares = Mapping[str, Mapping[str, float] | Callable[["Chance", dict[str, str]], str]]


def answered(kit: Mapping[str, Any], chance: Chance, shares: Shares, head: Mapping[str, str]) -> dict[str, str]:
    """Draw an answer to every question of a kit (as its TOML says it) that is asked of this row.

    `shares` gives per concept the chances of its codes, or a function of the draws and the answers so far.
    """
    row = dict(head)
    for name, concept in kit["concepts"].items():
        if "question" not in concept or name in head:
            continue
        if not all(holds(row.get(asked, ""), wanted) for asked, wanted in concept.get("asked_if", {}).items()):
            row[name] = ""
            continue
        drawn = shares[name]
        row[name] = drawn(chance, row) if callable(drawn) else chance.one_of(dict(drawn))
    return row


def holds(answer: str, wanted: Any) -> bool:
    """Say whether one condition of a kit holds for an answer."""
    if isinstance(wanted, dict):
        tests = {"least": float.__ge__, "most": float.__le__, "above": float.__gt__, "below": float.__lt__}
        return answer != "" and all(tests[bound](float(answer), float(limit)) for bound, limit in wanted.items())
    return answer in ([wanted] if isinstance(wanted, str) else wanted)


def submission(number: int, chance: Chance) -> dict[str, str]:
    day = f"2024-{chance.number(3, 5):02d}-{chance.number(1, 28):02d}"
    return {"SubmissionDate": f"{day}T17:00:00.000Z", "today": day, "KEY": f"uuid:simulated-{number:04d}"}


def villages() -> list[Place]:
    """Seven of the villages of each area were drawn; in these every water point is visited."""
    drawn_of = {"ZZ-01": 42, "ZZ-02": 56, "ZZ-03": 35}
    return [
        Place(f"{area[-2:]}{k:02d}", f"{NAMES[area]}, village {k} (simulated)", area, area, str(of // 7))
        for area, of in drawn_of.items()
        for k in range(1, 8)
    ]


def segments() -> list[Place]:
    """Four enumeration areas were drawn in the town and in the countryside of each area, five households in each."""
    weights = {"urban": (90, 130, 150), "rural": (210, 180, 240)}
    return [
        Place(
            f"{area[-2:]}{side[0]}{k}", f"{NAMES[area]}, {side} segment {k} (simulated)", area, f"{area}-{side}",
            str(weights[side][order] + 10 * k),
        )
        for order, area in enumerate(NAMES)
        for side in ("urban", "rural")
        for k in range(1, 5)
    ]  # fmt: skip


def households(
    places: Sequence[Place], kit: Mapping[str, Any], shares: Shares, *, seed: int, refused: int
) -> Iterator[dict[str, str]]:
    """Yield five interviews in each drawn segment; every `refused`-th household does not want to answer."""
    chance = Chance(seed)
    number = 0
    for place in places:
        for _ in range(5):
            number += 1
            head = submission(number, chance) | {"organisation": "Simulated data"}
            head |= {name: getattr(place, name) for name in ("area", "cluster", "stratum", "weight")}
            no = number % refused == 0
            head |= {"consent": "no" if no else "yes", "place": place.stratum.split("-")[2]}
            yield head | {"place": ""} if no else answered(kit, chance, shares, head)
