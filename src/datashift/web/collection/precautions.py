"""What is considered before a data set is published: the laws of its country, and what could go wrong with it.

Kept in `Dataset.answers["precautions"]`: ticks: [{item, read, by, at}], answers: {question: yes, no or unsure}, by, at.
`by` is the number of a person, as in the record. A tick says that somebody considered an item, nothing more. What
was answered stands in the recipe (`recipes.caution`), so figures are worked out by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from datashift.errors import BadUpload
from datashift.language import N_, _, label
from datashift.legal import NOT_CONFIRMED, Answer, Defaults, Item, defaults, legal_of, open_items, questions
from datashift.web.collection.kits import kit_named
from datashift.web.collection.models import Dataset
from datashift.web.collection.passages import open_words
from datashift.web.collection.recipes import PRECAUTIONS, rebuild
from datashift.web.collection.services import RUN, locked
from datashift.web.collection.steps import ready
from datashift.web.jobs.services import enqueue
from datashift.web.people.models import User
from datashift.web.people.services import record

Facts = dict[str, Any]

SETTINGS: dict[str, dict[Any, str]] = {
    "points": {
        "exact": N_("Points may be shown where they are."),
        "moved": N_("Move points within their area."),
        "hexagons": N_("Count points in large cells."),
    },
    "anonymous": {True: N_("Do not name the organisation."), False: N_("The organisation may be named.")},
    "microdata": {True: N_("Rows may be released, once they are made safe."), False: N_("Release no rows.")},
}
"""What each default asks for, in words."""


def consider(
    *, dataset: Dataset, items: Iterable[str], answers: Mapping[str, str] | None, version: int, by: User
) -> Dataset:
    """Keep which items a person considered and what was answered; who ticked an item first stays beside it.

    Items may be ticked while a review is open. Answers change the recipe, so they may not (None: they stay), and where
    they do the figures are made again. Raises BadUpload where somebody else answered since `version`, where a review is
    open, or where an item, a question or an answer is none.
    """
    with transaction.atomic():
        found = locked(dataset)
        if found.version != version:
            raise BadUpload("upload.old-page")
        legal, before, now = legal_of(found.country), kept(found), timezone.now().isoformat(timespec="seconds")
        ticked = set(items)
        said = before["answers"] if answers is None else {one: answer for one, answer in answers.items() if answer}
        _require_known({one.id for one in legal.items} if legal else set(), ticked, said)
        read = legal.read.isoformat() if legal else ""
        stay = [one for one in before["ticks"] if one["item"] in ticked and one["read"] == read]
        fresh = sorted(ticked - {one["item"] for one in stay})
        ticks = stay + [{"item": one, "read": read, "by": by.pk, "at": now} for one in fresh]
        made = {**before, "ticks": ticks}
        if said != before["answers"]:
            if found.state == Dataset.State.IN_REVIEW:
                raise BadUpload("upload.in-review")
            made |= {"answers": said, "by": by.pk, "at": now}
        if made == before:
            return found
        found.answers = {**found.answers, PRECAUTIONS: made}
        found.version += 1
        if said != before["answers"]:
            _build_anew(found)
        found.save()
        taken_back = sorted({one["item"] for one in before["ticks"]} - ticked)
        record("considered", f"dataset:{found.pk}", by=by, organisation=found.organisation, read=read, ticked=fresh,
               taken_back=taken_back, answered=said != before["answers"])  # fmt: skip
    return found


def _build_anew(dataset: Dataset) -> None:
    """Put the answers into the recipe, where there is one; another recipe asks for other figures."""
    former = dataset.recipe
    if ready(dataset):
        rebuild(dataset)
    if dataset.recipe != former:
        dataset.state = Dataset.State.DRAFT if dataset.state == Dataset.State.RELEASED else dataset.state
        enqueue(RUN, str(dataset.pk))


def kept(dataset: Dataset) -> Facts:
    """Return what was ticked and answered so far."""
    return {"ticks": [], "answers": {}, "by": None, "at": "", **dataset.answers.get(PRECAUTIONS, {})}


def told(dataset: Dataset) -> Facts:
    """Return what a page shows: items with who ticked them, questions, defaults with reasons, and what looks personal.

    It quotes nothing of what looks personal: where it stands, of what kind, and how often.
    """
    legal, before = legal_of(dataset.country), kept(dataset)
    people = User.objects.in_bulk({one["by"] for one in before["ticks"]} | ({before["by"]} - {None}))
    names = {number: str(one) for number, one in people.items()}
    ticks = {one["item"]: one for one in before["ticks"] if legal and one["read"] == legal.read.isoformat()}
    return {
        "country": dataset.country,
        "read": legal.read.isoformat() if legal else "",
        "items": [_item(one, ticks.get(one.id), names) for one in legal.items] if legal else [],
        "open": len(open_items(legal, before["ticks"])),
        "questions": [
            {"id": one.id, "text": label(one.text), "answer": before["answers"].get(one.id, "")} for one in questions()
        ],
        "unanswered": len(questions()) - len(before["answers"]),
        "answered": {"by": names.get(before["by"], ""), "day": before["at"][:10]} if before["at"] else None,
        "defaults": _settings(defaults(before["answers"]), dataset.kit) if before["answers"] else [],
        "words": [(place, _kinds(kinds)) for place, kinds in _words(dataset).items()],
        "columns": [(column, _kinds(counts)) for column, counts in dataset.suggestion.get("texts", {}).items()],
    }


def _require_known(items: set[str], ticked: set[str], said: Mapping[str, str]) -> None:
    strange = [
        *sorted(ticked - items),
        *sorted(set(said) - {one.id for one in questions()}),
        *sorted(set(said.values()) - set(Answer)),
    ]
    if strange:
        raise BadUpload("upload.no-choice", value=strange[0])


def _item(item: Item, tick: Mapping[str, Any] | None, names: Mapping[int, str]) -> Facts:
    return {
        "id": item.id, "law": item.law, "text": label(item.text), "question": label(item.question),
        "unsure": label(item.unsure) if item.unsure else "", "sources": item.sources, "first_hand": item.first_hand,
        "confirmed": {"by": item.confirmed.by, "day": item.confirmed.on.isoformat()} if item.confirmed else None,
        "not_confirmed": _(NOT_CONFIRMED),
        "tick": {"by": names.get(tick["by"], ""), "day": tick["at"][:10]} if tick else None,
    }  # fmt: skip


def _settings(found: Defaults, kit: str) -> list[Facts]:
    """Return the defaults as sentences, each with the reasons of the answers that made it so.

    Where the kit hides more than the answers ask for, its number stands there, without a reason of theirs.
    """
    least = kit_named(kit).disclosure.least_n if kit else 0
    told = [
        {"name": name, "value": getattr(found, name), "text": _(SETTINGS[name][getattr(found, name)])
         if name in SETTINGS else "", "why": [label(one.why) for one in found.reasons.get(name, ())]}
        for name in ("threshold", "points", "delay", "anonymous", "microdata")
    ]  # fmt: skip
    return [{**one, "value": least, "why": []} if one["name"] == "threshold" and one["value"] < least else one
            for one in told]  # fmt: skip


def _words(dataset: Dataset) -> dict[str, Counter[str]]:
    """Return by place what the words of a producer seem to hold that nobody decided on."""
    found: dict[str, Counter[str]] = {}
    for one in open_words(dataset):
        found.setdefault(_(one.place), Counter()).update(one.kinds)
    return found


def _kinds(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(_(kind), count) for kind, count in sorted(counts.items())]
