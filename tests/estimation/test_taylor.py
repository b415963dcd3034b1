"""Refusals, lonely strata, shares at the ends, and how often intervals hold the truth."""

import numpy as np
import pyarrow as pa
import pytest

from datashift.errors import DesignError
from datashift.estimation import Question, cells, estimate, share_interval, uncertainty
from datashift.model import Area, Concept, Design, Estimate, Kit, Measure, Universe

LABEL = {"en": "x"}


def share(**more: object) -> Measure:
    named = {"estimator": "proportion", "numerator": {"works": ("yes",)}, "denominator": {"works": ("yes", "no")}}
    return Measure(id="M", label=LABEL, finding=LABEL, **{**named, "breakdowns": (("area",),), **more})


def kit(measure: Measure) -> Kit:
    return Kit(
        id="k", version="1", title=LABEL, description=LABEL, indicator="0", relation="local", relation_note=LABEL,
        universe=Universe(unit=LABEL, text=LABEL), concepts={"works": Concept(label=LABEL)}, measures=(measure,),
    )  # fmt: skip


def table(rows: list[tuple]) -> pa.Table:
    names = ("area", "stratum", "cluster", "works", "people")
    data = {name: [row[k] for row in rows] for k, name in enumerate(names)}
    data["people"] = pa.array(data["people"], pa.float64())
    return pa.table({**data, "period": ["2020"] * len(rows), "weight": [1.0] * len(rows)})


def ask(
    rows: list[tuple], measure: Measure, margins: dict[str, dict[str, float]] | None = None, **design: object
) -> dict[str, Estimate]:
    chosen = Design(**{"sampling_type": "probability", **design})
    areas = {name: Area(name, name, "X", 1) for name in ("A", "B", "X")}
    question = Question(kit(measure), (measure,), chosen, areas, "X", margins or {})
    return {e.area: e for e in estimate(cells(table(rows), (measure,)), question)}


ROWS = [
    ("A", "s", "1", "yes", 10.0), ("A", "s", "1", "no", 30.0),
    ("A", "s", "2", "yes", None), ("A", "s", "2", "yes", 20.0),
    ("B", "s", "3", "no", 5.0), ("B", "s", "4", "yes", 5.0), ("B", "s", "4", None, 5.0),
]  # fmt: skip


def test_shares_are_per_cent_and_count_the_rows_that_answered() -> None:
    found = ask(ROWS, share())
    assert found["A"].value == pytest.approx(75.0)
    assert found["X"].value == pytest.approx(100 * 4 / 6)
    assert found["B"].n == 2


def test_a_size_weights_the_share_and_rows_without_it_are_left_out() -> None:
    found = ask(ROWS, share(size="people"))
    assert found["A"].value == pytest.approx(100 * 30 / 60)
    assert found["A"].n == 3


def test_a_figure_is_refused_when_too_few_rows_know_the_value() -> None:
    found = ask(ROWS, share(size="people", least_response=0.8))
    assert found["A"].value is None
    assert found["A"].status == "O"
    assert found["A"].facts == {"share": "75 %", "least": "80 %"}
    assert found["B"].value == pytest.approx(50.0)


def test_an_area_where_nobody_answered_has_no_figure_and_says_why() -> None:
    found = ask([*ROWS, ("C", "s", "5", None, 1.0)], share())
    assert found["C"].value is None
    assert "No answers" in found["C"].reason


def test_one_cluster_gives_a_value_and_no_interval() -> None:
    found = ask([("A", "s", "1", "yes", 1.0), ("A", "s", "1", "no", 1.0), ("B", "s", "2", "no", 1.0)], share())
    assert found["A"].value == pytest.approx(50.0)
    assert (found["A"].se, found["A"].lower, found["A"].status) == (None, None, "U")


def test_persons_per_unit_divide_the_margin_by_the_units_counted() -> None:
    per = share(estimator="per_unit", margin="population", numerator={"works": ("yes",)}, denominator={}, unit="PS")
    found = ask(ROWS, per, {"population": {"A": 900.0, "B": 500.0}})
    assert found["A"].value == pytest.approx(300.0)
    assert found["X"].value == pytest.approx(1400 / 4)
    assert found["A"].lower < 300 < found["A"].upper


def test_persons_per_unit_are_refused_without_a_margin_or_a_unit() -> None:
    per = share(estimator="per_unit", margin="population", numerator={"works": ("yes",)}, denominator={}, unit="PS")
    rows = [*ROWS, ("C", "s", "5", "no", 1.0)]
    found = ask(rows, per, {"population": {"A": 900.0, "C": 10.0}})
    assert "population" in found["B"].reason
    assert "Nothing was counted" in found["C"].reason


def rate(**more: object) -> Measure:
    stated = {"estimator": "rate", "margin": "population", "times": 1000.0, "denominator": {}, "unit": "RATE", **more}
    return share(**stated)


def test_a_rate_is_the_count_over_the_margin_with_the_spread_of_the_count() -> None:
    margins = {"population": {"A": 900.0, "B": 500.0}}
    found, counts = ask(ROWS, rate(), margins), ask(ROWS, share(estimator="total", denominator={}, unit="PS"))
    assert found["A"].value == pytest.approx(1000 * 3 / 900)
    assert found["X"].value == pytest.approx(1000 * 4 / 1400)
    assert found["X"].se == pytest.approx(counts["X"].se * 1000 / 1400)
    assert found["X"].lower < found["X"].value < found["X"].upper


def test_a_rate_of_persons_adds_up_their_number_in_each_row() -> None:
    found = ask(ROWS, rate(value="people", numerator={}), {"population": {"A": 900.0, "B": 500.0}})
    assert found["A"].value == pytest.approx(1000 * 60 / 900)


def test_a_rate_without_exposure_is_refused_in_the_area_and_in_the_whole() -> None:
    found = ask(ROWS, rate(), {"population": {"A": 900.0}})
    assert found["A"].value is not None
    for area in ("B", "X"):
        assert (found[area].value, found[area].status) == (None, "O")
        assert "population of this area is not known" in found[area].reason
    assert ask(ROWS, rate(), {"population": {"X": 1400.0}})["X"].value == pytest.approx(1000 * 4 / 1400)


def test_a_rate_of_one_group_over_everybody_is_refused() -> None:
    measure = rate(breakdowns=(("works",),), numerator={})
    areas = {"A": Area("A", "A", "X", 1)}
    question = Question(
        kit(measure), (measure,), Design(sampling_type="probability"), areas, "A", {"population": {"A": 9.0}}
    )
    found = estimate(cells(table([row for row in ROWS if row[0] == "A"]), (measure,)), question)
    assert {e.breakdown: e.value is None for e in found} == {
        (): False,
        (("works", "no"),): True,
        (("works", "yes"),): True,
    }


def test_a_register_of_events_gives_a_lower_bound_without_an_interval() -> None:
    found = ask(ROWS, rate(), {"population": {"A": 900.0, "B": 500.0}}, sampling_type="event_registry")
    assert found["X"].value == pytest.approx(1000 * 4 / 1400)
    assert (found["X"].se, found["X"].lower, found["X"].upper, found["X"].df) == (None, None, None, None)
    assert "a lower bound" in uncertainty(Design(sampling_type="event_registry"))


def test_a_lonely_stratum_stops_the_run_unless_a_rule_is_chosen() -> None:
    rows = [*ROWS, ("B", "alone", "9", "no", 1.0)]
    with pytest.raises(DesignError, match="one cluster only") as problem:
        ask(rows, share())
    assert problem.value.exit_code == 3
    spreads = {rule: ask(rows, share(), lonely=rule)["X"].se for rule in ("certainty", "average", "adjust")}
    assert spreads["certainty"] < spreads["average"]
    assert spreads["certainty"] < spreads["adjust"]


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_a_share_at_the_end_keeps_an_interval_of_the_exact_kind(p: float) -> None:
    lower, upper = share_interval(p, 0.0, 20, 9, 0.025, "logit")
    # Clopper and Pearson 1934: 20 of 20 gives a lower limit of 0.025 ** (1 / 20).
    assert (lower, upper) == pytest.approx((0.025 ** (1 / 20), 1.0) if p else (0.0, 1 - 0.025 ** (1 / 20)))


def test_only_a_probability_sample_speaks_of_a_margin_of_error() -> None:
    assert "margin of error of a probability sample" in uncertainty(Design(sampling_type="probability"))
    for kind in ("volunteer", "quota", "facility_register", "undocumented", "event_registry", "sensor_network"):
        assert "margin of error of a probability" not in uncertainty(Design(sampling_type=kind))
    assert "no margin of sampling error" in uncertainty(Design(sampling_type="volunteer"))


def test_intervals_hold_the_truth_in_about_95_of_100_samples() -> None:
    """2,000 two-stage samples of 30 clusters with 15 answers; the bounds are three standard errors of the simulation.

    Each sample is an area and a stratum of its own, so that all are estimated in one pass.
    """
    random = np.random.default_rng(20260131)
    worlds, taken, answers = 2000, 30, 15
    chances = random.beta(6, 4, 4000)
    drawn = random.choice(chances, (worlds, taken))
    works = np.where(random.random((worlds, taken, answers)) < drawn[:, :, None], "yes", "no").ravel()
    world = np.repeat(np.arange(worlds).astype(str), taken * answers)
    cluster = np.tile(np.repeat(np.arange(taken).astype(str), answers), worlds)
    period, weight = np.full(works.size, "2020"), np.ones(works.size)
    data = {"area": world, "stratum": world, "cluster": cluster, "works": works, "period": period, "weight": weight}
    measure = share()
    question = Question(kit(measure), (measure,), Design(sampling_type="probability"), {}, "X", {})
    found = [e for e in estimate(cells(pa.table(data), (measure,)), question) if e.area != "X"]
    held = np.mean([e.lower <= chances.mean() * 100 <= e.upper for e in found])
    assert len(found) == worlds
    assert abs(held - 0.95) <= 3 * np.sqrt(0.95 * 0.05 / worlds)


@pytest.mark.parametrize(("kind", "status"), [("event_registry", "A"), ("published_averages", "U")])
def test_what_has_no_spread_of_its_own_gets_none_and_keeps_its_unit(kind: str, status: str) -> None:
    found = ask(ROWS, share(), sampling_type=kind)["A"]
    assert found.value == pytest.approx(75.0)
    assert (found.se, found.lower, found.upper, found.n_eff, found.deff, found.status) == (None,) * 5 + (status,)


def test_averages_that_were_published_are_not_called_answers() -> None:
    assert "not answers" in uncertainty(Design(sampling_type="published_averages"))
    assert "published" in ask(ROWS, share(), sampling_type="published_averages")["A"].reason


def heavy(least: float | None) -> dict[str, Estimate]:
    measure = Measure(id="M", label=LABEL, finding=LABEL, estimator="mean", value="people", unit="UG_M3", breakdowns=())
    concept = Concept(label=LABEL, kind="number", least=least)
    asked = kit(measure).model_copy(update={"concepts": {"people": concept}})
    rows = [("A", "s", str(k), "yes", float(v)) for k, v in enumerate((1, 1, 1, 90))]
    question = Question(asked, (measure,), Design(sampling_type="sensor_network"), {}, "X", {})
    return {e.measure: e for e in estimate(cells(table(rows), (measure,)), question)}


def test_an_interval_does_not_reach_below_what_is_possible() -> None:
    plain, bounded = heavy(None)["M"], heavy(0.0)["M"]
    assert plain.lower < 0
    assert 0 < bounded.lower < bounded.value < bounded.upper
    assert (bounded.value, bounded.se) == (plain.value, plain.se)
    assert plain.method.endswith("; t")
    assert bounded.method.endswith("; log-t")
