"""The made-up country as it truly is: its regions, their shapes, and every water point with its true state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

COUNTRY = "ZZ"
"""A code that ISO 3166-1 leaves to its users; no country has it."""

WEST, NORTH = -24.0, -28.0
"""Corner of the country, in open ocean, so that nobody takes it for a real place."""


@dataclass(frozen=True)
class Region:
    """A region: villages in it and drawn, true level and spread of what works, and how the official figure differs.

    `spellings` are ways in which people write the name. `counted` is the share of points whose users are known.
    `official` is what the official survey shows above the truth, in per cent; None where it has no figure.
    """

    id: str
    name: str
    villages: int
    drawn: int
    works: float
    spread: float
    spellings: tuple[str, ...]
    counted: float = 0.94
    official: float | None = None
    official_error: float = 2.0


REGIONS = (
    Region("ZZ-01", "Avânia", 160, 20, 0.74, 0.5, ("AVÂNIA", "Avania", "avânia ", "Avania Region"), official=3.0),
    Region("ZZ-02", "Belmór", 140, 18, 0.57, 0.6, ("Belmor", "BELMÓR", "belmór", "Belmor prov."), official=25.0),
    Region("ZZ-03", "Cérula", 200, 34, 0.91, 0.2, ("Cerula", " Cérula", "CÉRULA"), official=0.5, official_error=1.4),
    Region("ZZ-04", "Dunavê", 120, 16, 0.66, 0.6, ("Dunave", "DUNAVÊ", "dunave"), official=6.0, official_error=3.0),
    Region("ZZ-05", "Éstora", 150, 18, 0.79, 0.5, ("Estora", "ÉSTORA", "Éstora "), official=-22.0),
    Region("ZZ-06", "Fálgar", 110, 14, 0.50, 0.6, ("Falgar", "FÁLGAR", "fálgar"), counted=0.5, official=5.0),
    Region("ZZ-07", "Güenda", 130, 16, 0.62, 0.5, ("Guenda", "GÜENDA", "Gwenda"), official=2.0),
    Region("ZZ-08", "Halvoë", 90, 14, 0.71, 0.5, ("Halvoe", "HALVOË", "halvoë")),
)

TYPES = {
    "communal standpipe": (0.36, 0.1, True),
    "hand pump": (0.30, -0.3, True),
    "communal standpipe multiple": (0.12, 0.2, True),
    "improved spring": (0.07, 0.5, True),
    "other": (0.08, -0.2, False),
    "cattle trough": (0.04, 0.0, False),
    "dam": (0.03, 0.3, False),
}
"""Share of the points, effect on the chance to work (log-odds), and whether the type counts as improved."""

STATES = ("functional", "functional needs repair", "non functional")


@dataclass(frozen=True)
class World:
    """Every water point of the country, one entry per point. `village` numbers the villages of the whole country."""

    region: Ints
    village: Ints
    type: Ints
    state: Ints
    people: Ints
    built: Ints
    latitude: Floats
    longitude: Floats
    corners: Floats

    @property
    def improved(self) -> Bools:
        """Whether the type of each point counts as improved."""
        return np.array([improved for _share, _effect, improved in TYPES.values()])[self.type]


def build(rng: np.random.RandomState) -> World:
    """Draw the country once: about 1,100 villages with 5 to 24 water points each."""
    corners = _corners(rng)
    villages = np.array([r.villages for r in REGIONS])
    region_of_village = np.repeat(np.arange(len(REGIONS)), villages)
    north, east = _inside(rng, corners, region_of_village)
    luck = rng.normal(0.0, np.array([r.spread for r in REGIONS])[region_of_village])
    village = np.repeat(np.arange(villages.sum()), rng.randint(5, 25, villages.sum()))
    region, points = region_of_village[village], len(village)
    shares = np.cumsum([share for share, _effect, _improved in TYPES.values()])
    kind = np.searchsorted(shares, rng.random_sample(points) * shares[-1])
    effect = np.array([effect for _share, effect, _improved in TYPES.values()])[kind]
    level = np.array([np.log(r.works / (1 - r.works)) for r in REGIONS])[region]
    works = 1 / (1 + np.exp(-(level + luck[village] + effect)))
    drawn = rng.random_sample(points)
    state = np.where(drawn < works, 0, np.where(drawn < works + 0.35 * (1 - works), 1, 2))
    return World(
        region=region,
        village=village,
        type=kind,
        state=state,
        people=(30 + 450 * rng.random_sample(points) ** 2).astype(np.int64),
        built=rng.randint(1978, 2023, points),
        latitude=north[village] + 0.02 * (rng.random_sample(points) - 0.5),
        longitude=east[village] + 0.02 * (rng.random_sample(points) - 0.5),
        corners=corners,
    )


def population(world: World) -> dict[str, int]:
    """Return the people of each region: all who use its water points, and some who use none."""
    return {r.id: int(world.people[world.region == i].sum() * 1.15) for i, r in enumerate(REGIONS)}


def truth(world: World) -> dict[str, dict[str, float]]:
    """Return the true figure of every measure of the kit, for the country and each region."""
    people, places = population(world), {COUNTRY: np.ones(len(world.region), dtype=bool)}
    places |= {r.id: world.region == i for i, r in enumerate(REGIONS)}
    found: dict[str, dict[str, float]] = {}
    for place, inside in places.items():
        counted = inside & world.improved
        works, gives = counted & (world.state == 0), counted & (world.state < 2)
        figures = {
            "WP_FUNCTIONAL": 100 * works.sum() / counted.sum(),
            "WP_FUNCTIONAL_OR_REPAIR": 100 * gives.sum() / counted.sum(),
            "WP_FUNCTIONAL_PERSONS": 100 * world.people[works].sum() / world.people[counted].sum(),
            "PERSONS_PER_WORKING_POINT": people.get(place, sum(people.values())) / works.sum(),
        }
        for measure, value in figures.items():
            found.setdefault(measure, {})[place] = round(float(value), 6)
    return found


def shapes(world: World) -> list[dict[str, Any]]:
    """Return the regions as GeoJSON features: polygons in WGS 84, counter-clockwise."""
    features = []
    for i, region in enumerate(REGIONS):
        left, top = 2 * (i % 4), 2 * (i // 4)
        ring = [(0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0), (0, 0)]
        points = [[round(float(c), 5) for c in world.corners[left + x, top + y]] for x, y in ring]
        features.append(
            {
                "type": "Feature",
                "properties": {"name": region.name, "simulated": True},
                "geometry": {"type": "Polygon", "coordinates": [points]},
            }
        )
    return features


def _corners(rng: np.random.RandomState) -> Floats:
    """Corners of a crooked net of 8 × 4 cells of 1° × 1.5°; every region takes 2 × 2 cells."""
    east, south = np.meshgrid(np.arange(9.0), np.arange(5.0), indexing="ij")
    net = np.stack([WEST + east, NORTH - 1.5 * south], axis=-1)
    return np.round(net + 0.3 * (rng.random_sample(net.shape) - 0.5), 5)


def _inside(rng: np.random.RandomState, corners: Floats, region: Ints) -> tuple[Floats, Floats]:
    """Draw a place well inside one of the four cells of each region; return latitudes and longitudes."""
    cell = rng.randint(0, 4, len(region))
    x, y = 2 * (region % 4) + cell % 2, 2 * (region // 4) + cell // 2
    u, v = (0.08 + 0.84 * rng.random_sample((len(region), 1)) for _ in range(2))
    upper = corners[x, y] * (1 - u) + corners[x + 1, y] * u
    lower = corners[x, y + 1] * (1 - u) + corners[x + 1, y + 1] * u
    place = upper * (1 - v) + lower * v
    return place[:, 1], place[:, 0]
