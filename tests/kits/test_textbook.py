"""The plain figures against which the kits are checked equal those of R's survey package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from textbook import Design, ratio, rows_of, total


@pytest.mark.shared
def test_the_textbook_equals_r_survey(reference: Path):
    rows = rows_of((reference / "data" / "synthetic_a.csv").read_text("utf-8"))
    cases = {case["id"]: case for case in json.loads((reference / "survey_reference.json").read_text("utf-8"))["cases"]}
    for row in rows:
        row["nested"] = f"{row['stratum']} / {row['psu']}"
    design = Design("weight", "stratum", "nested")
    checked = 0
    for case, domain in (
        ("synA-wr-prop-water-by-region", ("region",)),
        ("synA-wr-prop-water-by-sex-age", ("sex", "age_group")),
        ("synA-wr-total-income-by-disability", ("disability",)),
        ("synA-wr-ratio-enrolment-by-wealth", ("wealth",)),
    ):
        estimate = cases[case]["estimate"]
        for result in cases[case]["results"]:
            here = [all(str(row[d]) == str(result["key"][d]) for d in domain) for row in rows]
            value, error = _of(estimate, rows, here, design)
            assert value == pytest.approx(result["estimate"], rel=1e-9)
            assert error == pytest.approx(result["se"], rel=1e-8)
            checked += 1
    assert checked == 21


def _of(estimate: dict[str, Any], rows: list[dict[str, str]], here: list[bool], design: Design) -> tuple[float, float]:
    known = [inside and row[estimate["variable"]] != "" for row, inside in zip(rows, here, strict=True)]
    if estimate["denominator"]:
        known = [inside and row[estimate["denominator"]] != "" for row, inside in zip(rows, known, strict=True)]
    y = [float(row[estimate["variable"]]) if inside else 0.0 for row, inside in zip(rows, known, strict=True)]
    if estimate["estimator"] == "total":
        return total(rows, y, design)
    if estimate["denominator"]:
        return ratio(
            rows, y, [float(r[estimate["denominator"]]) if k else 0.0 for r, k in zip(rows, known, strict=True)], design
        )
    return ratio(rows, y, [float(inside) for inside in known], design)
