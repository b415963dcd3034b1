"""DataShift: citizen-generated data, made comparable and credible.

In a notebook: `import datashift as ds`, then `ds.estimate(table, ds.proportion("status", "functional"), by=["region"],
design=ds.Design(weights="w", strata="stratum", clusters="village"))`. Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "Calibration": "datashift.model",
    "Design": "datashift.model",
    "Replicates": "datashift.model",
    "association": "datashift.analysis.association",
    "calibrate": "datashift.analysis.verbs",
    "cells": "datashift.analysis.cells",
    "cube": "datashift.analysis.verbs",
    "estimate": "datashift.analysis.verbs",
    "mean": "datashift.analysis.asks",
    "pool": "datashift.pooling",
    "proportion": "datashift.analysis.asks",
    "quantile": "datashift.analysis.asks",
    "ratio": "datashift.analysis.asks",
    "survey": "datashift.analysis.verbs",
    "total": "datashift.analysis.asks",
    "trend": "datashift.trends",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'datashift' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
