"""The twins of a chart, for those who cannot see it: a text of at most three sentences, and a table."""

from __future__ import annotations

from collections.abc import Sequence

from datashift.draw.rows import NOT_COMPARABLE, Figure, Row
from datashift.draw.words import Words
from datashift.language import N_, _
from datashift.numbers import places, said

Table = tuple[tuple[str, ...], ...]

HIGHEST = N_("Highest is {high} with {high_value}, lowest is {low} with {low_value}; {counted}.")
HIGHEST_OVERALL = N_(
    "Overall it is {overall}; highest is {high} with {high_value}, lowest is {low} with {low_value}; {counted}."
)
AREAS = N_("areas with a figure: {count}")
PERIODS = N_("periods with a figure: {count}")
GROUPS = N_("groups with a figure: {count}")
UNCOUNTED = N_("Nobody counted in {count} of the areas on the map.")
SINGLE = N_("{high} stands at {high_value}.")
NOTHING = N_("No area has a figure.")
UNKNOWN = N_("Nothing can be told about: {names}.")
BESIDE = N_("An official figure stands beside it in {count} of the rows.")
BESIDE_DIFFERENT = N_("An official figure stands beside it in {count} of the rows, but the two are not the same thing.")
SEVERAL = N_("{names} and {count} more")
SIMULATED = N_("{sentence} (simulated data)")
REFUSED = N_("Nothing can be told about: {names}; the official figure cannot be compared for: {refused}.")
ONLY_REFUSED = N_("The official figure cannot be compared for: {refused}.")

AREA, LOWER, UPPER, ANSWERS = N_("Area"), N_("Lower"), N_("Upper"), N_("Number counted")
WITH_UNIT = N_("{label} ({unit})")
OFFICIAL_LOWER, OFFICIAL_UPPER, SOURCE = N_("Official lower"), N_("Official upper"), N_("Official source")
NO_OFFICIAL = N_("no official figure")

_NAMES = 6


def text(rows: Sequence[Row], words: Words, *, different: bool = False, uncounted: int = 0) -> str:
    """Say in at most three sentences what is highest and lowest, how many areas there are, and what is not known.

    `different` says that citizen and official figures are of different concepts; `uncounted` is the number of areas
    on a map where nobody counted.
    """
    beside = _(UNCOUNTED).format(count=said(uncounted)) if uncounted else _beside(rows, different)
    sentences = [_extremes(rows), beside, _unknown(rows)]
    if words.simulated:
        first = sentences[0].rstrip(".।")
        sentences[0] = _(SIMULATED).format(sentence=first) + sentences[0][len(first) :]
    return " ".join(filter(None, sentences))


def table(rows: Sequence[Row], words: Words) -> Table:
    """Return header and one line per row: area, value, lower, upper, and how many were counted."""
    value = _(WITH_UNIT).format(label=words.value_label, unit=words.unit)
    header = (_(AREA), value, _(LOWER), _(UPPER), _(ANSWERS))
    return (header, *((row.name, *_cells(row), said(row.n) if row.n else "") for row in rows))


def table_beside(rows: Sequence[Row], words: Words) -> Table:
    """Return header and one line per citizen and official figure: both values with their limits, and the source."""
    value = _(WITH_UNIT).format(label=words.value_label, unit=words.unit)
    official = _(WITH_UNIT).format(label=words.official_label, unit=words.unit)
    header = (_(AREA), value, _(LOWER), _(UPPER), official, _(OFFICIAL_LOWER), _(OFFICIAL_UPPER), _(SOURCE))
    return (header, *((row.name, *_cells(row), *cells) for row in rows for cells in _official_cells(row)))


def _cells(row: Row) -> tuple[str, str, str]:
    return _numbers(row.figure) if row.figure else (row.said, "", "")


def _numbers(figure: Figure) -> tuple[str, str, str]:
    decimals = places(figure.value, figure.lower, figure.upper)
    value, lower, upper = (
        "" if number is None else said(number, decimals) for number in (figure.value, figure.lower, figure.upper)
    )
    return value, lower, upper


def _official_cells(row: Row) -> list[tuple[str, str, str, str]]:
    found = [(*_numbers(official.figure), official.source) for official in row.officials]
    if row.refused:
        found.append((_(NOT_COMPARABLE), "", "", ""))
    return found or [(_(NO_OFFICIAL), "", "", "")]


def _extremes(rows: Sequence[Row]) -> str:
    whole = next((row for row in rows if row.whole and row.figure), None)
    known = [row for row in rows if row.figure and not row.whole]
    ranked = sorted(known, key=lambda row: row.figure.value if row.figure else 0.0)
    if not ranked:
        return _(SINGLE).format(high=whole.name, high_value=whole.figure) if whole else _(NOTHING)
    low, high = ranked[0], ranked[-1]
    facts = {"high": high.name, "high_value": high.figure, "low": low.name, "low_value": low.figure}
    if len(ranked) == 1 and not whole:
        return _(SINGLE).format(**facts)
    template = HIGHEST_OVERALL if whole else HIGHEST
    counted = _(_kind(rows)).format(count=said(len(known)))
    return _(template).format(**facts, counted=counted, overall=whole.figure if whole else "")


def _kind(rows: Sequence[Row]) -> str:
    if len({row.area for row in rows}) > 1:
        return AREAS
    return PERIODS if len({row.period for row in rows}) > 1 else GROUPS


def _beside(rows: Sequence[Row], different: bool) -> str:
    count = sum(bool(row.officials) for row in rows)
    return _(BESIDE_DIFFERENT if different else BESIDE).format(count=said(count)) if count else ""


def _unknown(rows: Sequence[Row]) -> str:
    names = _list([row.name for row in rows if row.figure is None])
    refused = _list([row.name for row in rows if row.refused])
    if names and refused:
        return _(REFUSED).format(names=names, refused=refused)
    if refused:
        return _(ONLY_REFUSED).format(refused=refused)
    return _(UNKNOWN).format(names=names) if names else ""


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMES])
    more = len(names) - _NAMES
    return _(SEVERAL).format(names=shown, count=said(more)) if more > 0 else shown
