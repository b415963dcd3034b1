"""The ledger as one chart: who said what, when, how sure, against which target."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from datashift.draw import Words, over_time
from datashift.draw.look import WIDTH
from datashift.draw.timeline_records import Ahead, Curve, Flag, Outcome, Point, Tie, Timeline
from datashift.language import N_, _, current, label
from datashift.ledger.moments import moment
from datashift.ledger.record import Ledger
from datashift.ledger.sentences import (
    bracket,
    finding,
    first_sentence,
    group_said,
    labelled,
    side_said,
    sign,
    title_of,
)
from datashift.ledger.table import as_table, limits, of_figure, revision_of, rows
from datashift.model import Chart, Observation, Revision, TimeSeries
from datashift.numbers import in_digits, said
from datashift.progress import Progress
from datashift.standards.periods import years

NOT_COMPARED = N_("cannot be compared")
TARGET = N_("target {value}")
SOURCE = N_("Source: {producer}.")
DRAWN = N_("Drawn by DataShift.")

_MODELLED = ("M", "E")


def chart(found: Ledger, *, name: str = "ledger", width: float = WIDTH) -> Chart:
    """Draw the ledger in the current language, on a page of `width` pixels (360 for a phone).

    Out: the chart; its text twin are the first sentences of the ledger, its table twin all rows.
    """
    return over_time(timeline_of(found), words=words(found, name=name), width=width)


def words(found: Ledger, *, name: str = "ledger") -> Words:
    """Return what stands around the chart."""
    seen = [year for s in found.series for o in s.observations for year in years(o.period)]
    group = [group_said(concept, code) for concept, code in found.breakdown]
    span = [in_digits("–".join(dict.fromkeys((str(min(seen)), str(max(seen))))))] if seen else []
    subtitle = " · ".join([f"{found.indicator} {label(found.title)}".strip(), found.area_name, *group, *span])
    sources = "; ".join(dict.fromkeys(f"{s.producer}, {in_digits(s.released)}".rstrip(", ") for s in found.series))
    return Words(
        name=name,
        title=finding(found, named=False),
        subtitle=subtitle,
        foot=f"{_(SOURCE).format(producer=sources)} {_(DRAWN)}",
        unit="%" if found.unit == "PT" else found.unit,
        value_label="",
        simulated=found.simulated,
        language=current(),
    )


def timeline_of(found: Ledger) -> Timeline:
    """Return the ledger as records that can be drawn."""
    judged = dict(found.progress)
    curves = tuple(
        _curve(found, series, tag, judged.get(k))
        for k, (series, tag) in enumerate(zip(found.series, found.tags, strict=True))
    )
    others = {label(s.difference): None for s in found.series if s.side == "citizen" and s.difference}
    return Timeline(
        curves=curves,
        unit=found.unit,
        ties=tuple(_ties(found)),
        flag=_flag(found),
        outcomes=tuple(_outcomes(found)),
        notes=tuple(first_sentence(text) for text in others),
        remarks=(),
        text=" ".join(found.sentences()[:2]),
        table=as_table(rows(found)),
    )


# --- series -------------------------------------------------------------------------------------------------------


def _curve(found: Ledger, series: TimeSeries, tag: str, judged: Progress | None) -> Curve:
    points = [_point(series, one, found.revisions) for one in series.observations]
    return Curve(
        side=series.side,
        name=title_of(series),
        tag=tag,
        points=tuple(sorted(points, key=lambda point: point.at)),
        told=_(NOT_COMPARED) if _not_compared(found, series) else "",
        # A break begins with its year, half a year before the middle that the figure stands for.
        breaks=tuple((moment(period) - 0.5, why) for period, why in series.breaks),
        ahead=_ahead(judged),
    )


def _point(series: TimeSeries, one: Observation, revisions: Sequence[Revision]) -> Point:
    if not math.isfinite(one.value):
        return Point(moment(one.period), None, state="few" if one.status == "Q" else "empty")
    revised = revision_of(series, one, revisions)
    return Point(
        moment(one.period), one.value, *limits(one, series.unit),
        modelled=one.nature.upper() in _MODELLED,
        before=revised.before if revised else None,
    )  # fmt: skip


def _not_compared(found: Ledger, series: TimeSeries) -> bool:
    if series.side == "official" or all(one.side == "citizen" for one in found.series):
        return False
    own = [c for one in series.observations for c in of_figure(series, one.period, found.comparisons)]
    return all(c.verdict == "not_comparable" for c in own) if own else series.relation != "same"


def _ahead(judged: Progress | None) -> Ahead | None:
    if judged is None or not {"value", "lower", "upper"} <= judged.outlook.keys():
        return None
    ahead = judged.outlook
    return Ahead(float(judged.target.year), ahead["value"], ahead["lower"], ahead["upper"])


# --- verdicts, target, progress ---------------------------------------------------------------------------------------


def _ties(found: Ledger) -> Iterator[Tie]:
    """Yield a line for every gap; what nobody can tell is drawn for the latest figure beside each source only."""
    latest: dict[tuple[str, str, str], tuple[float, Tie]] = {}
    for c in found.comparisons:
        official = c.official
        if c.value is None or official is None or c.difference is None or official.area != c.area:
            continue
        ends = (moment(c.period), c.value), (moment(official.period), official.value)
        if c.verdict == "gap":
            yield Tie("gap", *ends)
        elif c.verdict == "cannot_tell":
            key = (c.measure, official.source, official.series)
            if key not in latest or latest[key][0] < ends[0][0]:
                latest[key] = (ends[0][0], Tie("cannot_tell", *ends))
    yield from (tie for _at, tie in latest.values())


def _flag(found: Ledger) -> Flag | None:
    target = found.target
    if target is None or target.value is None:
        return None
    value = said(target.value, 0 if float(target.value).is_integer() else 1) + sign(found.unit)
    text = _(TARGET).format(value=value)
    return Flag(float(target.year), target.value, f"{text} ({in_digits(str(target.year))})")


def _outcomes(found: Ledger) -> Iterator[Outcome]:
    """Yield what each method says, with the series that it could judge."""
    several = len(found.series) > 1
    by_method: dict[str, list[tuple[str, str]]] = {}
    names: dict[str, str] = {}
    for k, judged in found.progress:
        for one in judged.labels:
            if one.code:
                names.setdefault(one.method, one.name)
                who = bracket(found.tags[k]) or (f"{side_said(found.series[k])}:" if several else "")
                by_method.setdefault(one.method, []).append((who, labelled(judged, one)))
    for method, told in by_method.items():
        yield Outcome(names[method], tuple(told))
