"""Everything a run reads, gathered once as bytes, so that the same bytes can be computed again anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from datashift.errors import BadRecipe, SourceUnavailable
from datashift.language import _
from datashift.model import Recipe
from datashift.read import store
from datashift.standards.kits import parse_recipe
from datashift.standards.variants import kit_text as text_of_kit


@dataclass(frozen=True)
class Inputs:
    """The recipe and kit as text, and every file they name as bytes by its bare name.

    `absent` lists the bare names of optional files (official figures, boundaries) that are not at hand.
    """

    recipe_text: str
    kit_text: str
    files: Mapping[str, bytes]
    absent: tuple[str, ...] = ()


def gather(recipe_path: Path, home: Path) -> Inputs:
    """Read the recipe at `recipe_path`, its kit, and every file it names, beside it or from the store at `home`.

    The bytes of each file are kept in the store, under their SHA-256, before anything reads them.
    Sources and margins must be there (SourceUnavailable says where to get them); official figures and boundaries may
    be absent: the run goes on without them and says so. A file whose SHA-256 is not the stated one raises BadRecipe.
    """
    if not recipe_path.is_file():
        raise BadRecipe("recipe.bad-field", file=recipe_path.name, field="recipe", problem=_("it is not there"))
    text = _utf8(recipe_path)
    recipe = parse_recipe(text, recipe_path.name)
    kit_text = text_of_kit(recipe.kit, recipe_path.parent)
    files: dict[str, bytes] = {}
    places: dict[str, str] = {}
    absent = []
    for reference, sha256, url, needed in _references(recipe):
        name = bare_name(reference)
        if places.setdefault(name, reference) != reference:
            raise BadRecipe("recipe.names-clash", names=f"{places[name]}, {reference}")
        if name in files:
            continue
        path = _locate(recipe_path.parent / reference, sha256, home)
        if path is not None:
            files[name] = _checked(path, sha256, home)
        elif needed:
            if url is None:
                raise SourceUnavailable("source.not-beside", file=reference, recipe=recipe_path.name)
            raise SourceUnavailable("source.not-at-hand", file=name, address=url, sha256=sha256 or "?")
        else:
            absent.append(name)
    return Inputs(text, kit_text, files, tuple(dict.fromkeys(absent)))


def bare_name(reference: str) -> str:
    """Return the file name without its folders."""
    return reference.rsplit("/", 1)[-1]


def downloadable(recipe: Recipe) -> Iterator[tuple[str, str, str]]:
    """Yield bare name, address and SHA-256 of every file that the recipe says where to get."""
    for reference, sha256, url, _needed in _references(recipe):
        if url and sha256:
            yield bare_name(reference), url, sha256


def _references(recipe: Recipe) -> Iterator[tuple[str, str | None, str | None, bool]]:
    """Yield reference, SHA-256, address of every file, and whether there is no run without it."""
    place = recipe.place
    yield from ((s.file, s.sha256, s.url, True) for s in recipe.source)
    yield from ((m.file, m.sha256, m.url, True) for m in recipe.margin.values() if m.file)
    yield from ((ledger.file, ledger.sha256, None, True) for ledger in filter(None, [recipe.corrections]))
    yield from ((file, None, None, True) for file in filter(None, [place.areas]))
    yield from ((one.file, one.sha256, None, True) for one in recipe.earlier)
    yield from ((one.file, one.sha256, None, True) for one in (recipe.stated, recipe.protocol.backchecks) if one)
    yield from ((b.file, b.sha256, b.url, False) for b in (place.boundaries, place.parts) if b)
    yield from ((o.file, o.sha256, o.url, False) for o in recipe.official)


def _locate(beside: Path, sha256: str | None, home: Path) -> Path | None:
    if beside.is_file():
        return beside
    stored = home / "raw" / sha256 if sha256 else None
    return stored if stored is not None and stored.is_file() else None


def _utf8(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadRecipe("recipe.not-toml", file=path.name, problem=_("it is not UTF-8 text")) from problem


def _checked(path: Path, sha256: str | None, home: Path) -> bytes:
    found, kept = store(path, home)
    if sha256 and found != sha256:
        raise BadRecipe("recipe.digest", file=path.name, found=found, expected=sha256)
    return kept.read_bytes()
