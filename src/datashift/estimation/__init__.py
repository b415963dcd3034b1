"""Observations + design → estimates with uncertainty, from mergeable cells.

One pass groups the rows to (breakdowns × stratum × cluster) sums; everything else is arithmetic on these small cells.
Cells add up: the cells of two organisations, stacked and summed, give the estimates of their union.
"""

from datashift.estimation.cells import COUNTS, SUMS, cells, merge
from datashift.estimation.exposure import Question
from datashift.estimation.interval import share_interval
from datashift.estimation.taylor import estimate
from datashift.estimation.wording import uncertainty

__all__ = ["COUNTS", "SUMS", "Question", "cells", "estimate", "merge", "share_interval", "uncertainty"]
