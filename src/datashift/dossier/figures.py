"""The figures of the dossier with their limits, and what stands beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from datashift.compare import contest_sentence, reason, verdict_word
from datashift.dossier.made import place
from datashift.dossier.saying import joined, method, plain, words
from datashift.language import N_, _, in_all, label
from datashift.model import Comparison, Estimate, Label
from datashift.numbers import said
from datashift.pipeline import Result, finding_sentence, whole_area
from datashift.standards.areas import area_label

ANSWERS = N_("{n} answers, worth as much as {worth} drawn one by one.")
SIDES = N_("Beside {source}: {word}. {reason}")
SHORT = N_("Beside {source}: {word}.")
SEVERAL = N_("Beside {source}, {n} comparisons: {words}.")
COUNTED_WORD = N_("{word} ({n})")

NUMBERS = ("value", "se", "lower", "upper", "n_eff", "deff")


def whole(result: Result) -> Estimate | None:
    """Return the newest figure of the first measure for all rows together."""
    setting, area = result.setting, whole_area(result.setting)
    measure = setting.measures[0].id
    rows = [e for e in result.estimates if e.measure == measure and e.area == area and not e.breakdown]
    return max(rows, key=lambda e: (e.value is not None, e.period), default=None)


def headline(result: Result) -> Label:
    """Say the first measure for all rows together; where there is no figure, why there is none."""
    setting, latest = result.setting, whole(result)
    measure, named = setting.measures[0], place(setting)

    def say() -> str:
        if latest is None or latest.value is None:
            why = _(latest.reason).format(**latest.facts) if latest else ""
            return f"{label(measure.label)}: {why}" if why else label(measure.label)
        return finding_sentence(setting, measure, replace(latest, area_name=label(named)))

    return in_all(say)


def estimates(result: Result) -> dict[str, Any]:
    """Return the figures of every measure: for all rows together, by area, and by one group of the whole.

    places, methods, groups: what the ids in the rows mean. A hidden figure has neither value nor number of answers.
    """
    setting, area = result.setting, whole_area(result.setting)
    shown = [e for e in result.estimates if not e.breakdown or (e.area == area and len(e.breakdown) == 1)]
    named = {e.area: setting.areas[e.area] for e in shown if e.area in setting.areas}
    concepts = setting.kit.concepts
    groups = {pair for e in shown for pair in e.breakdown}
    known = {(name, code) for name, code in groups if name in concepts and code in concepts[name].codes}
    return {
        "whole": area,
        "headline": setting.measures[0].id,
        "worth": _worth(result),
        "measures": {m.id: {"label": dict(m.label), "unit": dict(m.unit_label)} for m in setting.measures},
        "places": {key: in_all(partial(area_label, found)) for key, found in named.items()} | {area: place(setting)},
        "groups": {
            f"{name}={code}": {"by": dict(concepts[name].label), "group": dict(concepts[name].codes[code].label)}
            for name, code in sorted(known)
        },
        "methods": {name: in_all(partial(method, name)) for name in sorted({e.method for e in shown if e.method})},
        "rows": [_estimate(e) for e in shown],
    }


def _worth(result: Result) -> Label:
    latest = whole(result)
    if latest is None or latest.value is None or latest.n_eff is None:
        return {}
    return words(ANSWERS, n=latest.n, worth=round(latest.n_eff))


def _estimate(e: Estimate) -> dict[str, Any]:
    return {name: plain(getattr(e, name)) for name in NUMBERS} | {
        "measure": e.measure, "area": e.area, "area_name": e.area_name, "period": e.period, "n": e.n, "unit": e.unit,
        "group": ";".join(f"{name}={code}" for name, code in e.breakdown), "status": e.status, "method": e.method,
        "reason": in_all(lambda: _(e.reason).format(**e.facts)) if e.reason else {},
    }  # fmt: skip


def comparisons(result: Result) -> list[dict[str, Any]]:
    """Return the comparisons with official figures, one entry per measure and official series, with their rows.

    The `word` and the `reason` of a row are places in the lists `words` and `reasons` of its entry.
    """
    series: dict[tuple[str, str, str], list[Comparison]] = {}
    for one in result.comparisons:
        if one.official is not None and not one.breakdown:
            key = (one.measure, one.official.source, one.official.series)
            series.setdefault(key, []).append(one)
    return [_series(rows, whole_area(result.setting)) for rows in series.values()]


def _series(rows: Sequence[Comparison], area: str) -> dict[str, Any]:
    first = rows[0]
    official = first.official
    assert official is not None
    reasons = {reason(one): in_all(partial(reason, one)) for one in rows}
    verdicts = {_word(one): in_all(partial(_word, one)) for one in rows}
    return {
        "measure": first.measure,
        "source": official.source,
        "series": official.series,
        "released": official.released,
        "nature": official.nature,
        "relation": official.relation,
        "definition": dict(official.definition),
        "sentence": _beside(rows, area),
        "short": _in_short(rows, area),
        "words": list(verdicts.values()),
        "reasons": list(reasons.values()),
        "rows": [
            _comparison(one) | {"word": list(verdicts).index(_word(one)), "reason": list(reasons).index(reason(one))}
            for one in rows
        ],
    }


def _beside(rows: Sequence[Comparison], area: str) -> Label:
    """Say what the comparison of the whole gives, or how often each verdict stands among the places."""
    told = _of_the_whole(rows, area)
    if told is None:
        return _in_short(rows, area)
    known = words(SIDES, source=_source(told), word=partial(_word, told), reason=partial(reason, told))
    return joined(known, in_all(partial(contest_sentence, told)))


def _in_short(rows: Sequence[Comparison], area: str) -> Label:
    """The same without its reason."""
    told = _of_the_whole(rows, area)
    if told is None:
        return words(SEVERAL, source=_source(rows[0]), n=len(rows), words=partial(_counted, rows))
    return words(SHORT, source=_source(told), word=partial(_word, told))


def _of_the_whole(rows: Sequence[Comparison], area: str) -> Comparison | None:
    return next((one for one in rows if one.area == area), rows[0] if len(rows) == 1 else None)


def _source(one: Comparison) -> str:
    return one.official.source if one.official else ""


def _word(one: Comparison) -> str:
    """The verdict word without the comma that leads on to its reason."""
    return verdict_word(one).split(",")[0]


def _counted(rows: Iterable[Comparison]) -> str:
    counts: dict[str, int] = {}
    for one in rows:
        word = _word(one)
        counts[word] = counts.get(word, 0) + 1
    parts = sorted(counts.items(), key=lambda pair: -pair[1])
    return ", ".join(_(COUNTED_WORD).format(word=word, n=said(n)) for word, n in parts)


def _comparison(c: Comparison) -> dict[str, Any]:
    names = ("value", "lower", "upper", "difference", "difference_lower", "difference_upper", "p_adjusted")
    figure = c.official
    assert figure is not None
    return {name: plain(getattr(c, name)) for name in names} | {
        "area": c.area, "area_name": c.area_name, "period": c.period, "verdict": c.verdict,
        "official_value": plain(figure.value) if figure.area == c.area else None,
        "official_period": figure.period, "official_unit": figure.unit,
    }  # fmt: skip
