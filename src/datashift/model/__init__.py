"""Frozen records: what a kit, a recipe, an area, an estimate, an official figure and a comparison are.

A kit says what is measured, a recipe how one source becomes observations of a kit. Both are read from TOML and
checked field by field. The results (Finding, Estimate, Benchmark, Comparison) are plain frozen records.
Values are always in the unit that `unit` names: shares are per cent (PT), never fractions.
"""

from datashift.model.design import Calibration, Design, IntervalKind, Lonely, Replicates, Totals
from datashift.model.kit import (
    Bounds,
    Code,
    Concept,
    Custodian,
    Disclosure,
    Kit,
    Measure,
    Readings,
    Rule,
    Scale,
    Universe,
    Variant,
    When,
)
from datashift.model.recipe import (
    Boundaries,
    Column,
    Group,
    Ledger,
    Margin,
    Official,
    Period,
    Place,
    Recipe,
    RowChoice,
    Source,
    Whole,
)
from datashift.model.record import SAMPLING_TYPES, Label, Names, Record, SamplingType, Verdict
from datashift.model.results import Benchmark, Comparison, Effect, Estimate, Finding
from datashift.model.shadow import Breakdown, Contest, Observation, Revision, Side, Target, TimeSeries
from datashift.model.tables import Area, Chart, Harmonised, Loss, Origin, Raw

__all__ = [
    "SAMPLING_TYPES",
    "Area",
    "Benchmark",
    "Boundaries",
    "Bounds",
    "Breakdown",
    "Calibration",
    "Chart",
    "Code",
    "Column",
    "Comparison",
    "Concept",
    "Contest",
    "Custodian",
    "Design",
    "Disclosure",
    "Effect",
    "Estimate",
    "Finding",
    "Group",
    "Harmonised",
    "IntervalKind",
    "Kit",
    "Label",
    "Ledger",
    "Lonely",
    "Loss",
    "Margin",
    "Measure",
    "Names",
    "Observation",
    "Official",
    "Origin",
    "Period",
    "Place",
    "Raw",
    "Readings",
    "Recipe",
    "Record",
    "Replicates",
    "Revision",
    "RowChoice",
    "Rule",
    "SamplingType",
    "Scale",
    "Side",
    "Source",
    "Target",
    "TimeSeries",
    "Totals",
    "Universe",
    "Variant",
    "Verdict",
    "When",
    "Whole",
]
