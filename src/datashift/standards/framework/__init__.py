"""The SDG framework as versioned data: codes, repeats, tiers, custodians, aims, series, and what each review changed.

Codes and figures are facts with a source each; the short labels are our own words. Official texts do not ship: they are
imported into the store with `datashift.standards.framework.imports.import_texts` and always shown with their source.
"""

from datashift.standards.framework.changes import Conversion, Way, convert, history, still_means, way
from datashift.standards.framework.load import framework
from datashift.standards.framework.records import BREAKDOWNS, Aim, Change, Entry, Framework, Series, Version
from datashift.standards.framework.tables import versions

__all__ = [
    "BREAKDOWNS",
    "Aim",
    "Change",
    "Conversion",
    "Entry",
    "Framework",
    "Series",
    "Version",
    "Way",
    "convert",
    "framework",
    "history",
    "still_means",
    "versions",
    "way",
]
