"""From submissions to rows of text, one after the other: nothing is kept of a submission once its rows are out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from datashift.errors import BadExport
from datashift.export.layout import Batches, Layout, Options, Rows, Submission, Written
from datashift.export.plan import Table, keys
from datashift.export.signs import sound

# Numbers stay as they are written: an id of twenty digits is text here, never a float.
_DECODED = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str).decode


def rows(tables: tuple[Table, ...], layout: Layout, batches: Batches, options: Options, told: Written) -> Rows:
    """Yield (number of the table, cells) for every row of every sheet; all cells are text, "" for no answer.

    `told` counts on the way. A damaged record is an error that names the submission.
    """
    made = _Made(tables, keys(layout), told)
    for submission in _chosen(layout, batches, options):
        yield from made.of(0, _answers(submission), submission.meta)


def _chosen(layout: Layout, batches: Batches, options: Options) -> Iterator[Submission]:
    """Yield the submissions in the states that are asked for; each must have all fields about itself."""
    if options.states is not None and "_state" not in layout.meta:
        raise BadExport("export.no-states")
    place = layout.meta.index("_state") if options.states is not None else None
    expected = len(layout.meta)
    for batch in batches:
        for one in batch:
            if len(one.meta) != expected:
                raise BadExport("export.meta", submission=_which(one), given=len(one.meta), expected=expected)
            if place is None or one.meta[place] in (options.states or ()):
                yield one


def _answers(submission: Submission) -> dict[str, Any]:
    try:
        answers = _DECODED(submission.answers)
    except (ValueError, RecursionError, TypeError) as problem:
        raise BadExport("export.answers", submission=_which(submission)) from problem
    if not isinstance(answers, dict):
        raise BadExport("export.answers", submission=_which(submission))
    return answers


def _which(submission: Submission) -> str:
    return str(submission.meta[0]) if submission.meta else "?"


class _Made:
    """Rows of one export, numbered as they come."""

    def __init__(self, tables: tuple[Table, ...], own: tuple[int, ...], told: Written) -> None:
        self.tables, self.own, self.told = tables, own, told
        self.known = [frozenset((*table.paths, *table.inner)) for table in tables]
        self.names = [table.sheet.name for table in tables]
        self.counts = told.rows

    def of(self, number: int, answers: dict[str, Any], meta: tuple[str, ...], parent: str = "") -> Rows:
        """Yield the row of one set of answers, then the rows of the repeats in it."""
        table, name = self.tables[number], self.names[number]
        lead = [parent, *[meta[place] for place in self.own]] if number else meta
        index = self.counts[name] = self.counts[name] + 1
        get = answers.get
        cells = [str(index), *lead, *[get(path, "") for path in table.paths]]
        try:
            ",".join(cells).encode()
        except (TypeError, UnicodeEncodeError):
            cells = self._as_text(cells)
        for start, stop, spread in table.spreads:
            if cells[start]:
                cells[start:stop] = spread[cells[start]]
            # What was not asked is blank, not 0.
        if not self.known[number].issuperset(answers):
            self.told.left_out.update(map(sound, answers.keys() - self.known[number]))
        yield number, cells
        for path, inner in table.inner.items():
            for one in _repeated(answers.get(path), meta):
                yield from self.of(inner, one, meta, str(index))

    def _as_text(self, cells: list[Any]) -> list[str]:
        texts = [one if isinstance(one, str) else _texted(one) for one in cells]
        whole = [sound(one) for one in texts]
        self.told.mended += whole != texts
        return whole


def _repeated(found: Any, meta: tuple[str, ...]) -> list[dict[str, Any]]:
    if not found:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadExport("export.answers", submission=_which(Submission(meta, "")))
    return found


def _texted(value: Any) -> str:
    """Return as text what should have been one: null is no answer, everything else as JSON writes it."""
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)
