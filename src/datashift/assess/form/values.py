"""Answers outside their codelist and numbers outside what is possible (check K5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datashift.assess.checks import Check, by_rule
from datashift.assess.encoded import Numbers, Whole, numbers
from datashift.assess.evidence import Evidence
from datashift.assess.quoting import means_no_answer
from datashift.language import N_
from datashift.model import Concept, Finding

_SHOWN = 5

_CODES = {
    "harmonise.unknown-code": "assess.unknown-code",
    "harmonise.unknown-place": "assess.unknown-place",
    "harmonise.not-a-number": "assess.not-a-number",
    "harmonise.bad-weight": "assess.bad-weight",
}


def unlisted_values(evidence: Evidence) -> Iterator[Finding]:
    """K5: rejected answers, one finding per column and kind, with the most frequent ones and their counts.

    A value is quoted only where it is often given or a short code, and never from a column about people.
    """
    rejects = evidence.harmonised.rejects
    concerned = rejects.filter(pc.is_in(rejects["code"], value_set=pa.array(list(_CODES))))
    kinds = concerned.select(["code", "column"]).group_by(["code", "column"], use_threads=False).aggregate([])
    for kind in kinds.to_pylist():
        same = pc.and_(pc.equal(concerned["code"], kind["code"]), pc.equal(concerned["column"], kind["column"]))
        yield _unlisted(evidence, kind["code"], kind["column"] or "", concerned.filter(same))


def impossible_numbers(evidence: Evidence) -> Iterator[Finding]:
    """K5: numbers below the least or above the most that the kit allows for their concept."""
    observations = evidence.harmonised.observations
    for name, concept in evidence.kit.concepts.items():
        if concept.kind != "number" or name not in observations.column_names or name not in evidence.recipe.columns:
            continue
        rows, values = _numbers(evidence, name)
        least, most = concept.least, concept.most
        below = rows[values < (-np.inf if least is None else least)]
        above = rows[values > (np.inf if most is None else most)]
        if below.size or above.size:
            yield _impossible(evidence, name, below, above)


def _numbers(evidence: Evidence, name: str) -> tuple[Whole, Numbers]:
    """Return source row numbers and the numbers in them: of the observations, or of the readings behind these."""
    rule = evidence.kit.readings
    if rule is None or name != rule.value:
        values = evidence.harmonised.observations[name].fill_null(float("nan")).to_numpy()
        return evidence.observations, np.asarray(values, dtype=np.float64)
    entry = evidence.recipe.columns[name]
    encoded = evidence.columns[entry.column]
    written = numbers(encoded.texts, entry.decimal)[encoded.codes] * entry.factor
    return evidence.rows, np.where(evidence.missing(entry.column), np.nan, written)


def _unlisted(evidence: Evidence, code: str, column: str, rejects: pa.Table) -> Finding:
    recipe = evidence.recipe
    concept = evidence.concept_of(column)
    facts: dict[str, Any] = {"column": column}
    if code == "harmonise.unknown-code":
        facts["concept"] = evidence.kit.concepts[concept].label if concept else column
    if code == "harmonise.unknown-place":
        facts |= {"country": recipe.place.country, "date": recipe.place.as_of.isoformat()}
    where = np.isin(evidence.rows, rejects["row"].to_numpy())
    if code == "harmonise.bad-weight" and column != recipe.design.weights:
        return evidence.found("K5", "assess.no-total", where)
    facts["different"] = pc.count_distinct(rejects["value"]).as_py()
    quoted = [(value, n) for value, n in _counted(rejects["value"]) if evidence.may_quote(column, value, n)]
    facts["values"] = [list(entry) for entry in quoted[:_SHOWN]]
    facts["placeholders"] = [value for value, _count in quoted if means_no_answer(value)]
    if not quoted:
        facts["first_row"] = pc.min(rejects["row"]).as_py()
    return evidence.found("K5", _CODES[code], where, **facts)


def _counted(values: pa.ChunkedArray) -> list[tuple[str, int]]:
    counted = [(entry["values"] or "", entry["counts"]) for entry in pc.value_counts(values).to_pylist()]
    return sorted(((v, n) for v, n in counted if v.strip()), key=lambda entry: (-entry[1], entry[0]))


def _impossible(evidence: Evidence, name: str, below: Whole, above: Whole) -> Finding:
    concept: Concept = evidence.kit.concepts[name]
    where = np.isin(evidence.rows, np.concatenate([below, above]))
    code = "assess.out-of-range" if below.size and above.size else "assess.too-low" if below.size else "assess.too-high"
    return evidence.found(
        "K5", code, where, column=evidence.recipe.columns[name].column, least=_plain(concept.least),
        most=_plain(concept.most), below=int(below.size), above=int(above.size),
    )  # fmt: skip


def _plain(bound: float | None) -> str:
    return "" if bound is None else f"{bound:g}"


CHECKS: tuple[Check, ...] = (
    Check(
        "K5",
        N_("Answers outside what is possible"),
        N_("Answers that are in no list, and numbers below or above what can be."),
        N_("Every answer is in its list, every number within its bounds."),
        "rule",
        by_rule(unlisted_values, impossible_numbers),
    ),
)
