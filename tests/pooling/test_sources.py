"""Several sources for one cell: what is pooled, what is left out and why, bias by type, the same people twice."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import special

from datashift.errors import BadSources
from datashift.language import LANGUAGES, speaking
from datashift.pooling import Pool, Pooled, meta, pool

Row = dict[str, Any]


def source(name: str, value: float | None, kind: str = "probability", **more: Any) -> Row:
    return {"source": name, "source_type": kind, "area": "Kwale", "period": "2023", "value": value, **more}


def table(*rows: Row) -> pa.Table:
    columns = dict.fromkeys(name for row in rows for name in row)
    return pa.table({name: [row.get(name) for row in rows] for name in columns})


def only(*rows: Row, **options: Any) -> Pooled:
    [cell] = pool(table(*rows), **options).cells
    return cell


def reasons(cell: Pooled) -> dict[str, str]:
    return {decision.source: decision.reason for decision in cell.decisions}


SURVEYS = (source("a", 0.62, se=0.03), source("b", 0.55, se=0.025), source("c", 0.71, se=0.04))


# --- the numbers ----------------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_surveys_pooled_on_the_logit_scale_are_metafors(reference: Any) -> None:
    blocks = json.loads((reference / "meta_reference.json").read_text("utf-8"))["blocks"]
    [block] = [block for block in blocks if block["id"] == "survey-logit"]
    given = zip(block["input"]["p"], block["input"]["se"], strict=True)
    rows = [source(f"s{i}", p, se=se) for i, (p, se) in enumerate(given)]
    for fit in block["fits"]:
        cell = only(*rows, method=fit["method"], test=fit["test"])
        for ours, theirs in (("estimate", "beta"), ("se", "se"), ("lower", "ci_low"), ("tau2", "tau2")):
            assert cell.on_scale[ours] == pytest.approx(fit[theirs], rel=1e-9)
        assert cell.value == pytest.approx(special.expit(fit["beta"]), rel=1e-9)
        assert cell.i2 == pytest.approx(fit["I2"], rel=1e-9)
        assert [s.weight for s in cell.sources] == pytest.approx(fit["weights_percent"], rel=1e-9)


@pytest.mark.shared
@pytest.mark.parametrize("measure", ["PR", "PLO", "PAS", "PFT"])
def test_shares_with_n_only_are_metafors_on_every_scale(reference: Any, measure: str) -> None:
    blocks = json.loads((reference / "meta_reference.json").read_text("utf-8"))["blocks"]
    [block] = [block for block in blocks if block["id"] == f"prop-{measure}"]
    scale = {"PR": "raw", "PLO": "logit", "PAS": "arcsine", "PFT": "freeman-tukey"}[measure]
    given = zip(block["input"]["x"], block["input"]["n"], strict=True)
    # The source of 12 answers would be left out: state that it is worth 30.
    rows = [source(f"s{i}", x / n, n=n, n_eff=max(n, 30)) for i, (x, n) in enumerate(given)]
    [fit] = [fit for fit in block["fits"] if (fit["method"], fit["test"]) == ("REML", "knha")]
    cell = only(*rows, test="knha", scale=scale)
    assert cell.on_scale["estimate"] == pytest.approx(fit["beta"], rel=1e-9)
    assert cell.on_scale["se"] == pytest.approx(fit["se"], rel=1e-9)
    assert {code for code, _facts in cell.assumptions} >= {"srs"}


def test_per_cent_and_shares_say_the_same() -> None:
    percent = [{**row, "value": row["value"] * 100, "se": row["se"] * 100} for row in SURVEYS]
    one, other = only(*SURVEYS), only(*percent, unit="percent")
    assert other.value == pytest.approx(100 * (one.value or 0))
    assert other.upper == pytest.approx(100 * (one.upper or 0))
    assert one.sentence() == other.sentence()


def test_numbers_are_pooled_as_they_are() -> None:
    rows = [source(f"s{i}", value, se=se) for i, (value, se) in enumerate([(41.0, 3.0), (35.0, 2.0), (44.0, 4.0)])]
    cell, found = only(*rows), meta([41, 35, 44], [9, 4, 16])
    assert (cell.unit, cell.scale) == ("number", "raw")
    assert cell.value == pytest.approx(found.estimate[0])
    assert cell.lower == pytest.approx(found.lower[0])


def test_an_interval_may_stand_for_a_standard_error() -> None:
    rows = [source("a", 0.5, lower=0.42, upper=0.58, level=90), source("b", 0.6, lower=0.5, upper=0.7)]
    cell = only(*rows)
    assert [s.basis for s in cell.sources] == ["interval", "interval"]
    expected = special.logit(0.58) / special.ndtri(0.95)
    found = meta(special.logit([0.5, 0.6]), [expected**2, (_logit_width(0.5, 0.7) / 2 / 1.959963984540054) ** 2])
    assert cell.on_scale["estimate"] == pytest.approx(found.estimate[0])


def _logit_width(lower: float, upper: float) -> float:
    return float(special.logit(upper) - special.logit(lower))


def test_n_never_weights_a_source() -> None:
    plain = only(*SURVEYS)
    counted = only(*({**row, "n": n} for row, n in zip(SURVEYS, (50, 1_000_000, 300), strict=True)))
    assert [s.weight for s in plain.sources] == [s.weight for s in counted.sources]


def test_the_figure_without_each_source_is_shown_and_the_one_that_decides_named() -> None:
    cell = only(*SURVEYS)
    for i, share in enumerate(cell.sources):
        rest = only(*(row for j, row in enumerate(SURVEYS) if j != i))
        assert share.without == pytest.approx(rest.value)
        assert share.shift == pytest.approx((rest.value or 0) - (cell.value or 0))
    assert cell.decides is not None
    assert abs(cell.decides.shift or 0) == max(abs(s.shift or 0) for s in cell.sources)


# --- what is left out, and why --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (source("x", 0.4, "event_registry", se=0.01), "lower-bound"),
        (source("x", 0.4, "published_averages", se=0.01), "averages"),
        (source("x", 0.4, "facility_register", se=0.01), "register"),
        (source("x", 0.4, "volunteer"), "no-uncertainty"),
        (source("x", 0.0, "volunteer", se=0.0), "no-uncertainty"),
        (source("x", None, "volunteer", se=0.02), "no-value"),
        (source("x", 0.4, "volunteer", n=25), "few"),
        (source("x", 0.4, "volunteer", se=0.12), "few"),
        (source("x", 0.4, "volunteer", se=0.02, definition="all water points"), "definition"),
        (source("x", 0.4, "volunteer", se=0.02, universe="registered users"), "definition"),
    ],
)
def test_a_source_that_cannot_be_pooled_is_left_out_with_its_reason_and_repair(row: Row, reason: str) -> None:
    surveys = [{**each, "definition": "improved"} for each in SURVEYS] if reason == "definition" else SURVEYS
    cell = only(*surveys, row)
    assert reasons(cell) == {"a": "", "b": "", "c": "", "x": reason}
    assert cell.value == only(*surveys).value
    [left] = [decision for decision in cell.decisions if not decision.pooled]
    assert len(left.text) > 15
    assert "{" not in left.text


def test_birth_registration_of_a_survey_and_of_the_civil_register_are_never_pooled() -> None:
    survey = source("Household survey", 0.71, se=0.02, definition="children under five registered")
    register = source(
        "Civil register", 0.83, "facility_register", se=0.001, definition="children under five registered"
    )
    cell = only(survey, register)
    assert cell.value is None
    assert reasons(cell) == {"Household survey": "alone", "Civil register": "register"}
    assert "two are needed" in cell.sentence().lower()


def test_sources_of_another_time_are_left_out_when_a_time_is_asked_for() -> None:
    rows = (*SURVEYS, source("old", 0.3, se=0.02) | {"period": "2015"})
    [cell] = pool(table(*rows), period="2023").cells
    assert reasons(cell)["old"] == "time"
    apart = pool(table(*rows))
    assert [cell.cell["period"] for cell in apart.cells] == ["2023", "2015"]
    assert [cell.value is None for cell in apart.cells] == [False, True]


def test_where_no_definition_is_the_common_one_nothing_is_pooled() -> None:
    rows = [
        source("a", 0.5, "quota", se=0.02, definition="basic"),
        source("b", 0.6, "quota", se=0.02, definition="safe"),
    ]
    cell = only(*rows)
    assert (cell.value, cell.status) == (None, "O")
    assert set(reasons(cell).values()) == {"no-common-definition"}
    survey = source("c", 0.55, se=0.02, definition="safe")
    assert reasons(only(*rows, survey)) == {"a": "definition", "b": "", "c": ""}


def test_registers_alone_are_pooled_among_themselves() -> None:
    rows = [source(name, value, "facility_register", se=0.02) for name, value in (("a", 0.5), ("b", 0.6))]
    assert only(*rows).k == 2


def test_the_same_figure_again_is_counted_once() -> None:
    first = source("Report", 0.62, se=0.03, n=400)
    again = source("Press release", 0.62, se=0.03, n=400)
    other = source("Other", 0.5, se=0.03, n=300)
    cell = only(first, again, other)
    assert reasons(cell) == {"Report": "", "Press release": "duplicate", "Other": ""}
    assert cell.value == only(first, other).value


def test_every_row_of_the_table_is_in_the_log() -> None:
    rows = [*SURVEYS, source("d", 0.5, "event_registry"), source("e", None), source("f", 0.4, "volunteer", n=10)]
    result = pool(table(*rows))
    assert [decision.row for decision in result.decisions] == [1, 2, 3, 4, 5, 6]
    assert sum(decision.pooled for decision in result.decisions) == 3


# --- the same people twice ------------------------------------------------------------------------------------------


def test_stated_shared_answers_widen_the_interval() -> None:
    a, b = source("a", 0.62, se=0.03, n=300), source("b", 0.60, se=0.03, n=300)
    c = source("c", 0.58, se=0.03, n=300)
    apart = only(a, b, c, method="FE", test="z")
    shared = only(a, {**b, "shared_with": "a", "shared": 240}, c, method="FE", test="z")
    assert (shared.se or 0) > (apart.se or 0)
    [weight_a, weight_b, weight_c] = [s.weight for s in shared.sources]
    assert weight_c > weight_a > 0
    assert weight_c > weight_b > 0
    assert ("shared-people", {"pairs": 1}) in shared.warnings
    y, v = special.logit([0.62, 0.60, 0.58]), (0.03 / np.array([0.62 * 0.38, 0.24, 0.58 * 0.42])) ** 2
    full = np.diag(v)
    full[0, 1] = full[1, 0] = 0.8 * np.sqrt(v[0] * v[1])
    assert shared.on_scale["estimate"] == pytest.approx(
        meta(y, v, method="FE", test="z", covariance=full).estimate[0], rel=1e-10
    )


def test_one_overlap_group_means_that_the_smaller_source_lies_in_the_larger() -> None:
    small, large = source("small", 0.64, se=0.05, overlap="panel"), source("large", 0.60, se=0.02, overlap="panel")
    cell = only(small, large, method="FE", test="z")
    assert [s.weight for s in cell.sources] == pytest.approx([0, 100], abs=3)
    assert any(code == "overlap" for code, _facts in cell.assumptions)


def test_shared_answers_that_cannot_be_are_refused_with_the_row() -> None:
    a, b = source("a", 0.62, se=0.03, n=100), source("b", 0.60, se=0.03, n=300, shared_with="a", shared=200)
    with pytest.raises(BadSources, match="Row 2: 200 shared answers"):
        pool(table(a, b))
    with pytest.raises(BadSources) as problem:
        pool(table(a, {**b, "shared_with": "nobody"}))
    assert problem.value.code == "pool.shared"


# --- bias by type of source -----------------------------------------------------------------------------------------


def world(cells: int, seed: int, *, surveyed: float = 0.5, bias: float = 0.5, spread: float = 0.25) -> Any:
    """Truth by cell, and a table: volunteers (biased upwards) and a panel everywhere, surveys in some cells."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(0.4, 0.5, cells)
    rows = []
    for i, at in enumerate(truth):
        kinds = [("volunteer", bias, spread, rng.uniform(0.03, 0.1)), ("quota", -0.2, 0.1, rng.uniform(0.05, 0.15))]
        if i < surveyed * cells:
            kinds.append(("probability", 0.0, 0.0, rng.uniform(0.08, 0.2)))
        for kind, off, varies, se in kinds:
            p = special.expit(at + off + rng.normal(0, varies) + rng.normal(0, se))
            rows.append(source(f"{kind} {i}", p, kind, se=se * p * (1 - p)) | {"area": f"a{i}"})
    return special.expit(truth), table(*rows)


def covered(result: Pool, truth: np.ndarray) -> float:
    inside = [(c.lower or 0) <= t <= (c.upper or 0) for c, t in zip(result.cells, truth, strict=True) if c.value]
    return float(np.mean(inside))


def test_with_anchors_the_corrected_pool_holds_the_truth() -> None:
    held = [covered(pool(rows), truth) for truth, rows in (world(500, seed) for seed in range(5))]
    # 2,500 cells; the variance between sources that is estimated on top makes it a little careful.
    assert 0.94 <= np.mean(held) <= 0.97


def test_with_few_anchors_the_corrected_pool_still_holds_the_truth() -> None:
    held = [covered(pool(rows), truth) for truth, rows in (world(40, seed, surveyed=0.25) for seed in range(60))]
    assert 0.93 <= np.mean(held) <= 0.98


def test_the_bias_that_is_learnt_is_the_bias_that_there_is() -> None:
    _truth, rows = world(1000, 8)
    found = {bias.source_type: bias for bias in pool(rows).biases}
    assert abs(found["volunteer"].bias - 0.5) < 3 * found["volunteer"].se
    assert abs(found["quota"].bias + 0.2) < 3 * found["quota"].se
    assert found["volunteer"].spread == pytest.approx(0.25, abs=0.04)
    assert found["volunteer"].cells == 500


def test_without_anchors_biased_volunteers_are_pooled_with_a_warning_and_miss_the_truth() -> None:
    rng = np.random.default_rng(4)
    truth = special.expit(rng.normal(0.4, 0.5, 300))
    said = special.expit(special.logit(truth)[:, None] + 0.5 + rng.normal(0, 0.15, (300, 6)))
    rows = table(
        *(source(f"v{j}", said[i, j], "volunteer", se=0.02) | {"area": f"a{i}"} for i in range(300) for j in range(6))
    )
    result = pool(rows)
    assert covered(result, truth) < 0.2
    assert not any(bias.learnt for bias in result.biases)
    for cell in result.cells:
        assert cell.status == "U"
        assert [code for code, _facts in cell.warnings] == ["not-corrected", "no-anchor"]
        assert "drawn by chance" in cell.sentence()
    honest = pool(world(300, 4, surveyed=1.0)[1])
    assert all(cell.status == "A" for cell in honest.cells)


def test_a_volunteer_source_beside_a_survey_in_one_cell_is_pooled_as_it_is_and_says_so() -> None:
    cell = only(source("survey", 0.5, se=0.03), source("app", 0.7, "volunteer", se=0.02))
    assert cell.status == "U"
    [(code, facts)] = cell.warnings
    assert (code, facts["cells"]) == ("not-corrected", 1)


def test_a_corrected_source_shows_what_it_said_and_what_was_made_of_it() -> None:
    _truth, rows = world(60, 2)
    cell = pool(rows).cells[0]
    by_type = {s.source_type: s for s in cell.sources}
    assert by_type["probability"].corrected is None
    assert (by_type["volunteer"].corrected or 1) < by_type["volunteer"].value
    assert "t, df of the learnt bias" in cell.method
    as_they_are = pool(rows, correct=False).cells[0]
    assert all(s.corrected is None for s in as_they_are.sources)
    assert as_they_are.warnings[0][0] == "left-as-they-are"


def test_two_sources_of_one_type_share_the_error_of_the_learnt_bias() -> None:
    truth, rows = world(60, 5, surveyed=0.2)
    twice = rows.set_column(0, "source", pa.array([f"{name}, again" for name in rows["source"].to_pylist()]))
    values = np.clip(np.array(rows["value"].to_pylist()) + 0.004, 0.01, 0.99)
    twice = twice.set_column(twice.schema.get_field_index("value"), "value", pa.array(values))
    volunteers = pa.compute.equal(twice["source_type"], "volunteer")
    result = pool(pa.concat_tables([rows, twice.filter(volunteers)]))
    assert any("generalised least squares" in cell.method for cell in result.cells)
    assert covered(result, truth) > 0.85


# --- how far the sources differ -------------------------------------------------------------------------------------


def test_the_verdict_on_disagreement_is_one_of_three() -> None:
    alike = [source(f"s{i}", 0.6 + 0.001 * i, se=0.03) for i in range(4)]
    apart = [source(f"s{i}", 0.3 + 0.15 * i, se=0.02) for i in range(4)]
    unclear = [source(f"s{i}", 0.5 + 0.04 * i, se=0.025) for i in range(3)]
    assert [only(*rows).agreement for rows in (alike, apart, unclear)] == ["agree", "differ", "cannot_tell"]
    assert "One more source could show" in only(*apart).sentence()
    assert any(code == "floor" for code, _facts in only(*alike).assumptions)


def test_a_pooled_figure_speaks_every_language_and_json() -> None:
    cell = only(*SURVEYS, source("d", 0.4, "event_registry"))
    for language in LANGUAGES:
        with speaking(language):
            assert "{" not in cell.sentence()
    data = json.loads(json.dumps(cell.as_dict()))
    assert data["k"] == 3
    assert len(data["sources"]) == 3
    assert len(data["decisions"]) == 4
    for word in ("significant", "robust", "valid"):
        assert word not in data["sentence"]


# --- tables that cannot be read -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "rows", "options"),
    [
        ("pool.no-column", [{"source": "a", "value": 1}], {}),
        ("pool.no-column", SURVEYS, {"by": ["sex"]}),
        ("pool.no-column", SURVEYS, {"columns": {"se": "fehler"}}),
        ("pool.not-a-number", [source("a", "half", se="0.1")], {}),
        ("pool.not-a-number", [source("a", "inf", se="0.1")], {}),
        ("pool.not-a-share", [source("a", 1.2, se=0.1)], {"unit": "share"}),
        ("pool.unit", [source("a", 12.0, se=0.1)], {"scale": "logit"}),
        ("pool.source-type", [source("a", 0.2, "survey", se=0.1)], {}),
        ("pool.no-source", [source("", 0.2, se=0.1)], {}),
        ("pool.source-twice", [source("a", 0.2, se=0.1), source("a", 0.3, se=0.1)], {}),
        ("pool.negative", [source("a", 0.2, se=-0.1)], {}),
        ("pool.interval", [source("a", 0.2, lower=0.3, upper=0.4)], {}),
        ("pool.option", SURVEYS, {"scale": "log"}),
        ("pool.option", SURVEYS, {"unit": "dozen"}),
        ("pool.option", SURVEYS, {"method": "best"}),
        ("pool.level", SURVEYS, {"level": 95.0}),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_what_to_do(code: str, rows: Any, options: Any) -> None:
    if code == "pool.source-twice":
        rows = [row | {"se": 0.05} for row in rows]
    with pytest.raises(BadSources) as problem:
        pool(table(*rows), **options)
    assert problem.value.code == code
    assert "{" not in str(problem.value)


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(BadSources) as problem:
        pool(table(*SURVEYS).slice(0, 0))
    assert problem.value.code == "pool.empty"


def test_text_cells_blanks_and_other_names_are_read() -> None:
    rows = pa.table({
        "_row": [2, 3, 4], "Source": ["a", "b", "c"], "Source type": ["probability"] * 3, "Pct": ["62", " 55", "71 "],
        "SE": ["3", "2.5", "4"], "n": ["", None, "300"],
    })  # fmt: skip
    [cell] = pool(rows, unit="percent", columns={"value": "pct"}).cells
    assert cell.value == pytest.approx(100 * (only(*SURVEYS).value or 0))
    assert [decision.row for decision in cell.decisions] == [2, 3, 4]


def test_groups_are_cells_of_their_own() -> None:
    rows = [row | {"sex": sex} for sex in ("female", "male") for row in SURVEYS]
    result = pool(table(*rows), by=["sex"])
    assert [cell.cell["sex"] for cell in result.cells] == ["female", "male"]
    assert result.cells[0].value == result.cells[1].value
