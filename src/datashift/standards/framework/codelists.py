"""Texts of series, goals, targets and indicators in the codelists of an SDMX structure message."""

from __future__ import annotations

from pysdmx.model import Codelist

from datashift.standards.framework.tables import level
from datashift.standards.structures.messages import read_structures
from datashift.standards.structures.names import label_of


def texts_of_codelists(data: bytes, file: str) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """Return the names of codes by language and code, and the English name of each code that is a series.

    A codelist counts as one of series when its id holds SERIES, as CL_SERIES of the SDG structure does; codes of other
    lists count when they are those of a goal with a list of goals, a target or an indicator. Raises BadStandard.
    """
    texts: dict[str, dict[str, str]] = {}
    series: dict[str, str] = {}
    for structure in read_structures(data, file):
        if not isinstance(structure, Codelist):
            continue
        of_series = "SERIES" in structure.id.upper()
        for code in structure.items:
            if not of_series and level(code.id) not in ("target", "indicator"):
                continue
            names = label_of(code)
            for language, name in names.items():
                texts.setdefault(language, {})[code.id] = name
            if of_series:
                series[code.id] = names["en"]
    return texts, series
