"""`datashift standards`: the SDG framework in its versions, its series, and official texts taken from files."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.commands import add_verbs, home
from datashift.language import N_, _

if TYPE_CHECKING:
    from datashift.standards.framework import Entry, Framework

HELP = N_("the SDG framework in its versions: what a code means, how it changed, and official texts from files")

Told = tuple[str, Callable[[], Any]]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verbs list, show, convert and import; without a verb it lists."""
    _framework_arguments(parser)
    made = add_verbs(parser, {verb: text for verb, (_run, text) in VERBS.items()})
    for verb in ("list", "show"):
        _framework_arguments(made[verb], nested=True)
    made["show"].add_argument(
        "code", help=_("a goal, target, indicator or series, such as 6, 6.1, 6.1.1 or SH_H2O_SAFE")
    )
    made["convert"].add_argument("code", help=_("an indicator, such as 17.6.2"))
    made["convert"].add_argument("--from", dest="from_", required=True, help=_("the version that the code is from"))
    made["convert"].add_argument("--to", required=True, help=_("the version it is to be carried to"))
    made["import"].add_argument("file", type=Path, help=_("translations (YAML, ZIP), DDF, Open SDG targets, or SDMX"))
    made["import"].add_argument(
        "--texts", action="append", default=[], metavar="LANGUAGE",
        help=_("take the texts of this language only, such as es; can be repeated"),
    )  # fmt: skip
    made["import"].add_argument(
        "--version",
        default=None,
        help=_("the framework version that the texts speak of, where it is not the one found"),
    )


def _framework_arguments(parser: argparse.ArgumentParser, *, nested: bool = False) -> None:
    left_out = argparse.SUPPRESS if nested else None
    parser.add_argument(
        "--version", default=left_out, help=_("the framework version, such as 2020; without it the newest")
    )
    parser.add_argument("--data", type=Path, default=left_out, help=_("a newer list of indicators (CSV, column code)"))


def run(options: argparse.Namespace) -> Told:
    """Run one verb; return the text for people and the data for machines. Raises BadStandard."""
    verb, _text = VERBS[options.verb or "list"]
    return verb(options)


def _framework(options: argparse.Namespace) -> Framework:
    from datashift.standards.framework import framework

    return framework(options.version, options.data, home())


def _list(options: argparse.Namespace) -> Told:
    from datashift.standards.framework import versions, wording
    from datashift.standards.framework.official import holdings

    found, held, known = _framework(options), holdings(home()), list(versions())
    return "\n".join(wording.listed(found, known, held)), lambda: {
        "version": asdict(found.version),
        "origin": found.origin,
        "versions": known,
        "counts": found.counts(),
        "not_confirmed": [entry.code for entry in found.entries.values() if not entry.confirmed],
        "texts": [
            {
                "language": h.language,
                "kind": h.kind,
                "texts": len(h.texts),
                "series": len(h.series),
                "version": h.version,
            }
            | {"file": h.file, "sha256": h.sha256, "taken": h.taken, "source": h.source}
            for h in held
        ],
    }


def _show(options: argparse.Namespace) -> Told:
    from datashift.language import current
    from datashift.standards.framework import history, wording
    from datashift.standards.framework.official import holdings, texts_of

    found, held = _framework(options), holdings(home())
    code = options.code.strip()
    if code in found.all_series:
        series = found.series(code)
        texts = texts_of(code, held)
        return "\n".join(wording.series_shown(series, texts)), lambda: {"series": asdict(series)} | _said(texts)
    entry = found.entry(code)
    texts = wording.applicable(entry, texts_of(code, held), found)
    kits = _kits(entry.code, *entry.same_as) if entry.level == "indicator" else []
    steps = history(entry.code, found.version.name) if _is_shipped(entry, found) else []
    lines = wording.shown(entry, found, wording.in_language(texts, current()), steps, kits)
    return (
        "\n".join(lines),
        lambda: (
            {
                "version": found.version.name,
                "origin": found.origin,
                "entry": asdict(entry) | {"direction": entry.direction},
                "parents": [asdict(parent) for parent in wording.parents(entry, found)],
                "children": [child.code for child in found.children(entry.code)],
                "series": [asdict(each) for each in found.series_of(entry.code)],
                "changes": [asdict(step) for step in steps],
                "kits": kits,
            }
            | _said(texts)
        ),
    )


def _is_shipped(entry: Entry, found: Framework) -> bool:
    return entry.level == "indicator" and not found.origin


def _said(texts: list[Any]) -> dict[str, Any]:
    return {"official": [asdict(text) for text in texts]}


def _kits(*codes: str) -> list[str]:
    from datashift.standards.kits import known_kits, shipped_kit

    # A kit may speak of a part, such as 14.1.1b.
    return [name for name in known_kits() if shipped_kit(name).indicator.rstrip("abcd") in codes]


def _convert(options: argparse.Namespace) -> Told:
    from datashift.standards.framework import convert, wording

    found = convert(options.code, options.from_, options.to)
    return "\n".join(wording.converted(found)), lambda: asdict(found)


def _import(options: argparse.Namespace) -> Told:
    from datashift.standards.framework import wording
    from datashift.standards.framework.imports import import_texts

    found = import_texts(options.file, home(), options.texts, options.version)
    return "\n".join(wording.imported(found)), lambda: asdict(found)


VERBS: dict[str, tuple[Callable[[argparse.Namespace], Told], str]] = {
    "list": (_list, N_("which version is loaded, what it holds, and which official texts are at hand")),
    "show": (_show, N_("what one code means, who keeps it, where it should go, its series, and how it changed")),
    "convert": (_convert, N_("carry the code of an indicator to another version, or say why that cannot be done")),
    "import": (_import, N_("take official texts and series from a published file into the store")),
}
