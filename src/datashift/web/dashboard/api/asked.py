"""What may be asked: the parameters of each list. Texts may hold no control characters, which no database takes."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Path
from pydantic import BaseModel, Field

from datashift.web.dashboard.api.shapes import Language

MOST = 1000
"""How many records one page may hold."""

_NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"
LARGEST = 2**63 - 1
"""The largest id that a database can hold."""

Word = Annotated[str, Field(max_length=160, pattern=_NO_CONTROLS)]
Id = Annotated[str, Path(max_length=160, pattern=_NO_CONTROLS)]
ReleaseId = Annotated[str, Field(max_length=64, pattern=_NO_CONTROLS)]


class Spoken(BaseModel):
    """The language of the texts."""

    language: Language = Field("en", description="Language of the texts.")


class Formatted(BaseModel):
    """The format of a list."""

    format: Literal["json", "csv"] | None = Field(None, description="Format; else by the Accept header.")


class Listed(Spoken, Formatted):
    """A list in a language and a format."""


class _Paged(Listed):
    limit: int = Field(100, ge=1, le=MOST, description="How many at most.")


class ReleasesAsked(_Paged):
    """Which releases."""

    indicator: Word = ""
    country: Word = ""
    organisation: Word = Field("", description="The slug of an organisation.")
    kit: Word = ""
    state: Literal["current", "all"] = Field("current", description="all: replaced and withdrawn ones too.")
    after: ReleaseId = Field("", description="Cursor: only what comes after this release. Follow `next`.")

    def filters(self) -> dict[str, str]:
        """Return what releases must be."""
        own = {"indicator": self.indicator, "country": self.country, "organisation__slug": self.organisation}
        return {name: value for name, value in (own | {"kit": self.kit}).items() if value}


class _RowsAsked(_Paged):
    release: ReleaseId = Field("", description="One release, also one that was replaced.")
    indicator: Word = ""
    measure: Word = ""
    country: Word = ""
    area: Word = ""
    period: Word = ""
    breakdown: Word | None = Field(None, description="Empty: for everybody only; such as AGE=Y15T24;SEX=F.")
    after: int = Field(0, ge=0, le=LARGEST, description="Cursor: only what comes after this id. Follow `next`.")

    def filters(self) -> dict[str, str]:
        """Return what rows must be."""
        names = ("indicator", "measure", "country", "area", "period")
        found = {name: getattr(self, name) for name in names if getattr(self, name)}
        return found if self.breakdown is None else {**found, "breakdown": self.breakdown}


class FiguresAsked(_RowsAsked):
    """Which figures."""


class ComparisonsAsked(_RowsAsked):
    """Which comparisons."""

    verdict: Word = ""

    def filters(self) -> dict[str, str]:
        """Return what rows must be."""
        return {**super().filters(), **({"verdict": self.verdict} if self.verdict else {})}


class AreasAsked(Listed):
    """Which places."""

    country: str = Field("", pattern="^([A-Z]{2})?$", description="Two letters; else all countries with a list.")
