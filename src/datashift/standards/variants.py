"""National and local variants: a small TOML that says only how a kit departs from another one.

A variant is expanded to the full text of a kit before anything else happens, so that whoever verifies a release needs
one text and no other file.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from datashift.errors import BadRecipe
from datashift.language import _
from datashift.model import Kit
from datashift.standards.kits import kit_folder, parse_kit

FILE = "variant.toml"
OWN = ("id", "version", "title", "variant")
"""What a variant states for itself; everything else may come from the kit it departs from."""


def kit_text(name: str, beside: Path | None = None) -> str:
    """Return the TOML text of a kit, or of a variant written out in full; `name` and `beside` as in `kit_folder`.

    Raises BadRecipe where there is no such kit, or a variant departs from itself.
    """
    return _text(name, beside, ())


def _text(name: str, beside: Path | None, below: tuple[Path, ...]) -> str:
    folder = kit_folder(name, beside)
    if (folder / "kit.toml").is_file():
        return _read(folder / "kit.toml")
    if folder in below:
        raise _bad("variant.of", _("it departs from itself"))
    text = _read(folder / FILE)
    base = parse_kit(_text(_of(text), folder, (*below, folder)), "kit.toml")
    return expanded(text, base)


def parse_variant(text: str, base: Kit) -> Kit:
    """Return the full kit that the variant `text` makes of `base`. Raises BadRecipe."""
    return parse_kit(expanded(text, base), FILE)


def expanded(text: str, base: Kit) -> str:
    """Return the variant `text` over `base` as the full text of a kit.

    Tables are laid over those of the kit, entry by entry; a list takes the place of a list. Measures are named by their
    id, and single entries of another list by their number, counted from 1: `[concepts.service.rules.2.when.minutes]`.
    `remove` lists paths that go; a code that goes also leaves every condition that names it. Raises BadRecipe.
    """
    stated, of = _loads(text), _of(text)
    _require_own(stated, base)
    full = base.model_dump(mode="json", exclude_defaults=True, exclude={"variant"})
    for concept in full["concepts"].values():
        if "codelist" in concept:
            concept.pop("codes", None)
    removed = stated.pop("remove", [])
    if not isinstance(removed, list):
        raise _bad("remove", _("it is a list of paths"))
    before = _codes(full)
    for path in removed:
        _remove(full, str(path))
    emptied = _forget(full, {name: codes - _codes(full).get(name, set()) for name, codes in before.items()})
    full = _over(full, stated, "")
    for path in emptied:
        if _at(full, path) == []:
            raise _bad(path, _("no answer is left here; state the condition anew"))
    head = f"# {stated['id']} {stated['version']}: written out in full from {FILE}, which departs from {of}.\n\n"
    return head + as_toml(full)


def _require_own(stated: Mapping[str, Any], base: Kit) -> None:
    for name in OWN:
        if name not in stated:
            raise _bad(name, _("a variant states its own"))
    if stated["id"] == base.id:
        raise _bad("id", _("a variant needs an id of its own"))
    version = stated["variant"]["of"].partition("@")[2]
    if version and version != base.version:
        raise _bad("variant.of", _("the kit at hand has the version {version}").format(version=base.version))


def as_toml(table: Mapping[str, Any]) -> str:
    """Return a table (of texts, numbers, lists and tables) as TOML text."""
    lines = [f"{_key(name)} = {_inline(value)}" for name, value in table.items() if not _is_section(value)]
    for name, value in table.items():
        if isinstance(value, Mapping):
            lines += _section(name, value)
        elif _is_section(value):
            for entry in value:
                lines += ["", f"[[{_key(name)}]]", *(f"{_key(k)} = {_inline(v)}" for k, v in entry.items())]
    return "\n".join(lines) + "\n"


# --- laying one table over another --------------------------------------------------------------------------------


def _over(base: Any, stated: Any, path: str) -> Any:
    if isinstance(base, Mapping) and isinstance(stated, Mapping):
        merged = dict(base)
        for name, value in stated.items():
            merged[name] = _over(base[name], value, f"{path}{name}.") if name in base else value
        return merged
    if isinstance(base, list) and _entries(stated):
        return _into_list(base, _entries(stated), path)
    if isinstance(base, Mapping):
        raise _bad(path.removesuffix("."), _("the kit has a table here, with entries of its own"))
    return stated


def _entries(stated: Any) -> dict[str, Any]:
    """Read changes to single entries of a list: a table by id or number, or a list of tables with an id."""
    if isinstance(stated, Mapping):
        return dict(stated)
    named = isinstance(stated, list) and all(isinstance(entry, Mapping) and "id" in entry for entry in stated)
    return {entry["id"]: entry for entry in stated} if named else {}


def _into_list(base: Sequence[Any], entries: Mapping[str, Any], path: str) -> list[Any]:
    found = list(base)
    for name, value in entries.items():
        at = _position(found, name)
        if at is not None:
            found[at] = _over(found[at], value, f"{path}{name}.")
        elif name == str(len(found) + 1):
            found.append(value)
        elif path == "measures.":
            found.append({"id": name, **value} if isinstance(value, Mapping) else value)
        else:
            raise _bad(f"{path}{name}", _("the kit has no such entry"))
    return found


def _position(entries: Sequence[Any], name: str) -> int | None:
    ids = [entry.get("id") if isinstance(entry, Mapping) else None for entry in entries]
    if name in ids:
        return ids.index(name)
    return int(name) - 1 if name.isdigit() and 0 < int(name) <= len(entries) else None


def _remove(table: dict[str, Any], path: str) -> None:
    above, _dot, last = path.rpartition(".")
    parent: Any = _at(table, above) if above else table
    at = _position(parent, last) if isinstance(parent, list) else last
    if at is None or _at(table, path) is None:
        raise _bad(f"remove: {path}", _("the kit has no such entry"))
    del parent[at]


def _at(table: Any, path: str) -> Any:
    """Return what stands at a path, None where there is nothing."""
    for name in path.split("."):
        at = _position(table, name) if isinstance(table, list) else name
        found = isinstance(table, Mapping) and name in table
        table = table[at] if found or (isinstance(table, list) and at is not None) else None
    return table


# --- codes that are gone ------------------------------------------------------------------------------------------


def _codes(full: Mapping[str, Any]) -> dict[str, set[str]]:
    lists = full.get("codelists", {})
    return {
        name: set(lists.get(concept["codelist"], {}) if "codelist" in concept else concept.get("codes", {}))
        for name, concept in full.get("concepts", {}).items()
    }


def _forget(full: Mapping[str, Any], gone: Mapping[str, set[str]]) -> list[str]:
    """Take codes that are gone out of every condition; return the paths of those in which none is left."""
    emptied = []
    for where, condition in _conditions(full):
        for name, wanted in condition.items():
            if isinstance(wanted, list) and gone.get(name):
                wanted[:] = [code for code in wanted if code not in gone[name]]
                emptied += [] if wanted else [f"{where}.{name}"]
    return emptied


def _conditions(full: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, concept in full.get("concepts", {}).items():
        for part in ("asked_if", "count_of"):
            yield f"concepts.{name}.{part}", concept.get(part, {})
        for number, rule in enumerate(concept.get("rules", []), 1):
            yield f"concepts.{name}.rules.{number}.when", rule.get("when", {})
    for measure in full.get("measures", []):
        for part in ("numerator", "denominator"):
            yield f"measures.{measure['id']}.{part}", measure.get(part, {})


# --- text -----------------------------------------------------------------------------------------------------------


def _section(name: str, table: Mapping[str, Any]) -> Iterator[str]:
    """Give a table its heading; where it holds nothing but tables (concepts, codelists), each of these its own."""
    if table and all(isinstance(value, Mapping) for value in table.values()) and name in ("concepts", "codelists"):
        for inner, value in table.items():
            yield from ["", f"[{_key(name)}.{_key(inner)}]", *(f"{_key(k)} = {_inline(v)}" for k, v in value.items())]
    else:
        yield from ["", f"[{_key(name)}]", *(f"{_key(k)} = {_inline(v)}" for k, v in table.items())]


def _is_section(value: Any) -> bool:
    tables = isinstance(value, list) and bool(value) and all(isinstance(entry, Mapping) for entry in value)
    return isinstance(value, Mapping) or tables


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _inline(name)


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(name)} = {_inline(entry)}" for name, entry in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_inline, value)) + "]"
    # A text in JSON is one in TOML, but for the sign DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _of(text: str) -> str:
    variant = _loads(text).get("variant")
    if not isinstance(variant, Mapping) or not isinstance(variant.get("of"), str):
        raise _bad("variant.of", _("it names the kit that the variant departs from"))
    return str(variant["of"])


def _loads(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (RecursionError, ValueError) as problem:  # also thousands of brackets, or of digits in one number
        raise BadRecipe("recipe.not-toml", file=FILE, problem=problem) from problem


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadRecipe("recipe.not-toml", file=path.name, problem=_("it is not UTF-8 text")) from problem


def _bad(where: str, problem: str) -> BadRecipe:
    return BadRecipe("recipe.bad-field", file=FILE, field=where, problem=problem)
