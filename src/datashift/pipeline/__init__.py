"""The only place where the verbs meet: bytes in, a release out, and the same bytes give the same release anywhere."""

from datashift.pipeline.drawings import Drawing, at_once, drawings, finding_sentence, finished
from datashift.pipeline.earlier import EARLIER, Since, cells_as_json, cells_from_json, earlier
from datashift.pipeline.setting import Setting, question, raw_table, set_up, whole_area
from datashift.pipeline.stages import (
    Result,
    assessment,
    comparisons,
    corrected,
    estimates,
    observations,
    official_figures,
    run,
    uncertainty_sentence,
)

__all__ = [
    "EARLIER",
    "Drawing",
    "Result",
    "Setting",
    "Since",
    "assessment",
    "at_once",
    "cells_as_json",
    "cells_from_json",
    "comparisons",
    "corrected",
    "drawings",
    "earlier",
    "estimates",
    "finding_sentence",
    "finished",
    "observations",
    "official_figures",
    "question",
    "raw_table",
    "run",
    "set_up",
    "uncertainty_sentence",
    "whole_area",
]
