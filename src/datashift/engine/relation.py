"""Rows at rest in some engine, asked through Ibis expressions and answered in Arrow."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from datashift.engine.expressions import schema_of, unbound

ROWS = "datashift_rows"
"""What the rows are called in the queries of a relation."""

Answer = Callable[[Any, Mapping[str, pa.Table]], pa.Table]
"""Runs a table expression over the rows and the small tables that go along."""


@dataclass(frozen=True, eq=False)
class Relation:
    """Rows that stay where they are: only the answers to questions come into memory.

    dialect: duckdb, spark or postgres.   names: name of each usable column as the source has it → internal name.
    schema: internal names and Arrow types.   answer: how the engine runs an expression.
    """

    dialect: str
    names: Mapping[str, str]
    schema: pa.Schema
    answer: Answer
    keyed: Callable[[int], AbstractContextManager[None]] = lambda keys: nullcontext()
    """To be entered around a grouping by one integer key of so many values from 0: an engine may know a faster way."""
    settle: Callable[[Collection[str]], None] = lambda columns: None
    """To be called with the columns that will be summed: an engine may look once for NaN instead of in every row."""

    @cached_property
    def table(self) -> Any:
        """The rows as an unbound Ibis table over the internal names."""
        return unbound(ROWS, self.schema)

    def collect(self, expression: Any, **small: pa.Table) -> pa.Table:
        """Run a table expression over `table` and return its rows, with the types that the expression states.

        `small` tables go along and stand in the expression as `unbound(name, small.schema)`, for joins.
        Raises Unreadable where the source turns out broken, BadQuestion where the memory allowed does not suffice,
        SourceUnavailable where Spark or PostgreSQL does not answer.
        """
        if ROWS in small:
            raise ValueError(f"{ROWS} is the name of the rows")
        expected = schema_of(expression)
        rows = self.answer(expression, small)
        return pa.table([rows[name].cast(expected.field(name).type) for name in expected.names], schema=expected)

    def ranges(self, columns: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Return the least and the greatest value of integer columns (internal names); none for one without values."""
        if not columns:
            return {}
        table = self.table
        ends = {f"{end}_{i}": getattr(table[name], end)() for i, name in enumerate(columns) for end in ("min", "max")}
        found = self.collect(table.agg(**ends)).to_pylist()[0]
        pairs = {name: (found[f"min_{i}"], found[f"max_{i}"]) for i, name in enumerate(columns)}
        return {name: (least, most) for name, (least, most) in pairs.items() if least is not None}
