"""`datashift areas`: places with time, names of places, boundaries, and counts brought across boundary changes."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from datashift.commands import add_verbs
from datashift.language import N_, _

HELP = N_("places with time: list them, match names, import lists and boundaries, bring counts across changes")

Told = tuple[str, Callable[[], Any]]

VERBS: dict[str, tuple[str, str]] = {
    "list": ("area_lists", N_("list the countries, their kinds of areas, and when these changed")),
    "show": ("area_lists", N_("show the areas of a country")),
    "import": ("area_lists", N_("import a list of areas, such as OCHA's P-codes, into the store")),
    "export": ("area_lists", N_("write all areas at hand of a country as a list that a recipe can name")),
    "download": ("area_lists", N_("get the public lists and boundaries that do not ship")),
    "match": ("area_names", N_("say what the names of places in a file mean on a day")),
    "boundaries": (
        "area_names", N_("make small boundaries with the ids of areas out of a GeoJSON or TopoJSON file"),
    ),
    "convert": ("area_counts", N_("bring counts from the areas of one day to those of another, totals kept")),
}  # fmt: skip
"""What can be done: the module of this package that does it, in a function of the verb's name, and the help."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the commands list, show, match, import, export, download, boundaries and convert."""
    made = add_verbs(parser, {verb: text for verb, (_module, text) in VERBS.items()})
    _place_arguments(made)
    _name_arguments(made)
    _convert_arguments(made["convert"])


def _place_arguments(made: Mapping[str, argparse.ArgumentParser]) -> None:
    for verb in ("show", "export", "download"):
        made[verb].add_argument("country", help=_("the country (two letters, ISO 3166-1)"))
    for verb in ("match", "import", "boundaries", "convert"):
        made[verb].add_argument("file", type=Path, help=_("the file"))
        made[verb].add_argument("--country", required=verb != "import", help=_("the country (two letters, ISO 3166-1)"))
    for verb in ("match", "boundaries"):
        made[verb].add_argument("--as-of", required=True, help=_("the day whose areas are meant (2012-08-26)"))
    for verb in ("show", "match", "boundaries", "convert"):
        made[verb].add_argument("--level", type=int, help=_("only areas of this level: 1, 2 …"))
    made["show"].add_argument("--as-of", help=_("only areas that had their extent on this day"))
    made["import"].add_argument("--valid-from", help=_("since when the areas have these extents, if you know it"))


def _name_arguments(made: Mapping[str, argparse.ArgumentParser]) -> None:
    for verb in ("match", "boundaries", "convert"):
        made[verb].add_argument("--confirmed", type=Path, help=_("a list of confirmed names (columns name and id)"))
    for verb in ("match", "convert"):
        made[verb].add_argument("--column", required=True, help=_("the column with the names of places"))
        made[verb].add_argument("--sheet", help=_("the sheet of a workbook or the table of an archive"))
        made[verb].add_argument(
            "--where", action="append", default=[], metavar="COLUMN=VALUE", help=_("only rows with this value")
        )
    for verb in ("match", "export", "boundaries", "convert"):
        made[verb].add_argument("--out", type=Path, help=_("write the result here"))
    made["match"].add_argument("--within", help=_("the column with the area that each place lies in"))
    made["boundaries"].add_argument("--name", required=True, help=_("the property of the file that names a place"))
    made["boundaries"].add_argument("--tolerance", type=float, help=_("how far a border may move, in degrees (0.01)"))


def _convert_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="before", required=True, help=_("the day whose areas the file counts in"))
    parser.add_argument("--to", dest="after", required=True, help=_("the day to whose areas the counts are brought"))
    parser.add_argument("--value", required=True, help=_("the column with the counts"))
    parser.add_argument("--se", help=_("the column with their standard errors"))
    parser.add_argument("--per", help=_("the column with the denominators, where the values are rates or means"))
    parser.add_argument("--of", default="population", help=_("split by population (default), households or area"))
    parser.add_argument("--counts", choices=("people", "things"), default="things", help=_("what is counted"))
    parser.add_argument("--to-kind", help=_("add up to areas of this kind, such as province"))
    parser.add_argument("--crosswalk", type=Path, help=_("a crosswalk file of your own"))


def run(options: argparse.Namespace) -> Told:
    """Do what the verb says; without one, list the countries."""
    verb = options.verb or "list"
    told: Told = getattr(import_module(f"datashift.commands.{VERBS[verb][0]}"), f"{verb}_areas")(options)
    return told
