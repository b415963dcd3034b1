"""Many breakdowns at once: dense tables of units × cells, all margins from them, moments per stratum.

The moments of a stratum depend on the rows of that stratum alone, so new rows cost only the strata that they touch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np
import numpy.typing as npt

from datashift.errors import DesignError
from datashift.estimation.figures import Figures
from datashift.estimation.frame import Floats, Frame, Ints
from datashift.estimation.grouped import Axis, Grouped, with_gap

LARGEST = 48_000_000
"""How many numbers a dense table of units × cells may hold (384 MB); more goes the sparse way."""
BLOCK = 100_000
"""How many numbers are taken at a time, so that they stay near the processor."""
GLANCE = 20_000
"""How many cells are looked at before all of them are."""
NOISE = 1e-13
"""A variance below this share of what it is the difference of is rounding."""

MOMENTS = ("yy", "yx", "xx", "y", "x", "seen")


@dataclass
class Dense:
    """A figure by several axes, held so that all its margins, and new rows, are cheap.

    outer: axes that have one level in each stratum; inner: the others.   centre: the overall Y / X, taken off y before
    squaring.   base: y, x and answers per [units, inner cells].   moments: per [strata, inner cells with margins]
    the sums over the units of the stratum of y², yx, x², y, x, and the units with an answer.
    sums: what is only added up, per [outer cells, inner cells].
    """

    frame: Frame
    axes: tuple[Axis, ...]
    outer: tuple[int, ...]
    inner: tuple[int, ...]
    total: bool
    margins: bool
    centre: float
    base: dict[str, Floats]
    sums: dict[str, Floats]
    outer_of: Ints
    moments: dict[str, Floats] = field(default_factory=dict)

    @property
    def inner_shape(self) -> tuple[int, ...]:
        """Levels of the inner axes."""
        return tuple(len(self.axes[k].levels) for k in self.inner)

    @property
    def outer_shape(self) -> tuple[int, ...]:
        """Levels of the outer axes."""
        return tuple(len(self.axes[k].levels) for k in self.outer)

    def refresh(self, strata: Ints | None = None) -> None:
        """Form the moments of the strata given (all where None) from the units."""
        stage = self.frame.stages[0]
        of_unit = self.frame.stratum
        width = _width(self.inner_shape, self.margins)
        units = None if strata is None or not self.moments else np.flatnonzero(np.isin(of_unit, strata))
        order = (
            np.argsort(of_unit, kind="stable") if units is None else units[np.argsort(of_unit[units], kind="stable")]
        )
        if not self.moments:
            self.moments = {name: np.zeros((len(stage.sizes), width)) for name in MOMENTS}
        step = max(BLOCK // max(width, 1), 1)
        start = 0
        ordered = of_unit[order]
        while start < len(order):
            stop = min(start + step, len(order))
            if stop < len(order):  # a block ends where a stratum ends
                stop = int(np.searchsorted(ordered, ordered[stop], side="left"))
                stop = stop if stop > start else int(np.searchsorted(ordered, ordered[start], side="right"))
            self._block(order[start:stop], ordered[start:stop])
            start = stop

    def _block(self, units: Ints, strata: Ints) -> None:
        starts = np.flatnonzero(np.r_[True, strata[1:] != strata[:-1]])
        here = strata[starts]
        y, x = (self._extended(self.base[name][units]) for name in ("y", "x"))
        seen = self._extended(self.base["seen"][units]) if "seen" in self.base else x
        found = {"yy": y * y, "yx": y * x, "xx": x * x, "y": y, "x": x, "seen": (seen > 0).astype(np.float64)}
        for name, values in found.items():
            self.moments[name][here] = np.add.reduceat(values, starts, axis=0)

    def _extended(self, block: Floats) -> Floats:
        """Append to each inner axis its sum: [units, inner cells] → [units, inner cells with margins]."""
        return extended(block, self.inner_shape) if self.margins else block


def extended(table: Floats, shape: Sequence[int]) -> Floats:
    """Append to each axis behind the first the sum over it; flat in, flat out."""
    full = table.reshape(len(table), *shape)
    for axis in range(1, full.ndim):
        full = np.concatenate([full, full.sum(axis=axis, keepdims=True)], axis=axis)
    return np.ascontiguousarray(full.reshape(len(table), -1))


def _width(shape: Sequence[int], margins: bool) -> int:
    return int(np.prod([levels + margins for levels in shape], dtype=np.int64))


def fits(grouped: Grouped, subset: Sequence[int]) -> bool:
    """Say whether the dense way can be taken: one stage, no calibration, no distance rule for lonely strata."""
    frame = grouped.frame
    if len(frame.stages) > 1 or grouped.weighting is not None:
        return False
    if frame.lonely == "adjust" and frame.stages[0].alone.any():
        return False
    _outer, inner = _sorted_axes(grouped, subset)
    size = frame.units * int(np.prod([len(grouped.axes[k].levels) for k in inner], dtype=np.int64))
    return size <= min(LARGEST, 40 * max(len(grouped.unit), 100_000))


def dense(grouped: Grouped, figure: str, subset: Sequence[int], *, total: bool, margins: bool) -> Dense:
    """Lay the cells of a figure out by the axes `subset`; for margins with missing as a level of its own."""
    if margins:
        grouped = replace(grouped, axes=tuple(with_gap(axis) for axis in grouped.axes))
    outer, inner = _sorted_axes(grouped, subset)
    axes = grouped.axes
    sums = grouped.sums[figure]
    inside = np.all([axes[k].codes >= 0 for k in subset] or [np.ones(len(grouped.unit), dtype=bool)], axis=0)
    y, x = float(sums["sy"][inside].sum()), float(sums["sx"][inside].sum())
    outer_of = _outer_of(grouped, outer)
    found = Dense(grouped.frame, axes, outer, inner, total, margins, 0.0 if total or not x else y / x, {}, {}, outer_of)
    width, levels = _width(found.inner_shape, False), _width(found.outer_shape, False)
    # Where x is the weight itself, answers are where x is above 0, and need no table of their own.
    held = ("y", "x") if sums["sx"] is sums["sw"] else ("y", "x", "seen")
    found.base = {name: np.zeros((grouped.frame.units, width)) for name in held}
    added = (*ADDED, "outside") if "outside" in sums else ADDED
    found.sums = {name: np.zeros((levels, width)) for name in added}
    add(found, grouped, figure)
    found.refresh()
    return found


ADDED = ("n", "positive", "missing", "sw", "sy", "sx", "syy", "syx", "sxx")


def add(table: Dense, grouped: Grouped, figure: str) -> None:
    """Add cells (over the same frame, axes and levels) to the base and the sums; the moments follow by `refresh`."""
    inside = np.ones(len(grouped.unit), dtype=bool)
    inner, outer = np.zeros(len(grouped.unit), dtype=np.int64), np.zeros(len(grouped.unit), dtype=np.int64)
    for where, named in ((inner, table.inner), (outer, table.outer)):
        for k in named:
            inside &= grouped.axes[k].codes >= 0
            where *= len(table.axes[k].levels)
            where += grouped.axes[k].codes
    if not inside.all():
        inner, outer = inner[inside], outer[inside]
    chosen = slice(None) if inside.all() else inside
    sums = {name: grouped.sums[figure][name] for name in table.sums}
    if not inside.all():
        sums = {name: values[inside] for name, values in sums.items()}
    width = table.base["y"].shape[1]
    at = grouped.unit[chosen] * width + inner
    size = table.base["y"].size
    centred = sums["sy"] - table.centre * sums["sx"] if table.centre else sums["sy"]
    del inside
    for name, values in {"y": centred, "x": sums["sx"], "seen": sums["positive"]}.items():
        if name in table.base:
            _scatter(table.base[name].reshape(size), at, values)
    _add_up(table, outer * width + inner, sums)


def _add_up(table: Dense, cell: Ints, sums: Mapping[str, Floats]) -> None:
    # Sums that follow from others are the same array (for a mean x is the weight): each is added up once.
    known: dict[int, Floats] = {}
    for name, values in sums.items():
        flat = table.sums[name].reshape(-1)
        if id(values) not in known:
            known[id(values)] = np.bincount(cell, values, minlength=flat.size).astype(np.float64)
        flat += known[id(values)]


def _scatter(flat: Floats, at: Ints, values: Floats) -> None:
    if len(at) * 8 < flat.size:
        np.add.at(flat, at, values)
    else:
        flat += np.bincount(at, values, minlength=flat.size)


def grown(table: Dense, frame: Frame, levels: Sequence[Sequence[object]], new: Grouped) -> None:
    """Make room for more units, strata and levels (which stand behind those there are).

    Raises DesignError where a level that was the same in each stratum no longer is.
    """
    if tuple(len(axis.levels) for axis in table.axes) != tuple(len(one) for one in levels):
        _widened(table, levels)
    more = frame.units - table.frame.units
    if more:
        room = np.zeros((more, table.base["y"].shape[1]))
        table.base = {name: np.concatenate([values, room]) for name, values in table.base.items()}
    table.frame = frame
    strata = len(frame.stages[0].sizes)
    if table.moments and len(table.moments["y"]) < strata:
        room = np.zeros((strata - len(table.moments["y"]), table.moments["y"].shape[1]))
        table.moments = {name: np.concatenate([values, room]) for name, values in table.moments.items()}
    codes = np.concatenate([table.outer_of, np.full(strata - len(table.outer_of), -1, dtype=np.int64)])
    stratum, code = frame.stratum[new.unit], _codes(new, table.outer)
    codes[stratum] = np.where(codes[stratum] < 0, code, codes[stratum])
    if np.any(codes[stratum] != code):
        raise DesignError("estimate.cells-strata")
    table.outer_of = codes


def _widened(table: Dense, levels: Sequence[Sequence[object]]) -> None:
    """Lay base and sums out for more levels, and forget the moments."""
    old_inner, old_outer = table.inner_shape, table.outer_shape
    old = np.stack(np.unravel_index(np.arange(_width(old_outer, False)), old_outer)) if old_outer else None
    codes = np.stack(np.unravel_index(table.outer_of, old_outer)) if old_outer else None
    table.axes = tuple(Axis(a.name, a.codes, tuple(more)) for a, more in zip(table.axes, levels, strict=True))
    pads = [(0, new - was) for was, new in zip(old_inner, table.inner_shape, strict=True)]

    def wide(values: Floats) -> Floats:
        full = np.pad(values.reshape(len(values), *old_inner), [(0, 0), *pads])
        return full.reshape(len(values), -1)

    table.base = {name: wide(values) for name, values in table.base.items()}
    place = np.ravel_multi_index(tuple(old), table.outer_shape) if old is not None else np.zeros(1, dtype=np.int64)
    for name, values in table.sums.items():
        table.sums[name] = np.zeros((_width(table.outer_shape, False), _width(table.inner_shape, False)))
        table.sums[name][place] = wide(values)
    if codes is not None:
        table.outer_of = np.ravel_multi_index(tuple(codes), table.outer_shape).astype(np.int64)
    table.moments = {}


def _codes(grouped: Grouped, axes: Sequence[int]) -> Ints:
    found = np.zeros(len(grouped.unit), dtype=np.int64)
    for k in axes:
        found = found * len(grouped.axes[k].levels) + grouped.axes[k].codes
    return found


def merged(table: Dense, other: Dense, place: Ints) -> None:
    """Add another table of the same axes and levels; `place` numbers its units among those of `table`."""
    y = other.base["y"] + (other.centre - table.centre) * other.base["x"]
    for name, values in (other.base | {"y": y}).items():
        np.add.at(table.base[name], place, values)
    for name, values in other.sums.items():
        table.sums[name] += values
    table.refresh()


def _sorted_axes(grouped: Grouped, subset: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    stage = grouped.frame.stages[0]
    stratum = grouped.frame.stratum[grouped.unit]
    outer = tuple(k for k in subset if _constant(grouped.axes[k].codes, stratum, len(stage.sizes)))
    return outer, tuple(k for k in subset if k not in outer)


def _constant(codes: Ints, stratum: Ints, strata: int) -> bool:
    if len(codes) > GLANCE and not _constant(codes[:GLANCE], stratum[:GLANCE], strata):
        return False
    first = np.full(strata, -1, dtype=np.int64)
    first[stratum] = codes
    return bool(np.all(first[stratum] == codes)) and bool(np.all(codes >= 0))


def _outer_of(grouped: Grouped, outer: Sequence[int]) -> Ints:
    stage = grouped.frame.stages[0]
    stratum = grouped.frame.stratum[grouped.unit]
    found = np.zeros(len(stage.sizes), dtype=np.int64)
    for k in outer:
        codes = np.zeros(len(stage.sizes), dtype=np.int64)
        codes[stratum] = grouped.axes[k].codes
        found = found * len(grouped.axes[k].levels) + codes
    return found


def finished(table: Dense) -> list[tuple[tuple[int, ...], Figures, Ints]]:
    """Form the figures of every margin (or of the one breakdown, without margins) from the moments.

    Out: per subset of axes its axes, Figures and [domains, axes] the levels; domains without any row are left out.
    """
    found = []
    for kept in product((True, False), repeat=len(table.outer)) if table.margins else [(True,) * len(table.outer)]:
        axes = tuple(k for k, keep in zip(table.outer, kept, strict=True) if keep)
        merged = _over_strata(table, kept)
        found += _of_inner(table, axes, merged)
    return found


def _over_strata(table: Dense, kept: Sequence[bool]) -> dict[str, Floats]:
    """Sum over the strata of each outer domain what the variance needs, and what is added up."""
    stage = table.frame.stages[0]
    code, cells, of_cell = table.outer_of, 1, np.zeros(_width(table.outer_shape, False), dtype=np.int64)
    levels = np.stack(np.unravel_index(np.arange(of_cell.size), table.outer_shape)) if table.outer else None
    for place, keep in enumerate(kept):
        if keep and levels is not None:
            of_cell = of_cell * table.outer_shape[place] + levels[place]
            cells *= table.outer_shape[place]
    group = of_cell[code]
    m = table.moments
    factor, n = stage.factor[:, None], stage.sizes[:, None]
    if table.frame.lonely == "average" and stage.alone.any():
        factor = factor * (stage.alone.size / max(stage.alone.size - stage.alone.sum(), 1))
    terms = {
        "vyy": factor * (m["yy"] - m["y"] * m["y"] / n),
        "vyx": factor * (m["yx"] - m["y"] * m["x"] / n),
        "vxx": factor * (m["xx"] - m["x"] * m["x"] / n),
        "qyy": factor * m["yy"],
        "qxx": factor * m["xx"],
        "df": m["seen"] - (m["seen"] > 0),
    }
    merged = {name: _by_group(values, group, cells) for name, values in terms.items()}
    for name, values in table.sums.items():
        wide = extended(values, table.inner_shape) if table.margins else values
        merged[name] = _by_group(wide, of_cell, cells)
    return merged


def _by_group(values: Floats, group: Ints, groups: int) -> Floats:
    found = np.zeros((groups, values.shape[1]))
    np.add.at(found, group, values)
    return found


def _of_inner(
    table: Dense, outer: tuple[int, ...], merged: Mapping[str, Floats]
) -> list[tuple[tuple[int, ...], Figures, Ints]]:
    figures = _figures(table, merged)
    outer_shape = tuple(len(table.axes[k].levels) for k in outer)
    shape = (len(merged["n"]), *(levels + table.margins for levels in table.inner_shape))
    # A group of which no row meets the condition occurs too: it is listed, without a figure.
    occurs = ((merged["n"] + merged["missing"] + merged.get("outside", 0.0)) > 0).reshape(shape)
    found = []
    for kept in product((True, False), repeat=len(table.inner)) if table.margins else [(True,) * len(table.inner)]:
        where = np.zeros(shape, dtype=bool)
        part = [slice(0, n) if keep else n for keep, n in zip(kept, table.inner_shape, strict=True)]
        where[(slice(None), *part)] = True
        at = np.flatnonzero(where & occurs)
        axes = (*outer, *(k for k, keep in zip(table.inner, kept, strict=True) if keep))
        place = np.unravel_index(at, shape)
        levels = [*(np.unravel_index(place[0], outer_shape) if outer else ())]
        levels += [codes for codes, keep in zip(place[1:], kept, strict=True) if keep]
        order = np.argsort(axes)
        keys = np.stack([levels[k] for k in order], axis=1) if axes else np.zeros((len(at), 0), dtype=np.int64)
        by_key = np.lexsort(keys.T[::-1]) if axes else np.arange(len(at))
        by_key = by_key[~_missing(table, sorted(axes), keys[by_key])]
        chosen = Figures(**{name: values.reshape(-1)[at][by_key] for name, values in figures.items()})
        found.append((tuple(sorted(axes)), chosen, keys[by_key]))
    return found


def _missing(table: Dense, axes: Sequence[int], keys: Ints) -> npt.NDArray[np.bool_]:
    """Say of each domain whether one of its levels is that of the missing, which is no group."""
    found = np.zeros(len(keys), dtype=np.bool_)
    for column, k in enumerate(axes):
        if None in table.axes[k].levels:
            found |= keys[:, column] == table.axes[k].levels.index(None)
    return found


def _figures(table: Dense, m: Mapping[str, Floats]) -> dict[str, Floats]:
    y, n, sw = m["sy"], m["positive"], m["sw"]
    x = np.where(m["sx"] != 0, m["sx"], np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        if table.total:
            point, variance, scale = y, m["vyy"], m["qyy"]
            residual, times = m["syy"] - y * y / sw, sw * sw
            size = m["syy"]
        else:
            point = y / x
            apart = point - table.centre
            variance = (m["vyy"] - 2 * apart * m["vyx"] + apart**2 * m["vxx"]) / x**2
            scale = (m["qyy"] + apart**2 * m["qxx"]) / x**2
            residual, times = m["syy"] - 2 * point * m["syx"] + point**2 * m["sxx"], (sw / x) ** 2
            size = m["syy"] + point**2 * m["sxx"]
        simple = np.maximum(residual, 0.0) / sw / (n - 1) * times
        variance = np.where(variance < NOISE * scale, 0.0, variance)
        simple = np.where((n > 1) & (residual > NOISE * size), simple, np.nan)
    return {
        "point": point, "variance": np.where(np.isnan(variance), 0.0, variance), "df": m["df"], "n": m["n"],
        "positive": m["positive"], "missing": m["missing"], "sw": sw, "simple": simple,
    }  # fmt: skip
