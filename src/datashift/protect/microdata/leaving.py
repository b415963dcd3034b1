"""Rows as they leave: told coarser, blanked, in no order that tells anything, with a page that says what was done."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from datashift.errors import CannotProtect
from datashift.language import N_, _
from datashift.protect.microdata.paper import Paper
from datashift.protect.microdata.proposal import Plan, released
from datashift.protect.microdata.risk import Said, weights
from datashift.protect.microdata.uniques import Numbers, alike, coded, kinds, texts
from datashift.standards.personal_tables import counted, propose_in

WEIGHT = "weight"
ROWS, ABOUT, DATA = "rows.csv", "about.txt", "about.json"

MEANT = N_("Rows of '{of}', made ready so that nobody is recognised by {columns}. Each is alike to {k} at least.")
CONFIRMED = N_("{by} confirmed the plan on {on}.")
DONE = N_("What was done with the answers, and what it costs:")
WEIGHED = N_(
    "'weight' is the mean weight of the people who are alike, so that it tells no more than their answers do. "
    "Sums of groups of people who are alike stay as they were."
)
SHIFTED = N_("In the full rows {before} per cent answered '{answer}' to '{column}'; in these rows {after} per cent.")
ORDER = N_("The rows stand in alphabetical order, not in the order in which people were asked.")
FINE = N_(
    "'{column}' has {different} different answers in {rows} rows. Who knows one of them from elsewhere finds the row. "
    "Leave it out, or have it told coarser among what others may know."
)
IF_KNOWN = N_(
    "If somebody also knew '{column}', {below} people would be alike to fewer than {k}. Leave it out, or name it among "
    "what others may know."
)
EMPTY = N_("In '{column}' {share} per cent of the cells would be blank. Leave it out, and other columns keep more.")
TEXTS = N_("In '{column}', {count} answers look as if they held {kind}. Read them before you confirm, or leave it out.")

_SEARCHED = 2000
_MOST_SAID = 8


@dataclass(frozen=True)
class Leaving:
    """The rows as they leave, and what is said of them in sentences with their facts."""

    rows: pa.Table
    said: Said
    shifts: tuple[tuple[str, str, float, float], ...]


def leaving(table: pa.Table, paper: Paper, plan: Plan) -> Leaving:
    """Return what leaves of `table` by a plan: its columns, coarser and blanked, sorted by what they say.

    A weight leaves as the mean of those who are alike: an exact one would tell the place that was told coarser.
    Raises CannotProtect (microdata.still-alone) where somebody would still be alike to too few.
    """
    if plan.after.below:
        raise CannotProtect("microdata.still-alone", below=plan.after.below, k=paper.aim.k)
    done = released(table, plan)
    out, weigh = done.select(list(paper.columns)), weights(done, paper.aim.weight)
    shifts: tuple[tuple[str, str, float, float], ...] = ()
    if weigh is not None:
        mean = _mean_of_alike(done, paper, weigh)
        shifts = _shifts(done, paper, weigh, mean)
        out = out.append_column(WEIGHT, pa.array([f"{value:.6g}" for value in mean.tolist()], pa.string()))
    out = out.sort_by([(name, "ascending") for name in out.column_names])
    return Leaving(out, _told(paper, plan, shifts), shifts)


def _mean_of_alike(table: pa.Table, paper: Paper, weigh: Numbers) -> Numbers:
    own = np.unique(kinds(coded(table, paper.aim.columns)), return_inverse=True)[1]
    mean: Numbers = (np.bincount(own, weigh) / np.bincount(own))[own]
    return mean


def _shifts(table: pa.Table, paper: Paper, weigh: Numbers, mean: Numbers) -> tuple[tuple[str, str, float, float], ...]:
    """Return for each answer to a question that must not become known its share with either weight, in per cent."""
    found: list[tuple[str, str, float, float]] = []
    for name in paper.aim.sensitive:
        encoded = texts(table, name).dictionary_encode()
        code = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        words: list[str] = encoded.dictionary.to_pylist()
        both = [_shares(code, words, one) for one in (weigh, mean)]
        order = np.argsort(-both[0], kind="stable")[:_MOST_SAID]
        found += [(name, words[k], float(both[0][k]), float(both[1][k])) for k in order]
    return tuple(found)


def _shares(code: npt.NDArray[np.int64], words: Sequence[str], weigh: Numbers) -> Numbers:
    known = code >= 0
    sums = np.bincount(code[known], weigh[known], minlength=len(words))
    return np.asarray(100 * sums / max(float(sums.sum()), 1e-300), dtype=np.float64)


def _told(paper: Paper, plan: Plan, shifts: Sequence[tuple[str, str, float, float]]) -> Said:
    facts = {"of": paper.of, "columns": ", ".join(paper.aim.columns), "k": str(paper.aim.k)}
    told: list[tuple[str, dict[str, str]]] = [(MEANT, facts)]
    if paper.confirmed:
        told.append((CONFIRMED, {"by": paper.confirmed.by, "on": paper.confirmed.on}))
    told += [(DONE, {}), *plan.said]
    if paper.aim.weight:
        told.append((WEIGHED, {}))
    for column, answer, before, after in shifts:
        shares = {"before": f"{before:.1f}", "after": f"{after:.1f}"}
        told.append((SHIFTED, {"column": column, "answer": answer, **shares}))
    return (*told, (ORDER, {}))


# --- before somebody confirms ---------------------------------------------------------------------------------------


def doubts(table: pa.Table, paper: Paper, plan: Plan) -> Said:
    """Return what a person should look at first.

    Columns of which little is left; columns that leave as they are, and by which somebody would stand out after all;
    those with almost as many answers as rows, and texts that seem to hold names, phones and the like.
    """
    told: list[tuple[str, dict[str, str]]] = []
    rows, k = table.num_rows, paper.aim.k
    for cost in plan.costs:
        if cost.cells > rows / 2:
            told.append((EMPTY, {"column": cost.column, "share": f"{100 * cost.cells / rows:.0f}"}))
    known = coded(released(table, plan), paper.aim.columns)
    for name in paper.others:
        below = int((alike(np.column_stack([known, coded(table, [name])])) < k).sum())
        if below:
            told.append((IF_KNOWN, {"column": name, "below": str(below), "k": str(k)}))
    return (*told, *_nearly_names(table, [name for name in paper.columns if name not in paper.aim.columns]))


def _nearly_names(table: pa.Table, columns: Sequence[str]) -> Said:
    told: list[tuple[str, dict[str, str]]] = []
    for name in columns:
        answers = texts(table, name).drop_null()
        different = answers.unique()
        if len(answers) >= 20 and len(different) > len(answers) / 2:
            told.append((FINE, {"column": name, "different": str(len(different)), "rows": str(len(answers))}))
        searched = pa.table({name: answers.filter(pc.is_in(answers, value_set=different.slice(0, _SEARCHED)))})
        for kind, count in counted(propose_in(searched)).get(name, {}).items():
            told.append((TEXTS, {"column": name, "count": str(count), "kind": _(kind)}))
    return tuple(told)


# --- files ----------------------------------------------------------------------------------------------------------


def files(paper: Paper, plan: Plan, out: Leaving) -> dict[str, bytes]:
    """Return the files of a release by name: the rows, and the page about them for people and for machines."""
    said = [_(text).format(**facts) for text, facts in out.said]
    return {
        ROWS: as_csv({name: out.rows.column(name).to_pylist() for name in out.rows.column_names}),
        ABOUT: ("\n\n".join(said) + "\n").encode(),
        DATA: _json(_about(paper, plan, out) | {"said": said}),
    }


def as_csv(columns: Mapping[str, Sequence[Any]]) -> bytes:
    """Return columns as CSV; what is missing is empty, and what a spreadsheet program would run as a formula is no more
    than a text.
    """
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(map(_harmless, columns))
    lines.writerows(map(_harmless, row) for row in zip(*columns.values(), strict=True))
    return text.getvalue().encode()


def _harmless(value: Any) -> Any:
    """Return a text that begins like a formula behind an apostrophe; numbers, also below nought, stay as they are."""
    if not isinstance(value, str) or value[:1] not in ("=", "+", "@", "-", "\t", "\r"):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value


def _about(paper: Paper, plan: Plan, out: Leaving) -> dict[str, Any]:
    after = plan.after
    return {
        "of": paper.of,
        "rows": out.rows.num_rows,
        "known": list(paper.aim.columns),
        "k": {"asked": paper.aim.k, "before": plan.before.smallest, "after": after.smallest},
        "l": {one.column: {"fewest": one.fewest, "effective": round(one.effective, 2)} for one in after.diversity},
        "coarser": [
            {"column": one.recode.column, "how": one.recode.how, "width": one.recode.width,
             "answers_before": one.before, "answers_after": one.after, "coarser_per_cent": round(one.coarser, 1)}
            for one in plan.steps
        ],
        "blank": [
            {"column": one.column, "cells": one.cells, "points": round(one.points, 2),
             "points_of_answers": {asked: round(much, 2) for asked, much in one.within.items()}}
            for one in plan.costs if one.cells
        ],
        "shares": [
            {"column": column, "answer": answer, "before": round(before, 2), "after": round(after, 2)}
            for column, answer, before, after in out.shifts
        ],
        "confirmed": {"by": paper.confirmed.by, "on": paper.confirmed.on} if paper.confirmed else None,
    }  # fmt: skip


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1).encode()
