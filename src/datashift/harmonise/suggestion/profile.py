"""What a column holds: its answers by frequency, how many are numbers, and its names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datashift.harmonise.suggestion.words import MISSING
from datashift.standards.areas import folded

MOST_VALUES = 400
LONG_NAME = 4  # words from which on a column's name reads as a question


@dataclass(frozen=True)
class FormWords:
    """What an XLSForm says of columns: their questions in all its languages, and the labels of their choices."""

    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Profile:
    """A column in short. `counts` has the most frequent answers with the rows they stand in, missing words left out."""

    name: str
    plain: str
    texts: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]
    said: Mapping[str, tuple[str, ...]]
    distinct: int
    rows: int
    answered: int
    missing: tuple[str, ...]
    zeros: float
    numeric: float
    low: float
    high: float
    dummy: bool

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(value for value, _count in self.counts)


def profiles(table: pa.Table, form: FormWords) -> list[Profile]:
    """Return the profile of every column of a raw table."""
    names = [name for name in table.column_names if name != "_row"]
    parents = {name.casefold() for name in names}
    return [_profile(table, name, form, parents) for name in names]


def _profile(table: pa.Table, name: str, form: FormWords, parents: set[str]) -> Profile:
    entries = pc.value_counts(pc.fill_null(table[name], "")).to_pylist()
    entries.sort(key=lambda entry: (-entry["counts"], entry["values"]))
    counts: dict[str, int] = {}
    missing: set[str] = set()
    for entry in entries:
        word = entry["values"].strip()
        if word.casefold() in MISSING:
            missing.add(word)
        else:
            counts[word] = counts.get(word, 0) + entry["counts"]
    top = tuple(counts.items())[:MOST_VALUES]
    numbers = np.array([x for value, _n in top if (x := as_number(value)) is not None])
    last = re.split(r"[/:]", name)[-1] if "/" in name or ":" in name else name
    plain = folded(re.sub(r"(?<=[a-z]{2})(?=[A-Z])", " ", last))
    own = (name,) if len(plain.split()) >= LONG_NAME else ()
    return Profile(
        name=name, plain=plain, texts=tuple(folded(text) for text in (*own, *form.labels.get(name, ()))),
        counts=top, said=form.choices.get(name, {}), distinct=len(counts), rows=table.num_rows,
        answered=sum(counts.values()), missing=tuple(sorted(missing)),
        zeros=counts.get("0", 0) / max(table.num_rows, 1), numeric=len(numbers) / max(len(top), 1),
        low=float(numbers.min()) if numbers.size else np.nan, high=float(numbers.max()) if numbers.size else np.nan,
        dummy=_is_dummy(name, counts, parents),
    )  # fmt: skip


def _is_dummy(name: str, counts: Mapping[str, int], parents: set[str]) -> bool:
    """Say whether the column is one choice of a question with several answers, spread out by the export."""
    parent = re.split(r"[./](?=[^./]+$)", name)[0]
    flags = {"0", "1", "true", "false", "0.0", "1.0"}
    return parent != name and parent.casefold() in parents and {value.casefold() for value in counts} <= flags


def as_number(text: str) -> float | None:
    """Return the number that a text may be read as, with a point or a comma; None where it is none."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if np.isfinite(number) else None
