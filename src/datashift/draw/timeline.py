"""The chart of time and value: citizen and official figures over the years, target, breaks, revisions, what is ahead.

Below the axis stands what each published method says of the progress.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from datashift.draw import letters, look
from datashift.draw.legend import citizen_marks, gap_marks, interval_marks, official_marks
from datashift.draw.naming import signs
from datashift.draw.page import HATCH, SIMULATED, SIMULATED_SUBTITLE, Line, Spec, marks, page, texts
from datashift.draw.timeline_frame import Frame, Page, axes, frame
from datashift.draw.timeline_labels import Box, Label, along, placed
from datashift.draw.timeline_marks import flag_at, layers, taken
from datashift.draw.timeline_records import Curve, Timeline
from datashift.draw.words import Words
from datashift.language import N_, _
from datashift.numbers import amount, in_digits, places, said

BREAK = N_("break")
BROKEN = N_("Break in {year}: {reason}")
BROKEN_TAG = N_("Break in {year}, {tag}: {reason}")
MODELLED = N_("{label} (modelled)")
GAP = N_("gap between the two")
UNCLEAR = N_("cannot tell")
EARLIER = N_("as published before")
EXPECTED = N_("expected at this pace")
BEYOND = N_("What is expected for {year} runs beyond the axis: {lower} to {upper}.")
FEW = N_("too few answers")
NOT_COUNTED = N_("not counted")
PROGRESS = N_("On track? What each method says")

_SAMPLE, _APART = 48, 22
_STEP = look.LABEL_LINE + 1

Kind = Literal["citizen", "official", "modelled", "gap", "unclear", "earlier", "ahead", "few", "empty", "target"]


@dataclass(frozen=True)
class _Key:
    kind: Kind
    text: str
    interval: bool = False


def time_chart(drawn: Timeline, words: Words, width: float = look.WIDTH) -> Spec:
    """Return the specification of the chart on a page of `width` pixels, with letters of the same size at any width."""
    sheet = Page(width)
    lines, top = _head(drawn, words, sheet)
    more, keys, top = _legend(_keys(drawn), top, sheet)
    lines += more
    labels = [label for curve in drawn.curves if (label := _said_of(curve, drawn))]
    # Above the plot there is a line for the unit, and one for the words of breaks.
    top += look.LABEL_LINE + (look.LABEL_LINE if any(c.breaks for c in drawn.curves) else 10)
    plot = frame(drawn, sheet, top, 250 if sheet.narrow else 300, _right(drawn, labels))
    axis_lines, axis_layers = axes(plot, words.unit, sheet)
    lines += [*axis_lines, *_unit(words, plot, sheet, any(c.breaks for c in drawn.curves))]
    word_lines, word_layers = _words(drawn, plot, sheet)
    end = plot.y0 + 30
    for text in [*_broken(drawn), *_beyond(drawn, plot), *drawn.remarks]:
        noted, end = sheet.block(text, end, (look.LABEL, look.LABEL_LINE), ink=look.QUIET)
        lines += noted
    told, rules, end = _progress(drawn, end, sheet)
    foot, height = sheet.block(words.foot, end + 12, (look.FOOT, look.FOOT_LINE), ink=look.QUIET)
    lines += [*word_lines, *told, *foot]
    # White plates hide the grid behind words, and never a mark.
    drawn_layers = [*axis_layers, *word_layers, *keys, *layers(drawn, plot), *rules]
    spec = page([*drawn_layers, *_corner(words, sheet), *texts(lines)], height + look.MARGIN)
    return spec | {"width": round(width)}


# --- head and legend ----------------------------------------------------------------------------------------------


def _head(drawn: Timeline, words: Words, sheet: Page) -> tuple[list[Line], float]:
    top = float(look.MARGIN + (30 if words.simulated else 0))
    title = (20, 27) if sheet.narrow else (look.TITLE, look.TITLE_LINE)
    lines, top = sheet.block(words.title, top, title, bold=True)
    subtitle = _(SIMULATED_SUBTITLE).format(subtitle=words.subtitle) if words.simulated else words.subtitle
    small = (look.LABEL, look.LABEL_LINE) if sheet.narrow else (look.SUBTITLE, look.SUBTITLE_LINE)
    for text in (subtitle, *drawn.notes):
        more, top = sheet.block(text, top + 4, small, ink=look.QUIET)
        lines += more
    return lines, top + 12


def _corner(words: Words, sheet: Page) -> list[Spec]:
    if not words.simulated:
        return []
    right, text = sheet.width - look.MARGIN, _(SIMULATED)
    left = right - letters.width(text, look.LABEL, bold=True) - 20
    mark = {"type": "rect", "fill": look.PAPER, "stroke": look.CITIZEN_TEXT, "strokeWidth": 1.5}
    note = Line(text, (left + right) / 2, 8 + 18.5, look.LABEL, look.CITIZEN_TEXT, True, "center")
    return [marks("corner", mark, [{"x": left, "x2": right, "y": 8, "y2": 34}]), *texts([note])]


def _keys(drawn: Timeline) -> list[_Key]:
    """Return what the legend must explain: every series by its name, then each other mark that is drawn."""
    keys = []
    for curve in drawn.curves:
        sure = any(p.lower is not None for p in curve.shown)
        name = " ".join(filter(None, (curve.label, curve.name)))
        modelled = curve.side == "official" and bool(curve.shown) and all(p.modelled for p in curve.shown)
        kind: Kind = "modelled" if modelled else curve.side
        keys.append(_Key(kind, _(MODELLED).format(label=name) if modelled else name, sure))
    points = [p for curve in drawn.curves for p in curve.points]
    present: dict[tuple[Kind, str], bool] = {
        ("gap", GAP): any(tie.kind == "gap" for tie in drawn.ties),
        ("unclear", UNCLEAR): any(tie.kind == "cannot_tell" for tie in drawn.ties),
        ("earlier", EARLIER): any(p.before is not None for p in points),
        ("ahead", EXPECTED): any(curve.ahead for curve in drawn.curves),
        ("few", FEW): any(p.value is None and p.state == "few" for p in points),
        ("empty", NOT_COUNTED): any(p.value is None and p.state == "empty" for p in points),
    }
    keys += [_Key(kind, _(text)) for (kind, text), there in present.items() if there]
    return [*keys, _Key("target", drawn.flag.text)] if drawn.flag else keys


def _legend(keys: Sequence[_Key], top: float, sheet: Page) -> tuple[list[Line], list[Spec], float]:
    x, y, deepest = float(look.MARGIN), top, 0
    lines: list[Line] = []
    samples: list[Spec] = []
    for key in keys:
        rows = letters.balanced(key.text, sheet.room - _SAMPLE, look.LABEL)
        room = _SAMPLE + max((letters.width(row, look.LABEL) for row in rows), default=0.0)
        if x > look.MARGIN and x + room > sheet.width - look.MARGIN:
            x, y, deepest = float(look.MARGIN), y + _STEP * deepest, 0
        ink = {"citizen": look.CITIZEN_TEXT, "official": look.OFFICIAL, "modelled": look.OFFICIAL}
        lines += [
            Line(row, x + _SAMPLE, y + 16 + k * _STEP, ink=ink.get(key.kind, look.QUIET)) for k, row in enumerate(rows)
        ]
        samples += _sample(key, x, y + 10.5)
        x, deepest = x + room + _APART, max(deepest, len(rows))
    return lines, samples, y + _STEP * deepest + 4


def _sample(key: _Key, x: float, y: float) -> list[Spec]:
    middle = [{"x": x + _SAMPLE / 2 - 4, "y": y}]
    ends = [{"x": x, "x2": x + _SAMPLE - 8, "y": y}]
    match key.kind:
        case "gap":
            return [gap_marks("key-gap", ends)]
        case "unclear":
            box = {"x": x + 4, "x2": x + _SAMPLE - 12, "y": y - 6, "y2": y + 6}
            return [marks("key-unknown", {"type": "rect", "fill": f"url(#{HATCH})"}, [box])]
        case "ahead":
            dashed = {"type": "rule", "color": look.HATCHING, "strokeWidth": 1.3, "strokeDash": [2, 3]}
            return [marks("key-ahead", dashed, ends)]
        case "earlier":
            mark = {"type": "point", "shape": "diamond", "filled": False, "stroke": look.HATCHING, "size": 40}
            return [marks("key-earlier", {**mark, "strokeWidth": 1.2, "opacity": 1}, middle)]
        case "few" | "empty":
            return [signs(key.kind, middle) | {"name": f"key-{key.kind}"}]
        case "target":
            return flag_at(x + _SAMPLE / 2, y - 9, name="key-target")
    official = key.kind != "citizen"
    line = interval_marks("key-line", ends, official, 1.6 if official else 2.4)
    mark = official_marks("key", middle, key.kind == "modelled") if official else citizen_marks("key", middle, 120)
    return [line, mark]


# --- words in the plot ----------------------------------------------------------------------------------------------


def _unit(words: Words, plot: Frame, sheet: Page, broken: bool) -> list[Line]:
    rows = letters.wrapped(words.unit, sheet.room, look.LABEL)
    # The words of breaks stand between the unit and the plot.
    above = plot.y1 - 10 - look.LABEL_LINE * (len(rows) - 1 + broken)
    return [Line(row, look.MARGIN, above + k * look.LABEL_LINE, ink=look.QUIET) for k, row in enumerate(rows)]


def _said_of(curve: Curve, drawn: Timeline) -> Label | None:
    """Return the words at the end of a series: its letter, its last figure, and what must be said of it."""
    if not curve.shown:
        return None
    last = curve.shown[-1]
    assert last.value is not None
    figure = said(last.value, max(0, places(last.value, last.lower, last.upper)))
    sign = amount(last.value, None, None, "PT")[-2:] if drawn.unit == "PT" else ""
    ink = look.CITIZEN_TEXT if curve.side == "citizen" else look.OFFICIAL
    texts_ = [" ".join(filter(None, (curve.label, f"{figure}{sign}"))), *([curve.told] if curve.told else [])]
    return Label(tuple(texts_), last.at, last.value, ink)


def _right(drawn: Timeline, labels: Sequence[Label]) -> float:
    """Return the room at the right of the plot: for words at the end of a series where no later time leaves some."""
    last = max((label.x for label in labels), default=0.0)
    later = max([c.ahead.at for c in drawn.curves if c.ahead] + ([drawn.flag.at] if drawn.flag else []), default=0.0)
    if not labels or later - last >= 4:
        return 6.0
    return 16.0 + max(letters.width(label.texts[0], look.LABEL) for label in labels if label.x == last)


def _words(drawn: Timeline, plot: Frame, sheet: Page) -> tuple[list[Line], list[Spec]]:
    """Place the words of breaks above the plot, and those of the target and the series inside it."""
    lines, filled = _break_words(drawn, plot, sheet)
    within = Box(plot.x0 + 4, plot.y1 + 2, sheet.width - 4, plot.y0 - 2)
    labels = [
        Label(label.texts, plot.x(label.x), plot.y(label.y), label.ink)
        for curve in drawn.curves
        if (label := _said_of(curve, drawn))
    ]
    if drawn.flag and not sheet.narrow:  # on a phone there is no room, and the legend says the same
        labels.append(Label((drawn.flag.text,), plot.x(drawn.flag.at) - 14, plot.y(drawn.flag.value) + 10, look.TEXT))
    more, beside = placed(labels, [*taken(drawn, plot), *filled], within)
    return [*lines, *more], beside


def _break_words(drawn: Timeline, plot: Frame, sheet: Page) -> tuple[list[Line], list[Box]]:
    """Return the word above each line of a break, where there is room for it, and what the lines take."""
    lines: list[Line] = []
    boxes: list[Box] = []
    end = 0.0
    half = letters.width(_(BREAK), look.LABEL) / 2
    for at in sorted({at for curve in drawn.curves for at, _reason in curve.breaks}):
        x = min(max(plot.x(at), half + 2), sheet.width - half - 2)
        boxes += along(plot.x(at), plot.y1, plot.x(at), plot.y0, 2.0)
        if x - half > end:
            lines.append(Line(_(BREAK), x, plot.y1 - 8, ink=look.QUIET, align="center"))
            end = x + half + 6
    return lines, boxes


def _broken(drawn: Timeline) -> list[str]:
    return [
        _(BROKEN_TAG if curve.tag else BROKEN).format(
            year=in_digits(str(round(at + 0.5))), tag=curve.label, reason=reason
        )
        for curve in drawn.curves
        for at, reason in curve.breaks
    ]


def _beyond(drawn: Timeline, plot: Frame) -> list[str]:
    """Say in figures what is expected where the axis is too short to show it."""
    found = []
    for curve in drawn.curves:
        ahead = curve.ahead
        if ahead and curve.shown and (ahead.lower < plot.values[0] or ahead.upper > plot.values[-1]):
            decimals = max(0, places(ahead.middle, ahead.lower, ahead.upper))
            low, high = said(ahead.lower, decimals), said(ahead.upper, decimals)
            text = _(BEYOND).format(year=in_digits(str(round(ahead.at))), lower=low, upper=high)
            found.append(" ".join(filter(None, (curve.label, text))))
    return found


# --- progress by method -----------------------------------------------------------------------------------------------


def _progress(drawn: Timeline, top: float, sheet: Page) -> tuple[list[Line], list[Spec], float]:
    """Set one row per method: its name, and what it says of each series; the two stand below each other on a phone."""
    if not drawn.outcomes:
        return [], [], top
    lines, top = sheet.block(_(PROGRESS), top + 12, (look.LABEL, look.LABEL_LINE), bold=True)
    left = look.MARGIN + (16 if sheet.narrow else 236)
    rules = []
    for outcome in drawn.outcomes:
        rules.append({"x": look.MARGIN, "x2": sheet.width - look.MARGIN, "y": top + 5})
        names = letters.wrapped(outcome.method, sheet.room if sheet.narrow else left - look.MARGIN - 12, look.LABEL)
        told = [
            row
            for tag, text in outcome.told
            for row in letters.wrapped(f"{tag} {text}".strip(), sheet.width - look.MARGIN - left, look.LABEL)
        ]
        start = top + 8
        for k, name in enumerate(names):
            lines.append(Line(name, look.MARGIN, start + (k + 0.78) * look.LABEL_LINE))
        below = start + (len(names) * look.LABEL_LINE if sheet.narrow else 0)
        for k, text in enumerate(told):
            lines.append(Line(text, left, below + (k + 0.78) * look.LABEL_LINE, ink=look.QUIET))
        rows = len(names) + len(told) if sheet.narrow else max(len(names), len(told))
        top = start + rows * look.LABEL_LINE
    return lines, [marks("hairline", {"type": "rule", "color": look.HAIRLINE}, rules)], top + 4
