"""`datashift sample`: how many, who is drawn, who replaces whom, who asks whom, and how far the fieldwork is."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.commands import add_verbs
from datashift.commands.sample_files import (
    COLUMNS,
    frame_at,
    given,
    parts,
    recorded,
    replacements_at,
    table_at,
    write_csv,
    write_sample,
)
from datashift.language import N_, _
from datashift.layout import grid, wrapped
from datashift.numbers import THIN, said

if TYPE_CHECKING:
    from datashift.sampling import Draw

HELP = N_("samples drawn by chance: size, draw, second stage, proof, replacements, assignments, progress")

Told = tuple[str, Callable[[], Any]]

METHODS = ("simple", "systematic", "pps", "sampford", "spatial")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verbs, each with what it reads and writes."""
    made = add_verbs(parser, {verb: text for verb, (_run, text) in VERBS.items()}, required=True)
    _size_arguments(made["size"])
    _draw_arguments(made["draw"])
    for verb in ("within", "again", "replace", "assign", "progress"):
        made[verb].add_argument("record", type=Path, help=_("the record of the draw (draw.json)"))
    made["within"].add_argument("listing", type=Path, help=_("the list made in the field, a row per household"))
    made["within"].add_argument("--place", required=True, help=_("the column of the place"))
    made["within"].add_argument("--unit", required=True, help=_("the column of the household in its place"))
    made["within"].add_argument("--out", type=Path, required=True, help=_("the folder for the sample"))
    made["again"].add_argument("file", type=Path, help=_("the list that was drawn from"))
    made["again"].add_argument("--sheet", help=_("the sheet of a workbook or the table of an archive"))
    made["again"].add_argument("--listing", type=Path, help=_("the list made in the field, for the second stage"))
    made["replace"].add_argument("--unit", required=True, help=_("the unit that is replaced"))
    made["replace"].add_argument("--reason", required=True, help=_("why: refusal, non-contact, not-safe and others"))
    made["replace"].add_argument("--day", default="", help=_("the day it was decided (2026-03-31)"))
    names = _("who asks, with commas between; with teams: Ada:red,Ben:red,Chi:blue")
    made["assign"].add_argument("--enumerators", required=True, help=names)
    made["assign"].add_argument("--out", type=Path, required=True, help=_("write the table here (CSV)"))
    made["progress"].add_argument("outcomes", type=Path, help=_("a table with the columns unit and outcome"))
    made["progress"].add_argument("--by", default="stratum", help=_("columns, with commas between (default: stratum)"))
    made["progress"].add_argument("--when", help=_("the column of the time of a visit, if there are several per unit"))
    made["progress"].add_argument("--weights", type=Path, help=_("write the weights of the answers here (CSV)"))
    for verb in ("within", "replace", "assign", "progress"):
        replaced = _("the table of replacements so far (CSV)")
        made[verb].add_argument("--replacements", type=Path, required=verb == "replace", help=replaced)


def _size_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--share", type=float, help=_("the share that is expected (0.5 if nobody knows)"))
    parser.add_argument("--margin", type=float, help=_("the margin of error that is wanted (0.05 is 5 points)"))
    parser.add_argument("--answers", type=int, help=_("tell the margin of so many answers instead"))
    parser.add_argument("--to", type=float, help=_("the share of a second group, to see the difference"))
    parser.add_argument("--power", type=float, default=0.8, help=_("how often a difference is seen (default: 0.8)"))
    parser.add_argument("--deff", type=float, default=1.0, help=_("design effect (default: 1; places often 1.5 to 3)"))
    parser.add_argument("--population", type=int, help=_("how many there are, if they are few"))
    parser.add_argument("--confidence", type=float, default=0.95, help=_("confidence level (default: 0.95)"))
    parser.add_argument("--response", type=float, default=1.0, help=_("the part that will answer (default: 1)"))


def _draw_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help=_("the list of all who can be chosen"))
    parser.add_argument("--sheet", help=_("the sheet of a workbook or the table of an archive"))
    parser.add_argument("--unit", required=True, help=_("the column with a name of its own for each row"))
    parser.add_argument("--size", help=_("the column of the size, such as households"))
    parser.add_argument("--strata", default="", help=_("columns that name the stratum, with commas between"))
    parser.add_argument("--place", help=_("the column of the place, if places are drawn first"))
    parser.add_argument("--order", default="", help=_("columns to sort by for a systematic draw"))
    parser.add_argument("--latitude", help=_("the column of the latitude"))
    parser.add_argument("--longitude", help=_("the column of the longitude"))
    parser.add_argument("--method", choices=METHODS, default="simple", help=_("how (default: simple)"))
    parser.add_argument("--n", type=int, help=_("how many are drawn"))
    parser.add_argument("--given", default="", help=_("how many per stratum instead: North=8,South=12"))
    parser.add_argument("--allocation", choices=("proportional", "equal"), default="proportional", help=_("to strata"))
    parser.add_argument("--least", type=int, default=2, help=_("at least so many per stratum (default: 2)"))
    parser.add_argument("--reserve", type=int, default=0, help=_("reserves per stratum (default: 0)"))
    parser.add_argument("--within", type=int, help=_("how many are drawn in each place"))
    parser.add_argument("--within-reserve", type=int, default=0, help=_("reserves in each place (default: 0)"))
    parser.add_argument("--seed", required=True, help=_("the text that decides, such as dice thrown before witnesses"))
    parser.add_argument("--out", type=Path, required=True, help=_("the folder for the sample"))


def run(options: argparse.Namespace) -> Told:
    """Do what the verb says. Raises BadSample and AgainstDesign."""
    told: Told = VERBS[options.verb][0](options)
    return told


# --- verbs ----------------------------------------------------------------------------------------------------------


def _size(options: argparse.Namespace) -> Told:
    from datashift.sampling import for_difference, for_share, margin_of

    share = 0.5 if options.share is None else options.share
    plain = {"deff": options.deff, "confidence": options.confidence}
    if options.answers is not None:
        margin = margin_of(share, options.answers, population=options.population, **plain)
        text = _("{n} answers give a margin of error of {margin} points either way.")
        return wrapped(text.format(n=said(options.answers), margin=said(100 * margin, 1))), lambda: {"margin": margin}
    if options.to is not None:
        size = for_difference(share, options.to, power=options.power, response=options.response, **plain)
        text = _("{answers} answers are needed in each group; for that, draw {drawn} in each.")
    else:
        margin = 0.05 if options.margin is None else options.margin
        size = for_share(share, margin, population=options.population, response=options.response, **plain)
        text = _("{answers} answers are needed; for that, draw {drawn}.")
    return wrapped(text.format(answers=said(size.answers), drawn=said(size.drawn))), size._asdict


def _draw(options: argparse.Namespace) -> Told:
    from datashift.sampling import Plan, draw

    plan = Plan(
        options.n, options.seed, options.method, options.allocation, given(options.given), options.least,
        options.reserve, options.within, options.within_reserve,
    )  # fmt: skip
    columns = {name: getattr(options, name) for name in COLUMNS}
    drawn = draw(frame_at(options.file, options.sheet, columns), plan)
    files = write_sample(drawn, columns, options.out)
    return "\n".join([*_shown(drawn), *_names(files)]), lambda: _facts(drawn, files)


def _within(options: argparse.Namespace) -> Told:
    from datashift.sampling import draw_within, standing, unlisted

    first, columns = recorded(options.record)
    first = standing(first, replacements_at(options.replacements))
    drawn = draw_within(first, table_at(options.listing), place=options.place, unit=options.unit)
    files = write_sample(drawn, columns, options.out)
    lines, waiting = _shown(drawn), unlisted(first, drawn)
    if waiting:
        lines.append(wrapped(_("Not listed yet: {places}.").format(places=", ".join(waiting))))
    return "\n".join([*lines, *_names(files)]), lambda: _facts(drawn, files) | {"unlisted": waiting}


def _again(options: argparse.Namespace) -> Told:
    from datashift.sampling import again

    drawn, columns = recorded(options.record)
    record = json.loads(options.record.read_text("utf-8"))["draw"]
    listing = table_at(options.listing) if options.listing else None
    again(record, frame_at(options.file, options.sheet, columns), listing)
    text = _("Proved: this list, this plan and the seed “{seed}” give this very sample.")
    return wrapped(text.format(seed=drawn.plan.seed)), lambda: {"same": True, "sha256": record["sha256"]}


def _replace(options: argparse.Namespace) -> Told:
    from datashift.protect.microdata.leaving import as_csv
    from datashift.sampling import Replacement, replace

    drawn, _columns = recorded(options.record)
    earlier = replacements_at(options.replacements)
    one = replace(drawn, options.unit, options.reason, earlier=earlier, day=options.day)
    rows = [*earlier, one]
    options.replacements.write_bytes(
        as_csv({name: [getattr(row, name) for row in rows] for name in Replacement._fields})
    )
    text = _("“{reserve}” takes the place of “{unit}”. It is noted in {file}.")
    facts = {"reserve": one.reserve, "unit": one.unit, "file": options.replacements.name}
    return wrapped(text.format(**facts)), one._asdict


def _assign(options: argparse.Namespace) -> Told:
    from datashift.sampling import assign, standing

    drawn = standing(recorded(options.record)[0], replacements_at(options.replacements))
    names = [part.strip() for part in options.enumerators.split(",") if part.strip()]
    pairs = {who.strip(): team.strip() for who, _sign, team in (name.partition(":") for name in names)}
    made = assign(drawn, pairs if any(pairs.values()) else list(pairs))
    write_csv(made, options.out)
    counts = sorted(Counter(made["enumerator"].to_pylist()).items())
    table = grid([_("enumerator"), _("units")], [[name, said(n)] for name, n in counts], "lr")
    return "\n".join([table, *_names([options.out])]), made.to_pylist


def _progress(options: argparse.Namespace) -> Told:
    from datashift.sampling import outcomes_of, progress, weighted

    drawn, _columns = recorded(options.record)
    replacements = replacements_at(options.replacements)
    outcomes = outcomes_of(table_at(options.outcomes), when=options.when)
    by = parts(options.by)
    rows = progress(drawn, outcomes, by, replacements).to_pylist()
    lines = [_grid(rows, by), "", wrapped(_(RATES))]
    made = weighted(drawn, outcomes, replacements) if options.weights else None
    if made is not None:
        write_csv(made.table, options.weights)
        lines += [wrapped(_(SILENT)), *_names([options.weights])]
    return "\n".join(lines), lambda: {
        "progress": rows, **({"cells": made.cells.to_pylist(), "kish": made.kish} if made else {}),
    }  # fmt: skip


RATES = N_(
    "Response: answers of those who could be asked and whose outcome is known (AAPOR RR2). At least: complete answers, "
    "if the fieldwork ended now (RR1)."
)
SILENT = N_(
    "The weights let those who answered stand for the silent of their stratum. That is right as far as both are alike; "
    "nothing in the data can prove it."
)

VERBS: dict[str, tuple[Callable[[argparse.Namespace], Told], str]] = {
    "size": (_size, N_("how many answers are needed")),
    "draw": (_draw, N_("draw a sample from a list, and write its record")),
    "within": (_within, N_("draw households in the places of a draw, from the lists made there")),
    "again": (_again, N_("prove that a sample was drawn as its record says")),
    "replace": (_replace, N_("which reserve takes the place of a unit, and note it")),
    "assign": (_assign, N_("give the units to those who ask")),
    "progress": (_progress, N_("outcomes against the plan, response rates, and weights")),
}


# --- text for people ------------------------------------------------------------------------------------------------


def _shown(drawn: Draw) -> list[str]:
    rows = drawn.table.to_pylist()
    body = []
    for name, count in drawn.population.items():
        own = [row for row in rows if row["stratum"] == name]
        weights = sorted(row["weight"] for row in own if row["weight"] > 0)
        reserve = sum(row["status"] == "reserve" for row in own)
        span = f"{said(weights[0], 1)} – {said(weights[-1], 1)}" if weights else "–"
        body.append([name or _("all"), said(count), said(len(weights)), said(reserve), span])
    first = _("places") if drawn.two_stage else _("in the list")
    lines = [grid([_("stratum"), first, _("drawn"), _("reserve"), _("weights")], body, "lrrrr")]
    if drawn.certain:
        text = _("So large that they were certain to be chosen: {names}. They stand for themselves only.")
        lines.append(wrapped(text.format(names=", ".join(drawn.certain))))
    return [*lines, ""]


def _grid(rows: list[dict[str, Any]], by: list[str]) -> str:
    header = [" / ".join(by) or "–", _("planned"), _("given out"), _("replaced"), _("open"), _("answers")]
    header += [_("response"), _("at least")]
    body = []
    for row in rows:
        name = _("all") if any(row[one] is None for one in by) else " / ".join(row[one] for one in by)
        counts = (row["planned"], row["issued"], row["replaced"], row["open"], row["completed"] + row["partial"])
        body.append([name or "–", *map(said, counts), _share(row["rr2"]), _share(row["rr1_least"])])
    return grid(header, body, "lrrrrrrr")


def _share(part: float | None) -> str:
    return "–" if part is None else f"{said(100 * part)}{THIN}%"


def _names(files: list[Path]) -> list[str]:
    return [_("Written:"), *(f"  {path}" for path in files)]


def _facts(drawn: Draw, files: list[Path]) -> dict[str, Any]:
    design = drawn.design.model_dump(include={"sampling_type", "weights", "strata", "clusters", "fpc"})
    return {"rows": drawn.table.to_pylist(), "design": design, "certain": drawn.certain, "files": list(map(str, files))}
