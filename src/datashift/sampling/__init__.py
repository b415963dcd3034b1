"""Sampling: frames, draws with known chances, replacement by rule, assignments, and progress against the design."""

from datashift.sampling.answering import with_shares
from datashift.sampling.assigning import assign, back_checks
from datashift.sampling.drawing import VERY_MANY, Draw, draw, joint_chances
from datashift.sampling.frame import Frame, frame_of, places_of
from datashift.sampling.listing import draw_within, unlisted
from datashift.sampling.outcomes import OUTCOMES, Weighted, outcomes_of, progress, weighted
from datashift.sampling.plan import Plan
from datashift.sampling.record import again, read_record, written
from datashift.sampling.replacing import REASONS, Replacement, replace, standing
from datashift.sampling.sizes import Size, deff_of_places, for_difference, for_share, margin_of

__all__ = [
    "OUTCOMES",
    "REASONS",
    "VERY_MANY",
    "Draw",
    "Frame",
    "Plan",
    "Replacement",
    "Size",
    "Weighted",
    "again",
    "assign",
    "back_checks",
    "deff_of_places",
    "draw",
    "draw_within",
    "for_difference",
    "for_share",
    "frame_of",
    "joint_chances",
    "margin_of",
    "outcomes_of",
    "places_of",
    "progress",
    "read_record",
    "replace",
    "standing",
    "unlisted",
    "weighted",
    "with_shares",
    "written",
]
