"""Figures as rows of SDMX: the same names, codes and numbers as in estimates.csv of their bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat

from datashift.errors.web import BadQuery
from datashift.language import label
from datashift.model import Recipe
from datashift.publish.sdmx_csv import frequency, number, series_of
from datashift.standards.kits import parse_recipe
from datashift.standards.structures.identifiers import EVERYBODY, REPORTING_TYPE
from datashift.standards.structures.layout import parts
from datashift.web.dashboard import reading
from datashift.web.dashboard.api.records import shown
from datashift.web.dashboard.models import Figure, Release
from datashift.web.dashboard.sdmx.flows import TIME, Asked, Flow

MOST = 20_000
"""How many figures one answer may hold."""

VALUE = "OBS_VALUE"
_GIVEN = frozenset(
    {
        "OBS_STATUS", "UNIT_MULT", "UNIT_MEASURE", "UPPER_BOUND", "LOWER_BOUND", "REF_AREA_NAME", "STD_ERROR", "N_OBS",
        "N_EFF", "DEFF", "DF", "CONF_LEVEL", "SAMPLING_TYPE", "ESTIMATOR", "METHOD", "SOURCE", "REASON", "SIMULATED",
    }
)  # fmt: skip
_FIELDS = ("release_id", "measure", "area", "area_name", "period", "breakdown", "value", "se", "lower", "upper", "n",
           "n_eff", "deff", "df", "unit", "status", "method", "reason")  # fmt: skip

Row = dict[str, str]


def attributes() -> list[str]:
    """Return the attributes that figures have, in the order of their data structure."""
    return [part.id for part in parts() if part.role == "A" and part.id in _GIVEN]


@dataclass(frozen=True)
class _Source:
    """What all figures of a release share, and what their measures are called."""

    release: Release
    recipe: Recipe | None
    row: Row

    def series(self, flow: Flow, measure: str) -> str:
        return series_of(self.recipe, flow.kit, measure) if self.recipe else "_Z"


def rows(flow: Flow, asked: Asked) -> list[Row]:
    """Return the figures of a dataflow that stand and are asked for, each with all dimensions, in a stable order.

    Raises BadQuery (query.nothing, query.too-much).
    """
    sources = {source.release.pk: source for source in _sources(flow, asked)}
    found = list(_figures(flow, asked, list(sources)).values(*_FIELDS)[: MOST + 1])
    if len(found) > MOST:
        raise BadQuery("query.too-much", most=MOST)
    codes = {measure: code for code, measure in flow.measures.items()}
    made = [
        _row(flow, sources[figure["release_id"]], shown(figure), codes)
        for figure in found
        if asked.meets(figure["period"])
    ]
    met = [row for row in made if all(row[name] in codes for name, codes in asked.wanted.items())]
    if not met:
        raise BadQuery("query.nothing")
    return met


def _sources(flow: Flow, asked: Asked) -> list[_Source]:
    found = reading.releases(kit=flow.kit.id, kit_version=flow.kit.version).order_by("pk")
    if "PRODUCER" in asked.wanted:
        found = found.filter(producer__in=asked.wanted["PRODUCER"])
    if "SOURCE_ID" in asked.wanted:
        found = found.filter(series__in=asked.wanted["SOURCE_ID"])
    return [_source(flow, release) for release in found]


def _source(flow: Flow, release: Release) -> _Source:
    recipe = _recipe(settings.HOME / "releases" / release.pk / "recipe.toml")
    row = dict.fromkeys(flow.dimensions, EVERYBODY) | {
        "REPORTING_TYPE": REPORTING_TYPE,
        "PRODUCER": release.producer,
        "SOURCE_ID": release.series,
        "KIT": f"{flow.kit.id}@{flow.kit.version}",
        "UNIT_MULT": "0",
        "SAMPLING_TYPE": release.sampling_type,
        "CONF_LEVEL": number(recipe.design.confidence) if recipe else "",
        "SOURCE": label(release.texts.get("title", {}), release.texts.get("language", "en")),
        "SIMULATED": str(release.simulated).lower(),
    }
    return _Source(release, recipe, row)


@lru_cache(maxsize=256)
def _recipe(path: Path) -> Recipe | None:
    """Return the recipe of a release; it lies there under the release's digest and never changes."""
    return parse_recipe(path.read_text("utf-8"), "recipe.toml") if path.is_file() else None


def _figures(flow: Flow, asked: Asked, releases: list[str]) -> QuerySet[Figure]:
    found = reading.figures(release__in=releases).order_by("pk")
    wanted = asked.wanted
    if "REF_AREA" in wanted:
        found = found.filter(area__in=wanted["REF_AREA"])
    if "MEASURE" in wanted:
        found = found.filter(measure__in=[flow.measures[code] for code in wanted["MEASURE"] if code in flow.measures])
    grouped = [name for name in flow.groups if name in wanted]
    if grouped:
        found = found.annotate(parts=Concat(Value(";"), F("breakdown"), Value(";")))
    for name in grouped:
        found = found.filter(_one_of(name, wanted[name]))
    if asked.start is not None:
        found = found.filter(year__gte=asked.start.year)
    if asked.end is not None:
        # The year of a period that spans several is its last one.
        found = found.filter(Q(year__lte=asked.end.year) | Q(period__contains="/"))
    return found


def _one_of(name: str, codes: frozenset[str]) -> Q:
    """A figure for everybody (`_T`) does not name the dimension at all."""
    found = Q(pk__in=())
    for code in sorted(codes):
        found |= ~Q(parts__contains=f";{name}=") if code == EVERYBODY else Q(parts__contains=f";{name}={code};")
    return found


def _row(flow: Flow, source: _Source, figure: Mapping[str, Any], codes: Mapping[str, str]) -> Row:
    groups = (part.partition("=") for part in figure["breakdown"].split(";") if part)
    measure = figure["measure"]
    return source.row | {name: code for name, _sign, code in groups} | {
        "FREQ": frequency(figure["period"]),
        "SERIES": source.series(flow, measure),
        "REF_AREA": figure["area"],
        "MEASURE": codes.get(measure, measure),
        TIME: figure["period"],
        VALUE: number(figure["value"]),
        "OBS_STATUS": figure["status"],
        "UNIT_MEASURE": figure["unit"],
        "UPPER_BOUND": number(figure["upper"]),
        "LOWER_BOUND": number(figure["lower"]),
        "REF_AREA_NAME": figure["area_name"],
        "STD_ERROR": number(figure["se"]),
        "N_OBS": "" if figure["n"] is None else str(figure["n"]),
        "N_EFF": number(figure["n_eff"]),
        "DEFF": number(figure["deff"]),
        "DF": number(figure["df"]),
        "ESTIMATOR": next((m.estimator for m in flow.kit.measures if m.id == measure), ""),
        "METHOD": figure["method"],
        "REASON": label(figure["reason"], source.release.texts.get("language", "en")),
    }  # fmt: skip
