"""Words of the street for the terms of the field, as the pages of releases say them."""

from __future__ import annotations

from datashift.language import N_, _

ESTIMATORS = {
    "proportion": N_("Of all that count, the share with this answer (proportion)."),
    "mean": N_("All values added up, then divided by how many there are (mean)."),
    "ratio": N_("One total divided by another (ratio)."),
    "total": N_("All that count, added up (total)."),
    "per_unit": N_("The people of the area, divided by how many of these there are (persons per unit)."),
    "rate": N_("How many there are, for a fixed number of people in the area (rate)."),
    "mean_of": N_("The plain average of several shares (mean of measures)."),
}
"""How a figure is formed from answers, by estimator."""

STAGES = {
    "raw": N_("raw"), "recipe": N_("recipe"), "observations": N_("observations"), "cells": N_("cells"),
    "estimates": N_("estimates"), "charts": N_("charts"), "manifest": N_("manifest"),
}  # fmt: skip
"""The stages of a bundle."""

KINDS = {
    "estimates.csv": N_("All figures with their intervals (SDMX-CSV)"),
    "comparison.csv": N_("All comparisons with official figures (CSV)"),
    "cells.parquet": N_("The totals from which every figure follows (Parquet)"),
    "dossier.json": N_("How the figures came about: evidence, checks, coverage, profiles (JSON)"),
    "findings.json": N_("What the checks noticed (JSON)"),
    "recipe.toml": N_("The recipe: every decision about the file (TOML)"),
    "kit.toml": N_("The kit: what was asked and what counts (TOML)"),
    "datapackage.json": N_("What each column means (Data Package)"),
    "inputs/official.json": N_("The official figures that were at hand (JSON)"),
    "inputs/margins.json": N_("How many people live where, as the recipe names it (JSON)"),
    "inputs/losses.json": N_("What was lost on the way from the file to the figures (JSON)"),
    "manifest.json": N_("What made the release, with a digest of every file (JSON)"),
    "manifest.sha256": N_("The digests, for sha256sum (text)"),
}
"""What the files of a bundle are."""


WHO = {
    "both": N_("citizens and officially"), "citizens": N_("citizens"), "official": N_("officially"),
    "part": N_("in part only"), "hidden": N_("counted, but hidden"), "modelled": N_("modelled only"),
    "nobody": N_("nobody"),
}  # fmt: skip
"""Who counted a cell of the coverage matrix, in the words of the command line."""

METHODS = (
    ("sources", N_("Where the figures come from"), N_("Citizens, official sources, and what stays private.")),
    ("sure", N_("How sure are we?"), N_("What an interval means, and what an answer is worth.")),
    ("words", N_("What the verdict words mean"), N_("Five words may stand beside a comparison, and no other.")),
    ("refuse", N_("What we refuse, and why"), N_("Figures and comparisons that would mislead are not made.")),
    ("progress", N_("On track for 2030?"), N_("Several published methods side by side, with their assumptions.")),
    ("hidden", N_("Why some figures are hidden"), N_("Nobody may be recognised in a figure.")),
    ("people", N_("Who was counted, who was not"), N_("Answers beside the census, and a ring where nobody counted.")),
    ("corrections", N_("Corrections and withdrawals"), N_("Nothing is changed in silence.")),
    ("contest", N_("How to contest a figure"), N_("What would have to be wrong, and how to show it.")),
)  # fmt: skip
"""The sections of the page on methods: anchor, title, one sentence."""


def said_of(words: dict[str, str], name: str) -> str:
    """Return the words for a term in the current language, the term itself where there are none."""
    return _(words[name]) if name in words else name
