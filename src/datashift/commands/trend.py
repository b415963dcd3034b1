"""`datashift trend`: a series of years, where it stands in the target year, by every usual method side by side."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.errors import BadSeries, TooThin
from datashift.language import N_, _
from datashift.layout import grid, wrapped
from datashift.numbers import said

if TYPE_CHECKING:
    from datashift.model import Raw
    from datashift.trends import Trend

HELP = N_("where a series of years stands in 2030 at its pace, by every usual method, with growth rates and target")

Told = tuple[str, Callable[[], Any]]

LABELS = {
    "ols": N_("straight line"),
    "ols_logit": N_("line on the logit scale"),
    "ols_log": N_("line on the log scale"),
    "wls": N_("straight line, weighted"),
    "meta_regression": N_("straight line, errors known"),
    "meta_regression_logit": N_("logit scale, errors known"),
    "meta_regression_log": N_("log scale, errors known"),
}
VERDICTS = {
    "met": N_("met"),
    "reaches": N_("will be met"),
    "unclear": N_("cannot be told"),
    "slow": N_("too slow"),
    "away": N_("leads away"),
    "plain": N_("no interval"),
}

_YEAR = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file, its columns, the target, and the bounds of what is possible."""
    parser.add_argument("file", type=Path, help=_("the file with one row per year"))
    parser.add_argument("--sheet", help=_("the sheet of a workbook or the table of an archive"))
    parser.add_argument("--time", required=True, help=_("the column of the year (2015, 2015-07 or 2015-07-31)"))
    parser.add_argument("--value", required=True, help=_("the column of the value"))
    parser.add_argument("--se", help=_("the column of the standard error"))
    parser.add_argument("--by", default="", help=_("columns that part the rows into series, with commas between"))
    parser.add_argument("--target", type=float, help=_("the value to be reached"))
    parser.add_argument("--target-year", type=float, default=2030.0, help=_("the year to look at (default: 2030)"))
    parser.add_argument("--unit", default="", help=_("PT for per cent"))
    parser.add_argument("--lower", type=float, help=_("the lowest value that is possible"))
    parser.add_argument("--upper", type=float, help=_("the highest value that is possible"))
    parser.add_argument("--direction", choices=("up", "down"), help=_("which way is good; else the target tells"))


def run(options: argparse.Namespace) -> Told:
    """Fit the trends of every series in the file. Out: text for people and, as a function, data for machines."""
    from datashift.read import read

    raw = read(options.file, sheet=options.sheet)
    by = [name.strip() for name in options.by.split(",") if name.strip()]
    trends, refused = _fitted(_series(raw, options, by), options)
    if not by:
        only = trends[()]
        return one_series(only), only.as_dict
    return _several(trends, refused, by), lambda: {
        "series": [{"by": dict(zip(by, key, strict=True)), **trend.as_dict()} for key, trend in trends.items()],
        "refused": [{"by": dict(zip(by, key, strict=True)), **why.as_dict()} for key, why in refused.items()],
    }


Key = tuple[str, ...]
Columns = dict[str, list[float]]


def _series(raw: Raw, options: argparse.Namespace, by: Sequence[str]) -> dict[Key, Columns]:
    years = [year_of(text, raw, i) for i, text in enumerate(column(raw, options.time))]
    values = numbers(raw, options.value)
    errors = numbers(raw, options.se) if options.se else None
    keys = list(zip(*(column(raw, name) for name in by), strict=True)) if by else [()] * len(years)
    found: dict[Key, Columns] = {}
    for i, key in enumerate(keys):
        into = found.setdefault(tuple(key), {"years": [], "values": [], "se": []})
        into["years"].append(years[i])
        into["values"].append(values[i])
        into["se"].append(errors[i] if errors else float("nan"))
    return found or {(): {"years": [], "values": [], "se": []}}


def _fitted(
    found: Mapping[Key, Columns], options: argparse.Namespace
) -> tuple[dict[Key, Trend], dict[Key, BadSeries | TooThin]]:
    from datashift.trends import Aim, trend

    aim = Aim(
        target=options.target, target_year=options.target_year, lower=options.lower, upper=options.upper,
        unit=options.unit, direction=options.direction,
    )  # fmt: skip
    trends: dict[Key, Trend] = {}
    refused: dict[Key, BadSeries | TooThin] = {}
    for key, columns in found.items():
        try:
            trends[key] = trend(columns["years"], columns["values"], columns["se"] if options.se else None, **aim)
        except (BadSeries, TooThin) as why:
            refused[key] = why
    if not trends:
        raise next(iter(refused.values()))
    return trends, refused


# --- text for people ------------------------------------------------------------------------------------------------


def one_series(trend: Trend) -> str:
    """Return the whole text of one series."""
    lines = [wrapped(trend.sentence()), wrapped(trend.why), "", _methods(trend), ""]
    lines += [wrapped(text) for text in (trend.growth_sentence(), _ranks(trend), _difference(trend)) if text]
    if trend.reached is not None and trend.verdict not in ("met", "away"):
        text = _("At this pace the target is met in about {year}.").format(year=f"{trend.reached:.0f}")
        lines.append(wrapped(text))
    lines.append(
        wrapped(_("The interval holds the value of that year in 95 of 100 cases, if the pace stays as it was."))
    )
    return "\n".join([*lines, *(wrapped(note) for note in trend.notes)])


def _methods(trend: Trend) -> str:
    from datashift.trends.wording import decimals_of, figure, span, year_said

    series, rows = trend.series, []
    decimals = decimals_of(series, trend.line.at_target, trend.line.shown()) + 1
    ordered = [trend.line, *(line for name, line in trend.lines.items() if name != trend.first)]
    for line in ordered:
        interval = line.shown()
        ends = span(series, interval, decimals) if interval else ("–", "–")
        kind = "–" if interval is None else _("the line") if line.pi is None else _("that year")
        rows.append([_(LABELS[line.name]), figure(series, line.at_target, decimals), *ends, kind])
    rows.append([_("median slope (Theil–Sen)"), figure(series, trend.theil_sen.at_target, decimals), "–", "–", "–"])
    header = [_("method"), year_said(series.target_year), _("from"), _("to"), _("interval for")]
    return grid(header, rows, "lrrrl")


def _ranks(trend: Trend) -> str:
    found = trend.mann_kendall
    rising, falling = (found.pairs + found.s) / 2, (found.pairs - found.s) / 2
    text = _(
        "Of {pairs} pairs of years, about {rising} rise and {falling} fall; where nothing changes, an order as clear "
        "as this comes about by chance in {often} of 1,000 cases (Mann–Kendall)."
    )
    often = max(1.0, round(1000 * found.p_value))
    return text.format(pairs=said(found.pairs), rising=said(rising), falling=said(falling), often=said(often))


def _difference(trend: Trend) -> str:
    from datashift.trends.wording import year_said

    series, change = trend.series, trend.first_last
    times = 100.0 if series.bounds == (0.0, 1.0) else 1.0
    facts = {"first": year_said(series.years[0]), "last": year_said(series.years[-1])}
    points = _(" points") if series.bounds in ((0.0, 1.0), (0.0, 100.0)) else ""
    amount = said(times * change.difference, 1) + points
    if change.se is None:
        return _("From {first} to {last}: {amount}.").format(amount=amount, **facts)
    half = 1.959964 * change.se
    ends = [said(times * (change.difference + sign * half), 1) for sign in (-1, 1)]
    text = _("From {first} to {last}: {amount} ({lower} to {upper}).")
    return text.format(amount=amount, lower=ends[0], upper=ends[1], **facts)


def _several(trends: Mapping[Key, Trend], refused: Mapping[Key, BadSeries | TooThin], by: Sequence[str]) -> str:
    from datashift.trends.wording import decimals_of, figure, span, year_said

    any_trend = next(iter(trends.values()))
    year = year_said(any_trend.series.target_year)
    lines, rows = [_summary(trends, year)], []
    for key, trend in trends.items():
        series, line = trend.series, trend.line
        interval = line.shown()
        decimals = decimals_of(series, line.at_target, interval)
        last = [year_said(series.years[-1]), figure(series, series.values[-1], max(0, decimals))]
        ends = " – ".join(span(series, interval, decimals)) if interval else "–"
        told = _(VERDICTS[trend.verdict]) if trend.verdict else ""
        rows.append([" / ".join(key), *last, figure(series, line.at_target, decimals), ends, told])
    header = [" / ".join(by), _("last"), _("value"), year, _("interval"), _("target")]
    lines += ["", grid(header, rows, "lrrrrl"), "", wrapped(any_trend.why)]
    lines += [wrapped(f"{' / '.join(key)}: {why}") for key, why in refused.items()]
    return "\n".join(lines)


def _summary(trends: Mapping[Key, Trend], year: str) -> str:
    told = [trend.verdict for trend in trends.values()]
    if not any(told):
        return wrapped(
            _("{series} series, each brought to {year} at its own pace.").format(series=len(told), year=year)
        )
    text = _(
        "{series} series. Target met, or at this pace met by {year}: {met}. Too slow or leading away: {slow}. Cannot "
        "be told: {open}."
    )
    met, slow = sum(v in ("met", "reaches") for v in told), sum(v in ("slow", "away") for v in told)
    return wrapped(text.format(series=len(told), met=met, slow=slow, open=len(told) - met - slow, year=year))


# --- cells ----------------------------------------------------------------------------------------------------------


def column(raw: Raw, name: str) -> list[str]:
    """Return the cells of a column without outer blanks. Raises BadSeries with the nearest names of columns."""
    known = [known for known in raw.table.column_names if known != "_row"]
    if name not in known:
        folded = {other.casefold(): other for other in known}
        near = [folded[found] for found in get_close_matches(name.casefold(), folded, 3, 0.0)]
        raise BadSeries("trend.no-column", file=raw.origin.file, column=name, near=", ".join(near) or "–")
    return [(cell or "").strip() for cell in raw.table[name].to_pylist()]


def numbers(raw: Raw, name: str) -> list[float]:
    """Return a column of numbers, NaN where a cell is empty; a decimal comma and a per cent sign are understood."""
    return [_number(text, raw, name, i) for i, text in enumerate(column(raw, name))]


def _number(text: str, raw: Raw, name: str, i: int) -> float:
    plain = "".join(text.rstrip("%").split()).replace("−", "-")
    if plain.lower() in ("", "na", "n/a", "nan", "null", "..", "–", "-"):
        return float("nan")
    if re.fullmatch(r"[-+]?\d+,\d{1,2}|[-+]?0,\d+", plain):
        plain = plain.replace(",", ".")
    if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", plain):
        return float(plain)
    raise BadSeries("trend.not-a-number", file=raw.origin.file, row=_row(raw, i), column=name, value=text[:40])


def year_of(text: str, raw: Raw, i: int) -> float:
    """Return a time as decimal year, NaN where it is empty.

    A plain year stands for its middle, so a date counts from there: 2015-07-02 is 2015.0, 2015-01-01 is 2014.5.
    """
    if not text:
        return float("nan")
    found = _YEAR.fullmatch(text)
    if found and not found[2]:
        return float(found[1])
    if found and 1 <= int(found[2]) <= 12 and 1 <= int(found[3] or 1) <= 31:
        day = int(found[3]) - 1.0 if found[3] else 15.0
        return int(found[1]) + (int(found[2]) - 1 + day / 30.5) / 12 - 0.5
    if re.fullmatch(r"\d{4}\.\d+", text):
        return float(text)
    raise BadSeries("trend.not-a-year", file=raw.origin.file, row=_row(raw, i), value=text[:40])


def _row(raw: Raw, i: int) -> int:
    return int(raw.table["_row"][i].as_py())
