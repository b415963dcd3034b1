"""A tiny made-up release, and the road that leads to it in thirty lines."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pytest

from datashift.errors import BadRecipe
from datashift.model import Benchmark, Chart, Comparison, Effect, Estimate, Finding, Harmonised, Origin
from datashift.publish import Given, Release, rounded
from datashift.standards.kits import parse_kit, parse_recipe

KIT = """\
id = "made-up-water"
version = "1.0.0"
title = { en = "Made-up water points" }
description = { en = "Whether water points work" }
indicator = "6.1.1"
relation = "proxy"
relation_note = { en = "A part of 6.1.1" }

[universe]
unit = { en = "a water point" }
text = { en = "improved water points" }
public_infrastructure = true

[concepts.works]
label = { en = "Does it work?" }
codes = { yes = { label = { en = "yes" } }, no = { label = { en = "no" } } }

[concepts.kind]
label = { en = "Kind of water point" }
codes = { pump = { label = { en = "pump" } }, spring = { label = { en = "spring" } } }

[[measures]]
id = "WORKS"
label = { en = "Water points that work" }
finding = { en = "{value} work" }
estimator = "proportion"
numerator = { works = ["yes"] }
breakdowns = [["area"], ["area", "kind"]]
"""

RECIPE = """\
id = "made-up"
title = { en = "Water points of a made-up country" }
kit = "made-up-water@1.0.0"
producer = "Nobody, this is simulated"
licence = "CC BY 4.0"
simulated = true
row_id = "id"
personal = ["keeper"]

[[source]]
file = "points.csv"

[columns.works]
column = "works"

[columns.kind]
column = "kind"

[place]
country = "XX"
as_of = 2024-01-01
column = "place"

[period]
label = "2024"

[design]
sampling_type = "facility_register"

[[official]]
file = "official.csv"
reader = "table"
source = "Office of Numbers (simulated)"
released = "2023"
measures = ["WORKS"]
series = "SH_H2O_MADEUP"
relation = "same"
definition = { en = "Water points that work" }
country = "XX"
as_of = 2023-01-01
"""

HEADER = ("id", "place", "ward", "kind", "works", "keeper")


def raw_bytes() -> bytes:
    """Ninety rows: areas A (40), B (44) and C (6), two wards each; the last row has no place."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for index in range(91):
        area = "" if index == 90 else "A" if index < 40 else "B" if index < 84 else "C"
        works = "yes" if index % 3 else "no"
        kind = "pump" if index % 2 else "spring"
        writer.writerow([f"{index:03d}", area, f"{area}{index % 2}", kind, works, f"Keeper Testperson {index}"])
    return text.getvalue().encode()


@dataclass
class Road:
    """The stages in small: what the pipeline does, done by hand."""

    official_at_hand: bool = True
    can_draw: bool = True

    def observations(self, given: Given) -> pa.Table:
        (name, data), *_more = given.raw
        wanted = given.recipe.source[0].sha256
        if wanted and hashlib.sha256(data).hexdigest() != wanted:
            raise BadRecipe("recipe.digest", file=name, found="another", expected=wanted)
        rows = [row for row in csv.DictReader(io.StringIO(data.decode())) if row["place"]]
        columns: dict[str, list[Any]] = {
            "row": list(range(2, len(rows) + 2)),
            "area": [row["place"] for row in rows],
            "period": ["2024"] * len(rows),
            "weight": [1.0 + index / 3 for index in range(len(rows))],
            "stratum": [row["place"] for row in rows],
            "cluster": [row["ward"] for row in rows],
            "kind": [row["kind"] for row in rows],
            "works": [row["works"] for row in rows],
        }
        return pa.table(columns)

    def cells(self, given: Given, observations: pa.Table) -> pa.Table:
        sums: dict[tuple[str, ...], list[float]] = {}
        keys = ("area", "period", "kind", "stratum", "cluster")
        for row in observations.to_pylist():
            cell = sums.setdefault(tuple(row[key] for key in keys), [0.0, 0.0, 0.0])
            for place, term in enumerate((1.0, row["weight"], row["weight"] * (row["works"] == "yes"))):
                cell[place] += term
        columns: dict[str, Any] = {key: [cell[i] for cell in sums] for i, key in enumerate(keys)}
        columns |= {f"works__{name}": [cell[i] for cell in sums.values()] for i, name in enumerate(("n", "sw", "sy"))}
        return pa.table(columns)

    def estimates(self, given: Given, cells: pa.Table) -> list[Estimate]:
        rows = cells.to_pylist()
        groups: list[tuple[str, tuple[tuple[str, str], ...]]] = [("XX", ())]
        groups += [(area, ()) for area in "ABC"]
        groups += [(area, (("kind", kind),)) for area in "AB" for kind in ("pump", "spring")]
        return [self._estimate(rows, area, breakdown) for area, breakdown in groups]

    def _estimate(self, rows: list[dict[str, Any]], area: str, breakdown: tuple[tuple[str, str], ...]) -> Estimate:
        mine = [row for row in rows if area in ("XX", row["area"]) and all(row[k] == v for k, v in breakdown)]
        n, sw, sy = (sum(row[f"works__{name}"] for row in mine) for name in ("n", "sw", "sy"))
        estimate = Estimate(
            kit="made-up-water@1.0.0", measure="WORKS", area=area, area_name=f"Area {area}", period="2024",
            value=100 * sy / sw, se=1 / 3, lower=100 * sy / sw - 2 / 3, upper=100 * sy / sw + 2 / 3, n=int(n),
            n_eff=n / 1.5, deff=1.5, df=4.0, unit="PT", status="A", method="taylor-ultimate-cluster; logit",
            sampling_type="facility_register", breakdown=breakdown,
        )  # fmt: skip
        reason = "Not shown: fewer than {least_n} were counted here, too few to say how things are."
        return estimate if n >= 10 else estimate.suppressed(reason, least_n=10)

    def comparisons(self, given: Given, estimates: Sequence[Estimate]) -> list[tuple[Comparison, str]] | None:
        return compared(estimates) if self.official_at_hand else None

    def charts(
        self, given: Given, estimates: Sequence[Estimate], comparisons: Sequence[tuple[Comparison, str]] | None
    ) -> list[Chart] | None:
        if not self.can_draw:
            return None
        shown = [e for e in estimates if e.value is not None]
        dots = "".join(f'<circle cx="{e.value}" r="3"/><text>{e.area_name}</text>' for e in shown)
        table = (("Area", "Value"), *((e.area_name, f"{e.value:.1f}") for e in shown))
        picture = b"\x89PNG\r\n" + hashlib.sha256(dots.encode()).digest() * 4
        return [Chart("works-by-area", f"<svg>{dots}</svg>", picture, "About 7 in 10 work.", table)]


def compared(estimates: Sequence[Estimate]) -> list[tuple[Comparison, str]]:
    whole = next(e for e in estimates if e.area == "XX")
    assert whole.value is not None
    assert whole.lower is not None
    assert whole.upper is not None
    official = Benchmark(
        measure="WORKS", source="Office of Numbers (simulated)", released="2023", retrieved="2026-11-22",
        series="SH_H2O_MADEUP", area="XX", area_name="Area XX", period="2023", value=60.5, unit="PT", nature="C",
        relation="same", definition={"en": "Water points that work"}, difference={},
    )  # fmt: skip
    other = replace(official, relation="different", series="OTHER", value=70.0)
    base = Comparison(
        measure="WORKS", area="XX", area_name="Area XX", period="2024", breakdown=(), value=whole.value,
        lower=whole.lower, upper=whole.upper, official=official, verdict="gap", difference=whole.value - 60.5,
        difference_lower=whole.lower - 60.5, difference_upper=whole.upper - 60.5, reason="Higher.",
    )  # fmt: skip
    apart = replace(base, official=other, verdict="not_comparable", reason="Something else.")
    return [(base, "Higher."), (apart, "Something else.")]


def build(road: Road, **changes: Any) -> Release:
    """Return the release that the road leads to."""
    kit, recipe = parse_kit(KIT, "kit.toml"), parse_recipe(RECIPE, "recipe.toml")
    raw = (("points.csv", raw_bytes()),)
    given = Given(recipe, RECIPE, kit, KIT, raw, {}, "2026-11-22")
    observations = road.observations(given)
    cells = road.cells(given, observations)
    estimates = road.estimates(given, cells)
    pairs = compared(estimates)
    charts = road.charts(given, rounded(estimates), pairs) or []
    finding = Finding(
        "no-place", "assess.no-place", "In {n} rows the place is missing.", {"n": 1}, (92,),
        (Effect("WORKS", 200 / 3, 66.0, "PT"),),
    )  # fmt: skip
    rejects = pa.table(
        {
            "row": [92],
            "column": ["place"],
            "code": ["harmonise.no-place"],
            "value": ["=HYPERLINK(1)"],
            "text": ["Row 92: the place is missing. Complete the row."],
        }
    )
    release = Release(
        recipe=recipe, recipe_text=RECIPE, kit=kit, kit_text=KIT,
        origins=(Origin("points.csv", hashlib.sha256(raw[0][1]).hexdigest(), len(raw[0][1]), "csv"),),
        raw=raw, harmonised=Harmonised(observations, rejects, 91, 90, 1), cells=cells, findings=[finding],
        finding_sentences=["In 1 row the place is missing."], estimates=estimates,
        comparisons=[pair[0] for pair in pairs], comparison_reasons=[pair[1] for pair in pairs], charts=tuple(charts),
        created="2026-11-22", version="0.1.0",
    )  # fmt: skip
    return replace(release, **changes)


@pytest.fixture(scope="session")
def road() -> Road:
    return Road()


@pytest.fixture(scope="session")
def release(road: Road) -> Release:
    return build(road)
