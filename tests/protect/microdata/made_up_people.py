"""Tables of made-up people for the tests of microdata."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

PARENTS = {f"D{k}": f"R{k // 5}" for k in range(25)}


def a_survey(rows: int, seed: int = 1) -> pa.Table:
    """A survey with eight columns that others may know of a person, one that they must not, and weights."""
    chance = np.random.default_rng(seed)
    district = chance.choice(25, rows, p=np.arange(1, 26) / 325)
    return pa.table(
        {
            "age": chance.integers(15, 96, rows).astype(str),
            "sex": chance.choice(["F", "M"], rows),
            "district": [f"D{k}" for k in district],
            "work": chance.choice(list("abcdefgh"), rows, p=[0.4, 0.3, 0.15, 0.1, 0.04, 0.005, 0.004, 0.001]),
            "married": chance.choice(["yes", "no", "widowed"], rows, p=[0.6, 0.35, 0.05]),
            "size": (1 + chance.poisson(3.5, rows)).astype(str),
            "language": chance.choice(["one", "two", "three", "four"], rows, p=[0.7, 0.2, 0.09, 0.01]),
            "school": chance.choice(["none", "first", "second", "higher", None], rows, p=[0.3, 0.3, 0.3, 0.05, 0.05]),
            "bribe": chance.choice(["yes", "no"], rows, p=[0.2, 0.8]),
            "weight": chance.uniform(20, 200, rows),
        }
    )


KNOWN = ("age", "sex", "district", "work", "married", "size", "language", "school")
