"""Estimates as SDMX-CSV 2.0, with a reporting type of their own: citizen data never pass for national data."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from datashift.language import label
from datashift.model import Estimate, Kit, Recipe
from datashift.publish.release import Release, said

REPORTING_TYPE = "C"
"""Citizen. A code of our own: the global list knows N (national), G (global), R (regional), none of which this is."""

STRUCTURE_ID = "DATASHIFT:DF_CITIZEN_FIGURES(1.0)"
BREAKDOWNS = {
    "sex": "SEX",
    "age": "AGE",
    "age_group": "AGE",
    "urbanisation": "URBANISATION",
    "urban_rural": "URBANISATION",
    "residence": "URBANISATION",
    "disability": "DISABILITY_STATUS",
    "disability_status": "DISABILITY_STATUS",
    "education": "EDUCATION_LEV",
    "education_level": "EDUCATION_LEV",
    "wealth_quintile": "INCOME_WEALTH_QUANTILE",
}
"""Concepts that have a dimension in the SDG data structure; any other concept has its own name in capitals."""

NUMBERS = frozenset(
    {
        "OBS_VALUE", "STD_ERROR", "LOWER_BOUND", "UPPER_BOUND", "N_EFF", "DEFF", "DF", "CONF_LEVEL", "VALUE",
        "OFFICIAL_VALUE", "OFFICIAL_STD_ERROR", "DIFFERENCE", "DIFFERENCE_LOWER", "DIFFERENCE_UPPER",
    }
)  # fmt: skip
"""Columns of estimates.csv and comparison.csv that hold numbers."""

_FRONT = ("STRUCTURE", "STRUCTURE_ID", "ACTION", "FREQ", "REPORTING_TYPE", "SERIES", "REF_AREA")
_ALWAYS = ("SEX", "AGE", "URBANISATION")
_BACK = (
    "KIT", "MEASURE", "REF_AREA_NAME", "TIME_PERIOD", "OBS_VALUE", "UNIT_MEASURE", "UNIT_MULT", "STD_ERROR",
    "LOWER_BOUND", "UPPER_BOUND", "N_OBS", "N_EFF", "DEFF", "DF", "OBS_STATUS", "CONF_LEVEL", "METHOD",
    "SAMPLING_TYPE", "PRODUCER", "SOURCE", "REASON", "SIMULATED",
)  # fmt: skip
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
    header = columns(estimates)
    return header, [_row(header, recipe, kit, estimate) for estimate in estimates]


def columns(estimates: Iterable[Estimate]) -> list[str]:
    """Return the column names: those that are always there, and one per breakdown that is used."""
    used = {dimension(concept) for estimate in estimates for concept, _code in estimate.breakdown}
    return [*_FRONT, *_ALWAYS, *sorted(used - set(_ALWAYS)), *_BACK]


def dimension(concept: str) -> str:
    """Return the column of a breakdown concept. One that bears the name of another column is set apart by `BY_`."""
    name = BREAKDOWNS.get(concept.lower(), re.sub(r"\W", "_", concept).upper())
    return f"BY_{name}" if name in (*_FRONT, *_BACK) else name


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


def _row(header: Sequence[str], recipe: Recipe, kit: Kit, estimate: Estimate) -> list[str]:
    hidden = estimate.status == "Q"
    cell = {dimension(concept): code for concept, code in estimate.breakdown} | {
        "STRUCTURE": "dataflow",
        "STRUCTURE_ID": STRUCTURE_ID,
        "ACTION": "I",
        "FREQ": _frequency(estimate.period),
        "REPORTING_TYPE": REPORTING_TYPE,
        "SERIES": _series(recipe, kit, estimate.measure),
        "REF_AREA": estimate.area,
        "KIT": estimate.kit,
        "MEASURE": estimate.measure,
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
        "METHOD": estimate.method,
        "SAMPLING_TYPE": estimate.sampling_type,
        "PRODUCER": recipe.producer,
        "SOURCE": label(recipe.title),
        "REASON": said(estimate.reason, estimate.facts),
        "SIMULATED": str(recipe.simulated).lower(),
    }
    return [cell.get(column, "_T") for column in header]


def _ten(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(f"{value:.10g}") + 0.0


def _short(estimate: Estimate) -> dict[str, Any]:
    return {name: _ten(getattr(estimate, name)) for name in _FIELDS}


def _frequency(period: str) -> str:
    return next((code for shape, code in _FREQUENCIES if re.fullmatch(shape, period)), "_O")


def _series(recipe: Recipe, kit: Kit, measure: str) -> str:
    if kit.relation != "same":
        return "_Z"
    same = (official for official in recipe.official if official.relation == "same" and measure in official.measures)
    return next((official.series for official in same), "_Z")
