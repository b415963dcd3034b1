"""Who asks whom, and whom a supervisor asks once more: decided by lot and by count, never by taste."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from datashift.errors import BadSample
from datashift.sampling.drawing import Draw
from datashift.sampling.frame import cells, unit_names
from datashift.sampling.lots import lots

Row = dict[str, Any]


def assign(drawn: Draw, enumerators: Sequence[str] | Mapping[str, str]) -> pa.Table:
    """Give every unit in use to somebody: `unit`, `stratum`, `place` (with two stages), `team`, `enumerator`.

    In: names, or the team of each name. Without teams, the units of one place go to one enumerator, the largest places
    first, each to whoever has fewest. With teams, a place goes to the team with the fewest units per head, and inside
    the place the units are dealt out to its members in turn, so that enumerators can be told apart from places.
    A draw of one stage has no places: units are dealt out in turn, stratum by stratum. Reserves are given to nobody.
    """
    teams = dict(enumerators) if isinstance(enumerators, Mapping) else {name: name for name in enumerators}
    if not teams or not all(name.strip() for name in teams):
        raise BadSample("sample.nobody")
    members: dict[str, list[str]] = {}
    for name in sorted(teams):
        members.setdefault(teams[name], []).append(name)
    rows = [row for row in drawn.table.to_pylist() if row["weight"] > 0]
    hands = _by_place(rows, members, drawn.plan.seed) if drawn.two_stage else _in_turn(rows, members)
    dealt = _dealt(hands, members)
    with_teams = isinstance(enumerators, Mapping)
    kept = ["unit", "stratum", *(["place"] if drawn.two_stage else [])]
    made = [
        {name: row[name] for name in kept} | {"team": team if with_teams else "", "enumerator": who}
        for row, team, who in dealt
    ]
    return pa.Table.from_pylist(made, pa.schema([(name, pa.string()) for name in (*kept, "team", "enumerator")]))


def _by_place(rows: list[Row], members: Mapping[str, list[str]], seed: str) -> list[tuple[Row, str]]:
    places: dict[str, list[Row]] = {}
    for row in rows:
        places.setdefault(row["place"], []).append(row)
    luck = dict(zip(places, lots(seed, "assign", list(places)), strict=True))
    load = dict.fromkeys(members, 0)
    given: list[tuple[Row, str]] = []
    for place in sorted(places, key=lambda name: (-len(places[name]), luck[name])):
        team = min(members, key=lambda name: (load[name] / len(members[name]), name))
        load[team] += len(places[place])
        given += [(row, team) for row in places[place]]
    return given


def _in_turn(rows: list[Row], members: Mapping[str, list[str]]) -> list[tuple[Row, str]]:
    """Deal out one by one, to the team with fewest units per head; the order of work was decided by lot."""
    load = dict.fromkeys(members, 0)
    given = []
    for row in sorted(rows, key=lambda row: (row["stratum"], row["order"], row["unit"])):
        team = min(members, key=lambda name: (load[name] / len(members[name]), name))
        load[team] += 1
        given.append((row, team))
    return given


def _dealt(given: list[tuple[Row, str]], members: Mapping[str, list[str]]) -> list[tuple[Row, str, str]]:
    load = {name: 0 for names in members.values() for name in names}
    found = []
    for row, team in given:
        who = min(members[team], key=lambda name: (load[name], name))
        load[who] += 1
        found.append((row, team, who))
    return found


def back_checks(
    completed: pa.Table, share: float, seed: str, *, unit: str = "unit", enumerator: str = "enumerator", each: int = 1
) -> pa.Table:
    """Choose interviews to be checked once more: `unit`, `enumerator`, `chance`; at least `each` per enumerator.

    An interview is chosen if its lot is below `share` (0 to 1), or is among the `each` lowest of its enumerator. So who
    was chosen by share stays chosen as interviews come in, and the question may be asked every evening. `chance` is
    exact: s + Σ over j < each of P(Binomial(n, s) ≤ j) / n. The seed is kept from enumerators, and is not the one of
    the sample.
    """
    if not 0 < share <= 1:
        raise BadSample("sample.share", what="share", value=share, low=0, high=1)
    if not seed.strip():
        raise BadSample("sample.seed")
    names, who = unit_names(completed, unit), cells(completed, enumerator)
    luck = lots(seed, "back-check", names)
    by_enumerator: dict[str, list[int]] = {}
    for i in sorted(range(len(names)), key=lambda i: (luck[i], names[i])):
        by_enumerator.setdefault(who[i], []).append(i)
    rows = []
    for name in sorted(by_enumerator):
        own = by_enumerator[name]
        chance = _chance(share, len(own), each)
        chosen = [i for rank, i in enumerate(own) if luck[i] < share or rank < each]
        rows += [{"unit": names[i], "enumerator": name, "chance": chance} for i in chosen]
    columns = [("unit", pa.string()), ("enumerator", pa.string()), ("chance", pa.float64())]
    return pa.Table.from_pylist(rows, pa.schema(columns))


def _chance(share: float, n: int, each: int) -> float:
    if n <= each or share == 1:
        return 1.0
    binomial = [math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(each)]
    return share + math.fsum(math.fsum(binomial[: j + 1]) for j in range(each)) / n
