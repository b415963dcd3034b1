"""`datashift structures`: concepts, codelists and data structures to SDMX files, and what such a file holds."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.commands import add_verbs
from datashift.errors import SourceUnavailable, Unreadable
from datashift.language import N_, _, label

if TYPE_CHECKING:
    from datashift.standards.structures import Structures

HELP = N_("SDMX structures: write those of a kit or of the shadow structure, or see what a file holds")

Told = tuple[str, Callable[[], Any]]

FORMATS = ("sdmx-ml-2.1", "sdmx-ml-3.0", "sdmx-json")
KINDS = {
    "Codelist": N_("codelist"),
    "ConceptScheme": N_("concepts"),
    "DataStructure": N_("data structure"),
    "Dataflow": N_("dataflow"),
    "ValueList": N_("value list"),
}
ROLES = {"D": N_("Dimensions"), "M": N_("Measures"), "A": N_("Attributes")}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the commands export and show."""
    made = add_verbs(parser, {verb: text for verb, (_run, text) in VERBS.items()}, required=True)
    which = made["export"].add_mutually_exclusive_group()
    which.add_argument("--kit", help=_("the kit (its name, or ./ and its folder)"))
    which.add_argument("--shadow", action="store_true", help=_("the shadow structure alone (default)"))
    made["export"].add_argument("--format", choices=FORMATS, default="sdmx-ml-3.0", help=_("the format of the file"))
    made["export"].add_argument("--out", type=Path, required=True, help=_("write the structures here"))
    made["show"].add_argument("file", type=Path, help=_("the file"))


def run(options: argparse.Namespace) -> Told:
    """Do what the verb says."""
    told: Told = VERBS[options.verb][0](options)
    return told


def _export(options: argparse.Namespace) -> Told:
    from datashift.standards.structures import kit_structures, shadow_structure, write_structures

    if options.kit:
        from datashift.standards.kits import parse_kit
        from datashift.standards.variants import kit_text

        structures = kit_structures(parse_kit(kit_text(options.kit, Path()), options.kit))
    else:
        structures = shadow_structure()
    data = write_structures(structures, options.format)
    try:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_bytes(data)
    except OSError as problem:
        raise SourceUnavailable("source.no-store", folder=options.out, problem=problem.strerror) from problem
    said = _("{count} structures written to {file}").format(count=len(structures), file=options.out)
    return said, lambda: {"file": str(options.out), "bytes": len(data), "structures": _records(structures)}


def _show(options: argparse.Namespace) -> Told:
    from datashift.layout import grid, wrapped
    from datashift.standards.structures import read_structures

    structures = read_structures(_content(options.file), options.file.name)
    records = _records(structures)
    rows = [[_(KINDS.get(r["kind"], r["kind"])), r["id"], str(r["entries"] or "")] for r in records]
    parts = [grid([_("what"), _("id"), _("entries")], rows, "llr")]
    for record in records:
        for role, ids in record.get("components", {}).items():
            text = f"{record['id']} – {_(ROLES[role])}: {', '.join(ids)}"
            parts.append(wrapped(text, "", "  "))
    return "\n\n".join(parts), lambda: records


VERBS: dict[str, tuple[Callable[[argparse.Namespace], Told], str]] = {
    "export": (_export, N_("write the structures of a kit, or the shadow structure, to a file")),
    "show": (_show, N_("say what is in a structure file")),
}


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as problem:
        raise Unreadable("read.not-found", file=path) from problem
    except IsADirectoryError as problem:
        raise Unreadable("read.is-a-folder", file=path) from problem
    except OSError as problem:
        raise Unreadable("read.no-access", file=path, problem=problem.strerror) from problem


def _records(structures: Structures) -> list[dict[str, Any]]:
    from datashift.standards.structures.names import label_of

    records: list[dict[str, Any]] = []
    for structure in structures:
        kind, _sign, name = structure.short_urn.partition("=")
        listed = getattr(structure, "items", None) or getattr(structure, "components", None) or ()
        record: dict[str, Any] = {"kind": kind, "id": name, "entries": len(listed), "name": label(label_of(structure))}
        if kind == "DataStructure":
            record["components"] = {
                role: [part.id for part in listed if part.role.value == role] for role in ROLES
            }  # fmt: skip
        records.append(record)
    return records
