"""Differences, ratios, tests and replicate weights equal those of R survey 4.5 on the made survey A and on scd."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import datashift as ds
from datashift.analysis.association import association
from datashift.analysis.tables import table_of
from datashift.errors import BadQuestion

pytestmark = pytest.mark.shared
DESIGN = {"weights": "weight", "strata": ["stratum"], "clusters": ["psu"]}
WATER = ds.mean("safe_water")


@pytest.fixture(scope="module")
def book(reference: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((reference / "survey_reference.json").read_text("utf-8"))
    found["contrasts"] = {one["id"]: one for one in found["contrasts"]}
    return found


@pytest.fixture(scope="module")
def survey(reference: Path) -> pa.Table:
    return table_of(reference / "data" / "synthetic_a.csv")


@pytest.fixture(scope="module")
def by_area(survey: pa.Table) -> Any:
    return ds.estimate(survey, WATER, "area", ds.Design(**DESIGN))


def test_a_difference_and_its_covariance_equal_svycontrast(by_area: Any, book: dict[str, Any]) -> None:
    theirs = book["contrasts"]["synA-diff-urban-rural"]
    assert by_area.covariance() == pytest.approx(np.array(theirs["cov"]), rel=1e-8, abs=1e-16)
    found = by_area.difference("urban", "rural")
    assert found.value == pytest.approx(theirs["estimate"], rel=1e-9)
    assert found.se == pytest.approx(theirs["se"], rel=1e-8)
    assert by_area.contrast(theirs["coefficient"]).se == pytest.approx(theirs["se"], rel=1e-8)


def test_a_ratio_of_groups_equals_svycontrast(by_area: Any, book: dict[str, Any]) -> None:
    theirs, found = book["contrasts"]["synA-ratio-urban-rural"], by_area.quotient("urban", "rural")
    assert found.value == pytest.approx(theirs["estimate"], rel=1e-9)
    assert found.se == pytest.approx(theirs["se"], rel=1e-8)


def test_the_test_of_a_difference_equals_svyttest(by_area: Any, book: dict[str, Any]) -> None:
    theirs, found = book["contrasts"]["synA-ttest-area"], by_area.difference("urban", "rural")
    assert found.value / found.se == pytest.approx(theirs["statistic"], rel=1e-8)
    assert found.df - 1 == theirs["df"]
    assert found.p_value == pytest.approx(theirs["p_value"], rel=1e-6)


def test_the_test_of_association_equals_svychisq(survey: pa.Table, book: dict[str, Any]) -> None:
    theirs = book["contrasts"]["synA-raoscott-F-water-region"]
    prepared = ds.survey(survey, ds.Design(**DESIGN))
    found = association(prepared, "safe_water", "region")
    assert found.statistic == pytest.approx(theirs["statistic"], rel=1e-8)
    assert (found.ndf, found.ddf) == pytest.approx((theirs["ndf"], theirs["ddf"]), rel=1e-8)
    assert found.p_value == pytest.approx(theirs["p_value"], rel=1e-6)
    assert association(prepared, "region", "safe_water").statistic == pytest.approx(found.statistic, rel=1e-12)
    assert found.shares.sum() == pytest.approx(1)
    assert "less than 0.1 %" in found.sentence()
    assert found.as_dict()["F"] == found.statistic


def test_an_association_with_one_level_is_refused(survey: pa.Table) -> None:
    prepared = ds.survey(survey, ds.Design(**DESIGN), where="region == 'North'")
    with pytest.raises(BadQuestion) as problem:
        association(prepared, "safe_water", "region")
    assert problem.value.code == "question.one-level"


# --- replicate weights ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def jackknife(reference: Path, survey: pa.Table, book: dict[str, Any]) -> tuple[pa.Table, dict[str, Any]]:
    """The survey with the replicate weights of the file beside it, and what R says of them."""
    theirs = book["replicate"]["JKn"]
    weights = table_of(reference / "data" / theirs["weights"])
    for name in weights.column_names:
        survey = survey.append_column(f"jkn_{name}", weights[name])
    return survey, theirs


def of_the_file(theirs: dict[str, Any], **more: Any) -> ds.Design:
    columns = [f"jkn_V{k + 1}" for k in range(len(theirs["rscales"]))]
    stated = ds.Replicates(kind="weights", columns=columns, scale=theirs["scale"], rscales=theirs["rscales"], **more)
    return ds.Design(weights="weight", replicates=stated)


def test_jackknife_weights_of_a_file_give_the_figures_of_svrepdesign(jackknife: tuple[pa.Table, dict]) -> None:
    table, theirs = jackknife
    asks = [WATER, ds.ratio("enrolled", "kids")]
    for one, r in zip(
        ds.estimate(table, asks, design=of_the_file(theirs)),
        (theirs["mean_safe_water"], theirs["ratio_enrolled_kids"]),
        strict=True,
    ):
        assert one.value == pytest.approx(r["estimate"], rel=1e-9)
        assert one.se == pytest.approx(r["se"], rel=1e-8)
        assert one.df == theirs["df"]
    around = ds.estimate(table, WATER, design=of_the_file(theirs, mse=True))[0]
    assert around.se == pytest.approx(theirs["mean_safe_water"]["se_mse_true"], rel=1e-8)


def test_jackknife_weights_of_a_file_give_the_domains_of_svyby(jackknife: tuple[pa.Table, dict]) -> None:
    table, theirs = jackknife
    found = ds.estimate(table, WATER, "region", of_the_file(theirs))
    r = theirs["by_region"]
    assert [one.breakdown[0][1] for one in found] == r["region"]
    assert [one.value for one in found] == pytest.approx(r["estimate"], rel=1e-9)
    assert [one.se for one in found] == pytest.approx(r["se"], rel=1e-8)


@pytest.mark.parametrize("mse", [False, True])
def test_a_jackknife_made_here_equals_the_one_of_the_file(jackknife: tuple[pa.Table, dict], mse: bool) -> None:
    table, theirs = jackknife
    made = ds.Design(**DESIGN, replicates=ds.Replicates(kind="jackknife", mse=mse))
    for by in ((), "region", ("sex", "age_group")):
        asks = [WATER, ds.ratio("enrolled", "kids"), ds.total("income"), ds.proportion("safe_water")]
        ours = ds.estimate(table, asks, by, made)
        given = ds.estimate(table, asks, by, of_the_file(theirs, mse=mse))
        assert [one.value for one in ours] == pytest.approx([one.value for one in given], rel=1e-12)
        # The file holds 15 digits.
        assert [one.se for one in ours] == pytest.approx([one.se for one in given], rel=1e-8)
        assert [one.breakdown for one in ours] == [one.breakdown for one in given]


def test_balanced_half_samples_of_scd_equal_svrepdesign(reference: Path, book: dict[str, Any]) -> None:
    theirs = book["replicate"]["BRR_scd"]
    factors = np.array(theirs["repweights"], dtype=float)
    table = table_of(reference / "data" / "scd.csv").append_column("w", pa.array([1.0] * 6))
    for k in range(4):
        table = table.append_column(f"r{k}", pa.array(factors[:, k]))
    stated = ds.Replicates(kind="weights", columns=[f"r{k}" for k in range(4)], scale=1 / 4)
    made = ds.Replicates(kind="brr")
    asks = [ds.ratio("alive", "arrests"), ds.total("alive")]
    for design in (
        ds.Design(weights="w", replicates=stated),
        ds.Design(weights="w", strata="ESA", clusters="ambulance", replicates=made),
    ):
        found = ds.estimate(table, asks, design=design)
        assert found[0].value == pytest.approx(theirs["ratio"]["estimate"], rel=1e-9)
        assert found[1].value == pytest.approx(theirs["total_alive"]["estimate"], rel=1e-9)
        # The halves differ, and with them the ratio; the spread of a total is the same in any balanced set.
        assert found[1].se == pytest.approx(theirs["total_alive"]["se"], rel=1e-8)
    given = ds.estimate(table, asks, design=ds.Design(weights="w", replicates=stated))
    assert given[0].se == pytest.approx(theirs["ratio"]["se"], rel=1e-8)
