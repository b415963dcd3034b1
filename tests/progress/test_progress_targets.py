"""Targets from the framework, and rules stated in a file."""

from dataclasses import replace
from pathlib import Path

import pytest

from datashift.errors import BadProgress
from datashift.model import Observation, Target, TimeSeries
from datashift.progress import Rules, progress, read_rules, target_of
from datashift.progress.targets import fits, one_of, resolved


def seen(indicator: str, points: dict[int, float], unit: str = "PT") -> TimeSeries:
    observations = tuple(Observation(str(year), value) for year, value in points.items())
    return TimeSeries("official", indicator, "", {"en": ""}, "x", "x", "KE", "Kenya", unit, observations)


@pytest.mark.parametrize(
    ("indicator", "value", "direction"),
    [("6.1.1", 100, "up"), ("3.2.1", 25, "down"), ("3.1.1", 70, "down"), ("2.2.1", 0, "down"), ("1.3.1", None, "up"),
     ("16.b.1", None, "down"), ("5.5.2", 50, "")],
)  # fmt: skip
def test_the_framework_knows_targets_and_directions(indicator: str, value: float | None, direction: str) -> None:
    target = target_of(indicator)[0]
    assert (target.value, target.direction, target.year) == (value, direction, 2030)
    assert target.source


def test_halving_counts_from_the_base_year_or_the_first_later_one() -> None:
    (target,) = target_of("1.2.1", observed=seen("1.2.1", {2012: 50, 2016: 40, 2020: 30}))
    assert target.value == 20
    assert target.rule == "reduce_by 50 PT"
    (doubled,) = target_of("2.3.1", observed=seen("2.3.1", {2015: 30, 2020: 35}, "USD"))
    assert doubled.value == 60
    (rest,) = target_of("6.3.1", observed=seen("6.3.1", {2015: 30, 2020: 35}))
    assert rest.value == 65
    (tropical,) = target_of("3.3.5", observed=seen("3.3.5", {2010: 1000, 2015: 600, 2020: 500}, "NUMBER"))
    assert tropical.value == pytest.approx(100)


def test_a_relative_target_is_made_a_value_where_it_is_judged() -> None:
    target = target_of("1.2.1")[0]
    assert target.value is None
    found = progress(([2015, 2020], [40.0, 35.0], None), target, unit="PT")
    assert found.target.value == 20
    assert "relative-target" in {note.code for note in found.notes}
    assert resolved(target, [2010], [40.0]).value is None


def test_parts_have_targets_of_their_own() -> None:
    parts = {target.rule: target.value for target in target_of("3.7.2")}
    assert parts == {"at_most 0 PER_1000_POP / 10-14": 0, "/ 15-19": None}


def test_a_number_in_another_unit_is_no_target() -> None:
    targets = target_of("6.1.1", "SH_H2O_SAFE")
    assert targets[0].value == 100


def series(indicator: str, code: str, unit: str, first: float = 60.0, **breakdown: str) -> TimeSeries:
    plain = seen(indicator, {2015: first, 2017: first * 0.95, 2019: first * 0.85}, unit)
    return replace(plain, series=code, breakdown=tuple(breakdown.items()))


@pytest.mark.parametrize(
    ("indicator", "code", "unit"),
    [("3.2.1", "SH_DYN_MORTN", "NUMBER"), ("3.4.1", "SH_DTH_RNCOM", "NUMBER"), ("2.c.1", "AG_FPA_HMFP", "PT"),
     ("14.5.1", "ER_MRN_MARINT", "KM2"), ("3.4.2", "SH_STA_SCIDEN", "NUMBER")],
)  # fmt: skip
def test_a_target_of_another_unit_leaves_only_its_direction_and_says_so(indicator: str, code: str, unit: str) -> None:
    figures = series(indicator, code, unit)
    for target in (target_of(indicator)[0], target_of(indicator, observed=figures)[0]):
        found = progress(figures, target)
        assert found.target.value is None
        assert not found.reached
        assert "other-unit" in {note.code for note in found.notes}


@pytest.mark.parametrize(("indicator", "unit"), [("5.5.1", "NUMBER"), ("5.4.1", "PT")])
def test_a_target_to_be_met_exactly_in_another_unit_gives_no_judgement(indicator: str, unit: str) -> None:
    figures = series(indicator, "", unit)
    with pytest.raises(BadProgress) as why:
        progress(figures, target_of(indicator, observed=figures)[0])
    assert why.value.code == "progress.direction"


@pytest.mark.parametrize(
    ("rule", "unit", "own", "fit"),
    [("at_most 0 PT", "NUM_TH", "", True), ("at_most 25 PER_1000_LIVE_BIRTHS", "", "", True), ("/ a", "T", "", True),
     ("reduce_by 90 PT", "NUMBER", "NUMBER", True), ("reduce_by 90 PT", "NUMBER", "", False),
     ("reduce_by 50 PT", "PER_100000_POP", "", True), ("reduce_rest_by 50 PT", "USD", "", False),
     ("equal 1 RO", "GPI", "", True), ("equal 1 RO", "PT", "", False), ("at_least 0.75 SCORE", "IX", "", True),
     ("at_most 25 PT", "%", "", True), ("multiply_by 2 times", "CON_USD", "", True)],
)  # fmt: skip
def test_what_a_number_can_be_held_against(rule: str, unit: str, own: str, fit: bool) -> None:
    assert fits(rule, unit, own) is fit


def test_a_series_that_aims_elsewhere_than_its_indicator_has_its_own_target() -> None:
    (outdoors,) = target_of("6.2.1", "SH_SAN_DEFECT")
    assert (outdoors.value, outdoors.direction) == (0, "down")
    assert target_of("12.4.2", "EN_EWT_RCYV")[0].direction == "up"
    assert target_of("12.4.2", "EN_EWT_GENV")[0].direction == "down"
    assert target_of("12.4.2", "EN_HAZ_TRTDISR")[0].value == 100


def test_an_age_group_has_its_own_part_and_poorest_countries_are_not_all() -> None:
    girls = series("3.7.2", "SP_DYN_ADKL", "PER_1000_POP", AGE="Y10T14")
    assert [target.value for target in target_of("3.7.2", observed=girls)] == [0]
    older = series("3.7.2", "SP_DYN_ADKL", "PER_1000_POP", AGE="Y15T19")
    assert [target.value for target in target_of("3.7.2", observed=older)] == [None]
    assert [target.rule for target in target_of("8.1.1", observed=series("8.1.1", "NY_GDP_PCAP", "PT"))] == [""]


def test_parts_give_what_they_have_in_common() -> None:
    both = one_of(target_of("3.7.2"))
    assert both is not None
    assert (both.value, both.direction) == (None, "down")
    assert one_of(target_of("15.4.2")) is None


def test_per_cent_beyond_100_is_no_share_and_is_judged_without_bounds() -> None:
    growth = seen("8.1.1", {2015: 2.0, 2017: -1.5, 2019: 3.0})
    found = progress(growth, target_of("8.1.1", observed=growth)[0])
    assert "no-share" in {note.code for note in found.notes}
    assert found["trend"].code in ("right_way", "wrong_way")


@pytest.mark.parametrize(
    ("target", "asked"),
    [(150.0, {}), (float("nan"), {}), (float("inf"), {}), (90.0, {"draws": 0}), (90.0, {"draws": 10**9}),
     (90.0, {"seed": -1}), (90.0, {"limit": float("nan")}), (90.0, {"upper": float("inf")})],
)  # fmt: skip
def test_a_number_that_is_not_possible_is_refused(target: float, asked: dict) -> None:
    with pytest.raises(BadProgress) as why:
        progress(([2015, 2018, 2020], [40.0, 45.0, 52.0], None), Target(target, 2030, "up", "x"), unit="PT", **asked)
    assert why.value.code == "progress.option"


def test_one_year_known_far_better_than_another_breaks_no_line() -> None:
    figures = ([2015, 2016, 2017, 2018], [10, 12, 1e9, 14], [1, 1, 0.01, 1])
    found = progress(figures, Target(None, 2030, "up", "x"))
    assert found["trend"].number is not None


RULES = """
[open-sdg]
follow = "document"
[un-five]
cutoffs = [0.9, 0.5, 0.1, -0.1]
measure = "change"
source = "our own choice"
[escap]
weights = "inverse-distance"
maintain = 0.9
accelerate = 0
[sdsn]
green = 98
moderate = 0.5
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "rules.toml"
    path.write_text(text, "utf-8")
    return path


def test_rules_are_read_from_a_file(tmp_path: Path) -> None:
    assert read_rules(written(tmp_path, RULES)) == Rules(
        follow="document", five=(0.9, 0.5, 0.1, -0.1), five_measure="change", weights="inverse-distance", maintain=0.9,
        accelerate=0, green=98, moderate=0.5, sources={"un-five": "our own choice"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("[escap\n", "progress.rules-file", "rules.toml"),
        ("[escap]\nweight = 1\n", "progress.rules-key", "escap.weights"),
        ("maintain = 1\n", "progress.rules-key", "maintain"),
        ('[escap]\nweights = "new"\n', "progress.rules-value", "inverse-distance"),
        ("[escap]\nmaintain = 'much'\n", "progress.rules-value", "much"),
        ("[escap]\nmaintain = 0.1\naccelerate = 0.5\n", "progress.rules-value", "escap.accelerate"),
        ("[un-five]\ncutoffs = [0.1, 0.5, 0.2, 0]\n", "progress.rules-value", "un-five.cutoffs"),
        ("[un-five]\ncutoffs = [0.5]\n", "progress.rules-value", "un-five.cutoffs"),
        ("[un-five]\ncutoffs = [0.9, 0.5, 0.1, 0]\n", "progress.rules-value", "un-five.measure"),
        ("[escap]\nmaintain = 0.9\n", "progress.rules-value", "escap.accelerate"),
        ("[sdsn]\ngreen = nan\n", "progress.rules-value", "sdsn.green"),
        ("[sdsn]\nmoderate = -3\n", "progress.rules-value", "sdsn.moderate"),
        ("[sdg]\nsource = 'x'\n", "progress.rules-key", "sdg"),
    ],
)
def test_a_file_of_rules_with_a_fault_says_where(tmp_path: Path, text: str, code: str, word: str) -> None:
    with pytest.raises(BadProgress) as why:
        read_rules(written(tmp_path, text))
    assert why.value.code == code
    assert word in str(why.value)


def test_a_file_of_rules_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadProgress, match="is not a file of rules"):
        read_rules(tmp_path / "none.toml")


def test_the_worlds_target_is_a_target() -> None:
    assert target_of("3.1.1")[0] == Target(70, 2030, "down", "opensdg-2025-10", "at_most 70 PER_100000_LIVE_BIRTHS")
