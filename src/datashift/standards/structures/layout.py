"""What the shadow structure is made of, as data: components, codelists and their names in four languages.

The dimensions and attributes of the SDG data structure are those of DF_SDG_GLH 1.24, in its order; what each attribute
hangs on, and the codes, are those of IAEG-SDGs:SDG(1.14). Codes are facts; the names are our own words.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal

from datashift.language import LANGUAGES
from datashift.model import Label

_AGE = re.compile(r"(?P<unit>[YM])(?P<over>_GE)?(?P<first>\d+)(?:T(?P<last>\d+))?")
_YEARS = {
    "span": {"en": "{} to {} years", "es": "De {} a {} años", "sw": "Miaka {} hadi {}", "ne": "{} देखि {} वर्ष"},
    "over": {"en": "{} years and over", "es": "{} años o más", "sw": "Miaka {} na zaidi", "ne": "{} वर्ष र माथि"},
    "one": {"en": "{} years", "es": "{} años", "sw": "Miaka {}", "ne": "{} वर्ष"},
    "none": {"en": "Under 1 year", "es": "Menos de 1 año", "sw": "Chini ya mwaka 1", "ne": "१ वर्षमुनि"},
}
_MONTHS = {
    "span": {"en": "{} to {} months", "es": "De {} a {} meses", "sw": "Miezi {} hadi {}", "ne": "{} देखि {} महिना"},
    "over": {"en": "{} months and over", "es": "{} meses o más", "sw": "Miezi {} na zaidi", "ne": "{} महिना र माथि"},
    "one": {"en": "{} months", "es": "{} meses", "sw": "Miezi {}", "ne": "{} महिना"},
    "none": {"en": "Under 1 month", "es": "Menos de 1 mes", "sw": "Chini ya mwezi 1", "ne": "१ महिनामुनि"},
}
_DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")


@dataclass(frozen=True)
class Part:
    """A component: a dimension (D), the measure (M) or an attribute (A).

    `origin` is SDG, DATASHIFT, or ROW for what only the rows behind the figures have. `attached` is O for an attribute
    of one figure and S for one of a whole series. `representation` is a codelist (CL_…) or an SDMX data type.
    """

    id: str
    role: Literal["D", "M", "A"]
    origin: str
    attached: str
    required: bool
    representation: str
    label: Label

    @property
    def coded(self) -> bool:
        """Say whether the component takes its values from a codelist."""
        return self.representation.startswith("CL_")


@dataclass(frozen=True)
class Answers:
    """A codelist: `source` is the global list its codes are from (empty: our own), `codes` are labels by code."""

    id: str
    source: str
    label: Label
    codes: dict[str, Label] = field(default_factory=dict)


@cache
def parts(*origins: str) -> tuple[Part, ...]:
    """Return the components of these origins (default: those of the shadow structure), in their order."""
    wanted = origins or ("SDG", "DATASHIFT")
    return tuple(part for part in _every_part() if part.origin in wanted)


@cache
def answers() -> dict[str, Answers]:
    """Return the codelists of the shadow structure by id."""
    lists = {row["id"]: Answers(row["id"], row["source"], _label(row)) for row in _rows("codelists")}
    for row in _rows("codes"):
        lists[row["codelist"]].codes[row["id"]] = _label(row) if row["en"] else age_label(row["id"])
    return lists


def age_label(code: str) -> Label:
    """Return the name of an age group: `Y15T24` is 15 to 24 years, `Y_GE65` 65 and over, `M36T59` counts months.

    Another code is its own name.
    """
    found = _AGE.fullmatch(code)
    if found is None:
        return {"en": code}
    words = _YEARS if found["unit"] == "Y" else _MONTHS
    kind = "span" if found["last"] else "over" if found["over"] else "one" if int(found["first"]) else "none"
    numbers = [number for number in (found["first"], found["last"]) if number is not None]
    return {
        language: text.format(*(n.translate(_DEVANAGARI) if language == "ne" else n for n in numbers))
        for language, text in words[kind].items()
    }


@cache
def _every_part() -> tuple[Part, ...]:
    return tuple(
        Part(
            id=row["id"],
            role=row["role"],  # type: ignore[arg-type]
            origin=row["origin"],
            attached=row["attached"],
            required=row["required"] == "yes",
            representation=row["representation"],
            label=_label(row),
        )
        for row in _rows("components")
    )


def _label(row: dict[str, str]) -> Label:
    return {language: row[language] for language in LANGUAGES if row[language]}


def _rows(name: str) -> list[dict[str, str]]:
    text = files("datashift.standards").joinpath("structure_data", f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text)))
