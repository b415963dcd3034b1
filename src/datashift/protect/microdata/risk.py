"""How easily somebody is recognised in a table of people, in numbers and in plain sentences."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.optimize import minimize
from scipy.special import expit, gammaln

from datashift.errors import CannotProtect
from datashift.language import N_
from datashift.protect.microdata.uniques import Numbers, Uniques, Whole, alike, coded, kinds, special_uniques, texts

Said = tuple[tuple[str, dict[str, str]], ...]

KINDS = N_("By {columns}, each of the {rows} people is alike to at least {smallest} in the table, itself included.")
BELOW = N_("{below} of {rows} people are alike to fewer than {k}. Somebody who knows them could find them.")
ENOUGH = N_("Nobody is alike to fewer than {k}.")
ALONE = N_("{uniques} people are the only one of their kind in the table.")
SPECIAL = N_("{special} of these stand out by three answers or fewer. Look at these rows first.")
MOST = N_("'{column}' takes part in {share} per cent of what makes people stand out.")
POPULATION = N_("About {unique} of them are probably the only one of their kind among all people, too.")
MATCHES = N_("Somebody with a list of all people would find about {matches} of them rightly.")
FAULTS = N_(
    "Read these two numbers as orders of magnitude. In made-up populations with a tenth or more drawn they lay within "
    "a half and a quarter of the truth; with a twentieth drawn, twice as many were the only one of their kind."
)
NO_POPULATION = N_(
    "How many of them are the only one among all people cannot be told: "
    "that needs {least} rows, and weights that say for how many people each stands."
)
SAME_ANSWER = N_(
    "Of {rows} people, all who are alike gave fewer than {least} different answers to '{column}'. "
    "Who knows one of them then knows the answer, without finding the row."
)


_LEAST_ROWS = 1000


@dataclass(frozen=True)
class Aim:
    """What others may know of the people in a table (`columns`), and how many shall be alike by it.

    `sensitive`: columns whose answers must not become known; `least_different`: how many different ones people who are
    alike shall have given.   `weight`: the column that says for how many people a row stands.
    """

    columns: tuple[str, ...]
    k: int = 5
    sensitive: tuple[str, ...] = ()
    least_different: int = 2
    weight: str | None = None


@dataclass(frozen=True)
class Diversity:
    """A question with answers that must not become known: how different they are among people who are alike.

    `fewest`: the fewest different answers in any group (distinct l-diversity; Machanavajjhala et al. 2007).
    `effective`: the same as the exponential of the least entropy.   `rows`: people in groups with fewer than asked for.
    """

    column: str
    fewest: int
    effective: float
    rows: int


@dataclass(frozen=True)
class Risk:
    """How far people in a table stand out by the columns that others may know of them.

    `smallest`: the smallest group of people who are alike (k-anonymity).   `below`: people in groups that are smaller
    than aimed at.   `uniques`: groups of one.   `special`: those of them who are unique by three answers or fewer.
    `scores`: SUDA, per row, for the queue of the person who decides; never for release.
    `population_uniques`, `matches`: expected numbers, None without weights that count people.
    """

    aim: Aim
    rows: int
    smallest: int
    below: int
    uniques: int
    special: int
    scores: Uniques = field(repr=False, compare=False)
    population_uniques: float | None = None
    matches: float | None = None
    diversity: tuple[Diversity, ...] = ()

    @property
    def said(self) -> Said:
        """What the numbers mean, in sentences with their facts."""
        facts = {"rows": str(self.rows), "k": str(self.aim.k)}
        said = [(KINDS, {**facts, "smallest": str(self.smallest), "columns": ", ".join(self.aim.columns)})]
        said.append((BELOW, {**facts, "below": str(self.below)}) if self.below else (ENOUGH, facts))
        return (*said, *self._of_uniques(), *self._of_answers())

    def _of_uniques(self) -> Said:
        if not self.uniques:
            return ()
        said = [(ALONE, {"uniques": str(self.uniques)})]
        if self.special:
            said.append((SPECIAL, {"special": str(self.special)}))
            top = int(np.argmax(self.scores.parts))
            said.append((MOST, {"column": self.aim.columns[top], "share": f"{100 * self.scores.parts[top]:.0f}"}))
        if self.population_uniques is None or self.matches is None:
            return (*said, (NO_POPULATION, {"least": str(_LEAST_ROWS)}))
        said.append((POPULATION, {"unique": f"{self.population_uniques:.0f}"}))
        return (*said, (MATCHES, {"matches": f"{self.matches:.0f}"}), (FAULTS, {}))

    def _of_answers(self) -> Said:
        least = str(self.aim.least_different)
        return tuple(
            (SAME_ANSWER, {"rows": str(one.rows), "least": least, "column": one.column})
            for one in self.diversity
            if one.rows
        )


def risk(table: pa.Table, aim: Aim) -> Risk:
    """Say how far people in `table` stand out by the columns that others may know of them.

    A missing answer counts as an answer of its own, so no row is taken for alike to one with an answer. Raises
    CannotProtect: microdata.no-column, microdata.weight.
    """
    codes = coded(table, aim.columns)
    same = alike(codes)
    scores = special_uniques(codes)
    unique, matches = _in_population(same, weights(table, aim.weight))
    groups = kinds(codes)
    return Risk(
        aim=aim,
        rows=table.num_rows,
        smallest=int(same.min(initial=table.num_rows)),
        below=int((same < aim.k).sum()),
        uniques=int((same == 1).sum()),
        special=int(((same == 1) & (scores.fewest > 0)).sum()),
        scores=scores,
        population_uniques=unique,
        matches=matches,
        diversity=tuple(_diversity(table, name, groups, aim.least_different) for name in aim.sensitive),
    )


def weights(table: pa.Table, column: str | None) -> Numbers | None:
    """Return the weights of the rows; None where no column is named."""
    if column is None:
        return None
    coded(table, [column])
    try:
        found = np.asarray(pc.cast(texts(table, column), pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    except pa.ArrowInvalid as fault:
        raise CannotProtect("microdata.weight", column=column) from fault
    if not (np.isfinite(found) & (found > 0)).all():
        raise CannotProtect("microdata.weight", column=column)
    return found


def _in_population(same: Whole, weight: Numbers | None) -> tuple[float | None, float | None]:
    """Return how many unique rows are expected to be unique among all people, and how many would be matched rightly.

    Sizes of groups in the population are taken for gamma-mixed Poisson, in the extended form that also fits very many
    small groups (Engen 1974; Bethlehem, Keller & Pannekoek 1990; Hoshino 2001). Its two numbers, shape > −1 and rate,
    are those most likely for the sizes of groups in the sample; the share drawn is rows over the sum of the weights.
    A group of one in the sample then holds 1 + a negative binomial number of people.
    Read both as orders of magnitude: in made-up populations of 30,000 with a tenth or more drawn they lay within a half
    and a quarter of the truth; with a twentieth drawn, the uniques were half as many as in truth.
    """
    # Weights that were scaled to 1 count nobody. Of 600 rows, the estimate was a quarter of the truth.
    if weight is None or len(weight) < _LEAST_ROWS or weight.sum() < 1.01 * len(weight):
        return None, None
    size, rows = np.unique(same, return_counts=True)
    drawn = len(weight) / float(weight.sum())
    shape, tilt = _group_sizes(size, rows / size)
    p = drawn / (drawn * (1 - tilt) + tilt)
    one = float(rows[size == 1].sum())
    inverse = -np.log(p) if abs(shape) < 1e-6 else (1 - p**-shape) / -shape
    return one * p ** (shape + 1), one * p ** (shape + 1) * inverse / max(1 - p, 1e-12)


def _group_sizes(size: Whole, groups: Numbers) -> tuple[float, float]:
    """Return shape and tilt of the zero-truncated extended negative binomial most likely for the sizes of groups."""

    def unlikely(at: Numbers) -> float:
        shape, tilt = float(np.exp(at[0])) - 1, float(expit(at[1]))
        rest = np.log1p(-tilt)
        norm = -rest if abs(shape) < 1e-6 else np.expm1(-shape * rest) / shape
        each = gammaln(shape + size) - gammaln(1 + shape) - gammaln(size + 1) + size * np.log(tilt) - np.log(norm)
        return -float((groups * each).sum()) / float(groups.sum())

    # Bounds keep the shape between -0.999 and 20, and the tilt away from 0 and 1.
    best = minimize(unlikely, x0=np.array([-0.3, 1.0]), method="Nelder-Mead", bounds=[(-7.0, 3.0), (-12.0, 12.0)])
    return float(np.exp(best.x[0])) - 1, float(expit(best.x[1]))


def _diversity(table: pa.Table, name: str, groups: npt.NDArray[np.int64], least: int) -> Diversity:
    answer = coded(table, [name])[:, 0]
    group = np.unique(groups, return_inverse=True)[1]
    pair, count = np.unique(group * (answer.max(initial=0) + 1) + answer, return_counts=True)
    of = pair // (answer.max(initial=0) + 1)
    size = np.bincount(group)
    different = np.bincount(of)
    share = count / size[of]
    effective = np.exp(np.bincount(of, -share * np.log(share)))
    few = int(size[different < least].sum())
    return Diversity(name, int(different.min(initial=0 if not len(size) else len(answer))), _least(effective), few)


def _least(values: Numbers) -> float:
    return float(values.min()) if len(values) else 0.0
