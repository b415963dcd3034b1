"""The draw: from a frame and a plan to a sample whose chances and weights are known by construction."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from datashift.errors import AgainstDesign, BadSample
from datashift.model import Design
from datashift.sampling.chances import MOST_STEPS, chances_by_size, sampford_drawn, sampford_pairs, systematic_drawn
from datashift.sampling.frame import Frame, places_of
from datashift.sampling.lots import lots
from datashift.sampling.plan import BY_SIZE, Plan, allocated
from datashift.sampling.spread import spread_drawn

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

VERY_MANY = 1e-9
"""The share drawn that is stated where chances follow sizes: as if drawn from very many, which is on the safe side."""
MOST_NEIGHBOURS = 20_000
"""Units in one stratum that the spatial method compares, each with each."""


@dataclass(frozen=True)
class Draw:
    """A sample with its design.

    table, one row per unit drawn or standing by:
      unit, stratum; with two stages also `place`.
      chance    of being drawn (with two stages the product of both).   certain: whether it was 1 for its size.
      weight    1 / chance; 0 for a reserve that is not in use, and for a unit that was replaced.
      status    drawn, reserve, replaced or replacing.
      order     in which the work is done; reserves count for themselves, and are used in this order.
      design_stratum, design_cluster, share_1 (with two stages share_2): what the estimation needs, see `design`.
      latitude, longitude where the frame has them.
    plan, digest of the frame, population: units of the first stage by stratum.
    listing: what is known of the second stage where it was listed in the field.
    """

    plan: Plan
    digest: str
    population: dict[str, int]
    table: pa.Table
    listing: dict[str, Any] | None = None

    @property
    def two_stage(self) -> bool:
        """Whether units were drawn within places."""
        return "place" in self.table.column_names

    @property
    def pool(self) -> str:
        """The column within which a reserve may replace a unit."""
        return "place" if self.two_stage else "stratum"

    @property
    def certain(self) -> list[str]:
        """The units (places) so large that they were certain to be drawn: they stand for themselves only."""
        names = self.table["place" if self.two_stage else "unit"].to_pylist()
        return sorted({name for name, sure in zip(names, self.table["certain"].to_pylist(), strict=True) if sure})

    @property
    def design(self) -> Design:
        """Return the design as a recipe states it, over the columns of the table.

        With chances by size the first stage counts as drawn from very many (on the safe side). The second stage counts
        where two or more were drawn in each place that has them. With one unit per place nobody sees how much answers
        differ within a place: the places then count as drawn from very many, which holds that part of the variance too.
        """
        clusters: tuple[tuple[str, ...], ...] = (("design_cluster",),)
        fpc: tuple[str, ...] = ("share_1",)
        if self.two_stage:
            several = (self.plan.within or 0) > 1
            clusters, fpc = ((*clusters, ("unit",)), (*fpc, "share_2")) if several else (clusters, ())
        return Design(
            sampling_type="probability", weights="weight", strata=("design_stratum",), clusters=clusters, fpc=fpc
        )


def draw(frame: Frame, plan: Plan) -> Draw:
    """Draw a sample by a plan.

    Where the frame names places, they are the first stage, and `within` units are drawn in each of them; else its units
    are drawn themselves. The result depends on the list, the plan and its seed, and on nothing else: not on the order
    of rows, nor on machine or versions. Raises BadSample where plan and frame do not fit.
    """
    if "place" in frame.table.column_names:
        if plan.within is None:
            raise BadSample("sample.no-within")
        first = _first_stage(places_of(frame), plan, frame.digest)
        listed = pa.table({name: frame.table[name] for name in ("place", "unit")})
        chosen = set(first.table["unit"].to_pylist())
        return second_stage(first, listed.filter(pa.array([place in chosen for place in listed["place"].to_pylist()])))
    return _first_stage(frame, plan, frame.digest)


def _first_stage(frame: Frame, plan: Plan, digest: str) -> Draw:
    _check(frame, plan)
    strata = np.array(frame.table["stratum"].to_pylist(), dtype=object)
    members = {name: np.flatnonzero(strata == name) for name in frame.strata}
    sizes = frame.table["size"].to_numpy()
    by_size = plan.method in BY_SIZE or (plan.method == "spatial" and frame.sized)
    counts = {name: len(rows) for name, rows in members.items()}
    sums = {name: math.fsum(sizes[rows]) for name, rows in members.items()} if by_size else counts
    numbers = allocated(plan, counts, sums)
    rows = [
        row
        for name, at in members.items()
        for row in _stratum(Frame(frame.table.take(at), frame.sized), plan, name, numbers[name])
    ]
    return Draw(plan, digest, counts, table_of(rows))


def _check(frame: Frame, plan: Plan) -> None:
    if plan.method in BY_SIZE and not frame.sized:
        raise BadSample("sample.needs", method=plan.method, what="size")
    if plan.method == "spatial" and not {"latitude", "longitude"} <= set(frame.table.column_names):
        raise BadSample("sample.needs", method=plan.method, what="latitude, longitude")


def _stratum(frame: Frame, plan: Plan, name: str, n: int) -> list[dict[str, Any]]:
    """Draw in one stratum, and line up its reserves."""
    units: list[str] = frame.table["unit"].to_pylist()
    chance = stratum_chances(frame, plan, n, name)
    drawn = chance >= 1
    some = np.flatnonzero(~drawn)
    if len(some):
        rest = Frame(frame.table.take(some), frame.sized)
        drawn[some] = _chosen(rest, plan, name, chance[some], n - int(drawn.sum()))
    equal = not (plan.method in BY_SIZE or (plan.method == "spatial" and frame.sized))
    sizes = np.ones(len(units)) if equal else frame.table["size"].to_numpy()
    work = _ranked(np.flatnonzero(drawn), lots(plan.seed, "order", units))
    by_size = lots(plan.seed, "reserve", units) / sizes
    standing_by = _ranked(np.flatnonzero(~drawn), by_size)[: plan.reserve]
    share = n / len(units) if equal or n == len(units) else VERY_MANY
    kept = [axis for axis in ("latitude", "longitude") if axis in frame.table.column_names]
    rows = []
    for status, chosen in (("drawn", work), ("reserve", standing_by)):
        for order, i in enumerate(chosen, 1):
            alone = bool(chance[i] >= 1) and n < len(units)
            row = {"unit": units[i], "stratum": name, "chance": float(chance[i]), "certain": alone, "status": status}
            row |= {"order": order, "design_cluster": units[i], "share_1": 1.0 if alone else share}
            row |= {"design_stratum": f"{name} / {units[i]}" if alone else name}
            rows.append(row | {axis: frame.table[axis][i].as_py() for axis in kept})
    return rows


def stratum_chances(frame: Frame, plan: Plan, n: int, stratum: str) -> Floats:
    """Return the chance of each unit of one stratum of which n are drawn."""
    count = frame.table.num_rows
    if n == count or not (plan.method in BY_SIZE or (plan.method == "spatial" and frame.sized)):
        return np.full(count, n / count)
    return chances_by_size(frame.table["size"].to_numpy(), n, stratum)


def _chosen(frame: Frame, plan: Plan, stratum: str, chance: Floats, n: int) -> Mask:
    """Return who is drawn; everybody's chance is below 1, and the chances add up to n."""
    units: list[str] = frame.table["unit"].to_pylist()
    own = lots(plan.seed, "draw", units)
    if plan.method == "simple":
        drawn = np.zeros(len(units), dtype=bool)
        drawn[_ranked(range(len(units)), own)[:n]] = True
        return drawn
    if plan.method == "sampford":
        _not_too_large(stratum, plan, len(units), n, len(units) * n <= MOST_STEPS)
        return sampford_drawn(chance, n, own)
    if plan.method == "spatial":
        _not_too_large(stratum, plan, len(units), n, len(units) <= MOST_NEIGHBOURS)
        north, east = (frame.table[axis].to_numpy() for axis in ("latitude", "longitude"))
        return spread_drawn(chance, north, east, plan.seed, stratum)
    order = _ranked(range(len(units)), own)
    if "order" in frame.table.column_names:
        keys = [json.loads(key) for key in frame.table["order"].to_pylist()]
        order = sorted(order, key=lambda i: keys[i])
    return systematic_drawn(chance, n, order, float(lots(plan.seed, "start", [stratum])[0]))


def _not_too_large(stratum: str, plan: Plan, there: int, wanted: int, fits: bool) -> None:
    if not fits:
        other = "pps" if plan.method == "sampford" else "systematic"
        facts = {"there": there, "wanted": wanted, "method": plan.method, "other": other}
        raise BadSample("sample.too-large", stratum=stratum, **facts)


def _ranked(rows: Sequence[int] | npt.NDArray[np.int64] | range, own: Floats) -> list[int]:
    """Return rows by their lots; rows of equal lots stay in the order of their names."""
    return sorted((int(row) for row in rows), key=lambda row: (own[row], row))


def table_of(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Return rows as the table of a draw: in the order of stratum, place, status and work, with their weights."""
    place = [("place", pa.string())] if rows and "place" in rows[0] else []
    columns = [("unit", pa.string()), ("stratum", pa.string()), *place, ("chance", pa.float64())]
    columns += [("weight", pa.float64()), ("status", pa.string()), ("order", pa.int64()), ("certain", pa.bool_())]
    columns += [("design_stratum", pa.string()), ("design_cluster", pa.string()), ("share_1", pa.float64())]
    columns += [("share_2", pa.float64())] if place else []
    columns += [(axis, pa.float64()) for axis in ("latitude", "longitude") if rows and axis in rows[0]]
    weighed = [row | {"weight": weight_of(row)} for row in rows]
    return pa.Table.from_pylist(weighed, pa.schema(columns))


def weight_of(row: dict[str, Any]) -> float:
    """Return the weight of a row: 1 / chance where the unit stands for others now, else 0."""
    return 1 / float(row["chance"]) if row["status"] in ("drawn", "replacing") else 0.0


# --- the second stage -----------------------------------------------------------------------------------------------


def second_stage(first: Draw, listed: pa.Table) -> Draw:
    """Draw `within` units in each place of `first` that is in use and listed; weights multiply.

    In: `place` and `unit`, names of units that stand there once.   Out: a draw of units. What is drawn in one place
    depends on that place alone, so places may be listed one by one. A place with no more than `within` is taken whole.
    """
    plan, by_place = first.plan, dict[str, list[str]]()
    for place, unit in sorted(zip(listed["place"].to_pylist(), listed["unit"].to_pylist(), strict=True)):
        by_place.setdefault(place, []).append(unit)
    rows = []
    for row in first.table.to_pylist():
        units = by_place.get(row["unit"], [])
        if units and row["weight"] > 0:
            rows += _within(row, units, plan)
    return Draw(plan, first.digest, first.population, table_of(rows), first.listing)


def _within(place: dict[str, Any], units: list[str], plan: Plan) -> list[dict[str, Any]]:
    n = min(plan.within or 0, len(units))
    # Lots of its own for each place: a household may bear the name of a place, and must not share its luck.
    seed = f"{plan.seed}\nwithin\n{place['unit']}"
    inner = Plan(n=n, seed=seed, least=1, reserve=plan.within_reserve)
    frame = Frame(pa.table({"unit": units, "stratum": [""] * len(units), "size": np.ones(len(units))}))
    rows = []
    for row in _stratum(frame, inner, place["unit"], n):
        share = n / len(units)
        row |= {"stratum": place["stratum"], "place": place["unit"], "chance": place["chance"] * share}
        row |= {"certain": place["certain"], "design_stratum": place["design_stratum"]}
        if place["certain"]:
            # A certain place is a stratum of its own: what varies from sample to sample are the units in it.
            row |= {"share_1": share, "share_2": 1.0}
        else:
            row |= {"design_cluster": place["unit"], "share_1": place["share_1"], "share_2": share}
        rows.append(row)
    return rows


# --- pairs ----------------------------------------------------------------------------------------------------------


def joint_chances(frame: Frame, drawn: Draw) -> pa.Table:
    """Return for each pair drawn in one stratum the chance that both are drawn: `first`, `second`, `chance`.

    Exact for the methods simple and sampford; pairs of different strata are independent, so their chances multiply.
    Raises AgainstDesign for other methods and for two stages, BadSample for a frame that was not drawn from.
    """
    plan = drawn.plan
    if frame.digest != drawn.digest:
        raise BadSample("sample.frame-changed", digest=drawn.digest)
    if plan.method not in ("simple", "sampford") or drawn.two_stage:
        raise AgainstDesign("sample.joint-unknown", method="two stages" if drawn.two_stage else plan.method)
    rows: list[dict[str, Any]] = []
    strata = np.array(frame.table["stratum"].to_pylist(), dtype=object)
    chosen = {r["unit"]: r["stratum"] for r in drawn.table.to_pylist() if r["status"] in ("drawn", "replaced")}
    for name in frame.strata:
        part = Frame(frame.table.take(np.flatnonzero(strata == name)), frame.sized)
        rows += _pairs(part, plan, name, sorted(unit for unit, at in chosen.items() if at == name))
    columns = [("first", pa.string()), ("second", pa.string()), ("chance", pa.float64())]
    return pa.Table.from_pylist(rows, pa.schema(columns))


def _pairs(frame: Frame, plan: Plan, stratum: str, drawn: list[str]) -> list[dict[str, Any]]:
    at = {unit: i for i, unit in enumerate(frame.table["unit"].to_pylist())}
    n, count = len(drawn), len(at)
    chance = stratum_chances(frame, plan, n, stratum)
    pairs = list(combinations(drawn, 2))
    if plan.method == "simple" or n == count:
        together = np.full(len(pairs), n * (n - 1) / (count * (count - 1)) if count > 1 else 1.0)
    else:
        together = _sampford(chance, n, [(at[one], at[other]) for one, other in pairs])
    return [{"first": a, "second": b, "chance": float(c)} for (a, b), c in zip(pairs, together, strict=True)]


def _sampford(chance: Floats, n: int, pairs: list[tuple[int, int]]) -> Floats:
    """Chances of pairs; whoever is certain is there anyway, so that the pair has the chance of the other."""
    open_ = np.flatnonzero(chance < 1)
    place = {int(i): k for k, i in enumerate(open_)}
    found = np.array([chance[i] * chance[j] for i, j in pairs])
    both = [k for k, (i, j) in enumerate(pairs) if i in place and j in place]
    first = np.array([place[pairs[k][0]] for k in both], dtype=np.int64)
    second = np.array([place[pairs[k][1]] for k in both], dtype=np.int64)
    found[both] = sampford_pairs(chance[open_], n - (len(chance) - len(open_)), first, second)
    return found
