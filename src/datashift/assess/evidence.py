"""What the checks look at: the raw columns, the observations and the recipe, prepared once for all checks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from threading import RLock
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from shapely.geometry.base import BaseGeometry

from datashift.assess.encoded import Encoded, Flags, Numbers, Whole, encode, numbers
from datashift.assess.moments import Moments, moments
from datashift.assess.questions import Question, answered, questions
from datashift.assess.quoting import means_no_answer, personal, quotable
from datashift.assess.wording import TEXTS
from datashift.model import Area, Column, Finding, Harmonised, Kit, Recipe
from datashift.standards.conditions import asked


@dataclass(frozen=True)
class Evidence:
    """One source under examination. `today` is the last day that a date may carry; `aside` are rows not meant.

    `backchecks` is the raw table of the interviews that somebody asked again, where the protocol names one.
    """

    raw: pa.Table
    harmonised: Harmonised
    recipe: Recipe
    kit: Kit
    today: date
    areas: Mapping[str, Area] = field(default_factory=dict)
    polygons: Mapping[str, list[BaseGeometry]] = field(default_factory=dict)
    aside: pa.Table | None = None
    backchecks: pa.Table | None = None
    _kept: dict[str, Any] = field(default_factory=dict, init=False, repr=False)
    _lock: Any = field(default_factory=RLock, init=False, repr=False)

    @cached_property
    def rows(self) -> Whole:
        """The source row number of every row of the raw table."""
        return _whole(self.raw["_row"])

    @cached_property
    def columns(self) -> dict[str, Encoded]:
        """Every text column, encoded."""
        names = [name for name in self.raw.column_names if name != "_row"]
        with ThreadPoolExecutor(max_workers=2) as pool:
            return dict(zip(names, pool.map(lambda name: encode(self.raw[name]), names), strict=True))

    def once(self, name: str, work_out: Callable[[], Any]) -> Any:
        """Return what several checks need, worked out by the first that asks."""
        with self._lock:
            if name not in self._kept:
                self._kept[name] = work_out()
            return self._kept[name]

    @cached_property
    def written(self) -> Flags:
        """Which rows have anything written in them, so that an empty row is never taken for a missing answer."""
        rejects = self.harmonised.rejects
        empty = rejects.filter(pc.equal(rejects["code"], "harmonise.empty-row"))["row"]
        return np.asarray(~np.isin(self.rows, _whole(empty)), dtype=np.bool_)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The columns that are answers, with their kind: neither paradata nor place, date, id, weight or personal."""
        return questions(self)

    @cached_property
    def answered(self) -> Whole:
        """How many questions have an answer, per raw row."""
        return answered(self)

    def role(self, name: str) -> Encoded | None:
        """Return the column that has a role in the paradata ("enumerator", "device", …), or None where none has."""
        column = getattr(self.recipe.paradata, name)
        return self.columns.get(column) if column else None

    def members(self, name: str) -> Iterator[tuple[str, Flags]]:
        """Yield each different text of the paradata column with a role, such as each interviewer, and its rows."""
        encoded = self.role(name)
        if encoded is not None:
            present = self.written & ~self.missing(getattr(self.recipe.paradata, name))
            for code in np.unique(encoded.codes[present]):
                yield str(encoded.texts[int(code)].as_py()), present & (encoded.codes == code)

    @cached_property
    def _moments(self) -> dict[str, Moments | None]:
        return {}

    def moments(self, name: str) -> Moments | None:
        """Return the moments of a role of the paradata (start, end, submitted, received), or None without a column."""
        if name not in self._moments:
            encoded = self.role(name)
            self._moments[name] = moments(encoded, self.recipe.paradata) if encoded else None
        return self._moments[name]

    def value(self, column: str, decimal: str = ".") -> Numbers:
        """Return a column as numbers, NaN where there is no answer or no number."""
        encoded = self.columns[column]
        read: Numbers = numbers(encoded.texts, decimal)[encoded.codes]
        return np.where(self.missing(column), np.nan, read)

    def chance(self, check: str) -> np.random.Generator:
        """Return the random numbers of a check: the same for the same recipe, check and number of rows."""
        seed = hashlib.sha256(f"{self.recipe.id}/{check}/{len(self.rows)}".encode()).digest()
        return np.random.default_rng(int.from_bytes(seed[:8], "big"))

    @cached_property
    def total(self) -> int:
        """How many rows have anything written in them."""
        return int(self.written.sum())

    @cached_property
    def observed(self) -> Whole:
        """The source row numbers that became observations, or part of one."""
        readings = self.harmonised.readings
        return _whole(self.harmonised.observations["row"] if readings is None else readings["row"])

    @cached_property
    def observations(self) -> Whole:
        """The source row number of each observation (of its first row, where several make one)."""
        return _whole(self.harmonised.observations["row"])

    def positions(self, rows: Any) -> Whole:
        """Return where in the raw table the rows with these source row numbers lie."""
        return self._order[np.searchsorted(self.rows, np.asarray(rows, dtype=np.int64), sorter=self._order)]

    @cached_property
    def declared(self) -> npt.NDArray[Any]:
        """Per raw row the id of the area it names, and "" where it was not taken up."""
        found = np.full(len(self.rows), "", dtype=object)
        areas = np.array(self.harmonised.observations["area"].fill_null("").to_pylist(), dtype=object)
        readings = self.harmonised.readings
        if readings is not None:
            order = np.argsort(self.observations)
            areas = areas[order[np.searchsorted(self.observations, _whole(readings["observation"]), sorter=order)]]
        found[self.positions(self.observed)] = areas
        return found

    @cached_property
    def _order(self) -> Whole:
        return np.argsort(self.rows, kind="stable")

    def missing(self, column: str) -> Flags:
        """Return which rows have no answer in `column`, for no concept that it feeds, by the words of the recipe."""
        encoded = self.columns[column]
        entries = [entry for entry in self.recipe.columns.values() if entry.column == column] or [Column(column=column)]
        flags = [_without_answer(encoded.texts, entry, self.recipe.missing) for entry in entries]
        return encoded.where(np.logical_and.reduce(flags)) & self.written

    def asked(self, column: str) -> Flags:
        """Return which rows were to be asked what `column` holds; a row that was not taken up counts as asked."""
        flags = np.ones(len(self.rows), dtype=np.bool_)
        name, table = self.concept_of(column), self.harmonised.observations
        if name is not None and self.kit.concepts[name].asked_if and self.harmonised.readings is None:
            conditions = set(self.kit.concepts[name].asked_if) & set(table.column_names)
            answers = {concept: np.array(table[concept].to_pylist(), dtype=object) for concept in conditions}
            flags[self.positions(self.observations)] = asked(self.kit, name, answers, table.num_rows)
        return flags

    def concept_of(self, column: str) -> str | None:
        """Return the concept that the raw column `column` feeds (the first one, where it feeds several)."""
        return next((concept for concept, entry in self.recipe.columns.items() if entry.column == column), None)

    def may_quote(self, column: str, value: str, count: int) -> bool:
        """Say whether a finding may show `value`, which `count` rows of `column` have.

        Never from a column about people, and never what stands in such a column: in a row that slipped by one cell, a
        name stands among the answers. The names of places are about places, unless the recipe calls them personal.
        """
        declared = self.recipe.personal
        private = column in declared if column == self.recipe.place.column else personal(column, declared)
        if private or not quotable(value, count):
            return False
        return means_no_answer(value) or value.strip().lower() not in self._personal_texts

    @cached_property
    def _personal_texts(self) -> frozenset[str]:
        named = (self.columns[column].texts for column in self.recipe.personal if column in self.columns)
        lowered = (pc.utf8_lower(pc.utf8_trim_whitespace(texts)).to_pylist() for texts in named)
        return frozenset(text for several in lowered for text in several if text)

    def found(self, check: str, code: str, where: Flags, **facts: Any) -> Finding:
        """Return the finding about the rows that `where` marks, without its effect on the answer.

        `code` is a key of `wording.TEXTS`. The facts begin with `n`, the number of these rows, and `total`, of all.
        """
        return self.noticed(check, code, TEXTS[code], where, **facts)

    def noticed(self, check: str, code: str, text: str, where: Flags, **facts: Any) -> Finding:
        """Return a finding with its own English template; see `found`."""
        rows = self.numbers_of(where)
        return Finding(check, code, text, {"n": len(rows), "total": self.total, **facts}, rows)

    def numbers_of(self, where: Flags) -> tuple[int, ...]:
        """Return the source row numbers that `where` marks, in order."""
        return tuple(np.sort(self.rows[where]).tolist())


def _without_answer(texts: pa.Array, entry: Column, missing: tuple[str, ...]) -> Flags:
    """The recipe's codes come before its missing words; a value sent to no code is a missing answer too."""
    nothing = [value for value, code in entry.codes.items() if not code]
    something = {value for value, code in entry.codes.items() if code}
    words = {word.strip() for word in (*missing, *entry.missing)} - something
    plain = pc.utf8_trim_whitespace(texts)
    blank = pc.is_in(plain, value_set=pa.array([*words, *nothing], pa.string()))
    blank = pc.or_(blank, pc.is_in(pc.utf8_lower(plain), value_set=pa.array(nothing, pa.string())))
    return _flags(pc.or_(pc.is_null(texts), blank))


def _whole(column: Any) -> Whole:
    return np.asarray(column.to_numpy(), dtype=np.int64)


def _flags(flags: pa.Array) -> Flags:
    return np.asarray(pc.fill_null(flags, False).to_numpy(zero_copy_only=False), dtype=np.bool_)
