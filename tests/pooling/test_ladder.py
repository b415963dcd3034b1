"""The ladder: the declared sampling type and what is at hand decide the method; what does not carry is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from datashift.compare import compare
from datashift.errors import DesignError
from datashift.estimation.calibration import auxiliary, calibrate, coefficients
from datashift.model import SAMPLING_TYPES, Area, Benchmark, Calibration, Design, Estimate, Measure
from datashift.pooling.ladder import LADDER, AtHand, explain, rung

WORLDS = 2_000
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "non-probability.md"


# --- which step -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sampling_type", SAMPLING_TYPES)
def test_every_sampling_type_has_a_step_with_nothing_at_hand(sampling_type: str) -> None:
    step = rung(sampling_type)
    assert step.method
    assert step.sentence()
    assert "{" not in step.sentence()
    json.dumps(step.as_dict())


@pytest.mark.parametrize(
    ("at_hand", "method"),
    [
        (AtHand(), "as-collected"),
        (AtHand(margins=True), "calibrated"),
        (AtHand(reference=True), "doubly-robust"),
        (AtHand(margins=True, reference=True), "calibrated"),
        (AtHand(figure=True, pairs=6), "combined"),
        (AtHand(figure=True, pairs=5), "as-collected"),
        (AtHand(population=True, seen=3), "bounded"),
        (AtHand(population=True, seen=2), "as-collected"),
    ],
)
@pytest.mark.parametrize("sampling_type", ["quota", "volunteer", "undocumented"])
def test_those_who_were_not_drawn_by_chance_climb_with_what_is_at_hand(
    sampling_type: str, at_hand: AtHand, method: str
) -> None:
    assert rung(sampling_type, at_hand).method == method


def test_lower_steps_that_would_also_do_are_named() -> None:
    step = rung("volunteer", AtHand(margins=True, reference=True, figure=True, pairs=9))
    assert step.also == ("doubly-robust", "combined", "as-collected")


@pytest.mark.parametrize(
    ("sampling_type", "at_hand", "method", "refused"),
    [
        ("probability", AtHand(weights=True), "design-based", ""),
        ("probability", AtHand(), "design-based-equal", ""),
        ("small_area_census", AtHand(listing=True), "census", ""),
        ("facility_register", AtHand(), "register", ""),
        ("facility_register", AtHand(figure=True, pairs=8), "combined", ""),
        ("event_registry", AtHand(), "lower-bound", ""),
        ("event_registry", AtHand(rate=True), "lower-bound", "ladder.exposure"),
        ("event_registry", AtHand(rate=True, exposure=True), "lower-bound-rate", ""),
        ("sensor_network", AtHand(), "relative", "ladder.sensors"),
        ("sensor_network", AtHand(collocated=True), "calibrated-sensors", ""),
        ("published_averages", AtHand(), "as-published", "ladder.published"),
        ("published_averages", AtHand(figure=True, pairs=6), "combined", ""),
        ("snowball", AtHand(margins=True, reference=True), "said-by", "ladder.network"),
        ("rds", AtHand(weights=True), "said-by", "ladder.network"),
        ("volunteer", AtHand(reference=True, universes=("women", "adults")), "doubly-robust", "ladder.universe"),
        ("volunteer", AtHand(reference=True, uncovered=0.2, cells="50+"), "doubly-robust", "ladder.no-overlap"),
        ("volunteer", AtHand(reference=True, uncovered=0.02), "doubly-robust", ""),
        ("quota", AtHand(margins=True, effective_n=29.6), "calibrated", "ladder.few"),
        ("quota", AtHand(margins=True, effective_n=30), "calibrated", ""),
    ],
)
def test_what_does_not_carry_is_refused_with_its_repair(
    sampling_type: str, at_hand: AtHand, method: str, refused: str
) -> None:
    step = rung(sampling_type, at_hand)
    assert (step.method, step.refused) == (method, refused)
    if refused:
        assert not step.gap
        with pytest.raises(DesignError) as error:
            step.check()
        assert str(error.value) == step.repair == step.sentence()
        assert error.value.exit_code == 3
    else:
        step.check()


def test_the_design_says_what_is_at_hand_too() -> None:
    margins = Calibration(margins={"sex": {"f": 51, "m": 49}})  # type: ignore[arg-type]
    assert explain(Design(sampling_type="quota", calibration=margins)).method == "calibrated"
    assert explain(Design(sampling_type="probability", weights="w")).method == "design-based"
    assert explain(Design()).method == "as-collected"


def test_only_a_margin_of_error_of_samples_drawn_by_chance_is_called_so() -> None:
    for step in LADDER:
        if step.method in ("calibrated", "doubly-robust", "as-collected"):
            assert "no margin of sampling error" in step.wording
            assert "can test" in step.wording
            assert not step.gap
        if "probability" not in step.sampling:
            assert "is the margin of error" not in step.wording


# --- simulation -----------------------------------------------------------------------------------------------------


def raked(answers: np.ndarray, sexes: np.ndarray, ages: np.ndarray, known: Calibration) -> tuple[float, float]:
    """Mean and standard error of answers brought to known totals, from cells of sex × age."""
    cell = sexes * 3 + ages
    n = np.bincount(cell, minlength=6).astype(float)
    labels = {"sex": [str(c // 3) for c in range(6)], "age": [str(c % 3) for c in range(6)]}
    aux = auxiliary(labels, known)
    g = calibrate(n, n, np.ones(6), aux, known, n).g
    mean = float(np.sum(g[cell] * answers) / np.sum(g[cell]))
    z = answers - mean
    slope = coefficients(n, aux, np.bincount(cell, z, minlength=6)[:, None])
    e = g[cell] * (z - (aux.x @ slope)[cell, 0])
    return mean, float(np.sqrt(answers.size / (answers.size - 1) * np.sum((e - e.mean()) ** 2)) / np.sum(g[cell]))


@pytest.mark.parametrize("on_the_answer", [False, True])
def test_raking_a_quota_sample_holds_the_truth_only_where_the_totals_explain_who_answered(on_the_answer: bool) -> None:
    draw = np.random.default_rng(41)
    people = np.array([[1800, 2400, 900], [1700, 2100, 1100]])
    sex, age = np.repeat([0, 1], people.sum(axis=1)), np.concatenate([np.repeat([0, 1, 2], row) for row in people])
    known = Calibration(
        margins={
            "sex": {str(i): float(t) for i, t in enumerate(people.sum(axis=1))},
            "age": {str(i): float(t) for i, t in enumerate(people.sum(axis=0))},
        }  # type: ignore[arg-type]
    )
    mean = 2 + 0.8 * sex + 0.9 * age
    held = 0
    for _world in range(WORLDS):
        answers = mean + draw.normal(size=sex.size)
        willing = np.exp(0.5 * sex - 0.6 * age + on_the_answer * 0.3 * (answers - mean))
        here = draw.random(sex.size) < 0.03 * willing / willing.mean()
        value, se = raked(answers[here], sex[here], age[here], known)
        held += abs(value - answers.mean()) <= 1.96 * se
    assert 0.935 <= held / WORLDS <= 0.965 if not on_the_answer else held / WORLDS < 0.5


def test_biased_volunteers_never_carry_the_verdict_of_a_gap() -> None:
    draw = np.random.default_rng(42)
    names = {"kit": "k", "measure": "m", "area": "KE", "area_name": "Kenya", "period": "2022", "unit": "PT"}
    measure = Measure(id="m", label={"en": "m"}, finding={"en": "m"}, estimator="proportion", relevant_difference=5)
    official = Benchmark(
        measure="m", source="s", released="2023", retrieved="2023", series="s", area="KE", area_name="Kenya",
        period="2022", value=40.0, unit="PT", nature="", relation="same", definition={}, difference={}, se=1.0,
    )  # fmt: skip
    estimate = Estimate(
        **names, value=40.0, se=1.0, lower=38.0, upper=42.0, n=1_000, n_eff=1_000.0, deff=1.0, df=999.0, status="A",
        method="", sampling_type="volunteer",
    )  # fmt: skip
    places = {"KE": Area(id="KE", name="Kenya", country="KE", level=0)}
    values = 40 + draw.normal(12, 5, 200)
    told = compare([replace(estimate, value=v) for v in values], [official], measures={"m": measure}, areas=places)
    assert {row.verdict for row in told} == {"cannot_tell"}
    for at_hand in (AtHand(), AtHand(margins=True), AtHand(reference=True)):
        assert not rung("volunteer", at_hand).gap


# --- the page -------------------------------------------------------------------------------------------------------


def table() -> list[str]:
    """The ladder as the page prints it."""
    return [
        f"| {', '.join(f'`{s}`' for s in step.sampling)} | {', '.join(f'`{n}`' for n in step.needs) or '–'} "
        f"| `{step.method}` | {step.does} | {step.assumption} | {'yes' if step.gap else 'no'} |"
        for step in LADDER
    ]


def test_the_page_prints_the_ladder_in_its_order() -> None:
    lines = PAGE.read_text("utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| `") and line.endswith(("| yes |", "| no |"))]
    assert rows == table()


def test_the_page_prints_every_wording_and_every_refusal() -> None:
    page = PAGE.read_text("utf-8")
    for step in LADDER:
        assert step.wording in page
        assert step.repair in page
    codes = [code for code in DesignError.texts if code.startswith("ladder.")]
    assert len(codes) >= 18
    for code in codes:
        assert f"| `{code}` |" in page
