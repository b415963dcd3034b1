"""`datashift pool`: several sources become one answer, with the reason for each that was left out."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.errors import BadSources
from datashift.language import N_, _
from datashift.layout import grid, wrapped
from datashift.numbers import amount, said

if TYPE_CHECKING:
    from datashift.pooling.pooled import Pool, Pooled, SourceShare

HELP = N_("pool several sources for the same indicator, area and time into one figure")

NO_ANSWER = 3
"""The exit code where nothing in the file can be pooled."""
CELLS_SHOWN = 40


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is asked: the file, the method, and what the columns are called."""
    parser.add_argument("file", type=Path, help=_("a table with one row per source: source, source_type, value, se …"))
    parser.add_argument(
        "--method", default="REML", help=_("FE, DL, HE, HS, SJ, ML, REML, EB or PM: how sources vary (default REML)")
    )
    parser.add_argument(
        "--test", help=_("interval: hartung-knapp-floor (default), hartung-knapp or z; t in corrected cells")
    )
    parser.add_argument("--scale", help=_("raw, logit, arcsine or freeman-tukey (default: logit for shares)"))
    parser.add_argument("--unit", help=_("of the values: percent, share (0 to 1) or number"))
    parser.add_argument(
        "--by", action="append", default=[], metavar=_("COLUMN"),
        help=_("a column that tells cells apart, beside indicator, measure, area and period (may be repeated)"),
    )  # fmt: skip
    parser.add_argument("--period", help=_("pool the sources of this time only"))
    parser.add_argument("--level", type=float, default=0.95, help=_("of the intervals (default 0.95)"))
    parser.add_argument("--drop-one", action="store_true", help=_("show each figure without each source in turn"))
    parser.add_argument(
        "--as-they-are", action="store_true", help=_("do not correct sources that were not drawn by chance")
    )
    parser.add_argument(
        "--column", action="append", default=[], metavar=_("WHAT=NAME"),
        help=_("the name of a column in the file, such as value=pct (may be repeated)"),
    )  # fmt: skip
    parser.add_argument("--sheet", help=_("sheet of a workbook"))


def run(options: argparse.Namespace) -> tuple[str, Callable[[], Any], int]:
    """Pool the file. Out: text for people, a function with the data for machines, and 3 where nothing can be pooled."""
    from datashift.pooling.sources import pool
    from datashift.read import read

    raw = read(options.file, sheet=options.sheet)
    result = pool(
        raw.table, method=options.method, test=options.test, scale=options.scale, unit=options.unit, by=options.by,
        period=options.period, level=options.level, columns=_columns(options.column), correct=not options.as_they_are,
    )  # fmt: skip
    found = any(cell.value is not None for cell in result.cells)
    return _text(result, drop_one=options.drop_one), result.as_dict, 0 if found else NO_ANSWER


def _columns(pairs: list[str]) -> dict[str, str]:
    for pair in pairs:
        if not all(pair.partition("=")):
            raise BadSources("pool.option", option="--column", value=pair, known=_("WHAT=NAME"))
    return {what: name for what, _equals, name in (pair.partition("=") for pair in pairs)}


def _text(result: Pool, *, drop_one: bool) -> str:
    from datashift.pooling import wording

    pooled = [cell for cell in result.cells if cell.value is not None]
    if len(pooled) == 1:
        parts = [wrapped(result.sentence()), "", _sources(pooled[0], drop_one=drop_one)]
    elif len(pooled) <= 3:
        tables = [part for cell in pooled for part in ("", wrapped(cell.sentence()), _sources(cell, drop_one=drop_one))]
        parts = [wrapped(result.sentence()), *tables]
    else:
        parts = [wrapped(result.sentence()), "", _table(pooled)]
        parts += [part for cell in pooled if drop_one for part in ("", cell.name, _sources(cell, drop_one=True))]
    learnt = [wrapped(wording.bias(bias, result), "", "  ") for bias in result.biases if bias.learnt]
    parts += ["", *learnt] if learnt else []
    parts += _notes(pooled, several=len(pooled) > 3)
    parts += _left_out(result)
    if result.method:
        parts += ["", wrapped(_("Method: {method}").format(method=result.method))]
    return "\n".join(parts)


def _table(pooled: list[Pooled]) -> str:
    header = [_("cell"), _("pooled"), _("sources"), "I²", _("differ"), _("decides")]
    words = {"agree": _("no"), "differ": _("yes"), "cannot_tell": _("?"), "": "–"}
    rows = [
        [
            _short(cell.name, 26), amount_of(cell, cell.value, cell.lower, cell.upper), said(cell.k),
            "–" if cell.i2 is None else said(cell.i2), words[cell.agreement],
            _short(cell.decides.source if cell.decides else "–", 14),
        ]
        for cell in pooled[:CELLS_SHOWN]
    ]  # fmt: skip
    more = len(pooled) - CELLS_SHOWN
    rest = [_("… and {n} more, in the output of --json").format(n=said(more))] if more > 0 else []
    return "\n".join([grid(header, rows, "lrrrll"), *rest])


def _sources(cell: Pooled, *, drop_one: bool) -> str:
    """The sources of one cell: what each says, its weight, and the figure without it."""
    last = _("figure without it") if drop_one else _("moves it by")
    header = [_("source"), _("type"), _("says"), _("weight %"), last]
    rows = [
        [
            _short(source.source, 22), _short(source.source_type, 11),
            amount_of(cell, source.value, source.lower, source.upper), said(source.weight, 1),
            _without(cell, source) if drop_one else _moves(cell, source),
        ]
        for source in cell.sources
    ]  # fmt: skip
    return grid(header, rows, "llrrr")


def amount_of(cell: Pooled, value: float | None, lower: float | None, upper: float | None) -> str:
    """Return a figure in the unit of a cell, shares as per cent without the sign."""
    per = 100.0 if cell.unit == "share" else 1.0
    ends = [None if end is None else end * per for end in (lower, upper)]
    return "–" if value is None else amount(value * per, ends[0], ends[1], "")


def _without(cell: Pooled, source: SourceShare) -> str:
    return amount_of(cell, source.without, source.without_lower, source.without_upper)


def _moves(cell: Pooled, source: SourceShare) -> str:
    # What leaving it out does, turned round: what having it does.
    if source.shift is None:
        return "–"
    by = -source.shift * (100 if cell.unit == "share" else 1)
    return ("+" if by > 0 else "") + said(by, 1)


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _notes(pooled: list[Pooled], *, several: bool) -> list[str]:
    """What the figures rest on, each note once; the warnings too where the cells' own sentences are not shown."""
    from datashift.pooling import wording

    notes = [wording.warning(code, facts) for cell in pooled if several for code, facts in cell.warnings]
    notes += [wording.assumption(code, facts) for cell in pooled for code, facts in cell.assumptions]
    lines = [wrapped(note, "- ", "  ") for note in dict.fromkeys(notes)]
    return ["", *lines] if lines else []


def _left_out(result: Pool) -> list[str]:
    """Every row that was not pooled, by its reason."""
    grouped: dict[str, list[str]] = {}
    for decision in result.decisions:
        if not decision.pooled:
            name = _("{source} (row {row})").format(source=decision.source, row=decision.row)
            grouped.setdefault(decision.text, []).append(name)
    if not grouped:
        return []
    lines = [wrapped(f"{_names(names)}: {text}", "- ", "  ") for text, names in grouped.items()]
    return ["", _("Not pooled:"), *lines]


def _names(names: list[str], most: int = 6) -> str:
    listed = "; ".join(names[:most])
    return listed if len(names) <= most else _("{names} and {n} more").format(names=listed, n=said(len(names) - most))
