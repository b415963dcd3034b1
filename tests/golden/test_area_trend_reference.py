"""Small areas and trends equal sae (Fay–Herriot), R lm, and metafor, as the reference holds them."""

import json
from pathlib import Path

import numpy as np
import pytest

from datashift.pooling.fay_herriot import fay_herriot
from datashift.trends import trend

METHODS = {"REML": "reml", "ML": "ml", "FH": "moments"}
CLOSE = {"rtol": 1e-8, "atol": 1e-12}


def _blocks(reference: Path, part: str) -> list[dict]:
    return json.loads((reference / "area_trend_reference.json").read_text("utf-8"))[part]


@pytest.mark.shared
@pytest.mark.parametrize("method", METHODS)
def test_areas_equal_sae(method: str, reference: Path) -> None:
    compared = 0
    for block in _blocks(reference, "area"):
        [wanted] = [fit for fit in block["fits"] if fit["method"] == method]
        y, x, v = (np.array(block[key], float) for key in ("y", "X", "v"))
        found = fay_herriot(y, x, v, METHODS[method])
        if "error" not in wanted:
            for key in ("refvar", "beta", "beta_se", "eblup", "mse", "loglike"):
                np.testing.assert_allclose(getattr(found, key), wanted[key], **CLOSE, err_msg=f"{block['id']} {key}")
                compared += 1
        if method == "REML":
            # Where sae stops (a variance between areas of 0), metafor's restricted likelihood still has its answer.
            np.testing.assert_allclose(found.refvar, block["metafor_reml_tau2"], **CLOSE)
    assert compared == 18


def _same_line(line: object, wanted: dict) -> None:
    np.testing.assert_allclose(line.coefficients, wanted["coef"], **CLOSE)
    np.testing.assert_allclose(line.coefficients_se, wanted["coef_se"], **CLOSE)
    np.testing.assert_allclose(line.sigma, wanted["sigma"], **CLOSE)
    np.testing.assert_allclose(line.at_target, wanted["fit"], **CLOSE)
    np.testing.assert_allclose(line.ci, wanted["ci"], **CLOSE)
    if "pi" in wanted:
        np.testing.assert_allclose(line.pi, wanted["pi"], **CLOSE)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["water", "mortality"])
def test_trends_equal_r_and_metafor(name: str, reference: Path) -> None:
    [block] = [block for block in _blocks(reference, "trend") if block["id"] == name]
    asked = {"target": block["target"], "target_year": block["target_year"]}
    found = trend(block["year"], block["value"], block["se"], **asked)
    for line in ("ols", "ols_logit", "ols_log", "wls"):
        if block.get(line):
            _same_line(found.lines[line], block[line])
    meta, wanted = found.lines["meta_regression"], block["meta_regression_reml_knha"]
    for ours, theirs in (
        (meta.tau2, "tau2"), (meta.coefficients, "beta"), (meta.coefficients_se, "se"), (meta.at_target, "fit"),
        (meta.ci, "ci"), (meta.pi, "pi"),
    ):  # fmt: skip
        np.testing.assert_allclose(ours, wanted[theirs], **CLOSE, err_msg=theirs)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["water", "mortality"])
def test_ranks_growth_and_difference_equal_the_reference(name: str, reference: Path) -> None:
    [block] = [block for block in _blocks(reference, "trend") if block["id"] == name]
    found = trend(block["year"], block["value"], block["se"], target=block["target"])
    ours = {
        "theil_sen": [found.theil_sen.slope, found.theil_sen.intercept, found.theil_sen.at_target],
        "mann_kendall": [getattr(found.mann_kendall, key) for key in ("s", "variance", "z", "p_value")],
        "first_last": [getattr(found.first_last, key) for key in ("difference", "se", "z", "p_value")],
    }
    for key, numbers in ours.items():
        np.testing.assert_allclose(numbers, list(block[key].values()), **CLOSE, err_msg=key)
    rates = [found.growth.actual, found.growth.required, found.growth.ratio, found.growth.required_from_last]
    wanted = [block[key] for key in ("cagr_actual", "cagr_required", "ratio", "cagr_required_from_last")]
    np.testing.assert_allclose(rates, wanted, **CLOSE)
