"""Claims on many areas, on differences between citizen figures, on progress, and on who counted at all."""

from __future__ import annotations

from collections import Counter

from datashift.claims import figures, gaps, wording
from datashift.claims.evidence import Beside, Course, Difference, Several, Standing
from datashift.claims.licence import CERTAIN, Fact, Licence, Said, about, place, refused, weaker
from datashift.claims.wording import Grade
from datashift.errors import NotLicensed
from datashift.language import label
from datashift.model import BY_CHANCE

SURE = 0.9
"""Probability from which on progress is suggested: of every label, and of the target being reached in time or not."""

Found = tuple[str, Licence]


# --- how many areas -------------------------------------------------------------------------------------------------


def how_many_areas(kind: str, evidence: Several) -> Licence:
    """Say in how many of all areas compared there is a gap: as sure as the least sure of these gaps."""
    judged = [(row, _judged(row)) for row in evidence.comparisons]
    tally = Counter(name for _row, (name, _licence) in judged)
    compared = tally["gap"] + tally["no_gap"] + tally["unknown"]
    if compared < 2:
        raise refused(kind, wording.OTHER_KIND)
    found = [(row, licence) for row, (name, licence) in judged if name == "gap"]
    grade: Grade = "is consistent with" if tally["no_gap"] == compared else "cannot tell"
    if found:
        grade = "shows"
        for _row, licence in found:
            grade = weaker(grade, licence.grade)
    more = sum((row.comparison.difference or 0.0) > 0 for row, _licence in found)
    counts = {
        "compared": compared, "gaps": len(found), "more": more, "less": len(found) - more, "agree": tally["no_gap"],
        "open": tally["unknown"], "refused": tally["not_comparable"],
    }  # fmt: skip
    numbers = {name: figures.count(n, "several.comparisons") for name, n in counts.items()}
    first = evidence.comparisons[0].comparison
    facts = about(evidence.subject) | numbers | {"period": figures.period(first.period, "comparison.period")}
    facts |= {"source": first.official.source if first.official else ""}
    caveats = [Said(wording.OTHERS, numbers), *_weaknesses_of(found)]
    if found:
        caveats += [Said(wording.CHANCE), Said(wording.NOT_WHY)]
    return Licence(grade, Said(wording.SEVERAL[grade], facts), tuple(caveats))


def _judged(row: Beside) -> Found:
    for name, rule in (("gap", gaps.gap), ("no_gap", gaps.no_gap), ("unknown", gaps.unknown)):
        try:
            return name, rule(name, row)
        except NotLicensed:
            continue
    nothing = Licence("cannot be compared", Said(wording.NOT_COMPARABLE))
    comparable = row.comparison.official is not None and row.comparison.official.relation == "same"
    # A verdict whose numbers do not carry it leaves the question open; it is not left out of the count.
    return ("unknown" if comparable and row.comparison.verdict in ("gap", "no_gap_seen") else "not_comparable"), nothing


def _weaknesses_of(found: list[tuple[Beside, Licence]]) -> list[Said]:
    said: dict[str, Said] = {}
    for row, _licence in found:
        for weakness in gaps.weaknesses(row):
            said.setdefault(str(weakness), weakness)
    return list(said.values())


# --- differences between citizen figures ----------------------------------------------------------------------------


def difference(kind: str, evidence: Difference) -> Licence:
    """Say which of two groups, areas or years is higher. shows: it holds among all that were looked at (p × family)."""
    _fits(kind, evidence)
    low, high = evidence.lower, evidence.upper
    if low <= 0 <= high or not evidence.p <= CERTAIN:
        raise refused(kind, wording.NOT_CLEAR)
    if _is_small(evidence):
        raise refused(kind, wording.SMALL, **_small(evidence))
    grade: Grade = "shows" if evidence.p * evidence.family <= CERTAIN else "suggests"
    nearer, further = figures.reach(evidence.difference, (low, high), "difference.{}")
    facts = _pair(evidence) | {
        "size": figures.difference(evidence.subject, evidence.difference, (low, high), "difference.difference"),
        "lower": nearer,
        "upper": further,
    }
    caveats = _one_of(evidence) if grade == "shows" else (*_one_of(evidence), Said(wording.UNADJUSTED))
    return Licence(grade, Said(wording.HIGHER[grade], facts), caveats)


def same(kind: str, evidence: Difference) -> Licence:
    """Say that two figures agree: the whole interval of their difference lies within what does not matter."""
    _fits(kind, evidence)
    if not _is_small(evidence):
        raise refused(kind, wording.NOT_CLEAR)
    caveats = (Said(wording.SMALL, _small(evidence)), *_one_of(evidence))
    return Licence("is consistent with", Said(wording.SAME, _pair(evidence)), caveats)


def difference_unknown(kind: str, evidence: Difference) -> Licence:
    """Say that nobody can tell whether two figures differ. Refused where something can be told."""
    for rule in (difference, same):
        try:
            rule(kind, evidence)
        except NotLicensed:
            continue
        raise refused(kind, wording.OTHER_KIND)
    chosen = () if evidence.sampling_type in BY_CHANCE else (Said(wording.SELECTION),)
    return Licence("cannot tell", Said(wording.DIFFERENCE_UNKNOWN, _pair(evidence)), (*chosen, *_one_of(evidence)))


def _fits(kind: str, evidence: Difference) -> None:
    if evidence.sampling_type not in BY_CHANCE:
        raise refused(kind, wording.SELECTION)
    numbers = (evidence.first_value, evidence.second_value, evidence.difference, evidence.lower, evidence.upper)
    sound = all(figures.known(n) for n in numbers) and evidence.lower <= evidence.difference <= evidence.upper
    middle = evidence.second_value - evidence.first_value
    if not sound or abs(middle - evidence.difference) > 1e-6 * max(1.0, abs(middle)) or evidence.family < 1:
        raise refused(kind, wording.CONTRADICTION)


def _is_small(evidence: Difference) -> bool:
    relevant = evidence.subject.relevant
    return relevant is not None and -relevant <= evidence.lower and evidence.upper <= relevant


def _small(evidence: Difference) -> dict[str, Fact]:
    spans = evidence.lower < 0 < evidence.upper
    middle = abs(evidence.difference) if spans else evidence.difference
    low, high = figures.reach(middle, (evidence.lower, evidence.upper), "difference.{}")
    size = figures.difference(
        evidence.subject, evidence.subject.relevant or 0.0, (None, None), "measure.relevant_difference"
    )
    return {"lower": low, "upper": high, "relevant": size}


def _pair(evidence: Difference) -> dict[str, Fact]:
    names = [
        place(evidence.place, {"en": name}) if evidence.place else name for name in (evidence.first, evidence.second)
    ]
    low, high = names if evidence.difference >= 0 else names[::-1]
    when = evidence.period or f"{evidence.first}/{evidence.second}"
    return about(evidence.subject) | {"low": low, "high": high, "period": figures.period(when, "difference.period")}


def _one_of(evidence: Difference) -> tuple[Said, ...]:
    if evidence.family < 2:
        return ()
    return (Said(wording.ONE_OF, {"family": figures.count(evidence.family, "difference.family")}),)


# --- progress -------------------------------------------------------------------------------------------------------


def on_track(kind: str, evidence: Course) -> Licence:
    """Say that a series is on track, where all methods say so. It never "shows": the year has not come."""
    return _course(kind, evidence, on=True)


def off_track(kind: str, evidence: Course) -> Licence:
    """Say that a series is not on track, where all methods say so."""
    return _course(kind, evidence, on=False)


def track_unknown(kind: str, evidence: Course) -> Licence:
    """Say that nobody can tell: the methods disagree, or fewer than two can judge the series."""
    if len({j.tone > 0 for j in evidence.judgements}) == 1 and len(evidence.judgements) > 1:
        raise refused(kind, wording.OTHER_KIND)
    on = sum(j.tone > 0 for j in evidence.judgements)
    return Licence("cannot tell", Said(wording.TRACK_UNKNOWN, _series(evidence)), _methods(evidence, on))


def _course(kind: str, evidence: Course, *, on: bool) -> Licence:
    agree = [j for j in evidence.judgements if (j.tone > 0) == on]
    if len(agree) < 2 or len(agree) < len(evidence.judgements):
        raise refused(kind, wording.DISAGREE)
    chance = None if evidence.reached is None else evidence.reached if on else 1 - evidence.reached
    sure = all(p is not None and p >= SURE for p in (chance, *(j.probability for j in agree)))
    grade: Grade = "suggests" if sure else "is consistent with"
    template = (wording.ON_TRACK if on else wording.OFF_TRACK)[grade]
    return Licence(grade, Said(template, _series(evidence)), (*_methods(evidence, len(agree)), Said(wording.PACE)))


def _series(evidence: Course) -> dict[str, Fact]:
    return about(evidence.subject) | {
        "area": evidence.area_name,
        "period": figures.period(evidence.period, "course.period"),
        "year": figures.period(str(evidence.target_year), "course.target_year"),
    }


def _methods(evidence: Course, agree: int) -> tuple[Said, ...]:
    numbers = {"methods": len(evidence.judgements), "agree": agree}
    said = [Said(wording.METHODS, {name: figures.count(n, "course.judgements") for name, n in numbers.items()})]
    if evidence.target is not None:
        target = figures.plain(evidence.subject, evidence.target, (None, None), "course.target")
        said.append(Said(wording.TARGET, _series(evidence) | {"target": target}))
    return tuple(said)


# --- who counted ----------------------------------------------------------------------------------------------------


def standing(kind: str, evidence: Standing | Beside) -> Licence:
    """Say what the sources looked at leave out. It never "shows": there may be sources that nobody looked at."""
    known = evidence if isinstance(evidence, Standing) else _standing_of(kind, evidence)
    if known.what != kind:
        raise refused(kind, wording.COVERAGE)
    facts = about(known.subject) | {
        "area": known.area_name if kind == "hidden_group" else place(known.area_name, known.group),
        "period": figures.period(known.period, "standing.period"),
        "group": label(known.group),
    }
    if known.official_period:
        facts |= {"official_period": figures.period(known.official_period, "standing.official_period")}
    elif kind == "stale":
        raise refused(kind, wording.COVERAGE)
    template = {
        "nobody": wording.NOBODY, "no_official": wording.NO_OFFICIAL, "stale": wording.STALE,
        "hidden_group": wording.HIDDEN_GROUP,
    }[kind]  # fmt: skip
    looked = (Said(wording.LOOKED_AT, {"sources": ", ".join(known.sources)}),) if known.sources else ()
    return Licence("suggests", Said(template, facts), looked)


def _standing_of(kind: str, evidence: Beside) -> Standing:
    c = evidence.comparison
    what = {"no_official_figure": "no_official", "official_stale": "stale", "official_hides_group": "hidden_group"}
    if c.verdict not in what:
        raise refused(kind, wording.COVERAGE)
    official = c.official
    return Standing(
        subject=evidence.subject,
        what=what[c.verdict],  # type: ignore[arg-type]  # the values are the words of `what`
        area_name=c.area_name,
        period=c.period,
        official_period=official.period if official else "",
        group=evidence.group,
        sources=(official.source,) if official else (),
    )
