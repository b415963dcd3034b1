"""The dossier of a run as plain data: every sentence a label in four languages, and nothing about a single person."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from datashift.assess.reached.representation import representation
from datashift.dossier.counted import counted
from datashift.dossier.fieldwork import fieldwork
from datashift.dossier.figures import comparisons, estimates, headline
from datashift.dossier.items import evident, items, statements_for
from datashift.dossier.made import design, head, instrument
from datashift.dossier.noticed import checks, findings, overview
from datashift.dossier.people import known, through_gate
from datashift.dossier.saying import joined, words
from datashift.inputs import bare_name
from datashift.language import N_
from datashift.model import Item, Label, Rating
from datashift.pipeline import Result, Setting
from datashift.publish.bundle import library_versions
from datashift.standards.profiles import Profile, catalogue, evaluate, next_best, profiles_for, reading_as_dict

FORMAT = "datashift-dossier/1"

FRAME = "M2"
"""The criterion under which somebody states the list that people or things were drawn from."""

EFFORTS = ("minutes", "hours", "days", "round")
"""What a piece of evidence can cost, the cheapest first."""

THERE = ("met", "not_applicable")
"""States of a criterion for which nothing needs to be supplied."""

NO_LIMIT = N_("Nobody wrote down what these figures do not tell.")

FOR_WHOM = N_("{title}: {sentence}")

Ratings = Mapping[str, Mapping[str, Rating]]


def document(result: Result, *, created: str, profiles: Sequence[Profile] | None = None) -> dict[str, Any]:
    """Return the dossier of a run, ready for JSON; a label is {language: text}. `created` is the day of the release.

    `profiles` are read of the evidence, by default those that ship and are for the kit. The same run gives the same
    dossier. docs/reference/dossier.md says what each part holds. Raises BadProfile where a rating is for nothing.
    """
    setting, stated = result.setting, statements_for(result)
    shared = known(result)
    held = through_gate(result, representation(shared.pairs))
    evidence = items(result, stated, created=created, held=evident(shared, held))
    frame = evidence[FRAME].text if FRAME in evidence and evidence[FRAME].state in ("met", "partly") else {}
    parts: dict[str, Any] = {
        "design": design(setting, frame),
        "instrument": instrument(setting),
        "fieldwork": fieldwork(result),
        "coverage": counted(result, shared, held),
        "checks": checks(result),
        "findings": findings(result, stated.explanations),
        "estimates": estimates(result),
        "comparisons": comparisons(result),
        "items": [_item(one) for one in evidence.values()],
        "ratings": _ratings(stated.ratings),
        "limits": [dict(limit) for limit in setting.recipe.limits],
        "digests": _digests(setting, result),
    }
    asked = profiles_for(setting.kit.id) if profiles is None else profiles
    parts |= _credibility(asked, evidence, stated.ratings)
    return {"format": FORMAT, "head": head(setting, created), "summary": _summary(result, parts), **parts}


def read_with(dossier: Mapping[str, Any], profiles: Sequence[Profile]) -> dict[str, Any]:
    """Return a dossier with `profiles` in the place of its own, read of the evidence that it holds."""
    known = {
        one["criterion"]: Item(**{name: one[name] for name in ("criterion", "state", "basis", "text", "source", "day")})
        for one in dossier["items"]
    }
    ratings = {
        profile: {name: Rating.model_validate(rating) for name, rating in given.items()}
        for profile, given in dossier["ratings"].items()
    }
    parts = _credibility(profiles, known, ratings)
    short = {"profiles": [_in_short(one) for one in parts["profiles"]], "next": _first(parts)}
    return {**dossier, "summary": {**dossier["summary"], **short}, **parts}


def _credibility(profiles: Sequence[Profile], known: Mapping[str, Item], ratings: Ratings) -> dict[str, Any]:
    """What each profile says of the evidence, and what to supply next: the cheapest first."""
    readings = []
    for profile in profiles:
        given = ratings.get(profile.id, {})
        steps = next_best(profile, known, given, catalogue())
        readings.append(reading_as_dict(evaluate(profile, known, given), steps))
    firsts = [
        {"profile": one["id"], "title": one["title"], **{name: one["next"][0][name] for name in ("effort", "sentence")}}
        for one in readings
        if one["next"] and one["next"][0]["changes"]
    ]
    return {"profiles": readings, "next": sorted(firsts, key=lambda step: EFFORTS.index(step["effort"]))}


def _item(one: Item) -> dict[str, Any]:
    """One criterion of the catalogue: what it asks, what is known about it, and how to supply it where it is not."""
    asked = catalogue().by_id.get(one.criterion)
    known = {name: getattr(one, name) for name in ("criterion", "state", "basis", "text", "source", "day")}
    if asked is None:
        return known | {"group": "", "label": {"en": one.criterion}, "asks": {}, "supply": {}, "effort": ""}
    told = {"label": dict(asked.label), "asks": dict(asked.asks), "supply": {}}
    if one.state not in THERE:
        told["supply"] = dict(asked.supply)
    return known | told | {"group": asked.group, "effort": asked.effort}


def _ratings(ratings: Ratings) -> dict[str, Any]:
    """What people judged, without who they are."""
    return {
        profile: {name: one.model_dump(mode="json", include={"score", "why", "day"}) for name, one in given.items()}
        for profile, given in ratings.items()
    }


def _summary(result: Result, parts: Mapping[str, Any]) -> dict[str, Any]:
    """What a reader with one minute reads: one label per line, in the order in which they ask."""
    return {
        "finding": headline(result),
        "design": joined(parts["design"]["words"], parts["fieldwork"]["balance"]),
        "sure": joined(parts["estimates"]["worth"], parts["design"]["uncertainty"]),
        "counted": parts["coverage"]["sentence"],
        "checks": overview(result),
        "beside": [one["short"] for one in parts["comparisons"]],
        "not_told": parts["limits"] or [words(NO_LIMIT)],
        "profiles": [_in_short(one) for one in parts["profiles"]],
        "next": _first(parts),
    }


def _first(parts: Mapping[str, Any]) -> Label:
    """What is cheapest to supply, and for whom."""
    if not parts["next"]:
        return {}
    step = parts["next"][0]
    return words(FOR_WHOM, title=step["title"], sentence=step["sentence"])


def _in_short(profile: Mapping[str, Any]) -> dict[str, Any]:
    names = ("id", "title", "owner", "result", "result_label", "grade", "grade_label", "total", "mean")
    return {name: profile[name] for name in names}


def _digests(setting: Setting, result: Result) -> dict[str, Any]:
    """What was computed with what: anybody who has the same files can see that they are the same."""
    recipe, inputs = setting.recipe, setting.inputs
    return {
        "recipe": {"id": recipe.id, "sha256": _sha256(inputs.recipe_text.encode())},
        "kit": {"id": f"{setting.kit.id}@{setting.kit.version}", "sha256": _sha256(inputs.kit_text.encode())},
        "sources": [
            {"file": origin.file, "sha256": origin.sha256, "bytes": origin.size, "url": source.url or "",
             "licence": source.licence}
            for origin, source in zip(result.origins, recipe.source, strict=False)
        ],
        "beside": [
            {"file": name, "sha256": _sha256(inputs.files[name]), "bytes": len(inputs.files[name]), "source": source}
            for name, source in dict(_beside(setting)).items()
            if name in inputs.files
        ],
        "program": {"datashift": version("datashift"), "python": platform.python_version()} | library_versions(),
    }  # fmt: skip


def _beside(setting: Setting) -> Iterator[tuple[str, str]]:
    """The files that are not about single people, with who published them."""
    recipe = setting.recipe
    yield from ((bare_name(one.file), one.source) for one in recipe.margin.values() if one.file)
    yield from ((bare_name(one.file), one.source) for one in recipe.official)
    yield from ((bare_name(one.file), one.name) for one in (recipe.place.boundaries, recipe.place.parts) if one)
    yield from ((bare_name(one), "") for one in [recipe.place.areas] if one)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
