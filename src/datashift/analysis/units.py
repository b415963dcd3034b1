"""The units of a clustered design: found once, whatever is asked later; those of two sets of rows put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from datashift.errors import DesignError
from datashift.estimation.cells import FPC, shared_sums
from datashift.estimation.encoding import encoded_any, shares_drawn
from datashift.estimation.frame import Frame, Ints

if TYPE_CHECKING:
    from datashift.analysis.survey import Survey


@dataclass(frozen=True)
class Units:
    """The units of a clustered design.

    frame: the design.   found: one row per lowest unit: the key columns (internal names), `least` and `most` weight,
    and the ends of the finite population corrections.   strata, stages: the key columns.   columns: those that tell
    a unit, as few as needed.
    """

    frame: Frame
    found: pa.Table
    strata: tuple[str, ...]
    stages: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...]

    @cached_property
    def labels(self) -> pa.Table:
        """Return [units] what tells a unit."""
        return self.found.select(list(self.columns))

    @cached_property
    def positive(self) -> bool:
        """Say whether every row has a weight above zero."""
        return bool(np.nanmin(self.found["least"].to_numpy()) > 0)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Return the columns of strata and clusters, each once."""
        return tuple(dict.fromkeys([*self.strata, *(name for stage in self.stages for name in stage)]))

    @cached_property
    def numbers(self) -> dict[tuple[Any, ...], int]:
        """Return the number of each unit by its labels."""
        columns = [self.found[name].to_pylist() for name in self.keys]
        return {label: k for k, label in enumerate(zip(*columns, strict=True))}

    def key(self, survey: Survey) -> dict[str, Any]:
        """Return the key columns as Ibis expressions."""
        return {name: survey.relation.table[name] for name in self.columns}


def units_of(survey: Survey) -> Units:
    """Find the units of a survey: one pass over its rows.   Errors: DesignError, see refuse_gaps."""
    design, names = survey.design, survey.relation.names
    strata = tuple(names[name] for name in design.strata)
    stages = tuple(tuple(names[name] for name in stage) for stage in design.clusters[: max(design.stages, 1)])
    keys = list(dict.fromkeys([*strata, *(name for stage in stages for name in stage)]))
    table = survey.relation.table
    fpc = {f"{FPC}{k + 1}": survey.number(name) for k, name in enumerate(design.fpc)}
    counted = _weights_per_unit(survey) | shared_sums(fpc)
    grouped = table.group_by([table[name] for name in keys])
    found = survey.relation.collect(grouped.agg(**counted) if counted else table.select(keys).distinct())
    if "least" not in counted:
        ones = pa.array(np.ones(found.num_rows))
        found = found.append_column("least", ones).append_column("most", ones)
    refuse_gaps(survey, found, keys)
    return _framed(found, strata, stages, design.lonely)


def _weights_per_unit(survey: Survey) -> dict[str, Any]:
    """Return the smallest and largest weight of a unit as sums; nothing where all weights are above zero anyway.

    Raises DesignError where a row has no weight.
    """
    w = survey.weight
    if w is None:
        return {}
    table = survey.relation.table
    (overall,) = survey.relation.collect(table.agg(least=w.min(), known=w.count(), rows=table.count())).to_pylist()
    if overall["known"] < overall["rows"]:
        without = overall["rows"] - overall["known"]
        raise DesignError("estimate.no-weight", count=without, column=survey.design.weights)
    return {} if overall["rows"] == 0 or overall["least"] > 0 else {"least": w.min(), "most": w.max()}


def _framed(found: pa.Table, strata: tuple[str, ...], stages: tuple[tuple[str, ...], ...], lonely: str) -> Units:
    """Build the frame over a table of units; they are numbered in the order of that table."""
    stratum, names_of = encoded_any(found, strata)
    clusters = [
        encoded_any(found, [*strata, *(name for stage in stages[: depth + 1] for name in stage)])[0]
        for depth in range(len(stages) - 1)
    ]
    clusters.append(np.arange(found.num_rows, dtype=np.int64))
    shares = shares_drawn(found, stratum, clusters)
    labels = [" / ".join(map(str, name)) for name in names_of]
    frame = Frame(stratum, clusters, shares, lonely, labels, found["most"].to_numpy())
    last = stages[-1]
    alone = len(stages) == 1 and encoded_any(found, last)[0].max(initial=-1) + 1 == found.num_rows
    keys = dict.fromkeys([*strata, *(name for stage in stages for name in stage)])
    return Units(frame, found, strata, stages, tuple(last if alone else keys))


def united(mine: Units, theirs: Units) -> tuple[Units, Ints]:
    """Add units to units; those with the same labels are the same.   Out: all units, and the numbers of `theirs`."""
    fresh = [k for label, k in theirs.numbers.items() if label not in mine.numbers]
    place = np.array([mine.numbers.get(label, -1) for label in theirs.numbers], dtype=np.int64)
    place[place < 0] = mine.found.num_rows + np.arange(len(fresh))
    ends = [name for name in mine.found.column_names if name not in mine.keys]
    joined = pa.concat_tables(
        [mine.found, theirs.found.take(pa.array(fresh, pa.int64()))], promote_options="permissive"
    )
    known = place < mine.found.num_rows
    for name in ends:
        values = joined[name].to_numpy().copy()
        how = np.maximum if name == "most" or name.endswith("_high") else np.minimum
        how.at(values, place[known], theirs.found[name].to_numpy()[known])
        joined = joined.set_column(joined.column_names.index(name), name, pa.array(values))
    if not fresh and joined.equals(mine.found):
        return mine, place
    return _framed(joined, mine.strata, mine.stages, mine.frame.lonely), place


def refuse_gaps(survey: Survey, found: pa.Table, keys: Sequence[str]) -> None:
    """Refuse a table without rows, weights below zero, and units without a name."""
    if not found.num_rows:
        raise DesignError("estimate.empty-table")
    if np.nanmin(found["least"].to_numpy()) < 0:
        raise DesignError("estimate.negative-weight", column=survey.design.weights)
    internal = {name: source for source, name in survey.relation.names.items()}
    for name in keys:
        if found[name].null_count:
            raise DesignError("estimate.no-unit", column=internal[name])
