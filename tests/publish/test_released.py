"""What a release says can be read back from its bundle, and from nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import pytest

from datashift.compare import contest_sentence, reason, verdict_word
from datashift.errors import Tampered
from datashift.model import Contest, Loss
from datashift.protect import gate
from datashift.publish import Release, Released, benchmark, released, rounded, write_release

free = partial(gate, personal_values=None)
CONTEST = Contest(
    shift=(-12.0, -8.0), wrong=(12.0, 8.0), missing=(20.0, 13.5), odds=(1.6, 1.4), correlation=(0.02, 0.01), n=90,
    population=4000.0,
)  # fmt: skip


@pytest.fixture(scope="module")
def full(release: Release) -> Release:
    """The release with everything a comparison can say, and the official figures that were at hand."""
    first, second = release.comparisons
    official = replace(
        first.official, se=2.0, stated="by letter", source_detail="DHS", footnote="Urban only",
        breakdown=(("SEX", "F"),), facts={"lower": 55.0, "upper": 66.0},
    )  # fmt: skip
    told = replace(
        first, official=official, probability=0.9, p_value=0.003, p_adjusted=0.012, contest=CONTEST,
        breakdown=(("kind", "pump"),),
    )  # fmt: skip
    estimates = [
        replace(e, facts={"bias_sd": 3.0}, loss=Loss(0.1, 0.02, 0.0)) if e.area == "A" else e for e in release.estimates
    ]
    inputs = (("official.json", json.dumps([asdict(official)]).encode()),)
    return replace(release, comparisons=[told, second], estimates=estimates, inputs=inputs)


@pytest.fixture(scope="module")
def bundle(full: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_release(full, tmp_path_factory.mktemp("released"), gate=free)


@pytest.fixture(scope="module")
def again(bundle: Path) -> Released:
    return released(bundle)


def test_estimates_come_back_as_they_were_published(full: Release, again: Released) -> None:
    def plain(estimate: object) -> dict[str, object]:
        return {name: value for name, value in vars(estimate).items() if name not in ("reason", "facts")}

    assert [plain(e) for e in again.estimates] == [plain(e) for e in rounded(full.estimates)]
    assert [e.facts for e in again.estimates if e.area == "A"] == [{"bias_sd": 3.0}] * 3
    [hidden] = [e for e in again.estimates if e.status == "Q"]
    assert (hidden.value, hidden.n) == (None, 0)
    assert hidden.reason.format(**hidden.facts).startswith("Not shown: fewer than 10")


def test_comparisons_come_back_with_probability_and_contestation(full: Release, again: Released) -> None:
    first, second = again.comparisons
    assert (first.probability, first.p_value, first.p_adjusted) == (0.9, 0.003, 0.012)
    assert first.contest == CONTEST
    assert (first.breakdown, first.verdict, first.value) == ((("kind", "pump"),), "gap", pytest.approx(first.value))
    assert (second.verdict, second.difference, second.contest) == ("not_comparable", None, None)
    assert [reason(c) for c in again.comparisons] == full.comparison_reasons
    assert verdict_word(first) == "suggests"
    assert "at least 8.0 in 100 answers" in contest_sentence(first)


def test_official_figures_come_back_with_what_travels_along(full: Release, again: Released) -> None:
    official = again.comparisons[0].official
    assert official == full.comparisons[0].official
    assert again.official == (official,)
    other = again.comparisons[1].official  # not among the inputs: what the row says of it
    assert (other.series, other.value, other.relation, other.definition) == ("OTHER", 70.0, "different", {})


def test_the_folder_of_a_bundle_is_as_good_as_the_bundle(bundle: Path, again: Released) -> None:
    assert released(bundle.parent) == again
    assert again.created == "2026-11-22"
    assert again.recipe.id == "made-up"
    assert again.kit.id == "made-up-water"
    assert len(again.id) == 64


def test_a_sentence_with_braces_is_said_as_it_is(full: Release, tmp_path: Path) -> None:
    odd = replace(full, comparison_reasons=["A {strange} one.", "Something else."])
    assert reason(released(write_release(odd, tmp_path, gate=free)).comparisons[0]) == "A {strange} one."


def test_a_bundle_of_before_the_new_columns_can_be_read(full: Release, tmp_path: Path, bundle: Path) -> None:
    from datashift.publish.released import _comparisons  # noqa: PLC0415

    old = {
        "MEASURE": "WORKS", "REF_AREA": "XX", "REF_AREA_NAME": "All", "TIME_PERIOD": "2024", "BREAKDOWN": "",
        "UNIT_MEASURE": "PT", "VALUE": "70", "LOWER_BOUND": "", "UPPER_BOUND": "", "OFFICIAL_VALUE": "60.5",
        "OFFICIAL_STD_ERROR": "", "OFFICIAL_UNIT": "PT", "OFFICIAL_AREA": "XX", "OFFICIAL_AREA_NAME": "All",
        "OFFICIAL_PERIOD": "2023", "SOURCE": "Office", "RELEASED": "2023", "RETRIEVED": "", "SERIES": "S",
        "NATURE": "C", "RELATION": "same", "VERDICT": "gap", "DIFFERENCE": "9.5", "DIFFERENCE_LOWER": "",
        "DIFFERENCE_UPPER": "", "REASON": "Higher.", "SIMULATED": "true",
    }  # fmt: skip
    [row] = _comparisons(full.kit, (), (), [old])
    assert (row.probability, row.contest, row.official.breakdown) == (None, None, ())


@pytest.mark.parametrize(
    "broken", [lambda data: data[:-40], lambda data: data[:3000] + b"X" + data[3001:], lambda _: b""]
)
def test_a_broken_bundle_is_refused_with_a_code(bundle: Path, tmp_path: Path, broken: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "release.zip"
    path.write_bytes(broken(bundle.read_bytes()))
    with pytest.raises(Tampered) as refused:
        released(path)
    assert refused.value.code == "verify.not-a-bundle"


def test_a_missing_bundle_is_refused_with_a_code(tmp_path: Path) -> None:
    with pytest.raises(Tampered) as refused:
        released(tmp_path)
    assert refused.value.code == "verify.not-there"


def test_an_official_figure_of_an_older_bundle_has_no_group(full: Release) -> None:
    entry = {name: value for name, value in asdict(full.comparisons[1].official).items() if name != "breakdown"}
    assert benchmark(entry).breakdown == ()
