"""From a bundle to the rows of the database: figures, comparisons, and the texts of a release."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from datashift.language import LANGUAGES
from datashift.model import Benchmark, Breakdown, Comparison, Estimate, Kit, Label
from datashift.publish.sdmx_csv import dimensions_and_codes, number
from datashift.standards.kits import chosen_measures
from datashift.standards.periods import years
from datashift.standards.structures.identifiers import dimension
from datashift.web.dashboard.bundles import Bundle
from datashift.web.dashboard.models import Beside, Figure, Release

Told = Mapping[str, Any]
"""What a run tells of its result in four languages, as `collection` keeps it with a run."""

Key = tuple[str, str, str, str]
Groups = Callable[[Breakdown], str]

_OFFICIAL = ("source", "released", "retrieved", "series", "area", "area_name", "period", "stated", "unit", "nature",
             "relation", "definition", "difference", "source_detail", "footnote")  # fmt: skip


def facts_of(bundle: Bundle, told: Told) -> dict[str, Any]:
    """Return the fields of a release that its bundle states."""
    said, recipe, kit = bundle.said, bundle.said.recipe, bundle.said.kit
    place = recipe.place
    return {
        "series": recipe.id,
        "kit": kit.id,
        "kit_version": kit.version,
        "indicator": kit.indicator,
        "relation": kit.relation,
        "country": place.country,
        "whole": place.whole.id if place.whole else (place.area or place.country),
        "producer": recipe.producer,
        "licence": recipe.licence,
        "sampling_type": recipe.design.sampling_type,
        "simulated": recipe.simulated,
        "created": said.created,
        "texts": texts_of(bundle, told),
        "measures": measures_of(bundle),
        "rows_in": bundle.manifest["rows"]["in"],
        "rows_used": bundle.manifest["rows"]["out"],
        "figure_count": len(said.estimates),
    }


def measures_of(bundle: Bundle) -> list[dict[str, Any]]:
    """Return the measures of a release as pages need them, the headline first."""
    names = ("id", "label", "finding", "unit", "unit_label", "estimator", "desired", "relevant_difference")
    measures = chosen_measures(bundle.said.recipe, bundle.said.kit)
    return [{name: getattr(measure, name) for name in names} for measure in measures]


def texts_of(bundle: Bundle, told: Told) -> dict[str, Any]:
    """Return what is said about a release: of findings only what its bundle publishes, never rows or answers."""
    recipe, kit = bundle.said.recipe, bundle.said.kit
    place = recipe.place
    return {
        "language": bundle.manifest["language"],
        "title": dict(recipe.title),
        "finding": told.get("finding") or {},
        "uncertainty": told.get("uncertainty") or {},
        "place": dict(place.whole.name) if place.whole else {},
        "relation_note": dict(kit.relation_note),
        "design": dict(recipe.design.note),
        "limits": [dict(limit) for limit in recipe.limits],
        "findings": _findings(bundle, told),
        "explained": [{name: row[name] for name in ("code", "rows", "text")} for row in told.get("explained", ())],
        "notes": [dict(note) for note in told.get("notes", ())],
        "groups": groups_of(kit),
        "methods": {row["method_id"]: row["method"] for row in told.get("estimates", ()) if "method_id" in row},
        "charts": bundle.charts,
    }


def _findings(bundle: Bundle, told: Told) -> list[dict[str, Any]]:
    """The numbers are those of the bundle, where effects on hidden figures have none; only the words are the run's."""
    language = bundle.manifest["language"]
    words = {row["text"].get(language): row["text"] for row in told.get("findings", ())}
    found = [
        {
            "check": one["check"],
            "code": one["code"],
            "rows": one["n_rows"],
            "text": words.get(one["sentence"]) or {language: one["sentence"]},
            "effects": [
                {"measure": e["measure"], "with": e["with_rows"], "without": e["without_rows"], "unit": e["unit"]}
                for e in one["effects"]
            ],
        }
        for one in bundle.findings
    ]
    return sorted(found, key=_size, reverse=True)


def _size(finding: Mapping[str, Any]) -> float:
    moved = (abs(e["with"] - e["without"]) for e in finding["effects"] if None not in (e["with"], e["without"]))
    return max(moved, default=0.0)


# --- groups -----------------------------------------------------------------------------------------------------------


def grouped(kit: Kit) -> Groups:
    """Return a function that writes a breakdown as SDMX does: "AGE=Y15T24;SEX=F", "" for everybody."""
    names, codes = dimensions_and_codes(kit)

    def written(breakdown: Breakdown) -> str:
        pairs = ((names.get(c) or dimension(c), codes.get(c, {}).get(code, code)) for c, code in breakdown)
        return ";".join(sorted(f"{name}={code}" for name, code in pairs))

    return written


def groups_of(kit: Kit) -> dict[str, Label]:
    """Return the words for the dimensions and codes of a kit's breakdowns, under the names that figures use."""
    names, codes = dimensions_and_codes(kit)
    found: dict[str, Label] = {}
    for concept, name in names.items():
        found[name] = dict(kit.concepts[concept].label)
        for code, written in codes[concept].items():
            found[f"{name}={written}"] = dict(kit.concepts[concept].codes[code].label)
    return found


# --- figures ----------------------------------------------------------------------------------------------------------


def figures_of(bundle: Bundle, told: Told, release: Release) -> list[Figure]:
    """Return the figures of a bundle as rows, with reasons in every language where the run tells them."""
    kit, language = bundle.said.kit, bundle.manifest["language"]
    written = grouped(kit)
    words = {_told_key(written, row): row for row in told.get("estimates", ())}
    return [
        Figure(
            release=release, indicator=kit.indicator, country=release.country, measure=e.measure, area=e.area,
            area_name=e.area_name, period=e.period, year=years(e.period)[1], breakdown=written(e.breakdown),
            value=e.value, se=e.se, lower=e.lower, upper=e.upper, n=e.n, n_eff=e.n_eff, deff=e.deff, df=e.df,
            unit=e.unit, status=e.status, method=e.method,
            reason=_label(words.get(_key(written, e), {}).get("reason"), _finished(e.reason), language),
        )
        for e in bundle.said.estimates
    ]  # fmt: skip


def besides_of(bundle: Bundle, told: Told, release: Release) -> list[Beside]:
    """Return the comparisons of a bundle as rows, with words and reasons in every language where the run tells them."""
    kit, language = bundle.said.kit, bundle.manifest["language"]
    written = grouped(kit)
    words = {(_told_key(written, one), named(one.get("official"))): one for one in told.get("comparisons", ())}
    rows = []
    for c in bundle.said.comparisons:
        official = _official(c.official, written)
        own = words.get((_key(written, c), named(official)), {})
        rows.append(
            Beside(
                release=release, indicator=kit.indicator, measure=c.measure, country=release.country, area=c.area,
                area_name=c.area_name, period=c.period, breakdown=written(c.breakdown), value=c.value, lower=c.lower,
                upper=c.upper, official=official, verdict=c.verdict, word=own.get("word") or {},
                reason=_label(own.get("reason"), _finished(c.reason), language), contest=own.get("contest") or {},
                difference=c.difference, difference_lower=c.difference_lower, difference_upper=c.difference_upper,
                probability=c.probability, p_adjusted=c.p_adjusted,
            )
        )  # fmt: skip
    return rows


def _official(figure: Benchmark | None, written: Groups) -> dict[str, Any]:
    if figure is None:
        return {}
    stated = {name: getattr(figure, name) for name in _OFFICIAL}
    numbers = {"value": figure.value, "se": figure.se, **{k: figure.facts.get(k) for k in ("lower", "upper")}}
    return stated | {name: _ten(value) for name, value in numbers.items()} | {"breakdown": written(figure.breakdown)}


def _ten(value: float | None) -> float | None:
    """Return a number at the ten significant digits that are published."""
    text = number(value)
    return float(text) if text else None


def _key(written: Groups, row: Estimate | Comparison) -> Key:
    return row.measure, row.area, row.period, written(row.breakdown)


def _told_key(written: Groups, row: Told) -> Key:
    group = row.get("breakdown") or {}
    return row["measure"], row["area"], row["period"], written(tuple(group.items()))


def named(official: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return what tells an official figure from the others beside the same citizen figure; () for none."""
    if not official:
        return ()
    return (*(official[name] or "" for name in ("source", "series", "area", "period")), number(official["value"]))


def _finished(template: str) -> str:
    """A sentence read back from a bundle is a template without facts."""
    return template.format()


def _label(texts: Label | None, text: str, language: str) -> Label:
    if not text:
        return {}
    return {name: texts[name] for name in LANGUAGES if texts.get(name)} if texts else {language: text}
