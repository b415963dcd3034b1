"""The ledger in words: the finding first, then its reason, then what is not known."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from datashift.compare import contest_sentence, reason, verdict_word
from datashift.language import N_, _, label
from datashift.ledger.moments import moment
from datashift.model import Comparison, Observation, TimeSeries
from datashift.numbers import THIN, amount, in_digits, said
from datashift.standards.periods import years
from datashift.standards.structures.layout import answers

if TYPE_CHECKING:
    from datashift.ledger.record import Apart, Ledger
    from datashift.progress import Label, Progress

GAP = N_("{place}: citizens count {citizen} in {period}, the official figure is {official}. This {verb} a gap.")
NO_GAP = N_("{place}: citizens count {citizen} in {period}, the official figure is {official}. This {verb} no gap.")
UNCLEAR = N_("{place}: citizens count {citizen} in {period}, the official figure is {official}. Gap: {verb}.")
APART = N_("{place}: citizens count {citizen} in {period}. It cannot be compared with the official figure {official}.")
ALONE = N_("{place}: citizens count {citizen} in {period}. No official figure stands beside it.")
HIDDEN = N_("{place}: the official figures do not show this group. Citizens count {citizen} in {period}.")
STALE = N_(
    "{place}: citizens count {citizen} in {period}. The official figure {official} is too old to stand beside it."
)
OFFICIAL = N_("{place}: {official}. No citizen figure is at hand.")
NOTHING = N_("{place}: no figure may be shown.")

DIFFER = N_("The official sources differ by {size} in {year}: {one} and {other}.")
DIFFER_POINTS = N_("The official sources differ by {size} percentage points in {year}: {one} and {other}.")
AGREE = N_("The official sources say the same in {year}: {one} and {other}.")
NAMED = N_("{value} in {period}, {source}")

ON_TRACK = N_("Methods that see the figures on track: {told}.")
OF = N_("{count} of {all}")
NO_METHOD = N_("No method can judge the progress: too few years, or no target.")
SURE = N_("{label} ({chance})")
REVISED = N_("{count} figures were changed since an earlier release of the same source.")
BROKEN = N_("The series is broken in: {years}.")
NO_ERROR = N_("How sure the figures are is not published by: {sources}.")
MODELLED = N_("How sure the labels are cannot be told for series from a model: {sources}.")
FEW = N_("Too few answers to show: {periods}.")

_FIRST = ("gap", "no_gap_seen", "cannot_tell", "official_hides_group", "official_stale", "not_comparable")
_CLOSE = 0.05
_SHORT = 60
_LISTS = {"INCOME_WEALTH_QUANTILE": "QUANTILE", "DISABILITY_STATUS": "DISABILITY"}


def lead(comparisons: Sequence[Comparison]) -> Comparison | None:
    """Return the comparison that says most: of the latest citizen figure with a verdict, a gap before the others."""
    order = {verdict: k for k, verdict in enumerate(_FIRST)}
    return min(
        (c for c in comparisons if c.value is not None),
        key=lambda c: (-moment(c.period), order.get(c.verdict, len(_FIRST))),
        default=None,
    )


def period_said(period: str) -> str:
    """Return a period in words: one year, or the first and the last."""
    first, last = years(period)
    return in_digits(str(first) if first == last and period.strip() == str(first) else _span(period, first, last))


def finding(found: Ledger, *, named: bool = True) -> str:
    """Return the finding in one or two sentences; `named` says first what was counted, where its name is short."""
    compared = found.lead
    if compared is not None:
        return _compared(found, compared, named)
    for series in found.series:
        if latest := last_shown(series):
            template = ALONE if series.side == "citizen" else OFFICIAL
            return _(template).format(
                place=_place(series, named),
                citizen=figure(latest, found.unit),
                period=period_said(latest.period),
                official=_named(latest, series, found),
            )
    return _(NOTHING).format(place=found.area_name)


def told(found: Ledger) -> list[str]:
    """Return at most six short texts: finding, reason, official sources, contestation, progress, what is not known."""
    compared = found.lead
    texts = [finding(found)]
    texts += [first_sentence(reason(compared))] if compared else []
    texts += [apart_sentence(found, found.apart[0])] if found.apart else []
    texts += [first_sentence(contest_sentence(compared))] if compared else []
    texts += [_progress(found), *unknown(found)]
    return list(filter(None, texts))[:6]


def apart_sentence(found: Ledger, pair: Apart) -> str:
    """Say how far two official sources are apart in the same year."""
    tags = found.tags
    one, other = (
        f"{tag} {said(value, 1)}{sign(found.unit)}".strip()
        for tag, value in ((bracket(tags[pair.one]), pair.value), (bracket(tags[pair.other]), pair.other_value))
    )
    size = abs(pair.difference)
    facts = {"year": in_digits(str(pair.year)), "one": one, "other": other}
    if size < _CLOSE:
        return _(AGREE).format(**facts)
    template = DIFFER_POINTS if found.unit == "PT" else DIFFER
    return _(template).format(size=said(size, 1), **facts)


def unknown(found: Ledger) -> list[str]:
    """Say what is not known, and what changed: hidden figures, uncertainty that nobody publishes, breaks, revisions."""
    hidden = [period_said(o.period) for s in found.series for o in s.observations if o.status == "Q"]
    names = [f"{bracket(tag)} {s.producer}".strip() for tag, s in zip(found.tags, found.series, strict=True)]
    silent = [
        name
        for name, s in zip(names, found.series, strict=True)
        if all(o.se is None and o.lower is None for o in s.observations)
    ]
    smooth = [names[k] for k, judged in found.progress if _smooth(judged)]
    broken = sorted({period_said(period) for s in found.series for period, _why in s.breaks})
    changed = {
        (r.series, r.area, r.breakdown, r.period)
        for r in found.revisions
        if r.before is not None and r.after is not None and r.before != r.after
    }
    texts = [
        _(FEW).format(periods=", ".join(hidden)) if hidden else "",
        _(NO_ERROR).format(sources=", ".join(silent)) if silent else "",
        _(MODELLED).format(sources=", ".join(smooth)) if smooth else "",
        _(BROKEN).format(years=", ".join(broken)) if broken else "",
        _(REVISED).format(count=said(len(changed))) if changed else "",
    ]
    return list(filter(None, texts))


def first_sentence(text: str) -> str:
    """Return the first sentence of a text, in any of the languages."""
    return re.split(r"(?<=[.।!?])\s", text, maxsplit=1)[0]


def figure(one: Observation, unit: str) -> str:
    """Return a figure with its interval."""
    return amount(one.value, one.lower, one.upper, unit)


def group_said(concept: str, code: str) -> str:
    """Return a group of people in words, as the SDG codelists name it."""
    listed = answers().get(f"CL_{_LISTS.get(concept, concept)}")
    return label(listed.codes[code]) if listed and code in listed.codes else f"{concept} {code}"


def side_said(series: TimeSeries) -> str:
    """Return who counted, in one word."""
    return _("citizens") if series.side == "citizen" else _("official")


def sign(unit: str) -> str:
    """Return the sign behind a figure."""
    return f"{THIN}%" if unit == "PT" else ""


def bracket(tag: str) -> str:
    """Return a tag in brackets, "" for none."""
    return f"[{tag}]" if tag else ""


def last_shown(series: TimeSeries) -> Observation | None:
    """Return the latest figure that has a value."""
    return next((o for o in reversed(series.observations) if math.isfinite(o.value)), None)


_TEMPLATES = {
    "gap": GAP, "no_gap_seen": NO_GAP, "cannot_tell": UNCLEAR, "official_stale": STALE,
    "official_hides_group": HIDDEN, "not_comparable": APART, "no_official_figure": ALONE,
}  # fmt: skip


def _compared(found: Ledger, c: Comparison, named: bool) -> str:
    official = c.official
    beside = "–"
    if official is not None:
        value = f"{said(official.value, 0 if official.value.is_integer() else 1)}{sign(official.unit)}"
        beside = _(NAMED).format(value=value, period=period_said(official.period), source=official.source)
    assert c.value is not None
    return _(_TEMPLATES[c.verdict]).format(
        place=_place(next(s for s in found.series if s.side == "citizen" and s.series == c.measure), named),
        citizen=amount(c.value, c.lower, c.upper, found.unit),
        period=period_said(c.period),
        official=beside,
        verb=verdict_word(c),
    )


def _place(series: TimeSeries, named: bool) -> str:
    title = label(series.title)
    return f"{title}, {series.area_name}" if named and 0 < len(title) <= _SHORT else series.area_name


def _named(one: Observation, series: TimeSeries, found: Ledger) -> str:
    tag = bracket(found.tags[found.series.index(series)])
    source = " ".join(filter(None, (tag, series.producer)))
    return _(NAMED).format(value=figure(one, found.unit), period=period_said(one.period), source=source)


def _progress(found: Ledger) -> str:
    judged = []
    for k, progress in found.progress:
        tones = [one.tone for one in progress.labels if one.tone is not None]
        if tones:
            count = _(OF).format(count=said(tones.count(1)), all=said(len(tones)))
            who = bracket(found.tags[k]) or (side_said(found.series[k]) if len(found.series) > 1 else "")
            judged.append(f"{who} {count}".strip())
    if judged:
        return _(ON_TRACK).format(told="; ".join(judged))
    return _(NO_METHOD) if found.target else ""


def _span(period: str, first: int, last: int) -> str:
    return f"{first}–{last}" if first != last else period.strip()


def title_of(series: TimeSeries) -> str:
    """Return the name of a series for people: who counts, what, and when it was released."""
    released = f"({in_digits(series.released)})" if series.released else ""
    return " ".join(filter(None, (f"{series.producer}: {label(series.title)}", released)))


def labelled(judged: Progress, one: Label) -> str:
    """Return the text of a label with its probability in per cent.

    A series from a model is smoother than what it stands for: the scatter of its years says nothing of how sure a
    label is, so none is given.
    """
    probability = one.probability
    if probability is None or _smooth(judged):
        return one.text
    # Draws that all agree do not make a thing certain.
    least, most = (f"{mark}{said(value)}" for mark, value in (("< ", 1), ("> ", 99)))
    chance = least if probability < 0.01 else most if probability > 0.99 else said(100 * probability)
    return _(SURE).format(label=one.text, chance=chance + sign("PT"))


def _smooth(judged: Progress) -> bool:
    return any(note.code == "modelled" for note in judged.notes)
