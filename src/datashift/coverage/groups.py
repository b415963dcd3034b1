"""Groups of people: which a figure speaks of, and which an indicator should be known for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from datashift.language import label
from datashift.model import Kit, Label
from datashift.standards.framework import Framework
from datashift.standards.structures.identifiers import kit_breakdowns

EVERYBODY = ""

GROUPS: Mapping[str, Label] = {
    EVERYBODY: {"en": "everybody", "es": "todas las personas", "sw": "watu wote", "ne": "सबै जना"},
    "SEX=F": {"en": "women and girls", "es": "mujeres y niñas", "sw": "wanawake na wasichana", "ne": "महिला र बालिका"},
    "SEX=M": {"en": "men and boys", "es": "hombres y niños", "sw": "wanaume na wavulana", "ne": "पुरुष र बालक"},
    "URBANISATION=R": {"en": "countryside", "es": "zona rural", "sw": "vijijini", "ne": "ग्रामीण क्षेत्र"},
    "URBANISATION=U": {"en": "towns", "es": "zona urbana", "sw": "mijini", "ne": "सहरी क्षेत्र"},
    "INCOME_WEALTH_QUANTILE=Q1": {
        "en": "poorest fifth", "es": "quinto más pobre", "sw": "moja ya tano maskini zaidi",
        "ne": "सबैभन्दा गरिब पाँचौँ हिस्सा",
    },
    "DISABILITY_STATUS=PD": {
        "en": "people with disabilities", "es": "personas con discapacidad", "sw": "watu wenye ulemavu",
        "ne": "अपाङ्गता भएका मानिस",
    },
    "AGE": {"en": "by age", "es": "por edad", "sw": "kwa umri", "ne": "उमेरअनुसार"},
    "EDUCATION_LEV": {"en": "by schooling", "es": "por educación", "sw": "kwa elimu", "ne": "शिक्षाअनुसार"},
    "OCCUPATION": {"en": "by occupation", "es": "por ocupación", "sw": "kwa kazi", "ne": "पेशाअनुसार"},
}  # fmt: skip
"""The groups that are looked for, in their order. A concept alone (AGE) means: told for two or more of its groups."""

BREAKDOWNS = frozenset(group for group in GROUPS if group and "=" not in group)

PEOPLE = frozenset(group.partition("=")[0] for group in GROUPS if group)
"""Breakdowns that part people; all others (products, activities) part the subject, not who is counted."""

_WHOLE = frozenset({"", "_T", "_Z", "TOTAL", "ALLAREA", "BOTHSEX", "ALLAGE"})

Part = frozenset[tuple[str, str]]
"""Concepts of people with a code each, as one figure has them; empty = everybody."""


def group_label(group: str) -> str:
    """Return the name of a group in the current language."""
    return label(GROUPS.get(group, {"en": group}))


def people_of(breakdown: str) -> Part:
    """Return the concepts of people in a breakdown such as "AGE=Y15T24;SEX=F", without totals."""
    pairs = (part.partition("=") for part in breakdown.split(";") if part)
    return frozenset((concept, code) for concept, _is, code in pairs if concept in PEOPLE and code not in _WHOLE)


def without_definition(parts: Mapping[tuple[int, int], Part]) -> dict[tuple[int, int], tuple[Part, Part]]:
    """Part what tells the figures of a series from each other from what belongs to its definition.

    In: (series, breakdown) -> part, for every breakdown that a series has. Out: for each (part, definition). A concept
    that has one and the same code in all figures of a series (adults only, women only) says whom the indicator means.
    """
    seen: dict[int, list[Part]] = {}
    for (series, _breakdown), part in parts.items():
        seen.setdefault(series, []).append(part)
    meant = {series: frozenset.intersection(*found) for series, found in seen.items()}
    return {key: (part - meant[key[0]], meant[key[0]]) for key, part in parts.items()}


def groups_of(part: Part, meant: Part = frozenset()) -> list[tuple[str, bool]]:
    """Return the groups that a figure tells of, each with whether it tells of the whole group or of a part of it.

    In: what tells the figure from others of its series, and whom the series means: a series about women tells of women.
    """
    found = [(EVERYBODY, not part)]
    found += [(group, not part) for concept, code in sorted(meant) if (group := f"{concept}={code}") in GROUPS]
    for concept, code in sorted(part):
        group = f"{concept}={code}"
        if group in GROUPS:
            found.append((group, len(part) == 1))
        elif concept in GROUPS:
            found.append((concept, False))
    return found


def wanted_groups(framework: Framework, kits: Iterable[Kit]) -> dict[str, set[str]]:
    """Return by indicator the groups for which its series admit figures, or for which a kit measures it."""
    concepts: dict[str, set[str]] = {}
    for series in framework.all_series.values():
        for code in series.indicators:
            concepts.setdefault(code, set()).update(series.admits or (), series.filled or ())
    for kit in kits:
        concepts.setdefault(kit.indicator, set()).update(kit_breakdowns(kit).values())
    return {
        code: {EVERYBODY, *(group for group in GROUPS if group and group.partition("=")[0] in broken)}
        for code, broken in concepts.items()
    }
