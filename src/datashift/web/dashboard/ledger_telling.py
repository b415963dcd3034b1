"""A ledger as a page shows it, in the current language: plain values, finished sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datashift.compare import contest_sentence, reason, verdict_word
from datashift.language import label, speaking
from datashift.ledger import Ledger
from datashift.ledger.picture import words
from datashift.ledger.sentences import labelled, title_of, unknown
from datashift.ledger.table import limits, marks
from datashift.model import Benchmark, Comparison, Label, Observation, TimeSeries
from datashift.standards.periods import years
from datashift.web.dashboard.models import Beside, Figure, Release

Told = dict[str, Any]
Shown = tuple[TimeSeries, Observation]


@dataclass(frozen=True)
class Rows:
    """The figures and comparisons of one release as they stand in the database."""

    figures: Sequence[Figure]
    beside: Sequence[Beside]

    @classmethod
    def of(cls, release: Release) -> Rows:
        """Read the rows of a release."""
        return cls(list(release.figures.order_by("pk")), list(release.beside.order_by("pk")))

    def tells_of(self, area: str, release: Release) -> bool:
        """Say whether the release has a figure for a place; the country has those of the whole that was counted."""
        return area == release.country or any(one.area == area for one in self.figures)

    def name_of(self, area: str) -> str:
        """Return the name that the release gives a place; "" where it has none."""
        return next((one.area_name for one in self.figures if one.area == area), "")

    def everybody(self, area: str = "", measure: str = "", *, shown: bool = False) -> list[Figure]:
        """Return the latest figures for everybody, one per measure and place; with `shown` those that have a value."""

        def order(one: Figure) -> tuple[bool, int]:
            return shown and one.value is not None, one.year

        found: dict[tuple[str, str], Figure] = {}
        for one in self.figures:
            if not one.breakdown and area in ("", one.area) and measure in ("", one.measure):
                key = (one.measure, one.area)
                if key not in found or order(found[key]) <= order(one):
                    found[key] = one
        return list(found.values())

    def beside_of(self, figure: Figure) -> Beside | None:
        """Return the comparison that says most of a figure: with a difference, else with the latest official one."""
        same = (figure.measure, figure.area, figure.period, figure.breakdown)
        own = [b for b in self.beside if (b.measure, b.area, b.period, b.breakdown) == same]
        return max(own, key=lambda b: (b.difference is not None, b.official.get("period", "")), default=None)


def told(found: Ledger, area: str, releases: Sequence[tuple[Release, Rows]]) -> Told:
    """Return all that a page of the ledger shows, in the current language."""
    around = words(found)
    headline = [(release, rows, release.measures[0]) for release, rows in releases]
    whole = area in {area for release, _rows in releases for area in (release.whole, release.country)}
    return {
        "finding": found.sentence(),
        "sentences": found.sentences(),
        "title": label(found.title),
        "subtitle": around.subtitle,
        "sources": around.foot,
        "area": found.area,
        "area_name": found.area_name,
        "unit": found.unit,
        "unit_label": _unit_label(found.unit, headline),
        "target": _target(found),
        "series": [_series(found, k) for k in range(len(found.series))],
        "verdicts": [_verdict(c) for c in found.comparisons],
        "progress": [one for k, judged in found.progress for one in _progress(k, judged)],
        "outlook": [
            {"series": k, "sentence": judged.sentence(), "agreement": judged.agreement,
             "outlook": str(judged.outlook.get("sentence", ""))}
            for k, judged in found.progress
        ],
        "revisions": [_revision(r) for r in found.revisions],
        "notes": [*found.notes, *unknown(found)],
        "releases": [release.pk for release, _rows in releases],
        "simulated": found.simulated,
        "areas": [row for one in headline for row in _areas(*one)] if whole else [],
        "groups": [row for one in headline for row in _groups(area, *one)],
        "measures": [row for release, rows in releases for row in _measures(area, release, rows)],
    }  # fmt: skip


def short(found: Mapping[str, Ledger], telling: Mapping[str, Told]) -> Told:
    """Return what lists of ledgers show: the latest citizen figure, the official one it is judged by, and the verdict.

    Where nothing of the citizen figure may be shown, `hidden` has its measure, status and reason.
    """
    english = found["en"]
    citizen = _latest(english, "citizen")
    official = _judged_by(english) if citizen else _latest(english, "official")
    beside: dict[str, Label] = {"word": {}, "reason": {}, "finding": {}, "title": {}}
    for language, one in telling.items():
        lead = found[language].lead
        with speaking(language):
            beside["word"][language] = verdict_word(lead) if lead else ""
            beside["reason"][language] = reason(lead) if lead else ""
        beside["finding"][language], beside["title"][language] = one["finding"], one["title"]
    releases = telling["en"]["releases"]
    more = {"release": releases[0] if releases else None}
    return {
        **beside,
        "unit": english.unit,
        "simulated": english.simulated,
        "citizen": _glance(*citizen) | more if citizen else None,
        "hidden": None if citizen else _hidden(telling),
        "official": _glance(*official) if official else None,
    }


def _latest(found: Ledger, side: str) -> Shown | None:
    return next(((s, o) for s in found.series if s.side == side and (o := _last(s))), None)


def _judged_by(found: Ledger) -> Shown | None:
    """Return the official figure of the verdict: another one in the same row would seem to be meant by it."""
    official = found.lead.official if found.lead else None
    if official is None or official.value is None:
        return None
    same = ((s, o) for s in found.series if s.side == "official" for o in s.observations)
    return next(
        ((s, o) for s, o in same if (s.series, s.producer, o.period) == _named(official) and o.value == official.value),
        None,
    )


def _named(official: Benchmark) -> tuple[str, str, str]:
    return official.series, official.source, official.period


def _hidden(telling: Mapping[str, Told]) -> Told | None:
    rows = {language: one["measures"][0] for language, one in telling.items() if one["measures"]}
    if not rows:
        return None
    first = rows["en"]
    return {
        "measure": first["measure"], "status": first["status"],
        "reason": {language: row["reason"] for language, row in rows.items()},
    }  # fmt: skip


def _glance(series: TimeSeries, one: Observation) -> Told:
    low, high = limits(one, series.unit)
    return {
        "value": one.value, "lower": low, "upper": high, "nature": one.nature, "source": series.producer,
        "period": one.period, "measure": series.series,
    }  # fmt: skip


def _last(series: TimeSeries) -> Observation | None:
    return next((one for one in reversed(series.observations) if math.isfinite(one.value)), None)


# --- series, verdicts, progress ---------------------------------------------------------------------------------------


def _series(found: Ledger, k: int) -> Told:
    one = found.series[k]
    return {
        "tag": found.tags[k],
        "side": one.side,
        "code": one.series,
        "producer": one.producer,
        "released": one.released,
        "title": label(one.title),
        "name": title_of(one),
        "area": one.area,
        "area_name": one.area_name,
        "relation": one.relation,
        "difference": label(one.difference) if one.difference else "",
        "nature": next((o.nature for o in reversed(one.observations) if o.nature), ""),
        "sampling_type": one.sampling_type,
        "points": [_point(found, one, o) for o in one.observations],
        "breaks": [{"period": period, "why": why} for period, why in one.breaks],
    }


def _point(found: Ledger, series: TimeSeries, one: Observation) -> Told:
    low, high = limits(one, series.unit)
    return {
        "period": one.period, "year": years(one.period)[1], "value": one.value if math.isfinite(one.value) else None,
        "lower": low, "upper": high, "se": one.se, "nature": one.nature, "status": one.status, "n": one.n,
        "n_eff": one.n_eff, "source": one.source, "footnote": one.footnote,
        "marks": marks(series, one, found.revisions),
    }  # fmt: skip


def _verdict(c: Comparison) -> Told:
    official = c.official
    return {
        "measure": c.measure, "period": c.period, "area": c.area, "verdict": c.verdict, "word": verdict_word(c),
        "reason": reason(c), "contest": contest_sentence(c), "difference": c.difference,
        "difference_lower": c.difference_lower, "difference_upper": c.difference_upper, "probability": c.probability,
        "official": None if official is None else {
            "value": official.value, "source": official.source, "series": official.series, "period": official.period,
            "nature": official.nature, "relation": official.relation, "area_name": official.area_name,
        },
    }  # fmt: skip


def _progress(k: int, judged: Any) -> list[Told]:
    return [
        {
            "series": k, "method": one.name, "code": one.code, "tone": one.tone, "concept": one.concept,
            "label": one.text if one.code else "", "text": labelled(judged, one) if one.code else "",
            "probabilities": dict(one.probabilities), "reason": one.reason.sentence if one.reason else "",
        }
        for one in judged.labels
    ]  # fmt: skip


def _target(found: Ledger) -> Told | None:
    target = found.target
    if target is None or target.value is None:
        return None
    return {"value": target.value, "year": target.year, "source": target.source, "direction": target.direction}


def _revision(r: Any) -> Told:
    names = ("series", "area", "area_name", "period", "before", "after", "before_snapshot", "after_snapshot",
             "before_nature", "after_nature")  # fmt: skip
    return {name: getattr(r, name) for name in names}


# --- places, groups, measures -----------------------------------------------------------------------------------------


def _unit_label(unit: str, headline: Sequence[tuple[Release, Rows, Told]]) -> str:
    own = (label(measure["unit_label"]) for _release, _rows, measure in headline if measure["unit"] == unit)
    return next(own, "%" if unit == "PT" else unit)


def _areas(release: Release, rows: Rows, measure: Told) -> list[Told]:
    """Return the places inside what was counted, the highest first, those without a figure last."""
    inside = [one for one in rows.everybody(measure=measure["id"]) if one.area != release.whole]
    inside.sort(key=lambda one: (one.value is None, -(one.value or 0.0), one.area_name))
    return [_figure(one, release) | _official(rows.beside_of(one)) for one in inside]


def _official(beside: Beside | None) -> Told:
    if beside is None:
        return {"official": None, "word": "", "verdict": "", "verdict_reason": "", "difference": None}
    names = ("value", "lower", "upper", "nature", "source", "period", "relation", "unit")
    # A figure of another extent is not this place's figure: printed in its row it would compare by name.
    own = bool(beside.official) and beside.official["area"] == beside.area
    official = {name: beside.official[name] for name in names} if own else None
    return {
        "official": official, "word": label(beside.word), "verdict": beside.verdict,
        "verdict_reason": label(beside.reason), "difference": beside.difference,
    }  # fmt: skip


def _groups(area: str, release: Release, rows: Rows, measure: Told) -> list[Told]:
    """Return the figures of groups in this place, of the latest period."""
    place = release.whole if area == release.country else area
    own = [f for f in rows.figures if f.breakdown and (f.area, f.measure) == (place, measure["id"])]
    last = max((one.year for one in own), default=0)
    names = release.texts["groups"]
    return [
        _figure(one, release) | {"breakdown": one.breakdown, "group": _group(names, one.breakdown)}
        for one in own
        if one.year == last
    ]


def _group(names: Mapping[str, Label], breakdown: str) -> str:
    return ", ".join(label(names[part]) if part in names else part for part in breakdown.split(";"))


def _measures(area: str, release: Release, rows: Rows) -> list[Told]:
    place = release.whole if area == release.country else area
    known = {one["id"]: one for one in release.measures}
    return [
        _figure(one, release)
        | {
            "label": label(known[one.measure]["label"]),
            "unit": one.unit,
            "unit_label": label(known[one.measure]["unit_label"]),
        }
        for one in rows.everybody(area=place, shown=True)
        if one.measure in known
    ]


def _figure(one: Figure, release: Release) -> Told:
    names = ("measure", "area", "area_name", "period", "value", "lower", "upper", "n", "n_eff", "status")
    return {name: getattr(one, name) for name in names} | {"reason": label(one.reason), "release": release.pk}
