"""`datashift ledger`: all that is known about an indicator in a place: one table, one chart, verdicts, progress."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.errors import BadLedger
from datashift.language import N_, _, label
from datashift.layout import grid, wrapped
from datashift.numbers import amount, in_digits, said

if TYPE_CHECKING:
    from datashift.ledger import Ledger, Row
    from datashift.model import Breakdown, Comparison, Revision, Target

HELP = N_("what citizens and officials say about an indicator in a place: one table, one chart, verdicts, progress")

Told = tuple[str, Callable[[], Any]]

ROWS_SHOWN = 6
REVISIONS_SHOWN = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the indicator, the place, what to choose, the target, and the files to write."""
    parser.add_argument("--indicator", required=True, help=_("the SDG indicator, such as 6.1.1"))
    parser.add_argument("--area", required=True, help=_("a place: our id, ISO 3166 or M49, such as KE, KEN or 404"))
    parser.add_argument("--series", action="append", default=[], help=_("a series or measure; may be given again"))
    parser.add_argument("--group", action="append", default=[], help=_("a group, such as SEX=F; may be given again"))
    parser.add_argument("--release", action="append", default=[], type=Path, metavar="BUNDLE",
                        help=_("a release of citizen figures; may be given again"))  # fmt: skip
    parser.add_argument("--source", action="append", default=[], help=_("an official source; default: all"))
    parser.add_argument("--target", type=float, help=_("the value to be reached; default: that of the framework"))
    parser.add_argument("--target-year", type=int, help=_("the year of the target (default: 2030)"))
    parser.add_argument("--direction", choices=("up", "down"), help=_("which way is good; else the target tells"))
    parser.add_argument("--chart", type=Path, metavar="OUT.svg", help=_("write the chart (SVG or PNG) and its text"))
    parser.add_argument("--width", type=int, default=720, help=_("the width of the chart in pixels; 360 for a phone"))
    parser.add_argument("--table", type=Path, metavar="OUT.csv", help=_("write the whole table as CSV"))


def run(options: argparse.Namespace) -> Told:
    """Collect, show, and write chart and table. Raises BadLedger, NothingKnown, Tampered."""
    from datashift.commands import home
    from datashift.ledger import Asked, from_releases
    from datashift.official.codes import places

    area = options.area.strip()
    asked = Asked(
        indicator=options.indicator, area=places(home())(area) or area, series=tuple(options.series),
        breakdown=_groups(options.group), sources=tuple(options.source),
    )  # fmt: skip
    found = from_releases(asked, options.release, home(), target=_target(options))
    written = _written(found, options)
    return "\n".join([_report(found), *written]), found.as_dict


def _groups(texts: Sequence[str]) -> Breakdown:
    pairs = []
    for text in texts:
        concept, sign, code = text.partition("=")
        if not (concept.strip() and sign and code.strip()):
            raise BadLedger("ledger.group", group=text)
        pairs.append((concept.strip(), code.strip()))
    return tuple(sorted(pairs))


def _target(options: argparse.Namespace) -> Target | None:
    from datashift.model import Target

    if options.target is None and options.direction is None:
        if options.target_year is not None:
            raise BadLedger("ledger.target")
        return None
    if options.target is not None and not math.isfinite(options.target):
        raise BadLedger("ledger.target")
    return Target(options.target, options.target_year or 2030, options.direction or "", source="")


def _written(found: Ledger, options: argparse.Namespace) -> list[str]:
    """Write what is asked for; return one line per file."""
    from datashift.ledger import as_table, chart
    from datashift.publish.sdmx_csv import csv_bytes

    _named(options.chart, options.table)
    files: dict[Path, bytes] = {}
    if options.table:
        table = as_table(found.rows())
        files[options.table] = csv_bytes(table[0], table[1:])
    if options.chart:
        drawn = chart(found, name=options.chart.stem, width=max(320, options.width))
        picture = drawn.png if options.chart.suffix.lower() == ".png" else drawn.svg.encode()
        files |= {
            options.chart: picture,
            options.chart.with_suffix(".txt"): ("\n".join(found.sentences()) + "\n").encode(),
        }
    for path, content in files.items():
        path.write_bytes(content)
    return ["", *(_("Written: {file}").format(file=path) for path in files)] if files else []


def _named(chart: Path | None, table: Path | None) -> None:
    """Raise BadLedger where one file would be written over another, or a picture under the name of something else."""
    if chart and (chart.suffix.lower() not in (".svg", ".png") or table in (chart, chart.with_suffix(".txt"))):
        raise BadLedger("ledger.files", chart=chart, table=table or "–")


# --- text for people ------------------------------------------------------------------------------------------------


def _report(found: Ledger) -> str:
    warning = [wrapped(_("SIMULATED DATA: they say nothing about any real place."))] if found.simulated else []
    parts = [*warning, wrapped(found.sentence()), "", wrapped(_head(found)), *_legend(found), "", _table(found)]
    for section in (_verdicts(found), _apart(found), _progress(found), _revisions(found), _unknown(found)):
        parts += ["", *section] if section else []
    return "\n".join(parts)


def _head(found: Ledger) -> str:
    from datashift.ledger.sentences import group_said

    group = [group_said(concept, code) for concept, code in found.breakdown]
    unit = "%" if found.unit == "PT" else found.unit
    parts = [f"{found.indicator} {label(found.title)}".strip(), found.area_name, *group, unit]
    if found.target and found.target.value is not None:
        target = _("target {value}").format(value=said(found.target.value, 0 if found.target.value % 1 == 0 else 2))
        parts.append(f"{target} ({in_digits(str(found.target.year))})")
    return " · ".join(filter(None, parts))


def _legend(found: Ledger) -> list[str]:
    from datashift.ledger.sentences import side_said, title_of

    lines = []
    for tag, series in zip(found.tags, found.series, strict=True):
        lines.append(wrapped(f"{_tagged(tag, side_said(series))}: {title_of(series)}", "  ", "    "))
    return lines


def _table(found: Ledger) -> str:
    """Return the latest figures of every series, and how many there are before them."""
    shown: list[Row] = []
    rows = found.rows()
    for _series, group in groupby(rows, key=lambda row: (row.tag, row.side, row.series, row.producer, row.released)):
        shown += list(group)[-ROWS_SHOWN:]
    marked = list(dict.fromkeys(row.marks for row in shown if row.marks))
    stated = any(row.sure == "stated" for row in shown)
    body = [_cells(row, stated, str(marked.index(row.marks) + 1) if row.marks else "") for row in shown]
    header = [_("who"), _("year"), _("value"), _("interval"), *([_("how sure")] if stated else [])]
    header += [_("kind"), _("verdict"), _("note")]
    lines = [grid(header, body, "llrr" + "l" * stated + "lll")]
    lines += [wrapped(f"{k}: {text}", "  ", "     ") for k, text in enumerate(marked, 1)]
    if len(rows) > len(shown):
        text = _("{count} earlier figures: --table or --json")
        lines.append(text.format(count=said(len(rows) - len(shown))))
    return "\n".join(lines)


def _cells(row: Row, stated: bool, note: str) -> list[str]:
    from datashift.ledger.sentences import period_said

    value, interval = "–", "–"
    if row.value is not None:
        value, _sign, rest = amount(row.value, row.lower, row.upper, "").partition(" (")
        interval = rest.rstrip(")") or "–"
    sure = [_("stated") if row.sure == "stated" else ""] if stated else []
    who = row.tag or (_("citizens") if row.side == "citizen" else _("official"))
    return [who, period_said(row.period), value, interval, *sure, row.nature, row.verdict.split(",")[0], note]


def _verdicts(found: Ledger) -> list[str]:
    """Return a line per comparison, then why, once for each source and verdict, for its latest figure."""
    from datashift.compare import contest_sentence, reason, verdict_word
    from datashift.ledger.sentences import period_said

    latest: dict[tuple[str, str], Comparison] = {}
    rows = []
    for c in sorted(found.comparisons, key=lambda c: c.period):
        source = c.official.source if c.official else "–"
        latest[source, c.verdict] = c
        rows.append([period_said(c.period), *_pair(c), verdict_word(c).split(",")[0]])
    if not rows:
        return []
    header = [_("year"), _("citizens"), _("official"), _("year"), _("difference"), _("verdict")]
    lines = [_("Citizens beside official figures:"), grid(header, rows, "lrrlrl")]
    for (source, _verdict), c in latest.items():
        lines.append(wrapped(f"{source}, {period_said(c.period)}: {reason(c)}", "  ", "    "))
    contested = contest_sentence(found.lead) if found.lead else ""
    return [*lines, *([wrapped(contested, "  ", "    ")] if contested else [])]


def _pair(c: Comparison) -> list[str]:
    from datashift.ledger.sentences import period_said

    citizen = "–" if c.value is None else said(c.value, 1)
    if c.official is None:
        return [citizen, "–", "–", "–"]
    apart = "–" if c.difference is None else said(c.difference, 1)
    if c.difference_lower is not None and c.difference_upper is not None:
        apart += f" ({said(c.difference_lower, 1)} … {said(c.difference_upper, 1)})"
    # A figure of another extent is not this place's figure; printing it in the row would compare by name.
    official = said(c.official.value, 1) if c.official.area == c.area else "–"
    return [citizen, official, period_said(c.official.period), apart]


def _apart(found: Ledger) -> list[str]:
    from datashift.ledger.sentences import apart_sentence

    return [wrapped(apart_sentence(found, pair)) for pair in found.apart]


def _progress(found: Ledger) -> list[str]:
    """Return what each method says, by series; why others say nothing; and the chance to reach the target."""
    from datashift.ledger.sentences import labelled

    rows: list[list[str]] = []
    silent: dict[str, list[str]] = {}
    for k, judged in found.progress:
        for one in judged.labels:
            if one.code:
                rows.append([_who(found, k), one.name, labelled(judged, one)])
            elif one.reason:
                silent.setdefault(one.reason.sentence, []).append(one.name)
    if not rows and not silent:
        return []
    lines = [_("Progress by method, with how probable the label is:")]
    lines += [grid([_("who"), _("method"), _("label")], rows, "lll")] if rows else []
    lines += [wrapped(f"{', '.join(dict.fromkeys(names))}: {why}", "  ", "    ") for why, names in silent.items()]
    for k, judged in found.progress:
        told = " ".join(filter(None, (judged.sentence(), str(judged.outlook.get("sentence", "")))))
        lines.append(wrapped(f"{_who(found, k)}: {told}", "  ", "    "))
    return lines


def _revisions(found: Ledger) -> list[str]:
    if not found.revisions:
        return []
    rows = [[r.series, in_digits(r.period), *_sides(r)] for r in found.revisions[:REVISIONS_SHOWN]]
    lines = [
        wrapped(_("Changed between two releases of the same source: {count}.").format(count=said(len(found.revisions))))
    ]
    header = [_("series"), _("year"), _("before"), _("after")]
    return [*lines, grid(header, rows, "llrr")]


def _sides(r: Revision) -> tuple[str, str]:
    """Return a figure before and after, with its nature where that is what changed."""
    before, after = _number(r.before), _number(r.after)
    if r.before_nature and r.after_nature and r.before_nature != r.after_nature:
        return f"{before} {r.before_nature}", f"{after} {r.after_nature}"
    return before, after


def _unknown(found: Ledger) -> list[str]:
    from datashift.ledger.sentences import unknown

    texts = [*unknown(found), *found.notes]
    return (
        [_("What is not known, and what to keep in mind:"), *(wrapped(f"– {text}", "", "  ") for text in texts)]
        if texts
        else []
    )


def _who(found: Ledger, k: int) -> str:
    from datashift.ledger.sentences import side_said

    return found.tags[k] or side_said(found.series[k])


def _tagged(tag: str, side: str) -> str:
    return f"{tag} ({side})" if tag else side


def _number(value: float | None) -> str:
    return "–" if value is None else said(value, 0 if float(value).is_integer() else 2)
