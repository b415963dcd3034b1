"""From rows of the database to the records of the API. Here a hidden figure loses every number it might still have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from datashift.language import label
from datashift.model import Area, Kit
from datashift.standards.structures.identifiers import flow_id
from datashift.web.dashboard import citing
from datashift.web.dashboard.api.shapes import (
    AreaOut,
    ComparisonOut,
    FigureOut,
    KitOut,
    MeasureOut,
    OrganisationOut,
    ReleaseOut,
    State,
)  # fmt: skip
from datashift.web.dashboard.models import Release
from datashift.web.people.models import Organisation
from datashift.web.standards.models import KitVersion

HIDDEN = "Q"
_WHERE = ("id", "release_id", "current", "indicator", "measure", "country", "area", "area_name", "period", "breakdown",
          "release__simulated")  # fmt: skip
FIGURE = (*_WHERE, "year", "value", "se", "lower", "upper", "n", "n_eff", "deff", "df", "unit", "status", "reason",
          "method", "release__kit", "release__kit_version", "release__sampling_type",
          "release__producer")  # fmt: skip
COMPARISON = (*_WHERE, "value", "lower", "upper", "official", "verdict", "word", "reason", "contest", "difference",
              "difference_lower", "difference_upper", "probability", "p_adjusted")  # fmt: skip
_NUMBERS = ("value", "se", "lower", "upper", "n", "n_eff", "deff", "df")
_DIFFERENCES = ("difference", "difference_lower", "difference_upper", "probability", "p_adjusted")


def state_of(release: Release) -> State:
    """Say whether a release stands."""
    return "withdrawn" if release.withdrawn_at else "replaced" if release.superseded_by_id else "current"


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a figure of the database without any number where it is hidden, whatever the row holds."""
    return {**row, **dict.fromkeys(_NUMBERS)} if row["status"] == HIDDEN else dict(row)


def figure(row: Mapping[str, Any]) -> FigureOut:
    """Return a figure from the values of `FIGURE`."""
    return FigureOut(
        **{name: value for name, value in shown(row).items() if name in FigureOut.model_fields and name != "reason"},
        release=row["release_id"],
        state="current" if row["current"] else "replaced",
        kit=f"{row['release__kit']}@{row['release__kit_version']}",
        reason=label(row["reason"]) or None,
        sampling_type=row["release__sampling_type"],
        producer=row["release__producer"],
        simulated=row["release__simulated"],
    )


def comparison(row: Mapping[str, Any]) -> ComparisonOut:
    """Return a comparison from the values of `COMPARISON`; without a citizen figure there is no difference either."""
    told = {name: value for name, value in row.items() if name in ComparisonOut.model_fields}
    if row["value"] is None:
        told |= dict.fromkeys(("lower", "upper", *_DIFFERENCES))
    texts = {name: label(row[name]) or None for name in ("word", "reason", "contest")}
    told |= texts | {"release": row["release_id"], "state": "current" if row["current"] else "replaced"}
    return ComparisonOut(**told | {"official": row["official"] or None, "simulated": row["release__simulated"]})


def release(row: Release, language: str) -> ReleaseOut:
    """Return a release; of one that was withdrawn nothing that speaks of its figures."""
    state = state_of(row)
    stands = state != "withdrawn"
    own = ("id", "series", "number", "licence", "kit", "kit_version", "indicator", "relation", "country",
           "whole", "sampling_type", "simulated", "created", "released_at")  # fmt: skip
    files = settings.ORIGIN + reverse("release-file", args=[row.pk, "release.zip"])
    with override(language):
        page = settings.ORIGIN + reverse("release", args=[row.pk])
    return ReleaseOut(
        **{name: getattr(row, name) for name in own},
        state=state,
        organisation=row.organisation.slug,
        producer=citing.producer(row),
        title=label(row.texts.get("title", {})),
        finding=label(row.texts.get("finding", {})) or None if stands else None,
        limits=[label(limit) for limit in row.texts.get("limits", [])] if stands else [],
        replaced_by=row.superseded_by_id,
        withdrawn_at=row.withdrawn_at,
        withdrawn_why=row.withdrawn_why or None,
        answers_withdrawn=row.answers_withdrawn,
        measures=[measure(one) for one in row.measures],
        rows_in=row.rows_in if stands else None,
        rows_used=row.rows_used if stands else None,
        figures=row.figure_count if stands else None,
        page=page,
        bundle=files if stands else None,
    )


def measure(told: Mapping[str, Any]) -> MeasureOut:
    """Return a measure as a release or kit states it."""
    words = {"label": label(told["label"]), "unit_label": label(told["unit_label"])}
    return MeasureOut(**{name: told[name] for name in ("id", "unit", "estimator")}, **words)


def kit(row: KitVersion, read: Kit, language: str) -> KitOut:
    """Return a version of a kit."""
    with override(language):
        page = settings.ORIGIN + reverse("registry-kit-version", args=[row.kit, row.version])
    return KitOut(
        kit=row.kit, version=row.version, title=label(read.title), indicator=read.indicator, relation=read.relation,
        base=row.base or None, shipped=row.shipped, digest=row.digest, flow=flow_id(read), page=page,
        measures=[measure(one.model_dump()) for one in read.measures],
    )  # fmt: skip


def area(one: Area) -> AreaOut:
    """Return an area with the time for which it had its extent."""
    names = {"en": one.name, **dict(one.names)}
    own = ("id", "country", "level", "kind", "parent", "valid_from", "valid_to")
    told = {name: getattr(one, name) for name in own}
    return AreaOut(**told, name=label(names), predecessors=list(one.predecessors))


def organisation(one: Organisation, releases: int) -> OrganisationOut:
    """Return an organisation; an anonymous one is known by its slug alone."""
    country, website = ("", None) if one.anonymous else (one.country, one.website or None)
    return OrganisationOut(slug=one.slug, name=str(one), country=country, website=website, releases=releases)
