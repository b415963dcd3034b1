"""Rows of people, one by one: how easily somebody is recognised in them, and what would make it harder."""

from datashift.protect.microdata.blanks import blanks
from datashift.protect.microdata.coarser import Recode, applied, bands, one_level_up, rare_together
from datashift.protect.microdata.leaving import Leaving, doubts, files, leaving
from datashift.protect.microdata.paper import LEAST_K, Confirmed, Paper, parsed, written
from datashift.protect.microdata.proposal import Plan, Step, propose, released
from datashift.protect.microdata.risk import Aim, Diversity, Risk, risk
from datashift.protect.microdata.uniques import Uniques, alike, special_uniques

__all__ = [
    "LEAST_K",
    "Aim",
    "Confirmed",
    "Diversity",
    "Leaving",
    "Paper",
    "Plan",
    "Recode",
    "Risk",
    "Step",
    "Uniques",
    "alike",
    "applied",
    "bands",
    "blanks",
    "doubts",
    "files",
    "leaving",
    "one_level_up",
    "parsed",
    "propose",
    "rare_together",
    "released",
    "risk",
    "special_uniques",
    "written",
]
