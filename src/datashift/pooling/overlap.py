"""Volunteers and a survey side by side: the same columns, who has nobody like them, how far apart both are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from datashift.errors import DesignError
from datashift.numbers import said

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

LEAST = 30
"""Fewest effective answers, of volunteers and of the survey."""
MOST_UNCOVERED = 0.05
"""Largest share of the population that may have no volunteer like it."""


@dataclass(frozen=True)
class Volunteers:
    """Those who took part: outcome (numbers; 0 and 1 for a share) and covariates, one entry per person.

    Covariates are numbers or categories (text); codes belong into text. `groups`: what they were recruited by, if they
    are alike inside (a club, an enumerator). `universe`: of whom they are a part, in words.
    """

    outcome: npt.ArrayLike
    covariates: Mapping[str, npt.ArrayLike]
    groups: npt.ArrayLike | None = None
    universe: str = ""


@dataclass(frozen=True)
class Survey:
    """A survey drawn by chance: the same covariates, weights that add up to the population, strata and clusters."""

    covariates: Mapping[str, npt.ArrayLike]
    weights: npt.ArrayLike
    strata: npt.ArrayLike | None = None
    clusters: npt.ArrayLike | None = None
    universe: str = ""


class Column(NamedTuple):
    """One column of the models: its covariate, its label, its values for volunteers and survey."""

    covariate: str
    label: str
    ours: Floats
    theirs: Floats


@dataclass(frozen=True)
class Shared:
    """What both samples have: rows without gaps, columns, and the part of the population without a volunteer like it.

    Survey rows with a gap keep their place in the design with weight 0. `uncovered` is a share of the population,
    `cells` names it. `left_out`: volunteers with a gap.
    """

    outcome: Floats
    groups: npt.NDArray[Any] | None
    weights: Floats
    covariates: tuple[str, ...]
    columns: tuple[Column, ...]
    uncovered: float
    cells: str
    left_out: int

    def matrices(self, on: tuple[str, ...] = ()) -> tuple[Floats, Floats]:
        """Return a column of 1 and the columns for these covariates (all if none): of volunteers, of the survey."""
        chosen = [column for column in self.columns if not on or column.covariate in on]
        ours = [np.ones(self.outcome.size), *(column.ours for column in chosen)]
        theirs = [np.ones(self.weights.size), *(column.theirs for column in chosen)]
        return np.column_stack(ours), np.column_stack(theirs)

    def apart(self, weights: Floats) -> dict[str, float]:
        """Return the standardised difference of each column: weighted volunteers − population, in its deviations."""
        total = self.weights.sum()
        found = {}
        for column in self.columns:
            mean = self.weights @ column.theirs / total
            deviation = np.sqrt(self.weights @ (column.theirs - mean) ** 2 / total)
            found[column.label] = float((weights @ column.ours / weights.sum() - mean) / (deviation or 1.0))
        return found


def shared(volunteers: Volunteers, survey: Survey, names: tuple[str, ...]) -> Shared:
    """Bring both samples together on the covariates `names`.

    Categories are those with text on either side; one column per category but the first. Numbers are centred and
    scaled by the survey. Without a volunteer like it is: a combination of categories that no volunteer has, and a
    number outside the volunteers' range.
    Raises DesignError: ladder.universe, ladder.not-shared, ladder.survey-gaps, ladder.few, ladder.few-in-survey,
    ladder.weights-not-totals, ladder.outside-survey, ladder.no-overlap.
    """
    if volunteers.universe and survey.universe and volunteers.universe != survey.universe:
        raise DesignError("ladder.universe", ours=volunteers.universe, theirs=survey.universe)
    lacking = [name for name in names if name not in survey.covariates or name not in volunteers.covariates]
    if lacking or not names:
        raise DesignError("ladder.not-shared", columns=", ".join(lacking) or "–")
    ours = {name: np.asarray(volunteers.covariates[name]) for name in names}
    theirs = {name: np.asarray(survey.covariates[name]) for name in names}
    outcome = np.asarray(volunteers.outcome, dtype=float)
    kept = np.isfinite(outcome) & _complete(ours)
    weights = _weights(survey, _complete(theirs), int(kept.sum()))
    inside = weights > 0
    columns: list[Column] = []
    missed: list[tuple[str, Flags]] = []
    categories = []
    for name in names:
        if ours[name].dtype.kind in "iuf" and theirs[name].dtype.kind in "iuf":
            columns.append(_number(name, ours[name][kept].astype(float), theirs[name].astype(float), weights))
            missed.append((name, inside & _outside(columns[-1])))
        else:
            coded = _coded(name, ours[name][kept].astype(str), theirs[name].astype(str), weights)
            columns += _indicators(name, *coded)
            categories.append(coded)
    missed += _combinations(categories, inside)
    uncovered, cells = _uncovered(missed, weights)
    groups = None if volunteers.groups is None else np.asarray(volunteers.groups)[kept]
    left_out = int((~kept).sum())
    return Shared(outcome[kept], groups, weights, names, tuple(columns), uncovered, cells, left_out)


def percent(share: float) -> str:
    """Return a share (0–1) in per cent, for a sentence."""
    return said(share * 100, 0 if share >= 0.1 else 1) + "\u202f%"


def _complete(columns: Mapping[str, npt.NDArray[Any]]) -> Flags:
    known: Flags = np.all([_known(column) for column in columns.values()], axis=0)
    return known


def _known(column: npt.NDArray[Any]) -> Flags:
    if column.dtype.kind == "f":
        return np.asarray(np.isfinite(column), dtype=bool)
    if column.dtype.kind == "O":
        return np.array([cell is not None and cell == cell and cell != "" for cell in column], dtype=bool)
    if column.dtype.kind == "U":
        return np.array(column != "", dtype=bool)
    return np.ones(column.shape, dtype=bool)


def _weights(survey: Survey, complete: Flags, n: int) -> Floats:
    given = np.asarray(survey.weights, dtype=float)
    total = float(given.sum())
    if n < LEAST:
        raise DesignError("ladder.few", n=said(n), least=LEAST)
    # Weights of 1 on average count the answers, not the people: participation could not be estimated from them.
    if not total > max(np.count_nonzero(given) * 1.000001, n):
        raise DesignError("ladder.weights-not-totals", total=said(total))
    weights = np.where(complete, given, 0.0)
    gaps = 1 - weights.sum() / total
    if gaps > MOST_UNCOVERED:
        raise DesignError("ladder.survey-gaps", share=percent(gaps))
    worth = float(weights.sum() ** 2 / (weights**2).sum())
    if worth < LEAST:
        raise DesignError("ladder.few-in-survey", n=said(worth), least=LEAST)
    return weights


def _number(name: str, ours: Floats, theirs: Floats, weights: Floats) -> Column:
    known = np.where(weights > 0, theirs, 0.0)
    center = weights @ known / weights.sum()
    size = np.sqrt(weights @ (known - center) ** 2 / weights.sum()) or 1.0
    return Column(name, name, (ours - center) / size, np.where(weights > 0, (known - center) / size, 0.0))


def _outside(column: Column) -> Flags:
    return np.asarray((column.theirs < column.ours.min()) | (column.theirs > column.ours.max()))


def _coded(name: str, ours: npt.NDArray[Any], theirs: npt.NDArray[Any], weights: Floats) -> tuple[Any, Any, Any]:
    """Return the codes of both (survey rows without weight: −1) and the levels."""
    inside = weights > 0
    levels, codes = np.unique(np.concatenate([ours, theirs[inside]]), return_inverse=True)
    mine, other = codes[: ours.size], np.full(theirs.size, -1)
    other[inside] = codes[ours.size :]
    strangers = np.setdiff1d(mine, other)
    if strangers.size:
        raise DesignError("ladder.outside-survey", column=name, groups=", ".join(levels[strangers]))
    absent = np.setdiff1d(codes[ours.size :], mine)
    if absent.size:
        share = weights[np.isin(other, absent)].sum() / weights.sum()
        cells = ", ".join(f"{name} = {level}" for level in levels[absent])
        raise DesignError("ladder.no-overlap", share=percent(share), cells=cells)
    return mine, other, levels


def _indicators(name: str, ours: Any, theirs: Any, levels: Any) -> list[Column]:
    return [
        Column(name, f"{name} = {levels[i]}", (ours == i).astype(float), (theirs == i).astype(float))
        for i in range(1, levels.size)
    ]


def _combinations(categories: list[tuple[Any, Any, Any]], inside: Flags) -> list[tuple[str, Flags]]:
    if len(categories) < 2:
        return []
    sizes = tuple(levels.size for _ours, _theirs, levels in categories)
    here = np.ravel_multi_index(tuple(ours for ours, _theirs, _levels in categories), sizes)
    there = np.ravel_multi_index(tuple(np.maximum(theirs, 0) for _ours, theirs, _levels in categories), sizes)
    missed = inside & ~np.isin(there, here)
    shown = [np.unravel_index(cell, sizes) for cell in np.unique(there[missed])[:5]]
    names = [" × ".join(c[2][i] for c, i in zip(categories, cell, strict=True)) for cell in shown]
    return [(", ".join(names), missed)]


def _uncovered(missed: list[tuple[str, Flags]], weights: Floats) -> tuple[float, str]:
    lost = np.any([flags for _cells, flags in missed], axis=0) if missed else np.zeros(weights.size, dtype=bool)
    share = float(weights[lost].sum() / weights.sum())
    cells = "; ".join(name for name, flags in missed if flags.any())
    if share > MOST_UNCOVERED:
        raise DesignError("ladder.no-overlap", share=percent(share), cells=cells)
    return share, cells
