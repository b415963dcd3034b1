"""How far each group is from all together: whom a mean leaves behind, as far as the answers can tell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, cast

import pyarrow as pa
import pyarrow.compute as pc

from datashift.chance import LEVEL, adjusted
from datashift.compare import Known as Limits
from datashift.compare import apart, careful_limits, verdict_word
from datashift.dossier.people import RATED, Known, short
from datashift.dossier.saying import plain, words
from datashift.language import N_, in_all
from datashift.model import BY_CHANCE, Estimate, Label, Measure, Verdict
from datashift.numbers import amount, places, said
from datashift.pipeline import Result, whole_area
from datashift.standards.areas import area_label

FIGURE = N_("{group}: {figure}.")
DISTANCE = N_("{group}: {figure}. From all together: {difference} ({lower} to {upper}) {unit}. Verdict: {word}.")
HIDDEN = N_("{group}: too few answers to show a figure.")
NOBODY = N_("{group}: nobody was counted.")
POINTS = N_("percentage points")

Side = Literal["behind", "near", "ahead", "unseen"]
SIDES: tuple[Side, ...] = ("behind", "near", "ahead", "unseen")

PLACED = ("proportion", "mean", "ratio")
"""Estimators of which the whole is a mean of its groups."""


@dataclass(frozen=True)
class Distance:
    """A group's figure less that of all together, with its limits and p value; None where they are not known."""

    figure: Estimate
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    p_value: float | None = None
    word: Verdict = "cannot_tell"


def left_behind(result: Result, shared: Known) -> list[dict[str, Any]]:
    """Return the groups of the first measure, each with its distance to all together.

    Areas and the kit's breakdowns of people are groups. First those surely behind, then those that nobody can tell from
    all together, then those surely ahead, then those without a figure (`side`). Inside a side groups whose intervals
    overlap share a `place`, and stand in the order of their names: no group is ranked before another by chance.
    Empty where nothing says which way is better, or the figure is no mean over groups.
    """
    measure = result.setting.measures[0]
    if measure.estimator not in PLACED or measure.desired == "none" or shared.unit not in RATED:
        return []
    whole, groups = _figures(result, measure)
    if whole is None or len(groups) < 2:
        return []
    found = _judged([_distance(result, measure, whole, one) for one in groups], result, measure)
    entries = []
    for side in SIDES:
        here = [one for one in found if _side(one, measure) == side]
        tiers = enumerate(_tiers(here, measure), 1) if side != "unseen" else [(None, here)]
        entries += [
            _entry(measure, one, _group(result, one.figure), (side, place)) for place, tier in tiers for one in tier
        ]
    return entries


def _side(one: Distance, measure: Measure) -> Side:
    if one.figure.value is None:
        return "unseen"
    if one.word in ("cannot_tell", "no_gap_seen"):
        return "near"
    return "ahead" if ((one.value or 0.0) > 0) == (measure.desired == "up") else "behind"


def _figures(result: Result, measure: Measure) -> tuple[Estimate | None, list[Estimate]]:
    """Return the figure of all together, of the last period that has one, and those of its groups."""
    area, kit = whole_area(result.setting), result.setting.kit
    own = [e for e in result.estimates if e.measure == measure.id]
    wholes = [e for e in own if e.area == area and not e.breakdown and e.value is not None]
    whole = max(wholes, key=lambda e: e.period, default=None)
    if whole is None:
        return None, []
    of_people = not kit.universe.public_infrastructure
    subject = {*measure.numerator, *measure.denominator}
    groups = [
        e
        for e in own
        if e.period == whole.period
        and ((e.area != area and not e.breakdown) or (e.area == area and len(e.breakdown) == 1 and of_people))
        and not {concept for concept, _code in e.breakdown} & subject
    ]
    return whole, groups


def _distance(result: Result, measure: Measure, whole: Estimate, group: Estimate) -> Distance:
    """Set a group against the rest: of all together it is (1 − share of the group) times as far away.

    Both limits are the careful ones of `compare`; figure and variance of the rest follow from those of the group and of
    all together. Answers of one cluster that are in both make the interval wider than need be, not narrower.
    """
    share = _share(result.cells, measure, group, whole)
    if group.value is None or whole.value is None:
        return Distance(group)
    difference = group.value - whole.value
    if not (whole.se and whole.df) or group.lower is None or group.upper is None or not 0 < share < 1:
        return Distance(group, difference)
    se, df = group.se or 0.0, group.df or 1.0  # a group in which all say the same has no spread of its own
    rest = (whole.value - share * group.value) / (1 - share)
    variance = max(whole.se**2 - (share * se) ** 2, 0.0) / (1 - share) ** 2
    error, n = math.sqrt(variance) or whole.se, max(whole.n - group.n, 1)
    rules: dict[str, Any] = {"share": measure.unit == "PT", "confidence": result.setting.recipe.design.confidence}
    own = careful_limits(Limits(group.value, group.lower, group.upper, df), se=se, n=group.n, **rules)
    other = careful_limits(Limits(rest, rest, rest, whole.df), se=error, n=n, **rules)
    gap = apart(own, other, rules["confidence"])
    ends = (float(gap.lower) * (1 - share), float(gap.upper) * (1 - share))
    return Distance(group, difference, *ends, p_value=float(gap.p_value))


def _share(cells: pa.Table, measure: Measure, group: Estimate, whole: Estimate) -> float:
    """Return the weighted share of the group in what all together is formed from."""
    size = cells[f"{measure.id.lower()}__sx"]
    here = pc.equal(cells["period"], whole.period)
    mine = here
    for name, code in group.breakdown or (("area", group.area),):
        mine = pc.and_(mine, pc.equal(cells[name], code))
    total = pc.sum(size.filter(here)).as_py() or 0.0
    return float((pc.sum(size.filter(mine)).as_py() or 0.0) / total) if total else 0.0


def _judged(found: Sequence[Distance], result: Result, measure: Measure) -> list[Distance]:
    """Give each distance its word, all of them one family: a gap must hold at a false discovery rate of 5 %."""
    asked = [k for k, one in enumerate(found) if one.p_value is not None]
    rates = dict(zip(asked, adjusted([found[k].p_value or 0.0 for k in asked]), strict=True))
    drawn = result.setting.recipe.design.sampling_type in BY_CHANCE
    told = []
    for k, one in enumerate(found):
        verdict = "cannot_tell"
        relevant = measure.relevant_difference
        if one.lower is not None and one.upper is not None:
            if relevant and -relevant <= one.lower and one.upper <= relevant:
                verdict = "no_gap_seen"
            elif rates[k] <= LEVEL:
                verdict = "gap" if drawn and one.figure.status == "A" else "weaker gap"
        told.append(Distance(one.figure, one.value, one.lower, one.upper, one.p_value, cast("Verdict", verdict)))
    return told


def _tiers(found: Sequence[Distance], measure: Measure) -> Iterator[list[Distance]]:
    """Yield the groups that no interval tells apart, the furthest behind first."""
    sign = 1.0 if measure.desired == "up" else -1.0
    rows = sorted(((*_ends(one, sign), one) for one in found), key=lambda row: row[:2])
    tier: list[Distance] = []
    reached = -math.inf
    for low, high, one in rows:
        if tier and low > reached:
            yield sorted(tier, key=_name)
            tier = []
        tier.append(one)
        reached = max(reached, high)
    if tier:
        yield sorted(tier, key=_name)


def _ends(one: Distance, sign: float) -> tuple[float, float]:
    figure = one.figure
    if figure.lower is None or figure.upper is None:
        return -math.inf, math.inf  # what is not known overlaps everything
    low, high = sorted((sign * figure.lower, sign * figure.upper))
    return low, high


def _name(one: Distance) -> tuple[str, tuple[tuple[str, str], ...]]:
    return one.figure.area_name, one.figure.breakdown


# --- words ------------------------------------------------------------------------------------------------------------


def _entry(measure: Measure, one: Distance, named: Label, where: tuple[Side, int | None]) -> dict[str, Any]:
    figure = one.figure
    numbers = {"value": figure.value, "lower": figure.lower, "upper": figure.upper, "difference": one.value}
    numbers |= {"difference_lower": one.lower, "difference_upper": one.upper}
    return {name: plain(_rounded(number)) for name, number in numbers.items()} | {
        "group": named,
        "measure": measure.id,
        "word": short(in_all(partial(verdict_word, one.word))) if figure.value is not None else {},
        "counted": figure.value is not None,
        "side": where[0],
        "place": where[1],
        "sentence": short(_sentence(measure, one, named)),
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


def _group(result: Result, figure: Estimate) -> Label:
    setting = result.setting
    if not figure.breakdown:
        found = setting.areas.get(figure.area)
        return short(in_all(partial(area_label, found))) if found else {"en": figure.area_name}
    concept, code = figure.breakdown[0]
    stated = setting.kit.concepts[concept].codes
    return short(dict(stated[code].label)) if code in stated else {"en": code}


def _sentence(measure: Measure, one: Distance, named: Label) -> Label:
    figure = one.figure
    if figure.value is None:
        return words(NOBODY if figure.n == 0 and figure.status != "Q" else HIDDEN, group=named)
    shown = partial(amount, figure.value, figure.lower, figure.upper, figure.unit)
    if one.value is None or one.lower is None or one.upper is None:
        return words(FIGURE, group=named, figure=shown)
    decimals = max(0, places(one.value, one.lower, one.upper))
    unit = words(POINTS) if measure.unit == "PT" else dict(measure.unit_label)
    return words(
        DISTANCE, group=named, figure=shown, unit=unit, word=partial(verdict_word, one.word),
        difference=partial(said, one.value, decimals), lower=partial(said, one.lower, decimals),
        upper=partial(said, one.upper, decimals),
    )  # fmt: skip
