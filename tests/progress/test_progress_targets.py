"""Targets from the framework, and rules stated in a file."""

from pathlib import Path

import pytest

from datashift.errors import BadProgress
from datashift.model import Observation, Target, TimeSeries
from datashift.progress import Rules, progress, read_rules, target_of
from datashift.progress.targets import resolved


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
