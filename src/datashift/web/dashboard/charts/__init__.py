"""Charts of the public pages: plain dicts in, safe HTML with fluid SVG out. Nothing to run, nothing to load.

One grammar everywhere: a citizen figure is a filled circle with a solid line, an official one a hollow diamond with a
dashed line (dotted outline where modelled), a hidden one a lock, an empty ring where nobody counted.
"""

from datashift.web.dashboard.charts.axis import Axis, axis
from datashift.web.dashboard.charts.dots import dots
from datashift.web.dashboard.charts.maps import LEAST_AREAS, choropleth
from datashift.web.dashboard.charts.marks import figure, interval_cell, is_modelled, mark, strip, tally
from datashift.web.dashboard.charts.timeline import nature_word, shown, timeline, unit_word

__all__ = [
    "LEAST_AREAS",
    "Axis",
    "axis",
    "choropleth",
    "dots",
    "figure",
    "interval_cell",
    "is_modelled",
    "mark",
    "nature_word",
    "shown",
    "strip",
    "tally",
    "timeline",
    "unit_word",
]
