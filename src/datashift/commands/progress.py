"""`datashift progress`: is a series on track for its target? Several published methods side by side."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from datashift.commands import home
from datashift.commands.trend import column, numbers, year_of
from datashift.errors import BadProgress, BadSeries, BadStandard, TooThin
from datashift.language import N_, _
from datashift.layout import WIDTH, grid, wrapped

if TYPE_CHECKING:
    from datashift.model import Target, TimeSeries
    from datashift.progress import Label, Options, Progress

HELP = N_("on track for 2030? Several published methods side by side, with the probability of each label")

Told = tuple[str, Callable[[], Any]]
Key = tuple[str, ...]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file with its columns, or the official series; the target; and stated rules."""
    parser.add_argument("file", type=Path, nargs="?", help=_("the file with one row per year"))
    parser.add_argument("--sheet", help=_("the sheet of a workbook or the table of an archive"))
    parser.add_argument("--time", help=_("the column of the year (2015, 2015-07 or 2015-07-31)"))
    parser.add_argument("--value", help=_("the column of the value"))
    parser.add_argument("--se", help=_("the column of the standard error"))
    parser.add_argument("--by", default="", help=_("columns that part the rows into series, with commas between"))
    parser.add_argument("--official", action="store_true", help=_("judge official figures that were imported"))
    parser.add_argument("--indicator", default="", help=_("the SDG indicator; its target is used unless one is given"))
    parser.add_argument("--series", default="", help=_("the series code, such as SH_DYN_MORT"))
    parser.add_argument("--area", default="", help=_("the area of the official figures, such as KE"))
    parser.add_argument("--source", default="", help=_("the source of the official figures"))
    parser.add_argument("--groups", action="store_true", help=_("official figures of groups too, not of all only"))
    parser.add_argument("--part", default="", help=_("the part of the indicator whose target is meant"))
    parser.add_argument("--target", type=float, help=_("the value to be reached"))
    parser.add_argument("--target-year", type=int, default=2030, help=_("the year to look at (default: 2030)"))
    parser.add_argument("--direction", choices=("up", "down"), help=_("which way is good; else the target tells"))
    parser.add_argument("--unit", default="", help=_("PT for per cent"))
    parser.add_argument("--lower", type=float, help=_("the lowest value that is possible"))
    parser.add_argument("--upper", type=float, help=_("the highest value that is possible"))
    parser.add_argument("--base-year", type=int, default=2015, help=_("the year from which is judged (default: 2015)"))
    parser.add_argument("--limit", type=float, help=_("a natural limit in the good direction (no target; Open SDG)"))
    parser.add_argument(
        "--rules", type=Path, help=_("a file of cut-offs that are not published where they can be read")
    )
    parser.add_argument("--draws", type=int, default=10_000, help=_("how often the years are drawn again"))
    parser.add_argument("--seed", type=int, default=2030, help=_("the seed of the draws"))


def run(options: argparse.Namespace) -> Told:
    """Judge every series asked for. Out: text for people and, as a function, data for machines."""
    if options.official:
        judged, refused = _of_store(options)
    elif options.file and options.time and options.value:
        judged, refused = _of_file(options)
    else:
        raise BadProgress("progress.nothing-asked")
    if not judged:
        raise next(iter(refused.values()))
    if len(judged) == 1 and not refused and not options.by:
        (key, only), = judged.items()  # fmt: skip
        return one_series(only, " / ".join(key)), lambda: {"series": list(key), **only.as_dict()}
    return _several(judged, refused), lambda: {
        "series": [{"series": list(key), **found.as_dict()} for key, found in judged.items()],
        "refused": [{"series": list(key), **why.as_dict()} for key, why in refused.items()],
    }


REFUSALS = (BadSeries, TooThin, BadProgress, BadStandard)
Judged = tuple[dict[Key, "Progress"], dict[Key, "BadSeries | TooThin | BadProgress | BadStandard"]]


def _of_file(options: argparse.Namespace) -> Judged:
    from datashift.read import read

    raw = read(options.file, sheet=options.sheet)
    by = [name.strip() for name in options.by.split(",") if name.strip()]
    years = [year_of(text, raw, i) for i, text in enumerate(column(raw, options.time))]
    values = numbers(raw, options.value)
    errors = numbers(raw, options.se) if options.se else None
    keys = list(zip(*(column(raw, name) for name in by), strict=True)) if by else [()] * len(years)
    rows: dict[Key, list[int]] = {}
    for i, key in enumerate(keys):
        rows.setdefault(tuple(key), []).append(i)
    parted = {
        key: ([years[i] for i in at], [values[i] for i in at], [errors[i] for i in at] if errors else None)
        for key, at in (rows or {(): []}).items()
    }
    target = _target(options, None)
    return _judged(parted, lambda _series: target, options)


def _of_store(options: argparse.Namespace) -> Judged:
    from datashift.official import time_series

    # A series named by its code needs no indicator to be found; the indicator then only brings the target.
    indicator = "" if options.series else options.indicator
    found = time_series(home(), indicator=indicator, series=options.series, area=options.area, source=options.source)
    whole = found if options.groups else _widest(found)
    if not whole:
        what = " / ".join(word for word in (options.indicator, options.series, options.area) if word)
        raise BadProgress("progress.no-figures", what=what or "–")
    parted = {_key(series): series for series in whole}
    return _judged(parted, lambda series: _target(options, series), options)


def _widest(found: Sequence[TimeSeries]) -> list[TimeSeries]:
    """Leave out groups of what is there as a whole: under-fives by sex, where all under-fives are there."""
    groups: dict[Key, list[frozenset[tuple[str, str]]]] = {}
    for series in found:
        groups.setdefault(_name(series), []).append(frozenset(series.breakdown))
    return [
        series for series in found if not any(wider < frozenset(series.breakdown) for wider in groups[_name(series)])
    ]


def _name(series: TimeSeries) -> Key:
    return (series.producer, series.series, series.area_name or series.area, series.unit)


def _key(series: TimeSeries) -> Key:
    groups = ", ".join(f"{concept}={code}" for concept, code in series.breakdown)
    producer, code, area, unit = _name(series)
    return tuple(word for word in (producer, code, area, groups, unit) if word)


def _judged(parted: Mapping[Key, Any], target: Callable[[Any], Target], options: argparse.Namespace) -> Judged:
    from datashift.progress import progress

    asked = _asked(options)
    judged: dict[Key, Progress] = {}
    refused: dict[Key, BadSeries | TooThin | BadProgress | BadStandard] = {}
    for key, series in parted.items():
        try:
            judged[key] = progress(series, target(series), **asked)
        except REFUSALS as why:
            refused[key] = why
    return judged, refused


def _asked(options: argparse.Namespace) -> Options:
    from datashift.progress import Options, Rules, read_rules

    asked = Options(
        base_year=options.base_year, limit=options.limit, lower=options.lower, upper=options.upper,
        rules=read_rules(options.rules) if options.rules else Rules(), draws=options.draws, seed=options.seed,
    )  # fmt: skip
    if options.unit:
        asked["unit"] = options.unit
    if options.indicator:
        asked["indicator"] = options.indicator
    if options.series:
        asked["code"] = options.series
    return asked


def _target(options: argparse.Namespace, series: TimeSeries | None) -> Target:
    """Return the target stated, else that of the indicator."""
    from datashift.model import Target
    from datashift.progress import target_of
    from datashift.progress.targets import one_of

    stated = options.target is not None or options.direction
    # A series may belong to several indicators; their targets are mostly the same.
    indicator = options.indicator or (series.indicator.split(",")[0].strip() if series else "")
    if stated or not indicator:
        return Target(options.target, options.target_year, options.direction or "", _("stated"))
    code = options.series or (series.series if series else "")
    if options.part:
        found = [target for target in target_of(indicator) if target.rule.endswith(f"/ {options.part}")]
    else:
        found = target_of(indicator, code, observed=series)
    if not found:
        raise BadProgress("progress.no-aim", indicator=indicator)
    one = one_of(found)
    if one is None:
        parts = ", ".join(target.rule.rpartition("/ ")[2] for target in found)
        raise BadProgress("progress.parts", indicator=indicator, parts=parts)
    return one


# --- text for people ------------------------------------------------------------------------------------------------


def one_series(found: Progress, title: str = "") -> str:
    """Return the whole text of one series."""
    lines = [title] if title else []
    lines += [wrapped(found.sentence()), wrapped(found.agreement), "", _methods(found.labels, found), ""]
    lines += [wrapped(text) for text in (_target_said(found), _chances(found)) if text]
    lines += ["", _("What each method takes progress to be:")]
    lines += [wrapped(f"{label.name}: {label.concept}", "  ", "    ") for label in found.labels]
    lines += _section(_("No label, because:"), [(label.name, label.reason) for label in found.labels if label.reason])
    lines += _section(_("What the labels hide:"), _hidden(found.labels))
    notes = [(label.name, note) for label in found.labels for note in label.notes]
    lines += _section(_("To be known:"), [*notes, *(("", note) for note in found.notes)])
    return "\n".join(lines)


def _methods(labels: Sequence[Label], found: Progress) -> str:
    from datashift.progress import wording

    rows = []
    for label in labels:
        sure = "–" if label.probability is None else wording.chance(label.probability)
        number = wording.number(label.kind, label.number, found.target.value is not None)
        rows.append([label.name, label.text or "–", number, sure])
    header = [_("method"), _("label"), _("number"), _("chance")]
    table = grid(header, _folded([header, *rows], 1)[1:], "llrr")
    if not any(label.probability for label in labels):
        return table
    text = _("Chance: how often the same label comes about when every year is drawn again as uncertain as it is.")
    return f"{table}\n{wrapped(text)}"


def _folded(rows: list[list[str]], at: int) -> list[list[str]]:
    """Break the cells of one column over several rows where the table would be wider than the page."""
    others = [max(len(row[k]) for row in rows) for k in range(len(rows[0])) if k != at]
    room = WIDTH - sum(others) - 2 * len(others)
    folded: list[list[str]] = []
    for row in rows:
        first, *more = wrap(row[at], max(room, 16)) or [""]
        folded.append([*row[:at], first, *row[at + 1 :]])
        folded += [["" if k != at else text for k in range(len(row))] for text in more]
    return folded


def _target_said(found: Progress) -> str:
    from datashift.progress import wording

    facts = {
        "first": wording.year(found.years[0]), "last": wording.year(found.years[-1]), "n": str(len(found.years)),
        "value": wording.plain(found.values[-1]),
    }  # fmt: skip
    told = _("{n} years from {first} to {last}; the last value is {value}.").format(**facts)
    if found.target.value is None:
        way = _("up is good") if found.direction == "up" else _("down is good")
        return told + " " + _("No target value; {way}.").format(way=way)
    aim = _("The target is {target} by {year}.")
    return f"{told} " + aim.format(target=wording.plain(found.target.value), year=wording.year(found.target.year))


def _chances(found: Progress) -> str:
    from datashift.progress import wording

    texts = {
        "trend": _("if the pace stays as it was: {chance}"),
        "outlook": _("as such series went on in the past: {chance}"),
    }
    said = [texts[key].format(chance=wording.chance(value)) for key, value in found.reached.items()]
    return _("Chance to reach the target: {chances}.").format(chances="; ".join(said)) if said else ""


def _hidden(labels: Sequence[Label]) -> list[tuple[str, Any]]:
    """Return the defects of Open SDG's label, and of the others those that change a label or are their own."""
    same = {defect.sentence for label in labels[:1] for defect in label.defects}
    telling = ("last-year-dropped", "base-year-moved", "beyond-bound", "achieved-but-worse")
    found = [(label.name, defect) for label in labels[:1] for defect in label.defects]
    for label in labels[1:]:
        found += [
            (label.name, defect)
            for defect in label.defects
            if defect.code in telling and (defect.sentence not in same or defect.code != "beyond-bound")
        ]
    return found


def _section(title: str, entries: Sequence[tuple[str, Any]]) -> list[str]:
    if not entries:
        return []
    told = [f"{name}: {remark.sentence}" if name else remark.sentence for name, remark in entries]
    return ["", title, *(wrapped(text, "  ", "    ") for text in told)]


def _several(judged: Mapping[Key, Progress], refused: Mapping[Key, Any]) -> str:
    from datashift.progress import wording

    shared = _shared([*judged, *refused])
    rows = []
    for key, found in judged.items():
        tones = [label.tone for label in found.labels if label.tone is not None]
        chance = found.reached.get("outlook", found.reached.get("trend"))
        counts = [str(tones.count(tone)) for tone in (1, 0, -1)]
        last = [wording.year(found.years[-1]), wording.plain(found.values[-1])]
        rows.append([_own(key, shared), *last, *counts, "–" if chance is None else wording.chance(chance)])
    header = [_("series"), _("last"), _("value"), _("on track"), _("too slow"), _("none"), _("chance")]
    text = _("{series} series. How many methods see each on track or met, too slow or unsure, or without progress:")
    lines = [wrapped(text.format(series=len(judged)))]
    if any(shared):
        lines.append(wrapped(" / ".join(word for word in shared if word)))
    lines += ["", grid(header, _narrow(header, rows), "lrrrrrr")]
    reasons: dict[str, list[str]] = {}
    for key, why in refused.items():
        reasons.setdefault(str(why), []).append(_own(key, shared))
    for why, names in reasons.items():
        named = (
            [wrapped(f"{names[0]}: {why}")]
            if len(names) == 1
            else [wrapped(why), wrapped("; ".join(names), "  ", "  ")]
        )
        lines += ["", *named]
    return "\n".join(lines)


def _shared(keys: Sequence[Key]) -> Key:
    """Return the words that all series share, by place; "" where they differ or one has no such word."""
    width = max(map(len, keys))
    columns = [{key[k] if k < len(key) else "" for key in keys} for k in range(width)]
    return tuple(words.pop() if len(words) == 1 and len(keys) > 1 else "" for words in columns)


def _own(key: Key, shared: Key) -> str:
    return " / ".join(word for word, common in zip(key, shared, strict=False) if not common) or " / ".join(key)


def _narrow(header: list[str], rows: list[list[str]]) -> list[list[str]]:
    """Cut names so that the table fits; the output for machines has them whole."""
    room = max(12, WIDTH - sum(2 + max(len(row[k]) for row in [header, *rows]) for k in range(1, len(header))))
    return [[name if len(name) <= room else f"{name[: room - 1]}…", *cells] for name, *cells in rows]
