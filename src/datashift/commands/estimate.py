"""`datashift estimate`: figures of a file with their uncertainty over the full design, without a recipe."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.commands import estimate_design as designs
from datashift.commands.estimate_design import bare, cut, names, numbers
from datashift.errors import BadQuestion
from datashift.language import N_, _

if TYPE_CHECKING:
    from datashift.analysis.asks import Ask
    from datashift.analysis.estimates import Block, Contrast, Estimates
    from datashift.analysis.survey import Survey

HELP = N_("figures of a file with their margin of error, over the design of the survey, without a recipe")

RULES = ("math", "school", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9")
CANNOT_TELL = 3
"""The exit code where not one figure could be given."""

Told = tuple[str, Callable[[], Any], int]
Breakdown = tuple[str, ...]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file, what is asked of it, by what, and how its rows were drawn."""
    parser.add_argument("file", help=_("the file with one row per answer; also a folder or pattern of Parquet files"))
    parser.add_argument("--sheet", help=_("the sheet of a workbook or the table of an archive"))
    asked = {
        "mean": ("COLUMN", _("mean of a column of numbers")),
        "proportion": ("COLUMN=CODE,…", _("share of the rows whose column holds one of the codes, in per cent")),
        "ratio": ("A/B", _("total of one column divided by the total of another")),
        "quantile": ("COLUMN:P,…", _("quantiles of a column, such as income:0.25,0.5; without P the median")),
    }
    for kind, (shown, text) in asked.items():
        parser.add_argument(f"--{kind}", action="append", dest="asks", type=_tagged(kind), metavar=shown, help=text)
    parser.add_argument(
        "--total", action="append", dest="asks", type=_tagged("total"), nargs="?", const=("total", None),
        metavar="COLUMN", help=_("total of a column; without one, how many people the rows stand for"),
    )  # fmt: skip
    parser.add_argument("--rule", choices=RULES, default="math", help=_("how a quantile lies between two values"))
    parser.add_argument(
        "--by", action="append", metavar="COLUMN,…",
        help=_("a figure for each combination of these columns; repeated: for each of these breakdowns"),
    )  # fmt: skip
    parser.add_argument("--cube", action="store_true", help=_("all coarser breakdowns of --by too, up to the whole"))
    parser.add_argument(
        "--difference", action="append", metavar="LEVEL,LEVEL", help=_("the first level of --by minus the second")
    )
    parser.add_argument("--where", metavar="CONDITION", help=_("which rows are meant; the others stay in the design"))
    parser.add_argument(
        "--missing", action="extend", nargs="+", default=[], metavar="WORD", help=_("words that mean: no answer")
    )
    parser.add_argument(
        "--chart", type=Path, metavar="FILE", help=_("draw the first figure into this file, SVG or PNG")
    )
    parser.add_argument("--memory", help=_("how much memory the engine may take, such as 1GB"))
    designs.arguments(parser)


def run(options: argparse.Namespace) -> Told:
    """Estimate what is asked of a file.

    Out: text for people, a function with the data for machines, and 3 where not one figure could be given.
    Errors: Unreadable, BadQuestion, DesignError.
    """
    from datashift.analysis.survey import Survey
    from datashift.analysis.tables import check_numbers, table_of
    from datashift.commands.estimate_report import Answer
    from datashift.engine import relation

    asks = [_ask(kind, text, options.rule) for kind, text in options.asks or ()]
    if not asks:
        raise BadQuestion("question.nothing-asked")
    breakdowns = [names(text) for text in options.by or ()] or [()]
    pairs = _pairs(options.difference, breakdowns)
    if options.where is not None and not options.where.strip():
        raise BadQuestion("question.condition-empty")
    notes: list[Any] = []
    table = table_of(options.file, sheet=options.sheet, missing=options.missing, notes=notes)
    rows = relation(table, memory=options.memory)
    design = designs.design(options, list(rows.names))
    if design.replicates:
        check_numbers(rows, design.replicates.columns, options.missing)
    ready = Survey(rows, design, options.where or "", options.missing)
    rung = designs.step(design, asks)
    found = _estimated(ready, asks, breakdowns, cube=options.cube)
    differences = _differences(found, breakdowns[0], pairs)
    name = options.file if "://" in options.file else Path(options.file).name
    if options.chart is not None:
        drawn = found.chart()
        options.chart.write_bytes(drawn.png if options.chart.suffix.lower() == ".png" else drawn.svg.encode())
    answer = Answer(name, notes, ready, asks, found, differences, rung)
    told = any(one.value is not None for one in found)
    return answer.text(), answer.data, 0 if told else CANNOT_TELL


def _tagged(kind: str) -> Callable[[str], tuple[str, str]]:
    return lambda text: (kind, text)


def _ask(kind: str, text: str | None, rule: str) -> Ask:
    """Return the question that an option asks.   Errors: BadQuestion where it cannot be read."""
    from datashift.analysis import asks

    if kind == "proportion":
        column, *codes = cut(text or "", "=", most=1)
        return asks.proportion(bare(column), *(names(codes[0]) if codes else ()))
    if kind == "ratio":
        parts = cut(text or "", "/")
        if len(parts) != 2:
            raise BadQuestion("question.ratio", text=text)
        return asks.ratio(*map(bare, parts))
    if kind == "quantile":
        column, *probabilities = cut(text or "", ":", most=1)
        found = numbers("--quantile", probabilities[0], "0.25,0.5,0.75") if probabilities else ()
        return asks.quantile(bare(column), *found, rule=rule)
    if kind == "total":
        return asks.total(None if text is None else bare(text))
    return asks.mean(bare(text or ""))


def _estimated(ready: Survey, asks: Sequence[Ask], breakdowns: Sequence[Breakdown], *, cube: bool) -> Estimates:
    from datashift.analysis.estimates import Estimates
    from datashift.analysis.verbs import estimate

    parts = [estimate(ready, asks, by, margins=cube) for by in dict.fromkeys(breakdowns)]
    seen: dict[tuple[str, frozenset[str]], Block] = {}
    for part in parts:
        for block in part.blocks:
            # Margins of two cubes may be the same question twice.
            seen.setdefault((block.label, frozenset(block.names)), block)
    return Estimates(list(seen.values()), ready.design)


def _pairs(texts: Sequence[str] | None, breakdowns: Sequence[Breakdown]) -> list[tuple[str, str]]:
    pairs = [names(text) for text in texts or ()]
    if pairs and (len(breakdowns) != 1 or len(breakdowns[0]) != 1):
        raise BadQuestion("question.difference-by")
    for pair, text in zip(pairs, texts or (), strict=True):
        if len(pair) != 2 or pair[0] == pair[1]:
            raise BadQuestion("question.difference", text=text)
    return [(one, other) for one, other in pairs]


def _differences(
    found: Estimates, by: Breakdown, pairs: Sequence[tuple[str, str]]
) -> list[tuple[str, str, str, str, Contrast]]:
    """Return per question and pair: label, unit, both levels, and the difference."""
    blocks = [(k, block) for k, block in enumerate(found.blocks) if block.names == by]
    return [
        (block.label, block.ask.unit, one, other, found.difference(one, other, k))
        for k, block in blocks
        for one, other in pairs
    ]
