"""Claims on a level: of everybody where chance decided who was counted, else of those who were counted."""

from __future__ import annotations

from datashift.claims import figures, wording
from datashift.claims.evidence import Level, Ranking
from datashift.claims.licence import Fact, Licence, Said, about, place, refused
from datashift.estimation.wording import UNCERTAINTY
from datashift.language import _, label
from datashift.model import BY_CHANCE, Estimate

_COUNTED = {
    "sensor_network": wording.SENSORS,
    "facility_register": wording.REGISTER,
    "published_averages": wording.AVERAGES,
}
_ROWS = {"people": wording.ANSWERED, "places": wording.VISITED, "things": wording.COUNTED}
_UNCERTAIN = ("sensor_network", "published_averages", "event_registry")


def level(kind: str, evidence: Level) -> Licence:
    """Say how high a figure is. Refused where it is suppressed, refused or missing."""
    value = _shown(evidence.estimate)
    if value is None:
        raise refused(kind, wording.HIDDEN, reason=_reason(evidence.estimate))
    if evidence.estimate.sampling_type in BY_CHANCE:
        return _of_everybody(evidence, value)
    return _of_the_counted(evidence, value)


def unknown(kind: str, evidence: Level) -> Licence:
    """Say that a level cannot be told, and why, where there is no figure."""
    if _shown(evidence.estimate) is not None:
        raise refused(kind, wording.OTHER_KIND)
    why = Said(wording.HIDDEN, {"reason": _reason(evidence.estimate)})
    return Licence("cannot tell", Said(wording.UNKNOWN, _where(evidence)), (why,))


def highest(kind: str, evidence: Ranking) -> Licence:
    """Say which area has the highest figure, where its interval lies above that of every other area."""
    return _first(kind, evidence, wording.HIGHEST, 1)


def lowest(kind: str, evidence: Ranking) -> Licence:
    """Say which area has the lowest figure, where its interval lies below that of every other area."""
    return _first(kind, evidence, wording.LOWEST, -1)


def _shown(one: Estimate) -> float | None:
    return one.value if figures.known(one.value) and one.status not in ("Q", "O") else None


def _reason(one: Estimate) -> str:
    return _(one.reason).format(**one.facts) if one.reason else ""


def _where(evidence: Level) -> dict[str, Fact]:
    one = evidence.estimate
    when = figures.period(one.period, "estimate.period")
    return about(evidence.subject) | {"area": place(one.area_name, evidence.group), "period": when}


def _of_everybody(evidence: Level, value: float) -> Licence:
    one, subject = evidence.estimate, evidence.subject
    facts = _where(evidence) | {"value": figures.level(subject, value, (one.lower, one.upper), "estimate.value")}
    if one.lower is None or one.upper is None:
        return Licence("suggests", Said(wording.WEAK_LEVEL, facts), (Said(wording.NO_INTERVAL),))
    low, high = figures.bounds(subject, value, (one.lower, one.upper), "estimate.{}")
    facts |= {"lower": low, "upper": high}
    if one.status != "A":
        return Licence("suggests", Said(wording.WEAK_LEVEL, facts), (Said(wording.INTERVAL, facts), Said(wording.LOW)))
    if subject.finding:
        told = label(subject.finding).format(**facts | {"n": figures.count(one.n, "estimate.n")})
        return Licence("shows", Said(wording.FINDING, facts | {"finding": told}))
    return Licence("shows", Said(wording.LEVEL, facts))


def _of_the_counted(evidence: Level, value: float) -> Licence:
    one, subject = evidence.estimate, evidence.subject
    facts = _where(evidence) | {"n": figures.count(one.n, "estimate.n")}
    if one.sampling_type == "event_registry" and subject.counted:
        # Events that became known are counted one by one: rounding them would only lose some.
        facts |= {"value": figures.plain(subject, value, (None, None), "estimate.value")}
        template = wording.EVENTS
    else:
        facts |= {"value": figures.level(subject, value, (one.lower, one.upper), "estimate.value")}
        template = _COUNTED.get(one.sampling_type, _ROWS[subject.rows])
        template = wording.REGISTER if one.sampling_type == "event_registry" else template
    more = UNCERTAINTY[one.sampling_type] if one.sampling_type in _UNCERTAIN else wording.COUNTED_ONLY
    low = () if one.status == "A" else (Said(wording.LOW),)
    return Licence("suggests" if low else "shows", Said(template, facts), (*low, Said(more)))


def _first(kind: str, evidence: Ranking, template: str, sign: int) -> Licence:
    known = [row for row in evidence.levels if _shown(row.estimate) is not None]
    ends = [_ends(row.estimate, sign) for row in known]
    if len(known) < 2 or any(e.estimate.sampling_type not in BY_CHANCE or e.estimate.status != "A" for e in known):
        raise refused(kind, wording.SELECTION)
    order = sorted(range(len(known)), key=lambda i: ends[i][0], reverse=True)
    first = known[order[0]]
    if ends[order[0]][0] <= max(ends[i][1] for i in order[1:]):
        raise refused(kind, wording.OVERLAP)
    one = first.estimate
    assert one.value is not None
    facts = _where(first) | {
        "first": one.area_name,
        "count": figures.count(len(known), "ranking.levels"),
        "value": figures.plain(first.subject, one.value, (one.lower, one.upper), "estimate.value"),
    }
    missing = len(evidence.levels) - len(known)
    left = (Said(wording.WITHOUT, {"count": figures.count(missing, "ranking.levels")}),) if missing else ()
    return Licence("suggests", Said(template, facts), left)


def _ends(one: Estimate, sign: int) -> tuple[float, float]:
    """Return the near and the far end of an interval, seen from below (sign 1) or above; infinite if unknown."""
    if one.lower is None or one.upper is None:
        return float("-inf"), float("inf")
    low, high = sorted((sign * one.lower, sign * one.upper))
    return low, high
