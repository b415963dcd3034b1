"""How fieldwork goes: answers by enumerator, day and stratum; and answers asked for again beside the first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from datashift.errors import BadDecision
from datashift.web.fieldwork.desk import Asked, page
from datashift.web.fieldwork.filling import zone
from datashift.web.fieldwork.linking import refresh
from datashift.web.fieldwork.models import BackCheck, Enumerator, Form, Submission, Unit
from datashift.web.fieldwork.saying import Line, lines
from datashift.web.people.models import User
from datashift.web.people.services import record

DAYS = 30
MOST_CHECKS = 200
CAN_CHANGE = ("geopoint", "geotrace", "geoshape", "date", "time", "dateTime", "text", "barcode")
"""Kinds of questions of which nobody expects the same signs twice."""


class OfEnumerator(NamedTuple):
    """How many answers of one enumerator came, and how many stand in each state; None: without an enumerator."""

    who: Enumerator | None
    came: int
    states: dict[str, int]


class OfStratum(NamedTuple):
    """Units of a stratum: how many shall be visited, how many are answered, ended otherwise, or still open."""

    stratum: str
    planned: int
    answered: int
    ended: int
    open: int


class OfQuestion(NamedTuple):
    """A question that was asked again: in how many pairs, and in how many the answer differs."""

    label: str
    pairs: int
    differ: int

    @property
    def per_cent(self) -> float:
        """Of a hundred pairs, how many differ."""
        return 100 * self.differ / self.pairs


def by_enumerator(form: Form) -> list[OfEnumerator]:
    """Return the answers by enumerator, the busiest first."""
    found = Submission.objects.filter(form=form).values("enumerator", "state").annotate(n=Count("pk")).order_by()
    told: dict[int | None, dict[str, int]] = defaultdict(dict)
    for one in found:
        told[one["enumerator"]][one["state"]] = one["n"]
    people = Enumerator.objects.in_bulk([key for key in told if key])
    rows = [OfEnumerator(people.get(key or 0), sum(states.values()), states) for key, states in told.items()]
    return sorted(rows, key=lambda one: -one.came)


def by_day(form: Form) -> list[tuple[date, int]]:
    """Return how many answers came on each of the last days on which some came, by the clock of the place."""
    last = Submission.objects.filter(form=form).aggregate(last=Max("arrived"))["last"]
    if last is None:
        return []
    here = zone(form)
    days = [last.astimezone(here).date() - timedelta(days=n) for n in range(DAYS)]
    starts = [timezone.make_aware(datetime.combine(day, time()), here) for day in days]
    told = [
        (day, Submission.objects.filter(form=form, arrived__gte=start, arrived__lt=start + timedelta(days=1)).count())
        for day, start in zip(days, starts, strict=True)
    ]
    return [(day, n) for day, n in told if n]


def by_stratum(form: Form) -> list[OfStratum]:
    """Return how the last sample of a form stands; [] where it has none."""
    sample = form.samples.exclude(written__has_key="asked").order_by("-pk").first()
    if sample is None:
        return []
    answered, blank = Q(outcome__in=("completed", "partial")), Q(outcome="", reason="")
    found = Unit.objects.filter(sample=sample).filter(Q(reserve=False) | Q(replaces__isnull=False)).values("stratum")
    rows = found.annotate(
        planned=Count("pk", filter=Q(reserve=False)), answered=Count("pk", filter=answered),
        open=Count("pk", filter=blank), issued=Count("pk"),
    ).order_by("stratum")  # fmt: skip
    return [
        OfStratum(one["stratum"], one["planned"], one["answered"], one["issued"] - one["answered"] - one["open"],
                  one["open"])
        for one in rows
    ]  # fmt: skip


# --- asked again ------------------------------------------------------------------------------------------------------


def checks_of(form: Form) -> list[BackCheck]:
    """Return what was drawn to be asked for again, what is still open first."""
    found = BackCheck.objects.filter(submission__form=form).select_related(
        "submission__enumerator", "submission__form", "submission__version", "again__version", "again__form"
    )
    return list(found.order_by("again", "-submission")[:MOST_CHECKS])


def answer_back_check(*, check: BackCheck, text: str, by: User) -> BackCheck:
    """Say which submission is the second one, by the beginning of its id. From then on it is no answer of its own.

    Raises BadDecision where none or several begin so, or it is the same, of the same enumerator, or serves already.
    """
    form = check.submission.form
    rows = page(form, Asked(text=text.strip() or "-")).rows
    again = rows[0].one if len(rows) == 1 else None
    same = again is not None and again.enumerator_id == check.submission.enumerator_id
    with transaction.atomic():
        taken = BackCheck.objects.filter(Q(again=again) | Q(submission=again)) if again else None
        if again is None or same or taken is None or taken.exists() or again.pk == check.submission_id:
            raise BadDecision("desk.not-another")
        found = BackCheck.objects.select_for_update().get(pk=check.pk)
        found.again, found.enumerator = again, again.enumerator
        found.save(update_fields=["again", "enumerator"])
        refresh([again.unit_id])
        record("back-check-answered", f"form:{form.pk}", by=by, organisation=form.organisation, submission=again.pk)
    return found


def by_question(checks: Iterable[BackCheck]) -> list[OfQuestion]:
    """Return how often each question has another answer the second time, the most often first.

    Compared are answers that both times have one, and that nobody expects to be written otherwise; as they came, for a
    correction is no answer of the person. What is sealed is not compared.
    """
    pairs: Counter[str] = Counter()
    differ: Counter[str] = Counter()
    for check in checks:
        if check.again is None:
            continue
        second = {one.place: one for one in lines(check.again) if _compared(one)}
        for one in lines(check.submission):
            other = second.get(one.place)
            if other is not None and _compared(one):
                pairs[one.label] += 1
                differ[one.label] += _as_came(one) != _as_came(other)
    rates = [OfQuestion(label, n, differ[label]) for label, n in pairs.items()]
    return sorted(rates, key=lambda one: (-one.per_cent, -one.pairs))


def _compared(one: Line) -> bool:
    return bool(_as_came(one)) and not one.sealed and not one.fixed and one.kind not in CAN_CHANGE


def _as_came(one: Line) -> str:
    value = one.corrections[0].before if one.corrections else one.value
    return " ".join(sorted(value.split())) if one.kind == "select_multiple" else value
