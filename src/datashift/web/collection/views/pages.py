"""What each page of the road shows: what stands now, what was suggested, and what can be chosen."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, QueryDict

from datashift.language import N_, _, label
from datashift.model import Kit
from datashift.web.collection import forms
from datashift.web.collection.kits import at_hand
from datashift.web.collection.models import Dataset, Note, Review
from datashift.web.collection.precautions import told as precautions_told
from datashift.web.collection.steps import fitting_run
from datashift.web.collection.still_open import still_open
from datashift.web.collection.views.access import person
from datashift.web.collection.views.columns import all_columns
from datashift.web.collection.views.files import offered
from datashift.web.collection.views.places import place
from datashift.web.people.models import User
from datashift.web.people.roles import ACTS, may

Facts = dict[str, Any]

WAYS = (
    ("small_area_census", N_("Everybody in the area"), N_("All households, people or places of an area were asked.")),
    ("probability", N_("Drawn by chance"), N_("Each had a known chance to be asked, as in a lottery.")),
    ("facility_register", N_("All places that were found"), N_("Such as all schools, clinics or water points.")),
    ("event_registry", N_("Cases as they became known"), N_("Such as births, deaths or acts of violence.")),
    ("sensor_network", N_("Sensors"), N_("Devices measured; nobody was asked.")),
    ("volunteer", N_("Whoever wanted to"), N_("People came forward, in the street or on the net.")),
    ("quota", N_("Until each group was full"), N_("Such as 50 women and 50 men, whoever was there.")),
    ("snowball", N_("One named the next"), N_("Those who were asked named others.")),
    ("rds", N_("One invited the next with a coupon"), N_("And it is known who invited whom.")),
    ("published_averages", N_("Averages out of a publication"), N_("The rows are averages, not answers.")),
    ("undocumented", N_("I do not know"), N_("Nobody wrote it down.")),
)
"""Ways in which rows come about, in plain words."""

SURE = (
    (0.85, N_("We are sure.")),
    (0.6, N_("This is likely.")),
    (0.3, N_("This is a guess.")),
    (0.0, N_("This is less likely.")),
)
DECISIONS = {
    "accepted": N_("Keep: the rows are right as they stand."),
    "explained": N_("Explain: say why it is so."),
    "corrected": N_("Correct: the file or the ledger of corrections was changed."),
}
"""What a producer can do about a finding."""
LICENCES = (
    ("CC-BY-4.0", N_("Everybody may use them and must name you (CC BY 4.0)")),
    ("CC0-1.0", N_("Everybody may use them, with no condition (CC0)")),
    ("CC-BY-NC-4.0", N_("Everybody may use them, but not to earn money (CC BY-NC 4.0)")),
)


def shown(request: HttpRequest, dataset: Dataset, step: str, sent: QueryDict | None) -> Facts:
    """Return what the page of a step shows; `sent` is what was filled in, where it has to be looked at again."""
    facts = _PAGES[step](request, dataset)
    if sent is not None and "now" in facts:
        facts["now"] = {**facts["now"], **forms.answers(step, sent)}
    return facts


def sure(confidence: float) -> str:
    """Say how sure a guess is."""
    return next(_(words) for least, words in SURE if confidence >= least)


def recipe(dataset: Dataset) -> Facts:
    """Return the recipe as it stands; before the file was read there is none."""
    return tomllib.loads(dataset.recipe) if dataset.recipe else {}


def column_names(dataset: Dataset) -> list[str]:
    """Return the names of the columns of the file."""
    return [one["name"] for one in dataset.suggestion.get("columns", [])]


def _file(request: HttpRequest, dataset: Dataset) -> Facts:
    return {
        "rows": dataset.suggestion.get("rows"),
        "columns": column_names(dataset),
        "files": offered(request, dataset),
        "deletable": not Review.objects.filter(run__dataset=dataset).exists(),
    }


def _rows(request: HttpRequest, dataset: Dataset) -> Facts:
    stands, found, said = recipe(dataset), dataset.suggestion, dataset.answers.get("rows", {})
    return {
        "rows": found.get("rows"),
        "columns": found.get("columns", []),
        "sheets": found.get("sheets", []),
        # Stated from the start, so that asking for it later does not make the figures anew.
        "licence": stands.get("licence") or LICENCES[0][0],
        "personal": stands.get("personal", []),
        "now": {
            "title": dataset.title, "row_id": stands.get("row_id", ""), "simulated": stands.get("simulated", False),
            **{name: said.get(name, "") for name in forms.READING},
            "delimiter": forms.TAB if said.get("delimiter") == "\t" else said.get("delimiter", ""),
        },
    }  # fmt: skip


def _kit(request: HttpRequest, dataset: Dataset) -> Facts:
    guessed = {one["kit"]: one["confidence"] for one in dataset.suggestion.get("kits", [])}
    now = dataset.kit.partition("@")[0]
    cards = {kit.id: _card(kit, guessed.get(kit.id, 0.0)) for kit in at_hand()}
    likely = [name for name in dict.fromkeys([now, *guessed]) if name in cards]
    return {
        "likely": [cards[name] for name in likely],
        "others": sorted((card for name, card in cards.items() if name not in likely), key=lambda one: one["title"]),
        "now": {"kit": cards[now]["name"] if now in cards else ""},
    }


def _card(kit: Kit, confidence: float) -> Facts:
    return {
        "name": f"{kit.id}@{kit.version}", "title": label(kit.title), "description": label(kit.description),
        "unit": label(kit.universe.unit), "indicator": kit.indicator, "sure": sure(confidence) if confidence else "",
    }  # fmt: skip


def _asked(request: HttpRequest, dataset: Dataset) -> Facts:
    design, said = recipe(dataset)["design"], dataset.answers.get("asked", {})
    return {
        "ways": [(kind, _(name), _(words)) for kind, name, words in WAYS],
        "columns": column_names(dataset),
        "guess": "" if said or design["sampling_type"] == "undocumented" else design["sampling_type"],
        "now": {
            # The guess is marked, not chosen: what figures may say is for those to say who were there.
            "sampling_type": design["sampling_type"] if said else "",
            "weights": design.get("weights"),
            "strata": design.get("strata", []),
            "clusters": [one for stage in design["clusters"] for one in stage],
            "note": said.get("note", ""),
            "limits": said.get("limits", ""),
        },
    }


# --- what came of it ------------------------------------------------------------------------------------------------


def _told(dataset: Dataset) -> Facts:
    run = fitting_run(dataset)
    return run.told if run else {}


def _findings(request: HttpRequest, dataset: Dataset) -> Facts:
    told = _told(dataset)
    typed = {name: request.POST.get(name, "") for name in ("check", "code", "text", "decision")}
    notes = {(note.check_id, note.code): note for note in Note.objects.filter(dataset=dataset)}
    findings = [{**one, "note": notes.get((one["check"], one["code"]))} for one in told["findings"]]
    return {
        "told": told,
        "findings": sorted(findings, key=lambda one: (-one["weight"], -one["rows"])),
        "decisions": [(value, _(words)) for value, words in DECISIONS.items()],
        "supervised": may(request.user, "see-interviewers", dataset.organisation),
        "names": {one["id"]: label(one["label"]) for one in told["measures"]},
        "typed": typed,
    }


def _result(request: HttpRequest, dataset: Dataset) -> Facts:
    told = _told(dataset)
    plain = [one for one in told["estimates"] if not one["breakdown"]]
    tables = [
        _table(measure, [one for one in plain if one["measure"] == measure["id"]]) for measure in told["measures"]
    ]
    return {
        "told": told,
        "tables": [table for table in tables if table["rows"]],
        "measures": [(one["id"], label(one["label"])) for one in told["measures"]],
        "files": offered(request, dataset),
    }


def _table(measure: Facts, rows: list[Facts]) -> Facts:
    highest = max((one["upper"] or one["value"] or 0.0 for one in rows), default=1.0)
    share = measure["unit"] == "PT"
    whole = {one["area"] for one in rows[:1]}
    order = sorted(rows, key=lambda one: (one["area"] not in whole, one["value"] is None, -(one["value"] or 0.0)))
    unit = "" if share else label(measure["unit_label"])
    order = [
        {**one, "area_name": label(one.get("place", {})) or one["area_name"], "n_eff": _worth(one)} for one in order
    ]
    return {"title": label(measure["label"]), "unit": unit, "rows": order, "low": 0, "high": 100 if share else highest}


def _worth(one: Facts) -> Any:
    """What answers are worth. Where each counts alike that is their number, which the design effect misses by one."""
    worth, answers = one["n_eff"], one["n"]
    return answers if worth is not None and answers <= worth < answers + 2 else worth


def _who(request: HttpRequest, dataset: Dataset) -> Facts:
    stands, said = recipe(dataset), dataset.answers.get("who", {})
    return {
        "personal": stands.get("personal", []),
        "licences": [(one, _(words)) for one, words in LICENCES],
        "now": {"licence": stands.get("licence") or LICENCES[0][0], "for_office": bool(said.get("for_office"))},
    }


def _review(request: HttpRequest, dataset: Dataset) -> Facts:
    held = User.objects.filter(is_active=True, memberships__role__in=ACTS["review"]).exclude(pk=person(request).pk)
    inside = held.filter(memberships__organisation=dataset.organisation, memberships__role__in=ACTS["review"])
    outside = held.filter(memberships__organisation__isnull=True, memberships__role__in=ACTS["review"])
    return {
        "told": _told(dataset),
        "deciders": [str(one) for one in (inside | outside).distinct()[:8]],
        "for_office": bool(dataset.answers.get("who", {}).get("for_office")),
        "precautions": precautions_told(dataset),
        "still_open": still_open(run) if (run := fitting_run(dataset)) else [],
    }


_PAGES: dict[str, Callable[[HttpRequest, Dataset], Facts]] = {
    "file": _file,
    "rows": _rows,
    "kit": _kit,
    "columns": lambda request, dataset: all_columns(dataset),
    "place": lambda request, dataset: place(dataset),
    "asked": _asked,
    "findings": _findings,
    "result": _result,
    "who": _who,
    "review": _review,
}
