"""A site on which everything that must stay inside can be known again: rows of people, hidden figures, words said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marked_form import MarkedForm, marked_form
from marked_people import KIT, MARKERS, PERSONAL, SAYS, as_csv, rows

from datashift.standards.profiles import shipped_profile
from datashift.web.collection import concerns, receipts, services
from datashift.web.collection.models import Concern, Dataset, Review
from datashift.web.collection.steps import fitting_run
from datashift.web.dashboard import rating, withdrawing
from datashift.web.dashboard import services as releasing
from datashift.web.dashboard.models import Release
from datashift.web.jobs.worker import work_off
from datashift.web.people.models import Organisation, User
from datashift.web.serving import kinds
from datashift.web.standards.profiles import sync_profiles
from datashift.web.standards.services import sync

PLACE = {
    "country": "ZZ", "as_of": "2024-06-30", "column": "region", "whole": "Tavelia", "label": "2024", "date": "today",
    "format": "%Y-%m-%d",
}  # fmt: skip
STEPS = {
    "rows": {"title": "Do people have a say?", "simulated": True, "row_id": "id"},
    "kit": {"kit": KIT}, "columns": {"personal": list(PERSONAL)}, "place": PLACE,
    "asked": {"sampling_type": "probability", "weights": "weight", "strata": ["area"], "clusters": ["village"],
              "note": "Villages drawn by chance.", "limits": "These data are simulated."},
}  # fmt: skip
READ = {"findings": {}, "result": {}, "who": {"licence": "", "for_office": False}}
ROAD = ("screen", "suggest", "run", "reconsider")

HIDDEN = ("Cérula", "Dunavê")
ASKER = "Wilhelmine Oxbarrow 3"
SAID = "Ottokar Vlissingham told us"
"""Words that people wrote at the desk: notes, comments, appeals; a marker of their own."""


@dataclass(frozen=True)
class World:
    """What there is: a release, a draft beside it, and what was said about interviewers."""

    release: Release
    published: Dataset
    draft: Dataset
    review: Review
    concern: Concern
    collected: MarkedForm
    digits: frozenset[str]
    """The digits of all hidden figures."""

    @property
    def markers(self) -> tuple[str, ...]:
        """Return what nobody outside may find."""
        return (*MARKERS, *sorted(self.digits))


def marked_world(organisation: Organisation, producer: User, reviewer: User, office: User) -> World:
    """Take the made-up people the whole road to a release, leave a draft beside it, and write on every desk."""
    sync()
    sync_profiles()
    published = _asked(as_csv(rows()), "answers.csv", organisation, producer)
    work_off(kinds(*ROAD))
    review = _review(published, producer)
    release = releasing.release(review=review, by=reviewer, comment=SAID, despite="They are simulated.")
    draft = _asked(as_csv(rows(seed=6)), "draft.csv", organisation, producer)
    work_off(kinds(*ROAD))
    made = fitting_run(draft)
    assert made is not None
    concerns.keep(made, [{
        "check_id": "K20", "code": "assess.interviewer", "kind": "enumerator", "subject": ASKER,
        "text": {"en": "In these interviews more people have a say."}, "rows": [5, 9, 12],
        "effects": [], "weight": 2.8,
    }], before=None)  # fmt: skip
    open_review = _review(draft, producer)
    codes = receipts.give(dataset=published, by=producer)
    withdrawing.by_receipt(codes[4][1])
    work_off(kinds("screen", "suggest", "run", "reconsider"))
    ons = shipped_profile("ons")
    page = rating.seen(release, ons, office)
    rating.rate(
        release=release, profile="ons", said={ons.criteria[0].id: ("2", "Because it is so.")}, page=page, by=office
    )
    work_off(kinds("refresh", "dossier"))
    for one in (release, published, draft):
        one.refresh_from_db()
    collected = marked_form(organisation, producer)
    return World(release, published, draft, open_review, made.concerns.get(subject=ASKER), collected, _digits())


def _asked(data: bytes, name: str, organisation: Organisation, producer: User) -> Dataset:
    upload = services.receive(name=name, chunks=[data], organisation=organisation, by=producer)
    dataset = services.begin(upload=upload, by=producer, country="ZZ")
    work_off(kinds("suggest"))
    return _said(dataset, STEPS, producer)


def _said(dataset: Dataset, steps: Mapping[str, Mapping[str, Any]], producer: User) -> Dataset:
    for step, answers in steps.items():
        dataset.refresh_from_db()
        services.answer(dataset=dataset, step=step, answers=answers, version=dataset.version, by=producer)
    dataset.refresh_from_db()
    return dataset


def _review(dataset: Dataset, producer: User) -> Review:
    _said(dataset, READ, producer)
    return services.ask_for_review(dataset=dataset, for_office=False, by=producer)


def _digits() -> frozenset[str]:
    """Reckon the shares of the two regions that are hidden, with their weights, and return their digits."""
    found = set()
    for region in HIDDEN:
        here = [one for one in rows() if one["region"] == region]
        whole = sum(float(one["weight"]) for one in here)
        shares = [100 * sum(float(one["weight"]) for one in here if one[name] in SAYS[2:]) / whole
                  for name in ("say", "influence")]  # fmt: skip
        found |= {f"{share:.6g}" for share in (*shares, sum(shares) / 2)}
    return frozenset(found)
