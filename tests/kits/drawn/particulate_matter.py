"""Sensors that send two readings an hour for five whole days; a unit is one sensor and day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chance import CORNERS, NAMES, Chance, Place
from textbook import Unit

SETTINGS = {"road": 46.0, "homes": 27.0, "industry": 62.0, "open_land": 11.0}
PEOPLE = {"ZZ-01": 6500, "ZZ-02": 10250, "ZZ-03": 6000}
DAYS = 5


def places() -> list[Place]:
    return [
        Place(f"{area[-2:]}s{k}", f"{NAMES[area]}, site {k} (simulated)", area, area, str(PEOPLE[area] + 500 * k))
        for area in NAMES
        for k in range(1, 5)
    ]


def rows(places: Sequence[Place], kit: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    chance = Chance(1162)
    number = 0
    for order, place in enumerate(places):
        setting = list(SETTINGS)[order % 4]
        south, west = CORNERS[place.area]
        where = f"{south + chance.share():.3f}", f"{west + 0.3 + 1.2 * chance.share():.3f}"
        for day in range(1, DAYS + 1):
            weather = 0.5 + 1.1 * chance.share()
            for half_hour in range(48):
                number += 1
                moment = f"2024-03-{day:02d}T{half_hour // 2:02d}:{30 * (half_hour % 2) + chance.number(0, 29):02d}:00"
                yield {
                    "SubmissionDate": f"2024-03-{day:02d}T23:59:00.000Z",
                    "today": f"2024-03-{day:02d}",
                    "organisation": "Simulated data",
                    "area": place.area,
                    "cluster": place.cluster,
                    "stratum": place.stratum,
                    "weight": place.weight,
                    "location-Latitude": where[0],
                    "location-Longitude": where[1],
                    "location-Altitude": "420",
                    "location-Accuracy": "5.0",
                    "measured_at": f"{moment}.000-02:00",
                    "sensor": f"S{order + 1:02d}",
                    "setting": setting,
                    "pm25": f"{_value(chance, SETTINGS[setting] * weather, half_hour / 2):.1f}",
                    "KEY": f"uuid:simulated-{number:04d}",
                }


def _value(chance: Chance, level: float, hour: float) -> float:
    rush = 1.6 if 6 <= hour < 9 or 17 <= hour < 21 else 0.85
    return min(999.9, level * rush * (0.6 + 0.8 * chance.share()))


def units(rows: Sequence[dict[str, str]]) -> list[Unit]:
    """The daily value is the mean of the means of its hours; every day of the example is complete."""
    days: dict[tuple[str, str], dict[str, list[float]]] = {}
    first: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        day, _t, time = row["measured_at"].partition("T")
        first.setdefault((row["sensor"], day), row)
        days.setdefault((row["sensor"], day), {}).setdefault(time[:2], []).append(float(row["pm25"]))
    found = []
    for key, hours in days.items():
        assert len(hours) == 24
        mean = sum(sum(values) / len(values) for values in hours.values()) / len(hours)
        above = {"PM25_DAYS_ABOVE_GUIDELINE": 15, "PM25_DAYS_ABOVE_75": 75}
        shares = {measure: (float(mean > level), 1.0) for measure, level in above.items()}
        found.append(Unit(first[key], {"PM25_MEAN": (mean, 1.0)} | shares))
    return found
