"""Claims on a citizen figure beside an official one. The verdict alone licenses nothing: its numbers must carry it."""

from __future__ import annotations

from datashift.claims import figures, wording
from datashift.claims.evidence import Beside, Subject
from datashift.claims.licence import CERTAIN, Fact, Licence, Said, about, place, refused
from datashift.claims.wording import Grade
from datashift.compare import COUNTED, published, reason, verdict_word
from datashift.language import _
from datashift.model import BY_CHANCE, Benchmark, Comparison
from datashift.standards.periods import years_apart

LENIENT = 0.10
"""Adjusted p-value beyond which a gap is not even suggested, whatever confidence the recipe chose."""

Span = tuple[float, float, float]


def gap(kind: str, evidence: Beside) -> Licence:
    """Say that the citizen figure is higher or lower than the official one.

    shows: the difference holds among all that were compared (adjusted p ≤ 0.05), everybody had a chance to be counted,
    the official figure is the country's own, of the same time, with a published uncertainty, and it is said among how
    many it stands. Else suggests, with what is missing. Refused without the verdict, against its numbers, for those
    who chose themselves, and where the difference is too small to matter.
    """
    c = evidence.comparison
    span = _tested(kind, evidence)
    middle, low, high = span
    adjusted = 0.0 if c.p_adjusted is None else c.p_adjusted
    if c.verdict != "gap":
        raise refused(kind, wording.VERDICT, verdict=verdict_word(c))
    if low <= 0 <= high or not adjusted <= LENIENT:
        raise refused(kind, wording.CONTRADICTION)
    if is_small(evidence, span):
        raise refused(kind, wording.SMALL, **_small(evidence, span))
    weak = weaknesses(evidence)
    grade: Grade = "suggests" if weak else "shows"
    nearer, further = figures.reach(middle, (low, high), "comparison.difference_{}")
    facts = _where(evidence) | {
        "size": figures.difference(evidence.subject, middle, (low, high), "comparison.difference"),
        "lower": nearer,
        "upper": further,
    }
    template = wording.MORE if middle > 0 else wording.LESS
    return Licence(
        grade, Said(template[grade], facts), (*_both(evidence), *weak, *_family(evidence), Said(wording.NOT_WHY))
    )


def no_gap(kind: str, evidence: Beside) -> Licence:
    """Say that both figures agree: the whole interval of the difference lies within what does not matter."""
    c = evidence.comparison
    span = _tested(kind, evidence)
    if c.verdict not in ("gap", "no_gap_seen"):
        raise refused(kind, wording.VERDICT, verdict=verdict_word(c))
    if not is_small(evidence, span):
        raise refused(kind, wording.CONTRADICTION if c.verdict == "no_gap_seen" else wording.NOT_CLEAR)
    caveats = (*_both(evidence), Said(wording.SMALL, _small(evidence, span)), *_of_both(evidence))
    return Licence("is consistent with", Said(wording.NO_GAP, _where(evidence)), caveats)


def unknown(kind: str, evidence: Beside) -> Licence:
    """Say that nobody can tell from this whether the two differ, and why. Refused where something can be told."""
    c = evidence.comparison
    if c.official is None or c.official.relation != "same" or c.verdict != "cannot_tell":
        raise refused(kind, wording.VERDICT, verdict=verdict_word(c))
    both = _both(evidence) if figures.known(c.value) else ()
    return Licence("cannot tell", Said(wording.UNKNOWN_GAP, _where(evidence)), (*both, _because(c)))


def not_comparable(kind: str, evidence: Beside) -> Licence:
    """Say that the two cannot be compared, and why; both figures stand side by side, without a difference."""
    c = evidence.comparison
    if c.verdict != "not_comparable" or c.official is None:
        raise refused(kind, wording.VERDICT, verdict=verdict_word(c))
    return Licence(
        "cannot be compared", Said(wording.NOT_COMPARABLE, _where(evidence)), (*_both(evidence), _because(c))
    )


def contest(kind: str, evidence: Beside) -> Licence:
    """Say what would have to be wrong for both figures to agree, as far as chance goes; for volunteers too."""
    c = evidence.comparison
    found, official = c.contest, c.official
    if found is None or official is None or official.relation != "same":
        raise refused(kind, wording.OTHER_KIND)
    unit = evidence.subject.unit
    options = (("wrong", found.wrong, wording.CONTEST_WRONG), ("missing", found.missing, wording.CONTEST_UNKNOWN))
    # `missing` means people for shares, and unknown events for counts: only the second has a sentence of its own.
    name, pair, template = options[0] if unit == "PT" and found.wrong else options[1]
    if pair is None or (name == "missing" and unit == "PT"):
        name, pair, template = "shift", found.shift, wording.CONTEST_SHIFT
    certain = CERTAIN if c.verdict == "cannot_tell" else LENIENT
    among_many = c.p_adjusted is not None and not c.p_adjusted <= certain
    if among_many or not all(figures.known(number) and abs(number) > 1e-9 for number in pair):
        raise refused(kind, wording.BY_CHANCE)
    least, equal = (_part(evidence, name, abs(pair[i]), f"comparison.contest.{name}[{i}]") for i in (1, 0))
    caveats = (*_both(evidence), Said(wording.EQUAL, {"share": equal}), *_selection(evidence), Said(wording.NOT_WHY))
    return Licence("is consistent with", Said(template, _where(evidence) | {"share": least}), caveats)


def weaknesses(evidence: Beside) -> tuple[Said, ...]:
    """Return what keeps a gap from being shown; empty where both figures stand on firm ground, among all compared."""
    adjusted = evidence.comparison.p_adjusted
    if adjusted is None or evidence.among is None:
        return (*_of_both(evidence), Said(wording.FAMILY_UNKNOWN))
    return (*_of_both(evidence), Said(wording.UNADJUSTED)) if adjusted > CERTAIN else _of_both(evidence)


def is_small(evidence: Beside, span: Span) -> bool:
    """Say whether the whole interval of the difference lies within what does not matter."""
    relevant = _relevant(evidence)
    return relevant is not None and -relevant <= span[1] and span[2] <= relevant


# --- parts ------------------------------------------------------------------------------------------------------------


def _tested(kind: str, evidence: Beside) -> Span:
    """Return difference and interval, where the concept is the same and the numbers fit together; else refuse."""
    c, official = evidence.comparison, evidence.comparison.official
    if official is None or official.relation != "same" or c.verdict == "not_comparable":
        raise refused(kind, wording.VERDICT, verdict=verdict_word(c))
    if evidence.sampling_type and evidence.sampling_type not in BY_CHANCE and not _bias(c):
        raise refused(kind, wording.SELECTION)
    span = _span(c, official)
    if span is None or official.unit != evidence.subject.unit or evidence.status in ("Q", "O"):
        raise refused(kind, wording.CONTRADICTION if c.verdict in ("gap", "no_gap_seen") else wording.NOT_CLEAR)
    return span


def _of_both(evidence: Beside) -> tuple[Said, ...]:
    """Return what weakens the two figures themselves."""
    c, official = evidence.comparison, evidence.comparison.official
    assert official is not None
    found = [*_of_nature(official), *_of_uncertainty(official)]
    if years_apart(c.period, official.period):
        found.append(Said(wording.APART, _where(evidence) | _official_period(official)))
    found += _selection(evidence)
    if _bias(c):
        found.append(Said(wording.BIAS))
    if evidence.status != "A":
        found.append(Said(wording.LOW))
    return tuple(found)


def _bias(c: Comparison) -> float:
    """Return the standard deviation of the bias that the interval reckons with; 0 where it reckons with none."""
    bias = c.facts.get("bias_sd") or 0.0
    return float(bias) if figures.known(bias) else 0.0


def _span(c: Comparison, official: Benchmark) -> Span | None:
    numbers = (c.value, c.difference, c.difference_lower, c.difference_upper, official.value)
    if not all(figures.known(number) for number in numbers):
        return None
    value, middle, low, high, other = (float(number or 0.0) for number in numbers)
    agrees = abs(value - other - middle) <= 1e-6 * max(1.0, abs(value), abs(other))
    return (middle, low, high) if agrees and low <= middle <= high else None


def _relevant(evidence: Beside) -> float | None:
    stated = evidence.subject.relevant
    return stated if stated is not None else evidence.comparison.facts.get("relevant")


def _small(evidence: Beside, span: Span) -> dict[str, Fact]:
    interval = (span[1], span[2])
    low, high = figures.reach(abs(span[0]) if span[1] < 0 < span[2] else span[0], interval, "comparison.difference_{}")
    relevant = figures.difference(
        evidence.subject, _relevant(evidence) or 0.0, (None, None), "measure.relevant_difference"
    )
    return {"lower": low, "upper": high, "relevant": relevant}


def _where(evidence: Beside) -> dict[str, Fact]:
    c = evidence.comparison
    facts = about(evidence.subject) | {
        "area": place(c.area_name, evidence.group),
        "period": figures.period(c.period, "comparison.period"),
    }
    return facts | ({"source": c.official.source} if c.official else {})


def _official_period(official: Benchmark) -> dict[str, Fact]:
    return {"official_period": figures.period(official.period, "comparison.official.period")}


def _both(evidence: Beside) -> tuple[Said, ...]:
    c, official, subject = evidence.comparison, evidence.comparison.official, evidence.subject
    if official is None or not figures.known(c.value) or not figures.known(official.value):
        return ()
    theirs = Subject(
        {},
        unit=official.unit,
        unit_label=subject.unit_label if official.unit == subject.unit else {"en": official.unit},
    )
    facts = (
        _where(evidence)
        | _official_period(official)
        | {
            "value": figures.level(subject, c.value or 0.0, (c.lower, c.upper), "comparison.value"),
            "official": figures.plain(theirs, official.value, (None, None), "comparison.official.value"),
        }
    )
    return (Said(wording.BOTH, facts),)


def _because(c: Comparison) -> Said:
    return Said("{reason}", {"reason": reason(c)})


def _of_nature(official: Benchmark) -> list[Said]:
    if official.nature in COUNTED:
        return []
    told = {"E": wording.ESTIMATED, "M": wording.MODELLED}.get(official.nature, wording.NATURE_UNKNOWN)
    return [Said(told, {"source": official.source})]


def _of_uncertainty(official: Benchmark) -> list[Said]:
    if official.stated:
        return [Said(wording.STATED, {"stated": _(official.stated)})]
    return [] if figures.known(official.se) or published(official) else [Said(wording.NO_OFFICIAL_ERROR)]


def _selection(evidence: Beside) -> tuple[Said, ...]:
    if evidence.sampling_type in BY_CHANCE:
        return ()
    return (Said(wording.COUNTED_ONLY if evidence.sampling_type else wording.CHOICE_UNKNOWN),)


def _family(evidence: Beside) -> tuple[Said, ...]:
    if evidence.among is None or evidence.among[0] < 2:
        return ()
    numbers = {name: figures.count(n, "among") for name, n in zip(("compared", "gaps"), evidence.among, strict=True)}
    return (Said(wording.FAMILY, numbers),)


def _part(evidence: Beside, name: str, value: float, where: str) -> figures.Number:
    if name == "shift":
        return figures.difference(evidence.subject, value, (None, None), where)
    return figures.share(value, where)
