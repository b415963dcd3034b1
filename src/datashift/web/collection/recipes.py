"""The recipe of a dataset: what was suggested, changed by what was said. Nothing else decides what a run does."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

import tomli_w

from datashift.corrections import Open, Remove
from datashift.corrections import text as ledger_text
from datashift.errors import BadUpload
from datashift.language import label
from datashift.legal import defaults
from datashift.model import SAMPLING_TYPES, Area, Kit, Recipe
from datashift.standards.areas import as_csv, folded, known_areas, world
from datashift.standards.kits import asked_for, check_together, chosen_measures, parse_recipe
from datashift.standards.periods import years
from datashift.web.collection.kits import kit_named, own_text
from datashift.web.collection.models import Dataset, Review
from datashift.web.collection.passages import redactions

Answers = Mapping[str, Mapping[str, Any]]
Table = dict[str, Any]

RECIPE, AREAS, KIT, STATED = "recipe.toml", "areas.csv", "kit/kit.toml", "stated.toml"
LEDGER, EARLIER = "corrections.jsonl", "earlier.json"
MOST_AREAS = 400
PRECAUTIONS = "precautions"
CARE = {"threshold": "least_n", "points": "points", "delay": "delay", "microdata": "microdata"}
"""What the answers to the ten questions set, and the field of a recipe in which it stands."""


def rebuild(dataset: Dataset) -> None:
    """Make kit, country and recipe of a dataset from its suggestion and its answers; it is not saved here.

    Raises BadUpload and BadRecipe where an answer cannot be used.
    """
    dataset.kit = dataset.suggestion["kit"]
    text = build(dataset.suggestion, dataset.answers, **identity(dataset))
    recipe = parse_recipe(text, RECIPE)
    if "columns" in dataset.answers:
        kit = kit_named(dataset.kit)
        _require_figures(recipe, kit)
        check_together(recipe, kit)
    dataset.country = recipe.place.country
    dataset.recipe = text


def identity(dataset: Dataset) -> dict[str, Any]:
    """Return what a recipe says about itself. The file of an anonymous producer gets a name that names nobody."""
    organisation, upload = dataset.organisation, dataset.upload
    ending = upload.name.rpartition(".")[2]
    plain = f"answers.{ending}" if ending != upload.name else "answers"
    return {
        "name": f"{dataset.kit.partition('@')[0]}-{dataset.pk.hex[:8]}",
        "file": plain if organisation.anonymous else upload.name,
        "producer": str(organisation),
        "own_kit": bool(own_text(dataset.kit)),
        "home": organisation.country,
        "ledger": ledger_of(dataset),
        "earlier": earlier_text(dataset),
    }


def beside(dataset: Dataset) -> dict[str, str]:
    """Return the files that lie beside the recipe, by name: areas and a kit, where none ships, and what is stated."""
    files = {}
    if stated := dataset.answers.get("evidence"):
        files[STATED] = stated_text(stated)
    if ledger := ledger_of(dataset):
        files[LEDGER] = ledger
    if earlier := earlier_text(dataset):
        files[EARLIER] = earlier
    recipe = tomllib.loads(dataset.recipe)
    if "areas" in recipe["place"]:
        files[AREAS] = as_csv(_own_areas(dataset.suggestion, recipe["place"]))
    if text := own_text(dataset.kit):
        files[KIT] = text
    return files


def build(suggestion: Mapping[str, Any], answers: Answers, **identity: Any) -> str:
    """Return the recipe as TOML; `identity` is what it says about itself. What nobody said stays as suggested."""
    base = tomllib.loads(suggestion["recipe"])
    rows, kit = answers.get("rows", {}), suggestion["kit"]
    source = {"file": identity["file"], "sha256": base["source"][0]["sha256"]}
    source |= {"sheet": base["source"][0]["sheet"]} if "sheet" in base["source"][0] else {}
    source |= {key: value for key, value in suggestion["reading"].items() if value}
    columns = answers.get("columns", {})
    # Where no place in the file tells the country, it is most likely that of its producer.
    country = base["place"]["country"] or identity["home"]
    personal = _words(columns.get("personal", suggestion["personal"]))
    if (where := answers.get("place", {}).get("column", base["place"].get("column"))) in personal:
        raise BadUpload("upload.personal-place", column=where)
    recipe: Table = {
        "id": identity["name"],
        "title": _label(rows, "title") or kit_named(kit).title,
        "kit": "./kit" if identity["own_kit"] else kit,
        "producer": identity["producer"],
        "licence": str(answers.get("who", {}).get("licence") or rows.get("licence") or ""),
        "simulated": bool(rows.get("simulated", False)),
        "row_id": rows.get("row_id", base.get("row_id")) or None,
        "missing": _words(columns.get("missing", base["missing"])),
        "personal": personal,
        "source": [source],
        "columns": _columns(base.get("columns", {}), columns),
        "place": _place(suggestion, {**base["place"], "country": country}, answers.get("place", {})),
        "period": _period(base["period"], answers.get("place", {})),
        "design": _design(base["design"], answers.get("asked", {})),
        "limits": [limit] if (limit := _label(answers.get("asked", {}), "limits")) else [],
    }
    recipe |= _files_beside(answers, identity)
    if agreed := answers.get("consent"):
        recipe["consent"] = agreement(agreed)
    if care := caution(answers.get(PRECAUTIONS, {}).get("answers", {})):
        recipe["disclosure"] = care
    if base.get("paradata"):
        # Which columns tell when, by whom and how long: the fieldwork is checked.
        recipe["paradata"] = dict(base["paradata"])
    if column := answers.get("consent", {}).get("column"):
        recipe.setdefault("paradata", {})["consent"] = column
    if base.get("rows") and recipe["place"]["country"] == base["place"]["country"]:
        recipe["rows"] = base["rows"]
    _require_columns(recipe, [one["name"] for one in suggestion["columns"]])
    lead = str(answers.get("lead", {}).get("measure", ""))
    recipe["measures"] = _measures(tomli_w.dumps(_without_nothing(recipe)), kit_named(kit), lead) or None
    return tomli_w.dumps(_without_nothing(recipe))


def _files_beside(answers: Answers, identity: Mapping[str, Any]) -> Table:
    """Return the parts of a recipe that name a file beside it, with its digest."""
    files: Table = {}
    if stated := answers.get("evidence"):
        files["stated"] = {"file": STATED, "sha256": sha256(stated_text(stated).encode()).hexdigest()}
    if ledger := identity.get("ledger"):
        files["corrections"] = {"file": LEDGER, "sha256": sha256(ledger.encode()).hexdigest()}
    if earlier := identity.get("earlier"):
        files["earlier"] = [{"file": EARLIER, "sha256": sha256(earlier.encode()).hexdigest()}]
    return files


def ledger_of(dataset: Dataset) -> str:
    """Return the ledger that takes withdrawn answers out, and what was confirmed to be personal in texts: rows, days,
    and nobody. "" where there is neither.

    These rows are empty in the file, whose first answer stands in row 2.
    """
    gone = dataset.withdrawals.exclude(place=None).order_by("place")
    lines = [
        Remove(who="withdrawal", why="withdrawn", row=str(one.place + 2), when=f"{one.at.date()}T00:00:00+00:00")
        for one in gone
        if one.place is not None
    ]
    changed = redactions(dataset)
    return ledger_text(Open(who="withdrawal", key="_row"), [*changed, *lines]).decode() if changed or lines else ""


def earlier_text(dataset: Dataset) -> str:
    """Return what earlier releases of a dataset showed, every different word on each figure once: which were hidden,
    and the n of the others. "" where nothing was released.

    A release that named what only a withdrawn answer held is remembered as far as it spoke of all rows together.
    """
    known: dict[str, Table] = {}
    for run in dataset.runs.filter(reviews__decision=Review.Decision.RELEASED).order_by("number"):
        for one in run.told.get("estimates", ()):
            if run.recipe or one["area"] == run.told.get("whole"):
                cell = {name: one[name] for name in ("measure", "area", "period", "breakdown", "status")}
                cell["n"] = 0 if one["status"] == "Q" else one["n"]
                known[json.dumps(cell, sort_keys=True)] = cell
    return json.dumps(list(known.values()), ensure_ascii=False, indent=1, sort_keys=True) if known else ""


def caution(said: Mapping[str, str]) -> Table:
    """Return what the answers to the ten questions ask for beyond the rule of the kit: nothing, where nobody answered.

    Who answered one of them but left others out is treated as if these were "not sure".
    """
    wanted = defaults(said)
    return {field: getattr(wanted, name) for name, field in CARE.items() if said and name in wanted.reasons}


def agreement(said: Mapping[str, Any]) -> Table:
    """Return what was said of consent as a recipe states it. Raises BadUpload."""
    days = {name: _day(said[name]) for name in ("since", "until") if said.get(name)}
    words = ("basis", "version", "channel", "version_column", "time_column")
    return {name: said[name] for name in words if said.get(name)} | days | {"text": dict(said.get("text") or {})}


# --- the parts ------------------------------------------------------------------------------------------------------


def _columns(base: Mapping[str, Table], said: Mapping[str, Any]) -> Table:
    """Columns as they were said; where nothing was said, as they were suggested."""
    if "columns" not in said:
        return dict(base)
    found: Table = {}
    for concept, stated in said["columns"].items():
        if not stated.get("column"):
            continue
        column: Table = {"column": stated["column"]}
        column["codes"] = {str(answer): str(code or "") for answer, code in stated.get("codes", {}).items()}
        column["missing"] = _words(stated.get("missing", ()))
        if stated.get("factor") not in (None, "", 1, "1"):
            column["factor"] = _number(stated["factor"])
        if stated.get("decimal") == ",":
            column["decimal"] = ","
        # What the page does not ask stays: whether a code is a word among others.
        if base.get(concept, {}).get("column") == column["column"] and "match" in base[concept]:
            column["match"] = base[concept]["match"]
        found[concept] = column
    return found


def _place(suggestion: Mapping[str, Any], base: Table, said: Mapping[str, Any]) -> Table:
    country = str(said.get("country", base["country"]) or "").strip().upper()
    if said and not re.fullmatch("[A-Z]{2}", country):
        raise BadUpload("upload.no-country", country=country)
    if "stands" in said and not (said["stands"] == "country" or (said["stands"] == "part" and said.get("whole"))):
        raise BadUpload("upload.no-whole")
    column = said.get("column", base.get("column")) or None
    place: Table = {"country": country, "as_of": _day(said.get("as_of") or base["as_of"]), "column": column}
    if column is None:
        place["area"] = said.get("area") or country
    for side in ("latitude", "longitude"):
        place[side] = said.get(side, base.get(side)) or None
    names = {str(name): str(area) for name, area in said.get("names", {}).items() if area}
    place["names"] = names or None
    if (whole := _label(said, "whole")) and said.get("stands") != "country":
        place["whole"] = {"id": f"{country}-PART", "name": whole}
    if said and not _has_list(country, column is not None):
        place["areas"] = AREAS
        _own_areas(suggestion, place)
    return place


def _period(base: Table, said: Mapping[str, Any]) -> Table:
    column = said.get("date", base.get("column")) or None
    stated = str(said.get("label", base.get("label")) or "").strip()
    by = "year" if column and said.get("by") == "year" else "whole"
    if stated:
        years(stated)
    elif by == "whole":
        raise BadUpload("upload.no-time")
    period: Table = {"column": column, "label": stated or None, "by": by}
    return period | {"format": said.get("format") or base.get("format") or "%Y-%m-%d"} if column else period


def _design(base: Table, said: Mapping[str, Any]) -> Table:
    kind = str(said.get("sampling_type", base["sampling_type"]))
    if kind not in SAMPLING_TYPES:
        raise BadUpload("upload.no-choice", value=kind)
    stages = [stage for name in ("clusters", "units") if (stage := _words(said.get(name, ())))]
    return {
        "sampling_type": kind,
        "weights": said.get("weights") or None,
        "strata": _words(said.get("strata", ())),
        # Several columns together name one cluster: villages of one name in two districts are two.
        "clusters": stages,
        # Only a sample that was drawn here says which share was drawn: of a share in words nobody could tell of what.
        **({"fpc": fpc} if (fpc := _words(said.get("fpc", ()))) else {}),
        # A stratum with one cluster is no reason to stop here; this rule makes the interval wider, never narrower.
        "lonely": "adjust",
        "note": _label(said, "note") or None,
    }


# --- places that no list has ----------------------------------------------------------------------------------------


def _has_list(country: str, with_parts: bool) -> bool:
    """Say whether the program knows the country, and where parts of it are named, those too."""
    return country in world() and (not with_parts or len(known_areas(country)) > 1)


def _own_areas(suggestion: Mapping[str, Any], place: Mapping[str, Any]) -> list[Area]:
    """Return an area for every name in the column of places: what the producer calls a place is one."""
    country = place["country"]
    areas = {country: Area(country, world()[country].name if country in world() else country, country, level=0)}
    if place.get("column") is None:
        return list(areas.values())
    values: Sequence[Any] = next((one["values"] for one in suggestion["columns"] if one["name"] == place["column"]), [])
    if not values or len(values) > MOST_AREAS:
        raise BadUpload("upload.no-places", column=place["column"], most=MOST_AREAS)
    for value, _count in values:
        plain = folded(value)
        if plain and value not in (place.get("names") or {}) and own_area_id(country, value) not in areas:
            one = own_area_id(country, value)
            areas[one] = Area(one, value, country, level=1, parent=country)
    return list(areas.values())


def own_area_id(country: str, name: str) -> str:
    """Return the id of a place that is known by its name only."""
    plain = folded(name).replace(" ", "_").upper()
    return f"{country}-{plain if plain.isascii() else sha256(plain.encode()).hexdigest()[:8].upper()}"


# --- small parts ----------------------------------------------------------------------------------------------------


def _require_columns(recipe: Mapping[str, Any], known: Sequence[str]) -> None:
    """Raise BadUpload where an answer names a column that the file does not have."""
    place, period, design = recipe["place"], recipe["period"], recipe["design"]
    named = [column["column"] for column in recipe["columns"].values()]
    named += [recipe["row_id"], *recipe["personal"], place["column"], place["latitude"], place["longitude"]]
    drawn = [*design["strata"], *design.get("fpc", ()), *(part for stage in design["clusters"] for part in stage)]
    # Who was drawn area by area need not have a column for it: these are the areas of the place names.
    agreed = recipe.get("consent", {})
    named += [agreed.get("version_column"), agreed.get("time_column"), recipe.get("paradata", {}).get("consent")]
    named += [period["column"], design["weights"], *(part for part in drawn if part != "area")]
    for column in named:
        if column is not None and column not in known:
            near = ", ".join(difflib.get_close_matches(str(column), known, n=3) or known[:5])
            raise BadUpload("upload.no-column", column=column, near=near)


def _require_figures(recipe: Recipe, kit: Kit) -> None:
    """Raise BadUpload where no measure of the kit can be formed; it names what the nearest one still needs."""
    if chosen_measures(recipe, kit):
        return
    lacks = [[name for name in asked_for(kit, measure) if name not in recipe.columns] for measure in kit.measures]
    nearest = min((lack for lack in lacks if lack), key=len, default=[])
    needed = "; ".join(f"“{label(kit.concepts[name].label)}”" for name in nearest)
    raise BadUpload("upload.no-figure", kit=label(kit.title), needed=needed)


def stated_text(stated: Mapping[str, Any]) -> str:
    """Return the file of statements that lies beside a recipe."""
    return tomli_w.dumps({"statements": {name: dict(one) for name, one in sorted(stated.items())}})


def _label(said: Mapping[str, Any], field: str) -> dict[str, str]:
    text = str(said.get(field) or "").strip()
    return {str(said.get("language", "en")): text} if text else {}


def _measures(text: str, kit: Kit, lead: str) -> list[str]:
    """Return the measures that can be formed, that which leads first; nothing where the kit's own order says it.

    Where nobody said which leads and the first of the kit cannot be formed, it is the next that points where that one
    points: for a ladder of drinking water whoever has good water, not whoever has none.
    """
    formed = chosen_measures(parse_recipe(text, RECIPE), kit)
    wanted = [one.id for one in formed if one.id == lead]
    wanted += [one.id for one in formed if one.desired == kit.measures[0].desired]
    order = list(dict.fromkeys([*wanted[:1], *(one.id for one in formed)]))
    return order if order != [one.id for one in formed] else []


def _words(said: Any) -> list[str]:
    return [str(word) for word in ([said] if isinstance(said, str) else said)]


def _number(text: Any) -> float:
    try:
        return float(str(text).replace(",", "."))
    except ValueError:
        raise BadUpload("upload.not-a-number", value=text) from None


def _day(text: Any) -> date:
    try:
        return text if isinstance(text, date) else date.fromisoformat(str(text))
    except ValueError:
        raise BadUpload("upload.not-a-date", value=text) from None


def _without_nothing(table: Table) -> Table:
    """Take out what is not there: TOML has no word for nothing."""
    kept = {key: _without_nothing(value) if isinstance(value, dict) else value for key, value in table.items()}
    return {key: value for key, value in kept.items() if value is not None}
