"""Several sources, small areas and years: what they say together."""

from datashift.pooling.meta import Meta, blups, egger, leave_one_out, meta, tau2_interval
from datashift.pooling.pooled import Decision, Pool, Pooled, SourceShare
from datashift.pooling.prediction import prediction
from datashift.pooling.regression import Regression, meta_regression
from datashift.pooling.source_bias import SourceBias
from datashift.pooling.source_rows import Pooling
from datashift.pooling.sources import pool

__all__ = [
    "Decision",
    "Meta",
    "Pool",
    "Pooled",
    "Pooling",
    "Regression",
    "SourceBias",
    "SourceShare",
    "blups",
    "egger",
    "leave_one_out",
    "meta",
    "meta_regression",
    "pool",
    "prediction",
    "tau2_interval",
]
