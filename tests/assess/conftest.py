"""Small sources drawn in the tests: a made-up country of two square districts, and a recipe for one survey in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from shapely.geometry import Polygon, box

from datashift.assess import assess, sentence
from datashift.model import Area, Effect, Finding, Harmonised, Kit, Recipe

TODAY = date(2026, 6, 30)

AREAS = {
    "XX": Area("XX", "Exland", "XX", 0),
    "XX-W": Area("XX-W", "Westmark", "XX", 1, "XX"),
    "XX-E_TO2012": Area("XX-E_TO2012", "Eastmark", "XX", 1, "XX", valid_to=date(2011, 12, 31)),
    "XX-E": Area("XX-E", "Eastmark", "XX", 1, "XX", date(2012, 1, 1), predecessors=("XX-E_TO2012",)),
    "XX-N": Area("XX-N", "Newmark", "XX", 1, "XX", date(2012, 1, 1), predecessors=("XX-E_TO2012",)),
}
"""Newmark was cut from Eastmark in 2012; Westmark never changed."""

POLYGONS: dict[str, list[Polygon]] = {
    "XX-W": [box(30.0, -4.0, 31.0, -3.0)],
    "XX-E": [box(31.0, -4.0, 32.0, -3.5)],
    "XX-N": [box(31.0, -3.5, 32.0, -3.0)],
}


def kit(**concepts: Any) -> Kit:
    return Kit.model_validate({
        "id": "wells", "version": "1", "title": {"en": "Wells"}, "description": {"en": "Wells"}, "indicator": "6.1.1",
        "relation": "proxy", "relation_note": {"en": "-"}, "universe": {"unit": {"en": "-"}, "text": {"en": "-"}},
        "concepts": {
            "status": {"label": {"en": "State", "es": "Estado"}, "codes": {"works": {"label": {"en": "works"}},
                       "broken": {"label": {"en": "broken"}}}},
            "people": {"label": {"en": "People"}, "kind": "number", "least": 0, "most": 5000},
            "remark": {"label": {"en": "Remark"}, "kind": "text"},
            **concepts,
        },
        "measures": [{"id": "SHARE", "label": {"en": "Wells that work", "es": "Pozos que funcionan"},
                      "finding": {"en": "-"}, "estimator": "proportion", "numerator": {"status": "works"}}],
    })  # fmt: skip


def recipe(**changes: Any) -> Recipe:
    return Recipe.model_validate({
        "id": "wells-2024", "title": {"en": "Wells"}, "kit": "wells", "producer": "a test", "row_id": "id",
        "simulated": True, "source": [{"file": "wells.csv"}], "personal": ["caretaker"],
        "columns": {"status": {"column": "state"}, "people": {"column": "persons"}},
        "place": {"country": "XX", "as_of": "2024-01-01", "column": "district", "latitude": "lat", "longitude": "lon"},
        "period": {"label": "2024", "column": "seen", "first": "2024-01-01", "last": "2024-12-31"},
        "design": {"sampling_type": "facility_register"},
        **changes,
    })  # fmt: skip


def clean(n: int = 200, seed: int = 11) -> dict[str, list[str | None]]:
    """A survey with nothing to remark: ids, places, dates and answers are all in order."""
    draw = np.random.default_rng(seed)
    east = draw.random(n) < 0.6
    north = draw.random(n) < 0.5
    lon = np.where(east, 31.05 + draw.random(n) * 0.9, 30.05 + draw.random(n) * 0.9)
    lat = np.where(north, -3.45 + draw.random(n) * 0.4, -3.95 + draw.random(n) * 0.4)
    month, day = draw.integers(1, 13, n), draw.integers(1, 29, n)
    area = np.where(east, np.where(north, "XX-N", "XX-E"), "XX-W")
    return {
        "id": [f"{7 * i:05d}" for i in range(n)],
        "district": area.tolist(),
        "lat": [f"{v:.7f}" for v in lat],
        "lon": [f"{v:.7f}" for v in lon],
        "seen": [f"2024-{m:02d}-{d:02d}" for m, d in zip(month, day, strict=True)],
        "state": draw.choice(["works", "broken"], n, p=[0.7, 0.3]).tolist(),
        "persons": [str(v) for v in draw.integers(20, 900, n)],
        "caretaker": [f"Caretaker {i}" for i in range(n)],
    }


def table(columns: Mapping[str, Sequence[str | None]]) -> pa.Table:
    """A raw table; the header is row 1, so the first answer is row 2."""
    rows = len(next(iter(columns.values())))
    return pa.table({"_row": pa.array(range(2, rows + 2), pa.int64()),
                     **{name: pa.array(values, pa.string()) for name, values in columns.items()}})  # fmt: skip


def harmonised(raw: pa.Table, rejects: Sequence[tuple[int, str, str, str]] = ()) -> Harmonised:
    """Take the district's id as the area, the rest as it stands; `rejects` are (row, column, code, value)."""
    rejected = {row for row, *_rest in rejects}
    kept = raw.filter(pa.array([row not in rejected for row in raw["_row"].to_pylist()], pa.bool_()))

    def number(text: str | None) -> float | None:
        try:
            return float(text or "")
        except ValueError:
            return None

    observations = pa.table({
        "row": kept["_row"],
        "area": kept["district"],
        "status": kept["state"],
        "people": pa.array([number(text) for text in kept["persons"].to_pylist()], pa.float64()),
    })  # fmt: skip
    refused = pa.table({
        "row": pa.array([row for row, *_rest in rejects], pa.int64()),
        **{name: pa.array([entry[i] for entry in rejects], pa.string())
           for i, name in enumerate(("column", "code", "value"), start=1)},
        "text": pa.array(["" for _entry in rejects], pa.string()),
    })  # fmt: skip
    return Harmonised(observations, refused, raw.num_rows, kept.num_rows, len(rejected))


class Survey:
    """Draws columns, runs the checks on them, and remembers which rows the effect was asked for."""

    clean = staticmethod(clean)
    polygons = POLYGONS

    def __init__(self) -> None:
        self.asked: list[tuple[int, ...]] = []

    def check(
        self,
        cells: Mapping[str, Sequence[str | None]],
        /,
        rejects: Sequence[tuple[int, str, str, str]] = (),
        effect: Callable[[tuple[int, ...]], tuple[Effect, ...]] | None = None,
        concepts: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> list[Finding]:
        raw = table(cells)

        def estimated(rows: tuple[int, ...]) -> tuple[Effect, ...]:
            self.asked.append(rows)
            return effect(rows) if effect else (Effect("SHARE", 71.2, 70.4, "PT"),)

        polygons, today = changes.pop("polygons", POLYGONS), changes.pop("today", TODAY)
        return assess(
            raw, harmonised(raw, rejects), recipe(**changes), kit(**(concepts or {})), effect=estimated, areas=AREAS,
            polygons=polygons, today=today,
        ).findings  # fmt: skip

    def only(self, *args: Any, **changes: Any) -> Finding:
        """The one finding there is; its effect was asked for once, with all its rows, unless all are rejects."""
        found = self.check(*args, **changes)
        assert len(found) == 1, [(finding.code, finding.rows) for finding in found]
        assert self.asked == ([found[0].rows] if found[0].effects else [])
        assert sentence(found[0]).endswith(".")
        assert "{" not in sentence(found[0])
        return found[0]


@pytest.fixture
def survey() -> Survey:
    return Survey()
