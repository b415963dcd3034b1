"""Figures with their intervals, official figures beside them, and who was counted: tables with small pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from datashift.dossier.blocks import (
    NONE,
    Block,
    Cell,
    areas,
    bar,
    dot,
    figure,
    heading,
    listed,
    per_cent,
    period,
    table,
    text,
)
from datashift.language import N_, _, label
from datashift.numbers import THIN, amount, said

MOST_ROWS = 40
"""More places than this make a list, not a picture; all of them stand in estimates.csv."""

SHARES = (0.0, 100.0)
"""The ends of the line on which shares are drawn."""

INTERVAL = N_("{lower} to {upper}")
PRESENT, ABSENT = N_("yes"), N_("no")
MORE_GROUPS = N_("{n} more groups stand in dossier.json of the bundle.")
MORE = N_("{n} more places stand in estimates.csv of the bundle.")
STATES = {
    "counted": N_("counted"),
    "few": N_("too few"),
    "many": N_("many"),
    "none": N_("nobody counted"),
    "hidden": N_("few answers (hidden)"),
    "cannot_tell": N_("cannot tell"),
}
"""What became of a group of people."""

ON_MAP = {
    "few": N_("few for their number"),
    "counted": N_("counted"),
    "many": N_("many for their number"),
    "none": N_("nobody counted"),
    "hidden": N_("few answers (hidden)"),
    "cannot_tell": N_("cannot tell"),
}
"""The same where no number stands beside it, in the order of the legend of a map."""

AREA, OVER = N_("Area"), N_("share of the answers over share of the people")

MOST_NAMED = 12
"""More areas of one state than this need not be named beside a map: the table below it tells of each."""

WITHOUT = N_("No outline is at hand for: {names}.")

Dossier = Mapping[str, Any]
Row = Mapping[str, Any]


def figures(dossier: Dossier) -> list[Block]:
    """Every measure: the whole first, then its places sorted by value, each with its interval; then the groups."""
    told = dossier["estimates"]
    blocks = [*text(label(dossier["summary"]["sure"]))]
    for measure, names in told["measures"].items():
        rows = [row for row in told["rows"] if row["measure"] == measure]
        places = [row for row in rows if not row["group"]]
        blocks += [*heading(label(names["label"])), *_places(told, places, label(names["unit"]))]
        blocks += _groups(told, [row for row in rows if row["group"]])
    methods = [label(method) for method in told["methods"].values()]
    return [*blocks, *heading(_("Method")), *listed(dict.fromkeys(methods))] if blocks else []


def _places(told: Mapping[str, Any], rows: Sequence[Row], unit: str) -> list[Block]:
    several = len({row["period"] for row in rows}) > 1
    rows = sorted(rows, key=lambda row: (row["area"] != told["whole"], row["value"] is None, -(row["value"] or 0.0)))
    shown, scale = rows[:MOST_ROWS], _scale(rows)
    head = [_("Place"), *([_("Time")] if several else []), _axis(scale), _("Figure"), _("Interval"),
            _("Answers"), _("Worth"), _("Design effect")]  # fmt: skip
    body = [[_place(told, row), *([period(row["period"])] if several else []), *_cells(row, scale)] for row in shown]
    more = _(MORE).format(n=said(len(rows) - MOST_ROWS)) if len(rows) > MOST_ROWS else ""
    caption = _("Figures in {unit}. The line through each dot is its interval.").format(unit=unit)
    return [
        *table(caption, head, body, "l" + "l" * several + "lrrrrr"),
        *text(more, "small"),
        *listed(_reasons(told, rows)),
    ]


def _axis(scale: tuple[float, float]) -> str:
    sign = f"{THIN}%" if scale == SHARES else ""
    return _(INTERVAL).format(lower=said(scale[0]), upper=said(scale[1]) + sign)


def _scale(rows: Sequence[Row]) -> tuple[float, float]:
    """Shares from 0 to 100; everything else from 0 to just beyond the highest interval."""
    if all(row["unit"] == "PT" for row in rows):
        return SHARES
    ends = [end for row in rows for end in (row["value"], row["upper"], row["lower"]) if end is not None]
    top, low = max(ends, default=1.0), min(0.0, *ends) if ends else 0.0
    return (low, _beyond(top))


def _beyond(number: float) -> float:
    """The next number of one digit and zeros."""
    if number <= 0:
        return 1.0
    step = 10.0 ** (len(str(int(number))) - 1)
    return step * (int(number / step) + 1)


def _cells(row: Row, scale: tuple[float, float]) -> list[Cell]:
    value, lower, upper = row["value"], row["lower"], row["upper"]
    if value is None:
        return [NONE, NONE, NONE, said(row["n"]) if row["status"] != "Q" else NONE, NONE, NONE]
    inside = amount(value, lower, upper, "").partition(" (")[2].rstrip(")")
    worth = NONE if row["n_eff"] is None else said(row["n_eff"])
    shown = figure(value, lower, upper, row["unit"])
    spread = NONE if row["deff"] is None else said(row["deff"], 1)
    return [dot(value, lower, upper, scale), shown, inside or NONE, said(row["n"]), worth, spread]


def _place(told: Mapping[str, Any], row: Row) -> str:
    return label(told["places"].get(row["area"], row["area_name"]))


def _reasons(told: Mapping[str, Any], rows: Sequence[Row]) -> list[str]:
    """Why figures are missing, or to be read with care: each reason once, with its places."""
    spoken: dict[str, list[str]] = {}
    for row in rows:
        if row["reason"]:
            spoken.setdefault(label(row["reason"]), []).append(_place(told, row))
    return [
        words if len(names) == len(rows) > 1 else f"{', '.join(dict.fromkeys(names))}: {words}"
        for words, names in spoken.items()
    ]


def _groups(told: Mapping[str, Any], rows: Sequence[Row]) -> list[Block]:
    scale = _scale(rows)
    body: list[list[Cell]] = []
    for row in sorted(rows, key=lambda row: (row["group"].partition("=")[0], -(row["value"] or 0.0))):
        known = told["groups"].get(row["group"])
        name = f"{label(known['by'])}: {label(known['group'])}" if known else row["group"]
        body.append([name, *_cells(row, scale)])
    head = [_("Group"), _axis(scale), _("Figure"), _("Interval"), _("Answers"), _("Worth"),
            _("Design effect")]  # fmt: skip
    return table(_("By group, for all places together"), head, body[:MOST_ROWS], "llrrrrr")


def comparisons(dossier: Dossier) -> list[Block]:
    """Each official series: the sentence, then place by place both figures, the difference and the verdict word."""
    blocks: list[Block] = []
    for series in dossier["comparisons"]:
        measure = dossier["estimates"]["measures"].get(series["measure"], {"label": series["measure"]})
        source = f"{series['source']}, {series['series']}, {series['released']}"
        blocks += [*heading(f"{label(measure['label'])} – {source}"), *text(label(series["definition"]), "small")]
        blocks += text(label(series["sentence"]))
        blocks += _pairs(dossier, series)
    return blocks


def _pairs(dossier: Dossier, series: Mapping[str, Any]) -> list[Block]:
    told = dossier["estimates"]
    head = [_("Place"), _("Citizens"), _("Official"), _("Time"), _("Difference"), _("Verdict")]
    body = [
        [
            _place(told, row),
            figure(row["value"], row["lower"], row["upper"]),
            NONE if row["official_value"] is None else said(row["official_value"], 1),
            period(row["official_period"]),
            NONE if row["difference"] is None else said(row["difference"], 1),
            label(series["words"][row["word"]]),
        ]
        for row in series["rows"][:MOST_ROWS]
    ]
    reasons = _reasons(told, [{**row, "reason": series["reasons"][row["reason"]]} for row in series["rows"]])
    return [
        *table(_("Citizen figures beside official ones"), head, body, "lrrlrl"),
        *(listed(reasons) if len(series["rows"]) > 1 else []),
    ]


def coverage(dossier: Dossier) -> list[Block]:
    """Who is meant beside who answered: per group a bar of those who are meant above one of those who answered."""
    one = dossier["coverage"]
    blocks = [*text(label(one["sentence"]), "lead"), *_map(one)]
    for part in one["tables"]:
        blocks += _table(part)
    asked = [
        [label(each["label"]), _(PRESENT if each["state"] == "present" else ABSENT), label(each["why"])]
        for each in one.get("breakdowns", ())
    ]
    head = [_("Group"), _("Is it told?"), _("Why not")]
    blocks += table(_("Groups that the kit or the official figures ask for"), head, asked, "lll")
    if one["missing"]:
        blocks += [*heading(_("What is not known, and what would tell it")), *listed(map(label, one["missing"]))]
    behind = [label(each["sentence"]) for each in one["left_behind"]]
    if behind:
        blocks += [*heading(_("Who is left behind: the furthest first")), *listed(behind[:MOST_ROWS])]
    return [*blocks, *text(label(one["note"]), "small")]


def _map(told: Mapping[str, Any]) -> list[Block]:
    """The ratio of each area where it lies, what the inks and signs mean, and how many areas there are of each."""
    drawn = told.get("map")
    if not drawn:
        return []
    title = next((label(part["title"]) for part in told["tables"] if part["by"] == ["area"]), "")
    caption = f"{_(AREA)}: {_(OVER)}" if told["unit"] == "people" else title
    shown = sorted(drawn["areas"], key=lambda one: (one["ratio"] is None, one["ratio"] or 0.0))
    here = {state: [label(one["label"]) for one in shown if one["state"] == state] for state in ON_MAP}
    counts = [(state, f"{_(ON_MAP[state])}: {said(len(names))}") for state, names in here.items() if names]
    legend = [(state, f"{words} ({_first(here[state])})") for state, words in counts]
    areas_drawn = [{**{name: one[name] for name in ("path", "at", "state")}, "title": _on_map(one)} for one in shown]
    heard = ". ".join([caption, *(words for _state, words in counts)])
    without = _(WITHOUT).format(names=_first([label(one) for one in drawn["without"]])) if drawn["without"] else ""
    return [*areas(drawn["viewbox"], areas_drawn, caption, legend, heard), *text(without, "small")]


def _on_map(one: Row) -> str:
    word = _(ON_MAP[one["state"]])
    known = one["ratio"] is not None and one["state"] != "none"
    return f"{label(one['label'])}: {said(one['ratio'], 2)} · {word}" if known else f"{label(one['label'])}: {word}"


def _first(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")


def _table(part: Mapping[str, Any]) -> list[Block]:
    shares = [row[name] for row in part["rows"] for name in ("share", "share_people") if row[name] is not None]
    most = max(shares, default=1.0) or 1.0
    axis = _(INTERVAL).format(lower=said(0), upper=per_cent(most))
    head = [_("Group"), axis, _("People"), _("Answers"), _("Number"), _("Ratio"),
            _("State")]  # fmt: skip
    body = [
        [
            label(row["group"]),
            bar(row["share"], row["share_people"], most, row["state"]),
            per_cent(row["share_people"], 1),
            per_cent(row["share"], 1),
            NONE if row["n"] is None else said(row["n"]),
            _ratio(row),
            _(STATES[row["state"]]),
        ]
        for row in part["rows"][:MOST_ROWS]
    ]
    more = _(MORE_GROUPS).format(n=said(len(part["rows"]) - MOST_ROWS)) if len(part["rows"]) > MOST_ROWS else ""
    key = _("Hollow bar: people. Filled bar below it: answers.")
    source = _("Source of the numbers of people: {source}.").format(source=part["source"]) if part["source"] else ""
    return [
        *table(label(part["title"]), head, body, "llrrrrl"),
        *text(" ".join(filter(None, (key, more, source))), "small"),
    ]


def _ratio(row: Row) -> str:
    if row["ratio"] is None:
        return NONE
    return amount(row["ratio"], row["lower"], row["upper"], "")
