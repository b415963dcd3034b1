"""A table with its design, ready to be asked: the units are found once, each question is one pass over the rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from datashift.analysis.asks import Ask
from datashift.analysis.conditions import no_column, parse
from datashift.analysis.keys import Extent, Keys, dimension, lookup, packed
from datashift.analysis.tables import MISSING, check_numbers, number
from datashift.analysis.units import Units, refuse_gaps, units_of
from datashift.engine import Relation
from datashift.errors import BadQuestion, DesignError
from datashift.estimation.calibration import Calibrated
from datashift.estimation.cells import FPC, MARGIN, margin_columns, shared_sums
from datashift.estimation.encoding import encoded_any, shares_drawn, weighting
from datashift.estimation.frame import Floats, Frame
from datashift.estimation.grouped import Grouped
from datashift.model import Design


class Survey:
    """Rows in an engine, their design, and the condition on the rows that are meant.

    relation: as of engine.relation.   where: a condition as in conditions.parse; rows outside stay in the design.
    missing: words and codes that mean no answer.   Errors: BadQuestion for unknown columns; DesignError where weights,
    strata or clusters are missing in rows, or weights are negative.
    """

    def __init__(self, relation: Relation, design: Design, where: str = "", missing: Collection[str] = ()) -> None:
        self.relation = relation
        self.design = design
        self.missing = tuple(missing)
        self.partial = False
        """Whether more rows are to come, so that a stratum may still have one cluster."""
        self._extents: dict[str, Extent] = {}
        self.condition = parse(where) if where else None
        named = [*design.named, *design.fpc, *margin_columns(design.calibration)]
        named += [name for name in (design.weights,) if name]
        self.require([*named, *(self.condition.columns if self.condition else ())])
        numbers = [*design.fpc, *(design.calibration.numeric if design.calibration else ())]
        numbers += [design.weights] if design.weights else []
        check_numbers(relation, numbers, missing)
        self.extents([relation.names[name] for name in numbers])

    def require(self, columns: Sequence[str]) -> None:
        """Refuse columns that the table does not have."""
        for name in columns:
            if name not in self.relation.names:
                raise no_column(name, self.relation.names)

    def column(self, name: str) -> Any:
        """Return a column of the rows as an Ibis expression."""
        return self.relation.table[self.relation.names[name]]

    def number(self, name: str) -> Any:
        """Return a column as float64, null where it holds no number."""
        column = self.column(name)
        # Engines offer floats without NaN, so a column of floats is taken as it is.
        return column if column.type().is_float64() and not self.missing else number(column, self.missing)

    @cached_property
    def weight(self) -> Any:
        """The weight of a row as an Ibis expression; None where all rows count the same."""
        return self.number(self.design.weights) if self.design.weights else None

    @cached_property
    def chosen(self) -> Any:
        """Which rows are meant, as an Ibis expression; None where all are."""
        if self.condition is None:
            return None
        return self.condition.expression(self.relation.table, self.relation.names).fill_null(False)

    @cached_property
    def by_rows(self) -> bool:
        """Whether each row is a unit of its own, since no cluster is named."""
        return not self.design.clusters

    @cached_property
    def units(self) -> Units:
        """The full design: one pass over the rows, whatever is asked later."""
        found = units_of(self)
        if not self.partial:
            found.frame.check()
        return found

    def grouped(self, asks: Sequence[Ask], by: Sequence[str], *, deff: bool = True, each: bool = False) -> Grouped:
        """Group the rows by the columns `by` and the units of the design: one pass for all questions.

        In: questions other than quantiles; `each` gives every row as a cell of its own.
        Out: cells as arrays, with the figures `f0`, `f1`, … in order.
        """
        each = each or self.by_rows
        self.require([*by, *(name for ask in asks for name in ask.columns)])
        check_numbers(self.relation, [name for ask in asks if not ask.codes for name in ask.columns], self.missing)
        table = self.relation.table
        margins = {f"{MARGIN}{name}": self._margin(name) for name in margin_columns(self.design.calibration)}
        keys = {f"by_{k}": self.column(name) for k, name in enumerate(by)}
        keyed = [*self._names([*keys.values(), *margins.values()]), *([] if self.by_rows else self.units.columns)]
        self.extents([*(self.relation.names[name] for ask in asks for name in ask.columns), *keyed])
        sums: dict[str, Any] = {}
        for k, ask in enumerate(asks):
            sums |= {f"f{k}__{name}": term for name, term in self._terms(ask, deff, each).items()}
        if margins:
            weight = self.weight if self.weight is not None else ibis.literal(1.0)
            counted = (weight > 0).cast("float64")
            rows = {"all__rows": counted, "all__sw": weight, "all__sww": weight * weight, "all__largest": weight}
            sums |= rows if each else shared_sums({}, weight if self.weight is not None else self.ones)
        keys |= margins
        if self.by_rows:
            found = self.relation.collect(table.select(**keys, **sums, **_design_columns(self)))
            return _of_rows(self, found, asks, by)
        if each:
            found = self.relation.collect(table.select(**self.units.key(self), **keys, **sums))
            return _of_cells(self, Keys.of(found), asks, by)
        keys = self.units.key(self) | keys
        return _of_cells(self, packed(self.relation, self._extents, keys, sums), asks, by)

    def extents(self, columns: Iterable[str]) -> dict[str, Extent]:
        """Return what is known of the columns of numbers among `columns` (internal names); each is asked for once."""
        table = self.relation.table
        numbers = {name for name in columns if name in table.columns and table[name].type().is_numeric()}
        new = sorted(numbers - self._extents.keys())
        if new:
            self.relation.settle(new)
            ends = {
                f"{how}_{k}": getattr(table[n], how)() for k, n in enumerate(new) for how in ("min", "max", "count")
            }
            (found,) = self.relation.collect(table.agg(rows=table.count(), **ends)).to_pylist()
            for k, name in enumerate(new):
                if found[f"count_{k}"]:
                    gaps = found[f"count_{k}"] < found["rows"]
                    self._extents[name] = Extent(found[f"min_{k}"], found[f"max_{k}"], gaps)
        return {name: self._extents[name] for name in numbers if name in self._extents}

    def calibrated(self) -> Calibrated:
        """Bring the weights to the known totals: one pass to the cells of the margins, and a few small equations."""
        calibration = self.design.calibration
        if calibration is None:
            raise BadQuestion("question.no-calibration")
        keys = {f"{MARGIN}{name}": self._margin(name) for name in margin_columns(calibration)}
        self.extents(self._names(keys.values()))
        sums = shared_sums({}, self.weight if self.weight is not None else self.ones)
        found = packed(self.relation, self._extents, keys, sums).table(MARGIN, "all__")
        done = weighting(found, np.zeros(found.num_rows, dtype=np.int64), 1, calibration)
        assert done is not None
        return done.done

    def _names(self, columns: Iterable[Any]) -> list[str]:
        return [column.get_name() for column in columns]

    def centre(self, ask: Ask) -> float:
        """Return what is taken off the values of a mean before they are squared: their middle if they hardly differ.

        Of 1e9 and 0.01 more, squares keep nothing.
        """
        extent = self._extents.get(self.relation.names.get(ask.variable or "", ""))
        # Cells that are added to later cannot have a middle of their own.
        if ask.kind != "mean" or extent is None or self.partial or ask.probabilities:
            return 0.0
        largest = max(abs(extent.least), abs(extent.most))
        return (extent.least + extent.most) / 2 if extent.most - extent.least < 1e-3 * largest else 0.0

    @property
    def ones(self) -> Any:
        """A column of ones, for what needs a column."""
        table = self.relation.table
        return table[table.columns[0]].isnull().ifelse(1.0, 1.0)

    def _margin(self, name: str) -> Any:
        calibration = self.design.calibration
        numeric = calibration is not None and name in calibration.numeric
        return self.number(name) if numeric else self._code(name)

    def _code(self, name: str) -> Any:
        """Return a column that names a group: whole numbers as they are, which group faster; all else as text."""
        column = self.column(name)
        return column if column.type().is_integer() else column.cast("string")

    def _terms(self, ask: Ask, deff: bool, each: bool) -> dict[str, Any]:
        """Return what is summed for a question; what follows from other sums is left out (see `_completed`).

        Values that do not count are null, which sums pass over: engines do that faster than adding zeros.
        """
        y, x, known = self.parts(ask)
        w = self.weight
        used = known if self.chosen is None else (self.chosen if known is None else self.chosen & known)
        one = ibis.literal(1.0)
        # Where y is null the row does not count, so that a product with y needs no condition of its own.
        alone = self.chosen is None and x is None

        def over(value: Any, *, with_y: bool = True) -> Any:
            return value if used is None or (alone and with_y) else used.ifelse(value, ibis.null("float64"))

        weighted = one if w is None else w
        counted = one if used is None else used.cast("float64")
        terms = {"rows": one if self.chosen is None else self.chosen.cast("float64")}
        terms |= {} if used is None else {"n": counted}
        if self.chosen is not None:
            terms["outside"] = (~self.chosen).cast("float64")
        terms["sy"] = over(weighted * y)
        if w is not None:
            terms["sw"] = over(w, with_y=False)
            if self.by_rows or not self.units.positive:
                terms["positive"] = (w > 0 if used is None else used & (w > 0)).cast("float64")
        if deff and ask.kind != "proportion":
            terms["syy"] = over(weighted * y * y)
        if ask.kind == "ratio":
            terms["sx"] = over(weighted * x)
            terms |= {"syx": over(weighted * y * x), "sxx": over(weighted * x * x)} if deff else {}
        if each:
            # The value itself, since w·y / w is not y to the last digit, and equal values must stay equal.
            return terms | ({"value": over(y)} if ask.probabilities else {})
        # A constant has no sum; the only one here is 1, for each row.
        rows = self.relation.table.count()
        summed = {name: term.sum() if hasattr(term, "sum") else rows for name, term in terms.items()}
        return summed | ({"n": y.count()} if alone and known is not None else {})

    def weighted_parts(self, ask: Ask, weight: Any) -> tuple[Any, Any]:
        """Return w·y and w·x of each row under another weight (an Ibis column); null where the row is not used."""
        y, x, known = self.parts(ask)
        used = weight.notnull() if known is None else weight.notnull() & known
        used = used if self.chosen is None else used & self.chosen
        nothing = ibis.null("float64")
        return used.ifelse(weight * y, nothing), used.ifelse(weight if x is None else weight * x, nothing)

    def parts(self, ask: Ask) -> tuple[Any, Any, Any]:
        """Return y (null where the row has no value), x, and whether the row has the value (None: every row has)."""
        if ask.variable is None:
            return ibis.literal(1.0), None, None
        if ask.kind == "proportion":
            y = self._share(ask)
            return y, None, None if self._full(ask) else y.notnull()
        y = self.number(ask.variable)
        if ask.denominator is None:
            centre = self.centre(ask)
            y = y - centre if centre else y
            return y, None, None if self._full(ask) else y.notnull()
        x = self.number(ask.denominator)
        return y, x, y.notnull() & x.notnull()

    def _full(self, ask: Ask) -> bool:
        """Say whether every row has the value, so that nothing need be asked of each."""
        extent = self._extents.get(self.relation.names.get(ask.variable or "", ""))
        return extent is not None and not extent.gaps and not self.missing

    def _share(self, ask: Ask) -> Any:
        """Return 1 where the row has one of the codes, 0 where another, null where it has none."""
        column = self.column(ask.variable or "")
        if column.type().is_string() and ask.codes:
            words = sorted(MISSING | {word.strip().lower() for word in self.missing})
            missing = column.isnull() | column.strip().lower().isin(words)
            chosen = column.isin([str(code) for code in ask.codes]).cast("float64")
            return missing.ifelse(ibis.null("float64"), chosen)
        y = self.number(ask.variable or "")
        try:
            codes = [float(code) for code in ask.codes]
        except ValueError as problem:
            raise BadQuestion("question.code-not-a-number", column=ask.variable, codes=ask.label) from problem
        if codes:
            return y.isin(codes).cast("float64")
        self._refuse_other_than_0_and_1(ask.variable or "", y)
        return y

    def _refuse_other_than_0_and_1(self, name: str, y: Any) -> None:
        others = self.relation.collect(self.relation.table.agg(n=(y.notnull() & ~y.isin([0.0, 1.0])).sum()))
        if others["n"][0].as_py():
            raise BadQuestion("question.not-0-1", column=name, count=others["n"][0].as_py())


def _design_columns(survey: Survey) -> dict[str, Any]:
    """Return what tells the design row by row, where rows are the units."""
    design = survey.design
    columns = {f"s_{k}": survey.column(name) for k, name in enumerate(design.strata)}
    columns |= {f"{FPC}{k + 1}_low": survey.number(name) for k, name in enumerate(design.fpc)}
    columns |= {f"{FPC}{k + 1}_high": survey.number(name) for k, name in enumerate(design.fpc)}
    weight = survey.weight
    return columns | ({} if weight is None else {"weight_of_row": weight})


# --- cells ------------------------------------------------------------------------------------------------------------


def _of_cells(survey: Survey, keys: Keys, asks: Sequence[Ask], by: Sequence[str]) -> Grouped:
    unit = lookup(keys, survey.units.columns, survey.units.labels)
    axes = tuple(dimension(name, keys, f"by_{k}", survey.missing) for k, name in enumerate(by))
    frame = survey.units.frame
    sums = {f"f{k}": _completed(ask, keys.sums, f"f{k}", unit.size) for k, ask in enumerate(asks)}
    found = None
    if survey.design.calibration is not None:
        found = weighting(keys.table(MARGIN, "all__"), unit, frame.units, survey.design.calibration)
    return Grouped(frame, unit, axes, sums, found, {f"f{k}": survey.centre(ask) for k, ask in enumerate(asks)})


def _of_rows(survey: Survey, found: pa.Table, asks: Sequence[Ask], by: Sequence[str]) -> Grouped:
    unit = np.arange(found.num_rows, dtype=np.int64)
    strata = [name for name in found.column_names if name.startswith("s_")]
    gaps = {"least": pa.array([0.0])}
    weights = None
    if "weight_of_row" in found.column_names:
        weight = found["weight_of_row"]
        weights = weight.to_numpy()
        if weight.null_count:
            raise DesignError("estimate.no-weight", count=weight.null_count, column=survey.design.weights)
        gaps = {"least": pa.array([float(np.min(weights, initial=0.0))])}
    refuse_gaps(survey, pa.table(gaps) if found.num_rows else found, [])
    for name, stated in zip(strata, survey.design.strata, strict=True):
        if found[name].null_count:
            raise DesignError("estimate.no-unit", column=stated)
    stratum, names = encoded_any(found, strata)
    shares = shares_drawn(found, stratum, [unit])
    labels = [" / ".join(map(str, name)) for name in names]
    frame = Frame(stratum, [unit], shares, survey.design.lonely, labels, weights).check()
    keys = Keys.of(found)
    axes = tuple(dimension(name, keys, f"by_{k}", survey.missing) for k, name in enumerate(by))
    sums = {f"f{k}": _completed(ask, keys.sums, f"f{k}", unit.size) for k, ask in enumerate(asks)}
    done = weighting(found, unit, frame.units, survey.design.calibration) if survey.design.calibration else None
    return Grouped(frame, unit, axes, sums, done, {f"f{k}": survey.centre(ask) for k, ask in enumerate(asks)})


def _completed(ask: Ask, sums: Mapping[str, Floats], figure: str, cells: int) -> dict[str, Floats]:
    """Add the sums that follow from those that were asked for (for a share y² is y; for a mean x is 1)."""
    # One number for all cells takes no memory; figures of millions of cells would notice.
    zero, unknown = np.broadcast_to(0.0, cells), np.broadcast_to(np.nan, cells)
    s = {name.removeprefix(f"{figure}__"): values for name, values in sums.items() if name.startswith(f"{figure}__")}
    rows = s.pop("rows")
    s["missing"] = rows - s["n"] if "n" in s else zero
    s.setdefault("n", rows)
    s.setdefault("sw", s["n"])
    s.setdefault("positive", s["n"])
    s.setdefault("syy", s["sy"] if ask.kind == "proportion" else unknown)
    if ask.kind == "ratio":
        s.setdefault("syx", unknown)
        s.setdefault("sxx", unknown)
    elif ask.kind == "total":
        s |= {"sx": zero, "syx": zero, "sxx": zero}
    else:
        s |= {"sx": s["sw"], "syx": s["sy"], "sxx": s["sw"]}
    return s
