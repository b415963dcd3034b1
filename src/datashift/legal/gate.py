"""The legal gate: for each country a list of laws to be considered, each with its source and a question to tick.

It advises nobody. Each item says where it was read, when, whether that was the law itself, and who confirmed it:
nobody, for every item that ships. A tick says that a person considered the item; it never says that the law is kept.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from datashift.errors import BadStandard
from datashift.language import LANGUAGES, N_

NOT_CONFIRMED = N_("Not confirmed by a lawyer.")
"""What stands beside an item that nobody who may advise has confirmed."""


def _in_four_languages(texts: dict[str, str]) -> dict[str, str]:
    missing = [language for language in LANGUAGES if not texts.get(language, "").strip()]
    if missing:
        raise ValueError(f"nothing is said in: {', '.join(missing)}")
    return texts


def _an_address(text: str) -> str:
    if not text.startswith(("https://", "http://")):
        raise ValueError("a source is an address that begins with https:// or http://")
    return text


Said = Annotated[dict[str, str], AfterValidator(_in_four_languages)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Confirmed(_Record):
    """Somebody who may advise on the law said that an item is right: who, and when."""

    by: str = Field(min_length=1)
    on: date


class Item(_Record):
    """One thing to consider. `first_hand`: what was read is the law itself, or the page of the office it binds."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    law: str = Field(min_length=1)
    first_hand: bool
    sources: tuple[Annotated[str, AfterValidator(_an_address)], ...] = Field(min_length=1)
    confirmed_by: str = ""
    confirmed_on: date | None = None
    text: Said
    question: Said
    unsure: Said | None = None

    @model_validator(mode="after")
    def _confirmed_whole(self) -> Item:
        if bool(self.confirmed_by) != (self.confirmed_on is not None):
            raise ValueError("who confirmed it and on which day belong together")
        return self

    @property
    def confirmed(self) -> Confirmed | None:
        """Who confirmed it, or None: then NOT_CONFIRMED is to be said beside it."""
        return Confirmed(by=self.confirmed_by, on=self.confirmed_on) if self.confirmed_on else None


class Legal(_Record):
    """What is to be considered for one country, and the day on which it was read."""

    country: str = Field(pattern=r"^[A-Z]{2}$")
    read: date
    items: tuple[Item, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Legal:
        names = [one.id for one in self.items]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"these items stand there twice: {', '.join(twice)}")
        return self


@dataclass(frozen=True)
class Tick:
    """A person considered an item: which, in the file read on which day, who (a number) and when (ISO)."""

    item: str
    read: str
    by: int
    at: str


def countries_with_a_gate() -> tuple[str, ...]:
    """Return the countries for which a file ships."""
    names = (path.name.removesuffix(".toml") for path in files("datashift").joinpath("legal").iterdir())
    return tuple(sorted(name.upper() for name in names if len(name) == 2))


@cache
def legal_of(country: str) -> Legal | None:
    """Return what is to be considered for a country (two letters), or None: nothing was read about it."""
    if country.upper() not in countries_with_a_gate():
        return None
    file = f"{country.lower()}.toml"
    found = parse_legal(files("datashift").joinpath("legal", file).read_text("utf-8"), file)
    if found.country != country.upper():
        raise BadStandard("standard.legal", file=file, field="country", problem=found.country)
    return found


def parse_legal(text: str, file: str) -> Legal:
    """Return what the TOML `text` says; `file` names it in errors. Raises BadStandard."""
    try:
        return Legal.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as broken:
        raise BadStandard("standard.legal", file=file, field="TOML", problem=str(broken)) from None
    except ValidationError as broken:
        first = broken.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "items"
        raise BadStandard("standard.legal", file=file, field=field, problem=first["msg"]) from None


def open_items(legal: Legal | None, ticks: Iterable[Tick] | Iterable[Mapping[str, object]]) -> tuple[Item, ...]:
    """Return the items nobody ticked; a tick of an older reading of the file counts no longer."""
    if legal is None:
        return ()
    done = {(one.item, one.read) if isinstance(one, Tick) else (one["item"], one["read"]) for one in ticks}
    return tuple(one for one in legal.items if (one.id, legal.read.isoformat()) not in done)
