"""The other tables of a release: comparison, rejects, findings and what is in the charts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from datashift.model import Benchmark, Breakdown, Chart, Comparison, Contest, Estimate, Finding, Kit, Recipe
from datashift.publish.release import Release
from datashift.publish.sdmx_csv import csv_bytes, number

CONTESTED = {
    "shift": ("CONTEST_SHIFT", "CONTEST_SHIFT_CHANCE"),
    "wrong": ("CONTEST_WRONG", "CONTEST_WRONG_CHANCE"),
    "missing": ("CONTEST_MISSING", "CONTEST_MISSING_CHANCE"),
    "odds": ("CONTEST_ODDS", "CONTEST_ODDS_CHANCE"),
    "correlation": ("CONTEST_CORRELATION", "CONTEST_CORRELATION_CHANCE"),
}
"""The columns of each number of a Contest: so that both figures are equal, and so that the rest could be chance."""

COMPARISON = (
    "MEASURE", "REF_AREA", "REF_AREA_NAME", "TIME_PERIOD", "BREAKDOWN", "UNIT_MEASURE", "VALUE", "LOWER_BOUND",
    "UPPER_BOUND", "OFFICIAL_VALUE", "OFFICIAL_STD_ERROR", "OFFICIAL_LOWER", "OFFICIAL_UPPER", "OFFICIAL_STATED",
    "OFFICIAL_UNIT", "OFFICIAL_AREA", "OFFICIAL_AREA_NAME", "OFFICIAL_PERIOD", "OFFICIAL_BREAKDOWN", "SOURCE",
    "SOURCE_DETAIL", "FOOTNOTE", "RELEASED", "RETRIEVED", "SERIES", "NATURE", "RELATION", "VERDICT", "DIFFERENCE",
    "DIFFERENCE_LOWER", "DIFFERENCE_UPPER", "PROBABILITY", "P_VALUE", "P_ADJUSTED",
    *(column for pair in CONTESTED.values() for column in pair), "CONTEST_N", "CONTEST_POPULATION", "REASON",
    "SIMULATED",
)  # fmt: skip
REJECTS = ("row", "column", "code", "value", "text")


def comparison_csv(release: Release) -> bytes:
    """Return the comparisons as CSV, one row per citizen figure and official figure beside it.

    Values are in the unit named beside them. A difference stands only where both measure the same; a citizen figure
    that is hidden in the estimates is empty here too. REASON says in a sentence why the verdict is what it is.
    """
    rows = comparison_rows(
        release.recipe,
        release.kit,
        release.estimates,
        list(zip(release.comparisons, release.comparison_reasons, strict=True)),
    )
    return csv_bytes(COMPARISON, rows)


def comparison_rows(
    recipe: Recipe, kit: Kit, estimates: Iterable[Estimate], comparisons: Iterable[tuple[Comparison, str]]
) -> list[list[str]]:
    """Return the rows of `comparison_csv` from comparisons with their reasons."""
    hidden = {estimate.key for estimate in estimates if estimate.status == "Q"}
    units = {measure.id: measure.unit for measure in kit.measures}
    simulated = str(recipe.simulated).lower()
    rows = []
    for comparison, reason in comparisons:
        key = (comparison.measure, comparison.area, comparison.period, comparison.breakdown)
        shown = key not in hidden
        cell = {
            "MEASURE": comparison.measure,
            "REF_AREA": comparison.area,
            "REF_AREA_NAME": comparison.area_name,
            "TIME_PERIOD": comparison.period,
            "BREAKDOWN": breakdown_text(comparison.breakdown),
            "UNIT_MEASURE": units.get(comparison.measure, ""),
            "VALUE": number(comparison.value) if shown else "",
            "LOWER_BOUND": number(comparison.lower) if shown else "",
            "UPPER_BOUND": number(comparison.upper) if shown else "",
            "VERDICT": comparison.verdict,
            "REASON": reason,
            "SIMULATED": simulated,
        }
        cell |= _official(comparison.official)
        if shown and comparison.official is not None and comparison.official.relation == "same":
            cell |= _difference(comparison)
        rows.append([cell.get(column, "") for column in COMPARISON])
    return rows


def breakdown_text(breakdown: Breakdown) -> str:
    """Return a breakdown as one text, such as "sex=female;age=15-24"; "" for everybody."""
    return ";".join(f"{concept}={code}" for concept, code in breakdown)


def rejects_csv(release: Release) -> bytes:
    """Return the rows that could not be used, with row number, code, value and text. Private: it quotes answers.

    A value that a spreadsheet program would run as a formula is set apart by an apostrophe.
    """
    rejects = release.harmonised.rejects
    return csv_bytes(REJECTS, zip(*(_harmless_texts(rejects[column]) for column in REJECTS), strict=True))


def findings_json(release: Release, *, private: bool = False) -> bytes:
    """Return the findings as JSON: check, code, number of rows, sentence, chance, and the effect on each figure.

    The row numbers themselves are given only where `private` is asked for. An effect on a figure that is hidden in the
    estimates has no numbers. Who a finding singles out (its subjects) is never told, and where these are persons,
    neither are its row numbers: with the file they would name them.
    """
    shown = {e.measure for e in release.estimates if not e.breakdown and e.status != "Q"}
    entries = []
    for finding, sentence in zip(release.findings, release.finding_sentences, strict=True):
        entry: dict[str, Any] = {
            "check": finding.check,
            "code": finding.code,
            "n_rows": len(finding.rows),
            "sentence": sentence,
            "p_value": _figure(finding.p_value),
            "p_adjusted": _figure(finding.p_adjusted),
            "tested": finding.tested,
            "effects": _effects(finding, shown),
        }
        rows = [] if finding.of_persons else list(finding.rows)
        entries.append(entry | ({"rows": rows} if private else {}))
    return json_bytes({"simulated": release.recipe.simulated, "findings": entries})


def chart_csv(chart: Chart) -> bytes:
    """Return the table twin of a chart as CSV."""
    return csv_bytes(chart.table[0], chart.table[1:]) if chart.table else b""


def json_bytes(value: Any) -> bytes:
    """Return `value` as readable JSON that is the same for the same value."""
    return (json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def dense_json_bytes(value: Any) -> bytes:
    """Return `value` as JSON that is the same for the same value; a record of plain values takes one line."""
    return (_dense(value, "\n") + "\n").encode()


def _dense(value: Any, line: str) -> str:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if not any(isinstance(part, dict | list) and part for part in parts):
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    inner = line + " "
    if isinstance(value, list):
        return f"[{inner}{(',' + inner).join(_dense(part, inner) for part in value)}{line}]"
    named = (f"{json.dumps(name, ensure_ascii=False)}: {_dense(part, inner)}" for name, part in value.items())
    return f"{{{inner}{(',' + inner).join(named)}{line}}}"


def _official(official: Benchmark | None) -> dict[str, str]:
    if official is None:
        return {}
    return {
        "OFFICIAL_VALUE": number(official.value),
        "OFFICIAL_STD_ERROR": number(official.se),
        "OFFICIAL_LOWER": number(official.facts.get("lower")),
        "OFFICIAL_UPPER": number(official.facts.get("upper")),
        "OFFICIAL_STATED": official.stated,
        "OFFICIAL_BREAKDOWN": breakdown_text(official.breakdown),
        "SOURCE_DETAIL": official.source_detail,
        "FOOTNOTE": official.footnote,
        "OFFICIAL_UNIT": official.unit,
        "OFFICIAL_AREA": official.area or "",
        "OFFICIAL_AREA_NAME": official.area_name,
        "OFFICIAL_PERIOD": official.period,
        "SOURCE": official.source,
        "RELEASED": official.released,
        "RETRIEVED": official.retrieved,
        "SERIES": official.series,
        "NATURE": official.nature,
        "RELATION": official.relation,
    }


def _difference(comparison: Comparison) -> dict[str, str]:
    return {
        "DIFFERENCE": number(comparison.difference),
        "DIFFERENCE_LOWER": number(comparison.difference_lower),
        "DIFFERENCE_UPPER": number(comparison.difference_upper),
        "PROBABILITY": number(comparison.probability),
        "P_VALUE": number(comparison.p_value),
        "P_ADJUSTED": number(comparison.p_adjusted),
        **_contested(comparison.contest),
    }


def _contested(contest: Contest | None) -> dict[str, str]:
    if contest is None:
        return {}
    pairs = {columns: getattr(contest, field) or (None, None) for field, columns in CONTESTED.items()}
    cells = {name: number(value) for columns, pair in pairs.items() for name, value in zip(columns, pair, strict=True)}
    n = "" if contest.n is None else str(contest.n)
    return cells | {"CONTEST_N": n, "CONTEST_POPULATION": number(contest.population)}


def _effects(finding: Finding, shown: set[str]) -> Sequence[dict[str, Any]]:
    return [
        {
            "measure": effect.measure,
            "with_rows": _figure(effect.with_rows) if effect.measure in shown else None,
            "without_rows": _figure(effect.without_rows) if effect.measure in shown else None,
            "unit": effect.unit,
        }
        for effect in finding.effects
    ]


def _figure(value: float | None) -> float | None:
    text = number(value)
    return float(text) if text else None


def _harmless_texts(column: pa.ChunkedArray) -> list[str]:
    # In one piece: of a column without any piece, pyarrow cannot say where something holds.
    plain = pc.fill_null(pc.cast(column, pa.string()), "").combine_chunks()
    texts: list[str] = plain.to_pylist()
    # A network of sensors has rejects by the hundred thousand, and hardly any begins with such a sign.
    for i in pc.indices_nonzero(pc.match_substring_regex(plain, r"^[=+@\t-]")).to_pylist():
        texts[i] = _harmless(texts[i])
    return texts


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "@", "\t") or (text[:1] == "-" and not text[1:2].isdigit()) else text
