"""The design of the answers: what share of strata and places gave them, for the variance of figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from datashift.sampling.drawing import VERY_MANY, Draw

Row = dict[str, Any]


def with_shares(drawn: Draw, answered: Collection[str]) -> list[Row]:
    """Return the rows of a draw, with `share_1` (and with two stages `share_2`) of who answered.

    drawn: as it stands after replacements.   answered: the names of units with an answer; only those in use count.
    Whoever was drawn and did not answer makes a sample smaller, so the share that counts is that of the answers: of m
    answers in a stratum of N it is m / N, though more were drawn. A place counts as soon as one of its units answered.
    Where chances follow sizes, the first stage stays one drawn from very many. So does that of a stratum in which a
    place has one answer of several units: how much answers differ within it cannot be seen, and with a share of the
    first stage the variance would lack that part; without one it holds both.
    """
    there = set(answered)
    used = [row for row in drawn.table.to_pylist() if row["weight"] > 0]
    given = [row for row in used if row["unit"] in there]
    every, clusters = _clusters(used), _clusters(given)
    units, answers = (Counter(row.get("place") for row in some) for some in (used, given))
    made = []
    for row in drawn.table.to_pylist():
        first = _first(row, clusters[row["design_stratum"]], every[row["design_stratum"]], drawn.population)
        row |= {"share_1": first}
        if drawn.two_stage and not row["certain"] and answers[row["place"]]:
            row |= {"share_2": row["share_2"] * answers[row["place"]] / units[row["place"]]}
        made.append(row)
    alone = {row["design_stratum"] for row in made if answers[row.get("place")] == 1 and row.get("share_2", 1.0) < 1}
    return [row | ({"share_1": VERY_MANY} if row["design_stratum"] in alone else {}) for row in made]


def _clusters(rows: Collection[Row]) -> Counter[str]:
    """How many clusters each stratum of the design has among some rows."""
    pairs = {(row["design_stratum"], row["design_cluster"]) for row in rows}
    return Counter(stratum for stratum, _cluster in pairs)


def _first(row: Row, answered: int, in_use: int, population: dict[str, int]) -> float:
    """The share of the first stage. A place may not be listed yet, so that of places is counted from the frame."""
    share = float(row["share_1"])
    if share == VERY_MANY or not answered:
        return share
    return share * answered / in_use if row["certain"] else answered / population[row["stratum"]]
