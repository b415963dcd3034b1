"""From the names of a kit to ids of SDMX, without reading a single SDMX class: what a figure's columns are called.

SDMX allows the signs A-Z a-z 0-9 _ - in ids of concepts and lists (a letter first), and @ and $ in ids of codes.
Codes of the SDG lists are used where a kit's answer says the same; every other code stays as the kit writes it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache

from datashift.errors import BadStandard
from datashift.model import Kit
from datashift.standards.structures.layout import parts

AGENCY = "DATASHIFT"
REPORTING_TYPE = "C"
"""Citizen. A code of our own: the global list has G (global), R (regional) and N (national), none of which this is."""

EVERYBODY = "_T"

BREAKDOWNS = {
    "sex": "SEX",
    "gender": "SEX",
    "age": "AGE",
    "age_group": "AGE",
    "urbanisation": "URBANISATION",
    "urban_rural": "URBANISATION",
    "residence": "URBANISATION",
    "disability": "DISABILITY_STATUS",
    "disability_status": "DISABILITY_STATUS",
    "education": "EDUCATION_LEV",
    "education_level": "EDUCATION_LEV",
    "wealth_quintile": "INCOME_WEALTH_QUANTILE",
    "income_quintile": "INCOME_WEALTH_QUANTILE",
}
"""Concepts that have a dimension in the SDG data structure; any other concept has its own name in capitals."""

_PLACES = frozenset({"place", "zone", "setting", "locality", "area_type", "settlement"})

_SAME = {
    "SEX": {
        "female": "F", "woman": "F", "women": "F", "girl": "F", "girls": "F", "f": "F",
        "male": "M", "man": "M", "men": "M", "boy": "M", "boys": "M", "m": "M",
        "other": "_O", "another": "_O", "refused": "_N", "unknown": "_U", "dont_know": "_U",
    },
    "URBANISATION": {"urban": "U", "town": "U", "u": "U", "rural": "R", "countryside": "R", "r": "R"},
    "INCOME_WEALTH_QUANTILE": {f"q{fifth}": f"Q{fifth}" for fifth in range(1, 6)},
    "DISABILITY_STATUS": {"with_disability": "PD", "disabled": "PD", "pd": "PD", "without_disability": "PWD",
                          "not_disabled": "PWD", "pwd": "PWD"},
    "EDUCATION_LEV": {
        "none": "ISCED11A_01", "no_schooling": "ISCED11A_01", "primary": "ISCED11_1", "secondary": "AGG_2_3",
        "lower_secondary": "ISCED11_2", "upper_secondary": "ISCED11_3", "tertiary": "AGG_5T8",
    },
}  # fmt: skip
"""Answers of kits that say the same as a code of the SDG lists."""

_AGE_SPAN = re.compile(r"(?:age|y)?_?(\d+)(?:[-_]|_?to_?|t)(\d+)", re.IGNORECASE)
_AGE_OVER = re.compile(r"(?:age|y)?_?(?:ge_?)?(\d+)(?:_?(?:plus|and_over|\+))", re.IGNORECASE)
_CODE_ID = re.compile(r"[A-Za-z0-9_@$-]+")
_NAME_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def citizen_only(code: str) -> str:
    """Return `code` if it is the reporting type of citizen data. Raises BadStandard for N, R, G and all others."""
    if code != REPORTING_TYPE:
        raise BadStandard("standard.structure-reporting-type", code=code, own=REPORTING_TYPE)
    return code


def is_code_id(text: str) -> bool:
    """Say whether SDMX takes `text` as the id of a code."""
    return _CODE_ID.fullmatch(text) is not None


def checked_id(text: str) -> str:
    """Return `text` if SDMX takes it as the id of a code. Raises BadStandard."""
    if not is_code_id(text):
        raise BadStandard("standard.structure-code", code=text)
    return text


def name_id(name: str) -> str:
    """Return `name` as an id of a concept, list or structure: capitals, and _ for every sign that SDMX forbids."""
    capitals = re.sub(r"[^A-Z0-9_]", "_", name.upper(), flags=re.ASCII)
    return capitals if _NAME_ID.fullmatch(capitals) else f"X{capitals}"


def name_ids(names: Iterable[str]) -> dict[str, str]:
    """Return an id of its own for every name; the second of two that would share one gets `_2`."""
    return _distinct({name: name_id(name) for name in names})


def code_ids(codes: Iterable[str], dimension: str = "") -> dict[str, str]:
    """Return an SDMX id of its own for every code of a kit: the SDG code in an SDG `dimension`, else the code itself.

    Where two answers would share one SDG code, the first has it and the others keep their own, so that nothing merges.
    """
    ids: dict[str, str] = {}
    for code in codes:
        wanted = _sdg_code(dimension, code)
        ids[code] = wanted if wanted not in ids.values() else code
    return _distinct({code: re.sub(r"[^A-Za-z0-9_@$-]", "_", wanted) or "_" for code, wanted in ids.items()})


def dimension(concept: str, codes: Collection[str] = ()) -> str:
    """Return the dimension of a breakdown concept. `codes` tell whether a place means town and countryside.

    A concept that bears the name of another component is set apart by `BY_`.
    """
    if concept.lower() in BREAKDOWNS:
        return BREAKDOWNS[concept.lower()]
    if concept.lower() in _PLACES and codes and all(code.lower() in _SAME["URBANISATION"] for code in codes):
        return "URBANISATION"
    name = name_id(concept)
    return f"BY_{name}" if name in _taken() else name


def kit_breakdowns(kit: Kit) -> dict[str, str]:
    """Return a dimension of its own for every concept by which a measure of `kit` is broken down, in its order."""
    used = {concept for measure in kit.measures for breakdown in measure.breakdowns for concept in breakdown}
    given: dict[str, str] = {}
    for name in kit.concepts:
        if name in used:
            first = dimension(name, kit.concepts[name].codes)
            given[name] = first if first not in given.values() else f"BY_{name_id(name)}"
    return given


def flow_id(kit: Kit) -> str:
    """Return what the figures of a kit name as their structure: agency, dataflow and version."""
    return f"{AGENCY}:DF_{name_id(kit.id)}({kit.version})"


def _sdg_code(sdg: str, code: str) -> str:
    if sdg == "AGE":
        span, over = _AGE_SPAN.fullmatch(code), _AGE_OVER.fullmatch(code)
        return f"Y{span[1]}T{span[2]}" if span else f"Y_GE{over[1]}" if over else code
    return _SAME.get(sdg, {}).get(code.lower(), code)


def _distinct(wanted: Mapping[str, str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, base in wanted.items():
        free, count = base, 2
        while free in given.values():
            free, count = f"{base}_{count}", count + 1
        given[name] = free
    return given


@cache
def _taken() -> frozenset[str]:
    return frozenset({"STRUCTURE", "STRUCTURE_ID", "ACTION", *(part.id for part in parts())})
