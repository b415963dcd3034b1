"""The rows that are pooled, cell by cell: [cells, sources], with the covariance of sources that err together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from datashift.pooling.between import Floats, Ints
from datashift.pooling.shared_people import checked, correlations
from datashift.pooling.source_rows import Flags, SourceRows


@dataclass(frozen=True)
class Moved:
    """Value and variance of each row after the bias of its type was taken off.

    common: the part of the variance that sources of one type share.   degrees: of the learnt bias; ∞: not corrected.
    """

    y: Floats
    v: Floats
    common: Floats
    degrees: Floats


@dataclass(frozen=True)
class Together:
    """Some cells. cell: which ones; at: the row of each source (−1: none), as y and v (NaN: none).

    covariance: None where sources err independently.   pairs: pairs of sources that share people.
    degrees: of the learnt bias, the fewest in the cell (∞: nothing was corrected).
    """

    cell: Ints
    at: Ints
    y: Floats
    v: Floats
    covariance: Floats | None
    pairs: Ints
    degrees: Floats


def arranged(rows: SourceRows, used: Flags, moved: Moved) -> Iterator[Together]:
    """Yield the cells in up to four parts: with and without covariance, with and without corrected sources."""
    use: Ints = np.flatnonzero(used)
    use = use[np.argsort(rows.cell[use], kind="stable")]
    cell, start, count = np.unique(rows.cell[use], return_index=True, return_counts=True)
    if not len(cell):
        return
    at = np.full((len(cell), int(count.max())), -1)
    line = np.repeat(np.arange(len(cell)), count)
    position = np.arange(len(use)) - np.repeat(start, count)
    at[line, position] = use
    place = np.full((len(rows.cell), 2), -1)
    place[use] = np.column_stack([line, position])
    shared = [(i, j, rho) for i, j, rho in correlations(rows, use) if rho > 0]
    pairs = np.bincount(place[[i for i, _j, _rho in shared], 0], minlength=len(cell)) if shared else np.zeros_like(cell)
    alike = _alike(rows, at, moved)
    joined = (pairs > 0) | alike.any(axis=(1, 2))
    y, v, degrees = (np.where(at >= 0, part[at], np.nan) for part in (moved.y, moved.v, moved.degrees))
    least = np.nanmin(degrees, axis=1)
    for together in (False, True):
        for shifted in (False, True):
            those: Ints = np.flatnonzero((joined == together) & (np.isfinite(least) == shifted))
            if len(those):
                part = Together(cell[those], at[those], y[those], v[those], None, pairs[those], least[those])
                yield (
                    replace(part, covariance=_covariance(rows, part, moved, alike[those], shared)) if together else part
                )


def _covariance(
    rows: SourceRows, part: Together, moved: Moved, alike: Flags, shared: list[tuple[int, int, float]]
) -> Floats:
    full = np.nan_to_num(part.v)[:, :, None] * np.eye(part.at.shape[1])
    full += np.where(alike, moved.common[part.at][:, :, None], 0.0)
    line, column = np.full(len(rows.cell), -1), np.full(len(rows.cell), -1)
    cells, places = np.nonzero(part.at >= 0)
    line[part.at[cells, places]], column[part.at[cells, places]] = cells, places
    for i, j, rho in shared:
        if line[i] >= 0:
            # What the same people share is the sampling error, not the bias: the variance before widening counts.
            together = rho * np.sqrt(rows.v[i] * rows.v[j])
            full[line[i], column[i], column[j]] += together
            full[line[i], column[j], column[i]] += together
    return checked(full, [_name(rows, row) for row in part.at[:, 0]])


def _name(rows: SourceRows, row: int) -> str:
    return ", ".join(rows.cells[rows.cell[row]].values())


def _alike(rows: SourceRows, at: Ints, moved: Moved) -> Flags:
    """Say which two sources of a cell were corrected by the same learnt bias: [cells, sources, sources]."""
    kinds = np.unique(rows.texts["source_type"].astype(str), return_inverse=True)[1][at]
    there = (at >= 0) & (moved.common[at] > 0)
    same = (kinds[:, :, None] == kinds[:, None, :]) & there[:, :, None] & there[:, None, :]
    return np.asarray(same & ~np.eye(at.shape[1], dtype=bool))
