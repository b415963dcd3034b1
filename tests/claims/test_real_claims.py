"""What the real cases license: levels of those who were counted, and nothing beside figures of another concept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from datashift.claims import Beside, Claim, check, evidence_of, licensed, strongest_first
from datashift.estimation import cells
from datashift.inputs import gather
from datashift.pipeline import comparisons, estimates, observations, official_figures, raw_table, set_up
from datashift.publish import Released

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CASES = ["arg-femicides", "ken-kwale-water-quality", "npl-rural-water-points", "tza-waterpoints"]
CHANGED = {"Iringa", "Kagera", "Mwanza", "Rukwa", "Shinyanga"}

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def case(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Released]:
    """Run a recipe as far as its comparisons, without checks and charts; each recipe once."""
    home, known = tmp_path_factory.mktemp("home"), dict[str, Released]()

    def run(name: str) -> Released:
        if name not in known:
            setting = set_up(gather(EXAMPLES / name / "recipe.toml", home))
            grouped = cells(observations(setting, raw_table(setting)[0]).observations, setting.measures)
            found = estimates(setting, grouped)
            compared = comparisons(setting, found, official_figures(setting))
            known[name] = Released(setting.recipe, setting.kit, tuple(found), tuple(compared), "2026-01-01", name)
        return known[name]

    return run


def claims(release: Released) -> list[Claim]:
    return strongest_first(made for one in evidence_of(release) for made in licensed(one))


@pytest.mark.parametrize("name", CASES)
def test_no_real_case_licenses_a_gap_or_speaks_of_everybody(name: str, case: Callable[[str], Released]) -> None:
    made = claims(case(name))
    assert {one.kind for one in made} <= {"level", "unknown", "not_comparable", "no_official"}
    for one in made:
        assert not one.sentence().startswith("Citizen data show")
        assert one.grade != "shows" or one.kind == "level"


def test_tanzania_licenses_the_register_and_refuses_the_changed_regions(case: Callable[[str], Released]) -> None:
    made = claims(case("tza-waterpoints"))
    kinds = Counter((one.kind, one.grade) for one in made)
    assert set(kinds) == {("level", "shows"), ("not_comparable", "cannot be compared"), ("unknown", "cannot tell")}
    whole = made[0].sentence()
    assert whole.startswith(
        "In the register for Mainland Tanzania, 2011–2013 (entries: 52\u202f874), it is about 6 in 10"
    )
    changed = {
        one.evidence.comparison.area_name
        for one in made
        if isinstance(one.evidence, Beside) and any("changed its extent" in caveat for caveat in one.caveats())
    }
    assert changed == CHANGED


def test_the_register_of_tanzania_does_not_carry_a_slogan(case: Callable[[str], Released]) -> None:
    evidence = evidence_of(case("tza-waterpoints"))
    slogan = "In Iringa 79 % of the water points work, far more than the official figure: the statistics are wrong."
    assert {problem.code for problem in check(slogan, evidence)} >= {"plain", "blame", "period", "everybody"}
    carried = "In the register for Iringa, 2011–2013, about 8 in 10 improved water points worked."
    assert check(carried, evidence) == []


def test_femicides_on_record_are_a_lower_bound(case: Callable[[str], Released]) -> None:
    [made] = [one for one in claims(case("arg-femicides")) if one.kind == "level" and "2008" in one.sentence()]
    assert made.sentence() == "At least 208\u00a0victims became known in Argentina, 2008: “Femicides on record”."
