"""Who counted what, where, when and for whom: the coverage matrix and its gaps, ranked."""

from datashift.coverage.chance import Survey
from datashift.coverage.counted import COUNTED, counted
from datashift.coverage.gaps import Gap, gaps
from datashift.coverage.groups import GROUPS, group_label
from datashift.coverage.matrix import CELLS, STEMS, Coverage, matrix
from datashift.coverage.people import people_of_table
from datashift.coverage.picture import pictures
from datashift.coverage.plan import Planned, plan
from datashift.coverage.view import ACROSS, View, view

__all__ = [
    "ACROSS",
    "CELLS",
    "COUNTED",
    "GROUPS",
    "STEMS",
    "Coverage",
    "Gap",
    "Planned",
    "Survey",
    "View",
    "counted",
    "gaps",
    "group_label",
    "matrix",
    "people_of_table",
    "pictures",
    "plan",
    "view",
]
