"""Columns that are no concept of a kit: place, date, position, row id, personal data, and parts of the design."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial

from rapidfuzz import fuzz

from datashift.harmonise.suggestion import words
from datashift.harmonise.suggestion.confidence import of_role
from datashift.harmonise.suggestion.profile import Profile, as_number
from datashift.language import N_, _
from datashift.model import Area
from datashift.standards.areas import country_named, folded, resolver

BY_NAME = N_("its name is like “{word}”")
BY_PLACES = N_("{share} of its answers are areas of {country}, level {level}")
BY_COUNTRIES = N_("its answers are countries")
BY_DATES = N_("{share} of its answers read as dates like {format}")
BY_YEARS = N_("its numbers are years")
COMPARED = 200
LIKELY = 0.6
GOOD = 0.9
YEARS = (1950, 2100)
PHONE = 1e6  # a number below this is an age or a count, and no telephone


@dataclass(frozen=True)
class Found:
    """A column with its role, how sure (0–1), why in plain words, and facts about it (format, country, first, last)."""

    column: str
    role: str
    confidence: float
    reason: str
    facts: Mapping[str, str] = field(default_factory=dict)


def roles(free: Sequence[Profile], areas: Mapping[str, Mapping[str, Area]]) -> list[Found]:
    """Return the roles found among the columns that are no concept, the best column for each role."""
    times = [found for profile in free if (found := _time(profile))]
    named = [found for profile in free for found in _named(profile)]
    single = [*_best(times), *_places(free, areas)]
    for role in ("latitude", "longitude", "id", "weight", "stratum", "cluster"):
        single += _best([found for found in named if found.role == role])
    place = next((found.column for found in single if found.role == "place"), "")
    single = [found for found in single if found.role not in ("cluster", "stratum") or found.column != place]
    # One half of a position is none: a lone “Y” may be yttrium.
    if {"latitude", "longitude"} - {found.role for found in single}:
        single = [found for found in single if found.role not in ("latitude", "longitude")]
    return [*single, *(found for found in named if found.role == "personal")]


def _best(found: Sequence[Found]) -> list[Found]:
    return [max(found, key=lambda one: one.confidence)] if found else []


# --- place ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Finder:
    country: str
    level: int
    resolve: Callable[[str], Area | None]


def countries_in(columns: Sequence[Profile]) -> tuple[str, dict[str, int]]:
    """Return the column that names countries, and the rows of each country; without such a column nothing."""
    best: tuple[str, dict[str, int]] = ("", {})
    for profile in columns:
        rows: Counter[str] = Counter()
        for value, count in profile.counts:
            # “no” is Norway's code, and an answer.
            if (len(value) > 3 or value.isupper()) and (code := country_named(value)):
                rows[code] += count
        if sum(rows.values()) > GOOD * max(profile.answered, 1) and sum(rows.values()) > sum(best[1].values()):
            best = (profile.name, dict(rows.most_common()))
    return best


def _places(free: Sequence[Profile], areas: Mapping[str, Mapping[str, Area]]) -> list[Found]:
    named, rows = countries_in(free)
    finders = [finder for country, listed in areas.items() for finder in _finders(country, listed)]
    meant = [finder for finder in finders if not rows or finder.country in rows]
    found = [one for profile in free if (one := _place(profile, meant, rows, finders))]
    if found:
        # A smaller area says more, where it is as sure.
        top = max(one.confidence for one in found)
        best = max(
            (one for one in found if one.confidence > top - 0.1), key=lambda one: (one.facts["level"], one.confidence)
        )
        facts = {**best.facts, "country column": named if len(rows) > 1 else ""}
        counts = next((profile.values for profile in free if profile.name == named), ())
        facts["names"] = "|".join(value for value in counts if country_named(value) == best.facts["country"])
        return [replace(best, facts=facts)]
    if len(rows) == 1:
        reason = _(BY_COUNTRIES)
        return [Found(named, "country", of_role("place"), reason, {"country": next(iter(rows)), "level": "0"})]
    return []


def _finders(country: str, listed: Mapping[str, Area]) -> Iterator[_Finder]:
    for level in sorted({area.level for area in listed.values()} - {0}):
        here = {key: area for key, area in listed.items() if area.level == level}
        # Any day will do to see which places are meant: the first and the last day of every extent.
        days = {day for area in here.values() for day in (area.valid_from, area.valid_to) if day}
        for day in sorted(days | {date(2000, 1, 1)}):
            yield _Finder(country, level, resolver(here, day))


def _place(
    profile: Profile, finders: Sequence[_Finder], rows: Mapping[str, int], everywhere: Sequence[_Finder]
) -> Found | None:
    if profile.numeric > 1 - LIKELY or profile.dummy or not profile.counts:
        return None
    top = profile.counts[:COMPARED]
    answered = sum(count for _value, count in top)
    best, share = None, 0.0
    for finder in finders:
        matched = sum(count for value, count in top if finder.resolve(value))
        known = min(rows.get(finder.country, answered), answered)
        one = min(matched / max(known, 1), 1.0)
        if one > share:
            best, share = finder, one
    if best is None or share < LIKELY:
        return None
    areas = {area.id for value, _count in top if (area := best.resolve(value))}
    # Names such as “Central” are areas of several countries: they tell little about which one is meant.
    others = [f for f in everywhere if f.country != best.country]
    doubtful = [value for value, _count in top if best.resolve(value) and any(f.resolve(value) for f in others)]
    doubt = 0.0 if rows else 0.6 * len(doubtful) / max(len(areas), 1)
    reason = _(BY_PLACES).format(share=f"{share:.0%}", country=best.country, level=best.level)
    confidence = of_role("place") * share * (0.6 if len(areas) < 2 else 1.0) * (1 - min(doubt, 0.6))
    return Found(profile.name, "place", confidence, reason, {"country": best.country, "level": str(best.level)})


# --- time -----------------------------------------------------------------------------------------------------------


def _time(profile: Profile) -> Found | None:
    values = profile.values[:COMPARED]
    if not values:
        return None
    reads = Counter({form: sum(_is_date(value, form) for value in values) for form in words.DATES})
    form, hits = max(reads.items(), key=lambda one: (one[1], -words.DATES.index(one[0])))
    likeness, word = likeness_of(profile.plain, words.TIMES)
    share = hits / len(values)
    if share > 0.8 and not _only_numbers(profile):
        days = _days(profile, form)
        reason = _(BY_DATES).format(share=f"{share:.0%}", format=form)
        # A form of several dates (start, end, birth, return) has one that says when the answer was given.
        confidence = of_role("date") * share * (0.75 + 0.25 * likeness)
        facts = {"format": form, "first": days[0].isoformat(), "last": days[-1].isoformat()}
        return Found(profile.name, "date", confidence, reason, facts)
    likeness, word = likeness_of(profile.plain, words.YEARS)
    whole = profile.numeric > GOOD and YEARS[0] <= profile.low <= profile.high <= YEARS[1]
    if whole and likeness > GOOD and all(value.isdigit() for value in values):
        reason = f"{_(BY_NAME).format(word=word)}; {_(BY_YEARS)}"
        facts = {"format": "%Y", "first": f"{profile.low:.0f}-01-01", "last": f"{profile.high:.0f}-12-31"}
        return Found(profile.name, "date", of_role("date") * 0.95, reason, facts)
    return None


def _days(profile: Profile, form: str) -> list[date]:
    """The days of the rows in order, without the outermost hundredth on either side: one slip is no period."""
    known = {v: datetime.strptime(v, form).date() for v in profile.values if _is_date(v, form)}  # noqa: DTZ007
    days = sorted(known[value] for value, count in profile.counts if value in known for _i in range(count))
    cut = len(days) // 100
    return days[cut : len(days) - cut]


def _only_numbers(profile: Profile) -> bool:
    likeness, _word = likeness_of(profile.plain, words.TIMES)
    return profile.numeric > GOOD and likeness < GOOD


def _is_date(value: str, form: str) -> bool:
    try:
        return datetime.strptime(value, form).year >= 1900  # noqa: DTZ007
    except ValueError:
        return False


# --- what names tell ------------------------------------------------------------------------------------------------


def _named(profile: Profile) -> Iterator[Found]:
    checks: tuple[tuple[str, Sequence[str], Callable[[Profile], bool]], ...] = (
        ("latitude", words.LATITUDE, partial(_are_degrees, most=90.0)),
        ("longitude", words.LONGITUDE, partial(_are_degrees, most=180.0)),
        ("personal", words.PERSONAL, lambda p: not p.dummy and not (p.numeric > GOOD and p.high < PHONE)),
        ("id", words.ROW_IDS, lambda p: p.distinct >= 0.98 * p.rows > 0),
        ("weight", words.WEIGHTS, lambda p: p.numeric > GOOD and p.low > 0),
        ("stratum", words.STRATA, lambda p: 1 < p.distinct <= p.rows / 2),
        ("cluster", words.CLUSTERS, lambda p: 1 < p.distinct <= p.rows / 2),
    )
    for role, known, fits in checks:
        likeness, word = likeness_of(profile.plain, known)
        if likeness > GOOD and fits(profile):
            yield Found(profile.name, role, of_role(role) * likeness, _(BY_NAME).format(word=word))


def _are_degrees(profile: Profile, most: float) -> bool:
    values = profile.values[:COMPARED]
    inside = sum((x := as_number(value)) is not None and abs(x) <= most for value in values)
    return bool(values) and inside > GOOD * len(values)


def likeness_of(plain: str, known: Sequence[str]) -> tuple[float, str]:
    """Return how like a name is to the likest of some words (0–1), and that word; a whole word inside counts 0.93."""
    scored = [(fuzz.token_sort_ratio(plain, folded(word)) / 100, word) for word in known]
    scored += [(0.93, word) for word in known if f" {folded(word)} " in f" {plain} " and len(word) > 3]
    return max(scored, key=lambda pair: pair[0])
