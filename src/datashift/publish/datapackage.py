"""The Frictionless Data Package (version 1) that says what each file and column of a release is."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from typing import Any

from datashift.language import N_, _, label
from datashift.publish.release import Release
from datashift.publish.sdmx_csv import BREAKDOWNS, NUMBERS, estimates_csv
from datashift.publish.tables import chart_csv, comparison_csv, json_bytes

_SIMULATED = N_("Simulated data: made up to show how the program works. Nothing in it is real.")
_TITLES = {
    "estimates": N_("Estimates with their uncertainty"),
    "comparison": N_("Citizen figures beside official ones"),
}
_TABLE_OF = N_("The numbers of the chart '{chart}'")

COLUMNS = {
    "STRUCTURE": N_("SDMX: the kind of structure this row follows"),
    "STRUCTURE_ID": N_("SDMX: the structure this row follows"),
    "ACTION": N_("SDMX: what to do with this row (I = for information)"),
    "FREQ": N_("How often the figure is made (A = yearly, _O = for the period given)"),
    "REPORTING_TYPE": N_("Who reports: C = citizens. Never the national figure"),
    "SERIES": N_("The official series with the same concept, or _Z where there is none"),
    "REF_AREA": N_("Id of the area, with the extent it had at that time"),
    "REF_AREA_NAME": N_("Name of the area"),
    "INCOME_WEALTH_QUANTILE": N_("The income or wealth group the figure is for; _T = everybody"),
    "EDUCATION_LEV": N_("The level of education the figure is for; _T = everybody"),
    "OCCUPATION": N_("The occupation the figure is for; _T = everybody"),
    "CUST_BREAKDOWN": N_("SDMX: a group of the reporter's own making; always _T here"),
    "COMPOSITE_BREAKDOWN": N_("SDMX: a group that is rarely used; always _T here"),
    "DISABILITY_STATUS": N_("With or without disability; _T = everybody"),
    "ACTIVITY": N_("The economic activity the figure is for; _T = everybody"),
    "PRODUCT": N_("The type of product the figure is for; _T = all"),
    "SOURCE_ID": N_("The source, by the id of its recipe"),
    "KIT": N_("The kit that says what is measured, with its version"),
    "MEASURE": N_("The measure of the kit"),
    "TIME_PERIOD": N_("The period the figure stands for"),
    "OBS_VALUE": N_("The figure, in the unit of UNIT_MEASURE"),
    "UNIT_MEASURE": N_("The unit (PT = per cent)"),
    "UNIT_MULT": N_("Power of ten by which the figure is to be multiplied"),
    "STD_ERROR": N_("Standard error of the figure"),
    "LOWER_BOUND": N_("Lower end of the interval"),
    "UPPER_BOUND": N_("Upper end of the interval"),
    "N_OBS": N_("Number of answers behind the figure"),
    "N_EFF": N_("How many answers this is really worth (effective sample size)"),
    "DEFF": N_("How much the way of sampling widens the uncertainty (design effect of the variance)"),
    "DF": N_("Degrees of freedom of the interval"),
    "OBS_STATUS": N_("A = normal, U = low reliability, Q = hidden, O = there is none"),
    "CONF_LEVEL": N_("Confidence level of the interval"),
    "BIAS_SD": N_("Standard deviation of the bias that is reckoned with"),
    "ESTIMATOR": N_("Kind of figure: share, mean, ratio, total …"),
    "METHOD": N_("How the figure and its interval were computed"),
    "SAMPLING_TYPE": N_("How the answers came about"),
    "LOSS_UNMAPPED": N_("Rows with an answer that has no code (share of the rows that are meant, in %)"),
    "LOSS_MANY_TO_ONE": N_(
        "Rows with an answer that shares its code with others (share of the rows that are meant, in %)"
    ),
    "LOSS_REJECTED": N_("Rows that could not be used (share of the rows that are meant, in %)"),
    "ASSESSMENT_PROFILE": N_("Assessment profile that was applied"),
    "ASSESSMENT_RESULT": N_("What the assessment gave"),
    "ENGAGEMENT_LEVEL": N_("Where citizens took part"),
    "LEGAL_STATUS": N_("Whether the figure may be published in this country"),
    "REVISION": N_("Revision of the figure"),
    "PRODUCER": N_("Who collected the data"),
    "SOURCE": N_("The data behind the figure"),
    "REASON": N_("Why the figure is missing, hidden, or to be read with care; or why the verdict is what it is"),
    "SIMULATED": N_("Whether the data are made up to show how the program works"),
    "BREAKDOWN": N_("Which group the figure is for; empty = everybody"),
    "VALUE": N_("The citizen figure"),
    "OFFICIAL_VALUE": N_("The official figure"),
    "OFFICIAL_STD_ERROR": N_("Standard error of the official figure"),
    "OFFICIAL_LOWER": N_("Lower end of the interval of the official figure"),
    "OFFICIAL_UPPER": N_("Upper end of the interval of the official figure"),
    "OFFICIAL_STATED": N_("Where the standard error comes from, if the official source publishes none"),
    "OFFICIAL_BREAKDOWN": N_("Which group the official figure is for; empty = everybody"),
    "SOURCE_DETAIL": N_("The source of the official figure, as its origin states it"),
    "FOOTNOTE": N_("The footnote of the official figure, as its origin states it"),
    "OFFICIAL_UNIT": N_("Unit of the official figure"),
    "OFFICIAL_AREA": N_("Id of the area of the official figure"),
    "OFFICIAL_AREA_NAME": N_("Name of the area, as the official source writes it"),
    "OFFICIAL_PERIOD": N_("The period of the official figure"),
    "RELEASED": N_("When the official source released it"),
    "RETRIEVED": N_("When it was fetched"),
    "NATURE": N_("SDMX: how the official figure came about (C = country data, E = estimated, M = modelled)"),
    "RELATION": N_("Whether both measure the same (same) or not (different)"),
    "VERDICT": N_("What the comparison shows"),
    "DIFFERENCE": N_("Citizen figure minus official figure; empty where the two measure different things"),
    "DIFFERENCE_LOWER": N_("Lower end of the interval of the difference"),
    "DIFFERENCE_UPPER": N_("Upper end of the interval of the difference"),
    "PROBABILITY": N_("Probability that the two truly differ by more than what matters, given both uncertainties"),
    "P_VALUE": N_("How often chance alone would make such a difference (p value, two-sided)"),
    "P_ADJUSTED": N_("The same among all comparisons with this official series (Benjamini-Hochberg)"),
    "CONTEST_SHIFT": N_("By how much the citizen figure would have to change to equal the official one"),
    "CONTEST_WRONG": N_("Answers that would have to be wrong, all in one direction, in %"),
    "CONTEST_MISSING": N_("People or things that would have to be missing, all of the other kind, in %"),
    "CONTEST_ODDS": N_("How many times as likely one kind would have to be to be seen"),
    "CONTEST_CORRELATION": N_("Correlation between being seen and the answer that would be needed (Meng 2018)"),
    **dict.fromkeys(
        (
            "CONTEST_SHIFT_CHANCE",
            "CONTEST_WRONG_CHANCE",
            "CONTEST_MISSING_CHANCE",
            "CONTEST_ODDS_CHANCE",
            "CONTEST_CORRELATION_CHANCE",
        ),
        N_("The same, so that what is left could be chance"),
    ),
    "CONTEST_N": N_("Number of answers behind the citizen figure"),
    "CONTEST_POPULATION": N_("Number of all people or things that the figure is about"),
}
_BROKEN_DOWN = N_("The group the figure is for: {concept}; _T = everybody")
_TYPES = dict.fromkeys(sorted(NUMBERS), "number") | {"N_OBS": "integer", "UNIT_MULT": "integer", "SIMULATED": "boolean"}


def datapackage(release: Release) -> bytes:
    """Return the descriptor `datapackage.json` of a release's tables: schemas, sources, licences, digests.

    Follows the Data Package and Table Schema specifications, version 1. Texts are in the current language.
    """
    recipe = release.recipe
    tables = [
        _resource("estimates", "estimates.csv", estimates_csv(release), _(_TITLES["estimates"])),
        _resource("comparison", "comparison.csv", comparison_csv(release), _(_TITLES["comparison"])),
    ]
    for chart in release.charts:
        title = _(_TABLE_OF).format(chart=chart.name)
        tables.append(_resource(f"chart-{chart.name}", f"charts/{chart.name}.csv", chart_csv(chart), title))
    described = f"{label(release.kit.title)}. {label(release.kit.description)}"
    package: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": _slug(recipe.id),
        "title": label(recipe.title),
        "description": f"{_(_SIMULATED)} {described}" if recipe.simulated else described,
        "created": f"{release.created}T00:00:00Z",
        "simulated": recipe.simulated,
        "keywords": ["citizen-generated data", f"SDG {release.kit.indicator}", release.kit.id],
        "contributors": [{"title": recipe.producer, "role": "author"}],
        "sources": _sources(release),
        "resources": tables,
    }
    if recipe.licence:
        package["licenses"] = [_licence(recipe.licence)]
    return json_bytes(package)


def _resource(name: str, path: str, data: bytes, title: str) -> dict[str, Any]:
    header = next(csv.reader(io.StringIO(data.decode())), [])
    return {
        "profile": "tabular-data-resource",
        "name": _slug(name),
        "path": path,
        "title": title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": {"fields": [_field(column) for column in header], "missingValues": [""]},
    }


def _field(column: str) -> dict[str, str]:
    field = {"name": column, "type": _TYPES.get(column, "string")}
    if column in COLUMNS:
        field["description"] = _(COLUMNS[column])
    elif column in BREAKDOWNS.values():
        field["description"] = _(_BROKEN_DOWN).format(concept=column.lower())
    return field


def _sources(release: Release) -> list[dict[str, str]]:
    sources = []
    for source, origin in zip(release.recipe.source, release.origins, strict=False):
        sources.append({"title": f"{origin.file} (SHA-256 {origin.sha256})"} | _path(source.url))
    for official in release.recipe.official:
        sources.append({"title": f"{official.source}, {official.series}, {official.released}"} | _path(official.url))
    for margin in release.recipe.margin.values():
        sources.append({"title": f"{margin.source}, {margin.as_of.isoformat()}"} | _path(margin.url))
    return [dict(entry) for entry in dict.fromkeys(tuple(source.items()) for source in sources)]


def _path(url: str | None) -> dict[str, str]:
    return {"path": url} if url and re.match(r"https?://", url) else {}


def _licence(text: str) -> dict[str, str]:
    return {"name": re.sub(r"[^\w.-]+", "-", text, flags=re.ASCII).strip("-") or "other", "title": text}


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9._/-]+", "-", text.lower()).strip("-")
