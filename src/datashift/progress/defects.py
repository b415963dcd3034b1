"""What a label of two years hides: the same rule with another end, another stand-in for 0, and what it does not see."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from datashift.progress import open_sdg, un_chart
from datashift.progress.case import Case
from datashift.progress.label import Fact, Judged, Method, Remark

MEANT_YEARS = 2


def defects(case: Case, method: Method, judged: Judged, probability: float | None) -> tuple[Remark, ...]:
    """Return the defects of a label that rests on the first and the last year, each with its facts.

    In: the judgement of the series as observed (one row), and how probable its label is when the years are drawn again.
    """
    if method.looks != "ends" or not method.labels:
        return ()
    found = [*_ends(case, method), *_sureness(probability), *_gaps(case, method), *_achieved(case, method, judged)]
    if method.name == "open-sdg":
        found += [*_zeros(case, judged), *_limits(case, judged), *_signs(case)]
    if method.name in ("open-sdg", "un-chart"):
        found += [*_bounds(case, judged)]
    return tuple(found)


def place_of(case: Case, method: Method) -> int:
    """Return the place of the base year that a method uses."""
    places = {"open-sdg": open_sdg.base_place, "un-chart": un_chart.base_place, "un-five": un_chart.base_place}
    return places[method.name](case) if method.name in places else case.base


def label_of(case: Case, method: Method) -> str | None:
    """Return the label of the series as observed, None where the method refuses."""
    if method.refuses(case) is not None:
        return None
    code = int(method.judge(case, case.values[None, :]).code[0])
    return method.labels[code] if code >= 0 else ""


def _ends(case: Case, method: Method) -> Iterator[Remark]:
    place, last = place_of(case, method), len(case.years) - 1
    first_year, last_year = float(case.years[place]), float(case.years[-1])
    yield Remark("end-points", {"first": first_year, "last": last_year, "between": max(0, last - place - 1)})
    if last - place < MEANT_YEARS:
        return
    now = label_of(case, method)
    earlier = case.but(years=case.years[:-1], values=case.values[:-1])
    without = label_of(earlier, method)
    if without is not None:
        same = without == now
        facts: dict[str, Fact] = {"last": last_year} if same else {"last": last_year, "label": without}
        yield Remark("last-year-steady" if same else "last-year-dropped", facts)
    next_year = float(case.years[place + 1])
    later = label_of(case.but(base=place + 1, base_year=int(next_year)), method)
    if later is not None:
        same = later == now
        facts = {"base_year": next_year} if same else {"base_year": next_year, "label": later}
        yield Remark("base-year-steady" if same else "base-year-moved", facts)


def _sureness(probability: float | None) -> Iterator[Remark]:
    if probability is None:
        yield Remark("uncertainty-unknown")
    else:
        yield Remark("no-uncertainty", {"often": probability})


def _gaps(case: Case, method: Method) -> Iterator[Remark]:
    place = place_of(case, method)
    seen = {round(year) for year in case.years[place:]}
    missing = tuple(float(year) for year in range(round(case.years[place]), max(seen)) if year not in seen)
    if missing:
        yield Remark("gaps", {"years": missing})
    if case.years[place] != case.base_year:
        yield Remark("base-year", {"base": f"{case.years[place]:g}", "base_year": case.base_year})


def _achieved(case: Case, method: Method, judged: Judged) -> Iterator[Remark]:
    if case.target is None or judged.code[0] != 0 or not bool(case.met(case.values[-1])):
        return
    if case.sign * (case.values[-1] - case.values[-2]) < 0:
        yield Remark("achieved-but-worse")
    else:
        yield Remark("achieved-no-trend", {"now": float(case.values[-1])})


def _zeros(case: Case, judged: Judged) -> Iterator[Remark]:
    method, place = open_sdg.METHOD, open_sdg.base_place(case)
    if case.target == 0:
        other = method.judge(case.but(target=0.01), case.values[None, :])
        code = int(other.code[0])
        if np.isfinite(other.number[0]) and np.isfinite(judged.number[0]):
            facts = {"number": float(other.number[0]), "was": float(judged.number[0])}
            yield Remark("zero-target", {"label": method.labels[code] if code >= 0 else "", **facts})
    if case.values[place] == 0:
        changed = case.values.copy()
        changed[place] = 0.01
        code = int(method.judge(case, changed[None, :]).code[0])
        yield Remark("zero-base-replaced", {"label": method.labels[code] if code >= 0 else ""})
    if case.values[-1] == 0 and case.values[place] != 0:
        yield Remark("zero-now")


def _limits(case: Case, judged: Judged) -> Iterator[Remark]:
    factor = float(judged.more["scaling"][0])
    if case.target is None and case.limit is not None and factor < 0.995:
        yield Remark("near-limit", {"limit": float(case.limit), "scaling": factor})
    if case.shape == "around" and case.target is not None:
        yield Remark("exact-target", {"target": case.target})


def _signs(case: Case) -> Iterator[Remark]:
    since = case.values[open_sdg.base_place(case) :]
    if since[0] * since[-1] > 0 and (since * since[0] < 0).any():
        yield Remark("sign-between")


def _bounds(case: Case, judged: Judged) -> Iterator[Remark]:
    bounds, pace, now = case.series.bounds, float(judged.more["growth"][0]), float(case.values[-1])
    if bounds is None or not np.isfinite(pace) or case.shape:
        return
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        then = float(now * (1 + np.float64(pace)) ** (case.target_year - float(case.years[-1])))
    if np.isfinite(then) and then > bounds[1] + 1e-9:
        yield Remark("beyond-bound", {"then": then, "year": case.target_year, "bound": bounds[1]})
