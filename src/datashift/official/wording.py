"""Official figures, their snapshots and revisions as text for people: the finding first, tables of 80 columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from datashift.language import N_, _, label
from datashift.layout import WIDTH, grid, wrapped
from datashift.model import Breakdown, Observation, Revision, TimeSeries
from datashift.numbers import THIN, in_digits, said
from datashift.official.importing import Imported
from datashift.official.revisions import Changes
from datashift.official.schema import Snapshot
from datashift.standards.areas import area_label, world
from datashift.standards.structures.layout import answers, parts

FULL = 4
"""Up to so many series are shown with all their years; more are listed, one line each."""

_ROWS = 15
_LEAST = 8
_UNIT = 12
_NONE = "–"

_IMPORTED = N_(
    "{count} official figures of {source} are in the store now (series: {series}; places: {places}; years: {years})."
)
_CHANGED = N_("From {before} to {after}: added {added}, taken away {removed}, changed {changed}, as they were {same}.")
_RECLASSIFIED = N_("Value kept, but told to have come about in another way (nature): {count}.")


def nature_word(code: str) -> str:
    """Return what a NATURE code means, in the current language; the code itself where it is not known."""
    found = answers()["CL_NATURE"].codes.get(code)
    return label(found) if found else code


def group_word(breakdown: Breakdown) -> str:
    """Return a group in words, such as "Women, 15 to 24 years"; "" for everybody."""
    lists = {part.id: part.representation for part in parts()}
    words = []
    for concept, code in breakdown:
        codes = answers()[lists[concept]].codes if lists.get(concept, "").startswith("CL_") else {}
        words.append(label(codes[code]) if code in codes else f"{concept} {code}")
    return ", ".join(words)


def place_name(one: TimeSeries | Revision) -> str:
    """Return what the place of a series is called: as the source says, else as our list of countries does."""
    country = world().get(one.area)
    return one.area_name or (area_label(country) if country else one.area)


def imported(one: Imported, since: Changes | None) -> list[str]:
    """Return the lines about a file that came in."""
    snapshot = one.snapshot
    if not one.new:
        text = _("This file is in the store already, as {snapshot}. Nothing changed.")
        return [wrapped(text.format(snapshot=snapshot.id))]
    first, last = snapshot.years
    lines = [
        _(_IMPORTED).format(
            count=said(snapshot.observations), source=_named(snapshot), series=said(snapshot.series),
            places=said(snapshot.areas), years=_span(first, last),
        ),
        _("Snapshot: {snapshot}").format(snapshot=snapshot.id),
    ]  # fmt: skip
    if snapshot.not_numbers:
        text = _("{count} of them carry a text and not a number. They are kept as they are written.")
        lines.append(text.format(count=said(snapshot.not_numbers)))
    if one.without_place:
        text = _("{count} of them are about places that our lists do not know. They keep the name that the file gives.")
        lines.append(text.format(count=said(one.without_place)))
    if one.rest:
        text = _("It is about {part} only. For everything else {snapshot} still answers.")
        lines.append(text.format(part=snapshot.part, snapshot=one.rest.id))
    if not snapshot.released:
        lines.append(_("The file does not say when it was released. If you know, import it again with --released."))
    return [wrapped(line) for line in (*lines, *(changed(since) if since else ()))]


def changed(found: Changes) -> list[str]:
    """Return the lines about what differs between two snapshots."""
    counts = {name: said(getattr(found, name)) for name in ("added", "removed", "changed", "same")}
    lines = [_(_CHANGED).format(before=found.before.id, after=found.after.id, **counts)]
    if found.reclassified:
        lines.append(_(_RECLASSIFIED).format(count=said(found.reclassified)))
    return lines


def listed(kept: Sequence[Snapshot]) -> list[str]:
    """Return the lines about all snapshots, by source."""
    if not kept:
        return [
            wrapped(_("There are no official figures in the store. Import a file with: datashift official import FILE"))
        ]
    text = _("{count} official snapshots are in the store, of {sources} sources.")
    sources = list(dict.fromkeys(one.source for one in kept))
    lines = [wrapped(text.format(count=said(len(kept)), sources=said(len(sources))))]
    header = [_("snapshot"), _("released"), _("part"), _("figures"), _("series"), _("years")]
    for source in sources:
        same = [one for one in kept if one.source == source]
        rows = [
            [one.id, one.released or _NONE, _part(one) or _NONE, said(one.observations),
             said(one.series), _span(*one.years)]
            for one in same
        ]  # fmt: skip
        lines += ["", wrapped(source), _fitted(header, rows, "lllrrl", (2,), (0,))]
    return lines


def shown(found: Sequence[TimeSeries]) -> list[str]:
    """Return the lines about some series: all years of a few, one line each of many."""
    if len(found) <= FULL:
        return [line for number, one in enumerate(found) for line in (*([""] if number else []), *_full(one))]
    text = _("{count} series. Each is shown with its last figure; choose one with --series, --area and --group.")
    header = [_("series"), _("place"), _("group"), _("years"), _("last"), _("nature")]
    rows = []
    for one in found:
        last = one.observations[-1]
        years = (one.observations[0].period[:4], last.period[:4])
        rows.append(
            [one.series, place_name(one), group_word(one.breakdown) or _NONE,
             _span(*map(int, years)), _in_table(last.value, one.unit), last.nature or _NONE]
        )  # fmt: skip
    return [wrapped(text.format(count=said(len(found)))), "", _fitted(header, rows, "llllrl", (0, 1, 2))]


def revised(found: Sequence[Revision], counts: Sequence[Changes]) -> list[str]:
    """Return the lines about the revisions of one source: how many, then the largest ones."""
    if not counts:
        text = _("There is one version only, so nothing was revised yet. Import the next release when it is out.")
        return [wrapped(text)]
    lines = [wrapped(line) for each in counts for line in changed(each)]
    largest = sorted(found, key=_size, reverse=True)[:_ROWS]
    if not largest:
        return lines
    header = [_("series"), _("place"), _("group"), _("period"), _("before"), _("after")]
    rows = [
        [one.series, place_name(one), group_word(one.breakdown) or _NONE, one.period,
         _figure(one.before), _figure(one.after)]
        for one in largest
    ]  # fmt: skip
    lines += ["", _fitted(header, rows, "llllrr", (0, 1, 2, 3))]
    if len(found) > len(largest):
        text = _("The {shown} largest of {count}. All of them: --json.")
        lines += ["", wrapped(text.format(shown=said(len(largest)), count=said(len(found))))]
    return lines


def _full(one: TimeSeries) -> list[str]:
    first, last = one.observations[0], one.observations[-1]
    place = ", ".join(filter(None, (place_name(one), group_word(one.breakdown))))
    text = (
        _("{place}: {value} in {period}.") if first is last else _("{place}: {value} in {period}, {first} in {start}.")
    )
    lines = [
        text.format(place=place, value=_value(last.value, one.unit), period=last.period,
                    first=_value(first.value, one.unit), start=first.period),
        label(one.title) if label(one.title) == one.series else f"{label(one.title)} [{one.series}]",
        _("Source: {source}, {released}. {natures}").format(
            source=one.producer, released=one.released, natures=_natures(one.observations)
        ),
    ]  # fmt: skip
    notes = _notes(one.observations)
    return [*map(wrapped, lines), "", _table(one, notes), *_footnotes(notes)]


def _table(one: TimeSeries, notes: Sequence[str]) -> str:
    columns = [(_("period"), "l", [each.period for each in one.observations])]
    columns.append((_("value"), "r", [_in_table(each.value, one.unit) for each in one.observations]))
    if any(_interval(each) for each in one.observations):
        columns.append((_("interval"), "r", [_interval(each) or _NONE for each in one.observations]))
    columns.append((_("nature"), "l", [each.nature or _NONE for each in one.observations]))
    if notes:
        columns.append((_("note"), "r", [in_digits(str(_number(each, notes) or _NONE)) for each in one.observations]))
    header = [name for name, _side, _cells in columns]
    rows = [list(row) for row in zip(*(cells for _name, _side, cells in columns), strict=True)]
    return _fitted(header, rows, "".join(side for _name, side, _cells in columns), (0,))


def _interval(one: Observation) -> str:
    if one.lower is not None and one.upper is not None:
        return _("{lower} to {upper}").format(lower=_figure(one.lower), upper=_figure(one.upper))
    return f"± {_figure(1.96 * one.se)}" if one.se is not None else ""


def _natures(observations: Iterable[Observation]) -> str:
    counts = Counter(one.nature for one in observations)
    said_each = [f"{nature_word(code)} ({code}): {said(count)}" for code, count in counts.most_common() if code]
    return ". ".join(said_each) + "." if said_each else _("The source does not say how the figures came about.")


def _notes(observations: Iterable[Observation]) -> list[str]:
    return list(dict.fromkeys(text for one in observations if (text := _note(one))))


def _note(one: Observation) -> str:
    return ". ".join(filter(None, (one.source, one.footnote)))


def _number(one: Observation, notes: Sequence[str]) -> int:
    text = _note(one)
    return notes.index(text) + 1 if text else 0


def _footnotes(notes: Sequence[str]) -> list[str]:
    lines = [wrapped(text, f"{in_digits(str(number))}  ", "   ") for number, text in enumerate(notes, 1)]
    return ["", *lines] if lines else []


def _size(one: Revision) -> float:
    if one.before is None or one.after is None:
        return -1.0
    return abs(one.after - one.before) / (abs(one.before) or 1.0)


def _value(value: float, unit: str) -> str:
    return f"{_figure(value)}{THIN}%" if unit == "PT" else " ".join(filter(None, (_figure(value), _short(unit))))


def _in_table(value: float, unit: str) -> str:
    return _value(value, _cut(unit, _UNIT))


def _short(unit: str) -> str:
    return "" if unit in ("NUMBER", "IX", "RO") else unit


def _figure(value: float | None) -> str:
    if value is None:
        return _NONE
    size = abs(value)
    return said(value, 0 if size >= 1000 or value.is_integer() else 1 if size >= 1 else 3)


def _named(snapshot: Snapshot) -> str:
    return " · ".join(filter(None, (snapshot.source, _part(snapshot))))


def _part(snapshot: Snapshot) -> str:
    return ", ".join(filter(None, (snapshot.kind, snapshot.part)))


def _span(first: int, last: int) -> str:
    return in_digits(f"{first}–{last}" if first != last else str(first))


def _fitted(header: list[str], rows: list[list[str]], align: str, *elastic: Sequence[int]) -> str:
    """Return a table of 80 columns: the widest of the first `elastic` columns gives way, then those named next."""
    widths = [max(map(len, texts)) for texts in zip(header, *rows, strict=True)]
    for columns in elastic:
        while sum(widths) + 2 * (len(widths) - 1) > WIDTH and max(widths[k] for k in columns) > _LEAST:
            widths[max(columns, key=widths.__getitem__)] -= 1
    cut = [[_cut(text, width) for text, width in zip(row, widths, strict=True)] for row in (header, *rows)]
    return grid(cut[0], cut[1:], align)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


__all__ = ["FULL", "changed", "group_word", "imported", "listed", "nature_word", "revised", "shown"]
