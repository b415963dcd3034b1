"""Every number that metafor gave for pooled estimates, by our own pooling."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import special

from datashift.pooling import blups, egger, leave_one_out, meta, meta_regression, tau2_interval
from datashift.pooling.between import level_of_q
from datashift.pooling.meta import cells_of
from datashift.pooling.scales import from_counts, from_error

pytestmark = pytest.mark.shared

MEASURES = {"PR": "raw", "PLO": "logit", "PAS": "arcsine", "PFT": "freeman-tukey"}
FIELDS = {
    "beta": "estimate", "se": "se", "stat": "statistic", "p_value": "p_value", "ci_low": "lower", "ci_high": "upper",
    "tau2": "tau2", "se_tau2": "se_tau2", "Q": "q", "Q_p": "q_p", "I2": "i2", "H2": "h2", "weights_percent": "weights",
    "pi_low_metafor": "prediction_lower_by_test", "pi_high_metafor": "prediction_upper_by_test",
    "pi_low_t_km2": "prediction_lower", "pi_high_t_km2": "prediction_upper",
}  # fmt: skip
OF_REGRESSION = {
    **{name: FIELDS[name] for name in list(FIELDS)[:12]},
    "beta": "coefficients", "QM": "qm", "QM_p": "qm_p", "R2": "r2",
}  # fmt: skip


@pytest.fixture(scope="module")
def cases(reference: Path) -> dict[str, Any]:
    return json.loads((reference / "meta_reference.json").read_text("utf-8"))


def close(ours: Any, theirs: Any, name: str, relative: float = 1e-9) -> None:
    np.testing.assert_allclose(np.ravel(ours), np.ravel(theirs).astype(float), rtol=relative, atol=1e-15, err_msg=name)


def inputs(block: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    return np.array(block["yi"], float), np.array(block["vi"], float)


def test_every_fit_of_every_block_has_metafors_numbers(cases: dict[str, Any]) -> None:
    seen = 0
    for block in cases["blocks"]:
        y, v = inputs(block)
        for fit in block["fits"]:
            if block["mods"]:
                ours: Any = meta_regression(y, v, np.array(block["mods"]), method=fit["method"], test=fit["test"])
            else:
                ours = meta(y, v, method=fit["method"], test=fit["test"])
            for theirs, name in (OF_REGRESSION if block["mods"] else FIELDS).items():
                if fit.get(theirs) is not None:
                    close(getattr(ours, name), fit[theirs], f"{block['id']} {fit['method']} {fit['test']} {theirs}")
                    seen += 1
                else:
                    assert np.isnan(np.ravel(getattr(ours, name))).all()
    assert seen > 1000


def test_the_true_value_of_each_source_is_drawn_as_metafor_does(cases: dict[str, Any]) -> None:
    for block in cases["blocks"]:
        y, v = inputs(block)
        for fit in (fit for fit in block["fits"] if "blup" in fit):
            found = meta(y, v, method=fit["method"], test=fit["test"])
            for covariance in (None, np.diag(v)):
                value, se = blups(found, y, v, covariance)
                close(value, fit["blup"], f"{block['id']} blup")
                close(se, fit["blup_se"], f"{block['id']} blup_se")


def test_leaving_each_source_out_gives_metafors_numbers(cases: dict[str, Any]) -> None:
    blocks = [block for block in cases["blocks"] if block["leave_one_out_DL"]]
    assert len(blocks) == 7
    for block in blocks:
        ours = leave_one_out(*inputs(block), method="DL", test="z")
        for name in ("estimate", "se", "tau2", "I2"):
            close(getattr(ours, name.lower()), block["leave_one_out_DL"][name], f"{block['id']} {name}")


def test_the_interval_of_tau2_is_nearer_to_its_definition_than_metafors(cases: dict[str, Any]) -> None:
    """metafor's confint stops its search about 1e-4 away (uniroot's default), so DL and PM even differ there; ours is
    held to the definition, Q(τ²) = the χ² quantile, and to metafor's numbers within that tolerance."""
    quantiles = (special.chdtri, 0.025), (special.chdtri, 0.975)
    for block in cases["blocks"]:
        y, v = inputs(block)
        for fit in (fit for fit in block["fits"] if "tau2_ci_qprofile" in fit):
            ends = np.ravel(tau2_interval(y, v))
            np.testing.assert_allclose(ends, fit["tau2_ci_qprofile"], rtol=3e-3, atol=1e-4)
            cells = cells_of(y, v)
            for ours, theirs, (quantile, tail) in zip(ends, fit["tau2_ci_qprofile"], quantiles, strict=True):
                level = quantile(len(y) - 1, tail)
                misses = [abs(float(cells.sums(np.array([at])).q[0]) - level) for at in (ours, theirs)]
                if ours > 0:
                    assert misses[0] < 1e-11 * level
                    assert misses[0] <= misses[1]
            assert float(level_of_q(cells, np.array([float(len(y) - 1)]))[0]) >= 0


def test_eggers_test_is_metafors(cases: dict[str, Any]) -> None:
    found = egger(*inputs(cases["blocks"][0]))
    close(
        [found.statistic, found.p_value, found.df], [cases["egger_lm_bcg"][name] for name in ("t", "p", "df")], "egger"
    )


def test_shares_come_onto_the_four_scales_as_escalc_brings_them(cases: dict[str, Any]) -> None:
    blocks = [block for block in cases["blocks"] if block.get("measure") in MEASURES]
    assert len(blocks) == 4
    for block in blocks:
        y, v = from_counts(block["input"]["x"], block["input"]["n"], MEASURES[block["measure"]])
        close(y, block["yi"], block["id"], 1e-13)
        close(v, block["vi"], block["id"], 1e-13)
    [survey] = [block for block in cases["blocks"] if block["id"] == "survey-logit"]
    y, v = from_error(survey["input"]["p"], survey["input"]["se"], "logit")
    close(y, survey["yi"], "survey-logit", 1e-13)
    close(v, survey["vi"], "survey-logit", 1e-13)


def test_a_covariance_without_shared_people_changes_nothing(cases: dict[str, Any]) -> None:
    for block in (block for block in cases["blocks"] if not block["mods"]):
        y, v = inputs(block)
        for fit in (fit for fit in block["fits"] if fit["method"] not in ("HS", "SJ")):
            ours = meta(y, v, method=fit["method"], test=fit["test"], covariance=np.diag(v))
            for theirs in ("beta", "se", "ci_low", "ci_high", "tau2", "Q", "I2"):
                close(getattr(ours, FIELDS[theirs]), fit[theirs], f"{block['id']} {theirs}")
