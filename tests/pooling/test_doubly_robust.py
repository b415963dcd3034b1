"""Volunteers corrected with a survey: right where either model is, refused where nobody is alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from datashift.errors import DesignError
from datashift.pooling.doubly_robust import Corrected, Models, Survey, Volunteers, corrected

Array = npt.NDArray[Any]
WORLDS = 2_000


def small_case(seed: int = 5) -> tuple[Volunteers, Survey]:
    """Three age groups; the volunteers are young, the survey has strata and clusters."""
    draw = np.random.default_rng(seed)
    ages = np.array(["15-24", "25-49", "50+"])
    ours, theirs = draw.choice(ages, 300, p=(0.6, 0.3, 0.1)), draw.choice(ages, 200, p=(0.3, 0.4, 0.3))
    outcome = np.where(ours == "15-24", 1.0, 3.0) + draw.normal(size=300)
    strata, clusters = np.repeat(["north", "south"], 100), np.tile(np.repeat(np.arange(10), 10), 2)
    weights = np.where(strata == "north", 40.0, 60.0)
    return Volunteers(outcome, {"age": ours}), Survey({"age": theirs}, weights, strata, clusters)


def refusal(volunteers: Volunteers, survey: Survey, models: Models | None = None) -> DesignError:
    with pytest.raises(DesignError) as refused:
        corrected(volunteers, survey, models)
    assert "{" not in str(refused.value)
    return refused.value


# --- against formulas by hand ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["doubly-robust", "ipw", "mass-imputation"])
def test_with_one_category_every_method_is_post_stratification_to_the_survey(method: Any) -> None:
    volunteers, survey = small_case()
    got = corrected(volunteers, survey, Models(method))
    ages, theirs, d = np.asarray(volunteers.covariates["age"]), survey.covariates["age"], np.asarray(survey.weights)
    y = np.asarray(volunteers.outcome)
    value = own = 0.0
    predicted = np.zeros(d.size)
    for age in np.unique(ages):
        group, share = y[ages == age], d[theirs == age].sum() / d.sum()
        value += share * group.mean()
        taking_part = group.size / d[theirs == age].sum()
        own += share**2 * (1 - taking_part) * ((group - group.mean()) ** 2).sum() / group.size**2
        predicted[theirs == age] = group.mean()
    sums = (d * (predicted - value) / d.sum()).reshape(2, 10, 10).sum(axis=2)
    design = 10 / 9 * ((sums - sums.mean(axis=1, keepdims=True)) ** 2).sum()
    assert got.value == pytest.approx(value, rel=1e-9)
    assert got.se == pytest.approx(np.sqrt(own + design), rel=1e-8)
    assert got.df == pytest.approx((own + design) ** 2 / (own**2 / 299 + design**2 / 18), rel=1e-8)


@pytest.mark.parametrize("outcome", ["linear", "logistic"])
@pytest.mark.parametrize("method", ["doubly-robust", "ipw", "mass-imputation"])
def test_the_standard_error_is_what_moving_each_row_a_little_says(method: Any, outcome: Any) -> None:
    draw = np.random.default_rng(11)
    x, other = draw.normal(0.3, 1.2, 200), draw.normal(0, 0.9, 150)
    y = (
        (draw.random(200) < 1 / (1 + np.exp(-x))).astype(float)
        if outcome == "logistic"
        else x**2 + draw.normal(size=200)
    )
    weights = draw.uniform(20, 90, 150)
    volunteers, survey = Volunteers(y, {"x": x}), Survey({"x": other}, weights)
    models = Models(method, outcome)
    whole = corrected(volunteers, survey, models)

    def without(row: int, ours: bool) -> float:
        if ours:
            kept = np.delete(np.arange(200), row)
            return corrected(Volunteers(y[kept], {"x": x[kept]}), survey, models).value
        return corrected(volunteers, replace(survey, weights=np.where(np.arange(150) == row, 0, weights)), models).value

    ours = np.array([without(row, True) for row in range(200)]) - whole.value
    theirs = np.array([without(row, False) for row in range(150)]) - whole.value
    jackknife = np.sqrt((ours**2).sum() + 150 / 149 * ((theirs - theirs.mean()) ** 2).sum())
    # The jackknife knows no finite population; participation here is about 3 per cent.
    assert whole.se == pytest.approx(jackknife, rel=0.06)


def test_order_scale_and_names_of_columns_do_not_matter() -> None:
    draw = np.random.default_rng(2)
    x, y = draw.normal(size=400), draw.normal(size=400)
    side, weights = draw.normal(size=300), np.full(300, 50.0)
    one = corrected(Volunteers(y, {"x": x}), Survey({"x": side}, weights))
    same = corrected(Volunteers(y, {"z": 1e6 + 5 * x}), Survey({"z": 1e6 + 5 * side[::-1]}, weights))
    assert (same.value, same.se) == pytest.approx((one.value, one.se), rel=1e-6)


# --- simulation -----------------------------------------------------------------------------------------------------


class Country:
    """A population of 20,000 in 400 places, with two things known about everybody; z is the bend of x."""

    def __init__(self, seed: int) -> None:
        self.draw = np.random.default_rng(seed)
        place = np.repeat(self.draw.normal(size=400), 50)
        self.place = np.repeat(np.arange(400), 50)
        self.x = 0.3 * place + 0.95 * self.draw.normal(size=20_000)
        self.z = np.minimum(self.x**2, 4.0) - 0.9
        self.half = (self.place >= 200).astype(int)

    def taking_part(self, slope: Array, share: float = 0.03) -> Array:
        return np.minimum(share * np.exp(slope) / np.mean(np.exp(slope)), 0.9)

    def survey(self, clustered: bool = False) -> Survey:
        if clustered:
            places = np.concatenate([self.draw.choice(200, 25), 200 + self.draw.choice(200, 50)])
            rows = (places[:, None] * 50 + self.draw.integers(0, 50, (75, 8))).ravel()
            weights = np.where(self.half[rows] == 0, 10_000 / 200, 10_000 / 400)
            return Survey({"x": self.x[rows], "z": self.z[rows]}, weights, self.half[rows], np.repeat(np.arange(75), 8))
        rows = np.concatenate([self.draw.integers(0, 10_000, 200), self.draw.integers(10_000, 20_000, 400)])
        weights = np.where(self.half[rows] == 0, 50.0, 25.0)
        return Survey({"x": self.x[rows], "z": self.z[rows]}, weights, self.half[rows])


def worlds(
    country: Country, outcome: Callable[[], Array], taking_part: Callable[[Array], Array], models: Models,
    clustered: bool = False,
) -> list[tuple[Corrected | None, float]]:  # fmt: skip
    found: list[tuple[Corrected | None, float]] = []
    for _world in range(WORLDS):
        y = outcome()
        here = country.draw.random(20_000) < taking_part(y)
        volunteers = Volunteers(y[here], {"x": country.x[here], "z": country.z[here]})
        try:
            found.append((corrected(volunteers, country.survey(clustered), models), float(y.mean())))
        except DesignError:
            found.append((None, float(y.mean())))
    return found


def coverage(found: list[tuple[Corrected | None, float]]) -> float:
    answered = [(got, truth) for got, truth in found if got is not None]
    assert len(answered) >= 0.97 * len(found)
    return float(np.mean([got.lower <= truth <= got.upper for got, truth in answered]))


LINE = ("x",)


@pytest.mark.parametrize(
    ("models", "bend_in_answers", "bend_in_taking_part", "clustered"),
    [
        (Models(), True, True, False),
        (Models("ipw"), True, True, False),
        (Models("mass-imputation"), True, True, True),
        (Models(), True, True, True),
        (Models(participation_on=LINE, outcome_on=LINE), True, False, False),
        (Models(participation_on=LINE, outcome_on=LINE), False, True, False),
    ],
    ids=["both right", "ipw", "mass imputation", "clusters", "participation right", "outcome right"],
)
def test_intervals_hold_the_truth_in_95_of_100_worlds_where_a_model_is_right(
    models: Models, bend_in_answers: bool, bend_in_taking_part: bool, clustered: bool
) -> None:
    country = Country(21)
    mean = 2 + 0.7 * country.x + 0.5 * country.z * bend_in_answers
    chance = country.taking_part(0.5 * country.x + 0.25 * country.z * bend_in_taking_part)
    found = worlds(country, lambda: mean + country.draw.normal(size=20_000), lambda _y: chance, models, clustered)
    assert 0.935 <= coverage(found) <= 0.965


def test_intervals_of_shares_hold_the_truth_in_95_of_100_worlds() -> None:
    country = Country(22)
    share = 1 / (1 + np.exp(1.5 - 0.8 * country.x))
    chance = country.taking_part(0.5 * country.x)
    found = worlds(
        country,
        lambda: (country.draw.random(20_000) < share).astype(float),
        lambda _y: chance,
        Models(outcome="logistic"),
    )
    assert 0.935 <= coverage(found) <= 0.965
    plain = [got.uncorrected - truth for got, truth in found if got]
    better = [got.value - truth for got, truth in found if got]
    assert abs(np.mean(better)) < 0.1 * abs(np.mean(plain))


def test_selection_on_the_answer_itself_is_not_seen_and_therefore_always_said() -> None:
    country = Country(23)
    mean = 2 + 0.7 * country.x
    found = worlds(
        country,
        lambda: mean + country.draw.normal(size=20_000),
        lambda y: country.taking_part(0.3 * country.x + 0.4 * (y - mean)),
        Models(),
    )
    answered = [(got, truth) for got, truth in found if got is not None]
    assert np.mean([got.lower <= truth <= got.upper for got, truth in answered]) < 0.2
    for got, _truth in answered[:50]:
        assert "There is no margin of sampling error." in got.sentence()
        assert got.sentence().count("Nothing in these data can test that.") == 1
        assert "assumes no selection on the outcome" in got.method


# --- refusals -------------------------------------------------------------------------------------------------------


def test_different_universes_are_refused() -> None:
    volunteers, survey = small_case()
    error = refusal(replace(volunteers, universe="women 15-49"), replace(survey, universe="adults"))
    assert (error.code, error.exit_code) == ("ladder.universe", 3)
    assert "“women 15-49”" in str(error)


def test_a_group_that_nobody_of_the_volunteers_is_of_is_refused() -> None:
    volunteers, survey = small_case()
    ages = np.asarray(volunteers.covariates["age"])
    young = Volunteers(np.asarray(volunteers.outcome)[ages != "50+"], {"age": ages[ages != "50+"]})
    error = refusal(young, survey)
    assert error.code == "ladder.no-overlap"
    assert error.facts["cells"] == "age = 50+"


def test_a_combination_that_nobody_of_the_volunteers_is_of_is_refused_or_said() -> None:
    draw = np.random.default_rng(1)
    sex, area = draw.choice(["f", "m"], 400), draw.choice(["rural", "urban"], 400)
    side = {"sex": draw.choice(["f", "m"], 300), "area": draw.choice(["rural", "urban"], 300)}
    kept = ~((sex == "f") & (area == "rural"))
    lacking = Volunteers(draw.normal(size=int(kept.sum())), {"sex": sex[kept], "area": area[kept]})
    error = refusal(lacking, Survey(side, np.full(300, 100.0)))
    assert (error.code, error.facts["cells"]) == ("ladder.no-overlap", "f × rural")
    rare = np.where((side["sex"] == "f") & (side["area"] == "rural"), 5.0, 100.0)
    got = corrected(lacking, Survey(side, rare))
    assert 0 < got.uncovered < 0.05
    assert "Nobody who took part is like" in got.sentence()


def test_numbers_outside_the_range_of_the_volunteers_are_refused() -> None:
    draw = np.random.default_rng(1)
    young = Volunteers(draw.normal(size=300), {"age": draw.uniform(15, 40, 300)})
    assert refusal(young, Survey({"age": draw.uniform(15, 80, 300)}, np.full(300, 100.0))).code == "ladder.no-overlap"


def test_fewer_than_thirty_effective_answers_are_refused() -> None:
    volunteers, survey = small_case()
    few = Volunteers(np.asarray(volunteers.outcome)[:29], {"age": np.asarray(volunteers.covariates["age"])[:29]})
    assert refusal(few, survey).code == "ladder.few"
    heavy = np.where(np.arange(200) < 20, 1e6, 2.0)
    assert refusal(volunteers, replace(survey, weights=heavy)).code == "ladder.few-in-survey"


def test_weights_that_do_not_add_up_to_a_population_are_refused() -> None:
    volunteers, survey = small_case()
    assert refusal(volunteers, replace(survey, weights=np.ones(200))).code == "ladder.weights-not-totals"


def test_columns_that_are_not_shared_or_say_the_same_are_refused() -> None:
    volunteers, survey = small_case()
    draw = np.random.default_rng(4)
    assert (
        refusal(replace(volunteers, covariates={"sex": draw.choice(["f", "m"], 300)}), survey).code
        == "ladder.not-shared"
    )
    x, side = draw.normal(size=300), draw.normal(size=200)
    twice = refusal(
        replace(volunteers, covariates={"x": x, "again": 2 * x}),
        replace(survey, covariates={"x": side, "again": 2 * side}),
    )
    assert twice.code == "ladder.covariates-say-the-same"
    ages = np.where(np.arange(300) < 5, "unknown", volunteers.covariates["age"])
    assert refusal(replace(volunteers, covariates={"age": ages}), survey).code == "ladder.outside-survey"


def test_an_outcome_that_cannot_be_modelled_is_refused() -> None:
    volunteers, survey = small_case()
    same = replace(volunteers, outcome=np.ones(300))
    assert refusal(same, survey).code == "ladder.no-outcome-model"
    assert refusal(volunteers, survey, Models(outcome="logistic")).code == "ladder.no-outcome-model"
    by_group = replace(volunteers, outcome=(np.asarray(volunteers.covariates["age"]) == "50+").astype(float))
    assert refusal(by_group, survey, Models(outcome="logistic")).code == "ladder.no-outcome-model"


def test_a_stratum_of_the_survey_with_one_cluster_is_refused() -> None:
    volunteers, survey = small_case()
    strata = np.where(np.arange(200) < 10, "islands", survey.strata)
    assert refusal(volunteers, replace(survey, strata=strata)).code == "estimate.lonely-stratum"


# --- what is told ---------------------------------------------------------------------------------------------------


def test_rows_with_gaps_are_counted_and_survey_rows_keep_their_place_in_the_design() -> None:
    volunteers, survey = small_case()
    outcome = np.where(np.arange(300) < 7, np.nan, volunteers.outcome)
    ages = np.asarray(survey.covariates["age"]).astype(object)
    ages[0] = None
    got = corrected(replace(volunteers, outcome=outcome), replace(survey, covariates={"age": ages}))
    assert (got.n, got.left_out) == (293, 7)
    ages[:60] = None
    assert refusal(volunteers, replace(survey, covariates={"age": ages})).code == "ladder.survey-gaps"


def test_balance_is_told_before_and_after_and_the_result_is_ready_for_json() -> None:
    volunteers, survey = small_case()
    got = corrected(volunteers, survey)
    before, after = got.balance["age = 50+"]
    assert before < -0.3
    assert abs(after) < 1e-6
    told = json.loads(json.dumps(got.as_dict()))
    assert told["models"]["method"] == "doubly-robust"
    assert told["warnings"] == []


def test_volunteers_who_came_in_groups_count_by_groups() -> None:
    volunteers, survey = small_case()
    single = corrected(volunteers, survey)
    clubs = np.argsort(np.argsort(np.asarray(volunteers.outcome))) // 20
    together = corrected(replace(volunteers, groups=clubs), survey)
    assert together.value == single.value
    assert together.se > 1.5 * single.se
