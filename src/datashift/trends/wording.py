"""What a trend says in plain words."""

from __future__ import annotations

from datashift.language import N_, _
from datashift.numbers import THIN, in_digits, places, said
from datashift.trends.lines import Line, Pair
from datashift.trends.measures import Growth
from datashift.trends.series import PER_CENT, Series

WHY = {
    "ols": N_("Shown first: a straight line, since the values have no bound that it could cross, or touch it."),
    "ols_logit": N_("Shown first: the logit scale, since a share cannot pass 100 % and a straight line can."),
    "ols_log": N_("Shown first: the log scale, since values above 0 grow and fall by per cent and cannot pass 0."),
    "meta_regression": N_(
        "Shown first: a straight line that knows the sampling errors; the values have no bound that it could cross, or "
        "touch it."
    ),
    "meta_regression_logit": N_(
        "Shown first: the logit scale, since a share cannot pass 100 % and a straight line can; sampling errors are "
        "taken into account."
    ),
    "meta_regression_log": N_(
        "Shown first: the log scale, since values above 0 grow and fall by per cent and cannot pass 0; sampling errors "
        "are taken into account."
    ),
}

NOTES = {
    "two-years": N_(
        "Two years only: a line goes through any two points, so nothing says how sure it is. A third year would."
    ),
    "few-years": N_("Few years: the interval is wide because so little is known, not because the pace varied much."),
    "read-as-share": N_("All values lie between 0 and 1, so they are read as shares of 1."),
    "at-bound": N_(
        "A value lies at the bound of what is possible and has no logit, so the line is straight and cut off there."
    ),
    "near-bound": N_("A target at the end of the scale (0 or 100 %) counts as met within one point of it."),
    "far": N_("The target year is further away than the years observed reach back: much can change until then."),
    "past": N_("The target year is over or is the last year observed: nothing is projected beyond the data."),
    "zero": N_("A growth rate from or to 0 is undefined: no factor leads there. Look at the difference instead."),
}


BEYOND = 1e12
"""An end of an interval beyond this says that nothing is known on that side."""

AIMS = {
    "met": N_("The target is {target}, and the last year has met it."),
    "away": N_("The target is {target}; the trend leads away from it."),
    "reaches": N_("The target is {target}; at this pace it is met."),
    "unclear": N_("The target is {target}; whether this pace meets it cannot be told."),
    "slow": N_("The target is {target}; this pace is too slow."),
    "plain": N_("The target is {target}."),
}


def figure(series: Series, value: float, decimals: int) -> str:
    """Return a value as people read it: shares of 1 as per cent."""
    times, sign = _reading(series)
    return said(value * times, decimals) + sign


def span(series: Series, interval: Pair, decimals: int) -> tuple[str, str]:
    """Return both ends of an interval as people read them, without a sign."""
    times = _reading(series)[0]
    low, high = inside(series, interval)
    return _end(low * times, decimals), _end(high * times, decimals)


def _end(end: float, decimals: int) -> str:
    return said(end, decimals) if abs(end) < BEYOND else "∞" if end > 0 else "−∞"


def decimals_of(series: Series, value: float, interval: Pair | None) -> int:
    """Return how many decimals the interval of a value allows."""
    times = _reading(series)[0]
    if interval is None:
        return places(round(value * times, 6), None, None)
    low, high = inside(series, interval)
    return places(value * times, low * times, high * times) if high * times < BEYOND else 0


def inside(series: Series, interval: Pair) -> Pair:
    """Cut an interval off at the bounds of what is possible."""
    low, high = series.bounds or (float("-inf"), float("inf"))
    return min(max(interval[0], low), high), min(max(interval[1], low), high)


def headline(series: Series, line: Line) -> str:
    """Say where the series stands in the target year at this pace, how sure that is, and what the target is."""
    interval = line.shown()
    value, _same = inside(series, (line.at_target, line.at_target))
    decimals = decimals_of(series, value, interval)
    facts = {"value": figure(series, value, decimals), "year": year_said(series.target_year)}
    if interval is None:
        text = _("At this pace about {value} by {year}; with two years, nobody can say how sure that is.")
    else:
        facts["lower"], facts["upper"] = span(series, interval, decimals)
        text = _("At this pace about {value} by {year} ({lower} to {upper}).")
    said_so = text.format(**facts)
    if series.target is None:
        return said_so if series.direction is None else f"{said_so} {_way(series, line)}"
    whole = float(series.target * _reading(series)[0]).is_integer()
    target = figure(series, series.target, 0 if whole else max(1, decimals))
    return f"{said_so} {_(AIMS[verdict(series, line)]).format(target=target)}"


def _way(series: Series, line: Line) -> str:
    good = (line.coefficients[1] > 0) == (series.direction == "up")
    return _("This is the right way.") if good else _("This is the wrong way.")


def verdict(series: Series, line: Line) -> str:
    """Return what the series does about its target: met, reaches, unclear, slow, away, or plain; "" without a target.

    reaches, slow: the whole interval lies on one side of the target.   plain: there is no interval.
    """
    if series.target is None or series.goal is None:
        return ""
    sign = -1.0 if series.direction == "down" else 1.0
    goal = sign * series.goal
    if sign * series.values[-1] >= goal:
        return "met"
    if sign * line.coefficients[1] < 0:
        return "away"
    interval = line.shown()
    if interval is None:
        return "plain"
    least, most = sorted(sign * end for end in interval)
    return "reaches" if least >= goal else "unclear" if most >= goal else "slow"


def growth_sentence(series: Series, growth: Growth) -> str:
    """Say the growth rates, and which share of the pace that is needed was reached; or why there are none."""
    if growth.actual is None:
        return _("No growth rate: it is undefined from or to 0.")
    first, last = year_said(series.years[0]), year_said(series.years[-1])
    facts = {"first": first, "last": last, "actual": said(100 * growth.actual, 1)}
    told = _("Growth from {first} to {last}: {actual} % a year.").format(**facts)
    if growth.required is None or growth.required_from_last is None:
        return told
    facts = {"required": said(100 * growth.required, 1), "now": said(100 * growth.required_from_last, 1)}
    text = _("Needed since {first}: {required} % a year; needed from now on: {now} %.")
    told = f"{told} {text.format(first=first, **facts)}"
    if growth.ratio is None:
        return told
    ratio = _("The pace was {ratio} of the pace needed.").format(ratio=f"{said(100 * growth.ratio)} %")
    return f"{told} {ratio}"


def year_said(year: float) -> str:
    """Return a year as people write it, without a blank between thousands."""
    return in_digits(f"{float(year):.10g}")


def _reading(series: Series) -> tuple[float, str]:
    if series.bounds == (0.0, 1.0):
        return 100.0, f"{THIN}%"
    return 1.0, f"{THIN}%" if series.unit == PER_CENT else ""
