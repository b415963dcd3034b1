"""What `datashift estimate` shows: the finding, the table, what the interval means, the design, what to know."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from rapidfuzz import process

from datashift.analysis.asks import Ask, total
from datashift.analysis.estimates import Contrast, Estimates, table
from datashift.analysis.pictures import finding
from datashift.analysis.survey import Survey
from datashift.estimation.calibration import Calibrated
from datashift.estimation.frame import Frame
from datashift.estimation.taylor import WITHOUT_SPREAD
from datashift.estimation.wording import explained, uncertainty
from datashift.language import N_, _
from datashift.layout import grid, wrapped
from datashift.model import Design
from datashift.numbers import THIN, amount, in_digits, said
from datashift.pooling.ladder import RESTS, Rung

ROWS_SHOWN = 200
TOTALS_SHOWN = 20
GROUPS_SHOWN = 6
MANY_LEFT_OUT = 0.05
"""From this share of rows without an answer the reader is told."""

WEIGHTED = ("probability", "quota", "volunteer", "undocumented")
"""Sampling types whose rows usually stand for different numbers of people."""

DIFFERENCE = N_("{figure}: {one} minus {other} is {amount}.")
POINTS = N_("{figure}: {one} minus {other} is {amount}, in percentage points.")
BY_CHANCE = N_(
    "Where the two do not differ, a difference at least as large comes about by chance in {often} of 1,000 cases."
)
HARDLY_BY_CHANCE = N_(
    "Where the two do not differ, a difference at least as large comes about by chance in less than 1 of 1,000 cases."
)


@dataclass(frozen=True)
class Answer:
    """All that there is to tell.

    notes: what reading noticed, as of Origin.notes.   differences: label, unit, both levels, contrast.
    """

    file: str
    notes: Sequence[Any]
    ready: Survey
    asks: Sequence[Ask]
    found: Estimates
    differences: Sequence[tuple[str, str, str, str, Contrast]]
    rung: Rung

    def text(self) -> str:
        """Return the whole report in the current language."""
        lines = [wrapped(text) for text in [*self.findings(), *self.unseen()]]
        lines += ["", *self._table()] if len(self.found) else []
        lines += map(wrapped, _reasons(self.found))
        lines += [""] * bool(self.differences) + [wrapped(_difference(one)) for one in self.differences]
        lines += ["", wrapped(self.meaning()), wrapped(self.design_line())]
        if self.calibrated:
            lines += ["", wrapped(self.calibrated.sentence()), *_reached(self.calibrated)]
        told = [*self.warnings(), *(f"{self.file}: {_(text).format(**facts)}" for text, facts in self.notes)]
        return "\n".join([*lines, *([""] if told else []), *(wrapped(text, "- ", "  ") for text in told)])

    def data(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        rows, meant = self.rows
        design = self.ready.design.model_dump(mode="json")
        told: dict[str, Any] = {"file": self.file, "rows": rows, "rows_meant": meant, **self.found.as_dict()}
        told |= {"findings": self.findings(), "meaning": self.meaning(), "ladder": self.rung.as_dict()}
        told |= {"design": design, "drawn": self.counts()}
        told |= {"calibration": self.calibrated.as_dict() if self.calibrated else None}
        told["differences"] = [
            {"figure": label, "unit": unit, "sentence": _difference((label, unit, one, other, contrast))}
            | {"one": one, "other": other, **contrast.as_dict()}
            for label, unit, one, other, contrast in self.differences
        ]
        told["notes"] = [_(text).format(**facts) for text, facts in self.notes]
        told["warnings"] = [*self.unseen(), *self.warnings()]
        plain: dict[str, Any] = _finite(told)
        return plain

    # --- the finding --------------------------------------------------------------------------------------------------

    def findings(self) -> list[str]:
        """Return a sentence per figure: of the whole where it was asked for, else of the ends of its breakdowns."""
        told: list[str] = []
        whole = {block.label for block in self.found.blocks if not block.names}
        place = 0
        for block in self.found.blocks:
            rows = self.found[place : place + len(block.value)]
            place += len(block.value)
            if not block.names:
                told += map(explained, rows)
            elif block.label not in whole:
                told.append(finding(block.label, block.names, rows))
        return told

    def _table(self) -> list[str]:
        lines = table(self.found)
        more = len(lines) - 2 - ROWS_SHOWN
        if more <= 0:
            return lines
        return [*lines[: ROWS_SHOWN + 2], _("… and {n} more rows; --json gives all.").format(n=said(more))]

    # --- what it means ------------------------------------------------------------------------------------------------

    def meaning(self) -> str:
        """Say what the interval means: the ladder's words for its step, and what would carry more."""
        design = self.ready.design
        if design.sampling_type == "probability":
            clusters = " + ".join(design.clusters[0]) if design.clusters else None
            rests = _(RESTS).format(assumption=self.rung.assumption)
            return " ".join(text for text in (uncertainty(design, clusters), rests, self.rung.repair) if text)
        first = ""
        if design.sampling_type == "undocumented":
            first = _(
                "How the answers came about is not stated. If they are a probability sample, say so: --sampling "
                "probability. Without that:"
            )
        # Where there is no interval, nothing is said of what it rests on.
        words = [self.rung.wording if design.sampling_type in WITHOUT_SPREAD else self.rung.sentence()]
        return " ".join(text for text in (first, *words, self.rung.repair) if text)

    def design_line(self) -> str:
        """Say the design in one line: weights, strata, clusters, rules."""
        design = self.ready.design
        parts = [*_drawn(design, self.counts()), *_rules(design)]
        if design.sampling_type not in WITHOUT_SPREAD:
            level = f"{in_digits(format(design.confidence * 100, 'g'))}{THIN}%"
            shares = any(ask.kind == "proportion" for ask in self.asks)
            parts.append(_("intervals {level}").format(level=level) + f" ({design.interval})" * shares)
        return _("Design: {parts}.").format(parts="; ".join(parts))

    def counts(self) -> dict[str, Any]:
        """Return how many strata and first-stage clusters the design has, and its degrees of freedom."""
        first = self._frame.stages[0]
        return {
            "strata": len(first.sizes), "clusters": int(first.sizes.sum()), "df": self._frame.total_degrees,
            "lonely_strata": int(first.alone.sum()),
        }  # fmt: skip

    def warnings(self) -> list[str]:
        """Return what the reader must know before using the figures."""
        design, counts = self.ready.design, self.counts()
        told = []
        if not design.weights and design.sampling_type in WEIGHTED:
            told.append(_("No weights are named, so every row counts the same (--weights)."))
        if len(design.clusters) > 1 and not design.fpc:
            text = _(
                "Of the stages of clusters only the first counts ({columns}): without the number of units in the "
                "population (--fpc) the later stages are part of the spread between the first ones."
            )
            told.append(text.format(columns=" + ".join(design.clusters[0])))
        if counts["lonely_strata"] and design.lonely != "fail":
            text = _("Strata with one cluster only: {count}. Their spread is not known; the rule “{rule}” sets it.")
            told.append(text.format(count=said(counts["lonely_strata"]), rule=design.lonely))
        if design.replicates and any(ask.kind == "quantile" for ask in self.asks):
            told.append(
                _(
                    "The interval of a quantile comes from strata and clusters, not from the replicates. Where none "
                    "are named it takes each row as drawn on its own, and is too narrow."
                )
            )
        return [*told, *self._left_out()]

    def _left_out(self) -> list[str]:
        _rows, meant = self.rows
        worst: dict[str, tuple[int, tuple[str, ...]]] = {}
        for block in self.found.blocks:
            gone = meant - int(block.n.sum())
            if meant and gone / meant > MANY_LEFT_OUT and gone > worst.get(block.ask.label, (0, ()))[0]:
                worst[block.ask.label] = (gone, (*block.ask.columns, *block.names))
        text = _("{figure}: {gone} of {rows} rows ({share}) are left out, because there is no answer in {columns}.")
        return [
            text.format(
                figure=label, gone=said(gone), rows=said(meant), share=f"{said(100 * gone / meant)}{THIN}%",
                columns=", ".join(dict.fromkeys(columns)),
            )
            for label, (gone, columns) in worst.items()
        ]  # fmt: skip

    def unseen(self) -> list[str]:
        """Name codes that no row has, and those nearest to them: a slip of the pen gives a share of 0."""
        told = []
        for ask in self.asks:
            if not ask.codes:
                continue
            column = self.ready.column(ask.variable or "")
            values = self.ready.relation.collect(
                self.ready.relation.table.select(value=column.cast("string")).distinct().limit(1000)
            )["value"].to_pylist()
            known = sorted({str(value) for value in values if value is not None})
            lost = [str(code) for code in ask.codes if not _occurs(str(code), known)]
            if lost and len(values) < 1000:
                near = [match for match, _score, _i in process.extract(lost[0], known, limit=3)]
                text = _("No row has {codes} in the column “{column}”. There is for example: {known}.")
                facts = {"codes": ", ".join(lost), "column": ask.variable, "known": ", ".join(near)}
                told.append(text.format(**facts))
        return told

    # --- what is counted ----------------------------------------------------------------------------------------------

    @cached_property
    def rows(self) -> tuple[int, int]:
        """How many rows there are, and how many of them are meant."""
        rows, chosen = self.ready.relation.table, self.ready.chosen
        counted = {"rows": rows.count()} | ({} if chosen is None else {"meant": chosen.cast("int64").sum()})
        found = self.ready.relation.collect(rows.agg(**counted)).to_pylist()[0]
        return int(found["rows"]), int(found.get("meant", found["rows"]) or 0)

    @cached_property
    def _grouped(self) -> Any:
        given = [block.source[0] for block in self.found.blocks if block.source]
        return given[0] if given else self.ready.grouped([total()], (), deff=False)

    @property
    def _frame(self) -> Frame:
        frame: Frame = self._grouped.frame
        return frame

    @property
    def calibrated(self) -> Calibrated | None:
        """What was done to the weights."""
        weighting = self._grouped.weighting
        return weighting.done if weighting else None


def _drawn(design: Design, counts: dict[str, Any]) -> list[str]:
    parts = [_("weights {column}").format(column=design.weights) if design.weights else _("all rows weigh the same")]
    if design.strata:
        shown = " + ".join(design.strata)
        parts.append(_("{count} strata by {columns}").format(count=said(counts["strata"]), columns=shown))
    if not design.clusters:
        return [*parts, _("each row drawn on its own")]
    shown = ", ".join(" + ".join(stage) for stage in design.clusters[: max(design.stages, 1)])
    return [*parts, _("{count} clusters by {columns}").format(count=said(counts["clusters"]), columns=shown)]


def _rules(design: Design) -> list[str]:
    parts = [_("population sizes {columns}").format(columns=", ".join(design.fpc))] if design.fpc else []
    if design.lonely != "fail":
        parts.append(_("lonely strata: {rule}").format(rule=design.lonely))
    if design.calibration:
        parts.append(_("calibration: {kind}").format(kind=design.calibration.kind))
    if design.replicates:
        parts.append(_("replicates: {kind}").format(kind=design.replicates.kind))
    return parts


def _occurs(code: str, known: Sequence[str]) -> bool:
    try:
        return code in known or float(code) in {float(value) for value in known}
    except ValueError:
        return False


def _reasons(found: Estimates) -> list[str]:
    """Say each reason once, with some of the groups it is about; the sentence of a single figure has its own."""
    groups: dict[str, list[str]] = {}
    for one in found if len(found) > 1 else ():
        if one.reason:
            at = " / ".join(level for _name, level in one.breakdown)
            groups.setdefault(_(one.reason).format(**one.facts), []).append(at or _("all"))
    told = []
    for text, levels in groups.items():
        shown = list(dict.fromkeys(levels))
        named = ", ".join(shown[:GROUPS_SHOWN]) + (", …" if len(shown) > GROUPS_SHOWN else "")
        told.append(text if len(levels) == len(found) else f"{named}: {text}")
    return told


def _difference(told: tuple[str, str, str, str, Contrast]) -> str:
    label, unit, one, other, contrast = told
    lower, upper = contrast.interval
    known = math.isfinite(lower) and math.isfinite(upper)
    shown = amount(contrast.value, lower if known else None, upper if known else None, "")
    template = POINTS if unit == "PT" else DIFFERENCE
    text = _(template).format(figure=label, one=one, other=other, amount=shown)
    if not known or not contrast.se > 0 or not math.isfinite(contrast.p_value):
        return text
    often = 1000 * contrast.p_value
    chance = _(BY_CHANCE).format(often=said(often)) if often >= 1 else _(HARDLY_BY_CHANCE)
    return f"{text} {chance}"


def _reached(done: Calibrated) -> list[str]:
    header = [_("known total"), _("category"), _("wanted"), _("before"), _("after")]
    rows = [[t.variable, t.category, *_totals(t.wanted, t.before, t.after)] for t in done.reached[:TOTALS_SHOWN]]
    more = len(done.reached) - TOTALS_SHOWN
    last = [_("… and {n} more totals; --json gives all.").format(n=said(more))] if more > 0 else []
    return [grid(header, rows, "llrrr"), *last]


def _totals(*values: float) -> list[str]:
    # Totals of a population are whole numbers, shares that stand for one are not.
    decimals = 0 if max(map(abs, values)) >= 100 else 3
    return [said(value, decimals) for value in values]


def _finite(value: Any) -> Any:
    """Replace numbers that JSON does not know (NaN, infinite) by null, and numbers of numpy by plain ones."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
