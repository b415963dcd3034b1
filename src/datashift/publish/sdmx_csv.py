"""Estimates as SDMX-CSV 2.0, with a reporting type of their own: citizen data never pass for national data.

The columns are the components of the kit's data structure (`datashift structures export --kit`): all dimensions, the
attributes that must be there, and all attributes of ours. Attributes of the SDG structure that no citizen figure has
are left out, as SDMX-CSV allows.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from datashift.language import label
from datashift.model import Estimate, Kit, Recipe
from datashift.publish.release import Release, said
from datashift.standards.structures.identifiers import (
    BREAKDOWNS,
    EVERYBODY,
    REPORTING_TYPE,
    code_ids,
    dimension,
    flow_id,
    is_code_id,
    kit_breakdowns,
)

__all__ = [
    "BREAKDOWNS",
    "EVERYBODY",
    "NUMBERS",
    "REPORTING_TYPE",
    "columns",
    "csv_bytes",
    "dimensions_and_codes",
    "estimate_rows",
    "estimates_csv",
    "frequency",
    "number",
    "series_of",
]

NUMBERS = frozenset(
    {
        "OBS_VALUE", "STD_ERROR", "LOWER_BOUND", "UPPER_BOUND", "N_EFF", "DEFF", "DF", "CONF_LEVEL", "VALUE",
        "BIAS_SD", "LOSS_UNMAPPED", "LOSS_MANY_TO_ONE", "LOSS_REJECTED", "OFFICIAL_VALUE", "OFFICIAL_STD_ERROR",
        "OFFICIAL_LOWER", "OFFICIAL_UPPER", "DIFFERENCE", "DIFFERENCE_LOWER", "DIFFERENCE_UPPER", "PROBABILITY",
        "P_VALUE", "P_ADJUSTED", "CONTEST_SHIFT", "CONTEST_SHIFT_CHANCE", "CONTEST_WRONG", "CONTEST_WRONG_CHANCE",
        "CONTEST_MISSING", "CONTEST_MISSING_CHANCE", "CONTEST_ODDS", "CONTEST_ODDS_CHANCE", "CONTEST_CORRELATION",
        "CONTEST_CORRELATION_CHANCE", "CONTEST_POPULATION",
    }
)  # fmt: skip
"""Columns of estimates.csv and comparison.csv that hold numbers."""

_FRONT = (
    "STRUCTURE", "STRUCTURE_ID", "ACTION", "FREQ", "REPORTING_TYPE", "SERIES", "REF_AREA", "SEX", "AGE", "URBANISATION",
    "INCOME_WEALTH_QUANTILE", "EDUCATION_LEV", "OCCUPATION", "CUST_BREAKDOWN", "COMPOSITE_BREAKDOWN",
    "DISABILITY_STATUS", "ACTIVITY", "PRODUCT",
)  # fmt: skip
_BACK = (
    "PRODUCER", "SOURCE_ID", "KIT", "MEASURE", "REF_AREA_NAME", "TIME_PERIOD", "OBS_VALUE", "UNIT_MEASURE", "UNIT_MULT",
    "STD_ERROR", "LOWER_BOUND", "UPPER_BOUND", "N_OBS", "N_EFF", "DEFF", "DF", "OBS_STATUS", "CONF_LEVEL", "BIAS_SD",
    "ESTIMATOR", "METHOD", "SAMPLING_TYPE", "LOSS_UNMAPPED", "LOSS_MANY_TO_ONE", "LOSS_REJECTED", "ASSESSMENT_PROFILE",
    "ASSESSMENT_RESULT", "ENGAGEMENT_LEVEL", "LEGAL_STATUS", "REVISION", "SOURCE", "REASON", "SIMULATED",
)  # fmt: skip
_UNSTATED = ("ASSESSMENT_PROFILE", "ASSESSMENT_RESULT", "ENGAGEMENT_LEVEL", "LEGAL_STATUS", "REVISION")
"""Attributes that nothing states yet: their cells are empty."""

_LOSSES = ("LOSS_UNMAPPED", "LOSS_MANY_TO_ONE", "LOSS_REJECTED")
_FIELDS = ("value", "se", "lower", "upper", "n_eff", "deff", "df")
_FREQUENCIES = (
    (r"\d{4}(-A1)?", "A"),
    (r"\d{4}-S\d", "S"),
    (r"\d{4}-Q\d", "Q"),
    (r"\d{4}-M?\d\d", "M"),
    (r"\d{4}-W\d\d", "W"),
    (r"\d{4}-\d\d-\d\d", "D"),
)


def estimates_csv(release: Release) -> bytes:
    """Return the estimates of a release as SDMX-CSV 2.0 (UTF-8, RFC 4180), one row per figure.

    Values are in the unit of UNIT_MEASURE (PT = per cent), rounded to ten significant digits: sums made in parallel
    differ in the digits behind. A hidden figure (OBS_STATUS Q) has neither OBS_VALUE nor N_OBS, but a REASON.
    SERIES is the official series only where recipe and kit say that the concept is the same; else _Z.
    """
    header, rows = estimate_rows(release.recipe, release.kit, release.estimates)
    return csv_bytes(header, rows)


def estimate_rows(recipe: Recipe, kit: Kit, estimates: Sequence[Estimate]) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of `estimates_csv`."""
    header, words = columns(estimates, kit), _words(kit)
    return header, [_row(header, recipe, kit, words, estimate) for estimate in estimates]


def columns(estimates: Iterable[Estimate], kit: Kit | None = None) -> list[str]:
    """Return the column names: those that are always there, and one per breakdown of the kit, or that is used."""
    own = kit_breakdowns(kit) if kit else {}
    used = {own.get(concept) or dimension(concept) for estimate in estimates for concept, _code in estimate.breakdown}
    more = [*own.values(), *sorted(used - set(own.values()))]
    return [*_FRONT, *(name for name in more if name not in _FRONT), *_BACK]


def rounded(estimates: Iterable[Estimate]) -> list[Estimate]:
    """Return the estimates with all their numbers at the ten significant digits that are published.

    What is drawn from these is the same, byte for byte, when it is drawn again after recomputation.
    """
    return [replace(estimate, **_short(estimate)) for estimate in estimates]


def number(value: float | None) -> str:
    """Return `value` at ten significant digits in its shortest form; empty where there is none."""
    short = _ten(value)
    if short is None:
        return ""
    return str(int(short)) if short == int(short) and abs(short) < 1e15 else repr(short)


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as CSV: UTF-8, commas, quotes where needed, CRLF (RFC 4180)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


@dataclass(frozen=True)
class _Words:
    """What the names of a kit are in SDMX: dimensions by concept, codes by concept and code, ids and estimators."""

    dimensions: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]
    measures: Mapping[str, str]
    estimators: Mapping[str, str]

    def cell(self, concept: str, code: str) -> tuple[str, str]:
        return self.dimensions.get(concept) or dimension(concept), self.codes.get(concept, {}).get(code, code)


def dimensions_and_codes(kit: Kit) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Return the column of each breakdown concept of a kit, and what its codes are called there."""
    names = kit_breakdowns(kit)
    return names, {concept: code_ids(kit.concepts[concept].codes, name) for concept, name in names.items()}


def _words(kit: Kit) -> _Words:
    names, codes = dimensions_and_codes(kit)
    return _Words(
        dimensions=names,
        codes=codes,
        measures=code_ids(measure.id for measure in kit.measures),
        estimators={measure.id: measure.estimator for measure in kit.measures},
    )


def _row(header: Sequence[str], recipe: Recipe, kit: Kit, words: _Words, estimate: Estimate) -> list[str]:
    hidden = estimate.status == "Q"
    cell = dict(words.cell(concept, code) for concept, code in estimate.breakdown) | {
        "STRUCTURE": "dataflow",
        "STRUCTURE_ID": flow_id(kit),
        "ACTION": "I",
        "FREQ": frequency(estimate.period),
        "REPORTING_TYPE": REPORTING_TYPE,
        "SERIES": series_of(recipe, kit, estimate.measure),
        "REF_AREA": estimate.area,
        "KIT": estimate.kit,
        "MEASURE": words.measures.get(estimate.measure, estimate.measure),
        "REF_AREA_NAME": estimate.area_name,
        "TIME_PERIOD": estimate.period,
        "OBS_VALUE": "" if hidden else number(estimate.value),
        "UNIT_MEASURE": estimate.unit,
        "UNIT_MULT": "0",
        "STD_ERROR": "" if hidden else number(estimate.se),
        "LOWER_BOUND": "" if hidden else number(estimate.lower),
        "UPPER_BOUND": "" if hidden else number(estimate.upper),
        "N_OBS": "" if hidden else str(estimate.n),
        "N_EFF": "" if hidden else number(estimate.n_eff),
        "DEFF": "" if hidden else number(estimate.deff),
        "DF": "" if hidden else number(estimate.df),
        "OBS_STATUS": estimate.status,
        "CONF_LEVEL": number(recipe.design.confidence),
        "ESTIMATOR": words.estimators.get(estimate.measure, ""),
        "METHOD": estimate.method,
        "SAMPLING_TYPE": estimate.sampling_type,
        **_losses(None if hidden else estimate),
        "BIAS_SD": "" if hidden else number(estimate.facts.get("bias_sd")),
        **dict.fromkeys(_UNSTATED, ""),
        "PRODUCER": recipe.producer,
        "SOURCE_ID": recipe.id,
        "SOURCE": label(recipe.title),
        "REASON": said(estimate.reason, estimate.facts),
        "SIMULATED": str(recipe.simulated).lower(),
    }
    return [cell.get(column, EVERYBODY) for column in header]


def _losses(estimate: Estimate | None) -> dict[str, str]:
    """Return the loss of harmonisation in per cent of the rows; empty where it is not known or not shown."""
    loss = getattr(estimate, "loss", None)
    shares = {name: getattr(loss, name.lower().removeprefix("loss_"), None) for name in _LOSSES}
    return {name: number(None if share is None else 100 * share) for name, share in shares.items()}


def _ten(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(f"{value:.10g}") + 0.0


def _short(estimate: Estimate) -> dict[str, Any]:
    return {name: _ten(getattr(estimate, name)) for name in _FIELDS}


def frequency(period: str) -> str:
    """Return the code of how often a period comes: A, S, Q, M, W, D, and _O for a period of its own."""
    return next((code for shape, code in _FREQUENCIES if re.fullmatch(shape, period)), "_O")


def series_of(recipe: Recipe, kit: Kit, measure: str) -> str:
    """Return the official series where recipe and kit say that the concept is the same, else _Z."""
    if kit.relation != "same":
        return "_Z"
    same = (official for official in recipe.official if official.relation == "same" and measure in official.measures)
    return next((official.series for official in same if is_code_id(official.series)), "_Z")
