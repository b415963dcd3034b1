"""What the pipeline hands over to be published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa

from datashift.language import _, label
from datashift.model import Chart, Comparison, Estimate, Finding, Harmonised, Kit, Origin, Recipe


@dataclass(frozen=True)
class Release:
    """Everything that one run found out; `estimates` and what is made from them have passed `protect`.

    recipe_text, kit_text  the exact TOML texts
    raw                    (bare file name, bytes) of every file with rows about single things, in the recipe's order
    finding_sentences, comparison_reasons  one sentence per finding and comparison, in the current language
    created                ISO date; version: that of datashift
    inputs                 (name, bytes) of public tables that are needed to compute the figures again: margins used,
                           official figures used; they go into the public bundle
    dossier                how the figures came about, ready for JSON; None where nothing is told of it
    """

    recipe: Recipe
    recipe_text: str
    kit: Kit
    kit_text: str
    origins: tuple[Origin, ...]
    raw: tuple[tuple[str, bytes], ...]
    harmonised: Harmonised
    cells: pa.Table
    findings: list[Finding]
    finding_sentences: list[str]
    estimates: list[Estimate]
    comparisons: list[Comparison]
    comparison_reasons: list[str]
    charts: tuple[Chart, ...]
    created: str
    version: str
    inputs: tuple[tuple[str, bytes], ...] = ()
    dossier: Mapping[str, Any] | None = None


class Gate(Protocol):
    """The disclosure gate (`protect.gate` with its personal values bound): raises Disclosive or returns."""

    def __call__(self, files: Mapping[str, bytes], *, names: frozenset[str]) -> None: ...


def vocabulary(release: Release) -> frozenset[str]:
    """Return the texts whose words are public anyway: recipe, kit, places, official sources, our own templates."""
    texts = {release.recipe_text, release.kit_text}
    for estimate in release.estimates:
        texts |= {estimate.area_name, estimate.method, _(estimate.reason)}
    for comparison in release.comparisons:
        texts |= {comparison.area_name, _(comparison.reason)}
        if comparison.official is not None:
            official = comparison.official
            texts |= {official.area_name, official.source, official.series, label(official.definition)}
    texts |= {_(finding.text) for finding in release.findings}
    return frozenset(texts)


def said(template: str, facts: Mapping[str, Any]) -> str:
    """Return a template with its facts in the current language; labels among the facts are spoken too."""
    spoken = {name: label(fact) if isinstance(fact, dict) and "en" in fact else fact for name, fact in facts.items()}
    return _(template).format(**spoken)
