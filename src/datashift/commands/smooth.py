"""`datashift smooth`: direct estimates of areas → estimates that borrow strength, benchmarked if asked."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.commands.trend import column, numbers
from datashift.errors import BadSeries
from datashift.language import N_, _
from datashift.layout import grid, wrapped
from datashift.numbers import places, said

if TYPE_CHECKING:
    from datashift.model import Raw
    from datashift.pooling.areas import AreaModel, SmallAreas

HELP = N_("estimates for small areas that borrow strength from each other (Fay–Herriot), brought to the level above")

Told = tuple[str, Callable[[], Any]]

KINDS = {"model": N_("model"), "synthetic": N_("no data"), "direct": N_("direct")}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file, its columns, the model, and the figure of the level above."""
    parser.add_argument("file", type=Path, help=_("the file with one row per area"))
    parser.add_argument("--sheet", help=_("the sheet of a workbook or the table of an archive"))
    parser.add_argument("--area", required=True, help=_("the column of the area"))
    parser.add_argument("--value", required=True, help=_("the column of the direct estimate; empty: no data there"))
    parser.add_argument("--se", required=True, help=_("the column of the standard error"))
    parser.add_argument("--covariates", default="", help=_("columns known for every area, with commas between"))
    parser.add_argument(
        "--unit", default="", help=_("PT for per cent, SHARE for shares of 1; else values without bounds")
    )
    parser.add_argument(
        "--method", choices=("reml", "ml", "moments"), default="reml", help=_("how areas' variance is found")
    )
    parser.add_argument("--benchmark", type=float, help=_("the figure of the level above"))
    parser.add_argument("--population", help=_("the column of the population, for the benchmark"))
    parser.add_argument(
        "--how", choices=("auto", "ratio", "difference", "odds"), default="auto", help=_("how areas are moved")
    )
    parser.add_argument(
        "--keep-cv", type=float, help=_("keep a direct estimate whose error is at most this part of it")
    )
    parser.add_argument("--keep-half-width", type=float, help=_("keep a direct estimate known to within this much"))


def run(options: argparse.Namespace) -> Told:
    """Estimate the areas of a file. Out: text for people and, as a function, data for machines."""
    from datashift.pooling.areas import small_areas
    from datashift.pooling.benchmarking import benchmarked
    from datashift.read import read

    raw = read(options.file, sheet=options.sheet)
    names = _areas(raw, options.area)
    stated = [name.strip() for name in options.covariates.split(",") if name.strip()]
    covariates: dict[str, Any] = {name: numbers(raw, name) for name in stated}
    found = small_areas(names, numbers(raw, options.value), numbers(raw, options.se), covariates, _model(options))
    if options.benchmark is not None:
        population = numbers(raw, options.population) if options.population else [float("nan")] * len(names)
        found = benchmarked(found, options.benchmark, population, options.how)
    return _text(found), found.as_dict


def _model(options: argparse.Namespace) -> AreaModel:
    from datashift.pooling.areas import AreaModel

    known: dict[str, tuple[float, float] | None] = {"PT": (0.0, 100.0), "SHARE": (0.0, 1.0)}
    return AreaModel(
        method=options.method, bounds=known.get(options.unit), unit=options.unit if options.unit == "PT" else "",
        keep_cv=options.keep_cv, keep_half_width=options.keep_half_width,
    )  # fmt: skip


def _areas(raw: Raw, name: str) -> list[str]:
    names = column(raw, name)
    twice = sorted({area for area in names if names.count(area) > 1})
    if twice or "" in names:
        raise BadSeries("smooth.area-twice", areas=", ".join(twice[:8]) or "–", column=name)
    return names


def _text(found: SmallAreas) -> str:
    rows = []
    for i, name in enumerate(found.names):
        ends = (float(found.lower[i]), float(found.upper[i]))
        digits = max(0, places(float(found.estimates[i]), *ends))
        direct = "–" if found.kind[i] == "synthetic" else said(float(found.direct[i]), digits)
        interval = " – ".join(said(end, digits) for end in ends)
        own = said(100 * float(found.own[i]))
        rows.append(
            [name[:28], direct, said(float(found.estimates[i]), digits), interval, own, _(KINDS[found.kind[i]])]
        )
    header = [_("area"), _("direct"), _("estimate"), _("{level} interval").format(level="95 %"), _("own %"), _("kind")]
    lines = [wrapped(found.sentence()), "", grid(header, rows, "lrrrrl"), ""]
    lines.append(wrapped(_("own %: how much of the estimate is the area's own data; the rest is the common pattern.")))
    if found.benchmark:
        text = _("Brought to the level above: the areas together gave {before}, now {total}.")
        lines.append(
            wrapped(text.format(before=said(found.benchmark["before"], 2), total=said(found.benchmark["total"], 2)))
        )
    return "\n".join([*lines, *(wrapped(note) for note in found.notes_said())])
