"""Profiles, the catalogue of criteria, and what people state: read from TOML and checked field by field."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from datashift.errors import BadProfile
from datashift.language import _
from datashift.model.assessment import Statements
from datashift.standards.profiles.records import Catalogue, Profile

R = TypeVar("R", bound=BaseModel)
_CATALOGUE = "criteria.toml"


@cache
def catalogue() -> Catalogue:
    """Return the criteria that ship with the program."""
    return _parse(Catalogue, (_folder() / _CATALOGUE).read_text("utf-8"), _CATALOGUE)


def known_profiles() -> list[str]:
    """Return the ids of the profiles that ship, sorted."""
    return sorted(path.stem for path in _folder().glob("*.toml") if path.name != _CATALOGUE)


@cache
def shipped_profile(name: str) -> Profile:
    """Return the profile called `name` that ships with the program. Raises BadProfile."""
    return parse_profile(profile_text(name), f"{name}.toml")


def profile_text(name: str) -> str:
    """Return the text of a profile that ships with the program. Raises BadProfile."""
    if name not in known_profiles():
        raise BadProfile("profile.unknown", profile=name, known=", ".join(known_profiles()))
    return (_folder() / f"{name}.toml").read_text("utf-8")


def profiles_for(kit: str) -> tuple[Profile, ...]:
    """Return the profiles that ship and are for the kit with this id: those for any kit, then those for this one."""
    found = [shipped_profile(name) for name in known_profiles()]
    fitting = [profile for profile in found if not profile.kits or kit in profile.kits]
    return tuple(sorted(fitting, key=lambda profile: bool(profile.kits)))


def parse_profile(text: str, file: str) -> Profile:
    """Return the profile that the TOML `text` describes; `file` names it in errors. Raises BadProfile."""
    profile = _parse(Profile, text, file)
    unknown = [piece for piece in profile.pieces if piece not in catalogue().by_id]
    if unknown:
        raise BadProfile("profile.no-criterion", file=file, criterion=unknown[0], known=", ".join(catalogue().by_id))
    labels = [profile.title, profile.about, *(part.label for part in profile.parts)]
    if not all(text.strip() for one in labels for text in (one.get("en", ""),)):
        raise BadProfile("profile.no-english", file=file)
    return profile


def statements_of(text: str, file: str) -> Statements:
    """Return what people state in the TOML `text`; `file` names it in errors.

    Raises BadProfile where a criterion is not in the catalogue, or is said to be met and nothing shows it.
    """
    stated = _parse(Statements, text, file)
    for name, statement in stated.statements.items():
        if name not in catalogue().by_id:
            known = ", ".join(catalogue().by_id)
            raise BadProfile("profile.no-criterion", file=file, criterion=name, known=known)
        if statement.state in ("met", "partly") and not (statement.link or any(statement.text.values())):
            raise BadProfile("profile.nothing-shown", file=file, criterion=name)
    return stated


def _folder() -> Path:
    return Path(str(files("datashift").joinpath("profiles")))


def _parse(record: type[R], text: str, file: str) -> R:
    try:
        return record.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as problem:
        raise BadProfile("profile.not-toml", file=file, problem=problem) from problem
    except RecursionError as problem:
        raise BadProfile("profile.not-toml", file=file, problem=_("it is nested too deeply")) from problem
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or _("the whole file")
        raise BadProfile("profile.bad-field", file=file, field=where, problem=first["msg"]) from problem
    except ValueError as problem:  # Python reads no whole number of more than 4,300 digits
        raise BadProfile("profile.not-toml", file=file, problem=_("a number in it is too long")) from problem
