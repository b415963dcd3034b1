"""Estimates as an analyst gets them: columns of numbers, rows that explain themselves, differences with covariance."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

import numpy as np
import pyarrow as pa
from scipy import special

from datashift.analysis.asks import Ask
from datashift.analysis.pictures import chart
from datashift.errors import BadQuestion
from datashift.estimation.figures import Figures, influence, linearised
from datashift.estimation.frame import Floats, Ints
from datashift.estimation.grouped import Grouped
from datashift.estimation.interval import number_intervals, share_intervals
from datashift.estimation.taylor import NO_ANSWERS, NO_SPREAD, WITHOUT_SPREAD
from datashift.estimation.wording import explained, uncertainty
from datashift.language import _
from datashift.layout import grid
from datashift.model import Chart, Design, Estimate
from datashift.numbers import amount, said

Key = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Block:
    """The estimates of one question by one breakdown.

    levels: per breakdown column its levels; keys: [rows, columns] numbers of levels.   value, se, lower, upper: in the
    unit of the question (per cent for shares).   covariance: of the values, formed when it is asked for.
    """

    ask: Ask
    names: tuple[str, ...]
    levels: tuple[tuple[object, ...], ...]
    keys: Ints
    value: Floats
    se: Floats
    lower: Floats
    upper: Floats
    df: Floats
    design_df: float
    n: Floats
    positive: Floats
    missing: Floats
    sw: Floats
    deff: Floats
    method: str
    label: str
    source: tuple[Grouped, str, tuple[int, ...]] | None = None

    def key(self, row: int) -> Key:
        """Return the breakdown of a row: ((column, level), …)."""
        codes = zip(self.names, self.levels, self.keys[row], strict=True)
        return tuple((name, _shown(levels[code])) for name, levels, code in codes)


def _shown(level: object) -> str:
    return str(int(level)) if isinstance(level, float) and level.is_integer() else str(level)


class Estimates(Sequence[Estimate]):
    """Estimates in the order of their breakdowns; each is a model.Estimate when it is looked at.

    to_arrow() gives them as a table, covariance() as a matrix, difference() and contrast() use it.
    """

    def __init__(self, blocks: Sequence[Block], design: Design) -> None:
        self.blocks = tuple(blocks)
        self.design = design
        self._starts = np.cumsum([0, *(len(block.value) for block in blocks)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    @overload
    def __getitem__(self, index: int) -> Estimate: ...
    @overload
    def __getitem__(self, index: slice) -> list[Estimate]: ...
    def __getitem__(self, index: int | slice) -> Estimate | list[Estimate]:
        if isinstance(index, slice):
            return [self[k] for k in range(*index.indices(len(self)))]
        place = range(len(self))[index]
        block = int(np.searchsorted(self._starts, place, side="right")) - 1
        return self._one(self.blocks[block], place - int(self._starts[block]))

    def __iter__(self) -> Iterator[Estimate]:
        return (self[k] for k in range(len(self)))

    def _one(self, block: Block, i: int) -> Estimate:
        status, reason = _status(block, i, self.design)
        deff = _number(block.deff[i])
        return Estimate(
            kit="", measure=block.label, area="", area_name="", period="",
            value=_number(block.value[i]), se=_number(block.se[i]),
            lower=_number(block.lower[i]), upper=_number(block.upper[i]),
            n=int(block.n[i]), n_eff=block.n[i] / deff if deff else None, deff=deff, df=_number(block.df[i]),
            unit=block.ask.unit, status=status, method=block.method, sampling_type=self.design.sampling_type,
            breakdown=block.key(i), reason=reason,
        )  # fmt: skip

    def to_arrow(self) -> pa.Table:
        """Return one row per estimate: figure, the breakdown columns, and every number."""
        names = list(dict.fromkeys(name for block in self.blocks for name in block.names))
        parts = []
        for block in self.blocks:
            rows = len(block.value)
            levels: dict[str, Any] = {"figure": pa.array([block.label] * rows, pa.string())}
            for name in names:
                k = block.names.index(name) if name in block.names else None
                shown = [None] * rows if k is None else [_shown(block.levels[k][c]) for c in block.keys[:, k]]
                levels[name] = pa.array(shown, pa.string())
            numbers = {name: pa.array(getattr(block, name), from_pandas=True) for name in NUMBERS}
            parts.append(pa.table(levels | numbers))
        return pa.concat_tables(parts) if parts else pa.table({})

    def as_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        rows = [self._row(block, i) for block in self.blocks for i in range(len(block.value))]
        return {"estimates": rows, "confidence": self.design.confidence, "uncertainty": uncertainty(self.design)}

    def _row(self, block: Block, i: int) -> dict[str, Any]:
        one = self._one(block, i)
        return {
            "figure": block.label, "by": dict(one.breakdown), "value": one.value, "se": one.se, "lower": one.lower,
            "upper": one.upper, "unit": one.unit, "n": one.n, "n_positive_weight": int(block.positive[i]),
            "n_missing": int(block.missing[i]), "sum_weights": float(block.sw[i]), "n_eff": one.n_eff,
            "deff": one.deff, "df": one.df, "df_design": block.design_df, "status": one.status,
            "reason": _(one.reason) if one.reason else "", "method": one.method, "sentence": explained(one),
        }  # fmt: skip

    def chart(self, block: int = 0) -> Chart:
        """Draw one block (one figure by one breakdown): SVG, PNG, text and table, in the current language."""
        chosen = self.blocks[block]
        rows = [self._one(chosen, i) for i in range(len(chosen.value))]
        return chart(chosen.label, chosen.names, rows, uncertainty(self.design))

    def sentences(self) -> list[str]:
        """Say each estimate in one plain sentence, in the current language."""
        return [explained(one) for one in self]

    # --- covariance -------------------------------------------------------------------------------------------------

    def covariance(self, block: int = 0) -> Floats:
        """Return the covariance [rows, rows] of the values of one block, over the full design.

        Groups and periods that share clusters are correlated; this is where that stands.
        """
        chosen = self.blocks[block]
        return self._spread(chosen, np.arange(len(chosen.value)))

    def _spread(self, chosen: Block, used: Ints) -> Floats:
        """Return the covariance of some rows of a block: of a few among thousands it stays small."""
        if chosen.source is None:
            raise BadQuestion("question.no-covariance", figure=chosen.label)
        grouped, figure, subset = chosen.source
        rows, keys = grouped.rows(figure, subset)
        factor = None if grouped.weighting is None else grouped.weighting.g[grouped.weighting.of]
        z = linearised(rows, total=chosen.ask.kind == "total", factor=factor).z
        number = np.full(rows.count + 1, -1, dtype=np.int64)
        number[_places_of(chosen.keys[used], keys)] = np.arange(len(used))
        few = replace(rows, domain=number[rows.domain], count=len(used))
        found = grouped.frame.covariance(influence(grouped.frame, few, z, grouped.weighting))
        return found * _scale(chosen.ask) ** 2

    def contrast(self, weights: Mapping[Any, float], block: int = 0) -> Contrast:
        """Return Σ weight × value, with its standard error.   In: weights by level (or tuple of levels)."""
        chosen = self.blocks[block]
        c = np.zeros(len(chosen.value))
        for level, weight in weights.items():
            c[_row_of(chosen, level, with_figure=True)] += weight
        value = float(c @ np.nan_to_num(chosen.value))
        return self._contrast(chosen, c, value, " ".join(f"{w:+g} {k}" for k, w in weights.items()))

    def difference(self, one: Any, other: Any, block: int = 0) -> Contrast:
        """Return the value of group (or period) `one` minus that of `other` (R: svycontrast, svyttest)."""
        if str(one) == str(other):
            return self.contrast({one: 0.0}, block)
        return self.contrast({one: 1.0, other: -1.0}, block)

    def quotient(self, one: Any, other: Any, block: int = 0) -> Contrast:
        """Return the value of `one` divided by that of `other`, by the delta method."""
        chosen = self.blocks[block]
        a, b = (_row_of(chosen, level, with_figure=True) for level in (one, other))
        if chosen.value[b] == 0:
            raise BadQuestion("question.over-nothing", level=str(other))
        c = np.zeros(len(chosen.value))
        c[a] += 1 / chosen.value[b]
        c[b] -= chosen.value[a] / chosen.value[b] ** 2
        return self._contrast(chosen, c, float(chosen.value[a] / chosen.value[b]), f"{one} / {other}")

    def _contrast(self, chosen: Block, c: Floats, value: float, label: str) -> Contrast:
        used = np.flatnonzero(c)
        variance = float(c[used] @ self._spread(chosen, used) @ c[used])
        se = max(variance, 0.0) ** 0.5
        return Contrast(label, value, se, chosen.design_df, self.design.confidence)

    # --- shown ------------------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return "\n".join(table(self))

    def _repr_html_(self) -> str:
        header, *rows = _cells(self)
        head = "".join(f"<th>{html.escape(cell)}</th>" for cell in header)
        body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        note = html.escape(uncertainty(self.design))
        drawn = self.chart().svg if self.blocks and len(self.blocks[0].value) <= MOST_DRAWN else ""
        return f"{drawn}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{note}</p>"


MOST_DRAWN = 60
"""Up to this many groups a notebook shows the chart by itself."""
NUMBERS = ("value", "se", "lower", "upper", "n", "positive", "missing", "sw", "deff", "df")


@dataclass(frozen=True)
class Contrast:
    """A difference or another comparison of estimates, with its standard error and the test against zero.

    df: clusters − strata of the whole design.   t test as R's svyttest: one degree of freedom less.
    """

    label: str
    value: float
    se: float
    df: float
    confidence: float

    @property
    def interval(self) -> tuple[float, float]:
        """Return value ± t·se."""
        t = float(special.stdtrit(self.df, (1 + self.confidence) / 2))
        return self.value - t * self.se, self.value + t * self.se

    @property
    def p_value(self) -> float:
        """Return the probability of a difference at least this large if there were none (two-sided, df − 1)."""
        if not self.se:
            return 1.0 if self.value == 0 else 0.0
        return float(2 * special.stdtr(self.df - 1, -abs(self.value / self.se)))

    def as_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        lower, upper = self.interval
        return {
            "contrast": self.label, "value": self.value, "se": self.se, "lower": lower, "upper": upper, "df": self.df,
            "t": self.value / self.se if self.se else None, "p_value": self.p_value if self.se else None,
        }  # fmt: skip


def block_of(
    grouped: Grouped, asked: tuple[Ask, str], found: tuple[tuple[int, ...], Figures, Ints], design: Design
) -> Block:
    """Give figures their intervals and their unit.

    In: the question and its name in the cells; axes, figures and levels as of estimated or finished.
    """
    ask, figure = asked
    subset, f, keys = found
    variance = np.where(f.positive > 0, f.variance, np.nan)
    point = np.where(f.positive > 0, f.point + grouped.centre.get(figure, 0.0), np.nan)
    se = np.sqrt(np.maximum(variance, 0.0))
    degrees = f.df if design.degrees == "domain" else np.full(len(f.df), grouped.frame.total_degrees)
    tail = (1 - design.confidence) / 2
    if ask.kind == "proportion":
        point = np.clip(point, 0.0, 1.0)
        lower, upper = share_intervals(point, se, f.positive, degrees, tail, design.interval)
        kind = design.interval
    else:
        (lower, upper), kind = number_intervals(point, se, degrees, tail), "t"
    without = design.sampling_type in WITHOUT_SPREAD
    nothing = np.full(len(point), np.nan)
    times = _scale(ask)
    with np.errstate(divide="ignore", invalid="ignore"):
        deff = np.where(f.variance > 0, f.variance / f.simple, np.nan)
    axes = [grouped.axes[k] for k in subset]
    return Block(
        ask=ask, names=tuple(axis.name for axis in axes), levels=tuple(axis.levels for axis in axes), keys=keys,
        value=point * times, se=nothing if without else se * times, lower=nothing if without else lower * times,
        upper=nothing if without else upper * times, df=degrees, design_df=grouped.frame.total_degrees, n=f.n,
        positive=f.positive, missing=f.missing, sw=f.sw, deff=nothing if without else deff,
        method=_method(design, kind), label=ask.label, source=(grouped, figure, subset),
    )  # fmt: skip


def _method(design: Design, kind: str) -> str:
    stages = "ultimate-cluster" if design.stages < 2 else f"{design.stages}-stage"
    parts = ["taylor", stages, kind, f"df-{design.degrees}"]
    parts += [f"calibrated-{design.calibration.kind}"] if design.calibration else []
    parts += [f"lonely-{design.lonely}"] if design.lonely != "fail" else []
    return "; ".join(parts)


def _scale(ask: Ask) -> float:
    return 100.0 if ask.unit == "PT" else 1.0


def _status(block: Block, i: int, design: Design) -> tuple[str, str]:
    if np.isnan(block.value[i]):
        return "O", NO_ANSWERS
    if design.sampling_type in WITHOUT_SPREAD:
        return WITHOUT_SPREAD[design.sampling_type]
    return ("U", NO_SPREAD) if np.isnan(block.lower[i]) else ("A", "")


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _places_of(some: Ints, keys: Ints) -> Ints:
    """Return which rows of `keys` the rows `some` are."""
    place = {tuple(key): k for k, key in enumerate(keys.tolist())}
    return np.array([place[tuple(key)] for key in some.tolist()], dtype=np.int64)


def _row_of(block: Block, level: Any, *, with_figure: bool = False) -> int:
    wanted = tuple(map(str, level)) if isinstance(level, tuple) else (str(level),)
    for row in range(len(block.value)):
        if tuple(text for _name, text in block.key(row)) == wanted:
            if with_figure and np.isnan(block.value[row]):
                raise BadQuestion("question.no-figure", level=" / ".join(wanted))
            return row
    raise BadQuestion("question.no-level", level=" / ".join(wanted), by=", ".join(block.names))


def table(found: Estimates) -> list[str]:
    """Lay estimates out as the lines of a terminal table."""
    header, *rows = _cells(found)
    numbers = 4 if found.blocks else 0
    return grid(header, rows, "l" * (len(header) - numbers) + "r" * numbers).splitlines()


def _cells(found: Estimates) -> list[tuple[str, ...]]:
    names = list(dict.fromkeys(name for block in found.blocks for name in block.names))
    several = len({block.label for block in found.blocks}) > 1
    header = (*([_("figure")] if several else []), *names, _("value"), _("standard error"), _("answers"), _("worth"))
    rows = [header]
    for one in found:
        at = dict(one.breakdown)
        value = _("cannot tell") if one.value is None else amount(one.value, one.lower, one.upper, one.unit)
        se = "" if one.se is None else said(one.se, _places(one.se))
        worth = "" if one.n_eff is None else said(one.n_eff)
        shown = [at.get(name, _("all")) for name in names]
        rows.append((*([one.measure] if several else []), *shown, value, se, said(one.n), worth))
    return rows


def _places(se: float) -> int:
    return max(0, 1 - int(np.floor(np.log10(se)))) if se > 0 else 0
