"""From pooled numbers to answers: back to the unit of the file, with weights, agreement, warnings and assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from datashift.pooling.arranged import Together
from datashift.pooling.between import Floats
from datashift.pooling.choosing import definitions
from datashift.pooling.meta import Meta, blups, leave_one_out, meta, quantiles, tau2_interval
from datashift.pooling.pooled import Agreement, Decision, Notes, Pooled, SourceShare
from datashift.pooling.prediction import prediction
from datashift.pooling.scales import back, slope
from datashift.pooling.source_bias import ANCHOR, LEAST_CELLS, SourceBias, indicators
from datashift.pooling.source_rows import Objects, Pooling, SourceRows

BY_DEFAULT = "hartung-knapp-floor"
AT_ONCE = ("probability", "small_area_census")
"""Types whose figures need no correction: drawn by chance, or everybody was asked."""


@dataclass(frozen=True)
class Known:
    """What all answers of a table need: rows, options, what was learnt, the log by cell, what each row is about."""

    rows: SourceRows
    how: Pooling
    biases: Mapping[tuple[str, str], SourceBias]
    decisions: tuple[tuple[Decision, ...], ...]
    about: Objects
    defined: Objects

    @classmethod
    def of(
        cls, rows: SourceRows, how: Pooling, biases: list[SourceBias], decisions: tuple[tuple[Decision, ...], ...]
    ) -> Known:
        """Return it, with what each row is about."""
        by_name = {(bias.indicator, bias.source_type): bias for bias in biases}
        return cls(rows, how, by_name, decisions, indicators(rows), definitions(rows))


def refused(known: Known, cell: int) -> Pooled:
    """Return the answer of a cell with fewer than two sources that can be compared."""
    rows, how = known.rows, known.how
    return Pooled(rows.cells[cell], rows.unit, rows.scale, how.level, "", "O", decisions=known.decisions[cell])


def answers(part: Together, known: Known) -> list[tuple[int, Pooled]]:
    """Pool some cells; return the number and the answer of each."""
    how = known.how
    learnt = bool(np.isfinite(part.degrees).any()) and how.test is None
    options: dict[str, Any] = {
        "method": how.method, "test": how.test or ("z" if learnt else BY_DEFAULT), "level": how.level,
        "covariance": part.covariance,
    }  # fmt: skip
    fit = meta(part.y, part.v, **options)
    df = part.degrees if learnt else fit.df
    columns = {name: _listed(column) for name, column in _in_unit(part, known, fit, df).items()}
    sources = _sources(part, known, options, (fit, df))
    method = _method(known, fit, part, learnt=learnt)
    found = []
    for k, cell in enumerate(part.cell.tolist()):
        single = {name: column[k] for name, column in columns.items()}
        on_scale = {name[6:]: value for name, value in single.items() if name.startswith("scale_")}
        own = {name: value for name, value in single.items() if not name.startswith("scale_")}
        warnings, assumptions = _warnings(part, known, k), _assumptions(part, known, k, float(fit.factor[k]))
        pooled = Pooled(
            known.rows.cells[cell], known.rows.unit, known.rows.scale, how.level, method,
            "U" if any(code != "shared-people" for code, _facts in warnings) else "A",
            tuple(sources(k)), known.decisions[cell], on_scale=on_scale, agreement=_agreement(fit, k),
            warnings=warnings, assumptions=assumptions, **own,
        )  # fmt: skip
        found.append((cell, pooled))
    return found


def _in_unit(part: Together, known: Known, fit: Meta, df: Floats) -> dict[str, Floats]:
    """Return the columns of the pooled figures: in the unit of the file, and as pooled with `scale_` before them."""
    level, to = known.how.level, _Back(part, known.rows)
    half = quantiles(df, level) * fit.se
    low, high = tau2_interval(part.y, part.v, level=level, covariance=part.covariance)
    ahead = prediction(part.y, part.v, level=level, covariance=part.covariance)
    none = np.nan if fit.method == "FE" else 0.0
    value = to(fit.estimate)
    per = slope(value / known.rows.per, known.rows.scale) * known.rows.per
    return {
        "value": value, "se": fit.se * per, "lower": to(fit.estimate - half), "upper": to(fit.estimate + half),
        "prediction_lower": to(ahead[0] + none), "prediction_upper": to(ahead[1] + none),
        "q": fit.q, "q_p": fit.q_p, "i2": fit.i2, "h2": fit.h2,
        "scale_estimate": fit.estimate, "scale_se": fit.se, "scale_df": df, "scale_lower": fit.estimate - half,
        "scale_upper": fit.estimate + half, "scale_tau2": fit.tau2, "scale_se_tau2": fit.se_tau2,
        "scale_tau2_lower": low, "scale_tau2_upper": high, "scale_factor": fit.factor,
        "scale_prediction_lower": fit.prediction_lower, "scale_prediction_upper": fit.prediction_upper,
    }  # fmt: skip


class _Back:
    """The way back from the scale to the unit of the file, for the cells of a part."""

    def __init__(self, part: Together, rows: SourceRows) -> None:
        self.rows = rows
        answers = rows.answers[part.at]
        known = (part.at >= 0) & (answers > 0)
        inverse = np.where(known, 1 / np.where(known, answers, 1.0), 0.0).sum(axis=1)
        # The harmonic mean of the answers, which only Freeman–Tukey needs.
        self.n = np.where(inverse > 0, known.sum(axis=1), np.nan) / np.where(inverse > 0, inverse, 1.0)

    def __call__(self, values: Floats) -> Floats:
        n = self.n if values.ndim == 1 else self.n[:, None]
        return np.asarray(back(values, self.rows.scale, n) * self.rows.per)


def _sources(part: Together, known: Known, options: dict[str, Any], fitted: tuple[Meta, Floats]) -> Any:
    """Return a function that gives the sources of the k-th cell."""
    (fit, df), rows, to = fitted, known.rows, _Back(part, known.rows)
    z = float(special.ndtri(1 - (1 - known.how.level) / 2))
    own, own_se = blups(fit, part.y, part.v, part.covariance)
    without = leave_one_out(part.y, part.v, **options)
    # The same quantile as with all sources where the bias was learnt, else that of the fewer sources.
    reach = quantiles(df, known.how.level)[:, None] * without.se
    ends = (without.estimate - reach, without.estimate + reach)
    if not (known.how.test is None and np.isfinite(part.degrees).any()):
        ends = (without.lower, without.upper)
    stated, spread = rows.y[part.at], z * np.sqrt(rows.v[part.at])
    value, left = rows.numbers["value"][part.at] * rows.per, to(without.estimate)
    columns = {
        "value": value, "lower": to(stated - spread), "upper": to(stated + spread), "n": rows.numbers["n"][part.at],
        "corrected": np.where(part.y == stated, np.nan, to(part.y)), "weight": fit.weights, "own": to(own),
        "own_lower": to(own - z * own_se), "own_upper": to(own + z * own_se), "without": left,
        "without_lower": to(ends[0]), "without_upper": to(ends[1]), "shift": left - to(fit.estimate)[:, None],
    }  # fmt: skip

    listed = {name: _listed(column) for name, column in columns.items()}
    names, kinds, lines = rows.texts["source"], rows.texts["source_type"], rows.row.tolist()

    def of_cell(k: int) -> list[SourceShare]:
        there = [(place, row) for place, row in enumerate(part.at[k].tolist()) if row >= 0]
        return [
            SourceShare(
                source=names[row],
                source_type=kinds[row],
                row=lines[row],
                basis=rows.basis[row],
                **{name: column[k][place] for name, column in listed.items()},
            )
            for place, row in there
        ]

    return of_cell


def _listed(column: Floats) -> Any:
    """Return an array as (nested) lists of floats, None where it is not finite."""
    plain = column.astype(object)
    plain[~np.isfinite(column)] = None
    return plain.tolist()


def _agreement(fit: Meta, k: int) -> Agreement:
    """Say whether the sources differ by more than chance: Q beyond its 97.5 % quantile (τ² surely above 0)."""
    if fit.k[k] < 2:
        return ""
    if fit.q_p[k] < 0.025:
        return "differ"
    return "agree" if fit.q[k] <= fit.k[k] - 1 else "cannot_tell"


def _warnings(part: Together, known: Known, k: int) -> Notes:
    rows = part.at[k][part.at[k] >= 0]
    kinds = known.rows.texts["source_type"][rows]
    named = [(known.about[row], kind) for row, kind in zip(rows, kinds, strict=True) if kind not in AT_ONCE]
    applied = known.how.correct
    plain = [name for name in named if not (applied and name in known.biases and known.biases[name].learnt)]
    found: list[tuple[str, Mapping[str, Any]]] = []
    if plain:
        types = tuple(dict.fromkeys(kind for _about, kind in plain))
        cells = min((known.biases[name].cells for name in plain if name in known.biases), default=0)
        facts = {"source_types": types, "cells": cells, "least": LEAST_CELLS}
        found.append(("not-corrected", facts) if applied else ("left-as-they-are", {"source_types": types}))
    if not (kinds == ANCHOR).any() and len(plain) == len(rows):
        found.append(("no-anchor", {}))
    if part.pairs[k]:
        found.append(("shared-people", {"pairs": int(part.pairs[k])}))
    return tuple(found)


def _assumptions(part: Together, known: Known, k: int, factor: float) -> Notes:
    rows, used = known.rows, part.at[k][part.at[k] >= 0]
    found: list[tuple[str, Mapping[str, Any]]] = []
    for code in ("srs", "interval"):
        count = int((rows.basis[used] == code).sum())
        found += [(code, {"count": count})] if count else []
    blank = int((known.defined[used] == "").sum())
    found += [("definition", {"count": blank})] if 0 < blank < len(used) else []
    found += [("unit", {})] if rows.inferred and rows.unit == "share" else []
    found += [("fixed", {})] if known.how.method == "FE" else []
    found += _more(part, known, k, used)
    test = known.how.test or BY_DEFAULT
    if factor == 1.0 and test in (BY_DEFAULT, "adhoc") and not np.isfinite(part.degrees[k]):
        found.append(("floor", {}))
    return tuple(found)


def _more(part: Together, known: Known, k: int, used: npt.NDArray[np.intp]) -> list[tuple[str, Mapping[str, Any]]]:
    rows = known.rows
    found: list[tuple[str, Mapping[str, Any]]] = []
    if np.isfinite(part.degrees[k]):
        kinds = rows.texts["source_type"][used]
        learnt = [
            kind for about, kind in zip(known.about[used], kinds, strict=True)
            if (about, kind) in known.biases and known.biases[(about, kind)].learnt
        ]  # fmt: skip
        found.append(("corrected", {"source_types": tuple(dict.fromkeys(learnt))}))
    if part.pairs[k]:
        found.append(("overlap", {}))
    return found


def _method(known: Known, fit: Meta, part: Together, *, learnt: bool) -> str:
    """Return the method in one short text for machines."""
    effect = "fixed-effect" if fit.method == "FE" else f"random-effects; tau2={fit.method}"
    test = "t, df of the learnt bias" if learnt else fit.test
    parts = [effect, f"scale={known.rows.scale}", f"interval={test} at {known.how.level:g}"]
    parts += ["bias=anchored on probability surveys"] if np.isfinite(part.degrees).any() else ["bias=not corrected"]
    parts += ["covariance=generalised least squares"] if part.covariance is not None else []
    return "; ".join(parts)
