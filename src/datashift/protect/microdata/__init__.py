"""Rows of people, one by one: how easily somebody is recognised in them, and what would make it harder."""

from datashift.protect.microdata.blanks import blanks
from datashift.protect.microdata.coarser import Recode, applied, bands, one_level_up, rare_together
from datashift.protect.microdata.proposal import Plan, Step, propose, released
from datashift.protect.microdata.risk import Aim, Diversity, Risk, risk
from datashift.protect.microdata.uniques import Uniques, alike, special_uniques

__all__ = [
    "Aim",
    "Diversity",
    "Plan",
    "Recode",
    "Risk",
    "Step",
    "Uniques",
    "alike",
    "applied",
    "bands",
    "blanks",
    "one_level_up",
    "propose",
    "rare_together",
    "released",
    "risk",
    "special_uniques",
]
