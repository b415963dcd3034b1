"""How easily somebody is recognised in a table of people, in numbers and in plain sentences."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from datashift.errors import CannotProtect
from datashift.language import N_
from datashift.protect.microdata.uniques import Numbers, Uniques, alike, coded, kinds, special_uniques, texts

Said = tuple[tuple[str, dict[str, str]], ...]

KINDS = N_("By {columns}, each of the {rows} people is alike to at least {smallest} in the table, itself included.")
BELOW = N_("{below} of {rows} people are alike to fewer than {k}. Somebody who knows them could find them.")
ENOUGH = N_("Nobody is alike to fewer than {k}.")
ALONE = N_("{uniques} people are the only one of their kind in the table.")
SPECIAL = N_("{special} of these stand out by three answers or fewer. Look at these rows first.")
MOST = N_("'{column}' takes part in {share} % of what makes people stand out.")
POPULATION = N_("About {unique} of them are probably the only one of their kind among all people, too.")
MATCHES = N_("Somebody with a list of all people would find about {matches} of them rightly.")
NO_POPULATION = N_(
    "How many of them are the only one among all people cannot be told: no weights say how many are meant."
)
SAME_ANSWER = N_(
    "Of {rows} people, all who are alike gave fewer than {least} different answers to '{column}'. "
    "Who knows one of them then knows the answer, without finding the row."
)


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
    `population_uniques`, `matches`: expected numbers, None where no weights say how many people are meant.
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
            return (*said, (NO_POPULATION, {}))
        said.append((POPULATION, {"unique": f"{self.population_uniques:.0f}"}))
        return (*said, (MATCHES, {"matches": f"{self.matches:.0f}"}))

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
    unique, matches = _in_population(same == 1, weights(table, aim.weight))
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


def _in_population(unique: npt.NDArray[np.bool_], weight: Numbers | None) -> tuple[float | None, float | None]:
    """Return how many unique rows are expected to be unique among all people, and how many would be matched rightly.

    The number of people like a unique row is taken to be 1 + a geometric number with the chance 1/weight (Benedetti &
    Franconi 1998): unique with the chance p = 1/weight, matched rightly with p·ln(1/p)/(1 − p).
    """
    if weight is None or weight.sum() < 1.01 * len(weight):  # weights that were scaled to 1 say nothing about people
        return None, None
    p = np.minimum(1 / weight[unique], 1.0)
    apart = p < 1 - 1e-9
    right = np.where(apart, p * -np.log(p) / np.where(apart, 1 - p, 1.0), 1.0)
    return float(p.sum()), float(right.sum())


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
