"""The ledgers of a country: everything known about each indicator and place, said once in every language.

Verdicts and sentences are the core's. Which figures stand in one ledger is decided here where several could: the
headline measure of a release, the official series with most figures; one concept and one unit per ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from datashift import official
from datashift.errors import BadLedger, BadRecipe, NothingKnown
from datashift.language import LANGUAGES, label, speaking
from datashift.ledger import Asked, Ledger, from_releases
from datashift.model import Comparison, Kit, Label
from datashift.publish import Released
from datashift.standards.areas import known_areas
from datashift.standards.framework import framework
from datashift.standards.kits import chosen_measures, known_kits, shipped_kit
from datashift.web.dashboard import dossiers, models
from datashift.web.dashboard.ledger_telling import Rows, short, told
from datashift.web.dashboard.rows import grouped, named

NOTHING = "nothing-official"
"""A store where nothing is, as seen from the real one."""

Sentences = Mapping[tuple[str, ...], Label]
"""Reasons of comparisons in every language, by measure, area, period, breakdown and official figure."""


@dataclass(frozen=True)
class Read:
    """A release as its bundle says it, with its row and what stands in the database about it."""

    release: models.Release
    said: Mapping[str, Released]
    rows: Rows
    dossier: Mapping[str, Any] | None = None
    """As it stands today; None where the bundle has none."""


def read(release: models.Release, said: Released) -> Read:
    """Bring a bundle and its rows together; its reasons are spoken in every language."""
    rows = Rows.of(release)
    reasons = {(b.measure, b.area, b.period, b.breakdown, *named(b.official)): b.reason for b in rows.beside}
    spoken = {language: _spoken(said, reasons, language) for language in LANGUAGES}
    return Read(release, spoken, rows, dossiers.today(release))


def ledgers_of(country: str, releases: Sequence[Read], home: Path) -> Iterator[models.Ledger]:
    """Yield the ledgers of a country: of every place that citizens counted, and of the country where officials did."""
    asked: dict[tuple[str, str], list[Read]] = {}
    for one in releases:
        for area in _areas(one, country):
            asked.setdefault((one.release.indicator, area), []).append(one)
    for indicator in _official_indicators(country, home):
        asked.setdefault((indicator, country), [])
    known = {indicator: _places(indicator, home) for indicator, _area in asked}
    for (indicator, area), reads in asked.items():
        # Most places inside a country have no official figures: looking for them each time takes most of the time.
        made = _ledger(indicator, area, country, reads, home if area in known[indicator] else home / NOTHING)
        if made is not None:
            yield made


def _areas(one: Read, country: str) -> set[str]:
    return {country, *(e.area for e in one.said["en"].estimates if not e.breakdown)}


def _places(indicator: str, home: Path) -> set[str]:
    """Return the places of which the official snapshots in the store say anything."""
    return set(official.observations(home, indicator=indicator)["area"].to_pylist())


def _official_indicators(country: str, home: Path) -> list[str]:
    known = framework(store=home).entries
    named = official.observations(home, area=country)["indicator"].to_pylist()
    codes = {code.strip() for text in named for code in text.split(",")}
    return sorted(code for code in codes if code in known)


def _ledger(indicator: str, area: str, country: str, reads: Sequence[Read], home: Path) -> models.Ledger | None:
    found, chosen = _found(indicator, area, reads, home)
    if not found:
        return None
    releases = [one for one in chosen if one.rows.tells_of(area, one.release)]
    others = [one.release.pk for one in reads if one not in chosen]
    drawn = {one.series for one in found["en"].series}
    left = [code for code in _series(indicator, area, reads, home) if code not in drawn]
    telling = {}
    for language, ledger in found.items():
        with speaking(language):
            telling[language] = told(ledger, area, [(one.release, one.rows) for one in releases]) | {
                "others": others, "official_left": left, **_in_short(releases, area),
            }  # fmt: skip
    name = next((one.rows.name_of(area) for one in releases if one.rows.name_of(area)), "") or _name(area, country)
    return models.Ledger(
        indicator=indicator, area=area, area_name=name, country=country, counted=bool(releases),
        short=short(found, telling), told=telling,
    )  # fmt: skip


def _in_short(reads: Sequence[Read], area: str) -> Mapping[str, Any]:
    """Return who was counted and what to supply next, of the release behind the headline, where it counted for this
    place as a whole.
    """
    first = reads[0] if reads else None
    if first is None or first.dossier is None or area not in (first.release.whole, first.release.country):
        return {}
    return dossiers.in_short(first.dossier)


def _found(indicator: str, area: str, reads: Sequence[Read], home: Path) -> tuple[dict[str, Ledger], Sequence[Read]]:
    """Return the ledger in every language, and the releases in it: of all that fits together; {} where nothing does."""
    for chosen, series in _choices(indicator, area, reads, home):
        asked = Asked(indicator, area, series=series)
        try:
            return {language: _said(asked, chosen, language, home) for language in LANGUAGES}, chosen
        except (BadLedger, NothingKnown):
            continue
    return {}, ()


def _said(asked: Asked, reads: Sequence[Read], language: str, home: Path) -> Ledger:
    with speaking(language):
        return from_releases(asked, [one.said[language] for one in reads], home)


def _choices(
    indicator: str, area: str, reads: Sequence[Read], home: Path
) -> Iterator[tuple[Sequence[Read], tuple[str, ...]]]:
    """Yield what could stand in one ledger, the most first: everything; one official series; one release alone."""
    yield reads, ()
    headlines = tuple(dict.fromkeys(m for one in reads for m in _headlines(one)))
    series = _series(indicator, area, reads, home)
    for code in series:
        yield reads, (*headlines, code)
    if not reads:
        return
    yield reads, headlines or ("",)
    for one in reads:
        for code in series:
            yield [one], (*_headlines(one), code)
        # Of a series that is not there no figure is taken: what remains is the release alone.
        yield [one], (*_headlines(one), "–")


def _headlines(one: Read) -> tuple[str, ...]:
    said = one.said["en"]
    return tuple(measure.id for measure in chosen_measures(said.recipe, said.kit)[:1])


def _series(indicator: str, area: str, reads: Sequence[Read], home: Path) -> list[str]:
    """Return the codes of official series: those that a kit names first, then those with most figures."""
    kits = [one.said["en"].kit for one in reads] + [kit for kit in _kits() if kit.indicator == indicator]
    named = [code for kit in kits for code in kit.series]
    counts: dict[str, int] = {}
    for series in official.time_series(home, indicator=indicator, area=area):
        if not series.breakdown:
            counts[series.series] = counts.get(series.series, 0) + len(series.observations)
    return sorted(counts, key=lambda code: (named.index(code) if code in named else len(named), -counts[code], code))


@cache
def _kits() -> tuple[Kit, ...]:
    return tuple(shipped_kit(name) for name in known_kits())


def _spoken(said: Released, reasons: Sentences, language: str) -> Released:
    """Return a release whose comparisons give their reasons in a language."""
    written = grouped(said.kit)

    def spoken(c: Comparison) -> Comparison:
        beside = named(vars(c.official)) if c.official else ()
        text = reasons.get((c.measure, c.area, c.period, written(c.breakdown), *beside))
        return replace(c, reason=label(text, language).replace("{", "{{").replace("}", "}}")) if text else c

    return replace(said, comparisons=tuple(spoken(c) for c in said.comparisons))


def _name(area: str, country: str) -> str:
    try:
        known = known_areas(country)
    except BadRecipe:
        return area  # a made-up country has only the list of its release
    return known[area].name if area in known else area
