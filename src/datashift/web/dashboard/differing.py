"""Whether two places truly differ: the difference of two citizen figures, its interval, and a word that it allows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from datashift.chance import adjusted
from datashift.compare import SHARES, Known, apart, careful_limits
from datashift.language import N_, _, label
from datashift.model import BY_CHANCE
from datashift.numbers import places, said
from datashift.standards.periods import years_apart
from datashift.web.dashboard import citing, reading
from datashift.web.dashboard.models import Figure

FEW = 5
"""Up to so many places every pair is compared; of more, the greatest with each of the others."""
CONFIDENCE = 0.95
TOO_FAR = 5
"""Years between two figures after which too much can have changed."""

_WORDS = {
    "shows": N_("shows"), "suggests": N_("suggests"), "close": N_("is consistent with"),
    "cannot_tell": N_("cannot tell"), "barred": N_("cannot be compared, because …"),
}  # fmt: skip

KITS = N_("They were asked with different kits: {one} and {other}.")
UNITS = N_("They have different units: {one} and {other}.")
SIMULATED = N_("One of them is simulated.")
INSIDE = N_("{one} lies inside {other}: its people are counted in both.")
APART = N_("{count} years lie between them. Too much can change in that time.")
HIDDEN = N_("For {place} there is no figure.")
NO_ERROR = N_("They differ by {difference}. How sure the figure for {place} is, is not known.")
SELECTION = N_(
    "They differ by {difference}. Not all answers were drawn by chance: the interval does not cover who was left out."
)
HIGHER = N_("{one} is higher by {difference} ({lower} to {upper}). Chance alone does not explain that.")
CLOSE = N_("They differ by {lower} to {upper}. A difference of less than {relevant} does not matter here.")
WIDE = N_("The difference may lie anywhere between {lower} and {upper}.")
AMONG = N_(
    "The difference may lie anywhere between {lower} and {upper}. That leaves out 0, but it is one of {count} "
    "comparisons. One of so many can look like this by chance."
)
POINTS = N_("{number} percentage points")


@dataclass(frozen=True)
class Pair:
    """Two figures, the greater first, with the verdict and its reason; a difference only where one may be formed."""

    one: Figure
    other: Figure
    verdict: str
    reason: str
    difference: float | None = None
    lower: float | None = None
    upper: float | None = None
    p_value: float | None = None

    @property
    def names(self) -> tuple[str, str]:
        """Return the names of the two places in the current language."""
        return _place(self.one), _place(self.other)

    @property
    def word(self) -> str:
        """Return the fixed word for the verdict in the current language."""
        return _(_WORDS[self.verdict])


def pairs(figures: Sequence[Figure]) -> list[Pair]:
    """Return every pair of a few places, or the greatest place with each of the others, as verdicts.

    Figures of different places are taken as independent samples, and their limits are as careful as beside an official
    figure (`compare.careful_limits`, `compare.apart`). Verdicts hold among all pairs (`chance.adjusted`).
    """
    ordered = sorted(figures, key=lambda one: (one.value is None, -(one.value or 0)))
    chosen = combinations(ordered, 2) if len(ordered) <= FEW else ((ordered[0], other) for other in ordered[1:])
    return _among([_judged(one, other) for one, other in chosen])


def _judged(one: Figure, other: Figure) -> Pair:
    barred = next(_barred(one, other), "")
    if barred:
        return Pair(one, other, "barred", barred)
    untestable = next(_untestable(one, other), "")
    if one.value is None or other.value is None:
        return Pair(one, other, "cannot_tell", untestable)
    difference = one.value - other.value
    if untestable or None in (one.lower, one.upper, other.lower, other.upper):
        return Pair(one, other, "cannot_tell", untestable, difference)
    return _graded(one, other)


def _graded(one: Figure, other: Figure) -> Pair:
    between = apart(_limits(one), _limits(other), CONFIDENCE)
    difference, lower, upper = float(between.difference), float(between.lower), float(between.upper)
    found = Pair(one, other, "cannot_tell", "", difference, lower, upper, float(between.p_value))
    relevant = _relevant(one)
    if relevant is not None and -relevant <= lower and upper <= relevant:
        return replace(found, verdict="close", reason=_said(CLOSE, found, relevant=_amount(found, relevant)))
    if lower > 0:
        # A figure that is itself unsure, or another year, is more than the interval covers.
        leans = {one.status, other.status} != {"A"} or bool(years_apart(one.period, other.period))
        return replace(found, verdict="suggests" if leans else "shows", reason=_said(HIGHER, found))
    return replace(found, reason=_said(WIDE, found))


def _limits(figure: Figure) -> Known:
    kind = next((m["estimator"] for m in figure.release.measures if m["id"] == figure.measure), "proportion")
    given = Known(figure.value or 0.0, figure.lower or 0.0, figure.upper or 0.0, figure.df or math.inf)
    share = figure.unit == "PT" and kind in SHARES
    return careful_limits(given, se=figure.se or 0.0, n=figure.n, share=share, confidence=CONFIDENCE)


def _among(found: list[Pair]) -> list[Pair]:
    """Take back what does not hold among all comparisons (false discovery rate)."""
    tested = [k for k, pair in enumerate(found) if pair.p_value is not None]
    rates = adjusted([found[k].p_value or 0.0 for k in tested])
    made = list(found)
    for k, rate in zip(tested, rates, strict=True):
        if rate > 1 - CONFIDENCE and found[k].verdict in ("shows", "suggests"):
            made[k] = replace(found[k], verdict="cannot_tell", reason=_said(AMONG, found[k], count=said(len(tested))))
    return made


def _barred(one: Figure, other: Figure) -> Iterator[str]:
    """Yield the reasons for which two figures may not be set against each other."""
    kits = [f"{f.release.kit} {f.release.kit_version}" for f in (one, other)]
    if kits[0] != kits[1]:
        yield _(KITS).format(one=kits[0], other=kits[1])
    if one.unit != other.unit:
        yield _(UNITS).format(one=one.unit, other=other.unit)
    if one.release.simulated != other.release.simulated:
        yield _(SIMULATED)
    for inner, outer in ((one, other), (other, one)):
        if _inside(inner, outer):
            yield _(INSIDE).format(one=_place(inner), other=_place(outer))
    years = years_apart(one.period, other.period)
    if years > TOO_FAR:
        yield _(APART).format(count=said(years))


def _untestable(one: Figure, other: Figure) -> Iterator[str]:
    for figure in (one, other):
        if figure.value is None:
            yield _(HIDDEN).format(place=_place(figure))
    apart = _amount(Pair(one, other, "", "", 0.0, one.lower, one.upper), (one.value or 0) - (other.value or 0))
    if not {one.release.sampling_type, other.release.sampling_type} <= set(BY_CHANCE):
        yield _(SELECTION).format(difference=apart)
    for figure in (one, other):
        if figure.lower is None or figure.upper is None or not figure.se:
            yield _(NO_ERROR).format(difference=apart, place=_place(figure))


def _inside(inner: Figure, outer: Figure) -> bool:
    if inner.release_id == outer.release_id and outer.area == outer.release.whole:
        return True
    seen: set[str] = set()
    area: str | None = inner.area
    while area and area not in seen:
        seen.add(area)
        if area == outer.area:
            return True
        area = (reading.place(area) or {}).get("parent")
    return False


def _relevant(figure: Figure) -> float | None:
    measures = figure.release.measures
    found: float | None = next((m["relevant_difference"] for m in measures if m["id"] == figure.measure), None)
    return found


def _place(figure: Figure) -> str:
    return citing.place(figure.release, figure.area, figure.area_name)


def _said(template: str, pair: Pair, **facts: str) -> str:
    return _(template).format(
        one=_place(pair.one), difference=_amount(pair, pair.difference or 0),
        lower=_number(pair, pair.lower or 0), upper=_amount(pair, pair.upper or 0), **facts,
    )  # fmt: skip


def _number(pair: Pair, number: float) -> str:
    return said(number, places(pair.difference or 0, pair.lower, pair.upper))


def _amount(pair: Pair, number: float) -> str:
    """Return a difference with its unit in words."""
    text = _number(pair, number)
    if pair.one.unit == "PT":
        return _(POINTS).format(number=text)
    measures = pair.one.release.measures
    unit = next((label(one["unit_label"]) for one in measures if one["id"] == pair.one.measure), "")
    return f"{text} {unit}".strip()
